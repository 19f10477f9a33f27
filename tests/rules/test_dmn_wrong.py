"""DMN: wrong models told with element, column and text; files that would harm, and damaged ones."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmn_models import (
    UNEMPLOYMENT,
    answer,
    boxed,
    by_each,
    context,
    decision,
    dmn,
    inputs,
    kind,
    knowledge,
    part,
    refusal,
    table,
    text,
)
from jizhun.entitlements.dmn import lowered, read_model, write_model
from jizhun.entitlements.feel import Fault

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
