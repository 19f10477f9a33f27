"""Findings in the case data as a board: what is overdue first, narrowed down by place, matter, rule and state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from jizhun.evaluation.errands import LOOK
from jizhun.evaluation.findings import Standing, board, patterns
from jizhun.evaluation.rules.findings import ANSWER, OVERSEE, STATES
from jizhun.frame.lists import listing
from jizhun.frame.sources import sources_about
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import day, place_name, share, words
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import allows, grants_of, path_to, regions_of
from jizhun.people.models import User
from jizhun.people.rules import Forbidden, forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.asked import PLACES_LISTED
from jizhun.workbench.errands import asked_for
from jizhun.workbench.making import Need
from jizhun.workbench.upload import user_of

READ, COMPUTE = "result.read", "result.compute"
NEEDS_SHOWN = 8


@dataclass(frozen=True)
class Scope:
    """Where somebody reads results, and the place that is looked at now."""

    user: User
    regions: Sequence[str]
    region: str
    today: date

    @property
    def within(self) -> frozenset[str]:
        return frozenset(tree().within(self.region, self.today))

    @property
    def places(self) -> list[tuple[str, str]]:
        """The places to choose from; none where they are too many."""
        held = tree()
        codes = list(dict.fromkeys(code for one in self.regions for code in held.within(one, self.today)))
        return [(code, f"{place_name(held.known(code))} {code}") for code in codes] \
            if len(codes) <= PLACES_LISTED else []

    @property
    def may_look(self) -> bool:
        return allows(by=self.user, right=COMPUTE, path=path_to(self.region))


def scope_of(request: HttpRequest) -> Scope:
    """What the address or form asks for; Forbidden outside one's own places."""
    user, today = user_of(request), timezone.localdate()
    regions = regions_of(by=user, right=READ)
    region = (request.POST.get("region") or request.GET.get("region") or regions[0]).strip()
    if not allows(by=user, right=READ, path=tree().path(tree().place(region, today).code, today)):
        raise forbidden(READ, region)
    return Scope(user, regions, region, today)


@login_required
def rectifications(request: HttpRequest) -> HttpResponse:
    """The board; a sweep that is posted to it is made by the worker."""
    scope, wrong = scope_of(request), ""
    if request.method == "POST":
        try:
            return _look(request, scope)
        except Forbidden:
            raise
        except Refused as refused:
            wrong = words(refused.sentence)
    said = {name: request.GET.get(name, "") for name in ("pattern", "subject", "state", "overdue")}
    all_here = board(within=scope.within, on=scope.today)
    found = [one for one in all_here if _fits(one, said, scope.today)]
    shown = listing(request, _table(found, scope.today))
    return show(request, "workbench/rectifications.html", {
        "scope": scope, "place": tree().known(scope.region), "said": said, "listing": shown, "all": len(all_here),
        "counts": _counts(all_here, scope.today), "patterns": _rules(all_here), "states": STATES, "wrong": wrong,
        "subjects": _subjects(all_here), "sources": _sources(scope)},
        [shown.whole], status=400 if wrong else 200)


def _fits(one: Standing, said: dict[str, str], today: date) -> bool:
    return (said["pattern"] in ("", one.finding.pattern) and said["subject"] in ("", one.finding.subject or "*")
            and said["state"] in ("", one.state) and (not said["overdue"] or one.overdue(today) > 0))


def _counts(found: Sequence[Standing], today: date) -> list[tuple[str, int, str]]:
    """(label, number, sign): overdue, then each state."""
    late = sum(one.overdue(today) > 0 for one in found)
    return [(_("overdue"), late, "breach" if late else "")] + [
        (words(name), sum(one.state == code for one in found), "") for code, name in STATES.items()]


def _rules(found: Iterable[Standing]) -> list[tuple[str, str]]:
    names = {one.finding.pattern: words(one.pattern.name) for one in found}
    return sorted({**names, **{code: words(one.name) for code, one in patterns().items()}}.items())


def _subjects(found: Iterable[Standing]) -> list[tuple[str, str]]:
    return sorted({(one.finding.subject or "*", words(one.subject)) for one in found})


def _table(found: Sequence[Standing], today: date) -> Table:
    columns = [Column("number", _("No."), "number"), Column("place", _("Responsible place")),
               Column("subject", _("Service"), "head"), Column("rule", pgettext("finding", "Rule")),
               Column("state", _("State")),
               Column("due", _("Due"), "date"), Column("overdue_days", _("Days overdue"), "number"),
               Column("share", _("Figure"), "number"), Column("numerator", _("Numerator"), "number"),
               Column("denominator", _("Denominator"), "number"), Column("period", _("Accepted from, to")),
               Column("source", _("Handed in by"))]
    return Table("rectification", _("Findings in the case data"), columns, [_row(one, today) for one in found],
                 caption_hidden=True, stacked=True)


def _row(one: Standing, today: date) -> list[Cell | str]:
    row, late = one.finding, one.overdue(today)
    value = row.numerator / row.denominator
    again = _("found again") if row.forerunner_id else ""
    return [
        Cell(str(row.pk), plain=row.pk), Cell(place_name(tree().known(row.region)), small=row.region, plain=row.region),
        Cell(words(one.subject), href=reverse("rectification", args=[row.pk]), small=again, plain=row.subject),
        Cell(words(one.pattern.name), plain=row.pattern),
        Cell(words(STATES[one.state]), sign="kept" if one.closed else "", plain=one.state),
        Cell("" if one.closed else day(one.due), plain="" if one.closed else str(one.due)),
        Cell(str(late) if late else "", sign="breach" if late else "", plain=late or ""),
        Cell(share(value), plain=round(value, 6)), Cell(f"{row.numerator:,}", plain=row.numerator),
        Cell(f"{row.denominator:,}", plain=row.denominator), f"{row.first} – {row.last}",
        Cell(row.source, small=_("simulated") if row.simulated else "",
             plain=f"{row.source} ({_('simulated')})" if row.simulated else row.source)]


# -- looking ---------------------------------------------------------------------------------------


def _sources(scope: Scope) -> list[tuple[str, str]]:
    if not scope.may_look:
        return []
    return [(one.code, f"{words(one.name)} ({one.code})") for one in sources_about(tree().known(scope.region),
                                                                                 scope.today)]


def _look(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Within the place that is looked at; the whole source where that place holds all of it."""
    source = request.POST.get("source", "")
    if source not in dict(_sources(scope)):
        raise Refused(zh="请选择数据来源。", en="Choose whose cases are to be looked at.")
    return asked_for(request, LOOK, {"source": source, "region": scope.region})


# -- what needs me ---------------------------------------------------------------------------------


def mending(user: User) -> list[Need]:
    """Findings that my own place has to answer or mend, and how many below are overdue."""
    today, held = timezone.localdate(), tree()
    roles = [(one.region, one.rights) for one in grants_of(user)]
    own = {region for region, rights in roles if ANSWER in rights}
    above = {code for region, rights in roles if OVERSEE in rights for code in held.within(region, today)} - own
    needs = [_need(one, today) for one in board(within=own, on=today) if not one.closed][:NEEDS_SHOWN]
    late = [one for one in board(within=above, on=today, overdue=True)] if above else []
    if late:
        needs.append(Need(ngettext("%(n)s finding below is overdue", "%(n)s findings below are overdue",
                                   len(late)) % {"n": len(late)}, words(late[0].finding.sentence),
                          f"{reverse('rectifications')}?overdue=1"))
    return needs


def _need(one: Standing, today: date) -> Need:
    state = words(STATES[one.state])
    why = _("%(stage)s, overdue since %(day)s") if one.overdue(today) else _("%(stage)s, until %(day)s")
    return Need(words(one.finding.sentence), why % {"stage": state, "day": day(one.due)},
                reverse("rectification", args=[one.finding.pk]))
