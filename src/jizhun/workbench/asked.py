"""What the address of the pages on what does not fit asks for: a place of one's roles, a period, what narrows it down.
"""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from jizhun.frame.addresses import with_query
from jizhun.frame.tabs import Tab
from jizhun.frame.tags import place_name
from jizhun.kernel.dating import months_later, parse_day
from jizhun.people.rules import forbidden
from jizhun.regions.actions import tree
from jizhun.workbench.provision_page import RIGHTS, Scope

AHEAD_MONTHS = 24
"""How far ahead is looked where the address says nothing."""
PLACES_LISTED = 400
"""Beyond that a list is no help, and the code is typed."""
RENEWALS = "renewals"


@dataclass(frozen=True, slots=True)
class Asked:
    """One look at one place over one period; the rest narrows the list down."""

    region: str
    first: date
    last: date
    today: date
    kind: str = ""
    measure: str = ""
    when: str = ""
    sure: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """What every tab offers: its name, the tabs, and the places to choose from (none where they are too many)."""

    place: str
    tabs: list[Tab]
    places: list[tuple[str, str]]


def asked_of(request: HttpRequest, scope: Scope) -> Asked:
    """What the address asks for; Forbidden outside one's own places, Refused for a day that there is not."""
    said, today = request.GET, timezone.localdate()
    region = said.get("region", "").strip() or scope.regions[0]
    tree().known(region)
    if region not in scope.own:
        raise forbidden(RIGHTS[0], region)
    first = parse_day(said["from"]) if said.get("from") else today
    last = parse_day(said["until"]) if said.get("until") else months_later(max(first, today), AHEAD_MONTHS)
    return Asked(region, first, last, today, *(said.get(name, "") for name in ("kind", "measure", "when", "sure")))


def offered_to(request: HttpRequest, scope: Scope, asked: Asked) -> Offered:
    """The tabs keep place and period; what narrows one of them down says nothing to the other."""
    gone = dict.fromkeys(("kind", "measure", "when", "sure", "sort", "page", "column"))
    now = tab_of(request)
    tabs = [Tab(key, label, with_query(request, **gone, tab=key or None), key == now)
            for key, label in (("", _("What does not fit")), (RENEWALS, _("Renewals and missing values")))]
    return Offered(place_name(tree().known(asked.region)), tabs, _places(scope, asked.today))


def tab_of(request: HttpRequest) -> str:
    """RENEWALS, or "" for the list of what does not fit."""
    return RENEWALS if request.GET.get("tab") == RENEWALS else ""


def _places(scope: Scope, today: date) -> list[tuple[str, str]]:
    held = tree()
    codes = list(dict.fromkeys(code for region in scope.regions for code in held.within(region, today)))
    if len(codes) > PLACES_LISTED:
        return []
    return [(code, f"{place_name(held.known(code))} {code}") for code in codes]
