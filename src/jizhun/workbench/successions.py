"""What became of a place that ended: what carries over by rule, and what somebody has to decide, thing by thing."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.collaboration.actions.carrying import RIGHTS, Report, carry_over, leave_behind, link_of, report, reports
from jizhun.collaboration.rules.carrying import KINDS, OUTCOMES, Thing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import allows, path_to
from jizhun.people.rules import Forbidden
from jizhun.workbench.collaboration_asked import Keeper, keeper_of, named


@login_required
def successions(request: HttpRequest) -> HttpResponse:
    """Every change of places within one's own that has anything to look at."""
    who = keeper_of(request)
    found = {(one.link.old, one.link.new): one for region in who.regions for one in reports(region=region)}
    table = _list(list(found.values()))
    return show(request, "workbench/successions.html", {"table": table}, [table])


def _list(found: list[Report]) -> Table:
    columns = [Column("what", _("What happened"), "head"), Column("on", _("On"), "date"),
               Column("decide", _("To be decided"), "number"), Column("carry", _("Carries over by rule"), "number"),
               Column("all", _("All in all"), "number")]
    rows: list[list[Cell | str]] = [
        [Cell(_title(one), href=reverse("work-succession", args=[one.link.old, one.link.new])), day(one.link.on),
         Cell(count(one.to_decide), plain=one.to_decide),
         Cell(count(one.open - one.to_decide), plain=one.open - one.to_decide),
         Cell(count(len(one.things)), plain=len(one.things))] for one in found]
    return Table("successions", _("Changes of places"), columns, rows, caption_hidden=True, stacked=True)


def _title(one: Report) -> str:
    kind = KINDS.get(one.link.kind)
    return f"{named(one.link.old)} {one.link.old} {words(kind) if kind else '→'} {named(one.link.new)} {one.link.new}"


@login_required
def succession(request: HttpRequest, old: str, new: str) -> HttpResponse:
    """One change: each thing with what is to become of it; posted, it is carried over or left behind."""
    who, wrong = keeper_of(request), ""
    link = link_of(old, new)
    if request.method == "POST":
        try:
            _act(who, old, new, request.POST)
            return HttpResponseRedirect(reverse("work-succession", args=[old, new]))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    found = report(link)
    table = _things(found)
    may = {sort: _may(who, right, new) for sort, right in RIGHTS.items()}
    return show(request, "workbench/succession.html", {
        "title": _title(found), "report": found, "table": table, "wrong": wrong, "may": any(may.values()),
        "by_rule": sum(one.outcome == "carry" for one in found.things),
        "open": [(f"{one.sort} {one.key}", f"{words(one.name)}: {words(one.old)} / {words(one.new)}")
                 for one in found.things if one.open and may[one.sort]]}, [table], status=400 if wrong else 200)


def _may(who: Keeper, right: str, region: str) -> bool:
    return allows(by=who.user, right=right, path=path_to(region))


def _things(found: Report) -> Table:
    columns = [Column("what", _("What"), "head"), Column("old", named(found.link.old)),
               Column("new", named(found.link.new)), Column("outcome", _("What becomes of it")),
               Column("why", _("Why"))]
    order = {"decide": 0, "carry": 1}
    rows = [_row(one) for one in sorted(found.things, key=lambda one: order.get(one.outcome, 2))]
    return Table("things", _("What the old place said"), columns, rows, caption_hidden=True, stacked=True)


def _row(one: Thing) -> list[Cell | str]:
    return [Cell(words(one.name), small=one.key), words(one.old), words(one.new),
            Cell(words(OUTCOMES[one.outcome]), sign="kept" if one.outcome in ("carried", "same") else ""),
            words(one.why)]


def _act(who: Keeper, old: str, new: str, sent: QueryDict) -> None:
    sort, _space, key = sent.get("thing", "").partition(" ")
    reason = sent.get("reason", "")
    if sent.get("act") == "by_rule":
        carry_over(by=who.user, old=old, new=new)
    elif sent.get("act") == "carry":
        carry_over(by=who.user, old=old, new=new, sort=sort, keys=[key], reason=reason)
    elif sent.get("act") == "leave":
        leave_behind(by=who.user, old=old, new=new, sort=sort, key=key, reason=reason)
    else:
        raise Refused(zh="没有这个操作。", en="There is no such act.")
