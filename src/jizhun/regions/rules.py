"""The tree of places as it stood on any day: who lies where, since when, and what became of it."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal, get_args

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import BEGINNING, FAR, day_after

Role = Literal["administrative", "fiscal"]
"""Whom a place answers to, and who pays it: the same for most, not for all."""

LEVELS = {0: "nation", 1: "province", 2: "prefecture", 3: "county", 4: "town or functional area"}


@dataclass(frozen=True, slots=True)
class Place:
    """One place. ``valid_until`` is the last day on which it existed under this code.

    ``former`` holds names that it had under the same code; ``exact`` is false where only the year of its
    beginning or end is known.
    """

    code: str
    name: Bilingual
    level: int
    kind: str
    root: str
    pinyin: str = ""
    in_scope: bool = True
    simulated: bool = False
    valid_from: date = BEGINNING
    valid_until: date = FAR
    exact: bool = True
    former: str = ""

    def exists(self, on: date) -> bool:
        """Whether the place existed under this code on that day."""
        return self.valid_from <= on <= self.valid_until


@dataclass(frozen=True, slots=True)
class Parentage:
    """``parent`` stands above ``child`` in one role, from day to day (both included)."""

    child: str
    parent: str
    role: Role = "administrative"
    valid_from: date = BEGINNING
    valid_until: date = FAR


@dataclass(frozen=True, slots=True)
class Succession:
    """From ``on`` the area of ``old``, or a part of it, belongs to ``new``."""

    old: str
    new: str
    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class Intervals:
    """All places of one day in an order in which every subtree is one unbroken run.

    The subtree of ``code`` is ``order[start[code]:end[code]]``, the place itself first.
    """

    order: tuple[str, ...]
    start: Mapping[str, int]
    end: Mapping[str, int]

    def holds(self, upper: str, lower: str) -> bool:
        """Whether ``lower`` is ``upper`` or lies somewhere below it."""
        return self.start[upper] <= self.start[lower] < self.end[upper]


@dataclass(slots=True)
class _View:
    """The tree between two change days, in one role."""

    parents: dict[str, str]
    children: dict[str, tuple[str, ...]]
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    intervals: Intervals | None = None


class Tree:
    """All places with their dated parents and successions. Immutable: build a new one after a change.

    Raises Refused when built from rows that name unknown places.
    """

    def __init__(self, places: Iterable[Place], parentages: Iterable[Parentage] = (),
                 successions: Iterable[Succession] = ()) -> None:
        self.places: Mapping[str, Place] = {place.code: place for place in places}
        self._parentages = tuple(parentages)
        self.successions = tuple(sorted(successions, key=lambda one: (one.on, one.old, one.new)))
        self._check_codes()
        self._after = _grouped((one.old, one) for one in self.successions)
        self._before = _grouped((one.new, one) for one in self.successions)
        self.change_days = self._find_change_days()
        self._views: dict[str, dict[int, _View]] = {"administrative": {}, "fiscal": {}}

    def __len__(self) -> int:
        return len(self.places)

    def __contains__(self, code: object) -> bool:
        return code in self.places

    # -- one place ---------------------------------------------------------------------------------

    def known(self, code: str) -> Place:
        """The place of that code, whenever it existed; raises Refused when the code is unknown."""
        place = self.places.get(code)
        if place is None:
            raise Refused(zh=f"没有代码为“{code}”的地区。", en=f"There is no region with the code “{code}”.")
        return place

    def place(self, code: str, on: date) -> Place:
        """The place as it existed on ``on``; otherwise Refused, naming what stands in its stead."""
        place = self.known(code)
        if on > place.valid_until:
            raise self._gone(place, on)
        if on < place.valid_from:
            raise self._not_yet(place, on)
        return place

    def level(self, code: str) -> int:
        """0 nation, 1 province, 2 prefecture, 3 county, 4 town or functional area."""
        place = self.places.get(code)
        return place.level if place is not None else self.known(code).level

    def in_scope(self, code: str) -> bool:
        """Whether the national list is meant for this place (not for Hong Kong, Macao and Taiwan)."""
        return self.known(code).in_scope

    # -- the tree on a day -------------------------------------------------------------------------

    def path(self, code: str, on: date, role: Role = "administrative") -> tuple[str, ...]:
        """From the nation down to the place itself. Refused when the place did not exist that day."""
        view = self._views[role].get(bisect_right(self.change_days, on))
        found = view.paths.get(code) if view is not None else None
        return found if found is not None else self._walk(code, on, role)

    def parent(self, code: str, on: date, role: Role = "administrative") -> str | None:
        """The place directly above, or None at the top."""
        path = self.path(code, on, role)
        return path[-2] if len(path) > 1 else None

    def children(self, code: str, on: date, role: Role = "administrative") -> tuple[str, ...]:
        """Codes directly below, in the order of their codes."""
        self.place(code, on)
        return self._view(on, role).children.get(code, ())

    def within(self, code: str, on: date, role: Role = "administrative") -> tuple[str, ...]:
        """The place and all below it, each place before what lies below it."""
        self.place(code, on)
        view = self.intervals(on, role)
        return view.order[view.start[code]:view.end[code]]

    def at_level(self, code: str, level: int, on: date, role: Role = "administrative") -> str | None:
        """The place of that level on the way up (the place itself counts), or None if the way skips it."""
        return next((one for one in self.path(code, on, role) if self.level(one) == level), None)

    def existing(self, on: date) -> tuple[str, ...]:
        """All codes that existed on that day, each place before what lies below it."""
        return self.intervals(on).order

    def intervals(self, on: date, role: Role = "administrative") -> Intervals:
        """The whole tree of that day laid out so that every subtree is one run."""
        view = self._view(on, role)
        if view.intervals is None:
            view.intervals = _lay_out(view)
            for code in view.parents.keys() - view.intervals.start.keys():
                self._walk(code, on, role)  # what is not under any top goes round in a circle: refused
        return view.intervals

    # -- succession --------------------------------------------------------------------------------

    def came_from(self, code: str) -> tuple[str, ...]:
        """The places whose area, or a part of it, this one took over."""
        return tuple(dict.fromkeys(one.old for one in self._before.get(code, ())))

    def successors(self, code: str, on: date) -> tuple[str, ...]:
        """The codes that held the area of ``code`` on ``on``: itself while it existed.

        Looks forward for what has ended and backward for what had not begun; empty when unknown.
        """
        place = self.known(code)
        if place.exists(on):
            return (code,)
        forward = on > place.valid_until
        found = dict.fromkeys(self._follow(code, on, forward, seen={code}))
        # A prefecture that was dissolved hands over to counties, as its own counties do: the lower ones speak.
        above = {upper for one in found for upper in self.path(one, on)[:-1]}
        return tuple(one for one in found if one not in above)

    def _follow(self, code: str, on: date, forward: bool, seen: set[str]) -> Iterable[str]:
        links = self._after if forward else self._before
        # Only what happened at its end (or beginning): a part given away earlier is not what it left behind.
        place = self.places[code]
        turn = day_after(place.valid_until) if forward else place.valid_from
        for link in links.get(code, ()):
            other = link.new if forward else link.old
            if other in seen or link.on != turn:
                continue
            seen.add(other)
            if self.places[other].exists(on):
                yield other
            else:
                yield from self._follow(other, on, forward, seen)

    # -- search ------------------------------------------------------------------------------------

    def find(self, words: str, on: date, limit: int = 20) -> tuple[Place, ...]:
        """Places of that day whose code, Chinese or English name or pinyin holds ``words``.

        What begins with the words comes first, higher levels before lower ones.
        """
        wanted = "".join(words.casefold().split())
        found = [(rank, place.level, place.code) for place in self.places.values()
                 if place.exists(on) and (rank := _rank(place, wanted)) is not None] if wanted else []
        return tuple(self.places[code] for _, _, code in sorted(found)[:limit])

    # -- building ----------------------------------------------------------------------------------

    def _check_codes(self) -> None:
        named = [code for one in self._parentages for code in (one.child, one.parent)]
        named += [code for one in self.successions for code in (one.old, one.new)]
        for code in named:
            self.known(code)

    def _find_change_days(self) -> tuple[date, ...]:
        dated: list[Place | Parentage] = [*self.places.values(), *self._parentages]
        days = {one.valid_from for one in dated} | {day_after(one.valid_until) for one in dated}
        return tuple(sorted(days - {BEGINNING, FAR}))

    def _view(self, on: date, role: Role) -> _View:
        epoch = bisect_right(self.change_days, on)
        view = self._views[role].get(epoch)
        if view is None:
            view = self._views[role][epoch] = self._build_view(on, role)
        return view

    def _build_view(self, on: date, role: Role) -> _View:
        parents: dict[str, str] = {}
        for wanted in ("administrative", role):
            parents.update((one.child, one.parent) for one in self._parentages
                           if one.role == wanted and one.valid_from <= on <= one.valid_until)
        parents = {child: parent for child, parent in parents.items() if self._both_exist(child, parent, on)}
        below: dict[str, list[str]] = {}
        for code in sorted(code for code, place in self.places.items() if place.exists(on)):
            below.setdefault(parents.get(code, ""), []).append(code)
        return _View(parents, {parent: tuple(codes) for parent, codes in below.items()})

    def _both_exist(self, child: str, parent: str, on: date) -> bool:
        return self.places[child].exists(on) and self.places[parent].exists(on)

    def _walk(self, code: str, on: date, role: Role) -> tuple[str, ...]:
        self.place(code, on)
        view, way = self._view(on, role), [code]
        while (parent := view.parents.get(way[-1])) is not None:
            if parent in way:
                raise Refused(zh=f"{code} 的上级关系在 {on} 形成循环。",
                              en=f"On {on} the parents of {code} go round in a circle.")
            way.append(parent)
        path = view.paths[code] = tuple(reversed(way))
        return path

    def check(self) -> None:
        """Refuse two parents of one place on one day, and parents that go round in a circle on any day."""
        self._check_one_parent()
        for role in get_args(Role):
            for day in (BEGINNING, *self.change_days):
                self._check_circles(day, role)

    def _check_one_parent(self) -> None:
        ordered = sorted(self._parentages, key=lambda one: (one.child, one.role, one.valid_from))
        for before, one in pairwise(ordered):
            if (before.child, before.role) == (one.child, one.role) and one.valid_from <= before.valid_until:
                raise Refused(
                    zh=f"{one.child} 在 {one.valid_from} 有两个上级：{before.parent} 和 {one.parent}。",
                    en=f"On {one.valid_from} {one.child} has two parents: {before.parent} and {one.parent}.")

    def _check_circles(self, on: date, role: Role) -> None:
        parents, sound = self._view(on, role).parents, set[str]()
        for code in parents:
            way: list[str] = []
            at: str | None = code
            while at is not None and at not in sound:
                if at in way:
                    raise Refused(zh=f"{at} 的上级关系在 {on} 形成循环。",
                                  en=f"On {on} the parents of {at} go round in a circle.")
                way.append(at)
                at = parents.get(at)
            sound.update(way)

    # -- sentences ---------------------------------------------------------------------------------

    def _gone(self, place: Place, on: date) -> Refused:
        zh, en = self._named(self.successors(place.code, on))
        ended_zh, ended_en = _said(day_after(place.valid_until), place.exact)
        return Refused(
            zh=f"{place.code} {place.name.zh}自 {ended_zh}起不再存在，{on} 不能使用"
               + (f"；其区域当日属于{zh}。" if zh else "。"),
            en=f"{place.code} {place.name.en} has not existed since {ended_en} and cannot be used for {on}"
               + (f"; on that day its area belonged to {en}." if en else "."))

    def _not_yet(self, place: Place, on: date) -> Refused:
        zh, en = self._named(self.successors(place.code, on))
        began_zh, began_en = _said(place.valid_from, place.exact)
        return Refused(
            zh=f"{place.code} {place.name.zh}自 {began_zh}起才存在，{on} 不能使用"
               + (f"；其区域当日属于{zh}。" if zh else "。"),
            en=f"{place.code} {place.name.en} has existed only since {began_en} and cannot be used for {on}"
               + (f"; on that day its area belonged to {en}." if en else "."))

    def _named(self, codes: tuple[str, ...]) -> tuple[str, str]:
        names = [self.places[code] for code in codes]
        return ("、".join(f"{one.code} {one.name.zh}" for one in names),
                ", ".join(f"{one.code} {one.name.en}" for one in names))


def _said(day: date, exact: bool) -> tuple[str, str]:
    """A day in words; where only the year is sure, that is said."""
    if exact:
        return f"{day} ", str(day)
    return (f"{day.year} 年（具体日期未核实，暂记为 {day}）",
            f"{day.year} (the exact day is not verified; {day} is used)")


def _grouped(pairs: Iterable[tuple[str, Succession]]) -> dict[str, tuple[Succession, ...]]:
    found: dict[str, tuple[Succession, ...]] = {}
    for code, link in pairs:
        found[code] = (*found.get(code, ()), link)
    return found


def _lay_out(view: _View) -> Intervals:
    order: list[str] = []
    start: dict[str, int] = {}
    end: dict[str, int] = {}
    pending = [(code, False) for code in reversed(view.children.get("", ()))]
    while pending:
        code, leaving = pending.pop()
        if leaving:
            end[code] = len(order)
            continue
        start[code] = len(order)
        order.append(code)
        pending.append((code, True))
        pending.extend((child, False) for child in reversed(view.children.get(code, ())))
    return Intervals(tuple(order), start, end)


def _rank(place: Place, wanted: str) -> int | None:
    """0 the same, 1 begins with, 2 holds, None neither."""
    texts = (place.code.casefold(), place.name.zh, place.former, *(
        "".join(text.casefold().split()) for text in (place.name.en, place.pinyin)))
    if wanted in texts:
        return 0
    if any(text.startswith(wanted) for text in texts):
        return 1
    return 2 if any(wanted in text for text in texts) else None


# -- how many live there ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Persons:
    """How many live in a place, and as of which day; ``summed``: from the places below it."""

    number: int
    as_of: date
    summed: bool = False


COUNTED_ELSEWHERE = frozenset({"corps"})
"""Kinds of places whose people a census counts under the places on whose ground they live."""


def persons_in(tree: Tree, code: str, on: date, told: Mapping[str, Persons]) -> Persons | None:
    """What is told of the place itself, else the sum of the places in scope directly below it where all are known.

    The day of a sum is the earliest of its parts. Fictional places are no part of a real one.
    """
    if code in told:
        return told[code]
    here = tree.known(code)
    if not here.exists(on):
        return None
    below = [one for one in tree.children(code, on) if (place := tree.known(one)).in_scope
             and place.simulated == here.simulated and place.kind not in COUNTED_ELSEWHERE]
    parts = [persons_in(tree, one, on, told) for one in below]
    known = [one for one in parts if one is not None]
    if not below or len(known) < len(below):
        return None
    return Persons(sum(one.number for one in known), min(one.as_of for one in known), summed=True)
