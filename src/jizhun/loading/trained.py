"""Simulated training in the fictional province: staff, events, attendance, a contest. Every number is derived from a
hash, so that the same day gives the same province."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.kernel.texts import yaml_of
from jizhun.loading.evaluated import chance
from jizhun.people.actions import create_organisation, write_line
from jizhun.people.models import Grant, Organisation, User
from jizhun.people.rules import Actor
from jizhun.regions.actions import tree
from jizhun.training.actions import contests, ledger
from jizhun.training.models import (
    Contest,
    ContestAnswer,
    ContestEntry,
    Course,
    Question,
    QuestionStep,
    QuestionVersion,
    TrainingEvent,
)
from jizhun.training.rules.ledger import Attended
from jizhun.training.rules.questions import check, mark

PLACE = "990000"
FIRST_DAY = date(2025, 1, 1)
Row = Mapping[str, Any]


def simulated_training(*, by: Actor) -> int:
    """Make what data/simulated/training.yaml says; what is there stays. Returns how many events and contests are new.
    """
    file = settings.DATA_DIR / "simulated" / "training.yaml"
    content, today = yaml_of(file.read_bytes(), file.name), timezone.localdate()
    with transaction.atomic():
        staff = _staff(by, content["staff"])
        made = [*_events(by, content["events"], staff, today), *_contest(by, content, staff, today)]
    return len(made)


def _staff(by: Actor, wanted: Row) -> list[User]:
    """Clerks of every county and a standards officer of every city, who cannot sign in."""
    held, today = tree(), timezone.localdate()
    posts = [(code, *{3: ("clerk", wanted["clerks"]), 2: ("standards_officer", wanted["officers"])}[held.level(code)])
             for code in held.within(PLACE, today) if held.level(code) in (2, 3)]
    there = set(User.objects.filter(username__startswith="sim-").values_list("username", flat=True))
    bodies = {code: _body(by, code) for code, _, _ in posts}
    new = [(f"sim-{role}-{code}-{n}", role, code) for code, role, number in posts for n in range(1, number + 1)
           if f"sim-{role}-{code}-{n}" not in there]
    # "!" is no password's hash: nobody signs in as one of them.
    made = User.objects.bulk_create([User(username=name, password="!simulated", demonstration=True,
                                          organisation=bodies[code]) for name, _, code in new])
    Grant.objects.bulk_create([Grant(user=user, role=role, region=code, valid_from=FIRST_DAY)
                               for user, (_, role, code) in zip(made, new, strict=True)])
    if made:
        write_line(by=by, act="people.simulated_staff", subject=PLACE, after={"users": len(made)})
    return list(User.objects.filter(username__startswith="sim-").select_related("organisation").order_by("username"))


def _body(by: Actor, code: str) -> Organisation:
    name = tree().known(code).name
    found = Organisation.objects.filter(region=code, simulated=True).first()
    return found or create_organisation(by=by, name_zh=f"{name.zh}社会保险经办机构（模拟）",
                                        name_en=f"Social insurance agency of {name.en} (simulated)", region=code,
                                        simulated=True)


def _events(by: Actor, rows: Sequence[Row], staff: Sequence[User], today: date) -> Iterator[TrainingEvent]:
    there = set(TrainingEvent.objects.filter(simulated=True).values_list("topic_zh", flat=True))
    for row in rows:
        if row["zh"] in there:
            continue
        course = str(row.get("course", ""))
        event = ledger.enter_event(
            by=by, kind=row["kind"], region=row["region"], topic_zh=row["zh"], topic_en=row["en"],
            on=row["held"] if "held" in row else today - timedelta(days=row["ago"]), hours=Decimal(row["hours"]),
            organisation="示例省培训中心（模拟）", trainer="示例讲师（模拟）", matter=row["matter"],
            course=course if Course.objects.filter(code=course).exists() else "")
        ledger.record_attendance(by=by, event=event, rows=list(_attendance(event, staff, row)))
        yield event


def _attendance(event: TrainingEvent, staff: Sequence[User], row: Row) -> Iterator[Attended]:
    """Whole counties come or stay away, a few people of those that come are missing, some fail the test."""
    within = {*tree().within(event.region, event.on)}
    for user in staff:
        unit = user.organisation.region if user.organisation else ""
        if unit in within and chance(row["zh"], unit) < row["share"]:
            present = chance(row["zh"], user.username, "present") > 0.08
            score = 5_000 + 100 * int(50 * chance(row["zh"], user.username, "score"))
            yield Attended(user.username, unit, present, event.hours if present else Decimal(0),
                           score if present and row["test"] else None)


# -- the contest -----------------------------------------------------------------------------------


def _contest(by: Actor, content: Row, staff: Sequence[User], today: date) -> Iterator[Contest]:
    row = content["contest"]
    if Contest.objects.filter(name_zh=row["zh"]).exists():
        return
    for one in content["questions"]:
        _question(by, row, one)
    made = contests.set_up(
        by=by, region=row["region"], name_zh=row["zh"], name_en=row["en"], rhythm=row["rhythm"], seed=row["seed"],
        first=today - timedelta(days=row["ago"]), count=row["rounds"], questions=row["questions"], topic=row["topic"])
    players = [user for user in staff if chance(row["seed"], user.username) < row["share"]]
    ContestEntry.objects.bulk_create([ContestEntry(
        contest=made, username=user.username, unit=user.organisation.region, named=chance(user.username, "named") < 0.5,
        team=f"{tree().known(user.organisation.region).name.zh}队" if chance(user.username, "team") < 0.8 else "")
        for user in players if user.organisation])
    for period in contests.periods(made):
        if period.start <= today:
            _played(made, players, min(period.until, today))
    yield made


def _question(by: Actor, contest: Row, row: Row) -> None:
    """A question of the contest: drafted and accepted by simulated people."""
    if Question.objects.filter(code=row["code"]).exists():
        return
    content = {"stem": {"zh": row["zh"], "en": row["en"]}, "right": row["right"],
               "explanation": {"zh": row["why_zh"], "en": row["why_en"]}}
    if row["kind"] == "numeric":
        content |= {"tolerance": "0", "unit": {"zh": "个工作日", "en": "working days"}}
    check(row["kind"], content)
    question = Question.objects.create(code=row["code"], region=contest["region"], topic=contest["topic"],
                                       simulated=True, by="simulated-trainer")
    version = QuestionVersion.objects.create(question=question, number=1, kind=row["kind"], content=content,
                                             by="simulated-trainer")
    for act, who in ((QuestionStep.SUBMITTED, "simulated-trainer"), (QuestionStep.ACCEPTED, "simulated-reviewer")):
        QuestionStep.objects.create(version=version, act=act, by=who, reason="data/simulated/training.yaml")
    write_line(by=by, act="training.simulated_question", subject=f"question:{row['code']}")


def _played(contest: Contest, players: Sequence[User], on: date) -> None:
    held = contests.open_round(contest=contest, on=on)
    asked, rows = contests.asked_in(held), []
    for user in players:
        if chance(contest.seed, user.username, held.number, "plays") < 0.75:
            for one in asked:
                right = chance(contest.seed, user.username, one.pk) < 0.8
                answer = one.content["right"] if right else None
                rows.append(ContestAnswer(round=held, version=one, username=user.username, answer=answer,
                                          mark=mark(one.kind, one.content, answer)))
    ContestAnswer.objects.bulk_create(rows)
