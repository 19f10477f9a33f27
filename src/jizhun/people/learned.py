"""Which rights wait for learning, when grants are read. Where no region asks for anything that costs no query."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from django.db.models import Exists

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
    qualified, found = qualifications([user.pk])[user.pk], []
    for grant in grants:
        lacks = rules.lacking(grant, way(grant.region), asked, qualified, on)
        found.append(replace(grant, withheld=_kept_back(user, grant, lacks, asked, on)))
    return tuple(found)


def requirements(on: date) -> list[Requirement]:
    """What is asked on a day, everywhere."""
    return rules.asked_on((one.fact() for one in RightRequirement.objects.all()), on)


def qualifications(users: Iterable[int]) -> dict[int, list[Qualified]]:
    """What these users are qualified for: the last row of each, by user; an empty list for whoever has none."""
    last = {(one.user_id, one.code, one.region): one for one in Qualification.objects.filter(user__in=list(users))}
    found: dict[int, list[Qualified]] = defaultdict(list)
    for one in last.values():
        found[one.user_id].append(one.fact())
    return found


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
    qualified = qualifications({one.user_id for one in rows})
    return any(right not in {lack.right for lack in rules.lacking(
        one.fact(), way(one.region), asked, qualified[one.user_id], on)} for one in rows)


def last_ones(user: User, on: date) -> list[tuple[str, Requirement]]:
    """Rights that a user keeps only because nobody else could use them: the grant's place, and what is asked."""
    if not (asked := requirements(on)):
        return []
    qualified, way, found = qualifications([user.pk])[user.pk], _ways(on), []
    for row in user.grants.filter(valid_from__lte=on, valid_until__gte=on):
        found += [(row.region, one) for one in rules.lacking(row.fact(), way(row.region), asked, qualified, on)
                  if not others_may(user.pk, one.right, row.region, asked, on)]
    return found
