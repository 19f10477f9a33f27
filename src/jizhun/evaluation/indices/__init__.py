"""Every index as data: which counts over which, in words, and which way is better."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from jizhun.analytics.plan import BROKEN, KEPT, MEASURES, NOT_JUDGED, OPEN, OVERDUE, WHOLE
from jizhun.kernel.bilingual import Bilingual, Refused

EVERY: Final = frozenset({NOT_JUDGED, KEPT, BROKEN, OPEN, OVERDUE})


@dataclass(frozen=True, slots=True)
class Index:
    """``numerator`` and ``denominator`` are the verdicts whose cases are counted, of ``verdict``.

    ``verdict`` is the whole case or one measure; ``higher_is_better`` says which way to read it. ``sums``: facts that
    are added up as the numerator in place of cases; then ``unit`` says what the division gives.
    """

    code: str
    name: Bilingual
    text: Bilingual
    verdict: str
    numerator: frozenset[int]
    denominator: frozenset[int]
    higher_is_better: bool = True
    sums: tuple[str, ...] = ()
    unit: str = "share"

    def of(self, counts: Mapping[int, int]) -> tuple[int, int]:
        """(numerator, denominator) of the counts by verdict code."""
        return sum(counts.get(code, 0) for code in self.numerator), sum(counts.get(c, 0) for c in self.denominator)


MEASURE_NAMES: Final[Mapping[str, Bilingual]] = {
    WHOLE: Bilingual("全部承诺", "every promise"),
    "statutory_limit": Bilingual("法定办结时限", "statutory time limit"),
    "promised_limit": Bilingual("承诺办结时限", "committed time limit"),
    "due": Bilingual("记录中的应办结时间", "due time stated in the record"),
    "fee": Bilingual("收费", "fee"),
    "visits": Bilingual("到现场次数", "visits to the counter"),
    "materials": Bilingual("材料份数", "materials"),
    "benefit_amount": Bilingual("待遇金额", "benefit amount"),
}


def _conformance(measure: str) -> Index:
    name = MEASURE_NAMES[measure]
    code = "conformance" if measure == WHOLE else f"conformance.{measure}"
    return Index(
        code, Bilingual(f"达标率（{name.zh}）", f"Conformance ({name.en})"),
        Bilingual(f"数据日期前已办结、且有有效承诺的办件中，{name.zh}得到兑现的比例。",
                  f"Of the cases closed by the data date with a promise in force, the share with {name.en} kept."),
        measure, frozenset({KEPT}), frozenset({KEPT, BROKEN}))


_OTHERS: Final = (
    Index("on_time", Bilingual("按时率", "On-time share"),
          Bilingual("按承诺时限或应办结时间按时办结的办件，占已办结和已逾期未办结办件的比例。",
                    "Cases closed within every promise, over those closed and those open past their limit."),
          WHOLE, frozenset({KEPT}), frozenset({KEPT, BROKEN, OVERDUE})),
    Index("overdue_open", Bilingual("逾期未办结率", "Open and overdue"),
          Bilingual("数据日期时仍未办结的有承诺办件中，已超过时限的比例。",
                    "Of the cases with a promise still open at the data date, the share past its limit."),
          WHOLE, frozenset({OVERDUE}), frozenset({OPEN, OVERDUE}), higher_is_better=False),
    Index("no_promise", Bilingual("无有效承诺率", "No promise in force"),
          Bilingual("受理当天当地没有任何有效承诺的办件，占全部办件的比例。",
                    "Cases for which nothing was promised then and there, over all cases."),
          WHOLE, frozenset({NOT_JUDGED}), EVERY, higher_is_better=False),
)


def _lateness(measure: str) -> Index:
    name = MEASURE_NAMES[measure]
    return Index(
        f"lateness.{measure}", Bilingual(f"平均超期天数（{name.zh}）", f"Days late on average ({name.en})"),
        Bilingual(f"超过{name.zh}的办件（含数据日期时仍未办结的），超出时限的天数之和除以件数；天数按时限自身的单位计。",
                  f"Of the cases beyond the {name.en}, open ones at the data date among them, the days beyond it "
                  "divided by their number; days in the unit of the limit."),
        measure, frozenset(), frozenset({BROKEN, OVERDUE}), higher_is_better=False, sums=(f"late_{measure}",),
        unit="days")


def _on_time(measure: str) -> Index:
    name = MEASURE_NAMES[measure]
    return Index(
        f"on_time.{measure}", Bilingual(f"按时率（{name.zh}）", f"On-time share ({name.en})"),
        Bilingual(f"在{name.zh}内办结的办件，占已办结和已逾期未办结办件的比例。",
                  f"Cases closed within the {name.en}, over those closed and those open past it."),
        measure, frozenset({KEPT}), frozenset({KEPT, BROKEN, OVERDUE}))


_LIMITS: Final = ("statutory_limit", "promised_limit")
INDICES: Final[Mapping[str, Index]] = {
    index.code: index for index in (*map(_conformance, (WHOLE, *MEASURES)), *_OTHERS, *map(_on_time, _LIMITS),
                                *map(_lateness, _LIMITS))}


def find(code: str) -> Index:
    """The index called ``code``; raises Refused with the nearest one that exists."""
    if code in INDICES:
        return INDICES[code]
    near = get_close_matches(code, INDICES, n=1, cutoff=0.4)
    listed = ", ".join(near or INDICES)
    raise Refused(zh=f"没有名为“{code}”的指标；可用：{listed}。", en=f"There is no index “{code}”; try: {listed}.")
