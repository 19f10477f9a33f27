"""A filled-in workbook as rows in the manner of the seeds: every fault with its cell, all of them at once."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.kernel.spreadsheets import column_letters
from jizhun.provisions.interchange.notation import read
from jizhun.provisions.interchange.sheet import CLOSED, COLUMNS, PAPER_COLUMNS, PAPERS, PROVISIONS, Cell, Column
from jizhun.provisions.interchange.workbook import Filled, Marked
from jizhun.provisions.rules import Measure
from jizhun.provisions.rules.reading import plain_value
from jizhun.provisions.rules.values import DAY_UNITS, Said

Plain = Mapping[str, Any]
Typed = Sequence[Sequence[str]]
KEY = re.compile(r"\[(\w+)\]\s*\Z")
MOST_ROWS = 2_000
Known = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """What there is: whether a code is one of that list (subjects, regions, groups), the measures, papers on record."""

    known: Mapping[str, Known]
    measures: Mapping[str, Measure]
    papers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the sheet (as people count them), as typed and as understood."""

    number: int
    typed: Mapping[str, str]
    row: Plain


@dataclass(frozen=True, slots=True)
class Sheets:
    """What a workbook says. ``rows`` only count where nothing is ``marked``."""

    lines: tuple[Line, ...]
    papers: tuple[Line, ...]
    marked: tuple[Marked, ...] = ()
    filled: Filled = field(default_factory=Filled)
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)


def read_sheets(sheets: Mapping[str, Typed], asked: Asked) -> Sheets:
    """``sheets``: name -> rows of typed cells. Raises Refused where the sheet or a column that is needed is missing."""
    reader = _Reader(asked, _places(sheets, PROVISIONS) | _places(sheets, PAPERS))
    papers = [reader.paper(number, typed) for number, typed in _rows(sheets, PAPERS, PAPER_COLUMNS, needed=False)]
    reader.new_papers = {str(one.row.get("id")) for one in papers}
    lines = [reader.provision(number, typed) for number, typed in _rows(sheets, PROVISIONS, COLUMNS, needed=True)]
    if not lines:
        raise Refused(zh=f"“{PROVISIONS.zh}”表里没有数据行。", en=f"There is no row on the sheet “{PROVISIONS.zh}”.")
    return Sheets(tuple(lines), tuple(papers), tuple(reader.marked),
                  Filled(_as_typed(lines), _as_typed(papers), tuple(reader.marked)), reader.places)


def _typed(sheets: Mapping[str, Typed], name: Bilingual) -> Typed:
    return sheets.get(name.zh) or sheets.get(name.en) or ()


def _keys(typed: Typed) -> list[str]:
    """The key in each head; "" where a column has none of ours."""
    return [found[1] if (found := KEY.search(head.strip())) else "" for head in typed[0]] if typed else []


def _places(sheets: Mapping[str, Typed], name: Bilingual) -> dict[tuple[str, str], str]:
    """(sheet, key) -> the letters of its column as the file has it."""
    return {(name.zh, key): column_letters(at) for at, key in enumerate(_keys(_typed(sheets, name))) if key}


def _as_typed(lines: Sequence[Line]) -> list[Mapping[str, Cell]]:
    """The rows as they were typed, each where it stood; rows that were empty stay so."""
    last = max((line.number for line in lines), default=1)
    there = {line.number: line.typed for line in lines}
    return [dict(there.get(number, {})) for number in range(2, last + 1)]


def _rows(sheets: Mapping[str, Typed], name: Bilingual, columns: Sequence[Column], *, needed: bool
          ) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row that is not empty, with its number, by the keys of its columns."""
    typed = _typed(sheets, name)
    if not typed:
        if needed:
            raise Refused(zh=f"文件里没有“{name.zh}”表。", en=f"There is no sheet “{name.zh}” in the file.")
        return
    keys = _keys(typed)
    known = {column.key for column in columns}
    for column in columns:
        if column.required and column.key not in keys:
            raise Refused(zh=f"“{name.zh}”表缺少列“[{column.key}]”。",
                          en=f"The sheet “{name.zh}” lacks the column “[{column.key}]”.")
    for key in keys:
        if key and (key not in known or keys.count(key) > 1):
            raise Refused(zh=f"“{name.zh}”表的列“[{key}]”不认识或重复。",
                          en=f"The column “[{key}]” of the sheet “{name.zh}” is unknown or stands there twice.")
    if len(typed) > MOST_ROWS + 1:
        raise Refused(zh=f"一次最多 {MOST_ROWS} 行。", en=f"{MOST_ROWS} rows at most at a time.")
    for number, cells in enumerate(typed[1:], 2):
        row = {key: cell.strip() for key, cell in zip(keys, cells, strict=False) if key and cell.strip()}
        if row:
            yield number, row


class _Reader:
    """Reads row by row; what is wrong is marked, and reading goes on."""

    def __init__(self, asked: Asked, places: Mapping[tuple[str, str], str]) -> None:
        self.asked, self.places = asked, places
        self.marked: list[Marked] = []
        self.new_papers: set[str] = set()
        self.sheet, self.number = "", 0

    def mark(self, key: str, zh: str, en: str) -> None:
        self.marked.append(_marked(self.places, self.sheet, self.number, key, Bilingual(zh, en)))

    def provision(self, number: int, typed: Mapping[str, str]) -> Line:
        self.sheet, self.number = PROVISIONS.zh, number
        row = self._plain(COLUMNS, typed)
        value = self._value(typed.get("value", ""))
        measure = self.asked.measures.get(str(row.get("measure")))
        alone = value is None or isinstance(value, frozenset | Bilingual)
        if measure is not None:
            self._check_unit(measure, str(row.get("unit") or ""), alone=alone)
            row.setdefault("unit", "" if alone else measure.unit)
        if row.get("document") and row["document"] not in self.asked.papers | self.new_papers:
            self.mark("document", "没有收录这份文件，“文件”表里也没有",
                      "this paper is neither on record nor on the sheet of papers")
        self._check_days(row)
        return Line(number, typed, {**row, "value": plain_value(value)})

    def paper(self, number: int, typed: Mapping[str, str]) -> Line:
        self.sheet, self.number = PAPERS.zh, number
        return Line(number, typed, {"kind": "notice", **self._plain(PAPER_COLUMNS, typed)})

    def _plain(self, columns: Sequence[Column], typed: Mapping[str, str]) -> dict[str, Any]:
        """The cells of a row, codes without the names behind them, days checked; the value apart."""
        row: dict[str, Any] = {}
        for column in columns:
            text = typed.get(column.key, "")
            if not text:
                if column.required:
                    self.mark(column.key, "必须填写", "must be filled in")
                continue
            if column.key != "value":
                row[column.key] = self._cell(column, text)
        return row

    def _cell(self, column: Column, text: str) -> str:
        if column.kind == "date":
            try:
                parse_day(text)
            except Refused:
                self.mark(column.key, f"“{text}”不是日期，请写成 2026-11-24 的样子",
                          f"“{text}” is not a date; write it like 2026-11-24")
            return text
        if not column.choices:
            return text
        code = text.split(maxsplit=1)[0]
        if not self._is_known(column.choices, code):
            self.mark(column.key, f"没有代码“{code}”", f"there is no code “{code}”")
        return code

    def _is_known(self, choices: str, code: str) -> bool:
        if choices == "measures":
            return code in self.asked.measures
        if choices in CLOSED:
            return code in CLOSED[choices]
        return choices not in self.asked.known or self.asked.known[choices](code)

    def _value(self, text: str) -> Said:
        if not text:
            return None
        try:
            return read(text)
        except Refused as refused:
            self.mark("value", refused.sentence.zh, refused.sentence.en)
            return None

    def _check_unit(self, measure: Measure, unit: str, *, alone: bool) -> None:
        if unit and not alone and unit != measure.unit and not {unit, measure.unit} <= set(DAY_UNITS):
            self.mark("unit", f"该指标的单位是 {measure.unit}", f"this measure is counted in {measure.unit}")

    def _check_days(self, row: Plain) -> None:
        first, last = str(row.get("from") or ""), str(row.get("until") or "")
        if first and last and last < first:
            self.mark("until", "早于起始日", "is before the first day")


def _marked(places: Mapping[tuple[str, str], str], sheet: str, row: int, key: str, sentence: Bilingual) -> Marked:
    return Marked(sheet, row, key, sentence, f"{sheet}!{places.get((sheet, key), '')}{row}")


def mark_row(sheets: Sheets, number: int, sentence: Bilingual, key: str = "value", *,
             sheet: str = PROVISIONS.zh) -> Sheets:
    """The sheets with one more fault, in that row."""
    marked = (*sheets.marked, _marked(sheets.places, sheet, number, key, sentence))
    return replace(sheets, marked=marked, filled=Filled(sheets.filled.rows, sheets.filled.papers, marked))
