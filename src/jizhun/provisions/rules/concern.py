"""What can change an answer: the measures it reads, the places that speak, the days that matter."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jizhun.kernel.dating import FAR, ONE_DAY
from jizhun.provisions.rules.book import Book, dimensions
from jizhun.provisions.rules.values import Tiered


@dataclass(frozen=True, slots=True)
class Concern:
    """What can change the answers on one measure of one subject for one group.

    ``measures`` is the measure and everything its values read; ``places`` every place with a say in
    that or an assignment to a tier it needs; ``schemes`` the schemes of tiers that matter; ``plain`` whether no
    value anywhere depends on a dimension; ``asked`` whether anybody laid a duty or set a target.
    """

    measures: frozenset[str]
    places: frozenset[str]
    days: tuple[date, ...]
    schemes: frozenset[str]
    plain: bool
    asked: bool

    @property
    def tiered(self) -> bool:
        """Whether tiers matter."""
        return bool(self.schemes)


def concern(book: Book, measure: str, subject: str) -> Concern:
    """What ``measure`` of ``subject`` depends on; remembered in the book."""
    subjects = book.subjects.chain(subject)
    key = ("concern", measure, subjects)
    if key not in book.memory:
        book.memory[key] = _concern(book, measure, subjects)
    return book.memory[key]  # type: ignore[return-value]


def _concern(book: Book, measure: str, subjects: tuple[str, ...]) -> Concern:
    measures, places, days, waiting = set[str](), set[str](), set[date](), [measure]
    schemes, plain, asked = set[str](), True, False
    while waiting:
        code = waiting.pop()
        measures.add(code)
        for lines in (book.lines.get((subject, code), {}) for subject in subjects):
            for place, of_place in lines.items():
                places.add(place)
                for (_group, slot), line in of_place.items():
                    asked = asked or slot != "limit"
                    days.update(line.change_days())
                    for say in line.points:
                        plain = plain and not dimensions(say.value)
                        schemes.update(d[5:] for d in dimensions(say.value) if isinstance(say.value, Tiered))
                        waiting.extend(say.inputs() - measures)
    for scheme in schemes:
        places |= book.schemes.get(scheme, frozenset())
        days.update(day for place in book.schemes.get(scheme, ()) for day in tier_days(book, scheme, place))
    return Concern(frozenset(measures), frozenset(places), tuple(sorted(days)), frozenset(schemes), plain, asked)


def tier_days(book: Book, scheme: str, place: str) -> Iterator[date]:
    """Days on which the tier that ``place`` is assigned to changes."""
    for one in book.tiers.get((scheme, place), ()):
        yield one.valid_from
        if one.valid_until != FAR:
            yield one.valid_until + ONE_DAY
