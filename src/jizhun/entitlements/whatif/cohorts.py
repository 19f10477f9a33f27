"""The groups of a population for which versions of their own count: new cases, and those that keep an older rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from jizhun.entitlements.rules.book import Fact
from jizhun.entitlements.whatif.people import People


@dataclass(frozen=True, slots=True)
class Cohort:
    """Persons for whom the same versions count: ``since`` is a day of theirs, ``holds`` tells them as SQL."""

    since: date | None
    holds: str


EVERYBODY = (Cohort(None, "TRUE"),)


def cohorts_by(anchor: Fact, days: Sequence[date], people: People) -> tuple[Cohort, ...]:
    """The cohorts of a population by the day of each person; ``days``: one of each cohort, the earliest first.

    Whoever has no such day on record is in none of them.
    """
    if len(days) < 2:
        return EVERYBODY
    column = people.columns[anchor.code].text if anchor.code in people.columns else "CAST(NULL AS DATE)"
    ends = pairwise([*days, None])
    return tuple(Cohort(since, f"{column} >= DATE '{since}'" + (f" AND {column} < DATE '{end}'" if end else ""))
                 for since, end in ends if since is not None)
