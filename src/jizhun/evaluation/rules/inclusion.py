"""Is anybody left behind? Gaps between two groups as difference and ratio, with intervals; how far the next point is.

Every gap stands with both denominators. Intervals are for telling chance from a difference: where only a few cases are
behind a share they are wide, and where they hold nothing (0, or 1 for a ratio) the gap may be chance.
"""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jizhun.evaluation.rules.coverage import Share
from jizhun.guides.rules.points import Point, distance
from jizhun.kernel.bilingual import Bilingual, Refused

Z95: Final = 1.959963984540054
"""Standard deviations within which 95 of 100 lie."""


@dataclass(frozen=True, slots=True)
class Between:
    """From and to, both included."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Gap:
    """One group's share beside another's: one minus the other, and one over the other, each with its 95 % interval.

    ``ratio`` is None where the other share is 0; its interval also where either share is 0. All None: nothing to count.
    """

    one: Share
    other: Share
    difference: float | None
    difference_in: Between | None
    ratio: float | None
    ratio_in: Between | None

    @property
    def may_be_chance(self) -> bool:
        """Whether the interval of the difference holds 0; also where nothing can be said."""
        return self.difference_in is None or 0.0 in self.difference_in


def gap(one: Share, other: Share) -> Gap:
    """The gap between two shares; raises Refused for a share that cannot be."""
    for each in (one, other):
        if not 0 <= each.fits <= each.of:
            raise Refused(zh=f"{each.of} 件中不可能有 {each.fits} 件。",
                          en=f"There cannot be {each.fits} of {each.of}.")
    if one.value is None or other.value is None:
        return Gap(one, other, None, None, None, None)
    return Gap(one, other, one.value - other.value, newcombe(one, other),
               one.value / other.value if other.fits else None, katz(one, other))


def wilson(share: Share, z: float = Z95) -> Between:
    """Wilson's score interval of a share; from 0 to 1 where nothing was counted."""
    if not share.of:
        return Between(0.0, 1.0)
    n, p = share.of, share.fits / share.of
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    below = 1 + z * z / n
    return Between((middle - half) / below if share.fits else 0.0, (middle + half) / below if share.fits < n else 1.0)


def newcombe(one: Share, other: Share) -> Between:
    """Newcombe's interval of the difference of two shares, from their Wilson intervals."""
    p, q = one.fits / one.of, other.fits / other.of
    a, b = wilson(one), wilson(other)
    return Between(p - q - math.hypot(p - a.low, b.high - q), p - q + math.hypot(a.high - p, q - b.low))


def katz(one: Share, other: Share) -> Between | None:
    """Katz' interval of the ratio of two shares, on the scale of its logarithm; None where either is 0."""
    if not one.fits or not other.fits:
        return None
    spread = math.sqrt(max(0.0, 1 / one.fits - 1 / one.of + 1 / other.fits - 1 / other.of))
    ratio = (one.fits / one.of) / (other.fits / other.of)
    return Between(ratio * math.exp(-Z95 * spread), ratio * math.exp(Z95 * spread))


# -- ways of being served ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ways:
    """What counts as on site and as online, and whose access is looked at."""

    groups: tuple[str, ...]
    on_site: frozenset[str]
    online: frozenset[str]


def read_ways(content: Mapping[str, Sequence[str]], file: str, groups: Iterable[str], channels: Iterable[str]) -> Ways:
    """The list in a YAML document; raises Refused for a channel that does not exist, or is both."""
    found = Ways(tuple(content.get("groups", ())), frozenset(content.get("on_site", ())),
                 frozenset(content.get("online", ())))
    odd = sorted((found.on_site | found.online) - {*channels}) + sorted(found.on_site & found.online)
    if odd:
        raise Refused(zh=f"{file}：渠道“{odd[0]}”不存在或列了两次。",
                      en=f"{file}: the channel “{odd[0]}” does not exist or is listed twice.")
    return Ways(tuple(one for one in found.groups if one in {*groups}), found.on_site, found.online)


@dataclass(frozen=True, slots=True)
class Served:
    """One group's cases: online and on site of all, and kept promises of the judged ones."""

    cases: int
    online: Share
    on_site: Share
    kept: Share


def served(rows: Iterable[tuple[str, int, int, int]], ways: Ways) -> Served:
    """Rows (channel, cases, kept, judged) as one."""
    every = list(rows)
    cases = sum(row[1] for row in every)
    online, on_site = (sum(row[1] for row in every if row[0] in some) for some in (ways.online, ways.on_site))
    return Served(cases, Share(online, cases), Share(on_site, cases),
                  Share(sum(row[2] for row in every), sum(row[3] for row in every)))


# -- distance ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a place's outlying points lie from its hall, in kilometres as the crow flies; and who can get in.

    ``points`` are all on record, ``placed`` those with coordinates; ``measured`` of these have a hall of the same place
    with coordinates. Median, and the farthest; None where none is measured. ``step_free``: of all points.
    """

    points: int
    placed: int
    measured: int
    median: float | None
    farthest: float | None
    step_free: Share
    access: Mapping[str, int]


CENTRE: Final = "hall"


def reach(by_place: Mapping[str, Sequence[Point]]) -> Reach:
    """Distances from each place's own nearest hall: only where both have coordinates on record."""
    every = [one for some in by_place.values() for one in some]
    far = sorted(found for some in by_place.values() for found in _from_hall(some))
    counts: dict[str, int] = {}
    for one in every:
        for name in one.access:
            counts[name] = counts.get(name, 0) + 1
    return Reach(len(every), sum(one.place is not None for one in every), len(far),
                 statistics.median(far) if far else None, far[-1] if far else None,
                 Share(counts.get("step_free", 0), len(every)), counts)


def _from_hall(points: Sequence[Point]) -> list[float]:
    halls = [one.place for one in points if one.kind == CENTRE and one.place]
    return [min(distance(hall, one.place) for hall in halls) for one in points
            if one.kind != CENTRE and one.place] if halls else []


def sentence(name: Bilingual, one: Gap, what: Bilingual) -> Bilingual:
    """A gap in one sober sentence, with both denominators."""
    if one.difference is None or one.difference_in is None:
        return Bilingual(f"{name.zh}：没有可比的{what.zh}。", f"{name.en}: nothing to compare ({what.en}).")
    points, low, high = (f"{value * 100:+.1f}" for value in
                         (one.difference, one.difference_in.low, one.difference_in.high))
    chance_zh, chance_en = ("，可能只是偶然", ", which may be chance") if one.may_be_chance else ("", "")
    return Bilingual(
        f"{name.zh}的{what.zh}与其他人相差 {points} 个百分点（95% 区间 {low} 至 {high}；{one.one.of:,} 件对 "
        f"{one.other.of:,} 件）{chance_zh}。",
        f"{name.en}, {what.en}: {points} points against everybody else (95 % interval {low} to {high}; {one.one.of:,} "
        f"cases against {one.other.of:,}){chance_en}.")
