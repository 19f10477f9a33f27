"""The text of a standard by clauses: numbers, sections, moving, blocks, and where a comment stands afterwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.drafting.rules.remarks import Comment, anchor
from jizhun.drafting.rules.text import (
    Block,
    Clause,
    blocks,
    documents_in,
    filled,
    labels_of,
    letter,
    links,
    moved,
    numbered,
    plain,
    read_clause,
    section,
    shifted,
)
from jizhun.kernel.bilingual import Bilingual


def made(*rows: str) -> list[Clause]:
    """Clauses in short: ``key kind level``."""
    parts = [row.split() for row in rows]
    return [Clause(key, kind, int(level), Bilingual(key, key), Bilingual(f"{key}的文字", f"words of {key}"))
            for key, kind, level in parts]


STANDARD = made("fw foreword 1", "sc scope 1", "rf references 1", "te terms 1", "t1 term 2", "t2 term 2", "a clause 1",
                "b clause 2", "c clause 3", "d clause 2", "e clause 1", "x annex 1", "xa annex_clause 1",
                "xb annex_clause 2", "y annex 1", "ya annex_clause 1", "bi bibliography 1")


def numbers(clauses: list[Clause]) -> dict[str, str]:
    return {one.clause.key: one.number for one in numbered(clauses)}


def test_numbers_are_those_of_the_standard_on_drafting():
    assert numbers(STANDARD) == {
        "fw": "", "sc": "1", "rf": "2", "te": "3", "t1": "3.1", "t2": "3.2", "a": "4", "b": "4.1", "c": "4.1.1",
        "d": "4.2", "e": "5", "x": "A", "xa": "A.1", "xb": "A.1.1", "y": "B", "ya": "B.1", "bi": ""}
    labels = labels_of(numbered(STANDARD), "zh")
    assert (labels["x"], labels_of(numbered(STANDARD), "en")["x"], labels["xa"]) == ("附录 A", "Annex A", "A.1")


@pytest.mark.parametrize("place, name", [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA")])
def test_annexes_after_z(place: int, name: str):
    assert letter(place) == name


@pytest.mark.parametrize("key, inside", [("a", "a b c d"), ("b", "b c"), ("te", "te t1 t2"), ("x", "x xa xb"),
                                         ("xa", "xa xb"), ("fw", "fw"), ("nothing", "")])
def test_what_stands_under_a_clause(key: str, inside: str):
    assert [STANDARD[place].key for place in section(STANDARD, key)] == inside.split()


def test_a_chapter_moves_with_all_under_it_and_numbers_follow():
    after = moved(STANDARD, "a", "x")
    assert [one.key for one in after][6:12] == ["e", "a", "b", "c", "d", "x"]
    assert numbers(after)["c"] == "5.1.1"
    assert moved(STANDARD, "a", "no such clause")[-4:] == [one for one in STANDARD if one.key in "abcd"]


def test_up_and_down_change_places_with_the_sibling_only():
    up = shifted(STANDARD, "e", up=True)
    assert [one.key for one in up][6:11] == ["e", "a", "b", "c", "d"]
    assert [one.key for one in shifted(up, "e", up=False)] == [one.key for one in STANDARD]
    assert shifted(STANDARD, "b", up=True) == STANDARD  # the first under its chapter
    assert shifted(STANDARD, "d", up=False) == STANDARD  # the last
    assert numbers(shifted(STANDARD, "b", up=False)) | {"c": "", "b": "", "d": ""} == numbers(STANDARD) | {
        "c": "", "b": "", "d": ""}
    assert [one.key for one in shifted(STANDARD, "y", up=True)][11:16] == ["y", "ya", "x", "xa", "xb"]
    assert shifted(STANDARD, "sc", up=True) == STANDARD and shifted(STANDARD, "gone", up=True) == STANDARD


@st.composite
def levels(draw: st.DrawFn, kind: str) -> list[tuple[str, int]]:
    """Clauses of one kind, never more than one level deeper than the one before."""
    rows, last = [], 0
    for step in draw(st.lists(st.integers(-3, 1), max_size=7)):
        last = min(max(last + step, 1), 5)
        rows.append((kind, last))
    return rows


@st.composite
def texts(draw: st.DrawFn) -> list[Clause]:
    """A text in the order of the standard on drafting: chapters, then annexes with their clauses."""
    rows = [("scope", 1), *draw(levels("clause"))]
    for _ in range(draw(st.integers(0, 3))):
        rows += [("annex", 1), *draw(levels("annex_clause"))]
    return [Clause(f"k{place}", kind, level) for place, (kind, level) in enumerate(rows)]


@given(texts(), st.data())
def test_moving_loses_nothing_and_keeps_what_is_under_together(clauses: list[Clause], data: st.DataObject):
    key, before = (data.draw(st.sampled_from([one.key for one in clauses])) for _ in range(2))
    inside = [clauses[place].key for place in section(clauses, key)]
    after = [one.key for one in moved(clauses, key, before if before not in inside else "")]
    assert sorted(after) == sorted(one.key for one in clauses)
    at = after.index(key)
    assert after[at:at + len(inside)] == inside


@given(texts(), st.data())
def test_down_undoes_up(clauses: list[Clause], data: st.DataObject):
    key = data.draw(st.sampled_from([one.key for one in clauses]))
    up = shifted(clauses, key, up=True)
    assert sorted(one.key for one in up) == sorted(one.key for one in clauses)
    if up != clauses:
        assert shifted(up, key, up=False) == clauses


@given(texts())
def test_every_number_is_given_once(clauses: list[Clause]):
    given_ones = [one.number for one in numbered(clauses) if one.number]
    assert len(given_ones) == len(set(given_ones))


def test_references_to_clauses_follow_their_numbers():
    clause = Clause("q", "clause", 1, body=Bilingual("见{#c}和{#x}", "see {#c} and {#nowhere}"))
    assert links(clause) == {"c", "x", "nowhere"}
    assert filled(clause.body.zh, labels_of(numbered(STANDARD), "zh")) == "见4.1.1和附录 A"
    assert filled(clause.body.en, labels_of(numbered(STANDARD), "en")) == "see 4.1.1 and ?nowhere?"


def test_a_body_is_paragraphs_lists_tables_notes_and_examples():
    body = ("第一段\n仍是第一段\n\n- 甲；\n- 乙。\n\na) 一\nb) 二\n\n| 项 | 值 |\n| 时限 | 5 |\n\n注：说明\n\n"
            "EXAMPLE: as said")
    assert list(blocks(body)) == [
        Block("paragraph", ("第一段 仍是第一段",)), Block("list", ("甲；", "乙。")),
        Block("list", ("一", "二"), ordered=True),
        Block("table", rows=(("项", "值"), ("时限", "5"))), Block("note", ("说明",)), Block("example", ("as said",))]
    assert list(blocks("")) == [] == list(blocks("\n \n"))


def test_documents_are_read_line_by_line():
    assert documents_in("GB/T 1.1-2020  标准化工作导则\nGB/T 2260\t行政区划代码\n\nISO 9000") == [
        ("GB/T 1.1-2020", "标准化工作导则"), ("GB/T 2260", "行政区划代码"), ("ISO 9000", "")]


@given(st.sampled_from(STANDARD))
def test_what_is_kept_is_what_was_written(clause: Clause):
    assert read_clause(plain(clause)) == clause


@pytest.mark.parametrize("clause, quote, state, number", [
    ("", "", "whole", ""), ("c", "", "there", "4.1.1"), ("c", "c的 文字", "there", "4.1.1"),
    ("c", "words of c", "there", "4.1.1"),
    ("c", "别的话", "words_changed", "4.1.1"), ("gone", "c的文字", "clause_gone", "")])
def test_a_comment_finds_its_clause_by_its_key(clause: str, quote: str, state: str, number: str):
    found = anchor(Comment("C-1", clause, "9.9", quote, "te", "…"), STANDARD)
    assert (found.state, found.number) == (state, number)


def test_a_quote_is_looked_for_in_what_a_reader_sees():
    clauses = [*STANDARD, Clause("q", "clause", 1, body=Bilingual("按{#c}办理：\n\n- 甲；\n- 乙。\n\n| 项 | 值 |", ""))]
    for quote, state in (("按4.1.1办理", "there"), ("甲； 乙。", "there"), ("项 值", "there"),
                         ("按{#c}", "words_changed")):
        assert anchor(Comment("C-1", "q", "", quote, "te", "…"), clauses).state == state, quote
