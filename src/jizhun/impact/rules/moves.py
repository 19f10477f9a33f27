"""What a change moves: the things that say something else from a day on, and whether what rests on them is touched.

Every kind of change comes down to moves, and every kind of dependant asks for moves: so a new kind of either is one
entry, and nobody has to write down every pair of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jizhun.kernel.bilingual import NO_WORDS, Bilingual

PROMISE, STANDARD, CLAUSE, FIELD, STEPS, RULE, MEASURE, SUBJECT, PLACE, PAPER, CALENDAR = (
    "promise", "standard", "clause", "field", "steps", "rule", "measure", "subject", "place", "paper", "calendar")
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    PROMISE: ("subject", "measure"), STANDARD: ("number",), CLAUSE: ("number", "clause"), FIELD: ("matter", "field"),
    STEPS: ("matter",), RULE: ("entitlement",), MEASURE: ("measure",), SUBJECT: ("code",), PLACE: ("code",),
    PAPER: ("code",), CALENDAR: ("day",)}
"""What names a moved thing of each kind, in this order."""
EVERYBODY: Final = "all"


@dataclass(frozen=True, slots=True)
class Move:
    """A thing that says something else from the day of the change on. ``places``: where (None: everywhere);
    ``group``: for whom, everybody included; ``why``: in words without a full stop."""

    kind: str
    key: tuple[str, ...]
    why: Bilingual = NO_WORDS
    places: frozenset[str] | None = None
    group: str = EVERYBODY

    def at(self, place: str, group: str = EVERYBODY) -> bool:
        """Whether it moves there, for that group."""
        return (self.places is None or place in self.places) and self.group in (EVERYBODY, group)


class Moves:
    """All that a change moves, found by what is moved."""

    def __init__(self, moves: Iterable[Move]) -> None:
        self.all: tuple[Move, ...] = tuple(moves)
        self._by: dict[tuple[str, tuple[str, ...]], list[Move]] = {}
        for one in self.all:
            self._by.setdefault((one.kind, one.key), []).append(one)

    def of(self, kind: str) -> Iterator[Move]:
        """The moves of one kind."""
        return (one for one in self.all if one.kind == kind)

    def keys(self, kind: str) -> dict[tuple[str, ...], Move]:
        """What is moved of a kind, each with its first move."""
        found: dict[tuple[str, ...], Move] = {}
        for one in self.of(kind):
            found.setdefault(one.key, one)
        return found

    def find(self, kind: str, *key: str, place: str | None = None, group: str = EVERYBODY) -> Move | None:
        """The move of this very thing, at ``place`` (None: anywhere)."""
        return next((one for one in self._by.get((kind, key), ()) if place is None or one.at(place, group)), None)

    def promise(self, subject: str, measure: str, place: str | None = None, group: str = EVERYBODY) -> Move | None:
        """What moves a promise: the promise itself, what its measure means, its service, or the place."""
        return (self.find(PROMISE, subject, measure, place=place, group=group) or self.find(MEASURE, measure)
                or self.find(SUBJECT, subject) or (self.find(PLACE, place) if place else None))

    def source(self, kind: str, key: Sequence[str]) -> Move | None:
        """What moves a source as questions, units and certificates keep them (``training.rules.sources.KEYS``)."""
        if kind == "promise":
            matter, region, group, measure = key
            return self.promise(matter, measure, region, group)
        if kind == "clause":
            return self.find(CLAUSE, *key) or self.find(STANDARD, key[0])
        if kind == "rule":
            return self.find(RULE, key[0], place=key[1]) or self.find(PLACE, key[1])
        matter, region, *field = key
        moved = self.find(FIELD, matter, field[0], place=region) if field else self.find(STEPS, matter, place=region)
        return moved or self.find(SUBJECT, matter) or self.find(PLACE, region)

    def first_source(self, sources: Iterable[tuple[str, Sequence[str]]]) -> Move | None:
        """The first move under one of several sources; None where all of them stand."""
        return next((moved for kind, key in sources if (moved := self.source(kind, key)) is not None), None)

    @property
    def subjects(self) -> frozenset[str]:
        """Every service of which anything moves."""
        kinds = (PROMISE, FIELD, STEPS, SUBJECT)
        return frozenset(one.key[0] for one in self.all if one.kind in kinds)
