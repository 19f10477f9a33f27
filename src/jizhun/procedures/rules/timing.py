"""How long a procedure takes by the limits of its steps, and whether that fits a limit.

Counted is the longest way from where the clock starts to where it ends; ways back are gone no time, and time spent
waiting for others does not count: both are named. Ways taken together take as long as the longest.

**Units.** Hours are summed along the way, eight to a working day, and rounded up to whole working days at its end.
Calendar days are kept apart. Where the two meet, only what is certain whatever the calendar is said: so many calendar
days hold at most as many working days, and so many working days take at least as many calendar days.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from jizhun.kernel.bilingual import Bilingual
from jizhun.procedures.rules.flow import Flow
from jizhun.procedures.rules.steps import Limit, Step

HOURS = 8
"""Working hours in a working day."""
UNIT_WORDS: Mapping[str, tuple[str, str, str]] = {
    "working_day": ("个工作日", "working day", "working days"),
    "calendar_day": ("日（日历日）", "calendar day", "calendar days"), "hour": ("小时", "hour", "hours")}

State = Literal["within", "over", "depends", "unknown"]
Weight = tuple[int, int]
"""Working hours and calendar days."""


def said(limit: Limit) -> Bilingual:
    """A limit in words; 0 is at once."""
    if not limit.amount:
        return Bilingual("即时", "at once")
    zh, one, many = UNIT_WORDS[limit.unit]
    between = "" if zh.startswith("日") else " "
    return Bilingual(f"{limit.amount}{between}{zh}", f"{limit.amount} {one if limit.amount == 1 else many}")


def weight(step: Step) -> Weight:
    """What a step takes; nothing while it waits for others."""
    if step.limit is None or step.waits_for:
        return 0, 0
    amount, unit = step.limit.amount, step.limit.unit
    return (0, amount) if unit == "calendar_day" else (amount if unit == "hour" else amount * HOURS, 0)


def working_days(hours: int) -> int:
    return -(-hours // HOURS)


@dataclass(frozen=True, slots=True)
class Longest:
    """The longest way by one measure, with its hours and calendar days."""

    path: tuple[str, ...] = ()
    hours: int = 0
    calendar_days: int = 0


@dataclass(frozen=True, slots=True)
class Time:
    """How long a procedure takes.

    ``working`` is the way with most working time, ``calendar`` the one with most calendar days, ``either`` the one on
    which both come to most, a day counting as a day.

    ``waits``: steps that wait for others. ``unlimited``: steps within the clock that say no limit. ``counted_from``:
    the steps after which the clock runs; none where it runs from the first step.
    """

    working: Longest
    calendar: Longest
    either: Longest
    waits: tuple[str, ...] = ()
    loops: tuple[tuple[str, str], ...] = ()
    unlimited: tuple[str, ...] = ()
    counted_from: tuple[str, ...] = ()

    @property
    def working_days(self) -> int:
        return working_days(self.working.hours)

    @property
    def calendar_days(self) -> int:
        return self.calendar.calendar_days

    @property
    def words(self) -> Bilingual:
        """Both measures in one phrase."""
        limits = Limit(self.working_days, "working_day"), Limit(self.calendar_days, "calendar_day")
        parts = [said(one) for one in limits if one.amount]
        if not parts:
            return Bilingual("即时", "at once")
        return Bilingual("、另".join(one.zh for one in parts), " and ".join(one.en for one in parts))


def time_of(flow: Flow, starts: Collection[str] = (), ends: Collection[str] = ()) -> Time:
    """How long it takes between two documents: after the step that hands out one of ``starts``, up to and with the one
    that hands out one of ``ends``. Where no step does, from the first step, and up to the end."""
    rows = flow.steps.by_id
    begun = tuple(one for one in flow.order if rows[one].document and rows[one].document in starts)
    closed = frozenset(one for one in flow.order if rows[one].document and rows[one].document in ends)
    heads = list(dict.fromkeys(to for one in begun if one not in closed for to in flow.ahead(one))) if begun \
        else list(flow.order[:1])
    timed = _within(flow, heads, closed)
    measures = (HOURS, 0), (0, 1), (1, HOURS)
    working, calendar, either = (_longest(flow, heads, closed, one) for one in measures)
    return Time(working, calendar, either, tuple(one for one in flow.order if rows[one].waits_for), flow.loops,
                tuple(one for one in flow.order
                      if one in timed and rows[one].limit is None and not rows[one].waits_for), begun)


def _within(flow: Flow, heads: Collection[str], closed: Collection[str]) -> set[str]:
    """The steps while the clock runs."""
    found, waiting = set(heads), list(heads)
    while waiting:
        here = waiting.pop()
        for one in () if here in closed else flow.ahead(here):
            if one not in found:
                found.add(one)
                waiting.append(one)
    return found


def _longest(flow: Flow, heads: Collection[str], closed: Collection[str], measure: Weight) -> Longest:
    """From the back: each step's own time and the longest of what follows."""
    best: dict[str, int] = {}
    follows: dict[str, str] = {}
    weights = {one: weight(flow.steps.by_id[one]) for one in flow.order}
    for one in reversed(flow.order):
        after = () if one in closed else flow.ahead(one)
        if after:
            follows[one] = max(after, key=best.__getitem__)
        best[one] = sum(a * b for a, b in zip(weights[one], measure, strict=True)) + \
            (best[follows[one]] if after else 0)
    here = max(heads, key=best.__getitem__, default=None)
    path: list[str] = []
    while here is not None:
        path.append(here)
        here = follows.get(here)
    return Longest(tuple(path), sum(weights[one][0] for one in path), sum(weights[one][1] for one in path))


def fits(time: Time, limit: Limit) -> State:
    """Whether the longest way surely fits, surely does not, or it depends on the calendar."""
    either = time.either.hours + time.either.calendar_days * HOURS
    if limit.unit == "calendar_day":
        if either // HOURS > limit.amount or time.calendar_days > limit.amount:
            return "over"
        return "depends" if time.working.hours else "within"
    allowed = limit.amount * (1 if limit.unit == "hour" else HOURS)
    if time.working.hours > allowed:
        return "over"
    return "within" if either <= allowed else "depends"


def compared(promised: Limit, statutory: Limit) -> State:
    """Whether a promise stays within the statutory limit."""
    hours, days = weight(Step("", Bilingual("", ""), limit=promised))
    one = Longest((), hours, days)
    return fits(Time(one, one, one), statutory)
