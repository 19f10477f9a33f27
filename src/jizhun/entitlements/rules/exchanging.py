"""Between a rule and what other editors speak: which parts of a changed model a place says otherwise, as a version row.

The row is in the manner of ``data/entitlements``, so it goes the same way as everything else that is recorded.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from jizhun.entitlements.dmn.model import Decision, DecisionTable, Model, Text
from jizhun.entitlements.rules.assembling import ELIGIBLE, Rule
from jizhun.entitlements.rules.book import Cited, Condition, Result, Working
from jizhun.kernel.bilingual import Refused


def changed_parts(model: Model, rule: Rule) -> dict[str, list[dict[str, Any]]]:
    """The parts of ``model`` that say something else than ``rule``, by kind; ``repeals`` names dropped conditions.

    Raises Refused for logic that a rule cannot hold, and for a decision that the rule does not know and that is no
    condition of ``eligible``.
    """
    held = {one.name: one for one in rule.model.decisions}
    parts: dict[str, list[Any]] = {"conditions": [], "workings": [], "results": [], "repeals": []}
    conditions = _conditions_of(model)
    for decision in model.decisions:
        if decision.name == ELIGIBLE or decision.logic == held.get(decision.name, Decision("", "")).logic:
            continue
        kind, row = _part(decision, rule, conditions)
        parts[kind].append(row)
    there = {one.name for one in model.decisions}
    parts["repeals"] = [one.name for one in rule.conditions if one.name not in there or one.name not in conditions]
    return parts


def _conditions_of(model: Model) -> set[str]:
    """The decisions that ``eligible`` joins."""
    eligible = next((one for one in model.decisions if one.name == ELIGIBLE), None)
    if eligible is None or not isinstance(eligible.logic, Text):
        raise Refused(zh=f"模型里没有决策“{ELIGIBLE}”。", en=f"The model has no decision “{ELIGIBLE}”.")
    return {name.strip() for name in eligible.logic.text.split(" and ")}


def _part(decision: Decision, rule: Rule, conditions: set[str]) -> tuple[str, dict[str, Any]]:
    old = rule.part(decision.name)
    if isinstance(old, Condition) or (old is None and decision.name in conditions):
        if not isinstance(decision.logic, Text):
            raise Refused(zh=f"条件“{decision.name}”应是一个表达式。",
                          en=f"The condition “{decision.name}” must be an expression.")
        return "conditions", {"name": decision.name, "holds": decision.logic.text, **_words(decision, old)}
    if isinstance(old, Result):
        row = {"name": old.name, "unit": old.unit, "bound": old.bound, "main": old.main, **_words(decision, old),
               **_logic(decision)}
        if old.options:
            row["options"] = [{"code": code, "zh": words.zh, "en": words.en} for code, words in old.options]
        return "results", row
    kind = old.type if isinstance(old, Working) else decision.type or "number"
    return "workings", {"name": decision.name, "type": kind, **_words(decision, old), **_logic(decision)}


def _words(decision: Decision, old: Condition | Working | Result | None) -> dict[str, str]:
    label = decision.label or decision.name
    return {"zh": old.words.zh if old else label, "en": label if old is None else old.words.en}


def _logic(decision: Decision) -> dict[str, Any]:
    if isinstance(decision.logic, Text):
        return {"is": decision.logic.text}
    if isinstance(decision.logic, DecisionTable) and len(decision.logic.outputs) == 1:
        return {"table": plain_table(decision.logic)}
    raise Refused(zh=f"“{decision.name}”应是一个表达式，或只有一个输出的决策表。",
                  en=f"“{decision.name}” must be an expression, or a decision table with one output.")


def plain_table(table: DecisionTable) -> dict[str, Any]:
    """A decision table as it is written in ``data/entitlements``."""
    row: dict[str, Any] = {"inputs": [one.expression for one in table.inputs],
                           "rows": [{"when": [test or "-" for test in one.tests], "then": one.outputs[0],
                                     **({"clause_zh": one.clause} if one.clause else {})} for one in table.rows]}
    if table.policy != "UNIQUE":
        row["policy"] = table.policy
    return row | ({"aggregation": table.aggregation} if table.aggregation else {})


def version_row(parts: Mapping[str, Iterable[Any]], *, region: str, first: str, until: str = "",
                cited: Cited) -> dict[str, Any]:
    """The changed parts as a version of a place; ``cited`` stands for every part that cites nothing of its own."""
    row: dict[str, Any] = {"region": region, "from": first, **({"until": until} if until else {}),
                           "document": cited.document, "clause_zh": cited.clause.zh, "clause_en": cited.clause.en,
                           "mark": cited.mark, "source": cited.source}
    return row | {name: list(rows) for name, rows in parts.items() if rows}
