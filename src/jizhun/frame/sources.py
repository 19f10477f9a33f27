"""Which sources of case records tell about a place."""

from collections.abc import Iterable, Mapping
from datetime import date

from jizhun.delivery.models import Source
from jizhun.evaluation.actions import sources
from jizhun.regions.actions import tree
from jizhun.regions.rules import Place


def sources_about(place: Place, on: date) -> list[Source]:
    """Sources with cases whose place holds the given one or lies in it.

    Those that tell about the whole place come first, then the one with most cases: a county's file never speaks
    for its province where the province has one.

    Simulated cases of a real place are left out: no page shows them under its name.
    """
    counts = sources()
    return concerning(Source.objects.filter(code__in=counts), counts, place, on)


def concerning(known: Iterable[Source], counts: Mapping[str, int], place: Place, on: date) -> list[Source]:
    """Those of the known sources that tell about the place, in their order; ``counts`` are cases by source."""
    above = tree().path(place.code, on)
    found = [one for one in known if not _invented_for_a_real_place(one)
             and (one.region in above or _lies_in(one, place, on))]
    return sorted(found, key=lambda one: (one.region not in above, -counts[one.code], one.code))


def _invented_for_a_real_place(source: Source) -> bool:
    held = tree()
    return source.simulated and source.region in held and not held.known(source.region).simulated


def _lies_in(source: Source, place: Place, on: date) -> bool:
    held = tree()
    return source.region in held and held.known(source.region).exists(on) and place.code in held.path(source.region, on)
