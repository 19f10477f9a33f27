"""Who is touched by a change, grouped by who has to act."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jizhun.kernel.bilingual import NO_WORDS, Bilingual


@dataclass(frozen=True, slots=True)
class Hit:
    """One dependant that is touched. ``dependant``: its kind; ``key`` and ``name``: which; ``place``: who has to act;
    ``number``: how many it stands for (holders of a certificate, provisions of a place); ``href``: where to act."""

    dependant: str
    key: str
    name: Bilingual
    place: str
    why: Bilingual = NO_WORDS
    href: str = ""
    number: int = 1

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"dependant": self.dependant, "key": self.key, "name": {"zh": self.name.zh, "en": self.name.en},
                "place": self.place, "why": {"zh": self.why.zh, "en": self.why.en}, "number": self.number,
                "href": self.href}


def read_hit(row: Mapping[str, Any]) -> Hit:
    """The inverse of ``Hit.plain``."""
    return Hit(row["dependant"], row["key"], Bilingual(**row["name"]), row["place"], Bilingual(**row["why"]),
               row["href"], row["number"])


@dataclass(frozen=True, slots=True)
class Actor:
    """A place that has to act: how many of each kind of dependant, and how many in all."""

    place: str
    counts: Mapping[str, int]

    @property
    def number(self) -> int:
        return sum(self.counts.values())


def counts(hits: Iterable[Hit]) -> dict[str, int]:
    """Kind of dependant -> how many are touched."""
    found: dict[str, int] = {}
    for one in hits:
        found[one.dependant] = found.get(one.dependant, 0) + one.number
    return found


def actors(hits: Iterable[Hit]) -> list[Actor]:
    """By who has to act, whoever has most first."""
    by_place: dict[str, list[Hit]] = {}
    for one in hits:
        by_place.setdefault(one.place, []).append(one)
    found = [Actor(place, counts(some)) for place, some in by_place.items()]
    return sorted(found, key=lambda one: (-one.number, one.place))


def once(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Each dependant once, with the first reason: a thing that several moves touch is one thing to do."""
    found: dict[tuple[str, str, str], Hit] = {}
    for one in hits:
        found.setdefault((one.dependant, one.key, one.place), one)
    return tuple(found.values())


def along(hits: Sequence[Hit], upper: Mapping[str, str]) -> dict[str, int]:
    """How many are touched in each of the places that ``upper`` leads to (a place -> the one that stands for it)."""
    found: dict[str, int] = {}
    for one in hits:
        if one.place in upper:
            found[upper[one.place]] = found.get(upper[one.place], 0) + one.number
    return found
