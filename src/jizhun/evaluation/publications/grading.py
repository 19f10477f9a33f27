"""The grade of the data behind a publication: what was refused at the door, who fell silent, what stands out."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from jizhun.delivery.models import Batch
from jizhun.evaluation.actions import Row, evaluate
from jizhun.evaluation.rules import SMALLEST_PUBLISHED, quality
from jizhun.kernel.bilingual import Bilingual

ENOUGH_MONTHS, ENOUGH_PLACES = 6, 5
"""With fewer no jump, no outlier can be told."""
QUIET_MONTHS = 2
TAKEN_IN = Bilingual("验收合格的行", "rows taken in")


@dataclass(frozen=True, slots=True)
class Scope:
    """The cases that are graded."""

    source: str
    region: str
    first: date
    last: date
    as_of: date

    def rows(self, index: str, by: str) -> tuple[Row, ...]:
        return evaluate(index=index, source=self.source, region=self.region, by=by, first=self.first, last=self.last,
                        as_of=self.as_of).rows


def graded(scope: Scope, index: str) -> quality.Quality:
    """All checks that can be made, each with its grade and reason; the worst one is the grade."""
    return quality.quality([*_taken_in(scope), *_over_time(scope), *_by_place(scope, index)])


def _taken_in(scope: Scope) -> Iterator[quality.Remark]:
    """How many rows of the files handed in were refused."""
    batches = Batch.objects.loaded().of_cases().filter(source__code=scope.source)
    told = batches.aggregate(read=Sum("rows_read"), good=Sum("rows_good"))
    yield quality.completeness({"good": told["good"]}, told["read"], {"good": TAKEN_IN})


def _over_time(scope: Scope) -> Iterator[quality.Remark]:
    """Counties that stopped reporting, and jumps of the number of cases from month to month."""
    counts: dict[str, dict[str, int]] = {}
    names: dict[Hashable, Bilingual] = {}
    for row in scope.rows("no_promise", "county,month"):
        (place, name), (month, _) = row.labels
        counts.setdefault(place, {})[month] = row.figure.cases
        names[place] = name
    months = months_between(scope.first, scope.last)
    if len(months) > QUIET_MONTHS:
        yield quality.silent({place: [found.get(month, 0) for month in months] for place, found in counts.items()},
                             names, QUIET_MONTHS)
    if len(months) >= ENOUGH_MONTHS:
        yield quality.steps({month: sum(found.get(month, 0) for found in counts.values()) for month in months})


def _by_place(scope: Scope, index: str) -> Iterator[quality.Remark]:
    rows = [row for row in scope.rows(index, "region") if row.figure.denominator >= SMALLEST_PUBLISHED]
    values: dict[Hashable, float] = {row.labels[0][0]: row.figure.value or 0.0 for row in rows}
    if len(values) >= ENOUGH_PLACES:
        yield quality.outliers(values, {row.labels[0][0]: row.labels[0][1] for row in rows})


def months_between(first: date, last: date) -> list[str]:
    """Every month from ``first`` to ``last`` as 2025-07."""
    start, end = first.year * 12 + first.month - 1, last.year * 12 + last.month - 1
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in range(start, end + 1)]
