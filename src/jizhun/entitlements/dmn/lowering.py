"""From a model as written to trees that run: every box becomes nodes of the one syntax tree.

A wrong expression is found here, before anything is asked, with its element, its text and the column.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from jizhun.entitlements.dmn.model import (
    SIMPLE,
    Context,
    DecisionTable,
    Expression,
    Invocation,
    ItemType,
    Knowledge,
    Listing,
    Model,
    OutputClause,
    Relation,
    Text,
)
from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.functions import FUNCTIONS
from jizhun.entitlements.feel.meaning import no_such_function, no_such_name
from jizhun.entitlements.feel.reading import read, read_tests
from jizhun.entitlements.feel.tree import Node, Tests
from jizhun.entitlements.feel.values import Fault
from jizhun.kernel.bilingual import Bilingual

DEEPEST_TYPES = 20
"""Types that are each defined by the next."""


@dataclass(frozen=True, slots=True)
class Function:
    """A knowledge model: its parameters, each (name, type), and the tree of its body."""

    parameters: tuple[tuple[str, str], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Lowered:
    """A model ready to run. ``order`` lists the decisions so that each stands behind those it reads.

    ``allowed`` holds the allowed values of types by their text, ``names_read`` the names that each decision reads.
    """

    model: Model
    decisions: dict[str, Node]
    functions: dict[str, Function]
    order: tuple[str, ...]
    types: dict[str, ItemType]
    allowed: dict[str, Tests] = field(default_factory=dict)
    names_read: dict[str, frozenset[str]] = field(default_factory=dict)

    def reads(self, decision: str) -> frozenset[str]:
        """The names that a decision reads itself: inputs, decisions, functions."""
        return self.names_read[decision]

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
    _check_elements(model, names)
    functions = {one.name: _function(one, names) for one in model.knowledge if one.logic}
    decisions = {one.name: _Boxes(_decision(one.name), names).body(one.logic) for one in model.decisions if one.logic}
    callable_names = functions.keys() | FUNCTIONS.keys()
    known = frozenset(one.name for one in model.knowledge)
    for function in functions.values():
        _check_names(function.body, known | {name for name, _ in function.parameters}, callable_names)
    known |= {one.name for one in (*model.inputs, *model.decisions)}
    for node in decisions.values():
        _check_names(node, known, callable_names)
    read_by = {name: tree.names(node) for name, node in decisions.items()}
    return Lowered(model, decisions, functions, _order(read_by), types, dict(_allowed(model.types)), read_by)


def _decision(name: str) -> Bilingual:
    return Bilingual(f"决策“{name}”", f"decision “{name}”")


def _function(one: Knowledge, names: frozenset[str]) -> Function:
    assert one.logic is not None
    where = Bilingual(f"知识模型“{one.name}”", f"knowledge model “{one.name}”")
    parameters = [name for name, _ in one.logic.parameters]
    _once(where, Bilingual("参数", "parameter"), parameters)
    return Function(one.logic.parameters, _Boxes(where, names | set(parameters)).body(one.logic.body))


def _once(where: Bilingual, what: Bilingual, names: Iterable[str]) -> None:
    """Fault where one of the names is empty, or stands there twice."""
    seen: set[str] = set()
    for name in names:
        if not name or name in seen:
            words = Bilingual(f"{what.zh}“{name}”写了两次。", f"The {what.en} “{name}” is there twice.") if name else \
                Bilingual(f"有一个{what.zh}没有名称。", f"There is one {what.en} without a name.")
            fault = Fault(zh=words.zh, en=words.en)
            fault.found_in(where, "")
            raise fault
        seen.add(name)


def _check_elements(model: Model, names: frozenset[str]) -> None:
    """Fault for a name that an expression would read as something else: ``true``, ``12``."""
    for one in (*model.inputs, *model.decisions, *model.knowledge):
        try:
            meant = read(one.name, names) == tree.Name(one.name)
        except Fault:
            continue  # whoever writes it in an expression is told
        if not meant:
            raise Fault(zh=f"“{one.name}”不能作名称：表达式另有解读。",
                        en=f"“{one.name}” cannot be a name: it means something else in an expression.")


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
    """Fault where a type that is used is nowhere defined, defined twice, or defined by itself."""
    _once(Bilingual("类型", "types"), Bilingual("类型", "type"), (one.name for one in model.types))
    waiting = [(one.name, one.type) for one in (*model.inputs, *model.decisions)]
    done: set[str] = set()
    while waiting:
        user, name = waiting.pop()
        chain: list[str] = []
        while name and name not in SIMPLE:
            if name not in types or name in chain or len(chain) > DEEPEST_TYPES:
                fault = Fault(zh=f"没有定义类型“{name}”。", en=f"The type “{name}” is not defined.")
                fault.found_in(Bilingual(f"“{user}”", f"“{user}”"), "")
                raise fault
            chain.append(name)
            if name not in done:
                done.add(name)
                waiting += [(f"{name}.{part.name}", part.base) for part in _components(types[name])]
            name = types[name].base


def _components(one: ItemType) -> Iterator[ItemType]:
    """The components of a type and theirs; Fault where two have one name."""
    _once(Bilingual(f"类型“{one.name}”", f"type “{one.name}”"), Bilingual("组成项", "component"),
          (part.name for part in one.components))
    for part in one.components:
        yield part
        yield from _components(part)


def _allowed(types: Iterable[ItemType]) -> Iterator[tuple[str, Tests]]:
    """The allowed values of types and components, each with its text."""
    for one in types:
        if one.allowed:
            said = _tests_of(one)
            _check_names(said, frozenset(), FUNCTIONS.keys())
            assert isinstance(said.node, Tests)
            yield one.allowed, said.node
        yield from _allowed(one.components)


def _tests_of(one: ItemType) -> tree.Said:
    return _placed(Bilingual(f"类型“{one.name}”", f"type “{one.name}”"), one.allowed, lambda: read_tests(one.allowed))


def _placed(element: Bilingual, text: str, parse: Callable[[], Node]) -> tree.Said:
    try:
        return tree.Said(parse(), element, text)
    except Fault as fault:
        fault.found_in(element, text)
        raise


def _check_names(node: Node, names: frozenset[str], functions: Collection[str],
                 said: tree.Said | None = None) -> None:
    """Fault for a name or a function that is nowhere: said now, not when somebody comes that far."""
    if isinstance(node, tree.Said):
        said = node
    fault = None
    if isinstance(node, tree.Name) and node.name not in names:
        fault = no_such_name(node.name)
    if isinstance(node, tree.Call) and node.function not in functions:
        fault = no_such_function(node.function)
    if fault:
        fault.at = node.at
        if said:
            fault.found_in(said.element, said.text)
        raise fault
    if isinstance(node, tree.Entries):
        for name, one in node.entries:
            _check_names(one, names, functions, said)
            names |= {name}
        return
    inside = names | {"?"} if isinstance(node, Tests) and node.parts else names
    for child in tree.children(node):
        _check_names(child, inside, functions, said)


def _order(read_by: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    graph = {name: sorted(names & read_by.keys()) for name, names in read_by.items()}
    try:
        return tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        names = list(reversed(error.args[1]))
        circle = " → ".join(names if len(names) <= 12 else [*names[:10], "…", names[-1]])
        raise Fault(zh=f"决策互相依赖成圈：{circle}。",
                    en=f"Decisions need each other in a circle: {circle}.") from None


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
            _once(self.element, Bilingual("列", "column"), logic.columns)
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
        _once(self.element, Bilingual("参数", "parameter"), (name for name, _ in logic.bindings))
        call = tree.Call(function.name, (), tuple((name, self.body(value)) for name, value in logic.bindings))
        return tree.Said(call, self.element, "")

    def context(self, logic: Context) -> Node:
        """Entries, each seeing those before it; with a nameless last one the whole has its value."""
        has_result = bool(logic.entries) and not logic.entries[-1][0]
        named = logic.entries[:-1] if has_result else logic.entries
        _once(self.element, Bilingual("条目", "entry"), (name for name, _ in named))
        names, entries = self.names, []
        for name, value in logic.entries:
            entries.append((name, _Boxes(self.element, names).body(value)))
            names = names | {name} if name else names
        if has_result:
            return tree.Path(tree.Entries((*entries[:-1], (RESULT, entries[-1][1]))), RESULT)
        return tree.Entries(tuple(entries))

    def table(self, logic: DecisionTable) -> Node:
        if len(logic.outputs) > 1:
            _once(self.element, Bilingual("输出", "output"), (one.name for one in logic.outputs))
        inputs = tuple(self.text(one.expression, Bilingual(f"的输入 {n}", f", input {n}"))
                       for n, one in enumerate(logic.inputs, 1))
        allowed = tuple(
            self.tests(one.allowed, Bilingual(f"的输入 {n} 允许值", f", values of input {n}")) if one.allowed else None
            for n, one in enumerate(logic.inputs, 1))
        outputs = tuple(self.output(one, n) for n, one in enumerate(logic.outputs, 1))
        rules = tuple(self.rule(row.tests, row.outputs, n) for n, row in enumerate(logic.rows, 1))
        table = tree.Table(inputs, allowed, outputs, rules, logic.letter, logic.aggregation)
        if logic.letter in "PO" and not any(one.values for one in outputs):
            raise self.fault(Bilingual("按优先级的表没有写出输出的允许值，也就没有优先顺序。",
                                       "A table by priority lists no allowed output values, so there is no priority."))
        return tree.Said(table, self.element, "")

    def output(self, clause: OutputClause, number: int) -> tree.Output:
        values: tuple[Node, ...] = ()
        if clause.allowed:
            said = self.tests(clause.allowed, Bilingual(f"的输出 {number} 允许值", f", values of output {number}"))
            assert isinstance(said.node, Tests)
            values = tuple(one for one in said.node.parts if isinstance(one, (tree.Literal, tree.Unary)))
        part = Bilingual(f"的输出 {number} 缺省", f", default of output {number}")
        return tree.Output(clause.name, values, self.text(clause.default, part) if clause.default else None)

    def rule(self, tests: tuple[str, ...], outputs: tuple[str, ...], number: int) -> tree.Rule:
        return tree.Rule(
            tuple(self.tests(one, Bilingual(f"的规则 {number} 条件 {n}", f", rule {number}, input {n}"))
                  for n, one in enumerate(tests, 1)),
            tuple(self.text(one, Bilingual(f"的规则 {number} 结果 {n}", f", rule {number}, output {n}"))
                  for n, one in enumerate(outputs, 1)))


RESULT = "result"
"""The entry that holds the value of a context whose last entry has no name."""

__all__ = ["Function", "Lowered", "lowered"]
