"""Handling across regions: the arrangements, how each leg of received cases kept to its limit, who waits for whom."""

from collections import defaultdict
from dataclasses import replace

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.collaboration.actions import areas
from jizhun.collaboration.actions.crossing import LegResult, arrange, arrangements, legs_of
from jizhun.collaboration.rules.crossing import ACCEPT, HANDLE, LEGS, MODES, Arrangement
from jizhun.evaluation.actions import sources
from jizhun.frame.fields import Field
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, share, words
from jizhun.kernel.bilingual import COLON, COMMA, Bilingual, Refused
from jizhun.people.rules import Forbidden
from jizhun.provisions.rules.telling import unit_in_words
from jizhun.regions.actions import tree
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

WAITS_SHOWN = 10
"""Pairs of places on the page; all of them are in the file."""


@login_required
def crossing(request: HttpRequest) -> HttpResponse:
    """What is arranged, what became of the cases, and the form that puts an arrangement on record."""
    who, wrong = keeper_of(request), ""
    if request.method == "POST":
        try:
            _arranged(who, request.POST)
            return HttpResponseRedirect(reverse("work-crossing"))
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    results = [one for code in sources() for one in legs_of(source=code) if _sees(who, one)]
    table, legs, waits = _arrangements(arrangements()), listing(request, _legs(results)), _waits(results)
    return show(request, "workbench/crossing.html", {
        "table": table, "listing": legs, "waits": replace(waits, rows=waits.rows[:WAITS_SHOWN]),
        "more": len(waits.rows) - WAITS_SHOWN, "wrong": wrong,
        "fields": _fields(request.POST, who) if who.own else []}, [table, legs.whole, waits],
        status=400 if wrong else 200)


def _sees(who: Keeper, one: LegResult) -> bool:
    """Whether one of the two places lies within theirs."""
    held = tree()
    paths = [held.path(code, who.today) for code in (one.came_from, one.region) if held.known(code).exists(who.today)]
    return any(region in path for region in who.regions for path in paths)


def _arrangements(found: list[Arrangement]) -> Table:
    columns = [Column("matter", _("Matter"), "head"), Column("mode", _("How")), Column("places", _("Between whom")),
               Column("accept", words(LEGS[ACCEPT])), Column("handle", words(LEGS[HANDLE])),
               Column("since", _("Since"), "date"), Column("until", _("Until"), "date"),
               Column("basis", _("Paper behind it"))]
    rows: list[list[Cell | str]] = [
        [Cell(words(catalogue().name_of(one.matter)), small=one.code), words(MODES[one.mode]),
         words(COMMA).join(map(named, one.places)), _leg(one, ACCEPT), _leg(one, HANDLE), since_words(one.since),
         until_words(one.until), words(one.basis)] for one in found]
    return Table("arrangements", _("Arrangements"), columns, rows, caption_hidden=True, stacked=True)


def _leg(one: Arrangement, code: str) -> Cell:
    leg = one.leg(code)
    limit = "–" if leg.limit is None else f"{leg.limit} {words(unit_in_words(leg.unit))}"
    return Cell(limit, small=words(leg.does))


def _legs(found: list[LegResult]) -> Table:
    """Where most came late first."""
    columns = [Column("matter", _("Matter"), "head"), Column("way", _("From, to")), Column("leg", _("Leg")),
               Column("cases", _("Cases"), "number"), Column("kept", _("in time"), "number"),
               Column("broken", _("late"), "number"), Column("open", _("under way"), "number"),
               Column("overdue", _("under way and late"), "number"), Column("unlimited", _("no limit"), "number"),
               Column("conformance", _("Share in time"), "number")]
    rows: list[list[Cell | str]] = []
    for one in sorted(found, key=lambda one: -one.counts["broken"] - one.counts["overdue"]):
        numbers = [Cell(count(one.counts[name]), plain=one.counts[name])
                   for name in ("cases", "kept", "broken", "open", "overdue", "unlimited")]
        rows.append([words(catalogue().name_of(one.matter)), f"{named(one.came_from)} → {named(one.region)}",
                     Cell(words(LEGS[one.leg]), small=named(one.who)), *numbers,
                     Cell(share(one.conformance), plain=one.conformance)])
    return Table("legs", _("Each leg"), columns, rows, caption_hidden=True, stacked=True)


def _waits(found: list[LegResult]) -> Table:
    """Cases under way: whose move it is, and for whom; the most waited for first."""
    waiting: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in found:
        other = one.region if one.leg == ACCEPT else one.came_from
        waiting[one.who, other][0] += one.counts["waiting"]
        waiting[one.who, other][1] += one.counts["overdue"]
    columns = [Column("who", _("Waited for"), "head"), Column("other", _("By")), Column("cases", _("Cases"), "number"),
               Column("late", _("Late"), "number")]
    rows: list[list[Cell | str]] = [
        [named(who), named(other), Cell(count(n), plain=n), Cell(count(late), plain=late)]
        for (who, other), (n, late) in sorted(waiting.items(), key=lambda one: -one[1][0]) if n]
    return Table("waits", _("Who waits for whom"), columns, rows, caption_hidden=True, stacked=True)


def _arranged(who: Keeper, sent: QueryDict) -> None:
    legs = [{"leg": code, "does_zh": sent.get(f"{code}_zh", ""), "does_en": sent.get(f"{code}_en", ""),
             "limit": sent.get(f"{code}_limit", "").strip(), "unit": sent.get("unit", "")} for code in LEGS]
    text = sent.get("regions", "").strip()
    arrange(by=who.user, code=sent.get("code", "").strip(), matter=sent.get("matter", "").strip(),
            mode=sent.get("mode", ""), legs=legs, basis=both(sent, "basis"), regions=codes_in(text) if text else [],
            area=sent.get("area", ""), since=day_of(sent, "since"))


def _fields(sent: QueryDict, who: Keeper) -> list[Field]:
    mine = [(one.code, words(one.name)) for one in areas.areas() if areas.may_keep(by=who.user, area=one)]
    units = [(code, words(unit_in_words(code))) for code in ("working_day", "calendar_day")]
    fields = [Field("matter", _("Code of the matter"), sent.get("matter", ""), required=True),
              Field("mode", _("How"), sent.get("mode", "elsewhere"),
                    choices=[(code, words(name)) for code, name in MODES.items()]),
              Field("code", _("Code"), sent.get("code", ""), required=True,
                    hint=_("Small letters, digits and hyphens; it never changes.")),
              Field("area", _("Between the members of"), sent.get("area", ""), choices=[("", "–"), *mine]),
              Field("regions", _("Or between these places"), sent.get("regions", ""), hint=_("Codes of places."))]
    for code, name in LEGS.items():
        fields += [Field(f"{code}_zh", _does(name, _("what it does (Chinese)")), sent.get(f"{code}_zh", "")),
                   Field(f"{code}_en", _does(name, _("what it does (English)")), sent.get(f"{code}_en", "")),
                   Field(f"{code}_limit", _does(name, _("within how many days")), sent.get(f"{code}_limit", ""))]
    return [*fields, Field("unit", _("Days are"), sent.get("unit", "working_day"), choices=units),
            Field("since", _("From"), sent.get("since", who.today.isoformat()), kind="date", required=True),
            Field("basis_zh", _("Paper behind it (Chinese)"), sent.get("basis_zh", ""), required=True),
            Field("basis_en", _("Paper behind it (English)"), sent.get("basis_en", ""))]


def _does(side: Bilingual, what: str) -> str:
    return f"{words(side)}{words(COLON)}{what}"
