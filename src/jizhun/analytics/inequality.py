"""Measures of inequality: how far apart units (regions, groups, persons) stand on one value. Formulas: docs, method.

Each value counts once, or as often as its weight says (a region by its population). What has no weight does not count.
Values must be positive where a logarithm or a ratio needs it. This is the one home of these formulas.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jizhun.kernel.bilingual import Refused

Floats = NDArray[np.float64]
Values = Sequence[float] | Floats
Weights = Sequence[float] | Floats | None
Measure = Callable[[Values, Weights], float]
Theil = Literal["T", "L"]
"""Theil's two measures: T weighs groups by their share of the total, L (mean log deviation) by their population."""


def counted(values: Values, weights: Weights = None) -> tuple[Floats, Floats]:
    """Values and weights (1 each by default) of what counts. Raises Refused for nothing, or weights that cannot be."""
    found = np.asarray(values, float)
    heavy = np.ones_like(found) if weights is None else np.asarray(weights, float)
    if heavy.shape != found.shape:
        raise Refused(zh=f"有 {len(found)} 个数值，却有 {len(heavy)} 个权重。",
                      en=f"There are {len(found)} values, but {len(heavy)} weights.")
    if not (np.isfinite(found).all() and np.isfinite(heavy).all() and (heavy >= 0).all()):
        raise Refused(zh="数值和权重必须是有限的数，权重不能为负。",
                      en="Values and weights must be finite numbers, and no weight below zero.")
    if not heavy.any():
        raise Refused(zh="没有数值，无法计算。", en="There are no values to compute with.")
    return found[heavy > 0], heavy[heavy > 0]


def mean(values: Values, weights: Weights = None) -> float:
    """The arithmetic mean. Raises Refused for no values at all."""
    found, heavy = counted(values, weights)
    return _mean(found, heavy)


def variation(values: Values, weights: Weights = None, *, sample: bool = False) -> float:
    """The coefficient of variation: standard deviation over mean.

    Of the whole population (divided by n), or with ``sample`` estimated from a sample (divided by n - 1); n is the
    sum of the weights.
    """
    found, heavy = counted(values, weights)
    middle, free = _mean(found, heavy), heavy.sum() - (1 if sample else 0)
    if free <= 0 or middle == 0:
        raise Refused(zh="数值太少或均值为零，无法计算变异系数。",
                      en="Too few values, or a mean of zero: there is no coefficient of variation.")
    return float(np.sqrt((heavy * (found - middle) ** 2).sum() / free) / middle)


def span(values: Values, weights: Weights = None) -> float:
    """The greatest value over the least; weights say only what counts at all."""
    found, _ = _positive(values, weights)
    return float(found.max() / found.min())


def gini(values: Values, weights: Weights = None) -> float:
    """The Gini coefficient: sum over all pairs of |x - y|, over 2 n² mean; 0 where all are equal."""
    found, heavy = _held(values, weights)
    order = np.argsort(found)
    found, heavy = found[order], heavy[order]
    total, n = (found * heavy).sum(), heavy.sum()
    return float((heavy * found * (2 * np.cumsum(heavy) - heavy - n)).sum() / (n * total))


def lorenz(values: Values, weights: Weights = None) -> list[tuple[float, float]]:
    """The Lorenz curve: (share of units, share of the total that the poorest of them have), from (0, 0) to (1, 1)."""
    found, heavy = _held(values, weights)
    order = np.argsort(found, kind="stable")
    units, held = np.cumsum(heavy[order]), np.cumsum((found * heavy)[order])
    return [(0.0, 0.0), *zip((units / units[-1]).tolist(), (held / held[-1]).tolist(), strict=True)]


def theil(values: Values, weights: Weights = None) -> float:
    """Theil's T: the sum of s ln(n s), with s the share of each value in the total; 0 where all are equal."""
    found, heavy = _positive(values, weights)
    ratio = found / _mean(found, heavy)
    return float((heavy * ratio * np.log(ratio)).sum() / heavy.sum())


def theil_l(values: Values, weights: Weights = None) -> float:
    """Theil's L, the mean logarithmic deviation: the mean of ln(mean / x); 0 where all are equal."""
    found, heavy = _positive(values, weights)
    return float((heavy * np.log(_mean(found, heavy) / found)).sum() / heavy.sum())


def atkinson(values: Values, weights: Weights = None, *, epsilon: float = 1.0) -> float:
    """Atkinson's index: the share of the total that could be given up if the rest were spread evenly.

    ``epsilon`` above 0 is the aversion to inequality: the higher, the more the least count.
    """
    if epsilon <= 0:
        raise Refused(zh="阿特金森指数的厌恶系数必须大于零。",
                      en="The aversion of Atkinson's index must be above zero.")
    found, heavy = _positive(values, weights)
    ratio, shares = found / _mean(found, heavy), heavy / heavy.sum()
    if epsilon == 1:
        return float(1 - np.exp((shares * np.log(ratio)).sum()))
    # Relative to the least, so that a high aversion does not overflow.
    least = ratio.min()
    power = (shares * (ratio / least) ** (1 - epsilon)).sum()
    return float(1 - least * power ** (1 / (1 - epsilon)))


@dataclass(frozen=True, slots=True)
class Decomposed:
    """One of Theil's measures as the sum of what lies between the groups and what lies within them."""

    between: float
    within: float
    within_of: Mapping[Hashable, float]
    """Each group's part of ``within``: its share (of the total for T, of the population for L) times its own Theil."""

    @property
    def total(self) -> float:
        return self.between + self.within


THEILS: Mapping[Theil, Measure] = {"T": theil, "L": theil_l}


def decomposed(values: Values, groups: Sequence[Hashable], weights: Weights = None, *,
               which: Theil = "T") -> Decomposed:
    """Theil's T or L between and within ``groups``: one group's name for each value."""
    found, heavy = _positive(values, weights)
    members = members_of(_names(groups, values, weights))
    people = np.array([heavy[own].sum() for own in members.values()])
    middles = np.array([_mean(found[own], heavy[own]) for own in members.values()])
    held = people * middles if which == "T" else people
    shares = dict(zip(members, (held / held.sum()).tolist(), strict=True))
    parts = {group: shares[group] * THEILS[which](found[own], heavy[own]) for group, own in members.items()}
    return Decomposed(THEILS[which](middles, people), float(sum(parts.values())), parts)


def members_of(groups: Sequence[Hashable]) -> dict[Hashable, list[int]]:
    """Group -> the positions of its members, in the order in which the groups appear."""
    members: dict[Hashable, list[int]] = {}
    for at, group in enumerate(groups):
        members.setdefault(group, []).append(at)
    return members


def _names(groups: Sequence[Hashable], values: Values, weights: Weights) -> list[Hashable]:
    """The groups of what counts."""
    if len(groups) != len(values):
        raise Refused(zh=f"有 {len(values)} 个数值，却有 {len(groups)} 个分组。",
                      en=f"There are {len(values)} values, but {len(groups)} groups.")
    return [group for at, group in enumerate(groups) if weights is None or weights[at] > 0]


def _mean(found: Floats, heavy: Floats) -> float:
    return float((found * heavy).sum() / heavy.sum())


def _held(values: Values, weights: Weights) -> tuple[Floats, Floats]:
    """Values of which somebody has something and nobody less than nothing."""
    found, heavy = counted(values, weights)
    if found.min() < 0 or not found.any():
        raise Refused(zh="该指标要求数值非负且不全为零。",
                      en="This measure needs values that are not negative, and not all zero.")
    return found, heavy


def _positive(values: Values, weights: Weights) -> tuple[Floats, Floats]:
    found, heavy = counted(values, weights)
    if found.min() <= 0:
        raise Refused(zh="该指标要求所有数值为正。", en="This measure needs values that are all above zero.")
    return found, heavy
