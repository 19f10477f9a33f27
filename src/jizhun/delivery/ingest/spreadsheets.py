"""The rows of one sheet of a spreadsheet. What a damaged or monstrous file would do to the process is refused first."""

import io
import re
import zipfile
from collections.abc import Iterator
from posixpath import join, normpath
from typing import IO, Any, Final
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from jizhun.kernel.bilingual import Refused

MOST_CELLS: Final = 64 * 2**20
"""The area from A1 to the last used cell is held in memory, some 30 bytes a cell."""
MOST_UNPACKED: Final = 8 * 2**30
CELL: Final = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]+)(\d+)"')
BLOCK: Final = 2**22
OVERLAP: Final = 256
"""Bytes kept from one block to the next, so that a cell's opening tag is seen whole."""
RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def sheet_rows(content: bytes, wanted: str) -> list[list[Any]]:
    """The cells of the sheet ``wanted`` ("": the first that has cells), from A1 on.

    Refused where there is no such sheet, where it reaches absurdly far, or where the file cannot be read.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        name = _sheet_name(book, wanted)
        if zipfile.is_zipfile(io.BytesIO(content)):
            _check_extent(zipfile.ZipFile(io.BytesIO(content)), name)
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, ElementTree.ParseError, KeyError, NotImplementedError) as error:
        raise _unreadable(str(error)) from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own: no Exception, so that nobody misses it
            raise
        raise _unreadable(str(error)) from None


def _unreadable(why: str) -> Refused:
    return Refused(zh=f"无法读取电子表格：{why}。", en=f"the spreadsheet cannot be read: {why}.")


def _sheet_name(book: CalamineWorkbook, wanted: str) -> str:
    names = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    if wanted in names or (names and not wanted):
        return wanted or names[0]
    raise Refused(
        zh=f"没有工作表“{wanted}”，有：{'、'.join(names)}。",
        en=f"there is no sheet “{wanted}”; there are: {', '.join(names)}.",
    )


def _check_extent(archive: zipfile.ZipFile, name: str) -> None:
    """Refused where one stray cell far out would make the sheet fill the memory."""
    if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
        raise _unreadable(f"> {MOST_UNPACKED // 2**30} GiB")
    part = _part_of(archive, name)
    if part is None:
        return
    with archive.open(part) as sheet:
        rows, columns, last = _extent(sheet)
    if rows * columns > MOST_CELLS:
        raise Refused(
            zh=f"工作表“{name}”用到了 {last}（{rows:,} 行 × {columns:,} 列）：请删除远处多余的单元格，或另存为 CSV。",
            en=f"the sheet “{name}” reaches as far as {last} ({rows:,} rows by {columns:,} columns): delete the stray "
            "cells far out, or save it as CSV.",
        )


def _part_of(archive: zipfile.ZipFile, name: str) -> str | None:
    """Where in the archive a sheet lies; None where the workbook is laid out in another way."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()
    wanted = next((one.get(RELATION) for one in sheets if one.get("name") == name and one.get(RELATION)), None)
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next((one.get("Target", "") for one in relations if one.get("Id") == wanted), "")
    part = normpath(join("xl", target)).lstrip("/")
    return part if part in names else None


def _extent(sheet: IO[bytes]) -> tuple[int, int, str]:
    """The number of the last row and of the last column in use, and a cell that lies in one of them."""
    rows, columns, last = 0, 0, "A1"
    for letters, digits in _cells(sheet):
        row, column = int(digits[:12]), _column(letters)
        if row > rows or column > columns:
            last = f"{letters.decode()[:12]}{row}"
        rows, columns = max(rows, row), max(columns, column)
    return rows, columns, last


def _cells(sheet: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The cells' addresses; one that spans two blocks may come twice."""
    held = b""
    while block := sheet.read(BLOCK):
        text = held + block
        yield from set(CELL.findall(text))
        held = text[-OVERLAP:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:12]:
        number = number * 26 + letter - 64
    return number
