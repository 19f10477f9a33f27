"""Publish what was drafted: what changes, whom it concerns, from which day; and bring into step what has drifted."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.catalogue.rules import Matter
from jizhun.frame.guide_words import one_line
from jizhun.frame.procedure_words import whole_step
from jizhun.frame.tags import place_name, words
from jizhun.guides import actions
from jizhun.guides.actions import NOTICE_DAYS, PROCEDURE, draft_of, drift_of, field_of, foreseen, matter_of, words_of
from jizhun.guides.models import LayerDraft, LayerVersion
from jizhun.guides.rules import Policy, joined
from jizhun.guides.rules.drift import proposal, side_by_side
from jizhun.guides.rules.fields import POLICIES, Content, Field, supplementable
from jizhun.guides.rules.layers import Resolved
from jizhun.impact.actions import publish as publish_change
from jizhun.impact.rules import kinds
from jizhun.impact.rules.kinds import Change
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import require
from jizhun.people.rules import Forbidden
from jizhun.procedures.actions import STEPS
from jizhun.procedures.rules import read_steps
from jizhun.regions.actions import tree
from jizhun.workbench.guide_asked import EDIT, Spot, spot_of
from jizhun.workbench.guide_edit import items_of, typed
from jizhun.workbench.guide_page import some_names
from jizhun.workbench.impact_told import impact_of
from jizhun.workbench.procedure_edit import looked_at

BINDINGS = {"": gettext_lazy("as before"), "free": gettext_lazy("may change it"),
            "supplement": gettext_lazy("may only add to it"), "locked": gettext_lazy("may not change it")}
"""How far a place binds those below it; never looser than it is bound itself."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One field of the draft: what counts now and what would; who below has to look."""

    code: str
    name: str
    before: str
    after: str
    places: str
    count: int
    policies: list[tuple[str, str]]
    chosen: str


@login_required
def publish(request: HttpRequest, matter: str) -> HttpResponse:
    """What the draft would change, and the act itself."""
    spot, known = spot_of(request), matter_of(matter)
    require(by=spot.user, right=EDIT, path=spot.path)
    draft = draft_of(sort=spot.sort, matter=matter, region=spot.region)
    if draft is None or not draft.fields:
        return HttpResponseRedirect(f"{reverse('work-guide', args=[matter])}?{spot.query}")
    wrong = ""
    if request.method == "POST":
        try:
            version = _publish(request.POST, spot, matter, draft)
            return HttpResponseRedirect(
                f"{reverse('work-guide', args=[matter])}?{spot.query}&published={version.number}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    return _page(request, spot, known, draft, wrong)


def _publish(sent: QueryDict, spot: Spot, matter: str, draft: LayerDraft) -> LayerVersion:
    if sent.get("revision") != str(draft.revision):
        raise Refused(zh="草稿在此期间又有改动，请重新查看。",
                      en="The draft has been changed in the meantime: look again.")
    made: LayerVersion = publish_change(by=spot.user, change=_change(spot, matter, draft),
                                        seen=str(sent.get("seen", "")), **_more(sent, spot, draft))
    return made


def _change(spot: Spot, matter: str, draft: LayerDraft) -> Change:
    """The draft as it is looked at: another save, or another version of the place, makes it another change."""
    return Change(kinds.GUIDE, {"sort": spot.sort, "matter": matter, "region": spot.region, "fields": draft.fields,
                                "revision": draft.revision, "number": draft.seen})


def _more(sent: QueryDict, spot: Spot, draft: LayerDraft) -> dict[str, Any]:
    policies = {code: cast(Policy, sent[f"policy-{code}"]) for code in draft.fields
                if sent.get(f"policy-{code}") in POLICIES}
    return {"on": parse_day(str(sent["from"])) if sent.get("from") else spot.today,
            "forced": [code for code in sent.getlist("forced") if code in draft.fields], "policies": policies,
            "note": sent.get("note", ""), "number": draft.seen, "source": sent.get("source", "").strip()}


def _page(request: HttpRequest, spot: Spot, known: Matter, draft: LayerDraft, wrong: str) -> HttpResponse:
    what = foreseen(sort=spot.sort, matter=known.code, region=spot.region, changed=[*draft.fields])
    found = words_of(sort=spot.sort, matter=known.code, path=spot.path, on=spot.today, codes=draft.fields)
    rows = []
    for code, content in draft.fields.items():
        field, places = field_of(spot.sort, code), what.out_of_step.get(code, ())
        rows.append(Changed(code, words(field.name), one_line(field, found[code].content),
                            _after(field, content, found[code]),
                            some_names(places), len(places), _bindings(field),
                            request.POST.get(f"policy-{code}", "")))
    below = len(tree().within(spot.region, spot.today)) - 1
    return render(request, "workbench/guide_publish.html", {
        "spot": spot, "matter": known, "draft": draft, "rows": rows, "what": what, "below": below, "wrong": wrong,
        "typed": request.POST, "notice_days": NOTICE_DAYS, "moved": what.seen != draft.seen,
        "forced": request.POST.getlist("forced"),
        **impact_of(_change(spot, known.code, draft)), **_steps(spot, known, draft)}, status=400 if wrong else 200)


def _bindings(field: Field) -> list[tuple[str, str]]:
    return [(code, str(label)) for code, label in BINDINGS.items()
            if code != "supplement" or supplementable(field.kind)]


def _steps(spot: Spot, known: Matter, draft: LayerDraft) -> dict[str, Any]:
    """Whether the drafted steps hold, and what they do otherwise; nothing where none are drafted."""
    if spot.sort != PROCEDURE or not draft.fields.get(STEPS):
        return {}
    return {"looked": True, **looked_at(spot, known, read_steps(draft.fields[STEPS]))}


def _after(field: Field, content: Content, found: Resolved) -> str:
    if content is None:
        return one_line(field, found.base)
    if found.policy == "supplement" and found.base is not None:
        return one_line(field, joined(field, [found.base, content]))
    return one_line(field, content)


# -- bringing into step ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One item on the three sides, as the table shows it."""

    kind: str
    base: str
    now: str
    own: str


@login_required
def into_step(request: HttpRequest, matter: str, code: str) -> HttpResponse:
    """Old base, new base and own words side by side, and the four things to do."""
    spot, known = spot_of(request), matter_of(matter)
    require(by=spot.user, right=EDIT, path=spot.path)
    field, wrong = field_of(spot.sort, code), ""
    if request.method == "POST":
        try:
            _act(request.POST, spot, matter, field)
            return HttpResponseRedirect(f"{reverse('work-guide', args=[matter])}?{spot.query}&published=1#{code}")
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    _words, drift, said = drift_of(sort=spot.sort, matter=matter, region=spot.region, field=code)
    merge = proposal(drift)
    held = typed(field, request.POST) if request.POST.get("do") == "merge" else merge.content
    kinds = {"above": _("changed above"), "here": _("changed here"), "both": _("changed on both sides"), "same": ""}
    wholes = (drift.base, drift.now, drift.own)
    sides = [Side(kinds[one.kind], *(_side(field, content, whole) for content, whole in zip(
        (one.base, one.now, one.own), wholes, strict=True))) for one in side_by_side(field, *wholes)]
    same = sum(not one.kind for one in sides) if field.kind == "procedure" else 0
    return render(request, "workbench/guide_step.html", {
        "spot": spot, "matter": known, "field": field, "same": same, "wrong": wrong,
        "sides": [one for one in sides if one.kind or not same], "typed": request.POST,
        "conflicts": merge.conflicts, "items": items_of(field, held) if field.is_list else [],
        "text": held if isinstance(held, Mapping) else {}, "choice": held if isinstance(held, str) else "",
        "above": place_name(tree().known(spot.path[-2])) if len(spot.path) > 1 else "", "since": said.since,
        "adds": drift.adds, "mergeable": field.kind != "procedure",
        "together": field.kind == "procedure"}, status=400 if wrong else 200)


def _side(field: Field, content: Content, whole: Content) -> str:
    """One item of one side; ``whole``: all of that side, by which a step names those to which it leads."""
    if content is None:
        return ""
    if field.kind == "procedure":
        steps = read_steps(whole)
        return whole_step(steps.by_id[str(content["id"])], steps)
    if field.is_list:
        return one_line(field, [content])
    return str(content) if field.kind == "text" else one_line(field, content)


def _act(sent: QueryDict, spot: Spot, matter: str, field: Field) -> None:
    where: dict[str, Any] = {"by": spot.user, "sort": spot.sort, "matter": matter, "region": spot.region,
                             "field": field.code}
    match sent.get("do"):
        case "accept":
            actions.accept(**where)
        case "keep":
            actions.keep(**where, reason=sent.get("reason", ""))
        case "merge":
            actions.merge(**where, content=typed(field, sent))
        case "later":
            actions.put_off(**where, until=parse_day(sent.get("until", "")))
        case _:
            raise Refused(zh="请选择一种处理方式。", en="Choose one of the ways.")

