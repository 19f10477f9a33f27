"""Coverage computed: who is due what by the list, who claims it, whose guide and procedure are there and up to date.

What was computed for a day is kept on disk by the versions of the rooms that it came from, so that a new process need
not compute it again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import Edition
from jizhun.evaluation import keeping
from jizhun.evaluation.rules.coverage import Flags, Matrix
from jizhun.guides.actions import GUIDE, PROCEDURE, boards_of, claims_on, fields_of, ledger, words_of
from jizhun.guides.actions.boards import Whole, places_on
from jizhun.guides.rules.board import Places, filled, spread
from jizhun.guides.rules.ledger import in_list
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import months_later
from jizhun.provisions.actions import book
from jizhun.regions.actions import tree, versions
from jizhun.regions.rules import Place

ROOMS = ("guides", "guides.fields", "guides.claims", "guides.ledger", "provisions", "catalogue", "regions")
COUNTY = 3
KEPT = "coverage"


def counted(region: str, on: date) -> tuple[str, ...]:
    """The lowest places that are counted below a place: counties, and cities that have none; never fictional ones
    beside real ones, and only those for which the list is meant."""
    held = tree()
    top = held.place(region, on)
    codes = held.within(region, on)
    above = {held.parent(code, on) for code in codes if held.level(code) == COUNTY}
    return tuple(code for code in codes if _counts(held.known(code), top, code in above))


def _counts(place: Place, top: Place, has_counties: bool) -> bool:
    low = place.level == COUNTY or (place.level == COUNTY - 1 and not has_counties)
    return low and place.in_scope and place.simulated == top.simulated


def coverage(*, region: str, on: date) -> Matrix:
    """Every definition for all matters x the places counted below ``region``."""
    return _within(_national(on, versions(*ROOMS)), region, on)


def _within(whole: "_Everywhere", region: str, on: date) -> Matrix:
    places = counted(region, on)
    at = np.array([whole.position[code] for code in places], np.int64)
    return Matrix(whole.matters, places, {code: one[:, at] for code, one in whole.cells.items()})


def days_of_trend(on: date, months: int = 12) -> list[date]:
    """The last days of the months before ``on``, and ``on`` itself."""
    first = on.replace(day=1)
    return [months_later(first, -n) - timedelta(days=1) for n in range(months - 2, -1, -1)] + [on]


def bring(on: date) -> int:
    """Compute for the days of the trend, and for a year before, what is not kept yet; gives how many days that were."""
    stamps, days = versions(*ROOMS), [*days_of_trend(on), months_later(on, -12)]
    lacking = [day for day in days if _kept(day, stamps) is None]
    for day in lacking:
        _national(day, stamps)
    recipients(on)
    recipients(months_later(on, -12))
    return len(lacking)


def over_time(*, region: str, days: Sequence[date], compute: bool) -> dict[date, Matrix]:
    """Coverage on several days; days on which the place was not there are left out.

    Each day that is not kept takes as long as the first question about a day; without ``compute`` those are left out.
    """
    here, found = tree().known(region), {}
    stamps = versions(*ROOMS)
    for day in days:
        if here.exists(day):
            whole = _national(day, stamps) if compute else _kept(day, stamps)
            if whole is not None:
                found[day] = _within(whole, region, day)
    return found


@dataclass(frozen=True)
class _Everywhere:
    """All matters x all places of the day."""

    matters: tuple[str, ...]
    position: Mapping[str, int]
    cells: Mapping[str, Flags]


_HELD: dict[tuple[str, ...], _Everywhere] = {}
"""What this process has read or computed, the least lately used first."""
MOST_HELD = 16


def _national(on: date, stamps: tuple[str, ...]) -> _Everywhere:
    found = _kept(on, stamps)
    if found is None:
        found = _held((on.isoformat(), *stamps), _computed(on))
        keeping.keep_flags(KEPT, (on.isoformat(), *stamps), keeping.Flags(found.matters, tuple(found.position),
                                                                           found.cells))
    return found


def _kept(on: date, stamps: tuple[str, ...]) -> _Everywhere | None:
    """What is held here or kept on disk for the day; None where it has to be computed."""
    key = (on.isoformat(), *stamps)
    held = _HELD.pop(key, None)
    if held is not None:
        return _held(key, held)
    kept = keeping.flags(KEPT, key)
    return None if kept is None else _held(
        key, _Everywhere(kept.rows, {code: n for n, code in enumerate(kept.columns)}, kept.cells))


def _held(key: tuple[str, ...], found: _Everywhere) -> _Everywhere:
    _HELD[key] = found
    for old in list(_HELD)[:-MOST_HELD]:
        _HELD.pop(old, None)
    return found


def _computed(on: date) -> _Everywhere:
    matters, places = tuple(catalogue().matters), places_on(on)
    guides, procedures = (boards_of(sort=sort, matters=matters, on=on) for sort in (GUIDE, PROCEDURE))
    law = _law(matters, places, on)
    guide_ = np.array([_filled(GUIDE, guides[one], one, places, on) for one in matters])
    procedure = np.array([_filled(PROCEDURE, procedures[one], one, places, on) for one in matters])
    stale = spread(places, np.array([guides[one].board.due(on).any(axis=0) | procedures[one].board.due(on).any(axis=0)
                                     for one in matters]))
    return _Everywhere(matters, places.position, {
        "law": law, "adopted": _adopted(matters, places, on), "guide": guide_, "procedure": procedure,
        "current": guide_ & procedure & ~stale})


def _law(matters: Sequence[str], places: Places, on: date) -> Flags:
    """The edition of the day, and the ledger's lines for the few matters that have any."""
    known = catalogue()
    listed = np.array([known.listed(known.matters[one].item, on) for one in matters], bool)
    found = np.repeat(listed[:, None], len(places.codes), axis=1)
    lines, held = ledger(), tree()
    paths = [held.path(code, on) for code in places.codes] if lines else []
    for row in {one.matter for one in lines} & set(matters):
        about = [one for one in lines if one.matter == row]
        spoken = {one.region for one in about}
        found[matters.index(row)] &= [not spoken & {*path} or in_list(row, path, on, about) for path in paths]
    return found


def no_list(region: str, on: date) -> Edition | None:
    """The first edition of the place's list, where it holds only later than that day."""
    first = catalogue().first_edition(tree().path(region, on)[0])
    return first if first is not None and first.valid_from is not None and on < first.valid_from else None


def _adopted(matters: Sequence[str], places: Places, on: date) -> Flags:
    found = np.zeros((len(matters), len(places.codes)), bool)
    row = {code: n for n, code in enumerate(matters)}
    for (matter, place), claim in claims_on(on).items():
        if claim.says == "offered" and place in places.position:
            found[row[matter], places.position[place]] = True
    return found


def _filled(sort: str, whole: Whole, matter: str, places: Places, on: date) -> Flags:
    measures = {one.code: _spoken(one.measure, matter, places, on) for one in fields_of(sort)
                if one.kind == "measure" and one.required}
    found = filled(whole.board.has, whole.fields, {})
    for flags in measures.values():
        found &= flags
    return found


def _spoken(measure: str, matter: str, places: Places, on: date) -> Flags:
    """Places at which somebody on the way promises something of the measure on that day."""
    held = book()
    found = np.zeros(len(places.codes), bool)
    for subject in held.subjects.chain(matter)[:2]:
        for place, slots in held.lines.get((subject, measure), {}).items():
            said = [line.standing(on, None) for line in slots.values()]
            if place in places.position and any(one is not None and one.lapses_on >= on for one in said):
                found[places.position[place]] = True
    return spread(places, found)


def lacking(*, sort: str, matter: str, place: str, on: date) -> list[Bilingual]:
    """The names of the required fields that have no value at a place; nothing of words that are out of step."""
    whole = boards_of(sort=sort, matters=(matter,), on=on)[matter]
    at = whole.places.position[place]
    empty = {one.code for n, one in enumerate(whole.fields) if not whole.board.has[n, at]}
    return [one.name for one in fields_of(sort) if one.required and (
        one.code in empty if one.typed else one.kind == "measure" and not _said_at(one.measure, matter, place, on))]


def _said_at(measure: str, matter: str, place: str, on: date) -> bool:
    places = places_on(on)
    return bool(_spoken(measure, matter, places, on)[places.position[place]])


# -- recipients ------------------------------------------------------------------------------------


def recipients(on: date) -> dict[str, tuple[str, ...]]:
    """Group -> the matters that serve it, by the national guides; a wider group has those of the narrower ones."""
    return _recipients(on, versions("guides", "catalogue"))


@lru_cache(maxsize=16)
def _recipients(on: date, stamps: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    key = (on.isoformat(), *stamps)
    kept = keeping.words("recipients", key)
    if kept is None:
        kept = {group: list(some) for group, some in _serving(on).items()}
        keeping.keep_words("recipients", key, kept)
    return {group: tuple(some) for group, some in kept.items()}


def _serving(on: date) -> dict[str, tuple[str, ...]]:
    held = catalogue()
    found: dict[str, list[str]] = {}
    for matter in held.matters:
        for group in _groups(matter, on):
            for one in held.up(group) if group in held.wider else ():
                found.setdefault(one.code, []).append(matter)
    return {code: tuple(dict.fromkeys(found[code])) for code in held.wider if code in found}


def _groups(matter: str, on: date) -> Iterable[str]:
    root = catalogue().content.items[catalogue().matters[matter].item].root
    found = words_of(sort=GUIDE, matter=matter, path=(root,), on=on, codes=("groups",)).get("groups")
    return [str(one["id"]) for one in (found.content or () if found else ())]


def group_name(code: str) -> Bilingual:
    """What a group of recipients is called."""
    return catalogue().wider[code].name
