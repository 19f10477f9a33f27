"""Who says what, where and from when: the book of provisions as known on one day.

A ``Line`` is everything one place has ever said on one measure of one subject for one group: change
points, each ended by the next. The book is immutable; rules ask it and never a database.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import BEGINNING, FAR, day_after
from jizhun.provisions.rules.values import Band, Formula, Measure, Said, Table, Tiered

SLOTS = {"floor": "limit", "cap": "limit", "band": "limit", "exact": "limit", "target": "target",
         "delegated": "duty"}
"""A place speaks at most once per slot: one limit, one target, one duty laid on those below."""

VERIFIED_MARKS = frozenset({"V", "D"})
NO_WORDS = Bilingual("", "")


@dataclass(frozen=True, slots=True)
class Paper:
    """The document that says it: law, normative document, notice, commitment, ..."""

    code: str
    title: Bilingual
    number: str = ""
    kind: str = "notice"
    issuer: Bilingual = NO_WORDS
    published_on: date | None = None
    source: str = ""
    mark: str = "R"


@dataclass(frozen=True, slots=True)
class Say:
    """One provision: one paper's say on one measure, for one place and group, from one day on.

    ``value`` None says "nothing from this day". ``lapses_on`` is the last day of the paper's
    validity. ``order`` breaks ties between rows with the same first day: the later recorded speaks.
    ``enforce`` tells what a cap or band does with an excess: limit it, or only flag it.
    """

    subject: str
    measure: str
    place: str
    group: str
    modality: str
    value: Said
    unit: str
    valid_from: date
    lapses_on: date = FAR
    paper: Paper | None = None
    clause: Bilingual = NO_WORDS
    recorded_on: date = BEGINNING
    order: int = 0
    enforce: str = "limit"
    applies_to_new_from: date | None = None
    existing_until: date = FAR
    reach_by: date | None = None
    assessment: str = ""
    mark: str = "R"
    source: str = ""
    note: Bilingual = NO_WORDS
    key: int = 0

    @property
    def slot(self) -> str:
        return SLOTS[self.modality]

    @property
    def verified(self) -> bool:
        return self.mark in VERIFIED_MARKS

    def formulas(self) -> tuple[Formula, ...]:
        """Every formula in its value, however deep."""
        return tuple(_formulas(self.value))

    def inputs(self) -> frozenset[str]:
        """Codes of the measures that its value reads."""
        return frozenset(code for formula in self.formulas() for code in formula.inputs())


def circle(reads: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Measures whose formulas lead back to themselves, the first again at the end; () where there are none.

    ``reads``: measure -> the measures that its formulas read anywhere.
    """
    settled: set[str] = set()

    def follow(code: str, way: tuple[str, ...]) -> tuple[str, ...]:
        if code in way:
            return (*way[way.index(code):], code)
        if code not in settled:
            for read in sorted(reads.get(code, ())):
                if found := follow(read, (*way, code)):
                    return found
            settled.add(code)
        return ()

    return next(filter(None, (follow(code, ()) for code in sorted(reads))), ())


def _formulas(value: object) -> Iterable[Formula]:
    if isinstance(value, Formula):
        yield value
    elif isinstance(value, Band):
        yield from _formulas(value.low)
        yield from _formulas(value.high)
    elif isinstance(value, Table):
        for row in value.rows:
            yield from _formulas(row.value)


@dataclass(frozen=True, slots=True)
class Assignment:
    """From this day to that one a place is in this tier of a scheme.

    ``tier`` may name several, ``2|3``: one of these, but which of them is not on record.
    """

    scheme: str
    place: str
    tier: str
    valid_from: date
    valid_until: date = FAR
    recorded_on: date = BEGINNING


class Line:
    """The change points of one key, in order of their first days."""

    __slots__ = ("_days", "points")

    def __init__(self, says: Iterable[Say]) -> None:
        latest: dict[date, Say] = {}
        for say in sorted(says, key=lambda s: (s.valid_from, s.recorded_on, s.order)):
            latest[say.valid_from] = say
        self.points = tuple(latest.values())
        self._days = tuple(latest)

    def standing(self, on: date, since: date | None) -> Say | None:
        """The latest point reached on ``on``, lapsed or not.

        ``since`` is the day on which the asked person's case or entitlement began: a point that
        spares existing cases is passed over for them.
        """
        index = bisect_right(self._days, on) - 1
        while since is not None and index >= 0 and _spares(self.points[index], since, on):
            index -= 1
        return self.points[index] if index >= 0 else None

    def change_days(self) -> Iterable[date]:
        """Days on which what this line says may change."""
        for say in self.points:
            yield say.valid_from
            if say.lapses_on != FAR:
                yield day_after(say.lapses_on)
            if say.applies_to_new_from and say.existing_until != FAR:
                yield day_after(say.existing_until)
            if say.reach_by is not None:
                yield day_after(say.reach_by)


def _spares(say: Say, since: date, on: date) -> bool:
    starts = say.applies_to_new_from
    return starts is not None and since < starts and on <= say.existing_until


class Places(Protocol):
    """What the engine needs to know of regions; ``regions.rules.Tree`` is one."""

    @property
    def change_days(self) -> tuple[date, ...]: ...
    def path(self, code: str, on: date) -> tuple[str, ...]: ...
    def level(self, code: str) -> int: ...
    def within(self, code: str, on: date) -> Iterable[str]: ...


class Subjects(Protocol):
    """What the engine needs to know of the catalogue; ``catalogue.rules.Catalogue`` is one."""

    def chain(self, matter: str) -> tuple[str, ...]: ...
    def groups(self, asked: str) -> tuple[str, ...]: ...


LinesOfPlace = dict[tuple[str, str], Line]


@dataclass(frozen=True)
class Book:
    """All provisions as known on one day, indexed for asking.

    ``lines``: (subject, measure) -> place -> (group, slot) -> Line.
    """

    measures: Mapping[str, Measure]
    places: Places
    subjects: Subjects
    lines: Mapping[tuple[str, str], Mapping[str, LinesOfPlace]]
    tiers: Mapping[tuple[str, str], Sequence[Assignment]]
    schemes: Mapping[str, frozenset[str]]
    revision: str = ""
    memory: dict[object, object] = field(default_factory=dict)

    def tier_of(self, scheme: str, place: str, on: date) -> str | None:
        """The tier that ``place`` itself is assigned to, if any; several possible ones read ``2|3``."""
        for one in self.tiers.get((scheme, place), ()):
            if one.valid_from <= on <= one.valid_until:
                return one.tier
        return None


def make_book(*, measures: Mapping[str, Measure], places: Places, subjects: Subjects, says: Iterable[Say],
              assignments: Iterable[Assignment] = (), known_on: date | None = None,
              revision: str = "") -> Book:
    """The book as it was known at the end of ``known_on`` (None: all that is recorded)."""
    horizon = known_on or FAR
    grouped: dict[tuple[str, str], dict[str, dict[tuple[str, str], list[Say]]]] = {}
    for say in says:
        if say.recorded_on <= horizon:
            of_place = grouped.setdefault((say.subject, say.measure), {}).setdefault(say.place, {})
            of_place.setdefault((say.group, say.slot), []).append(say)
    lines = {key: {place: {slot: Line(said) for slot, said in slots.items()} for place, slots in by.items()}
             for key, by in grouped.items()}
    tiers, schemes = _tier_index(a for a in assignments if a.recorded_on <= horizon)
    return Book(measures, places, subjects, lines, tiers, schemes, revision)


def _tier_index(assignments: Iterable[Assignment]) -> tuple[
        dict[tuple[str, str], list[Assignment]], dict[str, frozenset[str]]]:
    tiers: dict[tuple[str, str], list[Assignment]] = defaultdict(list)
    places: dict[str, set[str]] = defaultdict(set)
    for one in sorted(assignments, key=lambda a: (a.valid_from, a.recorded_on), reverse=True):
        tiers[one.scheme, one.place].append(one)
        places[one.scheme].add(one.place)
    return dict(tiers), {scheme: frozenset(found) for scheme, found in places.items()}


def dimensions(value: Said) -> tuple[str, ...]:
    """Names of the dimensions on which a value as said depends."""
    if isinstance(value, Tiered):
        return (value.dimension,)
    return value.over if isinstance(value, Table) else ()
