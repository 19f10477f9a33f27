"""The pieces of OOXML that python-docx has no words for: fonts, fields, bookmarks, frames, borders, page numbers."""

from collections.abc import Iterator
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

SERIF, SANS, WESTERN = "SimSun", "SimHei", "Times New Roman"
"""宋体, 黑体 by the names that Word knows in every language."""
TWIPS = 1440 / 25.4
"""Of a millimetre."""


def element(name: str, children: tuple[Any, ...] = (), /, **attributes: object) -> Any:
    """An element ``w:name`` with attributes of the same namespace."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    made.extend(children)
    return made


TAGS = {"zh": "zh-CN", "en": "en-GB"}


def face(properties: Any, *, sans: bool = False, bold: bool | None = None, size: float | None = None,
         spread: float = 0, language: str = "") -> None:
    """Fonts, weight, size and language as the run properties, in the order that the schema wants."""
    for old in [one for one in properties if one.tag != qn("w:rStyle")]:
        properties.remove(old)
    made = [element("rFonts", ascii=WESTERN, hAnsi=WESTERN, eastAsia=SANS if sans else SERIF, cs=WESTERN)]
    if bold is not None:
        made += [element(name, val=int(bold)) for name in ("b", "bCs")]
    if spread:
        made.append(element("spacing", val=round(spread * 20)))
    if size:
        made += [element(name, val=round(size * 2)) for name in ("sz", "szCs")]
    if language:
        made.append(element("lang", val=TAGS[language], eastAsia="zh-CN"))
    properties.extend(made)


def without_themes(root: Any) -> None:
    """No font may come from the theme: its Latin fonts would win over ours."""
    for fonts in root.iter(qn("w:rFonts")):
        for name in [one for one in fonts.attrib if "heme" in one]:
            del fonts.attrib[name]


def text_run(text: str, style: Any = None) -> Any:
    """A run with this text."""
    words = element("t")
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element("r", ((style,) if style is not None else ()) + (words,))


def field(instruction: str, shown: str) -> Iterator[Any]:
    """The runs of a field, with what it shows until it is updated."""
    yield field_mark("begin")
    yield instructed(instruction)
    yield field_mark("separate")
    yield text_run(shown)
    yield field_mark("end")


def field_mark(kind: str) -> Any:
    """begin, separate or end of a field."""
    return element("r", (element("fldChar", fldCharType=kind),))


def instructed(instruction: str) -> Any:
    """The run that holds a field's instruction."""
    words = element("instrText")
    words.text = f" {instruction} "
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return element("r", (words,))


def bookmarked(paragraph: Any, name: str, number: int) -> None:
    """A bookmark around what the paragraph holds."""
    start, end = element("bookmarkStart", id=number, name=name), element("bookmarkEnd", id=number)
    properties = paragraph._p.pPr
    paragraph._p.insert(0 if properties is None else 1, start)
    paragraph._p.append(end)


def framed(paragraph: Any, *, x: float, y: float, wide: float) -> None:
    """The paragraph at a place on the page, in millimetres."""
    frame = element("framePr", w=round(wide * TWIPS), hSpace=0, wrap="around", vAnchor="page", hAnchor="page",
                    x=round(x * TWIPS), y=round(y * TWIPS))
    properties = paragraph._p.get_or_add_pPr()
    style = properties.find(qn("w:pStyle"))
    properties.insert(0 if style is None else 1, frame)


def ruled(paragraph: Any, side: str, eighths: int = 8) -> None:
    """A line on one side of the paragraph."""
    properties = paragraph._p.get_or_add_pPr()
    border = element("pBdr", (element(side, val="single", sz=eighths, space=0, color="auto"),))
    properties.insert_element_before(
        border, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:kinsoku", "w:wordWrap", "w:overflowPunct",
        "w:topLinePunct", "w:autoSpaceDE", "w:autoSpaceDN", "w:bidi", "w:adjustRightInd", "w:snapToGrid", "w:spacing",
        "w:ind", "w:contextualSpacing", "w:mirrorIndents", "w:jc", "w:textAlignment", "w:outlineLvl", "w:rPr")


def bordered(table: Any, outer: int = 8, inner: int = 4) -> None:
    """The lines of a table: thick around, thin inside."""
    sides = {"top": outer, "left": outer, "bottom": outer, "right": outer, "insideH": inner, "insideV": inner}
    borders = element("tblBorders", tuple(element(side, val="single", sz=size, space=0, color="auto")
                                          for side, size in sides.items()))
    table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")


def head_row(row: Any) -> None:
    """A row that is repeated on every page, with a thick line under it."""
    row._tr.get_or_add_trPr().append(element("tblHeader"))
    for cell in row._tr.tc_lst:
        border = element("tcBorders", (element("bottom", val="single", sz=8, space=0, color="auto"),))
        cell.get_or_add_tcPr().append(border)


def counted(section: Any, kind: str) -> None:
    """Page numbers of a section: ``upperRoman`` or ``decimal``, from 1."""
    numbers = element("pgNumType", fmt=kind, start=1)
    section._sectPr.insert_element_before(numbers, "w:cols", "w:titlePg", "w:docGrid")


def defaults(document: Any, language: str) -> None:
    """The document's own fonts and languages."""
    root = document.styles.element
    without_themes(root)
    found = root.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    face(found, size=10.5, language=language)
    settings = document.settings.element
    for old in settings.findall(qn("w:themeFontLang")):
        old.set(qn("w:val"), TAGS[language])
        old.set(qn("w:eastAsia"), "zh-CN")


def linked(anchor: str, runs: tuple[Any, ...]) -> Any:
    """Runs that lead to a bookmark."""
    return element("hyperlink", runs, anchor=anchor, history=1)
