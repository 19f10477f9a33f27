"""Stopped clocks at rest: the merged spans of each case, and what a look back has to give back of them.

A span is (after, until]: the clock stands on the days behind ``after`` up to and including ``until``, both as days
since 1970-01-01. A case keeps its spans as text, ``20100-20103;20110-20111``, and their sums as numbers: the sums are
what is counted, the spans serve a data date before the extract, on which the later stops had not happened.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

import pyarrow as pa

from jizhun.analytics.cases import EPOCH

Ordinal = Callable[[date], int]
"""The number of working days up to and including a day, where the case is handled."""


def written(spans: Iterable[tuple[int, int]]) -> str:
    """Spans as they are stored."""
    return ";".join(f"{after}-{until}" for after, until in sorted(spans))


def read(text: str) -> list[tuple[int, int]]:
    """Stored spans as numbers."""
    pairs = (part.split("-") for part in text.split(";") if part)
    return [(int(after), int(until)) for after, until in pairs]


def later_stops(cases: Iterable[tuple[str, str, Ordinal]], as_of: int) -> pa.Table:
    """Columns case_key, days, wd: what of each case's stopped days lies after ``as_of``.

    ``cases`` are (key, stored spans, the place's ordinal).
    """
    rows = [(key, *_later(read(text), ordinal, as_of)) for key, text, ordinal in cases]
    return pa.table({"case_key": pa.array([row[0] for row in rows], pa.string()),
                     "days": pa.array([row[1] for row in rows], pa.int16()),
                     "wd": pa.array([row[2] for row in rows], pa.int16())})


def stopped_moves(moves: Iterable[tuple[str, int, int, int, str, Ordinal]]) -> pa.Table:
    """Columns case_key, nth, days, wd: for how many days a case's clock stood between two of its steps.

    ``moves`` are (key, number of the step, from which and to which day, stored spans, the place's ordinal).
    """
    rows = [(key, nth, *stood) for key, nth, since, until, text, ordinal in moves
            if (stood := _stood(read(text), ordinal, since, until))[0]]
    return pa.table({"case_key": pa.array([row[0] for row in rows], pa.string()),
                     "nth": pa.array([row[1] for row in rows], pa.int32()),
                     "days": pa.array([row[2] for row in rows], pa.int32()),
                     "wd": pa.array([row[3] for row in rows], pa.int32())})


def _stood(spans: Iterable[tuple[int, int]], ordinal: Ordinal, since: int, until: int) -> tuple[int, int]:
    """Stopped days and working days among those behind ``since`` up to and including ``until``."""
    common = [(max(after, since), min(end, until)) for after, end in spans]
    return _lengths([(after, end) for after, end in common if after < end], ordinal)


def _later(spans: Iterable[tuple[int, int]], ordinal: Ordinal, as_of: int) -> tuple[int, int]:
    return _lengths([(max(after, as_of), until) for after, until in spans if until > as_of], ordinal)


def _lengths(spans: Sequence[tuple[int, int]], ordinal: Ordinal) -> tuple[int, int]:
    """Days and working days."""
    return (sum(until - after for after, until in spans),
            sum(ordinal(_day(until)) - ordinal(_day(after)) for after, until in spans))


def _day(number: int) -> date:
    return EPOCH + timedelta(days=number)
