"""Values that should be renewed from time to time: what stands, since when, and by when a new one is expected.

How often is a fact about the measure (``expected_every``, in months, with the paper that says so); where no rule says
it, nothing is claimed. A newer value may exist and not be on file here: what is told is always to be checked.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import FAR, day_before, months_later
from jizhun.provisions.rules.book import Book, Line, Say
from jizhun.provisions.rules.checking import every_place
from jizhun.provisions.rules.concern import concern
from jizhun.provisions.rules.resolve import Answer, ask


@dataclass(frozen=True, slots=True)
class Due:
    """A value as it stands from ``since`` to ``until`` (FAR: no newer one is on record), to be renewed by ``due``."""

    say: Say
    since: date
    due: date
    until: date

    def overdue(self, on: date) -> bool:
        """Whether it still stood on that day although a new one should have come."""
        return self.due <= on <= self.until


def renewals_over(book: Book, region: str, first: date, last: date, *,
                  counts: Callable[[str], bool] = every_place) -> list[Due]:
    """Values of places in the region that are or come to be due between ``first`` and ``last``, the oldest first."""
    days = (first, *(day for day in book.places.change_days if first < day <= last))
    found = []
    for (_, measure), by_place in book.lines.items():
        every = book.measures[measure].expected_every if measure in book.measures else None
        for place, slots in by_place.items() if every else ():
            if counts(place) and any(_lies_in(book, place, region, day) for day in days):
                found += [due for (_, slot), line in slots.items() if slot == "limit"
                          for due in _runs(line, every or 0)]
    return sorted((due for due in found if due.due <= last and due.until >= max(first, due.due)),
                  key=lambda due: (due.due, due.say.place, due.say.measure, due.say.subject))


def _lies_in(book: Book, place: str, region: str, on: date) -> bool:
    try:
        return region in book.places.path(place, on)
    except Refused:
        return False


def _runs(line: Line, every: int) -> Iterator[Due]:
    """The values of a line as they followed each other; one that is only said again is not renewed.

    A value counts from the first day that is verified, where any is.
    """
    runs = [list(run) for _, run in groupby(line.points, key=lambda say: say.value)]
    for number, run in enumerate(runs):
        if run[0].value is None:
            continue
        first = next((say for say in run if say.verified), run[0])
        until = day_before(runs[number + 1][0].valid_from) if number + 1 < len(runs) else FAR
        yield Due(run[-1], first.valid_from, months_later(first.valid_from, every), min(until, run[-1].lapses_on))


def overdue(book: Book, answer: Answer) -> Sequence[Due]:
    """What the answer rests on, its own value or one that this reads, and that should have been renewed by its day."""
    question = answer.question
    found: list[Due] = []
    for code in sorted(concern(book, question.measure, question.subject).measures):
        measure = book.measures.get(code)
        if measure is None or not measure.expected_every:
            continue
        read = answer if code == question.measure else ask(book, replace(question, measure=code))
        for say in read.winners:
            line = book.lines[say.subject, code][say.place][say.group, say.slot]
            found += [due for due in _runs(line, measure.expected_every) if due.overdue(question.on)]
    return found
