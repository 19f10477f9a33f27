"""Faults in the system of standards: every case under tests/cases/standards, and laws that hold for any library."""

from collections.abc import Mapping
from datetime import date
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.standards.rules.faults import FAULT_KINDS, Fault, by_gravity, compared, faults, mender, overlaps
from jizhun.standards.rules.faults.overlaps import core
from jizhun.standards.rules.framework import Entry, Framework, Node, make_framework
from jizhun.standards.rules.graph import by_its_number
from jizhun.standards.rules.library import Cite, Library, Standard, StandardClause, make_library
from worlds import CASES, read_yaml

ALL = read_yaml(CASES / "standards" / "faults.yaml")["cases"]
ON = date(2026, 11, 24)


def standard_of(row: Mapping[str, Any]) -> Standard:
    """A standard from a row in short form; what its number says is taken from there."""
    known = by_its_number(row["number"])
    assert known is not None
    cites = [Cite(one) for one in row.get("cites", ())] + [Cite(one, False) for one in row.get("mentions", ())]
    return Standard(
        row["number"], row.get("kind") or known.kind, Bilingual(row["title"], ""), row.get("region") or known.region,
        row.get("published"), row.get("effective"), row.get("ended"), row.get("draft", False),
        serves=tuple(row.get("serves", ())), replaces=tuple(row.get("replaces", ())), cites=tuple(cites))


def library_of(case: Mapping[str, Any]) -> Library:
    more = case.get("replaces", {})
    return make_library(standard_of(row | ({"replaces": more[row["number"]]} if row["number"] in more else {}))
                        for row in case["standards"])


def framework_of(rows: Mapping[str, Any]) -> Framework:
    return make_framework(
        rows["code"], NO_WORDS, [Node(code, "", Bilingual(name, "")) for code, name in rows["nodes"].items()],
        [Entry(row["node"], row.get("number", ""), Bilingual(row.get("title", ""), "")) for row in rows["entries"]])


def found_in(case: Mapping[str, Any]) -> list[Fault]:
    limits: dict[str, dict[tuple[str, ...], tuple[int, str]]] = {}
    for row in case.get("limits", ()):
        key = (row["subject"], row["measure"], row.get("group", "all"), row.get("unit", ""))
        limits.setdefault(row["number"], {})[key] = (row["value"], row["better"])
    clauses = {number: [StandardClause(row["number"], row["number"], NO_WORDS, Bilingual(row["body"], ""))
                        for row in rows] for number, rows in case.get("clauses", {}).items()}
    return faults(
        library_of(case), [framework_of(case["framework"])] if "framework" in case else [], on=case["day"],
        subjects={code: Bilingual(name, "") for code, name in case.get("subjects", {}).items()},
        path=case.get("path", ["CN"]), limits=limits, clauses=clauses, names={"NB021": Bilingual("失业登记", "")})


def in_short(fault: Fault) -> str:
    level = f" {fault.level}" if fault.level else ""
    return f"{fault.severity} {fault.kind}{level}: {', '.join(fault.subjects)} @ {fault.place}"


@pytest.mark.parametrize("case", ALL, ids=[case["name"] for case in ALL])
def test_case(case: Mapping[str, Any]) -> None:
    found = found_in(case)
    assert sorted(map(in_short, found)) == sorted(case["expect"])
    for language, sentence in case.get("says", {}).items():
        assert sentence in [fault.sentence.in_language(language) for fault in found]


def test_every_kind_of_fault_has_a_case_and_a_name() -> None:
    planted = {line.split(":")[0].split()[1] for case in ALL for line in case["expect"]}
    assert planted == set(FAULT_KINDS)


def test_every_sentence_is_there_in_both_languages_and_ends() -> None:
    for case in ALL:
        for fault in found_in(case):
            assert fault.sentence.zh.endswith("。") and fault.sentence.en.endswith(".")


def test_they_come_by_gravity_and_then_by_number() -> None:
    case = next(case for case in ALL if case["name"] == "What stands higher cites what stands lower")
    found = found_in(case)
    assert [fault.severity for fault in found] == ["fault"] * 2 + ["look"] * 4
    assert [fault.subjects[0] for fault in found[2:]] == [
        "GB/T 90001-2022", "GB/T 90001-2022", "LD/T 901-2020", "DB51/T 90-2023"]


def test_national_and_industry_standards_are_mended_by_the_nation_and_all_others_where_they_hold() -> None:
    places = {kind: mender(Standard("x", kind, NO_WORDS, "510800"))
              for kind in ("national", "industry", "local", "group", "internal")}
    assert places == {"national": "CN", "industry": "CN", "local": "510800", "group": "510800", "internal": "510800"}


def test_a_likeness_comes_with_its_score_and_the_clauses_it_is_about() -> None:
    case = next(case for case in ALL if "clauses" in case)
    (fault,) = found_in(case)
    assert fault.score is not None and fault.score >= 0.8
    assert [(its, theirs) for its, theirs, _ in fault.clauses] == [("6.3", "5.1")]


@pytest.mark.parametrize(("title", "left"), [
    ("职业介绍服务规范", "职业介绍"), ("社会保险服务 总则", "社会保险"),
    ("标准体系构建原则和要求", "标准体系构建原则和"),
    ("服务规范", "服务规范"), ("招聘会", "招聘会")])
def test_titles_are_compared_without_their_usual_endings(title: str, left: str) -> None:
    assert core(title) == left


def test_the_tree_of_places_may_be_given() -> None:
    paths = {"A": ("A",), "A-1": ("A", "A-1"), "A-2": ("A", "A-2")}
    three = [Standard(f"X-{code}", "local", Bilingual("", "Job fairs"), code) for code in paths]
    found = overlaps(make_library(three), ON, path_of=lambda code: paths[code])
    assert [fault.subjects for fault in found] == [("X-A-1", "X-A"), ("X-A-2", "X-A")]
    assert overlaps(make_library(three), ON) == []


def test_two_offices_may_each_have_a_document_of_one_title() -> None:
    two = [Standard(f"Q/{name} 1-2020", "internal", Bilingual("窗口规范", ""), "510100") for name in ("A", "B")]
    assert [fault.severity for fault in overlaps(make_library(two), ON)] == ["look"]


NUMBERS = ("GB 1-2010", "GB/T 1-2020", "GB/T 2.1-2015", "GB/T 2.2-2015", "LD/T 3-2018", "DB51/T 4-2020",
           "DB5101/T 5-2021", "T/CAS 6-2020")
DAYS = st.dates(date(2009, 1, 1), date(2030, 1, 1))


@st.composite
def libraries(draw: st.DrawFn) -> Library:
    names = st.lists(st.sampled_from([*NUMBERS, "GB/T 1", "GB/T 2.1", "GB/T 99"]), max_size=3)
    return make_library(standard_of({
        "number": number, "title": draw(st.sampled_from(["招聘会服务规范", "招聘会规范", "养老", "档案"])),
        "effective": draw(st.none() | DAYS), "ended": draw(st.none() | DAYS), "draft": draw(st.booleans()),
        "cites": draw(names), "mentions": draw(names), "replaces": draw(names), "serves": ["NB001"],
    }) for number in draw(st.sets(st.sampled_from(NUMBERS))))


@given(libraries(), DAYS)
def test_any_library_on_any_day_can_be_looked_through(library: Library, on: date) -> None:
    found = faults(library, [], on=on, subjects={"NB001": NO_WORDS, "NB002": NO_WORDS}, path=("CN", "510000"))
    assert found == by_gravity(found)
    assert len({(one.kind, one.level, one.subjects, one.sentence.en) for one in found}) == len(found)
    assert sum(one.subjects[0] == "NB002" for one in found) == 3
    for fault in found:
        if fault.subjects[0] in library.by_number and fault.kind not in ("circular_reference",):
            assert fault.place == mender(library.by_number[fault.subjects[0]])


@given(libraries())
def test_whether_two_are_compared_does_not_depend_on_which_comes_first(library: Library) -> None:
    for one in library.by_number.values():
        assert not compared(one, one)
        for other in library.by_number.values():
            assert compared(one, other) == compared(other, one)


def test_a_library_of_three_thousand_is_looked_through_in_seconds() -> None:
    many = make_library(Standard(
        f"DB{11 + at % 5}/T {at}-2020", "local", Bilingual(f"{chr(0x4E00 + at)}{chr(0x5000 + at)}服务规范", ""),
        f"{11 + at % 5}0000", effective_on=date(2020, 1, 1), cites=(Cite(f"DB{11 + (at + 1) % 5}/T {at + 1}"),),
        serves=(f"NB{at % 80:03}",)) for at in range(3_000))
    start = process_time()
    faults(many, [], on=ON, subjects={f"NB{at:03}": NO_WORDS for at in range(80)}, path=("CN", "110000"))
    assert process_time() - start < 5
