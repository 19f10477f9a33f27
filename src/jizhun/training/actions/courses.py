"""Acts on courses: written, handed in, reviewed by somebody else, learned unit by unit; what has changed since."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.entitlements.actions import entitlements
from jizhun.evaluation.evidence import content_of, keep_file
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import yaml_of
from jizhun.people.actions import grants_of, path_to, require, tell, write_line
from jizhun.people.models import User
from jizhun.people.rules import Actor, Forbidden
from jizhun.regions.actions import tree
from jizhun.training.actions.sources import source, spoken
from jizhun.training.actions.sources_asked import asked
from jizhun.training.models import Course, CourseStep, CourseVersion, UnitLearned
from jizhun.training.rules import courses as rules
from jizhun.training.rules.courses import BY_OTHERS, Learned
from jizhun.training.rules.questions import mark
from jizhun.training.rules.sources import Ask, Changed, Source, changed, read_source

WRITE, REVIEW = "training.write", "training.review"
PICTURES = ((b"\x89PNG\r\n\x1a\n", "png", "image/png"), (b"\xff\xd8\xff", "jpg", "image/jpeg"),
            (b"RIFF", "webp", "image/webp"))
MOST_PICTURE_BYTES = 2 * 1024 * 1024


# -- writing ---------------------------------------------------------------------------------------


def save_course(*, by: Actor, code: str, role: str, region: str, content: Mapping[str, Any], seen: int | None = None,
                on: date | None = None, simulated: bool = False) -> CourseVersion:
    """Keep a new version as a draft; each unit takes its sources along as they stand on ``on`` (today).

    ``seen``: the number of the version that was changed (0: none); Refused where there is a newer one.
    """
    require(by=by, right=WRITE, path=path_to(region))
    rules.check(code, role, content)
    _check_names(content)
    day = on or timezone.localdate()
    units = [{**unit, "sources": _sources(unit, region, day)} for unit in content["units"]]
    with transaction.atomic():
        course, _ = Course.objects.get_or_create(code=code, defaults={
            "role": role, "region": region, "by": by.username, "simulated": simulated})
        newest = course.versions.first()
        _check_same(course, role, region, newest.number if newest else 0, seen)
        kept = CourseVersion.objects.create(course=course, number=(newest.number if newest else 0) + 1,
                                            content={**content, "units": units}, by=by.username)
        write_line(by=by, act="training.save_course", subject=str(kept), after=kept.content)
    return kept


def _check_same(course: Course, role: str, region: str, newest: int, seen: int | None) -> None:
    if (course.role, course.region) != (role, region):
        raise Refused(zh=f"代码“{course.code}”已用于另一门课程。", en=f"The code “{course.code}” is another course's.")
    if seen is not None and seen != newest:
        raise Refused(zh="课程在此期间有了新版本，请重新打开后再改。",
                      en="The course has a newer version since: open it again and change that one.")


def _check_names(content: Mapping[str, Any]) -> None:
    """Refused for matters, benefits, courses and pictures that do not exist."""
    for code in content["requires"]:
        if not Course.objects.filter(code=code).exists():
            raise Refused(zh=f"没有代码为“{code}”的课程。", en=f"There is no course “{code}”.")
    for unit in content["units"]:
        if unit.get("matter"):
            catalogue().matter(unit["matter"])
        if unit["kind"] == rules.DECISION and unit["entitlement"] not in entitlements().heads:
            raise Refused(zh=f"没有代码为“{unit['entitlement']}”的待遇。",
                          en=f"There is no benefit “{unit['entitlement']}”.")
        if unit["kind"] == rules.PICTURE:
            picture(unit["hash"])


def _sources(unit: Mapping[str, Any], region: str, on: date) -> list[dict[str, Any]]:
    """What a unit rests on: by its kind, where that says something, and what its author named, which has to."""
    of_kind = rules.rests_on(unit, region)
    found = [said for kind, key in of_kind if (said := _said(kind, key, on))]
    named = [(str(row["kind"]), tuple(map(str, row["key"]))) for row in unit.get("sources", ())]
    own = [source(kind=kind, key=key, on=on) for kind, key in named if (kind, key) not in of_kind]
    return [one.plain() for one in {(one.kind, one.key): one for one in (*found, *own)}.values()]


def _said(kind: str, key: tuple[str, ...], on: date) -> Source | None:
    said = spoken(kind, key, on)
    return Source(kind, key, said.version, said.fingerprint, on) if said else None


def keep_picture(*, by: Actor, region: str, name: str, content: bytes) -> str:
    """Keep a picture by its hash. Refused unless it is a PNG, JPEG or WebP of at most 2 MB."""
    require(by=by, right=WRITE, path=path_to(region))
    ending = next((ending for start, ending, _ in PICTURES if content.startswith(start)), "")
    if not ending or len(content) > MOST_PICTURE_BYTES:
        raise Refused(zh="图片应为 2 MB 以内的 PNG、JPEG 或 WebP。",
                      en="A picture is a PNG, JPEG or WebP of at most 2 MB.")
    return str(keep_file(f"{Path(name).stem or 'picture'}.{ending}", content)["hash"])


def picture(digest: str) -> tuple[bytes, str]:
    """A picture and its media type; Refused where there is none."""
    content = content_of(digest)
    kind = next((kind for start, _, kind in PICTURES if content.startswith(start)), "")
    if not kind:
        raise Refused(zh="没有这张图片。", en="There is no such picture.")
    return content, kind


# -- review ----------------------------------------------------------------------------------------


def act_on_course(*, by: Actor, version: CourseVersion, act: str, reason: str = "") -> CourseStep:
    """Hand a version in, accept it, return it, retire it. Whoever wrote a version neither accepts nor returns it."""
    step = rules.way(version.state, act)
    require(by=by, right=step.right, path=path_to(version.course.region))
    if act in BY_OTHERS and version.by == by.username:
        raise Forbidden(zh="课程须由他人复核。", en="A course is reviewed by somebody else than its author.")
    if act in ("return", "retire") and not reason.strip():
        raise Refused(zh="请写明原因。", en="Say why.")
    with transaction.atomic():
        kept = CourseStep.objects.create(version=version, act=act, reason=reason.strip()[:2_000], by=by.username)
        write_line(by=by, act=f"training.{act}_course", subject=str(version), reason=reason.strip()[:2_000])
        if act in BY_OTHERS:
            done = rules.WORKFLOW.states[step.to]
            tell(username=version.by, about=str(version), href=f"work/training/courses/{version.course.code}",
                 text=Bilingual(f"课程“{version.name.zh}”{done.zh}。", f"The course “{version.name.en}” is {done.en}."))
    return kept


# -- asking ----------------------------------------------------------------------------------------


def versions() -> list[CourseVersion]:
    """Every version with its steps, the newest of a course first."""
    return list(CourseVersion.objects.select_related("course").prefetch_related("steps"))


def in_use(every: Iterable[CourseVersion] | None = None) -> dict[str, CourseVersion]:
    """Code -> the newest version of it that was accepted and not retired."""
    found: dict[str, CourseVersion] = {}
    for one in versions() if every is None else every:
        if one.state == "accepted":
            found.setdefault(one.course.code, one)
    return found


def course_of(code: str) -> list[CourseVersion]:
    """The versions of one course, the newest first; Refused where there is none."""
    found = list(CourseVersion.objects.filter(course__code=code).select_related("course").prefetch_related("steps"))
    if not found:
        raise Refused(zh=f"没有代码为“{code}”的课程。", en=f"There is no course “{code}”.")
    return found


def changed_units(version: CourseVersion, on: date, ask: Ask = spoken) -> dict[str, list[Changed]]:
    """Unit -> the sources that say something else now than when it was written; units that still hold are left out."""
    found = {str(unit["id"]): changed(map(read_source, unit.get("sources", ())), ask, on) for unit in version.units}
    return {unit: rows for unit, rows in found.items() if rows}


def waits_for(version: CourseVersion, act: str, user: User, regions: Collection[str]) -> bool:
    """Whether ``act`` on this version is the next thing and somebody with these regions may do it."""
    try:
        rules.way(version.state, act)
    except Refused:
        return False
    return not (act in BY_OTHERS and version.by == user.username) and bool(
        {*regions} & {*path_to(version.course.region)})


def concerns(version: CourseVersion, regions: Collection[str]) -> bool:
    """Whether a course is for people of these places: it is for its own place and all below."""
    held, today = tree(), timezone.localdate()
    return any(version.course.region in held.path(region, today) for region in regions)


@dataclass(frozen=True)
class Progress:
    """How far somebody is in a version."""

    version: CourseVersion
    learned: Sequence[Learned]
    marks: Mapping[str, int | None]
    missing: Sequence[str] = ()
    """Courses to be learned before, by code."""

    @cached_property
    def states(self) -> dict[str, str]:
        return rules.states(self.version.units, self.learned)

    @property
    def done(self) -> int:
        return sum(state == rules.DONE for state in self.states.values())

    @property
    def complete(self) -> bool:
        return self.done == len(self.states)

    @property
    def next(self) -> str:
        """The unit to go on with."""
        return rules.first_open(self.version.units, self.states)


def progress(*, username: str, some: Iterable[CourseVersion], on: date, ask: Ask | None = None
             ) -> dict[str, Progress]:
    """Code -> how far a person is in each of these versions. What they learned of an earlier version counts where
    the unit says the same; where a source has changed since they learned it, it has to be looked at again."""
    wanted, ask_of = list(some), ask or asked().ask
    rows = UnitLearned.objects.filter(username=username).select_related("version__course")
    learned: dict[str, list[UnitLearned]] = {}
    for row in rows:
        learned.setdefault(row.version.course.code, []).append(row)
    found = {one.course.code: _progress(one, learned.get(one.course.code, []), on, ask_of) for one in wanted}
    finished = {code for code, one in found.items() if one.complete}
    return {code: Progress(one.version, one.learned, one.marks, [
        need for need in one.version.requires if need in found and need not in finished])
        for code, one in found.items()}


def _progress(version: CourseVersion, rows: Sequence[UnitLearned], on: date, ask: Ask) -> Progress:
    last = {row.unit: row for row in rows}
    return Progress(version, [Learned(unit, row.fingerprint, not changed(row.rests_on, ask, on))
                              for unit, row in last.items()], {unit: row.mark for unit, row in last.items()})


def learners(some: Iterable[CourseVersion], on: date, ask: Ask | None = None) -> dict[str, set[str]]:
    """Code -> who has learned every unit of the version as it stands."""
    ask_of = ask or asked().ask
    found: dict[str, set[str]] = {}
    for version in some:
        people: dict[str, list[UnitLearned]] = {}
        for row in UnitLearned.objects.filter(version__course=version.course):
            people.setdefault(row.username, []).append(row)
        found[version.course.code] = {name for name, rows in people.items()
                                      if _progress(version, rows, on, ask_of).complete}
    return found


# -- learning --------------------------------------------------------------------------------------


def learn(*, by: User, version: CourseVersion, unit: str, region: str, answer: Any = None) -> UnitLearned:
    """Somebody has learned a unit, at the place ``region`` for which they read it; a case is marked by its answer.

    Refused for a version that is not in use, and before the courses that come first are learned.
    """
    found = version.unit(unit)
    if found is None:
        raise Refused(zh="课程里没有这个单元。", en="The course has no such unit.")
    if version.state != "accepted":
        raise Refused(zh="这门课程尚未采用或已停用。", en="This course is not in use.")
    today = timezone.localdate()
    _check_place(by, version, region, today)
    _check_before(by, version, today)
    sources = found.get("sources", []) if found["kind"] in (rules.TEXT, rules.PICTURE) else _sources(
        found, region, today)
    given = mark("case", found["question"], answer) if found["kind"] == rules.CASE else None
    with transaction.atomic():
        kept = UnitLearned.objects.create(version=version, unit=unit, username=by.username, region=region, mark=given,
                                          fingerprint=rules.taught(found), sources=sources)
        write_line(by=by, act="training.learn", subject=f"{version}/{unit}", after={"region": region, "mark": given})
    return kept


def _check_place(by: User, version: CourseVersion, region: str, today: date) -> None:
    path = path_to(region)
    if not any(grant.region in path or region in path_to(grant.region) for grant in grants_of(by)):
        raise Forbidden(zh="您在该地没有角色。", en="You hold no role at that place.")
    if version.course.region not in path:
        raise Refused(zh="该课程不适用于所选地区。", en="The course is not for that place.")


def _check_before(by: User, version: CourseVersion, today: date) -> None:
    known = in_use()
    wanted = [version, *(known[code] for code in version.requires if code in known)]
    found = progress(username=by.username, some=wanted, on=today)[version.course.code]
    if found.missing:
        names = [known[code].name for code in found.missing]
        raise Refused(zh=f"请先学完：{'、'.join(one.zh for one in names)}。",
                      en=f"First learn: {', '.join(one.en for one in names)}.")


# -- loading ---------------------------------------------------------------------------------------


def load(*, by: Actor, folder: Path, on: date | None = None) -> int:
    """The courses that ship: each file one course, in use at once, since they are reviewed as text. One that says
    the same as the newest version is left alone. Returns how many versions are new."""
    made = 0
    waiting = [yaml_of(file.read_bytes(), file.name) for file in sorted(folder.glob("*.yaml"))]
    waiting.sort(key=lambda row: (len(row["requires"]), row["code"]))
    for row in waiting:
        content = {name: row[name] for name in ("name", "summary", "requires", "units")}
        newest = CourseVersion.objects.filter(course__code=row["code"]).first()
        if newest is not None and _same(newest.content, content):
            continue
        with transaction.atomic():
            kept = save_course(by=by, code=row["code"], role=row["role"], region=row["region"], content=content, on=on)
            for act in ("submit", "accept"):
                CourseStep.objects.create(version=kept, act=act, by=by.username, reason="data/training/courses")
            write_line(by=by, act="training.load_course", subject=str(kept))
        made += 1
    return made


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two versions teach the same; sources are taken afresh, so only what is named of them is compared."""
    return [rules.taught(unit) for unit in one["units"]] == [rules.taught(unit) for unit in other["units"]] and all(
        one[name] == other[name] for name in ("name", "summary", "requires"))
