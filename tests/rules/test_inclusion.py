"""Gaps between groups against printed examples, laws of the intervals, and distances from the hall."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.analytics.cases import CHANNELS
from jizhun.evaluation.rules.coverage import Share
from jizhun.evaluation.rules.inclusion import gap, reach, read_ways, sentence, served, wilson
from jizhun.guides.rules.points import Point, distance
from jizhun.kernel.bilingual import Bilingual, Refused
from worlds import CASES, ROOT, read_yaml

NAME = Bilingual("老年人", "Older people")


@pytest.mark.parametrize("case", read_yaml(CASES / "ratings" / "gaps.yaml")["cases"], ids=lambda one: one["name"])
def test_a_gap_is_as_printed(case: dict[str, Any]) -> None:
    found = gap(Share(*case["one"]), Share(*case["other"]))
    assert found.difference == (None if case["difference"] is None else pytest.approx(case["difference"], abs=1e-9))
    assert found.ratio == (None if case["ratio"] is None else pytest.approx(case["ratio"], abs=1e-4))
    assert found.may_be_chance is case["chance"]
    if "from_to" in case:
        assert found.difference_in is not None
        assert [found.difference_in.low, found.difference_in.high] == pytest.approx(case["from_to"], abs=6e-5)


shares = st.integers(1, 500).flatmap(lambda of: st.integers(0, of).map(lambda fits: Share(fits, of)))


@given(shares, shares)
def test_intervals_hold_what_they_are_of_and_turn_round_with_the_groups(one: Share, other: Share) -> None:
    there, back = gap(one, other), gap(other, one)
    assert there.difference_in is not None and back.difference_in is not None and there.difference is not None
    assert there.difference_in.low - 1e-12 <= there.difference <= there.difference_in.high + 1e-12
    assert there.difference_in.low == pytest.approx(-back.difference_in.high)
    assert there.difference_in.low >= -1 - 1e-9 and there.difference_in.high <= 1 + 1e-9
    if there.ratio_in and back.ratio_in and there.ratio:
        assert there.ratio_in.low <= there.ratio + 1e-12 and there.ratio <= there.ratio_in.high + 1e-12
        assert there.ratio_in.low == pytest.approx(1 / back.ratio_in.high)


@given(shares, st.integers(2, 50))
def test_more_cases_make_an_interval_narrower(one: Share, times: int) -> None:
    few, many = wilson(one), wilson(Share(one.fits * times, one.of * times))
    assert many.high - many.low < few.high - few.low
    assert few.low <= (one.value or 0) <= few.high


def test_what_cannot_be_counted_is_refused() -> None:
    with pytest.raises(Refused, match="3 of 2"):
        gap(Share(3, 2), Share(0, 1))


def test_a_gap_in_words_names_both_denominators() -> None:
    told = sentence(NAME, gap(Share(220, 1000), Share(6600, 10_000)), Bilingual("网上办理占比", "share served online"))
    assert "-44.0" in told.zh and "1,000 件对 10,000 件" in told.zh and "偶然" not in told.zh
    assert "1,000 cases against 10,000" in told.en
    assert "chance" in sentence(NAME, gap(Share(1, 4), Share(1, 5)), NAME).en
    assert "nothing to compare" in sentence(NAME, gap(Share(0, 0), Share(1, 5)), NAME).en


def test_the_shipped_list_names_groups_and_channels_that_exist() -> None:
    content = read_yaml(ROOT / "data" / "satisfaction" / "inclusion.yaml")
    codes = [row["code"] for row in read_yaml(ROOT / "data" / "catalogue" / "groups.yaml")["groups"]]
    ways = read_ways(content, "x", codes, CHANNELS)
    assert ways.groups == tuple(content["groups"]), "every group named there exists"
    for wrong in ({"online": ["online", "pigeon"]}, {"online": ["counter"], "on_site": ["counter"]}):
        with pytest.raises(Refused, match=r"pigeon|counter"):
            read_ways(wrong, "x", codes, CHANNELS)
    rows = [("online", 6, 5, 6), ("counter", 3, 3, 3), ("phone", 1, 0, 0)]
    found = served(rows, ways)
    assert (found.online, found.on_site, found.kept) == (Share(6, 10), Share(3, 10), Share(8, 9))


def point(code: str, kind: str, place: tuple[float, float] | None, access: tuple[str, ...] = ()) -> Point:
    return Point(code, "R", kind, NAME, NAME, place, access=access)


def test_distance_runs_from_the_own_hall_and_only_where_both_have_coordinates() -> None:
    hall, far = (160.0, 28.0), (160.1, 28.0)
    found = reach({"a": [point("h", "hall", hall, ("step_free", "lift")), point("t", "township", far, ("step_free",)),
                         point("v", "village", None)],
                   "b": [point("u", "township", far)], "c": [point("g", "hall", None), point("w", "village", far)]})
    assert (found.points, found.placed, found.measured) == (6, 4, 1)
    assert found.median == found.farthest == pytest.approx(distance(hall, far)) == pytest.approx(9.82, abs=0.01)
    assert found.step_free == Share(2, 6) and found.access == {"step_free": 2, "lift": 1}
    assert reach({}).median is None and reach({}).step_free.value is None
