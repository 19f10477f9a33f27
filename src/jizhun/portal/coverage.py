"""Coverage: matters x places by several definitions side by side, and the list of what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.evaluation.coverage import coverage, days_of_trend, group_name, lacking, no_list, over_time, recipients
from jizhun.evaluation.rules.coverage import DEFINITIONS, Definition, Matrix, Share
from jizhun.evaluation.rules.overview import ByPeople, by_people
from jizhun.frame.addresses import with_query
from jizhun.frame.charts import Chart, HeatCell, heat_map, month_line
from jizhun.frame.here import Here, public_page
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, place_name, share, words
from jizhun.guides.actions import SORTS
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.regions.actions import persons, tree

BOUNDS = (0.999, 0.8, 0.6, 0.4, 0.2)
"""From which share on a cell is the lightest, the second lightest, ...; below all: the deepest."""
RECIPIENTS = "recipients"
CLOSELY = 400
"""Places for which every missing pair is listed with the fields that lack; for more, only in the file, without them."""
SCALE = ("100 %", "80–100 %", "60–80 %", "40–60 %", "20–40 %", "< 20 %")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the picture: its name, its address, its cells."""

    name: str
    href: str
    cells: Sequence[tuple[Share, str, int | None]]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows or columns that are counted together: code, name, positions in the matrix, where a click leads."""

    code: str
    name: str
    at: Sequence[int]
    href: str


@public_page
def coverage_page(request: HttpRequest, here: Here) -> HttpResponse:
    """The picture of one definition, all definitions side by side, and what is missing."""
    if before := no_list(here.code, here.on):
        return show(request, "portal/coverage.html", {"before": before})
    found = coverage(region=here.code, on=here.on)
    chosen, item, group = _chosen(request), request.GET.get("item", ""), request.GET.get("group", "")
    matters = _matters(found, item, group, here)
    rows, columns = _rows(request, found, matters, here), _columns(request, found, here)
    lines = _lines(found, chosen, rows, columns)
    picture = _picture(chosen, lines, columns, here)
    few = len(found.places) <= CLOSELY
    missing = _missing(found, chosen, matters, here) if few or request.GET.get("csv") == "missing" else None
    people = _people(found, matters, columns, here)
    monthly, line = _monthly(here, chosen, found, matters) if "months" in request.GET else (None, None)
    tables = [_sides(found, matters, people), _as_table(chosen, rows, columns, lines),
              *([missing] if missing else []), *([monthly] if monthly else [])]
    return show(request, "portal/coverage.html", {
        "definitions": [(one, found.share(one.code, matters), with_query(request, count=one.code))
                        for one in DEFINITIONS],
        "chosen": chosen, "lines": lines, "columns": columns, "scale": SCALE, "sides": tables[0], "figures": tables[1],
        "item": item, "item_name": catalogue().items.get(item), "group": group, "places": len(found.places),
        "groups": [(code, words(group_name(code))) for code in recipients(here.on)],
        "by_recipients": request.GET.get("rows") == RECIPIENTS,
        "missing": missing if few else None, "picture": picture, "matters": len(matters),
        "people": people.get(chosen.code), "monthly": monthly, "line": line},
                tables, [picture, *([line] if line else [])])


# -- by people, and by month ---------------------------------------------------------------------------


def _people(found: Matrix, matters: Sequence[int], columns: Sequence[Group], here: Here) -> dict[str, ByPeople]:
    """Each definition with the places of the picture weighed by their people; nothing where there is but one place."""
    if len(columns) < 2:
        return {}
    known = {code: one.number for code, one in persons([one.code for one in columns], here.on).items()}
    told = {one.code: by_people({column.code: found.share(one.code, matters, column.at).value for column in columns},
                                known) for one in DEFINITIONS}
    return {code: one for code, one in told.items() if one is not None}


def _monthly(here: Here, chosen: Definition, found: Matrix, matters: Sequence[int]) -> tuple[Table, Chart | None]:
    """The chosen definition on the last day of each month, of the same matters, with each day's own denominator."""
    wanted = {found.matters[n] for n in matters}
    told = [(on, matrix.share(chosen.code, [n for n, code in enumerate(matrix.matters) if code in wanted]))
            for on, matrix in over_time(region=here.code, days=days_of_trend(here.on), compute=True).items()]
    columns = [Column("day", _("Day"), "head"), Column("share", _("Share"), "number"),
               Column("fits", _("Pairs that fit"), "number"), Column("of", _("Of"), "number")]
    caption = _("%(definition)s, month by month") % {"definition": words(chosen.name)}
    table = Table("monthly", caption, columns, [
        [on.isoformat(), Cell(share(one.value), plain="" if one.value is None else round(one.value, 6)),
         Cell(count(one.fits), plain=one.fits), Cell(count(one.of), plain=one.of)] for on, one in told],
                  caption_hidden=True)
    values = [(on.isoformat()[:7], one.value, None) for on, one in told]
    line = month_line("monthly", caption, values, share) if any(value is not None for _m, value, _b in values) else None
    return table, line


def _chosen(request: HttpRequest) -> Definition:
    code = request.GET.get("count") or "guide"
    found = next((one for one in DEFINITIONS if one.code == code), None)
    if found is None:
        raise Refused(zh=f"没有“{code}”这种算法。", en=f"There is no definition “{code}”.")
    return found


def _matters(found: Matrix, item: str, group: str, here: Here) -> list[int]:
    """Positions of the matters that are looked at."""
    held = catalogue()
    if item and item not in held.items:
        raise Refused(zh=f"没有编码为“{item}”的服务项目。", en=f"There is no service item “{item}”.")
    serving = set(recipients(here.on).get(group, ())) if group else set(found.matters)
    if group and group not in held.wider:
        raise Refused(zh=f"没有代码为“{group}”的服务对象。", en=f"There is no recipient group “{group}”.")
    return [n for n, code in enumerate(found.matters)
            if code in serving and (not item or held.matters[code].item == item)]


def _rows(request: HttpRequest, found: Matrix, matters: Sequence[int], here: Here) -> list[Group]:
    """Items, or the matters of one item, each leading to its guide here."""
    held = catalogue()
    if request.GET.get("rows") == RECIPIENTS:
        return _by_recipients(request, found, matters, here)
    if request.GET.get("item"):
        return [Group(code, words(held.matters[code].name), [n], f"{reverse('guide', args=[code])}?{here.query}")
                for n in matters if (code := found.matters[n])]
    by_item: dict[str, list[int]] = {}
    for n in matters:
        by_item.setdefault(held.matters[found.matters[n]].item, []).append(n)
    return [Group(code, words(held.items[code]), at, with_query(request, item=code)) for code, at in by_item.items()]


def _by_recipients(request: HttpRequest, found: Matrix, matters: Sequence[int], here: Here) -> list[Group]:
    """Groups of recipients, each with the matters that serve it."""
    looked_at = {found.matters[n]: n for n in matters}
    return [Group(code, words(group_name(code)), at, with_query(request, group=code, rows=None))
            for code, serving in recipients(here.on).items() if code != "all"
            and (at := [looked_at[one] for one in serving if one in looked_at])]


def _columns(request: HttpRequest, found: Matrix, here: Here) -> list[Group]:
    """The places directly below that are counted, or the place itself."""
    held = tree()
    position = {code: n for n, code in enumerate(found.places)}
    groups = []
    for place in here.comparable:
        at = [position[code] for code in held.within(place.code, here.on) if code in position]
        if at:
            groups.append(Group(place.code, place_name(place), at, with_query(request, region=place.code)))
    return groups or [Group(here.code, place_name(here.place), list(range(len(found.places))), "")]


def _lines(found: Matrix, chosen: Definition, rows: Sequence[Group], columns: Sequence[Group]) -> list[Line]:
    table = found.table(chosen.code, [one.at for one in rows], [one.at for one in columns])
    return [Line(row.name, row.href,
                 [(cell, column.href, _shade(cell)) for cell, column in zip(cells, columns, strict=True)])
            for row, cells in zip(rows, table, strict=True)]


def _shade(cell: Share) -> int | None:
    value = cell.value
    return None if value is None else next((n for n, bound in enumerate(BOUNDS) if value >= bound), len(BOUNDS))


def _picture(chosen: Definition, lines: Sequence[Line], columns: Sequence[Group], here: Here) -> Chart:
    caption = f"{words(chosen.name)}{words(Bilingual('：', ': '))}{place_name(here.place)}"
    rows = [(line.name, [HeatCell(shade, share(cell.value), count(cell.of)) for cell, _href, shade in line.cells])
            for line in lines]
    return heat_map("coverage", caption, [one.name for one in columns], rows)


def _as_table(chosen: Definition, rows: Sequence[Group], columns: Sequence[Group], lines: Sequence[Line]) -> Table:
    heads = [Column("code", _("Code")), Column("name", _("Name"), "head"), Column("place_code", _("Code")),
             Column("place", _("Place")), Column("fits", _("Pairs that fit"), "number"),
             Column("of", _("Of"), "number")]
    return Table("figures", words(chosen.name), heads, [
        [row.code, row.name, column.code, column.name, Cell(count(cell.fits), plain=cell.fits),
         Cell(count(cell.of), plain=cell.of)]
        for row, line in zip(rows, lines, strict=True)
        for column, (cell, _href, _n) in zip(columns, line.cells, strict=True)])


def _sides(found: Matrix, matters: Sequence[int], people: Mapping[str, ByPeople]) -> Table:
    """All definitions with their denominators; each pair counted once, and with places weighed by their people."""
    names: Mapping[str, Bilingual] = {one.code: one.name for one in DEFINITIONS}
    columns = [Column("definition", _("Definition"), "head"), Column("share", _("Share"), "number"),
               Column("fits", _("Pairs that fit"), "number"), Column("of", _("Of"), "number"),
               *([Column("people", _("By people"), "number")] if people else []),
               Column("denominator", _("What it is counted of")), Column("text", _("How it is counted"))]
    rows: list[list[Cell | str]] = []
    for one in DEFINITIONS:
        told = found.share(one.code, matters)
        rows.append([words(one.name), share(told.value), Cell(count(told.fits), plain=told.fits),
                     Cell(count(told.of), plain=told.of), *([_by_people(people.get(one.code))] if people else []),
                     words(names[one.of]) if one.of else _("all matters x all places in scope"), words(one.text)])
    return Table("definitions", _("The definitions side by side"), columns, rows, caption_hidden=True, stacked=True)


def _by_people(told: ByPeople | None) -> Cell | str:
    return "–" if told is None else Cell(share(told.value), plain=round(told.value, 6))


def _lacks(chosen: Definition, matter: str, place: str, here: Here, closely: bool) -> str:
    """Which required fields have no value, where that is what is missing."""
    if chosen.code not in SORTS or not closely:
        return words(chosen.name)
    names = lacking(sort=chosen.code, matter=matter, place=place, on=here.on)
    return words(COMMA).join(words(one) for one in names) or words(chosen.name)


def _missing(found: Matrix, chosen: Definition, matters: Sequence[int], here: Here) -> Table:
    """What is missing, with who must act: the place itself."""
    held, names, wanted = tree(), catalogue(), {found.matters[n] for n in matters}
    closely = len(found.places) <= CLOSELY
    columns = [Column("place", _("Place, which must act"), "head"), Column("place_code", _("Code")),
               Column("matter", _("Matter")), Column("code", _("Code")), Column("lacks", _("What is missing"))]
    rows = [[place_name(held.known(place)), place, words(names.matters[matter].name), matter,
             _lacks(chosen, matter, place, here, closely)]
            for matter, place in found.missing(chosen.code) if matter in wanted]
    return Table("missing", _("What is missing"), columns, rows, caption_hidden=True, stacked=True)
