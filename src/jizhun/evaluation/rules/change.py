"""What moved an index between two dates: the standards, how they were performed, or where people live. Pure.

Each place is worth standard x performance, and counts by its population. The change is shared out after Shapley
(1953): the mean effect of each cause over every order in which they could have come. The parts sum to the change.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Final

import numpy as np

from jizhun.analytics.inequality import Floats, Measure
from jizhun.kernel.bilingual import Bilingual, Refused

Changed = frozenset[Hashable]
Game = Callable[[Changed], float]
"""The index where just these have changed."""

EXACT_UP_TO: Final = 10
"""So many causes are tried in every order; of more, orders are drawn."""

CAUSES: Final[Mapping[str, Bilingual]] = {
    "standards": Bilingual("标准变化", "change of standards"),
    "performance": Bilingual("执行变化", "change of performance"),
    "population": Bilingual("人口变化", "change of population"),
}


def shapley(causes: Sequence[Hashable], game: Game, *, draws: int = 200, seed: int = 1) -> dict[Hashable, float]:
    """Each cause's part of game(all) - game(none). Up to ten exactly; of more, from ``draws`` orders by ``seed``.

    Either way the parts sum to the whole, but for rounding.
    """
    if len(causes) <= EXACT_UP_TO:
        return _exactly(causes, game)
    rng, parts = np.random.default_rng(seed), dict.fromkeys(causes, 0.0)
    for _ in range(draws):
        done: Changed = frozenset()
        before = game(done)
        for at in rng.permutation(len(causes)):
            done |= {causes[at]}
            parts[causes[at]] += (after := game(done)) - before
            before = after
    return {cause: part / draws for cause, part in parts.items()}


def _exactly(causes: Sequence[Hashable], game: Game) -> dict[Hashable, float]:
    n, parts = len(causes), dict.fromkeys(causes, 0.0)
    worth = {done: game(done) for size in range(n + 1) for done in map(frozenset, combinations(causes, size))}
    for done, value in worth.items():
        for cause in causes:
            if cause not in done:
                share = factorial(len(done)) * factorial(n - len(done) - 1) / factorial(n)
                parts[cause] += share * (worth[done | {cause}] - value)
    return parts


@dataclass(frozen=True, slots=True)
class State:
    """Places on one date, in one order: what is promised, how far it is performed (1: as promised), how many people."""

    standards: Floats
    performance: Floats
    population: Floats


@dataclass(frozen=True, slots=True)
class Change:
    """An index on two dates, and the parts of its change by cause."""

    before: float
    after: float
    standards: float
    performance: float
    population: float

    @property
    def total(self) -> float:
        return self.after - self.before


def state(standards: Sequence[float], performance: Sequence[float] | None = None,
          population: Sequence[float] | None = None) -> State:
    """A state; without ``performance`` all is as promised, without ``population`` each place counts once."""
    promised = np.asarray(standards, float)
    ones = np.ones_like(promised)
    performed = ones if performance is None else np.asarray(performance, float)
    return State(promised, performed, ones if population is None else np.asarray(population, float))


def explained(before: State, after: State, measure: Measure) -> Change:
    """The change of ``measure`` between two dates by cause; raises Refused where the places are not the same ones."""
    game = _game(before, after, measure)
    parts = shapley(list(CAUSES), game)
    return Change(game(frozenset()), game(frozenset(CAUSES)), *(parts[cause] for cause in CAUSES))


def movers(before: State, after: State, measure: Measure, places: Sequence[Hashable], *,
           draws: int = 200, seed: int = 1) -> dict[Hashable, float]:
    """The part that ``standards`` has in the change, by the place whose standard changed; sums to that part."""
    _check_same(before, after, len(places))
    game = _game(before, after, measure)
    changed = [at for at in range(len(places)) if before.standards[at] != after.standards[at]]
    others = [cause for cause in CAUSES if cause != "standards"]
    beside = [(frozenset(some), factorial(size) * factorial(2 - size) / factorial(3))
              for size in range(3) for some in combinations(others, size)]

    def mixed(done: Changed) -> float:
        """The index with the standards of these places changed, over what else could have changed before."""
        return sum(share * game(done | others_done) for others_done, share in beside)
    parts = shapley(changed, mixed, draws=draws, seed=seed)
    return {places[at]: parts[at] for at in changed}


def _game(before: State, after: State, measure: Measure) -> Game:
    """A cause is a word of CAUSES, or the position of a place whose standard alone has changed."""
    _check_same(before, after, len(before.standards))

    def game(done: Changed) -> float:
        promised = (after if "standards" in done else before).standards.copy()
        places = [at for at in done if isinstance(at, int)]
        promised[places] = after.standards[places]
        performed = (after if "performance" in done else before).performance
        return measure(promised * performed, (after if "population" in done else before).population)
    return game


def _check_same(before: State, after: State, places: int) -> None:
    sizes = {len(column) for one in (before, after) for column in (one.standards, one.performance, one.population)}
    if sizes != {places}:
        raise Refused(zh="两个时点的地区必须相同，每个地区各有一个标准、执行程度和人口。",
                      en="Both dates need the same places, each with its standard, performance and population.")
