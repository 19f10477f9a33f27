"""Skills contests at the workbench: the list, a new one, one with its boards, and the round that is open."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.frame.fields import Field
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, words
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.rules import Forbidden, forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions import contests, ledger
from jizhun.training.models import Contest, ContestAnswer, Question
from jizhun.training.rules.contests import RHYTHMS, round_on
from jizhun.workbench.evaluation_asked import day_in, known_place, number_in
from jizhun.workbench.training_answers import answer_in, asked, told
from jizhun.workbench.training_asked import TEACH, Learner, learner_of

SORTS = ("person", "team", "unit")


def _concerns(who: Learner, contest: Contest) -> bool:
    """Whether a contest is held where one has a role: at a place above or within."""
    held = tree()
    return who.sees(contest.region) or any(contest.region in held.path(one, who.today) for one in who.regions)


@login_required
def contest_list(request: HttpRequest) -> HttpResponse:
    """The contests of one's places."""
    who = learner_of(request)
    rows: list[list[Cell | str]] = []
    for one in Contest.objects.all():
        if _concerns(who, one):
            periods = contests.periods(one)
            number = round_on(periods, who.today)
            rows.append([Cell(words(one.name), href=reverse("work-contest", args=[one.pk]),
                              small=_("simulated") if one.simulated else ""), place_name(tree().known(one.region)),
                         words(RHYTHMS[one.rhythm]), day(periods[0].start), day(periods[-1].until),
                         _("round %(n)s is open") % {"n": number} if number else "–",
                         Cell(str(len(contests.entries_of(one))))])
    table = Table("contests", _("Skills contests"), [
        Column("contest", _("Contest"), "head"), Column("place", _("Place")), Column("rhythm", _("Rounds")),
        Column("first", _("First day"), "date"), Column("last", _("Last day"), "date"), Column("now", _("Today")),
        Column("people", _("How many people"), "number")], rows, caption_hidden=True, stacked=True)
    return show(request, "workbench/contests.html", {"table": table, "teaches": who.teaches}, [table])


@login_required
def contest_new(request: HttpRequest) -> HttpResponse:
    """The form of a contest."""
    who, wrong = learner_of(request), ""
    if not who.teaches:
        raise forbidden(TEACH, who.regions[0])
    if request.method == "POST":
        try:
            return HttpResponseRedirect(reverse("work-contest", args=[_set_up(request.POST, who).pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return render(request, "workbench/contest_new.html", {"fields": _fields(request.POST, who), "wrong": wrong},
                  status=400 if wrong else 200)


def _set_up(sent: QueryDict, who: Learner) -> Contest:
    return contests.set_up(
        by=who.user, region=known_place(sent.get("region", "")), name_zh=sent.get("name_zh", ""),
        name_en=sent.get("name_en", ""), rhythm=sent.get("rhythm", ""), first=day_in(sent, "first", _("First day")),
        count=number_in(sent, "rounds", _("Number of rounds")), topic=sent.get("topic", ""), seed=sent.get("seed", ""),
        questions=number_in(sent, "questions", _("Questions a round")), scoring=sent.get("scoring", ""))


def _fields(sent: QueryDict, who: Learner) -> list[Field]:
    scorings = [(code, words(Bilingual(row["zh"], row["en"]))) for code, row in ledger.settings().scorings.items()]
    topics = [("", _("everything")), *((one, one) for one in Question.objects.order_by("topic").values_list(
        "topic", flat=True).distinct())]
    return [Field("name_zh", _("Name in Chinese"), sent.get("name_zh", ""), required=True),
            Field("name_en", _("Name in English"), sent.get("name_en", ""), required=True),
            Field("region", _("Place"), sent.get("region", who.where(TEACH)[0]), choices=who.choices(who.where(TEACH))),
            Field("rhythm", _("A round"), sent.get("rhythm", "weekly"),
                  choices=[(code, words(name)) for code, name in RHYTHMS.items()]),
            Field("first", _("First day"), sent.get("first", who.today.isoformat()), kind="date", required=True),
            Field("rounds", _("Number of rounds"), sent.get("rounds", "4"), required=True),
            Field("questions", _("Questions a round"), sent.get("questions", "5"), required=True),
            Field("topic", _("Questions about"), sent.get("topic", ""), choices=topics),
            Field("scoring", _("Scoring"), sent.get("scoring", "usual"), choices=scorings),
            Field("seed", _("Seed"), sent.get("seed", ""), required=True,
                  hint=_("Any word: with it anybody can draw the same questions again"))]


# -- one contest -----------------------------------------------------------------------------------


def _contest(who: Learner, pk: int) -> Contest:
    try:
        found = contests.contest_of(pk)
    except Refused as refused:
        raise NotFound(zh=refused.sentence.zh, en=refused.sentence.en) from None
    if not _concerns(who, found):
        raise forbidden("result.read", found.region)
    return found


@login_required
def contest(request: HttpRequest, pk: int) -> HttpResponse:
    """A contest with its boards; joining, changing and leaving are posted to it."""
    who, wrong = learner_of(request), ""
    one = _contest(who, pk)
    if request.method == "POST":
        try:
            contests.take_part(by=who.user, contest=one, unit=request.POST.get("unit", ""),
                               team=request.POST.get("team", ""), named=bool(request.POST.get("named")),
                               joins=request.POST.get("act") != "leave")
            return HttpResponseRedirect(reverse("work-contest", args=[pk]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    periods, board = contests.periods(one), _board(request, who, one)
    number, entry = round_on(periods, who.today), contests.entries_of(one).get(who.user.username)
    return show(request, "workbench/contest.html", {
        "contest": one, "place": tree().known(one.region), "rhythm": RHYTHMS[one.rhythm], "periods": periods,
        "number": number, "round": periods[number - 1] if number else None, "entry": entry, "board": board,
        "units": [(code, place_name(tree().known(code))) for code in contests.units_of(who.user, one)],
        "played": _has_played(one, number, who), "people": len(contests.entries_of(one)), "wrong": wrong,
        "sorts": [(code, name, code == _sort(request)) for code, name in zip(
            SORTS, (_("People"), _("Teams"), _("Offices")), strict=True)], "month": request.GET.get("month", ""),
        "months": sorted({f"{period.start:%Y-%m}" for period in periods if period.start <= who.today}),
        "how": _how(one)}, [board], status=400 if wrong else 200)


def _how(one: Contest) -> str:
    how = one.how
    return _("%(points)s points for a right answer, %(clean)s more for a round without a mistake; a unit or team is "
             "the mean of its best %(counted)s people, and who is missing counts as nothing.") % {
        "points": how.points, "clean": how.clean, "counted": how.counted}


def _sort(request: HttpRequest) -> str:
    asked_for = request.GET.get("board", "unit")
    return asked_for if asked_for in SORTS else "unit"


def _has_played(one: Contest, number: int, who: Learner) -> bool:
    return ContestAnswer.objects.filter(round__contest=one, round__number=number, username=who.user.username).exists()


def _board(request: HttpRequest, who: Learner, one: Contest) -> Table:
    """The board asked for; ties are said, and who did not agree to be named is shown by unit."""
    sort, held = _sort(request), tree()
    rows: list[list[Cell | str]] = []
    for line in contests.board(contest=one, sort=sort, month=request.GET.get("month", ""), viewer=who.user.username):
        unit = place_name(held.known(line.unit)) if line.unit in held else line.unit
        name = (line.name or _("not named")) if sort != "unit" else unit
        small = _("that is you") if line.own else unit if sort == "person" else ""
        tied = _("shared by %(n)s") % {"n": line.tied} if line.tied > 1 else ""
        rows.append([Cell(str(line.rank), small=tied, plain=line.rank), Cell(name, small=small),
                     Cell(f"{line.points:.1f}".removesuffix(".0"), plain=line.points),
                     *([Cell(str(line.of), plain=line.of)] if sort != "person" else [])])
    columns = [Column("rank", _("Place on the board"), "number"), Column("name", _("Name on the board"), "head"),
               Column("points", _("Points won"), "number"),
               *([Column("people", _("How many people"), "number")] if sort != "person" else [])]
    return Table("board", _("Leader board"), columns, rows, caption_hidden=True)


# -- a round ---------------------------------------------------------------------------------------


@login_required
def contest_round(request: HttpRequest, pk: int) -> HttpResponse:
    """The round that is open: its questions, or what I answered with what was right."""
    who, wrong = learner_of(request), ""
    one = _contest(who, pk)
    try:
        if who.user.username not in contests.entries_of(one):
            return HttpResponseRedirect(reverse("work-contest", args=[pk]))
        held = contests.open_round(contest=one, on=who.today)
        versions = contests.asked_in(held)
        if request.method == "POST":
            contests.answer_round(by=who.user, contest=one, answers={
                version.pk: answer_in(request.POST, version.kind, version.content, f"q{version.pk}")
                for version in versions})
            return HttpResponseRedirect(reverse("work-contest-round", args=[pk]))
    except Forbidden:
        raise
    except Refused as refused:
        return render(request, "workbench/contest_round.html", {"contest": one, "wrong": words(refused.sentence)},
                      status=400)
    given = contests.answers_of(held, who.user.username)
    context: dict[str, Any] = {"contest": one, "number": held.number, "wrong": wrong}
    if given:
        context |= {"told": [row for answer in given for row in told(answer.version.kind, answer.version.content,
                                                                     answer.answer)]}
    else:
        context |= {"asked": [row for version in versions for row in asked(version.kind, version.content,
                                                                           f"q{version.pk}")]}
    return render(request, "workbench/contest_round.html", context)
