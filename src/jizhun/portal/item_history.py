"""How what is promised came to be what it is: every measure of an item at a place, as a picture and a table."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from jizhun.catalogue.rules import Catalogue
from jizhun.frame.charts import Chart, Steps, step_chart
from jizhun.frame.here import Here
from jizhun.frame.promises import SIGNS, Reader, mark_in_words
from jizhun.frame.source_words import source_shown
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import COLON, Bilingual, Refused
from jizhun.kernel.dating import BEGINNING, day_after
from jizhun.provisions.actions import book, labels
from jizhun.provisions.rules import Answer, Book, Cells, Quantity, Question, Say, Stretch, concern, timeline
from jizhun.provisions.rules.telling import unit_in_words
from jizhun.regions.actions import tree


@dataclass(frozen=True, slots=True)
class Past:
    """One measure of the item or of one of its matters: a table of its values, and a picture where they are numbers."""

    code: str
    subject: Bilingual
    measure: Bilingual
    table: Table
    chart: Chart | None
    what: str = ""
    """How the page of this one value is asked for it."""


def history_of(held: Catalogue, code: str, here: Here) -> list[Past]:
    """Every measure on which something was ever promised here, in the order of the page that tells of today."""
    known = book()
    subjects = [(code, held.items[code]), *((one.code, one.name) for one in held.matters_of(code))]
    spoken = {(subject, measure): by_place.keys() for (subject, measure), by_place in known.lines.items()}
    path = set(tree().path(here.code, here.on))
    found = []
    for subject, name in subjects:
        for measure in known.measures:
            if path & spoken.get((subject, measure), set()):
                past = _past(known, subject, name, measure, here)
                found += [past] if past else []
    return found


def _past(known: Book, subject: str, name: Bilingual, measure: str, here: Here) -> Past | None:
    stretches = stretches_of(known, subject, measure, here.code, here.on)
    if not stretches:
        return None
    label = known.measures[measure].name
    caption = f"{words(name)}{words(COLON)}{words(label)}"
    rows = [_row(one) for one in stretches]
    told = [row for number, row in enumerate(rows) if number == 0 or row[1:] != rows[number - 1][1:]]
    table = Table(f"history-{subject}-{measure}", caption, columns(words(label)), told[::-1], caption_hidden=True,
                  stacked=True)
    return Past(subject, name, label, table, _chart(known, subject, measure, caption, stretches, here),
                f"{subject} {measure}")


def stretches_of(known: Book, subject: str, measure: str, place: str, until: date) -> list[Stretch]:
    """From the first day on which anything was said to ``until``; equal values of different papers stay apart."""
    days = [one for one in concern(known, measure, subject).days if BEGINNING < one <= until]
    if not days:
        return []
    asked = Question(measure, subject, place, until)
    try:
        found = timeline(known, asked, min(days), until, tree().change_days)
    except Refused:
        return []
    joined: list[Stretch] = []
    for one in found:
        if joined and _goes_on(joined[-1], one):
            joined[-1] = replace(joined[-1], valid_until=one.valid_until)
        elif one.answer.value is not None:
            joined.append(one)
    return joined


def _goes_on(before: Stretch, now: Stretch) -> bool:
    same = (before.answer.value, before.answer.winners) == (now.answer.value, now.answer.winners)
    return same and day_after(before.valid_until) == now.valid_from


def columns(label: str) -> list[Column]:
    """The columns of a history: from when which value, who set it, and on what it rests."""
    return [Column("from", _("From"), "date"), Column("value", label, "head"), Column("set_by", _("Set by")),
            *source_columns()]


def source_columns() -> list[Column]:
    """Paper, clause, mark and source."""
    return [Column("paper", _("Paper")), Column("clause", _("Clause")), Column("mark", _("How sure")),
            Column("source", _("Source"))]


def _row(one: Stretch) -> list[Cell | str]:
    figure, say = figure_of(one.answer), one.answer.nearest
    return [Cell(day(one.valid_from), plain=str(one.valid_from)), figure, set_by(say), *source_cells(say)]


def figure_of(answer: Answer) -> str:
    """The value in a word or two."""
    figure = Reader(tree(), labels(), book().measures).figure(answer)
    return figure.whole if figure else ""


def set_by(say: Say | None) -> Cell | str:
    """Whose paper it is."""
    return Cell(place_name(tree().known(say.place)), plain=say.place) if say else ""


def source_cells(say: Say | None) -> list[Cell | str]:
    """Paper with its number, clause, mark in words, and where it can be read."""
    if say is None:
        return ["", "", "", ""]
    paper = say.paper
    title = Cell(words(paper.title), small="" if paper.number in paper.title.zh else paper.number) if paper else ""
    shown = source_shown(say.source or (paper.source if paper else ""))
    mark = Cell(mark_in_words(say.mark), sign=SIGNS.get(say.mark, "unread"), plain=say.mark)
    address = shown.addresses[0] if shown.addresses else ""
    text = urlsplit(address).hostname or words(shown.remark)
    return [title, words(say.clause), mark, Cell(text, href=address, small=words(shown.remark) if address else "",
                                                 plain=say.source or (paper.source if paper else ""))]


def _chart(known: Book, subject: str, measure: str, label: str, stretches: Sequence[Stretch],
           here: Here) -> Chart | None:
    """The place's line, and the top's where it is another; None where it never changed or is no number."""
    above = [] if here.at_top else stretches_of(known, subject, measure, here.path[0].code, here.on)
    return chart_of(f"{subject}-{measure}", label, stretches, above, here, here.on)


def chart_of(name: str, label: str, stretches: Sequence[Stretch], above: Sequence[Stretch], here: Here,
             until: date) -> Chart | None:
    """Both lines from day to day; one where the top's is the same; None where the place's never changed."""
    points, top = points_of(stretches, until), points_of(above, until)
    if sum(value is not None for _, value in points) < 2:
        return None
    lines = [Steps(place_name(here.place), points)]
    lines += [Steps(place_name(here.path[0]), top)] if top and top != points else []
    return step_chart(name, _("%(measure)s from day to day") % {"measure": label}, lines, until, here.on,
                      unit=words(unit_in_words(stretches[-1].answer.unit)))


def points_of(stretches: Sequence[Stretch], until: date) -> list[tuple[date, float | None]]:
    """The values as numbers, from day to day; None where a value ends before ``until`` and no other follows."""
    points: list[tuple[date, float | None]] = []
    for one, following in zip_longest(stretches, stretches[1:]):
        points.append((one.valid_from, _number(one.answer)))
        after = day_after(one.valid_until)
        if after < (following.valid_from if following else until):
            points.append((after, None))
    return [point for number, point in enumerate(points) if number == 0 or point[1] != points[number - 1][1]]


def _number(answer: Answer) -> float | None:
    """The value as a number; of several the most favourable."""
    value = answer.value.high if isinstance(answer.value, Cells) else answer.value
    return float(value.amount) if isinstance(value, Quantity) else None
