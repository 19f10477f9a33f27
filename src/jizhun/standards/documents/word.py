"""Word files in the manner of official documents: 仿宋 body, 黑体 headings, ruled tables, page numbers."""

import zipfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

BODY, HEADING, SECOND, TITLE, LATIN = "仿宋", "黑体", "楷体", "宋体", "Times New Roman"
BODY_SIZE, TABLE_SIZE, TITLE_SIZE = {"zh": 16.0, "en": 12.0}, {"zh": 9.0, "en": 9.0}, {"zh": 22.0, "en": 18.0}
SHORT, LONG = 210, 297
"""A4 in millimetres."""
EDGES = {True: (20, 20, 18, 18), False: (37, 35, 28, 26)}
"""Margins (top, bottom, left, right) across and upright; upright as official documents have them."""
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first moment a ZIP file can hold: all its files get it, so that the same content gives the same bytes."""
CELLS = "Table text"
HEAD_GROUND, GROUP_GROUND = "E9F0F9", "F4F6F8"


class Paper:
    """A document being written in one language."""

    def __init__(self, title: str, moment: datetime, *, chinese: bool) -> None:
        self.chinese = chinese
        self.language = "zh" if chinese else "en"
        self.document: Any = Document()
        self._sections = 0
        self._style()
        core = self.document.core_properties
        core.title, core.author, core.last_modified_by, core.comments = title, "Jizhun", "Jizhun", ""
        core.created = core.modified = moment
        core.language = "zh-CN" if chinese else "en"

    # -- set-up ------------------------------------------------------------------------------------

    def _style(self) -> None:
        """Plain fonts instead of those of a theme, which Word would choose by its own language."""
        styles = self.document.styles
        for fonts in styles.element.iter(qn("w:rFonts")):
            for name in [one for one in fonts.attrib if "Theme" in one or one.endswith("theme")]:
                del fonts.attrib[name]
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")
            language.set(qn("w:val"), "zh-CN" if self.chinese else "en-GB")
        size = BODY_SIZE[self.language]
        self._font(styles["Normal"], BODY, size)
        self._font(styles["Title"], TITLE, TITLE_SIZE[self.language], bold=True)
        for level, font in ((1, HEADING), (2, SECOND)):
            self._font(styles[f"Heading {level}"], font, size, bold=not self.chinese)
        for name in ("Title", "Heading 1", "Heading 2"):
            layout = styles[name].paragraph_format
            layout.space_before, layout.space_after, layout.keep_with_next = Pt(10), Pt(6), True
        cells = styles.add_style(CELLS, WD_STYLE_TYPE.PARAGRAPH)
        cells.base_style, cells.paragraph_format.space_after = styles["Normal"], Pt(0)
        self._font(cells, BODY, TABLE_SIZE[self.language])
        self._cells = cells.style_id
        for border in list(styles["Title"].element.iter(qn("w:pBdr"))):
            border.getparent().remove(border)

    def _font(self, style: Any, east: str, size: float, *, bold: bool = False) -> None:
        style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), bold
        style.font.color.rgb = RGBColor(0, 0, 0)
        _east(style.element.get_or_add_rPr(), east)

    def section(self, *, across: bool) -> None:
        """From here on pages lie across or stand upright."""
        section = self.document.sections[0] if self._sections == 0 else self.document.add_section()
        self._sections += 1
        section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (Mm(LONG), Mm(SHORT)) if across else (Mm(SHORT), Mm(LONG))
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Mm, EDGES[across])
        section.footer_distance = Mm(10 if across else 25)
        if self._sections == 1:
            self._page_number(section.footer.paragraphs[0])

    def _page_number(self, paragraph: Any) -> None:
        """— 1 — in the middle of the foot."""
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for kind, words in (("", "— "), ("begin", ""), ("", "PAGE"), ("end", ""), ("", " —")):
            run = paragraph.add_run("" if words == "PAGE" else words)
            run.font.size = Pt(14 if self.chinese else 10)
            if kind:
                mark = OxmlElement("w:fldChar")
                mark.set(qn("w:fldCharType"), kind)
                run._r.append(mark)
            elif words == "PAGE":
                code = OxmlElement("w:instrText")
                code.text = words
                run._r.append(code)

    @property
    def room(self) -> float:
        """Width between the margins of the present pages, in millimetres."""
        section = self.document.sections[-1]
        return float(section.page_width - section.left_margin - section.right_margin) / Mm(1)

    # -- content -----------------------------------------------------------------------------------

    def title(self, words: str, below: str) -> None:
        """The title in the middle with a line under it."""
        heading = self.document.add_paragraph(words, style="Title")
        heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line = self.document.add_paragraph(below)
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.runs[0].font.size = Pt(TABLE_SIZE[self.language] + 2)

    def heading(self, words: str, level: int = 1) -> None:
        self.document.add_paragraph(words, style=f"Heading {level}")

    def text(self, words: str) -> None:
        """A paragraph of body text; in Chinese indented by two characters."""
        paragraph = self.document.add_paragraph(words)
        layout = paragraph.paragraph_format
        layout.space_after, layout.line_spacing = Pt(0 if self.chinese else 6), Pt(28) if self.chinese else 1.25
        if self.chinese:
            layout.alignment, layout.first_line_indent = WD_ALIGN_PARAGRAPH.JUSTIFY, Pt(2 * BODY_SIZE["zh"])

    def note(self, words: str) -> None:
        """A small line under a table or a picture."""
        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(words)
        run.font.size = Pt(TABLE_SIZE[self.language])
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)

    def picture(self, png: bytes, label: str, width: float, height: float, highest: float = 110) -> None:
        """A picture as large as the page allows; ``width`` and ``height`` give its shape, ``highest`` in mm."""
        fitting = min(self.room, highest * width / height, 240)
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        shape = paragraph.add_run().add_picture(BytesIO(png), width=Mm(fitting))
        shape._inline.docPr.set("descr", label)

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float],
              middle: Sequence[bool], groups: Sequence[int] = (), strong: Sequence[int] = ()) -> None:
        """A ruled table, its heads again on every page. ``groups``: rows of one text across it; ``strong``: sums."""
        table = self.document.add_table(rows=len(rows) + 1, cols=len(heads), style="Table Grid")
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        scale = self.room / sum(widths)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width * scale)
        lines = list(table.rows)  # python-docx counts through the table for every row asked by number
        self._row(lines[0], heads, widths, scale, [True] * len(heads), font=HEADING, ground=HEAD_GROUND)
        _flag(lines[0], "w:tblHeader")
        for at, (line, row) in enumerate(zip(lines[1:], rows, strict=True)):
            spans = at in groups
            self._row(line, row, widths, scale, [False] * len(heads) if spans else middle,
                      font=HEADING if spans or at in strong else BODY, ground=GROUP_GROUND if spans else "")
            if spans:
                _span(line.cells, self.room)

    def _row(self, line: Any, texts: Sequence[str], widths: Sequence[float], scale: float, middle: Sequence[bool], *,
             font: str, ground: str) -> None:
        _flag(line, "w:cantSplit")
        for cell, words, width, centre in zip(line.cells, texts, widths, middle, strict=True):
            if ground:
                _shade(cell, ground)  # before the alignment: Word wants them in this order
            cell.width, cell.vertical_alignment = Mm(width * scale), WD_CELL_VERTICAL_ALIGNMENT.CENTER
            paragraph = cell.paragraphs[0]
            paragraph._p.style = self._cells  # by its id: the search by name takes most of the time of a long table
            if centre:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = paragraph.add_run(words)
            _east(run._r.get_or_add_rPr(), font)
            run.font.bold = font == HEADING and not self.chinese

    def bytes(self) -> bytes:
        """The finished file, always the same for the same content."""
        content = BytesIO()
        self.document.save(content)
        return repacked(content.getvalue())


def _east(properties: Any, font: str) -> None:
    """The font of Chinese characters: python-docx sets that of Latin letters only."""
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    fonts.set(qn("w:eastAsia"), font)


def _flag(row: Any, name: str) -> None:
    """Switch a property of a table row on."""
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _shade(cell: Any, colour: str) -> None:
    ground = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        ground.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(ground)


def _span(cells: Sequence[Any], room: float) -> None:
    """The first cell over the whole row; python-docx's own merging would leave empty lines behind."""
    first, row = cells[0]._tc, cells[0]._tc.getparent()
    first.grid_span, cells[0].width = len(cells), Mm(room)
    for cell in cells[1:]:
        row.remove(cell._tc)


def repacked(content: bytes) -> bytes:
    """The same ZIP file with the times of making left out."""
    result = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            put(new, name, old.read(name))
    return result.getvalue()


def put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """One file into an archive, with the same time and rights always."""
    info = zipfile.ZipInfo(name, EARLIEST)
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
    archive.writestr(info, content)
