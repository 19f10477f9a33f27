"""What an evaluation asks of an engine: which verdicts, counted by what, at which data date.

A plan is plain data. Every index is a division of the counts that come back, so a plan knows nothing of
indices, and an engine nothing of divisions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

NOT_JUDGED, KEPT, BROKEN, OPEN, OVERDUE = range(5)
"""Verdict codes. Not judged: nothing is promised, or the fact is absent. Overdue: open and past its limit."""
VERDICT_NAMES: Final = ("no-promise", "kept", "broken", "open", "overdue")

MEASURES: Final = ("statutory_limit", "promised_limit", "due", "fee", "visits", "materials", "benefit_amount")
"""What a case is judged on, in the order of its packed verdicts; ``due`` is the due time stated in the case."""
WHOLE: Final = "whole"
VERDICTS: Final = (WHOLE, *MEASURES)
DIMENSIONS: Final = ("item", "matter", "region", "group", "channel", "month")

BITS: Final[Mapping[str, int]] = {"item": 14, "matter": 15, "region": 20, "group": 8, "channel": 4, "month": 18}
"""How many bits each dimension's code takes in a packed cell."""
VERDICT_BITS: Final = 3
LONG_BITS: Final = 63


class TooWide(ValueError):
    """The dimensions and verdicts asked for do not fit one packed number."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Count the cases of ``first``..``last`` (days since 1970-01-01, accepted) by dimensions and verdicts.

    ``as_of`` is the data date: nothing later has happened yet. ``amounts`` says whether any case states
    an amount, which costs a second look at the promises.
    """

    verdicts: tuple[str, ...]
    by: tuple[str, ...]
    first: int
    last: int
    as_of: int
    amounts: bool = False

    def __post_init__(self) -> None:
        if sum(BITS[name] for name in self.by) + VERDICT_BITS * len(self.verdicts) > LONG_BITS:
            raise TooWide(f"{', '.join(self.by)} x {len(self.verdicts)} verdicts")

    def shifts(self) -> dict[str, int]:
        """Where each dimension stands in the packed cell, in bits from the right."""
        shifts, at = {}, VERDICT_BITS * len(self.verdicts)
        for name in reversed(self.by):
            shifts[name] = at
            at += BITS[name]
        return shifts

    def unpacked(self, cell: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """(codes of the dimensions, verdict codes) of a packed cell."""
        shifts = self.shifts()
        codes = tuple(cell >> shifts[name] & (1 << BITS[name]) - 1 for name in self.by)
        verdicts = tuple(cell >> VERDICT_BITS * n & 7 for n in range(len(self.verdicts)))
        return codes, verdicts


def split(plan: Plan) -> list[Plan]:
    """The plan as one or more that fit: the verdicts are counted apart where they are too many."""
    room = (LONG_BITS - sum(BITS[name] for name in plan.by)) // VERDICT_BITS
    if room < 1:
        raise TooWide(", ".join(plan.by))
    parts = [plan.verdicts[n:n + room] for n in range(0, len(plan.verdicts), room)]
    return [Plan(part, plan.by, plan.first, plan.last, plan.as_of, plan.amounts) for part in parts]
