"""The rule of one benefit at a place and day: what it says, how it came so, who loses by it, what is said about it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from jizhun.entitlements.actions import entitlements, found_over_time, rule
from jizhun.entitlements.rules import Head, Rule
from jizhun.frame.surround import NotFound
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tabs import DISCUSSION, HISTORY, IMPACT, NOW, chosen, tabs
from jizhun.frame.tags import day, words
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused
from jizhun.people.actions import remark
from jizhun.people.models import AuditLine, Remark
from jizhun.workbench.provision_page import Scope, scope_of
from jizhun.workbench.rule_lists import Spot, choose_place, on_the_way, spot_of
from jizhun.workbench.rule_tables import (
    Laid,
    Papers,
    found_table,
    part_words,
    region_name,
    rule_address,
    until,
    versions_table,
)
from jizhun.workbench.upload import user_of


def head_of(code: str) -> Head:
    """The benefit of this code; NotFound where there is none."""
    head = entitlements().heads.get(code)
    if head is None:
        raise NotFound(zh=f"没有代码为“{code}”的待遇。", en=f"There is no entitlement “{code}”.")
    return head


@login_required
def work_rule(request: HttpRequest, code: str) -> HttpResponse:
    """The page of one rule, at the tab that the address asks for; a remark is posted to it."""
    user, head = user_of(request), head_of(code)
    scope = scope_of(user)
    if request.GET.get("place", "").strip():
        return choose_place(request, "workbench/rules_place.html")
    spot = spot_of(request, user, scope)
    if request.method != "POST":
        return _shown(request, head, spot, scope, chosen(request))
    try:
        remark(by=user, about=about(code), text=request.POST.get("text", ""))
    except Refused as refused:
        return _shown(request, head, spot, scope, DISCUSSION, wrong=words(refused.sentence))
    return HttpResponseRedirect(rule_address(code, spot.code, spot.on, tab=DISCUSSION))


def about(code: str) -> str:
    return f"rule:{code}"


def rule_or_why(code: str, spot: Spot) -> tuple[Rule | None, Bilingual | None]:
    """The rule at the place, or why it cannot be put together."""
    try:
        return rule(code=code, region=spot.code, on=spot.on), None
    except Refused as refused:
        return None, refused.sentence


def _shown(request: HttpRequest, head: Head, spot: Spot, scope: Scope, tab: str, wrong: str = "") -> HttpResponse:
    found, broken = rule_or_why(head.code, spot)
    show_tab = {NOW: _now, HISTORY: _history, IMPACT: _impact, DISCUSSION: _discussion}[tab]
    parts = show_tab(head, spot, scope, found)
    tables = [*parts.get("laid", ()), *(one for one in parts.values() if isinstance(one, Table))]
    return show(request, "workbench/rule.html", {
        "head": head, "spot": spot, "rule": found, "broken": broken, "tab": tab, "tabs": tabs(request), "wrong": wrong,
        "typed": request.POST.get("text", ""), "recorded": request.GET.get("recorded", ""),
        **parts}, tables, status=400 if wrong else 200)


def _now(head: Head, spot: Spot, scope: Scope, found: Rule | None) -> dict[str, Any]:
    """Every part, who said it and where."""
    if found is None:
        return {"laid": []}
    together = [(region_name(one.place), one.valid_from, until(one.valid_until, spot.today)) for one in found.versions]
    return {"laid": Laid(found, Papers(), spot.code).tables(), "together": together,
            "notes": [words(one.note) for one in found.versions if words(one.note)]}


def _history(head: Head, spot: Spot, scope: Scope, found: Rule | None) -> dict[str, Any]:
    """Everything that was said on the way to the place, and who recorded it."""
    acts = AuditLine.objects.filter(act="entitlement.record", subject__startswith=f"{head.code}/").order_by("-seq")
    mine = [line for line in acts if line.subject.partition("/")[2].partition(" ")[0] in spot.path]
    return {"versions": versions_table(head.code, spot.path, found.versions if found else (), spot.today), "acts": mine}


def _impact(head: Head, spot: Spot, scope: Scope, found: Rule | None) -> dict[str, Any]:
    """Who loses by what places say of it, and which places below say something of their own."""
    losers = [one for one in found_over_time(code=head.code) if one.version.place in scope.seen]
    return {"found": found_table(losers), "below": _below(head, spot, scope)}


def _below(head: Head, spot: Spot, scope: Scope) -> Table:
    own = [one for one in entitlements().versions[head.code]
           if one.place in scope.own and one.place != spot.code and one.valid_until >= spot.today]
    rows: list[list[Cell | str]] = [
        [Cell(region_name(one.place), href=rule_address(head.code, one.place, max(one.valid_from, spot.today)),
              plain=one.place), Cell(day(one.valid_from), plain=one.valid_from.isoformat()),
         until(one.valid_until, spot.today), words(COMMA).join(part_words(one))] for one in own]
    return Table("below", _("Other places that say something of their own"), [
        Column("place", _("Place"), "head"), Column("from", _("From"), "date"), Column("until", _("Until"), "date"),
        Column("says", _("Says otherwise"))], rows, caption_hidden=True, stacked=True)


def _discussion(head: Head, spot: Spot, scope: Scope, found: Rule | None) -> dict[str, Any]:
    """What was said about it, the oldest first."""
    return {"remarks": list(Remark.objects.filter(about=about(head.code)))}


__all__ = ["about", "head_of", "on_the_way", "rule_or_why", "work_rule"]
