"""Rules of benefits at the workbench: which apply at a place, what is its own, and under which somebody loses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.entitlements.actions import entitlements, found_over_time, rule
from jizhun.entitlements.rules import Head, Rule, Version
from jizhun.entitlements.rules.watching import days_of_change
from jizhun.frame.addresses import with_query
from jizhun.frame.here import meant_places
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tabs import Tab
from jizhun.frame.tags import day, words
from jizhun.kernel.bilingual import COMMA, Refused
from jizhun.kernel.dating import FAR, parse_day
from jizhun.people.actions import allows, path_to
from jizhun.people.models import User
from jizhun.people.rules import forbidden
from jizhun.regions.actions import tree
from jizhun.regions.rules import Place
from jizhun.workbench.provision_page import Scope, scope_of
from jizhun.workbench.rule_tables import found_table, names_of, region_name, rule_address, until
from jizhun.workbench.upload import user_of

RIGHT = "provision.record"
HERE, OVER_TIME = "here", "over-time"
TABS = {HERE: gettext_lazy("What applies"), OVER_TIME: gettext_lazy("Checked over time")}


@dataclass(frozen=True, slots=True)
class Spot:
    """The place and day that a page of the workbench speaks for; ``mine``: the reader may record there."""

    place: Place
    on: date
    today: date
    path: tuple[str, ...]
    mine: bool

    @property
    def code(self) -> str:
        return self.place.code

    @property
    def query(self) -> str:
        """What an address must carry to stay there."""
        more = {"on": self.on.isoformat()} if self.on != self.today else {}
        return urlencode({"region": self.code, **more})


def spot_of(request: HttpRequest, user: User, scope: Scope) -> Spot:
    """Where and when, by the address (or a form's own fields): the first place of one's roles, today.

    Raises Forbidden for a place that lies outside one's roles and not above them, Refused for a day that is none.
    """
    asked = request.POST if request.method == "POST" and "region" in request.POST else request.GET
    today, code = timezone.localdate(), asked.get("region") or scope.regions[0]
    on = parse_day(asked["on"]) if asked.get("on") else today
    path = tuple(tree().path(code, on))
    if code not in scope.seen:
        raise forbidden("provision.review", code)
    return Spot(tree().known(code), on, today, path, allows(by=user, right=RIGHT, path=path_to(code, on)))


@login_required
def rules(request: HttpRequest) -> HttpResponse:
    """Every benefit at one place, and under which versions somebody loses."""
    user = user_of(request)
    scope = scope_of(user)
    if request.GET.get("place", "").strip():
        return choose_place(request, "workbench/rules_place.html")
    spot = spot_of(request, user, scope)
    tab = OVER_TIME if request.GET.get("tab") == OVER_TIME else HERE
    context = {"spot": spot, "tab": tab, "tabs": tabs_of(request, tab)}
    if tab == OVER_TIME:
        found = [one for one in found_over_time() if one.version.place in scope.seen]
        table = found_table(found)
        return show(request, "workbench/rules.html", {**context, "found": table}, [table])
    listed = listing(request, _table(spot))
    return show(request, "workbench/rules.html", {**context, "listing": listed}, [listed.whole])


def tabs_of(request: HttpRequest, now: str) -> list[Tab]:
    return [Tab(key, str(label), with_query(request, tab=None if key == HERE else key, sort=None, page=None),
                key == now)
            for key, label in TABS.items()]


def choose_place(request: HttpRequest, template: str) -> HttpResponse:
    """Lead to the place that was typed, or list those that may be meant."""
    typed, today = request.GET["place"].strip(), timezone.localdate()
    on = parse_day(request.GET["on"]) if request.GET.get("on") else today
    found = meant_places(typed, on)
    if len(found) == 1:
        return HttpResponseRedirect(with_query(request, place=None, region=found[0].code,
                                               on=request.GET.get("on") or None))
    choices = [(place, with_query(request, place=None, region=place.code)) for place in found]
    return show(request, template, {"typed": typed, "choices": choices}, status=200 if found else 404)


# -- what applies


def _table(spot: Spot) -> Table:
    columns = [Column("benefit", _("Benefit"), "head"), Column("from_places", _("Put together from")),
               Column("own", _("The place's own parts")), Column("since", _("Since"), "date"),
               Column("until", _("Until"), "date"), Column("next", _("Next change"), "date"),
               Column("unverified", _("Clauses not verified"), "number"), Column("public", _("For the public"))]
    rows = [_row(head, spot) for head in entitlements().heads.values()]
    return Table("rules", _("Rules of benefits in force"), columns, rows, caption_hidden=True, stacked=True)


def _row(head: Head, spot: Spot) -> list[Cell | str]:
    name = Cell(words(head.name), href=rule_address(head.code, spot.code, spot.on), small=head.code, plain=head.code)
    public = Cell(_("view"), href=f"{reverse('entitled-rule', args=[head.code])}?{spot.query}",
                  plain="")
    try:
        found = rule(code=head.code, region=spot.code, on=spot.on)
    except Refused as refused:
        return [name, Cell(words(refused.sentence), sign="breach"), "", "", "", _next(head, spot), "", public]
    if found is None:
        return [name, Cell(_("no rule here"), plain=""), "", "", "", _next(head, spot), "", public]
    since = max(one.valid_from for one in found.versions)
    last = min(one.valid_until for one in found.versions)
    clauses = [one.cited for one in found.conditions] + [one.cited for one in found.results] + [
        one.cited for one in found.workings]
    odd = sum(not one.verified for one in clauses)
    return [name, Cell(" → ".join(region_name(one.place) for one in found.versions), plain=found.nearest),
            _own(found, spot), Cell(day(since), plain=since.isoformat()), until(last, spot.today), _next(head, spot),
            Cell(_("%(n)s of %(all)s") % {"n": odd, "all": len(clauses)}, sign="unread" if odd else "verified",
                 plain=odd),
            public]


def _own(found: Rule, spot: Spot) -> Cell | str:
    """The parts that the place itself says."""
    if len(found.versions) < 2 or found.nearest != spot.code:
        return ""
    names = names_of(found)
    own = [names.get(name, name) for name, place in found.said_by.items() if place == spot.code]
    return Cell(words(COMMA).join([*own,
                                   *(_("without “%(name)s”") % {"name": name} for name in found.versions[-1].repeals)]),
                plain=len(own))


def _next(head: Head, spot: Spot) -> Cell | str:
    """The next day on which something on record begins or ends on the way to the place."""
    days = days_of_change(on_the_way(entitlements().versions[head.code], spot.path), spot.on)[1:]
    return Cell(day(days[0]), plain=days[0].isoformat()) if days and days[0] < FAR else ""


def on_the_way(versions: Sequence[Version], path: Sequence[str]) -> list[Version]:
    return [one for one in versions if one.place in path]
