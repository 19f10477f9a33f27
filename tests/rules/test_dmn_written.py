"""DMN: every version is read; what was read is written valid by the schema, and read the same."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmn_models import UNEMPLOYMENT, VERSIONS, answer, decision, dmn, inputs, kind, text
from jizhun.entitlements.dmn import Model, Runner, lowered, read_model, typed, write_model
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
from jizhun.entitlements.feel import Fault
from jizhun.entitlements.feel.notation import as_json
from published import faults

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


def check_valid(content: bytes) -> None:
    assert faults("dmn/DMN13.xsd", content) == ""


def test_what_was_read_is_written_and_read_the_same() -> None:
    model = read_model(UNEMPLOYMENT)
    again = write_model(model)
    assert read_model(again) == model
    assert write_model(read_model(again)) == again
    assert b"DMN/20191111/MODEL" in again and "失业保险金示例".encode() in again


@pytest.mark.schemas
@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_written_is_valid_by_the_published_schema(version: str) -> None:
    old = UNEMPLOYMENT.replace(VERSIONS["1.3"].encode(), VERSIONS[version].encode())
    check_valid(write_model(read_model(old)))


@pytest.mark.schemas
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


@pytest.mark.schemas
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


@pytest.mark.schemas
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
