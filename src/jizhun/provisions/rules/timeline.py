"""The same question over many days and many places: change days, since when, the whole matrix.

Most places say nothing of their own, so answers are shared: two places whose paths agree on the
*telling* places (those that speak on the measure or on what it reads) have the same answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import ONE_DAY, day_before
from jizhun.provisions.rules.book import Book
from jizhun.provisions.rules.concern import Concern, concern
from jizhun.provisions.rules.resolve import Answer, Finding, Question, ask


@dataclass(frozen=True, slots=True)
class Stretch:
    """From this day to that one the answer is the same."""

    valid_from: date
    valid_until: date
    answer: Answer


def timeline(book: Book, question: Question, first: date, last: date,
             epochs: Sequence[date] = ()) -> list[Stretch]:
    """The answers from ``first`` to ``last``, equal neighbours joined.

    ``epochs`` are the days on which the tree of places changes. Days on which the place does not
    exist are left out.
    """
    about = concern(book, question.measure, question.subject)
    days = sorted({first, *(d for d in (*about.days, *epochs) if first < d <= last)})
    stretches: list[Stretch] = []
    for start, until in zip(days, [*(d - ONE_DAY for d in days[1:]), last], strict=True):
        answer = _answer_or_none(book, replace(question, on=start))
        if answer is None:
            continue
        if stretches and _reads_alike(stretches[-1].answer, answer) and _touch(stretches[-1], start):
            stretches[-1] = replace(stretches[-1], valid_until=until)
        else:
            stretches.append(Stretch(start, until, answer))
    return stretches


def _answer_or_none(book: Book, question: Question) -> Answer | None:
    try:
        book.places.path(question.place, question.on)
    except Refused:
        return None
    return ask(book, question)


def _touch(stretch: Stretch, start: date) -> bool:
    return stretch.valid_until == day_before(start)


def _reads_alike(one: Answer, other: Answer) -> bool:
    return (one.value, one.winners, one.path, one.findings) == (
        other.value, other.winners, other.path, other.findings)


def dated(book: Book, answer: Answer) -> Answer:
    """``answer`` with the first day of the present stretch of each finding in ``since``."""
    if not answer.findings:
        return answer
    question = answer.question
    about = concern(book, question.measure, question.subject)
    earlier = [day for day in reversed(about.days) if day <= question.on]
    return replace(answer, findings=tuple(_since(book, question, f, earlier) for f in answer.findings))


def _since(book: Book, question: Question, finding: Finding, earlier: list[date]) -> Finding:
    since = None
    for day in earlier:
        before = _answer_or_none(book, replace(question, on=day))
        if before is None or not any(finding.same_matter(f) for f in before.findings):
            break
        since = day
    return replace(finding, since=since)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every subject at every place on one day: ``answers[index[i][j]]`` for subject i, place j."""

    subjects: tuple[str, ...]
    places: tuple[str, ...]
    answers: tuple[Answer, ...]
    index: tuple[tuple[int, ...], ...]


def matrix(book: Book, measure: str, subjects: Sequence[str], places: Sequence[str], on: date,
           group: str = "all") -> Matrix:
    """All ``subjects`` x ``places`` on one day; answers are shared where nothing local speaks."""
    sharing: dict[frozenset[str], list[tuple[str, ...]]] = {}
    answers: list[Answer] = []
    rows = []
    for subject in subjects:
        about = concern(book, measure, subject)
        telling = sharing.get(about.places)
        if telling is None:
            telling = sharing[about.places] = list(signatures(book, about, places, on))
        known: dict[tuple[str, ...], int] = {}
        for place, signature in dict(zip(telling, places, strict=True)).items():
            known[place] = len(answers)
            answers.append(ask(book, Question(measure, subject, signature, on, group)))
        rows.append(tuple(map(known.__getitem__, telling)))
    return Matrix(tuple(subjects), tuple(places), tuple(answers), tuple(rows))


def signatures(book: Book, about: Concern, places: Iterable[str], on: date) -> Iterator[tuple[str, ...]]:
    """For each place the part of its path that matters; equal parts have equal answers.

    Where tiers matter a place with places below it may span several tiers and stands for itself.
    """
    path, telling, level = book.places.path, about.places, book.places.level
    deepest = 3
    for place in places:
        way = tuple([step for step in path(place, on) if step in telling])
        yield (*way, place) if about.tiered and level(place) < deepest else way
