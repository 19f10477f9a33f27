"""Elements, levels and headings: whether the draft is built as GB/T 1.1 wants it. Pure."""

from collections import Counter
from collections.abc import Iterator

from jizhun.drafting.rules.checks.flaws import ERROR, WARNING, Draft, Flaw, depth_of, flaw
from jizhun.drafting.rules.text import DEEPEST, FIXED, KINDS, REQUIRED, UNNUMBERED, Numbered
from jizhun.kernel.bilingual import Bilingual

TOP = tuple(kind for kind in KINDS if kind not in ("term", "annex_clause"))
INTRODUCED = ("terms", "symbols")
"""Kinds whose sub-clauses may follow a sentence, and may be a single one: a standard may define one term."""


def structure(draft: Draft) -> Iterator[Flaw]:
    """Flaws of the skeleton, before any word is read."""
    yield from _unknown(draft)
    yield from _missing(draft)
    yield from _twice(draft)
    yield from _out_of_order(draft)
    yield from _levels(draft)
    yield from _nesting(draft)
    for place in range(len(draft.clauses)):
        yield from _contents(draft, place)


def _unknown(draft: Draft) -> Iterator[Flaw]:
    for one in draft.numbered:
        if one.clause.kind not in KINDS:
            yield flaw(ERROR, one, "unknown_kind", zh=f"没有“{one.clause.kind}”这种要素。",
                       en=f"there is no kind “{one.clause.kind}”.")


def _missing(draft: Draft) -> Iterator[Flaw]:
    there = {one.kind for one in draft.clauses}
    for kind in REQUIRED:
        if kind not in there:
            name = KINDS[kind] if kind != "clause" else Bilingual("核心技术要素（条款）", "a clause with requirements")
            yield flaw(ERROR, None, "missing", zh=f"缺少必备要素：{name.zh}。",
                       en=f"A required element is missing: {name.en}.")


def _twice(draft: Draft) -> Iterator[Flaw]:
    kinds: Counter[str] = Counter()
    keys: Counter[str] = Counter()
    for one in draft.numbered:
        kinds[one.clause.kind] += 1
        keys[one.clause.key] += 1
        if one.clause.kind in FIXED and kinds[one.clause.kind] > 1:
            yield flaw(ERROR, one, "kind_twice", zh="这一要素只能出现一次。", en="this element may occur only once.")
        if keys[one.clause.key] > 1:
            yield flaw(ERROR, one, "key_twice", zh=f"标识“{one.clause.key}”已被另一条使用。",
                       en=f"the key “{one.clause.key}” is already that of another clause.")


def _out_of_order(draft: Draft) -> Iterator[Flaw]:
    last = -1
    for one in draft.numbered:
        if one.clause.kind not in TOP:
            continue
        place = TOP.index(one.clause.kind)
        if place < last:
            after = KINDS[TOP[last]]
            yield flaw(ERROR, one, "order", zh=f"应位于“{after.zh}”之前。", en=f"it must stand before “{after.en}”.")
        last = max(last, place)


def _levels(draft: Draft) -> Iterator[Flaw]:
    """5 followed by 5.1.1, and what is deeper than five levels."""
    before = 0
    for one in draft.numbered:
        depth = depth_of(one.clause)
        if one.clause.level > DEEPEST:
            yield flaw(ERROR, one, "too_deep", zh=f"层次为 {one.clause.level}，最多 {DEEPEST} 层。",
                       en=f"level {one.clause.level}; there may be {DEEPEST} at most.")
        elif one.clause.level < 1 or depth > before + 1:
            yield flaw(ERROR, one, "level_jump", zh="跳过了上一层次：上面缺少它所属的条。",
                       en="a level was skipped: the clause that it belongs to is missing above it.")
        before = 0 if one.clause.kind in UNNUMBERED else depth


def _nesting(draft: Draft) -> Iterator[Flaw]:
    """Terms stand in the terms, clauses of an annex in an annex, clauses in neither."""
    part = ""
    for one in draft.numbered:
        kind = one.clause.kind
        part = kind if kind in TOP and (kind != "clause" or one.clause.level == 1) else part
        if (kind == "term" and part != "terms") or (kind == "annex_clause" and part != "annex"):
            yield flaw(ERROR, one, "misplaced", zh=f"“{KINDS[kind].zh}”不在它应在的部分。",
                       en=f"a “{KINDS[kind].en}” stands outside the part where it belongs.")
        elif kind == "clause" and one.clause.level > 1 and part in ("annex", "foreword", "bibliography"):
            yield flaw(ERROR, one, "misplaced", zh=f"条款不能放在“{KINDS[part].zh}”里。",
                       en=f"a clause cannot stand in “{KINDS[part].en}”.")


def _contents(draft: Draft, place: int) -> Iterator[Flaw]:
    one, below = draft.numbered[place], draft.children.get(place, [])
    clause = one.clause
    worded = any(text.strip() for text in (clause.body.zh, clause.body.en))
    if not worded and not below:
        yield flaw(ERROR, one, "empty", zh="没有内容，也没有下一层次的条。", en="it has neither text nor sub-clauses.")
    if len(below) == 1 and clause.kind not in INTRODUCED:
        only = draft.numbered[below[0]]
        yield flaw(ERROR, only, "single", zh="同一层次只有这一条：有两条以上才分条。",
                   en="it is the only one on its level: divide a clause into two or more, or not at all.")
    if worded and below and clause.kind not in INTRODUCED:
        yield flaw(WARNING, one, "hanging", zh="悬置段：标题与下一层次的条之间有文字，无法明确引用。",
                   en="a hanging paragraph: text between the heading and the sub-clauses cannot be cited clearly.")
    yield from _headings(draft, one, below)


def _headings(draft: Draft, one: Numbered, below: list[int]) -> Iterator[Flaw]:
    headed = _has_heading(one)
    if one.clause.kind == "annex" and not headed:
        yield flaw(ERROR, one, "annex_heading", zh="附录没有标题。", en="the annex has no heading.")
    elif one.clause.kind == "clause" and one.clause.level == 1 and not headed:
        yield flaw(ERROR, one, "heading", zh="章没有标题。", en="a chapter needs a heading.")
    elif one.clause.kind == "term" and not headed:
        yield flaw(ERROR, one, "heading", zh="术语条目没有术语。", en="the entry has no term.")
    if len({_has_heading(draft.numbered[child]) for child in below}) > 1:
        yield flaw(WARNING, one, "headings_mixed", zh="下一层次的条有的有标题，有的没有。",
                   en="some of its sub-clauses have headings and some have none.")


def _has_heading(one: Numbered) -> bool:
    return bool(one.clause.title.zh.strip() or one.clause.title.en.strip())
