"""Findings at the workbench and on the command line: who sees them, who does what, and in which words."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from errand_done import done
from finding_cases import MATTER, SOURCE, Heap, settle, taken_in
from jizhun import cli
from jizhun.evaluation.findings import answer, look, one
from jizhun.evaluation.models import Finding
from jizhun.evaluation.rules.findings import Answer
from jizhun.people.models import AuditLine
from jizhun.people.rules import SYSTEM

BOARD = "/en/work/rectification/"
COUNTY, ELSEWHERE = "990101", "990201"
HEAPS = [Heap(COUNTY, "2025-03", 56, 40), Heap(ELSEWHERE, "2025-03", 56, 30)]
SAID = {"do": "answer", "cause": "staff", "why": "Two clerks were ill.", "measures": "One more clerk.",
        "responsible": "Head of the hall", "done_by": str(timezone.localdate()), "seen": "1"}


@pytest.fixture(scope="module")
def filled(world: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cases, handed in once."""
    with django_db_blocker.unblock(), taken_in(tmp_path_factory.mktemp("lake"), HEAPS, "2025-06-30") as folder:
        yield folder


@pytest.fixture(autouse=True)
def cases(filled: Path, tmp_path: Path, settings: Any, db: None) -> Path:
    """Two counties of different cities, both with many late cases."""
    return settle(filled, tmp_path, settings)


def opened() -> tuple[Finding, Finding]:
    """One finding of the county, one of another city's county."""
    look(by=SYSTEM, source=SOURCE, as_of=date(2025, 5, 31), rules=["late"])
    return Finding.objects.get(region=COUNTY), Finding.objects.get(region=ELSEWHERE)


def rows(client: Any, query: str = "") -> list[dict[str, str]]:
    text = client.get(f"{BOARD}?csv=rectification&{query}").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(("who", "region", "status", "seen"), [
    ("clerk", "", 200, {COUNTY}), ("clerk", COUNTY, 200, {COUNTY}), ("clerk", ELSEWHERE, 403, set()),
    ("elsewhere", "", 200, {ELSEWHERE}), ("elsewhere", COUNTY, 403, set()), ("county", "", 200, {COUNTY}),
    ("province", "", 200, {COUNTY, ELSEWHERE}), ("province", COUNTY, 200, {COUNTY}), ("province", "330000", 403, set()),
    ("nation", "", 200, {COUNTY, ELSEWHERE}), ("reviewer", "", 200, {COUNTY, ELSEWHERE}), ("reader", "", 200, {COUNTY}),
    ("stranger", "", 302, set())])
def test_everybody_sees_the_findings_of_their_own_places(signed_in, who, region, status, seen):
    opened()
    client = signed_in(who)
    query = f"region={region}" if region else ""
    assert client.get(f"{BOARD}?{query}").status_code == status
    if status == 200:
        assert {row["place"] for row in rows(client, query)} == seen


@pytest.mark.parametrize(("who", "statuses"), [
    ("clerk", (200, 403)), ("elsewhere", (403, 200)), ("county", (200, 403)), ("province", (200, 200)),
    ("nation", (200, 200)), ("stranger", (302, 302))])
def test_one_finding_is_shown_to_its_places(signed_in, who, statuses):
    client = signed_in(who)
    assert tuple(client.get(f"{BOARD}{found.pk}/").status_code for found in opened()) == statuses
    assert client.get(f"{BOARD}999999/").status_code in (302, 404)


@pytest.mark.parametrize(("who", "answers", "oversees"), [
    ("county", True, False), ("province", False, True), ("nation", False, True), ("reviewer", False, True),
    ("clerk", False, False)])
def test_each_is_offered_only_what_they_may_do(signed_in, who, answers, oversees):
    found, _other = opened()
    page = signed_in(who).get(f"{BOARD}{found.pk}/")
    assert ('value="answer"' in page.content.decode()) is answers
    assert ('value="extend"' in page.content.decode()) is oversees
    assert 'value="close"' not in page.content.decode()


def test_the_page_tells_the_evidence_with_its_door_and_says_simulated(signed_in):
    found, _other = opened()
    page = signed_in("clerk").get(f"{BOARD}{found.pk}/").content.decode()
    assert "16" in page and "56" in page and "28.5" in page and "simulated" in page and "SELECT" in page
    assert f"/en/results/?region={COUNTY}&amp;source={SOURCE}&amp;matter={MATTER}" in page
    assert signed_in("clerk").get(f"/en/results/?region={COUNTY}&source={SOURCE}&matter={MATTER}").status_code == 200
    chinese = signed_in("clerk").get(f"/zh/work/rectification/{found.pk}/").content.decode()
    assert "待答复" in chinese and "松甲区人力资源和社会保障部门" in chinese and "模拟" in chinese


def test_the_place_answers_and_the_typed_text_is_never_lost(signed_in):
    found, _other = opened()
    client, page = signed_in("county"), f"{BOARD}{found.pk}/"
    wrong = client.post(page, {**SAID, "cause": ""})
    assert wrong.status_code == 400 and "Choose the kind of cause." in wrong.content.decode()
    assert "Two clerks were ill." in wrong.content.decode()
    assert client.post(page, {**SAID, "done_by": ""}).status_code == 400
    assert client.post(page, SAID).status_code == 302 and one(found.pk).state == "answered"
    again = client.post(page, SAID)
    assert again.status_code == 400 and "happened to this finding in the meantime" in again.content.decode()
    assert "One more clerk." in client.get(page).content.decode()


@pytest.mark.parametrize("who", ["clerk", "province", "nation", "reviewer"])
def test_nobody_else_answers(signed_in, who):
    found, _other = opened()
    assert signed_in(who).post(f"{BOARD}{found.pk}/", SAID).status_code == 403
    assert one(found.pk).state == "opened"


def test_a_place_above_returns_and_extends(signed_in):
    found, _other = opened()
    page = f"{BOARD}{found.pk}/"
    signed_in("county").post(page, SAID)
    client = signed_in("province")
    assert client.post(page, {"do": "return", "reason": "", "seen": "2"}).status_code == 400
    assert client.post(page, {"do": "return", "reason": "Which counters?", "seen": "2"}).status_code == 302
    late = {"do": "extend", "until": "2040-01-01", "why_later": "The hall is rebuilt.", "seen": "3"}
    assert client.post(page, {**late, "until": "2001-01-01"}).status_code == 400
    assert client.post(page, late).status_code == 302 and one(found.pk).due == date(2040, 1, 1)
    assert signed_in("county").post(page, {**late, "seen": "4"}).status_code == 403
    assert "Which counters?" in signed_in("county").get(page).content.decode()


def test_an_act_that_there_is_not_closes_nothing(signed_in):
    found, _other = opened()
    for act in ("close", "remeasure", "", "drop"):
        assert signed_in("nation").post(f"{BOARD}{found.pk}/", {"do": act, "seen": "1"}).status_code == 400
    assert one(found.pk).state == "opened"


def test_a_remark_is_kept(signed_in):
    found, _other = opened()
    page = f"{BOARD}{found.pk}/"
    signed_in("clerk").post(page, {"do": "remark", "text": "The queue system was down."})
    assert "The queue system was down." in signed_in("province").get(page).content.decode()


@pytest.mark.parametrize(("who", "region", "status"), [
    ("county", COUNTY, 302), ("province", "990000", 302), ("nation", "CN", 302), ("clerk", COUNTY, 400),
    ("reviewer", "990000", 400), ("elsewhere", COUNTY, 403)])
def test_whoever_may_compute_looks_through_the_cases(signed_in, who, region, status):
    answered = signed_in(who).post(BOARD, {"region": region, "source": SOURCE})
    assert answered.status_code == status
    if status == 302:
        assert AuditLine.objects.filter(act="evaluation.look").count() == 0, "the page has not waited"
        one = done(answered)
        assert (one.state, one.page) == ("done", f"work/rectification/?region={region}"), one.told
        assert one.found.en.startswith("0 opened, 0 open already"), "the newest three months hold no case"
        assert AuditLine.objects.get(act="evaluation.look").actor == one.by
        assert "0 opened, 0 open already" in signed_in(who).get(answered.url).content.decode()


def test_the_list_is_narrowed_down_and_sorted(signed_in):
    opened()
    client = signed_in("province")
    assert len(rows(client)) == 2 and rows(client, "pattern=visits") == [] and rows(client, "state=closed") == []
    assert [row["place"] for row in rows(client, "sort=share")] == [COUNTY, ELSEWHERE]
    assert rows(client, "overdue=1") == [] and len(rows(client, f"subject={MATTER}")) == 2
    assert "None with these filters." in client.get(f"{BOARD}?state=closed").content.decode()
    assert rows(client)[0]["source"] == f"{SOURCE} (simulated)"


def test_the_workbench_says_what_needs_me(signed_in):
    found, _other = opened()
    home = signed_in("county").get("/en/work/").content.decode()
    assert "waiting for an answer, until" in home and f"/en/work/rectification/{found.pk}/" in home
    assert f"/en/work/rectification/{found.pk}/" not in signed_in("clerk").get("/en/work/").content.decode()


def test_the_command_looks_and_tells_the_list(capsys):
    assert cli.main(["findings-look", "--source", SOURCE, "--as-of", "2025-05-31", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["looked"]["opened"]) == 2 and told["findings"][0]["simulated"] is True
    assert cli.main(["findings-look", "--csv", "--region", COUNTY]) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["region"], row["numerator"], row["denominator"], row["state"]) == (COUNTY, "16", "56", "opened")
    assert cli.main(["findings-look", "--source", "nobody"]) == 2
    assert "no cases of a source" in capsys.readouterr().err


def test_the_command_speaks_chinese(capsys, monkeypatch):
    monkeypatch.setenv("JIZHUN_LANG", "zh")
    assert cli.main(["findings-look", "--source", SOURCE, "--as-of", "2025-05-31"]) == 0
    said = capsys.readouterr().out
    assert "[模拟] 待答复" in said and "新发现 2 个" in said


def test_an_answer_is_shown_with_its_cause(signed_in):
    found, _other = opened()
    answer(by=SYSTEM, finding=found.pk, on=date(2025, 6, 1),
           said=Answer("system", "The system was down.", "A paper queue.", "Head", date(2025, 6, 30)))
    page = signed_in("province").get(f"{BOARD}{found.pk}/").content.decode()
    assert "the system failed or does not support it" in page and "A paper queue." in page
