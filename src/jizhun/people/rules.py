"""Roles and rights, and the chain of the audit trail. Pure: days, grants and lines are arguments."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import Period

RIGHTS: Mapping[str, Bilingual] = {
    "region.edit": Bilingual("维护区划", "Keep the tree of places"),
    "catalogue.edit": Bilingual("维护服务目录", "Keep the catalogue of services"),
    "standard.edit": Bilingual("维护标准", "Keep standards"),
    "standard.review": Bilingual("复核标准", "Review standards"),
    "standard.approve": Bilingual("批准标准立项、编号和发布", "Approve, number and publish standards"),
    "standard.comment": Bilingual("代表本单位提意见、反馈实施问题", "Comment for a body and report what does not work"),
    "standard.vote": Bilingual("参加标准表决", "Vote on standards"),
    "provision.record": Bilingual("录入规定", "Record provisions"),
    "provision.review": Bilingual("复核规定", "Review provisions"),
    "guide.edit": Bilingual("编制指南与规程", "Write guides and procedures"),
    "guide.review": Bilingual("复核指南与规程", "Review guides and procedures"),
    "batch.receive": Bilingual("报送办件数据", "Hand in case records"),
    "case.read": Bilingual("查看单个办件", "Read single cases"),
    "rating.handle": Bilingual("办理差评整改", "Handle negative ratings"),
    "rating.decide": Bilingual("复核差评申诉", "Decide appeals about negative ratings"),
    "result.compute": Bilingual("计算评估结果", "Compute results"),
    "result.read": Bilingual("查看评估结果", "Read results"),
    "result.publish": Bilingual("发布评估结果", "Publish results"),
    "finding.answer": Bilingual("答复本地问题", "Answer findings of the own place"),
    "finding.oversee": Bilingual("督办下级问题", "Return answers and extend dates below"),
    "evaluation.report": Bilingual("对标自评、答复整改", "Assess the own place and answer findings"),
    "evaluation.inspect": Bilingual("核查自评、记录体验暗访督办", "Check self-assessments, record visits and notices"),
    "evaluation.judge": Bilingual("第三方评审办件和开展问卷", "Judge sampled cases and run surveys from outside"),
    "collaboration.edit": Bilingual("维护协同区域与互认", "Keep collaboration areas and mutual recognition"),
    "plan.edit": Bilingual("制定本地规划", "Make the plan of a place"),
    "plan.report": Bilingual("报送规划事实、提出清单调整", "Report facts for a plan and propose changes of the list"),
    "pilot.manage": Bilingual("组织试点、确定试点和结论", "Run pilot programmes, select pilots and decide on them"),
    "pilot.apply": Bilingual("申报和实施本地试点、采用经验", "Apply for pilots, run them and take practices over"),
    "pilot.assess": Bilingual("评审试点申报和成效", "Assess applications and pilots"),
    "training.write": Bilingual("编写题目和课程", "Write questions and courses"),
    "training.review": Bilingual("复核题目和课程", "Review questions and courses"),
    "training.teach": Bilingual("组织培训、考试和竞赛", "Run training, examinations and contests"),
    "people.manage": Bilingual("管理用户与授权", "Manage users and grants"),
    "audit.read": Bilingual("查看审计记录", "Read the audit trail"),
}
"""The closed list of rights: code -> what it allows. Each holds within a region and everything below it."""


@dataclass(frozen=True, slots=True)
class Role:
    """A named bundle of rights that may be granted at places of these levels (0 nation … 4 town)."""

    name: Bilingual
    rights: frozenset[str]
    levels: range = range(0, 5)


READER = frozenset({"result.read"})
EDITOR = READER | {"provision.record", "guide.edit", "batch.receive", "case.read", "result.compute", "people.manage",
                   "standard.comment", "rating.handle", "rating.decide", "finding.answer",
                   "finding.oversee", "evaluation.report", "evaluation.inspect", "collaboration.edit",
                   "plan.edit", "plan.report", "pilot.manage", "pilot.apply"}
NATIONAL = EDITOR | {"region.edit", "catalogue.edit", "standard.edit", "result.publish", "audit.read"}

ROLES: Mapping[str, Role] = {
    "national_editor": Role(Bilingual("国家级编辑", "National editor"), NATIONAL, range(0, 1)),
    "provincial_editor": Role(Bilingual("省级编辑", "Provincial editor"), EDITOR | {"standard.edit"}, range(1, 2)),
    "county_editor": Role(Bilingual("市县编辑", "City or county editor"), EDITOR, range(2, 5)),
    "clerk": Role(Bilingual("窗口经办", "Window clerk"),
                  READER | {"batch.receive", "case.read", "standard.comment", "rating.handle"}, range(2, 5)),
    "reviewer": Role(
        Bilingual("复核员", "Reviewer"),
        READER | {"provision.review", "standard.review", "guide.review", "result.publish", "audit.read",
                  "finding.oversee", "training.review"},
    ),
    "statistician": Role(
        Bilingual("统计员", "Statistician"), READER | {"batch.receive", "case.read", "result.compute"}
    ),
    "standards_officer": Role(
        Bilingual("标准化专员", "Standards officer"),
        READER | {"standard.edit", "standard.comment", "plan.report"}, range(0, 4)
    ),
    "market_regulator": Role(
        Bilingual("市场监管（标准）", "Market regulator (standards)"), READER | {"standard.approve"}, range(0, 3)
    ),
    "committee_member": Role(
        Bilingual("技术委员会委员", "Member of a technical committee"), READER | {"standard.vote"}, range(0, 3)
    ),
    "assessor": Role(
        Bilingual("第三方评估员", "Outside assessor"), READER | {"evaluation.judge", "pilot.assess"}, range(0, 4)
    ),
    "trainer": Role(Bilingual("培训师", "Trainer"), READER | {"training.teach", "training.write"}),
    "reader": Role(Bilingual("查阅者", "Reader"), READER),
}
"""Role code -> what it may do. Whoever records a value does not review it, and whoever drafts a standard does not
approve it: no role holds both rights."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A region asks for a qualification before a right counts (see ``people.models.RightRequirement``)."""

    region: str
    right: str
    role: str
    qualification: str
    name: Bilingual
    href: str
    valid_from: date
    grace_days: int
    asked: bool = True


@dataclass(frozen=True, slots=True)
class Qualified:
    """What a user is qualified for at a place and below; both days included."""

    code: str
    region: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class Held:
    """A role held over the region with this code, in a period; ``withheld`` is what keeps some of its rights back."""

    role: str
    region: str
    period: Period
    withheld: tuple[Requirement, ...] = ()

    @property
    def rights(self) -> frozenset[str]:
        """What it allows now."""
        return ROLES[self.role].rights - {one.right for one in self.withheld}


class Forbidden(Refused):
    """Somebody asked for what their grants do not allow; doors answer 403."""


def in_force(grants: Iterable[Held], on: date) -> tuple[Held, ...]:
    """The grants that hold on that day."""
    return tuple(grant for grant in grants if on in grant.period)


def may(grants: Iterable[Held], right: str, path: Sequence[str]) -> bool:
    """Whether grants in force allow ``right`` at the last place of ``path`` (region codes, nation first).

    A grant reaches its own region and everything below it. KeyError for a right outside the closed list.
    """
    RIGHTS[right]
    return any(grant.region in path and right in grant.rights for grant in grants)


def forbidden(right: str, region: str) -> Forbidden:
    """The refusal of ``right`` at ``region``."""
    name = RIGHTS[right]
    return Forbidden(
        zh=f"您在 {region} 没有“{name.zh}”的权限。", en=f"You have no right at {region} to: {name.en.lower()}."
    )


# Rights follow learning: a region may ask for a qualification before a right counts.

LEARNABLE = ("guide.edit", "guide.review", "provision.record", "provision.review", "standard.edit", "standard.review",
             "evaluation.inspect", "evaluation.judge", "rating.decide", "training.write", "training.review")
"""Rights that may be made to follow learning. Managing people and reading are none of them: nobody is locked out of
the means to put things right."""
LONGEST_GRACE = 366


def asked_on(requirements: Iterable[Requirement], on: date) -> list[Requirement]:
    """What is asked on a day. ``requirements`` in the order in which they begin; the last that has begun counts."""
    found: dict[tuple[str, str, str, str], Requirement] = {}
    for one in requirements:
        if one.valid_from <= on:
            found[one.region, one.right, one.role, one.qualification] = one
    return [one for one in found.values() if one.asked]


def lacking(grant: Held, path: Sequence[str], asked: Iterable[Requirement], qualified: Sequence[Qualified], on: date
            ) -> tuple[Requirement, ...]:
    """What is asked for a grant's rights and not there. ``path`` leads to the grant's region: a province asks it of its
    own people and of those below, never of those above. The grace runs from when it was asked, or from the grant's
    first day where that is later; without any it holds at once."""
    return tuple(
        one for one in asked
        if one.region in path and one.right in ROLES[grant.role].rights and one.role in ("", grant.role)
        and on >= max(one.valid_from, grant.period.start) + timedelta(one.grace_days)
        and not any(is_qualified(held, one.qualification, path, on) for held in qualified))


def is_qualified(held: Qualified, code: str, path: Sequence[str], on: date) -> bool:
    """Whether it is this qualification, for the last place of ``path``, on that day."""
    return held.code == code and held.region in path and held.valid_from <= on <= held.valid_until


def unlearned(right: str, region: str, asked: Requirement) -> Forbidden:
    """The refusal of a right that waits for learning: what to learn, and where."""
    name = RIGHTS[right]
    return Forbidden(
        zh=f"您在 {region} 的“{name.zh}”权限须持有有效的“{asked.name.zh}”证书"
           f"（{asked.region} 自 {asked.valid_from} 起要求），目前没有。请到 {asked.href} 学习并参加考试。",
        en=f"At {region} the right to {name.en.lower()} needs a valid certificate “{asked.name.en}” (asked for by "
           f"{asked.region} since {asked.valid_from}), and you hold none. Learn it and sit the examination at "
           f"{asked.href}.")


def check_level(role: str, level: int, region: str) -> None:
    """Raises Refused when there is no such role, or when it is not for a place of this level."""
    if role not in ROLES:
        raise Refused(zh=f"没有“{role}”这个角色。", en=f"There is no role “{role}”; there are {', '.join(ROLES)}.")
    if level not in ROLES[role].levels:
        name = ROLES[role].name
        raise Refused(
            zh=f"“{name.zh}”不能授予 {region} 这一级。", en=f"The role “{name.en}” is not for {region}'s level."
        )


class Actor(Protocol):
    """Whoever does an act: a user, or the machine's owner at the command line (``SYSTEM``)."""

    @property
    def username(self) -> str:
        """The name on the audit trail."""


@dataclass(frozen=True, slots=True)
class System:
    """The actor behind a command of the machine's owner: it may do everything, and the trail names it."""

    username: str = "system"


SYSTEM = System()


@dataclass(frozen=True, slots=True)
class DemonstrationLogin:
    """A login for trying things out, named by what it may do and where."""

    username: str
    role: str
    region: str
    name: Bilingual


DEMONSTRATION_PASSWORD = "try-jizhun-2026"
DEMONSTRATION_LOGINS = (
    DemonstrationLogin("national-editor", "national_editor", "CN", Bilingual("国家级编辑", "National editor")),
    DemonstrationLogin("province-editor", "provincial_editor", "990000", Bilingual("省级编辑", "Provincial editor")),
    DemonstrationLogin("county-editor", "county_editor", "990101", Bilingual("县级编辑", "County editor")),
    DemonstrationLogin("county-clerk", "clerk", "990101", Bilingual("县窗口经办", "County clerk")),
    DemonstrationLogin("county-clerk-elsewhere", "clerk", "990201", Bilingual("外县窗口经办", "Clerk elsewhere")),
    DemonstrationLogin("reviewer", "reviewer", "990000", Bilingual("复核员", "Reviewer")),
    DemonstrationLogin("statistician", "statistician", "990000", Bilingual("统计员", "Statistician")),
    DemonstrationLogin("city-standards", "standards_officer", "990100",
                       Bilingual("市级标准化专员", "City standards officer")),
    DemonstrationLogin("county-standards", "standards_officer", "990101",
                       Bilingual("县级标准化专员", "County standards officer")),
    DemonstrationLogin("market-regulator", "market_regulator", "990000",
                       Bilingual("省市场监管部门", "Provincial market regulator")),
    DemonstrationLogin("committee-1", "committee_member", "990000", Bilingual("委员甲", "Committee member A")),
    DemonstrationLogin("committee-2", "committee_member", "990000", Bilingual("委员乙", "Committee member B")),
    DemonstrationLogin("committee-3", "committee_member", "990000", Bilingual("委员丙", "Committee member C")),
    DemonstrationLogin("city-editor", "county_editor", "990100", Bilingual("市级编辑", "City editor")),
    DemonstrationLogin("outside-assessor", "assessor", "990000", Bilingual("第三方评估员", "Outside assessor")),
    DemonstrationLogin("trainer", "trainer", "990000", Bilingual("培训师", "Trainer")),
    DemonstrationLogin("reader", "reader", "990100", Bilingual("查阅者", "Reader")),
)


# The audit trail. A line's hash covers its own fields and the hash of the line before: to change one line unseen,
# every later line would have to be rewritten, and the newest hash is what an auditor has written down.

BEGINNING = "0" * 64


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trail as it is hashed; ``before`` and ``after`` are canonical JSON texts."""

    seq: int
    at: datetime
    actor: str
    act: str
    subject: str
    before: str
    after: str
    reason: str
    previous: str
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """The first line that does not fit, and why."""

    seq: int
    why: Bilingual


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces: equal values have equal texts. What JSON lacks is written as text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def hash_of(line: Line) -> str:
    """SHA-256 (hex) over every field of the line but the hash itself; the time counts in UTC microseconds."""
    at = line.at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = [line.seq, at, line.actor, line.act, line.subject, line.before, line.after, line.reason, line.previous]
    return hashlib.sha256(canonical(fields).encode()).hexdigest()


def misfit(line: Line, seq: int, previous: str) -> Bilingual | None:
    """Why ``line`` cannot be number ``seq`` after the hash ``previous``; None if it fits."""
    if line.seq != seq:
        return Bilingual(f"缺少第 {seq} 行", f"line {seq} is missing")
    if line.previous != previous:
        return Bilingual("与上一行的散列值不相接", "it does not carry the hash of the line before")
    if line.hash != hash_of(line):
        return Bilingual("内容与散列值不符", "its content does not match its hash")
    return None


def first_break(lines: Iterable[Line], head: tuple[int, str]) -> Break | None:
    """The first line that breaks the chain; ``head`` is the number and hash that the newest line must have."""
    seq, previous = 0, BEGINNING
    for line in lines:
        if why := misfit(line, seq + 1, previous):
            return Break(seq + 1, why)
        seq, previous = line.seq, line.hash
    if (seq, previous) != head:
        return Break(seq + 1, Bilingual("末尾的行被删除或改动", "the end of the trail was cut off or replaced"))
    return None
