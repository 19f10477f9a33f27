"""How alike texts are: what counts as the same, and that the fast search finds exactly what comparing all finds."""

import random
from itertools import combinations
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.kernel.likeness import clusters, grams, likeness, near_pairs

SHORT = "办理时限应为十五个工作日以内并且一次告知所需全部材料"
WORDS = st.sampled_from(["申请", "受理", "审核", "办结", "十五", "15", "20", "日", "材料", "网上", "，", " ", "。",
                         "time", "limit", "APP", "养老", "失业", "保险", "登", "记"])
TEXTS = st.lists(st.lists(WORDS, max_size=25).map("".join), max_size=14)
LEASTS = st.sampled_from([0.05, 0.3, 0.5, 0.6, 2 / 3, 0.8, 0.81, 0.9, 0.95, 1.0])


def by_brute_force(texts: list[str], least: float) -> list[tuple[int, int, float]]:
    scored = ((i, j, likeness(texts[i], texts[j])) for i, j in combinations(range(len(texts)), 2))
    return [one for one in scored if one[2] >= least]


@pytest.mark.parametrize(("one", "other"), [
    ("失业登记，应当日办结。", "失业登记应当日办结"),
    ("ＧＢ／Ｔ １３０１６（２０１８）", "GB/T 13016 (2018)"),
    ("Apply ONLINE, at once.", "apply online at once"),
    ("网上 办理", "网上办理"),
])
def test_width_capitals_spaces_and_punctuation_make_no_difference(one: str, other: str) -> None:
    assert grams(one) == grams(other) and likeness(one, other) == 1


def test_chinese_goes_by_neighbours_words_by_threes_and_numbers_whole() -> None:
    assert grams("办结15日") == {"办结", "结15", "15日", "#15"}
    assert grams("Time") == {" ti", "tim", "ime", "me "}
    assert grams("申") == {"申"} and grams("。 !") == grams("") == frozenset()


def test_another_number_of_days_is_not_the_same() -> None:
    assert likeness("15个工作日内办结", "20个工作日内办结") < 0.7
    assert likeness("within 15 working days", "within 20 working days") < 1


def test_texts_without_words_are_like_nothing() -> None:
    assert likeness("", "") == likeness("。", "办理") == 0
    assert near_pairs(["", "。", ""], 0.1) == [] == clusters(["", "。"], 0.1)


def test_other_words_in_the_same_place_lower_it_by_what_is_not_shared() -> None:
    # 失业 业登 登记 / 就业 业登 登记: two shared of four.
    assert likeness("失业登记", "就业登记") == 2 / 4


def test_a_copy_with_an_addition_is_near_however_long_the_addition() -> None:
    long = SHORT + "。我们县里的窗口人手不足，希望上级一并考虑增加编制和经费，否则这一条难以做到"
    assert likeness(SHORT, long) == pytest.approx(0.9)
    assert likeness(SHORT, SHORT + "为盼") > 0.9
    assert likeness("办理时限", long) < 0.2, "four characters stand in too many texts to count as a copy"


def test_pairs_come_in_order_with_their_likeness() -> None:
    texts = [SHORT, "完全不同的一句话", SHORT + "为盼", SHORT]
    found = near_pairs(texts, 0.8)
    assert [(i, j) for i, j, _ in found] == [(0, 2), (0, 3), (2, 3)]
    assert found[1][2] == 1 and found[0][2] == found[2][2] == likeness(SHORT, SHORT + "为盼")


def test_clusters_hang_together_by_their_nearest_and_leave_singles_out() -> None:
    chain = ["甲乙丙丁戊己庚辛", "乙丙丁戊己庚辛壬", "丙丁戊己庚辛壬癸"]
    assert likeness(chain[0], chain[2]) < 0.7 <= likeness(chain[0], chain[1])
    assert clusters(["别的话", *chain, "又一句别的话", "再无相同", "再无相同"], 0.7) == [[1, 2, 3], [5, 6]]
    assert clusters([chain[0], chain[2], chain[1]], 0.7) == [[0, 1, 2]], "the one between may come last"


@pytest.mark.parametrize("least", [0, -0.5, 1.01])
def test_a_threshold_outside_its_range_is_an_error(least: float) -> None:
    with pytest.raises(ValueError, match="least"):
        near_pairs(["一", "二"], least)


@given(TEXTS, LEASTS)
@settings(max_examples=300)
def test_the_fast_search_finds_exactly_what_comparing_all_finds(texts: list[str], least: float) -> None:
    assert near_pairs(texts, least) == by_brute_force(texts, least)


@given(TEXTS, LEASTS)
def test_clusters_are_what_the_pairs_connect(texts: list[str], least: float) -> None:
    groups = [{place} for place in range(len(texts))]
    for i, j, _ in by_brute_force(texts, least):
        one, other = (next(group for group in groups if place in group) for place in (i, j))
        if one is not other:
            groups.remove(other)
            one |= other
    assert clusters(texts, least) == sorted(sorted(group) for group in groups if len(group) > 1)


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_between_nothing_and_all_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1
    assert likeness(one, one) == (1 if grams(one) else 0)


def test_the_fast_search_is_exact_on_longer_texts_too() -> None:
    texts = some_comments(150)
    for least in (0.5, 0.8, 0.85, 0.92):
        assert near_pairs(texts, least) == by_brute_force(texts, least)


def test_two_thousand_comments_take_less_than_half_a_second() -> None:
    texts = some_comments(2_000)
    taken = []
    for _ in range(3):
        start = process_time()
        found = clusters(texts, 0.8)
        taken.append(process_time() - start)
    assert len(found) >= 10
    assert min(taken) < 0.5


def some_comments(count: int) -> list[str]:
    """Comments of 30 to 300 characters; every fifth repeats one of twenty with a few characters changed."""
    dice = random.Random(7)
    letters = [chr(0x4E00 + int(600 * dice.random() ** 2)) for _ in range(4_000)]
    texts = ["".join(dice.choices(letters, k=dice.randint(30, 300))) for _ in range(count)]
    for place in range(20, count, 5):
        copied = list(texts[dice.randrange(20)])
        for _ in range(dice.randint(0, 12)):
            copied[dice.randrange(len(copied))] = dice.choice(letters)
        texts[place] = "".join(copied)
    return texts
