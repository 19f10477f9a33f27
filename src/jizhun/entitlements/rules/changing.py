"""What would change an answer: the smallest change of one fact after which every condition holds.

Candidates are worked out from the rule itself: the constants that a fact is held against, one step on either side,
the other choices, the opposite of a yes or no.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from jizhun.entitlements.feel import tree
from jizhun.entitlements.rules.answering import Answer, Promises, answer
from jizhun.entitlements.rules.assembling import Rule
from jizhun.entitlements.rules.book import Fact


@dataclass(frozen=True, slots=True)
class Change:
    """One fact with the value that would change the answer."""

    fact: str
    value: Any


def changes(given: Answer, facts: Mapping[str, Any], promises: Promises) -> tuple[Change, ...]:
    """For an unlikely answer: per fact the nearest value that alone makes it likely, if any does."""
    if given.verdict != "unlikely":
        return ()
    rule, found = given.rule, []
    for code, fact in rule.facts.items():
        if facts.get(code) is None:
            continue
        for value in sorted(_candidates(rule, fact, facts[code]), key=lambda one: _distance(facts[code], one)):
            if answer(rule, given.place, given.day, {**facts, code: value}, promises).verdict == "likely":
                found.append(Change(code, value))
                break
    return tuple(found)


def _candidates(rule: Rule, fact: Fact, value: Any) -> list[Any]:
    if fact.type == "boolean":
        return [not value]
    if fact.type == "choice":
        return [code for code, _ in fact.options if code != value]
    constants = _constants(rule)
    if fact.type == "date":
        return [near for one in constants if isinstance(one, date)
                for near in (one, one + timedelta(1), one - timedelta(1))]
    step = Decimal(1).scaleb(-fact.decimals)
    near = {one for constant in constants if isinstance(constant, Decimal)
            for one in (constant, constant + step, constant - step)}
    return [one for one in near if one != value and (fact.low is None or one >= fact.low)
            and (fact.high is None or one <= fact.high) and one == one.quantize(step)]


def _constants(rule: Rule) -> list[Any]:
    return list(dict.fromkeys(_literals(rule)))


def _literals(rule: Rule) -> Iterator[Any]:
    for node in rule.lowered.decisions.values():
        for one in tree.walk(node):
            if isinstance(one, tree.Literal) and isinstance(one.value, (Decimal, date)):
                yield one.value


def _distance(old: Any, new: Any) -> Any:
    if isinstance(old, Decimal):
        return abs(new - old)
    return Decimal(abs((new - old).days)) if isinstance(old, date) else Decimal(0)
