"""A filled-in workbook as edits, a matter and place at a time: every fault with its cell, all of them at once."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from jizhun.guides.interchange.columns import (
    ACT,
    BACK,
    ID,
    KEY,
    LOCK,
    MATTER,
    PLACE,
    TEXTS,
    VERSION,
    Column,
    item_columns,
    text_columns,
)
from jizhun.guides.interchange.writing import Marked
from jizhun.guides.rules.edits import Edit
from jizhun.guides.rules.fields import Field
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.kernel.spreadsheets import address

Typed = Sequence[Sequence[str]]
Key = tuple[str, str]
MOST_GUIDES: Final = 40_000
"""Guides in one file."""
TAKEN_BACK: Final = frozenset({BACK.zh, BACK.en})
WHOLE: Final = "*"


@dataclass(slots=True)
class Asked:
    """What the file asks of one matter at one place. ``cells``: field ("" for the whole) -> where it stands."""

    matter: str
    region: str
    seen: int | None = None
    edits: dict[str, Edit | str] = field(default_factory=dict)
    cells: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """What a workbook asks; an ``Asked`` in which anything is marked is ``wrong``."""

    asked: tuple[Asked, ...]
    marked: tuple[Marked, ...]
    places: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def mark(self, asked: Asked, code: str, sentence: Bilingual, key: str = "") -> Marked:
        """A fault that is found later, at the cell where the field was said."""
        sheet, row, column = asked.cells.get(code) or asked.cells[""]
        return marked_at(self.places, sheet, row, key if (sheet, key) in self.places else column, sentence)


def marked_at(places: Mapping[tuple[str, str], int], sheet: str, row: int, key: str, sentence: Bilingual) -> Marked:
    return Marked(sheet, row, key, f"{sheet}!{address(row - 1, places.get((sheet, key), 0))}", sentence)


def read_book(sheets: Mapping[str, Typed], fields: Sequence[Field]) -> Read:
    """What the sheets (name -> rows of texts) ask; raises Refused where there is none of ours, or a column is unknown.
    """
    reader = _Reader(fields)
    for name, typed in sheets.items():
        keys = [found[1] if (found := KEY.search(head.strip())) else "" for head in typed[0]] if typed else []
        if MATTER in keys and PLACE in keys:
            reader.sheet(name, keys, typed)
    if not reader.seen_sheets:
        raise Refused(zh="文件里没有办事指南的工作表：首行应有 [matter] 和 [place] 两列。",
                      en="There is no sheet of guides in the file: its first row must have [matter] and [place].")
    return Read(tuple(reader.asked.values()), tuple(reader.marked), reader.places)


class _Reader:
    """Reads row by row; what is wrong is marked, and reading goes on."""

    def __init__(self, fields: Sequence[Field]) -> None:
        self.lists = {one.code: one for one in fields if one.is_list and one.kind != "procedure"}
        self.fields = fields
        self.asked: dict[Key, Asked] = {}
        self.marked: list[Marked] = []
        self.places: dict[tuple[str, str], int] = {}
        self.seen_sheets: set[str] = set()
        self.rows: dict[tuple[str, ...], int] = {}
        self.name, self.number = "", 0

    def sheet(self, name: str, keys: Sequence[str], typed: Typed) -> None:
        code = (name.split() or [""])[0]
        if code != TEXTS and code not in self.lists:
            raise Refused(zh=f"不认识工作表“{name}”：名称应以字段代码开头。",
                          en=f"The sheet “{name}” is not known: its name must begin with the code of a field.")
        columns = text_columns(self.fields) if code == TEXTS else item_columns(self.lists[code])
        self.name, known = name, {column.key: column for column in columns}
        for at, key in enumerate(keys):
            if key and (key not in known or keys.count(key) > 1):
                raise Refused(zh=f"“{name}”表的列“[{key}]”不认识或重复。",
                              en=f"The column “[{key}]” of the sheet “{name}” is unknown or stands there twice.")
            self.places[name, key] = at
        self.seen_sheets.add(name)
        one = [known.get(key) for key in keys]
        for number, cells in enumerate(typed[1:], 2):
            row = {column.key: text.strip() for column, text in zip(one, cells, strict=False)
                   if column is not None and not column.ours and text.strip()}
            if row and not self._from_above(keys, cells):
                self.number = number
                self._row(code, row, known)

    @staticmethod
    def _from_above(keys: Sequence[str], cells: Sequence[str]) -> bool:
        """Whether a row only shows what stands above."""
        return "from" in keys and bool(cells[keys.index("from")].strip())

    def mark(self, key: str, zh: str, en: str) -> None:
        self.marked.append(marked_at(self.places, self.name, self.number, key, Bilingual(zh, en)))

    def _row(self, code: str, row: Mapping[str, str], known: Mapping[str, Column]) -> None:
        for key in (MATTER, PLACE):
            if not row.get(key):
                self.mark(key, "必须填写", "must be filled in")
                return
        asked, before = self._asked(row), len(self.marked)
        if code == TEXTS:
            self._texts(asked, row, known)
        else:
            self._item(asked, code, row, known)
        asked.wrong |= len(self.marked) > before

    def _asked(self, row: Mapping[str, str]) -> Asked:
        key = (row[MATTER].split()[0], row[PLACE].split()[0])
        if key not in self.asked:
            if len(self.asked) >= MOST_GUIDES:
                raise Refused(zh=f"一个文件最多 {MOST_GUIDES:,} 份指南。",
                              en=f"A file holds {MOST_GUIDES:,} guides at most.")
            self.asked[key] = Asked(*key, cells={"": (self.name, self.number, PLACE)})
        asked = self.asked[key]
        version = row.get(VERSION, "")
        if version and not version.isdecimal():
            self.mark(VERSION, f"“{version}”不是版本号", f"“{version}” is no number of a version")
        elif version and asked.seen not in (None, int(version)):
            self.mark(VERSION, "与同一指南其他行的版本号不同", "differs from other rows of the same guide")
        elif version:
            asked.seen = int(version)
        return asked

    def _once(self, *what: str) -> bool:
        """Whether it is said for the first time on this sheet; otherwise the row is marked."""
        first = self.rows.setdefault((self.name, *what), self.number)
        if first != self.number:
            self.mark(ID if len(what) > 2 else MATTER, f"与第 {first} 行重复", f"is said in row {first} already")
        return first == self.number

    # -- texts and choices -------------------------------------------------------------------------

    def _texts(self, asked: Asked, row: Mapping[str, str], known: Mapping[str, Column]) -> None:
        if not self._once(asked.matter, asked.region):
            return
        words: dict[str, dict[str, str]] = {}
        for key, text in row.items():
            column = known[key]
            if not column.field or text.startswith(LOCK):
                continue
            asked.cells.setdefault(column.field, (self.name, self.number, key))
            if text in TAKEN_BACK:
                asked.edits[column.field] = Edit(back=True)
            elif column.kind == "choice":
                asked.edits[column.field] = self._choice(column, text)
            else:
                words.setdefault(column.field, {})[column.part] = text
        for code, said in words.items():
            if code in asked.edits:
                self.mark(asked.cells[code][2], "一种语言撤回，另一种又有文字",
                          "one language is taken back, the other is said")
            asked.edits[code] = Edit(words=said)

    def _choice(self, column: Column, text: str) -> Any:
        """The code that was chosen; what is chosen is said whole."""
        code = text.split()[0]
        if code not in (one for one, _ in column.options if one != "back"):
            self._unknown(column, code)
        return code

    def _unknown(self, column: Column, code: str) -> None:
        offered = [(one, name) for one, name in column.options if one != "back"]
        self.mark(column.key, f"没有“{code}”，可选：{COMMA.zh.join(f'{one} {name.zh}' for one, name in offered)}",
                  f"there is no “{code}”; choose {COMMA.en.join(f'{one} ({name.en})' for one, name in offered)}")

    # -- items -------------------------------------------------------------------------------------

    def _item(self, asked: Asked, code: str, row: Mapping[str, str], known: Mapping[str, Column]) -> None:
        if any(text.startswith(LOCK) for text in row.values()):
            return
        asked.cells.setdefault(code, (self.name, self.number, ID if (self.name, ID) in self.places else PLACE))
        item = {key: value for key, text in row.items() if known[key].part
                and (value := self._value(known[key], text)) is not None}
        back, id_ = row.get(ACT, ""), row.get(ID, "")
        if back and back not in TAKEN_BACK:
            self.mark(ACT, f"只能写“{BACK.zh}”", f"may only say “{BACK.en}”")
            return
        if not id_ and (back or not item):
            self.mark(ID, "必须填写", "must be filled in")
            return
        id_ = id_ or _made_of(item)
        if self._once(asked.matter, asked.region, id_):
            before = asked.edits.get(code)
            asked.edits[code] = _with(before if isinstance(before, Edit) else Edit(), id_, item, bool(back))

    def _value(self, column: Column, text: str) -> Any:
        """A cell as the item holds it; None where it is wrong, which is marked."""
        return READINGS[column.kind](self, column, text)

    def _code(self, column: Column, text: str) -> Any:
        code = text.split()[0]
        if code in (one for one, _ in column.options):
            return code
        self._unknown(column, code)
        return None

    def _number(self, column: Column, text: str) -> Any:
        if text.isdecimal() and text.isascii() and len(text) < 7:
            return int(text)
        self.mark(column.key, f"“{text}”不是整数", f"“{text}” is no whole number")
        return None

    def _flag(self, column: Column, text: str) -> Any:
        code = self._code(column, text.lower())
        return None if code is None else code == "yes"

    def _day(self, column: Column, text: str) -> Any:
        try:
            return parse_day(text).isoformat()
        except Refused as refused:
            self.mark(column.key, refused.sentence.zh.rstrip("。"), refused.sentence.en.rstrip("."))
            return None


READINGS: Final[Mapping[str, Callable[[_Reader, Column, str], Any]]] = {
    "text": lambda _reader, _column, text: text, "choice": _Reader._code, "number": _Reader._number,
    "flag": _Reader._flag, "day": _Reader._day}


def _made_of(item: Mapping[str, Any]) -> str:
    """An id for an item without one: the same text has the same."""
    text = str(item.get("zh") or item.get("en") or sorted(item.items()))
    return "t" + hashlib.sha256(text.encode()).hexdigest()[:8]


def _with(edit: Edit, id_: str, item: Mapping[str, Any], back: bool) -> Edit:
    if back:
        return Edit(back=True) if id_ == WHOLE else Edit(items=edit.items, gone=edit.gone | {id_}, back=edit.back)
    return Edit(items=[*edit.items, {"id": id_, **item}], gone=edit.gone, back=edit.back)

