"""Where inequality lies: layer by layer, between and across groups, and how sure a figure is. Pure.

The measures themselves (variation, Gini, Theil, Atkinson) are in ``analytics.inequality``; here they are taken apart.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist
from typing import Final, Literal

import numpy as np

from jizhun.analytics.inequality import (
    Floats,
    Measure,
    Theil,
    Values,
    Weights,
    counted,
    decomposed,
    gini,
    mean,
    members_of,
)
from jizhun.kernel.bilingual import Refused

Groups = Sequence[Hashable]
Pair = tuple[Hashable, Hashable]

# -- Theil, layer by layer -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Layer:
    """What lies between the groups of one layer, inside those of the layer above: in all, and for each of those."""

    value: float
    of: Mapping[Hashable, float]


@dataclass(frozen=True, slots=True)
class Layered:
    """One of Theil's measures as a sum: between the groups of each layer, outermost first, and within the innermost."""

    layers: tuple[Layer, ...]
    within: Layer

    @property
    def total(self) -> float:
        return sum(layer.value for layer in self.layers) + self.within.value

    @property
    def contributions(self) -> tuple[float, ...] | None:
        """The share of each layer, then of what lies within; None where all are equal."""
        total = self.total
        return tuple(one.value / total for one in (*self.layers, self.within)) if total > 0 else None


EVERYBODY: Final = ""
"""The one group above the outermost layer."""


def layered(values: Values, layers: Sequence[Groups], weights: Weights = None, *, which: Theil = "T") -> Layered:
    """Theil's T or L over nested groups: ``layers`` name each value's group, from the outermost to the innermost.

    Parts of the country, then provinces, with one value per prefecture: between parts + between provinces within
    parts + within provinces. Raises Refused where a group lies in two groups of the layer above.
    """
    found, heavy = np.asarray(values, float), counted_weights(values, weights)
    outer: Groups = [EVERYBODY] * len(found)
    told: list[Layer] = []
    for inner in layers:
        _check_nested(outer, inner)
        told.append(_layer(found, heavy, outer, inner, which))
        outer = inner
    return Layered(tuple(told), _layer(found, heavy, outer, range(len(found)), which))


def counted_weights(values: Values, weights: Weights) -> Floats:
    """The weights as an array, 1 each by default; raises Refused as the measures do."""
    counted(values, weights)
    return np.ones(len(values)) if weights is None else np.asarray(weights, float)


def _layer(found: Floats, heavy: Floats, outer: Groups, inner: Groups, which: Theil) -> Layer:
    shares, of = _shares(found, heavy, outer, which), {}
    for group, own in members_of(outer).items():
        if heavy[own].any():
            of[group] = shares[group] * decomposed(found[own], [inner[at] for at in own], heavy[own],
                                                   which=which).between
    return Layer(sum(of.values()), of)


def _shares(found: Floats, heavy: Floats, groups: Groups, which: Theil) -> dict[Hashable, float]:
    """Each group's share: of the total for T, of the population for L."""
    held = found * heavy if which == "T" else heavy
    return {group: float(held[own].sum() / held.sum()) for group, own in members_of(groups).items()}


def _check_nested(outer: Groups, inner: Groups) -> None:
    if len(outer) != len(inner):
        raise Refused(zh=f"有 {len(outer)} 个数值，却有 {len(inner)} 个分组。",
                      en=f"There are {len(outer)} values, but {len(inner)} groups.")
    above: dict[Hashable, Hashable] = {}
    for one, over in zip(inner, outer, strict=True):
        if above.setdefault(one, over) != over:
            raise Refused(zh=f"“{one}”同时属于“{above[one]}”和“{over}”，无法逐层分解。",
                          en=f"“{one}” lies in “{above[one]}” and in “{over}”: the layers are not nested.")


# -- Gini, after Dagum -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dagum:
    """The Gini coefficient as within + net between + overlap (Dagum 1997).

    ``overlap`` (transvariation) is what comes from units of a poorer group that stand above units of a richer one.
    """

    within_of: Mapping[Hashable, float]
    net_of: Mapping[Pair, float]
    overlap_of: Mapping[Pair, float]

    @property
    def within(self) -> float:
        return sum(self.within_of.values())

    @property
    def net(self) -> float:
        return sum(self.net_of.values())

    @property
    def overlap(self) -> float:
        return sum(self.overlap_of.values())

    @property
    def total(self) -> float:
        return self.within + self.net + self.overlap


def dagum(values: Values, groups: Groups, weights: Weights = None) -> Dagum:
    """Dagum's decomposition of the Gini coefficient by groups; raises Refused as ``gini`` does."""
    gini(values, weights)
    found, heavy = np.asarray(values, float), counted_weights(values, weights)
    _check_nested([EVERYBODY] * len(found), groups)
    own = {group: (found[at], heavy[at]) for group, at in members_of(groups).items() if heavy[at].any()}
    people, total = float(heavy.sum()), float((found * heavy).sum())
    within, net, overlap = {}, {}, {}
    for group, one in own.items():
        within[group] = _apart(one, one) / (2 * people * total)
    for left, right in combinations(own, 2):
        every, plain = _apart(own[left], own[right]), _means_apart(own[left], own[right])
        net[left, right] = plain / (people * total)
        overlap[left, right] = (every - plain) / (people * total)
    return Dagum(within, net, overlap)


Counted = tuple[Floats, Floats]


def _apart(one: Counted, other: Counted) -> float:
    """The sum of |x - y| over all pairs of two groups, by weight."""
    return float(one[1] @ np.abs(one[0][:, None] - other[0]) @ other[1])


def _means_apart(one: Counted, other: Counted) -> float:
    """The same sum if everybody stood at the mean of the own group."""
    return float(abs(mean(*one) - mean(*other)) * one[1].sum() * other[1].sum())


# -- how sure --------------------------------------------------------------------------------------

Method = Literal["percentile", "bca"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the interval in which it would lie, had other units like these been drawn."""

    value: float
    low: float
    high: float
    level: float
    draws: int
    method: Method
    seed: int


def interval(measure: Measure, values: Values, weights: Weights = None, *, seed: int, draws: int = 2000,
             level: float = 0.95, method: Method = "percentile") -> Interval:
    """The bootstrap interval of a measure: units are drawn again, each with its weight.

    ``percentile`` takes the shares of the draws as they are; ``bca`` corrects them for bias and skewness (Efron 1987).
    The same seed gives the same interval. Raises Refused for fewer than three units.
    """
    found, heavy = counted(values, weights)
    if len(found) < 3 or not 0 < level < 1 or draws < 100:
        raise Refused(zh="区间估计至少需要三个单位、100 次抽样，且置信水平在 0 和 1 之间。",
                      en="An interval needs at least three units, 100 draws and a level between 0 and 1.")
    drawn = np.random.default_rng(seed).integers(0, len(found), (draws, len(found)))
    many = np.array([measure(found[one], heavy[one]) for one in drawn])
    value, tails = measure(found, heavy), ((1 - level) / 2, (1 + level) / 2)
    if method == "bca":
        tails = _corrected(tails, value, many, _left_out(measure, found, heavy))
    low, high = np.quantile(many, tails)
    return Interval(value, float(low), float(high), level, draws, method, seed)


def _left_out(measure: Measure, found: Floats, heavy: Floats) -> Floats:
    """The measure without each unit in turn."""
    kept = ~np.eye(len(found), dtype=bool)
    return np.array([measure(found[one], heavy[one]) for one in kept])


def _corrected(tails: tuple[float, float], value: float, many: Floats, left_out: Floats) -> tuple[float, float]:
    """The shares of the draws to take instead of ``tails``."""
    normal, edge = NormalDist(), 0.5 / len(many)
    below = ((many < value).mean() + (many <= value).mean()) / 2
    bias = normal.inv_cdf(min(max(float(below), edge), 1 - edge))
    off = left_out.mean() - left_out
    spread = float((off ** 2).sum())
    skew = float((off ** 3).sum()) / (6 * spread ** 1.5) if spread > 0 else 0.0

    def corrected(tail: float) -> float:
        moved = bias + normal.inv_cdf(tail)
        return normal.cdf(bias + moved / (1 - skew * moved))
    return corrected(tails[0]), corrected(tails[1])

