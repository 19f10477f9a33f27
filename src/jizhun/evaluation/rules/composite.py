"""Several indicators as one figure: how they are made comparable, how they are weighed, and the ranking. Pure.

A table has a row per place and a column per indicator; ``higher`` says of each indicator whether more is better.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from jizhun.analytics.inequality import Floats, Values
from jizhun.kernel.bilingual import Bilingual, Refused

Table = Sequence[Sequence[float]] | Floats
Higher = Sequence[bool]
Normal = Literal["share", "vector", "minmax", "max", "zscore"]
Method = Literal["sum", "topsis"]
CLOSE: Final = 1e-12
"""Scores nearer to one another than this share a rank."""


@dataclass(frozen=True, slots=True)
class Normalisation:
    """One way to make columns comparable; ``turned``: a column of which less is better is turned round by it."""

    name: Bilingual
    formula: str
    turned: bool
    of: Callable[[Floats, NDArray[np.bool_]], Floats]


def _share(table: Floats, higher: NDArray[np.bool_]) -> Floats:
    return np.asarray(table / _not_zero(table.sum(axis=0)))


def _vector(table: Floats, higher: NDArray[np.bool_]) -> Floats:
    return np.asarray(table / _not_zero(np.sqrt((table ** 2).sum(axis=0))))


def _minmax(table: Floats, higher: NDArray[np.bool_]) -> Floats:
    low, high = table.min(axis=0), table.max(axis=0)
    return np.asarray(np.where(higher, table - low, high - table) / _not_zero(high - low))


def _max(table: Floats, higher: NDArray[np.bool_]) -> Floats:
    if table.min() <= 0:
        raise Refused(zh="按最大值归一化要求所有数值为正。",
                      en="Dividing by the greatest needs values that are all above zero.")
    return np.asarray(np.where(higher, table / table.max(axis=0), table.min(axis=0) / table))


def _zscore(table: Floats, higher: NDArray[np.bool_]) -> Floats:
    return np.asarray(np.where(higher, 1, -1) * (table - table.mean(axis=0)) / _not_zero(table.std(axis=0)))


def _not_zero(divisors: Any) -> Floats:
    """1 instead of 0: a column without any difference becomes one of the same figure."""
    return np.asarray(np.where(divisors == 0, 1, divisors))


NORMALISATIONS: Final[Mapping[Normal, Normalisation]] = {
    "share": Normalisation(Bilingual("比重法", "share of the sum"), "x / Σx", False, _share),
    "vector": Normalisation(Bilingual("向量归一化", "vector length"), "x / √Σx²", False, _vector),
    "minmax": Normalisation(Bilingual("极差法", "range"), "(x − min) / (max − min)  |  (max − x) / (max − min)",
                            True, _minmax),
    "max": Normalisation(Bilingual("最大值法", "greatest"), "x / max  |  min / x", True, _max),
    "zscore": Normalisation(Bilingual("标准化", "standard score"), "(x − μ) / σ  |  (μ − x) / σ", True, _zscore),
}


def normalised(table: Table, normal: Normal, higher: Higher | None = None) -> Floats:
    """The table with columns made comparable; raises Refused for a table that is no table."""
    found = np.asarray(table, float)
    if found.ndim != 2 or not found.size or not np.isfinite(found).all():
        raise Refused(zh="综合评价需要一张每格都有数值的表。",
                      en="A composite needs a table with a number in every cell.")
    if higher is not None and len(higher) != found.shape[1]:
        raise Refused(zh=f"有 {found.shape[1]} 个指标，却有 {len(higher)} 个方向。",
                      en=f"There are {found.shape[1]} indicators, but {len(higher)} directions.")
    return NORMALISATIONS[normal].of(found, np.ones(found.shape[1], bool) if higher is None else np.array(higher, bool))


# -- weights ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entropy:
    """The entropy of each indicator (1: the same everywhere, so it tells nothing) and the weights that follow."""

    entropies: tuple[float, ...]
    weights: tuple[float, ...]


def entropy_weights(table: Table, normal: Normal = "share", higher: Higher | None = None) -> Entropy:
    """Weights by how much each indicator tells places apart: (1 - e) over the sum of all (1 - e).

    ``normal`` other than "share" is applied first (with ``higher``); a share of 0 adds nothing to the entropy. Raises
    Refused for values below zero, a single place, or a table in which no indicator differs.
    """
    found = _share(normalised(table, normal, higher), np.array(()))
    if len(found) < 2 or found.min() < 0:
        raise Refused(zh="熵权法至少需要两个地区，且数值不能为负。",
                      en="Entropy weights need at least two places and no value below zero.")
    logs = np.log(np.where(found > 0, found, 1))
    entropies = -(found * logs).sum(axis=0) / np.log(len(found))
    # A column of zeros tells nothing: as if all had the same share.
    told = np.where((found > 0).any(axis=0), 1 - entropies, 0.0).clip(0)
    if told.sum() <= CLOSE:
        raise Refused(zh="各指标在各地区都相同，无法确定熵权。",
                      en="No indicator differs between places: there are no entropy weights.")
    return Entropy(tuple((1 - told).tolist()), tuple((told / told.sum()).tolist()))


def equal_weights(indicators: int) -> tuple[float, ...]:
    """The same weight for each."""
    return (1 / indicators,) * indicators


def expert_weights(said: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """The mean of what each expert said, each expert's weights first made to sum to 1."""
    found = np.asarray(said, float)
    if found.ndim != 2 or not found.size or not np.isfinite(found).all() or found.min() < 0 \
            or (found.sum(axis=1) == 0).any():
        raise Refused(zh="每位专家都要给每个指标一个不小于零的权重，且不能全为零。",
                      en="Each expert gives every indicator a weight not below zero, and not all zero.")
    return tuple((found / found.sum(axis=1, keepdims=True)).mean(axis=0).tolist())


def shares_of(weights: Values, indicators: int) -> Floats:
    """Weights that sum to 1; raises Refused for weights that cannot be."""
    found = np.asarray(weights, float)
    if found.shape != (indicators,) or not np.isfinite(found).all() or found.min() < 0 or not found.any():
        raise Refused(zh=f"需要 {indicators} 个不小于零、不全为零的权重。",
                      en=f"There must be {indicators} weights, none below zero and not all zero.")
    return np.asarray(found / found.sum())


# -- scores ----------------------------------------------------------------------------------------


def weighted_sum(table: Table, weights: Values, higher: Higher, normal: Normal = "minmax") -> Floats:
    """The score of each place: the weighted sum of what was made comparable, turned so that more is better."""
    if not NORMALISATIONS[normal].turned and not all(higher):
        name = NORMALISATIONS[normal].name
        raise Refused(zh=f"“{name.zh}”不改变方向，不能用于越低越好的指标。",
                      en=f"“{name.en}” keeps the direction: it does not fit an indicator of which less is better.")
    found = normalised(table, normal, higher)
    return np.asarray(found @ shares_of(weights, found.shape[1]))


def topsis(table: Table, weights: Values, higher: Higher, normal: Normal = "vector") -> Floats:
    """Nearness to the best that is (0 to 1): d⁻ / (d⁺ + d⁻), the distances to the worst and to the best of each column.

    Where all places are the same, each has 1: nothing better is known.
    """
    found, shares = away(table, higher, normal), shares_of(weights, len(higher))
    from_best, from_worst = (np.sqrt(one @ shares ** 2) for one in found)
    return np.asarray(np.where(from_best == 0, 1, from_worst / _not_zero(from_best + from_worst)))


def away(table: Table, higher: Higher, normal: Normal = "vector") -> tuple[Floats, Floats]:
    """Squared distance of every cell from the best and from the worst of its column, before weights."""
    found = normalised(table, normal, higher)
    up = np.ones(len(higher), bool) if NORMALISATIONS[normal].turned else np.array(higher, bool)
    best = np.where(up, found.max(axis=0), found.min(axis=0))
    worst = np.where(up, found.min(axis=0), found.max(axis=0))
    return (found - best) ** 2, (found - worst) ** 2


def scores(table: Table, weights: Values, higher: Higher, *, method: Method, normal: Normal) -> Floats:
    """By either method."""
    return (topsis if method == "topsis" else weighted_sum)(table, weights, higher, normal)


def ranks(found: Values) -> list[int]:
    """1 for the highest score; equal scores share a rank."""
    values = np.asarray(found, float)
    return [int(1 + (values > value + CLOSE).sum()) for value in values]
