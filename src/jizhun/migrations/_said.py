"""What was said stays said: one line of a migration forbids UPDATE and DELETE on the tables it names."""

from importlib import import_module
from typing import Any

from django.db import migrations

ACTS = ("update", "delete")
first = import_module("jizhun.migrations.0002_append_only")


def stays(*tables: str) -> migrations.RunPython:
    """An operation that makes the tables append-only, on SQLite and PostgreSQL alike; it can be undone.

    The function that PostgreSQL's triggers call is made by 0002: depend on it or on a later one.
    """

    def forbid(apps: Any, editor: Any) -> None:
        kind = first.POSTGRESQL if editor.connection.vendor == "postgresql" else first.SQLITE
        for table, act in pairs(tables):
            editor.execute(kind.format(table=table, act=act))

    def allow(apps: Any, editor: Any) -> None:
        on = " ON {table}" if editor.connection.vendor == "postgresql" else ""
        for table, act in pairs(tables):
            editor.execute(f"DROP TRIGGER {table}_no_{act}" + on.format(table=table))

    return migrations.RunPython(forbid, allow)


def pairs(tables: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(table, act) for table in tables for act in ACTS]
