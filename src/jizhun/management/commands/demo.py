"""``jizhun demo``: the fictional province with its simulated provisions, and the demonstration logins."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun import loading
from jizhun.people.actions import demo_logins, make_demo_logins
from jizhun.people.rules import SYSTEM


class Command(BaseCommand):
    """Running it again changes nothing."""

    help = _("Load the fictional province and make the demonstration logins.")

    def handle(self, *args: Any, **options: Any) -> None:
        language = get_language() or "en"
        for part in loading.simulated_places(by=SYSTEM):
            self.stdout.write(f"{part.name.in_language(language)}: {part.outcome}")
        make_demo_logins(by=SYSTEM)
        self.stdout.write(", ".join(login.username for login in demo_logins()))
