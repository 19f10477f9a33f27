"""Pilots for the public: programmes, what came of them, and practices that others can take over."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from jizhun.frame.charts import Chart
from jizhun.frame.here import Here, public_page
from jizhun.frame.pilots import (
    effect_context,
    found_or_404,
    pilots_table,
    practice_context,
    practices_table,
    programme_context,
    programmes_table,
)
from jizhun.frame.tables import Table, show
from jizhun.pilots.actions import experience, programmes
from jizhun.pilots.models import PilotProgramme


@public_page
def pilot_list(request: HttpRequest, here: Here) -> HttpResponse:
    """Every programme, and practices by words or by matter."""
    asked = request.GET.get("q", "").strip()[:200]
    found = programmes_table(programmes.programmes(), "pilot-programme")
    cards = practices_table(experience.practices(asked, request.GET.get("matter", "")), "practice")
    return show(request, "portal/pilots.html", {"table": found, "cards": cards, "q": asked}, [found, cards])


@public_page
def pilot_programme(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """A programme: what it was about, its jobs, who the pilots are."""
    one = found_or_404(programmes.programme_of, code)
    table = pilots_table(one, programmes.pilots(one))
    return show(request, "portal/pilot_programme.html", {**programme_context(one), "table": table}, [table])


@public_page
def pilot_effect(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """Did it work? For everybody where the cases are simulated; of real ones only after signing in."""
    one = found_or_404(programmes.programme_of, code)
    context, tables, charts = _shown(request, one)
    return show(request, "portal/pilot_effect.html", context, tables, charts)


def _shown(request: HttpRequest, one: PilotProgramme) -> tuple[dict[str, Any], list[Table], list[Chart]]:
    if not one.simulated:
        return {"programme": one, "none": _("The comparison of real cases is shown after signing in.")}, [], []
    return effect_context(one, {name: request.GET.get(name, "") for name in ("index", "source", "way")},
                          lambda _code: True)


@public_page
def practice(request: HttpRequest, here: Here, code: str) -> HttpResponse:
    """A practice card with its adopters."""
    one = found_or_404(experience.practice_of, code)
    context, tables = practice_context(one, lambda _code: one.simulated)
    return show(request, "portal/practice.html", context, tables)
