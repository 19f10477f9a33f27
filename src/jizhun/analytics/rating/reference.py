"""The slow answer in plain Python: every rating looked at, every case beside its own. Every engine must agree."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from jizhun.analytics.rating.reviews import VALID, is_default


@dataclass(frozen=True, slots=True)
class Said:
    """One rating: what may be rated once, the case (or ""), where, when, and what was said."""

    key: str
    subject: str
    case: str
    place: int
    at: int
    grade: int
    how: int = 1
    matter: int = 1
    group: int = 1
    channel: int = 0
    month: int = 0
    reasons: frozenset[int] = frozenset()
    aspects: Mapping[int, int] = field(default_factory=dict)
    has_text: bool = False
    standing: int = VALID


@dataclass(frozen=True, slots=True)
class Served:
    """One finished case."""

    key: str
    place: int
    matter: int = 1
    group: int = 1
    channel: int = 0
    month: int = 0
    outcome: int = 0
    verdict: int = 0


@dataclass
class Counted:
    """Ratings by what they are counted by: (code, grade, how, standing); reasons; grades of aspects."""

    by: dict[str, Counter[tuple[int, int, int, int]]] = field(default_factory=dict)
    why: Counter[tuple[frozenset[int], bool]] = field(default_factory=Counter)
    aspects: Counter[tuple[int, int]] = field(default_factory=Counter)


T = TypeVar("T", bound=Hashable)


def last_words(several: Iterable[Said], of: Callable[[Said], T]) -> dict[T, Said]:
    """For each thing that was rated the rating that stands."""
    kept: dict[T, Said] = {}
    for one in several:
        before = kept.get(of(one))
        if before is None or _rank(one) > _rank(before):
            kept[of(one)] = one
    return kept


def _rank(one: Said) -> tuple[bool, int, str]:
    return not is_default(one.grade), one.at, one.key


def count(several: Iterable[Said]) -> Counted:
    """Everything about ratings, one for each visit or matter."""
    found = Counted({name: Counter() for name in ("place", "matter", "channel", "month", "group")})
    for one in last_words(several, lambda said: said.subject).values():
        for name, counts in found.by.items():
            counts[getattr(one, name), one.grade, one.how, one.standing] += 1
        if one.grade <= 2 and one.standing == VALID:
            found.why[one.reasons, one.has_text] += 1
        if not is_default(one.grade) and one.standing == VALID:
            found.aspects.update((number, grade) for number, grade in one.aspects.items() if grade)
    return found


def hear(cases: Iterable[Served], several: Iterable[Said]) -> dict[str, Counter[tuple[int, int, int]]]:
    """Finished cases by what they are counted by: (code, grade, standing); grade 0: nobody said anything."""
    last = last_words((one for one in several if one.case), lambda said: said.case)
    found: dict[str, Counter[tuple[int, int, int]]] = {
        name: Counter() for name in ("place", "matter", "channel", "month", "group", "outcome", "verdict")}
    for case in cases:
        said = last.get(case.key)
        for name, counts in found.items():
            counts[getattr(case, name), said.grade if said else 0, said.standing if said else VALID] += 1
    return found
