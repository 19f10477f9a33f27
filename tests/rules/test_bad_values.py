"""Values of another shape than a provision can have: each is refused with the row and the value."""

from typing import Any

import pytest

from jizhun.kernel.bilingual import Refused
from jizhun.provisions.rules.reading import read_measure, read_value

GOOD = {"code": "m", "name_zh": "甲", "name_en": "A", "unit": "working_day", "kind": "process", "direction": "lower"}


@pytest.mark.parametrize("value", [
    [1, 2], {"set": 5}, {"formula": {"times": 2}}, {"formula": [1]}, {"formula": {"of": 3, "round": "up"}},
    {"formula": {"of": 3, "round": {"mode": "up"}}}, {"formula": {"of": 3, "round": {"to": 0}}},
    {"tiers": {"values": {"a": 1}}}, {"band": [1]}, {"band": ["a", {"set": ["b"]}]}, {"table": {"over": ["x"]}},
    {"table": {"over": ["x"], "rows": [{"x": 1}]}}, {"table": {"over": "xy", "rows": []}},
    {"table": {"over": ["x"], "rows": [{"x": [1, 2, 3], "value": 1}]}},
    {"table": {"over": ["x"], "rows": [{"x": ["a", "b"], "value": 1}]}}, "soon", "nan", "1e999999999", True])
def test_a_value_of_another_shape_is_refused_with_its_row(value: Any) -> None:
    with pytest.raises(Refused, match="I/m/CN"):
        read_value(value, "I/m/CN 2024-01-01")


@pytest.mark.parametrize(("change", "word"), [
    ({"direction": "up"}, "direction"), ({"kind": "x"}, "kind"), ({"unit": None}, "unit"), ({"cut_off": 25}, "cut_off"),
    ({"name_zh": ""}, "name_zh"), ({"cut_off": "five"}, "cut_off"),
    ({"code": ["a"]}, "code"), ({"anchor": ["a"]}, "anchor"), ({"unit": True}, "unit")])
def test_a_measure_without_its_fields_is_refused(change: dict[str, Any], word: str) -> None:
    assert read_measure(GOOD).code == "m"
    with pytest.raises(Refused, match=word):
        read_measure({**GOOD, **change})
