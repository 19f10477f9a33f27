"""How one value came to be: a measure at a place from the first day on record, beside the nation, with every source.

What is known to come stands behind a line at the chosen day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import GENERAL
from jizhun.frame.here import Here, public_page
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, here_url, place_name, words
from jizhun.kernel.bilingual import COLON
from jizhun.kernel.dating import FAR, day_after, months_later
from jizhun.portal.item_history import (
    chart_of,
    figure_of,
    points_of,
    set_by,
    source_cells,
    source_columns,
    stretches_of,
)
from jizhun.provisions.actions import book
from jizhun.provisions.asking import warnings
from jizhun.provisions.rules import Book, Question, Stretch, ask, concern
from jizhun.provisions.rules.telling import unit_in_words

FIRST_CHOICE = (GENERAL, "minimum_wage")
AHEAD_MONTHS = 6
"""So much is shown behind the last change that is known to come."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A measure of a subject on which anybody on the way to the place has ever spoken."""

    subject: str
    measure: str
    chosen: bool = False

    @property
    def value(self) -> str:
        """As the address says it."""
        return f"{self.subject} {self.measure}"

    @property
    def label(self) -> str:
        name = words(book().measures[self.measure].name)
        return name if self.subject == GENERAL else f"{words(catalogue().name_of(self.subject))}{words(COLON)}{name}"


@public_page
def value_history(request: HttpRequest, here: Here) -> HttpResponse:
    """The history of the measure that ``what`` names (subject, a space, measure), at the chosen place."""
    held = book()
    offered = _offered(held, here)
    chosen = _chosen(request, offered)
    choices = [Choice(subject, measure, (subject, measure) == chosen) for subject, measure in offered]
    if chosen is None:
        return show(request, "portal/value_history.html", {"choices": choices})
    one = Choice(*chosen, chosen=True)
    until = _until(held, chosen, here)
    own = stretches_of(held, *chosen, here.code, until)
    above = [] if here.at_top else stretches_of(held, *chosen, here.path[0].code, until)
    table = _table(one, own, above, here, until)
    chart = chart_of("history", one.label, own, above, here, until)
    return show(request, "portal/value_history.html", {
        "choices": choices, "chosen": one, "finding": _finding(one, own, here), "beside": _beside(own, above, here),
        "table": table, "chart": chart, "item": _item(one, here), "direction": held.measures[one.measure].direction,
        "warnings": warnings(ask(held, Question(one.measure, one.subject, here.code, here.on))),
        "to_come": sum(row.valid_from > here.on for row in own)}, [table], [chart] if chart else [])


def _offered(held: Book, here: Here) -> list[tuple[str, str]]:
    path = {place.code for place in here.path}
    found = [key for key, by_place in held.lines.items() if key[1] in held.measures and path & by_place.keys()]
    return sorted(found, key=lambda one: (one[0] != GENERAL, one))


def _chosen(request: HttpRequest, offered: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """What the address names; without a name the minimum wage, or the first; None where it is not on record here."""
    subject, _space, measure = request.GET.get("what", "").strip().partition(" ")
    if subject:
        return (subject, measure) if (subject, measure) in offered else None
    return FIRST_CHOICE if FIRST_CHOICE in offered else next(iter(offered), None)


def _until(held: Book, chosen: tuple[str, str], here: Here) -> date:
    """The chosen day, or some months behind the last change that is known to come at the place or above."""
    subject, measure = chosen
    path, days = {place.code for place in here.path}, concern(held, measure, subject).days
    coming = [one for one in days if here.on < one < FAR]
    own = [line for code in concern(held, measure, subject).measures for chained in held.subjects.chain(subject)
           for place, slots in held.lines.get((chained, code), {}).items() if place in path for line in slots.values()]
    last = max((one for line in own for one in line.change_days() if one in coming), default=None)
    return here.on if last is None else months_later(last, AHEAD_MONTHS)


# -- what is told ----------------------------------------------------------------------------------------


def _finding(one: Choice, own: Sequence[Stretch], here: Here) -> str:
    """The title says what is found: from what to what, since when."""
    what = _("%(what)s in %(place)s") % {"what": one.label, "place": place_name(here.place)}
    told = [stretch for stretch in own if stretch.valid_from <= here.on]
    if not told:
        return _("%(what)s: nothing on record") % {"what": what}
    values = [value for _day, value in points_of(told, here.on) if value is not None]
    unit = words(unit_in_words(told[-1].answer.unit))
    if len(values) > 1 and values[0] != values[-1]:
        return _("%(what)s: from %(first)s to %(last)s %(unit)s since %(day)s") % {
            "what": what, "first": f"{values[0]:g}", "last": f"{values[-1]:g}", "unit": unit,
            "day": day(told[0].valid_from)}
    return _("%(what)s: %(value)s since %(day)s") % {
        "what": what, "value": figure_of(told[-1].answer), "day": day(told[0].valid_from)}


def _beside(own: Sequence[Stretch], above: Sequence[Stretch], here: Here) -> str:
    """How the place stands to the nation on the chosen day, where both have a number."""
    pair = [next((value for start, value in reversed(points_of(some, here.on)) if start <= here.on), None)
            for some in (own, above)]
    if pair[0] is None or pair[1] is None:
        return ""
    if pair[0] == pair[1]:
        return _("On %(day)s this is what holds in the whole nation.") % {"day": day(here.on)}
    return _("On %(day)s the nation's value is %(value)s.") % {"day": day(here.on), "value": f"{pair[1]:g}"}


def _item(one: Choice, here: Here) -> str:
    """The address of the item's page; "" for general parameters."""
    if one.subject == GENERAL:
        return ""
    return here_url({"here": here}, "item", catalogue().chain(one.subject)[-2], tab="history")


def _table(one: Choice, own: Sequence[Stretch], above: Sequence[Stretch], here: Here, until: date) -> Table:
    """A row for each day on which the place's value, the paper behind it, or the nation's value became another."""
    label = words(book().measures[one.measure].name)
    columns = [Column("from", _("From"), "date"), Column("value", label, "head"), Column("set_by", _("Set by"))]
    columns += [Column("nation", place_name(here.path[0]))] if above else []
    days = sorted({start for some in (own, above) for stretch in some for start in _starts(stretch, some, until)})
    rows = [_row(start, own, above, here.on) for start in days]
    told = [now for before, now in pairwise([[], *rows]) if now[1:] != before[1:]]
    return Table("history", _("Every value, the latest first"), [*columns, *source_columns()], told[::-1],
                 caption_hidden=True, stacked=True)


def _starts(stretch: Stretch, some: Sequence[Stretch], until: date) -> list[date]:
    """The first day of a stretch, and the day after it where nothing follows."""
    after = day_after(stretch.valid_until)
    ends = after <= until and not any(other.valid_from == after for other in some)
    return [stretch.valid_from, after] if ends else [stretch.valid_from]


def _row(on: date, own: Sequence[Stretch], above: Sequence[Stretch], today: date) -> list[Cell | str]:
    mine, top = _at(own, on), _at(above, on)
    say = mine.answer.nearest if mine else None
    small = _("to come") if on > today else ""
    row: list[Cell | str] = [Cell(day(on), small=small, plain=str(on)),
                             figure_of(mine.answer) if mine else _("nothing"), set_by(say)]
    return [*row, *([figure_of(top.answer) if top else ""] if above else []), *source_cells(say)]


def _at(some: Sequence[Stretch], on: date) -> Stretch | None:
    return next((one for one in some if one.valid_from <= on <= one.valid_until), None)

