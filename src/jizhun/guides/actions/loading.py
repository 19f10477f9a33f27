"""Guides come from reviewed text: fields, base guides, service points, claims, the ledger, bundles."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.guides.actions.asking import GUIDE, PROCEDURE, ROOM, fields_of, layer_of, numbers_of
from jizhun.guides.actions.listing import load_claims, load_ledger
from jizhun.guides.actions.points import load_points
from jizhun.guides.models import BundleRow, FieldRow, LayerVersion, PartRow
from jizhun.guides.rules import Layer, Said, plain_said, read_field, resolve, standing
from jizhun.guides.rules.board import outline
from jizhun.guides.rules.claiming import Claim
from jizhun.guides.rules.fields import Content, parts_of
from jizhun.guides.rules.reading import (
    Spot,
    Subject,
    World,
    Written,
    chosen_spots,
    chosen_subjects,
    day_of,
    filled_in,
    read_rows,
    refuse_odd,
)
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import yaml_of
from jizhun.people.actions import require, write_line
from jizhun.people.rules import Actor
from jizhun.regions.actions import bump, claim, differing, keep, tree

NATION = ("CN",)
FIELDS, BUNDLES, LEDGER = "fields.yaml", "bundles.yaml", "ledger.yaml"
PARTS = frozenset({"guides", "points", "adoptions", "changes"})


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows came new."""

    fields: int = 0
    versions: int = 0
    points: int = 0
    claims: int = 0
    changes: int = 0
    bundles: int = 0


def load(*, by: Actor, folder: Path, owner: str, sources: Mapping[str, tuple[str, str]] | None = None,
         recorded_on: date | None = None) -> Loaded:
    """Load a folder of guides for the list ``owner``: ``fields.yaml``, ``bundles.yaml`` and any other files with
    guides, points, adoptions or changes, also in folders below. The same folder twice changes nothing.

    Raises Refused naming file and entry; nothing is loaded then.
    """
    return load_files(by=by, files=sorted(folder.rglob("*.yaml")), owner=owner, sources=sources,
                      recorded_on=recorded_on, name=folder.name)


def load_files(*, by: Actor, files: Sequence[Path], owner: str, name: str,
               sources: Mapping[str, tuple[str, str]] | None = None, recorded_on: date | None = None) -> Loaded:
    """The same for chosen files."""
    require(by=by, right="guide.edit", path=NATION)
    content = {path: yaml_of(path.read_bytes(), path.name) for path in files}
    with transaction.atomic():
        fields = sum(load_fields(content.pop(path), owner) for path in files if path.name == FIELDS)
        bundles = sum(_load_bundles(content.pop(path), path.name, owner) for path in files if path.name == BUNDLES)
        world = world_of(GUIDE, sources or {})
        rows = _rows(content)
        loaded = Loaded(fields, keep_written(by, GUIDE, _guides(rows["guides"], world), recorded_on, owner),
                        load_points(by=by, rows=_points(rows["points"])),
                        load_claims(by=by, claims=_claims(rows["adoptions"], world)),
                        load_ledger(by=by, rows=[row for _, found in rows["changes"] for row in found]), bundles)
        if any(asdict(loaded).values()):
            write_line(by=by, act="guides.load", subject=name, after=asdict(loaded))
    return loaded


Rows = list[tuple[str, list[Any]]]


def _rows(content: Mapping[Path, Any]) -> dict[str, Rows]:
    """The entries of every part with the file they stand in."""
    found: dict[str, Rows] = {part: [] for part in PARTS}
    for path, held in content.items():
        if not isinstance(held, dict) or not PARTS & held.keys():
            raise Refused(zh=f"{path.name} 里没有指南、网点、认领或台账。",
                          en=f"There are no guides, points, adoptions or changes in {path.name}.")
        for part in PARTS & held.keys():
            if not isinstance(held[part], list) or not all(isinstance(one, dict) for one in held[part]):
                raise Refused(zh=f"{path.name}：“{part}”应是一列字段与值。",
                              en=f"{path.name}: “{part}” must be a list of fields and values.")
            found[part].append((path.name, held[part]))
    return found


def world_of(sort: str, sources: Mapping[str, tuple[str, str]]) -> World:
    """What rows may refer to."""
    held, today = tree(), timezone.localdate()

    def below(region: str, level: int | None) -> list[Spot]:
        codes = held.within(region, today)
        return [Spot(code, held.level(code), held.known(code).name) for code in codes
                if level is None or held.level(code) == level]

    subjects = [Subject(one.code, one.kind, one.item) for one in catalogue().matters.values()]
    return World({one.code: one for one in fields_of(sort)}, subjects, below, sources)


# -- fields and bundles ----------------------------------------------------------------------------


def load_fields(content: Any, owner: str) -> int:
    """Fields and chapters as said; those that exist keep their number. Returns how many differ."""
    if not isinstance(content, dict) or not all(isinstance(content.get(one), list) for one in ("parts", GUIDE)):
        raise Refused(zh=f"{FIELDS} 应有 parts、guide 和 procedure。",
                      en=f"{FIELDS} must hold parts, guide and procedure.")
    rows = [FieldRow(sort=sort, code=read_field(row).code, place=place, fields=dict(row))
            for sort in (GUIDE, PROCEDURE) for place, row in enumerate(content.get(sort) or ())]
    parts = [PartRow(code=code, place=place, name_zh=name.zh, name_en=name.en)
             for place, (code, name) in enumerate(parts_of(content["parts"]).items())]
    changed = differing(FieldRow, rows, ("sort", "code"))
    claim("guide field", (f"{row.sort}.{row.code}" for row in changed), owner)
    keep(PartRow, differing(PartRow, parts, ("code",)), ("code",))
    if keep(FieldRow, changed, ("sort", "code")):
        bump(ROOM + ".fields")
    return len(changed)


def _load_bundles(content: Any, name: str, owner: str) -> int:
    rows = content.get("bundles") if isinstance(content, dict) else None
    if not isinstance(rows, list):
        raise Refused(zh=f"{name} 应有 bundles。", en=f"{name} must hold bundles.")
    known = catalogue().matters
    for row in rows:
        lost = next((one["matter"] for one in row.get("legs") or () if one.get("matter") not in known), None)
        if lost is not None:
            raise Refused(zh=f"{name} “{row.get('code')}”：没有编码为“{lost}”的事项。",
                          en=f"{name}, “{row.get('code')}”: there is no matter “{lost}”.")
    made = [BundleRow(code=row["code"], place=place, fields=row) for place, row in enumerate(rows)]
    changed = differing(BundleRow, made, ("code",))
    claim("bundle", (row.code for row in changed), owner)
    return len(keep(BundleRow, changed, ("code",)))


# -- guides ----------------------------------------------------------------------------------------


def _guides(rows: Rows, world: World) -> list[Written]:
    return [one for where, found in rows for one in read_rows(found, where, world)]


Key = tuple[str, str]


def keep_written(by: Actor, sort: str, rows: Iterable[Written], recorded_on: date | None, owner: str) -> int:
    """Insert as versions what is not on record just so, upper places first; returns how many."""
    rows = _gathered(rows)
    if any(row.region == NATION[0] for row in rows):
        claim(f"{sort} of", NATION, owner)
    keeping = _Keeping(by, sort, {row.matter for row in rows}, recorded_on or timezone.localdate())
    order = sorted(rows, key=lambda row: (keeping.tree.level(row.region), row.valid_from))
    new = [made for row in order if (made := keeping.version(row)) is not None]
    if new:
        seq = bump(ROOM)
        for one in new:
            one.seq = seq
        LayerVersion.objects.bulk_create(new, batch_size=500)
    return len(new)


def _gathered(rows: Iterable[Written]) -> list[Written]:
    """Rows that speak of the same matter, place and day put together; a later one wins on the same field."""
    found: dict[tuple[str, str, date], Written] = {}
    for row in rows:
        key = (row.matter, row.region, row.valid_from)
        before = found.get(key)
        if before is not None:
            row = Written(*key, {**before.fields, **row.fields}, (*before.forced, *row.forced), before.note or row.note)
        found[key] = row
    return list(found.values())


class _Keeping:
    """What is on record and comes to it while rows are made into versions; all that they need is read once."""

    def __init__(self, by: Actor, sort: str, matters: Collection[str], recorded_on: date) -> None:
        self.by, self.sort, self.recorded_on = by, sort, recorded_on
        self.tree, self.fields, self.numbers = tree(), fields_of(sort), numbers_of(sort)
        self.kept: dict[Key, list[Layer]] = {}
        recorded = LayerVersion.objects.filter(sort=sort, matter__in=matters)
        for version in recorded.order_by("seq", "pk"):
            self.kept.setdefault((version.matter, version.region), []).append(layer_of(version))

    def version(self, row: Written) -> LayerVersion | None:
        """The version that says what is new of a row; None where all of it is on record."""
        mine = self.kept.setdefault((row.matter, row.region), [])
        now = standing(mine, row.valid_from)
        fresh = {code: said for code, said in row.fields.items() if now is None or _differs(now.fields.get(code), said)}
        if not fresh:
            return None
        said = self._on_what_stands(row, fresh)
        number = max((one.number for one in mine), default=0) + 1
        forced = [code for code in row.forced if code in said]
        mine.append(Layer(row.region, number, row.valid_from, said, dict.fromkeys(forced, row.valid_from)))
        return LayerVersion(sort=self.sort, matter=row.matter, region=row.region, number=number, forced=forced,
                            valid_from=row.valid_from, fields={code: plain_said(one) for code, one in said.items()},
                            note=row.note, outline=outline(said, forced, self.numbers), by=self.by.username, seq=0,
                            recorded_on=self.recorded_on)

    def _on_what_stands(self, row: Written, fresh: Mapping[str, Said]) -> dict[str, Said]:
        """The fields with what stands above them: on their first day, or where that is past, when they are recorded."""
        day = max(row.valid_from, self.recorded_on, self.tree.known(row.region).valid_from)
        above = self.tree.path(row.region, day)[:-1]
        ways = [standing(self.kept.get((row.matter, code), ()), day) or Layer(code, 0, day) for code in above]
        upper = {one.field.code: one for one in resolve((one for one in self.fields if one.code in fresh), ways)}
        return {code: _with_base(said, upper[code].content, upper[code].key) for code, said in fresh.items()}


def _differs(one: Said | None, other: Said) -> bool:
    told = ("content", "policy", "mark", "source", "clause")
    return one is None or any(getattr(one, name) != getattr(other, name) for name in told)


def _on_what_stands(sort: str, row: Written, fresh: Mapping[str, Said],
                    kept: Mapping[Key, list[Layer]]) -> dict[str, Said]:
    """The fields with what stands above them that day."""
    held = tree()
    day = max(row.valid_from, held.known(row.region).valid_from)
    above = held.path(row.region, day)[:-1]
    ways = [standing(kept.get((row.matter, code), ()), day) or Layer(code, 0, day) for code in above]
    fields = [one for one in fields_of(sort) if one.code in fresh]
    upper = {one.field.code: one for one in resolve(fields, ways)}
    return {code: _with_base(said, upper[code].content, upper[code].key) for code, said in fresh.items()}


def _with_base(said: Said, base: Content, above: int) -> Said:
    return Said(said.content, said.since, base, said.policy, above=above, mark=said.mark, source=said.source,
                clause=said.clause)


# -- points, claims --------------------------------------------------------------------------------


def _points(rows: Rows) -> list[tuple[date, dict[str, Any]]]:
    """Points spelled out: ``regions`` and placeholders as in guides, ``grid`` for made-up coordinates."""
    spots = _spots()
    found: list[tuple[date, dict[str, Any]]] = []
    for where, entries in rows:
        for n, row in enumerate(entries, 1):
            found += _in_entry(where, n, partial(_spelled_points, row, spots))
    return found


def _spots() -> Callable[[str, int | None], Sequence[Spot]]:
    return world_of(GUIDE, {}).below


def _spelled_points(row: Mapping[str, Any],
                    below: Callable[[str, int | None], Sequence[Spot]]) -> list[tuple[date, Any]]:
    start, grid = day_of(row.get("from")), row.get("grid")
    plain = {name: value for name, value in row.items() if name not in ("regions", "from", "grid")}
    if "regions" not in row:
        return [(start, plain)]
    found = []
    for n, spot in enumerate(chosen_spots({"regions": row["regions"]}, below)):
        one = {**filled_in(plain, spot), "region": spot.code}
        if grid:
            wide = int(grid.get("wide", 10))
            one["lon"] = round(float(grid["lon0"]) + float(grid["step"]) * (n % wide), 6)
            one["lat"] = round(float(grid["lat0"]) + float(grid["step"]) * (n // wide), 6)
        found.append((start, one))
    return found


ADOPTION = frozenset({"matters", "kinds", "items", "all", "except", "region", "regions", "says", "other", "reason_zh",
                      "reason_en", "code", "name_zh", "name_en", "kind", "basis", "from", "mark", "source"})


def _claims(rows: Rows, world: World) -> list[Claim]:
    found: list[Claim] = []
    for where, entries in rows:
        for n, row in enumerate(entries, 1):
            found += _in_entry(where, n, partial(_spelled_claims, row, world))
    return found


def _spelled_claims(row: Mapping[str, Any], world: World) -> list[Claim]:
    refuse_odd(row, ADOPTION)
    own = {name: str(row[name]) for name in ("code", "name_zh", "name_en", "kind", "basis") if row.get(name)}
    start = day_of(row.get("from"))
    reason = Bilingual(str(row.get("reason_zh") or ""), str(row.get("reason_en") or ""))
    return [Claim(subject.code, spot.code, str(row.get("says") or ""), start, str(row.get("other") or ""), reason, own,
                  str(row.get("source") or ""), str(row.get("mark") or ""))
            for spot in chosen_spots(row, world.below) for subject in chosen_subjects(row, world.subjects)]


def _in_entry(where: str, n: int, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except Refused as refused:
        raise Refused(zh=f"{where} 第{n}条：{refused.sentence.zh}",
                      en=f"{where}, entry {n}: {refused.sentence.en}") from None


