"""The built-in functions of FEEL that rules may call. None of them reaches files, the network or a clock.

Source: OMG, Decision Model and Notation 1.5, chapter 10.3.4. Null in, null out, unless a function says otherwise;
anything else that does not fit raises Fault.
"""

import calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any, NoReturn, TypeVar

from jizhun.entitlements.feel.arithmetic import over, part, plus
from jizhun.entitlements.feel.notation import as_text, read_date, read_date_and_time, read_duration, read_time
from jizhun.entitlements.feel.values import (
    NUMBERS,
    DaysDuration,
    Fault,
    MonthsDuration,
    Range,
    Value,
    before,
    both,
    capital,
    either,
    equal,
    inverse,
    kind,
    kind_in_words,
    number,
    shortened,
    sized,
)

Work = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Function:
    """``takes`` names the parameters with their kinds (``any`` for whatever it is); the first ``needs`` are needed.

    ``many`` functions take one list or its items one by one. ``nulls`` functions are called with nulls too, and
    null does for every kind there.
    """

    name: str
    takes: tuple[tuple[str, str], ...]
    work: Work
    needs: int
    many: bool = False
    nulls: bool = False

    def run(self, *values: Value) -> Value:
        """What comes of these arguments, in order; raises Fault where they do not fit."""
        if self.many and values:
            return self.work(list(values[0]) if len(values) == 1 and isinstance(values[0], (list, tuple))
                             else list(values))
        if not self.needs <= len(values) <= len(self.takes):
            raise self._wrong_count(len(values))
        if not self.nulls and any(value is None for value in values):
            return None
        for (name, wanted), value in zip(self.takes, values, strict=False):
            self._check(name, wanted, value)
        return self.work(*values)

    def ordered(self, named: Mapping[str, Any]) -> list[Any]:
        """Arguments given by name, in order; raises Fault for a name that is not taken or one that lacks.

        Where nulls do, one that was left out between others is null.
        """
        names = [name for name, _ in self.takes]
        odd = [name for name in named if name not in names]
        if odd:
            raise Fault(zh=f"函数“{self.name}”没有参数“{odd[0]}”。", en=f"“{self.name}” takes no “{odd[0]}”.")
        asked = names[:max(names.index(name) for name in named) + 1]
        if not self.nulls and any(name not in named for name in asked):
            raise self._wrong_count(len(named))
        return [named.get(name) for name in asked]

    def _check(self, name: str, wanted: str, value: Value) -> None:
        if wanted == "any" or kind(value) in wanted.split("|") or (self.nulls and value is None):
            return
        words = kind_in_words(value)
        raise Fault(zh=f"函数“{self.name}”的参数“{name}”不能是{words.zh}。",
                    en=f"“{name}” of “{self.name}” cannot be {words.en}.")

    def _wrong_count(self, given: int) -> Fault:
        listed = ", ".join(name for name, _ in self.takes)
        return Fault(zh=f"函数“{self.name}”的参数是（{listed}），这里给了 {given} 个。",
                     en=f"“{self.name}” takes ({listed}); {given} given here.")


FUNCTIONS: dict[str, Function] = {}


def built_in(name: str, takes: str, work: Work, needs: int | None = None, *, nulls: bool = False) -> None:
    """Enter a function; ``takes`` is written ``name: kind, name: kind``."""
    pairs = tuple((one.partition(":")[0].strip(), one.partition(":")[2].strip() or "any") for one in takes.split(","))
    FUNCTIONS[name] = Function(name, pairs, work, len(pairs) if needs is None else needs, nulls=nulls)


def of_many(name: str, work: Callable[[list[Value]], Value]) -> None:
    FUNCTIONS[name] = Function(name, (("list", "list"),), work, 1, many=True)


# -- numbers


def rounded(mode: str) -> Work:
    """A number with ``scale`` digits behind the point, in one of the ways of rounding."""
    way = NUMBERS.copy()
    way.rounding = mode

    def run(n: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
        if not -6111 <= scale <= 6176 or scale != int(scale):
            raise Fault(zh=f"小数位数不能是 {scale}。", en=f"There cannot be {scale} digits behind the point.")
        if int(n.as_tuple().exponent) >= -scale:
            return n
        return n.quantize(Decimal(1).scaleb(-int(scale)), context=way)
    return run


def remainder(dividend: Decimal, divisor: Decimal) -> Decimal:
    if divisor == 0:
        raise Fault(zh="除数是 0。", en="Division by zero.")
    rest = EXACT.remainder(dividend, divisor)
    return NUMBERS.plus(EXACT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest)


EXACT = NUMBERS.copy()
"""As many digits as lie between the largest and the smallest number."""
EXACT.prec, EXACT.Emin = 12_400, -6200


def odd(n: Decimal) -> bool:
    if n != n.to_integral_value():
        raise Fault(zh=f"{as_text(n)} 不是整数，没有奇偶。",
                    en=f"{as_text(n)} is not a whole number: neither odd nor even.")
    return int(n) % 2 == 1


def root(n: Decimal) -> Decimal:
    if n < 0:
        raise Fault(zh="负数没有平方根。", en="A negative number has no square root.")
    return NUMBERS.sqrt(n)


def read_number(text: str | None, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", ".") or (grouping and grouping == point):
        raise Fault(zh="分组符应是空格、逗号或点，小数点应是逗号或点，且两者不同。",
                    en="Digits are grouped by a space, a comma or a point; the decimal separator is another, "
                       "a comma or a point.")
    if text is None:
        return None
    plain = text.replace(grouping, "") if grouping else text
    return number(plain.replace(point, ".") if point else plain)


built_in("decimal", "n: number, scale: number", rounded(ROUND_HALF_EVEN))
built_in("round up", "n: number, scale: number", rounded(ROUND_UP), 1)
built_in("round down", "n: number, scale: number", rounded(ROUND_DOWN), 1)
built_in("round half up", "n: number, scale: number", rounded(ROUND_HALF_UP), 1)
built_in("round half down", "n: number, scale: number", rounded(ROUND_HALF_DOWN), 1)
built_in("floor", "n: number, scale: number", rounded(ROUND_FLOOR), 1)
built_in("ceiling", "n: number, scale: number", rounded(ROUND_CEILING), 1)
built_in("modulo", "dividend: number, divisor: number", remainder)
built_in("sqrt", "number: number", root)
built_in("odd", "number: number", odd)
built_in("even", "number: number", lambda n: not odd(n))
built_in("number", "from: string, grouping separator: string, decimal separator: string", read_number, 1, nulls=True)


def size_without_sign(n: Any) -> Value:
    if isinstance(n, MonthsDuration):
        return MonthsDuration(abs(n.months))
    return DaysDuration(abs(n.seconds)) if isinstance(n, DaysDuration) else NUMBERS.abs(n)


built_in("abs", "n: number|years and months duration|days and time duration", size_without_sign)

# -- text


def cut_text(text: str, start: Decimal, length: Decimal | None = None) -> str:
    if start == 0 or start != start.to_integral_value():
        raise Fault(zh="文字从第 1 个字算起。", en="Text is counted from its first character, 1.")
    begin = int(start) - 1 if start > 0 else max(len(text) + int(start), 0)
    return text[begin:] if length is None else text[begin:begin + max(int(length), 0)]


built_in("string", "from: any", as_text)
built_in("string length", "string: string", lambda text: Decimal(len(text)))
built_in("substring", "string: string, start position: number, length: number", cut_text, 2)
built_in("upper case", "string: string", str.upper)
built_in("lower case", "string: string", str.lower)
built_in("substring before", "string: string, match: string", lambda text, match: text[:max(text.find(match), 0)])
built_in("substring after", "string: string, match: string",
         lambda text, match: text[text.find(match) + len(match):] if match in text else "")
built_in("contains", "string: string, match: string", lambda text, match: match in text)
built_in("starts with", "string: string, match: string", str.startswith)
built_in("ends with", "string: string, match: string", str.endswith)

# -- days and durations


Made = TypeVar("Made")


def a_date(*given: Any) -> date:
    if len(given) == 1 and isinstance(given[0], str):
        return read_date(given[0])
    if len(given) == 1 and isinstance(given[0], date):
        return given[0].date() if isinstance(given[0], datetime) else given[0]
    return _made(lambda: date(*(_whole(one) for one in given)) if len(given) == 3 else _nothing(), given)


def a_time(given: Any) -> time:
    if isinstance(given, str):
        return read_time(given)
    return given.timetz() if isinstance(given, datetime) else _made(_nothing, (given,))


def a_date_and_time(day: Any, clock: Any = None) -> datetime:
    if isinstance(day, str) and clock is None:
        return read_date_and_time(day)
    if isinstance(day, date) and isinstance(clock, time):
        return datetime.combine(a_date(day), clock)
    return _made(_nothing, [one for one in (day, clock) if one is not None])


def _nothing() -> NoReturn:
    raise ValueError


def _made(make: Callable[[], Made], given: Sequence[Value]) -> Made:
    try:
        return make()
    except (ValueError, OverflowError):
        listed = shortened(", ".join(as_text(one) for one in given))
        raise Fault(zh=f"（{listed}）不是日期或时间。", en=f"({listed}) is no date or time.") from None


def _whole(value: Any) -> int:
    if not isinstance(value, Decimal) or value != value.to_integral_value():
        raise ValueError(value)
    return int(value)


def months_between(start: date, end: date) -> MonthsDuration:
    """Whole months from one day to the other; a month is whole when its day of the month is reached."""
    if end < start:
        return MonthsDuration(-months_between(end, start).months)
    return MonthsDuration((end.year - start.year) * 12 + end.month - start.month - (end.day < start.day))


def _as_dates(work: Work) -> Work:
    return lambda *days: work(*(a_date(day) for day in days))


WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
YEAR = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December")
DAYS = "date|date and time"
built_in("date", "from: any, month: number, day: number", a_date, 1)
built_in("time", "from: string|time|date and time", a_time)
built_in("date and time", "date: any, time: time", a_date_and_time, 1)
built_in("duration", "from: string", read_duration)
built_in("years and months duration", f"from: {DAYS}, to: {DAYS}", _as_dates(months_between))
built_in("day of year", f"date: {DAYS}", lambda day: Decimal(day.timetuple().tm_yday))
built_in("day of week", f"date: {DAYS}", lambda day: WEEK[day.weekday()])
built_in("month of year", f"date: {DAYS}", lambda day: YEAR[day.month - 1])
built_in("week of year", f"date: {DAYS}", lambda day: Decimal(day.isocalendar().week))
built_in("last day of month", f"date: {DAYS}", lambda day: Decimal(calendar.monthrange(day.year, day.month)[1]))

# -- true and false


def all_of(values: list[Value]) -> bool | None:
    held: bool | None = True
    for value in values:
        held = both(held, value)
    return held


def any_of(values: list[Value]) -> bool | None:
    held: bool | None = False
    for value in values:
        held = either(held, value)
    return held


built_in("not", "negand: boolean", inverse)
built_in("is defined", "value: any", lambda value: value is not None, nulls=True)
of_many("all", all_of)
of_many("any", any_of)

# -- lists


def extreme(latest: bool) -> Callable[[list[Value]], Value]:
    """The last or the first of several values; null among them makes null, none at all makes null."""
    def run(values: list[Value]) -> Value:
        if not values or any(value is None for value in values):
            return None
        best = values[0]
        for value in values:
            if before(best, value) if latest else before(value, best):
                best = value
        return best
    return run


SUMMED = frozenset({"number", "years and months duration", "days and time duration"})


def _summed(values: Sequence[Value]) -> None:
    """Fault where one of the values cannot be added up."""
    for value in values:
        if value is not None and kind(value) not in SUMMED:
            words = kind_in_words(value)
            raise Fault(zh=f"{words.zh}不能相加求和。", en=f"{capital(words.en)} cannot be added up.")


def total(values: list[Value]) -> Value:
    """The sum; null among the values makes null, none at all makes null."""
    _summed(values)
    if not values:
        return None
    result = values[0]
    for value in values[1:]:
        result = plus(result, value)
    return result


def middle(values: list[Value]) -> Value:
    return over(total(values), Decimal(len(values))) if values else None


def median(values: list[Value]) -> Value:
    _summed(values)
    if not values or any(value is None for value in values):
        return None
    for value in values:
        before(values[0], value)  # raises Fault where they are not of one kind
    row: list[Any] = sorted(values)  # type: ignore[type-var]
    half = len(row) // 2
    return row[half] if len(row) % 2 else over(plus(row[half - 1], row[half]), Decimal(2))


def distinct(values: Sequence[Value]) -> list[Value]:
    kept: dict[Any, Value] = {}
    for value in values:
        kept.setdefault(_key(value), value)
    return list(kept.values())


def _key(value: Value) -> Any:
    """What two values share where they are the same."""
    if isinstance(value, (list, tuple)):
        return "list", tuple(map(_key, value))
    if isinstance(value, Mapping):
        return "context", frozenset((name, _key(one)) for name, one in value.items())
    if isinstance(value, Range):
        return "range", _key(value.low), _key(value.high), value.low_included, value.high_included
    return kind(value), value


def _among(values: Sequence[Value], value: Value) -> bool:
    return any(kind(one) == kind(value) and equal(one, value) for one in values)


def _flat(values: Sequence[Value]) -> list[Value]:
    return [one for value in values for one in (_flat(value) if isinstance(value, (list, tuple)) else [value])]


of_many("min", extreme(latest=False))
of_many("max", extreme(latest=True))
of_many("sum", total)
of_many("mean", middle)
of_many("median", median)
built_in("count", "list: list", lambda values: Decimal(len(values)))
built_in("list contains", "list: list, element: any",
         lambda values, one: None if values is None else _among(values, one), nulls=True)
built_in("append", "list: list, item: any",
         lambda values, one: None if values is None else sized([*values, one]), nulls=True)
built_in("distinct values", "list: list", distinct)
built_in("flatten", "list: list", _flat)
built_in("reverse", "list: list", lambda values: list(reversed(values)))
built_in("get value", "m: context, key: string", part)
