"""From a model as written to trees that run: every box becomes nodes of the one syntax tree.

A wrong expression is found here, before anything is asked, with its element, its text and the column.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from jizhun.entitlements.dmn.model import (
    SIMPLE,
    Context,
    DecisionTable,
    Expression,
    FunctionDefinition,
    Invocation,
    ItemType,
    Listing,
    Model,
    Relation,
    Text,
)
from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.functions import FUNCTIONS
from jizhun.entitlements.feel.reading import read, read_tests
from jizhun.entitlements.feel.tree import Node, Tests
from jizhun.entitlements.feel.values import Fault
from jizhun.kernel.bilingual import Bilingual


@dataclass(frozen=True, slots=True)
class Function:
    """A knowledge model: its parameters, each (name, type), and the tree of its body."""

    parameters: tuple[tuple[str, str], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Lowered:
    """A model ready to run. ``order`` lists the decisions so that each stands behind those it reads."""

    model: Model
    decisions: dict[str, Node]
    functions: dict[str, Function]
    order: tuple[str, ...]
    types: dict[str, ItemType]
    allowed: dict[str, Tests] = field(default_factory=dict)

    def reads(self, decision: str) -> frozenset[str]:
        """The names that a decision reads itself: inputs, decisions, functions."""
        return tree.names(self.decisions[decision])

    def inputs_of(self, decision: str) -> tuple[str, ...]:
        """The inputs that a decision reads, itself or through others, in the order of the model."""
        found: set[str] = set()
        waiting = [decision]
        while waiting:
            for name in self.reads(waiting.pop()) - found:
                found.add(name)
                waiting += [name] if name in self.decisions else []
        return tuple(one.name for one in self.model.inputs if one.name in found)


def lowered(model: Model) -> Lowered:
    """The trees of all decisions and knowledge models; raises Fault for the first that is wrong."""
    types = {one.name: one for one in model.types}
    _check_types(model, types)
    names = frozenset(_names(model))
    functions = {one.name: Function(one.logic.parameters, _Boxes(
        Bilingual(f"知识模型“{one.name}”", f"knowledge model “{one.name}”"),
        names | {name for name, _ in one.logic.parameters}).body(one.logic.body))
        for one in model.knowledge if one.logic}
    decisions = {one.name: _Boxes(Bilingual(f"决策“{one.name}”", f"decision “{one.name}”"), names).body(one.logic)
                 for one in model.decisions if one.logic}
    for name, node in decisions.items():
        _known_functions(node, functions)
    allowed = {name: _allowed(one) for name, one in types.items() if one.allowed}
    return Lowered(model, decisions, functions, _order(decisions), types, allowed)


def _names(model: Model) -> Iterator[str]:
    for one in (*model.inputs, *model.decisions, *model.knowledge):
        yield one.name
    yield from _component_names(model.types)
    for decision in model.decisions:
        if isinstance(decision.logic, DecisionTable):
            yield from (output.name for output in decision.logic.outputs if output.name)


def _component_names(types: tuple[ItemType, ...]) -> Iterator[str]:
    for one in types:
        yield from (component.name for component in one.components)
        yield from _component_names(one.components)


def _check_types(model: Model, types: dict[str, ItemType]) -> None:
    """Fault where a type is nowhere defined, or defined by itself."""
    for one in (*model.inputs, *model.decisions):
        seen: list[str] = []
        name = one.type
        while name and name not in SIMPLE:
            if name not in types or name in seen:
                fault = Fault(zh=f"没有定义类型“{name}”。", en=f"The type “{name}” is not defined.")
                fault.found_in(Bilingual(f"“{one.name}”", f"“{one.name}”"), "")
                raise fault
            seen.append(name)
            name = types[name].base


def _allowed(one: ItemType) -> Tests:
    found = _placed(Bilingual(f"类型“{one.name}”", f"type “{one.name}”"), one.allowed, lambda: read_tests(one.allowed))
    assert isinstance(found.node, Tests)
    return found.node


def _placed(element: Bilingual, text: str, parse: Callable[[], Node]) -> tree.Said:
    try:
        return tree.Said(parse(), element, text)
    except Fault as fault:
        fault.found_in(element, text)
        raise


def _known_functions(node: Node, functions: dict[str, Function]) -> None:
    """Fault where a function is called that nobody defined: said now, not when somebody comes that far."""
    for one in tree.walk(node):
        if isinstance(one, tree.Said):
            for call in _own(one.node):
                if isinstance(call, tree.Call) and call.function not in functions and call.function not in FUNCTIONS:
                    fault = Fault(zh=f"没有名为“{call.function}”的函数。", en=f"There is no function called “{call.function}”.",
                                  at=call.at)
                    fault.found_in(one.element, one.text)
                    raise fault


def _own(node: Node) -> Iterator[Node]:
    """A node and what is below it, up to the next text."""
    yield node
    for child in tree.children(node):
        if not isinstance(child, tree.Said):
            yield from _own(child)


def _order(decisions: dict[str, Node]) -> tuple[str, ...]:
    done: list[str] = []

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            circle = " → ".join((*way[way.index(name):], name))
            raise Fault(zh=f"决策互相依赖成圈：{circle}。", en=f"Decisions need each other in a circle: {circle}.")
        if name in done:
            return
        for need in sorted(tree.names(decisions[name]) & decisions.keys()):
            visit(need, (*way, name))
        done.append(name)

    for name in decisions:
        visit(name, ())
    return tuple(done)


@dataclass(frozen=True, slots=True)
class _Boxes:
    """Makes trees of boxed expressions inside one element, with the names that may be read there."""

    element: Bilingual
    names: frozenset[str]

    def body(self, logic: Expression) -> Node:
        if isinstance(logic, Text):
            return self.text(logic.text, Bilingual("", ""))
        if isinstance(logic, DecisionTable):
            return self.table(logic)
        if isinstance(logic, Invocation):
            return self.invocation(logic)
        if isinstance(logic, Context):
            return self.context(logic)
        if isinstance(logic, Listing):
            return tree.Items(tuple(map(self.body, logic.items)))
        if isinstance(logic, Relation):
            return tree.Items(tuple(tree.Entries(tuple(zip(logic.columns, map(self.body, row), strict=True)))
                                    for row in logic.rows))
        raise self.fault(Bilingual("这里不能放函数定义。", "A function definition cannot stand here."))

    def where(self, part: Bilingual) -> Bilingual:
        return Bilingual(self.element.zh + part.zh, self.element.en + part.en)

    def fault(self, sentence: Bilingual) -> Fault:
        fault = Fault(zh=sentence.zh, en=sentence.en)
        fault.found_in(self.element, "")
        return fault

    def text(self, text: str, part: Bilingual) -> tree.Said:
        return _placed(self.where(part), text, lambda: read(text, self.names))

    def tests(self, text: str, part: Bilingual) -> tree.Said:
        return _placed(self.where(part), text, lambda: read_tests(text, self.names))

    def invocation(self, logic: Invocation) -> Node:
        function = self.text(logic.function, Bilingual("的调用", ", invocation")).node
        if not isinstance(function, tree.Name):
            raise self.fault(Bilingual("只能按名称调用。", "Only a name can be invoked."))
        call = tree.Call(function.name, (), tuple((name, self.body(value)) for name, value in logic.bindings))
        return tree.Said(call, self.element, "")

    def context(self, logic: Context) -> Node:
        """Entries, each seeing those before it; with a nameless last one the whole has its value."""
        names, entries = self.names, []
        for name, value in logic.entries:
            entries.append((name, _Boxes(self.element, names).body(value)))
            names = names | {name} if name else names
        if entries and not entries[-1][0]:
            return tree.Path(tree.Entries((*entries[:-1], (RESULT, entries[-1][1]))), RESULT)
        return tree.Entries(tuple(entries))

    def table(self, logic: DecisionTable) -> Node:
        inputs = tuple(self.text(one.expression, Bilingual(f"的输入 {n}", f", input {n}"))
                       for n, one in enumerate(logic.inputs, 1))
        allowed = tuple(self.tests(one.allowed, Bilingual(f"的输入 {n} 允许值", f", values of input {n}")) if one.allowed
                        else None for n, one in enumerate(logic.inputs, 1))
        outputs = tuple(self.output(one, n) for n, one in enumerate(logic.outputs, 1))
        rules = tuple(self.rule(row.tests, row.outputs, n) for n, row in enumerate(logic.rows, 1))
        table = tree.Table(inputs, allowed, outputs, rules, logic.letter, logic.aggregation)
        if logic.letter in "PO" and not any(one.allowed for one in logic.outputs):
            raise self.fault(Bilingual("按优先级的表没有写出输出的允许值，也就没有优先顺序。",
                                       "A table by priority lists no allowed output values, so there is no priority."))
        return tree.Said(table, self.element, "")

    def output(self, clause: object, number: int) -> tree.Output:
        name, allowed, default = (getattr(clause, one) for one in ("name", "allowed", "default"))
        values: tuple[Node, ...] = ()
        if allowed:
            said = self.tests(allowed, Bilingual(f"的输出 {number} 允许值", f", values of output {number}"))
            assert isinstance(said.node, Tests)
            values = tuple(one for one in said.node.parts if isinstance(one, tree.Literal))
        return tree.Output(name, values, self.text(default, Bilingual(f"的输出 {number} 缺省", f", default of output {number}"))
                           if default else None)

    def rule(self, tests: tuple[str, ...], outputs: tuple[str, ...], number: int) -> tree.Rule:
        return tree.Rule(
            tuple(self.tests(one, Bilingual(f"的规则 {number} 条件 {n}", f", rule {number}, input {n}"))
                  for n, one in enumerate(tests, 1)),
            tuple(self.text(one, Bilingual(f"的规则 {number} 结果 {n}", f", rule {number}, output {n}"))
                  for n, one in enumerate(outputs, 1)))


RESULT = "result"
"""The entry that holds the value of a context whose last entry has no name."""

__all__ = ["Function", "Lowered", "lowered"]
