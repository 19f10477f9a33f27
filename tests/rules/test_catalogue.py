"""The catalogue that ships: its counts, its sources, what changed between the editions; and how faults are refused."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from jizhun.catalogue.rules import COLUMNS, KINDS, MARKS, Catalogue, Content
from jizhun.catalogue.rules.reading import FIELDS, read
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.numbering import parse_item, parse_matter

FOLDER = Path(__file__).resolve().parents[2] / "data" / "catalogue"
HRSS = [17, 18, *range(19, 31), 49, 50, 65, 70]
AREAS_OF_THE_PILOT = ["学有所教", "劳有所得", "老有所养", "弱有所扶", "优军服务保障"]
PER_AREA = [9, 9, 12, 16, 4, 3, 14, 4, 9]
PER_CATEGORY = [4, 2, 3, 1, 4, 2, 2, 10, 2, 12, 2, 2, 2, 2, 1, 2, 5, 1, 8, 4, 7, 2]


@pytest.fixture(scope="module")
def content() -> Content:
    return read({file.name: file.read_text("utf-8") for file in sorted(FOLDER.glob("*.yaml"))})


@pytest.fixture(scope="module")
def held(content: Content) -> Catalogue:
    return Catalogue(content)


class TestTheListItself:
    def test_it_has_the_published_totals(self, held: Catalogue) -> None:
        outline = held.outline("2021")
        assert [sum(len(entries) for _, entries in categories) for _, categories in outline] == PER_AREA
        assert [len(entries) for _, categories in outline for _, entries in categories] == PER_CATEGORY
        assert (len(outline), len(PER_CATEGORY), sum(PER_CATEGORY)) == (9, 22, 80)

    def test_the_edition_of_2023_has_one_item_more_in_the_first_category(self, held: Catalogue) -> None:
        (first, *others) = [len(entries) for _, categories in held.outline("2023") for _, entries in categories]
        assert [first - 1, *others] == PER_CATEGORY

    def test_numbers_run_without_a_gap_and_codes_are_the_numbers_of_2021(self, held: Catalogue) -> None:
        for edition, last in (("2021", 80), ("2023", 81)):
            assert sorted(entry.number for entry in held.editions[edition].values()) == list(range(1, last + 1))
        assert all(parse_item(code).number == entry.number for code, entry in held.editions["2021"].items())

    def test_eighteen_items_lie_in_the_five_areas_that_the_pilot_named(self, held: Catalogue) -> None:
        assert [parse_item(item.code).number for item in held.in_field()] == HRSS
        areas = [area.name.zh for area, categories in held.outline("2021")
                 if any(entry.in_field for _, entries in categories for entry in entries)]
        assert areas == AREAS_OF_THE_PILOT

    def test_lead_departments_that_are_easily_mistaken(self, held: Catalogue) -> None:
        lead = {code: held.item(code, "2021").lead.zh for code in ("NB004", "NB043", "NB044", "NB065", "NB070")}
        assert [lead[code] for code in ("NB004", "NB043", "NB044")] == ["国家医疗保障局"] * 3
        assert lead["NB065"].startswith("中国残疾人联合会")
        assert lead["NB070"].startswith("退役军人事务部")

    def test_the_eighteen_have_five_columns_each_in_both_languages(self, held: Catalogue) -> None:
        for item in held.in_field():
            columns = [held.item(item.code, "2021").column(name) for name in COLUMNS]
            assert all(told.zh and told.en and told.source for told in columns), item.code
            assert all(told.mark == "R" or told.verified for told in columns)

    def test_columns_of_2021_are_shown_for_2023_as_carried_over(self, held: Catalogue) -> None:
        assert held.item("NB029", "2021").payer.carried_from == ""
        assert held.item("NB029", "2023").payer.carried_from == "2021"
        assert held.item("NB029", "2023").payer.zh == held.item("NB029", "2021").payer.zh

    @pytest.mark.parametrize(("on", "edition"), [
        (date(2021, 4, 19), None), (date(2021, 4, 20), "2021"), (date(2023, 8, 8), "2021"), (date(2023, 8, 9), "2023")])
    def test_one_edition_is_in_force_on_a_day(self, held: Catalogue, on: date, edition: str | None) -> None:
        found = held.edition_on(on)
        assert (found and found.code) == edition
        assert held.edition_on(on, root="US-BOS") is None

    def test_a_recalled_name_is_never_called_verified(self, held: Catalogue) -> None:
        verified = {code for code, entry in held.editions["2021"].items() if entry.verified}
        assert verified == {"NB002", "NB004", "NB011", "NB019", "NB020", "NB024", "NB032", "NB046", "NB053", "NB071"}
        assert all(entry.number_mark == "R" for entries in held.editions.values() for entry in entries.values())


class TestEveryRow:
    def test_has_a_source_a_mark_and_both_languages(self, content: Content) -> None:
        tables = (content.editions, content.areas, content.categories, content.items, content.matters, content.groups)
        for fact in (fact for table in tables for fact in table.values()):
            assert fact.source and fact.mark in MARKS, fact.code
            assert fact.name.zh and fact.name.en and fact.name.zh != fact.name.en, fact.code
            assert not any("一" <= sign <= "鿿" for sign in fact.name.en), fact.code

    def test_of_a_law_names_the_clause_in_both_languages(self, content: Content) -> None:
        laws = [one for one in (*content.matters.values(), *content.groups.values()) if "LawRefBook" in one.source]
        assert len(laws) > 80
        for one in laws:
            assert one.basis.zh.startswith("《") and "第" in one.basis.zh, one.code
            assert "article" in one.basis.en, one.code

    def test_no_name_stands_twice_under_an_item(self, content: Content) -> None:
        for language in ("zh", "en"):
            names = Counter((one.item, one.name.in_language(language)) for one in content.matters.values())
            assert max(names.values()) == 1


class TestMatters:
    def test_are_an_example_split_with_codes_of_their_own(self, content: Content) -> None:
        for matter in content.matters.values():
            code = parse_matter(matter.code)
            assert matter.example and code.example and str(code.item) == matter.item
            assert matter.kind in KINDS

    def test_cover_every_one_of_the_eighteen_and_nothing_else(self, held: Catalogue) -> None:
        assert {matter.item for matter in held.matters.values()} == {item.code for item in held.in_field()}

    def test_arbitration_is_not_a_government_service(self, held: Catalogue) -> None:
        others = {code for code, matter in held.matters.items() if not matter.government_service}
        assert others == {"NB028-EX01", "NB028-EX02", "NB028-EX03"}

    def test_codes_that_case_records_rest_on_stay(self, held: Catalogue) -> None:
        names = {item: held.name(f"{item}-EX01").zh for item in ("NB029", "NB030", "NB049", "NB050")}
        assert names == {"NB029": "失业保险金申领", "NB030": "工伤认定申请", "NB049": "职工基本养老金申领",
                         "NB050": "城乡居民基本养老金申领"}

    def test_chain_leads_to_the_item_and_the_general_parameters(self, held: Catalogue) -> None:
        assert held.chain("NB029-EX01") == ("NB029-EX01", "NB029", "*")
        assert held.chain("NB029") == ("NB029", "*")
        assert held.chain("*") == ("*",)


class TestWhatChanged:
    def test_is_exactly_what_was_published(self, held: Catalogue) -> None:
        changes = [(one.item, one.kind) for one in held.difference("2021", "2023") if one.kind != "number"]
        assert changes == [
            ("NB002", "wording_tidied"), ("NB081", "added"), ("NB004", "wording_tidied"), ("NB011", "level_raised"),
            ("NB014", "name"), ("NB014", "level_raised"), ("NB032", "lead_changed"), ("NB046", "level_raised"),
            ("NB053", "recipients_widened"), ("NB071", "recipients_widened")]

    def test_every_later_item_moved_up_by_one(self, held: Catalogue) -> None:
        moved = [one for one in held.difference("2021", "2023") if one.kind == "number"]
        assert len(moved) == 78
        assert all(int(one.after.zh) == int(one.before.zh) + 1 for one in moved if one.before and one.after)
        assert {one.mark for one in moved} == {"R"}

    def test_counts_are_kept_where_the_items_are_not_named(self, held: Catalogue) -> None:
        counts = {one.kind: (one.count, one.unnamed) for one in held.announced("2021", "2023")}
        assert counts == {"added": (1, 0), "level_raised": (3, 0), "recipients_widened": (2, 0),
                          "wording_tidied": (41, 39), "lead_changed": (10, 9)}

    def test_a_new_name_shows_both(self, held: Catalogue) -> None:
        (renamed,) = (one for one in held.difference("2021", "2023") if one.kind == "name")
        assert renamed.before and renamed.after
        assert (renamed.before.zh, renamed.after.zh) == ("贫困地区学生营养膳食补助", "农村义务教育学生营养膳食补助")

    def test_backwards_the_new_item_is_gone_and_nothing_is_announced(self, held: Catalogue) -> None:
        kinds = Counter(one.kind for one in held.difference("2023", "2021"))
        assert kinds == {"removed": 1, "number": 78, "name": 1}
        assert held.announced("2023", "2021") == ()

    def test_between_an_edition_and_itself_there_is_nothing(self, held: Catalogue) -> None:
        assert held.difference("2023", "2023") == ()


class TestGroups:
    def test_go_from_the_narrowest_to_everybody(self, held: Catalogue) -> None:
        assert held.groups("zero-employment") == ("zero-employment", "hardship", "jobseeker", "all")
        assert held.groups("all") == ("all",)

    def test_of_one_person_are_ordered_by_precedence(self, held: Catalogue) -> None:
        both = ("zero-employment", "veteran", "hardship", "jobseeker", "all")
        assert held.groups(["veteran", "zero-employment"]) == both
        assert held.groups("zero-employment,veteran") == both

    def test_no_two_share_a_precedence(self, content: Content) -> None:
        assert max(Counter(group.precedence for group in content.groups.values()).values()) == 1

    def test_a_narrower_one_speaks_before_a_wider_one(self, held: Catalogue) -> None:
        for code in held.wider:
            order = [group.precedence for group in held.up(code)]
            assert order == sorted(order)


class TestSlipsOfThePen:
    @pytest.mark.parametrize(("asked", "sentence"), [
        (lambda held: held.item("NB092", "2023"), "There is no item “NB092”; did you mean NB029?"),
        (lambda held: held.item("nb029", "2023"), "There is no item “nb029”; did you mean NB029?"),
        (lambda held: held.item("NB081", "2021"), "There is no item “NB081”; did you mean"),
        (lambda held: held.chain("NB029-EX10"), "no matter or item “NB029-EX10”; did you mean NB029-EX01?"),
        (lambda held: held.groups("hardshp"), "There is no group “hardshp”; did you mean hardship?"),
        (lambda held: held.entry("NB029", "2032"), "There is no edition “2032”; did you mean 2023?"),
        (lambda held: held.difference("2021", "x"), "There is no edition “x”."),
    ])
    def test_get_a_suggestion(self, held: Catalogue, asked: Callable[[Catalogue], object], sentence: str) -> None:
        with pytest.raises(Refused) as refusal:
            asked(held)
        assert sentence in refusal.value.sentence.en
        assert refusal.value.sentence.zh


SMALL = """
source: a test
mark: SIM
editions:
  - {code: A, name_zh: 甲, name_en: First, valid_from: 2020-01-01}
  - {code: B, name_zh: 乙, name_en: Second, valid_from: 2022-01-01, based_on: A}
areas:
  - {code: X, name_zh: 域, name_en: Area, categories: [{code: X1, name_zh: 类, name_en: Category}]}
items:
  - {code: one, category: X1, name_zh: 一, name_en: One}
  - {code: two, category: X1, name_zh: 二, name_en: Two, last_edition: A}
  - {code: three, category: X1, name_zh: 三, name_en: Three}
columns:
  - {item: one, payer: {zh: 省, en: Province}, lead: {zh: 厅, en: Department}}
  - {item: one, edition: B, payer: {zh: 国家, en: Nation, mark: R}}
"""


class TestAnyOtherList:
    def test_a_column_that_both_editions_state_is_compared_and_others_are_not(self) -> None:
        changes = Catalogue(read({"small.yaml": SMALL})).difference("A", "B")
        assert [(one.item, one.kind, one.mark) for one in changes] == [
            ("one", "payer", "SIM"), ("two", "removed", "SIM"), ("three", "number", "SIM")]
        assert changes[0].before and (changes[0].before.en, changes[0].after and changes[0].after.en) == (
            "Province", "Nation")

    def test_after_its_last_day_an_edition_without_a_successor_holds_no_more(self) -> None:
        held = Catalogue(read({"small.yaml": SMALL.replace("based_on: A}", "based_on: A, valid_until: 2022-12-31}")}))
        assert held.edition_on(date(2022, 12, 31)) == held.edition("B")
        assert held.edition_on(date(2023, 1, 1)) is None

    def test_everybody_is_there_without_being_written(self) -> None:
        assert Catalogue(read({"small.yaml": SMALL})).groups("all") == ("all",)

    @pytest.mark.parametrize(("old", "new", "sentence"), [
        ("code: three,", "code: one,", "small.yaml, line 12: the code “one” stands there twice"),
        ("code: three,", "code: 'a b',", "line 12: “a b” cannot be a code"),
        ("name_en: Three", "name_en: ''", "line 12: “name_en” is missing"),
        ("category: X1, name_zh: 三", "category: Y9, name_zh: 三", "line 12: “category” cannot be “Y9”"),
        ("category: X1, name_zh: 三", "categry: X1, name_zh: 三", "line 12: there is no field “categry”; did you mean"),
        ("last_edition: A", "last_edition: C", "line 11: “last_edition” cannot be “C”"),
        ("2020-01-01", "soon", "line 5: “valid_from” must be a date like 2026-11-24, not “soon”"),
        ("2020-01-01", "2020-02-30", "a value cannot be read"),
        ("mark: SIM", "mark: sure", "“mark” cannot be “sure”"),
        ("mark: SIM", "mark: SIM\nmark: R", "line 2: “mark” stands there twice"),
        ("items:", "itmes:", "there is no field “itmes”; did you mean items?"),
        ("{item: one, edition: B", "{item: one, edition: A", "line 15: one stands there twice for A"),
        ("{zh: 省, en: Province}", "省", "line 14: “payer” must be written {zh: …, en: …}"),
        ("source: a test", "", "“source” is missing"),
        ("editions:", "editions: [", "small.yaml, line"),
        ("based_on: A}", "based_on: A, announced: [{kind: added, items: [four]}]}", "there is no item “four”"),
        ("based_on: A}", "based_on: A, announced: [{kind: added, count: 0, items: [one]}]}", "0 items, but 1 named"),
    ])
    def test_a_fault_is_refused_with_file_and_line(self, old: str, new: str, sentence: str) -> None:
        assert old in SMALL
        with pytest.raises(Refused) as refusal:
            read({"small.yaml": SMALL.replace(old, new, 1)})
        assert sentence in refusal.value.sentence.en
        assert "small.yaml" in refusal.value.sentence.zh

    @pytest.mark.parametrize(("groups", "sentence"), [
        ("[{code: a, name_zh: 甲, name_en: A, parent: b}]", "“parent” cannot be “b”"),
        ("[{code: a, name_zh: 甲, name_en: A, precedence: 9}, {code: b, name_zh: 乙, name_en: B, parent: a, "
         "precedence: 9}]", "the precedence of “b” must be lower than that of “a”"),
        ("[{code: a, name_zh: 甲, name_en: A, precedence: high}]", "“precedence” must be a whole number"),
        ("[{code: a, name_zh: 甲, name_en: A, parent: a, precedence: 9}]", "the precedence of “a” must be lower"),
    ])
    def test_groups_that_do_not_hang_together_are_refused(self, groups: str, sentence: str) -> None:
        with pytest.raises(Refused, match="line 2:") as refusal:
            read({"small.yaml": f"{{source: a test, mark: SIM,\ngroups: {groups}}}\n"})
        assert sentence in refusal.value.sentence.en

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_the_example_in_the_documentation_is_a_list(self, language: str) -> None:
        page = (FOLDER.parents[1] / "docs" / language / "packages.md").read_text("utf-8")
        (example,) = (block for block in re.findall(r"```yaml\n(.*?)```", page, re.S) if "items:" in block)
        assert Catalogue(read({"catalogue.yaml": example})).chain("XX-STREETS-POTHOLE")[1] == "XX-STREETS"
        assert all(f"`{name}`" in page for name in (*FIELDS, *KINDS, *MARKS))

    def test_a_matter_finds_its_item_by_its_code_or_says_it(self) -> None:
        matters = ("matters:\n  - {code: one-EX01, name_zh: 事, name_en: Matter}\n"
                   "  - {code: other, item: three, name_zh: 又, name_en: Another, kind: permit}\n")
        read_ones = read({"small.yaml": SMALL + matters}).matters
        assert [one.item for one in read_ones.values()] == ["one", "three"]
        with pytest.raises(Refused, match="“item” is missing"):
            read({"small.yaml": SMALL + matters.replace("one-EX01", "four-EX01")})
