"""Measures of inequality: how far apart units (regions, groups) stand on one value. Formulas: docs, method page.

Values count once each (unweighted) and must be positive where a logarithm or a ratio needs it.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, log, sqrt

from jizhun.kernel.bilingual import Refused


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean. Raises Refused for no values at all."""
    if not values:
        raise Refused(zh="没有数值，无法计算。", en="There are no values to compute with.")
    return fsum(values) / len(values)


def variation(values: Sequence[float], *, sample: bool = False) -> float:
    """The coefficient of variation: standard deviation over mean.

    Of the whole population (divided by n), or with ``sample`` estimated from a sample (divided by n - 1).
    """
    middle, free = mean(values), len(values) - (1 if sample else 0)
    if free == 0 or middle == 0:
        raise Refused(zh="数值太少或均值为零，无法计算变异系数。",
                      en="Too few values, or a mean of zero: there is no coefficient of variation.")
    return sqrt(fsum((value - middle) ** 2 for value in values) / free) / middle


def span(values: Sequence[float]) -> float:
    """The greatest value over the least."""
    _positive(values)
    return max(values) / min(values)


def gini(values: Sequence[float]) -> float:
    """The Gini coefficient: sum over all pairs of |x - y|, over 2 n² mean; 0 where all are equal."""
    middle, ordered, n = mean(values), sorted(values), len(values)
    if ordered[0] < 0 or middle == 0:
        raise Refused(zh="基尼系数要求数值非负且不全为零。",
                      en="The Gini coefficient needs values that are not negative.")
    return fsum((2 * rank - n - 1) * value for rank, value in enumerate(ordered, 1)) / (n * n * middle)


def lorenz(values: Sequence[float]) -> list[tuple[float, float]]:
    """The Lorenz curve: (share of units, share of the total that the poorest of them have), from (0, 0) to (1, 1)."""
    total, n, held = fsum(values), len(values), 0.0
    if not values or min(values) < 0 or total == 0:
        raise Refused(zh="洛伦兹曲线要求数值非负且不全为零。", en="A Lorenz curve needs values that are not negative.")
    points = [(0.0, 0.0)]
    for rank, value in enumerate(sorted(values), 1):
        held += value
        points.append((rank / n, held / total))
    return points


def theil(values: Sequence[float]) -> float:
    """Theil's T: the sum of s ln(n s), with s the share of each value in the total; 0 where all are equal."""
    _positive(values)
    total, n = fsum(values), len(values)
    return fsum(value / total * log(n * value / total) for value in values)


@dataclass(frozen=True, slots=True)
class Decomposed:
    """Theil's T as the sum of what lies between the groups and what lies within them."""

    between: float
    within: float
    within_of: Mapping[Hashable, float]
    """Each group's part of ``within``: its share of the total times its own Theil."""

    @property
    def total(self) -> float:
        return self.between + self.within


def decomposed(values: Sequence[float], groups: Sequence[Hashable]) -> Decomposed:
    """Theil's T between and within ``groups``: one group's name for each value."""
    members: dict[Hashable, list[float]] = {}
    for value, group in zip(values, groups, strict=True):
        members.setdefault(group, []).append(value)
    _positive(values)
    total, n = fsum(values), len(values)
    shares = {group: fsum(own) / total for group, own in members.items()}
    between = fsum(share * log(share * n / len(members[group])) for group, share in shares.items())
    parts = {group: share * theil(members[group]) for group, share in shares.items()}
    return Decomposed(between, fsum(parts.values()), parts)


def _positive(values: Sequence[float]) -> None:
    if not values or min(values) <= 0:
        raise Refused(zh="该指标要求所有数值为正。", en="This measure needs values that are all above zero.")
