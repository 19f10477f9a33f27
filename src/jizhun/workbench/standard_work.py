"""Standards at work: what is to be reviewed in my place, what clerks report, and the answers."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.frame.fields import Field
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, place_name, words
from jizhun.impact.actions import publish
from jizhun.impact.rules import kinds
from jizhun.impact.rules.kinds import Change, read_change
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import allows, path_to, regions_of, regions_of_any, require
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.standards.actions import (
    OUTCOMES,
    Cluster,
    answer_reports,
    called_early,
    clauses_of,
    known,
    record_review,
    report,
    report_clusters,
)
from jizhun.standards.asking import clocks_on
from jizhun.standards.models import Feedback
from jizhun.standards.rules.clock import FINE, STATES, VERDICTS, Clock
from jizhun.workbench.impact_told import impact_of
from jizhun.workbench.upload import user_of

WITHDRAW = "withdraw"
RIGHTS = ("standard.edit", "standard.review", "standard.approve", "standard.comment")


@login_required
def standards_work(request: HttpRequest) -> HttpResponse:
    """Reviews due and reports from practice in the places of my roles; verdicts and answers are posted to it."""
    user = user_of(request)
    regions = regions_of_any(by=user, rights=RIGHTS)
    if request.method != "POST":
        return _page(request, user, regions)
    try:
        if (told := _withdrawal(request, user)) is not None:
            return _page(request, user, regions, **told)
        _done(request, user)
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, user, regions, words(refused.sentence))
    return HttpResponseRedirect(reverse("standards-work"))


def _withdrawal(request: HttpRequest, user: User) -> dict[str, Any] | None:
    """What a withdrawal would touch, to be confirmed; None once it was seen as it still stands, or for another act."""
    sent = request.POST
    if sent.get("do") != "review" or sent.get("verdict") != WITHDRAW:
        return None
    change = _change(sent)
    told = impact_of(change)
    require(by=user, right="standard.review", path=path_to(known(str(change.said["number"])).region))
    if sent.get("seen") == told["seen"]:
        return None
    return {"withdrawing": known(str(change.said["number"])), "again": bool(sent.get("seen")), **told}


def _change(sent: QueryDict) -> Change:
    return read_change({"kind": kinds.WITHDRAWAL, "said": {"number": sent.get("number", "")}})


def _done(request: HttpRequest, user: User) -> None:
    sent = request.POST
    if sent.get("do") == "review" and sent.get("verdict") == WITHDRAW:
        publish(by=user, change=_change(sent), seen=sent.get("seen", ""), reason=sent.get("reason", ""))
        return
    if sent.get("do") == "review":
        record_review(by=user, number=sent.get("number", ""), verdict=sent.get("verdict", ""),
                      reason=sent.get("reason", ""))
        return
    keys = [int(key) for key in sent.getlist("report") if key.isdecimal() and len(key) < 15]
    answer_reports(by=user, reports=list(Feedback.objects.filter(pk__in=keys)), outcome=sent.get("outcome", ""),
                   text=sent.get("text", ""))


def own_clocks(regions: list[str]) -> list[Clock]:
    """The review clocks of standards that places of these roles answer for, the most pressing first."""
    held, today = tree(), timezone.localdate()
    own = {code for region in regions for code in held.within(region, today)}
    return [one for one in clocks_on(today) if one.standard.region in own]


def _page(request: HttpRequest, user: User, regions: list[str], wrong: str = "", **more: Any) -> HttpResponse:
    held, today = tree(), timezone.localdate()
    own = {code for region in regions for code in held.within(region, today)}
    pressing = [one for one in own_clocks(regions) if one.state != FINE or one.look_again]
    reports = [(one, _may_answer(user, one)) for one in report_clusters()
               if known(one.number).region in own or any(row.region in own for row in one.reports)]
    table = _clock_table(pressing)
    return show(request, "workbench/standards_work.html", {
        "called": [(number, answers, known(number)) for number, answers in called_early().items()
                   if known(number).region in own], "may_draft": _may(user, "standard.edit"),
        "table": table, "pressing": pressing, "reports": reports, "outcomes": OUTCOMES, "verdicts": VERDICTS,
        "wrong": wrong, "typed": request.POST if wrong or more else {}, **more,
        "may_review": _may(user, "standard.review"),
        "may_report": _may(user, "standard.comment")}, [table], status=400 if wrong else 200)


def _may(user: User, right: str) -> bool:
    try:
        return bool(regions_of(by=user, right=right))
    except Forbidden:
        return False


def _may_answer(user: User, one: Cluster) -> bool:
    return allows(by=user, right="standard.edit", path=path_to(known(one.number).region))


def _clock_table(some: list[Clock]) -> Table:
    columns = [Column("number", _("Which standard"), "head"), Column("title", _("Title")), Column("state", _("State")),
               Column("due", _("Review due"), "date"), Column("left", _("Days left"), "number"),
               Column("why", _("Look again because"))]
    rows: list[list[Cell | str]] = [
        [Cell(one.standard.number, href=reverse("standard", args=[one.standard.number])), words(one.standard.title),
         Cell(words(STATES[one.state]), sign="breach" if one.state == "overdue" else ""), day(one.due),
         Cell(count(one.days), plain=one.days) if one.days is not None else "",
         " ".join(words(reason) for reason in one.reasons)] for one in some]
    return Table("reviews", _("Reviews that ask for attention"), columns, rows, stacked=True)


@login_required
def report_form(request: HttpRequest) -> HttpResponse:
    """A clause cannot be carried out as written: say where and why."""
    user = user_of(request)
    regions = regions_of(by=user, right="standard.comment")
    said = request.POST if request.method == "POST" else request.GET
    number, clause = said.get("number", "").strip(), said.get("clause", "")
    wrong = ""
    if request.method == "POST":
        try:
            report(by=user, number=number, clause=clause, text=said.get("text", ""), region=said.get("region", ""))
            return HttpResponseRedirect(f"{reverse('standard', args=[number])}#c-{clause}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return render(request, "workbench/report.html", {
        "number": number, "wrong": wrong, "fields": _fields(number, clause, regions, said.get("region", ""),
                                                            said.get("text", ""))}, status=400 if wrong else 200)


def _fields(number: str, clause: str, regions: list[str], region: str, text: str) -> list[Field]:
    held = tree()
    clauses = [("", _("the standard as a whole")), *(
        (row.key, f"{row.number} {words(row.fact().heading)}".strip())
        for row in clauses_of(number) if row.number)]
    clause_field = Field("clause", _("Clause"), clause, choices=clauses) if len(clauses) > 1 else Field(
        "clause", _("Clause"), clause, hint=_("Its number, for example 5.3.2; empty for the standard as a whole"))
    return [Field("number", _("Which standard"), number, hint=_("Its number, for example GB/T 31597-2022"),
                  required=True),
            clause_field,
            Field("region", _("For"), region or regions[0],
                  choices=[(code, place_name(held.known(code))) for code in regions]),
            Field("text", _("What cannot be done as written, and why"), text, kind="textarea", required=True)]
