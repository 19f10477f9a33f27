"""A report laid out: chapters with sentences and charts, tables as annexes, the method, the queries. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from jizhun.kernel.bilingual import NO_WORDS, Bilingual

Kind = Literal["text", "count", "share", "number"]
HIDDEN: Final = Bilingual("*", "*")
"""Stands for a number that is not shown."""
MARK: Final = Bilingual("（模拟数据）", "(simulated data)")
"""Behind the title of what is simulated."""
NOTHING: Final = Bilingual("—", "–")
"""Stands where there is nothing to divide by."""
Value = Bilingual | int | float


@dataclass(frozen=True, slots=True)
class Column:
    """``share`` is a number from 0 to 1 that is shown in per cent; ``wide``: its part of the width of the page."""

    name: Bilingual
    kind: Kind = "text"
    wide: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of values as they are, or HIDDEN or NOTHING; ``sums``: the last row is all of them together."""

    code: str
    title: Bilingual
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: Bilingual = NO_WORDS
    sums: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: ``value`` from zero; None where nothing can be drawn, as ``text`` says."""

    name: Bilingual
    value: float | None
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars from zero to ``most``, one below the other; ``title`` says what is to be seen; ``table`` has the figures."""

    code: str
    title: Bilingual
    bars: tuple[Bar, ...]
    table: str
    most: float = 1.0


@dataclass(frozen=True, slots=True)
class Section:
    """What is said under one head; without a name, right below that of the chapter."""

    name: Bilingual
    sentences: tuple[Bilingual, ...]
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """Sections that have something to say."""

    code: str
    name: Bilingual
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """One figure: its name, formula and what it means."""

    name: Bilingual
    formula: str
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Outline:
    """The whole report. ``notices`` stand on top and ``running`` on every page; ``facts``: name and what it is."""

    title: Bilingual
    below: Bilingual
    notices: tuple[Bilingual, ...]
    running: Bilingual
    facts: tuple[tuple[Bilingual, Bilingual], ...]
    chapters: tuple[Chapter, ...]
    tables: tuple[Table, ...]
    methods: tuple[Method, ...]
    queries: tuple[tuple[Bilingual, str], ...]
    source: Bilingual

    def title_lines(self, language: str) -> list[str]:
        """The title, what marks it as simulated on a line of its own."""
        title, mark = self.title.in_language(language), MARK.in_language(language)
        return [title.removesuffix(mark).rstrip(), mark] if title.endswith(mark) else [title]

    @property
    def numbers(self) -> Mapping[str, int]:
        """The number of each annexed table, by its code."""
        return {one.code: number for number, one in enumerate(self.tables, 1)}


DIGITS: Final = "零一二三四五六七八九十"


def chapter_mark(number: int, language: str) -> str:
    """一、 or 1; after ten 十一、."""
    if language != "zh":
        return f"{number}  "
    ten = "十" if number > 10 else ""
    return f"{ten}{DIGITS[number - 10 if number > 10 else number]}、"


def section_mark(chapter: int, number: int, language: str) -> str:
    """（一） or 1.1."""
    return f"（{DIGITS[number]}）" if language == "zh" else f"{chapter}.{number}  "
