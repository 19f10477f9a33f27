"""Places are loaded from reviewed text, never typed in: load a folder, ask for the tree, count revisions."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from django.db import models, transaction

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import BEGINNING, FAR, parse_day
from jizhun.kernel.numbering import check_code
from jizhun.kernel.texts import rows_of
from jizhun.regions import sets
from jizhun.regions.models import (
    Claim,
    Population,
    Region,
    RegionDayOff,
    RegionParent,
    RegionPart,
    RegionTile,
    Revision,
    Succession,
)
from jizhun.regions.rules import LEVELS, Parentage, Persons, Place, Role, Tree, persons_in
from jizhun.regions.rules import Succession as Link

ROOM = "regions"
ROLES = ("administrative", "fiscal")
SOURCED = ("source", "mark")
PERIOD = ("valid_from", "valid_until")
COLUMNS = {
    "regions.csv": ("code", "parent", "name_zh", "name_en", "kind", "level", "root", "in_scope", "simulated", *PERIOD,
                    "exact", "former_zh", "pinyin", *SOURCED),
    "parents.csv": ("region", "parent", "role", *PERIOD, *SOURCED),
    "successions.csv": ("old", "new", "kind", "on", *SOURCED),
    "days_off.csv": ("region", "day", "working", "reason_zh", "reason_en", *SOURCED),
    "tiles.csv": ("code", "row", "column", "short_zh", "short_en"),
    "parts.csv": ("scheme", "region", "part", "name_zh", "name_en", *SOURCED),
    "population.csv": ("code", "as_of", "persons", *SOURCED),
}
KEYS = {"regions.csv": ("code",), "parents.csv": ("region", "role", "valid_from"),
        "successions.csv": ("old", "new", "on"), "days_off.csv": ("region", "day"), "tiles.csv": ("code",),
        "parts.csv": ("scheme", "region"), "population.csv": ("code", "as_of")}
"""What each file may hold, and by what its rows are told apart."""
KINDS_OF_SUCCESSION = ("merge", "split", "rename", "transfer")
MARKS = ("V", "V-repo", "D", "R", "SIM")

Line = dict[str, str]


# -- revisions -------------------------------------------------------------------------------------


def revision(room: str) -> int:
    """How often the room's content has changed; 0 before anything was loaded."""
    return Revision.objects.filter(room=room).values_list("number", flat=True).first() or 0


def version(room: str) -> str:
    """The room's state as a word that never returns, not even in a restored database: the key for caches."""
    found = Revision.objects.filter(room=room).values_list("number", "token").first()
    return "{}-{}".format(*found) if found else "0-"


def versions(*rooms: str) -> tuple[str, ...]:
    """The versions of several rooms in their order, with one query."""
    found = {room: f"{number}-{token}" for room, number, token in
             Revision.objects.filter(room__in=rooms).values_list("room", "number", "token")}
    return tuple(found.get(room, "0-") for room in rooms)


def mark_of(said: object, *rooms: str) -> str:
    """A short word for what was looked at: what was said of it, and how the rooms stood that decide what it does.

    Whoever acts on it later compares: another word means that something has moved on since it was seen.
    """
    return hashlib.sha256(json.dumps([said, *versions(*rooms)], sort_keys=True, default=str).encode()).hexdigest()


class Moved(Refused):
    """Something was changed since it was looked at."""


def bump(room: str, *, seen: str | None = None) -> int:
    """Count one change of the room, inside the caller's transaction; the row stays locked until it ends.

    Raises Moved where ``seen`` is given and is no longer the room's version.
    """
    with transaction.atomic():
        kept, _ = Revision.objects.select_for_update().get_or_create(room=room)
        if seen is not None and seen != f"{kept.number}-{kept.token}":
            raise Moved(zh="在此期间有其他记录入库，请重新查看将产生的影响。",
                        en="Something else was recorded in the meantime: look again at what would change.")
        kept.number += 1
        kept.token = secrets.token_hex(4)
        kept.save()
    return kept.number


def claim(kind: str, codes: Iterable[str], owner: str) -> None:
    """Note that the list ``owner`` brings these codes of one kind, inside the caller's transaction.

    Raises Refused where one of them came with another list: no list may say another's things anew.
    """
    wanted = set(codes)
    owners = dict(Claim.objects.filter(kind=kind).values_list("code", "owner"))
    for code in sorted(wanted):
        if owners.get(code, owner) != owner:
            raise Refused(
                zh=f"“{code}”由“{owners[code]}”载入，“{owner}”不能改写。",
                en=f"“{code}” came with “{owners[code]}”: “{owner}” cannot say it anew.")
    Claim.objects.bulk_create([Claim(kind=kind, code=code, owner=owner) for code in sorted(wanted - owners.keys())])


# -- the tree --------------------------------------------------------------------------------------


@dataclass
class _Kept:
    version: str
    tree: Tree


_kept: list[_Kept] = []


def tree() -> Tree:
    """The tree of all places, built once per version; one small query per call."""
    now = version(ROOM)
    if not _kept or _kept[0].version != now:
        _kept[:] = [_Kept(now, read_tree())]
    return _kept[0].tree


def read_tree() -> Tree:
    """The tree as it stands in the database now."""
    codes = dict(Region.objects.values_list("pk", "code"))
    return Tree(
        map(_place, Region.objects.iterator()),
        (Parentage(codes[one.region_id], codes[one.parent_id], cast(Role, one.role), one.valid_from,
                   one.valid_until) for one in RegionParent.objects.iterator()),
        (Link(codes[one.old_id], codes[one.new_id], one.kind, one.on)
         for one in Succession.objects.iterator()),
    )


def _place(one: Region) -> Place:
    return Place(
        code=one.code, name=Bilingual(one.name_zh, one.name_en), level=one.level, kind=one.kind, root=one.root,
        pinyin=one.pinyin, in_scope=one.in_scope, simulated=one.simulated, valid_from=one.valid_from,
        valid_until=one.valid_until, exact=one.exact, former=one.former_zh)


def days_off(code: str, on: date) -> dict[date, bool]:
    """Days that the place or one above it has declared free (False) or working (True); the nearest speaks."""
    found: dict[date, bool] = {}
    path = tree().path(code, on)
    rows = RegionDayOff.objects.filter(region__code__in=path).values_list("region__code", "day", "working")
    for _, day, working in sorted(rows, key=lambda row: path.index(row[0])):
        found[day] = working
    return found


@dataclass(frozen=True, slots=True)
class Tile:
    """A place's square on the tile map, with the short name that fits into it."""

    row: int
    column: int
    short: Bilingual


def tiles(codes: Iterable[str]) -> dict[str, Tile]:
    """The tiles of those of ``codes`` that have one."""
    rows = RegionTile.objects.filter(region__code__in=list(codes)).select_related("region")
    return {one.region.code: Tile(one.row, one.column, Bilingual(one.short_zh, one.short_en)) for one in rows}


def parts(codes: Iterable[str]) -> dict[str, tuple[str, Bilingual]]:
    """Place -> (code, name) of the part of the country it belongs to, in the first scheme that has any of them."""
    rows = RegionPart.objects.filter(region__code__in=list(codes)).select_related("region").order_by("scheme")
    scheme = rows[0].scheme if rows else ""
    return {one.region.code: (one.part, Bilingual(one.name_zh, one.name_en)) for one in rows if one.scheme == scheme}


def persons(codes: Iterable[str], on: date) -> dict[str, Persons]:
    """How many live in each of the places, by what was known for ``on``; places of which nothing is known are left out.
    """
    told: dict[str, Persons] = {}
    for code, as_of, number in Population.objects.filter(as_of__lte=on).order_by("as_of").values_list(
            "region__code", "as_of", "persons"):
        told[code] = Persons(number, as_of)
    return {code: found for code in codes if (found := persons_in(tree(), code, on, told)) is not None}


# -- loading ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loaded:
    """What a load found and changed, in rows."""

    regions: int
    changed: int
    removed: int


def load(*, by: object, folder: Path, owner: str = "") -> Loaded:
    """Load ``regions.csv`` and, where present, parents, successions, days_off, tiles, parts and population
    (``.csv``), and ``sets.yaml``.

    For the list ``owner`` ("": whoever), whose own the places must be, and all that the other files say is said of.

    The same folder twice changes nothing. What the folder no longer says of its regions is removed; regions never
    are. Raises Refused with file and line.
    """
    with transaction.atomic():
        lines = _lines(folder, "regions.csv", required=True)
        regions = [_region(line) for line in lines]
        _refuse_others_codes(lines, regions)
        if owner:
            claim("region", (one.code for one in differing(Region, regions, ("code",))), owner)
        changed = _keep(Region, regions, ("code",))
        pks = dict(Region.objects.values_list("code", "pk"))
        own = {pks[one.code] for one in regions}
        removed = 0
        for model, rows, key in (
            (RegionParent, _parents(folder, lines, pks), ("region_id", "role", "valid_from")),
            (Succession, _successions(folder, pks), ("old_id", "new_id", "on")),
            (RegionDayOff, _days_off(folder, pks), ("region_id", "day")),
            (RegionTile, _tiles(folder, pks), ("region_id",)),
            (RegionPart, _parts(folder, pks), ("region_id", "scheme")),
            (Population, _populations(folder, pks), ("region_id", "as_of")),
        ):
            _refuse_others_places(model, rows, own)
            removed += _drop(model, rows, key, own)
            changed += _keep(model, rows, key)
        more = sets.load(folder / sets.FILE, {code: pks[code] for code in (one.code for one in regions)}, MARKS)
        changed, removed = changed + more.changed, removed + more.removed
        read_tree().check()  # refuses what does not hang together, before it is kept
        if changed or removed:
            bump(ROOM)
    return Loaded(len(regions), changed, removed)


def _keep(model: type[models.Model], rows: list[Any], key: tuple[str, ...]) -> int:
    return len(keep(model, differing(model, rows, key), key))


def differing(model: type[models.Model], rows: Iterable[Any], key: tuple[str, ...]) -> list[Any]:
    """Those of the unsaved ``rows`` that are not kept just so; ``key`` names the columns that tell rows apart."""
    names = [one.attname for one in model._meta.concrete_fields if not one.primary_key]
    kept = {tuple(row[name] for name in key): row for row in model._default_manager.values(*names)}
    return [row for row in rows if kept.get(_key(row, key)) != {name: getattr(row, name) for name in names}]


def keep(model: type[models.Model], rows: list[Any], key: tuple[str, ...]) -> list[Any]:
    """Insert or update rows in bulk; primary keys stay. Gives the rows."""
    unique = [model._meta.get_field(name).name for name in key]
    update = [one.name for one in model._meta.concrete_fields if not one.primary_key and one.name not in unique]
    model._default_manager.bulk_create(rows, update_conflicts=True, unique_fields=unique,
                                       update_fields=update, batch_size=500)
    return rows


def _drop(model: type[models.Model], rows: Iterable[Any], key: tuple[str, ...], own: set[int]) -> int:
    """Remove rows of the folder's own regions that the folder no longer names."""
    named = {_key(row, key) for row in rows}
    kept = model._default_manager.values_list("pk", *key)
    stale = [pk for pk, *values in kept if values[0] in own and tuple(values) not in named]
    model._default_manager.filter(pk__in=stale).delete()
    return len(stale)


def _key(row: Any, key: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in key)


# -- reading lines ---------------------------------------------------------------------------------


def _lines(folder: Path, name: str, required: bool = False) -> list[Line]:
    path = folder / name
    if not path.is_file():
        if required:
            raise Refused(zh=f"“{folder}”中没有 {name}。", en=f"There is no {name} in “{folder}”.")
        return []
    lines = rows_of(path.read_bytes(), name)
    if required and not lines:
        raise Refused(zh=f"{name} 中没有一行数据。", en=f"There is not one row in {name}.")
    for line in lines[:1]:
        for column in sorted(set(line) - {"where", *COLUMNS[name]}):
            raise _wrong(line, f"没有名为“{column}”的列。", f"there is no column “{column}”.")
    _refuse_twice(lines, KEYS[name])
    return lines


def _refuse_twice(lines: list[Line], key: Sequence[str]) -> None:
    seen: dict[tuple[str, ...], str] = {}
    for line in lines:
        said = tuple(line.get(name, "") for name in key)
        if said in seen:
            told = ", ".join(filter(None, said))
            raise _wrong(line, f"“{told}”重复，已见于 {seen[said]}。",
                         f"“{told}” stands there twice, first at {seen[said]}.")
        seen[said] = line["where"]


def _refuse_others_codes(lines: list[Line], regions: list[Region]) -> None:
    """A code belongs to the list that brought it: no other list may redefine its place."""
    roots = dict(Region.objects.values_list("code", "root"))
    for line, region in zip(lines, regions, strict=True):
        try:
            check_code(region.code)
        except Refused as refused:
            raise _wrong(line, refused.sentence.zh, refused.sentence.en) from None
        if roots.get(region.code, region.root) != region.root:
            raise _wrong(line, f"代码“{region.code}”已属于“{roots[region.code]}”。",
                         f"the code “{region.code}” belongs to “{roots[region.code]}” already.")


def _refuse_others_places(model: type[models.Model], rows: Iterable[Any], own: set[int]) -> None:
    """What a folder says of parents, days off and the rest it says of its own places."""
    for row in rows:
        concerned = {row.old_id, row.new_id} if isinstance(row, Succession) else {row.region_id}
        if not concerned & own:
            code = Region.objects.get(pk=min(concerned)).code
            raise Refused(zh=f"{code} 不在本文件夹的 regions.csv 中，不能为它规定{model.__name__}。",
                          en=f"{code} is not in this folder's regions.csv: no {model.__name__} can be said of it.")


def _wrong(line: Line, zh: str, en: str) -> Refused:
    return Refused(zh=f"{line['where']}：{zh}", en=f"{line['where']}: {en}")


def _text(line: Line, name: str, default: str | None = None) -> str:
    value = (line.get(name) or "").strip() or default
    if value is None:
        raise _wrong(line, f"缺少“{name}”。", f"“{name}” is missing.")
    return value


def _one_of(line: Line, name: str, allowed: Iterable[str], default: str | None = None) -> str:
    value = _text(line, name, default)
    if value not in allowed:
        listed = ", ".join(allowed)
        raise _wrong(line, f"“{name}”只能是 {listed}，不能是“{value}”。",
                     f"“{name}” must be one of {listed}, not “{value}”.")
    return value


def _flag(line: Line, name: str, default: str) -> bool:
    return _one_of(line, name, ("0", "1"), default) == "1"


def _day(line: Line, name: str, default: date | None = None) -> date:
    if default is not None and not (line.get(name) or "").strip():
        return default
    try:
        return parse_day(_text(line, name))
    except Refused as refused:
        if refused.sentence.en.startswith(line["where"]):
            raise
        raise _wrong(line, refused.sentence.zh, refused.sentence.en) from None


def _period(line: Line) -> dict[str, date]:
    first, last = _day(line, "valid_from", BEGINNING), _day(line, "valid_until", FAR)
    if last < first:
        raise _wrong(line, "最后一天早于第一天。", "the last day is before the first.")
    return {"valid_from": first, "valid_until": last}


def _sourced(line: Line) -> dict[str, str]:
    return {"source": _text(line, "source"), "mark": _one_of(line, "mark", MARKS)}


def _known(line: Line, name: str, pks: dict[str, int]) -> int:
    code = _text(line, name)
    if code not in pks:
        raise _wrong(line, f"没有代码为“{code}”的地区。", f"there is no region with the code “{code}”.")
    return pks[code]


def _region(line: Line) -> Region:
    return Region(
        code=_text(line, "code"), name_zh=_text(line, "name_zh"), name_en=_text(line, "name_en"),
        pinyin=_text(line, "pinyin", ""), former_zh=_text(line, "former_zh", ""), kind=_text(line, "kind"),
        level=int(_one_of(line, "level", [str(level) for level in LEVELS])),
        root=_text(line, "root", None if line.get("parent") else line["code"]), in_scope=_flag(line, "in_scope", "1"),
        simulated=_flag(line, "simulated", "0"), exact=_flag(line, "exact", "1"), **_period(line),
        **_sourced(line))


def _parents(folder: Path, regions: list[Line], pks: dict[str, int]) -> list[RegionParent]:
    """The ``parent`` column of regions.csv holds for a place's whole life; parents.csv adds to it."""
    direct = [{**line, "region": line["code"], "role": "administrative"} for line in regions
              if line.get("parent")]
    return [RegionParent(region_id=_known(line, "region", pks), parent_id=_known(line, "parent", pks),
                         role=_one_of(line, "role", ROLES), **_period(line), **_sourced(line))
            for line in [*direct, *_lines(folder, "parents.csv")]]


def _successions(folder: Path, pks: dict[str, int]) -> list[Succession]:
    for line in (lines := _lines(folder, "successions.csv")):
        if line["old"] == line["new"]:
            raise _wrong(line, "一地不能由自己接续。", "a place cannot succeed itself.")
    return [Succession(old_id=_known(line, "old", pks), new_id=_known(line, "new", pks),
                       kind=_one_of(line, "kind", KINDS_OF_SUCCESSION), on=_day(line, "on"), **_sourced(line))
            for line in lines]


def _days_off(folder: Path, pks: dict[str, int]) -> list[RegionDayOff]:
    return [RegionDayOff(region_id=_known(line, "region", pks), day=_day(line, "day"),
                         working=_flag(line, "working", "0"), reason_zh=_text(line, "reason_zh", ""),
                         reason_en=_text(line, "reason_en", ""), **_sourced(line))
            for line in _lines(folder, "days_off.csv")]


def _number(line: Line, name: str) -> int:
    text = _text(line, name)
    if not text.isdecimal() or int(text) > 99:
        raise _wrong(line, f"“{name}”应是 0 到 99 的整数，不能是“{text}”。",
                     f"“{name}” must be a whole number from 0 to 99, not “{text}”.")
    return int(text)


def _tiles(folder: Path, pks: dict[str, int]) -> list[RegionTile]:
    return [RegionTile(region_id=_known(line, "code", pks), row=_number(line, "row"), column=_number(line, "column"),
                       short_zh=_text(line, "short_zh"), short_en=_text(line, "short_en"))
            for line in _lines(folder, "tiles.csv")]


def _parts(folder: Path, pks: dict[str, int]) -> list[RegionPart]:
    return [RegionPart(region_id=_known(line, "region", pks), scheme=_text(line, "scheme"), part=_text(line, "part"),
                       name_zh=_text(line, "name_zh"), name_en=_text(line, "name_en"), **_sourced(line))
            for line in _lines(folder, "parts.csv")]


def _populations(folder: Path, pks: dict[str, int]) -> list[Population]:
    return [Population(region_id=_known(line, "code", pks), as_of=_day(line, "as_of"), persons=_persons(line),
                       **_sourced(line)) for line in _lines(folder, "population.csv")]


def _persons(line: Line) -> int:
    text = _text(line, "persons")
    if not text.isdecimal() or not 0 < int(text) < 10 ** 11:
        raise _wrong(line, f"“persons”应是大于 0 的整数，不能是“{text}”。",
                     f"“persons” must be a whole number above 0, not “{text}”.")
    return int(text)
