"""One application or pilot at the workbench: what it said, its work month by month, sheets, verdicts, and every act."""

from collections.abc import Callable, Mapping

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.evaluation.evidence import Piece
from jizhun.frame.pilots import kind_words, month_text, named, state_words
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, share, words
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.people.rules import Forbidden, forbidden
from jizhun.pilots.actions import assessing, experience, programmes, selecting, working
from jizhun.pilots.actions.programmes import PARTS
from jizhun.pilots.actions.working import Words, Work, work_of
from jizhun.pilots.models import PilotApplication
from jizhun.pilots.rules.assessing import STAGES, VERDICTS, Together
from jizhun.pilots.rules.programmes import STEPS
from jizhun.pilots.rules.working import DONE, LATE, STATES
from jizhun.workbench.collaboration_asked import both
from jizhun.workbench.evaluation_asked import READ, Looker, evidence_in, looker_of, number_in
from jizhun.workbench.pilot_forms import forms


def seen_application(who: Looker, pk: int) -> PilotApplication:
    """The application, for who sees its place; NotFound and Forbidden otherwise."""
    try:
        one = programmes.application_of(pk)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None
    if not who.sees(one.region):
        raise forbidden(READ, one.region)
    return one


@login_required
def work_pilot(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; posted, an act is done."""
    who = looker_of(request)
    one, wrong = seen_application(who, pk), ""
    if request.method == "POST":
        try:
            _act(who, one, request)
            return HttpResponseRedirect(reverse("work-pilot", args=[pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    work = work_of(one, who.today)
    sheets = {stage: assessing.assessed(one, stage) for stage in STAGES} if one.programme.sheet else {}
    tables = [_tasks(one, work), _months(one, work), _scores(one), _sheets(sheets), _verdicts(one)]
    tasks, months, scores, said, verdicts = tables
    return show(request, "workbench/pilot.html", {
        "one": one, "programme": one.programme, "place": named(one.region), "state": state_words(one),
        "kind": kind_words(one.kind), "with": words(COMMA).join(map(named, one.places)), "wrong": wrong,
        "statement": [(words(name), one.statement.get(part, "")) for part, name in PARTS.items()
                      if one.statement.get(part)],
        "steps": [(each, _step_words(each.act)) for each in one.steps.all()], "work": work, "tasks": tasks,
        "months": months, "scores": scores, "sheets": said, "verdicts": verdicts, "share": share(work.share),
        "missing": words(COMMA).join(map(month_text, work.missing)) if work.plan else "",
        "opinions": [(words(STAGES[stage]), each.by, each.opinion) for stage, found in sheets.items() if found
                     for each in found.sheets],
        "practices": list(one.practices.all()), **forms(who, one, work, request.POST)}, tables,
        status=400 if wrong else 200)


def _step_words(act: str) -> str:
    return words(STEPS[act])


# -- tables ----------------------------------------------------------------------------------------


def _tasks(one: PilotApplication, work: Work) -> Table:
    jobs = {row["code"]: words(Bilingual(row["name_zh"], row["name_en"])) for row in one.programme.jobs}
    columns = [Column("task", _("Task"), "head"), Column("job", _("Job")), Column("unit", _("Responsible")),
               Column("due", _("Due"), "date"), Column("share", _("Done"), "number"), Column("state", _("State"))]
    rows: list[list[Cell | str]] = [
        [Cell(each.task.name, small=_("milestone") if each.task.milestone else ""), jobs.get(each.task.job, ""),
         each.task.unit, day(each.task.due), Cell(f"{each.share} %", plain=each.share),
         Cell(words(STATES[each.state]), sign="breach" if each.state == LATE else "kept" if each.state == DONE else "")]
        for each in work.tasks]
    return Table("tasks", _("Tasks and milestones"), columns, rows, caption_hidden=True, stacked=True)


def _months(one: PilotApplication, work: Work) -> Table:
    columns = [Column("month", _("Month"), "head"), Column("share", _("Done"), "number"),
               Column("done", _("What was done")), Column("problems", _("Problems")), Column("coming", _("Next")),
               Column("evidence", _("Evidence"))]
    rows: list[list[Cell | str]] = []
    for each in work.reports:
        mean = sum(each.shares.values()) / len(each.shares) if each.shares else 0
        rows.append([Cell(month_text(each.month), small=day(each.on)), Cell(f"{mean:.0f} %", plain=mean), each.done,
                     each.problems, each.coming, _evidence(one, each.month, each.evidence)])
    return Table("months", _("Monthly table"), columns, rows, caption_hidden=True, stacked=True)


def _evidence(one: PilotApplication, month: int, given: list[Piece]) -> Cell | str:
    if not given:
        return "–"
    return Cell(_("see them (%(n)s)") % {"n": len(given)}, href=reverse("work-pilot-evidence", args=[one.pk, month]))


def _scores(one: PilotApplication) -> Table:
    criteria = one.programme.told_criteria
    columns = [Column("by", _("Assessor"), "head"), *(Column(each.code, words(each.name), "number")
                                                      for each in criteria),
               Column("total", _("Together"), "number"), Column("opinion", _("Opinion"))]
    rows: list[list[Cell | str]] = [
        [each.by, *(each.points.get(criterion.code, "–") for criterion in criteria),
         str(sum(int(n) for n in each.points.values())), each.opinion] for each in selecting.scores_of(one)]
    return Table("scores", _("Scores of the application"), columns, rows, caption_hidden=True, stacked=True)


def _sheets(found: Mapping[str, Together | None]) -> Table:
    columns = [Column("stage", _("Stage"), "head"), Column("assessors", _("Assessors"), "number"),
               Column("share", _("Share of the points"), "number"), Column("apart", _("Assessors apart by"), "number"),
               Column("attained", _("By the sheets")), Column("advised", _("Most advise"))]
    rows: list[list[Cell | str]] = [
        [words(STAGES[stage]), Cell(count(len(one.sheets)), plain=len(one.sheets)),
         Cell(share(one.share), plain=one.share), Cell(share(one.apart), plain=one.apart),
         Cell(_("attained") if one.attained else _("not attained"), sign="kept" if one.attained else "breach"),
         words(VERDICTS[stage][one.advised])] for stage, one in found.items() if one]
    return Table("sheets", _("Score sheets"), columns, rows, caption_hidden=True, stacked=True)


def _verdicts(one: PilotApplication) -> Table:
    columns = [Column("stage", _("Stage"), "head"), Column("verdict", _("Verdict")), Column("on", _("On"), "date"),
               Column("reason", _("Reason"))]
    rows: list[list[Cell | str]] = [
        [words(STAGES[each.stage]), words(VERDICTS[each.stage][each.verdict]), day(each.on), each.reason]
        for each in one.verdicts.all()]
    return Table("verdicts", _("Verdicts"), columns, rows, caption_hidden=True, stacked=True)


# -- acts ------------------------------------------------------------------------------------------


def _act(who: Looker, one: PilotApplication, request: HttpRequest) -> None:
    doing = ACTS.get(request.POST.get("act", ""))
    if doing is None:
        raise Refused(zh="没有这个操作。", en="There is no such act.")
    doing(who, one, request)


def _typed(sent: QueryDict, prefix: str) -> dict[str, str]:
    """The fields whose names begin so, by the rest of the name."""
    return {name.removeprefix(prefix): str(sent[name]) for name in sent if name.startswith(prefix)}


def _withdraw(who: Looker, one: PilotApplication, request: HttpRequest) -> None:
    programmes.withdraw(by=who.user, application=one, reason=request.POST.get("reason", ""))


def _score(who: Looker, one: PilotApplication, request: HttpRequest) -> None:
    selecting.score(by=who.user, application=one, typed=_typed(request.POST, "c-"),
                    opinion=request.POST.get("opinion", ""))


def _interest(who: Looker, one: PilotApplication, request: HttpRequest) -> None:
    selecting.declare_interest(by=who.user, application=one, reason=request.POST.get("reason", ""))


def _decide(who: Looker, one: PilotApplication, request: HttpRequest) -> None:
    selecting.decide(by=who.user, application=one, chosen=request.POST.get("chosen") == "yes",
                     reason=request.POST.get("reason", ""))


def _plan(who: Looker, one: PilotApplication, request: HttpRequest) -> None:
    sent = request.POST
    working.adopt_plan(by=who.user, application=one, goals=sent.get("goals", ""), tasks=sent.get("tasks", ""),
                       reason=sent.get("reason", ""))


def _month(who: Looker, one: PilotApplication, request: HttpRequest) -> None:
    sent = request.POST
    working.report_month(
        by=who.user, application=one, month=number_in(sent, "month", _("Month")), shares=_typed(sent, "t-"),
        said=Words(sent.get("done", ""), sent.get("problems", ""), sent.get("coming", "")),
        evidence=evidence_in(request, "file", "links"))


def _assess(who: Looker, one: PilotApplication, request: HttpRequest) -> None:
    sent = request.POST
    assessing.assess(by=who.user, application=one, stage=sent.get("stage", ""), typed=_typed(sent, "i-"),
                     opinion=sent.get("opinion", ""), advice=sent.get("advice", ""))


def _verdict(who: Looker, one: PilotApplication, request: HttpRequest) -> None:
    sent = request.POST
    assessing.give_verdict(by=who.user, application=one, stage=sent.get("stage", ""), verdict=sent.get("verdict", ""),
                           reason=sent.get("reason", ""))


def _practice(who: Looker, one: PilotApplication, request: HttpRequest) -> None:
    sent = request.POST
    matters = sent.get("matters", "").replace(",", " ").replace("，", " ").split()
    card = experience.Card(sent.get("code", "").strip(), both(sent, "title"),
                           {name: both(sent, name) for name in experience.PARTS}, sent.get("standard", ""), matters,
                           evidence_in(request, "file", "links"))
    experience.tell_practice(by=who.user, region=one.region, said=card, application=one)


ACTS: Mapping[str, Callable[[Looker, PilotApplication, HttpRequest], None]] = {
    "withdraw": _withdraw, "score": _score, "interest": _interest, "decide": _decide, "plan": _plan, "month": _month,
    "assess": _assess, "verdict": _verdict, "practice": _practice}
"""What the page can do, by the name of its button."""
