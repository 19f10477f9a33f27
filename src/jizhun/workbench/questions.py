"""The question bank at the workbench: the list with its filters and pages, and what leaves as a file."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jizhun.frame.addresses import with_query
from jizhun.frame.fields import Field
from jizhun.frame.lists import PAGE_ROWS, page_asked, pages_of
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import day, place_name, words
from jizhun.regions.actions import tree
from jizhun.training.actions import Held, held_questions
from jizhun.training.actions.bank import REVIEW, WRITE, with_content
from jizhun.training.actions.exchange import FORMATS, give_out
from jizhun.training.actions.looking import Wanted, chosen
from jizhun.training.models import Question
from jizhun.training.rules.banking import ACCEPTED, IN_REVIEW, STATES, SUSPENDED, counts
from jizhun.training.rules.drafting import TOPICS
from jizhun.training.rules.questions import TYPES
from jizhun.workbench.question_asked import Looker, looker_of, matter_name, said

SIGNS = {ACCEPTED: "kept", SUSPENDED: "breach"}
MEDIA = {"xml": "application/xml", "zip": "application/zip"}


@login_required
def questions(request: HttpRequest) -> HttpResponse:
    """The list, or the questions that it shows as a file (``?export=moodle``)."""
    who = looker_of(request)
    every = held_questions(_chosen(request, who), content=False)
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    found = [one for one in every if state in ("", one.standing.state) and kind in ("", one.version.kind)]
    if "export" in request.GET:
        return _file(request, who, found)
    page = page_asked(request, len(found), PAGE_ROWS)
    rows = with_content(found[(page - 1) * PAGE_ROWS:page * PAGE_ROWS])
    last = pages_of(len(found), PAGE_ROWS)
    return render(request, "workbench/questions.html", {
        "table": _table(rows), "found": len(found), "every": Question.objects.count(), "fields": _fields(request, who),
        "states": _states(request, every), "page": page, "pages": last, "writes": who.writes,
        "before": with_query(request, page=page - 1) if page > 1 else "",
        "after": with_query(request, page=page + 1) if page < last else "",
        "exports": [(form, with_query(request, export=form, page=None)) for form in FORMATS] if found else [],
        "kept": request.GET.get("kept", "") if request.GET.get("kept", "").isdecimal() else ""})


def _chosen(request: HttpRequest, who: Looker) -> QuerySet[Question]:
    said = {name: request.GET.get(name, "").strip() for name in ("region", "topic", "matter", "q")}
    return chosen(by=who.user, on=timezone.localdate(),
                  wanted=Wanted(said["region"], said["topic"], said["matter"], said["q"]))


def _fields(request: HttpRequest, who: Looker) -> list[Field]:
    asked, everything = request.GET, ("", _("all"))
    return [
        Field("q", _("Words, code or matter"), asked.get("q", ""), kind="search"),
        Field("region", _("Place"), asked.get("region", ""), choices=[everything, *who.choices()]),
        Field("kind", pgettext("training", "Type"), asked.get("kind", ""),
              choices=[everything, *((code, words(name)) for code, name in TYPES.items())]),
        Field("topic", _("Topic"), asked.get("topic", ""),
              choices=[everything, *((code, words(name)) for code, name in TOPICS.items())]),
        Field("matter", _("Code of the matter"), asked.get("matter", ""))]


def _states(request: HttpRequest, every: list[Held]) -> list[dict[str, Any]]:
    """A link for every state, with how many there are."""
    now = request.GET.get("state", "")
    links = [{"label": _("All"), "href": with_query(request, state=None, page=None), "number": len(every),
              "current": not now}]
    for state, number in counts(one.standing for one in every).items():
        links.append({"label": words(STATES[state]), "href": with_query(request, state=state, page=None),
                      "number": number, "current": state == now})
    return links


def _table(rows: list[Held]) -> Table:
    held = tree()
    columns = [Column("question", pgettext("training", "Question"), "head"),
               Column("kind", pgettext("training", "Type")), Column("topic", _("Topic")),
               Column("place", _("Place")), Column("state", _("State"))]
    return Table("questions", _("Questions"), columns, [
        [Cell(said(one.version.content["stem"]), href=reverse("work-question", args=[one.question.code]),
              small=f"{one.question.code}{' · ' if one.question.matter else ''}{matter_name(one.question.matter)}"),
         words(TYPES[one.version.kind]), words(TOPICS.get(one.question.topic)), place_name(held.known(
             one.question.region)), state_cell(one)] for one in rows], caption_hidden=True, stacked=True)


def state_cell(one: Held) -> Cell:
    """Where a question stands, and from when it does so or will no longer."""
    stands = one.standing
    small = ""
    if stands.state == SUSPENDED:
        small = _("since %(day)s") % {"day": day(stands.since)}
    elif stands.ends_on:
        small = _("until the change on %(day)s") % {"day": day(stands.ends_on)}
    if stands.used is not None and stands.waiting is not None and stands.waiting.state == IN_REVIEW:
        small = " · ".join(filter(None, (small, _("a new version is in review"))))
    return Cell(words(STATES[stands.state]), sign=SIGNS.get(stands.state, ""), small=small)


def _file(request: HttpRequest, who: Looker, found: list[Held]) -> HttpResponse:
    form = request.GET["export"]
    right = WRITE if who.writes else REVIEW
    given = give_out(by=who.user, held=with_content(found), form=form, right=right)
    ending = FORMATS[form]
    response = HttpResponse(given.content, content_type=MEDIA[ending])
    response["Content-Disposition"] = f'attachment; filename="jizhun-questions-{form}.{ending}"'
    response["X-Losses"] = str(len(given.losses))
    return response
