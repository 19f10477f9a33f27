"""``jizhun load national`` and ``jizhun load FOLDER``: fill an instance."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun import loading
from jizhun.impact.actions import Listing
from jizhun.loading.foreseeing import would_touch
from jizhun.management.commands.impact import told
from jizhun.people.rules import SYSTEM


class Command(BaseCommand):
    help = _("Load the national list, or a package from a folder.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", help=_("“national”, or the path of a package folder"))
        parser.add_argument("--look", action="store_true",
                            help=_("show what its changes would touch; keep nothing"))

    def handle(self, *_args: object, what: str, look: bool, **options: Any) -> None:
        def parts() -> Iterator[loading.Part]:
            return loading.national(by=SYSTEM) if what == "national" else loading.package(by=SYSTEM, folder=Path(what))

        if look:
            self._look(would_touch(parts))
            return
        for part in parts():
            self.stdout.write(f"{part.name.in_language(get_language() or 'en')}: {part.outcome}")

    def _look(self, found: list[Listing]) -> None:
        for listing in found:
            self.stdout.write("\n".join(told(listing)))
        if not found:
            self.stdout.write(_("Nothing that is there would change."))
