"""Digits of numbers against what is to be expected of them, and the tail of the chi-square distribution. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import erfc, exp, fsum, gamma, sqrt
from typing import Final, Literal

import numpy as np

DigitLaw = Literal["last", "first"]
EXPECTED: Final[Mapping[DigitLaw, tuple[float, ...]]] = {
    "last": (0.1,) * 10,
    "first": tuple(float(np.log10(1 + 1 / digit)) for digit in range(1, 10)),
}
"""Last digits 0 to 9 are equally likely; first digits 1 to 9 follow Benford (1938)."""
ENOUGH: Final[Mapping[DigitLaw, int]] = {"last": 100, "first": 300}
"""Of fewer numbers nothing can be said."""


@dataclass(frozen=True, slots=True)
class Digits:
    """How often each digit stands in its place, against what is to be expected. ``effect`` is √(chi² / n)."""

    law: DigitLaw
    counts: tuple[int, ...]
    chi2: float
    p: float
    effect: float

    @property
    def preferred(self) -> int:
        """The digit that is most above its expectation."""
        n = sum(self.counts)
        over = [count - n * share for count, share in zip(self.counts, EXPECTED[self.law], strict=True)]
        return int(np.argmax(over)) + (1 if self.law == "first" else 0)


def digits(numbers: Sequence[int], law: DigitLaw) -> Digits | None:
    """The last digits of numbers from 10 on, or the first digits of numbers from 1 on; None of too few.

    Benford's law is only to be expected of numbers over several orders of magnitude: of others than a hundredfold
    range it says nothing, and None is told.
    """
    fit = [one for one in numbers if one >= (10 if law == "last" else 1)]
    if len(fit) < ENOUGH[law] or (law == "first" and max(fit) < 100 * min(fit)):
        return None
    found = [one % 10 if law == "last" else int(str(one)[0]) - 1 for one in fit]
    counts = np.bincount(found, minlength=len(EXPECTED[law]))
    expected = len(fit) * np.array(EXPECTED[law])
    chi2 = float(((counts - expected) ** 2 / expected).sum())
    return Digits(law, tuple(counts.tolist()), chi2, chi2_tail(chi2, len(counts) - 1), sqrt(chi2 / len(fit)))


def chi2_tail(value: float, freedom: int) -> float:
    """The probability of a chi-square of at least ``value`` with whole degrees of freedom."""
    half = value / 2
    if freedom % 2 == 0:
        return exp(-half) * fsum(half ** n / gamma(n + 1) for n in range(freedom // 2))
    more = fsum(half ** (n + 0.5) / gamma(n + 1.5) for n in range(freedom // 2))
    return erfc(sqrt(half)) + exp(-half) * more
