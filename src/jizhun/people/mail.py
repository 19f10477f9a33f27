"""Notices that go out by e-mail: in one place, each once, in both languages."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import address_of, unsent
from jizhun.people.models import Notice

log = logging.getLogger(__name__)


def send_waiting() -> int:
    """Send every notice that waits for an address; returns how many went. Refused where no mail is set up."""
    waiting = unsent()
    if waiting and not settings.EMAIL_CONFIGURED:
        raise Refused(zh="没有设置 JIZHUN_EMAIL_URL，无法发送邮件。",
                      en="JIZHUN_EMAIL_URL is not set: no mail can be sent.")
    return sum(_send(one, to) for one, to in waiting)


def send_or_leave(notice: Notice) -> bool:
    """Send one notice at once where mail is set up and there is an address; else, or on a fault, it waits."""
    if not settings.EMAIL_CONFIGURED or not (address := address_of(notice)):
        return False
    try:
        return _send(notice, address)
    except OSError:  # the mail server is not there: the next `remind --mail` tries again
        log.exception("notice %s was not sent", notice.pk)
        return False


def _send(notice: Notice, address: str) -> bool:
    """Send one that nobody else sends meanwhile; one that could not be sent waits again."""
    waiting = Notice.objects.filter(pk=notice.pk, sent_at=None)
    if not waiting.update(sent_at=timezone.now()):
        return False
    link = f"{settings.PUBLIC_ADDRESS}/zh/{notice.href}" if settings.PUBLIC_ADDRESS else ""
    body = "\n\n".join(part for part in (notice.text_zh, notice.text_en, link) if part)
    try:
        send_mail(subject=notice.text_zh[:60].splitlines()[0], message=body, from_email=None, recipient_list=[address])
    except BaseException:
        Notice.objects.filter(pk=notice.pk).update(sent_at=None)
        raise
    return True
