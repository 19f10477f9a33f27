"""Facts: the whole numbers that every index is divided from, by cell, and how they are counted in SQL.

A cell is a combination of codes (item, matter, region, group, channel, rating, month). Its facts are how many cases it
has, how many of them have each verdict on each measure, and by how many days those that came too late were late. Facts
add up: over months, over places, over cases that are closed and that are open.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jizhun.analytics.plan import BROKEN, LONG_BITS, MEASURES, OVERDUE, STATES, WHOLE, Numbers, Plan, TooWide
from jizhun.analytics.sql import CODES, LIMITS, Step, at_data_date, judged, promised, used, whole


@dataclass(frozen=True)
class Facts:
    """``codes`` by dimension, one value a row; ``table`` (rows, facts): the columns that ``names`` names."""

    codes: Mapping[str, Numbers]
    verdicts: tuple[str, ...]
    table: Numbers

    @property
    def by(self) -> tuple[str, ...]:
        return tuple(self.codes)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each column of the table holds."""
        return fact_names(self.verdicts)

    @property
    def n(self) -> Numbers:
        """How many cases each row has."""
        return self.table[:, 0]

    def states(self, verdict: str) -> Numbers:
        """(rows, 5): how many cases have each verdict on a measure, by verdict code."""
        at = 1 + (STATES - 1) * self.verdicts.index(verdict)
        judged_ = self.table[:, at:at + STATES - 1]
        return np.column_stack([self.n - judged_.sum(axis=1), judged_])

    def late(self, limit: str) -> Numbers:
        """By how many days the broken and overdue cases of each row are beyond a time limit, together."""
        return self.table[:, self.names.index(f"late_{limit}")]

    def summed(self, by: Sequence[str]) -> "Facts":
        """The same with fewer dimensions, each cell once, in the order of their codes."""
        packed = _packed(self.codes, by, len(self.table))
        order = np.argsort(packed, kind="stable")
        ordered = packed[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))
        table = np.add.reduceat(self.table[order], starts, axis=0) if len(starts) else self.table[:0]
        return Facts({name: self.codes[name][order][starts] for name in by}, self.verdicts, table)

    def where(self, kept: NDArray[np.bool_] | Numbers) -> "Facts":
        """The rows that are true, or at these places."""
        return Facts({name: values[kept] for name, values in self.codes.items()}, self.verdicts, self.table[kept])

    def rows(self) -> dict[tuple[int, ...], tuple[int, ...]]:
        """Codes -> every fact; for small results and for comparing engines."""
        columns = [values.tolist() for values in self.codes.values()]
        keys = zip(*columns, strict=True) if columns else [()] * len(self.table)
        return {key: tuple(row) for key, row in zip(keys, self.table.tolist(), strict=True)}


def together(parts: Iterable[Facts], by: Sequence[str]) -> Facts:
    """Facts of several parts as one, each cell once, in the order of the codes."""
    return joined(list(parts)).summed(by)


def joined(parts: Sequence[Facts]) -> Facts:
    """Parts one after the other, as they are."""
    codes = {name: np.concatenate([part.codes[name] for part in parts]) for name in parts[0].codes}
    return Facts(codes, parts[0].verdicts, np.concatenate([part.table for part in parts]))


def added(most: Facts, few: Facts) -> Facts:
    """``few`` rows added to the cells of ``most``, which is used up; new cells stand at the end.

    Every cell is in ``most`` once.
    """
    size = len(most.table)
    packed = _packed({name: np.concatenate([most.codes[name], few.codes[name]]) for name in most.codes}, most.by,
                     size + len(few.table))
    order = np.argsort(packed[:size], kind="stable")
    at = np.searchsorted(packed[:size], packed[size:], sorter=order)
    there = at < size
    there[there] = packed[order[at[there]]] == packed[size:][there]
    np.add.at(most.table, order[at[there]], few.table[there])
    return most if there.all() else joined([most, few.where(~there)])


def _packed(codes: Mapping[str, Numbers], by: Sequence[str], rows: int) -> Numbers:
    """The codes of each row as one number, each as wide as its greatest code asks for."""
    bits = [int(codes[name].max(initial=0)).bit_length() for name in by]
    if sum(bits) > LONG_BITS:
        raise TooWide(", ".join(by))
    packed = np.zeros(rows, np.int64)
    for name, wide in zip(by, bits, strict=True):
        packed = (packed << wide) | codes[name].astype(np.int64)
    return packed


def fact_names(verdicts: Sequence[str]) -> tuple[str, ...]:
    """``n``, then for each verdict its codes from 1 on (``whole_1`` …), then ``late_`` of the time limits."""
    states = (f"{name}_{code}" for name in verdicts for code in range(1, STATES))
    return ("n", *states, *(f"late_{name}" for name in LIMITS if name in verdicts))


def from_table(table: pa.Table, by: Sequence[str], verdicts: Sequence[str] = (WHOLE, *MEASURES)) -> Facts:
    """Facts from such a table; a column that is not there holds nothing."""
    names = fact_names(verdicts)
    facts = np.zeros((table.num_rows, len(names)), np.int64)
    for at, name in enumerate(names):
        if name in table.column_names:
            facts[:, at] = table[name].to_numpy()
    return Facts({name: _column(table, name) for name in by}, tuple(verdicts), facts)


def _column(table: pa.Table, name: str) -> Numbers:
    if name not in table.column_names:
        return np.zeros(table.num_rows, np.int64)
    found: Numbers = table[name].to_numpy().astype(np.int64)
    return found


# -- in SQL ----------------------------------------------------------------------------------------


def tallied(plan: Plan) -> Step:
    """The facts of every cell, as columns."""
    join = " JOIN matters m ON j.matter = m.matter" if "item" in plan.by else ""
    codes = {**CODES, "month": "j.month"}
    chosen = ", ".join(f"{codes[name]} AS {name}" for name in plan.by)
    columns = {WHOLE: f"({whole(plan)})"}
    parts = ["COUNT(*) AS n"]
    for name in plan.verdicts:
        value = columns.get(name, f"v_{name}")
        parts += [f"CAST(COALESCE(SUM(CASE WHEN {value} = {code} THEN 1 ELSE 0 END), 0) AS BIGINT) AS {name}_{code}"
                  for code in range(1, STATES)]
    for name in LIMITS:
        if name in plan.verdicts:
            parts.append(f"CAST(COALESCE(SUM({_late(plan, name)}), 0) AS BIGINT) AS late_{name}")
    facts = ",\n       ".join([chosen, *parts] if chosen else parts)
    grouped = f"\nGROUP BY {', '.join(codes[name] for name in plan.by)}" if plan.by else ""
    return Step("tallied", "cases, verdicts and days late in each cell", f"""
SELECT {facts}
FROM judged j{join}{grouped}""")


def _late(plan: Plan, name: str) -> str:
    """By how many days a case is beyond its limit; nothing where it is not."""
    if name not in plan.judged:
        return "0"
    return (f"CASE WHEN v_{name} IN ({OVERDUE}, {BROKEN}) THEN {used(name, plan.clock(name))} - {name} - extended "
            "ELSE 0 END")


def fact_steps(plan: Plan) -> tuple[Step, ...]:
    """Facts as steps; the last one's rows are the answer."""
    return at_data_date(plan), promised(plan), judged(plan), tallied(plan)
