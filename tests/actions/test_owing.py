"""A level that became known after its first day, found behind an answer, and what is owed for it."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from jizhun.entitlements.actions import Person, entitled, owing, rises
from jizhun.entitlements.rules.promising import Places
from jizhun.entitlements.rules.rising import Rise, rise_in_words
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import SYSTEM
from jizhun.provisions import actions as provisions

pytestmark = pytest.mark.usefixtures("world")
CODE, DISTRICT = "internship_subsidy", "990101"
FACTS = {"birth_date": "2003-01-01", "without_work": True, "host_supports": True}
ROW = {"subject": "NB023", "measure": "internship_allowance", "region": "990100", "modality": "floor",
       "unit": "CNY/month", "document": "sim-interns-2024", "assessment": "on file", "mark": "SIM",
       "source": "simulated"}


@pytest.fixture(autouse=True)
def _taken_back(db: None) -> Iterator[None]:
    with transaction.atomic():
        point = transaction.savepoint()
        yield
        transaction.savepoint_rollback(point)


def person(place: str = DISTRICT, **more: Any) -> Person:
    return Person({**FACTS, **more}, Places(place))


def found(on: str, who: Person | None = None, code: str = CODE) -> list[Rise]:
    one, day = who or person(), date.fromisoformat(on)
    answers = entitled(facts=one.facts, places=one.places, on=day, codes=[code])
    return [risen for _, risen in rises(answers=answers, person=one)]


def test_a_paper_after_the_first_day_of_its_level_is_a_rise() -> None:
    """The simulated notice of 2025-09-28 raised the allowance from 2,200 to 2,400 from 2025-07-01."""
    one, = found("2025-10-20")
    assert (one.since, one.told_on, one.level, one.before) == (date(2025, 7, 1), date(2025, 9, 28), 2400, 2200)
    assert [f"{month:%m}" for month in one.months] == ["07", "08", "09"] and one.owed.total == 600
    words = rise_in_words(one)
    assert words.en == (
        "Since 2025-07-01 “Living allowance at least” is 2,400 yuan a month (Rise of the living allowance of interns "
        "in the Sample Province (simulated), made known on 2025-09-28). If you were paid 2,200 yuan a month from "
        "2025-07 to 2025-09, the difference is 600 yuan (3 months).")
    assert words.zh == (
        "自2025年7月1日起，“见习生活补助不低于”为每月 2,400 元（《示例省提高就业见习生活补助标准的通知》（模拟），"
        "2025年9月28日公布）。如果2025年7月至2025年9月仍按每月 2,200 元发放，应补 600 元（3 个月）。")


def test_nothing_is_told_before_the_paper_nor_to_whom_it_gives_nothing() -> None:
    assert found("2025-09-27") == [] and found("2025-06-30") == []
    assert found("2025-10-20", person(without_work=False)) == []


def test_a_level_that_no_paper_gave_late_is_no_rise() -> None:
    assert found("2025-10-20", person("430000")) == []


def test_a_value_recorded_after_its_first_day_is_a_rise_over_what_was_on_record_till_then() -> None:
    today = date.today()
    first = (today.replace(day=1) - timedelta(40)).replace(day=1)
    provisions.record(by=SYSTEM, row={**ROW, "value": 2500, "from": first.isoformat()})
    one, = found(today.isoformat())
    assert (one.since, one.told_on, one.level, one.before) == (first, today, 2500, 2400)
    assert one.months[0] == first and one.months[-1] == today.replace(day=1) and one.owed.total == 100 * len(one.months)


def test_what_is_owed_counts_the_months_of_the_level_in_which_one_was_entitled() -> None:
    paid = {date(2025, month, 15): Decimal(2200) for month in range(5, 11)}
    done = owing(person=person(), code=CODE, on=date(2026, 3, 1), paid=paid)
    assert [one.month.month for one in done.owed.months] == [7, 8, 9, 10] and done.owed.total == 800
    later = owing(person=person(birth_date="2009-08-20", graduate=False), code=CODE, on=date(2026, 3, 1), paid=paid)
    assert [one.month.month for one in later.owed.months] == [9, 10], "sixteen since 20 August"
    assert owing(person=person(), code=CODE, on=date(2025, 8, 5), paid=paid).owed.total == 400


@pytest.mark.parametrize(("code", "facts", "sentence"), [
    ("nothing", {}, "no entitlement “nothing”"), (CODE, {"without_work": False}, "no known amount a month"),
    ("injury_lump_sum", {}, "no known amount a month")])
def test_what_gives_no_monthly_amount_is_refused(code: str, facts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        owing(person=person(**facts), code=code, on=date(2026, 3, 1), paid={date(2025, 7, 1): Decimal(1)})
