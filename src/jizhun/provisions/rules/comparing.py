"""One measure over many places on one day: figures that can be compared, and how far apart they stand."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from jizhun.analytics.inequality import Decomposed, decomposed, gini, mean, span, theil, variation
from jizhun.provisions.rules.book import Book
from jizhun.provisions.rules.resolve import Answer
from jizhun.provisions.rules.timeline import matrix
from jizhun.provisions.rules.values import Cells, InForce, Quantity

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
