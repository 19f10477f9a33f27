"""Texts of units: a small set of marks read into blocks, which templates write out; nothing of it is ever markup.

A blank line ends a paragraph. ``## `` begins a heading, ``- `` an item of a list, ``1. `` an item of a numbered list;
``**words**`` are strong. Everything else is text, angle brackets too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

HEADING, LIST, NUMBERED, PARAGRAPH = "heading", "list", "numbered", "paragraph"
STRONG: Final = re.compile(r"\*\*(.+?)\*\*")
NUMBER: Final = re.compile(r"\d{1,3}\. ")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or paragraph is one line, a list one line an item; a line is its spans."""

    kind: str
    lines: tuple[tuple[Span, ...], ...]


def blocks(text: str) -> list[Block]:
    """The text as blocks, in order."""
    found = []
    for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        lines = [line.strip() for line in part.split("\n") if line.strip()]
        for kind, some in groupby(lines, _kind):
            found += list(_blocks(kind, list(some)))
    return found


def _kind(line: str) -> str:
    if line.startswith("## "):
        return HEADING
    if line.startswith("- "):
        return LIST
    return NUMBERED if NUMBER.match(line) else PARAGRAPH


def _blocks(kind: str, lines: list[str]) -> Iterator[Block]:
    if kind == HEADING:
        for line in lines:
            yield Block(kind, (spans(line[3:]),))
    elif kind == PARAGRAPH:
        yield Block(kind, (spans(" ".join(lines)),))
    else:
        yield Block(kind, tuple(spans(line.partition(" ")[2]) for line in lines))


def spans(line: str) -> tuple[Span, ...]:
    """A line as runs of text, strong or not."""
    parts = STRONG.split(line)
    return tuple(Span(part, at % 2 == 1) for at, part in enumerate(parts) if part)
