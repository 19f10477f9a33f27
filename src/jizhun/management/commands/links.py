"""``jizhun links``: look whether the addresses that guides give still answer. Once a day is enough."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.guides.actions.checking import dead_links
from jizhun.guides.actions.links import check_links
from jizhun.management.arguments import whole_number
from jizhun.people.rules import SYSTEM


class Command(BaseCommand):
    help = _("Look whether the addresses that guides give still answer")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--within", required=True, metavar="REGION",
                            help=_("region code: this place and all below it"))
        parser.add_argument("--limit", type=whole_number(1), default=0, help=_("how many addresses (default: all)"))
        parser.add_argument("--intranet", action="store_true", help=_("also ask servers of the own network"))

    def handle(self, *_args: object, **options: Any) -> None:
        seen = check_links(by=SYSTEM, region=options["within"], limit=options["limit"], intranet=options["intranet"])
        for one in seen:
            if not one.ok:
                self.stdout.write(f"{one.url}  {one.told}")
        gone = dead_links(on=timezone.localdate())
        self.stdout.write(_("%(n)s looked at, %(failed)s did not answer; %(dead)s have failed so often that they count "
                            "as dead") % {"n": len(seen), "failed": sum(not one.ok for one in seen),
                                          "dead": len(gone)})
