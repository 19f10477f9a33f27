"""What does not fit, over time, at the workbench and on the command line: who sees it, and what is told."""

import csv
import io
import json
from datetime import date

import pytest
from django.db import transaction
from django.utils import timezone, translation
from python_calamine import CalamineWorkbook

from jizhun import cli
from jizhun.people.rules import SYSTEM
from jizhun.provisions.actions import record
from jizhun.provisions.asking import findings_over

PAGE = "/en/work/findings/"
RISE = {"subject": "NB021-EX02", "measure": "promised_limit", "region": "990000", "value": 0, "unit": "working_day",
        "from": "2027-10-01", "mark": "SIM", "source": "made up for this test"}


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def told(client, query: str = "") -> list[tuple[str, str]]:
    return [(row["kind"], row["place"]) for row in rows_of(client.get(f"{PAGE}?csv=findings&{query}"))]


@pytest.mark.parametrize(("who", "region", "status"), [
    ("county", "", 200), ("county", "990101", 200), ("county", "990000", 403), ("county", "990201", 403),
    ("province", "", 200), ("province", "990402", 200), ("province", "330000", 403), ("nation", "330000", 200),
    ("reviewer", "", 200), ("clerk", "", 403), ("clerk", "990101", 403), ("elsewhere", "990101", 403),
    ("reader", "", 403), ("stranger", "", 302)])
def test_those_who_record_or_review_see_the_places_of_their_roles(signed_in, who, region, status):
    answer = signed_in(who).get(f"{PAGE}?region={region}" if region else PAGE)
    assert answer.status_code == status
    assert status != 302 or answer.url.startswith("/en/work/sign-in/")


def test_the_province_sees_what_does_not_fit_below_it_and_who_must_act(signed_in):
    page = signed_in("province").get(PAGE)
    rows = {(row["kind"], row["place"]): row for row in rows_of(signed_in("province").get(f"{PAGE}?csv=findings"))}
    below = rows["below_standard_above", "990402"]
    assert [below[key] for key in ("begins", "gap", "effect", "subject")] == ["2025-01-01", "2.0", "1", "NB021-EX02"]
    assert ("off_uniform", "990501") in rows and ("lapsed", "990600") in rows
    text = page.content.decode()
    assert "Plum Yi District" in text and "to be checked first" in text
    href = next(row[0].href for row in page.context["listing"].table.rows if row[3].plain == "990402")
    assert "2 working days" in text and signed_in("province").get(href).status_code == 200
    effects = [int(row["effect"]) for row in rows.values()]
    assert effects == sorted(effects, reverse=True)


def test_a_value_above_that_rises_later_is_told_now_with_the_day_to_act(signed_in):
    with transaction.atomic():
        record(by=SYSTEM, row=RISE)
    client, today = signed_in("province"), timezone.localdate()
    rows = [row for row in rows_of(client.get(f"{PAGE}?csv=findings&until=2028-01-01"))
            if row["subject"] == "NB021-EX02"]
    assert [(row["place"], row["begins"], row["gap"]) for row in rows] == [("990402", "2025-01-01", "2.0")]
    page = client.get(f"{PAGE}?until=2028-01-01&measure=promised_limit").content.decode()
    assert "3 working days from 2027-10-01" in page
    with transaction.atomic():
        record(by=SYSTEM, row={**RISE, "region": "990301", "value": 1, "from": "2026-01-01"})
    (later,) = [one for one in findings_over(region="990300", first=today, last=date(2028, 1, 1))
                if one.subject == "NB021-EX02"]
    assert (later.finding.place, later.begins, later.act_by) == ("990301", date(2027, 10, 1), date(2027, 10, 1))


def test_filters_narrow_the_list_and_the_files_hold_what_is_seen(signed_in):
    client = signed_in("province")
    everything = told(client)
    assert told(client, "kind=off_uniform") == [("off_uniform", "990501")]
    assert set(told(client, "measure=promised_limit")) < set(everything)
    assert told(client, "region=990400") == [one for one in everything if one[1] in ("990402", "990000", "CN")]
    assert told(client, "sure=verified") == [("lapsed", "CN")] and told(client, "when=past") == []
    assert len(told(client, "when=now")) + len(told(client, "when=soon")) == len(everything)
    assert ("below_standard_above", "990402") not in told(client, "until=2024-12-31&from=2024-01-01")
    content = client.get(f"{PAGE}?xlsx=findings&kind=off_uniform&column=place").content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["Service", "Who must act"] and sheet[1] == ["NB022-EX01", "990501"] and len(sheet) == 2


@pytest.mark.parametrize("query", ["from=2026-02-30", "from=2028-01-01&until=2027-01-01", "region=nowhere"])
def test_a_day_or_place_that_there_is_not_is_told_in_a_sentence(signed_in, query):
    assert signed_in("nation").get(f"{PAGE}?{query}").status_code == 400
    for odd in ("kind=nosuch", "measure=nosuch", "when=nosuch", "sure=nosuch", "sort=nosuch", "page=x"):
        assert signed_in("nation").get(f"{PAGE}?{odd}").status_code == 200


def test_real_places_stand_without_fictional_ones_and_without_those_outside_the_list(signed_in):
    places = {place for _, place in told(signed_in("nation"), "region=CN")}
    assert places and not any(place.startswith(("99", "71", "81", "82")) for place in places)
    assert any(place.startswith("99") for _, place in told(signed_in("nation"), "region=990000"))
    assert told(signed_in("nation"), "region=810000") == []  # outside the list: nothing is missing there


def test_what_waits_for_an_editor_leads_to_the_list(signed_in):
    client = signed_in("province")
    need = next(one for one in client.get("/en/work/").context["needs"] if "Plum Yi" in one.title)
    assert [place for _, place in told(client, need.href.partition("?")[2])] == ["990402"]


@pytest.mark.parametrize(("who", "led"), [("reviewer", True), ("province", True), ("clerk", False), ("reader", False)])
def test_the_start_page_leads_those_who_may_see_it(signed_in, who, led):
    assert (PAGE in signed_in(who).get("/en/work/").content.decode()) is led


# -- on the command line ---------------------------------------------------------------------------------


@pytest.fixture
def english(world, db):
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("english")
def test_the_command_tells_the_same_as_text_json_and_csv(capsys, monkeypatch):
    monkeypatch.setenv("JIZHUN_LANG", "en")
    asked = ("findings", "--region", "990402", "--from", "2026-01-01", "--until", "2026-06-30")
    assert cli.main(asked) == 0
    assert "Plum Yi District is below the standard above since 2025-01-01, by 2 working days" in capsys.readouterr().out
    assert cli.main([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    one = next(one for one in told["findings"] if one["region"] == "990402")
    assert (one["kind"], one["begins"], one["ends"], one["amount"], one["to_be_checked"], one["document"]) == (
        "below_standard_above", "2025-01-01", None, 2, True, "sim-plum-2025")
    assert cli.main([*asked, "--csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["kind"] for row in rows] == [one["kind"] for one in told["findings"]]


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("words", "sentence"), [
    (("--region", "nowhere"), "There is no region with the code “nowhere”."),
    (("--region", "CN", "--from", "2026-02-30"), "“2026-02-30” is not a date"),
    (("--region", "CN", "--from", "2027-01-01", "--until", "2026-01-01"), "is before the first day"),
    (("--region", "371202", "--from", "2026-01-01"), "370116")])
def test_what_cannot_be_asked_is_one_sentence(capsys, monkeypatch, words, sentence):
    monkeypatch.setenv("JIZHUN_LANG", "en")
    assert cli.main(["findings", *words]) == 2
    said = capsys.readouterr()
    assert sentence in said.err and not said.out


@pytest.mark.parametrize(("first", "kind", "place", "subject"), [
    ("2022-06-01", "beyond_list", "990200", "NB081"), ("2026-11-23", "beyond_recipients", "990300", "NB024")])
def test_the_fictional_province_shows_both_review_points_of_more_than_is_asked(signed_in, first, kind, place, subject):
    day = date.fromisoformat(first)
    found = [one for one in findings_over(region="990000", first=day, last=day) if one.finding.kind == kind]
    assert [(one.finding.place, one.subject) for one in found] == [(place, subject)]
    if kind == "beyond_list":  # the list of 2023 took it in
        later = findings_over(region="990000", first=date(2024, 1, 1), last=date(2024, 1, 1))
        assert kind not in {one.finding.kind for one in later}
