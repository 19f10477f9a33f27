"""Coverage computed: who is due what by the list, who claims it, whose guide and procedure are there and up to date."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np

from jizhun.catalogue.actions import catalogue
from jizhun.evaluation.rules.coverage import Flags, Matrix
from jizhun.guides.actions import GUIDE, PROCEDURE, boards_of, claims_on, fields_of, ledger, words_of
from jizhun.guides.actions.boards import Whole, places_on
from jizhun.guides.rules.board import Places, filled, spread
from jizhun.guides.rules.ledger import in_list
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.actions import book
from jizhun.regions.actions import tree, versions
from jizhun.regions.rules import Place

ROOMS = ("guides", "guides.fields", "guides.claims", "guides.ledger", "provisions", "catalogue", "regions")
COUNTY = 3


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
    places = counted(region, on)
    whole = _national(on, versions(*ROOMS))
    at = np.array([whole.position[code] for code in places], np.int64)
    return Matrix(whole.matters, places, {code: one[:, at] for code, one in whole.cells.items()})


@dataclass(frozen=True)
class _Everywhere:
    """All matters x all places of the day."""

    matters: tuple[str, ...]
    position: Mapping[str, int]
    cells: Mapping[str, Flags]


@lru_cache(maxsize=4)
def _national(on: date, _stamps: tuple[str, ...]) -> _Everywhere:
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
    """The ledger's lines for the few matters that have any; everything else is in the list everywhere."""
    found = np.ones((len(matters), len(places.codes)), bool)
    lines, held = ledger(), tree()
    for row in {one.matter for one in lines} & set(matters):
        about = [one for one in lines if one.matter == row]
        found[matters.index(row)] = [in_list(row, held.path(code, on), on, about) for code in places.codes]
    return found


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


@lru_cache(maxsize=2)
def _recipients(on: date, _stamps: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
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
