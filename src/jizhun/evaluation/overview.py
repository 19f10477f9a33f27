"""A place at a glance: the programme's four targets with their trend, how places lie, and how others and last year did.

Figures come from kept sums wherever these hold (``evaluation.summing``), so that a nation's page needs no case read.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from jizhun.analytics.facts import Facts
from jizhun.delivery.models import Source
from jizhun.evaluation.actions import Row, labels_of
from jizhun.evaluation.coverage import coverage, days_of_trend, no_list, over_time, recipients
from jizhun.evaluation.indices import find
from jizhun.evaluation.rules import SMALLEST_PUBLISHED, Figure, figures_of, total
from jizhun.evaluation.rules.coverage import CODES, Matrix, Share
from jizhun.evaluation.rules.overview import (
    UNNAMED_AT_LEAST,
    Alike,
    Apart,
    Beside,
    ByPeople,
    Distribution,
    apart,
    beside,
    by_people,
    distribution,
    later,
    months,
    most_alike,
    ranks,
    recipients_covered,
    weights_of,
)
from jizhun.evaluation.rules.quality import Quality, Remark, outliers, quality, silent, steps
from jizhun.evaluation.rules.satisfaction import Tally
from jizhun.evaluation.rules.saying import hides
from jizhun.evaluation.said import Said, said
from jizhun.evaluation.standing import Span
from jizhun.evaluation.summing import INDEX, Summing
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import months_later
from jizhun.people.actions import regions_of, require
from jizhun.people.models import User
from jizhun.people.rules import System
from jizhun.regions.actions import persons, tree, version
from jizhun.regions.models import Region
from jizhun.regions.rules import Place
from jizhun.regions.sets import PlaceSet, place_sets

RIGHT = "result.read"
BAR = 0.95
"""Below which share a place is counted as low unless said otherwise: a help for reading, no target of any paper."""
YEAR = 12
TRUSTED = "current"
"""The definition of coverage at the top: guide and procedure are published and in step. It asks for most."""


@dataclass(frozen=True, slots=True)
class Point:
    """One month: the figure, of how many it is, and the same month a year before (None: no data)."""

    month: int
    value: float | None
    of: int
    before: float | None


@dataclass(frozen=True, slots=True)
class PlaceFigure:
    """A place with its figure, the one of a year before, and its rank (None: no figure).

    ``small``: too few cases for a figure to be told. ``alike``: why it is taken for a similar one.
    """

    place: Place
    figure: Figure
    before: Figure | None = None
    rank: int | None = None
    small: bool = False
    alike: Alike | None = None

    @property
    def value(self) -> float | None:
        return None if self.small else self.figure.value


@dataclass(frozen=True, slots=True)
class Covered:
    """Every definition of coverage, and whole groups of recipients; ``recipients`` by the definition at the top."""

    shares: Mapping[str, Share]
    recipients: Share


@dataclass(frozen=True, slots=True)
class Others:
    """Places beside: those that the reader may see by name, how many more are counted, and the figures of all.

    ``left_out``: so many whose figures are not told because they are too few to hide one another.
    """

    beside: Beside | None
    named: tuple[PlaceFigure, ...]
    unnamed: int
    left_out: int


NOBODY = Others(None, (), 0, 0)


@dataclass(frozen=True, slots=True)
class SetBeside:
    """A set of places, such as pilot regions, beside the place looked at.

    ``holds_here``: the place lies in it. ``inside`` and ``outside``: of the places directly below, those that lie in it
    together and all others together; None where all lie on one side. ``others``: places of the same level in it.
    """

    set: PlaceSet
    holds_here: bool
    inside: Figure | None
    outside: Figure | None
    others: Others


@dataclass(frozen=True, slots=True)
class Weighed:
    """The targets with the places directly below weighed by their people.

    ``unknown``: so many of these places have no population on record. ``known_as_of``: the earliest and the latest day
    for which the populations were told; None where none is known.
    """

    coverage: ByPeople | None
    conformance: ByPeople | None
    satisfaction: ByPeople | None
    apart: Apart | None
    apart_before: Apart | None
    apart_trend: tuple[Point, ...]
    unknown: int
    known_as_of: tuple[date, date] | None


@dataclass(frozen=True)
class Overview:
    """Everything that the first screen shows. ``before`` of a figure: the same months of the year before.

    ``known``: every month with cases.
    """

    place: Place
    source: Source
    as_of: date
    on: date
    span: Span
    known: tuple[int, ...]
    kept: bool
    total: Figure
    total_before: Figure
    trend: tuple[Point, ...]
    places: tuple[PlaceFigure, ...]
    distribution: Distribution | None
    apart: Apart | None
    apart_before: Apart | None
    apart_trend: tuple[Point, ...]
    said: Said
    said_before: Said
    ratings_trend: tuple[Point, ...]
    covered: Covered | None
    covered_before: Covered | None
    covered_trend: tuple[Point, ...]
    covered_by_place: Mapping[str, float | None]
    rated_by_place: Mapping[str, float | None]
    weighed: Weighed
    heat: tuple[Row, ...]
    neighbours: Others
    similar: Others
    sets: tuple[SetBeside, ...]
    items: Mapping[int, Bilingual]
    quality: Quality | None
    sql: Mapping[str, str]
    behind: bool = False
    """Whether cases or promises have come in that are not counted yet."""

    @property
    def ratings(self) -> Tally:
        """The ratings of the period."""
        return self.said.whole

    @property
    def ratings_before(self) -> Tally:
        """Those of the same months of the year before."""
        return self.said_before.whole

    @property
    def year_before(self) -> Span:
        return _earlier(self.span)


def overview(*, by: User | System | None, place: str, source: str, on: date, first: date | None = None,
             last: date | None = None, bar: float = BAR) -> Overview:
    """The overview of a place over whole months (default: the last twelve up to the data date).

    ``by`` None is the public, which sees simulated figures of fictional places only; whoever signs in sees the places
    of the right result.read. ``on``: the day for which coverage is told. Raises Refused, and Forbidden.
    """
    held, here = _source(source), tree().place(place, on)
    _check_seen(by, here, held, on)
    summing = Summing.of(source)
    return _made(summing, held, here, on, _span(first, last, summing.as_of), bar, _seen(by, on))


# -- what is asked ---------------------------------------------------------------------------------


def _source(code: str) -> Source:
    found = Source.objects.filter(code=code).first()
    if found is None:
        raise Refused(zh=f"没有编码为“{code}”的数据来源。", en=f"There is no source “{code}”.")
    return found


def _check_seen(by: User | System | None, here: Place, source: Source, on: date) -> None:
    if source.simulated != here.simulated:
        raise Refused(zh="模拟数据只能显示在示例省，真实数据不能显示在示例省。",
                      en="Simulated figures are shown for fictional places only, and real ones for real places only.")
    if by is not None:
        require(by=by, right=RIGHT, path=tree().path(here.code, on))
    elif not source.simulated:
        raise Refused(zh="真实数据的看板须登录后查看。", en="The dashboard of real cases is shown after signing in.")


def _span(first: date | None, last: date | None, as_of: date) -> Span:
    """The months asked for, up to the data date. Raises Refused."""
    if first and last and last < first:
        raise Refused(zh=f"结束日期 {last} 早于开始日期 {first}。",
                      en=f"The last day {last} is before the first {first}.")
    asked, end = Span.of(first, last, as_of), as_of.year * 100 + as_of.month
    if asked is None:
        raise Refused(zh="看板按整月统计：请从某月第一天选到某月最后一天。",
                      en="The dashboard counts whole months: begin on the first day of one and end on the last.")
    if asked.first > end:
        raise Refused(zh=f"数据截至 {as_of}，所选时段还没有数据。",
                      en=f"The data end on {as_of}: there are none yet for this period.")
    until = min(asked.last, end)
    return Span(asked.first or later(until, 1 - YEAR), until)


def _earlier(span: Span) -> Span:
    return Span(later(span.first, -YEAR), later(span.last, -YEAR))


@dataclass(frozen=True, slots=True)
class _Seen:
    """Whom the reader may see by name: everybody (None), or what lies in the places of the role."""

    regions: frozenset[str] | None
    on: date

    def names(self, place: Place) -> bool:
        return self.regions is None or bool(self.regions & {*tree().path(place.code, self.on)})


def _seen(by: User | System | None, on: date) -> _Seen:
    return _Seen(frozenset(regions_of(by=by, right=RIGHT)) if isinstance(by, User) else None, on)


# -- putting together ------------------------------------------------------------------------------


def _made(summing: Summing, source: Source, here: Place, on: date, span: Span, bar: float, seen: _Seen) -> Overview:
    shown = Span(min(span.first, later(span.last, 1 - YEAR)), span.last)
    whole = Span(_earlier(shown).first, span.last)
    cells = summing.below(("region", "month"), here.code, whole)
    now, earlier = _within(cells, span), _within(cells, _earlier(span))
    places = _places(now, earlier, here, source.simulated)
    values = [one.value for one in places if one.value is not None]
    across = "region" if places else "month"
    heat = _heat(summing.below(("item", across), here.code, span), across, here)
    neighbours, similar, sets, items = _others(summing, here, span, source.simulated, seen, places)
    heard, heard_before, heard_by_month = _said(summing, here, span, shown, source.simulated)
    year_ago = months_later(on, -YEAR)
    matrix, before = _matrix(here.code, on), _matrix(here.code, year_ago)
    codes = [one.place.code for one in places]
    covered, rated = _covered_by_place(matrix, codes, on) if matrix else {}, _rated(heard, codes)
    return Overview(
        here, source, summing.as_of, on, span, _known(summing, here), summing.kept, _figure(now), _figure(earlier),
        _trend(cells, shown), places, distribution(values, bar), apart(values),
        apart([one.before.value for one in places if one.before and one.before.value is not None]),
        _apart_trend(cells, shown, here), heard, heard_before, heard_by_month,
        _shares(matrix, on) if matrix else None, _shares(before, year_ago) if before else None,
        _covered_trend(here.code, on), covered, rated,
        _weighed(places, covered, rated, cells, shown, here, on), heat, neighbours,
        similar, sets, items, _quality(now, span, summing.as_of, places), {
            "conformance": summing.sql(("month",), span), "equality": summing.sql(("region", "month"), span),
            "satisfaction": heard.sql, "heat": summing.sql(("item", across), span)},
        behind=summing.behind)


def _known(summing: Summing, here: Place) -> tuple[int, ...]:
    """Every month with cases here."""
    return tuple(summing.below(("month",), here.code, Span(0, 999_912)).codes["month"].tolist())


def _within(cells: Facts, span: Span) -> Facts:
    month = cells.codes["month"]
    return cells.where((month >= span.first) & (month <= span.last))


def _figures(facts: Facts) -> list[Figure]:
    return figures_of(find(INDEX), facts)


def _figure(facts: Facts) -> Figure:
    """All cases as one; nothing of nothing."""
    return total(_figures(facts.summed(())))


def _trend(cells: Facts, span: Span) -> tuple[Point, ...]:
    by_month = {figure.codes[0]: figure for figure in _figures(cells.summed(("month",)))}
    return _points(span, {month: one.value for month, one in by_month.items()},
                   {month: one.denominator for month, one in by_month.items()})


def _points(span: Span, values: Mapping[int, float | None], of: Mapping[int, int]) -> tuple[Point, ...]:
    return tuple(Point(month, values.get(month), of.get(month, 0), values.get(later(month, -YEAR)))
                 for month in months(span.first, span.last))


def _places(now: Facts, earlier: Facts, here: Place, simulated: bool) -> tuple[PlaceFigure, ...]:
    """The places directly below with cases, in the order of their rank; what is handled here itself is none of them."""
    before = {figure.codes[0]: figure for figure in _figures(earlier.summed(("region",)))}
    named, found = _places_by_number(), []
    for figure in _figures(now.summed(("region",))):
        place = named[figure.codes[0]]
        if place.code != here.code:
            found.append(PlaceFigure(place, figure, before.get(figure.codes[0]), small=figure.small and not simulated))
    return _ranked(found)


def _ranked(found: Iterable[PlaceFigure]) -> tuple[PlaceFigure, ...]:
    kept = list(found)
    order = ranks({one.place.code: one.value for one in kept if one.value is not None})
    told = [PlaceFigure(one.place, one.figure, one.before, order.get(one.place.code), one.small, one.alike)
            for one in kept]
    return tuple(sorted(told, key=lambda one: (one.rank or len(told) + 1, one.place.code)))


def _places_by_number() -> Mapping[int, Place]:
    return _places_then(version("regions"))


@lru_cache(maxsize=2)
def _places_then(_version: str) -> dict[int, Place]:
    held = tree()
    return {pk: held.known(code) for pk, code in Region.objects.values_list("pk", "code")}


def _apart_trend(cells: Facts, span: Span, here: Place, people: Mapping[str, int] | None = None) -> tuple[Point, ...]:
    """The coefficient of variation of the places' figures, month by month; weighed where ``people`` are given."""
    named = _places_by_number()
    values: dict[int, dict[str, float]] = {}
    for figure in _figures(cells.summed(("region", "month"))):
        code = named[figure.codes[0]].code
        if figure.value is not None and code != here.code and (people is None or code in people):
            values.setdefault(figure.codes[1], {})[code] = figure.value
    found = {month: apart(list(some.values()), None if people is None else weights_of(some, people))
             for month, some in values.items()}
    return _points(span, {month: one.variation if one else None for month, one in found.items()},
                   {month: len(some) for month, some in values.items()})


def _said(summing: Summing, here: Place, span: Span, shown: Span, simulated: bool) -> tuple[Said, Said,
                                                                                          tuple[Point, ...]]:
    """The ratings of the period, of the year before, and month by month."""
    def told(one: Span) -> Said:
        return said(summing, region=here.code, span=one, simulated=simulated)
    now, before = told(span), told(_earlier(span))
    by_month = {**(before if span == shown else told(_earlier(shown))).by_month,
                **(now if span == shown else told(shown)).by_month}
    rates = {month: one.positive_rate for month, one in by_month.items()
             if simulated or not hides(one, SMALLEST_PUBLISHED)}
    return now, before, _points(shown, {month: one.value for month, one in rates.items()},
                                {month: one.of for month, one in rates.items()})


def _heat(facts: Facts, across: str, here: Place) -> tuple[Row, ...]:
    """Items by place, or by month where there is no place below; what is handled here itself is left out."""
    figures = _figures(facts)
    items = labels_of("item", {one.codes[0] for one in figures})
    if across == "month":
        told = labels_of("month", {one.codes[1] for one in figures})
    else:
        told = {pk: (place.code, place.name) for pk, place in _places_by_number().items() if place.code != here.code}
    return tuple(Row((items[one.codes[0]], told[one.codes[1]]), one) for one in figures if one.codes[1] in told)


# -- coverage --------------------------------------------------------------------------------------


def _matrix(region: str, on: date) -> Matrix | None:
    """None where the place is not counted, did not exist then, or had no list yet."""
    if not tree().known(region).exists(on) or no_list(region, on):
        return None
    matrix = coverage(region=region, on=on)
    return matrix if matrix.places else None


def _covered_trend(region: str, on: date) -> tuple[Point, ...]:
    """The definition at the top on the last day of each month, where all of them have been computed before."""
    days = days_of_trend(on)
    told = over_time(region=region, days=days, compute=False)
    if len(told) < len(days):
        return ()
    shares = [(day.year * 100 + day.month, told[day].share(TRUSTED)) for day in days]
    return tuple(Point(month, one.value, one.of, None) for month, one in shares)


def _shares(matrix: Matrix, on: date) -> Covered:
    groups = [matters for code, matters in recipients(on).items() if code != "all"]
    return Covered({code: matrix.share(code) for code in CODES}, recipients_covered(matrix, TRUSTED, groups))


# -- by people -------------------------------------------------------------------------------------


def _weighed(places: Sequence[PlaceFigure], covered: Mapping[str, float | None], rated: Mapping[str, float | None],
             cells: Facts, shown: Span, here: Place, on: date) -> Weighed:
    """Every target with the places directly below weighed by their people."""
    codes = [one.place.code for one in places]
    told = persons(codes, on)
    people = {code: one.number for code, one in told.items()}
    now = {one.place.code: one.value for one in places if one.value is not None and one.place.code in people}
    before = {one.place.code: one.before.value for one in places if one.before and one.before.value is not None
              and one.place.code in people}
    days = [one.as_of for one in told.values()]
    return Weighed(
        by_people(covered, people), by_people({one.place.code: one.value for one in places}, people),
        by_people(rated, people),
        apart(list(now.values()), weights_of(now, people)), apart(list(before.values()), weights_of(before, people)),
        _apart_trend(cells, shown, here, people) if people else (), len(codes) - len(people),
        (min(days), max(days)) if days else None)


def _rated(heard: Said, codes: Sequence[str]) -> dict[str, float | None]:
    """Positive ratings by place; of none where too few were negative to be told."""
    named = {pk: _places_by_number()[pk].code for pk in heard.by_place}
    return {} if heard.hidden else {named[pk]: one.positive_rate.value for pk, one in heard.by_place.items()
                                    if named[pk] in codes}


def _covered_by_place(matrix: Matrix, codes: Sequence[str], on: date) -> dict[str, float | None]:
    position, held = {code: n for n, code in enumerate(matrix.places)}, tree()
    at = {code: [position[one] for one in held.within(code, on) if one in position]
          for code in codes if held.known(code).exists(on)}
    return {code: matrix.share(TRUSTED, None, some).value for code, some in at.items() if some}


# -- others ----------------------------------------------------------------------------------------


def _others(summing: Summing, here: Place, span: Span, simulated: bool, seen: _Seen, below: Sequence[PlaceFigure]
            ) -> tuple[Others, Others, tuple[SetBeside, ...], Mapping[int, Bilingual]]:
    """Neighbours: what lies under the same place. Similar ones: by what is handled, anywhere at the same level. Sets:
    what lies in one, at the same level or directly below."""
    named, held, sets = _places_by_number(), tree(), _sets(here)
    if held.parent(here.code, seen.on) is None:  # nobody stands beside a nation
        return NOBODY, NOBODY, tuple(_set_beside(one, here, below, NOBODY, seen) for one in sets), {}
    facts = summing.at_level(("item", "region"), here.level, span)
    mixes = _mixes(facts)
    peers = {pk for pk in mixes if named[pk].level == here.level and named[pk].simulated == here.simulated}
    figures = {one.codes[0]: one for one in _figures(facts.summed(("region",))) if one.codes[0] in peers}
    own = next((pk for pk in peers if named[pk].code == here.code), None)
    told = {pk: PlaceFigure(named[pk], one, small=one.small and not simulated) for pk, one in figures.items()}
    mine = told.pop(own) if own is not None else None
    near = [one for one in told.values() if _parent(one.place, seen.on) == held.parent(here.code, seen.on)]
    alike = most_alike(mixes[own], {pk: mixes[pk] for pk in told}) if own is not None else []
    like = [PlaceFigure(named[one.place], figures[one.place], small=told[one.place].small, alike=one) for one in alike]
    value = mine.value if mine else None
    items = {pk: name for pk, (_code, name) in labels_of(
        "item", {item for one in alike for item in one.common}).items()}
    beside_sets = tuple(_set_beside(one, here, below, _told(value, _ranked(
        each for each in told.values() if one.holds(_path(each.place, seen.on))), seen), seen) for one in sets)
    return _told(value, _ranked(near), seen), _told(value, like, seen), beside_sets, items


def _sets(here: Place) -> list[PlaceSet]:
    """Those whose members are real where the place is, and fictional where it is."""
    held = tree()
    return [one for one in place_sets() if all(held.known(code).simulated == here.simulated for code in one.members)]


def _set_beside(one: PlaceSet, here: Place, below: Sequence[PlaceFigure], others: Others, seen: _Seen) -> SetBeside:
    """A place that lies in the set, or has some of it below, beside the rest."""
    within = [each.figure for each in below if one.holds(_path(each.place, seen.on))]
    rest = [each.figure for each in below if not one.holds(_path(each.place, seen.on))]
    both = bool(within and rest)
    return SetBeside(one, one.holds(_path(here, seen.on)), total(within) if both else None,
                     total(rest) if both else None, others)


def _path(place: Place, on: date) -> tuple[str, ...]:
    return tree().path(place.code, on) if place.exists(on) else (place.code,)


def _parent(place: Place, on: date) -> str | None:
    return tree().parent(place.code, on) if place.exists(on) else None


def _mixes(facts: Facts) -> dict[int, dict[int, int]]:
    """Place -> cases by item."""
    found: dict[int, dict[int, int]] = {}
    for item, place, n in zip(facts.codes["item"].tolist(), facts.codes["region"].tolist(), facts.n.tolist(),
                              strict=True):
        found.setdefault(place, {})[item] = n
    return found


def _told(value: float | None, others: Sequence[PlaceFigure], seen: _Seen) -> Others:
    """By name what the reader may see; all others only together, and only where they are enough."""
    named = tuple(one for one in others if seen.names(one.place))
    rest = [one.value for one in others if not seen.names(one.place) and one.value is not None]
    counted = rest if len(rest) >= UNNAMED_AT_LEAST else []
    values = [one.value for one in named if one.value is not None]
    return Others(beside(value, [*values, *counted]), named, len(counted), len(rest) - len(counted))


# -- how good the data are -------------------------------------------------------------------------


def _quality(now: Facts, span: Span, as_of: date, places: Sequence[PlaceFigure]) -> Quality | None:
    """The checks that counts by place and month allow; None where not even one can be made."""
    remarks: list[Remark] = []
    run = _finished(now, span, as_of)
    if len(run) > 2:
        counts = _counts(now, run)
        remarks.append(steps({f"{month // 100}-{month % 100:02d}": float(n) for month, n in zip(
            run, np.sum(list(counts.values()), axis=0).tolist(), strict=True)}))
        remarks.append(silent(counts, _names(), last=1 if len(run) == 3 else 2))
    values: dict[Hashable, float] = {one.place.code: one.value for one in places if one.value is not None}
    if len(values) >= 5:
        remarks.append(outliers(values, {one.place.code: one.place.name for one in places}))
    return quality(remarks) if remarks else None


def _names() -> dict[Hashable, Bilingual]:
    return {pk: place.name for pk, place in _places_by_number().items()}


def _finished(now: Facts, span: Span, as_of: date) -> list[int]:
    """The months from the first one with cases to the last that the data tell in full."""
    known = now.codes["month"]
    if not len(known):
        return []
    ended = (as_of + timedelta(days=1)).day == 1
    end = as_of.year * 100 + as_of.month
    return months(int(known.min()), min(span.last, end if ended else later(end, -1)))


def _counts(now: Facts, run: Sequence[int]) -> dict[Hashable, list[int]]:
    """Place -> cases in each month."""
    at = {month: n for n, month in enumerate(run)}
    found: dict[Hashable, list[int]] = {}
    for place, month, n in zip(now.codes["region"].tolist(), now.codes["month"].tolist(), now.n.tolist(), strict=True):
        if month in at:
            found.setdefault(place, [0] * len(run))[at[month]] += n
    return found


__all__ = ["BAR", "RIGHT", "TRUSTED", "Covered", "Others", "Overview", "PlaceFigure", "Point", "SetBeside", "Weighed",
           "overview"]
