"""Values that should be renewed from time to time: since when they stand, when a new one was due, who reads them."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR
from jizhun.provisions.rules import Book, Question, ask
from jizhun.provisions.rules.reading import read_measure
from jizhun.provisions.rules.renewal import Due, overdue, renewals_over
from jizhun.provisions.rules.telling import renewal_sentence
from worlds import all_measures, book_of

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
PLACES = {"CN": {"level": 0}, "P": {"level": 1, "in": "CN"}, "Q": {"level": 1, "in": "CN"},
          "C": {"level": 2, "in": "P"}}


def wage(place: str, value: object, first: str, **more: Any) -> dict[str, Any]:
    return {"subject": "*", "measure": "minimum_wage", "region": place, "value": value, "unit": "CNY/month",
            "from": date.fromisoformat(first), "mark": "V", **more}


def held(*rows: dict[str, Any]) -> Book:
    return book_of({"provisions": rows}, places=PLACES)


def told(*rows: dict[str, Any], region: str = "CN", last: date = LAST) -> list[tuple[str, str, str, str]]:
    return [(due.say.place, str(due.since), str(due.due), "" if due.until == FAR else str(due.until))
            for due in renewals_over(held(*rows), region, FIRST, last)]


def test_the_shipped_list_says_of_the_minimum_wage_alone_how_often_it_must_come_anew():
    asked = {code: (one.expected_every, one.expected_by) for code, one in all_measures().items() if one.expected_every}
    assert asked == {"minimum_wage": (24, "minimum-wage-rules"), "minimum_wage_hour": (24, "minimum-wage-rules")}


def test_a_value_is_due_so_many_months_after_it_began():
    assert told(wage("P", 2000, "2024-03-01")) == [("P", "2024-03-01", "2026-03-01", "")]
    assert told(wage("P", 2000, "2024-03-01"), last=date(2026, 2, 28)) == []
    assert told(wage("P", 2000, "2026-01-01")) == []  # due in 2028


def test_one_that_was_renewed_in_time_is_not_told_and_one_renewed_late_until_then():
    assert told(wage("P", 2000, "2024-03-01"), wage("P", 2100, "2026-03-01")) == []
    assert told(wage("P", 2000, "2024-03-01"), wage("P", 2100, "2026-08-01")) == [
        ("P", "2024-03-01", "2026-03-01", "2026-07-31")]
    assert told(wage("P", 2000, "2020-03-01"), wage("P", 2100, "2025-12-31"), last=date(2027, 12, 30)) == []


def test_what_is_only_said_again_is_not_renewed_and_counts_from_the_first_verified_day():
    assert told(wage("P", 2000, "2023-09-01"), wage("P", 2000, "2024-12-01")) == [("P", "2023-09-01", "2025-09-01", "")]
    assert told(wage("P", 2000, "2023-09-01", mark="R"), wage("P", 2000, "2024-01-01")) == [
        ("P", "2024-01-01", "2026-01-01", "")]
    assert told(wage("P", 2000, "2023-09-01", mark="R")) == [("P", "2023-09-01", "2025-09-01", "")]


def test_a_value_that_ended_is_not_waited_for():
    assert told(wage("P", 2000, "2023-09-01"), wage("P", "nothing", "2025-06-01")) == []
    assert told(wage("P", 2000, "2023-09-01", until=date(2025, 12, 1))) == []


def test_only_places_of_the_region_and_measures_that_a_rule_speaks_of():
    rows = [wage("P", 2000, "2023-01-01"), wage("Q", 2000, "2023-01-01"), wage("C", 2000, "2022-01-01")]
    assert [place for place, *_ in told(*rows)] == ["C", "P", "Q"]
    assert [place for place, *_ in told(*rows, region="P")] == ["C", "P"]
    assert told(wage("P", 500, "2010-01-01", measure="subsistence")) == []
    assert told(wage("P", 3000, "2010-01-01", modality="target", by=LAST)) == []
    assert renewals_over(held(*rows), "CN", FIRST, LAST, counts=lambda place: place == "Q")[0].say.place == "Q"


def test_an_answer_tells_of_the_age_of_what_it_reads():
    book = held(wage("P", 2000, "2023-01-01"), wage("P", 2100, "2026-06-01"), wage("P", {"formula": {
        "times": "0.9", "of": "minimum_wage"}}, "2010-01-01", subject="I", measure="benefit_amount"))

    def of(on: str, place: str = "C", measure: str = "benefit_amount") -> list[str]:
        answer = ask(book, Question(measure, "I", place, date.fromisoformat(on)))
        return [str(due.due) for due in overdue(book, answer)]

    assert of("2025-01-01") == ["2025-01-01"] and of("2024-12-31") == [] and of("2026-06-01") == []
    assert of("2025-01-01", measure="minimum_wage") == ["2025-01-01"] and of("2028-06-01") == ["2028-06-01"]
    assert of("2025-01-01", place="Q") == []


def test_it_is_told_in_words_as_due_and_as_to_come():
    (due,) = renewals_over(held(wage("P", 2000, "2024-01-01")), "CN", FIRST, LAST)
    measure, rule = all_measures()["minimum_wage"], Bilingual("《规定》", "the Rules")

    def said(one: Due, today: date) -> Bilingual:
        return renewal_sentence(one, measure, rule, lambda code: Bilingual(code, code), today)

    assert said(due, date(2026, 1, 1)).en == (
        "Minimum monthly wage of P: value of 2024-01-01; should have been renewed by 2026-01-01 (the Rules), and no "
        "newer one is on file here (to be checked).")
    assert said(due, date(2025, 12, 31)).en.endswith("value of 2024-01-01; to be renewed by 2026-01-01 (the Rules).")
    assert "按《规定》应在2026年1月1日前更新" in said(replace(due, until=LAST), FIRST).zh


@pytest.mark.parametrize(("field", "sentence"), [
    ({"expected_every": 0, "expected_by": "x"}, "“expected_every” cannot be “0”"),
    ({"expected_every": "24", "expected_by": "x"}, "“expected_every” cannot be"),
    ({"expected_every": True, "expected_by": "x"}, "“expected_every” cannot be"),
    ({"expected_every": 24}, "“expected_by” is missing")])
def test_who_claims_how_often_says_it_in_months_and_which_paper_says_so(field: dict[str, Any], sentence: str):
    row = {"code": "m", "name_zh": "甲", "name_en": "A", "unit": "month", "kind": "parameter", "direction": "higher"}
    assert read_measure(row).expected_every is None
    with pytest.raises(Refused, match=sentence):
        read_measure({**row, **field})
