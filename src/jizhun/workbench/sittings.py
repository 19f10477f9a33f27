"""My exams at the workbench: what I may sit, the sitting with answers saved as they are given, my result."""

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jizhun.frame.certified import change_lines
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions.earning import asks_for_refresher, earned_by
from jizhun.training.actions.exams import exam_of, exams_for, given_to, sits_by
from jizhun.training.actions.results import Outcome, outcome
from jizhun.training.actions.results import appeal as make_appeal
from jizhun.training.actions.sittings import (
    Kept,
    Sent,
    begin,
    close_due,
    go_on,
    notes_of,
    rest,
    save,
    sitting_of,
    submit,
)
from jizhun.training.models import Exam, Sitting
from jizhun.training.rules.papers import in_words, right_of
from jizhun.training.rules.sittings import KINDS, NOTES, RUNNING, STATES, seconds_for
from jizhun.workbench.sitting_shown import sent_in, shown_questions, text
from jizhun.workbench.upload import user_of

MOST_ANSWERS = 200
"""Of one packet."""


@login_required
def my_sittings(request: HttpRequest) -> HttpResponse:
    """What I may sit now, and what I sat."""
    user = user_of(request)
    mine = list(Sitting.objects.filter(username=user.username).select_related("exam__version__blueprint"))
    close_due(mine)
    table = _sat(list(Sitting.objects.filter(username=user.username).select_related("exam__version__blueprint")))
    return show(request, "workbench/sittings.html", {
        "offers": [_offer(one, user, mine) for one in exams_for(user)], "table": table}, [table])


def _offer(exam: Exam, user: User, mine: list[Sitting]) -> dict[str, Any]:
    now = timezone.now()
    before = [one for one in mine if one.exam_id == exam.pk]
    running = next((one for one in before if one.state(now) == RUNNING), None)
    left = exam.attempts - len(before) if exam.attempts else None
    return {"exam": exam, "kind": KINDS[exam.kind], "running": running, "left": left, "opens": exam.opens > now,
            "minutes": seconds_for(exam.version.content["minutes"], given_to(exam, user.username)) // 60,
            "simulated": tree().known(exam.region).simulated}


def mark_words(value: int) -> str:
    """A mark out of a hundred, to two places where it has any."""
    return f"{value / 100:.2f}".removesuffix("00").removesuffix(".")


def _sat(rows: list[Sitting]) -> Table:
    columns = [Column("exam", _("Exam"), "head"), Column("begun", _("Begun"), "date"), Column("state", _("State")),
               Column("mark", _("Mark"), "number"), Column("passed", _("Passed"))]
    now = timezone.now()
    shown: list[list[Cell | str]] = []
    for one in rows:
        last, state = one.markings.order_by("number").last(), one.state(now)
        href = reverse("work-sitting" if state == RUNNING else "work-sitting-result", args=[one.pk])
        shown.append([
            Cell(words(one.exam.name), href=href, small=words(KINDS[one.exam.kind])),
            timezone.localtime(one.begun_at).strftime("%Y-%m-%d %H:%M"), words(STATES[state]),
            Cell(mark_words(last.mark), plain=last.mark / 100) if last else "",
            Cell(_("passed"), sign="kept") if last and last.passed else _("not passed") if last else ""])
    return Table("sittings", _("My sittings"), columns, shown, caption_hidden=True, stacked=True)


# -- beginning -------------------------------------------------------------------------------------


@login_required
def sitting_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """What is coming, what is noted, and the statement; the clock runs from the button on."""
    user, exam, wrong = user_of(request), _exam(pk), ""
    if sits_by(exam, user) is None:
        raise Forbidden(zh="您不在这场考试的范围内。", en="This exam is not for you.")
    if request.method == "POST":
        try:
            made = begin(by=user, exam=exam, browser=_browser(request), honest=request.POST.get("honest") == "1")
            return HttpResponseRedirect(reverse("work-sitting", args=[made.pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    given, content = given_to(exam, user.username), exam.version.read
    due = asks_for_refresher(user=user, exam=exam, on=timezone.localdate())
    return render(request, "workbench/sitting_begin.html", {
        "exam": exam, "kind": KINDS[exam.kind], "content": content, "given": given, "wrong": wrong, "due": due,
        "changes": change_lines(due) if due else [], "minutes": seconds_for(content.minutes, given) / 60,
        "pass_mark": mark_words(content.pass_mark),
        "simulated": tree().known(exam.region).simulated}, status=400 if wrong else 200)


def _exam(pk: int) -> Exam:
    try:
        return exam_of(pk)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None


def _browser(request: HttpRequest) -> str:
    return request.session.session_key or ""


def _mine(pk: int, user: User) -> Sitting:
    try:
        return sitting_of(pk, user)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None


# -- sitting ---------------------------------------------------------------------------------------


@login_required
def sitting(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper. Without a script its buttons save the whole of it and go on; a break hides it."""
    user = user_of(request)
    held = _mine(pk, user)
    if held.state(timezone.now()) != RUNNING:
        return HttpResponseRedirect(reverse("work-sitting-result", args=[pk]))
    if request.method == "POST":
        return _posted(request, held, user)
    if held.clock.resting(timezone.now()):
        return render(request, "workbench/sitting_break.html", {
            "sitting": held, "left": (held.breaks - held.clock.rested(timezone.now())) // 60,
            **_large(held)})
    paper = go_on(by=user, sitting=held, browser=_browser(request))
    now = timezone.now()
    sections = {one.code: one.name for one in held.exam.version.read.sections}
    questions = shown_questions(paper.questions, sections)
    return render(request, "workbench/sitting.html", {
        "sitting": paper.sitting, "exam": held.exam, "questions": questions,
        "answered": sum(one.answered for one in questions),
        "place": paper.place, "number": paper.number, "left": paper.sitting.clock.left(now),
        "clock": "{}:{:02}".format(*divmod(paper.sitting.clock.left(now), 60)),
        "ends": paper.sitting.clock.ends(now), "notes": [(NOTES[one.kind], one.at) for one in notes_of(held)],
        "breaks": (held.breaks - held.clock.rested(now)) // 60, "saved": request.GET.get("saved") == "1",
        "simulated": tree().known(held.exam.region).simulated, **_large(held)})


def _large(held: Sitting) -> dict[str, str]:
    """Large type for whoever is given it, whatever this browser is set to."""
    return {"text_size": "large"} if held.large else {}


def _posted(request: HttpRequest, held: Sitting, user: User) -> HttpResponse:
    if request.POST.get("do") in ("rest", "return"):
        rest(by=user, sitting=held, begin=request.POST["do"] == "rest")
        return HttpResponseRedirect(reverse("work-sitting", args=[held.pk]))
    paper = go_on(by=user, sitting=held, browser=_browser(request))
    sent = sent_in(request.POST, range(1, len(held.form) + 1), paper.number)
    kept = save(by=user, sitting=held.pk, place=paper.place, answers=sent)
    go = request.POST.get("go", "")
    if kept.state != RUNNING or go == "end":
        return HttpResponseRedirect(reverse("work-sitting-submit", args=[held.pk]))
    return HttpResponseRedirect(f"{reverse('work-sitting', args=[held.pk])}?saved=1"
                                f"#q{go if go.isdecimal() and len(go) < 5 else 1}")


@login_required
@require_POST
def sitting_save(request: HttpRequest, pk: int) -> HttpResponse:
    """A packet of answers from the page's script; the answer says whether they are in the database."""
    try:
        sent = json.loads(request.body)
        answers = [_sent(one) for one in sent["answers"][:MOST_ANSWERS]]
        kept = save(by=user_of(request), sitting=pk, place=_number(sent["place"]), answers=answers,
                    left_page=_number(sent.get("left", 0)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return JsonResponse({"wrong": _("This packet of answers cannot be read.")}, status=400)
    except Refused as refused:
        return JsonResponse({"wrong": words(refused.sentence)}, status=400)
    return JsonResponse(_told(kept))


def _sent(one: Any) -> Sent:
    return Sent(_number(one["question"]), _number(one["number"]), one["answer"])


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**9:
        raise ValueError(value)
    return value


def _told(kept: Kept) -> dict[str, Any]:
    return {"state": kept.state, "left": kept.left, "elsewhere": kept.elsewhere,
            "at": timezone.localtime().strftime("%H:%M:%S")}


@login_required
def sitting_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """What is answered and what is not; handing in is posted."""
    user = user_of(request)
    held = _mine(pk, user)
    to_result = HttpResponseRedirect(reverse("work-sitting-result", args=[pk]))
    if held.state(timezone.now()) != RUNNING:
        return to_result
    if request.method == "POST":
        submit(by=user, sitting=held)
        return to_result
    answered = {one.number for one in held.answers.all() if one.answer}
    return render(request, "workbench/sitting_submit.html", {
        "sitting": held, "exam": held.exam, "answered": len(answered), "every": len(held.form),
        "open": [number for number in range(1, len(held.form) + 1) if number not in answered],
        "left": held.clock.left(timezone.now()) // 60, **_large(held)})


# -- my result -------------------------------------------------------------------------------------


@login_required
def sitting_result(request: HttpRequest, pk: int) -> HttpResponse:
    """The mark, and question by question what was answered, what is right, why and by which clause; appeals."""
    user, wrong = user_of(request), ""
    held = _mine(pk, user)
    if request.method == "POST":
        try:
            number = request.POST.get("number", "")
            make_appeal(by=user, sitting=held, text=request.POST.get("text", ""),
                        number=int(number) if number.isdecimal() and len(number) < 5 else 0)
            return HttpResponseRedirect(f"{reverse('work-sitting-result', args=[pk])}#q{number}")
        except Refused as refused:
            wrong = words(refused.sentence)
    told = outcome(held)
    if told is None:
        return HttpResponseRedirect(reverse("work-sitting", args=[pk]))
    return render(request, "workbench/sitting_result.html", {
        "sitting": told.sitting, "exam": held.exam, "told": told, "mark": mark_words(told.last.mark), "wrong": wrong,
        "earlier": [mark_words(one.mark) for one in told.markings[:-1]], "sections": _sections(told),
        "pass_mark": mark_words(held.exam.version.content["pass_mark"]), "questions": _questions(told),
        "notes": [(NOTES[one.kind], one.at) for one in notes_of(held)], "typed": request.POST if wrong else {},
        "points": mark_words(told.last.points), "earned": earned_by(told.sitting),
        "state": STATES[told.sitting.state(timezone.now())],
        "simulated": tree().known(held.exam.region).simulated, **_large(held)}, status=400 if wrong else 200)


def _sections(told: Outcome) -> list[tuple[str, str, bool]]:
    parts = told.last.sections
    return [(words(one.name), mark_words(parts[one.code]["points"] * 100 // parts[one.code]["worth"]),
             parts[one.code]["passed"]) for one in told.sitting.exam.version.read.sections if one.code in parts]


def _questions(told: Outcome) -> list[dict[str, Any]]:
    return [{"number": one.number, "stem": one.version.stem, "points": mark_words(one.points), "worth": one.worth,
             "all": one.points == one.worth * 100, "sources": one.sources, "appeal": one.appeal,
             "decision": getattr(one.appeal, "decision", None) if one.appeal else None,
             "said": in_words(one.version.kind, one.version.content, one.answer),
             "right": in_words(one.version.kind, one.version.content, right_of(one.version.kind, one.version.content)),
             "why": text(one.version.content.get("explanation") or {})} for one in told.answered]

