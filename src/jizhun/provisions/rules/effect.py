"""What a provision would change, before it is recorded: which places, which services, from what to what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from jizhun.provisions.rules.book import Book, Say
from jizhun.provisions.rules.concern import concern
from jizhun.provisions.rules.resolve import Answer, Finding, Question, ask
from jizhun.provisions.rules.timeline import matrix
from jizhun.provisions.rules.values import Cells, InForce


@dataclass(frozen=True, slots=True)
class Changed:
    """Places where one measure of one subject would change in the same way."""

    subject: str
    measure: str
    before: Answer
    after: Answer
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What would change on the first day of a provision, and the findings that would come or go at its place.

    ``below``: findings that would come at places below that speak themselves, e.g. whose own value is overtaken.
    """

    on: date
    changed: tuple[Changed, ...]
    new_findings: tuple[Finding, ...]
    gone_findings: tuple[Finding, ...]
    below: tuple[Finding, ...] = ()

    @property
    def places(self) -> frozenset[str]:
        """Every place for which anything would change."""
        return frozenset(place for one in self.changed for place in one.places)


def effect(before: Book, after: Book, say: Say) -> Effect:
    """Compare two books that differ by ``say`` at its place and everywhere below, on its first day.

    Services and measures that read what is said (a benefit that is a share of the minimum wage) are looked at too.
    """
    places = [say.place, *sorted(set(before.places.within(say.place, say.valid_from)) - {say.place})]
    changed = tuple(one for subject, measure in _concerned(after, say)
                    for one in _changed(before, after, subject, measure, places, say))
    question = Question(say.measure, say.subject, say.place, say.valid_from, say.group)
    old, new = ask(before, question).findings, ask(after, question).findings
    return Effect(say.valid_from, changed, _without(new, old), _without(old, new), tuple(_below(before, after, say)))


def _below(before: Book, after: Book, say: Say) -> Iterable[Finding]:
    """What comes to be said of places below that speak on the same thing."""
    inside = set(after.places.within(say.place, say.valid_from)) - {say.place}
    for subject, measure in _concerned(after, say):
        for place in sorted(inside & after.lines.get((subject, measure), {}).keys()):
            question = Question(measure, subject, place, say.valid_from, say.group)
            new, old = ask(after, question).findings, ask(before, question).findings
            yield from (one for one in _without(new, old) if one.place == place)


@dataclass(frozen=True, slots=True)
class Reach:
    """What hangs on a say on a day, at its place and below.

    ``holds``: places where it is (among) what wins; ``bettered``: places where others win, with who wins there;
    ``readers``: (subject, measure) whose values are made from it.
    """

    holds: tuple[str, ...]
    bettered: tuple[tuple[Answer, tuple[str, ...]], ...]
    readers: tuple[tuple[str, str], ...]


def reach(book: Book, say: Say, on: date) -> Reach:
    """For whom a say counts on ``on``; nothing for a day on which it does not stand."""
    places = [say.place, *sorted(set(book.places.within(say.place, on)) - {say.place})]
    table = matrix(book, say.measure, [say.subject], places, on, say.group)
    together: dict[int, list[str]] = {}
    for at, place in enumerate(places):
        together.setdefault(int(table.index[0][at]), []).append(place)
    holds: list[str] = []
    bettered: list[tuple[Answer, tuple[str, ...]]] = []
    for number, some in together.items():
        answer = table.answers[number]
        if any(winner.key == say.key for winner in answer.winners):
            holds += some
        else:
            bettered.append((answer, tuple(some)))
    readers = tuple(one for one in _concerned(book, say) if one != (say.subject, say.measure))
    return Reach(tuple(holds), tuple(bettered), readers)


def _concerned(book: Book, say: Say) -> Iterable[tuple[str, str]]:
    """(subject, measure) whose answers read what is said, the said one first."""
    yield say.subject, say.measure
    for subject, measure in sorted(book.lines):
        if (subject, measure) != (say.subject, say.measure) and measure in book.measures:
            chain = book.subjects.chain(subject)
            if say.subject in chain and say.measure in concern(book, measure, subject).measures:
                yield subject, measure


def _changed(before: Book, after: Book, subject: str, measure: str, places: Sequence[str], say: Say) -> list[Changed]:
    """For whom the say speaks: what a group is promised changes for nobody else."""
    old, new = (matrix(book, measure, [subject], places, say.valid_from, say.group) for book in (before, after))
    together: dict[tuple[InForce | Cells | None, InForce | Cells | None], list[int]] = {}
    for at in range(len(places)):
        pair = old.answers[old.index[0][at]].value, new.answers[new.index[0][at]].value
        if pair[0] != pair[1]:
            together.setdefault(pair, []).append(at)
    return [Changed(subject, measure, old.answers[old.index[0][ats[0]]], new.answers[new.index[0][ats[0]]],
                    tuple(places[at] for at in ats)) for ats in together.values()]


def _without(ones: Iterable[Finding], others: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(one for one in ones if not any(one.same_matter(other) for other in others))
