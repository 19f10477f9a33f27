"""Prints the procedures of data/drafting/procedures.yaml as docs: ``python tools/procedures.py`` writes both pages."""

import os
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jizhun.settings")

from jizhun.drafting.rules.stages import Limit, Procedure, Procedures, read_procedures  # noqa: E402
from jizhun.frame.source_words import source_shown  # noqa: E402
from jizhun.kernel.bilingual import COLON, COMMA, Bilingual  # noqa: E402

WORDS: dict[str, Bilingual] = {
    "title": Bilingual("标准是怎样制定的：阶段、权限、条件和时限",
                       "How standards are made: stages, rights, conditions, limits"),
    "lead": Bilingual(
        "本页由 `python tools/procedures.py` 从 `data/drafting/procedures.yaml` 生成，有测试保证两者一致；"
        "改程序就是改那份数据。阶段和时限有出处；步骤和条件是本系统的安排。",
        "This page is printed by `python tools/procedures.py` from `data/drafting/procedures.yaml`, and a test holds "
        "the two together: to change a procedure, change the data. Stages and limits have their source; steps and "
        "conditions are how this product arranges them."),
    "stages": Bilingual("阶段", "Stages"), "stage": Bilingual("阶段", "Stage"),
    "iso": Bilingual("ISO 阶段代码", "ISO stage"),
    "makes": Bilingual("产出", "What comes of it"), "checks": Bilingual("条件", "Conditions"),
    "step": Bilingual("步骤", "Step"), "to": Bilingual("进入", "Leads to"), "right": Bilingual("需要的权限", "Right"),
    "needs": Bilingual("须满足", "Has to be true"), "limit": Bilingual("时限", "Limit"),
    "whose": Bilingual("由谁办理", "Whose move"), "ballots": Bilingual("表决规则", "Rules for ballots"),
    "months": Bilingual("个月", "months"), "days": Bilingual("天", "days"),
    "proposer": Bilingual("提出单位", "the proposer"), "regulator": Bilingual("批准机关", "the regulator"),
    "committee": Bilingual("技术委员会", "the committee"), "source": Bilingual("出处", "Source"),
    "standard.edit": Bilingual("起草（standard.edit）", "drafting (standard.edit)"),
    "provision.record": Bilingual("录入规定（provision.record）", "recording provisions (provision.record)"),
    "standard.approve": Bilingual("批准（standard.approve）", "approving (standard.approve)"),
    "rule": Bilingual("规则", "Rule"), "least": Bilingual("有表决权者不少于", "At least so many may vote"),
    "votes": Bilingual("表决规则和阶段", "Voted on by, and where"),
    "quorum": Bilingual("参加表决不少于", "At least so many vote"),
    "approval": Bilingual("赞成不少于（参加者中）", "At least so many of them approve"),
    "against": Bilingual("不赞成不超过（参加者中）", "At most so many of them disapprove"),
}
CHECKS: dict[str, Bilingual] = {
    "proposal_complete": Bilingual("立项申请内容齐全", "the proposal is complete"),
    "overlaps_answered": Bilingual("与名称相近标准的关系已说明",
                                   "it is said why it is needed beside standards of nearly the same title"),
    "revises": Bilingual("写明修订哪一项标准", "it names the standard it revises"),
    "draft_issued": Bilingual("在本阶段发出了{label}，此后文本没有改动",
                              "the {label} was issued in this stage and the text has not moved since"),
    "text_sound": Bilingual("文本结构没有错误", "the structure of the text has no errors"),
    "consulted": Bilingual("最近一次起草后，公开征求意见不少于 {days} 天并已结束",
                           "since the last preparation comments were open to all for at least {days} days, and the "
                           "round is closed"),
    "no_open_consultation": Bilingual("没有正在进行的征求意见", "no round of comments is open"),
    "nothing_waiting": Bilingual("没有待审核、待汇总的意见", "no comment waits to be shown or passed on"),
    "all_disposed": Bilingual("每条意见都有处理和理由", "every comment has its disposition and reason"),
    "decided": Bilingual("技术审查会（集体审议）通过，或表决通过",
                         "a review meeting (or collective decision) or a ballot passed it"),
    "objections_answered": Bilingual("每条不赞成意见都已答复", "every disapproval has been answered"),
    "numbered": Bilingual("有编号和实施日期", "number and day of implementation are given"),
    "term_given": Bilingual("写明有效期", "its period of validity is given"),
    "impact_seen": Bilingual("影响清单已查看，此后没有变化", "the impact list was seen and nothing has moved since"),
    "in_force": Bilingual("现行有效", "it is in force"),
    "filed": Bilingual("已备案", "it is filed for record"),
    "legally_reviewed": Bilingual("合法性审核通过", "the legal review passed it"),
}
"""Each condition as a table says it; the program's own sentences stand in drafting/rules/conditions.py."""
LABELS = {"comment": Bilingual("征求意见稿", "draft for comments"), "review": Bilingual("送审稿", "draft for review"),
          "approval": Bilingual("报批稿", "draft for approval")}


def page(procedures: Procedures, language: str) -> str:
    """The whole page in one language."""
    def say(name: str) -> str:
        return WORDS[name].in_language(language)

    def told(words: Bilingual) -> str:
        return words.in_language(language)

    first = procedures.by_code["national"]
    parts = [f"# {say('title')}", say("lead"), f"## {say('stages')}",
             table([say("stage"), say("iso"), say("makes")],
                   [[f"{one.code} {told(one.name)}", one.iso, told(one.makes)] for one in first.stages.values()]),
             f"{told(procedures.note)} {sourced(procedures.source, procedures.mark, language)}"]
    for how in procedures.by_code.values():
        parts += [f"## {told(how.name)}", sourced(how.source, how.mark, language), steps(how, language),
                  limits(how, language), voted(procedures, how, language)]
    rows = [[told(one.name), str(one.least),
             *(f"{share[0]}/{share[1]}" if share else "–" for share in (one.quorum, one.approval, one.against)),
             told_source(one.source, one.mark, language)] for one in procedures.ballots.values()]
    parts += [f"## {say('ballots')}",
              table([say("rule"), say("least"), say("quorum"), say("approval"), say("against"), say("source")], rows)]
    return "\n\n".join(part for part in parts if part) + "\n"


def sourced(source: str, mark: str, language: str) -> str:
    """A source behind the word for it."""
    return f"{WORDS['source'].in_language(language)}{COLON.in_language(language)}{told_source(source, mark, language)}"


def told_source(source: str, mark: str, language: str) -> str:
    """A source with its mark; in Chinese its remark in the words that the pages have for it."""
    shown = source_shown(source)
    said = source if language == "en" else "；".join(filter(None, [*shown.addresses, shown.remark.zh]))
    return f"{said} [{mark}]"


def steps(how: Procedure, language: str) -> str:
    """The ways of a procedure as a table."""
    rows = [[f"{way.at} {how.stages[way.at].name.in_language(language)}", how.acts[way.act].name.in_language(language),
             way.to, WORDS[way.right].in_language(language),
             "; ".join(need(code, asked, language) for code, asked in way.needs.items()) or "–"] for way in how.ways]
    return table([WORDS[name].in_language(language) for name in ("stage", "step", "to", "right", "needs")], rows)


def voted(procedures: Procedures, how: Procedure, language: str) -> str:
    """By which rules it is voted on, and in which stage."""
    names = [procedures.ballots[code].name.in_language(language) for code in how.ballots]
    stages = [f"{code} {how.stages[code].name.in_language(language)}" for code in how.deciding]
    colon, comma = COLON.in_language(language), COMMA.in_language(language)
    return f"{WORDS['votes'].in_language(language)}{colon}{comma.join(names)} ({comma.join(stages)})"


def need(code: str, asked: Any, language: str) -> str:
    """A condition with what it asks for."""
    values = {name: LABELS[value].in_language(language) if name == "label" else value for name, value in asked.items()}
    return CHECKS[code].in_language(language).format(**values)


def limits(how: Procedure, language: str) -> str:
    """Limits and holders of the stages as a table."""
    rows = [[f"{code} {how.stages[code].name.in_language(language)}", limit(how.limits.get(code), language),
             WORDS[how.holders[code]].in_language(language) if code in how.holders else "–"]
            for code in how.stages if code in how.limits or code in how.holders]
    return table([WORDS[name].in_language(language) for name in ("stage", "limit", "whose")], rows)


def limit(one: Limit | None, language: str) -> str:
    """A limit in words."""
    if one is None:
        return "–"
    number, unit = (one.months, "months") if one.months else (one.days, "days")
    return f"{number} {WORDS[unit].in_language(language)}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in lines)


def pages() -> dict[Path, str]:
    """Both pages by their files."""
    content = yaml.safe_load((ROOT / "data" / "drafting" / "procedures.yaml").read_text("utf-8"))
    procedures = read_procedures(content)
    return {ROOT / "docs" / language / "procedures.md": page(procedures, language) for language in ("en", "zh")}


if __name__ == "__main__":
    for file, text in pages().items():
        file.write_text(text, "utf-8")
