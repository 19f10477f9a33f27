"""Questions from another program's file: look at what it would bring and what is lost, then keep it as drafts."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jizhun.frame.fields import Field
from jizhun.frame.tables import Column, Table
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.rules import Forbidden, forbidden
from jizhun.training.actions.bank import WRITE
from jizhun.training.actions.exchange import Outlook, look_at, read_questions, take_in
from jizhun.training.interchange.items import Item, Loss, Taken
from jizhun.training.rules.drafting import TOPICS
from jizhun.training.rules.questions import TYPES
from jizhun.workbench.question_asked import Looker, looker_of, said

SALT, DAY = "question-import", 24 * 3600
MOST_BYTES = 5 * 1024 * 1024


@login_required
def question_import(request: HttpRequest) -> HttpResponse:
    """The form; what a file would bring; the record."""
    who, wrong, outlook, taken = looker_of(request), "", None, None
    if not who.writes:
        raise forbidden(WRITE, who.regions[0])
    try:
        if request.method == "POST":
            taken = _held(request) if request.POST.get("held") else _handed_in(request)
            outlook = look_at(by=who.user, region=request.POST.get("region", ""), taken=taken)
            if request.POST.get("step") == "keep":
                kept = take_in(by=who.user, outlook=outlook, topic=request.POST.get("topic", "other"))
                return HttpResponseRedirect(f"{reverse('work-questions')}?state=draft&kept={kept}")
    except signing.BadSignature:
        wrong = _("Choose the file again: what was looked at is no longer there.")
    except Forbidden:
        raise
    except Refused as refused:
        wrong = words(refused.sentence)
    return render(request, "workbench/question_import.html", {
        "fields": _fields(request, who), "wrong": wrong, "outlook": outlook, "most": MOST_BYTES // 1024 // 1024,
        "losses": _losses(outlook.losses) if outlook else None, "found": _found(outlook) if outlook else None,
        "held": _signed(taken) if taken and outlook else "", "region": request.POST.get("region", ""),
        "topic": request.POST.get("topic", "other")}, status=400 if wrong else 200)


def _handed_in(request: HttpRequest) -> Taken:
    file = request.FILES.get("file")
    if file is None or not file.size or file.size > MOST_BYTES:
        raise Refused(zh="请选择一个 5 MB 以内的文件。", en="Choose a file of at most 5 MB.")
    return read_questions(file.read(), file.name or "")


def _signed(taken: Taken) -> str:
    """What was read, to come back with the form."""
    return signing.dumps({"items": [(one.code, one.kind, one.content) for one in taken.items],
                          "losses": [(one.where, one.why.zh, one.why.en) for one in taken.losses]},
                         salt=SALT, compress=True)


def _held(request: HttpRequest) -> Taken:
    held: Any = signing.loads(request.POST["held"], salt=SALT, max_age=DAY)
    return Taken(tuple(Item(*one) for one in held["items"]),
                 tuple(Loss(where, Bilingual(zh, en)) for where, zh, en in held["losses"]))


def _found(outlook: Outlook) -> Table:
    columns = [Column("question", pgettext("training", "Question"), "head"),
               Column("kind", pgettext("training", "Type")), Column("what", _("What happens"))]
    rows = [(outlook.new, _("new")), (outlook.changed, _("a new version")),
            (outlook.there, _("there already, passed over"))]
    return Table("found", _("What the file holds"), columns, [
        [said(one.content["stem"]), words(TYPES[one.kind]), what] for items, what in rows for one in items],
        stacked=True)


def _losses(losses: tuple[Loss, ...]) -> Table:
    columns = [Column("where", pgettext("training", "Question"), "head"),
               Column("why", _("What could not be taken over"))]
    return Table("losses", _("What could not be taken over"), columns,
                 [[one.where, words(one.why)] for one in losses], stacked=True)


def _fields(request: HttpRequest, who: Looker) -> list[Field]:
    return [Field("region", _("Place"), request.POST.get("region", who.regions[0]), choices=who.choices(),
                  hint=_("It is asked there and below.")),
            Field("topic", _("Topic"), request.POST.get("topic", "other"),
                  choices=[(code, words(name)) for code, name in TOPICS.items()])]
