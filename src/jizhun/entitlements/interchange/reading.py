"""A workbook back to a rule: all that is wrong is gathered, each with its sheet and cell."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jizhun.entitlements.interchange.columns import (
    AGGREGATION_WORDS,
    CITING_COLUMNS,
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
from jizhun.entitlements.interchange.opening import Sheets, sheets
from jizhun.entitlements.rules.exchanging import CITING
from jizhun.entitlements.rules.proofreading import At
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.spreadsheets import Placed, address, placed_rows

OURS = frozenset({NOTES, VERSION, RULE, MEASURES, OPTIONS, PAPERS, NAMES})
DAY = re.compile(r"\d{4}-\d\d-\d\d")
Row = dict[str, Any]
Cells = dict[str, Placed]
"""Column -> the cell's text and its address."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in which cell of which sheet."""

    sheet: str
    cell: str
    sentence: Bilingual


@dataclass(frozen=True, slots=True)
class Brought:
    """What a workbook says; ``places`` tells where each part of it stands, (sheet, cell)."""

    parts: Mapping[str, list[Row]]
    version: Mapping[str, str]
    wrong: tuple[Wrong, ...]
    places: Mapping[At, tuple[str, str]] = field(default_factory=dict)

    def at(self, at: At, sentence: Bilingual) -> Wrong:
        """A mistake in a part, told by its cell; by the part's name where the cell is not known."""
        sheet, cell = self.places.get(at) or self.places.get(At(at.part, "name")) or (RULE, "A1")
        return Wrong(sheet, cell, sentence)


def from_xlsx(content: bytes) -> Brought:
    """What a workbook of ours says. Refused where it is no such workbook; what is wrong in cells is listed."""
    found = sheets(content)
    if RULE not in found:
        raise Refused(zh=f"文件里没有工作表“{RULE}”；请先下载模板。",
                      en=f"The file has no sheet “{RULE}”: download the template first.")
    return _Reader(found).brought()


class _Reader:
    def __init__(self, found: Sheets) -> None:
        self.found = found
        self.wrong: list[Wrong] = []
        self.places: dict[At, tuple[str, str]] = {}

    def brought(self) -> Brought:
        tables = dict(self.tables())
        options = self.options()
        parts: dict[str, list[Row]] = {"conditions": [], "workings": [], "results": [], "measures": []}
        for kind, row in self.rule(tables, options):
            parts[kind].append(row)
        parts["measures"] = list(self.measures())
        for name, (sheet, _) in tables.items():
            self.tell(sheet, "B1", f"“{RULE}”里没有名为“{name}”的部分。", f"There is no part “{name}” in “{RULE}”.")
        return Brought(parts, self.version(), tuple(self.wrong), self.places)

    def tell(self, sheet: str, cell: str, zh: str, en: str) -> None:
        self.wrong.append(Wrong(sheet, cell, Bilingual(zh, en)))

    # -- sheets of one row each

    def listed(self, sheet: str, columns: Sequence[Column]) -> Iterator[Cells]:
        """The filled rows of a sheet, by the keys in its first row."""
        rows = self.found.get(sheet, [])
        keys = [text.strip() for text in rows[0]] if rows else []
        known = {column.key for column in columns}
        for place, key in enumerate(keys):
            if key and key not in known:
                self.tell(sheet, address(0, place), f"没有“{key}”这一列。", f"There is no column “{key}”.")
        missing = next((column.key for column in columns if column.key not in keys), "")
        if missing and rows:
            self.tell(sheet, "A1", f"缺少“{missing}”列。", f"The column “{missing}” is missing.")
        yield from placed_rows(rows, [key if key in known else "" for key in keys], 2)

    def rule(self, tables: dict[str, tuple[str, Row]], options: Mapping[str, list[Row]]) -> Iterator[tuple[str, Row]]:
        for cells in self.listed(RULE, RULE_COLUMNS):
            name = _bare(cells, "name")
            kind = self.chosen(RULE, cells, RULE_COLUMNS[0]) or "condition"
            for key, (_, cell) in cells.items():
                self.places[At(name, "holds" if key == "is" and kind == "condition" else key)] = RULE, cell
            row: Row = {"name": name, "zh": _text(cells, "zh"), "en": _text(cells, "en")}
            row |= self.logic(name, kind, cells, tables)
            if kind == "working":
                row["type"] = self.chosen(RULE, cells, _column("type")) or "number"
            if kind == "result":
                row |= self.result(name, cells, options)
            yield KINDS[kind], row | self.citing(RULE, cells)

    def logic(self, name: str, kind: str, cells: Cells, tables: dict[str, tuple[str, Row]]) -> Row:
        """The expression, or the table of that name, which is taken away from those that wait for a part."""
        text, (_, cell) = _text(cells, "is"), cells.get("is", ("", "A1"))
        if kind == "condition":
            return {"holds": text}
        if name not in tables:
            return {"is": text}
        if text.strip():
            self.tell(RULE, cell, f"“{name}”既有表达式又有表；请留一个。",
                      f"“{name}” has an expression and a table: keep one.")
        return {"table": tables.pop(name)[1]}

    def result(self, name: str, cells: Cells, options: Mapping[str, list[Row]]) -> Row:
        row: Row = {"unit": _bare(cells, "unit"), "bound": self.chosen(RULE, cells, _column("bound")) or "raise",
                    "main": self.chosen(RULE, cells, _column("main")) == "yes"}
        row |= {"options": options[name]} if name in options else {}
        none = {key: _text(cells, key) for key in ("none_zh", "none_en")}
        return row | (none if none["none_zh"].strip() or none["none_en"].strip() else {})

    def options(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for cells in self.listed(OPTIONS, OPTION_COLUMNS):
            row = {"code": _bare(cells, "code"), "zh": _text(cells, "zh"), "en": _text(cells, "en")}
            empty = next((key for key, text in row.items() if not text.strip()), "")
            if empty:
                self.tell(OPTIONS, cells[empty][1], "这里不能空着。", "This cannot be empty.")
            found.setdefault(_bare(cells, "result"), []).append(row)
        return found

    def measures(self) -> Iterator[Row]:
        for cells in self.listed(MEASURES, MEASURE_COLUMNS):
            name = _bare(cells, "name")
            self.places |= {At(name, key): (MEASURES, cell) for key, (_, cell) in cells.items()}
            row: Row = {"name": name, "measure": _bare(cells, "measure"), "subject": _bare(cells, "subject") or "*"}
            given = self.given(cells)
            row |= {"given": given} if given else {}
            yield row | ({"day": day} if (day := _bare(cells, "day")) else {})

    def given(self, cells: Cells) -> dict[str, str]:
        found = {}
        for line in filter(str.strip, _text(cells, "given").split("\n")):
            name, sign, value = (part.strip() for part in line.partition("="))
            if not (sign and name and value):
                self.tell(MEASURES, cells["given"][1], f"“{line}”应写成“维度 = 事实或值”。",
                          f"“{line}” must read “dimension = fact or value”.")
            found[name] = value
        return found

    def version(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for number, row in enumerate(self.found.get(VERSION, [])):
            key, value = ([*row, "", ""])[:2]
            if key.strip() and key.strip() not in VERSION_FIELDS:
                self.tell(VERSION, address(number, 0), f"没有“{key}”这一栏。", f"There is no field “{key}”.")
                continue
            text = value.strip()
            if key in ("from", "until") and text and not DAY.fullmatch(text):
                self.tell(VERSION, address(number, 1), f"“{text}”不是日期，请写成 2026-11-24。",
                          f"“{text}” is not a date: write it like 2026-11-24.")
            elif key == "mark" and text:
                text = self.code(VERSION, address(number, 1), text, MARK_WORDS)
            found[key.strip()] = text
        return {key: value for key, value in found.items() if key and value}

    # -- decision tables

    def tables(self) -> Iterator[tuple[str, tuple[str, Row]]]:
        for sheet, rows in self.found.items():
            if sheet in OURS:
                continue
            first = [*(rows[0] if rows else ()), *[""] * 6]
            if first[0].strip() != TABLE or len(rows) < TABLE_HEAD:
                self.tell(sheet, "A1", f"这张工作表不是决策表：A1 应是“{TABLE}”。",
                          f"This sheet is no decision table: A1 must be “{TABLE}”.")
                continue
            yield first[1].strip(), (sheet, self.table(sheet, first[1].strip(), rows))

    def table(self, sheet: str, name: str, rows: Sequence[Sequence[str]]) -> Row:
        kinds = [text.strip() for text in rows[1]]
        self.check_kinds(sheet, kinds)
        asked = [place for place, kind in enumerate(kinds) if kind == WHEN]
        for number, place in enumerate(asked):
            self.places[At(name, "input", 0, number)] = sheet, address(2, place)
        filled = [(number, row) for number, row in enumerate(rows[TABLE_HEAD:], TABLE_HEAD) if any(map(str.strip, row))]
        table: Row = {"inputs": [_at(rows[2], place) for place in asked],
                      "rows": [self.row(sheet, name, place, number, row, kinds) for place,
                               (number, row) in enumerate(filled)]}
        policy = self.code(sheet, "D1", _at(rows[0], 3).strip() or "UNIQUE", POLICY_WORDS, "UNIQUE")
        aggregation = self.code(sheet, "F1", _at(rows[0], 5).strip(), AGGREGATION_WORDS)
        table |= {"policy": policy} if policy != "UNIQUE" else {}
        return table | ({"aggregation": aggregation} if aggregation else {})

    def check_kinds(self, sheet: str, kinds: Sequence[str]) -> None:
        known = {WHEN, THEN, *CITING, ""}
        for place, kind in enumerate(kinds):
            if kind not in known or (kind and kind != WHEN and kind in kinds[:place]):
                self.tell(sheet, address(1, place), f"列的类别“{kind}”应是 when、then 或引用的一栏，且各只一次。",
                          f"The kind of column “{kind}” must be “when”, “then” or a field of the citation, each once.")
        if THEN not in kinds:
            self.tell(sheet, "A2", "没有 then 列。", "There is no “then” column.")

    def row(self, sheet: str, name: str, place: int, number: int, row: Sequence[str], kinds: Sequence[str]) -> Row:
        cells: Cells = {kind: Placed(text, address(number, column)) for column, (kind, text) in
                        enumerate(zip(kinds, row, strict=False)) if kind and kind != WHEN}
        when: list[str] = []
        for column, kind in enumerate(kinds):
            if kind == WHEN:
                self.places[At(name, "when", place, len(when))] = sheet, address(number, column)
                when.append(_at(row, column) if _at(row, column).strip() else "-")
        self.places[At(name, "then", place)] = sheet, cells.get(THEN, ("", address(number, 0)))[1]
        return {"when": when, "then": _text(cells, THEN), **self.citing(sheet, cells)}

    # -- cells

    def citing(self, sheet: str, cells: Cells) -> Row:
        """The citation of a row: whole where it has a mark, else only what is filled in."""
        mark = self.chosen(sheet, cells, CITING_COLUMNS[3])
        said = {key: _text(cells, key) for key in CITING if key != "mark"}
        said["document"] = said["document"].strip()
        whole = {**said, "mark": mark} if mark else {key: text for key, text in said.items() if text.strip()}
        return {key: whole[key] for key in CITING if key in whole}

    def chosen(self, sheet: str, cells: Cells, column: Column) -> str:
        text, cell = cells.get(column.key, ("", "A1"))
        return self.code(sheet, cell, text.strip(), column.choices or {})

    def code(self, sheet: str, cell: str, text: str, known: Mapping[str, Bilingual], otherwise: str = "") -> str:
        """The code of a choice, which may be followed by what it means; "" for an empty cell."""
        fitting = [code for code,
                   words in known.items() if text in (code, words.zh, words.en) or text.startswith(f"{code} ")]
        if fitting or not text:
            return max(fitting, key=len, default=otherwise)
        choices = ", ".join(known)
        self.tell(sheet, cell, f"没有“{text}”；可以写：{choices}。", f"There is no “{text}”: write one of {choices}.")
        return otherwise


def _column(key: str) -> Column:
    return next(column for column in RULE_COLUMNS if column.key == key)


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _text(cells: Cells, key: str) -> str:
    return cells.get(key, ("", ""))[0]


def _bare(cells: Cells, key: str) -> str:
    return _text(cells, key).strip()


def ordered(wrong: Iterable[Wrong]) -> list[Wrong]:
    """Mistakes by sheet and row, each once."""
    def place(one: Wrong) -> tuple[str, int, str]:
        digits = one.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        return one.sheet, int(digits or 0), one.cell
    return sorted(dict.fromkeys(wrong), key=place)
