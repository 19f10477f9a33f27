"""Quality checks at the workbench: what is wrong in the guides of a place and below it, gravest first."""

from collections import Counter
from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import place_name, words
from jizhun.guides.actions import field_of, fields_of
from jizhun.guides.actions.checking import findings_within
from jizhun.guides.rules.checks import KINDS, SEVERITIES, Finding, graver_first
from jizhun.kernel.bilingual import Bilingual
from jizhun.regions.actions import tree
from jizhun.workbench.guide_asked import Spot, spot_of


@login_required
def guide_checks(request: HttpRequest) -> HttpResponse:
    """The list for a place and all below it; ``what`` narrows it to one kind."""
    spot, kind = spot_of(request), request.GET.get("what", "")
    within = tree().within(spot.region, spot.today)
    found = findings_within(regions=within, on=spot.today, sort=spot.sort)
    rows = [(matter, one) for (matter, _place), many in found.items() for one in many]
    counts = Counter(one.kind for _matter, one in rows)
    shown = [(matter, one) for matter, one in rows if not kind or one.kind == kind]
    table = _table(spot, shown)
    held = listing(request, table)
    return show(request, "workbench/guide_checks.html", {
        "spot": spot, "listing": held, "kind": kind, "found": len(shown),
        "kinds": [(code, name, counts[code]) for code, name in KINDS.items() if counts[code]]}, [held.whole])


def _table(spot: Spot, rows: Sequence[tuple[str, Finding]]) -> Table:
    held, names = tree(), catalogue()
    order = {one: n for n, (_matter, one) in enumerate(rows)}
    ranked = sorted(rows, key=lambda row: (list(SEVERITIES).index(row[1].severity), order[row[1]]))
    columns = [Column("severity", _("How grave")), Column("matter", _("Matter"), "head"), Column("place", _("Place")),
               Column("field", _("Field")), Column("what", _("What is wrong, and what to do"))]
    return Table("checks", _("Quality checks"), columns, [
        [Cell(words(SEVERITIES[one.severity]), sign="breach" if one.severity == "error" else ""),
         Cell(words(names.name_of(matter)) if matter else _("Service point"), href=_address(spot, matter, one),
              small=matter), place_name(held.known(one.place)), _field(spot.sort, one.field),
         Cell(words(one.sentence), small=one.quote)] for matter, one in ranked], stacked=True)


def _address(spot: Spot, matter: str, one: Finding) -> str:
    if not matter:
        return f"{reverse('work-points')}?region={one.place}"
    kind = "" if spot.sort == "guide" else f"&kind={spot.sort}"
    return f"{reverse('work-guide', args=[matter])}?region={one.place}{kind}#{one.field}"


def _field(sort: str, code: str) -> str:
    known = {one.code for one in fields_of(sort)}
    return words(field_of(sort, code).name) if code in known else code


def told(found: Sequence[Finding]) -> list[tuple[str, Bilingual, Bilingual, str]]:
    """Findings of one guide as its page lists them: severity, its name, sentence, field."""
    return [(one.severity, SEVERITIES[one.severity], one.sentence, one.field) for one in graver_first(found)]
