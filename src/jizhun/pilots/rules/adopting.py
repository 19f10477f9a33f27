"""“Replicable and promotable” as a number: how many places took a practice over, and what changed there. Pure.

Every adopter has its own first month. Its change is the mean of the months after less that of as many months before,
less the same difference of places that have not taken it over, over the very same months. The effect is the mean over
adopters, with Student's interval over them from three adopters on.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, variance
from typing import Final

from jizhun.pilots.rules.effect import LEAST_PLACES, LEVEL, Series, t_quantile

WINDOW: Final = 6
"""Months before and after that are compared."""


@dataclass(frozen=True, slots=True)
class Adopter:
    """A place that took it over in ``start``: its own change, that of the others, None where months are missing."""

    code: str
    start: int
    change: float | None
    others: float | None

    @property
    def effect(self) -> float | None:
        """What changed beyond what changed elsewhere."""
        return None if self.change is None or self.others is None else self.change - self.others


@dataclass(frozen=True, slots=True)
class Promoted:
    """All adopters. ``value``: the mean effect of those ``counted``; ``low`` and ``high`` None below three of them."""

    adopters: tuple[Adopter, ...]
    counted: int
    value: float | None
    low: float | None
    high: float | None


def promoted(starts: Mapping[str, int], series: Mapping[str, Series], others: Sequence[str], end: int) -> Promoted:
    """``starts``: adopter -> first month; ``others``: places that have not taken it over; ``end``: the last month."""
    found = tuple(_adopter(code, start, series, others, end) for code, start in sorted(starts.items()))
    effects = [one.effect for one in found if one.effect is not None]
    if not effects:
        return Promoted(found, 0, None, None, None)
    value = fmean(effects)
    if len(effects) < LEAST_PLACES:
        return Promoted(found, len(effects), value, None, None)
    reach = t_quantile((1 + LEVEL) / 2, len(effects) - 1) * math.sqrt(variance(effects) / len(effects))
    return Promoted(found, len(effects), value, value - reach, value + reach)


def _adopter(code: str, start: int, series: Mapping[str, Series], others: Sequence[str], end: int) -> Adopter:
    last = min(start + WINDOW - 1, end)
    changes = [one for other in others if (one := change(series.get(other, {}), start, last)) is not None]
    return Adopter(code, start, change(series.get(code, {}), start, last),
                   fmean(changes) if len(changes) >= LEAST_PLACES else None)


def change(series: Series, start: int, last: int) -> float | None:
    """The mean from ``start`` to ``last`` less that of the window before; None where one side has no month."""
    before, after = ([value for month, value in series.items() if first <= month <= until]
                     for first, until in ((start - WINDOW, start - 1), (start, last)))
    return fmean(after) - fmean(before) if before and after else None
