"""The sheets of a spreadsheet that somebody sends: what is damaged or monstrous is refused before it is read."""

import io
import re
import zipfile
import zlib
from datetime import date, datetime
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

from jizhun.kernel.bilingual import Refused

MOST_BYTES: Final = 5 * 2**20
MOST_UNPACKED: Final = 60 * 2**20
MOST_CELLS: Final = 2**20
"""From A1 to the last used cell of a sheet; the reader holds all of them."""
CELL: Final = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,4})(\d{1,9})"')
SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")

Sheets = dict[str, list[list[str]]]


def sheets(content: bytes) -> Sheets:
    """Sheet -> its rows from A1 on, every cell as text. Refused in one sentence where the file is none of ours."""
    if len(content) > MOST_BYTES:
        raise Refused(zh=f"文件大于 {MOST_BYTES // 2**20} MB。",
                      en=f"The file is larger than {MOST_BYTES // 2**20} MB.")
    _check(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = [one.name for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
        return {name: [[_text(cell) for cell in row] for row in
                       book.get_sheet_by_name(name).to_python(skip_empty_area=False)] for name in names}
    except (CalamineError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise _damaged() from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own: no Exception, so that nobody misses it
            raise
        raise _damaged() from None


def _damaged() -> Refused:
    return Refused(zh="文件已损坏，无法读取；请重新保存为 .xlsx。",
                   en="The file is damaged and cannot be read: save it as .xlsx again.")


def _check(content: bytes) -> None:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = archive.namelist()
        if sum(one.file_size for one in archive.infolist()) > MOST_UNPACKED:
            raise Refused(zh=f"文件解开后大于 {MOST_UNPACKED // 2**20} MB。",
                          en=f"Unpacked the file is larger than {MOST_UNPACKED // 2**20} MB.")
        if "xl/workbook.xml" not in names:
            raise Refused(zh="这不是 XLSX 文件。", en="This is not an XLSX file.")
        for name in filter(SHEET.fullmatch, names):
            _check_extent(archive.read(name))
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, zlib.error) as error:
        if content.startswith(b"PK"):
            raise _damaged() from error
        raise Refused(zh="这不是 XLSX 文件。", en="This is not an XLSX file.") from None


def _check_extent(sheet: bytes) -> None:
    """Refused where one stray cell far out would make the sheet fill the memory."""
    found = [(_number(letters), int(digits)) for letters, digits in CELL.findall(sheet)]
    columns, rows = max((one for one, _ in found), default=0), max((one for _, one in found), default=0)
    if columns * rows > MOST_CELLS:
        raise Refused(zh="有的工作表用到了很远的单元格；请删除多余的单元格。",
                      en="A sheet reaches very far: delete the stray cells far out.")


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text(value: Any) -> str:
    """A cell as a person would write it in a rule: 12 without ``.0``, true, a day as a day."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")
