"""A programme of the fictional province that is open today, and what people say in it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from drafting_cast import person
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import months_later
from jizhun.pilots.actions.programmes import Programme, open_programme
from jizhun.pilots.models import PilotProgramme
from jizhun.pilots.rules.programmes import Days

APPLICATION: dict[str, Any] = {
    "kind": "comprehensive", "statement": {"why": "时限不稳", "base": "指南已公布", "will": "逐项细化"}}
SCORES = {"base": "25", "plan": "30"}
SHEET = {"tasks": "100", "monthly": "yes", "standards": "yes", "guides": "100", "effect": "yes", "heard": "yes"}
GOALS = "按时率提高"
CARD: dict[str, Any] = {
    "code": "same-day", "title": Bilingual("当日复核", "Checked the same day"), "matters": ("NB029-EX01",),
    "parts": {name: Bilingual(f"{name}中文", f"{name} in English")
              for name in ("problem", "done", "conditions", "cost")}}


def opened(**other: Any) -> PilotProgramme:
    """Opened by the province: counties and cities may apply, the mid-term assessment may be held today."""
    today = timezone.localdate()
    starts = today.replace(day=1)
    ends = months_later(starts, 12) - timedelta(days=1)
    by = other.pop("by", person("province-editor"))
    said: dict[str, Any] = {
        "code": "try-out", "name": Bilingual("试一试", "A try"), "organiser": "990000", "kinds": ("comprehensive",),
        "levels": (2, 3), "wanted": 2, "assessors": 1, "sheet": "pilot-example",
        "days": Days(starts, ends, today, today + timedelta(days=30), today, ends),
        "jobs": [{"code": "list", "name_zh": "清单", "name_en": "List"},
                 {"code": "standards", "name_zh": "标准", "name_en": "Standards"}],
        "criteria": [{"code": "base", "name_zh": "基础", "name_en": "Base", "points": 40},
                     {"code": "plan", "name_zh": "方案", "name_en": "Plan", "points": 60}], **other}
    return open_programme(by=by, said=Programme(**said))


def plan(programme: PilotProgramme) -> str:
    """Two tasks, a milestone first."""
    return f"1 | *梳理清单 | 综合科 | {programme.ends_on}\n2 | 编制规程 | 经办机构 | {programme.ends_on}"
