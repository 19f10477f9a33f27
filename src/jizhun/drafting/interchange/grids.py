"""The tables of an office file as plain grids of cells, whatever kind of file they come from."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element

from jizhun.kernel.archives import opened, refused, tree
from jizhun.kernel.spreadsheets import Merge, book_in
from jizhun.kernel.texts import storable

WIDEST: Final = 200
"""Columns that one cell of a Word table may span; the format sets no limit."""
SKIPPED: Final = frozenset(("pPr", "rPr", "del", "moveFrom", "Fallback", "instrText", "delText", "footnoteReference"))
"""What is not read: looks, what tracked changes took out, doubles for old programs, instructions of fields."""
SIGNS: Final = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
WRAPPERS: Final = frozenset(("sdt", "sdtContent", "customXml", "ins", "moveTo"))
ERROR: Final = re.compile(r"#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")


@dataclass(slots=True)
class Grid:
    """One table. ``name``: of the sheet; ``hidden``: numbers of hidden rows; ``tracked``: it has tracked changes."""

    kind: str
    name: str
    rows: list[list[Any]]
    merges: list[Merge] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    tracked: bool = False


def grids(content: bytes, name: str) -> list[Grid]:
    """Every visible sheet of a spreadsheet, or every table of a Word file."""
    kind, archive = opened(content, name)
    with archive:
        if kind == "docx":
            return list(_tables(archive, name))
        found = book_in(archive, content, name).sheets(visible=True)
        return [Grid(kind, one.name, one.rows, one.merges, one.hidden) for one in found]


# -- Word files ------------------------------------------------------------------------------------


def _tables(archive: zipfile.ZipFile, name: str) -> Iterator[Grid]:
    body = next((one for one in tree(archive, "word/document.xml", name) if _name(one) == "body"), None)
    found = [] if body is None else list(_children(body, "tbl"))
    if not found:
        raise refused(name, "文件中没有表格。", "there is no table in the file.")
    try:
        for number, table in enumerate(found, 1):
            yield _table(table, number)
    except RecursionError:
        raise refused(name, "无法读取：文件内容已损坏。", "it cannot be read: its contents are damaged.") from None


def _table(table: Element, number: int) -> Grid:
    grid = Grid("docx", str(number), [])
    open_cells: dict[int, Merge] = {}
    for row in _children(table, "tr"):
        if _property(row, "trPr", "del") is not None:  # a row that tracked changes took out
            grid.tracked = True
            continue
        _add_row(grid, row, open_cells)
    grid.merges += [one for one in open_cells.values() if one.bottom > one.top or one.right > one.left]
    grid.tracked = grid.tracked or any(_name(one) in ("ins", "del") for one in table.iter())
    return grid


def _add_row(grid: Grid, row: Element, open_cells: dict[int, Merge]) -> None:
    """The row's cells, each in the column where it begins; a merge stays open as long as the rows below go on."""
    cells: list[Any] = [""] * _number(_property(row, "trPr", "gridBefore"), 0)
    place = len(grid.rows)
    for cell in _children(row, "tc"):
        left, span = len(cells), max(1, _number(_property(cell, "tcPr", "gridSpan"), 1))
        joined = _property(cell, "tcPr", "vMerge")
        goes_on = joined is not None and _value(joined) != "restart" and left in open_cells
        if not goes_on:
            _close(grid, open_cells, left)
        top = open_cells[left].top if goes_on else place
        open_cells[left] = Merge(top, left, place, left + span - 1)
        cells += ["" if goes_on else _cell_text(cell), *[""] * (span - 1)]
    grid.rows.append(cells)


def _close(grid: Grid, open_cells: dict[int, Merge], left: int) -> None:
    closed = open_cells.pop(left, None)
    if closed and (closed.bottom > closed.top or closed.right > closed.left):
        grid.merges.append(closed)


def _cell_text(cell: Element) -> str:
    """The paragraphs of a cell, a line each."""
    return storable("\n".join("".join(_runs(one)) for one in cell.iter() if _name(one) == "p"))


def _runs(element: Element) -> Iterator[str]:
    for one in element:
        name = _name(one)
        if name == "t":
            yield one.text or ""
        elif name in SIGNS:
            yield SIGNS[name]
        elif name not in SKIPPED and name != "p":  # paragraphs in text boxes come by themselves
            yield from _runs(one)


def _children(element: Element, name: str) -> Iterator[Element]:
    """The children of this name, those in wrappers (content controls, tracked changes) too."""
    for one in element:
        if _name(one) == name:
            yield one
        elif _name(one) in WRAPPERS:
            yield from _children(one, name)


def _property(element: Element, holder: str, name: str) -> Element | None:
    found = next((one for one in element if _name(one) == holder), None)
    return None if found is None else next((one for one in found if _name(one) == name), None)


def _value(element: Element) -> str:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == "val"), "")


def _number(element: Element | None, otherwise: int) -> int:
    value = "" if element is None else _value(element)
    return min(int(value[:6]), WIDEST) if value.isascii() and value.isdigit() else otherwise


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
