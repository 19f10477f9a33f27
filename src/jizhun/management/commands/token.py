"""``jizhun token``: a token by which another system acts as a login."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from jizhun.management.arguments import whole_number
from jizhun.people.rules import SYSTEM
from jizhun.people.tokens import MOST_DAYS, make_token


class Command(BaseCommand):
    help = _("A token by which another system acts as a login")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login", help=_("the login for which it stands"))
        parser.add_argument("--days", type=whole_number(1, MOST_DAYS), default=90, help=_("how many days it is good"))

    def handle(self, *_args: object, **options: Any) -> None:
        self.stdout.write(make_token(by=SYSTEM, username=options["login"], days=options["days"]))
