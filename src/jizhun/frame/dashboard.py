"""The dashboard as both doors show it: what the address asks for, and tables and pictures made of an overview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.delivery.models import Source
from jizhun.evaluation.overview import BAR, Others, Overview, PlaceFigure, SetBeside
from jizhun.frame.addresses import with_query
from jizhun.frame.charts import Bar, Chart, TileShown, bars, tile_map
from jizhun.frame.dashboard_targets import graded, month_words, targets
from jizhun.frame.heat import BOUNDS, SCALE, Axes, as_chart, as_table, heat
from jizhun.frame.periods import days_of, periods_with
from jizhun.frame.sources import sources_about
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import count, day, place_name, share, words
from jizhun.kernel.bilingual import COLON, COMMA, Refused
from jizhun.regions.actions import tiles, tree
from jizhun.regions.rules import Place


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for beside the place."""

    source: Source
    offered: Sequence[Source]
    period: str
    bar: float
    people: bool = False
    """Whether places are weighed by how many live there."""

    @property
    def days(self) -> tuple[date | None, date | None]:
        return days_of(self.period)


def asked_of(request: HttpRequest, place: Place, on: date, *, simulated_only: bool = False) -> Asked | None:
    """None where no source tells about the place. Raises Refused for what there is not."""
    offered = [one for one in sources_about(place, on)
               if one.simulated == place.simulated and (one.simulated or not simulated_only)]
    period, wanted = request.GET.get("period", ""), request.GET.get("source", "")
    days_of(period)
    bar = _bar(request.GET.get("bar", ""))
    if wanted and wanted not in {one.code for one in offered}:
        raise Refused(zh=f"来源“{wanted}”没有这个地区的办件。", en=f"The source “{wanted}” has no cases of this place.")
    chosen = next((one for one in offered if one.code == wanted or not wanted), None)
    return Asked(chosen, offered, period, bar, _weighed(request)) if chosen else None


def _weighed(request: HttpRequest) -> bool:
    said = request.GET.get("weigh", "")
    if said not in ("", "once", "people"):
        raise Refused(zh=f"没有“{said}”这种计权方式：请选 once 或 people。",
                      en=f"There is no way “{said}” to weigh places: choose once or people.")
    return said == "people"


def _bar(text: str) -> float:
    """A percentage as a share."""
    try:
        found = Decimal(text) / 100 if text else Decimal(str(BAR))
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 <= found <= 1:
        raise Refused(zh=f"参考线“{text}”不是 0 到 100 之间的数。", en=f"The bar “{text}” is no number from 0 to 100.")
    return float(found)


def elsewhere(on: date) -> Place | None:
    """The topmost fictional place with simulated cases, to go on to from an empty page."""
    held = tree()
    for one in Source.objects.filter(simulated=True).order_by("code"):
        if one.region in held and held.known(one.region).simulated:
            return next(held.known(code) for code in held.path(one.region, on) if held.known(code).simulated)
    return None


# -- the page --------------------------------------------------------------------------------------


def dashboard_context(request: HttpRequest, asked: Asked, shown: Overview) -> tuple[dict[str, Any], list[Table],
                                                                                    list[Chart]]:
    """What the shared part of the page shows, with its tables and pictures."""
    told = targets(shown, asked.people)
    ranking, lying = _ranking(request, shown), _lying(shown)
    beside = [_others(request, name, found, shown)
              for name, found in (("neighbours", shown.neighbours), ("similar", shown.similar))]
    sets = [_set(request, one, shown) for one in shown.sets]
    picture = heat(shown.heat, _caption(shown), _("Item"), _axes(request, asked, shown), shown.source.simulated)
    as_rows = as_table(shown.heat, "item", _across(shown), shown.source.simulated)
    cells = Table("heat", picture.caption, as_rows.columns, as_rows.rows)
    charts = {one.name: one for one in [*(one.trend for one in told if one.trend), *_pictures(request, shown),
                                        as_chart(picture, shown.source.simulated)]}
    context = {
        "shown": shown, "asked": asked, "targets": told, "ranking": ranking, "lying": lying, "heat": picture,
        "heat_table": cells, "charts": charts, "neighbours": beside[0], "similar": beside[1],
        "sets": sets, "in_depth": _in_depth(request), "scale": SCALE,
        "heading": _heading(shown), "span": _span(shown), "year_before": _year_before(shown),
        "periods": periods_with(map(month_words, shown.known)), "bar": f"{asked.bar * 100:g}",
        "grade": graded(shown.quality), "kept_pairs": [(key, request.GET[key]) for key in ("region", "on")
                                                       if key in request.GET],
        "heat_sql": shown.sql["heat"], "results": results_address(asked, shown.place.code)}
    tables = [*(one.table for one in told if one.table), cells, *filter(None, (ranking, lying)),
              *(one for one in beside if one), *(one.table for one in sets if one.table)]
    return context, tables, list(charts.values())


def _heading(shown: Overview) -> str:
    return _("%(place)s: %(share)s of the judged cases kept every promise") % {
        "place": place_name(shown.place), "share": share(shown.total.value)} if shown.total.value is not None else _(
        "%(place)s: no judged cases in this period") % {"place": place_name(shown.place)}


def _span(shown: Overview) -> str:
    return _("%(first)s to %(last)s") % {"first": month_words(shown.span.first), "last": month_words(shown.span.last)}


def _year_before(shown: Overview) -> str:
    earlier = shown.year_before
    return _("%(first)s to %(last)s") % {"first": month_words(earlier.first), "last": month_words(earlier.last)}


def results_address(asked: Asked, region: str, **more: str) -> str:
    """The page of results for the same source and period."""
    query = {"region": region, "source": asked.source.code, "period": asked.period, **more}
    return f"{reverse('results')}?{urlencode({key: value for key, value in query.items() if value})}"


def _across(shown: Overview) -> str:
    return "region" if shown.places else "month"


def _caption(shown: Overview) -> str:
    return _("Items by place") if shown.places else _("Items by month of acceptance")


def _axes(request: HttpRequest, asked: Asked, shown: Overview) -> Axes:
    """A column leads to the place, a row and a cell to their results."""
    if shown.places:
        return Axes(row=lambda code: results_address(asked, shown.place.code, item=code),
                    column=lambda code: _to(request, code),
                    cell=lambda row, column: results_address(asked, column, item=row))
    return Axes(row=lambda code: results_address(asked, shown.place.code, item=code),
                column=lambda code: results_address(asked, shown.place.code, period=code),
                cell=lambda row, column: results_address(asked, shown.place.code, item=row, period=column))


def _to(request: HttpRequest, code: str) -> str:
    return with_query(request, region=code, csv=None, xlsx=None, svg=None)


# -- how places lie --------------------------------------------------------------------------------


def _pictures(request: HttpRequest, shown: Overview) -> list[Chart]:
    found = shown.distribution
    squares = tiles(one.place.code for one in shown.places)
    pictures = [_map(request, shown, squares)] if squares else []
    if found:
        pictures.append(bars("distribution", _("How many places lie where"), [
            Bar(f"{_percent(one.low)}–{_percent(one.high)} %", one.places, count(one.places)) for one in found.bins]))
    return pictures


def _percent(value: float) -> str:
    return f"{value * 100:.1f}".removesuffix(".0")


def _map(request: HttpRequest, shown: Overview, squares: Any) -> Chart:
    by_code = {one.place.code: one for one in shown.places}
    return tile_map("map", _("Tile map: every place has the same size"), [
        TileShown(tile.row, tile.column, words(tile.short), _on_tile(by_code[code]), _shade(by_code[code].value),
                  _sentence(by_code[code]), _to(request, code)) for code, tile in squares.items()])


def _on_tile(one: PlaceFigure) -> str:
    return "–" if one.value is None else f"{int(one.value * 1000) / 10:g}"


def _shade(value: float | None) -> int | None:
    """As in the heat table: the more promises are broken, the deeper."""
    return None if value is None else next((n for n, bound in enumerate(BOUNDS) if value >= bound), len(BOUNDS))


def _sentence(one: PlaceFigure) -> str:
    return f"{place_name(one.place)}{words(COLON)}{share(one.value)}, {count(one.figure.denominator)}"


def _lying(shown: Overview) -> Table | None:
    """The distribution as a table."""
    found = shown.distribution
    if found is None:
        return None
    rows = [(_("Least"), found.least), (_("A tenth of the places at most"), found.tenth),
            (_("A quarter of the places at most"), found.quarter),
            (_("Half of the places at most (median)"), found.median),
            (_("Three quarters of the places at most"), found.three_quarters),
            (_("Nine tenths of the places at most"), found.nine_tenths), (_("Greatest"), found.greatest),
            (_("Share of places below %(bar)s %%") % {"bar": f"{found.bar * 100:g}"}, found.below.value or 0.0)]
    columns = [Column("what", _("Of the places"), "head"), Column("value", _("Figure"), "number")]
    return Table("distribution", _("How the places lie"), columns, [
        [name, Cell(share(value), plain=round(value, 6))] for name, value in rows],
                 _("%(n)s places, each counted once; %(low)s of them below the bar.") % {
                     "n": found.n, "low": found.below.fits}, caption_hidden=True)


def _ranking(request: HttpRequest, shown: Overview) -> Table | None:
    if not shown.places:
        return None
    columns = [Column("rank", _("Rank"), "number"), Column("place", _("Place"), "head"), *_numbers(),
               Column("code", _("Code"))]
    rows = [[Cell("" if one.rank is None else str(one.rank), plain=one.rank or ""),
             Cell(place_name(one.place), href=_to(request, one.place.code)), *_figures(one), one.place.code]
            for one in shown.places]
    return Table("ranking", _("Every place"), columns, rows, caption_hidden=True)


def _numbers() -> list[Column]:
    return [Column("share", _("Kept every promise"), "number"), Column("kept", _("Kept"), "number"),
            Column("judged", _("Judged"), "number"), Column("cases", _("Cases"), "number"),
            Column("year_before", _("Year before"), "number")]


def _figures(one: PlaceFigure) -> list[Cell | str]:
    if one.small:
        return [_("fewer than 10 cases"), "", "", "", ""]
    before = one.before.value if one.before and not one.before.small else None
    numbers = (one.figure.numerator, one.figure.denominator, one.figure.cases)
    return [Cell(share(one.value), plain="" if one.value is None else round(one.value, 6)),
            *(Cell(count(n), plain=n) for n in numbers),
            Cell(_("no data") if before is None else share(before), plain="" if before is None else round(before, 6))]


# -- others ----------------------------------------------------------------------------------------


def _others(request: HttpRequest, name: str, found: Others, shown: Overview) -> Table | None:
    """The places beside that the reader may see, with why each is taken for a similar one."""
    if not found.named:
        return None
    like = name == "similar"
    columns = [Column("place", _("Place"), "head"), *_numbers()[:-1], Column("code", _("Code")),
               *([Column("alike", _("Why similar"))] if like else [])]
    rows = [[Cell(place_name(one.place), href=_to(request, one.place.code)), *_figures(one)[:-1], one.place.code,
             *([_why(one, shown)] if like else [])] for one in found.named]
    captions = {"similar": _("Similar places"), "neighbours": _("Neighbours")}
    caption = captions.get(name, _("Places of the same level that belong to it"))
    return Table(name, caption, columns, rows, caption_hidden=True, stacked=like)


@dataclass(frozen=True, slots=True)
class SetShown:
    """A set of places as the page shows it: its days and source, the two sides below, and places of the same level."""

    found: SetBeside
    days: str
    sides: str
    table: Table | None


def _set(request: HttpRequest, one: SetBeside, shown: Overview) -> SetShown:
    days = _("%(first)s to %(last)s") % {"first": day(one.set.valid_from), "last": day(one.set.valid_until)}
    sides = "" if one.inside is None or one.outside is None else _(
        "Places below: %(inside)s kept in those that belong to it (%(n)s judged cases), %(outside)s in all others "
        "(%(m)s).") % {"inside": share(one.inside.value), "n": count(one.inside.denominator),
                       "outside": share(one.outside.value), "m": count(one.outside.denominator)}
    return SetShown(one, days, sides, _others(request, f"set-{one.set.code}", one.others, shown))


def _in_depth(request: HttpRequest) -> tuple[str, str]:
    """The pages that go on from here, for the same place, source and period."""
    door = "work-" if request.path.startswith(reverse("work-dashboard")) else ""
    kept = {key: request.GET[key] for key in ("region", "on", "source", "period", "weigh") if request.GET.get(key)}
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{reverse(f'{door}equality')}{query}", f"{reverse(f'{door}composite')}{query}"


def _why(one: PlaceFigure, shown: Overview) -> Cell | str:
    if one.alike is None:
        return ""
    common = words(COMMA).join(words(shown.items[item]) for item in one.alike.common)
    told = _("mix of items %(cosine)s alike, volume %(volume)s") % {
        "cosine": f"{one.alike.cosine:.2f}", "volume": f"{one.alike.volume:.2f}"}
    return Cell(told, small=_("above all %(items)s") % {"items": common}, plain=round(one.alike.score, 4))
