"""A source that leaves, with what was made of its cases, as far as the law that nothing said is overwritten allows.

Gone are the cases (with their steps and ratings), the counts that pages read, evaluations that nothing rests on, and
reports with their files. Ended are jobs on their way, figures that wait for review, and open negative ratings. What was
said stays: published editions with their evaluations, findings with theirs, rounds, the audit trail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from jizhun.delivery import actions as delivery
from jizhun.evaluation import negatives
from jizhun.evaluation.models import Computation, Errand, Finding, Proposal, Remeasurement, Report, Run
from jizhun.evaluation.publications.acts import end_waiting
from jizhun.evaluation.reports.keeping import KIND as REPORTS
from jizhun.evaluation.standing import cuts_of
from jizhun.kernel.bilingual import Bilingual
from jizhun.people import long_work
from jizhun.people.actions import write_line
from jizhun.people.models import LongWork
from jizhun.people.rules import Actor

WHY = Bilingual("其办件已从数据湖中移除", "its cases were taken out of the lake")
RUN = re.compile(r"run:([\d,]+)")


@dataclass(frozen=True, slots=True)
class Left:
    """How many cases, reports and evaluations went, and how many proposals were put back."""

    cases: int
    reports: int
    runs: int
    proposals: int


def remove_source(*, by: Actor, source: str, reason: str = "") -> Left:
    """Take a source's cases out, and what was made of them. Raises Refused for an unknown source, and Forbidden.

    The cases go first: where the process dies in between, doing it again finishes it.
    """
    cases = delivery.remove(by=by, source=source, reason=reason)
    cuts_of(source).drop()
    negatives.open_negatives(by=by, source=source)  # none is left: what was open about them is ended
    with transaction.atomic():
        for rows in (Errand.objects.filter(source=source), Report.objects.filter(source=source)):
            long_work.stop_all(rows)
        proposals = end_waiting(by=by, source=source, why=WHY)
        left = Left(cases, _drop_reports(source), _drop_runs(source), proposals)
        write_line(by=by, act="evaluation.source_left", subject=f"source:{source}", reason=reason, before={
            "cases": cases, "reports": left.reports, "runs": left.runs, "proposals": left.proposals})
    return left


def _drop_reports(source: str) -> int:
    """Reports are no publications: they go with their files; one that is just being made stops by itself."""
    ended = Report.objects.filter(source=source).exclude(state__in=(LongWork.WAITING, LongWork.RUNNING))
    for one in ended:
        REPORTS.clear(one)
    return ended.delete()[0]


def _drop_runs(source: str) -> int:
    """Evaluations go, but for those on which an edition, a proposal, a finding or a round rests."""
    return Run.objects.filter(source=source).exclude(pk__in=set(_rested_on(source))).delete()[0]


def _rested_on(source: str) -> Iterator[int]:
    for row in (Finding.objects.filter(source=source), Remeasurement.objects.filter(step__finding__source=source)):
        yield from row.values_list("run", flat=True)
    for content in Proposal.objects.filter(publication__source=source).values_list("content", flat=True):
        yield from (index["run"]["id"] for index in content["indices"])
    for made_from in Computation.objects.filter(round__source=source).values_list("made_from", flat=True):
        for numbers in RUN.findall(" ".join(map(str, made_from.values()))):
            yield from map(int, filter(None, numbers.split(",")))
