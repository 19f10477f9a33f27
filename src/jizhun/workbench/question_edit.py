"""The editor of questions of every type: plain fields, no code to write; more rows and parts at the press of a button.
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.frame.fields import Field
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.rules import Forbidden, forbidden
from jizhun.training.actions import record_question, record_version
from jizhun.training.actions.bank import WRITE
from jizhun.training.models import Question, QuestionVersion
from jizhun.training.rules.drafting import TOPICS
from jizhun.training.rules.questions import TYPES, faults
from jizhun.workbench.question_asked import Looker, asked_question, looker_of
from jizhun.workbench.question_form import content_of, form_of

MORE, PART, KEEP = "more", "part", "keep"
MORE_ROWS = 4


@login_required
def question_new(request: HttpRequest, kind: str) -> HttpResponse:
    """A new question of a type; a single choice where there is no such type."""
    who = looker_of(request)
    if not who.writes:
        raise forbidden(WRITE, who.regions[0])
    return _page(request, who, kind if kind in TYPES else "single", {}, None)


@login_required
def question_edit(request: HttpRequest, code: str) -> HttpResponse:
    """A new version of a question, from the newest one."""
    who = looker_of(request)
    question = asked_question(code, who)
    if not who.may(WRITE, question.region):
        raise forbidden(WRITE, question.region)
    newest = question.versions.all()[0]
    return _page(request, who, newest.kind, newest.content, newest)


def _page(request: HttpRequest, who: Looker, kind: str, content: Any, version: QuestionVersion | None
          ) -> HttpResponse:
    wrong: list[str] = []
    rows = 0
    if request.method == "POST":
        sent = request.POST
        content, step = content_of(kind, sent), sent.get("step", KEEP)
        rows = MORE_ROWS + int(sent["rows"]) if step == MORE and sent.get("rows", "").isdecimal() else 0
        if step == PART and sent.get("new-part") in TYPES:
            content["parts"].append({"type": sent["new-part"]})
        if step == KEEP:
            wrong = [_fault(one.where, one.why) for one in faults(kind, content)]
            try:
                if not wrong:
                    return _kept(sent, who, kind, content, version)
            except Forbidden:
                raise
            except Refused as refused:
                wrong = [words(refused.sentence)]
    question = version.question if version else None
    return render(request, "workbench/question_edit.html", {
        "form": form_of(kind, content, rows=rows), "wrong": wrong, "question": question, "kind": kind,
        "kinds": [(code, words(name)) for code, name in TYPES.items()], "kind_name": words(TYPES[kind]),
        "about": [] if question else _about(request.POST, who), "rows": max(rows, 6),
        "parts": [(code, words(name)) for code, name in TYPES.items() if code != "case"],
        "sources": bool(version and version.sources)}, status=400 if wrong else 200)


def _fault(where: str, why: Bilingual) -> str:
    return f"{where}: {words(why)}" if where else words(why)


def _kept(sent: QueryDict, who: Looker, kind: str, content: Any, version: QuestionVersion | None) -> HttpResponse:
    if version is None:
        question: Question = record_question(
            by=who.user, region=sent.get("region", ""), kind=kind, content=content, topic=sent.get("topic", "other"),
            matter=sent.get("matter", "").strip()[:64])
    else:
        question = version.question
        record_version(by=who.user, question=question, kind=kind, content=content, sources=version.rests_on)
    return HttpResponseRedirect(f"{reverse('work-question', args=[question.code])}?done=kept")


def _about(sent: QueryDict, who: Looker) -> list[Field]:
    return [Field("region", _("Place"), sent.get("region", who.regions[0]), choices=who.choices(),
                  hint=_("It is asked there and below.")),
            Field("topic", _("Topic"), sent.get("topic", "other"),
                  choices=[(code, words(name)) for code, name in TOPICS.items()]),
            Field("matter", _("Code of the matter"), sent.get("matter", ""), hint=_("May stay empty."))]
