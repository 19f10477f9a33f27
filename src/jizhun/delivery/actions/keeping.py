"""What is done with the lake itself: put months together, sweep old versions, let months go after notice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.analytics.lake import Lake, Version, check_source, compaction
from jizhun.analytics.lake.compaction import Compacted
from jizhun.delivery.actions import RIGHT
from jizhun.delivery.lakes import lake, review_lake, step_lake
from jizhun.delivery.models import Retirement, Source
from jizhun.delivery.rules.keeping import last_month_to_go
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import path_to, require, tell_all, write_line
from jizhun.people.models import Grant
from jizhun.people.rules import ROLES, Actor

Watched = Callable[[int, int], None]
"""Told (rows done, rows in all)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One version of a table: whether every file of it is still there, and how many rows it has where it is."""

    table: str
    version: Version
    rows: int | None


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep removed, or would remove: files of old versions and dead writers, and their bytes."""

    files: int
    bytes: int


def _allowed(by: Actor, source: str | None) -> list[Source]:
    """The source asked for, or every one; Forbidden where ``by`` may not hand in for any of them."""
    found = list(Source.objects.filter(code=check_source(source)) if source else Source.objects.order_by("code"))
    if source and not found:
        raise Refused(zh=f"没有来源“{source}”。", en=f"There is no source “{source}”.")
    for one in found:
        require(by=by, right=RIGHT, path=path_to(one.region))
    return found


def _lakes() -> tuple[Lake, ...]:
    return lake(), step_lake(), review_lake()


# -- files -----------------------------------------------------------------------------------------


def compact(*, by: Actor, source: str | None = None, at_least: int = 2,
            progress: Watched | None = None) -> list[Compacted]:
    """Write every month of cases, steps and ratings that lies in ``at_least`` files or more into one sorted file.

    The rows stay the same, and whoever reads reads on. One audit line for each source.
    """
    found = []
    for one in _allowed(by, source):
        done = [made for kept in _lakes()
                for made in compaction.compact(kept, sources=[one.code], at_least=at_least, progress=progress)]
        if done:
            with transaction.atomic():
                write_line(by=by, act="delivery.compact", subject=f"source:{one.code}",
                           after={"months": len(done), "files": sum(made.files for made in done),
                                  "rows": sum(made.rows for made in done)})
        found += done
    return found


def sweep(*, by: Actor, dry_run: bool = False) -> Swept:
    """Remove the files that only versions older than the setting need, and what dead writers left."""
    _allowed(by, None)
    unneeded = [kept for one in _lakes() for kept in one.unneeded()]
    found = Swept(len(unneeded), sum(kept.size for kept in unneeded))
    if not dry_run:
        for one in _lakes():
            one.sweep()
        if found.files:
            with transaction.atomic():
                write_line(by=by, act="delivery.sweep", subject="lake",
                           after={"files": found.files, "bytes": found.bytes, "days": settings.KEEP_VERSIONS})
    return found


def history(*, by: Actor, limit: int = 20) -> list[Kept]:
    """The newest versions of every table, newest first, each with its rows as far as it can still be read."""
    _allowed(by, None)
    return [Kept(one.table.name, version, _rows(one, version.number))
            for one in _lakes() for version in one.versions(limit)]


def _rows(kept: Lake, version: int) -> int | None:
    try:
        return sum(file.rows for file in kept.files(version=version))
    except Refused:
        return None


# -- months that go --------------------------------------------------------------------------------


def announce(*, by: Actor, on: date | None = None, dry_run: bool = False) -> list[Retirement]:
    """Give notice of the months that are older than the setting keeps: to whoever may hand in at that place.

    They may go ``JIZHUN_KEEP_NOTICE`` days after. What was announced or called off already is not announced again.
    """
    day = on or timezone.localdate()
    last = last_month_to_go(day, settings.KEEP_MONTHS)
    if last is None:
        return []
    due = day + timedelta(days=settings.KEEP_NOTICE)
    wanted = [one for source in _allowed(by, None) if (one := _wanted(source, last, due, by))]
    if not dry_run:
        for one in wanted:
            _announce(by, one)
    return wanted


def _wanted(source: Source, last: int, due: date, by: Actor) -> Retirement | None:
    if source.retirements.filter(last_month__gte=last, done_at=None).exists():
        return None
    cases = sum(file.rows for file in lake().files(sources=[source.code], last_month=last))
    if not any(one.files(sources=[source.code], last_month=last) for one in _lakes()):
        return None
    return Retirement(source=source, last_month=last, cases=cases, due_on=due, by=by.username)


def _announce(by: Actor, one: Retirement) -> None:
    months, source = _month(one.last_month), one.source
    text = Bilingual(
        f"{source.name.zh}（{source.code}）截至 {months} 的 {one.cases:,} 件办件将于 {one.due_on} 起从存储中删除。",
        f"{one.cases:,} cases of {source.name.en} ({source.code}) up to {months} will leave the lake from "
        f"{one.due_on} on.")
    with transaction.atomic():
        one.save()
        write_line(by=by, act="delivery.announce_end", subject=f"source:{source.code}",
                   after={"last_month": one.last_month, "cases": one.cases, "due_on": one.due_on})
        tell_all(notices=[(name, text) for name in _concerned(source)], about=f"source:{source.code}")


def _concerned(source: Source) -> list[str]:
    """Logins of those who may hand in at the source's place or above it."""
    day, roles = timezone.localdate(), [code for code, role in ROLES.items() if RIGHT in role.rights]
    found = Grant.objects.filter(region__in=path_to(source.region), role__in=roles, user__is_active=True,
                                 valid_from__lte=day, valid_until__gte=day)
    return sorted(set(found.values_list("user__username", flat=True)))


def _month(number: int) -> str:
    return f"{number // 100}-{number % 100:02d}"


def call_off(*, by: Actor, retirement: Retirement, reason: str) -> Retirement:
    """Keep months that were announced to go. Refused without a reason, or when they have gone."""
    require(by=by, right=RIGHT, path=path_to(retirement.source.region))
    if not reason.strip():
        raise Refused(zh="请说明理由。", en="Give a reason.")
    with transaction.atomic():
        one = Retirement.objects.select_for_update().get(pk=retirement.pk)
        if not one.is_open:
            raise Refused(zh="这项删除已执行或已撤销。", en="That has been carried out or called off already.")
        one.called_off_at = timezone.now()
        one.save()
        write_line(by=by, act="delivery.call_off_end", subject=f"source:{one.source.code}", reason=reason,
                   before={"last_month": one.last_month, "due_on": one.due_on})
    return one


def retire(*, by: Actor, on: date | None = None, dry_run: bool = False) -> list[Retirement]:
    """Let those months go whose day has come, cases, steps and ratings, in older versions too; gives what went."""
    day = on or timezone.localdate()
    due = [one for one in Retirement.objects.filter(done_at=None, called_off_at=None, due_on__lte=day)
           .select_related("source").order_by("pk")]
    for one in due:
        require(by=by, right=RIGHT, path=path_to(one.source.region))
    if not dry_run:
        for one in due:
            _retire(by, one)
    return due


def _retire(by: Actor, one: Retirement) -> None:
    """The files go first: a process that dies in between finds nothing more to drop, and writes down the rest."""
    note = {"retired": str(one.pk)}
    gone, *_ = [kept.drop(one.source.code, one.last_month, note) for kept in _lakes()]
    with transaction.atomic():
        one.done_at, one.gone = timezone.now(), gone or _gone_before(one)
        one.save()
        write_line(by=by, act="delivery.retire", subject=f"source:{one.source.code}",
                   before={"announced_by": one.by, "announced_at": one.announced_at},
                   after={"last_month": one.last_month, "cases": one.gone})


def _gone_before(one: Retirement) -> int:
    """How many went in a commit of this retirement whose process died before saying so."""
    said = next((v.note for v in lake().versions() if v.note.get("retired") == str(one.pk)), {})
    return int(said.get("rows", 0))
