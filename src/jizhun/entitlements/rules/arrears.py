"""What is still owed when a level rises with earlier effect: the difference of every month already paid at the old one.

No general article says so; the notices of single rises were read (residents' basic part, unemployment benefit, pension
bases), and they agree: nothing for months before the new level's first day, claims that have ended since included, lump
sums left out unless the notice says otherwise, what places add kept and not set off.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from jizhun.kernel.bilingual import Refused

MONTHS: Final = re.compile(r"(\d{4})-(\d\d)(?:\.\.(\d{4})-(\d\d))?")
MOST_MONTHS: Final = 240
MOST_PAID: Final = Decimal(10**9)

Level = Callable[[date], Decimal | None]
"""The new level of a month, by its first day; None where none is known."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What was paid for one month, whenever it was handed out; ``month`` is any day of it.

    ``amount`` is the part that the level is about, without what the place adds on its own account.
    """

    month: date
    amount: Decimal
    lump_sum: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """The difference of one month."""

    month: date
    due: Decimal
    paid: Decimal

    @property
    def difference(self) -> Decimal:
        return self.due - self.paid


@dataclass(frozen=True, slots=True)
class Arrears:
    """Month by month, and together."""

    months: tuple[Owed, ...]

    @property
    def total(self) -> Decimal:
        return sum((one.difference for one in self.months), Decimal(0))


def arrears(paid: Iterable[Paid], level: Level, *, since: date, entitled_from: date | None = None,
            entitled_until: date | None = None, lump_sums: bool = False) -> Arrears:
    """What is owed on top of ``paid`` for a level in force from ``since`` on.

    A month counts if its first day is not before ``since`` and the person was entitled in it (both ends count; None: no
    end). Several payments for a month are added up; what was paid above the new level is not taken back. Raises Refused
    for a month whose new level is not known.
    """
    by_month: dict[date, Decimal] = {}
    for one in paid:
        if lump_sums or not one.lump_sum:
            month = one.month.replace(day=1)
            by_month[month] = by_month.get(month, Decimal(0)) + one.amount
    first = max(since, (entitled_from or since).replace(day=1))
    last = entitled_until or date.max
    return Arrears(tuple(_owed(by_month, level, first, last)))


def _owed(by_month: dict[date, Decimal], level: Level, first: date, last: date) -> Iterator[Owed]:
    for month in sorted(by_month):
        if not first <= month <= last:
            continue
        due = level(month)
        if due is None:
            raise Refused(zh=f"{month:%Y-%m} 的新标准没有登记。",
                          en=f"The new level of {month:%Y-%m} is not on record.")
        if due > by_month[month]:
            yield Owed(month, due, by_month[month])


# -- what was paid, as somebody writes it ----------------------------------------------------------


def read_paid(said: Mapping[str, object]) -> dict[date, Decimal]:
    """What was paid for each month, by its first day: ``2025-07`` or ``2025-07..2025-09`` -> yuan a month.

    Raises Refused for months and amounts that are none, for a month that is there twice, and for more than 20 years.
    """
    paid: dict[date, Decimal] = {}
    for months, amount in said.items():
        for month in _months_of(months):
            if month in paid:
                raise Refused(zh=f"{month:%Y-%m} 写了两次。", en=f"{month:%Y-%m} is given twice.")
            paid[month] = _amount(months, amount)
            if len(paid) > MOST_MONTHS:
                raise Refused(zh=f"一次最多算 {MOST_MONTHS} 个月。",
                              en=f"At most {MOST_MONTHS} months are worked out at a time.")
    return paid


def _months_of(text: str) -> Iterator[date]:
    found = MONTHS.fullmatch(text)
    month = _month(found[1], found[2]) if found else None
    last = (_month(found[3], found[4]) if found[3] else month) if found else None
    if month is None or last is None or month > last:
        raise Refused(zh=f"“{text}”不是月份，请写成 2025-07 或 2025-07..2025-09。",
                      en=f"“{text}” is no month: write it like 2025-07, or 2025-07..2025-09.")
    while month <= last:
        yield month
        month = next_month(month)


def _month(year: str, month: str) -> date | None:
    return date(int(year), int(month), 1) if 1 <= int(month) <= 12 and 1900 <= int(year) <= 2199 else None


def next_month(day: date) -> date:
    """The first day of the month after."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _amount(months: str, said: object) -> Decimal:
    try:
        amount = Decimal(-1) if isinstance(said, bool) or not isinstance(said, str | int | Decimal) else Decimal(said)
    except InvalidOperation:
        amount = Decimal(-1)
    if not (amount.is_finite() and 0 <= amount <= MOST_PAID):
        raise Refused(zh=f"{months}：“{said}”不是金额。", en=f"{months}: “{said}” is no amount.")
    return amount
