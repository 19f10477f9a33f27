"""The styles of a standard in Word, for Chinese and for English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from jizhun.drafting.documents import front
from jizhun.drafting.documents import word_forms as forms

ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT,
         "justify": WD_ALIGN_PARAGRAPH.JUSTIFY}
PITCH = 16
"""Height of a line of the text, in points: the PDF has the same."""


@dataclass(frozen=True, slots=True)
class Look:
    """A paragraph style; lengths in points. ``first``: what the first line is set in, or out if negative."""

    size: float = 10.5
    sans: bool = False
    align: str = "left"
    pitch: float = PITCH
    before: float = 0
    after: float = 0
    left: float = 0
    first: float = 0
    keep: bool = False
    bold: bool = False


def looks(language: str) -> dict[str, Look]:
    """Name -> look. Chinese sets paragraphs in by two letters and headings in 黑体; English spaces and emboldens."""
    chinese = language == "zh"
    bold, indent, gap = not chinese, 21 if chinese else 0, 0 if chinese else 4
    heading = Look(sans=True, before=5, after=5, keep=True, bold=bold)
    return {
        "Normal": Look(),
        "Body Text": Look(align="justify", first=indent, after=gap),
        "Clause Text": Look(align="justify", after=gap),
        "Cover": Look(),
        "Title": Look(16, sans=True, align="center", pitch=24, after=18, bold=bold),
        "Heading 1": Look(sans=True, before=10.5, after=10.5, keep=True, bold=bold),
        **{f"Heading {level}": heading for level in (2, 3, 4, 5)},
        "Term Number": Look(sans=True, before=5, keep=True, bold=bold),
        "Term": Look(sans=True, left=indent, keep=True, bold=True),
        "List Text": Look(align="justify", left=indent + 24, first=-24),
        "Note": Look(9, align="justify", pitch=14, left=21 if chinese else 10.5),
        "Document": Look(align="justify", left=indent),
        "Caption": Look(sans=True, align="center", before=6, after=2, keep=True, bold=bold),
        "Table Text": Look(9, pitch=13, before=1.5, after=1.5),
        "Table Head": Look(9, align="center", pitch=13, before=1.5, after=1.5, keep=True),
        "After Table": Look(6, pitch=6),
        "TOC Heading": Look(16, sans=True, align="center", pitch=24, after=18, bold=bold),
        "toc 1": Look(), "toc 2": Look(left=10.5),
        "Header": Look(), "Footer": Look(9),
    }


def dress(document: Any, language: str) -> None:
    """Give the document all its styles."""
    wear(document, language, looks(language))
    for name in ("toc 1", "toc 2"):
        stops = document.styles[name].paragraph_format.tab_stops
        stops.add_tab_stop(Mm(front.WIDE), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    header = document.styles["Header"].paragraph_format.tab_stops
    header.clear_all()
    header.add_tab_stop(Mm(front.WIDE), WD_TAB_ALIGNMENT.RIGHT)


def wear(document: Any, language: str, chosen: Mapping[str, Look]) -> None:
    """Give the document these styles, by name, and no font from a theme."""
    forms.defaults(document, language)
    for name, look in chosen.items():
        _apply(_style(document, name), look)


def _style(document: Any, name: str) -> Any:
    styles = document.styles
    if name not in styles:
        made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = styles["Normal"]
        return made
    return styles[name]


def _apply(style: Any, look: Look) -> None:
    forms.face(style.element.get_or_add_rPr(), sans=look.sans, bold=look.bold, size=look.size)
    for border in style.element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
        break
    form = style.paragraph_format
    form.alignment, form.line_spacing, form.keep_with_next = ALIGN[look.align], Pt(look.pitch), look.keep
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    form.left_indent, form.first_line_indent = Pt(look.left), Pt(look.first)
    form.widow_control = True
