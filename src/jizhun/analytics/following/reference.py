"""The slow answer in plain Python: each case walked step by step, each pair looked up on the procedure's own arrows.

It shares nothing with the SQL but the names of the kinds. Every engine must agree with it in every count.
"""

import math
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from jizhun.analytics.cases import EPOCH
from jizhun.analytics.following.flow import (
    NOWHERE,
    OUT_OF_ORDER,
    REPEATED,
    SKIPPED,
    UNFINISHED,
    UNKNOWN,
    Flow,
)

Works = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was done: its code, when it started and ended (None: not yet)."""

    step: str
    started: datetime
    ended: datetime | None


@dataclass(frozen=True, slots=True)
class Walk:
    """A case with its steps in any order; of two that started and ended together the first named came first.

    Without ``finished`` it is still open. ``place`` is the unit under which it is counted. ``stops``: the clock stood
    on the days behind the first up to and including the second number (days since 1970-01-01).
    """

    key: str
    place: int
    steps: tuple[Done, ...]
    finished: bool = True
    stops: tuple[tuple[int, int], ...] = ()

    def in_order(self) -> list[Done]:
        return sorted(self.steps, key=lambda one: (one.started, one.ended or datetime.max))


@dataclass
class Counted:
    """What is counted: cases by (place, finished, kinds), ways of finished cases, pairs that deviate, moves."""

    cases: Counter[tuple[int, bool, frozenset[int]]] = field(default_factory=Counter)
    ways: Counter[tuple[str, ...]] = field(default_factory=Counter)
    deviating: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    moves: Counter[tuple[str, str, int, int, int]] = field(default_factory=Counter)


def count(walks: Iterable[Walk], flow: Flow, works: Works) -> Counted:
    """Every count over the cases."""
    found = Counted()
    for walk in walks:
        codes = [one.step for one in walk.in_order()]
        off = deviations(codes, flow, finished=walk.finished)
        kinds = {kind for _, _, kind in off}
        if walk.finished and flow.always - set(codes):
            kinds.add(SKIPPED)
        found.cases[walk.place, walk.finished, frozenset(kinds)] += 1
        if walk.finished:
            found.ways[tuple(codes)] += 1
            found.deviating.update(off)
        found.moves.update(moves(walk.in_order(), works, _stood(walk.stops)))
    return found


def deviations(codes: Sequence[str], flow: Flow, *, finished: bool) -> set[tuple[str, str, int]]:
    """(step before, step, kind) of what the procedure does not have."""
    known, off, before = set(flow.steps), set(), NOWHERE
    for n, code in enumerate(codes):
        if code not in known or before not in known | {NOWHERE}:
            off.add((before, code, UNKNOWN))
        elif not _may_follow(flow, before, code):
            off.add((before, code, REPEATED if code in codes[:n] else _gap(flow, before, code)))
        before = code
    if finished and before not in flow.ends:
        off.add((before, NOWHERE, UNFINISHED))
    return off


def _may_follow(flow: Flow, before: str, code: str) -> bool:
    return code in flow.starts if before == NOWHERE else (before, code) in flow.follows


def _gap(flow: Flow, before: str, code: str) -> int:
    """Skipped where arrows lead from the one to the other, else out of order."""
    reached = set(flow.starts) if before == NOWHERE else {b for a, b in flow.follows if a == before}
    while more := {b for a, b in flow.follows if a in reached} - reached:
        reached |= more
    return SKIPPED if code in reached else OUT_OF_ORDER


def _stood(stops: Iterable[tuple[int, int]]) -> set[date]:
    """The days on which the clock stood."""
    return {EPOCH + timedelta(days=day) for after, until in stops for day in range(after + 1, until + 1)}


def moves(steps: Sequence[Done], works: Works, stood: Container[date] = ()) -> list[tuple[str, str, int, int, int]]:
    """(step before, step, hours begun, days, working days) from the end of the one to the end of the other.

    Days on which the clock stood are none, and take twenty-four hours off each.
    """
    found = []
    for n, one in enumerate(steps):
        before = steps[n - 1].step if n else NOWHERE
        since = steps[n - 1].ended if n else one.started
        found.append((before, one.step, *_used(since, one.ended, works, stood)))
    return found


def _used(since: datetime | None, until: datetime | None, works: Works, stood: Container[date]) -> tuple[int, int, int]:
    """-1 where either has not happened; nothing where the later was over before the earlier."""
    if since is None or until is None:
        return -1, -1, -1
    until = max(since, until)
    between = [since.date() + timedelta(days=n + 1) for n in range((until.date() - since.date()).days)]
    counted = [day for day in between if day not in stood]
    hours = math.ceil((until - since) / timedelta(hours=1)) - 24 * (len(between) - len(counted))
    return max(hours, 0), len(counted), sum(map(works, counted))


def fitness(walks: Iterable[Walk], flow: Flow) -> float:
    """Footprint fitness of the whole log of finished cases: 1 where nothing in it is not in the procedure.

    The share of moves that are allowed weighs as much as there are different moves, and every different first and
    last step as much as one.
    """
    codes = [[one.step for one in walk.in_order()] for walk in walks if walk.finished]
    pairs = Counter((a, b) for one in codes for a, b in pairwise(one))
    starts, ends = {one[0] for one in codes}, {one[-1] for one in codes}
    if not pairs:
        return 1.0
    allowed = sum(n for pair, n in pairs.items() if pair in flow.follows) / pairs.total()
    told = len(starts & flow.starts) + len(ends & flow.ends)
    return (allowed * len(pairs) + told) / (len(pairs) + len(starts) + len(ends))
