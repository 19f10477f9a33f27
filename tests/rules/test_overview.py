"""A place at a glance: distributions, ranks, likeness, months, recipients; worked out by hand."""

import numpy as np
import pytest

from jizhun.evaluation.rules.coverage import Matrix, Share
from jizhun.evaluation.rules.overview import (
    apart,
    beside,
    distribution,
    later,
    months,
    most_alike,
    ranks,
    recipients_covered,
    tally_of,
)
from jizhun.kernel.bilingual import Refused


def test_months_run_over_the_turn_of_the_year():
    assert months(202411, 202502) == [202411, 202412, 202501, 202502]
    assert (later(202501, -1), later(202412, 1), later(202503, -12), later(202503, -27)) == (
        202412, 202501, 202403, 202212)
    assert months(202502, 202501) == []


def test_a_distribution_tells_quantiles_columns_and_how_many_are_low():
    found = distribution([0.90, 0.92, 0.94, 0.96, 1.0], 0.95)
    assert found is not None
    assert (found.n, found.least, found.median, found.greatest) == (5, 0.90, 0.94, 1.0)
    assert (found.quarter, found.three_quarters) == (pytest.approx(0.92), pytest.approx(0.96))
    assert found.below == Share(3, 5)
    assert [(one.low, one.high, one.places) for one in found.bins] == [
        (0.90, 0.91, 1), (0.91, 0.92, 0), (0.92, 0.93, 1), (0.93, 0.94, 0), (0.94, 0.95, 1), (0.95, 0.96, 0),
        (0.96, 0.97, 1), (0.97, 0.98, 0), (0.98, 0.99, 0), (0.99, 1.0, 1)]


@pytest.mark.parametrize("values", [[1.0], [0.0], [0.5, 0.5], [0.0, 1.0], [0.123456, 0.123457], [0.29, 0.57, 0.58]])
def test_every_value_lies_in_one_column(values: list[float]):
    found = distribution(values, 0.5)
    assert found is not None and sum(one.places for one in found.bins) == len(values) <= 1000
    assert len(found.bins) <= 10 and found.bins[0].low <= min(values) and found.bins[-1].high >= max(values)


def test_a_share_at_the_bar_is_not_below_it_and_a_bar_beyond_all_is_refused():
    found = distribution([0.95], 0.95)
    assert found is not None and found.below == Share(0, 1)
    assert distribution([], 0.95) is None
    with pytest.raises(Refused, match="0 to 100"):
        distribution([0.5], 1.5)


def test_equal_values_share_a_rank():
    assert ranks({"a": 0.9, "b": 0.99, "c": 0.9, "d": 0.8}) == {"b": 1, "a": 2, "c": 2, "d": 4}


def test_one_place_alone_lies_apart_from_nobody():
    assert apart([0.9]) is None and apart([0.0, 0.0]) is None
    found = apart([0.8, 1.0])
    assert found is not None and found.variation == pytest.approx(1 / 9) and not found.weighted
    weighted = apart([0.8, 1.0], [3, 1])
    assert weighted is not None and weighted.weighted and weighted.variation < 1 / 9 * 1.1


def test_default_praise_is_no_rating():
    found = tally_of({0: 50, 5: 6, 3: 1, 2: 1, 9: 42})
    assert found.positive_rate == Share(7, 8) and found.default == 42
    assert found.rated_rate == Share(8, 100)


def test_similar_places_handle_the_same_things_in_the_same_volume():
    own = {1: 80, 2: 20}
    others = {10: {1: 80, 2: 20}, 11: {1: 8, 2: 2}, 12: {3: 100}, 13: {1: 40, 2: 10}, 14: {}}
    found = most_alike(own, others)
    assert [one.place for one in found] == [10, 13]
    assert (found[0].cosine, found[0].volume, found[0].common) == (pytest.approx(1.0), 1.0, (1, 2))
    assert found[1].score == pytest.approx(0.5)
    assert [one.place for one in most_alike(own, others, least_score=0.0)] == [10, 13, 11, 12]
    assert most_alike({}, others) == []


def test_beside_others_a_place_has_so_many_below_it():
    found = beside(0.9, [0.8, 0.9, 1.0, 0.85])
    assert found is not None
    assert (found.others, found.least, found.median, found.greatest, found.below) == (4, 0.8, 0.875, 1.0, 2)
    assert beside(None, [0.8]) is None and beside(0.9, []) is None


def test_a_group_is_covered_where_everything_it_is_due_fits():
    law = np.array([[True, True, False], [True, True, True], [True, True, True]])
    fits = np.array([[True, False, False], [True, True, True], [False, True, True]])
    matrix = Matrix(("a", "b", "c"), ("1", "2", "3"), {"law": law, "current": fits})
    # a and b: place 1 has both, place 2 lacks a, in place 3 only b is due and is there.
    assert recipients_covered(matrix, "current", [("a", "b")]) == Share(2, 3)
    # c alone: place 1 lacks it; a matter that nobody knows counts for nothing.
    assert recipients_covered(matrix, "current", [("a", "b"), ("c", "unknown")]) == Share(4, 6)
    assert recipients_covered(matrix, "current", [()]) == Share(0, 0)
