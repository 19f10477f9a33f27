"""Surveys of outside assessors at the workbench: open one, take in returns with every fault by cell, results."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.evaluation.models import Survey, SurveyFile
from jizhun.evaluation.rules.questionnaires import KINDS, Fault
from jizhun.evaluation.sheets import QUESTIONNAIRE, edition_of, editions, name_of, questionnaire_of
from jizhun.evaluation.surveys import Results, Taken, blank_form, open_survey, results, survey_of, take_returns
from jizhun.frame.addresses import short
from jizhun.frame.fields import Field
from jizhun.frame.tables import XLSX, Cell, Column, Table, show
from jizhun.frame.tags import count, place_name, share, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import Forbidden, forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.evaluation_asked import JUDGE, READ, Looker, day_in, known_place, looker_of, number_in

MOST_FAULTS = 200


@login_required
def surveys(request: HttpRequest) -> HttpResponse:
    """Every survey of one's places, and the form that opens another."""
    who, wrong = looker_of(request), ""
    if request.method == "POST":
        try:
            made = _opened(request.POST, who)
            return HttpResponseRedirect(reverse("work-survey", args=[made.pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    table = _surveys([one for one in Survey.objects.select_related("questionnaire") if who.sees(one.region)])
    return show(request, "workbench/surveys.html", {
        "table": table, "wrong": wrong,
        "fields": _fields(request.POST, who) if who.where(JUDGE) and editions(QUESTIONNAIRE) else []},
                [table], status=400 if wrong else 200)


def _surveys(rows: list[Survey]) -> Table:
    held = tree()
    columns = [Column("who", _("Survey"), "head"), Column("place", _("Place")), Column("period", _("Period")),
               Column("returned", _("Returns"), "number"), Column("rate", _("Response rate"), "number"),
               Column("index", _("Satisfaction index"), "number")]
    shown: list[list[Cell | str]] = []
    for one in rows:
        told = results(one).whole
        shown.append([Cell(one.who, href=reverse("work-survey", args=[one.pk]),
                           small=words(name_of(one.questionnaire))),
                      place_name(held.known(one.region)), f"{one.first} – {one.last}",
                      Cell(f"{told.returned.fits:,} / {one.invited:,}", plain=told.returned.fits),
                      share(told.returned.value), index_words(told.index)])
    return Table("surveys", _("Surveys"), columns, shown, caption_hidden=True, stacked=True)


def index_words(value: float | None) -> str:
    """A satisfaction index to one place behind the point."""
    return "–" if value is None else f"{value:.1f}"


def _opened(sent: QueryDict, who: Looker) -> Survey:
    return open_survey(by=who.user, questionnaire=edition_of(QUESTIONNAIRE, sent.get("questionnaire", "")),
                       region=known_place(sent.get("region", "")), who=sent.get("who", ""),
                       first=day_in(sent, "first", _("From")), last=day_in(sent, "last", _("Until")),
                       invited=number_in(sent, "invited", _("How many were invited")))


def _fields(sent: QueryDict, who: Looker) -> list[Field]:
    today = who.today.isoformat()
    return [Field("questionnaire", _("Questionnaire"), sent.get("questionnaire", ""),
                  choices=[(str(one.pk), words(name_of(one))) for one in editions(QUESTIONNAIRE)]),
            Field("region", _("Within"), sent.get("region", who.where(JUDGE)[0]), choices=who.choices()),
            Field("who", _("Who asks"), sent.get("who", ""), required=True),
            Field("invited", _("How many were invited"), sent.get("invited", ""), required=True),
            Field("first", _("From"), sent.get("first", today), kind="date", required=True),
            Field("last", _("Until"), sent.get("last", today), kind="date", required=True)]


# -- one survey ------------------------------------------------------------------------------------


@login_required
def one_survey(request: HttpRequest, pk: int) -> HttpResponse:
    """The results; a file of returns is posted to it."""
    who, held, wrong, taken = looker_of(request), survey_of(pk), "", None
    if not who.sees(held.region):
        raise forbidden(READ, held.region)
    if request.method == "POST":
        try:
            taken = _taken(request, who, held)
            if not taken.faults:
                again = "&again=1" if taken.again else ""
                return HttpResponseRedirect(f"{reverse('work-survey', args=[pk])}?taken={taken.returns}{again}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    told = results(held)
    questions, places = _questions(told), _places(told)
    number = request.GET.get("taken", "")
    return show(request, "workbench/survey.html", {
        "survey": held, "name": name_of(held.questionnaire), "place": tree().known(held.region), "told": told,
        "questions": questions, "places": places, "index": index_words(told.whole.index), "wrong": wrong,
        "faults": _faults(taken.faults) if taken else None, "files": SurveyFile.objects.filter(survey=held),
        "taken": number if number.isdecimal() and len(number) < 8 else "", "again": bool(request.GET.get("again")),
        "may": who.may(JUDGE, held.region), "said": _said(told)}, [questions, places],
                status=400 if wrong or taken else 200)


def _taken(request: HttpRequest, who: Looker, held: Survey) -> Taken:
    sent = request.FILES.get("file")
    if sent is None or not sent.size:
        raise Refused(zh="请选择答卷文件。", en="Choose the file of returns.")
    return take_returns(by=who.user, survey=held, content=sent.read(), name=str(sent.name))


def _faults(faults: tuple[Fault, ...]) -> Table:
    columns = [Column("cell", _("Cell"), "head"), Column("what", _("What is wrong"))]
    return Table("faults", _("Cells that are wrong"), columns, [
        [one.cell, words(one.sentence)] for one in faults[:MOST_FAULTS]], stacked=True)


def _questions(told: Results) -> Table:
    columns = [Column("question", _("Question"), "head"), Column("kind", _("Kind")),
               Column("answers", _("Answers")), Column("n", _("How many"), "number"),
               Column("mean", _("Mean grade"), "number")]
    rows: list[list[Cell | str]] = []
    for one in told.asked.questions:
        if one.kind != "text":
            counts = told.whole.counts[one.code]
            said = " · ".join(f"{words(name)} {counts.get(code, 0)}" for code, name in one.answers.items())
            number, mean = sum(counts.values()), told.whole.mean(one.code) if one.kind in ("grade", "agree") else None
            rows.append([Cell(words(one.words), small=one.code), words(KINDS[one.kind]), said,
                         Cell(count(number), plain=number), "" if mean is None else f"{mean:.2f}"])
    return Table("questions", _("Question by question"), columns, rows, caption_hidden=True, stacked=True)


def _places(told: Results) -> Table:
    held = tree()
    columns = [Column("place", _("Place"), "head"), Column("n", _("Returns"), "number"),
               Column("index", _("Satisfaction index"), "number"), Column("positive", _("Positive grades"), "number")]
    rows: list[list[Cell | str]] = [
        [Cell(place_name(held.known(place)), small=place), Cell(count(one.returned.fits), plain=one.returned.fits),
         Cell(index_words(one.index), plain=one.index), share(one.positive.value)] for place, one in told.places]
    return Table("places", _("Place by place"), columns, rows, caption_hidden=True, stacked=True)


def _said(told: Results) -> list[tuple[str, list[str]]]:
    """Free words, some of them; who wrote them is not known."""
    by_code = {one.code: one.words for one in told.asked.questions}
    return [(words(by_code[code]), list(texts[:20])) for code, texts in told.whole.words.items() if texts]


@login_required
def survey_form(request: HttpRequest, pk: int) -> HttpResponse:
    """The empty workbook of a survey."""
    who, held = looker_of(request), survey_of(pk)
    if not who.sees(held.region):
        raise forbidden(READ, held.region)
    response = HttpResponse(blank_form(questionnaire_of(held.questionnaire), short(get_language())), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="jizhun-survey-{held.pk}.xlsx"'
    return response
