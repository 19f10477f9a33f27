"""Collaboration areas at the workbench: the list, proposing one, and the page of one with its members and bodies."""

from collections.abc import Callable, Mapping
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.collaboration.actions import areas
from jizhun.collaboration.models import CollaborationArea
from jizhun.collaboration.rules.areas import Body, Membership
from jizhun.collaboration.rules.beside import MOST
from jizhun.frame.addresses import with_query
from jizhun.frame.fields import Field
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, words
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.kernel.dating import BEGINNING
from jizhun.people.rules import Forbidden
from jizhun.workbench.collaboration_asked import (
    Keeper,
    both,
    codes_in,
    day_of,
    keeper_of,
    named,
    since_words,
    until_words,
)
from jizhun.workbench.joint import joints_table, make_joint, offered


@login_required
def collaboration(request: HttpRequest) -> HttpResponse:
    """Every area with its members, and the form that proposes another."""
    who, wrong = keeper_of(request), ""
    if request.method == "POST":
        try:
            made = areas.propose_area(
                by=who.user, code=request.POST.get("code", "").strip(), name=both(request.POST, "name"),
                regions=codes_in(request.POST.get("regions", "")), on=day_of(request.POST),
                purpose=both(request.POST, "purpose"), basis=both(request.POST, "basis"))
            return HttpResponseRedirect(reverse("work-area", args=[made.code]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    table = _areas(who)
    return show(request, "workbench/collaboration.html", {
        "table": table, "wrong": wrong, "fields": _proposal(request.POST, who) if who.own else []},
                [table], status=400 if wrong else 200)


def _areas(who: Keeper) -> Table:
    columns = [Column("area", _("Collaboration area"), "head"), Column("members", _("Members today")),
               Column("n", _("How many"), "number"), Column("waiting", _("Invited")), Column("mark", _("Source read"))]
    rows: list[list[Cell | str]] = []
    for one in areas.areas():
        found, invited = areas.members(one, who.today), areas.invited(one)
        rows.append([Cell(words(one.name), href=reverse("work-area", args=[one.code]),
                          small=_("simulated") if one.simulated else ""),
                     words(COMMA).join(map(named, found)), Cell(count(len(found)), plain=len(found)),
                     words(COMMA).join(map(named, invited)), read_words(one.mark)])
    return Table("areas", _("Collaboration areas"), columns, rows, caption_hidden=True, stacked=True)


def read_words(mark: str) -> str:
    """Whether a source was read, as a word."""
    return _("yes") if mark in ("V", "D") else _("simulated") if mark == "SIM" else _("no")


def _proposal(sent: QueryDict, who: Keeper) -> list[Field]:
    return [Field("name_zh", _("Name (Chinese)"), sent.get("name_zh", ""), required=True),
            Field("name_en", _("Name (English)"), sent.get("name_en", "")),
            Field("code", _("Code"), sent.get("code", ""), required=True,
                  hint=_("Small letters, digits and hyphens; it never changes.")),
            Field("regions", _("Codes of the places"), sent.get("regions", f"{who.own[0]} "), required=True,
                  hint=_("The first leads and is one of yours. The others are invited and answer themselves.")),
            Field("on", _("From"), sent.get("on", who.today.isoformat()), kind="date", required=True),
            Field("purpose_zh", _("Purpose (Chinese)"), sent.get("purpose_zh", ""), kind="textarea"),
            Field("purpose_en", _("Purpose (English)"), sent.get("purpose_en", ""), kind="textarea"),
            Field("basis_zh", _("Paper behind it (Chinese)"), sent.get("basis_zh", "")),
            Field("basis_en", _("Paper behind it (English)"), sent.get("basis_en", ""))]


# -- one area --------------------------------------------------------------------------------------


@login_required
def one_area(request: HttpRequest, code: str) -> HttpResponse:
    """An area on a day: members, bodies, and what this person may do; posted, an act is done."""
    who, area, wrong = keeper_of(request), areas.area_of(code), ""
    if request.method == "POST":
        try:
            _act(who, area, request.POST)
            return HttpResponseRedirect(reverse("work-area", args=[code]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    on = day_of(request.GET) or who.today
    members, bodies = _members(areas.memberships_of(area), on), _bodies(areas.bodies_of(area))
    joints = joints_table(area, who.today)
    return show(request, "workbench/area.html", {
        "area": area, "members": members, "bodies": bodies, "wrong": wrong, "on": on, "today": who.today,
        "days": _days(request, area, on), "answers": [(one, named(one)) for one in areas.invited(area)
                                                      if who.may(one)],
        "waiting": words(COMMA).join(map(named, areas.invited(area))),
        "leaving": [(one, named(one)) for one in areas.members(area, who.today) if who.may(one)],
        "joints": joints, "projects": offered(who, area),
        "others": [(one, named(one)) for one in areas.members(area, who.today)],
        "may": areas.may_keep(by=who.user, area=area), "compare": compare_href(areas.members(area, on)),
        "ending": [one.name for one in areas.bodies_of(area) if one.until >= who.today]},
                [members, bodies, joints], status=400 if wrong else 200)


def compare_href(places: list[str]) -> str:
    """The page on which the places stand side by side, the first eight of more."""
    return reverse("compare") + "?" + "&".join(f"with={code}" for code in places[:MOST]) if len(places) > 1 else ""


def _days(request: HttpRequest, area: CollaborationArea, on: date) -> list[tuple[date, str, bool]]:
    """The days on which the membership changed, to step through."""
    changes = sorted({one.on for one in areas.steps_of(area) if one.act != "invited" and one.on != BEGINNING})
    now = max((one for one in changes if one <= on), default=None)
    return [(one, with_query(request, on=one.isoformat()), one == now) for one in changes]


def _members(found: tuple[Membership, ...], on: date) -> Table:
    columns = [Column("place", _("Place"), "head"), Column("since", _("Since"), "date"),
               Column("until", _("Until"), "date"), Column("now", _("Member that day"))]
    rows: list[list[Cell | str]] = [
        [Cell(named(one.region), small=one.region), Cell(since_words(one.since), plain=str(one.since)),
         until_words(one.until), _("yes") if one.holds(on) else _("no")] for one in found]
    return Table("members", _("Members"), columns, rows, caption_hidden=True, stacked=True)


def _bodies(found: tuple[Body, ...]) -> Table:
    columns = [Column("body", _("Joint body"), "head"), Column("duties", _("What it does")),
               Column("since", _("Since"), "date"), Column("until", _("Until"), "date")]
    rows: list[list[Cell | str]] = [[words(one.name), words(one.duties), since_words(one.since),
                                     until_words(one.until)] for one in found]
    return Table("bodies", _("Joint bodies"), columns, rows, caption_hidden=True, stacked=True)


def _act(who: Keeper, area: CollaborationArea, sent: QueryDict) -> None:
    doing = ACTS.get(sent.get("act", ""))
    if doing is None:
        raise Refused(zh="没有这个操作。", en="There is no such act.")
    doing(who, area, sent)


def _invite(who: Keeper, area: CollaborationArea, sent: QueryDict) -> None:
    areas.invite(by=who.user, area=area, region=codes_in(sent.get("region", ""))[0])


def _join(who: Keeper, area: CollaborationArea, sent: QueryDict) -> None:
    areas.join(by=who.user, area=area, region=sent.get("region", ""), on=day_of(sent))


def _leave(who: Keeper, area: CollaborationArea, sent: QueryDict) -> None:
    reason = sent.get("reason", "").strip()
    areas.leave(by=who.user, area=area, region=sent.get("region", ""), reason=Bilingual(reason, reason),
                on=day_of(sent))


def _form_body(who: Keeper, area: CollaborationArea, sent: QueryDict) -> None:
    areas.form_body(by=who.user, area=area, name=both(sent, "name"), duties=both(sent, "duties"), on=day_of(sent))


def _dissolve(who: Keeper, area: CollaborationArea, sent: QueryDict) -> None:
    areas.dissolve_body(by=who.user, area=area, name=sent.get("name", ""), on=day_of(sent))


ACTS: Mapping[str, Callable[[Keeper, CollaborationArea, QueryDict], None]] = {
    "invite": _invite, "join": _join, "leave": _leave, "form": _form_body, "dissolve": _dissolve, "joint": make_joint}
"""What the page of an area can do, by the name of its button."""

__all__ = ["collaboration", "compare_href", "one_area", "read_words"]
