"""A procedure as the pairs of steps that may follow one another, and what any other pair means."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import pyarrow as pa

from jizhun.kernel.bilingual import Bilingual

ALLOWED, UNKNOWN, REPEATED, SKIPPED, OUT_OF_ORDER, UNFINISHED = range(6)
"""What a step after another is. Unfinished: the case ended with a step that is no end."""
KINDS: Final = ("allowed", "unknown", "repeated", "skipped", "out-of-order", "unfinished")
DEVIATIONS: Final = (UNKNOWN, REPEATED, SKIPPED, OUT_OF_ORDER, UNFINISHED)
NOWHERE: Final = ""
"""Stands before the first step and after the last."""


class Limit(NamedTuple):
    """How long a step may take from the end of the one before."""

    amount: int
    unit: Literal["working_day", "calendar_day", "hour"] = "working_day"


@dataclass(frozen=True)
class Flow:
    """A procedure: with which steps a case may start and end, and which step may follow directly on which.

    Steps are named by their codes. ``follows`` holds (step, next step); a pair both ways round says that two steps may
    come in either order. ``always``: steps that no finished case goes without; only steps beside one another need it.
    """

    starts: frozenset[str]
    ends: frozenset[str]
    follows: frozenset[tuple[str, str]]
    limits: Mapping[str, Limit] = field(default_factory=dict)
    names: Mapping[str, Bilingual] = field(default_factory=dict)
    always: frozenset[str] = frozenset()

    @property
    def steps(self) -> tuple[str, ...]:
        """Every step's code: in the order of their names, then of their codes."""
        found = {*self.starts, *self.ends, *self.always, *(step for pair in self.follows for step in pair)}
        return (*(code for code in self.names if code in found), *sorted(found - set(self.names)))

    def name(self, code: str) -> Bilingual:
        """What a step is called; its code where nobody named it."""
        return self.names.get(code) or Bilingual(code, code)

    def way(self, after: str, before: str) -> tuple[str, ...] | None:
        """The fewest steps between two that do not follow directly; None where no way leads there.

        ``NOWHERE`` as ``after`` asks from the start, as ``before`` to the end.
        """
        tried, queue = {after}, deque[tuple[str, ...]]([(after,)])
        while queue:
            path = queue.popleft()
            for following in sorted(self._next(path[-1])):
                if following == before:
                    return path[1:]
                if following != NOWHERE and following not in tried:
                    tried.add(following)
                    queue.append((*path, following))
        return None

    def _next(self, step: str) -> set[str]:
        if step == NOWHERE:
            return set(self.starts)
        ends = {NOWHERE} if step in self.ends else set()
        return ends | {following for first, following in self.follows if first == step}

    def kind(self, previous: str, step: str) -> int:
        """What ``step`` right after ``previous`` is, both of them known, leaving aside whether it came before."""
        if step == NOWHERE:
            return ALLOWED if previous in self.ends else UNFINISHED
        if step in self.starts if previous == NOWHERE else (previous, step) in self.follows:
            return ALLOWED
        return SKIPPED if self.way(previous, step) else OUT_OF_ORDER


def tables(flows: Sequence[Flow]) -> dict[str, pa.Table]:
    """``known`` (flow, step, always), ``pairs`` (flow, previous, step, kind: also from and to nowhere) and ``flows``
    (flow, needs: how many steps no case goes without) for the engines; a flow is named by its place in ``flows``."""
    known = [(n, code, int(code in flow.always)) for n, flow in enumerate(flows) for code in flow.steps]
    pairs = [(n, a, b, flow.kind(a, b)) for n, flow in enumerate(flows)
             for a in (NOWHERE, *flow.steps) for b in (NOWHERE, *flow.steps) if a or b]
    needs = [(n, len(flow.always)) for n, flow in enumerate(flows)]
    return {"known": _table(known, flow=pa.int32(), step=pa.string(), always=pa.int8()),
            "pairs": _table(pairs, flow=pa.int32(), previous=pa.string(), step=pa.string(), kind=pa.int8()),
            "flows": _table(needs, flow=pa.int32(), needs=pa.int32())}


def _table(rows: Sequence[tuple[int | str, ...]], **types: pa.DataType) -> pa.Table:
    return pa.table({name: pa.array([row[at] for row in rows], kind) for at, (name, kind) in enumerate(types.items())})
