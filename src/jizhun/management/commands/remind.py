"""``jizhun remind``: leave notices of what is due; with ``--mail`` send those that wait for an address. Once a day."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.drafting.actions.reminding import remind
from jizhun.evaluation import findings
from jizhun.evaluation.negatives import remind_of_ratings
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import unsent
from jizhun.people.models import Notice


class Command(BaseCommand):
    """Running it again leaves nothing twice and sends nothing twice."""

    help = _("Remind everybody of what is due, and send the notices that wait.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mail", action="store_true", help=_("send the notices that wait for an e-mail address"))

    def handle(self, *_args: Any, **options: Any) -> None:
        self.stdout.write(_("Reminders left: %(n)s") % {"n": remind() + remind_of_ratings() + findings.remind()})
        if options["mail"]:
            self.stdout.write(_("Notices sent: %(n)s") % {"n": sum(_sent(one, to) for one, to in unsent())})


def _sent(notice: Notice, address: str) -> bool:
    """Send one notice in both languages; it is marked as sent in the same moment."""
    if not settings.EMAIL_CONFIGURED:
        raise Refused(zh="没有设置 JIZHUN_EMAIL_URL，无法发送邮件。",
                      en="JIZHUN_EMAIL_URL is not set: no mail can be sent.")
    link = f"{settings.PUBLIC_ADDRESS}/zh/{notice.href}" if settings.PUBLIC_ADDRESS else ""
    body = "\n\n".join(part for part in (notice.text_zh, notice.text_en, link) if part)
    send_mail(subject=notice.text_zh[:60].splitlines()[0], message=body, from_email=None, recipient_list=[address])
    notice.sent_at = timezone.now()
    notice.save(update_fields=["sent_at"])
    return True
