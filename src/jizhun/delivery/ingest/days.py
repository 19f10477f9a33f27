"""The table of days: each day's month and how many working days there were up to it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import accumulate

import duckdb
import pyarrow as pa

from jizhun.analytics.cases import EPOCH, FAR_DAY, FAR_ORDINAL, FIRST_ORDINAL_DAY

Worked = Callable[[date, date], Iterable[bool]]
"""Says for each day from the first to the last, both included, whether it is a working day."""


def weekdays(first: date, last: date) -> Iterable[bool]:
    """Monday to Friday: what holds where no calendar is known."""
    start = first.weekday()
    return ((start + offset) % 7 < 5 for offset in range((last - first).days + 1))


def ordinals(worked: Worked, first: date, last: date) -> tuple[list[int], list[bool]]:
    """Per day from ``first`` to ``last``: the number of working days since 2000-01-01, and whether it is one.

    Before 2000 the number is 0 or below, so that differences stay right.
    """
    start = min(first, FIRST_ORDINAL_DAY)
    days = list(worked(start, last))
    counted = list(accumulate(days))
    before = counted[(FIRST_ORDINAL_DAY - start).days - 1] if start < FIRST_ORDINAL_DAY else 0
    skip = (first - start).days
    return [number - before for number in counted[skip:]], days[skip:]


def create_days(
    con: duckdb.DuckDBPyConnection, calendars: Mapping[int, Worked], first: date, last: date
) -> None:
    """Make the table ``days(calendar, day, wd, worked, month)``; the far day stands for "not yet"."""
    last = max(last, FIRST_ORDINAL_DAY + timedelta(days=1))
    day = [(first - EPOCH).days + offset for offset in range((last - first).days + 1)]
    months = [(first + timedelta(days=offset)) for offset in range(len(day))]
    tables = []
    for number, worked in (calendars or {0: weekdays}).items():
        wd, is_worked = ordinals(worked, first, last)
        tables.append(
            pa.table(
                {
                    "calendar": pa.array([number] * (len(day) + 1), pa.int32()),
                    "day": pa.array([*day, FAR_DAY], pa.int32()),
                    "wd": pa.array([*wd, FAR_ORDINAL], pa.int16()),
                    "worked": pa.array([*map(int, is_worked), 0], pa.int8()),
                    "month": pa.array([*(one.year * 100 + one.month for one in months), 999912], pa.int32()),
                }
            )
        )
    con.register("day_rows", pa.concat_tables(tables))
    con.execute("CREATE OR REPLACE TEMP TABLE days AS SELECT * FROM day_rows")
    con.unregister("day_rows")
