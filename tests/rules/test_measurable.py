"""Promises read from a clause: every case under tests/cases/standards/measurable.yaml, and the laws of places."""

from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.drafting.rules.measurable import MOST, Found, guessing, measurable, promises
from jizhun.drafting.rules.measurable.guessing import MEASURES
from jizhun.drafting.rules.measurable.quantities import chinese_number, english_number
from jizhun.drafting.rules.text import Clause
from jizhun.kernel.bilingual import Bilingual
from worlds import CASES, ROOT, read_yaml

ALL = read_yaml(CASES / "standards" / "measurable.yaml")["cases"]


def clause(zh: str = "", en: str = "", kind: str = "clause") -> Clause:
    return Clause("k", kind, 2, Bilingual("", ""), Bilingual(zh, en))


def told(one: Found) -> str:
    value = f"{one.value['band'][0]}..{one.value['band'][1]}" if isinstance(one.value, dict) else one.value
    return f"{one.measure or '?'} {one.modality} {value} {one.unit}"


@pytest.mark.parametrize("case", ALL, ids=[case.get("zh") or case["en"] for case in ALL])
def test_case(case: dict[str, Any]) -> None:
    found = measurable(clause(case.get("zh", ""), case.get("en", "")))
    assert [told(one) for one in found] == case["expect"]
    if "pairs" in case:
        assert all(one.other and one.other.language == "en" for one in found)
        assert {one.disagree for one in found} == {case["pairs"] == "disagree"}


def test_there_are_enough_cases() -> None:
    assert len(ALL) >= 60 and sum(not case["expect"] for case in ALL) >= 12


def test_the_measures_and_units_are_those_of_the_house() -> None:
    measures = {row["code"]: row for row in read_yaml(ROOT / "data" / "measures.yaml")}
    for code, (direction, units) in MEASURES.items():
        row = measures[code]
        assert direction == {"subset": "lower"}.get(row["direction"], row["direction"]), code
        assert not units or row["unit"] in units, code


def test_places_and_sentences_are_those_of_the_body() -> None:
    body = "窗口应受理。\n\n- 应在10个工作日内办结；\n- 最多跑一次。\n\n| 事项 | 承诺时限 |\n| 登记 | 5个工作日 |"
    found = measurable(clause(body))
    assert [body[one.start:one.end] for one in found] == ["10个工作日内", "最多跑一次", "5个工作日"]
    assert [one.sentence for one in found] == ["- 应在10个工作日内办结；", "- 最多跑一次。", "| 登记 | 5个工作日 |"]


def test_what_the_house_cannot_record_as_it_stands_does_not_fit() -> None:
    fits = {text: [one.fits for one in measurable(clause(text))] for text in (
        "应在10个工作日内办结。", "应在24小时内办结。", "申请材料不超过3份材料。", "公示期不少于7日。")}
    assert list(fits.values()) == [[True], [False], [False], [False]]
    assert [one.fits for one in measurable(clause("应在5日内办结。", "Closed within 6 days."))] == [False]


def test_forewords_and_terms_promise_nothing() -> None:
    assert measurable(clause("应在10个工作日内办结。", kind="foreword")) == []
    assert measurable(clause("应在10个工作日内办结。", kind="term")) == []


def test_a_promise_of_one_language_alone_stays_alone() -> None:
    found = measurable(clause("应在10个工作日内办结，最多跑一次。", "Cases shall be closed within 10 working days."))
    assert [(one.measure, one.other is not None, one.disagree) for one in found] == [
        ("promised_limit", True, False), ("visits", False, False)]


@pytest.mark.parametrize(("text", "number"), [
    ("二十", 20), ("十五", 15), ("十", 10), ("两", 2), ("一百六十三", 163), ("二千", 2000), ("一百零五", 105),
    ("三六", 36)])
def test_chinese_numerals(text: str, number: int) -> None:
    assert chinese_number(text) == number


def test_english_numerals() -> None:
    assert [english_number(word) for word in ("ten", "forty-five", "ninety")] == [10, 45, 90]


@given(st.text(alphabet="应在10个工作日内办结。；|\n-：最多跑一次不超3份材料元/月%年第.十 within days", max_size=80))
def test_any_text_is_read_and_every_place_holds(body: str) -> None:
    for one in measurable(clause(body, body)):
        for side in filter(None, (one, one.other)):
            assert 0 <= side.start < side.end <= len(body)
            assert side.sentence in body


@given(st.integers(1, 90), st.integers(1, 90))
def test_the_languages_agree_exactly_when_the_numbers_do(one: int, other: int) -> None:
    found = measurable(clause(f"应在{one}个工作日内办结。", f"Cases shall be closed within {other} working days."))
    assert [(item.value, item.disagree) for item in found] == [(one, one != other)]


def test_beyond_the_most_promises_the_rest_is_left_out_and_said() -> None:
    found, more = promises(clause("应在2个工作日内办结。" * (MOST + 1)))
    assert (len(found), more) == (MOST, True)
    assert promises(clause("应在2个工作日内办结。" * MOST)) == (found, False)


@pytest.mark.parametrize(("text", "language"), [
    ("within 2 working days " * 2700, "en"), ("1%" * 30_000, "zh"), ("收费1%：" * 12_000, "zh"),
    ("|甲" + "".join(f"|{place}" for place in range(300)) + "\n|" + "收费" * 3000 + "|1%" * 300, "zh")])
def test_the_words_around_many_quantities_are_read_once(text: str, language: str,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    read = {"names": 0, "acts": 0}
    names, acts = guessing._names.__wrapped__, guessing._acts.__wrapped__

    def counted_names(words: str) -> tuple[str, ...]:
        read["names"] += len(words)
        return names(words)

    def counted_acts(words: str, which: str) -> tuple[str, ...]:
        read["acts"] += len(words)
        return acts(words, which)

    monkeypatch.setattr(guessing, "_names", lru_cache(maxsize=16)(counted_names))
    monkeypatch.setattr(guessing, "_acts", lru_cache(maxsize=16)(counted_acts))
    measurable(clause(**{language: text}))
    # A few times the text, and what introduces each cell of a table; not once the whole text for each quantity.
    assert max(read.values()) <= 10 * len(text) + 700 * text.count("|")


def test_a_run_of_words_before_no_number_has_one_way_to_be_read() -> None:
    # With more than one way this would not end before the sun does.
    assert measurable(clause("最多" + "应在" * 2000)) == []
    assert [told(one) for one in measurable(clause("最多应在应在3个工作日内办结。"))] == [
        "promised_limit floor 3 working_day"]
