"""Item statistics: figures worked out by hand, held to numpy, and not told of too few."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.training.rules.questions import WHOLE
from jizhun.training.rules.statistics import Item, Row, items, reliability, remarks

# Five sittings, four questions, all or nothing. By hand: totals 4, 3, 2, 1, 0; item variances .16 + .24 + .24 + .16 =
# .80; variance of the totals 2; KR-20 = 4/3 x (1 - .80/2) = .8.
BY_HAND = ["1111", "1110", "1100", "1000", "0000"]


def rows_of(table: list[str]) -> list[Row]:
    return [Row(f"s{at}", f"q{number}", WHOLE * int(mark), "right" if mark == "1" else f"wrong{at % 2}")
            for at, marks in enumerate(table) for number, mark in enumerate(marks)]


def test_the_figures_of_a_form_worked_out_by_hand() -> None:
    found = items(rows_of(BY_HAND), least=1)
    assert [round(found[f"q{at}"].difficulty or 0, 6) for at in range(4)] == [.8, .6, .4, .2]
    assert [found[f"q{at}"].upper_lower for at in range(4)] == [.5, 1, 1, .5]  # two of five on either side
    # q0 beside the rest 3, 2, 1, 0, 0 thirds: covariance .08, spreads .4 and .388730
    assert found["q0"].point_biserial == pytest.approx(.08 / (.4 * 0.3887301263), abs=1e-6)
    told = reliability(rows_of(BY_HAND), least=1)
    assert told.kr20 == told.alpha == pytest.approx(.8)
    assert (told.sittings, told.questions) == (5, 4)


def test_which_wrong_answers_were_chosen_and_by_whom() -> None:
    chosen = {one.answer: one for one in items(rows_of(BY_HAND), least=1)["q1"].chosen}
    assert (chosen["right"].number, chosen["wrong1"].number, chosen["wrong0"].number) == (3, 1, 1)
    assert chosen["right"].rest == pytest.approx((1 + 2 / 3 + 1 / 3) / 3) and chosen["wrong0"].rest == 0
    several = [Row("a", "q", 0, ["x", "y"]), Row("b", "q", 0, None), Row("c", "q", 0, {"p": "x"})]
    assert {one.answer for one in items(several, least=1)["q"].chosen} == {"x", "y", "", "p=x"}


def test_nothing_is_told_of_too_few() -> None:
    assert items(rows_of(BY_HAND))["q0"] == Item("q0", 5)
    assert items(rows_of(BY_HAND))["q0"].suppressed and remarks(Item("q0", 5)) == []
    assert reliability(rows_of(BY_HAND)).alpha is None


def test_sittings_with_another_form_do_not_count_for_reliability_and_equal_marks_tell_nothing() -> None:
    assert reliability([*rows_of(BY_HAND), Row("s9", "q0", WHOLE)], least=1).sittings == 5
    same = reliability(rows_of(["11", "11"]), least=1)
    assert same.alpha is None and items(rows_of(["11", "11"]), least=1)["q0"].point_biserial is None


@pytest.mark.parametrize(("item", "said"), [
    (Item("q", 99, .97, .0, None), ["too_easy", "weak"]), (Item("q", 99, .1, .3, .3), ["too_hard"]),
    (Item("q", 99, .5, .4, -.2), ["negative"]), (Item("q", 99, .5, .4, .4), [])])
def test_what_a_reviewer_should_look_at(item: Item, said: list[str]) -> None:
    assert remarks(item) == said


@given(st.lists(st.lists(st.integers(0, WHOLE), min_size=3, max_size=3), min_size=4, max_size=30))
def test_numpy_comes_to_the_same(table: list[list[int]]) -> None:
    rows = [Row(str(at), str(number), mark) for at, marks in enumerate(table) for number, mark in enumerate(marks)]
    marks = np.array(table) / WHOLE
    found = items(rows, least=1)
    for number in range(3):
        assert found[str(number)].difficulty == pytest.approx(marks[:, number].mean())
        rest = np.delete(marks, number, axis=1).mean(axis=1)
        told = found[str(number)].point_biserial
        if told is not None and marks[:, number].std() > 1e-4 and rest.std() > 1e-4:
            assert told == pytest.approx(np.corrcoef(marks[:, number], rest)[0, 1], abs=1e-6)
    alpha = reliability(rows, least=1).alpha
    if alpha is not None and marks.sum(axis=1).var() > 1e-6:
        assert alpha == pytest.approx(3 / 2 * (1 - marks.var(axis=0).sum() / marks.sum(axis=1).var()), abs=1e-6)
