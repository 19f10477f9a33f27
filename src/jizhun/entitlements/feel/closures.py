"""An expression compiled to a Python function of its scope: one person, microseconds.

It means what ``meaning`` says for facts that are all known; the tests hold the two against each other.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.arithmetic import negative, part
from jizhun.entitlements.feel.functions import FUNCTIONS
from jizhun.entitlements.feel.meaning import ARITHMETIC, fits, no_such_function, no_such_name
from jizhun.entitlements.feel.tables import Hit, decided, not_allowed
from jizhun.entitlements.feel.tables import one as one_row
from jizhun.entitlements.feel.values import Fault, Range, Value, both, compared, either, inverse, sized, within

Run = Callable[[Mapping[str, Any]], Any]
Check = Callable[[Any, Mapping[str, Any]], Any]


def compiled(node: tree.Node) -> Run:
    """A function from a scope of names to the value; the function raises Fault with the column where there is none."""
    return COMPILERS[type(node)](node)


def compiled_tests(tests: tree.Tests) -> Check:
    """A function from (input, scope) to whether the cell holds: true, false or null."""
    if not tests.parts:
        return lambda given, scope: True
    parts = [_check(one) for one in tests.parts]
    if len(parts) == 1 and not tests.negated:
        return parts[0]

    def check(given: Any, scope: Mapping[str, Any]) -> Any:
        found: bool | None = False
        for one in parts:
            found = either(found, one(given, scope))
            if found is True:
                break
        return inverse(found) if tests.negated else found
    return check


def _check(node: tree.Node) -> Check:
    if isinstance(node, tree.Tests):
        return compiled_tests(node)
    if isinstance(node, tree.Interval):
        return _within(node)
    if isinstance(node, tree.Literal) and type(node.value) in PLAIN:
        return _is(node)
    run = compiled(node)
    return lambda given, scope: _placed(node, fits, node, run({**scope, "?": given}), given)


PLAIN = (Decimal, str, bool, date)
"""Values of one kind that Python compares as FEEL does."""


def _is(node: tree.Literal) -> Check:
    wanted, of = node.value, type(node.value)

    def check(given: Any, scope: Mapping[str, Any]) -> Any:
        return given == wanted if type(given) is of else _placed(node, fits, node, wanted, given)
    return check


def _within(node: tree.Interval) -> Check:
    low, high = (None if one is None else compiled(one) for one in (node.low, node.high))
    if all(one is None or isinstance(one, tree.Literal) for one in (node.low, node.high)):
        return _within_fixed(node, low({}) if low else ..., high({}) if high else ...)

    def check(given: Any, scope: Mapping[str, Any]) -> Any:
        inside = {**scope, "?": given}
        return _placed(node, within, given, low(inside) if low else ..., high(inside) if high else ...,
                       node.low_included, node.high_included)
    return check


def _within_fixed(node: tree.Interval, low: Any, high: Any) -> Check:
    """An interval of constants; what is of their kind goes the quick way."""
    ends = {type(one) for one in (low, high) if one is not ...}
    kind = ends.pop() if len(ends) == 1 and ends <= {Decimal, str, date} else None
    above = operator.ge if node.low_included else operator.gt
    below = operator.le if node.high_included else operator.lt

    def check(given: Any, scope: Mapping[str, Any]) -> Any:
        if type(given) is kind:
            return (low is ... or above(given, low)) and (high is ... or below(given, high))
        return _placed(node, within, given, low, high, node.low_included, node.high_included)
    return check


def _placed(node: tree.Node, work: Callable[..., Any], *values: Any) -> Any:
    """What ``work`` makes of the values; a Fault gets the column of the node."""
    try:
        return work(*values)
    except Fault as fault:
        fault.at = fault.at or node.at
        raise


def _literal(node: tree.Literal) -> Run:
    value = node.value
    return lambda scope: value


def _name(node: tree.Name) -> Run:
    name = node.name

    def run(scope: Mapping[str, Any]) -> Any:
        try:
            return scope[name]
        except KeyError:
            fault = no_such_name(name)
            fault.at = node.at
            raise fault from None
    return run


def _path(node: tree.Path) -> Run:
    source = compiled(node.source)
    return lambda scope: _placed(node, part, source(scope), node.name)


def _unary(node: tree.Unary) -> Run:
    inner = compiled(node.value)
    return lambda scope: _placed(node, negative, inner(scope))


QUICK: dict[str, Callable[[Decimal, Decimal], Any]] = {
    "<": Decimal.__lt__, "<=": Decimal.__le__, ">": Decimal.__gt__, ">=": Decimal.__ge__, "=": Decimal.__eq__,
    "!=": Decimal.__ne__}


def _binary(node: tree.Binary) -> Run:
    """Two numbers are compared the quick way; everything else goes the way that knows all kinds."""
    left, right, sign, quick = compiled(node.left), compiled(node.right), node.sign, QUICK.get(node.sign)
    work = ARITHMETIC.get(sign) or (lambda one, other: compared(sign, one, other))

    def run(scope: Mapping[str, Any]) -> Any:
        one, other = left(scope), right(scope)
        if quick and type(one) is Decimal and type(other) is Decimal:
            return quick(one, other)
        return _placed(node, work, one, other)
    return run


def _logic(node: tree.Logic) -> Run:
    parts = [compiled(one) for one in node.parts]
    decides, join = (False, both) if node.sign == "and" else (True, either)

    def run(scope: Mapping[str, Any]) -> Any:
        found: bool | None = not decides
        for one in parts:
            told = one(scope)
            if told is decides:
                return decides
            found = join(found, told)
        return found
    return run


def _if(node: tree.If) -> Run:
    condition, then, otherwise = compiled(node.condition), compiled(node.then), compiled(node.otherwise)
    return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)


def _call(node: tree.Call) -> Run:
    given = [compiled(one) for one in node.arguments]
    named = [(name, compiled(one)) for name, one in node.named]
    name, known = node.function, FUNCTIONS.get(node.function)

    def call(scope: Mapping[str, Any]) -> Value:
        by_name = {one: run(scope) for one, run in named}
        values = [run(scope) for run in given]
        own = scope.get(name)
        if callable(own):
            return own(*values, **by_name)  # type: ignore[no-any-return]
        if known is None:
            raise no_such_function(name)
        return known.run(*(known.ordered(by_name) if by_name else values))
    return lambda scope: _placed(node, call, scope)


def _interval(node: tree.Interval) -> Run:
    low, high = (None if one is None else compiled(one) for one in (node.low, node.high))
    return lambda scope: Range(low(scope) if low else ..., high(scope) if high else ...,
                               node.low_included, node.high_included)


def _in(node: tree.In) -> Run:
    value, check = compiled(node.value), compiled_tests(node.tests)
    return lambda scope: _placed(node, check, value(scope), scope)


def _tests(node: tree.Tests) -> Run:
    given, check = _name(tree.Name("?", at=node.at)), compiled_tests(node)
    return lambda scope: check(given(scope), scope)


def _items(node: tree.Items) -> Run:
    items = [compiled(one) for one in node.items]
    if all(isinstance(one, tree.Literal) for one in node.items):
        return lambda scope: [one(scope) for one in items]
    return lambda scope: _placed(node, sized, [one(scope) for one in items])


def _entries(node: tree.Entries) -> Run:
    entries = [(name, compiled(one)) for name, one in node.entries]

    def run(scope: Mapping[str, Any]) -> Any:
        found: dict[str, Any] = {}
        inside = {**scope}
        for name, one in entries:
            found[name] = inside[name] = one(inside)
        return sized(found)
    return lambda scope: _placed(node, run, scope)


def _said(node: tree.Said) -> Run:
    inner, element, text = compiled(node.node), node.element, node.text

    def run(scope: Mapping[str, Any]) -> Any:
        try:
            return inner(scope)
        except Fault as fault:
            fault.found_in(element, text)
            raise
    return run


def _cell(node: tree.Node) -> Check:
    """The check of a cell of a table, with where it stands."""
    if not isinstance(node, tree.Said):
        return _check(node)
    inner, element, text = _cell(node.node), node.element, node.text

    def check(given: Any, scope: Mapping[str, Any]) -> Any:
        try:
            return inner(given, scope)
        except Fault as fault:
            fault.found_in(element, text)
            raise
    return check


def _rule(rule: tree.Rule) -> tuple[list[tuple[int, Check]], list[Run]]:
    """The cells of a rule that say something, each with the number of its input, and its results."""
    cells = [(n, _cell(test)) for n, test in enumerate(rule.tests)
             if not (isinstance(bare := tree.bare(test), tree.Tests) and not bare.parts)]
    return cells, [compiled(one) for one in rule.outputs]


def _table(node: tree.Table) -> Run:
    inputs, rules = [compiled(one) for one in node.inputs], [_rule(one) for one in node.rules]
    allowed = [(n, _cell(one)) for n, one in enumerate(node.allowed) if one is not None]
    priorities = [[compiled(one) for one in output.values] for output in node.outputs]
    defaults = [compiled(output.default) for output in node.outputs if output.default is not None]
    first_only = node.policy == "F"

    def run(scope: Mapping[str, Any]) -> Any:
        given = [one(scope) for one in inputs]
        for n, check in allowed:
            if given[n] is not None and check(given[n], scope) is False:
                raise not_allowed(n + 1, given[n])
        hits: list[Hit] = []
        for number, (cells, outputs) in enumerate(rules, 1):
            for n, check in cells:
                if check(given[n], scope) is not True:
                    break
            else:
                hits.append((number, tuple(one(scope) for one in outputs)))
                if first_only:
                    break
        if hits:
            return decided(node, hits, [[one(scope) for one in row] for row in priorities])
        return one_row(node, [one(scope) for one in defaults]) if len(defaults) == len(node.outputs) else None
    return lambda scope: _placed(node, run, scope)


COMPILERS: dict[type[tree.Node], Callable[[Any], Run]] = {
    tree.Literal: _literal, tree.Name: _name, tree.Path: _path, tree.Unary: _unary, tree.Binary: _binary,
    tree.Logic: _logic, tree.If: _if, tree.Call: _call, tree.Interval: _interval, tree.In: _in, tree.Tests: _tests,
    tree.Items: _items, tree.Entries: _entries, tree.Said: _said, tree.Table: _table}
