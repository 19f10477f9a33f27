"""How what is promised came to be what it is: every measure of an item at a place, as a picture and a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from jizhun.catalogue.rules import Catalogue
from jizhun.frame.charts import Chart, Steps, step_chart
from jizhun.frame.here import Here
from jizhun.frame.promises import Reader
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import COLON, Bilingual, Refused
from jizhun.kernel.dating import BEGINNING
from jizhun.provisions.actions import book, labels
from jizhun.provisions.rules import Answer, Book, Cells, Quantity, Question, Stretch, concern, timeline
from jizhun.regions.actions import tree


@dataclass(frozen=True, slots=True)
class Past:
    """One measure of the item or of one of its matters: a table of its values, and a picture where they are numbers."""

    code: str
    subject: Bilingual
    measure: Bilingual
    table: Table
    chart: Chart | None


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
    stretches = _stretches(known, subject, measure, here.code, here.on)
    if not stretches:
        return None
    label = known.measures[measure].name
    caption = f"{words(name)}{words(COLON)}{words(label)}"
    return Past(subject, name, label, _table(f"{subject}-{measure}", caption, words(label), stretches),
                _chart(known, subject, measure, caption, stretches, here))


def _stretches(known: Book, subject: str, measure: str, place: str, until: date) -> list[Stretch]:
    """From the first day on which anything was said to ``until``; equal values of different papers stay apart."""
    days = [one for one in concern(known, measure, subject).days if BEGINNING < one <= until]
    if not days:
        return []
    asked = Question(measure, subject, place, until)
    try:
        found = timeline(known, asked, min(days), until, tree().change_days)
    except Refused:
        return []
    told = [one for one in found if one.answer.value is not None]
    return [one for number, one in enumerate(told) if number == 0 or _differs(told[number - 1], one)]


def _differs(before: Stretch, now: Stretch) -> bool:
    return (before.answer.value, before.answer.winners) != (now.answer.value, now.answer.winners)


def _table(key: str, caption: str, label: str, stretches: Sequence[Stretch]) -> Table:
    reader = Reader(tree(), labels(), book().measures)
    columns = [Column("from", _("From"), "date"), Column("value", label, "head"), Column("set_by", _("Set by")),
               Column("paper", _("Paper"))]
    rows = [_row(reader, one) for one in stretches]
    told = [row for number, row in enumerate(rows) if number == 0 or row[1:] != rows[number - 1][1:]]
    return Table(f"history-{key}", caption, columns, told[::-1], caption_hidden=True, stacked=True)


def _row(reader: Reader, one: Stretch) -> list[Cell | str]:
    figure, say = reader.figure(one.answer), one.answer.nearest
    return [Cell(day(one.valid_from), plain=str(one.valid_from)),
            figure.whole if figure else "",
            Cell(place_name(tree().known(say.place)), plain=say.place) if say else "",
            words(say.paper.title) if say and say.paper else ""]


def _chart(known: Book, subject: str, measure: str, label: str, stretches: Sequence[Stretch],
           here: Here) -> Chart | None:
    """The place's line, and the top's where it is another; None where it never changed or is no number."""
    points = _points(stretches)
    if sum(value is not None for _, value in points) < 2:
        return None
    lines = [Steps(words(here.place.name), points)]
    if not here.at_top:
        above = _points(_stretches(known, subject, measure, here.path[0].code, here.on))
        lines += [Steps(place_name(here.path[0]), above)] if above and above != points else []
    return step_chart(f"{subject}-{measure}", _("%(measure)s from day to day") % {"measure": label}, lines, here.on)


def _points(stretches: Sequence[Stretch]) -> list[tuple[date, float | None]]:
    points = [(one.valid_from, _number(one.answer)) for one in stretches]
    return [point for number, point in enumerate(points) if number == 0 or point[1] != points[number - 1][1]]


def _number(answer: Answer) -> float | None:
    """The value as a number; of several the most favourable."""
    value = answer.value.high if isinstance(answer.value, Cells) else answer.value
    return float(value.amount) if isinstance(value, Quantity) else None
