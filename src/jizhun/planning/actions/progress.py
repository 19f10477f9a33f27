"""Progress of a plan at a place: every measure computed, what blocks it down to place and matter, what is next."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from jizhun.catalogue.actions import catalogue
from jizhun.evaluation.coverage import lacking
from jizhun.guides.actions import SORTS
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.actions import allows, path_to
from jizhun.people.rules import Actor
from jizhun.planning.actions.facts import reading_of
from jizhun.planning.actions.plans import plan_at, plan_of
from jizhun.planning.indicators import OUTSIDE, Asked, Indicator, indicator, trend
from jizhun.planning.models import PlanVersion
from jizhun.planning.rules.blocking import Act, Block, blocks, next_acts, within
from jizhun.planning.rules.plan import Measure, Plan
from jizhun.planning.rules.progress import Gap, Progress, Reading, gravest, progress, tally, then_of
from jizhun.regions.actions import tree

READ = "result.read"


@dataclass(frozen=True)
class Board:
    """A plan at a place on a day (the last of its period, where that is over). ``closed``: it has ended."""

    plan: Plan
    region: str
    on: date
    closed: bool
    progress: tuple[Progress, ...]

    def of_target(self, code: str) -> list[Progress]:
        """The measures of a target."""
        return [one for one in self.progress if one.measure.target == code]

    def state_of(self, code: str) -> str:
        """How a target stands: the state of its measure that asks most for attention."""
        return gravest(self.of_target(code))

    @property
    def tally(self) -> dict[str, int]:
        return tally(self.progress)


def may_see(by: Actor | None, region: str) -> bool:
    """Whether figures from real cases are told to whoever looks (None: the public)."""
    return by is not None and allows(by=by, right=READ, path=path_to(region))


def board(*, code: str, region: str, on: date, by: Actor | None = None, only: str = "") -> Board:
    """Every measure of the plan that is meant for the place (or ``only`` one), as it stands on the day."""
    plan, seen = plan_at(code, region), may_see(by, region)
    closed = plan.ended(on)
    day = min(on, plan.until)
    found = tuple(_progress(plan, one, region, day, closed, seen) for one in plan.at_level(tree().level(region))
                  if only in ("", one.code))
    return Board(plan, region, day, closed, found)


def _progress(plan: Plan, one: Measure, region: str, on: date, closed: bool, seen: bool) -> Progress:
    how = indicator(one.indicator)
    now = reading(plan.code, one, region, on, seen)
    then_on = then_of(one, on)
    then = reading(plan.code, one, region, then_on, seen) if then_on < on and now.value is not None else None
    return progress(one, now, then, how.direction, how.share, closed)


def reading(plan: str, one: Measure, region: str, on: date, seen: bool) -> Reading:
    """The measure's indicator at the place on the day: computed, or the newest fact with its evidence."""
    if one.indicator == OUTSIDE:
        return reading_of(plan, one.code, region, on)
    if not tree().known(region).exists(on):
        return Reading(on, why=Bilingual("当日没有这个地区。", "The place did not exist on that day."))
    return indicator(one.indicator).compute(Asked(region, on, one.items, seen))


# -- one measure -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chain:
    """One measure down to its causes. ``gaps`` are those that the reader has drilled to; ``by_item`` and ``by_place``
    gather all of them; ``acts``: what moves the indicator most."""

    plan: Plan
    region: str
    progress: Progress
    indicator: Indicator
    closed: bool
    by_item: tuple[Block, ...]
    by_place: tuple[Block, ...]
    gaps: tuple[Gap, ...]
    acts: tuple[Act, ...]
    trend: tuple[tuple[date, float | None], ...]


def chain(*, code: str, measure: str, region: str, on: date, by: Actor | None = None, item: str = "",
          place: str = "") -> Chain:
    """A measure at a place, drilled down to an item or matter and to a place below."""
    plan, seen = plan_at(code, region), may_see(by, region)
    one, closed, day = plan.measure(measure), plan.ended(on), min(on, plan.until)
    told, how = _progress(plan, one, region, day, closed, seen), indicator(one.indicator)
    items = items_of(told.now)
    gaps = _drilled(told.now, items, item, place, day)
    under = {code: below(region, code, day) for code in {gap.place for gap in gaps}}
    return Chain(plan, region, told, how, closed, tuple(blocks(told.now.gaps, lambda gap: items[gap.subject])),
                 tuple(blocks(gaps, lambda gap: under[gap.place])), gaps,
                 _acts(told.now, region, how, day) if not closed else (),
                 tuple(trend(how, Asked(region, day, one.items, seen))))


def _acts(now: Reading, region: str, how: Indicator, on: date) -> tuple[Act, ...]:
    """What can be done at the place and below it; what is lacking above is not theirs to do."""
    inside = set(tree().within(region, on))
    mine = replace(now, gaps=tuple(gap for gap in now.gaps if gap.place in inside))
    return tuple(next_acts(mine, region, how.inherits, how.about == "matter"))


def _drilled(now: Reading, items: Mapping[str, str], item: str, place: str, on: date) -> tuple[Gap, ...]:
    """What is lacking of an item or matter, at a place and below it."""
    subjects = [item, *(code for code, one in items.items() if one == item)] if item else []
    places = tree().within(place, on) if place else ()
    return within(now.gaps, places, subjects)


def items_of(now: Reading) -> dict[str, str]:
    """Each subject that is lacking with the item of a matter; any other subject is its own."""
    held = catalogue().matters
    return {code: held[code].item if code in held else code for code in {gap.subject for gap in now.gaps}}


def below(region: str, place: str, on: date) -> str:
    """The place directly below ``region`` in which ``place`` lies; itself where it lies in none."""
    path = tree().path(place, on)
    if region not in path:
        return place
    return path[min(path.index(region) + 1, len(path) - 1)]


def lacking_words(how: Indicator, gap: Gap, on: date) -> list[Bilingual]:
    """Which required fields have no value, where a guide or a procedure is what is missing."""
    sort = how.code.partition(".")[2]
    return lacking(sort=sort, matter=gap.subject, place=gap.place, on=on) if sort in SORTS else []


# -- closing and going on --------------------------------------------------------------------------


def successor_of(code: str) -> Plan | None:
    """The plan that goes on with this one; None where none does."""
    for row in PlanVersion.objects.filter(content__follows=code).order_by("-pk")[:1]:
        return plan_of(row.code)
    return None


def carried(closed: Board, after: Plan) -> list[tuple[Progress, Measure | None]]:
    """Each measure of a plan that ended with the one that goes on with it; None where nobody took it up."""
    following = {one.follows: one for one in after.measures if one.follows}
    return [(one, following.get(f"{closed.plan.code}/{one.measure.code}")) for one in closed.progress]


__all__ = ["Board", "Chain", "below", "board", "carried", "chain", "items_of", "lacking_words", "may_see",
           "reading", "successor_of"]
