"""``jizhun remind``: leave notices of what is due; with ``--mail`` send those that wait for an address. Once a day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from jizhun.collaboration.actions import joint
from jizhun.drafting.actions.reminding import remind
from jizhun.evaluation import findings
from jizhun.evaluation.negatives import remind_of_ratings
from jizhun.impact.actions import announce_coming
from jizhun.people.mail import send_waiting
from jizhun.planning.actions import reminding as planning
from jizhun.training.actions.certificates import tell_holders


class Command(BaseCommand):
    """Running it again leaves nothing twice and sends nothing twice."""

    help = _("Remind everybody of what is due, and send the notices that wait.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mail", action="store_true", help=_("send the notices that wait for an e-mail address"))

    def handle(self, *_args: Any, **options: Any) -> None:
        left = sum(sweep() for sweep in (remind, remind_of_ratings, findings.remind, tell_holders, joint.sweep,
                                         planning.sweep, announce_coming))
        self.stdout.write(_("Reminders left: %(n)s") % {"n": left})
        if options["mail"]:
            self.stdout.write(_("Notices sent: %(n)s") % {"n": send_waiting()})
