"""Rules that turn case data into findings: reading them, judging a figure, saying it."""

from datetime import date
from fractions import Fraction
from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.evaluation.rules.patterns import Evidence, at_least, read_pattern, read_patterns
from jizhun.kernel.bilingual import Bilingual, Refused
from worlds import ROOT, read_yaml

LATE: dict[str, Any] = {
    "code": "late", "name_zh": "超时", "name_en": "Late", "index": "on_time", "by": ["matter", "county"],
    "at_least": "0.90", "smallest": 20, "chance": "0.001", "months": 3, "answer_days": 10, "rectify_days": 60,
    "unit": "working_day", "body_zh": "{place}局", "body_en": "Body of {place}",
    "sentence_zh": "{place}“{subject}”{first}至{last}：{off}/{denominator} 件，{share}，要求 {threshold}",
    "sentence_en": "{place}, {subject}, {first} to {last}: {off} of {denominator}, {share}, asked for {threshold}"}
STUCK = {**{key: value for key, value in LATE.items() if key != "at_least"}, "code": "stuck", "index": "overdue_open",
         "by": ["county"], "at_most": "0.1"}


def test_the_shipped_rules_can_be_read_and_say_that_they_are_an_example():
    content = read_yaml(ROOT / "data" / "evaluation" / "patterns.yaml")
    assert content["example"] is True and content["mark"] == "R"
    held = read_patterns(content)
    assert list(held) == ["late", "charged", "visits", "stuck"]
    for one in held.values():
        said = one.told(Bilingual("某县", "A county"), Bilingual("某事", "A matter"),
                        Evidence(date(2025, 1, 1), date(2025, 3, 31), 10, 40))
        assert "40" in said.zh and "40" in said.en and "{" not in said.zh + said.en


@pytest.mark.parametrize(("numerator", "denominator", "verdict"), [
    (18, 20, "met"), (17, 20, "off"), (18, 19, "few"), (0, 0, "few"), (899_999, 1_000_000, "off"),
    (900_000, 1_000_000, "met")])
def test_the_threshold_is_exact_and_needs_enough_cases(numerator, denominator, verdict):
    assert read_pattern(LATE).judge(numerator, denominator) == verdict


def test_where_less_is_better_the_threshold_is_not_to_be_exceeded():
    rule = read_pattern(STUCK)
    assert [rule.judge(n, 100) for n in (10, 11)] == ["met", "off"]
    assert rule.off(11, 100) == 11 and read_pattern(LATE).off(11, 100) == 89


def test_a_figure_that_may_be_chance_opens_nothing_but_does_not_pass_either():
    """5 of 20 late where 10 % may be: that happens in 4 of 100 such places, so nobody is accused of it."""
    rule = read_pattern(LATE)
    assert rule.judge(15, 20) == "off" and not rule.stands_out(15, 20)
    assert rule.stands_out(150, 200)
    assert read_pattern({key: value for key, value in LATE.items() if key != "chance"}).stands_out(15, 20)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from(
    ["0", "0.005", "0.1", "0.5", "0.97", "1"]))
def test_the_chance_is_that_of_the_binomial(pair, allowed):
    off, cases = pair
    p = Fraction(allowed)
    exact = sum(comb(cases, n) * p**n * (1 - p)**(cases - n) for n in range(off, cases + 1))
    assert at_least(off, cases, float(p)) == pytest.approx(float(exact), abs=1e-9)


def test_a_window_ends_on_the_data_date():
    assert read_pattern(LATE).window(date(2025, 12, 31)) == (date(2025, 10, 1), date(2025, 12, 31))
    assert read_pattern(LATE).window(date(2025, 5, 31)) == (date(2025, 3, 1), date(2025, 5, 31))


def test_the_sentence_says_place_subject_days_and_numbers_and_shares_are_cut_not_rounded():
    said = read_pattern(LATE).told(Bilingual("甲县", "Jia"), Bilingual("领钱", "Benefit"),
                                   Evidence(date(2025, 10, 1), date(2025, 12, 31), 1799, 2001))
    assert said.zh == "甲县“领钱”2025年10月1日至2025年12月31日：202/2,001 件，89.9%，要求 90%"
    assert said.en == ("Jia, Benefit, 2025-10-01 to 2025-12-31: 202 of 2,001, 89.9\N{NO-BREAK SPACE}%, "
                       "asked for 90\N{NO-BREAK SPACE}%")


@pytest.mark.parametrize(("change", "words"), [
    ({"smallest": 9}, "at least 10"), ({"by": ["matter"]}, "one level of places"),
    ({"by": ["matter", "county", "province"]}, "one level of places"), ({"by": ["channel", "county"]}, "one level"),
    ({"at_least": 0.9}, "quotation marks"), ({"at_least": "1.2"}, "between 0 and 1"), ({"index": "nothing"}, "nothing"),
    ({"at_least": None}, "quotation marks"), ({"unit": "week"}, "working_day"), ({"answer_days": 61}, "answer is due"),
    ({"sentence_en": "{place} {money}"}, "money"), ({"months": True}, "months"),
    ({"index": "lateness.promised_limit", "at_most": "0.1"}, "no share of cases"), ({"body_zh": ""}, "body")])
def test_what_is_wrong_with_a_rule_is_said_by_one_sentence(change, words):
    with pytest.raises(Refused, match=words):
        read_patterns({"patterns": [{**LATE, **change}]})


def test_a_rule_needs_its_parts_and_a_code_of_its_own():
    with pytest.raises(Refused, match="“at_least” is missing"):
        read_patterns({"patterns": [{key: value for key, value in LATE.items() if key != "at_least"}]})
    with pytest.raises(Refused, match="twice"):
        read_patterns({"patterns": [LATE, LATE]})
    with pytest.raises(Refused, match="patterns"):
        read_patterns([])
