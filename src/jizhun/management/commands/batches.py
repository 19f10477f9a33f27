"""``jizhun batches``: the files that were handed in; stop one that is being taken in, begin anew what was cut off."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.delivery import actions
from jizhun.delivery.models import Batch
from jizhun.evaluation.standing import bring_along
from jizhun.kernel.bilingual import Refused
from jizhun.management.arguments import whole_number
from jizhun.management.commands.ingest import bar, told
from jizhun.people.rules import SYSTEM


class Command(BaseCommand):
    """``batches list``, ``batches cancel N`` or ``batches resume [N]``."""

    help = _("The files that were handed in: list them, cancel one, begin anew what was cut off (resume).")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=("list", "cancel", "resume"))
        parser.add_argument("number", nargs="?", type=whole_number(1), help=_("the batch's number"))
        parser.add_argument("--last", type=whole_number(1), default=20)

    def handle(self, *_args: object, **options: Any) -> None:
        actions.recover(by=SYSTEM)
        if options["what"] == "list":
            self.list(options["last"])
        elif options["what"] == "cancel":
            actions.cancel(by=SYSTEM, batch=batch(options["number"]))
        else:
            self.resume(options["number"])

    def list(self, count: int) -> None:
        """The newest ``count``, oldest first."""
        for one in reversed(Batch.objects.select_related("source")[:count]):
            self.stdout.write(f"{one.pk}\t{localtime(one.started_at):%Y-%m-%d %H:%M:%S}\t{one.source.code}\t{one.kind}"
                              f"\t{one.state}\t{one.share:.0%}\t{one.rows_good}\t{one.rows_bad}\t{one.file_name}")

    def resume(self, number: int | None) -> None:
        """The batch of that number; without one, the newest of each file that was cut off and has not come since."""
        language = get_language() or "en"
        for one in [batch(number)] if number else actions.cut_off():
            receipt = actions.resume(by=SYSTEM, batch=one, progress=bar if sys.stderr.isatty() else None)
            bring_along(receipt.batch.source.code)
            self.stdout.write("\n".join(line.in_language(language) for line in told(receipt)))


def batch(number: int | None) -> Batch:
    """The batch of that number; raises Refused when there is none."""
    found = Batch.objects.select_related("source").filter(pk=number or 0).first()
    if found is None:
        raise Refused(zh=f"没有第 {number or '-'} 批。", en=f"There is no batch {number or '-'}.")
    return found
