"""Figures about ratings in words: each rate with its definition and what it is of, in both languages. Pure."""

from dataclasses import dataclass
from typing import Final

from jizhun.evaluation.rules.coverage import Share
from jizhun.evaluation.rules.satisfaction import NEGATIVE, Tally
from jizhun.kernel.bilingual import Bilingual


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate: its code, name and definition. ``small``: it would tell how many were dissatisfied."""

    code: str
    name: Bilingual
    text: Bilingual
    small: bool = False


RATES: Final = (
    Rate("positive_rate", Bilingual("好评率", "Positive"), Bilingual(
        "非常满意、满意和基本满意，占有效评价。默认好评不算。",
        "Very satisfied, satisfied and fairly satisfied, of the effective ratings. Default praise is not "
        "counted."), True),
    Rate("negative_rate", Bilingual("差评率", "Negative"), Bilingual(
        "不满意和非常不满意，占有效评价。", "Dissatisfied and very dissatisfied, of the effective ratings."), True),
    Rate("active_rate", Bilingual("主动评价率", "Given by a person"), Bilingual(
        "本人作出的评价，占本人评价与默认好评之和。",
        "Ratings that a person gave, of these and default praise together.")),
    Rate("valid_rate", Bilingual("有效评价率", "Effective"), Bilingual(
        "有效评价，占本人作出的评价；申诉中和被认定误评、恶意的不算有效。",
        "Effective ratings, of those that a person gave; what is under appeal or was found mistaken or malicious is "
        "not effective.")),
    Rate("rated_rate", Bilingual("参评率", "Rated"), Bilingual(
        "有本人评价的办结件，占全部办结件。", "Finished cases that a person rated, of all finished cases.")),
    Rate("with_default_praise", Bilingual("若计入默认好评", "Were default praise counted"), Bilingual(
        "把默认好评当作好评时的好评率，仅供对照，不作为指标。",
        "What the positive rate would be if default praise were taken for praise: only to compare, no index."), True),
)


def share_of(code: str, ratings: Tally, cases: Tally | None) -> Share | None:
    """A rate's division; how many cases were rated is told by the cases, None where there are none."""
    if code == "rated_rate":
        return cases.rated_rate if cases is not None and cases.cases else None
    found: Share = getattr(ratings, code)
    return found


def rate(code: str, ratings: Tally, cases: Tally | None, smallest: int) -> Bilingual:
    """A rate as a percentage with its two numbers; nothing where it would tell how few were dissatisfied."""
    share = share_of(code, ratings, cases)
    if share is None or share.value is None:
        return Bilingual("无数据", "no figure")
    if next(one.small for one in RATES if one.code == code) and hides(ratings, smallest):
        return Bilingual("不公布（数量过小）", "not shown (too few)")
    told = f"{share.value * 100:.1f}%"
    return Bilingual(f"{told}（{share.of:,} 中 {share.fits:,}）", f"{told} ({share.fits:,} of {share.of:,})")


def hides(ratings: Tally, smallest: int) -> bool:
    """Whether the number of negative (or positive) ratings may not be told."""
    negative = sum(ratings.grades.get(grade, 0) for grade in NEGATIVE)
    return smallest > 1 and any(0 < n < smallest for n in (negative, ratings.valid - negative))


