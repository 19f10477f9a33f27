"""Adjusting the list at the workbench: the yearly check, proposals, their assessments, decisions."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.frame import planning as shown
from jizhun.frame.fields import Field
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, words
from jizhun.impact.actions.looking import RIGHTS
from jizhun.impact.rules.kinds import EDITION
from jizhun.kernel.bilingual import COMMA, Refused
from jizhun.people.actions import allows, require
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.planning.actions.adjusting import (
    adjustment_of,
    adjustments,
    assess,
    check_of,
    decide,
    edition_before,
    edition_changes,
    hangs_on,
    impact_of,
    propose,
    steps_of,
)
from jizhun.planning.actions.plans import NATION, REPORT, may_edit, may_report
from jizhun.planning.models import Adjustment
from jizhun.planning.rules.adjusting import ASSESSMENTS, BASIS, DECIDED, KINDS, VERDICTS, is_decided, lacking, standing
from jizhun.regions.actions import tree
from jizhun.workbench.collaboration_asked import both
from jizhun.workbench.evaluation_asked import evidence_in
from jizhun.workbench.planning import may_read, place_of
from jizhun.workbench.upload import user_of


@login_required
def adjusting(request: HttpRequest) -> HttpResponse:
    """The yearly check of a place's list, its proposals, and the form that makes another."""
    user, wrong = user_of(request), ""
    region = place_of(request, user, REPORT)
    if request.method == "POST":
        try:
            made = propose(by=user, region=region, item=request.POST.get("item", ""), kind=request.POST.get("kind", ""),
                           text=both(request.POST, "text"), beyond=bool(request.POST.get("beyond")),
                           edition=request.POST.get("edition", ""))
            return HttpResponseRedirect(reverse("work-planning-adjustment", args=[made.pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    check, (edition, _changes) = check_of(region), edition_changes(timezone.localdate(), "CN")
    table, opened = _table(adjustments([region])), _open(check.open, edition)
    return show(request, "workbench/planning_adjusting.html", {
        "region": region, "place": tree().known(region), "check": check, "edition": edition, "table": table,
        "opened": opened, "wrong": wrong, "before": edition_before(edition), "impact": impact_of(edition),
        "may_look": allows(by=user, right=RIGHTS[EDITION][0], path=NATION),
        "basis": BASIS, "fields": _fields(request, edition)}, [table, opened],
                status=400 if wrong else 200)


def _fields(request: HttpRequest, edition: str) -> list[Field]:
    sent = request.POST if request.method == "POST" else request.GET
    held = catalogue()
    items = [(code, f"{code} {words(held.name_of(code))}") for code in held.content.items
             if held.content.items[code].in_field]
    return [Field("item", _("Item"), sent.get("item", ""), choices=items),
            Field("kind", _("What is adjusted"), sent.get("kind", ""),
                  choices=[(code, words(name)) for code, name in KINDS.items()]),
            Field("text_zh", _("Content and reason (Chinese)"), sent.get("text_zh", ""), kind="textarea"),
            Field("text_en", _("Content and reason (English)"), sent.get("text_en", ""), kind="textarea"),
            Field("beyond", _("It goes beyond the national scope"), sent.get("beyond", ""), kind="check"),
            Field("edition", _("Edition that it follows"), sent.get("edition", ""),
                  hint=_("Empty where it follows none. The newest is %(edition)s.") % {"edition": edition})]


def _table(found: list[Adjustment]) -> Table:
    columns = [Column("number", _("Number"), "head"), Column("item", _("Item")), Column("kind", _("What is adjusted")),
               Column("state", _("State")), Column("lacks", _("Still lacking")), Column("at", _("Proposed"), "date")]
    return Table("adjustments", _("Proposals"), columns, [_row(one) for one in found], caption_hidden=True,
                 stacked=True)


def _row(one: Adjustment) -> list[Cell | str]:
    steps = steps_of(one)
    decided = standing(steps).get(DECIDED)
    return [Cell(str(one.pk), href=reverse("work-planning-adjustment", args=[one.pk])),
            Cell(shown.subject(one.item), small=one.item), words(KINDS[one.kind]),
            words(VERDICTS[decided.verdict]) if decided else _("open"),
            "" if decided else words(COMMA).join(words(ASSESSMENTS[act]) for act in lacking(one.kind, one.beyond,
                                                                                           steps)),
            day(one.at.date())]


def _open(changes: tuple[tuple[str, str], ...], edition: str) -> Table:
    columns = [Column("item", _("Item"), "head"), Column("kind", _("What the edition changed")),
               Column("act", _("Act"))]
    return Table("open", _("Changes without a proposal"), columns, [
        [Cell(shown.subject(item), small=item), words(KINDS[kind]),
         Cell(_("Propose it"), href=f"?item={item}&kind={kind}&edition={edition}#propose")] for item, kind in changes],
                 caption_hidden=True)


@login_required
def adjustment(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: what hangs on it, its assessments, its decision."""
    user, one, wrong = user_of(request), adjustment_of(pk), ""
    if not may_read(user, one.region):
        require(by=user, right=REPORT, path=tree().path(one.region, timezone.localdate()))
    if request.method == "POST":
        try:
            _act(request, user, one)
            return HttpResponseRedirect(reverse("work-planning-adjustment", args=[pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    steps = steps_of(one)
    return render(request, "workbench/planning_adjustment.html", {
        "one": one, "place": tree().known(one.region), "item": shown.subject(one.item), "kind": KINDS[one.kind],
        "hangs": hangs_on(one.item, one.region), "wrong": wrong, "basis": BASIS, "decided": is_decided(steps),
        "lacking": [words(ASSESSMENTS[act]) for act in lacking(one.kind, one.beyond, steps)],
        "steps": [(words(ASSESSMENTS.get(row.act, VERDICTS[row.verdict])), words(VERDICTS[row.verdict]), row)
                  for row in one.steps.all()],
        "kinds": ASSESSMENTS.items(), "may_assess": may_report(by=user, region=one.region),
        "may_decide": may_edit(by=user, region=one.region) and one.by != user.username}, status=400 if wrong else 200)


def _act(request: HttpRequest, user: User, one: Adjustment) -> None:
    sent = request.POST
    if sent.get("act") == "assess":
        assess(by=user, adjustment=one, act=sent.get("kind", ""), passed=sent.get("passed") == "1",
               text=sent.get("text", ""), evidence=evidence_in(request, "file", "links"))
    else:
        decide(by=user, adjustment=one, accept=sent.get("accept") == "1", reason=sent.get("text", ""),
               seen=sent.get("seen", ""))
