"""Selecting pilots: assessors' scores by criteria, balance over the parts of the country, the organiser's decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import grants_of, path_to, require, write_line
from jizhun.people.models import User
from jizhun.people.rules import Actor
from jizhun.pilots.actions.programmes import (
    APPLY,
    ASSESS,
    MANAGE,
    about,
    applications,
    eligible,
    stands,
    step,
    tell_holders,
)
from jizhun.pilots.models import (
    MonthlyReport,
    PilotApplication,
    PilotInterest,
    PilotPlan,
    PilotProgramme,
    PilotStep,
    SelectionScore,
)
from jizhun.pilots.rules.assessing import Bonds, check_free, conflict
from jizhun.pilots.rules.programmes import (
    APPLIED,
    DECLINED,
    SELECTED,
    WITHDRAWN,
    Balanced,
    Scored,
    balance,
    proposed,
    read_scores,
    scored,
)
from jizhun.provisions.actions import place_name
from jizhun.regions.actions import parts, tree

LONGEST = 4_000


# -- who may judge ---------------------------------------------------------------------------------


def conflict_of(by: Actor, one: PilotApplication) -> Bilingual | None:
    """Why this person cannot judge this place; None where nothing speaks against it."""
    path = path_to(one.region)
    roles = [path_to(held.region) for held in grants_of(by)]
    if isinstance(by, User) and by.organisation is not None:
        roles.append(path_to(by.organisation.region))
    took_part = one.by == by.username or any(
        model.objects.filter(application=one, by=by.username).exists()  # type: ignore[attr-defined]
        for model in (PilotPlan, MonthlyReport))
    declared = PilotInterest.objects.filter(programme=one.programme, username=by.username, region=one.region).first()
    return conflict(Bonds(roles, took_part, declared.reason if declared else ""), path, one.programme.organiser)


def require_assessor(by: Actor, one: PilotApplication) -> None:
    """Forbidden without the right at the place; Refused with a conflict of interest."""
    require(by=by, right=ASSESS, path=path_to(one.region))
    check_free(conflict_of(by, one))


def declare_interest(*, by: Actor, application: PilotApplication, reason: str) -> PilotInterest:
    """Say that one has an interest in a place: one does not judge it any more."""
    require(by=by, right=ASSESS, path=path_to(application.region))
    if not reason.strip() or len(reason) > LONGEST:
        raise Refused(zh="请写明利益关系。", en="Say which interest it is.")
    with transaction.atomic():
        made = PilotInterest.objects.create(programme=application.programme, username=by.username,
                                            region=application.region, reason=reason.strip())
        write_line(by=by, act="pilots.interest", subject=about(application), reason=reason.strip())
    return made


# -- scores ----------------------------------------------------------------------------------------


def score(*, by: Actor, application: PilotApplication, typed: Mapping[str, str], opinion: str) -> SelectionScore:
    """An assessor's points for an application that waits for its decision; said again, the newer word counts."""
    require_assessor(by, application)
    if stands(application) != APPLIED:
        raise Refused(zh="该申报已有决定。", en="The application is decided.")
    if not opinion.strip() or len(opinion) > LONGEST:
        raise Refused(zh=f"请填写评审意见，最多 {LONGEST} 字。",
                      en=f"Give your opinion, in {LONGEST} characters at most.")
    points = read_scores(application.programme.told_criteria, typed)
    with transaction.atomic():
        made = SelectionScore.objects.create(application=application, points=points, opinion=opinion.strip(),
                                             by=by.username)
        write_line(by=by, act="pilots.score", subject=about(application), after=points)
    return made


def scores_of(application: PilotApplication) -> list[SelectionScore]:
    """The newest of every assessor."""
    return list({one.by: one for one in application.scores.all()}.values())


# -- the board of selection ------------------------------------------------------------------------


@dataclass(frozen=True)
class Board:
    """Applications with their points, balance over groups, and whom criteria and balance propose."""

    applications: Sequence[PilotApplication]
    scored: Mapping[str, Scored]
    groups: Mapping[str, Bilingual]
    balance: Sequence[Balanced]
    proposed: Sequence[str]


def board(programme: PilotProgramme) -> Board:
    """How the selection stands."""
    held = [one for one in applications(programme) if stands(one) != WITHDRAWN]
    levels = {tree().level(one.region) for one in held} or set(programme.levels)
    places = [code for code in eligible(programme) if tree().level(code) in levels]
    named = groups_of([*places, *(one.region for one in held)], programme.organiser, programme.starts_on)
    group_of = {code: group for code, (group, _) in named.items()}
    found = {one.region: scored(one.region, group_of[one.region], [each.points for each in scores_of(one)])
             for one in held}
    waiting = [found[one.region] for one in held if stands(one) == APPLIED]
    chosen = [one.region for one in held if stands(one) == SELECTED]
    return Board(held, found, dict(named.values()),
                 balance({code: group_of[code] for code in places}, [one.region for one in held], chosen),
                 proposed(waiting, max(programme.wanted - len(chosen), 0)))


def groups_of(codes: Sequence[str], organiser: str, on: date) -> dict[str, tuple[str, Bilingual]]:
    """Place -> the group it is balanced by: the part of the country of its province, else the place next below the
    organiser in which it lies."""
    paths = {code: path_to(code, on) for code in codes}
    told = parts({path[1] for path in paths.values() if len(path) > 1})
    return {code: told[path[1]] if len(path) > 1 and path[0] == organiser and path[1] in told
            else _below(path, organiser) for code, path in paths.items()}


def _below(path: Sequence[str], organiser: str) -> tuple[str, Bilingual]:
    at = path.index(organiser) + 1 if organiser in path else 0
    code = path[min(at, len(path) - 1)]
    return code, place_name(code)


# -- the decision ----------------------------------------------------------------------------------


def decide(*, by: Actor, application: PilotApplication, chosen: bool, reason: str,
           on: date | None = None) -> PilotStep:
    """The organiser selects an application or not; the place is told. Whoever applied does not decide."""
    programme = application.programme
    require(by=by, right=MANAGE, path=path_to(programme.organiser))
    if application.by == by.username:
        raise Refused(zh="申报人不能决定自己的申报。", en="Whoever applied does not decide on it.")
    if not reason.strip() or len(reason) > LONGEST:
        raise Refused(zh="请写明理由。", en="Say why.")
    if chosen and not scores_of(application):
        raise Refused(zh="该申报还没有评审意见。", en="Nobody has assessed the application yet.")
    with transaction.atomic():
        made = step(by=by, application=application, act=SELECTED if chosen else DECLINED, reason=reason, on=on)
        tell_holders(APPLY, [application.region], application, _told(application, chosen), by.username)
    return made


def _told(application: PilotApplication, chosen: bool) -> Bilingual:
    place, name = place_name(application.region), application.programme.name
    if chosen:
        return Bilingual(f"{place.zh}被确定为“{name.zh}”的试点。", f"{place.en} is a pilot of “{name.en}”.")
    return Bilingual(f"{place.zh}未入选“{name.zh}”。", f"{place.en} was not selected for “{name.en}”.")
