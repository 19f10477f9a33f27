"""Working days of a country: official days off, make-up working days, and days that a region sets itself.

Counting a limit is subtraction: every day has an *ordinal*, the number of working days from 2000-01-01 up to and
including it, and the working days that passed between two days are the difference of their ordinals.
"""

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from importlib.metadata import version as version_of
from itertools import accumulate

import holidays
from chinese_calendar.constants import holidays as chinese_days_off
from chinese_calendar.constants import workdays as chinese_working_days

from jizhun.kernel.bilingual import Refused

FIRST, LAST = date(2000, 1, 1), date(2050, 12, 31)
"""The days that the tables hold."""

BASE = FIRST.toordinal()
EPOCH = date(1970, 1, 1).toordinal()
NO_DAYS: Mapping[date, bool] = {}
CHINA_FROM = date(2004, 1, 1)


class Calendar:
    """Working days of one country, or of one region in it.

    ``country`` is an ISO 3166 code, ``subdivision`` a part of it with holidays of its own ("US", "MA").
    ``own`` maps days that the region sets itself to True (worked) or False (free). Days whose status nobody has
    published are Refused unless ``estimate`` is set; then they are guessed and ``is_estimate`` says so.
    ``estimate`` never changes a published day.
    """

    def __init__(self, country: str = "CN", subdivision: str = "", *, own: Mapping[date, bool] = NO_DAYS,
                 estimate: bool = False) -> None:
        self.country, self.subdivision, self.estimate = country, subdivision, estimate
        self._own = dict(own)
        self._known_from, self._known_until = published(country)
        self._working = _with_own(_working_days(country, subdivision), self._own)
        self._ordinals = array("h", accumulate(self._working))
        self._days = [offset for offset, working in enumerate(self._working) if working]
        self.version = _version(country, subdivision, self._own)

    def __repr__(self) -> str:
        return f"Calendar({self.version!r})"

    # -- one day -----------------------------------------------------------------------------------

    def is_working(self, day: date) -> bool:
        """Whether people work on that day."""
        return bool(self._working[self._offset(day)])

    def ordinal(self, day: date) -> int:
        """The number of working days from 2000-01-01 up to and including ``day``.

        Only differences mean anything: where 2000 itself was never published, the count starts on a guess.
        """
        return self._ordinals[self._offset(day)]

    def is_estimate(self, day: date) -> bool:
        """Whether nobody has published that day, so that its status is a guess."""
        return not self._known_from <= day <= self._known_until and day not in self._own

    # -- spans -------------------------------------------------------------------------------------

    def between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
        return self.ordinal(end) - self.ordinal(start)

    def add(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day`` (which is not counted itself); 0 gives ``day`` back.

        A negative ``count`` goes back. So ``between(day, add(day, n)) == n`` for every n from 0.
        """
        if count == 0:
            return day
        done = self.ordinal(day)
        # Going back from a working day, that day itself must not be counted.
        index = done + count - 1 if count > 0 or self.is_working(day) else done + count
        if not 0 <= index < len(self._days):
            raise Refused(zh=f"{day} 起第 {count} 个工作日超出工作日历（{FIRST} 至 {LAST}）。",
                          en=f"{count} working days from {day} lie outside the calendar ({FIRST} to {LAST}).")
        found = FIRST + timedelta(days=self._days[index])
        self._offset(found)
        return found

    def estimated(self, start: date, end: date) -> bool:
        """Whether any day from ``start`` to ``end`` is a guess."""
        lower, upper = min(start, end), max(start, end)
        if self._known_from <= lower and upper <= self._known_until:
            return False
        return any(self.is_estimate(day) for day in _each(lower, upper))

    # -- in bulk -----------------------------------------------------------------------------------

    def ordinals(self, first: date, last: date) -> "array[int]":
        """Ordinals (int16) of every day from ``first`` to ``last``: the element of a day is ``day - first``."""
        return self._ordinals[self._offset(first):self._offset(last) + 1]

    def working(self, first: date, last: date) -> bytes:
        """1 or 0 for every day from ``first`` to ``last``."""
        return bytes(self._working[self._offset(first):self._offset(last) + 1])

    def _offset(self, day: date) -> int:
        offset = day.toordinal() - BASE
        if not 0 <= offset < len(self._working):
            raise _outside(day)
        if not self.estimate and self.is_estimate(day):
            raise self._unpublished(day)
        return offset

    def _unpublished(self, day: date) -> Refused:
        return Refused(
            zh=f"{day} 的工作日安排尚无公布数据（已有 {self._known_from} 至 {self._known_until}），"
               "只能估算，不能用于判定。",
            en=f"Whether {day} is a working day has not been published (known: {self._known_from} to "
               f"{self._known_until}); it can only be estimated.")


def published(country: str) -> tuple[date, date]:
    """First and last day whose status is official. Only China announces its days off year by year."""
    if country != "CN":
        return FIRST, LAST
    return CHINA_FROM, date(max(day.year for day in chinese_days_off), 12, 31)


def _outside(day: date) -> Refused:
    return Refused(zh=f"工作日历只覆盖 {FIRST} 至 {LAST}，不含 {day}。",
                   en=f"The working-day calendar covers {FIRST} to {LAST}, not {day}.")


def _each(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


@cache
def _working_days(country: str, subdivision: str) -> bytes:
    if country == "CN":
        return _chinese()
    off = _days_off(country, subdivision, range(FIRST.year, LAST.year + 1))
    return bytes(off.is_working_day(day) for day in _each(FIRST, LAST))


def _chinese() -> bytes:
    """Published years from the State Council's notices; before and after, weekdays less the legal holidays."""
    since, until = published("CN")
    guessed = (*range(FIRST.year, since.year), *range(until.year + 1, LAST.year + 1))
    legal = _days_off("CN", "", guessed)

    def works(day: date) -> bool:
        if since <= day <= until:
            return day in chinese_working_days or (day.weekday() < 5 and day not in chinese_days_off)
        return day.weekday() < 5 and day not in legal
    return bytes(works(day) for day in _each(FIRST, LAST))


def _days_off(country: str, subdivision: str, years: Iterable[int]) -> holidays.HolidayBase:
    try:
        return holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    except NotImplementedError:
        name = f"{country}-{subdivision}" if subdivision else country
        raise Refused(zh=f"没有“{name}”的假日历。", en=f"There is no calendar of holidays for “{name}”.") from None


def _with_own(working: bytes, own: Mapping[date, bool]) -> bytes:
    changed = bytearray(working)
    for day, works in own.items():
        if not FIRST <= day <= LAST:
            raise _outside(day)
        changed[day.toordinal() - BASE] = works
    return bytes(changed)


@cache
def _libraries() -> str:
    return f"chinesecalendar {version_of('chinesecalendar')}, holidays {version_of('holidays')}"


def _version(country: str, subdivision: str, own: Mapping[date, bool]) -> str:
    """Changes whenever any day might: place, libraries, span, own days."""
    said = "".join(f"{day}{int(works)}" for day, works in sorted(own.items()))
    digest = hashlib.sha256(said.encode()).hexdigest()[:12] if own else "none"
    place = f"{country}-{subdivision}" if subdivision else country
    return f"{place}; {_libraries()}; own {digest}; {FIRST.year}-{LAST.year}"
