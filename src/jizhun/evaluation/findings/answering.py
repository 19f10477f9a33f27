"""What people do with a finding: the place answers; a place above returns the answer or extends the date."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction

from jizhun.evaluation.findings.looking import ROOM, calendar_at, day_of
from jizhun.evaluation.findings.naming import about, tell_each, who_answers, who_oversees
from jizhun.evaluation.findings.standing import Standing, one, path_of, require
from jizhun.evaluation.models import FindingStep
from jizhun.evaluation.rules.findings import (
    ANSWER,
    OVERSEE,
    WORKFLOW,
    Answer,
    Dates,
    checked_answer,
    checked_text,
)
from jizhun.evaluation.rules.rectification import Limit, due_day
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.actions import write_line
from jizhun.people.rules import Actor
from jizhun.regions.actions import Moved, bump

REASON = Bilingual("理由", "reason")


def answer(*, by: Actor, finding: int, said: Answer, seen: int | None = None, on: date | None = None) -> FindingStep:
    """The responsible place says why, and what it does until when. ``seen``: the number of the newest step seen.

    Cases accepted after this day are what it will be measured by. Raises Forbidden for anybody but the place's own
    editors, Moved where another step was taken since.
    """
    require(by=by, right=ANSWER, region=one(finding).finding.region)
    day = day_of(by, on)
    with transaction.atomic():
        before = _locked(finding, seen)
        kept = checked_answer(said, day, before.dates.rectify_by)
        step = _step(by, before, "answer", day, before.dates, cause=kept.cause, why=kept.why, measures=kept.measures,
                     responsible=kept.responsible, done_by=kept.done_by)
        _tell(before, who_oversees(path_of(before.finding.region)), Bilingual("已答复", "Answered"))
    return step


def send_back(*, by: Actor, finding: int, reason: str, seen: int | None = None, on: date | None = None) -> FindingStep:
    """A place above returns the answer: another one is due, in as many days as the first one was."""
    require(by=by, right=OVERSEE, region=one(finding).finding.region)
    day, why = day_of(by, on), checked_text(reason, REASON)
    with transaction.atomic():
        before = _locked(finding, seen)
        pattern, held = before.pattern, before.finding
        due = due_day(day, Limit(pattern.answer_days, pattern.unit), (), calendar_at(held.source, held.region))
        dates = Dates(due, max(due, before.dates.rectify_by))
        step = _step(by, before, "return", day, dates, reason=why)
        _tell(before, who_answers(path_of(held.region)), Bilingual(f"答复被退回（{why}）", f"Answer returned ({why})"))
    return step


def extend(*, by: Actor, finding: int, until: date, reason: str, seen: int | None = None,
           on: date | None = None) -> FindingStep:
    """A place above puts off the day that counts now, with a reason."""
    require(by=by, right=OVERSEE, region=one(finding).finding.region)
    day, why = day_of(by, on), checked_text(reason, REASON)
    with transaction.atomic():
        before = _locked(finding, seen)
        step = _step(by, before, "extend", day, before.dates.extended(before.state, until), reason=why)
        _tell(before, who_answers(path_of(before.finding.region)),
              Bilingual(f"延期至 {until}（{why}）", f"Extended to {until} ({why})"))
    return step


def _locked(finding: int, seen: int | None) -> Standing:
    """The finding under the lock of the room; raises Moved where ``seen`` is not its newest step."""
    bump(ROOM)
    found = one(finding)
    if seen is not None and seen != found.number:
        raise Moved(zh="在此期间该问题已有新的进展，请先查看。",
                    en="Something has happened to this finding in the meantime: look at it first.")
    return found


def _step(by: Actor, before: Standing, act: str, day: date, dates: Dates, **said: Any) -> FindingStep:
    way = WORKFLOW.take(before.state, act)
    step = FindingStep.objects.create(
        finding=before.finding, number=before.number + 1, act=act, state=way.to, answer_by=dates.answer_by,
        rectify_by=dates.rectify_by, on=day, by=by.username, **said)
    write_line(by=by, act=f"evaluation.{act}_finding", subject=about(before.finding.pk),
               before={"state": before.state, "due": before.due},
               after={**said, "state": way.to, "due": dates.due(way.to)}, reason=said.get("reason", ""))
    return step


def _tell(before: Standing, usernames: Iterable[str], what: Bilingual) -> None:
    said = before.finding.sentence
    text = Bilingual(f"{what.zh}：{said.zh}", f"{what.en}: {said.en}")
    tell_each({username: [(before.finding.pk, text)] for username in usernames})
