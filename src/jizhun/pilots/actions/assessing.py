"""Mid-term and final assessment: assessors' score sheets and opinions, and the organiser's verdict."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from jizhun.evaluation.rules.sheets import Sheet, read_value
from jizhun.evaluation.sheets import sheet_of
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.pilots.actions.loading import sheet_edition
from jizhun.pilots.actions.programmes import APPLY, MANAGE, about, stands, tell_holders
from jizhun.pilots.actions.selecting import require_assessor
from jizhun.pilots.models import PilotApplication, PilotAssessment, PilotVerdict
from jizhun.pilots.rules.assessing import (
    FINAL,
    STAGES,
    STOP,
    VERDICTS,
    Together,
    check_stage,
    check_verdict,
    sheeted,
    together,
)
from jizhun.pilots.rules.programmes import SELECTED
from jizhun.provisions.actions import place_name

LONGEST = 4_000


def sheet_for(one: PilotApplication) -> Sheet:
    """The programme's score sheet."""
    return sheet_of(sheet_edition(one.programme.sheet))


def _check_open(one: PilotApplication, stage: str, day: date) -> None:
    check_stage(stage, one.programme.days, day)
    if stands(one) != SELECTED:
        raise Refused(zh="该地区不是试点。", en="This place is no pilot.")
    if one.verdicts.filter(stage=stage).exists() or one.verdicts.filter(stage=FINAL).exists():
        raise Refused(zh=f"{STAGES[stage].zh}已有结论。", en=f"The {STAGES[stage].en} has its verdict.")
    if one.verdicts.filter(verdict=STOP).exists():
        raise Refused(zh="该试点已停止。", en="The pilot was stopped.")


def assess(*, by: Actor, application: PilotApplication, stage: str, typed: Mapping[str, str], opinion: str,
           advice: str, on: date | None = None) -> PilotAssessment:
    """An assessor's sheet; handed in again, the newer counts. Refused with a conflict of interest, before its day, or
    where an item is left out."""
    day = on or timezone.localdate()
    require_assessor(by, application)
    _check_open(application, stage, day)
    sheet = sheet_for(application)
    values = {item.code: read_value(item, typed.get(item.code, "")) for item in sheet.items}
    missing = next((item for item in sheet.items if not values[item.code]), None)
    if missing is not None:
        raise Refused(zh=f"“{missing.name.zh}”还没有评。", en=f"“{missing.name.en}” is left out.")
    if not opinion.strip() or len(opinion) > LONGEST or advice not in VERDICTS[stage]:
        raise Refused(zh="请填写专家意见和建议结论。", en="Give your opinion and the verdict that you advise.")
    with transaction.atomic():
        made = PilotAssessment.objects.create(
            application=application, stage=stage, sheet=sheet_edition(application.programme.sheet), values=values,
            opinion=opinion.strip(), advice=advice, on=day, by=by.username)
        write_line(by=by, act="pilots.assess", subject=about(application),
                   after={"stage": stage, "values": values, "advice": advice})
    return made


def assessed(one: PilotApplication, stage: str) -> Together | None:
    """All sheets of a stage, the newest of every assessor; None before there is any."""
    newest = {row.by: row for row in one.assessments.filter(stage=stage).select_related("sheet").order_by("pk")}
    return together(sheet_for(one), [sheeted(sheet_of(row.sheet), row.by, row.values, row.advice, row.opinion)
                                     for row in newest.values()]) if newest else None


def give_verdict(*, by: Actor, application: PilotApplication, stage: str, verdict: str, reason: str = "",
                 on: date | None = None) -> PilotVerdict:
    """The organiser's verdict of a stage, once; the place is told. Refused before enough assessors have spoken, or
    where it differs from their sheets without a reason."""
    require(by=by, right=MANAGE, path=path_to(application.programme.organiser))
    day = on or timezone.localdate()
    _check_open(application, stage, day)
    if application.by == by.username:
        raise Refused(zh="申报人不能作结论。", en="Whoever applied gives no verdict on it.")
    found = assessed(application, stage)
    check_verdict(stage, verdict, found, application.programme.assessors, reason)
    assert found is not None
    with transaction.atomic():
        made = PilotVerdict.objects.create(
            application=application, stage=stage, verdict=verdict, reason=reason.strip(), on=day, by=by.username,
            told={"share": round(found.share, 6), "assessors": len(found.sheets), "knocked": [*found.knocked]})
        write_line(by=by, act="pilots.verdict", subject=about(application), reason=reason.strip(),
                   after={"stage": stage, "verdict": verdict, **made.told})
        place, name = place_name(application.region), VERDICTS[stage][verdict]
        tell_holders(APPLY, [application.region], application, Bilingual(
            f"{place.zh}的试点{STAGES[stage].zh}结论：{name.zh}。",
            f"Verdict of the {STAGES[stage].en} of {place.en}: {name.en}."), by.username)
    return made
