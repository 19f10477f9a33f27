"""Rules in and out: as rows, as DMN and as workbooks; what a place has to say so that its rule is what was written."""

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from jizhun.entitlements.dmn import Runner, lowered, read_model, write_model
from jizhun.entitlements.dmn.model import Decision, DecisionTable, Knowledge, Model, OutputClause, Text
from jizhun.entitlements.feel.values import Fault
from jizhun.entitlements.interchange import Offered, from_xlsx, to_xlsx
from jizhun.entitlements.interchange.opening import sheets
from jizhun.entitlements.rules import Entitlements, Rule, read_all, rule_for
from jizhun.entitlements.rules.assembling import ELIGIBLE
from jizhun.entitlements.rules.book import Cited, Version
from jizhun.entitlements.rules.exchanging import (
    CITING,
    KINDS,
    by_name,
    changed_parts,
    file_parts,
    is_empty,
    kind_of,
    labelled,
    model_parts,
    plain_parts,
    version_row,
)
from jizhun.entitlements.rules.proofreading import At, mistakes
from jizhun.kernel.bilingual import Bilingual, Refused
from worlds import SmallPlaces, seed_entitlement_rows, seed_entitlements, seed_places

SHIPPED = [version for versions in seed_entitlements().versions.values() for version in versions]
PLACES = SmallPlaces(seed_places())
PAPER = Cited("new-paper", Bilingual("第一条", "Article 1"), "V", "seen")
DAY = "2027-01-01"


def of(version: Version) -> Rule:
    rule = rule_for(seed_entitlements(), version.entitlement, PLACES.path(version.place, version.valid_from),
                    version.valid_from)
    assert rule
    return rule


def above(version: Version) -> Rule | None:
    path = PLACES.path(version.place, version.valid_from)[:-1]
    return rule_for(seed_entitlements(), version.entitlement, path, version.valid_from) if path else None


def named(one: Version) -> str:
    return f"{one.entitlement}-{one.place}-{one.valid_from}"


every_version = pytest.mark.parametrize("version", SHIPPED, ids=named)


def recorded(code: str, row: dict[str, Any], place: str = "CN") -> Rule:
    """The rule at a place from the day on which it says ``row``, put together anew from the rows of the seeds."""
    rows = [one if one["code"] != code else {**one, "versions": [*one["versions"], row]}
            for one in seed_entitlement_rows()]
    facts = [{"code": one.code, "type": one.type, "label_zh": one.label.zh, "label_en": one.label.en,
              "question_zh": one.question.zh, "question_en": one.question.en, "low": one.low, "high": one.high,
              "decimals": one.decimals, "unit": one.unit, "options": [
                  {"code": option, "zh": words.zh, "en": words.en} for option, words in one.options]}
             for one in seed_entitlements().facts.values()]
    rule = rule_for(read_all(facts, rows), code, PLACES.path(place, date.fromisoformat(row["from"])),
                    date.fromisoformat(row["from"]))
    assert rule
    return rule


# -- rows

@every_version
def test_a_rule_as_rows_is_the_rule(version):
    """Said anew as rows from another day on, every part is as it was, its citations too."""
    rule = of(version)
    row = version_row(changed_parts(plain_parts(rule), rule, above(version), version.place), region=version.place,
                      first=DAY, cited=PAPER)
    again = recorded(version.entitlement, row, version.place)
    own = {name: one for name, one in by_name(plain_parts(rule)).items() if rule.said_by[name] == version.place}
    assert {name: by_name(plain_parts(again))[name] for name in own} == own
    assert {name for name, place in again.said_by.items() if place == version.place} == own.keys()
    if version.place == "CN":
        assert plain_parts(again) == plain_parts(rule)


@every_version
def test_nothing_is_wrong_with_what_is_shipped(version):
    assert mistakes(plain_parts(of(version)), seed_entitlements().facts) == []


# -- DMN

@every_version
@pytest.mark.parametrize("language", ["", "zh", "en"])
def test_a_rule_goes_out_as_dmn_and_comes_back_as_it_was(version, language):
    rule = of(version)
    model = labelled(rule, language) if language else rule.model
    again = read_model(write_model(model))
    assert again.decisions and _bare(again) == _bare(rule.model)
    parts = file_parts(write_model(model), rule, seed_entitlements().facts)
    assert parts == plain_parts(rule)
    assert is_empty(changed_parts(parts, rule, rule, "somewhere else"))


def _bare(model: Model) -> dict[str, Any]:
    """What a model decides by: expressions and tables by name, labels apart."""
    return {one.name: one.logic.text if isinstance(one.logic, Text) else
            ([clause.expression for clause in one.logic.inputs], [(row.tests, row.outputs) for row in one.logic.rows],
             one.logic.policy, one.logic.aggregation)
            for one in model.decisions if isinstance(one.logic, Text | DecisionTable)}


def benefit() -> Rule:
    return of(next(one for one in SHIPPED if named(one) == "unemployment_benefit-CN-2025-01-01"))


def edited(rule: Rule, **logic: Any) -> Model:
    """The model of a rule with other logic in some decisions; None takes one away."""
    decisions = [replace(one, logic=logic[one.name]) if one.name in logic else one for one in rule.model.decisions]
    return replace(rule.model, decisions=tuple(one for one in decisions if one.logic is not None))


def table_of(rule: Rule, name: str) -> DecisionTable:
    logic = rule.part(name).logic  # type: ignore[union-attr]
    assert isinstance(logic, DecisionTable)
    return logic


def changed_table(rule: Rule) -> DecisionTable:
    table = table_of(rule, "new_months")
    rows = [replace(row, outputs=("15",)) if row.tests == ("[12..60)",) else row for row in table.rows]
    return replace(table, rows=tuple(rows))


EDITS = {
    "a cell": lambda rule: edited(rule, new_months=changed_table(rule)),
    "a row less, one changed": lambda rule: edited(rule, new_months=replace(
        table_of(rule, "new_months"), rows=(*table_of(rule, "new_months").rows[1:3], replace(
            table_of(rule, "new_months").rows[3], tests=("< 12, >= 120",))))),
    "an expression": lambda rule: edited(rule, paid_a_year=Text("contribution_months >= 6")),
    "a table becomes an expression": lambda rule: edited(rule, new_months=Text("min(24, contribution_months)")),
    "a condition less": lambda rule: edited(rule, eligible=Text("paid_a_year and against_will and registered"),
                                            no_pension=None),
    "a condition more": lambda rule: replace(edited(rule, eligible=Text(
        "paid_a_year and against_will and registered and no_pension and local")), decisions=(
        *edited(rule, eligible=Text("paid_a_year and against_will and registered and no_pension and local")).decisions,
        Decision("d-local", "local", "boolean", "Lives here", "", Text("benefit_month < 30")))),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_a_changed_model_becomes_parts_a_version_and_the_same_rule(edit):
    """Model, changed parts, version row, rule put together: for hundreds of persons all decide as the model does."""
    rule = benefit()
    model = edit(rule)
    parts = file_parts(write_model(model), rule, seed_entitlements().facts)
    said = changed_parts(parts, rule, rule, "330100")
    row = version_row(said, region="330100", first=DAY, until="2028-12-31", cited=PAPER)
    places = SmallPlaces({**seed_places(), "330000": {"level": 1, "in": "CN"}, "330100": {"level": 2, "in": "330000"}})
    book = seed_entitlements()
    head = next(one for one in seed_entitlement_rows() if one["code"] == "unemployment_benefit")
    _, (version,) = _read({**head, "versions": [row]})
    day = date(2027, 1, 1)
    there = Entitlements(book.facts, book.heads,
                         {"unemployment_benefit": (*book.versions["unemployment_benefit"], version)})
    again = rule_for(there, "unemployment_benefit", places.path("330100", day), day)
    assert again and again.nearest == "330100"
    one, other = Runner(lowered(model)), again.runner
    for person in persons():
        scope = {**person, "today": day}
        for name in (ELIGIBLE, "months", "extension_months"):
            assert _outcome(one, name, scope) == _outcome(other, name, scope), (name, person)


def _read(row: dict[str, Any]) -> Any:
    from jizhun.entitlements.rules.reading import read_entitlement

    return read_entitlement(row, seed_entitlements().facts)


def _outcome(runner: Runner, name: str, scope: dict[str, Any]) -> Any:
    try:
        return runner.decide(name, scope)
    except Fault as fault:
        return str(fault)


def persons() -> list[dict[str, Any]]:
    return [{"contribution_months": Decimal(paid), "unused_months": Decimal(unused), "left_against_will": yes,
             "registered_seeking": True, "draws_pension": not yes, "birth_date": born, "sex": "female",
             "women_age_group": "age_50", "benefit_month": Decimal(month), "level": Decimal(1000)}
            for paid in (0, 5, 6, 11, 12, 59, 60, 119, 120, 300) for unused in (0, 3) for yes in (True, False)
            for born in (date(1969, 3, 1), date(1977, 6, 1)) for month in (1, 31)]


def test_only_what_differs_is_said_and_the_new_paper_speaks_for_it():
    rule = benefit()
    said = changed_parts(model_parts(EDITS["a cell"](rule), rule, seed_entitlements().facts), rule, rule, "330100")
    assert {kind: [one["name"] for one in rows] for kind, rows in said.items() if rows} == {"workings": ["new_months"]}
    (working,) = said["workings"]
    assert working["zh"] == "按缴费时间计算的月数" and not set(CITING) & working.keys()
    assert [row["then"] for row in working["table"]["rows"]] == ["0", "15", "18", "24"]


def test_what_a_place_says_already_goes_along_with_its_own_paper():
    version = next(one for one in SHIPPED if one.place == "610100")
    rule, nation = of(version), above(version)
    parts = plain_parts(rule)
    parts["conditions"][0] = {**parts["conditions"][0], "holds": "contribution_months >= 6"}
    said = changed_parts(parts, rule, nation, "610100")
    (months,) = said["workings"]
    assert months["document"] == "xian-unemployment-months" and months["clause_zh"] == "领取期限"
    assert "document" not in said["conditions"][0]
    row = version_row(said, region="610100", first=DAY, cited=PAPER)
    again = recorded("unemployment_benefit", row, "610100")
    assert again.part("new_months").cited.document == "xian-unemployment-months"  # type: ignore[union-attr]
    assert again.part("paid_a_year").cited == PAPER  # type: ignore[union-attr]


def test_what_is_as_above_again_is_no_longer_said():
    version = next(one for one in SHIPPED if one.place == "610100")
    rule, nation = of(version), above(version)
    assert nation
    said = changed_parts(plain_parts(nation), rule, nation, "610100")
    assert is_empty(said)


def test_rows_of_a_table_keep_their_own_citations_while_they_stand():
    version = next(one for one in SHIPPED if named(one) == "employees_pension-CN-2025-01-01")
    rule = of(version)
    table = table_of(rule, "divisor")
    assert rule.part("divisor").per_row  # type: ignore[union-attr]
    changed = replace(table,
                      rows=tuple(replace(row, outputs=("200",)) if row.tests == ("48",) else row for row in table.rows))
    said = changed_parts(model_parts(edited(rule, divisor=changed), rule, seed_entitlements().facts), rule, rule,
                         "330000")
    marks = {row["when"][0]: row.get("mark") for row in said["workings"][0]["table"]["rows"]}
    assert marks["50"] == "V" and marks["48"] is None
    assert next(row for row in said["workings"][0]["table"]["rows"] if row["when"] == ["50"])["document"] == \
        "pension-decision-2005"


def test_a_row_that_was_changed_rests_on_the_new_paper_and_the_others_on_their_own():
    """In the form and in a workbook every row carries its citation along."""
    rule = of(next(one for one in SHIPPED if named(one) == "injury_lump_sum-CN-2011-01-01"))
    parts = plain_parts(rule)
    rows = next(row for row in parts["results"] if row["name"] == "amount")["table"]["rows"]
    rows[2]["then"] = "own_wage * (lump_months + 1)"
    (said,) = changed_parts(parts, rule, rule, "990101")["results"]
    assert [row.get("clause_en") for row in said["table"]["rows"]] == [
        "Article 35, paragraph 1, item 1", "Article 36, paragraph 1, item 1", None]
    assert not set(CITING) & (said.keys() | said["table"]["rows"][2].keys())


def test_what_an_editor_notes_beside_a_row_becomes_its_clause():
    rule = benefit()
    table = table_of(rule, "new_months")
    noted = replace(table, rows=(replace(table.rows[0], description="Point 4"), *table.rows[1:]))
    parts = file_parts(write_model(edited(rule, new_months=noted)), rule, seed_entitlements().facts)
    (said,) = changed_parts(parts, rule, rule, "330100")["workings"]
    assert [row.get("clause_en") for row in said["table"]["rows"]] == ["Point 4", None, None, None]


def test_a_condition_less_is_repealed_and_a_result_cannot_be_dropped():
    rule = benefit()
    parts = plain_parts(rule)
    less = {**parts, "conditions": parts["conditions"][:-1]}
    assert changed_parts(less, rule, rule, "330100")["repeals"] == ["no_pension"]
    with pytest.raises(Refused, match="“months” is said above and cannot be dropped"):
        changed_parts({**parts, "results": parts["results"][1:]}, rule, rule, "330100")
    with pytest.raises(Refused, match="“level” is said above"):
        changed_parts({**parts, "measures": []}, rule, rule, "330100")


REFUSED = [
    pytest.param(lambda rule: edited(rule, eligible=Text("paid_a_year or against_will")), "joined by “and”", id="or"),
    pytest.param(lambda rule: edited(rule, eligible=Text("paid_a_year and not(against_will)")), "column 17", id="not"),
    pytest.param(lambda rule: edited(rule, eligible=Text("paid_a_year and (")), "eligible", id="unreadable"),
    pytest.param(lambda rule: edited(rule, eligible=Text("paid_a_year and left_against_will")),
                 "“left_against_will”, which is no condition", id="a fact"),
    pytest.param(lambda rule: edited(rule, eligible=Text("paid_a_year and new_months")),
                 "“new_months”, which is no condition", id="a working"),
    pytest.param(lambda rule: edited(rule, eligible=None), "no decision “eligible”", id="without eligible"),
    pytest.param(lambda rule: edited(rule, paid_a_year=table_of(rule, "new_months")), "must be an expression",
                 id="a table as a condition"),
    pytest.param(lambda rule: edited(rule, new_months=replace(
        changed_table(rule), outputs=(OutputClause("a"), OutputClause("b")),
        rows=tuple(replace(row, outputs=("1", "2")) for row in changed_table(rule).rows))), "one output",
                 id="two outputs"),
    pytest.param(lambda rule: edited(rule,
                                     new_months=replace(changed_table(rule), outputs=(OutputClause(default="3"),))),
                 "a default", id="a default"),
    pytest.param(lambda rule: edited(rule, new_months=replace(changed_table(rule), inputs=tuple(
        replace(one, allowed="1,2") for one in changed_table(rule).inputs))), "allowed values", id="allowed values"),
    pytest.param(lambda rule: replace(rule.model, knowledge=(Knowledge("k", "half"),)), "“half”",
                 id="a knowledge model"),
    pytest.param(lambda rule: replace(rule.model, inputs=(*rule.model.inputs, replace(rule.model.inputs[0], id="x",
                                                                                      name="shoe_size"))),
                 "“shoe_size” is no fact", id="an input that is no fact"),
]


@pytest.mark.parametrize(("edit", "sentence"), REFUSED)
def test_what_no_rule_can_hold_is_refused_with_its_name(edit, sentence):
    rule = benefit()
    with pytest.raises(Refused, match=re.escape(sentence)):
        file_parts(write_model(edit(rule)), rule, seed_entitlements().facts)


@pytest.mark.parametrize(("content", "sentence"), [
    (b"", "not XML"), (b"<a/>", "not a DMN file"), (b"PK\x03\x04", "not XML"),
    (b'<!DOCTYPE a><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "DOCTYPE")])
def test_a_file_that_is_no_model_is_refused_in_a_sentence(content, sentence):
    with pytest.raises(Refused, match=sentence):
        file_parts(content, benefit(), seed_entitlements().facts)


@pytest.mark.parametrize(("text", "kind"), [
    ("1 + 2", "number"), ("a > 1", "boolean"), ("a and b", "boolean"), ("not(a)", "boolean"), ('"x"', "string"),
    ("a in [1..3]", "boolean"), ('date("2026-01-01")', "date"), ("true", "boolean"), ("(((", "number")])
def test_a_new_step_comes_to_what_it_looks_like(text, kind):
    assert kind_of(Text(text)) == kind


# -- workbooks

OFFERED = Offered([("new-paper", Bilingual("新文件", "New paper"))],
                  [("benefit_amount", Bilingual("待遇金额", "Amount"))],
                  list(seed_entitlements().facts.values()))
VERSION = {"entitlement": "unemployment_benefit", "region": "330100", "from": DAY, "until": "2028-12-31",
           "document": "new-paper", "clause_zh": "第一条", "mark": "V", "source": "=HYPERLINK(1)"}


@every_version
def test_a_rule_goes_out_as_a_workbook_and_comes_back_as_it_was(version):
    parts = plain_parts(of(version))
    brought = from_xlsx(to_xlsx(parts, VERSION, OFFERED))
    assert brought.wrong == () and brought.parts == parts and brought.version == VERSION


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"),
                              exclude_characters="\uFFFE\uFFFF"),
                min_size=1, max_size=30).filter(str.strip)
NAMES = st.from_regex(r"[a-z][a-z_0-9]{0,40}", fullmatch=True)
WHOLE_CITING = st.fixed_dictionaries({key: TEXTS | st.just("") for key in CITING if key not in ("document", "mark")}
                                     | {"document": NAMES | st.just(""),
                                        "mark": st.sampled_from(["V", "V-repo", "D", "R", "SIM"])})
OWN_CITING = WHOLE_CITING | st.just({})
LOGIC = st.fixed_dictionaries({"is": TEXTS})


@st.composite
def tables(draw: st.DrawFn) -> dict[str, Any]:
    inputs = draw(st.lists(TEXTS, min_size=1, max_size=3))
    row = st.builds(lambda when, then, citing: {"when": when, "then": then, **citing},
                    st.lists(TEXTS, min_size=len(inputs), max_size=len(inputs)), TEXTS, OWN_CITING)
    more = draw(st.sampled_from([{}, {"policy": "FIRST"}, {"policy": "COLLECT", "aggregation": "SUM"},
                                 {"policy": "RULE ORDER"}]))
    return {"table": {"inputs": inputs, "rows": draw(st.lists(row, min_size=1, max_size=4)), **more}}


@st.composite
def any_parts(draw: st.DrawFn) -> dict[str, Any]:
    names = iter(draw(st.lists(NAMES, min_size=6, max_size=6, unique=True)))
    words = lambda: {"zh": draw(TEXTS), "en": draw(TEXTS)}  # noqa: E731
    options = st.lists(st.fixed_dictionaries({"code": NAMES, "zh": TEXTS, "en": TEXTS}), min_size=1, max_size=3)
    results = [{"name": next(names), "unit": draw(st.sampled_from(["CNY", "month", "text"])),
                "bound": draw(st.sampled_from(["raise", "at_most", "free"])), "main": draw(st.booleans()), **words(),
                **draw(LOGIC | tables()), **draw(OWN_CITING),
                **draw(st.just({}) | st.builds(lambda one: {"options": one}, options)),
                **draw(st.just({}) | st.fixed_dictionaries({"none_zh": TEXTS, "none_en": TEXTS}))} for _ in range(2)]
    given = st.dictionaries(NAMES, NAMES, min_size=1, max_size=2)
    return {"conditions": [{"name": next(names), "holds": draw(TEXTS), **words(), **draw(OWN_CITING)}],
            "workings": [{"name": next(names), "type": draw(st.sampled_from(["number", "boolean", "string", "date"])),
                          **words(),
                          **draw(LOGIC | tables()), **draw(OWN_CITING)} for _ in range(2)],
            "results": results,
            "measures": [{"name": next(names), "measure": draw(NAMES), "subject": draw(NAMES | st.just("*")),
                          **draw(st.just({}) | st.builds(lambda one: {"given": one}, given)),
                          **draw(st.just({}) | st.builds(lambda one: {"day": one}, NAMES))}]}


@settings(max_examples=60)
@given(any_parts())
def test_whatever_is_written_into_a_workbook_comes_back(parts):
    assert from_xlsx(to_xlsx(parts, {}, Offered())).parts == parts


def test_cells_that_somebody_typed_as_numbers_and_days_are_read_as_written():
    content = typed([["name", "zh", "en", "is", "kind", *COLUMNS], [""] * 4,
                     ["a", "甲", "A", 12.0, "working"], ["b", "乙", "B", 0.6, "步骤"],
                     ["c", "丙", "C", True, "working 步骤"],
                     ["d", "丁", "D", datetime(2026, 1, 1), "working"]])
    brought = from_xlsx(content)
    assert [row["is"] for row in brought.parts["workings"]] == ["12", "0.6", "true", "2026-01-01"]
    found = mistakes(brought.parts, {})
    assert [(one.at, brought.at(one.at, one.sentence).cell) for one in found] == [(At("d", "is"), "D6")]
    assert 'date("2026-01-01")' in found[0].sentence.en


COLUMNS = ["type", "unit", "bound", "main", "none_zh", "none_en", *CITING]


def typed(rows: list[list[Any]], **more: list[list[Any]]) -> bytes:
    """A workbook as somebody else's program writes it."""
    made = BytesIO()
    with Workbook(made, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        for name, table in {"rule 规则": rows, **more}.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(table):
                sheet.write_row(number, 0, row)
    return made.getvalue()


HEAD = ["kind", "name", "zh", "en", "is", *COLUMNS]


@pytest.mark.parametrize(("rows", "more", "sheet", "cell", "sentence"), [
    ([HEAD, [], ["fee", "a", "甲", "A", "1"]], {}, "rule 规则", "A3", "There is no “fee”"),
    ([[*HEAD, "colour"], [], ["working", "a", "甲", "A", "1"]], {}, "rule 规则", "S1", "no column “colour”"),
    ([HEAD[:4], []], {}, "rule 规则", "A1", "“is” is missing"),
    ([HEAD, [], ["result", "a", "甲", "A", "1", "", "CNY", "sometimes"]], {}, "rule 规则", "H3",
     "There is no “sometimes”"),
    ([HEAD, [], ["working", "a", "甲", "A", "1"]], {"more": [["x"]]}, "more", "A1", "A1 must be “table”"),
    ([HEAD, [], ["working", "a", "甲", "A", ""]], {"b": [["table", "b"], ["when", "then"], ["x", ""], ["1", "2"]]}, "b",
     "B1",
     "no part “b”"),
    ([HEAD, [], ["working", "a", "甲", "A", "1"]], {"a": [["table", "a"], ["when", "then"], ["x", ""], ["1", "2"]]},
     "rule 规则", "E3", "an expression and a table"),
    ([HEAD, [], ["working", "a", "甲", "A"]], {"a": [["table", "a"], ["when", "sometimes"], ["x", ""], ["1", "2"]]},
     "a", "A2",
     "no “then” column"),
    ([HEAD, [], ["working", "a", "甲", "A"]],
     {"a": [["table", "a", "", "MOSTLY"], ["when", "then"], ["x", ""], ["1", "2"]]},
     "a", "D1", "There is no “MOSTLY”"),
    ([HEAD, [], ["working", "a", "甲", "A", "1"]], {"version 版本": [["from", "soon"]]}, "version 版本", "B1",
     "“soon” is not a date"),
    ([HEAD, [], ["working", "a", "甲", "A", "1", *[""] * 9, "sure"]], {}, "rule 规则", "O3", "There is no “sure”"),
    ([HEAD, []], {"measures 指标": [["name", "measure", "subject", "given", "day"], [], ["m", "x", "*", "by month"]]},
     "measures 指标", "D3", "dimension = fact or value"),
    ([HEAD, []], {"options 选项": [["result", "code", "zh", "en"], [], ["r", "", "甲", "A"]]}, "options 选项", "B3",
     "cannot be empty"),
])
def test_what_is_wrong_in_a_workbook_is_told_by_sheet_and_cell(rows, more, sheet, cell, sentence):
    found = from_xlsx(typed(rows, **more)).wrong
    assert [(one.sheet, one.cell) for one in found if sentence in one.sentence.en] == [(sheet, cell)], found


def test_a_wrong_expression_is_told_by_its_cell_and_its_column():
    parts = plain_parts(benefit())
    parts["workings"][0]["is"] = "12 * today.year + "
    table = next(row for row in parts["workings"] if row["name"] == "new_months")["table"]
    table["rows"][2]["when"], table["rows"][3]["then"] = ["[60..nowhere)"], "ceil(3)"
    brought = from_xlsx(to_xlsx(parts, VERSION, OFFERED))
    told = [brought.at(one.at, one.sentence) for one in mistakes(brought.parts, seed_entitlements().facts)]
    assert {(one.sheet, one.cell) for one in told} == {("rule 规则", "E7"), ("new_months", "A6"), ("new_months", "B7")}
    assert any("“nowhere”" in one.sentence.en and "column 6" in one.sentence.en for one in told)


@pytest.mark.parametrize(("content", "sentence"), [
    (b"", "not an XLSX file"), (b"PK\x03\x04 and no more", "damaged"), (b"a,b,c", "not an XLSX file"),
    (b"x" * (6 * 2**20), "larger than 5 MB"),
    (typed([["kind"]]).replace(b"xl/workbook.xml", b"xl/workbuch.xml"), "not an XLSX")])
def test_a_file_that_is_no_workbook_is_refused_in_a_sentence(content, sentence):
    with pytest.raises(Refused, match=sentence):
        from_xlsx(content)


def test_another_workbook_is_refused_and_one_that_reaches_too_far():
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet("other").write_string("XFD90000", "far")
    with pytest.raises(Refused, match="reaches as far as XFD90000"):
        sheets(made.getvalue())
    made = BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet("other").write_string("A1", "near")
    with pytest.raises(Refused, match="no sheet “rule 规则”"):
        from_xlsx(made.getvalue())


# -- mistakes

@pytest.mark.parametrize(("change", "at", "sentence"), [
    ({"name": "1st"}, At("1st", "name"), "begins with no digit"),
    ({"name": "sex"}, At("sex", "name"), "is taken"),
    ({"name": "eligible"}, At("eligible", "name"), "is taken"),
    ({"name": "true"}, At("true", "name"), "means something else"),
    ({"name": "min"}, At("min", "name"), "cannot be a name"),
    ({"en": " "}, At("paid_a_year", "en"), "in English"),
    ({"holds": ""}, At("paid_a_year", "holds"), "An expression is wanted"),
    ({"holds": "paid >"}, At("paid_a_year", "holds"), "column 7"),
    ({"holds": "shoe_size > 40"}, At("paid_a_year", "holds"), "“shoe_size”"),
    ({"holds": "today >= 2026-01-01"}, At("paid_a_year", "holds"), "subtraction"),
])
def test_each_mistake_is_told_with_its_place(change, at, sentence):
    parts = plain_parts(benefit())
    parts["conditions"][0] = {**parts["conditions"][0], **change}
    found = mistakes(parts, seed_entitlements().facts)
    assert sentence in next(one for one in found if one.at == at).sentence.en
    assert all(kind in KINDS for kind in parts)
