"""Reviewed text about pilots: programmes of the past with their pilots, and score sheets for assessments."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from jizhun.collaboration.actions.areas import rows_in
from jizhun.evaluation.models import SheetEdition
from jizhun.evaluation.rules.sheets import read_sheet
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import yaml_of
from jizhun.people.actions import require, write_line
from jizhun.people.rules import Actor
from jizhun.pilots.actions.programmes import MANAGE, Programme, columns
from jizhun.pilots.models import PilotApplication, PilotProgramme, PilotStep
from jizhun.pilots.rules.programmes import SELECTED, Days
from jizhun.regions.actions import tree

NATION = ("CN",)
SHEET = "pilot"
"""The kind of editions that are sheets for pilots, apart from those for rounds of attainment."""
DAYS = ("applies_from", "applies_until", "mid_on", "final_on")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were new."""

    programmes: int = 0
    pilots: int = 0
    sheets: int = 0


def load(*, by: Actor, folder: Path) -> Loaded:
    """Insert what the folder says and is not there yet, all or nothing; what was said before is never changed."""
    require(by=by, right=MANAGE, path=NATION)
    with transaction.atomic():
        sheets = sum(_sheet(by, file) for file in sorted((folder / "sheets").glob("*.yaml")))
        rows = rows_in(folder / "programmes.yaml", "programmes")
        made = [load_programme(by=by, row=row) for row in rows]
        found = Loaded(sum(new for new, _ in made), sum(pilots for _, pilots in made), sheets)
        if found != Loaded():
            write_line(by=by, act="pilots.load", subject=folder.name,
                       after={"programmes": found.programmes, "pilots": found.pilots, "sheets": sheets})
    return found


def said_in(row: Mapping[str, Any], days: Days) -> Programme:
    """A programme as its row says it."""
    return Programme(
        row["code"], Bilingual(row["name_zh"], row["name_en"]), str(row["organiser"]), row["kinds"], row["levels"],
        days, row.get("wanted", 0), row["jobs"], row.get("criteria", ()), row.get("sheet", ""),
        Bilingual(row.get("about_zh", ""), row.get("about_en", "")), row.get("assessors", 2),
        row.get("cases", ""), Bilingual(row.get("basis_zh", ""), row.get("basis_en", "")), row.get("principles", ()))


def load_programme(*, by: Actor, row: Mapping[str, Any]) -> tuple[int, int]:
    """A programme and its pilots, where they are not there yet; returns how many of each are new."""
    days = Days(row["starts_on"], row["ends_on"], *(row.get(name) for name in DAYS))
    programme, new = PilotProgramme.objects.get_or_create(code=row["code"], defaults={
        **columns(said_in(row, days)), "source": row["source"], "mark": row["mark"], "known": row.get("known", {}),
        "simulated": row["mark"] == "SIM", "by": by.username})
    return int(new), sum(_pilot(by, programme, row, one) for one in row.get("pilots", ()))


def _pilot(by: Actor, programme: PilotProgramme, row: Mapping[str, Any], one: Mapping[str, Any]) -> int:
    """A place that was a pilot, as was read: its application is not on record, only that it was selected."""
    region = str(one["region"])
    tree().known(region)
    day: date = row["starts_on"]
    held, new = PilotApplication.objects.get_or_create(programme=programme, region=region, defaults={
        "kind": one.get("kind", ""), "on": day, "source": one.get("source", row["source"]),
        "mark": one.get("mark", row["mark"]), "by": by.username})
    if new:
        PilotStep.objects.create(application=held, act=SELECTED, on=day, by=by.username)
    return int(new)


def _sheet(by: Actor, file: Path) -> int:
    row = json.loads(json.dumps(yaml_of(file.read_bytes(), file.name), default=str))
    made = read_sheet(row, file.name)
    digest = hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    held, new = SheetEdition.objects.get_or_create(kind=SHEET, code=made.code, edition=made.edition, defaults={
        "content": row, "hash": digest, "owner": "CN", "by": by.username})
    if held.hash != digest:
        raise Refused(zh=f"{file.name}：{made.code} {made.edition} 版已入库且内容不同；修改请另立新版。",
                      en=f"{file.name}: {made.code}, edition {made.edition}, is on record with another content: "
                         "a change is a new edition.")
    return int(new)


def sheet_edition(code: str) -> SheetEdition:
    """The newest edition of a sheet for pilots; Refused where there is none."""
    found = SheetEdition.objects.filter(kind=SHEET, code=code).order_by("-edition").first()
    if found is None:
        raise Refused(zh=f"没有试点评分表“{code}”。", en=f"There is no score sheet “{code}” for pilots.")
    return found


def sheet_codes() -> list[str]:
    """The sheets there are."""
    return sorted(set(SheetEdition.objects.filter(kind=SHEET).values_list("code", flat=True)))
