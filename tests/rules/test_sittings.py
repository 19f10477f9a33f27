"""Sittings: papers that give nothing away, clocks with breaks, answers by their order, marks, what is told."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.training.rules.forms import Section
from jizhun.training.rules.papers import checked, shown, understood
from jizhun.training.rules.questions import TYPES, WHOLE, mark
from jizhun.training.rules.sittings import (
    Clock,
    Earned,
    Given,
    Window,
    check_appeal,
    corrected,
    distribution,
    number_of,
    order_of,
    points,
    result,
    seconds_for,
    state_of,
    told,
)
from training_bank import CONTENT, right_answer

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@dataclass
class Asked:
    kind: str
    shown: dict[str, Any]


# -- papers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TYPES)
def test_what_a_person_types_earns_what_they_know_however_it_was_shuffled(kind: str) -> None:
    for seed in map(str, range(25)):
        paper = shown(kind, CONTENT[kind], seed)
        typed = right_answer(Asked(kind, paper), CONTENT[kind])
        assert mark(kind, CONTENT[kind], understood(kind, CONTENT[kind], seed, checked(typed))) == WHOLE


@pytest.mark.parametrize("kind", TYPES)
def test_a_paper_gives_nothing_away(kind: str) -> None:
    def names(holder: Any) -> set[str]:
        if isinstance(holder, dict):
            return {str(holder["id"]) for _ in [0] if "id" in holder} | {*holder} | {
                one for value in holder.values() for one in names(value)}
        return {one for each in holder for one in names(each)} if isinstance(holder, list) else set()

    found = names(shown(kind, CONTENT[kind], "s"))
    assert not found & {"right", "explanation", "accepted", "tolerance", "a", "b", "c", "z", "p", "q"}


def test_items_to_be_ordered_are_shuffled_even_where_choices_are_not() -> None:
    def first(kind: str, name: str) -> set[str]:
        return {shown(kind, CONTENT[kind], str(seed), shuffle=False)[name][0]["text"]["en"] for seed in range(30)}

    assert len(first("ordering", "items")) == 3 and len(first("matching", "rights")) == 4
    assert first("single", "options") == {"5 days"} and first("matching", "lefts") == {"left a"}


@given(st.sampled_from(sorted(TYPES)), st.dictionaries(st.text(max_size=5), st.lists(st.text(max_size=5))), st.text())
def test_whatever_is_typed_is_read_without_an_error(kind: str, typed: dict[str, list[str]], seed: str) -> None:
    try:
        kept = checked(typed)
    except Refused:
        return
    assert 0 <= mark(kind, CONTENT[kind], understood(kind, CONTENT[kind], seed, kept)) <= WHOLE


@pytest.mark.parametrize("answer", [None, [], {"": "a"}, {"": [1]}, {"": ["x" * 9000]}, {"": ["\0"]},
                                    {str(one): ["1"] for one in range(700)}])
def test_answers_that_are_none(answer: Any) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        checked(answer)


def test_nothing_typed_is_no_answer() -> None:
    assert checked({"": ["  ", ""]}) == {}
    for kind in TYPES:
        assert understood(kind, CONTENT[kind], "s", {}) is None
    assert understood("single", CONTENT["single"], "s", {"": ["9"]}) is None


# -- time ------------------------------------------------------------------------------------------


def test_extra_time_is_a_share_and_never_cut() -> None:
    assert [seconds_for(30, Given(extra)) for extra in (0, 25, 100)] == [1800, 2250, 3600]
    assert seconds_for(1, Given(1)) == 61
    for wrong in (Given(-1), Given(301), Given(0, 121)):
        with pytest.raises(Refused):
            wrong.check()


def test_the_clock_stands_still_in_a_break_until_breaks_are_used_up() -> None:
    resting = Clock(START, 600, breaks=120, taken=30, paused=after(100))
    assert [resting.left(after(at)) for at in (100, 190, 191, 630)] == [530, 530, 529, 90]
    assert resting.resting(after(150)) and not resting.resting(after(190))
    assert Clock(START, 600, paused=after(10)).left(after(100)) == 500  # nothing given: the clock runs


def test_what_is_on_its_way_when_time_is_up_still_counts() -> None:
    clock = Clock(START, 600)
    assert clock.left(after(600)) == 0 and clock.takes_answers(after(630)) and not clock.takes_answers(after(631))
    assert [state_of(clock, None, False, after(at)) for at in (0, 630, 631)] == ["running", "running", "expired"]
    assert state_of(clock, after(5), True, after(9999)) == "submitted" and state_of(None, None, False, START) \
        == "not_begun"


@given(st.integers(1, 10_000), st.integers(0, 500), st.integers(0, 500), st.integers(0, 20_000), st.integers(0, 999))
def test_time_left_never_grows_and_breaks_never_give_more_than_was_given(seconds: int, breaks: int, taken: int,
                                                                         at: int, more: int) -> None:
    clock = Clock(START, seconds, breaks, min(taken, breaks), after(3))
    assert clock.left(after(at + more)) <= clock.left(after(at)) <= seconds + breaks
    assert clock.ends(after(at)) <= after(seconds + breaks)


def test_the_window_and_the_attempts() -> None:
    window = Window(START, START + HOUR, 2)
    window.check_begin(START, 1, False)
    for now, before, running, said in ((after(-1), 0, False, "not open yet"), (START + HOUR, 0, False, "has closed"),
                                       (START, 2, False, "2 attempts"), (START, 1, True, "go on with it")):
        with pytest.raises(Refused, match=said):
            window.check_begin(now, before, running)
    Window(START, START + HOUR, 0).check_begin(START, 99, False)
    with pytest.raises(Refused, match="after it opens"):
        Window(START, START, 1).check()


# -- order and marks -------------------------------------------------------------------------------


@given(st.integers(1, 99), st.integers(0, 10**9 - 1), st.integers(1, 99), st.integers(0, 10**9 - 1))
def test_a_later_place_always_comes_after(place: int, number: int, other: int, more: int) -> None:
    assert (order_of(place, number) < order_of(other, more)) == ((place, number) < (other, more))
    assert number_of(order_of(place, number)) == number


def test_points_are_rounded_once_and_half_up() -> None:
    assert [points(one, 1) for one in (6_666, 3_333, 50, 49, WHOLE)] == [67, 33, 1, 0, 100]
    assert points(6_666, 3) == 200 and points(WHOLE, 7) == 700


def test_the_whole_and_every_section_have_to_pass() -> None:
    sections = [Section("a", Bilingual("甲", "A"), 5_000), Section("b", Bilingual("乙", "B"))]
    good = result([Earned(200, 2, "a"), Earned(0, 1, "b")], 6_000, sections)
    assert good.passed and good.whole.mark == 6_666 and not good.sections["b"].points
    bad = result([Earned(99, 2, "a"), Earned(900, 9, "b")], 6_000, sections)
    assert bad.whole.passed and not bad.sections["a"].passed and not bad.passed
    assert result([Earned(59, 1)], 6_000).passed is False and result([Earned(60, 1)], 6_000).passed


@given(st.lists(st.tuples(st.integers(0, WHOLE), st.integers(1, 100)), min_size=1), st.integers(0, WHOLE))
def test_nobody_fails_with_everything_and_a_mark_shown_as_enough_is_enough(each: list[tuple[int, int]],
                                                                           line: int) -> None:
    got = result([Earned(points(one, worth), worth) for one, worth in each], line)
    assert 0 <= got.whole.mark <= WHOLE
    assert got.passed or got.whole.mark < line
    assert result([Earned(100 * worth, worth) for _, worth in each], line).passed


@given(st.integers(0, WHOLE), st.one_of(st.none(), st.text()), st.lists(st.tuples(
    st.sampled_from(["free", "accept"]), st.one_of(st.none(), st.text()))))
def test_a_correction_takes_nothing_from_anybody(earned: int, answer: Any, fixes: list[tuple[str, Any]]) -> None:
    assert corrected(earned, answer, fixes) in (earned, WHOLE)


def test_corrections_reach_whom_they_should() -> None:
    assert corrected(0, "b", [("accept", "b")]) == WHOLE and corrected(0, "c", [("accept", "b")]) == 0
    assert corrected(0, None, [("accept", None)]) == 0 and corrected(0, None, [("free", None)]) == WHOLE


# -- afterwards ------------------------------------------------------------------------------------


def test_right_answers_are_told_when_nobody_can_use_them() -> None:
    closes = START + HOUR
    assert told("practice", "running", closes, START).mark is False
    assert told("practice", "submitted", closes, START).answers
    early, late = told("examination", "submitted", closes, START), told("examination", "expired", closes, closes)
    assert early.mark and not early.answers and late.answers


def test_appeals_have_a_time_and_a_reason() -> None:
    check_appeal("The county says seven.", START, True, START + timedelta(days=30))
    for text, may, now in (("", True, START), ("x", False, START), ("x", True, START + timedelta(days=31))):
        with pytest.raises(Refused):
            check_appeal(text, START, may, now)


def test_marks_in_tenths() -> None:
    assert distribution([0, 999, 1000, 9_999, 10_000]) == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
