"""Equality in depth: the places directly below and theirs, what lies between and within, over time, and all as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jizhun.analytics.facts import Facts
from jizhun.analytics.inequality import Values
from jizhun.evaluation.indices import find
from jizhun.evaluation.overview import RIGHT, Overview, PlaceFigure, overview
from jizhun.evaluation.rules import Figure, figures_of
from jizhun.evaluation.rules.convergence import Beta, Sigma, beta, sigma
from jizhun.evaluation.rules.overview import later
from jizhun.evaluation.standing import Span
from jizhun.evaluation.summing import INDEX, Summing
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.models import User
from jizhun.people.rules import System
from jizhun.regions.actions import parts, persons, tree
from jizhun.regions.models import Region
from jizhun.regions.rules import Place

QUARTERS_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class Unit:
    """A place with its figure, how many live there (None: not known), what is above it by layer, outermost first."""

    place: Place
    value: float
    persons: int | None
    above: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """Places of one level with a figure; ``left_out``: so many with too few cases, or none judged."""

    units: tuple[Unit, ...]
    left_out: int

    @property
    def values(self) -> list[float]:
        return [one.value for one in self.units]

    @property
    def weights(self) -> list[float] | None:
        """Persons by place; None where of none of them it is known."""
        return [float(one.persons or 0) for one in self.units] if any(one.persons for one in self.units) else None

    @property
    def unknown(self) -> int:
        return sum(one.persons is None for one in self.units)


@dataclass(frozen=True, slots=True)
class Over:
    """Whether places draw nearer: periods as yyyymm of their first months, whole ones only; ``months`` in each.

    ``places`` have a figure in every period. None of either measure where it cannot be computed.
    """

    periods: tuple[int, ...]
    months: int
    places: int
    sigma: Sigma | None
    beta: Beta | None


@dataclass(frozen=True)
class Depth:
    """Everything that the page of equality shows. ``names``: of every place or part that holds another.

    ``second`` has no units where there is nothing below the places directly below.
    """

    shown: Overview
    first: Level
    second: Level
    layers: int
    names: Mapping[str, Bilingual]
    over: Over | None
    over_people: Over | None


def depth(*, by: User | System | None, place: str, source: str, on: date, first: date | None = None,
          last: date | None = None) -> Depth:
    """The equality of a place in depth; rights and periods as for ``overview``. Raises Refused, and Forbidden."""
    shown = overview(by=by, place=place, source=source, on=on, first=first, last=last)
    summing = Summing.of(source)
    above, names = _parts_of(shown.places)
    told = [one.place.code for one in shown.places]
    known = {code: found.number for code, found in persons(told, on).items()}
    top = [Unit(one.place, one.value, known.get(one.place.code), above.get(one.place.code, ()))
           for one in shown.places if one.value is not None]
    second = _second(shown, summing, on, above)
    names |= {one.place.code: one.place.name for one in shown.places}
    facts = _whole_months(summing, shown)
    over, weighed = (_over(facts, shown, some) for some in (None, known))
    return Depth(shown, Level(tuple(top), len(shown.places) - len(top)), second, 2 if above else 1, names, over,
                 weighed)


def _parts_of(places: Sequence[PlaceFigure]) -> tuple[dict[str, tuple[str, ...]], dict[str, Bilingual]]:
    """The part of the country of each place, where all have one."""
    found = parts([one.place.code for one in places])
    if len(found) < len(places) or not places:
        return {}, {}
    return {code: (part,) for code, (part, _name) in found.items()}, dict(found.values())


def _figures(facts: Facts) -> list[Figure]:
    return figures_of(find(INDEX), facts)


def _second(shown: Overview, summing: Summing, on: date, above: Mapping[str, tuple[str, ...]]) -> Level:
    """What lies directly below the places directly below."""
    held, here = tree(), shown.place.code
    codes = dict(Region.objects.values_list("pk", "code"))
    tops = {one.place.code for one in shown.places}
    facts = summing.at_level(("region",), shown.place.level + 2, shown.span)
    found: list[tuple[Place, float, str]] = []
    left_out = 0
    for figure in _figures(facts):
        place = held.known(codes[figure.codes[0]])
        path = held.path(place.code, on) if place.exists(on) else ()
        top = next((one for one in path if one in tops), None)
        if top is None or place.code in tops or here not in path:
            continue
        if figure.value is None or (figure.small and not shown.source.simulated):
            left_out += 1
        else:
            found.append((place, figure.value, top))
    known = persons([place.code for place, _value, _top in found], on)
    return Level(tuple(Unit(place, value, known[place.code].number if place.code in known else None,
                            (*above.get(top, ()), top)) for place, value, top in found), left_out)


# -- over time -------------------------------------------------------------------------------------


def _whole_months(summing: Summing, shown: Overview) -> Facts:
    return summing.below(("region", "month"), shown.place.code, Span(0, shown.as_of.year * 100 + shown.as_of.month))


def _over(facts: Facts, shown: Overview, people: Mapping[str, int] | None) -> Over | None:
    """By years where there are two whole ones, else by quarters; None for fewer than three of these."""
    if people is not None and not people:
        return None
    starts, months = _periods(sorted({*facts.codes["month"].tolist()}))
    if not starts:
        return None
    codes = dict(Region.objects.values_list("pk", "code"))
    told: list[dict[str, float]] = []
    for start in starts:
        month = facts.codes["month"]
        within = facts.where((month >= start) & (month < later(start, months)))
        told.append({codes[one.codes[0]]: one.value for one in _figures(within.summed(("region",)))
                     if one.value is not None and (shown.source.simulated or not one.small)})
    kept = sorted(set.intersection(*map(set, told)) - {shown.place.code})
    kept = [code for code in kept if people is None or code in people]
    values: list[Values] = [[one[code] for code in kept] for one in told]
    weights = None if people is None else [float(people[code]) for code in kept]
    return Over(tuple(starts), months, len(kept), _sigma(values, weights), _beta(values, months))


def _periods(known: Sequence[int]) -> tuple[list[int], int]:
    """The first months of whole periods in a row, the earliest first, and how many months each has."""
    held = set(known)

    def whole(months: int) -> list[int]:
        starts = [month for month in known if (month % 100 - 1) % months == 0
                  and all(later(month, n) in held for n in range(months))]
        return starts
    years, quarters = whole(12), whole(3)
    if len(years) > 1:
        return years, 12
    return (quarters, 3) if len(quarters) >= QUARTERS_AT_LEAST else ([], 0)


def _sigma(values: Sequence[Values], weights: Values | None) -> Sigma | None:
    try:
        return sigma(dict(enumerate(values)), None if weights is None else dict.fromkeys(range(len(values)), weights))
    except Refused:
        return None


def _beta(values: Sequence[Values], months: int) -> Beta | None:
    try:
        return beta(values[0], values[-1], (len(values) - 1) * months / 12)
    except Refused:
        return None


# -- all as one ------------------------------------------------------------------------------------

INDICATORS: Mapping[str, Bilingual] = {
    "coverage": Bilingual("覆盖", "Coverage"), "conformance": Bilingual("实施", "Implementation"),
    "satisfaction": Bilingual("满意", "Satisfaction")}
"""The targets that each place has a figure of; equality is one of places together."""


@dataclass(frozen=True)
class Targets:
    """The figures of every place directly below: ``table`` has a row for each of ``places``, by INDICATORS in order.

    ``lacking``: places without one of the figures, which are left out.
    """

    shown: Overview
    places: tuple[Place, ...]
    table: tuple[tuple[float, ...], ...]
    lacking: tuple[Place, ...]


def targets_by_place(*, by: User | System | None, place: str, source: str, on: date, first: date | None = None,
                     last: date | None = None) -> Targets:
    """Coverage, conformance and positive ratings of the places directly below. Raises Refused, and Forbidden."""
    shown = overview(by=by, place=place, source=source, on=on, first=first, last=last)
    codes = [one.place.code for one in shown.places]
    covered, rated = shown.covered_by_place, shown.rated_by_place
    rows = {one.place: (covered.get(one.place.code), one.value, rated.get(one.place.code)) for one in shown.places}
    whole = {place: tuple(value for value in row if value is not None) for place, row in rows.items()}
    kept = [place for place, row in whole.items() if len(row) == len(INDICATORS)]
    kept.sort(key=lambda one: codes.index(one.code))
    return Targets(shown, tuple(kept), tuple(whole[one] for one in kept),
                   tuple(one for one in whole if one not in kept))


__all__ = ["INDICATORS", "RIGHT", "Depth", "Level", "Over", "Targets", "Unit", "depth", "targets_by_place"]
