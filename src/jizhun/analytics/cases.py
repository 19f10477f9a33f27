"""The case record at rest: every column of the lake, once, with its type and what stands for "absent".

Numbers are integers and nothing is NULL, so that engines only join, compare and count.
Times are the local wall clock of the place, in seconds since 1970-01-01 "as if UTC".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

import pyarrow as pa

EPOCH: Final = date(1970, 1, 1)
FAR_DAY: Final = 2_932_896
"""9999-12-31 as days since 1970-01-01: the day of what has not happened."""
DAY_SECONDS: Final = 86_400
FAR_SECOND: Final = FAR_DAY * DAY_SECONDS
NONE: Final = -1
"""An amount, a count or a limit that is not stated."""
FIRST_ORDINAL_DAY: Final = date(2000, 1, 1)
"""Working-day ordinals count the working days from here up to and including the day."""
FAR_ORDINAL: Final = 32_767

CHANNELS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "unknown": 0,
        "online": 1,
        "counter": 2,
        "self_service": 3,
        "bank": 4,
        "town": 5,
        "phone": 6,
        "app": 7,
        "mail": 8,
        "other": 9,
    }
)
"""Ways to be served; ``town`` is a service point of a town, village or community."""

OUTCOMES: Final[Mapping[str, int]] = MappingProxyType(
    {"unknown": 0, "granted": 1, "refused": 2, "withdrawn": 3, "transferred": 4, "other": 5}
)

DEFAULT_PRAISE: Final = 9
"""The rating of a case that nobody rated and that a system counted as praise."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the lake: its name, its SQL type (DuckDB and Spark alike) and the value for "absent"."""

    name: str
    sql: str
    absent: int | str | None = None


COLUMNS: Final = (
    Column("case_key", "VARCHAR"),
    Column("batch", "INTEGER"),
    Column("matter", "SMALLINT"),
    Column("region", "INTEGER"),
    Column("grp", "SMALLINT"),
    Column("channel", "TINYINT", 0),
    Column("accepted_at", "BIGINT"),
    Column("decided_at", "BIGINT", FAR_SECOND),
    Column("closed_at", "BIGINT", FAR_SECOND),
    Column("due_at", "BIGINT", FAR_SECOND),
    Column("accepted_day", "INTEGER"),
    Column("decided_day", "INTEGER", FAR_DAY),
    Column("closed_day", "INTEGER", FAR_DAY),
    Column("accepted_wd", "SMALLINT"),
    Column("decided_wd", "SMALLINT", FAR_ORDINAL),
    Column("closed_wd", "SMALLINT", FAR_ORDINAL),
    Column("accepted_is_wd", "TINYINT"),
    Column("stopped_days", "SMALLINT", 0),
    Column("stopped_wd", "SMALLINT", 0),
    Column("stops", "VARCHAR", ""),
    Column("extended", "SMALLINT", 0),
    Column("outcome", "TINYINT", 0),
    Column("fee_cents", "BIGINT", NONE),
    Column("amount_cents", "BIGINT", NONE),
    Column("visits", "SMALLINT", NONE),
    Column("materials", "SMALLINT", NONE),
    Column("rating", "TINYINT", 0),
    Column("due_binds", "TINYINT", 0),
    Column("steps", "VARCHAR", ""),
    Column("simulated", "TINYINT", 0),
    Column("came_from", "INTEGER", 0),
    Column("forwarded_at", "BIGINT", FAR_SECOND),
    Column("forwarded_day", "INTEGER", FAR_DAY),
    Column("forwarded_wd", "SMALLINT", FAR_ORDINAL),
)
"""What stands in the files, in this order. The last four tell of a case that was accepted in one place and handled in
another (``region``): where it came from (0: nowhere else), and when it was passed on."""

PARTITIONS: Final = (Column("source", "VARCHAR"), Column("month", "INTEGER"))
"""What stands in the path: who handed the case in, and the month (yyyymm) in which it was accepted."""

SORTED_BY: Final = ("matter", "region", "accepted_day")

_ARROW: Final[Mapping[str, pa.DataType]] = MappingProxyType(
    {
        "VARCHAR": pa.string(),
        "TINYINT": pa.int8(),
        "SMALLINT": pa.int16(),
        "INTEGER": pa.int32(),
        "BIGINT": pa.int64(),
    }
)


_LARGEST: Final[Mapping[str, int]] = MappingProxyType(
    {"TINYINT": 2**7 - 1, "SMALLINT": 2**15 - 1, "INTEGER": 2**31 - 1, "BIGINT": 2**63 - 1}
)


def largest_in(column: str) -> int:
    """The greatest whole number that a column of the cases holds."""
    return next(_LARGEST[one.sql] for one in COLUMNS if one.name == column)


def arrow_type(sql: str) -> pa.DataType:
    """The arrow type of a SQL type of the lake."""
    return _ARROW[sql]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the lake: the folder it lies in, what its files hold, and the order of their rows.

    ``key``: the column by which rows that are handed in anew replace those before.
    """

    name: str
    columns: tuple[Column, ...]
    sorted_by: tuple[str, ...]
    key: str = "case_key"

    @property
    def whole(self) -> tuple[Column, ...]:
        """Every column, those in the path last."""
        return self.columns + PARTITIONS

    def arrow_schema(self, *, partitions: bool = True) -> pa.Schema:
        """The columns as an arrow schema; with ``partitions`` the path's columns stand last."""
        columns = self.whole if partitions else self.columns
        return pa.schema([pa.field(column.name, _ARROW[column.sql], nullable=True) for column in columns])

    def empty_relation(self) -> str:
        """A SQL table expression with every column and no row: what an empty table answers with."""
        columns = ", ".join(f"CAST(NULL AS {one.sql}) AS {one.name}" for one in self.whole)
        return f"(SELECT {columns} WHERE FALSE)"


CASES: Final = Table("cases", COLUMNS, SORTED_BY)


def arrow_schema(*, partitions: bool = True) -> pa.Schema:
    """The columns of case records as an arrow schema."""
    return CASES.arrow_schema(partitions=partitions)
