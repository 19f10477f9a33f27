"""Plans, progress, forecasts, what blocks, the calendar: rules without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.planning.rules.adjusting import FISCAL, PASSED, RISK, Step, lacking, yearly
from jizhun.planning.rules.blocking import blocks, next_acts, within
from jizhun.planning.rules.calendar import Day, as_ical
from jizhun.planning.rules.plan import (
    HIGHER,
    LOWER,
    Change,
    Measure,
    Milestone,
    Own,
    Part,
    Plan,
    check_own,
    check_plan,
    grouped,
    own_as_data,
    read_own,
    read_plan,
    still_own,
    under,
)
from jizhun.planning.rules.progress import (
    BEHIND,
    MISSED,
    ON_COURSE,
    OPEN,
    REACHED,
    STILL,
    UNKNOWN,
    Gap,
    Reading,
    forecast,
    gravest,
    progress,
    tally,
    then_of,
    verdict,
)

DIRECTIONS = {"share": HIGHER, "days": LOWER}
WORD = Bilingual("甲", "A")


def day(text: str) -> date:
    return date.fromisoformat(text)


def a_measure(code: str = "guides", **more: object) -> Measure:
    held = {"target": "all", "task": "1", "name": WORD, "indicator": "share", "goal": 0.9, "due": day("2027-12-31"),
            "baseline": day("2026-01-01"), "responsible": WORD, "said_by": "CN"} | more
    return Measure(code, **held)  # type: ignore[arg-type]


PLAN = Plan("plan", "CN", WORD, day("2026-01-01"), day("2027-12-31"), "", "V", targets=(Part("all", WORD, "V"),),
            tasks=(Part("1", WORD, "V"),),
            measures=(a_measure(), a_measure("faster", indicator="days", goal=300, due=day("2027-06-30"))))


# -- a place's own plan ----------------------------------------------------------------------------


def test_everything_above_holds_below_whatever_a_place_says():
    own = Own("P", (Change("guides", goal=0.95, responsible=Bilingual("乙", "B")),), (a_measure("more"),))
    held = under(PLAN, [own, Own("C", (Change("faster", due=day("2027-03-31")),))])
    assert [one.code for one in held.measures] == ["guides", "faster", "more"]
    guides, faster, more = held.measures
    assert (guides.goal, guides.said_by, guides.responsible.en) == (0.95, "P", "B")
    assert (faster.due, faster.goal, faster.said_by) == (day("2027-03-31"), 300, "C")
    assert more.said_by == "P"


def test_naming_units_only_leaves_the_goal_the_nation_s():
    held = under(PLAN, [Own("P", (Change("guides", responsible=Bilingual("乙", "B")),))])
    assert held.measures[0].said_by == "CN"


@pytest.mark.parametrize(("change", "fits"), [
    (Change("guides", goal=0.9), True), (Change("guides", goal=0.89), False), (Change("guides", goal=1), True),
    (Change("faster", goal=250), True), (Change("faster", goal=301), False),
    (Change("guides", due=day("2027-12-31")), True), (Change("guides", due=day("2028-01-01")), False),
    (Change("faster", due=day("2027-07-01")), False), (Change("nothing"), False)])
def test_a_place_asks_for_more_and_earlier_never_for_less(change, fits):
    if fits:
        check_own(PLAN, Own("P", (change,)), DIRECTIONS)
    else:
        with pytest.raises(Refused):
            check_own(PLAN, Own("P", (change,)), DIRECTIONS)


def test_what_a_place_adds_takes_no_code_from_above_and_no_unknown_indicator():
    for added in (a_measure("guides"), a_measure("x1", indicator="typed"), a_measure("x1", due=day("2030-01-01"))):
        with pytest.raises(Refused):
            check_own(PLAN, Own("P", added=(added,)), DIRECTIONS)


def test_where_the_nation_passes_a_place_the_nation_speaks():
    own = Own("P", (Change("guides", goal=0.95), Change("gone", goal=1)), (a_measure("faster"),))
    above = replace(PLAN, measures=(replace(PLAN.measures[0], goal=0.98), PLAN.measures[1]))
    kept = still_own(above, own, DIRECTIONS)
    assert under(above, [kept]).measures[0].goal == 0.98
    assert [one.code for one in kept.changes] == ["guides"] and kept.added == ()


def test_an_own_plan_comes_back_as_it_was_kept():
    own = Own("P", (Change("guides", 0.95, day("2027-06-30"), WORD),),
              (a_measure("more", milestones=(Milestone(day("2026-06-30"), 0.5),), items=("NB050",), said_by="P"),))
    assert read_own("P", own_as_data(own), PLAN) == own


@pytest.mark.parametrize("wrong", [
    {"target": "none"}, {"task": "9"}, {"due": day("2028-01-01")}, {"levels": ()}, {"levels": (9,)},
    {"milestones": (Milestone(day("2027-06-30"), 1), Milestone(day("2026-06-30"), 1))},
    {"milestones": (Milestone(day("2028-06-30"), 1),)}])
def test_a_plan_that_cannot_be_is_refused(wrong):
    with pytest.raises(Refused):
        check_plan(replace(PLAN, measures=(a_measure(**wrong),)), DIRECTIONS)
    with pytest.raises(Refused):
        check_plan(replace(PLAN, measures=(a_measure(), a_measure())), DIRECTIONS)
    with pytest.raises(Refused, match="not complete"):
        read_plan({"code": "x"}, DIRECTIONS)


def test_the_board_is_grouped_in_the_plan_s_order_and_days_in_theirs():
    assert [*grouped(PLAN.measures, "target")] == ["all"]
    assert [*grouped(PLAN.measures, "due")] == ["2027-06-30", "2027-12-31"]


# -- progress and forecast -------------------------------------------------------------------------

NOW, THEN = day("2026-12-31"), day("2025-12-31")


@pytest.mark.parametrize(("then", "now", "state", "reached"), [
    (0.5, 0.92, REACHED, "2026-12-31"), (0.5, 0.7, ON_COURSE, "2027-12-31"), (0.5, 0.69, BEHIND, "2028-02-08"),
    (0.7, 0.7, STILL, None), (0.7, 0.6, STILL, None), (0.5, None, UNKNOWN, None), (None, 0.7, OPEN, None)])
def test_the_state_follows_from_the_pace(then, now, state, reached):
    told = progress(a_measure(), Reading(NOW, now), Reading(THEN, then), HIGHER, share=True)
    assert told.state == state
    line = forecast(Reading(NOW, now), Reading(THEN, then), a_measure(), HIGHER, share=True)
    assert (line.reached_on.isoformat() if line and line.reached_on else None) == reached or now is None or then is None


def test_fewer_days_are_better_where_the_indicator_says_so():
    measure = a_measure(indicator="days", goal=300.0)
    told = progress(measure, Reading(NOW, 400), Reading(THEN, 500), LOWER, share=False)
    assert told.state == ON_COURSE and told.forecast and told.forecast.per_year == pytest.approx(-100)
    assert progress(measure, Reading(NOW, 500), Reading(THEN, 400), LOWER, share=False).state == STILL
    assert progress(measure, Reading(NOW, 300), None, LOWER, share=False).state == REACHED


def test_a_share_is_never_forecast_beyond_all():
    told = forecast(Reading(NOW, 0.89), Reading(THEN, 0.1), a_measure(), HIGHER, share=True)
    assert told is not None and told.on_due == 1


def test_the_pace_is_told_of_a_year_and_never_from_before_the_baseline():
    assert then_of(a_measure(), day("2026-03-01")) == day("2026-01-01")
    assert then_of(a_measure(), day("2027-03-01")) == day("2026-03-01")


def test_a_period_that_ended_is_assessed_and_nothing_of_it_is_behind():
    closed = [progress(a_measure(), Reading(NOW, value), Reading(THEN, 0.1), HIGHER, share=True, closed=True)
              for value in (0.95, 0.5, None)]
    assert [one.state for one in closed] == [REACHED, MISSED, UNKNOWN] and all(one.forecast is None for one in closed)
    assert verdict(closed).en == "As computed on the data there are: 1 of 2 measures reached; 1 more have no data."
    assert "nothing is judged" in verdict(closed[2:]).en
    assert gravest(closed) == MISSED and gravest(closed[2:]) == UNKNOWN and tally(closed)[REACHED] == 1


def test_milestones_behind_are_missed_and_the_next_one_is_ahead():
    marks = tuple(Milestone(day(on), value) for on, value in (("2026-06-30", 0.6), ("2026-12-31", 0.8),
                                                            ("2027-06-30", 0.85)))
    told = progress(a_measure(milestones=marks), Reading(NOW, 0.7), Reading(THEN, 0.5), HIGHER, share=True)
    assert told.late == marks[1:2] and told.milestone == marks[2]


# -- what blocks -----------------------------------------------------------------------------------

GAPS = (Gap("a1", "M1"), Gap("a2", "M1"), Gap("b1", "M1"), Gap("a1", "M2"), Gap("a1", "M3"))
READING = Reading(NOW, 0.5, 5, 10, gaps=GAPS)


def test_what_lacks_most_stands_first():
    assert [(one.key, one.lacks, one.places) for one in blocks(GAPS, lambda gap: gap.subject)] == [
        ("M1", 3, ("a1", "a2", "b1")), ("M2", 1, ("a1",)), ("M3", 1, ("a1",))]
    assert within(GAPS, ["a1"], ["M1"]) == GAPS[:1] and within(GAPS) == GAPS


def test_the_next_act_is_the_one_that_moves_the_figure_most():
    acts = next_acts(READING, "top", inherits=True)
    assert [(one.sort, one.place, one.subject, one.effect) for one in acts[:3]] == [
        ("above", "top", "M1", 0.3), ("place", "a1", "", 0.3), ("pair", "a1", "M1", 0.1)]
    assert [one.sort for one in next_acts(READING, "top", inherits=False, whole=False)] == ["pair"] * 5


def test_an_act_moves_the_figure_by_what_it_says():
    act = next_acts(READING, "top", inherits=True)[0]
    after = [gap for gap in GAPS if gap.subject != act.subject]
    assert (10 - len(after)) / 10 == READING.value + act.effect


# -- calendar --------------------------------------------------------------------------------------


def test_the_calendar_is_folded_escaped_and_ends_lines_as_the_standard_wants():
    text = as_ical([Day("u@x", day("2026-12-31"), "服务指南，" * 12 + "a;b,c\\d", "one\ntwo", "https://x/", "D", 30)],
                   name="Plans", stamp=datetime(2026, 11, 27, tzinfo=UTC), language="zh")
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines) and lines[-1] == "" and "\n" not in text.replace("\r\n", "")
    whole = text.replace("\r\n ", "")
    assert "DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n" in whole
    assert "a\\;b\\,c\\\\d" in whole and "DESCRIPTION;LANGUAGE=zh:one\\ntwo" in whole and "TRIGGER:-P30D" in whole


# -- adjusting the list ----------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "beyond", "steps", "missing"), [
    ("raise", False, [], (FISCAL,)), ("raise", True, [], (FISCAL, RISK)), ("reword", False, [], ()),
    ("add", True, [Step(FISCAL, PASSED, NOW)], (RISK,)),
    ("raise", False, [Step(FISCAL, PASSED, NOW), Step(FISCAL, "failed", NOW)], (FISCAL,))])
def test_what_a_proposal_still_lacks(kind, beyond, steps, missing):
    assert lacking(kind, beyond, steps) == missing


def test_the_yearly_check_is_due_a_year_after_the_last():
    told = yearly(last=day("2025-11-01"), since=day("2023-08-09"), on=NOW, changes=[("A", "raise"), ("B", "add")],
                  taken_up={("A", "raise")})
    assert told.due == day("2026-11-01") and told.overdue and told.open == (("B", "add"),)
    assert yearly(last=None, since=day("2026-08-09"), on=NOW, changes=[], taken_up=()).overdue is False
