"""The matrix structure: nodes by kinds of standards, or by the items and matters that they serve."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from jizhun.kernel.bilingual import Bilingual
from jizhun.standards.rules.diagram.boxes import FIRST, SMALL, SUB, TOP, beside, cell, heading, heading_height, named
from jizhun.standards.rules.diagram.picture import GAP, MARGIN, NARROW, Canvas, Picture, figure, label_of, width_of
from jizhun.standards.rules.framework import MATRIX, Count, Framework, Line, Node, counted
from jizhun.standards.rules.library import KINDS

NAMES, COLUMN, WIDEST, SEAM = 250, 84, 120, 3
"""Width of the nodes' names, of a column at least and at most, and the seam between cells."""
ALL = Bilingual("合计", "All")


@dataclass(frozen=True)
class Across:
    """What stands across: columns by key, and in which of them a line of the detail table counts."""

    columns: Mapping[str, Bilingual]
    of: Callable[[Line], Collection[str]]


BY_KIND = Across(KINDS, lambda line: (line.kind,))


def by_subject(names: Mapping[str, Bilingual]) -> Across:
    """Items or matters across: a line counts for each that it serves, so a row may hold less or more than its sum."""
    return Across(names, lambda line: {*line.entry.serves, *(line.standard.serves if line.standard else ())})


@dataclass(frozen=True)
class Row:
    """One node with its counts per column, and all of it."""

    key: str
    name: str
    depth: int
    cells: Sequence[Count]
    total: Count


def matrix(framework: Framework, lines: Sequence[Line], across: Across = BY_KIND, language: str = "zh", *,
           narrow: bool = False) -> Picture:
    """The matrix structure (矩阵结构): in each cell how many there are of how many there should be."""
    rows = _rows_of(framework, lines, across, language)
    heads = [*(name.in_language(language) for name in across.columns.values()), ALL.in_language(language)]
    canvas = Canvas()
    if narrow:
        _one_column(canvas, rows, heads)
        width: float = NARROW
    else:
        column = _column(heads)
        width = 2 * MARGIN + NAMES + len(heads) * column
        _grid(canvas, rows, heads, list(across.columns), column)
    return canvas.finish(MATRIX, label_of(framework, MATRIX, rows[-1].total, language), width, narrow)


def _rows_of(framework: Framework, lines: Sequence[Line], across: Across, language: str) -> list[Row]:
    """A row for each node with all below it, and the sum."""
    def row(key: str, name: str, depth: int, mine: Sequence[Line]) -> Row:
        cells = [counted(line for line in mine if column in across.of(line)) for column in across.columns]
        return Row(key, name, depth, cells, counted(mine))

    def inside(node: Node) -> list[Line]:
        codes = framework.below(node.code)
        return [line for line in lines if line.node.code in codes]

    rows = [row(node.code, f"{node.code} {node.name.in_language(language)}", depth, inside(node))
            for node, depth in framework.walk()]
    return [*rows, row("", ALL.in_language(language), -1, lines)]


def _column(heads: Sequence[str]) -> float:
    """How wide a column is: no word of its head is cut while there is room."""
    longest = max(width_of(word, SMALL) for head in heads for word in head.split())
    return min(max(longest + SEAM + 2, COLUMN), WIDEST)


def _grid(canvas: Canvas, rows: Sequence[Row], heads: Sequence[str], keys: Sequence[str], column: float) -> None:
    """Heads on top, a row of cells for each node."""
    y, wide = float(MARGIN), column - SEAM
    lefts = [MARGIN + NAMES + at * column for at in range(len(heads))]
    high = heading_height(heads, wide)
    canvas.boxes += [heading(head, left, y, wide, high) for head, left in zip(heads, lefts, strict=True)]
    y += high
    for row in rows:
        head = named(row.key, row.name, MARGIN + _shift(row), y, NAMES - SEAM - _shift(row), _ground(row))
        canvas.boxes.append(head)
        for key, name, count, left in zip([*keys, ""], heads, [*row.cells, row.total], lefts, strict=True):
            leads_to = f"{row.key}/{key}" if key else row.key
            canvas.boxes.append(cell(leads_to, f"{row.name} · {name}", count, left, y, wide, head.h,
                                     total=row.depth < 0 or not key))
        y += head.h + SEAM


def _shift(row: Row) -> float:
    """Deeper rows stand farther to the right."""
    return 14 * min(max(row.depth, 0), 5)


def _ground(row: Row) -> str:
    return TOP if row.depth < 0 else FIRST if row.depth == 0 else SUB


def _one_column(canvas: Canvas, rows: Sequence[Row], heads: Sequence[str]) -> None:
    """Each node as a box that names the columns where something is or should be."""
    y = float(MARGIN)
    for row in rows:
        x = MARGIN + _shift(row)
        notes = [f"{head} {figure(one)}" for head, one in zip(heads, row.cells, strict=False) if one.should]
        box = beside(row.key, row.name, row.total, x, y, NARROW - MARGIN - x, _ground(row), notes)
        canvas.boxes.append(box)
        y += box.h + GAP
