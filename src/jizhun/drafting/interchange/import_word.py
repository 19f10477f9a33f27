"""A standard written in Word, as clauses. Nothing is fetched, run or drawn; what cannot be taken along is told."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from jizhun.drafting.interchange.imported import Body, Imported, NewKey, made_key, refused
from jizhun.drafting.interchange.word_cover import Cover
from jizhun.drafting.interchange.word_lists import document_line, no_document
from jizhun.drafting.interchange.word_notices import notices
from jizhun.drafting.interchange.word_paragraphs import LINK_END, LINK_NAME, LINK_START, Piece, WordText
from jizhun.drafting.interchange.word_roles import (
    CONTENTS,
    NAMES,
    NATURE,
    PlainNumbers,
    Role,
    compact,
    styled,
)
from jizhun.drafting.rules.text import DEEPEST, FIXED, Clause
from jizhun.kernel.bilingual import NO_WORDS, Bilingual

HEADINGS: Final = ("heading", "untitled", "annex", "annex_heading", "annex_untitled", "term")
LISTS: Final = ("references", "bibliography")
CJK, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]")
LINK: Final = re.compile(f"{LINK_START}([^{LINK_NAME}]*){LINK_NAME}([^{LINK_END}]*){LINK_END}")
TWO_NAMES: Final = re.compile(r"^(.*[\u4e00-\u9fff）】”》\d])[\s\u2002\u3000]+([A-Za-z][^\u4e00-\u9fff]*)$", re.S)


def from_docx(content: bytes, name: str, *, new_key: NewKey = made_key) -> Imported:
    """The clauses of a DOCX file called ``name``; Refused where it cannot be read or holds no clause."""
    file = WordText(content, name)
    reader = _Reader(file.pieces, new_key)
    if not reader.open:
        raise refused(name, "没有找到章条：请使用标题样式，或写出 1、1.1 等编号。",
                      "no clause was found: use heading styles, or write numbers such as 1 and 1.1.")
    clauses = list(reader.clauses())
    cover = reader.cover
    told = notices(clauses, reader.lost, file.changes, reader.flattened, cover.sentences)
    return Imported(clauses, cover.title(reader.chinese), told, [], cover.number, cover.ics, cover.ccs)


@dataclass(slots=True)
class _Open:
    """A clause in the making. ``waits``: its heading comes in the next paragraph."""

    key: str
    kind: str
    level: int
    body: Body
    heading: str = ""
    waits: bool = False
    normative: bool = True
    bookmarks: list[str] = field(default_factory=list)


class _Reader:
    """Goes through the paragraphs once; ``part`` is the kind of the element in which it is."""

    def __init__(self, pieces: Sequence[Piece], new_key: NewKey) -> None:
        self.new_key = new_key
        words = "".join(one.text for one in pieces)
        self.chinese = len(CJK.findall(words)) >= 0.3 * len(LATIN.findall(words))
        self.open: list[_Open] = []
        self.part = "cover"
        self.cover = Cover()
        self.lost: list[tuple[str, Counter[str]]] = []
        self.flattened: list[str] = []
        roles = [styled(one) for one in pieces if one.rows is None]
        self.plain = None if any(one.kind in HEADINGS for one in roles) else PlainNumbers()
        for piece in pieces:
            self._take(piece)

    # -- one paragraph

    def _take(self, piece: Piece) -> None:
        if piece.rows is not None:
            self._table(piece)
        else:
            role = self._role(piece)
            if self._begin(role):
                self.open[-1].bookmarks += piece.bookmarks
            elif role.text and role.kind != "skip" and compact(role.text) not in CONTENTS:
                self._fill(piece, role)
        if piece.lost:
            self.lost.append((self.open[-1].key if self.open else "", piece.lost))

    def _role(self, piece: Piece) -> Role:
        return self.plain.role(piece) if self.plain else styled(piece)

    def _begin(self, role: Role) -> bool:
        """Whether the paragraph begins a clause."""
        fixed = NAMES.get(compact(role.text))
        if compact(role.text) in CONTENTS:
            self.part = "contents"
            return False
        if fixed and (role.kind in ("heading", "front") or (role.kind == "text" and self._may_be(fixed))):
            self._start(fixed, 1, "")
            return True
        if role.kind not in HEADINGS or (self.part in ("cover", "contents") and role.kind == "untitled"):
            return False
        # A blank line in the style of a heading begins nothing; templates leave the text of an annex's sign empty.
        if not role.text and not role.number and role.kind != "annex":
            return False
        if self.open and self.open[-1].waits and role.kind != "annex" and not role.number:
            return False
        self._start_role(role)
        return True

    def _may_be(self, kind: str) -> bool:
        """A plain line "Foreword" is the heading; one that says "scope" only where headings have numbers alone."""
        return kind in ("foreword", "introduction", "bibliography") and all(one.kind != kind for one in self.open)

    def _start_role(self, role: Role) -> None:
        level = min(role.level, DEEPEST)
        if role.kind == "annex":
            self._annex(role)
        elif role.kind.startswith("annex_") or (self.part == "annex" and (level > 1 or role.kind == "untitled")):
            depth = level if role.kind.startswith("annex_") or role.number else level - 1
            self._start_text("annex_clause", max(depth, 1), role)
        elif role.kind == "term" or (self.part == "terms" and level > 1):
            self._start("term", 2, role.text)
            self.open[-1].waits = not role.text.strip()
        else:
            self._start_text("clause", level, role)
            self.part = "clause" if level == 1 else self.part
        if role.level > DEEPEST:
            self.flattened.append(self.open[-1].key)

    def _start_text(self, kind: str, level: int, role: Role) -> None:
        titled = role.kind.endswith("heading")
        self._start(kind, level, role.text if titled else "")
        self.open[-1].waits = titled and not role.text.strip()
        if not titled:
            self.open[-1].body.add("text", role.text)

    def _annex(self, role: Role) -> None:
        nature = NATURE.search(role.text)
        title = NATURE.sub("", role.text).strip()
        self._start("annex", 1, title)
        self.open[-1].waits = not title
        self.open[-1].normative = not nature or nature[1].lower() in ("规范性", "normative")

    def _start(self, kind: str, level: int, heading: str) -> None:
        self.open.append(_Open(self.new_key(), kind, level, Body(self.chinese), heading))
        if kind in FIXED or kind == "annex":
            self.part = kind

    # -- what stands in a clause

    def _fill(self, piece: Piece, role: Role) -> None:
        if self.part in ("cover", "contents"):
            if self.part == "cover":
                self.cover.add(piece.text, role.kind)
            return
        now = self.open[-1]
        if role.kind.startswith("cover"):
            self.cover.add(piece.text, role.kind)
        elif now.kind == "annex" and now.body.is_empty and NATURE.match(role.text):
            self._nature(now, role.text)
        elif now.waits:
            now.heading, now.waits = role.text, False
        elif not self._is_title(role.text) and not _bare_caption(role):
            self._words(now, role)

    def _nature(self, now: _Open, text: str) -> None:
        found = NATURE.match(text)
        assert found is not None
        now.normative = found[1].lower() in ("规范性", "normative")
        title = text[found.end():].strip()
        now.heading, now.waits = (title or now.heading), not (title or now.heading)

    def _words(self, now: _Open, role: Role) -> None:
        if now.kind in LISTS:
            line = "" if no_document(role.text) else document_line(role.text)
            if line:
                now.body.add("line", line)
            return
        kind = role.kind if role.kind in ("bullet", "letter", "note", "example", "example_more") else "text"
        now.body.add(kind, role.text)

    def _is_title(self, text: str) -> bool:
        """The title is printed once more above the text."""
        return bool(text) and compact(text) in {compact(one) for one in self.cover.titles}

    def _table(self, piece: Piece) -> None:
        rows = piece.rows or []
        if self.open and self.part not in ("cover", "contents"):
            self.open[-1].body.table(rows)
            return
        for cell in (cell for row in rows for cell in row if self.part == "cover"):
            self.cover.add(cell, "text")

    # -- the result

    def clauses(self) -> Iterator[Clause]:
        """The clauses, cross-references as links to their keys."""
        keys = {name: one.key for one in self.open for name in one.bookmarks if name}
        for one in self.open:
            heading = _plain(one.heading) if one.kind not in FIXED else ""
            yield Clause(one.key, one.kind, one.level, self._heading(one.kind, " ".join(heading.split())),
                         self._said(_linked(one.body.text(), keys)), one.normative)

    def _said(self, text: str) -> Bilingual:
        return NO_WORDS if not text else Bilingual(text, "") if self.chinese else Bilingual("", text)

    def _heading(self, kind: str, text: str) -> Bilingual:
        """A heading may be there in both languages; a term often is."""
        if found := TWO_NAMES.match(text):
            return Bilingual(found[1].strip(), found[2].strip())
        if kind == "term" and text and not CJK.search(text):
            return Bilingual("", text)
        return self._said(text)


def _plain(text: str) -> str:
    return LINK.sub(r"\2", text)


def _linked(text: str, keys: dict[str, str]) -> str:
    return LINK.sub(lambda found: f"{{#{keys[found[1]]}}}" if found[1] in keys else found[2], text)


def _bare_caption(role: Role) -> bool:
    """表 1 without a title: the program counts tables itself."""
    return role.kind == "caption" and re.fullmatch(r"(?:表|Table)\s*(?:[A-Z]\.)?\d*", role.text) is not None
