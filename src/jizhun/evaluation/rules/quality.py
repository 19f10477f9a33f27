"""How good the data behind a figure are: checks on counts, each with its grade and its reason, A to D. Pure.

A grade says how far a figure may be trusted, not how well anybody works. The thresholds are ours and stand in
``THRESHOLDS``; whoever publishes may set others.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp
from statistics import median
from typing import Final, Literal

import numpy as np

from jizhun.analytics.inequality import Values
from jizhun.evaluation.rules.coverage import Share
from jizhun.evaluation.rules.digits import DigitLaw, digits
from jizhun.kernel.bilingual import COMMA, Bilingual, Refused

Grade = Literal["A", "B", "C", "D"]
GRADES: Final[Mapping[Grade, Bilingual]] = {
    "A": Bilingual("可靠", "reliable"),
    "B": Bilingual("基本可靠", "fairly reliable"),
    "C": Bilingual("谨慎使用", "use with care"),
    "D": Bilingual("不宜用于比较", "not fit for comparison"),
}
LOWERED: Final[tuple[Grade, Grade, Grade]] = ("B", "C", "D")
Check = Literal["completeness", "orders", "duplicates", "outliers", "steps", "digits", "silent"]
Steps = tuple[float, float, float]
NEVER: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Rule:
    """One check: what is measured, and from which value on the grade is B, C and D."""

    name: Bilingual
    text: Bilingual
    from_: Steps


THRESHOLDS: Final[Mapping[Check, Rule]] = {
    "completeness": Rule(Bilingual("完整性", "Completeness"), Bilingual(
        "所需各列中缺失最多的一列的缺失比例。", "The share missing in the needed column that lacks most."),
        (0.01, 0.05, 0.20)),
    "orders": Rule(Bilingual("不可能的先后", "Impossible orders"), Bilingual(
        "时间先后不可能的记录的比例（如办结早于受理）。",
        "The share of records in which one time lies before another that comes first (closed before accepted)."),
        (0.001, 0.01, 0.05)),
    "duplicates": Rule(Bilingual("重复", "Duplicates"), Bilingual(
        "除第一条以外的重复记录的比例。", "The share of records that repeat an earlier one."), (0.001, 0.01, 0.05)),
    "outliers": Rule(Bilingual("异常值", "Outliers"), Bilingual(
        "稳健 z 值绝对值大于 3.5 的地区的比例；异常值可能属实，故最低评为 C。",
        "The share of places with a robust z above 3.5 either way; they may be true, so the grade is C at worst."),
        (0.02, 0.10, NEVER)),
    "steps": Rule(Bilingual("突变", "Sudden steps"), Bilingual(
        "序列水平突变的次数；突变可能属实，故最低评为 C。",
        "How often the level of a series jumps; jumps may be true, so the grade is C at worst."), (1, 2, NEVER)),
    "digits": Rule(Bilingual("数字偏好", "Digit preference"), Bilingual(
        "数字分布与应有分布的差距 w = √(χ² / n)；仅当检验显著（p < 0.001）时。",
        "How far digits are from what is to be expected, w = √(χ² / n); where that is significant (p < 0.001)."),
        (0.1, 0.3, 0.5)),
    "silent": Rule(Bilingual("停报地区", "Regions that stopped reporting"), Bilingual(
        "按以往业务量计，停报地区所占比例。", "The share of the usual volume in regions that stopped reporting."),
        (1e-9, 0.05, 0.20)),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """The outcome of one check: what was measured, its grade, and the reason in words."""

    check: Check
    value: float
    grade: Grade
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Quality:
    """The grade of the data: that of the worst check. ``reasons`` are the checks that lower it, the worst first."""

    remarks: tuple[Remark, ...]

    @property
    def grade(self) -> Grade:
        return max((one.grade for one in self.remarks), default="A")

    @property
    def reasons(self) -> tuple[Remark, ...]:
        lowering = [one for one in self.remarks if one.grade != "A"]
        return tuple(sorted(lowering, key=lambda one: one.grade, reverse=True))


def quality(remarks: Sequence[Remark]) -> Quality:
    """The grade over all checks that were made; raises Refused where none was."""
    if not remarks:
        raise Refused(zh="没有做任何检查，不能评级。", en="Nothing was checked: there is no grade.")
    return Quality(tuple(remarks))


def _remark(check: Check, value: float, text: Bilingual) -> Remark:
    grade: Grade = "A"
    for lower, least in zip(LOWERED, THRESHOLDS[check].from_, strict=True):
        grade = lower if value >= least else grade
    return Remark(check, value, grade, text)


def _percent(share: Share) -> str:
    return f"{share.value or 0:.1%}"


# -- counts of records -----------------------------------------------------------------------------


def completeness(filled: Mapping[str, int], rows: int, names: Mapping[str, Bilingual]) -> Remark:
    """How much is missing: ``filled`` says of each needed column how many of ``rows`` have a value."""
    _check_rows(rows, filled.values())
    column = min(filled, key=lambda one: filled[one])
    missing = Share(rows - filled[column], rows)
    name = names.get(column, Bilingual(column, column))
    return _remark("completeness", missing.value or 0, Bilingual(
        f"“{name.zh}”缺失最多：{missing.fits}／{rows}（{_percent(missing)}）。",
        f"“{name.en}” lacks most: {missing.fits} of {rows} ({_percent(missing)})."))


def orders(wrong: Mapping[tuple[str, str], int], rows: int, names: Mapping[str, Bilingual]) -> Remark:
    """Impossible orders: (what should come first, what should follow) -> in how many of ``rows`` it is the other way.

    A record that is wrong in several ways may be counted in each; the most frequent one is graded.
    """
    _check_rows(rows, wrong.values())
    (first, later), n = max(wrong.items(), key=lambda one: one[1])
    found = Share(n, rows)
    one, other = (names.get(column, Bilingual(column, column)) for column in (first, later))
    return _remark("orders", found.value or 0, Bilingual(
        f"“{other.zh}”早于“{one.zh}”：{n}／{rows}（{_percent(found)}）。",
        f"“{other.en}” lies before “{one.en}” in {n} of {rows} ({_percent(found)})."))


def duplicates(times: Mapping[int, int]) -> Remark:
    """Repeated records: how often a key occurs -> how many keys occur so often."""
    rows = sum(often * keys for often, keys in times.items())
    found = Share(rows - sum(times.values()), rows)
    _check_rows(rows, [found.fits])
    return _remark("duplicates", found.value or 0, Bilingual(
        f"重复记录：{found.fits}／{rows}（{_percent(found)}）。",
        f"Repeated records: {found.fits} of {rows} ({_percent(found)})."))


def _check_rows(rows: int, counts: Collection[int]) -> None:
    if rows <= 0 or not counts or min(counts) < 0 or max(counts) > rows:
        raise Refused(zh="检查需要至少一条记录，且计数不能多于记录数。",
                      en="A check needs at least one record, and no count above the number of records.")


# -- figures by place and over time ----------------------------------------------------------------

CUT: Final = 3.5
"""The robust z above which a value stands out (Iglewicz and Hoaglin 1993)."""


def robust_z(values: Values) -> list[float]:
    """0.6745 (x - median) / MAD; where more than half are equal, by the mean absolute deviation; 0 where all are."""
    found = np.asarray(values, float)
    off = found - np.median(found)
    spread, mean = float(np.median(np.abs(off))) / 0.6745, float(np.abs(off).mean()) * 1.253314
    return [float(one) for one in off / (spread or mean or 1.0)]


def outliers(values: Mapping[Hashable, float], names: Mapping[Hashable, Bilingual], cut: float = CUT) -> Remark:
    """Places whose figure stands far from all others."""
    if len(values) < 5:
        raise Refused(zh="少于五个数值，无法判断异常。", en="Of fewer than five values none can be told to stand out.")
    far = [place for place, z in zip(values, robust_z(list(values.values())), strict=True) if abs(z) > cut]
    found = Share(len(far), len(values))
    return _remark("outliers", found.value or 0, Bilingual(
        f"数值异常的地区：{len(far)}／{len(values)}{_listed(far, names).zh}。",
        f"Figures that stand far out: {len(far)} of {len(values)}{_listed(far, names).en}."))


def _listed(places: Sequence[Hashable], names: Mapping[Hashable, Bilingual], most: int = 5) -> Bilingual:
    """The first few in brackets, nothing for none."""
    shown = [names.get(place, Bilingual(str(place), str(place))) for place in places[:most]]
    more = len(places) > most
    zh, en = (COMMA.zh.join(one.zh for one in shown), COMMA.en.join(one.en for one in shown))
    return Bilingual(f"（{zh}{'等' if more else ''}）",
                     f" ({en}{', ...' if more else ''})") if places else Bilingual("", "")


def step_places(series: Sequence[float], window: int = 3, noise: float = 6.0, least: float = 0.3) -> list[int]:
    """Where the level of a series jumps: positions of the first value on the new level.

    The median of ``window`` values after differs from that of as many before by more than ``noise`` times the usual
    change from one to the next, and by more than the share ``least`` of the larger of the two.
    """
    changes = [abs(other - one) for one, other in pairwise(series)]
    usual = median(changes) / 0.9539 if changes else 0.0
    jumps = {}
    for at in range(window, len(series) - window + 1):
        before, after = median(series[at - window:at]), median(series[at:at + window])
        if abs(after - before) > max(noise * usual, least * max(abs(before), abs(after))):
            # Of neighbouring positions the one with the greatest single change is where it happens.
            jumps[at] = abs(series[at] - series[at - 1])
    return [at for at, size in jumps.items()
            if size > 0 and all(size > jumps.get(near, 0) or (size == jumps[near] and at <= near)
                                for near in range(at - window, at + window + 1) if near in jumps)]


def steps(series: Mapping[str, float]) -> Remark:
    """Sudden steps in a series by period, in the order of time."""
    periods = list(series)
    at = [periods[place] for place in step_places(list(series.values()))]
    told = _listed(at, {})
    return _remark("steps", len(at), Bilingual(
        f"水平突变：{len(at)} 次{told.zh}。", f"Sudden steps of the level: {len(at)}{told.en}."))


def silent_places(counts: Mapping[Hashable, Sequence[int]], last: int, chance: float = 0.001) -> list[Hashable]:
    """Places that had cases and then none in the ``last`` periods, too few for it to be chance.

    A place with m cases a period before is silent by chance with a probability of exp(-m · last).
    """
    found = []
    for place, series in counts.items():
        before, after = series[:-last], series[-last:]
        if sum(before) and not sum(after) and exp(-sum(before) / len(before) * last) < chance:
            found.append(place)
    return found


def silent(counts: Mapping[Hashable, Sequence[int]], names: Mapping[Hashable, Bilingual], last: int = 2) -> Remark:
    """Regions that stopped reporting: cases by region and period, all over the same periods."""
    if last < 1 or len({len(series) for series in counts.values()} | {0}) != 2 \
            or len(next(iter(counts.values()))) <= last:
        raise Refused(zh="需要各地区同样长、且长于观察期的序列。",
                      en="Every region needs a series of the same length, longer than what is looked at.")
    quiet = silent_places(counts, last)
    usual = {place: sum(series[:-last]) for place, series in counts.items()}
    share = Share(sum(usual[place] for place in quiet), sum(usual.values()))
    return _remark("silent", share.value or 0, Bilingual(
        f"停报地区：{len(quiet)} 个{_listed(quiet, names).zh}，占以往业务量的 {_percent(share)}。",
        f"Regions that stopped reporting: {len(quiet)}{_listed(quiet, names).en}, "
        f"{_percent(share)} of the usual volume."))


SIGNIFICANT: Final = 0.001


def digit_preference(numbers: Sequence[int], law: DigitLaw) -> Remark | None:
    """Whether people seem to have rounded or made up numbers; None where nothing can be said."""
    found = digits(numbers, law)
    if found is None:
        return None
    place = Bilingual("末位", "Last") if law == "last" else Bilingual("首位", "First")
    told = f"χ² = {found.chi2:.1f}, p = {found.p:.2g}, w = {found.effect:.2f}"
    return _remark("digits", found.effect if found.p < SIGNIFICANT else 0.0, Bilingual(
        f"{place.zh}数字检验：{told}；偏多的数字是 {found.preferred}。",
        f"{place.en} digits: {told}; {found.preferred} is most above what is to be expected."))
