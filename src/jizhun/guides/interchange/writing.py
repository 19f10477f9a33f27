"""The guides' workbook as a file: lists to choose from, what is locked or inherited in grey, faults in red."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jizhun.guides.interchange.columns import ABOVE, FAULTS, HELP, HOW_TO, LOCK, SHEETS, Column, sheet_of
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.spreadsheets import address
from jizhun.kernel.workbooks import finished, fits_cell, new_book, offer, print_across, row_height, write_text

SPARE_ROWS: Final = 500
"""Rows below those that are filled in which choose from the same lists."""
LONGEST_LIST: Final = 255
"""Characters that a drop-down list may have."""
MOST_MEASURED: Final = 2000
"""Up to so many rows are as high as their texts; of more every program finds that out itself, or not."""
OPEN_ACTS: Final = {"insert_rows": True, "delete_rows": True, "format_columns": True, "format_rows": True,
                    "sort": True, "autofilter": True}
"""What may be done on a protected sheet."""


@dataclass(frozen=True, slots=True)
class Row:
    """``locked``: key -> who locked it; ``hints``: key -> what stands above; ``grey``: it comes from above as it is."""

    cells: Mapping[str, str]
    locked: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    grey: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Upper:
    """What a place above says on one field, as the sheet “above” shows it."""

    matter: str
    matter_name: str
    place: str
    place_name: str
    field: str
    field_name: str
    policy: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Marked:
    """What is wrong in a cell: sheet, row (as people count), key of the column, address, sentence."""

    sheet: str
    row: int
    key: str
    cell: str
    sentence: Bilingual


def workbook(tables: Sequence[Table], above: Sequence[Upper], language: str) -> bytes:
    """The workbook to be filled in."""
    book = new_book()
    styles = _styles(book)
    for table in tables:
        _table(book, table, styles)
    _above(book, above, styles, language)
    _help(book, styles)
    return finished(book)


def _styles(book: Any) -> dict[str, Any]:
    text = {"font_size": 10, "valign": "top", "text_wrap": True, "num_format": "@"}
    grey = {"font_color": "#6B7280", "bg_color": "#F3F4F6"}
    return {"head": book.add_format({**text, "bold": True, "bg_color": "#DCE6F1", "border": 1}),
            "open": book.add_format({**text, "locked": False}), "grey": book.add_format({**text, **grey}),
            "plain": book.add_format(text),
            "wrong": book.add_format({**text, "bg_color": "#F8D7DA", "border": 2, "border_color": "#B3261E"})}


def _table(book: Any, table: Table, styles: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(table.name)
    last = len(table.rows) + SPARE_ROWS
    for at, column in enumerate(table.columns):
        sheet.write_string(0, at, column.head, styles["head"])
        sheet.set_column(at, at, column.width, styles["grey" if column.ours else "open"])
        if column.options:
            _offer(sheet, column, last, at)
    for number, row in enumerate(table.rows, 1):
        for at, column in enumerate(table.columns):
            _cell(sheet, number, at, column, row, styles)
        if len(table.rows) <= MOST_MEASURED:
            sheet.set_row(number, row_height((row.cells.get(one.key, ""), one.width) for one in table.columns))
    sheet.set_row(0, row_height((one.head, one.width - 1) for one in table.columns))
    sheet.freeze_panes(1, 4)
    sheet.autofilter(0, 0, max(len(table.rows), 1), len(table.columns) - 1)
    sheet.protect("", OPEN_ACTS)
    print_across(sheet, 0)


def _offer(sheet: Any, column: Column, last: int, at: int) -> None:
    words = [offered(code, name) for code, name in column.options]
    if len(",".join(words)) <= LONGEST_LIST:
        offer(sheet, words, 1, last, at, strict="warning")


def offered(code: str, name: Bilingual) -> str:
    """A choice as its list offers it: the code, by which it is read, and the name."""
    return name.zh if code == "back" else f"{code} {name.zh}"


def _cell(sheet: Any, down: int, at: int, column: Column, row: Row, styles: Mapping[str, Any]) -> None:
    value, who = row.cells.get(column.key, ""), row.locked.get(column.key)
    closed = who is not None or row.grey or column.ours
    text = f"{LOCK} {who}" if who is not None else value
    if text:
        write_text(sheet, down, at, text, styles["grey" if closed else "open"])
    elif row.grey:
        sheet.write_blank(down, at, None, styles["grey"])
    if column.key in row.hints:
        sheet.write_comment(down, at, row.hints[column.key][:2000], {"x_scale": 2.5, "y_scale": 1.5})


UPPER_HEADS: Final = (
    (Bilingual("事项编码", "Matter (code)"), 14), (Bilingual("事项", "Matter"), 24),
    (Bilingual("地区代码", "Place (code)"), 11), (Bilingual("地区", "Place"), 14), (Bilingual("字段", "Field"), 16),
    (Bilingual("字段名称", "Name"), 18), (Bilingual("本地可以", "Places below may"), 18),
    (Bilingual("中文", "Chinese"), 60),
    (Bilingual("英文", "English"), 60))


def _above(book: Any, above: Sequence[Upper], styles: Mapping[str, Any], language: str) -> None:
    sheet = book.add_worksheet(sheet_of(ABOVE, SHEETS[ABOVE]))
    for at, (name, width) in enumerate(UPPER_HEADS):
        sheet.write_string(0, at, name.in_language(language), styles["head"])
        sheet.set_column(at, at, width, styles["grey"])
    for down, one in enumerate(above, 1):
        cells = (one.matter, one.matter_name, one.place, one.place_name, one.field, one.field_name, one.policy, one.zh,
                 one.en)
        for at, text in enumerate(cells):
            sheet.write_string(down, at, text if fits_cell(text) else text[:30_000], styles["grey"])
    sheet.freeze_panes(1, 0)
    sheet.protect("", OPEN_ACTS)


def _help(book: Any, styles: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(sheet_of(HELP, SHEETS[HELP]))
    sheet.set_column(0, 1, 70, styles["plain"])
    for down, words in enumerate((SHEETS[HELP], *HOW_TO)):
        for at, text in enumerate((words.zh, words.en)):
            sheet.write_string(down, at, text, styles["head" if down == 0 else "plain"])


# -- faults ----------------------------------------------------------------------------------------


def marked_workbook(sheets: Mapping[str, Sequence[Sequence[str]]], marked: Sequence[Marked], language: str) -> bytes:
    """The sheets as they were handed in, faults in red with what is wrong as a comment, and a list of them in front."""
    book = new_book()
    styles = _styles(book)
    _faults(book, marked, styles)
    by_sheet: dict[str, dict[str, list[str]]] = {}
    for one in marked:
        by_sheet.setdefault(one.sheet, {}).setdefault(one.cell.rpartition("!")[2], []).append(
            one.sentence.in_language(language))
    for name, rows in sheets.items():
        _as_typed(book.add_worksheet(name), rows, by_sheet.get(name, {}), styles)
    return finished(book)


def _faults(book: Any, marked: Iterable[Marked], styles: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(sheet_of(FAULTS, SHEETS[FAULTS]))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 2, 70, styles["plain"])
    for at, text in enumerate(("单元格 Cell", "错误", "Fault")):
        sheet.write_string(0, at, text, styles["head"])
    for down, one in enumerate(marked, 1):
        for at, text in enumerate((one.cell, one.sentence.zh, one.sentence.en)):
            write_text(sheet, down, at, text[:30_000], styles["plain"])
    sheet.freeze_panes(1, 0)


def _as_typed(sheet: Any, rows: Sequence[Sequence[str]], wrong: Mapping[str, list[str]],
              styles: Mapping[str, Any]) -> None:
    for down, cells in enumerate(rows):
        for at, text in enumerate(cells):
            sentences = wrong.get(address(down, at))
            if text or sentences:
                write_text(sheet, down, at, text, styles["head" if down == 0 else "wrong" if sentences else "open"])
            if sentences:
                sheet.write_comment(down, at, "\n".join(sentences), {"x_scale": 2.5})
    sheet.freeze_panes(1, 0)
