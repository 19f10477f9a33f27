"""What training is needed, who is covered, and what stands beside it in the results. Pure: counts are arguments."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, variance
from typing import Any, Final

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.rules import ROLES

# -- targets as data -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """Which share of a role has to be trained within so many months; with the source that says so and its mark."""

    role: str
    share: float
    months: int
    source: Bilingual
    mark: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``data/training/targets.yaml`` says. ``passes`` in hundredths of a hundred; ``below``: the share of cases
    under which training is recommended, from ``least_cases`` on; an effect is told from ``least_units`` units on."""

    targets: Mapping[str, Target]
    months: int
    passes: int
    index: str
    below: float
    least_cases: int
    least_units: int
    scorings: Mapping[str, Any]


def read_settings(content: Any) -> Settings:
    """The settings out of data; raises Refused for what cannot be."""
    try:
        found = [Target(str(row["role"]), float(row["share"]), int(row["months"]),
                        Bilingual(row["source_zh"], row["source_en"]), str(row["mark"])) for row in content["targets"]]
        needs, effect = content["needs"], content["effect"]
        settings = Settings({one.role: one for one in found}, int(content["months"]), int(content["passes"]) * 100,
                            str(needs["index"]), float(needs["below"]), int(needs["least_cases"]),
                            int(effect["least_units"]), dict(content["scorings"]))
    except (KeyError, TypeError, ValueError):
        raise Refused(zh="培训目标的数据不完整。", en="The data of training targets are not complete.") from None
    for one in found:
        if one.role not in ROLES or not 0 <= one.share <= 1 or one.months < 1:
            raise Refused(zh=f"培训目标“{one.role}”不对。", en=f"The training target “{one.role}” cannot be.")
    return settings


# -- coverage --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody who holds a role, and the part of the place (a place below) to which they belong."""

    username: str
    role: str
    part: str


@dataclass(frozen=True, slots=True)
class Covered:
    """How many of the staff of a part are trained; ``reached`` is None where there is no target or nobody."""

    role: str
    part: str
    trained: int
    staff: int
    target: float | None = None

    @property
    def share(self) -> float | None:
        return self.trained / self.staff if self.staff else None

    @property
    def reached(self) -> bool | None:
        return None if self.target is None or self.share is None else self.share >= self.target


def coverage(staff: Iterable[Staff], trained: Mapping[str, Collection[str]], targets: Mapping[str, Target]
             ) -> list[Covered]:
    """Role by part; ``trained``: role -> who is trained for it. A person counts once in a part and role."""
    groups: dict[tuple[str, str], set[str]] = {}
    for one in staff:
        groups.setdefault((one.role, one.part), set()).add(one.username)
    return [Covered(role, part, len(people & {*trained.get(role, ())}), len(people),
                    targets[role].share if role in targets else None)
            for (role, part), people in sorted(groups.items())]


def together(rows: Iterable[Covered]) -> list[Covered]:
    """All parts of a role in one line."""
    found: dict[str, Covered] = {}
    for one in rows:
        sofar = found.get(one.role, Covered(one.role, "", 0, 0, one.target))
        found[one.role] = Covered(one.role, "", sofar.trained + one.trained, sofar.staff + one.staff, one.target)
    return list(found.values())


# -- needs -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """How a place keeps one matter's promises: cases that keep them over all that can be told of."""

    place: str
    matter: str
    kept: int
    cases: int

    @property
    def share(self) -> float:
        return self.kept / self.cases


@dataclass(frozen=True, slots=True)
class Need:
    """A place that is low on a matter, and the courses that teach it (none: there is still one to be written)."""

    judged: Judged
    courses: tuple[str, ...]


def needs(judged: Iterable[Judged], courses: Mapping[str, Collection[str]], *, below: float, least_cases: int
          ) -> list[Need]:
    """The lowest first. ``courses``: code -> the matters it teaches, the one to be named first in front. Few cases say
    nothing and are left out."""
    low = [one for one in judged if one.cases >= least_cases and one.share < below]
    return [Need(one, tuple(code for code, matters in courses.items() if one.matter in matters))
            for one in sorted(low, key=lambda one: (one.share, one.place, one.matter))]


# -- before and after ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit's cases before and after a day: (kept, of). ``trained``: whether its people were trained around it."""

    code: str
    trained: bool
    before: tuple[int, int]
    after: tuple[int, int]

    @property
    def change(self) -> float:
        """By how much its share rose."""
        return self.after[0] / self.after[1] - self.before[0] / self.before[1]


@dataclass(frozen=True, slots=True)
class Side:
    """Units of one kind: how many, their cases' shares before and after, the mean change of the units."""

    units: int
    before: float
    after: float
    change: float


@dataclass(frozen=True, slots=True)
class Effect:
    """Trained units beside the others: the difference of their mean changes with its 95 % interval."""

    trained: Side
    others: Side
    difference: float
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def effect(units: Iterable[Unit], *, least_units: int, least_cases: int) -> Effect | None:
    """Compare changes; units with few cases on either side of the day are left out. None where fewer than
    ``least_units`` of either kind are left: nothing is told then."""
    told = [one for one in units if min(one.before[1], one.after[1]) >= least_cases]
    sides = [[one for one in told if one.trained is kind] for kind in (True, False)]
    if min(map(len, sides)) < max(least_units, 2):
        return None
    changes = [[one.change for one in side] for side in sides]
    difference = fmean(changes[0]) - fmean(changes[1])
    wide = _margin(*changes)
    first, second = map(_side, sides)
    return Effect(first, second, difference, difference - wide, difference + wide)


def _side(units: Sequence[Unit]) -> Side:
    shares = [sum(pair[0] for pair in pairs) / sum(pair[1] for pair in pairs)
              for pairs in ([one.before for one in units], [one.after for one in units])]
    return Side(len(units), shares[0], shares[1], fmean(one.change for one in units))


def _margin(one: Sequence[float], other: Sequence[float]) -> float:
    """Half of Welch's 95 % interval for the difference of two means."""
    first, second = variance(one) / len(one), variance(other) / len(other)
    if first + second == 0:
        return 0.0
    freedom = (first + second) ** 2 / (first**2 / (len(one) - 1) + second**2 / (len(other) - 1))
    return t_quantile(freedom) * math.sqrt(first + second)


def t_quantile(freedom: float, share: float = 0.975) -> float:
    """The quantile of Student's t by its expansion around the normal one (within 1 % from 4 degrees on)."""
    z = NormalDist().inv_cdf(share)
    terms = ((z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96, (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384)
    return z + sum(term / freedom ** (n + 1) for n, term in enumerate(terms))


CAUTION: Final = Bilingual(
    "这是同期对比，不是因果。参训单位不是随机选出的：办得差的地方可能先被安排培训，也可能同时换了人、改了系统、变了政策。"
    "区间反映单位之间的差异，不反映这些因素。",
    "Both stand side by side; neither is shown to cause the other. Units were not trained at random: those that did "
    "badly may have been sent first, and staff, systems or policy may have changed as well. The interval tells how "
    "units differ, not these.")

