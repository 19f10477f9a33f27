"""Two editions of the list side by side: what came, what went, what changed, and what is not known of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.models import Edition
from jizhun.catalogue.rules import Change
from jizhun.frame.here import Here, public_page
from jizhun.frame.tables import Cell, Column, Table, show
from jizhun.frame.tags import here_url, words
from jizhun.kernel.bilingual import Bilingual
from jizhun.portal.listing import editions as all_editions

Names = Mapping[str, Bilingual]

KINDS = {
    "added": gettext_lazy("new"), "removed": gettext_lazy("dropped"), "level_raised": gettext_lazy("level raised"),
    "recipients_widened": gettext_lazy("for more people"), "wording_tidied": gettext_lazy("wording tidied"),
    "lead_changed": gettext_lazy("other lead"), "number": gettext_lazy("number"), "name": gettext_lazy("name"),
    "category": gettext_lazy("category"), "recipients": gettext_lazy("who it is for"),
    "content": gettext_lazy("what is given"), "standard": gettext_lazy("standard"),
    "payer": gettext_lazy("who pays"), "lead": gettext_lazy("who leads"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """How many items changed in one way, as published, and how many of them are named."""

    kind: str
    published: int
    named: int

    @property
    def unnamed(self) -> int:
        return self.published - self.named


@public_page
def editions(request: HttpRequest, here: Here) -> HttpResponse:
    """The difference between two editions, the last two unless others are chosen."""
    rows = all_editions(here.place.root)
    older, newer = _chosen(rows, request.GET.get("from", ""), request.GET.get("to", ""))
    if older is None or newer is None:
        return show(request, "portal/editions.html", {"editions": rows})
    held = catalogue()
    changes = held.difference(older.code, newer.code)
    names = {**held.items, **{code: entry.name for code, entry in held.editions[newer.code].items()}}
    table = _table(names, _published(newer), [one for one in changes if one.kind != "number"], here)
    context = {
        "editions": rows, "older": older, "newer": newer, "changes": table, "figures": _figures(newer),
        "renumbered": sum(change.kind == "number" for change in changes),
        "before": len(held.editions[older.code]), "after": len(held.editions[newer.code])}
    return show(request, "portal/editions.html", context, [table])


def _chosen(rows: Sequence[Edition], older: str, newer: str) -> tuple[Edition | None, Edition | None]:
    by_code = {row.code: row for row in rows}
    if len(rows) < 2:
        return None, None
    return by_code.get(older, rows[-2]), by_code.get(newer, rows[-1])


def _published(newer: Edition) -> list[tuple[str, str]]:
    """(item, kind) of every change that the sources name."""
    return [(one["item"], one["kind"]) for one in newer.notes.get("changes", ())]


def _figures(newer: Edition) -> list[Figure]:
    named = [kind for _, kind in _published(newer)]
    return [Figure(str(KINDS.get(kind, kind)), number, named.count(kind))
            for kind, number in newer.notes.get("counts", {}).items()]


def _table(names: Names, published: Sequence[tuple[str, str]], changes: Sequence[Change], here: Here) -> Table:
    """What the sources name, then what differs in the words on record."""
    columns = [Column("item", _("Item"), "head"), Column("kind", _("What changed")), Column("words", _("In words"))]
    seen = set(published)
    rows: list[list[Cell | str]] = [[_item(names, code, here), str(KINDS[kind]), ""] for code, kind in published]
    rows += [[_item(names, one.item, here), str(KINDS[one.kind]), _from_to(one)]
             for one in changes if (one.item, one.kind) not in seen]
    return Table("changes", _("What changed between the two editions"), columns, rows, caption_hidden=True,
                 stacked=True)


def _from_to(change: Change) -> str:
    before, after = words(change.before), words(change.after)
    return _("“%(before)s” became “%(after)s”") % {"before": before, "after": after} if before and after else ""


def _item(names: Names, code: str, here: Here) -> Cell:
    return Cell(words(names[code]), href=here_url({"here": here}, "item", code), small=code, plain=code)
