"""Do places draw nearer to one another? Sigma: they differ less; beta: those behind rise faster. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt

import numpy as np

from jizhun.analytics.inequality import Measure, Values, Weights, variation
from jizhun.kernel.bilingual import Refused


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line by least squares. ``error`` is the standard error of ``slope``.

    ``r2`` is the share of the variance that the line explains; None where y does not vary.
    """

    slope: float
    intercept: float
    error: float
    r2: float | None
    n: int

    @property
    def t(self) -> float | None:
        """Slope over its standard error, with n - 2 degrees of freedom; None where nothing is left unexplained."""
        return self.slope / self.error if self.error > 0 else None


def line(x: Values, y: Values) -> Line:
    """The line through at least three points with two different x; raises Refused otherwise."""
    across, up = np.asarray(x, float), np.asarray(y, float)
    if len(across) != len(up) or len(across) < 3 or not np.ptp(across) > 0:
        raise Refused(zh="拟合直线至少需要三个点，且横坐标不能都相同。",
                      en="A line needs at least three points that do not all stand at one place.")
    n, dx, dy = len(across), across - across.mean(), up - up.mean()
    sxx, syy = float(dx @ dx), float(dy @ dy)
    slope = float(dx @ dy) / sxx
    left = float(((dy - slope * dx) ** 2).sum())
    return Line(slope, float(up.mean() - slope * across.mean()), sqrt(left / (n - 2) / sxx),
                1 - left / syy if syy > 0 else None, n)


@dataclass(frozen=True, slots=True)
class Sigma:
    """How far apart places stood in each year, and the line through it (None for fewer than three years)."""

    by_year: Mapping[int, float]
    line: Line | None

    @property
    def change(self) -> float:
        """From the first year to the last; below zero: they have drawn nearer."""
        values = list(self.by_year.values())
        return values[-1] - values[0]


def sigma(years: Mapping[int, Values], weights: Mapping[int, Weights] | None = None, *,
          measure: Measure = variation) -> Sigma:
    """The measure (coefficient of variation unless said otherwise) over at least two years, the earliest first."""
    if len(years) < 2:
        raise Refused(zh="判断收敛至少需要两个年份。", en="Convergence needs at least two years.")
    found = {year: measure(years[year], weights[year] if weights else None) for year in sorted(years)}
    return Sigma(found, line(list(found), list(found.values())) if len(found) > 2 else None)


@dataclass(frozen=True, slots=True)
class Beta:
    """Growth a year on the logarithm of the first value; a slope below zero: those behind rose faster.

    ``speed``: the rate a year at which the distance shrinks, -ln(1 + slope T) / T (Barro and Sala-i-Martin 1992):
    exp(-speed) of it is left after a year. ``half_life``: years until half of it is left. None where the line says
    nothing of the kind.
    """

    line: Line
    years: float
    speed: float | None
    half_life: float | None


def beta(first: Values, last: Values, years: float) -> Beta:
    """Unconditional beta-convergence of the same places between two dates, ``years`` apart; values above zero."""
    start, end = np.asarray(first, float), np.asarray(last, float)
    if len(start) != len(end) or years <= 0:
        raise Refused(zh="两个时点的地区必须相同，且相隔时间必须大于零。",
                      en="Both dates need the same places and must lie apart.")
    if not ((start > 0).all() and (end > 0).all()):
        raise Refused(zh="该指标要求所有数值为正。", en="This measure needs values that are all above zero.")
    fitted = line(np.log(start), np.log(end / start) / years)
    left = 1 + fitted.slope * years
    speed = -log(left) / years if left > 0 else None
    return Beta(fitted, years, speed, log(2) / speed if speed is not None and speed > 0 else None)
