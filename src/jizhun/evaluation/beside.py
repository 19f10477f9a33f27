"""What is computed beside what was said from outside: one place, line by line, each figure with what it is counted of.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jizhun.evaluation.actions import data_date, evaluate
from jizhun.evaluation.computing import POSITIVE, Asked, figures
from jizhun.evaluation.conduct import tally
from jizhun.evaluation.coverage import counted
from jizhun.evaluation.models import CaseReview, ConductRecord, Survey
from jizhun.evaluation.reviewing import conformance_estimated, reviewed
from jizhun.evaluation.rules.coverage import Share
from jizhun.evaluation.surveys import results
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.regions.actions import tree

COUNTY = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One subject. ``computed`` is the product's share; ``outside`` the other one's, of ``n`` things; ``who`` said it,
    and ``page`` names what it comes from (review:1, survey:2, conduct)."""

    what: Bilingual
    computed: Share | None
    outside: float | None
    n: int
    who: Bilingual
    page: str


def beside(*, region: str, source: str, on: date) -> list[Line]:
    """The newest review and survey held at the place or above it, and all conduct records within, beside the cases of
    ``source`` ("" for none)."""
    return [*_reviewed(region, on), *_heard(region, source, on), *_seen(region, source, on)]


def _above(region: str, on: date) -> tuple[str, ...]:
    return tuple(tree().path(region, on))


def _computed(index: str, source: str, region: str, first: date | None = None,
              last: date | None = None) -> Share | None:
    try:
        total = evaluate(index=index, source=source, region=region, first=first, last=last).total
    except Refused:  # no cases there
        return None
    return Share(total.numerator, total.denominator)


def _reviewed(region: str, on: date) -> Iterator[Line]:
    """The whole frame's conformance by the system and by assessors: only of the place that was drawn from."""
    held = CaseReview.objects.filter(region=region).first()
    if held is not None:
        told = reviewed(held)
        yield Line(Bilingual("办件达标率", "Conformance of cases"),
                   _computed("conformance", held.source, region, held.first, held.last), conformance_estimated(told),
                   told.agreement.n, Bilingual("第三方评审办件", "outside assessors, sampled cases"),
                   f"review:{held.pk}")


def _heard(region: str, source: str, on: date) -> Iterator[Line]:
    held = Survey.objects.filter(region__in=_above(region, on)).order_by("-last", "-pk").first()
    if held is not None:
        told = results(held)
        own = told.whole if held.region == region else dict(told.places).get(region)
        if own is not None:
            yield Line(Bilingual("好评率", "Positive ratings"), _positive(region, source, on), own.positive.value,
                       own.returned.fits, Bilingual(held.who, held.who), f"survey:{held.pk}")


def _positive(region: str, source: str, on: date) -> Share | None:
    if not source:
        return None
    asked = Asked(region, counted(region, on), source, date(1970, 1, 1), data_date(source), on, COUNTY)
    found = figures(asked, [POSITIVE]).values[POSITIVE].values()
    return Share(sum(one.fits for one in found), sum(one.of for one in found)) if found else None


def _seen(region: str, source: str, on: date) -> Iterator[Line]:
    """Things seen on the spot that were as promised, beside the cases that kept their time limit."""
    told = tally(ConductRecord.objects.filter(region__in=tree().within(region, on)))
    judged = told["kept"] + told["broken"]
    if judged:
        yield Line(Bilingual("承诺兑现（体验、暗访所见）", "Promises kept (as seen on the spot)"),
                   _computed("conformance.promised_limit", source, region) if source else None,
                   told["kept"] / judged, judged, Bilingual("体验和暗访", "walk-throughs and visits"), "conduct")
