"""Projects: open, describe, move from stage to stage, say whose move it is, record what happened outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.drafting.actions.fingerprints import impact_fingerprint
from jizhun.drafting.models import SHOWN, Ballot, CommentRow, Draft, Evidence, Project, StageMove, WorkingText
from jizhun.drafting.rules.ballots import Tally, tally
from jizhun.drafting.rules.checks import check
from jizhun.drafting.rules.conditions import Check, Facts, checked, require_met
from jizhun.drafting.rules.stages import (
    PUBLISHED,
    REVIEWING,
    WITHDRAWN,
    Procedure,
    Procedures,
    Stay,
    Way,
    read_procedures,
    stays,
)
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.people.actions import allows, path_to, require, tell, write_line
from jizhun.people.models import User
from jizhun.people.rules import Actor
from jizhun.regions.actions import bump, tree
from jizhun.standards.actions import alike, known, library, reviewed
from jizhun.standards.rules.library import KINDS
from jizhun.standards.rules.reading import CCS, ICS

ROOM = "drafting"
EDIT, APPROVE = "standard.edit", "standard.approve"


@lru_cache(maxsize=1)
def procedures() -> Procedures:
    """The procedures and ballot rules that ship."""
    return read_procedures(yaml.safe_load((settings.DATA_DIR / "drafting" / "procedures.yaml").read_text("utf-8")))


def procedure_of(project: Project) -> Procedure:
    """How this project's document is made."""
    return procedures().get(project.procedure)


def found(code: str) -> Project:
    """The project of this code; Refused where there is none."""
    project = Project.objects.filter(code=code).first()
    if project is None:
        raise Refused(zh=f"没有“{code}”这个项目。", en=f"There is no project “{code}”.")
    return project


def locked(project: Project) -> Project:
    """The project as it is now, nobody else changing it until the caller's transaction ends."""
    return Project.objects.select_for_update().get(pk=project.pk)


def about(project: Project) -> str:
    """How the audit trail names it."""
    return f"project:{project.code}"


# --- opening and describing ---------------------------------------------------------------------------

WORDS = ("title_zh", "title_en", "need_zh", "need_en", "scope_zh", "scope_en", "overlap_reason", "ics", "ccs",
         "revises", "proposer_zh", "proposer_en", "regulator_zh", "regulator_en")
"""What a proposal says in words."""
LONGEST = {"title_zh": 300, "title_en": 300, "ics": 60, "ccs": 60, "revises": 120, "proposer_zh": 200,
           "proposer_en": 200, "regulator_zh": 200, "regulator_en": 200}


def open_project(*, by: Actor, procedure: str, region: str, on: date | None = None, serves: Sequence[str] = (),
                 kind: str = "", **said: str) -> Project:
    """A new project at the first stage of its procedure, at ``region``.

    ``said``: the words of the proposal (title_zh must be there); ``on``: the day it began, not after today.
    """
    require(by=by, right=EDIT, path=path_to(region))
    how, day = procedures().get(procedure), _day(on)
    level = tree().level(region)
    if level not in how.levels:
        raise Refused(zh=f"“{how.name.zh}”不适用于 {region} 这一级。",
                      en=f"“{how.name.en}” is not for {region}'s level.")
    _check_words(said, serves)
    with transaction.atomic():
        project = Project.objects.create(
            code=_next_code(day), procedure=how.code, kind=kind or how.kinds[0], region=region, stage=how.first,
            entered_on=day, opened_by=by.username, opened_on=day, serves=list(serves),
            simulated=tree().known(region).simulated, **said)
        WorkingText.objects.create(project=project)
        StageMove.objects.create(project=project, act="open", to_stage=how.first, on=day, by=by.username)
        _give(project, how)
        write_line(by=by, act="drafting.open", subject=about(project),
                   after={"procedure": how.code, "region": region, "title": project.title_zh})
    return project


def _day(on: date | None) -> date:
    today = timezone.localdate()
    if on and on > today:
        raise Refused(zh=f"日期 {on} 在今天以后。", en=f"The day {on} lies ahead.")
    return on or today


def _next_code(day: date) -> str:
    """The next number of the year; the room's revision row stays locked until the act ends, so nobody else has it."""
    bump(ROOM)
    start = f"P{day.year}-"
    given = [int(code.removeprefix(start)) for code in Project.objects.filter(code__startswith=start).values_list(
        "code", flat=True)]
    return f"{start}{max(given, default=0) + 1:04}"


def _check_words(said: Mapping[str, str], serves: Sequence[str], old: str = "") -> None:
    if unknown := said.keys() - set(WORDS):
        raise Refused(zh=f"没有“{min(unknown)}”这一栏。", en=f"There is no field “{min(unknown)}”.")
    if not said.get("title_zh", old).strip():
        raise Refused(zh="请填写中文名称。", en="Give the Chinese title.")
    for name, most in LONGEST.items():
        if len(said.get(name, "")) > most:
            raise Refused(zh=f"“{name}”最多 {most} 字。", en=f"“{name}”: {most} characters at most.")
    for name, shape, sample in (("ics", ICS, "03.080.99"), ("ccs", CCS, "A12")):
        if said.get(name) and not shape.fullmatch(said[name].strip()):
            raise Refused(zh=f"“{said[name]}”不是 {name.upper()} 分类号，请写成 {sample} 的样子。",
                          en=f"“{said[name]}” is no {name.upper()} class; write it like {sample}.")
    for code in serves:
        catalogue().chain(code)
    if said.get("revises"):
        known(said["revises"])


def describe(*, by: Actor, project: Project, serves: Sequence[str] | None = None, **said: str) -> Project:
    """Change the words of the proposal while the document is being made."""
    require(by=by, right=EDIT, path=path_to(project.region))
    _check_words(said, serves or (), old=project.title_zh)
    with transaction.atomic():
        project = locked(project)
        _running(project)
        changed = {name: value.strip() for name, value in said.items() if getattr(project, name) != value.strip()}
        before = {name: getattr(project, name) for name in changed}
        if serves is not None and list(serves) != project.serves:
            before["serves"], changed["serves"] = project.serves, list(serves)  # type: ignore[assignment]
        for name, value in changed.items():
            setattr(project, name, value)
        if changed:
            project.save(update_fields=list(changed))
            write_line(by=by, act="drafting.describe", subject=about(project), before=before, after=changed)
    return project


def _running(project: Project) -> None:
    if not project.running:
        raise Refused(zh=f"项目 {project.code} 已不在制定中。", en=f"{project.code} is no longer being made.")


# --- from stage to stage ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A step that the procedure knows from here: its rules one by one, and whether this person may take it."""

    way: Way
    name: Bilingual
    to: Bilingual
    reason: bool
    checks: Sequence[Check]
    allowed: bool

    @property
    def open(self) -> bool:
        """Whether all its rules are met."""
        return all(one.met for one in self.checks)


def steps(*, by: Actor, project: Project) -> list[Step]:
    """What may and may not be done next, and why, rule by rule."""
    how, facts, path = procedure_of(project), facts_of(project), path_to(project.region)
    return [Step(way, how.acts[way.act].name, how.stages[way.to].name, how.acts[way.act].reason, checked(way, facts),
                 allows(by=by, right=way.right, path=path)) for way in how.open_to(project.stage)]


def take(*, by: Actor, project: Project, act: str, reason: str = "", on: date | None = None) -> Project:
    """Take a step to another stage. Refused with every rule that is not met; ``publish`` has an act of its own."""
    how = procedure_of(project)
    way = how.way(project.stage, act)
    require(by=by, right=way.right, path=path_to(project.region))
    if act == "publish":
        raise Refused(zh="发布请用“批准发布”。", en="Publishing is an act of its own.")
    if how.acts[act].reason and not reason.strip():
        raise Refused(zh="请写明理由。", en="Say why.")
    with transaction.atomic():
        project = locked(project)
        way = how.way(project.stage, act)
        require_met(way, facts_of(project))
        move(by=by, project=project, way=way, reason=reason.strip(), on=_day_after_entry(project, on))
        _tell_library(by, project, act, reason)
    return project


def _day_after_entry(project: Project, on: date | None) -> date:
    day = _day(on)
    if day < project.entered_on:
        raise Refused(zh=f"日期 {day} 早于进入本阶段的日期 {project.entered_on}。",
                      en=f"The day {day} is before this stage began, {project.entered_on}.")
    return day


def move(*, by: Actor, project: Project, way: Way, reason: str, on: date) -> None:
    """Note the step and give the project to whose move it is now; inside the caller's transaction."""
    how = procedure_of(project)
    StageMove.objects.create(project=project, act=way.act, at_stage=way.at, to_stage=way.to, on=on, reason=reason,
                             by=by.username)
    project.stage, project.entered_on = way.to, on
    _give(project, how)
    bump(ROOM)
    write_line(by=by, act=f"drafting.{way.act}", subject=about(project), reason=reason,
               before={"stage": way.at}, after={"stage": way.to, "on": on})


VERDICTS = {"keep": "keep", "revise": "revise", "withdraw": "withdraw"}


def _tell_library(by: Actor, project: Project, act: str, reason: str) -> None:
    """The verdict of a review counts for the library too."""
    if act in VERDICTS and project.kind in KINDS:
        reviewed(by=by, standard=known(project.number), verdict=VERDICTS[act], reason=reason)


HOLDERS = {"committee": Bilingual("技术委员会", "Technical committee")}


def _give(project: Project, how: Procedure) -> None:
    """Whose move it is by the table, and until when."""
    body = {"proposer": project.proposer, "regulator": project.regulator, **HOLDERS}.get(
        how.holders.get(project.stage, ""), NO_WORDS)
    limit = how.limits.get(project.stage)
    project.holder_zh, project.holder_en, project.holder_user = body.zh, body.en, ""
    project.task_zh = project.task_en = ""
    project.due_on = limit.due(project.entered_on) if limit else None
    project.save()


def hand_to(*, by: Actor, project: Project, username: str = "", body: Bilingual = NO_WORDS, task: Bilingual = NO_WORDS,
            due: date | None = None) -> Project:
    """Say whose move it is: a person by login, or a body by name; what is to be done, and until when."""
    require(by=by, right=EDIT, path=path_to(project.region))
    if bool(username) == bool(body.zh.strip()):
        raise Refused(zh="请写明由谁办理：一个人，或一个单位。", en="Name whose move it is: a person or a body.")
    if username and not User.objects.filter(username=username, is_active=True).exists():
        raise Refused(zh=f"没有名为“{username}”的用户。", en=f"There is no user “{username}”.")
    with transaction.atomic():
        project = locked(project)
        _running(project)
        project.holder_user, project.holder_zh, project.holder_en = username, body.zh.strip(), body.en.strip()
        project.task_zh, project.task_en, project.due_on = task.zh, task.en, due or project.due_on
        project.save()
        tell(username=username, about=about(project), href=f"work/projects/{project.code}/",
             text=Bilingual(f"{project.title_zh}：轮到您办理。{task.zh}", f"{project.title_en or project.title_zh}: "
                            f"it is your move. {task.en}"))
        write_line(by=by, act="drafting.hand_to", subject=about(project),
                   after={"to": username or body.zh, "task": task.zh, "due": project.due_on})
    return project


EVIDENCE: Mapping[str, Bilingual] = {
    "meeting": Bilingual("技术审查会或集体审议", "Review meeting or collective decision"),
    "legally_reviewed": Bilingual("合法性审核", "Legal review"),
    "filed": Bilingual("备案", "Filing for record"),
    "assessed": Bilingual("财政承受能力评估或风险评估", "Fiscal-capacity or risk assessment"),
}


def record_evidence(*, by: Actor, project: Project, kind: str, text: str, on: date | None = None,
                    passed: bool = True) -> Evidence:
    """What happened outside the product, with its verdict; it counts for the draft that was examined."""
    require(by=by, right=APPROVE if kind == "filed" and _regulated(project) else EDIT, path=path_to(project.region))
    if kind not in EVIDENCE or not text.strip():
        raise Refused(zh="请选择类别并写明内容（何时、何人、结论）。",
                      en="Choose the kind and write what happened: when, who, what came of it.")
    with transaction.atomic():
        project = locked(project)
        kept = Evidence.objects.create(
            project=project, draft=examined(project), kind=kind, on=_day(on), text=text.strip(), by=by.username,
            verdict="passed" if passed else "failed")
        bump(ROOM)
        write_line(by=by, act="drafting.evidence", subject=about(project),
                   after={"kind": kind, "verdict": kept.verdict, "on": kept.on})
    return kept


def _regulated(project: Project) -> bool:
    return any(way.right == APPROVE for way in procedure_of(project).ways)


# --- what is true of a project now --------------------------------------------------------------------


def examined(project: Project) -> Draft | None:
    """The draft that is before the committee: the latest for review, else the latest of all."""
    drafts = project.drafts.order_by("-seq")
    return drafts.filter(label="review").first() or drafts.first()


PROPOSAL: Mapping[str, Bilingual] = {
    "title_zh": Bilingual("中文名称", "the Chinese title"), "title_en": Bilingual("英文名称", "the English title"),
    "need_zh": Bilingual("必要性", "why it is needed"), "scope_zh": Bilingual("适用范围", "its scope"),
    "proposer_zh": Bilingual("提出单位", "who proposes it"),
    "serves": Bilingual("涉及的服务项目或事项", "the items or matters it serves"),
}


def facts_of(project: Project) -> Facts:
    """Everything the rules ask for."""
    text, ballot = project.text, _closed_ballot(project)
    meeting = _meeting(project)
    comments = project.comments.filter(merged_into=None, state=SHOWN)
    return Facts(
        missing=[words for name, words in PROPOSAL.items() if not getattr(project, name)],
        alike=[one.number for one in alike(title=project.title_zh, region=project.region,
                                           apart_from={project.number, project.revises})],
        alike_answered=bool(project.overlap_reason.strip()), revises=project.revises, issued=_issued(project),
        changed_since=_changed_since(project), errors=errors_of(project),
        rounds=[one.fact() for one in project.consultations.all()], waiting=_waiting(project),
        undisposed=comments.filter(disposition="").count(),
        ballot=tally_of(ballot) if ballot else None, ballot_approved=bool(ballot and ballot.outcome == "approved"),
        meeting=meeting.verdict if meeting else "", objections=_objections(project),
        evidence=frozenset(one.kind for one in project.evidence.filter(verdict="passed")),
        number=project.number, effective_on=project.effective_on, valid_until=project.valid_until,
        impact_seen=bool(text.version) and project.impact_seen == impact_fingerprint(project))


def _issued(project: Project) -> dict[str, int]:
    """Drafts issued since the project last came to its stage, by label."""
    entered = project.moves.order_by("-pk").values_list("at", flat=True).first()
    rows = project.drafts.filter(at__gte=entered) if entered else project.drafts.all()
    return {one.label: one.seq for one in rows}


def _changed_since(project: Project) -> bool:
    latest = project.drafts.order_by("-seq").first()
    return latest is not None and project.text.version != latest.version


def errors_of(project: Project) -> list[Bilingual]:
    """What is wrong with the working text."""
    return [flaw.sentence for flaw in check(project.text.facts(), library(), timezone.localdate())
            if flaw.severity == "error"]


def _waiting(project: Project) -> int:
    """Comments held back until somebody looks at them, or on a desk below."""
    rows = project.comments.filter(merged_into=None)
    return rows.filter(state="held").count() + rows.filter(state=SHOWN).exclude(desk=project.region).count()


def _closed_ballot(project: Project) -> Ballot | None:
    draft = examined(project)
    return project.ballots.filter(draft=draft, closed_on__isnull=False).first() if draft else None


def _meeting(project: Project) -> Evidence | None:
    draft = examined(project)
    return project.evidence.filter(kind="meeting", draft=draft).last() if draft else None


def _objections(project: Project) -> int:
    return sum(tally_of(ballot).objections for ballot in project.ballots.all())


def tally_of(ballot: Ballot) -> Tally:
    """The count of a ballot as it stands."""
    voters = ballot.voters.prefetch_related("votes__replies")
    votes = [vote.fact() for voter in voters for vote in voter.votes.all()]
    return tally(procedures().ballots[ballot.rule], len(voters), votes)


def stays_of(project: Project, today: date | None = None) -> list[Stay]:
    """How long it stood in each stage."""
    return stays(procedure_of(project), [one.fact() for one in project.moves.all()], today or timezone.localdate())


def in_library(project: Project) -> bool:
    """Whether its document stands in the library."""
    return project.stage in (PUBLISHED, REVIEWING, WITHDRAWN) and project.kind in KINDS


def visible(*, by: Actor, project: Project) -> bool:
    """Whether somebody's roles are on the same line of places: the project's own, above it or below it."""
    if not isinstance(by, User):
        return True
    path = set(path_to(project.region))
    own = [grant.region for grant in by.grants.in_force(timezone.localdate())]  # type: ignore[attr-defined]
    return any(region in path or project.region in path_to(region) for region in own)


def comments_of(project: Project) -> list[CommentRow]:
    """Comments that have arrived and speak for themselves, in their order."""
    return list(project.comments.filter(merged_into=None, state=SHOWN, desk=project.region))


def plain_fields(project: Project, names: Sequence[str]) -> dict[str, Any]:
    """Some fields as the form shows them."""
    return {name: getattr(project, name) for name in names}
