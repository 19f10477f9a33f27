"""A plan at a place on one A4 page for a meeting: PDF (tagged, PDF/UA-1), by the same printing as standards."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typst

from jizhun.drafting.documents.typeset import fonts, printed
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import day_in_words
from jizhun.planning.rules.progress import RULE, STATES

TEMPLATE = Path(__file__).with_name("region.typ")
TITLE = Bilingual("规划进展", "Progress of the plan")
HEADS = (Bilingual("措施", "Measure"), Bilingual("状态", "State"), Bilingual("现值", "Now"), Bilingual("目标", "Goal"),
         Bilingual("期限", "Deadline"))
BLOCKED, NEXT = Bilingual("主要堵点", "What blocks"), Bilingual("下一步（按效果排序）", "Next, by effect")
SIMULATED = Bilingual("示例省，数据均为模拟。", "A fictional place: every figure is simulated.")
PROPOSAL = Bilingual("措施和目标值为工作建议。", "Measures and goals are a working proposal.")
CLOSED = Bilingual("本规划期已结束，以下为期末评估（按现有数据计算）。",
                   "The period has ended: this is the closing assessment, as computed on the data there are.")


@dataclass(frozen=True, slots=True)
class Line:
    """A measure as printed."""

    target: str
    name: str
    state: str
    now: str
    goal: str
    due: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What the page says, in words of its language already. ``blocked``: sentences; ``acts``: (act, effect)."""

    place: str
    plan: str
    on: date
    tally: str
    lines: Sequence[Line]
    blocked: Sequence[tuple[str, str]]
    acts: Sequence[tuple[str, str]]
    closed: bool
    simulated: bool
    address: str


MOST = 3
"""Blocks and acts printed: it is one page."""


def as_pdf(paper: Paper, language: str) -> bytes:
    """The page in one language."""
    return printed(json.dumps(_plan(paper, "zh" if language.startswith("zh") else "en"), ensure_ascii=False), TEMPLATE)


def _plan(paper: Paper, language: str) -> dict[str, object]:
    def say(text: Bilingual) -> str:
        return text.in_language(language)

    notices = [CLOSED] * paper.closed + [SIMULATED] * paper.simulated + [PROPOSAL]
    signs = "　".join(f"{one.sign} {say(one.name)}" for one in STATES.values())
    return {"language": language, "sans": fonts(typst.Fonts().families())["sans"],
            "title": f"{say(TITLE)}{say(Bilingual('：', ': '))}{paper.place}", "plan": paper.plan,
            "day": say(day_in_words(paper.on)), "tally": paper.tally, "notices": [say(one) for one in notices],
            "heads": [say(one) for one in HEADS],
            "rows": [[one.target, one.name, one.state, one.now, one.goal, one.due] for one in paper.lines],
            "blocked-head": say(BLOCKED), "blocked": [list(one) for one in paper.blocked[:MOST]],
            "next-head": say(NEXT), "next": [list(one) for one in paper.acts[:MOST]], "signs": signs,
            "rule": say(RULE) if not paper.closed else "", "address": paper.address}
