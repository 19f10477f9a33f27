"""Negative ratings on their clock, worked out with the calendar of March 2024 (Mondays 4, 11, 18, 25)."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.evaluation.rules.coverage import Share
from jizhun.evaluation.rules.rectification import (
    STAGES,
    VERDICTS,
    Appeal,
    Judged,
    Limit,
    Negative,
    due_day,
    judge,
    rectified,
)
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.working_days import Calendar

CALENDAR = Calendar()
FIVE = Limit(5)


def march(day: int) -> date:
    return date(2024, 3, day)


def negative(rated: int = 4, *appeals: Appeal, **days: int) -> Negative:
    reached: Any = {"rated": march(rated), **{stage: march(day) for stage, day in days.items()}}
    return Negative(reached, appeals)


def told(one: Negative, as_of: int, limit: Limit = FIVE) -> Judged:
    return judge(one, limit, march(as_of), CALENDAR)


def test_in_time_late_open_and_overdue_by_working_days() -> None:
    """Rated on Monday the 4th; five working days later is Monday the 11th."""
    assert told(negative(rectified=11), 31) == Judged("kept", march(11), "rectified")
    assert told(negative(rectified=12), 31).verdict == "late"
    assert told(negative(), 11).verdict == "open" and told(negative(), 12).verdict == "overdue"
    assert told(negative(rectified=12), 11).verdict == "open", "what came later was not known then"


def test_the_limit_is_a_parameter() -> None:
    assert told(negative(rectified=11), 31, Limit(5, "calendar_day")).verdict == "late"
    by_call = Limit(3, since="verified", until="called_back")
    one = negative(verified=6, rectified=7, called_back=11)
    assert told(one, 31, by_call) == Judged("kept", march(11), "called_back")
    assert told(negative(), 31, by_call) == Judged("open", None, "rated"), "the clock has not begun"
    assert told(negative(rectified=7, called_back=8), 31, by_call).due == march(7), "never verified: since the rating"
    assert told(negative(rectified=4), 31, Limit(0)).verdict == "kept"


def test_the_clock_stands_while_an_appeal_is_pending() -> None:
    """Filed on the 6th, refused on Tuesday the 12th: four working days more, so Friday the 15th."""
    appeal = Appeal(march(6), march(12))
    assert told(negative(4, appeal), 8) == Judged("appealed", None, "rated")
    assert told(negative(4, appeal), 12) == Judged("open", march(15), "rated")
    assert told(negative(4, appeal, rectified=15), 31).verdict == "kept"
    assert told(negative(4, appeal, rectified=18), 31).verdict == "late"
    assert told(negative(4, appeal), 5).due == march(11), "before it was filed"


def test_appeals_that_overlap_are_one_and_one_filed_too_late_stops_nothing() -> None:
    twice = (Appeal(march(6), march(12)), Appeal(march(7), march(8)), Appeal(march(11), march(13)))
    assert told(negative(4, *twice), 31).due == march(18), "the 6th to the 13th: five working days"
    assert told(negative(4, Appeal(march(12), march(20))), 31).due == march(11)
    assert told(negative(4, Appeal(march(5), march(7)), verified=8), 31, Limit(2, since="verified")).due == march(12)


def test_what_is_upheld_need_not_be_rectified() -> None:
    one = negative(4, Appeal(march(6), march(12), upheld=True))
    assert told(one, 11).verdict == "appealed" and told(one, 12) == Judged("upheld", None, "rated")


@given(st.integers(0, 20), st.lists(st.tuples(st.integers(1, 25), st.integers(0, 10)), max_size=4),
       st.sampled_from(["working_day", "calendar_day"]))
def test_the_due_day_is_the_last_on_which_not_too_many_days_have_counted(
        amount: int, spans: list[tuple[int, int]], unit: Any) -> None:
    """Counted day by day: a day counts unless an appeal was pending on it."""
    begun, limit = march(1), Limit(amount, unit)
    appeals = [Appeal(march(1) + timedelta(start), march(1) + timedelta(start + length)) for start, length in spans]
    day, used = begun, 0
    while used < amount or any(one.filed <= day < one.decided for one in appeals if one.decided):
        day += timedelta(1)
        pending = any(one.filed < day <= one.decided for one in appeals if one.decided)
        used += not pending and (unit == "calendar_day" or CALENDAR.is_working(day))
    due = due_day(begun, limit, appeals, CALENDAR)
    if unit == "calendar_day":
        assert due == day
    else:
        assert CALENDAR.between(due, day) == 0, "the same but for days off at the end"


def test_days_that_go_back_are_refused() -> None:
    with pytest.raises(Refused, match="“rectified” lies before “verified”"):
        negative(verified=8, rectified=7)
    with pytest.raises(Refused, match="missing"):
        Negative({"closed": march(4)})
    for appeal in (Appeal(march(1)), Appeal(march(8), march(7))):
        with pytest.raises(Refused, match="appeal"):
            negative(4, appeal)
    for wrong in ({"amount": -1}, {"amount": 5, "since": "rectified"}):
        with pytest.raises(Refused, match="limit"):
            Limit(**wrong)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="had not been given"):
        told(negative(4), 3)


def test_the_shares_and_their_denominators() -> None:
    many = [
        negative(rectified=8, called_back=11, closed=12), negative(rectified=11),
        negative(rectified=20, called_back=21),
        negative(), negative(28), negative(4, Appeal(march(5))), negative(4, Appeal(march(5), march(6), upheld=True))]
    judged = [told(one, 29) for one in many]
    found = rectified([*judged[:2], Judged("late", march(11), "called_back", satisfied=False), *judged[3:]])
    assert found.by_verdict == {"kept": 2, "late": 1, "open": 1, "overdue": 1, "appealed": 1, "upheld": 1}
    assert found.rectified == Share(3, 5) and found.in_time == Share(2, 4)
    assert found.called_back == Share(2, 3) and found.closed == Share(1, 5) and found.satisfied == Share(0, 1)
    assert judged[2].verdict == "late" and list(found.by_verdict) == list(VERDICTS)


def test_who_was_called_back_may_say_whether_it_helped() -> None:
    one = Negative({"rated": march(4), "rectified": march(5), "called_back": march(7)}, satisfied=True)
    assert told(one, 6).satisfied is None and told(one, 7).satisfied is True
    assert all(name.zh and name.en for names in (STAGES, VERDICTS) for name in names.values())
