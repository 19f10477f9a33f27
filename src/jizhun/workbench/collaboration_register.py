"""The register of mutual recognition at the workbench, and what it would cost to be the same."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jizhun.collaboration.actions import areas
from jizhun.collaboration.actions.levelling import try_cost
from jizhun.collaboration.actions.recognition import end_recognition, on_register, places_of, recognise, recognition_of
from jizhun.collaboration.rules.recognising import KINDS
from jizhun.frame.fields import Field
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, words
from jizhun.kernel.bilingual import COMMA, Refused
from jizhun.people.rules import Forbidden
from jizhun.workbench.collaboration_asked import Keeper, both, codes_in, day_of, keeper_of, named
from jizhun.workbench.tasks import run_what_if


@login_required
def register(request: HttpRequest) -> HttpResponse:
    """What is recognised today, and the form that puts a line on the register."""
    who, wrong = keeper_of(request), ""
    if request.method == "POST":
        try:
            _recognised(who, request.POST)
            return HttpResponseRedirect(reverse("work-register"))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    table = _table(who)
    return show(request, "workbench/register.html", {
        "table": table, "wrong": wrong, "fields": _fields(request.POST, who) if who.own else []},
                [table], status=400 if wrong else 200)


def _recognised(who: Keeper, sent: QueryDict) -> None:
    text, matters = sent.get("regions", "").strip(), sent.get("matters", "").strip()
    recognise(by=who.user, code=sent.get("code", "").strip(), kind=sent.get("kind", ""), what=both(sent, "what"),
              basis=both(sent, "basis"), regions=codes_in(text) if text else [], area=sent.get("area", ""),
              giver=sent.get("giver", "").strip(), subject=sent.get("subject", "").strip(), since=day_of(sent, "since"),
              matters=codes_in(matters) if matters else [], note=both(sent, "note"))


def _table(who: Keeper) -> Table:
    columns = [Column("what", _("What is recognised"), "head"), Column("kind", _("Kind")),
               Column("places", _("Between whom")), Column("since", _("Since"), "date"),
               Column("basis", _("Paper behind it")), Column("end", _("End it"))]
    rows: list[list[Cell | str]] = [
        [Cell(words(one.what), href=f"{reverse('recognition')}?line={one.code}#line", small=one.code),
         words(KINDS[one.kind]), words(COMMA).join(map(named, one.places)), day(one.since), words(one.basis),
         Cell(_("End it"), href=reverse("work-register-end", args=[one.code]))
         if any(who.may(place) for place in one.places) else ""] for one in on_register(on=who.today)]
    return Table("register", _("Register of mutual recognition"), columns, rows, caption_hidden=True, stacked=True)


def _fields(sent: QueryDict, who: Keeper) -> list[Field]:
    mine = [(one.code, words(one.name)) for one in areas.areas() if areas.may_keep(by=who.user, area=one)]
    return [Field("what_zh", _("What is recognised (Chinese)"), sent.get("what_zh", ""), required=True),
            Field("what_en", _("What is recognised (English)"), sent.get("what_en", "")),
            Field("kind", _("Kind"), sent.get("kind", "material"),
                  choices=[(code, words(name)) for code, name in KINDS.items()]),
            Field("code", _("Code"), sent.get("code", ""), required=True,
                  hint=_("Small letters, digits and hyphens; it never changes.")),
            Field("area", _("Between the members of"), sent.get("area", ""), choices=[("", "–"), *mine]),
            Field("regions", _("Or between these places"), sent.get("regions", ""), hint=_("Codes of places.")),
            Field("giver", _("One way only: from"), sent.get("giver", ""),
                  hint=_("Code of the place that gives; empty where each takes over from each.")),
            Field("matters", _("Matters"), sent.get("matters", ""), hint=_("Codes, with spaces between them.")),
            Field("subject", _("Code of the material"), sent.get("subject", ""), hint=_("Only for a material.")),
            Field("since", _("From"), sent.get("since", who.today.isoformat()), kind="date", required=True),
            Field("basis_zh", _("Paper behind it (Chinese)"), sent.get("basis_zh", ""), required=True),
            Field("basis_en", _("Paper behind it (English)"), sent.get("basis_en", "")),
            Field("note_zh", _("Remark (Chinese)"), sent.get("note_zh", "")),
            Field("note_en", _("Remark (English)"), sent.get("note_en", ""))]


@login_required
def end_line(request: HttpRequest, code: str) -> HttpResponse:
    """One line, and the form that ends it."""
    who, row, wrong = keeper_of(request), recognition_of(code), ""
    if request.method == "POST":
        try:
            end_recognition(by=who.user, code=code, reason=request.POST.get("reason", ""), on=day_of(request.POST))
            return HttpResponseRedirect(reverse("work-register"))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    one = row.fact()
    return render(request, "workbench/register_end.html", {
        "one": one, "places": words(COMMA).join(map(named, places_of(one, who.today))), "wrong": wrong,
        "today": who.today}, status=400 if wrong else 200)


@login_required
@require_POST
def try_the_cost(request: HttpRequest) -> HttpResponse:
    """Ask what the best of all would cost one place; leads to the run's page."""
    who, sent = keeper_of(request), request.POST
    made = try_cost(by=who.user, places=tuple(sent.getlist("with")), subject=sent.get("subject", ""),
                    measure=sent.get("measure", ""), place=sent.get("place", ""), on=day_of(sent) or who.today)
    run_what_if.enqueue(made.token)
    return HttpResponseRedirect(reverse("what-if", args=[made.token]))
