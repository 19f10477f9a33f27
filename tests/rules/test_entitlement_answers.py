"""Answers while facts are still unknown: what is told stays true whatever the rest turns out to be, rule by rule."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from jizhun.entitlements.feel.values import Fault
from jizhun.entitlements.rules import Answer, Fact, Promised, Rule, answer, changes, next_fact, rule_for, typed_facts
from jizhun.entitlements.rules.answering import decided
from jizhun.entitlements.rules.assembling import ELIGIBLE
from jizhun.entitlements.rules.book import MeasureInput
from jizhun.entitlements.rules.telling import given_in_words, plain_answer
from jizhun.kernel.bilingual import Bilingual, Refused
from worlds import seed_entitlements

DAY = date(2026, 6, 1)
LEVEL = Promised(Decimal("1800"), "CNY/month", date(2025, 1, 1))


def promises(wanted: MeasureInput, on: date, given: Mapping[str, Any]) -> Promised:
    return LEVEL


def rule(code: str) -> Rule:
    found = rule_for(seed_entitlements(), code, ["CN"], DAY)
    assert found is not None
    return found


def told(code: str, given: Mapping[str, Any], level: Promised = LEVEL, day: date = DAY) -> Answer:
    return answer(rule(code), "CN", day, typed_facts(seed_entitlements().facts, given), lambda *asked: level)


def made_up(fact: Fact, draw: random.Random) -> Any:
    if fact.type == "boolean":
        return draw.random() < 0.7
    if fact.type == "choice":
        return draw.choice(fact.options)[0]
    if fact.type == "date":
        return DAY - timedelta(draw.randrange(28_000))
    return Decimal(draw.randint(fact.low or 0, min(fact.high or 300, 300)))


@pytest.mark.parametrize("code", list(seed_entitlements().heads))
def test_what_is_told_early_stays_true(code: str) -> None:
    """A verdict given on part of the facts is the verdict on all of them, and so is every result."""
    asked, draw = rule(code), random.Random(code)
    for _ in range(12):
        whole = {name: made_up(fact, draw) for name, fact in asked.facts.items()}
        part = {name: value for name, value in whole.items() if draw.random() < 0.5}
        early, late = (answer(asked, "CN", DAY, facts, promises) for facts in (part, whole))
        assert early.verdict in ("open", late.verdict)
        for one, other in zip(early.results, late.results, strict=False):
            if late.verdict == early.verdict and not one.waits and not one.fault and not other.fault:
                assert one.value == other.value, one.result.name


@pytest.mark.parametrize("code", list(seed_entitlements().heads))
def test_only_questions_that_matter_are_asked(code: str) -> None:
    """Asked one after the other, questions come to an end, and a fact that was never asked changes nothing."""
    asked, draw = rule(code), random.Random(f"{code} asked")
    for _ in range(6):
        facts: dict[str, Any] = {}
        while (name := next_fact([answer(asked, "CN", DAY, facts, promises)], asked.facts)) is not None:
            assert name not in facts
            facts[name] = made_up(asked.facts[name], draw)
        end = answer(asked, "CN", DAY, facts, promises)
        never = {name: made_up(fact, draw) for name, fact in asked.facts.items() if name not in facts}
        other = answer(asked, "CN", DAY, {**facts, **never}, promises)
        assert (other.verdict, [one.value for one in other.results]) == (end.verdict,
                                                                         [one.value for one in end.results])


@pytest.mark.parametrize("code", list(seed_entitlements().heads))
def test_the_quick_way_comes_to_the_same(code: str) -> None:
    asked, draw = rule(code), random.Random(f"{code} quick")
    for _ in range(8):
        facts = {name: made_up(fact, draw) for name, fact in asked.facts.items()}
        explained = answer(asked, "CN", DAY, facts, promises)
        try:
            quick = decided(asked, DAY, facts, promises)
        except Fault:
            assert any(one.fault
                       for one in (*explained.conditions, *explained.results)) or explained.verdict == "unlikely"
            continue
        assert (quick[ELIGIBLE] is True) == (explained.verdict == "likely")
        for one in explained.results:
            assert quick[one.result.name] == one.value


BENEFIT = {"contribution_months": 70, "left_against_will": True, "registered_seeking": True, "draws_pension": False,
           "unused_months": 0, "benefit_month": 1, "birth_date": "1990-01-01", "sex": "male"}


def test_a_value_that_should_have_been_renewed_is_named() -> None:
    limit = seed_entitlements().heads["unemployment_benefit"].stale_after_months
    assert limit
    old = Promised(Decimal(1800), "CNY/month", date(2020, 1, 1))
    assert told("unemployment_benefit", BENEFIT, old).stale == ("level",)
    assert told("unemployment_benefit", BENEFIT).stale == ()
    assert told("unemployment_benefit", BENEFIT, Promised(None, "CNY/month", date(2020, 1, 1))).stale == ()


def test_a_value_that_is_open_is_told_from_to() -> None:
    found = told("unemployment_benefit", BENEFIT,
                 Promised(Decimal(1800), "CNY/month", date(2025, 1, 1), high=Decimal(2000)))
    amount = next(one for one in found.results if one.result.name == "amount")
    assert given_in_words(amount) == Bilingual("每月 1,800 元 至 每月 2,000 元",
                                               "1,800 yuan a month to 2,000 yuan a month")


def test_what_would_change_a_no() -> None:
    facts = typed_facts(seed_entitlements().facts, {**BENEFIT, "contribution_months": 3})
    found = answer(rule("unemployment_benefit"), "CN", DAY, facts, promises)
    assert found.verdict == "unlikely"
    assert [(one.fact, one.value) for one in changes(found, facts, promises) if one.fact == "contribution_months"] == \
        [("contribution_months", Decimal(12))]
    assert changes(told("unemployment_benefit", BENEFIT), facts, promises) == ()


def test_an_unverified_clause_is_told_in_the_answer() -> None:
    found = told("unemployment_benefit", BENEFIT,
                 Promised(Decimal(1800), "CNY/month", date(2025, 1, 1), verified=False))
    assert not found.verified and plain_answer(found, lambda code: Bilingual(code, code))["verified"] is False


@pytest.mark.parametrize(("given", "sentence"), [
    ({"nobody": 1}, "no fact “nobody”"), ({"contribution_months": "many"}, "“many” is not a number"),
    ({"contribution_months": -1}, "is not between"), ({"contribution_months": "1.5"}, "at most 0 digits"),
    ({"sex": "other"}, "no choice “other”"), ({"birth_date": "1990-02-30"}, "is not a date"),
    ({"left_against_will": "perhaps"}, "boolean")])
def test_facts_that_do_not_fit_are_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        typed_facts(seed_entitlements().facts, given)
    assert sentence.lower() in str(refused.value).lower()
