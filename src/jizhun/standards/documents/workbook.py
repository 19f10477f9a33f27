"""Tables as a spreadsheet: totals are formulas, with their values beside them for readers that do not calculate."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from jizhun.kernel.bilingual import Bilingual
from jizhun.standards.documents.edition import Edition
from jizhun.standards.documents.tables import (
    BY_KIND,
    BY_OBJECT,
    DETAIL,
    HAVE,
    IN_HOUSE,
    NO_ROWS,
    STATISTICS,
    Cell,
    Column,
    StatisticsRow,
    Table,
    detail_table,
    percent,
    statistics_rows,
    to_make_table,
)
from jizhun.standards.rules.diagram.picture import wrapped
from jizhun.standards.rules.library import INTERNAL, KINDS, OBJECTS

A4, HEAD = 9, 2
"""The paper's number in spreadsheets; the row of the heads, under title and day."""
SIZE, LETTER = 10.5, 5.25
"""Points of a letter's height, and of the unit in which columns are measured."""
FONTS = {"zh": ("仿宋", "黑体"), "en": ("Times New Roman", "Arial")}
CLASS = Column(Bilingual("标准对象类别", "Class of object"), 24)
THERE = Column(Bilingual("现有（1/0）", "Existing (1/0)"), 12, True)
"""Two columns beside the printed ones, from which the statistics are counted."""

Formats = dict[str, Any]


def tables_xlsx(edition: Edition) -> bytes:
    """The detail table, the statistics counted from it by formulas, and what is to be made."""
    content, book, formats = _opened(edition)
    detail = detail_table(edition)
    sheet = _sheet(book, edition, detail, formats)
    _beside(sheet, edition, formats)
    _statistics(book, edition, formats, edition.say(detail.name))
    _sheet(book, edition, to_make_table(edition), formats)
    book.close()
    return content.getvalue()


def workbook(edition: Edition, tables: Sequence[Table]) -> bytes:
    """These tables, each on its sheet."""
    content, book, formats = _opened(edition)
    for table in tables:
        _sheet(book, edition, table, formats)
    book.close()
    return content.getvalue()


def statistics_xlsx(edition: Edition) -> bytes:
    """The statistics alone: figures, with totals and shares as formulas."""
    content, book, formats = _opened(edition)
    _statistics(book, edition, formats, "")
    book.close()
    return content.getvalue()


def _opened(edition: Edition) -> tuple[BytesIO, Any, Formats]:
    """A new book that says it was made on the day of the edition."""
    content = BytesIO()
    book = Workbook(content, {"in_memory": True})
    book.set_properties({"title": edition.say(edition.framework.name), "created": edition.moment,
                         "comments": edition.made_for})
    body, head = FONTS["zh" if edition.chinese else "en"]
    text = {"font_name": body, "font_size": SIZE, "valign": "vcenter"}
    cell = {**text, "border": 1, "text_wrap": True}
    kinds = {
        "title": {**text, "font_name": head, "font_size": 16, "align": "center"},
        "day": {**text, "align": "center"},
        "head": {**cell, "font_name": head, "align": "center", "bg_color": "#E9F0F9"},
        "left": cell, "middle": {**cell, "align": "center"},
        "date": {**cell, "align": "center", "num_format": "yyyy-mm-dd"},
        "block": {**cell, "font_name": head, "bg_color": "#F4F6F8"},
        "percent": {**cell, "align": "center", "num_format": "0.0"},
        "total": {**cell, "bold": True}, "total middle": {**cell, "bold": True, "align": "center"},
        "total percent": {**cell, "bold": True, "align": "center", "num_format": "0.0"},
        "note": {**text, "text_wrap": True, "valign": "top"},
    }
    return content, book, {name: book.add_format(kind) for name, kind in kinds.items()}


def _sheet(book: Any, edition: Edition, table: Table, formats: Formats) -> Any:
    """One table on its sheet."""
    sheet = _prepared(book, edition, table.name, table.title, table.columns, formats)
    for down, row in enumerate(table.rows, HEAD + 1):
        sheet.set_row(down, _height(row, table.columns))
        for at, (value, column) in enumerate(zip(row, table.columns, strict=True)):
            _write(sheet, down, at, value, column, formats)
    last = HEAD + len(table.rows)
    if not table.rows:
        last += 1
        sheet.merge_range(last, 0, last, len(table.columns) - 1, edition.say(NO_ROWS), formats["middle"])
    _notes(sheet, edition, last + 1, table.notes, table.columns, formats)
    return sheet


def _prepared(book: Any, edition: Edition, name: Bilingual, title: Bilingual, columns: Sequence[Column],
              formats: Formats) -> Any:
    """A sheet with title, day and heads: frozen on the screen, repeated on paper (A4 across)."""
    sheet, wide = book.add_worksheet(edition.say(name)[:31]), len(columns) - 1
    sheet.merge_range(0, 0, 0, wide, edition.title(title), formats["title"])
    sheet.merge_range(1, 0, 1, wide, edition.made_for, formats["day"])
    sheet.set_row(0, 30)
    sheet.set_row(1, 20)
    sheet.set_row(HEAD, _height([edition.say(column.name) for column in columns], columns))
    for at, column in enumerate(columns):
        sheet.write_string(HEAD, at, edition.say(column.name), formats["head"])
        sheet.set_column(at, at, column.width)
    sheet.freeze_panes(HEAD + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
    sheet.repeat_rows(HEAD)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.set_footer("&C&P / &N")
    return sheet


def _height(texts: Sequence[Cell], columns: Sequence[Column]) -> float:
    """How high a row must be, in points: not every program finds that out by itself."""
    lines = [len(wrapped(text, column.width * LETTER - 4, SIZE)) for text, column in zip(texts, columns, strict=True)
             if isinstance(text, str)]
    return max(lines, default=1) * 1.4 * SIZE + 5


def _write(sheet: Any, down: int, at: int, value: Cell, column: Column, formats: Formats) -> None:
    plain = formats["middle" if column.middle else "left"]
    if isinstance(value, date):
        sheet.write_datetime(down, at, value, formats["date"])
    elif isinstance(value, int):
        sheet.write_number(down, at, value, plain)
    elif value:  # as a string, so that no text is taken for a formula
        sheet.write_string(down, at, value, plain)
    else:
        sheet.write_blank(down, at, None, plain)


def _notes(sheet: Any, edition: Edition, down: int, notes: Sequence[Bilingual], columns: Sequence[Column],
           formats: Formats) -> None:
    wide = sum(column.width for column in columns)
    for note in notes:
        words = edition.say(note)
        sheet.merge_range(down, 0, down, len(columns) - 1, words, formats["note"])
        sheet.set_row(down, _height([words], [Column(note, wide)]))
        down += 1


def _beside(sheet: Any, edition: Edition, formats: Formats) -> None:
    """Right of the printed columns: class of object, and whether the standard is there."""
    left, last = len(DETAIL), HEAD + max(len(edition.lines), 1)
    for at, column in enumerate((CLASS, THERE), left):
        sheet.write_string(HEAD, at, edition.say(column.name), formats["head"])
        sheet.set_column(at, at, column.width)
    for down, line in enumerate(edition.lines, HEAD + 1):
        sheet.write_string(down, left, edition.say(OBJECTS[line.object_class]), formats["left"])
        sheet.write_number(down, left + 1, int(line.have), formats["middle"])
    sheet.print_area(0, 0, last, left - 1)
    sheet.autofilter(HEAD, 0, last, left + 1)


# -- statistics ------------------------------------------------------------------------------------


def _statistics(book: Any, edition: Edition, formats: Formats, detail: str) -> None:
    """Both blocks with their totals. ``detail``: the sheet to count from; "" writes the figures themselves."""
    table = Bilingual("统计表", "Statistics"), Bilingual("标准体系统计表", "Statistics of standards")
    sheet = _prepared(book, edition, *table, STATISTICS, formats)
    sheet.set_portrait()
    rows, last = statistics_rows(edition.statistics, edition.language), HEAD + max(len(edition.lines), 1)
    down, cut = HEAD + 1, len(KINDS) + 1
    for head, block, column in ((BY_KIND, rows[:cut], 4), (BY_OBJECT, rows[cut:], len(DETAIL))):
        sheet.merge_range(down, 0, down, len(STATISTICS) - 1, edition.say(head), formats["block"])
        first = down + 1
        for down, row in enumerate(block, first):
            _statistics_row(sheet, down, row, formats, _formulas(row, down, first, detail, column, last))
        down += 1
    notes = [HAVE, IN_HOUSE] if edition.statistics.by_kind[INTERNAL].should else [HAVE]
    _notes(sheet, edition, down, notes, STATISTICS, formats)


def _formulas(row: StatisticsRow, down: int, first: int, detail: str, column: int, last: int) -> tuple[str, str]:
    """How should and have of a row are reckoned: "" where they are plain figures."""
    if row.total:
        above = [f"=SUM({xl_rowcol_to_cell(first, at)}:{xl_rowcol_to_cell(down - 1, at)})" for at in (1, 2)]
        return above[0], above[1]
    if not detail:
        return "", ""
    names, there = (f"'{detail}'!${letter}${HEAD + 2}:${letter}${last + 1}"
                    for letter in (xl_col_to_name(column), xl_col_to_name(len(DETAIL) + 1)))
    name = xl_rowcol_to_cell(down, 0)
    return f"=COUNTIF({names},{name})", f"=COUNTIFS({names},{name},{there},1)"


def _statistics_row(sheet: Any, down: int, row: StatisticsRow, formats: Formats, formulas: tuple[str, str]) -> None:
    kind = "total " if row.total else ""
    sheet.set_row(down, _height([row.name], STATISTICS[:1]))
    sheet.write_string(down, 0, row.name, formats["total" if row.total else "left"])
    for at, (formula, value) in enumerate(zip(formulas, (row.count.should, row.count.have), strict=True), 1):
        if formula:
            sheet.write_formula(down, at, formula, formats[f"{kind}middle"], value)
        else:
            sheet.write_number(down, at, value, formats[f"{kind}middle"])
    should, have = xl_rowcol_to_cell(down, 1), xl_rowcol_to_cell(down, 2)
    share = float(percent(row.count)) if row.count.should else percent(row.count)
    sheet.write_formula(down, 3, f'=IF({should}=0,"–",ROUND({have}/{should}*100,1))', formats[f"{kind}percent"], share)
