"""The dashboard for the public: simulated figures of the fictional province, read only."""

from django.http import HttpRequest, HttpResponse

from jizhun.evaluation.overview import overview
from jizhun.frame.addresses import with_query
from jizhun.frame.dashboard import asked_of, dashboard_context, elsewhere
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
