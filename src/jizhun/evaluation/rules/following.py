"""Did it happen that way? From an engine's counts to figures: shares with what they are shares of, times, limits."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from jizhun.analytics.following.flow import DEVIATIONS, NOWHERE, SKIPPED, UNKNOWN, Flow, Limit
from jizhun.analytics.following.sql import kinds_of
from jizhun.analytics.following.steps import BETWEEN
from jizhun.evaluation.rules import SMALLEST_PUBLISHED
from jizhun.kernel.bilingual import Bilingual

PAIRS_TOLD = 5
"""Pairs of steps told of each kind of deviation."""
USED: Mapping[str, str] = {"working_day": "used_wd", "calendar_day": "used_days", "hour": "used_hours"}
Rows = Sequence[Mapping[str, Any]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many cases."""

    part: int
    of: int

    @property
    def value(self) -> float | None:
        """The division; None where there is nothing to divide by."""
        return self.part / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class PairOff:
    """One step after another that the procedure does not have, in how many finished cases.

    ``NOWHERE`` stands before the first and after the last step. ``between``: the steps that were passed over.
    """

    previous: str
    step: str
    cases: int
    between: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deviation:
    """One kind of deviation: the finished cases that have it, its most frequent pairs, and how many more there are.

    A case may have several kinds, and several pairs of one. Of unknown steps only the pair that leads to it is told.
    """

    kind: int
    cases: Share
    pairs: tuple[PairOff, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Way:
    """The steps of finished cases that went the same way, and what deviates in it."""

    steps: tuple[str, ...]
    cases: Share
    kinds: tuple[int, ...]

    @property
    def followed(self) -> bool:
        return not self.kinds


@dataclass(frozen=True, slots=True)
class Move:
    """How often one step followed on another, and how long it took from the end of the one to that of the other.

    ``kind`` says whether the procedure has it (leaving aside whether the step came before). Medians and nine tenths
    are of those that have ended (``timed``), in hours begun and in the unit of the step's limit; ``over`` of them took
    longer than the limit. None where nothing was timed or there is no limit.
    """

    previous: str
    step: str
    times: int
    kind: int
    timed: int
    median_hours: int | None
    p90_hours: int | None
    limit: Limit | None
    median: int | None
    p90: int | None
    over: Share | None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place's finished cases: how many followed, of how many; and those that are still open."""

    place: int
    followed: Share
    open: int

    @property
    def small(self) -> bool:
        return self.followed.of + self.open < SMALLEST_PUBLISHED


@dataclass(frozen=True)
class Followed:
    """Whether cases followed their procedure.

    ``followed`` is of finished cases; ``open_off`` of those that are still open and already deviate. ``fitness`` is the
    footprint fitness of the whole log of finished cases. ``never``: steps of the procedure that no case has.
    ``ways``: how many different ones finished cases went; ``common`` the most frequent. What fewer than ten cases
    have is left out of the lists (of simulated cases nothing is); ``hidden`` counts what was left out. ``flow`` is the
    procedure at the asked place, with the names of every step; ``procedures`` how many different ones count below it.
    """

    flow: Flow
    procedures: int
    followed: Share
    open_off: Share
    fitness: float
    deviations: tuple[Deviation, ...]
    ways: int
    common: tuple[Way, ...]
    moves: tuple[Move, ...]
    places: tuple[PlaceRow, ...]
    never: tuple[str, ...]
    hidden: int


def followed_from(rows: Mapping[str, Rows], flows: Sequence[Flow], *, smallest: int = SMALLEST_PUBLISHED) -> Followed:
    """The figures from the rows of the wanted steps; what fewer than ``smallest`` cases have is not listed.

    ``flows``: the procedures by the numbers that the rows give, that of the asked place first.
    """
    cases, listed = rows["cases_by_verdict"], _Listed(smallest)
    finished = _sum(row for row in cases if row["done"])
    opened = _sum(row for row in cases if not row["done"])
    moves = _moves(rows["moves"], flows)
    done = {row["step"] for row in rows["moves"]}
    return Followed(
        flow=_named(flows),
        procedures=len(flows),
        followed=Share(_sum(row for row in cases if row["done"] and not row["bits"]), finished),
        open_off=Share(_sum(row for row in cases if not row["done"] and row["bits"]), opened),
        fitness=fitness(rows["moves"], flows),
        deviations=tuple(_deviation(kind, cases, rows["deviating"], flows, finished, listed) for kind in DEVIATIONS),
        ways=next((row["ways"] for row in rows["number_of_ways"]), 0),
        common=tuple(listed.of([_way(row, finished) for row in rows["common"]], lambda way: way.cases.part)),
        moves=tuple(listed.of(moves, lambda move: move.times)),
        places=tuple(_places(cases)),
        never=tuple(code for code in flows[0].steps if code not in done),
        hidden=listed.hidden)


def _named(flows: Sequence[Flow]) -> Flow:
    """The first procedure, with the names of the others' steps beside its own."""
    names: dict[str, Bilingual] = {}
    for flow in reversed(flows):
        names |= flow.names
    return replace(flows[0], names={**flows[0].names, **names})


class _Listed:
    """Lets through what is not small, and counts what it kept back."""

    def __init__(self, smallest: int) -> None:
        self.smallest, self.hidden = smallest, 0

    def of(self, several: Sequence[T], size: Callable[[T], int]) -> list[T]:
        shown = [one for one in several if size(one) >= self.smallest]
        self.hidden += len(several) - len(shown)
        return shown


def _sum(rows: Iterable[Mapping[str, Any]]) -> int:
    return sum(int(row["n"]) for row in rows)


def _way(row: Mapping[str, Any], finished: int) -> Way:
    return Way(tuple(row["trace"].split(BETWEEN)), Share(row["n"], finished), kinds_of(row["bits"]))


def _deviation(kind: int, cases: Rows, deviating: Rows, flows: Sequence[Flow], finished: int,
               listed: _Listed) -> Deviation:
    having = _sum(row for row in cases if row["done"] and kind in kinds_of(row["bits"]))
    counts: Counter[tuple[str, str]] = Counter()
    between: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in deviating:
        flow, pair = flows[row["flow"]], (row["previous"], row["step"])
        if row["kind"] == kind and not (kind == UNKNOWN and row["step"] in flow.steps):
            counts[pair] += row["n"]
            between.setdefault(pair, (flow.way(*pair) or ()) if kind == SKIPPED else ())
    ordered = sorted(counts, key=lambda pair: (-counts[pair], pair))
    pairs = [PairOff(*pair, counts[pair], between[pair]) for pair in ordered]
    shown = listed.of(pairs, lambda pair: pair.cases)[:PAIRS_TOLD]
    return Deviation(kind, Share(having, finished), tuple(shown), len(pairs) - len(shown))


# -- time ------------------------------------------------------------------------------------------


def _moves(rows: Rows, flows: Sequence[Flow]) -> list[Move]:
    """By pair, the most frequent first."""
    grouped: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        grouped.setdefault((row["previous"], row["step"]), []).append(row)
    found = [_move(pair, several, flows) for pair, several in grouped.items()]
    return sorted(found, key=lambda move: (-move.times, move.previous, move.step))


def _move(pair: tuple[str, str], rows: Rows, flows: Sequence[Flow]) -> Move:
    """Each place's limit counts for its own cases; the one that is told, and its unit, is that of most of them."""
    ended = [row for row in rows if row["used_hours"] >= 0]
    hours, limit = _counts(ended, "hour"), _most(rows, lambda row: flows[row["flow"]].limits.get(pair[1]))
    limited = [(row, own) for row in ended if (own := flows[row["flow"]].limits.get(pair[1]))]
    used = _counts(ended, limit.unit) if limit else {}
    over = Share(_sum(row for row, own in limited if row[USED[own.unit]] > own.amount), _sum(row for row, _ in limited))
    return Move(*pair, _sum(rows), _most(rows, lambda row: _kind(flows[row["flow"]], *pair)), _sum(ended),
                quantile(hours, 50), quantile(hours, 90), limit, quantile(used, 50), quantile(used, 90),
                over if over.of else None)


def _kind(flow: Flow, previous: str, step: str) -> int:
    known = {NOWHERE, *flow.steps}
    return flow.kind(previous, step) if {previous, step} <= known else UNKNOWN


def _most(rows: Rows, value: Callable[[Mapping[str, Any]], T]) -> T:
    """The value that most cases have; the first of two with as many."""
    counts: dict[int, int] = {}
    for row in rows:
        counts[row["flow"]] = counts.get(row["flow"], 0) + row["n"]
    most = max(counts, key=lambda flow: (counts[flow], -flow))
    return value(next(row for row in rows if row["flow"] == most))


def _counts(rows: Rows, unit: Literal["working_day", "calendar_day", "hour"]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for row in rows:
        counts[row[USED[unit]]] += row["n"]
    return counts


def quantile(counts: Mapping[int, int], percent: int) -> int | None:
    """The smallest value that so many percent of the counted do not exceed; None of nothing."""
    wanted, seen = -(-sum(counts.values()) * percent // 100), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return None


# -- the whole log -----------------------------------------------------------------------------------


def fitness(moves: Rows, flows: Sequence[Flow]) -> float:
    """Footprint fitness of the log of finished cases: 1 where nothing in it is not in the procedure.

    The share of moves that the procedure has weighs as much as there are different moves, every different first and
    every different last step as much as one of them. A log without any move has 1. Of several procedures, the mean by
    their finished cases.
    """
    told, finished = 0.0, 0
    for number, flow in enumerate(flows):
        own = [row for row in moves if row["done"] and row["flow"] == number]
        cases = _sum(row for row in own if row["is_last"])
        told, finished = told + _fitness(own, flow) * cases, finished + cases
    return told / finished if finished else 1.0


def _fitness(rows: Rows, flow: Flow) -> float:
    pairs: Counter[tuple[str, str]] = Counter()
    for row in rows:
        pairs[row["previous"], row["step"]] += row["n"]
    starts = {step for previous, step in pairs if previous == NOWHERE}
    ends = {row["step"] for row in rows if row["is_last"]}
    inner = {pair: n for pair, n in pairs.items() if pair[0] != NOWHERE}
    if not inner:
        return 1.0
    allowed = sum(n for pair, n in inner.items() if pair in flow.follows) / sum(inner.values())
    told = len(starts & flow.starts) + len(ends & flow.ends)
    return (allowed * len(inner) + told) / (len(inner) + len(starts) + len(ends))


def _places(cases: Rows) -> list[PlaceRow]:
    places: dict[int, Counter[str]] = {}
    for row in cases:
        part = "open" if not row["done"] else "off" if row["bits"] else "followed"
        places.setdefault(row["place"], Counter())[part] += row["n"]
    return [PlaceRow(place, Share(n["followed"], n["followed"] + n["off"]), n["open"])
            for place, n in sorted(places.items())]
