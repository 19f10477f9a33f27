"""Projects: open, describe, move from stage to stage, say whose move it is, record what happened outside."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.drafting.actions.entry import entry_errors
from jizhun.drafting.actions.fingerprints import impact_fingerprint
from jizhun.drafting.actions.fitting import check_lengths, check_near
from jizhun.drafting.models import (
    SHOWN,
    Ballot,
    CommentRow,
    Consultation,
    Draft,
    Evidence,
    Project,
    StageMove,
    WorkingText,
)
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
from jizhun.people.actions import allows, grants_of, path_to, require, tell, write_line
from jizhun.people.models import User
from jizhun.people.rules import Actor
from jizhun.provisions.actions import place_name
from jizhun.regions.actions import bump, tree
from jizhun.standards.actions import alike, known, library, reviewed
from jizhun.standards.rules.library import CURRENT, KINDS
from jizhun.standards.rules.reading import CCS, ICS

ROOM = "drafting"
EDIT, APPROVE = "standard.edit", "standard.approve"


@lru_cache(maxsize=1)
def procedures() -> Procedures:
    """The procedures and ballot rules that ship."""
    return read_procedures(yaml.safe_load((settings.DATA_DIR / "drafting" / "procedures.yaml").read_text("utf-8")))


def kind_name(kind: str) -> Bilingual:
    """What a kind of document is called; one that stands in no library goes by its procedure's name."""
    how = procedures().by_code.get(kind)
    return KINDS.get(kind) or (how.name if how else Bilingual(kind, kind))


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

WORDS: Mapping[str, Bilingual] = {
    "title_zh": Bilingual("中文名称", "Chinese title"), "title_en": Bilingual("英文名称", "English title"),
    "need_zh": Bilingual("必要性", "Why it is needed"),
    "need_en": Bilingual("必要性（英文）", "Why it is needed (English)"),
    "scope_zh": Bilingual("适用范围（中文）", "Scope (Chinese)"),
    "scope_en": Bilingual("适用范围（英文）", "Scope (English)"),
    "overlap_reason": Bilingual("为何仍需制定", "Why it is still needed"), "ics": Bilingual("ICS", "ICS"),
    "ccs": Bilingual("CCS", "CCS"), "revises": Bilingual("所修订的标准", "Revises the standard"),
    "proposer_zh": Bilingual("提出单位（中文）", "Proposed by (Chinese)"),
    "proposer_en": Bilingual("提出单位（英文）", "Proposed by (English)"),
    "regulator_zh": Bilingual("批准机关（中文）", "Approved by (Chinese)"),
    "regulator_en": Bilingual("批准机关（英文）", "Approved by (English)"),
}
"""What a proposal says in words, and how its form calls each."""
LONGEST = {"title_zh": 300, "title_en": 300, "ics": 60, "ccs": 60, "revises": 120, "proposer_zh": 200,
           "proposer_en": 200, "regulator_zh": 200, "regulator_en": 200}


def open_project(*, by: Actor, procedure: str, region: str, on: date | None = None, serves: Sequence[str] = (),
                 kind: str = "", **said: str) -> Project:
    """A new project at the first stage of its procedure, at ``region``.

    ``said``: the words of the proposal (title_zh must be there); ``on``: the day it began, not after today.
    Forbidden without the right to draft there; Refused where the procedure is not for that place or kind, or where
    the words cannot be.
    """
    require(by=by, right=EDIT, path=path_to(region))
    how, day = procedures().get(procedure), past_day(on)
    level = tree().level(region)
    if level not in how.levels:
        place = place_name(region)
        raise Refused(zh=f"“{how.name.zh}”不适用于{place.zh}这一级。",
                      en=f"“{how.name.en}” is not for the level of {place}.")
    _check_words(said, serves)
    if kind and kind not in how.kinds:
        name = kind_name(kind)
        raise Refused(zh=f"“{how.name.zh}”不用于“{name.zh}”。", en=f"“{how.name.en}” is not for “{name.en}”.")
    simulated = tree().known(region).simulated
    if said.get("revises"):
        said = {**said, "revises": _revised(said["revises"], kind or how.kinds[0], region, simulated)}
    with transaction.atomic():
        project = Project.objects.create(
            code=_next_code(day), procedure=how.code, kind=kind or how.kinds[0], region=region, stage=how.first,
            entered_on=day, opened_by=by.username, opened_on=day, serves=list(serves),
            simulated=simulated, **said)
        WorkingText.objects.create(project=project)
        StageMove.objects.create(project=project, act="open", to_stage=how.first, on=day, by=by.username)
        _give(project, how)
        write_line(by=by, act="drafting.open", subject=about(project),
                   after={"procedure": how.code, "region": region, "title": project.title_zh})
    return project


def past_day(on: date | None) -> date:
    """The day on which something happened, today unless another is given; Refused for one that lies ahead."""
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
    if unknown := said.keys() - WORDS.keys():
        raise Refused(zh=f"没有“{min(unknown)}”这一栏。", en=f"There is no field “{min(unknown)}”.")
    if not said.get("title_zh", old).strip():
        raise Refused(zh="请填写中文名称。", en="Give the Chinese title.")
    for name, most in LONGEST.items():
        if len(said.get(name, "")) > most:
            field = WORDS[name]
            raise Refused(zh=f"“{field.zh}”最多 {most} 字。", en=f"“{field.en}”: {most} characters at most.")
    for name, shape, sample in (("ics", ICS, "03.080.99"), ("ccs", CCS, "A12")):
        if said.get(name) and not shape.fullmatch(said[name].strip()):
            raise Refused(zh=f"“{said[name]}”不是 {name.upper()} 分类号，请写成 {sample} 的样子。",
                          en=f"“{said[name]}” is no {name.upper()} class; write it like {sample}.")
    for code in serves:
        catalogue().chain(code)


def _revised(number: str, kind: str, region: str, simulated: bool) -> str:
    """The dated number of the standard that is revised; Refused for one of another kind or place: nobody supersedes
    what others are responsible for."""
    old = known(number.strip())
    if (old.kind, old.region) != (kind, region) or (old.mark == "SIM") != simulated:
        raise Refused(zh=f"{old.number} 不是本地区的同类标准，不能由此修订。",
                      en=f"{old.number} is no standard of this kind and place: it cannot be revised here.")
    return old.number


def described(project: Project) -> str:
    """A short word for what the proposal says now."""
    said = [*(getattr(project, name) for name in WORDS), *project.serves]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def describe(*, by: Actor, project: Project, serves: Sequence[str] | None = None, seen: str | None = None,
             **said: str) -> Project:
    """Change the words of the proposal until it is sent to approval.

    ``seen`` is what the writer had before them: Refused where somebody else has changed it since.
    """
    require(by=by, right=EDIT, path=path_to(project.region))
    _check_words(said, serves or (), old=project.title_zh)
    if said.get("revises"):
        said = {**said, "revises": _revised(said["revises"], project.kind, project.region, project.simulated)}
    with transaction.atomic():
        project = locked(project)
        still_open(project)
        if seen is not None and seen != described(project):
            raise Refused(zh="有人在此期间改动了立项申请。您填写的内容还在，请对照后再保存。",
                          en="Somebody has changed the proposal in the meantime. What you typed is kept: compare, then "
                             "save.")
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


def check_running(project: Project) -> None:
    """Refused once it is no longer being made."""
    if not project.running:
        raise Refused(zh=f"项目 {project.code} 已不在制定中。", en=f"{project.code} is no longer being made.")


def still_open(project: Project) -> None:
    """Refused once the document lies with whoever approves: what is approved is what was sent."""
    check_running(project)
    if project.stage == "50":
        raise Refused(zh="文件已报批，不能再改；需要修改的，请先退回。",
                      en="It lies with whoever approves and cannot be changed: it has to be returned first.")


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
        move(by=by, project=project, way=way, reason=reason.strip(), on=day_after_entry(project, on))
        _tell_library(by, project, act, reason)
    return project


def day_after_entry(project: Project, on: date | None) -> date:
    """The same within the present stage; Refused for a day before it began."""
    day = past_day(on)
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
    if act in VERDICTS and project.kind in KINDS and _in_force(project):
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
    """Say whose move it is: a person by login, or a body by name; what is to be done, and until when.

    Forbidden without the right to draft; Refused where both or neither are named, where there is no such user, or
    where the project has ended.
    """
    require(by=by, right=EDIT, path=path_to(project.region))
    if bool(username) == bool(body.zh.strip()):
        raise Refused(zh="请写明由谁办理：一个人，或一个单位。", en="Name whose move it is: a person or a body.")
    if username and not User.objects.filter(username=username, is_active=True).exists():
        raise Refused(zh=f"没有名为“{username}”的用户。", en=f"There is no user “{username}”.")
    check_lengths(Project, holder_zh=body.zh, holder_en=body.en, task_zh=task.zh, task_en=task.en)
    if due:
        check_near(due, timezone.localdate(), 20)
    with transaction.atomic():
        project = locked(project)
        check_running(project)
        project.holder_user, project.holder_zh, project.holder_en = username, body.zh.strip(), body.en.strip()
        project.task_zh, project.task_en, project.due_on = task.zh, task.en, due or project.due_on
        project.save()
        tell(username=username, about=about(project), href=f"work/projects/{project.code}/",
             text=Bilingual(f"{project.title_zh}：轮到您办理。{task.zh}", f"{project.title_en or project.title_zh}: "
                            f"it is your move. {task}"))
        write_line(by=by, act="drafting.hand_to", subject=about(project),
                   after={"to": username or body.zh, "task": task.zh, "due": project.due_on})
    return project


EVIDENCE: Mapping[str, Bilingual] = {
    "meeting": Bilingual("技术审查会或集体审议", "Review meeting or collective decision"),
    "legally_reviewed": Bilingual("合法性审核", "Legal review"),
    "filed": Bilingual("备案", "Filing for record"),
    "assessed": Bilingual("财政承受能力评估或风险评估", "Fiscal-capacity or risk assessment"),
}


def evidence_right(project: Project, kind: str) -> str:
    """Who may record what happened outside: a filing whoever publishes, all else whoever drafts."""
    return publisher_right(project) if kind == "filed" else EDIT


def publisher_right(project: Project) -> str:
    """Which right publishes documents of this kind."""
    return next((way.right for way in procedure_of(project).ways if way.act == "publish"), APPROVE)


LONGEST_RECORD = 20_000


def record_evidence(*, by: Actor, project: Project, kind: str, text: str, on: date | None = None,
                    verdict: str = "passed") -> Evidence:
    """What happened outside the product, with its verdict; it counts for the draft that was examined.

    Forbidden without the right for this kind (see ``evidence_right``); Refused where it says nothing, too much, or
    cannot have happened by now.
    """
    if kind not in EVIDENCE or verdict not in ("passed", "failed"):
        raise Refused(zh="请选择类别和结论。", en="Choose the kind and the verdict.")
    require(by=by, right=evidence_right(project, kind), path=path_to(project.region))
    if not text.strip() or len(text) > LONGEST_RECORD:
        raise Refused(zh=f"请写明内容（何时、何人、结论），最多 {LONGEST_RECORD} 字。",
                      en=f"Write what happened: when, who, what came of it; {LONGEST_RECORD} characters at most.")
    with transaction.atomic():
        project = locked(project)
        draft, day = _evident(project, kind), past_day(on)
        if draft is not None and day < draft.on and kind != "filed":
            raise Refused(zh=f"日期 {day} 早于这份稿发出的日期 {draft.on}。",
                          en=f"The day {day} is before this draft was issued, {draft.on}.")
        kept = Evidence.objects.create(project=project, draft=draft, kind=kind, on=day, text=text.strip(),
                                       by=by.username, verdict=verdict)
        bump(ROOM)
        write_line(by=by, act="drafting.evidence", subject=about(project),
                   after={"kind": kind, "verdict": kept.verdict, "on": kept.on})
    return kept


def _evident(project: Project, kind: str) -> Draft | None:
    """The draft that it is about; Refused at a time at which such a thing cannot have happened."""
    if kind == "filed":
        if project.stage != PUBLISHED:
            raise Refused(zh="发布之后才能备案。", en="It is filed after it was published.")
        return None
    check_running(project)
    if kind == "meeting":
        check_deciding(project)
    draft = examined(project)
    if draft is None and kind != "assessed":
        raise Refused(zh="还没有发出可供审查的稿。", en="No draft has been issued that could be examined.")
    return draft


def check_deciding(project: Project) -> None:
    """A document is decided on in its stage for that, not while it is still written or commented on; else Refused."""
    how = procedure_of(project)
    if project.stage not in how.deciding:
        names = [how.stages[stage].name for stage in how.deciding]
        raise Refused(zh=f"“{'、'.join(one.zh for one in names)}”阶段才能表决或开会审议。",
                      en=f"It is voted on, or decided at a meeting, in the stage {', '.join(one.en for one in names)}.")


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
    text = project.text
    comments = project.comments.filter(merged_into=None, state=SHOWN)
    return Facts(
        missing=[words for name, words in PROPOSAL.items() if not getattr(project, name)],
        alike=[one.number for one in alike(title=project.title_zh, region=project.region,
                                           apart_from={project.number, project.revises})],
        alike_answered=bool(project.overlap_reason.strip()), revises=project.revises, issued=_issued(project),
        changed=_changed(project), errors=[*errors_of(project), *entry_errors(project)],
        rounds=[one.fact() for one in _rounds(project)], waiting=_waiting(project),
        undisposed=comments.filter(disposition="").count(),
        verdicts=_verdicts(project), objections=_objections(project), evidence=evidence_passed(project),
        number=project.number, effective_on=project.effective_on, valid_until=project.valid_until,
        impact_seen=bool(text.version) and project.impact_seen == impact_fingerprint(project),
        in_force=_in_force(project))


def _issued(project: Project) -> dict[str, int]:
    """Drafts issued since the project last came to its stage, by label."""
    entered = project.moves.order_by("-pk").values_list("at", flat=True).first()
    rows = project.drafts.filter(at__gte=entered) if entered else project.drafts.all()
    return {one.label: one.seq for one in rows}


def _changed(project: Project) -> frozenset[str]:
    """Labels whose latest draft is no longer the working text."""
    latest = {one.label: one.version for one in project.drafts.order_by("seq")}
    return frozenset(label for label, version in latest.items() if version != project.text.version)


def _rounds(project: Project) -> list[Consultation]:
    """Rounds on drafts issued since the last return to preparation: what was rewritten is asked about anew."""
    returned = project.moves.filter(to_stage="20").order_by("-pk").values_list("at", flat=True).first()
    rows = project.consultations.filter(draft__at__gte=returned) if returned else project.consultations.all()
    return list(rows)


def evidence_passed(project: Project) -> frozenset[str]:
    """What was passed last on the draft that was examined; a filing counts whatever the draft."""
    draft = examined(project)
    last = {one.kind: one.verdict for one in project.evidence.all() if one.kind == "filed" or one.draft == draft}
    return frozenset(kind for kind, verdict in last.items() if verdict == "passed")


def _in_force(project: Project) -> bool:
    """Whether the published document holds today."""
    today = timezone.localdate()
    if project.kind not in KINDS:
        return bool(project.effective_on and project.effective_on <= today <= (project.valid_until or today))
    held = library()
    found = held.by_number.get(project.number)
    return found is not None and held.status(found, today) == CURRENT


def errors_of(project: Project) -> list[Bilingual]:
    """What is wrong with the working text."""
    return [flaw.sentence for flaw in check(project.text.facts(), library(), timezone.localdate())
            if flaw.severity == "error"]


def _waiting(project: Project) -> int:
    """Comments held back until somebody looks at them, or on a desk below."""
    rows = project.comments.filter(merged_into=None)
    return rows.filter(state="held").count() + rows.filter(state=SHOWN).exclude(desk=project.region).count()


def _verdicts(project: Project) -> list[str]:
    """What ballots and meetings on the examined draft came to; a ballot that runs is open."""
    draft = examined(project)
    if draft is None:
        return []
    outcomes = {"": "open", "approved": "passed"}
    return [*(outcomes.get(ballot.outcome, "failed") for ballot in project.ballots.filter(draft=draft)),
            *project.evidence.filter(kind="meeting", draft=draft).values_list("verdict", flat=True)]


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


STANDARD_RIGHTS = (EDIT, APPROVE, "standard.review", "standard.comment", "standard.vote", "provision.record")
"""Whoever holds one of these has to do with the making of standards."""


def visible(*, by: Actor, project: Project) -> bool:
    """Whether somebody who has to do with standards is on the same line of places: the project's, above or below."""
    if not isinstance(by, User):
        return True
    path, right = set(path_to(project.region)), set(STANDARD_RIGHTS)
    own = [grant.region for grant in grants_of(by) if grant.rights & right]
    return any(region in path or project.region in path_to(region) for region in own)


def comments_of(project: Project) -> list[CommentRow]:
    """Comments that have arrived and speak for themselves, in their order."""
    return list(project.comments.filter(merged_into=None, state=SHOWN, desk=project.region))


