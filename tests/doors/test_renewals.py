"""Values that are to be renewed and values that nobody gave: the second tab, the command, the API, the promise card."""

import csv
import io
import json

import pytest
from django.db import transaction
from django.utils import translation

from jizhun import cli
from jizhun.people.rules import SYSTEM
from jizhun.provisions.actions import record

PAGE, API = "/en/work/findings/?tab=renewals", "/api/v1/promised"
PARTS = "&from=2026-11-01&until=2028-01-01"


def rows_of(client, table: str, query: str = "") -> list[dict[str, str]]:
    content = client.get(f"{PAGE}&csv={table}{query}").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


@pytest.mark.parametrize(("who", "region", "status"), [
    ("county", "990101", 200), ("county", "990000", 403), ("province", "990101", 200), ("province", "330000", 403),
    ("nation", "330000", 200), ("reviewer", "990000", 200), ("clerk", "990101", 403), ("reader", "990101", 403),
    ("stranger", "990101", 302)])
def test_the_tab_is_for_the_places_of_one_s_roles(signed_in, who, region, status):
    assert signed_in(who).get(f"{PAGE}&region={region}").status_code == status


def test_each_value_tells_since_when_and_by_when(signed_in):
    client = signed_in("nation")
    rows = {row["place"]: row for row in rows_of(client, "renewals", f"{PARTS}&measure=minimum_wage")}
    assert {key: rows["110000"][key] for key in ("since", "due", "state", "value", "mark")} == {
        "since": "2024-01-01", "due": "2026-01-01", "state": "overdue", "value": "2420 yuan a month", "mark": "V"}
    assert rows["110000"]["rule"] == "Provisions on Minimum Wages"
    assert rows["130000"]["value"] == "by tier: 2200 / 2000 / 1800 yuan a month"
    assert not any(place.startswith("99") for place in rows)
    days = [row["due"] for row in rows_of(client, "renewals", PARTS)]
    assert days == sorted(days) and len(days) > len(rows)
    text = client.get(f"{PAGE}&region=110000").content.decode()
    assert "overdue, to be checked" in text and 'aria-current="page">Renewals and missing values</a>' in text


def test_what_the_nation_asked_for_and_nobody_gave_stands_below_with_whom_it_asked(signed_in):
    rows = rows_of(signed_in("province"), "missing")
    assert [(row["measure"], row["place"], row["by"], row["since"]) for row in rows] == [
        ("Minimum hourly wage", "990000", "CN", "2004-03-01")]
    assert rows_of(signed_in("province"), "missing", "&measure=minimum_wage") == []


def test_a_renewed_value_is_told_no_more(signed_in):
    client = signed_in("province")
    before = [(row["place"], row["due"]) for row in rows_of(client, "renewals", PARTS)]
    assert before == [("990000", "2027-07-01")]
    with transaction.atomic():
        record(by=SYSTEM, row={"subject": "*", "measure": "minimum_wage", "region": "990000", "value": 2300,
                               "unit": "CNY/month", "from": "2027-01-01", "mark": "SIM", "source": "a test"})
    assert rows_of(client, "renewals", PARTS) == []


# -- where answers are given -----------------------------------------------------------------------------

WARNING = "Minimum monthly wage of Beijing: value of 2024-01-01; should have been renewed by 2026-01-01"


@pytest.fixture
def english(world, db, monkeypatch):
    monkeypatch.setenv("JIZHUN_LANG", "en")
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("english")
def test_the_command_warns_of_a_value_that_is_too_old(capsys):
    asked = ("promised", "--matter", "*", "--region", "110000", "--measure", "minimum_wage", "--on")
    assert cli.main([*asked, "2026-01-01"]) == 0
    assert f"  ! {WARNING}" in capsys.readouterr().out
    assert cli.main([*asked, "2025-12-31"]) == 0
    assert "renewed" not in capsys.readouterr().out
    assert cli.main([*asked, "2026-01-01", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert [(one["kind"], one["due"], one["region"]) for one in told["warnings"]] == [
        ("renewal_due", "2026-01-01", "110000")]


@pytest.mark.usefixtures("english")
def test_the_list_of_what_is_due_comes_from_the_command_too(capsys):
    asked = ("findings", "--region", "110000", "--from", "2026-11-01", "--until", "2026-12-01", "--renewals")
    assert cli.main(asked) == 0
    assert WARNING in capsys.readouterr().out
    assert cli.main([*asked, "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["measure"], row["due"], row["until"]) for row in rows] == [
        ("minimum_wage", "2026-01-01", ""), ("minimum_wage_hour", "2026-01-01", "")]
    assert cli.main([*asked, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["renewals"]) == 2


def test_the_api_answers_as_the_command_does(reading):
    told = reading.get(f"{API}?matter=*&region=110000&measure=minimum_wage&on=2026-01-01").json()["answers"]
    assert [one["value"] for one in told] == [2420] and WARNING in told[0]["warnings"][0]["sentence"]["en"]
    early = reading.get(f"{API}?matter=*&region=110000&measure=minimum_wage&on=2025-12-31").json()["answers"]
    assert early[0]["warnings"] == []


@pytest.mark.parametrize(("query", "sentence"), [
    ("region=110000", "“matter” is missing."), ("matter=*&region=110000&colour=red", "no parameter “colour”"),
    ("matter=*&region=nowhere", "no region with the code “nowhere”"), ("matter=*&region=CN&on=2026-02-30", "is not a"),
    ("matter=nosuch&region=CN", "nosuch"), ("matter=*&region=CN&measure=nosuch", "no measure called “nosuch”")])
def test_what_cannot_be_asked_of_the_api_is_one_sentence(reading, query, sentence):
    answer = reading.get(f"{API}?{query}")
    assert answer.status_code == 400 and sentence in answer.json()["error"]["en"] and answer.json()["error"]["zh"]
    assert reading.post(API).status_code == 405


def test_the_promise_card_tells_of_the_age_of_what_it_is_made_from(reading):
    told = "Minimum monthly wage of Jilin: value of 2024-10-01; should have been renewed by 2026-10-01"
    late, early = (reading.get(f"/en/items/NB029/?region=220000&on={on}").content.decode() for on in (
        "2026-11-27", "2026-09-30"))
    assert told in late and "should have been renewed" not in early
