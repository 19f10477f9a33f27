"""What does not fit, over time: for whoever records or reviews provisions, in the places of their roles.

Each line says what, since when or from when on, by how much, who must act by when, and for how many places it counts.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import GENERAL
from jizhun.frame.lists import listing
from jizhun.frame.promises import BREACHES, FINDING_KINDS
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import count, day, place_name, words
from jizhun.kernel.dating import FAR, months_later
from jizhun.provisions.actions import measures
from jizhun.provisions.asking import Checked, findings_over, in_words
from jizhun.provisions.rules.checking import WARNED_MONTHS
from jizhun.provisions.rules.telling import quantity
from jizhun.regions.actions import tree
from jizhun.workbench.asked import RENEWALS, Asked, asked_of, offered_to, tab_of
from jizhun.workbench.provision_page import scope_of, some_places
from jizhun.workbench.renewals import renewals
from jizhun.workbench.upload import user_of

WHEN = {"now": gettext_lazy("stands today"), "soon": gettext_lazy("to act within six months"),
        "later": gettext_lazy("begins later"), "past": gettext_lazy("ended before today")}
SURE = {"verified": gettext_lazy("papers verified"), "check": gettext_lazy("to be checked")}


def fits(one: Checked, asked: Asked) -> bool:
    """Whether the list shows it."""
    return (asked.kind in ("", one.finding.kind) and asked.measure in ("", one.measure)
            and asked.when in ("", when(one, asked.today)) and asked.sure in ("", sure(one)))


def when(one: Checked, today: date) -> str:
    """One of WHEN."""
    if one.ends < today:
        return "past"
    if one.begins <= today:
        return "now"
    return "soon" if one.warned_from <= today else "later"


def sure(one: Checked) -> str:
    """One of SURE."""
    return "check" if one.finding.to_be_checked else "verified"


@login_required
def findings(request: HttpRequest) -> HttpResponse:
    """The list for a place of my roles, from day to day; or its second tab."""
    scope = scope_of(user_of(request))
    asked = asked_of(request, scope)
    offered = offered_to(request, scope, asked)
    if tab_of(request) == RENEWALS:
        return renewals(request, asked, offered)
    found = findings_over(region=asked.region, first=asked.first, last=asked.last)
    shown = listing(request, _table([one for one in found if fits(one, asked)], asked))
    return show(request, "workbench/findings.html", {
        "asked": asked, "offered": offered, "listing": shown, "all": len(found), "kinds": _kinds(found),
        "measures": _measures(found), "whens": WHEN, "sures": SURE}, [shown.whole])


def _kinds(found: Iterable[Checked]) -> list[tuple[str, str]]:
    there = {one.finding.kind for one in found}
    return [(kind, str(name)) for kind, name in FINDING_KINDS.items() if kind in there]


def _measures(found: Iterable[Checked]) -> list[tuple[str, str]]:
    known, there = measures(), {one.measure for one in found}
    return [(code, words(known[code].name)) for code in known if code in there]


def _breach(one: Checked) -> bool:
    return one.finding.kind in BREACHES and not one.finding.to_be_checked


def _table(rows: Sequence[Checked], asked: Asked) -> Table:
    columns = [Column("subject", _("Service"), "head"), Column("measure", _("Measure")), Column("kind", _("Kind")),
               Column("place", _("Who must act")), Column("finding", _("Finding")),
               Column("begins", _("Since or from"), "date"), Column("ends", _("Until"), "date"),
               Column("gap", _("By how much"), "number"), Column("act_by", _("Act by"), "date"),
               Column("effect", _("Places concerned"), "number")]
    return Table("findings", _("What does not fit"), columns, [_row(one, asked) for one in rows], caption_hidden=True,
                 stacked=True)


def _row(one: Checked, asked: Asked) -> list[Cell | str]:
    say, kind = one.say, _kind(one, asked)
    href = reverse("one-provision", args=[say.key]) if say is not None and say.key else ""
    return [
        Cell(words(catalogue().name_of(one.subject)), href=href, plain=one.subject,
             small="" if one.subject == GENERAL else one.subject),
        words(measures()[one.measure].name), Cell(kind, sign="breach" if _breach(one) else "", plain=one.finding.kind),
        _who(one, asked), words(in_words(one, asked.today)), Cell(day(one.begins), plain=str(one.begins)),
        Cell("" if one.ends == FAR else day(one.ends), plain="" if one.ends == FAR else str(one.ends)),
        _gap(one), _act_by(one, asked), Cell(count(one.effect), plain=one.effect)]


def _kind(one: Checked, asked: Asked) -> str:
    ahead = one.finding.kind == "lapsed" and one.begins > asked.today
    return _("Paper runs out") if ahead else str(FINDING_KINDS[one.finding.kind])


def _who(one: Checked, asked: Asked) -> Cell:
    """Who must act; a place whose papers are not verified is only to be looked at."""
    place = one.finding.place
    small = _("to be checked first") if one.finding.to_be_checked else ""
    if not {place, asked.region} & {*one.holds_at}:
        small = " · ".join(filter(None, (small, _("in %(places)s") % {"places": some_places(one.holds_at)})))
    return Cell(place_name(tree().known(place)), small=small, plain=place)


def _gap(one: Checked) -> Cell | str:
    """By how much, and how that changes later."""
    if one.finding.amount is None:
        return ""
    later = "; ".join(_("%(gap)s from %(day)s") % {"gap": _amount(amount, one), "day": day(on)}
                      for on, amount in one.steps)
    return Cell(_amount(one.finding.amount, one), small=later, plain=float(one.finding.amount))


def _amount(amount: Decimal | None, one: Checked) -> str:
    return words(quantity(amount, one.finding.unit)) if amount is not None else ""


def _act_by(one: Checked, asked: Asked) -> Cell:
    """The day, and whether it is near; for what stands already there is no day left."""
    at = when(one, asked.today)
    text = _("now") if at == "now" and one.act_by <= asked.today else day(one.act_by)
    return Cell(text, small=_("within six months") if at == "soon" else "", plain=str(one.act_by))


def needing(*, region: str, on: date) -> list[Checked]:
    """What the region and places below it must see to: what stands on that day, and what begins within six months."""
    found = findings_over(region=region, first=on, last=months_later(on, WARNED_MONTHS))
    inside = {*tree().within(region, on)}
    return [one for one in found if one.finding.place in inside]

