"""The layered and the sequence structure: sub-systems side by side, or one column for a phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from jizhun.standards.rules.diagram.boxes import FIRST, LEADING, PAD, SUB, TITLE, TOP, beside, centred
from jizhun.standards.rules.diagram.picture import (
    GAP,
    MARGIN,
    NARROW,
    Box,
    Canvas,
    Frame,
    Picture,
    Stroke,
    label_of,
    width_of,
)
from jizhun.standards.rules.framework import LAYERED, SEQUENCE, Count, Framework, Node

ROW, WIDEST = 5, 280
"""So many first-level boxes stand side by side; a column gets no wider than this."""
SHEET, LEAST = 960, 480
"""Width of a full row, and of the smallest picture."""
ROOM_BETWEEN = {LAYERED: 20, SEQUENCE: 36}
DROP = 28
"""From a box down to what hangs on it: room for the line and, in a sequence, the head of the arrow."""
INDENT, DEEPEST = 20, 4
"""Deeper nodes move to the right, but no farther than so many steps."""


@dataclass(frozen=True)
class Tree:
    """The system to be drawn, its counts, and in which language."""

    framework: Framework
    counts: Mapping[str, Count]
    language: str

    @property
    def total(self) -> Count:
        """Should and have of the whole system."""
        tops = [self.count(node) for node in self.framework.children("")]
        return Count(sum(one.should for one in tops), sum(one.have for one in tops))

    def count(self, node: Node) -> Count:
        return self.counts.get(node.code, Count())

    def name(self, node: Node) -> str:
        """``301 服务规范``."""
        return f"{node.code} {node.name.in_language(self.language)}"


def layered(framework: Framework, counts: Mapping[str, Count], language: str = "zh", *,
            narrow: bool = False) -> Picture:
    """The layered structure (层次结构): the system on top, each sub-system below it with what belongs to it."""
    return _drawn(Tree(framework, counts, language), LAYERED, narrow)


def sequence(framework: Framework, counts: Mapping[str, Count], language: str = "zh", *,
             narrow: bool = False) -> Picture:
    """The sequence structure (序列结构): the sub-systems as steps, one leading to the next."""
    return _drawn(Tree(framework, counts, language), SEQUENCE, narrow)


def _drawn(tree: Tree, form: str, narrow: bool) -> Picture:
    canvas = Canvas()
    tops = tree.framework.children("")
    across = max(min(len(tops), ROW), 1)
    between = ROOM_BETWEEN[form]
    column = min(WIDEST, (SHEET - 2 * MARGIN - (across - 1) * between) / across)
    used = across * column + (across - 1) * between
    width = NARROW if narrow else max(LEAST, used + 2 * MARGIN)
    top = _top_box(canvas, tree, width, full=narrow)
    if narrow:
        _one_column(canvas, tree, form, top)
    else:
        _rows(canvas, tree, form, top, column, (width - used) / 2)
    return canvas.finish(form, label_of(tree.framework, form, tree.total, tree.language), width, narrow)


# -- boxes -----------------------------------------------------------------------------------------


def _top_box(canvas: Canvas, tree: Tree, width: float, *, full: bool) -> Box:
    """The box of the whole system: in the middle and as wide as its name, or as wide as the sheet."""
    name, room = tree.framework.name.in_language(tree.language), width - 2 * MARGIN
    w = room if full else min(room, max(width_of(name, TITLE) + 4 * PAD, 200))
    box = centred("", name, tree.total, (width - w) / 2, MARGIN, w, TOP)
    canvas.boxes.append(box)
    return box


# -- side by side ----------------------------------------------------------------------------------


def _rows(canvas: Canvas, tree: Tree, form: str, top: Box, column: float, left: float) -> None:
    """First-level boxes in rows of at most ROW, each with its own below it."""
    tops, y, trunk = tree.framework.children(""), top.y + top.h + DROP, top.y + top.h
    before: Box | None = None
    for start in range(0, len(tops), ROW):
        heads = _heads(tree, tops[start:start + ROW], left, y, column, ROOM_BETWEEN[form])
        canvas.boxes += heads
        if form == LAYERED:
            _hang(canvas, top, heads, trunk)
            trunk = heads[0].y - DROP / 2
        else:
            _chain(canvas, heads, before)
        y = DROP + max(_below(canvas, tree, node, head) for node, head in zip(tops[start:], heads, strict=False))
        before = heads[-1]


def _heads(tree: Tree, nodes: Sequence[Node], left: float, y: float, w: float, between: float) -> list[Box]:
    """The boxes of one row, all as high as the highest."""
    made = [centred(node.code, tree.name(node), tree.count(node), left + at * (w + between), y, w, FIRST)
            for at, node in enumerate(nodes)]
    high = max(box.h for box in made)
    return [replace(box, h=high) for box in made]


def _hang(canvas: Canvas, top: Box, heads: Sequence[Box], trunk: float) -> None:
    """Lines from the system down to its sub-systems; those of a later row come down at the left edge."""
    bus, middle = heads[0].y - DROP / 2, top.x + top.w / 2
    if trunk == top.y + top.h:
        canvas.strokes.append(Stroke(((middle, trunk), (middle, bus))))
        ends = [middle, *(_middle(head) for head in heads)]
    else:
        edge = heads[0].x - MARGIN / 2
        canvas.strokes.append(Stroke(((_middle(heads[0]), trunk), (edge, trunk), (edge, bus))))
        ends = [edge, *(_middle(head) for head in heads)]
    canvas.strokes.append(Stroke(((min(ends), bus), (max(ends), bus))))
    canvas.strokes += [Stroke(((_middle(head), bus), (_middle(head), head.y))) for head in heads]


def _chain(canvas: Canvas, heads: Sequence[Box], before: Box | None) -> None:
    """Arrows from step to step; from the last of a row round to the first of the next."""
    if before:
        y, x = heads[0].y - DROP / 2, _middle(heads[0])
        edge = before.x + before.w + MARGIN / 2
        start = before.x + before.w, before.y + before.h / 2
        canvas.strokes.append(Stroke((start, (edge, start[1]), (edge, y), (x, y), (x, heads[0].y)), arrow=True))
    for one, after in pairwise(heads):
        y = one.y + one.h / 2
        canvas.strokes.append(Stroke(((one.x + one.w, y), (after.x, y)), arrow=True))


def _middle(box: Box) -> float:
    return box.x + box.w / 2


def _below(canvas: Canvas, tree: Tree, node: Node, head: Box) -> float:
    """Everything under a first-level node, stacked in a broken frame; where that ends."""
    bottom = head.y + head.h
    under = list(tree.framework.walk(node.code))
    if not under:
        return bottom
    start = y = bottom + DROP / 2
    y += GAP
    for each, depth in under:
        shift = INDENT * min(depth, DEEPEST)
        box = beside(each.code, tree.name(each), tree.count(each), head.x + GAP + shift, y, head.w - 2 * GAP - shift)
        canvas.boxes.append(box)
        y += box.h + GAP
    canvas.frames.append(Frame(head.x, start, head.w, y - start))
    canvas.strokes.append(Stroke(((_middle(head), bottom), (_middle(head), start))))
    return y


# -- one below the other ---------------------------------------------------------------------------


def _one_column(canvas: Canvas, tree: Tree, form: str, top: Box) -> None:
    """The whole tree as an indented list, each node tied to the one above it."""
    placed, y, last = {"": top}, top.y + top.h + GAP, None
    for node, depth in tree.framework.walk():
        level = min(depth + (form == LAYERED), DEEPEST)
        first = depth == 0
        y += GAP * 1.5 if first else 0
        x = MARGIN + INDENT * level
        box = beside(node.code, tree.name(node), tree.count(node), x, y, NARROW - MARGIN - x, FIRST if first else SUB)
        canvas.boxes.append(box)
        _tie(canvas, placed[node.parent], box, steps=form == SEQUENCE and first, last=last)
        placed[node.code] = box
        last = box if first else last
        y += box.h + GAP


def _tie(canvas: Canvas, above: Box, box: Box, *, steps: bool, last: Box | None) -> None:
    """The line from the node above; in a sequence the arrow from the step before."""
    if steps:
        if last:
            x = last.x + PAD
            canvas.strokes.append(Stroke(((x, last.y + last.h), (x, box.y)), arrow=True))
        return
    x, y = above.x + PAD, box.y + LEADING / 2 + 0.6 * PAD
    if x < box.x:  # the deepest stand straight below one another
        canvas.strokes.append(Stroke(((x, above.y + above.h), (x, y), (box.x, y))))
