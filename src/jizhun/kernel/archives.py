"""Office files (XLSX, DOCX) as they arrive: what they are by their content, and what is refused before it is read.

Everything works on the bytes that it is given: no file is opened, nothing outside is fetched, no XML entity is made.
"""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from jizhun.kernel.bilingual import COMMA, Bilingual, Refused

BLOCK: Final = 2**20
OLD: Final = b"\xd0\xcf\x11\xe0"
"""How old Office files begin, and new ones behind a password."""
SIGNS: Final = {"xlsx": b"spreadsheetml.", "docx": b"wordprocessingml.document"}
"""Kind -> what only its list of contents says."""
OLDER: Final = {"xlsx": ".xls", "docx": ".doc"}
CONTENTS, BOOK = "[Content_Types].xml", "xl/workbook.xml"
BROKEN: Final = (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, RuntimeError, NotImplementedError,
                 ValueError, zlib.error, lzma.LZMAError)
"""What unpacking raises of a file that is damaged or locked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may take: its bytes as it comes, its bytes unpacked, the cells of a sheet from A1 to the last."""

    packed: int = 20 * 2**20
    unpacked: int = 300 * 2**20
    cells: int = 8 * 2**20


USUAL: Final = Limits()


def refused(name: str, zh: str, en: str) -> Refused:
    """The refusal of a file as a whole; ``name`` "": the sentence without the file's name."""
    if not name:
        return Refused(zh=zh, en=en[:1].upper() + en[1:])
    return Refused(zh=f"“{name}”：{zh}", en=f"“{name}”: {en}")


def opened(content: bytes, name: str, *, kinds: Sequence[str] = tuple(SIGNS),
           limits: Limits = USUAL) -> tuple[str, zipfile.ZipFile]:
    """The kind, one of ``kinds``, and the archive; every part was unpacked once, so nothing is damaged or too big.

    Refused in one sentence: too large, old or locked, with macros, damaged, another kind.
    """
    if len(content) > limits.packed:
        raise refused(name, f"文件大于 {_size(limits.packed)}。", f"the file is larger than {_size(limits.packed)}.")
    if content.startswith(OLD):
        raise _old(name, kinds)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        _check_parts(archive, name, limits)
        return _kind(archive, name, kinds), archive
    except BROKEN as error:
        if content.startswith(b"PK"):
            raise refused(name, "文件已损坏，无法解开：请重新保存后再上传。",
                          "the file is damaged and cannot be unpacked: save it again.") from error
        raise _another(name, kinds) from error


def _size(limit: int) -> str:
    return f"{limit // 2**30} GB" if limit >= 2**30 else f"{limit // 2**20} MB"


def _suffixes(kinds: Sequence[str]) -> Bilingual:
    return Bilingual(" 或 ".join(f".{one}" for one in kinds), " or ".join(f".{one}" for one in kinds))


def _old(name: str, kinds: Sequence[str]) -> Refused:
    older, now = [OLDER[one] for one in kinds], _suffixes(kinds)
    return refused(name, f"是旧格式（{COMMA.zh.join(older)}）或设有密码的文件：请去掉密码，另存为 {now.zh}。",
                   f"it is an old file ({COMMA.en.join(older)}) or has a password: take the password off and save it "
                   f"as {now.en}.")


def _another(name: str, kinds: Sequence[str]) -> Refused:
    now, wanted = _suffixes(kinds), [one.upper() for one in kinds]
    if len(kinds) == 1:
        return refused(name, f"不是 {wanted[0]} 文件：请另存为 {now.zh}。",
                       f"it is not {'an' if wanted[0] == 'XLSX' else 'a'} {wanted[0]} file: save it as {now.en}.")
    return refused(name, f"既不是 {' 也不是 '.join(wanted)}：请另存为 {now.zh}。",
                   f"it is neither {' nor '.join(wanted)}: save it as {now.en}.")


def _check_parts(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    """Count what really comes out: the sizes that an archive states may be false."""
    if sum(member.file_size for member in archive.infolist()) > limits.unpacked:
        raise refused(name, f"解开后大于 {_size(limits.unpacked)}。",
                      f"unpacked it is larger than {_size(limits.unpacked)}.")
    if len({plain_name(one) for one in archive.namelist()}) < len(archive.namelist()):
        raise zipfile.BadZipFile("a part is there twice: two readers would see two files")
    for member in archive.infolist():
        for _ in blocks(archive, member.filename):  # a damaged part, or a false size, fails its checksum here
            pass


def plain_name(part: str) -> str:
    """A part's name as readers compare it."""
    return part.replace("\\", "/").lower()


def blocks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """A part in blocks of bounded size."""
    with archive.open(part) as stream:
        while block := stream.read(BLOCK):
            yield block


def _kind(archive: zipfile.ZipFile, name: str, kinds: Sequence[str]) -> str:
    names = archive.namelist()
    types = archive.read(CONTENTS) if CONTENTS in names else b""
    if b"macroEnabled" in types or any(one.lower().endswith("vbaproject.bin") for one in names):
        now = _suffixes(kinds)
        raise refused(name, f"文件含有宏：请另存为不含宏的 {now.zh}。",
                      f"the file holds macros: save it as {now.en} without macros.")
    found = next((kind for kind, sign in SIGNS.items() if sign in types), "")
    if found not in kinds or (found == "xlsx" and BOOK not in map(plain_name, names)):
        raise _another(name, kinds)
    return found


def tree(archive: zipfile.ZipFile, part: str, name: str) -> ElementTree.Element:
    """A part as XML. Office files have no document type: one that does wants to blow up the reader."""
    try:
        text = archive.read(part)
        if b"<!DOCTYPE" in text.replace(b"\0", b""):  # also where it is written in UTF-16
            raise refused(name, "含有不允许的 XML 声明。", "it holds XML declarations that are not allowed.")
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, KeyError, LookupError, ValueError, RecursionError) as error:
        raise refused(name, "文件内容已损坏，无法读取。", "its contents are damaged and cannot be read.") from error
