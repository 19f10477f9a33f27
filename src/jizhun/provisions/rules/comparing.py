"""One measure over many places on one day: figures that can be compared, and how far apart they stand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from jizhun.analytics.inequality import Decomposed, decomposed, gini, mean, span, theil, variation
from jizhun.provisions.rules.book import Book, Say
from jizhun.provisions.rules.resolve import Answer, Question, ask
from jizhun.provisions.rules.timeline import dated, matrix
from jizhun.provisions.rules.values import Band, Cells, Direction, InForce, Quantity, favour

End = Literal["high", "low"]
"""Which of several values stands for a place that has more than one: the most or the least favourable."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What one place promises as a figure. ``amount`` None: nothing is promised, or in another unit than elsewhere."""

    place: str
    amount: Decimal | None
    answer: Answer

    @property
    def verified(self) -> bool:
        """Whether every paper that won was read."""
        return bool(self.answer.winners) and all(say.verified for say in self.answer.winners)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All places in the order asked for, and the unit in which their figures are."""

    unit: str
    rows: tuple[Compared, ...]

    @property
    def known(self) -> tuple[Compared, ...]:
        """The places with a figure."""
        return tuple(row for row in self.rows if row.amount is not None)

    @property
    def ranked(self) -> tuple[Compared, ...]:
        """The places with a figure, the largest first."""
        return tuple(sorted(self.known, key=lambda row: (-(row.amount or 0), row.place)))

    @property
    def ranks(self) -> Mapping[str, int]:
        """Place -> its rank, for the places with a figure; equal figures share a rank."""
        ranked = self.ranked
        amounts = [row.amount for row in ranked]
        return {row.place: 1 + amounts.index(row.amount) for row in ranked}

    @property
    def several(self) -> bool:
        """Whether any place has more than one value, so that one of them has to stand for it."""
        return any(isinstance(row.answer.value, Cells) for row in self.rows)


def compare(book: Book, measure: str, subject: str, places: Sequence[str], on: date, end: End = "high") -> Comparison:
    """What each of ``places`` promises on one day; raises Refused for an unknown measure or place."""
    table = matrix(book, measure, [subject], places, on)
    answers = [table.answers[index] for index in table.index[0]]
    figures = [_figure(answer.value, end) for answer in answers]
    units = Counter(figure.unit for figure in figures if figure is not None)
    unit = units.most_common(1)[0][0] if units else ""
    return Comparison(unit, tuple(
        Compared(place, figure.amount if figure is not None and figure.unit == unit else None, answer)
        for place, figure, answer in zip(places, figures, answers, strict=True)))


def _figure(value: InForce | Cells | None, end: End) -> Quantity | None:
    if isinstance(value, Cells):
        value = value.high if end == "high" else value.low
    if isinstance(value, frozenset):
        return Quantity(Decimal(len(value)), "count")
    return value if isinstance(value, Quantity) else None


@dataclass(frozen=True, slots=True)
class Spread:
    """How far apart the places stand, each counted once. What cannot be computed (a zero, one place) is None."""

    n: int
    mean: float
    variation: float | None
    ratio: float | None
    gini: float | None
    theil: float | None
    parts: Decomposed | None


def spread(comparison: Comparison, parts: Mapping[str, str]) -> Spread | None:
    """The measures of inequality over the places with a figure; None where there are none.

    ``parts``: place -> part of the country, for what lies between and within; used where it covers every place.
    """
    known = comparison.known
    values = [float(row.amount or 0) for row in known]
    if not values:
        return None
    middle, positive = mean(values), min(values) > 0
    whole = positive and all(row.place in parts for row in known)
    return Spread(
        len(values), middle, variation(values) if middle else None, span(values) if positive else None,
        gini(values) if middle and min(values) >= 0 else None, theil(values) if positive else None,
        decomposed(values, [parts[row.place] for row in known]) if whole else None)


Verdict = Literal["better", "equal", "other", "within", "only_here", "nothing"]
"""How a place stands to the nation on one measure; ``other``: neither better nor worse, or not comparable; ``within``:
the nation sets no value but limits, within which the place has set its own."""
STANDS_IN: Mapping[str, str] = {"promised_limit": "statutory_limit"}
"""By what a promise is measured where the top has made none of its own: the limit of the law."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One measure of one subject at a place, beside what the nation promises of it (or what stands in for that)."""

    subject: str
    measure: str
    here: Answer
    nation: Answer
    verdict: Verdict

    @property
    def own(self) -> bool:
        """Whether anybody below the top speaks here; of the top itself, whether it speaks."""
        return any(step.say is not None for step in self.here.path[1:] or self.here.path)


def standings(book: Book, place: str, on: date) -> list[Standing]:
    """Everything on which any place of the path has spoken, in the order of subjects and measures."""
    path = book.places.path(place, on)
    pairs = sorted(key for key, by_place in book.lines.items()
                   if key[1] in book.measures and by_place.keys() & set(path))
    return [_standing(book, subject, measure, place, path[0], on) for subject, measure in pairs]


def _standing(book: Book, subject: str, measure: str, place: str, nation: str, on: date) -> Standing:
    here = dated(book, ask(book, Question(measure, subject, place, on)))
    above = _above(book, measure, subject, nation, on)
    verdict = _verdict(book.measures[measure].direction, here.value, above.value)
    if verdict == "only_here" and limit_in(above) is not None:
        verdict = "within"
    return Standing(subject, measure, here, above, verdict)


def limit_in(answer: Answer) -> Say | None:
    """What only sets limits on the way to an answer without a value: a range or a cap; None where nothing does."""
    return next((step.say for step in answer.path if step.say is not None
                 and (isinstance(step.say.value, Band) or step.say.modality == "cap")), None)


def _above(book: Book, measure: str, subject: str, nation: str, on: date) -> Answer:
    answer, other = ask(book, Question(measure, subject, nation, on)), STANDS_IN.get(measure)
    if answer.value is not None or other is None or other not in book.measures:
        return answer
    instead = ask(book, Question(other, subject, nation, on))
    return answer if instead.value is None else instead


def _verdict(direction: Direction, here: InForce | Cells | None, nation: InForce | Cells | None) -> Verdict:
    """By the least favourable end of a range: so much is promised in any case."""
    one, other = (value.low if isinstance(value, Cells) else value for value in (here, nation))
    if here is None:
        return "nothing"
    if nation is None:
        return "only_here"
    if here == nation:
        return "equal"
    better = favour(direction, one, other) if one is not None and other is not None else None
    return "better" if better == 1 else "equal" if better == 0 else "other"
