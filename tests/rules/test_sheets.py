"""The official's workbook: what is written reads back as the same provisions; every fault stands at its cell."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import BEGINNING, FAR
from jizhun.kernel.spreadsheets import cell_text, read_sheets
from jizhun.provisions.interchange.sheet import COLUMNS, INSTRUCTIONS, PAPER_COLUMNS, cells_of, paper_cells
from jizhun.provisions.interchange.sheet_reading import Asked, Sheets
from jizhun.provisions.interchange.sheet_reading import read_sheets as read_provisions
from jizhun.provisions.interchange.workbook import Filled, workbook
from jizhun.provisions.rules import Band, Formula, Paper, Row, Say, Span, Table, Tiered
from jizhun.provisions.rules.reading import read_paper, read_say
from worlds import all_measures

MEASURES = all_measures()
CHOICES = {"subjects": [("*", "通用参数"), ("I-1", "事项")],
           "measures": [(code, one.name.zh) for code, one in MEASURES.items()],
           "regions": [("P", "省"), ("C", "市")], "groups": [("all", "所有人"), ("young", "青年")],
           "units": [("times", "次")]}
ASKED = Asked({"subjects": lambda code: code in ("*", "I-1"), "regions": lambda code: code in ("P", "C"),
               "groups": lambda code: code in ("all", "young")}, MEASURES, frozenset({"on-record"}))
PAPER = Paper("a-paper", Bilingual("《文件》", "Paper"), "甲〔2026〕1号", "normative", Bilingual("厅", "Office"),
              date(2026, 1, 2), "https://example.org/a", "V")
START = date(2020, 1, 1)
Typed = dict[str, list[list[str]]]


def typed(content: bytes) -> Typed:
    return {sheet.name: [[cell_text(cell) for cell in row] for row in sheet.rows] for sheet in read_sheets(content)}


def through_a_file(*says: Say) -> Sheets:
    papers = {say.paper.code: say.paper for say in says if say.paper}
    filled = Filled([cells_of(say) for say in says], [paper_cells(one) for one in papers.values()])
    return read_provisions(typed(workbook(filled, CHOICES, "zh")), ASKED)


def said(sheets: Sheets) -> list[Say]:
    papers = {str(line.row["id"]): read_paper(line.row) for line in sheets.papers}
    return [read_say(line.row, papers) for line in sheets.lines]


# -- there and back --------------------------------------------------------------------------------------

amounts = st.decimals(0, 10**11, places=4) | st.integers(0, 10**6).map(Decimal) | st.just(Decimal("26.40"))
FORMS = {
    "basic_pension": amounts | st.builds(Formula, amounts, st.just("minimum_wage"), amounts),
    "benefit_months": amounts.map(lambda one: Table(("months",), (
        Row((("months", Span(12, 59)),), one), Row((("months", Span(60, None)),), Decimal(24))))),
    "minimum_wage": amounts.map(lambda one: Tiered("minimum_wage", (("1", one), ("2", Decimal(5))))),
    "internship_months": amounts.map(lambda one: Band(None, one)),
    "channels": st.sets(st.sampled_from(["online", "counter"])).map(frozenset),
    "telephone": st.text("甲 a1=+-@\"'\n", min_size=1).map(lambda text: Bilingual(text, "words"))}


@st.composite
def a_say(draw: st.DrawFn) -> Say:
    measure = draw(st.sampled_from(sorted(FORMS)))
    value = draw(st.none() | FORMS[measure])
    alone = value is None or isinstance(value, frozenset | Bilingual)
    first = START + timedelta(days=draw(st.integers(0, 3000)))
    new_from = draw(st.none() | st.just(first))
    words_ = st.sampled_from(["", "第一条", "=1+1", "-", "2026-01-01", "007", " a ".strip()])
    return Say(
        draw(st.sampled_from(["*", "I-1"])), measure, draw(st.sampled_from(["P", "C"])),
        draw(st.sampled_from(["all", "young"])),
        draw(st.sampled_from(["floor", "cap", "exact", "target", "delegated"])),
        value, draw(st.sampled_from(["", MEASURES[measure].unit])) if alone else MEASURES[measure].unit, first,
        draw(st.just(FAR) | st.just(first + timedelta(days=30))), draw(st.sampled_from([None, PAPER])),
        Bilingual(draw(words_), draw(words_)), BEGINNING, 0, draw(st.sampled_from(["limit", "flag"])), new_from,
        FAR if new_from is None else first + timedelta(days=400), draw(st.none() | st.just(first)), draw(words_),
        draw(st.sampled_from(["V", "V-repo", "R", "SIM"])), draw(words_), Bilingual(draw(words_), draw(words_)))


@settings(max_examples=60)
@given(st.lists(a_say(), min_size=1, max_size=4))
def test_what_is_written_reads_back_as_the_same_provisions(says: list[Say]):
    sheets = through_a_file(*says)
    assert sheets.marked == () and said(sheets) == says


def test_codes_are_shown_with_their_names_and_days_are_days():
    content = workbook(Filled([cells_of(Say("I-1", "visits", "P", "all", "cap", Decimal(2), "times", START,
                                            mark="V"))]),
                       CHOICES, "zh")
    sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_name("规定").to_python()
    row = dict(zip([column.key for column in COLUMNS], sheet[1], strict=False))
    assert (row["subject"], row["region"], row["modality"], row["mark"]) == ("I-1 事项", "P 省", "cap 上限",
                                                                             "V 已读原文")
    assert (row["value"], row["from"]) == (2.0, START)
    assert sheet[0][0] == "服务\nService\n[subject]"
    assert {"规定", "文件", "填写说明", "代码"} == set(CalamineWorkbook.from_filelike(BytesIO(content)).sheet_names)


def test_every_way_of_writing_a_value_stands_in_the_instructions():
    text = "\n".join(one.zh for one in INSTRUCTIONS)
    for sign in ("2420", "无", "{online", '" / "', "* minimum_wage", ">=", "<=", "round", "given", " .. ", "tier ",
                 "by "):
        assert sign in text
    assert len({column.key for column in COLUMNS}) == len(COLUMNS) and "id" in {one.key for one in PAPER_COLUMNS}


# -- faults ----------------------------------------------------------------------------------------------

HEADS = ["[subject]", "[measure]", "[region]", "[value]", "[from]", "[until]", "[modality]", "[unit]", "[document]",
         "[mark]", "[group]"]
GOOD = ["I-1", "visits", "P", "2", "2027-01-01", "", "", "", "", "V", ""]


def with_cell(key: str, text: str) -> Typed:
    row = [text if head == f"[{key}]" else cell for head, cell in zip(HEADS, GOOD, strict=True)]
    return {"规定": [HEADS, GOOD, row]}


@pytest.mark.parametrize(("key", "text", "cell", "sentence"), [
    ("subject", "nosuch", "规定!A3", "there is no code “nosuch”"), ("subject", "", "规定!A3", "must be filled in"),
    ("measure", "patience 耐心", "规定!B3", "there is no code “patience”"), ("region", "X", "规定!C3", "no code “X”"),
    ("value", "two", "规定!D3", "cannot be read from character 1 on: “two”"),
    ("value", "", "规定!D3", "must be filled"),
    ("from", "2027-02-30", "规定!E3", "“2027-02-30” is not a date"), ("from", "46000", "规定!E3", "is not a date"),
    ("until", "2026-12-31", "规定!F3", "is before the first day"), ("modality", "must", "规定!G3", "no code “must”"),
    ("unit", "CNY", "规定!H3", "this measure is counted in times"),
    ("document", "lost", "规定!I3", "neither on record"),
    ("mark", "X", "规定!J3", "there is no code “X”"), ("group", "old", "规定!K3", "there is no code “old”")])
def test_a_fault_stands_at_its_cell(key: str, text: str, cell: str, sentence: str):
    (fault,) = read_provisions(with_cell(key, text), ASKED).marked
    assert (fault.cell, fault.row, fault.key) == (cell, 3, key)
    assert sentence in fault.sentence.en and fault.sentence.zh


def test_all_faults_are_told_at_once_and_empty_rows_are_none():
    rows = [HEADS, [""] * len(HEADS), ["nosuch", "visits", "P", "x", "soon"], GOOD]
    sheets = read_provisions({"规定": rows, "文件": [["[id]", "[title_zh]"], ["p", ""]]}, ASKED)
    assert [one.cell for one in sheets.marked] == ["文件!B2", "规定!A3", "规定!E3", "规定!D3"]
    assert [line.number for line in sheets.lines] == [3, 4]


def test_the_faults_come_back_marked_in_the_workbook_with_what_was_typed():
    sheets = read_provisions(with_cell("value", "two"), ASKED)
    again = read_provisions(typed(workbook(sheets.filled, CHOICES, "en")), ASKED)
    assert [(one.row, one.key) for one in again.marked] == [(3, "value")]
    assert [line.typed["value"] for line in again.lines] == ["2", "two"]


def test_columns_may_be_moved_and_left_out_and_rows_name_papers_of_both_sheets():
    heads = ["From\n[from]", "Anything", "[value]", "[measure]", "[subject]", "[region]", "[document]"]
    rows = [heads, ["2027-01-01", "?", "无", "visits", "I-1", "P", "on-record"],
            ["2028-01-01", "", "1", "visits", "I-1 事项", "P 省", "a-new-one"]]
    sheets = read_provisions({"Provisions": rows, "Papers": [["[id]", "[title_zh]"], ["a-new-one", "新"]]}, ASKED)
    assert sheets.marked == ()
    assert [(line.row["value"], line.row["unit"], line.row["document"]) for line in sheets.lines] == [
        (None, "", "on-record"), ("1", "times", "a-new-one")]


@pytest.mark.parametrize(("sheets", "sentence"), [
    ({}, "no sheet “规定”"), ({"规定": [HEADS]}, "no row on the sheet"),
    ({"规定": [HEADS[1:], GOOD]}, "lacks the column"),
    ({"规定": [[*HEADS, "[colour]"], GOOD]}, "“[colour]”"), ({"规定": [[*HEADS, "[value]"], GOOD]}, "“[value]”"),
    ({"规定": [HEADS, *([GOOD] * 2001)]}, "2000 rows at most")])
def test_a_workbook_that_is_none_of_ours_is_one_sentence(sheets: Typed, sentence: str):
    with pytest.raises(Refused) as refusal:
        read_provisions(sheets, ASKED)
    assert sentence in refusal.value.sentence.en and refusal.value.sentence.zh


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut():
    say = Say("I-1", "visits", "P", "all", "floor", Decimal(1), "times", START, note=Bilingual("长" * 33_000, ""))
    with pytest.raises(Refused, match="too long for a cell"):
        workbook(Filled([cells_of(say)]), CHOICES, "en")
