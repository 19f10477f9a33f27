"""What is still owed when a level rises with earlier effect: the difference of every month already paid at the old one.

No general article says so; the notices of single rises were read (residents' basic part, unemployment benefit, pension
bases), and they agree: nothing for months before the new level's first day, claims that have ended since included, lump
sums left out unless the notice says otherwise, what places add kept and not set off.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jizhun.kernel.bilingual import Refused

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
