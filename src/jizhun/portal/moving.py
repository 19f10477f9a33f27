"""Two pages for who moves: what is recognised where, and “moved from A to B: what carries over”."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.collaboration.actions.recognition import Move, asked_for, differences, moving, on_register
from jizhun.collaboration.documents.wording import standing
from jizhun.collaboration.rules.beside import Beside
from jizhun.collaboration.rules.recognising import KINDS, Recognised
from jizhun.frame.addresses import with_query
from jizhun.frame.here import Here, public_page
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import COMMA, Refused
from jizhun.kernel.dating import FAR
from jizhun.portal.compare import place_meant
from jizhun.regions.actions import tree

OTHER_SHOWN = 12
"""Services of which a mover is told that they are promised otherwise."""


def named(code: str) -> str:
    """A place's name in the language of the page."""
    return place_name(tree().known(code))


@public_page
def moving_page(request: HttpRequest, here: Here) -> HttpResponse:
    """The question, and the answer once both places are known."""
    typed = [request.GET.get(name, "").strip() for name in ("from", "to")]
    wrong, found = "", None
    try:
        if all(typed):
            before, after = (place_meant(one, here) for one in typed)
            found = moving(before=before, after=after, on=here.on)
    except Refused as refused:
        wrong = words(refused.sentence)
    context: dict[str, object] = {"typed": typed, "wrong": wrong, "found": found}
    if found is None:
        return show(request, "portal/moving.html", context, status=400 if wrong else 200)
    matters, other = _matters(found), _other(request, found)
    return show(request, "portal/moving.html", {
        **context, "before": named(found.before), "after": named(found.after), "carried": _carried(found),
        "matters": matters, "other": other, "simulated": tree().known(found.before).simulated,
        "compare": f"{reverse('compare')}?with={found.before}&with={found.after}"}, [matters, other])


def _carried(found: Move) -> list[dict[str, object]]:
    """What carries over, each with its paper and the guides that tell how."""
    return [{"kind": words(KINDS[one.kind]), "what": words(one.what), "basis": words(one.basis),
             "note": words(one.note), "mark": one.mark, "source": one.source, "since": one.since,
             "guides": [(words(catalogue().name_of(code)), _guide(code, found.after)) for code in one.matters]}
            for one in found.carried]


def _guide(matter: str, region: str) -> str:
    return f"{reverse('guide', args=[matter])}?region={region}"


def _matters(found: Move) -> Table:
    """The services that somebody who moves meets: how each stands at the new place."""
    columns = [Column("matter", _("What you do"), "head"), Column("line", _("What is promised")),
               Column("before", named(found.before)), Column("after", named(found.after)),
               Column("stands", _("At the new place"))]
    rows: list[list[Cell | str]] = []
    for one in found.matters:
        rows += _rows(one, found.after, all_lines=True)
    return Table("matters", _("The services you meet"), columns, rows, caption_hidden=True, stacked=True)


def _rows(one: Beside, after: str, *, all_lines: bool) -> list[list[Cell | str]]:
    shown = [row for row in one.rows if row.line.sort == "promise" and (all_lines or row.differs)]
    name = words(catalogue().name_of(one.subject))
    link = _guide(one.subject, after) if one.subject in catalogue().matters else ""
    return [[Cell(name, href=link), words(row.line.name), words(row.cells[0].said.words) or "–",
             words(row.cells[1].said.words) or "–", words(standing(row, row.cells[1]))] for row in shown]


def _other(request: HttpRequest, found: Move) -> Table:
    columns = [Column("matter", _("Service"), "head"), Column("line", _("What is promised")),
               Column("before", named(found.before)), Column("after", named(found.after)),
               Column("stands", _("At the new place"))]
    rows = [row for one in found.other[:OTHER_SHOWN] for row in _rows(one, found.after, all_lines=False)]
    return Table("other", _("What else is promised otherwise"), columns, rows, caption_hidden=True, stacked=True)


# -- the register ----------------------------------------------------------------------------------


@public_page
def recognition_page(request: HttpRequest, here: Here) -> HttpResponse:
    """What is recognised between whom that day, at the chosen place; one line with its differences when asked for."""
    region = "" if here.at_top else here.code
    found = on_register(on=here.on, region=region)
    table = _register(request, found)
    code = request.GET.get("line", "")
    one = next((row for row in found if row.code == code), None)
    lines = _differences(one, here.on) if one else None
    return show(request, "portal/recognition.html", {"table": table, "one": one, "lines": lines,
                                                     "asking": _asking(one, here.on) if one else []},
                [table, *([lines] if lines else [])])


def _register(request: HttpRequest, found: list[Recognised]) -> Table:
    columns = [Column("what", _("What is recognised"), "head"), Column("kind", _("Kind")),
               Column("places", _("Between whom")), Column("since", _("Since"), "date"),
               Column("until", _("Until"), "date"), Column("basis", _("Paper behind it")),
               Column("read", _("Source read"))]
    rows: list[list[Cell | str]] = [
        [Cell(words(one.what), href=with_query(request, line=one.code) + "#line", small=words(one.note)),
         words(KINDS[one.kind]), _between(one), Cell(day(one.since), plain=str(one.since)),
         "" if one.until == FAR else day(one.until), words(one.basis),
         _("yes") if one.verified else _("simulated") if one.mark == "SIM" else _("no")] for one in found]
    return Table("recognition", _("What is recognised where"), columns, rows, caption_hidden=True, stacked=True)


def _between(one: Recognised) -> str:
    if one.giver:
        takers = words(COMMA).join(named(code) for code in one.places if code != one.giver)
        return _("given by %(giver)s, taken over by %(takers)s") % {"giver": named(one.giver), "takers": takers}
    return words(COMMA).join(map(named, one.places))


def _differences(one: Recognised, on: date) -> Table | None:
    """How the places differ on the matters of one line, computed from promises and guides."""
    found = differences(code=one.code, on=on)
    if found is None:
        return None
    columns = [Column("matter", _("Matter"), "head"), Column("line", _("Line")),
               *(Column(code, named(code)) for code in found.places)]
    rows: list[list[Cell | str]] = [
        [words(catalogue().name_of(part.subject)), words(row.line.name),
         *(Cell(words(cell.said.words)[:200] or "–", small=words(standing(row, cell))) for cell in row.cells)]
        for part in found.subjects for row in part.differing]
    return Table("differences", _("Where the guides still differ"), columns, rows, caption_hidden=True, stacked=True)


def _asking(one: Recognised, on: date) -> list[tuple[str, str]]:
    """For a material: who still asks for it, and for what."""
    if not one.subject or len(one.places) < 2:
        return []
    found = asked_for(material=one.subject, matters=one.matters, places=one.places[:8], on=on)
    return [(named(place), words(COMMA).join(words(catalogue().name_of(code)) for code in matters))
            for place, matters in found.items() if matters]
