"""Answers in words and as plain data: what a person reads and what another system gets."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import FAR, day_in_words
from jizhun.provisions.rules.book import Say
from jizhun.provisions.rules.checking import Checked
from jizhun.provisions.rules.renewal import Due
from jizhun.provisions.rules.resolve import Answer, Effect, Finding, Step
from jizhun.provisions.rules.values import Cells, InForce, Measure, Quantity, Span

NameOf = Callable[[str], Bilingual]

UNITS: Mapping[str, Bilingual] = {
    "working_day": Bilingual("个工作日", "working days"), "calendar_day": Bilingual("日", "calendar days"),
    "month": Bilingual("个月", "months"), "times": Bilingual("次", "visits"), "CNY": Bilingual("元", "yuan"),
    "CNY/month": Bilingual("元/月", "yuan a month"), "CNY/hour": Bilingual("元/小时", "yuan an hour"),
    "CNY/year": Bilingual("元/年", "yuan a year"), "percent": Bilingual("%", "%"), "set": Bilingual("", ""),
    "text": Bilingual("", ""),
}
SINGULAR = {"working_day": "working day", "calendar_day": "calendar day", "month": "month", "times": "visit"}

EFFECTS: Mapping[Effect, Bilingual] = {
    "grants": Bilingual("给出标准", "sets the value"),
    "equal": Bilingual("规定相同", "says the same"),
    "below": Bilingual("低于上级标准，不适用", "is less than the standard above and does not apply"),
    "limits": Bilingual("规定上下限", "sets limits"),
    "limited": Bilingual("受上级限额约束", "is held within the limit above"),
    "off_uniform": Bilingual("与统一标准不一致，不适用", "differs from the uniform standard and does not apply"),
    "overruled": Bilingual("不适用：上级标准更高", "does not apply: the standard above is higher"),
    "lapsed": Bilingual("已到期", "has run out"),
    "silent": Bilingual("本系统未收录当地规定", "no rule of its own on record"),
    "unknown": Bilingual("所依据的数值本地尚无记录", "rests on a value that is not on record here"),
}
"""What a place on the way does to the promise."""

SENTENCES: Mapping[str, Bilingual] = {
    "below_standard_above": Bilingual(
        "{place}的标准低于上级标准{since}{gap}，请{place}处理。",
        "{place} is below the standard above{since}{gap}; {place} to act."),
    "off_uniform": Bilingual(
        "{place}的规定与{against}的统一标准不一致{since}{gap}，请{place}处理。",
        "{place} departs from the uniform standard of {against}{since}{gap}; {place} to act."),
    "above_cap": Bilingual("{place}的规定超出{against}的上限{since}{gap}，请{place}处理。",
                           "{place} is above the cap of {against}{since}{gap}; {place} to act."),
    "cap_below_standard": Bilingual("{place}设的上限低于上级保障的标准{since}{gap}，上限不适用。",
                                    "The cap of {place} is below the standard above{since}{gap}; it does not apply."),
    "delegated_missing": Bilingual("{against}要求{place}制定标准，本系统未见{place}的文件。",
                                   "{against} asks {place} to set this; no paper of {place} is on file here."),
    "raised_without_assessment": Bilingual(
        "{place}的标准高于上级标准{since}，本系统未见财政承受能力和风险评估记录，列为复核点。",
        "{place} is above the standard above{since} with no fiscal and risk assessment on file here: a review point."),
    "lapsed": Bilingual("{place}的文件已于{lapsed}到期，未见接续。",
                        "The paper of {place} ran out on {lapsed}; nothing continues it."),
    "target_missed": Bilingual("{place}未达到{against}的目标{gap}。",
                               "{place} has not reached the target of {against}{gap}."),
    "beyond_list": Bilingual(
        "{place}的规定超出国家清单的范围{since}，本系统未见论证和风险评估记录，列为复核点。",
        "{place} goes beyond the national list{since} with no argument and risk assessment on file here: a review "
        "point."),
    "beyond_recipients": Bilingual(
        "{place}的对象范围大于{against}的规定{since}，本系统未见论证和风险评估记录，列为复核点。",
        "{place} takes in more people than {against} does{since} with no argument and risk assessment on file here: a "
        "review point."),
}
AHEAD: Mapping[str, Bilingual] = {
    "below_standard_above": Bilingual("{since}，{place}的标准将低于上级标准{gap}，请{place}在此之前处理。",
                                      "{since} {place} will be below the standard above{gap}; {place} to act before."),
    "off_uniform": Bilingual(
        "{since}，{place}的规定将与{against}的统一标准不一致{gap}，请{place}在此之前处理。",
        "{since} {place} will depart from the uniform standard of {against}{gap}; {place} to act before."),
    "above_cap": Bilingual("{since}，{place}的规定将超出{against}的上限{gap}，请{place}在此之前处理。",
                           "{since} {place} will be above the cap of {against}{gap}; {place} to act before."),
    "cap_below_standard": Bilingual(
        "{since}，{place}设的上限将低于上级保障的标准{gap}，届时上限不适用。",
        "{since} the cap of {place} will be below the standard above{gap}; it will not apply."),
    "delegated_missing": Bilingual("{since}，{against}要求{place}制定标准，本系统未见{place}的文件。",
                                   "{since} {against} asks {place} to set this; no paper of {place} is on file here."),
    "raised_without_assessment": Bilingual(
        "{since}，{place}的标准将高于上级标准，本系统未见财政承受能力和风险评估记录，列为复核点。",
        "{since} {place} will be above the standard above with no fiscal and risk assessment on file here: a review "
        "point."),
    "lapsed": Bilingual("{place}的文件将于{lapsed}到期，未见接续：请决定延续或不再延续。",
                        "The paper of {place} runs out on {lapsed} and nothing continues it: continue it, or let it "
                        "lapse."),
    "target_missed": Bilingual("按现有规定，{place}届时达不到{against}的目标{gap}。",
                               "With what is on record {place} will not reach the target of {against}{gap}."),
    "beyond_list": Bilingual(
        "{since}，{place}的规定将超出国家清单的范围，本系统未见论证和风险评估记录，列为复核点。",
        "{since} {place} will go beyond the national list with no argument and risk assessment on file here: a review "
        "point."),
    "beyond_recipients": Bilingual(
        "{since}，{place}的对象范围将大于{against}的规定，本系统未见论证和风险评估记录，列为复核点。",
        "{since} {place} will take in more people than {against} does with no argument and risk assessment on file "
        "here: a review point."),
}
"""The same where it begins later than the day on which it is told."""
TO_BE_CHECKED = Bilingual("（待核实）", " (to be checked)")


RENEWAL = Bilingual(
    "{place}的{measure}：现有数值自{since}起；按{rule}应在{due}前更新，本系统未见新的数值（待核实）。",
    "{measure} of {place}: value of {since}; should have been renewed by {due} ({rule}), and no newer one is on file "
    "here (to be checked).")
RENEWAL_AHEAD = Bilingual("{place}的{measure}：现有数值自{since}起；按{rule}应在{due}前更新。",
                          "{measure} of {place}: value of {since}; to be renewed by {due} ({rule}).")


def number(amount: Decimal) -> str:
    """``1690`` and not ``1.69E+3``; at most what was said, no trailing zeros after the point."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def unit_in_words(unit: str) -> Bilingual:
    """A unit in words; the code itself where nobody knows it."""
    return UNITS.get(unit, Bilingual(unit, unit))


def quantity(amount: Decimal, unit: str) -> Bilingual:
    """A number with its unit in words."""
    words = unit_in_words(unit)
    figure = number(amount)
    one = SINGULAR.get(unit) if amount == 1 else None
    gap = "" if unit == "percent" else " "
    return Bilingual(f"{figure}{gap}{words.zh}".strip(), f"{figure}{gap}{one or words.en}".strip())


def value_in_words(value: InForce | Cells | None, label_of: NameOf) -> Bilingual:
    """A value in force in words; a range as its least and most favourable end."""
    match value:
        case None:
            return Bilingual("未承诺", "nothing promised")
        case Quantity():
            return quantity(value.amount, value.unit)
        case Bilingual():
            return value
        case Cells():
            return _ends(value, label_of)
        case _:
            names = [label_of(code) for code in sorted(value)]
            return Bilingual("、".join(n.zh for n in names), ", ".join(n.en for n in names))


def _ends(value: Cells, label_of: NameOf) -> Bilingual:
    low, high = (value_in_words(end, label_of) for end in (value.low, value.high))
    if value.low == value.high:
        return low
    return Bilingual(f"{low.zh} 至 {high.zh}", f"{low.en} to {high.en}")


def sentence(finding: Finding, name_of: NameOf, today: date | None = None) -> Bilingual:
    """A finding in sober words: what, since when, how much, who is to act. ``today``: what begins later is to come."""
    ahead = today is not None and finding.since is not None and finding.since > today
    words = (AHEAD if ahead else SENTENCES)[finding.kind]
    zh, en = (_filled(words.in_language(language), finding, name_of, language, _from if ahead else _since)
              for language in ("zh", "en"))
    if finding.to_be_checked:
        return Bilingual(zh.rstrip("。") + TO_BE_CHECKED.zh + "。", en.rstrip(".") + TO_BE_CHECKED.en + ".")
    return Bilingual(zh, en)


def _filled(words: str, finding: Finding, name_of: NameOf, language: str,
            begins: Callable[[Finding, str], str]) -> str:
    against = name_of(finding.against.place).in_language(language) if finding.against else ""
    lapsed = day_in_words(finding.say.lapses_on).in_language(language) if finding.say else ""
    said = words.format(place=name_of(finding.place).in_language(language), against=against, lapsed=lapsed,
                        since=begins(finding, language), gap=_gap(finding, language))
    return said[:1].upper() + said[1:]


def _since(finding: Finding, language: str) -> str:
    if finding.since is None:
        return ""
    day = day_in_words(finding.since).in_language(language)
    return f"（自{day}起）" if language == "zh" else f" since {day}"


def _from(finding: Finding, language: str) -> str:
    if finding.since is None:
        return ""
    day = day_in_words(finding.since).in_language(language)
    return f"自{day}起" if language == "zh" else f"From {day} on"


def _gap(finding: Finding, language: str) -> str:
    if finding.amount:
        words = quantity(finding.amount, finding.unit).in_language(language)
        return f"，相差 {words}" if language == "zh" else f", by {words}"
    if finding.items:
        listed = ("、" if language == "zh" else ", ").join(finding.items)
        return f"，涉及 {listed}" if language == "zh" else f", concerning {listed}"
    return ""


def renewal_sentence(one: Due, measure: Measure, rule: Bilingual, name_of: NameOf, today: date) -> Bilingual:
    """A value to be renewed: whose, of when, and by when a new one was or is expected. ``rule``: the paper's title."""
    words = RENEWAL if one.due <= today else RENEWAL_AHEAD

    def filled(language: str) -> str:
        since, due = (day_in_words(day).in_language(language) for day in (one.since, one.due))
        said = words.in_language(language).format(
            place=name_of(one.say.place).in_language(language), measure=measure.name.in_language(language),
            since=since, due=due, rule=rule.in_language(language))
        return said[:1].upper() + said[1:]

    return Bilingual(filled("zh"), filled("en"))


# plain data for the command line and the API


def plain_answer(answer: Answer, name_of: NameOf, warnings: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """An answer as JSON data: value, unit, path, the papers that won, findings with their sentences; and warnings."""
    question = answer.question
    return {
        "measure": answer.measure.code, "subject": question.subject, "region": question.place,
        "on": question.on.isoformat(), "group": question.group, "value": plain_in_force(answer.value),
        "unit": answer.unit, "direction": answer.measure.direction,
        "winners": [plain_say(say) for say in answer.winners],
        "path": [_plain_step(step, name_of) for step in answer.path],
        "findings": [_plain_finding(finding, name_of) for finding in answer.findings],
        "warnings": list(warnings),
    }


def plain_due(one: Due, words: Bilingual) -> dict[str, Any]:
    """A value to be renewed as JSON data; ``until`` null while no newer one is on record."""
    say = one.say
    return {"kind": "renewal_due", "measure": say.measure, "subject": say.subject, "region": say.place,
            "group": say.group, "since": one.since.isoformat(), "due": one.due.isoformat(),
            "until": None if one.until == FAR else one.until.isoformat(), "verified": say.verified,
            "document": say.paper.code if say.paper else None, "provision": say.key or None,
            "sentence": {"zh": words.zh, "en": words.en}}


def plain_in_force(value: InForce | Cells | None) -> Any:
    match value:
        case Quantity():
            return _json_number(value.amount)
        case Bilingual():
            return {"zh": value.zh, "en": value.en}
        case Cells():
            cells = [{"when": {n: _plain_condition(c) for n, c in cell.conditions},
                      "value": plain_in_force(cell.value)} for cell in value.cells]
            return {"low": plain_in_force(value.low), "high": plain_in_force(value.high), "cells": cells}
        case None:
            return None
        case _:
            return sorted(value)


def _plain_condition(condition: Span | str) -> Any:
    return condition if isinstance(condition, str) else {"from": condition.low, "to": condition.high}


def _json_number(amount: Decimal) -> int | float:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def plain_say(say: Say) -> dict[str, Any]:
    """The clause and source behind a value."""
    paper = say.paper
    return {
        "region": say.place, "subject": say.subject, "group": say.group, "modality": say.modality,
        "valid_from": say.valid_from.isoformat(), "lapses_on": say.lapses_on.isoformat(),
        "recorded_on": say.recorded_on.isoformat(),
        "document": None if paper is None else {
            "code": paper.code, "title": {"zh": paper.title.zh, "en": paper.title.en}, "number": paper.number},
        "clause": {"zh": say.clause.zh, "en": say.clause.en}, "source": say.source or (paper.source if paper else ""),
        "mark": say.mark, "verified": say.verified,
    }


def _plain_step(step: Step, name_of: NameOf) -> dict[str, Any]:
    name = name_of(step.place)
    return {"region": step.place, "name": {"zh": name.zh, "en": name.en}, "effect": step.effect,
            "value": plain_in_force(step.value), "missing": list(step.missing),
            "says": plain_say(step.say) if step.say else None}


def _plain_finding(finding: Finding, name_of: NameOf) -> dict[str, Any]:
    words = sentence(finding, name_of)
    return {"kind": finding.kind, "region": finding.place, "sentence": {"zh": words.zh, "en": words.en},
            "since": finding.since.isoformat() if finding.since else None,
            "amount": _amount_or_none(finding.amount), "unit": finding.unit,
            "items": list(finding.items), "to_be_checked": finding.to_be_checked}


def plain_checked(one: Checked, name_of: NameOf, today: date) -> dict[str, Any]:
    """A finding over time as JSON data; ``ends`` null while no end is in sight."""
    finding, say = one.finding, one.say
    words = sentence(finding, name_of, today)
    return {
        "kind": finding.kind, "region": finding.place, "subject": one.subject, "measure": one.measure,
        "group": one.group, "begins": one.begins.isoformat(), "ends": None if one.ends == FAR else one.ends.isoformat(),
        "act_by": one.act_by.isoformat(), "amount": _amount_or_none(finding.amount), "unit": finding.unit,
        "steps": [{"from": on.isoformat(), "amount": _amount_or_none(amount)} for on, amount in one.steps],
        "items": list(finding.items), "effect": one.effect, "holds_at": list(one.holds_at),
        "to_be_checked": finding.to_be_checked, "document": say.paper.code if say and say.paper else None,
        "provision": (say.key or None) if say else None, "sentence": {"zh": words.zh, "en": words.en}}


def _amount_or_none(amount: Decimal | None) -> int | float | None:
    return None if amount is None else _json_number(amount)


def promise_words(measure: Measure, value: InForce | Cells | None, label_of: NameOf) -> Bilingual:
    """How a promise reads: ``at most 10 working days`` where less is better, else the value itself."""
    words = value_in_words(value, label_of)
    if measure.direction == "lower" and isinstance(value, Quantity):
        return Bilingual(f"不超过 {words.zh}", f"at most {words.en}") if value.amount else words
    return words
