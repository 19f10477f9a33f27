"""FEEL: every case under tests/cases/feel by both runners, and what no expression can do."""

import re
import sys
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import yaml

from jizhun.entitlements.feel import Fault, compiled, compiled_tests, met, read, read_tests, tree, value
from jizhun.entitlements.feel.functions import FUNCTIONS
from jizhun.entitlements.feel.notation import as_json, as_text, plain
from jizhun.entitlements.feel.values import MonthsDuration, kind_in_words, number, sized
from jizhun.kernel.bilingual import Bilingual
from worlds import CASES


class Exact(yaml.SafeLoader):
    """Reads numbers with all their digits."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag.rpartition(":")[2] not in ("int", "float")]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()}


Exact.add_implicit_resolver("!number", re.compile(r"-?\d+(\.\d+)?(e\d+)?$"), list("-0123456789"))
Exact.add_constructor("!number", lambda loader, node: Decimal(node.value))

FILES = sorted((CASES / "feel").glob("*.yaml"))
ALL = [(path.stem, case) for path in FILES for case in yaml.load(path.read_text("utf-8"), Exact)["cases"]]
EXPRESSIONS = [(stem, case) for stem, case in ALL if "feel" in case]
CELLS = [(stem, case) for stem, case in ALL if "cell" in case]


def names(cases: list[tuple[str, Any]]) -> list[str]:
    return [f"{stem}: {case['name']}" for stem, case in cases]


def as_written(found: Any) -> Any:
    """A value as YAML holds it; a day is its text."""
    if isinstance(found, list):
        return [as_written(one) for one in found]
    if isinstance(found, Mapping):
        return {name: as_written(one) for name, one in found.items()}
    return found.isoformat() if isinstance(found, date) else found


def same(one: Any, other: Any) -> bool:
    """Equal, and true is not 1."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    return type(one) is type(other) and one == other


def outcomes(case: Any) -> list[Any]:
    """What both runners make of an expression: a value, or the Fault."""
    scope = case.get("with") or {}
    return [tried(run, case["feel"], scope) for run in RUNNERS]


def plainly(text: str, scope: dict[str, Any]) -> Any:
    return value(read(text, scope), scope)


def quickly(text: str, scope: dict[str, Any]) -> Any:
    return compiled(read(text, scope))(scope)


RUNNERS = (plainly, quickly)


def tried(run: Callable[..., Any], *given: Any) -> Any:
    """What comes of it as YAML holds it, or the Fault."""
    try:
        return plain(run(*given))
    except Fault as fault:
        return fault


def check_told(fault: Any, case: Any) -> None:
    assert isinstance(fault, Fault), fault
    assert (fault.sentence.en, fault.at) == (case["told"], case["column"])
    assert fault.sentence.zh == case.get("zh", fault.sentence.zh) and fault.sentence.zh


@pytest.mark.parametrize("case", [case for _, case in EXPRESSIONS], ids=names(EXPRESSIONS))
def test_expression(case: Any) -> None:
    for found in outcomes(case):
        if "told" in case:
            check_told(found, case)
        else:
            assert same(found, as_written(case["is"])), found


@pytest.mark.parametrize("case", [case for _, case in CELLS], ids=names(CELLS))
def test_cell(case: Any) -> None:
    scope = case.get("with") or {}
    if "told" in case:
        check_told(tried(lambda: met(read_tests(case["cell"], scope), case["of"], scope)), case)
        check_told(tried(lambda: compiled_tests(read_tests(case["cell"], scope))(case["of"], scope)), case)
        return
    tests = read_tests(case["cell"], scope)
    assert [met(tests, one, scope) for one in case["of"]] == case["holds"]
    assert [compiled_tests(tests)(one, scope) for one in case["of"]] == case["holds"]


def test_every_case_has_a_result_in_its_file() -> None:
    assert all(("is" in case) != ("told" in case) for _, case in EXPRESSIONS)
    assert len({name for name in names(ALL)}) == len(ALL)


def test_every_built_in_function_is_among_the_cases() -> None:
    text = "\n".join(case["feel"] for _, case in EXPRESSIONS)
    assert [name for name in FUNCTIONS if f"{name}(" not in text] == []


# -- trees


def test_places_are_columns_counted_from_one() -> None:
    sum_ = read("a + bb *\n c")
    assert isinstance(sum_, tree.Binary) and isinstance(sum_.right, tree.Binary)
    assert (sum_.at, sum_.left.at, sum_.right.at, sum_.right.right.at) == (3, 1, 8, 11)
    choice = read("(if a then b else c)")
    assert (choice.at, [one.at for one in tree.children(choice)]) == (2, [5, 12, 19])


def test_trees_that_say_the_same_are_equal_wherever_they_stand() -> None:
    assert read("a+b") == read("  a  +  b ") and hash(read("a+b")) == hash(read(" a + b"))


def test_names_that_an_expression_reads() -> None:
    assert tree.names(read("a.b + f(c, d) + (if e in (?, g) then 1 else {h: i, j: h}.j)")) == set("afcdegih")


def test_the_longest_chain_is_read_and_one_longer_is_not() -> None:
    assert value(read("+".join("1" * 150)), {}) == compiled(read("+".join("1" * 150)))({}) == 150
    assert tree.height(read("1+2*3")) == 3


def test_as_many_brackets_as_are_read_are_also_run() -> None:
    deepest = "(" * 39 + "1" + ")" * 39
    assert value(read(deepest), {}) == compiled(read(deepest))({}) == 1


# -- what no expression can do: each is told in one sentence, at once

ONES = [f"a{n}" for n in range(1, 60)]
DOUBLED = ",".join(f"{one}: [{before}, {before}]" for before, one in zip(["a0", *ONES], ONES, strict=False))
TEXT_DOUBLED = ",".join(f"{one}: {before} + {before}" for before, one in zip(["a0", *ONES], ONES, strict=False))
NESTED_IN = "x in (" * 30 + "1..2)" + "".join(f"..{n})" for n in range(29))
TOO_LARGE = "More than 20000 values in one, or more than 50 in one another."
BOMBS = {
    "brackets": ("(" * 9000 + "1" + ")" * 9000, "Nested more than 40 levels deep."),
    "lists": ("[" * 9000 + "]" * 9000, "Nested more than 40 levels deep."),
    "contexts": ("{a:" * 4000 + "1" + "}" * 4000, "Nested more than 40 levels deep."),
    "calls": ("not(" * 3000 + "true" + ")" * 3000, "Nested more than 40 levels deep."),
    "signs": ("-" * 19_000 + "1", "Nested more than 40 levels deep."),
    "conditions": ("if true then " * 900 + "1" + " else 2" * 900, "Nested more than 40 levels deep."),
    "else if": ("if x then 1 else " * 500 + "2", "More than 150 operations in one chain."),
    "sums": ("+".join("1" * 9000), "More than 150 operations in one chain."),
    "comparisons": ("=".join("1" * 9000), "More than 150 operations in one chain."),
    "paths": ("a" + ".b" * 9000, "More than 150 operations in one chain."),
    "length": (" " * 20_001, "The expression is longer than 20000 characters."),
    "a list doubled": ("{a0: [1, 1], " + DOUBLED + "}", TOO_LARGE),
    "a list doubled and compared": ("{a0: [1, 1], " + DOUBLED + ", same: a59 = a59}",
                                    TOO_LARGE),
    "a list in a list in a list": ("{a0: [1], " + ", ".join(f"a{n + 1}: [a{n}]" for n in range(900)) + "}.a900",
                                   TOO_LARGE),
    "a text doubled": ('{a0: "ab", ' + TEXT_DOUBLED + "}", "The text grows longer than 20000 characters."),
    "in of in of in": (NESTED_IN, "True or false and a number cannot be compared."),
    "many distinct values": (f"distinct values([{','.join(map(str, range(3900)))}]) = 1",
                             "A list and a number cannot be compared."),
    "blanks before a parameter": ("max(a" + " " * 19_000 + ")", "There is nothing called “a”."),
    "open comments": ("/*" * 9000, "Here should be a value"),
    "a bracket after bracket": ("]" * 9000, "Here should be a value, not “]]]]]]]]]]]]”."),
    "an open text": ('"' + '\\"' * 9000, "A quotation mark is not closed."),
    "names with blanks": ("{" + ", ".join(f"n {one}: n {one - 1}" if one else "n 0: 1" for one in range(900)) + "}.x",
                          "There is no “x” in it."),
    "a long duration": (f'@"P{"9" * 5000}Y"', "9…” is not a duration; write it like P1Y6M or P30D."),
    "a long number": ("1" * 19_000, "1…” is not a number."),
    "a year of many digits": ('date(10**6000, 1, 1)', "(1E+6000, 1, 1) is no date or time."),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_told_in_one_sentence(name: str) -> None:
    text, sentence = BOMBS[name]
    for run in RUNNERS:
        told = tried(lambda run: as_json(run(text, {"x": Decimal(1)})), run)
        assert isinstance(told, Fault) and sentence in told.sentence.en
        assert told.at > 0 and len(told.sentence.en) < 500


def test_a_large_list_or_a_deep_one_is_no_value() -> None:
    one_number: list[Any] = [Decimal(1)]
    long_text: list[Any] = ["x" * 100]
    assert sized(one_number * 19_999) and sized(long_text * 150)
    deep: list[Any] = []
    for _ in range(60):
        deep = [deep]
    for one in (one_number * 20_001, long_text * 200, deep, {"a": deep}):
        with pytest.raises(Fault):
            sized(one)


def test_nothing_of_python_can_be_reached() -> None:
    scope: dict[str, Any] = {"x": {"a": Decimal(1)}, "t": "text", "m": MonthsDuration(1)}
    for text in ("x.__class__", "t.upper", "m.months.real", 'get value(x, "__class__")', "x.keys", "__import__(\"os\")",
                 'open("/etc/passwd")', "eval(\"1\")", "string.__doc__", "max.__globals__"):
        assert all(isinstance(tried(run, text, scope), Fault) for run in RUNNERS), text


def test_reading_does_not_need_a_deep_stack() -> None:
    """A request is some hundred calls deep before a rule is reached."""
    def down(calls: int) -> Any:
        return down(calls - 1) if calls else value(read("(" * 39 + "1" + "+1" * 40 + ")" * 39 + " "), {})
    assert sys.getrecursionlimit() >= 1000 and down(250) == 41


# -- values and sentences


def test_numbers_are_written_plainly_and_those_out_of_reach_with_an_exponent() -> None:
    assert [as_text(number(one)) for one in ("10.50", "1E+3", "-0", "0.000", "1E-7", "1E+100", "1E+101")] == [
        "10.5", "1000", "0", "0", "0.0000001", "1" + "0" * 100, "1E+101"]


def test_json_keeps_all_digits_and_writes_days_as_text() -> None:
    scope = {"n": number("1234567890123456789012345678901234.0"), "d": date(2024, 2, 29)}
    assert as_json(value(read('{n: n, "一 二": [d, true, null, "\\""], r: [1..2]}', scope), scope)) == (
        '{"n": 1234567890123456789012345678901234, "一 二": ["2024-02-29", true, null, "\\""], "r": "[1..2]"}')


def test_a_function_is_no_value_to_write() -> None:
    with pytest.raises(Fault, match="cannot be written"):
        as_json([lambda: None])


@pytest.mark.parametrize("text", ["nan", "sNaN", "-Infinity", "1_000", "", " ", "1e99999", "x" * 1000, "٣٫٥"])
def test_what_is_no_number_is_told_shortly(text: str) -> None:
    with pytest.raises(Fault) as told:
        number(text)
    assert "is not a number" in told.value.sentence.en and len(told.value.sentence.en) < 300


def test_a_fault_tells_where_it_was_and_shortens_what_is_long() -> None:
    fault = Fault(zh="除数是 0。", en="Division by zero.", at=7)
    assert fault.whole == fault.sentence
    fault.found_in(Bilingual("决策“待遇”", "decision “benefit”"), "base / 0")
    fault.found_in(Bilingual("外面", "outside"), "more")
    assert fault.whole == Bilingual("决策“待遇”，第 7 列（base / 0）：除数是 0。",
                                    "decision “benefit”, column 7 “base / 0”: Division by zero.")
    fault.text = "x" * 10_000
    assert len(fault.whole.en) < 300 and "x…”" in fault.whole.en


@pytest.mark.parametrize(("one", "words"), [
    (None, "null"), (True, "true or false"), (Decimal(1), "a number"), ("", "text"), ([], "a list"), ({}, "a context"),
    (date(2026, 1, 1), "a date"), (MonthsDuration(1), "a duration in years and months"), (print, "a function")])
def test_kinds_have_words(one: Any, words: str) -> None:
    assert kind_in_words(one).en == words and kind_in_words(one).zh
