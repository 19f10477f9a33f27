"""How far an assessor's judgements of single cases agree with the system's: confusion, share, Cohen's kappa. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Final

from jizhun.kernel.bilingual import Bilingual

KEPT, BROKEN, NO_PROMISE, CANNOT_TELL = "kept", "broken", "no_promise", "cannot_tell"
JUDGEMENTS: Final[Mapping[str, Bilingual]] = {
    KEPT: Bilingual("已兑现", "kept"), BROKEN: Bilingual("未兑现", "broken"),
    NO_PROMISE: Bilingual("无有效承诺", "no promise in force"),
    CANNOT_TELL: Bilingual("材料不足，无法判断", "cannot tell")}
COMPARED: Final = (KEPT, BROKEN, NO_PROMISE)
SYSTEM_SAYS: Final[Mapping[str, str]] = {
    "kept": KEPT, "broken": BROKEN, "overdue": BROKEN, "no-promise": NO_PROMISE}
"""A case open past its limit has broken its promise; one open within it is nothing that could be judged yet."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One case: the system's word, the assessor's, and how many cases of its stratum it stands for."""

    system: str
    assessor: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Agreement:
    """``table``: (system, assessor) -> cases. ``share`` and ``kappa`` of the cases as drawn, ``weighted`` and
    ``weighted_kappa`` as all cases of the frame would be; ``error``: the standard error of kappa (of the cases as
    drawn). Kappa is None where chance alone would agree always; all are None without cases. ``open_cases``: those of
    which the assessor could not tell, in no table."""

    table: Mapping[tuple[str, str], int]
    n: int
    open_cases: int
    share: float | None
    kappa: float | None
    error: float | None
    weighted: float | None
    weighted_kappa: float | None


def agreement(pairs: Iterable[Pair]) -> Agreement:
    """Over many cases."""
    every = list(pairs)
    told = [one for one in every if one.assessor != CANNOT_TELL]
    table = {(a, b): sum(one.system == a and one.assessor == b for one in told) for a in COMPARED for b in COMPARED}
    weighed = {(a, b): sum(one.weight for one in told if one.system == a and one.assessor == b)
               for a in COMPARED for b in COMPARED}
    share, kappa, error = cohen(table)
    weighted, weighted_kappa, _ = cohen(weighed)
    return Agreement(table, len(told), len(every) - len(told), share, kappa, error, weighted, weighted_kappa)


def cohen(table: Mapping[tuple[str, str], float]) -> tuple[float | None, float | None, float | None]:
    """(share of agreement, kappa, standard error of kappa): kappa = (p - e) / (1 - e), e the agreement by chance."""
    n = sum(table.values())
    if not n:
        return None, None, None
    names = {name for pair in table for name in pair}
    agreed = sum(table.get((one, one), 0) for one in names) / n
    chance = sum(sum(v for (a, _), v in table.items() if a == one) * sum(v for (_, b), v in table.items() if b == one)
                 for one in names) / n ** 2
    if chance >= 1:
        return agreed, None, None
    return agreed, (agreed - chance) / (1 - chance), sqrt(agreed * (1 - agreed) / n) / (1 - chance)
