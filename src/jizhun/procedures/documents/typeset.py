"""A procedure as PDF (tagged, PDF/UA-1) by the printing of standards, and its picture as PNG for Word."""

import json
import tempfile
from pathlib import Path
from typing import Any

import typst

from jizhun.drafting.documents.typeset import fonts, printed
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.procedures.actions import roles
from jizhun.procedures.bpmn.drawing import picture
from jizhun.procedures.documents.outline import Chapter, Reading, sources_of

TEMPLATE = Path(__file__).with_name("procedure.typ")
DOTS = 200
"""Dots per inch of the picture in Word."""
ALONE = """#let data = json(bytes(sys.inputs.data))
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(data.svg), format: "svg", width: 168mm)
"""


def as_pdf(reading: Reading, language: str) -> bytes:
    """The procedure on A4 pages."""
    return printed(json.dumps(_Plan("zh" if language.startswith("zh") else "en").of(reading), ensure_ascii=False),
                   TEMPLATE)


def svg_of(reading: Reading, language: str) -> str:
    """The picture with colours of its own; empty where there are no steps."""
    if reading.steps is None:
        return ""
    return picture(reading.steps, title=reading.picture_title, language=language, roles=roles(), colours=True)


def as_png(svg: str) -> bytes:
    """The picture in dots."""
    with tempfile.TemporaryDirectory() as root:
        compiler = typst.Compiler(ALONE.encode(), root=root, sys_inputs={"data": json.dumps({"svg": svg})})
        made = compiler.compile(format="png", ppi=DOTS)
    assert isinstance(made, bytes)
    return made


class _Plan:
    """A reading as the data of the template, in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def words(self, words: Bilingual) -> Any:
        """The text; with its language where it is not that of the pages."""
        own, other = (words.zh, words.en) if self.language == "zh" else (words.en, words.zh)
        return own or ({"t": other, "l": "en" if self.language == "zh" else "zh"} if other else "")

    def of(self, reading: Reading) -> dict[str, Any]:
        title = reading.picture_title.in_language(self.language)
        found = fonts(typst.Fonts().families())
        return {"language": self.language, "sans": found["sans"], "western": found["western"], "title": title,
                "running": reading.above.in_language(self.language), "above": self.words(reading.above),
                "name": self.words(reading.title), "notices": [self.words(one) for one in reading.notices],
                "heads": [self.words(one) for one in reading.heads], "svg": svg_of(reading, self.language),
                "alt": reading.alt.in_language(self.language), "holds": self.words(reading.holds),
                "chapters": [self.chapter(number, one) for number, one in enumerate(reading.chapters, 1)]}

    def chapter(self, number: int, chapter: Chapter) -> dict[str, Any]:
        return {"code": chapter.code, "number": str(number), "name": self.words(chapter.name),
                "lead": self.words(chapter.lead), "plain": chapter.plain,
                "missing": self.words(chapter.missing) if chapter.missing != NO_WORDS else "",
                "lines": [[self.words(one.text), self.words(one.cited)] for one in chapter.lines],
                "rows": [[[[self.words(words), small] for words, small in cell] for cell in row.cells]
                         for row in chapter.rows],
                "origins": [self.words(one) for one in sources_of(chapter.origins)]}
