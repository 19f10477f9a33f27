"""All places at once: the boards of every matter, read from the versions' outlines and kept until something changes."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

import numpy as np

from jizhun.guides.actions.asking import ROOM, fields_of, numbers_of
from jizhun.guides.models import LayerVersion
from jizhun.guides.rules import Field
from jizhun.guides.rules.board import Kept, Places, board, kept, places_of
from jizhun.regions.actions import ROOM as PLACES
from jizhun.regions.actions import tree, version

Row = tuple[str, date, int, bytes]
"""A version: place, first day, number, outline."""


@dataclass
class _Columns:
    """The outlines of one sort by matter. ``last``: the newest row that is in here, as (seq, when it was written)."""

    stamp: str = ""
    last: tuple[int, datetime] | None = None
    count: int = 0
    rows: dict[str, list[Row]] = field(default_factory=dict)


_KEPT: dict[str, _Columns] = {}
_ALONE = threading.RLock()
"""One thread at a time brings up what is kept; the others wait for it and find it done."""


def outlines(sort: str) -> Mapping[str, Sequence[Row]]:
    """Matter -> its versions as recorded. Only what has come since the last call is read from the database."""
    with _ALONE:
        now = version(ROOM)
        held = _KEPT.setdefault(sort, _Columns())
        if held.stamp != now:
            _bring_up(sort, held)
            held.stamp = now
            for key in [one for one in _BOARDS if one[0] == sort]:
                del _BOARDS[key]
        return held.rows


def _bring_up(sort: str, held: _Columns) -> None:
    """Versions never change, so the newest row that is held vouches for all before it; if it is gone, begin anew."""
    rows = LayerVersion.objects.filter(sort=sort)
    if held.last is not None:
        still = rows.filter(seq__lte=held.last[0]).count() == held.count and rows.filter(
            seq=held.last[0], recorded_at=held.last[1]).exists()
        if not still:
            held.last, held.count, held.rows = None, 0, {}
    if held.last is not None:
        rows = rows.filter(seq__gt=held.last[0])
    wanted = rows.order_by("seq", "pk").values_list("matter", "region", "valid_from", "number", "outline", "seq",
                                                    "recorded_at")
    for matter, region, start, number, packed, seq, at in wanted.iterator(chunk_size=20_000):
        held.rows.setdefault(matter, []).append((region, start, number, bytes(packed)))
        held.last, held.count = (seq, at), held.count + 1


def places_on(on: date) -> Places:
    """Every place of that day, each after the one above it."""
    held = tree()
    epoch = sum(day <= on for day in held.change_days)
    return _places(version(PLACES), epoch, on)


@lru_cache(maxsize=8)
def _cached_places(stamp: str, epoch: int) -> list[Places]:
    return []


def _places(stamp: str, epoch: int, on: date) -> Places:
    kept = _cached_places(stamp, epoch)
    if not kept:
        held = tree()
        order = held.intervals(on).order
        parents = {code: upper for code in order if (upper := held.parent(code, on)) is not None}
        kept.append(places_of(order, parents))
    return kept[0]


@dataclass(frozen=True, slots=True)
class Whole:
    """A board with what its rows and columns are: fields that are typed (``codes``), and all places of the day."""

    board: Kept
    fields: tuple[Field, ...]
    places: Places

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(one.code for one in self.fields)


def board_of(*, sort: str, matter: str, on: date) -> Whole:
    """One matter at every place on a day."""
    return boards_of(sort=sort, matters=(matter,), on=on)[matter]


def boards_of(*, sort: str, matters: Iterable[str], on: date) -> dict[str, Whole]:
    """The same for many matters; what has not changed since it was last asked for is not worked out again."""
    with _ALONE:
        return _brought_up(sort, matters, on)


def _brought_up(sort: str, matters: Iterable[str], on: date) -> "dict[str, Whole]":
    rows = outlines(sort)
    stamps = (version(ROOM + ".fields"), version(PLACES))
    kept = _BOARDS.setdefault((sort, on, *stamps), {})
    fresh = [matter for matter in dict.fromkeys(matters) if matter not in kept]
    if fresh:
        _drop_old((sort, on, *stamps))
        fields, numbers, places = tuple(one for one in fields_of(sort) if one.typed), numbers_of(sort), places_on(on)
        kept.update({matter: _whole(fields, numbers, places, rows.get(matter, ()), on) for matter in fresh})
    return kept


_BOARDS: dict[tuple[str, date, str, str], dict[str, Whole]] = {}
MOST_BOARDS = 3
"""Sorts and days of which all boards are kept."""


def _drop_old(key: tuple[str, date, str, str]) -> None:
    for old in [one for one in _BOARDS if one != key][:-(MOST_BOARDS - 1) or None]:
        del _BOARDS[old]


def _whole(fields: tuple[Field, ...], numbers: Mapping[str, int], places: Places, rows: Sequence[Row],
           on: date) -> Whole:
    begun = sorted(((start, number, places.position[region], packed) for region, start, number, packed in rows
                    if start <= on and region in places.position), key=lambda one: one[:2])
    found = board(fields, numbers, places, [(where, start, packed) for start, _, where, packed in begun])
    return Whole(kept(found), fields, places)


def out_of_step(*, sort: str, on: date, within: set[str],
                matters: Sequence[str]) -> dict[tuple[str, str], tuple[str, ...]]:
    """(matter, place) -> the fields on which somebody there has to act, for the places ``within``."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    boards = boards_of(sort=sort, matters=matters, on=on)
    for matter in matters:
        whole = boards[matter]
        due = whole.board.due(on)
        for at in np.flatnonzero(due.any(axis=0)):
            place = whole.places.codes[at]
            if place in within:
                found[matter, place] = tuple(code for n, code in enumerate(whole.codes) if due[n, at])
    return found
