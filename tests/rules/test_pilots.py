"""Pilots: days and applications, a balanced selection, tasks and months, assessors and their conflicts, adopters."""

from datetime import date
from decimal import Decimal

import pytest

from jizhun.evaluation.rules.sheets import Sheet, read_sheet
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.pilots.rules.adopting import promoted
from jizhun.pilots.rules.assessing import (
    FINAL,
    MID,
    Bonds,
    check_stage,
    check_verdict,
    conflict,
    sheeted,
    together,
)
from jizhun.pilots.rules.effect import effect
from jizhun.pilots.rules.programmes import (
    APPLIED,
    DECLINED,
    SELECTED,
    Applying,
    Criterion,
    Days,
    balance,
    check_may_apply,
    check_step,
    proposed,
    read_scores,
    scored,
)
from jizhun.pilots.rules.simulated import draw, month_of, number, profile_of, series_of
from jizhun.pilots.rules.working import (
    DONE,
    DONE_LATE,
    LATE,
    NOT_BEGUN,
    Month,
    check_month,
    missing_months,
    progress,
    read_tasks,
)
from worlds import ROOT, read_yaml

DAYS = Days(date(2025, 7, 1), date(2026, 6, 30), date(2025, 4, 1), date(2025, 5, 15), date(2026, 1, 10),
            date(2026, 7, 1))
ON = date(2025, 4, 2)


# -- applying --------------------------------------------------------------------------------------


def asks(**other: object) -> Applying:
    said = {"days": DAYS, "kinds": ("comprehensive", "regional"), "levels": (3,), "kind": "comprehensive", "level": 3,
            "standing": "", "others": 0, **other}
    return Applying(**said)  # type: ignore[arg-type]


@pytest.mark.parametrize(("other", "on", "told"), [
    ({}, date(2025, 3, 31), "are taken from"), ({}, date(2025, 5, 16), "are taken from"),
    ({"kind": "special"}, ON, "kind that the programme has"), ({"level": 2}, ON, "is for a county"),
    ({"standing": APPLIED}, ON, "has applied already"), ({"kind": "regional"}, ON, "Name the places"),
    ({"days": Days(date(2021, 10, 1), date(2022, 9, 30))}, ON, "takes no applications")])
def test_who_may_not_apply(other, on, told):
    check_may_apply(asks(), ON)
    with pytest.raises(Refused, match=told):
        check_may_apply(asks(**other), on)


def test_whoever_was_not_selected_may_move_up_and_a_pilot_stays_one():
    check_step(DECLINED, SELECTED)
    for now, act in ((SELECTED, DECLINED), ("withdrawn", SELECTED)):
        with pytest.raises(Refused):
            check_step(now, act)


@pytest.mark.parametrize("wrong", [
    {"mid": date(2026, 7, 1)}, {"final": date(2026, 6, 29)}, {"applies_until": date(2025, 3, 1)},
    {"ends": date(2025, 6, 30)}])
def test_days_that_cannot_be(wrong):
    said = {"starts": DAYS.starts, "ends": DAYS.ends, "applies_from": DAYS.applies_from,
            "applies_until": DAYS.applies_until, "mid": DAYS.mid, "final": DAYS.final, **wrong}
    with pytest.raises(Refused):
        Days(**said)


def test_the_months_of_a_pilot_are_twelve():
    assert DAYS.months[0] == 202507 and DAYS.months[-1] == 202606 and len(DAYS.months) == 12


# -- selection -------------------------------------------------------------------------------------


def test_the_best_of_every_group_come_before_the_second_best_of_one():
    found = [scored(region, group, [{"a": str(points)}]) for region, group, points in
             (("e1", "east", 90), ("e2", "east", 88), ("w1", "west", 60), ("n1", "north", 70), ("w2", "west", 50))]
    assert proposed(found, 3) == ["e1", "n1", "w1"]
    assert proposed(found, 4) == ["e1", "e2", "n1", "w1"]
    assert proposed([*found, scored("x", "far", [])], 9)[-1] == "w2"  # nobody scored x: it is not proposed


def test_points_are_the_mean_of_assessors_and_how_far_they_lie_apart_is_told():
    one = scored("r", "g", [{"a": "10", "b": "20"}, {"a": "20", "b": "30"}])
    assert (one.points, one.apart, one.scorers) == (40.0, 20.0, 2)


@pytest.mark.parametrize("typed", ["", "31", "-1", "1.5", "٣", "abc"])
def test_points_are_whole_and_within_the_criterion(typed):
    criteria = (Criterion("a", Bilingual("甲", "A"), 30),)
    assert read_scores(criteria, {"a": " 30 "}) == {"a": "30"}
    with pytest.raises(Refused, match="from 0 to 30"):
        read_scores(criteria, {"a": typed})


def test_a_group_that_applied_and_has_no_pilot_is_seen():
    rows = balance({"e1": "east", "e2": "east", "w1": "west", "n1": "north"}, ["e1", "w1"], ["e1"])
    assert [(one.group, one.places, one.applied, one.selected, one.left_out) for one in rows] == [
        ("east", 2, 1, 1, False), ("north", 1, 0, 0, False), ("west", 1, 1, 0, True)]


# -- work ------------------------------------------------------------------------------------------

JOBS = ("list", "standards")
PLAN = "1 | *清单 | 综合科 | 2025-09-30\nstandards | 规程 | 经办机构 | 2026-03-31"


def test_a_plan_is_read_line_by_line():
    first, second = read_tasks(PLAN, JOBS, DAYS)
    assert (first.name, first.job, first.milestone, first.due) == ("清单", "list", True, date(2025, 9, 30))
    assert (second.job, second.milestone) == ("standards", False)


@pytest.mark.parametrize(("text", "told"), [
    ("", "from 1 to"), ("1 | 清单 | 科", "Line 1"), ("3 | 清单 | 科 | 2025-09-30", "no job"),
    ("1 | 清单 | 科 | 2027-01-01", "lies between"), ("1 | 清单 | 科 | 2025-09-30", "Job 2 has no task")])
def test_a_plan_that_cannot_be_is_told_where(text, told):
    with pytest.raises(Refused, match=told):
        read_tasks(text, JOBS, DAYS)


def test_how_far_tasks_are_follows_the_newest_word_on_each_month():
    tasks = read_tasks(PLAN, JOBS, DAYS)
    months = [Month(202509, {"t1": 90, "t2": 0}, date(2025, 10, 5)),
              Month(202509, {"t1": 100, "t2": 0}, date(2025, 10, 9)),
              Month(202510, {"t1": 100, "t2": 20}, date(2025, 11, 5))]
    found = progress(tasks, months, date(2025, 11, 6))
    assert [(one.share, one.state) for one in found] == [(100, DONE), (20, "going")]
    assert progress(tasks, months, date(2026, 4, 1))[1].state == LATE
    assert progress(tasks, [], date(2025, 7, 2))[0].state == NOT_BEGUN
    late = [*months, Month(202604, {"t1": 100, "t2": 100}, date(2026, 5, 5))]
    assert progress(tasks, late, date(2026, 5, 6))[1].state == DONE_LATE
    taken_back = [*months, Month(202511, {"t1": 80, "t2": 20}, date(2025, 12, 5))]
    assert progress(tasks, taken_back, date(2025, 12, 6))[0].state == LATE


def test_months_that_were_not_reported_and_those_that_cannot_be():
    assert missing_months(DAYS, [202507], date(2025, 10, 3)) == [202508, 202509]
    for month in (202506, 202607, 202511):
        with pytest.raises(Refused):
            check_month(month, DAYS, date(2025, 10, 3))


# -- assessing -------------------------------------------------------------------------------------

PATH = ("CN", "P", "C", "K")


@pytest.mark.parametrize(("roles", "told"), [
    ([("CN", "P", "C", "K")], True), ([("CN", "P", "C", "K", "town")], True), ([("CN", "P", "C")], True),
    ([("CN", "P")], False), ([("CN",)], False), ([("CN", "P", "D")], False), ([("CN", "P"), ("CN", "P", "C")], True)])
def test_nobody_assesses_their_own_place_or_one_they_answer_for(roles, told):
    assert (conflict(Bonds(roles), PATH, "P") is not None) is told


def test_whoever_took_part_or_declared_an_interest_does_not_assess():
    assert conflict(Bonds([("CN",)], took_part=True), PATH, "P") is not None
    assert conflict(Bonds([("CN",)], declared="亲属"), PATH, "P") is not None


def test_an_assessment_waits_for_its_day():
    check_stage(MID, DAYS, date(2026, 1, 10))
    for stage, on in ((MID, date(2026, 1, 9)), (FINAL, date(2026, 6, 30)), ("soon", date(2027, 1, 1))):
        with pytest.raises(Refused):
            check_stage(stage, DAYS, on)


def sheet() -> Sheet:
    return read_sheet(read_yaml(ROOT / "data" / "pilots" / "sheets" / "pilot-example.yaml"), "pilot-example")


GOOD = {"tasks": "1", "monthly": "yes", "standards": "yes", "guides": "1", "effect": "yes", "heard": "yes"}


def test_sheets_are_taken_together_and_half_of_them_knock_out():
    made = sheet()
    all_of_it = sheeted(made, "a", GOOD, "passed", "好")
    without = sheeted(made, "b", {**GOOD, "standards": "no"}, "failed", "缺")
    assert made.pass_share == Decimal("0.75") and together(made, []) is None
    one = together(made, [all_of_it])
    assert one is not None and one.attained and one.share == 1.0
    both = together(made, [all_of_it, without])
    assert both is not None and both.knocked == ("standards",) and not both.attained
    assert both.share == pytest.approx(0.875) and both.apart == pytest.approx(0.25)
    three = together(made, [all_of_it, all_of_it, without])
    assert three is not None and three.knocked == () and three.attained and three.advised == "passed"


def test_a_verdict_needs_enough_assessors_and_a_reason_where_it_differs_from_their_sheets():
    made = sheet()
    found = together(made, [sheeted(made, "a", GOOD, "passed", "好")])
    check_verdict(FINAL, "passed", found, 1, "")
    for verdict, least, reason, told in (("passed", 2, "", "2 are needed"), ("failed", 1, "", "say why"),
                                         ("go_on", 1, "", "Choose a verdict")):
        with pytest.raises(Refused, match=told):
            check_verdict(FINAL, verdict, found, least, reason)
    check_verdict(FINAL, "failed", found, 1, "另有原因")


# -- experience, and the simulated cases -----------------------------------------------------------


def test_what_changed_in_adopters_beyond_the_others_by_hand():
    """Two adopters from month 13: +0.2 and +0.3, others +0.1: the mean effect is 0.15; two are too few for more."""
    flat = {month: 0.5 for month in range(7, 13)}
    def after(value: float) -> dict[int, float]:
        return {**flat, **{month: 0.5 + value for month in range(13, 19)}}
    series = {"a": after(0.2), "b": after(0.3), **{f"o{n}": after(0.1) for n in range(3)}, "late": flat}
    found = promoted({"a": 13, "b": 13, "late": 13}, series, ["o0", "o1", "o2"], 18)
    assert found.counted == 2 and found.value == pytest.approx(0.15) and found.low is None
    assert next(one for one in found.adopters if one.code == "late").effect is None
    three = promoted({"a": 13, "b": 13, "o2": 13}, series, ["o0", "o1", "late", "a"], 18)
    assert three.counted == 3 and three.low is not None and three.low < three.value < three.high  # type: ignore[operator]
    assert promoted({"a": 13}, series, ["o0", "o1"], 18).value is None  # two others are too few to compare with


def test_months_and_their_running_numbers():
    assert [month_of(number(month)) for month in (202501, 202512, 202601)] == [202501, 202512, 202601]
    assert number(202601) - number(202512) == 1


def test_the_effect_built_into_the_simulated_cases_is_recovered_in_92_to_98_of_a_hundred_over_200_seeds():
    profile = profile_of(read_yaml(ROOT / "data" / "simulated" / "pilots" / "cases.yaml"))
    pilots, others = [f"p{n}" for n in range(8)], [f"o{n}" for n in range(22)]
    held = 0
    for seed in range(200):
        series = series_of(draw(profile, dict.fromkeys(pilots, profile.start), [*pilots, *others], seed))
        found = effect(pilots={code: series[code] for code in pilots}, others={code: series[code] for code in others},
                       start=profile.start, end=profile.months[-1]).effect
        held += found.low <= profile.effect <= found.high
    assert 184 <= held <= 196
