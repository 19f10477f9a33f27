"""Write the table of steps: a form without JavaScript that shows whether what is typed holds, and saves it as draft."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import Matter
from jizhun.frame.procedure_words import drawn
from jizhun.frame.tags import words
from jizhun.guides.actions import PROCEDURE, draft_of, drift_of, guide, matter_of, newest, save_draft, words_of
from jizhun.guides.actions.keeping import locked
from jizhun.guides.models import LayerDraft
from jizhun.guides.rules.drift import proposal
from jizhun.guides.rules.fields import Content
from jizhun.guides.rules.layers import Resolved
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import require
from jizhun.people.rules import Forbidden
from jizhun.procedures.actions import STEPS, check_steps, checked_procedure, procedure, told
from jizhun.procedures.rules import Steps, read_steps
from jizhun.workbench.guide_asked import EDIT, Spot, number_in, spot_of
from jizhun.workbench.procedure_form import Typed, acted, boxes_of, content_of, touched, typed_from, typed_of
from jizhun.workbench.procedure_page import title_of, told_of

LOOK, SAVE, TAKE_OVER = "look", "save", "above"


def writable(request: HttpRequest, matter: str) -> tuple[Spot, Matter, Resolved, LayerDraft | None]:
    """Where steps are written, with what counts there and the draft; Forbidden or Refused where they may not be."""
    spot, known = spot_of(request), matter_of(matter)
    require(by=spot.user, right=EDIT, path=spot.path)
    if spot.sort != PROCEDURE:
        raise Refused(zh="步骤属于操作规程，请从操作规程进入。",
                      en="Steps belong to operating procedures: come here from one.")
    found = words_of(sort=PROCEDURE, matter=matter, path=spot.path, on=spot.today, codes=(STEPS,))[STEPS]
    if found.policy == "locked":
        raise locked(found.field, found)
    return spot, known, found, draft_of(sort=PROCEDURE, matter=matter, region=spot.region)


def standing_at(found: Resolved, draft: LayerDraft | None) -> Content:
    """What the writing begins with: the draft, else what counts there."""
    return draft.fields[STEPS] if draft and draft.fields.get(STEPS) else found.content


@login_required
def procedure_steps(request: HttpRequest, matter: str) -> HttpResponse:
    """The form; its buttons change it, look at what it comes to, or save it."""
    spot, known, found, draft = writable(request, matter)
    if request.method != "POST":
        rows = typed_of(_opened(request, spot, matter, found, draft) or ())
        return _page(request, spot, known, draft, rows or acted([], "add"))
    rows, do = typed_from(request.POST), request.POST.get("do", LOOK)
    if do not in (LOOK, SAVE, TAKE_OVER):
        return _page(request, spot, known, draft, changed := acted(rows, do), unfolded=touched(changed, do))
    try:
        if do != LOOK:
            save_steps(spot, matter, None if do == TAKE_OVER else content_of(rows), request.POST)
            return HttpResponseRedirect(f"{reverse('work-guide', args=[matter])}?{spot.query}")
        return _page(request, spot, known, draft, rows, looked=looked_at(spot, known, read_steps(content_of(rows))))
    except Forbidden:
        raise
    except Refused as refused:
        return _page(request, spot, known, draft, rows, words(refused.sentence), unfolded=touched(rows, "unfold"))


def _opened(request: HttpRequest, spot: Spot, matter: str, found: Resolved, draft: LayerDraft | None) -> Content:
    """With ``?from=merge`` both sides of a change put together, else what the writing begins with."""
    if request.GET.get("from") == "merge":
        return proposal(drift_of(sort=PROCEDURE, matter=matter, region=spot.region, field=STEPS)[1]).content
    return standing_at(found, draft)


def save_steps(spot: Spot, matter: str, content: Content, sent: QueryDict) -> LayerDraft:
    """Keep the table in the draft; raises Refused for what is wrong with it."""
    return save_draft(by=spot.user, sort=PROCEDURE, matter=matter, region=spot.region, fields={STEPS: content},
                      revision=number_in(sent, "revision"), seen=number_in(sent, "seen"), check=checked_procedure)


def seen_in(sent: QueryDict, spot: Spot, matter: str) -> int:
    """The number of the newest version when the writer began, as the form carries it, else as it is now."""
    seen = number_in(sent, "seen")
    return newest(sort=PROCEDURE, matter=matter, region=spot.region) if seen is None else seen


def looked_at(spot: Spot, known: Matter, steps: Steps) -> dict[str, Any]:
    """Whether a table holds that does not count yet, and what it does otherwise than the one that does."""
    promised = guide(matter=known.code, region=spot.region, on=spot.today)
    now = procedure(matter=known.code, region=spot.region, on=spot.today).steps
    different = told(now, steps, promised) if now else None
    return {"told": told_of(check_steps(steps, promised), steps), "told_open": True,
            "picture": drawn(steps, title_of(known, spot.region), different.marks if different else {}),
            "differences": [words(one.sentence) for one in different.changes] if different else None}


def _page(request: HttpRequest, spot: Spot, known: Matter, draft: LayerDraft | None, rows: list[Typed],
          wrong: str = "", looked: Mapping[str, Any] | None = None,
          unfolded: frozenset[int] = frozenset()) -> HttpResponse:
    revision = request.POST.get("revision") or (str(draft.revision) if draft else "0")
    return render(request, "workbench/procedure_steps.html", {
        "spot": spot, "matter": known, "steps": boxes_of(rows, unfolded), "wrong": wrong, "looked": looked,
        "revision": revision, "seen": seen_in(request.POST, spot, known.code), "matters": catalogue().matters.values(),
        **(looked or {})}, status=400 if wrong else 200)
