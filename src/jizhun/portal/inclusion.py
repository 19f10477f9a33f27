"""Is anybody left behind? Groups beside everybody else: online or on site, promises kept, how far the next point is."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jizhun.evaluation.inclusion import GroupRow, Inclusion, inclusion
from jizhun.evaluation.rules import SMALLEST_PUBLISHED
from jizhun.evaluation.rules.inclusion import Gap, sentence
from jizhun.frame.here import Here, public_page
from jizhun.frame.sources import sources_about
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, share, words
from jizhun.guides.rules.points import ACCESS
from jizhun.kernel.bilingual import Bilingual, Refused

ONLINE, KEPT = Bilingual("网上办理占比", "share served online"), Bilingual("承诺兑现率", "share of promises kept")


@public_page
def inclusion_page(request: HttpRequest, here: Here) -> HttpResponse:
    """How groups with needs of their own are served in a place, and how far its service points lie."""
    offered = [one for one in sources_about(here.place, here.on) if one.simulated == here.place.simulated]
    source = next((one for one in offered if one.code == request.GET.get("source")), offered[0] if offered else None)
    if source is None:
        return show(request, "portal/inclusion.html", {"source": None})
    try:
        found = inclusion(source=source.code, region=here.code)
    except Refused as refused:
        return show(request, "portal/inclusion.html", {"source": source, "none": refused.sentence})
    smallest = 1 if source.simulated else SMALLEST_PUBLISHED
    rows = [one for one in found.groups if min(one.own.cases, one.others.cases) >= smallest]
    tables = [_ways(found, rows), _gaps(rows), _points(found)]
    return show(request, "portal/inclusion.html", {
        "source": source, "found": found, "tables": tables, "rows": rows,
        "told": [sentence(one.name, each, what) for one in rows if one.code in found.looked_at
                 for each, what in ((one.online, ONLINE), (one.kept, KEPT))]}, tables)


def _ways(found: Inclusion, rows: Sequence[GroupRow]) -> Table:
    columns = [Column("group", _("For whom"), "head"), Column("cases", _("Cases"), "number"),
               Column("online", _("Online"), "number"), Column("on_site", _("On site"), "number"),
               Column("kept", _("Promises kept"), "number"), Column("judged", _("of judged cases"), "number")]
    listed = [(_("Everybody"), "", found.whole), *((words(one.name), one.code, one.own) for one in rows)]
    return Table("ways", _("How they were served"), columns, [
        [Cell(name, plain=code or "all"), Cell(count(one.cases), plain=one.cases),
         Cell(share(one.online.value), plain=one.online.value), Cell(share(one.on_site.value), plain=one.on_site.value),
         Cell(share(one.kept.value), plain=one.kept.value), Cell(count(one.kept.of), plain=one.kept.of)]
        for name, code, one in listed], stacked=True, caption_hidden=True, totals=frozenset({0}))


def _gaps(rows: Sequence[GroupRow]) -> Table:
    columns = [Column("group", _("For whom"), "head"), Column("what", _("What")),
               Column("one", _("This group"), "number"), Column("other", _("Everybody else"), "number"),
               Column("difference", _("Difference in points"), "number"),
               Column("between", _("95 % interval")), Column("ratio", _("Ratio"), "number"),
               Column("ratio_between", _("95 % interval of the ratio")), Column("reading", _("Reading"))]
    return Table("gaps", _("Gaps between groups"), columns, [
        _gap(one, each, what) for one in rows for each, what in ((one.online, ONLINE), (one.kept, KEPT))], stacked=True,
                 caption_hidden=True)


def _gap(row: GroupRow, one: Gap, what: Bilingual) -> list[Cell | str]:
    def of(part: int, whole: int) -> str:
        return _("%(part)s of %(of)s") % {"part": count(part), "of": count(whole)}

    ratio = "–" if one.ratio is None else f"{one.ratio:.2f}"
    inside = one.difference_in
    return [Cell(words(row.name), plain=row.code), words(what),
            Cell(share(one.one.value), small=of(one.one.fits, one.one.of), plain=one.one.value),
            Cell(share(one.other.value), small=of(one.other.fits, one.other.of), plain=one.other.value),
            Cell("–" if one.difference is None else f"{one.difference * 100:+.1f}", plain=one.difference),
            "" if inside is None else f"{inside.low * 100:+.1f} … {inside.high * 100:+.1f}",
            Cell(ratio, plain=one.ratio),
            "" if one.ratio_in is None else f"{one.ratio_in.low:.2f} … {one.ratio_in.high:.2f}",
            _("may be chance") if one.may_be_chance else _("more than chance")]


def _points(found: Inclusion) -> Table:
    told = found.reach
    columns = [Column("what", _("Service points"), "head"), Column("n", _("Number"), "number"),
               Column("share", _("Share"), "number")]

    def row(name: str, n: int, of: int) -> list[Cell | str]:
        return [name, Cell(count(n), plain=n), share(n / of) if of else ""]

    rows = [row(_("on record"), told.points, 0), row(_("with coordinates"), told.placed, told.points),
            row(_("with a distance to the hall of their place"), told.measured, told.points)]
    rows += [row(words(name), told.access.get(code, 0), told.points) for code, name in ACCESS.items()]
    return Table("points", _("Service points and who can get in"), columns, rows, caption_hidden=True)
