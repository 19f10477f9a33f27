"""Plans at the workbench: my places, a place's own plan, facts from outside with their evidence."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jizhun.evaluation.evidence import Piece
from jizhun.frame import planning as shown
from jizhun.frame.fields import Field
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, words
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import path_to, regions_of, require
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.planning.actions.facts import report_fact
from jizhun.planning.actions.plans import (
    EDIT,
    REPORT,
    above_of,
    may_edit,
    may_report,
    own_plan,
    own_row,
    plan_at,
    plans,
    say_own,
)
from jizhun.planning.actions.progress import board
from jizhun.planning.indicators import OUTSIDE, REGISTRY, indicator
from jizhun.planning.models import AdjustmentStep, OutsideFact
from jizhun.planning.rules.plan import Change, Measure, Plan
from jizhun.planning.rules.progress import BEHIND, STATES, STILL, UNKNOWN, Progress
from jizhun.regions.actions import tree
from jizhun.workbench.collaboration_asked import both, day_of
from jizhun.workbench.evaluation_asked import evidence_in, evidence_out
from jizhun.workbench.upload import user_of

WAITING = (STILL, BEHIND, UNKNOWN)
PLACES = 20


def place_of(request: HttpRequest, user: User, right: str) -> str:
    """The place asked for, else the first of one's own; Refused where there is none, Forbidden without the right."""
    asked = request.GET.get("region", "") or request.POST.get("region", "")
    own = regions_of(by=user, right=right)
    region = asked or next(iter(own), "")
    if not region:
        raise Refused(zh="请选择地区。", en="Choose a place.")
    tree().place(region, timezone.localdate())
    require(by=user, right=right, path=path_to(region))
    return region


@login_required
def work_planning(request: HttpRequest) -> HttpResponse:
    """What waits at my places: measures that stand still, are behind or have no data, by plan."""
    user, today = user_of(request), timezone.localdate()
    mine = list(dict.fromkeys(regions_of(by=user, right="result.read")))[:PLACES]
    rows = [row for region in mine for plan in plans(region) if not plan.ended(today) and plan.start <= today
            for row in _waiting(plan, region, today, user)]
    columns = [Column("place", _("Place")), Column("measure", pgettext("plan", "Measure"), "head"),
               Column("state", _("State")),
               Column("now", _("Now"), "number"), Column("goal", _("Goal"), "number"),
               Column("due", _("Deadline"), "date"), Column("act", _("Act"))]
    table = Table("waiting", _("What waits"), columns, rows, caption_hidden=True, stacked=True)
    return show(request, "workbench/planning.html", {
        "table": table, "places": [(code, shown.place(code), [
            (plan, own_row(plan.code, code), may_edit(by=user, region=code) and plan.region != code)
            for plan in plans(code) if not plan.ended(today) and plan.at_level(tree().level(code))]) for code in mine],
        "adjusts": bool(regions_of(by=user, right=REPORT))}, [table])


def _waiting(plan: Plan, region: str, today: date, user: User) -> list[list[Cell | str]]:
    found = board(code=plan.code, region=region, on=today, by=user)
    order = list(STATES)
    return [_waiting_row(plan, region, one, user) for one in
            sorted(found.progress, key=lambda one: order.index(one.state)) if one.state in WAITING]


def _waiting_row(plan: Plan, region: str, one: Progress, user: User) -> list[Cell | str]:
    how, measure = indicator(one.measure.indicator), one.measure
    reports = measure.indicator == OUTSIDE and may_report(by=user, region=region)
    return [Cell(shown.place(region), plain=region),
            Cell(words(measure.name), href=f"{reverse('planning-measure', args=[plan.code, measure.code])}"
                                           f"?region={region}", small=words(plan.name)),
            shown.state_cell(one.state), shown.figure(one.now.value, how), shown.figure(measure.goal, how),
            day(measure.due),
            Cell(_("Report a fact"), href=f"{reverse('work-planning-fact', args=[plan.code, measure.code])}"
                                          f"?region={region}") if reports else ""]


# -- a place's own plan ----------------------------------------------------------------------------


@login_required
def own(request: HttpRequest, code: str) -> HttpResponse:
    """A place raises goals, brings days forward, names its units, or adds a measure; nothing can be dropped."""
    user, wrong = user_of(request), ""
    region = place_of(request, user, EDIT)
    above = above_of(code, region)
    if request.method == "POST":
        try:
            _say(request.POST, user, above, region)
            return HttpResponseRedirect(f"{reverse('planning-plan', args=[code])}?region={region}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return render(request, "workbench/planning_own.html", _own_context(request, above, region, wrong),
                  status=400 if wrong else 200)


def _own_context(request: HttpRequest, above: Plan, region: str, wrong: str) -> dict[str, object]:
    row, held = own_row(above.code, region), own_plan(above, region)
    said = {one.code: one for one in held.changes} if held else {}
    sent, level = request.POST, tree().level(region)
    chosen = sent.get("measure", request.GET.get("measure", ""))
    one = next((each for each in above.at_level(level) if each.code == chosen), None)
    change = said.get(chosen, Change(chosen))
    return {"plan": above, "region": region, "place": tree().known(region), "wrong": wrong,
            "seen": row.pk if row else 0, "chosen": one,
            "measures": [(each.code, words(each.name)) for each in above.at_level(level)],
            "fields": _change_fields(sent, one, change) if one else [], "added": _added_fields(sent, above),
            "adding": sent.get("act") == "add"}


def _change_fields(sent: QueryDict, one: Measure, change: Change) -> list[Field]:
    how = indicator(one.indicator)
    goal = change.goal if change.goal is not None else one.goal
    return [
        Field("goal", _("Goal"), sent.get("goal", _written(goal, how.share)),
              hint=_("Above: %(goal)s. More is possible, less is not.") % {"goal": shown.figure(one.goal, how)}),
        Field("due", _("Deadline"), sent.get("due", (change.due or one.due).isoformat()), kind="date",
              hint=_("Above: %(day)s. Earlier is possible, later is not.") % {"day": day(one.due)}),
        Field("responsible_zh", _("Responsible here (Chinese)"), sent.get("responsible_zh", change.responsible.zh),
              hint=words(one.responsible)),
        Field("responsible_en", _("Responsible here (English)"), sent.get("responsible_en", change.responsible.en)),
        Field("supporting_zh", _("Supporting here (Chinese)"), sent.get("supporting_zh", change.supporting.zh)),
        Field("supporting_en", _("Supporting here (English)"), sent.get("supporting_en", change.supporting.en)),
        Field("reason", _("Why"), sent.get("reason", ""), kind="textarea", required=True)]


def _written(value: float, share: bool) -> str:
    return f"{value * 100:g} %" if share else f"{value:g}"


def _added_fields(sent: QueryDict, above: Plan) -> list[Field]:
    return [
        Field("code", _("Code"), sent.get("code", ""), form="add",
              hint=_("Small letters, digits and hyphens; it never changes."), required=True),
        Field("name_zh", _("Name (Chinese)"), sent.get("name_zh", ""), form="add", required=True),
        Field("name_en", _("Name (English)"), sent.get("name_en", ""), form="add"),
        Field("target", _("Target"), sent.get("target", ""), form="add",
              choices=[(one.code, words(one.name)) for one in above.targets]),
        Field("indicator", _("Indicator"), sent.get("indicator", ""), form="add",
              choices=[(code, words(one.name)) for code, one in REGISTRY.items()]),
        Field("items", _("Only these items"), sent.get("items", ""), form="add",
              hint=_("Codes such as NB050, for indicators of coverage; empty: all.")),
        Field("goal", _("Goal"), sent.get("goal", ""), form="add", hint=_("A share like 95 %, or a number."),
              required=True),
        Field("due", _("Deadline"), sent.get("due", above.until.isoformat()), kind="date", form="add", required=True),
        Field("responsible_zh", _("Responsible here (Chinese)"), sent.get("responsible_zh", ""), form="add",
              required=True),
        Field("responsible_en", _("Responsible here (English)"), sent.get("responsible_en", ""), form="add"),
        Field("reason", _("Why"), sent.get("reason", ""), kind="textarea", form="add", required=True)]


def _say(sent: QueryDict, user: User, above: Plan, region: str) -> None:
    kept = sent.get("seen", "")
    seen = int(kept) if kept.isdecimal() else None
    reason = sent.get("reason", "")
    if sent.get("act") == "add":
        say_own(by=user, code=above.code, region=region, reason=reason, added=[_added(sent, above, region)], seen=seen)
        return
    one = above.measure(sent.get("measure", ""))
    goal, due = goal_in(sent.get("goal", "")), day_of(sent, "due")
    change = Change(one.code, None if goal == one.goal else goal, None if due == one.due else due,
                    both(sent, "responsible"), both(sent, "supporting"))
    say_own(by=user, code=above.code, region=region, reason=reason, changes=[change], seen=seen)


def goal_in(text: str) -> float:
    """A goal as typed: 95 %, 0.95 or 540. Refused for what is no number."""
    said = text.strip().replace("％", "%").replace(",", "")
    try:
        value = float(said.removesuffix("%")) / (100 if said.endswith("%") else 1)
    except ValueError:
        raise Refused(zh=f"“{text}”不是目标值；请写成 95% 或 540。",
                      en=f"“{text}” is no goal; write it like 95 % or 540.") from None
    if not 0 <= value < 1e12:
        raise Refused(zh="目标值应为 0 以上的数。", en="A goal is a number from 0 on.")
    return round(value, 10)


def _added(sent: QueryDict, above: Plan, region: str) -> Measure:
    name, unit = both(sent, "name"), both(sent, "responsible")
    due = day_of(sent, "due") or above.until
    return Measure(
        sent.get("code", "").strip(), sent.get("target", ""), "", Bilingual(name.zh, name.en or name.zh),
        sent.get("indicator", ""), goal_in(sent.get("goal", "")), due, max(above.start, min(due, timezone.localdate())),
        Bilingual(unit.zh, unit.en or unit.zh), NO_WORDS, NO_WORDS, (), tuple(sent.get("items", "").upper().split()),
        (tree().level(region),), said_by=region)


# -- facts from outside ----------------------------------------------------------------------------


@login_required
def fact(request: HttpRequest, code: str, measure: str) -> HttpResponse:
    """A figure for a day, with the file that shows it."""
    user, wrong = user_of(request), ""
    region = place_of(request, user, REPORT)
    one = plan_at(code, region).measure(measure)
    if request.method == "POST":
        try:
            report_fact(by=user, plan=code, measure=measure, region=region, on=_day(request.POST),
                        value=goal_in(request.POST.get("value", "")), source=both(request.POST, "source"),
                        evidence=evidence_in(request, "file", "links"))
            return HttpResponseRedirect(f"{reverse('planning-measure', args=[code, measure])}?region={region}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    sent = request.POST
    fields = [Field("on", _("Day that it tells of"), sent.get("on", timezone.localdate().isoformat()), kind="date",
                    required=True),
              Field("value", _("Figure"), sent.get("value", ""), required=True),
              Field("source_zh", _("Source (Chinese)"), sent.get("source_zh", ""), kind="textarea", required=True,
                    hint=words(one.evidence)),
              Field("source_en", _("Source (English)"), sent.get("source_en", ""), kind="textarea")]
    return render(request, "workbench/planning_fact.html", {
        "plan": plan_at(code, region), "one": one, "region": region, "place": tree().known(region), "wrong": wrong,
        "fields": fields, "links": sent.get("links", "")}, status=400 if wrong else 200)


def _day(sent: QueryDict) -> date:
    return parse_day(sent.get("on", "").strip())


@login_required
def planning_evidence(request: HttpRequest, digest: str) -> HttpResponse:
    """A file of a fact or of an assessment at one of the reader's places."""
    user, given = user_of(request), list[Piece]()
    for row in OutsideFact.objects.filter(evidence__icontains=digest[:64]):
        given += row.evidence if may_read(user, row.region) else []
    for step in AdjustmentStep.objects.filter(evidence__icontains=digest[:64]).select_related("adjustment"):
        given += step.evidence if may_read(user, step.adjustment.region) else []
    return evidence_out(digest, given)


def may_read(user: User, region: str) -> bool:
    """Whether somebody reads what was handed in for the place."""
    return may_report(by=user, region=region) or may_edit(by=user, region=region)
