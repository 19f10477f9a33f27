"""Acts on operating procedures: kept, inherited and brought into step as guides are; here is what is theirs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from jizhun.catalogue.actions import catalogue
from jizhun.guides import actions as guides
from jizhun.guides.actions import PROCEDURE
from jizhun.guides.actions.loading import keep_written, world_of
from jizhun.guides.models import LayerVersion
from jizhun.guides.rules import Said, checked
from jizhun.guides.rules.fields import Content, Field
from jizhun.guides.rules.guide import Guide
from jizhun.guides.rules.layers import Resolved
from jizhun.guides.rules.reading import Written, read_rows
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.kernel.texts import yaml_of
from jizhun.people.actions import require, write_line
from jizhun.people.rules import Actor
from jizhun.procedures.bpmn.reading import read_bpmn
from jizhun.procedures.bpmn.writing import write_bpmn
from jizhun.procedures.rules import (
    Checked,
    Document,
    Limit,
    Role,
    Steps,
    check,
    plain,
    read_documents,
    read_recorded,
    read_roles,
    read_steps,
)
from jizhun.procedures.rules.base import base_clock, base_steps, template_of
from jizhun.procedures.rules.differing import Differences, differences
from jizhun.provisions.rules import Quantity

NATION = ("CN",)
STEPS = "steps"
BASE, NATIONAL = "base.yaml", "national.yaml"
VOCABULARY = ("roles.yaml", "documents.yaml", "recorded.yaml")


# -- words that every procedure uses ---------------------------------------------------------------


def roles() -> Mapping[str, Role]:
    """Posts by code."""
    return _roles(settings.DATA_DIR)


@lru_cache(maxsize=2)
def _roles(data: Path) -> Mapping[str, Role]:
    return read_roles(_yaml(data / "procedures" / "roles.yaml"))


def documents() -> Mapping[str, Document]:
    """Counter documents by code, each with what it does to the clock."""
    return _documents(settings.DATA_DIR)


@lru_cache(maxsize=2)
def _documents(data: Path) -> Mapping[str, Document]:
    return read_documents(_yaml(data / "procedures" / "documents.yaml"))


def recorded_steps() -> Mapping[str, Bilingual]:
    """What steps are called that records of cases may hold though no procedure has them, by code."""
    return _recorded(settings.DATA_DIR)


@lru_cache(maxsize=2)
def _recorded(data: Path) -> Mapping[str, Bilingual]:
    return read_recorded(_yaml(data / "procedures" / "recorded.yaml"))


@lru_cache(maxsize=4)
def _base(data: Path) -> Mapping[str, Any]:
    content = _yaml(data / "procedures" / BASE)
    assert isinstance(content, dict)
    return content


def _yaml(file: Path) -> Any:
    return yaml_of(file.read_bytes(), file.name)


# -- asking ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Procedure:
    """A procedure as it counts at a place: its chapters, its steps, and whether they hold."""

    whole: Guide
    steps: Steps | None
    checked: Checked | None
    guide: Guide

    @property
    def words(self) -> Resolved | None:
        """The steps as a field: where they come from, whether they are out of step."""
        shown = self.whole.of(STEPS)
        return shown.words if shown else None


def procedure(*, matter: str, region: str, on: date, known_on: date | None = None) -> Procedure:
    """The procedure that counts there that day. Raises Refused for unknown matters, places and days."""
    whole = guides.guide(matter=matter, region=region, on=on, sort=PROCEDURE, known_on=known_on)
    guide = guides.guide(matter=matter, region=region, on=on, known_on=known_on)
    content = whole.content(STEPS)
    steps = read_steps(content) if content else None
    return Procedure(whole, steps, check_steps(steps, guide) if steps else None, guide)


def check_steps(steps: Steps, guide: Guide) -> Checked:
    """Everything that is checked of a table of steps against what the guide of the place promises."""
    starts, ends = base_clock(_base(settings.DATA_DIR), guide.matter, guide.kind)
    return check(steps, promised=limit_of(guide, "promised_limit"), statutory=limit_of(guide, "statutory_limit"),
                 materials=_allowed(guide), roles=roles(), documents=documents(), starts=starts, ends=ends)


def limit_of(guide: Guide, code: str) -> Limit | None:
    """A time limit that is promised; None where none is, or where it depends on something."""
    shown = guide.of(code)
    value = shown.answer.value if shown and shown.answer else None
    if not isinstance(value, Quantity) or value.unit not in ("working_day", "calendar_day"):
        return None
    return Limit(int(value.amount), "working_day" if value.unit == "working_day" else "calendar_day")


def _allowed(guide: Guide) -> Collection[str] | None:
    """Codes and words of the materials that may be asked for; None where nobody says which."""
    content = guide.content("materials")
    if not isinstance(content, list):
        return None
    return {text for one in content for text in (one["id"], one["zh"], one["en"]) if text}


@dataclass(frozen=True)
class Compared:
    """Two procedures side by side; ``told`` leads from ``there`` to ``here``, None where one of them has no steps."""

    there: Procedure
    here: Procedure
    told: Differences | None


def compared(*, matter: str, region: str, on: date, other: str = "", before: date | None = None) -> Compared:
    """The procedure of the place beside the one above (or that of ``other``, or its own of an earlier day)."""
    here = procedure(matter=matter, region=region, on=on)
    there = procedure(matter=matter, region=other or _above(here.whole) if before is None else region,
                      on=before or on)
    if there.steps is None or here.steps is None:
        return Compared(there, here, None)
    return Compared(there, here, told(there.steps, here.steps, here.guide))


def told(before: Steps, after: Steps, guide: Guide) -> Differences:
    """What ``after`` does otherwise, its time counted as the guide's matter counts it."""
    starts, ends = base_clock(_base(settings.DATA_DIR), guide.matter, guide.kind)
    return differences(before, after, roles=roles(), documents=documents(), starts=starts, ends=ends)


def difference(*, matter: str, region: str, on: date, other: str = "",
               before: date | None = None) -> Differences | None:
    """What is different only; None without both."""
    return compared(matter=matter, region=region, on=on, other=other, before=before).told


def _above(whole: Guide) -> str:
    return whole.path[-2] if len(whole.path) > 1 else whole.path[-1]


def diagram(*, steps: Steps, title: Bilingual = NO_WORDS, language: str = "zh") -> bytes:
    """The steps as BPMN 2.0."""
    return write_bpmn(steps, title=title, language=language, roles=roles())


def from_diagram(content: bytes) -> Steps:
    """The steps of a BPMN file, ours or made elsewhere; raises Refused naming the element that is wrong."""
    return read_bpmn(content, roles=roles()).steps


# -- writing ---------------------------------------------------------------------------------------


def checked_procedure(field: Field, content: Content) -> Content:
    """What may be written: the table of steps is read whole, everything else as in guides."""
    if field.kind != "procedure" or content in (None, []):
        return checked(field, content)
    return plain(read_steps(content))


def record(*, by: Actor, matter: str, region: str, fields: Mapping[str, Content | Said], **more: Any) -> LayerVersion:
    """What a place says anew of a procedure; as ``guides.actions.record``."""
    return guides.record(by=by, sort=PROCEDURE, matter=matter, region=region, fields=fields, check=checked_procedure,
                         **more)


# -- loading ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many versions came new."""

    versions: int


def load(*, by: Actor, folder: Path, owner: str, sources: Mapping[str, tuple[str, str]] | None = None,
         recorded_on: date | None = None) -> Loaded:
    """Base procedures of every matter from ``base.yaml``, and chapters from the other files of the folder that hold
    procedures. The same folder twice changes nothing. Raises Refused naming file and entry."""
    require(by=by, right="guide.edit", path=NATION)
    rows = _base_rows(folder) if (folder / BASE).is_file() else []
    world = world_of(PROCEDURE, sources or {})
    for file in sorted(folder.glob("*.yaml")):
        content = _yaml(file) if file.name not in (BASE, *VOCABULARY) else {}
        rows += read_rows(content.get("procedures") or (), file.name, world, checked_procedure)
    with transaction.atomic():
        new = keep_written(by, PROCEDURE, rows, recorded_on, owner)
        if new:
            write_line(by=by, act="procedures.load", subject=folder.name, after={"versions": new})
    return Loaded(new)


def _base_rows(folder: Path) -> list[Written]:
    content = _yaml(folder / BASE)
    start = date.fromisoformat(str(content.get("from") or "2024-01-01"))
    return [Written(one.code, NATION[0], start, _base_fields(content, one.code, one.kind, start))
            for one in catalogue().matters.values()]


def _base_fields(content: Mapping[str, Any], matter: str, kind: str, start: date) -> dict[str, Said]:
    """The steps, and the posts that they name."""
    steps = plain(read_steps(base_steps(content, matter, kind)))
    template = template_of(content, matter, kind)
    source = f"data/procedures/{BASE}, {template}: each step says its own source"
    named = {code: roles()[code].name for code in dict.fromkeys(one["role"] for one in steps if one.get("role"))}
    posts = [{"id": code, "zh": name.zh, "en": name.en} for code, name in named.items()]
    return {STEPS: Said(steps, start, mark="R", source=source), "posts": Said(posts, start, mark="R", source=source)}
