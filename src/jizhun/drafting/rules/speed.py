"""How fast documents are made: days in each stage and in all, over many projects. Medians and quartiles. Pure."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jizhun.drafting.rules.stages import ENDED, PUBLISHED, Limit, Stay, days_by_stage, days_to_publication


@dataclass(frozen=True, slots=True)
class Course:
    """The way of one project so far. ``limit``: what its procedure gives it in all, where it says so."""

    code: str
    kind: str
    region: str
    stays: Sequence[Stay]
    limit: Limit | None = None

    @property
    def published_on(self) -> date | None:
        """The day of its first publication."""
        return next((one.entered for one in self.stays if one.stage == PUBLISHED), None)

    @property
    def over(self) -> bool:
        """Whether it was published later than its procedure allows."""
        published = self.published_on
        return bool(self.limit and published and published > self.limit.due(self.stays[0].entered))

    @property
    def drafting(self) -> list[Stay]:
        """Its stays up to the first publication: what comes later is no part of its making."""
        end = next((place for place, one in enumerate(self.stays) if one.stage in ENDED), len(self.stays))
        return list(self.stays[:end])


@dataclass(frozen=True, slots=True)
class Spread:
    """How some numbers of days lie: least, quartiles, most."""

    n: int
    least: int
    low: float
    median: float
    high: float
    most: int


def spread(days: Iterable[int]) -> Spread | None:
    """Quartiles by interpolation between what there is; None of nothing."""
    some = sorted(days)
    if not some:
        return None
    low, median, high = statistics.quantiles(some, n=4, method="inclusive") if len(some) > 1 else [some[0]] * 3
    return Spread(len(some), some[0], low, median, high, some[-1])


@dataclass(frozen=True, slots=True)
class StageTimes:
    """One stage over many projects. ``days``: of those that have left it; ``running``: of those that stand in it.

    ``judged``: stays with a limit that have ended or are over it already; ``over``: those over it.
    """

    stage: str
    days: Spread | None
    running: Spread | None
    judged: int
    over: int


def by_stage(courses: Iterable[Course]) -> list[StageTimes]:
    """Every stage in which anybody stood, in the order of the stages; several stays of a project are added up."""
    left: dict[str, list[int]] = {}
    running: dict[str, list[int]] = {}
    stays: dict[str, list[Stay]] = {}
    for course in courses:
        some = course.drafting
        now = {one.stage for one in some if one.until is None}
        for stage, days in days_by_stage(some).items():
            (running if stage in now else left).setdefault(stage, []).append(days)
        for one in some:
            stays.setdefault(one.stage, []).append(one)
    return [StageTimes(stage, spread(left.get(stage, ())), spread(running.get(stage, ())), *_against_limits(some))
            for stage, some in sorted(stays.items())]


def _against_limits(stays: Sequence[Stay]) -> tuple[int, int]:
    judged = [one for one in stays if one.due and (one.until is not None or one.over)]
    return len(judged), sum(one.over > 0 for one in judged)


def slowest(stages: Sequence[StageTimes]) -> StageTimes | None:
    """The stage whose median is the largest; None where no project has left any."""
    known = [one for one in stages if one.days]
    return max(known, key=lambda one: one.days.median if one.days else 0, default=None)


@dataclass(frozen=True, slots=True)
class Total:
    """The whole way of some projects, from the opening to the first publication."""

    days: Spread | None
    unfinished: int
    stopped: int
    judged: int
    over: int


def total(courses: Sequence[Course]) -> Total:
    """Days in all of those published, and how many are not."""
    published = [one for one in courses if one.published_on]
    stopped = sum(1 for one in courses if not one.published_on and one.stays[-1].stage in ENDED)
    return Total(spread(days for one in published if (days := days_to_publication(one.stays)) is not None),
                 len(courses) - len(published) - stopped, stopped, sum(bool(one.limit) for one in published),
                 sum(one.over for one in published))


@dataclass(frozen=True, slots=True)
class Group:
    """Projects that share a kind, a place or a year."""

    name: str
    projects: int
    total: Total
    stages: Mapping[str, StageTimes]


def grouped(courses: Iterable[Course], key: Callable[[Course], str]) -> list[Group]:
    """The groups by name; a course whose key is "" is in none."""
    groups: dict[str, list[Course]] = {}
    for course in courses:
        groups.setdefault(key(course), []).append(course)
    return [Group(name, len(some), total(some), {one.stage: one for one in by_stage(some)})
            for name, some in sorted(groups.items()) if name]


def year_of(course: Course) -> str:
    """The year of publication; "" before it."""
    return str(course.published_on.year) if course.published_on else ""
