"""``jizhun doctor``: is this installation whole?"""

import platform
import sqlite3
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from jizhun.people.actions import verify_trail

Finding = tuple[bool, str, str]
"""(in order, what was looked at, what to do)."""


def findings() -> Iterator[Finding]:
    """What must be in order for the product to run, one after the other."""
    package = settings.PACKAGE
    yield True, f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}", ""
    yield settings.HOME.is_dir(), str(settings.HOME), "jizhun init"
    yield (package / "static" / "vendor" / ".stamp").exists(), _("front-end parts"), "make setup"
    yield any(package.glob("locale/*/LC_MESSAGES/*.mo")), _("translations"), "make setup"
    executor = MigrationExecutor(connection)
    made = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    yield made, _("tables, %(vendor)s") % {"vendor": connection.vendor}, "jizhun init"
    if made:
        yield verify_trail() is None, _("audit trail"), "jizhun audit verify"


class Command(BaseCommand):
    """Exit code 1 when something is missing, with the command that brings it."""

    help = _("Say what this installation lacks, and the command that brings it.")
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(findings())
        for good, what, remedy in found:
            self.stdout.write(f"{'ok ' if good else 'NO '} {what}" + (f"  -> {remedy}" if not good else ""))
        if not all(good for good, _what, _remedy in found):
            raise SystemExit(1)
