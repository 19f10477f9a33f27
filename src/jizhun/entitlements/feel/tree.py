"""What an expression is once it was read: a tree of small immutable nodes.

``at`` is the place of a node in its text, counted from 1 as an editor counts columns; two nodes that say the
same are equal wherever they stand.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache

from jizhun.entitlements.feel.values import DaysDuration, MonthsDuration
from jizhun.kernel.bilingual import Bilingual

Constant = None | bool | Decimal | str | date | time | datetime | DaysDuration | MonthsDuration


@dataclass(frozen=True, slots=True)
class Node:
    at: int = field(default=1, compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A constant; ``value`` None is null."""

    value: Constant


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name of the scope; ``?`` is the input of a unary test."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """``source.name``: an entry of a context, or a part of a day or a duration."""

    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """``-value``."""

    value: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Arithmetic and comparison: + - * / ** = != < <= > >=."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """``and`` and ``or`` of two or more parts, in three-valued logic."""

    sign: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """Anything but true takes the second way."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function by its name; ``named`` holds what was given by parameter name."""

    function: str
    arguments: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True, slots=True)
class Interval(Node):
    """From ``low`` to ``high``; an end may be open (not included) or missing (None)."""

    low: Node | None
    high: Node | None
    low_included: bool
    high_included: bool


@dataclass(frozen=True, slots=True)
class In(Node):
    """``value in test, test``: at least one of the tests holds of the value."""

    value: Node
    tests: "Tests"


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """The cell of a decision table: one of the parts must hold of ``?``. No parts (``-``): whatever it is.

    A part is an interval, a value, a boolean of its own (one that speaks of ``?``), or a nested ``Tests``.
    """

    parts: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Items(Node):
    """A list."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entries(Node):
    """A context: entries by name, a later one may read an earlier one."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Rule(Node):
    """One row of a decision table: a cell per input and an expression per output."""

    tests: tuple[Node, ...]
    outputs: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Output(Node):
    """A column of results. ``values`` are the allowed ones, the one with the highest priority first; maybe none."""

    name: str
    values: tuple[Node, ...] = ()
    default: Node | None = None


@dataclass(frozen=True, slots=True)
class Table(Node):
    """A decision table. ``policy``: U A P F R O C; ``aggregation`` of C: "" SUM MIN MAX COUNT.

    ``allowed`` holds a cell per input that says which values it may have at all, or None.
    """

    inputs: tuple[Node, ...]
    allowed: tuple[Node | None, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    policy: str = "U"
    aggregation: str = ""


@dataclass(frozen=True, slots=True)
class Said(Node):
    """A node with the place it was read from, for whoever has to find a mistake: which element, and its whole text."""

    node: Node
    element: Bilingual = field(compare=False)
    text: str = field(compare=False)


def children(node: Node) -> Iterator[Node]:
    """The nodes right below a node."""
    for name in _parts(type(node)):  # type: ignore[arg-type]
        yield from _nodes(getattr(node, name))


@cache
def _parts(kind: type[Node]) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)


def bare(node: Node) -> Node:
    """A node without the note of where it was read."""
    return bare(node.node) if isinstance(node, Said) else node


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def height(node: Node) -> int:
    """How many nodes stand on one another at most."""
    level, count = [node], 0
    while level:
        level, count = [child for one in level for child in children(one)], count + 1
    return count


def names(node: Node) -> frozenset[str]:
    """The names of the scope that a node reads, ``?`` not among them."""
    own = {one.name for one in walk(node) if isinstance(one, Name)} - {"?"}
    return frozenset(own | {one.function for one in walk(node) if isinstance(one, Call)})
