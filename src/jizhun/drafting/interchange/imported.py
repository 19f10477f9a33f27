"""What an import brings: clauses, and in plain words what it could not take along. Bodies in the forms of the text."""

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from jizhun.drafting.rules.text import BULLET, DEEPEST, KINDS, LETTER, Clause
from jizhun.kernel.archives import refused
from jizhun.kernel.bilingual import NO_WORDS, Bilingual

__all__ = ["Body", "Imported", "made_key", "refused"]

ALL_BULLETS: Final = re.compile(r"(?:——?|[-–•●·■○])\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Imported:
    """An import. ``notices``: what was changed or left out; ``faults``: what has to be mended in the file first.

    ``number``, ``ics``, ``ccs``: of a cover, "" where there is none.
    """

    clauses: Sequence[Clause]
    title: Bilingual = NO_WORDS
    notices: list[Bilingual] = field(default_factory=list)
    faults: list[Bilingual] = field(default_factory=list)
    number: str = ""
    ics: str = ""
    ccs: str = ""


def made_key() -> str:
    """A new key that no clause has: chance makes it, so that texts imported apart never share one."""
    return f"c{secrets.token_hex(5)}"


class Body:
    """A body in the making: paragraphs, lists, tables, notes, divided as ``text.blocks`` reads them."""

    def __init__(self, chinese: bool) -> None:
        self.chinese = chinese
        self.parts: list[tuple[str, list[str]]] = []

    def add(self, kind: str, text: str) -> None:
        """One more paragraph of the file; items of one list stay together."""
        text = re.sub(r"\s*\n\s*", "" if self.chinese else " ", text).strip()
        if text.startswith("|"):
            text = f"｜{text[1:]}"
        if kind == "text":
            kind = _list_kind(text)
        if kind in ("bullet", "letter", "line"):
            self._item(kind, text)
        elif kind == "example_more" and self.parts and self.parts[-1][0] == "example":
            self.parts[-1][1][-1] += ("" if self.chinese else " ") + text
        elif text:
            kind = kind.removesuffix("_more")
            self.parts.append((kind, [self._signed(kind, text)]))

    def _item(self, kind: str, text: str) -> None:
        if not self.parts or self.parts[-1][0] != kind:
            self.parts.append((kind, []))
        items = self.parts[-1][1]
        if kind == "bullet":
            found = ALL_BULLETS.match(text)
            text = f"- {text[found.end():] if found else text}"
        elif kind == "letter":
            found = LETTER.match(text)
            text = f"{chr(97 + len(items) % 26)}) {text[found.end():] if found else text}"
        items.append(text)

    def _signed(self, kind: str, text: str) -> str:
        """Notes and examples begin with their word; a template writes it by automatic numbering."""
        words = {"note": ("注：", "NOTE: "), "example": ("示例：", "EXAMPLE: ")}.get(kind)
        if words is None or re.match(r"注\s*\d*\s*[：:]|NOTE|示例\s*\d*\s*[：:]|EXAMPLE", text):
            return text
        return words[0 if self.chinese else 1] + text

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """A table with its head in the first row."""
        width = max((len(row) for row in rows), default=0)
        lines = ["| " + " | ".join(_cell(row[place]) if place < len(row) else "" for place in range(width)) + " |"
                 for row in rows]
        if lines:
            self.parts.append(("table", lines))

    def text(self) -> str:
        """The body."""
        return "\n\n".join("\n".join(lines) for _, lines in self.parts)

    @property
    def is_empty(self) -> bool:
        return not self.parts


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "｜").split())


def _list_kind(text: str) -> str:
    if ALL_BULLETS.match(text) or BULLET.match(text):
        return "bullet"
    return "letter" if LETTER.match(text) else "text"


KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def level_fault(kind: str, level: int) -> Bilingual | None:
    """Why a kind cannot have this level; None where it can."""
    if kind not in KINDS:
        return Bilingual(f"没有“{kind}”这种要素", f"there is no kind “{kind}”")
    if not 1 <= level <= DEEPEST:
        return Bilingual(f"层次应为 1 至 {DEEPEST}", f"the level must be 1 to {DEEPEST}")
    return None


NewKey = Callable[[], str]
