"""The way of a finding: the table, its dates, the answer."""

from dataclasses import replace
from datetime import date

import pytest

from jizhun.evaluation.rules.findings import (
    ANSWER,
    CLOSED,
    DATA,
    OVERSEE,
    STATES,
    WORKFLOW,
    Answer,
    Dates,
    checked_answer,
    may_answer,
    may_oversee,
)
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import RIGHTS

DATES = Dates(date(2026, 3, 10), date(2026, 5, 20))
PATH = ("CN", "990000", "990100", "990101")
SAID = Answer("staff", "Two of three clerks were ill.", "One more clerk from the city.", "Head of the hall",
              date(2026, 4, 30))


def test_nobody_can_close_a_finding_by_hand():
    closing = [way for way in WORKFLOW.transitions if way.to == CLOSED]
    assert {way.right for way in closing} == {DATA} and DATA not in RIGHTS
    assert WORKFLOW.open_to(CLOSED) == ()


def test_nothing_is_measured_again_before_it_is_answered():
    assert {way.state for way in WORKFLOW.transitions if way.right == DATA} == {"answered", "remeasured"}


def test_every_open_state_has_a_way_on_for_the_place_or_the_data():
    for state in STATES:
        rights = {way.right for way in WORKFLOW.open_to(state)}
        assert state == CLOSED or rights & {ANSWER, DATA}


def test_the_day_that_counts_is_that_of_the_answer_until_it_is_there():
    assert [DATES.due(state).month for state in ("opened", "returned", "answered", "remeasured")] == [3, 3, 5, 5]


def test_an_extension_goes_forward_and_moves_the_end_only_where_it_has_to():
    assert DATES.extended("opened", date(2026, 3, 20)) == Dates(date(2026, 3, 20), date(2026, 5, 20))
    assert DATES.extended("opened", date(2026, 6, 1)) == Dates(date(2026, 6, 1), date(2026, 6, 1))
    assert DATES.extended("answered", date(2026, 6, 1)) == Dates(date(2026, 3, 10), date(2026, 6, 1))
    with pytest.raises(Refused, match="later than 2026-05-20"):
        DATES.extended("answered", date(2026, 5, 20))


@pytest.mark.parametrize(("change", "words"), [
    ({"cause": "weather"}, "kind of cause"), ({"why": "  "}, "cause"), ({"measures": ""}, "measures"),
    ({"responsible": ""}, "post"), ({"done_by": date(2026, 3, 1)}, "passed"),
    ({"done_by": date(2026, 5, 21)}, "extension"), ({"why": "x" * 2001}, "2000 characters")])
def test_an_answer_says_all_of_it_and_ends_in_time(change, words):
    with pytest.raises(Refused, match=words):
        checked_answer(replace(SAID, **change), date(2026, 3, 2), DATES.rectify_by)


def test_once_the_end_has_passed_the_measures_may_end_later():
    late = replace(SAID, done_by=date(2026, 7, 1))
    assert checked_answer(late, date(2026, 6, 1), DATES.rectify_by) == late


def test_the_place_itself_answers_and_a_place_above_oversees():
    assert may_answer(["990101"], PATH) and not may_answer(["990100", "CN"], PATH)
    assert may_oversee(["990100"], PATH) and may_oversee(["CN"], PATH)
    assert not may_oversee(["990101", "990200"], PATH) and OVERSEE in RIGHTS
    assert may_oversee(["CN"], ("CN",))
