"""Anybody's workbook: what is one, what would harm the process, what its cells say; and what this house writes."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.kernel.archives import OLD, Limits, opened
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.spreadsheets import (
    Placed,
    address,
    cell_text,
    column_letters,
    open_book,
    placed_rows,
    read_sheets,
)
from jizhun.kernel.texts import storable
from jizhun.kernel.workbooks import (
    HEAD,
    LONGEST_CELL,
    finished,
    line_count,
    new_book,
    offer,
    print_across,
    row_height,
    sheet_name,
    write_text,
)

SHEET = "xl/worksheets/sheet1.xml"
OPEN, CLOSE = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>', \
    b"</sheetData></worksheet>"
FAR = [
    b'<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>',
    b"<row r='1'><c r='XFD1'><v>1</v></c></row><row r='1048576'><c r='A1048576'><v>1</v></c></row>",
    b'<row r="1"><c s="&gt;" t="n" r="xfd1048576"><v>1</v></c></row>',
    b'<row r="1"><c zr="A1" r="XFD1048576"><v>1</v></c></row>',
    b"<row r=\"1\"><c z=' r=\"A1\"' r=\"XFD1048576\"><v>1</v></c></row>",
    b'<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>',
    b'<row r="1"><c r="XFD&#49;"><v>1</v></c></row><row r="1048576"><c\n\tr="A1048576"><v>1</v></c></row>',
    b'<row r="1"><c r="A1"/></row><c r="XFD99999999999"/>',
]


def book(fill: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as workbook:
        fill(workbook)
    return made.getvalue()


def small(workbook: xlsxwriter.Workbook) -> None:
    workbook.add_worksheet("甲").write_row(0, 0, ["a", 2])


def changed(content: bytes, name: str = "", text: bytes = b"", rename: Callable[[str], str] = str) -> bytes:
    """The archive with a part put in or replaced, and parts renamed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            if part != name:
                after.writestr(rename(part), before.read(part))
        if name:
            after.writestr(rename(name), text)
    return made.getvalue()


def refusal(content: bytes, name: str = "a.xlsx", limits: Limits = Limits()) -> str:  # noqa: B008
    with pytest.raises(Refused) as told:
        read_sheets(content, name, limits=limits)
    assert told.value.sentence.zh and "\n" not in told.value.sentence.en
    return told.value.sentence.en


# -- what is no workbook, or a monstrous one -------------------------------------------------------


def test_only_a_workbook_is_one():
    assert refusal(b"a,b") == "“a.xlsx”: it is not an XLSX file: save it as .xlsx."
    assert refusal(b"a,b", "") == "It is not an XLSX file: save it as .xlsx."
    assert refusal(OLD + bytes(600)) == ("“a.xlsx”: it is an old file (.xls) or has a password: take the password off "
                                         "and save it as .xlsx.")
    assert "is not an XLSX file" in refusal(changed(book(small), rename=lambda one: one.replace("xl/w", "xl/v")))
    assert "damaged" in refusal(book(small)[:900])
    with pytest.raises(Refused, match=r"it is not a DOCX file: save it as \.docx"):
        opened(book(small), "a", kinds=("docx",))
    assert opened(book(small), "a")[0] == "xlsx"


def test_macros_doubled_parts_and_what_is_too_large_are_refused():
    assert "macros" in refusal(changed(book(small), "xl/vbaProject.bin", b"x"))
    assert "damaged" in refusal(changed(book(small), "XL\\workbook.xml", b"<workbook/>"))
    assert "larger than 1 MB" in refusal(bytes(2**20 + 1), limits=Limits(packed=2**20))
    bomb = changed(book(small), "xl/media/a.bin", bytes(3 * 2**20))
    assert len(bomb) < 2**15 and "unpacked it is larger than 2 MB" in refusal(bomb, limits=Limits(unpacked=2 * 2**20))
    lying = bytearray(bomb)
    at = lying.rindex(b"PK\x01\x02")
    lying[at + 24:at + 28] = (1000).to_bytes(4, "little")
    assert "damaged" in refusal(bytes(lying), limits=Limits(unpacked=2 * 2**20))


@pytest.mark.parametrize("cells", FAR)
@pytest.mark.parametrize("rename", [str, lambda one: one.replace("xl/", "XL\\")])
def test_a_stray_cell_far_out_is_seen_however_it_is_written(cells: bytes, rename: Callable[[str], str]):
    said = refusal(changed(book(small), SHEET, OPEN + cells + CLOSE, rename))
    assert "the sheet “甲” reaches as far as " in said and "delete the stray cells far out" in said


def test_a_far_cell_in_another_encoding_is_seen_and_an_entity_is_not_made():
    text = (OPEN + FAR[0] + CLOSE).decode()
    assert "reaches as far" in refusal(changed(book(small), SHEET, text.encode("utf-16")))
    bomb = b'<!DOCTYPE x [<!ENTITY a "XFD1">]>' + OPEN + b'<row><c r="&a;"/></row>' + CLOSE
    assert "damaged" in refusal(changed(book(small), SHEET, bomb))


def test_cells_without_addresses_are_counted_and_read():
    cells = b'<row><c t="n"><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>'
    content = changed(book(small), SHEET, OPEN + cells + CLOSE)
    assert read_sheets(content)[0].rows == [[1, 2], [3, ""]]
    assert "reaches as far as B2 (2 rows by 2 columns)" in refusal(content, limits=Limits(cells=3))


def test_only_the_sheet_that_is_read_must_be_of_a_size():
    def fill(workbook: xlsxwriter.Workbook) -> None:
        workbook.add_worksheet("near").write_string(0, 0, "x")
        workbook.add_worksheet("far").write_string(1_048_575, 16_383, "x")
    assert open_book(book(fill)).sheet("near").rows == [["x"]]
    assert "“far” reaches as far as XFD1048576" in refusal(book(fill))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_byte_is_refused_or_harmless(data: st.DataObject):
    content = bytearray(book(small))
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        read_sheets(bytes(content))
    except Refused as told:
        assert told.sentence.zh and told.sentence.en


# -- what a workbook says --------------------------------------------------------------------------


def test_sheets_are_read_with_merges_hidden_rows_and_without_charts():
    def fill(workbook: xlsxwriter.Workbook) -> None:
        drawn = workbook.add_chart({"type": "line"})
        drawn.add_series({"values": "=shown!$A$1:$A$2"})
        workbook.add_chartsheet("chart").set_chart(drawn)
        shown, away = workbook.add_worksheet("shown"), workbook.add_worksheet("away")
        shown.merge_range(0, 0, 1, 1, "x")
        shown.write_string(3, 2, "y")
        shown.set_row(3, None, None, {"hidden": True})
        away.hide()
        shown.activate()
    content = book(fill)
    found = open_book(content, "a.xlsx")
    assert (found.names(), found.names(visible=True)) == (["shown", "away"], ["shown"])
    sheet, = read_sheets(content, visible=True)
    assert sheet.rows[0] == ["x", "", ""] and sheet.rows[3] == ["", "", "y"] and sheet.hidden == [4]
    assert [(one.top, one.left, one.bottom, one.right) for one in sheet.merges] == [(0, 0, 1, 1)]
    assert found.sheet("").name == "shown"
    with pytest.raises(Refused, match="no sheet “chart”; there are: shown, away"):
        found.sheet("chart")


def test_cells_read_as_a_person_would_write_them():
    told = [cell_text(one) for one in ("a\r\nb\x01", True, 12.0, 0.1, None, date(2025, 3, 1), datetime(2025, 3, 1),
                                       datetime(2025, 3, 1, 9))]
    assert told == ["a\nb", "TRUE", "12", "0.1", "", "2025-03-01", "2025-03-01", "2025-03-01T09:00:00"]


def test_addresses_are_those_of_spreadsheets():
    assert [address(0, 0), address(9, 25), address(0, 26), column_letters(16_383)] == ["A1", "Z10", "AA1", "XFD"]
    rows = list(placed_rows([["key", "", "b"], ["", " ", ""], ["1", "2", "3", "4"]], ["key", "", "b"], 1))
    assert rows == [{"key": Placed("1", "A3"), "b": Placed("3", "C3")}]


# -- what this house writes ------------------------------------------------------------------------

ODD_TEXTS = ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "<r>a</r>", "_x0041_", "_x005F_x0041_", "https://example.org/",
             "12", "  a ", "a\nb", "𠀀", "", "a\tb", "&amp;<"]


def written(texts: list[str]) -> bytes:
    made = new_book()
    sheet = made.add_worksheet("甲")
    for row, text in enumerate(texts):
        write_text(sheet, row, 0, text, made.add_format(HEAD))
    return finished(made)


def test_texts_stay_texts():
    content = written(ODD_TEXTS)
    assert [row[0] for row in read_sheets(content)[0].rows] == ODD_TEXTS
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read(SHEET) and b"hyperlink" not in archive.read(SHEET)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(), min_size=1))
def test_any_text_comes_back(texts: list[str]):
    rows = read_sheets(written([*texts, "end"]))[0].rows
    assert [storable(row[0]) for row in rows] == [*map(storable, texts), "end"]


def test_a_text_that_no_cell_holds_is_refused():
    assert len(read_sheets(written(["字" * LONGEST_CELL]))[0].rows[0][0]) == LONGEST_CELL
    with pytest.raises(Refused, match="too long for a cell"):
        written(["𠀀" * (LONGEST_CELL // 2 + 1)])


def test_names_of_sheets_are_allowed_and_each_is_another():
    assert sheet_name("a/b:c", []) == "a_b_c" and sheet_name("", [], "table") == "table"
    assert sheet_name("Rule", ["rule", "RULE 2"]) == "Rule 3"
    long = sheet_name("x" * 40, ["x" * 31])
    assert len(long) == 31 and long.endswith(" 2")


def test_lists_paper_and_heights():
    made = new_book()
    sheet = made.add_worksheet("甲")
    offer(sheet, ["yes", "no"], 1, 9, 0, strict="stop")
    print_across(sheet, 0)
    sheet.set_row(0, 40)
    with zipfile.ZipFile(io.BytesIO(finished(made, growing=True))) as archive:
        text = archive.read(SHEET)
    assert b'sqref="A2:A10"' in text and b'orientation="landscape"' in text and b"customHeight" not in text
    assert line_count("字" * 6 + "\na", 10) == 3
    assert row_height([("a", 10), ("a\nb", 10)]) == 2 * row_height([]) and row_height([("a" * 999, 1)]) == 300
