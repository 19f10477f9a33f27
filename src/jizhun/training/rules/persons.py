"""Made-up persons for cases: one whom a rule of a benefit entitles, and one whom it misses by a single condition.

Facts are tried by chance and mended step by step; the rule itself is an argument. The same dice find the same persons.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from jizhun.entitlements.rules.answering import Answer
from jizhun.entitlements.rules.book import Fact
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import day_in_words, months_later
from jizhun.provisions.rules.telling import quantity

TRIES: Final = 300
USUAL: Final = (0, 1, 2, 3, 6, 10, 12, 13, 18, 24, 36, 59, 60, 120, 180, 240)
"""Numbers near which rules turn."""
YES, NO = Bilingual("是", "yes"), Bilingual("否", "no")

Known = Mapping[str, Any]
Judge = Callable[[Known], Answer]
"""What a rule says of facts as a form holds them."""


def found_persons(facts: Mapping[str, Fact], judge: Judge, day: date, dice: Random
                  ) -> tuple[Known | None, Known | None]:
    """The facts of somebody entitled and of somebody who is not; None where the dice found nobody."""
    entitled = _entitled(facts, judge, day, dice)
    if entitled is None:
        return None, None
    return _needed(entitled, judge), _missing_one(entitled, facts, judge, day, dice)


def _entitled(facts: Mapping[str, Fact], judge: Judge, day: date, dice: Random) -> Known | None:
    best = {code: _value(fact, day, dice) for code, fact in facts.items()}
    answer = judge(best)
    score = _score(answer)
    for _ in range(TRIES):
        if answer.verdict == "likely" and not answer.missing:
            return best
        changed = dict(best)
        for code in dice.sample([*facts], min(len(facts), dice.choice((1, 1, 2)))):
            changed[code] = _value(facts[code], day, dice)
        tried = judge(changed)
        if _score(tried) >= score:
            best, score, answer = changed, _score(tried), tried
    return None


def _score(answer: Answer) -> int:
    return sum(1 if one.met else 0 for one in answer.conditions)


def _missing_one(entitled: Known, facts: Mapping[str, Fact], judge: Judge, day: date, dice: Random) -> Known | None:
    """One fact otherwise, so that exactly one condition is not met."""
    for _ in range(TRIES):
        code = dice.choice([*facts])
        changed = {**entitled, code: _value(facts[code], day, dice)}
        answer = judge(changed)
        if answer.verdict == "unlikely" and sum(one.met is False for one in answer.conditions) == 1:
            return _needed(changed, judge)
    return None


def _needed(known: Known, judge: Judge) -> Known:
    """Without the facts on which nothing hangs."""
    kept, wanted = dict(known), _told(judge(known))
    for code in known:
        fewer = {name: value for name, value in kept.items() if name != code}
        answer = judge(fewer)
        if not answer.missing and _told(answer) == wanted and not any(one.met is None for one in answer.conditions):
            kept = fewer
    return kept


def _told(answer: Answer) -> tuple[object, ...]:
    return answer.verdict, tuple((one.result.name, one.value) for one in answer.results)


def _value(fact: Fact, day: date, dice: Random) -> Any:
    if fact.type == "boolean":
        return dice.random() < 0.5
    if fact.type == "choice":
        return dice.choice([code for code, _ in fact.options])
    if fact.type == "date":
        months = dice.randrange(18 * 12, 67 * 12) if "birth" in fact.code else dice.randrange(0, 48)
        return (months_later(day, -months) - timedelta(days=dice.randrange(28))).isoformat()
    return str(_number(fact, dice))


def _number(fact: Fact, dice: Random) -> int:
    low, high = fact.low or 0, fact.high if fact.high is not None else 1_000
    if high > 1_000:  # money
        return min(max(dice.randrange(2_000, 12_000, 100), low), high)
    usual = [one for one in USUAL if low <= one <= high]
    return dice.choice(usual) if usual and dice.random() < 0.6 else dice.randint(low, high)


# -- in words --------------------------------------------------------------------------------------


def in_words(known: Known, facts: Mapping[str, Fact]) -> tuple[tuple[Bilingual, Bilingual], ...]:
    """The facts with their labels, as a case tells them, in the order in which they are asked."""
    return tuple((facts[code].label, _said(facts[code], known[code])) for code in facts if code in known)


def _said(fact: Fact, value: Any) -> Bilingual:
    if fact.type == "boolean":
        return YES if value else NO
    if fact.type == "choice":
        return dict(fact.options)[value]
    if fact.type == "date":
        return day_in_words(date.fromisoformat(value))
    return quantity(Decimal(value), fact.unit)


def reason(answer: Answer, titles: Callable[[str], Bilingual]) -> Bilingual:
    """Why somebody is entitled or not: the conditions, each with its paper and clause."""
    judged = [one for one in answer.conditions if answer.verdict == "likely" or one.met is False]
    zh, en = [], []
    for one in judged:
        title, clause = titles(one.condition.cited.document), one.condition.cited.clause
        zh.append(f"{'符合' if one.met else '不符合'}“{one.condition.words.zh}”（{title.zh}{clause.zh}）")
        en.append(f"{'met' if one.met else 'not met'}: {one.condition.words.en} "
                  f"({', '.join(filter(None, (title.en, clause.en)))})")
    return Bilingual("；".join(zh) + "。", "; ".join(en) + ".")
