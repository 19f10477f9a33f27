"""Pilot programmes: kinds and levels, days, who may apply when, scores by criteria, a balanced selection. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Any, Final

from jizhun.kernel.bilingual import Bilingual, Refused

COMPREHENSIVE, SPECIAL, REGIONAL = "comprehensive", "special", "regional"
KINDS: Final[Mapping[str, Bilingual]] = {
    COMPREHENSIVE: Bilingual("综合试点", "comprehensive pilot"), SPECIAL: Bilingual("专项试点", "special pilot"),
    REGIONAL: Bilingual("区域协同试点", "pilot of regional collaboration")}
LEVELS: Final[Mapping[int, Bilingual]] = {
    1: Bilingual("省级", "province"), 2: Bilingual("市级", "city"), 3: Bilingual("县级", "county")}
APPLIED, WITHDRAWN, SELECTED, DECLINED = "applied", "withdrawn", "selected", "declined"
STEPS: Final[Mapping[str, Bilingual]] = {
    APPLIED: Bilingual("已申报", "applied"), WITHDRAWN: Bilingual("已撤回", "withdrawn"),
    SELECTED: Bilingual("已确定为试点", "selected"), DECLINED: Bilingual("未入选", "not selected")}
NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    APPLIED: (WITHDRAWN, SELECTED, DECLINED), DECLINED: (SELECTED,), WITHDRAWN: (), SELECTED: ()}
"""What may follow: somebody who was not selected may move up; a pilot ends by its verdict, never by a step."""


@dataclass(frozen=True, slots=True)
class Days:
    """The days of a programme, all included; what is None is not on record (a programme of the past)."""

    starts: date
    ends: date
    applies_from: date | None = None
    applies_until: date | None = None
    mid: date | None = None
    final: date | None = None

    def __post_init__(self) -> None:
        order = [one for one in (self.applies_from, self.applies_until) if one is not None]
        if self.ends < self.starts or order != sorted(order):
            raise Refused(zh="期限的最后一天早于第一天。", en="A period ends before it begins.")
        if self.mid is not None and not self.starts <= self.mid <= self.ends:
            raise Refused(zh="中期评估应在试点期内。", en="The mid-term assessment lies within the pilot.")
        if self.final is not None and self.final < self.ends:
            raise Refused(zh="终期评估不早于试点结束。", en="The final assessment is not before the end of the pilot.")

    @property
    def months(self) -> tuple[int, ...]:
        """The months of the pilot, as yyyymm."""
        first, last = (one.year * 12 + one.month - 1 for one in (self.starts, self.ends))
        return tuple(n // 12 * 100 + n % 12 + 1 for n in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of selection, worth so many points."""

    code: str
    name: Bilingual
    points: int


def criteria_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Criterion, ...]:
    """Criteria as a programme's row says them."""
    return tuple(Criterion(one["code"], Bilingual(one["name_zh"], one["name_en"]), int(one["points"])) for one in rows)


def standing(acts: Iterable[str]) -> str:
    """Where an application stands after these steps."""
    return next(reversed([APPLIED, *acts]))


def check_step(now: str, act: str) -> None:
    """Raises Refused where an application cannot go on so."""
    if act not in NEXT.get(now, ()):
        raise Refused(zh=f"该申报{STEPS[now].zh}，不能再“{STEPS[act].zh}”。",
                      en=f"The application is {STEPS[now].en}: it cannot become {STEPS[act].en}.")


@dataclass(frozen=True, slots=True)
class Applying:
    """What is known when a place wants to apply."""

    days: Days
    kinds: Sequence[str]
    levels: Sequence[int]
    kind: str
    level: int
    standing: str
    others: int


def check_may_apply(said: Applying, on: date) -> None:
    """Raises Refused: outside the days, of a kind or a level that is not asked for, twice, or alone across regions."""
    first, last = said.days.applies_from, said.days.applies_until
    if first is None or last is None:
        raise Refused(zh="该试点不接受申报。", en="This programme takes no applications.")
    if not first <= on <= last:
        raise Refused(zh=f"申报时间为 {first} 至 {last}。", en=f"Applications are taken from {first} to {last}.")
    if said.kind not in said.kinds:
        raise Refused(zh="请选择该试点设有的类型。", en="Choose a kind that the programme has.")
    if said.level not in said.levels:
        asked = [LEVELS[one] for one in said.levels]
        raise Refused(zh=f"该试点面向{'、'.join(one.zh for one in asked)}。",
                      en=f"The programme is for a {' or '.join(one.en for one in asked)}.")
    if said.standing in (APPLIED, SELECTED):
        raise Refused(zh="该地区已经申报。", en="This place has applied already.")
    if said.kind == REGIONAL and not said.others:
        raise Refused(zh="区域协同试点请写明一同试点的地区。",
                      en="Name the places that take part in a pilot of regional collaboration.")


# -- selection -------------------------------------------------------------------------------------


def read_scores(criteria: Sequence[Criterion], typed: Mapping[str, str]) -> dict[str, str]:
    """Points as typed for every criterion. Refused for what is missing, no number or out of range."""
    return {one.code: _points(one, typed.get(one.code, "")) for one in criteria}


def _points(one: Criterion, typed: str) -> str:
    text = typed.strip()
    if not text.isascii() or not text.isdecimal() or int(text) > one.points:
        raise Refused(zh=f"“{one.name.zh}”：请填 0 到 {one.points} 的整数。",
                      en=f"“{one.name.en}”: give a whole number from 0 to {one.points}.")
    return str(int(text))


@dataclass(frozen=True, slots=True)
class Scored:
    """An application with what assessors gave it: ``points`` their mean, None before anybody has spoken; ``apart`` how
    far the highest lies above the lowest."""

    region: str
    group: str
    points: float | None
    apart: float
    scorers: int


def scored(region: str, group: str, scores: Sequence[Mapping[str, str]]) -> Scored:
    """The mean of the assessors' totals."""
    totals = [float(sum(int(one) for one in each.values())) for each in scores]
    return Scored(region, group, fmean(totals) if totals else None, max(totals) - min(totals) if totals else 0.0,
                  len(totals))


def ranked(found: Iterable[Scored]) -> list[Scored]:
    """The best first; what was not scored comes last."""
    return sorted(found, key=lambda one: (one.points is None, -(one.points or 0), one.region))


def proposed(found: Iterable[Scored], wanted: int) -> list[str]:
    """Whom criteria and balance propose: the best of every group first, then the best of all the rest."""
    order = [one for one in ranked(found) if one.points is not None]
    firsts: dict[str, Scored] = {}
    for one in order:
        firsts.setdefault(one.group, one)
    chosen = [*firsts.values()][:wanted]
    chosen += [one for one in order if one not in chosen][:wanted - len(chosen)]
    return [one.region for one in order if one in chosen]


@dataclass(frozen=True, slots=True)
class Balanced:
    """A group of places: how many there are, applied and were selected."""

    group: str
    places: int
    applied: int
    selected: int

    @property
    def left_out(self) -> bool:
        """Whether places of it applied and none was selected."""
        return self.applied > 0 and not self.selected


def balance(group_of: Mapping[str, str], applied: Iterable[str], selected: Iterable[str]) -> list[Balanced]:
    """How applications and pilots lie over groups; ``group_of``: every place that the programme is for."""
    counts = [Counter(group_of[code] for code in codes if code in group_of)
              for codes in (group_of, applied, selected)]
    return [Balanced(group, *(one[group] for one in counts)) for group in sorted(counts[0])]
