"""A place at a glance: how figures lie among places, in which order, beside others, beside the year before. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, sqrt
from typing import Final

import numpy as np

from jizhun.analytics.cases import DEFAULT_PRAISE
from jizhun.analytics.inequality import Values, Weights, gini, variation
from jizhun.evaluation.rules.coverage import Matrix, Share
from jizhun.evaluation.rules.satisfaction import GRADES, Tally
from jizhun.kernel.bilingual import Refused

# -- months ----------------------------------------------------------------------------------------


def months(first: int, last: int) -> list[int]:
    """Every month from the first to the last, both included, as yyyymm."""
    found, month = [], first
    while month <= last:
        found.append(month)
        month = later(month, 1)
    return found


def later(month: int, by: int) -> int:
    """The month ``by`` months later (earlier, where that is below zero)."""
    years, rest = divmod(month // 100 * 12 + month % 100 - 1 + by, 12)
    return years * 100 + rest + 1


# -- how figures lie -------------------------------------------------------------------------------

WIDTHS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
BINS: Final = 10
"""At most so many columns; the narrowest width that needs no more is taken."""


@dataclass(frozen=True, slots=True)
class Bin:
    """How many places lie from ``low`` up to below ``high``; the last one holds its upper edge too."""

    low: float
    high: float
    places: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """How shares lie among places: least, deciles and quartiles, greatest, columns, and how many are below a bar."""

    n: int
    least: float
    tenth: float
    quarter: float
    median: float
    three_quarters: float
    nine_tenths: float
    greatest: float
    bar: float
    below: Share
    bins: tuple[Bin, ...]


def distribution(values: Sequence[float], bar: float) -> Distribution | None:
    """The distribution of shares (0 to 1), each place once; None for no values. Raises Refused for a bar beyond 0 to 1.
    """
    if not 0 <= bar <= 1:
        raise Refused(zh="参考线须在 0% 到 100% 之间。", en="The bar must lie from 0 to 100 %.")
    if not values:
        return None
    cuts = (0, 0.1, 0.25, 0.5, 0.75, 0.9, 1)
    least, tenth, quarter, median, upper, most, greatest = np.quantile(np.asarray(values, float), cuts).tolist()
    return Distribution(len(values), least, tenth, quarter, median, upper, most, greatest, bar,
                        Share(sum(one < bar for one in values), len(values)), _bins(values, least, greatest))


def _bins(values: Sequence[float], least: float, greatest: float) -> tuple[Bin, ...]:
    for width in WIDTHS:
        start = floor(least / width + 1e-9)
        count = max(1, int(np.ceil(greatest / width - 1e-9)) - start)
        if count <= BINS:
            break
    edges = [round((start + n) * width, 6) for n in range(count + 1)]
    # Edges are rounded, so a value on an edge is found by it and not by a division.
    at = [min(max(bisect_right(edges, value + 1e-12) - 1, 0), count - 1) for value in values]
    return tuple(Bin(edges[n], edges[n + 1], at.count(n)) for n in range(count))


def ranks(values: Mapping[str, float]) -> dict[str, int]:
    """Place -> rank, the greatest first; equal values share a rank, and the next one is skipped."""
    ordered = sorted(values.values(), reverse=True)
    return {place: 1 + ordered.index(value) for place, value in values.items()}


# -- how far apart ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Apart:
    """How far places stand apart: coefficient of variation and Gini. ``weighted``: by population, not each once."""

    n: int
    variation: float
    gini: float
    weighted: bool


def apart(values: Values, weights: Weights = None) -> Apart | None:
    """None for fewer than two places that count, or where all are zero: then nothing can be said to lie apart."""
    kept = [value for n, value in enumerate(values) if weights is None or weights[n] > 0]
    if len(kept) < 2 or not max(kept) > 0:
        return None
    return Apart(len(kept), variation(values, weights), gini(values, weights), weights is not None)


# -- by people -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ByPeople:
    """A figure in which places are weighed by how many live there: Σ w x / Σ w.

    ``places`` of them, with ``persons`` together; ``unknown``: so many have a figure but no population on record, and
    are left out.
    """

    value: float
    places: int
    persons: int
    unknown: int


def by_people(figures: Mapping[str, float | None], persons: Mapping[str, int]) -> ByPeople | None:
    """Shares by place, weighed; None where no place with a figure has a population on record."""
    told = {code: value for code, value in figures.items() if value is not None}
    known = {code: persons[code] for code in told if persons.get(code)}
    people = sum(known.values())
    if not people:
        return None
    return ByPeople(sum(told[code] * n for code, n in known.items()) / people, len(known), people,
                    len(told) - len(known))


def weights_of(codes: Iterable[str], persons: Mapping[str, int]) -> list[float]:
    """Persons by place as weights; a place of which nobody knows weighs nothing."""
    return [float(persons.get(code, 0)) for code in codes]


# -- ratings ---------------------------------------------------------------------------------------


def tally_of(counts: Mapping[int, int]) -> Tally:
    """Ratings by code of the case (0: none, 1 to 5, default praise) as a tally; nothing is known of void ones."""
    return Tally({grade: counts.get(grade, 0) for grade in GRADES}, counts.get(DEFAULT_PRAISE, 0),
                 cases=sum(counts.values()))


# -- recipients ------------------------------------------------------------------------------------


def recipients_covered(matrix: Matrix, definition: str, groups: Iterable[Sequence[str]]) -> Share:
    """Pairs of group and place in which all that the group is due there fits, of pairs in which it is due anything.

    ``groups``: for each group of recipients the matters that serve it.
    """
    base, row = matrix.base(definition), {code: n for n, code in enumerate(matrix.matters)}
    fits = matrix.cells[definition]
    found = Share(0, 0)
    for matters in groups:
        at = [row[code] for code in matters if code in row]
        due = base[at].any(axis=0)
        whole = due & (fits[at] | ~base[at]).all(axis=0)
        found = Share(found.fits + int(whole.sum()), found.of + int(due.sum()))
    return found


# -- others ----------------------------------------------------------------------------------------

Mix = Mapping[int, int]
"""Cases by item."""


@dataclass(frozen=True, slots=True)
class Alike:
    """How like a place is: ``cosine`` of the two mixes of items (1: the same mix), ``volume`` smaller over larger.

    ``common``: the items that make most of the likeness, the weightiest first.
    """

    place: int
    cosine: float
    volume: float
    cases: int
    common: tuple[int, ...]

    @property
    def score(self) -> float:
        """The product: as like in what they handle as in how much."""
        return self.cosine * self.volume


def most_alike(own: Mix, others: Mapping[int, Mix], *, most: int = 5, least_score: float = 0.5) -> list[Alike]:
    """The places most like one's own, the most alike first; none that is less alike than ``least_score``."""
    found = [_alike(place, own, other) for place, other in others.items() if sum(other.values()) and sum(own.values())]
    near = [one for one in found if one.score >= least_score - 1e-9]  # a half is a half, however it was divided
    return sorted(near, key=lambda one: (-one.score, one.place))[:most]


def _alike(place: int, own: Mix, other: Mix) -> Alike:
    parts = {item: own[item] * other.get(item, 0) for item in own}
    lengths = sqrt(sum(n * n for n in own.values())) * sqrt(sum(n * n for n in other.values()))
    cases = sum(own.values()), sum(other.values())
    common = sorted((item for item, part in parts.items() if part), key=lambda item: (-parts[item], item))
    return Alike(place, sum(parts.values()) / lengths, min(cases) / max(cases), cases[1], tuple(common[:3]))


@dataclass(frozen=True, slots=True)
class Beside:
    """A place's own share beside those of others: their least, median and greatest, and how many of them are below it.
    """

    others: int
    least: float
    median: float
    greatest: float
    below: int


def beside(own: float | None, others: Sequence[float]) -> Beside | None:
    """None where there is nobody beside, or nothing of one's own."""
    if own is None or not others:
        return None
    return Beside(len(others), min(others), float(np.median(np.asarray(others, float))), max(others),
                  sum(one < own for one in others))


UNNAMED_AT_LEAST: Final = 3
"""Of places that a reader may not see, figures are told only together, and only of so many or more."""
