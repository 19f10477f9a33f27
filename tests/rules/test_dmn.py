"""DMN: models read, run by both runners, written again; wrong ones told with element, column and text."""

import importlib
import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.entitlements.dmn import Lowered, Model, Runner, decide, lowered, read_model, typed, write_model
from jizhun.entitlements.dmn.model import (
    Context,
    Decision,
    DecisionTable,
    FunctionDefinition,
    Input,
    InputClause,
    Invocation,
    ItemType,
    Knowledge,
    Listing,
    OutputClause,
    Relation,
    Row,
    Source,
    Text,
)
from jizhun.entitlements.feel import Fault, Unknown
from jizhun.entitlements.feel.notation import as_json, plain
from worlds import CASES

SHARED = Path(os.environ.get("JIZHUN_SHARED") or Path(__file__).resolve().parents[2].parent / "shared")
SCHEMA = SHARED / "schemas" / "dmn" / "DMN13.xsd"
UNEMPLOYMENT = (CASES / "dmn" / "unemployment.dmn").read_bytes()
VERSIONS = {"1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
            "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
            "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
            "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/"}


# -- small models, written as an editor would


def dmn(*parts: str, version: str = "1.3") -> bytes:
    return (f'<definitions xmlns="{VERSIONS[version]}" xmlns:feel="http://www.omg.org/spec/FEEL/20140401" id="m" '
            f'name="model" namespace="https://example.org/m">{"".join(parts)}</definitions>').encode()


def text(expression: str) -> str:
    return f"<literalExpression><text>{escape(expression)}</text></literalExpression>"


def decision(name: str, box: str, of: str = "") -> str:
    return f'<decision name="{name}"><variable name="{name}" typeRef="{of}"/>{box}</decision>'


def inputs(*names: str) -> str:
    """Inputs, each written ``name`` or ``name: type``."""
    pairs = [(name.strip(), of.strip()) for name, _, of in (one.partition(":") for one in names)]
    return "".join(f'<inputData name="{name}"><variable name="{name}" typeRef="{of}"/></inputData>' for name,
                   of in pairs)


def kind(name: str, base: str = "", allowed: str = "", parts: str = "", many: bool = False, tag: str = "itemDefinition",
         values: str = "allowedValues") -> str:
    """A type of the model; ``parts`` are its components."""
    held = (f"<typeRef>{base}</typeRef>" if base else "") + (entry(values, allowed) if allowed else "") + parts
    return f'<{tag} name="{name}" isCollection="{str(many).lower()}">{held}</{tag}>'


def part(name: str, base: str = "", allowed: str = "", many: bool = False) -> str:
    return kind(name, base, allowed, many=many, tag="itemComponent")


def knowledge(name: str, parameters: str, box: str) -> str:
    formal = "".join(f'<formalParameter name="{one}"/>' for one in parameters.split())
    return (f'<businessKnowledgeModel name="{name}"><encapsulatedLogic>{formal}{box}</encapsulatedLogic>'
            "</businessKnowledgeModel>")


def entry(tag: str, expression: str) -> str:
    return f"<{tag}><text>{escape(expression)}</text></{tag}>"


def table(asked: list[str], outputs: list[str], rules: list[str], policy: str = "UNIQUE", aggregation: str = "",
          values: str = "", defaults: str = "") -> str:
    """A decision table; a rule is written ``cell | cell => result | result``."""
    columns = "".join(f"<input>{entry('inputExpression', one)}</input>" for one in asked)
    told = "".join(
        f'<output name="{name}">{entry("outputValues", values) if values else ""}'
        f'{entry("defaultOutputEntry", default) if default else ""}</output>'
        for name, default in zip(outputs, (defaults.split("|") if defaults else [""] * len(outputs)), strict=True))
    rows = ""
    for rule in rules:
        left, _, right = rule.partition("=>")
        cells = [entry("inputEntry", one.strip()) for one in left.split("|")] if asked else []
        rows += f"<rule>{''.join(cells)}{''.join(entry('outputEntry', one.strip()) for one in right.split('|'))}</rule>"
    total = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{policy}"{total}>{columns}{told}{rows}</decisionTable>'


def answer(content: bytes, wanted: str, **facts: Any) -> Any:
    """What a decision comes to, by both runners, as JSON holds it; or the whole sentence of its Fault."""
    model = lowered(read_model(content))
    told = by_each(model, wanted, typed(model, facts))
    assert told[0] == told[1]
    return told[0]


def by_each(model: Lowered, wanted: str, facts: dict[str, Any]) -> list[Any]:
    """What each of the two runners says."""
    return [sentence_or(lambda: plain(Runner(model).decide(wanted, facts))),
            sentence_or(lambda: plain(decide(model, [wanted], facts)[wanted]))]


def sentence_or(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except Fault as fault:
        assert fault.whole.zh and fault.whole.en
        return f"! {fault.whole.en}"


def refusal(content: bytes) -> str:
    """The sentence with which a model is refused."""
    with pytest.raises(Fault) as told:
        lowered(read_model(content))
    assert told.value.whole.zh
    return told.value.whole.en


# -- the model of the cases


def unemployed(months: int, reason: str = "非本人意愿", **more: Any) -> dict[str, Any]:
    return {"Person": {"born": "1990-05-01", "paid months": months, "reasons": [reason]}, "最低工资": 1930,
            "Day": "2026-08-31", **more}


@pytest.mark.parametrize(("months", "expected"), [(11, 0), (12, 12), (59, 12), (60, 18), (119, 18), (120, 24)])
def test_months_go_by_whole_years(months: int, expected: int) -> None:
    assert answer(UNEMPLOYMENT, "Months", **unemployed(months)) == expected


def test_who_gave_up_the_work_gets_the_default() -> None:
    assert answer(UNEMPLOYMENT, "Eligible", **unemployed(60, "本人意愿")) is False
    assert answer(UNEMPLOYMENT, "Months", **unemployed(60, "本人意愿")) == 0


def test_a_plan_of_boxes_in_boxes() -> None:
    assert answer(UNEMPLOYMENT, "Plan", **unemployed(60)) == {
        "last day": "2028-02-28", "total": Decimal(31266),
        "steps": [{"what": "first month", "sum": Decimal("1737")}, {"what": "all months", "sum": Decimal("31266")}]}


def test_only_what_is_needed_is_asked_and_run() -> None:
    model = lowered(read_model(UNEMPLOYMENT))
    assert model.inputs_of("Monthly amount") == ("最低工资",)
    assert model.inputs_of("Plan") == ("Person", "最低工资", "Day")
    assert model.order.index("Eligible") < model.order.index("Months") < model.order.index("Plan")
    assert Runner(model).decide("Monthly amount", {"最低工资": Decimal(1000)}) == 900
    several = Runner(model).decide_all(["Months", "Eligible"], typed(model, unemployed(60)))
    assert several == {"Months": 18, "Eligible": True}


def test_what_is_unknown_is_asked_for_only_where_it_matters() -> None:
    model = lowered(read_model(UNEMPLOYMENT))
    facts = typed(model, unemployed(60))
    told = decide(model, ["Months", "Plan"], {**facts, "Day": Unknown(("Day",))})
    assert told == {"Months": 18, "Plan": Unknown(("Day",))}


# -- hit policies

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


# -- knowledge models

DOUBLE = knowledge("double it", "n", text("n * 2"))
POWER = knowledge("power", "n times", text("if times = 0 then 1 else n * power(n, times - 1)"))


def boxed(function: str, **bindings: str) -> str:
    bound = "".join(f'<binding><parameter name="{name}"/>{text(one)}</binding>' for name, one in bindings.items())
    return f"<invocation>{text(function)}{bound}</invocation>"


@pytest.mark.parametrize(("box", "expected"), [
    (text("double it(4) + 1"), 9), (text("double it(n: 4)"), 8), (boxed("double it", n="2 + 2"), 8),
    (text("power(2, 10)"), 1024), (text("power(times: 3, n: 2)"), 8), (boxed("power", times="2", n="5"), 25),
    (text("double it(double it(1))"), 4),
    (text("double it(1, 2)"), "! decision “d”, column 1 “double it(1, 2)”: “double it” takes (n); 2 given here."),
    (text("double it()"), "! decision “d”, column 1 “double it()”: “double it” takes (n); 0 given here."),
    (text("1 + double it(m: 4)"), "! decision “d”, column 5 “1 + double it(m: 4)”: “double it” has no parameter “m”."),
    (boxed("power", n="5"), "! decision “d”: The call of “power” lacks “times”."),
    (text("power(n: 5)"), "! decision “d”, column 1 “power(n: 5)”: The call of “power” lacks “times”."),
    (boxed("double it", m="4"), "! decision “d”: “double it” has no parameter “m”."),
    (text('double it("a")'),
     "! knowledge model “double it”, column 3 “n * 2”: “*” does not go between text and a number."),
    (text("power(2, 29)"), 2**29),
    (text("power(2, -1)"), "! knowledge model “power”, column 30 “if times = 0 then 1 else n * power(n, times - 1)”: "
                           "The calls of “power” go more than 30 deep and were not followed."),
])
def test_invocations(box: str, expected: Any) -> None:
    assert answer(dmn(DOUBLE, POWER, decision("d", box)), "d") == expected


def test_a_parameter_hides_a_fact_and_nothing_else_is_seen() -> None:
    model = dmn(inputs("n"), DOUBLE, decision("d", text("double it(5) + n")))
    assert answer(model, "d", n=1) == 11


def test_a_knowledge_model_may_be_a_table() -> None:
    box = table(["age"], ["o"], ["< 60 => 0", ">= 60 => amount"])
    model = dmn(knowledge("grant", "age amount", box), decision("d", text("grant(61, 150) + grant(59, 150)")))
    assert answer(model, "d") == 150


def test_calls_without_number_are_told() -> None:
    """Each model calls the one before it twice: two to the power of 30 calls."""
    models = "".join(knowledge(f"f{n}", "n", text(f"f{n - 1}(n) + f{n - 1}(n)")) for n in range(1, 30))
    told = answer(dmn(knowledge("f0", "n", text("n")), models, decision("d", text("f29(1)"))), "d")
    assert "More than 2000 calls of knowledge models" in told


# -- boxes


def context(*entries: tuple[str, str]) -> str:
    def one(name: str, box: str) -> str:
        variable = f'<variable name="{name}"/>' if name else ""
        return f"<contextEntry>{variable}{box}</contextEntry>"
    return f"<context>{''.join(one(*each) for each in entries)}</context>"


@pytest.mark.parametrize(("box", "expected"), [
    (context(("base", text("1930")), ("due", text("base * 0.08"))), {"base": 1930, "due": Decimal("154.4")}),
    (context(("base", text("10")), ("", text("base + 1"))), 11),
    (context(("result", text("10")), ("", text("result + 1"))), 11),
    (context(("a b", text("1")), ("c", context(("d", text("a b + 1"))))), {"a b": 1, "c": {"d": 2}}),
    (f"<list>{text('1')}{text('1 + 1')}<list/></list>", [1, 2, []]),
    ("<list/>", []), ("<context/>", {}),
    (f'<relation><column name="x"/><column name="y"/><row>{text("1")}{text("2")}</row></relation>', [{"x": 1, "y": 2}]),
    (context(("t", table([], ["o"], ["=> 5"])), ("", text("t + 1"))), 6),
])
def test_boxes(box: str, expected: Any) -> None:
    assert answer(dmn(decision("d", box)), "d") == expected


# -- facts and types

TYPES = "".join([
    kind("tGrade", "string", '"一级", "二级"'), kind("tGrades", "tGrade", many=True),
    kind("tAges", "number", "[0..120]", many=True),
    kind("tHome", parts=part("rent", "number") + part("grade", "tGrade") + part("rooms", "number", "> 0", many=True))])


@pytest.mark.parametrize(("of", "given_", "expected"), [
    ("number", 5, 5), ("number", "5.50", Decimal("5.5")), ("number", 0.1, Decimal("0.1")), ("string", "五", "五"),
    ("boolean", True, True), ("boolean", "false", False), ("date", "2024-02-29", "2024-02-29"),
    ("date", date(2026, 1, 1), "2026-01-01"), ("time", "09:30:00", "09:30:00"),
    ("date and time", "2026-01-01T09:30:00", "2026-01-01T09:30:00"),
    ("dateTime", "2026-01-01T09:30:00", "2026-01-01T09:30:00"),
    ("years and months duration", "P1Y", "P1Y"), ("yearMonthDuration", "P14M", "P1Y2M"),
    ("dayTimeDuration", "PT90M", "PT1H30M"),
    ("feel:number", "7", 7), ("Any", [1, {"a": 0.5}], [1, {"a": Decimal("0.5")}]), ("", "text", "text"),
    ("number", None, None), ("tGrade", "一级", "一级"), ("tGrades", ["一级", "二级"], ["一级", "二级"]),
    ("tGrades", "一级", ["一级"]),
    ("tAges", [1, 2], [1, 2]),
    ("tHome", {"rent": "800", "rooms": [1, 2]}, {"rent": 800, "grade": None, "rooms": [1, 2]}),
    ("tHome", {"rooms": 3}, {"rent": None, "grade": None, "rooms": [3]}),
])
def test_facts_become_values_of_their_type(of: str, given_: Any, expected: Any) -> None:
    assert answer(dmn(TYPES, inputs(f"x: {of}"), decision("d", text("x"))), "d", x=given_) == expected


@pytest.mark.parametrize(("of", "given_", "sentence"), [
    ("number", "五", "“五” is not a number."), ("number", True, "Number is wanted here, not true or false “true”."),
    ("number", "NaN", "“NaN” is not a number."), ("number", float("inf"), "“inf” is not a number."),
    ("number", Decimal("1E+7000"), "“1E+7000” is not a number."), ("", float("nan"), "“nan” is not a number."),
    ("boolean", "yes", "Boolean is wanted here, not text “yes”."),
    ("string", 5, "String is wanted here, not a number “5”."),
    ("date", "2026-02-30", "“2026-02-30” is not a date; write it like 2026-11-24."),
    ("date", "tomorrow", "“tomorrow” is not a date; write it like 2026-11-24."),
    ("date", 20260101, "Date is wanted here, not a number “20260101”."),
    ("number", [1, 2], "Number is wanted here, not a list “[1, 2]”."),
    ("number", {"a": 1}, "Number is wanted here, not a context “{a: 1}”."),
    ("tGrade", "三级", 'The value “三级” is not among those allowed ("一级", "二级").'),
    ("tGrades", ["一级", "三级"], 'The value “三级” is not among those allowed ("一级", "二级").'),
    ("tAges", [1, 130], "The value “130” is not among those allowed ([0..120])."),
    ("tHome", {"size": 1}, "There is no part “size”."), ("tHome", 5, "Context is wanted here, not a number “5”."),
    ("tHome", {"grade": "三级"}, 'The value “三级” is not among those allowed ("一级", "二级").'),
    ("tHome", {"rooms": [1, 0]}, "The value “0” is not among those allowed (> 0)."),
    ("string", "a\ud800", "The text holds half a character."),
    ("", [[[]]] * 60_000, "More than 20000 values in one, or more than 50 in one another."),
])
def test_a_fact_that_does_not_fit_is_told(of: str, given_: Any, sentence: str) -> None:
    model = lowered(read_model(dmn(TYPES, inputs(f"x: {of}"))))
    with pytest.raises(Fault) as told:
        typed(model, {"x": given_})
    assert told.value.whole.en == f"input “x”: {sentence}" and told.value.whole.zh.startswith("输入“x”：")


def test_a_fact_that_the_model_does_not_ask_is_told() -> None:
    with pytest.raises(Fault, match="The model has no input “y”"):
        typed(lowered(read_model(dmn(inputs("x")))), {"x": 1, "y": 2})


def test_facts_nested_too_deep_are_told() -> None:
    deep: list[Any] = []
    for _ in range(500):
        deep = [deep]
    with pytest.raises(Fault, match="in one another"):
        typed(lowered(read_model(dmn(inputs("x")))), {"x": deep})


def test_a_decision_keeps_to_its_type() -> None:
    model = dmn(inputs("x"), decision("d", text("x"), "number"))
    assert answer(model, "d", x=5) == 5 and answer(model, "d") is None
    assert answer(model, "d", x="五") == "! decision “d”: Number is wanted here, not text “五”."


def test_a_decision_that_is_not_there_is_told_with_those_that_are() -> None:
    assert answer(dmn(decision("d", text("1"))), "e") == "! The model has no decision “e”; it has: d."


# -- wrong models

LONG_CHAIN = "".join(decision(f"d{n}", text(f"d{(n + 1) % 3000}")) for n in range(3000))
NO_PRIORITY = "decision “d”: A table by priority lists no allowed output values, so there is no priority."
WRONG = {
    "a misspelt name": (dmn(inputs("年龄"), decision("待遇", text("1 + 年令"))),
                        "decision “待遇”, column 5 “1 + 年令”: There is nothing called “年令”."),
    "a misspelt function": (dmn(decision("d", text("flor(1)"))),
                            "decision “d”, column 1 “flor(1)”: There is no function called “flor”."),
    "a misspelt function in a knowledge model": (
        dmn(knowledge("f", "n", text("n + flor(n)"))),
        "knowledge model “f”, column 5 “n + flor(n)”: There is no function called “flor”."),
    "a knowledge model that reads a fact": (dmn(inputs("x"), knowledge("f", "n", text("n + x"))),
                                            "knowledge model “f”, column 5 “n + x”: There is nothing called “x”."),
    "a half expression": (dmn(decision("d", text("1 +"))),
                          "decision “d”, column 4 “1 +”: The expression ends where a value should follow."),
    "a cell": (dmn(inputs("n"), decision("d", table(["n"], ["o"], ["- => 1", "[1..5 => 2"]))),
               "decision “d”, rule 2, input 1, column 6 “[1..5”: The expression ends where “]” or “)” should follow."),
    "a name in a cell": (dmn(inputs("n"), decision("d", table(["n"], ["o"], ["> m => 1"]))),
                         "decision “d”, rule 1, input 1, column 3 “> m”: There is nothing called “m”."),
    "the input in a result": (dmn(inputs("n"), decision("d", table(["n"], ["o"], ["- => ? + 1"]))),
                              "decision “d”, rule 1, output 1, column 1 “? + 1”: There is nothing called “?”."),
    "a result": (dmn(inputs("n"), decision("d", table(["n"], ["o"], ["- => one two"]))),
                 "decision “d”, rule 1, output 1, column 5 “one two”: "
                 "Here should be an operator or the end, not “two”."),
    "an input": (dmn(decision("d", table(["n n"], ["o"], ["- => 1"]))),
                 "decision “d”, input 1, column 3 “n n”: Here should be an operator or the end, not “n”."),
    "output values": (
        dmn(inputs("n"), decision("d", table(["n"], ["o"], ["- => 1"], "PRIORITY", values="1,"))),
        "decision “d”, values of output 1, column 3 “1,”: The expression ends where a value should follow."),
    "a default": (dmn(inputs("n"), decision("d", table(["n"], ["o"], ["- => 1"], defaults="nul"))),
                  "decision “d”, default of output 1, column 1 “nul”: There is nothing called “nul”."),
    "no priority": (dmn(decision("d", table([], ["o"], ["=> 1"], "PRIORITY"))), NO_PRIORITY),
    "a range for a priority": (dmn(decision("d", table([], ["o"], ["=> 1"], "PRIORITY", values="[1..5]"))),
                               NO_PRIORITY),
    "too few cells": (dmn(inputs("n"), decision("d", table(["n", "n"], ["o"], ["- | - => 1", "- => 1"]))),
                      "decision “d”: Rule 2 has 1 conditions and 1 results, and the table 2 inputs and 1 outputs."),
    "no output": (dmn(decision("d", "<decisionTable/>")), "decision “d”: The decision table has no output."),
    "a policy": (dmn(decision("d", table([], ["o"], [], "BEST"))), "decision “d”: There is no hit policy “BEST”."),
    "an aggregation": (dmn(decision("d", table([], ["o"], [], "COLLECT", "AVG"))),
                       "decision “d”: There is no hit policy “COLLECT AVG”."),
    "two outputs of one name": (dmn(decision("d", table([], ["o", "o"], []))),
                                "decision “d”: The output “o” is there twice."),
    "an output without a name": (dmn(decision("d", table([], ["o", ""], []))),
                                 "decision “d”: There is one output without a name."),
    "an entry twice": (dmn(decision("d", context(("a", text("1")), ("a", text("2"))))),
                       "decision “d”: The entry “a” is there twice."),
    "an entry without a name": (dmn(decision("d", context(("", text("1")), ("a", text("2"))))),
                                "decision “d”: There is one entry without a name."),
    "a column twice": (dmn(decision("d", '<relation><column name="x"/><column name="x"/></relation>')),
                       "decision “d”: The column “x” is there twice."),
    "a short row": (dmn(decision("d", '<relation><column name="x"/><row/></relation>')),
                    "decision “d”: A row of the relation has not as many cells as there are columns."),
    "a parameter twice": (dmn(knowledge("f", "n n", text("n"))),
                          "knowledge model “f”: The parameter “n” is there twice."),
    "an entry without a box": (dmn(decision("d", "<context><contextEntry/></context>")),
                               "decision “d”: There is no expression in contextEntry."),
    "an invocation of nothing": (dmn(decision("d", "<invocation/>")),
                                 "decision “d”: The invocation does not say what it invokes."),
    "an invocation of a sum": (dmn(decision("d", boxed("1 + 1"))), "decision “d”: Only a name can be invoked."),
    "a function in a decision": (dmn(decision("d", f"<functionDefinition>{text('1')}</functionDefinition>")),
                                 "decision “d”: A function definition cannot stand here."),
    "Java": (dmn('<businessKnowledgeModel name="f"><encapsulatedLogic kind="Java"/></businessKnowledgeModel>'),
             "knowledge model “f”: Functions of kind Java are not run."),
    "JavaScript": (dmn(decision("d",
                                text("1").replace("Expression>", 'Expression expressionLanguage="javascript">', 1))),
                   "decision “d”: The expression language “javascript” is not FEEL."),
    "JavaScript in a cell": (dmn(inputs("n"), decision("d", table(["n"], ["o"], ["- => 1"]).replace(
        "<inputEntry>", '<inputEntry expressionLanguage="javascript">'))),
        "decision “d”: The expression language “javascript” is not FEEL."),
    "another language for all": (b'<definitions expressionLanguage="urn:groovy"/>',
                                 "The expression language “urn:groovy” is not FEEL."),
    "values from elsewhere": (dmn(decision("d",
                                           '<literalExpression><importedValues importType="x"/></literalExpression>')),
                              "decision “d”: Values from outside the file (importedValues) are not read."),
    "a box of DMN 1.4": (dmn(decision("d", "<conditional/>")), "decision “d”: “conditional” is not supported."),
    "a type that is not there": (dmn(inputs("x: tNone")), "“x”: The type “tNone” is not defined."),
    "a component's type that is not there": (dmn(kind("t", parts=part("c", "tNone")), inputs("x: t")),
                                             "“t.c”: The type “tNone” is not defined."),
    "a type of itself": (dmn(kind("t", "u"), kind("u", "t"), inputs("x: t")), "“x”: The type “t” is not defined."),
    "a type twice": (dmn(kind("t"), kind("t")), "types: The type “t” is there twice."),
    "a component twice": (dmn(kind("t", parts=part("c") + part("c")), inputs("x: t")),
                          "type “t”: The component “c” is there twice."),
    "allowed values": (dmn(kind("t", "number", "[0..")),
                       "type “t”, column 5 “[0..”: The expression ends where a value should follow."),
    "allowed values of a component": (dmn(kind("t", parts=part("c", "number", "1 2"))),
                                      "type “c”, column 3 “1 2”: Here should be an operator or the end, not “2”."),
    "a name in allowed values": (dmn(kind("t", "number", "< oldest")),
                                 "type “t”, column 3 “< oldest”: There is nothing called “oldest”."),
    "a constraint on a collection": (
        dmn(kind("t", "number", "count(?) < 3", many=True, values="typeConstraint")),
        "type “t”: A constraint on a whole collection (typeConstraint) is not supported."),
    "a circle": (dmn(decision("甲", text("乙 + 1")), decision("乙", text("丙")), decision("丙", text("甲"))),
                 "Decisions need each other in a circle: 甲 → 乙 → 丙 → 甲."),
    "a decision that reads itself": (dmn(decision("d", text("d + 1"))),
                                     "Decisions need each other in a circle: d → d."),
    "a circle of thousands": (dmn(LONG_CHAIN),
                              "Decisions need each other in a circle: d0 → d1 → d2 → d3 → d4 → d5 → d6 → "
                                               "d7 → d8 → d9 → … → d0."),
    "a name twice": (dmn(inputs("a"), decision("a", text("1"))), "The name “a” is used twice."),
    "an id twice": (dmn('<inputData id="i" name="a"/><inputData id="i" name="b"/>'), "The id “i” is used twice."),
    "no name": (dmn("<inputData/>"), "inputData 1 has no name."),
    "a name that is a value": (dmn(inputs("null")),
                               "“null” cannot be a name: it means something else in an expression."),
    "a name that is a number": (dmn(inputs("2026")),
                                "“2026” cannot be a name: it means something else in an expression."),
    "a name that is a sum": (dmn(inputs("a", "b", "1 + 1")),
                             "“1 + 1” cannot be a name: it means something else in an expression."),
    "another file": (b"<html/>", "This is not a DMN file: its root is not “definitions”."),
    "nothing": (b"", "The file is not XML (no element found: line 1, column 0)."),
    "no XML": (b"PK\x03\x04", "The file is not XML (not well-formed (invalid token): line 1, column 2)."),
    "an unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><a/>',
                            "The file is not XML (unknown encoding: klingon)."),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_model_is_told_with_element_column_and_text(name: str) -> None:
    content, sentence = WRONG[name]
    assert refusal(content) == sentence


def test_names_like_keywords_and_functions_may_be_used_where_they_can_be_told_apart() -> None:
    model = dmn(inputs("max", "date and time", "income in kind"),
                decision("d", text("max(1, max) + date and time + income in kind")))
    assert answer(model, "d", **{"max": 5, "date and time": 10, "income in kind": 100}) == 115


# -- files that would harm

ENTITY = b'<!DOCTYPE d [<!ENTITY a "%b">]><definitions>&a;</definitions>' % (b"x" * 1000)
HARMFUL = {
    "an entity": (ENTITY, "The file has a DOCTYPE and is not read."),
    "entities of entities": (b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"&a;" * 10) for n in range(9)) +
        b"]><definitions>&a8;</definitions>", "The file has a DOCTYPE and is not read."),
    "a file from outside": (b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><definitions>&a;</definitions>',
                            "The file has a DOCTYPE and is not read."),
    "an entity in UTF-16": (ENTITY.decode().encode("utf-16"), "The file has a DOCTYPE and is not read."),
    "an outside DTD": (b'<!DOCTYPE d SYSTEM "http://127.0.0.1:1/d.dtd"><definitions/>',
                       "The file has a DOCTYPE and is not read."),
    "too many bytes": (b"<a>" + b" " * 10_000_000, "The file is larger than 10 MB."),
    "too many elements": (dmn("<a/>" * 500_001), "The file has more than 500000 elements."),
    "too deep": (dmn("<a>" * 100_000), "Elements are nested more than 250 deep."),
    "too much text": (dmn(*[decision(f"d{n}", text("[" + "1," * 9000 + "1]")) for n in range(120)]),
                      "The file has more than 2000000 characters of text."),
    "boxes too deep": (dmn(decision("d", "<list>" * 70 + "</list>" * 70)),
                       "decision “d”: Expressions are nested more than 60 deep."),
    "components without end": (dmn('<itemDefinition name="t">' + '<itemComponent name="c">' * 240
                                   + "</itemComponent>" * 240 + "</itemDefinition>"),
                               "type “t”: Components are nested more than 60 deep."),
    "a type of a type of a type": (dmn(*[kind(f"t{n}", f"t{n + 1}") for n in range(2000)], kind("t2000"),
                                       inputs("x: t0")),
                                   "“x”: The type “t21” is not defined."),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_a_harmful_file_is_told_in_one_sentence(name: str) -> None:
    content, sentence = HARMFUL[name]
    assert refusal(content) == sentence


def test_a_long_chain_of_decisions_runs() -> None:
    chain = decision("d0", text("1")) + "".join(decision(f"d{n}", text(f"d{n - 1} + 1")) for n in range(1, 1500))
    assert answer(dmn(chain), "d1499") == 1500


@pytest.mark.parametrize("grow", ["[{0}, {0}]", "{{a: {0}, b: {0}}}", '{0} + {0}'])
def test_decisions_that_double_what_they_read_are_told(grow: str) -> None:
    first = '"ab"' if "+" in grow else "[1]"
    chain = decision("d0",
                     text(first)) + "".join(decision(f"d{n}", text(grow.format(f"d{n - 1}"))) for n in range(1, 60))
    assert re.search("^! decision “d1.”, .*(More than 20000 values|longer than 20000)", answer(dmn(chain), "d59"))


def test_tables_that_double_what_they_read_are_told() -> None:
    chain = decision("d0", text("1")) + "".join(
        decision(f"d{n}", table([], ["a", "b"], [f"=> d{n - 1} | d{n - 1}"])) for n in range(1, 60))
    assert "More than 20000 values" in answer(dmn(chain), "d59")


PIECES = [b"", b"<list>", b"</list>", b'"', b"(", b"]", b"..", b"-", b"?", b"null", b"&lt;", b"\xff", b"\0",
          b"\xe5\xb9\xb4",
          b'typeRef="date"', b"UNIQUE", b"tPerson", b"#months", b" 12 "]


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(0, len(UNEMPLOYMENT)), st.integers(0, 12), st.sampled_from(PIECES)), min_size=1,
                max_size=3))
def test_a_damaged_file_is_read_or_told(cuts: list[tuple[int, int, bytes]]) -> None:
    content = UNEMPLOYMENT
    for at, length, piece in cuts:
        content = content[:at] + piece + content[at + length:]
    try:
        model = lowered(read_model(content))
    except Fault as fault:
        assert fault.whole.zh and fault.whole.en
        return
    assert read_model(write_model(model.model)) == model.model
    facts = {one.name: None for one in model.model.inputs}
    for name in model.decisions:
        quick, slow = by_each(model, name, facts)
        assert quick == slow


# -- versions of the standard


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_read(version: str) -> None:
    content = dmn(kind("tAge", "feel:number", "[0..120]"), inputs("age: tAge", "day: feel:date"),
                  decision("d", text("age + day.year"), "feel:number"), version=version)
    model = read_model(content)
    assert (model.types[0].base, model.inputs[1].type, model.decisions[0].type) == ("number", "date", "number")
    assert answer(content, "d", age=60, day="2026-11-24") == 2086


def test_a_prefix_before_the_models_own_types_says_nothing() -> None:
    assert read_model(dmn(inputs("x: ns1:tAge"))).inputs[0].type == "tAge"


def test_the_constraint_of_dmn_1_5_is_kept_to() -> None:
    content = dmn(kind("tAge", "number", "[0..120]", values="typeConstraint"), inputs("age: tAge"),
                  decision("d", text("age")), version="1.5")
    assert answer(content, "d", age=1) == 1
    with pytest.raises(Fault, match="not among those allowed"):
        answer(content, "d", age=121)


def test_prefixes_comments_and_processing_instructions_do_no_harm() -> None:
    content = (f'<?xml version="1.0"?><?editor x?><s:definitions xmlns:s="{VERSIONS["1.3"]}"><!-- a -->'
               '<s:decision name=" d &#10; e "><s:literalExpression><s:text>1 <!-- b -->+ <![CDATA[2 < 4]]></s:text>'
               "</s:literalExpression></s:decision></s:definitions>").encode()
    assert read_model(content).decisions[0].name == "d e"
    assert answer(content, "d e") is True


# -- written and read again


def schema() -> Any:
    if not SCHEMA.is_file():
        pytest.skip(f"{SCHEMA.name} is not beside the checkout")
    etree: Any = importlib.import_module("lxml.etree")
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def check_valid(content: bytes) -> None:
    etree: Any = importlib.import_module("lxml.etree")
    held = schema()
    assert held.validate(etree.fromstring(content)), held.error_log


def test_what_was_read_is_written_and_read_the_same() -> None:
    model = read_model(UNEMPLOYMENT)
    again = write_model(model)
    assert read_model(again) == model
    assert write_model(read_model(again)) == again
    assert b"DMN/20191111/MODEL" in again and "失业保险金示例".encode() in again


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_written_is_valid_by_the_published_schema(version: str) -> None:
    old = UNEMPLOYMENT.replace(VERSIONS["1.3"].encode(), VERSIONS[version].encode())
    check_valid(write_model(read_model(old)))


def test_a_clause_of_a_rule_is_kept() -> None:
    model = read_model(UNEMPLOYMENT)
    logic = model.decisions[1].logic
    assert isinstance(logic, DecisionTable)
    cited = replace(logic, rows=(replace(logic.rows[0], clause="示例办法 第三条"), *logic.rows[1:]))
    with_clause = replace(model,
                          decisions=(model.decisions[0], replace(model.decisions[1], logic=cited),
                                     *model.decisions[2:]))
    again = write_model(with_clause)
    assert read_model(again) == with_clause
    check_valid(again)


def test_ids_of_the_drawing_are_those_of_nobody_else() -> None:
    model = Model("m", inputs=(Input("drawing", "a"), Input("drawing-drawing", "b"), Input("_drawing-x", "c")))
    assert read_model(write_model(model)) == model
    ids = re.findall(rb' id="([^"]+)"', write_model(model))
    assert len(ids) == len(set(ids))
    check_valid(write_model(model))


def test_boxes_of_the_drawing_do_not_lie_on_one_another() -> None:
    found = re.findall(rb'<dc:Bounds x="(\d+)" y="(\d+)" width="200" height="60"',
                       write_model(read_model(UNEMPLOYMENT)))
    assert len(found) == len(set(found)) == len(read_model(UNEMPLOYMENT).elements())


def test_a_circle_can_still_be_written() -> None:
    model = Model("m", decisions=(Decision("a", "a", needs=("b",)), Decision("b", "b", needs=("a",))))
    assert read_model(write_model(model)) == model


words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=12).map(
    lambda one: " ".join(one.split()))
some_words = words.filter(bool)
typed_words = st.sampled_from(["", "number", "tAge", "date and time"])
boxes: st.SearchStrategy[Any] = st.recursive(st.builds(Text, words, typed_words), lambda of: st.one_of(
    st.lists(of, max_size=3).map(lambda items: Listing(tuple(items))),
    st.lists(st.tuples(words, of), max_size=3).map(lambda entries: Context(tuple(entries))),
    st.builds(lambda name, bound: Invocation(name, tuple(bound)), some_words,
              st.lists(st.tuples(some_words, of), max_size=2)),
    st.builds(lambda one, other: Relation(("a", "b"), ((one, other), (other, one))), of, of),
    st.builds(lambda parameters, body: FunctionDefinition(tuple(parameters), body),
              st.lists(st.tuples(some_words, typed_words), max_size=2), of)), max_leaves=5)


@st.composite
def tables(draw: st.DrawFn) -> DecisionTable:
    wide, tall = draw(st.integers(0, 2)), draw(st.integers(1, 2))
    row = st.builds(Row, st.tuples(*[words] * wide), st.tuples(*[words] * tall), st.tuples(words), words, words)
    clause = st.builds(InputClause, words, typed_words, words, words)
    result = st.builds(OutputClause, words, typed_words, words, words, words)
    policy = draw(st.sampled_from([("UNIQUE", ""), ("FIRST", ""), ("OUTPUT ORDER", ""), ("COLLECT", "SUM")]))
    return DecisionTable(draw(st.tuples(*[clause] * wide)), draw(st.tuples(*[result] * tall)),
                         tuple(draw(st.lists(row, max_size=3))), *policy, ("note",), draw(words))


@st.composite
def models(draw: st.DrawFn) -> Model:
    names = draw(st.lists(some_words, min_size=4, max_size=4, unique=True))
    logic, body = draw(st.one_of(boxes, tables())), FunctionDefinition((("n", "number"),), draw(boxes))
    kinds = (ItemType("tAge", "number", draw(words)),
             ItemType("t", components=(ItemType("c", "tAge", collection=True),)))
    return Model(
        draw(some_words), "https://example.org/m", "m", draw(words), kinds,
        (Input("i", names[0], "tAge", draw(words)),),
        (Decision("d", names[1], "", draw(words), draw(words), logic, draw(words), draw(words), ("i", "e"), ("k",),
                  ("s",)),
         Decision("e", names[2])), (Knowledge("k", names[3], logic=body),), (Source("s", "paper", address="urn:x"),))


@settings(max_examples=80)
@given(models())
def test_any_model_is_written_valid_and_read_the_same(model: Model) -> None:
    content = write_model(model)
    assert read_model(content) == model
    check_valid(content)


def test_numbers_keep_all_their_digits_on_the_way() -> None:
    model = dmn(inputs("n: number"), decision("d", text("n / 3")))
    held = lowered(read_model(model))
    assert as_json(Runner(held).decide("d", typed(held, {"n": 1}))) == "0." + "3" * 34
