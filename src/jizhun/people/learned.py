"""Which rights wait for learning, when grants are read. Where no region asks for anything that costs no query."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Exists
from django.utils.module_loading import import_string

from jizhun.people import rules
from jizhun.people.models import Grant, Qualification, RightRequirement, User
from jizhun.people.rules import Held, Qualified, Requirement
from jizhun.regions.actions import tree

ASKS = Exists(RightRequirement.objects.all())
"""Whether anything is asked anywhere, told by the same query as the grants."""


def held_back(user: User, grants: Sequence[Held], on: date) -> tuple[Held, ...]:
    """The grants with what keeps rights back; a right that nobody else could use is never kept back."""
    asked, way = requirements(on), _ways(on)
    if not any(rules.lacking(grant, way(grant.region), asked, (), on) for grant in grants):
        return tuple(grants)
    qualified, found = qualifications([user.pk], on)[user.pk], []
    for grant in grants:
        lacks = rules.lacking(grant, way(grant.region), asked, qualified, on)
        found.append(replace(grant, withheld=_kept_back(user, grant, lacks, asked, on)))
    return tuple(found)


def requirements(on: date) -> list[Requirement]:
    """What is asked on a day, everywhere."""
    return rules.asked_on((one.fact() for one in RightRequirement.objects.all()), on)


def qualifications(users: Iterable[int], on: date) -> dict[int, list[Qualified]]:
    """What these users are qualified for, by user; an empty list for whoever has none.

    The last row of each counts. What it rests on is asked for its worth on the day where the room that wrote the row
    can tell (``settings.LEARNED_FROM``), so that a change that takes effect today counts today.
    """
    last = {(one.user_id, one.code, one.region): one for one in Qualification.objects.filter(user__in=list(users))}
    found: dict[int, list[Qualified]] = defaultdict(list)
    asked: dict[str, list[Qualification]] = defaultdict(list)
    for one in last.values():
        kind = one.reference.partition(":")[0]
        if kind in settings.LEARNED_FROM:
            asked[kind].append(one)
        else:
            found[one.user_id].append(one.fact())
    for kind, rows in asked.items():
        for user, fact in _room(kind)(rows, on):
            found[user].append(fact)
    return found


def _room(kind: str) -> Any:
    """The function of the room that knows what a qualification is worth: it lies above this one."""
    return import_string(settings.LEARNED_FROM[kind])


def _ways(on: date) -> Callable[[str], tuple[str, ...]]:
    """From a region's code to the path that leads to it; a place that is no longer there stands alone."""
    held = tree()
    return lambda region: tuple(held.path(region, on)) if region in held else (region,)


def _kept_back(user: User, grant: Held, lacks: tuple[Requirement, ...], asked: Sequence[Requirement], on: date
               ) -> tuple[Requirement, ...]:
    """Without those whose right would otherwise be left to nobody at that place or above."""
    rights = {one.right for one in lacks}
    left = {right for right in rights if others_may(user.pk, right, grant.region, asked, on)}
    return tuple(one for one in lacks if one.right in left)


def others_may(user: int, right: str, region: str, asked: Sequence[Requirement], on: date) -> bool:
    """Whether somebody else could use a right at that region with what they have learned."""
    way = _ways(on)
    roles = [code for code, role in rules.ROLES.items() if right in role.rights]
    rows = list(Grant.objects.filter(valid_from__lte=on, valid_until__gte=on, region__in=way(region), role__in=roles,
                                     user__is_active=True).exclude(user=user))
    qualified = qualifications({one.user_id for one in rows}, on)
    return any(right not in {lack.right for lack in rules.lacking(
        one.fact(), way(one.region), asked, qualified[one.user_id], on)} for one in rows)


def last_ones(user: User, on: date) -> list[tuple[str, Requirement]]:
    """Rights that a user keeps only because nobody else could use them: the grant's place, and what is asked."""
    if not (asked := requirements(on)):
        return []
    qualified, way, found = qualifications([user.pk], on)[user.pk], _ways(on), []
    for row in user.grants.filter(valid_from__lte=on, valid_until__gte=on):
        found += [(row.region, one) for one in rules.lacking(row.fact(), way(row.region), asked, qualified, on)
                  if not others_may(user.pk, one.right, row.region, asked, on)]
    return found
