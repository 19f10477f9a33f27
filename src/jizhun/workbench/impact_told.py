"""What a change would touch, as every form tells it before it publishes: counts, and the way to the whole list."""

import json
from collections.abc import Mapping
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from jizhun.frame.tables import Cell, Column, Table
from jizhun.frame.tags import count, words
from jizhun.impact.actions import DEPENDANTS, look
from jizhun.impact.rules.kinds import Change, read_change
from jizhun.kernel.bilingual import Refused

SALT = "impact"


def impact_of(change: Change) -> dict[str, Any]:
    """``impact_counts``: the table; ``impact_costs``: benefits whose cost can be counted; ``impact_held``: the change,
    signed; ``seen``: the mark by which it is published."""
    listing = look(change)
    return {"impact_counts": counts_table(listing.counts), "impact_held": held(change), "seen": listing.mark,
            "impact_costs": listing.costs}


def counts_table(counts: Mapping[str, int]) -> Table:
    """How many of each kind are touched, and what is to be done with them."""
    columns = [Column("what", _("What is touched"), "head"), Column("n", _("How many"), "number"),
               Column("then", _("What is to be done"))]
    rows: list[list[Cell | str]] = [
        [words(DEPENDANTS[code].name), Cell(count(number), plain=number), words(DEPENDANTS[code].then)]
        for code, number in counts.items()]
    return Table("impact", _("What the change touches"), columns, rows, stacked=True)


def held(change: Change) -> str:
    """The change as it goes with a form."""
    return signing.dumps(json.loads(json.dumps(change.plain(), default=str)), salt=SALT, compress=True)


def change_in(text: str) -> Change:
    """The change that went with a form; Refused where it was made up, or is older than a day."""
    try:
        return read_change(signing.loads(text, salt=SALT, max_age=24 * 3600))
    except signing.BadSignature:
        raise Refused(zh="页面已过期，请重新查看变更的影响。",
                      en="The page has grown old: look at what would change again.") from None
