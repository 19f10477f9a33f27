"""What a provision would change: places below, services that read it, findings that come and go."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from jizhun.provisions.rules import Book, Say
from jizhun.provisions.rules.book import Line
from jizhun.provisions.rules.effect import Effect, effect
from jizhun.provisions.rules.values import Formula, Quantity
from worlds import book_of

START, ON = date(2024, 1, 1), date(2025, 1, 1)
PLACES = {"CN": {"level": 0}, "P": {"level": 1, "in": "CN"}, "Q": {"level": 1, "in": "CN"},
          "C": {"level": 2, "in": "P"}, "D": {"level": 3, "in": "C"}}
ROWS = [
    {"subject": "*", "measure": "minimum_wage", "region": "P", "value": 2000, "unit": "CNY/month", "from": START},
    {"subject": "I", "measure": "benefit_amount", "region": "P", "unit": "CNY/month", "from": START,
     "value": {"formula": {"times": "0.9", "of": "minimum_wage"}}},
    {"subject": "I", "measure": "visits", "region": "CN", "value": 2, "unit": "times", "from": START},
]


def say(measure: str, place: str, value: object, subject: str = "I", modality: str = "floor") -> Say:
    unit = {"minimum_wage": "CNY/month", "benefit_amount": "CNY/month", "visits": "times"}[measure]
    said = value if isinstance(value, Formula) else Decimal(str(value))
    return Say(subject, measure, place, "all", modality, said, unit, ON, order=99, mark="V")


def of(new: Say, *more: dict) -> Effect:
    before = book_of({"provisions": [*ROWS, *more]}, places=PLACES)
    lines = {**before.lines, (new.subject, new.measure): with_say(before, new)}
    return effect(before, replace(before, lines=lines, memory={}), new)


def with_say(book: Book, new: Say) -> dict:
    by_place = {place: dict(slots) for place, slots in book.lines.get((new.subject, new.measure), {}).items()}
    slots = by_place.setdefault(new.place, {})
    old = slots.get((new.group, new.slot))
    slots[new.group, new.slot] = Line([*(old.points if old else ()), new])
    return by_place


def test_a_raise_reaches_every_place_below_and_no_other() -> None:
    found = of(say("visits", "P", 1))
    assert found.places == {"P", "C", "D"}
    (one,) = found.changed
    assert (one.before.value, one.after.value) == (Quantity(Decimal(2), "times"), Quantity(Decimal(1), "times"))


def test_a_benefit_that_is_a_share_of_the_wage_moves_with_it() -> None:
    found = of(say("minimum_wage", "P", 2200, subject="*"))
    assert [(one.subject, one.measure, one.after.value.amount) for one in found.changed] == [
        ("*", "minimum_wage", Decimal(2200)), ("I", "benefit_amount", Decimal("1980.0"))]


def test_what_promises_less_than_above_changes_nothing_and_is_a_finding() -> None:
    found = of(say("visits", "C", 3))
    assert found.changed == () and found.places == frozenset()
    assert [(one.kind, one.place) for one in found.new_findings] == [("below_standard_above", "C")]


def test_what_mends_a_fault_makes_its_finding_go() -> None:
    worse = {"subject": "I", "measure": "visits", "region": "C", "value": 3, "unit": "times", "from": START}
    found = of(say("visits", "C", 1), worse)
    assert [one.kind for one in found.gone_findings] == ["below_standard_above"]
    assert found.new_findings == () and found.places == {"C", "D"}
