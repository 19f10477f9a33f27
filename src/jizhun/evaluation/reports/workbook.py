"""A report as XLSX: what is said on a first sheet, a sheet a table with numbers as numbers, the method, the queries."""

from typing import Any, Final

from jizhun.evaluation.reports.outline import Column, Outline, Table, chapter_mark
from jizhun.evaluation.reports.shown import captions, written
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.kernel.workbooks import (
    HEAD,
    LONGEST_CELL,
    TEXT,
    finished,
    new_book,
    print_across,
    row_height,
    sheet_name,
    text_width,
    write_text,
)

FORMATS: Final = {"count": "#,##0", "share": "0.0#%", "number": "0.000000"}
SUMMARY, METHOD, QUERIES = (Bilingual("报告", "Report"), Bilingual("方法", "Method"), Bilingual("查询语句", "Queries"))
WIDE: Final = 100
"""Letters across a sheet of words."""


def as_xlsx(outline: Outline, language: str) -> bytes:
    """The report as a workbook."""
    return _Book(outline, "zh" if language.startswith("zh") else "en").written()


class _Book:
    """Fills one workbook."""

    def __init__(self, outline: Outline, language: str) -> None:
        self.outline, self.language = outline, language
        self.book: Any = new_book()
        self.book.set_properties({"title": self.say(outline.title), "author": "Jizhun"})
        self.styles = {name: self.book.add_format({"num_format": form, "valign": "top"})
                       for name, form in FORMATS.items()}
        self.text, self.head = self.book.add_format(TEXT), self.book.add_format(HEAD)
        self.strong = self.book.add_format({**TEXT, "bold": True})
        self.aside = self.book.add_format({"align": "right", "valign": "top"})
        self.names: list[str] = []

    def say(self, words: Bilingual) -> str:
        return words.in_language(self.language)

    def written(self) -> bytes:
        self._summary()
        for number, table in enumerate(self.outline.tables, 1):
            self._table(table, number)
        self._method()
        self._queries()
        return finished(self.book)

    def _sheet(self, wanted: str) -> Any:
        name = sheet_name(wanted, self.names)
        self.names.append(name)
        return self.book.add_worksheet(name)

    def _words(self, sheet: Any, row: int, words: str, style: Any = None) -> int:
        """A line of words over the whole width; gives the next row."""
        sheet.set_row(row, row_height([(words, WIDE)]))
        write_text(sheet, row, 0, words, style or self.text)
        return row + 1

    def _summary(self) -> None:
        sheet = self._sheet(self.say(SUMMARY))
        sheet.set_column(0, 0, WIDE)
        row = self._words(sheet, 0, self.say(self.outline.title), self.strong)
        row = self._words(sheet, row, self.say(self.outline.below))
        for one in self.outline.notices:
            row = self._words(sheet, row, self.say(one), self.strong)
        for name, what in self.outline.facts:
            row = self._words(sheet, row, f"{self.say(name)}{'：' if self.language == 'zh' else ': '}{self.say(what)}")
        for number, chapter in enumerate(self.outline.chapters, 1):
            head = f"{chapter_mark(number, self.language)}{self.say(chapter.name)}"
            row = self._words(sheet, row + 1, head, self.strong)
            for section in chapter.sections:
                if section.name != NO_WORDS and section.sentences:
                    row = self._words(sheet, row, self.say(section.name), self.strong)
                for one in section.sentences:
                    row = self._words(sheet, row, self.say(one))

    def _table(self, table: Table, number: int) -> None:
        """The title, the source, then heads that stay in sight and the rows."""
        title = captions(table, number, self.language)
        sheet = self._sheet(title)
        write_text(sheet, 0, 0, title, self.book.add_format({"bold": True}))
        note = " ".join(filter(None, (self.say(table.note), self.say(self.outline.source))))
        write_text(sheet, 1, 0, note, self.book.add_format({}))
        for at, column in enumerate(table.columns):
            write_text(sheet, 2, at, self.say(column.name), self.head)
            sheet.set_column(at, at, self._width(table, at, column))
        for down, row in enumerate(table.rows, 3):
            for at, (value, column) in enumerate(zip(row, table.columns, strict=True)):
                self._cell(sheet, down, at, value, column)
        sheet.freeze_panes(3, 1)
        print_across(sheet, 2)

    def _width(self, table: Table, at: int, column: Column) -> float:
        texts = [written(row[at], column, self.language) for row in table.rows]
        return min(max([text_width(self.say(column.name)), *map(text_width, texts)]) + 3, 60)

    def _cell(self, sheet: Any, down: int, at: int, value: Any, column: Column) -> None:
        if isinstance(value, Bilingual):
            write_text(sheet, down, at, self.say(value), self.text if column.kind == "text" else self.aside)
        else:
            sheet.write_number(down, at, value, self.styles[column.kind])

    def _method(self) -> None:
        sheet = self._sheet(self.say(METHOD))
        heads = (Bilingual("名称", "Name"), Bilingual("公式", "Formula"), Bilingual("说明", "Meaning"))
        for at, (one, wide) in enumerate(zip(heads, (30, 45, 80), strict=True)):
            sheet.set_column(at, at, wide)
            write_text(sheet, 0, at, self.say(one), self.head)
        for row, method in enumerate(self.outline.methods, 1):
            cells = (self.say(method.name), method.formula, self.say(method.text))
            sheet.set_row(row, row_height(zip(cells, (30, 45, 80), strict=True)))
            for at, words in enumerate(cells):
                write_text(sheet, row, at, words, self.text)
        sheet.freeze_panes(1, 0)

    def _queries(self) -> None:
        """Each run with its query; what is longer than a cell goes on in the next."""
        if not self.outline.queries:
            return
        sheet = self._sheet(self.say(QUERIES))
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 1, WIDE)
        row = 0
        for name, sql in self.outline.queries:
            write_text(sheet, row, 0, self.say(name), self.strong)
            for at in range(0, max(len(sql), 1), LONGEST_CELL):
                sheet.set_row(row, 45)
                write_text(sheet, row, 1, sql[at:at + LONGEST_CELL], self.text)
                row += 1
