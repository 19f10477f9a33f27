"""Worlds made up for tests of every engine: a few cases with what was promised for them, and what is asked of them.

One maker, two who decide for it: a seed makes thousands in seconds, the same ones every time; Hypothesis shrinks one
that an engine gets wrong until only what matters is left.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final, Protocol, TypeVar

from hypothesis import strategies as st

from jizhun.analytics.engines import Engine, Inputs
from jizhun.analytics.plan import DIMENSIONS, MEASURES, WHOLE, Clock, Plan
from jizhun.analytics.reference import Case, Cell, Promise, count
from jizhun.kernel.working_days import Calendar
from judging import days, inputs, lake_files, promised_tables

CALENDAR: Final = Calendar("CN")
FIRST, AS_OF, EXTRACT = date(2024, 9, 20), date(2024, 10, 25), date(2024, 10, 30)
"""Five weeks with National Day, two worked Saturdays or Sundays, and days on both sides of every edge."""
LAST: Final = AS_OF + timedelta(days=7)
SECONDS: Final = (0, 1, 32_399, 32_400, 61_199, 61_200, 61_201, 86_399)
"""Around nine and five o'clock, where limits are cut off, and around midnight."""
LIMITS: Final = ("statutory_limit", "promised_limit")
PROMISED: Final = tuple(measure for measure in MEASURES if measure != "due")
APART: Final = 4
"""So many region numbers are each world's own when several lie in one lake."""
One = TypeVar("One", Case, Promise)
Made = TypeVar("Made")


@dataclass(frozen=True)
class World:
    cases: tuple[Case, ...]
    promises: tuple[Promise, ...]


# -- who decides ----------------------------------------------------------------------------------------


class Decides(Protocol):
    """What a maker asks at every turn."""

    def whole(self, least: int, most: int) -> int: ...

    def several(self, make: Callable[["Decides"], Made], least: int, most: int) -> list[Made]: ...


@dataclass(frozen=True)
class Seeded:
    """Decides by a seed: fast, and the same every time."""

    by: Random

    def whole(self, least: int, most: int) -> int:
        return self.by.randint(least, most)

    def several(self, make: Callable[[Decides], Made], least: int, most: int) -> list[Made]:
        return [make(self) for _ in range(self.by.randint(least, most))]


@dataclass(frozen=True)
class Drawn:
    """Lets Hypothesis decide, in pieces that it can shrink and leave out."""

    draw: st.DrawFn

    def whole(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def several(self, make: Callable[[Decides], Made], least: int, most: int) -> list[Made]:
        return self.draw(st.lists(st.composite(lambda draw: make(Drawn(draw)))(), min_size=least, max_size=most))


def one_of(by: Decides, values: Sequence[Made]) -> Made:
    return values[by.whole(0, len(values) - 1)]


def maybe(by: Decides, make: Callable[[Decides], Made], of_ten: int = 7) -> Made | None:
    """Something so many times out of ten; nothing is the simpler of the two."""
    return make(by) if by.whole(0, 9) >= 10 - of_ten else None


def whole(least: int, most: int) -> Callable[[Decides], int]:
    return lambda by: by.whole(least, most)


def day(first: date, last: date) -> Callable[[Decides], date]:
    return lambda by: first + timedelta(days=by.whole(0, max((last - first).days, 0)))


def moment(first: date, last: date) -> Callable[[Decides], datetime]:
    return lambda by: (datetime.combine(day(first, last)(by), time()) + timedelta(seconds=one_of(by, SECONDS)))


# -- one world --------------------------------------------------------------------------------------


def made(by: Decides) -> World:
    """Any world: up to fifteen cases, and promises for whatever they are about."""
    several = tuple(replace(case, key=str(n)) for n, case in enumerate(by.several(_case, 1, 15)))
    keys = sorted({(case.matter, case.region, case.group) for case in several})
    return World(several, tuple(one for key in keys for one in _promises(by, key)))


def numbered(seed: int, number: int) -> World:
    """The world of that number, always the same."""
    return made(Seeded(Random(f"{seed}/{number}")))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Worlds that Hypothesis chooses and shrinks."""
    return made(Drawn(draw))


def _case(by: Decides) -> Case:
    """Any case: open, suspended, extended, handed in on a day off, with facts or without."""
    accepted = moment(FIRST, AS_OF + timedelta(days=2))(by)
    closed = maybe(by, moment(accepted.date(), LAST))
    return Case(
        "", by.whole(8, 11), by.whole(1, 2), accepted, closed, maybe(by, day(FIRST, LAST)),
        maybe(by, moment(FIRST, LAST)), by.whole(0, 1) == 1, _stops(by, closed), one_of(by, (0, 0, 0, 1, 5)),
        *(maybe(by, whole(0, 3)) for _ in range(4)), by.whole(1, 2), by.whole(0, 2))


def _stops(by: Decides, closed: datetime | None) -> tuple[tuple[date, date | None], ...]:
    """Up to three spans on which the clock stood, as far as the extract can know; they may overlap or run on."""
    known_until = EXTRACT if closed is None or closed.date() > EXTRACT else closed.date()
    spans = by.several(lambda one: (day(FIRST, EXTRACT)(one), maybe(one, whole(0, 12))), 0, 3)
    return tuple((first, None if length is None else min(first + timedelta(days=length), known_until))
                 for first, length in spans if first <= known_until)


def _promises(by: Decides, key: tuple[int, int, int]) -> list[Promise]:
    """Stretches that do not overlap, with gaps between some of them and on some no promise on some measures."""
    edges = sorted(set(by.several(day(FIRST - timedelta(days=3), LAST), 0, 4)))
    found = []
    for first, after in itertools.pairwise(edges):
        said = {measure: maybe(by, whole(0, 12 if measure in LIMITS else 3), 6) for measure in PROMISED}
        calendar = frozenset(measure for measure in LIMITS if by.whole(0, 1))
        found.append(Promise(key[0], key[1], first, after - timedelta(days=1),
                             {measure: n for measure, n in said.items() if n is not None}, calendar, key[2]))
    return [one for one in found if one.values or maybe(by, whole(0, 0), 5) is not None]


# -- many worlds in one lake --------------------------------------------------------------------------


def together(parts: Sequence[World]) -> World:
    """The worlds side by side: the regions of the nth are those from ``APART`` times n."""
    return World(tuple(_moved(case, n, key=f"{n}-{case.key}") for n, one in enumerate(parts) for case in one.cases),
                 tuple(_moved(promise, n) for n, one in enumerate(parts) for promise in one.promises))


def _moved(one: One, n: int, **more: str) -> One:
    return replace(one, region=one.region + APART * n, **more)


# -- what is asked -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """A plan in words: counted by what, over which days of acceptance, at which data date, with which clocks.

    ``verdicts``: told apart in the answer. ``judged``: promised at all; nothing else is looked at. ``same_day``: the
    ordinal of the data date stands in the statement itself, and places are not joined.
    """

    by: tuple[str, ...]
    clocks: tuple[tuple[str, Clock], ...] = ()
    first: date = FIRST
    last: date = LAST
    as_of: date = AS_OF
    verdicts: tuple[str, ...] = (WHOLE, *MEASURES)
    judged: tuple[str, ...] = MEASURES
    same_day: bool = False

    @property
    def plan(self) -> Plan:
        return Plan(self.verdicts, self.by, days(self.first), days(self.last), days(self.as_of), self.judged,
                    CALENDAR.ordinal(self.as_of) if self.same_day else None, self.clocks, self.as_of < EXTRACT)


def clocks() -> st.SearchStrategy[tuple[tuple[str, Clock], ...]]:
    """Limits counted in unusual ways."""
    some = st.dictionaries(st.sampled_from(LIMITS), st.builds(Clock, st.booleans(), st.sampled_from([None, 9, 17])))
    return some.map(lambda found: tuple(sorted(found.items())))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    by = tuple(sorted(draw(st.sets(st.sampled_from(DIMENSIONS), max_size=2))))
    first, last = sorted(draw(st.tuples(*[st.dates(FIRST, AS_OF)] * 2)))
    return Question(by, draw(clocks()), first, last, draw(st.sampled_from([AS_OF, EXTRACT])),
                    same_day=draw(st.booleans()))


CODES: Final[dict[str, Callable[[Case], int]]] = {
    "item": lambda case: case.matter // 10, "matter": lambda case: case.matter, "region": lambda case: case.region,
    "group": lambda case: case.group, "channel": lambda case: case.channel,
    "month": lambda case: case.accepted.year * 100 + case.accepted.month, "rating": lambda case: 0}


def by_reference(world: World, asked: Question) -> dict[Cell, int]:
    """The answer of the slow engine; what is not judged is taken out of the promises first."""
    promises = [replace(one, values={name: n for name, n in one.values.items() if name in asked.judged})
                for one in world.promises]
    cases = world.cases if "due" in asked.judged else [replace(case, due_binds=False) for case in world.cases]
    return count(cases, promises, CALENDAR.is_working, verdicts=asked.verdicts,
                 codes=lambda case: tuple(CODES[name](case) for name in asked.by), first=asked.first, last=asked.last,
                 as_of=asked.as_of, clocks=dict(asked.clocks))


def by_engine(engine: Engine, world: World, asked: Question, folder: Path) -> dict[Cell, int]:
    """The answer of another one, over files in ``folder``."""
    found = inputs(folder, world.cases, world.promises, CALENDAR, asked.as_of, EXTRACT)
    return engine.count(asked.plan, found).rows(asked.plan)


@dataclass(frozen=True)
class Many:
    """Many worlds as one lake. ``inputs`` by data date."""

    worlds: tuple[World, ...]
    inputs: dict[date, Inputs]


def many(folder: Path, seed: int, number: int) -> Many:
    """The first ``number`` worlds of a seed, their files and small tables written once."""
    several = tuple(numbered(seed, n) for n in range(number))
    whole = together(several)
    files = lake_files(folder, whole.cases, CALENDAR, EXTRACT)
    return Many(several, {as_of: Inputs(files, promised_tables(files, whole.promises, whole.cases, CALENDAR, as_of))
                          for as_of in (AS_OF, EXTRACT)})


def world_by_world(found: Many, asked: Question) -> dict[Cell, int]:
    """The reference's answer over all of them, each world on its own; the question counts by region."""
    cells: dict[Cell, int] = {}
    at = asked.by.index("region")
    for n, world in enumerate(found.worlds):
        for (codes, verdicts), cases in by_reference(world, asked).items():
            cells[(*codes[:at], codes[at] + APART * n, *codes[at + 1:]), verdicts] = cases
    return cells


def differing(one: dict[Any, Any], other: dict[Any, Any], asked: Question) -> list[int]:
    """The numbers of the worlds in which two answers are not the same."""
    at = asked.by.index("region")
    keys = {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}
    return sorted({(codes[at] - 1) // APART for codes, _ in keys})
