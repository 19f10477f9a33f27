"""Days and periods. A period runs from its first day to its last day, both included."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from jizhun.kernel.bilingual import Bilingual, Refused

FAR = date(9999, 12, 31)
"""The last day of what has no end. A real day instead of NULL, so that comparisons stay plain."""

BEGINNING = date(1, 1, 1)
ONE_DAY = timedelta(days=1)


def parse_day(text: str) -> date:
    """A day written ``YYYY-MM-DD``; raises Refused with the text when there is no such day."""
    try:
        if len(text) != 10:
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(
            zh=f"“{text}”不是有效日期，请写成 2026-11-24 的样子。",
            en=f"“{text}” is not a date; write it like 2026-11-24.",
        ) from None


def day_in_words(day: date) -> Bilingual:
    """A day as it is written in each language: 2026年11月23日, 2026-11-23."""
    return Bilingual(f"{day.year}年{day.month}月{day.day}日", day.isoformat())


def day_before(day: date) -> date:
    """The day before, stopping at the beginning of time."""
    return day if day == BEGINNING else day - ONE_DAY


def day_after(day: date) -> date:
    """The day after, stopping at the far end."""
    return day if day == FAR else day + ONE_DAY


def months_later(day: date, months: int) -> date:
    """The same day of another month, or its last day where it has no such day; never beyond the ends of time."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not BEGINNING.year <= year <= FAR.year:
        return FAR if months > 0 else BEGINNING
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From ``start`` to ``until``, both days included."""

    start: date
    until: date = FAR

    def __post_init__(self) -> None:
        if self.until < self.start:
            raise Refused(
                zh=f"期间的最后一天 {self.until} 早于第一天 {self.start}。",
                en=f"The last day {self.until} is before the first day {self.start}.",
            )

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.until

    def meets(self, other: Self) -> bool:
        """Whether the two share at least one day."""
        return self.start <= other.until and other.start <= self.until
