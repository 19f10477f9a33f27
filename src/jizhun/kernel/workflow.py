"""Workflows as tables: states, and who may take which act from one state to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jizhun.kernel.bilingual import Bilingual, Refused


@dataclass(frozen=True, slots=True)
class Transition:
    """In ``state``, whoever holds ``right`` may do ``act``; then the state is ``to``."""

    state: str
    act: str
    to: str
    right: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """States by code with their names, acts by code with theirs, and the table of transitions.

    The first state is where everything begins. ValueError at once for a table that cannot be right: an unknown state
    or act, two ways out by the same act, a state that nothing leads to.
    """

    states: Mapping[str, Bilingual]
    acts: Mapping[str, Bilingual]
    transitions: Sequence[Transition]

    def __post_init__(self) -> None:
        self._check_names()
        self._check_ways()

    def _check_names(self) -> None:
        for one in self.transitions:
            if unknown := {one.state, one.to} - set(self.states):
                raise ValueError(f"unknown state {min(unknown)!r} in {one}")
            if one.act not in self.acts:
                raise ValueError(f"unknown act {one.act!r} in {one}")

    def _check_ways(self) -> None:
        ways = [(one.state, one.act) for one in self.transitions]
        if twice := {way for way in ways if ways.count(way) > 1}:
            raise ValueError(f"two transitions for {min(twice)}")
        if lost := set(self.states) - self.reachable():
            raise ValueError(f"nothing leads to the state {min(lost)!r}")

    @property
    def first(self) -> str:
        """The state in which everything begins."""
        return next(iter(self.states))

    def reachable(self) -> set[str]:
        """Every state that some way from the first one leads to, itself included."""
        found, open_ends = {self.first}, [self.first]
        while open_ends:
            state = open_ends.pop()
            fresh = {one.to for one in self.transitions if one.state == state} - found
            found |= fresh
            open_ends += fresh
        return found

    def open_to(self, state: str) -> tuple[Transition, ...]:
        """What can be done in ``state``, in the order of the table; raises Refused for an unknown state."""
        if state not in self.states:
            raise Refused(zh=f"没有“{state}”这个状态。", en=f"There is no state “{state}”.")
        return tuple(one for one in self.transitions if one.state == state)

    def take(self, state: str, act: str) -> Transition:
        """The transition of ``act`` in ``state``; raises Refused, naming what is possible, when there is none."""
        possible = self.open_to(state)
        for one in possible:
            if one.act == act:
                return one
        raise self._impossible(state, act, possible)

    def _impossible(self, state: str, act: str, possible: Sequence[Transition]) -> Refused:
        wanted, now = self.acts.get(act, Bilingual(act, act)), self.states[state]
        names = [self.acts[one.act] for one in possible]
        return Refused(
            zh=f"“{now.zh}”状态下不能“{wanted.zh}”；可以：{'、'.join(name.zh for name in names) or '无'}。",
            en=f"“{wanted.en}” is not possible while “{now.en}”; possible: "
            f"{', '.join(name.en for name in names) or 'nothing'}.",
        )
