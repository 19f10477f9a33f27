"""Attainment as published: the distribution first, then place by place, one place item by item. Nothing unpublished."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jizhun.evaluation.attainment import published
from jizhun.evaluation.models import RoundResults
from jizhun.evaluation.rules.attainment import BINS
from jizhun.evaluation.rules.sheet_words import knock_out, scoring
from jizhun.evaluation.rules.sheets import VOICES, Sheet, plain, value_in_words
from jizhun.evaluation.sheets import name_of, sheet_of
from jizhun.frame.addresses import with_query
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.here import Here, public_page
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, place_name, words
from jizhun.kernel.bilingual import Bilingual
from jizhun.regions.actions import tree

Result = Mapping[str, Any]


@public_page
def attainment_page(request: HttpRequest, here: Here) -> HttpResponse:
    """The newest published round that tells of the place, or the one asked for; a place of it, item by item."""
    offered = published(here.code)
    asked = request.GET.get("round", "")
    chosen = next((one for one in offered if str(one.round_id) == asked), offered[0] if offered else None)
    if chosen is None:
        return show(request, "portal/attainment.html", {"offered": [], "elsewhere": _elsewhere(here)})
    sheet, own = sheet_of(chosen.round.sheet), chosen.results.get(here.code)
    within = set(tree().within(here.code, here.on))
    results = {place: one for place, one in chosen.results.items() if place in within}
    picture = _picture(results)
    tables = [_places(results)] if own is None else [_items(sheet, own)]
    return show(request, "portal/attainment.html", {
        "offered": [(one, with_query(request, round=one.round_id)) for one in offered], "chosen": chosen, "own": own,
        "sheet": sheet, "sheet_name": name_of(chosen.round.sheet), "table": tables[0], "picture": picture,
        "attained": sum(one["attained"] for one in results.values()), "of": len(results),
        "knocked": _knocked(sheet, results), "why": _why(sheet, own) if own else ""}, tables, [picture])


def _elsewhere(here: Here) -> tuple[str, str] | None:
    """A place of which results are published."""
    found = RoundResults.objects.select_related("round").order_by("-pk").first()
    return (found.round.region, place_name(tree().known(found.round.region))) if found else None


def _share(one: Result) -> Decimal:
    return Decimal(one["points"]) / Decimal(one["of"]) if Decimal(one["of"]) else Decimal(0)


def _picture(results: Mapping[str, Result]) -> Chart:
    bins = [0] * BINS
    for one in results.values():
        bins[min(int(_share(one) * BINS), BINS - 1)] += 1
    least = next((n for n, number in enumerate(bins) if number), 0)
    return bars("attainment", _("Places by share of the points"),
                [Bar(f"{n * 10}–{n * 10 + 10} %", number, count(number)) for n, number in enumerate(bins)
                 if n >= least])


def _places(results: Mapping[str, Result]) -> Table:
    """In the order of the codes: no ranking."""
    held = tree()
    columns = [Column("place", _("Place"), "head"), Column("code", _("Code")), Column("points", _("Points"), "number"),
               Column("of", _("Full points"), "number"), Column("attained", _("Attained"))]
    return Table("attainment", _("Place by place"), columns, [
        [Cell(place_name(held.known(place)), href=f"?region={place}"), place,
         Cell(one["points"], plain=float(one["points"])), Cell(one["of"], plain=float(one["of"])), _verdict(one)]
        for place, one in results.items()], caption_hidden=True, stacked=True)


def _verdict(one: Result) -> Cell:
    if one["attained"]:
        return Cell(words(Bilingual("达标", "attained")), sign="kept")
    return Cell(words(Bilingual("有待改进", "to be improved")),
                small=_("a knock-out item failed") if one["knocked"] else "")


def _items(sheet: Sheet, own: Result) -> Table:
    columns = [Column("item", _("Item"), "head"), Column("value", _("Value")), Column("points", _("Points"), "number"),
               Column("of", _("Full points"), "number"), Column("who", _("Whose word")),
               Column("scoring", _("How it is scored"))]
    rows: list[list[Cell | str]] = []
    for item in sheet.items:
        voice, value, points = own["items"][item.code]
        rows.append([words(item.name), words(value_in_words(item, value)), Cell(points, plain=float(points)),
                     Cell(plain(item.points), plain=float(item.points)), words(VOICES.get(voice)) or "–",
                     Cell(words(scoring(item)), small=words(knock_out(item)))])
    return Table("items", _("Each item"), columns, rows, caption_hidden=True, stacked=True)


def _knocked(sheet: Sheet, results: Mapping[str, Result]) -> list[tuple[Bilingual, int]]:
    found: dict[str, int] = {}
    for one in results.values():
        for code in one["knocked"]:
            found[code] = found.get(code, 0) + 1
    return [(sheet.item(code).name, number) for code, number in found.items()]


def _why(sheet: Sheet, own: Result) -> str:
    """Why the place has not attained; nothing where it has."""
    if own["attained"]:
        return ""
    if own["knocked"]:
        return ", ".join(words(sheet.item(code).name) for code in own["knocked"])
    return _("the pass mark is %(points)s points") % {"points": plain(sheet.pass_share * Decimal(own["of"]))}
