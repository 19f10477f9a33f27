"""Who is waited for: who holds a right at a place today, who votes for one of an electorate, which steps count."""

from collections.abc import Set

from django.utils import timezone

from jizhun.drafting.actions.projects import procedure_of
from jizhun.drafting.models import Project, Voter
from jizhun.drafting.rules.stages import Way
from jizhun.people.models import Grant
from jizhun.people.rules import ROLES

SPEAKS = frozenset({"standard.vote", "standard.comment"})
"""Whoever holds one of these at the very place of a body votes for it."""


def holders(rights: Set[str], region: str) -> list[str]:
    """Logins of those who hold one of ``rights`` today by a grant at that very place, not above or below it."""
    day, roles = timezone.localdate(), [code for code, role in ROLES.items() if role.rights & rights]
    found = Grant.objects.filter(region=region, role__in=roles, user__is_active=True, valid_from__lte=day,
                                 valid_until__gte=day)
    return sorted(set(found.values_list("user__username", flat=True)))


def voices(voter: Voter) -> list[str]:
    """Logins of those who may vote for one of an electorate: the user named, or whoever speaks for the body."""
    return [voter.username] if voter.username else holders(SPEAKS, voter.region)


def moves_from(project: Project) -> list[Way]:
    """The steps that somebody is waited for to take: every way on from here but stopping."""
    return [way for way in procedure_of(project).open_to(project.stage) if way.act != "stop"]
