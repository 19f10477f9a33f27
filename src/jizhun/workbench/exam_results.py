"""Results of an exam by place and body, the distribution first and small groups hidden; appeals and their answers."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from jizhun.frame.charts import Bar, Chart, bars
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, place_name, share, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import Forbidden, forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions.exams import REVIEW, TEACH
from jizhun.training.actions.results import SMALLEST, Line, Results, decide, organisations, results
from jizhun.training.models import Appeal
from jizhun.training.rules.papers import in_words, right_of
from jizhun.training.rules.sittings import CORRECTIONS, KINDS
from jizhun.workbench.evaluation_asked import READ, looker_of
from jizhun.workbench.exams import known_exam, when
from jizhun.workbench.item_figures import item_table
from jizhun.workbench.sitting_shown import text
from jizhun.workbench.sittings import mark_words


@login_required
def exam_results(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever reads results of the place sees them; nobody is told of apart."""
    who, held = looker_of(request), known_exam(pk)
    if not who.sees(held.region):
        raise forbidden(READ, held.region)
    told, places = results(held), tree()
    names = organisations([one.key for one in told.bodies])
    by_place = _lines("places", _("By place"), _("Place"), told.places,
                      {one.key: place_name(places.known(one.key)) for one in told.places})
    by_body = _lines("bodies", _("By body"), _("Body"), told.bodies,
                     {one.key: words(names[one.key]) if one.key else _("no body") for one in told.bodies})
    items, spread = _items(told), _spread(told)
    return show(request, "workbench/exam_results.html", {
        "exam": held, "kind": KINDS[held.kind], "place": places.known(held.region), "told": told,
        "by_place": by_place, "by_body": by_body, "items": items, "spread": spread, "smallest": SMALLEST,
        "mean": _mark(told.whole.mean), "alpha": _alpha(told), "simulated": places.known(held.region).simulated,
        "passed": share(told.whole.passed / told.whole.sat) if told.whole.passed is not None and told.whole.sat
        else "–", "tenths": _tenths(told)}, [by_place, by_body, items, _tenths(told)], [spread] if spread else [])


def _mark(value: int | None) -> str:
    return "–" if value is None else mark_words(value)


def _alpha(told: Results) -> str:
    alpha = told.reliability.alpha
    return "" if alpha is None else f"{alpha:.2f}"


def _hidden(value: int | None) -> Cell:
    return Cell(_("hidden"), plain="") if value is None else Cell(count(value), plain=value)


def _lines(name: str, caption: str, head: str, rows: list[Line], names: dict[str, str]) -> Table:
    columns = [Column(name, head, "head"), Column("sat", _("Sittings"), "number"),
               Column("passed", _("Passed"), "number"), Column("share", _("Share that passed"), "number"),
               Column("mean", _("Mean mark"), "number")]
    shown: list[list[Cell | str]] = [
        [Cell(names[one.key], small=one.key if name == "places" else ""), _hidden(one.sat), _hidden(one.passed),
         share(one.passed / one.sat) if one.passed is not None and one.sat else "–", _mark(one.mean)]
        for one in rows]
    return Table(name, caption, columns, shown, caption_hidden=True, stacked=True)


def _spread(told: Results) -> Chart | None:
    if told.spread is None:
        return None
    rows = [Bar(_tenth(n), number, count(number)) for n, number in enumerate(told.spread)]
    return bars("spread", _("Sittings by mark"), rows)


def _tenth(n: int) -> str:
    return f"{n * 10}–{n * 10 + 10}"


def _tenths(told: Results) -> Table:
    columns = [Column("mark", _("Mark"), "head"), Column("sat", _("Sittings"), "number")]
    rows: list[list[Cell | str]] = [[_tenth(n), Cell(count(number), plain=number)]
                                    for n, number in enumerate(told.spread or [])]
    return Table("tenths", _("Sittings by mark"), columns, rows, caption_hidden=True)


def _items(told: Results) -> Table:
    rows = [(Cell(words(version.stem), small=f"{version.question.code} / {version.number}"), version, item)
            for version, item in told.items]
    return item_table(rows, pgettext("training", "Question"))


# -- appeals ---------------------------------------------------------------------------------------


@login_required
def appeals(request: HttpRequest) -> HttpResponse:
    """Appeals of one's places, those that wait first."""
    who = looker_of(request)
    if not (who.where(REVIEW) or who.where(TEACH)):
        raise forbidden(REVIEW, who.regions[0])
    rows = [one for one in Appeal.objects.select_related("sitting__exam__version__blueprint", "decision", "version")
            if who.sees(one.sitting.exam.region)]
    rows.sort(key=lambda one: (hasattr(one, "decision"), one.at))
    table = _appeals(rows)
    return show(request, "workbench/appeals.html", {"table": table}, [table])


def _appeals(rows: list[Appeal]) -> Table:
    columns = [Column("question", pgettext("training", "Question"), "head"), Column("exam", _("Exam")),
               Column("at", _("Made"), "date"),
               Column("state", _("State"))]
    shown: list[list[Cell | str]] = [
        [Cell(words(one.version.stem), href=reverse("work-appeal", args=[one.pk]), small=one.text[:80]),
         words(one.sitting.exam.name), when(one.at), _state(one)] for one in rows]
    return Table("appeals", _("Appeals"), columns, shown, caption_hidden=True, stacked=True)


def _state(one: Appeal) -> str:
    if not hasattr(one, "decision"):
        return _("waits")
    return _("Upheld") if one.decision.correction else _("Turned down")


@login_required
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """One appeal with the question, the answer and what is right; a reviewer's decision is posted."""
    who, wrong = looker_of(request), ""
    held = Appeal.objects.select_related("sitting__exam__version__blueprint", "version__question").filter(pk=pk).first()
    if held is None:
        raise NotFound(zh="没有这项申诉。", en="There is no such appeal.")
    if not who.sees(held.sitting.exam.region) or not (who.where(REVIEW) or who.where(TEACH)):
        raise forbidden(REVIEW, held.sitting.exam.region)
    if request.method == "POST":
        try:
            choice = request.POST.get("correction", "")
            decide(by=who.user, appeal=held, correction="" if choice == "no" else choice or "?",
                   reason=request.POST.get("reason", ""))
            return HttpResponseRedirect(reverse("work-appeal", args=[pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    version, last = held.version, held.sitting.markings.order_by("number").first()
    answer = last.rows[held.number - 1]["answer"] if last else None
    return show(request, "workbench/appeal.html", {
        "appeal": held, "exam": held.sitting.exam, "decision": getattr(held, "decision", None), "wrong": wrong,
        "said": in_words(version.kind, version.content, answer), "again": held.markings.count(),
        "right": in_words(version.kind, version.content, right_of(version.kind, version.content)),
        "why": text(version.content.get("explanation") or {}), "may": who.may(REVIEW, held.sitting.exam.region),
        "corrections": list(CORRECTIONS.items()), "typed": request.POST if wrong else {},
        "simulated": tree().known(held.sitting.exam.region).simulated}, status=400 if wrong else 200)
