"""Random expressions and facts for the laws of FEEL, and a tree written back as text."""

import json
from datetime import date, time
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.notation import as_text
from jizhun.entitlements.feel.values import DaysDuration, MonthsDuration
from jizhun.kernel.bilingual import Bilingual

KINDS = {"年龄": "number", "months paid": "number", "poor": "boolean", "on-site": "boolean", "city": "string",
         "born": "date", "stay": "months", "sums": "list", "home": "context"}
"""The facts of these worlds: name -> kind. Some names need care: a space, a sign, Chinese."""

numbers = st.one_of(st.integers(0, 4).map(Decimal),
                    st.sampled_from([Decimal("0.5"), Decimal("10.25"), Decimal("1E+20")]))
booleans = st.booleans()
words = st.sampled_from(["", "a", "b", 'say "no"', "行\n\\"])
days = st.sampled_from([date(2024, 2, 29), date(2026, 1, 31), date(2026, 3, 1), date(9999, 12, 31)])
spans = st.integers(-14, 14).map(MonthsDuration)
seconds = st.sampled_from([0, 3600, 86400, 90061]).map(lambda n: DaysDuration(Decimal(n)))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "number": numbers, "boolean": booleans, "string": words, "date": days, "months": spans, "days": seconds,
    "list": st.lists(numbers, max_size=3), "context": st.fixed_dictionaries({"rent": numbers, "owned": booleans})}


def facts() -> st.SearchStrategy[dict[str, Any]]:
    """A value for each fact, or null."""
    return st.fixed_dictionaries({name: st.one_of(st.none(), VALUES[kind]) for name, kind in KINDS.items()})


# -- trees of one kind: they never fail but by division, a calendar's end or a number's size


def constant(value: Any) -> tree.Node:
    """A value as the reader makes it: a number below zero has its sign outside."""
    if isinstance(value, Decimal) and value < 0:
        return tree.Unary(tree.Literal(-value))
    return tree.Literal(value)


def names_of(kind: str) -> st.SearchStrategy[tree.Node]:
    return st.sampled_from([name for name, of in KINDS.items() if of == kind]).map(tree.Name)


def leaf(kind: str) -> st.SearchStrategy[tree.Node]:
    return st.one_of(names_of(kind) if kind in KINDS.values() else st.nothing(), VALUES[kind].map(constant))


def binaries(signs: list[str], left: Any, right: Any) -> st.SearchStrategy[tree.Node]:
    return st.builds(tree.Binary, st.sampled_from(signs), left, right)


def ifs(condition: Any, of: Any) -> st.SearchStrategy[tree.Node]:
    return st.builds(tree.If, condition, of, of)


def intervals(of: Any) -> st.SearchStrategy[tree.Node]:
    return st.builds(tree.Interval, of, of, st.booleans(), st.booleans())


ORDER = ["<", "<=", ">", ">=", "=", "!="]
Level = dict[str, st.SearchStrategy[tree.Node]]


def level(of: Level) -> Level:
    """Trees one step taller than those of the level below."""
    number, day, word, truth = (of[kind] for kind in ("number", "date", "string", "boolean"))
    either = st.one_of
    return {
        "number": either(
            leaf("number"), binaries(["+", "-", "*"], number, number), st.builds(tree.Unary, number),
            ifs(truth, number), st.builds(lambda *of: tree.Call("max", of), number, number),
            st.builds(tree.Path, day, st.sampled_from(["year", "month", "day", "weekday"]))),
        "date": either(leaf("date"), ifs(truth, day)),
        "string": either(leaf("string"), binaries(["+"], leaf("string"), leaf("string")), ifs(truth, word)),
        "boolean": either(
            leaf("boolean"), binaries(ORDER, number, number), binaries(ORDER, day, day),
            binaries(["=", "!="], word, word),
            st.builds(tree.Logic, st.sampled_from(["and", "or"]), st.lists(truth, min_size=2, max_size=3).map(tuple)),
            st.builds(lambda one: tree.Call("not", (one,)), truth), ifs(truth, truth),
            st.builds(lambda one: tree.Call("is defined", (one,)), either(number, word)),
            *(st.builds(tree.In, one, cells(one)) for one in (number, word, day)))}


def half_intervals(of: Any) -> st.SearchStrategy[tree.Node]:
    """``< 5`` and its like."""
    return st.one_of(st.builds(lambda end, into: tree.Interval(end, None, into, False), of, st.booleans()),
                     st.builds(lambda end, into: tree.Interval(None, end, False, into), of, st.booleans()))


def cells(of: Any) -> st.SearchStrategy[tree.Tests]:
    """What may follow ``in``: values, intervals, comparisons."""
    one = st.one_of(of, intervals(of), half_intervals(of),
                    st.builds(lambda sign, end: tree.Binary(sign, tree.Name("?"), end), st.sampled_from(["=", "!="]),
                              of))
    return st.lists(one, min_size=1, max_size=3).map(lambda parts: tree.Tests(tuple(parts)))


lowest = {"number": st.one_of(leaf("number"), st.just(tree.Call("count", (tree.Name("sums"),))),
                              st.just(tree.Path(tree.Name("home"), "rent"))),
          **{kind: leaf(kind) for kind in ("date", "string", "boolean")}}
LEVEL = level(level(lowest))
sums, dates = st.deferred(lambda: LEVEL["number"]), st.deferred(lambda: LEVEL["date"])
texts, truths = st.deferred(lambda: LEVEL["string"]), st.deferred(lambda: LEVEL["boolean"])


# -- trees of any kind: most of them fail somewhere

CALLS = ("sum", "min", "not", "string", "floor", "string length", "append", "abs", "day of week", "list contains",
         "nothing")


def bigger(of: st.SearchStrategy[tree.Node]) -> st.SearchStrategy[tree.Node]:
    many = st.lists(of, max_size=3).map(tuple)
    tests = st.one_of(cells(of), st.builds(lambda one: tree.Tests(one.parts, True), cells(of)))
    return st.one_of(
        binaries([*ORDER, "+", "-", "*", "/", "**"], of, of), st.builds(tree.Unary, of),
        st.builds(tree.Logic, st.sampled_from(["and", "or"]), st.lists(of, min_size=2, max_size=3).map(tuple)),
        st.builds(tree.If, of, of, of), st.builds(tree.In, of, cells(of)), intervals(of), st.builds(tree.Items, many),
        st.builds(tree.Call, st.sampled_from(CALLS), many),
        st.builds(lambda one: tree.Call("decimal", (), (("n", one), ("scale", tree.Literal(Decimal(1))))), of),
        st.builds(lambda one, other: tree.Entries((("own x", one), ("b", other))), of, of),
        st.builds(lambda one: tree.Entries((("own x", one), ("b", tree.Name("own x")))), of),
        st.builds(tree.Path, of, st.sampled_from(["rent", "year", "months", "b"])),
        tables(of, tests, of))


def table(policy: str, inputs: list[tree.Node], rows: list[Any], width: int, default: Any, allowed: Any) -> tree.Node:
    """A decision table; its cells and results know where they stand."""
    order = tuple(constant(one) for one in (Decimal(1), "a", Decimal(0), Decimal(2), "b", ""))
    outputs = tuple(tree.Output(name, order if policy in "PO" else (), default) for name in ("one", "two")[:width])
    rules = tuple(tree.Rule(tuple(placed(row[0][n], f"cell {n}") for n in range(len(inputs))),
                            tuple(placed(row[1][n], f"result {n}") for n in range(width))) for row in rows)
    cells = tuple(allowed if n == 0 else None for n in range(len(inputs)))
    return placed(tree.Table(tuple(inputs), cells, outputs, rules, policy, ""), "table")


def tables(inputs: Any, tests: Any, outputs: Any, rows: int = 3) -> st.SearchStrategy[tree.Node]:
    """Tables of one or two inputs, of every policy."""
    cell = st.one_of(st.just(tree.Tests(())), tests, tests, tests)
    row = st.tuples(st.tuples(cell, cell), st.tuples(outputs, outputs))
    return st.builds(table, st.sampled_from(list("UAPFFROC")), st.lists(inputs, min_size=1, max_size=2),
                     st.lists(row, min_size=1, max_size=rows), st.integers(1, 2), st.one_of(st.none(), outputs),
                     st.one_of(st.none(), st.none(), tests))


def placed(node: tree.Node, where: str) -> tree.Said:
    return tree.Said(node, Bilingual(where, where), f"text of {where}")


leaves = st.one_of(*(leaf(kind) for kind in VALUES if kind not in ("list", "context")), st.just(tree.Literal(None)),
                   st.just(tree.Name("sums")), st.just(tree.Name("home")), st.just(tree.Name("nowhere")))
anything = st.recursive(leaves, bigger, max_leaves=8)
small = st.integers(0, 2).map(lambda n: tree.Literal(Decimal(n)))
sorted_tables = tables(st.one_of(names_of("number"), sums), cells(st.one_of(small, sums)),
                       st.one_of(small, names_of("number")), 4)
"""Tables of numbers: their rules hold now and then."""


# -- a tree as text


def written(node: tree.Node) -> str:
    """An expression that reads as this tree; whatever has parts stands in round brackets."""
    return str(WRITTEN[type(node)](node))


def literal(node: tree.Literal) -> str:
    value = node.value
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (date, time, MonthsDuration, DaysDuration)):
        return f'@"{as_text(value)}"'
    return as_text(value)


def one_test(node: tree.Node) -> str:
    """A part of a cell: ``< 5``, ``= 5``, or an expression."""
    if isinstance(node, tree.Interval) and node.low is None and node.high is not None:
        return f"{'<=' if node.high_included else '<'} {written(node.high)}"
    if isinstance(node, tree.Interval) and node.high is None and node.low is not None:
        return f"{'>=' if node.low_included else '>'} {written(node.low)}"
    if isinstance(node, tree.Binary) and node.left == tree.Name("?") and node.sign in ("=", "!="):
        return f"{node.sign} {written(node.right)}"
    return written(node)


def cell_written(node: tree.Tests) -> str:
    """A cell of a decision table."""
    parts = ", ".join(map(one_test, node.parts)) or "-"
    return f"not({parts})" if node.negated else parts


def interval(node: tree.Interval) -> str:
    assert node.low and node.high
    return (f"{'[' if node.low_included else '('}{written(node.low)}..{written(node.high)}"
            f"{']' if node.high_included else ')'}")


def call(node: tree.Call) -> str:
    given = [*map(written, node.arguments), *(f"{name}: {written(one)}" for name, one in node.named)]
    return f"{node.function}({', '.join(given)})"


WRITTEN: dict[type[tree.Node], Any] = {
    tree.Literal: literal, tree.Name: lambda node: node.name, tree.Interval: interval, tree.Call: call,
    tree.Path: lambda node: f"({written(node.source)}).{node.name}",
    tree.Unary: lambda node: f"-({written(node.value)})",
    tree.Binary: lambda node: f"({written(node.left)} {node.sign} {written(node.right)})",
    tree.Logic: lambda node: "(" + f" {node.sign} ".join(map(written, node.parts)) + ")",
    tree.If: lambda node: f"(if {written(node.condition)} then {written(node.then)} else {written(node.otherwise)})",
    tree.In: lambda node: f"({written(node.value)} in ({cell_written(node.tests)}))",
    tree.Items: lambda node: f"[{', '.join(map(written, node.items))}]",
    tree.Entries: lambda node: "{" + ", ".join(f"{name}: {written(one)}" for name, one in node.entries) + "}",
}
