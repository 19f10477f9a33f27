"""A rise with earlier effect on the public page, for machines and at the command line."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from jizhun.kernel.bilingual import Refused

API, CODE, DISTRICT, DAY = "/api/v1/entitlements", "internship_subsidy", "990101", "2026-11-23"
FACTS = {"birth_date": "2003-01-01", "without_work": True, "host_supports": True}
ASKED = {"region": DISTRICT, "on": DAY, "facts": FACTS, "entitlements": [CODE]}


def ask(client: Client, **more: Any) -> Any:
    return client.post(API, json.dumps({**ASKED, **more}), content_type="application/json")


def run(folder: Path, *more: str) -> str:
    said, file = StringIO(), folder / "person.json"
    file.write_text(json.dumps(FACTS), "utf-8")
    call_command("entitled", "--person", str(file), "--region", DISTRICT, "--on", DAY, "--entitlement", CODE, *more,
                 stdout=said)
    return said.getvalue()


@pytest.mark.parametrize(("language", "told", "paper"), [
    ("en", "If you were paid 2,200 yuan a month from 2025-07 to 2025-09, the difference is 600 yuan (3 months).",
     "Rise of the living allowance of interns in the Sample Province (simulated) Article 1"),
    ("zh", "如果2025年7月至2025年9月仍按每月 2,200 元发放，应补 600 元（3 个月）。",
     "《示例省提高就业见习生活补助标准的通知》（模拟） 第一条")])
def test_the_card_says_what_is_owed_and_by_which_paper(reading: Client, language: str, told: str, paper: str) -> None:
    said = {f"said-{code}": str(value).lower() for code, value in FACTS.items()}
    sent = {"region": DISTRICT, "on": DAY, "about": CODE, "asked": list(FACTS), **said, "finish": "1"}
    path = f"/{language}/entitled/check/"
    html = reading.post(path, sent).content.decode()
    start = html.index(told)
    assert paper in html[start:start + 600] and 'class="notice risen"' in html
    assert told not in reading.post(path, {**sent, "said-without_work": "false"}).content.decode()


def test_machines_get_the_rise_and_what_is_owed_on_top_of_what_was_paid(reading: Client) -> None:
    told = ask(reading, paid={CODE: {"2025-05..2025-08": 2200, "2025-09": 2400}}).json()
    rise, = told["rises"]
    assert (rise["entitlement"], rise["since"], rise["told_on"], rise["level"], rise["before"], rise["difference"]) == (
        CODE, "2025-07-01", "2025-09-28", 2400, 2200, 600)
    assert rise["document"] == "sim-interns-2025" and rise["months"] == ["2025-07", "2025-08", "2025-09"]
    owed, = told["owed"]
    assert owed["total"] == 400 and [one["month"] for one in owed["months"]] == ["2025-07", "2025-08"]
    assert owed["words"][-1]["zh"].endswith("共应补 400 元")
    assert ask(reading).json()["owed"] == []


@pytest.mark.parametrize(("more", "sentence"), [
    ({"paid": {CODE: {"2025-7": 1}}}, "“2025-7” is no month"), ({"paid": {CODE: 2200}}, "should be an object"),
    ({"paid": {"nothing": {"2025-07": 1}}}, "There is no entitlement “nothing”."), ({"paid": 1}, "should be an object"),
    ({"paid": {CODE: {"2025-07": 1}}, "known_on": "2025-08-01"}, "do not go together")])
def test_machines_are_told_what_is_wrong_with_what_was_paid(reading: Client, more: dict[str, Any],
                                                            sentence: str) -> None:
    answer = ask(reading, **more)
    assert answer.status_code == 400 and sentence in answer.json()["error"]["en"]


@pytest.mark.usefixtures("reading")
def test_the_command_says_both(tmp_path: Path) -> None:
    with translation.override("en"):
        said = run(tmp_path, "--paid", "2025-05..2025-08=2200", "--paid", "2025-09=2400")
        assert "If you were paid 2,200 yuan a month from 2025-07 to 2025-09, the difference is 600 yuan" in said
        assert "2025-08: 2,400 yuan a month due, 2,200 yuan a month paid, 200 yuan owed\n" in said
        assert "the level counts since 2025-07-01; 400 yuan owed together\n" in said and "2025-06" not in said
    held = json.loads(run(tmp_path, "--paid", "2025-07=2200", "--json"))
    assert held["owed"]["total"] == 200 and held["answers"][0]["entitlement"] == CODE
    assert isinstance(json.loads(run(tmp_path, "--json")), list)


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize(("more", "sentence"), [
    (["--paid", "2025-07"], "2025-07: “” is no amount."), (["--paid", "x=1"], "“x” is no month"),
    (["--paid", "2025-07=1", "--paid", "2025-07=2"], "2025-07 is given twice."),
    (["--paid", "2025-07=1", "--entitlement", "unemployment_benefit"], "goes with exactly one --entitlement"),
    (["--paid", "2025-07=1", "--known-on", "2026-01-01"], "not with --known-on")])
def test_the_command_refuses_in_a_sentence(tmp_path: Path, more: list[str], sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        run(tmp_path, *more)
    assert sentence in refusal.value.sentence.en and refusal.value.sentence.zh
