"""A standard as PDF (tagged, PDF/UA-1), typeset by Typst from a fixed template: the words go in as data only."""

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typst

from jizhun.drafting.documents import front, layout
from jizhun.drafting.documents.layout import Item, Line
from jizhun.drafting.rules.cover import Edition
from jizhun.kernel.bilingual import Refused

TEMPLATE = Path(__file__).with_name("standard.typ")
SERIF = ("Songti SC", "SimSun", "NSimSun", "Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC")
SANS = ("SimHei", "Heiti SC", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC",
        "Microsoft YaHei")
WESTERN = ("Times New Roman", "Liberation Serif", "Libertinus Serif")
MISSING = re.compile(r'the text (?:contains the disallowed codepoint )?`"((?:[^"\\]|\\.)*)"`')
INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ff]")
BOX = "□"
"""Printed for a character that no font of the machine has."""
ATTEMPTS = 12


def as_pdf(edition: Edition, language: str, families: Iterable[str] | None = None) -> bytes:
    """The edition as PDF. ``families``: the fonts to choose from, else those of the machine."""
    return printed(_plan(edition, language, families))


def printed(plan: str, template: Path = TEMPLATE) -> bytes:
    """The data (JSON) as PDF/UA-1 by a template; what no font of the machine has becomes a box."""
    for _ in range(ATTEMPTS):
        try:
            return _compiled(plan, template)
        except typst.TypstError as wrong:
            if (mended := without(plan, missing(wrong.diagnostic))) == plan:
                raise
            plan = mended
    raise Refused(zh="文中有太多本机字体没有的字符，无法排版。", en="Too many characters that no font here has.")


def pages(edition: Edition, language: str) -> list[int]:
    """The page of each line of the table of contents; none where there is no Chinese font to measure with."""
    try:
        plan = _plan(edition, language)
        with _compiler(plan) as compiler:
            found = compiler.query("<pages>", field="value", one=True)
    except (Refused, typst.TypstError):
        return []
    return [int(one) for one in json.loads(found)]


def _compiled(plan: str, template: Path) -> bytes:
    with _compiler(plan, template) as compiler:
        made = compiler.compile(format="pdf", pdf_standards=["ua-1"])
    assert isinstance(made, bytes)
    return made


@contextmanager
def _compiler(plan: str, template: Path = TEMPLATE) -> Iterator[typst.Compiler]:
    """Typst with the template, the data, and an empty folder as all that it may read."""
    with tempfile.TemporaryDirectory() as root:
        yield typst.Compiler(template.read_bytes(), root=root, sys_inputs={"data": plan})


def missing(diagnostic: str) -> set[str]:
    """The characters that no font has, out of Typst's complaint; marks alone first: letters fail with them."""
    found = (re.sub(r"\\u\{(\w+)\}", lambda one: chr(int(one[1], 16)), text) for text in MISSING.findall(diagnostic))
    named = {one for text in found for one in text}
    return {one for one in named if unicodedata.category(one)[0] == "M" or INVISIBLE.match(one)} or named


def without(plan: str, characters: set[str]) -> str:
    """The data with a box for each of these characters, and nothing for those that have no shape."""
    table = {ord(one): "" if INVISIBLE.match(one) else BOX for one in characters if ord(one) > 126}
    return plan.translate(table)


def _plan(edition: Edition, language: str, families: Iterable[str] | None = None) -> str:
    language = "zh" if language.startswith("zh") else "en"
    begun, body = layout.parted(layout.outline(edition, language))
    cover = edition.cover
    warning, number = front.running(cover)
    plan = {"language": language, "title": front.full_title(cover, language) or number or "-", "number": number,
            "warning": warning, "authors": [layout.said(one, language).text for one in cover.issuers],
            "name": _line(layout.said(cover.title, language)), "contents": layout.CONTENTS.in_language(language),
            "cover": [_spot(one) for one in front.spots(cover, language)],
            "front": [_item(one) for one in begun], "body": [_item(one) for one in body],
            **fonts(typst.Fonts().families() if families is None else families)}
    return json.dumps(plan, ensure_ascii=False)


def fonts(families: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """Of the fonts on the machine, those to print with, best first."""
    there = {one.casefold() for one in families}
    found = {name: [one for one in wanted if one.casefold() in there]
             for name, wanted in (("serif", SERIF), ("sans", SANS), ("western", WESTERN))}
    chinese = [*found["serif"], *found["sans"]]
    if not chinese:
        raise Refused(
            zh="本机没有中文字体，无法生成 PDF。请安装 Noto CJK 字体后再试"
               "（Debian、Ubuntu：apt-get install fonts-noto-cjk）。",
            en="No Chinese font on this machine, so no PDF can be made. Install the Noto CJK fonts "
               "(Debian, Ubuntu: apt-get install fonts-noto-cjk) and try again.")
    return {"serif": found["serif"] or chinese, "sans": found["sans"] or chinese, "western": found["western"]}


def _line(line: Line) -> dict[str, Any]:
    return {"l": line.language, "p": [[one.text, one.key] for one in line.pieces if one.text]}


def _spot(spot: front.Spot) -> dict[str, Any]:
    parts = [{"line": _line(one.line), "size": one.size, "sans": one.sans, "bold": one.bold, "before": one.before,
              "spread": one.spread} for one in spot.parts]
    return {"x": spot.x, "y": spot.y, "wide": spot.wide, "align": spot.align, "parts": parts}


def _item(item: Item) -> dict[str, Any]:
    made: dict[str, Any] = {"kind": item.kind, "key": item.key, "number": item.number,
                            "lines": [_line(one) for one in item.lines]}
    if item.kind == "heading":
        made |= {"level": item.level, "mark": item.mark, "listed": layout.listed(item),
                 "own-page": item.of in layout.OWN_PAGE}
    if item.kind == "list":
        made |= {"ordered": item.ordered, "signs": item.signs}
    if item.kind == "table":
        made |= {"rows": [[_line(cell) for cell in row] for row in item.rows], "weights": item.weights}
    return made
