"""Where a question of the bank stands on a day. Pure: what sources say, and when they may change, are arguments.

Nobody suspends a question: it is suspended on the day on which a source says something else than was learned, and
counts again where the source says the old words again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.training.rules.sources import Ask, Changed, Source, changed

DRAFT, IN_REVIEW, RETURNED, ACCEPTED, SUSPENDED, RETIRED = (
    "draft", "in_review", "returned", "accepted", "suspended", "retired")
STATES: Final[Mapping[str, Bilingual]] = {
    DRAFT: Bilingual("草稿", "Draft"), IN_REVIEW: Bilingual("待复核", "In review"),
    RETURNED: Bilingual("已退回", "Returned"), ACCEPTED: Bilingual("可用", "In use"),
    SUSPENDED: Bilingual("已暂停", "Suspended"), RETIRED: Bilingual("已停用", "Retired")}
SUBMIT, ACCEPT, RETURN, RETIRE = "submitted", "accepted", "returned", "retired"
AFTER: Final[Mapping[str, str]] = {"": DRAFT, SUBMIT: IN_REVIEW, ACCEPT: ACCEPTED, RETURN: RETURNED, RETIRE: RETIRED}
"""The last step of a version -> where it stands."""
MAY: Final[Mapping[str, tuple[str, ...]]] = {
    SUBMIT: (DRAFT, RETURNED), ACCEPT: (IN_REVIEW,), RETURN: (IN_REVIEW,),
    RETIRE: (DRAFT, RETURNED, IN_REVIEW, ACCEPTED)}
"""A step -> where a version may stand for it."""

DaysOf = Callable[[str, tuple[str, ...]], Sequence[date]]
"""(kind, key) of a source -> the days on which what it says may change, in order."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a question as the rules see it: who wrote it, its last step and who handed it in."""

    number: int
    by: str
    step: str = ""
    submitted_by: str = ""
    sources: tuple[Source, ...] = ()

    @property
    def state(self) -> str:
        return AFTER[self.step]


@dataclass(frozen=True, slots=True)
class Standing:
    """``used`` is the version that is asked, ``waiting`` a newer one on its way; either may be None. ``changes`` are
    the sources that say something else than ``used`` (or ``waiting``, where nothing is used) rests on, ``since`` the
    day from which one does; ``ends_on`` the day of the next change that is on record already."""

    state: str
    used: Version | None = None
    waiting: Version | None = None
    changes: tuple[Changed, ...] = ()
    since: date | None = None
    ends_on: date | None = None

    @property
    def usable(self) -> bool:
        """Whether it may be asked."""
        return self.state == ACCEPTED


def standing(versions: Sequence[Version], ask: Ask, days_of: DaysOf, on: date) -> Standing:
    """Where a question stands; ``versions`` in the order of their numbers, one at least."""
    newest = versions[-1]
    used = next((one for one in reversed(versions) if one.step == ACCEPT), None)
    if newest.state == RETIRED:
        return Standing(RETIRED, waiting=newest)
    waiting = newest if newest is not used else None
    rests_on = (used or newest).sources
    found = tuple(changed(rests_on, ask, on))
    since = min((day for one in found if (day := changed_since(one.source, ask, days_of, on))), default=None)
    ends = min((day for one in rests_on if (day := changes_on(one, ask, days_of, on))), default=None)
    state = newest.state if used is None else SUSPENDED if found else ACCEPTED
    return Standing(state, used, waiting, found, since, ends if not found else None)


def changed_since(source: Source, ask: Ask, days_of: DaysOf, on: date) -> date | None:
    """The day from which a source that no longer holds on ``on`` has said something else without a break."""
    since = None
    for day in sorted(days_of(source.kind, source.key), reverse=True):
        if day > on:
            continue
        if day <= source.learned_on or not changed([source], ask, day):
            break
        since = day
    return since or on


def changes_on(source: Source, ask: Ask, days_of: DaysOf, on: date) -> date | None:
    """The first day after ``on`` on which a source will say something else; None where none is on record."""
    return next((day for day in days_of(source.kind, source.key) if day > on and changed([source], ask, day)), None)


def check_step(version: Version, step: str, who: str) -> None:
    """Raises Refused where a version does not stand so that ``who`` may do this: nobody accepts what they wrote."""
    if version.state not in MAY[step]:
        name = STATES[version.state]
        raise Refused(zh=f"这一版的状态是“{name.zh}”，不能这样处理。",
                      en=f"This version is “{name.en.lower()}”: that cannot be done now.")
    if step == ACCEPT and who in (version.by, version.submitted_by):
        raise Refused(zh="编写或提交的人不能复核自己的题目，请由另一人复核。",
                      en="Whoever wrote or handed in a question does not accept it: somebody else has to.")


def counts(standings: Iterable[Standing]) -> dict[str, int]:
    """How many questions stand how, in the order of ``STATES``."""
    found = dict.fromkeys(STATES, 0)
    for one in standings:
        found[one.state] += 1
    return found
