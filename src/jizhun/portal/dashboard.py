"""The dashboard for the public: simulated figures of the fictional province, read only."""

from django.http import HttpRequest, HttpResponse

from jizhun.evaluation.depth import depth, targets_by_place
from jizhun.evaluation.overview import overview
from jizhun.frame.addresses import with_query
from jizhun.frame.composite import composite_context
from jizhun.frame.dashboard import asked_of, dashboard_context, elsewhere
from jizhun.frame.equality import equality_context
from jizhun.frame.here import Here, public_page
from jizhun.frame.tables import show
from jizhun.frame.tags import place_name


@public_page
def dashboard(request: HttpRequest, here: Here) -> HttpResponse:
    """The four targets of a fictional place, how its places lie, and others beside it."""
    asked = asked_of(request, here.place, here.on, simulated_only=True)
    if asked is None:
        return show(request, "portal/dashboard.html", {"elsewhere": elsewhere(here.on)})
    first, last = asked.days
    shown = overview(by=None, place=here.code, source=asked.source.code, on=here.on, first=first, last=last,
                     bar=asked.bar)
    context, tables, charts = dashboard_context(request, asked, shown)
    crumbs = [(place_name(one), with_query(request, region=one.code) if one.code != here.code else "")
              for one in here.path if one.simulated]
    return show(request, "portal/dashboard.html", {**context, "crumbs": crumbs}, tables, charts)


@public_page
def equality(request: HttpRequest, here: Here) -> HttpResponse:
    """Where the differences between the places below lie."""
    asked = asked_of(request, here.place, here.on, simulated_only=True)
    if asked is None:
        return show(request, "portal/dashboard.html", {"elsewhere": elsewhere(here.on)})
    first, last = asked.days
    found = depth(by=None, place=here.code, source=asked.source.code, on=here.on, first=first, last=last)
    context, tables, charts = equality_context(request, asked, found)
    return show(request, "portal/equality.html", context, tables, charts)


@public_page
def composite(request: HttpRequest, here: Here) -> HttpResponse:
    """The targets of the places below as one figure."""
    asked = asked_of(request, here.place, here.on, simulated_only=True)
    if asked is None:
        return show(request, "portal/dashboard.html", {"elsewhere": elsewhere(here.on)})
    first, last = asked.days
    found = targets_by_place(by=None, place=here.code, source=asked.source.code, on=here.on, first=first, last=last)
    context, tables, charts = composite_context(request, asked, found)
    return show(request, "portal/composite.html", context, tables, charts)
