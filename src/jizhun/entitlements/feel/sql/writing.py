"""An expression written as SQL: a population through the same tree that answers one person.

Numbers are whole numbers over a denominator that is known beforehand (cents over 100), so that engines agree to the
last digit; their bounds are known too, so that no sum overflows unseen. What cannot be counted exactly that way
(lists, texts put together, a division that is not rounded at once) is refused with its column, never approximated.
A rule that raises Fault for one person (two hits in a unique table, division by zero) is refused here unless it can be
shown that it never happens.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.meaning import no_such_name, speaks_of_input
from jizhun.entitlements.feel.sql.apart import overlapping
from jizhun.entitlements.feel.sql.counting import Counting
from jizhun.entitlements.feel.sql.pieces import (
    COUNTED,
    DUCKDB,
    NULL,
    Dialect,
    Sql,
    beyond,
    beyond_exactness,
    constant,
    width_of,
)
from jizhun.entitlements.feel.tables import SINGLE
from jizhun.entitlements.feel.values import Fault
from jizhun.kernel.bilingual import Bilingual

Scope = Mapping[str, Sql]
Functions = Mapping[str, tuple[Sequence[str], tree.Node]]
"""Knowledge models: parameter names and body, written where they are called."""


def written(node: tree.Node, scope: Scope, dialect: Dialect = DUCKDB, functions: Functions | None = None) -> Sql:
    """An expression over columns as SQL; raises Fault with its column where it cannot be counted exactly."""
    return _Writer(dialect, functions or {}).value(node, scope)


class _Writer(Counting):
    def __init__(self, dialect: Dialect, functions: Functions, depth: int = 0) -> None:
        super().__init__(dialect)
        self.functions, self.depth = functions, depth

    def value(self, node: tree.Node, scope: Scope) -> Sql:
        try:
            found = WRITERS.get(type(node))
            if found is None:
                raise beyond(type(node).__name__)
            return found(self, node, scope)
        except Fault as fault:
            fault.at = fault.at or node.at
            raise

    def said(self, node: tree.Said, scope: Scope) -> Sql:
        try:
            return self.value(node.node, scope)
        except Fault as fault:
            fault.found_in(node.element, node.text)
            raise

    def literal(self, node: tree.Literal, scope: Scope) -> Sql:
        return constant(node.value, self.dialect)

    def name(self, node: tree.Name, scope: Scope) -> Sql:
        if node.name not in scope:
            raise no_such_name(node.name)
        return scope[node.name]

    def unary(self, node: tree.Unary, scope: Scope) -> Sql:
        one = self.value(node.value, scope)
        if one.kind == "null":
            return NULL
        self.need(one, *COUNTED)
        return self.negated(one)

    def binary(self, node: tree.Binary, scope: Scope) -> Sql:
        left, right = self.value(node.left, scope), self.value(node.right, scope)
        if node.sign in ("+", "-", "*", "/", "**"):
            return self.arithmetic(node.sign, left, right)
        return self.compared(node.sign, left, right)

    # -- days

    def path(self, node: tree.Path, scope: Scope) -> Sql:
        one = self.value(node.source, scope)
        if one.kind == "null":
            return NULL
        if one.kind == "date" and node.name in ("year", "month", "day"):
            high = {"year": 9999, "month": 12, "day": 31}[node.name]
            return Sql(f"CAST({node.name}({one.text}) AS INTEGER)", "number", 1, 1, high, one.nullable)
        if one.kind == "months" and node.name in ("years", "months"):
            years = self.truncated(replace(one, kind="number"), 12)
            return years if node.name == "years" else self.added("-", replace(one, kind="number"),
                                                                 self.scaled_by(years, 12))
        if one.kind == "days" and node.name == "days":
            return replace(one, kind="number")
        raise beyond(f"{one.kind}.{node.name}")

    # -- logic

    def logic(self, node: tree.Logic, scope: Scope) -> Sql:
        parts = [self.truth(self.value(one, scope)) for one in node.parts]
        word = f" {node.sign.upper()} "
        return Sql(f"({word.join(one.text for one in parts)})", "boolean", nullable=any(one.nullable for one in parts))

    def choice(self, node: tree.If, scope: Scope) -> Sql:
        condition = self.truth(self.value(node.condition, scope))
        then, otherwise = self.value(node.then, scope), self.value(node.otherwise, scope)
        return self.cases([(condition.text, then)], otherwise)

    # -- unary tests

    def within(self, node: tree.In, scope: Scope) -> Sql:
        return self.met(node.tests, self.value(node.value, scope), scope)

    def tests(self, node: tree.Tests, scope: Scope) -> Sql:
        return self.met(node, scope["?"], scope)

    def met(self, node: tree.Node, given: Sql, scope: Scope) -> Sql:
        if isinstance(node, tree.Said):
            try:
                return self.met(node.node, given, scope)
            except Fault as fault:
                fault.found_in(node.element, node.text)
                raise
        assert isinstance(node, tree.Tests)
        if not node.parts:
            return Sql("TRUE", "boolean", nullable=False)
        parts = [self.part(one, given, scope) for one in node.parts]
        text = "(" + " OR ".join(one.text for one in parts) + ")" if len(parts) > 1 else parts[0].text
        return Sql(f"(NOT {text})" if node.negated else text, "boolean", nullable=any(one.nullable for one in parts))

    def part(self, node: tree.Node, given: Sql, scope: Scope) -> Sql:
        try:
            return self._part(node, given, scope)
        except Fault as fault:
            fault.at = fault.at or node.at
            raise

    def _part(self, node: tree.Node, given: Sql, scope: Scope) -> Sql:
        inside = {**scope, "?": given}
        if isinstance(node, tree.Tests):
            return self.met(node, given, scope)
        if isinstance(node, tree.Interval):
            return self.interval(node, given, inside)
        if isinstance(node, tree.Items) and given.kind != "null":
            parts = [self.equal(given, self.value(one, inside), "=") for one in node.items]
            return Sql("(" + " OR ".join(one.text for one in parts) + ")", "boolean", nullable=False) if parts else \
                Sql("FALSE", "boolean", nullable=False)
        found = self.value(node, inside)
        if speaks_of_input(node):
            return self.truth(found)
        if found.kind == "boolean" and given.kind not in ("boolean", "null"):
            raise beyond_exactness(Bilingual("真假值作为其他类型输入的条件",
                                             "a truth as the test of another kind of input"))
        return self.equal(given, found, "=")

    def interval(self, node: tree.Interval, given: Sql, scope: Scope) -> Sql:
        ends = []
        if node.low is not None:
            ends.append(self.compared(">=" if node.low_included else ">", given, self.value(node.low, scope)))
        if node.high is not None:
            ends.append(self.compared("<=" if node.high_included else "<", given, self.value(node.high, scope)))
        return Sql("(" + " AND ".join(one.text for one in ends) + ")", "boolean",
                   nullable=any(one.nullable for one in ends))

    # -- functions

    def call(self, node: tree.Call, scope: Scope) -> Sql:
        if node.function in self.functions:
            return self.inlined(node, scope)
        if node.function in ROUNDINGS:
            return self.rounding(node, scope)
        found = FUNCTIONS.get(node.function)
        if found is None:
            raise beyond(node.function)
        values = [self.value(one, scope) for one in (*node.arguments, *(one for _, one in node.named))]
        if node.named:
            values = [self.value(dict(node.named)[name], scope) for name in NAMED.get(node.function, dict(node.named))]
        return found(self, values)

    def inlined(self, node: tree.Call, scope: Scope) -> Sql:
        """A knowledge model written out where it is called."""
        if self.depth > 20:
            raise Fault(zh=f"“{node.function}”调用自己没有尽头。", en=f"“{node.function}” calls itself without end.")
        parameters, body = self.functions[node.function]
        given = dict(zip(parameters, node.arguments, strict=False)) | dict(node.named)
        inside = {name: self.value(given[name], scope) if name in given else NULL for name in parameters}
        return _Writer(self.dialect, self.functions, self.depth + 1).value(body, inside)

    def inverse(self, values: Sequence[Sql]) -> Sql:
        one = self.truth(values[0])
        return Sql(f"(NOT {one.text})", "boolean", nullable=one.nullable)

    def defined(self, values: Sequence[Sql]) -> Sql:
        return Sql(f"({values[0].text} IS NOT NULL)", "boolean", nullable=False)

    def size(self, values: Sequence[Sql]) -> Sql:
        one = values[0]
        self.need(one, *COUNTED)
        high = max(abs(one.low), abs(one.high))
        if one.low >= 0:
            return one
        return replace(one, text=f"abs({self.cast(one, width_of(-high, high))})", low=0, high=high)

    def span(self, values: Sequence[Sql]) -> Sql:
        return NULL if any(one.kind == "null" for one in values) else self.months_between(values[0], values[1])

    # -- rounding: where a division may stand

    def rounding(self, node: tree.Call, scope: Scope) -> Sql:
        given = dict(zip(("n", "scale"), node.arguments, strict=False)) | dict(node.named)
        digits = self.digits(given.get("scale"), scope)
        above, below = self.fraction(given["n"], scope)
        if above.kind == "null" or below.kind == "null":
            return NULL
        above, below = self.over_one(above, below, digits)
        result = above if below.fixed == 1 else self.rounded(ROUNDINGS[node.function], above, below)
        if digits < 0:
            return self.scaled_by(result, 10**-digits)
        return replace(result, den=10**digits)

    def digits(self, node: tree.Node | None, scope: Scope) -> int:
        if node is None:
            return 0
        found = self.value(node, scope)
        if found.kind != "number" or found.den != 1 or found.fixed is None:
            raise beyond_exactness(Bilingual("不是常数的小数位数", "a number of digits that is no constant"))
        return found.fixed

    def fraction(self, node: tree.Node, scope: Scope) -> tuple[Sql, Sql]:
        """What is divided and by what; by 1 where there is no division on top."""
        if isinstance(node, tree.Said):
            return self.fraction(node.node, scope)
        if not isinstance(node, tree.Binary) or node.sign != "/":
            return self.value(node, scope), constant(Decimal(1), self.dialect)
        above, below = self.value(node.left, scope), self.value(node.right, scope)
        if "null" in (above.kind, below.kind):
            return NULL, NULL
        self.need(above, "number")
        self.need(below, "number")
        if below.low <= 0 <= below.high:
            raise beyond_exactness(Bilingual("除数可能是 0 的除法", "a division by what may be 0"))
        if below.high < 0:
            return self.negated(above), self.negated(below)
        return above, below

    # -- tables

    def table(self, node: tree.Table, scope: Scope) -> Sql:
        if any(one is not None for one in node.allowed):
            raise beyond_exactness(Bilingual("限定了输入值的决策表", "a decision table that limits its input values"))
        if len(node.outputs) != 1:
            raise beyond_exactness(Bilingual("有多个输出的决策表", "a decision table with several outputs"))
        given = [self.value(one, scope) for one in node.inputs]
        ways = [(self.held(rule, given, scope), self.value(rule.outputs[0], scope)) for rule in node.rules]
        default = node.outputs[0].default
        otherwise = NULL if default is None else self.value(default, scope)
        if node.policy in SINGLE:
            return self.cases(self.in_turn(node, ways), otherwise)
        return self.gathered(node, ways, otherwise)

    def held(self, rule: tree.Rule, given: Sequence[Sql], scope: Scope) -> str:
        cells = [self.met(test, one, scope) for test, one in zip(rule.tests, given, strict=True)]
        texts = [one.text for one in cells if one.text != "TRUE"]
        return " AND ".join(texts) or "TRUE"

    def in_turn(self, node: tree.Table, ways: list[tuple[str, Sql]]) -> list[tuple[str, Sql]]:
        """The ways in the order in which they speak; raises Fault where two may hold at once and must not."""
        if node.policy == "P":
            order = [tree.bare(one) for one in node.outputs[0].values]
            ranks = [order.index(value) if (value := tree.bare(rule.outputs[0])) in order else -1
                     for rule in node.rules]
            if -1 in ranks:
                raise beyond_exactness(Bilingual("没有优先顺序的结果", "a result without a priority"))
            return [way for _, way in sorted(zip(ranks, ways, strict=True), key=lambda pair: pair[0])]
        if node.policy in "UA":
            clash = overlapping(node)
            if clash:
                raise Fault(zh=f"规则 {clash[0]} 和 {clash[1]} 可能同时成立；请改用 FIRST，或把条件分开。",
                            en=f"Rules {clash[0]} and {clash[1]} may hold at once; "
                               "use FIRST, or keep their conditions apart.")
        return ways

    def gathered(self, node: tree.Table, ways: Sequence[tuple[str, Sql]], otherwise: Sql) -> Sql:
        """SUM and COUNT over the rules that hold; null (or the default) where none does."""
        if node.policy != "C" or node.aggregation not in ("SUM", "COUNT"):
            raise beyond_exactness(Bilingual("结果是列表的决策表", "a decision table that gives a list"))
        one, zero = constant(Decimal(1), self.dialect), constant(Decimal(0), self.dialect)
        parts = [self.cases([(held, value if node.aggregation == "SUM" else one)], zero) for held, value in ways]
        anything = " OR ".join(f"({held})" for held, _ in ways) or "FALSE"
        return self.cases([(anything, self.total(parts))], otherwise)


ROUNDINGS = {"round half up": "half_up", "round half down": "half_down", "decimal": "half_even", "round up": "up",
             "round down": "down", "floor": "floor", "ceiling": "ceiling"}
NAMED = {"years and months duration": ("from", "to")}
FUNCTIONS: dict[str, Callable[[_Writer, Sequence[Sql]], Sql]] = {
    "not": _Writer.inverse, "is defined": _Writer.defined, "abs": _Writer.size, "sum": _Writer.total,
    "min": lambda writer, values: writer.extreme("LEAST", values),
    "max": lambda writer, values: writer.extreme("GREATEST", values),
    "years and months duration": _Writer.span}

WRITERS: dict[type[tree.Node], Callable[[_Writer, Any, Scope], Sql]] = {
    tree.Literal: _Writer.literal, tree.Name: _Writer.name, tree.Path: _Writer.path, tree.Unary: _Writer.unary,
    tree.Binary: _Writer.binary, tree.Logic: _Writer.logic, tree.If: _Writer.choice, tree.Call: _Writer.call,
    tree.In: _Writer.within, tree.Tests: _Writer.tests, tree.Said: _Writer.said, tree.Table: _Writer.table}
