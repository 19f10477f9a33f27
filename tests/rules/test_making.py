"""Stages, steps and ballots without a database; the cases are in tests/cases/making for officials to read."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jizhun.drafting.rules.ballots import POSITIONS, Cast, check_vote, tally
from jizhun.drafting.rules.conditions import CHECKS, Facts, Round, check_needs, checked, require_met
from jizhun.drafting.rules.stages import (
    ENDED,
    Move,
    Procedures,
    days_by_stage,
    days_to_publication,
    read_procedures,
    stays,
)
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import months_later

ROOT = Path(__file__).parents[2]
DATA = yaml.safe_load((ROOT / "data" / "drafting" / "procedures.yaml").read_text("utf-8"))
PROCEDURES: Procedures = read_procedures(DATA)


def cases(name: str) -> list[Any]:
    rows = yaml.safe_load((ROOT / "tests" / "cases" / "making" / name).read_text("utf-8"))
    return [pytest.param(row, id=row["case"]) for row in rows]


def facts(said: Mapping[str, Any]) -> Facts:
    """What a case says is true."""
    made = dict(said)
    for name in ("missing", "errors"):
        made[name] = [Bilingual(*one) for one in said.get(name, ())]
    for name in ("changed", "evidence"):
        made[name] = frozenset(said.get(name, ()))
    made["rounds"] = [Round(*one[:3], public=len(one) == 3) for one in said.get("rounds", ())]
    return Facts(**made)


@pytest.mark.parametrize("case", cases("steps.yaml"))
def test_which_rules_stand_in_the_way(case: Mapping[str, Any]):
    way = PROCEDURES.get(case["procedure"]).way(case["stage"], case["act"])
    checks = checked(way, facts(case["facts"]))
    assert [check.code for check in checks if not check.met] == case["open"]
    assert all(check.sentence.zh and check.sentence.en for check in checks)
    if case["open"]:
        with pytest.raises(Refused) as refused:
            require_met(way, facts(case["facts"]))
        for check in checks:
            assert (check.sentence.en in refused.value.sentence.en) != check.met
    else:
        require_met(way, facts(case["facts"]))


def test_every_check_that_a_table_names_exists_and_every_check_is_named():
    named = {code for how in PROCEDURES.by_code.values() for way in how.ways for code in way.needs}
    for how in PROCEDURES.by_code.values():
        check_needs(how.ways)
    assert named == set(CHECKS)


@pytest.mark.parametrize("code", PROCEDURES.by_code)
def test_every_procedure_leads_to_publication_and_can_be_stopped_before(code: str):
    how = PROCEDURES.get(code)
    assert {"60", "95"} <= how.workflow.reachable()
    stuck = [stage for stage in how.stages if stage not in ENDED and not how.open_to(stage)]
    assert stuck == []
    published = [way for way in how.ways if way.to == "60" and way.act == "publish"]
    assert all("impact_seen" in way.needs and "numbered" in way.needs for way in published) and published


def test_local_standards_are_approved_numbered_and_published_by_the_regulator_and_others_draft():
    rights = {(way.at, way.act): way.right for way in PROCEDURES.get("local").ways}
    assert {rights["10", "accept"], rights["50", "publish"], rights["90", "withdraw"]} == {"standard.approve"}
    assert {rights["00", "submit"], rights["30", "examine"], rights["40", "approve"]} == {"standard.edit"}
    assert set(rights.values()) == {"standard.approve", "standard.edit"}


def test_the_fast_track_skips_the_preparation_and_asks_for_a_draft_at_once():
    how = PROCEDURES.get("local_fast")
    assert how.way("10", "accept").to == "30"
    assert "draft_issued" in how.way("00", "submit").needs


def test_an_act_that_is_not_possible_names_those_that_are():
    with pytest.raises(Refused) as refused:
        PROCEDURES.get("local").way("10", "publish")
    assert "Approve the project, Do not approve the project" in refused.value.sentence.en


@pytest.mark.parametrize("spoil, error", [
    (lambda data: data["procedures"]["local"]["changed"].append({"from": "00", "act": "publish"}), "does not have"),
    (lambda data: data["procedures"]["internal"]["ways"].append(
        {"from": "77", "act": "stop", "to": "99", "right": "standard.edit", "needs": {}}), "77"),
    (lambda data: data["procedures"]["internal"]["ways"].append(
        {"from": "20", "act": "stop", "to": "99", "right": "standard.edit", "needs": {}}), "two transitions"),
])
def test_a_table_that_cannot_be_right_is_refused_when_it_is_read(spoil: Any, error: str):
    data = yaml.safe_load((ROOT / "data" / "drafting" / "procedures.yaml").read_text("utf-8"))
    spoil(data)
    with pytest.raises((ValueError, KeyError), match=error):
        read_procedures(data)


# -- time ------------------------------------------------------------------------------------------------

MOVES = [Move("", "00", date(2026, 1, 1)), Move("00", "10", date(2026, 1, 11)), Move("10", "20", date(2026, 5, 1)),
         Move("20", "30", date(2026, 6, 1)), Move("30", "20", date(2026, 7, 1)), Move("20", "30", date(2026, 7, 11)),
         Move("30", "60", date(2026, 8, 1))]


def test_days_are_counted_stay_by_stay_and_several_stays_add_up():
    some = stays(PROCEDURES.get("local"), MOVES, date(2026, 8, 11))
    assert [(stay.stage, stay.days) for stay in some] == [
        ("00", 10), ("10", 110), ("20", 31), ("30", 30), ("20", 10), ("30", 21), ("60", 10)]
    assert days_by_stage(some) == {"00": 10, "10": 110, "20": 41, "30": 51, "60": 10}
    assert days_to_publication(some) == 212
    assert some[1].due == date(2026, 4, 11) and some[1].over == 20  # approval may take three months
    assert some[0].due is None and some[0].over == 0


def test_a_stay_that_lasts_has_no_end_and_counts_up_to_today():
    last = stays(PROCEDURES.get("local"), MOVES[:2], date(2026, 3, 1))[-1]
    assert (last.until, last.days) == (None, 49)
    assert days_to_publication([last]) is None


@pytest.mark.parametrize("day, months, due", [
    (date(2026, 1, 31), 1, date(2026, 2, 28)), (date(2027, 11, 30), 3, date(2028, 2, 29)),
    (date(2026, 12, 15), 10, date(2027, 10, 15)), (date(2026, 5, 5), 0, date(2026, 5, 5))])
def test_months_end_with_the_month(day: date, months: int, due: date):
    assert months_later(day, months) == due


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 240), st.integers(0, 240))
def test_more_months_are_never_earlier(day: date, few: int, more: int):
    assert months_later(day, few) <= months_later(day, few + more)


# -- ballots ---------------------------------------------------------------------------------------------


def votes(said: Mapping[str, int]) -> list[Cast]:
    positions = [position for position, number in said.items() for _ in range(number)]
    return [Cast(place, position, "why") for place, position in enumerate(positions)]


@pytest.mark.parametrize("case", cases("ballots.yaml"))
def test_whether_a_vote_passes(case: Mapping[str, Any]):
    count = tally(PROCEDURES.ballots[case["rule"]], case["electorate"], votes(case["votes"]))
    assert count.passed is case["passes"]
    failed = [line.asked.en.partition(":")[0] for line in count.lines if not line.met]
    assert case.get("because") in [*failed, None] and bool(failed) != case["passes"]


def test_the_last_vote_of_a_voter_counts_and_an_answer_ends_an_objection():
    rule = PROCEDURES.ballots["committee"]
    before = tally(rule, 2, [Cast(1, "disapprove", "no"), Cast(2, "approve")])
    assert (before.objections, before.passed) == (1, False)
    after = tally(rule, 2, [Cast(1, "disapprove", "no", answered=True), Cast(2, "approve"), Cast(1, "approve")])
    assert (after.objections, after.cast, after.passed) == (0, 2, True)
    assert tally(rule, 2, [Cast(1, "disapprove", "no", answered=True)]).objections == 0


@given(st.integers(1, 40), st.lists(st.sampled_from(list(POSITIONS)), max_size=40))
def test_one_more_in_favour_never_turns_a_pass_into_a_failure(electorate: int, positions: list[str]):
    some = [Cast(place, position, "x") for place, position in enumerate(positions[:electorate])]
    for rule in PROCEDURES.ballots.values():
        if tally(rule, electorate, some).passed and len(some) < electorate:
            assert tally(rule, electorate, [*some, Cast(len(some), "approve")]).passed


@pytest.mark.parametrize("position, reason, wrong", [
    ("disapprove", "", "needs a reason"), ("approve_with_comment", "  ", "needs a reason"),
    ("perhaps", "x", "perhaps")])
def test_what_is_no_vote(position: str, reason: str, wrong: str):
    with pytest.raises(Refused, match=wrong):
        check_vote(position, reason)
    check_vote("approve", "")




def test_the_docs_print_the_procedures_as_they_are():
    from procedures import CHECKS as TOLD
    from procedures import pages

    assert set(TOLD) == set(CHECKS)
    for file, text in pages().items():
        assert file.read_text("utf-8") == text, f"python tools/procedures.py writes {file.name} anew"
