"""Every place at once: the same way down as ``layers``, in columns, for coverage and for lists of what is out of step.

Each version carries its outline: a few packed numbers for every field that it changes. From them one matter is worked
out for all places of a day level by level, so that the whole country costs as many steps as the tree is deep.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jizhun.guides.rules.fields import POLICIES, STEP, WORD, Field, key_of
from jizhun.guides.rules.layers import Said

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

ENTRY = np.dtype([("field", "<i4"), ("own", "<i8"), ("above", "<i8"), ("since", "<i4"), ("policy", "i1"),
                  ("until", "<i4"), ("forced", "i1")])
"""One field of a version: its number, the keys of the own words and of what stood above, days as ordinals, the policy
that binds the places below (-1: none said), until when it is put off (0: not), whether it is forced."""


def outline(fields: Mapping[str, Said], forced: Iterable[str], numbers: Mapping[str, int]) -> bytes:
    """The packed entries of one version; ``numbers`` are the fields' own."""
    overruling = set(forced)
    codes = [*fields, *(code for code in overruling if code not in fields)]
    return np.array([_entry(numbers[code], fields.get(code), code in overruling) for code in codes], ENTRY).tobytes()


def _entry(number: int, said: Said | None, forced: bool) -> tuple[int, ...]:
    if said is None:
        return number, 0, 0, 0, -2, 0, int(forced)
    policy = -1 if said.policy is None else POLICIES.index(said.policy)
    until = said.deferred_until.toordinal() if said.deferred_until else 0
    return number, key_of(said.content), said.stood_on, said.since.toordinal(), policy, until, int(forced)


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one day in an order in which each comes after the one above it; ``levels`` are runs of equal depth.

    ``above`` is each place's upper one as a position, -1 at the top.
    """

    codes: tuple[str, ...]
    above: Ints
    levels: tuple[Ints, ...]
    position: Mapping[str, int]


def places_of(order: Sequence[str], parents: Mapping[str, str]) -> Places:
    """Places as the tree lists them, each before what lies below it."""
    position = {code: n for n, code in enumerate(order)}
    above = np.array([position.get(parents.get(code, ""), -1) for code in order], np.int64)
    depth = np.zeros(len(order), np.int64)
    for n, upper in enumerate(above):
        depth[n] = depth[upper] + 1 if upper >= 0 else 0
    levels = tuple(np.flatnonzero(depth == one) for one in range(int(depth.max(initial=-1)) + 1))
    return Places(tuple(order), above, levels, position)


@dataclass(slots=True)
class Board:
    """One matter at all places: arrays of fields x places.

    ``key`` what counts (0: nothing), ``own`` whether the place has words of its own that stand, ``drift`` whether they
    stand on something that has changed, ``put_off`` until when (ordinals), ``refused`` and ``overruled`` words that do
    not count.
    """

    key: Ints
    own: Flags
    drift: Flags
    put_off: Ints
    refused: Flags
    overruled: Flags
    _policy: Ints = field(repr=False)
    _forced: Ints = field(repr=False)

    def due(self, on: date) -> Flags:
        """Where somebody has to act."""
        return self.drift & (self.put_off <= on.toordinal())


Written = tuple[int, date, bytes]
"""A version as the board takes it: the place's position, its first day, its outline."""


def board(fields: Sequence[Field], numbers: Mapping[str, int], places: Places, versions: Iterable[Written]) -> Board:
    """All places for one matter; ``versions`` in force on the day, in the order in which they count."""
    said = _fold(fields, numbers, len(places.codes), list(versions))
    shape = (len(fields), len(places.codes))
    found = Board(_zeros(shape), _none(shape), _none(shape), said.until, _none(shape), _none(shape), _zeros(shape),
                  _zeros(shape))
    base = np.array([POLICIES.index(one.policy) for one in fields], np.int64)[:, None]
    for level in places.levels:
        _step(found, said, places.above[level], level, base)
    return found


def _zeros(shape: tuple[int, int]) -> Ints:
    return np.zeros(shape, np.int64)


def _none(shape: tuple[int, int]) -> Flags:
    return np.zeros(shape, bool)


@dataclass(slots=True)
class _Said:
    own: Ints
    above: Ints
    since: Ints
    policy: Ints
    until: Ints
    forced: Ints


def _fold(fields: Sequence[Field], numbers: Mapping[str, int], places: int, versions: Sequence[Written]) -> _Said:
    """What each place says last of each field: among repeated positions the last assignment stays."""
    shape = (len(fields), places)
    said = _Said(_zeros(shape), _zeros(shape), _zeros(shape), np.full(shape, -1, np.int64), _zeros(shape),
                 _zeros(shape))
    if not versions:
        return said
    rows = np.frombuffer(b"".join(one for _, _, one in versions), ENTRY)
    sizes = [len(one) // ENTRY.itemsize for _, _, one in versions]
    where = np.repeat(np.array([place for place, _, _ in versions], np.int64), sizes)
    begins = np.repeat(np.array([day.toordinal() for _, day, _ in versions], np.int64), sizes)
    row_of = np.full(max(numbers.values(), default=0) + 1, -1, np.int64)
    row_of[[numbers[one.code] for one in fields]] = np.arange(len(fields))
    which = row_of[rows["field"]]
    speaks = (rows["policy"] != -2) & (which >= 0)
    for name in ("own", "above", "since", "policy", "until"):
        getattr(said, name)[which[speaks], where[speaks]] = rows[name][speaks]
    forced = (rows["forced"] == 1) & (which >= 0)
    np.maximum.at(said.forced, (which[forced], where[forced]), begins[forced])
    return said


def _step(found: Board, said: _Said, above: Ints, level: Ints, base: Ints) -> None:
    """One level of the tree, all fields at once."""
    top = above < 0
    key, policy, forced = (np.where(top, start, array[:, above]) for array, start in (
        (found.key, 0), (found._policy, base), (found._forced, 0)))
    bound = np.where(key != 0, policy, 0)
    own, since = said.own[:, level], said.since[:, level]
    refused = (own != 0) & (bound == 2)
    overruled = (own != 0) & ~refused & (since < forced)
    stands = (own != 0) & ~refused & ~overruled
    found.key[:, level] = np.where(stands, np.where(bound == 1, _on_top(key, own), own), key)
    found.own[:, level], found.refused[:, level], found.overruled[:, level] = stands, refused, overruled
    found.drift[:, level] = stands & (said.above[:, level] != key)
    found._policy[:, level] = np.maximum(policy, said.policy[:, level])
    found._forced[:, level] = np.maximum(forced, said.forced[:, level])


WRAPPING = STEP - WORD if STEP >= WORD // 2 else STEP


def _on_top(above: Ints, own: Ints) -> Ints:
    """``fields.on_top`` in columns; int64 wraps by itself."""
    with np.errstate(over="ignore"):
        return above * np.int64(WRAPPING) + own


def spread(places: Places, spoken: Flags) -> Flags:
    """Where a place or one above it has a flag, level by level; ``spoken`` is anything x places."""
    found = spoken.copy()
    for level in places.levels[1:]:
        found[..., level] |= found[..., places.above[level]]
    return found


def filled(board_: Board, fields: Sequence[Field], others: Mapping[str, Any]) -> Flags:
    """Places at which no required field is empty; ``others`` answers for fields that nobody types: code -> flags."""
    whole = np.ones(board_.key.shape[1], bool)
    for n, one in enumerate(fields):
        if one.required:
            whole &= board_.key[n] != 0 if one.typed else others.get(one.code, whole)
    return whole
