"""Acts on the training ledger: an event is entered, who was there is entered or comes as a roster; who is covered."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from django.conf import settings as django_settings
from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.texts import yaml_of
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.models import Grant, Organisation, User
from jizhun.people.rules import Actor
from jizhun.regions.actions import tree
from jizhun.training.actions.certificates import seen_all
from jizhun.training.actions.courses import in_use, learners
from jizhun.training.models import Attendance, Certificate, Course, TrainingEvent
from jizhun.training.rules import ledger as rules
from jizhun.training.rules.courses import matters_of
from jizhun.training.rules.ledger import Attended, Entry, Roster
from jizhun.training.rules.needs import Covered, Settings, Staff, coverage, read_settings

TEACH = "training.teach"
LONGEST_TOPIC = 200


def settings() -> Settings:
    """Targets and thresholds of training, out of data."""
    return _settings(django_settings.DATA_DIR)


@lru_cache(maxsize=2)
def _settings(data: Path) -> Settings:
    file = data / "training" / "targets.yaml"
    return read_settings(yaml_of(file.read_bytes(), file.name))


# -- events ----------------------------------------------------------------------------------------


def enter_event(*, by: Actor, kind: str, region: str, topic_zh: str, on: date, hours: Decimal, organisation: str,
                trainer: str, topic_en: str = "", matter: str = "", course: str = "") -> TrainingEvent:
    """Enter an event in the ledger. Refused for words that are missing and for a day that is still to come."""
    require(by=by, right=TEACH, path=path_to(region))
    said = {"topic_zh": topic_zh.strip(), "topic_en": topic_en.strip(), "organisation": organisation.strip(),
            "trainer": trainer.strip()}
    _check_event(kind, said, on, hours, matter)
    taught = Course.objects.filter(code=course).first() if course else None
    if course and taught is None:
        raise Refused(zh=f"没有代码为“{course}”的课程。", en=f"There is no course “{course}”.")
    with transaction.atomic():
        made = TrainingEvent.objects.create(kind=kind, region=region, on=on, hours=hours, matter=matter, course=taught,
                                            simulated=tree().known(region).simulated, by=by.username, **said)
        write_line(by=by, act="training.enter_event", subject=str(made), after={
            **said, "kind": kind, "region": region, "on": on, "hours": hours, "matter": matter, "course": course})
    return made


def _check_event(kind: str, said: Mapping[str, str], on: date, hours: Decimal, matter: str) -> None:
    if kind not in rules.KINDS:
        raise Refused(zh=f"没有“{kind}”这种培训。", en=f"There is no training of the kind “{kind}”.")
    for name, zh, en in (("topic_zh", "主题", "the topic in Chinese"), ("organisation", "主办单位", "who held it"),
                         ("trainer", "授课人", "the trainer")):
        if not said[name]:
            raise Refused(zh=f"请填写{zh}。", en=f"Fill in {en}.")
    if max(map(len, said.values())) > LONGEST_TOPIC:
        raise Refused(zh=f"每项最多 {LONGEST_TOPIC} 字。", en=f"{LONGEST_TOPIC} characters at most in each.")
    if on > timezone.localdate():
        raise Refused(zh=f"{on} 还没有到。", en=f"{on} is still to come.")
    if not 0 < hours <= rules.LONGEST_HOURS:
        raise Refused(zh=f"学时应大于 0，最多 {rules.LONGEST_HOURS}。",
                      en=f"Hours have to be more than 0 and at most {rules.LONGEST_HOURS}.")
    if matter and matter not in catalogue().matters:
        raise Refused(zh=f"没有编码为“{matter}”的事项。", en=f"There is no matter “{matter}”.")


def record_attendance(*, by: Actor, event: TrainingEvent, rows: Sequence[Attended]) -> int:
    """Enter who was there; a later row about somebody takes the place of an earlier one. Rows that say what is on
    record already are passed over. Returns how many are new."""
    require(by=by, right=TEACH, path=path_to(event.region))
    there = {one.username: one for one in attended(event)}
    new = [row for row in rows if there.get(row.username) != row]
    if new:
        with transaction.atomic():
            Attendance.objects.bulk_create([Attendance(
                event=event, username=row.username, unit=row.unit, present=row.present, hours=row.hours,
                score=row.score, by=by.username) for row in new])
            write_line(by=by, act="training.record_attendance", subject=str(event), after=[
                [row.username, row.unit, row.present, row.hours, row.score] for row in new])
    return len(new)


def attended(event: TrainingEvent) -> list[Attended]:
    """Who was there, as the last row about each says, by name."""
    last = {row.username: row.fact() for row in event.attendance.order_by("pk")}
    return [last[name] for name in sorted(last)]


def event_of(pk: int) -> TrainingEvent:
    """An event; Refused where there is none."""
    found = TrainingEvent.objects.filter(pk=pk).select_related("course").first()
    if found is None:
        raise Refused(zh="没有这次培训。", en="There is no such event.")
    return found


# -- rosters ---------------------------------------------------------------------------------------


def look_at_roster(*, by: Actor, event: TrainingEvent, rows: Sequence[Sequence[str]], columns: Mapping[str, int]
                   ) -> Roster:
    """What a roster would enter and where it is wrong; nothing is written."""
    require(by=by, right=TEACH, path=path_to(event.region))
    users = {*User.objects.filter(is_active=True).values_list("username", flat=True)}
    return rules.read_roster(rows, columns, hours=event.hours, users=users, units=units_in(event.region))


def take_roster(*, by: Actor, event: TrainingEvent, rows: Sequence[Sequence[str]], columns: Mapping[str, int]) -> int:
    """Enter the good rows of a roster that was looked at; the faulty ones stay out. Returns how many are new."""
    roster = look_at_roster(by=by, event=event, rows=rows, columns=columns)
    return record_attendance(by=by, event=event, rows=[row for _, row in roster.rows])


def units_in(region: str) -> dict[str, str]:
    """What a unit within a place may be called -> its region code: code, name, full name, organisations' names."""
    held, today = tree(), timezone.localdate()
    codes = [*held.within(region, today)]
    found = {code: code for code in codes}
    for code in codes:
        name = held.known(code).name
        found |= {text: code for text in (name.zh, name.en) if text and text not in found}
    for body in Organisation.objects.filter(region__in=codes):
        found |= {text: body.region for text in (body.name_zh, body.name_en) if text and text not in found}
    return found


# -- coverage --------------------------------------------------------------------------------------


def entries(*, simulated: bool) -> list[Entry]:
    """Every attendance with its event's day and matter, the last row of each person at each event."""
    last: dict[tuple[int, str], Entry] = {}
    for row in Attendance.objects.select_related("event").filter(event__simulated=simulated).order_by("pk"):
        last[row.event_id, row.username] = Entry(row.event.on, row.event.matter, row.fact())
    return list(last.values())


def staff_in(region: str, on: date) -> list[Staff]:
    """Who holds a role within a place that day, by the place right below it to which they belong (or itself)."""
    held = tree()
    parts = {code: _part(held.path(code, on), region) for code in held.within(region, on)}
    rows = Grant.objects.filter(valid_from__lte=on, valid_until__gte=on, user__is_active=True, region__in=[*parts])
    return [Staff(name, role, parts[code]) for name, role, code in rows.values_list("user__username", "role", "region")]


def _part(path: Sequence[str], region: str) -> str:
    at = path.index(region)
    return path[min(at + 1, len(path) - 1)]


def covered(*, region: str, on: date, item: str = "") -> list[Covered]:
    """Trained staff by role and part of a place. Trained is who attended an event and passed within the months set,
    learned a whole course of the role, or holds a certificate that counts. ``item``: only what teaches it."""
    how, staff = settings(), staff_in(region, on)
    matters = {code for code, one in catalogue().matters.items() if one.item == item} if item else None
    from_ledger = rules.trained(entries(simulated=tree().known(region).simulated), on=on, months=how.months,
                                least=how.passes, matters=matters)
    from_courses = _learned(on, matters)
    from_certificates = _certified({one.username for one in staff}, on, matters)
    trained = {role: from_ledger | from_courses.get(role, set()) | from_certificates.get(role, set())
               | from_certificates.get("", set()) for role in {one.role for one in staff}}
    return coverage(staff, trained, how.targets)


def _learned(on: date, matters: Collection[str] | None) -> dict[str, set[str]]:
    known = [one for one in in_use().values() if matters is None or matters_of(one.content) & {*matters}]
    found: dict[str, set[str]] = {}
    for code, names in learners(known, on).items():
        role = next(one.course.role for one in known if one.course.code == code)
        found.setdefault(role, set()).update(names)
    return found


def _certified(staff: Collection[str], on: date, matters: Collection[str] | None) -> dict[str, set[str]]:
    """Role ("" for every role) -> who holds a certificate that counts that day, of those that cover the matters."""
    rows = Certificate.objects.filter(holder__username__in=staff).select_related("qualification", "holder")
    found: dict[str, set[str]] = {}
    for one in seen_all(rows.prefetch_related("renewals", "revocations"), on):
        about = one.certificate.qualification
        if one.standing.counts and (matters is None or {row["key"][0] for row in about.covers} & {*matters}):
            found.setdefault(about.role, set()).add(one.certificate.holder.username)
    return found


def items_taught() -> list[str]:
    """The items about which something was taught: at events or in courses."""
    held = catalogue().matters
    matters = {*TrainingEvent.objects.exclude(matter="").values_list("matter", flat=True)}
    for one in in_use().values():
        matters |= matters_of(one.content)
    return sorted({held[code].item for code in matters if code in held})


def events_within(regions: Iterable[str]) -> list[TrainingEvent]:
    """The events of these places, the newest first."""
    return list(TrainingEvent.objects.filter(region__in=list(regions)).select_related("course"))
