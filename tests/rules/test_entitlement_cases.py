"""Entitlements of the shipped seeds: every case under tests/cases/entitlements, worked out by hand beforehand."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jizhun.entitlements.rules import Answer, answer, rule_for, typed_facts
from jizhun.entitlements.rules.answering import Given
from jizhun.entitlements.rules.promising import Engine, Places
from jizhun.entitlements.rules.telling import given_in_words, plain_value
from worlds import CASES, SmallPlaces, read_yaml, seed_book, seed_entitlements, seed_places

ALL = [(path.stem, case) for path in sorted((CASES / "entitlements").glob("*.yaml")) for case in read_yaml(path)]


def answer_to(code: str, given: Mapping[str, Any]) -> Answer | None:
    """The answer of a case; None where no rule is in force there and then."""
    book, day = seed_entitlements(), given["day"]
    facts = typed_facts(book.facts, given["person"])
    head = book.heads[code]
    where = Places(given["region"], given.get("places", {}))
    place = where.of(head.place_role)
    path = SmallPlaces(seed_places()).path(place, day)
    rule = rule_for(book, code, path, day, facts.get(head.anchor))
    return answer(rule, place, day, facts, Engine(seed_book(), where)) if rule else None


@pytest.mark.parametrize("case", [case for _, case in ALL], ids=[f"{stem}: {case['name']['en']}" for stem, case in ALL])
def test_case(case: dict[str, Any]) -> None:
    found = answer_to(case["entitlement"], case["given"])
    expected = dict(case["expect"])
    assert (found is None) == expected.pop("none", False)
    if found is None:
        return
    assert not [one.fault for one in found.conditions if one.fault]
    assert not [one.fault for one in found.results if one.fault]
    for name, value in expected.items():
        CHECKS[name](found, value)


def results(found: Answer) -> dict[str, Given]:
    return {one.result.name: one for one in found.results}


def written(value: Any) -> Any:
    """A value as it stands in a case."""
    return Decimal(str(value)) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def check_verdict(found: Answer, expected: str) -> None:
    assert found.verdict == expected, [(one.condition.name, one.met) for one in found.conditions]


def check_results(found: Answer, expected: dict[str, Any]) -> None:
    told = results(found)
    assert {name: held(told[name], told[name].value) for name in expected} == \
        {name: written(value) for name, value in expected.items()}
    assert [name for name in expected if told[name].waits] == []


def held(one: Given, value: Any) -> Any:
    return value if isinstance(value, date) else plain_value(one.result, value)


def check_high(found: Answer, expected: dict[str, Any]) -> None:
    assert {name: results(found)[name].high for name in expected} == \
        {name: written(value) for name, value in expected.items()}


def check_words(found: Answer, expected: dict[str, str]) -> None:
    assert {name: given_in_words(results(found)[name]).zh for name in expected} == expected


def check_unmet(found: Answer, expected: list[str]) -> None:
    assert [one.condition.name for one in found.conditions if one.met is False] == expected


def check_missing(found: Answer, expected: list[str]) -> None:
    assert set(found.missing) == set(expected)


def check_worked_out(found: Answer, expected: dict[str, Any]) -> None:
    told = {one.working.name: one.value for one in found.workings}
    assert {name: told.get(name) for name in expected} == {name: written(value) for name, value in expected.items()}


def check_unverified(found: Answer, expected: bool) -> None:
    assert found.verified is not expected, found.unverified


CHECKS: dict[str, Callable[[Answer, Any], None]] = {
    "verdict": check_verdict, "results": check_results, "high": check_high, "words": check_words,
    "unmet": check_unmet, "missing": check_missing, "worked_out": check_worked_out, "unverified": check_unverified}


def test_every_entitlement_has_a_case_of_either_verdict() -> None:
    told = {(case["entitlement"], case["expect"].get("verdict")) for _, case in ALL}
    for code in seed_entitlements().heads:
        assert {(code, "likely"), (code, "unlikely")} <= told, code


def test_cases_are_named_in_both_languages_and_once() -> None:
    names = [(case["entitlement"], case["name"]["zh"]) for _, case in ALL]
    assert len(ALL) >= 80 and len(set(names)) == len(names)
    assert all(case["name"]["en"] for _, case in ALL)
