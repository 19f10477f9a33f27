"""A guide as DOCX: real headings and lists, the fonts of the other Word files, the code at its foot."""

from collections.abc import Mapping
from datetime import datetime, time
from io import BytesIO
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm, RGBColor

from jizhun.drafting.documents import word_forms as forms
from jizhun.drafting.documents.word_styles import Look, wear
from jizhun.guides.documents import foot
from jizhun.guides.documents.outline import DOT, Entry, Line, Reading, joined
from jizhun.guides.documents.typeset import SEMICOLON, SORT, linked
from jizhun.kernel.bilingual import COLON, Bilingual
from jizhun.kernel.dating import day_in_words
from jizhun.standards.documents.word import repacked

SOFT = RGBColor(0x4A, 0x54, 0x62)
SCALE = 1.4
"""How much larger large type is."""
QUIET = ("Above", "Source", "Remark", "Footer")


def looks(language: str, scale: float) -> dict[str, Look]:
    """Name -> look, lengths in points times ``scale``."""
    bold = language == "en"
    plain: Mapping[str, Look] = {
        "Normal": Look(11, pitch=18),
        "Above": Look(9, pitch=14), "Title": Look(22, sans=True, pitch=32, before=2, after=6, bold=bold, keep=True),
        "Subtitle": Look(13, pitch=21, after=4), "Notice": Look(11, pitch=18, left=10, before=3, after=3),
        "Figure Name": Look(10, pitch=16, before=8, keep=True),
        "Figure": Look(22, sans=True, pitch=30, bold=bold, keep=True),
        "Heading 1": Look(14, sans=True, pitch=22, before=16, after=6, keep=True, bold=bold),
        "Heading 2": Look(11, sans=True, pitch=18, before=8, after=2, keep=True, bold=bold),
        "List Bullet": Look(11, pitch=18, left=18, first=-18), "List Number": Look(11, pitch=18, left=18, first=-18),
        "Body Text": Look(11, pitch=18, after=2), "Remark": Look(9.5, pitch=15, left=18),
        "Source": Look(8, pitch=12, after=3), "Changed": Look(12, sans=True, pitch=20, before=18, bold=bold, keep=True),
        "Footer": Look(8, pitch=12)}
    return {name: _scaled(look, scale) for name, look in plain.items()}


def _scaled(look: Look, scale: float) -> Look:
    return Look(look.size * scale, look.sans, look.align, look.pitch * scale, look.before * scale, look.after * scale,
                look.left * scale, look.first * scale, look.keep, look.bold)


def as_docx(reading: Reading, language: str, address: str = "", *, large: bool = False) -> bytes:
    """The guide as a Word document, always the same for the same guide; ``address``: that of its page."""
    return _Writer(reading, "zh" if language.startswith("zh") else "en", address, large).written()


class _Writer:
    """Fills one document from top to foot."""

    def __init__(self, reading: Reading, language: str, address: str, large: bool) -> None:
        self.reading, self.language, self.address = reading, language, address
        self.document: Any = Document()
        wear(self.document, language, looks(language, SCALE if large else 1))
        for name in QUIET:
            self.document.styles[name].font.color.rgb = SOFT

    def say(self, words: Bilingual) -> str:
        return words.in_language(self.language)

    def written(self) -> bytes:
        """The whole file."""
        self._sheet()
        self._head()
        for chapter in self.reading.chapters:
            ruled = self._add("Heading 1", self.say(chapter.name))
            forms.ruled(ruled, "top")
            for entry in chapter.entries:
                self._entry(entry)
        self._foot()
        made = BytesIO()
        self.document.save(made)
        return repacked(made.getvalue())

    def _sheet(self) -> None:
        section, about = self.document.sections[0], self.document.core_properties
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(22)
        about.title, about.author, about.comments = self._running()[:255], "Jizhun", ""
        about.language = forms.TAGS[self.language]
        about.created = about.modified = datetime.combine(self.reading.on, time())
        running = section.footer.paragraphs[0]
        running.add_run(self._running() + DOT)
        running._p.extend(forms.field("PAGE", "1"))

    def _running(self) -> str:
        return self.say(joined((self.reading.title, self.reading.place, day_in_words(self.reading.on),
                                self.reading.group), DOT, DOT))

    def _head(self) -> None:
        reading = self.reading
        self._add("Above", self.say(joined((SORT, reading.place, day_in_words(reading.on), reading.group), DOT, DOT)))
        self._add("Title", self.say(reading.title))
        for text in self.say(reading.lead.text).split("\n\n"):
            self._add("Subtitle", text)
        self._sources(reading.lead)
        for notice in reading.notices:
            made = self._add("Notice", self.say(notice))
            forms.ruled(made, "left", 16)
            made._p.pPr.find(qn("w:pBdr"))[0].set(qn("w:space"), "6")
        for entry in reading.promises:
            self._add("Figure Name", self.say(entry.name))
            self._add("Figure", self.say(entry.whole))
            self._lines(entry)
            self._sources(entry)

    def _entry(self, entry: Entry) -> None:
        self._add("Heading 2", self.say(entry.name))
        if self.say(entry.lead):
            self._add("Source", self.say(entry.lead))
        for text in filter(None, self.say(entry.whole).split("\n\n")):
            self._add("Body Text", text)
        self._lines(entry)
        self._sources(entry)

    def _lines(self, entry: Entry) -> None:
        alone = len(entry.lines) == 1 and entry.form != "steps"
        style = "List Number" if entry.form == "steps" else "Body Text" if alone else "List Bullet"
        for line in entry.lines:
            self._line(line, style, strong=entry.form == "points")

    def _line(self, line: Line, style: str, *, strong: bool) -> None:
        made = self._add(style, "")
        if linked(line.address):
            self._link(made, self.say(line.text), line.address)
        else:
            made.add_run(self.say(line.text)).bold = strong or None
        if line.phone:
            made.add_run(f" {line.phone}").bold = True
        if line.origin is not None:
            cited = made.add_run(f" {self.say(line.origin.cited)}")
            forms.face(cited._r.get_or_add_rPr(), size=8)
            cited.font.color.rgb = SOFT
        for note in line.notes:
            self._add("Remark", f"{self.say(note.label)}{self.say(COLON)}{self.say(note.text)}")

    def _sources(self, entry: Entry) -> None:
        if len(entry.way) > 1:
            self._add("Source", self.say(entry.stages))
        if not entry.origins:
            return
        made = self._add("Source", "")
        for at, one in enumerate(entry.origins):
            if at:
                made.add_run(self.say(SEMICOLON))
            if linked(one.address):
                self._link(made, self.say(one.words), one.address)
            else:
                made.add_run(self.say(one.words))

    def _foot(self) -> None:
        if self.address:
            seen = foot.since_printed(self.address, self.reading.guide)
            forms.ruled(self._add("Changed", self.say(foot.SINCE_PRINTED)), "top")
            picture = self.document.add_paragraph(style="Body Text")
            picture.paragraph_format.line_spacing = 1.0  # lines of an exact height would cut it off
            shape = picture.add_run().add_picture(BytesIO(foot.code_png(seen)), width=Mm(30))
            shape._inline.docPr.set("descr", self.say(foot.code_label(self.address)))
            self._link(self._add("Source", ""), self.address, self.address)
        self._add("Source", self.say(foot.holds(self.reading)))

    # -- pieces

    def _add(self, style: str, text: str) -> Any:
        return self.document.add_paragraph(text, style=style)

    def _link(self, paragraph: Any, text: str, address: str) -> None:
        """Words that open an address."""
        key = self.document.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = forms.element("hyperlink", (forms.text_run(text),), history=1)
        link.set(qn("r:id"), key)
        paragraph._p.append(link)
