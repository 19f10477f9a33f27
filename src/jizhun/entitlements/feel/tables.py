"""What a decision table says once it is known which of its rules hold: the hit policies.

Source: OMG, Decision Model and Notation 1.5, chapter 8.2.8. Where the specification leaves a wrong table undefined
(two hits in a unique table, different results in an any table, a result without a priority), a Fault is raised.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from jizhun.entitlements.feel.functions import extreme, total
from jizhun.entitlements.feel.notation import as_text, plain
from jizhun.entitlements.feel.tree import Table
from jizhun.entitlements.feel.values import Fault, Value, sized
from jizhun.kernel.bilingual import Bilingual

POLICIES = {"UNIQUE": "U", "ANY": "A", "PRIORITY": "P", "FIRST": "F", "RULE ORDER": "R", "OUTPUT ORDER": "O",
            "COLLECT": "C"}
SINGLE = "UAPF"
AGGREGATIONS: dict[str, Callable[[list[Value]], Value]] = {
    "SUM": total, "MIN": extreme(latest=False), "MAX": extreme(latest=True)}

Hit = tuple[int, tuple[Any, ...]]
"""The number of a rule that holds, counted from 1, and what its outputs came to."""


def decided(table: Table, hits: Sequence[Hit], priorities: Sequence[Sequence[Value]]) -> Value:
    """The result of a table from its hits, in the order of the rules; there is at least one.

    ``priorities`` are the allowed values of each output, the most important first.
    """
    if table.policy == "U" and len(hits) > 1:
        raise _several(hits)
    if table.policy == "A" and any(plain(list(hit[1])) != plain(list(hits[0][1])) for hit in hits):
        raise _different(hits)
    if table.policy in "PO":
        hits = sorted(hits, key=lambda hit: _rank(table, hit, priorities))
    if table.policy in SINGLE:
        return one(table, hits[0][1])
    return _collected(table, [one(table, hit[1]) for hit in hits])


def one(table: Table, outputs: Sequence[Value]) -> Value:
    """One row of results: the value of the only output, or a context of all."""
    if len(table.outputs) == 1:
        return outputs[0]
    return sized({output.name: value for output, value in zip(table.outputs, outputs, strict=True)})


def _collected(table: Table, values: list[Value]) -> Value:
    if not table.aggregation:
        return sized(values)
    if table.aggregation == "COUNT":
        return Decimal(len(values))
    if len(table.outputs) == 1:
        return AGGREGATIONS[table.aggregation](values)
    return {output.name: AGGREGATIONS[table.aggregation]([value[output.name] for value in values])  # type: ignore
            for output in table.outputs}


def _rank(table: Table, hit: Hit, priorities: Sequence[Sequence[Value]]) -> tuple[int, ...]:
    places = []
    for output, value, order in zip(table.outputs, hit[1], priorities, strict=True):
        if order and value not in order:
            raise Fault(zh=f"规则 {hit[0]} 的结果“{as_text(value)}”不在输出“{output.name}”的允许值中，没有优先顺序。",
                        en=f"Rule {hit[0]} gives “{as_text(value)}”, which the output “{output.name}” does not allow: "
                           "it has no priority.")
        places.append(list(order).index(value) if order else 0)
    return tuple(places)


def _several(hits: Sequence[Hit]) -> Fault:
    rules = _listed(hits)
    return Fault(zh=f"规则 {rules.zh} 同时成立，而这张表（U）只许一条成立。",
                 en=f"Rules {rules.en} hold at once, and in this table (U) only one may.")


def _different(hits: Sequence[Hit]) -> Fault:
    rules = _listed(hits)
    return Fault(zh=f"规则 {rules.zh} 同时成立而结果不同，这张表（A）要求结果相同。",
                 en=f"Rules {rules.en} hold at once with different results; in this table (A) they must agree.")


def _listed(hits: Sequence[Hit]) -> Bilingual:
    numbers = [str(hit[0]) for hit in hits]
    return Bilingual("、".join(numbers), ", ".join(numbers[:-1]) + " and " + numbers[-1])


def not_allowed(number: int, value: Value) -> Fault:
    """What is raised for an input of a table that its own list of values does not hold."""
    return Fault(zh=f"第 {number} 个输入的值“{as_text(value)}”不在允许值中。",
                 en=f"The value “{as_text(value)}” of input {number} is not among those allowed.")
