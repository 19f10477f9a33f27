"""The library of standards: which hold here, in what state, whom they serve, and how far they were verified."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from jizhun.catalogue.actions import catalogue
from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.here import Here, public_page
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import NATION, count, here_url, place_name, verified, words
from jizhun.kernel.bilingual import COMMA
from jizhun.regions.actions import tree
from jizhun.regions.rules import Tree
from jizhun.standards.actions import library
from jizhun.standards.asking import clocks_on, items_of, library_on
from jizhun.standards.rules.clock import Clock
from jizhun.standards.rules.faults import number_key
from jizhun.standards.rules.library import CURRENT, KINDS, STATUSES, Library, Standard

MARKS: Mapping[str, Any] = {"read": gettext_lazy("source read"), "unread": gettext_lazy("not verified")}
FILTERS = ("q", "kind", "status", "item", "mark", "all")
MOST_CODES = 3
SIMULATED = "SIM"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; "" asks for all. ``everywhere``: also what holds in other places only."""

    words: str
    kind: str
    status: str
    item: str
    mark: str
    everywhere: bool

    def fits(self, one: Standard, status: str) -> bool:
        """Whether a standard is asked for."""
        return (self.kind in ("", one.kind) and self.status in ("", status)
                and (not self.item or self.item in items_of(one))
                and (not self.mark or (self.mark == "read") == verified(one.mark)) and self._named(one))

    def _named(self, one: Standard) -> bool:
        wanted = bare(self.words)
        return not wanted or any(wanted in bare(text) for text in (one.number, one.title.zh, one.title.en))


def bare(text: str) -> str:
    """Letters and digits alone, so that ``gbt 1.1`` finds GB/T 1.1."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@public_page
def standards(request: HttpRequest, here: Here) -> HttpResponse:
    """The library, for the chosen place and day."""
    held, asked = library_on(here.on), _asked(request)
    everything, local = beside(held, here), holding_at(held, here)
    wide = everything if asked.everywhere else local
    found = [one for one in wide if asked.fits(one, held.status(one, here.on))]
    table = _table(here, held, found)
    shown = listing(request, table)
    counts = _counts(here, held, wide)
    chart = _chart(here, held, wide)
    context = {
        "listing": shown, "asked": asked, "counts": counts, "chart": chart, "number": len(wide),
        "current": sum(held.status(one, here.on) == CURRENT for one in wide),
        "read": sum(verified(one.mark) for one in wide), "elsewhere": len(everything) - len(local),
        "choices": _choices(wide), "filtered": any(request.GET.get(name) for name in FILTERS),
        "empty": not library().by_number}
    return show(request, "portal/standards/library.html", context, [shown.whole, counts], [chart])


def _asked(request: HttpRequest) -> Asked:
    named = {name: request.GET.get(name, "").strip() for name in FILTERS}
    return Asked(named["q"][:80], named["kind"], named["status"], named["item"], named["mark"], named["all"] == "1")


def holding_at(held: Library, here: Here) -> list[Standard]:
    """The standards of the place and of those above it."""
    path = {place.code for place in here.path}
    return [one for one in held.by_number.values() if one.region in path]


def beside(held: Library, here: Here) -> list[Standard]:
    """The standards of every place; those of a fictional one never stand beside real ones."""
    if here.place.simulated:
        return list(held.by_number.values())
    return [one for one in held.by_number.values() if one.mark != SIMULATED]


def _choices(some: Iterable[Standard]) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers: code and words."""
    names, items = catalogue(), sorted({code for one in some for code in items_of(one)})
    return {"kind": [(code, words(name)) for code, name in KINDS.items()],
            "status": [(code, words(name)) for code, name in STATUSES.items()],
            "item": [(code, words(names.name_of(code))) for code in items],
            "mark": [(code, str(name)) for code, name in MARKS.items()]}


# -- the list ------------------------------------------------------------------------------------------


def _table(here: Here, held: Library, found: Sequence[Standard]) -> Table:
    columns = [number_column(), Column("title", _("Title")), Column("kind", _("Kind")),
               Column("status", _("Status")), in_force_column(),
               Column("issuer", pgettext("standard", "Issued by")), Column("serves", _("Serves")),
               Column("review_due", _("Review due"), "date"), Column("mark", _("Verified"))]
    clocks = {clock.standard.number: clock for clock in clocks_on(here.on)}
    ordered = sorted(found, key=lambda one: (list(KINDS).index(one.kind), number_key(one.number)))
    places = tree()
    rows = [_row(here, held, one, clocks.get(one.number), places) for one in ordered]
    return Table("standards", _("Standards"), columns, rows, caption_hidden=True, stacked=True)


def number_column() -> Column:
    """The column that names the row."""
    return Column("number", pgettext("standard", "Number"), "head")


def in_force_column() -> Column:
    """Since when it is to be carried out."""
    return Column("in_force", pgettext("standard", "In force from"), "date")


def _row(here: Here, held: Library, one: Standard, clock: Clock | None, places: Tree) -> list[Cell | str]:
    due = clock.due.isoformat() if clock and clock.due else ""
    return [number_cell(here, one), words(one.title), kind_cell(one, places), status_cell(held.status(one, here.on)),
            one.effective_on.isoformat() if one.effective_on else "", words(one.issuer), serves_cell(one),
            Cell(due, small=_("by the year alone") if clock and clock.by_year and due else ""), mark_cell(one.mark)]


def number_cell(here: Here, one: Standard) -> Cell:
    """The number as a link to its page; what is made up says so wherever it is named."""
    return Cell(one.number, href=standard_url(here, one.number), small=_("simulated") if one.mark == SIMULATED else "")


def standard_url(here: Here, number: str) -> str:
    """The page of a standard, for the same place and day."""
    return here_url({"here": here}, "standard", number)


def kind_cell(one: Standard, places: Tree) -> Cell:
    """The kind, and below it where it holds, unless everywhere."""
    place = "" if one.region == NATION or one.region not in places else place_name(places.known(one.region))
    return Cell(words(KINDS[one.kind]), small=place)


def status_cell(status: str) -> Cell:
    """The state in a word, with its sign."""
    return Cell(words(STATUSES[status]), sign=f"state-{status}") if status else Cell("")


def mark_cell(mark: str) -> Cell:
    """Whether its source was read."""
    if mark == SIMULATED:
        return Cell(_("simulated"), sign="simulated")
    return Cell(str(MARKS["read" if verified(mark) else "unread"]), sign="verified" if verified(mark) else "unread")


def serves_cell(one: Standard) -> Cell:
    """The first codes of what it serves, all of them in the files."""
    codes = words(COMMA).join(one.serves[:MOST_CODES])
    more = len(one.serves) - MOST_CODES
    return Cell(f"{codes} +{more}" if more > 0 else codes, plain=words(COMMA).join(one.serves))


# -- the picture and its table -------------------------------------------------------------------------


def _tally(here: Here, held: Library, some: Iterable[Standard]) -> Counter[tuple[str, str]]:
    return Counter((one.kind, held.status(one, here.on)) for one in some)


def _counts(here: Here, held: Library, some: Sequence[Standard]) -> Table:
    """How many of each kind are in which state."""
    tally = _tally(here, held, some)
    there = [status for status in STATUSES if any(tally[kind, status] for kind in KINDS)]
    columns = [Column("kind", _("Kind"), "head"), *(Column(one, words(STATUSES[one]), "number") for one in there),
               Column("all", _("All"), "number")]
    kinds = [kind for kind in KINDS if any(tally[kind, status] for status in there)]
    rows = [[words(KINDS[kind]), *_numbers([tally[kind, status] for status in there])] for kind in kinds]
    rows.append([_("All"), *_numbers([sum(tally[kind, status] for kind in kinds) for status in there])])
    return Table("counts", _("Standards by kind and state"), columns, rows, totals=frozenset({len(kinds)}))


def _numbers(numbers: Sequence[int]) -> list[Cell | str]:
    return [Cell(count(number), plain=number) for number in (*numbers, sum(numbers))]


def _chart(here: Here, held: Library, some: Sequence[Standard]) -> Chart:
    """A bar for the current ones of each kind, with how many there are in all."""
    tally = _tally(here, held, some)
    kinds = [kind for kind in KINDS if any(tally[kind, status] for status in STATUSES)]
    rows = [Bar(words(KINDS[kind]), tally[kind, CURRENT],
                _("%(current)s of %(all)s") % {"current": tally[kind, CURRENT],
                                               "all": sum(tally[kind, status] for status in STATUSES)})
            for kind in kinds]
    return bars("kinds", _("Current standards by kind, of all on record"), rows)
