"""How findings stand: each with its newest step, who may do what with it, and the list with what is overdue first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from jizhun.evaluation.findings.naming import subject_name
from jizhun.evaluation.models import Finding, FindingStep
from jizhun.evaluation.rules.findings import ANSWER, CLOSED, OVERSEE, WORKFLOW, Dates, may_answer, may_oversee
from jizhun.evaluation.rules.patterns import Pattern, read_pattern
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import grants_of
from jizhun.people.rules import Actor, Forbidden, System
from jizhun.regions.actions import tree


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding and its newest step: ``number`` counts the steps, ``since`` is the day of the newest."""

    finding: Finding
    state: str
    dates: Dates
    number: int
    since: date

    @property
    def closed(self) -> bool:
        return self.state == CLOSED

    @property
    def due(self) -> date:
        """The day by which the next thing has to be done; for a closed one the day that counted last."""
        return self.dates.due(self.state)

    def overdue(self, on: date) -> int:
        """By how many days it is overdue; 0 where it is not."""
        return 0 if self.closed else max(0, (on - self.due).days)

    @property
    def pattern(self) -> Pattern:
        """The rule as it was when the finding was opened."""
        return read_pattern(self.finding.rule)

    @property
    def subject(self) -> Bilingual:
        return subject_name(self.finding.subject)


def standing(findings: QuerySet[Finding], states: Collection[str] = ()) -> list[Standing]:
    """The findings as they stand now; only those in ``states`` where any are named."""
    rows = findings.annotate(now_state=_newest("state"), now_number=_newest("number"), now_on=_newest("on"),
                             now_answer_by=_newest("answer_by"), now_rectify_by=_newest("rectify_by"))
    rows = rows.filter(now_state__in=states) if states else rows
    return [Standing(one, one.now_state, Dates(one.now_answer_by, one.now_rectify_by), one.now_number, one.now_on)
            for one in rows]


def _newest(column: str) -> Subquery:
    steps = FindingStep.objects.filter(finding=OuterRef("pk")).order_by("-number")
    return Subquery(steps.values(column)[:1])


def one(pk: int) -> Standing:
    """One finding; raises Refused where there is none."""
    found = standing(Finding.objects.filter(pk=pk).select_related("run", "forerunner"))
    if not found:
        raise Refused(zh=f"没有编号为 {pk} 的问题。", en=f"There is no finding number {pk}.")
    return found[0]


def board(*, within: Collection[str], on: date | None = None, pattern: str = "", subject: str = "", state: str = "",
          overdue: bool = False) -> list[Standing]:
    """The findings of places, what is overdue longest first, then by the day that is due; closed ones last."""
    day, chosen = on or timezone.localdate(), Finding.objects.all()
    for name, value in (("pattern", pattern), ("subject", subject)):
        chosen = chosen.filter(**{name: value}) if value else chosen
    found = [one for one in standing(chosen, [state] if state else ())
             if one.finding.region in within and (not overdue or one.overdue(day))]
    return sorted(found, key=lambda one: (one.closed, one.due if not one.closed else date.max, -one.finding.pk))


def history(finding: Finding) -> list[FindingStep]:
    """All that was done, the first first, re-measurements with their runs."""
    return list(finding.steps.select_related("remeasurement__run").order_by(F("number").asc()))


# -- who may ---------------------------------------------------------------------------------------

MAY = {ANSWER: may_answer, OVERSEE: may_oversee}


def may(*, by: Actor, right: str, region: str) -> bool:
    """Whether ``by`` may answer for the place itself, or oversee it from above, today."""
    if isinstance(by, System):
        return True
    held = [one.region for one in grants_of(by) if right in one.rights]
    return MAY[right](held, path_of(region))


def path_of(region: str) -> tuple[str, ...]:
    """From the nation down to the place, today or on the last day on which it was there."""
    held, today = tree(), timezone.localdate()
    place = held.known(region)
    return held.path(region, min(max(today, place.valid_from), place.valid_until))


def require(*, by: Actor, right: str, region: str) -> None:
    """Raises Forbidden with who may instead."""
    if not may(by=by, right=right, region=region):
        raise Forbidden(**WHO_MAY[right])


WHO_MAY = {
    ANSWER: {"zh": "只有责任地区自己的编辑可以答复。",
             "en": "Only editors of the responsible place itself may answer."},
    OVERSEE: {"zh": "只有上级可以退回或延期。", "en": "Only a place above may return an answer or extend a date."},
}


def open_acts(*, by: Actor, found: Standing) -> list[str]:
    """The acts that ``by`` may do with it now."""
    return [way.act for way in WORKFLOW.open_to(found.state)
            if way.right in MAY and may(by=by, right=way.right, region=found.finding.region)]
