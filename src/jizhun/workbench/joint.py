"""A joint standard at the workbench: who has approved it under which number, what each holds, what moved since."""

from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from jizhun.collaboration.actions import areas, joint
from jizhun.collaboration.actions.joint import TELLS, Board, Seat
from jizhun.collaboration.models import CollaborationArea, JointStandard
from jizhun.collaboration.rules.joint import STANDS, STATUS
from jizhun.drafting.actions.projects import APPROVE, EDIT, found, procedure_of
from jizhun.drafting.models import Project
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, words
from jizhun.kernel.bilingual import COMMA, Refused
from jizhun.people.actions import allows, path_to
from jizhun.people.rules import Forbidden
from jizhun.provisions.actions import measures
from jizhun.standards.rules.library import LOCAL
from jizhun.workbench.collaboration_asked import Keeper, day_of, keeper_of, named


@login_required
def joint_page(request: HttpRequest, code: str) -> HttpResponse:
    """The board of one; posted, a place approves it or says why it holds something else."""
    who, held, wrong = keeper_of(request), joint.joint_of(code), ""
    if request.method == "POST":
        try:
            _act(who, held, request.POST)
            return HttpResponseRedirect(reverse("work-joint", args=[code]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    told = joint.board(held, who.today)
    places, values, said = _places(told), _values(told), _said(held)
    return show(request, "workbench/joint.html", {
        "joint": held, "project": held.project, "area": held.area, "stage": _stage(held.project), "wrong": wrong,
        "places": places, "values": values, "said": said, "today": who.today, "finding": _finding(told),
        "approving": [(one.region, named(one.region)) for one in told.seats if one.approval is None
                      and one.region != held.project.region and _may(who, APPROVE, one.region)],
        "answering": [(one.region, named(one.region)) for one in told.flagged
                      if any(_may(who, right, one.region) for right in TELLS)]},
                [places, values, said], status=400 if wrong else 200)


def _may(who: Keeper, right: str, region: str) -> bool:
    return allows(by=who.user, right=right, path=path_to(region))


def _stage(project: Project) -> str:
    return words(procedure_of(project).stages[project.stage].name)


def _finding(told: Board) -> str:
    """The title says how far it has come, and whether anybody moved."""
    if told.flagged:
        return _("%(places)s moved from what was approved") % {
            "places": words(COMMA).join(named(one.region) for one in told.flagged)}
    return ngettext("approved by %(n)s of %(of)s place", "approved by %(n)s of %(of)s places", len(told.seats)) % {
        "n": told.approved, "of": len(told.seats)}


def _places(told: Board) -> Table:
    columns = [Column("place", _("Place"), "head"), Column("number", _("Number")),
               Column("from", _("Implemented from"), "date"), Column("status", _("Standard")),
               Column("moved", _("Changed since it was approved"))]
    rows: list[list[Cell | str]] = []
    for one in told.seats:
        approval, state = one.approval, one.state
        rows.append([
            Cell(named(one.region), small=_("drafts it") if one.region == told.joint.project.region else ""),
            Cell(one.number or told.joint.project.number, href=reverse("standard", args=[one.number])
                 if one.number else "") if one.number else _drafting(told, one),
            Cell(day(approval.effective_on), plain=str(approval.effective_on)) if approval else "",
            words(STATUS[state.status]) if state else "", _moved(one)])
    return Table("places", _("Places"), columns, rows, caption_hidden=True, stacked=True)


def _drafting(told: Board, one: Seat) -> str:
    project = told.joint.project
    return project.number or _stage(project) if one.region == project.region else _("not approved yet")


def _moved(one: Seat) -> Cell | str:
    said = " · ".join(words(joint.change_words(change)) for change in one.moved)
    return Cell(said, sign="breach") if said else _("nothing") if one.approval else ""


def _values(told: Board) -> Table:
    """What was agreed, beside what each place promises today."""
    columns = [Column("measure", _("What is promised"), "head"), Column("agreed", _("Agreed")),
               *(Column(one.region, named(one.region)) for one in told.seats)]
    known = measures()
    rows: list[list[Cell | str]] = []
    for one in told.agreed:
        cells: list[Cell | str] = [Cell(words(known[one.measure].name), small=one.subject), words(one.words)]
        for seat in told.seats:
            held = seat.state.values.get(one.key) if seat.state else None
            cells.append(Cell(words(held[1]) or "–", small=words(STANDS[held[0]])) if held else "")
        rows.append(cells)
    return Table("values", _("What was agreed, and what is promised today"), columns, rows, caption_hidden=True,
                 stacked=True)


def _said(held: JointStandard) -> Table:
    columns = [Column("on", _("Day"), "date"), Column("place", _("Place"), "head"), Column("number", _("Number")),
               Column("reason", _("Reason")), Column("by", _("By"))]
    rows: list[list[Cell | str]] = [[str(one.on), named(one.region), one.number, one.reason, one.by]
                                    for one in held.approvals.all()]
    return Table("said", _("What was said"), columns, rows, caption_hidden=True, stacked=True)


def _act(who: Keeper, held: JointStandard, sent: QueryDict) -> None:
    region = sent.get("region", "")
    if sent.get("act") == "approve":
        start: date = day_of(sent, "effective_on") or who.today
        joint.approve_here(by=who.user, joint=held, region=region, number=sent.get("number", ""), effective_on=start)
    elif sent.get("act") == "answer":
        joint.stand_by(by=who.user, joint=held, region=region, reason=sent.get("reason", ""),
                       number=sent.get("number", ""))
    else:
        raise Refused(zh="没有这个操作。", en="There is no such act.")


# -- on the page of an area ------------------------------------------------------------------------


def joints_table(area: CollaborationArea, today: date) -> Table:
    """The joint standards of an area with how many have approved and who moved."""
    columns = [Column("title", _("Joint standard"), "head"), Column("lead", _("Drafted by")),
               Column("stage", _("Stage")), Column("approved", _("Approved"), "number"),
               Column("moved", _("Moved since"))]
    rows: list[list[Cell | str]] = []
    for one in joint.joints_of(area):
        told = joint.board(one, today)
        moved = words(COMMA).join(named(seat.region) for seat in told.flagged)
        rows.append([Cell(words(one.project.title), href=reverse("work-joint", args=[one.project.code]),
                          small=one.project.code), named(one.project.region), _stage(one.project),
                     Cell(f"{told.approved} / {len(told.seats)}", plain=told.approved),
                     Cell(moved, sign="breach") if moved else ""])
    return Table("joints", _("Joint standards"), columns, rows, caption_hidden=True, stacked=True)


def offered(who: Keeper, area: CollaborationArea) -> list[tuple[str, str]]:
    """Projects of local standards of the members that this person drafts and that are not joint yet."""
    own = [one for one in areas.members(area, who.today) if _may(who, EDIT, one)]
    rows = Project.objects.filter(region__in=own, kind=LOCAL, joint=None)
    return [(one.code, f"{one.code} {words(one.title)}") for one in rows]


def make_joint(who: Keeper, area: CollaborationArea, sent: QueryDict) -> None:
    """What the form on an area's page asks for."""
    joint.make_joint(by=who.user, area=area, project=found(sent.get("project", "")), regions=sent.getlist("regions"))
