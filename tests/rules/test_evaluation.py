"""Indices as data, figures from counts, and the SQL that a reader can follow."""

import re

import numpy as np
import pytest

from jizhun.analytics.plan import (
    BROKEN,
    KEPT,
    MEASURES,
    NOT_JUDGED,
    OPEN,
    OVERDUE,
    VERDICT_NAMES,
    WHOLE,
    Plan,
    TooWide,
    counts,
)
from jizhun.analytics.sql import steps, text
from jizhun.evaluation.indices import INDICES, find
from jizhun.evaluation.rules import figures, read_by, total, verdict_condition
from jizhun.kernel.bilingual import Refused
from worlds import ROOT

BY_MONTH = Plan((WHOLE,), ("month",), 0, 30_000, 20_000)
TALLY = {NOT_JUDGED: 7, KEPT: 30, OPEN: 5, OVERDUE: 2, BROKEN: 6}


def found(plan: Plan, rows: dict[tuple[int, ...], int]) -> object:
    """An engine's answer: (codes of the dimensions, verdicts) -> cases, packed by the plan's weights."""
    weights = [plan.weights()[name] for name in (*plan.by, *plan.verdicts)]
    cells = [sum(code * weight for code, weight in zip(codes, weights, strict=True)) for codes in rows]
    return counts(plan, [(np.array(cells), np.array(list(rows.values())))])


@pytest.mark.parametrize(("code", "numerator", "denominator"), [
    ("conformance", 30, 36), ("on_time", 30, 38), ("overdue_open", 2, 7), ("no_promise", 7, 50)])
def test_an_index_divides_the_verdicts_its_definition_names(code: str, numerator: int, denominator: int) -> None:
    rows = {(202409 - 190_000, verdict): n for verdict, n in TALLY.items()}
    (figure,) = figures(find(code), BY_MONTH, found(BY_MONTH, rows))
    assert (figure.codes, figure.numerator, figure.denominator) == ((202409,), numerator, denominator)
    assert figure.cases == 50 and figure.value == numerator / denominator
    assert figure.verdicts == tuple(TALLY[verdict] for verdict in range(5))


def test_cases_without_a_promise_are_counted_and_never_divided_by() -> None:
    (figure,) = figures(find("conformance"), BY_MONTH, found(BY_MONTH, {(12_409, NOT_JUDGED): 4}))
    assert (figure.cases, figure.denominator, figure.value) == (4, 0, None)
    assert figure.small


def test_the_total_is_the_sum_of_the_rows_not_their_mean() -> None:
    rows = {(12_409, KEPT): 9, (12_409, BROKEN): 1, (12_410, KEPT): 1, (12_410, BROKEN): 1}
    whole = total(figures(find("conformance"), BY_MONTH, found(BY_MONTH, rows)))
    assert (whole.numerator, whole.denominator, whole.cases) == (10, 12, 12)
    assert total([]).cases == 0


def test_packing_and_unpacking_every_dimension_gives_the_codes_back() -> None:
    plan = Plan(MEASURES[:3], ("item", "region", "month"), 0, 1, 1)
    codes = {(18, 4_000, 12_409, KEPT, BROKEN, OVERDUE): 3, (0, 0, 0, 0, 0, 0): 1, (4_095, 131_071, 32_767, 4, 4, 4): 2}
    assert found(plan, codes).rows(plan) == {
        ((item, region, month + 190_000), tuple(verdicts)): n for (item, region, month, *verdicts), n in codes.items()}


def test_codes_beyond_the_usual_bits_get_room_and_come_back() -> None:
    plan = Plan(MEASURES[:3], ("item", "region", "month"), 0, 1, 1, largest=(("item", 4_096), ("region", 2**20)))
    codes = {(4_096, 2**20, 12_409, KEPT, BROKEN, OVERDUE): 3, (1, 131_072, 0, 0, 0, 0): 1}
    assert found(plan, codes).rows(plan) == {
        ((item, region, month + 190_000), tuple(verdicts)): n for (item, region, month, *verdicts), n in codes.items()}


def test_parts_of_the_lake_are_added_up() -> None:
    plan = Plan((WHOLE,), (), 0, 1, 1)
    parts = [(np.array([1, 4]), np.array([2**40, 5])), (np.array([4, 1]), np.array([7, 1]))]
    assert counts(plan, parts).rows(plan) == {((), (1,)): 2**40 + 1, ((), (4,)): 12}


def test_what_does_not_fit_one_number_is_refused() -> None:
    with pytest.raises(TooWide):
        Plan((WHOLE, *MEASURES), ("matter", "region", "month", "group"), 0, 1, 1).weights()
    with pytest.raises(TooWide):
        Plan(MEASURES[:3], ("item", "region", "month"), 0, 1, 1,
             largest=(("region", 2**31 - 1), ("item", 2**20))).weights()


def test_every_index_is_told_in_both_languages_and_on_the_method_pages() -> None:
    pages = {language: (ROOT / "docs" / language / "method.md").read_text("utf-8") for language in ("en", "zh")}
    for code, index in INDICES.items():
        assert index.numerator <= index.denominator
        assert index.name.zh and index.name.en and index.text.zh and index.text.en
        assert all(f"`{code}`" in page for page in pages.values()), code


def test_an_unknown_index_names_the_nearest() -> None:
    with pytest.raises(Refused, match=r"conformance\.fee"):
        find("conformance.fees")


def test_dimensions_as_they_are_written() -> None:
    assert read_by("item, county,month", 1).dimensions == ("item", "region", "month")
    assert read_by("item,county", 1).level == 3
    assert read_by("region", 2).level == 2
    assert read_by("", 1).dimensions == ()
    for wrong in ("weather", "item,item", "county,province"):
        with pytest.raises(Refused):
            read_by(wrong, 1)


def test_a_verdict_becomes_a_condition_and_nothing_else_does() -> None:
    assert verdict_condition("broken", None) == f"whole = {BROKEN}"
    assert verdict_condition("overdue", "promised_limit") == f"v_promised_limit = {OVERDUE}"
    with pytest.raises(Refused):
        verdict_condition("kept' OR 1=1", None)
    assert VERDICT_NAMES[OPEN] == "open"


ENGINES_OWN = r"\b(ASOF|QUALIFY|EXCLUDE|LIST_|UNNEST|ANY_VALUE|EPOCH|STRFTIME|::|ILIKE)\b|//"


def test_the_sql_has_named_steps_and_only_plain_operators() -> None:
    sql = text(steps(Plan((WHOLE, *MEASURES), ("item", "region", "month"), 19_000, 20_000, 20_000)))
    names = re.findall(r"^(\w+) AS \(", sql, re.M)
    assert names == ["at_data_date", "promised", "judged"]
    assert sql.count("-- ") == 4, "each step says what it is for"
    assert not re.search(ENGINES_OWN, sql)
