"""Guides and procedures that a change of promises puts out of step, as both forms that foresee changes show them."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from jizhun.catalogue.actions import catalogue
from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import place_name, words
from jizhun.guides.actions import GUIDE, SORTS
from jizhun.impact.actions import Touched, reached
from jizhun.provisions.rules.effect import Effect
from jizhun.regions.actions import tree


def drifting(effects: Iterable[Effect]) -> dict[str, Any]:
    """``drift_follow``, ``drift_left`` and the table ``drift``."""
    found = reached(effects=effects)
    columns = [Column("matter", _("Matter"), "head"), Column("sort", _("What")), Column("place", _("Place")),
               Column("why", _("Why somebody has to look"))]
    rows = [_row(one) for one in found.touched]
    return {"drift": Table("drift", _("Guides and procedures that fall out of step"), columns, rows, stacked=True),
            "drift_follow": found.follow, "drift_left": found.left}


def _row(one: Touched) -> list[Cell | str]:
    query = urlencode({"region": one.place} | ({} if one.sort == GUIDE else {"kind": one.sort}))
    return [Cell(words(catalogue().name_of(one.matter)), href=f"{reverse('work-guide', args=[one.matter])}?{query}"),
            words(SORTS[one.sort]), place_name(tree().known(one.place)), words(one.why)]
