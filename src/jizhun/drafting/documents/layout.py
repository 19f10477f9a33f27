"""What every printer prints, in order: headings, paragraphs, lists, tables, notes, terms. Pure.

The program adds the numbers of clauses, tables, notes and examples, the signs of lists and the fixed headings.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from jizhun.drafting.rules.cover import Edition
from jizhun.drafting.rules.text import (
    LINK,
    Block,
    Clause,
    Numbered,
    blocks,
    documents_in,
    labels_of,
    letter,
    numbered,
)
from jizhun.kernel.bilingual import LANGUAGES, Bilingual

CONTENTS = Bilingual("目次", "Contents")
NORMATIVE, INFORMATIVE = Bilingual("（规范性）", "(normative)"), Bilingual("（资料性）", "(informative)")
TABLE, NOTE, EXAMPLE = Bilingual("表 ", "Table "), Bilingual("注", "NOTE"), Bilingual("示例", "EXAMPLE")
LEAD = Bilingual(
    "下列文件经正文提及后，被提及的内容即成为本文件要求的一部分。写明年份的，只用该年份的版本；没有写明年份的，用现行版本及其修改单。",
    "What the text cites from the following documents is part of the requirements of this document. "
    "Where a year is given, only that edition applies; where none is given, the current edition with its amendments.")
NO_DOCUMENTS = Bilingual("本文件没有规范性引用文件。", "This document has no normative references.")
FRONT = ("foreword", "introduction")
OWN_PAGE = ("foreword", "introduction", "annex", "bibliography")
"""Kinds that begin on a new page, under a centred heading."""
DEEPEST_HEADING = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words; with a ``key``, a link to the clause of that key."""

    text: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Words that stand together, and their language (zh or en)."""

    pieces: tuple[Piece, ...]
    language: str

    @property
    def text(self) -> str:
        """The words without their links."""
        return "".join(one.text for one in self.pieces)


@dataclass(frozen=True, slots=True)
class Item:
    """A thing to print. ``kind``: heading, term, lead, paragraph, list, table, note, example or document.

    ``place``: of its clause among the clauses; ``of``: that clause's kind; ``key``: the anchor, on the first item of
    a clause only. ``number``: 5.1, 附录 A, 表 1, 注 1, [1] or "". ``lines``: the words; of a term its name and its name
    in the other language; of a document its number and title; of a table its caption, if any. ``mark``: of an annex,
    whether it is normative. ``level``: of a heading, never more than one deeper than the heading before it.
    """

    kind: str
    place: int
    of: str
    lines: tuple[Line, ...] = ()
    number: str = ""
    key: str = ""
    level: int = 0
    ordered: bool = False
    mark: str = ""
    rows: tuple[tuple[Line, ...], ...] = ()

    @property
    def signs(self) -> list[str]:
        """What stands before each line of a list."""
        dash = "——" if self.lines[0].language == "zh" else "—"
        return [f"{letter(place).lower()})" if self.ordered else dash for place in range(1, len(self.lines) + 1)]

    @property
    def weights(self) -> list[int]:
        """How wide the columns of a table are, as shares."""
        widest = (max(width(one.text) for one in column) for column in zip(*self.rows, strict=True))
        return [min(max(one, 6), 30) for one in widest]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents."""

    text: str
    level: int
    place: int
    key: str
    language: str


FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text without the characters that XML forbids, on one line."""
    return re.sub(r"[\t\r\n]+", " ", FORBIDDEN.sub("", text))


def width(text: str) -> int:
    """How wide the text is, a Chinese character counting two."""
    return sum(2 if one > "\u2e7f" else 1 for one in text)


def said(words: Bilingual, language: str) -> Line:
    """The words in the language, else in the other one."""
    wanted = language if getattr(words, language) else next((one for one in LANGUAGES if getattr(words, one)), language)
    return Line((Piece(clean(getattr(words, wanted))),), wanted)


class Outline:
    """Turns the clauses of an edition into items. ``strict``: what is not there in the language is left out."""

    def __init__(self, edition: Edition, language: str, *, strict: bool = False) -> None:
        self.language, self.strict = language, strict
        self.clauses = numbered(edition.clauses)
        self.labels = {one: _labels(self.clauses, one) for one in LANGUAGES}

    def items(self) -> list[Item]:
        """All of them, in order."""
        made = (item for place, one in enumerate(self.clauses) for item in self._of(place, one))
        return list(_anchored(_stepped(_captioned(made, self.language))))

    def line(self, text: str, language: str) -> Line:
        """The text with its links to other clauses resolved."""
        parts = LINK.split(clean(text))
        pieces = [self._link(part, language) if at % 2 else Piece(part) for at, part in enumerate(parts) if part]
        return Line(tuple(pieces), language)

    def _link(self, key: str, language: str) -> Piece:
        known = self.labels[language].get(key)
        return Piece(known, key) if known else Piece(f"?{key}?")

    def _language(self, words: Bilingual) -> str:
        return self.language if self.strict else said(words, self.language).language

    def _said(self, words: Bilingual) -> Line:
        language = self._language(words)
        return self.line(getattr(words, language), language)

    def _of(self, place: int, one: Numbered) -> list[Item]:
        opening, body = self._opening(place, one), self._body(place, one.clause)
        if one.clause.kind == "clause" or one.clause.kind == "annex_clause":
            return _joined(opening, body)
        return [opening, *body]

    def _opening(self, place: int, one: Numbered) -> Item:
        clause = one.clause
        if clause.kind == "term":
            names = [self._said(clause.title)]
            if not self.strict and names[0].language == self.language == "zh" and clause.title.en:
                names.append(self.line(clause.title.en, "en"))
            return Item("term", place, clause.kind, tuple(names), one.number, clause.key)
        nature = NORMATIVE if clause.normative else INFORMATIVE
        return Item("heading", place, clause.kind, (self._said(clause.title),),
                    one.label.in_language(self.language), clause.key,
                    clause.level + (clause.kind == "annex_clause") if clause.kind.endswith("clause") else 1,
                    mark=nature.in_language(self.language) if clause.kind == "annex" else "")

    def _body(self, place: int, clause: Clause) -> list[Item]:
        language = self._language(clause.body)
        text = getattr(clause.body, language)
        if clause.kind in ("references", "bibliography"):
            return self._documents(place, clause.kind, text, language)
        return _counted([self._block(place, clause.kind, one, language) for one in blocks(text)], language)

    def _documents(self, place: int, kind: str, text: str, language: str) -> list[Item]:
        found = documents_in(text)
        listed = [Item("document", place, kind, tuple(self.line(one, language) for one in both),
                       f"[{at}]" if kind == "bibliography" and not both[0].startswith(("[", "［")) else "")
                  for at, both in enumerate(found, 1)]
        if kind == "bibliography" or self.strict:
            return list(listed)
        return [Item("lead", place, kind, (said(LEAD if found else NO_DOCUMENTS, self.language),)), *listed]

    def _block(self, place: int, kind: str, block: Block, language: str) -> Item:
        wide = max((len(row) for row in block.rows), default=0)
        rows = tuple(tuple(self.line(cell, language) for cell in (*row, *[""] * (wide - len(row))))
                     for row in block.rows)
        return Item(block.kind, place, kind, tuple(self.line(one, language) for one in block.lines),
                    ordered=block.ordered, rows=rows)


def _labels(clauses: Sequence[Numbered], language: str) -> dict[str, str]:
    """How other clauses are named in the text: by number, else by heading."""
    titles = {one.clause.key: clean(one.clause.title.in_language(language)) for one in clauses}
    return {key: label or titles[key] for key, label in labels_of(clauses, language).items()}


def _joined(opening: Item, body: list[Item]) -> list[Item]:
    """A clause without heading has its number in front of its first paragraph."""
    if opening.lines[0].text or not body or body[0].kind != "paragraph":
        return [opening, *body]
    return [replace(body[0], number=opening.number, key=opening.key), *body[1:]]


def _counted(items: list[Item], language: str) -> list[Item]:
    """Notes and examples of one clause with their words, and with numbers where there are several."""
    done, counts = [], {"note": 0, "example": 0}
    for item in items:
        if item.kind in counts:
            counts[item.kind] += 1
            several = sum(one.kind == item.kind for one in items) > 1
            word = (NOTE if item.kind == "note" else EXAMPLE).in_language(language)
            gap, colon = ("", "：") if language == "zh" else (" ", ":")
            item = replace(item, number=f"{word}{gap}{counts[item.kind]}{colon}" if several else word + colon)
        done.append(item)
    return done


CAPTION = re.compile(r"(?:表|Table)\s*(?:[A-Z]+\.)?\d+(?:[\s:：—.]+(.{1,80})|)$")


def _captioned(items: Iterable[Item], language: str) -> Iterator[Item]:
    """Tables with their numbers; a paragraph 表 1 ... right before a table is its caption."""
    count, part, held = 0, "", None
    for item in items:
        if item.of == "annex" and item.kind == "heading":
            count, part = 0, item.number.rpartition(" ")[2] + "."
        if item.kind == "table":
            count += 1
            tongue = item.rows[0][0].language
            item = replace(item, number=f"{TABLE.in_language(tongue)}{part}{count}")
            if held and held.kind == "paragraph" and not held.number and (said := CAPTION.match(held.lines[0].text)):
                held, item = None, replace(item, lines=(Line((Piece(said[1] or ""),), tongue),))
        if held:
            yield held
        held = item
    if held:
        yield held


def _stepped(items: Iterable[Item]) -> Iterator[Item]:
    """Headings that go down one level at a time, as readers by ear need them."""
    last = 0
    for item in items:
        if item.kind == "heading":
            last = min(max(item.level, 1), last + 1, DEEPEST_HEADING)
            item = replace(item, level=last)
        yield item


def _anchored(items: Iterable[Item]) -> Iterator[Item]:
    """Each key is an anchor once."""
    seen = {""}
    for item in items:
        if item.key in seen:
            item = replace(item, key="")
        seen.add(item.key)
        yield item


def outline(edition: Edition, language: str, *, strict: bool = False) -> list[Item]:
    """The items of an edition in a language."""
    return Outline(edition, language, strict=strict).items()


def parted(items: Sequence[Item]) -> tuple[list[Item], list[Item]]:
    """Foreword and introduction; the body with the annexes."""
    return [one for one in items if one.of in FRONT], [one for one in items if one.of not in FRONT]


def heading_text(item: Item, language: str) -> str:
    """A heading on one line: 5.1　标题; 附录 A（规范性）标题."""
    gap = "" if item.mark and language == "zh" else "\u3000" if language == "zh" else "\u2002"
    before = f"{item.number}{'' if language == 'zh' else ' '}{item.mark}" if item.mark else item.number
    return gap.join(part for part in (before, item.lines[0].text) if part)


def contents(items: Sequence[Item], language: str) -> list[Entry]:
    """The table of contents: chapters, their clauses with headings, annexes."""
    front, body = parted(items)
    return [Entry(heading_text(one, language), one.level, one.place, one.key, one.lines[0].language)
            for one in (*front, *body) if listed(one)]


def listed(item: Item) -> bool:
    """Whether the table of contents names it."""
    return item.kind == "heading" and item.level <= 2 and bool(item.lines[0].text or item.mark)


def keys_of(items: Iterable[Item]) -> Mapping[str, int]:
    """Anchors -> place of the clause."""
    return {one.key: one.place for one in items if one.key}
