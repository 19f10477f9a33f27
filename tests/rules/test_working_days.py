"""Working days: real facts of real years, and laws that hold on every day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.working_days import FIRST, LAST, Calendar, published

CHINA = Calendar("CN")
GUESSING = Calendar("CN", estimate=True)
BOSTON = Calendar("US", "MA")

days = st.dates(date(2004, 1, 1), date(2025, 12, 31))
any_day = st.dates(FIRST, LAST)
counts = st.integers(0, 250)


@pytest.mark.parametrize(("day", "works", "why"), [
    (date(2024, 2, 4), True, "a Sunday worked for Spring Festival"),
    (date(2024, 2, 9), True, "New Year's Eve, not among the days off of 2024"),
    (date(2024, 2, 10), False, "Spring Festival begins"),
    (date(2024, 2, 17), False, "Spring Festival ends"),
    (date(2024, 2, 18), True, "a Sunday worked for Spring Festival"),
    (date(2024, 2, 24), False, "a plain Saturday"),
    (date(2024, 4, 7), True, "a Sunday worked for Qingming"),
    (date(2025, 1, 26), True, "a Sunday worked for Spring Festival"),
    (date(2025, 1, 28), False, "New Year's Eve, a day off since 2025"),
    (date(2025, 2, 4), False, "Spring Festival ends"),
    (date(2025, 10, 8), False, "National Day and Mid-Autumn, eight days"),
    (date(2025, 10, 11), True, "a Saturday worked for National Day"),
    (date(2020, 1, 31), False, "Spring Festival of 2020 was prolonged"),
    (date(2015, 9, 3), False, "the 70th anniversary of victory, a day off once"),
    (date(2015, 9, 6), True, "the Sunday worked for it"),
])
def test_china_works_as_its_notices_say(day: date, works: bool, why: str) -> None:
    assert CHINA.is_working(day) is works, why
    assert not CHINA.is_estimate(day)


@pytest.mark.parametrize(("year", "working"), [(2023, 249), (2024, 251), (2025, 248)])
def test_a_year_has_as_many_working_days_as_were_announced(year: int, working: int) -> None:
    assert CHINA.between(date(year - 1, 12, 31), date(year, 12, 31)) == working


@pytest.mark.parametrize(("start", "count", "end"), [
    (date(2024, 2, 8), 1, date(2024, 2, 9)),
    (date(2024, 2, 8), 2, date(2024, 2, 18)),
    (date(2024, 2, 12), 1, date(2024, 2, 18)),
    (date(2024, 9, 27), 3, date(2024, 10, 8)),
    (date(2024, 2, 18), -1, date(2024, 2, 9)),
    (date(2024, 2, 12), -1, date(2024, 2, 9)),
    (date(2024, 2, 11), 0, date(2024, 2, 11)),
])
def test_a_limit_ends_on_the_day_that_a_person_counts(start: date, count: int, end: date) -> None:
    assert CHINA.add(start, count) == end


@pytest.mark.parametrize(("day", "works"), [
    (date(2015, 4, 20), False),  # Patriots' Day, Massachusetts only
    (date(2015, 5, 25), False),  # Memorial Day
    (date(2015, 5, 26), True),
    (date(2015, 7, 3), True),  # Independence Day fell on a Saturday
    (date(2015, 6, 28), False),  # a Sunday
])
def test_boston_keeps_the_holidays_of_massachusetts(day: date, works: bool) -> None:
    assert BOSTON.is_working(day) is works


def test_patriots_day_is_worked_elsewhere_in_america() -> None:
    assert Calendar("US", "TX").is_working(date(2015, 4, 20))


def test_an_unpublished_day_is_refused_and_never_silently_guessed() -> None:
    _, until = published("CN")
    beyond = until + timedelta(days=100)
    for ask in (CHINA.is_working, CHINA.ordinal, lambda day: CHINA.add(day, 3),
                lambda day: CHINA.add(until, 100), lambda day: CHINA.ordinals(until, day),
                lambda day: CHINA.between(until, day)):
        with pytest.raises(Refused) as refused:
            ask(beyond)
        assert "has not been published" in refused.value.sentence.en
        assert "尚无公布" in refused.value.sentence.zh
    with pytest.raises(Refused):
        CHINA.is_working(date(2003, 12, 31))


def test_a_guess_is_marked_and_knows_the_legal_holidays() -> None:
    year = published("CN")[1].year + 2
    assert not GUESSING.is_working(date(year, 10, 1))
    assert GUESSING.is_estimate(date(year, 10, 1))
    assert GUESSING.estimated(date(2024, 1, 1), date(year, 1, 1))
    assert GUESSING.estimated(date(2004, 1, 1), date(2003, 12, 31))
    assert not GUESSING.estimated(date(2004, 1, 1), date(2024, 1, 1))


def test_days_outside_the_tables_are_refused_even_as_a_guess() -> None:
    for ask in (lambda: GUESSING.ordinal(FIRST - timedelta(days=1)), lambda: GUESSING.is_working(date(2051, 1, 1)),
                lambda: GUESSING.add(date(2024, 1, 1), 10**12), lambda: Calendar(own={date(1999, 1, 1): False})):
        with pytest.raises(Refused, match=r"covers|outside"):
            ask()


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(Refused, match=r"“XX-1”"):
        Calendar("XX", "1")


def test_a_region_may_free_a_day_or_have_it_worked() -> None:
    own = Calendar("CN", own={date(2024, 5, 6): False, date(2024, 5, 11): False, date(2024, 5, 12): True})
    assert CHINA.is_working(date(2024, 5, 11))
    assert [own.is_working(date(2024, 5, day)) for day in (6, 11, 12)] == [False, False, True]
    assert own.between(date(2024, 4, 30), date(2024, 5, 31)) == CHINA.between(
        date(2024, 4, 30), date(2024, 5, 31)) - 1
    assert own.version != CHINA.version


def test_an_own_day_in_an_unpublished_year_is_no_guess() -> None:
    day = date(published("CN")[1].year + 1, 3, 3)
    own = Calendar("CN", own={day: False})
    assert not own.is_working(day)
    assert not own.is_estimate(day)


def test_the_version_names_libraries_and_own_days() -> None:
    assert "chinesecalendar" in CHINA.version
    assert Calendar("CN").version == CHINA.version
    assert Calendar("CN", own={date(2024, 5, 6): False}).version == Calendar(
        "CN", own={date(2024, 5, 6): False}).version
    assert BOSTON.version.startswith("US-MA")


def test_guessing_never_changes_a_published_day() -> None:
    first, last = published("CN")
    assert GUESSING.working(first, last) == CHINA.working(first, last)
    assert GUESSING.ordinals(first, last) == CHINA.ordinals(first, last)


@given(any_day)
def test_the_ordinal_grows_by_one_on_a_working_day_and_by_none_else(day: date) -> None:
    if day > FIRST:
        before = GUESSING.ordinal(day - timedelta(days=1))
        assert GUESSING.ordinal(day) - before == GUESSING.is_working(day)


@given(days, counts)
def test_as_many_working_days_pass_as_were_added(day: date, count: int) -> None:
    end = GUESSING.add(day, count)
    assert GUESSING.between(day, end) == count
    assert count == 0 or GUESSING.is_working(end)


@given(days, st.integers(1, 120), st.integers(1, 120))
def test_adding_twice_is_adding_once(day: date, first: int, second: int) -> None:
    assert GUESSING.add(GUESSING.add(day, first), second) == GUESSING.add(day, first + second)


@given(days, st.integers(1, 120))
def test_going_back_undoes_going_forward_from_a_working_day(day: date, count: int) -> None:
    start = GUESSING.add(day, 1)
    assert GUESSING.add(GUESSING.add(start, count), -count) == start


@given(days, days)
def test_between_is_what_counting_on_fingers_gives(start: date, end: date) -> None:
    start, end = min(start, end), min(max(start, end), min(start, end) + timedelta(days=60))
    counted = sum(CHINA.is_working(start + timedelta(days=one)) for one in range(1, (end - start).days + 1))
    assert CHINA.between(start, end) == counted
    assert CHINA.between(end, start) == -counted


@given(days, st.integers(0, 400))
def test_the_bulk_tables_agree_with_single_answers(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    table, flags = GUESSING.ordinals(first, last), GUESSING.working(first, last)
    assert len(table) == len(flags) == length + 1
    assert (table[0], table[-1]) == (GUESSING.ordinal(first), GUESSING.ordinal(last))
    assert flags[-1] == GUESSING.is_working(last)
    assert table.itemsize == 2
