"""Places side by side: two to eight places, every promise and guide, the most different first, what would level it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.collaboration.actions import areas
from jizhun.collaboration.actions.beside import SideBySide, side_by_side
from jizhun.collaboration.actions.levelling import cost_of
from jizhun.collaboration.documents.word import as_docx
from jizhun.collaboration.documents.wording import finding, moves, standing, target_words
from jizhun.collaboration.documents.workbook import as_xlsx
from jizhun.collaboration.rules.beside import MOST, Beside, Row
from jizhun.frame.addresses import short, with_query
from jizhun.frame.here import Here, meant_places, public_page
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import XLSX, Cell, Column, Table, show
from jizhun.frame.tags import place_name, words
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.regions.actions import tree

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FEWEST_FIELDS = 4
"""Places that the form always has room for."""
LONGEST_CELL = 240


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks: places as typed, the subject to be seen line by line, the group."""

    typed: tuple[str, ...]
    subject: str
    group: str

    def compared(self, here: Here) -> SideBySide:
        """The answer; Refused where a place cannot be told, naming what was typed, or places do not go together."""
        return side_by_side(places=tuple(place_meant(one, here) for one in self.typed), on=here.on, group=self.group)


def asked_in(request: HttpRequest) -> Asked:
    """What the address says."""
    typed = tuple(one.strip() for one in request.GET.getlist("with") if one.strip())
    return Asked(typed, request.GET.get("subject", ""), request.GET.get("group", "") or "all")


def place_meant(text: str, here: Here) -> str:
    """The code of the one place that the words mean that day; Refused where none or several do."""
    found = meant_places(text, here.on)
    if len(found) != 1:
        raise Refused(zh=f"“{text[:40]}”{'可能是多个地区，请写代码' if found else '不是地区名称或代码'}。",
                      en=f"“{text[:40]}” {'may be several places: give the code' if found else 'is no place'}.")
    return found[0].code


@public_page
def compare(request: HttpRequest, here: Here) -> HttpResponse:
    """The page; without places the form and the areas to choose from."""
    wrong, asked = "", asked_in(request)
    try:
        found = asked.compared(here) if asked.typed else None
    except Refused as refused:
        wrong, found = words(refused.sentence), None
    if found is None:
        return show(request, "portal/compare.html", {**_form(request, asked, here), "wrong": wrong},
                    status=400 if wrong else 200)
    one = _chosen(found, asked.subject)
    names = [place_name(tree().known(code)) for code in found.places]
    summary = _summary(request, found)
    lines = _lines("lines", one.differing, names, found) if one else None
    alike = _lines("alike", [row for row in one.rows if not row.differs], names, found) if one else None
    changes = _moves(one, names, found) if one else None
    context = {**_form(request, asked, here), "found": found, "names": words(COMMA).join(names), "one": one,
               "finding": words(finding(found, catalogue().name_of)), "summary": summary, "lines": lines,
               "alike": alike, "changes": changes, "equal": sum(not part.apart for part in found.subjects),
               "simulated": tree().known(found.places[0]).simulated,
               "subject": words(catalogue().name_of(one.subject)) if one else "", "costs": _costs(one, found, names),
               "files": [(form, f"{reverse('compare-file', args=[form])}{with_query(request, subject=None)}")
                         for form in ("xlsx", "docx")]}
    return show(request, "portal/compare.html", context,
                [one_ for one_ in (summary, lines, alike, changes) if one_ is not None])


def _form(request: HttpRequest, asked: Asked, here: Here) -> dict[str, object]:
    """The fields, and the areas as a short way to fill them."""
    fields = [*asked.typed, *[""] * max(1, FEWEST_FIELDS - len(asked.typed))][:MOST]
    shown = [(words(one.name), len(members), with_query(request, **{"with": None, "subject": None}) + "".join(
        f"&with={code}" for code in members[:MOST])) for one in areas.areas()
        if len(members := areas.members(one, here.on)) > 1]
    return {"places": fields, "areas": shown, "most": MOST}


def _chosen(found: SideBySide, subject: str) -> Beside | None:
    """What is seen line by line: the subject asked for, else the one that differs most."""
    if subject:
        one = found.of(subject)
        if one is None:
            raise NotFound(zh=f"这些地区在“{subject}”上没有记录。", en=f"Nothing is on record there for “{subject}”.")
        return one
    return found.subjects[0] if found.subjects else None


def _summary(request: HttpRequest, found: SideBySide) -> Table:
    columns = [Column("subject", _("Matter or item"), "head"), Column("differ", _("Lines that differ"), "number"),
               Column("all", _("All lines"), "number"), Column("apart", _("Pairs of places apart"), "number")]
    rows: list[list[Cell | str]] = [
        [Cell(words(catalogue().name_of(one.subject)), href=with_query(request, subject=one.subject) + "#lines",
              small=one.subject if one.subject != "*" else ""),
         Cell(str(len(one.differing)), plain=len(one.differing)), Cell(str(len(one.rows)), plain=len(one.rows)),
         Cell(str(one.apart), plain=one.apart)] for one in found.subjects if one.apart]
    return Table("subjects", _("What differs most"), columns, rows, caption_hidden=True, stacked=True)


def _lines(name: str, rows_: Sequence[Row], names: list[str], found: SideBySide) -> Table:
    columns = [Column("line", _("Line"), "head"),
               *(Column(code, name) for code, name in zip(found.places, names, strict=True)),
               Column("all", _("What all would say"))]
    rows: list[list[Cell | str]] = [
        [words(row.line.name),
         *(Cell(_cut(words(cell.said.words)) or "–", small=words(standing(row, cell))) for cell in row.cells),
         _cut(words(target_words(row)))] for row in rows_]
    return Table(name, _("Line by line"), columns, rows, caption_hidden=True, stacked=True)


def _moves(one: Beside, names: list[str], found: SideBySide) -> Table | None:
    columns = [Column("place", _("Place"), "head"), Column("line", _("Line")), Column("move", _("What would change")),
               Column("cost", _("Cost"))]
    rows: list[list[Cell | str]] = [
        [names[at], words(row.line.name), words(move), _cost_words(row, found.places[at])]
        for row, at, move in moves(one)]
    return Table("moves", _("What it would take to be the same"), columns, rows, caption_hidden=True,
                 stacked=True) if rows else None


def _cost_words(row: Row, place: str) -> str:
    why = cost_of(row, place)
    return _("can be tried by officials of the place") if why is None else words(why)


def _costs(one: Beside | None, found: SideBySide, names: list[str]) -> list[tuple[str, str, str, str]]:
    """(place, its name, measure, its name) of what can be tried through the what-if."""
    return [(found.places[at], names[at], row.line.code, words(row.line.name)) for row, at, _move in moves(one)
            if cost_of(row, found.places[at]) is None] if one else []


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL - 1] + "…"


@public_page
def compare_file(request: HttpRequest, here: Here, form: str) -> HttpResponse:
    """All of it as a workbook, or what differs as a Word file."""
    made = {"xlsx": (as_xlsx, XLSX), "docx": (as_docx, DOCX)}.get(form)
    if made is None:
        raise NotFound(zh=f"没有“{form}”这种文件。", en=f"There is no file of the kind “{form}”.")
    found = asked_in(request).compared(here)
    write, kind = made
    content = write(found, catalogue().name_of, _place, short(get_language()),
                    simulated=tree().known(found.places[0]).simulated)
    response = HttpResponse(content, content_type=kind)
    name = f"jizhun-{'-'.join(found.places)}-{here.on}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _place(code: str) -> Bilingual:
    return tree().known(code).name
