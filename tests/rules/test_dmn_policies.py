"""DMN: the hit policies of decision tables, each told by hand and held against a plain count."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmn_models import answer, decision, dmn, entry, inputs, table
from jizhun.entitlements.dmn import Runner, decide, lowered, read_model, typed
from jizhun.entitlements.feel import Unknown

YEARS = ["< 0 => 0", ">= 1 => 10", ">= 5 => 30", ">= 10 => 20"]
"""At 12 years the rules 2, 3 and 4 hold; at 3 years rule 2; at 0 none."""


@pytest.mark.parametrize(("policy", "aggregation", "at_3", "at_12"), [
    ("UNIQUE", "", 10, "! decision “d”: Rules 2, 3 and 4 hold at once, and in this table (U) only one may."),
    ("ANY", "", 10, "! decision “d”: Rules 2, 3 and 4 hold at once with different results; in this table (A) they must "
                    "agree."),
    ("PRIORITY", "", 10, 30), ("FIRST", "", 10, 10), ("RULE ORDER", "", [10], [10, 30, 20]),
    ("OUTPUT ORDER", "", [10], [30, 20, 10]), ("COLLECT", "", [10], [10, 30, 20]), ("COLLECT", "SUM", 10, 60),
    ("COLLECT", "MIN", 10, 10), ("COLLECT", "MAX", 10, 30), ("COLLECT", "COUNT", 1, 3)])
def test_hit_policy(policy: str, aggregation: str, at_3: Any, at_12: Any) -> None:
    values = "30, 20, 10, 0" if policy in ("PRIORITY", "OUTPUT ORDER") else ""
    model = dmn(inputs("years: number"), decision("d", table(["years"], ["o"], YEARS, policy, aggregation, values)))
    assert answer(model, "d", years=3) == at_3
    assert answer(model, "d", years=12) == at_12
    assert answer(model, "d", years=0) is None and answer(model, "d") is None
    with_default = model.replace(b'<output name="o">', b'<output name="o"><defaultOutputEntry><text>7</text>'
                                                       b"</defaultOutputEntry>")
    assert answer(with_default, "d", years=0) == 7 and answer(with_default, "d", years=12) == at_12


def test_any_is_content_where_results_agree() -> None:
    model = dmn(inputs("n"), decision("d", table(["n"], ["o"], ["> 1 => 2", "> 2 => 1 + 1"], "ANY")))
    assert answer(model, "d", n=5) == 2


def test_several_outputs_are_a_context() -> None:
    rules = ['"农村" => 0.5 | "甲"', '"城镇" => 0.8 | "乙"']
    model = dmn(inputs("户籍"), decision("d", table(["户籍"], ["比例", "档次"], rules, defaults='0 | "无"')))
    assert answer(model, "d", 户籍="城镇") == {"比例": Decimal("0.8"), "档次": "乙"}
    assert answer(model, "d", 户籍="海外") == {"比例": 0, "档次": "无"}


def test_several_outputs_are_summed_up_one_by_one() -> None:
    model = dmn(inputs("n"),
                decision("d", table(["n"], ["a", "b"], ["> 0 => 1 | 10", "> 1 => 2 | 20"], "COLLECT", "SUM")))
    assert answer(model, "d", n=2) == {"a": 3, "b": 30}


def test_priority_looks_at_the_outputs_one_after_another() -> None:
    box = table(["n"], ["a", "b"], ["- => 2 | 1", "- => 1 | 2", "- => 1 | 1"], "OUTPUT ORDER", values="1, 2")
    assert answer(dmn(inputs("n"), decision("d", box)), "d") == [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 1}]


def test_priority_of_numbers_below_zero() -> None:
    box = table(["n"], ["o"], ["- => 0", "- => -1"], "PRIORITY", values="-1, 0")
    assert answer(dmn(inputs("n"), decision("d", box)), "d") == -1


def test_a_result_without_priority_is_told() -> None:
    box = table(["n"], ["o"], ["- => 5", "- => 1"], "PRIORITY", values="1, 2")
    assert answer(dmn(inputs("n"), decision("d", box)), "d") == (
        "! decision “d”: Rule 1 gives “5”, which the output “o” does not allow: it has no priority.")


def test_rules_after_the_first_hit_are_not_looked_at() -> None:
    model = dmn(inputs("n"), decision("d", table(["n"], ["o"], ["> 0 => 1", "> 1 / 0 => 2"], "FIRST")))
    assert answer(model, "d", n=1) == 1
    assert answer(model, "d", n=0) == "! decision “d”, rule 2, input 1, column 5 “> 1 / 0”: Division by zero."


def test_an_input_that_is_not_allowed_is_told() -> None:
    box = table(["n"], ["o"], ["- => 1"]).replace("</input>", entry("inputValues", "[0..120]") + "</input>")
    model = dmn(inputs("n"), decision("d", box))
    assert answer(model, "d", n=120) == 1 and answer(model, "d") == 1
    assert answer(model, "d", n=121) == "! decision “d”: The value “121” of input 1 is not among those allowed."


def test_a_table_without_inputs_always_holds() -> None:
    assert answer(dmn(decision("d", table([], ["o"], ["=> 5"]))), "d") == 5


def test_cells_may_read_other_names() -> None:
    model = dmn(inputs("n", "limit"),
                decision("d", table(["n * 2"], ["o"], ["> limit => n + 1", "<= limit => n", "null => 0"])))
    assert answer(model, "d", n=1, limit=5) == 1 and answer(model, "d", n=3, limit=5) == 4
    assert answer(model, "d", limit=5) == 0


@st.composite
def small_tables(draw: st.DrawFn) -> tuple[list[tuple[int, int, int]], int]:
    """Rules (low, high, result) and a value to ask them for."""
    return (draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 3)), max_size=5)),
            draw(st.integers(0, 5)))


def hits_of(rules: list[tuple[int, int, int]], n: int) -> list[int]:
    return [result for low, high, result in rules if low <= n <= high]


ORACLES: dict[tuple[str, str], Callable[[list[int]], Any]] = {
    ("UNIQUE", ""): lambda hits: hits[0] if len(hits) == 1 else "!",
    ("ANY", ""): lambda hits: hits[0] if len(set(hits)) == 1 else "!",
    ("PRIORITY", ""): max, ("FIRST", ""): lambda hits: hits[0], ("RULE ORDER", ""): list, ("COLLECT", ""): list,
    ("OUTPUT ORDER", ""): lambda hits: sorted(hits, reverse=True),
    ("COLLECT", "SUM"): sum, ("COLLECT", "MIN"): min, ("COLLECT", "MAX"): max, ("COLLECT", "COUNT"): len}


@settings(max_examples=60)
@given(small_tables(), st.sampled_from(sorted(ORACLES)))
def test_policies_against_a_plain_count(world: tuple[list[tuple[int, int, int]], int], policy: tuple[str, str]) -> None:
    rules, n = world
    written = [f"[{low}..{high}] => {result}" for low, high, result in rules]
    model = dmn(inputs("n"), decision("d", table(["n"], ["o"], written, *policy, values="3, 2, 1, 0")))
    hits, told = hits_of(rules, n), answer(model, "d", n=n)
    expected = ORACLES[policy](hits) if hits else None
    assert told == expected or (expected == "!" and told.startswith("! decision “d”: Rules "))


@pytest.mark.parametrize(("policy", "rules", "expected"), [
    ("FIRST", ["> 5 => 1", "- => 2"], ("n",)), ("FIRST", ["> 5 => 2", "- => 2"], 2),
    ("FIRST", ["- => 2", "> 5 => 1"], 2),
    ("FIRST", ["> 5 => 2", "- => m"], ("n", "m")), ("FIRST", ["> 5 => 1", "1 / 0 => 2"], ("n",)),
    ("FIRST", ["> 5 => 1", "- => 1 / 0"], ("n",)), ("UNIQUE", ["- => 2", "> 5 => 1"], ("n",)),
    ("UNIQUE", ["> 5 => 1", "<= 5 => 1"], ("n",)), ("ANY", ["- => 2", "> 5 => 2"], 2),
    ("ANY", ["- => 2", "> m => 3"], ("n", "m")),
    ("PRIORITY", ["- => 2", "> 5 => 1"], ("n",)), ("PRIORITY", ["- => 2", "> 5 => 2"], 2),
    ("COLLECT", ["- => 2", "> 5 => 1"], ("n",)),
    ("RULE ORDER", ["- => m"], ("m",)), ("OUTPUT ORDER", ["- => 2"], [2]),
])
def test_a_table_half_known(policy: str, rules: list[str], expected: Any) -> None:
    """Told as far as every rule that may still hold comes to the same; else what it waits for."""
    model = lowered(read_model(dmn(inputs("n", "m"),
                                   decision("d", table(["n"], ["o"], rules, policy, values="1, 2, 3")))))
    told = decide(model, ["d"], {"n": Unknown(("n",)), "m": Unknown(("m",))})["d"]
    assert told == (Unknown(expected) if isinstance(expected, tuple) else expected)


def test_a_default_that_waits_for_a_fact_is_waited_for() -> None:
    model = lowered(read_model(dmn(inputs("n", "m"), decision("d", table(["n"], ["o"], ["> 5 => 1"], defaults="m")))))
    told = decide(model, ["d"], {"n": Unknown(("n",)), "m": Unknown(("m",))})["d"]
    assert told == Unknown(("n", "m"))


def test_a_table_of_3700_rules() -> None:
    rules = [f'[{n}..{n + 1}) | "c{n % 7}" | - => {n} | base * 2' for n in range(3700)]
    model = dmn(inputs("n", "city", "x", "base"), decision("d", table(["n", "city", "x"], ["o", "p"], rules)))
    runner = Runner(lowered(read_model(model)))
    for n in (0, 1234, 3699):
        facts = typed(runner.lowered, {"n": n, "city": f"c{n % 7}", "base": 4})
        assert runner.decide("d", facts) == {"o": n, "p": 8}
    assert runner.decide("d", typed(runner.lowered, {"n": 5, "city": "elsewhere"})) is None
