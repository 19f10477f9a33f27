"""One question: as a learner sees it, what it rests on and says now, how it came so, and what may be done with it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import day, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions import Held, accept, held_question, redraft, retire, send_back, submit
from jizhun.training.actions.bank import REVIEW, WRITE
from jizhun.training.actions.experience import items_of
from jizhun.training.actions.sources_asked import asked
from jizhun.training.models import Question, QuestionStep
from jizhun.training.rules.banking import ACCEPT, MAY, RETIRE, RETURN, STATES, SUBMIT, SUSPENDED
from jizhun.training.rules.drafting import TOPICS
from jizhun.workbench.item_figures import item_table
from jizhun.workbench.question_asked import Looker, asked_question, looker_of, matter_name, shown, source_name
from jizhun.workbench.questions import state_cell

ACTS: Mapping[str, Callable[..., Any]] = {
    "submit": lambda by, question, reason: submit(by=by, question=question),
    "accept": lambda by, question, reason: accept(by=by, question=question),
    "return": lambda by, question, reason: send_back(by=by, question=question, reason=reason),
    "retire": lambda by, question, reason: retire(by=by, question=question, reason=reason),
    "redraft": lambda by, question, reason: redraft(by=by, question=question)}
DONE = {"submit": gettext_lazy("Handed in for review."), "accept": gettext_lazy("Accepted: it may be asked now."),
        "return": gettext_lazy("Returned to its author."), "retire": gettext_lazy("Retired."),
        "redraft": gettext_lazy("Redrafted out of the data, and handed in for review."),
        "kept": gettext_lazy("Kept as a draft.")}
STEPS = {QuestionStep.SUBMITTED: gettext_lazy("handed in"), QuestionStep.ACCEPTED: gettext_lazy("accepted"),
         QuestionStep.RETURNED: gettext_lazy("returned"), QuestionStep.RETIRED: gettext_lazy("retired")}


@login_required
def question(request: HttpRequest, code: str) -> HttpResponse:
    """The page; acts are posted to it."""
    who, wrong = looker_of(request), ""
    asked_for = asked_question(code, who)
    if request.method == "POST":
        try:
            return _acted(request, who.user, asked_for)
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    held = held_question(asked_for)
    waiting = asked_for.versions.all()[0] if held.standing.used and held.standing.waiting else None
    return render(request, "workbench/question.html", {
        "question": asked_for, "held": held, "shown": shown(held.version.kind, held.version.content), "wrong": wrong,
        "waiting": shown(waiting.kind, waiting.content) if waiting else None, "state": state_cell(held),
        "waiting_state": words(STATES[held.standing.waiting.state]) if held.standing.waiting else "",
        "place": tree().known(asked_for.region), "matter": matter_name(asked_for.matter),
        "figures": _figures(asked_for),
        "topic": words(TOPICS.get(asked_for.topic)), "sources": _sources(held), "history": _history(asked_for),
        "acts": _acts(who, held), "done": DONE.get(request.GET.get("done", ""), ""),
        "suspended": held.standing.state == SUSPENDED}, status=400 if wrong else 200)


def _figures(question: Question) -> Table:
    """What examinations tell of its versions."""
    versions = {one.number: one for one in question.versions.all()}
    return item_table([(Cell(str(number)), versions[number], item) for number, item in items_of(question)],
                      _("Version"))


def _acted(request: HttpRequest, user: User, question: Question) -> HttpResponse:
    act = request.POST.get("act", "")
    if act not in ACTS:
        raise Refused(zh="请选择要做什么。", en="Choose what to do.")
    ACTS[act](user, question, request.POST.get("reason", ""))
    return HttpResponseRedirect(f"{reverse('work-question', args=[question.code])}?done={act}")


def _acts(who: Looker, held: Held) -> dict[str, bool]:
    """What this person may do now; the act itself decides again."""
    newest = held.standing.waiting or held.standing.used
    if newest is None:
        return {}
    writes, reviews = who.may(WRITE, held.question.region), who.may(REVIEW, held.question.region)
    own = who.user.username in (newest.by, newest.submitted_by)
    return {"edit": writes and newest.state in {*MAY[RETIRE]}, "submit": writes and newest.state in MAY[SUBMIT],
            "retire": writes and newest.state in MAY[RETIRE],
            "redraft": writes and bool(held.version.drafted_by) and bool(held.standing.changes),
            "accept": reviews and not own and newest.state in MAY[ACCEPT],
            "send_back": reviews and newest.state in MAY[RETURN]}


def _sources(held: Held) -> Table:
    """What the question rests on: what was said when it was learned, and what is said now."""
    known, today = asked(), timezone.localdate()
    columns = [Column("source", _("Rests on"), "head"), Column("then", _("Learned then")), Column("now", _("Says now"))]
    rows: list[list[Cell | str]] = []
    for one in held.version.rests_on:
        then, now = (known.ask(one.kind, one.key, when) for when in (one.learned_on, today))
        same = now is not None and now.fingerprint == one.fingerprint
        old = words(then.words) if then and then.fingerprint == one.fingerprint else _("no longer on record")
        rows.append([source_name(one), Cell(old, small=day(one.learned_on)),
                     Cell(words(now.words) if now else _("nothing"), sign="" if same else "breach",
                          small=_("unchanged") if same else _("changed"))])
    return Table("sources", _("What it rests on"), columns, rows, stacked=True, caption_hidden=True)


def _history(question: Question) -> Table:
    columns = [Column("at", pgettext("training", "When"), "date"), Column("what", _("What"), "head"),
               Column("by", pgettext("training", "By")),
               Column("reason", _("Reason"))]
    rows: list[tuple[Any, list[Cell | str]]] = []
    for version in question.versions.all():
        how = _("drafted out of the data") if version.drafted_by else _("written")
        rows.append((version.made_at, [_at(version.made_at), _("Version %(n)s %(how)s") % {
            "n": version.number, "how": how}, version.by, ""]))
        for step in version.steps.all():
            rows.append((step.at, [_at(step.at), _("Version %(n)s %(how)s") % {
                "n": version.number, "how": str(STEPS[step.act])}, step.by, step.reason]))
    rows.sort(key=lambda row: row[0])
    return Table("history", _("History"), columns, [row for _when, row in rows], stacked=True,
                 caption_hidden=True)


def _at(when: Any) -> str:
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M")
