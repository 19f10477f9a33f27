"""``jizhun training``: coverage of training, and rosters from a workbook."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.spreadsheets import cell_text, open_book
from jizhun.people.rules import ROLES, SYSTEM
from jizhun.regions.actions import tree
from jizhun.training.actions import ledger
from jizhun.training.rules.ledger import guess_columns


class Command(BaseCommand):
    help = _("Coverage of training, and rosters from a workbook")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True)
        covered = parts.add_parser("coverage", help=_("trained staff by role and place, as CSV"))
        covered.add_argument("--region", required=True, help=_("region code, CN for the nation"))
        covered.add_argument("--item", default="", help=_("only what teaches this item"))
        roster = parts.add_parser("roster", help=_("look at a roster, or enter its good rows"))
        roster.add_argument("file", type=Path, help=_("the workbook"))
        roster.add_argument("--event", type=int, required=True, help=_("number of the event in the ledger"))
        roster.add_argument("--enter", action="store_true", help=_("enter the good rows"))

    def handle(self, *_args: object, **options: Any) -> None:
        if options["part"] == "coverage":
            self._coverage(options["region"], options["item"])
        else:
            self._roster(options["file"], options["event"], options["enter"])

    def _coverage(self, region: str, item: str) -> None:
        self.stdout.write("role,place,trained,staff,target")
        for one in ledger.covered(region=tree().known(region).code, on=timezone.localdate(), item=item):
            if one.role in ROLES:
                target = "" if one.target is None else f"{one.target:g}"
                self.stdout.write(f"{one.role},{one.part},{one.trained},{one.staff},{target}")

    def _roster(self, file: Path, event: int, enter: bool) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise Refused(zh=f"读不了文件 {file}（{error.strerror}）。",
                          en=f"{file} cannot be read ({error.strerror}).") from None
        rows = [[cell_text(cell) for cell in row] for row in open_book(content, file.name).sheet("").rows]
        if not rows:
            raise Refused(zh="花名册是空的。", en="The roster is empty.")
        held, columns = ledger.event_of(event), guess_columns(rows[0])
        found = ledger.look_at_roster(by=SYSTEM, event=held, rows=rows, columns=columns)
        for fault in found.faults:
            self.stdout.write(self._said(Bilingual(f"第 {fault.row} 行：{fault.why.zh}",
                                                   f"Row {fault.row}: {fault.why.en}")))
        if enter:
            taken = ledger.take_roster(by=SYSTEM, event=held, rows=rows, columns=columns)
            self.stdout.write(_("Rows of the roster entered: %(taken)s.") % {"taken": taken})
        else:
            self.stdout.write(_("Rows that can be entered: %(good)s; with a fault: %(bad)s. Nothing is written yet.")
                              % {"good": len(found.rows), "bad": len(found.faults)})

    def _said(self, sentence: Bilingual) -> str:
        return sentence.in_language(get_language() or "en")
