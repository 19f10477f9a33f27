"""One paper ends several provisions at once: choose them in the list, look at what would change, record."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.frame.fields import Field
from jizhun.frame.tables import Column, Table
from jizhun.frame.tags import day, place_name, words
from jizhun.impact.actions import publish
from jizhun.impact.rules import kinds
from jizhun.impact.rules.kinds import Change
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.actions import path_to, regions_of, require
from jizhun.people.rules import Forbidden
from jizhun.provisions.actions import foreseen_all, measures
from jizhun.provisions.models import Provision
from jizhun.regions.actions import Moved, tree
from jizhun.workbench.impact_told import impact_of
from jizhun.workbench.provisions import (
    NEW_PAPER,
    PAPER_FIELDS,
    RIGHT,
    changes,
    documents_of,
    missing,
    paper_code,
    paper_fields,
    paper_row,
)
from jizhun.workbench.upload import user_of

FIELDS = ("from", "document", "clause_zh", "clause_en", "mark", "source", "note_zh")
MOST = 100
"""As many as somebody can look through before recording."""


@login_required
def end(request: HttpRequest) -> HttpResponse:
    """The chosen provisions, the day and the paper; then what would change; then they are recorded as ended."""
    user, said = user_of(request), request.POST if request.method == "POST" else request.GET
    regions = regions_of(by=user, right=RIGHT)
    chosen = _chosen(said.getlist("choose"))
    for one in chosen:
        require(by=user, right=RIGHT, path=path_to(one.region))
    typed = {name: request.POST.get(name, "").strip() for name in (*FIELDS, *PAPER_FIELDS)}
    typed |= {"region": chosen[0].region if chosen else regions[0], "until": "", "measure": "end"}
    if request.method != "POST" or not chosen:
        return _form(request, chosen, {**typed, "document": NEW_PAPER, "mark": "V"}, {})
    wrong = missing({**typed, "subject": "*", "value": "*"})
    wrong = wrong or _checked_choice(chosen, typed, regions)
    if wrong:
        return _form(request, chosen, typed, wrong)
    try:
        return _checked(request, chosen, typed)
    except Forbidden:
        raise
    except Refused as refused:
        return _form(request, chosen, typed, {"from": words(refused.sentence)})


def _chosen(keys: Sequence[str]) -> list[Provision]:
    """The provisions chosen, in the order of the list; what is no number chooses nothing."""
    numbers = {int(key) for key in keys if key.isdecimal() and len(key) < 19}
    if len(numbers) > MOST:
        raise Refused(zh=f"一次最多选择 {MOST} 条。", en=f"Choose {MOST} at most at a time.")
    return list(Provision.objects.select_related("document").filter(pk__in=numbers).order_by("-pk"))


def _checked_choice(chosen: Sequence[Provision], typed: Mapping[str, str], regions: Sequence[str]) -> dict[str, str]:
    """What is wrong with day and paper for these provisions, by field."""
    on, wrong = parse_day(typed["from"]), {}
    early = next((one for one in chosen if one.valid_from >= on), None)
    if early is not None:
        wrong["from"] = _("One of them begins on %(day)s only: nothing can end before it began.") % {
            "day": day(early.valid_from)}
    papers = {code for region in regions for code, _label in documents_of(region)}
    if typed["document"] not in papers:
        wrong["document"] = _("Choose a paper of this place or of one above it.")
    return wrong


def _checked(request: HttpRequest, chosen: Sequence[Provision], typed: Mapping[str, str]) -> HttpResponse:
    lines = {(one.subject, one.measure, one.region, one.group, one.slot): one for one in chosen}
    rows, paper = [_row(one, typed) for one in lines.values()], paper_row(typed)  # one line ends once
    moved, change = False, Change(kinds.PROVISION, {"rows": rows, "paper": paper})
    if request.POST.get("step") == "record":
        try:
            publish(by=user_of(request), change=change, seen=request.POST.get("seen", ""))
            return HttpResponseRedirect(f"{reverse('provisions')}?recorded={len(rows)}")
        except Moved:
            moved = True
    effects = foreseen_all(rows=rows, paper=paper)
    places = {place for effect in effects for place in effect.places}
    return _form(request, chosen, typed, {}, moved=moved, looked=True, places=len(places),
                 change_table=changes(effects), **impact_of(change))


def _row(one: Provision, typed: Mapping[str, str]) -> dict[str, Any]:
    """“Nothing from this day on” in the place of what was said."""
    return {"subject": one.subject, "measure": one.measure, "region": one.region, "group": one.group,
            "modality": one.modality, "unit": one.unit, "value": None, "from": typed["from"],
            "document": paper_code(typed),
            **{name: typed[name] for name in ("clause_zh", "clause_en", "mark", "source", "note_zh") if typed[name]}}


def _form(request: HttpRequest, chosen: Sequence[Provision], typed: Mapping[str, str], wrong: Mapping[str, str],
          **looked: object) -> HttpResponse:
    def field(name: str, label: str, **more: Any) -> Field:
        return Field(name, label, typed[name], wrong.get(name, ""), **more)

    groups = [(_("From which day"), [field("from", _("Nothing holds from"), kind="date")]),
              (_("The paper"), paper_fields(field, typed["region"]))]
    return render(request, "workbench/end.html", {
        "chosen": chosen, "chosen_table": _table(chosen), "groups": groups, "wrong": wrong,
        "seen": "", **looked}, status=400 if wrong else 200)


def _table(chosen: Sequence[Provision]) -> Table:
    names, known, held = catalogue(), measures(), tree()
    columns = [Column("subject", _("Service"), "head"), Column("measure", _("Measure")), Column("place", _("Place")),
               Column("from", _("From"), "date")]
    return Table("chosen", _("The chosen provisions"), columns, [
        [words(names.name_of(one.subject)), words(known[one.measure].name), place_name(held.known(one.region)),
         day(one.valid_from)] for one in chosen], stacked=True)
