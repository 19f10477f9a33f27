"""Collaboration areas over time, places side by side, what carries over: rules without a database."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from jizhun.collaboration.rules.areas import (
    DISSOLVED,
    FORMED,
    INVITED,
    JOINED,
    LEFT,
    Step,
    bodies,
    check_step,
    members_on,
    memberships,
    waiting,
)
from jizhun.collaboration.rules.beside import Line, Row, Said, beside, check_places, ordered, row_of
from jizhun.collaboration.rules.recognising import Recognised, carries
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import FAR
from jizhun.provisions.rules.values import Cells, Quantity


def day(text: str) -> date:
    return date.fromisoformat(text)


# -- areas -----------------------------------------------------------------------------------------

HISTORY = [Step("A", INVITED, day("2024-01-01")), Step("A", JOINED, day("2024-01-01")),
           Step("B", INVITED, day("2024-01-01")), Step("B", JOINED, day("2024-03-01")),
           Step("B", LEFT, day("2025-01-01")), Step("B", INVITED, day("2025-02-01")),
           Step("B", JOINED, day("2025-06-01")), Step("C", INVITED, day("2025-02-01"))]


@pytest.mark.parametrize(("on", "expected"), [
    ("2023-12-31", ()), ("2024-01-01", ("A",)), ("2024-02-29", ("A",)), ("2024-03-01", ("A", "B")),
    ("2024-12-31", ("A", "B")), ("2025-01-01", ("A",)), ("2025-06-01", ("A", "B")), ("2030-01-01", ("A", "B"))])
def test_who_belongs_to_an_area_is_told_by_what_places_did(on, expected):
    assert members_on(HISTORY, day(on)) == expected


def test_a_place_that_comes_back_has_two_memberships():
    assert [(one.region, one.until) for one in memberships(HISTORY)] == [
        ("A", FAR), ("B", day("2024-12-31")), ("B", FAR)]
    assert waiting(HISTORY) == ("C",)


@pytest.mark.parametrize(("step", "said"), [
    (Step("A", INVITED, day("2026-01-01")), "invited already"),
    (Step("C", INVITED, day("2026-01-01")), "invited already"),
    (Step("D", JOINED, day("2026-01-01")), "no invitation"),
    (Step("D", LEFT, day("2026-01-01")), "no member"),
    (Step("A", LEFT, day("2024-01-01")), "only after the day it joined")])
def test_a_step_that_cannot_follow_is_refused(step, said):
    with pytest.raises(Refused, match=said):
        check_step(HISTORY, step)


def test_an_invitation_may_be_declined():
    check_step(HISTORY, Step("C", LEFT, day("2025-03-01")))
    assert waiting([*HISTORY, Step("C", LEFT, day("2025-03-01"))]) == ()


def test_a_joint_body_ends_the_day_before_it_is_dissolved():
    name = Bilingual("联席会议", "Joint meeting")
    told = bodies([(name, NO_WORDS, FORMED, day("2024-01-01")), (name, NO_WORDS, DISSOLVED, day("2025-01-01"))])
    assert [(one.since, one.until) for one in told] == [(day("2024-01-01"), day("2024-12-31"))]


# -- side by side ----------------------------------------------------------------------------------


def said(value: object, verified: bool = True) -> Said:
    words = Bilingual(str(value), str(value))
    key = repr(sorted(value)) if isinstance(value, frozenset) else repr(value)
    return Said(value, words if value is not None else NO_WORDS, key, verified)


def days(*numbers: int | None) -> list[Said]:
    return [said(None if one is None else Quantity(Decimal(one), "working_day")) for one in numbers]


def label(code: str) -> Bilingual:
    return Bilingual(code, code)


LIMIT = Line("M", "promised_limit", Bilingual("时限", "Limit"), "promise", "lower")
AMOUNT = Line("M", "benefit_amount", Bilingual("金额", "Amount"), "promise", "higher")
MATERIALS = Line("M", "materials", Bilingual("材料", "Materials"), "promise", "subset")
CHANNELS = Line("M", "channels", Bilingual("渠道", "Channels"), "promise", "superset")
BASE = Line("M", "contribution_base_floor", Bilingual("基数", "Base"), "promise", "none")
KIND = Line("M", "case_kind", Bilingual("类型", "Kind"), "guide", "none", ("instant", "committed"))
TEXT = Line("M", "conditions", Bilingual("条件", "Conditions"), "guide")


def verdicts(row: Row) -> list[str]:
    return [one.verdict for one in row.cells]


def test_fewer_days_are_better_and_the_fewest_are_what_all_would_promise():
    row = row_of(LIMIT, days(10, 5, 10, 20, None), label)
    assert verdicts(row) == ["yardstick", "better", "equal", "worse", "nothing"]
    assert [one.best for one in row.cells] == [False, True, False, False, False]
    assert row.target == Quantity(Decimal(5), "working_day") and row.apart == 5
    assert [one.move.en if one.move else None for one in row.cells] == [
        f"{row.cells[0].said.words.en} → {row.cells[1].said.words.en} (−50 %)", None,
        f"{row.cells[0].said.words.en} → {row.cells[1].said.words.en} (−50 %)",
        f"{row.cells[3].said.words.en} → {row.cells[1].said.words.en} (−75 %)", None]


def test_more_money_is_better():
    row = row_of(AMOUNT, [said(Quantity(Decimal(one), "CNY/month")) for one in (100, 120)], label)
    assert verdicts(row) == ["yardstick", "better"] and row.cells[0].move is not None
    assert "+20 %" in row.cells[0].move.en


def test_only_the_materials_that_all_ask_for_are_left():
    row = row_of(MATERIALS, [said(frozenset("ab")), said(frozenset("bc")), said(frozenset("b"))], label)
    assert verdicts(row) == ["yardstick", "different", "better"]
    assert row.target == frozenset("b")
    assert [one.move.en if one.move else None for one in row.cells] == ["no longer ask for: a",
                                                                        "no longer ask for: c", None]


def test_the_best_of_sets_may_be_nobodys():
    row = row_of(MATERIALS, [said(frozenset("ab")), said(frozenset("bc"))], label)
    assert row.target == frozenset("b") and row.target_words == Bilingual("b", "b")
    channels = row_of(CHANNELS, [said(frozenset("ab")), said(frozenset("bc"))], label)
    assert channels.target == frozenset("abc") and [one.move.en for one in channels.cells if one.move] == [
        "add: c", "add: a"]


def test_that_nothing_is_on_record_is_no_difference():
    row = row_of(LIMIT, days(10, None), label)
    assert not row.differs and row.target is None and row.silent == 1
    assert [one.move for one in row.cells] == [None, None]
    first = row_of(LIMIT, days(None, 10), label)
    assert verdicts(first) == ["nothing", "only_here"] and not first.differs


def test_where_nobody_knows_which_is_better_it_has_to_be_agreed():
    for line, says in ((BASE, days(10, 5)), (TEXT, [said("one"), said("other")])):
        row = row_of(line, says, label)
        assert verdicts(row) == ["yardstick", "different"] and row.open and row.target is None


def test_choices_have_an_order():
    row = row_of(KIND, [said("committed"), said("instant")], label)
    assert verdicts(row) == ["yardstick", "better"] and row.target == "instant"
    assert row.cells[0].move == Bilingual("committed→instant", "committed → instant")


def test_a_range_is_better_only_where_no_end_is_worse():
    low, high = (Quantity(Decimal(one), "CNY/month") for one in (100, 200))
    whole, upper = Cells((), low, high), Cells((), low, Quantity(Decimal(150), "CNY/month"))
    assert verdicts(row_of(AMOUNT, [said(upper), said(whole)], label)) == ["yardstick", "better"]
    crossing = row_of(AMOUNT, [said(whole), said(Quantity(Decimal(150), "CNY/month"))], label)
    assert verdicts(crossing) == ["yardstick", "different"] and crossing.open


def test_units_that_cannot_be_compared_are_different():
    row = row_of(LIMIT, [*days(10), said(Quantity(Decimal(1), "month"))], label)
    assert verdicts(row) == ["yardstick", "different"] and row.open


def test_the_most_different_stands_first_and_lines_that_differ_before_others():
    calm = beside("A", [(LIMIT, days(1, 1, 1))], label)
    wild = beside("B", [(AMOUNT, days(1, 1, 1)), (LIMIT, days(1, 2, 3)), (BASE, days(None, None, None))], label)
    assert [one.subject for one in ordered([calm, wild])] == ["B", "A"]
    assert [row.line.code for row in wild.rows] == ["promised_limit", "benefit_amount"] and wild.apart == 3


@pytest.mark.parametrize("order", list(permutations((3, 5, 8))))
def test_the_target_does_not_depend_on_the_order_of_places(order):
    row = row_of(LIMIT, days(*order), label)
    assert row.target == Quantity(Decimal(3), "working_day") and row.apart == 3
    assert [one.best for one in row.cells] == [one == 3 for one in order]


@pytest.mark.parametrize(("codes", "said_"), [
    (("A",), "from 2 to 8"), (tuple("ABCDEFGHI"), "from 2 to 8"), (("A", "A"), "twice"),
    (("A", "S"), "fictional"), (("A", "X"), "not meant for X")])
def test_places_that_cannot_stand_side_by_side_are_refused(codes, said_):
    with pytest.raises(Refused, match=said_):
        check_places(codes, lambda code: code == "S", lambda code: code != "X")


# -- recognition -----------------------------------------------------------------------------------


def recognised(**more: object) -> Recognised:
    return Recognised("r", "material", NO_WORDS, NO_WORDS, ("A", "B"), day("2025-01-01"), **more)  # type: ignore[arg-type]


A, B, C = ("N", "A", "a1"), ("N", "B", "b1"), ("N", "C")


@pytest.mark.parametrize(("before", "after", "on", "expected"), [
    (A, B, "2025-01-01", True), (B, A, "2025-01-01", True), (A, B, "2024-12-31", False),
    (A, C, "2025-01-01", False), (C, B, "2025-01-01", False)])
def test_what_is_recognised_carries_over_both_ways(before, after, on, expected):
    assert carries(recognised(), before, after, day(on)) is expected


def test_what_is_given_one_way_does_not_carry_back():
    one = recognised(giver="A")
    assert carries(one, A, B, day("2025-01-01")) and not carries(one, B, A, day("2025-01-01"))


def test_what_has_ended_carries_no_more():
    assert not carries(recognised(until=day("2025-06-30")), A, B, day("2025-07-01"))


def test_the_nations_law_covers_every_move():
    law = Recognised("law", "contribution", NO_WORDS, NO_WORDS, ("N",), day("2025-01-01"))
    assert carries(law, A, C, day("2025-01-01"))
