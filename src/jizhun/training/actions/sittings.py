"""Sitting an exam: begin, save answers as they are given, rest, hand in; marking when it is over.

The audit trail has a line for beginning and for handing in, none for every answer that is saved: a trail is one chain
whose head everybody would wait for. What was answered is kept with the marking.
"""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import write_line
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM, Actor, Forbidden, canonical
from jizhun.training.actions.earning import asks_for_refresher, earn, refresher_form
from jizhun.training.actions.exams import given_to, sits_by
from jizhun.training.actions.pool import pool
from jizhun.training.models import (
    Appeal,
    AppealDecision,
    Exam,
    Experience,
    Marking,
    QuestionVersion,
    SavedAnswer,
    Sitting,
    SittingNote,
)
from jizhun.training.rules.forms import Asked, form
from jizhun.training.rules.papers import checked, shown, understood
from jizhun.training.rules.questions import WHOLE, mark
from jizhun.training.rules.sittings import (
    ELSEWHERE,
    EXAMINATION,
    LEFT,
    NOTES,
    PAUSED,
    RESUMED,
    RUNNING,
    SUBMITTED,
    Earned,
    Result,
    corrected,
    order_of,
    points,
    result,
    seconds_for,
)

KEEP = """
INSERT INTO jizhun_savedanswer (sitting_id, number, "order", answer, at) VALUES {rows}
ON CONFLICT (sitting_id, number) DO UPDATE SET "order" = excluded."order", answer = excluded.answer, at = excluded.at
WHERE excluded."order" > jizhun_savedanswer."order"
"""
"""One statement for every answer of a packet. An older one that arrives late changes nothing."""
MOST_NOTES = 200


def sitting_of(pk: int, user: User) -> Sitting:
    """Somebody's own sitting; raises Refused where there is none of theirs."""
    found = Sitting.objects.select_related("exam__version__blueprint").filter(pk=pk, username=user.username).first()
    if found is None:
        raise Refused(zh="没有这场作答，或者不是您的。", en="There is no such sitting, or it is not yours.")
    return found


# -- beginning -------------------------------------------------------------------------------------


def begin(*, by: User, exam: Exam, browser: str, honest: bool) -> Sitting:
    """Begin an exam; the clock runs from now on. Raises Refused with why that cannot be, Forbidden for a stranger.

    The form is made before anything is locked, so that thousands who begin at once wait for one another briefly.
    """
    held = sits_by(exam, by)
    if held is None:
        raise Forbidden(zh="您不在这场考试的范围内。", en="This exam is not for you.")
    if not honest:
        raise Refused(zh="请先确认独立作答声明。", en="Confirm first that you will answer by yourself.")
    now, given, blueprint = timezone.now(), given_to(exam, by.username), exam.version.read
    _check_begin(exam, by, now)
    seed, today = secrets.token_hex(8), timezone.localdate()
    due = asks_for_refresher(user=by, exam=exam, on=today)
    asked = (refresher_form(exam=exam, due=due, seed=seed) if due else
             form(blueprint, pool(region=exam.region, on=today), seed, exam.ceiling or None))
    minutes = blueprint.minutes_for(len(asked))
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        before = _check_begin(exam, by, now)
        made = Sitting.objects.create(
            exam=exam, username=by.username, region=held.region, organisation=by.organisation, attempt=before + 1,
            refreshes=due.certificate if due else None,
            seed=seed, shuffle=blueprint.shuffle_choices, begun_at=now, seconds=seconds_for(minutes, given),
            breaks=given.breaks * 60, large=given.large, browser=mark_of(browser),
            form=[{"version": one.version, "worth": one.worth, "section": one.section} for one in asked])
        write_line(by=by, act="training.begin", subject=str(made), after={
            "exam": exam.pk, "attempt": made.attempt, "seed": seed, "seconds": made.seconds, "honest": True})
        _count_shown([one.version for one in asked])
    return made


def _check_begin(exam: Exam, by: User, now: datetime) -> int:
    """How often somebody sat before; raises Refused where they cannot begin."""
    before = list(exam.sittings.filter(username=by.username))
    exam.window.check_begin(now, len(before), any(one.state(now) == RUNNING for one in before))
    return len(before)


def _count_shown(versions: Sequence[int]) -> None:
    Experience.objects.bulk_create([Experience(version_id=one) for one in sorted(versions)], ignore_conflicts=True)
    Experience.objects.filter(version__in=versions).update(shown=F("shown") + 1)


def mark_of(browser: str) -> str:
    """What tells one browser's session from another without keeping its key."""
    return hashlib.sha256(browser.encode()).hexdigest()[:32]


# -- going on --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """One question as the person sees it, with what they answered so far."""

    number: int
    kind: str
    worth: int
    section: str
    shown: dict[str, Any]
    typed: dict[str, list[str]]


@dataclass(frozen=True)
class Paper:
    """A running sitting: its questions, the place of this browser, the number that the next answer has."""

    sitting: Sitting
    questions: list[Question]
    place: int
    number: int


def go_on(*, by: User, sitting: Sitting, browser: str) -> Paper:
    """Open or resume a sitting in a browser. The newest one goes on; an older one is told so when it saves next."""
    with transaction.atomic():
        row = _locked(sitting.pk, by)
        if row.browser != mark_of(browser):
            row.place, row.browser = row.place + 1, mark_of(browser)
            row.save(update_fields=["place", "browser"])
            _note(row, ELSEWHERE)
        kept = {one.number: one for one in row.answers.all()}
    number = max([0, *(one.order - order_of(row.place, 0) for one in kept.values())]) + 1
    return Paper(row, _questions(row, {key: one.answer for key, one in kept.items()}), row.place, number)


def _questions(sitting: Sitting, typed: dict[int, dict[str, list[str]]]) -> list[Question]:
    asked, found = sitting.asked, _versions(sitting.asked)
    return [Question(number, found[one.version].kind, one.worth, one.section,
                     shown(found[one.version].kind, found[one.version].content, seed_of(sitting, number),
                           shuffle=sitting.shuffle), typed.get(number, {}))
            for number, one in enumerate(asked, 1)]


def _versions(asked: Iterable[Asked]) -> dict[int, QuestionVersion]:
    return QuestionVersion.objects.in_bulk([one.version for one in asked])


def seed_of(sitting: Sitting, number: int) -> str:
    """The seed by which one question of a sitting is shuffled."""
    return f"{sitting.seed}.{number}"


def _locked(pk: int, by: User) -> Sitting:
    row = Sitting.objects.select_for_update().filter(pk=pk, username=by.username).first()
    if row is None:
        raise Refused(zh="没有这场作答，或者不是您的。", en="There is no such sitting, or it is not yours.")
    return row


def _note(sitting: Sitting, kind: str) -> None:
    """Note what happened; a page that is left over and over says no more than one that was left often."""
    if sitting.notes.count() < MOST_NOTES:
        SittingNote.objects.create(sitting=sitting, kind=kind)


# -- saving ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer on its way: which question, its number at its place, what was typed."""

    question: int
    number: int
    answer: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a packet. ``state``: running, or what the sitting is instead (then nothing was kept);
    ``elsewhere``: a newer place has gone on with it."""

    state: str
    left: int
    elsewhere: bool


def save(*, by: User, sitting: int, place: int, answers: Sequence[Sent], left_page: int = 0) -> Kept:
    """Keep answers. Once this returns, with state running, they are in the database, and sending them again changes
    nothing. ``left_page``: whether the page was left since the last packet, which is noted and does no more."""
    now = timezone.now()
    with transaction.atomic():
        row = _locked(sitting, by)
        state = row.state(now)
        if state == RUNNING:
            _keep(row, min(place, row.place), answers, now)
            if left_page:
                _note(row, LEFT)
    return Kept(state, row.clock.left(now), place < row.place)


def _keep(row: Sitting, place: int, answers: Sequence[Sent], now: datetime) -> None:
    newest: dict[int, Sent] = {}
    for one in sorted(answers, key=lambda each: each.number):
        if not 1 <= one.question <= len(row.form):
            raise Refused(zh=f"没有第 {one.question} 题。", en=f"There is no question {one.question}.")
        newest[one.question] = one
    if not newest:
        return
    at = connection.ops.adapt_datetimefield_value(now)
    values = [value for one in newest.values() for value in (
        row.pk, one.question, order_of(place, one.number), canonical(checked(one.answer)), at)]
    with connection.cursor() as cursor:
        cursor.execute(KEEP.format(rows=", ".join(["(%s, %s, %s, %s, %s)"] * len(newest))), values)


def rest(*, by: User, sitting: Sitting, begin: bool) -> Sitting:
    """Begin or end a break: the clock stands still while breaks are left. Refused where none is."""
    now = timezone.now()
    with transaction.atomic():
        row = _locked(sitting.pk, by)
        if row.state(now) != RUNNING:
            raise Refused(zh="作答已经结束。", en="This sitting is over.")
        if begin and (row.paused_at is not None or row.clock.rested(now) >= row.breaks):
            raise Refused(zh="没有可用的休息时间。", en="There is no time left for breaks.")
        row.rested, row.paused_at = row.clock.rested(now), now if begin else None
        row.save(update_fields=["rested", "paused_at"])
        _note(row, PAUSED if begin else RESUMED)
    return row


# -- the end ---------------------------------------------------------------------------------------


def submit(*, by: User, sitting: Sitting) -> Marking:
    """Hand in: what is saved is marked, for good. Refused where it is over already."""
    now = timezone.now()
    with transaction.atomic():
        row = _locked(sitting.pk, by)
        if row.state(now) == SUBMITTED or row.closed_at is not None:
            raise Refused(zh="这份试卷已经交了。", en="This has been handed in already.")
        if row.state(now) == RUNNING:
            row.submitted_at = now
        return _close(row, by, now)


def close_due(sittings: Iterable[Sitting]) -> int:
    """Mark what ran out of time: everything saved until then counts. Returns how many. Called by whoever looks, so
    that no job is needed for it."""
    now, closed = timezone.now(), 0
    for one in sittings:
        if one.closed_at is None and one.state(now) != RUNNING:
            with transaction.atomic():
                row = Sitting.objects.select_for_update().get(pk=one.pk)
                if row.closed_at is None:
                    _close(row, SYSTEM, now)
                    closed += 1
    return closed


def _close(row: Sitting, by: Actor, now: datetime) -> Marking:
    row.closed_at = now
    row.save(update_fields=["submitted_at", "closed_at"])
    typed = {one.number: one.answer for one in SavedAnswer.objects.filter(sitting=row)}
    made = keep_marking(row, _answers(row, typed), by)
    write_line(by=by, act="training.submit" if row.submitted_at else "training.time_up", subject=str(row), after={
        "points": made.points, "worth": made.worth, "passed": made.passed})
    if row.exam.kind == EXAMINATION:
        for one in made.rows:
            Experience.objects.filter(version=one["version"]).update(
                marked=F("marked") + 1, earned=F("earned") + one["points"] * WHOLE // (one["worth"] * 100))
    return made


def _answers(row: Sitting, typed: dict[int, dict[str, list[str]]]) -> list[Any]:
    """The answers as the rules read them, question by question."""
    found = _versions(row.asked)
    return [understood(found[one.version].kind, found[one.version].content, seed_of(row, number),
                       typed.get(number, {}), shuffle=row.shuffle) for number, one in enumerate(row.asked, 1)]


def keep_marking(row: Sitting, answers: Sequence[Any], by: Actor, appeal: Appeal | None = None) -> Marking:
    """Mark answers by what is decided today about their questions, and keep that beside earlier markings."""
    rows, told = marked(row, answers)
    made = Marking.objects.create(
        sitting=row, number=row.markings.count() + 1, points=told.whole.points, worth=told.whole.worth,
        passed=told.passed, rows=rows, appeal=appeal, by=by.username, sections={
            code: {"points": one.points, "worth": one.worth, "passed": one.passed}
            for code, one in told.sections.items()})
    earn(sitting=row, marking=made)
    return made


def marked(row: Sitting, answers: Sequence[Any]) -> tuple[list[dict[str, Any]], Result]:
    """Every question's points, and the result of the whole."""
    found, fixes = _versions(row.asked), corrections(one.version for one in row.asked)
    rows = [{"version": one.version, "worth": one.worth, "section": one.section, "answer": answer,
             "points": points(corrected(mark(found[one.version].kind, found[one.version].content, answer), answer,
                                        fixes.get(one.version, ())), one.worth)}
            for one, answer in zip(row.asked, answers, strict=True)]
    content = row.exam.version.read
    earned = [Earned(one["points"], one["worth"], one["section"]) for one in rows]
    return rows, result(earned, content.pass_mark, () if row.refreshes_id else content.sections)


def corrections(versions: Iterable[int]) -> dict[int, list[tuple[str, Any]]]:
    """What upheld appeals decided about each version of a question."""
    found: dict[int, list[tuple[str, Any]]] = {}
    for one in AppealDecision.objects.exclude(correction="").filter(
            appeal__version__in=list(versions)).select_related("appeal").order_by("pk"):
        found.setdefault(one.appeal.version_id, []).append((one.correction, one.right))
    return found


def notes_of(sitting: Sitting) -> list[SittingNote]:
    """What was noted of a sitting, as the person is shown it."""
    return list(sitting.notes.filter(kind__in=NOTES))
