"""``jizhun lake``: how the cases are kept: put months together, sweep old versions, let months go, tell the history."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jizhun.delivery.actions import keeping
from jizhun.delivery.models import Retirement
from jizhun.evaluation.actions import sources
from jizhun.evaluation.standing import bring_along
from jizhun.kernel.bilingual import Refused
from jizhun.management.arguments import whole_number
from jizhun.people.rules import SYSTEM


class Command(BaseCommand):
    """``lake compact``, ``lake sweep``, ``lake keep N --reason R`` or ``lake history``."""

    help = _("How the cases are kept: put a month's files together (compact), let go what is past keeping (sweep), "
             "call off months that were announced to go (keep), tell the versions (history).")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=("compact", "sweep", "keep", "history"))
        parser.add_argument("number", nargs="?", type=whole_number(1), help=_("keep: the announcement's number"))
        parser.add_argument("--source", metavar="S", help=_("compact: only this source"))
        parser.add_argument("--at-least", type=whole_number(2), default=2, metavar="N",
                            help=_("compact: months in so many files or more"))
        parser.add_argument("--reason", default="", help=_("keep: why"))
        parser.add_argument("--dry-run", action="store_true", help=_("sweep: only say what would go"))
        parser.add_argument("--last", type=whole_number(1), default=20, help=_("history: so many versions"))

    def handle(self, *_args: object, **options: Any) -> None:
        getattr(self, options["what"])(options)

    def compact(self, options: dict[str, Any]) -> None:
        """A line for each month that became one file."""
        found = keeping.compact(by=SYSTEM, source=options["source"], at_least=options["at_least"],
                                progress=_bar if sys.stderr.isatty() else None)
        for one in found:
            self.stdout.write(_("%(source)s %(month)s: %(rows)s rows, %(files)s files became one.") % {
                "source": one.source, "month": one.month, "rows": f"{one.rows:,}", "files": one.files})
        _bring_along(one.source for one in found)
        if not found:
            self.stdout.write(_("Every month lies in one file already."))

    def sweep(self, options: dict[str, Any]) -> None:
        """Months whose day has come go, those too old are announced, then the files that nobody needs."""
        dry = options["dry_run"]
        gone = keeping.retire(by=SYSTEM, dry_run=dry)
        for one in gone:
            self.stdout.write(_("%(source)s: cases up to %(month)s go (%(cases)s).") % _named(one))
        if not dry:
            _bring_along(one.source.code for one in gone)
        for one in keeping.announce(by=SYSTEM, dry_run=dry):
            self.stdout.write(_("%(source)s: cases up to %(month)s will go on %(day)s (%(cases)s).") % _named(one))
        swept = keeping.sweep(by=SYSTEM, dry_run=dry)
        self.stdout.write(_("%(files)s files (%(size)s MiB) of versions older than %(days)s days.") % {
            "files": f"{swept.files:,}", "size": f"{swept.bytes / 2**20:,.1f}", "days": settings.KEEP_VERSIONS})

    def keep(self, options: dict[str, Any]) -> None:
        """Months that were announced stay."""
        found = Retirement.objects.select_related("source").filter(pk=options["number"]).first()
        if found is None:
            open_ones = ", ".join(str(one.pk) for one in Retirement.objects.all() if one.is_open) or "-"
            raise Refused(zh=f"没有这一项；待执行的有：{open_ones}。",
                          en=f"There is no such announcement; open are: {open_ones}.")
        keeping.call_off(by=SYSTEM, retirement=found, reason=options["reason"])

    def history(self, options: dict[str, Any]) -> None:
        """Table, version, time, rows ("-": no longer to be read), and what was done."""
        for one in keeping.history(by=SYSTEM, limit=options["last"]):
            done = " ".join(f"{name}={value}" for name, value in one.version.note.items() if "\n" not in value)
            rows = "-" if one.rows is None else one.rows
            self.stdout.write(f"{one.table}\t{one.version.number}\t{localtime(one.version.at):%Y-%m-%d %H:%M:%S}"
                              f"\t{rows}\t{done}")


def _bring_along(touched: Iterable[str]) -> None:
    """What pages read is counted by file: it is brought up to date with the files that there are now."""
    for source in sorted({*touched} & sources().keys()):
        bring_along(source)


def _named(one: Retirement) -> dict[str, object]:
    return {"source": one.source.code, "month": one.last_month, "cases": f"{one.cases:,}", "day": one.due_on}


def _bar(done: int, rows: int) -> None:
    """One line on the terminal, written over after each month."""
    sys.stderr.write(f"\r{done / max(rows, 1):4.0%} {done:,} / {rows:,}   " + ("\n" if done >= rows else ""))
    sys.stderr.flush()
