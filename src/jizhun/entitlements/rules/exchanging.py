"""Between a rule and whoever writes one: its parts as rows, from a form, a sheet or a decision model, and back as what
a place has to say so that the rule there is what was written.

The rows are in the manner of ``data/entitlements``, so they go the same way as everything else that is recorded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from jizhun.entitlements.dmn import read_model
from jizhun.entitlements.dmn.model import Decision, DecisionTable, Expression, Model, Text
from jizhun.entitlements.dmn.model import Row as ModelRow
from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.reading import read
from jizhun.entitlements.feel.values import Fault
from jizhun.entitlements.rules.assembling import ELIGIBLE, Rule
from jizhun.entitlements.rules.book import Cited, Condition, Fact, MeasureInput, Result, Working
from jizhun.kernel.bilingual import Bilingual, Refused

KINDS = ("conditions", "workings", "results", "measures")
CITING = ("document", "clause_zh", "clause_en", "mark", "source", "note_zh", "note_en")
SIMPLE = ("number", "boolean", "string", "date")
"""What a working may come to."""

Row = dict[str, Any]
Parts = Mapping[str, Sequence[Mapping[str, Any]]]
"""Kind (``KINDS``) -> rows; in the parts of a version also ``repeals`` -> names of conditions."""


# -- a rule as rows


def plain_parts(rule: Rule) -> dict[str, list[Row]]:
    """Every part of a rule as a row, each with its whole citation."""
    return {"conditions": [{"name": one.name, "holds": one.holds, **_words(one), **_citing_of(one.cited)}
                           for one in rule.conditions],
            "workings": [{"name": one.name, "type": one.type, **_words(one), **_logic(one.logic, one.per_row),
                          **_citing_of(one.cited)} for one in rule.workings],
            "results": [_result(one) for one in rule.results],
            "measures": [_measure(one) for one in rule.measures]}


def _words(one: Condition | Working | Result) -> Row:
    return {"zh": one.words.zh, "en": one.words.en}


def _citing_of(cited: Cited) -> Row:
    """All fields of a citation, the empty ones too: nothing is left for others to fill in."""
    return {"document": cited.document, "clause_zh": cited.clause.zh, "clause_en": cited.clause.en, "mark": cited.mark,
            "source": cited.source, "note_zh": cited.note.zh, "note_en": cited.note.en}


def _logic(logic: Text | DecisionTable, per_row: Mapping[int, Cited]) -> Row:
    return {"is": logic.text} if isinstance(logic, Text) else {"table": plain_table(logic, per_row)}


def plain_table(table: DecisionTable, per_row: Mapping[int, Cited]) -> Row:
    """A decision table as it is written in ``data/entitlements``; ``per_row`` are the citations of rows by place."""
    row: Row = {"inputs": [one.expression for one in table.inputs],
                "rows": [{"when": [test or "-" for test in one.tests], "then": one.outputs[0],
                          **(_citing_of(per_row[place]) if place in per_row else _remarked(one))}
                         for place, one in enumerate(table.rows)]}
    if table.policy != "UNIQUE":
        row["policy"] = table.policy
    return row | ({"aggregation": table.aggregation} if table.aggregation else {})


def _remarked(row: ModelRow) -> Row:
    """What an editor noted beside a row is taken for its clause."""
    remark = _remark(row)
    return {"clause_zh": remark, "clause_en": remark} if remark else {}


def _remark(row: ModelRow) -> str:
    return " ".join(filter(None, (row.description, *row.notes)))


def _result(one: Result) -> Row:
    row = {"name": one.name, "unit": one.unit, "bound": one.bound, "main": one.main, **_words(one),
           **_logic(one.logic, one.per_row), **_citing_of(one.cited)}
    if one.options:
        row["options"] = [{"code": code, "zh": words.zh, "en": words.en} for code, words in one.options]
    return row | ({"none_zh": one.none.zh, "none_en": one.none.en} if one.none.zh else {})


def _measure(one: MeasureInput) -> Row:
    row: Row = {"name": one.name, "measure": one.measure, "subject": one.subject}
    row |= {"given": dict(one.given)} if one.given else {}
    return row | ({"day": one.on} if one.on else {})


def by_name(parts: Parts) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """Name -> (kind, row) of every part."""
    return {str(row.get("name")): (kind, row) for kind in KINDS for row in parts.get(kind, ())}


# -- a decision model as rows


def labelled(rule: Rule, language: str) -> Model:
    """The rule as a model whose columns and decisions bear their words in one language, for an editor to show."""
    words = {fact.code: fact.label.in_language(language) for fact in rule.facts.values()}
    parts: list[Condition | Working | Result] = [*rule.conditions, *rule.workings, *rule.results]
    words |= {one.name: one.words.in_language(language) for one in parts}
    inputs = tuple(replace(one, label=words.get(one.name, one.label)) for one in rule.model.inputs)
    decisions = tuple(replace(one, label=words.get(one.name, one.label), logic=_with_labels(one, words))
                      for one in rule.model.decisions)
    return replace(rule.model, inputs=inputs, decisions=decisions)


def _with_labels(decision: Decision, words: Mapping[str, str]) -> Expression | None:
    logic = decision.logic
    if not isinstance(logic, DecisionTable):
        return logic
    return replace(logic, inputs=tuple(replace(one, label=words.get(one.expression, "")) for one in logic.inputs),
                   outputs=tuple(replace(one, label=words.get(decision.name, "")) for one in logic.outputs))


def file_parts(content: bytes, rule: Rule, facts: Mapping[str, Fact]) -> dict[str, list[Row]]:
    """The parts that a DMN file says; raises Refused with the element where it is none, or says what no rule holds."""
    try:
        return model_parts(read_model(content), rule, facts)
    except Fault as fault:
        raise Refused(zh=fault.whole.zh, en=fault.whole.en) from None


def model_parts(model: Model, rule: Rule, facts: Mapping[str, Fact]) -> dict[str, list[Row]]:
    """The parts that a model says, of which ``rule`` gives the words, units and citations where it knows them.

    Raises Refused for logic that a rule cannot hold; whether its expressions can be read is not looked at.
    """
    _refuse_what_no_rule_holds(model, rule, facts)
    joined = joined_conditions(model)
    old = by_name(plain_parts(rule))
    parts: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    for decision in model.decisions:
        if decision.name != ELIGIBLE:
            kind, row = _part(decision, rule, old, decision.name in joined)
            parts[kind].append(row)
    _refuse_odd_conditions(parts, joined)
    order = {name: place for place, name in enumerate(joined)}
    parts["conditions"] = sorted((row for row in parts["conditions"] if row["name"] in order),
                                 key=lambda row: order[row["name"]])
    parts["measures"] = plain_parts(rule)["measures"]
    return parts


def _refuse_what_no_rule_holds(model: Model, rule: Rule, facts: Mapping[str, Fact]) -> None:
    if model.knowledge:
        name = model.knowledge[0].name
        raise Refused(zh=f"规则里不能有业务知识模型（“{name}”）；请把它写进用到它的决策。",
                      en=f"A rule holds no business knowledge model (“{name}”): write it into what uses it.")
    known = {*facts, *(one.name for one in rule.model.inputs)}
    odd = next((one.name for one in model.inputs if one.name not in known), "")
    if odd:
        raise Refused(zh=f"输入“{odd}”既不是事实，也不是这条规则读取的指标。",
                      en=f"The input “{odd}” is no fact, and no measure that the rule reads.")


def joined_conditions(model: Model) -> list[str]:
    """The decisions that ``eligible`` joins by ``and``. Refused where it does anything else with them."""
    eligible = next((one for one in model.decisions if one.name == ELIGIBLE), None)
    if eligible is None or not isinstance(eligible.logic, Text):
        raise Refused(zh=f"模型里没有写成表达式的决策“{ELIGIBLE}”。",
                      en=f"The model has no decision “{ELIGIBLE}” that is an expression.")
    try:
        return list(dict.fromkeys(_joined(read(eligible.logic.text))))
    except Fault as fault:
        fault.found_in(Bilingual(f"决策“{ELIGIBLE}”", f"decision “{ELIGIBLE}”"), eligible.logic.text)
        raise Refused(zh=fault.whole.zh, en=fault.whole.en) from None


def _joined(node: tree.Node) -> Iterable[str]:
    if isinstance(node, tree.Name):
        return [node.name]
    if isinstance(node, tree.Logic) and node.sign == "and":
        return [name for part in node.parts for name in _joined(part)]
    if node == tree.Literal(True):
        return []
    raise Fault(zh="这里只能用 and 连接各条件的名称；别的逻辑请写进某个条件。",
                en="only names of conditions joined by “and” can stand here; write other logic into a condition.",
                at=node.at)


def _refuse_odd_conditions(parts: Parts, joined: Sequence[str]) -> None:
    conditions = {row["name"] for row in parts["conditions"]}
    odd = next((name for name in joined if name not in conditions), "")
    if odd:
        raise Refused(zh=f"“{ELIGIBLE}”连接的“{odd}”不是条件；请为它写一个条件。",
                      en=f"“{ELIGIBLE}” joins “{odd}”, which is no condition: write a condition that reads it.")


def _part(decision: Decision, rule: Rule, old: Mapping[str, tuple[str, Mapping[str, Any]]],
          condition: bool) -> tuple[str, Row]:
    """The row of a decision; that of the rule where both say the same."""
    kind, row = old.get(decision.name, ("conditions" if condition else "workings", {}))
    part = rule.part(decision.name)
    if part is not None and _same(decision.logic, part.holds if isinstance(part, Condition) else part.logic):
        return kind, dict(row)
    if kind == "conditions":
        return kind, {**_head(decision, row), "holds": _expression(decision)}
    per_row = {} if isinstance(part, Condition) or part is None else _kept_citing(decision.logic, part)
    fresh = {} if row else {"type": decision.type if decision.type in SIMPLE else kind_of(decision.logic)}
    said = {name: value for name, value in row.items() if name not in ("is", "table")}
    return kind, {**_head(decision, said), **fresh, **_single(decision, per_row)}


def kind_of(logic: Expression | None) -> str:
    """What a box seems to come to, for a working of which nobody says it; a number unless it looks otherwise."""
    texts = [logic.text] if isinstance(logic, Text) else \
        [row.outputs[0] for row in logic.rows if row.outputs] if isinstance(logic, DecisionTable) else []
    try:
        kinds = {_kind(read(one)) for one in texts}
    except Fault:
        return "number"
    return kinds.pop() if len(kinds) == 1 else "number"


def _kind(node: tree.Node) -> str:
    if isinstance(node, tree.Literal) and not isinstance(node.value, Decimal):
        named = {bool: "boolean", str: "string", date: "date"}
        return named.get(type(node.value), "number")
    truth = isinstance(node, tree.Logic | tree.In) or (isinstance(node, tree.Binary) and node.sign in COMPARING) or \
        (isinstance(node, tree.Call) and node.function == "not")
    return "boolean" if truth else "number"


COMPARING = frozenset({"=", "!=", "<", "<=", ">", ">="})


def _head(decision: Decision, row: Mapping[str, Any]) -> Row:
    """Name and words, and all that is said already; of a new part what the model says of it."""
    if row:
        return dict(row)
    label = decision.label or decision.name
    said = {"clause_zh": decision.description, "clause_en": decision.description} if decision.description else {}
    return {"name": decision.name, "zh": label, "en": label, **said}


def _expression(decision: Decision) -> str:
    if not isinstance(decision.logic, Text):
        raise Refused(zh=f"条件“{decision.name}”应是一个表达式。",
                      en=f"The condition “{decision.name}” must be an expression.")
    return decision.logic.text


def _single(decision: Decision, per_row: Mapping[int, Cited]) -> Row:
    logic = decision.logic
    if isinstance(logic, Text):
        return {"is": logic.text}
    if not isinstance(logic, DecisionTable) or len(logic.outputs) != 1:
        raise Refused(zh=f"“{decision.name}”应是一个表达式，或只有一个输出的决策表。",
                      en=f"“{decision.name}” must be an expression, or a decision table with one output.")
    output = logic.outputs[0]
    if any(one.allowed for one in logic.inputs) or output.allowed or output.default:
        raise Refused(zh=f"“{decision.name}”的表写了列的允许值或缺省结果，规则不保存这些；请写成行。",
                      en=f"The table “{decision.name}” lists allowed values or a default: a rule keeps rows only.")
    return {"table": plain_table(logic, per_row)}


def _same(new: Expression | None, old: str | Text | DecisionTable) -> bool:
    """Whether two boxes say the same, labels and remarks apart."""
    if isinstance(new, DecisionTable) and isinstance(old, DecisionTable):
        return _bare(new) == _bare(old)
    return isinstance(new, Text) and new.text == (old if isinstance(old, str) else getattr(old, "text", None))


def _bare(table: DecisionTable) -> tuple[Any, ...]:
    return ([(one.expression, one.allowed) for one in table.inputs],
            [(one.allowed, one.default) for one in table.outputs],
            [_bare_row(one) for one in table.rows], table.policy, table.aggregation)


def _bare_row(row: ModelRow) -> tuple[Any, ...]:
    return tuple(test or "-" for test in row.tests), row.outputs, _remark(row)


def _kept_citing(logic: Expression | None, old: Working | Result) -> dict[int, Cited]:
    """The citations of rows that stand in both tables, by their place in the new one."""
    if not isinstance(logic, DecisionTable) or not isinstance(old.logic, DecisionTable):
        return {}
    cited = {_bare_row(row): old.per_row[place] for place, row in enumerate(old.logic.rows) if place in old.per_row}
    return {place: cited[_bare_row(row)] for place, row in enumerate(logic.rows) if _bare_row(row) in cited}


# -- what a place has to say


def changed_parts(parts: Parts, here: Rule, above: Rule | None, place: str) -> dict[str, list[Any]]:
    """What a version of ``place`` must say so that the rule there is ``parts``: those that differ from ``above``.

    ``here`` is the rule that counts there now. What the place says already goes along with its own citation; a part
    that is said anew leaves the citation to the version, unless it brings another than it had. ``repeals`` names
    dropped conditions. Raises Refused for a result or measure above that is missing.
    """
    now, inherited = by_name(plain_parts(here)), by_name(plain_parts(above)) if above else {}
    said: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for name, (kind, row) in by_name(parts).items():
        if name in now and now[name][0] != kind:
            raise Refused(zh=f"“{name}”已是规则的另一类部分。", en=f"“{name}” is a part of another kind already.")
        if name in now and row == now[name][1]:
            if above is None or here.said_by[name] == place:
                said[kind].append(dict(row))
        elif name not in inherited or row != inherited[name][1]:
            said[kind].append(_newly_said(row, now[name][1] if name in now else None))
    said["repeals"] = [name for name,
                       (kind, _) in inherited.items() if kind == "conditions" and name not in by_name(parts)]
    _refuse_missing(parts, inherited)
    return said


def _newly_said(row: Mapping[str, Any], old: Mapping[str, Any] | None) -> Row:
    """A row without the citation that it only carries on: the new paper speaks for it."""
    if old is None:
        return dict(row)
    said = dict(row) if _citing(row) != _citing(old) else {name: value for name,
                                                           value in row.items() if name not in CITING}
    if "table" in said:
        before = list((old.get("table") or {}).get("rows") or ())
        said["table"] = {**said["table"], "rows": [_row_said(one, before) for one in said["table"]["rows"]]}
    return said


def _row_said(row: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> Row:
    carried = row not in before and _citing(row) in [_citing(one) for one in before]
    return {name: value for name, value in row.items() if not carried or name not in CITING}


def _citing(row: Mapping[str, Any]) -> Row:
    return {name: row[name] for name in CITING if name in row}


def _refuse_missing(parts: Parts, above: Mapping[str, tuple[str, Mapping[str, Any]]]) -> None:
    there = by_name(parts)
    odd = next((name for name, (kind, _) in above.items() if kind in ("results", "measures") and name not in there), "")
    if odd:
        raise Refused(zh=f"上级规定的“{odd}”不能去掉，只能另行规定。",
                      en=f"“{odd}” is said above and cannot be dropped, only said otherwise.")


def is_empty(said: Parts) -> bool:
    """Whether a version of these parts would say nothing."""
    return not any(said.values())


def version_row(said: Parts, *, region: str, first: str, until: str = "", cited: Cited,
                cohort: tuple[str, str] = ("", "")) -> Row:
    """Parts as a version of a place; ``cited`` stands for every part that cites nothing of its own.

    ``cohort``: the first day of new cases, and the last day on which existing ones keep the version before.
    """
    days = {"until": until, "new_from": cohort[0], "existing_until": cohort[1]}
    row: Row = {"region": region, "from": first, **{name: day for name, day in days.items() if day},
                "document": cited.document, "clause_zh": cited.clause.zh, "clause_en": cited.clause.en,
                "mark": cited.mark, "source": cited.source, "note_zh": cited.note.zh, "note_en": cited.note.en}
    return row | {name: list(rows) for name, rows in said.items() if rows}
