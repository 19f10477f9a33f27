"""Answers in words and as plain data: verdicts, amounts with their units, conditions with their clauses."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from jizhun.entitlements.feel.meaning import Unknown
from jizhun.entitlements.feel.notation import as_text, plain
from jizhun.entitlements.feel.values import MonthsDuration, Value, trimmed
from jizhun.entitlements.rules.answering import Answer, Given, Judged
from jizhun.entitlements.rules.book import Cited, Fact, Result
from jizhun.entitlements.rules.changing import Change
from jizhun.entitlements.rules.widening import Loss
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import day_in_words

VERDICTS = {"likely": Bilingual("很可能可以", "Likely yes"), "unlikely": Bilingual("很可能不可以", "Likely no"),
            "open": Bilingual("还需要更多信息", "Needs more")}
ESTIMATE = Bilingual("本结果是估算，仅供参考，以经办机构核定为准。",
                     "This is an estimate for reference; the handling body decides.")
MET = {True: Bilingual("符合", "met"), False: Bilingual("不符合", "not met"), None: Bilingual("待定", "open")}

UNITS: Mapping[str, tuple[str, str, str]] = {
    "CNY/month": ("每月 {} 元", "{} yuan a month", "{} yuan a month"), "CNY": ("{} 元", "{} yuan", "{} yuan"),
    "CNY/year": ("每年 {} 元", "{} yuan a year", "{} yuan a year"), "month": ("{} 个月", "{} month", "{} months"),
    "year": ("{} 年", "{} year", "{} years"), "percent": ("{}%", "{} %", "{} %"),
    "calendar_day": ("{} 日", "{} day", "{} days"), "working_day": ("{} 个工作日", "{} working day", "{} working days"),
    "times": ("{} 次", "once", "{} times"), "age_months": ("", "", ""), "year_month": ("", "", "")}


def value_in_words(result: Result, value: Value) -> Bilingual:
    """A result's value with its unit, in both languages."""
    if value is None:
        return result.none if result.none.zh else Bilingual("当地没有登记数值", "No value is on record here")
    if result.options:
        return dict(result.options).get(str(value), Bilingual(str(value), str(value)))
    if isinstance(value, bool):
        return Bilingual("是", "yes") if value else Bilingual("否", "no")
    if isinstance(value, date):
        return day_in_words(value)
    if result.unit == "age_months" and isinstance(value, Decimal):
        return _age(int(value))
    if result.unit == "year_month" and isinstance(value, Decimal):
        year, month = divmod(int(value), 12)
        return Bilingual(f"{year}年{month + 1}月", f"{year}-{month + 1:02}")
    return _counted(result.unit, value)


def _age(months: int) -> Bilingual:
    years, rest = divmod(months, 12)
    if not rest:
        return Bilingual(f"{years} 周岁", f"age {years}")
    return Bilingual(f"{years} 周岁零 {rest} 个月", f"age {years} and {rest} month{'s' if rest > 1 else ''}")


def _counted(unit: str, value: Value) -> Bilingual:
    if isinstance(value, MonthsDuration):
        unit, value = "month", Decimal(value.months)
    if not isinstance(value, Decimal):
        return Bilingual(as_text(value), as_text(value))
    number = f"{trimmed(value):,f}"
    zh, one, many = UNITS.get(unit, ("{}", "{}", "{}"))
    return Bilingual(zh.format(number), (one if value == 1 else many).format(number))


def given_in_words(given: Given) -> Bilingual:
    """A result with its value, or from what to what; why there is none where it waits or failed."""
    if given.fault is not None:
        return Bilingual("无法计算", "It could not be worked out")
    if given.waits:
        return Bilingual("取决于尚待回答的问题", "It depends on what is still to be answered")
    low = value_in_words(given.result, given.value)
    if given.high is None or given.value is None:
        return low
    high = value_in_words(given.result, given.high)
    return Bilingual(f"{low.zh} 至 {high.zh}", f"{low.en} to {high.en}")


def fact_in_words(fact: Fact, value: Any) -> Bilingual:
    """A fact's value as a person would say it."""
    if isinstance(value, bool):
        return Bilingual("是", "yes") if value else Bilingual("否", "no")
    if fact.type == "choice":
        return dict(fact.options).get(str(value), Bilingual(str(value), str(value)))
    return day_in_words(value) if isinstance(value, date) else _counted(fact.unit, value)


def change_in_words(change: Change, facts: Mapping[str, Fact]) -> Bilingual:
    """If “label” were “value”: the answer would be likely yes."""
    fact = facts[change.fact]
    value = fact_in_words(fact, change.value)
    return Bilingual(f"如果“{fact.label.zh}”为“{value.zh}”，就很可能可以。",
                     f"If “{fact.label.en}” were “{value.en}”, the answer would be likely yes.")


def loss_in_words(loss: Loss, facts: Mapping[str, Fact]) -> Bilingual:
    """Who would lose, and what, in one sentence."""
    who = person_in_words(loss.person, facts)
    if loss.kind == "broken":
        why = loss.why.whole if loss.why else Bilingual("", "")
        return Bilingual(f"这样的人在上级规则下算得出结果，在这里算不出（{why.zh}）：{who.zh}。",
                         f"The rule above answers for somebody like this, and this one does not ({why.en}): {who.en}.")
    if loss.kind == "circle" or loss.result is None:
        return Bilingual(f"这样的人在上级规则下可以享受，在这里不可以：{who.zh}。",
                         f"Somebody like this is entitled under the rule above, and not here: {who.en}.")
    above, below = _lost_value(loss.result, loss.above), _lost_value(loss.result, loss.below)
    what = loss.result.words
    if loss.kind == "less":
        return Bilingual(f"这样的人会变少（{what.zh}：上级{_apart(above.zh)}，这里{_apart(below.zh)}）：{who.zh}。",
                         f"Somebody like this gets less ({what.en}: {above.en} above, {below.en} here): {who.en}.")
    return Bilingual(f"超过上级允许的上限（{what.zh}：上级{_apart(above.zh)}，这里{_apart(below.zh)}）：{who.zh}。",
                     f"This is above what is allowed ({what.en}: {above.en} above, {below.en} here): {who.en}.")


def person_in_words(person: Mapping[str, Any], facts: Mapping[str, Fact]) -> Bilingual:
    """A made-up person by the facts that matter."""
    if not person:
        return Bilingual("任何人", "anybody")
    told = [(facts[code].label, fact_in_words(facts[code], value)) for code, value in person.items()]
    return Bilingual("，".join(f"{label.zh}：{value.zh}" for label, value in told),
                     ", ".join(f"{label.en}: {value.en}" for label, value in told))


def _apart(text: str) -> str:
    """Chinese text before it stands apart from figures."""
    return f" {text}" if text[:1].isascii() else text


def _lost_value(result: Result, value: Value) -> Bilingual:
    return Bilingual("没有", "nothing") if value is None else value_in_words(result, value)


Titles = Callable[[str], Bilingual]


def cited_in_words(cited: Cited, title: Titles) -> Bilingual:
    """The paper with the clause."""
    paper = title(cited.document) if cited.document else Bilingual("", "")
    return Bilingual(f"{paper.zh}{cited.clause.zh}", ", ".join(filter(None, (paper.en, cited.clause.en))))


def plain_answer(answer: Answer, title: Titles, changes: tuple[Change, ...] = ()) -> dict[str, Any]:
    """An answer as JSON holds it; numbers stay decimals."""
    head = answer.rule.head
    return {
        "entitlement": head.code, "name": _both(head.name), "matter": head.subject, "verdict": answer.verdict,
        "verdict_in_words": _both(VERDICTS[answer.verdict]), "region": answer.place, "on": answer.day.isoformat(),
        "conditions": [_plain_condition(one, title) for one in answer.conditions],
        "results": [_plain_result(one, title) for one in answer.results],
        "worked_out": {one.working.name: plain(one.value) for one in answer.workings},
        "measures": {name: {"value": None if isinstance(one.value, Unknown) else plain(one.value), "unit": one.unit,
                            "since": one.said_on.isoformat() if one.said_on else None, "verified": one.verified,
                            "stale": name in answer.stale} for name, one in answer.measures.items()},
        "missing": list(answer.missing), "verified": answer.verified,
        "would_change": [{"fact": one.fact, "value": plain(one.value)} for one in changes],
        "note": _both(ESTIMATE)}


def _both(words: Bilingual) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _plain_condition(one: Judged, title: Titles) -> dict[str, Any]:
    row: dict[str, Any] = {"name": one.condition.name, "words": _both(one.condition.words), "met": one.met,
                           "clause": _plain_cited(one.condition.cited, title), "waits_for": list(one.waits)}
    return row | ({"error": _both(one.fault)} if one.fault else {})


def _plain_result(one: Given, title: Titles) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": one.result.name, "words": _both(one.result.words), "value": plain_value(one.result, one.value),
        "unit": one.result.unit,
        "in_words": _both(given_in_words(one)), "clause": _plain_cited(one.cited, title), "waits_for": list(one.waits)}
    if one.high is not None:
        row["high"] = plain_value(one.result, one.high)
    return row | ({"error": _both(one.fault)} if one.fault else {})


def plain_value(result: Result, value: Value) -> Any:
    """A result's value as JSON holds it; a month as YYYY-MM."""
    if result.unit == "year_month" and isinstance(value, Decimal):
        return value_in_words(result, value).en
    return plain(value)


def _plain_cited(cited: Cited, title: Titles) -> dict[str, Any]:
    return {"document": cited.document, "words": _both(cited_in_words(cited, title)), "mark": cited.mark,
            "verified": cited.verified, "source": cited.source}
