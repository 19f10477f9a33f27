"""What was said stays said: triggers forbid UPDATE and DELETE on SQLite and PostgreSQL alike."""

from typing import Any

from django.db import migrations

TABLES = ("jizhun_provision", "jizhun_tierassignment", "jizhun_auditline")

SQLITE = """
CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
FUNCTION = """
CREATE OR REPLACE FUNCTION jizhun_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
POSTGRESQL = """
CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION jizhun_append_only()
"""


def forbid(apps: Any, editor: Any) -> None:
    postgresql = editor.connection.vendor == "postgresql"
    if postgresql:
        editor.execute(FUNCTION, params=None)  # the % in it is no placeholder
    for table in TABLES:
        for act in ("update", "delete"):
            editor.execute((POSTGRESQL if postgresql else SQLITE).format(table=table, act=act))


def allow(apps: Any, editor: Any) -> None:
    on = " ON {table}" if editor.connection.vendor == "postgresql" else ""
    for table in TABLES:
        for act in ("update", "delete"):
            editor.execute(f"DROP TRIGGER {table}_no_{act}" + on.format(table=table))


class Migration(migrations.Migration):
    dependencies = [("jizhun", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
