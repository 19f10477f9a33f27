"""Pilots at the workbench: every programme, calling for applications, practices, and “did it work?”."""

from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.evaluation.sheets import name_of
from jizhun.frame.fields import Field
from jizhun.frame.pilots import (
    WAYS,
    effect_context,
    found_or_404,
    practice_context,
    practices_table,
    programmes_table,
)
from jizhun.frame.tables import show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import months_later
from jizhun.people.rules import Forbidden
from jizhun.pilots.actions import effects, experience, programmes
from jizhun.pilots.actions.loading import sheet_codes, sheet_edition
from jizhun.pilots.actions.programmes import APPLY, MANAGE, Programme
from jizhun.pilots.models import PilotProgramme
from jizhun.pilots.rules.programmes import KINDS, LEVELS, Days
from jizhun.workbench.collaboration_asked import both, codes_in
from jizhun.workbench.evaluation_asked import Looker, day_in, known_place, looker_of, number_in


@login_required
def pilot_desk(request: HttpRequest) -> HttpResponse:
    """Every programme and practice; for who organises, the form that opens another."""
    who, wrong = looker_of(request), ""
    if request.method == "POST":
        try:
            made = programmes.open_programme(by=who.user, said=_said(request.POST))
            return HttpResponseRedirect(reverse("work-pilot-programme", args=[made.code]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    table = programmes_table(programmes.programmes(), "work-pilot-programme")
    asked = request.GET.get("q", "").strip()[:200]
    cards = practices_table(experience.practices(asked), "work-practice")
    return show(request, "workbench/pilots.html", {
        "table": table, "cards": cards, "q": asked, "wrong": wrong,
        "fields": _form(request.POST, who) if who.where(MANAGE) else []}, [table, cards], status=400 if wrong else 200)


def _said(sent: QueryDict) -> Programme:
    """What the form says; jobs and criteria are typed one a line."""
    days = Days(day_in(sent, "starts", _("Pilot from")), day_in(sent, "ends", _("Pilot until")),
                day_in(sent, "applies_from", _("Applications from")),
                day_in(sent, "applies_until", _("Applications until")), day_in(sent, "mid", _("Mid-term from")),
                day_in(sent, "final", _("Final from")))
    jobs = [{"code": f"job{n}", "name_zh": line, "name_en": line} for n, line in enumerate(_lines(sent, "jobs"), 1)]
    return Programme(
        sent.get("code", "").strip(), both(sent, "name"), known_place(sent.get("organiser", "")),
        sent.getlist("kinds"), [int(one) for one in sent.getlist("levels") if one in ("1", "2", "3")], days,
        number_in(sent, "wanted", _("How many pilots")), jobs, [_criterion(n, line) for n, line in
                                                                 enumerate(_lines(sent, "criteria"), 1)],
        sheet_edition(sent.get("sheet", "")).code, both(sent, "about"),
        number_in(sent, "assessors", _("Assessors needed")))


def _lines(sent: QueryDict, name: str) -> list[str]:
    return [line.strip() for line in sent.get(name, "").splitlines() if line.strip()]


def _criterion(number: int, line: str) -> dict[str, object]:
    name, _bar, points = line.replace("｜", "|").rpartition("|")
    if not name.strip() or not points.strip().isdecimal() or not 1 <= int(points) <= 100:
        raise Refused(zh=f"第 {number} 行：请写“标准 | 分值”。", en=f"Line {number}: write “criterion | points”.")
    return {"code": f"c{number}", "name_zh": name.strip(), "name_en": name.strip(), "points": int(points)}


def _form(sent: QueryDict, who: Looker) -> list[Field]:
    starts = who.today.replace(day=1)
    ends = months_later(starts, 12) - timedelta(days=1)
    days = {"applies_from": who.today, "applies_until": who.today + timedelta(days=30), "starts": starts, "ends": ends,
            "mid": months_later(starts, 6), "final": ends}
    named = {"applies_from": _("Applications from"), "applies_until": _("Applications until"),
             "starts": _("Pilot from"), "ends": _("Pilot until"), "mid": _("Mid-term from"), "final": _("Final from")}
    return [
        Field("name_zh", _("Name (Chinese)"), sent.get("name_zh", ""), required=True),
        Field("name_en", _("Name (English)"), sent.get("name_en", "")),
        Field("code", _("Code"), sent.get("code", ""), required=True,
              hint=_("Small letters, digits and hyphens; it never changes.")),
        Field("organiser", _("Organised at (code of the place)"), sent.get("organiser", who.where(MANAGE)[0])),
        Field("kinds", _("Kinds"), kind="checks", chosen=sent.getlist("kinds") or ["comprehensive"],
              choices=[(code, words(name)) for code, name in KINDS.items()]),
        Field("levels", _("Levels"), kind="checks", chosen=sent.getlist("levels") or ["3"],
              choices=[(str(level), words(name)) for level, name in LEVELS.items()]),
        *(Field(name, named[name], sent.get(name, one.isoformat()), kind="date") for name, one in days.items()),
        Field("wanted", _("How many pilots"), sent.get("wanted", "3")),
        Field("assessors", _("Assessors needed"), sent.get("assessors", "2")),
        Field("sheet", _("Score sheet"), sent.get("sheet", ""),
              choices=[(code, words(name_of(sheet_edition(code)))) for code in sheet_codes()]),
        Field("jobs", _("Jobs of every pilot"), sent.get("jobs", ""), kind="textarea", hint=_("One a line.")),
        Field("criteria", _("Criteria of selection"), sent.get("criteria", ""), kind="textarea",
              hint=_("One a line: criterion | points.")),
        Field("about_zh", _("Purpose (Chinese)"), sent.get("about_zh", ""), kind="textarea"),
        Field("about_en", _("Purpose (English)"), sent.get("about_en", ""), kind="textarea")]


# -- did it work -----------------------------------------------------------------------------------


@login_required
def work_effect(request: HttpRequest, code: str) -> HttpResponse:
    """The comparison; for the organiser, the form that chooses with whom."""
    who, programme, wrong = looker_of(request), found_or_404(programmes.programme_of, code), ""
    if request.method == "POST":
        try:
            places = request.POST.get("places", "").strip()
            effects.choose_comparison(by=who.user, programme=programme, way=request.POST.get("way", ""),
                                      places=codes_in(places) if places else [],
                                      reason=request.POST.get("reason", ""))
            return HttpResponseRedirect(reverse("work-pilot-effect", args=[code]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    asked = {name: request.GET.get(name, "") for name in ("index", "source", "way")}
    context, tables, charts = effect_context(programme, asked, who.sees)
    fields = _choosing(programme, request.POST) if who.may(MANAGE, programme.organiser) else []
    return show(request, "workbench/pilot_effect.html", {**context, "wrong": wrong, "fields": fields}, tables, charts,
                status=400 if wrong else 200)


def _choosing(programme: PilotProgramme, sent: QueryDict) -> list[Field]:
    held = effects.choice_of(programme)
    return [Field("way", _("Compared with"), sent.get("way", held.way if held else effects.ALL), form="choose",
                  choices=[(code, words(name)) for code, name in WAYS.items()]),
            Field("places", _("Codes of the places"), sent.get("places", " ".join(held.places) if held else ""),
                  form="choose", hint=_("Only where you choose them yourself.")),
            Field("reason", _("Why"), sent.get("reason", ""), form="choose", required=True)]


# -- a practice ------------------------------------------------------------------------------------


@login_required
def work_practice(request: HttpRequest, code: str) -> HttpResponse:
    """A practice card, and taking it over for one's own place."""
    who, one, wrong = looker_of(request), found_or_404(experience.practice_of, code), ""
    if request.method == "POST":
        try:
            experience.adopt(by=who.user, practice=one, region=known_place(request.POST.get("region", "")),
                             since=day_in(request.POST, "since", _("Since")), note=request.POST.get("note", ""))
            return HttpResponseRedirect(reverse("work-practice", args=[code]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    context, tables = practice_context(one, who.sees)
    own, sent = who.where(APPLY), request.POST
    fields = [Field("region", _("Code of the place"), sent.get("region", own[0]), required=True),
              Field("since", _("Since"), sent.get("since", who.today.isoformat()), kind="date", required=True),
              Field("note", _("Note"), sent.get("note", ""))] if own else []
    return show(request, "workbench/practice.html", {**context, "wrong": wrong, "fields": fields}, tables,
                status=400 if wrong else 200)


