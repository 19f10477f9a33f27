"""One question, every engine, one answer: world by world on the plain-Python reference and DuckDB, shrunk where not.

``JIZHUN_WORLDS=2000`` turns the number of worlds up. Thousands at once, on every engine: ``test_many_worlds``.
"""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from jizhun.analytics import sql
from jizhun.analytics.engines import DuckDB, Engine
from jizhun.analytics.plan import MEASURES, WHOLE
from jizhun.analytics.reference import Cell
from made_worlds import Question, World, by_engine, by_reference, questions, worlds

WORLDS = int(os.environ.get("JIZHUN_WORLDS", "60"))


def duckdb(world: World, asked: Question, engine: Engine | None = None) -> Mapping[Cell, int]:
    with tempfile.TemporaryDirectory() as folder:
        return by_engine(engine or DuckDB(threads=1), world, asked, Path(folder))


@settings(max_examples=WORLDS, deadline=None)
@given(worlds(), questions())
def test_duckdb_agrees_with_the_reference_in_every_cell(world: World, asked: Question) -> None:
    assert duckdb(world, asked) == by_reference(world, asked)


@settings(max_examples=max(WORLDS // 6, 5), deadline=None)
@given(worlds(), st.sampled_from((WHOLE, *MEASURES)))
def test_one_verdict_alone_is_what_it_is_among_all(world: World, measure: str) -> None:
    full = Question(("matter",))
    everything, at = duckdb(world, full), full.verdicts.index(measure)
    summed: dict[Cell, int] = {}
    for (codes, verdicts), n in everything.items():
        key = codes, (verdicts[at],)
        summed[key] = summed.get(key, 0) + n
    assert duckdb(world, Question(("matter",), verdicts=(measure,))) == summed


@settings(max_examples=5, deadline=None)
@given(worlds())
def test_portions_add_up_to_the_whole(world: World) -> None:
    asked = Question(("region",))
    assert duckdb(world, asked, DuckDB(threads=1, portion=1)) == duckdb(world, asked)


def smallest_that_differs(asked: Question) -> World:
    """What Hypothesis leaves of the first world in which DuckDB and the reference do not agree."""
    return find(worlds(), lambda world: duckdb(world, asked) != by_reference(world, asked),
                settings=settings(max_examples=300, derandomize=True, database=None, deadline=None,
                                  phases=[Phase.generate, Phase.shrink]))


FAULTS = {
    "an amount below the promise is kept": ("benefit_amount", "amount_cents >= benefit_amount", "amount_cents >= 0"),
    "an open case is late only when it is closed": ("promised_limit", "ELSE too_late END", "ELSE in_time END"),
}


@pytest.mark.long
@pytest.mark.parametrize(("measure", "right", "wrong"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_the_sql_is_found_and_shrunk_to_a_single_case(
        monkeypatch: pytest.MonkeyPatch, measure: str, right: str, wrong: str) -> None:
    asked = Question((), verdicts=(measure,))
    assert right in sql.verdict(asked.plan, measure)
    true = sql.verdict
    monkeypatch.setattr(sql, "verdict", lambda plan, name: true(plan, name).replace(right, wrong))
    left = smallest_that_differs(asked)
    assert (len(left.cases), len(left.promises)) == (1, 1)
    assert left.cases[0].stopped == () and set(left.promises[0].values) == {measure}
