"""Across the country, over time: what moved the inequality of a measure since a day, and whether places draw nearer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from jizhun.analytics.inequality import Measure, gini, variation
from jizhun.evaluation.rules.change import CAUSES, Change, State, explained, movers, state
from jizhun.evaluation.rules.convergence import Beta, Sigma, beta, sigma
from jizhun.frame.charts import Bar, Chart, bars, month_line
from jizhun.frame.equality import Rows, digits, figure
from jizhun.frame.here import Here
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import place_name, words
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import months_later, parse_day
from jizhun.provisions.rules import Book
from jizhun.provisions.rules.comparing import End, compare
from jizhun.regions.actions import persons, tree

YEARS, MOVERS_SHOWN, ENOUGH = 15, 12, 0.8
MEASURES: Mapping[str, Measure] = {"variation": variation, "gini": gini}


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared over time: a measure of an item or matter, in these places, with names."""

    held: Book
    measure: str
    subject: str
    end: End
    places: Sequence[str]
    here: Here

    def values(self, on: date) -> dict[str, float]:
        """Place -> its value above zero on a day, for the places that were there and had one."""
        there = [code for code in self.places if tree().known(code).exists(on)]
        found = compare(self.held, self.measure, self.subject, there, on, self.end)
        return {row.place: float(row.amount) for row in found.known if row.amount is not None and row.amount > 0}


def over_time(request: HttpRequest, asked: Compared) -> tuple[dict[str, Any], list[Table], list[Chart]]:
    """What the page shows of change: context, tables, pictures. Raises Refused for a day that is none."""
    moved, moved_tables, moved_charts = _moved(request, asked)
    drawn, drawn_tables, drawn_charts = _drawn(asked)
    return {"moved": moved, "drawn": drawn}, [*moved_tables, *drawn_tables], [*moved_charts, *drawn_charts]


# -- what moved it ---------------------------------------------------------------------------------


def _since(request: HttpRequest, on: date) -> date:
    said = request.GET.get("since", "").strip()
    since = parse_day(said) if said else months_later(on, -12)
    if since >= on:
        raise Refused(zh=f"起始日 {since} 应早于 {on}。", en=f"The earlier day {since} must lie before {on}.")
    return since


def _moved(request: HttpRequest, asked: Compared) -> tuple[dict[str, Any], list[Table], list[Chart]]:
    since, on = _since(request, asked.here.on), asked.here.on
    before, after = asked.values(since), asked.values(on)
    kept = [code for code in asked.places if code in before and code in after]
    told: dict[str, Any] = {"since": since, "places": len(kept)}
    if len(kept) < 2:
        return told, [], []
    first, last, weighed = _states(kept, before, after, since, on)
    changes = {code: explained(first, last, measure) for code, measure in MEASURES.items()}
    table = _causes(changes)
    by_place = movers(first, last, variation, kept)
    ranking = _movers(by_place, before, after)
    charts = [_bars(by_place)] if any(by_place.values()) else []
    return {**told, "weighed": weighed, "table": table, "movers": ranking if by_place else None,
            "picture": charts[0] if charts else None, "changed": len(by_place)}, [
        table, *([ranking] if by_place else [])], charts


def _states(kept: Sequence[str], before: Mapping[str, float], after: Mapping[str, float], since: date,
            on: date) -> tuple[State, State, bool]:
    """Both days; places count by their people where these are known of every place on both days."""
    then, now = persons(kept, since), persons(kept, on)
    weighed = all(code in then and code in now for code in kept)
    people = ([[float(some[code].number) for code in kept] for some in (then, now)] if weighed else [None, None])
    return (state([before[code] for code in kept], population=people[0]),
            state([after[code] for code in kept], population=people[1]), weighed)


def _causes(changes: Mapping[str, Change]) -> Table:
    """The change of each measure as the sum of its causes."""
    columns = [Column("cause", _("Cause"), "head"), Column("variation", _("Coefficient of variation"), "number"),
               Column("gini", _("Gini coefficient"), "number")]
    both = list(changes.values())
    rows: Rows = [[_("on the earlier day"), *(figure(one.before) for one in both)]]
    rows += [[words(name), *(_signed(getattr(one, code)) for one in both)] for code, name in CAUSES.items()]
    rows.append([_("on the later day"), *(figure(one.after) for one in both)])
    return Table("moved", _("What moved it"), columns, rows, caption_hidden=True)


def _signed(value: float) -> Cell:
    told = digits(value) if abs(value) > 1e-12 else "0"
    return Cell(f"+{told}" if value > 1e-12 else told, plain=float(f"{value:.10g}"))


def _movers(parts: Mapping[Any, float], before: Mapping[str, float], after: Mapping[str, float]) -> Table:
    """The places whose standard changed, by how much each moved the coefficient of variation."""
    columns = [Column("place", _("Place"), "head"), Column("before", _("Before"), "number"),
               Column("after", _("After"), "number"), Column("part", _("Moved it by"), "number")]
    order = sorted(parts, key=lambda code: (-abs(parts[code]), code))
    rows: Rows = [[place_name(tree().known(code)), Cell(f"{before[code]:g}", plain=before[code]),
                   Cell(f"{after[code]:g}", plain=after[code]), _signed(parts[code])] for code in order]
    return Table("movers", _("Whose change of a standard moved it"), columns, rows, caption_hidden=True)


def _bars(parts: Mapping[Any, float]) -> Chart:
    order = sorted(parts, key=lambda code: (-abs(parts[code]), code))[:MOVERS_SHOWN]
    return bars("movers", _("By how much each change of a standard moved the coefficient of variation"), [
        Bar(place_name(tree().known(code)), abs(parts[code]), _signed(parts[code]).text) for code in order])


# -- over years ------------------------------------------------------------------------------------


def _drawn(asked: Compared) -> tuple[dict[str, Any], list[Table], list[Chart]]:
    """The same day of every year in which the same places had values, at most fifteen years back."""
    days = [months_later(asked.here.on, -12 * n) for n in range(YEARS - 1, -1, -1)]
    told = {on: asked.values(on) for on in days}
    kept = _same_places(told, asked)
    years = {on.year: [told[on][code] for code in kept] for on in days if set(kept) <= told[on].keys()}
    if len(kept) < 2 or len(years) < 2:
        return {}, [], []
    found = sigma(years)  # type: ignore[arg-type]
    drift = _beta(years)
    names = list(found.by_year)
    columns = [Column("year", _("Year"), "head"), Column("variation", _("Coefficient of variation"), "number")]
    caption = _("Coefficient of variation, year by year")
    table = Table("years", caption, columns, [[str(year), figure(found.by_year[year])] for year in names],
                  caption_hidden=True)
    chart = month_line("years", caption, [(str(year), found.by_year[year], None) for year in names],
                       lambda value: f"{value:.4f}")
    return {"table": table, "picture": chart, "lines": _lines(found, drift), "places": len(kept),
            "on": f"{asked.here.on:%m-%d}"}, [table], [chart]


def _same_places(told: Mapping[date, Mapping[str, float]], asked: Compared) -> list[str]:
    """The places with a value in every year in which four fifths of those that have one now had one."""
    now = set(told[asked.here.on])
    full = [set(one) for one in told.values() if len(now & set(one)) >= ENOUGH * len(now)]
    return [code for code in asked.places if all(code in one for one in full)] if now else []


def _beta(years: Mapping[int, Sequence[float]]) -> Beta | None:
    first, last = min(years), max(years)
    try:
        return beta(years[first], years[last], last - first)
    except Refused:
        return None


def _lines(found: Sigma, drift: Beta | None) -> list[str]:
    """What sigma and beta say, each with its standard error."""
    said = [_("Sigma: from the first year to the last the coefficient of variation changed by %(change)s.") % {
        "change": _signed(found.change).text}]
    if found.line is not None:
        said.append(_("The line through it: %(slope)s %(unit)s, standard error %(error)s.") % {
            "slope": f"{found.line.slope:+.5f}", "unit": _("a year"), "error": f"{found.line.error:.5f}"})
    if drift is not None:
        said.append(_("Beta: slope %(slope)s (standard error %(error)s) over %(n)s places; below zero those behind "
                      "rose faster.") % {"slope": f"{drift.line.slope:+.3f}", "error": f"{drift.line.error:.3f}",
                                         "n": drift.line.n})
        if drift.half_life is not None:
            said.append(_("At that pace half of the distance would be gone after %(years)s years.") % {
                "years": f"{drift.half_life:.1f}"})
    return said
