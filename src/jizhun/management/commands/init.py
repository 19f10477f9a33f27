"""``jizhun init``: make the folder that keeps everything, or bring it up to this version."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _

from jizhun.people.actions import write_line
from jizhun.people.models import AuditLine
from jizhun.people.rules import SYSTEM


class Command(BaseCommand):
    """An empty home: database, lake, files, keys. Running it again changes nothing but brings the tables up to date."""

    help = _("Make an empty home (JIZHUN_HOME), or bring an older one up to date.")
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in (settings.LAKE, settings.FILES):
            folder.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        with transaction.atomic():
            if not AuditLine.objects.exists():
                write_line(by=SYSTEM, act="house.init", subject="home")
        self.stdout.write(_("Ready: %(home)s") % {"home": settings.HOME})
