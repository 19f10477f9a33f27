"""DMN: models read and run by both runners: knowledge models, boxes, facts and their types."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dmn_models import UNEMPLOYMENT, answer, boxed, context, decision, dmn, inputs, kind, knowledge, part, table, text
from jizhun.entitlements.dmn import Runner, decide, lowered, read_model, typed
from jizhun.entitlements.feel import Fault, Unknown

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


# -- knowledge models

DOUBLE = knowledge("double it", "n", text("n * 2"))
POWER = knowledge("power", "n times", text("if times = 0 then 1 else n * power(n, times - 1)"))


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
