"""The second tab of what does not fit: values that should be renewed, and values asked for that nobody gave."""

from collections.abc import Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import GENERAL
from jizhun.frame.lists import listing
from jizhun.frame.promises import Reader
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, place_name, words
from jizhun.kernel.dating import FAR, months_later
from jizhun.provisions.actions import labels, measures
from jizhun.provisions.asking import Checked, Due, findings_over, paper_title, renewals_over
from jizhun.provisions.rules.checking import WARNED_MONTHS
from jizhun.regions.actions import tree
from jizhun.workbench.asked import Asked, Offered
from jizhun.workbench.rule_tables import mark_cell


def renewals(request: HttpRequest, asked: Asked, offered: Offered) -> HttpResponse:
    """Both lists for the place and period that the address asks for."""
    due = renewals_over(region=asked.region, first=asked.first, last=asked.last)
    missing = [one for one in findings_over(region=asked.region, first=asked.first, last=asked.last)
               if one.finding.kind == "delegated_missing"]
    there = {one.say.measure for one in due} | {one.measure for one in missing}
    shown = listing(request, _due_table([one for one in due if asked.measure in ("", one.say.measure)], asked.today))
    table = _missing_table([one for one in missing if asked.measure in ("", one.measure)])
    known = measures()
    return show(request, "workbench/renewals.html", {
        "asked": asked, "offered": offered, "listing": shown, "missing": table,
        "measures": [(code, words(known[code].name)) for code in known if code in there],
        "overdue": sum(one.overdue(asked.today) for one in due)}, [shown.whole, table])


def _due_table(rows: Sequence[Due], today: date) -> Table:
    columns = [Column("measure", _("Measure"), "head"), Column("place", _("Place")), Column("value", _("Last value")),
               Column("since", _("Since"), "date"), Column("due", _("To be renewed by"), "date"),
               Column("state", _("State")), Column("rule", _("By which rule")), Column("paper", _("Paper")),
               Column("mark", _("How sure"))]
    return Table("renewals", _("Values to be renewed"), columns, [_due_row(one, today) for one in rows],
                 caption_hidden=True, stacked=True)


def _due_row(one: Due, today: date) -> list[Cell | str]:
    say, measure = one.say, measures()[one.say.measure]
    href = reverse("one-provision", args=[say.key]) if say.key else ""
    subject = "" if say.subject == GENERAL else words(catalogue().name_of(say.subject))
    return [
        Cell(words(measure.name), href=href, small=subject, plain=measure.code),
        Cell(place_name(tree().known(say.place)), plain=say.place),
        Reader(tree(), labels(), measures()).speech.value(say.value, say.unit),
        Cell(day(one.since), plain=str(one.since)), Cell(day(one.due), plain=str(one.due)), state_of(one, today),
        words(paper_title(measure.expected_by)), words(say.paper.title) if say.paper else "", mark_cell(say.mark)]


def state_of(one: Due, today: date) -> Cell:
    """Whether a new value is overdue, due soon or later, or has come."""
    if one.until < today and one.until != FAR:
        return Cell(_("renewed since"), plain="renewed")
    if one.due <= today:
        return Cell(_("overdue, to be checked"), plain="overdue")
    near = one.due <= months_later(today, WARNED_MONTHS)
    return Cell(_("within six months") if near else _("later"), plain="soon" if near else "later")


def _missing_table(rows: Sequence[Checked]) -> Table:
    columns = [Column("subject", _("Service"), "head"), Column("measure", _("Measure")),
               Column("place", _("Who was asked to set it")), Column("by", _("Asked by")),
               Column("since", _("Since"), "date"), Column("paper", _("Paper")),
               Column("effect", _("Places concerned"), "number")]
    return Table("missing", _("Asked for, and not on record here"), columns, [_missing_row(one) for one in rows],
                 stacked=True)


def _missing_row(one: Checked) -> list[Cell | str]:
    duty = one.finding.against
    assert duty is not None  # whoever is missing was asked by somebody
    href = reverse("one-provision", args=[duty.key]) if duty.key else ""
    return [
        Cell(words(catalogue().name_of(one.subject)), href=href, plain=one.subject),
        words(measures()[one.measure].name), Cell(place_name(tree().known(one.finding.place)), plain=one.finding.place),
        Cell(place_name(tree().known(duty.place)), plain=duty.place), Cell(day(one.begins), plain=str(one.begins)),
        words(duty.paper.title) if duty.paper else "", Cell(count(one.effect), plain=one.effect)]
