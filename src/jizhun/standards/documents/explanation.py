"""The explanatory note (编制说明), said from the figures, with what the system's own explanation adds."""

from collections import Counter
from collections.abc import Iterator

from jizhun.kernel.bilingual import COMMA, NO_WORDS, Bilingual
from jizhun.standards.documents.edition import Edition
from jizhun.standards.documents.tables import VERIFIED, doubt_of, percent
from jizhun.standards.rules.framework import Count, by_node
from jizhun.standards.rules.library import KINDS

HEADS = (Bilingual("编制依据", "Basis"), Bilingual("体系构成", "What the system consists of"),
         Bilingual("现状与差距", "What is there and what is lacking"), Bilingual("制定安排", "What is planned"),
         Bilingual("其他说明", "Further remarks"))
BASIS = Bilingual("本体系的结构图、明细表和统计表按GB/T 13016—2018《标准体系构建原则和要求》的式样编制。",
                  "The structure diagram, the detailed list and the statistics follow GB/T 13016-2018.")
SOURCE = Bilingual("体系框架的出处：{source}{mark}。", "The framework is taken from {source}{mark}.")
UNREAD = Bilingual("（未核实）", " (unverified)")
PARTS = Bilingual("体系分为{parts}个子体系，共{nodes}个节点。",
                  "The system has {parts} sub-systems and {nodes} nodes in all.")
PART = Bilingual("{code} {name}：应有{should}项，现有{have}项。",
                 "{code} {name}: {should} standards should be there, {have} are.")
SHARE = Bilingual("体系应有标准{should}项，现有{have}项，占{percent}%。",
                  "{should} standards should be there, {have} are: {percent} %.")
NOTHING = Bilingual("体系尚未列入标准。", "No standards are in the system yet.")
LACKING = Bilingual("尚缺{number}项，其中{kinds}。", "{number} are lacking: {kinds}.")
EMPTY = Bilingual("尚未列入标准的节点：{nodes}。", "Nodes without any standard: {nodes}.")
UNVERIFIED = Bilingual("明细表中有{number}项标准的信息尚未与原文核对，备注栏已注明。",
                       "What is said of {number} standards has not been compared with their text yet; see the remarks.")
PLANNED = Bilingual("已列入计划{number}项：{years}。", "{number} are planned: {years}.")
IN_YEAR = Bilingual("{year}年{number}项", "{number} in {year}")
OPEN = Bilingual("其余{number}项尚未列入计划或在制定中，见拟制定标准清单。",
                 "The other {number} are not planned yet or in drafting; see the list of standards to be made.")
NO_PLAN = Bilingual("没有列入年度计划的标准。", "No standard is in a yearly plan.")


def explanation(edition: Edition) -> Iterator[tuple[str, list[str]]]:
    """Heading and paragraphs, one after the other."""
    bodies = (_basis(edition), _parts(edition), _gap(edition), _planned(edition),
              edition.say(edition.framework.explanation).split("\n"))
    for head, body in zip(HEADS, bodies, strict=True):
        if said := [one for one in body if one]:
            yield edition.say(head), said


def _basis(edition: Edition) -> list[str]:
    source, mark = edition.framework.source, "" if edition.framework.mark in VERIFIED else edition.say(UNREAD)
    return [edition.say(BASIS), edition.say(SOURCE).format(source=source, mark=mark) if source else ""]


def _parts(edition: Edition) -> list[str]:
    framework, counts = edition.framework, by_node(edition.framework, edition.lines)
    tops = framework.children("")
    said = [edition.say(PARTS).format(parts=len(tops), nodes=len(framework.nodes))]
    return said + [edition.say(PART).format(code=node.code, name=edition.say(node.name), should=count.should,
                                            have=count.have)
                   for node in tops for count in [counts.get(node.code, Count())]]


def _gap(edition: Edition) -> list[str]:
    say, total = edition.say, edition.statistics.total
    if not total.should:
        return [say(NOTHING)]
    lacking = {key: count.should - count.have for key, count in edition.statistics.by_kind.items()}
    kinds = say(COMMA).join(f"{say(KINDS[key])}{number}项" if edition.chinese else f"{say(KINDS[key]).lower()} {number}"
                            for key, number in lacking.items() if number)
    empty = say(COMMA).join(f"{node.code} {say(node.name)}" for node in edition.framework.nodes
                            if not by_node(edition.framework, edition.lines)[node.code].should)
    unread = sum(doubt_of(line) != NO_WORDS for line in edition.lines)
    return [say(SHARE).format(should=total.should, have=total.have, percent=percent(total)),
            say(LACKING).format(number=total.should - total.have, kinds=kinds) if kinds else "",
            say(EMPTY).format(nodes=empty) if empty else "", say(UNVERIFIED).format(number=unread) if unread else ""]


def _planned(edition: Edition) -> list[str]:
    say, lacking = edition.say, [line for line in edition.lines if not line.have]
    years = Counter(line.entry.plan_year for line in lacking if line.entry.plan_year)
    listed = say(COMMA).join(say(IN_YEAR).format(year=year, number=years[year]) for year in sorted(years))
    open_ones = len(lacking) - years.total()
    return [say(PLANNED).format(number=years.total(), years=listed) if years else say(NO_PLAN) if lacking else "",
            say(OPEN).format(number=open_ones) if open_ones and years else ""]
