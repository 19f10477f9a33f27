"""After a sitting: what the person is told, results by place and body, and appeals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.evaluation.rules.suppression import hide
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import path_to, require, tell, write_line
from jizhun.people.models import Organisation, User
from jizhun.people.rules import Actor
from jizhun.training.actions.exams import REVIEW, settled_at
from jizhun.training.actions.experience import newest, rows_of
from jizhun.training.actions.naming import name_of
from jizhun.training.actions.sittings import close_due, keep_marking, marked
from jizhun.training.actions.sources import spoken
from jizhun.training.models import Appeal, AppealDecision, Exam, Marking, QuestionVersion, Sitting
from jizhun.training.rules.sittings import ACCEPT, CORRECTIONS, EXAMINATION, Told, check_appeal, distribution, told
from jizhun.training.rules.sources import KINDS as SOURCES
from jizhun.training.rules.statistics import Item, Reliability, items, reliability

SMALLEST = 5
"""Fewer people than that are not told of apart: everybody would know who they are."""


# -- my result -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answered:
    """One question afterwards: content, what was answered, points, the sources it rests on in words, the appeal."""

    number: int
    version: QuestionVersion
    answer: Any
    points: int
    worth: int
    sources: list[tuple[Bilingual, Bilingual]]
    appeal: Appeal | None


@dataclass(frozen=True)
class Outcome:
    """A sitting that is over: every marking, the newest last, what may be told, and the questions if they may."""

    sitting: Sitting
    markings: list[Marking]
    told: Told
    settled: datetime
    answered: list[Answered]

    @property
    def last(self) -> Marking:
        return self.markings[-1]


def outcome(sitting: Sitting) -> Outcome | None:
    """What somebody is told of their sitting; None while it runs."""
    close_due([sitting])
    sitting.refresh_from_db()
    markings = list(sitting.markings.order_by("number"))
    if not markings:
        return None
    now, settled = timezone.now(), settled_at(sitting.exam)
    may = told(sitting.exam.kind, sitting.state(now), settled, now)
    return Outcome(sitting, markings, may, settled, _answered(sitting, markings[-1]) if may.answers else [])


def _answered(sitting: Sitting, last: Marking) -> list[Answered]:
    found = QuestionVersion.objects.in_bulk([one["version"] for one in last.rows])
    appeals = {one.number: one for one in sitting.appeals.select_related("decision")}
    return [Answered(number, found[one["version"]], one["answer"], one["points"], one["worth"],
                     _sources(found[one["version"]]), appeals.get(number))
            for number, one in enumerate(last.rows, 1)]


def _sources(version: QuestionVersion) -> list[tuple[Bilingual, Bilingual]]:
    """Kind, name and words of what a question rests on, as they were when it was written."""
    found = []
    for one in version.rests_on:
        said, name = spoken(one.kind, one.key, one.learned_on), name_of(one.kind, one.key)
        words = said.words if said else Bilingual("（已无内容）", "(says nothing any more)")
        found.append((SOURCES[one.kind], Bilingual(f"{name.zh}：{words.zh}", f"{name.en}: {words.en}")))
    return found


# -- results ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A place or a body: how many sat, how many passed, the mean mark (hundredths of a hundred); None where hidden."""

    key: str
    sat: int | None
    passed: int | None
    mean: int | None


@dataclass(frozen=True)
class Results:
    """All sittings of an exam that are over: by place, by body, marks in tenths (None where too few sat)."""

    whole: Line
    running: int
    places: list[Line]
    bodies: list[Line]
    spread: list[int] | None
    items: list[tuple[QuestionVersion, Item]]
    reliability: Reliability


def last_markings(exam: Exam) -> list[Marking]:
    """The newest marking of every sitting that is over; what ran out of time is closed first."""
    close_due(exam.sittings.filter(closed_at=None).select_related("exam__version"))
    rows = Marking.objects.filter(sitting__exam=exam).select_related("sitting__organisation").order_by("number")
    return newest(rows)


def results(exam: Exam) -> Results:
    """Results with small groups hidden, and with others beside them where a difference would give them away."""
    rows = last_markings(exam)
    bodies = {str(one.sitting.organisation_id or ""): one.sitting.organisation for one in rows}
    marks = [one.mark for one in rows]
    return Results(
        _line("", rows), exam.sittings.filter(closed_at=None).count(),
        _lines({one.sitting.region for one in rows}, rows, lambda one: one.sitting.region),
        _lines(set(bodies), rows, lambda one: str(one.sitting.organisation_id or "")),
        distribution(marks) if len(marks) >= SMALLEST else None, _items(rows), reliability(rows_of(rows)))


def _line(key: str, rows: Sequence[Marking]) -> Line:
    """A line of its own, hidden where it tells of too few."""
    few = len(rows) < SMALLEST
    return Line(key, len(rows), None if few else sum(one.passed for one in rows), None if few else _mean(rows))


def _mean(rows: Sequence[Marking]) -> int:
    return sum(one.mark for one in rows) // len(rows) if rows else 0


def _lines(keys: set[str], rows: Sequence[Marking], key_of: Any) -> list[Line]:
    """Lines whose numbers add up to the whole: what is small is hidden, and what would give it away."""
    order = sorted(keys)
    groups = [[one for one in rows if key_of(one) == key] for key in order]
    if not groups:
        return []
    inner = [[sum(one.passed for one in group), sum(not one.passed for one in group)] for group in groups]
    shown = hide(inner, smallest=SMALLEST).shown
    found = []
    for key, group, (passed, _failed, sat) in zip(order, groups, shown[:-1], strict=True):
        few = sat is None or sat < SMALLEST  # of few people even "none passed" tells of each
        found.append(Line(key, sat, None if few else passed, None if few else _mean(group)))
    return found


def _items(rows: Sequence[Marking]) -> list[tuple[QuestionVersion, Item]]:
    figures = items(rows_of(rows))
    found = QuestionVersion.objects.select_related("question").in_bulk([int(key) for key in figures])
    return [(found[int(key)], one) for key, one in sorted(figures.items(), key=lambda pair: int(pair[0]))]


def organisations(keys: Sequence[str]) -> dict[str, Bilingual]:
    """Names of bodies by their numbers."""
    rows = Organisation.objects.in_bulk([int(key) for key in keys if key])
    return {str(key): one.name for key, one in rows.items()}


# -- appeals ---------------------------------------------------------------------------------------


def appeal(*, by: User, sitting: Sitting, number: int, text: str) -> Appeal:
    """Hold that a question was wrong, or the answer right; once for each question."""
    told_of, now = outcome(sitting), timezone.now()
    if told_of is None or sitting.username != by.username:
        raise Refused(zh="作答还没有结束，或者不是您的。", en="This sitting is not over, or it is not yours.")
    check_appeal(text, told_of.settled if sitting.exam.kind == EXAMINATION else sitting.over(now),
                 told_of.told.answers, now)
    if not 1 <= number <= len(sitting.form):
        raise Refused(zh=f"没有第 {number} 题。", en=f"There is no question {number}.")
    if sitting.appeals.filter(number=number).exists():
        raise Refused(zh="这道题您已经申诉过。", en="You have appealed about this question already.")
    with transaction.atomic():
        made = Appeal.objects.create(sitting=sitting, number=number, text=text.strip(), by=by.username,
                                     version_id=sitting.asked[number - 1].version)
        write_line(by=by, act="training.appeal", subject=str(made), after={
            "sitting": sitting.pk, "number": number, "text": made.text})
    return made


def decide(*, by: Actor, appeal: Appeal, correction: str, reason: str) -> AppealDecision:
    """Uphold an appeal (``correction`` as in ``CORRECTIONS``) or turn it down (empty). An upheld one marks everybody
    again who was asked the same version and would earn another mark; earlier markings stay."""
    exam = appeal.sitting.exam
    require(by=by, right=REVIEW, path=path_to(exam.region))
    _check_decision(by, appeal, correction, reason)
    right = _answer_of(appeal)
    if correction == ACCEPT and right is None:
        raise Refused(zh="没有作答，不能认定为正确。", en="Nothing was answered that could be right.")
    with transaction.atomic():
        made = AppealDecision.objects.create(appeal=appeal, correction=correction, reason=reason.strip(),
                                             right=right if correction == ACCEPT else None, by=by.username)
        changed = _mark_again(by, appeal) if correction else 0
        write_line(by=by, act="training.decide_appeal", subject=str(appeal), reason=made.reason,
                   after={"correction": correction, "marked_again": changed})
        what = CORRECTIONS[correction] if correction else Bilingual("未支持", "turned down")
        tell(username=appeal.by, about=str(appeal), href=f"work/training/sittings/{appeal.sitting_id}/result/",
             text=Bilingual(f"您的申诉已答复：{what.zh}。", f"Your appeal has been answered: {what.en}."))
    return made


def _check_decision(by: Actor, appeal: Appeal, correction: str, reason: str) -> None:
    if AppealDecision.objects.filter(appeal=appeal).exists():
        raise Refused(zh="这项申诉已经答复。", en="This appeal has been answered already.")
    if by.username in (appeal.by, appeal.version.by):
        raise Refused(zh="本人提出的申诉和本人编写的题目应由他人答复。",
                      en="Nobody decides about an appeal or a question of their own.")
    if correction and correction not in CORRECTIONS:
        raise Refused(zh="请选择处理方式。", en="Choose what is to be done.")
    if not reason.strip():
        raise Refused(zh="请填写理由。", en="Give the reason.")


def _answer_of(appeal: Appeal) -> Any:
    last = appeal.sitting.markings.order_by("number").last()
    return last.rows[appeal.number - 1]["answer"] if last else None


def _mark_again(by: Actor, appeal: Appeal) -> int:
    """Marks everybody whose sitting holds this version and whose points change by what was decided; how many."""
    newest: dict[int, Marking] = {}
    for one in Marking.objects.select_related("sitting__exam__version").order_by("number").iterator():
        if any(row["version"] == appeal.version_id for row in one.rows):
            newest[one.sitting_id] = one
    return sum(_again(by, appeal, last) for last in newest.values())


def _again(by: Actor, appeal: Appeal, last: Marking) -> bool:
    answers = [row["answer"] for row in last.rows]
    changes: bool = marked(last.sitting, answers)[0] != last.rows
    if changes:
        keep_marking(last.sitting, answers, by, appeal)
    return changes
