"""Exams at the workbench: blueprints, openings, who may sit, what somebody is given, single results."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.frame.fields import Field
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, place_name, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import Organisation
from jizhun.people.rules import ROLES, Forbidden, forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions.certificates import qualification, qualifications
from jizhun.training.actions.exams import (
    REVIEW,
    TEACH,
    accommodate,
    exam_of,
    exams_at,
    open_exam,
    runs,
    sitters,
)
from jizhun.training.actions.results import last_markings
from jizhun.training.models import Appeal, Blueprint, BlueprintVersion, Exam, QualificationVersion
from jizhun.training.rules.sittings import KINDS, STATES, Given
from jizhun.workbench.evaluation_asked import Looker, known_place, looker_of, number_in
from jizhun.workbench.sittings import mark_words


@login_required
def exams(request: HttpRequest) -> HttpResponse:
    """Every exam of one's places, and the blueprints that can be opened there."""
    who = looker_of(request)
    rows, blueprints = exams_at(who.regions, who.today), _blueprints(who)
    table, plans = _exams(rows), _plans(blueprints)
    waiting = _waiting(who)
    return show(request, "workbench/exams.html", {
        "table": table, "plans": plans, "may": bool(who.where(TEACH)), "waiting": len(waiting),
        "appeals": bool(who.where(REVIEW) or who.where(TEACH))}, [table, plans])


def _waiting(who: Looker) -> list[Appeal]:
    return [one for one in Appeal.objects.filter(decision=None).select_related("sitting__exam")
            if who.sees(one.sitting.exam.region)]


def _blueprints(who: Looker) -> list[Blueprint]:
    above = {code for region in who.regions for code in tree().path(region, who.today)}
    return [one for one in Blueprint.objects.all() if one.region in above or who.sees(one.region)]


def _exams(rows: list[Exam]) -> Table:
    held, now = tree(), timezone.now()
    columns = [Column("exam", _("Exam"), "head"), Column("place", _("Place")), Column("kind", _("Kind")),
               Column("opens", _("Opens"), "date"), Column("closes", _("Closes"), "date"),
               Column("sat", _("Sittings"), "number")]
    shown: list[list[Cell | str]] = []
    for one in rows:
        place, sat = held.known(one.region), one.sittings.count()
        shown.append([
            Cell(words(one.name), href=reverse("work-exam", args=[one.pk]), small=words(ROLES[one.role].name)
                 if one.role else ""), Cell(place_name(place), small=_("simulated") if place.simulated else ""),
            words(KINDS[one.kind]), when(one.opens),
            Cell(when(one.closes), small="" if now < one.closes else _("closed")), Cell(count(sat), plain=sat)])
    return Table("exams", _("Exams"), columns, shown, caption_hidden=True, stacked=True)


def when(at: datetime) -> str:
    """A moment as tables show it."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def _plans(rows: list[Blueprint]) -> Table:
    held = tree()
    columns = [Column("name", _("Blueprint"), "head"), Column("place", _("Place")),
               Column("questions", _("Questions"), "number"), Column("minutes", _("Minutes"), "number"),
               Column("pass", _("Passes from"), "number"), Column("version", _("Version"), "number")]
    shown: list[list[Cell | str]] = []
    for one in rows:
        newest = one.versions.all()[0]
        read = newest.read
        shown.append([Cell(words(one.name), href=reverse("work-blueprint", args=[one.code]), small=one.code),
                      place_name(held.known(one.region)), str(read.asked), str(read.minutes),
                      mark_words(read.pass_mark), str(newest.number)])
    return Table("blueprints", _("Blueprints"), columns, shown, caption_hidden=True, stacked=True)


# -- opening ---------------------------------------------------------------------------------------


@login_required
def exam_new(request: HttpRequest) -> HttpResponse:
    """Open a blueprint for a place, a role and perhaps a body, from when until when."""
    who, wrong = looker_of(request), ""
    if not who.where(TEACH):
        raise forbidden(TEACH, who.regions[0])
    if request.method == "POST":
        try:
            made = _opened(request.POST, who)
            return HttpResponseRedirect(reverse("work-exam", args=[made.pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return render(request, "workbench/exam_new.html", {
        "fields": _fields(request.POST or request.GET, who), "wrong": wrong, "some": bool(_blueprints(who))},
        status=400 if wrong else 200)


def _opened(sent: QueryDict, who: Looker) -> Exam:
    version = BlueprintVersion.objects.select_related("blueprint").filter(
        blueprint__code=sent.get("blueprint", "")).first()
    if version is None:
        raise Refused(zh="请选择组卷蓝图。", en="Choose a blueprint.")
    body = sent.get("organisation", "")
    organisation = Organisation.objects.filter(pk=int(body)).first() if body.isdecimal() and len(body) < 9 else None
    return open_exam(
        by=who.user, version=version, kind=sent.get("kind", ""), region=known_place(sent.get("region", "")),
        role=sent.get("role", ""), organisation=organisation, opens=moment_in(sent, "opens", _("Opens")),
        closes=moment_in(sent, "closes", _("Closes")), attempts=number_in(sent, "attempts", _("Attempts")),
        qualification=_earned(sent.get("qualification", "")),
        ceiling=number_in(sent, "ceiling", _("Shown at most")))


def _earned(code: str) -> QualificationVersion | None:
    """The qualification that is earned, in its newest version."""
    return qualification(code) if code else None


def moment_in(sent: QueryDict, name: str, label: str) -> datetime:
    """A day and time that the form carries, in local time; Refused by its label where it is none."""
    try:
        return timezone.make_aware(datetime.strptime(sent.get(name, "")[:16], "%Y-%m-%dT%H:%M"))
    except ValueError:
        raise Refused(zh=f"请填写“{label}”的日期和时间。", en=f"Fill in day and time of “{label}”.") from None


def _fields(sent: QueryDict, who: Looker) -> list[Field]:
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    bodies = Organisation.objects.filter(region__in=who.within).order_by("name_zh")
    return [
        Field("blueprint", _("Blueprint"), sent.get("blueprint", ""),
              choices=[(one.code, f"{words(one.name)} ({one.code})") for one in _blueprints(who)]),
        Field("kind", _("Kind"), sent.get("kind", ""), choices=[(code, words(name)) for code, name in KINDS.items()],
              hint=_("After practice the right answers are told at once, after an examination when it is over.")),
        Field("region", _("Place"), sent.get("region", who.where(TEACH)[0]), choices=who.choices()),
        Field("role", _("Role"), sent.get("role", ""),
              choices=[("", _("everybody")), *((code, words(role.name)) for code, role in ROLES.items())]),
        Field("organisation", _("Body"), sent.get("organisation", ""),
              choices=[("", _("every body")), *((str(one.pk), words(one.name)) for one in bodies)]),
        Field("opens", _("Opens"), sent.get("opens", now), kind="datetime-local", required=True),
        Field("closes", _("Closes"), sent.get("closes", ""), kind="datetime-local", required=True),
        Field("qualification", _("Certificate for whoever passes"), sent.get("qualification", ""),
              choices=[("", _("none")), *((one.code, words(one.name)) for one in qualifications())],
              hint=_("Whoever holds it and has to take a refresher is asked about what changed only.")),
        Field("attempts", _("Attempts"), sent.get("attempts", "1"), hint=_("0: no limit"), required=True),
        Field("ceiling", _("Shown at most"), sent.get("ceiling", "0"), required=True,
              hint=_("A question that was shown so often is asked no more; 0: no limit."))]


# -- one exam --------------------------------------------------------------------------------------


@login_required
def exam(request: HttpRequest, pk: int) -> HttpResponse:
    """Who may sit, how far they are, what they are given; single results only for who runs or reviews exams here."""
    who, held, wrong = looker_of(request), known_exam(pk), ""
    if not who.sees(held.region) or not runs(by=who.user, exam=held):
        raise forbidden(TEACH, held.region)
    if request.method == "POST":
        try:
            _accommodated(request.POST, who, held)
            return HttpResponseRedirect(f"{reverse('work-exam', args=[pk])}#given")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    content, people, waiting = held.version.read, *_people(held)
    return show(request, "workbench/exam.html", {
        "exam": held, "kind": KINDS[held.kind], "place": tree().known(held.region), "content": content,
        "role": ROLES[held.role].name if held.role else None, "pass_mark": mark_words(content.pass_mark),
        "earns": mark_words(held.qualification.passing) if held.qualification else "",
        "people": people, "idle": waiting, "given": held.accommodations.all(), "wrong": wrong,
        "may": who.may(TEACH, held.region),
        "simulated": tree().known(held.region).simulated, "fields": _given_fields(request.POST if wrong else None)},
        [people, waiting], status=400 if wrong else 200)


def known_exam(pk: int) -> Exam:
    """An exam; answered 404 where there is none."""
    try:
        return exam_of(pk)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None


def _accommodated(sent: QueryDict, who: Looker, held: Exam) -> None:
    given = Given(number_in(sent, "extra", _("Extra time, percent")), number_in(sent, "breaks", _("Breaks, minutes")),
                  sent.get("large") == "1")
    accommodate(by=who.user, exam=held, username=sent.get("username", ""), given=given,
                reason=sent.get("reason", ""))


def _given_fields(sent: QueryDict | None) -> list[Field]:
    said: Any = sent or {}
    return [Field("username", _("User name"), said.get("username", ""), required=True),
            Field("extra", _("Extra time, percent"), said.get("extra", "25"), required=True),
            Field("breaks", _("Breaks, minutes"), said.get("breaks", "0"), required=True),
            Field("large", _("Large type"), said.get("large", ""), kind="check"),
            Field("reason", _("Reason"), said.get("reason", ""), kind="textarea", required=True,
                  hint=_("Who decided it and when; no illness or other private matters."))]


def _people(held: Exam) -> tuple[Table, Table]:
    """Who sat, each sitting a row; and who may and has not begun, of whom there can be thousands."""
    places, now = tree(), timezone.now()
    columns = [Column("user", _("User"), "head"), Column("place", _("Place")), Column("body", _("Body")),
               Column("state", _("State")), Column("begun", _("Begun"), "date"), Column("mark", _("Mark"), "number"),
               Column("passed", _("Passed"))]
    marks = {one.sitting_id: one for one in last_markings(held)}
    rows: list[list[Cell | str]] = []
    sat = held.sittings.select_related("organisation").order_by("username", "attempt")
    for one in sat:
        last = marks.get(one.pk)
        rows.append([one.username, place_name(places.known(one.region)),
                     words(one.organisation.name) if one.organisation else "", words(STATES[one.state(now)]),
                     when(one.begun_at), Cell(mark_words(last.mark), plain=last.mark / 100) if last else "",
                     Cell(_("passed"), sign="kept") if last and last.passed else _("not passed") if last else ""])
    begun = {one.username for one in sat}
    waiting: list[list[Cell | str]] = [
        [person.username, place_name(places.known(person.region)),
         words(person.organisation.name) if person.organisation else ""]
        for person in sitters(held) if person.username not in begun]
    return (Table("people", _("Who sat"), columns, rows, caption_hidden=True, stacked=True),
            Table("waiting", words(STATES["not_begun"]), columns[:3], waiting, caption_hidden=True))
