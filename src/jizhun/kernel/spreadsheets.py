"""Anybody's XLSX file as rows of cells: ``open_book`` looks at it, ``Book.sheet`` and ``read_sheets`` read it.

What would harm the process (a sheet that reaches absurdly far, a damaged or locked file) is refused in one sentence
before the reader sees it. Writing is in ``kernel.workbooks``.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from posixpath import join, normpath
from typing import Any, Final, NamedTuple
from xml.etree.ElementTree import Element
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from jizhun.kernel.archives import BLOCK, USUAL, Limits, blocks, opened, plain_name, refused, tree
from jizhun.kernel.bilingual import COMMA
from jizhun.kernel.texts import storable

RELATIONS: Final = "xl/_rels/workbook.xml.rels"
SHARED, STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
FORMATS_OF_STYLES: Final = "{*}cellXfs/{*}xf"
NUMBERS: Final = {*range(5), *range(9, 14), *range(37, 41), 48, 49}
"""Formats of their own that show numbers or texts; the others show days, times, or who knows what."""
CELL: Final = re.compile(rb"""<(?:\w+:)?c\s(?:[^>']*?\s)?r="([A-Z]{1,12})(\d{1,12})\"""")
"""How nearly every program writes a cell. What looks otherwise is walked through tag by tag."""
ANY_CELL: Final = re.compile(rb"<(?:[^\s<>/:]+:)?c[\s/>]")
HIDDEN: Final = re.compile(rb'<(?:\w+:)?row [^>]*?r="(\d+)"[^>]*?hidden="(?:1|true)"'
                           rb'|<(?:\w+:)?row [^>]*?hidden="(?:1|true)"[^>]*?r="(\d+)"')
RELATION: Final = re.compile(r"\{.*/relationships\}id")
ADDRESS: Final = re.compile(r"([A-Z]{1,12})([0-9]{1,12})")


@dataclass(frozen=True, slots=True)
class Merge:
    """Cells joined into one, from the first to the last row and column, all counted from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows from A1 on, each as long as the widest; ``hidden``: numbers (from 1) of hidden rows.

    A cell is a text ("" where it is empty), float, bool, date, datetime, time or timedelta.
    """

    name: str
    rows: list[list[Any]]
    merges: list[Merge] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)


class Placed(NamedTuple):
    """A cell's text and its address."""

    text: str
    cell: str


@dataclass(frozen=True, slots=True)
class Written:
    """The XML of a sheet and of the texts that all sheets share; ``undated``: styles in which a number is no day."""

    sheet: bytes
    shared: bytes
    undated: list[bool]


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that was looked at and is safe to open; nothing of its sheets is read yet."""

    name: str
    archive: zipfile.ZipFile
    reader: CalamineWorkbook
    limits: Limits

    def names(self, *, visible: bool = False) -> list[str]:
        """The worksheets in their order, charts left out; ``visible``: only those that a person sees."""
        return [one.name for one in self.reader.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet
                and (not visible or one.visible == SheetVisibleEnum.Visible)]

    def sheet(self, name: str) -> Sheet:
        """The sheet of this name ("": the first). Refused where there is none, or where it reaches absurdly far."""
        return self._read(self._named(name))

    def rows(self, name: str) -> list[list[Any]]:
        """Only the rows of that sheet, all of the same length: in half the time. Refused as ``sheet`` refuses."""
        sheet = self._named(name)
        with _readable(self.name):
            self._check_extent(_part_of(self.archive, sheet, self.name), sheet)
            return self.reader.get_sheet_by_name(sheet).to_python(skip_empty_area=False)

    def written(self, name: str) -> Written | None:
        """How that sheet is written, for whoever reads the XML; None where the workbook is laid out in another way."""
        with _readable(self.name):
            part, held = _part_of(self.archive, self._named(name), self.name), set(self.archive.namelist())
            if not part or STYLES not in held:
                return None
            shared = self.archive.read(SHARED) if SHARED in held else b""
            return Written(self.archive.read(part), shared, _undated(tree(self.archive, STYLES, self.name)))

    def _named(self, name: str) -> str:
        names = self.names()
        if not names or (name and name not in names):
            raise refused(self.name, f"没有工作表“{name}”，有：{COMMA.zh.join(names)}。",
                          f"there is no sheet “{name}”; there are: {', '.join(names)}.")
        return name or names[0]

    def sheets(self, *, visible: bool = False) -> list[Sheet]:
        """Every sheet, or every one that a person sees."""
        return [self._read(one) for one in self.names(visible=visible)]

    def _read(self, sheet: str) -> Sheet:
        with _readable(self.name):
            part = _part_of(self.archive, sheet, self.name)
            self._check_extent(part, sheet)
            found = self.reader.get_sheet_by_name(sheet)
            merges = [Merge(*start, *end) for start, end in found.merged_cell_ranges or ()]
            return Sheet(sheet, found.to_python(skip_empty_area=False), merges,
                         _hidden_rows(self.archive, part) if part else [])

    def _check_extent(self, part: str, sheet: str) -> None:
        """Refused where one stray cell far out would make the sheet fill the memory."""
        parts = [part] if part else [one for one in self.archive.namelist() if plain_name(one).endswith(".xml")]
        for one in parts:
            if _surely_within(self.archive, one, self.limits.cells):
                continue
            rows, columns, last = _extent(self.archive, one)
            if rows * columns > self.limits.cells:
                raise refused(self.name,
                              f"工作表“{sheet}”用到了 {last}（{rows:,} 行 × {columns:,} 列）：请删除远处多余的单元格。",
                              f"the sheet “{sheet}” reaches as far as {last} ({rows:,} rows by {columns:,} columns): "
                              "delete the stray cells far out.")


def open_book(content: bytes, name: str = "", *, limits: Limits = USUAL) -> Book:
    """The workbook in ``content``; ``name`` is what sentences call the file. Refused where it is none or unsafe."""
    _, archive = opened(content, name, kinds=("xlsx",), limits=limits)
    return book_in(archive, content, name, limits=limits)


def book_in(archive: zipfile.ZipFile, content: bytes, name: str = "", *, limits: Limits = USUAL) -> Book:
    """The workbook in an archive that ``archives.opened`` made of ``content`` and found to be ``xlsx``."""
    with _readable(name):
        return Book(name, archive, CalamineWorkbook.from_filelike(io.BytesIO(content)), limits)


def read_sheets(content: bytes, name: str = "", *, visible: bool = False, limits: Limits = USUAL) -> list[Sheet]:
    """Every sheet, or every one that a person sees. Refused as ``open_book`` and ``Book.sheet`` refuse."""
    return open_book(content, name, limits=limits).sheets(visible=visible)


def cell_text(value: Any) -> str:
    """A cell as a person reads it: a number without a needless ``.0``, TRUE, a day as 2025-03-01.

    Line breaks are line feeds, and what no file can hold is left out.
    """
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime) and value == datetime(value.year, value.month, value.day):
        return value.date().isoformat()
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def placed_rows(rows: Sequence[Sequence[str]], keys: Sequence[str], first: int) -> Iterator[dict[str, Placed]]:
    """The rows from ``first`` (counted from 0) on that are not blank: key of the column -> text and address.

    ``keys`` has a key for each column from A on, "" for one that is passed over.
    """
    for number, row in enumerate(rows[first:], first):
        if any(text.strip() for text in row):
            yield {key: Placed(text, address(number, place))
                   for place, (key, text) in enumerate(zip(keys, row, strict=False)) if key}


def address(row: int, column: int) -> str:
    """A cell's address as spreadsheets say it: (0, 0) is A1."""
    return f"{column_letters(column)}{row + 1}"


def column_letters(column: int) -> str:
    """A column's letters: 0 is A, 26 is AA."""
    letters, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


# -- looking before reading ------------------------------------------------------------------------


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Refused where the reader finds the file damaged, or falls over it."""
    try:
        yield
    except (CalamineError, zipfile.BadZipFile, KeyError, NotImplementedError, ValueError, expat.ExpatError) as error:
        raise refused(name, "无法读取：文件内容已损坏。", "it cannot be read: its contents are damaged.") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own: no Exception, so that nobody misses it
            raise
        raise refused(name, "无法读取：文件内容已损坏。", "it cannot be read: its contents are damaged.") from None


def _part_of(archive: zipfile.ZipFile, sheet: str, name: str) -> str:
    """Where a sheet lies in the archive; "" where the workbook is laid out in another way."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", RELATIONS} <= names:
        return ""
    wanted = next((value for one in tree(archive, "xl/workbook.xml", name).iter() if one.get("name") == sheet
                   for key, value in one.items() if RELATION.fullmatch(key)), None)
    target = next((one.get("Target", "") for one in tree(archive, RELATIONS, name) if one.get("Id") == wanted), "")
    part = normpath(join("xl", target)).lstrip("/")
    return part if part in names else ""


@dataclass(slots=True)
class _Bound:
    """A box that every cell seen so far lies in: columns up to one letter count and first letter, rows likewise."""

    letters: str = "A"
    digits: str = "1"

    def grow(self, letters: str, digits: str) -> None:
        """Take a cell in that lies outside."""
        self.letters = max(self.letters, letters[:1] + "Z" * (len(letters) - 1), key=lambda one: (len(one), one))
        self.digits = max(self.digits, digits[:1] + "9" * (len(digits) - 1), key=lambda one: (len(one), one))

    @property
    def cells(self) -> int:
        return _column(self.letters) * int(self.digits)

    def outside(self) -> re.Pattern[bytes]:
        """Finds a cell that lies outside, or has no address of the usual manner."""
        letters, digits = len(self.letters), len(self.digits)
        columns = f"[A-{self.letters[0]}]" + "[A-Z]" * (letters - 1)
        rows = f"[1-{self.digits[0]}]" + "[0-9]" * (digits - 1)
        columns += f"|[A-Z]{{1,{letters - 1}}}" if letters > 1 else ""
        rows += f"|[1-9][0-9]{{0,{digits - 2}}}" if digits > 1 else ""
        return re.compile(f'<c r="(?!(?:{columns})(?:{rows})")'.encode())


OTHER_CELLS: Final = (b"<c>", b"<c/", b"<c\t", b"<c\n", b"<c\r", b":c")
"""How a cell may begin that is not written in the usual manner."""


def _surely_within(archive: zipfile.ZipFile, part: str, cells: int) -> bool:
    """Whether the sheet cannot reach further than ``cells``: a look twenty times as quick as finding out how far.

    It only asks whether any cell lies outside a box that grows by leaps; a sheet written in an unusual manner fails.
    """
    bound, held = _Bound(), b""
    outside = bound.outside()
    for block in blocks(archive, part):
        before, sign, held = (held + block).rpartition(b">")
        text = before + sign
        if b"\0" in block or len(held) > BLOCK or any(one in text for one in OTHER_CELLS):
            return False
        if text.count(b"<c ") != text.count(b'<c r="'):
            return False
        at = 0
        while found := outside.search(text, at):
            cell = CELL.match(text, found.start())
            if cell is None or cell[2].startswith(b"0"):
                return False
            bound.grow(cell[1].decode(), cell[2].decode())
            outside, at = bound.outside(), found.start()
            if bound.cells > cells:
                return False
    return not any(one in held for one in (*OTHER_CELLS, b"<c "))


def _extent(archive: zipfile.ZipFile, part: str) -> tuple[int, int, str]:
    """The number of the last row and of the last column in use, and a cell that lies in one of them."""
    rows, columns, last, seen, told = 0, 0, "A1", 0, 0
    held = b""
    for block in blocks(archive, part):
        if b"\0" in block:  # written in UTF-16
            return _slow_extent(archive, part)
        before, sign, held = (held + block).rpartition(b">")
        text = before + sign
        seen, told = seen + len(ANY_CELL.findall(text)), told + len(found := CELL.findall(text))
        for letters, digits in set(found):
            row, column = int(digits), _column(letters.decode())
            if row > rows or column > columns:
                last = f"{letters.decode()}{row}"
            rows, columns = max(rows, row), max(columns, column)
        if len(held) > BLOCK:  # no tag is as long as that
            return _slow_extent(archive, part)
    return (rows, columns, last) if seen == told else _slow_extent(archive, part)


def _slow_extent(archive: zipfile.ZipFile, part: str) -> tuple[int, int, str]:
    """The same of a sheet whose cells do not all say their address in the usual manner: tag by tag."""
    walk, parser = _Walk(), expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.StartDoctypeDeclHandler = walk.tag, _no_doctype
    for block in blocks(archive, part):
        parser.Parse(block)
    parser.Parse(b"", True)
    return walk.rows, walk.columns, address(max(walk.rows - 1, 0), max(walk.columns - 1, 0))


def _no_doctype(*_: object) -> None:
    raise ValueError("a sheet has no document type: one that does wants to blow up the reader")


class _Walk:
    """Where the cells of a sheet are, from tag to tag: one without an address stands right of the one before."""

    def __init__(self) -> None:
        self.rows = self.columns = self.row = self.column = 0

    def tag(self, name: str, attributes: dict[str, str]) -> None:
        local, told = name.rpartition(" ")[2], attributes.get("r", "")
        if local == "row":
            self.row, self.column = int(told) if told.isascii() and told.isdigit() else self.row + 1, 0
        elif local == "c":
            at = ADDRESS.fullmatch(told.upper())
            self.column = _column(at[1]) if at else self.column + 1
            self.rows = max(self.rows, int(at[2]) if at else self.row)
            self.columns = max(self.columns, self.column)


def _column(letters: str) -> int:
    """A column's number, counted from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _undated(styles: Element) -> list[bool]:
    """For each style of cells, whether numbers in it are surely no days."""
    return [one.get("numFmtId", "0").isdigit() and int(one.get("numFmtId", "0")) in NUMBERS
            for one in styles.findall(FORMATS_OF_STYLES)]


def _hidden_rows(archive: zipfile.ZipFile, part: str) -> list[int]:
    """The numbers of the rows that a person does not see."""
    text = archive.read(part)
    return [int(one or other) for one, other in HIDDEN.findall(text)] if b"hidden=" in text else []
