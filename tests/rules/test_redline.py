"""Redlines: every clause by its key, words exact on both sides, only what really moved is called moved."""

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.drafting.rules import matching
from jizhun.drafting.rules import redline as redlining
from jizhun.drafting.rules import segments as segmenting
from jizhun.drafting.rules.redline import KINDS, changed, keep_keys, keep_rest, redline, summary
from jizhun.drafting.rules.segments import segments, text_after, text_before
from jizhun.drafting.rules.text import Clause
from jizhun.kernel.bilingual import Bilingual

WORDS = st.text(alphabet="应当在受理之日起个工作日内办结。；\n 10 days within a{#k}", max_size=60)


def clause(key: str, heading: str = "", body: str = "", level: int = 1, kind: str = "clause") -> Clause:
    return Clause(key, kind, level, Bilingual(heading, ""), Bilingual(body, ""))


CLAUSES = st.lists(st.builds(clause, st.sampled_from("abcdefgh"), WORDS, WORDS, st.integers(1, 3)),
                   max_size=8, unique_by=lambda one: one.key)


@given(WORDS, WORDS)
def test_segments_give_both_texts_back(before: str, after: str) -> None:
    done = segments(before, after)
    assert (text_before(done), text_after(done)) == (before, after)
    assert all(words for _, words in done)
    assert all(one[0] != other[0] for one, other in pairwise(done))


@given(CLAUSES)
def test_a_text_against_itself_has_no_change(clauses: list[Clause]) -> None:
    done = redline(clauses, clauses)
    assert changed(done) == [] and len(done) == len(clauses) == summary(done)["kept"]


@given(CLAUSES, CLAUSES)
def test_every_clause_is_told_once_and_its_words_are_those_of_both_texts(old: list[Clause], new: list[Clause]) -> None:
    done = redline(old, new)
    assert [one.key for one in done if one.after] == [one.key for one in new]
    assert sorted(one.key for one in done) == sorted({one.key for one in [*old, *new]})
    for one in done:
        if one.before and one.after:
            for words, was, now in ((one.heading, one.before.clause.heading, one.after.clause.heading),
                                    (one.body, one.before.clause.body, one.after.clause.body)):
                assert ("zh" in words) == (was.zh != now.zh)
                assert "zh" not in words or (text_before(words["zh"]), text_after(words["zh"])) == (was.zh, now.zh)


@given(st.permutations("abcdefg"))
def test_what_did_not_move_kept_its_order_and_moves_are_as_few_as_can_be(order: list[str]) -> None:
    done = redline([clause(key) for key in "abcdefg"], [clause(key) for key in order])
    still = [one.key for one in done if "moved" not in one.kinds]
    assert still == sorted(still)
    rises = [1] * len(order)
    for place, key in enumerate(order):
        rises[place] = 1 + max((rises[one] for one in range(place) if order[one] < key), default=0)
    assert len(still) == max(rises)


def test_an_insertion_renumbers_and_moves_nothing() -> None:
    old = [clause("a"), clause("b"), clause("c")]
    done = redline(old, [clause("a"), clause("x"), *old[1:]])
    assert [(one.key, one.kinds) for one in done] == [
        ("a", ("kept",)), ("x", ("added",)), ("b", ("renumbered",)), ("c", ("renumbered",))]
    assert (done[2].before, done[2].after) != (None, None)
    assert done[3].before and done[3].after and (done[3].before.number, done[3].after.number) == ("3", "4")


def test_one_clause_put_last_is_one_move() -> None:
    old = [clause(key) for key in "abcd"]
    done = redline(old, [*old[1:], old[0]])
    assert summary(done) == {**dict.fromkeys(KINDS, 0), "moved": 1, "renumbered": 3}
    assert done[-1].before and done[-1].after and (done[-1].before.number, done[-1].after.number) == ("1", "4")


def test_a_removed_clause_stands_where_it_stood() -> None:
    old = [clause(key) for key in "abc"]
    assert [one.key for one in redline(old, [old[0], old[2]])] == ["a", "b", "c"]
    assert [one.key for one in redline(old, old[2:])] == ["a", "b", "c"]


def test_level_kind_words_and_proposals_are_told_apart() -> None:
    old = [clause("a", "受理", "应当受理。"), clause("b", level=1), clause("c", kind="annex"), clause("d")]
    new = [clause("a", "受理", "应当当场受理。"), clause("b", level=2), replace(old[2], normative=False),
           replace(old[3], proposes=({"measure": "fee"},))]
    kinds = {one.key: one.kinds for one in redline(old, new)}
    assert kinds == {"a": ("reworded",), "b": ("level",), "c": ("recast",), "d": ("proposals",)}


def test_chinese_reads_in_words_and_numbers_stay_whole() -> None:
    assert segments("应在受理之日起10个工作日内办结。", "应自收到材料之日起15个工作日内办结。") == (
        ("same", "应"), ("del", "在受理"), ("ins", "自收到材料"), ("same", "之日起"), ("del", "10"), ("ins", "15"),
        ("same", "个工作日内办结。"))
    assert segments("within 10 working days", "within 12 working days")[1:3] == (("del", "10"), ("ins", "12"))


def test_a_faulty_draft_with_a_key_twice_is_still_told() -> None:
    old = [clause("a", "甲"), clause("a", "乙")]
    assert changed(redline(old, old)) == []
    assert [one.kinds for one in redline(old, old[:1])] == [("kept",), ("removed",)]


def long_text(count: int) -> list[Clause]:
    return [clause(f"k{place}", f"条 {place}", f"经办机构应在{place}个工作日内办结第{place}类申请，并告知申请人。" * 8)
            for place in range(count)]


def test_three_hundred_clauses_take_less_than_a_second() -> None:
    old = long_text(300)
    new = [replace(one, body=Bilingual(one.body.zh.replace("应", "须").replace("告知", "书面通知"), "")) for one in old]
    start = time.process_time()
    done = redline(old, new[150:] + new[:150])
    assert time.process_time() - start < 1
    assert summary(done)["reworded"] == 300 and summary(done)["moved"] == 150


def test_a_very_long_clause_does_not_stop_the_page() -> None:
    one, other = "".join(f"第{n}项应办结。" for n in range(6000)), "".join(f"第{n}项须办完。" for n in range(6000))
    start = time.process_time()
    done = [segments(one, other), segments("a." * 20_000, "b." * 20_000)]
    assert time.process_time() - start < 2
    assert (text_before(done[0]), text_after(done[0])) == (one, other)


def test_keys_are_kept_over_an_import() -> None:
    old = [clause("f", kind="foreword", body="旧前言"), clause("a", "受理", "窗口人员应核对材料。"),
           clause("b", "审核", "经办机构应在10个工作日内审核。", 2),
           clause("c", "", "申请人可以在网上办理，也可以到窗口办理。", 2), clause("d", "公示", "结果应公示。")]
    new = [clause("1", kind="foreword", body="新前言"), clause("2", "受理", "完全不同的话。"),
           clause("b", "全新一章", "无关内容。"), clause("4", "审核", "经办机构应在5个工作日内审核。", 2),
           clause("5", "", "申请人可以在网上办理，也可到窗口或者自助机办理。", 2)]
    keys = [one.key for one in keep_keys(old, new)]
    # The new clause that came with the key b has it for good: keys in both texts mean one clause.
    assert keys == ["f", "a", "b", "4", "c"]
    keys = [one.key for one in keep_keys(old, [replace(one, key=f"n{place}") for place, one in enumerate(new)])]
    assert keys == ["f", "a", "n2", "b", "c"]


def test_links_follow_the_keys_of_an_import() -> None:
    old = [clause("a", "受理", "应受理。"), clause("b", "审核", "见{#a}。")]
    new = [clause("n1", "受理", "应受理。"), clause("n2", "审核", "应审核，见{#n1}和{#gone}。")]
    assert [(one.key, one.body.zh) for one in keep_keys(old, new)] == [
        ("a", "应受理。"), ("b", "应审核，见{#a}和{#gone}。")]


def test_what_an_import_in_one_language_cannot_bring_is_kept() -> None:
    promise = {"measure": "promised_limit", "sentence": "应在10个工作日内办结。"}
    gone = {"measure": "visits", "sentence": "最多跑一次。"}
    old = [Clause("a", "clause", 1, Bilingual("办结", "Closing"),
                  Bilingual("应在10个工作日内办结。最多跑一次。", "Shall be closed within 10 working days."), True,
                  (promise, gone))]
    new = [clause("a", "办结与送达", "应在10个工作日内办结。并送达。"), clause("n", "评价", "应评价。")]
    done = keep_rest(old, new)
    assert done[0].heading == Bilingual("办结与送达", "Closing")
    assert done[0].body == Bilingual("应在10个工作日内办结。并送达。", "Shall be closed within 10 working days.")
    assert done[0].proposes == (promise,) and done[1] == new[1]
    both = [Clause("a", "clause", 1, Bilingual("甲", ""), Bilingual("乙", "B"))]
    assert keep_rest(old, both)[0].heading == Bilingual("甲", "")


def test_an_import_in_english_alone_is_matched_by_its_english() -> None:
    old = [Clause("a", "clause", 1, Bilingual("受理", "Acceptance"), Bilingual("应受理。", "It shall be accepted."))]
    new = [Clause("n", "clause", 1, Bilingual("", "Acceptance"), Bilingual("", "It shall be accepted at once."))]
    assert [one.key for one in keep_keys(old, new)] == ["a"]


@settings(max_examples=60)
@given(CLAUSES, CLAUSES)
def test_keys_stay_unique_and_a_text_keeps_all_its_own(old: list[Clause], new: list[Clause]) -> None:
    keys = [one.key for one in keep_keys(old, [replace(one, key=f"n-{one.key}") for one in new])]
    assert len(set(keys)) == len(keys)
    assert [one.key for one in keep_keys(old, old)] == [one.key for one in old]


def test_three_hundred_clauses_are_matched_within_seconds() -> None:
    old = long_text(300)
    new = [replace(one, key=f"n{place}", heading=Bilingual("", ""), body=Bilingual(f"新增。{one.body.zh}", ""))
           for place, one in enumerate(old[:130])]
    start = time.process_time()
    assert len(keep_keys(old, new)) == 130
    assert time.process_time() - start < 5


@given(st.lists(st.sampled_from("abc"), max_size=9), st.lists(st.sampled_from("abc"), max_size=9))
def test_what_is_in_common_is_the_most_that_can_be(old: list[str], new: list[str]) -> None:
    pairs = segmenting.in_common(old, new)
    assert all(old[one] == new[other] for one, other in pairs)
    assert all(one < more and other < last for (one, other), (more, last) in pairwise(pairs))
    most = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for one, token in enumerate(old):
        for other, word in enumerate(new):
            most[one + 1][other + 1] = (most[one][other] + 1 if token == word
                                        else max(most[one][other + 1], most[one + 1][other]))
    assert len(pairs) == most[-1][-1]


def unlike(count: int, size: int, start: int) -> list[str]:
    return ["".join(chr(0x4E00 + (start + place * 97 + at * (31 + place)) % 900) for at in range(size))
            for place in range(count)]


def test_texts_are_compared_once_and_not_for_every_likeness(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = []

    def counted(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
        pairs.append(len(old) * len(new))
        return in_common(old, new)

    in_common = segmenting.in_common
    monkeypatch.setattr(segmenting, "in_common", counted)
    one, other = unlike(1, 1500, 0)[0], unlike(1, 1500, 7)[0]
    segments(one, other)
    assert len(pairs) == 1 and not hasattr(segmenting, "SequenceMatcher")
    segments(one * 40, other * 40)
    assert max(pairs) <= 4_000_000


def test_only_so_many_characters_are_compared_by_their_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redlining, "MOST_CHARACTERS", 1000)
    old = [clause(f"k{place}", body="应在10日内办结。" * 10) for place in range(20)]
    new = [replace(one, body=Bilingual(one.body.zh.replace("10", "15"), "")) for one in old]
    sizes = [len(one.body["zh"]) for one in redline(old, new)]
    # 200 characters a clause: five are compared finely; the others are told as a whole, none is left out.
    assert [size > 2 for size in sizes] == [True] * 5 + [False] * 15
    assert all(text_after(one.body["zh"]) == other.body.zh for one, other in zip(redline(old, new), new, strict=True))


def test_matching_compares_bounded_parts_of_bounded_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[int]] = []

    def counted(texts: Sequence[str], least: float) -> list[tuple[int, int, float]]:
        seen.append([len(text) for text in texts])
        return near_pairs(texts, least)

    near_pairs = matching.near_pairs
    monkeypatch.setattr(matching, "near_pairs", counted)
    monkeypatch.setattr(matching, "MOST_PAIRS", 400)
    old = [clause(f"k{place}", body=words * 20) for place, words in enumerate(unlike(50, 60, 0))]
    new = [replace(one, key=f"n{place}", body=Bilingual(f"新增。{one.body.zh}", "")) for place, one in enumerate(old)]
    assert [one.key for one in keep_keys(old, new)] == [one.key for one in old]
    assert len(seen) == 3 and all(len(sizes) <= 40 and max(sizes) <= matching.LONGEST for sizes in seen)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_the_parts_of_a_stretch_are_the_whole_and_none_is_too_big(old: int, new: int) -> None:
    parts = list(matching._parts((5, 5 + old, 9, 9 + new)))
    assert (parts[0][0], parts[0][2], parts[-1][1], parts[-1][3]) == (5, 9, 5 + old, 9 + new)
    assert all((one[1], one[3]) == (other[0], other[2]) for one, other in pairwise(parts))
    assert all((last - first) * (end - start) <= matching.MOST_PAIRS for first, last, start, end in parts)
