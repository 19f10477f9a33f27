"""Procedures as pairs of steps, figures from counts, sentences and the picture: worked out by hand."""

from typing import Any

import pytest

from jizhun.analytics.following.flow import (
    NOWHERE,
    OUT_OF_ORDER,
    REPEATED,
    SKIPPED,
    UNFINISHED,
    UNKNOWN,
    Flow,
    Limit,
)
from jizhun.analytics.following.sql import bit, kinds_of
from jizhun.analytics.following.steps import BETWEEN
from jizhun.evaluation.rules import telling
from jizhun.evaluation.rules.following import Followed, Share, fitness, followed_from, quantile
from jizhun.evaluation.rules.procedures import followed_flow
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.texts import yaml_of
from jizhun.procedures.rules import read_steps
from jizhun.procedures.rules.base import base_steps
from worlds import ROOT


def step(code: str, *to: str, **more: Any) -> dict[str, Any]:
    together = more.pop("together", False)
    return {"id": code, "name": {"zh": f"步骤{code}", "en": f"Step {code}"}, "role": "examiner",
            "next": [{"to": one, "together": together} for one in to], **more}


def flow_of(*rows: dict[str, Any]) -> Flow:
    return followed_flow(read_steps(list(rows)))


# -- a procedure as pairs --------------------------------------------------------------------------


def test_ways_become_pairs_with_the_first_step_as_start_and_ways_to_the_end_as_ends() -> None:
    flow = flow_of(step("a", "b", "c"), step("b", "a", "end"), step("c", "end", limit={"amount": 3}), step("lost", "c"))
    assert flow.starts == {"a"} and flow.ends == {"b", "c"}
    assert flow.follows == {("a", "b"), ("a", "c"), ("b", "a")} and flow.always == frozenset()
    assert flow.limits == {"c": Limit(3)} and flow.name("c") == Bilingual("步骤c", "Step c")


def test_what_others_do_or_are_waited_for_may_be_on_record_or_not() -> None:
    flow = flow_of(step("ask", "take", role="applicant"), step("take", "wait", "do"),
                   step("wait", "take", waits_for="citizen", limit={"amount": 9}), step("do", "rate"),
                   step("rate", "end", role="applicant"))
    assert flow.starts == {"ask", "take"} and flow.ends == {"do", "rate"}
    assert ("take", "take") in flow.follows and ("take", "wait") in flow.follows
    assert flow.limits == {}


def test_steps_taken_together_may_come_in_any_order_and_none_may_be_left_out() -> None:
    flow = flow_of(step("a", "b", "c", together=True), step("b", "b2"), step("b2", "d"), step("c", "d"),
                   step("d", "end"))
    assert {("b", "c"), ("c", "b"), ("b2", "c"), ("c", "b2")} <= flow.follows
    assert ("b2", "b") not in flow.follows and ("a", "d") not in flow.follows
    assert flow.always == {"b", "b2", "c"}


def test_steps_taken_together_on_one_of_several_ways_are_not_needed_on_the_others() -> None:
    flow = flow_of(step("s", "a", "d"), step("a", "b", "c", together=True), step("b", "d"), step("c", "d"),
                   step("d", "end"))
    assert flow.always == frozenset() and ("c", "b") in flow.follows


def test_every_national_base_procedure_can_be_held_against() -> None:
    content = yaml_of((ROOT / "data" / "procedures" / "base.yaml").read_bytes(), "base.yaml")
    for matter in content["matters"]:
        flow = followed_flow(read_steps(base_steps(content, matter)))
        assert flow.starts and flow.ends and flow.way(NOWHERE, NOWHERE) is not None, matter


LINE = Flow(frozenset("a"), frozenset("d"), frozenset({("a", "b"), ("b", "c"), ("c", "d"), ("c", "b")}),
            limits={"b": Limit(2), "d": Limit(10, "hour")},
            names={code: Bilingual(f"步骤{code}", f"Step {code}") for code in "abcd"})


@pytest.mark.parametrize(("previous", "code", "kind"), [
    (NOWHERE, "a", 0), (NOWHERE, "c", SKIPPED), ("a", "c", SKIPPED), ("c", "b", 0), ("d", "a", OUT_OF_ORDER),
    ("b", "d", SKIPPED), ("b", "a", OUT_OF_ORDER), ("d", NOWHERE, 0), ("c", NOWHERE, UNFINISHED)])
def test_what_one_step_after_another_is(previous: str, code: str, kind: int) -> None:
    assert LINE.kind(previous, code) == kind


def test_the_way_between_two_steps_names_what_was_passed_over() -> None:
    assert LINE.way("a", "d") == ("b", "c") and LINE.way(NOWHERE, "b") == ("a",) and LINE.way("d", "a") is None
    assert LINE.way("b", NOWHERE) == ("c", "d") and LINE.way("a", "a") is None


# -- figures ---------------------------------------------------------------------------------------


def move(previous: str, code: str, n: int, hours: int = 1, wd: int = 0, **more: int) -> dict[str, Any]:
    return {"flow": 0, "previous": previous, "step": code, "done": 1, "is_last": 0, "used_hours": hours,
            "used_days": wd, "used_wd": wd, "n": n, **more}


ROWS: dict[str, list[dict[str, Any]]] = {
    "cases_by_verdict": [
        {"place": 7, "done": 1, "bits": 0, "n": 80}, {"place": 8, "done": 1, "bits": bit(SKIPPED), "n": 15},
        {"place": 8, "done": 1, "bits": bit(SKIPPED) | bit(UNKNOWN), "n": 5},
        {"place": 8, "done": 0, "bits": 0, "n": 3}, {"place": 8, "done": 0, "bits": bit(REPEATED), "n": 1}],
    "common": [{"trace": BETWEEN.join("abcd"), "bits": 0, "n": 80},
               {"trace": BETWEEN.join("abd"), "bits": bit(SKIPPED), "n": 15},
               {"trace": BETWEEN.join("axbd"), "bits": bit(SKIPPED) | bit(UNKNOWN), "n": 5}],
    "number_of_ways": [{"ways": 3}],
    "deviating": [{"flow": 0, "previous": "b", "step": "d", "kind": SKIPPED, "n": 20},
                  {"flow": 0, "previous": "a", "step": "x", "kind": UNKNOWN, "n": 5},
                  {"flow": 0, "previous": "x", "step": "b", "kind": UNKNOWN, "n": 5}],
    "moves": [move(NOWHERE, "a", 100), move("a", "b", 60, 20, 1), move("a", "b", 35, 90, 3), move("a", "x", 5),
              move("x", "b", 5), move("b", "c", 80), move("c", "d", 75, 10), move("c", "d", 5, 11, is_last=1),
              move("b", "d", 20, -1, -1, is_last=1), move("c", "d", 75, is_last=1)],
}


def figures(smallest: int = 10) -> Followed:
    return followed_from(ROWS, [LINE], smallest=smallest)


def test_shares_are_of_finished_cases_and_open_ones_are_counted_apart() -> None:
    found = figures()
    assert (found.followed, found.open_off) == (Share(80, 100), Share(1, 4))
    assert [(one.kind, one.cases.part) for one in found.deviations] == [
        (UNKNOWN, 5), (REPEATED, 0), (SKIPPED, 20), (OUT_OF_ORDER, 0), (UNFINISHED, 0)]
    assert [(row.place, row.followed, row.open) for row in found.places] == [
        (7, Share(80, 80), 0), (8, Share(0, 20), 4)]


def test_what_few_cases_have_is_not_listed_but_counted() -> None:
    found = figures()
    assert [way.cases.part for way in found.common] == [80, 15]
    assert all(one.times >= 10 for one in found.moves) and found.hidden == 4
    unknown = found.deviations[0]
    assert (unknown.cases.part, unknown.pairs, unknown.more) == (5, (), 1)
    assert figures(1).hidden == 0 and figures(1).deviations[0].pairs[0].step == "x"


def test_skipped_steps_are_named() -> None:
    (pair,) = figures().deviations[2].pairs
    assert (pair.previous, pair.step, pair.cases, pair.between) == ("b", "d", 20, ("c",))


def test_times_are_medians_and_nine_tenths_against_the_limit_of_the_later_step() -> None:
    found = {(one.previous, one.step): one for one in figures(1).moves}
    one = found["a", "b"]
    assert (one.times, one.timed, one.median_hours, one.p90_hours) == (95, 95, 20, 90)
    assert (one.limit, one.median, one.p90, one.over) == (Limit(2), 1, 3, Share(35, 95))
    assert found["c", "d"].over == Share(5, 155), "more than ten hours begun"
    assert (found["b", "d"].timed, found["b", "d"].median, found["b", "d"].over) == (0, None, None)
    assert found["b", "c"].limit is None and found["x", "b"].kind == UNKNOWN


def test_quantiles_are_values_that_occurred() -> None:
    assert quantile({1: 5, 2: 4, 9: 1}, 50) == 1 and quantile({1: 5, 2: 4, 9: 1}, 90) == 2
    assert quantile({3: 1}, 90) == 3 and quantile({}, 50) is None


def test_fitness_of_the_whole_log() -> None:
    """Moves a-b 8, b-d 2 (not allowed); first step a, last steps b (no end) and d: (0.8 x 2 + 2) / (2 + 1 + 2)."""
    moves = [move(NOWHERE, "a", 10), move("a", "b", 2), move("a", "b", 6, is_last=1), move("b", "d", 2, is_last=1)]
    assert fitness(moves, [LINE]) == pytest.approx((0.8 * 2 + 2) / 5)
    assert fitness([move(NOWHERE, "a", 3, is_last=1)], [LINE]) == 1.0 and fitness([], [LINE]) == 1.0


def test_limits_of_two_procedures_each_count_for_their_own_cases() -> None:
    strict = Flow(LINE.starts, LINE.ends, LINE.follows, {"b": Limit(0)}, LINE.names)
    rows = {**ROWS, "moves": [move("a", "b", 60, 20, 1), move("a", "b", 40, 20, 1, flow=1)]}
    (one,) = followed_from(rows, [LINE, strict]).moves
    assert one.over == Share(40, 100) and one.limit == Limit(2)


def test_kinds_as_bits() -> None:
    assert kinds_of(bit(SKIPPED) | bit(UNKNOWN)) == (UNKNOWN, SKIPPED) and kinds_of(0) == ()


# -- words and picture -----------------------------------------------------------------------------


def test_it_is_told_in_sentences_the_most_important_first() -> None:
    zh, en = zip(*((one.zh, one.en) for one in telling.sentences(figures(), Share(104, 120))), strict=True)
    assert en[:4] == (
        "80 of 100 finished cases (80.0%) followed the procedure.",
        "104 of 120 cases (86.7%) have their steps on record; the others are not counted here.",
        "4 more are still open; 1 of them have already left the procedure.",
        "Skipped step: 20 cases (20.0%), most often Step b → Step d (past Step c) (20 cases).")
    assert "Step outside the procedure: 5 cases (5.0%)." in en
    slow = "Most often over its limit is Step a → Step b (limit: 2 working days): 35 of 95 (36.8%)"
    assert any(one.startswith(slow) for one in en)
    assert zh[0] == "100 件已办结办件中，80 件（80.0%）按规程办理。" and len(zh) == len(en)


def test_nothing_finished_is_said_as_such() -> None:
    rows = {**ROWS, "cases_by_verdict": ROWS["cases_by_verdict"][3:], "common": [], "deviating": []}
    assert telling.sentences(followed_from(rows, [LINE]), Share(4, 4))[0].en.startswith("No case with steps on record")


def test_the_picture_has_every_step_in_its_column_and_what_was_never_gone() -> None:
    found = telling.picture(figures(1))
    nodes = {one.code: one for one in found.nodes}
    assert [nodes[code].rank for code in "abcdx"] == [0, 1, 2, 3, 4]
    assert (nodes["x"].known, nodes["a"].known, nodes["a"].times) == (False, True, 100)
    edges = {(one.previous, one.step): one for one in found.edges}
    assert edges["c", "b"].width == 0 and edges["c", "d"].width == 6 and edges["b", "d"].kind == SKIPPED
    assert NOWHERE not in nodes and all(previous for previous, _ in edges)
