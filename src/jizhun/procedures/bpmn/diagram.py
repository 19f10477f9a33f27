"""From a table of steps to what is drawn: lanes, nodes, links. Gateways stand where a step has several ways.

Ways taken together are parted by a parallel gateway and meet again in one, before the first step that all of them come
to. A way to a step that is not there ends in an end of its own that says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.procedures.rules.flow import Flow, flow_of, spread
from jizhun.procedures.rules.steps import END, Step, Steps, Way

Kind = Literal["start", "task", "wait", "call", "choice", "together", "join", "merge", "end", "lost"]


@dataclass(frozen=True, slots=True)
class Lane:
    """Who acts: a role, of a department where the step names one."""

    role: str
    department: Bilingual = NO_WORDS


@dataclass(frozen=True, slots=True)
class Node:
    """``step`` is the step it stands for or belongs to; ``to`` what a lost end should have led to."""

    id: str
    kind: Kind
    lane: int
    step: str = ""
    to: str = ""


@dataclass(slots=True)
class Link:
    """From node to node. ``way`` has the words, on the last link of a way; ``back`` leads against the flow."""

    id: str
    source: str
    target: str
    owner: str
    way: Way | None = None
    back: bool = False


@dataclass
class Diagram:
    """Nodes stand in the order of the flow: each after those that lead to it, ways back left out."""

    steps: Steps
    lanes: list[Lane] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def node(self, id: str) -> Node:
        return next(one for one in self.nodes if one.id == id)


def diagram_of(steps: Steps) -> Diagram:
    """What is drawn of a table."""
    return _Builder(steps).built()


KINDS: Mapping[bool, Kind] = {True: "wait", False: "task"}


class _Builder:
    """Puts nodes and links together; the ids that it gives are made of those of the steps."""

    def __init__(self, steps: Steps) -> None:
        self.flow: Flow = flow_of(steps)
        self.diagram = Diagram(steps)
        reached = set(self.flow.order)
        self.order = [*self.flow.order, *(one.id for one in steps.rows if one.id not in reached)]
        self.before: dict[str, list[Node]] = {}
        self.number = 0

    def built(self) -> Diagram:
        for one in self.order:
            lane = self._lane_of(self._step(one))
            if lane not in self.diagram.lanes:
                self.diagram.lanes.append(lane)
        after = {one: list(self._after(self._step(one))) for one in self.order}
        for one in reversed(self.flow.order):
            self._joined(self._step(one))
        self._stand(after)
        return self.diagram

    def _stand(self, after: Mapping[str, list[Node]]) -> None:
        """Nodes in the order of the flow."""
        first = self.diagram.steps.first
        if first is not None:
            self.diagram.nodes.append(Node("start", "start", self._lane(first)))
            self._link("start", f"step_{first.id}", "")
        for one in self.order:
            step = self._step(one)
            kind: Kind = "call" if step.calls else KINDS[bool(step.waits_for)]
            self.diagram.nodes += [*self.before.get(one, []), Node(f"step_{one}", kind, self._lane(step), one),
                                   *after[one]]

    def _step(self, id: str) -> Step:
        return self.diagram.steps.by_id[id]

    def _lane_of(self, step: Step) -> Lane:
        return Lane(step.role, step.department)

    def _lane(self, step: Step) -> int:
        return self.diagram.lanes.index(self._lane_of(step))

    def _link(self, source: str, target: str, owner: str, way: Way | None = None, back: bool = False) -> None:
        self.number += 1
        self.diagram.links.append(Link(f"flow_{self.number}", source, target, owner, way, back))

    def _after(self, step: Step) -> Iterator[Node]:
        """Gateways and ends behind a step; its links are made on the way."""
        source, lane = f"step_{step.id}", self._lane(step)
        together = [way for way in step.next if way.together]
        if len(step.next) > len(together) and len(step.next) > 1:
            yield Node(f"choice_{step.id}", "choice", lane, step.id)
            self._link(source, f"choice_{step.id}", step.id)
            source = f"choice_{step.id}"
        fork = f"together_{step.id}"
        if together:
            yield Node(fork, "together", lane, step.id)
        ended: dict[str, str] = {}
        forked = False
        for way in step.next:
            if way.together and not forked:
                forked = True
                self._link(source, fork, step.id)
            target = f"step_{way.to}"
            if way.to not in self.diagram.steps.by_id:
                if way.to not in ended:
                    ended[way.to] = f"end_{step.id}_{len(ended) + 1}"
                    yield Node(ended[way.to], "end" if way.to == END else "lost", lane, step.id, way.to)
                target = ended[way.to]
            self._link(fork if way.together else source, target, step.id, way, (step.id, way.to) in self.flow.loops)

    # -- where ways taken together meet again

    def _joined(self, step: Step) -> None:
        heads = list(dict.fromkeys(way.to for way in step.next if way.together))
        if not heads or any(one not in self.diagram.steps.by_id or (step.id, one) in self.flow.loops for one in heads):
            return
        meeting = self._meeting(heads)
        if meeting is None:
            return
        target, fork, join = f"step_{meeting}", f"together_{step.id}", f"join_{step.id}"
        self.before.setdefault(meeting, []).append(Node(join, "join", self._lane(self._step(meeting)), step.id))
        into = [one for one in self.diagram.links if one.target == target and not one.back]
        taken: set[str] = set()
        for number, head in enumerate(heads, 1):
            branch = spread([head], self.flow.ahead, {meeting})
            self._gathered(meeting, [one for one in into if one.owner in branch and one.id not in taken], join,
                           f"merge_{step.id}_{number}", step.id)
            taken |= {one.id for one in into if one.owner in branch}
        for one in into:
            if one.source == fork:
                one.target = join
        self._link(join, target, step.id)

    def _gathered(self, meeting: str, links: list[Link], join: str, merge: str, owner: str) -> None:
        """One branch comes to the meeting by one link, whichever of its ways was taken."""
        if len(links) > 1:
            self.before[meeting].insert(-1, Node(merge, "merge", self._lane(self._step(meeting)), owner))
            self._link(merge, join, owner)
        for one in links:
            one.target = merge if len(links) > 1 else join

    def _meeting(self, heads: Iterable[str]) -> str | None:
        """The first step that every way from each of the heads comes to; None where they end apart."""
        reach = [spread([one], self.flow.ahead, ()) for one in heads]
        return next((one for one in self.flow.order if all(one in each for each in reach)
                     and not any(self._passes(head, one) for head in heads)), None)

    def _passes(self, head: str, step: str) -> bool:
        """Whether some way from the head ends without coming to the step."""
        on = spread([head], self.flow.ahead, {step})
        return any(END in self.flow.targets[one] or not self.flow.targets[one] for one in on)
