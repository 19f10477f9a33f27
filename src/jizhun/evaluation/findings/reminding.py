"""Reminders of answers and rectifications that are due, each left once."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from jizhun.evaluation.findings.naming import about, page, who_answers, who_oversees
from jizhun.evaluation.findings.standing import Standing, path_of, standing
from jizhun.evaluation.models import Finding
from jizhun.evaluation.rules.findings import CLOSED, STATES, TO_ANSWER
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.actions import tell
from jizhun.people.models import Notice

AHEAD = timedelta(days=7)
OPEN = [state for state in STATES if state != CLOSED]


def remind(*, on: date | None = None) -> int:
    """A notice for the place where something is due within a week, for the place above too once it is overdue.

    The same notice is never left twice, so that this may run every day. Returns how many were left.
    """
    day, left = on or timezone.localdate(), 0
    with transaction.atomic():
        for one in standing(Finding.objects.all(), OPEN):
            if one.due <= day + AHEAD:
                left += sum(_left(one, username, day) for username in _who(one, day))
    return left


def _who(one: Standing, day: date) -> list[str]:
    path = path_of(one.finding.region)
    return sorted({*who_answers(path), *(who_oversees(path) if one.overdue(day) else ())})


def _left(one: Standing, username: str, day: date) -> bool:
    subject, text = about(one.finding.pk), _words(one, day)
    if Notice.objects.filter(username=username, about=subject, text_zh=text.zh).exists():
        return False
    tell(username=username, about=subject, href=page(one.finding.pk), text=text)
    return True


def _words(one: Standing, day: date) -> Bilingual:
    what = Bilingual("答复", "answer") if one.state in TO_ANSWER else Bilingual("整改达标", "threshold to be met")
    when = Bilingual("已逾期", "overdue since") if one.overdue(day) else Bilingual("截止", "due")
    said = one.finding.sentence
    return Bilingual(f"{what.zh}{when.zh} {one.due}：{said.zh}", f"{what.en}, {when.en} {one.due}: {said.en}")
