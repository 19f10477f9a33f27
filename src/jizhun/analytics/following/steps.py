"""Steps of cases at rest: every column of their table in the lake, with its type and what stands for "absent".

A case's rows are numbered in the order of time. What came before a step stands beside it, and the first row tells the
whole way, so that engines need no look at other rows: they only join, compare and count.
"""

from typing import Final

from jizhun.analytics.cases import FAR_SECOND, NONE, Column, Table

BETWEEN: Final = "\x1f"
"""Between the steps of a whole way; no step's code holds it."""

STEPS: Final = Table("steps", (
    Column("case_key", "VARCHAR"),
    Column("batch", "INTEGER"),
    Column("matter", "SMALLINT"),
    Column("region", "INTEGER"),
    Column("accepted_day", "INTEGER"),
    Column("done", "TINYINT", 1),  # 0: the case was still open when its steps were handed in
    Column("nth", "INTEGER"),
    Column("again", "TINYINT", 0),  # 1: the case has had this step before
    Column("is_last", "TINYINT", 0),
    Column("step", "VARCHAR"),
    Column("previous", "VARCHAR", ""),
    Column("role", "VARCHAR", ""),
    Column("started_at", "BIGINT"),
    Column("ended_at", "BIGINT", FAR_SECOND),
    Column("used_hours", "INTEGER", NONE),  # hours begun since the step before ended, for the first since it started
    Column("used_days", "INTEGER", NONE),
    Column("used_wd", "INTEGER", NONE),
    Column("trace", "VARCHAR", ""),  # on the first row: every step of the case in order
    Column("simulated", "TINYINT", 0),
), ("matter", "region", "case_key", "nth"))
"""One row a step that a case went through."""
