"""A procedure as DOCX: real headings, a real table of steps with its head repeated, the picture with its words."""

from collections.abc import Mapping
from datetime import datetime, time
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, RGBColor

from jizhun.drafting.documents import word_forms as forms
from jizhun.drafting.documents.word_styles import Look, wear
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.procedures.documents.outline import Chapter, Reading, Row, sources_of
from jizhun.procedures.documents.typeset import as_png, svg_of
from jizhun.standards.documents.word import repacked

SOFT = RGBColor(0x4A, 0x54, 0x62)
QUIET = ("Above", "Source", "Cell Small", "Missing", "Footer")
WIDE, HIGH = 168, 235
"""Of what stands between the margins, in millimetres."""
COLUMNS = (10, 36, 22, 19, 27, 28, 26)
"""Of the table of steps, in millimetres."""


def looks(language: str) -> dict[str, Look]:
    """Name -> look, lengths in points."""
    bold = language == "en"
    return {
        "Normal": Look(10.5, pitch=17), "Above": Look(9, pitch=14),
        "Title": Look(20, sans=True, pitch=30, before=2, after=6, bold=bold, keep=True),
        "Notice": Look(10.5, pitch=17, left=10, before=3, after=3),
        "Heading 1": Look(13, sans=True, pitch=20, before=14, after=5, keep=True, bold=bold),
        "Body Text": Look(10.5, pitch=17, after=3), "List Bullet": Look(10.5, pitch=17, left=16, first=-16),
        "Cell": Look(8.5, pitch=12), "Cell Small": Look(7.5, pitch=11), "Cell Head": Look(8.5, sans=True, pitch=12,
                                                                                         bold=bold),
        "Missing": Look(10.5, pitch=17, after=3), "Source": Look(8, pitch=12, after=3), "Footer": Look(8, pitch=12)}


def as_docx(reading: Reading, language: str) -> bytes:
    """The procedure as a Word document, always the same for the same procedure."""
    return _Writer(reading, "zh" if language.startswith("zh") else "en").written()


class _Writer:
    """Fills one document from top to foot."""

    def __init__(self, reading: Reading, language: str) -> None:
        self.reading, self.language = reading, language
        self.document: Any = Document()
        wear(self.document, language, looks(language))
        for name in QUIET:
            self.document.styles[name].font.color.rgb = SOFT

    def say(self, words: Bilingual) -> str:
        return words.in_language(self.language)

    def written(self) -> bytes:
        """The whole file."""
        self._sheet()
        self._add("Above", self.reading.above)
        self._add("Title", self.reading.title)
        for notice in self.reading.notices:
            made = self._add("Notice", notice)
            forms.ruled(made, "left", 16)
            made._p.pPr.find(qn("w:pBdr"))[0].set(qn("w:space"), "6")
        for number, chapter in enumerate(self.reading.chapters, 1):
            self._chapter(number, chapter)
        forms.ruled(self._add("Source", self.reading.holds), "top")
        made_file = BytesIO()
        self.document.save(made_file)
        return repacked(made_file.getvalue())

    def _sheet(self) -> None:
        section, about = self.document.sections[0], self.document.core_properties
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(21)
        about.title, about.author, about.comments = self.say(self.reading.picture_title)[:255], "Jizhun", ""
        about.language = forms.TAGS[self.language]
        about.created = about.modified = datetime.combine(self.reading.procedure.whole.on, time())
        running = section.footer.paragraphs[0]
        running.add_run(f"{self.say(self.reading.above)} · ")
        running._p.extend(forms.field("PAGE", "1"))

    def _chapter(self, number: int, chapter: Chapter) -> None:
        self.document.add_paragraph(f"{number}  {self.say(chapter.name)}", style="Heading 1")
        if chapter.missing != NO_WORDS:
            self._add("Missing", chapter.missing)
        if chapter.lead != NO_WORDS:
            self._add("Body Text", chapter.lead)
        if chapter.rows:
            self._table(chapter.rows)
        if chapter.code == "picture":
            self._picture()
        for line in chapter.lines:
            made = self._add("Body Text" if chapter.plain else "List Bullet", line.text)
            if line.cited != NO_WORDS:
                cited = made.add_run(f" {self.say(line.cited)}")
                forms.face(cited._r.get_or_add_rPr(), size=8)
                cited.font.color.rgb = SOFT
        for one in sources_of(chapter.origins):
            self._add("Source", one)

    def _table(self, rows: tuple[Row, ...]) -> None:
        table = self.document.add_table(rows=1, cols=len(COLUMNS))
        table.autofit = False
        for column, wide in zip(table.columns, COLUMNS, strict=True):
            column.width = Mm(wide)
        forms.bordered(table, 4, 4)
        for cell, head in zip(table.rows[0].cells, self.reading.heads, strict=True):
            cell.paragraphs[0].style = self.document.styles["Cell Head"]
            cell.paragraphs[0].add_run(self.say(head))
        forms.head_row(table.rows[0])
        for row in rows:
            made = table.add_row()
            made._tr.get_or_add_trPr().append(forms.element("cantSplit"))
            for cell, parts in zip(made.cells, row.cells, strict=True):
                self._fill(cell, parts)
        for each in table.rows:
            for cell, wide in zip(each.cells, COLUMNS, strict=True):
                cell.width = Mm(wide)
        self.document.add_paragraph(style="Cell Small")

    def _fill(self, cell: Any, parts: tuple[tuple[Bilingual, bool], ...]) -> None:
        styles: Mapping[bool, str] = {False: "Cell", True: "Cell Small"}
        paragraph = cell.paragraphs[0]
        paragraph.style = self.document.styles["Cell"]
        for at, (words, small) in enumerate(parts):
            made = paragraph if at == 0 else cell.add_paragraph()
            made.style = self.document.styles[styles[small]]
            made.add_run(self.say(words))

    def _picture(self) -> None:
        svg = svg_of(self.reading, self.language)
        if not svg:
            return
        made = self.document.add_paragraph(style="Body Text")
        made.paragraph_format.line_spacing = 1.0  # lines of an exact height would cut it off
        shape = made.add_run().add_picture(BytesIO(as_png(svg)), width=Mm(WIDE))
        if shape.height > Mm(HIGH):
            shape.width, shape.height = int(shape.width * Mm(HIGH) / shape.height), Mm(HIGH)
        shape._inline.docPr.set("descr", self.say(self.reading.alt))

    def _add(self, style: str, words: Bilingual) -> Any:
        return self.document.add_paragraph(self.say(words), style=style)
