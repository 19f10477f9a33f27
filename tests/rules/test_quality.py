"""How good data are: each check by hand, and the grade with its reasons."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jizhun.evaluation.rules.digits import EXPECTED, chi2_tail, digits
from jizhun.evaluation.rules.quality import (
    GRADES,
    THRESHOLDS,
    completeness,
    digit_preference,
    duplicates,
    orders,
    outliers,
    quality,
    robust_z,
    silent,
    silent_places,
    step_places,
    steps,
)
from jizhun.kernel.bilingual import Bilingual, Refused

NAMES = {"closed": Bilingual("办结时间", "closing time"), "accepted": Bilingual("受理时间", "acceptance")}

# -- counts of records -----------------------------------------------------------------------------


@pytest.mark.parametrize(("filled", "grade"), [(1000, "A"), (991, "A"), (990, "B"), (950, "C"), (801, "C"), (800, "D")])
def test_what_is_missing_lowers_the_grade(filled: int, grade: str) -> None:
    found = completeness({"accepted": 1000, "closed": filled}, 1000, NAMES)
    assert found.grade == grade and found.value == pytest.approx(1 - filled / 1000)
    if filled == 950:
        assert found.text == Bilingual("“办结时间”缺失最多：50／1000（5.0%）。",
                                       "“closing time” lacks most: 50 of 1000 (5.0%).")


def test_impossible_orders_and_repeated_records() -> None:
    found = orders({("accepted", "closed"): 12, ("accepted", "decided"): 3}, 1000, NAMES)
    assert (found.grade, found.value) == ("C", 0.012)
    assert found.text.en == "“closing time” lies before “acceptance” in 12 of 1000 (1.2%)."
    assert orders({("accepted", "closed"): 0}, 1000, NAMES).grade == "A"
    repeated = duplicates({1: 90, 2: 2, 6: 1})
    assert repeated.value == pytest.approx(7 / 100) and repeated.grade == "D" and duplicates({1: 9}).grade == "A"


def test_the_worst_check_gives_the_grade_and_reasons_say_why() -> None:
    many = [duplicates({1: 90, 2: 5}), completeness({"closed": 98}, 100, NAMES), orders({("a", "b"): 0}, 9, NAMES)]
    found = quality(many)
    assert [one.check for one in found.reasons] == ["duplicates", "completeness"]
    assert [one.grade for one in found.reasons] == ["D", "B"] and found.grade == "D"
    assert quality(many[2:]).grade == "A" and quality(many[2:]).reasons == ()
    with pytest.raises(Refused, match="Nothing was checked"):
        quality([])


@pytest.mark.parametrize("call", [
    lambda: completeness({"a": 5}, 0, {}), lambda: completeness({}, 5, {}), lambda: completeness({"a": 6}, 5, {}),
    lambda: orders({("a", "b"): -1}, 5, {}), lambda: duplicates({})])
def test_counts_that_cannot_be_are_refused(call: Any) -> None:
    with pytest.raises(Refused, match="at least one record"):
        call()


def test_every_check_and_grade_is_named_and_gets_worse_with_its_value() -> None:
    for rule in THRESHOLDS.values():
        assert rule.name.zh and rule.name.en and rule.text.zh and rule.text.en
        assert rule.from_ == tuple(sorted(rule.from_)) and rule.from_[0] > 0
    assert list(GRADES) == sorted(GRADES)


# -- figures by place and over time ----------------------------------------------------------------


def test_a_figure_far_from_all_others_stands_out() -> None:
    """Median 14, deviations 2 1 0 1 2 86: MAD 1.5."""
    values: dict[Any, float] = {"a": 12, "b": 13, "c": 14, "d": 14, "e": 15, "f": 100}
    assert robust_z(list(values.values()))[-1] == pytest.approx(0.6745 * 86 / 1)
    found = outliers(values, {"f": Bilingual("己县", "County F")})
    assert found.value == pytest.approx(1 / 6) and found.grade == "C"
    assert found.text == Bilingual("数值异常的地区：1／6（己县）。", "Figures that stand far out: 1 of 6 (County F).")
    assert robust_z([5, 5, 5, 5, 9])[-1] == pytest.approx(4 / (0.8 * 1.253314)), "more than half are equal"
    assert robust_z([5, 5, 5]) == [0, 0, 0]
    with pytest.raises(Refused, match="five"):
        outliers({"a": 1, "b": 9}, {})


@given(st.floats(50, 1000), st.floats(1.6, 5), st.integers(4, 14), st.booleans())
def test_a_jump_of_the_level_is_found_where_it_happens(level: float, factor: float, at: int, down: bool) -> None:
    wave = [1 + 0.01 * ((7 * n) % 5 - 2) for n in range(18)]
    series = [level * one * (factor if (n >= at) != down else 1) for n, one in enumerate(wave)]
    assert step_places(series) == [at]


def test_what_is_no_step() -> None:
    assert step_places([100, 103, 98, 101, 500, 99, 102, 100, 97, 101]) == [], "one peak"
    assert step_places([10 * 1.08 ** n for n in range(24)]) == [], "steady growth"
    assert step_places([5] * 9) == step_places([1, 2]) == step_places([]) == []
    found = steps({f"2024-{month:02}": 100 if month < 7 else 10 for month in range(1, 13)})
    assert found.grade == "B" and found.text.en == "Sudden steps of the level: 1 (2024-07)."


def test_regions_that_stopped_reporting_and_those_that_are_small() -> None:
    counts: dict[Any, list[int]] = {"a": [50, 60, 55, 0, 0], "b": [1, 0, 1, 0, 0], "c": [90, 0, 80, 70, 0],
                                    "d": [40, 41, 42, 39, 40], "e": [0, 0, 0, 0, 0]}
    assert silent_places(counts, 2) == ["a"], "b may be silent by chance, c was heard, e never spoke"
    found = silent(counts, {"a": Bilingual("甲县", "County A")})
    assert found.value == pytest.approx(165 / (165 + 2 + 170 + 123)) and found.grade == "D"
    assert found.text.zh == "停报地区：1 个（甲县），占以往业务量的 35.9%。"
    unfit: list[dict[Any, list[int]]] = [{"a": [1, 2], "b": [1]}, {"a": [1, 2]}, {}]
    for wrong in unfit:
        with pytest.raises(Refused, match="series"):
            silent(wrong, {})


# -- digits ----------------------------------------------------------------------------------------


@given(st.floats(0, 60), st.integers(1, 20))
def test_the_tail_of_chi_square_is_that_of_an_independent_library(value: float, freedom: int) -> None:
    assert chi2_tail(value, freedom) == pytest.approx(float(stats.chi2.sf(value, freedom)), rel=1e-9, abs=1e-14)


def test_last_digits_of_rounded_numbers() -> None:
    """100 numbers of every last digit, then 100 more that end on 0 or 5."""
    even, rounded = [10 + n for n in range(1000)], [100 + 5 * n for n in range(100)]
    assert digits(even, "last") is not None and digit_preference(even, "last").value == 0  # type: ignore[union-attr]
    found = digits(even + rounded, "last")
    assert found and found.counts == (150, 100, 100, 100, 100, 150, 100, 100, 100, 100) and found.preferred in (0, 5)
    mine = digit_preference(rounded * 3, "last")
    theirs = stats.chisquare([150, 0, 0, 0, 0, 150, 0, 0, 0, 0])
    assert mine and mine.grade == "D" and mine.value == pytest.approx((theirs.statistic / 300) ** 0.5)
    assert found.chi2 == pytest.approx(stats.chisquare(found.counts).statistic)


def test_first_digits_follow_benford_or_do_not() -> None:
    growing = [int(10 * 1.01 ** n) for n in range(900)]
    made_up = [int(d * 10 ** power) for d in range(1, 10) for power in range(1, 5) for _ in range(10)]
    benford, flat = digits(growing, "first"), digits(made_up, "first")
    assert benford and benford.p > 0.05 and flat and flat.p < 1e-9
    remark = digit_preference(made_up, "first")
    assert remark and remark.grade == "D" and sum(EXPECTED["first"]) == pytest.approx(1)
    assert remark.value == pytest.approx((sum(1 / 81 / share for share in EXPECTED["first"]) - 1) ** 0.5)


def test_of_too_few_numbers_or_too_narrow_a_range_nothing_is_said() -> None:
    rng = np.random.default_rng(1)
    assert digits(rng.integers(10, 99, 99).tolist(), "last") is None
    assert digits([5] * 500, "last") is None, "numbers of one digit do not count"
    assert digits(rng.integers(100, 999, 400).tolist(), "first") is None
    assert digit_preference([], "first") is None
