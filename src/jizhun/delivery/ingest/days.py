"""The table of days: each day's month and how many working days there were up to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa

from jizhun.analytics.cases import EPOCH, FAR_DAY, FAR_ORDINAL
from jizhun.analytics.plan import Numbers
from jizhun.kernel.working_days import Calendar


def _place(day: date) -> int:
    return (day.year * 12 + day.month) << 44 | day.day


def sort_key(place: str, matter: str, region: str) -> str:
    """Month, matter, region and day packed into one number: sorting by one is much cheaper than by four."""
    return f"({place} + ({matter}::BIGINT << 29) + ({region}::BIGINT << 5))"


def sort_number(place: Numbers, matter: Numbers, region: Numbers) -> Numbers:
    """The same number as ``sort_key``, of columns."""
    found: Numbers = place + (matter.astype(np.int64) << 29) + (region.astype(np.int64) << 5)
    return found


@dataclass(frozen=True, slots=True)
class Days:
    """The table of days as arrays: the days of each calendar, one calendar behind the other, the far day last."""

    first: int
    width: int
    wd: Numbers
    worked: Numbers
    month: Numbers
    place: Numbers

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection) -> "Days":
        """The table that ``create_days`` made."""
        found = con.execute("SELECT calendar, day, wd, worked, month, place FROM days ORDER BY 1, 2").fetchnumpy()
        calendars = int(found["calendar"][-1]) + 1
        return cls(int(found["day"][0]), len(found["day"]) // calendars,
                   *(np.asarray(found[name]) for name in ("wd", "worked", "month", "place")))

    def at(self, calendar: Numbers, day: Numbers) -> Numbers:
        """Where each row's day stands in the arrays; a day that is not there stands anywhere."""
        return calendar * self.width + np.clip(day - self.first, 0, self.width - 1)


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
