"""Values of FEEL, and what two of them have to do with each other.

Source: OMG, Decision Model and Notation 1.5, chapter 10. Numbers are decimals of 34 digits, halves rounded to even.
None is null. Where the specification makes null of a mistake, ``Fault`` is raised: it is for whoever answers
to say it, never to swallow it.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, TypeGuard, TypeVar

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
    _same_clock(one, other)
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
    _same_clock(one, other)
    return bool(one < other)  # type: ignore[operator]


def _same_clock(one: Value, other: Value) -> None:
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


# -- arithmetic


def plus(one: Value, other: Value) -> Value:
    if one is None or other is None:
        return None
    found = ADDED.get((kind(one), kind(other)))
    if found is None:
        raise _no_arithmetic("+", one, other)
    return found(one, other)


def minus(one: Value, other: Value) -> Value:
    if one is None or other is None:
        return None
    found = TAKEN.get((kind(one), kind(other)))
    if found is None:
        raise _no_arithmetic("-", one, other)
    return found(one, other)


def times(one: Value, other: Value) -> Value:
    if one is None or other is None:
        return None
    if isinstance(other, (MonthsDuration, DaysDuration)):
        one, other = other, one
    if not _is_number(other):
        raise _no_arithmetic("*", one, other)
    return _scaled(one, other, lambda size: NUMBERS.multiply(size, other), "*")


def over(one: Value, other: Value) -> Value:
    if one is None or other is None:
        return None
    if isinstance(one, (MonthsDuration, DaysDuration)) and type(one) is type(other):
        size, by = _size(one), _size(other)
        return _safely(lambda: _divided(size, by), size)
    if not _is_number(other):
        raise _no_arithmetic("/", one, other)
    return _scaled(one, other, lambda size: _divided(size, other), "/")


def power(one: Value, other: Value) -> Value:
    if one is None or other is None:
        return None
    if not (_is_number(one) and _is_number(other)):
        raise _no_arithmetic("**", one, other)
    return _safely(lambda: NUMBERS.power(one, other), one)


def negative(value: Value) -> Value:
    if value is None:
        return None
    if not isinstance(value, (MonthsDuration, DaysDuration)) and not _is_number(value):
        words = kind_in_words(value)
        raise Fault(zh=f"{words.zh}前面不能有负号。", en=f"{capital(words.en)} has no negative.")
    return _scaled(value, Decimal(-1), lambda size: NUMBERS.minus(size), "-")


def _is_number(value: Value) -> TypeGuard[Decimal]:
    return isinstance(value, Decimal)


def _size(value: MonthsDuration | DaysDuration) -> Decimal:
    return Decimal(value.months) if isinstance(value, MonthsDuration) else value.seconds


def _scaled(value: Value, by: Value, scale: Callable[[Decimal], Decimal], sign: str) -> Value:
    if isinstance(value, Decimal):
        return _safely(lambda: scale(value), value)
    if isinstance(value, MonthsDuration):
        return MonthsDuration(int(_safely(lambda: scale(Decimal(value.months)), Decimal(value.months))))
    if isinstance(value, DaysDuration):
        return DaysDuration(_safely(lambda: scale(value.seconds), value.seconds))
    raise _no_arithmetic(sign, value, by)


def _divided(one: Decimal, other: Decimal) -> Decimal:
    if other == 0:
        raise Fault(zh="除数是 0。", en="Division by zero.")
    return NUMBERS.divide(one, other)


def _safely(count: Callable[[], Decimal], of: Decimal) -> Decimal:
    try:
        found = count()
        if found.is_finite():
            return found
    except (InvalidOperation, Overflow, DivisionByZero):
        pass
    said = as_text(of)
    raise Fault(zh=f"从 {said} 算不出数来。", en=f"No number comes of this with {said}.")


def _joined(one: str, other: str) -> str:
    if len(one) + len(other) > LARGEST:
        raise Fault(zh=f"文字超过 {LARGEST} 个字符。", en=f"The text grows longer than {LARGEST} characters.")
    return one + other


def _no_arithmetic(sign: str, one: Value, other: Value) -> Fault:
    first, second = kind_in_words(one), kind_in_words(other)
    return Fault(zh=f"{first.zh}与{second.zh}之间不能用“{sign}”。",
                 en=f"“{sign}” does not go between {first.en} and {second.en}.")


def moved(day: date, months: int) -> date:
    """The same day of another month, or its last day; a date and time keeps its time. Raises Fault past year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise _no_such_day()
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(1)).day if year < 9999 or month < 11 else 31
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def _no_such_day() -> Fault:
    return Fault(zh="这一天超出了历法的范围。", en="That day lies beyond the calendar.")


def _later(day: Any, duration: DaysDuration, sign: int) -> Any:
    """A time goes round the clock; a day without time counts from its midnight, to the day then reached."""
    size = sign * int(NUMBERS.multiply(duration.seconds, Decimal(1_000_000)))
    try:
        if isinstance(day, time):
            return (datetime.combine(date(2000, 1, 2), day) + timedelta(microseconds=size % 86_400_000_000)).timetz()
        later = timedelta(microseconds=size)
        return day + later if isinstance(day, datetime) else (datetime.combine(day, time()) + later).date()
    except OverflowError:
        raise _no_such_day() from None


def _between(one: Any, other: Any) -> DaysDuration:
    _same_clock(one, other)
    span = one - other
    return DaysDuration(Decimal(span.days * 86400 + span.seconds) + Decimal(span.microseconds) / 1_000_000)


def _between_times(one: time, other: time) -> DaysDuration:
    day = date(2000, 1, 1)
    return _between(datetime.combine(day, one), datetime.combine(day, other))


N, S, D, T, DT = "number", "string", "date", "time", "date and time"
Y, M = "years and months duration", "days and time duration"
ADDED: dict[tuple[str, str], Callable[[Any, Any], Value]] = {
    (N, N): lambda a, b: _safely(lambda: NUMBERS.add(a, b), a), (S, S): _joined,
    (Y, Y): lambda a, b: MonthsDuration(a.months + b.months),
    (M, M): lambda a, b: DaysDuration(NUMBERS.add(a.seconds, b.seconds)),
    **{pair: way for day in (D, DT) for pair, way in (
        ((day, Y), lambda a, b: moved(a, b.months)), ((Y, day), lambda a, b: moved(b, a.months)))},
    **{pair: way for day in (D, T, DT) for pair, way in (
        ((day, M), lambda a, b: _later(a, b, 1)), ((M, day), lambda a, b: _later(b, a, 1)))}}
TAKEN: dict[tuple[str, str], Callable[[Any, Any], Value]] = {
    (N, N): lambda a, b: _safely(lambda: NUMBERS.subtract(a, b), a),
    (Y, Y): lambda a, b: MonthsDuration(a.months - b.months),
    (M, M): lambda a, b: DaysDuration(NUMBERS.subtract(a.seconds, b.seconds)),
    **{(day, Y): lambda a, b: moved(a, -b.months) for day in (D, DT)},
    **{(day, M): lambda a, b: _later(a, b, -1) for day in (D, T, DT)},
    (D, D): _between, (DT, DT): _between, (T, T): _between_times}


# -- parts of days and durations

def _unit(amount: Decimal | int, size: int, of: int) -> Decimal:
    """How many whole units are in a duration beyond the next larger ones; below zero where the duration is."""
    count = abs(int(amount)) // size % of
    return Decimal(-count if amount < 0 else count)


PARTS: dict[str, dict[str, Callable[[Any], Value]]] = {
    D: {"year": lambda d: Decimal(d.year), "month": lambda d: Decimal(d.month), "day": lambda d: Decimal(d.day),
        "weekday": lambda d: Decimal(d.isoweekday())},
    T: {"hour": lambda t: Decimal(t.hour), "minute": lambda t: Decimal(t.minute),
        "second": lambda t: Decimal(t.second)},
    Y: {"years": lambda m: _unit(m.months, 12, LONGEST_MONTHS), "months": lambda m: _unit(m.months, 1, 12)},
    M: {"days": lambda m: _unit(m.seconds, 86400, LONGEST_SECONDS), "hours": lambda m: _unit(m.seconds, 3600, 24),
        "minutes": lambda m: _unit(m.seconds, 60, 60), "seconds": lambda m: NUMBERS.remainder(m.seconds, Decimal(60))}}
PARTS[DT] = PARTS[D] | PARTS[T]


def part(value: Value, name: str) -> Value:
    """``value.name``: an entry, or a part of a day or duration. Null has only null parts; raises Fault otherwise."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        if name in value:
            return value[name]
        raise Fault(zh=f"其中没有“{name}”。", en=f"There is no “{name}” in it.")
    found = PARTS.get(kind(value), {}).get(name)
    if found is None:
        words = kind_in_words(value)
        raise Fault(zh=f"{words.zh}没有“{name}”这一部分。", en=f"{capital(words.en)} has no part “{name}”.")
    return found(value)


# -- reading and writing

DURATION = re.compile(r"(-?)P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")


def read_duration(text: str) -> MonthsDuration | DaysDuration:
    """``P1Y2M`` or ``P3DT4H``; raises Fault where it is neither."""
    found = DURATION.fullmatch(text) if len(text) <= SHOWN else None
    if not found or not any(found.groups()[1:]) or text.endswith("T"):
        said = shortened(text)
        raise Fault(zh=f"“{said}”不是时长，请写成 P1Y6M 或 P30D 的样子。",
                    en=f"“{said}” is not a duration; write it like P1Y6M or P30D.")
    sign, years, months, days, *clock = found.groups()
    if (years or months) and (days or any(clock)):
        raise Fault(zh=f"“{text}”把年月与日时混在一起了。", en=f"“{text}” mixes years and months with days and hours.")
    less = -1 if sign else 1
    if years or months:
        return MonthsDuration(less * (int(years or 0) * 12 + int(months or 0)))
    hours, minutes, seconds = (Decimal(part or 0) for part in clock)
    return DaysDuration(number(less * (int(days or 0) * 86400 + hours * 3600 + minutes * 60 + seconds)))


DAY, CLOCK = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})?")


def read_date(text: str) -> date:
    return _iso(text, date.fromisoformat, DAY.fullmatch(text), Bilingual("日期，请写成 2026-11-24 的样子",
                                                                      "a date; write it like 2026-11-24"))


def read_time(text: str) -> time:
    return _iso(text, time.fromisoformat, CLOCK.fullmatch(text), Bilingual("时间，请写成 09:30:00 的样子",
                                                                        "a time; write it like 09:30:00"))


def read_date_and_time(text: str) -> datetime:
    day, _, clock = text.partition("T")
    fits = DAY.fullmatch(day) and (not clock or CLOCK.fullmatch(clock))
    return _iso(text, datetime.fromisoformat, fits, Bilingual("日期时间，请写成 2026-11-24T09:30:00 的样子",
                                                              "a date and time; write it like 2026-11-24T09:30:00"))


Made = TypeVar("Made")


def _iso(text: str, read: Callable[[str], Made], fits: object, words: Bilingual) -> Made:
    try:
        if not fits:
            raise ValueError(text)
        return read(text)
    except ValueError:
        said = shortened(text)
        raise Fault(zh=f"“{said}”不是{words.zh}。", en=f"“{said}” is not {words.en}.") from None


def read_temporal(text: str) -> Value:
    """What ``@"…"`` stands for: a date, a time, both, or a duration, by its form."""
    if text.lstrip("-").startswith("P"):
        return read_duration(text)
    if "T" in text:
        return read_date_and_time(text)
    return read_time(text) if CLOCK.fullmatch(text) else read_date(text)


def plain(value: Value) -> Any:
    """A value as JSON holds it: numbers as Decimal, days and durations as text, contexts as objects."""
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, Range):
        return as_text(value)
    if value is None or isinstance(value, (bool, Decimal, str)):
        return value
    return as_text(value)


def as_json(value: Value) -> str:
    """A value as JSON text. Numbers keep all their digits, which a float would not."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(as_json, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_quoted(name)}: {as_json(one)}' for name, one in value.items())}}}"
    if value is None or isinstance(value, (bool, Decimal)):
        return as_text(value)
    return _quoted(as_text(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def as_text(value: Value) -> str:
    """A value as FEEL writes it; raises Fault for a function, which cannot be written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        short = trimmed(value)
        return f"{short:f}" if abs(short.adjusted()) <= WRITTEN_OUT else str(short)
    if isinstance(value, (date, time)):
        said = value.isoformat()
        return said[:-6] + "Z" if said.endswith("+00:00") else said
    if isinstance(value, Range):
        low, high = ("" if end is ... else as_text(end) for end in (value.low, value.high))
        return f"{'[' if value.low_included else '('}{low}..{high}{']' if value.high_included else ')'}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_inside, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{name}: {_inside(one)}' for name, one in value.items())}}}"
    if callable(value):
        raise Fault(zh="函数不能写成值。", en="A function cannot be written as a value.")
    return "null" if value is None else str(value)


WRITTEN_OUT = 100
"""The most zeros that a number is written out with."""


def _inside(value: Value) -> str:
    """A value as a list or a context shows it: text in quotation marks."""
    return _quoted(value) if isinstance(value, str) else as_text(value)


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
