"""Score sheets: how values earn points, what knocks out, whose word counts, and how all places stand."""

from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.evaluation.rules.attainment import (
    Ground,
    Stages,
    check_may_say,
    differences,
    ranks,
    spread,
    standing,
)
from jizhun.evaluation.rules.sheet_words import knock_out, scoring, typed_of, verdict
from jizhun.evaluation.rules.sheets import Sheet, points, read_sheet, read_value, value_in_words
from jizhun.kernel.bilingual import Refused
from worlds import ROOT, read_yaml

FILE = ROOT / "data" / "evaluation" / "sheets" / "county-example.yaml"
ROW: dict[str, Any] = {
    "code": "s", "edition": "1", "name_zh": "表", "name_en": "Sheet", "level": "county", "pass_share": 0.8,
    "order": ["sample", "computed", "check", "self"], "source": "test", "mark": "R", "sections": [{
        "code": "a", "name_zh": "甲", "name_en": "A", "items": [
            {"code": "shown", "name_zh": "公示", "name_en": "Shown", "points": 20, "rule": "yes_no", "knock_out": True},
            {"code": "kept", "name_zh": "达标率", "name_en": "Kept", "points": 50, "rule": "linear", "unit": "share",
             "zero": 0.9, "full": 1, "knock_out": 0.85, "computes": "conformance"},
            {"code": "late", "name_zh": "逾期", "name_en": "Late", "points": 30, "rule": "steps", "unit": "share",
             "better": "lower", "steps": [[0, 30], [0.02, 20], [0.05, 5]], "may_not_apply": True}]}]}


def sheet(**changes: Any) -> Sheet:
    return read_sheet({**deepcopy(ROW), **changes}, "s.yaml")


def with_item(at: int, **changes: Any) -> dict[str, Any]:
    row = deepcopy(ROW)
    row["sections"][0]["items"][at] |= changes
    return row


@pytest.mark.parametrize(("item", "value", "earned"), [
    ("shown", "yes", 20), ("shown", "no", 0), ("shown", "", 0),
    ("kept", "1", 50), ("kept", "0.95", 25), ("kept", "0.9", 0), ("kept", "0.5", 0), ("kept", "0.99999", "49.99"),
    ("late", "0", 30), ("late", "0.01", 20), ("late", "0.02", 20), ("late", "0.05", 5), ("late", "0.06", 0),
    ("late", "n/a", 0)])
def test_points(item: str, value: str, earned: Any) -> None:
    assert points(sheet().item(item), value) == Decimal(str(earned))


@pytest.mark.parametrize(("item", "typed", "kept"), [
    ("shown", "是", "yes"), ("shown", " NO ", "no"), ("kept", "95.3", "0.953"), ("kept", "95.3 %", "0.953"),
    ("kept", "100％", "1"), ("late", "不适用", "n/a"), ("late", "", "")])
def test_values_as_people_type_them(item: str, typed: str, kept: str) -> None:
    assert read_value(sheet().item(item), typed) == kept
    if kept not in ("", "n/a"):
        assert read_value(sheet().item(item), typed_of(sheet().item(item), kept)) == kept


@pytest.mark.parametrize(("item", "typed", "said"), [
    ("shown", "maybe", "say yes or no"), ("kept", "100.1", "not above 100 %"), ("kept", "-1", "out of range"),
    ("kept", "NaN", "out of range"), ("kept", "many", "“many” is not a number"), ("kept", "n/a", "it always applies"),
    ("kept", "1e9999999", "out of range")])
def test_values_that_cannot_be(item: str, typed: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_value(sheet().item(item), typed)


@pytest.mark.parametrize(("self_said", "computed", "attained", "earned", "of", "out"), [
    ({"shown": "yes", "kept": "1", "late": "0"}, {}, True, 100, 100, ()),
    ({"shown": "no", "kept": "1", "late": "0"}, {}, False, 80, 100, ("shown",)),
    ({"kept": "1", "late": "0"}, {}, False, 80, 100, ("shown",)),
    ({"shown": "yes", "kept": "1", "late": "0"}, {"kept": "0.84"}, False, 50, 100, ("kept",)),
    ({"shown": "yes", "kept": "0.86", "late": "0"}, {}, False, 50, 100, ()),
    ({"shown": "yes", "kept": "1", "late": "n/a"}, {}, True, 70, 70, ()),
    ({"shown": "yes", "kept": "0.972", "late": "n/a"}, {}, True, 56, 70, ())])
def test_a_place_attains_with_enough_points_and_no_knock_out(
        self_said: dict[str, str], computed: dict[str, str], attained: bool, earned: int, of: int,
        out: tuple[str, ...]) -> None:
    one = standing(sheet(), {"self": self_said, "computed": computed})
    assert (one.attained, one.points, one.of, one.knocked) == (attained, earned, of, out)


def test_whose_word_counts_is_the_sheets_order() -> None:
    values = {"self": {"kept": "1"}, "check": {"kept": "0.99"}, "computed": {"kept": "0.98"},
              "sample": {"kept": "0.97"}}

    def line(order: list[str], given: Any = values) -> tuple[str, str]:
        one = standing(sheet(order=order), given).lines[1]
        return one.voice, one.value

    assert line(["sample", "computed", "check", "self"]) == ("sample", "0.97")
    assert line(["check", "computed", "sample", "self"]) == ("check", "0.99")
    assert line(["sample", "computed", "check", "self"], {"self": {"kept": "1"}}) == ("self", "1")
    assert standing(sheet(), values, ("self",)).lines[1].value == "1"


def test_differences_beyond_the_tolerance_dearest_first() -> None:
    values = {"self": {"kept": "0.95", "late": "0", "shown": "yes"}, "computed": {"kept": "0.9", "late": "0.03"}}
    found = differences(sheet(), values)
    assert [(one.item.code, one.points) for one in found] == [("kept", Decimal(25)), ("late", Decimal(25))]
    assert differences(sheet(), {"self": {"kept": "0.95"}, "computed": {"kept": "0.9551"}})
    assert not differences(sheet(), {"self": {"kept": "0.95"}, "computed": {"kept": "0.955"}})


def test_the_distribution_and_ranks() -> None:
    many = [standing(sheet(), {"self": {"shown": "yes", "kept": kept, "late": "0"}}) for kept in ("1", "0.9", "0.95")]
    told = spread(many)
    assert told.bins == (0, 0, 0, 0, 0, 1, 0, 1, 0, 1) and told.attained == 1
    assert told.quartiles == (0.625, 0.75, 0.875)
    assert spread([]).quartiles is None and spread([]).least is None
    shares = {"a": Decimal(1), "b": Decimal(2), "c": Decimal(1), "d": Decimal(0)}
    assert ranks(shares) == {"a": 2, "b": 1, "c": 2, "d": 4}


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_better_value_never_earns_less(one: int, other: int) -> None:
    low, high = sorted((one, other))
    held = sheet()
    assert points(held.item("kept"), str(low / 1000)) <= points(held.item("kept"), str(high / 1000))
    assert points(held.item("late"), str(low / 1000)) >= points(held.item("late"), str(high / 1000))


@pytest.mark.parametrize(("row", "said"), [
    ({**ROW, "level": "moon"}, "level, pass mark or points"), ({**ROW, "pass_share": 1.2}, "level, pass mark"),
    ({**ROW, "order": ["self"]}, "must name each of"), ({**ROW, "sections": []}, "there are no items"),
    ({key: value for key, value in ROW.items() if key != "source"}, "source is missing"),
    (with_item(1, rule="dice"), "nobody knows this rule"), (with_item(1, points=-1), "points lie between"),
    (with_item(2, steps=[[0.05, 5], [0, 30]]), "from the best to the worst"),
    (with_item(2, steps=[[0, 31]]), "points lie between"), (with_item(1, zero=1, full=0.9), "do not fit the direction"),
    (with_item(1, knock_out=True), "knock-out value does not fit"),
    (with_item(1, code="shown"), "one code stands twice"),
    (with_item(1, points="many"), "not made like a sheet")])
def test_sheets_that_cannot_be(row: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_sheet(row, "s.yaml")


def test_the_shipped_sheet_is_an_example_and_says_so() -> None:
    held = read_sheet(read_yaml(FILE), FILE.name)
    assert held.example and held.mark == "example" and "No authority has issued it" in held.note.en
    assert held.points == 100 and {"display", "conformance", "guides"} == {
        one.code for one in held.items if one.knock_out}


def test_words() -> None:
    held = sheet()
    assert scoring(held.item("kept")).en == "0 points at 90 %, 50 at 100 %, in proportion between"
    assert scoring(held.item("late")).zh == "不高于 0%：30 分；不高于 2%：20 分；不高于 5%：5 分"
    assert knock_out(held.item("kept")).en == "knock-out: below 85 % means not attained"
    assert value_in_words(held.item("kept"), "0.9999").en == "99.9 %", "cut, so that 100 % means all"
    assert verdict(held, standing(held, {})).en == "not attained (knocked out by: Shown, Kept)"
    assert verdict(held, standing(held, {"self": {"shown": "yes", "kept": "0.86"}})).zh == "不达标（达标线 80 分）"


STAGES = Stages(date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))


@pytest.mark.parametrize(("voice", "by", "on", "more", "said"), [
    ("self", "a", date(2025, 12, 31), {}, "opens on"), ("self", "a", date(2026, 2, 2), {}, "ended on 2026-02-01"),
    ("self", "a", date(2026, 1, 5), {"published": True}, "published"),
    ("check", "b", date(2026, 2, 1), {}, "begin after"),
    ("check", "a", date(2026, 2, 2), {}, "does not check it again"),
    ("check", "b", date(2026, 2, 2), {"assessed": False}, "has not assessed itself"),
    ("check", "b", date(2026, 3, 2), {}, "ended on 2026-03-01"),
    ("sample", "c", date(2026, 3, 2), {"drawn": False}, "not drawn"),
    ("sample", "b", date(2026, 3, 2), {}, "does not check it again"),
    ("boss", "a", date(2026, 1, 5), {}, "no assessment")])
def test_who_is_not_heard(voice: str, by: str, on: date, more: dict[str, Any], said: str) -> None:
    ground = Ground(**{"stages": STAGES, "published": False, "drawn": True, "self_by": frozenset("a"),
                       "check_by": frozenset("b"), "assessed": True, **more})
    with pytest.raises(Refused, match=said):
        check_may_say(voice, ground, by, on)


@pytest.mark.parametrize(("voice", "by", "on"), [("self", "a", date(2026, 2, 1)), ("check", "b", date(2026, 2, 2)),
                                                 ("sample", "c", date(2026, 4, 1))])
def test_who_is_heard(voice: str, by: str, on: date) -> None:
    check_may_say(voice, Ground(STAGES, False, True, frozenset("a"), frozenset("b"), True), by, on)


def test_days_in_disorder() -> None:
    with pytest.raises(Refused, match="one after the other"):
        Stages(date(2026, 1, 1), date(2026, 3, 1), date(2026, 2, 1), date(2026, 4, 1))
