"""What may be kept and shown of an outcome: aggregates only, and no figure behind which stand fewer than ten persons.

Regions with such a figure are put together in one line; where that does not help, the next smallest joins them, so
that nothing can be found by subtracting what is shown from the whole.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from jizhun.entitlements.whatif.outcome import Outcome, Spread, Totals
from jizhun.entitlements.whatif.people import People

LEAST = 10
"""Behind every figure shown stand at least so many rows of the population."""


@dataclass(frozen=True, slots=True)
class Line:
    """Figures of all (``regions`` empty), of one region, or of several small ones together; None: not to be shown.

    Counts are persons, ``before`` and ``after`` cents over the whole period.
    """

    regions: tuple[str, ...] = ()
    persons: int | None = None
    entitled_before: int | None = None
    entitled_after: int | None = None
    gain: int | None = None
    lose: int | None = None
    before: int | None = None
    after: int | None = None

    @property
    def difference(self) -> int | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Report:
    """``months`` and ``payers`` are (month or payer, cents before, cents after); empty where they may not be shown.

    ``unknown`` is how many persons could not be told, ``error`` the standard error of the difference in cents.
    """

    total: Line
    regions: tuple[Line, ...]
    months: tuple[tuple[str, int, int], ...]
    payers: tuple[tuple[str, int, int], ...]
    spread_before: Spread
    spread_after: Spread
    unit: str
    unknown: int | None = None
    error: float | None = None
    hidden: tuple[str, ...] = ()
    """What had to be left out: ``total``, ``months``, ``payers``, ``unknown``; ``regions``: some were put together."""
    open_tiers: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unverified: tuple[tuple[str, str, str, str], ...] = ()
    """(document, clause in Chinese, in English, mark)"""
    unverified_values: tuple[str, ...] = ()
    no_value: tuple[str, ...] = ()
    sql: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """As JSON holds it; ``read_report`` reads it again."""
        return asdict(self)


def report_of(outcome: Outcome) -> Report:
    """What may be kept of an outcome."""
    if _small(outcome.total.rows):
        persons = None if 0 < outcome.total.rows[0] < LEAST else outcome.total.persons
        return Report(Line(persons=persons), (), (), (), NO_SPREAD, NO_SPREAD, outcome.unit, hidden=("total",),
                      **_said_with(outcome))
    regions, together = lines_by_region(outcome.by_region)
    months = tuple((day.isoformat(), before, after) for day, before, after in outcome.by_month)
    hidden = [name for name,
              count in (("months", outcome.fewest.get("month", 0)), ("payers", outcome.fewest.get("payer", 0)),
                                       ("unknown", outcome.total.rows[5])) if 0 < count < LEAST]
    return Report(_line((), [outcome.total]), regions, () if "months" in hidden else months,
                  () if "payers" in hidden else outcome.payers, outcome.spread_before, outcome.spread_after,
                  outcome.unit,
                  None if "unknown" in hidden else outcome.total.unknown, outcome.error,
                  (*hidden, *(["regions"] if together else [])), **_said_with(outcome))


NO_SPREAD = Spread(None, None, None, None)


def _said_with(outcome: Outcome) -> dict[str, Any]:
    cited = tuple((one.document, one.clause.zh, one.clause.en, one.mark) for one in outcome.unverified)
    return {"open_tiers": outcome.open_tiers, "missing": outcome.missing, "unverified": tuple(dict.fromkeys(cited)),
            "unverified_values": outcome.unverified_values, "no_value": outcome.no_value, "sql": outcome.sql}


def _small(rows: Sequence[int]) -> bool:
    """Whether a count among persons, entitled before and after, more and less is of one to nine rows."""
    return any(0 < one < LEAST for one in rows[:5])


def _added(some: Iterable[Totals]) -> list[int]:
    return [sum(column) for column in zip(*(one.rows for one in some), strict=True)]


def _line(regions: Sequence[str], some: Sequence[Totals]) -> Line:
    def added(name: str) -> int:
        return sum(getattr(one, name) for one in some)
    return Line(tuple(regions), **{one.name: added(one.name) for one in fields(Line) if one.name != "regions"})


def lines_by_region(by_region: Mapping[str, Totals]) -> tuple[tuple[Line, ...], bool]:
    """A line for each region that may be shown, and one for the others; whether there are others."""
    order = sorted(by_region, key=lambda code: (not _small(by_region[code].rows), by_region[code].rows[0], code))
    together = [code for code in order if _small(by_region[code].rows)]
    while together and len(together) < len(order) and _small(_added(by_region[code] for code in together)):
        together.append(order[len(together)])
    if together and _small(_added(by_region[code] for code in together)):
        return (), True
    alone = [_line([code], [by_region[code]]) for code in sorted(set(by_region) - {*together})]
    rest = [_line(sorted(together), [by_region[code] for code in together])] if together else []
    return (*alone, *rest), bool(together)


def read_report(row: Mapping[str, Any]) -> Report:
    """The report that ``plain`` wrote."""
    def listed(name: str) -> Any:
        return tuple(tuple(one) if isinstance(one, list) else one for one in row[name])
    lists = {name: listed(name) for name in ("months", "payers", "hidden", "open_tiers", "missing", "unverified",
                                             "unverified_values", "no_value", "sql")}
    return Report(total=_read_line(row["total"]), regions=tuple(map(_read_line, row["regions"])),
                  spread_before=Spread(**row["spread_before"]), spread_after=Spread(**row["spread_after"]),
                  unit=row["unit"], unknown=row["unknown"], error=row["error"], **lists)


def _read_line(row: Mapping[str, Any]) -> Line:
    return Line(**{**row, "regions": tuple(row["regions"])})


def plain_people(people: People, *, simulated: bool) -> dict[str, Any]:
    """The population as it is named beside every result; counts of one to nine bad rows become None."""
    def count(rows: int) -> int | None:
        return None if 0 < rows < LEAST else rows
    return {"name_zh": people.name.zh, "name_en": people.name.en, "source": people.source, "digest": people.digest,
            "rows": count(people.rows), "bad": count(people.bad),
            "reasons": [[name, count(rows)] for name, rows in people.reasons],
            "synthetic": people.synthetic, "simulated": simulated}


__all__ = ["LEAST", "Line", "Report", "lines_by_region", "plain_people", "read_report", "report_of"]
