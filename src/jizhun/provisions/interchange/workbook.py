"""The official's workbook as a file: lists to choose from, days as days, instructions; faults marked in their cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.spreadsheets import column_letters
from jizhun.kernel.workbooks import finished, new_book, offer, print_across, write_text
from jizhun.provisions.interchange.sheet import (
    CLOSED,
    CODES,
    COLUMNS,
    HELP,
    INSTRUCTIONS,
    OPEN,
    PAPER_COLUMNS,
    PAPERS,
    PROVISIONS,
    Cell,
    Column,
)

SPARE_ROWS = 500
"""Rows below those that are filled in which choose from the same lists."""
Row = Mapping[str, Cell]
Choices = Mapping[str, Sequence[tuple[str, str]]]
"""List -> (code, name), as the cells offer them."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What is wrong in a cell: sheet, row (as people count), column and the sentence; ``cell`` as it was handed in."""

    sheet: str
    row: int
    key: str
    sentence: Bilingual
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """What the sheets hold, and what is marked in them."""

    rows: Sequence[Row] = ()
    papers: Sequence[Row] = ()
    marked: Sequence[Marked] = field(default_factory=tuple)


def workbook(filled: Filled, choices: Choices, language: str) -> bytes:
    """The workbook; cells that are marked stand in red with what is wrong as a comment."""
    book = new_book()
    book.set_properties({"title": PROVISIONS.in_language(language)})
    styles = _styles(book)
    lists = {name: list(offered) for name, offered in choices.items()}
    lists |= {name: list(offered.items()) for name, offered in (*CLOSED.items(), *OPEN.items())}
    areas = _areas(lists)
    for name, columns, rows in ((PROVISIONS, COLUMNS, filled.rows), (PAPERS, PAPER_COLUMNS, filled.papers)):
        _sheet(book, name, columns, [_named(row, columns, lists) for row in rows], styles, areas, {
            (one.row, one.key): one.sentence.in_language(language) for one in filled.marked if one.sheet == name.zh})
    _instructions(book, styles)
    _codes(book, lists, styles)
    return finished(book)


def _offer(code: str, name: str) -> str:
    """A code as its list offers it: with the name behind it."""
    return f"{code} {name}".strip()[:250]


def _named(row: Row, columns: Sequence[Column], lists: Choices) -> Row:
    """The row with each code as its list offers it."""
    names = {column.key: dict(lists.get(column.choices, ())) for column in columns if column.choices}
    return {key: _offer(cell, names[key][cell]) if isinstance(cell, str) and cell in names.get(key, {}) else cell
            for key, cell in row.items()}


def _styles(book: Any) -> dict[str, Any]:
    text = {"font_size": 10, "valign": "top", "text_wrap": True, "num_format": "@"}
    return {
        "head": book.add_format({**text, "bold": True, "bg_color": "#DCE6F1", "border": 1, "align": "center"}),
        "asked": book.add_format({**text, "bold": True, "bg_color": "#BDD3EC", "border": 1, "align": "center"}),
        "text": book.add_format(text), "date": book.add_format({**text, "num_format": "yyyy-mm-dd"}),
        "number": book.add_format({**text, "num_format": "General"}),
        "wrong": book.add_format({**text, "bg_color": "#F8D7DA", "border": 2, "border_color": "#B3261E"})}


def _areas(lists: Mapping[str, Sequence[tuple[str, str]]]) -> dict[str, str]:
    """Where each list stands on the sheet of codes; one that is empty offers nothing."""
    return {name: f"='{CODES.zh}'!${column_letters(at)}$2:${column_letters(at)}${len(offered) + 1}"
            for at, (name, offered) in enumerate(lists.items()) if offered}


def _sheet(book: Any, name: Bilingual, columns: Sequence[Column], rows: Sequence[Row], styles: Mapping[str, Any],
           areas: Mapping[str, str], marked: Mapping[tuple[int, str], str]) -> None:
    sheet = book.add_worksheet(name.zh)
    last = len(rows) + SPARE_ROWS
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column.head, styles["asked" if column.required else "head"])
        sheet.set_column(at, at, column.width, styles["date" if column.kind == "date" else "text"])
        if column.choices in areas:
            offer(sheet, areas[column.choices], 1, last, at, strict="warning")
    for number, row in enumerate(rows, 1):
        for at, column in enumerate(columns):
            wrong = marked.get((number + 1, column.key), "")
            _write(sheet, number, at, row.get(column.key), styles, wrong)
    sheet.set_row(0, 62)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    print_across(sheet, 0)


def _write(sheet: Any, down: int, at: int, value: Cell, styles: Mapping[str, Any], wrong: str) -> None:
    style = styles["wrong"] if wrong else None
    if isinstance(value, date):
        sheet.write_datetime(down, at, value, style or styles["date"])
    elif isinstance(value, Decimal) and f"{value:f}" == _as_number(value):
        sheet.write_number(down, at, float(value), style or styles["number"])
    elif value is not None:
        text = f"{value:f}" if isinstance(value, Decimal) else value
        write_text(sheet, down, at, text, style or styles["text"])
    elif wrong:
        sheet.write_blank(down, at, None, style)
    if wrong:
        sheet.write_comment(down, at, wrong, {"x_scale": 2, "visible": False})


def _as_number(value: Decimal) -> str:
    """How a spreadsheet would give the number back: where that is not every digit, it is written as text."""
    number = float(value)
    return str(int(number)) if number.is_integer() else repr(number)


def _instructions(book: Any, styles: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(HELP.zh)
    sheet.set_column(0, 1, 70, styles["text"])
    for down, words in enumerate((HELP, *INSTRUCTIONS)):
        for at, text in enumerate((words.zh, words.en)):
            sheet.write_string(down, at, text, styles["head" if down == 0 else "text"])


def _codes(book: Any, lists: Mapping[str, Sequence[tuple[str, str]]], styles: Mapping[str, Any]) -> None:
    """Every list in a column of its own: the code, a space, the name."""
    sheet = book.add_worksheet(CODES.zh)
    for at, (name, offered) in enumerate(lists.items()):
        sheet.write_string(0, at, name, styles["head"])
        sheet.set_column(at, at, 30)
        for down, (code, label) in enumerate(offered, 1):
            sheet.write_string(down, at, _offer(code, label))
    sheet.freeze_panes(1, 0)
