"""Who belongs to a collaboration area on a day: told by what places did, never by a list that somebody edits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR, day_before

INVITED, JOINED, LEFT = "invited", "joined", "left"
ACTS: Final[Mapping[str, Bilingual]] = {
    INVITED: Bilingual("受邀", "invited"), JOINED: Bilingual("加入", "joined"), LEFT: Bilingual("退出", "left")}
FORMED, DISSOLVED = "formed", "dissolved"
LEAST = 2
"""Places that an area needs."""


@dataclass(frozen=True, slots=True)
class Step:
    """One place was invited, joined or left; what counts is the day, among equals the later recorded."""

    region: str
    act: str
    on: date


@dataclass(frozen=True, slots=True)
class Membership:
    """A place belongs to the area from day to day, both included."""

    region: str
    since: date
    until: date = FAR

    def holds(self, on: date) -> bool:
        return self.since <= on <= self.until


def memberships(steps: Iterable[Step]) -> tuple[Membership, ...]:
    """Every membership, in the order in which places joined; ``steps`` as recorded. One of no day is left out."""
    found: list[Membership] = []
    since: dict[str, date] = {}
    for step in sorted(steps, key=lambda one: one.on):
        if step.act == JOINED:
            since.setdefault(step.region, step.on)
        elif step.act == LEFT and step.region in since:
            found.append(Membership(step.region, since.pop(step.region), day_before(step.on)))
    found += [Membership(region, start) for region, start in since.items()]
    return tuple(sorted((one for one in found if one.since <= one.until), key=lambda one: (one.since, one.region)))


def members_on(steps: Iterable[Step], on: date) -> tuple[str, ...]:
    """The places that belong to it that day."""
    return tuple(one.region for one in memberships(steps) if one.holds(on))


def waiting(steps: Sequence[Step]) -> tuple[str, ...]:
    """Places that were invited and have neither joined nor left since."""
    last = {one.region: one.act for one in steps}
    return tuple(region for region, act in last.items() if act == INVITED)


def check_step(steps: Sequence[Step], step: Step) -> None:
    """Refused for a step that cannot follow: joining uninvited or twice, leaving what one does not belong to."""
    member = any(one.region == step.region and one.until == FAR for one in memberships(steps))
    if step.act == INVITED and (member or step.region in waiting(steps)):
        raise Refused(zh=f"{step.region} 已受邀或已加入。", en=f"{step.region} is invited already, or a member.")
    if step.act == JOINED and step.region not in waiting(steps):
        raise Refused(zh=f"{step.region} 没有待答复的邀请。", en=f"{step.region} has no invitation to answer.")
    if step.act == LEFT and not (member or step.region in waiting(steps)):
        raise Refused(zh=f"{step.region} 不是成员。", en=f"{step.region} is no member.")
    since = next((one.since for one in memberships(steps) if one.region == step.region and one.until == FAR), None)
    if step.act == LEFT and since is not None and step.on <= since:
        raise Refused(zh=f"退出日期应晚于加入日期 {since}。", en=f"It can leave only after the day it joined, {since}.")


@dataclass(frozen=True, slots=True)
class Body:
    """A joint body over its time; ``until`` is its last day."""

    name: Bilingual
    duties: Bilingual
    since: date
    until: date = FAR


def bodies(rows: Iterable[tuple[Bilingual, Bilingual, str, date]]) -> tuple[Body, ...]:
    """Joint bodies from (name, duties, formed or dissolved, day), in the order in which they were formed."""
    found: dict[str, Body] = {}
    for name, duties, act, on in sorted(rows, key=lambda one: one[3]):
        held = found.get(name.zh)
        if act == FORMED:
            found[name.zh] = Body(name, duties, on)
        elif held is not None:
            found[name.zh] = Body(held.name, held.duties, held.since, day_before(on))
    return tuple(found.values())
