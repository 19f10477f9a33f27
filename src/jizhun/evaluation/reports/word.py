"""A report as DOCX in the manner of Chinese official documents: text, charts, then tables and method as annexes.

Title in 2 号 小标宋, text in 3 号 仿宋, heads in 黑体 and 楷体, page numbers; neither an authority's head nor a seal.
"""

import zipfile
from collections.abc import Mapping
from datetime import datetime, time
from io import BytesIO
from typing import Final
from xml.sax.saxutils import quoteattr

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from jizhun.evaluation.reports.outline import Chart, Outline, Section, Table, chapter_mark, section_mark
from jizhun.evaluation.reports.pictures import alternative, picture, shape
from jizhun.evaluation.reports.shown import captions, written
from jizhun.evaluation.reports.typeset import as_png
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.standards.documents.word import Paper, put

TITLE_FACE: Final = "方正小标宋简体"
FALLBACKS: Final[Mapping[str, str]] = {
    "方正小标宋简体": "FZXiaoBiaoSong-B05S", "仿宋": "FangSong", "黑体": "SimHei", "楷体": "KaiTi"}
"""Where a machine lacks the first name, programs look for the other, then take a face of the same kind."""
FAMILIES: Final = {"方正小标宋简体": "roman", "仿宋": "modern", "黑体": "swiss", "楷体": "modern"}
ANNEX = Bilingual("附件", "Annex")
TABLES, METHOD, QUERIES = (Bilingual("附表", "Tables"), Bilingual("指标与方法", "Figures and method"),
                           Bilingual("计算记录与查询语句", "Runs on record, and the query"))
ABOUT = Bilingual("报告说明", "About this report")
RUNS_NOTE = Bilingual("以下为总体达标率的查询语句；其余各次计算的语句见同一报告的 XLSX 文件。",
                      "This is the query of the whole; those of the other runs are in the XLSX file of this report.")


def as_docx(outline: Outline, language: str, made_on: datetime | None = None) -> bytes:
    """The report as a Word document, always the same for the same report."""
    writer = _Writer(outline, "zh" if language.startswith("zh") else "en", made_on)
    return with_fallbacks(writer.written())


class _Writer:
    """Fills one document from top to foot."""

    def __init__(self, outline: Outline, language: str, made_on: datetime | None) -> None:
        self.outline, self.language, self.figures = outline, language, 0
        self.paper = Paper(self.say(outline.title), made_on or datetime.combine(datetime(2000, 1, 1), time()),
                           chinese=language == "zh")

    def say(self, words: Bilingual) -> str:
        return words.in_language(self.language)

    def written(self) -> bytes:
        self.paper.section(across=False)
        self._faces()
        self._running()
        self.paper.title("\n".join(self.outline.title_lines(self.language)), self.say(self.outline.below))
        for one in self.outline.notices:
            self.paper.text(self.say(one))
        for number, chapter in enumerate(self.outline.chapters, 1):
            self.paper.heading(f"{chapter_mark(number, self.language)}{self.say(chapter.name)}")
            at = 0
            for section in chapter.sections:
                at += section.name != NO_WORDS
                self._section(section, number, at)
        self._annexes()
        return self.paper.bytes()

    def _faces(self) -> None:
        title = self.paper.document.styles["Title"]
        title.element.get_or_add_rPr().find(qn("w:rFonts")).set(qn("w:eastAsia"), TITLE_FACE)
        title.font.bold = self.language == "en"
        for one in self.paper.document.styles.element.iter(qn("w:lang")):
            one.set(qn("w:val"), "en-GB")  # of digits and letters: taken for Chinese they are broken anywhere

    def _running(self) -> None:
        """What is simulated is called so on every page."""
        if self.outline.running != NO_WORDS:
            head = self.paper.document.sections[0].header.paragraphs[0]
            head.alignment = WD_ALIGN_PARAGRAPH.CENTER
            head.add_run(self.say(self.outline.running)).font.size = Pt(9)

    def _section(self, section: Section, chapter: int, number: int) -> None:
        if section.name != NO_WORDS:
            self.paper.heading(f"{section_mark(chapter, number, self.language)}{self.say(section.name)}", 2)
        for one in section.sentences:
            self.paper.text(self.say(one))
        for chart in section.charts:
            self._chart(chart)

    def _chart(self, chart: Chart) -> None:
        self.figures += 1
        table = self.outline.numbers[chart.table]
        svg = picture(chart, self.language)
        self.paper.picture(as_png(svg), alternative(chart, self.language, table), *shape(chart), highest=150)
        layout = self.paper.document.paragraphs[-1].paragraph_format
        layout.keep_with_next, layout.space_before = True, Pt(8)
        note = f"图{self.figures}　{self.say(chart.title)}（见附表{table}）" if self.language == "zh" else \
            f"Figure {self.figures}: {self.say(chart.title)} (see table {table})"
        self.paper.note(note)
        self.paper.document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER

    # -- annexes

    def _annexes(self) -> None:
        self.paper.section(across=True)
        self._annex(1, TABLES)
        for number, table in enumerate(self.outline.tables, 1):
            self._table(table, number)
        self.paper.section(across=False)
        self._annex(2, METHOD)
        for method in self.outline.methods:
            self._small(f"{self.say(method.name)}　{method.formula}" if self.language == "zh" else
                        f"{self.say(method.name)}:  {method.formula}", strong=True)
            self._small(self.say(method.text))
        self._annex(3, ABOUT)
        for name, what in self.outline.facts:
            self._small(f"{self.say(name)}{'：' if self.language == 'zh' else ': '}{self.say(what)}")
        self._queries()

    def _annex(self, number: int, name: Bilingual) -> None:
        mark = f"附件{number}　" if self.language == "zh" else f"Annex {number}  "
        self.paper.heading(f"{mark}{self.say(name)}")

    def _table(self, table: Table, number: int) -> None:
        rows = [[written(value, column, self.language) for value, column in zip(row, table.columns, strict=True)]
                for row in table.rows]
        self.paper.note(captions(table, number, self.language))
        caption = self.paper.document.paragraphs[-1].paragraph_format
        caption.keep_with_next, caption.space_before = True, Pt(12)
        self.paper.table([self.say(one.name) for one in table.columns], rows, [one.wide for one in table.columns],
                         [one.kind != "text" for one in table.columns],
                         strong=[len(rows) - 1] if table.sums else [])
        self.paper.note(" ".join(filter(None, (self.say(table.note), self.say(self.outline.source)))))

    def _queries(self) -> None:
        if not self.outline.queries:
            return
        self._annex(4, QUERIES)
        for name, _sql in self.outline.queries:
            self._small(self.say(name))
        self._small(self.say(RUNS_NOTE), strong=True)
        code = self.paper.document.add_paragraph()
        run = code.add_run(self.outline.queries[0][1])
        run.font.size, run.font.name = Pt(7), "Consolas"

    def _small(self, words: str, *, strong: bool = False) -> None:
        paragraph = self.paper.document.add_paragraph()
        run = paragraph.add_run(words)
        run.font.size, run.font.bold = Pt(10.5), strong
        paragraph.paragraph_format.space_after = Pt(2 if strong else 4)
        paragraph.paragraph_format.keep_with_next = strong


def with_fallbacks(content: bytes) -> bytes:
    """The same file with a table of fonts that names what to take where a face is missing."""
    declared = "".join(
        f'<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(other)}/><w:charset w:val="86"/>'
        f'<w:family w:val="{FAMILIES[name]}"/><w:pitch w:val="variable"/></w:font>'
        for name, other in FALLBACKS.items())
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "word/fontTable.xml":
                part = part.replace(b"</w:fonts>", declared.encode() + b"</w:fonts>")
            put(new, name, part)
    return made.getvalue()
