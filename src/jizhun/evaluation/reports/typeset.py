"""A report as PDF (tagged, PDF/UA-1) by the printing of standards, and its charts as PNG for Word."""

import json
import tempfile
from pathlib import Path
from typing import Any, Final

import typst

from jizhun.drafting.documents.typeset import fonts, printed
from jizhun.evaluation.reports.outline import Chart, Outline, Section, Table, chapter_mark, section_mark
from jizhun.evaluation.reports.pictures import alternative, picture
from jizhun.evaluation.reports.shown import captions, written
from jizhun.kernel.bilingual import NO_WORDS, Bilingual

TEMPLATE: Final = Path(__file__).with_name("report.typ")
DOTS: Final = 200
ALONE: Final = """#let data = json(bytes(sys.inputs.data))
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(data.svg), format: "svg", width: 160mm)
"""
HEADS: Final = {"tables": Bilingual("附件1　附表", "Annex 1  Tables"),
                "methods": Bilingual("附件2　指标与方法", "Annex 2  Figures and method"),
                "facts": Bilingual("附件3　报告说明", "Annex 3  About this report"),
                "queries": Bilingual("附件4　计算记录与查询语句", "Annex 4  Runs on record, and the query")}


def as_pdf(outline: Outline, language: str) -> bytes:
    """The report on A4 pages; Refused where the machine has no Chinese font."""
    plan = _Plan(outline, "zh" if language.startswith("zh") else "en").whole()
    return printed(json.dumps(plan, ensure_ascii=False), TEMPLATE)


def as_png(svg: str) -> bytes:
    """A chart in dots."""
    with tempfile.TemporaryDirectory() as root:
        compiler = typst.Compiler(ALONE.encode(), root=root, sys_inputs={"data": json.dumps({"svg": svg})})
        made = compiler.compile(format="png", ppi=DOTS)
    assert isinstance(made, bytes)
    return made


class _Plan:
    """A report as the data of the template, in one language."""

    def __init__(self, outline: Outline, language: str) -> None:
        self.outline, self.language, self.figures = outline, language, 0

    def say(self, words: Bilingual) -> str:
        return words.in_language(self.language)

    def whole(self) -> dict[str, Any]:
        outline = self.outline
        return {"language": self.language, **fonts(typst.Fonts().families()), "title": self.say(outline.title),
                "lines": outline.title_lines(self.language), "below": self.say(outline.below),
                "running": self.say(outline.running), "notices": [self.say(one) for one in outline.notices],
                "chapters": [{"name": f"{chapter_mark(number, self.language)}{self.say(one.name)}",
                              "sections": self.sections(one.sections, number)}
                             for number, one in enumerate(outline.chapters, 1)],
                "heads": {code: self.say(name) for code, name in HEADS.items()},
                "tables": [self.table(one, number) for number, one in enumerate(outline.tables, 1)],
                "methods": [[self.say(one.name), one.formula, self.say(one.text)] for one in outline.methods],
                "facts": [[self.say(name), self.say(what)] for name, what in outline.facts],
                "runs": [self.say(name) for name, _ in outline.queries],
                "sql": outline.queries[0][1] if outline.queries else ""}

    def sections(self, sections: tuple[Section, ...], chapter: int) -> list[dict[str, Any]]:
        made, at = [], 0
        for one in sections:
            at += one.name != NO_WORDS
            name = f"{section_mark(chapter, at, self.language)}{self.say(one.name)}" if one.name != NO_WORDS else ""
            made.append({"name": name, "sentences": [self.say(said) for said in one.sentences],
                         "charts": [self.chart(chart) for chart in one.charts]})
        return made

    def chart(self, chart: Chart) -> dict[str, str]:
        self.figures += 1
        table = self.outline.numbers[chart.table]
        title = f"图{self.figures}　{self.say(chart.title)}（见附表{table}）" if self.language == "zh" else \
            f"Figure {self.figures}: {self.say(chart.title)} (see table {table})"
        return {"svg": picture(chart, self.language), "alt": alternative(chart, self.language, table), "title": title}

    def table(self, table: Table, number: int) -> dict[str, Any]:
        rows = [[written(value, column, self.language) for value, column in zip(row, table.columns, strict=True)]
                for row in table.rows]
        note = " ".join(filter(None, (self.say(table.note), self.say(self.outline.source))))
        return {"title": captions(table, number, self.language), "heads": [self.say(one.name) for one in table.columns],
                "wide": [one.wide for one in table.columns], "text": [one.kind == "text" for one in table.columns],
                "rows": rows, "sums": table.sums, "note": note}
