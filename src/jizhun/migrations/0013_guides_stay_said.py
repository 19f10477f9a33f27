"""What places said of guides, claims, points and the list stays as it was said: no UPDATE, no DELETE."""

from importlib import import_module
from typing import Any

from django.db import migrations

TABLES = ("jizhun_layerversion", "jizhun_layerreview", "jizhun_adoption", "jizhun_pointversion", "jizhun_linkcheck",
          "jizhun_matterchange")
ACTS = ("update", "delete")
first = import_module("jizhun.migrations.0002_append_only")


def forbid(apps: Any, editor: Any) -> None:
    kind = first.POSTGRESQL if editor.connection.vendor == "postgresql" else first.SQLITE
    for table in TABLES:
        for act in ACTS:
            editor.execute(kind.format(table=table, act=act))


def allow(apps: Any, editor: Any) -> None:
    on = " ON {table}" if editor.connection.vendor == "postgresql" else ""
    for table in TABLES:
        for act in ACTS:
            editor.execute(f"DROP TRIGGER {table}_no_{act}" + on.format(table=table))


class Migration(migrations.Migration):
    dependencies = [("jizhun", "0012_guides")]
    operations = [migrations.RunPython(forbid, allow)]
