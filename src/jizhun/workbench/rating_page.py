"""One negative rating: what was said, the clock, everything done about it, and the next act."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.delivery.lookup import reason_catalogue
from jizhun.evaluation.actions import channel_name
from jizhun.evaluation.models import NegativeRating
from jizhun.evaluation.negatives import DECIDE, HANDLE, Item, act, item, may
from jizhun.evaluation.rules.negative import KINDS, Act, ActKind, Kind
from jizhun.evaluation.rules.satisfaction import GRADES
from jizhun.frame.fields import Field
from jizhun.frame.tags import place_name, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import allows, path_to
from jizhun.people.models import User
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.ratings import state_cell
from jizhun.workbench.upload import user_of


@dataclass(frozen=True, slots=True)
class Offer:
    """An act that can be done now: its fields, and whether this user may."""

    kind: Kind
    about: ActKind
    mine: bool
    fields: list[Field]


@login_required
def rating(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of one negative rating; acts are posted to it."""
    row = NegativeRating.objects.filter(pk=pk).first()
    if row is None or not _may_see(user_of(request), row):
        raise Http404
    if request.method != "POST":
        return _page(request, row)
    try:
        _done(request, row)
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, row, words(refused.sentence))
    return HttpResponseRedirect(reverse("work-rating", args=[pk]))


def _may_see(user: User, row: NegativeRating) -> bool:
    path = path_to(row.region)
    return any(allows(by=user, right=right, path=path) for right in (HANDLE, DECIDE))


def _done(request: HttpRequest, row: NegativeRating) -> None:
    sent, kind = request.POST, request.POST.get("do", "")
    seen = sent.get("seen", "")
    answer = sent.get("answer", "")
    act(by=user_of(request), rating=row, kind=kind, text=sent.get("text", ""),  # type: ignore[arg-type]
        seen=int(seen) if seen.isdecimal() and len(seen) < 6 else None,
        reached=REACHED.get(answer) if kind == "call_back" else None,
        satisfied=SATISFIED.get(answer) if kind == "call_back" else None,
        upheld=UPHELD.get(answer) if kind == "decide" else None)


REACHED = {"satisfied": True, "not": True, "unreached": False}
SATISFIED = {"satisfied": True, "not": False}
UPHELD = {"upheld": True, "refused": False}
"""What the form's outcome of a call-back or a decision says."""


def _page(request: HttpRequest, row: NegativeRating, wrong: str = "") -> HttpResponse:
    found, user = item(row), user_of(request)
    typed = request.POST if wrong else QueryDict()
    names = {one.code: words(one.name) for one in reason_catalogue().categories}
    return render(request, "workbench/rating.html", {
        "one": found, "rating": row, "state": state_cell(found), "place": tree().known(row.region),
        "grade": GRADES[row.grade], "reasons": [names.get(code, code) for code in row.reasons],
        "matter": catalogue().matters.get(row.matter), "channel": channel_name(row.channel),
        "history": [(one, KINDS[one.kind], _outcome(one)) for one in found.acts],
        "offers": [_offer(kind, found, user, typed) for kind in found.may_follow], "wrong": wrong,
        "above": place_name(tree().known((path_to(row.region)[:-1] or (row.region,))[-1]))},
        status=400 if wrong else 200)


def _offer(kind: Kind, found: Item, user: User, typed: QueryDict) -> Offer:
    about = KINDS[kind]
    own = typed if typed.get("do") == kind else QueryDict()
    fields = []
    if kind == "call_back":
        fields.append(Field("answer", _("Outcome"), own.get("answer", ""), required=True, choices=[
            ("", _("choose")), ("satisfied", _("reached, satisfied with what was done")),
            ("not", _("reached, not satisfied")), ("unreached", _("not reached"))]))
    if kind == "decide":
        fields.append(Field("answer", _("Outcome"), own.get("answer", ""), required=True, choices=[
            ("", _("choose")), ("upheld", _("upheld: the rating does not count")),
            ("refused", _("not upheld: rectification goes on"))]))
    hint = _("No names, identity numbers or telephone numbers")
    fields.append(Field("text", words(about.text), own.get("text", ""), hint=hint, kind="textarea"))
    return Offer(kind, about, may(user, found.rating, kind, found.acts), fields)


def _outcome(one: Act) -> str:
    if one.kind == "call_back":
        if not one.reached:
            return _("not reached")
        return _("reached, satisfied with what was done") if one.satisfied else _("reached, not satisfied")
    if one.kind == "decide":
        return _("upheld: the rating does not count") if one.upheld else _("not upheld: rectification goes on")
    return ""


