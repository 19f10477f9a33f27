"""What blocks a measure, and what moves it most: from what is lacking to the single place or matter. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from jizhun.planning.rules.progress import Gap, Reading


@dataclass(frozen=True, slots=True)
class Block:
    """What is lacking of one subject, or at one place: how much in all, at which places, of which subjects."""

    key: str
    lacks: int
    places: tuple[str, ...]
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that one desk can do next. ``sort``: ``above`` (written once for all places below), ``place`` (a place
    makes up for all it lacks), ``pair`` (one matter at one place). ``effect``: by how much the indicator moves."""

    sort: str
    place: str
    subject: str
    lacks: int
    effect: float


def blocks(gaps: Iterable[Gap], key: Callable[[Gap], str]) -> list[Block]:
    """Gaps gathered by a key, what lacks most first."""
    found: dict[str, list[Gap]] = {}
    for one in gaps:
        found.setdefault(key(one), []).append(one)
    made = [Block(name, sum(one.lacks for one in some), tuple(dict.fromkeys(one.place for one in some)),
                  tuple(dict.fromkeys(one.subject for one in some))) for name, some in found.items()]
    return sorted(made, key=lambda one: (-one.lacks, one.key))


def effect(lacks: int, reading: Reading) -> float:
    """By how much the share moves when so much of what lacks is made up for."""
    return lacks / reading.of if reading.of else 0.0


def next_acts(reading: Reading, region: str, inherits: bool, whole: bool = True, most: int = 5) -> list[Act]:
    """The acts that move the indicator most, of each sort the best, then by effect.

    ``inherits``: what ``region`` writes holds at all places below, so that one text makes up for a subject everywhere.
    Which places already have something of their own does not matter: they lack nothing. ``whole``: a place can make up
    for all it lacks at one desk.
    """
    acts: list[Act] = []
    if inherits:
        acts += [Act("above", region, one.key, one.lacks, effect(one.lacks, reading))
                 for one in blocks(reading.gaps, lambda gap: gap.subject)[:most] if len(one.places) > 1]
    if whole:
        acts += [Act("place", one.key, "", one.lacks, effect(one.lacks, reading))
                 for one in blocks(reading.gaps, lambda gap: gap.place)[:most] if len(one.subjects) > 1]
    acts += [Act("pair", one.place, one.subject, one.lacks, effect(one.lacks, reading))
             for one in sorted(reading.gaps, key=lambda gap: (-gap.lacks, gap.place, gap.subject))[:most]]
    return sorted(acts, key=lambda one: (-one.effect, one.sort, one.place, one.subject))[:most]


def within(gaps: Sequence[Gap], places: Iterable[str] = (), subjects: Iterable[str] = ()) -> tuple[Gap, ...]:
    """The gaps at some places and of some subjects (none named: all)."""
    wanted, about = frozenset(places), frozenset(subjects)
    return tuple(one for one in gaps if (not wanted or one.place in wanted) and (not about or one.subject in about))
