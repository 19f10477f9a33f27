"""Checks of a draft: a sound one has no flaw; every fault is told with its number, in both languages."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import Any

import pytest

from jizhun.drafting.rules.checks import Flaw, check
from jizhun.drafting.rules.text import Clause
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.numbering import StandardNumber
from jizhun.standards.rules.library import Library, Standard, make_library

# The package gives functions of the same names.
CITING, TERMS = (import_module(f"jizhun.drafting.rules.checks.{name}") for name in ("citing", "terms"))
ON = date(2026, 6, 1)


def two(zh: str, en: str) -> Bilingual:
    return Bilingual(zh, en)


def clause(key: str, level: int = 1, zh: str = "", en: str = "", kind: str = "clause", heading: bool = True) -> Clause:
    return Clause(key, kind, level, two(f"标题{key}", f"Heading {key}") if heading else two("", ""), two(zh, en))


def standard(number: str, **more: object) -> Standard:
    return Standard(number, "national", two("某标准", "A standard"), **more)  # type: ignore[arg-type]


LIBRARY: Library = make_library([
    standard("GB/T 31596.1-2015"), standard("GB/T 31599-2015"),
    standard("GB/T 31599-2024", replaces=("GB/T 31599-2015",), effective_on=date(2025, 1, 1)),
    standard("GB/T 33531-2017", ended_on=date(2026, 1, 1)),
    standard("GB/T 40000-2026", published_on=date(2026, 5, 1), effective_on=date(2026, 12, 1)),
])

SOUND = [
    clause("foreword", zh="本文件按照GB/T 1.1—2020的规定起草。", en="Drafted after GB/T 1.1-2020.", kind="foreword"),
    clause("scope", zh="本文件规定了基本公共服务的要求。", en="This document specifies basic services.", kind="scope"),
    clause("refs", zh="GB/T 31596.1  社会保险术语", en="GB/T 31596.1  Terms of social insurance", kind="references"),
    Clause("terms", "terms", 1),
    Clause("term", "term", 2, two("经办机构", "handling agency"), two("办理业务的机构。", "body that handles cases.")),
    clause("main"),
    clause("a", 2, "经办机构应遵守GB/T 31596.1，见{#b}。", "Handling agencies shall follow GB/T 31596.1, see {#b}."),
    clause("b", 2, "应在10个工作日内办结，见附录A。", "Cases shall be closed within 10 working days, see Annex A."),
    clause("annex", zh="表格的格式。", en="Layout of forms.", kind="annex"),
]


def flaws(clauses: Sequence[Clause], **more: Sequence[str]) -> list[tuple[str, str, str]]:
    return [(one.clause, one.kind, one.severity) for one in check(clauses, LIBRARY, ON, **more)]


def edited(key: str, **more: object) -> list[Clause]:
    return [replace(one, **more) if one.key == key else one for one in SOUND]  # type: ignore[arg-type]


def without(*keys: str) -> list[Clause]:
    return [one for one in SOUND if one.key not in keys]


def after(key: str, *more: Clause) -> list[Clause]:
    at = next(place for place, one in enumerate(SOUND) if one.key == key) + 1
    return [*SOUND[:at], *more, *SOUND[at:]]


def body(key: str, zh: str, en: str) -> list[Clause]:
    return edited(key, body=two(zh, en))


REFS = ("GB/T 31596.1  术语", "GB/T 31596.1  Terms")


def listed(number: str) -> list[Clause]:
    """The sound draft with one more document listed, and cited in b."""
    done = body("refs", f"{REFS[0]}\n{number}  甲", f"{REFS[1]}\n{number}  A")
    return [replace(one, body=two(f"见{number}和附录A。", f"See {number} and Annex A.")) if one.key == "b" else one
            for one in done]


def test_a_sound_draft_has_no_flaw() -> None:
    assert check(SOUND, LIBRARY, ON) == []


@pytest.mark.parametrize(("clauses", "expected"), [
    (without("foreword"), [("", "missing", "error")]),
    ([*SOUND[:1], SOUND[2], SOUND[1], *SOUND[3:]], [("scope", "order", "error")]),
    (after("scope", replace(SOUND[1], key="scope2")), [("scope2", "kind_twice", "error")]),
    (after("b", replace(SOUND[7])), [("b", "key_twice", "error")]),
    (after("b", clause("x", zh="见正文。", en="See above."), clause("y", 3, "应。", "Shall."),
           clause("z", 3, "应。", "Shall.")),
     [("x", "hanging", "warning"), ("y", "level_jump", "error")]),
    (after("b", clause("x")), [("x", "empty", "error")]),
    (without("b", "annex"), [("a", "link", "error"), ("a", "single", "error")]),
    (after("b", *(clause(f"d{level}", level, "" if level < 6 else "应。", "" if level < 6 else "Shall.")
                  for level in range(3, 7)), clause("e", 6, "应。", "Shall.")),
     [("b", "hanging", "warning"), ("d3", "single", "error"), ("d4", "single", "error"), ("d5", "single", "error"),
      ("d6", "too_deep", "error"), ("e", "too_deep", "error")]),
    (edited("main", heading=two("", "")), [("main", "heading", "error")]),
    (edited("annex", heading=two(" ", "")), [("annex", "annex_heading", "error")]),
    (body("b", "应在10个工作日内办结。", "Closed within 10 working days."), [("annex", "annex_unused", "error")]),
    (body("b", "见{#annex}。", "See {#annex}."), []),
    ([*body("b", "应办结。", "Shall be closed."), clause("i", 1, "见{#annex}。", "See {#annex}.", "annex_clause"),
      clause("j", 1, "应填写。", "Shall be filled in.", "annex_clause")],
     [("annex", "annex_unused", "error"), ("annex", "hanging", "warning")]),
    (body("b", "见{#nowhere}和附录A。", "See {#nowhere} and Annex A."), [("b", "link", "error")]),
    (body("b", "见{#b}和附录A。", "See {#b} and Annex A."), [("b", "self_link", "error")]),
    (edited("b", kind="term"), [("b", "misplaced", "error"), ("b", "term_unused", "warning")]),
    (edited("b", heading=two("", "")), [("main", "headings_mixed", "warning")]),
    (edited("b", kind="poem"), [("b", "unknown_kind", "error"), ("a", "single", "error")]),
])
def test_the_structure(clauses: list[Clause], expected: list[tuple[str, str, str]]) -> None:
    assert sorted(flaws(clauses)) == sorted(expected)


@pytest.mark.parametrize(("clauses", "expected"), [
    (body("a", "应办理，见{#b}。", "Handling agencies shall act, see {#b}."), [("refs", "not_cited", "error")]),
    (body("a", "经办机构应办，见{#b}。\n\n注：见GB/T 31596.1。", "It acts, see {#b}.\n\nNOTE: see GB/T 31596.1."),
     [("refs", "cited_in_passing", "error")]),
    (body("b", "应符合GB/T 31599—2024，见附录A。", "See GB/T 31599-2024 and Annex A."), [("b", "not_listed", "error")]),
    (listed("GB/T 31599-2015"), [("refs", "superseded", "warning")]),
    (listed("GB/T 33531-2017"), [("refs", "withdrawn", "error")]),
    (listed("GB/T 40000-2026"), [("refs", "upcoming", "warning")]),
    (listed("GB/T 99999-2020"), [("refs", "unknown_standard", "warning")]),
    (listed("GB/T 31599"), []),
    (body("refs", f"{REFS[0]}\n《社会保险法》", f"{REFS[1]}\n《社会保险法》"), [("refs", "no_number", "warning")]),
    (body("refs", "GB/T 31596.1-2015  术语", "GB/T 31596.1-2015  Terms"), [("a", "dated", "warning")]),
    (body("refs", "GB/T 31596（所有部分）  术语", "GB/T 31596 (all parts)  Terms"), []),
    (body("refs", "下列文件中的内容构成必不可少的条款。\nGB/T 31596.1  术语", "GB/T 31596.1  Terms"), []),
])
def test_the_references(clauses: list[Clause], expected: list[tuple[str, str, str]]) -> None:
    assert flaws(clauses) == expected


def test_a_dated_reference_to_another_edition_is_an_error() -> None:
    clauses = [replace(one, body=two("见GB/T 31599—2015和附录A。", "See Annex A.")) if one.key == "b" else one
               for one in listed("GB/T 31599-2024")]
    assert ("b", "dated", "error") in flaws(clauses)


def test_the_sentences_name_number_and_successor() -> None:
    told = [one.sentence for one in check(listed("GB/T 31599-2015"), LIBRARY, ON)]
    assert told == [two("2：GB/T 31599-2015 在2026年6月1日已被 GB/T 31599-2024 代替。",
                        "2: GB/T 31599-2015 has been superseded by GB/T 31599-2024 on 2026-06-01.")]
    assert [one.kind for one in check(listed("GB/T 31599-2015"), LIBRARY, date(2024, 6, 1))] == []


def test_no_normative_references_need_no_number() -> None:
    clauses = body("refs", "本文件没有规范性引用文件。", "There are no normative references in this document.")
    clauses = [replace(one, body=two("经办机构见{#b}。", "See {#b}.")) if one.key == "a" else one for one in clauses]
    assert flaws(clauses) == []


def test_terms_are_used_and_defined_once() -> None:
    extra = Clause("t2", "term", 2, two("参保人", "insured person"), two("参加保险的人。", "person insured."))
    assert flaws(after("term", extra)) == [("t2", "term_unused", "warning")]
    again = replace(SOUND[4], key="t2", heading=two("经办机构", "agency"))
    assert flaws(after("term", again)) == [("t2", "term_twice", "error")]


def test_missing_translations_and_uneven_bodies() -> None:
    assert flaws(body("b", "应办结，见附录A。", "")) == [("b", "untranslated", "warning")]
    assert flaws(edited("b", heading=two("", "Only English"))) == [("b", "untranslated", "warning")]
    assert flaws(body("b", "应办结，见附录A。", ""), languages=("zh",)) == []
    assert flaws(body("b", "应办结，见附录A：\n\na) 甲；\nb) 乙。", "Shall be closed, see Annex A.")) == [
        ("b", "uneven", "warning")]


def test_words_that_nobody_can_measure() -> None:
    found = check(body("b", "应及时、尽快办结，见附录A。", "Closed as soon as possible, see Annex A."), LIBRARY, ON)
    assert [one.sentence for one in found] == [two(
        "4.2：“及时”“尽快”“as soon as possible”无法衡量，请写明时限或数量。",
        "4.2: “及时”, “尽快”, “as soon as possible” cannot be measured; give a time or a number.")]
    assert flaws(body("b", "应办结，见附录A。\n\n注：尽快即可。", "Closed, see Annex A.\n\nNOTE: promptly.")) == []


def test_signs_of_the_other_script() -> None:
    assert flaws(body("b", "应办结,见附录A。", "Shall be closed, see Annex A.")) == [("b", "signs", "warning")]
    assert flaws(body("b", "应办结，见附录A。", "Shall be closed， see Annex A.")) == [("b", "signs", "warning")]


def test_every_flaw_speaks_both_languages_and_three_hundred_clauses_are_quick() -> None:
    many = [one for place in range(150)
            for one in (clause(f"p{place}"), clause(f"q{place}", 2, "及时,见GB/T 1-2000。", "x"))]
    start = time.process_time()
    found: list[Flaw] = check([*SOUND, *many], LIBRARY, ON)
    assert time.process_time() - start < 1
    assert len(found) > 500 and all(one.sentence.zh and one.sentence.en for one in found)


def many_terms(count: int, used: bool) -> list[Clause]:
    return [Clause(f"t{place}", "term", 2, two(f"术语{place}号", f"term{place} agency"),
                   two("机构" * 50 + (f"术语{place + 1}号" if used else ""), "an agency of this term " * 20))
            for place in range(count)]


def test_only_clauses_with_all_parts_of_a_term_are_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = []

    def counted(self: Any, entry: Clause, place: int, *rest: Any) -> bool:
        looked.append(place)
        return found(self, entry, place, *rest)

    found = TERMS._Uses._found
    monkeypatch.setattr(TERMS._Uses, "_found", counted)
    unused = [one for one in flaws(many_terms(200, used=False)) if one[1] == "term_unused"]
    assert len(unused) == 200 and looked == []
    unused = [one for one in flaws(many_terms(200, used=True)) if one[1] == "term_unused"]
    # 术语5号 has its pairs in the clause that uses it and in few others, in no case in all 200.
    assert [one[0] for one in unused] == ["t0"] and len(looked) < 10 * 200


def test_terms_without_end_are_looked_for_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TERMS, "MOST_LOOKED", 100)
    apart = [Clause("t1", "term", 2, two("甲乙丙", ""), two("甲乙，乙丙。" * 20, "")),
             Clause("t2", "term", 2, two("乙丙丁", ""), two("甲乙，乙丙。" * 20, ""))]
    assert [one for one in flaws(apart) if one[1] == "term_unused"] == [("t2", "term_unused", "warning")]
    monkeypatch.setattr(TERMS, "MOST_READ", 100)
    assert ("", "terms_unread", "warning") in flaws(apart)


def test_a_document_is_looked_up_and_not_compared_with_every_citation(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counted(number: StandardNumber) -> tuple[tuple[str, str], tuple[str, str]]:
        asked.append(number)
        return keys(number)

    keys = CITING._keys
    monkeypatch.setattr(CITING, "_keys", counted)
    lines = "\n".join(f"GB/T {place}-2000  甲" for place in range(100, 300))
    clauses = [Clause("refs", "references", 1, two("", ""), two(lines, "")),
               *(clause(f"c{place}", 1, f"见GB/T {place}-2000。") for place in range(100, 300))]
    assert not [one for one in flaws(clauses) if one[1] in ("not_cited", "not_listed", "dated")]
    assert len(asked) <= 10 * 200
