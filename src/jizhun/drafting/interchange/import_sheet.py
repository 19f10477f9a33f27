"""A standard as a spreadsheet, one clause a row, in and out: what went out comes back the same."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from jizhun.drafting.interchange.grids import Grid, grids
from jizhun.drafting.interchange.imported import KEY, Imported, NewKey, level_fault, made_key, refused
from jizhun.drafting.interchange.outside import check_outside
from jizhun.drafting.rules.text import KINDS, Clause
from jizhun.kernel.archives import opened
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.spreadsheets import cell_text
from jizhun.kernel.texts import storable
from jizhun.kernel.workbooks import HEAD, LONGEST_CELL, TEXT, finished, fits_cell, new_book

COLUMNS: Final[Mapping[str, tuple[str, int]]] = {
    "key": ("标识", 14), "kind": ("类别", 12), "level": ("层次", 6), "heading_zh": ("标题（中文）", 24),
    "heading_en": ("标题（英文）", 24), "body_zh": ("正文（中文）", 60), "body_en": ("正文（英文）", 60),
    "normative": ("规范性", 8), "proposes": ("拟定规定", 20)}
"""Column -> its Chinese name and its width. All but kind and one body may be left out."""
ALIASES: Final = {"标题中文": "heading_zh", "标题英文": "heading_en", "正文中文": "body_zh", "正文英文": "body_en",
                  "标题": "heading_zh", "正文": "body_zh", "heading": "heading_en", "body": "body_en",
                  "规范性": "normative", "编号标识": "key"}
KIND_WORDS: Final = {word.lower(): kind for kind, names in KINDS.items() for word in (kind, names.zh, names.en)}
YES: Final = ("", "yes", "true", "1", "是", "规范性", "normative")
NO: Final = ("no", "false", "0", "否", "资料性", "informative")


def from_xlsx(content: bytes, name: str, *, new_key: NewKey = made_key) -> Imported:
    """The clauses of the first sheet with our columns; rows that cannot be read are faults and no clauses."""
    _, archive = opened(content, name, kinds=("xlsx",))
    with archive:
        check_outside(archive, name)
    grid, head = _sheet(grids(content, name), name)
    reader = _Rows(head, new_key)
    clauses = list(reader.clauses(grid))
    if not clauses and not reader.faults:
        raise refused(name, "表格中没有条款。", "there is no clause in the sheet.")
    told = Bilingual(f"{reader.made} 行没有标识，已新编。", f"{reader.made} row(s) had no key and were given one.")
    return Imported(clauses, notices=[told] if reader.made else [], faults=reader.faults)


def to_xlsx(clauses: Sequence[Clause]) -> bytes:
    """The clauses, one a row; every cell is text, so that nothing becomes a formula, number or day."""
    book = new_book()
    sheet, head, plain = book.add_worksheet("clauses"), book.add_format(HEAD), book.add_format(TEXT)
    for place, (column, (_, width)) in enumerate(COLUMNS.items()):
        sheet.write_string(0, place, column, head)
        sheet.set_column(place, place, width, plain)
    for row, clause in enumerate(clauses, 1):
        for place, text in enumerate(_cells(clause)):
            sheet.write_string(row, place, text, plain)
    sheet.freeze_panes(1, 1)
    return finished(book)


def _cells(clause: Clause) -> Iterator[str]:
    proposes = json.dumps([dict(one) for one in clause.proposes], ensure_ascii=False) if clause.proposes else ""
    for text in (clause.key, clause.kind, str(clause.level), clause.heading.zh, clause.heading.en, clause.body.zh,
                 clause.body.en, "yes" if clause.normative else "no", proposes):
        if not fits_cell(text):
            raise Refused(zh=f"条“{clause.key}”太长，一个单元格装不下（{LONGEST_CELL:,} 字以内）：请导出为 Word。",
                          en=f"the clause “{clause.key}” is too long for a cell ({LONGEST_CELL:,} signs at most): "
                             "export it as Word.")
        yield storable(text)


def _sheet(found: Sequence[Grid], name: str) -> tuple[Grid, dict[str, int]]:
    """The first sheet whose first row has our columns, and where each of them is."""
    for grid in found:
        head = {column: place for place, cell in reversed(list(enumerate(grid.rows[0] if grid.rows else ())))
                if (column := _column(cell_text(cell)))}
        if "kind" in head and ("body_zh" in head or "body_en" in head):
            return grid, head
    raise refused(name, "没有找到“类别”和“正文”两列；表头应在第一行。",
                  "there are no columns “kind” and “body_zh” or “body_en”; the header must be in the first row.")


def _column(text: str) -> str:
    plain = "".join(text.split()).lower().replace("(", "（").replace(")", "）")
    names = {chinese: column for column, (chinese, _) in COLUMNS.items()} | ALIASES
    return plain if plain in COLUMNS else names.get(plain, "")


class _Rows:
    """Reads the rows one by one and gathers what is wrong with them."""

    def __init__(self, head: Mapping[str, int], new_key: NewKey) -> None:
        self.head, self.new_key = head, new_key
        self.faults: list[Bilingual] = []
        self.keys: dict[str, int] = {}
        self.made = 0

    def clauses(self, grid: Grid) -> Iterator[Clause]:
        """A clause for every row that is in order."""
        for number, row in enumerate(grid.rows[1:], 2):
            cells = {column: cell_text(row[place]) if place < len(row) else "" for column, place in self.head.items()}
            if any(text.strip() for text in cells.values()):
                clause = self._clause(number, cells)
                if clause:
                    yield clause

    def _clause(self, number: int, cells: Mapping[str, str]) -> Clause | None:
        plain = {column: text.strip() for column, text in cells.items()}
        kind, key = KIND_WORDS.get(plain["kind"].lower(), plain["kind"]), plain.get("key", "")
        level = _level(kind, plain.get("level", ""))
        normative, proposes = plain.get("normative", "").lower(), _proposes(plain.get("proposes", ""))
        wrong = (level_fault(kind, level) or self._key_fault(key) or _normative_fault(normative)
                 or (NO_LIST if proposes is None else None))
        if wrong:
            self.faults.append(Bilingual(f"第 {number} 行：{wrong.zh}。", f"Row {number}: {wrong.en}."))
            return None
        heading, body = (Bilingual(cells.get(f"{part}_zh", ""), cells.get(f"{part}_en", ""))
                         for part in ("heading", "body"))
        return Clause(self._key(key, number), kind, level, heading, body, normative in YES, proposes or ())

    def _key_fault(self, key: str) -> Bilingual | None:
        if key and not KEY.fullmatch(key):
            return Bilingual(f"标识“{key}”只能含字母、数字、下划线和连字符",
                             f"the key “{key}” may hold only letters, digits, underscores and hyphens")
        if key in self.keys:
            return Bilingual(f"标识“{key}”与第 {self.keys[key]} 行相同",
                             f"the key “{key}” is also that of row {self.keys[key]}")
        return None

    def _key(self, key: str, number: int) -> str:
        self.made += not key
        while not key or key in self.keys:
            key = self.new_key()
        self.keys[key] = number
        return key


NO_LIST: Final = Bilingual("“拟定规定”不是有效的 JSON 列表", "“proposes” is no list in JSON")


def _level(kind: str, text: str) -> int:
    """The level; 0, which no clause has, for what is no number."""
    if not text:
        return 2 if kind == "term" else 1
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _normative_fault(text: str) -> Bilingual | None:
    if text in YES + NO:
        return None
    return Bilingual(f"“规范性”应写是或否，现为“{text}”", f"“normative” must be yes or no, not “{text}”")


def _proposes(text: str) -> tuple[Mapping[str, Any], ...] | None:
    """The proposals of a clause; None where they cannot be read."""
    try:
        found = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        return None
    return tuple(found)
