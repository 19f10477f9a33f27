"""What an evaluation asks of an engine: which verdicts, counted by what, at which data date.

A plan is plain data. Every index is a division of the counts that come back, so a plan knows nothing of
indices, and an engine nothing of divisions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

NOT_JUDGED, KEPT, OPEN, OVERDUE, BROKEN = range(5)
"""Verdict codes, the graver the greater, so that the whole case has the greatest of its measures.

Not judged: nothing is promised, or the fact is absent. Overdue: open and past its limit.
"""
VERDICT_NAMES: Final = ("no-promise", "kept", "open", "overdue", "broken")

MEASURES: Final = ("statutory_limit", "promised_limit", "due", "fee", "visits", "materials", "benefit_amount")
"""What a case is judged on, in the order of its packed verdicts; ``due`` is the due time stated in the case."""
WHOLE: Final = "whole"
VERDICTS: Final = (WHOLE, *MEASURES)
DIMENSIONS: Final = ("item", "matter", "region", "group", "channel", "month", "rating")

BITS: Final[Mapping[str, int]] = {"item": 12, "matter": 15, "region": 17, "group": 8, "channel": 4, "month": 15,
                                  "rating": 4}
"""How many bits each dimension's code takes in a packed cell, unless a plan knows of larger ones."""
MONTH_BASE: Final = 190_000
"""Taken off a month (yyyymm) before it is packed."""
STATES: Final = 5
LONG_BITS: Final = 63


class TooWide(ValueError):
    """The dimensions and verdicts asked for do not fit one packed number."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How a time limit is counted: whether the first day counts, and from which hour on a submission is late.

    What comes in at or after ``cut_off`` o'clock gets one day more; on a day off nothing is added to working days.
    """

    first_day_counts: bool = False
    cut_off: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Count the cases of ``first``..``last`` (days since 1970-01-01, accepted) by dimensions and verdicts.

    ``as_of`` is the data date: nothing later has happened yet. ``judged`` names the measures that any case could
    be judged on; the others are not judged anywhere, which saves looking. ``as_of_wd`` is the working-day ordinal
    of the data date where it is the same everywhere, every case counts, and regions are counted as they are: then
    the table of places need not be joined. ``clocks`` (by measure) where they are not the usual ones.
    ``later_stops``: the data date is before the extract, so that stops after it have to be given back.
    ``largest`` is the greatest code of a dimension, where the usual bits may not hold it.
    """

    verdicts: tuple[str, ...]
    by: tuple[str, ...]
    first: int
    last: int
    as_of: int
    judged: tuple[str, ...] = MEASURES
    as_of_wd: int | None = None
    clocks: tuple[tuple[str, Clock], ...] = ()
    later_stops: bool = False
    largest: tuple[tuple[str, int], ...] = ()

    @property
    def whole_follows(self) -> bool:
        """Whether the whole case's verdict can be told from those of its measures, so that it need not be counted.

        An amount may be kept while the case is open; then the measures alone do not tell.
        """
        return "benefit_amount" not in self.judged and set(self.judged) <= set(self.verdicts)

    @property
    def packed(self) -> tuple[str, ...]:
        """The verdicts that stand in the packed cell: the others are nothing everywhere, or follow from these."""
        return tuple(v for v in self.verdicts if v in self.judged or (v == WHOLE and not self.whole_follows))

    def clock(self, measure: str) -> Clock:
        """How the limit is counted."""
        return dict(self.clocks).get(measure, Clock())

    def bits(self) -> dict[str, int]:
        """How many bits each dimension's code takes in the packed cell."""
        largest = dict(self.largest)
        return {name: max(BITS[name], largest.get(name, 0).bit_length()) for name in self.by}

    def weights(self) -> dict[str, int]:
        """What each dimension's and each packed verdict's code is multiplied by in the packed cell.

        Raises TooWide where that is more than a whole number holds.
        """
        if sum(self.bits().values()) + states(self.packed).bit_length() > LONG_BITS:
            raise TooWide(f"{', '.join(self.by)} x {len(self.packed)} verdicts")
        weights, bits, at = {}, self.bits(), 1
        for name in self.packed:
            weights[name] = at
            at *= STATES
        for name in reversed(self.by):
            weights[name] = at
            at <<= bits[name]
        return weights

    def unpacked(self, cells: Numbers) -> dict[str, Numbers]:
        """Packed cells as one column of codes per dimension and per verdict, by name."""
        packed, cells = cells, cells // states(self.packed)
        combination = packed - cells * states(self.packed)
        columns, bits = {name: codes[combination] for name, codes in self._combinations().items()}, self.bits()
        for name in reversed(self.by):
            columns[name] = cells & ((1 << bits[name]) - 1)
            cells = cells >> bits[name]
        if "month" in columns:
            columns["month"] += MONTH_BASE
        return columns

    def _combinations(self) -> dict[str, Numbers]:
        """Each asked verdict's code in every combination of the packed ones."""
        left = np.arange(states(self.packed))
        nothing = np.zeros(len(left), np.int64)
        found: dict[str, Numbers] = {}
        for name in self.packed:
            left, found[name] = np.divmod(left, STATES)
        if self.whole_follows:
            found[WHOLE] = np.max([nothing, *(found[name] for name in self.judged)], axis=0)
        return {name: found.get(name, nothing) for name in self.verdicts}


@dataclass(frozen=True)
class Counts:
    """What an engine found: columns of equal length, ``codes`` by dimension and verdict, ``n`` cases each."""

    codes: Mapping[str, Numbers]
    n: Numbers

    def rows(self, plan: Plan) -> dict[tuple[tuple[int, ...], tuple[int, ...]], int]:
        """(codes of the dimensions, verdicts) -> cases; for small results."""
        columns = [self.codes[name].tolist() for name in (*plan.by, *plan.verdicts)]
        keys = zip(*columns, strict=True) if columns else [()] * len(self.n)
        at = len(plan.by)
        return {(key[:at], key[at:]): n for key, n in zip(keys, self.n.tolist(), strict=True)}


def counts(plan: Plan, parts: Sequence[tuple[Numbers, Numbers]]) -> Counts:
    """Counts from the packed cells of each part of the lake; a cell that several parts have is added up."""
    cells, n = (np.concatenate(column) for column in zip(*parts, strict=True))
    if len(parts) > 1:
        cells, inverse = np.unique(cells, return_inverse=True)
        total = np.zeros(len(cells), np.int64)
        np.add.at(total, inverse, n)
        n = total
    return Counts(plan.unpacked(cells), n)


def states(verdicts: tuple[str, ...]) -> int:
    """How many combinations of these verdicts there can be."""
    return int(STATES ** len(verdicts))
