"""Sentences of a clause that promise something measurable, to be proposed as provisions. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

from jizhun.drafting.rules.measurable.guessing import DAYS, MEASURES, Setting, measure_of, modality_and_value
from jizhun.drafting.rules.measurable.quantities import NEAR, Number, Quantity, quantities
from jizhun.drafting.rules.text import EXAMPLE, NOTE, Clause

__all__ = ["MOST", "Found", "measurable", "promises"]

SILENT: Final = ("foreword", "introduction", "references", "terms", "term", "symbols", "bibliography")
"""Kinds that promise nothing."""
PIECE: Final = re.compile(r"(?:[^\n]|\n(?![ \t]*\n))+")
SENTENCE: Final = re.compile(r"(?:[^。；;！？!?\n.]|\.(?!\s+[A-Z]|\s*$))+[。；;！？!?.]?")
CELL: Final = re.compile(r"[^|\n]+")
MOST: Final = 200
"""So many promises of a clause are looked for in each language."""
LONGEST_LEAD: Final = 300
"""So many characters of what introduces a sentence count, the last ones: every cell of a table is read with them."""
LONGEST_SIGN: Final = 40
"""A note or an example shows itself in so many characters."""
OF_ANOTHER: Final = re.compile(r"的\s*$")
DAYS_OF_A_YEAR: Final = 365
"""As the seeds record "within one year"."""


@dataclass(frozen=True, slots=True)
class Found:
    """A promise found. ``start`` and ``end`` are places in the body of its ``language``.

    ``measure`` is a guess, "" where none fits. ``value`` and ``modality`` are written as the seeds write them; a
    range is ``{"band": [low, high]}``. ``other`` is the sentence of the other language that says the same;
    ``disagree``: it names another number. ``fits``: the house can record it as it stands.
    """

    language: str
    sentence: str
    start: int
    end: int
    measure: str
    modality: str
    value: Number | dict[str, Any]
    unit: str
    other: "Found | None" = None
    disagree: bool = False

    @property
    def fits(self) -> bool:
        """Whether measure and unit go together: hours, or the number of papers, have to be put in other words."""
        return bool(self.measure) and self.unit in MEASURES[self.measure][1] and not self.disagree


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A sentence or cell: where it begins, how it is shown, and the words that introduce it."""

    text: str
    start: int
    shown: str
    lead: str


def measurable(clause: Clause) -> list[Found]:
    """The promises of a clause in the order of the text, up to ``MOST``; what both languages say is one of them."""
    return promises(clause)[0]


def promises(clause: Clause) -> tuple[list[Found], bool]:
    """The same, and whether there are more than ``MOST`` in a language: those are left out."""
    if clause.kind in SILENT:
        return [], False
    zh, en = (list(islice(_promises(getattr(clause.body, language), language, getattr(clause.heading, language)),
                          MOST + 1)) for language in ("zh", "en"))
    return _paired(zh[:MOST], en[:MOST]), max(len(zh), len(en)) > MOST


def _promises(body: str, language: str, heading: str) -> Iterator[Found]:
    for stretch in _stretches(body, heading):
        found = quantities(stretch.text, language)
        ends = [0, *(one.end for one in found)]
        starts = [*(one.start for one in found), len(stretch.text)]
        for place, one in enumerate(found):
            around = Setting(stretch.text[ends[place]:one.start] + _own_words(stretch.text, one),
                             stretch.text[one.end:starts[place + 1]], stretch.text, stretch.lead, language)
            yield from _promise(stretch, one, around)


def _own_words(text: str, one: Quantity) -> str:
    return text[one.start:one.end] if one.about in ("money", "share") else ""


def _promise(stretch: _Stretch, one: Quantity, around: Setting) -> Iterator[Found]:
    measure = measure_of(one, around)
    # 90 % of something is a promise, 90 % alone may be anything.
    of_another = one.about == "share" and (OF_ANOTHER.search(stretch.text, max(one.start - NEAR, 0), one.start)
                                           or stretch.text.startswith(" of ", one.end))
    if not measure and (one.unit in ("month", "year") or not (one.side or of_another)):
        return
    modality, value = modality_and_value(one, measure)
    unit = one.unit
    if measure == "application_limit" and unit == "year" and not isinstance(value, dict):
        value, unit = value * DAYS_OF_A_YEAR, "calendar_day"
    if measure == "fee" and unit == "CNY/month":
        measure = ""
    yield Found(around.language, stretch.shown, stretch.start + one.start, stretch.start + one.end, measure, modality,
                value, unit)


def _stretches(body: str, heading: str) -> Iterator[_Stretch]:
    lead = heading
    for piece in PIECE.finditer(body):
        text = piece[0]
        sign = text.lstrip()[:LONGEST_SIGN]
        if NOTE.match(sign) or EXAMPLE.match(sign):
            continue
        if text.lstrip().startswith("|"):
            yield from _cells(text, piece.start(), lead)
            continue
        for match in SENTENCE.finditer(text):
            shown = match[0].strip()
            if shown:
                yield _Stretch(match[0], piece.start() + match.start(), shown, lead)
            if shown.endswith(("：", ":")):
                lead = f"{heading} {shown[-LONGEST_LEAD:]}"


def _cells(table: str, start: int, lead: str) -> Iterator[_Stretch]:
    """Every cell below the head, introduced by the head of its column and the first cell of its row."""
    place, head = start, list[str]()
    for line in table.split("\n"):
        cells = list(CELL.finditer(line.strip().strip("|"))) if line.strip() else []
        offset = place + line.find(cells[0].string) if cells else place
        shown, first = line.strip(), cells[0][0].strip()[-LONGEST_LEAD:] if cells else ""
        if head:
            for column, cell in enumerate(cells):
                above = head[column] if column < len(head) else ""
                yield _Stretch(cell[0], offset + cell.start(), shown, f"{lead} {first} {above}")
        head = head or [cell[0].strip()[-LONGEST_LEAD:] for cell in cells]
        place += len(line) + 1


def _paired(zh: Sequence[Found], en: Sequence[Found]) -> list[Found]:
    """Same values first, in order; then what is alike but for the number: there the languages disagree."""
    left = list(en)
    partner: dict[int, tuple[Found, bool]] = {}
    for same in (True, False):
        for place, one in enumerate(zh):
            other = next((two for two in left if place not in partner and _alike(one, two, same)), None)
            if other:
                left.remove(other)
                partner[place] = (other, not same)
    done = [_joined(one, *partner[place]) if place in partner else one for place, one in enumerate(zh)]
    return [*done, *left]


def _joined(one: Found, other: Found, disagree: bool) -> Found:
    return replace(one, measure=one.measure or other.measure, other=other, disagree=disagree)


def _alike(one: Found, other: Found, same: bool) -> bool:
    """Whether both may be the same promise: with ``same`` the values are equal, else only what they are about."""
    about = one.measure == other.measure or not one.measure or not other.measure
    if same:
        return (one.value, one.unit) == (other.value, other.unit) and (about or one.unit in DAYS)
    times = {one.unit, other.unit} <= {*DAYS, "hour"}
    money = one.unit.startswith("CNY") and other.unit.startswith("CNY")
    return (one.unit == other.unit or times or money) and one.measure == other.measure
