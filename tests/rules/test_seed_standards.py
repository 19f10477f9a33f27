"""The shipped standards and systems, and what is refused when a row is read."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import pytest

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.numbering import parse_standard
from jizhun.standards.rules.framework import Framework, detail_lines, statistics
from jizhun.standards.rules.library import CURRENT, KINDS, OBJECTS, SUPERSEDED, Library, Standard, make_library
from jizhun.standards.rules.reading import read_frameworks, read_library, read_standard
from worlds import ROOT, read_yaml

FOLDER = ROOT / "data" / "standards"
TODAY = date(2026, 11, 24)
HRSS = {f"NB0{number}" for number in (*range(17, 31), 49, 50, 65, 70)}
OF_24421 = {*(f"10{n}" for n in range(1, 7)), *(f"20{n}" for n in range(1, 9)), *(f"30{n}" for n in range(1, 6))}


@cache
def rows() -> list[dict[str, Any]]:
    return list(read_yaml(FOLDER / "library.yaml")["standards"])


@cache
def library() -> Library:
    return make_library(read_library(read_yaml(FOLDER / "library.yaml")))


@cache
def frameworks() -> dict[str, Framework]:
    return {one.code: one for one in read_frameworks(read_yaml(FOLDER / "frameworks.yaml"))}


@cache
def known_codes() -> frozenset[str]:
    """Codes of all items and matters of the catalogue that ships."""
    folder = ROOT / "data" / "catalogue"
    return frozenset(row["code"] for part in ("items", "matters") for row in read_yaml(folder / f"{part}.yaml")[part])


@cache
def places() -> frozenset[str]:
    lines = (ROOT / "data" / "regions" / "regions.csv").read_text("utf-8").splitlines()[1:]
    return frozenset(line.split(",")[0] for line in lines)


def standards() -> list[Standard]:
    return list(library().by_number.values())


def words_of(one: Framework) -> Iterator[Bilingual]:
    """All words of a framework, those of entries with a number left out where there are none."""
    yield from (one.name, one.explanation)
    yield from (node.name for node in one.nodes)
    for entry in one.entries:
        yield from () if entry.number else (entry.title, entry.basis)


# -- the library that ships -----------------------------------------------------------------------------


def test_there_are_more_than_sixty_standards_and_every_row_reads() -> None:
    assert len(rows()) == len(standards()) > 60
    assert {one.kind for one in standards()} == set(KINDS) - {"internal"}


def test_numbers_stand_as_the_kernel_writes_them() -> None:
    assert [row["number"] for row in rows()] == [str(parse_standard(row["number"])) for row in rows()]


@pytest.mark.parametrize("number", [row["number"] for row in rows()])
def test_a_standard_has_both_languages_a_place_that_exists_and_known_subjects(number: str) -> None:
    one = library().by_number[number]
    assert one.region in places()
    assert set(one.serves) <= known_codes()
    assert one.title.zh and one.title.en
    for words in (one.issuer, one.custodian, one.scope, one.note):
        assert bool(words.zh) == bool(words.en)


@pytest.mark.parametrize("number", [row["number"] for row in rows()])
def test_what_is_read_names_its_page_and_what_is_recalled_says_so(number: str) -> None:
    one = library().by_number[number]
    if one.mark == "V":
        assert one.source.startswith("http") and "回忆" not in one.note.zh
    else:
        assert one.mark == "R" and one.note.zh and one.note.en


def test_whatever_is_replaced_is_in_the_library_and_of_the_same_name() -> None:
    for one in standards():
        for number in one.replaces:
            old = library().by_number[number]
            assert old.parsed and one.parsed and old.parsed.undated == one.parsed.undated, number
            assert library().status(old, TODAY) == SUPERSEDED and library().status(one, TODAY) == CURRENT


def test_what_a_standard_cites_inside_the_library_is_found() -> None:
    cited = {cite.number for one in standards() for cite in one.cites}
    assert {"GB/T 2260", "GB 32100", "GB/T 33527", "GB/T 33554"} <= cited
    found = library().find("GB/T 33527")
    assert found and found.number == "GB/T 33527-2017"
    assert [one.number for one in library().cited_by["GB/T 2260"]] == ["DB22/T 2848-2017"]


@pytest.mark.parametrize(("number", "on", "edition"), [
    ("GB/T 31597", TODAY, "GB/T 31597-2022"),
    ("GB/T 24421.2", date(2023, 3, 16), "GB/T 24421.2-2009"),
    ("GB/T 24421.2", date(2023, 3, 17), "GB/T 24421.2-2023"),
    ("GB/T 35617", date(2026, 3, 31), "GB/T 35617-2017"),
    ("GB/T 35617", date(2026, 4, 1), "GB/T 35617-2025"),
    ("GB/T 1.1", date(2020, 9, 30), "GB/T 1.1-2009"),
    ("GB/T 1.1", date(2020, 10, 1), "GB/T 1.1-2020"),
])
def test_an_undated_reference_means_the_edition_in_force(number: str, on: date, edition: str) -> None:
    found = library().resolve(number, on)
    assert found and found.number == edition


def test_local_standards_stand_at_their_places() -> None:
    at = {one.number: one.region for one in standards() if one.kind in ("local", "group")}
    assert (at["DB51/T 3044-2023"], at["DB5108/T 54-2024"]) == ("510000", "510800")
    assert (at["DB31117/Z 016-2022"], at["T/CQTSHRA 006-2024"]) == ("310117", "500000")


# -- the systems that ship ------------------------------------------------------------------------------


def test_every_node_of_gb_t_24421_is_there_under_its_sub_system() -> None:
    nodes = {node.code: node.parent for node in frameworks()["services"].nodes}
    assert {code for code, parent in nodes.items() if parent} == OF_24421
    assert all(parent == f"{code[0]}00" for code, parent in nodes.items() if parent)


@pytest.mark.parametrize("code", ["services", "businesses"])
def test_a_system_is_explained_and_speaks_both_languages(code: str) -> None:
    one = frameworks()[code]
    assert all(words.zh and words.en for words in words_of(one))
    for text in (one.explanation.zh, one.explanation.en):
        paragraphs = text.split("\n\n")
        assert 3 <= len(paragraphs) <= 6 and not any("\n" in paragraph for paragraph in paragraphs)
    assert "本项目" in one.explanation.zh and "this project" in one.explanation.en


@pytest.mark.parametrize("code", ["services", "businesses"])
def test_every_line_exists_in_the_library_or_is_a_proposal(code: str) -> None:
    for entry in frameworks()[code].entries:
        assert set(entry.serves) <= known_codes(), entry
        assert entry.mark == "R" and entry.plan_year == 0
        found = library().find(entry.number)
        assert bool(found) == bool(entry.number), entry
        if found:
            assert (entry.kind, entry.object_class) == (found.kind, found.object_class), entry
            assert set(entry.serves) <= set(found.serves), entry


def test_no_standard_stands_twice_in_a_node_and_every_end_node_of_businesses_has_lines() -> None:
    for one in frameworks().values():
        named = [(entry.node, entry.number or entry.title.zh) for entry in one.entries]
        assert len(named) == len(set(named))
    one = frameworks()["businesses"]
    assert {node.code for node in one.nodes if node.parent} == {entry.node for entry in one.entries}


@pytest.mark.parametrize("item", sorted(HRSS))
def test_every_item_of_human_resources_is_served(item: str) -> None:
    served = {code.partition("-")[0] for entry in frameworks()["businesses"].entries for code in entry.serves}
    assert item in served


@pytest.mark.parametrize("code", ["services", "businesses"])
def test_the_tables_count_what_is_there(code: str) -> None:
    lines = detail_lines(frameworks()[code], library(), TODAY)
    counted = statistics(lines)
    assert counted.total.should == len(lines) == sum(one.should for one in counted.by_kind.values())
    assert counted.total.have == sum(1 for line in lines if line.entry.number)
    assert set(counted.by_object) == set(OBJECTS)


# -- what is refused ------------------------------------------------------------------------------------

GOOD: Mapping[str, Any] = {
    "number": "GB/T 31597-2022", "kind": "national", "title_zh": "城乡居民基本养老保险服务规范",
    "title_en": "Residents' pension services", "published_on": date(2022, 3, 9), "effective_on": "2022-10-01",
    "ics": "03.060", "ccs": "A11", "serves": ["NB050"], "replaces": ["GB/T31597—2015"],
    "cites": [{"number": "GB/T 27768", "clause": "3"}, {"number": "ISO 9001", "normative": False}],
    "adopts": [{"number": "ISO 1", "degree": "NEQ"}], "source": "https://example.org", "mark": "V"}
LOCAL = {"number": "DB51/T 3044-2023", "kind": "local", "region": "510000"}


def test_a_good_row_reads_and_its_numbers_are_mended() -> None:
    one = read_standard(GOOD)
    assert (one.number, one.effective_on, one.region) == ("GB/T 31597-2022", date(2022, 10, 1), "CN")
    assert one.replaces == ("GB/T 31597-2015",)
    assert [(cite.number, cite.normative, cite.clause) for cite in one.cites] == [
        ("GB/T 27768", True, "3"), ("ISO 9001", False, "")]
    assert (one.adopts[0].degree, one.object_class, one.serves) == ("NEQ", "service", ("NB050",))


def test_an_in_house_standard_and_a_draft_may_have_numbers_of_their_own_form() -> None:
    own = read_standard({**GOOD, "number": "示人社标 7", "kind": "internal", "region": "990000"})
    draft = read_standard({**GOOD, "number": "20261234-T-333", "in_drafting": True})
    assert (own.number, own.region, draft.number, draft.in_drafting) == (
        "示人社标 7", "990000", "20261234-T-333", True)


def test_a_title_of_our_own_is_told_in_the_note() -> None:
    one = read_standard({**GOOD, "title_en_ours": True, "note_zh": "甲。", "note_en": "One."})
    assert one.note == Bilingual("甲。英文名称为本项目所译。", "One. The English title is our translation.")


@pytest.mark.parametrize(("change", "zh", "en"), [
    ({"effectiv_on": date(2022, 1, 1)}, "没有名为“effectiv_on”的字段；是不是 effective_on？",
     "there is no field “effectiv_on”; did you mean effective_on?"),
    ({"number": None}, "缺少“number”。", "“number” is missing."),
    ({"number": "31597-2022"}, "“number”：“31597-2022”不是标准编号",
     "“number”: “31597-2022” is not a standard's number"),
    ({"kind": None}, "缺少“kind”。", "“kind” is missing."),
    ({"kind": "nationel"}, "“kind”不能是“nationel”；是不是 national？",
     "“kind” cannot be “nationel”; did you mean national?"),
    ({"kind": "local"}, "编号“GB/T”是国家标准的，“kind”不能是“local”。",
     "“GB/T” begins the number of another kind (national); “kind” cannot be “local”."),
    ({"number": "LD/T 01-2020"}, "是行业标准的", "another kind (industry)"),
    ({"number": "T/CQTSHRA 006-2024"}, "是团体标准的", "another kind (group)"),
    ({"number": "DB51/T 3044-2023"}, "是地方标准的", "another kind (local)"),
    ({"number": "Q/ABC 1-2024"}, "是内部标准的", "another kind (internal)"),
    ({"region": "510000"}, "编号“GB/T”的地区是 CN，“region”不能是“510000”。",
     "“GB/T” holds in CN; “region” cannot be “510000”."),
    ({**LOCAL, "region": "500000"}, "编号“DB51/T”的地区是 510000", "“DB51/T” holds in 510000"),
    ({**LOCAL, "number": "DB5108/T 54-2024"}, "的地区是 510800", "holds in 510800"),
    ({**LOCAL, "number": "DB31117/Z 016-2022"}, "的地区是 310117", "holds in 310117"),
    ({**LOCAL, "region": "CN"}, "的地区是 510000", "holds in 510000"),
    ({"region": "770000"}, "没有代码为 77 的省级地区", "no province has the code 77"),
    ({"title_zh": ""}, "缺少“title_zh”。", "“title_zh” is missing."),
    ({"title_en": None}, "缺少“title_en”。", "“title_en” is missing."),
    ({"published_on": "2022-02-30"}, "“published_on”：“2022-02-30”不是有效日期",
     "“published_on”: “2022-02-30” is not a date"),
    ({"published_on": "20220309"}, "“20220309”不是有效日期", "“20220309” is not a date"),
    ({"published_on": 2022}, "“published_on”应为", "“published_on” must be a date"),
    ({"published_on": date(2023, 1, 1)}, "“effective_on”（2022-10-01）早于“published_on”（2023-01-01）。",
     "“effective_on” (2022-10-01) is before “published_on” (2023-01-01)."),
    ({"ended_on": date(2022, 9, 30)}, "“ended_on”（2022-09-30）早于“effective_on”（2022-10-01）。",
     "“ended_on” (2022-09-30) is before “effective_on” (2022-10-01)."),
    ({"effective_on": None, "ended_on": date(2022, 3, 8)}, "“ended_on”（2022-03-08）早于“published_on”",
     "“ended_on” (2022-03-08) is before “published_on”"),
    ({"ics": 3.06}, "“ics”应为带引号的“03.080.99”的样子，不能是“3.06”。",
     "“ics” must look like “03.080.99”, in quotes, not “3.06”."),
    ({"ccs": "12A"}, "“ccs”应为带引号的“A12”的样子，不能是“12A”。",
     "“ccs” must look like “A12”, in quotes, not “12A”."),
    ({"object_class": "servce"}, "“object_class”不能是“servce”；是不是 service？", "“object_class” cannot be “servce”"),
    ({"mark": "W"}, "“mark”不能是“W”。", "“mark” cannot be “W”."),
    ({"mark": None}, "缺少“mark”。", "“mark” is missing."),
    ({"source": ""}, "“mark”为 V 的，须写明“source”。", "what is marked V must name its “source”."),
    ({"in_drafting": "yes"}, "“in_drafting”应为 true 或 false", "“in_drafting” must be true or false"),
    ({"title_en_ours": 1}, "“title_en_ours”应为 true 或 false", "“title_en_ours” must be true or false"),
    ({"serves": "NB050"}, "“serves”应为文字的列表。", "“serves” must be a list of texts."),
    ({"serves": [50]}, "“serves”应为文字的列表。", "“serves” must be a list of texts."),
    ({"serves": ["NB050", "NB050"]}, "“serves”中“NB050”出现两次。", "“NB050” is there twice in “serves”."),
    ({"serves": ["NB 050"]}, "“serves”：“NB 050”不能用作代码", "“serves”: “NB 050” cannot be a code"),
    ({"replaces": ["GB/T 31597—2022"]}, "“replaces”不能是该标准自己。", "“replaces” cannot be the standard itself."),
    ({"replaces": ["GB/T 31597-15"]}, "“replaces”：“GB/T 31597-15”不是标准编号：年份应为四位数字。",
     "“replaces”: “GB/T 31597-15” is not a standard's number: the year must have four digits."),
    ({"cites": ["GB/T 1.1"]}, "“cites”应为若干行", "“cites” must be a list of fields and values."),
    ({"cites": [{"number": "GB/T 31597-2022"}]}, "/GB/T 31597-2022：“cites”不能是该标准自己。",
     "/GB/T 31597-2022: “cites” cannot be the standard itself."),
    ({"cites": [{"number": "GB/T 1.1", "normativ": True}]}, "是不是 normative？", "did you mean normative?"),
    ({"cites": [{"clause": "3"}]}, "/1：缺少“number”。", "/1: “number” is missing."),
    ({"adopts": [{"number": "ISO 1", "degree": "EQV"}]}, "“degree”不能是“EQV”", "“degree” cannot be “EQV”"),
    ({"adopts": [{"number": "ISO 1"}]}, "缺少“degree”。", "“degree” is missing."),
])
def test_a_bad_row_is_refused_by_name_and_field(change: Mapping[str, Any], zh: str, en: str) -> None:
    row = {**GOOD, **change}
    with pytest.raises(Refused) as refused:
        read_standard(row)
    name = row["number"] or row["title_zh"]
    assert refused.value.sentence.zh.startswith(name) and zh in refused.value.sentence.zh
    assert refused.value.sentence.en.startswith(name) and en in refused.value.sentence.en


@pytest.mark.parametrize(("content", "zh", "en"), [
    (None, "文件中没有“standards”。", "The file holds no “standards”."),
    ([], "文件中没有“standards”。", "The file holds no “standards”."),
    ({"standard": []}, "没有名为“standard”的字段；是不是 standards？", "did you mean standards?"),
    ({"standards": ["GB/T 1.1"]}, "“standards”应为若干行", "“standards” must be a list"),
    ({"standards": [GOOD, {**GOOD, "number": "GB/T31597—2022"}]}, "“GB/T 31597-2022”出现两次。",
     "“GB/T 31597-2022” is there twice."),
])
def test_a_bad_library_is_refused(content: object, zh: str, en: str) -> None:
    with pytest.raises(Refused) as refused:
        read_library(content)
    assert zh in refused.value.sentence.zh and en in refused.value.sentence.en


NODE = {"code": "1", "name_zh": "甲", "name_en": "One"}
MADE = {"title_zh": "某规范", "title_en": "Some specification"}


def system(**change: Any) -> dict[str, Any]:
    return {"code": "some", "name_zh": "体系", "name_en": "System", "mark": "R", "nodes": [NODE], **change}


def with_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    return system(nodes=[{**NODE, "entries": [entry]}])


def test_a_good_system_reads() -> None:
    one, = read_frameworks({"frameworks": [with_entry({"number": "LD/T01—2020"})]})
    assert (one.entries[0].number, one.entries[0].kind, one.entries[0].mark) == ("LD/T 01-2020", "industry", "R")
    one, = read_frameworks({"frameworks": [with_entry({**MADE, "plan_year": 2027, "mark": "V"})]})
    assert (one.entries[0].kind, one.entries[0].plan_year, one.entries[0].mark) == ("national", 2027, "V")


@pytest.mark.parametrize(("row", "zh", "en"), [
    (system(nots=1), "some：没有名为“nots”的字段", "some: there is no field “nots”"),
    (system(code=None), "缺少“code”。", "“code” is missing."),
    (system(name_en=""), "some：缺少“name_en”。", "some: “name_en” is missing."),
    (system(mark="V"), "须写明“source”", "must name its “source”"),
    (system(region="770000"), "没有代码为 77 的省级地区", "no province has the code 77"),
    (system(nodes={"code": "1"}), "“nodes”应为若干行", "“nodes” must be a list"),
    (system(nodes=[{**NODE, "parnt": "2"}]), "some/1：没有名为“parnt”的字段；是不是 parent？", "did you mean parent?"),
    (system(nodes=[{**NODE, "name_zh": None}]), "some/1：缺少“name_zh”。", "some/1: “name_zh” is missing."),
    (system(nodes=[NODE, NODE]), "节点“1”出现两次。", "The node “1” is there twice."),
    (system(nodes=[{**NODE, "parent": "9"}]), "上级“9”不存在", "There is no node “9” above “1”."),
    (system(nodes=[{**NODE, "parent": "1"}]), "上级成环", "form a circle"),
    (with_entry({"kind": "local"}), "some/1/1：缺少“title_zh”。", "some/1/1: “title_zh” is missing."),
    (with_entry({**MADE, "title_en": ""}), "缺少“title_en”。", "“title_en” is missing."),
    (with_entry({"number": "GB/T x"}), "“number”：“GB/T x”不是标准编号",
     "“number”: “GB/T x” is not a standard's number"),
    (with_entry({**MADE, "kind": "region"}), "“kind”不能是“region”", "“kind” cannot be “region”"),
    (with_entry({**MADE, "object_class": "x"}), "“object_class”不能是“x”", "“object_class” cannot be “x”"),
    (with_entry({**MADE, "plan_year": 27}), "不能是 27。", "not 27."),
    (with_entry({**MADE, "plan_year": "2027"}), "“plan_year”应为非负整数", "“plan_year” must be a whole number"),
    (with_entry({**MADE, "serves": ["a b"]}), "“serves”：“a b”不能用作代码", "“serves”: “a b” cannot be a code"),
    (with_entry({**MADE, "mark": "X"}), "“mark”不能是“X”", "“mark” cannot be “X”"),
    (with_entry({**MADE, "bases_zh": "x"}), "是不是 basis_zh？", "did you mean basis_zh?"),
])
def test_a_bad_system_is_refused_by_name_and_field(row: Mapping[str, Any], zh: str, en: str) -> None:
    with pytest.raises(Refused) as refused:
        read_frameworks({"frameworks": [row]})
    assert zh in refused.value.sentence.zh and en in refused.value.sentence.en


def test_two_systems_of_one_code_are_refused() -> None:
    with pytest.raises(Refused, match="“some” is there twice"):
        read_frameworks({"frameworks": [system(), system()]})
