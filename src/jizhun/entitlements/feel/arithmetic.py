"""Reckoning with values of FEEL: numbers, days and durations, and the parts of days and durations."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any, TypeGuard

from jizhun.entitlements.feel.notation import as_text
from jizhun.entitlements.feel.values import (
    LARGEST,
    LONGEST_MONTHS,
    LONGEST_SECONDS,
    NUMBERS,
    DaysDuration,
    Fault,
    MonthsDuration,
    Value,
    capital,
    kind,
    kind_in_words,
    same_clock,
)


def plus(one: Value, other: Value) -> Value:
    return _by_kinds(ADDED, "+", one, other)


def minus(one: Value, other: Value) -> Value:
    return _by_kinds(TAKEN, "-", one, other)


def _by_kinds(ways: "Ways", sign: str, one: Value, other: Value) -> Value:
    if one is None or other is None:
        return None
    way = ways.get((kind(one), kind(other)))
    if way is None:
        raise _no_arithmetic(sign, one, other)
    return way(one, other)


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
    same_clock(one, other)
    span = one - other
    return DaysDuration(Decimal(span.days * 86400 + span.seconds) + Decimal(span.microseconds) / 1_000_000)


def _between_times(one: time, other: time) -> DaysDuration:
    day = date(2000, 1, 1)
    return _between(datetime.combine(day, one), datetime.combine(day, other))


N, S, D, T, DT = "number", "string", "date", "time", "date and time"
Y, M = "years and months duration", "days and time duration"
Ways = Mapping[tuple[str, str], Callable[[Any, Any], Value]]
ADDED: Ways = {
    (N, N): lambda a, b: _safely(lambda: NUMBERS.add(a, b), a), (S, S): _joined,
    (Y, Y): lambda a, b: MonthsDuration(a.months + b.months),
    (M, M): lambda a, b: DaysDuration(NUMBERS.add(a.seconds, b.seconds)),
    **{pair: way for day in (D, DT) for pair, way in (
        ((day, Y), lambda a, b: moved(a, b.months)), ((Y, day), lambda a, b: moved(b, a.months)))},
    **{pair: way for day in (D, T, DT) for pair, way in (
        ((day, M), lambda a, b: _later(a, b, 1)), ((M, day), lambda a, b: _later(b, a, 1)))}}
TAKEN: Ways = {
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
