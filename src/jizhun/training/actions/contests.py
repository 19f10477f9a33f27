"""Acts on skills contests: set up, joined of one's own will, a round opened and answered; boards that name only who
agreed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import Period
from jizhun.people.actions import grants_of, path_to, require, write_line
from jizhun.people.models import User
from jizhun.people.rules import Actor, Forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions.bank import usable
from jizhun.training.actions.ledger import TEACH, settings
from jizhun.training.models import (
    Contest,
    ContestAnswer,
    ContestEntry,
    ContestRound,
    QuestionVersion,
)
from jizhun.training.rules import contests as rules
from jizhun.training.rules.contests import Played
from jizhun.training.rules.questions import mark

LONGEST_NAME, LONGEST_TEAM = 200, 60


def set_up(*, by: Actor, region: str, name_zh: str, name_en: str, rhythm: str, first: date, count: int, questions: int,
           seed: str, scoring: str = "usual", topic: str = "") -> Contest:
    """A new contest for a place and all below it; its scoring is one of those in data."""
    require(by=by, right=TEACH, path=path_to(region))
    names = (name_zh.strip(), name_en.strip())
    if not all(names) or max(map(len, names)) > LONGEST_NAME or not seed.strip():
        raise Refused(zh="请填写中英文名称和种子。", en="Fill in the name in both languages, and the seed.")
    rules.rounds(first, rhythm, count)
    if not 1 <= questions <= rules.MOST_QUESTIONS:
        raise Refused(zh=f"每轮应有 1 至 {rules.MOST_QUESTIONS} 题。",
                      en=f"A round asks 1 to {rules.MOST_QUESTIONS} questions.")
    if scoring not in settings().scorings:
        raise Refused(zh=f"没有“{scoring}”这种计分规则。", en=f"There is no scoring “{scoring}”.")
    how = settings().scorings[scoring]
    rules.read_scoring(how)
    with transaction.atomic():
        made = Contest.objects.create(
            region=region, name_zh=names[0], name_en=names[1], rhythm=rhythm, first=first, rounds=count,
            questions=questions, seed=seed.strip()[:64], scoring=how, topic=topic,
            simulated=tree().known(region).simulated, by=by.username)
        write_line(by=by, act="training.set_up_contest", subject=str(made), after={
            "region": region, "name": list(names), "rhythm": rhythm, "first": first, "rounds": count,
            "questions": questions, "seed": seed, "scoring": how, "topic": topic})
    return made


def contest_of(pk: int) -> Contest:
    """A contest; Refused where there is none."""
    found = Contest.objects.filter(pk=pk).first()
    if found is None:
        raise Refused(zh="没有这场竞赛。", en="There is no such contest.")
    return found


def periods(contest: Contest) -> list[Period]:
    """Its rounds."""
    return rules.rounds(contest.first, contest.rhythm, contest.rounds)


def units_of(user: User, contest: Contest) -> list[str]:
    """The user's own places within the contest's: for one of these they take part."""
    return list(dict.fromkeys(one.region for one in grants_of(user) if contest.region in path_to(one.region)))


def take_part(*, by: User, contest: Contest, unit: str, team: str = "", named: bool = False, joins: bool = True
              ) -> ContestEntry:
    """Join a contest, change what one said, or leave it: nobody is entered by somebody else."""
    if unit not in units_of(by, contest):
        raise Forbidden(zh="您在该单位没有角色。", en="You hold no role at that unit.")
    if len(team.strip()) > LONGEST_TEAM:
        raise Refused(zh=f"队名最多 {LONGEST_TEAM} 字。", en=f"A team's name has {LONGEST_TEAM} characters at most.")
    with transaction.atomic():
        kept = ContestEntry.objects.create(contest=contest, username=by.username, unit=unit, team=team.strip(),
                                           named=named, takes_part=joins)
        write_line(by=by, act="training.take_part" if joins else "training.leave_contest", subject=str(contest),
                   after={"unit": unit, "team": team.strip(), "named": named})
    return kept


def entries_of(contest: Contest) -> dict[str, ContestEntry]:
    """User name -> their entry as it stands; who left is left out."""
    last = {one.username: one for one in contest.entries.order_by("pk")}
    return {name: one for name, one in last.items() if one.takes_part}


# -- rounds ----------------------------------------------------------------------------------------


def open_round(*, contest: Contest, on: date) -> ContestRound:
    """The round of that day; its questions are drawn when it is first opened, and stay. Refused where none is open."""
    number = rules.round_on(periods(contest), on)
    if not number:
        raise Refused(zh="今天没有开放的轮次。", en="No round is open today.")
    there = contest.drawn.filter(number=number).first()
    if there is not None:
        return there
    topics = [contest.topic] if contest.topic else []
    held = usable(region=contest.region, on=on, topics=topics, content=False)
    bank = {one.question.code: one.version for one in held}
    codes = rules.draw(contest.seed, number, bank, contest.questions)
    try:
        with transaction.atomic():
            return ContestRound.objects.create(contest=contest, number=number,
                                               versions=[bank[code].pk for code in codes])
    except IntegrityError:  # somebody else opened it in the same moment
        return contest.drawn.get(number=number)


def asked_in(one: ContestRound) -> list[QuestionVersion]:
    """The questions of a round, in order."""
    held = QuestionVersion.objects.select_related("question").in_bulk(one.versions)
    return [held[pk] for pk in one.versions]


def answer_round(*, by: User, contest: Contest, answers: Mapping[int, Any], on: date | None = None
                 ) -> list[ContestAnswer]:
    """Hand in the answers to today's round (by version): once, all of them; one that is missing earns nothing."""
    if by.username not in entries_of(contest):
        raise Refused(zh="请先报名参加。", en="Join the contest first.")
    held = open_round(contest=contest, on=on or timezone.localdate())
    rows = [ContestAnswer(round=held, version=one, username=by.username, answer=answers.get(one.pk),
                          mark=mark(one.kind, one.content, answers.get(one.pk))) for one in asked_in(held)]
    try:
        with transaction.atomic():
            ContestAnswer.objects.bulk_create(rows)
            write_line(by=by, act="training.answer_round", subject=f"{contest}/{held.number}",
                       after={"marks": [row.mark for row in rows]})
    except IntegrityError:
        raise Refused(zh="这一轮您已经交卷。", en="You have handed in this round already.") from None
    return answers_of(held, by.username)


def answers_of(held: ContestRound, username: str) -> list[ContestAnswer]:
    """What somebody answered in a round, in its order."""
    rows = {row.version_id: row for row in held.answers.filter(username=username).select_related("version__question")}
    return [rows[pk] for pk in held.versions if pk in rows]


# -- boards ----------------------------------------------------------------------------------------


def played(contest: Contest) -> list[Played]:
    """Every round of everybody who takes part, with its points."""
    entries, starts = entries_of(contest), [one.start for one in periods(contest)]
    marks: dict[tuple[int, str], list[int]] = {}
    rows = ContestAnswer.objects.filter(round__contest=contest).values_list("round__number", "username", "mark")
    for number, name, given in rows:
        marks.setdefault((number, name), []).append(given)
    return [Played(name, entries[name].unit, entries[name].team, number, starts[number - 1],
                   rules.points(contest.how, given, contest.questions))
            for (number, name), given in sorted(marks.items()) if name in entries]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a board as it is shown: ``name`` is empty where a person did not agree to be named."""

    rank: int
    tied: int
    name: str
    unit: str
    points: float
    of: int
    own: bool = False


def board(*, contest: Contest, sort: str, month: str = "", viewer: str = "") -> list[Line]:
    """The board of people, teams or units, of all rounds or those of a month. People who did not agree are shown by
    their unit only; ``viewer`` finds their own line all the same."""
    entries = entries_of(contest)
    rows = rules.of_month(played(contest), month) if month else played(contest)
    if sort == "person":
        return [Line(one.rank, one.tied, one.key if entries[one.key].named or one.key == viewer else "",
                     entries[one.key].unit, one.points, one.of, one.key == viewer) for one in rules.by_person(rows)]
    if sort == "team":
        return [Line(one.rank, one.tied, one.key, "", one.points, one.of) for one in rules.by_team(rows, contest.how)]
    return [Line(one.rank, one.tied, "", one.key, one.points, one.of) for one in rules.by_unit(rows, contest.how)]
