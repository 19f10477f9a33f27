"""Rules over time: what a version would do on its day and later, and since when somebody loses by what is on record."""

from datetime import date
from typing import Any

import pytest

from jizhun.entitlements.rules import Entitlements, read_all
from jizhun.entitlements.rules.book import Version
from jizhun.entitlements.rules.reading import read_entitlement
from jizhun.entitlements.rules.watching import days_of_change, foresee, found_over_time
from jizhun.entitlements.rules.widening import nothing_on_record
from jizhun.kernel.bilingual import Refused
from worlds import SmallPlaces

TODAY = date(2026, 11, 27)
PLACES = SmallPlaces({"CN": {"level": 0}, "1": {"level": 1, "in": "CN"}, "11": {"level": 2, "in": "1"},
                      "12": {"level": 2, "in": "1", "until": date(2028, 6, 30)}, "2": {"level": 1, "in": "CN"}})
FACT = {"code": "paid", "type": "number", "low": 0, "high": 720, "label_zh": "月数", "label_en": "Months",
        "question_zh": "？", "question_en": "?"}
CITED = {"zh": "某", "en": "Some", "document": "a", "mark": "V"}
HEAD = {"code": "b", "name_zh": "某", "name_en": "Some", "subject": "A", "place_role": "place_of_insurance",
        "summary_zh": "某", "summary_en": "Some"}


def said(region: str, first: str, holds: str = "", *, until: str = "", amount: str = "", **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"region": region, "from": first, **({"until": until} if until else {}), **more}
    if holds:
        row["conditions"] = [{"name": "enough", "holds": holds, **CITED}]
    if amount:
        row["results"] = [{"name": "amount", "unit": "CNY", "is": amount, **CITED}]
    return row


NATION = said("CN", "2000-01-01", "paid >= 12", amount="100")


def book_of(*rows: dict[str, Any]) -> Entitlements:
    return read_all([FACT], [{**HEAD, "versions": [NATION, *rows]}])


def version(row: dict[str, Any], book: Entitlements) -> Version:
    return read_entitlement({**HEAD, "versions": [row]}, book.facts)[1][0]


def foreseen(row: dict[str, Any], *others: dict[str, Any]) -> Any:
    book = book_of(*others)
    return foresee(book, version(row, book), PLACES.path, TODAY)


def found(*rows: dict[str, Any]) -> list[tuple[str, date, list[str], bool]]:
    return [(one.version.place, one.losing.day, [loss.kind for loss in one.losing.losses], bool(one.losing.broken))
            for one in found_over_time(book_of(*rows), "b", PLACES.path, TODAY, lambda place: nothing_on_record)]


def test_days_of_change_begin_with_the_first_and_know_the_day_after_the_last():
    book = book_of(said("1", "2027-01-01", "paid > 1", until="2027-12-31"), said("1", "2030-01-01", "paid > 2"))
    assert days_of_change(book.versions["b"], TODAY, date(2029, 1, 1)) == (TODAY, date(2027, 1, 1), date(2028, 1, 1))


# -- what is on record

def test_nobody_is_found_where_places_only_widen():
    assert found(said("1", "2020-01-01", "paid >= 6"), said("11", "2020-01-01", amount="150")) == []


def test_who_loses_today_is_found_today_though_it_began_long_ago():
    assert found(said("1", "2020-01-01", "paid >= 24")) == [("1", TODAY, ["circle"], False)]


def test_a_version_that_begins_later_is_told_of_from_its_day():
    assert found(said("1", "2027-03-01", amount="90")) == [("1", date(2027, 3, 1), ["less"], False)]


def test_a_rise_above_makes_a_place_fall_behind_from_that_day():
    assert found(said("1", "2020-01-01", amount="120"), said("CN", "2028-01-01", "paid >= 12", amount="150")) == \
        [("1", date(2028, 1, 1), ["less"], False)]


def test_a_city_is_held_against_its_province():
    assert found(said("1", "2020-01-01", amount="200"), said("11", "2020-01-01", amount="150")) == \
        [("11", TODAY, ["less"], False)]


def test_what_has_lapsed_and_what_is_superseded_is_not_told():
    assert found(said("1", "2020-01-01", amount="90", until="2026-11-26")) == []
    assert found(said("1", "2020-01-01", amount="90"), said("1", "2021-01-01", amount="110")) == []


def test_a_lapse_lets_the_older_version_count_again():
    rows = [said("1", "2020-01-01", amount="90"), said("1", "2026-01-01", amount="110", until="2027-12-31")]
    assert found(*rows) == [("1", date(2028, 1, 1), ["less"], False)]


def test_the_same_rules_are_told_once_however_many_days_pass():
    rows = [said("1", "2019-01-01", amount="80", until="2028-01-01"), said("1", "2020-01-01", amount="90")]
    assert found(*rows) == [("1", TODAY, ["less"], False)]


def test_a_rule_that_cannot_be_put_together_any_more_is_told_with_why():
    rows = [said("CN", "2010-01-01", "paid >= 12", amount="half * 2", workings=[{"name": "half", "is": "50", **CITED}]),
            said("1", "2020-01-01", amount="half * 3"), said("CN", "2027-01-01", "paid >= 12", amount="100")]
    assert found(*rows) == [("1", date(2027, 1, 1), [], True)]
    (one,) = found_over_time(book_of(*rows), "b", PLACES.path, TODAY, lambda place: nothing_on_record)
    assert one.losing.broken is not None and "half" in one.losing.broken.en


def test_a_place_that_ceases_is_told_of_no_longer():
    assert found(said("12", "2020-01-01", amount="120"), said("CN", "2029-01-01", "paid >= 12", amount="150")) == []


def test_what_was_not_read_at_its_source_has_to_be_checked_first():
    (one,) = found_over_time(book_of(said("1", "2020-01-01", "paid >= 24")), "b", PLACES.path, TODAY,
                             lambda place: nothing_on_record)
    assert one.verified
    unread = said("1", "2020-01-01", "paid >= 24")
    unread["conditions"][0]["mark"] = "R"
    (one,) = found_over_time(book_of(unread), "b", PLACES.path, TODAY, lambda place: nothing_on_record)
    assert not one.verified


# -- what a version would do

def test_a_loss_from_a_later_day_is_foreseen_with_that_day():
    one = foreseen(said("1", "2027-01-01", amount="120"), said("CN", "2028-01-01", "paid >= 12", amount="150"))
    assert [(losing.day, [loss.kind for loss in losing.losses])
            for losing in one.losing] == [(date(2028, 1, 1), ["less"])]


def test_nothing_after_its_last_day_or_its_successor_is_laid_to_a_version():
    later = said("CN", "2028-01-01", "paid >= 12", amount="150")
    assert foreseen(said("1", "2027-01-01", amount="120", until="2027-12-31"), later).losing == ()
    assert foreseen(said("1", "2027-01-01", amount="120"), later, said("1", "2027-06-01", amount="60")).losing == ()


def test_who_has_more_there_now_is_told_though_the_rule_above_gives_less():
    one = foreseen(said("1", "2027-01-01", amount="110"), said("1", "2020-01-01", amount="140"))
    assert one.losses == () and [(loss.kind, loss.above, loss.below) for loss in one.fewer] == [("less", 140, 110)]
    assert foreseen(said("1", "2027-01-01", amount="150"), said("1", "2020-01-01", amount="140")).fewer == ()


def test_places_below_that_would_fall_behind_are_named():
    one = foreseen(said("1", "2027-01-01", amount="150"), said("11", "2020-01-01", amount="120"),
                   said("2", "2020-01-01", amount="90"))
    assert [(place, losing.day) for place, losing in one.below] == [("11", date(2027, 1, 1))]


@pytest.mark.parametrize(("row", "others", "sentence"), [
    (said("1", "2027-01-01", amount="120", until="2028-12-31"), [],
     "It lapses after 2028-12-31; then only the rule above"),
    (said("1", "2027-01-01", amount="120", until="2028-12-31"), [said("1", "2020-01-01", amount="110")],
     "then the version of this place since 2020-01-01 counts again"),
    (said("1", "2020-01-01", amount="120"), [], "begins before today"),
    (said("1", "2027-01-01", amount="120"), [said("1", "2029-01-01", amount="130")],
     "From 2029-01-01 on a later version"),
    (said("1", "2027-01-01", amount="120", conditions=[{"name": "more", "holds": "paid >= 0", "zh": "某", "en": "Some",
                                                        "mark": "R"}]), [], "not verified"),
])
def test_what_one_should_know_of_the_days_around_it_is_said(row, others, sentence):
    assert any(sentence in warning.en for warning in foreseen(row, *others).warnings)


def test_a_plain_version_warns_of_nothing():
    assert foreseen(said("1", "2027-01-01", amount="120")).warnings == ()


def test_a_version_with_nothing_above_or_with_unknown_names_is_refused():
    book = read_all([FACT], [{**HEAD, "versions": [said("2", "2000-01-01", "paid > 1")]}])
    with pytest.raises(Refused, match="There is no rule above"):
        foresee(book, version(said("1", "2027-01-01", amount="1"), book), PLACES.path, TODAY)
    with pytest.raises(Refused, match="nowhere"):
        foreseen(said("1", "2027-01-01", amount="nowhere + 1"))
