"""What people say of a place in whole months, as dashboard and report show it.

Where the source handed ratings in, these are counted: once for each visit or matter, default praise apart, without what
is under appeal or was found mistaken. Where it did not, the cases' own column of ratings is all there is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from jizhun.analytics.facts import Facts
from jizhun.analytics.plan import OPEN, OVERDUE, WHOLE
from jizhun.delivery.lakes import review_lake
from jizhun.evaluation.actions import labels_of
from jizhun.evaluation.rules import SMALLEST_PUBLISHED
from jizhun.evaluation.rules.overview import tally_of
from jizhun.evaluation.rules.satisfaction import Tally, WhoRates, who_rates
from jizhun.evaluation.rules.saying import hides
from jizhun.evaluation.satisfaction import satisfaction
from jizhun.evaluation.standing import Span
from jizhun.evaluation.summing import Summing, first_day, last_day
from jizhun.kernel.bilingual import Bilingual, Refused

NOTHING = Tally({})


@dataclass(frozen=True)
class Said:
    """The ratings of a place and period.

    ``handed_in``: whether ratings were handed in as such; ``by_place``: those of the places directly below, by their
    keys; ``hidden``: too few to tell how many were dissatisfied. ``who``: by channel, finished cases beside ratings;
    None where nothing can be said. ``sql``: how they were counted.
    """

    whole: Tally
    by_month: Mapping[int, Tally]
    by_place: Mapping[int, Tally]
    handed_in: bool
    hidden: bool
    who: WhoRates | None
    channels: Mapping[int, Bilingual]
    sql: str


def rates(source: str) -> bool:
    """Whether the source handed any ratings in."""
    return source in review_lake().sources()


def said(summing: Summing, *, region: str, span: Span, simulated: bool) -> Said:
    """What people say of ``region`` in the months of ``span``."""
    if rates(summing.source):
        return _handed_in(summing, region, span, simulated)
    rated = summing.below(("rating", "month"), region, span)
    whole = _tally(rated)
    months = {month: _tally(rated.where(rated.codes["month"] == month)) for month in {*rated.codes["month"].tolist()}}
    return Said(whole, months, {}, False, not simulated and hides(whole, SMALLEST_PUBLISHED), None, {},
                summing.sql(("rating", "month"), span))


def _tally(rated: Facts) -> Tally:
    facts = rated.summed(("rating",))
    return tally_of(dict(zip(facts.codes["rating"].tolist(), facts.n.tolist(), strict=True)))


def _handed_in(summing: Summing, region: str, span: Span, simulated: bool) -> Said:
    served = _served(summing, region, span)
    cases = sum(served.values())
    try:
        found = satisfaction(source=summing.source, region=region, first=first_day(span.first),
                             last=last_day(span.last), who=False)
    except Refused:  # none in these months, or none of this place
        return Said(Tally({}, cases=cases), {}, {}, True, False, None, {}, "")
    by = found.rated.by
    whole = _of(found.rated.whole, cases)
    hidden = not simulated and hides(whole, SMALLEST_PUBLISHED)
    channels = {code: _of(by["channel"].get(code, NOTHING), served.get(code, 0)) for code in {*served, *by["channel"]}}
    return Said(whole, by["month"], by["place"], True, hidden, None if hidden else _who(channels),
                {code: name for code, (_code, name) in labels_of("channel", {*channels}).items()}, found.run.sql)


def _of(one: Tally, cases: int) -> Tally:
    """The same, of so many finished cases."""
    return Tally(one.grades, one.default, one.void, one.appealed, cases, one.invited)


def _who(channels: Mapping[int, Tally]) -> WhoRates | None:
    try:
        return who_rates(dict(sorted(channels.items())))
    except Refused:
        return None


def _served(summing: Summing, region: str, span: Span) -> dict[int, int]:
    """Cases by channel that were accepted in these months and are not open."""
    facts = summing.below(("channel", "month"), region, span).summed(("channel",))
    states = facts.states(WHOLE)
    done = facts.n - states[:, OPEN] - states[:, OVERDUE]
    return dict(zip(facts.codes["channel"].tolist(), done.tolist(), strict=True))
