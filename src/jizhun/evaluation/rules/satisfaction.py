"""Service ratings (好差评): five grades, what counts and of what, reasons, and who it is that rates. Pure.

Default praise, which a system fills in when nobody rated, is never counted as a rating: it stands beside.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from jizhun.analytics.cases import DEFAULT_PRAISE
from jizhun.analytics.rating.reviews import mask_of, numbers_of
from jizhun.delivery.rules.reviewing import SCALES, Category
from jizhun.evaluation.rules.coverage import Share
from jizhun.kernel.bilingual import Bilingual, Refused

GRADES: Final[Mapping[int, Bilingual]] = {
    5: Bilingual("非常满意", "very satisfied"),
    4: Bilingual("满意", "satisfied"),
    3: Bilingual("基本满意", "fairly satisfied"),
    2: Bilingual("不满意", "dissatisfied"),
    1: Bilingual("非常不满意", "very dissatisfied"),
}
NEGATIVE: Final = frozenset({1, 2})
"""The two lowest grades are negative ratings (差评); the others are positive."""

Standing = Literal["valid", "void", "appealed"]
"""``void``: found mistaken or malicious; ``appealed``: not yet decided, so it counts neither way."""


@dataclass(frozen=True, slots=True)
class Rating:
    """One rating. ``subject`` is what may be rated once: a visit at a counter, a matter online.

    ``grade`` is 1 to 5, or DEFAULT_PRAISE; ``at`` orders the ratings of one subject. ``reasons`` are codes that were
    chosen, ``aspects`` grades of single aspects.
    """

    subject: Hashable
    at: int
    grade: int
    standing: Standing = "valid"
    reasons: tuple[str, ...] = ()
    text: str = ""
    aspects: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if bad := {self.grade, *self.aspects.values()} - {*GRADES, DEFAULT_PRAISE}:
            raise Refused(zh=f"评价等级只能是 1 至 5 或默认好评，不能是 {min(bad)}。",
                          en=f"A rating is 1 to 5, or default praise, not {min(bad)}.")

    @property
    def active(self) -> bool:
        """Whether a person gave it."""
        return self.grade != DEFAULT_PRAISE

    @property
    def counts(self) -> bool:
        """Whether it is an effective rating (有效评价): active, and neither void nor under appeal."""
        return self.active and self.standing == "valid"


def once(ratings: Iterable[Rating]) -> list[Rating]:
    """One rating per visit or matter: default praise gives way to a person's, and of several the last word stands."""
    kept: dict[Hashable, Rating] = {}
    for one in sorted(ratings, key=lambda rating: (rating.active, rating.at)):
        kept[one.subject] = one
    return list(kept.values())


# -- rates -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """Ratings counted, one per visit or matter: the effective ones by grade, and what stands beside them.

    ``cases`` is how many visits or matters could have been rated (0: not known); ``invited``: how many of the
    effective ratings were asked for.
    """

    grades: Mapping[int, int]
    default: int = 0
    void: int = 0
    appealed: int = 0
    cases: int = 0
    invited: int = 0

    @property
    def mean(self) -> float | None:
        """The mean grade of the effective ratings; None where there is none."""
        return sum(grade * n for grade, n in self.grades.items()) / self.valid if self.valid else None

    @property
    def valid(self) -> int:
        return sum(self.grades.values())

    @property
    def active(self) -> int:
        return self.valid + self.void + self.appealed

    def _of(self, grades: Iterable[int]) -> int:
        return sum(self.grades.get(grade, 0) for grade in grades)

    @property
    def positive_rate(self) -> Share:
        """好评率: very, plainly and fairly satisfied, of the effective ratings."""
        return Share(self._of(GRADES.keys() - NEGATIVE), self.valid)

    @property
    def negative_rate(self) -> Share:
        """差评率: what is left of the effective ratings."""
        return Share(self._of(NEGATIVE), self.valid)

    @property
    def active_rate(self) -> Share:
        """主动评价率: ratings that a person gave, of all with default praise."""
        return Share(self.active, self.active + self.default)

    @property
    def valid_rate(self) -> Share:
        """有效评价率: effective ratings, of those that a person gave."""
        return Share(self.valid, self.active)

    @property
    def rated_rate(self) -> Share:
        """参评率: ratings that a person gave, of the visits or matters that could have been rated."""
        return Share(self.active, self.cases)

    @property
    def with_default_praise(self) -> Share:
        """What the positive rate would be if default praise were counted: only ever shown beside it."""
        return Share(self.positive_rate.fits + self.default, self.valid + self.default)


def tally(ratings: Iterable[Rating], cases: int) -> Tally:
    """The counts of ``ratings``, one per subject; raises Refused for more subjects than ``cases``."""
    kept = once(ratings)
    if len(kept) > cases:
        raise Refused(zh=f"评价涉及 {len(kept)} 件，多于可评价的 {cases} 件。",
                      en=f"{len(kept)} were rated, more than the {cases} that could be.")
    standing = Counter(one.standing for one in kept if one.active)
    return Tally(Counter(one.grade for one in kept if one.counts), sum(not one.active for one in kept),
                 standing["void"], standing["appealed"], cases)


# -- reasons ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why negative ratings were given; one may have several reasons. ``other``: told another; ``silent``: told none."""

    by_category: Mapping[str, int]
    other: int
    silent: int
    ratings: int


def reasons(ratings: Iterable[Rating], categories: Sequence[Category]) -> Reasons:
    """The reasons of the negative ratings that count, in the order of ``categories``."""
    negative = [one for one in ratings if one.counts and one.grade in NEGATIVE]
    return reasons_of([(mask_of(category.number for category in categories if _names(one, category)),
                        bool(one.reasons or one.text.strip()), 1) for one in negative], categories)


def reasons_of(counted: Iterable[tuple[int, bool, int]], categories: Sequence[Category]) -> Reasons:
    """The same of negative ratings that were counted: (bits of the categories, whether anything was said, how many)."""
    by_number: Counter[int] = Counter()
    other = silent = ratings = 0
    for mask, said, n in counted:
        by_number.update(dict.fromkeys(numbers_of(mask), n))
        ratings, other, silent = ratings + n, other + n * (said and not mask), silent + n * (not said and not mask)
    return Reasons({category.code: by_number[category.number] for category in categories}, other, silent, ratings)


def _names(rating: Rating, category: Category) -> bool:
    text = rating.text.casefold()
    return category.code in rating.reasons or any(word in text for word in category.words)


# -- the index -------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Satisfaction:
    """The customer satisfaction index: the weighted mean of the aspects' means. ``unrated``: aspects nobody rated."""

    value: float
    scale: str
    means: Mapping[str, float]
    counts: Mapping[str, int]
    unrated: tuple[str, ...]

    @property
    def best(self) -> float:
        """The greatest value that the scale knows."""
        return max(SCALES[self.scale].values())


def satisfaction(ratings: Iterable[Rating], weights: Mapping[str, float], scale: str) -> Satisfaction:
    """CSI = Σ w · mean over aspects; the weight of an aspect that nobody rated is shared by the others.

    Only ratings that count are counted. Raises Refused where nobody rated any aspect, or for weights that cannot be.
    """
    given = [one for one in ratings if one.counts]
    counts = {aspect: Counter(one.aspects[aspect] for one in given if one.aspects.get(aspect) in GRADES)
              for aspect in weights}
    return index_of(counts, weights, scale)


def index_of(counts: Mapping[str, Mapping[int, int]], weights: Mapping[str, float], scale: str) -> Satisfaction:
    """The same of counted grades: aspect -> grade -> how often. Refused like ``satisfaction``."""
    if scale not in SCALES or not weights or min(weights.values()) < 0:
        raise Refused(zh=f"满意度指数需要非负的权重和以下分值之一：{'、'.join(SCALES)}。",
                      en=f"The index needs weights not below zero and one of these scales: {', '.join(SCALES)}.")
    points = SCALES[scale]
    totals = {aspect: sum(counts.get(aspect, {}).values()) for aspect in weights}
    means = {aspect: sum(points[grade] * n for grade, n in counts[aspect].items()) / totals[aspect]
             for aspect in weights if totals[aspect]}
    heavy = sum(weights[aspect] for aspect in means)
    if not heavy:
        raise Refused(zh="没有人对任何有权重的方面作出评价。", en="Nobody rated any aspect that has a weight.")
    return Satisfaction(sum(weights[aspect] * value for aspect, value in means.items()) / heavy, scale, means,
                        totals, tuple(aspect for aspect, n in totals.items() if not n))


# -- who rates -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Heard:
    """One group (a channel, an age): its part of the cases beside its part of the ratings that count."""

    group: Hashable
    of_cases: Share
    of_ratings: Share
    rated: Share
    positive: Share

    @property
    def gap(self) -> float:
        """Part of the ratings less part of the cases; above zero: heard more than its size."""
        return (self.of_ratings.value or 0) - (self.of_cases.value or 0)


@dataclass(frozen=True, slots=True)
class WhoRates:
    """How far those who rate are like those who were served.

    ``apart`` (0 to 1) is the share of ratings that would have to come from other groups. ``positive`` is the rate as
    it is, ``reweighted`` as it would be had every group been heard by its size; ``unheard`` cases are in groups without
    a rating, for which nothing can be said.
    """

    groups: tuple[Heard, ...]
    apart: float
    positive: Share
    reweighted: float | None
    unheard: int


def who_rates(tallies: Mapping[Any, Tally]) -> WhoRates:
    """Cases and ratings side by side by group; raises Refused where there are no cases or no ratings."""
    cases, valid = sum(one.cases for one in tallies.values()), sum(one.valid for one in tallies.values())
    if not cases or not valid:
        raise Refused(zh="没有办件或没有有效评价，无法比较。",
                      en="There are no cases or no effective ratings to compare.")
    groups = tuple(Heard(group, Share(one.cases, cases), Share(one.valid, valid), Share(one.valid, one.cases),
                         one.positive_rate) for group, one in tallies.items())
    heard = [one for one in groups if one.positive.of]
    size = sum(one.of_cases.fits for one in heard)
    return WhoRates(
        groups, sum(abs(one.gap) for one in groups) / 2,
        Share(sum(one.positive.fits for one in groups), valid),
        sum(one.of_cases.fits * (one.positive.value or 0) for one in heard) / size if size else None,
        cases - size)
