"""The bank as examinations see it: what may be asked at a place on a day, how often it was shown, how hard it is."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from jizhun.training.actions.bank import Held, usable
from jizhun.training.models import Experience
from jizhun.training.rules.forms import Candidate

LEAST_MARKED: Final = 10
"""Fewer answers than that say nothing about how difficult a question is."""


def pool(*, region: str, on: date) -> list[Candidate]:
    """The questions for a place and those above it that may be asked on that day."""
    return candidates(usable(region=region, on=on, content=False))


def candidates(held: Iterable[Held]) -> list[Candidate]:
    """Questions of the bank with how often each was shown and how difficult it turned out to be."""
    rows = list(held)
    known = {one.version_id: one for one in Experience.objects.filter(version__in=[row.version.pk for row in rows])}
    return [_candidate(one, known.get(one.version.pk)) for one in rows]


def _candidate(one: Held, known: Experience | None) -> Candidate:
    enough = known is not None and known.marked >= LEAST_MARKED
    return Candidate(one.version.pk, one.question.code, one.question.topic, one.question.matter, one.version.kind,
                     known.earned // known.marked if known and enough else None, known.shown if known else 0)
