"""Samples that anybody can draw again, agreement with assessors, what was seen on the spot, questionnaires."""

import hashlib
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.evaluation.rules.agreement import Pair, agreement, cohen
from jizhun.evaluation.rules.conduct import LEDGER, Taken, check_act, fits, observed, overdue_days, state_of
from jizhun.evaluation.rules.questionnaires import Questionnaire, Return, read_questionnaire, read_returns, result
from jizhun.evaluation.rules.sampling import allocate, draw, frame_digest, half_even, rank, spread_over
from jizhun.kernel.bilingual import Refused
from jizhun.provisions.rules.resolve import Question, ask
from jizhun.provisions.rules.values import Quantity
from worlds import ROOT, all_measures, book_of, read_yaml

FILE = ROOT / "data" / "evaluation" / "questionnaires" / "visitors-example.yaml"


# -- samples ---------------------------------------------------------------------------------------


def test_a_draw_can_be_checked_with_any_sha256() -> None:
    keys = ["b", "a", "c"]
    by_hand = sorted(keys, key=lambda key: hashlib.sha256(f"7:{key}".encode()).hexdigest())
    assert draw({"x": keys}, 2, "7") == {"x": by_hand[:2]} == draw({"x": keys[::-1]}, 2, "7")
    assert rank("7", "a") == hashlib.sha256(b"7:a").hexdigest()
    assert frame_digest(["b", "a"]) == hashlib.sha256(b"a\nb").hexdigest()


def test_every_stratum_has_one_and_the_rest_goes_by_size() -> None:
    assert allocate({"a": 90, "b": 9, "c": 1}, 10) == {"a": 7, "b": 2, "c": 1}
    assert allocate({"a": 2, "b": 2}, 99) == {"a": 2, "b": 2}
    assert allocate({"a": 5, "b": 0}, 2) == {"a": 2}
    with pytest.raises(Refused, match="at least one"):
        allocate({"a": 5}, 0)


SIZES = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 500), min_size=1, max_size=12)


@given(SIZES, st.integers(1, 300), st.text("0123456789", max_size=4))
def test_allocation_takes_what_is_wanted_and_never_more_than_there_is(sizes: dict[str, int], wanted: int,
                                                                      seed: str) -> None:
    taken = allocate(sizes, wanted, seed)
    assert sum(taken.values()) == min(wanted, sum(sizes.values()))
    assert all(1 <= number <= sizes[one] for one, number in taken.items())
    assert taken == allocate(dict(reversed(sizes.items())), wanted, seed), "the order in which strata come is nothing"


@given(st.dictionaries(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), st.integers(1, 60), min_size=1),
       st.integers(1, 200))
def test_allocation_over_two_parts(sizes: dict[tuple[str, ...], int], wanted: int) -> None:
    taken = spread_over(sizes, wanted, "s")
    assert sum(taken.values()) == min(wanted, sum(sizes.values()))
    assert all(1 <= number <= sizes[one] for one, number in taken.items())


@given(st.dictionaries(st.integers(0, 4), st.integers(1, 10_000), min_size=1), st.integers(5, 400))
def test_half_of_the_sample_is_even(sizes: dict[int, int], wanted: int) -> None:
    taken = half_even(sizes, wanted)
    assert sum(taken.values()) == min(wanted, sum(sizes.values()))
    assert all(number >= min(sizes[one], wanted // (2 * len(sizes))) for one, number in taken.items())


def test_larger_strata_are_the_likelier_where_not_all_can_be_drawn() -> None:
    drawn = Counter(next(iter(allocate({"big": 900, "small": 100}, 1, str(seed)))) for seed in range(400))
    assert 330 < drawn["big"] < 390, drawn


# -- agreement -------------------------------------------------------------------------------------


def pairs(table: dict[tuple[str, str], int], weight: float = 1.0) -> list[Pair]:
    return [Pair(a, b, weight) for (a, b), n in table.items() for _ in range(n)]


def test_kappa_of_a_table_worked_by_hand() -> None:
    """20, 5, 10, 15: agreement 0.7, by chance 0.5 x 0.6 + 0.5 x 0.4 = 0.5, kappa 0.4."""
    table = {("kept", "kept"): 20, ("kept", "broken"): 5, ("broken", "kept"): 10, ("broken", "broken"): 15}
    told = agreement(pairs(table))
    assert told.share == 0.7 and told.kappa == pytest.approx(0.4) and told.n == 50
    assert told.error == pytest.approx((0.7 * 0.3 / 50) ** 0.5 / 0.5)
    assert told.weighted == told.share and told.table["kept", "broken"] == 5


def test_cases_that_cannot_be_told_stand_beside_and_weights_bring_the_frame_back() -> None:
    drawn = [*pairs({("kept", "kept"): 3}, 100.0), *pairs({("broken", "kept"): 1}), Pair("kept", "cannot_tell")]
    told = agreement(drawn)
    assert (told.n, told.open_cases, told.share) == (4, 1, 0.75) and told.weighted == pytest.approx(300 / 301)


def test_nothing_judged_and_one_word_only() -> None:
    assert agreement([]).share is None and agreement([]).kappa is None
    assert cohen({("kept", "kept"): 5}) == (1.0, None, None)


# -- conduct ---------------------------------------------------------------------------------------

PROMISES = {"provisions": [
    {"subject": "M", "measure": "promised_limit", "region": "CN", "modality": "floor", "value": 5,
     "unit": "working_day", "from": date(2024, 1, 1)}]}


def answer(measure: str, on: date = date(2025, 1, 1)) -> Any:
    rows = read_yaml(ROOT / "tests" / "cases" / "promises" / "places.yaml")
    place = next(code for code, row in rows.items() if row["level"] == 0)
    promises = {"provisions": [{**PROMISES["provisions"][0], "region": place}]}
    return ask(book_of(promises), Question(measure, "M", place, on, "all", None, {}))


@pytest.mark.parametrize(("typed", "unit", "verdict"), [
    ("5", "", "kept"), ("5.5", "", "broken"), ("7", "calendar_day", "kept"), ("8", "calendar_day", "broken")])
def test_what_was_seen_beside_the_promise_of_the_day(typed: str, unit: str, verdict: str) -> None:
    assert fits(observed(all_measures()["promised_limit"], typed, unit), answer("promised_limit")) == verdict


def test_no_promise_that_day_and_values_of_another_kind() -> None:
    measure = all_measures()["promised_limit"]
    assert fits(observed(measure, "5"), answer("promised_limit", date(2023, 12, 31))) == "nothing"
    assert fits(frozenset({"a"}), answer("promised_limit")) == "beside"
    assert fits(Quantity(Decimal(1), "month"), answer("promised_limit")) == "beside"


@pytest.mark.parametrize(("measure", "typed", "unit"), [
    ("promised_limit", "soon", ""), ("promised_limit", "-1", ""), ("promised_limit", "3", "CNY"), ("fee", "NaN", ""),
    ("channels", "", ""), ("telephone", "12333", "")])
def test_observations_that_cannot_be_read(measure: str, typed: str, unit: str) -> None:
    with pytest.raises(Refused):
        observed(all_measures()[measure], typed, unit)


def test_a_point_is_closed_after_a_second_look_by_somebody_else() -> None:
    day = date(2026, 1, 1)
    acts = [Taken("answer", day, "county")]
    assert state_of([]) == "open" and state_of(acts) == "answered"
    assert check_act(acts, "confirm", "city") == "closed" and check_act(acts, "send_back", "city") == "open"
    with pytest.raises(Refused, match="own"):
        check_act(acts, "confirm", "county")
    with pytest.raises(Refused, match="is not possible"):
        check_act([], "confirm", "city")
    assert LEDGER.take("closed", "reopen").to == "open"


def test_only_open_points_are_overdue() -> None:
    due, later = date(2026, 1, 1), date(2026, 1, 4)
    assert [overdue_days(state, due, later) for state in ("open", "answered", "closed")] == [3, 0, 0]
    assert overdue_days("open", due, due) == 0 and overdue_days("open", None, later) == 0


# -- questionnaires --------------------------------------------------------------------------------


def asked() -> Questionnaire:
    return read_questionnaire(read_yaml(FILE), FILE.name)


HEAD = ["no", "place", "overall", "speed", "skill", "manner", "guide_right", "asked_more", "channel", "words"]
ROW = ["1", "P", "5", "4", "满意", "very satisfied", "", "否", "Online", "fine"]


def test_returns_in_codes_or_words_of_either_language() -> None:
    read = read_returns([HEAD, ROW, [""], ["2", "P", "1"]], asked(), {"P"})
    assert read.faults == () and [one.number for one in read.returns] == ["1", "2"]
    assert read.returns[0].answers == {"overall": "5", "speed": "4", "skill": "4", "manner": "5", "asked_more": "no",
                                       "channel": "online", "words": "fine"}


def test_every_fault_has_its_cell() -> None:
    rows = [HEAD, ["1", "Q", "6", *ROW[3:]], ["1", "P", "5", *ROW[3:]], ["", "P", "5", *ROW[3:]]]
    read = read_returns(rows, asked(), {"P"}, {"9"})
    assert [(one.cell, one.sentence.en) for one in read.faults] == [
        ("B2", "“Q” is no place of this survey."), ("C2", "“6” is no answer to choose."),
        ("A3", "The number “1” is empty or was there before."), ("A4", "The number “” is empty or was there before.")]
    again = read_returns([HEAD, ["9", *ROW[1:]]], asked(), {"P"}, {"9"})
    assert [one.cell for one in again.faults] == ["A2"]


@pytest.mark.parametrize(("head", "cell"), [(["place"], "B1"), ([*HEAD, "moon"], "K1"), ([*HEAD, "speed"], "K1"),
                                            ([""], "A1")])
def test_heads_that_are_wrong(head: list[str], cell: str) -> None:
    assert [one.cell for one in read_returns([head, ROW], asked(), {"P"}).faults] == [cell]


def test_the_result_worked_by_hand() -> None:
    """Two returns of four asked: overall 5 and 1 (100, 0: mean 50), speed 4 (80), nobody on skill and manner;
    weights 0.4 and 0.2: (0.4 x 50 + 0.2 x 80) / 0.6 = 60."""
    told = result(asked(), [Return("1", "P", {"overall": "5", "speed": "4", "words": "fine"}),
                            Return("2", "P", {"overall": "1"})], 4)
    assert told.index == pytest.approx(60) and told.returned.value == 0.5 and told.mean("overall") == 3
    assert (told.positive.fits, told.positive.of) == (2, 3) and told.words == {"words": ("fine",)}
    assert told.mean("guide_right") is None and result(asked(), [], 4).index is None


@pytest.mark.parametrize("change", [
    {"scale": "moon"}, {"questions": []}, {"questions": [{"code": "place", "kind": "grade", "zh": "", "en": ""}]},
    {"questions": [{"code": "a", "kind": "choice", "zh": "", "en": ""}]},
    {"questions": [{"code": "a", "kind": "agree", "weight": 1, "zh": "", "en": ""}]},
    {"questions": [{"kind": "grade"}]}])
def test_questionnaires_that_cannot_be(change: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        read_questionnaire({**read_yaml(FILE), **change}, "q.yaml")
