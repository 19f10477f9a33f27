"""Office files as they arrive: what they are, by their content, and what is refused before anything reads them."""

import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from posixpath import join, normpath
from typing import Final
from xml.etree import ElementTree

from jizhun.kernel.bilingual import Refused

MOST_BYTES: Final = 20 * 2**20
MOST_UNPACKED: Final = 300 * 2**20
MOST_CELLS: Final = 8 * 2**20
"""From A1 to the last used cell; the reader holds all of them."""
BLOCK: Final = 2**20
OLD: Final = b"\xd0\xcf\x11\xe0"
"""How old Office files begin, and new ones behind a password."""
CELL: Final = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]+)(\d+)"')
HIDDEN: Final = re.compile(rb'<(?:\w+:)?row [^>]*?r="(\d+)"[^>]*?hidden="(?:1|true)"'
                           rb'|<(?:\w+:)?row [^>]*?hidden="(?:1|true)"[^>]*?r="(\d+)"')
RELATION: Final = re.compile(r"\{.*/relationships\}id")


def refused(name: str, zh: str, en: str) -> Refused:
    """The refusal of a file as a whole."""
    return Refused(zh=f"“{name}”：{zh}", en=f"“{name}”: {en}")


def opened(content: bytes, name: str) -> tuple[str, zipfile.ZipFile]:
    """``xlsx`` or ``docx``, and the archive; every part was unpacked once, so nothing is damaged or too big."""
    if len(content) > MOST_BYTES:
        raise refused(name, f"文件大于 {MOST_BYTES // 2**20} MB。",
                      f"the file is larger than {MOST_BYTES // 2**20} MB.")
    if content.startswith(OLD):
        raise refused(name, "是旧格式（.xls、.doc）或设有密码的文件：请去掉密码，另存为 .xlsx 或 .docx。",
                      "it is an old file (.xls, .doc) or has a password: take the password off and save it as .xlsx "
                      "or .docx.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        _check_size(archive, name)
        return _kind(archive, name), archive
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, RuntimeError, NotImplementedError,
            ValueError, zlib.error, lzma.LZMAError) as error:
        raise _no_archive(content, name) from error


def _no_archive(content: bytes, name: str) -> Refused:
    if content.startswith(b"PK"):
        return refused(name, "文件已损坏，无法解开：请重新保存后再上传。",
                       "the file is damaged and cannot be unpacked: save it again.")
    return _neither(name)


def _neither(name: str) -> Refused:
    return refused(name, "既不是 XLSX 也不是 DOCX：请另存为 .xlsx 或 .docx。",
                   "it is neither XLSX nor DOCX: save it as .xlsx or .docx.")


def _check_size(archive: zipfile.ZipFile, name: str) -> None:
    """Count what really comes out: the sizes that an archive states may be false."""
    left = MOST_UNPACKED
    for member in archive.infolist():
        left -= member.file_size
        if left < 0:
            raise refused(name, f"解开后大于 {MOST_UNPACKED // 2**20} MB。",
                          f"unpacked it is larger than {MOST_UNPACKED // 2**20} MB.")
    for member in archive.infolist():
        for _ in _blocks(archive, member.filename):  # a damaged part fails its checksum here
            pass


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while block := stream.read(BLOCK):
            yield block


def _kind(archive: zipfile.ZipFile, name: str) -> str:
    names = archive.namelist()
    if "[Content_Types].xml" not in names:
        raise _neither(name)
    types = archive.read("[Content_Types].xml")
    if b"macroEnabled" in types or any(one.lower().endswith("vbaproject.bin") for one in names):
        raise refused(name, "文件含有宏：请另存为不含宏的 .xlsx 或 .docx。",
                      "the file holds macros: save it as .xlsx or .docx without macros.")
    for kind, sign in (("xlsx", b"spreadsheetml."), ("docx", b"wordprocessingml.document")):
        if sign in types:
            return kind
    raise _neither(name)


def tree(archive: zipfile.ZipFile, part: str, name: str) -> ElementTree.Element:
    """A part as XML. Office files have no document type: one that does wants to blow up the reader."""
    try:
        text = archive.read(part)
        if b"<!DOCTYPE" in text.replace(b"\0", b""):  # also where it is written in UTF-16
            raise refused(name, "含有不允许的 XML 声明。", "it holds XML declarations that are not allowed.")
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, KeyError, LookupError, ValueError, RecursionError) as error:
        raise refused(name, "文件内容已损坏，无法读取。", "its contents are damaged and cannot be read.") from error


def sheet_part(archive: zipfile.ZipFile, sheet: str, name: str) -> str:
    """Where a sheet lies in the archive; "" where the workbook is laid out in another way."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return ""
    wanted = next((value for one in tree(archive, "xl/workbook.xml", name).iter() if one.get("name") == sheet
                   for key, value in one.items() if RELATION.fullmatch(key)), None)
    relations = tree(archive, "xl/_rels/workbook.xml.rels", name)
    target = next((one.get("Target", "") for one in relations if one.get("Id") == wanted), "")
    part = normpath(join("xl", target)).lstrip("/")
    return part if part in names else ""


def check_extent(archive: zipfile.ZipFile, part: str, sheet: str, name: str) -> None:
    """Refused where one stray cell far out would make the sheet fill the memory."""
    rows, columns, last = 0, 0, "A1"
    for letters, digits in set(CELL.findall(archive.read(part))):
        row, column = int(digits[:12]), _column(letters)
        if row > rows or column > columns:
            last = f"{letters.decode()[:12]}{int(digits[:12])}"
        rows, columns = max(rows, row), max(columns, column)
    if rows * columns > MOST_CELLS:
        raise refused(name, f"工作表“{sheet}”用到了 {last}：请删除远处多余的单元格。",
                      f"the sheet “{sheet}” reaches as far as {last}: delete the stray cells far out.")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters[:12]:
        number = number * 26 + letter - 64
    return number


def hidden_rows(archive: zipfile.ZipFile, part: str) -> list[int]:
    """The numbers of the rows that a person does not see."""
    return [int(one or other) for one, other in HIDDEN.findall(archive.read(part))]
