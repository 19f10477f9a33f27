"""Inequality measures against published figures and against an independent library."""

import csv
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.analytics.inequality import (
    THEILS,
    atkinson,
    decomposed,
    gini,
    lorenz,
    mean,
    span,
    theil,
    theil_l,
    variation,
)
from jizhun.kernel.bilingual import Refused
from jizhun.provisions.rules import Tiered
from jizhun.provisions.rules.reading import read_value
from unequal import first_tier, region_of, shared
from worlds import ROOT, read_yaml


def check_first_tier(values: list[float], regions: list[str]) -> None:
    """The figures of the minimum wage in the first tier, to all ten digits."""
    assert len(values) == 31 and mean(values) == 2090
    assert variation(values) == pytest.approx(0.0992620717, abs=5e-11)
    assert variation(values, sample=True) == pytest.approx(0.1009028783, abs=5e-11)
    assert span(values) == pytest.approx(1.4540540541, abs=5e-11)
    assert gini(values) == pytest.approx(0.0527859238, abs=5e-11)
    assert theil(values) == pytest.approx(0.0047610923, abs=5e-11)
    parts = decomposed(values, regions)
    assert parts.between == pytest.approx(0.0028525291, abs=5e-11)
    assert parts.within == pytest.approx(0.0019085632, abs=5e-11)


def test_first_tier_minimum_wage_over_31_provinces() -> None:
    wages = first_tier()
    check_first_tier(list(wages.values()), [region_of(name) for name in wages])


def test_the_same_from_the_provisions_that_ship() -> None:
    """What the as-of engine finds promised on 2024-01-01, tier 1, in the 31 provinces."""
    wages = shipped_first_tier(date(2024, 1, 1))
    check_first_tier(list(wages.values()), [region_of(name) for name in wages])


def shipped_first_tier(on: date) -> dict[str, float]:
    with (ROOT / "data" / "regions" / "regions.csv").open(encoding="utf-8-sig") as file:
        names = {row["code"]: row["name_zh"] for row in csv.DictReader(file) if row["level"] == "1"}
    said: dict[str, tuple[date, float]] = {}
    for row in read_yaml(ROOT / "data" / "provisions" / "minimum_wage.yaml")["provisions"]:
        code = str(row["region"])
        if row["measure"] == "minimum_wage" and code in names and row["from"] <= on:
            said[code] = max(said.get(code, (date.min, 0.0)), (row["from"], highest(read_value(row["value"]))))
    return {names[code]: wage for code, (_, wage) in said.items()}


def highest(value: Any) -> float:
    return float(max(amount for _, amount in value.values)) if isinstance(value, Tiered) else float(value)


def test_mexican_states_from_1940_to_2000() -> None:
    """PySAL's published figures for Theil's T, between and within, to all printed digits."""
    fixture = shared("inequality_mexico.json")
    for n, column in enumerate(zip(*fixture["y"], strict=True)):
        parts = decomposed(column, fixture["regime_hanson98"])
        assert theil(column) == pytest.approx(fixture["theil_T"][n], abs=4e-16)
        assert parts.between == pytest.approx(fixture["theil_between"][n], abs=4e-16)
        assert parts.within == pytest.approx(fixture["theil_within"][n], abs=4e-16)
    first = [row[0] for row in fixture["y"]]
    assert gini(first) == pytest.approx(fixture["gini_1940"], abs=4e-16)
    assert variation(first) == pytest.approx(fixture["cv_population_1940"], abs=4e-16)


def test_salaries_that_were_worked_out_independently() -> None:
    counts = {18000: 7, 22000: 10, 25000: 280, 35000: 15, 40000: 15, 60000: 50, 75000: 10, 80000: 6, 120000: 4,
              200000: 2, 1000000: 1}
    values = [float(salary) for salary, n in counts.items() for _ in range(n)]
    assert mean(values) == 36452.5
    assert variation(values) == pytest.approx(1.4420053645, abs=5e-11)
    assert gini(values) == pytest.approx(0.2796253686, abs=5e-11)
    assert theil(values) == pytest.approx(0.2861539496, abs=5e-11)


EVERY: list[Any] = [variation, gini, theil, theil_l, atkinson, lambda x, w=None: atkinson(x, w, epsilon=0.5),
                    lambda x, w=None: atkinson(x, w, epsilon=2)]
"""All that are 0 where all are equal and grow as units move apart."""
POSITIVE = st.lists(st.floats(0.01, 1e6), min_size=2, max_size=40)
COUNTED = st.lists(st.tuples(st.floats(0.01, 1e6), st.integers(1, 6)), min_size=2, max_size=25)


@given(POSITIVE, st.floats(0.1, 100))
def test_a_change_of_the_unit_changes_nothing(values: list[float], factor: float) -> None:
    scaled = [value * factor for value in values]
    for measure in (*EVERY, span):
        assert measure(scaled) == pytest.approx(measure(values), abs=1e-9, rel=1e-9)


@given(POSITIVE, st.data())
def test_giving_from_a_richer_to_a_poorer_makes_more_equal(values: list[float], data: st.DataObject) -> None:
    """The principle of transfers, for gifts large enough to be seen in floating point."""
    rich, poor = values.index(max(values)), values.index(min(values))
    gift = (values[rich] - values[poor]) * data.draw(st.floats(0.05, 0.5))
    after = list(values)
    after[rich], after[poor] = values[rich] - gift, values[poor] + gift
    for measure in EVERY:
        assert measure(after) <= measure(values) + 1e-12
        if gift > 0.01 * sum(values) / len(values):
            assert measure(after) < measure(values)


@given(COUNTED)
def test_a_weight_counts_as_so_many_units(pairs: list[tuple[float, int]]) -> None:
    values, weights = [value for value, _ in pairs], [n for _, n in pairs]
    spread = [value for value, n in pairs for _ in range(n)]
    for measure in (*EVERY, mean, lambda x, w=None: variation(x, w, sample=True)):
        assert measure(values, weights) == pytest.approx(measure(spread), abs=1e-12, rel=1e-12)
    assert set(lorenz(values, weights)) - {(0.0, 0.0)} and span(values, weights) == span(spread)
    areas = [sum((b[0] - a[0]) * (b[1] + a[1]) / 2 for a, b in pairwise(points))
             for points in (lorenz(values, weights), lorenz(spread))]
    assert 1 - 2 * areas[0] == pytest.approx(1 - 2 * areas[1], abs=1e-12)
    assert 1 - 2 * areas[0] == pytest.approx(gini(spread), abs=1e-12), "the Gini is twice the area above the curve"


@given(POSITIVE, st.integers(2, 4))
def test_a_country_twice_over_is_as_unequal_as_once(values: list[float], times: int) -> None:
    for measure in (*EVERY, span):
        assert measure(values * times) == pytest.approx(measure(values), abs=1e-12)


def test_what_has_no_weight_does_not_count() -> None:
    for measure in (*EVERY, mean, span):
        assert measure([3.0, 5.0, 999.0], [2, 1, 0]) == measure([3.0, 5.0], [2, 1])


@given(POSITIVE, st.sampled_from("TL"), st.data())
def test_between_and_within_add_up(values: list[float], which: Any, data: st.DataObject) -> None:
    groups = data.draw(st.lists(st.sampled_from("abc"), min_size=len(values), max_size=len(values)))
    weights = data.draw(st.lists(st.integers(0, 9), min_size=len(values), max_size=len(values)).filter(any))
    for heavy in (None, weights):
        parts = decomposed(values, groups, heavy, which=which)
        assert parts.total == pytest.approx(THEILS[which](values, heavy), abs=1e-12)
        assert sum(parts.within_of.values()) == parts.within and parts.between >= -1e-12


@given(POSITIVE)
def test_an_independent_library_agrees(values: list[float]) -> None:
    from inequality.gini import Gini
    from inequality.theil import Theil

    assert gini(values) == pytest.approx(Gini(np.array(values)).g, abs=1e-9)
    assert theil(values) == pytest.approx(Theil(np.array(values)).T, abs=1e-6)


def test_atkinson_worked_out_by_hand() -> None:
    """Of 1 and 4: mean 2.5, geometric mean 2, harmonic mean 1.6, mean of the roots squared 2.25."""
    assert atkinson([1, 4]) == pytest.approx(1 - 2 / 2.5)
    assert atkinson([1, 4], epsilon=2) == pytest.approx(1 - 1.6 / 2.5)
    assert atkinson([1, 4], epsilon=0.5) == pytest.approx(1 - 2.25 / 2.5)
    assert atkinson([1, 4], [3, 1]) == pytest.approx(1 - 4 ** 0.25 / 1.75)
    assert atkinson([1.0, 4.0], epsilon=900) == pytest.approx(1 - 1 / 2.5, abs=1e-3), "only the least counts"
    assert theil_l([1, 4]) == pytest.approx(np.log(2.5 / 2))


@pytest.mark.parametrize(("values", "weights"), [
    ([], None), ([1.0], [0]), ([1.0, 2.0], [1]), ([1.0, 2.0], [1, -1]), ([1.0, float("nan")], None)])
def test_what_cannot_be_counted_is_refused(values: list[float], weights: list[float] | None) -> None:
    for measure in EVERY:
        with pytest.raises(Refused):
            measure(values, weights)


def test_values_that_a_formula_cannot_take_are_refused() -> None:
    for measure in (theil, theil_l, atkinson, span):
        with pytest.raises(Refused, match="above zero"):
            measure([0.0, 1.0])
    for unfit in (gini, lorenz):
        with pytest.raises(Refused, match="not negative"):
            unfit([-1.0, 1.0])
    with pytest.raises(Refused, match="aversion"):
        atkinson([1.0, 2.0], epsilon=0)
    with pytest.raises(Refused, match="2 values, but 1 groups"):
        decomposed([1.0, 2.0], ["a"])


@pytest.mark.parametrize("measure", [mean, variation, span, gini, theil, theil_l, atkinson, lorenz])
def test_nothing_cannot_be_measured(measure: Any) -> None:
    with pytest.raises(Refused):
        measure([])


def test_equal_values_have_no_inequality() -> None:
    same = [3.5] * 7
    assert (variation(same), gini(same), span(same)) == (0, 0, 1)
    assert theil(same) == pytest.approx(0, abs=1e-15)
