"""What is wrong with the parts of a rule as somebody wrote them: every mistake with its place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.functions import FUNCTIONS
from jizhun.entitlements.feel.meaning import no_such_function, no_such_name
from jizhun.entitlements.feel.reading import read, read_tests
from jizhun.entitlements.feel.values import Fault
from jizhun.entitlements.rules.assembling import CLOCK, ELIGIBLE
from jizhun.entitlements.rules.book import Fact
from jizhun.entitlements.rules.exchanging import KINDS, Parts, by_name
from jizhun.kernel.bilingual import Bilingual

Names = frozenset[str]


@dataclass(frozen=True, slots=True)
class At:
    """A place in a rule: the part, its field, and in a table the row and the column, each counted from 0.

    ``field``: name, zh, en, holds, is, unit, measure, input (a column's head), when or then (a cell).
    """

    part: str
    field: str
    row: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong where."""

    at: At
    sentence: Bilingual


NEEDED = {"conditions": ("zh", "en"), "workings": ("zh", "en"), "results": ("zh", "en", "unit"),
          "measures": ("measure",)}
MISSING = {"zh": Bilingual("请填写中文名称。", "Say it in Chinese too."),
           "en": Bilingual("请填写英文名称。", "Say it in English too."),
           "unit": Bilingual("请填写单位。", "Say in which unit it is."),
           "measure": Bilingual("请选择指标。", "Choose a measure.")}
NO_PAIR = Bilingual("每行应写成“维度 = 事实或值”。", "Each line must read “dimension = fact or value”.")
NO_TEXT = Bilingual("这里要写一个表达式。", "An expression is wanted here.")


def mistakes(parts: Parts, facts: Mapping[str, Fact]) -> list[Mistake]:
    """Everything that is wrong with names, words, expressions and cells, in the order in which the parts stand."""
    known = frozenset({*facts, *CLOCK, *by_name(parts)})
    no_truths = frozenset(_no_truths(parts, facts))
    seen: set[str] = set()
    found: list[Mistake] = []
    for kind in KINDS:
        for row in parts.get(kind, ()):
            found += _in_head(kind, row, seen, facts)
            found += _in_logic(kind, row, known, no_truths)
            seen.add(str(row.get("name")))
    return found


def _no_truths(parts: Parts, facts: Mapping[str, Fact]) -> Iterator[str]:
    """The names of what is something else than true or false."""
    yield from (code for code, fact in facts.items() if fact.type != "boolean")
    yield from CLOCK
    yield from (str(row.get("name")) for row in parts.get("measures", ()))
    yield from (str(row.get("name")) for row in parts.get("workings", ()) if row.get("type", "number") != "boolean")
    yield from (str(row.get("name")) for row in parts.get("results", ()) if row.get("unit") != "boolean")


def _in_head(kind: str, row: Mapping[str, Any], seen: set[str], facts: Mapping[str, Fact]) -> Iterator[Mistake]:
    name = str(row.get("name") or "")
    sentence = _wrong_name(name, seen, facts)
    if sentence:
        yield Mistake(At(name, "name"), sentence)
    for field in NEEDED[kind]:
        if not str(row.get(field) or "").strip():
            yield Mistake(At(name, field), MISSING[field])


def _wrong_name(name: str, seen: set[str], facts: Mapping[str, Fact]) -> Bilingual | None:
    if not name.isidentifier() or not name.isascii():
        return Bilingual(f"名称“{name}”只能用字母、数字和下划线，且不以数字开头。",
                         f"The name “{name}” may hold letters, digits and underscores only, and begins with no digit.")
    if name in seen or name in facts or name in CLOCK or name == ELIGIBLE:
        return Bilingual(f"名称“{name}”已经用了。", f"The name “{name}” is taken.")
    try:
        meant = read(name) == tree.Name(name)
    except Fault:
        meant = False
    if not meant or name in FUNCTIONS:
        return Bilingual(f"“{name}”不能作名称：表达式另有解读。",
                         f"“{name}” cannot be a name: it means something else in an expression.")
    return None


def _in_logic(kind: str, row: Mapping[str, Any], known: Names, no_truths: Names) -> Iterator[Mistake]:
    name = str(row.get("name") or "")
    if kind == "measures":
        if not all(dimension and value for dimension, value in (row.get("given") or {}).items()):
            yield Mistake(At(name, "given"), NO_PAIR)
        return
    if "table" in row:
        yield from _in_table(name, row["table"], known)
        return
    field = "holds" if kind == "conditions" else "is"
    text = str(row.get(field) or "")
    wrong = wrong_expression(text, known)
    yield from _told(At(name, field), wrong or _no_truth_in(text, no_truths, whole=kind == "conditions"))


def _in_table(name: str, table: Mapping[str, Any], known: Names) -> Iterator[Mistake]:
    for column, text in enumerate(table["inputs"]):
        yield from _told(At(name, "input", 0, column), wrong_expression(text, known))
    if not table["rows"]:
        yield Mistake(At(name, "input"), Bilingual("表里至少要有一行。", "A table has at least one row."))
    for number, row in enumerate(table["rows"]):
        for column, text in enumerate(row["when"]):
            yield from _told(At(name, "when", number, column), wrong_cell(text, known))
        yield from _told(At(name, "then", number), wrong_expression(str(row["then"]), known))


def _told(at: At, sentence: Bilingual | None) -> Iterator[Mistake]:
    if sentence is not None:
        yield Mistake(at, sentence)


def wrong_expression(text: str, known: Names) -> Bilingual | None:
    """What is wrong with an expression that reads ``known`` names; None where nothing is."""
    if not text.strip() or DAY.search(text):
        return _bare_day(text) if text.strip() else NO_TEXT
    try:
        _check_names(read(text), known)
    except Fault as fault:
        return _with_column(fault, text)
    return None


def wrong_cell(text: str, known: Names) -> Bilingual | None:
    """What is wrong with a cell of a table."""
    if DAY.search(text):
        return _bare_day(text)
    try:
        _check_names(read_tests(text or "-"), known)
    except Fault as fault:
        return _with_column(fault, text)
    return None


def _no_truth_in(text: str, no_truths: Names, *, whole: bool) -> Bilingual | None:
    """What is joined by “and” or “or”, or is a ``whole`` condition, and is never true nor false: it would count as
    unknown for everybody, without a word.
    """
    node = read(text)
    joined = [part for one in tree.walk(node) if isinstance(one, tree.Logic) for part in one.parts]
    for one in [node, *joined] if whole else joined:
        if _is_no_truth(one, no_truths):
            return _with_column(Fault(zh="这里应是成立或不成立的说法，例如比较；这个值既不是真也不是假。",
                                      en="Here should be what is true or false, such as a comparison; this is neither.",
                                      at=max(one.at, 1)), text)
    return None


def _is_no_truth(node: tree.Node, no_truths: Names) -> bool:
    if isinstance(node, tree.Literal):
        return node.value is not None and not isinstance(node.value, bool)
    if isinstance(node, tree.Name):
        return node.name in no_truths
    return isinstance(node, (tree.Unary, tree.Items, tree.Entries)) or (
        isinstance(node, tree.Binary) and node.sign in ARITHMETIC) or (
        isinstance(node, tree.Call) and node.function in MADE)


ARITHMETIC = frozenset({"+", "-", "*", "/", "**"})
MADE = frozenset({"date", "duration", "years and months duration", "floor", "ceiling", "round up", "round down",
                  "round half up", "round half down", "sum", "count", "abs", "string", "number"})
"""Functions that never come to true or false."""


DAY = re.compile(r'(?<!["\d-])\d{4}-\d\d-\d\d(?!["\d-])')
"""A day without its ``date(...)``, which would be a subtraction."""


def _bare_day(text: str) -> Bilingual:
    found = DAY.search(text)
    day = found[0] if found else ""
    return Bilingual(f"“{day}”会被当作减法；日期请写成 date(\"{day}\")。",
                     f"“{day}” would be a subtraction: write the day as date(\"{day}\").")


def _check_names(node: tree.Node, known: Names) -> None:
    """Fault for a name or a function that is nowhere; what a context names itself is let pass."""
    own = {name for one in tree.walk(node) if isinstance(one, tree.Entries) for name, _ in one.entries}
    for one in tree.walk(node):
        fault = None
        if isinstance(one, tree.Name) and one.name != "?" and one.name not in known | own:
            fault = no_such_name(one.name)
        elif isinstance(one, tree.Call) and one.function not in FUNCTIONS:
            fault = no_such_function(one.function)
        if fault:
            fault.at = one.at
            raise fault


def _with_column(fault: Fault, text: str) -> Bilingual:
    """The sentence with the expression and the column."""
    fault.element, fault.text = Bilingual("表达式", "expression"), text
    return fault.whole


__all__ = ["At", "Mistake", "mistakes", "wrong_cell", "wrong_expression"]
