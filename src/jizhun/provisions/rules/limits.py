"""The wide limits table: for every matter, place and group the promises of each stretch of days.

Values become scaled whole numbers (money in cents), absent ones ``NONE``. A range counts with its
least favourable end: that much is promised in any case. Places whose telling places are the same
share one timeline, so a nation's table costs little more than the provisions in it.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from itertools import zip_longest

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import FAR, ONE_DAY
from jizhun.provisions.rules.book import Book, Line, Say
from jizhun.provisions.rules.concern import Concern, concern
from jizhun.provisions.rules.resolve import Question
from jizhun.provisions.rules.timeline import signatures, timeline
from jizhun.provisions.rules.values import Cells, InForce, Quantity

NONE = -1
EVALUATED = ("statutory_limit", "promised_limit", "visits", "materials", "fee", "benefit_amount")
WITH_UNIT = ("statutory_limit", "promised_limit")
WORKING, CALENDAR = 0, 1
CENTS = frozenset({"fee", "benefit_amount"})

Promise = tuple[int, int, int]
"""(scaled value, unit code, key of the say that won)"""
NOTHING: Promise = (NONE, WORKING, NONE)


@dataclass(frozen=True, slots=True)
class LimitRow:
    """From ``first`` to ``last`` the promises in the order of EVALUATED."""

    first: date
    last: date
    promises: tuple[Promise, ...]


def as_published(book: Book) -> Book:
    """The book that offices could know: a paper counts from its publication, not earlier.

    Handling is judged by what was known then; what a late paper owes for the days before it is
    back-payment, not lateness.
    """
    lines = {key: ({place: {slot: _published(line) for slot, line in slots.items()} for place, slots in by.items()}
                   if book.measures[key[1]].kind == "process" else by)
             for key, by in book.lines.items() if key[1] in book.measures}
    return replace(book, lines=lines, memory={})


def _published(line: Line) -> Line:
    return Line(_from_publication(say) for say in line.points)


def _from_publication(say: Say) -> Say:
    published = say.paper.published_on if say.paper else None
    if published is None or published <= say.valid_from or say.modality == "delegated":
        return say
    return replace(say, valid_from=published)


def limit_rows(book: Book, subject: str, places: Sequence[str], group: str, first: date, last: date,
               epochs: Sequence[date] = ()) -> Mapping[str, tuple[LimitRow, ...]]:
    """For each of ``places`` its rows from ``first`` to ``last``; places without any promise are left out.

    ``epochs`` are the days on which the tree of places changes.
    """
    columns = [_timelines(book, measure, subject, places, group, first, last, epochs) for measure in EVALUATED]
    joined: dict[tuple[int, ...], tuple[LimitRow, ...]] = {}
    rows: dict[str, tuple[LimitRow, ...]] = {}
    for place in places:
        parts = tuple(column[place] for column in columns)
        key = tuple(map(id, parts))
        if key not in joined:
            joined[key] = _wide(parts)
        if joined[key]:
            rows[place] = joined[key]
    return rows


Stretches = tuple[tuple[date, date, Promise], ...]


def _timelines(book: Book, measure: str, subject: str, places: Sequence[str], group: str, first: date,
               last: date, epochs: Sequence[date]) -> dict[str, Stretches]:
    """Each place's promise on one measure through time; equal places get the same object."""
    about = concern(book, measure, subject)
    if not about.places:
        return dict.fromkeys(places, ())
    inside = [day for day in epochs if first < day <= last]
    shared: dict[object, Stretches] = {}
    found = {}
    for place in places:
        key = _signature(book, about, place, first, inside)
        if key not in shared:
            question = Question(measure, subject, place, first, group)
            shared[key] = _promises(book, question, first, last, inside)
        found[place] = shared[key]
    return found


def _signature(book: Book, about: Concern, place: str, first: date, inside: Sequence[date]) -> object:
    """What places must agree on to share a timeline; one that comes or goes stands for itself."""
    try:
        return tuple(next(signatures(book, about, [place], day)) for day in (first, *inside))
    except Refused:
        return place


def _promises(book: Book, question: Question, first: date, last: date, inside: Sequence[date]) -> Stretches:
    stretches = timeline(book, question, first, last, inside)
    return tuple((s.valid_from, s.valid_until, scaled(question.measure, s.answer.value, s.answer.winners))
                 for s in stretches)


def scaled(measure: str, value: InForce | Cells | None, winners: tuple[Say, ...]) -> Promise:
    """A value in force as (whole number, unit, key of the winner)."""
    if isinstance(value, Cells):
        value = value.low
    winner = winners[0].key if winners else NONE
    if isinstance(value, frozenset):
        return len(value), WORKING, winner
    if not isinstance(value, Quantity):
        return NOTHING
    amount = value.amount * (100 if measure in CENTS else 1)
    unit = CALENDAR if value.unit == "calendar_day" else WORKING
    return int(amount.quantize(Decimal(1), rounding=ROUND_FLOOR)), unit, winner


def _wide(parts: tuple[Stretches, ...]) -> tuple[LimitRow, ...]:
    """Lay the measures' timelines side by side; days on which nothing is promised have no row."""
    starts = sorted({start for part in parts for start, _, _ in part}
                    | {until + ONE_DAY for part in parts for _, until, _ in part if until != FAR})
    rows: list[LimitRow] = []
    for start, after in zip_longest(starts, starts[1:]):
        promises = tuple(_promise_on(part, start) for part in parts)
        if all(promise[0] == NONE for promise in promises):
            continue
        rows.append(LimitRow(start, FAR if after is None else after - ONE_DAY, promises))
    return tuple(rows)


def _promise_on(part: Stretches, day: date) -> Promise:
    index = bisect_right([start for start, _, _ in part], day) - 1
    if index < 0 or part[index][1] < day:
        return NOTHING
    return part[index][2]
