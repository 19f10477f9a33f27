"""Guides (or procedures) of one place, matter by matter: what is missing, out of step, or being written."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import numpy as np
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.catalogue.actions import catalogue
from jizhun.frame.lists import listing
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import words
from jizhun.guides.actions import boards_of, claims_on, listed, newest_versions
from jizhun.guides.actions.boards import Whole
from jizhun.guides.models import LayerDraft
from jizhun.guides.rules.claiming import SAYS
from jizhun.workbench.guide_asked import Spot, spot_of

STATES = {"": gettext_lazy("Every state"), "step": gettext_lazy("Out of step"), "missing": gettext_lazy("With gaps"),
          "draft": gettext_lazy("Being written"), "order": gettext_lazy("In order")}


@dataclass(frozen=True, slots=True)
class Row:
    """One matter at the place: counts of fields."""

    matter: str
    own: int
    due: int
    missing: int
    refused: int
    draft: bool
    version: str

    @property
    def state(self) -> str:
        return "draft" if self.draft else "step" if self.due else "missing" if self.missing else "order"


@login_required
def guides(request: HttpRequest) -> HttpResponse:
    """The list; ``state`` and ``q`` narrow it down."""
    spot = spot_of(request)
    rows = rows_of(spot)
    counts = {state: sum(_in(row, state) for row in rows) for state in STATES}
    wanted = request.GET.get("state", "")
    shown = [row for row in rows if _in(row, wanted if wanted in STATES else "")
             and _holds(row, request.GET.get("q", ""))]
    table = _table(spot, shown)
    held = listing(request, table)
    return show(request, "workbench/guides.html", {
        "spot": spot, "listing": held, "states": [(code, name, counts[code]) for code, name in STATES.items()],
        "state": wanted, "q": request.GET.get("q", "")}, [held.whole])


def rows_of(spot: Spot) -> list[Row]:
    """Every matter in the list of the place."""
    drafts = set(LayerDraft.objects.filter(sort=spot.sort, region=spot.region).values_list("matter", flat=True))
    versions = newest_versions(sort=spot.sort, region=spot.region)
    codes = listed(region=spot.region, on=spot.today)
    boards = boards_of(sort=spot.sort, matters=codes, on=spot.today)
    return [_row(spot, code, boards[code], code in drafts, versions.get(code, "")) for code in codes]


def _row(spot: Spot, matter: str, whole: Whole, draft: bool, version: str) -> Row:
    at, board = whole.places.position[spot.region], whole.board
    required = np.array([one.required for one in whole.fields], bool)
    return Row(matter, int(board.own[:, at].sum()), int(board.due(spot.today)[:, at].sum()),
               int((required & ~board.has[:, at]).sum()), int(board.refused[:, at].sum()), draft, version)


def _in(row: Row, state: str) -> bool:
    return {"": True, "step": row.due > 0, "missing": row.missing > 0, "draft": row.draft,
            "order": not (row.due or row.missing)}[state]


def _holds(row: Row, text: str) -> bool:
    name = catalogue().matters[row.matter].name
    return text.strip().casefold() in f"{row.matter} {name.zh} {name.en}".casefold()


def _table(spot: Spot, rows: Sequence[Row]) -> Table:
    columns = [Column("matter", _("Matter"), "head"), Column("code", _("Code")),
               Column("due", _("Out of step"), "number"), Column("missing", _("Required, empty"), "number"),
               Column("own", _("Own words"), "number"), Column("claim", _("Claimed")),
               Column("version", _("Last version"), "date")]
    claims = claims_on(spot.today)
    return Table("guides", words(spot.sort_name), columns, [
        [Cell(words(catalogue().matters[row.matter].name), href=_href(spot, row.matter),
              small=_("being written") if row.draft else ""), row.matter,
         Cell(str(row.due or ""), sign="breach" if row.due else "", plain=row.due),
         Cell(str(row.missing or ""), plain=row.missing), Cell(str(row.own or ""), plain=row.own),
         words(SAYS[claims[row.matter, spot.region].says if (row.matter, spot.region) in claims else "unknown"]),
         row.version] for row in rows], stacked=True)


def _href(spot: Spot, matter: str) -> str:
    return f"{reverse('work-guide', args=[matter])}?{urlencode(spot.pairs)}"
