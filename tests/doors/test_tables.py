"""Tables as CSV: plain numbers, the right encoding, nothing that a spreadsheet would run."""

import csv
import io
from decimal import Decimal

import pytest
from django.utils import translation

from jizhun.frame.periods import days_of, periods_with
from jizhun.frame.tables import Cell, Column, Table, as_csv
from jizhun.frame.tags import day, share
from jizhun.kernel.bilingual import Refused


def lines(table: Table) -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv(table).content.decode("utf-8-sig"))))


def test_cells_give_their_plain_value_and_formulas_are_disarmed():
    table = Table("t", "T", [Column("name", "Name"), Column("n", "N", "number")], [
        ["=1+1", Cell("1,000", plain=1000)], ["杭州", Cell("–5", plain=-5)], ["-5", "@x"]])
    assert lines(table) == [["name", "n"], ["'=1+1", "1000"], ["杭州", "-5"], ["'-5", "'@x"]]


@pytest.mark.parametrize(("value", "written"), [
    (1, "100%"), (Decimal("0.99999"), "99.9%"), (0.9949, "99.4%"), (0.98999, "98.9%"), (0, "0.0%"), (None, "–")])
def test_shares_are_cut_so_that_a_hundred_means_all(value, written):
    with translation.override("zh-hans"):
        assert share(value) == written


def test_days_are_written_as_the_language_does():
    first = days_of("2025-02")[0]
    with translation.override("zh-hans"):
        assert day(first) == "2025年2月1日"
    with translation.override("en"):
        assert day(first) == "2025-02-01"


@pytest.mark.parametrize(("period", "first", "last"), [
    ("2024", "2024-01-01", "2024-12-31"), ("2025Q1", "2025-01-01", "2025-03-31"),
    ("2024-02", "2024-02-01", "2024-02-29")])
def test_periods_run_from_their_first_to_their_last_day(period, first, last):
    assert tuple(str(one) for one in days_of(period)) == (first, last)


@pytest.mark.parametrize("period", ["2025Q5", "2025-13", "25", "all", "2025Q1;drop"])
def test_other_periods_are_refused(period):
    with pytest.raises(Refused, match="is not a period"):
        days_of(period)


def test_periods_on_offer_are_the_newest_first():
    assert periods_with(["2024-12", "2025-01", "2025-02"]) == ["2025Q1", "2025", "2024Q4", "2024"]
