"""What is sent from a project's page: one act of the room each; a refusal comes back with the form as it was typed."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from jizhun.drafting.actions import ballots, comments, projects, publishing, texts
from jizhun.drafting.models import Draft, Project
from jizhun.frame.tabs import DISCUSSION, IMPACT, NOW
from jizhun.frame.tags import words
from jizhun.impact.actions import mark_of_change, publish
from jizhun.impact.rules import kinds
from jizhun.impact.rules.kinds import Change
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import remark
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.workbench.project_page import seen_project, shown
from jizhun.workbench.projects import served
from jizhun.workbench.upload import user_of

Sent = QueryDict
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _day(sent: Sent, name: str) -> date | None:
    text = sent.get(name, "").strip()
    return parse_day(text) if text else None


def _must(day: date | None) -> date:
    if day is None:
        raise Refused(zh="请填写日期。", en="Give the day.")
    return day


def _describe(by: User, project: Project, sent: Sent) -> None:
    said = {name: sent.get(name, "") for name in projects.WORDS if name in sent}
    serves = served(sent.get("serves", "")) if "serves" in sent else None
    projects.describe(by=by, project=project, serves=serves, seen=sent.get("seen"), **said)


def _issue(by: User, project: Project, sent: Sent) -> None:
    texts.issue(by=by, project=project, label=sent.get("label", ""), note=sent.get("note", ""),
                on=_day(sent, "on"))


def _start(by: User, project: Project, sent: Sent) -> None:
    texts.start_text(by=by, project=project)


def _hand(by: User, project: Project, sent: Sent) -> None:
    body, task = sent.get("body", "").strip(), sent.get("task", "").strip()
    projects.hand_to(by=by, project=project, username=sent.get("username", "").strip(), body=Bilingual(body, ""),
                     task=Bilingual(task, "" if CHINESE.search(task) else task), due=_day(sent, "due"))


def _evidence(by: User, project: Project, sent: Sent) -> None:
    projects.record_evidence(by=by, project=project, kind=sent.get("kind", ""), text=sent.get("text", ""),
                             on=_day(sent, "on"), verdict=sent.get("verdict", "passed"))


def _number(by: User, project: Project, sent: Sent) -> None:
    publishing.set_number(by=by, project=project, number=sent.get("number", ""),
                          effective_on=_must(_day(sent, "effective_on")), valid_until=_day(sent, "valid_until"))


def _draft(project: Project, sent: Sent) -> Draft:
    chosen = sent.get("draft", "")
    draft = project.drafts.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 15 else None
    if draft is None:
        raise Refused(zh="请选择一份稿。", en="Choose a draft.")
    return draft


def _round(by: User, project: Project, sent: Sent) -> None:
    asks = sent.get("asks", "").strip()
    comments.open_consultation(
        by=by, project=project, draft=_draft(project, sent), opens_on=_day(sent, "opens_on"),
        closes_on=_must(_day(sent, "closes_on")), bodies=served(sent.get("bodies", "")), asks=Bilingual(asks, asks),
        announced=sent.get("announced", ""))


def _close_round(by: User, project: Project, sent: Sent) -> None:
    row = project.consultations.filter(closed_on=None).first()
    if row is None:
        raise Refused(zh="没有正在进行的征求意见。", en="No round of comments is open.")
    comments.close_consultation(by=by, consultation=row, reason=sent.get("reason", ""))


def _ballot(by: User, project: Project, sent: Sent) -> None:
    draft, question = projects.examined(project), sent.get("question", "").strip()
    if draft is None:
        raise Refused(zh="还没有可供表决的稿。", en="There is no draft to vote on yet.")
    ballots.open_ballot(
        by=by, project=project, draft=draft, question=Bilingual(question, question), rule=sent.get("rule", ""),
        closes_on=_must(_day(sent, "closes_on")), usernames=served(sent.get("usernames", "")),
        bodies=served(sent.get("bodies", "")))


def _see_impact(by: User, project: Project, sent: Sent) -> None:
    publishing.see_impact(by=by, project=project, seen=sent.get("seen", ""))


def _remark(by: User, project: Project, sent: Sent) -> None:
    remark(by=by, about=projects.about(project), text=sent.get("text", ""))


ACTS: Mapping[str, Callable[[User, Project, Sent], None]] = {
    "describe": _describe, "issue": _issue, "start": _start, "hand": _hand, "evidence": _evidence, "number": _number,
    "round": _round, "close-round": _close_round, "ballot": _ballot, "see-impact": _see_impact, "remark": _remark}
TAB_OF = {"see-impact": IMPACT, "remark": DISCUSSION}


@login_required
@require_POST
def act(request: HttpRequest, code: str) -> HttpResponse:
    """One act on a project: ``do`` names it, or the step to another stage."""
    project, do = seen_project(request, code), request.POST.get("do", "")
    tab = TAB_OF.get(do, NOW)
    try:
        _done(user_of(request), project, do, request.POST)
    except Forbidden:
        raise
    except Refused as refused:
        return shown(request, projects.found(code), wrong=words(refused.sentence), act=do, tab=tab)
    address = reverse("project", args=[code])
    return HttpResponseRedirect(address if tab == NOW else f"{address}?tab={tab}")


def _done(by: User, project: Project, do: str, sent: Sent) -> None:
    if do in ACTS:
        ACTS[do](by, project, sent)
    elif do == "publish":
        change = Change(kinds.STANDARD, {"project": project.code})
        publish(by=by, change=change, seen=mark_of_change(change), on=_day(sent, "on"))
    else:
        projects.take(by=by, project=project, act=do, reason=sent.get("reason", ""), on=_day(sent, "on"))


