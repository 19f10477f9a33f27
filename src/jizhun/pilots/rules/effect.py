"""Did it work? Pilot places against comparison places, before and after, on one index. Pure.

**Difference in differences** on collapsed data: for each place the mean of its months after less the mean of its months
before; the effect is the mean of these changes over pilot places less that over comparison places. Months of one place
are not independent of one another, so the place is the unit (Bertrand, Duflo and Mullainathan 2004); the interval is
Welch's, by Student's t with Satterthwaite's degrees of freedom, which holds for few places and unequal spread.

**Parallel trends**: for each place the slope of its months before, by least squares; the two groups' mean slopes are
compared in the same way. **Placebo in time**: the same analysis within the months before, as if the pilot had begun in
their middle. **Placebo in space**: the share of all ways to call as many places pilots that show an effect at least as
large (all of them where they are few, else drawn by a seed).

Values are shares or means (floats); a month is a whole number (year x 12 + month). Sources of the method are named in
the docs. Nothing here says "caused": that is for people to judge, with the caveats.
"""

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from statistics import fmean, variance
from typing import Final

from jizhun.kernel.bilingual import Bilingual, Refused

LEVEL: Final = 0.95
LEAST_PLACES: Final = 3
"""Places in each group from which an interval is told."""
LEAST_MONTHS: Final = 3
"""Months before from which trends are compared."""
MOST_WAYS: Final = 2_000

Series = Mapping[int, float]
"""month -> value; months without data are left out."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A difference of two groups' means, with its interval at ``LEVEL``. ``p`` is two-sided."""

    value: float
    low: float
    high: float
    p: float
    degrees: float

    @property
    def tells(self) -> bool:
        """Whether the interval leaves nothing out on both sides of zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Point:
    """Both groups' mean in one month, and how many places had a value in it."""

    month: int
    pilot: float | None
    other: float | None
    pilots: int
    others: int


@dataclass(frozen=True, slots=True)
class Effect:
    """The whole answer. ``trend`` and ``earlier`` are None where too few months lie before; ``rank`` is the placebo
    in space, ``ways`` how many assignments it looked at."""

    effect: Estimate
    before: tuple[float, float]
    after: tuple[float, float]
    pilots: int
    others: int
    trend: Estimate | None
    earlier: Estimate | None
    rank: float
    ways: int
    points: tuple[Point, ...]
    left_out: tuple[str, ...]


# -- Student's t -----------------------------------------------------------------------------------


def t_share(t: float, degrees: float) -> float:
    """P(T <= t) of Student's t, by the regularised incomplete beta function."""
    if math.isinf(t):
        return 1.0 if t > 0 else 0.0
    square = t * t
    if square < degrees:
        return 0.5 + math.copysign(_beta_share(square / (degrees + square), 0.5, degrees / 2) / 2, t)
    tail = _beta_share(degrees / (degrees + square), degrees / 2, 0.5) / 2
    return 1 - tail if t > 0 else tail


@cache
def t_quantile(share: float, degrees: float) -> float:
    """The t below which ``share`` lies, found by halving."""
    low, high = -1e4, 1e4
    for _ in range(64):
        middle = (low + high) / 2
        low, high = (middle, high) if t_share(middle, degrees) < share else (low, middle)
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Lentz)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    return front * _fraction(x, a, b) / a


def _fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or tiny)
    found = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for part in (even, odd):
            d, c = 1 / (1 + part * d or tiny), 1 + part / c or tiny
            found *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return found


def between(pilot: Sequence[float], other: Sequence[float]) -> Estimate:
    """The difference of two means by Welch. Raises Refused below two of each."""
    if min(len(pilot), len(other)) < 2:
        raise Refused(zh="试点和对照地区各至少要有两个。", en="There have to be two pilot and two comparison places.")
    value = fmean(pilot) - fmean(other)
    one, two = variance(pilot) / len(pilot), variance(other) / len(other)
    spread = math.sqrt(one + two)
    if spread == 0:
        return Estimate(value, value, value, 0.0 if value else 1.0, float(len(pilot) + len(other) - 2))
    degrees = (one + two) ** 2 / (one ** 2 / (len(pilot) - 1) + two ** 2 / (len(other) - 1))
    reach = t_quantile((1 + LEVEL) / 2, degrees) * spread
    p = 2 * (1 - t_share(abs(value) / spread, degrees))
    return Estimate(value, value - reach, value + reach, p, degrees)


# -- the analysis ----------------------------------------------------------------------------------


def effect(*, pilots: Mapping[str, Series], others: Mapping[str, Series], start: int, end: int,
           seed: int = 1) -> Effect:
    """What changed in pilot places beyond what changed elsewhere.

    ``start`` is the first month of the pilot, ``end`` the last that is looked at. A place without a value before or
    after is left out and named. Raises Refused for fewer than three places a group.
    """
    used = {code: series for code, series in {**pilots, **others}.items() if _both_sides(series, start, end)}
    left_out = tuple(sorted({*pilots, *others} - used.keys()))
    changes = {code: _mean(series, start, end) - _mean(series, 0, start - 1) for code, series in used.items()}
    pilot, other = (sorted(code for code in group if code in used) for group in (pilots, others))
    if min(len(pilot), len(other)) < LEAST_PLACES:
        raise Refused(
            zh=f"前后都有数据的试点地区有 {len(pilot)} 个、对照地区有 {len(other)} 个，各至少要有 {LEAST_PLACES} 个。",
            en=f"{len(pilot)} pilot and {len(other)} comparison places have data before and after; "
               f"{LEAST_PLACES} of each are needed.")
    found = between([changes[code] for code in pilot], [changes[code] for code in other])
    rank, ways = _rank(changes, pilot, abs(found.value), seed)
    groups = [{code: used[code] for code in group} for group in (pilot, other)]
    return Effect(found, *_means(groups, start, end), len(pilot), len(other), _trend(groups, start),
                  _earlier(groups, start), rank, ways, tuple(_points(groups, end)), left_out)


def _both_sides(series: Series, start: int, end: int) -> bool:
    return any(month < start for month in series) and any(start <= month <= end for month in series)


def _mean(series: Series, first: int, last: int) -> float:
    return fmean(value for month, value in series.items() if first <= month <= last)


def _means(groups: Sequence[Mapping[str, Series]], start: int,
           end: int) -> tuple[tuple[float, float], tuple[float, float]]:
    before, after = ([fmean(_mean(series, first, last) for series in group.values()) for group in groups]
                     for first, last in ((0, start - 1), (start, end)))
    return (before[0], before[1]), (after[0], after[1])


def slope(series: Iterable[tuple[int, float]]) -> float | None:
    """Least squares change a month; None below ``LEAST_MONTHS`` months."""
    rows = [*series]
    if len(rows) < LEAST_MONTHS:
        return None
    middle, level = fmean(month for month, _ in rows), fmean(value for _, value in rows)
    return (sum((month - middle) * (value - level) for month, value in rows)
            / sum((month - middle) ** 2 for month, _ in rows))


def _trend(groups: Sequence[Mapping[str, Series]], start: int) -> Estimate | None:
    slopes = [[one for series in group.values()
               if (one := slope((month, value) for month, value in series.items() if month < start)) is not None]
              for group in groups]
    return between(*slopes) if min(map(len, slopes)) >= 2 else None


def _earlier(groups: Sequence[Mapping[str, Series]], start: int) -> Estimate | None:
    """As if it had begun in the middle of the months before."""
    months = sorted({month for group in groups for series in group.values() for month in series if month < start})
    if len(months) < 2 * LEAST_MONTHS:
        return None
    middle = months[len(months) // 2]
    changes = [[_mean(series, middle, start - 1) - _mean(series, 0, middle - 1) for series in group.values()
                if _both_sides(series, middle, start - 1)] for group in groups]
    return between(*changes) if min(map(len, changes)) >= 2 else None


def _rank(changes: Mapping[str, float], pilot: Sequence[str], size: float, seed: int) -> tuple[float, int]:
    """The share of assignments with an effect at least as large, the real one included; and how many there are."""
    codes, count = sorted(changes), len(pilot)
    total = sum(changes.values())

    def far(chosen: Iterable[str]) -> bool:
        inside = sum(changes[code] for code in chosen)
        return abs(inside / count - (total - inside) / (len(codes) - count)) >= size - 1e-12

    if math.comb(len(codes), count) <= MOST_WAYS:
        found = [far(chosen) for chosen in combinations(codes, count)]
    else:
        draw = random.Random(seed)
        found = [True, *(far(draw.sample(codes, count)) for _ in range(MOST_WAYS - 1))]
    return sum(found) / len(found), len(found)


def _points(groups: Sequence[Mapping[str, Series]], end: int) -> Iterable[Point]:
    months = sorted({month for group in groups for series in group.values() for month in series if month <= end})
    for month in months:
        values = [[series[month] for series in group.values() if month in series] for group in groups]
        pilot, other = (fmean(one) if one else None for one in values)
        yield Point(month, pilot, other, len(values[0]), len(values[1]))


# -- in words --------------------------------------------------------------------------------------


def caveats(found: Effect) -> list[Bilingual]:
    """What a reader has to know before believing it, in sober sentences."""
    said = [Bilingual("试点地区不是随机选出的，它们与对照地区的差别可能另有原因。",
                      "Pilot places were not drawn by lot; what sets them apart may have other causes.")]
    if found.trend is None:
        said.append(Bilingual("试点前的月份太少，无法检查两组此前是否同步变化。",
                              "Too few months lie before to tell whether both groups moved alike."))
    elif found.trend.tells:
        said.append(Bilingual("试点前两组的走势已经不同，结果不宜解释为试点的效果。",
                              "Both groups moved apart before the pilot began: do not read this as its effect."))
    if found.earlier is not None and found.earlier.tells:
        said.append(Bilingual("把起点假设在试点前的中间，也会得出差别。",
                              "Had the pilot been said to begin earlier, a difference would have shown as well."))
    if found.rank > 0.1:
        said.append(Bilingual(f"任意指定同样多的地区为试点，有 {found.rank:.0%} 会显示同样大的差别。",
                              f"Calling as many other places pilots shows as large a difference in {found.rank:.0%}."))
    if min(found.pilots, found.others) < 10:
        said.append(Bilingual("地区不多，区间较宽，个别地区影响较大。",
                              "There are few places: the interval is wide and single ones weigh much."))
    return said
