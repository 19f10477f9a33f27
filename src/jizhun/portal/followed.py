"""Did it happen that way: how many cases of a matter followed the procedure of their place, and where the time went."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jizhun.analytics.following.flow import ALLOWED
from jizhun.catalogue.actions import catalogue
from jizhun.delivery.models import Source
from jizhun.evaluation.actions import sources
from jizhun.evaluation.following import Result, followed, matters_with_steps
from jizhun.evaluation.rules import telling
from jizhun.evaluation.rules.following import Move, PairOff
from jizhun.frame.addresses import with_query
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.here import Here, public_page
from jizhun.frame.sources import concerning
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, place_name, words
from jizhun.kernel.bilingual import Refused
from jizhun.regions.actions import tree

LISTED = 20


@dataclass(frozen=True, slots=True)
class Offered:
    """A matter with steps on record here, and where it leads."""

    code: str
    name: str
    href: str


@public_page
def followed_page(request: HttpRequest, here: Here) -> HttpResponse:
    """The matters with steps on record, or one of them held against the procedure."""
    source = _source(request, here)
    offered = [Offered(code, words(catalogue().matters[code].name), with_query(request, matter=code))
               for code in (matters_with_steps(source.code) if source else ()) if code in catalogue().matters]
    matter = request.GET.get("matter", "")
    if matter and matter not in catalogue().matters:
        raise NotFound(zh=f"没有编码为“{matter}”的事项。", en=f"There is no matter with the code “{matter}”.")
    if not matter or source is None:
        return show(request, "portal/followed.html", {"offered": offered, "source": source,
                                                      "elsewhere": None if source else _elsewhere()})
    try:
        found = followed(matter=matter, region=here.code, source=source.code)
    except Refused as refused:
        return show(request, "portal/followed.html", {"offered": offered, "source": source, "none": refused.sentence,
                                                      "elsewhere": None, "matter": matter})
    tables = [_deviations(found), _ways(found), _times(found), _places(found, here)]
    return show(request, "portal/followed.html", {
        "offered": offered, "source": source, "found": found, "matter": matter, "tables": tables,
        "name": found.matter[1], "told": telling.sentences(found.figures, found.with_steps),
        "share": telling.percent(found.figures.followed), "picture": _picture(found)}, tables, [_picture(found)])


def _source(request: HttpRequest, here: Here) -> Source | None:
    """Whose steps tell about the place: the one asked for, else the first."""
    counts = sources()
    known = [one for one in concerning(Source.objects.filter(code__in=counts), counts, here.place, here.on)
             if matters_with_steps(one.code) and one.simulated == here.place.simulated]
    return next((one for one in known if one.code == request.GET.get("source")), known[0] if known else None)


def _elsewhere() -> tuple[str, str] | None:
    """A place that has steps on record: its code and name."""
    for one in Source.objects.order_by("code"):
        if matters_with_steps(one.code):
            held = tree()
            code = next((code for code in held.within(one.region, max(held.change_days))
                         if held.known(code).simulated == one.simulated), one.region)
            return code, place_name(held.known(code))
    return None


def _picture(found: Result) -> Chart:
    """The kinds of deviation by how many finished cases have them."""
    rows = [Bar(words(telling.KIND_NAMES[one.kind]), one.cases.part,
                f"{telling.percent(one.cases)} · {count(one.cases.part)}") for one in found.figures.deviations]
    return bars("deviations", _("Where cases left the procedure"), rows)


def _deviations(found: Result) -> Table:
    columns = [Column("kind", _("Deviation"), "head"), Column("pair", _("Step after step")),
               Column("cases", _("Cases"), "number"), Column("share", _("Share of finished cases"), "number")]
    rows: list[list[Cell | str]] = []
    sums = set()
    for one in found.figures.deviations:
        sums.add(len(rows))
        rows.append([Cell(words(telling.KIND_NAMES[one.kind]), small=words(telling.EXPLAINED[one.kind])), "",
                     Cell(count(one.cases.part), plain=one.cases.part), telling.percent(one.cases)])
        rows += [[words(telling.KIND_NAMES[one.kind]), words(telling.pair(pair, found.figures.flow)),
                  Cell(count(pair.cases), plain=pair.cases), ""]
                 for pair in one.pairs]
    return Table("deviating", _("What deviated, in which cases"), columns, rows, caption_hidden=True,
                 stacked=True, totals=frozenset(sums))


def _ways(found: Result) -> Table:
    columns = [Column("way", _("Way"), "head"), Column("deviates", _("What deviates")),
               Column("cases", _("Cases"), "number"), Column("share", _("Share of finished cases"), "number")]
    rows: list[list[Cell | str]] = [
        [words(telling.way(one, found.figures.flow)),
         Cell(_("nothing") if one.followed else words(telling.kinds(one.kinds)),
              sign="kept" if one.followed else "breach"),
         Cell(count(one.cases.part), plain=one.cases.part), telling.percent(one.cases)]
        for one in found.figures.common]
    return Table("ways", _("Ways most gone"), columns, rows, caption_hidden=True, stacked=True)


def _times(found: Result) -> Table:
    columns = [Column("pair", _("From the end of one step to the end of the next"), "head"),
               Column("times", _("How often"), "number"), Column("median", _("Half within")),
               Column("p90", _("Nine tenths within")), Column("limit", _("Limit of the step")),
               Column("over", _("Over the limit"), "number")]
    return Table("times", _("Where the time went"), columns,
                 [_time(one, found) for one in found.figures.moves[:LISTED]], caption_hidden=True, stacked=True)


def _time(one: Move, found: Result) -> list[Cell | str]:
    pair = words(telling.pair(PairOff(one.previous, one.step, one.times), found.figures.flow))
    numbers: Sequence[int | None] = (one.median, one.p90) if one.limit else (one.median_hours, one.p90_hours)
    told = [words(telling.amount(n, one.limit.unit) if one.limit else telling.elapsed(n)) for n in numbers]
    strange = "" if one.kind == ALLOWED else words(telling.KIND_NAMES[one.kind])
    return [Cell(pair, small=strange), Cell(count(one.times), plain=one.times), *told, words(telling.limit(one.limit)),
            telling.percent(one.over) if one.over else ""]


def _places(found: Result, here: Here) -> Table:
    columns = [Column("place", _("Place"), "head"), Column("share", _("Followed"), "number"),
               Column("finished", _("Finished cases"), "number"), Column("open", _("Open cases"), "number")]
    rows: list[list[Cell | str]] = []
    for row in found.figures.places:
        code, name = found.places[row.place]
        if found.simulated or not row.small:
            rows.append([Cell(words(name),
                              href=f"?region={code}&matter={found.matter[0]}" if code != here.code else ""),
                         telling.percent(row.followed), Cell(count(row.followed.of), plain=row.followed.of),
                         Cell(count(row.open), plain=row.open)])
    return Table("places", _("Place by place"), columns, rows, caption_hidden=True, stacked=True)


