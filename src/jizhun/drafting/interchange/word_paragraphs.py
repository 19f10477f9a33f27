"""A Word file as its paragraphs and tables in order, with style, numbering and what could not be taken along."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from jizhun.drafting.interchange.outside import check_outside
from jizhun.kernel.archives import opened, refused, tree
from jizhun.kernel.texts import storable

LARGEST_TEXT: Final = 80 * 2**20
"""Bytes of the main part; as a tree it takes some ten times as much memory."""
SKIPPED: Final = frozenset(("pPr", "rPr", "del", "moveFrom", "Fallback", "delText", "softHyphen"))
SIGNS: Final = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}
LOST: Final = {"oMath": "equation", "footnoteReference": "footnote", "endnoteReference": "footnote",
               "commentReference": "comment", "sym": "symbol", "object": "picture", "drawing": "picture",
               "pict": "picture"}
WRAPPERS: Final = frozenset(("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"))
NUMBER_FIELD: Final = re.compile(r"\s*REF\s+(\S+)(?=.*\\[rnw])", re.S)
"""A cross-reference to the number of a paragraph."""
LINK_START, LINK_NAME, LINK_END = "\ue000", "\ue001", "\ue002"
"""Around a cross-reference inside a text: start, bookmark, name, words, end."""
OWN_SIGNS: Final = re.compile("[\ue000-\ue002]")


@dataclass(slots=True)
class Piece:
    """A paragraph, or a table where ``rows`` is not None. ``place`` counts them from 1.

    ``outline`` is the level of a heading by its form (0 the highest), None for text. ``form``: format and pattern of
    its automatic number (``decimal``, ``%1.%2``) with its level. ``lost``: what is in it but not in ``text``.
    """

    place: int
    text: str = ""
    style: str = ""
    outline: int | None = None
    form: tuple[str, str, int] | None = None
    bookmarks: list[str] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    rows: list[list[str]] | None = None


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based: str
    outline: int | None
    number: tuple[str, int] | None


class WordText:
    """The text of one file; ``changes`` counts tracked insertions and deletions."""

    def __init__(self, content: bytes, name: str) -> None:
        _, archive = opened(content, name, kinds=("docx",))
        with archive:
            check_outside(archive, name)
            body = _main(archive, name)
            self.styles, self.default = _styles(archive, name)
            self.numbers = _numbers(archive, name)
        self.changes = Counter(part for one in body.iter() if (part := local(one)) in ("ins", "del"))
        self.changes["ins"] += sum(local(one) == "moveTo" for one in body.iter())
        try:
            self.pieces = list(_merged(self._pieces(body)))
        except RecursionError:
            raise refused(name, "文件内容嵌套过深，无法读取。", "it is nested too deeply to be read.") from None

    def _pieces(self, body: Element) -> Iterator[tuple[Piece, bool]]:
        """Every piece, and whether its end was deleted, so that it goes on in the next one."""
        waiting: list[str] = []
        place = 0
        for one in _blocks(body):
            if isinstance(one, str):
                waiting.append(one)
                continue
            place += 1
            if local(one) == "tbl":
                yield self._table(one, place), False
                continue
            piece, boxes = self._paragraph(one, place)
            piece.bookmarks += waiting
            waiting = []
            yield piece, child(child(child(one, "pPr"), "rPr"), "del") is not None
            for box in boxes:
                yield self._paragraph(box, place)[0], False

    def _paragraph(self, element: Element, place: int) -> tuple[Piece, list[Element]]:
        reader = _Reader()
        reader.read(element)
        form = child(element, "pPr")
        code = value(child(form, "pStyle")) or self.default
        outline, number = self._outline(form, code), self._number(form, code)
        style = self.styles[code].name if code in self.styles else code
        text = storable("".join(reader.out)).strip(" \n")
        return Piece(place, text, style, outline, number, reader.bookmarks, reader.lost), reader.boxes

    def _chain(self, code: str) -> Iterator[_Style]:
        """A style and those that it is based on."""
        seen: set[str] = set()
        while code in self.styles and code not in seen:
            seen.add(code)
            yield self.styles[code]
            code = self.styles[code].based

    def _outline(self, form: Element | None, code: str) -> int | None:
        own = whole(child(form, "outlineLvl"))
        found = [own, *(one.outline for one in self._chain(code))]
        level = next((one for one in found if one is not None), None)
        return level if level is not None and level < 9 else None

    def _number(self, form: Element | None, code: str) -> tuple[str, str, int] | None:
        own = _numbering(form)
        number = own or next((one.number for one in self._chain(code) if one.number), None)
        return (*self.numbers[number], number[1]) if number in self.numbers else None

    def _table(self, element: Element, place: int) -> Piece:
        piece = Piece(place, rows=[])
        for row in (one for one in wrapped(element, "tr") if child(child(one, "trPr"), "del") is None):
            cells: list[str] = []
            for cell in wrapped(row, "tc"):
                cells += self._cell(cell, piece)
            assert piece.rows is not None
            piece.rows.append(cells)
        return piece

    def _cell(self, cell: Element, piece: Piece) -> list[str]:
        found = [self._paragraph(one, piece.place)[0] for one in cell.iter() if local(one) == "p"]
        for one in found:
            piece.lost += one.lost
        properties = child(cell, "tcPr")
        span = min(whole(child(properties, "gridSpan")) or 1, 100)
        joined = child(properties, "vMerge")
        piece.lost["merged"] += span > 1 or joined is not None
        piece.lost["nested"] += any(local(one) == "tbl" for one in cell)
        return [" ".join(one.text.replace("\n", " ") for one in found if one.text), *[""] * (span - 1)]


class _Reader:
    """The words of one paragraph, fields and links followed from run to run."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.lost: Counter[str] = Counter()
        self.bookmarks: list[str] = []
        self.boxes: list[Element] = []
        self.fields: list[list[str]] = []

    def read(self, element: Element) -> None:
        """Take in everything under ``element``."""
        for one in element:
            name = local(one)
            if name == "t":
                self.out.append(OWN_SIGNS.sub("", one.text or ""))
            elif name == "br":
                self.out.append("" if attribute(one, "type") in ("page", "column") else "\n")
            elif name in SIGNS:
                self.out.append(SIGNS[name])
            elif name in LOST:
                self._lose(one, name)
            elif name not in SKIPPED:
                self._special(one, name)

    def _lose(self, element: Element, name: str) -> None:
        """A text box is text; everything else is counted."""
        box = next((one for one in element.iter() if local(one) == "txbxContent"), None)
        if box is None:
            self.lost[LOST[name]] += 1
        else:
            self.boxes += [one for one in box.iter() if local(one) == "p"]

    def _special(self, element: Element, name: str) -> None:
        if name == "bookmarkStart":
            self.bookmarks.append(attribute(element, "name"))
        elif name == "fldChar":
            self._field(attribute(element, "fldCharType"))
        elif name == "instrText":
            if self.fields:
                self.fields[-1][0] += element.text or ""
        elif name == "hyperlink" and attribute(element, "anchor"):
            self._linked(attribute(element, "anchor"), element)
        elif name == "fldSimple" and (found := NUMBER_FIELD.match(attribute(element, "instr"))):
            self._linked(found[1], element)
        elif name != "p":
            self.read(element)

    def _linked(self, name: str, element: Element) -> None:
        self.out.append(f"{LINK_START}{name}{LINK_NAME}")
        self.read(element)
        self.out.append(LINK_END)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append(["", ""])
        elif kind == "separate" and self.fields and (found := NUMBER_FIELD.match(self.fields[-1][0])):
            self.out.append(f"{LINK_START}{found[1]}{LINK_NAME}")
            self.fields[-1][1] = LINK_END
        elif kind == "end" and self.fields:
            self.out.append(self.fields.pop()[1])


def _merged(pieces: Iterator[tuple[Piece, bool]]) -> Iterator[Piece]:
    """Paragraphs whose end was deleted are one with the next."""
    held: Piece | None = None
    for piece, goes_on in pieces:
        if held is not None and piece.rows is None:
            piece.text, piece.lost = held.text + piece.text, held.lost + piece.lost
            piece.bookmarks = held.bookmarks + piece.bookmarks
        elif held is not None:
            yield held
        held = piece if goes_on else None
        if not goes_on:
            yield piece
    if held is not None:
        yield held


def _blocks(element: Element) -> Iterator[Element | str]:
    """Paragraphs, tables, and the names of bookmarks between them; tables of contents are left out."""
    for one in element:
        name = local(one)
        if name in ("p", "tbl"):
            yield one
        elif name == "bookmarkStart":
            yield attribute(one, "name")
        elif name in WRAPPERS and not _contents(one):
            yield from _blocks(one)


def _contents(element: Element) -> bool:
    gallery = child(child(child(element, "sdtPr"), "docPartObj"), "docPartGallery")
    return value(gallery) == "Table of Contents"


# -- parts of the file -----------------------------------------------------------------------------


def _main(archive: zipfile.ZipFile, name: str) -> Element:
    names = archive.namelist()
    if "word/document.xml" in names and archive.getinfo("word/document.xml").file_size > LARGEST_TEXT:
        raise refused(name, "正文过大，无法读取。", "its text is too large to be read.")
    body = child(tree(archive, "word/document.xml", name), "body")
    if body is None:
        raise refused(name, "文件中没有正文。", "there is no text in the file.")
    return body


def _styles(archive: zipfile.ZipFile, name: str) -> tuple[dict[str, _Style], str]:
    """Styles by their code, and the code of the default one."""
    if "word/styles.xml" not in archive.namelist():
        return {}, ""
    done, default = {}, ""
    for one in tree(archive, "word/styles.xml", name):
        if local(one) == "style" and attribute(one, "type") == "paragraph":
            form = child(one, "pPr")
            done[attribute(one, "styleId")] = _Style(value(child(one, "name")), value(child(one, "basedOn")),
                                                     whole(child(form, "outlineLvl")), _numbering(form))
            default = attribute(one, "styleId") if attribute(one, "default") in ("1", "true") else default
    return done, default


def _numbering(form: Element | None) -> tuple[str, int] | None:
    number = child(form, "numPr")
    code = value(child(number, "numId"))
    return (code, whole(child(number, "ilvl")) or 0) if code else None


def _numbers(archive: zipfile.ZipFile, name: str) -> dict[tuple[str, int], tuple[str, str]]:
    """(list, level) -> format and pattern of its numbers."""
    if "word/numbering.xml" not in archive.namelist():
        return {}
    root = tree(archive, "word/numbering.xml", name)
    levels = {attribute(one, "abstractNumId"): [
        (whole_of(attribute(level, "ilvl")) or 0, value(child(level, "numFmt")), value(child(level, "lvlText")))
        for level in one if local(level) == "lvl"] for one in root if local(one) == "abstractNum"}
    return {(attribute(one, "numId"), level): (form, pattern) for one in root if local(one) == "num"
            for level, form, pattern in levels.get(value(child(one, "abstractNumId")), ())}


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def child(element: Element | None, name: str) -> Element | None:
    """The first child of that name."""
    return None if element is None else next((one for one in element if local(one) == name), None)


def wrapped(element: Element, name: str) -> Iterator[Element]:
    """Children of that name, those in wrappers too."""
    for one in element:
        if local(one) == name:
            yield one
        elif local(one) in WRAPPERS:
            yield from wrapped(one, name)


def attribute(element: Element, name: str) -> str:
    """An attribute, whatever its namespace; "" for none."""
    return next((text for key, text in element.items() if key.rpartition("}")[2] == name), "")


def value(element: Element | None) -> str:
    """The ``w:val`` of an element."""
    return "" if element is None else attribute(element, "val")


def whole(element: Element | None) -> int | None:
    """The ``w:val`` as a number."""
    return whole_of(value(element))


def whole_of(text: str) -> int | None:
    """A small whole number; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None
