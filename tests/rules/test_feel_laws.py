"""Laws of FEEL on random expressions and facts: two runners that agree, three-valued logic, and what is unknown."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feel_trees import (
    KINDS,
    VALUES,
    anything,
    cell_written,
    cells,
    dates,
    facts,
    sorted_tables,
    sums,
    texts,
    truths,
    written,
)
from jizhun.entitlements.feel import Fault, Unknown, compiled, compiled_tests, met, read, read_tests, tree, value
from jizhun.entitlements.feel.arithmetic import minus, moved, plus
from jizhun.entitlements.feel.notation import as_json, as_text
from jizhun.entitlements.feel.values import number

THREE = (True, False, None)


def seen(run: Any, *given_: Any) -> Any:
    """What a runner says: the value with its kinds, or the sentence of its Fault with where it was."""
    try:
        return "value", with_kinds(run(*given_))
    except Fault as fault:
        return "fault", fault.sentence, fault.at, fault.element, fault.text


def with_kinds(one: Any) -> Any:
    """A value in which 1 and true, or a day and its text, differ."""
    if isinstance(one, (list, tuple)):
        return [with_kinds(part) for part in one]
    if isinstance(one, Mapping):
        return {name: with_kinds(part) for name, part in one.items()}
    return type(one).__name__, one


# -- the plain reading and the compiled one


@settings(max_examples=400)
@given(anything, facts())
def test_the_compiled_runner_says_what_the_tree_means(node: tree.Node, scope: dict[str, Any]) -> None:
    assert seen(compiled(node), scope) == seen(value, node, scope)


@settings(max_examples=150)
@given(st.one_of(sums, dates, texts, truths, sorted_tables), facts())
def test_the_runners_agree_where_kinds_fit(node: tree.Node, scope: dict[str, Any]) -> None:
    assert seen(compiled(node), scope) == seen(value, node, scope)


@settings(max_examples=200)
@given(cells(anything), st.booleans(), st.one_of(*VALUES.values()), facts())
def test_the_runners_agree_on_cells(cell: tree.Tests, negated: bool, one: Any, scope: dict[str, Any]) -> None:
    tests = tree.Tests(cell.parts, negated)
    assert seen(compiled_tests(tests), one, scope) == seen(met, tests, one, scope)


# -- text and tree


def has_no_table(node: tree.Node) -> bool:
    return not any(isinstance(one, (tree.Table, tree.Said)) for one in tree.walk(node))


@settings(max_examples=300)
@given(anything)
def test_a_written_tree_is_read_as_that_tree(node: tree.Node) -> None:
    assume(has_no_table(node))
    assert read(written(node), KINDS) == node


@settings(max_examples=150)
@given(cells(st.one_of(sums, texts)), st.booleans())
def test_a_written_cell_is_read_as_that_cell(cell: tree.Tests, negated: bool) -> None:
    tests = tree.Tests(cell.parts, negated)
    assert read_tests(cell_written(tests), KINDS) == tests


TYPED = [*'ab1?.,:+-*/<>=()[]{}"\\ @\n年', "if ", "then ", " else ", " in ", " and ", "not(", "..", "**", "年龄",
         "poor", "1"]


@settings(max_examples=400)
@given(st.lists(st.sampled_from(TYPED), max_size=20).map("".join), facts())
def test_whatever_is_typed_is_run_or_told_with_its_column(text: str, scope: dict[str, Any]) -> None:
    readers: list[Any] = [read, read_tests]
    for reads in readers:
        try:
            node = reads(text, KINDS)
        except Fault as fault:
            assert 1 <= fault.at <= len(text) + 1
            assert fault.sentence.zh and fault.sentence.en
        else:
            inside = {**scope, "?": scope["年龄"]}
            assert seen(compiled(node), inside) == seen(value, node, inside)


# -- three-valued logic


def logic(sign: str, *parts: Any) -> Any:
    """``and`` or ``or`` of constants, asked of both runners."""
    node = tree.Logic(sign, tuple(map(tree.Literal, parts)))
    assert compiled(node)({}) is value(node, {})
    return value(node, {})


def negation(one: Any) -> Any:
    return value(tree.Call("not", (tree.Literal(one),)), {})


@pytest.mark.parametrize(("one", "other"), list(product(THREE, repeat=2)))
def test_kleenes_laws_of_two(one: Any, other: Any) -> None:
    assert logic("and", one, other) is logic("and", other, one)
    assert logic("or", one, other) is logic("or", other, one)
    assert negation(logic("and", one, other)) is logic("or", negation(one), negation(other))
    assert negation(logic("or", one, other)) is logic("and", negation(one), negation(other))
    assert logic("and", one, logic("or", one, other)) is one
    assert logic("or", one, logic("and", one, other)) is one
    assert negation(negation(one)) is one


@pytest.mark.parametrize("three", list(product(THREE, repeat=3)))
def test_kleenes_laws_of_three(three: tuple[Any, Any, Any]) -> None:
    one, other, third = three
    for sign, dual in (("and", "or"), ("or", "and")):
        assert logic(sign, *three) is logic(sign, logic(sign, one, other), third) is logic(sign, one,
                                                                                           logic(sign, other, third))
        assert logic(sign, one, logic(dual, other, third)) is logic(dual, logic(sign, one, other),
                                                                    logic(sign, one, third))


@given(st.sampled_from(["and", "or"]), st.lists(st.sampled_from(THREE), min_size=2, max_size=5), st.randoms())
def test_order_of_parts_does_not_matter(sign: str, parts: list[Any], random: Any) -> None:
    shuffled = random.sample(parts, len(parts))
    assert logic(sign, *parts) is logic(sign, *shuffled)


# -- what is unknown

World = tuple[tree.Node, dict[str, Any], list[dict[str, Any]]]


@st.composite
def half_known(draw: st.DrawFn, trees: st.SearchStrategy[tree.Node]) -> World:
    """An expression, facts of which some that it reads are unknown, and ways in which all may come to be known."""
    node = draw(trees)
    read_by = sorted(tree.names(node) & KINDS.keys()) or ["年龄"]
    hidden = draw(st.lists(st.sampled_from(read_by), min_size=1, max_size=4, unique=True))
    known = draw(st.fixed_dictionaries({name: st.one_of(st.none(), VALUES[KINDS[name]]) for name in read_by}))
    ways = [{**known, **{name: draw(st.one_of(st.none(), VALUES[KINDS[name]])) for name in hidden}} for _ in range(4)]
    return node, {**known, **{name: Unknown((name,)) for name in hidden}}, ways


def plainly(node: tree.Node, scope: dict[str, Any]) -> Any:
    """The value, an Unknown, or a Fault as it was raised."""
    try:
        return value(node, scope)
    except Fault as fault:
        return fault


@settings(max_examples=250)
@given(half_known(st.one_of(anything, truths, sums)))
def test_knowing_more_never_gives_another_answer(world: World) -> None:
    """What was told while facts were unknown stays; a mistake that only shows later is told as a mistake."""
    check_nothing_flips(*world)


@settings(max_examples=150)
@given(half_known(sorted_tables))
def test_knowing_more_never_gives_another_answer_of_a_table(world: World) -> None:
    check_nothing_flips(*world)


def check_nothing_flips(node: tree.Node, scope: dict[str, Any], ways: list[dict[str, Any]]) -> None:
    told = plainly(node, scope)
    for way in ways if not isinstance(told, Unknown) else ():
        later = plainly(node, way)
        if isinstance(told, Fault):
            assert isinstance(later, Fault)
        elif not isinstance(later, Fault):
            assert with_kinds(later) == with_kinds(told)


@settings(max_examples=150)
@given(half_known(truths))
def test_a_condition_told_early_stays_as_it_was_told(world: World) -> None:
    node, scope, ways = world
    told = plainly(node, scope)
    if told is True or told is False:
        assert [plainly(node, way) for way in ways] == [told] * len(ways)


@settings(max_examples=300)
@given(half_known(st.one_of(anything, truths, sums, sorted_tables, sorted_tables)))
def test_an_unknown_names_every_fact_that_can_change_it(world: World) -> None:
    """Two ways that agree on the facts named agree on the answer."""
    node, scope, ways = world
    told = plainly(node, scope)
    if not isinstance(told, Unknown):
        return
    assert told.facts and set(told.facts) <= {name for name, one in scope.items() if isinstance(one, Unknown)}
    first = plainly(node, ways[0])
    for other in ways[1:]:
        later = plainly(node, {**other, **{name: ways[0][name] for name in told.facts}})
        if not isinstance(later, Fault) and not isinstance(first, Fault):
            assert with_kinds(later) == with_kinds(first)


N, M, P = (Unknown((name,)) for name in "nmp")


@pytest.mark.parametrize(("text", "expected"), [
    ("n + m", Unknown(("n", "m"))), ("m - n * m", Unknown(("m", "n"))), ("n = n", N), ("-n", N), ("n.year", N),
    ("max(1, n)", N), ("[n, 1, m]", Unknown(("n", "m"))), ("{a: n, b: 2}", N), ("[1..n]", N), ("is defined(n)", N),
    ("false and p", False), ("p and false", False), ("p or true", True), ("p and true", P), ("p and null", P),
    ("p and n > 1", Unknown(("p", "n"))), ("not(p)", P), ("if true then 1 else n", 1), ("if false then n else 1", 1),
    ("if p then 5 else 5", 5), ("if p then 5 else 6", P), ("if p then n else 5", Unknown(("p", "n"))),
    ("if p then 1 else true", P), ("n in (m, 3)", Unknown(("n", "m"))), ("n in (< m, [1..n])", Unknown(("n", "m"))),
    ("3 in (m, 3)", True), ("3 in (m, 4)", M), ("3 in [1..m]", M), ("n between 1 and m", Unknown(("n", "m"))),
    # a mistake waits while something is unknown that may make it needless
    ("p and 1 / 0 > 1", P), ("p or 1 / 0 > 1", P), ("if p then 1 / 0 else 2", P), ("if p then 1 / 0 else 1 / 0", P),
    ("3 in (m, 1 / 0)", M), ("n in (1 / 0, 3)", N), ("p and 1 / 0 > 1 and false", False),
    # and is told where nothing does
    ("1 / 0 > 1 and p", "Division by zero."), ("n + 1 / 0", "Division by zero."),
    ("3 in (1 / 0, m)", "Division by zero."),
])
def test_what_is_known_of_the_half_known(text: str, expected: Any) -> None:
    told = plainly(read(text), {"n": N, "m": M, "p": P})
    assert (told.sentence.en if isinstance(told, Fault) else told) == expected


@given(half_known(st.one_of(truths, sorted_tables)))
def test_asking_for_the_facts_that_are_missing_comes_to_an_end(world: World) -> None:
    node, scope, ways = world
    told = plainly(node, scope)
    while isinstance(told, Unknown):
        assert isinstance(scope[told.facts[0]], Unknown)
        scope = {**scope, told.facts[0]: ways[0][told.facts[0]]}
        told = plainly(node, scope)
    whole = plainly(node, ways[0])
    assert isinstance(told, Fault) or isinstance(whole, Fault) or with_kinds(told) == with_kinds(whole)


# -- numbers and days

digits = st.decimals(min_value=Decimal("-1e20"), max_value=Decimal("1e20"), places=6)


@given(digits, digits)
def test_numbers_are_decimals_of_34_digits(one: Decimal, other: Decimal) -> None:
    scope = {"a": number(one), "b": number(other)}
    with localcontext(prec=34, rounding=ROUND_HALF_EVEN):
        expected = {"+": one + other, "-": one - other, "*": one * other} | ({"/": one / other} if other else {})
    for sign, result in expected.items():
        assert compiled(read(f"a {sign} b"))(scope) == result


@given(digits, digits.filter(bool))
def test_modulo_has_the_sign_of_the_divisor_and_is_smaller(one: Decimal, other: Decimal) -> None:
    rest = value(read("modulo(a, b)"), {"a": number(one), "b": number(other)})
    assert abs(rest) < abs(other) and (rest == 0 or (rest < 0) == (other < 0))
    with localcontext(prec=100):
        assert (one - rest) % other == 0


@given(digits, st.integers(-3, 6))
def test_rounding_moves_a_number_by_less_than_one_step(one: Decimal, scale: int) -> None:
    scope = {"n": number(one), "s": Decimal(scale)}
    step = Decimal(1).scaleb(-scale)
    half, up, down, low, high = (value(read(f"{name}(n, s)", scope), scope) for name in
                                 ("decimal", "round up", "round down", "floor", "ceiling"))
    assert abs(half - one) <= step / 2
    assert abs(down) <= abs(one) <= abs(up) and low <= one <= high
    assert all(abs(found - one) < step and found % step == 0 for found in (up, down, low, high))


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_number_written_is_read_as_itself(one: Decimal) -> None:
    try:
        held = number(one)
    except Fault:
        assume(False)
    assert value(read(as_text(held)), {}) == held
    assert Decimal(as_json(held)) == held


@given(st.dates(), st.integers(-40_000, 40_000))
def test_days_added_are_days_between(day: Any, count: int) -> None:
    try:
        later = plus(day, value(read(f'@"P1D" * ({count})'), {}))
    except Fault:
        return
    assert later == day + timedelta(count)
    assert as_text(minus(later, day)) == as_text(value(read(f'@"P1D" * ({count})'), {}))


@given(st.dates(), st.integers(-3000, 3000))
def test_months_added_keep_the_day_or_take_the_last_of_the_month(day: Any, months: int) -> None:
    try:
        later = moved(day, months)
    except Fault:
        return
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(1)).day == 1)
    whole = value(read("years and months duration(a, b)"), {"a": day, "b": later})
    assert abs(whole.months) in (abs(months), abs(months) - 1)
