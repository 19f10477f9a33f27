"""What came out of a scenario: totals, by region, how unequal, how sure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb
import numpy as np

from jizhun.analytics.inequality import Floats, Measure, gini, theil
from jizhun.entitlements.rules.book import Cited
from jizhun.entitlements.whatif.paying import Bill, Payers
from jizhun.entitlements.whatif.people import PARTS, People
from jizhun.entitlements.whatif.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Totals:
    """Of one region, or of all: persons (by weight) and cents over the whole period."""

    persons: int
    entitled_before: int
    entitled_after: int
    gain: int
    lose: int
    unknown: int
    before: int
    after: int
    rows: tuple[int, ...] = ()
    """How many rows of the population stand behind each count of persons, in their order: for what may be shown."""

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Spread:
    """How unequal: among those who get something, by what they get; and among regions, by the mean there."""

    gini: float | None
    theil: float | None
    regions_gini: float | None
    regions_theil: float | None


@dataclass(frozen=True)
class Outcome:
    """All that came out. ``error`` is the standard error of the difference in cents, from the population's parts."""

    scenario: Scenario
    people: People
    total: Totals
    by_region: Mapping[str, Totals]
    by_month: tuple[tuple[date, int, int], ...]
    """(first day, cents before, cents after)"""
    spread_before: Spread
    spread_after: Spread
    error: float
    unit: str
    payers: tuple[tuple[str, int, int], ...] = ()
    """(payer, cents before, cents after)"""
    fewest: Mapping[str, int] = field(default_factory=dict)
    """The fewest rows that get anything in a month (``month``), and behind what a payer pays (``payer``)."""
    sql: tuple[str, ...] = field(default=(), compare=False)
    open_tiers: tuple[str, ...] = ()
    """Regions whose value was open (their tier is not known): the least favourable was taken."""
    missing: tuple[str, ...] = ()
    """Facts that a rule reads and the population does not have: unknown for everybody."""
    unverified: tuple[Cited, ...] = ()
    """Clauses of the rules that were not verified."""
    unverified_values: tuple[str, ...] = ()
    """Regions in which a value in force rests on a paper that was not verified."""
    no_value: tuple[str, ...] = ()
    """Regions in which no value is on record, and persons whose amount cannot be told."""


def paid_by(payers: Payers, bills: tuple[Bill, Bill]) -> tuple[tuple[str, int, int], ...]:
    before, after = (payers.split(bill) for bill in bills)
    return tuple((payer, before.get(payer, 0), after.get(payer, 0)) for payer in dict.fromkeys([*before, *after]))


def totals_of(held: duckdb.DuckDBPyConnection) -> tuple[Totals, dict[str, Totals]]:
    sums = ("sum(weight), sum(weight) FILTER (before > 0), sum(weight) FILTER (after > 0), "
            "sum(weight) FILTER (after > before), sum(weight) FILTER (after < before), sum(weight) FILTER (unknown), "
            "sum(CAST(weight AS HUGEINT) * before), sum(CAST(weight AS HUGEINT) * after)")
    counts = ("count(*), count(*) FILTER (before > 0), count(*) FILTER (after > 0), count(*) FILTER (after > before), "
              "count(*) FILTER (after < before), count(*) FILTER (unknown)")
    rows = held.execute(f"SELECT region, {sums}, {counts} FROM paid GROUP BY region ORDER BY region").fetchall()
    by_region = {str(region): _total(numbers) for region, *numbers in rows}
    return _total(held.execute(f"SELECT {sums}, {counts} FROM paid").fetchall()[0]), by_region


def _total(numbers: Sequence[Any]) -> Totals:
    persons, gets, will, gain, lose, unknown, before, after, *rows = (int(one or 0) for one in numbers)
    return Totals(persons, gets, will, gain, lose, unknown, before, after, tuple(rows))


def spread_of(held: duckdb.DuckDBPyConnection, side: str, by_region: Mapping[str, Totals]) -> Spread:
    rows = held.execute(f"SELECT {side}, sum(weight) FROM paid WHERE {side} > 0 GROUP BY 1 ORDER BY 1").fetchnumpy()
    values, weights = (np.asarray(rows[name], dtype=float) for name in rows)
    means = [(getattr(one, side) / entitled, entitled) for one in by_region.values()
             if (entitled := getattr(one, f"entitled_{side}")) and getattr(one, side) > 0]
    middle, counted = np.array([one for one, _ in means]), np.array([n for _, n in means], dtype=float)
    return Spread(_unless_nobody(gini, values, weights), _unless_nobody(theil, values, weights),
                  _unless_nobody(gini, middle, counted), _unless_nobody(theil, middle, counted))


def _unless_nobody(measure: Measure, values: Floats, weights: Floats) -> float | None:
    return measure(values, weights) if weights.any() else None


def sampling_error(held: duckdb.DuckDBPyConnection) -> float:
    """The standard error of the difference, from the differences of the random parts of the population."""
    rows = held.execute("SELECT part, sum(CAST(weight AS HUGEINT) * (after - before)) FROM paid "
                        "GROUP BY part").fetchall()
    parts = np.zeros(PARTS)
    for part, cents in rows:
        parts[part] = float(cents)
    return float(np.sqrt(PARTS / (PARTS - 1) * ((parts - parts.mean()) ** 2).sum()))
