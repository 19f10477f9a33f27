"""The start page: search first, then the areas with counts that are true; and the whole list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import Catalogue
from jizhun.frame.here import Here, public_page
from jizhun.frame.tables import show
from jizhun.portal.listing import edition_on, listed, services_table
from jizhun.portal.search import NOTHING, Entry, Index

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
    items = [Entry("item", code, name, about.get(code, NOTHING)) for code, name in held.items.items()]
    return [*items, *(Entry("matter", one.code, one.name, belongs_to=one.item) for one in held.matters.values())]


@public_page
def home(request: HttpRequest, here: Here) -> HttpResponse:
    """Search, and the areas of the list in force."""
    query = request.GET.get("q", "").strip()[:100]
    found = index().find(query) if query else []
    edition = edition_on(here.place.root, here.on)
    areas = listed(edition) if edition and not found else []
    return render(request, "portal/home.html", {
        "query": query, "found": found, "areas": areas, "edition": edition,
        "names": catalogue().items})


@public_page
def services(request: HttpRequest, here: Here) -> HttpResponse:
    """The whole list in force on the day."""
    edition = edition_on(here.place.root, here.on)
    areas = listed(edition) if edition else []
    context = {"edition": edition, "areas": areas, "total": sum(area.count for area in areas)}
    return show(request, "portal/services.html", context, [services_table(areas)])
