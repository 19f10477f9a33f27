"""The graph of standards: which stands above which, which cites which, and whom it touches when one goes. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import heappop, heappush

from jizhun.kernel.bilingual import NO_WORDS, Refused
from jizhun.kernel.numbering import CHINESE_REGION, parse_standard
from jizhun.standards.rules.library import (
    CURRENT,
    DRAFT,
    GROUP,
    INDUSTRY,
    INTERNAL,
    LOCAL,
    NATIONAL,
    UPCOMING,
    Library,
    Standard,
    undated,
)
from jizhun.standards.rules.reading import place_of

LIVE = (CURRENT, UPCOMING, DRAFT)
"""States in which a standard holds or is going to."""

PathOf = Callable[[str], Sequence[str]]
"""A place's code -> the places from the nation down to it, itself last."""

PROVINCE, CITY = "local of a province", "local of a city"
ORDERS: tuple[tuple[date, Mapping[str, int]], ...] = (
    # The Standardization Law as revised in 2017 (in force since 2018-01-01) names national, industry and local
    # standards of the state and, beside them, group standards; §13 lets cities set local ones with the province's
    # approval. A later law adds a line, and earlier days keep theirs.
    (date(2018, 1, 1), {NATIONAL: 0, INDUSTRY: 1, PROVINCE: 2, CITY: 3, GROUP: 4, INTERNAL: 4}),
)


def code_path(region: str) -> tuple[str, ...]:
    """The places from the nation down, by the digits of the code; a code of another form stands for itself."""
    if not CHINESE_REGION.fullmatch(region):
        return (region,)
    return tuple(dict.fromkeys(("CN", f"{region[:2]}0000", f"{region[:4]}00", region)))


def rank(standard: Standard, on: date, path_of: PathOf = code_path) -> int:
    """How far down a standard stands on that day: 0 for a national one."""
    order = next((ranks for since, ranks in reversed(ORDERS) if since <= on), ORDERS[0][1])
    if standard.kind != LOCAL:
        return order[standard.kind]
    return order[PROVINCE if len(path_of(standard.region)) <= 2 else CITY]


def stands_above(upper: Standard, lower: Standard, on: date, path_of: PathOf = code_path) -> bool:
    """Whether ``upper`` is of a higher kind or place, and holds where ``lower`` does."""
    return upper.region in path_of(lower.region) and rank(upper, on, path_of) < rank(lower, on, path_of)


def by_its_number(number: str) -> Standard | None:
    """What a number says by itself of a standard that we do not have: its kind and its place."""
    try:
        parsed = parse_standard(number)
    except Refused:
        return None
    kind = INTERNAL if parsed.kind == "enterprise" else parsed.kind
    return Standard(number, kind, NO_WORDS, region=place_of(parsed))


@dataclass(frozen=True, slots=True)
class Link:
    """A standard at the other end of a reference or replacement; ``standard`` is None where we do not have it."""

    number: str
    standard: Standard | None
    normative: bool = True


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What stands directly around a standard."""

    cites: tuple[Link, ...]
    cited_by: tuple[Link, ...]
    replaces: tuple[Link, ...]
    replaced_by: tuple[Link, ...]


def neighbours(library: Library, number: str, on: date | None = None) -> Neighbours:
    """What it cites, what cites it, what it replaces and what replaces it.

    An undated reference means the edition in force on that day; without a day, the latest edition.
    """
    one = library.find(number)
    own = one.number if one else number
    replaced = [Link(other, library.find(other)) for other in (one.replaces if one else ())]
    after = [Link(other.number, other) for other in library.replaced_by.get(own, ())]
    return Neighbours(tuple(_cites(library, one, on) if one else ()), tuple(_cited_by(library, own, on)),
                      tuple(replaced), tuple(after))


def _meant(library: Library, number: str, on: date | None) -> Standard | None:
    return library.resolve(number, on) if on else library.find(number)


def _cites(library: Library, standard: Standard, on: date | None) -> Iterator[Link]:
    """What it cites, each once; normative where one of several references is."""
    found: dict[str, Link] = {}
    for cite in standard.cites:
        meant = _meant(library, cite.number, on)
        name = meant.number if meant else cite.number
        before = found.get(name)
        found[name] = Link(name, meant, cite.normative or (before is not None and before.normative))
    yield from found.values()


def _cited_by(library: Library, number: str, on: date | None) -> Iterator[Link]:
    names = {number}
    meant = _meant(library, undated(number), on)
    if meant is None or meant.number == number:
        names.add(undated(number))
    for citing, normative in _citers(library, names):
        yield Link(citing.number, citing, normative)


def _citers(library: Library, names: Iterable[str]) -> list[tuple[Standard, bool]]:
    """Who cites one of these numbers, and whether normatively."""
    wanted = set(names)
    citing = {one.number: one for name in wanted for one in library.cited_by.get(name, ())}
    return [(one, any(cite.normative for cite in one.cites if cite.number in wanted))
            for _, one in sorted(citing.items())]


@dataclass(frozen=True, slots=True)
class Touched:
    """A standard that rests on another. ``way``: the numbers from the other one to it, both included.

    ``normative``: whether every reference on the way is.
    """

    standard: Standard
    way: tuple[str, ...]
    normative: bool

    @property
    def direct(self) -> bool:
        return len(self.way) == 2


def touched_by_withdrawal(library: Library, number: str, on: date) -> list[Touched]:
    """What rests on a standard, directly or through others, should it go: normative ways first, then the nearest.

    An undated reference is touched only when no other edition of the standard is in force; an undated ``number``
    means that all its editions go. Where several ways lead to one standard, a normative one counts, then a short one.
    """
    ways: list[tuple[bool, int, tuple[str, ...]]] = [(False, 1, (number,))]
    found: dict[str, Touched] = {}
    reached: set[str] = set()
    gone = _names_lost(library, number, on)
    while ways:
        loose, length, way = heappop(ways)
        if way[-1] in reached:
            continue
        reached.add(way[-1])
        if length > 1:
            found[way[-1]] = Touched(library.by_number[way[-1]], way, not loose)
        for citing, normative in _citers(library, _names_of(library, way[-1], on) if length > 1 else gone):
            if citing.number not in gone and library.status(citing, on) in LIVE:
                heappush(ways, (loose or not normative, length + 1, (*way, citing.number)))
    return list(found.values())


def _names_lost(library: Library, number: str, on: date) -> set[str]:
    """The numbers that no longer mean anything in force when ``number`` goes."""
    editions = library.editions.get(undated(number), ())
    if number not in library.by_number and number == undated(number):
        return {number, *(one.number for one in editions)}
    left = any(one.number != number and library.status(one, on) == CURRENT for one in editions)
    return {number} if left else {number, undated(number)}


def _names_of(library: Library, number: str, on: date) -> set[str]:
    """The numbers by which others mean this standard on that day."""
    meant = library.resolve(undated(number), on)
    return {number, undated(number)} if meant and meant.number == number else {number}


def circles(library: Library, on: date) -> list[tuple[str, ...]]:
    """Groups of current standards that cite one another normatively in a circle, each in order."""
    links = {number: {link.number for link in _cites(library, one, on) if link.normative} - {number}
             for number, one in library.by_number.items() if library.status(one, on) == CURRENT}
    while ends := {number for number, cited in links.items() if not cited & links.keys()}:
        # What cites nothing that is left stands in no circle: few remain.
        links = {number: cited for number, cited in links.items() if number not in ends}
    reach = {number: _reached(links, number) for number in links}
    found = {tuple(sorted(other for other in reach[number] if number in reach[other]))
             for number in links if number in reach[number]}
    return sorted(found)


def _reached(links: Mapping[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    open_ends = [start]
    while open_ends:
        fresh = (links[open_ends.pop()] & links.keys()) - found
        found |= fresh
        open_ends += fresh
    return found


@dataclass(frozen=True, slots=True)
class Placed:
    """A standard in the picture. ``column``: 0 is the one asked for, 1, 2 ... what it cites, -1, -2 ... what cites it.

    ``row``: its place in the column, from above.
    """

    number: str
    standard: Standard | None
    column: int
    row: int


@dataclass(frozen=True, slots=True)
class Edge:
    """``citing`` cites ``cited``."""

    citing: str
    cited: str
    normative: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Nodes by column and row, and every reference between them."""

    nodes: tuple[Placed, ...]
    edges: tuple[Edge, ...]


def layers(library: Library, number: str, depth: int = 1, on: date | None = None) -> Picture:
    """The surroundings of a standard for drawing, ``depth`` columns to each side; each standard stands once."""
    one = library.find(number)
    own = one.number if one else number
    columns = {own: 0}
    for distance in range(1, depth + 1):
        for side, way in ((1, "cites"), (-1, "cited_by")):
            last = [name for name, column in columns.items() if column == side * (distance - 1)]
            for name in sorted(last):
                for link in _links(library, name, way, on):
                    columns.setdefault(link.number, side * distance)
    return Picture(tuple(_rows(library, columns)), tuple(_edges(library, columns, on)))


def _links(library: Library, name: str, way: str, on: date | None) -> Iterable[Link]:
    if way == "cited_by":
        return _cited_by(library, name, on)
    standard = library.by_number.get(name)
    return _cites(library, standard, on) if standard else ()


def _rows(library: Library, columns: Mapping[str, int]) -> Iterator[Placed]:
    for column in sorted(set(columns.values())):
        names = sorted(name for name, its in columns.items() if its == column)
        for row, name in enumerate(names):
            yield Placed(name, library.by_number.get(name), column, row)


def _edges(library: Library, columns: Mapping[str, int], on: date | None) -> Iterator[Edge]:
    for name in sorted(columns):
        for link in _links(library, name, "cites", on):
            if link.number in columns:
                yield Edge(name, link.number, link.normative)
