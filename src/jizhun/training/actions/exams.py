"""Blueprints and their openings: who writes them, who may sit, and what somebody is given to sit on equal terms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import allows, grants_of, path_to, require, write_line
from jizhun.people.models import Grant, Organisation, User
from jizhun.people.rules import ROLES, Actor, Held
from jizhun.regions.actions import tree
from jizhun.training.actions.pool import pool
from jizhun.training.models import Accommodation, Blueprint, BlueprintVersion, Exam, QualificationVersion
from jizhun.training.rules.forms import form, read_blueprint
from jizhun.training.rules.questions import ID
from jizhun.training.rules.sittings import EXAMINATION, KINDS, LATE_SECONDS, Given, Window, seconds_for

TEACH, REVIEW = "training.teach", "training.review"


def blueprint_of(code: str) -> Blueprint:
    """The blueprint with that code; raises Refused where there is none."""
    found = Blueprint.objects.filter(code=code).first()
    if found is None:
        raise Refused(zh=f"没有代号为“{code}”的组卷蓝图。", en=f"There is no blueprint “{code}”.")
    return found


def write_blueprint(*, by: Actor, code: str, region: str, name_zh: str, name_en: str,
                    content: dict[str, Any]) -> BlueprintVersion:
    """A new blueprint; raises Refused for a code in use and for what cannot be a blueprint."""
    require(by=by, right=TEACH, path=path_to(region))
    if not ID.fullmatch(code):
        raise Refused(zh="代号由字母、数字、下划线或连字符组成，最多 32 位。",
                      en="A code is made of letters, digits, underscores and hyphens, 32 at most.")
    if Blueprint.objects.filter(code=code).exists():
        raise Refused(zh=f"代号“{code}”已被使用。", en=f"The code “{code}” is taken.")
    if not (name_zh.strip() and name_en.strip()):
        raise Refused(zh="请填写中文和英文名称。", en="Give it a name in Chinese and in English.")
    read = read_blueprint(content).plain()
    with transaction.atomic():
        made = Blueprint.objects.create(code=code, region=region, name_zh=name_zh.strip(), name_en=name_en.strip(),
                                        by=by.username)
        return _version(by, made, read)


def change_blueprint(*, by: Actor, blueprint: Blueprint, content: dict[str, Any]) -> BlueprintVersion:
    """Another version; exams that were opened before keep theirs."""
    require(by=by, right=TEACH, path=path_to(blueprint.region))
    read = read_blueprint(content).plain()
    if read == blueprint.versions.all()[0].content:
        raise Refused(zh="没有任何改动。", en="Nothing was changed.")
    with transaction.atomic():
        return _version(by, blueprint, read)


def _version(by: Actor, blueprint: Blueprint, content: dict[str, Any]) -> BlueprintVersion:
    last = blueprint.versions.aggregate(last=Max("number"))["last"] or 0
    made = BlueprintVersion.objects.create(blueprint=blueprint, number=last + 1, content=content, by=by.username)
    write_line(by=by, act="training.blueprint", subject=str(blueprint), after={"version": made.number, **content})
    return made


# -- opening ---------------------------------------------------------------------------------------


def exam_of(pk: int) -> Exam:
    """An exam with its blueprint; raises Refused where there is none."""
    found = Exam.objects.select_related("version__blueprint", "organisation", "qualification").filter(pk=pk).first()
    if found is None:
        raise Refused(zh="没有这场考试。", en="There is no such exam.")
    return found


def open_exam(*, by: Actor, version: BlueprintVersion, kind: str, region: str, opens: datetime, closes: datetime,
              role: str = "", organisation: Organisation | None = None, attempts: int = 1,
              ceiling: int = 0, qualification: QualificationVersion | None = None) -> Exam:
    """Open a blueprint's version for a place. A form is made on trial: Refused names the row that the bank of today
    cannot fill. Whoever passes earns ``qualification``, if one is named."""
    require(by=by, right=TEACH, path=path_to(region))
    if kind not in KINDS or (role and role not in ROLES):
        raise Refused(zh=f"没有“{role if kind in KINDS else kind}”这种类型或角色。",
                      en=f"There is no kind or role “{role if kind in KINDS else kind}”.")
    if version.blueprint.region not in path_to(region):
        raise Refused(zh="只能使用本地或上级的组卷蓝图。", en="A blueprint is used in its own place and below.")
    Window(opens, closes, attempts).check()
    _check_earned(qualification, kind, region)
    form(version.read, pool(region=region, on=timezone.localdate()), "trial", ceiling or None)
    with transaction.atomic():
        made = Exam.objects.create(version=version, kind=kind, region=region, role=role, organisation=organisation,
                                   opens=opens, closes=closes, attempts=attempts, ceiling=ceiling,
                                   qualification=qualification, by=by.username)
        write_line(by=by, act="training.open_exam", subject=str(made), after={
            "blueprint": version.blueprint.code, "version": version.number, "kind": kind, "region": region,
            "role": role, "opens": opens, "closes": closes, "attempts": attempts,
            "qualification": str(qualification or "")})
    return made


def _check_earned(qualification: QualificationVersion | None, kind: str, region: str) -> None:
    """Raises Refused where passing could not earn it."""
    if qualification is None:
        return
    if kind != EXAMINATION:
        raise Refused(zh="只有考试可以取得证书，练习不可以。",
                      en="A certificate is earned by an examination, not by practice.")
    if qualification.region not in path_to(region):
        raise Refused(zh=f"该资格只在 {qualification.region} 及其下级发证。",
                      en=f"This qualification is issued within {qualification.region} only.")


def settled_at(exam: Exam) -> datetime:
    """From when on nobody can still be sitting: whoever began last, with the most that somebody was given."""
    most = exam.accommodations.aggregate(extra=Max("extra"), breaks=Max("breaks"))
    seconds = seconds_for(exam.version.content["minutes"], Given(most["extra"] or 0))
    return exam.closes + timedelta(seconds=seconds + (most["breaks"] or 0) * 60 + LATE_SECONDS)


# -- who may sit -----------------------------------------------------------------------------------


def sits_by(exam: Exam, user: User) -> Held | None:
    """The role by which somebody may sit an exam today; None where they may not."""
    if exam.organisation_id and exam.organisation_id != user.organisation_id:
        return None
    today = timezone.localdate()
    fitting = (one for one in grants_of(user, today) if exam.role in ("", one.role)
               and exam.region in tree().path(one.region, today))
    return next(fitting, None)


@dataclass(frozen=True)
class Sitter:
    """Somebody who may sit: name, place of the role, body."""

    username: str
    region: str
    organisation: Organisation | None


def sitters(exam: Exam) -> list[Sitter]:
    """Everybody who may sit an exam today, each once, by name."""
    today = timezone.localdate()
    below = {*tree().within(exam.region, today)}
    grants = Grant.objects.filter(valid_from__lte=today, valid_until__gte=today, user__is_active=True).select_related(
        "user__organisation").order_by("user__username", "pk")
    fitting = [one for one in grants if one.region in below and exam.role in ("", one.role)
               and exam.organisation_id in (None, one.user.organisation_id)]
    found = {one.user.username: Sitter(one.user.username, one.region, one.user.organisation) for one in fitting}
    return list(found.values())


def exams_for(user: User) -> list[Exam]:
    """The exams that somebody may sit today and that have not closed, the next to close first."""
    rows = Exam.objects.select_related("version__blueprint").filter(closes__gt=timezone.now()).order_by("closes")
    above = {code for one in grants_of(user) for code in path_to(one.region)}
    return [one for one in rows if one.region in above and sits_by(one, user) is not None]


def exams_at(regions: Iterable[str], on: date) -> list[Exam]:
    """Every exam opened for places within those given, the newest first."""
    below = {code for region in regions for code in tree().within(region, on)}
    rows = Exam.objects.select_related("version__blueprint", "organisation")
    return [one for one in rows if one.region in below]


def runs(*, by: Actor, exam: Exam) -> bool:
    """Whether somebody runs or reviews exams where this one is held: they see single results."""
    path = path_to(exam.region)
    return any(allows(by=by, right=right, path=path) for right in (TEACH, REVIEW))


def accommodate(*, by: Actor, exam: Exam, username: str, given: Given, reason: str) -> Accommodation:
    """Give somebody what they need to sit on equal terms; it counts from their next sitting on."""
    require(by=by, right=TEACH, path=path_to(exam.region))
    given.check()
    user = User.objects.filter(username=username.strip()).first()
    if user is None or sits_by(exam, user) is None:
        raise Refused(zh=f"“{username}”不能参加这场考试。", en=f"“{username}” may not sit this exam.")
    if not reason.strip():
        raise Refused(zh="请填写理由（不要写病情等隐私）。",
                      en="Give the reason (no illness or other private matters).")
    with transaction.atomic():
        made = Accommodation.objects.create(exam=exam, username=user.username, extra=given.extra, breaks=given.breaks,
                                            large=given.large, reason=reason.strip()[:4000], by=by.username)
        write_line(by=by, act="training.accommodate", subject=str(exam), reason=made.reason, after={
            "user": user.username, "extra": given.extra, "breaks": given.breaks, "large": given.large})
    return made


def given_to(exam: Exam, username: str) -> Given:
    """What somebody is given; nothing where nothing was recorded."""
    found = exam.accommodations.filter(username=username).last()
    return found.given if found else Given()
