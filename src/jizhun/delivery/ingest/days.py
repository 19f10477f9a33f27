"""The table of days: each day's month and how many working days there were up to it."""

from collections.abc import Mapping
from datetime import date, timedelta

import duckdb
import pyarrow as pa

from jizhun.analytics.cases import EPOCH, FAR_DAY, FAR_ORDINAL
from jizhun.kernel.working_days import Calendar


def _place(day: date) -> int:
    return (day.year * 12 + day.month) << 44 | day.day


def sort_key(place: str, matter: str, region: str) -> str:
    """Month, matter, region and day packed into one number: sorting by one is much cheaper than by four."""
    return f"({place} + ({matter}::BIGINT << 29) + ({region}::BIGINT << 5))"


def create_days(con: duckdb.DuckDBPyConnection, calendars: Mapping[int, Calendar], first: date, last: date) -> None:
    """Make the table ``days(calendar, day, wd, worked, month, place)``; the far day stands for "not yet".

    ``place`` is where the day belongs in a sort by month, (matter, region,) day, as one number: see ``sort_key``.
    """
    offsets = range((last - first).days + 1)
    dates = [first + timedelta(days=offset) for offset in offsets]
    days = [(first - EPOCH).days + offset for offset in offsets]
    tables = [
        pa.table(
            {
                "calendar": pa.array([number] * (len(days) + 1), pa.int32()),
                "day": pa.array([*days, FAR_DAY], pa.int32()),
                "wd": pa.array([*calendar.ordinals(first, last), FAR_ORDINAL], pa.int16()),
                "worked": pa.array([*calendar.working(first, last), 0], pa.int8()),
                "place": pa.array([*map(_place, dates), 0], pa.int64()),
                "month": pa.array([*(day.year * 100 + day.month for day in dates), 999912], pa.int32()),
            }
        )
        for number, calendar in calendars.items()
    ]
    con.register("day_rows", pa.concat_tables(tables))
    con.execute("CREATE OR REPLACE TEMP TABLE days AS SELECT * FROM day_rows")
    con.unregister("day_rows")
