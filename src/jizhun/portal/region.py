"""The region page: what a place promises beside what holds everywhere, what does not fit, what is on record."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import GENERAL, Catalogue
from jizhun.frame.here import Here, public_page
from jizhun.frame.promises import Figure, Reader, finding_shown
from jizhun.frame.sources import sources_about
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, here_url, place_name, words
from jizhun.kernel.bilingual import COMMA
from jizhun.kernel.dating import BEGINNING
from jizhun.portal.listing import edition_on
from jizhun.provisions.actions import book, labels, told
from jizhun.provisions.rules.comparing import Standing, Verdict, limit_in, standings
from jizhun.regions.actions import tree
from jizhun.regions.rules import Tree

VERDICTS: Mapping[Verdict, Any] = {
    "better": gettext_lazy("better"), "equal": gettext_lazy("the same"),
    "other": gettext_lazy("different, neither better nor worse"),
    "within": gettext_lazy("within the limits set for all"),
    "only_here": gettext_lazy("no single value for all"),
    "nothing": gettext_lazy("no value on record"),
}


@public_page
def region(request: HttpRequest, here: Here) -> HttpResponse:
    """One place on one day."""
    held = book()
    found = standings(held, here.code, here.on)
    own = sorted((one for one in found if one.own), key=lambda one: one.subject == GENERAL)  # services first
    counts = Counter(one.verdict for one in own)
    table = _table(here, own)
    names = catalogue()
    findings = [(*_subject(names, one.subject, here), words(one.here.measure.name), finding_shown(each))
                for one in found for each in told(one.here)]
    context = {
        "facts": _facts(tree(), here), "table": table, "own": len(own), "all": len(found), "findings": findings,
        "counts": [(VERDICTS[verdict], counts[verdict]) for verdict in VERDICTS if counts[verdict] and not here.at_top],
        "coverage": _coverage(here, found), "sources": sources_about(here.place, here.on),
        "top": place_name(here.path[0])}
    return show(request, "portal/region.html", context, [table])


def _facts(held: Tree, here: Here) -> list[tuple[str, str]]:
    """Since when it exists, from what it came, and who pays it."""
    place = here.place
    facts = [(_("Code"), place.code)]
    if place.valid_from > BEGINNING:
        facts.append((_("Exists since"), day(place.valid_from)))
    before = [held.known(code) for code in held.came_from(place.code) if code != place.code]
    if before:
        facts.append((_("Came from"), words(COMMA).join(words(one.name) for one in before)))
    fiscal = held.parent(place.code, here.on, "fiscal")
    if fiscal and fiscal != held.parent(place.code, here.on):
        facts.append((_("Budget agreed with"), place_name(held.known(fiscal))))
    return facts


def _table(here: Here, own: Sequence[Standing]) -> Table:
    """Where anybody below the top speaks: what holds here, what holds everywhere, and how the two compare.

    At the top itself: what it promises.
    """
    reader, names = Reader(tree(), labels(), book().measures), catalogue()
    columns = [Column("subject", _("Service"), "head"), Column("measure", _("Measure")), Column("here", _("Here")),
               Column("set_by", _("Set by"))]
    if not here.at_top:
        columns += [Column("everywhere", place_name(here.path[0])), Column("verdict", _("In comparison"))]
    rows: list[list[Cell | str]] = []
    for one in own:
        subject, address = _subject(names, one.subject, here)
        row: list[Cell | str] = [
            Cell(subject, href=address, small="" if one.subject == GENERAL else one.subject, plain=one.subject),
            Cell(words(one.here.measure.name), href=here_url({"here": here}, "value-history",
                                                             what=f"{one.subject} {one.measure}")),
            _in_words(reader.figure(one.here)), _set_by(one)]
        if not here.at_top:
            row += [_everywhere(reader, one), Cell(str(VERDICTS[one.verdict]), plain=one.verdict)]
        rows.append(row)
    return Table("promises", _("What is promised here"), columns, rows, caption_hidden=True, stacked=True)


def _set_by(one: Standing) -> Cell | str:
    """The nearest place whose paper holds here, and since when."""
    say = one.here.nearest
    if say is None:
        return ""
    return Cell(place_name(tree().known(say.place)), small=_("since %(day)s") % {"day": day(say.valid_from)},
                plain=say.place)


def _everywhere(reader: Reader, one: Standing) -> Cell | str:
    """What holds for all: a value, what stands in for it, or the limits that are set."""
    figure = reader.figure(one.nation)
    if figure is None and one.verdict == "within":
        return reader.speech.says(limit_in(one.nation))
    other = words(one.nation.measure.name) if one.nation.measure.code != one.measure and figure else ""
    return Cell(_in_words(figure), small=other)


def _in_words(figure: Figure | None) -> str:
    return figure.whole if figure else "–"


def _subject(held: Catalogue, subject: str, here: Here) -> tuple[str, str]:
    """The words for an item or matter, and the page that tells of it."""
    address = ""
    if subject in held.matters:
        address = here_url({"here": here}, "item", held.matters[subject].item) + f"#{subject}"
    elif subject in held.items:
        address = here_url({"here": here}, "item", subject)
    return words(held.name_of(subject)), address


def _coverage(here: Here, found: Sequence[Standing]) -> list[tuple[str, int, int]]:
    """(definition, number, denominator): items with a value here, and with a paper of this place or one between."""
    edition, held = edition_on(here.place.root, here.on), catalogue()
    items = set(held.editions.get(edition.code, {})) if edition else set()

    def of(rows: Sequence[Standing]) -> int:
        subjects = {one.subject for one in rows}
        return len(items & (subjects | {held.matters[code].item for code in subjects & held.matters.keys()}))

    valued = [one for one in found if one.here.value is not None]
    if not items:
        return []
    told = [(_("Items of the list with any value on record that holds here"), of(valued), len(items))]
    if not here.at_top:
        local = of([one for one in valued if one.here.path[-1].say is not None])
        told.append((_("Items on which a paper of this very place is on record"), local, len(items)))
    return told
