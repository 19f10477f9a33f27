"""Inequality taken apart: published and hand-made figures, laws, and an independent library."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jizhun.analytics.inequality import THEILS, decomposed, gini, mean, theil, theil_l, variation
from jizhun.evaluation.rules.change import CAUSES, State, explained, movers, shapley, state
from jizhun.evaluation.rules.convergence import beta, line, sigma
from jizhun.evaluation.rules.equality import dagum, interval, layered
from jizhun.kernel.bilingual import Refused
from unequal import first_tier, region_of, shared

# -- fixtures --------------------------------------------------------------------------------------


def test_dagum_of_mexican_states_in_1940() -> None:
    fixture = shared("inequality_mexico.json")
    parts, expected = dagum([row[0] for row in fixture["y"]], fixture["regime_hanson98"]), fixture[
        "dagum_1940_own_computation"]
    assert parts.within == pytest.approx(expected["Gw"], abs=4e-16)
    assert parts.net == pytest.approx(expected["Gnb"], abs=4e-16)
    assert parts.overlap == pytest.approx(expected["Gt"], abs=4e-16)
    assert parts.total == pytest.approx(fixture["gini_1940"], abs=1e-15)


def test_dagum_and_layers_of_the_first_tier_of_minimum_wages() -> None:
    wages = first_tier()
    values, regions = list(wages.values()), [region_of(name) for name in wages]
    parts = dagum(values, regions)
    assert parts.within == pytest.approx(0.0101967149, abs=5e-11)
    assert parts.net == pytest.approx(0.0384467934, abs=5e-11)
    assert parts.overlap == pytest.approx(0.0041424154, abs=5e-11)
    told = layered(values, [regions])
    assert told.layers[0].value == pytest.approx(0.0028525291, abs=5e-11)
    assert told.within.value == pytest.approx(0.0019085632, abs=5e-11)
    assert told.contributions == pytest.approx((0.5991333, 0.4008667), abs=1e-7)


def test_mexican_states_between_and_within_regimes_in_every_decade() -> None:
    fixture = shared("inequality_mexico.json")
    for n, column in enumerate(zip(*fixture["y"], strict=True)):
        told = layered(column, [fixture["regime_hanson98"]])
        assert told.layers[0].value == pytest.approx(fixture["theil_between"][n], abs=4e-16)
        assert told.within.value == pytest.approx(fixture["theil_within"][n], abs=4e-16)


# -- layers ----------------------------------------------------------------------------------------

PLACES = st.lists(st.tuples(st.floats(1, 1000), st.integers(1, 9), st.integers(0, 2), st.integers(0, 2)),
                  min_size=1, max_size=20)


@given(PLACES, st.sampled_from("TL"))
def test_parts_provinces_and_prefectures_sum_to_the_whole(places: list[tuple[float, int, int, int]],
                                                          which: Any) -> None:
    values, weights, parts, own = map(list, zip(*places, strict=True))
    provinces = [(part, one) for part, one in zip(parts, own, strict=True)]
    for heavy in (None, weights):
        told = layered(values, [parts, provinces], heavy, which=which)
        assert told.total == pytest.approx(THEILS[which](values, heavy), abs=1e-12)
        assert told.layers[0].value == pytest.approx(decomposed(values, parts, heavy, which=which).between, abs=1e-12)
        assert told.within.value == pytest.approx(decomposed(values, provinces, heavy, which=which).within, abs=1e-12)
        for layer in (*told.layers, told.within):
            assert layer.value == sum(layer.of.values()) and layer.value >= -1e-12
        assert set(told.layers[1].of) == set(parts) and set(told.within.of) == set(provinces)


def test_what_each_part_adds_is_told() -> None:
    """Two parts of two provinces of one prefecture each: all inequality of the first part, none in the second."""
    told = layered([1, 3, 2, 2], [["north", "north", "south", "south"], "abcd"])
    assert told.layers[0].value == pytest.approx(0) and told.within.value == pytest.approx(0)
    assert told.layers[1].of["north"] == pytest.approx(theil([1, 3]) / 2) == pytest.approx(told.total)
    assert told.layers[1].of["south"] == pytest.approx(0)
    assert told.contributions == pytest.approx((0, 1, 0))
    assert layered([2, 2], ["ab"]).contributions is None


def test_layers_that_are_not_nested_are_refused() -> None:
    with pytest.raises(Refused, match=r"“a” lies in “north” and in “south”"):
        layered([1, 2], [["north", "south"], ["a", "a"]])
    with pytest.raises(Refused, match="2 values, but 1 groups"):
        layered([1, 2], [["a"]])
    with pytest.raises(Refused):
        dagum([1, 2], ["a"])


# -- Dagum -----------------------------------------------------------------------------------------


@given(PLACES)
def test_dagum_sums_to_gini_and_takes_weights_as_units(places: list[tuple[float, int, int, int]]) -> None:
    values, weights, groups, _ = map(list, zip(*places, strict=True))
    one = dagum(values, groups, weights)
    assert one.total == pytest.approx(gini(values, weights), abs=1e-12)
    spread = [at for at, n in enumerate(weights) for _ in range(n)]
    many = dagum([values[at] for at in spread], [groups[at] for at in spread])
    for mine, theirs in ((one.within, many.within), (one.net, many.net), (one.overlap, many.overlap)):
        assert mine == pytest.approx(theirs, abs=1e-12) and mine >= -1e-12


def test_groups_that_do_not_overlap_have_no_overlap() -> None:
    apart = dagum([1, 2, 10, 11], "aabb")
    assert apart.overlap == pytest.approx(0, abs=1e-15)
    assert apart.net_of[("a", "b")] == pytest.approx(4 * 9 / (4 * 24)), "4 pairs, on average 9 apart, of n 4 and sum 24"
    assert dagum([1, 4, 2, 3], "aabb").net == pytest.approx(0), "equal means: all between them is overlap"


# -- intervals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["percentile", "bca"])
@pytest.mark.parametrize("measure", [gini, variation])
def test_intervals_are_those_of_an_independent_library(measure: Any, method: Any) -> None:
    values = list(first_tier().values())
    mine = interval(measure, values, seed=7, draws=500, method=method)
    theirs = stats.bootstrap((values,), lambda x: measure(x), n_resamples=500, method=method, vectorized=False,
                             rng=np.random.default_rng(7)).confidence_interval
    assert (mine.low, mine.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert mine.low < mine.value == measure(values) < mine.high


def test_an_interval_is_the_same_for_the_same_seed_and_wider_for_a_higher_level() -> None:
    values, weights = [1.0, 2.0, 4.0, 8.0, 9.0], [1, 5, 1, 1, 2]
    one, again = (interval(gini, values, weights, seed=3, draws=200) for _ in range(2))
    other = interval(gini, values, weights, seed=4, draws=200)
    wider = interval(gini, values, weights, seed=3, draws=200, level=0.99)
    assert one == again and one != other and (one.seed, one.draws, one.level) == (3, 200, 0.95)
    assert wider.low < one.low and wider.high > one.high


def test_equal_places_have_an_interval_of_no_width() -> None:
    for method in ("percentile", "bca"):
        found = interval(gini, [5.0] * 6, seed=1, draws=100, method=method)
        assert (found.value, found.low, found.high) == (0, 0, 0)


def test_two_places_have_no_interval() -> None:
    with pytest.raises(Refused, match="three units"):
        interval(gini, [1.0, 2.0], seed=1)


# -- convergence -----------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=3, max_size=20)
       .filter(lambda points: np.ptp([x for x, _ in points]) > 0.1 and np.ptp([y for _, y in points]) > 0.1))
def test_a_line_is_that_of_an_independent_library(points: list[tuple[float, float]]) -> None:
    x, y = zip(*points, strict=True)
    mine, theirs = line(x, y), stats.linregress(x, y)
    assert mine.slope == pytest.approx(theirs.slope, rel=1e-7, abs=1e-9)
    assert mine.intercept == pytest.approx(theirs.intercept, rel=1e-7, abs=1e-7)
    assert mine.r2 == pytest.approx(theirs.rvalue ** 2, abs=1e-7)
    assert mine.error == pytest.approx(theirs.stderr, rel=1e-6, abs=1e-6)


def test_mexican_states_have_drawn_nearer_since_1940() -> None:
    fixture = shared("inequality_mexico.json")
    years = dict(zip(range(1940, 2001, 10), zip(*fixture["y"], strict=True), strict=True))
    dispersion = sigma(years)
    assert dispersion.by_year[1940] == pytest.approx(fixture["cv_population_1940"], abs=4e-16)
    assert dispersion.change < 0 and dispersion.line and dispersion.line.slope < 0
    since = beta(years[1940], years[2000], 60)
    theirs = stats.linregress(np.log(years[1940]), np.log(np.divide(years[2000], years[1940])) / 60)
    assert (since.line.slope, since.line.error) == pytest.approx((theirs.slope, theirs.stderr), rel=1e-9)
    assert since.speed and since.half_life == pytest.approx(math.log(2) / since.speed)


def test_places_that_close_a_known_share_of_the_distance_every_year() -> None:
    """Each year 5 % of the logarithmic distance to 100 is covered (continuously): so speed and half-life are known."""
    first = [20.0, 50.0, 80.0, 150.0]
    last = [100 * (value / 100) ** math.exp(-0.05 * 10) for value in first]
    found = beta(first, last, 10)
    assert found.speed == pytest.approx(0.05) and found.half_life == pytest.approx(math.log(2) / 0.05)
    assert found.line.r2 == pytest.approx(1) and found.line.slope < 0


def test_places_that_move_apart_have_no_half_life_and_two_years_no_line() -> None:
    assert beta([1.0, 2.0, 4.0], [1.0, 3.0, 9.0], 5).half_life is None
    assert sigma({2021: [1.0, 3.0], 2020: [1.0, 2.0]}).line is None
    assert list(sigma({2021: [1.0, 3.0], 2020: [1.0, 2.0]}).by_year) == [2020, 2021]
    with pytest.raises(Refused):
        sigma({2020: [1.0]})
    with pytest.raises(Refused):
        beta([1.0, 2.0, 3.0], [1.0, 2.0, 0.0], 5)
    with pytest.raises(Refused):
        line([1, 1, 1], [1, 2, 3])


# -- what moved it ---------------------------------------------------------------------------------

STATES = st.integers(2, 6).flatmap(lambda n: st.tuples(*[
    st.lists(st.tuples(st.floats(1, 100), st.floats(0.1, 1), st.integers(1, 9)), min_size=n, max_size=n)] * 2))


def of(rows: list[tuple[float, float, int]]) -> State:
    return state(*map(list, zip(*rows, strict=True)))


@given(STATES, st.sampled_from([gini, theil, theil_l, variation]))
def test_the_parts_sum_to_the_change_and_places_to_the_part_of_standards(both: Any, measure: Any) -> None:
    before, after = of(both[0]), of(both[1])
    told = explained(before, after, measure)
    assert told.standards + told.performance + told.population == pytest.approx(told.total, abs=1e-12)
    by_place = movers(before, after, measure, range(len(both[0])))
    assert sum(by_place.values()) == pytest.approx(told.standards, abs=1e-12)
    back = explained(after, before, measure)
    assert back.standards == pytest.approx(-told.standards, abs=1e-12), "neither date is preferred"


def test_only_what_changed_has_a_part() -> None:
    before, after = state([10, 20], [1, 0.5], [5, 5]), state([10, 10], [1, 0.5], [5, 5])
    told = explained(before, after, gini)
    assert (told.performance, told.population) == (0, 0) and told.standards == told.total == pytest.approx(1 / 6)
    assert movers(before, after, gini, ["a", "b"]) == {"b": pytest.approx(1 / 6)}


def test_two_causes_worked_out_by_hand() -> None:
    """A mean of two places: 10 and 20 become 16 and 20; people move from 1:1 to 3:1."""
    told = explained(state([10, 20]), state([16, 20], None, [3, 1]), mean)
    assert (told.before, told.after) == (15, 17)
    assert told.standards == pytest.approx((3 + 4.5) / 2), "first 15 -> 18, last 12.5 -> 17"
    assert told.population == pytest.approx((-2.5 - 1) / 2) and told.performance == 0


def test_many_causes_are_drawn_in_seeded_orders_and_still_sum() -> None:
    rng = np.random.default_rng(5)
    before, after = state(rng.uniform(1, 9, 14).tolist()), state(rng.uniform(1, 9, 14).tolist())
    one, again, other = (movers(before, after, gini, range(14), draws=20, seed=seed) for seed in (1, 1, 2))
    assert one == again != other and len(one) == 14
    assert sum(one.values()) == pytest.approx(explained(before, after, gini).standards, abs=1e-12)


def test_drawn_orders_come_near_the_exact_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    def game(done: frozenset[Any]) -> float:
        return float(sum(done) ** 2)
    exact = shapley([1, 2, 3, 4], game)
    assert exact == {n: pytest.approx(10.0 * n) for n in (1, 2, 3, 4)}
    monkeypatch.setattr("jizhun.evaluation.rules.change.EXACT_UP_TO", 3)
    assert shapley([1, 2, 3, 4], game, draws=2000) == {n: pytest.approx(10.0 * n, rel=0.1) for n in (1, 2, 3, 4)}


def test_two_dates_need_the_same_places() -> None:
    for before, after in ((state([1, 2]), state([1, 2, 3])), (state([1, 2], [1]), state([1, 2]))):
        with pytest.raises(Refused, match="same places"):
            explained(before, after, gini)
    assert all(name.zh and name.en for name in CAUSES.values())
