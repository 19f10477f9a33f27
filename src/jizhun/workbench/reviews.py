"""Case reviews from outside at the workbench: draw a sample, judge case by case, see how far it agrees."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.delivery.models import Source
from jizhun.evaluation.actions import sources
from jizhun.evaluation.indices import MEASURE_NAMES
from jizhun.evaluation.models import CaseReview, Judgement, ReviewedCase
from jizhun.evaluation.reviewing import Reviewed, conformance_estimated, draw_cases, judge_case, review_of, reviewed
from jizhun.evaluation.rules.agreement import COMPARED, JUDGEMENTS, SYSTEM_SAYS, Agreement
from jizhun.frame.fields import Field
from jizhun.frame.lists import listing
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, place_name, share, words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.rules import Forbidden, forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.evaluation_asked import (
    COMPUTE,
    JUDGE,
    READ,
    Looker,
    day_in,
    known_place,
    looker_of,
    number_in,
)

UNITS = {"working_day": Bilingual("个工作日", "working days"), "calendar_day": Bilingual("天", "calendar days"),
         "times": Bilingual("次", "times"), "count": Bilingual("份", ""), "cent": Bilingual("元", "yuan")}


@login_required
def reviews(request: HttpRequest) -> HttpResponse:
    """Every review of one's places, and the form that draws another."""
    who, wrong = looker_of(request), ""
    if request.method == "POST":
        try:
            made = _drawn(request.POST, who)
            return HttpResponseRedirect(reverse("work-review", args=[made.pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    table = _reviews([one for one in CaseReview.objects.all() if who.sees(one.region)])
    return show(request, "workbench/reviews.html", {
        "table": table, "wrong": wrong, "fields": _fields(request.POST, who) if who.where(COMPUTE) else []},
                [table], status=400 if wrong else 200)


def _reviews(rows: list[CaseReview]) -> Table:
    held = tree()
    columns = [Column("place", _("Review"), "head"), Column("period", _("Accepted")),
               Column("cases", _("Cases"), "number"),
               Column("judged", _("Judged"), "number"), Column("agree", _("Agreement"), "number"),
               Column("kappa", _("Kappa"), "number"), Column("seed", _("Seed"))]
    shown: list[list[Cell | str]] = []
    for one in rows:
        told = reviewed(one)
        shown.append([
            Cell(f"{place_name(held.known(one.region))} {one.pk}", href=reverse("work-review", args=[one.pk]),
                 small=_("simulated") if one.simulated else ""), f"{one.first} – {one.last}",
            Cell(count(len(told.cases)), plain=len(told.cases)),
            Cell(count(len(told.cases) - told.left), plain=len(told.cases) - told.left),
            share(told.agreement.share), _decimal(told.agreement.kappa), one.seed])
    return Table("reviews", _("Case reviews"), columns, shown, caption_hidden=True, stacked=True)


def _decimal(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _drawn(sent: QueryDict, who: Looker) -> CaseReview:
    return draw_cases(by=who.user, region=known_place(sent.get("region", "")), source=sent.get("source", ""),
                      first=day_in(sent, "first", _("Accepted from")), last=day_in(sent, "last", _("Accepted until")),
                      wanted=number_in(sent, "wanted", _("How many cases")), matter=sent.get("matter", "").strip(),
                      seed=sent.get("seed", ""))


def _fields(sent: QueryDict, who: Looker) -> list[Field]:
    own, counts, year = who.where(COMPUTE), sources(), who.today.year - 1
    known = [(one.code, f"{words(one.name)} ({one.code})") for one in Source.objects.order_by("code")
             if one.code in counts]
    matters = [("", _("all matters")), *((one.code, f"{words(one.name)} {one.code}")
                                         for one in catalogue().matters.values())]
    return [Field("region", _("Within"), sent.get("region", own[0]), choices=who.choices()),
            Field("source", _("Cases handed in by"), sent.get("source", ""), choices=known),
            Field("first", _("Accepted from"), sent.get("first", f"{year}-01-01"), kind="date", required=True),
            Field("last", _("Accepted until"), sent.get("last", f"{year}-12-31"), kind="date", required=True),
            Field("matter", _("Matter"), sent.get("matter", ""), choices=matters),
            Field("wanted", _("How many cases"), sent.get("wanted", "60"), required=True),
            Field("seed", _("Seed"), sent.get("seed", ""), hint=_("Empty: a random one, kept with the draw"))]


# -- one review ------------------------------------------------------------------------------------


@login_required
def one_review(request: HttpRequest, pk: int) -> HttpResponse:
    """The cases drawn and how far judgements agree; the system's verdict is shown once a case is judged."""
    who, held = looker_of(request), review_of(pk)
    if not who.sees(held.region):
        raise forbidden(READ, held.region)
    told = reviewed(held)
    shown, confusion = listing(request, _cases(told)), _confusion(told.agreement)
    following = next((row.number for row, judgement in told.cases if judgement is None), 0)
    return show(request, "workbench/review.html", {
        "review": held, "told": told, "place": tree().known(held.region), "listing": shown, "confusion": confusion,
        "agreement": told.agreement, "kappa": _decimal(told.agreement.kappa), "error": _decimal(told.agreement.error),
        "weighted_kappa": _decimal(told.agreement.weighted_kappa), "estimated": conformance_estimated(told),
        "next": following if who.may(JUDGE, held.region) else 0, "judged": len(told.cases) - told.left},
                [shown.whole, confusion])


def _cases(told: Reviewed) -> Table:
    held, names = tree(), catalogue()
    columns = [Column("number", _("Number"), "head"), Column("case", _("Case")), Column("matter", _("Matter")),
               Column("place", _("Place")), Column("assessor", _("Assessor")),
               Column("system", _("What the system says"))]
    rows: list[list[Cell | str]] = []
    for row, judgement in told.cases:
        same = judgement is not None and judgement.verdict == SYSTEM_SAYS[row.verdict]
        rows.append([
            Cell(str(row.number), href=reverse("work-case", args=[told.review.pk, row.number]), plain=row.number),
            row.case_key, words(names.name_of(row.matter)) if row.matter in names.matters else row.matter,
            place_name(held.known(row.place)), words(JUDGEMENTS[judgement.verdict]) if judgement else "",
            Cell(words(JUDGEMENTS[SYSTEM_SAYS[row.verdict]]),
                 small="" if same else _("another word than the assessor's"))
            if judgement else Cell(_("hidden until judged"))])
    return Table("cases", _("Cases drawn"), columns, rows, caption_hidden=True, stacked=True)


def _confusion(told: Agreement) -> Table:
    columns = [Column("system", _("System says"), "head"), *(Column(one, words(JUDGEMENTS[one]), "number")
                                                             for one in COMPARED)]
    rows: list[list[Cell | str]] = [
        [words(JUDGEMENTS[a]), *(Cell(count(told.table[a, b]), plain=told.table[a, b]) for b in COMPARED)]
        for a in COMPARED]
    return Table("confusion", _("System (down) and assessor (across)"), columns, rows)


@login_required
def one_case(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One case: its facts and promises, no verdict before it is judged; the judgement is posted."""
    who, held, wrong = looker_of(request), review_of(pk), ""
    case = ReviewedCase.objects.filter(review=held, number=number).first()
    if case is None:
        raise NotFound(zh=f"这次评审没有第 {number} 件。", en=f"There is no case {number} in this review.")
    if not (who.sees(held.region)):
        raise forbidden(READ, held.region)
    if request.method == "POST":
        try:
            judge_case(by=who.user, case=case, verdict=request.POST.get("verdict", ""),
                       reason=request.POST.get("reason", ""))
            return HttpResponseRedirect(_following(held, number))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    judgements = list(Judgement.objects.filter(case=case).order_by("-pk"))
    return render(request, "workbench/review_case.html", {
        "review": held, "case": case, "matter": catalogue().matters.get(case.matter), "wrong": wrong,
        "place": tree().known(case.place), "promises": [_promise(one) for one in case.facts["promises"]],
        "accepted": day(parse_day(case.facts["accepted_on"])), "typed": request.POST, "judgements": [
            (words(JUDGEMENTS[one.verdict]), one) for one in judgements],
        "closed": day(parse_day(case.facts["closed_on"])) if case.facts["closed_on"] else "",
        "choices": [(code, words(name)) for code, name in JUDGEMENTS.items()],
        "system": words(JUDGEMENTS[SYSTEM_SAYS[case.verdict]]) if judgements else "",
        "may": who.may(JUDGE, held.region)}, status=400 if wrong else 200)


def _following(held: CaseReview, number: int) -> str:
    """The next case that waits, else the review."""
    waiting = [row.number for row, judgement in reviewed(held).cases if judgement is None]
    ahead = next((one for one in waiting if one > number), waiting[0] if waiting else 0)
    return reverse("work-case", args=[held.pk, ahead]) if ahead else reverse("work-review", args=[held.pk])


def _promise(one: dict[str, Any]) -> tuple[str, str, str, str]:
    """Measure, promised, happened, paper: in words."""
    unit = words(UNITS.get(one["unit"], Bilingual("", "")))

    def told(value: int | None) -> str:
        if value is None:
            return "–"
        return f"{value / 100:,.2f} {unit}" if one["unit"] == "cent" else f"{value:,} {unit}".strip()
    if one["unit"] == "second":
        return words(MEASURE_NAMES[one["measure"]]), _("as stated in the record"), "", ""
    return (words(MEASURE_NAMES[one["measure"]]), told(one["promise"]), told(one["actual"]),
            words(Bilingual(one["paper_zh"], one["paper_en"])))
