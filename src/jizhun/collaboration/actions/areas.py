"""Collaboration areas: propose one, join, leave, joint bodies; who belongs to it on a day."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from jizhun.collaboration.models import AreaStep, CollaborationArea, JointBodyStep
from jizhun.collaboration.rules.areas import (
    DISSOLVED,
    FORMED,
    INVITED,
    JOINED,
    LEAST,
    LEFT,
    Body,
    Membership,
    Step,
    bodies,
    check_step,
    members_on,
    memberships,
    waiting,
)
from jizhun.drafting.actions.fitting import check_lengths, check_near
from jizhun.drafting.actions.holders import holders
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import BEGINNING, parse_day
from jizhun.kernel.texts import yaml_of
from jizhun.people.actions import allows, path_to, require, tell_all, write_line
from jizhun.people.models import Notice
from jizhun.people.rules import Actor
from jizhun.provisions.actions import place_name
from jizhun.regions.actions import tree

RIGHT: Final = "collaboration.edit"
CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
YEARS = 50
OWN, SIMULATED = "V", "SIM"
"""What is said here is its own source; said of fictional places it is simulated."""


# -- asking ----------------------------------------------------------------------------------------


def areas() -> list[CollaborationArea]:
    """Every area, with its steps at hand; the real ones first."""
    return list(CollaborationArea.objects.prefetch_related("steps").order_by("simulated", "pk"))


def area_of(code: str) -> CollaborationArea:
    """The area of this code; Refused where there is none."""
    found = CollaborationArea.objects.filter(code=code).first()
    if found is None:
        raise Refused(zh=f"没有代码为“{code}”的协同区域。", en=f"There is no collaboration area “{code}”.")
    return found


def steps_of(area: CollaborationArea) -> list[Step]:
    """What its places did, as recorded."""
    return [one.fact() for one in area.steps.all()]


def members(area: CollaborationArea, on: date | None = None) -> list[str]:
    """The places that belong to it on a day (today); for one that has ended since, those that hold its area then."""
    day, held = on or timezone.localdate(), tree()
    found = [after for code in members_on(steps_of(area), day) for after in held.successors(code, day)]
    return list(dict.fromkeys(found))


def memberships_of(area: CollaborationArea) -> tuple[Membership, ...]:
    """Every membership there was, is or will be."""
    return memberships(steps_of(area))


def invited(area: CollaborationArea) -> tuple[str, ...]:
    """Places whose answer is waited for."""
    return waiting(steps_of(area))


def bodies_of(area: CollaborationArea) -> tuple[Body, ...]:
    """Its joint bodies over time."""
    return bodies(one.fact() for one in area.body_steps.all())


def may_keep(*, by: Actor, area: CollaborationArea) -> bool:
    """Whether somebody keeps collaboration at one of the members."""
    return any(allows(by=by, right=RIGHT, path=path_to(one)) for one in members(area))


def may_see(*, by: Actor, area: CollaborationArea) -> bool:
    """Whether they keep it at a member, or at a place that is invited."""
    return may_keep(by=by, area=area) or any(allows(by=by, right=RIGHT, path=path_to(one)) for one in invited(area))


def require_member(*, by: Actor, area: CollaborationArea) -> None:
    """Forbidden unless ``by`` keeps collaboration at one of the members."""
    if not may_keep(by=by, area=area):
        require(by=by, right=RIGHT, path=path_to((members(area) or [area.lead or "CN"])[0]))


# -- acts ------------------------------------------------------------------------------------------


def propose_area(*, by: Actor, code: str, name: Bilingual, regions: Sequence[str], on: date | None = None,
                 purpose: Bilingual = NO_WORDS, basis: Bilingual = NO_WORDS) -> CollaborationArea:
    """Propose an area of ``regions``, the first of which leads; ``by`` keeps collaboration there.

    A place for which ``by`` may speak joins at once, every other one is invited and answers itself. Refused for fewer
    than two places, one inside another, real beside fictional ones, or one that the list is not meant for.
    """
    day, codes = on or timezone.localdate(), list(dict.fromkeys(regions))
    _check_places(codes, day)
    require(by=by, right=RIGHT, path=path_to(codes[0], day))
    _check_words(code, name, purpose)
    check_near(day, timezone.localdate(), YEARS)
    simulated = tree().known(codes[0]).simulated
    with transaction.atomic():
        if CollaborationArea.objects.filter(code=code).exists():
            raise Refused(zh=f"代码“{code}”已被使用。", en=f"The code “{code}” is taken.")
        area = CollaborationArea.objects.create(
            code=code, name_zh=name.zh.strip(), name_en=name.en.strip() or name.zh.strip(), purpose_zh=purpose.zh,
            purpose_en=purpose.en, lead=codes[0], source=f"said here by {by.username}",
            mark=SIMULATED if simulated else OWN, simulated=simulated, by=by.username)
        write_line(by=by, act="collaboration.propose", subject=about(area), after={"regions": codes, "name": name.zh})
        for region in codes:
            _step(by, area, region, INVITED, day, basis)
            if allows(by=by, right=RIGHT, path=path_to(region, day)):
                _step(by, area, region, JOINED, day, basis)
    return area


def _check_places(codes: Sequence[str], day: date) -> None:
    held = tree()
    places = [held.place(code, day) for code in codes]
    if len(places) < LEAST:
        raise Refused(zh="协同区域至少要有两个地区。", en="An area needs two places at least.")
    if len({one.simulated for one in places}) > 1:
        raise Refused(zh="示例地区不能与真实地区放在一起。", en="A fictional place never stands beside real ones.")
    odd = next((one for one in places if not one.in_scope or one.level == 0), None)
    if odd is not None:
        raise Refused(zh=f"国家清单不适用于{odd.name.zh}，不能列为成员。",
                      en=f"The list is not meant for {odd.name.en}: it cannot be a member.")
    for code in codes:
        above = next((one for one in codes if one != code and one in held.path(code, day)), None)
        if above is not None:
            raise Refused(zh=f"{code} 在 {above} 之内，不能同时作为成员。",
                          en=f"{code} lies within {above}: both cannot be members.")


def _check_words(code: str, name: Bilingual, purpose: Bilingual) -> None:
    if CODE.fullmatch(code) is None:
        raise Refused(zh=f"代码“{code}”只能用小写字母、数字和连字符。",
                      en=f"The code “{code}” may have small letters, digits and hyphens only.")
    if not name.zh.strip() or len(purpose.zh) + len(purpose.en) > 4000:
        raise Refused(zh="请填写名称；目的最多 4000 字。", en="Give a name; the purpose has 4000 characters at most.")
    check_lengths(CollaborationArea, name_zh=name.zh, name_en=name.en)


def about(area: CollaborationArea) -> str:
    """How the audit trail names it."""
    return f"area:{area.code}"


def _step(by: Actor, area: CollaborationArea, region: str, act: str, on: date, basis: Bilingual) -> AreaStep:
    """Note it, tell whoever is invited; inside the caller's transaction."""
    check_step(steps_of(area), Step(region, act, on))
    made = AreaStep.objects.create(area=area, region=region, act=act, on=on, basis_zh=basis.zh, basis_en=basis.en,
                                   source=f"said here by {by.username}", by=by.username,
                                   mark=SIMULATED if area.simulated else OWN)
    write_line(by=by, act=f"collaboration.{act}", subject=about(area), reason=basis.zh,
               after={"region": region, "on": on})
    if act == INVITED:
        place = place_name(region)
        tell_keepers([region], area, Bilingual(f"{place.zh}受邀加入“{area.name_zh}”。",
                                               f"{place.en} is invited to join “{area.name_en}”."), apart=by.username)
    return made


def tell_keepers(regions: Iterable[str], area: CollaborationArea, text: Bilingual, *, apart: str = "",
                 href: str = "") -> int:
    """Leave a notice for whoever keeps collaboration at these very places, once; returns how many."""
    users = {name for region in regions for name in holders(frozenset({RIGHT}), region)} - {apart}
    told = set(Notice.objects.filter(username__in=users, about=about(area), text_zh=text.zh).values_list(
        "username", flat=True))
    return tell_all(notices=[(name, text) for name in sorted(users - told)], about=about(area),
                    href=href or f"work/collaboration/areas/{area.code}/")


def invite(*, by: Actor, area: CollaborationArea, region: str, on: date | None = None) -> AreaStep:
    """Invite one more place; any member may. Refused where it cannot stand beside the members."""
    day = on or timezone.localdate()
    require_member(by=by, area=area)
    _check_places([*members(area, day), region], day)
    with transaction.atomic():
        return _step(by, area, region, INVITED, day, NO_WORDS)


def join(*, by: Actor, area: CollaborationArea, region: str, on: date | None = None,
         basis: Bilingual = NO_WORDS) -> AreaStep:
    """Answer an invitation with yes, for one's own place; from ``on`` (today) on it is a member."""
    day = on or timezone.localdate()
    require(by=by, right=RIGHT, path=path_to(region, day))
    check_near(day, timezone.localdate(), YEARS)
    with transaction.atomic():
        return _step(by, area, region, JOINED, day, basis)


def leave(*, by: Actor, area: CollaborationArea, region: str, reason: Bilingual, on: date | None = None) -> AreaStep:
    """Leave, or answer an invitation with no: from ``on`` (today) on it is no member."""
    day = on or timezone.localdate()
    require(by=by, right=RIGHT, path=path_to(region, day))
    check_near(day, timezone.localdate(), YEARS)
    if not (reason.zh.strip() or reason.en.strip()):
        raise Refused(zh="请写明理由。", en="Say why.")
    with transaction.atomic():
        return _step(by, area, region, LEFT, day, reason)


def form_body(*, by: Actor, area: CollaborationArea, name: Bilingual, duties: Bilingual = NO_WORDS,
              on: date | None = None) -> JointBodyStep:
    """A joint body begins its work; any member may say so."""
    require_member(by=by, area=area)
    day = on or timezone.localdate()
    if not name.zh.strip():
        raise Refused(zh="请填写机构名称。", en="Give the body's name.")
    if any(one.name.zh == name.zh.strip() and day <= one.until for one in bodies_of(area)):
        raise Refused(zh=f"已有“{name.zh}”。", en=f"There is a “{name}” already.")
    return _body_step(by, area, name, duties, FORMED, day)


def dissolve_body(*, by: Actor, area: CollaborationArea, name: str, on: date | None = None) -> JointBodyStep:
    """A joint body ends its work."""
    require_member(by=by, area=area)
    day = on or timezone.localdate()
    held = next((one for one in bodies_of(area) if one.name.zh == name and one.since < day <= one.until), None)
    if held is None:
        raise Refused(zh=f"那天没有“{name}”这个机构。", en=f"There is no body “{name}” on that day.")
    return _body_step(by, area, held.name, held.duties, DISSOLVED, day)


def _body_step(by: Actor, area: CollaborationArea, name: Bilingual, duties: Bilingual, act: str,
               day: date) -> JointBodyStep:
    check_near(day, timezone.localdate(), YEARS)
    check_lengths(JointBodyStep, name_zh=name.zh, name_en=name.en)
    with transaction.atomic():
        made = JointBodyStep.objects.create(
            area=area, name_zh=name.zh.strip(), name_en=name.en.strip(), duties_zh=duties.zh, duties_en=duties.en,
            act=act, on=day, source=f"said here by {by.username}", mark=SIMULATED if area.simulated else OWN,
            by=by.username)
        write_line(by=by, act=f"collaboration.body_{act}", subject=about(area), after={"name": name.zh, "on": day})
    return made


# -- loading ---------------------------------------------------------------------------------------


def load_areas(*, by: Actor, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the areas, members and bodies that are not there yet, as reviewed text has them; returns how many rows.

    A day that is not on record is 0001-01-01: the place has belonged to it as far back as is known.
    """
    made = 0
    for row in rows:
        area, new = CollaborationArea.objects.get_or_create(code=row["code"], defaults={
            "name_zh": row["name_zh"], "name_en": row["name_en"], "purpose_zh": row.get("purpose_zh", ""),
            "purpose_en": row.get("purpose_en", ""), "source": row["source"], "mark": row["mark"],
            "simulated": row["mark"] == SIMULATED, "by": by.username})
        made += new + sum(_load_member(by, area, row, one) for one in row["members"])
        made += sum(_load_body(by, area, row, one) for one in row.get("bodies") or ())
    return made


def _load_member(by: Actor, area: CollaborationArea, row: Mapping[str, Any], one: Mapping[str, Any]) -> int:
    region = str(one["region"])
    tree().known(region)
    days = ((JOINED, one.get("from", row.get("from"))), (LEFT, one.get("left")))
    made = 0
    for act, said in days:
        if said is None and act == LEFT:
            continue
        _kept, new = AreaStep.objects.get_or_create(area=area, region=region, act=act, on=_day(said), defaults={
            "basis_zh": row.get("basis_zh", ""), "basis_en": row.get("basis_en", ""), "source": row["source"],
            "mark": row["mark"], "by": by.username})
        made += new
    return made


def _load_body(by: Actor, area: CollaborationArea, row: Mapping[str, Any], one: Mapping[str, Any]) -> int:
    _kept, new = JointBodyStep.objects.get_or_create(
        area=area, name_zh=one["name_zh"], act=FORMED, on=_day(one.get("from")), defaults={
            "name_en": one["name_en"], "duties_zh": one.get("duties_zh", ""), "duties_en": one.get("duties_en", ""),
            "source": row["source"], "mark": row["mark"], "by": by.username})
    return int(new)


def _day(said: Any) -> date:
    return said if isinstance(said, date) else BEGINNING if said in (None, "") else parse_day(str(said))


def rows_in(file: Path, name: str) -> list[dict[str, Any]]:
    """The list called ``name`` of a YAML file; none where the file or the list is not there. Refused otherwise."""
    content = yaml_of(file.read_bytes(), file.name) if file.is_file() else {}
    rows = content.get(name, []) if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(zh=f"{file.name}：“{name}”应是一列字段与值。",
                      en=f"{file.name}: “{name}” must be a list of rows.")
    return rows
