"""A place ends: what it said carries over by rule, gives way, or waits for a decision."""

from datetime import date
from decimal import Decimal

import pytest

from drafting_cast import person
from jizhun.collaboration.actions.carrying import carry_over, leave_behind, link_of, report, reports
from jizhun.collaboration.rules.carrying import outcome_of, outcome_of_words
from jizhun.guides.actions import GUIDE, words_of
from jizhun.guides.actions import record as write
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import verify_trail
from jizhun.people.rules import SYSTEM, Forbidden
from jizhun.provisions.actions import promised
from jizhun.provisions.models import Provision
from jizhun.provisions.rules import Quantity
from jizhun.regions.actions import tree
from redrawn import BENEFIT, END, INTO, MERGED, NEW, RENAMED, TURN, make_counties, promise, redraw

pytestmark = pytest.mark.usefixtures("world", "db")
REGISTRATION = "NB021-EX02"


@pytest.fixture(autouse=True)
def counties(db: None) -> None:
    """Two counties as they were, and the code that one of them gets later."""
    make_counties()


def limit(region: str, on: date, matter: str = BENEFIT) -> int:
    return int(promised(matter=matter, region=region, on=on, measure="promised_limit")[0].value.amount)  # type: ignore[union-attr]


def outcomes(old: str, new: str) -> dict[str, str]:
    return {one.key: one.outcome for one in report(link_of(old, new)).things}


def test_without_anybody_doing_anything_the_promise_of_a_renamed_place_is_lost_and_the_report_says_so():
    promise(RENAMED, 1)
    redraw()
    assert (limit(RENAMED, END), limit(NEW, TURN)) == (1, 3)
    assert outcomes(RENAMED, NEW) == {f"{BENEFIT}/promised_limit/all": "carry"}


def test_what_a_renamed_place_promised_carries_over_by_rule_with_its_paper_and_day():
    promise(RENAMED, 1)
    redraw()
    carry_over(by=person("city-editor"), old=RENAMED, new=NEW)
    assert limit(NEW, TURN) == 1 and outcomes(RENAMED, NEW) == {f"{BENEFIT}/promised_limit/all": "carried"}
    row = Provision.objects.get(region=NEW)
    assert (row.valid_from, row.mark, row.note_en) == (TURN, "SIM", f"carried over from County {RENAMED} ({RENAMED})")
    assert verify_trail() is None
    with pytest.raises(Refused, match="Nothing carries over"):
        carry_over(by=person("city-editor"), old=RENAMED, new=NEW)


def test_what_a_merged_place_did_better_waits_for_a_decision():
    promise(MERGED, 1)
    redraw()
    key = f"{BENEFIT}/promised_limit/all"
    assert outcomes(MERGED, INTO) == {key: "decide"}
    with pytest.raises(Refused, match="Nothing carries over"):
        carry_over(by=person("city-editor"), old=MERGED, new=INTO)
    with pytest.raises(Refused, match="Say why"):
        carry_over(by=person("city-editor"), old=MERGED, new=INTO, sort="promise", keys=[key])
    carry_over(by=person("city-editor"), old=MERGED, new=INTO, sort="promise", keys=[key], reason="就高不就低")
    assert limit(INTO, TURN) == 1 and outcomes(MERGED, INTO) == {key: "carried"}


def test_a_decision_to_leave_it_counts_until_either_side_moves():
    promise(MERGED, 1)
    redraw()
    key = f"{BENEFIT}/promised_limit/all"
    leave_behind(by=person("city-editor"), old=MERGED, new=INTO, sort="promise", key=key, reason="窗口合并")
    assert outcomes(MERGED, INTO) == {key: "left"} and limit(INTO, TURN) == 3
    promise(INTO, 2)
    assert outcomes(MERGED, INTO) == {key: "decide"}


def test_where_the_new_place_does_better_the_old_one_gives_way_and_equals_need_nothing():
    promise(MERGED, 2)
    promise(INTO, 1)
    promise(MERGED, 0, REGISTRATION)
    promise(INTO, 0, REGISTRATION)
    redraw()
    assert set(outcomes(MERGED, INTO).values()) == {"gives_way", "same"}


def test_what_did_not_count_at_the_old_place_is_not_told_of():
    promise(MERGED, 9)  # the city promises 3
    redraw()
    assert outcomes(MERGED, INTO) == {}


def test_the_words_of_guides_carry_over_too():
    words = {"zh": "县政务服务中心", "en": "County service centre"}
    write(by=SYSTEM, sort=GUIDE, matter=BENEFIT, region=RENAMED, fields={"body": words}, on=date(2025, 3, 1),
          mark="SIM", source="test")
    redraw()
    assert outcomes(RENAMED, NEW) == {f"guide/{BENEFIT}": "carry"}
    carry_over(by=person("city-editor"), old=RENAMED, new=NEW)
    found = words_of(sort=GUIDE, matter=BENEFIT, path=tree().path(NEW, TURN), on=TURN, codes=["body"])["body"]
    assert found.content == words and found.parts[-1].place == NEW
    assert outcomes(RENAMED, NEW) == {f"guide/{BENEFIT}": "carried"}


def test_only_whoever_could_say_it_there_decides():
    promise(MERGED, 1)
    redraw()
    key = f"{BENEFIT}/promised_limit/all"
    for who in ("county-clerk", "reviewer", "county-clerk-elsewhere"):
        with pytest.raises(Forbidden):
            carry_over(by=person(who), old=MERGED, new=INTO, sort="promise", keys=[key], reason="x")
        with pytest.raises(Forbidden):
            leave_behind(by=person(who), old=MERGED, new=INTO, sort="promise", key=key, reason="x")
    assert outcomes(MERGED, INTO) == {key: "decide"}


def test_the_list_shows_what_lies_within_and_what_has_to_be_decided_first():
    promise(MERGED, 1)
    promise(RENAMED, 1)
    redraw()
    assert [(one.link.old, one.to_decide) for one in reports(region="990100")] == [(MERGED, 1), (RENAMED, 0)]
    assert reports(region="990200") == [] and report(link_of(MERGED, INTO)).history["provisions"] == 1
    with pytest.raises(Refused, match="Nothing passed"):
        link_of(INTO, MERGED)


@pytest.mark.parametrize(("old", "new", "whole", "expected"), [
    (1, 2, True, "carry"), (1, 2, False, "decide"), (2, 1, True, "gives_way"), (2, 1, False, "gives_way"),
    (2, 2, True, "same"), (1, None, True, "carry"), (1, None, False, "decide")])
def test_the_rule(old, new, whole, expected):
    values = [None if one is None else Quantity(Decimal(one), "working_day") for one in (old, new)]
    assert outcome_of("lower", values[0], values[1], whole=whole)[0] == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(("old", "new", "whole", "expected"), [
    ("a", "", True, "carry"), ("a", "", False, "decide"), ("a", "b", True, "decide"), ("a", "a", False, "same")])
def test_the_rule_for_words(old, new, whole, expected):
    assert outcome_of_words(old, new, whole=whole)[0] == expected
