"""One programme at the workbench: applications with their points, balance, and applying for one's own place."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.frame.fields import Field
from jizhun.frame.pilots import found_or_404, kind_words, named, programme_context, state_words
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, words
from jizhun.kernel.bilingual import COMMA, Refused
from jizhun.people.rules import Forbidden
from jizhun.pilots.actions import programmes
from jizhun.pilots.actions.programmes import APPLY, PARTS
from jizhun.pilots.actions.selecting import Board, board
from jizhun.pilots.models import PilotProgramme
from jizhun.pilots.rules.programmes import KINDS
from jizhun.workbench.collaboration_asked import codes_in
from jizhun.workbench.evaluation_asked import Looker, known_place, looker_of


@login_required
def work_programme(request: HttpRequest, code: str) -> HttpResponse:
    """The programme; posted, an application is filed."""
    who, programme, wrong = looker_of(request), found_or_404(programmes.programme_of, code), ""
    if request.method == "POST":
        try:
            made = _applied(request, who, programme)
            return HttpResponseRedirect(reverse("work-pilot", args=[made]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    held = board(programme)
    rows, lying = _applications(held, who), _balance(held)
    return show(request, "workbench/pilot_programme.html", {
        **programme_context(programme), "table": rows, "balance": lying, "wrong": wrong,
        "proposed": words(COMMA).join(named(one) for one in held.proposed if who.sees(one)),
        "left_out": words(COMMA).join(words(held.groups[one.group]) for one in held.balance if one.left_out),
        "criteria": [(words(one.name), one.points) for one in programme.told_criteria],
        "fields": _form(request, who, programme)}, [rows, lying], status=400 if wrong else 200)


def _applied(request: HttpRequest, who: Looker, programme: PilotProgramme) -> int:
    sent, places = request.POST, request.POST.get("places", "").strip()
    made = programmes.apply(
        by=who.user, programme=programme, region=known_place(sent.get("region", "")), kind=sent.get("kind", ""),
        theme=sent.get("theme", ""), statement={name: sent.get(name, "") for name in PARTS},
        places=codes_in(places) if places else [])
    return int(made.pk)


def _applications(held: Board, who: Looker) -> Table:
    """Every application; its page and points for those who see the place."""
    columns = [Column("place", _("Place"), "head"), Column("group", _("Balanced in")), Column("kind", _("Kind")),
               Column("state", _("State")), Column("points", _("Points (mean)"), "number"),
               Column("apart", _("Assessors apart by"), "number"), Column("scorers", _("Assessors"), "number")]
    rows: list[list[Cell | str]] = []
    for one in sorted(held.applications, key=lambda each: -(held.scored[each.region].points or -1)):
        found, sees = held.scored[one.region], who.sees(one.region)
        told = found.points if sees else None
        rows.append([Cell(named(one.region), small=one.region,
                          href=reverse("work-pilot", args=[one.pk]) if sees else ""),
                     words(held.groups[found.group]), Cell(kind_words(one.kind), small=one.theme), state_words(one),
                     Cell("–" if told is None else f"{told:.1f}", plain=told),
                     Cell(f"{found.apart:.0f}" if told is not None else "–", plain=found.apart if sees else None),
                     Cell(count(found.scorers), plain=found.scorers)])
    return Table("applications", _("Applications"), columns, rows, caption_hidden=True, stacked=True)


def _balance(held: Board) -> Table:
    columns = [Column("group", _("Balanced in"), "head"), Column("places", _("Places it is for"), "number"),
               Column("applied", _("Applied"), "number"), Column("selected", _("Selected"), "number")]
    rows: list[list[Cell | str]] = [
        [words(held.groups[one.group]), *(Cell(count(n), plain=n) for n in (one.places, one.applied, one.selected))]
        for one in held.balance]
    return Table("balance", _("How applications and pilots lie"), columns, rows, caption_hidden=True)


def _form(request: HttpRequest, who: Looker, programme: PilotProgramme) -> list[Field]:
    """The form, for who may apply for a place of this programme on a day on which it is open."""
    days, sent, own = programme.days, request.POST, who.where(APPLY)
    if days.applies_from is None or days.applies_until is None or not own or not (
            days.applies_from <= who.today <= days.applies_until):
        return []
    return [Field("region", _("Code of the place"), sent.get("region", own[0]), required=True),
            Field("kind", _("Kind"), sent.get("kind", ""),
                  choices=[(code, words(KINDS[code])) for code in programme.kinds]),
            Field("theme", _("Theme"), sent.get("theme", ""), hint=_("Of a special pilot or one across regions.")),
            Field("places", _("Taking part with"), sent.get("places", ""),
                  hint=_("Codes of the places, for a pilot across regions.")),
            *(Field(name, words(label), sent.get(name, ""), kind="textarea", required=True)
              for name, label in PARTS.items())]
