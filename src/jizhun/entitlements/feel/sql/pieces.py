"""Pieces of SQL with what is known of their values: kind, denominator, bounds; and how engines differ."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from math import gcd
from typing import Literal

from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.values import DaysDuration, Fault, MonthsDuration
from jizhun.kernel.bilingual import Bilingual

Kind = Literal["number", "boolean", "string", "date", "months", "days", "null"]
WIDTHS = (("INTEGER", 2**31 - 1), ("BIGINT", 2**63 - 1), ("HUGEINT", 10**38 - 1))
"""Whole-number types and the largest number of each."""
COUNTED: tuple[Kind, ...] = ("number", "months", "days")
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

NULL = Sql("NULL", "null", 1, 0, 0)


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


def ends(den: int) -> bool:
    """Whether a fraction over ``den`` ends after some digits."""
    for prime in (2, 5):
        while den % prime == 0:
            den //= prime
    return den == 1


def shortened(left: Sql, right: Sql) -> tuple[Sql, Sql]:
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
    return Fault(zh=f"“{what}”不能写成 SQL，只能逐人计算。",
                 en=f"“{what}” cannot be written as SQL; it can be run person by person.")


def beyond_exactness(what: Bilingual) -> Fault:
    return Fault(zh=f"{what.zh}不能精确写成 SQL。",
                 en=f"{what.en[:1].upper()}{what.en[1:]} cannot be written as exact SQL.")
