"""How a standard came to be what it is: its editions, the reviews of it, and the projects that made it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from jizhun.drafting.actions.projects import procedure_of
from jizhun.drafting.models import Project
from jizhun.frame.here import Here
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import day, words
from jizhun.kernel.bilingual import COMMA
from jizhun.portal.standards import in_force_column, number_cell, number_column, status_cell
from jizhun.standards.actions import reviews
from jizhun.standards.asking import clocks_on
from jizhun.standards.rules.clock import STATES, VERDICTS, Clock
from jizhun.standards.rules.library import Library, Standard, undated


@dataclass(frozen=True)
class Past:
    """The tables of the history; ``clock`` where the standard is current."""

    editions: Table
    reviews: Table
    projects: Table
    clock: Clock | None

    @property
    def tables(self) -> list[Table]:
        return [self.editions, self.reviews, self.projects]

    @property
    def state(self) -> str:
        """Where its review stands, in words."""
        return words(STATES[self.clock.state]) if self.clock else ""

    @property
    def told(self) -> list[str]:
        """Why it should be looked at before it is due."""
        return [words(one) for one in self.clock.reasons] if self.clock else []


def history_of(here: Here, held: Library, one: Standard) -> Past:
    """What is on record of it up to the chosen day."""
    clock = next((each for each in clocks_on(here.on) if each.standard.number == one.number), None)
    return Past(_editions(here, held, one), _reviews(here, one), _projects(here, one), clock)


def family(held: Library, one: Standard) -> list[Standard]:
    """Its editions and what they replaced or were replaced by, directly or through others; the latest first."""
    found, open_ends = {one.number: one}, [one]
    while open_ends:
        fresh = {each.number: each for each in _next(held, open_ends.pop()) if each.number not in found}
        found |= fresh
        open_ends += fresh.values()
    return sorted(found.values(), key=lambda each: (each.year or 0, each.number), reverse=True)


def _next(held: Library, one: Standard) -> Iterator[Standard]:
    yield from held.editions.get(undated(one.number), ())
    yield from held.replaced_by.get(one.number, ())
    yield from (held.by_number[number] for number in one.replaces if number in held.by_number)


def _editions(here: Here, held: Library, one: Standard) -> Table:
    columns = [number_column(), Column("title", _("Title")), Column("status", _("Status")),
               Column("published", _("Published"), "date"), in_force_column(),
               Column("replaces", _("Replaces"))]
    rows: list[list[Cell | str]] = [
        [number_cell(here, each) if each.number != one.number else each.number, words(each.title),
         status_cell(held.status(each, here.on) if each.number in held.by_number else ""),
         _day(each.published_on), _day(each.effective_on), words(COMMA).join(each.replaces)]
        for each in family(held, one)]
    return Table("editions", _("Editions and what they replaced"), columns, rows, caption_hidden=True, stacked=True)


def _day(value: object) -> Cell:
    return Cell(day(value), plain=str(value)) if value else Cell("")  # type: ignore[arg-type]


def _reviews(here: Here, one: Standard) -> Table:
    columns = [Column("on", _("Day"), "date"), Column("verdict", _("Verdict")), Column("reason", _("Reason"))]
    rows: list[list[Cell | str]] = [[_day(each.on), words(VERDICTS[each.verdict]), each.reason] for each in reviews()
                                    if each.number == one.number and each.on <= here.on]
    return Table("reviews", _("Reviews on record"), columns, rows, caption_hidden=True)


def _projects(here: Here, one: Standard) -> Table:
    """What made it, and what is to take its place."""
    columns = [Column("code", _("Project"), "head"), Column("title", _("Title")), Column("part", _("What it does")),
               Column("stage", _("Stage")), Column("opened", _("Opened"), "date")]
    some = Project.objects.filter(Q(number=one.number) | Q(revises=one.number), opened_on__lte=here.on)
    rows: list[list[Cell | str]] = [
        [Cell(each.code, small=_("simulated") if each.simulated else ""), words(each.title),
         _("made this standard") if each.number == one.number else _("revises it"),
         words(procedure_of(each).stages[each.stage].name), _day(each.opened_on)] for each in some.order_by("pk")]
    return Table("projects", _("Projects"), columns, rows, caption_hidden=True, stacked=True)
