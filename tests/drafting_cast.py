"""People of the fictional province and a short standard, for the tests of the making of standards."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from jizhun.drafting.actions import ballots, comments, projects, publishing, texts
from jizhun.drafting.models import Ballot, Consultation, Project, Vote
from jizhun.drafting.rules.text import Clause
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.people.models import User

PROVINCE, CITY, COUNTY = "990000", "990100", "990101"
PROPOSAL = {
    "title_zh": "失业保险金申领服务规范", "title_en": "Service specification for unemployment benefit claims",
    "need_zh": "各地办理时限不一。", "scope_zh": "适用于示例省各级经办机构。",
    "scope_en": "It holds for all agencies of the province.",
    "proposer_zh": "示例省人力资源和社会保障厅", "proposer_en": "HRSS department of the fictional province",
    "regulator_zh": "示例省市场监督管理局", "regulator_en": "Market regulator of the fictional province",
}


def person(name: str) -> User:
    """A demonstration login by its name."""
    return User.objects.get(username=name)


def today() -> date:
    return timezone.localdate()


def days(number: int) -> timedelta:
    return timedelta(days=number)


def opened(**other: Any) -> Project:
    """A project of the province with a complete proposal."""
    said: dict[str, Any] = {"procedure": "local", "region": PROVINCE, "serves": ["NB029-EX01"], **PROPOSAL, **other}
    return projects.open_project(by=person("province-editor"), **said)


def clause(kind: str, zh: str = "", en: str = "", *, heading: tuple[str, str] = ("", ""), level: int = 1,
           proposes: tuple[dict[str, Any], ...] = ()) -> Clause:
    """A clause without a key yet."""
    return Clause("", kind, level, Bilingual(*heading) if any(heading) else NO_WORDS, Bilingual(zh, en), True, proposes)


LIMIT = {"subject": "NB029-EX01", "measure": "promised_limit", "modality": "floor", "value": 2, "unit": "working_day",
         "sentence": "应在受理之日起2个工作日内办结。"}
TEXT = (
    clause("foreword", "本文件按照GB/T 1.1—2020《标准化工作导则 第1部分：标准化文件的结构和起草规则》的规定起草。",
           "This document is drafted in accordance with GB/T 1.1—2020."),
    clause("scope", "本文件规定了失业保险金申领的服务要求。",
           "This document sets requirements for the claim of unemployment benefit."),
    clause("references", "GB/T 31596.3-2023  社会保险术语 第3部分：失业保险",
           "GB/T 31596.3-2023  Terms of social insurance, part 3"),
    clause("terms", "GB/T 31596.3-2023 界定的术语和定义适用于本文件。",
           "The terms and definitions of GB/T 31596.3-2023 apply."),
    clause("clause", "经办机构应公开办理条件。", "Agencies publish the conditions.",
           heading=("基本要求", "General requirements")),
    clause("clause", "应在受理之日起2个工作日内办结。", "The claim is settled within 2 working days of acceptance.",
           heading=("办理时限", "Time limit"), proposes=(LIMIT,)),
)


def written(project: Project) -> list[Clause]:
    """The short text, written into the project clause by clause."""
    return [texts.save_clause(by=person("province-editor"), project=project, clause=one) for one in TEXT]


def take(project: Project, act: str, who: str = "province-editor", reason: str = "", ago: int = 0) -> Project:
    return projects.take(by=person(who), project=project, act=act, reason=reason, on=today() - days(ago))


def in_comments() -> Project:
    """A project in the stage of comments, with a round that began a month ago elsewhere."""
    return in_comments_of(PROVINCE)


def in_comments_of(region: str) -> Project:
    """The same for a project of that place."""
    project = take(opened(on=today() - days(90), region=region, overlap_reason="细化到本地。"), "submit", ago=80)
    project = take(project, "accept", "market-regulator", ago=70)
    written(project)
    draft = texts.issue(by=person("province-editor"), project=project, label="comment", on=today() - days(33))
    project = take(project, "consult", ago=32)
    comments.open_consultation(by=person("province-editor"), project=project, draft=draft, opens_on=today() - days(31),
                               closes_on=today(), bodies=[CITY, COUNTY], announced="省厅网站公告")
    return project


def round_of(project: Project) -> Consultation:
    return project.consultations.get()


def in_review() -> Project:
    project = in_comments()
    comments.close_consultation(by=person("province-editor"), consultation=round_of(project))
    texts.issue(by=person("province-editor"), project=project, label="review")
    return take(project, "examine")


def published() -> Project:
    """A standard of the province that has gone all the way, in force from today."""
    project = in_review()
    cast(ballot_on(project), "approve", "approve", "approve")
    ballots.close_ballot(by=person("province-editor"), ballot=project.ballots.get())
    texts.issue(by=person("province-editor"), project=project, label="approval")
    project = take(project, "approve")
    regulator = person("market-regulator")
    project = publishing.set_number(by=regulator, project=project, number="DB99/T 5-2026", effective_on=today())
    seen = publishing.impact(project).fingerprint
    project = publishing.see_impact(by=person("province-editor"), project=project, seen=seen)
    return publishing.publish(by=regulator, project=project)


def ballot_on(project: Project) -> Ballot:
    draft = projects.examined(project)
    assert draft is not None
    return ballots.open_ballot(
        by=person("province-editor"), project=project, draft=draft, question=Bilingual("是否同意报批？", "Approve?"),
        rule="committee", closes_on=today() + days(7), usernames=["committee-1", "committee-2", "committee-3"])


def cast(ballot: Ballot, *positions: str) -> list[Vote]:
    return [ballots.vote(by=person(voter.username), voter=voter, position=position, reason="因为时限过短")
            for voter, position in zip(ballot.voters.all(), positions, strict=False)]
