"""Facts, the whole numbers behind every index: the reference in plain Python, the SQL, and the compiled loops agree."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from jizhun.analytics.compiled import Compiled, NotHere
from jizhun.analytics.compiled import Question as Wanted
from jizhun.analytics.cuts import kept_table
from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.facts import Facts, fact_steps, from_table, joined, together
from jizhun.analytics.plan import WHOLE, Plan
from jizhun.analytics.reference import facts
from jizhun.analytics.sql import text
from judging import inputs
from made_worlds import AS_OF, CALENDAR, CODES, EXTRACT, Question, World, numbered, questions, worlds
from made_worlds import together as side_by_side

EXAMPLES = 40


def by_reference(world: World, asked: Question) -> dict[Any, Any]:
    return facts(world.cases, world.promises, CALENDAR.is_working,
                 codes=lambda case: tuple(CODES[name](case) for name in asked.by), first=asked.first, last=asked.last,
                 as_of=asked.as_of, clocks=dict(asked.clocks))


def by_sql(asked: Plan, read: Inputs) -> Facts:
    return from_table(DuckDB(threads=1).rows(text(fact_steps(asked)), read), asked.by, asked.verdicts)


def without_nothing(rows: dict[Any, Any]) -> dict[Any, Any]:
    """A count over everything answers with a row even where there is nothing."""
    return {codes: told for codes, told in rows.items() if told[0]}


@settings(max_examples=EXAMPLES, deadline=None)
@given(worlds(), questions())
def test_sql_and_compiled_loops_agree_with_the_reference_in_every_fact(world: World, asked: Question) -> None:
    with tempfile.TemporaryDirectory() as folder:
        read = inputs(Path(folder), world.cases, world.promises, CALENDAR, asked.as_of, EXTRACT)
        expected = by_reference(world, asked)
        assert without_nothing(by_sql(asked.plan, read).rows()) == expected
        if not asked.plan.later_stops:
            assert Compiled(1).facts(asked.plan, read).rows() == expected


def many(number: int, folder: Path) -> Inputs:
    world = side_by_side([numbered(7, n) for n in range(number)])
    return inputs(folder, world.cases, world.promises, CALENDAR, EXTRACT)


def asked_by(*by: str) -> Plan:
    return Question(by, as_of=EXTRACT).plan


def test_a_large_world_by_many_dimensions_has_no_differing_cell(tmp_path: Path) -> None:
    """All questions in one pass, places rolled up, some places left out."""
    read = many(40, tmp_path)
    rolled = read.tables["places"].slice(1).set_column(1, "place", read.tables["places"].slice(1)["region"])
    for tables in (read.tables, {**read.tables, "places": rolled}):
        seen = replace(read, tables=tables)
        asked = [asked_by(*by) for by in
                 (("item", "region", "month"), ("matter", "region"), ("group", "channel"), ("rating",), ())]
        found = Compiled(2).several(asked[0], seen, [Wanted(one.by, one.verdicts) for one in asked])
        for one, fact in zip(asked, found, strict=True):
            assert fact.summed(one.by).rows() == without_nothing(by_sql(one, seen).summed(one.by).rows())
    assert found[0].n.sum() > 150


def test_measures_that_nothing_asks_for_are_not_read_and_not_told(tmp_path: Path) -> None:
    read = many(20, tmp_path)
    asked = replace(asked_by("matter"), judged=("promised_limit", "fee"))
    found = Compiled(1).facts(asked, read)
    assert found.rows() == by_sql(asked, read).summed(asked.by).rows()
    assert found.states("visits")[:, 1:].sum() == 0 < found.states("fee")[:, 1:].sum()


def test_a_look_back_needs_the_cases_keys_and_runs_in_sql(tmp_path: Path) -> None:
    with pytest.raises(NotHere):
        Compiled(1).facts(Question((), as_of=AS_OF).plan, many(3, tmp_path))


def some_facts(*rows: tuple[int, int, int]) -> Facts:
    """(month, region, cases kept) as facts of the whole case."""
    numbers = np.array(rows, np.int64).reshape(-1, 3)
    table = np.column_stack([numbers[:, 2], numbers[:, 2], *[numbers[:, 2] * 0] * 3])
    return Facts({"month": numbers[:, 0], "region": numbers[:, 1]}, (WHOLE,), table)


def test_facts_add_up_and_survive_being_kept() -> None:
    one, other = some_facts((202501, 1, 3), (202501, 2, 4)), some_facts((202502, 1, 5))
    assert together([one, other], ("region",)).rows() == {(1,): (8, 8, 0, 0, 0), (2,): (4, 4, 0, 0, 0)}
    kept = kept_table(joined([one, other]))
    assert from_table(kept, ("month", "region"), (WHOLE,)).rows() == joined([one, other]).rows()
    assert some_facts().summed(()).rows() == {}
