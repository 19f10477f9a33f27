"""A negative rating at work: cases an official can read, and which acts may follow on which."""

from datetime import date
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jizhun.evaluation.rules.negative import (
    KINDS,
    Act,
    Kind,
    allowed,
    check,
    clock_for,
    doer_of,
    negative_of,
    read_clock,
)
from jizhun.evaluation.rules.rectification import Limit, judge
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.working_days import Calendar
from worlds import CASES, ROOT, read_yaml

FILE = read_yaml(CASES / "ratings" / "rectification.yaml")
CALENDAR, LIMIT = Calendar(), Limit(**FILE["limit"])
MORE: dict[str, dict[str, Any]] = {
    "satisfied": {"reached": True, "satisfied": True}, "dissatisfied": {"reached": True, "satisfied": False},
    "unreached": {"reached": False}, "upheld": {"upheld": True}, "refused": {"upheld": False}}


def acts_of(rows: list[list[Any]]) -> list[Act]:
    return [Act(kind, day, f"user-{kind}", "words", **MORE[more[0]] if more else {}) for day, kind, *more in rows]


@pytest.mark.parametrize("case", FILE["cases"], ids=lambda one: one["name"])
def test_a_case_is_judged_as_an_official_would(case: dict[str, Any]) -> None:
    acts = acts_of(case["acts"])
    for n, one in enumerate(acts):
        check(one, acts[:n], case["rated"])
    found = judge(negative_of(case["rated"], acts), LIMIT, case["as_of"], CALENDAR)
    assert (found.verdict, found.due) == (case["verdict"], case["due"])
    assert list(allowed(acts)) == case["next"]
    if "closed_by" in case:
        assert doer_of("close", acts) == case["closed_by"]


KIND = st.sampled_from(get_args(Kind))


@given(st.lists(st.tuples(KIND, st.sampled_from([*MORE.values(), {}])), max_size=12))
def test_whatever_is_tried_only_what_may_follow_is_done_and_days_never_go_back(tried: list[Any]) -> None:
    """Every chain of acts that passes gives days in order, and ends once it is closed."""
    rated, acts = date(2024, 3, 4), []
    for n, (kind, more) in enumerate(tried):
        act = Act(kind, date(2024, 3, 5 + n), f"user{n}", "words", **more)
        may = kind in (*allowed(acts), "withdraw")
        try:
            check(act, acts, rated)
        except Refused:
            continue
        assert may
        acts.append(act)
        negative_of(rated, acts)  # refuses days that go back
        if kind == "close":
            assert allowed(acts) == ()


ANSWERED = acts_of([[date(2024, 3, 5), "take_up"], [date(2024, 3, 6), "answer"]])


@pytest.mark.parametrize(("act", "before", "wrong"), [
    (Act("answer", date(2024, 3, 6), text=" "), ANSWERED[:1], "Write something"),
    (Act("answer", date(2024, 3, 6), text="x" * 2001), ANSWERED[:1], "2000 characters"),
    (Act("answer", date(2024, 3, 4), text="x"), ANSWERED[:1], "lies before"),
    (Act("close", date(2024, 3, 8), text="x"), ANSWERED, "What can be done: call back"),
    (Act("call_back", date(2024, 3, 8)), ANSWERED, "whether the person was reached"),
    (Act("call_back", date(2024, 3, 8), reached=True), ANSWERED, "whether the person was reached"),
    (Act("call_back", date(2024, 3, 8), reached=False, satisfied=True), ANSWERED, "whether the person was reached"),
    (Act("close", date(2024, 3, 9)), [*ANSWERED, Act("call_back", date(2024, 3, 8), reached=False)],
     "Write something"),
    (Act("decide", date(2024, 3, 9), "b", "x"), [Act("appeal", date(2024, 3, 8), "a", "x")], "whether the appeal"),
    (Act("decide", date(2024, 3, 9), "a", "x", upheld=True), [Act("appeal", date(2024, 3, 8), "a", "x")],
     "somebody else")])
def test_what_cannot_be_is_refused_in_one_sentence(act: Act, before: list[Act], wrong: str) -> None:
    with pytest.raises(Refused, match=wrong):
        check(act, before, date(2024, 3, 4))


def test_nearest_and_newest_clock_holds_and_nobody_s_where_none_is_on_record() -> None:
    rows: list[dict[str, Any]] = [
        {"region": "P", "amount": 15, "source": "a", "mark": "V"},
        {"region": "C", "amount": 10, "source": "b", "mark": "V", "from": date(2025, 1, 1)},
        {"region": "C", "amount": 8, "source": "c", "mark": "V", "from": date(2025, 7, 1)}]
    clocks = [read_clock(row) for row in rows]

    def days(path: list[str], on: date) -> int | None:
        found = clock_for(clocks, path, on)
        return found.limit.amount if found else None

    assert days(["N", "P", "C"], date(2024, 6, 1)) == 15
    assert days(["N", "P", "C"], date(2025, 6, 30)) == 10 and days(["N", "P", "C"], date(2025, 7, 1)) == 8
    assert days(["N", "P", "D"], date(2025, 7, 1)) == 15 and days(["N", "Q"], date(2025, 7, 1)) is None


def test_a_clock_that_cannot_be_is_refused() -> None:
    row: dict[str, Any] = {"region": "P", "amount": 15, "source": "a", "mark": "V"}
    for wrong in ({"source": ""}, {"amount": "15"}, {"amount": True}, {"amount": -1}, {"unit": "hours"},
                  {"since": "closed"}, {"from": "2025"}):
        with pytest.raises(Refused):
            read_clock({**row, **wrong})


def test_the_shipped_clocks_say_where_they_come_from() -> None:
    for file in ("satisfaction/clocks.yaml", "simulated/clocks.yaml"):
        for row in read_yaml(ROOT / "data" / file)["clocks"]:
            clock = read_clock(row)
            assert clock.source and clock.note.zh and clock.note.en
            assert (clock.mark == "SIM") == clock.region.startswith("99"), clock
    assert all(one.name.zh and one.name.en for one in KINDS.values())
