"""The work of a pilot: its plan with tasks, the table of every month with evidence, and how it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from jizhun.evaluation.evidence import Piece
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.pilots.actions.programmes import APPLY, MANAGE, about, stands, tell_holders
from jizhun.pilots.models import MonthlyReport, PilotApplication, PilotPlan
from jizhun.pilots.rules.programmes import SELECTED
from jizhun.pilots.rules.working import (
    LATE,
    Progress,
    check_month,
    missing_months,
    progress,
    read_share,
    read_tasks,
    whole_share,
)
from jizhun.provisions.actions import place_name

LONGEST = 4_000


def _require_pilot(by: Actor, one: PilotApplication) -> None:
    require(by=by, right=APPLY, path=path_to(one.region))
    if stands(one) != SELECTED:
        raise Refused(zh="该地区不是试点。", en="This place is no pilot.")
    if one.verdicts.filter(stage="final").exists() or one.verdicts.filter(verdict="stop").exists():
        raise Refused(zh="该试点已有结论。", en="The pilot has its verdict.")


def plan_of(one: PilotApplication) -> PilotPlan | None:
    """The plan in force; None before there is any."""
    return one.plans.order_by("-number").first()


def adopt_plan(*, by: Actor, application: PilotApplication, goals: str, tasks: str, reason: str = "",
               on: date | None = None) -> PilotPlan:
    """The implementation plan, or a new version of it with the reason; tasks as ``rules.working.read_tasks`` reads
    them. The organiser is told."""
    _require_pilot(by, application)
    programme, before = application.programme, plan_of(application)
    if not goals.strip() or len(goals) > LONGEST:
        raise Refused(zh=f"请填写目标，最多 {LONGEST} 字。", en=f"Say the goals, in {LONGEST} characters at most.")
    if before is not None and not reason.strip():
        raise Refused(zh="修改方案请写明理由。", en="Say why the plan changes.")
    found = read_tasks(tasks, programme.job_codes, programme.days)
    with transaction.atomic():
        made = PilotPlan.objects.create(
            application=application, number=before.number + 1 if before else 1, goals=goals.strip(),
            tasks=[one.plain() for one in found], reason=reason.strip(), on=on or timezone.localdate(), by=by.username)
        write_line(by=by, act="pilots.plan", subject=about(application), reason=reason.strip(),
                   after={"number": made.number, "tasks": len(found)})
        place = place_name(application.region)
        tell_holders(MANAGE, [programme.organiser], application, Bilingual(
            f"{place.zh}提交了试点实施方案。", f"{place.en} has handed in its plan for the pilot."), by.username)
    return made


@dataclass(frozen=True, slots=True)
class Words:
    """What a monthly table says beside the shares."""

    done: str = ""
    problems: str = ""
    coming: str = ""


def report_month(*, by: Actor, application: PilotApplication, month: int, shares: Mapping[str, str], said: Words,
                 evidence: Sequence[Piece] = (), on: date | None = None) -> MonthlyReport:
    """The table of a month (yyyymm), whole; reported again, it corrects the former. Refused before there is a plan."""
    _require_pilot(by, application)
    day, plan = on or timezone.localdate(), plan_of(application)
    if plan is None:
        raise Refused(zh="请先提交实施方案。", en="Hand in the plan first.")
    check_month(month, application.programme.days, day)
    if not said.done.strip() or max(map(len, (said.done, said.problems, said.coming))) > LONGEST:
        raise Refused(zh=f"请填写本月完成的工作，各栏最多 {LONGEST} 字。",
                      en=f"Say what was done this month; each part has {LONGEST} characters at most.")
    read = {task.code: read_share(task, shares.get(task.code, "")) for task in plan.told}
    with transaction.atomic():
        made = MonthlyReport.objects.create(
            application=application, month=month, shares=read, done=said.done.strip(), problems=said.problems.strip(),
            coming=said.coming.strip(), evidence=[*evidence], on=day, by=by.username)
        write_line(by=by, act="pilots.month", subject=about(application),
                   after={"month": month, "shares": read, "evidence": [one.get("hash") or one.get("url")
                                                                       for one in evidence]})
    return made


# -- how it stands ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """How a pilot's work stands on a day."""

    plan: PilotPlan | None
    tasks: Sequence[Progress]
    share: float | None
    late: Sequence[Progress]
    missing: Sequence[int]
    reports: Sequence[MonthlyReport]


def work_of(one: PilotApplication, on: date | None = None) -> Work:
    """Tasks, months and what is late; the newest word on a month counts."""
    day, plan = on or timezone.localdate(), plan_of(one)
    reports = list({row.month: row for row in one.reports.order_by("pk")}.values())
    found = progress(plan.told, [row.fact() for row in reports], day) if plan else []
    return Work(plan, found, whole_share(found), [each for each in found if each.state == LATE],
                missing_months(one.programme.days, [row.month for row in reports], day),
                sorted(reports, key=lambda row: row.month))
