"""``jizhun certificates``: what a certificate is worth; or a new key by which badges are signed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.frame.certified import change_lines, state_words
from jizhun.frame.here import first_root
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.rules import SYSTEM
from jizhun.regions.actions import tree
from jizhun.training.actions.badges import change_key
from jizhun.training.actions.certificates import certificate, seen


class Command(BaseCommand):
    """Reads, unless a new key is asked for."""

    help = _("What a certificate is worth, or a new key for badges")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", nargs="?", help=_("number of the certificate"))
        parser.add_argument("--on", metavar="YYYY-MM-DD", help=_("the day (today)"))
        parser.add_argument("--new-key", action="store_true",
                            help=_("sign with a new key from now on; the old one stays published"))

    def handle(self, *_args: object, **options: Any) -> None:
        if options["new_key"]:
            made = change_key(by=SYSTEM, region=first_root(tree(), timezone.localdate()))
            self.stdout.write(_("Badges are signed with key %(number)s from now on: %(key)s") % {
                "number": made.number, "key": made.multibase})
        elif options["number"]:
            self._tell(options["number"], options["on"])
        else:
            raise Refused(zh="请给出证书编号，或 --new-key。", en="Give the number of a certificate, or --new-key.")

    def _tell(self, number: str, on: str | None) -> None:
        found = seen(certificate(number), parse_day(on) if on else None)
        self.stdout.write(f"{found.certificate.number} {words(found.certificate.qualification.name)}")
        self.stdout.write(words(state_words(found)))
        for line in change_lines(found):
            self.stdout.write(f"  {line}")
