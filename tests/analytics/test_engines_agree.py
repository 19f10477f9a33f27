"""One question, every engine, one answer: made-up worlds on the plain-Python reference, DuckDB and Spark.

``JIZHUN_WORLDS=2000`` turns the number of worlds up.
"""

import itertools
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.analytics.engines import DuckDB, Engine, Spark
from jizhun.analytics.plan import DIMENSIONS, MEASURES, WHOLE, Clock, Plan
from jizhun.analytics.reference import Case, Cell, Promise, count
from jizhun.kernel.working_days import Calendar
from judging import inputs, plan

CALENDAR = Calendar("CN")
WORLDS = int(os.environ.get("JIZHUN_WORLDS", "60"))
FIRST, AS_OF, EXTRACT = date(2024, 9, 20), date(2024, 10, 25), date(2024, 10, 30)
"""Five weeks with National Day, two worked Saturdays or Sundays, and days on both sides of every edge."""


@dataclass(frozen=True)
class World:
    cases: tuple[Case, ...]
    promises: tuple[Promise, ...]


def days(first: date = FIRST, last: date = AS_OF + timedelta(days=7)) -> st.SearchStrategy[date]:
    return st.dates(first, last)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


SECONDS = st.sampled_from([0, 1, 32_400, 61_200, 61_201, 86_399])
SMALL = st.integers(0, 3)


@st.composite
def moments(draw: st.DrawFn, first: date = FIRST, last: date = AS_OF + timedelta(days=7)) -> datetime:
    day = draw(days(first, last))
    return datetime(day.year, day.month, day.day) + timedelta(seconds=draw(SECONDS))


@st.composite
def cases(draw: st.DrawFn, key: str) -> Case:
    """Any case: open, suspended, extended, handed in on a day off, with facts or without."""
    accepted = draw(moments(last=AS_OF + timedelta(days=2)))
    closed = draw(maybe(moments(first=accepted.date())))
    start = st.tuples(days(FIRST, EXTRACT), maybe(st.integers(0, 12)))
    known_until = EXTRACT if closed is None or closed.date() > EXTRACT else closed.date()
    stopped = tuple(
        (first, None if length is None else min(first + timedelta(days=length), known_until))
        for first, length in draw(st.lists(start, max_size=3)) if first <= known_until)
    return Case(
        key, draw(st.integers(8, 11)), draw(st.integers(1, 2)), accepted, closed, draw(maybe(days())),
        draw(maybe(moments())), draw(st.booleans()), stopped, draw(st.sampled_from([0, 0, 0, 1, 5])),
        draw(maybe(SMALL)), draw(maybe(SMALL)), draw(maybe(SMALL)), draw(maybe(SMALL)), draw(st.integers(1, 2)),
        draw(st.integers(0, 2)))


@st.composite
def promises(draw: st.DrawFn, key: tuple[int, int, int]) -> list[Promise]:
    """Stretches that do not overlap, with gaps between some of them and on some no promise on some measures."""
    edges = sorted(draw(st.sets(days(FIRST - timedelta(days=3)), max_size=4)))
    found = []
    for first, after in itertools.pairwise(edges):
        values = {m: v for m in MEASURES if m != "due" and (v := draw(maybe(limit_of(m)))) is not None}
        calendar = frozenset(draw(st.sets(st.sampled_from(["statutory_limit", "promised_limit"]))))
        if draw(st.booleans()) or values:
            found.append(Promise(key[0], key[1], first, after - timedelta(days=1), values, calendar, key[2]))
    return found


def limit_of(measure: str) -> st.SearchStrategy[int]:
    return st.integers(0, 12) if measure.endswith("_limit") else SMALL


@st.composite
def worlds(draw: st.DrawFn) -> World:
    several = tuple(draw(cases(str(n))) for n in range(draw(st.integers(1, 15))))
    keys = sorted({(case.matter, case.region, case.group) for case in several})
    return World(several, tuple(one for key in keys for one in draw(promises(key))))


CLOCKS = st.dictionaries(st.sampled_from(["statutory_limit", "promised_limit"]),
                         st.builds(Clock, st.booleans(), st.sampled_from([None, 9, 17])))
"""Limits counted in unusual ways."""
CODES = {"item": lambda case: case.matter // 10, "matter": lambda case: case.matter,
         "region": lambda case: case.region, "group": lambda case: case.group, "channel": lambda case: case.channel,
         "month": lambda case: case.accepted.year * 100 + case.accepted.month}


def by_reference(world: World, asked: Plan, first: date, last: date) -> dict[Cell, int]:
    return count(world.cases, world.promises, CALENDAR.is_working, verdicts=asked.verdicts,
                 codes=lambda case: tuple(CODES[name](case) for name in asked.by), first=first, last=last, as_of=AS_OF,
                 clocks=dict(asked.clocks))


def by_engine(engine: Engine, world: World, asked: Plan) -> dict[Cell, int]:
    with tempfile.TemporaryDirectory() as folder:
        world_inputs = inputs(Path(folder), world.cases, world.promises, CALENDAR, AS_OF, EXTRACT)
        return engine.count(asked, world_inputs).rows(asked)


@settings(max_examples=WORLDS, deadline=None)
@given(worlds(), st.sets(st.sampled_from(DIMENSIONS), max_size=2), days(FIRST, AS_OF), days(FIRST, AS_OF), CLOCKS)
def test_duckdb_agrees_with_the_reference_in_every_cell(
        world: World, by: set[str], one: date, other: date, clocks: dict[str, Clock]) -> None:
    first, last = sorted((one, other))
    asked = plan(tuple(sorted(by)), AS_OF, first, last, clocks)
    assert by_engine(DuckDB(threads=1), world, asked) == by_reference(world, asked, first, last)


@settings(max_examples=max(WORLDS // 6, 5), deadline=None)
@given(worlds(), st.sampled_from((WHOLE, *MEASURES)))
def test_one_verdict_alone_is_what_it_is_among_all(world: World, measure: str) -> None:
    full = plan(("matter",), AS_OF)
    alone = Plan((measure,), full.by, full.first, full.last, full.as_of)
    everything, at = by_engine(DuckDB(threads=1), world, full), full.verdicts.index(measure)
    summed: dict[Cell, int] = {}
    for (codes, verdicts), n in everything.items():
        key = codes, (verdicts[at],)
        summed[key] = summed.get(key, 0) + n
    assert by_engine(DuckDB(threads=1), world, alone) == summed


@settings(max_examples=5, deadline=None)
@given(worlds())
def test_portions_add_up_to_the_whole(world: World) -> None:
    asked = plan(("region",), AS_OF)
    assert by_engine(DuckDB(threads=1, portion=1), world, asked) == by_engine(DuckDB(threads=1), world, asked)


def one_world(size: int) -> World:
    """A world large enough to hold most kinds of cases, always the same."""
    found: list[World] = []

    @settings(max_examples=size, deadline=None, derandomize=True, database=None)
    @given(worlds())
    def collect(world: World) -> None:
        found.append(world)

    collect()
    return joined(found)


def joined(parts: Sequence[World]) -> World:
    """The worlds side by side, each with matters of its own."""
    moved_cases, moved_promises = [], []
    for n, world in enumerate(parts):
        moved_cases += [_moved(case, n, f"{n}-{case.key}") for case in world.cases]
        moved_promises += [_moved(promise, n, None) for promise in world.promises]
    return World(tuple(moved_cases), tuple(moved_promises))


def _moved(one: Any, n: int, key: str | None) -> Any:
    return replace(one, matter=one.matter + 20 * n, **({"key": key} if key else {}))


@pytest.mark.spark
def test_spark_agrees_with_the_reference_and_with_duckdb(spark: Any) -> None:
    world = one_world(60)
    asked = plan(("item", "region", "month"), AS_OF)
    expected = by_reference(world, asked, FIRST, AS_OF + timedelta(days=60))
    assert len(expected) > 200
    assert by_engine(DuckDB(threads=1), world, asked) == expected
    assert by_engine(Spark(), world, asked) == expected
