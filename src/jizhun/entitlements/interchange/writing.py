"""A rule to a workbook: every cell is text, choices are drop-down lists, notes say how to write cells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jizhun.entitlements.interchange.columns import (
    AGGREGATION_WORDS,
    CITING_COLUMNS,
    HOW_TO,
    KINDS,
    MARK_WORDS,
    MEASURE_COLUMNS,
    MEASURES,
    NAMES,
    NOTES,
    OPTION_COLUMNS,
    OPTIONS,
    PAPERS,
    POLICY_WORDS,
    RULE,
    RULE_COLUMNS,
    TABLE,
    TABLE_HEAD,
    THEN,
    VERSION,
    VERSION_FIELDS,
    WHEN,
    Column,
)
from jizhun.entitlements.rules.book import Fact
from jizhun.entitlements.rules.exchanging import Parts
from jizhun.entitlements.rules.telling import UNITS
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.workbooks import (
    HEAD,
    LINE,
    TEXT,
    finished,
    new_book,
    offer,
    row_height,
    sheet_name,
    write_text,
)

SPARE = 200
"""Rows below what is filled in that have drop-down lists too."""
TABLE_WIDTH = 18
"""The width of columns in the sheet of a table."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What the workbook offers to choose from: papers (code, title), measures (code, name), facts."""

    papers: Sequence[tuple[str, Bilingual]] = ()
    measures: Sequence[tuple[str, Bilingual]] = ()
    facts: Sequence[Fact] = ()


def to_xlsx(parts: Parts, version: Mapping[str, str], offered: Offered) -> bytes:
    """A rule's parts and version as a workbook. Refused where a text is too long for a cell."""
    book = new_book()
    writer = _Writer(book)
    writer.notes()
    writer.version(version)
    writer.rule(parts)
    for row in _with_tables(parts):
        writer.table(str(row["name"]), row["table"])
    writer.listed(MEASURES, MEASURE_COLUMNS, map(_measure, parts.get("measures", ())))
    writer.listed(OPTIONS, OPTION_COLUMNS, _options(parts))
    writer.listed(PAPERS, PAPER_COLUMNS, ([code, title.zh, title.en] for code, title in offered.papers))
    writer.listed(NAMES, NAME_COLUMNS, _names(offered))
    return finished(book)


PAPER_COLUMNS = (Column("code", Bilingual("代码", "Code"), 30),
                 Column("zh", Bilingual("标题（中文）", "Title (Chinese)"), 50),
                 Column("en", Bilingual("标题（英文）", "Title (English)"), 50))
NAME_COLUMNS = (Column("name", Bilingual("名称", "Name"), 28), Column("zh", Bilingual("中文", "Chinese"), 36),
                Column("en", Bilingual("英文", "English"), 36), Column("kind", Bilingual("类别", "Kind"), 16),
                Column("values", Bilingual("可取的值", "Values"), 40))


def _with_tables(parts: Parts) -> list[Mapping[str, Any]]:
    return [row for kind in ("workings", "results") for row in parts.get(kind, ()) if "table" in row]


def _measure(row: Mapping[str, Any]) -> list[str]:
    given = "\n".join(f"{name} = {value}" for name, value in (row.get("given") or {}).items())
    return [str(row["name"]), str(row["measure"]), str(row.get("subject") or ""), given, str(row.get("day") or "")]


def _options(parts: Parts) -> Iterable[list[str]]:
    for row in parts.get("results", ()):
        for one in row.get("options") or ():
            yield [str(row["name"]), str(one["code"]), str(one["zh"]), str(one["en"])]


def _names(offered: Offered) -> Iterable[list[str]]:
    for fact in offered.facts:
        values = ", ".join(f'"{code}" {words.zh}' for code, words in fact.options) if fact.options else \
            f"{fact.low if fact.low is not None else '…'}..{fact.high if fact.high is not None else '…'} {fact.unit}" \
            if fact.type == "number" else ""
        yield [fact.code, fact.label.zh, fact.label.en, fact.type, values]
    for code, name in offered.measures:
        yield [code, name.zh, name.en, "measure", ""]


def _choice(code: str, words: Bilingual) -> str:
    """How a choice stands in a cell: the code, which counts, and what it means."""
    return f"{code} {words.zh} {words.en}"


class _Writer:
    """Writes sheet after sheet."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.text = book.add_format(TEXT)
        self.head = book.add_format(HEAD)
        self.key = book.add_format({"font_color": "#4A5462", "num_format": "@"})
        self.titles: set[str] = set()

    def sheet(self, name: str) -> Any:
        self.titles.add(name.casefold())
        return self.book.add_worksheet(name)

    def write(self, sheet: Any, row: int, column: int, text: str, form: Any = None) -> None:
        write_text(sheet, row, column, text, form or self.text)

    def notes(self) -> None:
        sheet = self.sheet(NOTES)
        sheet.set_column(0, 0, 70, self.text)
        sheet.set_column(1, 1, 90, self.text)
        for row, one in enumerate(HOW_TO):
            self.write(sheet, row, 0, one.zh)
            self.write(sheet, row, 1, one.en)
            sheet.set_row(row, row_height([(one.zh, 70), (one.en, 90)]))

    def version(self, version: Mapping[str, str]) -> None:
        sheet = self.sheet(VERSION)
        sheet.set_column(0, 0, 16, self.key)
        sheet.set_column(1, 1, 44, self.text)
        sheet.set_column(2, 2, 50, self.text)
        for row, (key, label) in enumerate(VERSION_FIELDS.items()):
            self.write(sheet, row, 0, key, self.key)
            self.write(sheet, row, 1, _marked(version.get(key, "")) if key == "mark" else version.get(key, ""))
            self.write(sheet, row, 2, f"{label.zh} {label.en}")
            if key in ("document", "mark"):
                self.choose(sheet, CITING_COLUMNS[0 if key == "document" else 3], row, row, 1)

    def rule(self, parts: Parts) -> None:
        kinds = {plural: code for code, plural in KINDS.items()}
        rows = [{**row, "kind": kinds[kind], "is": row.get("is", row.get("holds", "")),
                 "main": "yes" if row.get("main") else "no" if kind == "results" else ""}
                for kind in kinds for row in parts.get(kind, ())]
        self.listed(RULE, RULE_COLUMNS,
                    [[_cell(column, row.get(column.key)) for column in RULE_COLUMNS] for row in rows],
                    freeze=2)

    def listed(self, name: str, columns: Sequence[Column], rows: Iterable[Sequence[str]], freeze: int = 1) -> None:
        """A sheet of one row each, under a row of keys and one of labels."""
        sheet = self.sheet(name)
        last = 1
        for row, cells in enumerate(rows, 2):
            last = row
            for place, text in enumerate(cells):
                self.write(sheet, row, place, text)
            sheet.set_row(row, row_height(zip(cells, (one.width for one in columns), strict=False)))
        sheet.set_row(1, 2 * LINE)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width, self.text)
            self.write(sheet, 0, place, column.key, self.key)
            self.write(sheet, 1, place, f"{column.label.zh}\n{column.label.en}", self.head)
            self.choose(sheet, column, 2, last + SPARE, place)
        sheet.freeze_panes(2, freeze)

    def choose(self, sheet: Any, column: Column, first: int, last: int, place: int) -> None:
        """A drop-down list that lets other texts through: what is wrong is told after the upload."""
        if column.choices:
            source: Any = [_choice(code, words) for code, words in column.choices.items()]
        elif column.key == "unit":
            source = list(UNITS)
        elif column.listed:
            source = f"='{column.listed}'!$A$3:$A$1002"
        else:
            return
        offer(sheet, source, first, last, place)

    def table(self, part: str, table: Mapping[str, Any]) -> None:
        """A decision table: what it is, the kinds of its columns, what they are about, its rows."""
        sheet = self.sheet(self.title(part))
        inputs, rows = table["inputs"], table["rows"]
        told = (TABLE, part, "policy", _worded(table.get("policy") or "UNIQUE", POLICY_WORDS), "aggregation",
                _worded(table.get("aggregation") or "", AGGREGATION_WORDS))
        for place, text in enumerate(told):
            self.write(sheet, 0, place, text, None if place % 2 else self.key)
        heads = [*((WHEN, text) for text in inputs), (THEN, "结果\nThen"),
                 *((one.key, f"{one.label.zh}\n{one.label.en}") for one in CITING_COLUMNS)]
        for place, (kind, about) in enumerate(heads):
            self.write(sheet, 1, place, kind, self.key)
            self.write(sheet, 2, place, about, self.head)
        sheet.set_column(0, len(heads) - 1, TABLE_WIDTH, self.text)
        sheet.set_row(2, row_height((about, TABLE_WIDTH) for _, about in heads))
        for number, row in enumerate(rows, TABLE_HEAD):
            cells = [*row["when"], str(row["then"]), *(_cell(one, row.get(one.key)) for one in CITING_COLUMNS)]
            for place, text in enumerate(cells):
                self.write(sheet, number, place, text)
            sheet.set_row(number, row_height((text, TABLE_WIDTH) for text in cells))
        for place, column in enumerate(CITING_COLUMNS, len(inputs) + 1):
            self.choose(sheet, column, TABLE_HEAD, TABLE_HEAD + len(rows) + SPARE, place)
        self.choose(sheet, Column("policy", Bilingual("", ""), choices=POLICY_WORDS), 0, 0, 3)
        self.choose(sheet, Column("aggregation", Bilingual("", ""), choices=AGGREGATION_WORDS), 0, 0, 5)
        sheet.freeze_panes(TABLE_HEAD, 0)

    def title(self, part: str) -> str:
        """A name for the sheet of a part that no other sheet has; the part's own name stands in B1."""
        return sheet_name(part, self.titles, TABLE)


def _cell(column: Column, value: Any) -> str:
    text = "" if value is None else str(value)
    return _worded(text, column.choices) if column.choices else text


def _worded(code: str, words: Mapping[str, Bilingual]) -> str:
    return _choice(code, words[code]) if code in words else code


def _marked(mark: str) -> str:
    return _worded(mark, MARK_WORDS)
