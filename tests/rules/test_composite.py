"""Composite figures: a published example of entropy weights, TOPSIS, and how firmly a ranking stands."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jizhun.evaluation.rules.composite import (
    NORMALISATIONS,
    entropy_weights,
    equal_weights,
    expert_weights,
    normalised,
    ranks,
    scores,
    topsis,
    weighted_sum,
)
from jizhun.evaluation.rules.sensitivity import rank_intervals, rooms
from jizhun.kernel.bilingual import Refused

ELSAYED: list[list[float]] = [
    [7, 312, 1891, 6613, 163], [72, 88, 728, 941804, 1078], [10, 252, 2594, 3466, 117471], [10, 145, 980, 2371, 86329],
    [65, 54, 350, 501, 29897], [29, 48, 380, 912, 34051], [7, 476, 3300, 78470, 2212], [70, 87, 650, 733, 819000],
    [4, 86, 591, 3015, 103], [12, 79, 579, 3240, 96098], [21, 45, 261, 1253, 453], [1, 72, 530, 4333, 0.1048]]
"""The example of Elsayed et al. (2017)."""
FIRST_LOWER = [False, True, True, True, True]


def test_entropy_weights_of_a_published_example() -> None:
    expected = [0.104991, 0.069124, 0.071373, 0.449937, 0.304575]
    assert [round(one, 6) for one in entropy_weights(ELSAYED).weights] == expected


def test_topsis_of_the_same_example() -> None:
    expected = [0.108105, 0.592928, 0.131261, 0.105972, 0.02255, 0.065934, 0.151417, 0.395359, 0.095099, 0.104794,
                0.072425, 0.098684]
    found = topsis(ELSAYED, entropy_weights(ELSAYED).weights, FIRST_LOWER)
    assert found.round(6).tolist() == expected and ranks(found)[1] == 1
    assert topsis(ELSAYED, entropy_weights(ELSAYED).weights, FIRST_LOWER, "minmax").round(6).tolist() != expected


# -- making comparable -----------------------------------------------------------------------------


def test_each_normalisation_by_hand() -> None:
    table, higher = [[1.0, 4.0], [3.0, 2.0]], [True, False]
    assert normalised(table, "share").tolist() == [[0.25, 4 / 6], [0.75, 2 / 6]]
    assert normalised(table, "vector") == pytest.approx(np.array([[1 / 10**.5, 4 / 20**.5], [3 / 10**.5, 2 / 20**.5]]))
    assert normalised(table, "minmax", higher).tolist() == [[0, 0], [1, 1]]
    assert normalised(table, "max", higher).tolist() == [[1 / 3, 0.5], [1, 1]]
    assert normalised(table, "zscore", higher).tolist() == [[-1, -1], [1, 1]]
    assert all(one.name.zh and one.name.en and one.formula for one in NORMALISATIONS.values())


def test_an_indicator_that_is_the_same_everywhere_tells_nothing() -> None:
    found = entropy_weights([[1.0, 5.0, 0.0], [2.0, 5.0, 0.0], [3.0, 5.0, 0.0]])
    assert found.weights == pytest.approx((1, 0, 0)) and found.entropies[1:] == pytest.approx((1, 1))
    for normal in NORMALISATIONS:
        assert np.isfinite(normalised([[1.0, 5.0], [2.0, 5.0]], normal, [True, False])).all()


def test_a_place_without_any_adds_nothing_to_entropy() -> None:
    """Shares (0, 1/2, 1/2): entropy ln 2 / ln 3."""
    assert entropy_weights([[0.0, 1.0], [1.0, 1.0], [1.0, 2.0]]).entropies[0] == pytest.approx(np.log(2) / np.log(3))


@given(st.lists(st.lists(st.floats(0, 100), min_size=3, max_size=3), min_size=2, max_size=8), st.floats(0.1, 10))
def test_entropy_weights_do_not_depend_on_units(table: list[list[float]], factor: float) -> None:
    assume(any(np.ptp(column) > 1 for column in zip(*table, strict=True)))
    found = entropy_weights(table)
    assert sum(found.weights) == pytest.approx(1) and min(found.weights) >= 0 and max(found.entropies) <= 1
    assert entropy_weights(np.array(table) * [factor, 1, 1]).weights == pytest.approx(found.weights, abs=1e-9)


def test_what_experts_say_is_made_to_weigh_the_same() -> None:
    assert expert_weights([[1, 1], [30, 10]]) == pytest.approx((0.625, 0.375))
    assert equal_weights(4) == (0.25,) * 4
    for said in ([], [[0, 0]], [[1, -1]]):
        with pytest.raises(Refused, match="expert"):
            expert_weights(said)


def test_tables_weights_and_directions_that_do_not_fit_are_refused() -> None:
    for table in ([], [[1.0, float("nan")]], [1.0, 2.0]):
        with pytest.raises(Refused, match="number in every cell"):
            normalised(table, "share")  # type: ignore[arg-type]
    for weights in ([1], [1, -1], [0, 0]):
        with pytest.raises(Refused, match="2 weights"):
            weighted_sum([[1, 2], [3, 4]], weights, [True, True])
    with pytest.raises(Refused, match="2 indicators, but 1 directions"):
        topsis([[1, 2], [3, 4]], [1, 1], [True])
    with pytest.raises(Refused, match="keeps the direction"):
        weighted_sum([[1, 2], [3, 4]], [1, 1], [True, False], "vector")
    with pytest.raises(Refused, match="above zero"):
        normalised([[0.0], [1.0]], "max")
    for table in ([[1.0]], [[-1.0], [3.0]]):
        with pytest.raises(Refused, match="two places"):
            entropy_weights(table)
    with pytest.raises(Refused, match="No indicator differs"):
        entropy_weights([[1.0], [1.0]])


def test_weighted_sums_by_hand_and_shared_ranks() -> None:
    found = weighted_sum([[1, 10], [2, 30], [3, 20]], [3, 1], [True, False])
    assert found.tolist() == pytest.approx([0.25, 0.375, 0.875]) and ranks(found) == [3, 2, 1]
    assert ranks([0.5, 0.9, 0.5, 0.1]) == [2, 1, 2, 4]
    assert topsis([[1, 1], [1, 1]], [1, 1], [True, True]).tolist() == [1, 1]
    assert topsis([[1, 9], [3, 2]], [1, 1], [True, False]).tolist() == [0, 1]


# -- how firmly it stands --------------------------------------------------------------------------

CASES = st.integers(2, 4).flatmap(lambda n: st.tuples(
    st.lists(st.lists(st.integers(1, 9), min_size=n, max_size=n), min_size=2, max_size=6),
    st.lists(st.integers(1, 9), min_size=n, max_size=n), st.lists(st.booleans(), min_size=n, max_size=n)))
METHODS: list[Any] = [("sum", "minmax"), ("topsis", "vector")]


def moved(weights: list[int], at: int, to: float) -> list[float]:
    rest = sum(weights) - weights[at]
    return [to if n == at else (1 - to) * weight / rest for n, weight in enumerate(weights)]


@given(CASES, st.sampled_from(METHODS))
def test_within_its_room_a_weight_may_move_and_not_beyond(case: Any, ways: Any) -> None:
    table, weights, higher = case
    method, normal = ways
    for at, room in enumerate(rooms(table, weights, higher, method=method, normal=normal)):
        def by(to: float, at: int = at) -> Any:
            return scores(table, moved(weights, at, to), higher, method=method, normal=normal)
        now = by(room.weight)
        first = int(np.argmax(now))
        if room.low == room.high:
            assert (now > now[first] - 1e-9).sum() > 1, "two are first: there is no room"
            continue
        for to in np.linspace(room.low, room.high, 9)[1:-1]:
            assert by(to)[first] >= by(to).max() - 1e-9
        for edge, taker in ((room.low, room.low_taker), (room.high, room.high_taker)):
            if taker is None:
                assert edge in (0.0, 1.0)
            else:
                assert by(edge)[taker] == pytest.approx(by(edge)[first], abs=1e-6), "at the edge the taker draws level"


def test_a_room_by_hand() -> None:
    """Rows (1, 0) and (0, 1) with weights 0.6 and 0.4: the first stays first down to one half."""
    low, high = rooms([[9, 1], [1, 9]], [6, 4], [True, True], method="sum", normal="minmax")
    assert (low.weight, low.low, low.low_taker, low.high, low.high_taker) == pytest.approx((0.6, 0.5, 1, 1.0, None))
    assert (high.weight, high.low, high.high, high.high_taker) == pytest.approx((0.4, 0.0, 0.5, 1))
    (only,) = rooms([[1], [2]], [1], [True], method="topsis", normal="vector")
    assert (only.low, only.high, only.low_taker) == (0, 1, None)


@pytest.mark.parametrize(("method", "normal"), METHODS)
def test_ranks_under_random_weights(method: Any, normal: Any) -> None:
    table: list[list[float]] = [[9, 9, 9], [8, 1, 5], [1, 8, 4], [0.5, 0.5, 0.5]]
    found = rank_intervals(table, [1, 1, 1], [True] * 3, method=method, normal=normal, seed=2, draws=400)
    best, one, other, last = found
    assert (best.rank, best.low, best.high, best.first) == (1, 1, 1, 1.0), "best in everything is first with any weight"
    assert (last.low, last.high, last.first) == (4, 4, 0)
    assert (one.low, one.high) == (other.low, other.high) == (2, 3)
    assert found == rank_intervals(table, [1, 1, 1], [True] * 3, method=method, normal=normal, seed=2, draws=400)


def test_weights_near_the_given_ones_change_fewer_ranks() -> None:
    table, weights, higher = [[9, 1], [1, 9]], [7, 3], [True, True]
    shares = [rank_intervals(table, weights, higher, method="sum", normal="minmax", seed=1, draws=2000,
                             firmness=firmness)[0].first for firmness in (None, 10, 1000)]
    assert shares[0] == pytest.approx(0.5, abs=0.05) and shares[0] < shares[1] < shares[2] == 1
    assert rank_intervals(table, [1, 0], higher, method="sum", normal="minmax", seed=1, firmness=5)[0].first == 1
    with pytest.raises(Refused):
        rank_intervals(table, weights, higher, method="sum", normal="minmax", seed=1, firmness=0)
