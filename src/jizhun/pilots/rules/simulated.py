"""Simulated places with a known effect: how many cases a place has in a month, and how many of them are on time. Pure.

Every place has a level of its own and ups and downs of its own, months have ups and downs that all share, and from the
first month of the pilot on the pilot places are better by exactly the known effect. The draws follow the seed alone.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Profile:
    """``effect``: the known effect as a share; ``level``: lowest and highest share on time; ``common`` and ``own``: the
    spread of months and of a place's months; ``cases``: how many a place has a month."""

    months: Sequence[int]
    start: int
    effect: float
    level: tuple[float, float]
    common: float
    own: float
    cases: int


def profile_of(row: Mapping[str, Any]) -> Profile:
    """The profile as its file says it; months are told as yyyymm."""
    first, last = number(row["first"]), number(row["last"])
    return Profile(range(first, last + 1), number(row["start"]), float(row["effect"]), tuple(row["level"]),
                   float(row["common"]), float(row["own"]), int(row["cases"]))


def number(month: int) -> int:
    """yyyymm as a running number of months."""
    return month // 100 * 12 + month % 100


def month_of(found: int) -> int:
    """The running number as yyyymm."""
    return (found - 1) // 12 * 100 + (found - 1) % 12 + 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """A place in a month: so many cases, so many of them on time."""

    place: str
    month: int
    cases: int
    kept: int


def draw(profile: Profile, starts: Mapping[str, int], places: Sequence[str], seed: int) -> Iterator[Drawn]:
    """Every place and month. ``starts``: place -> the month from which it is better by the known effect."""
    dice = random.Random(seed)
    common = {month: dice.gauss(0, profile.common) for month in profile.months}
    for place in places:
        level = dice.uniform(*profile.level)
        for month in profile.months:
            touched = profile.effect if month >= starts.get(place, month + 1) else 0.0
            chance = level + common[month] + dice.gauss(0, profile.own) + touched
            kept = sum(dice.random() < chance for _ in range(profile.cases))
            yield Drawn(place, month, profile.cases, kept)


def series_of(drawn: Iterator[Drawn]) -> dict[str, dict[int, float]]:
    """Place -> month -> share on time."""
    found: dict[str, dict[int, float]] = {}
    for one in drawn:
        found.setdefault(one.place, {})[one.month] = one.kept / one.cases
    return found


__all__ = ["Drawn", "Profile", "draw", "month_of", "number", "profile_of", "series_of"]
