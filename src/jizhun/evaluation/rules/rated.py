"""From an engine's counts of ratings to figures: tallies by place, matter, channel, month, group; why; who rates.

Division happens here, once, from whole numbers. What few people said is hidden, with as much beside it as it takes.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from jizhun.analytics.cases import DEFAULT_PRAISE
from jizhun.analytics.rating.reviews import APPEALED, ASPECT_BITS, VALID, VOID
from jizhun.delivery.rules.contract import HOWS
from jizhun.delivery.rules.reviewing import Catalogue
from jizhun.evaluation.rules.satisfaction import (
    GRADES,
    Reasons,
    Satisfaction,
    Tally,
    WhoRates,
    index_of,
    reasons_of,
    who_rates,
)
from jizhun.evaluation.rules.suppression import hide
from jizhun.kernel.bilingual import Refused

Rows = Sequence[Mapping[str, Any]]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Rated:
    """What people say: all ratings together, by dimension and code, why, and the index (None: no aspect was rated)."""

    whole: Tally
    by: Mapping[str, Mapping[int, Tally]]
    reasons: Reasons
    index: Satisfaction | None


@dataclass(frozen=True)
class Heard:
    """Who rates: finished cases by dimension and code, each with its ratings, and how far the ones are like the others.

    ``who`` by the dimensions in which anybody rated.
    """

    whole: Tally
    by: Mapping[str, Mapping[int, Tally]]
    who: Mapping[str, WhoRates]


def rated_from(rows: Mapping[str, Rows], listed: Catalogue) -> Rated:
    """The figures from the rows of the wanted steps."""
    by = {name.removeprefix("by_"): tallies(some) for name, some in rows.items() if name.startswith("by_")}
    why = [(row["reasons"], bool(row["has_text"] or row["reasons"]), row["n"]) for row in rows["why"]]
    return Rated(together(by["place"].values()), by, reasons_of(why, listed.categories),
                 _index(rows.get("aspect_grades", ()), listed))


def heard_from(rows: Mapping[str, Rows]) -> Heard:
    """The same of finished cases and the ratings that some of them have."""
    by = {name.removeprefix("heard_by_"): tallies(some) for name, some in rows.items()}
    who = {}
    for name, some in by.items():
        try:
            who[name] = who_rates(some)
        except Refused:
            continue
    return Heard(together(by["place"].values()), by, who)


def tallies(rows: Rows) -> dict[int, Tally]:
    """Rows (code, grade, how, standing, n) as one tally for each code; grade 0 is a case that nobody rated."""
    grouped: dict[int, list[Mapping[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row["code"], []).append(row)
    return {code: _tally(some) for code, some in sorted(grouped.items())}


def _tally(rows: Iterable[Mapping[str, Any]]) -> Tally:
    grades: Counter[int] = Counter()
    beside: Counter[str] = Counter()
    for row in rows:
        grade, standing, n = row["grade"], row["standing"], row["n"]
        if grade == DEFAULT_PRAISE:
            beside["default"] += n
        elif grade and standing == VALID:
            grades[grade] += n
            beside["invited"] += n * (row.get("how") == HOWS["invited"])
        elif grade:
            beside["void" if standing == VOID else "appealed"] += n
        beside["cases"] += n * ("how" not in row)
    return Tally(grades, beside["default"], beside["void"], beside["appealed"], beside["cases"], beside["invited"])


def together(several: Iterable[Tally]) -> Tally:
    """Several tallies as one."""
    every = list(several)
    grades: Counter[int] = Counter()
    for one in every:
        grades.update(one.grades)
    return Tally(grades, *(sum(getattr(one, name) for one in every)
                           for name in ("default", "void", "appealed", "cases", "invited")))


def _index(rows: Rows, listed: Catalogue) -> Satisfaction | None:
    codes = {one.number: one.code for one in listed.categories}
    counts: dict[str, Counter[int]] = {}
    for row in rows:
        counts.setdefault(codes[row["aspect"]], Counter())[row["held"] >> ASPECT_BITS * row["aspect"]] += row["n"]
    return index_of(counts, listed.weights, listed.scale) if counts else None


# -- what is shown ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """How much of a tally may be shown: the numbers by which it could be told what a few people said are None."""

    tally: Tally
    positive: int | None
    negative: int | None
    valid: int | None

    @property
    def hidden(self) -> bool:
        """Whether the rates are not shown: they would tell the numbers."""
        return None in (self.positive, self.negative, self.valid)


def shown(several: Mapping[Key, Tally], smallest: int) -> dict[Key, Shown]:
    """Positive and negative ratings of each row; with ``smallest`` above 1 small ones are hidden, and as many others as
    it takes that nobody can reckon them from the totals."""
    keys = list(several)
    inner = [(one.positive_rate.fits, one.negative_rate.fits) for one in several.values()]
    if smallest <= 1 or not inner:
        return {key: Shown(several[key], *pair, sum(pair)) for key, pair in zip(keys, inner, strict=True)}
    table = hide(inner, smallest=smallest).shown
    return {key: Shown(several[key], row[0], row[1], row[2]) for key, row in zip(keys, table[:-1], strict=True)}


def distribution(one: Tally, smallest: int) -> dict[int, int | None]:
    """How many gave each grade, the best first; None where it is not shown."""
    counts = {grade: one.grades.get(grade, 0) for grade in GRADES}
    if smallest <= 1 or not one.valid:
        return dict(counts)
    line = hide([list(counts.values())], smallest=smallest).shown[0]
    return dict(zip(counts, line, strict=False))


STANDINGS = {VALID: "valid", VOID: "void", APPEALED: "appealed"}
