"""Accepted in one place, handled in another: from the file to the clock of each leg, and who is waited for."""

import csv
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from drafting_cast import person
from jizhun.collaboration.actions.crossing import COUNTS, arrange, arrangements, legs_of
from jizhun.delivery.actions import receive
from jizhun.delivery.ingest.plain import is_usual
from jizhun.delivery.rules.parsing import parse
from jizhun.delivery.simulated_crossing import write
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import FAR
from jizhun.kernel.working_days import Calendar
from jizhun.loading import CROSSING_SOURCE
from jizhun.loading.crossing import simulated_crossings
from jizhun.people.rules import SYSTEM, Forbidden
from worlds import ROOT

pytestmark = pytest.mark.usefixtures("world", "db")
MAPPING = """
name_zh: 通办（模拟）
name_en: Across regions (simulated)
within: "990000"
simulated: true
extract_date: 2025-06-30
fields:
  case_key: case
  matter: {constant: NB029-EX01}
  region: handled
  accepted_at: accepted
  closed_at: closed
  accepting_region: taken
  forwarded_at: passed
"""
ROWS = """case,handled,taken,accepted,passed,closed
a,990201,990101,2025-06-02 09:00,2025-06-03 09:00,2025-06-05 09:00
b,990201,990101,2025-06-02 09:00,2025-06-06 09:00,2025-06-10 09:00
c,990201,990101,2025-06-02 09:00,2025-06-03 09:00,2025-06-20 09:00
d,990201,990101,2025-06-27 09:00,,
e,990201,990101,2025-06-03 09:00,2025-06-04 09:00,
f,990201,990201,2025-06-02 09:00,,2025-06-03 09:00
g,990201,,2025-06-02 09:00,,2025-06-03 09:00
h,990301,990101,2025-06-02 09:00,2025-06-03 09:00,2025-06-04 09:00
i,990201,990101,2025-06-04 09:00,2025-06-03 09:00,2025-06-05 09:00
j,990201,999999,2025-06-04 09:00,2025-06-05 09:00,2025-06-06 09:00
"""
PAPER = Bilingual("通办备忘录（模拟）", "Memorandum (simulated)")
LEGS = [{"leg": "accept", "limit": 2}, {"leg": "handle", "limit": 5}]


@pytest.fixture
def received(settings: Any, tmp_path: Path) -> Any:
    settings.LAKE, settings.FILES, settings.HOME = tmp_path / "lake", tmp_path / "files", tmp_path
    file = tmp_path / "across.csv"
    file.write_text(ROWS, "utf-8")
    return receive(by=SYSTEM, file=file, mapping=parse(MAPPING), source="across")


def counts(leg: str, came: str = "990101", region: str = "990201") -> dict[str, int]:
    one = next(one for one in legs_of(source="across") if (one.leg, one.came_from, one.region) == (leg, came, region))
    return {name: number for name, number in one.counts.items() if number}


def test_rows_that_cannot_be_are_rejected_and_the_others_taken_in(received):
    assert (received.batch.rows_good, received.batch.rows_bad) == (8, 2)


def test_each_leg_is_held_to_its_own_limit(received):
    # the simulated arrangement: pass on within 1 working day, handle within 3
    assert counts("accept") == {"cases": 5, "kept": 3, "broken": 1, "open": 1, "waiting": 1}
    assert counts("handle") == {"cases": 4, "kept": 2, "broken": 1, "overdue": 1, "waiting": 1}


def test_the_place_whose_move_it_is_is_waited_for(received):
    assert {(one.leg, one.who) for one in legs_of(source="across") if one.counts["waiting"]} == {
        ("accept", "990101"), ("handle", "990201")}


def test_places_without_an_arrangement_have_no_limit(received):
    assert counts("accept", region="990301") == {"cases": 1, "unlimited": 1}


def test_a_newer_arrangement_counts_from_its_day(received):
    arrange(by=person("province-editor"), code="newer", matter="NB029-EX01", mode="elsewhere", basis=PAPER,
            legs=[{"leg": "accept", "limit": 0}, {"leg": "handle"}], area="sample-pine-cypress",
            since=date(2025, 6, 3))
    assert counts("accept") == {"cases": 5, "kept": 2, "broken": 2, "overdue": 1, "waiting": 1}
    assert counts("handle") == {"cases": 4, "kept": 2, "broken": 1, "unlimited": 1, "waiting": 1}


def test_an_arrangement_of_the_same_places_ends_the_one_before():
    for code, day in (("one", 1), ("two", 5)):
        arrange(by=person("province-editor"), code=f"own-{code}", matter="NB021-EX02", mode="online", basis=PAPER,
                legs=LEGS, regions=["990100", "990200"], since=date(2026, 1, day))
    assert [one.until for one in arrangements() if one.matter == "NB021-EX02"] == [date(2026, 1, 4), FAR]


@pytest.mark.parametrize(("more", "told"), [
    ({"basis": NO_WORDS}, "the paper behind it"), ({"regions": ["990100"]}, "two places"),
    ({"regions": ["990100", "110000"]}, "fictional"), ({"legs": LEGS[:1]}, "within how many days"),
    ({"legs": [{**LEGS[0], "limit": "soon"}, LEGS[1]]}, "whole number"), ({"mode": "magic"}, "Give a code"),
    ({"legs": [LEGS[0], {**LEGS[1], "unit": "calendar_day"}]}, "same kind of days"), ({"matter": "NB999"}, "NB999")])
def test_what_cannot_be_arranged_is_refused(more, told):
    said = {"by": person("province-editor"), "code": "own", "matter": "NB029-EX01", "mode": "elsewhere", "legs": LEGS,
            "basis": PAPER, "regions": ["990100", "990200"], **more}
    with pytest.raises(Refused, match=told):
        arrange(**said)  # type: ignore[arg-type]


def test_a_stranger_arranges_nothing():
    for who in ("county-clerk", "reviewer", "county-editor"):
        with pytest.raises(Forbidden):
            arrange(by=person(who), code="own", matter="NB029-EX01", mode="elsewhere", legs=LEGS, basis=PAPER,
                    regions=["990100", "990200"])


def test_cases_that_cross_regions_are_not_left_to_the_loops_for_usual_rows():
    mapping = parse(MAPPING)
    assert not is_usual(mapping)
    assert is_usual(parse("\n".join(MAPPING.strip().splitlines()[:-2])))


# -- the simulated ones of the demonstration ---------------------------------------------------------------


def test_the_simulated_cases_cross_in_both_directions_and_some_wait(settings: Any, tmp_path: Path) -> None:
    settings.LAKE, settings.FILES, settings.HOME = tmp_path / "lake", tmp_path / "files", tmp_path
    settings.FILES.mkdir()
    assert simulated_crossings(by=SYSTEM) == 1800 == simulated_crossings(by=SYSTEM)
    found = legs_of(source=CROSSING_SOURCE)
    ways = {(one.came_from[:4], one.region[:4]) for one in found}
    assert ways == {("9901", "9902"), ("9902", "9901")}
    for leg in ("accept", "handle"):
        whole = {name: sum(one.counts[name] for one in found if one.leg == leg) for name in COUNTS}
        assert whole["kept"] > whole["broken"] > 0 and whole["waiting"] > 0 and whole["unlimited"] == 0
    assert sum(one.counts["cases"] for one in found if one.leg == "accept") == 1800


def test_the_simulated_cases_are_the_same_for_the_same_seed_and_go_forward() -> None:
    profile = yaml.safe_load((ROOT / "data" / "simulated" / "crossing.yaml").read_text("utf-8"))
    counties = {"990100": ["990101", "990102"], "990200": ["990201"]}
    made = [write(profile, matter="NB029-EX01", counties=counties, calendar=Calendar(), seed=seed)
            for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]
    for row in csv.DictReader(StringIO(made[0])):
        times = [row[name] for name in ("accepted", "passed_on", "closed")]
        assert times == sorted(one for one in times if one) + [""] * times.count("") and max(times) < "2026"
