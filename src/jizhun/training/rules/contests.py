"""Skills contests: rounds by day, week or month, what a round asks, how answers score, boards with ties. Pure."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import Period, day_before, months_later
from jizhun.training.rules.questions import WHOLE

RHYTHMS: Final[Mapping[str, Bilingual]] = {
    "daily": Bilingual("日练", "every day"), "weekly": Bilingual("周练", "every week"),
    "monthly": Bilingual("月练", "every month")}
MOST_ROUNDS, MOST_QUESTIONS = 60, 30


@dataclass(frozen=True, slots=True)
class Scoring:
    """How answers become points, as data: ``points`` a wholly right answer, ``clean`` more for a round in which every
    answer is wholly right, ``counted`` members of a unit whose points its mean is made of (the best ones)."""

    points: int
    clean: int
    counted: int


def read_scoring(row: Any) -> Scoring:
    """A scoring out of data; raises Refused where a number is missing or out of range."""
    try:
        found = Scoring(*(int(row[name]) for name in ("points", "clean", "counted")))
    except (KeyError, TypeError, ValueError):
        raise Refused(zh="计分规则需要 points、clean、counted 三个整数。",
                      en="A scoring needs the whole numbers points, clean and counted.") from None
    if not (1 <= found.points <= 1_000 and 0 <= found.clean <= 1_000 and 1 <= found.counted <= 1_000):
        raise Refused(zh="计分规则的数超出范围。", en="A number of the scoring is out of range.")
    return found


# -- rounds ----------------------------------------------------------------------------------------


def rounds(first: date, rhythm: str, count: int) -> list[Period]:
    """The rounds, one after the other, from ``first`` on."""
    if rhythm not in RHYTHMS:
        raise Refused(zh=f"没有“{rhythm}”这种节奏。", en=f"There is no rhythm “{rhythm}”.")
    if not 1 <= count <= MOST_ROUNDS:
        raise Refused(zh=f"轮次应为 1 至 {MOST_ROUNDS}。", en=f"There have to be 1 to {MOST_ROUNDS} rounds.")
    starts = [_later(first, rhythm, number) for number in range(count + 1)]
    return [Period(one, day_before(after)) for one, after in pairwise(starts)]


def _later(first: date, rhythm: str, number: int) -> date:
    if rhythm == "monthly":
        return months_later(first, number)
    return first + timedelta(days=number * (7 if rhythm == "weekly" else 1))


def round_on(periods: Sequence[Period], on: date) -> int:
    """The number (from 1) of the round that is open on that day; 0 where none is."""
    return next((number for number, one in enumerate(periods, 1) if on in one), 0)


def draw(seed: str, number: int, codes: Iterable[str], count: int) -> list[str]:
    """The questions of a round: always the same for the same seed, round and bank. Refused where the bank is small."""
    found = sorted({*codes}, key=lambda code: hashlib.sha256(f"{seed}/{number}/{code}".encode()).hexdigest())
    if len(found) < count:
        raise Refused(zh=f"题库中可用的题目只有 {len(found)} 道，不足 {count} 道。",
                      en=f"The bank has only {len(found)} questions that may be used, fewer than {count}.")
    return found[:count]


# -- points and boards -----------------------------------------------------------------------------


def points(scoring: Scoring, marks: Sequence[int], asked: int) -> int:
    """Points of one person in one round. ``marks``: of the answers given, in hundredths of a hundred; ``asked``: how
    many questions the round has."""
    clean = len(marks) == asked and all(mark == WHOLE for mark in marks)
    return sum(mark * scoring.points // WHOLE for mark in marks) + (scoring.clean if clean else 0)


@dataclass(frozen=True, slots=True)
class Played:
    """What one person did in one round. ``unit``: region code; ``on``: the day on which the round began."""

    username: str
    unit: str
    team: str
    number: int
    on: date
    points: int


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a board. ``rank`` is shared by all with as many points, the next one counts on (1, 1, 3);
    ``tied``: how many share it. ``of``: how many people the points are of."""

    rank: int
    tied: int
    key: str
    points: float
    of: int


def by_person(played: Iterable[Played]) -> list[Place]:
    """Everybody's points over all rounds."""
    return _ranked({key: (sum(rows), 1) for key, rows in _grouped(played, lambda one: one.username).items()})


def by_group(played: Iterable[Played], scoring: Scoring, key: Callable[[Played], str]) -> list[Place]:
    """Units or teams: the mean of their best ``counted`` people, so that a small one may win too. One with fewer
    people than that is divided by what should be counted: nobody wins by staying away."""
    people: dict[str, dict[str, int]] = {}
    for one in played:
        own = people.setdefault(key(one), {})
        own[one.username] = own.get(one.username, 0) + one.points
    return _ranked({name: (sum(sorted(own.values(), reverse=True)[:scoring.counted]) / scoring.counted, len(own))
                    for name, own in people.items() if name})


def by_unit(played: Iterable[Played], scoring: Scoring) -> list[Place]:
    """Units by their best people."""
    return by_group(played, scoring, lambda one: one.unit)


def by_team(played: Iterable[Played], scoring: Scoring) -> list[Place]:
    """Teams by their best people; whoever has no team is on no such board."""
    return by_group(played, scoring, lambda one: one.team)


def of_month(played: Iterable[Played], month: str) -> list[Played]:
    """The rounds that began in a month (2026-11)."""
    return [one for one in played if f"{one.on:%Y-%m}" == month]


def _grouped(played: Iterable[Played], key: Callable[[Played], str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for one in played:
        found.setdefault(key(one), []).append(one.points)
    return found


def _ranked(rows: Mapping[str, tuple[float, int]]) -> list[Place]:
    order = sorted(rows.items(), key=lambda pair: (-pair[1][0], pair[0]))
    values = [value for _, (value, _of) in order]
    return [Place(values.index(value) + 1, values.count(value), key, value, of) for key, (value, of) in order]
