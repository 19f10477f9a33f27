"""``jizhun truth``: per room, how much is sourced and verified, unverified, simulated, or empty."""

import json
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jizhun.catalogue.models import Edition, Group, ItemInEdition, Matter
from jizhun.collaboration.models import CollaborationArea, Recognition
from jizhun.delivery.models import Source
from jizhun.drafting.models import Project
from jizhun.entitlements.actions import entitlements
from jizhun.evaluation.actions import sources
from jizhun.guides.actions import GUIDE, PROCEDURE, SORTS
from jizhun.guides.models import Adoption, LayerVersion, MatterChange, PointVersion
from jizhun.kernel.bilingual import Bilingual
from jizhun.pilots.models import PilotApplication, PilotProgramme, Practice
from jizhun.planning.actions.plans import on_record
from jizhun.provisions.models import Document, Provision, TierAssignment
from jizhun.regions.models import Population, Region, RegionSet, Succession
from jizhun.standards.actions import frameworks, library
from jizhun.training.models import Question

VERIFIED, UNVERIFIED, SIMULATED = "verified", "unverified", "simulated"
KINDS = {"V": VERIFIED, "D": VERIFIED, "SIM": SIMULATED}
"""What a mark comes to; everything else (second-hand, recalled) is unverified."""

TABLES: tuple[tuple[str, Bilingual, Any], ...] = (
    ("regions", Bilingual("区划", "places"), Region),
    ("regions", Bilingual("区划变更", "successions of places"), Succession),
    ("regions", Bilingual("人口", "populations"), Population),
    ("regions", Bilingual("地区组", "sets of places"), RegionSet),
    ("catalogue", Bilingual("版本", "editions"), Edition),
    ("catalogue", Bilingual("版本中的项目", "items in editions"), ItemInEdition),
    ("catalogue", Bilingual("事项（示例拆分）", "matters (example split)"), Matter),
    ("catalogue", Bilingual("服务对象", "recipient groups"), Group),
    ("provisions", Bilingual("文件", "papers"), Document),
    ("provisions", Bilingual("规定", "provisions"), Provision),
    ("provisions", Bilingual("分档归属", "tier assignments"), TierAssignment),
    ("collaboration", Bilingual("协同区域", "collaboration areas"), CollaborationArea),
    ("collaboration", Bilingual("互认", "recognitions"), Recognition),
    ("pilots", Bilingual("试点组织", "programmes"), PilotProgramme),
    ("pilots", Bilingual("试点和申报", "pilots and applications"), PilotApplication),
    ("pilots", Bilingual("经验", "practices"), Practice),
)
EMPTY_ROOMS = ("outreach",)
"""Rooms of the design in which there is nothing to use yet."""


class Command(BaseCommand):
    help = _("Count what is sourced, unverified, simulated or empty.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("one JSON document"))

    def handle(self, *_args: object, **options: Any) -> None:
        rows = [*_kept(), *_rules(), *_standards(), *_guides(), *_questions(), *_plans(), *_cases()]
        if options["json"]:
            self.stdout.write(json.dumps([_plain(*row) for row in rows], ensure_ascii=False, indent=1))
            return
        for line in _table(rows):
            self.stdout.write(line)


Row = tuple[str, Bilingual, Counter[str]]


def _kept() -> Iterable[Row]:
    for room, name, model in TABLES:
        marks = Counter(model._default_manager.values_list("mark", flat=True))
        counts: Counter[str] = Counter()
        for mark, number in marks.items():
            counts[KINDS.get(mark, UNVERIFIED)] += number
        yield room, name, counts


def _rules() -> Iterable[Row]:
    """Conditions, workings and results of every version, each by the mark of its clause."""
    versions = [one for said in entitlements().versions.values() for one in said]
    for name, parts in ((Bilingual("享受条件", "conditions"), [one.conditions for one in versions]),
                        (Bilingual("中间步骤", "workings"), [one.workings for one in versions]),
                        (Bilingual("待遇结果", "results"), [one.results for one in versions])):
        marks = (part.cited.mark for many in parts for part in many)  # type: ignore[attr-defined]
        yield "entitlements", name, Counter(KINDS.get(mark, UNVERIFIED) for mark in marks)


def _standards() -> Iterable[Row]:
    """Standards, the lines of the systems, and projects: their marks stand in their fields."""
    lines = [entry.mark for framework in frameworks() for entry in framework.entries]
    projects = ["SIM" if simulated else "R" for simulated in Project.objects.values_list("simulated", flat=True)]
    for room, name, marks in (
            ("standards", Bilingual("标准", "standards"), [one.mark for one in library().by_number.values()]),
            ("standards", Bilingual("标准体系的行", "lines of standards systems"), lines),
            ("drafting", Bilingual("制修订项目", "projects"), projects)):
        yield room, name, Counter(KINDS.get(mark, UNVERIFIED) for mark in marks)


def _guides() -> Iterable[Row]:
    """Fields of guides and procedures as places said them, service points, claims and the ledger of the list."""
    said: dict[str, Counter[str]] = {sort: Counter() for sort in SORTS}
    for sort, fields in LayerVersion.objects.values_list("sort", "fields").iterator(chunk_size=2000):
        said[sort].update(KINDS.get(one.get("mark", "R"), UNVERIFIED) for one in fields.values())
    yield "guides", Bilingual("指南字段", "fields of service guides"), said[GUIDE]
    yield "procedures", Bilingual("规程字段", "fields of operating procedures"), said[PROCEDURE]
    for name, marks in (
            (Bilingual("服务网点", "service points"), PointVersion.objects.values_list("fields__mark", flat=True)),
            (Bilingual("认领", "claims"), Adoption.objects.values_list("mark", flat=True)),
            (Bilingual("清单台账", "ledger of the list"), MatterChange.objects.values_list("fields__mark", flat=True))):
        yield "guides", name, Counter(KINDS.get(mark, UNVERIFIED) for mark in marks)


def _questions() -> Iterable[Row]:
    """Questions of the bank: what people wrote or a rule drafted is our own, so none counts as verified."""
    simulated = Counter(Question.objects.values_list("simulated", flat=True))
    counts = Counter({UNVERIFIED: simulated[False], SIMULATED: simulated[True]})
    yield "training", Bilingual("题目", "questions"), counts


def _plans() -> Iterable[Row]:
    """Targets, tasks and goals of plans: what is our own working proposal stands in no paper."""
    held = on_record()
    targets = [row.mark for one in held for row in (*one.targets, *one.tasks)]
    goals = [row.goal_mark for one in held for row in one.measures]
    for name, marks in ((Bilingual("目标和任务", "targets and tasks"), targets),
                        (Bilingual("措施的目标值", "goals of measures"), goals)):
        yield "planning", name, Counter(KINDS.get(mark, UNVERIFIED) for mark in marks)


def _cases() -> Iterable[Row]:
    """Cases by source: a real source's cases are as true as who handed them in; they count as unverified."""
    known = {source.code: source for source in Source.objects.all()}
    for code, number in sources().items():
        source = known[code]
        kind = SIMULATED if source.simulated else UNVERIFIED
        yield "delivery", Bilingual(f"办件：{source.name_zh}", f"cases: {source.name_en}"), Counter({kind: number})


def _plain(room: str, name: Bilingual, counts: Counter[str]) -> dict[str, Any]:
    return {"room": room, "what": {"zh": name.zh, "en": name.en},
            **{kind: counts[kind] for kind in (VERIFIED, UNVERIFIED, SIMULATED)}}


def _table(rows: list[Row]) -> Iterable[str]:
    language = get_language() or "en"
    yield f"{_('verified'):>10} {_('unverified'):>10} {_('simulated'):>10}"
    total: Counter[str] = Counter()
    for room, name, counts in rows:
        total += counts
        yield f"{_numbers(counts)}  {room}: {name.in_language(language)}"
    yield f"{_numbers(total)}  ="
    yield _("Nothing built yet: %(rooms)s") % {"rooms": ", ".join(EMPTY_ROOMS)}


def _numbers(counts: Counter[str]) -> str:
    return " ".join(f"{counts[kind]:>10,}" for kind in (VERIFIED, UNVERIFIED, SIMULATED))
