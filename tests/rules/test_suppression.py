"""Small cells in tables with totals: nobody can reckon what is hidden, not even with linear programming."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from jizhun.evaluation.rules.suppression import Cell, Hidden, bounds, hide, with_totals
from jizhun.kernel.bilingual import Refused

Rows = list[list[int]]
TABLES = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(lambda size: st.lists(
    st.lists(st.sampled_from([0, 0, 1, 2, 4, 5, 7, 12, 30, 100]), min_size=size[1], max_size=size[1]),
    min_size=size[0], max_size=size[0]))


def attack(hidden: Hidden, floor: int) -> dict[Cell, tuple[float, float]]:
    """The least and the greatest that each hidden cell can be, by linear programming over nothing but what is shown."""
    cells = sorted(hidden.cells)
    at = {cell: n for n, cell in enumerate(cells)}
    height, wide = len(hidden.shown), len(hidden.shown[0])
    lines = [[(i, j) for j in range(wide)] for i in range(height)] + [
        [(i, j) for i in range(height)] for j in range(wide)]
    left, right = np.zeros((len(lines), len(cells))), np.zeros(len(lines))
    for n, line in enumerate(lines):
        for cell, sign in zip(line, [1] * (len(line) - 1) + [-1], strict=True):
            number = hidden.shown[cell[0]][cell[1]]
            if number is None:
                left[n, at[cell]] = sign
            else:
                right[n] -= sign * number
    found = {}
    for cell in cells:
        ends = []
        for sign in (1, -1):
            cost = np.zeros(len(cells))
            cost[at[cell]] = sign
            told = linprog(cost, A_eq=left, b_eq=right, bounds=[(floor, None)] * len(cells))
            ends.append(sign * told.fun if told.status == 0 else np.inf)
        found[cell] = (ends[0], ends[1])
    return found


@settings(max_examples=60, deadline=None)
@given(TABLES, st.sampled_from([3, 5, 10]), st.booleans())
def test_what_is_hidden_cannot_be_reckoned_from_what_is_shown(inner: Rows, smallest: int, zeros: bool) -> None:
    hidden = hide(inner, smallest=smallest, zeros=zeros)
    table, floor = with_totals(inner), 0 if zeros else 1
    for i, row in enumerate(hidden.shown):
        for j, number in enumerate(row):
            assert number in (None, table[i][j])
            if floor <= table[i][j] < smallest:
                assert number is None, "every small cell is hidden"
    told = bounds(inner, hidden.cells, zeros=zeros)
    for cell, (low, high) in attack(hidden, floor).items():
        assert high - low >= smallest - 1e-6, "and could be another number by so much"
        assert told[cell][0] == pytest.approx(low, abs=1e-6)
        assert told[cell][1] is None if high == np.inf else told[cell][1] == pytest.approx(high, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(TABLES)
def test_nothing_is_hidden_without_need(inner: Rows) -> None:
    hidden = hide(inner, smallest=5)
    if not any(0 < number < 5 for row in with_totals(inner) for number in row):
        assert not hidden.cells and hidden.shown == with_totals(inner)
    for cell in hidden.secondary:
        told = bounds(inner, hidden.cells - {cell})
        assert any(high is not None and high - low < 5 for low, high in told.values()), "shown, it would tell another"


def test_one_small_cell_takes_three_more() -> None:
    hidden = hide([[3, 40, 50], [60, 70, 80], [90, 15, 99]], smallest=10)
    assert hidden.primary == {(0, 0)} and hidden.secondary == {(0, 1), (2, 0), (2, 1)}
    assert hidden.shown[3] == (153, 125, 229, 507), "the totals are shown"


def test_without_secondary_hiding_a_cell_is_the_rest_of_its_row() -> None:
    assert bounds([[3, 40], [60, 70]], [(0, 0)]) == {(0, 0): (3, 3)}
    assert bounds([[3, 40], [60, 70]], [(0, 0), (0, 1)]) == {(0, 0): (3, 3), (0, 1): (40, 40)}
    every = bounds([[3, 40], [60, 70]], [(0, 0), (0, 1), (1, 0), (1, 1)])
    assert every[0, 0] == (1, 42), "at least 1, because zeros are shown; the cell beside it holds at least 1"


def test_totals_are_hidden_where_all_is_small() -> None:
    assert hide([[2]], smallest=10).shown == ((None, None), (None, None))
    hidden = hide([[2, 0], [0, 0]], smallest=10)
    assert hidden.shown == ((None, 0, None), (0, 0, 0), (None, 0, None)), "nobody is in the others: that is no secret"
    assert hide([[0, 50], [40, 60]], smallest=10, zeros=True).primary == {(0, 0)}


def test_a_table_of_the_size_of_a_country_is_done() -> None:
    """31 places by 18 items, a fifth of the cells small."""
    rng = np.random.default_rng(4)
    inner = np.where(rng.random((31, 18)) < 0.2, rng.integers(0, 10, (31, 18)), rng.integers(10, 4000, (31, 18)))
    hidden = hide(inner.tolist(), smallest=10)
    told = bounds(inner.tolist(), hidden.cells)
    assert all(high is None or high - low >= 10 for low, high in told.values())
    assert hidden.shown[-1][-1] == inner.sum() and len(hidden.secondary) < len(hidden.primary)


@pytest.mark.parametrize("inner", [[], [[]], [[1, 2], [3]], [[1, -2]]])
def test_what_is_no_table_is_refused(inner: Rows) -> None:
    with pytest.raises(Refused, match="table"):
        hide(inner, smallest=10)
    with pytest.raises(Refused, match="at least 1"):
        hide([[1]], smallest=0)
