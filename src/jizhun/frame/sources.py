"""Which sources of case records tell about a place."""

from datetime import date

from jizhun.delivery.models import Source
from jizhun.evaluation.actions import sources
from jizhun.regions.actions import tree
from jizhun.regions.rules import Place


def sources_about(place: Place, on: date) -> list[Source]:
    """Sources with cases whose place holds the given one or lies in it; the one with most cases first.

    Simulated cases of a real place are left out: no page shows them under its name.
    """
    held, counts = tree(), sources()
    above = held.path(place.code, on)
    found = [one for one in Source.objects.filter(code__in=counts) if not _invented_for_a_real_place(one)
             and (one.region in above or _lies_in(one, place, on))]
    return sorted(found, key=lambda one: (-counts[one.code], one.code))


def _invented_for_a_real_place(source: Source) -> bool:
    held = tree()
    return source.simulated and source.region in held and not held.known(source.region).simulated


def _lies_in(source: Source, place: Place, on: date) -> bool:
    held = tree()
    return source.region in held and held.known(source.region).exists(on) and place.code in held.path(source.region, on)
