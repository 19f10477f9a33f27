"""How a line of provisions looks as dated numbers: one series, a scale over thresholds, or several series by name.

Each shape is laid out day by day and put together again; what fits none of them is said, with the reason.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.rules import Band, Row, Say, Span, Table, Tiered
from jizhun.provisions.rules.values import Formula, Said

Kind = Literal["values", "scale", "tiers", "words", "band"]
RESERVED = frozenset({"description", "documentation", "metadata", "reference", "unit", "values", "brackets"})
"""What the keys of a parameter file mean; a series cannot be called so."""
LOW, HIGH, TIER = "low", "high", "tier_"


@dataclass(frozen=True, slots=True)
class Shape:
    """Which layout fits every value of a line; ``over`` is its dimension or its scheme of tiers."""

    kind: Kind
    over: str = ""


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a line cannot be laid out."""

    why: Bilingual


@dataclass(frozen=True, slots=True)
class Bracket:
    """From ``threshold`` on the amount; None says that nothing is given from there on."""

    threshold: int | None
    amount: Decimal | None


FORMULA = Bilingual("数值是公式，要用其他指标计算", "its value is a formula on other measures")
SEVERAL = Bilingual("数值取决于几个维度", "its value depends on several dimensions")
OVERLAPS = Bilingual("各行的区间重叠，或缺少条件", "its rows overlap, or one has no condition")
EMPTY = Bilingual("数值没有上下限", "its range has no end at all")
RESERVED_WORD = Bilingual("表中的词与参数文件的关键字相同", "a word of its table is a keyword of parameter files")
CHANGES = Bilingual("先后的数值不是同一种形式", "its values are not all of one form")


def shape_of(says: Sequence[Say]) -> Shape | Unfit:
    """The layout that fits all of ``says``; days on which nothing is said fit every one."""
    shapes = [_shape(say.value) for say in says if say.value is not None]
    unfit = next((one for one in shapes if isinstance(one, Unfit)), None)
    if unfit is not None:
        return unfit
    kinds = set(shapes)
    if len(kinds) > 1 or len({type(say.value) for say in says if say.value is not None}) > 1:
        return Unfit(CHANGES)
    return shapes[0] if shapes else Shape("values")


def _shape(value: Said) -> Shape | Unfit:
    match value:
        case Formula():
            return Unfit(FORMULA)
        case Tiered():
            return Shape("tiers", value.scheme)
        case Band():
            return _shape_of_band(value)
        case Table():
            return _shape_of_table(value)
        case _:
            return Shape("values")


def _shape_of_band(band: Band) -> Shape | Unfit:
    if isinstance(band.low, Formula) or isinstance(band.high, Formula):
        return Unfit(FORMULA)
    return Unfit(EMPTY) if band.low is None and band.high is None else Shape("band")


def _shape_of_table(table: Table) -> Shape | Unfit:
    if len(table.over) != 1 or not table.rows:
        return Unfit(SEVERAL)
    if any(isinstance(row.value, Formula) for row in table.rows):
        return Unfit(FORMULA)
    conditions = [dict(row.conditions).get(table.over[0]) for row in table.rows]
    if all(isinstance(one, str) for one in conditions) and len(set(conditions)) == len(conditions):
        return Unfit(RESERVED_WORD) if RESERVED & set(conditions) else Shape("words", table.over[0])
    spans = sorted((one for one in conditions if isinstance(one, Span)), key=_low)
    apart = all(before.high is not None and before.high < _low(after) for before, after in pairwise(spans))
    whole = all(one.low is None or one.high is None or one.low <= one.high for one in spans)
    return Shape("scale", table.over[0]) if len(spans) == len(conditions) and apart and whole else Unfit(OVERLAPS)


def _low(span: Span) -> float:
    return float("-inf") if span.low is None else span.low


# -- laid out --------------------------------------------------------------------------------------------


def brackets_of(value: Said) -> list[Bracket]:
    """A table over whole numbers as brackets in their order; gaps and a closed end become brackets without amount."""
    if not isinstance(value, Table):
        return []
    rows = sorted(((_span(row, value.over[0]), row.value) for row in value.rows), key=lambda one: _low(one[0]))
    found: list[Bracket] = []
    for number, (span, amount) in enumerate(rows):
        assert isinstance(amount, Decimal)
        found.append(Bracket(span.low, amount))
        following = rows[number + 1][0].low if number + 1 < len(rows) else None
        if span.high is not None and span.high + 1 != following:
            found.append(Bracket(span.high + 1, None))
    return found


def _span(row: Row, over: str) -> Span:
    condition = dict(row.conditions)[over]
    assert isinstance(condition, Span)
    return condition


def parts_of(value: Said, shape: Shape) -> dict[str, Decimal | None]:
    """A value of several series by name: the tiers, the words of a table, the ends of a band."""
    match value:
        case Tiered():
            return {f"{TIER}{tier}": amount for tier, amount in value.values}
        case Band():
            ends = {LOW: value.low, HIGH: value.high}
            return {name: end for name, end in ends.items() if isinstance(end, Decimal)}
        case Table():
            return {str(dict(row.conditions)[shape.over]): row.value for row in value.rows
                    if isinstance(row.value, Decimal)}
        case _:
            return {}


# -- put together ----------------------------------------------------------------------------------------


def from_brackets(over: str, brackets: Sequence[Bracket]) -> Table | None:
    """The table that brackets in ascending order stand for; None where none gives anything."""
    rows = []
    for number, one in enumerate(brackets):
        after = brackets[number + 1].threshold if number + 1 < len(brackets) else None
        if one.amount is not None:
            high = None if after is None else after - 1
            rows.append(Row(((over, Span(one.threshold, high)),), one.amount))
    return Table((over,), tuple(rows)) if rows else None


def from_parts(shape: Shape, parts: Mapping[str, Decimal | None]) -> Said:
    """The value that several series stand for on one day; None where none of them holds anything."""
    known = {name: amount for name, amount in parts.items() if amount is not None}
    if not known:
        return None
    if shape.kind == "band":
        return Band(known.get(LOW), known.get(HIGH))
    if shape.kind == "tiers":
        return Tiered(shape.over, tuple((name.removeprefix(TIER), amount) for name, amount in known.items()))
    return Table((shape.over,), tuple(Row(((shape.over, word),), amount) for word, amount in known.items()))


def ordered(value: Said, names: Sequence[str]) -> Said:
    """The same value with its series in this order, as its paper lists them."""
    rank = {name: number for number, name in enumerate(names)}
    match value:
        case Tiered():
            return Tiered(value.scheme, tuple(sorted(value.values, key=lambda one: rank.get(f"{TIER}{one[0]}", 0))))
        case Table():
            return Table(value.over, tuple(sorted(value.rows, key=lambda row: rank.get(str(row.conditions[0][1]), 0))))
        case _:
            return value
