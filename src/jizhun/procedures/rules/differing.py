"""What is different between two procedures: as sentences, and as a mark on each step for the picture."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from jizhun.kernel.bilingual import COMMA, Bilingual
from jizhun.procedures.rules.checking import NO_DOCUMENTS, NO_ROLES
from jizhun.procedures.rules.flow import Flow, flow_of
from jizhun.procedures.rules.steps import END, NAMES, Limit, Step, Steps
from jizhun.procedures.rules.timing import Time, said, time_of
from jizhun.procedures.rules.words import Document, Role, role_name

Mark = Literal["added", "removed", "moved", "changed"]
Kind = Literal["added", "removed", "moved", "changed", "ways", "time"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, and the steps it is about."""

    kind: Kind
    steps: tuple[str, ...]
    sentence: Bilingual


@dataclass(frozen=True, slots=True)
class Differences:
    """``marks``: step -> what happened to it; one that was moved and changed is marked moved."""

    changes: tuple[Change, ...]
    marks: Mapping[str, Mark]

    @property
    def sentence(self) -> Bilingual:
        """All of it in one line."""
        if not self.changes:
            return Bilingual("没有差异", "no difference")
        return Bilingual("；".join(one.sentence.zh for one in self.changes),
                         "; ".join(one.sentence.en for one in self.changes))


def differences(before: Steps, after: Steps, *, roles: Mapping[str, Role] = NO_ROLES,
                documents: Mapping[str, Document] = NO_DOCUMENTS, starts: Collection[str] = (),
                ends: Collection[str] = ()) -> Differences:
    """What ``after`` does otherwise; steps are the same where their ids are. ``starts`` and ``ends`` as in checking."""
    both = _Both(before, after, roles, documents)
    was, now = (time_of(one, starts, ends) for one in (both.was, both.now))
    changes = (*both.come_and_gone(), *both.moved_steps(), *both.changed_steps(), *both.turned(), *_longer(was, now))
    marks: dict[str, Mark] = {}
    for one in changes:
        if one.kind in ("added", "removed", "moved", "changed"):
            marks.update({step: one.kind for step in one.steps if step not in marks})  # type: ignore[misc]
        elif one.kind == "ways":
            marks.setdefault(one.steps[0], "changed")
    return Differences(changes, marks)


class _Both:
    """Two tables side by side."""

    def __init__(self, before: Steps, after: Steps, roles: Mapping[str, Role],
                 documents: Mapping[str, Document]) -> None:
        self.before, self.after, self.roles, self.documents = before, after, roles, documents
        self.was, self.now = flow_of(before), flow_of(after)
        self.common = [one.id for one in after.rows if one.id in before.by_id]
        self.moved = _moved([one for one in _ordered(self.was) if one in after.by_id],
                            [one for one in _ordered(self.now) if one in before.by_id])

    def name(self, step: str) -> Bilingual:
        one = self.after.by_id.get(step) or self.before.by_id[step]
        return Bilingual(f"“{one.name.in_language('zh')}”", f"“{one.name.in_language('en')}”")

    def names(self, steps: Sequence[str]) -> Bilingual:
        found = [Bilingual("结束", "the end") if one == END else self.name(one) for one in steps]
        return Bilingual(COMMA.zh.join(one.zh for one in found), COMMA.en.join(one.en for one in found))

    def come_and_gone(self) -> Iterator[Change]:
        added = [one.id for one in self.after.rows if one.id not in self.before.by_id]
        if added:
            words = self.names(added)
            yield Change("added", tuple(added), Bilingual(f"增加{words.zh}", f"{words.en} added"))
        removed = [one.id for one in self.before.rows if one.id not in self.after.by_id]
        if removed:
            words = self.names(removed)
            yield Change("removed", tuple(removed), Bilingual(f"去掉{words.zh}", f"{words.en} removed"))

    def moved_steps(self) -> Iterator[Change]:
        """Each that changed its place, against the neighbour that tells most."""
        old = [one for one in _ordered(self.was) if one in self.after.by_id]
        new = [one for one in _ordered(self.now) if one in self.before.by_id]
        for one in self.moved:
            at = new.index(one)
            if at < old.index(one) and at + 1 < len(new):
                name, other = self.name(one), self.name(new[at + 1])
                yield Change("moved", (one,),
                             Bilingual(f"{name.zh}移到{other.zh}之前", f"{name.en} moved before {other.en}"))
            else:
                name, other = self.name(one), self.name(new[at - 1])
                yield Change("moved", (one,),
                             Bilingual(f"{name.zh}移到{other.zh}之后", f"{name.en} moved after {other.en}"))

    def changed_steps(self) -> Iterator[Change]:
        for one in self.common:
            parts = list(self._parts(self.before.by_id[one], self.after.by_id[one]))
            if parts:
                name = self.name(one)
                yield Change("changed", (one,), Bilingual(f"{name.zh}：{COMMA.zh.join(part.zh for part in parts)}",
                                                          f"{name.en}: {COMMA.en.join(part.en for part in parts)}"))

    def _parts(self, old: Step, new: Step) -> Iterator[Bilingual]:
        for field, tell in self._told().items():
            was, now = getattr(old, field), getattr(new, field)
            if was != now:
                a, b = tell(was), tell(now)
                yield Bilingual(f"{NAMES[field].zh}由{a.zh}改为{b.zh}", f"{NAMES[field].en} from {a.en} to {b.en}")
        others = [NAMES[field] for field in ("action", "input", "output", "system", "risk", "control", "waits_for")
                  if getattr(old, field) != getattr(new, field)]
        if others:
            yield Bilingual(f"{COMMA.zh.join(one.zh for one in others)}有改动",
                            f"{COMMA.en.join(one.en for one in others)} changed")

    def _told(self) -> Mapping[str, Callable[[Any], Bilingual]]:
        """Fields whose old and new value fit into a sentence, with how each is told."""
        return {"name": lambda one: Bilingual(f"“{one.in_language('zh')}”", f"“{one.in_language('en')}”"),
                "role": lambda one: role_name(one, self.roles), "limit": _limit,
                "document": lambda one: _none() if not one else self.documents[one].name
                if one in self.documents else Bilingual(one, one),
                "money": lambda one: Bilingual("是", "yes") if one else Bilingual("否", "no"),
                "calls": lambda one: Bilingual(one, one) if one else _none(),
                "department": lambda one: one if any((one.zh, one.en)) else _none()}

    def turned(self) -> Iterator[Change]:
        """Steps that now lead elsewhere, where no added, removed or moved step in between explains it."""
        left = set(self.common) - set(self.moved)
        for one in self.common:
            if one in self.moved:
                continue
            old, new = (_next_of(flow, one, left) for flow in (self.was, self.now))
            more, less = [to for to in new if to not in old], [to for to in old if to not in new]
            if more or less:
                yield Change("ways", (one, *(to for to in more if to != END)), self._turn(one, more, less))

    def _turn(self, step: str, more: list[str], less: list[str]) -> Bilingual:
        name, on, off = self.name(step), self.names(more), self.names(less)
        zh = [*([f"可到{on.zh}"] if more else []), *([f"不再到{off.zh}"] if less else [])]
        en = [*([f"now leads to {on.en}"] if more else []), *([f"no longer leads to {off.en}"] if less else [])]
        return Bilingual(f"{name.zh}之后{'，'.join(zh)}", f"{name.en} {' and '.join(en)}")


def _limit(one: Limit | None) -> Bilingual:
    return said(one) if one else _none()


def _none() -> Bilingual:
    return Bilingual("无", "none")


def _ordered(flow: Flow) -> list[str]:
    """The steps as they are gone, then those that nothing leads to."""
    return [*flow.order, *(one.id for one in flow.steps.rows if one.id not in set(flow.order))]


def _moved(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The fewest that have to be taken out for the rest to stand in the same order."""
    place = {one: at for at, one in enumerate(old)}
    ends: list[int] = []
    holders: list[int] = []
    before: dict[int, int | None] = {}
    for at, one in enumerate(new):
        size = bisect_left(ends, place[one])
        ends[size:size + 1], holders[size:size + 1] = [place[one]], [at]
        before[at] = holders[size - 1] if size else None
    kept = set()
    here: int | None = holders[-1] if holders else None
    while here is not None:
        kept.add(new[here])
        here = before[here]
    return [one for one in new if one not in kept]


def _next_of(flow: Flow, step: str, left: Collection[str]) -> list[str]:
    """Where a step leads, other steps than those ``left`` and the end passed over."""
    found: list[str] = []
    seen, waiting = {step}, list(flow.targets[step])
    while waiting:
        here = waiting.pop(0)
        if here == END or here in left:
            found += [here] if here not in found else []
        elif here not in seen:
            seen.add(here)
            waiting += flow.targets[here]
    return found


def _longer(was: Time, now: Time) -> Iterator[Change]:
    for old, new, unit in ((was.working_days, now.working_days, "working_day"),
                           (was.calendar_days, now.calendar_days, "calendar_day")):
        if old != new:
            by = said(Limit(abs(new - old), unit))  # type: ignore[arg-type]
            zh, en = ("长", "longer") if new > old else ("短", "shorter")
            yield Change("time", now.either.path, Bilingual(f"{zh}{by.zh}", f"{by.en} {en}"))
