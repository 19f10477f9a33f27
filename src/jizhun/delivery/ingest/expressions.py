"""Texts to numbers, as DuckDB expressions. Each gives NULL where the text is absent or makes no sense."""

import re
from collections.abc import Sequence

from jizhun.delivery.ingest.opening import quoted

HAS_CLOCK = re.compile(r"%[HIcXsT]")
HAS_ZONE = re.compile(r"%[zZ]")
EXCEL_EPOCH = 25_569
"""1970-01-01 as a spreadsheet counts days."""
BLOCK = 64
"""HMAC's block in bytes, for SHA-256."""


def has_offset(column: str) -> str:
    """Whether an ISO time ends in Z or an offset from UTC: then it is not the local wall clock."""
    tail = f"substr({column}, 12)"
    return f"(suffix({column}, 'Z') OR contains({tail}, '+') OR contains({tail}, '-'))"


def _offset_is_sound(column: str) -> str:
    """An offset that exists somewhere: up to 14 hours. DuckDB itself would take +99:99."""
    return f"regexp_matches({column}, '(Z|[+-](0\\d|1[0-4])(:?[0-5]\\d)?)$')"


def is_wall_clock(column: str) -> str:
    """Whether a text has just the length of ``2026-11-24`` or the shape of ``2026-11-24 08:30:00``.

    Cheaper than ``has_offset``, and nearly every file is like this.
    """
    return f"(strlen({column}) = 10 OR (strlen({column}) = 19 AND substr({column}, 17, 1) = ':'))"


def seconds(column: str, formats: Sequence[str], zone: str, *, offsets: bool, end_of_day: bool = False) -> str:
    """Local wall-clock seconds since 1970 of a time text.

    ``offsets``: some ISO texts carry an offset. ``end_of_day``: a day without a clock means its last second.
    """
    tried = [_seconds(column, one, zone, offsets, end_of_day) for one in formats]
    return tried[0] if len(tried) == 1 else f"coalesce({', '.join(tried)})"


def _seconds(column: str, form: str, zone: str, offsets: bool, end_of_day: bool) -> str:
    if form == "iso":
        return _iso(column, zone, offsets, end_of_day)
    if form in ("epoch", "epoch_ms"):
        divisor = 1 if form == "epoch" else 1000
        utc = f"make_timestamptz({_bounded(f'TRY_CAST({column} AS DOUBLE) / {divisor}')}::BIGINT * 1000000)"
        return _whole_seconds(f"timezone({quoted(zone)}, {utc})")
    if form == "excel":
        return f"{_bounded(f'round((TRY_CAST({column} AS DOUBLE) - {EXCEL_EPOCH}) * 86400)')}::BIGINT"
    time = f"try_strptime({column}, {quoted(form)})"
    if HAS_ZONE.search(form):
        time = f"timezone({quoted(zone)}, {time})"
    late = " + 86399" if end_of_day and not HAS_CLOCK.search(form) else ""
    return _whole_seconds(time) + late


def _bounded(seconds: str) -> str:
    """Seconds within some three thousand years of 1970, else NULL: what lies beyond is no time of a case."""
    return f"(CASE WHEN abs({seconds}) < {FARTHEST} THEN {seconds} END)"


FARTHEST = 10**11


def _iso(column: str, zone: str, offsets: bool, end_of_day: bool) -> str:
    plain = _whole_seconds(f"TRY_CAST({column} AS TIMESTAMP)")
    if offsets:
        there = _whole_seconds(f"timezone({quoted(zone)}, TRY_CAST({column} AS TIMESTAMPTZ))")
        sound = _offset_is_sound(column)
        plain = f"CASE WHEN NOT {has_offset(column)} THEN {plain} WHEN {sound} THEN {there} END"
    if end_of_day:
        plain = f"({plain} + CASE WHEN length(trim({column})) <= 10 THEN 86399 ELSE 0 END)"
    return plain


def _whole_seconds(time: str) -> str:
    return f"(epoch_us({time}) // 1000000)"


def cents(column: str, factor: int) -> str:
    """Money in cents as a DOUBLE, exact to far more than any sum here; a fraction of a cent stays visible.

    Thousands separators and currency signs are read past.
    """
    cleaned = rf"TRY_CAST(regexp_replace({column}, '[,，¥￥$€£元\s]', '', 'g') AS DOUBLE)"
    return f"coalesce(TRY_CAST({column} AS DOUBLE), {cleaned}) * {factor}"


def count(column: str) -> str:
    """A number that should be whole, as a DOUBLE."""
    return f"TRY_CAST({column} AS DOUBLE)"


def joined(columns: Sequence[str], between: str) -> str:
    """Several columns as one text; NULL only where all of them are absent."""
    if len(columns) == 1:
        return columns[0]
    parts = ", ".join(f"coalesce({column}, '')" for column in columns)
    return f"CASE WHEN coalesce({', '.join(columns)}) IS NOT NULL THEN concat_ws({quoted(between)}, {parts}) END"


def keyed_hash(text: str, key: bytes) -> str:
    """HMAC-SHA-256 of a text under ``key``, its first 32 hexadecimal digits."""
    block = key.ljust(BLOCK, b"\0")
    inner, outer = (_blob(bytes(byte ^ pad for byte in block)) for pad in (0x36, 0x5C))
    return f"left(sha256({outer} || unhex(sha256({inner} || encode({text})))), 32)"


def _blob(data: bytes) -> str:
    return "'" + "".join(f"\\x{byte:02X}" for byte in data) + "'::BLOB"
