"""The start page: search first, then the areas with counts that are true; and the whole list."""

from dataclasses import dataclass
from datetime import date, timedelta

import yaml
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import GENERAL, Catalogue
from jizhun.entitlements.actions import entitlements
from jizhun.frame.here import Here, public_page
from jizhun.frame.promises import Reader
from jizhun.frame.tables import show
from jizhun.kernel.bilingual import Bilingual
from jizhun.portal.consultations import open_here
from jizhun.portal.entitled_words import life_events
from jizhun.portal.listing import edition_on, first_day, listed, services_table
from jizhun.portal.search import NOTHING, Entry, Index
from jizhun.procedures.life_events import bundles
from jizhun.provisions.actions import book, labels
from jizhun.provisions.rules import Say
from jizhun.regions.actions import tree

_kept: list[tuple[Catalogue, Index]] = []


def index() -> Index:
    """Everything that can be found, built once per revision of the catalogue."""
    held = catalogue()
    if not _kept or _kept[0][0] is not held:
        _kept[:] = [(held, Index(entries(held)))]
    return _kept[0][1]


def entries(held: Catalogue) -> list[Entry]:
    """Items, found also by whom they are for, then matters."""
    about = {code: entry.recipients for edition in held.editions.values() for code, entry in edition.items()}
    said = everyday_words()
    items = [Entry("item", code, name, about.get(code, NOTHING), everyday=said.get(code, ()))
             for code, name in held.items.items()]
    return [*items, *(Entry("matter", one.code, one.name, belongs_to=one.item, item_name=held.items[one.item])
                      for one in held.matters.values())]


def everyday_words() -> dict[str, tuple[str, ...]]:
    """What people say when they look for an item, by its code."""
    rows = yaml.safe_load((settings.DATA_DIR / "everyday_words.yaml").read_text("utf-8"))
    return {code: tuple(map(str, words)) for code, words in rows.items()}


def items_with_values() -> set[str]:
    """The items on which, or on a matter of which, any paper on record says something."""
    held = catalogue()
    spoken = {subject for subject, _measure in book().lines}
    return (spoken & held.items.keys()) | {held.matters[code].item for code in spoken & held.matters.keys()}


@public_page
def home(request: HttpRequest, here: Here) -> HttpResponse:
    """Search, and the areas of the list in force."""
    query = request.GET.get("q", "").strip()[:100]
    found = index().find(query) if query else []
    edition = edition_on(here.place.root, here.on)
    areas = listed(edition) if edition and not found else []
    events = [] if query else [one for one in life_events(entitlements()) if one.code]
    return render(request, "portal/home.html", {
        "changes": [] if query else lately(here), "rounds": [] if query else open_here(here), "query": query,
        "events": events, "bundles": [] if query else bundles(),
        "first_edition": first_day(here.place.root), "found": found, "areas": areas, "edition": edition,
        "names": catalogue().items})


LATELY = timedelta(days=31)
MOST_CHANGES = 5


@dataclass(frozen=True, slots=True)
class Change:
    """Something that began to hold here lately: what, since when, and the page that tells of it."""

    on: date
    name: Bilingual
    measure: Bilingual
    says: str
    item: str


def lately(here: Here) -> list[Change]:
    """What papers of this place and of those above began to say in the month before the day, the latest first."""
    known, held, path = book(), catalogue(), {place.code for place in here.path}
    reader = Reader(tree(), labels(), known.measures)
    says = [say for by_place in known.lines.values() for place, slots in by_place.items() if place in path
            for line in slots.values() for say in line.points if here.on - LATELY < say.valid_from <= here.on]
    says = [say for say in says if say.subject != GENERAL and say.measure in known.measures]

    def change(say: Say) -> Change:
        item = held.matters[say.subject].item if say.subject in held.matters else say.subject
        return Change(say.valid_from, held.name_of(say.subject), known.measures[say.measure].name,
                      reader.speech.says(say), item)

    return [change(say) for say in sorted(says, key=lambda say: say.valid_from, reverse=True)[:MOST_CHANGES]]


@public_page
def services(request: HttpRequest, here: Here) -> HttpResponse:
    """The whole list in force on the day."""
    edition = edition_on(here.place.root, here.on)
    areas = listed(edition) if edition else []
    context = {"edition": edition, "areas": areas, "total": sum(area.count for area in areas),
               "first_edition": first_day(here.place.root), "spoken": items_with_values()}
    return show(request, "portal/services.html", context, [services_table(areas)])
