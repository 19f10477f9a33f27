"""Workbooks that this house writes: ``new_book`` begins one, ``finished`` gives its bytes, the rest is what all share.

Texts stay texts: nothing that begins with ``=``, ``+``, ``-`` or ``@`` is ever a formula, an address or a number.
"""

import re
from collections.abc import Iterable
from io import BytesIO
from math import ceil
from typing import Any, Final
from unicodedata import east_asian_width
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter import Workbook

from jizhun.kernel.bilingual import Refused

LONGEST_CELL: Final = 32_767
"""UTF-16 units that a cell holds."""
LONGEST_NAME: Final = 31
"""Characters of a sheet's name."""
ODD: Final = str.maketrans("[]:*?/\\'", "________")
TEXT: Final = {"num_format": "@", "text_wrap": True, "valign": "top"}
HEAD: Final = {**TEXT, "bold": True, "bg_color": "#E9F0F9"}
"""The looks of a text cell and of a head, as ``book.add_format`` takes them."""
LINE: Final = 15.0
"""Points of a line in the usual letter."""
MOST_LINES: Final = 20
A4: Final = 9
SHEETS, TEXTS, FIXED = re.compile(r"xl/worksheets/\w+\.xml"), "xl/sharedStrings.xml", b' customHeight="1"'
CODE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Where a reader would take what follows for a coded sign."""
CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f]")
LOST: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""What neither XML nor its coded signs can hold."""


def new_book(**options: Any) -> Any:
    """An empty workbook in memory whose texts stay texts; ``options`` as xlsxwriter takes them."""
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    return Workbook(BytesIO(), {**plain, **options})


def finished(book: Any, *, growing: bool = False) -> bytes:
    """The bytes of a book of ``new_book``, which is closed. ``growing``: rows grow when somebody types into them.

    Its texts are written anew: xlsxwriter takes ``<r>a</r>`` for its own mark-up and ``_x005F_x0041_`` for _A.
    """
    book.close()
    made = BytesIO()
    with ZipFile(BytesIO(book.filename.getvalue())) as before, ZipFile(made, "w", ZIP_DEFLATED) as after:
        for part in before.infolist():
            content = before.read(part)
            if part.filename == TEXTS:
                content = _shared_texts(book.str_table.string_array)
            elif growing and SHEETS.fullmatch(part.filename):  # xlsxwriter fixes every height that it writes
                content = content.replace(FIXED, b"")
            after.writestr(part, content, ZIP_DEFLATED)
    return made.getvalue()


def _shared_texts(texts: Iterable[str]) -> bytes:
    items = [f'<si><t xml:space="preserve">{escape(_coded(one))}</t></si>' for one in texts]
    return ('<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst xmlns="http://schemas.openxmlformats.org/'
            f'spreadsheetml/2006/main" uniqueCount="{len(items)}">{"".join(items)}</sst>').encode()


def _coded(text: str) -> str:
    """The text as the format writes it: control characters as codes, and what looks like a code made plain."""
    return CONTROL.sub(lambda one: f"_x{ord(one[0]):04X}_", CODE.sub("_x005F_", LOST.sub("", text)))


def fits_cell(text: str) -> bool:
    """Whether a cell holds the text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 <= LONGEST_CELL


def write_text(sheet: Any, row: int, column: int, text: str, style: Any = None) -> None:
    """A cell (counted from 0) that is a text, whatever it looks like. Refused where it is too long for a cell."""
    if not fits_cell(text):
        raise Refused(zh=f"“{text[:20]}…”太长，一个单元格装不下（{LONGEST_CELL:,} 字以内）。",
                      en=f"“{text[:20]}…” is too long for a cell ({LONGEST_CELL:,} signs at most).")
    sheet.write_string(row, column, text, style)


def sheet_name(wanted: str, taken: Iterable[str], otherwise: str = "sheet") -> str:
    """A name for a sheet that the format allows and that none of ``taken`` has, whatever the case of letters."""
    others = {one.casefold() for one in taken}
    stem, number = wanted.translate(ODD)[:LONGEST_NAME] or otherwise, 1
    name = stem
    while name.casefold() in others:
        number += 1
        name = f"{stem[:LONGEST_NAME - 1 - len(str(number))]} {number}"
    return name


def offer(sheet: Any, source: Any, first: int, last: int, column: int, *, strict: str = "information") -> None:
    """A drop-down list in the rows ``first`` to ``last``: of texts, or of the cells that a formula names.

    ``strict``: ``information`` and ``warning`` let other texts through, ``stop`` does not.
    """
    sheet.data_validation(first, column, last, column, {"validate": "list", "source": source, "error_type": strict})


def print_across(sheet: Any, head: int) -> None:
    """On paper: A4 across, one page wide, the row of the head (counted from 0) on every page."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)


def text_width(text: str) -> int:
    """How wide a text is in letters: a Chinese character takes two."""
    return sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in text)


def line_count(text: str, width: float) -> int:
    """Lines that a text takes in a column of this width in letters."""
    return sum(max(1, ceil(text_width(line) / width)) for line in text.split("\n"))


def row_height(cells: Iterable[tuple[str, float]]) -> float:
    """Points that a row needs for its texts, each with its column's width: not every program finds that out itself."""
    return LINE * min(max((line_count(text, width) for text, width in cells), default=1), MOST_LINES)
