"""Reminders of what is due in the making of standards; each is left once."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from jizhun.drafting.actions.projects import procedure_of
from jizhun.drafting.models import Ballot, Consultation, Project
from jizhun.drafting.rules.stages import ENDED, Way
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.actions import path_to, tell
from jizhun.people.models import Grant, Notice
from jizhun.people.rules import ROLES

AHEAD = timedelta(days=7)
"""So long before the last day somebody is reminded, and again when it has passed."""


def remind(*, on: date | None = None) -> int:
    """Leave a notice for everybody whose move, vote or round is due within a week or overdue; returns how many.

    The same notice is never left twice, so that this may run every day.
    """
    day = on or timezone.localdate()
    with transaction.atomic():
        return sum(_left(*one) for one in (*_moves(day), *_votes(day), *_rounds(day)))


Due = tuple[str, str, str, Bilingual]
"""Login, what it is about, the page, the words."""


def _left(username: str, about: str, href: str, text: Bilingual) -> bool:
    if Notice.objects.filter(username=username, about=about, text_zh=text.zh).exists():
        return False
    tell(username=username, about=about, href=href, text=text)
    return True


def _words(title: Bilingual, what: Bilingual, due: date, day: date) -> Bilingual:
    late = due < day
    return Bilingual(f"{title.zh}：{what.zh}，{'已逾期' if late else '截止'} {due}。",
                     f"{title.en or title.zh}: {what.en}, {'overdue since' if late else 'due'} {due}.")


def _moves(day: date) -> Iterator[Due]:
    for one in Project.objects.exclude(stage__in=ENDED).filter(due_on__lte=day + AHEAD):
        assert one.due_on is not None
        stage = procedure_of(one).stages[one.stage].name
        for username in movers(one):
            yield (username, f"project:{one.code}", f"work/projects/{one.code}/",
                   _words(one.title, stage, one.due_on, day))


def movers(project: Project) -> list[str]:
    """Logins of those whose move it is: the one it was handed to, else all who may take a step on."""
    if project.holder_user:
        return [project.holder_user]
    ways = [way for way in procedure_of(project).open_to(project.stage) if way.act not in ("stop", "redraft", "refuse")]
    return sorted({username for way in ways for username in _holders(project, way)})


def _holders(project: Project, way: Way) -> Iterator[str]:
    """Who holds the right of a step at the place of the project itself; not everybody above."""
    for grant in Grant.objects.filter(region=project.region, user__is_active=True).select_related("user"):
        if way.right in ROLES[grant.role].rights and grant.valid_from <= timezone.localdate() <= grant.valid_until:
            yield grant.user.username


def _votes(day: date) -> Iterator[Due]:
    what = Bilingual("请表决", "please vote")
    for ballot in Ballot.objects.filter(closed_on=None, closes_on__gte=day, closes_on__lte=day + AHEAD):
        for voter in ballot.voters.exclude(username="").filter(votes=None):
            yield (voter.username, f"project:{ballot.project.code}", f"work/ballots/{ballot.pk}/",
                   _words(ballot.project.title, what, ballot.closes_on, day))


def _rounds(day: date) -> Iterator[Due]:
    """Bodies that were asked for comments and have said nothing yet."""
    what = Bilingual("请反馈意见", "please comment")
    for row in Consultation.objects.filter(closed_on=None, closes_on__gte=day, closes_on__lte=day + AHEAD):
        spoke = set(row.comments.exclude(region="").values_list("region", flat=True))
        silent = [code for code in row.bodies if code not in spoke and path_to(code)]
        for grant in Grant.objects.filter(region__in=silent, user__is_active=True).select_related("user"):
            if "standard.comment" in ROLES[grant.role].rights:
                yield (grant.user.username, f"project:{row.project.code}", f"consultations/{row.pk}/",
                       _words(row.project.title, what, row.closes_on, day))
