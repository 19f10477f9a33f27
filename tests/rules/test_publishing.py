"""What an edition says: what is hidden in it, its hash, and what the next one says otherwise."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from jizhun.evaluation.rules.publishing import (
    HIDDEN,
    TOTAL,
    Grid,
    changes,
    checked_axes,
    content_hash,
    labels,
    masked,
    shown,
)
from jizhun.evaluation.rules.suppression import Cell, hide_together, with_totals
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused

ROWS = [("A", "甲", "Jia"), ("B", "乙", "Yi"), ("C", "丙", "Bing")]
COLUMNS = [("1", "一", "One"), ("2", "二", "Two")]
FIGURES = {("A", "1"): (80, 90, 100), ("A", "2"): (3, 4, 5), ("B", "1"): (190, 200, 200), ("B", "2"): (45, 50, 60),
           ("C", "1"): (20, 30, 40)}


def content(figures: dict[tuple[str, str], tuple[int, int, int]], **more: Any) -> dict[str, Any]:
    cells, why = masked([Grid(figures)], ROWS, COLUMNS, kept=more.pop("kept", ()))
    index = {"code": "on_time", "name": {"zh": "按时率", "en": "On time"}, "cells": cells[0],
             "run": {"engine": "duckdb", "engine_version": "1"}}
    return {"rows": ROWS, "columns": COLUMNS, "across": "region", "indices": [index], "as_of": "2025-12-31",
            "quality": {"grade": "A"}, "why": why, **more}


def of(said: dict[str, Any], row: str, column: str) -> Any:
    one = next(one for one in shown(said, "on_time") if (one.row[0], one.column[0]) == (row, column))
    return HIDDEN if one.hidden else one.figure


def test_a_small_cell_is_hidden_and_so_much_beside_it_that_totals_tell_nothing():
    said = content(FIGURES)
    assert of(said, "A", "2") == HIDDEN and of(said, "C", "2") is None
    hidden = {key for key, why in said["why"].items() if why == "secondary"}
    assert said["why"][0, 1] == "primary" and len(hidden) >= 2
    assert of(said, "", "") == (338, 374, 405), "the grand total is not touched"


def test_a_cell_with_many_cases_but_few_judged_ones_is_small_too():
    said = content({**FIGURES, ("A", "2"): (3, 4, 500)})
    assert of(said, "A", "2") == HIDDEN


def test_what_an_earlier_edition_hid_stays_hidden():
    big = {**FIGURES, ("A", "2"): (30, 40, 50)}
    assert HIDDEN not in [of(content(big), row[0], column[0]) for row in ROWS for column in COLUMNS]
    kept = content(big, kept=[("B", "2")])
    assert of(kept, "B", "2") == HIDDEN and len(kept["why"]) >= 4, "and is not left alone in its row and column"


SMALL = 5
PAIRS = st.tuples(st.integers(2, 4), st.integers(1, 4)).flatmap(lambda size: st.lists(st.lists(
    st.sampled_from([0, 1, 3, 6, 9, 20, 60]).flatmap(lambda n: st.tuples(st.just(n), st.sampled_from(
        sorted({0, min(n, 1), n // 2, n})))), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]))


@settings(max_examples=60, deadline=None)
@given(PAIRS)
def test_in_every_table_what_is_hidden_could_be_another_number(pairs: list[list[tuple[int, int]]]):
    tables = [[[pair[part] for pair in row] for row in pairs] for part in (0, 1)]
    primary, secondary = hide_together(tables[0], [tables[1]], smallest=SMALL)
    for floor, inner in zip((1, 0), tables, strict=True):
        whole = with_totals(inner)
        for i, row in enumerate(whole):
            for j, number in enumerate(row):
                assert not 0 < number < SMALL or (i, j) in primary
        for cell in primary:
            low, high = reckoned(whole, primary | secondary, cell, floor)
            assert high - low >= SMALL - 1e-6
    assert all(with_totals(tables[0])[i][j] > 0 for i, j in primary | secondary)


def reckoned(whole: Any, hidden: frozenset[Cell], cell: Cell, floor: int) -> tuple[float, float]:
    """What linear programming makes of a hidden cell from all that is shown."""
    cells = sorted(hidden)
    at, height, wide = {one: n for n, one in enumerate(cells)}, len(whole), len(whole[0])
    lines = [[(i, j) for j in range(wide)] for i in range(height)] + [
        [(i, j) for i in range(height)] for j in range(wide)]
    left, right = np.zeros((len(lines), len(cells))), np.zeros(len(lines))
    for n, line in enumerate(lines):
        for one, sign in zip(line, [1] * (len(line) - 1) + [-1], strict=True):
            if one in at:
                left[n, at[one]] = sign
            else:
                right[n] -= sign * whole[one[0]][one[1]]
    ends = []
    for sign in (1, -1):
        cost = np.zeros(len(cells))
        cost[at[cell]] = sign
        told = linprog(cost, A_eq=left, b_eq=right, bounds=[(floor, None)] * len(cells))
        ends.append(sign * told.fun if told.status == 0 else np.inf)
    return ends[0], ends[1]


def test_without_a_second_dimension_there_is_one_column():
    column = [("", "合计", "Total")]
    figures = {("A", ""): (80, 90, 100), ("B", ""): (3, 4, 5), ("C", ""): (20, 30, 40)}
    cells, _why = masked([Grid(figures)], ROWS, column)
    said = {**content(FIGURES), "columns": [], "across": "", "indices": [{"code": "on_time", "cells": cells[0]}]}
    assert labels(said, "columns") == [TOTAL]
    assert [HIDDEN if one.hidden else one.figure for one in shown(said, "on_time")][1] == HIDDEN
    assert len(list(shown(said, "on_time"))) == 4


def test_a_table_too_large_is_refused():
    with pytest.raises(Refused, match="coarser level"):
        masked([Grid({})], [(str(n), "", "") for n in range(101)], [(str(n), "", "") for n in range(15)])


@pytest.mark.parametrize(("down", "across"), [("region", "county"), ("channel", "region"), ("item", "matter"),
                                              ("month", ""), ("item", "group")])
def test_axes_that_cannot_be(down, across):
    with pytest.raises(Refused, match="Rows may be"):
        checked_axes(down, across)


def test_axes_that_can():
    assert checked_axes("item", "region") == ("item", "region") and checked_axes("county", "") == ("county",)


def test_the_hash_covers_every_figure_and_the_reason():
    said = content(FIGURES)
    plain = {key: value for key, value in said.items() if key != "why"}
    other = {**plain, "indices": [{**plain["indices"][0], "cells": [[None]]}]}
    hashes = {content_hash(plain, NO_WORDS), content_hash(other, NO_WORDS), content_hash(plain, Bilingual("改", "x"))}
    assert len(hashes) == 3 and content_hash(dict(reversed(plain.items())), NO_WORDS) in hashes


def test_what_changed_is_told_in_sentences_and_hidden_figures_without_numbers():
    big = {**FIGURES, ("A", "2"): (30, 40, 50)}
    after = content({**big, ("B", "1"): (199, 201, 201)}, as_of="2026-01-31", quality={"grade": "B"})
    told = [one.en for one in changes(content(big), after)]
    assert told[0] == "The data date is 2026-01-31; it was 2025-12-31."
    assert told[1] == "The grade of the data is B; it was A."
    assert "Yi, One, On time: 95.00 % (190 of 200) → 99.00 % (199 of 201)." in told
    assert "Total, On time: 93.65 % (384 of 410)" not in told and any(one.startswith("Total, On time:") for one in told)
    hidden = [one.zh for one in changes(content(big), content(FIGURES))]
    assert "甲，二，按时率：75.00%（30／40） → 不公布。" in hidden
    assert not any("3／4" in one for one in hidden)


def test_nothing_changed_is_said_too_and_many_changes_are_counted():
    assert [one.zh for one in changes(content(FIGURES), content(FIGURES))] == ["数字没有变化。"]
    engine = content(FIGURES)
    engine["indices"][0]["run"] = {"engine": "duckdb", "engine_version": "2"}
    assert changes(content(FIGURES), engine)[0].en == "The engine is duckdb 2; it was duckdb 1."
