"""Every place at once: the same way down as ``layers``, in columns, for coverage and for lists of what is out of step.

Each version carries its outline: a few packed numbers for every field that it changes. From them one matter is worked
out for all places of a day level by level, so that the whole country costs as many steps as the tree is deep.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

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
    """The places of one day by their depth in the tree, so that each comes after the one above it and every level is
    one run. ``above`` is each place's upper one as a position, -1 at the top.
    """

    codes: tuple[str, ...]
    above: Ints
    levels: tuple[slice, ...]
    position: Mapping[str, int]


def places_of(order: Sequence[str], parents: Mapping[str, str]) -> Places:
    """Places as the tree lists them, each before what lies below it."""
    depth: dict[str, int] = {}
    for code in order:
        upper = parents.get(code)
        depth[code] = depth[upper] + 1 if upper in depth else 0
    codes = tuple(sorted(order, key=depth.__getitem__))
    position = {code: n for n, code in enumerate(codes)}
    above = np.array([position.get(parents.get(code, ""), -1) for code in codes], np.int64)
    ends = np.searchsorted([depth[code] for code in codes], range(max(depth.values(), default=-1) + 2))
    return Places(codes, above, tuple(slice(int(a), int(b)) for a, b in pairwise(ends)), position)


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


@dataclass(frozen=True, slots=True)
class Kept:
    """A board as it is kept for many matters at once: flags only. ``has``: whether anything counts; ``later`` where
    (fields, places) and until when drift is put off."""

    has: Flags
    own: Flags
    drift: Flags
    refused: Flags
    overruled: Flags
    later: tuple[Ints, Ints, Ints]

    def due(self, on: date) -> Flags:
        """Where somebody has to act."""
        fields, places, until = self.later
        waiting = until > on.toordinal()
        if not waiting.any():
            return self.drift
        found = self.drift.copy()
        found[fields[waiting], places[waiting]] = False
        return found


def kept(board_: Board) -> Kept:
    """The flags of a board; those that are nowhere set share one empty array."""
    nowhere = np.broadcast_to(np.False_, board_.own.shape)
    fields, places = np.nonzero(board_.drift & (board_.put_off > 0))
    drift, refused, overruled = (one if one.any() else nowhere for one in (
        board_.drift, board_.refused, board_.overruled))
    return Kept(board_.key != 0, board_.own, drift, refused, overruled,
                (fields, places, board_.put_off[fields, places]))


Written = tuple[int, date, bytes]
"""A version as the board takes it: the place's position, its first day, its outline."""


def board(fields: Sequence[Field], numbers: Mapping[str, int], places: Places, versions: Iterable[Written]) -> Board:
    """All places for one matter; ``versions`` in force on the day, in the order in which they count."""
    said = _fold(fields, numbers, len(places.codes), list(versions))
    shape = (len(fields), len(places.codes))
    policy = np.repeat(np.array([POLICIES.index(one.policy) for one in fields], np.int64)[:, None], shape[1], axis=1)
    found = Board(_zeros(shape), _none(shape), _none(shape), said.until, _none(shape), _none(shape), policy,
                  _zeros(shape))
    for level in places.levels:
        _step(found, said, places.above[level], level)
    return found


def _zeros(shape: tuple[int, int]) -> Ints:
    return np.zeros(shape, np.int64)


def _none(shape: tuple[int, int]) -> Flags:
    return np.zeros(shape, bool)


@dataclass(slots=True)
class _Said:
    """What each place says last, fields x places; ``binds`` and ``forces`` whether anybody binds or forces at all."""

    own: Ints
    above: Ints
    since: Ints
    policy: Ints
    until: Ints
    forced: Ints
    binds: bool = False
    forces: bool = False


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
    row_of = np.full(max(numbers.values(), default=0) + 1, -1, np.int64)
    row_of[[numbers[one.code] for one in fields]] = np.arange(len(fields))
    which = row_of[rows["field"]]
    speaks = (rows["policy"] != -2) & (which >= 0)
    for name in ("own", "above", "since", "policy", "until"):
        getattr(said, name)[which[speaks], where[speaks]] = rows[name][speaks]
    said.binds = bool((rows["policy"] >= 0).any())
    forced = (rows["forced"] == 1) & (which >= 0)
    said.forces = bool(forced.any())
    if said.forces:
        begins = np.repeat(np.array([day.toordinal() for _, day, _ in versions], np.int64), sizes)
        np.maximum.at(said.forced, (which[forced], where[forced]), begins[forced])
    return said


def _step(found: Board, said: _Said, above: Ints, level: slice) -> None:
    """One level of the tree: whoever says nothing has what is above, and only who speaks is looked at closely."""
    if len(above) and above[0] >= 0:
        found.key[:, level] = found.key[:, above]
        if said.binds:
            found._policy[:, level] = found._policy[:, above]
        if said.forces:
            found._forced[:, level] = found._forced[:, above]
    spoken = said.own[:, level] != 0
    fields, places = np.flatnonzero(spoken.any(axis=1)), np.flatnonzero(spoken.any(axis=0)) + level.start
    if len(places):
        _speak(found, said, np.ix_(fields, places))
    if said.binds:
        found._policy[:, level] = np.maximum(found._policy[:, level], said.policy[:, level])
    if said.forces:
        found._forced[:, level] = np.maximum(found._forced[:, level], said.forced[:, level])


def _speak(found: Board, said: _Said, at: tuple[Ints, ...]) -> None:
    """The words of some places on some fields, where the keys of what is above them already stand."""
    key, own = found.key[at], said.own[at]
    bound = np.where(key != 0, found._policy[at], 0)
    refused = (own != 0) & (bound == 2)
    overruled = (own != 0) & ~refused & (said.since[at] < found._forced[at])
    stands = (own != 0) & ~refused & ~overruled
    found.drift[at] = stands & (said.above[at] != key)
    found.key[at] = np.where(stands, np.where(bound == 1, _on_top(key, own), own), key)
    found.own[at], found.refused[at], found.overruled[at] = stands, refused, overruled


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


def filled(has: Flags, fields: Sequence[Field], others: Mapping[str, Flags]) -> Flags:
    """Places at which no required field is empty; ``others`` answers for fields that nobody types: code -> flags."""
    whole = np.ones(has.shape[1], bool)
    for n, one in enumerate(fields):
        if one.required:
            whole &= has[n] if one.typed else others.get(one.code, whole)
    return whole
