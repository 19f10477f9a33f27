"""Acts on what rights ask for: a region asks for a qualification, or no longer; a user is qualified, or no longer."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.learned import last_ones, requirements
from jizhun.people.models import Qualification, RightRequirement, User
from jizhun.people.rules import LEARNABLE, LONGEST_GRACE, RIGHTS, ROLES, Actor

__all__ = ["ask_for", "last_ones", "qualify", "requirements"]
RIGHT = "people.manage"


def ask_for(*, by: Actor, region: str, right: str, qualification: str, name: Bilingual, href: str, role: str = "",
            start: date | None = None, grace_days: int = 30, asked: bool = True, reason: str = "") -> RightRequirement:
    """Make a right within a region follow a qualification from a day on; ``asked`` False: no longer.

    Raises Refused for a right that may not follow learning, a day that is past, or where it is so already.
    """
    require(by=by, right=RIGHT, path=path_to(region))
    begins = start or timezone.localdate()
    _check(right, role, begins, grace_days)
    with transaction.atomic():
        if (asked, grace_days if asked else None) == _standing(region, right, role, qualification, begins):
            raise Refused(zh="已经如此，无需再记。", en="That is so already.")
        made = RightRequirement.objects.create(
            region=region, right=right, role=role, qualification=qualification, name_zh=name.zh, name_en=name.en,
            href=href, valid_from=begins, grace_days=grace_days, asked=asked, by=by.username)
        write_line(by=by, act="people.ask_for" if asked else "people.ask_no_more", subject=f"region:{region}",
                   reason=reason, after={"right": right, "role": role, "qualification": qualification,
                                         "from": begins, "grace_days": grace_days})
    return made


def _check(right: str, role: str, begins: date, grace_days: int) -> None:
    if right not in LEARNABLE:
        known = "、".join(RIGHTS[one].zh for one in LEARNABLE)
        raise Refused(zh=f"权限“{right}”不能以证书为前提；可以的有：{known}。",
                      en=f"The right “{right}” cannot follow a certificate; these can: {', '.join(LEARNABLE)}.")
    if role and (role not in ROLES or right not in ROLES[role].rights):
        raise Refused(zh=f"角色“{role}”没有这项权限。", en=f"The role “{role}” does not hold that right.")
    if begins < timezone.localdate():
        raise Refused(zh="不能从过去的日期起要求证书。",
                      en="A certificate cannot be asked for from a day that is past.")
    if not 0 <= grace_days <= LONGEST_GRACE:
        raise Refused(zh=f"宽限期应为 0 至 {LONGEST_GRACE} 天。", en=f"The grace has to be 0 to {LONGEST_GRACE} days.")


def _standing(region: str, right: str, role: str, qualification: str, on: date) -> tuple[bool, int | None]:
    """Whether it is asked on a day, and with how much grace."""
    for one in requirements(on):
        if (one.region, one.right, one.role, one.qualification) == (region, right, role, qualification):
            return True, one.grace_days
    return False, None


def qualify(*, by: Actor, user: User, code: str, region: str, start: date, until: date, reference: str) -> bool:
    """Note until when a user is qualified, inside the caller's act, which has checked the right to say so.

    ``until`` before ``start``: no longer. Returns whether that was news.
    """
    last = Qualification.objects.filter(user=user, code=code, region=region).last()
    if last is None and until < start:
        return False
    if last is not None and (last.valid_from, last.valid_until) == (start, until):
        return False
    Qualification.objects.create(user=user, code=code, region=region, valid_from=start, valid_until=until,
                                 reference=reference, by=by.username)
    write_line(by=by, act="people.qualify", subject=f"user:{user.username}", reason=reference,
               before=None if last is None else {"until": last.valid_until},
               after={"qualification": code, "region": region, "from": start, "until": until})
    return True
