"""Service ratings worked out by hand: what counts and of what, reasons, the index, and who rates."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.analytics.cases import DEFAULT_PRAISE
from jizhun.delivery.rules.reviewing import SCALES, Category, read_categories
from jizhun.evaluation.rules.coverage import Share
from jizhun.evaluation.rules.satisfaction import (
    GRADES,
    NEGATIVE,
    Rating,
    Tally,
    once,
    reasons,
    satisfaction,
    tally,
    who_rates,
)
from jizhun.kernel.bilingual import Bilingual, Refused
from ratings import CATEGORIES


def rating(subject: str, grade: int, at: int = 0, **more: Any) -> Rating:
    return Rating(subject, at, grade, **more)


TEN = [
    *(rating(f"very{n}", 5) for n in range(3)), rating("plain", 4), rating("fairly", 3), rating("not", 2),
    rating("not at all", 1), rating("mistaken", 1, standing="void"), rating("contested", 2, standing="appealed"),
    *(rating(f"nobody{n}", DEFAULT_PRAISE) for n in range(4))]


def test_each_rate_has_its_own_denominator() -> None:
    """7 effective ratings, 5 of them positive; 9 from persons, 4 default; 20 could have been rated."""
    found = tally(TEN, 20)
    assert found.positive_rate == Share(5, 7) and found.negative_rate == Share(2, 7)
    assert found.active_rate == Share(9, 13) and found.valid_rate == Share(7, 9) and found.rated_rate == Share(9, 20)
    assert found.with_default_praise == Share(9, 11), "only beside it"
    assert (found.void, found.appealed, found.default, found.grades[5]) == (1, 1, 4, 3)


def test_default_praise_alone_is_no_praise() -> None:
    found = tally([rating("a", DEFAULT_PRAISE), rating("b", DEFAULT_PRAISE)], 2)
    assert found.positive_rate == Share(0, 0) and found.positive_rate.value is None and found.active_rate.value == 0


def test_once_per_visit_or_matter() -> None:
    """Default praise gives way to a person's word, whichever came first, and of several the last stands."""
    twice = [rating("visit 1", 5, 1), rating("visit 1", 2, 2), rating("visit 2", 1, 1),
             rating("visit 2", DEFAULT_PRAISE, 9)]
    assert {one.subject: one.grade for one in once(twice)} == {"visit 1": 2, "visit 2": 1}
    assert tally(twice, 2).negative_rate == Share(2, 2)
    with pytest.raises(Refused, match="2 were rated, more than the 1"):
        tally(twice, 1)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from([1, 2, 3, 4, 5, 9]),
                          st.sampled_from(["valid", "void", "appealed"]))))
def test_every_rating_is_counted_in_one_place(many: list[tuple[str, int, Any]]) -> None:
    found = tally([Rating(subject, at, grade, standing) for at, (subject, grade, standing) in enumerate(many)], 6)
    assert found.valid + found.void + found.appealed + found.default == len({subject for subject, *_ in many})
    assert found.positive_rate.fits + found.negative_rate.fits == found.valid
    assert set(GRADES) > NEGATIVE == {1, 2}


def test_a_grade_that_is_none_is_refused() -> None:
    for wrong in ({"grade": 6}, {"grade": 5, "aspects": {"speed": 0}}):
        with pytest.raises(Refused, match="1 to 5"):
            Rating("a", 0, **wrong)  # type: ignore[arg-type]


# -- reasons ---------------------------------------------------------------------------------------


def test_reasons_are_chosen_or_found_in_the_text_of_negative_ratings_only() -> None:
    told = reasons([
        rating("a", 1, reasons=("attitude",), text="排队太久"), rating("b", 2, text="QUEUED for hours"),
        rating("c", 2, text="其他原因"), rating("d", 1), rating("e", 5, text="不慢，态度好"),
        rating("f", 1, text="慢", standing="void")], CATEGORIES)
    assert {code: n for code, n in told.by_category.items() if n} == {"efficiency": 2, "attitude": 1}
    assert (told.other, told.silent, told.ratings) == (1, 1, 4)
    assert list(told.by_category) == [category.code for category in CATEGORIES]


def test_a_list_of_reasons_that_cannot_be_is_refused() -> None:
    row = {"code": "a", "number": 0, "name_zh": "甲", "name_en": "A"}
    for content in ({}, {"categories": [row], "scale": "ten"}, {"categories": [row, row], "scale": "five"},
                    {"categories": [{**row, "number": 99}], "scale": "five"}, {"categories": ["a"], "scale": "five"},
                    {"categories": [{**row, "weight": -1}], "scale": "five"}):
        with pytest.raises(Refused, match=r"x\.yaml"):
            read_categories(content, "x.yaml")


def test_a_place_may_have_its_own_categories() -> None:
    own = Category("parking", Bilingual("停车", "parking"), ("停车",))
    assert reasons([rating("a", 1, text="没有停车位")], [own]).by_category == {"parking": 1}


# -- the index -------------------------------------------------------------------------------------


def test_the_index_is_the_weighted_mean_of_the_means() -> None:
    given_ = [rating("a", 5, aspects={"speed": 5, "manner": 3}), rating("b", 3, aspects={"speed": 4}),
              rating("c", 1, aspects={"speed": 1}, standing="void"), rating("d", DEFAULT_PRAISE, aspects={"manner": 9})]
    found = satisfaction(given_, {"speed": 3, "manner": 1, "site": 4}, "five")
    assert found.means == {"speed": 4.5, "manner": 3} and found.counts == {"speed": 2, "manner": 1, "site": 0}
    assert found.value == pytest.approx((3 * 4.5 + 3) / 4) and found.unrated == ("site",) and found.scale == "five"
    assert satisfaction(given_, {"speed": 1}, "hundred").value == pytest.approx(90)
    assert SCALES["hundred"] == {5: 100, 4: 80, 3: 60, 2: 30, 1: 0}


def test_an_index_of_nothing_is_refused() -> None:
    for weights, scale in (({"speed": 1}, "ten"), ({}, "five"), ({"speed": -1}, "five")):
        with pytest.raises(Refused, match="scales"):
            satisfaction([], weights, scale)
    with pytest.raises(Refused, match="Nobody"):
        satisfaction([rating("a", 5, aspects={"manner": 5})], {"speed": 1, "manner": 0}, "five")


# -- who rates -------------------------------------------------------------------------------------


def test_who_rates_stands_beside_who_was_served() -> None:
    """Online: 20 of 100 cases, 8 of 10 ratings, all positive. Counter: 70 cases, 2 ratings, 1 positive. Post: none."""
    found = who_rates({"online": Tally({5: 8}, cases=20), "counter": Tally({4: 1, 1: 1}, cases=70),
                       "post": Tally({}, default=5, cases=10)})
    online, counter, post = found.groups
    assert online.gap == pytest.approx(0.6) and counter.gap == pytest.approx(-0.5) and post.gap == pytest.approx(-0.1)
    assert found.apart == pytest.approx(0.6) and found.positive == Share(9, 10)
    assert found.reweighted == pytest.approx((20 * 1 + 70 * 0.5) / 90) and found.unheard == 10
    assert online.rated == Share(8, 20) and post.positive.value is None


def test_where_all_rate_alike_nothing_is_apart() -> None:
    found = who_rates({age: Tally({5: n, 1: n}, cases=10 * n) for age, n in (("young", 1), ("old", 7))})
    assert found.apart == 0 and found.reweighted == found.positive.value == 0.5
    with pytest.raises(Refused):
        who_rates({"young": Tally({}, cases=3)})
