"""Equality in depth as both doors show it: indices at two levels, between and within, the curve, over time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.analytics.inequality import (
    Measure,
    Weights,
    atkinson,
    gini,
    mean,
    span,
    theil,
    theil_l,
    variation,
)
from jizhun.analytics.inequality import lorenz as lorenz_points
from jizhun.evaluation.depth import Depth, Level, Over
from jizhun.evaluation.indices.formulas import FORMULAS
from jizhun.evaluation.rules.equality import Layered, dagum, interval, layered
from jizhun.frame.addresses import with_query
from jizhun.frame.charts import Bar, Chart, bars, lorenz, month_line
from jizhun.frame.dashboard import Asked
from jizhun.frame.dashboard_targets import month_words
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import count, place_name, words
from jizhun.kernel.bilingual import Refused

SEED = 1
Rows = list[list[Cell | str]]


def _half(values: Any, weights: Weights = None) -> float:
    return atkinson(values, weights, epsilon=0.5)


MEASURES: Mapping[str, Measure] = {
    "variation": variation, "span": span, "gini": gini, "theil": theil, "theil_l": theil_l, "atkinson": _half}
MAY_VARY = ("variation", "gini")
"""Of these the bootstrap interval is told."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to count a level: its values, and their weights (None: each once)."""

    code: str
    name: str
    values: Sequence[float]
    weights: Sequence[float] | None


def equality_context(request: HttpRequest, asked: Asked, found: Depth) -> tuple[dict[str, Any], list[Table],
                                                                                list[Chart]]:
    """What the shared part of the page shows, with its tables and pictures."""
    ways = [one for name, level in ((_("directly below"), found.first), (_("below these"), found.second))
            for one in _ways(name, level)]
    indices = _indices(ways)
    lead = found.second if len(found.second.units) > 1 else found.first
    weights = lead.weights if asked.people else None
    between, groups = _between(found, lead, weights)
    curve = _curve(lead, weights)
    over = found.over_people if asked.people else found.over
    periods, line = _periods(over)
    charts = [one for one in (curve, *_pictures(groups), line) if one is not None]
    tables = [one for one in (indices, between, groups, periods) if one is not None]
    context = {
        "shown": found.shown, "asked": asked, "found": found, "indices": indices, "between": between, "groups": groups,
        "charts": {one.name: one for one in charts}, "over": over, "periods": periods, "lead": lead,
        "converges": _converges(over), "weighed": weights is not None, "unknown": lead.unknown,
        "heading": _("%(place)s: where the differences lie") % {"place": place_name(found.shown.place)},
        "span": _("%(first)s to %(last)s") % {"first": month_words(found.shown.span.first),
                                              "last": month_words(found.shown.span.last)},
        "back": back(request), "other": with_query(request, weigh=None if asked.people else "people"),
        "sql": found.shown.sql["equality"]}
    return context, tables, charts


def back(request: HttpRequest) -> str:
    """The dashboard that such a page goes on from."""
    door = "work-dashboard" if request.path.startswith(reverse("work-dashboard")) else "dashboard"
    query = request.GET.copy()
    for name in ("csv", "xlsx", "svg", "weights", "method", "normal"):
        query.pop(name, None)
    return f"{reverse(door)}?{query.urlencode()}" if query else reverse(door)


def _ways(name: str, level: Level) -> list[Way]:
    if len(level.units) < 2:
        return []
    once = Way("once", _("%(n)s places %(where)s, each once") % {"n": len(level.units), "where": name}, level.values,
               None)
    if level.weights is None:
        return [once]
    known = len(level.units) - level.unknown
    return [once, *([Way("people", _("%(n)s places %(where)s, by people") % {"n": known, "where": name}, level.values,
                         level.weights)] if known > 1 else [])]


def told(measure: Callable[[], float]) -> float | None:
    """The figure; None where these values have none."""
    try:
        return measure()
    except Refused:
        return None


def figure(value: float | None) -> Cell | str:
    """Four decimals on the page, or two digits of what is smaller; more in the files."""
    return "–" if value is None else Cell(digits(value), plain=float(f"{value:.10g}"))


def digits(value: float) -> str:
    """Four decimals, as many more as it takes to see two digits; never powers of ten."""
    small = 0 < abs(value) < 0.001
    return f"{value:.{min(1 - floor(log10(abs(value))), 12)}f}" if small else f"{value:.4f}"


# -- indices ---------------------------------------------------------------------------------------


def _indices(ways: Sequence[Way]) -> Table | None:
    """Every measure in every way, with the interval in which it would lie had other such places been drawn."""
    if not ways:
        return None
    columns = [Column("measure", _("Indicator"), "head"),
               *(Column(f"way{n}", way.name, "number") for n, way in enumerate(ways, 1))]
    rows: Rows = [[_("Mean"), *(figure(told(lambda way=way: mean(way.values, way.weights))) for way in ways)]]  # type: ignore[misc]
    for code, measure in MEASURES.items():
        rows.append([Cell(words(FORMULAS[code].name), small=_("ε = 0.5") if code == "atkinson" else "", plain=code),
                     *(_with_interval(code, measure, way) for way in ways)])
    return Table("indices", _("How far apart, in several ways"), columns, rows, _(
        "In brackets: the interval that holds 95 of 100 draws of other places like these (bootstrap, 2,000 draws)."),
        caption_hidden=True, stacked=True)


def _with_interval(code: str, measure: Measure, way: Way) -> Cell | str:
    value = told(lambda: measure(way.values, way.weights))
    if value is None or code not in MAY_VARY or len(way.values) < 3:
        return figure(value)
    try:
        around = interval(measure, way.values, way.weights, seed=SEED)
    except Refused:
        return figure(value)
    return Cell(f"{value:.4f}", small=f"[{around.low:.4f}, {around.high:.4f}]", plain=round(value, 10))


# -- between and within ----------------------------------------------------------------------------


def _between(found: Depth, lead: Level, weights: Sequence[float] | None) -> tuple[Table | None, Table | None]:
    """The layers of Theil's measures and Dagum's parts; and what each group adds."""
    keyed = [(one, n) for n, one in enumerate(lead.units) if one.above and (weights is None or weights[n] > 0)]
    depth_ = min((len(one.above) for one, _n in keyed), default=0)
    if len(keyed) < 2 or not depth_:
        return None, None
    values = [one.value for one, _n in keyed]
    heavy = None if weights is None else [weights[n] for _one, n in keyed]
    layers = [[one.above[at] for one, _n in keyed] for at in range(depth_)]
    try:
        t, el = (layered(values, layers, heavy, which=which) for which in ("T", "L"))  # type: ignore[arg-type]
        parts = dagum(values, layers[-1], heavy)
    except Refused:
        return None, None
    names = _layer_names(found, lead, depth_)
    rows: Rows = [[name, figure(a.value), _part(a.value, t.total), figure(b.value), _part(b.value, el.total)]
                  for name, a, b in zip(names, (*t.layers, t.within), (*el.layers, el.within), strict=True)]
    for name, value in ((_("Gini: within the groups"), parts.within), (_("Gini: between them, net"), parts.net),
                        (_("Gini: overlap of groups"), parts.overlap)):
        rows.append([name, figure(value), _part(value, parts.total), "", ""])
    columns = [Column("part", _("Where it lies"), "head"), Column("t", _("Theil T, or Gini"), "number"),
               Column("t_share", _("Part of it"), "number"), Column("l", _("Theil L"), "number"),
               Column("l_share", _("Part of it"), "number")]
    table = Table("between", _("Between and within"), columns, rows, caption_hidden=True, stacked=True)
    return table, _groups(found, layers[-1], values, heavy, t)


def _layer_names(found: Depth, lead: Level, depth_: int) -> list[str]:
    parts = found.layers > 1
    if lead is found.first:
        return [_("Between the parts of the country"), _("Between the places within them")]
    inner = _("Between the places directly below, within the parts") if parts and depth_ > 1 else _(
        "Between the places directly below")
    return [*([_("Between the parts of the country")] if parts and depth_ > 1 else []), inner,
            _("Between the places within these")]


def _part(value: float, total: float) -> Cell | str:
    return Cell(f"{value / total:.1%}", plain=round(value / total, 6)) if total > 0 else ""


def _groups(found: Depth, groups: Sequence[str], values: Sequence[float], heavy: Sequence[float] | None,
            t: Layered) -> Table:
    """Each group: how many places, its mean, its own inequality, and what of the whole lies within it."""
    columns = [Column("place", _("Place"), "head"), Column("places", _("Places"), "number"),
               Column("mean", _("Mean"), "number"), Column("variation", _("Coefficient of variation"), "number"),
               Column("within", _("Theil T within it"), "number"), Column("share", _("Part of the whole"), "number")]
    rows: Rows = []
    for group in dict.fromkeys(groups):
        at = [n for n, one in enumerate(groups) if one == group]
        own, weights = [values[n] for n in at], None if heavy is None else [heavy[n] for n in at]
        within = t.within.of.get(group, 0.0)
        rows.append([words(found.names.get(group)) or group, Cell(count(len(at)), plain=len(at)),
                     figure(mean(own, weights)), figure(told(lambda own=own, weights=weights: variation(own, weights))),  # type: ignore[misc]
                     figure(within), _part(within, t.total)])
    rows.sort(key=lambda row: -float(str(row[4].plain)) if isinstance(row[4], Cell) else 0.0)
    return Table("groups", _("What each place adds"), columns, rows, caption_hidden=True, stacked=True)


def _pictures(groups: Table | None) -> list[Chart]:
    if groups is None:
        return []
    shares = [(row[0], row[5]) for row in groups.rows]
    return [bars("groups", _("Part of the whole inequality that lies within each place"), [
        Bar(str(name), float(str(cell.plain)), cell.text) for name, cell in shares if isinstance(cell, Cell)])]


def _curve(lead: Level, weights: Sequence[float] | None) -> Chart | None:
    value = told(lambda: gini(lead.values, weights)) if len(lead.units) > 1 else None
    if value is None:
        return None
    title = _("Lorenz curve, Gini %(gini)s") % {"gini": f"{value:.4f}"}
    below = _("share of people") if weights is not None else _("share of places")
    return lorenz("lorenz", title, lorenz_points(lead.values, weights), (below, _("share of the sum")))


# -- over time -------------------------------------------------------------------------------------


def _period(start: int, months: int) -> str:
    return str(start // 100) if months == 12 else f"{start // 100}-Q{(start % 100 - 1) // 3 + 1}"


def _periods(over: Over | None) -> tuple[Table | None, Chart | None]:
    if over is None or over.sigma is None:
        return None, None
    names = [_period(one, over.months) for one in over.periods]
    values = list(over.sigma.by_year.values())
    caption = _("Coefficient of variation, period by period")
    columns = [Column("period", _("Period"), "head"), Column("variation", _("Coefficient of variation"), "number")]
    table = Table("periods", caption, columns, [[name, figure(value)] for name, value in zip(
        names, values, strict=True)], caption_hidden=True)
    points = [(name, value, None) for name, value in zip(names, values, strict=True)]
    return table, month_line("periods", caption, points, lambda value: "–" if value is None else f"{value:.4f}")


def _converges(over: Over | None) -> list[str]:
    """What sigma and beta say, each with its standard error."""
    if over is None:
        return []
    said = []
    unit = _("a year") if over.months == 12 else _("a quarter")
    if over.sigma is not None:
        line = over.sigma.line
        said.append(_("Sigma: from the first period to the last the coefficient of variation changed by "
                      "%(change)s.") % {"change": f"{over.sigma.change:+.4f}"})
        if line is not None:
            said.append(_("The line through it: %(slope)s %(unit)s, standard error %(error)s.") % {
                "slope": f"{line.slope:+.5f}", "unit": unit, "error": f"{line.error:.5f}"})
    if over.beta is not None:
        said.append(_("Beta: slope %(slope)s (standard error %(error)s) over %(n)s places; below zero those behind "
                      "rose faster.") % {
            "slope": f"{over.beta.line.slope:+.3f}", "error": f"{over.beta.line.error:.3f}", "n": over.beta.line.n})
        if over.beta.half_life is not None:
            said.append(_("At that pace half of the distance would be gone after %(years)s years.") % {
                "years": f"{over.beta.half_life:.1f}"})
    return said
