"""What leads where in a table of steps, from its first step: loops told apart, and the order of the flow."""

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from jizhun.procedures.rules.steps import END, Steps


@dataclass(frozen=True)
class Flow:
    """``targets``: where each step leads, without steps that are not there. ``loops``: the ways that lead back.

    ``order``: the steps that are reached, each after all that lead to it, else as in the table.
    """

    steps: Steps
    targets: Mapping[str, tuple[str, ...]]
    sources: Mapping[str, tuple[str, ...]]
    loops: tuple[tuple[str, str], ...]
    order: tuple[str, ...]

    def ahead(self, step: str) -> tuple[str, ...]:
        """The steps that follow, ways back and the end left out."""
        return tuple(one for one in self.targets[step] if one != END and (step, one) not in self._back)

    @cached_property
    def _back(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.loops)

    def reached(self, avoiding: Collection[str] = ()) -> set[str]:
        """What can be reached from the first step, the first included, without passing what is avoided."""
        first = self.steps.first
        return spread([first.id] if first else [], self.targets.__getitem__, {*avoiding, END})

    def ending(self, avoiding: Collection[str] = ()) -> set[str]:
        """The steps from which the end can be reached without passing what is avoided."""
        return spread(self.sources[END], self.sources.__getitem__, avoiding)


def spread(start: Iterable[str], following: Callable[[str], Iterable[str]], avoiding: Collection[str]) -> set[str]:
    """Everything that can be reached from ``start``, itself included."""
    found = {one for one in start if one not in avoiding}
    waiting = list(found)
    while waiting:
        for one in following(waiting.pop()):
            if one not in found and one not in avoiding:
                found.add(one)
                waiting.append(one)
    return found


def flow_of(steps: Steps) -> Flow:
    """The flow of a table; an empty one has an empty flow."""
    known = {END, *steps.by_id}
    targets = {one.id: tuple(dict.fromkeys(way.to for way in one.next if way.to in known)) for one in steps.rows}
    sources: dict[str, list[str]] = {one: [] for one in known}
    for one, following in targets.items():
        for target in following:
            sources[target].append(one)
    loops = _loops(steps, targets)
    return Flow(steps, targets, {one: tuple(leading) for one, leading in sources.items()}, tuple(loops),
                _order(steps, targets, frozenset(loops)))


def _loops(steps: Steps, targets: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """The ways that lead to a step on the way that is being gone, in a walk as deep as it gets."""
    loops: list[tuple[str, str]] = []
    done: set[str] = {END}
    if steps.first is None:
        return loops
    way = {steps.first.id: iter(targets[steps.first.id])}
    while way:
        here = next(reversed(way))
        for one in way[here]:
            if one in way:
                loops.append((here, one))
            elif one not in done:
                way[one] = iter(targets[one])
                break
        else:
            done.add(here)
            del way[here]
    return loops


def _order(steps: Steps, targets: Mapping[str, tuple[str, ...]], loops: Collection[tuple[str, str]]) -> tuple[str, ...]:
    if steps.first is None:
        return ()
    place = {one.id: number for number, one in enumerate(steps.rows)}
    reached = spread([steps.first.id], targets.__getitem__, {END})
    onward = {one: [to for to in targets[one] if to != END and (one, to) not in loops] for one in reached}
    waiting = dict.fromkeys(reached, 0)
    for following in onward.values():
        for one in following:
            waiting[one] += 1
    ready = [(place[one], one) for one, count in waiting.items() if not count]
    heapq.heapify(ready)
    order = []
    while ready:
        order.append(here := heapq.heappop(ready)[1])
        for one in onward[here]:
            waiting[one] -= 1
            if not waiting[one]:
                heapq.heappush(ready, (place[one], one))
    return tuple(order)
