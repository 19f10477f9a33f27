"""A standard as DOCX: real heading styles, a filled table of contents, fonts named for Chinese and Western letters."""

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from jizhun.drafting.documents import front, layout
from jizhun.drafting.documents import word_forms as forms
from jizhun.drafting.documents.layout import Item, Line
from jizhun.drafting.documents.typeset import pages
from jizhun.drafting.documents.word_styles import ALIGN, dress
from jizhun.drafting.rules.cover import Edition

TABLE_OF_CONTENTS = r'TOC \o "1-2" \h \z \u'


def as_docx(edition: Edition, language: str) -> bytes:
    """The edition as a Word document."""
    return _Writer(edition, "zh" if language.startswith("zh") else "en").written()


def _bookmark(place: int) -> str:
    return f"_Ref{place + 1:06d}"


class _Writer:
    """Fills one document from front to back."""

    def __init__(self, edition: Edition, language: str) -> None:
        self.edition, self.language, self.chinese = edition, language, language == "zh"
        self.items = layout.outline(edition, language)
        self.names = {key: _bookmark(place) for key, place in layout.keys_of(self.items).items()}
        self.document: Any = Document()

    def written(self) -> bytes:
        """The whole file."""
        dress(self.document, self.language)
        self._properties()
        self._cover()
        begun, body = layout.parted(self.items)
        self._section("upperRoman")
        self._running()
        self._contents()
        self._print(begun)
        self._section("decimal")
        self._print_title()
        self._print(body)
        self._close()
        made = BytesIO()
        self.document.save(made)
        return made.getvalue()

    def _properties(self) -> None:
        about, cover = self.document.core_properties, self.edition.cover
        about.title = front.full_title(cover, self.language)[:255]
        about.author = "; ".join(layout.said(one, self.language).text for one in cover.issuers)[:255]
        about.language, about.comments = forms.TAGS[self.language], front.running(cover)[0]
        about.created = about.modified = datetime.now(UTC).replace(tzinfo=None)
        self.document.settings.odd_and_even_pages_header_footer = True
        self._sheet(self.document.sections[0])

    def _sheet(self, section: Any) -> None:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin, section.right_margin = Mm(front.LEFT), Mm(front.RIGHT)
        section.top_margin, section.bottom_margin = Mm(front.TOP), Mm(front.BOTTOM)
        section.header_distance, section.footer_distance = Mm(15), Mm(9)

    # -- cover

    def _cover(self) -> None:
        for spot in front.spots(self.edition.cover, self.language):
            for part in spot.parts:
                self._cover_part(spot, part)
            if not spot.parts:
                rule = self._paragraph("Cover", "left")
                forms.framed(rule, x=spot.x, y=spot.y - 2, wide=spot.wide)
                rule.paragraph_format.line_spacing = Mm(2)
                forms.ruled(rule, "bottom")

    def _cover_part(self, spot: front.Spot, part: front.Part) -> None:
        made = self._paragraph("Cover", spot.align)
        forms.framed(made, x=spot.x, y=spot.y, wide=spot.wide)
        made.paragraph_format.space_before = Pt(part.before)
        made.paragraph_format.line_spacing = Pt(part.size * front.LEADING)
        self._words(made, part.line, sans=part.sans, bold=part.bold, size=part.size, spread=part.spread)

    # -- pages

    def _section(self, numbers: str) -> None:
        section = self.document.add_section()
        self.document.paragraphs[-1].paragraph_format.line_spacing = Pt(1)
        self._sheet(section)
        for old in section._sectPr.findall(qn("w:pgNumType")):
            section._sectPr.remove(old)
        forms.counted(section, numbers)

    def _running(self) -> None:
        section = self.document.sections[-1]
        warning, number = front.running(self.edition.cover)
        for odd, header, footer in ((True, section.header, section.footer),
                                    (False, section.even_page_header, section.even_page_footer)):
            header.is_linked_to_previous = footer.is_linked_to_previous = False
            top = header.paragraphs[0]
            for at, text in enumerate((warning, number) if odd else (number, warning)):
                run = top.add_run("\t" * at + text)
                forms.face(run._r.get_or_add_rPr(), sans=text == number, size=10.5 if text == number else 9,
                           bold=text == number and not self.chinese)
            bottom = footer.paragraphs[0]
            bottom.alignment = ALIGN["right" if odd else "left"]
            bottom._p.extend(forms.field("PAGE", ""))

    def _contents(self) -> None:
        title = self._paragraph("TOC Heading", "center")
        title.add_run(layout.CONTENTS.in_language(self.language))
        entries = layout.contents(self.items, self.language)
        numbers = self._page_numbers(entries)
        lines = [self._paragraph(f"toc {entry.level}") for entry in entries]
        for line, entry, number in zip(lines, entries, numbers, strict=True):
            runs = (forms.text_run(entry.text), forms.element("r", (forms.element("tab"),)),
                    *forms.field(f"PAGEREF {_bookmark(entry.place)} \\h", number))
            line._p.append(forms.linked(_bookmark(entry.place), runs))
        if lines:
            begin = forms.field_mark("begin"), forms.instructed(TABLE_OF_CONTENTS), forms.field_mark("separate")
            for at, run in enumerate(begin):
                lines[0]._p.insert(1 + at, run)
            lines[-1]._p.append(forms.field_mark("end"))

    def _page_numbers(self, entries: Sequence[layout.Entry]) -> list[str]:
        """As the PDF has them, whose lines are as high and as wide; empty where it cannot be set."""
        found = pages(self.edition, self.language)
        if len(found) != len(entries):
            return [""] * len(entries)
        begun = len([one for one in layout.parted(self.items)[0] if layout.listed(one)])
        return [_roman(one) if at < begun else str(one) for at, one in enumerate(found)]

    # -- items

    def _print(self, items: Sequence[Item]) -> None:
        printers = {"heading": self._heading, "term": self._term, "list": self._list, "table": self._table,
                    "note": self._note, "example": self._note, "document": self._document}
        for item in items:
            paragraph = printers.get(item.kind, self._text)(item)
            if item.key or layout.listed(item):
                forms.bookmarked(paragraph, _bookmark(item.place), item.place + 1)

    def _paragraph(self, style: str, align: str = "") -> Any:
        made = self.document.add_paragraph(style=style)
        if align:
            made.alignment = ALIGN[align]
        return made

    def _words(self, paragraph: Any, line: Line, **look: Any) -> None:
        if line.language != self.language:
            look["language"] = line.language
        for piece in line.pieces:
            style = forms.element("rPr")
            if look:
                forms.face(style, **look)
            run = forms.text_run(piece.text, style if len(style) else None)
            paragraph._p.append(forms.linked(self.names[piece.key], (run,)) if piece.key in self.names else run)

    def _black(self, paragraph: Any, text: str, **look: Any) -> None:
        run = paragraph.add_run(text)
        forms.face(run._r.get_or_add_rPr(), sans=True, bold=not self.chinese, **look)

    @property
    def _gap(self) -> str:
        return "\u3000" if self.chinese else "\u2002"

    def _print_title(self) -> None:
        self._words(self._paragraph("Title"), layout.said(self.edition.cover.title, self.language))

    def _heading(self, item: Item) -> Any:
        made = self._paragraph(f"Heading {item.level}")
        if item.mark:
            made.add_run(item.number).add_break()
            made.add_run(item.mark)
            if item.lines[0].text:
                made.add_run().add_break()
        elif item.number:
            made.add_run(item.number + (self._gap if item.lines[0].text else ""))
        self._words(made, item.lines[0])
        if item.of in layout.OWN_PAGE:
            _own_page(made, annex=bool(item.mark))
        return made

    def _text(self, item: Item) -> Any:
        made = self._paragraph("Clause Text" if item.number else "Body Text")
        if item.number:
            self._black(made, item.number)
            made.add_run(self._gap)
        self._words(made, item.lines[0])
        return made

    def _term(self, item: Item) -> Any:
        made = self._paragraph("Term Number")
        made.add_run(item.number)
        name = self._paragraph("Term")
        for at, line in enumerate(item.lines):
            name.add_run(self._gap if at else "")
            self._words(name, line)
        return made

    def _list(self, item: Item) -> Any:
        for sign, line in zip(item.signs, item.lines, strict=True):
            made = self._paragraph("List Text")
            made.add_run(sign + "\t")
            self._words(made, line)
        return made

    def _note(self, item: Item) -> Any:
        made = self._paragraph("Note")
        self._black(made, item.number + ("" if self.chinese else " "), size=9)
        self._words(made, item.lines[0])
        return made

    def _document(self, item: Item) -> Any:
        made = self._paragraph("Document")
        made.add_run(item.number + " " if item.number else "")
        self._words(made, item.lines[0])
        if item.lines[1].text:
            made.add_run(self._gap)
            self._words(made, item.lines[1])
        return made

    def _table(self, item: Item) -> Any:
        made = self._paragraph("Caption")
        made.add_run(item.number)
        if item.lines and item.lines[0].text:
            made.add_run(self._gap)
            self._words(made, item.lines[0])
        table = self.document.add_table(len(item.rows), len(item.rows[0]))
        table.autofit, table.alignment = False, WD_TABLE_ALIGNMENT.CENTER
        forms.bordered(table)
        wide = [Mm(front.WIDE * one / sum(item.weights)) for one in item.weights]
        for column, size in zip(table.columns, wide, strict=True):
            column.width = size
        for at, (row, lines) in enumerate(zip(table.rows, item.rows, strict=True)):
            for cell, line, size in zip(row.cells, lines, wide, strict=True):
                cell.width = size
                cell.paragraphs[0].style = self.document.styles["Table Head" if at == 0 else "Table Text"]
                self._words(cell.paragraphs[0], line)
        forms.head_row(table.rows[0])
        self.document.add_paragraph(style="After Table")
        return made

    def _close(self) -> None:
        line = self._paragraph("Cover", "center")
        line.paragraph_format.space_before = Pt(24)
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = Mm(front.WIDE * 0.375)
        forms.ruled(line, "bottom", 6)


def _roman(number: int) -> str:
    signs = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    for value, sign in signs:
        if number >= value:
            return sign + _roman(number - value)
    return ""


def _own_page(heading: Any, *, annex: bool) -> None:
    """The form of a heading that begins a page: in the middle, larger than others unless it is an annex's."""
    heading.alignment = ALIGN["center"]
    form = heading.paragraph_format
    form.page_break_before, form.space_before, form.space_after = True, Pt(0), Pt(18)
    form.line_spacing = Pt(17.5 if annex else 24)
    for run in heading.runs if not annex else ():
        run.font.size = Pt(16)
