"""``jizhun audit``: prove that the trail of everything done is whole, or print its newest lines."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from jizhun.kernel.bilingual import Refused
from jizhun.management.arguments import whole_number
from jizhun.people.actions import verify_trail
from jizhun.people.models import AuditHead, AuditLine


class Command(BaseCommand):
    """``audit verify`` or ``audit show``."""

    help = _("Prove that the audit trail is whole (verify), or print its newest lines (show).")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("verify", "show"))
        parser.add_argument("--last", type=whole_number(1), default=20)

    def handle(self, *args: Any, **options: Any) -> None:
        self.show(options["last"]) if options["what"] == "show" else self.verify()

    def show(self, count: int) -> None:
        """The newest ``count`` lines, oldest first."""
        for line in reversed(AuditLine.objects.order_by("-seq")[:count]):
            self.stdout.write(f"{line.seq}\t{localtime(line.at):%Y-%m-%d %H:%M:%S}\t{line.actor}\t{line.act}"
                              f"\t{line.subject}\t{line.after}\t{line.reason}")

    def verify(self) -> None:
        """Prints the newest hash, for an auditor to note down; raises Refused naming the first broken line."""
        if broken := verify_trail():
            raise Refused(zh=f"审计记录第 {broken.seq} 行断开：{broken.why.zh}。",
                          en=f"The audit trail breaks at line {broken.seq}: {broken.why.en}.")
        head = AuditHead.objects.filter(pk=1).first()
        self.stdout.write(f"{head.seq if head else 0} {head.hash if head else ''}".strip())
