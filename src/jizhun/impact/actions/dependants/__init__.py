"""Every kind of dependant: what it is called, whose right it is to act, what is to be done, and who finds it.

A new room adds a line here; nothing else has to know of it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from jizhun.impact.actions.dependants import learning, piloting, results, said, standards, together
from jizhun.impact.actions.foreseeing import Foreseen
from jizhun.impact.rules.hits import Hit
from jizhun.kernel.bilingual import Bilingual


@dataclass(frozen=True, slots=True)
class Dependant:
    """``right``: whoever holds it at the place has to act; ``then``: what is to be done; ``find``: who is touched."""

    name: Bilingual
    right: str
    then: Bilingual
    find: Callable[[Foreseen], Iterable[Hit]]


DEPENDANTS: Final[Mapping[str, Dependant]] = {
    "value": Dependant(Bilingual("地方规定的值", "Regional values"), "provision.record",
                       Bilingual("核对并调整", "check and adjust"), said.values),
    "guide": Dependant(Bilingual("服务指南", "Service guides"), "guide.edit",
                       Bilingual("同步或说明", "bring into step, or say why not"), said.guides),
    "procedure": Dependant(Bilingual("操作规程", "Operating procedures"), "guide.edit",
                           Bilingual("同步或说明", "bring into step, or say why not"), said.procedures),
    "guide_draft": Dependant(Bilingual("正在编写的指南、规程", "Guides and procedures being written"), "guide.edit",
                             Bilingual("按新内容续写", "go on from what is new"), said.guide_drafts),
    "rule": Dependant(Bilingual("待遇规则", "Rules of benefits"), "provision.record",
                      Bilingual("核对结果", "check what it comes to"), said.rules),
    "standard": Dependant(Bilingual("标准", "Standards"), "standard.edit",
                          Bilingual("复审或修订", "review or revise"), standards.standards),
    "system": Dependant(Bilingual("标准体系明细", "Lines of standards systems"), "standard.edit",
                        Bilingual("更新明细和计划", "renew the line and its plan"), standards.systems),
    "draft": Dependant(Bilingual("制定中的标准", "Standards being made"), "standard.edit",
                       Bilingual("修改草案", "change the draft"), standards.drafts),
    "question": Dependant(Bilingual("题库题目", "Questions of the bank"), "training.write",
                          Bilingual("当日自动暂停，重新起草", "suspended on the day; redraft"), learning.questions),
    "unit": Dependant(Bilingual("课程单元", "Units of courses"), "training.write",
                      Bilingual("更新单元", "renew the unit"), learning.units),
    "certificate": Dependant(Bilingual("持证人员", "Holders of certificates"), "training.teach",
                             Bilingual("组织补训", "a refresher is due"), learning.certificates),
    "publication": Dependant(Bilingual("已发布的数据", "Published figures"), "result.publish",
                             Bilingual("重新计算并更正", "count again and correct"), results.publications),
    "finding": Dependant(Bilingual("整改中的问题", "Findings on their way"), "finding.answer",
                         Bilingual("按新标准复测", "measured again under what is new"), results.findings),
    "sheet": Dependant(Bilingual("评分表和评价轮次", "Score sheets and rounds"), "evaluation.inspect",
                       Bilingual("核对评分项", "check the items"), results.sheets),
    "recognition": Dependant(Bilingual("互认事项", "Mutual recognition"), "collaboration.edit",
                             Bilingual("会商是否继续", "agree whether it goes on"), together.recognitions),
    "arrangement": Dependant(Bilingual("跨区域办理", "Handling across regions"), "collaboration.edit",
                             Bilingual("核对两段时限", "check the limits of both legs"), together.handling),
    "joint": Dependant(Bilingual("共同标准", "Joint standards"), "collaboration.edit",
                       Bilingual("通知并会商", "tell and agree"), together.joints),
    "area": Dependant(Bilingual("协同区域成员", "Members of collaboration areas"), "collaboration.edit",
                      Bilingual("更新成员", "renew the membership"), together.areas),
    "pilot": Dependant(Bilingual("进行中的试点", "Pilots on their way"), "pilot.apply",
                       Bilingual("商定如何继续", "agree how it goes on"), piloting.running),
    "practice": Dependant(Bilingual("经验", "Practice cards"), "pilot.apply",
                          Bilingual("核对是否仍适用", "check whether it still holds"), piloting.practices),
    "role": Dependant(Bilingual("当地授权", "Roles held at the place"), "people.manage",
                      Bilingual("重新授权", "give the role anew"), together.roles)}
