"""From a negative rating to its end: rectified, called back, closed, on a clock that each place sets itself. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final, Literal

from jizhun.evaluation.rules.coverage import Share
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.working_days import Calendar

Stage = Literal["rated", "verified", "rectified", "called_back", "closed"]
STAGES: Final[Mapping[Stage, Bilingual]] = {
    "rated": Bilingual("收到差评", "rated"),
    "verified": Bilingual("核实", "verified"),
    "rectified": Bilingual("整改", "rectified"),
    "called_back": Bilingual("回访", "called back"),
    "closed": Bilingual("办结", "closed"),
}
Verdict = Literal["kept", "late", "open", "overdue", "appealed", "upheld"]
VERDICTS: Final[Mapping[Verdict, Bilingual]] = {
    "kept": Bilingual("按期整改", "rectified in time"),
    "late": Bilingual("逾期整改", "rectified late"),
    "open": Bilingual("整改中", "open, in time"),
    "overdue": Bilingual("逾期未整改", "open and overdue"),
    "appealed": Bilingual("申诉中", "under appeal"),
    "upheld": Bilingual("申诉成立", "appeal upheld"),
}
"""What is under appeal is not counted while that lasts; of what was upheld nothing has to be rectified."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A place's own rule: so many days after one stage until another."""

    amount: int
    unit: Literal["working_day", "calendar_day"] = "working_day"
    since: Stage = "rated"
    until: Stage = "rectified"

    def __post_init__(self) -> None:
        order = list(STAGES)
        if self.amount < 0 or order.index(self.since) >= order.index(self.until):
            raise Refused(zh="整改时限不能为负，且起点必须早于终点。",
                          en="A limit is not below zero, and ends at a later stage than it begins.")


@dataclass(frozen=True, slots=True)
class Appeal:
    """The body rated holds that the rating is mistaken or malicious."""

    filed: date
    decided: date | None = None
    upheld: bool = False


@dataclass(frozen=True, slots=True)
class Negative:
    """One negative rating: the days on which it reached its stages, and appeals. ``satisfied``: said at call-back."""

    days: Mapping[Stage, date]
    appeals: Sequence[Appeal] = ()
    satisfied: bool | None = None

    def __post_init__(self) -> None:
        if "rated" not in self.days:
            raise Refused(zh="缺少收到差评的日期。", en="The day of the negative rating is missing.")
        reached = [stage for stage in STAGES if stage in self.days]
        for one, other in pairwise(reached):
            if self.days[other] < self.days[one]:
                raise Refused(zh=f"“{STAGES[other].zh}”早于“{STAGES[one].zh}”。",
                              en=f"“{STAGES[other].en}” lies before “{STAGES[one].en}”.")
        for appeal in self.appeals:
            if appeal.filed < self.days["rated"] or (appeal.decided and appeal.decided < appeal.filed):
                raise Refused(zh="申诉的日期前后颠倒。",
                              en="An appeal was filed before the rating, or decided before it.")

    def on(self, stage: Stage, as_of: date) -> date | None:
        """The day of a stage, if it was reached by ``as_of``."""
        day = self.days.get(stage)
        return day if day is not None and day <= as_of else None


@dataclass(frozen=True, slots=True)
class Judged:
    """How one negative rating stands. ``due`` is None while it is under appeal, or where the clock has not begun.

    ``unreached``: it was closed although the person could not be called back.
    """

    verdict: Verdict
    due: date | None
    stage: Stage
    satisfied: bool | None = None
    unreached: bool = False


def judge(negative: Negative, limit: Limit, as_of: date, calendar: Calendar) -> Judged:
    """The verdict on one day; days between the filing and the decision of an appeal do not count."""
    if negative.on("rated", as_of) is None:
        raise Refused(zh=f"{as_of} 尚未收到该评价。", en=f"On {as_of} this rating had not been given.")
    stage = [stage for stage in STAGES if negative.on(stage, as_of)][-1]
    filed = [one for one in negative.appeals if one.filed <= as_of]
    called = negative.on("called_back", as_of)
    satisfied, unreached = negative.satisfied if called else None, stage == "closed" and not called
    if any(one.upheld and one.decided and one.decided <= as_of for one in filed):
        return Judged("upheld", None, stage)
    if any(one.decided is None or one.decided > as_of for one in filed):
        return Judged("appealed", None, stage)
    ended = negative.on(limit.until, as_of)
    # Where the stage in which the clock begins was left out, the time since the rating counts.
    begun = negative.on(limit.since, as_of) or (negative.days["rated"] if ended else None)
    if begun is None:
        return Judged("open", None, stage, satisfied, unreached)
    due = due_day(begun, limit, filed, calendar)
    if ended:
        return Judged("kept" if ended <= due else "late", due, stage, satisfied, unreached)
    return Judged("open" if as_of <= due else "overdue", due, stage, satisfied, unreached)


def due_day(begun: date, limit: Limit, appeals: Sequence[Appeal], calendar: Calendar) -> date:
    """The last day of the limit: decided appeals that were filed by then put it off by the days they took."""
    def later(day: date, count: int) -> date:
        return calendar.add(day, count) if limit.unit == "working_day" else day + timedelta(count)

    def days(start: date, end: date) -> int:
        return calendar.between(start, end) if limit.unit == "working_day" else (end - start).days
    due, counted_to = later(begun, limit.amount), begun
    for one in sorted(appeals, key=lambda appeal: appeal.filed):
        start = max(one.filed, counted_to)
        if one.filed <= due and one.decided is not None and one.decided > start:
            due, counted_to = later(due, days(start, one.decided)), one.decided
    return due


@dataclass(frozen=True, slots=True)
class Rectified:
    """How negative ratings were dealt with; those under appeal and those whose appeal was upheld stand beside."""

    by_verdict: Mapping[Verdict, int]
    rectified: Share
    """整改率: reached the end of the limit, of all."""
    in_time: Share
    """按期整改率: in time, of those that reached it and those past their limit."""
    called_back: Share
    """回访率: of those rectified."""
    satisfied: Share
    """Satisfied with what was done, of those that said so at call-back."""
    closed: Share
    """Of all."""


def rectified(judged: Iterable[Judged]) -> Rectified:
    """The shares over many negative ratings."""
    every = list(judged)
    by = Counter(one.verdict for one in every)
    counted = [one for one in every if one.verdict not in ("appealed", "upheld")]
    ended = by["kept"] + by["late"]
    done, called = (_reached(counted, stage) for stage in ("rectified", "called_back"))
    called -= sum(one.unreached for one in counted)
    asked = [one.satisfied for one in counted if one.satisfied is not None]
    return Rectified({verdict: by[verdict] for verdict in VERDICTS}, Share(ended, len(counted)),
                     Share(by["kept"], ended + by["overdue"]), Share(called, done),
                     Share(sum(asked), len(asked)), Share(_reached(counted, "closed"), len(counted)))


def _reached(judged: Iterable[Judged], stage: Stage) -> int:
    order = list(STAGES)
    return sum(order.index(one.stage) >= order.index(stage) for one in judged)
