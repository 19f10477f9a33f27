"""The kinds of boxes in a diagram, each just high enough for its texts."""

from collections.abc import Sequence

from jizhun.standards.rules.diagram.picture import Box, Text, figure, flowed, width_of, wrapped
from jizhun.standards.rules.framework import Count

PAD, LEADING, TIGHT = 10, 20, 17
"""Between letters and the edge of the box; from line to line, and of small letters."""
NORMAL, LARGE, TITLE, SMALL, TINY = 14, 15, 16, 13, 12

TOP, FIRST, SUB = "fill-5", "fill-1", "box"
"""Grounds of the system's box, of the first level, and of all below it."""
PART = ("fill-0", "fill-1", "fill-2", "fill-3")
"""Grounds of a cell: where none, up to half, more, and all are there."""


def centred(key: str, name: str, count: Count, x: float, y: float, w: float, fill: str) -> Box:
    """A box with its name in the middle and the figure under it."""
    size = TITLE if fill == TOP else LARGE
    lines = wrapped(name, w - 2 * PAD, size)
    base, middle = y + 0.7 * PAD + 15, x + w / 2
    texts = [Text(line, middle, base + at * LEADING, size, True, "middle") for at, line in enumerate(lines)]
    texts.append(Text(figure(count), middle, base + len(lines) * LEADING, NORMAL, False, "middle", True))
    return Box(key, x, y, w, (len(lines) + 1) * LEADING + 1.4 * PAD, tuple(texts), fill, count, fill != TOP)


def beside(key: str, name: str, count: Count, x: float, y: float, w: float, fill: str = SUB,
           notes: Sequence[str] = ()) -> Box:
    """A box with its name at the left and the figure at the right; ``notes`` small below."""
    strong, size, shown = fill != SUB, LARGE if fill != SUB else NORMAL, figure(count)
    lines = wrapped(name, w - 2 * PAD, size, w - 3 * PAD - width_of(shown, NORMAL))  # the figure shares the first
    small = flowed(notes, w - 2 * PAD, TINY)
    base = y + 0.6 * PAD + 15
    below = base + len(lines) * LEADING - 3
    texts = [Text(line, x + PAD, base + at * LEADING, size, strong) for at, line in enumerate(lines)]
    texts.append(Text(shown, x + w - PAD, base, NORMAL, False, "end", True))
    texts += [Text(line, x + PAD, below + at * TIGHT, TINY, False, "start", True) for at, line in enumerate(small)]
    high = len(lines) * LEADING + len(small) * TIGHT + 1.3 * PAD
    return Box(key, x, y, w, high, tuple(texts), fill, count, fill != TOP)


def heading(name: str, x: float, y: float, w: float, h: float) -> Box:
    """The head of a column: no ground, letters in the middle, down to the cells."""
    lines = wrapped(name, w, SMALL)
    base = y + h - PAD - (len(lines) - 1) * TIGHT
    texts = [Text(line, x + w / 2, base + at * TIGHT, SMALL, False, "middle") for at, line in enumerate(lines)]
    return Box("*", x, y, w, h, tuple(texts), "")


def heading_height(names: Sequence[str], w: float) -> float:
    """How high the heads of columns must be."""
    return max(len(wrapped(name, w, SMALL)) for name in names) * TIGHT + PAD


def named(key: str, name: str, x: float, y: float, w: float, fill: str) -> Box:
    """The head of a row: the name alone."""
    lines = wrapped(name, w - 2 * PAD, NORMAL)
    texts = [Text(line, x + PAD, y + PAD / 2 + 15 + at * LEADING, NORMAL, fill != SUB) for at, line in enumerate(lines)]
    return Box(key, x, y, w, len(lines) * LEADING + PAD, tuple(texts), fill)


def cell(key: str, where: str, count: Count, x: float, y: float, w: float, h: float, *, total: bool) -> Box:
    """A figure in the middle, on a ground that is the deeper, the more is there; a sum on paper."""
    text = Text(figure(count), x + w / 2, y + h / 2 + 5, NORMAL, total, "middle", not count.should)
    return Box(key, x, y, w, h, (text,), SUB if total else _ground(count.share), count, where=where)


def _ground(share: float | None) -> str:
    """None where nothing should be: many empty cells stay quiet."""
    if share is None:
        return ""
    return PART[0 if not share else 1 if share <= 0.5 else 2 if share < 1 else 3]
