"""A guide and its poster as PDF (tagged, PDF/UA-1), by the same printing as standards, from templates of their own."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typst

from jizhun.drafting.documents.typeset import fonts, printed
from jizhun.guides.documents import foot
from jizhun.guides.documents.outline import DOT, Entry, Line, Origin, Reading, joined
from jizhun.kernel.bilingual import COLON, Bilingual
from jizhun.kernel.dating import day_in_words

GUIDE, POSTER = (Path(__file__).with_name(name) for name in ("guide.typ", "poster.typ"))
SIZE, LARGE = 10.5, 15.5
"""Points of the text, and in large type."""
SEMICOLON = Bilingual("；", "; ")
SORT = Bilingual("办事指南", "Service guide")


def as_pdf(reading: Reading, language: str, address: str = "", *, large: bool = False) -> bytes:
    """The guide on A4 pages; ``address``: that of its page, for the foot."""
    return printed(json.dumps(_Plan(language).of(reading, address, large), ensure_ascii=False), GUIDE)


def as_poster(reading: Reading, language: str, address: str) -> bytes:
    """One A4 page to hang up: the short version as large as it fits, with a QR code to ``address``."""
    return printed(json.dumps(_Plan(language).of(reading, address, False), ensure_ascii=False), POSTER)


class _Plan:
    """A reading as the data of a template, in one language."""

    def __init__(self, language: str) -> None:
        self.language = "zh" if language.startswith("zh") else "en"

    def say(self, words: Bilingual) -> str:
        return words.in_language(self.language)

    def words(self, words: Bilingual) -> Any:
        """The text; with its language where it is not that of the pages."""
        own, other = (words.zh, words.en) if self.language == "zh" else (words.en, words.zh)
        return own or ({"t": other, "l": "en" if self.language == "zh" else "zh"} if other else "")

    def of(self, reading: Reading, address: str, large: bool) -> dict[str, Any]:
        seen = foot.since_printed(address, reading.guide) if address else ""
        place_and_day = joined((reading.place, day_in_words(reading.on), reading.group), DOT, DOT)
        found = fonts(typst.Fonts().families())
        return {"language": self.language, "large": large, "size": LARGE if large else SIZE, "sans": found["sans"],
                "colon": self.say(COLON), "semicolon": self.say(SEMICOLON),
                "title": self.say(joined((reading.title, place_and_day), DOT, DOT)),
                "running": self.say(joined((reading.title, place_and_day), DOT, DOT)),
                "above": self.words(joined((SORT, place_and_day), DOT, DOT)), "name": self.words(reading.title),
                "lead": self.entry(reading.lead), "notices": [self.words(one) for one in reading.notices],
                "promises": [self.entry(one) for one in reading.promises],
                "chapters": [{"code": one.code, "name": self.words(one.name),
                              "entries": [self.entry(entry) for entry in one.entries]} for one in reading.chapters],
                "more": self.words(foot.MORE), "holds": self.words(foot.holds(reading)),
                "changed": self.words(foot.SINCE_PRINTED),
                "address": address, "code": foot.code_svg(seen) if seen else "",
                "code-label": self.say(foot.code_label(address))}

    def entry(self, entry: Entry) -> dict[str, Any]:
        return {"code": entry.code, "name": self.words(entry.name), "form": entry.form,
                "text": self.paragraphs(entry.text), "unit": self.words(entry.unit),
                "number": entry.unit != Bilingual("", ""),
                "lead": self.words(entry.lead),
                "lines": [self.line(one, entry.form == "points") for one in entry.lines],
                "way": self.words(entry.stages) if len(entry.way) > 1 else "", "origins": self.origins(entry.origins)}

    def paragraphs(self, words: Bilingual) -> list[Any]:
        """A text by its paragraphs."""
        told = self.words(words)
        if isinstance(told, str):
            return [one for one in told.split("\n\n") if one]
        return [{"t": one, "l": told["l"]} for one in told["t"].split("\n\n")]

    def line(self, line: Line, name: bool) -> dict[str, Any]:
        own = line.origin
        return {"text": self.words(line.text), "name": name, "phone": line.phone, "address": linked(line.address),
                "cited": [self.words(own.cited), linked(own.address)] if own else None,
                "notes": [[self.words(one.label), self.words(one.text), linked(one.address)] for one in line.notes]}

    def origins(self, origins: Iterable[Origin]) -> list[Any]:
        return [[self.words(one.words), linked(one.address)] for one in origins]


def linked(address: str) -> str:
    """The address where it can be opened as it stands; nothing for a remark."""
    return address if address.startswith(("http://", "https://")) and " " not in address else ""
