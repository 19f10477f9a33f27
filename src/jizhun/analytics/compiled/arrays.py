"""What the loops read and fill, as arrays: promises by slot, and a dense table of cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jizhun.analytics.cases import NONE
from jizhun.analytics.facts import Facts
from jizhun.analytics.plan import MEASURES, STATES, WHOLE, Numbers
from jizhun.analytics.sql import LIMITS

MOST_CELLS: Final = 4_000_000
"""More cells than this are not kept as a dense table; such plans run in SQL."""
MOST_SLOTS: Final = 50_000_000
BITS: Final = 3
"""A verdict's share of a case's word."""
Words = NDArray[np.int32]


class NotHere(ValueError):
    """The plan is one that only SQL can run."""


# -- promises --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promises:
    """The wide limits table as arrays, sorted by matter, region, group and day; ``starts`` by slot."""

    from_day: Numbers
    to_day: Numbers
    allowed: Numbers
    unit: Numbers
    most: Numbers
    amounts: Numbers
    starts: Numbers
    slots: tuple[Numbers, Numbers, Numbers]
    strides: Numbers

    @classmethod
    def of(cls, table: pa.Table) -> "Promises":
        """Raises NotHere where matters, regions and groups are too many for a dense index."""
        keys = [table[name].to_numpy().astype(np.int64) for name in ("matter", "region", "grp")]
        known = [np.unique(values) for values in keys]
        size = int(np.prod([max(len(values), 1) for values in known]))
        if size > MOST_SLOTS:
            raise NotHere
        strides = np.array([max(len(known[1]), 1), max(len(known[2]), 1)], np.int64)
        index = [np.searchsorted(values, column) for values, column in zip(known, keys, strict=True)]
        slot = (index[0] * strides[0] + index[1]) * strides[1] + index[2]
        order = np.lexsort((table["from_day"].to_numpy(), slot))

        def column(name: str, otherwise: int = NONE) -> Numbers:
            if name not in table.column_names:
                return np.full(len(order), otherwise, np.int64)
            found: Numbers = table[name].to_numpy().astype(np.int64)[order]
            return found

        starts = np.searchsorted(slot[order], np.arange(size + 1)).astype(np.int64)
        return cls(
            column("from_day"), column("to_day"), np.stack([column(name) for name in LIMITS]),
            np.stack([column(f"{name}_unit", 0) for name in LIMITS]),
            np.stack([column(name) for name in ("fee", "visits", "materials")]), column("benefit_amount"), starts,
            (_index_of(known[0]), _index_of(known[1]), _index_of(known[2])), strides)


def _index_of(values: Numbers) -> Numbers:
    """Code -> its place among ``values``, -1 for others; as long as the greatest code asks for."""
    found = np.full(int(values.max(initial=0)) + 1, -1, np.int64)
    found[values] = np.arange(len(values))
    return found


# -- cells -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """One column's part in the number of a cell: what its codes add, and which codes of the dimensions they mean."""

    column: str
    codes: Mapping[str, Numbers]
    place: Numbers

    @property
    def size(self) -> int:
        return max((len(values) for values in self.codes.values()), default=1)


@dataclass
class Cells:
    """A dense table of facts over the axes of ``by`` (without the month, which the file tells)."""

    verdicts: tuple[str, ...]
    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        self.size = int(np.prod([axis.size for axis in self.axes]))
        if self.size > MOST_CELLS:
            raise NotHere
        steps = np.cumprod([1, *(axis.size for axis in self.axes[::-1])])[::-1][1:]
        self.offsets = tuple(axis.place * step for axis, step in zip(self.axes, steps, strict=True))
        self.shifts = np.array([BITS * (*MEASURES, WHOLE).index(name) for name in self.verdicts], np.int64)
        self.counts = np.zeros((self.size, 1 + (STATES - 1) * len(self.verdicts)), np.int32)
        self.days = np.zeros((self.size, len(LIMITS)), np.int64)

    def add(self, columns: Mapping[str, Numbers], word: Words, late: Words) -> None:
        """Add cases by their words."""
        axes = tuple(columns[axis.column] for axis in self.axes)
        from jizhun.analytics.compiled.loops import tally

        tally(len(word), word, late, axes, self.offsets, self.shifts, self.counts, self.days)

    def taken(self) -> Facts:
        """What has come together, the cells without cases left out."""
        at = np.flatnonzero(self.counts[:, 0])
        limits = [n for n, name in enumerate(LIMITS) if name in self.verdicts]
        table = np.empty((len(at), self.counts.shape[1] + len(limits)), np.int64)
        table[:, :self.counts.shape[1]] = self.counts[at]
        table[:, self.counts.shape[1]:] = self.days[at][:, limits]
        places = np.unravel_index(at, [axis.size for axis in self.axes])
        codes = {name: values[places[n]] for n, axis in enumerate(self.axes) for name, values in axis.codes.items()}
        return Facts(codes, self.verdicts, table)
