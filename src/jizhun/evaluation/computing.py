"""What the product has computed for the items of score sheets, place by place: from cases, coverage, steps, ratings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any

from jizhun.analytics.cases import FAR_DAY
from jizhun.analytics.engines import DuckDB
from jizhun.evaluation.actions import data_date, evaluate
from jizhun.evaluation.coverage import coverage
from jizhun.evaluation.following import followed, matters_with_steps
from jizhun.evaluation.indices import INDICES
from jizhun.evaluation.inputs import day_number, prepare
from jizhun.evaluation.rules import LEVELS
from jizhun.evaluation.rules.coverage import DEFINITIONS
from jizhun.evaluation.rules.satisfaction import GRADES, NEGATIVE
from jizhun.evaluation.rules.sheets import plain
from jizhun.kernel.bilingual import Refused
from jizhun.people.long_work import Step, unwatched
from jizhun.regions.actions import tree
from jizhun.regions.models import Region

COVERAGE, FOLLOWED, POSITIVE = "coverage.", "followed", "positive_rate"
FIGURES = frozenset({*INDICES, FOLLOWED, POSITIVE, *(f"{COVERAGE}{one.code}" for one in DEFINITIONS)})
"""Everything that an item may name."""
BY_LEVEL = {level: name for name, level in LEVELS.items()}
TEN_THOUSANDTH = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Asked:
    """For which places within a region, over which period, from whose cases, and on which day coverage is looked at."""

    region: str
    places: tuple[str, ...]
    source: str
    first: date
    last: date
    on: date
    level: int


@dataclass(frozen=True, slots=True)
class Computed:
    """One figure of one place: ``fits`` of ``of``."""

    fits: int
    of: int

    @property
    def value(self) -> str:
        """The share as a sheet keeps it, cut to ten-thousandths; "" where there is nothing to count."""
        if not self.of:
            return ""
        return plain((Decimal(self.fits) / self.of).quantize(TEN_THOUSANDTH, ROUND_DOWN))


Found = dict[str, Computed]


@dataclass(frozen=True)
class Figures:
    """Figure -> place -> what was computed; ``made_from``: figure -> what is behind it, or why there is nothing."""

    values: Mapping[str, Found]
    made_from: Mapping[str, str]


def figures(asked: Asked, codes: Sequence[str], step: Step = unwatched) -> Figures:
    """Every figure asked for; one that cannot be computed (no cases, no steps) has no values and says why.

    ``step`` is told how far it is.
    """
    values, told, wanted = {}, {}, list(dict.fromkeys(codes))
    for number, code in enumerate(wanted):
        step(number / len(wanted))
        try:
            values[code], told[code] = _way(code)(asked, code)
        except Refused as refused:
            values[code], told[code] = {}, f"{refused.sentence.zh} {refused.sentence.en}"
    return Figures(values, told)


Way = Callable[[Asked, str], tuple[Found, str]]


def _way(code: str) -> Way:
    if code.startswith(COVERAGE):
        return _covered
    return {FOLLOWED: _followed, POSITIVE: _positive}.get(code, _index)


def _index(asked: Asked, code: str) -> tuple[Found, str]:
    _need_source(asked)
    result = evaluate(index=code, source=asked.source, by=BY_LEVEL[asked.level], region=asked.region, first=asked.first,
                      last=asked.last)
    wanted = set(asked.places)
    found = {row.labels[0][0]: Computed(row.figure.numerator, row.figure.denominator) for row in result.rows
             if row.labels[0][0] in wanted}
    return found, f"run:{result.run.pk}"


def _covered(asked: Asked, code: str) -> tuple[Found, str]:
    matrix = coverage(region=asked.region, on=asked.on)
    position = {place: n for n, place in enumerate(matrix.places)}
    definition = code.removeprefix(COVERAGE)
    held = tree()
    below = {place: [position[one] for one in held.within(place, asked.on) if one in position]
             for place in asked.places}
    shares = {place: matrix.share(definition, None, at) for place, at in below.items() if at}
    return {place: Computed(one.fits, one.of) for place, one in shares.items()}, f"coverage:{asked.on}"


def _followed(asked: Asked, _code: str) -> tuple[Found, str]:
    """Finished cases of every matter with steps on record, together."""
    _need_source(asked)
    codes, sums, runs = dict(Region.objects.values_list("pk", "code")), dict[str, list[int]](), []
    for matter in matters_with_steps(asked.source):
        try:
            told = followed(matter=matter, region=asked.region, source=asked.source, first=asked.first,
                            last=asked.last, level=asked.level)
        except Refused:  # no steps of this matter in this place and period
            continue
        runs.append(told.run.pk)
        for row in told.figures.places:
            both = sums.setdefault(codes[row.place], [0, 0])
            both[0], both[1] = both[0] + row.followed.part, both[1] + row.followed.of
    return ({place: Computed(*sums[place]) for place in asked.places if place in sums},
            f"run:{','.join(map(str, runs))}")


RATED = """
SELECT p.place, c.rating, count(*) AS n FROM cases c JOIN places p ON c.region = p.region
WHERE c.accepted_day BETWEEN {first} AND {last} GROUP BY p.place, c.rating"""


def _positive(asked: Asked, _code: str) -> tuple[Found, str]:
    """Positive of all ratings that people gave; default praise is none."""
    _need_source(asked)
    prepared = prepare(source=asked.source, region=asked.region, first=asked.first, last=asked.last,
                       as_of=data_date(asked.source), level=asked.level)
    sql = RATED.format(first=day_number(asked.first), last=min(day_number(asked.last), FAR_DAY))
    rows: list[dict[str, Any]] = DuckDB().rows(sql, prepared.inputs).to_pylist()
    codes, found, wanted = dict(Region.objects.values_list("pk", "code")), dict[str, Computed](), set(asked.places)
    for row in rows:
        place = codes[row["place"]]
        if row["rating"] in GRADES and place in wanted:
            held = found.get(place, Computed(0, 0))
            good = row["n"] if row["rating"] not in NEGATIVE else 0
            found[place] = Computed(held.fits + good, held.of + row["n"])
    return found, f"lake:{prepared.lake_version}"


def _need_source(asked: Asked) -> None:
    if not asked.source:
        raise Refused(zh="本轮没有指定办件来源。", en="The round names no source of cases.")
