"""What an expression means, read off its tree: slow, plain, and the measure for the compiled runners.

It also answers while some facts are still unknown. An ``Unknown`` names the facts that could still change the
answer; ``false and unknown`` is false, so a fact that no longer matters is in no ``Unknown``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.arithmetic import minus, negative, over, part, plus, power, times
from jizhun.entitlements.feel.functions import FUNCTIONS
from jizhun.entitlements.feel.tables import SINGLE, Hit, decided, not_allowed
from jizhun.entitlements.feel.tables import one as one_row
from jizhun.entitlements.feel.values import Fault, Range, Value, both, compared, either, equal, inverse, sized, within


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not to be told before at least one of these facts is; in the order in which they were come upon."""

    facts: tuple[str, ...]


Known = Any
"""A Value, or an Unknown."""

ARITHMETIC = {"+": plus, "-": minus, "*": times, "/": over, "**": power}
Scope = Mapping[str, Any]


def value(node: tree.Node, scope: Scope) -> Known:
    """The value of an expression in a scope of names; raises Fault with its column where there is none."""
    try:
        return MEANINGS[type(node)](node, scope)
    except Fault as fault:
        fault.at = fault.at or node.at
        raise


def met(tests: tree.Tests, given: Known, scope: Scope) -> Known:
    """Whether the cell of a table holds of ``given``: true, false, null or Unknown."""
    if not tests.parts:
        return True
    found = _one_of(_told(tests.parts, given, scope))
    if isinstance(given, Unknown):
        return Unknown(missing([given, found]))
    return _lifted(inverse, found) if tests.negated else found


def missing(values: Iterable[Known]) -> tuple[str, ...]:
    """The facts that any of these values waits for, each once."""
    return tuple(dict.fromkeys(fact for one in values if isinstance(one, Unknown) for fact in one.facts))


def _lifted(work: Any, *values: Known) -> Known:
    """``work`` of the values, or what they wait for."""
    waits = missing(values)
    return Unknown(waits) if waits else work(*values)


def _put_off(unknown: bool, work: Callable[..., Known], *given: Any) -> Known:
    """What ``work`` comes to; a Fault waits while something is unknown that may make this needless."""
    try:
        return work(*given)
    except Fault:
        if not unknown:
            raise
        return Unknown(())


def _told(parts: Iterable[tree.Node], given: Known, scope: Scope) -> Iterator[Known]:
    unknown = isinstance(given, Unknown)
    for one in parts:
        told = _put_off(unknown, _met, one, given, scope)
        unknown = unknown or isinstance(told, Unknown)
        yield told


def _met(node: tree.Node, given: Known, scope: Scope) -> Known:
    """Whether one part of a cell holds; a Fault gets the column of the part."""
    try:
        return _part_met(node, given, scope)
    except Fault as fault:
        fault.at = fault.at or node.at
        raise


def _part_met(node: tree.Node, given: Known, scope: Scope) -> Known:
    if isinstance(node, tree.Tests):
        return met(node, given, scope)
    inside = {**scope, "?": given}
    if isinstance(node, tree.Interval):
        return _lifted(lambda one, low, high: within(one, low, high, node.low_included, node.high_included),
                       given, *(_end(one, inside) for one in (node.low, node.high)))
    return _lifted(lambda found, one: fits(node, found, one), value(node, inside), given)


def _end(node: tree.Node | None, scope: Scope) -> Known:
    return ... if node is None else value(node, scope)


def fits(node: tree.Node, found: Value, given: Value) -> bool | None:
    """Whether ``given`` fits what a part of a cell came to: a condition of its own, a range, a list, or a value."""
    if speaks_of_input(node) or (isinstance(found, bool) and not isinstance(given, bool) and given is not None):
        return found if isinstance(found, bool) else None
    if isinstance(found, Range):
        return within(given, found.low, found.high, found.low_included, found.high_included)
    if isinstance(found, (list, tuple)) and not isinstance(given, (list, tuple)):
        return bool(_one_of(equal(given, one) for one in found))
    return equal(given, found)


def speaks_of_input(node: tree.Node) -> bool:
    return any(isinstance(one, tree.Name) and one.name == "?" for one in tree.walk(node))


def _one_of(values: Iterable[Known]) -> Known:
    found: bool | None = False
    waiting = []
    for one in values:
        if one is True:
            return True
        waiting.append(one)
        found = found if isinstance(one, Unknown) else either(found, one)
    waits = missing(waiting)
    return Unknown(waits) if waits else found


# -- a meaning for each kind of node


def _literal(node: tree.Literal, scope: Scope) -> Known:
    return node.value


def _name(node: tree.Name, scope: Scope) -> Known:
    try:
        return scope[node.name]
    except KeyError:
        raise no_such_name(node.name) from None


def no_such_name(name: str) -> Fault:
    return Fault(zh=f"没有名为“{name}”的值。", en=f"There is nothing called “{name}”.")


def _path(node: tree.Path, scope: Scope) -> Known:
    return _lifted(lambda one: part(one, node.name), value(node.source, scope))


def _unary(node: tree.Unary, scope: Scope) -> Known:
    return _lifted(negative, value(node.value, scope))


def _binary(node: tree.Binary, scope: Scope) -> Known:
    work = ARITHMETIC.get(node.sign) or (lambda one, other: compared(node.sign, one, other))
    return _lifted(work, value(node.left, scope), value(node.right, scope))


def _logic(node: tree.Logic, scope: Scope) -> Known:
    """One part decides alone; otherwise what any part waits for is waited for."""
    decides, join = (False, both) if node.sign == "and" else (True, either)
    found: bool | None = not decides
    waiting: list[Unknown] = []
    for one in node.parts:
        told = _put_off(bool(waiting), value, one, scope)
        if told is decides:
            return decides
        if isinstance(told, Unknown):
            waiting.append(told)
        else:
            found = join(found, told)
    return Unknown(missing(waiting)) if waiting else found


def _if(node: tree.If, scope: Scope) -> Known:
    condition = value(node.condition, scope)
    if not isinstance(condition, Unknown):
        return value(node.then if condition is True else node.otherwise, scope)
    ways = [_put_off(True, value, way, scope) for way in (node.then, node.otherwise)]
    if not any(isinstance(way, Unknown) for way in ways) and same(*ways):
        return ways[0]
    return Unknown(missing([condition, *ways]))


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same, of whatever kind."""
    return type(one) is type(other) and one == other


def _call(node: tree.Call, scope: Scope) -> Known:
    given = [value(one, scope) for one in node.arguments]
    named = {name: value(one, scope) for name, one in node.named}
    waits = missing([*given, *named.values()])
    if waits:
        return Unknown(waits)
    own = scope.get(node.function)
    if callable(own):
        return own(*given, **named)
    known = FUNCTIONS.get(node.function)
    if known is None:
        raise no_such_function(node.function)
    return known.run(*(known.ordered(named) if named else given))


def no_such_function(name: str) -> Fault:
    return Fault(zh=f"没有名为“{name}”的函数。", en=f"There is no function called “{name}”.")


def _interval(node: tree.Interval, scope: Scope) -> Known:
    return _lifted(lambda low, high: Range(low, high, node.low_included, node.high_included),
                   *(_end(one, scope) for one in (node.low, node.high)))


def _in(node: tree.In, scope: Scope) -> Known:
    return met(node.tests, value(node.value, scope), scope)


def _tests(node: tree.Tests, scope: Scope) -> Known:
    return met(node, _name(tree.Name("?"), scope), scope)


def _items(node: tree.Items, scope: Scope) -> Known:
    return _lifted(lambda *found: sized(list(found)), *(value(one, scope) for one in node.items))


def _entries(node: tree.Entries, scope: Scope) -> Known:
    found: dict[str, Known] = {}
    for name, one in node.entries:
        found[name] = value(one, {**scope, **found})
    waits = missing(found.values())
    return Unknown(waits) if waits else sized(found)


def _said(node: tree.Said, scope: Scope) -> Known:
    try:
        return value(node.node, scope)
    except Fault as fault:
        fault.found_in(node.element, node.text)
        raise


def _table(node: tree.Table, scope: Scope) -> Known:
    """The result of a decision table; with unknown facts, where every rule that may still hold gives the same."""
    given = [value(one, scope) for one in node.inputs]
    for number, (one, allowed) in enumerate(zip(given, node.allowed, strict=True), 1):
        if allowed is not None and one is not None and _cell(allowed, one, scope) is False:
            raise not_allowed(number, one)
    open_ones: list[tuple[tree.Rule, Unknown]] = []
    sure: list[Hit] = []
    first_only = node.policy == "F"
    for number, rule in enumerate(node.rules, 1):
        holds = _put_off(first_only and bool(open_ones), _held, rule, given, scope)
        if isinstance(holds, Unknown):
            open_ones.append((rule, holds))
        elif holds:
            needless = first_only and bool(open_ones)
            sure.append((number, tuple(_put_off(needless, value, cell, scope) for cell in rule.outputs)))
            if first_only:
                break
    if open_ones or any(isinstance(one, Unknown) for _, outputs in sure for one in outputs):
        return _still_open(node, open_ones, sure, scope)
    return _result(node, sure, scope)


def _result(node: tree.Table, hits: list[Hit], scope: Scope) -> Known:
    if hits:
        return decided(node, hits, [[value(cell, scope) for cell in output.values] for output in node.outputs])
    if any(output.default is None for output in node.outputs):
        return None
    return _lifted(lambda *found: one_row(node, found), *_defaults(node, scope))


def _defaults(node: tree.Table, scope: Scope) -> list[Known]:
    return [value(output.default, scope) for output in node.outputs if output.default is not None]


def rules_that_hold(node: tree.Node, scope: Scope) -> list[int]:
    """The places, counted from 0, of the rules of a table that hold; none for what is no table."""
    table = tree.bare(node)
    if not isinstance(table, tree.Table):
        return []
    given = [value(cell, scope) for cell in table.inputs]
    return [place for place, rule in enumerate(table.rules) if _held(rule, given, scope) is True]


def _cell(node: tree.Node, given: Known, scope: Scope) -> Known:
    if isinstance(node, tree.Said):
        try:
            return _cell(node.node, given, scope)
        except Fault as fault:
            fault.found_in(node.element, node.text)
            raise
    assert isinstance(node, tree.Tests)
    return met(node, given, scope)


def _held(rule: tree.Rule, given: list[Known], scope: Scope) -> Known:
    """Whether a rule holds: one cell that does not decides; a null cell does not hold."""
    waiting: list[Unknown] = []
    for test, one in zip(rule.tests, given, strict=True):
        told = _put_off(bool(waiting), _cell, test, one, scope)
        if isinstance(told, Unknown):
            waiting.append(told)
        elif told is not True:
            return False
    return Unknown(missing(waiting)) if waiting else True


def _still_open(node: tree.Table, open_ones: list[tuple[tree.Rule, Unknown]], sure: list[Hit], scope: Scope) -> Known:
    """Known all the same where each rule that may hold, and what holds without them, comes to one result."""
    ways = [tuple(_put_off(True, value, cell, scope) for cell in rule.outputs) for rule, _ in open_ones]
    results = [cell for way in [*ways, *(outputs for _, outputs in sure)] for cell in way]
    waits = missing([*(holds for _, holds in open_ones), *results])
    if not sure:
        return Unknown(missing([Unknown(waits), _put_off(True, _result, node, sure, scope)]))
    if node.policy not in SINGLE or any(isinstance(one, Unknown) for one in results):
        return Unknown(waits)
    without = _result(node, sure, scope)
    return without if all(same(one_row(node, way), without) for way in ways) else Unknown(waits)


MEANINGS: dict[type[tree.Node], Any] = {
    tree.Literal: _literal, tree.Name: _name, tree.Path: _path, tree.Unary: _unary, tree.Binary: _binary,
    tree.Logic: _logic, tree.If: _if, tree.Call: _call, tree.Interval: _interval, tree.In: _in, tree.Tests: _tests,
    tree.Items: _items, tree.Entries: _entries, tree.Said: _said, tree.Table: _table}

__all__ = ["Known", "Scope", "Unknown", "met", "missing", "same", "value"]
