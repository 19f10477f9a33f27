"""Procedures as data: stages, ways from one to the next, limits of time; and how long things took. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import months_later
from jizhun.kernel.workflow import Transition, Workflow

STOPPED, PUBLISHED, REVIEWING, WITHDRAWN = "99", "60", "90", "95"
ENDED = (STOPPED, PUBLISHED, REVIEWING, WITHDRAWN)
"""Stages in which nothing is drafted any more."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: its code of GB/T 16733, the ISO code it corresponds to, its name, and what comes out of it."""

    code: str
    iso: str
    name: Bilingual
    makes: Bilingual


@dataclass(frozen=True, slots=True)
class Limit:
    """A stage may take so many months, or so many days."""

    months: int = 0
    days: int = 0

    def due(self, entered: date) -> date:
        """The last day."""
        return months_later(entered, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Way:
    """One way on: in stage ``at``, who holds ``right`` may do ``act`` once ``needs`` are met; then the stage is ``to``.

    ``needs``: check -> what it asks for, as ``conditions`` knows them.
    """

    at: str
    act: str
    to: str
    right: str
    needs: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Act:
    """A step that can be taken; ``reason``: whether it has to be said why."""

    code: str
    name: Bilingual
    reason: bool = False


DECIDED = "decided"
"""The condition that asks for a passed ballot or meeting."""


@dataclass(frozen=True)
class Procedure:
    """How one kind of document is made."""

    code: str
    name: Bilingual
    kinds: Sequence[str]
    levels: Sequence[int]
    stages: Mapping[str, Stage]
    acts: Mapping[str, Act]
    ways: Sequence[Way]
    limits: Mapping[str, Limit]
    holders: Mapping[str, str]
    total: Limit | None = None
    first: str = "00"
    source: str = ""
    mark: str = "R"
    ballots: Sequence[str] = ()
    workflow: Workflow = field(repr=False, default=None)  # type: ignore[assignment]

    def open_to(self, stage: str) -> list[Way]:
        """The ways out of a stage, in the order of the table."""
        return [way for way in self.ways if way.at == stage]

    @property
    def deciding(self) -> list[str]:
        """The stages in which the document is decided on: by a ballot or at a meeting, which the next step asks for."""
        return sorted({way.at for way in self.ways if DECIDED in way.needs})

    def way(self, stage: str, act: str) -> Way:
        """The way of ``act`` out of ``stage``; Refused, naming what is possible, where there is none."""
        taken = self.workflow.take(stage, act)
        return next(way for way in self.ways if (way.at, way.act) == (taken.state, taken.act))


@dataclass(frozen=True, slots=True)
class BallotRule:
    """When a vote passes: the share that must vote, that must approve, that may be against (of those who vote).

    ``least``: how many the electorate has at least.
    """

    code: str
    name: Bilingual
    quorum: tuple[int, int]
    approval: tuple[int, int]
    against: tuple[int, int] | None = None
    source: str = ""
    mark: str = "R"
    least: int = 1


@dataclass(frozen=True)
class Procedures:
    """All procedures and ballot rules, as the data file holds them."""

    by_code: Mapping[str, Procedure]
    ballots: Mapping[str, BallotRule]
    note: Bilingual = NO_WORDS
    source: str = ""
    mark: str = "R"

    def get(self, code: str) -> Procedure:
        """The procedure of this code; Refused for an unknown one."""
        if code not in self.by_code:
            raise Refused(zh=f"没有“{code}”这个程序。", en=f"There is no procedure “{code}”.")
        return self.by_code[code]


Plain = Mapping[str, Any]


def read_procedures(content: Plain) -> Procedures:
    """The data file as procedures; ValueError or KeyError for a table that cannot be right."""
    stages = {code: Stage(code, row["iso"], Bilingual(row["zh"], row["en"]),
                          Bilingual(row["makes_zh"], row["makes_en"])) for code, row in content["stages"].items()}
    acts = {code: Act(code, Bilingual(row["zh"], row["en"]), row.get("reason", False))
            for code, row in content["acts"].items()}
    read = {code: _procedure(code, content["procedures"], stages, acts) for code in content["procedures"]}
    ballots = {code: _ballot(code, row) for code, row in content["ballots"].items()}
    if lost := {rule for how in read.values() for rule in how.ballots} - ballots.keys():
        raise ValueError(f"no rule for ballots {min(lost)}")
    return Procedures(read, ballots, Bilingual(content["stages_note_zh"], content["stages_note_en"]),
                      content["stages_source"], content["stages_mark"])


def _ballot(code: str, row: Plain) -> BallotRule:
    against = row["against"]
    return BallotRule(code, Bilingual(row["zh"], row["en"]), tuple(row["quorum"]), tuple(row["approval"]),
                      tuple(against) if against else None, row["source"], row["mark"], row["least"])


def _procedure(code: str, rows: Plain, stages: Mapping[str, Stage], acts: Mapping[str, Act]) -> Procedure:
    row = rows[code]
    ways = _ways(code, rows)
    named = {stage: _renamed(one, row.get("names", {}).get(stage)) for stage, one in stages.items()}
    used = {end for way in ways for end in (way.at, way.to)}
    first = row.get("first", "00")
    states = {stage: one.name for stage, one in sorted(named.items(), key=lambda pair: (pair[0] != first, pair[0]))
              if stage in used}
    workflow = Workflow(states, {act: one.name for act, one in acts.items()},
                        [Transition(way.at, way.act, way.to, way.right) for way in ways])
    months = row.get("total_months")
    return Procedure(
        code, Bilingual(row["zh"], row["en"]), row["kinds"], row["levels"],
        {stage: named[stage] for stage in sorted(states)}, acts, ways,
        {stage: Limit(**limit) for stage, limit in row["limits"].items()}, row["holders"],
        Limit(months=months) if months else None, first, row["source"], row["mark"], row["ballots"], workflow)


def _renamed(stage: Stage, other: Plain | None) -> Stage:
    return Stage(stage.code, stage.iso, Bilingual(**other), stage.makes) if other else stage


def _ways(code: str, rows: Plain) -> list[Way]:
    """The ways of a procedure: its own table, or another's with some rows changed."""
    row = rows[code]
    if "based_on" not in row:
        return [Way(one["from"], one["act"], one["to"], one["right"], one["needs"]) for one in row["ways"]]
    changed = {(one["from"], one["act"]): one for one in row["changed"]}
    ways = _ways(row["based_on"], rows)
    if lost := changed.keys() - {(way.at, way.act) for way in ways}:
        raise ValueError(f"{code} changes {min(lost)}, which {row['based_on']} does not have")
    return [_changed(way, changed.get((way.at, way.act), {})) for way in ways]


def _changed(way: Way, other: Plain) -> Way:
    return Way(way.at, way.act, other.get("to", way.to), other.get("right", way.right), other.get("needs", way.needs))


# -- how long things take ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Move:
    """A step that was taken; the first one opens the project (``at`` is "")."""

    at: str
    to: str
    on: date


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay in a stage: ``until`` None while it lasts, ``days`` up to today then; ``due`` where there is a limit."""

    stage: str
    entered: date
    until: date | None
    days: int
    due: date | None

    @property
    def over(self) -> int:
        """Days over the limit, 0 where it was kept."""
        end = self.entered + timedelta(days=self.days)
        return max(0, (end - self.due).days) if self.due else 0


def stays(procedure: Procedure, moves: Sequence[Move], today: date) -> list[Stay]:
    """Every stay in a stage in its order, from the moves of a project."""
    found = []
    for place, move in enumerate(moves):
        until = moves[place + 1].on if place + 1 < len(moves) else None
        limit = procedure.limits.get(move.to)
        last = until or today
        found.append(Stay(move.to, move.on, until, (last - move.on).days, limit.due(move.on) if limit else None))
    return found


def days_by_stage(some: Sequence[Stay]) -> dict[str, int]:
    """Days in each stage, several stays added up."""
    totals: dict[str, int] = {}
    for stay in some:
        totals[stay.stage] = totals.get(stay.stage, 0) + stay.days
    return totals


def days_to_publication(some: Sequence[Stay]) -> int | None:
    """Days from the opening to the first publication; None while it has not come."""
    published = next((stay.entered for stay in some if stay.stage == PUBLISHED), None)
    return (published - some[0].entered).days if published else None
