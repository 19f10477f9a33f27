"""Which measure a quantity may be about, and how the house writes it. A guess: a person confirms it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from jizhun.drafting.rules.measurable.quantities import LEAST, MOST, Number, Quantity

DAYS: Final = ("working_day", "calendar_day")
MEASURES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "statutory_limit": ("lower", DAYS), "promised_limit": ("lower", DAYS), "visits": ("lower", ("times",)),
    "materials": ("lower", ()), "fee": ("lower", ("CNY",)), "application_limit": ("higher", DAYS),
    "benefit_amount": ("higher", ("CNY/month",)), "benefit_months": ("higher", ("month",)),
    "minimum_wage": ("higher", ("CNY/month",)), "minimum_wage_hour": ("higher", ("CNY/hour",)),
    "subsistence": ("higher", ("CNY/month",)), "basic_pension": ("higher", ("CNY/month",)),
    "injury_lump_months": ("higher", ("month",)), "injury_allowance_rate": ("higher", ("percent",)),
    "nursing_rate": ("higher", ("percent",)), "paid_leave_months": ("higher", ("month",)),
    "funeral_months": ("higher", ("month",)), "death_grant": ("higher", ("CNY",)),
    "internship_months": ("higher", ("month",)), "internship_allowance": ("higher", ("CNY/month",)),
    "internship_subsidy": ("higher", ("CNY/month",)), "insurance_subsidy_rate": ("higher", ("percent",)),
    "insurance_subsidy_amount": ("higher", ("CNY/month",)), "insurance_subsidy_months": ("higher", ("month",)),
    "post_subsidy": ("higher", ("CNY/month",)), "skills_subsidy": ("higher", ("CNY",)),
    "student_grant": ("higher", ("CNY/year",)), "contribution_base_floor": ("none", ("CNY/month",)),
    "contribution_base_cap": ("none", ("CNY/month",)), "contribution_rate": ("none", ("percent",)),
    "dependant_rate": ("higher", ("percent",)),
}
"""Measure -> which way is better, and the units in which the house records it (data/measures.yaml).

Materials are recorded as a set of papers: their number alone cannot be recorded.
"""

NAMED: Final = tuple((re.compile(words, re.I), measure) for words, measure in (
    (r"基础养老金|basic pension", "basic_pension"),
    (r"小时最低工资|非全日制[^，。；]{0,8}最低工资|minimum (?:hourly wage|wage an hour)", "minimum_wage_hour"),
    (r"最低工资|minimum (?:monthly )?wage", "minimum_wage"),
    (r"最低生活保障|低保标准|subsistence allowance", "subsistence"),
    (r"缴费基数下限|lower limit of the contribution base", "contribution_base_floor"),
    (r"缴费基数上限|upper limit of the contribution base", "contribution_base_cap"),
    (r"缴费(?:比例|费率)|费率|contribution rate", "contribution_rate"),
    (r"见习补贴|internship subsidy", "internship_subsidy"),
    (r"见习(?:人员)?(?:基本)?生活(?:补助|补贴|费)|intern(?:ship|'s|s')? (?:living )?allowance", "internship_allowance"),
    (r"见习期|见习期限|internship (?:period|lasts?|shall)|length of an? internship", "internship_months"),
    (r"社会?保险?补贴|social insurance subsid(?:y|ies)", "insurance_subsidy"),
    (r"岗位补贴|post subsid(?:y|ies)", "post_subsidy"),
    (r"技能提升补贴|skills upgrading subsid(?:y|ies)", "skills_subsidy"),
    (r"国家助学金|state student grant", "student_grant"),
    (r"工亡补助金|grant for death at work", "death_grant"),
    (r"丧葬补助金|funeral grant", "funeral_months"),
    (r"一次性伤残补助金|one-off disability grant", "injury_lump_months"),
    (r"伤残津贴|disability allowance", "injury_allowance_rate"),
    (r"生活护理费|nursing allowance", "nursing_rate"),
    (r"抚恤金|dependant's allowance", "dependant_rate"),
    (r"停工留薪期|paid leave", "paid_leave_months"),
    (r"失业保险金|unemployment benefit", "benefit"),
    (r"工本费|收费|费用标准|\bfees?\b|\bcharges?\b", "fee"),
))
FAMILIES: Final = {
    "insurance_subsidy": ("insurance_subsidy_rate", "insurance_subsidy_amount", "insurance_subsidy_months"),
    "benefit": ("benefit_amount", "benefit_months"),
}

DONE: Final = {
    "zh": re.compile(r"办结|结案|办[理完好]|[作做]出[^，。；]{0,12}(?:决定|结论)|完成|发放|支付|拨付|核发|出具|制发|"
                     r"审核|审批|认定|鉴定|到账|核定|审查|时限"),
    "en": re.compile(r"clos(?:e|ed|ing)\b|complet(?:e|ed|ion)\b|handl(?:e|ed|ing)\b|decid(?:e|ed)\b|decision|"
                     r"\bpa(?:y|id)\b|\bissued?\b|\bprocess(?:ed)?\b|conclud(?:e|ed)\b|grant(?:ed)?\b|time limit|"
                     r"examin(?:e|ed)\b", re.I),
}
STEP: Final = {
    "zh": re.compile(r"[作做]?出?是否受理|(?:完成|办理)?[^，。；、完]{0,2}(?:整改|回访|归档|告知|补正|送达)|公示|反馈|"
                     r"答复|移[送交]|转[送办]|受理|上报|报送|公开|延长|联系|录入|更新|通知|备案|公布|处理投诉|保存|留存|派发"),
    "en": re.compile(r"notif(?:y|ied)\b|inform(?:ed)?\b|public notice|display(?:ed)?\b|call(?:ed)? back|"
                     r"repl(?:y|ied)\b|forward(?:ed)?\b|\baccept(?:ed)?\b|exten(?:d|ded|sion)\b|deliver(?:ed)?\b|"
                     r"rectif(?:y|ied)\b|served?\b|\bkept\b|answer(?:ed)?\b|respond(?:ed)?\b|"
                     r"supplement(?:ed)?\b", re.I),
}
APPLY: Final = {
    "zh": re.compile(r"(?:提出|提交|递交)[^，。；]{0,12}申请|申报|(?:可以?|应当?|须)申[请领]|申请(?:期限|时限)"),
    "en": re.compile(r"\b(?:may|shall|must) apply\b|apply for|submit an application|"
                     r"application shall be (?:made|submitted)|time to apply", re.I),
}
NO_ACT: Final = re.compile(r"[自从][^，。；]{0,16}(?:之日|之时|后)?起|"
                            r"(?:受理|收到|接到|作出决定|公示期满|接收)[^，。；]{0,12}(?:之?后|之?日)|"
                            r"(?:审核|办理|处理|审批|认定|鉴定|审查|核查)(?:结果|意见|结论|情况|部门|机关|机构)")
"""No act within the time: where the clock starts (自受理之日起), and nouns (审核结果)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The words around a quantity: in its sentence up to the next quantities, and what introduces the sentence."""

    head: str
    tail: str
    sentence: str
    lead: str
    language: str


def measure_of(one: Quantity, around: Setting) -> str:
    """The code of the measure that it is likeliest about; "" where none fits."""
    if one.about in ("visits", "fee"):
        return one.about
    if one.about == "papers":
        return "materials"
    if one.about == "at_once":
        return _limit(around)
    named = _named(one, around)
    return named or (_timed(one, around) if one.about == "time" else "")


def _named(one: Quantity, around: Setting) -> str:
    """The benefit or parameter that is named nearest, if it is recorded in this unit."""
    texts = (around.head, around.sentence, around.lead)
    for text in texts:
        for name in _names(text):
            for measure in FAMILIES.get(name, (name,)):
                if one.unit in MEASURES[measure][1] and _allowed(measure, around):
                    return measure
    return ""


@lru_cache(maxsize=16)
def _names(text: str) -> tuple[str, ...]:
    """What is named in a text, the last first, each once. Kept, since all quantities of a sentence ask for it."""
    found = [(match.end(), measure) for words, measure in NAMED for match in words.finditer(text)]
    return tuple(dict.fromkeys(name for _, name in sorted(found, key=lambda pair: -pair[0])))


def _allowed(measure: str, around: Setting) -> bool:
    """Months are the length of a benefit only where the words say so: 失业12个月以上 is a condition."""
    if measure != "benefit_months":
        return True
    near = around.head + around.lead
    return bool(re.search(r"期限|领取|享受|发放|\b(?:paid|drawn|receiv|duration|entitled)", near, re.I))


def _timed(one: Quantity, around: Setting) -> str:
    act = _act(around)
    if act == "apply":
        return "application_limit"
    own = around.sentence[one.start:one.end].lower()
    if act == "done" and one.unit != "year" and (one.unit != "month" or "内" in own or "within" in own):
        return _limit(around)
    return ""


def _act(around: Setting) -> str:
    """What is to be done in that time: done (the case), step, apply, or "" where the words do not say."""
    near = _acts(around.tail, around.language) if around.language == "zh" else _acts(around.head, "en")[::-1]
    far = _acts(around.head, "zh")[::-1] if around.language == "zh" else _acts(around.tail, "en")
    acts = near or far or _acts(around.lead, around.language) or _acts(around.sentence, around.language)
    return acts[0] if acts else ""


@lru_cache(maxsize=16)
def _acts(text: str, language: str) -> tuple[str, ...]:
    """The first and the last act of a text. Kept, since all quantities of a sentence ask for it."""
    text = NO_ACT.sub(lambda found: " " * len(found[0]), text)
    found = [(match.start(), order, act)
             for order, (act, words) in enumerate((("apply", APPLY), ("step", STEP), ("done", DONE)))
             for match in words[language].finditer(text)]
    acts = [act for _, _, act in sorted(found)]
    return *acts[:1], *acts[-1:]


def _limit(around: Setting) -> str:
    """Statutory only where the words say so: a recommended standard promises."""
    for text in (around.head, around.lead):
        found = [match[0].lower() for match in re.finditer(r"法定|法律|承诺|statutory|committed|promised", text, re.I)]
        if found:
            return "statutory_limit" if found[-1] in ("法定", "法律", "statutory") else "promised_limit"
    return "promised_limit"


def modality_and_value(one: Quantity, measure: str) -> tuple[str, Number | dict[str, Any]]:
    """As the seeds write it. A floor is a guarantee: of at most so many days, of at least so much money."""
    better = MEASURES[measure][0] if measure else "none"
    if better == "lower":
        value = one.high if one.high is not None else one.low
        exact = measure == "fee" and one.side != MOST
        return ("cap" if one.side == LEAST else "exact" if exact else "floor"), value
    if measure == "application_limit":
        return "floor", one.high if one.high is not None else one.low
    if one.high is not None:
        return "band", {"band": [one.low, one.high]}
    return {MOST: "cap", LEAST: "floor"}.get(one.side, "exact"), one.low
