"""Values of FEEL read from text and written: as FEEL, as JSON, for a person."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar

from jizhun.entitlements.feel.values import (
    SHOWN,
    DaysDuration,
    Fault,
    MonthsDuration,
    Range,
    Value,
    number,
    shortened,
    trimmed,
)
from jizhun.kernel.bilingual import Bilingual

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
