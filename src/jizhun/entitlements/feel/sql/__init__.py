"""FEEL as SQL: see ``writing`` for what it promises."""

from jizhun.entitlements.feel.sql.apart import overlapping
from jizhun.entitlements.feel.sql.pieces import DIALECTS, DUCKDB, SPARK, Dialect, Kind, Sql, constant
from jizhun.entitlements.feel.sql.writing import Scope, written

__all__ = ["DIALECTS", "DUCKDB", "SPARK", "Dialect", "Kind", "Scope", "Sql", "constant", "overlapping", "written"]
