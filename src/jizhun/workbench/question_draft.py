"""Questions drafted out of the data: choose the place, the matters and the types; look; keep those that are chosen."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.frame.fields import Field
from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import Forbidden, forbidden
from jizhun.training.actions import draft_questions, keep_drafts
from jizhun.training.actions.bank import MOST_DRAFTS, WRITE, code_of
from jizhun.training.models import Question
from jizhun.training.rules.drafting import Draft
from jizhun.training.rules.questions import TYPES
from jizhun.workbench.question_asked import Looker, looker_of, matter_name, shown, source_name

USUAL, MOST_MATTERS = "20", 60


@login_required
def question_draft(request: HttpRequest) -> HttpResponse:
    """The form; what would be drafted; then those that were chosen are kept."""
    who, wrong, made = looker_of(request), "", list[Draft]()
    if not who.writes:
        raise forbidden(WRITE, who.regions[0])
    sent = request.POST if request.method == "POST" else request.GET
    try:
        if _asked(sent):
            made = _drafted(sent, who)
        if request.method == "POST":
            return _kept(request.POST, who, made)
    except Forbidden:
        raise
    except Refused as refused:
        wrong = words(refused.sentence)
    there = {*Question.objects.filter(code__in=[code_of(one) for one in made]).values_list("code", flat=True)}
    return render(request, "workbench/question_draft.html", {
        "fields": _fields(sent, who), "kinds": _kinds(sent), "matters": _matters(sent),
        "wrong": wrong, "asked": _asked(sent),
        "drafts": [_shown(one, code_of(one) in there) for one in made], "new": len(made) - len(there),
        "sent": [(name, value) for name in ("region", "matters", "kinds", "seed", "most", "standard")
                 for value in sent.getlist(name)]}, status=400 if wrong else 200)


def _asked(sent: QueryDict) -> bool:
    return bool(sent.getlist("matters") or sent.get("standard", "").strip())


def _drafted(sent: QueryDict, who: Looker) -> list[Draft]:
    most = sent.get("most", USUAL)
    if not most.isdecimal() or len(most) > 4:
        raise Refused(zh="题数应为整数。", en="The number of questions must be a whole number.")
    matters = sent.getlist("matters")
    if len(matters) > MOST_MATTERS:
        raise Refused(zh=f"一次最多选 {MOST_MATTERS} 个事项。", en=f"Choose {MOST_MATTERS} matters at most at a time.")
    return draft_questions(by=who.user, region=sent.get("region", ""), matters=matters,
                           kinds=sent.getlist("kinds") or [*TYPES], seed=sent.get("seed", "1")[:40] or "1",
                           most=int(most), standards=[one for one in [sent.get("standard", "").strip()] if one])


def _kept(sent: QueryDict, who: Looker, made: list[Draft]) -> HttpResponse:
    """The same drafts are made again out of the same data and seed; those that were chosen are kept."""
    chosen = {*sent.getlist("choose")}
    wanted = [one for one in made if code_of(one) in chosen]
    if not wanted:
        raise Refused(zh="请至少选一题。", en="Choose one question at least.")
    kept = keep_drafts(by=who.user, made=wanted)
    return HttpResponseRedirect(f"{reverse('work-questions')}?state=draft&kept={len(kept)}")


def _shown(draft: Draft, there: bool) -> dict[str, Any]:
    return {"code": code_of(draft), "there": there, "simulated": draft.simulated, "matter": matter_name(draft.matter),
            "shown": shown(draft.kind, draft.content), "sources": [source_name(one) for one in draft.sources]}


def _fields(sent: QueryDict, who: Looker) -> list[Field]:
    return [
        Field("region", _("Place"), sent.get("region", who.regions[0]), choices=who.choices()),
        Field("most", _("How many at most"), sent.get("most", USUAL), kind="number",
              hint=_("1 to %(most)s; of every type in turn") % {"most": MOST_DRAFTS}),
        Field("seed", _("Seed"), sent.get("seed", "1"),
              hint=_("The same seed and data draft the same questions; another seed, other wrong answers.")),
        Field("standard", _("Number of a standard"), sent.get("standard", ""),
              hint=_("For questions on its clauses; may stay empty."))]


def _kinds(sent: QueryDict) -> Field:
    return Field("kinds", _("Types"), kind="checks", chosen=sent.getlist("kinds") or [*TYPES],
                 choices=[(code, words(name)) for code, name in TYPES.items()])


def _matters(sent: QueryDict) -> Field:
    return Field("matters", _("Matters"), kind="checks", chosen=sent.getlist("matters"),
                 choices=[(code, f"{words(one.name)} {code}") for code, one in catalogue().matters.items()])
