"""The meaning of the as-of engine: every case under tests/cases/promises, resolved by hand beforehand."""

from decimal import Decimal
from typing import Any

import pytest

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.provisions.rules import Answer, Cells, Quantity, Question, ask, dated
from worlds import CASES, book_of, read_yaml

FILES = [path for path in sorted((CASES / "promises").glob("*.yaml")) if path.name != "places.yaml"]
ALL = [(path.stem, rows, case) for path in FILES for rows in [read_yaml(path)] for case in rows["cases"]]


def answer_to(rows: Any, asked: dict[str, Any]) -> Answer:
    book = book_of(rows, asked.get("known_on"))
    question = Question(asked["measure"], asked.get("subject", "*"), asked["region"], asked["day"],
                        asked.get("group", "all"), asked.get("since"), asked.get("facts", {}))
    return dated(book, ask(book, question))


@pytest.mark.parametrize(("rows", "case"), [(rows, case) for _, rows, case in ALL],
                         ids=[f"{stem}: {case['name']}" for stem, _, case in ALL])
def test_case(rows: Any, case: dict[str, Any]) -> None:
    expected = case["expect"]
    if "refused" in expected:
        with pytest.raises(Refused) as refusal:
            answer_to(rows, case["ask"])
        assert expected["refused"] in refusal.value.sentence.en
        return
    answer = answer_to(rows, case["ask"])
    for name, value in expected.items():
        CHECKS[name](answer, value)


def number(value: object) -> Decimal | None:
    return value.amount if isinstance(value, Quantity) else None


def check_value(answer: Answer, expected: Any) -> None:
    assert not isinstance(answer.value, Cells), answer.value
    assert number(answer.value) == (None if expected is None else Decimal(str(expected)))


def check_low(answer: Answer, expected: Any) -> None:
    assert isinstance(answer.value, Cells), answer.value
    assert number(answer.value.low) == Decimal(str(expected))


def check_high(answer: Answer, expected: Any) -> None:
    assert isinstance(answer.value, Cells), answer.value
    assert number(answer.value.high) == Decimal(str(expected))


def check_cells(answer: Answer, expected: Any) -> None:
    assert isinstance(answer.value, Cells), answer.value
    assert [number(cell.value) for cell in answer.value.cells] == [Decimal(str(x)) for x in expected]


def check_set(answer: Answer, expected: Any) -> None:
    assert answer.value == frozenset(expected)


def check_text(answer: Answer, expected: Any) -> None:
    assert isinstance(answer.value, Bilingual)
    assert answer.value.en == expected


def check_findings(answer: Answer, expected: Any) -> None:
    assert [f"{f.kind}@{f.place}" for f in answer.findings] == expected


def check_path(answer: Answer, expected: Any) -> None:
    effects = {step.place: step.effect for step in answer.path}
    assert {place: effects.get(place) for place in expected} == expected


CHECKS = {
    "value": check_value, "low": check_low, "high": check_high, "cells": check_cells, "set": check_set,
    "text": check_text, "findings": check_findings, "path": check_path,
    "unit": lambda answer, unit: _equal(answer.unit, unit),
    "winners": lambda answer, places: _equal([say.place for say in answer.winners], places),
    "amount": lambda answer, amount: _equal(answer.findings[0].amount, Decimal(str(amount))),
    "since": lambda answer, day: _equal(answer.findings[0].since, day),
    "to_be_checked": lambda answer, flag: _equal(answer.findings[0].to_be_checked, flag),
}


def _equal(one: object, other: object) -> None:
    assert one == other


def test_there_are_enough_cases() -> None:
    assert len(ALL) >= 60
