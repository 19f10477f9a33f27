"""What needs me in the making and the review of standards: my moves, my votes, my desk, what runs out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jizhun.drafting.actions.ballots import voters_for
from jizhun.drafting.actions.holders import moves_from
from jizhun.drafting.actions.projects import procedure_of, visible
from jizhun.drafting.actions.publishing import lapsing
from jizhun.drafting.models import Ballot, Project
from jizhun.drafting.rules.stages import ENDED
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.actions import allows, grants_of, path_to
from jizhun.people.models import User
from jizhun.regions.actions import tree
from jizhun.standards.rules.clock import OVERDUE
from jizhun.workbench.desk import heaps
from jizhun.workbench.standard_work import own_clocks


@dataclass(frozen=True, slots=True)
class Need:
    """Something to be looked at, why, and where."""

    title: str
    why: str
    href: str


def making(user: User) -> list[Need]:
    """Everything at once, what is overdue first."""
    today = timezone.localdate()
    return [*_moves(user, today), *_votes(user, today), *_desk(user), *_papers(user, today), *_reviews(user)]


def _regions(user: User, right: str) -> list[str]:
    return [one.region for one in grants_of(user) if right in one.rights]


def _moves(user: User, today: date) -> Iterator[Need]:
    """Projects whose next step is mine to take, or that were handed to me."""
    rows = [one for one in Project.objects.exclude(stage__in=ENDED) if visible(by=user, project=one)]
    rows.sort(key=lambda one: one.due_on or date.max)
    for one in rows:
        path = path_to(one.region)
        mine = any(allows(by=user, right=way.right, path=path) for way in moves_from(one))
        if one.holder_user == user.username or (mine and not one.holder_user):
            yield Need(words(one.title), _move_why(one, today), reverse("project", args=[one.code]))


def _move_why(one: Project, today: date) -> str:
    stage = words(procedure_of(one).stages[one.stage].name)
    if one.due_on and one.due_on < today:
        return _("%(stage)s, overdue since %(day)s") % {"stage": stage, "day": day(one.due_on)}
    if one.due_on:
        return _("%(stage)s, until %(day)s") % {"stage": stage, "day": day(one.due_on)}
    return f"{one.stage} {stage}"


def _votes(user: User, today: date) -> Iterator[Need]:
    """Ballots in which I, or a body that I speak for, have not voted yet."""
    for one in Ballot.objects.filter(closed_on=None, closes_on__gte=today).select_related("project"):
        if any(not voter.votes.exists() for voter in voters_for(by=user, ballot=one)):
            yield Need(words(one.question), _("%(title)s: vote until %(day)s") % {
                "title": words(one.project.title), "day": day(one.closes_on)}, reverse("ballot", args=[one.pk]))


def _desk(user: User) -> Iterator[Need]:
    if not _regions(user, "standard.comment"):
        return
    for heap in heaps(user):
        yield Need(ngettext("%(n)s comment waits on the desk of %(place)s",
                            "%(n)s comments wait on the desk of %(place)s",
                            heap.count) % {"n": heap.count, "place": heap.place}, words(heap.project.title),
                   reverse("desk"))


def _papers(user: User, today: date) -> Iterator[Need]:
    """Papers of my places whose validity ends within six months."""
    regions = _regions(user, "provision.record")
    for one in lapsing(regions=regions, on=today):
        yield Need(words(Bilingual(one.title_zh, one.title_en)), _("%(place)s: valid until %(day)s, let it lapse or "
                                                                   "continue it") % {
            "place": place_name(tree().known(one.region)), "day": day(one.valid_until)},
            f"{reverse('provisions')}?q={one.title_zh}")


def _reviews(user: User) -> Iterator[Need]:
    regions = _regions(user, "standard.edit") or _regions(user, "standard.review")
    overdue = sum(one.state == OVERDUE for one in own_clocks(regions)) if regions else 0
    if overdue:
        yield Need(ngettext("%(n)s standard is overdue for its review", "%(n)s standards are overdue for their review",
                            overdue) % {"n": overdue}, _("The law asks for a review within five years as a rule"),
                   reverse("standards-work"))
