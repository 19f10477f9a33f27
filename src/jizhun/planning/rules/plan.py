"""Plans: targets, tasks and measures, and a place's own plan under the one above, from which nothing can be dropped."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import parse_day

HIGHER, LOWER = "higher", "lower"
CODE = re.compile(r"[a-z0-9][a-z0-9.-]{1,63}")
LEVELS = range(0, 5)
PROPOSAL: Final = "OWN"
"""The mark of what is our own working proposal and stands in no paper."""


@dataclass(frozen=True, slots=True)
class Part:
    """A target or a task of a plan; ``mark`` tells how far its source was read."""

    code: str
    name: Bilingual
    mark: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """What is to be reached by a day on the way."""

    on: date
    value: float


@dataclass(frozen=True, slots=True)
class Measure:
    """What is done towards a target, and by which indicator it is told how far it has come.

    ``goal``: the indicator's value on ``due``; ``baseline``: the day against which progress is told. ``items``: counted
    are only these items ("" is all). ``levels``: the levels of place it is meant for. ``said_by``: the place whose goal
    and day these are. ``follows``: the measure of an earlier plan that it goes on with. ``goal_mark``: OWN where no
    paper says the figure.
    """

    code: str
    target: str
    task: str
    name: Bilingual
    indicator: str
    goal: float
    due: date
    baseline: date
    responsible: Bilingual
    supporting: Bilingual = NO_WORDS
    evidence: Bilingual = NO_WORDS
    milestones: tuple[Milestone, ...] = ()
    items: tuple[str, ...] = ()
    levels: tuple[int, ...] = (0, 1, 2, 3)
    goal_mark: str = PROPOSAL
    follows: str = ""
    said_by: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan over a period. ``proposal``: our working proposal, no paper of anybody. ``follows``: the plan before."""

    code: str
    region: str
    name: Bilingual
    start: date
    until: date
    source: str
    mark: str
    proposal: bool = False
    follows: str = ""
    note: Bilingual = NO_WORDS
    targets: tuple[Part, ...] = ()
    tasks: tuple[Part, ...] = ()
    measures: tuple[Measure, ...] = ()

    def ended(self, on: date) -> bool:
        """Whether its period is over: then it is closed by an assessment and nothing of it is overdue."""
        return on > self.until

    def measure(self, code: str) -> Measure:
        """The measure of that code; Refused where there is none."""
        found = next((one for one in self.measures if one.code == code), None)
        if found is None:
            raise Refused(zh=f"规划“{self.code}”没有措施“{code}”。",
                          en=f"The plan “{self.code}” has no measure “{code}”.")
        return found

    def at_level(self, level: int) -> tuple[Measure, ...]:
        """The measures that are meant for places of that level."""
        return tuple(one for one in self.measures if level in one.levels)


@dataclass(frozen=True, slots=True)
class Change:
    """What a place says of a measure of the plan above: only what it says itself is not None."""

    code: str
    goal: float | None = None
    due: date | None = None
    responsible: Bilingual = NO_WORDS
    supporting: Bilingual = NO_WORDS


@dataclass(frozen=True, slots=True)
class Own:
    """A place's own plan: what it raises, who does it there, and what it adds. There is no word for dropping."""

    region: str
    changes: tuple[Change, ...] = ()
    added: tuple[Measure, ...] = ()


Directions = Mapping[str, str]
"""Indicator -> the direction that is better."""


# -- reading ---------------------------------------------------------------------------------------


def read_plan(row: Mapping[str, Any], directions: Directions) -> Plan:
    """A plan as data tell it; Refused naming what is wrong."""
    try:
        plan = Plan(str(row["code"]), str(row["region"]), both(row, "name"), _day(row["from"]), _day(row["until"]),
                    str(row.get("source", "")), str(row.get("mark", PROPOSAL)), bool(row.get("proposal", False)),
                    str(row.get("follows", "")), both(row, "note", needed=False),
                    tuple(map(_part, row.get("targets", ()))), tuple(map(_part, row.get("tasks", ()))))
        plan = replace(plan, measures=tuple(read_measure(one, plan) for one in row.get("measures", ())))
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(zh=f"规划的数据不完整：{error}。",
                      en=f"The data of the plan are not complete: {error}.") from None
    check_plan(plan, directions)
    return plan


def both(row: Mapping[str, Any], name: str, needed: bool = True) -> Bilingual:
    """``name_zh`` and ``name_en`` of a row; KeyError where a needed one lacks."""
    if needed:
        return Bilingual(str(row[f"{name}_zh"]), str(row[f"{name}_en"]))
    return Bilingual(str(row.get(f"{name}_zh", "")), str(row.get(f"{name}_en", "")))


def _day(said: Any) -> date:
    return said if isinstance(said, date) else parse_day(str(said))


def _part(row: Mapping[str, Any]) -> Part:
    return Part(str(row["code"]), both(row, "name"), str(row.get("mark", PROPOSAL)))


def read_measure(row: Mapping[str, Any], plan: Plan) -> Measure:
    """A measure of the plan; what it does not say of days is the plan's."""
    return Measure(
        str(row["code"]), str(row["target"]), str(row.get("task", "")), both(row, "name"), str(row["indicator"]),
        float(row["goal"]), _day(row.get("due", plan.until)), _day(row.get("baseline", plan.start)),
        both(row, "responsible"), both(row, "supporting", needed=False), both(row, "evidence", needed=False),
        tuple(Milestone(_day(one["by"]), float(one["value"])) for one in row.get("milestones", ())),
        tuple(map(str, row.get("items", ()))), tuple(int(one) for one in row.get("levels", (0, 1, 2, 3))),
        str(row.get("goal_mark", PROPOSAL)), str(row.get("follows", "")), str(row.get("said_by", plan.region)))


# -- checking --------------------------------------------------------------------------------------


def check_plan(plan: Plan, directions: Directions) -> None:
    """Refused where a plan cannot be: codes twice, unknown targets, tasks or indicators, days beyond its period."""
    if CODE.fullmatch(plan.code) is None or plan.until < plan.start:
        raise Refused(zh=f"规划“{plan.code}”的代码或期限不对。",
                      en=f"The code or the period of the plan “{plan.code}” cannot be.")
    codes = [one.code for one in plan.measures]
    twice = next((one for one in codes if codes.count(one) > 1), None)
    if twice is not None:
        raise Refused(zh=f"措施“{twice}”出现了两次。", en=f"The measure “{twice}” is there twice.")
    for one in plan.measures:
        check_measure(one, plan, directions)


def check_measure(one: Measure, plan: Plan, directions: Directions) -> None:
    """Refused where the measure names what there is not, or its days do not follow one another."""
    if CODE.fullmatch(one.code) is None or not one.name.zh.strip() or not one.responsible.zh.strip():
        raise _wrong(one, "代码、名称和责任单位必填", "code, name and responsible unit are needed")
    if one.indicator not in directions:
        raise _wrong(one, f"没有指标“{one.indicator}”", f"there is no indicator “{one.indicator}”")
    if one.target not in {part.code for part in plan.targets}:
        raise _wrong(one, f"没有目标“{one.target}”", f"there is no target “{one.target}”")
    if one.task and one.task not in {part.code for part in plan.tasks}:
        raise _wrong(one, f"没有任务“{one.task}”", f"there is no task “{one.task}”")
    if not plan.start <= one.due <= plan.until:
        raise _wrong(one, "期限不在规划期内", "its deadline lies outside the plan's period")
    days = [mark.on for mark in one.milestones]
    if days != sorted(set(days)) or any(day > one.due for day in days):
        raise _wrong(one, "节点应按日期先后且不晚于期限",
                     "milestones follow one another and none comes after the deadline")
    if not set(one.levels) <= set(LEVELS) or not one.levels:
        raise _wrong(one, "适用层级不对", "its levels of place cannot be")


def _wrong(one: Measure, zh: str, en: str) -> Refused:
    return Refused(zh=f"措施“{one.code}”：{zh}。", en=f"Measure “{one.code}”: {en}.")


# -- a place's own plan ----------------------------------------------------------------------------


def weaker(above: Measure, one: Change, direction: str) -> Bilingual | None:
    """In what a change falls behind the plan above; None where it does not."""
    if one.goal is not None and (one.goal < above.goal if direction == HIGHER else one.goal > above.goal):
        return Bilingual(f"目标值 {one.goal:g} 低于上级的 {above.goal:g}",
                         f"its goal {one.goal:g} falls behind {above.goal:g}, the goal above")
    if one.due is not None and one.due > above.due:
        return Bilingual(f"期限 {one.due} 晚于上级的 {above.due}",
                         f"its deadline {one.due} is later than {above.due}, the one above")
    return None


def check_own(above: Plan, own: Own, directions: Directions) -> None:
    """Refused where the place's plan names a measure that is not above, falls behind it, or adds what cannot be."""
    held = {one.code: one for one in above.measures}
    for change in own.changes:
        if change.code not in held:
            raise Refused(zh=f"上级规划没有措施“{change.code}”。", en=f"The plan above has no measure “{change.code}”.")
        why = weaker(held[change.code], change, directions[held[change.code].indicator])
        if why is not None:
            raise Refused(zh=f"“{held[change.code].name.zh}”：{why.zh}。只能更高、更早，不能删减。",
                          en=f"“{held[change.code].name.en}”: {why.en}. A place may ask for more and earlier, "
                             f"never for less.")
    for added in own.added:
        if added.code in held:
            raise Refused(zh=f"代码“{added.code}”已被上级规划使用。",
                          en=f"The code “{added.code}” is taken by the plan above.")
        check_measure(added, above, directions)


def under(above: Plan, owns: Iterable[Own]) -> Plan:
    """The plan as it holds at a place: everything from above, changed and added to by each place on the way down."""
    for own in owns:
        said = {one.code: one for one in own.changes}
        kept = [_changed(one, said.get(one.code), own.region) for one in above.measures]
        above = replace(above, measures=(*kept, *(replace(one, said_by=own.region) for one in own.added)))
    return above


def _changed(one: Measure, change: Change | None, region: str) -> Measure:
    if change is None:
        return one
    goal = one.goal if change.goal is None else change.goal
    due = one.due if change.due is None else change.due
    raised = goal != one.goal or due != one.due
    return replace(one, goal=goal, due=due, said_by=region if raised else one.said_by,
                   goal_mark=PROPOSAL if goal != one.goal else one.goal_mark,
                   responsible=change.responsible if change.responsible.zh else one.responsible,
                   supporting=change.supporting if change.supporting.zh else one.supporting,
                   milestones=tuple(mark for mark in one.milestones if mark.on <= due))


def still_own(above: Plan, own: Own, directions: Directions) -> Own:
    """What of a place's plan still holds when the plan above has changed: where that has passed it, above speaks."""
    held = {one.code: one for one in above.measures}
    kept = tuple(one for one in own.changes if one.code in held)
    return replace(own, changes=tuple(
        one if weaker(held[one.code], one, directions[held[one.code].indicator]) is None
        else replace(one, goal=None, due=None) for one in kept),
        added=tuple(one for one in own.added if one.code not in held))


# -- as it is kept ---------------------------------------------------------------------------------


def own_as_data(own: Own) -> dict[str, Any]:
    """A place's plan as JSON can hold it."""
    return {"changes": [_change_row(one) for one in own.changes], "added": [measure_row(one) for one in own.added]}


def _change_row(one: Change) -> dict[str, Any]:
    row: dict[str, Any] = {"code": one.code, "goal": one.goal, "due": one.due and one.due.isoformat(),
                           "responsible_zh": one.responsible.zh, "responsible_en": one.responsible.en,
                           "supporting_zh": one.supporting.zh, "supporting_en": one.supporting.en}
    return {name: value for name, value in row.items() if value not in (None, "")}


def measure_row(one: Measure) -> dict[str, Any]:
    """A measure as JSON can hold it, such that ``read_measure`` gives it back."""
    row: dict[str, Any] = {
        "code": one.code, "target": one.target, "task": one.task, "indicator": one.indicator, "goal": one.goal,
        "due": one.due.isoformat(), "baseline": one.baseline.isoformat(), "items": list(one.items),
        "levels": list(one.levels), "goal_mark": one.goal_mark, "follows": one.follows,
        "milestones": [{"by": mark.on.isoformat(), "value": mark.value} for mark in one.milestones]}
    for name in ("name", "responsible", "supporting", "evidence"):
        text: Bilingual = getattr(one, name)
        row |= {f"{name}_zh": text.zh, f"{name}_en": text.en}
    return row


def read_own(region: str, content: Mapping[str, Any], above: Plan) -> Own:
    """A place's plan out of what is kept."""
    changes = tuple(Change(
        str(row["code"]), None if row.get("goal") is None else float(row["goal"]),
        _day(row["due"]) if row.get("due") else None, both(row, "responsible", needed=False),
        both(row, "supporting", needed=False)) for row in content.get("changes", ()))
    return Own(region, changes, tuple(read_measure({**row, "said_by": region}, above)
                                      for row in content.get("added", ())))


KEYS: Final[Mapping[str, Callable[[Measure], str]]] = {
    "target": lambda one: one.target, "task": lambda one: one.task, "unit": lambda one: one.responsible.zh,
    "due": lambda one: one.due.isoformat()}


def grouped(measures: Sequence[Measure], by: str) -> dict[str, list[Measure]]:
    """Measures by ``target``, ``task``, ``unit`` (responsible) or ``due``, in their own order (days in theirs)."""
    key = KEYS[by]
    found: dict[str, list[Measure]] = {}
    for one in sorted(measures, key=key) if by == "due" else measures:
        found.setdefault(key(one), []).append(one)
    return found


__all__ = ["HIGHER", "LOWER", "PROPOSAL", "Change", "Directions", "Measure", "Milestone", "Own", "Part",
           "Plan", "check_own", "check_plan", "grouped", "measure_row", "own_as_data", "read_own", "read_plan",
           "still_own", "under", "weaker"]
