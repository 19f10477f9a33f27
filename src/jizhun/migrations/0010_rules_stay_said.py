"""What a place said of an entitlement stays as it was said: no UPDATE, no DELETE."""

from importlib import import_module
from typing import Any

from django.db import migrations

TABLE = "jizhun_ruleversion"
ACTS = ("update", "delete")
first = import_module("jizhun.migrations.0002_append_only")


def forbid(apps: Any, editor: Any) -> None:
    kind = first.POSTGRESQL if editor.connection.vendor == "postgresql" else first.SQLITE
    for act in ACTS:
        editor.execute(kind.format(table=TABLE, act=act))


def allow(apps: Any, editor: Any) -> None:
    on = f" ON {TABLE}" if editor.connection.vendor == "postgresql" else ""
    for act in ACTS:
        editor.execute(f"DROP TRIGGER {TABLE}_no_{act}" + on)


class Migration(migrations.Migration):
    dependencies = [("jizhun", "0009_entitlements")]
    operations = [migrations.RunPython(forbid, allow)]
