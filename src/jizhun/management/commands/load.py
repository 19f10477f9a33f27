"""``jizhun load national`` and ``jizhun load FOLDER``: fill an instance."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun import loading
from jizhun.people.rules import SYSTEM


class Command(BaseCommand):
    help = _("Load the national list, or a package from a folder.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", help=_("“national”, or the path of a package folder"))

    def handle(self, *_: object, what: str, **options: Any) -> None:
        parts = loading.national(by=SYSTEM) if what == "national" else loading.package(by=SYSTEM, folder=Path(what))
        for part in parts:
            self.stdout.write(f"{part.name.in_language(get_language() or 'en')}: {part.outcome}")
