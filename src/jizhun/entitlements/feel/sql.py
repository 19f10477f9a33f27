"""An expression written as SQL: a population through the same tree that answers one person.

Numbers are whole numbers over a denominator that is known beforehand (cents over 100), so that engines agree to the
last digit; their bounds are known too, so that no sum overflows unseen. What cannot be counted exactly that way
(lists, texts put together, a division that is not rounded at once) is refused with its column, never approximated.
A rule that raises Fault for one person (two hits in a unique table, division by zero) is refused here unless it can be
shown that it never happens.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from math import gcd, lcm
from typing import Literal

from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.meaning import no_such_name, speaks_of_input
from jizhun.entitlements.feel.tables import SINGLE
from jizhun.entitlements.feel.values import DaysDuration, Fault, MonthsDuration
from jizhun.kernel.bilingual import Bilingual

Kind = Literal["number", "boolean", "string", "date", "months", "days", "null"]
WIDTHS = (("INTEGER", 2**31 - 1), ("BIGINT", 2**63 - 1), ("HUGEINT", 10**38 - 1))
"""Whole-number types and the largest number of each."""
COUNTED = ("number", "months", "days")
UNKNOWN_BOUND = 10**15


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL with what is known of its value.

    For numbers (and months, days) the value is the piece over ``den``; the piece lies within ``low`` and ``high``.
    """

    text: str
    kind: Kind
    den: int = 1
    low: int = -UNKNOWN_BOUND
    high: int = UNKNOWN_BOUND
    nullable: bool = True

    @property
    def width(self) -> int:
        """The place in WIDTHS of the narrowest type that holds the piece."""
        return width_of(self.low, self.high)

    @property
    def fixed(self) -> int | None:
        """The piece where it is one known number."""
        return self.low if self.low == self.high and not self.nullable and self.kind in COUNTED else None


def width_of(low: int, high: int) -> int:
    size = max(abs(low), abs(high))
    for place, (_, largest) in enumerate(WIDTHS):
        if size <= largest:
            return place
    raise Fault(zh="数太大，不能精确计算。", en="The numbers grow too large to be counted exactly.")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an engine writes what SQL leaves open."""

    name: str
    whole_division: str
    huge: str
    months_later: str
    days_later: str
    days_between: str
    text_escape: Callable[[str], str]

    def type(self, width: int) -> str:
        return WIDTHS[width][0] if width < 2 else self.huge


DUCKDB = Dialect("duckdb", "({} // {})", "HUGEINT", "CAST({} + to_months(CAST({} AS INTEGER)) AS DATE)",
                 "({} + CAST({} AS INTEGER))", "({} - {})", lambda text: text.replace("'", "''"))
SPARK = Dialect("spark", "({} div {})", "DECIMAL(38,0)", "add_months({}, CAST({} AS INT))",
                "date_add({}, CAST({} AS INT))", "datediff({}, {})",
                lambda text: text.replace("\\", "\\\\").replace("'", "\\'"))
DIALECTS = {one.name: one for one in (DUCKDB, SPARK)}

Scope = Mapping[str, Sql]
Functions = Mapping[str, tuple[Sequence[str], tree.Node]]
"""Knowledge models: parameter names and body, written where they are called."""


def written(node: tree.Node, scope: Scope, dialect: Dialect = DUCKDB, functions: Functions | None = None) -> Sql:
    """An expression over columns as SQL; raises Fault with its column where it cannot be counted exactly."""
    return _Writer(dialect, functions or {}).value(node, scope)


NULL = Sql("NULL", "null", 1, 0, 0)


class _Writer:
    def __init__(self, dialect: Dialect, functions: Functions, depth: int = 0) -> None:
        self.dialect, self.functions, self.depth = dialect, functions, depth

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

    # -- arithmetic

    def arithmetic(self, sign: str, left: Sql, right: Sql) -> Sql:
        if "null" in (left.kind, right.kind):
            return NULL
        if sign in "+-":
            return self.moved(sign, left, right) if "date" in (left.kind, right.kind) else self.added(sign, left, right)
        if sign == "*":
            return self.multiplied(left, right)
        if sign == "/":
            return self.divided(left, right)
        raise beyond("**")

    def cast(self, one: Sql, width: int) -> str:
        """The piece in a type at least so wide. Numbers written as constants take the type they need."""
        if one.width >= width or one.fixed is not None:
            return one.text
        return f"CAST({one.text} AS {self.dialect.type(width)})"

    def scaled(self, one: Sql, den: int) -> Sql:
        """The same value over another denominator, a multiple of its own."""
        by = den // one.den
        if by == 1:
            return one
        low, high = one.low * by, one.high * by
        if one.fixed is not None:
            return replace(one, text=str(low), den=den, low=low, high=high)
        return replace(one, text=f"({self.cast(one, width_of(low, high))} * {by})", den=den, low=low, high=high)

    def aligned(self, *values: Sql) -> list[Sql]:
        den = lcm(*(one.den for one in values))
        return [self.scaled(one, den) for one in values]

    def added(self, sign: str, left: Sql, right: Sql) -> Sql:
        self.same_kind(sign, left, right, *COUNTED)
        one, other = self.aligned(left, right)
        low, high = (one.low + other.low, one.high + other.high) if sign == "+" else (one.low - other.high, one.high - other.low)
        width = width_of(low, high)
        text = f"({self.cast(one, width)} {sign} {self.cast(other, width)})"
        return folded(Sql(text, one.kind, one.den, low, high, one.nullable or other.nullable))

    def multiplied(self, left: Sql, right: Sql) -> Sql:
        if right.kind in ("months", "days"):
            left, right = right, left
        self.need(left, *COUNTED)
        self.need(right, "number")
        if left.kind != "number" and right.den != 1:
            raise beyond_exactness(Bilingual("时长乘以小数", "a duration times a fraction"))
        left, right = _shortened(left, right)
        ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
        width = width_of(min(ends), max(ends))
        text = f"({self.cast(left, width)} * {self.cast(right, width)})"
        if 1 in (left.fixed, right.fixed):
            text = right.text if left.fixed == 1 else left.text
        return folded(Sql(text, left.kind, left.den * right.den, min(ends), max(ends), left.nullable or right.nullable))

    def divided(self, left: Sql, right: Sql) -> Sql:
        """Division by a constant only, and only where the result ends after some digits."""
        self.need(left, "number")
        self.need(right, "number")
        by = right.fixed
        if not by:
            raise beyond_exactness(Bilingual("除以不是常数的数（除非马上取整）", "a division by what is no constant (unless rounded at once)"))
        times = right.den if by > 0 else -right.den
        result = self.multiplied(left, constant(Decimal(times), self.dialect))
        result = replace(result, den=result.den * abs(by))
        if not _ends(result.den):
            raise beyond_exactness(Bilingual("除不尽的商（除非马上取整）", "a quotient without end (unless rounded at once)"))
        return result

    # -- days

    def moved(self, sign: str, left: Sql, right: Sql) -> Sql:
        if left.kind == right.kind == "date" and sign == "-":
            text = self.dialect.days_between.format(left.text, right.text)
            return Sql(text, "days", 1, -4_000_000, 4_000_000, left.nullable or right.nullable)
        day, span = (left, right) if left.kind == "date" else (right, left)
        if span.kind not in ("months", "days") or (sign == "-" and left.kind != "date"):
            raise beyond(f"{left.kind} {sign} {right.kind}")
        if span.den != 1:
            raise beyond_exactness(Bilingual("不是整数的时长", "a duration that is not whole"))
        size = span.text if sign == "+" else self.negated(span).text
        form = self.dialect.months_later if span.kind == "months" else self.dialect.days_later
        return Sql(form.format(day.text, size), "date", nullable=day.nullable or span.nullable)

    def path(self, node: tree.Path, scope: Scope) -> Sql:
        one = self.value(node.source, scope)
        if one.kind == "null":
            return NULL
        if one.kind == "date" and node.name in ("year", "month", "day"):
            high = {"year": 9999, "month": 12, "day": 31}[node.name]
            return Sql(f"CAST({node.name}({one.text}) AS INTEGER)", "number", 1, 1, high, one.nullable)
        if one.kind == "months" and node.name in ("years", "months"):
            years = self.truncated(replace(one, kind="number"), 12)
            return years if node.name == "years" else self.added("-", replace(one, kind="number"), self.scaled_by(years, 12))
        if one.kind == "days" and node.name == "days":
            return replace(one, kind="number")
        raise beyond(f"{one.kind}.{node.name}")

    def scaled_by(self, one: Sql, by: int) -> Sql:
        return self.multiplied(one, constant(Decimal(by), self.dialect))

    def months_between(self, start: Sql, end: Sql) -> Sql:
        """Whole months from one day to another, in either order; as ``functions.months_between``."""
        self.need(start, "date")
        self.need(end, "date")

        def forward(a: str, b: str) -> str:
            return (f"((year({b}) * 12 + month({b})) - (year({a}) * 12 + month({a})) - "
                    f"CASE WHEN day({b}) < day({a}) THEN 1 ELSE 0 END)")
        a, b = start.text, end.text
        text = f"CAST(CASE WHEN {b} >= {a} THEN {forward(a, b)} WHEN {b} < {a} THEN -{forward(b, a)} END AS INTEGER)"
        return Sql(text, "months", 1, -120_000, 120_000, start.nullable or end.nullable)

    # -- comparing

    def compared(self, sign: str, left: Sql, right: Sql) -> Sql:
        if sign in ("=", "!="):
            return self.equal(left, right, sign)
        if "null" in (left.kind, right.kind):
            return replace(NULL, kind="boolean", text="CAST(NULL AS BOOLEAN)")
        if left.kind == "boolean":
            raise Fault(zh="真假值之间没有先后大小。", en="There is no order among values that are true or false.")
        one, other = self.alike(left, right)
        return Sql(f"({one.text} {sign} {other.text})", "boolean", nullable=one.nullable or other.nullable)

    def equal(self, left: Sql, right: Sql, sign: str) -> Sql:
        if "null" in (left.kind, right.kind):
            one = left if right.kind == "null" else right
            return Sql(f"({one.text} IS {'' if sign == '=' else 'NOT '}NULL)", "boolean", nullable=False)
        one, other = self.alike(left, right)
        if one.nullable or other.nullable:
            known = f"IS {'NOT ' if sign == '=' else ''}DISTINCT FROM"
            return Sql(f"({one.text} {known} {other.text})", "boolean", nullable=False)
        return Sql(f"({one.text} {'=' if sign == '=' else '<>'} {other.text})", "boolean", nullable=False)

    def alike(self, left: Sql, right: Sql) -> Sequence[Sql]:
        """Both over one denominator; raises Fault for two kinds."""
        if left.kind != right.kind:
            raise Fault(zh=f"{left.kind} 与 {right.kind} 不能比较。", en=f"{left.kind} and {right.kind} cannot be compared.")
        return self.aligned(left, right) if left.kind in COUNTED else (left, right)

    # -- logic

    def truth(self, one: Sql) -> Sql:
        if one.kind == "null":
            return Sql("CAST(NULL AS BOOLEAN)", "boolean")
        self.need(one, "boolean")
        return one

    def logic(self, node: tree.Logic, scope: Scope) -> Sql:
        parts = [self.truth(self.value(one, scope)) for one in node.parts]
        word = f" {node.sign.upper()} "
        return Sql(f"({word.join(one.text for one in parts)})", "boolean", nullable=any(one.nullable for one in parts))

    def choice(self, node: tree.If, scope: Scope) -> Sql:
        condition = self.truth(self.value(node.condition, scope))
        then, otherwise = self.value(node.then, scope), self.value(node.otherwise, scope)
        return self.cases([(condition.text, then)], otherwise)

    def cases(self, ways: Sequence[tuple[str, Sql]], otherwise: Sql) -> Sql:
        """CASE over ways of one kind; the widest type of all."""
        values = [*(value for _, value in ways), otherwise]
        kinds = {one.kind for one in values} - {"null"}
        if len(kinds) > 1:
            raise Fault(zh="各条路的结果类型不同。", en="The ways come to values of different kinds.")
        if not kinds:
            return NULL
        kind = kinds.pop()
        counted = kind in COUNTED
        known = [one for one in values if one.kind != "null"]
        den = lcm(*(one.den for one in known)) if counted else 1
        values = [self.scaled(one, den) if counted and one.kind != "null" else one for one in values]
        low = min((one.low for one in values if one.kind != "null"), default=0)
        high = max((one.high for one in values if one.kind != "null"), default=0)
        width = width_of(low, high) if counted else 0
        texts = [self.cast(one, width) if counted and one.kind != "null" else one.text for one in values]
        whens = " ".join(f"WHEN {condition} THEN {text}" for (condition, _), text in zip(ways, texts, strict=False))
        text = f"(CASE {whens} ELSE {texts[-1]} END)" if ways else texts[-1]
        if counted and ways and all(one.fixed is not None or one.kind == "null" for one in values):
            text = f"CAST({text} AS {self.dialect.type(width)})"
        return Sql(text, kind, den, low, high, any(one.nullable for one in values))

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
            raise beyond_exactness(Bilingual("真假值作为其他类型输入的条件", "a truth as the test of another kind of input"))
        return self.equal(given, found, "=")

    def interval(self, node: tree.Interval, given: Sql, scope: Scope) -> Sql:
        ends = []
        if node.low is not None:
            ends.append(self.compared(">=" if node.low_included else ">", given, self.value(node.low, scope)))
        if node.high is not None:
            ends.append(self.compared("<=" if node.high_included else "<", given, self.value(node.high, scope)))
        return Sql("(" + " AND ".join(one.text for one in ends) + ")", "boolean", nullable=any(one.nullable for one in ends))

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

    def extreme(self, word: str, values: Sequence[Sql]) -> Sql:
        if any(one.kind == "null" for one in values) or not values:
            return NULL
        first = values[0]
        for one in values[1:]:
            first, _ = self.alike(first, one)
        values = self.aligned(*values) if first.kind in COUNTED else values
        pick = min if word == "LEAST" else max
        low, high = pick(one.low for one in values), pick(one.high for one in values)
        width = max(one.width for one in values)
        text = f"{word}({', '.join(self.cast(one, width) for one in values)})"
        nulls = [one.text for one in values if one.nullable]
        if nulls:
            text = f"(CASE WHEN {' OR '.join(f'{one} IS NULL' for one in nulls)} THEN NULL ELSE {text} END)"
        return Sql(text, first.kind, values[0].den, low, high, bool(nulls))

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

    def total(self, values: Sequence[Sql]) -> Sql:
        result = values[0]
        for one in values[1:]:
            result = self.arithmetic("+", result, one)
        return result

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

    def over_one(self, above: Sql, below: Sql, digits: int) -> tuple[Sql, Sql]:
        """The quotient in units of the last digit wanted, as whole number over whole number, in small numbers."""
        times, by = 10**max(digits, 0) * below.den, 10**max(-digits, 0) * above.den
        above, below = replace(above, den=1), replace(below, den=1)
        if below.fixed is not None:
            by, below = by * below.fixed, constant(Decimal(1), self.dialect)
        common = gcd(times, by)
        return self.scaled_by(above, times // common), self.scaled_by(below, by // common)

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

    def negated(self, one: Sql) -> Sql:
        text = f"(-{self.cast(one, width_of(-one.high, -one.low))})"
        return folded(replace(one, text=text, low=-one.high, high=-one.low))

    def rounded(self, mode: str, above: Sql, below: Sql) -> Sql:
        """above / below as a whole number; ``below`` is positive."""
        if mode in ("half_up", "half_down", "half_even"):
            return self.nearest(mode, above, below)
        if mode in ("up", "down"):
            return self.signed(above, lambda size: self.truncated_by(self.added("+", size, self.less_one(below)) if mode == "up" else size, below))
        shift = above if mode == "floor" else self.added("+", above, self.less_one(below))
        return self.floored(shift, below)

    def less_one(self, below: Sql) -> Sql:
        return self.added("-", below, constant(Decimal(1), self.dialect))

    def nearest(self, mode: str, above: Sql, below: Sql) -> Sql:
        """Half away from zero, half towards zero, or half to even."""
        if mode == "half_even":
            return self.to_even(above, below)

        def work(size: Sql) -> Sql:
            double = self.added("+", self.scaled_by(size, 2), below if mode == "half_up" else self.less_one(below))
            return self.truncated_by(double, self.scaled_by(below, 2))
        return self.signed(above, work)

    def to_even(self, above: Sql, below: Sql) -> Sql:
        lower = self.floored(above, below)
        rest = self.scaled_by(self.added("-", above, self.multiplied(lower, below)), 2)
        rest = replace(rest, low=0, high=2 * below.high)
        width = max(rest.width, below.width)
        a, b = self.cast(rest, width), self.cast(below, width)
        step = Sql(f"(CASE WHEN {a} > {b} OR ({a} = {b} AND {lower.text} % 2 <> 0) THEN 1 ELSE 0 END)", "number", 1, 0, 1)
        return replace(self.added("+", lower, replace(step, text=f"CAST({step.text} AS INTEGER)")), nullable=above.nullable or below.nullable)

    def signed(self, above: Sql, work: Callable[[Sql], Sql]) -> Sql:
        """``work`` of the size, with the sign of the number."""
        if above.low >= 0:
            return work(above)
        plus = work(replace(above, low=0, high=max(above.high, 0)))
        minus = self.negated(work(self.negated(replace(above, high=min(above.high, 0)))))
        return self.cases([(f"{above.text} >= 0", plus)], minus)

    def truncated_by(self, above: Sql, below: Sql) -> Sql:
        width = max(above.width, below.width)
        if width == 2 and self.dialect is SPARK:
            raise Fault(zh="数太大，这个引擎不能精确相除。", en="The numbers are too large for this engine to divide exactly.")
        text = self.dialect.whole_division.format(self.cast(above, width), self.cast(below, width))
        ends = [int(Decimal(a) / b) for a in (above.low, above.high) for b in (max(below.low, 1), below.high)]
        return Sql(text, "number", 1, min(ends), max(ends), above.nullable or below.nullable)

    def floored(self, above: Sql, below: Sql) -> Sql:
        """Towards minus infinity; SQL's own division goes towards zero."""
        if above.low >= 0:
            return self.truncated_by(above, below)
        plus = self.truncated_by(replace(above, low=0, high=max(above.high, 0)), below)
        size = self.added("+", self.negated(replace(above, high=min(above.high, 0))), self.less_one(below))
        return self.cases([(f"{above.text} >= 0", plus)], self.negated(self.truncated_by(size, below)))

    def truncated(self, one: Sql, by: int) -> Sql:
        return self.truncated_by(one, constant(Decimal(by), self.dialect))

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
            ranks = [order.index(value) if (value := tree.bare(rule.outputs[0])) in order else -1 for rule in node.rules]
            if -1 in ranks:
                raise beyond_exactness(Bilingual("没有优先顺序的结果", "a result without a priority"))
            return [way for _, way in sorted(zip(ranks, ways, strict=True), key=lambda pair: pair[0])]
        if node.policy in "UA":
            clash = overlapping(node)
            if clash:
                raise Fault(zh=f"规则 {clash[0]} 和 {clash[1]} 可能同时成立；请改用 FIRST，或把条件分开。",
                            en=f"Rules {clash[0]} and {clash[1]} may hold at once; use FIRST, or keep their conditions apart.")
        return ways

    def gathered(self, node: tree.Table, ways: Sequence[tuple[str, Sql]], otherwise: Sql) -> Sql:
        """SUM and COUNT over the rules that hold; null (or the default) where none does."""
        if node.policy != "C" or node.aggregation not in ("SUM", "COUNT"):
            raise beyond_exactness(Bilingual("结果是列表的决策表", "a decision table that gives a list"))
        one, zero = constant(Decimal(1), self.dialect), constant(Decimal(0), self.dialect)
        parts = [self.cases([(held, value if node.aggregation == "SUM" else one)], zero) for held, value in ways]
        anything = " OR ".join(f"({held})" for held, _ in ways) or "FALSE"
        return self.cases([(anything, self.total(parts))], otherwise)

    # -- what may stand where

    def need(self, one: Sql, *kinds: Kind) -> None:
        if one.kind not in kinds:
            raise Fault(zh=f"这里不能用 {one.kind}。", en=f"{one.kind} cannot stand here.")

    def same_kind(self, sign: str, left: Sql, right: Sql, *kinds: Kind) -> None:
        if left.kind != right.kind or left.kind not in kinds:
            raise Fault(zh=f"{left.kind} 与 {right.kind} 之间不能用“{sign}”。",
                        en=f"“{sign}” does not go between {left.kind} and {right.kind}.")


def constant(value: tree.Constant, dialect: Dialect = DUCKDB) -> Sql:
    """A constant as SQL; raises Fault for one that cannot be counted exactly."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return Sql("TRUE" if value else "FALSE", "boolean", nullable=False)
    if isinstance(value, str):
        return Sql(f"'{dialect.text_escape(value)}'", "string", nullable=False)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, MonthsDuration):
        return replace(_number(Decimal(value.months)), kind="months")
    if isinstance(value, DaysDuration) and value.seconds % 86400 == 0:
        return replace(_number(value.seconds / 86400), kind="days")
    if isinstance(value, date) and not isinstance(value, datetime):
        return Sql(f"DATE '{value.isoformat()}'", "date", nullable=False)
    raise beyond_exactness(Bilingual("带时间的值", "a value with a time of day"))


def _number(value: Decimal) -> Sql:
    above, below = value.as_integer_ratio()
    return Sql(str(above), "number", below, above, above, nullable=False)


def _ends(den: int) -> bool:
    """Whether a fraction over ``den`` ends after some digits."""
    for prime in (2, 5):
        while den % prime == 0:
            den //= prime
    return den == 1


def _shortened(left: Sql, right: Sql) -> tuple[Sql, Sql]:
    """A constant factor made smaller against the other's denominator: 12 x (n / 100) is 3 x n / 25."""
    for one, other in ((left, right), (right, left)):
        if one.fixed and (common := gcd(one.fixed, other.den)) > 1:
            small = replace(one, text=str(one.fixed // common), low=one.fixed // common, high=one.fixed // common)
            rest = replace(other, den=other.den // common)
            return (small, rest) if one is left else (rest, small)
    return left, right


def folded(one: Sql) -> Sql:
    """A number that is known is written as such."""
    return one if one.fixed is None else replace(one, text=str(one.fixed))


def beyond(what: str) -> Fault:
    return Fault(zh=f"“{what}”不能写成 SQL，只能逐人计算。", en=f"“{what}” cannot be written as SQL; it can be run person by person.")


def beyond_exactness(what: Bilingual) -> Fault:
    return Fault(zh=f"{what.zh}不能精确写成 SQL。", en=f"{what.en[:1].upper()}{what.en[1:]} cannot be written as exact SQL.")


ROUNDINGS = {"round half up": "half_up", "round half down": "half_down", "decimal": "half_even", "round up": "up",
             "round down": "down", "floor": "floor", "ceiling": "ceiling"}
NAMED = {"years and months duration": ("from", "to")}
FUNCTIONS: dict[str, Callable[[_Writer, Sequence[Sql]], Sql]] = {
    "not": _Writer.inverse, "is defined": _Writer.defined, "abs": _Writer.size, "sum": _Writer.total,
    "min": lambda writer, values: writer.extreme("LEAST", values),
    "max": lambda writer, values: writer.extreme("GREATEST", values),
    "years and months duration": _Writer.span}

WRITERS: dict[type[tree.Node], Callable[[_Writer, tree.Node, Scope], Sql]] = {  # type: ignore[assignment]
    tree.Literal: _Writer.literal, tree.Name: _Writer.name, tree.Path: _Writer.path, tree.Unary: _Writer.unary,
    tree.Binary: _Writer.binary, tree.Logic: _Writer.logic, tree.If: _Writer.choice, tree.Call: _Writer.call,
    tree.In: _Writer.within, tree.Tests: _Writer.tests, tree.Said: _Writer.said, tree.Table: _Writer.table}


# -- may two rules hold at once?

Piece = tuple[object, object, bool, bool] | frozenset[object]
"""What a part of a cell allows: an interval of constants, or a set of them."""


def overlapping(table: tree.Table) -> tuple[int, int] | None:
    """Two rules, by number, that cannot be shown to exclude each other and differ in their result; None if there are none."""
    cells = [[_pieces(tree.bare(test)) for test in rule.tests] for rule in table.rules]
    for first in range(len(cells)):
        for second in range(first + 1, len(cells)):
            apart = any(_apart(a, b) for a, b in zip(cells[first], cells[second], strict=True))
            alike = table.policy == "A" and table.rules[first].outputs == table.rules[second].outputs
            if not apart and not alike:
                return first + 1, second + 1
    return None


def _pieces(node: tree.Node) -> list[Piece] | None:
    """The pieces of a cell, or None where it is not made of constants."""
    if not isinstance(node, tree.Tests) or node.negated or not node.parts:
        return None
    found: list[Piece] = []
    for part in map(tree.bare, node.parts):
        if isinstance(part, tree.Interval) and all(one is None or isinstance(one, tree.Literal) for one in (part.low, part.high)):
            low, high = (None if one is None else one.value for one in (part.low, part.high))  # type: ignore[attr-defined]
            found.append((low, high, part.low_included, part.high_included))
        elif isinstance(part, tree.Literal):
            found.append(frozenset({part.value}))
        else:
            return None
    return found


def _apart(one: list[Piece] | None, other: list[Piece] | None) -> bool:
    return one is not None and other is not None and all(_piece_apart(a, b) for a in one for b in other)


def _piece_apart(one: Piece, other: Piece) -> bool:
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return not one & other
    if isinstance(one, frozenset):
        one, other = other, one
    if isinstance(other, frozenset):
        (value,) = other
        other = (value, value, True, True)
    assert not isinstance(one, frozenset)
    return _ends_before(one, other) or _ends_before(other, one)


def _ends_before(one: tuple[object, object, bool, bool], other: tuple[object, object, bool, bool]) -> bool:
    high, low = one[1], other[0]
    if high is None or low is None or type(high) is not type(low):
        return False
    return bool(high < low) or (high == low and not (one[3] and other[2]))  # type: ignore[operator]


__all__ = ["DIALECTS", "DUCKDB", "SPARK", "Dialect", "Sql", "constant", "overlapping", "written"]
