"""What is owed after a rise with earlier effect, as notices that were read say; amounts they do not give are ours."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from jizhun.entitlements.rules.arrears import Arrears, Paid, arrears, read_paid
from jizhun.kernel.bilingual import Refused


def months(year: int, first: int, last: int, amount: str) -> list[Paid]:
    return [Paid(date(year, month, 15), Decimal(amount)) for month in range(first, last + 1)]


def rise(paid: Iterable[Paid], new: str, since: date, **more: date | bool) -> Arrears:
    return arrears(paid, lambda month: Decimal(new), since=since, **more)  # type: ignore[arg-type]


def test_sichuan_2024_six_months_backwards() -> None:
    """The notice of 2024-12-31 raised the basic part by 10 to 163 from 2024-07-01."""
    found = rise(months(2024, 1, 12, "153"), "163", date(2024, 7, 1))
    assert [one.month.month for one in found.months] == [7, 8, 9, 10, 11, 12]
    assert found.total == 60


def test_nothing_before_the_first_day_of_the_new_level() -> None:
    """Tieling 2024: months before the first day are not touched."""
    assert rise(months(2024, 1, 4, "1700"), "1890", date(2024, 5, 1)).months == ()


def test_the_first_day_of_the_new_level_counts() -> None:
    assert rise(months(2024, 4, 5, "1700"), "1890", date(2024, 5, 1)).total == 190


def test_whoever_qualifies_later_gets_it_from_the_first_month_of_entitlement() -> None:
    """Hubei 2015: from the month of first entitlement, whole."""
    found = rise(months(2014, 7, 12, "55"), "70", date(2014, 7, 1), entitled_from=date(2014, 10, 20))
    assert [one.month for one in found.months] == [date(2014, 10, 1), date(2014, 11, 1), date(2014, 12, 1)]
    assert found.total == 45


def test_a_claim_that_has_ended_is_included_to_its_last_month() -> None:
    """Yinchuan 2013: whoever drew for the last time in May gets May's difference."""
    found = rise(months(2013, 4, 6, "750"), "850", date(2013, 5, 1), entitled_until=date(2013, 5, 31))
    assert [one.month for one in found.months] == [date(2013, 5, 1)] and found.total == 100


def test_lump_sums_are_left_out_unless_the_notice_says_otherwise() -> None:
    paid = [Paid(date(2013, 5, 1), Decimal(750), lump_sum=True)]
    assert rise(paid, "850", date(2013, 5, 1)).months == ()
    assert rise(paid, "850", date(2013, 5, 1), lump_sums=True).total == 100


def test_several_payments_for_a_month_are_added_up() -> None:
    """A month whose difference was paid already is not owed again."""
    paid = [*months(2022, 7, 8, "180"), Paid(date(2022, 7, 28), Decimal(10))]
    found = rise(paid, "190", date(2022, 7, 1))
    assert [one.month for one in found.months] == [date(2022, 8, 1)] and found.total == 10


def test_what_was_paid_above_the_new_level_is_not_taken_back() -> None:
    paid = [Paid(date(2022, 7, 1), Decimal(200)), Paid(date(2022, 8, 1), Decimal(180))]
    assert rise(paid, "190", date(2022, 7, 1)).total == 10


def test_a_level_may_rise_twice() -> None:
    found = arrears(months(2022, 1, 4, "93"), lambda month: Decimal(98 if month < date(2022, 3, 1) else 103),
                    since=date(2022, 1, 1))
    assert [one.difference for one in found.months] == [5, 5, 10, 10] and found.total == 30


def test_a_month_without_a_known_level_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        arrears(months(2026, 1, 1, "143"), lambda month: None, since=date(2026, 1, 1))
    assert refusal.value.sentence.en == "The new level of 2026-01 is not on record."


# -- what was paid, as somebody writes it ----------------------------------------------------------


def test_months_are_written_one_by_one_or_from_to() -> None:
    assert read_paid({"2025-11..2026-01": Decimal("190.5"), "2026-03": "200"}) == {
        date(2025, 11, 1): Decimal("190.5"), date(2025, 12, 1): Decimal("190.5"), date(2026, 1, 1): Decimal("190.5"),
        date(2026, 3, 1): 200}


@pytest.mark.parametrize(("said", "sentence"), [
    ({"2025-13": 1}, "“2025-13” is no month: write it like 2025-07, or 2025-07..2025-09."),
    ({"July": 1}, "“July” is no month"), ({"2025-09..2025-07": 1}, "“2025-09..2025-07” is no month"),
    ({"2025-07": "much"}, "2025-07: “much” is no amount."), ({"2025-07": True}, "2025-07: “True” is no amount."),
    ({"2025-07": "-1"}, "no amount"), ({"2025-07": "NaN"}, "no amount"), ({"2025-07": None}, "no amount"),
    ({"2025-07": "1e12"}, "no amount"), ({"2025-07..2025-08": 1, "2025-08": 1}, "2025-08 is given twice."),
    ({"2000-01..2025-01": 1}, "At most 240 months are worked out at a time.")])
def test_what_is_no_payment_is_refused(said: dict[str, object], sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_paid(said)
    assert sentence in refusal.value.sentence.en and refusal.value.sentence.zh
