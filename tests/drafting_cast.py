"""People of the fictional province and a short standard, for the tests of the making of standards."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from jizhun.drafting.actions import projects, texts
from jizhun.drafting.models import Project
from jizhun.drafting.rules.text import Clause
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.people.models import User

PROVINCE, CITY, COUNTY = "990000", "990100", "990101"
PROPOSAL = {
    "title_zh": "失业保险金申领服务规范", "title_en": "Service specification for unemployment benefit claims",
    "need_zh": "各地办理时限不一。", "scope_zh": "适用于示例省各级经办机构。",
    "scope_en": "It holds for all agencies of the province.",
    "proposer_zh": "示例省人力资源和社会保障厅", "proposer_en": "HRSS department of the fictional province",
    "regulator_zh": "示例省市场监督管理局", "regulator_en": "Market regulator of the fictional province",
}


def person(name: str) -> User:
    """A demonstration login by its name."""
    return User.objects.get(username=name)


def today() -> date:
    return timezone.localdate()


def days(number: int) -> timedelta:
    return timedelta(days=number)


def opened(**other: Any) -> Project:
    """A project of the province with a complete proposal."""
    said: dict[str, Any] = {"procedure": "local", "region": PROVINCE, "serves": ["NB029-EX01"], **PROPOSAL, **other}
    return projects.open_project(by=person("province-editor"), **said)


def clause(kind: str, zh: str = "", en: str = "", *, heading: tuple[str, str] = ("", ""), level: int = 1,
           proposes: tuple[dict[str, Any], ...] = ()) -> Clause:
    """A clause without a key yet."""
    return Clause("", kind, level, Bilingual(*heading) if any(heading) else NO_WORDS, Bilingual(zh, en), True, proposes)


LIMIT = {"subject": "NB029-EX01", "measure": "promised_limit", "modality": "floor", "value": 2, "unit": "working_day",
         "sentence": "应在受理之日起2个工作日内办结。"}
TEXT = (
    clause("foreword", "本文件按照GB/T 1.1—2020《标准化工作导则 第1部分：标准化文件的结构和起草规则》的规定起草。",
           "This document is drafted in accordance with GB/T 1.1—2020."),
    clause("scope", "本文件规定了失业保险金申领的服务要求。",
           "This document sets requirements for the claim of unemployment benefit."),
    clause("references", "GB/T 31596.3-2023  社会保险术语 第3部分：失业保险",
           "GB/T 31596.3-2023  Terms of social insurance, part 3"),
    clause("terms", "GB/T 31596.3-2023 界定的术语和定义适用于本文件。",
           "The terms and definitions of GB/T 31596.3-2023 apply."),
    clause("clause", "经办机构应公开办理条件。", "Agencies publish the conditions.",
           heading=("基本要求", "General requirements")),
    clause("clause", "应在受理之日起2个工作日内办结。", "The claim is settled within 2 working days of acceptance.",
           heading=("办理时限", "Time limit"), proposes=(LIMIT,)),
)


def written(project: Project) -> list[Clause]:
    """The short text, written into the project clause by clause."""
    return [texts.save_clause(by=person("province-editor"), project=project, clause=one) for one in TEXT]
