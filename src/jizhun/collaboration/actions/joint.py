"""Joint standards: begun in an area, drafted as one project, approved and numbered by each; who moved since is told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from jizhun.collaboration.actions.areas import RIGHT, members, require_member
from jizhun.collaboration.models import CollaborationArea, JointApproval, JointStandard
from jizhun.collaboration.rules.joint import (
    ENDED,
    HOLDS,
    MISSING,
    Agreed,
    Change,
    State,
    changes,
    check_number,
    read_state,
    stand_of,
    text_print,
)
from jizhun.drafting.actions.entry import standard_of
from jizhun.drafting.actions.fitting import check_near
from jizhun.drafting.actions.holders import holders
from jizhun.drafting.actions.projects import APPROVE, EDIT, procedure_of
from jizhun.drafting.actions.publishing import region_digits
from jizhun.drafting.models import Project, Proposed
from jizhun.drafting.rules.stages import PUBLISHED, REVIEWING, WITHDRAWN
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.people.actions import allows, path_to, require, tell_all, write_line
from jizhun.people.models import Notice
from jizhun.people.rules import Actor
from jizhun.provisions.actions import labels, measures, place_name, promised, read_value
from jizhun.provisions.rules import InForce, Quantity
from jizhun.provisions.rules.telling import value_in_words
from jizhun.regions.actions import tree
from jizhun.standards.actions import clauses_of, enter, library
from jizhun.standards.models import ClauseRow
from jizhun.standards.rules.library import CURRENT, LOCAL, UPCOMING

TELLS = frozenset({RIGHT, APPROVE, EDIT})
"""Whoever holds one of these at a place is told of what another place changed."""


# -- asking ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seat:
    """One place of a joint standard: its approval, if any, what it holds now, and what moved since."""

    region: str
    approval: JointApproval | None
    state: State | None
    moved: tuple[Change, ...]

    @property
    def number(self) -> str:
        return self.approval.number if self.approval else ""


@dataclass(frozen=True)
class Board:
    """A joint standard on a day: what was agreed, and every place of it, the drafting one first."""

    joint: JointStandard
    on: date
    agreed: tuple[Agreed, ...]
    seats: tuple[Seat, ...]

    @property
    def approved(self) -> int:
        return sum(seat.approval is not None for seat in self.seats)

    @property
    def flagged(self) -> tuple[Seat, ...]:
        """Places at which something moved since they approved."""
        return tuple(seat for seat in self.seats if seat.moved)


def joint_of(code: str) -> JointStandard:
    """The joint standard of a project by its code; Refused where it is none."""
    found = JointStandard.objects.select_related("project", "area").filter(project__code=code).first()
    if found is None:
        raise Refused(zh=f"“{code}”不是共同标准。", en=f"“{code}” is no joint standard.")
    return found


def joints_of(area: CollaborationArea) -> list[JointStandard]:
    """The joint standards of an area, the newest first."""
    return list(JointStandard.objects.select_related("project").filter(area=area))


def places_of(joint: JointStandard) -> list[str]:
    """The place that drafts it, then the others."""
    return [joint.project.region, *joint.regions]


def board(joint: JointStandard, on: date | None = None) -> Board:
    """How it stands everywhere that day; nothing of it is kept, so a change shows at once."""
    day, agreed = on or timezone.localdate(), agreed_in(joint.project)
    latest = {one.region: one for one in joint.approvals.all()}
    return Board(joint, day, agreed, tuple(_seat(latest.get(region), region, agreed, day)
                                           for region in places_of(joint)))


def _seat(approval: JointApproval | None, region: str, agreed: Sequence[Agreed], day: date) -> Seat:
    if approval is None:
        return Seat(region, None, None, ())
    now = state_of(region=region, number=approval.number, agreed=agreed, on=day)
    return Seat(region, approval, now, changes(read_state(approval.state), now))


def agreed_in(project: Project) -> tuple[Agreed, ...]:
    """The values that the published text proposes and that can be compared, once each."""
    known = measures()
    found: dict[str, Agreed] = {}
    for one in Proposed.objects.filter(project=project, number=project.number):
        value = _value(one.row)
        if value is not None and one.row["measure"] in known:
            made = Agreed(one.row["subject"], one.row["measure"], one.row.get("group") or "all", value,
                          _words(value), known[one.row["measure"]].direction)
            found.setdefault(made.key, made)
    return tuple(found.values())


def _value(row: dict[str, object]) -> InForce | None:
    said = read_value(row.get("value"))
    if isinstance(said, frozenset | Bilingual):
        return said
    # A formula, tiers or a table is agreed on as a rule, not as one value.
    return Quantity(said, str(row.get("unit") or "")) if isinstance(said, Decimal) else None


def _words(value: object) -> Bilingual:
    names = labels()
    return value_in_words(value, lambda code: names.get(code, Bilingual(code, code)))  # type: ignore[arg-type]


def state_of(*, region: str, number: str, agreed: Iterable[Agreed], on: date) -> State:
    """What a place holds that day: the text under its number, whether that holds, and each agreed value in force."""
    held = library()
    standard = held.by_number.get(number)
    status = MISSING if standard is None else HOLDS if held.status(standard, on) in (CURRENT, UPCOMING) else ENDED
    text = text_print((row.key, row.number, row.heading_zh, row.heading_en, row.body_zh, row.body_en)
                      for row in clauses_of(number))
    values = {}
    for one in agreed:
        answers = promised(matter=one.subject, region=region, on=on, group=one.group, measure=one.measure)
        value = answers[0].value if answers else None
        values[one.key] = (stand_of(one, value), NO_WORDS if value is None else _words(value))
    return State(text, status, values)


# -- acts ------------------------------------------------------------------------------------------


def make_joint(*, by: Actor, area: CollaborationArea, project: Project, regions: Sequence[str]) -> JointStandard:
    """Make a project of one member a joint standard that ``regions``, other members, approve too.

    ``by`` drafts at the project's place. Refused where it is no local standard, where a place is no member today, or
    cannot number standards of its own.
    """
    require(by=by, right=EDIT, path=path_to(project.region))
    require_member(by=by, area=area)
    others = [one for one in dict.fromkeys(regions) if one != project.region]
    _check_joint(area, project, others)
    with transaction.atomic():
        if JointStandard.objects.filter(project=project).exists():
            raise Refused(zh=f"{project.code} 已是共同标准。", en=f"{project.code} is a joint standard already.")
        made = JointStandard.objects.create(area=area, project=project, regions=others, by=by.username)
        lead = place_name(project.region)
        _tell(made, others, Bilingual(f"{lead.zh}牵头起草共同标准“{project.title_zh}”，由各地分别批准编号。",
                                      f"{lead.en} drafts the joint standard “{project.title_en or project.title_zh}”; "
                                      "each place approves and numbers it."))
        write_line(by=by, act="collaboration.make_joint", subject=f"project:{project.code}",
                   after={"area": area.code, "regions": others})
    return made


def _check_joint(area: CollaborationArea, project: Project, others: Sequence[str]) -> None:
    if project.kind != LOCAL:
        raise Refused(zh="只有地方标准可以由各地分别批准编号。",
                      en="Only a local standard is approved and numbered by each place.")
    inside = members(area)
    if not others or project.region not in inside:
        raise Refused(zh="起草地区须是成员，并至少有另一个成员共同批准。",
                      en="The drafting place is a member, and another member approves too.")
    for one in others:
        place = place_name(one)
        if one not in inside:
            raise Refused(zh=f"{place.zh}现在不是成员。", en=f"{place.en} is no member today.")
        if tree().level(one) not in procedure_of(project).levels:
            raise Refused(zh=f"{place.zh}这一级不发布地方标准。", en=f"{place.en} publishes no local standards.")


def approve_here(*, by: Actor, joint: JointStandard, region: str, number: str, effective_on: date) -> JointApproval:
    """Approve the published text at one more place, under its own number: it stands in the library there.

    ``by`` approves standards at the place. Refused before the text is published, for a number that does not fit or is
    taken, and where the place has approved already. What the text proposes can from then on be put in force there.
    """
    require(by=by, right=APPROVE, path=path_to(region))
    project, today = joint.project, timezone.localdate()
    if region not in joint.regions:
        raise Refused(zh=f"{region} 不是这项共同标准的批准地区。", en=f"{region} is none of its approving places.")
    if project.stage not in (PUBLISHED, REVIEWING):
        raise Refused(zh="牵头地区发布之后，其他地区才能批准。", en="It is approved elsewhere once it is published.")
    check_near(effective_on, today, 10)
    written = str(check_number(number.strip(), region_digits(region)))
    with transaction.atomic():
        if joint.approvals.filter(region=region).exists():
            raise Refused(zh=f"{region} 已经批准。", en=f"{region} has approved it already.")
        _lead_too(by, joint)
        standard = replace(standard_of(project), number=written, region=region, published_on=today,
                           effective_on=effective_on, replaces=(), source=f"joint standard: {project.number}")
        enter(by=by, standard=standard, clauses=[_copy(row) for row in clauses_of(project.number)])
        Proposed.objects.bulk_create([
            Proposed(number=written, project=project, clause=one.clause, clause_number=one.clause_number,
                     row={**one.row, "region": region, "from": effective_on.isoformat()})
            for one in Proposed.objects.filter(project=project, number=project.number)])
        made = _approval(by, joint, region, written, effective_on, "")
        place = place_name(region)
        _tell(joint, [one for one in places_of(joint) if one != region],
              Bilingual(f"{place.zh}批准共同标准“{project.title_zh}”，编号 {written}。",
                        f"{place.en} has approved the joint standard “{project.title_en or project.title_zh}” as "
                        f"{written}."))
    return made


def _copy(row: ClauseRow) -> ClauseRow:
    return ClauseRow(place=row.place, key=row.key, kind=row.kind, level=row.level, number=row.number,
                     heading_zh=row.heading_zh, heading_en=row.heading_en, body_zh=row.body_zh, body_en=row.body_en,
                     normative=row.normative)


def _lead_too(by: Actor, joint: JointStandard) -> None:
    """The drafting place approved it by publishing it; what it holds is noted when the first other one approves."""
    project = joint.project
    if not joint.approvals.filter(region=project.region).exists():
        _approval(by, joint, project.region, project.number, project.effective_on or timezone.localdate(), "")


def _approval(by: Actor, joint: JointStandard, region: str, number: str, effective_on: date,
              reason: str) -> JointApproval:
    today = timezone.localdate()
    state = state_of(region=region, number=number, agreed=agreed_in(joint.project), on=today)
    made = JointApproval.objects.create(joint=joint, region=region, number=number, effective_on=effective_on,
                                        state=state.plain(), reason=reason, on=today, by=by.username)
    write_line(by=by, act="collaboration.approve_joint", subject=f"project:{joint.project.code}", reason=reason,
               after={"region": region, "number": number, "effective_on": effective_on, "state": made.state})
    return made


def stand_by(*, by: Actor, joint: JointStandard, region: str, reason: str, number: str = "") -> JointApproval:
    """A place says why it holds something else now: the flag is answered, and every other place reads the reason.

    ``number``: its new edition, where the text went into one. ``by`` drafts, approves or keeps collaboration there.
    """
    path = path_to(region)
    if not any(allows(by=by, right=right, path=path) for right in TELLS):
        require(by=by, right=EDIT, path=path)
    if not reason.strip() or len(reason) > 4000:
        raise Refused(zh="请写明理由，最多 4000 字。", en="Say why, in 4000 characters at most.")
    last = joint.approvals.filter(region=region).last()
    if last is None:
        raise Refused(zh=f"{region} 尚未批准。", en=f"{region} has not approved it.")
    written = number.strip() or last.number
    if written != last.number:
        check_number(written, region_digits(region))
        if library().by_number.get(written) is None:
            raise Refused(zh=f"标准库里没有“{written}”。", en=f"There is no “{written}” in the library.")
    with transaction.atomic():
        made = _approval(by, joint, region, written, last.effective_on, reason.strip())
        place = place_name(region)
        _tell(joint, [one for one in places_of(joint) if one != region],
              Bilingual(f"{place.zh}就共同标准“{joint.project.title_zh}”说明：{reason.strip()}",
                        f"{place.en} on the joint standard “{joint.project.title_en or joint.project.title_zh}”: "
                        f"{reason.strip()}"))
    return made


# -- flags -----------------------------------------------------------------------------------------


def sweep(*, on: date | None = None) -> int:
    """Tell every other place of each joint standard what one place changed; the same is never told twice."""
    with transaction.atomic():
        return sum(_flagged(board(joint, on)) for joint in JointStandard.objects.select_related("project", "area")
                   if joint.project.stage != WITHDRAWN)


def _flagged(found: Board) -> int:
    told = 0
    for seat in found.flagged:
        others = [one for one in places_of(found.joint) if one != seat.region]
        told += _tell(found.joint, others, _change_words(found.joint, seat))
    return told


def _change_words(joint: JointStandard, seat: Seat) -> Bilingual:
    place, said, title = place_name(seat.region), [change_words(one) for one in seat.moved], joint.project.title
    return Bilingual(f"{place.zh}改变了共同标准“{title.zh}”：" + "；".join(one.zh for one in said) + "。",
                     f"{place.en} has moved from the joint standard “{title.en or title.zh}”: "
                     + "; ".join(one.en for one in said) + ".")


def change_words(one: Change) -> Bilingual:
    """What moved, in words."""
    if one.kind == "text":
        return Bilingual("标准文本与批准时不同", "the text is no longer the one approved")
    if one.kind == "status":
        return Bilingual(f"标准{one.before.zh}→{one.after.zh}", f"the standard {one.before.en} → {one.after.en}")
    measure = measures()[one.key.split("/")[1]].name
    nothing = Bilingual("未承诺", "nothing")
    before, after = (words if words != NO_WORDS else nothing for words in (one.before, one.after))
    return Bilingual(f"{measure.zh} {before.zh}→{after.zh}", f"{measure.en} {before.en} → {after.en}")


def _tell(joint: JointStandard, regions: Sequence[str], text: Bilingual) -> int:
    """Leave a notice, once, for whoever deals with standards or collaboration at these very places."""
    users = {name for region in regions for name in holders(TELLS, region)}
    about = f"joint:{joint.project.code}"
    told = set(Notice.objects.filter(username__in=users, about=about, text_zh=text.zh).values_list(
        "username", flat=True))
    return tell_all(notices=[(name, text) for name in sorted(users - told)], about=about,
                    href=f"work/collaboration/joint/{joint.project.code}/")
