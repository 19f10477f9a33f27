"""The review clock: five years, six months' notice, and what above a standard calls for a look before."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import NO_WORDS
from jizhun.kernel.dating import months_later
from jizhun.standards.rules.clock import (
    STATES,
    Clock,
    ParentChange,
    Reviewed,
    clocks,
    due_on,
    notice_on,
    parent_changes,
)
from jizhun.standards.rules.graph import by_its_number
from jizhun.standards.rules.library import Cite, Standard, make_library

ON = date(2026, 11, 24)


def standard(number: str, effective: date | None = None, **more: Any) -> Standard:
    known = by_its_number(number)
    assert known is not None
    return Standard(number, known.kind, NO_WORDS, known.region, effective_on=effective, **more)


def clock_of(one: Standard, *others: Standard, reviews: tuple[Reviewed, ...] = (), on: date = ON) -> Clock:
    return next(clock for clock in clocks(make_library([one, *others]), reviews, on) if clock.standard == one)


def changes(one: Standard, *others: Standard, since: date = date(2020, 1, 1)) -> list[tuple[str, str, date | None]]:
    found = parent_changes(make_library([one, *others]), one, since, ON)
    return [(change.number, change.how, change.on) for change in found]


@pytest.mark.parametrize(("one", "due"), [
    (standard("GB/T 1-2015", date(2016, 1, 1), published_on=date(2015, 6, 2)), date(2021, 1, 1)),
    (standard("GB/T 1-2015", published_on=date(2015, 6, 2)), date(2020, 6, 2)),
    (standard("GB/T 1-2015"), date(2020, 12, 31)),
    (standard("GB/T 1-2020", date(2020, 2, 29)), date(2025, 2, 28)),
    (standard("GB/T 1"), None),
    (Standard("内部 7 号", "internal", NO_WORDS), None),
])
def test_it_is_due_five_years_after_it_came_into_force(one: Standard, due: date | None) -> None:
    assert due_on(one, []) == due


def test_only_a_review_that_kept_it_winds_the_clock() -> None:
    one = standard("GB/T 1-2010", date(2010, 1, 1))
    kept, revise = Reviewed(one.number, date(2016, 5, 1), "keep"), Reviewed(one.number, date(2018, 5, 1), "revise")
    early = Reviewed(one.number, date(2009, 5, 1), "keep")
    other = Reviewed("GB/T 2-2010", date(2020, 1, 1), "keep")
    assert due_on(one, [revise, kept, other]) == date(2021, 5, 1)
    assert due_on(one, [revise, other, early]) == date(2015, 1, 1)


@pytest.mark.parametrize(("due", "notice"), [
    (date(2026, 11, 24), date(2026, 5, 24)), (date(2026, 8, 31), date(2026, 2, 28)),
    (date(2026, 1, 1), date(2025, 7, 1))])
def test_notice_is_given_six_months_before(due: date, notice: date) -> None:
    assert notice_on(due) == notice


@pytest.mark.parametrize(("effective", "state", "days"), [
    (date(2021, 11, 23), "overdue", -1), (date(2021, 11, 24), "notice", 0), (date(2022, 5, 24), "notice", 181),
    (date(2022, 5, 25), "fine", 182), (date(2026, 1, 1), "fine", 1499)])
def test_states_change_on_their_days(effective: date, state: str, days: int) -> None:
    clock = clock_of(standard("GB/T 1-2021", effective))
    assert (clock.state, clock.days) == (state, days)


def test_where_only_the_year_is_known_the_clock_says_so_until_a_review_kept_it() -> None:
    one = standard("GB/T 1-2017")
    clock = clock_of(one)
    assert (clock.due, clock.state, clock.by_year) == (date(2022, 12, 31), "overdue", True)
    kept = Reviewed(one.number, date(2024, 3, 1), "keep", "still fits")
    clock = clock_of(one, reviews=(kept,))
    assert (clock.due, clock.state, clock.by_year, clock.last) == (date(2029, 3, 1), "fine", False, kept)


def test_where_nothing_is_known_the_state_is_unknown() -> None:
    clock = clock_of(Standard("内部 7 号", "internal", NO_WORDS))
    assert (clock.due, clock.state, clock.days, clock.by_year) == (None, "unknown", None, False)


def test_a_verdict_to_revise_counts_for_five_years_and_a_later_keep_ends_it() -> None:
    one = standard("GB/T 1-2010", date(2010, 1, 1))
    revise = Reviewed(one.number, date(2021, 11, 24), "revise")
    assert clock_of(one, reviews=(revise,)).state == "revising"
    assert clock_of(one, reviews=(revise,), on=date(2026, 11, 25)).state == "overdue"
    keep = Reviewed(one.number, date(2024, 1, 1), "keep")
    assert clock_of(one, reviews=(keep, revise)).state == "fine"
    assert clock_of(one, reviews=(Reviewed(one.number, date(2026, 1, 1), "withdraw"),)).state == "revising"


def test_a_draft_that_is_to_replace_it_means_that_it_is_being_revised() -> None:
    one = standard("GB/T 1-2010", date(2010, 1, 1))
    draft = standard("GB/T 1-2027", in_drafting=True, replaces=(one.number,))
    assert clock_of(one, draft).state == "revising"


def test_reviews_that_lie_ahead_are_not_known_yet() -> None:
    one = standard("GB/T 1-2010", date(2010, 1, 1))
    assert clock_of(one, reviews=(Reviewed(one.number, date(2026, 11, 25), "keep"),)).state == "overdue"


def test_only_current_standards_have_a_clock_and_the_longest_overdue_comes_first() -> None:
    library = make_library([
        standard("GB/T 1-2024", date(2024, 1, 1)), standard("GB/T 2-2022", date(2022, 1, 1)),
        standard("GB/T 3-2012", date(2012, 1, 1)), standard("GB/T 4-2011", date(2011, 1, 1)),
        standard("GB/T 5-2010", date(2010, 1, 1)), standard("GB/T 5-2020", date(2020, 1, 1), replaces=("GB/T 5-2010",)),
        standard("GB/T 6-2010", date(2010, 1, 1), ended_on=date(2020, 1, 1)), standard("GB/T 7-2027", in_drafting=True),
        standard("GB/T 8-2026", date(2027, 1, 1)), standard("DB51/T 9-2019", date(2019, 1, 1))])
    reviews = [Reviewed("DB51/T 9-2019", date(2019, 6, 1), "keep"), Reviewed("DB51/T 9-2019", date(2025, 1, 1), "keep"),
               Reviewed("GB/T 2-2022", date(2026, 1, 1), "revise")]
    found = clocks(library, reviews, ON)
    assert [(clock.standard.number, clock.state) for clock in found] == [
        ("GB/T 4-2011", "overdue"), ("GB/T 3-2012", "overdue"), ("GB/T 5-2020", "overdue"),
        ("GB/T 2-2022", "revising"), ("GB/T 1-2024", "fine"), ("DB51/T 9-2019", "fine")]


def test_one_not_due_whose_parent_changed_comes_before_what_waits() -> None:
    new = standard("GB/T 5-2025", date(2025, 1, 1), replaces=("GB/T 5-2010",))
    rests = standard("LD/T 1-2024", date(2024, 1, 1), cites=(Cite("GB/T 5"),))
    calm = standard("LD/T 2-2023", date(2023, 1, 1))
    found = clocks(make_library([OLD, new, rests, calm]), [], ON)
    assert [(clock.standard.number, clock.look_again) for clock in found] == [
        ("LD/T 1-2024", True), ("LD/T 2-2023", False), ("GB/T 5-2025", False)]


OLD = standard("GB/T 5-2010", date(2010, 1, 1))
NEW = standard("GB/T 5-2022", date(2022, 6, 1), replaces=("GB/T 5-2010",))


@pytest.mark.parametrize("number", ["GB/T 5-2010", "GB/T 5"])
def test_a_cited_standard_that_was_superseded_calls_for_a_look(number: str) -> None:
    one = standard("LD/T 1-2015", cites=(Cite(number),))
    assert changes(one, OLD, NEW) == [("GB/T 5-2010", "superseded", date(2022, 6, 1))]
    (change,) = parent_changes(make_library([one, OLD, NEW]), one, date(2020, 1, 1), ON)
    assert change.by == ("GB/T 5-2022",)
    assert change.sentence.en == "GB/T 5-2010 was superseded by GB/T 5-2022 on 2022-06-01."
    assert change.sentence.zh == "GB/T 5-2010 已于2022年6月1日被 GB/T 5-2022 代替。"


def test_what_changed_before_or_is_cited_only_for_information_does_not() -> None:
    assert changes(standard("LD/T 1-2015", cites=(Cite("GB/T 5"),)), OLD, NEW, since=date(2022, 6, 1)) == []
    for number in ("GB/T 5", "GB/T 5-2010"):
        assert changes(standard("LD/T 1-2015", cites=(Cite(number, normative=False),)), OLD, NEW) == []
    assert changes(standard("LD/T 1-2015", cites=(Cite("GB/T 5-2022"),)), OLD, NEW) == []


def test_a_cited_standard_that_was_withdrawn_calls_for_a_look() -> None:
    gone = standard("GB/T 6-2010", date(2010, 1, 1), ended_on=date(2023, 1, 1))
    assert changes(standard("LD/T 1-2015", cites=(Cite("GB/T 6-2010"),)), gone) == [
        ("GB/T 6-2010", "withdrawn", date(2023, 1, 1))]


def test_a_new_standard_above_for_the_same_items_calls_for_a_look() -> None:
    one = standard("DB51/T 1-2019", serves=("NB021",))
    day = date(2024, 2, 1)
    above = standard("GB/T 7-2024", published_on=day, serves=("NB021", "NB022"))
    aside = standard("DB52/T 8-2024", published_on=day, serves=("NB021",))
    below = standard("DB5101/T 9-2024", published_on=day, serves=("NB021",))
    others = standard("GB/T 10-2024", published_on=day, serves=("NB023",))
    draft = standard("GB/T 11-2027", in_drafting=True, serves=("NB021",))
    assert changes(one, above, aside, below, others, draft) == [("GB/T 7-2024", "published", day)]


def test_a_successor_is_not_told_again_as_newly_published() -> None:
    one = standard("DB51/T 1-2019", serves=("NB021",))
    old = standard("GB/T 7-2014", date(2014, 1, 1), serves=("NB021",))
    new = standard("GB/T 7-2024", date(2024, 2, 1), published_on=date(2024, 1, 1), serves=("NB021",),
                   replaces=(old.number,))
    assert changes(one, old, new) == [("GB/T 7-2014", "superseded", date(2024, 2, 1))]


def test_a_change_of_which_only_the_year_is_known_counts_from_the_next_year() -> None:
    one = standard("DB51/T 1-2019", serves=("NB021",))
    for year, expected in ((2020, []), (2021, [("GB/T 7-2021", "published", None)]), (2027, [])):
        assert changes(one, standard(f"GB/T 7-{year}", serves=("NB021",))) == expected


def test_a_review_answers_the_changes_before_it() -> None:
    one = standard("LD/T 1-2015", date(2015, 1, 1), cites=(Cite("GB/T 5"),))
    assert [type(change) for change in clock_of(one, OLD, NEW).parent_changed] == [ParentChange]
    assert clock_of(one, OLD, NEW, reviews=(Reviewed(one.number, date(2022, 7, 1), "keep"),)).parent_changed == ()


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.integers(-240, 240))
def test_months_later_stays_in_its_month(day: date, months: int) -> None:
    there = months_later(day, months)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert there.day == day.day or (there.day < day.day and (there + timedelta(1)).day == 1)


@given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.dates(date(2000, 1, 1), date(2040, 1, 1)))
def test_the_state_follows_from_the_days_left(effective: date, on: date) -> None:
    for clock in clocks(make_library([standard("GB/T 1-2000", effective)]), [], on):
        assert clock.due is not None and clock.days == (clock.due - on).days
        assert (clock.state == "overdue") == (clock.days < 0)
        assert (clock.state in ("overdue", "notice")) == (on >= notice_on(clock.due))
        assert clock.state in STATES


def test_what_practice_asks_for_is_a_reason_to_look_before_the_clock_says_so():
    one = standard("GB/T 90001-2025", effective=date(2025, 6, 1))
    (quiet,), (called,) = (clocks(make_library([one]), [], ON, called=asked) for asked in ({}, {one.number: 2}))
    assert not quiet.look_again and quiet.reasons == []
    assert called.look_again and "2" in called.reasons[0].zh and called.state == quiet.state
    assert quiet.notice == date(2029, 12, 1)
