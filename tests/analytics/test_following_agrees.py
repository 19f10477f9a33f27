"""Did it happen that way? Made-up procedures and logs on the plain-Python reference, DuckDB and Spark: one answer."""

import os
import tempfile
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from following import CALENDAR, at, by_engine, day_of, duckdb, log_of, take_in
from jizhun.analytics.engines import DuckDB, Spark
from jizhun.analytics.following.flow import (
    OUT_OF_ORDER,
    REPEATED,
    SKIPPED,
    UNFINISHED,
    UNKNOWN,
    Flow,
)
from jizhun.analytics.following.reference import Counted, Done, Walk, count

WORLDS = int(os.environ.get("JIZHUN_WORLDS", "60"))
CODES = ("a", "b", "c", "d", "受理")
"""Known and unknown to most procedures, with a name that is no ASCII."""
FIRST = datetime(2025, 1, 24, 9)
"""Before Spring Festival: working days, days off and worked weekends follow."""

steps = st.sampled_from(CODES)
flows = st.builds(Flow, st.frozensets(steps, min_size=1, max_size=2), st.frozensets(steps, min_size=1, max_size=2),
                  st.frozensets(st.tuples(steps, steps), max_size=8), always=st.frozensets(steps, max_size=2))


FIRST_DAY = day_of(FIRST)
stops = st.lists(st.integers(FIRST_DAY - 3, FIRST_DAY + 26), max_size=4, unique=True).map(
    lambda days: tuple(zip(sorted(days)[::2], sorted(days)[1::2], strict=False)))
"""None, one or two spans on which the clock stood, before, between and after the steps."""


@st.composite
def walks(draw: st.DrawFn, key: str) -> Walk:
    """Any case: steps at the same second, that overlap, over holidays, or that have not ended."""
    seconds = st.sampled_from([0, 1, 3599, 3600, 50_000, 86_400, 4 * 86_400, 12 * 86_400])
    done = []
    for _ in range(draw(st.integers(1, 6))):
        started = FIRST + timedelta(seconds=draw(seconds) + draw(seconds))
        took = draw(st.none() | seconds)
        done.append(Done(draw(steps), started, None if took is None else started + timedelta(seconds=took)))
    return Walk(key, draw(st.integers(1, 2)), tuple(done), stops=draw(stops))


def logs(size: int = 12) -> st.SearchStrategy[list[Walk]]:
    return st.integers(1, size).flatmap(lambda n: st.tuples(*(walks(f"k{i}") for i in range(n))).map(list))


def same(found: Counted, expected: Counted) -> None:
    assert found.cases == expected.cases
    assert found.deviating == expected.deviating
    assert found.moves == expected.moves
    if len(expected.ways) <= 20:
        assert found.ways == expected.ways


@settings(max_examples=WORLDS, deadline=None)
@given(logs(), flows)
def test_duckdb_agrees_with_the_reference(log: list[Walk], flow: Flow) -> None:
    with tempfile.TemporaryDirectory() as folder:
        take_in(Path(folder), log_of(log, Path(folder) / "log.csv"))
        same(duckdb(Path(folder), flow, walks=log), count(log, flow, CALENDAR.is_working))


@settings(max_examples=max(WORLDS // 2, 5), deadline=None)
@given(logs(), flows, flows)
def test_each_place_is_held_against_its_own_procedure(log: list[Walk], one: Flow, other: Flow) -> None:
    with tempfile.TemporaryDirectory() as folder:
        take_in(Path(folder), log_of(log, Path(folder) / "log.csv"))
        parts = [count([walk for walk in log if walk.place == place], flow, CALENDAR.is_working)
                 for place, flow in ((1, one), (2, other))]
        expected = Counted(*(sum((getattr(part, name) for part in parts), Counter())
                             for name in ("cases", "ways", "deviating", "moves")))
        same(duckdb(Path(folder), one, other, walks=log), expected)


@settings(max_examples=max(WORLDS // 6, 5), deadline=None)
@given(logs(), flows, st.randoms(use_true_random=False))
def test_the_order_of_rows_in_the_file_says_nothing_where_times_differ(log: list[Walk], flow: Flow,
                                                                      order: Any) -> None:
    """Rows of different cases may stand in any order; rows of one case at the same second keep theirs."""
    with tempfile.TemporaryDirectory() as folder:
        take_in(Path(folder), log_of(log, Path(folder) / "log.csv"), piece=40)
        order.shuffle(log)
        (Path(folder) / "again").mkdir()
        take_in(Path(folder) / "again", log_of(log, Path(folder) / "again.csv"))
        same(duckdb(Path(folder), flow, walks=log), duckdb(Path(folder) / "again", flow, walks=log))


STRAIGHT = Flow(frozenset("a"), frozenset("d"), frozenset({("a", "b"), ("b", "c"), ("c", "d")}))
KNOWN_BY_HAND = {
    "abcd": set(), "abd": {SKIPPED}, "bcd": {SKIPPED}, "abbcd": {REPEATED}, "abcbcd": {REPEATED},
    "acbd": {SKIPPED, OUT_OF_ORDER}, "abcxd": {UNKNOWN}, "abc": {UNFINISHED},
    "dabc": {SKIPPED, OUT_OF_ORDER, UNFINISHED},
    "x": {UNKNOWN, UNFINISHED}, "abcdabcd": {REPEATED}, "ad": {SKIPPED}}
"""Steps of a case -> what a person would say of it."""


def straight(codes: str, key: str) -> Walk:
    hours = [FIRST + timedelta(hours=n) for n in range(len(codes))]
    return Walk(key, 1, tuple(Done(code, hour, hour) for code, hour in zip(codes, hours, strict=True)))


@pytest.mark.parametrize(("codes", "kinds"), KNOWN_BY_HAND.items())
def test_what_deviates_is_what_a_person_would_say(tmp_path: Path, codes: str, kinds: set[int]) -> None:
    log = [straight(codes, "k")]
    take_in(tmp_path, log_of(log, tmp_path / "log.csv"))
    expected = Counter({(1, True, frozenset(kinds)): 1})
    assert count(log, STRAIGHT, CALENDAR.is_working).cases == expected
    assert duckdb(tmp_path, STRAIGHT).cases == expected


def test_the_same_way_is_judged_by_each_place_s_own_procedure(tmp_path: Path) -> None:
    log = [straight("abcd", "here"), replace(straight("abcd", "there"), place=2)]
    take_in(tmp_path, log_of(log, tmp_path / "log.csv"))
    shorter = Flow(frozenset("a"), frozenset("d"), frozenset({("a", "b"), ("b", "d")}))
    assert duckdb(tmp_path, STRAIGHT, shorter).cases == {(1, True, frozenset()): 1, (2, True, frozenset({UNKNOWN})): 1}


def test_a_step_beside_others_may_come_in_any_order_but_not_be_left_out(tmp_path: Path) -> None:
    beside = Flow(frozenset("a"), frozenset("d"), frozenset(
        {("a", "b"), ("a", "c"), ("b", "c"), ("c", "b"), ("b", "d"), ("c", "d")}), always=frozenset("bc"))
    log = [straight(codes, codes) for codes in ("abcd", "acbd", "abd")]
    take_in(tmp_path, log_of(log, tmp_path / "log.csv"))
    assert duckdb(tmp_path, beside).cases == {(1, True, frozenset()): 2, (1, True, frozenset({SKIPPED})): 1}


def test_time_runs_from_the_end_of_the_step_before_in_hours_days_and_working_days(tmp_path: Path) -> None:
    """From a Friday before the festival to the Thursday after: one worked Sunday and one working day."""
    done = (Done("a", at("2025-01-24 09:00"), at("2025-01-24 10:30")),
            Done("b", at("2025-02-06 08:00"), at("2025-02-06 09:00")), Done("c", at("2025-02-06 09:10"), None))
    take_in(tmp_path, log_of([Walk("k", 1, done)], tmp_path / "log.csv"))
    assert duckdb(tmp_path, STRAIGHT).moves == {
        ("", "a", 2, 0, 0): 1, ("a", "b", 12 * 24 + 23, 13, 4): 1, ("b", "c", -1, -1, -1): 1}


def test_days_on_which_the_clock_stood_are_taken_off_between_the_steps(tmp_path: Path) -> None:
    """The same walk, waiting for material from Saturday 25 January to Wednesday 5 February: one worked day is left."""
    done = (Done("a", at("2025-01-24 09:00"), at("2025-01-24 10:30")),
            Done("b", at("2025-02-06 08:00"), at("2025-02-06 09:00")))
    walk = Walk("k", 1, done, stops=((day_of(at("2025-01-24 00:00")), day_of(at("2025-02-05 00:00"))),))
    take_in(tmp_path, log_of([walk], tmp_path / "log.csv"))
    assert duckdb(tmp_path, STRAIGHT, walks=[walk]).moves == {("", "a", 2, 0, 0): 1, ("a", "b", 23, 1, 1): 1}


@pytest.mark.spark
def test_spark_agrees_with_the_reference_and_with_duckdb(spark: Any, tmp_path: Path) -> None:
    found: list[list[Walk]] = []

    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(logs())
    def collect(log: list[Walk]) -> None:
        found.append(log)

    collect()
    log = [replace(walk, key=f"{n}-{walk.key}") for n, part in enumerate(found) for walk in part]
    flow = Flow(frozenset("a"), frozenset({"d", "受理"}),
                frozenset({("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("b", "受理")}), always=frozenset("b"))
    take_in(tmp_path, log_of(log, tmp_path / "log.csv"))
    expected = count(log, flow, CALENDAR.is_working)
    assert len(log) > 200 and len(expected.cases) > 10
    local, distributed = (by_engine(engine, tmp_path, flow, walks=log) for engine in (DuckDB(threads=1), Spark()))
    for one in (local, distributed):
        assert (one.cases, one.deviating, one.moves) == (expected.cases, expected.deviating, expected.moves)
    assert local.ways == distributed.ways
