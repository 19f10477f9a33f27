"""Pilot programmes: open one, apply, withdraw; who stands where."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from jizhun.drafting.actions.fitting import check_lengths, check_near
from jizhun.drafting.actions.holders import holders
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.people.actions import path_to, require, tell_all, write_line
from jizhun.people.rules import Actor
from jizhun.pilots.models import PilotApplication, PilotProgramme, PilotStep
from jizhun.pilots.rules.programmes import (
    APPLIED,
    KINDS,
    LEVELS,
    REGIONAL,
    SELECTED,
    WITHDRAWN,
    Applying,
    Days,
    check_may_apply,
    check_step,
    standing,
)
from jizhun.provisions.actions import place_name
from jizhun.regions.actions import tree

MANAGE, APPLY, ASSESS = "pilot.manage", "pilot.apply", "pilot.assess"
CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
YEARS, MOST_WORDS, MOST_WANTED = 10, 4_000, 500
OWN, SIMULATED = "V", "SIM"
"""What is said here is its own source; said of fictional places it is simulated."""
PARTS: Final[Mapping[str, Bilingual]] = {
    "why": Bilingual("为什么申报", "Why it applies"), "base": Bilingual("工作基础", "What there is already"),
    "will": Bilingual("打算做什么", "What it will do")}
"""What an application says."""


# -- asking ----------------------------------------------------------------------------------------


def programmes() -> list[PilotProgramme]:
    """Every programme: real ones first, then the newest."""
    return list(PilotProgramme.objects.order_by("simulated", "-starts_on", "pk"))


def programme_of(code: str) -> PilotProgramme:
    """The programme of this code; Refused where there is none."""
    found = PilotProgramme.objects.filter(code=code).first()
    if found is None:
        raise Refused(zh=f"没有代码为“{code}”的试点。", en=f"There is no pilot programme “{code}”.")
    return found


def application_of(pk: int) -> PilotApplication:
    """The application with this number; Refused where there is none."""
    found = PilotApplication.objects.select_related("programme").filter(pk=pk).first()
    if found is None:
        raise Refused(zh=f"没有第 {pk} 号申报。", en=f"There is no application {pk}.")
    return found


def applications(programme: PilotProgramme) -> list[PilotApplication]:
    """Every application with its steps at hand."""
    return list(programme.applications.select_related("programme").prefetch_related("steps"))


def stands(one: PilotApplication) -> str:
    """Where it stands today."""
    return standing(step.act for step in one.steps.all())


def pilots(programme: PilotProgramme) -> list[PilotApplication]:
    """The applications that were selected."""
    return [one for one in applications(programme) if stands(one) == SELECTED]


def eligible(programme: PilotProgramme, on: date | None = None) -> tuple[str, ...]:
    """The places that the programme is for: its levels, within its organiser, where the list holds."""
    held, day = tree(), on or programme.starts_on
    top = held.place(programme.organiser, day)
    return tuple(code for code in held.within(top.code, day) if held.level(code) in programme.levels
                 and held.known(code).in_scope and held.known(code).simulated == programme.simulated)


def about(one: PilotProgramme | PilotApplication) -> str:
    """How the audit trail names it."""
    return f"programme:{one.code}" if isinstance(one, PilotProgramme) else str(one)


def page_of(one: PilotProgramme | PilotApplication) -> str:
    """Where a notice leads."""
    return (f"work/pilots/programmes/{one.code}/" if isinstance(one, PilotProgramme)
            else f"work/pilots/applications/{one.pk}/")


def tell_holders(right: str, regions: Iterable[str], one: PilotProgramme | PilotApplication, text: Bilingual,
                 apart: str = "") -> int:
    """Leave a notice for whoever holds the right at these very places; returns how many."""
    names = {name for region in regions for name in holders(frozenset({right}), region)} - {apart}
    return tell_all(notices=[(name, text) for name in sorted(names)], about=about(one), href=page_of(one))


# -- opening ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Programme:
    """What a new programme says; ``jobs`` and ``criteria`` are rows (code, name_zh, name_en, said or points)."""

    code: str
    name: Bilingual
    organiser: str
    kinds: Sequence[str]
    levels: Sequence[int]
    days: Days
    wanted: int
    jobs: Sequence[Mapping[str, Any]]
    criteria: Sequence[Mapping[str, Any]]
    sheet: str
    about: Bilingual = NO_WORDS
    assessors: int = 2
    source_code: str = ""
    basis: Bilingual = NO_WORDS
    principles: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def open_programme(*, by: Actor, said: Programme) -> PilotProgramme:
    """Call for applications: every place of its levels within the organiser is told."""
    require(by=by, right=MANAGE, path=path_to(said.organiser))
    _check_programme(said)
    with transaction.atomic():
        if PilotProgramme.objects.filter(code=said.code).exists():
            raise Refused(zh=f"代码“{said.code}”已被使用。", en=f"The code “{said.code}” is taken.")
        simulated = tree().known(said.organiser).simulated
        made = PilotProgramme.objects.create(
            **columns(said), source=f"said here by {by.username}", mark=SIMULATED if simulated else OWN,
            simulated=simulated, by=by.username)
        write_line(by=by, act="pilots.open", subject=about(made), after={"name": said.name.zh, "wanted": said.wanted})
        tell_holders(APPLY, eligible(made), made, Bilingual(
            f"试点“{made.name_zh}”开始申报，截止 {made.applies_until}。",
            f"Applications for the pilot “{made.name_en}” are taken until {made.applies_until}."), by.username)
    return made


def columns(said: Programme) -> dict[str, Any]:
    """What a programme says, by the names of the columns."""
    days = said.days
    return {"code": said.code, "name_zh": said.name.zh.strip(), "name_en": said.name.en.strip() or said.name.zh.strip(),
            "about_zh": said.about.zh, "about_en": said.about.en, "organiser": said.organiser,
            "kinds": [*said.kinds], "levels": [*said.levels], "wanted": said.wanted, "assessors": said.assessors,
            "applies_from": days.applies_from, "applies_until": days.applies_until, "starts_on": days.starts,
            "ends_on": days.ends, "mid_on": days.mid, "final_on": days.final, "jobs": [*said.jobs],
            "principles": [*said.principles], "criteria": [*said.criteria], "sheet": said.sheet,
            "source_code": said.source_code, "basis_zh": said.basis.zh, "basis_en": said.basis.en}


def _check_programme(said: Programme) -> None:
    if CODE.fullmatch(said.code) is None:
        raise Refused(zh=f"代码“{said.code}”只能用小写字母、数字和连字符。",
                      en=f"The code “{said.code}” may have small letters, digits and hyphens only.")
    check_lengths(PilotProgramme, name_zh=said.name.zh, name_en=said.name.en, sheet=said.sheet)
    if not said.name.zh.strip() or not said.jobs or not said.criteria:
        raise Refused(zh="请填写名称、工作和遴选标准。", en="Give a name, the jobs and the criteria of selection.")
    if not said.kinds or set(said.kinds) - KINDS.keys() or not said.levels or set(said.levels) - LEVELS.keys():
        raise Refused(zh="请选择试点类型和层级。", en="Choose kinds and levels.")
    if not 1 <= said.wanted <= MOST_WANTED or not 1 <= said.assessors <= 20:
        raise Refused(zh=f"试点数为 1 到 {MOST_WANTED}，评估员为 1 到 20 名。",
                      en=f"From 1 to {MOST_WANTED} pilots, and from 1 to 20 assessors.")
    if None in (said.days.applies_from, said.days.applies_until, said.days.mid, said.days.final):
        raise Refused(zh="请填写申报、中期和终期评估的日期。",
                      en="Give the days of application and of both assessments.")
    check_near(said.days.starts, timezone.localdate(), YEARS)
    check_near(said.days.ends, timezone.localdate(), YEARS)


# -- applying --------------------------------------------------------------------------------------


def apply(*, by: Actor, programme: PilotProgramme, region: str, kind: str, statement: Mapping[str, str],
          theme: str = "", places: Sequence[str] = (), on: date | None = None) -> PilotApplication:
    """Apply for one's own place; the organiser is told. Refused outside the days, or for a place it is not for."""
    day = on or timezone.localdate()
    path = path_to(region, day)
    require(by=by, right=APPLY, path=path)
    _check_place(programme, region, path)
    others = [tree().place(one, day).code for one in places if one != region]
    held = [one for one in applications(programme) if one.region == region]
    check_may_apply(Applying(programme.days, programme.kinds, programme.levels, kind, tree().level(region),
                             stands(held[-1]) if held else "", len(others)), day)
    said = {name: statement.get(name, "").strip() for name in PARTS}
    _check_statement(said, theme)
    with transaction.atomic():
        made = PilotApplication.objects.create(
            programme=programme, region=region, kind=kind, theme=theme.strip(), statement=said,
            places=others if kind == REGIONAL else [], on=day, source=f"said here by {by.username}",
            mark=SIMULATED if programme.simulated else OWN, by=by.username)
        write_line(by=by, act="pilots.apply", subject=about(made),
                   after={"programme": programme.code, "region": region, "kind": kind})
        place = place_name(region)
        tell_holders(MANAGE, [programme.organiser], made, Bilingual(
            f"{place.zh}申报了试点“{programme.name_zh}”。", f"{place.en} applied for “{programme.name_en}”."),
            by.username)
    return made


def _check_place(programme: PilotProgramme, region: str, path: Sequence[str]) -> None:
    place = tree().known(region)
    if programme.organiser not in path or place.simulated != programme.simulated or not place.in_scope:
        raise Refused(zh=f"该试点不面向{place.name.zh}。", en=f"The programme is not for {place.name.en}.")


def _check_statement(said: Mapping[str, str], theme: str) -> None:
    check_lengths(PilotApplication, theme=theme)
    missing = next((PARTS[name] for name, text in said.items() if not text or len(text) > MOST_WORDS), None)
    if missing is not None:
        raise Refused(zh=f"“{missing.zh}”：请填写，最多 {MOST_WORDS} 字。",
                      en=f"“{missing.en}”: say it, in {MOST_WORDS} characters at most.")


def withdraw(*, by: Actor, application: PilotApplication, reason: str, on: date | None = None) -> PilotStep:
    """Take one's own application back before it is decided."""
    require(by=by, right=APPLY, path=path_to(application.region))
    if not reason.strip():
        raise Refused(zh="请写明理由。", en="Say why.")
    with transaction.atomic():
        return step(by=by, application=application, act=WITHDRAWN, reason=reason, on=on)


def step(*, by: Actor, application: PilotApplication, act: str, reason: str = "",
         on: date | None = None) -> PilotStep:
    """Note what became of it; inside the caller's transaction, who has checked the right."""
    PilotProgramme.objects.select_for_update().get(pk=application.programme_id)
    check_step(standing(application.steps.values_list("act", flat=True)), act)
    made = PilotStep.objects.create(application=application, act=act, reason=reason.strip(),
                                    on=on or timezone.localdate(), by=by.username)
    write_line(by=by, act=f"pilots.{act}", subject=about(application), reason=reason.strip())
    return made


__all__ = ["APPLIED", "APPLY", "ASSESS", "MANAGE", "PARTS", "Programme", "about", "application_of", "applications",
           "apply", "columns", "eligible", "open_programme", "page_of", "pilots", "programme_of", "programmes",
           "stands", "step", "tell_holders", "withdraw"]
