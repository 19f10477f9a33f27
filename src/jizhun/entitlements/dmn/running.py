"""A model at work: facts in, decisions out, each decision once and only if it is needed.

``Runner`` is the compiled way, ``decide`` the plain one that also bears unknown facts. Both take typed facts:
``typed`` makes them of what JSON or a form holds.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from jizhun.entitlements.dmn.lowering import Lowered
from jizhun.entitlements.dmn.model import SIMPLE, ItemType
from jizhun.entitlements.feel import meaning
from jizhun.entitlements.feel.closures import compiled
from jizhun.entitlements.feel.notation import as_text, read_date, read_date_and_time, read_duration, read_time
from jizhun.entitlements.feel.values import (
    Fault,
    Value,
    capital,
    kind,
    kind_in_words,
    number,
    shortened,
    sized,
    type_in_words,
)
from jizhun.kernel.bilingual import Bilingual

DEEPEST_CALLS, MOST_CALLS = 30, 2_000
"""Of knowledge models, in one another and in all, for one person."""


# -- facts


def typed(lowered: Lowered, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON holds them, as values of the model's types; what is not given is null.

    Raises Fault for a name that is no input, a value of another type, or one that the type does not allow.
    """
    inputs = {one.name: one for one in lowered.model.inputs}
    for name in facts:
        if name not in inputs:
            raise Fault(zh=f"模型没有输入“{name}”。", en=f"The model has no input “{name}”.")
    return {name: _of_input(lowered, name, one.type, facts.get(name)) for name, one in inputs.items()}


def _of_input(lowered: Lowered, name: str, type_name: str, value: Any) -> Any:
    try:
        return as_type(lowered, type_name, sized(value))
    except Fault as fault:
        fault.found_in(Bilingual(f"输入“{name}”", f"input “{name}”"), "")
        raise


def _read_truth(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text, text)


READERS: dict[str, Callable[[str], Any]] = {
    "number": number, "boolean": _read_truth, "date": read_date, "time": read_time, "date and time": read_date_and_time,
    "years and months duration": read_duration, "days and time duration": read_duration}


def as_type(lowered: Lowered | None, type_name: str, value: Any) -> Any:
    """A value as a type wants it; raises Fault where it does not fit."""
    if value is None or type_name in ("", "Any"):
        return _plain_value(value)
    if type_name in SIMPLE:
        return _simple(type_name, value)
    assert lowered is not None  # a simple type needs no model
    one = lowered.types[type_name]
    if one.collection:
        items = value if isinstance(value, (list, tuple)) else [value]
        return [_checked(lowered, one, _single(lowered, one, item)) for item in items]
    return _checked(lowered, one, _single(lowered, one, value))


def _plain_value(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain_value(one) for one in value]
    if isinstance(value, Mapping):
        return {_text(name): _plain_value(one) for name, one in value.items()}
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return number(str(value))
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    """A text; raises Fault for half a character, which nobody can write."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Fault(zh="文字中有残缺的字符。", en="The text holds half a character.") from None
    return value


def _simple(wanted: str, value: Any) -> Any:
    value = _plain_value(value)
    if isinstance(value, str) and wanted in READERS:
        value = READERS[wanted](value)
    if kind(value) != wanted:
        raise _wrong_kind(wanted, value)
    return value


def _wrong_kind(wanted: str, value: Any) -> Fault:
    words = kind_in_words(value)
    return Fault(zh=f"这里应是{type_in_words(wanted).zh}，而不是{words.zh}“{_shown(value)}”。",
                 en=f"{capital(wanted)} is wanted here, not {words.en} “{_shown(value)}”.")


def _shown(value: Any) -> str:
    return shortened(as_text(value))


def _single(lowered: Lowered, one: ItemType, value: Any) -> Any:
    if one.components:
        return _components(lowered, one.components, value)
    return as_type(lowered, one.base or "Any", value)


def _components(lowered: Lowered, components: Iterable[ItemType], value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise _wrong_kind("context", _plain_value(value))
    named = {one.name: one for one in components}
    for name in value:
        if name not in named:
            raise Fault(zh=f"没有“{name}”这一项。", en=f"There is no part “{name}”.")
    return {name: _component(lowered, one, value.get(name)) for name, one in named.items()}


def _component(lowered: Lowered, one: ItemType, value: Any) -> Any:
    if value is None:
        return None
    if one.collection:
        items = value if isinstance(value, (list, tuple)) else [value]
        return [_checked(lowered, one, _single(lowered, one, item)) for item in items]
    return _checked(lowered, one, _single(lowered, one, value))


def _checked(lowered: Lowered, one: ItemType, value: Any) -> Any:
    """The value, or Fault where it is not among those its type allows."""
    tests = lowered.allowed.get(one.allowed)
    if tests is not None and value is not None and meaning.met(tests, value, {}) is not True:
        allowed = shortened(one.allowed)
        raise Fault(zh=f"值“{_shown(value)}”不在允许值中（{allowed}）。",
                    en=f"The value “{_shown(value)}” is not among those allowed ({allowed}).")
    return value


# -- decisions


class Runner:
    """A model compiled for one person after another. Shared freely: it keeps no facts and no answers."""

    def __init__(self, lowered: Lowered) -> None:
        self.lowered = lowered
        self._decisions = {name: compiled(node) for name, node in lowered.decisions.items()}
        self._functions = {name: compiled(one.body) for name, one in lowered.functions.items()}
        self._types = {one.name: one.type for one in lowered.model.decisions}
        self._needs: dict[str, tuple[str, ...]] = {}

    def decide(self, decision: str, facts: Mapping[str, Any]) -> Value:
        """The value of a decision for typed facts; raises Fault where there is none."""
        return self.decide_all([decision], facts)[decision]

    def decide_all(self, decisions: Iterable[str], facts: Mapping[str, Any]) -> dict[str, Value]:
        """Several decisions of the same facts; what they share is worked out once."""
        scope: dict[str, Any] = {**facts, **_callables(self.lowered, self._functions, lambda run, inner: run(inner))}
        wanted = list(decisions)
        with _within_depth():
            for name in wanted:
                for need in self._needed(name):
                    if need not in scope:
                        scope[need] = _result(self.lowered, self._types[need], need, self._decisions[need](scope))
        return {name: scope[name] for name in wanted}

    def _needed(self, decision: str) -> tuple[str, ...]:
        if decision not in self._needs:
            self._needs[decision] = _needed(self.lowered, known(self.lowered, decision))
        return self._needs[decision]


@contextmanager
def _within_depth() -> Iterator[None]:
    """Fault where all that calls one another goes deeper than Python does."""
    try:
        yield
    except RecursionError:
        raise Fault(zh="模型的表达式相套太深，无法计算。",
                    en="The model's expressions are nested too deep to be run.") from None


def known(lowered: Lowered, decision: str) -> str:
    """The name, or Fault with the names there are."""
    if decision not in lowered.decisions:
        names = list(lowered.decisions)
        zh, en = "、".join(names[:20]), ", ".join(names[:20])
        raise Fault(zh=f"模型没有决策“{decision}”，有的是：{zh}。",
                    en=f"The model has no decision “{decision}”; it has: {en}.")
    return decision


def _needed(lowered: Lowered, decision: str) -> tuple[str, ...]:
    """The decisions behind a decision and itself, in the order in which they can be worked out."""
    found, waiting = {decision}, [decision]
    while waiting:
        more = (lowered.reads(waiting.pop()) & lowered.decisions.keys()) - found
        found |= more
        waiting += more
    return tuple(name for name in lowered.order if name in found)


def _result(lowered: Lowered, type_name: str, name: str, value: Any) -> Any:
    """The value of a decision; raises Fault where its declared type is another."""
    simple = type_name
    while simple in lowered.types and not lowered.types[simple].components and not lowered.types[simple].collection:
        simple = lowered.types[simple].base
    if simple not in SIMPLE - {"Any"} or value is None or isinstance(value, (list, tuple)) or kind(value) == simple:
        return value
    fault = _wrong_kind(simple, value)
    fault.found_in(Bilingual(f"决策“{name}”", f"decision “{name}”"), "")
    raise fault


def _callables(lowered: Lowered, bodies: Mapping[str, Any],
               run: Callable[[Any, dict[str, Any]], Any]) -> dict[str, Any]:
    """Each knowledge model as a function of its parameters; it sees the other knowledge models, and no facts."""
    found: dict[str, Any] = {}
    depth = calls = 0

    def callable_for(name: str) -> Callable[..., Any]:
        parameters = [one for one, _ in lowered.functions[name].parameters]

        def call(*values: Any, **named: Any) -> Any:
            nonlocal depth, calls
            scope = _bound(name, parameters, values, named)
            depth, calls = depth + 1, calls + 1
            try:
                if depth > DEEPEST_CALLS:
                    raise Fault(zh=f"“{name}”的调用套了超过 {DEEPEST_CALLS} 层，没有算下去。",
                                en=f"The calls of “{name}” go more than {DEEPEST_CALLS} deep and were not followed.")
                if calls > MOST_CALLS:
                    raise Fault(zh=f"知识模型调用了超过 {MOST_CALLS} 次，没有算下去。",
                                en=f"More than {MOST_CALLS} calls of knowledge models: they were not followed.")
                return run(bodies[name], {**found, **scope})
            finally:
                depth -= 1
        return call

    for name in lowered.functions:
        found[name] = callable_for(name)
    return found


def _bound(name: str, parameters: list[str], values: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
    odd = [one for one in named if one not in parameters]
    if odd:
        raise Fault(zh=f"“{name}”没有参数“{odd[0]}”。", en=f"“{name}” has no parameter “{odd[0]}”.")
    if len(values) != len(parameters) and not named:
        raise Fault(zh=f"“{name}”的参数是（{', '.join(parameters)}），这里给了 {len(values)} 个。",
                    en=f"“{name}” takes ({', '.join(parameters)}); {len(values)} given here.")
    given = dict(zip(parameters, values, strict=False)) | dict(named)
    lacking = [one for one in parameters if one not in given]
    if lacking:
        raise Fault(zh=f"调用“{name}”没有给参数“{lacking[0]}”。", en=f"The call of “{name}” lacks “{lacking[0]}”.")
    return given


def decide(lowered: Lowered, decisions: Iterable[str], facts: Mapping[str, Any]) -> dict[str, meaning.Known]:
    """Decisions by the plain reading of their trees. A fact may be ``meaning.Unknown``, and so may the answer."""
    bodies = {name: one.body for name, one in lowered.functions.items()}
    scope: dict[str, Any] = {**facts, **_callables(lowered, bodies, meaning.value)}
    wanted = [known(lowered, name) for name in decisions]
    types = {one.name: one.type for one in lowered.model.decisions}
    with _within_depth():
        for name in wanted:
            for need in _needed(lowered, name):
                if need not in scope:
                    value = meaning.value(lowered.decisions[need], scope)
                    unknown = isinstance(value, meaning.Unknown)
                    scope[need] = value if unknown else _result(lowered, types[need], need, value)
    return {name: scope[name] for name in wanted}


def decide_each(lowered: Lowered, facts: Mapping[str, Any]) -> dict[str, meaning.Known | Fault]:
    """Every decision of a model, once, as ``decide`` tells it; a mistake stands in its place and in what reads it."""
    bodies = {name: one.body for name, one in lowered.functions.items()}
    scope: dict[str, Any] = {**facts, **_callables(lowered, bodies, meaning.value)}
    types = {one.name: one.type for one in lowered.model.decisions}
    told: dict[str, meaning.Known | Fault] = {}
    with _within_depth():
        for name in lowered.order:
            read = next((told[one] for one in sorted(lowered.reads(name)) if isinstance(told.get(one), Fault)), None)
            told[name] = scope[name] = read or _told(lowered, types[name], name, scope)
    return told


def _told(lowered: Lowered, type_name: str, name: str, scope: Mapping[str, Any]) -> meaning.Known | Fault:
    try:
        value = meaning.value(lowered.decisions[name], scope)
        return value if isinstance(value, meaning.Unknown) else _result(lowered, type_name, name, value)
    except Fault as fault:
        return fault


__all__ = ["Runner", "as_type", "decide", "decide_each", "known", "typed"]
