"""Values of FEEL, and what two of them have to do with each other.

Source: OMG, Decision Model and Notation 1.5, chapter 10. Numbers are decimals of 34 digits, halves rounded to even.
None is null. Where the specification makes null of a mistake, ``Fault`` is raised: it is for whoever answers
to say it, never to swallow it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, TypeVar

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused

NUMBERS = Context(prec=34, rounding=ROUND_HALF_EVEN, Emin=-6143, Emax=6144,
                  traps=[InvalidOperation, DivisionByZero, Overflow])
LARGEST = 20_000
"""Characters of a text, and values in a list or context with all that is in them: far beyond what a rule needs."""
DEEPEST = 50
"""Lists and contexts in one another."""
LONGEST_MONTHS, LONGEST_SECONDS = 10**11, 10**15
"""Of a duration: beyond any calendar, and within what is counted exactly."""
SHOWN = 200
"""Characters of a text that a sentence quotes."""


class Fault(Refused):
    """What is wrong with a value or an expression.

    ``at`` is its column, counted from 1; ``text`` the whole expression; ``element`` the part of the model that holds
    it. Each is empty where it is not known.
    """

    def __init__(self, *, zh: str, en: str, at: int = 0) -> None:
        super().__init__(zh=zh, en=en)
        self.at, self.text, self.element = at, "", NO_WORDS

    def found_in(self, element: Bilingual, text: str) -> None:
        """Note where it was; what was noted further inside stays."""
        if not self.element.en:
            self.element, self.text = element, text

    @property
    def whole(self) -> Bilingual:
        """The sentence with the element, the column and the expression before it."""
        if not self.element.en:
            return self.sentence
        column = Bilingual(f"，第 {self.at} 列", f", column {self.at}") if self.at and self.text else NO_WORDS
        text = shortened(self.text)
        said = Bilingual(f"（{text}）", f" “{text}”") if text else NO_WORDS
        return Bilingual(f"{self.element.zh}{column.zh}{said.zh}：{self.sentence.zh}",
                         f"{self.element.en}{column.en}{said.en}: {self.sentence.en}")


def shortened(text: str) -> str:
    """A text as a sentence quotes it."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _too_long() -> Fault:
    return Fault(zh="时长太长。", en="That duration is too long.")


@dataclass(frozen=True, slots=True, order=True)
class MonthsDuration:
    """Years and months, as months."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > LONGEST_MONTHS:
            raise _too_long()

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        size = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-" if self.months < 0 else "") + "P" + size


@dataclass(frozen=True, slots=True, order=True)
class DaysDuration:
    """Days and time, as seconds."""

    seconds: Decimal

    def __post_init__(self) -> None:
        if abs(self.seconds) > LONGEST_SECONDS:
            raise _too_long()

    def __str__(self) -> str:
        whole, seconds = NUMBERS.divmod(self.seconds.copy_abs(), Decimal(60))
        rest, minutes = divmod(int(whole), 60)
        days, hours = divmod(rest, 24)
        clock = "".join(f"{n.normalize():f}{unit}" for n, unit in
                        ((Decimal(hours), "H"), (Decimal(minutes), "M"), (seconds, "S")) if n)
        size = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
        return ("-" if self.seconds < 0 else "") + "P" + (size or "T0S")


@dataclass(frozen=True, slots=True)
class Range:
    """An interval as a value; None is an end that is missing."""

    low: Any
    high: Any
    low_included: bool
    high_included: bool


Value = (None | bool | Decimal | str | date | time | datetime | MonthsDuration | DaysDuration | Range
         | Sequence["Value"] | Mapping[str, "Value"] | Callable[..., "Value"])

KINDS: tuple[tuple[type | tuple[type, ...], str, Bilingual], ...] = (
    (bool, "boolean", Bilingual("真假值", "true or false")), (Decimal, "number", Bilingual("数", "a number")),
    (str, "string", Bilingual("文字", "text")),
    (datetime, "date and time", Bilingual("日期时间", "a date and time")), (date, "date", Bilingual("日期", "a date")),
    (time, "time", Bilingual("时间", "a time")),
    (MonthsDuration, "years and months duration", Bilingual("年月时长", "a duration in years and months")),
    (DaysDuration, "days and time duration", Bilingual("日时时长", "a duration in days and hours")),
    (Range, "range", Bilingual("区间", "a range")), ((list, tuple), "list", Bilingual("列表", "a list")),
    (Mapping, "context", Bilingual("一组值", "a context")))


def kind(value: Value) -> str:
    """The name of a value's type as FEEL writes it; ``null`` for None."""
    return BY_TYPE.get(type(value)) or next((name for types, name, _ in KINDS if isinstance(value, types)), "function")


BY_TYPE: dict[type, str] = {
    type(None): "null", bool: "boolean", Decimal: "number", str: "string", date: "date", datetime: "date and time",
    time: "time"}
"""The kinds that are asked for most, by their exact type."""


def kind_in_words(value: Value) -> Bilingual:
    if value is None:
        return Bilingual("空值", "null")
    return next((words for types, _, words in KINDS if isinstance(value, types)), Bilingual("函数", "a function"))


def type_in_words(name: str) -> Bilingual:
    """A type by its name in FEEL."""
    return next((words for _, one, words in KINDS if one == name), Bilingual(name, name))


def number(amount: Decimal | int | str) -> Decimal:
    """A number within 34 digits; raises Fault where it is none, or none that is finite."""
    try:
        found = NUMBERS.create_decimal(amount)
    except (InvalidOperation, Overflow, ValueError):
        found = NUMBERS.create_decimal("NaN")
    if not found.is_finite():
        said = shortened(str(amount))
        raise Fault(zh=f"“{said}”不是数。", en=f"“{said}” is not a number.")
    return found


# -- equal, before, among


def equal(one: Value, other: Value) -> bool | None:
    """Whether two values are the same; null is the same as null only. Raises Fault for values of two kinds."""
    if one is None or other is None:
        return one is other
    if kind(one) != kind(other):
        raise _two_kinds(one, other)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(equal(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal(value, other[name]) for name, value in one.items())
    same_clock(one, other)
    return one == other


ORDERED = frozenset({"number", "string", "date", "time", "date and time", "years and months duration",
                     "days and time duration"})


def before(one: Value, other: Value) -> bool | None:
    """Whether ``one`` comes before ``other``; null where either is null. Raises Fault where there is no order."""
    if one is None or other is None:
        return None
    if kind(one) != kind(other):
        raise _two_kinds(one, other)
    if kind(one) not in ORDERED:
        words = kind_in_words(one)
        raise Fault(zh=f"{words.zh}之间没有先后大小。", en=f"There is no order among values that are {words.en}.")
    same_clock(one, other)
    return bool(one < other)  # type: ignore[operator]


def same_clock(one: Value, other: Value) -> None:
    """Fault for two times of which only one says in which zone it is."""
    if isinstance(one, (time, datetime)) and isinstance(other, (time, datetime)) \
            and (one.tzinfo is None) != (other.tzinfo is None):
        raise Fault(zh="两个时间中只有一个写明时区，不能比较。",
                    en="Only one of the two times says its time zone; they cannot be compared.")


def _two_kinds(one: Value, other: Value) -> Fault:
    first, second = kind_in_words(one), kind_in_words(other)
    return Fault(zh=f"{first.zh}与{second.zh}不能比较。", en=f"{capital(first.en)} and {second.en} cannot be compared.")


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def compared(sign: str, one: Value, other: Value) -> bool | None:
    """``one sign other`` for = != < <= > >=."""
    if sign in ("=", "!="):
        same = equal(one, other)
        return same if sign == "=" or same is None else not same
    if sign in ("<", ">"):
        return before(one, other) if sign == "<" else before(other, one)
    against = before(other, one) if sign == "<=" else before(one, other)
    return None if against is None else not against


def within(value: Value, low: Any, high: Any, low_included: bool, high_included: bool) -> bool | None:
    """Whether a value lies in an interval; a missing end (``...``) is no limit."""
    return both(True if low is ... else compared(">=" if low_included else ">", value, low),
                True if high is ... else compared("<=" if high_included else "<", value, high))


# -- three-valued logic


def both(one: Value, other: Value) -> bool | None:
    """``and``: false if either is false, true if both are true, else null."""
    if one is False or other is False:
        return False
    return True if one is True and other is True else None


def either(one: Value, other: Value) -> bool | None:
    """``or``: true if either is true, false if both are false, else null."""
    if one is True or other is True:
        return True
    return False if one is False and other is False else None


def inverse(value: Value) -> bool | None:
    return not value if isinstance(value, bool) else None


# -- of a bearable size

Made = TypeVar("Made")


def trimmed(value: Decimal) -> Decimal:
    """A number without needless zeros at its end: 10.50 is 10.5, 1E+3 is 1000."""
    short = value.normalize(NUMBERS)
    if not short:
        return Decimal(0)
    round_ten = int(short.as_tuple().exponent) > 0 and short.adjusted() < NUMBERS.prec
    return short.quantize(Decimal(1), context=NUMBERS) if round_ten else short


def sized(value: Made) -> Made:
    """The list or context; raises Fault where it has grown too large or too deep."""
    if _left_by(value, LARGEST, DEEPEST) < 0:
        raise Fault(zh=f"一组值超过 {LARGEST} 个，或套了超过 {DEEPEST} 层。",
                    en=f"More than {LARGEST} values in one, or more than {DEEPEST} in one another.")
    return value


def _left_by(value: Any, left: int, depth: int) -> int:
    """What is left of a room of ``left`` characters and values; less than 0 where it does not do."""
    left -= 1 + (len(value) if isinstance(value, str) else 0)
    if not isinstance(value, (list, tuple, Mapping)):
        return left
    if not depth:
        return -1
    for one in value.values() if isinstance(value, Mapping) else value:
        if left < 0:
            break
        left = _left_by(one, left, depth - 1)
    return left
