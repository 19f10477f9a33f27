"""Patterns in case data that become findings: rules as data, and what they say of one figure. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import exp, lgamma, log
from string import Formatter
from typing import Any, Final, Literal

from jizhun.evaluation.indices import Index, find
from jizhun.evaluation.rules import LEVELS, SMALLEST_PUBLISHED
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import day_after, day_in_words, months_later

SUBJECTS: Final = ("item", "matter")
PLACEHOLDERS: Final = frozenset({"place", "subject", "first", "last", "numerator", "denominator", "off", "share",
                                 "threshold"})
LONGEST: Final = 120
"""Months and days of a rule are at most so many."""
Verdict = Literal["off", "met", "few"]


@dataclass(frozen=True, slots=True)
class Pattern:
    """One rule. ``threshold`` is a share that is to be reached, or not exceeded where less is better (``index``).

    ``row`` is the rule as it was written, from which it can be read again.
    ``by``: dimensions as ``evaluate`` takes them; ``smallest``: judged cases below which nothing is said; ``chance``:
    None, or the probability from which on a figure beyond the threshold may be chance. Days count from the opening.
    """

    code: str
    name: Bilingual
    index: Index
    by: tuple[str, ...]
    threshold: Fraction
    smallest: int
    chance: float | None
    months: int
    answer_days: int
    rectify_days: int
    unit: Literal["working_day", "calendar_day"]
    body: Bilingual
    sentence: Bilingual
    row: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def subject(self) -> str:
        """item, matter, or "" where the rule looks at all cases of a place."""
        return next((name for name in self.by if name in SUBJECTS), "")

    def window(self, as_of: date) -> tuple[date, date]:
        """First and last day of acceptance that are looked at on a data date."""
        return months_later(day_after(as_of), -self.months), as_of

    def off(self, numerator: int, denominator: int) -> int:
        """How many cases the rule complains of."""
        return denominator - numerator if self.index.higher_is_better else numerator

    def met(self, numerator: int, denominator: int) -> bool:
        """Whether the threshold is met, exactly."""
        value = Fraction(numerator, denominator)
        return value >= self.threshold if self.index.higher_is_better else value <= self.threshold

    def judge(self, numerator: int, denominator: int) -> Verdict:
        """For a re-measurement: chance plays no part, the threshold has to be met by enough cases."""
        if denominator < self.smallest:
            return "few"
        return "met" if self.met(numerator, denominator) else "off"

    def stands_out(self, numerator: int, denominator: int) -> bool:
        """For a first look: beyond the threshold, by enough cases, and not by chance."""
        if self.judge(numerator, denominator) != "off":
            return False
        allowed = float(1 - self.threshold if self.index.higher_is_better else self.threshold)
        return self.chance is None or at_least(self.off(numerator, denominator), denominator, allowed) <= self.chance

    def told(self, place: Bilingual, subject: Bilingual, figure: "Evidence") -> Bilingual:
        """The finding as a sentence."""
        return Bilingual(*(self._filled(language, place, subject, figure) for language in ("zh", "en")))

    def _filled(self, language: str, place: Bilingual, subject: Bilingual, figure: "Evidence") -> str:
        wide = "" if language == "zh" else "\N{NO-BREAK SPACE}"
        return self.sentence.in_language(language).format(
            place=place.in_language(language), subject=subject.in_language(language),
            first=day_in_words(figure.first).in_language(language),
            last=day_in_words(figure.last).in_language(language), numerator=f"{figure.numerator:,}",
            denominator=f"{figure.denominator:,}", off=f"{self.off(figure.numerator, figure.denominator):,}",
            share=f"{_percent(Fraction(figure.numerator, figure.denominator))}{wide}%",
            threshold=f"{_percent(self.threshold)}{wide}%")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a finding or a re-measurement rests on: the cases accepted from ``first`` to ``last``, in numbers."""

    first: date
    last: date
    numerator: int
    denominator: int


def _percent(value: Fraction) -> str:
    """Cut to a tenth and not rounded, so that 100 means all."""
    tenths = value * 1000 // 1
    return f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"


def at_least(off: int, cases: int, allowed: float) -> float:
    """The probability of ``off`` or more of ``cases`` where each is off with the probability ``allowed``."""
    if off <= 0:
        return 1.0
    if allowed <= 0:
        return 0.0
    if allowed >= 1:
        return 1.0
    terms = (lgamma(cases + 1) - lgamma(n + 1) - lgamma(cases - n + 1) + n * log(allowed)
             + (cases - n) * log(1 - allowed) for n in _from(off, cases, allowed))
    return min(1.0, sum(map(exp, terms)))


def _from(off: int, cases: int, allowed: float) -> range:
    """Numbers whose probabilities count: beyond some forty deviations above the mean nothing is left to add."""
    wide = int(40 * (cases * allowed * (1 - allowed)) ** 0.5) + 400
    return range(off, min(cases, max(off, int(cases * allowed)) + wide) + 1)


# -- reading ---------------------------------------------------------------------------------------


def read_patterns(content: Any, name: str = "patterns.yaml") -> dict[str, Pattern]:
    """The rules of a file by code; raises Refused naming the rule and what is wrong."""
    rows = content.get("patterns") if isinstance(content, Mapping) else None
    if not isinstance(rows, Sequence) or not rows:
        raise Refused(zh=f"{name}：缺少 patterns。", en=f"{name}: “patterns” is missing.")
    found = [read_pattern(row, name) for row in rows]
    codes = [one.code for one in found]
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise _wrong(name, twice[0], "代码重复", "the code is there twice")
    return {one.code: one for one in found}


def read_pattern(row: Any, name: str = "patterns.yaml") -> Pattern:
    """One rule; raises Refused."""
    if not isinstance(row, Mapping) or not isinstance(row.get("code"), str):
        raise Refused(zh=f"{name}：每条规则要有 code。", en=f"{name}: every rule needs a “code”.")
    code = row["code"]
    try:
        index = find(str(row["index"]))
        bound = _share(row["at_least" if index.higher_is_better else "at_most"])
        found = Pattern(
            code, _both(row, "name"), index, tuple(row["by"]), bound, _whole(row, "smallest"),
            float(_share(row["chance"])) if "chance" in row else None, _whole(row, "months"),
            _whole(row, "answer_days"), _whole(row, "rectify_days"), row["unit"], _both(row, "body"),
            _both(row, "sentence"), dict(row))
    except KeyError as error:
        raise _wrong(name, code, f"缺少 {error.args[0]}", f"“{error.args[0]}” is missing") from None
    except (TypeError, ValueError, InvalidOperation) as error:
        raise _wrong(name, code, f"不能识别（{error}）", f"it cannot be read ({error})") from None
    _check(found, name)
    return found


def _share(value: Any) -> Fraction:
    if not isinstance(value, str):
        raise TypeError(f"{value!r}: write shares in quotation marks")
    found = Fraction(Decimal(value))
    if not 0 <= found <= 1:
        raise ValueError(f"{value}: a share lies between 0 and 1")
    return found


def _whole(row: Mapping[str, Any], key: str) -> int:
    value = row[key]
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{key}: {value!r}")
    return value


def _both(row: Mapping[str, Any], key: str) -> Bilingual:
    found = Bilingual(str(row[f"{key}_zh"]).strip(), str(row[f"{key}_en"]).strip())
    for text in (found.zh, found.en):
        named = {part for _, part, _, _ in Formatter().parse(text) if part is not None}
        if not text or named - PLACEHOLDERS:
            raise ValueError(f"{key}: {min(named - PLACEHOLDERS, default='-')}")
    return found


def _check(one: Pattern, name: str) -> None:
    if one.index.sums:
        raise _wrong(name, one.code, f"“{one.index.code}”不是比例", f"“{one.index.code}” is no share of cases")
    places, subjects = [n for n in one.by if n in LEVELS], [n for n in one.by if n in SUBJECTS]
    if len(places) != 1 or len(subjects) > 1 or len(one.by) != len(places) + len(subjects):
        raise _wrong(name, one.code, "by 应为一个层级和至多一个 item 或 matter",
                     "“by” is one level of places and at most one of item and matter")
    if one.smallest < SMALLEST_PUBLISHED:
        raise _wrong(name, one.code, f"smallest 至少为 {SMALLEST_PUBLISHED}",
                     f"“smallest” is at least {SMALLEST_PUBLISHED}")
    if one.unit not in ("working_day", "calendar_day"):
        raise _wrong(name, one.code, "unit 应为 working_day 或 calendar_day",
                     "“unit” is working_day or calendar_day")
    if max(one.months, one.answer_days, one.rectify_days) > LONGEST or one.answer_days > one.rectify_days:
        raise _wrong(name, one.code, f"月数和天数不超过 {LONGEST}，且答复不晚于整改",
                     f"months and days are at most {LONGEST}, and the answer is due before the end")


def _wrong(name: str, code: str, zh: str, en: str) -> Refused:
    return Refused(zh=f"{name} 规则“{code}”：{zh}。", en=f"{name}, rule “{code}”: {en}.")
