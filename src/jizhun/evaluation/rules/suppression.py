"""Small cells in a table with totals: hidden, with as much beside them as it takes that nobody can reckon them. Pure.

Primary: cells (and totals) that are small. Secondary: more cells, so that from the totals and all that is shown every
hidden number could still be another one, by ``width`` or more. An outsider is taken to know the whole method, that no
number is below zero and that a 0 is never hidden (unless zeros are).

Every row and column of a table with its totals adds up, so what an outsider cannot tell apart are the flows in a
network: rows and columns are its nodes, hidden cells its arcs. That makes bounds and search exact in whole numbers.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Final

from jizhun.kernel.bilingual import Refused

Cell = tuple[int, int]
Rows = Sequence[Sequence[int]]
Arc = tuple[int, int]
MUCH: Final = 10**15
"""More than any number in a table: a room without end."""


def with_totals(inner: Rows) -> tuple[tuple[int, ...], ...]:
    """The table with the sum of each row as last column and of each column as last row. Raises Refused."""
    if not inner or not inner[0] or len({len(row) for row in inner}) > 1 or min(map(min, inner)) < 0:
        raise Refused(zh="需要一张每行等长、没有负数的表。",
                      en="There must be a table with rows of one length and no number below zero.")
    rows = [(*row, sum(row)) for row in inner]
    return (*rows, tuple(map(sum, zip(*rows, strict=True))))


@dataclass(frozen=True, slots=True)
class Hidden:
    """A table with its totals (the last row and column), None where hidden, and why each cell is."""

    shown: tuple[tuple[int | None, ...], ...]
    primary: frozenset[Cell]
    secondary: frozenset[Cell]

    @property
    def cells(self) -> frozenset[Cell]:
        return self.primary | self.secondary


def hide(inner: Rows, *, smallest: int, zeros: bool = False, width: int | None = None,
         also: Iterable[Cell] = ()) -> Hidden:
    """Hides every number below ``smallest`` and what it takes beside; zeros only with ``zeros``.

    ``width`` (``smallest`` unless said) is how far apart the least and the greatest number are that each hidden cell
    could be. Cells that hold few cases are hidden rather than cells that hold many. ``also``: cells to be hidden
    whatever they hold, because another table hides the same number; a zero among them only with ``zeros``.
    """
    if smallest < 1 or (width is not None and width < 1):
        raise Refused(zh="最小公布数和区间宽度至少为 1。",
                      en="The smallest number published and the width are at least 1.")
    net = Network(with_totals(inner), 0 if zeros else 1)
    asked = frozenset(also)
    primary = frozenset(cell for cell in net.cells() if net.at(cell) < smallest or cell in asked)
    hidden, wide = set(primary), width or smallest
    for cell in sorted(primary, key=lambda one: (-net.at(one), one)):
        if not _wide(net, hidden, cell, wide):
            hidden |= net.cheapest_way(cell, hidden, wide)
    hidden = _fewer(net, hidden, primary, wide)
    shown = tuple(tuple(None if (i, j) in hidden else number for j, number in enumerate(row))
                  for i, row in enumerate(net.table))
    return Hidden(shown, primary, frozenset(hidden - primary))


def _fewer(net: "Network", hidden: set[Cell], primary: frozenset[Cell], wide: int) -> set[Cell]:
    """Shows again what turns out not to be needed, the largest first."""
    for cell in sorted(hidden - primary, key=lambda one: (-net.at(one), one)):
        rest = hidden - {cell}
        if all(_wide(net, rest, other, wide) for other in rest):
            hidden = rest
    return hidden


def _wide(net: "Network", hidden: Iterable[Cell], cell: Cell, wide: int) -> bool:
    low, high = net.bounds(hidden, cell, wide)
    return high is None or high - low >= wide


def bounds(inner: Rows, hidden: Iterable[Cell], *, zeros: bool = False) -> dict[Cell, tuple[int, int | None]]:
    """What an outsider can reckon of each hidden cell: the least and the greatest it could be (None: without end)."""
    net, cells = Network(with_totals(inner), 0 if zeros else 1), frozenset(hidden)
    return {cell: net.bounds(cells, cell) for cell in sorted(cells)}


# -- several numbers in each cell ------------------------------------------------------------------


def hide_together(cases: Rows, others: Sequence[Rows], *, smallest: int,
                  kept: frozenset[Cell] = frozenset()) -> tuple[frozenset[Cell], frozenset[Cell]]:
    """Cells to hide in tables of one shape that are published side by side: (primary, secondary).

    ``cases`` says how many cases stand behind each cell, ``others`` how many of them count for one figure each. A cell
    is hidden in all tables or in none: where any of its numbers is small (1 to ``smallest`` - 1), where it is among
    ``kept``, and where it takes that so that in every table every such number could be another one, by ``smallest`` or
    more. Cells without any case are never hidden.
    """
    whole = with_totals(cases)
    empty = frozenset((i, j) for i, row in enumerate(whole) for j, number in enumerate(row) if number == 0)
    nets = [Network(whole, 1), *(Network(with_totals(other), 0, empty) for other in others)]
    primary = frozenset(cell for cell in nets[0].cells()
                        if cell in kept or any(0 < net.at(cell) < smallest for net in nets))
    hidden, before = set(primary), -1
    while len(hidden) > before:
        before = len(hidden)
        for net in nets:
            for cell in sorted(primary, key=lambda one: (-nets[0].at(one), one)):
                if not _wide(net, hidden, cell, smallest):
                    hidden |= net.cheapest_way(cell, hidden, smallest)
    return primary, frozenset(hidden - primary)


# -- the network -----------------------------------------------------------------------------------


class Network:
    """A table with totals as arcs between rows (0, 1, ...) and columns (after them).

    Going from a row to a column raises a cell, coming back lowers it; totals of rows and of columns go the other way
    round, because they stand on the other side of the sum.
    """

    def __init__(self, table: tuple[tuple[int, ...], ...], floor: int, never: frozenset[Cell] = frozenset()) -> None:
        """``floor``: below which no hidden number can be; ``never``: cells that are not hidden in any case."""
        self.table, self.floor, self.never = table, floor, never
        self.rows, self.columns = len(table), len(table[0])

    def at(self, cell: Cell) -> int:
        return self.table[cell[0]][cell[1]]

    def cells(self) -> Iterator[Cell]:
        """All that may be hidden."""
        return ((i, j) for i, row in enumerate(self.table) for j, number in enumerate(row)
                if number >= self.floor and (i, j) not in self.never)

    def _arcs(self, cell: Cell) -> tuple[tuple[Arc, int], tuple[Arc, int]]:
        """The arc that raises the cell and the one that lowers it, each with its room."""
        row, column = cell[0], self.rows + cell[1]
        one_total = (cell[0] == self.rows - 1) != (cell[1] == self.columns - 1)
        up, down = ((column, row), (row, column)) if one_total else ((row, column), (column, row))
        return (up, MUCH), (down, self.at(cell) - self.floor)

    def bounds(self, hidden: Iterable[Cell], cell: Cell, enough: int = MUCH) -> tuple[int, int | None]:
        """The least and the greatest number that fits what is shown; the greatest is not sought beyond ``enough``."""
        room: dict[int, dict[int, int]] = {}
        for other in hidden:
            if other != cell:
                for (start, end), size in self._arcs(other):
                    room.setdefault(start, {})[end] = size
        ((start, end), _), _ = self._arcs(cell)
        most = _flow({one: dict(to) for one, to in room.items()}, end, start, enough)
        least = _flow(room, start, end, self.at(cell) - self.floor)
        return self.at(cell) - least, self.at(cell) + most if most < MUCH else None

    def cheapest_way(self, cell: Cell, hidden: set[Cell], wide: int) -> set[Cell]:
        """Cells that, hidden too, let ``cell`` be greater by ``wide``: those with the fewest cases in all."""
        ((start, end), _), _ = self._arcs(cell)
        ways: dict[int, list[tuple[int, int, Cell]]] = {}
        for other in self.cells():
            for (one, to), size in self._arcs(other):
                if other != cell and size >= wide:
                    ways.setdefault(one, []).append((to, 0 if other in hidden else self.at(other) + 1, other))
        return _cheapest(ways, end, start)


def _cheapest(ways: Mapping[int, Sequence[tuple[int, int, Cell]]], start: int, goal: int) -> set[Cell]:
    """The cells on the cheapest way. There always is one: over the totals, which may be raised without end."""
    queue: list[tuple[int, int, tuple[Cell, ...]]] = [(0, start, ())]
    done: set[int] = set()
    while queue:
        cost, node, cells = heappop(queue)
        if node == goal:
            return set(cells)
        if node not in done:
            done.add(node)
            for to, more, cell in ways.get(node, ()):
                heappush(queue, (cost + more, to, (*cells, cell)))
    raise AssertionError("a table with its totals has no such dead end")


def _flow(room: dict[int, dict[int, int]], start: int, goal: int, enough: int) -> int:
    """How much can go from ``start`` to ``goal``, up to ``enough``; uses ``room`` up."""
    sent = 0
    while sent < enough and (way := _shortest(room, start, goal)):
        size = min(enough - sent, *(room[one][to] for one, to in way))
        for one, to in way:
            room[one][to] -= size
            room.setdefault(to, {})[one] = room.get(to, {}).get(one, 0) + size
        sent += size
    return sent


def _shortest(room: Mapping[int, Mapping[int, int]], start: int, goal: int) -> list[Arc]:
    before: dict[int, int] = {start: start}
    queue = deque([start])
    while queue and goal not in before:
        node = queue.popleft()
        for to, size in room.get(node, {}).items():
            if size > 0 and to not in before:
                before[to] = node
                queue.append(to)
    way: list[Arc] = []
    node = goal
    while goal in before and node != start:
        way.append((before[node], node))
        node = before[node]
    return way
