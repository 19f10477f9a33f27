"""Counting in SQL with whole numbers: sums, products, days, comparisons, CASE, and every way of rounding.

Each method takes pieces and gives a piece whose bounds and denominator are worked out with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from math import gcd, lcm

from jizhun.entitlements.feel.sql.pieces import (
    COUNTED,
    NULL,
    SPARK,
    Dialect,
    Kind,
    Sql,
    beyond,
    beyond_exactness,
    constant,
    ends,
    folded,
    shortened,
    width_of,
)
from jizhun.entitlements.feel.values import Fault
from jizhun.kernel.bilingual import Bilingual


class Counting:
    """What can be done with pieces in one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    # -- what may stand where

    def need(self, one: Sql, *kinds: Kind) -> None:
        if one.kind not in kinds:
            raise Fault(zh=f"这里不能用 {one.kind}。", en=f"{one.kind} cannot stand here.")

    def same_kind(self, sign: str, left: Sql, right: Sql, *kinds: Kind) -> None:
        if left.kind != right.kind or left.kind not in kinds:
            raise Fault(zh=f"{left.kind} 与 {right.kind} 之间不能用“{sign}”。",
                        en=f"“{sign}” does not go between {left.kind} and {right.kind}.")

    def truth(self, one: Sql) -> Sql:
        if one.kind == "null":
            return Sql("CAST(NULL AS BOOLEAN)", "boolean")
        self.need(one, "boolean")
        return one

    # -- sums and products

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
        low, high = (one.low + other.low, one.high + other.high) if sign == "+" else (one.low - other.high,
                                                                                      one.high - other.low)
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
        left, right = shortened(left, right)
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
            raise beyond_exactness(Bilingual("除以不是常数的数（除非马上取整）",
                                             "a division by what is no constant (unless rounded at once)"))
        times = right.den if by > 0 else -right.den
        result = self.multiplied(left, constant(Decimal(times), self.dialect))
        result = replace(result, den=result.den * abs(by))
        if not ends(result.den):
            raise beyond_exactness(Bilingual("除不尽的商（除非马上取整）",
                                             "a quotient without end (unless rounded at once)"))
        return result

    def scaled_by(self, one: Sql, by: int) -> Sql:
        return self.multiplied(one, constant(Decimal(by), self.dialect))

    def negated(self, one: Sql) -> Sql:
        text = f"(-{self.cast(one, width_of(-one.high, -one.low))})"
        return folded(replace(one, text=text, low=-one.high, high=-one.low))

    def total(self, values: Sequence[Sql]) -> Sql:
        result = values[0]
        for one in values[1:]:
            result = self.arithmetic("+", result, one)
        return result

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

    # -- comparing and choosing

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
            raise Fault(zh=f"{left.kind} 与 {right.kind} 不能比较。",
                        en=f"{left.kind} and {right.kind} cannot be compared.")
        return self.aligned(left, right) if left.kind in COUNTED else (left, right)

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

    # -- rounding

    def over_one(self, above: Sql, below: Sql, digits: int) -> tuple[Sql, Sql]:
        """The quotient in units of the last digit wanted, as whole number over whole number, in small numbers."""
        times, by = 10**max(digits, 0) * below.den, 10**max(-digits, 0) * above.den
        above, below = replace(above, den=1), replace(below, den=1)
        if below.fixed is not None:
            by, below = by * below.fixed, constant(Decimal(1), self.dialect)
        common = gcd(times, by)
        return self.scaled_by(above, times // common), self.scaled_by(below, by // common)

    def rounded(self, mode: str, above: Sql, below: Sql) -> Sql:
        """above / below as a whole number; ``below`` is positive."""
        if mode in ("half_up", "half_down", "half_even"):
            return self.nearest(mode, above, below)
        if mode in ("up", "down"):
            return self.signed(above,
                               lambda size: self.truncated_by(self.added("+", size, self.less_one(below))
                                                              if mode == "up" else size, below))
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
        step = Sql(f"(CASE WHEN {a} > {b} OR ({a} = {b} AND {lower.text} % 2 <> 0) THEN 1 ELSE 0 END)", "number", 1, 0,
                   1)
        return replace(self.added("+", lower, replace(step, text=f"CAST({step.text} AS INTEGER)")),
                       nullable=above.nullable or below.nullable)

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
            raise Fault(zh="数太大，这个引擎不能精确相除。",
                        en="The numbers are too large for this engine to divide exactly.")
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
