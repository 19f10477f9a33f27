"""What does not fit from one day to another: when it begins and ends, by how much, where it holds, for how many."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR
from jizhun.provisions.rules import Question, Say, ask, make_book
from jizhun.provisions.rules.checking import Checked, findings_over
from jizhun.provisions.rules.telling import plain_checked, sentence
from worlds import SmallPlaces, SmallSubjects, all_measures, book_of

FIRST, LAST = date(2026, 11, 27), date(2028, 11, 27)
PLACES = {"CN": {"level": 0}, "P": {"level": 1, "in": "CN"}, "Q": {"level": 1, "in": "CN"},
          "C": {"level": 2, "in": "P"}, "C2": {"level": 2, "in": "P"}, "D": {"level": 3, "in": "C"},
          "D2": {"level": 3, "in": "C"}, "D3": {"level": 3, "in": "C2"}}


def limit(place: str, value: object, first: str, **more: Any) -> dict[str, Any]:
    return {"subject": "I", "measure": "promised_limit", "region": place, "value": value, "unit": "working_day",
            "from": date.fromisoformat(first), "mark": "V", **more}


def pension(place: str, value: object, first: str, **more: Any) -> dict[str, Any]:
    return limit(place, value, first, **{"measure": "basic_pension", "unit": "CNY/month", **more})


def found(*rows: dict[str, Any], region: str = "CN", groups: dict[str, list[str]] | None = None,
          places: dict[str, Any] | None = None, **more: Any) -> list[Checked]:
    held = book_of({"provisions": rows, "groups": groups}, places=places or PLACES)
    return findings_over(held, region, FIRST, LAST, **more)


def kinds(some: list[Checked]) -> list[tuple[str, str, str, str]]:
    return [(one.finding.kind, one.finding.place, str(one.begins), "" if one.ends == FAR else str(one.ends))
            for one in some]


NATION, RISEN = limit("CN", 10, "2020-01-01"), limit("CN", 8, "2027-01-01")


def test_a_national_rise_to_come_is_found_before_it_comes():
    (one,) = found(NATION, RISEN, limit("P", 9, "2022-01-01"))
    assert kinds([one]) == [("below_standard_above", "P", "2027-01-01", "")]
    assert (one.finding.amount, one.finding.unit, one.act_by, one.warned_from) == (
        Decimal(1), "working_day", date(2027, 1, 1), date(2026, 7, 1))
    assert one.finding.against is not None and one.finding.against.valid_from == date(2027, 1, 1)
    told = sentence(one.finding, lambda code: Bilingual(code, code), FIRST)
    assert told.en == "From 2027-01-01 on P will be below the standard above, by 1 working day; P to act before."
    assert sentence(one.finding, lambda code: Bilingual(code, code), date(2027, 1, 1)).en == (
        "P is below the standard above since 2027-01-01, by 1 working day; P to act.")


def test_the_gap_may_grow_and_what_is_mended_ends_the_day_before():
    (one,) = found(NATION, RISEN, limit("CN", 5, "2027-06-01"), limit("P", 9, "2022-01-01"),
                   limit("P", 4, "2027-09-01"))
    assert kinds([one]) == [("below_standard_above", "P", "2027-01-01", "2027-08-31")]
    assert one.steps == ((date(2027, 6, 1), Decimal(4)),)


def test_what_stands_already_tells_since_when_and_what_ended_before_is_not_told():
    rows = [NATION, limit("P", 12, "2022-01-01"), limit("C", 15, "2020-01-01"), limit("C", 9, "2026-01-01")]
    assert kinds(found(*rows)) == [("below_standard_above", "P", "2022-01-01", "")]
    assert plain_checked(found(*rows)[0], lambda code: Bilingual(code, code), FIRST)["begins"] == "2022-01-01"


def test_a_paper_that_ends_is_told_with_the_day_by_which_it_must_be_continued():
    (one,) = found(NATION, limit("P", 5, "2022-01-01", until=date(2027, 3, 31)))
    assert kinds([one]) == [("lapsed", "P", "2027-04-01", "")]
    assert (one.act_by, one.warned_from) == (date(2027, 3, 31), date(2026, 9, 30))
    assert "runs out on 2027-03-31" in sentence(one.finding, lambda code: Bilingual(code, code), FIRST).en
    assert found(NATION, limit("P", 5, "2022-01-01", until=date(2027, 3, 31)), limit("P", 5, "2027-04-01")) == []


def test_a_target_is_missed_from_the_day_after_it_fell_due():
    target = limit("CN", 3, "2021-01-01", modality="target", by=date(2027, 12, 31))
    (one,) = found(NATION, target)
    assert kinds([one]) == [("target_missed", "CN", "2028-01-01", "")]
    assert one.act_by == date(2027, 12, 31) and one.finding.amount == Decimal(7)
    assert found(NATION, target, limit("CN", 3, "2027-12-31")) == []


def test_asking_before_a_target_falls_due_does_not_hide_that_it_was_missed():
    held = book_of({"provisions": [NATION, limit("CN", 3, "2021-01-01", modality="target", by=date(2025, 12, 31))]},
                   places=PLACES)
    asked = [ask(held, Question("promised_limit", "I", "CN", day)).findings for day in (
        date(2025, 12, 31), date(2026, 1, 1))]
    assert [[one.kind for one in some] for some in asked] == [[], ["target_missed"]]


DUTY = {"subject": "*", "measure": "minimum_wage", "region": "CN", "modality": "delegated", "value": None,
        "from": date(2004, 3, 1), "mark": "V"}


def wage(place: str, value: int = 2000, first: str = "2026-01-01") -> dict[str, Any]:
    return {"subject": "*", "measure": "minimum_wage", "region": place, "value": value, "unit": "CNY/month",
            "from": date.fromisoformat(first), "mark": "V"}


def test_who_was_told_to_speak_and_does_not_is_told_for_the_places_that_have_no_word_of_their_own():
    some = found(DUTY, wage("C"), wage("Q"))
    assert kinds(some) == [("delegated_missing", "P", "2004-03-01", "")]
    assert some[0].effect == 1  # D3: both places below C have C's word
    assert found(DUTY, wage("C"), wage("C2"), wage("Q")) == []
    assert {one.finding.place: one.effect for one in found(DUTY)} == {"P": 3, "Q": 1}


def test_a_duty_whose_paper_ran_out_is_told_once():
    some = found(DUTY, wage("Q"), {**wage("P"), "until": date(2027, 6, 30)})
    assert kinds(some) == [("lapsed", "P", "2027-07-01", "")]


def test_a_uniform_value_and_a_cap_are_looked_at_too():
    some = found(NATION, limit("P", 5, "2022-01-01", modality="exact"), limit("C", 3, "2028-01-01"),
                 limit("Q", 4, "2022-01-01", measure="fee", unit="CNY", modality="cap"))
    assert kinds(some) == [("off_uniform", "C", "2028-01-01", "")]
    cap = limit("CN", 24, "2020-01-01", measure="benefit_months", unit="month", modality="cap")
    assert kinds(found(cap, {**cap, "region": "C", "value": 30, "modality": "floor"})) == [
        ("above_cap", "C", "2020-01-01", "")]


def test_a_formula_may_fall_short_in_some_places_only():
    def of(measure: str, place: str, value: object, **more: Any) -> dict[str, Any]:
        return pension(place, value, "2026-01-01", **{"measure": measure, **more})

    rows = [of("benefit_amount", "CN", {"formula": {"of": "subsistence"}}),
            of("benefit_amount", "P", {"formula": {"times": "0.8", "of": "minimum_wage"}}),
            of("minimum_wage", "P", 1000, subject="*"), of("subsistence", "P", 700, subject="*"),
            of("subsistence", "C", 900, subject="*")]
    one = next(one for one in found(*rows) if one.finding.kind == "below_standard_above")
    assert (one.finding.place, one.holds_at, one.effect, one.finding.amount) == ("P", ("C",), 2, Decimal(100))


def test_places_below_that_inherit_are_counted_and_those_with_an_own_word_are_not():
    rows = [NATION, limit("P", 12, "2022-01-01"), limit("C", 5, "2022-01-01")]
    (one,) = found(*rows)
    assert one.holds_at == ("C", "P") and one.effect == 3
    assert {one.finding.place: one.effect for one in found(NATION, limit("C", 12, "2022-01-01"))} == {"C": 2}


def test_only_what_holds_in_the_region_is_told_also_what_others_above_it_must_mend():
    rows = [NATION, limit("P", 12, "2022-01-01"), limit("Q", 12, "2022-01-01"), limit("D3", 20, "2022-01-01")]
    assert [one.finding.place for one in found(*rows, region="Q")] == ["Q"]
    assert {one.finding.place for one in found(*rows, region="C")} == {"P"}
    assert {one.finding.place for one in found(*rows, region="C2")} == {"P", "D3"}


def test_the_same_thing_is_told_once_whatever_matters_and_groups_there_are():
    rows = [NATION, limit("P", 12, "2022-01-01"), limit("CN", 7, "2022-01-01", subject="I-1"),
            limit("D3", 6, "2022-01-01", group="young"), limit("D3", 6, "2022-01-01", subject="I-2")]
    some = found(*rows, groups={"young": ["young"]})
    assert [(one.subject, one.group, one.finding.place) for one in some] == [("I", "all", "P"), ("I-1", "all", "P")]
    assert [one.finding.amount for one in some] == [Decimal(2), Decimal(5)]
    of_group = found(NATION, limit("Q", 16, "2022-01-01", group="young"), groups={"young": ["young"]})
    assert [(one.group, one.finding.place) for one in of_group] == [("young", "Q")]


def test_a_place_that_changes_its_tier_is_looked_at_on_that_day():
    tiers = {"tiers": {"scheme": "s", "values": {"1": 8, "2": 12}}}
    held = book_of({"provisions": [NATION, limit("P", tiers, "2022-01-01")],
                    "tiers": [{"scheme": "s", "region": "C", "tier": "1", "from": date(2020, 1, 1),
                               "until": date(2027, 6, 30)},
                              {"scheme": "s", "region": "C", "tier": "2", "from": date(2027, 7, 1)},
                              {"scheme": "s", "region": "P", "tier": "1", "from": date(2020, 1, 1)}]}, places=PLACES)
    for region, at in (("C", ("C",)), ("P", ("C", "P"))):  # the province has both tiers from then on
        (one,) = findings_over(held, region, FIRST, LAST)
        assert (one.finding.place, one.begins, one.holds_at) == ("P", date(2027, 7, 1), at)


def test_a_place_that_comes_or_goes_is_looked_at_while_it_is_there():
    places = {**PLACES, "N": {"level": 2, "in": "P", "from": date(2027, 5, 1)},
              "O": {"level": 2, "in": "P", "until": date(2027, 4, 30)}}
    some = found(NATION, limit("N", 12, "2020-01-01"), limit("O", 12, "2020-01-01"), places=places)
    assert sorted(kinds(some)) == [("below_standard_above", "N", "2027-05-01", ""),
                                   ("below_standard_above", "O", "2020-01-01", "2027-04-30")]


def test_a_place_that_does_not_count_is_neither_told_nor_counted():
    rows = [NATION, limit("P", 12, "2022-01-01"), limit("Q", 12, "2022-01-01")]
    some = found(*rows, counts=lambda place: place not in ("Q", "D3"))
    assert [(one.finding.place, one.effect) for one in some] == [("P", 2)]
    assert found(*rows, region="Q", counts=lambda place: place != "Q") == []


# -- review points ---------------------------------------------------------------------------------------


def listed(*items: str) -> Callable[[str, str, date], bool | None]:
    return lambda subject, place, on: None if subject == "*" else subject in items


def test_more_than_the_standard_above_without_its_assessment_is_a_review_point():
    rows = [pension("CN", 100, "2020-01-01"), pension("P", 120, "2027-01-01")]
    assert kinds(found(*rows, listed=listed("I"))) == [("raised_without_assessment", "P", "2027-01-01", "")]
    rows[1]["assessment"] = "on file"
    assert found(*rows, listed=listed("I")) == []


def test_a_benefit_beyond_the_list_needs_the_record_of_its_assessment():
    rows = [pension("P", 120, "2025-01-01")]
    (one,) = found(*rows, listed=listed())
    assert kinds([one]) == [("beyond_list", "P", "2025-01-01", "")] and not one.finding.to_be_checked
    assert found(*rows, listed=listed("I")) == [] and found(*rows) == []
    assert found({**rows[0], "assessment": "on file"}, listed=listed()) == []
    assert found(limit("P", 3, "2025-01-01"), listed=listed()) == []  # a time limit costs nothing


def test_more_people_than_the_standard_above_takes_in_need_it_too():
    groups = {"poor": ["poor"]}
    rows = [pension("CN", 100, "2020-01-01", group="poor"), pension("P", 100, "2025-01-01")]
    some = found(*rows, listed=listed("I"), groups=groups)
    assert [(one.finding.kind, one.finding.place, one.group) for one in some] == [("beyond_recipients", "P", "all")]
    assert found(rows[0], pension("P", 100, "2025-01-01", group="poor"), listed=listed("I"), groups=groups) == []


# -- refusals and laws -----------------------------------------------------------------------------------


def test_a_period_that_ends_before_it_begins_and_a_place_that_is_not_there_are_refused():
    held = book_of({"provisions": [NATION]}, places={**PLACES, "O": {"level": 2, "in": "P", "until": date(2020, 1, 1)}})
    with pytest.raises(Refused, match="is before the first day"):
        findings_over(held, "CN", LAST, FIRST)
    with pytest.raises(Refused, match="does not exist"):
        findings_over(held, "O", FIRST, LAST)


days = st.integers(0, 24).map(lambda n: date(2026, 9, 1) + timedelta(days=35 * n))
says = st.lists(st.tuples(st.sampled_from(sorted(PLACES)), days, st.sampled_from(["floor", "exact", "cap"]),
                          st.integers(0, 9), st.integers(0, 400)), min_size=1, max_size=12,
                unique_by=lambda one: (one[0], one[1]))


@settings(max_examples=120)
@given(says)
def test_what_is_told_over_time_is_what_asking_each_day_tells(drawn: list[tuple[str, date, str, int, int]]):
    """At every place that speaks, on every day: the same kinds at the same places, and no others."""
    held = make_book(measures=all_measures(), places=SmallPlaces(PLACES), subjects=SmallSubjects(), says=[
        Say("I", "promised_limit", place, "all", modality, Decimal(value), "working_day", first, order=order, mark="V",
            lapses_on=first + timedelta(days=length))
        for order, (place, first, modality, value, length) in enumerate(drawn)])
    told = findings_over(held, "CN", FIRST, LAST)
    for place in {place for place, *_ in drawn}:
        for offset in range(0, (LAST - FIRST).days + 1, 7):
            on = FIRST + timedelta(days=offset)
            asked = {(one.kind, one.place) for one in ask(held, Question("promised_limit", "I", place, on)).findings}
            assert asked == {(one.finding.kind, one.finding.place) for one in told
                             if place in one.holds_at and one.begins <= on <= one.ends}
