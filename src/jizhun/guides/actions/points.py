"""Service points: load them, change them, find those that serve a matter."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.guides.models import PointVersion
from jizhun.guides.rules.points import Point, new_point, standing_points
from jizhun.kernel.bilingual import Refused
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.regions.actions import Moved, bump, tree, version

ROOM = "guides.points"
CITY = 2
"""From this level of the tree down, all points below are near enough to be named."""


def points_at(*, path: Sequence[str], on: date, matter: str = "") -> list[Point]:
    """The points of the last place of ``path`` on a day, of a city also those of its counties; where it has none, the
    own ones of the nearest place above. ``matter``: only those that serve it."""
    held, by_place = tree(), _by_place(version(ROOM), on)
    here = path[-1]
    ways = [held.within(here, on) if held.level(here) >= CITY else (here,), *((code,) for code in reversed(path[:-1]))]
    for places in ways:
        found = [one for place in places for one in by_place.get(place, ()) if not matter or one.serves(matter)]
        if found:
            return found
    return []


def points_within(*, places: Iterable[str], on: date) -> dict[str, Sequence[Point]]:
    """Each of these places with its own points on a day; places without any are left out."""
    by_place = _by_place(version(ROOM), on)
    return {code: by_place[code] for code in places if code in by_place}


@lru_cache(maxsize=4)
def _by_place(_version: str, on: date) -> Mapping[str, Sequence[Point]]:
    """Place -> its points on a day; kept until a point is changed."""
    found: dict[str, list[Point]] = {}
    for one in _standing(PointVersion.objects.order_by("seq", "pk").iterator(chunk_size=5000), on):
        found.setdefault(one.region, []).append(one)
    return found


def _standing(rows: Iterable[PointVersion], on: date) -> list[Point]:
    versions: dict[str, list[tuple[date, Mapping[str, Any]]]] = {}
    for row in rows:
        versions.setdefault(row.code, []).append((row.valid_from, row.fields))
    found = (standing_points(one, on) for one in versions.values())
    return [one for one in found if one is not None]


def point(*, code: str, on: date) -> Point:
    """One point on a day; raises Refused where there is none."""
    found = _standing(PointVersion.objects.filter(code=code).order_by("seq", "pk"), on)
    if not found:
        raise Refused(zh=f"没有代码为“{code}”的服务网点。", en=f"There is no service point “{code}”.")
    return found[0]


def record_point(*, by: Actor, row: Mapping[str, Any], on: date | None = None, new: bool = False,
                 seen: int | None = None) -> PointVersion:
    """A service point as it is from ``on`` (today) on; the same code again changes it, ``closed: true`` closes it.

    ``new``: Refused where there is a point of that code already. ``seen``: the ``seq`` of the newest version that the
    writer saw; Moved where another has come since.
    """
    read = new_point(row)
    require(by=by, right="guide.edit", path=path_to(read.region))
    today = timezone.localdate()
    before = PointVersion.objects.filter(code=read.code).order_by("-seq").first()
    if before is not None and new:
        raise Refused(zh=f"代码“{read.code}”已有服务网点，请另取代码。",
                      en=f"There is a service point “{read.code}” already: choose another code.")
    if before is not None and seen not in (None, before.seq):
        raise Moved(zh=f"“{before.by}”在此期间改过这个网点，请先查看。",
                    en=f"“{before.by}” has changed this point in the meantime: look at it first.")
    if before is not None and before.region != read.region:
        require(by=by, right="guide.edit", path=path_to(before.region))
    with transaction.atomic():
        kept = PointVersion.objects.create(code=read.code, region=read.region, valid_from=on or today,
                                           fields=dict(row), recorded_on=today, by=by.username, seq=bump(ROOM))
        write_line(by=by, act="guides.record_point", subject=f"point:{read.code}",
                   before=before.fields if before else None, after=dict(row))
    return kept


def not_open(*, within: Collection[str], on: date) -> list[PointVersion]:
    """The newest versions of points of these places that are not there on a day: closed by then, or not yet open."""
    newest: dict[str, PointVersion] = {}
    for row in PointVersion.objects.order_by("seq", "pk").iterator(chunk_size=5000):
        newest[row.code] = row
    there = {one.code for points in _by_place(version(ROOM), on).values() for one in points}
    return [row for row in newest.values() if row.region in within and row.code not in there]


def load_points(*, by: Actor, rows: Sequence[tuple[date, Mapping[str, Any]]]) -> int:
    """Insert the points that are not on record just so; returns how many. Raises Refused for a point that is wrong."""
    there: dict[str, tuple[date, Any]] = {}
    for one in PointVersion.objects.order_by("seq", "pk"):
        there[one.code] = (one.valid_from, one.fields)
    new = [(day, dict(row)) for day, row in rows if there.get(str(row.get("code"))) != (day, dict(row))]
    for _, row in new:
        tree().known(new_point(row).region)
    if new:
        today, seq = timezone.localdate(), bump(ROOM)
        PointVersion.objects.bulk_create((PointVersion(
            code=row["code"], region=str(row["region"]), valid_from=day, fields=row, recorded_on=today,
            by=by.username, seq=seq) for day, row in new), batch_size=500)
    return len(new)
