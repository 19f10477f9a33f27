"""How firmly a composite ranking stands: how far each weight may move, and ranks under other weights. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from jizhun.analytics.inequality import Floats, Values
from jizhun.evaluation.rules.composite import (
    CLOSE,
    Higher,
    Method,
    Normal,
    Table,
    away,
    normalised,
    ranks,
    scores,
    shares_of,
)
from jizhun.kernel.bilingual import Refused

ROUND: Final = 1e-9
"""Two weights nearer than this are one."""


@dataclass(frozen=True, slots=True)
class Room:
    """Between which values one weight may lie, the others in their old proportions, before another place is first.

    ``low`` 0 or ``high`` 1 with no taker: it may go as far as weights go. A taker is a row of the table.
    """

    weight: float
    low: float
    high: float
    low_taker: int | None
    high_taker: int | None


def rooms(table: Table, weights: Values, higher: Higher, *, method: Method, normal: Normal) -> list[Room]:
    """One room for each indicator, exactly; where two places are first together there is no room at all."""
    found = scores(table, weights, higher, method=method, normal=normal)
    shares, first = shares_of(weights, len(higher)), int(np.argmax(found))
    tied = [at for at, score in enumerate(found) if at != first and score > found[first] - CLOSE]
    if tied:
        return [Room(weight, weight, weight, tied[0], tied[0]) for weight in shares.tolist()]
    if len(shares) == 1:
        return [Room(1.0, 0.0, 1.0, None, None)]
    crossings = _of_topsis if method == "topsis" else _of_sum
    return [_room(shares, at, first, crossings(table, higher, normal, shares, at, first)) for at in range(len(shares))]


Crossings = list[tuple[float, int]]
"""(weight at which another place draws level, that place)"""


def _room(shares: Floats, at: int, first: int, found: Crossings) -> Room:
    weight = float(shares[at])
    below, above = max((one for one in found if one[0] < weight), default=None), min(
        (one for one in found if one[0] > weight), default=None)
    return Room(weight, below[0] if below else 0.0, above[0] if above else 1.0,
                below[1] if below else None, above[1] if above else None)


def _others(shares: Floats, at: int) -> Floats:
    """The weights of the other indicators in their proportions, summing to 1; evenly where they have none."""
    rest = shares.copy()
    rest[at] = 0
    if not rest.any():
        rest = np.where(np.arange(len(rest)) == at, 0.0, 1.0)
    return np.asarray(rest / rest.sum())


def _of_sum(table: Table, higher: Higher, normal: Normal, shares: Floats, at: int, first: int) -> Crossings:
    """A score at weight t is t · own column + (1 - t) · rest: two scores are level at one t at most."""
    found = normalised(table, normal, higher)
    own, rest = found[first, at] - found[:, at], found[first] @ _others(shares, at) - found @ _others(shares, at)
    return [(float(level), place) for place in range(len(found)) if own[place] != rest[place]
            for level in [rest[place] / (rest[place] - own[place])] if 0 <= level <= 1 and place != first]


def _of_topsis(table: Table, higher: Higher, normal: Normal, shares: Floats, at: int, first: int) -> Crossings:
    """Nearness is level where d⁻² / d⁺² is; both are linear in s = (t / (1 - t))², so s solves a quadratic."""
    best, worst = away(table, higher, normal)
    squares = _others(shares, at) ** 2
    plus, minus, own_plus, own_minus = best @ squares, worst @ squares, best[:, at], worst[:, at]
    found: Crossings = []
    for place in range(len(best)):
        if place != first:
            found += [(level, place) for level in _levels(
                minus[first] * plus[place] - minus[place] * plus[first],
                minus[first] * own_plus[place] + own_minus[first] * plus[place]
                - minus[place] * own_plus[first] - own_minus[place] * plus[first],
                own_minus[first] * own_plus[place] - own_minus[place] * own_plus[first])]
    return found


def _levels(constant: float, linear: float, square: float) -> list[float]:
    """The weights t that belong to the roots s >= 0 of constant + linear s + square s²; 1 where only t = 1 is level."""
    largest = max(abs(constant), abs(linear), abs(square))
    if largest == 0:
        return []
    kept = np.array([square, linear, constant]) / largest
    kept[np.abs(kept) < 1e-14] = 0
    roots = [float(max(root.real, 0)) for root in np.roots(kept) if abs(root.imag) < ROUND and root.real > -ROUND]
    levels = [np.sqrt(root) / (1 + np.sqrt(root)) for root in roots]
    return [float(level) for level in levels] + ([1.0] if kept[0] == 0 else [])


# -- other weights ---------------------------------------------------------------------------------

Around = Literal["anything", "given"]


@dataclass(frozen=True, slots=True)
class RankInterval:
    """One place: its rank with the given weights; under random ones, between which ranks it lies, how often first."""

    rank: int
    low: int
    high: int
    first: float


def rank_intervals(table: Table, weights: Values, higher: Higher, *, method: Method, normal: Normal,
                   seed: int, draws: int = 1000, level: float = 0.9, firmness: float | None = None
                   ) -> list[RankInterval]:
    """Ranks of each place under ``draws`` random sets of weights, the same ones for the same seed.

    ``firmness`` None: any weights, all equally likely. Else weights around the given ones, the nearer the higher it is
    (a Dirichlet distribution with that sum of parameters; 50 lets a weight of 0.2 vary by about 0.056).
    """
    if draws < 1 or not 0 < level <= 1 or (firmness is not None and firmness <= 0):
        raise Refused(zh="抽样次数至少为 1，水平在 0 和 1 之间，集中度大于零。",
                      en="There must be at least one draw, a level between 0 and 1, and a firmness above zero.")
    shares = shares_of(weights, len(higher))
    drawn = np.zeros((draws, len(shares)))
    moving = np.ones(len(shares), bool) if firmness is None else shares > 0
    drawn[:, moving] = np.random.default_rng(seed).dirichlet(
        np.ones(len(shares)) if firmness is None else firmness * shares[moving], draws)
    many = np.array([ranks(scores(table, one, higher, method=method, normal=normal)) for one in drawn])
    tails = ((1 - level) / 2, (1 + level) / 2)
    low, high = (np.quantile(many, tail, axis=0, method="inverted_cdf") for tail in tails)
    now = ranks(scores(table, weights, higher, method=method, normal=normal))
    return [RankInterval(now[at], int(low[at]), int(high[at]), float((many[:, at] == 1).mean()))
            for at in range(len(now))]
