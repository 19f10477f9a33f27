"""Which questions may be asked at a place on a day: accepted by a reviewer, and resting on what still holds."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db.models import OuterRef, Subquery

from jizhun.people.actions import path_to
from jizhun.people.rules import canonical
from jizhun.regions.actions import versions
from jizhun.training.actions.sources import spoken
from jizhun.training.models import Experience, QuestionStep, QuestionVersion
from jizhun.training.rules.forms import Candidate
from jizhun.training.rules.sources import holds

ROOMS: Final = ("provisions", "standards", "guides", "procedures", "entitlements", "catalogue", "regions")
LEAST_MARKED: Final = 10
"""Fewer answers than that say nothing about how difficult a question is."""

_held: dict[tuple[object, ...], dict[str, bool]] = {}
"""Whether sources hold, by day and by the state of the rooms that were asked; the newest only."""


def pool(*, region: str, on: date) -> list[Candidate]:
    """The questions for a place and those above it that may be asked on that day, each in its newest accepted version,
    with how often it was shown and how difficult it turned out to be."""
    accepted = _accepted(path_to(region, on))
    known = {one.version_id: one for one in Experience.objects.filter(version__in=accepted.keys())}
    standing = _standing(accepted.values(), on)
    return [_candidate(one, known.get(one.pk)) for one in accepted.values() if standing[one.pk]]


def _accepted(path: Iterable[str]) -> dict[int, QuestionVersion]:
    """The newest accepted version of every question kept along the path, by its number in the table."""
    last = QuestionStep.objects.filter(version=OuterRef("pk")).order_by("-pk").values("act")[:1]
    rows = QuestionVersion.objects.filter(question__region__in=list(path)).annotate(act=Subquery(last)).filter(
        act=QuestionStep.ACCEPTED).order_by("question_id", "number")
    newest = {one.question_id: one for one in rows.select_related("question").defer("content")}
    return {one.pk: one for one in newest.values()}


def _standing(rows: Iterable[QuestionVersion], on: date) -> dict[int, bool]:
    """Whether each may be asked: its sources are asked once for a day and a state of the rooms."""
    key = (on, *versions(*ROOMS))
    if key not in _held:
        _held.clear()
    kept = _held.setdefault(key, {})
    found = {}
    for one in rows:
        sources = canonical(one.sources)
        if sources not in kept:
            kept[sources] = holds(one.rests_on, spoken, on)
        found[one.pk] = kept[sources]
    return found


def _candidate(one: QuestionVersion, known: Experience | None) -> Candidate:
    enough = known is not None and known.marked >= LEAST_MARKED
    return Candidate(one.pk, one.question.code, one.question.topic, one.question.matter, one.kind,
                     known.earned // known.marked if known and enough else None, known.shown if known else 0)
