"""Reminders of what is due in the making of standards; each is left once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from jizhun.drafting.actions.holders import holders, moves_from, voices
from jizhun.drafting.actions.projects import about, evidence_passed, evidence_right, procedure_of
from jizhun.drafting.models import Ballot, Consultation, Project
from jizhun.drafting.rules.stages import ENDED, PUBLISHED
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.actions import tell
from jizhun.people.models import Notice

AHEAD = timedelta(days=7)
"""So long before the last day somebody is reminded, and again when it has passed."""
OPEN = Q(closed_on=None) & ~Q(project__stage__in=ENDED)
"""Ballots and rounds that still take something."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is due on a last day, the logins it is due from, and the page."""

    project: Project
    what: Bilingual
    last: date
    who: Sequence[str]
    href: str


def remind(*, on: date | None = None) -> int:
    """Leave a notice for everybody whose move, filing, vote or comment is due within a week; returns how many.

    A move, a filing, and a round or ballot that nobody has closed, are told again once they are overdue. The same
    notice is never left twice, so that this may run every day.
    """
    day = on or timezone.localdate()
    with transaction.atomic():
        return sum(_left(due, username, day) for find in (_moves, _filings, _votes, _rounds, _unclosed)
                   for due in find(day) for username in due.who)


def _left(due: Due, username: str, day: date) -> bool:
    subject, text = about(due.project), _words(due.project.title, due.what, due.last, day)
    if Notice.objects.filter(username=username, about=subject, text_zh=text.zh).exists():
        return False
    tell(username=username, about=subject, href=due.href, text=text)
    return True


def _words(title: Bilingual, what: Bilingual, due: date, day: date) -> Bilingual:
    late = due < day
    return Bilingual(f"{title.zh}：{what.zh}，{'已逾期' if late else '截止'} {due}。",
                     f"{title.en or title.zh}: {what.en}, {'overdue since' if late else 'due'} {due}.")


def _page(project: Project) -> str:
    return f"work/projects/{project.code}/"


def _moves(day: date) -> Iterator[Due]:
    for one in Project.objects.exclude(stage__in=ENDED).filter(due_on__lte=day + AHEAD):
        assert one.due_on is not None
        yield Due(one, procedure_of(one).stages[one.stage].name, one.due_on, movers(one), _page(one))


def movers(project: Project) -> list[str]:
    """Logins of those whose move it is: the one it was handed to, else all who may take a step on, at the place of
    the project itself; not everybody above."""
    if project.holder_user:
        return [project.holder_user]
    return holders({way.right for way in moves_from(project)}, project.region)


def _filings(day: date) -> Iterator[Due]:
    """Published documents that have to be filed for record and are not yet."""
    what = Bilingual("请备案", "please file it for record")
    for one in Project.objects.filter(stage=PUBLISHED, due_on__lte=day + AHEAD):
        assert one.due_on is not None
        if unfiled(one):
            yield Due(one, what, one.due_on, holders({evidence_right(one, "filed")}, one.region), _page(one))


def unfiled(project: Project) -> bool:
    """Whether it still has to be filed for record before its next step."""
    asked = any("filed" in way.needs for way in moves_from(project))
    return asked and "filed" not in evidence_passed(project)


def _votes(day: date) -> Iterator[Due]:
    what = Bilingual("请表决", "please vote")
    for ballot in Ballot.objects.filter(OPEN, closes_on__range=(day, day + AHEAD)):
        for voter in ballot.voters.filter(votes=None):
            yield Due(ballot.project, what, ballot.closes_on, voices(voter), f"work/ballots/{ballot.pk}/")


def _rounds(day: date) -> Iterator[Due]:
    """Bodies that were asked for comments and have said nothing yet."""
    what = Bilingual("请反馈意见", "please comment")
    for row in Consultation.objects.filter(OPEN, closes_on__range=(day, day + AHEAD)):
        spoke = set(row.comments.exclude(region="").values_list("region", flat=True))
        for code in sorted({*row.bodies} - spoke):
            yield Due(row.project, what, row.closes_on, holders({"standard.comment"}, code),
                      f"consultations/{row.pk}/")


def _unclosed(day: date) -> Iterator[Due]:
    """Rounds and ballots whose last day has passed: whoever has to act on the project closes them."""
    close_ballot = Bilingual("请结束表决", "please close the ballot")
    close_round = Bilingual("请结束征求意见", "please close the round of comments")
    for ballot in Ballot.objects.filter(OPEN, closes_on__lt=day):
        yield Due(ballot.project, close_ballot, ballot.closes_on, movers(ballot.project), f"work/ballots/{ballot.pk}/")
    for row in Consultation.objects.filter(OPEN, closes_on__lt=day):
        yield Due(row.project, close_round, row.closes_on, movers(row.project), _page(row.project))
