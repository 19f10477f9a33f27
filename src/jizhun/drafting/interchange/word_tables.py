"""Comment tables as Word files. The table is written as XML at once: python-docx takes a minute for 2,000 rows."""

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, Final
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as Made
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from jizhun.drafting.interchange.cells import Said, answer_cell, cleaned, numbered_cell, system_cell
from jizhun.drafting.interchange.layout import (
    TEMPLATES,
    TITLES,
    Column,
    Head,
    explanation,
    head_lines,
    labelled,
)
from jizhun.drafting.rules.remarks import Comment
from jizhun.kernel.bilingual import Bilingual

FOOTNOTE: Final = Bilingual(
    "MB/NC：成员体/国家委员会或提出意见的单位，其下方括号内为系统编号；意见类型：ge 总体，te 技术，ed 编辑。"
    "最右列由系统使用，请勿改动。",
    "MB/NC = member body / national committee, or the body that comments; our number stands below it in brackets. "
    "Type of comment: ge = general, te = technical, ed = editorial. The last column is used by the system: please "
    "keep it.")
KEEP: Final = Bilingual("序号下方括号内为系统编号；最右列由系统使用，请勿改动。",
                        "The number in brackets and the last column are used by the system: please keep them.")
STYLES: Final = {
    # name: (East Asian font, Latin font, points, bold, italic, grey)
    "JzCell": ("宋体", "Times New Roman", 9.0, False, False, False),
    "JzHead": ("黑体", "Arial", 8.0, True, False, False),
    "JzQuote": ("楷体", "Times New Roman", 8.5, False, True, True),
    "JzMark": ("宋体", "Arial", 7.5, False, False, True),
    "JzSystem": ("宋体", "Arial", 5.5, False, False, True),
    "JzBox": ("仿宋", "Times New Roman", 11.0, False, False, False),
    "JzTitle": ("黑体", "Arial", 15.0, True, False, False),
}
SYSTEM_NAMES: Final = {"type": "type", "clause": "clause", "region": "place", "made_on": "day"}
BREAK: Final = re.compile(r"([\n\t])")
BORDERS: Final = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="7F7F7F"/>'
                         for side in ("top", "left", "bottom", "right", "insideH", "insideV"))
Paragraph = tuple[str, Sequence[tuple[str, bool]]]
"""A style, and pieces of text that are bold or not."""


def iso_docx(head: Head, comments: Sequence[Comment], language: str) -> bytes:
    """The comments in ISO's commenting form."""
    rows = (_iso_row(cleaned(one), language) for one in comments)
    made = _document("iso", head, language)
    _boxes_in_header(made, head, language)
    _add_table(made, "iso_docx", rows, language)
    return _saved(made)


def cn_docx(head: Head, comments: Sequence[Comment], language: str) -> bytes:
    """The comments in China's 意见汇总处理表, closed by the explanation."""
    rows = (_cn_row(place, cleaned(one), language) for place, one in enumerate(comments, 1))
    made = _document("cn", head, language)
    made.add_paragraph(TITLES["cn"].in_language(language), style="JzTitle").alignment = WD_ALIGN_PARAGRAPH.CENTER
    _boxes_in_body(made, head, language)
    _add_table(made, "cn_docx", rows, language)
    for line in explanation(head, comments, language):
        made.add_paragraph(line, style="JzBox")
    return _saved(made)


def _iso_row(one: dict[str, str], language: str) -> list[list[Paragraph]]:
    said = Said(one["quote"], one["text"])
    return [_numbered(one["body"], one["key"]), [_plain(one["line"])], [_plain(one["number"])],
            [_plain(one["paragraph"])],
            [_plain(one["type"])], _said(said, language), [_plain(one["proposed"])],
            [_answer(one, language)], [_system(one, said, ("clause", "region", "made_on"))]]


def _cn_row(place: int, one: dict[str, str], language: str) -> list[list[Paragraph]]:
    said = Said(one["quote"], one["text"], one["proposed"])
    return [_numbered(str(place), one["key"]), [_plain(one["number"])], _said(said, language), [_plain(one["body"])],
            [_answer(one, language)], [_plain("")], [_system(one, said, ("type", "clause", "region", "made_on"))]]


def _plain(text: str) -> Paragraph:
    return "JzCell", [(text, False)]


def _numbered(words: str, key: str) -> list[Paragraph]:
    """The words, and our number in a paragraph of its own."""
    cell = numbered_cell(words, key)
    if cell == words:
        return [_plain(words)]
    return [*([_plain(words)] if words else []), ("JzMark", [(f"[{key}]", False)])]


def _said(said: Said, language: str) -> list[Paragraph]:
    """Quoted words, comment and proposed change, each a paragraph of its own."""
    parts = [("JzQuote", said.quote_lines(language)), ("JzCell", [said.text] if said.text else []),
             ("JzCell", said.proposed_lines(language))]
    return [(style, [("\n".join(lines), False)]) for style, lines in parts if lines] or [_plain("")]


def _answer(one: dict[str, str], language: str) -> Paragraph:
    words, rest = answer_cell(one["disposition"], one["answer"], language)
    return "JzCell", [(words, True), (rest, False)]


def _system(one: dict[str, str], said: Said, names: Sequence[str]) -> Paragraph:
    quoted, proposed = said.counts
    lines = f"{quoted}+{proposed}" if quoted or proposed else ""
    values = {SYSTEM_NAMES[name]: one[name] for name in names}
    return "JzSystem", [(system_cell({**values, "lines": lines}), False)]


# -- the document ----------------------------------------------------------------------------------


def _document(kind: str, head: Head, language: str) -> Made:
    """An empty landscape A4 with our styles and numbered pages."""
    made = Document()
    for name, look in STYLES.items():
        _add_style(made, name, *look, chinese=language.startswith("zh"))
    section = made.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(1.25)
    section.top_margin, section.bottom_margin = Cm(1.6), Cm(1.5)
    section.header_distance = section.footer_distance = Cm(0.8)
    made.core_properties.title = TITLES[kind].in_language(language)
    made.core_properties.subject = head.number
    made.core_properties.author = made.core_properties.comments = ""
    _write_footer(section.footer, FOOTNOTE if kind == "iso" else KEEP, language)
    return made


def _add_style(made: Made, name: str, east: str, latin: str, points: float, bold: bool, italic: bool,
               grey: bool, *, chinese: bool) -> None:
    """A paragraph style with a font for each script; Chinese is never slanted."""
    style: Any = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.font.name, style.font.size, style.font.bold = latin, Pt(points), bold
    style.font.italic = italic and not chinese
    style.element.rPr.rFonts.set(qn("w:eastAsia"), east)
    if grey:
        style.font.color.rgb = RGBColor(0x55, 0x55, 0x55)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(1)


def _write_footer(footer: Any, note: Bilingual, language: str) -> None:
    first = footer.paragraphs[0]
    first.style = "JzMark"
    first.add_run(note.in_language(language))
    numbers = footer.add_paragraph(style="JzMark")
    numbers.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, between, after = ("第 ", " 页 共 ", " 页") if language.startswith("zh") else ("Page ", " of ", "")
    for words, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        numbers.add_run(words)
        if field:
            numbers._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="{field}"><w:r><w:t>1</w:t></w:r>'
                                        "</w:fldSimple>"))


def _boxes_in_header(made: Made, head: Head, language: str) -> None:
    """ISO's title and the boxes Date, Document, Project, on every page."""
    header: Any = made.sections[0].header
    title = header.paragraphs[0]
    title.style = "JzHead"
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(TITLES["iso"].in_language(language)).font.size = Pt(13)
    boxes = [labelled(box, language) for box in head_lines("iso", head, language)]
    header._element.append(_table([boxes], (5.0, 15.2, 7.0)))
    header.add_paragraph(style="JzMark")


def _boxes_in_body(made: Made, head: Head, language: str) -> None:
    boxes = [labelled(box, language) for box in head_lines("cn", head, language)]
    rows = [[boxes[0], boxes[1], ""], [boxes[2], boxes[3], boxes[4]]]
    made.element.body.insert(len(made.element.body) - 1, _table(rows, (14.0, 7.6, 5.6), borders=False))
    made.add_paragraph(style="JzMark")


def _table(rows: Sequence[Sequence[str]], widths: Sequence[float], *, borders: bool = True) -> Any:
    """A small table of boxes."""
    cells = (_row_xml([[("JzBox", [(text, False)])] for text in row], widths) for row in rows)
    return parse_xml(_table_xml(cells, widths, borders=borders))


def _add_table(made: Made, template: str, rows: Iterator[list[list[Paragraph]]], language: str) -> None:
    columns = TEMPLATES[template]
    widths = [one.cm for one in columns]
    first = _row_xml([[_header(one, language)] for one in columns], widths, header=True)
    table = _table_xml((first, *(_row_xml(row, widths) for row in rows)), widths)
    made.element.body.insert(len(made.element.body) - 1, parse_xml(table))


def _header(column: Column, language: str) -> Paragraph:
    return "JzMark" if column.own else "JzHead", [(column.header.in_language(language), False)]


def _table_xml(rows: Sequence[str] | Iterator[str], widths: Sequence[float], *, borders: bool = True) -> str:
    grid = "".join(f'<w:gridCol w:w="{_twips(one)}"/>' for one in widths)
    drawn = f"<w:tblBorders>{BORDERS}</w:tblBorders>" if borders else ""
    return (f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(map(_twips, widths))}" w:type="dxa"/>{drawn}'
            '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/>'
            f'<w:right w:w="60" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
            + "".join(rows) + "</w:tbl>")


def _row_xml(cells: Sequence[Sequence[Paragraph]], widths: Sequence[float], *, header: bool = False) -> str:
    properties = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" if header else ""
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E7ECF3"/><w:vAlign w:val="center"/>' if header else ""
    made = (f'<w:tc><w:tcPr><w:tcW w:w="{_twips(width)}" w:type="dxa"/>{shade}</w:tcPr>'
            f'{"".join(map(_paragraph_xml, cell))}</w:tc>' for cell, width in zip(cells, widths, strict=True))
    return f"<w:tr>{properties}{''.join(made)}</w:tr>"


def _paragraph_xml(paragraph: Paragraph) -> str:
    style, runs = paragraph
    return (f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
            f'{"".join(_run_xml(text, bold) for text, bold in runs if text)}</w:p>')


def _run_xml(text: str, bold: bool) -> str:
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f"<w:r>{look}{''.join(map(_piece_xml, BREAK.split(text)))}</w:r>"


def _piece_xml(piece: str) -> str:
    if piece in ("\n", "\t"):
        return "<w:br/>" if piece == "\n" else "<w:tab/>"
    return f'<w:t xml:space="preserve">{escape(piece)}</w:t>' if piece else ""


def _twips(cm: float) -> int:
    return round(cm * 567)


def _saved(made: Made) -> bytes:
    content = BytesIO()
    made.save(content)
    return content.getvalue()
