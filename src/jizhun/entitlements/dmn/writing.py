"""A model as DMN 1.3 XML that other editors open; each decision and input has its place in a drawing."""

from collections.abc import Iterable, Iterator, Sequence
from xml.etree import ElementTree
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import SubElement

from jizhun.entitlements.dmn.model import (
    Context,
    Decision,
    DecisionTable,
    Element,
    Expression,
    FunctionDefinition,
    Invocation,
    ItemType,
    Knowledge,
    Listing,
    Model,
    Relation,
    Row,
    Source,
    Text,
)
from jizhun.entitlements.dmn.reading import OURS

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
DMNDI = "https://www.omg.org/spec/DMN/20191111/DMNDI/"
DI = "http://www.omg.org/spec/DMN/20180521/DI/"
DC = "http://www.omg.org/spec/DMN/20180521/DC/"
WIDTH, HEIGHT, GAP = 200, 60, 50
"""Of the boxes in the drawing, in pixels."""


def write_model(model: Model) -> bytes:
    """The model as DMN 1.3 XML in UTF-8, valid by the published schema."""
    for prefix, address in (("", DMN), ("dmndi", DMNDI), ("di", DI), ("dc", DC), ("jizhun", OURS)):
        ElementTree.register_namespace(prefix, address)
    root = Xml(_tag("definitions"), _plain(id=model.id, name=model.name, namespace=model.namespace))
    _described(root, model.description)
    for one in model.types:
        _type(root, "itemDefinition", one)
    for element in (*model.inputs, *model.decisions, *model.knowledge, *model.sources):
        _element(root, element, model)
    _drawing(root, model)
    ElementTree.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(ElementTree.tostring(root, encoding="utf-8")) + b"\n"


def _tag(name: str) -> str:
    return f"{{{DMN}}}{name}"


def _plain(**attributes: str) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value}


def _add(parent: Xml, tag: str, /, **attributes: str) -> Xml:
    return SubElement(parent, _tag(tag), _plain(**attributes))


def _said(parent: Xml, tag: str, text: str, /, **attributes: str) -> Xml:
    """An element that holds ``text`` in an element of that name."""
    element = _add(parent, tag, **attributes)
    SubElement(element, _tag("text")).text = text
    return element


def _described(element: Xml, description: str) -> None:
    if description:
        _add(element, "description").text = description


def _type(parent: Xml, tag: str, one: ItemType) -> None:
    element = SubElement(parent, _tag(tag), _plain(name=one.name, isCollection="true" if one.collection else ""))
    if one.base:
        _add(element, "typeRef").text = one.base
    if one.allowed:
        _said(element, "allowedValues", one.allowed)
    for component in one.components:
        _type(element, "itemComponent", component)


TAGS = {"Input": "inputData", "Decision": "decision", "Knowledge": "businessKnowledgeModel",
        "Source": "knowledgeSource"}


def _element(root: Xml, one: Element, model: Model) -> None:
    element = _add(root, TAGS[type(one).__name__], id=one.id, name=one.name, label=one.label,
                   locationURI=one.address if isinstance(one, Source) else "")
    _described(element, one.description)
    if isinstance(one, Decision):
        _decision(element, one, model)
    elif not isinstance(one, Source):
        _add(element, "variable", name=one.name, typeRef=one.type)
    if isinstance(one, Knowledge) and one.logic:
        _function(element, "encapsulatedLogic", one.logic)
        _required(element, "knowledgeRequirement", "requiredKnowledge", one.knows)


def _decision(element: Xml, one: Decision, model: Model) -> None:
    for tag, text in (("question", one.question), ("allowedAnswers", one.answers)):
        if text:
            _add(element, tag).text = text
    _add(element, "variable", name=one.name, typeRef=one.type)
    decisions = {each.id for each in model.decisions}
    for need in one.needs:
        kind = "requiredDecision" if need in decisions else "requiredInput"
        _required(element, "informationRequirement", kind, [need])
    _required(element, "knowledgeRequirement", "requiredKnowledge", one.knows)
    _required(element, "authorityRequirement", "requiredAuthority", one.sources)
    if one.logic is not None:
        _logic(element, one.logic)


def _required(element: Xml, requirement: str, kind: str, ids: Iterable[str]) -> None:
    for one in ids:
        _add(_add(element, requirement), kind, href=f"#{one}")


def _logic(parent: Xml, logic: Expression) -> None:
    if isinstance(logic, Text):
        _said(parent, "literalExpression", logic.text, typeRef=logic.type)
    elif isinstance(logic, DecisionTable):
        _table(parent, logic)
    elif isinstance(logic, FunctionDefinition):
        _function(parent, "functionDefinition", logic)
    elif isinstance(logic, Invocation):
        _invocation(parent, logic)
    elif isinstance(logic, Context):
        _context(parent, logic)
    else:
        _listed(parent, logic)


def _invocation(parent: Xml, logic: Invocation) -> None:
    element = _add(parent, "invocation")
    _said(element, "literalExpression", logic.function)
    for name, value in logic.bindings:
        binding = _add(element, "binding")
        _add(binding, "parameter", name=name)
        _logic(binding, value)


def _context(parent: Xml, logic: Context) -> None:
    element = _add(parent, "context")
    for name, value in logic.entries:
        entry = _add(element, "contextEntry")
        if name:
            _add(entry, "variable", name=name)
        _logic(entry, value)


def _listed(parent: Xml, logic: Listing | Relation) -> None:
    element = _add(parent, "list" if isinstance(logic, Listing) else "relation")
    if isinstance(logic, Listing):
        for item in logic.items:
            _logic(element, item)
        return
    for column in logic.columns:
        _add(element, "column", name=column)
    for row in logic.rows:
        line = _add(element, "row")
        for cell in row:
            _logic(line, cell)


def _function(parent: Xml, tag: str, logic: FunctionDefinition) -> None:
    element = _add(parent, tag)
    for name, type_ in logic.parameters:
        _add(element, "formalParameter", name=name, typeRef=type_)
    _logic(element, logic.body)


def _table(parent: Xml, table: DecisionTable) -> None:
    element = _add(parent, "decisionTable", hitPolicy=table.policy, aggregation=table.aggregation,
                   outputLabel=table.output_label)
    for clause in table.inputs:
        column = _add(element, "input", label=clause.label)
        _said(column, "inputExpression", clause.expression, typeRef=clause.type)
        if clause.allowed:
            _said(column, "inputValues", clause.allowed)
    for output in table.outputs:
        column = _add(element, "output", name=output.name, label=output.label, typeRef=output.type)
        for tag, text in (("outputValues", output.allowed), ("defaultOutputEntry", output.default)):
            if text:
                _said(column, tag, text)
    for name in table.note_names:
        SubElement(element, _tag("annotation"), {"name": name})
    for row in table.rows:
        _row(element, row)


def _row(parent: Xml, row: Row) -> None:
    element = _add(parent, "rule")
    _described(element, row.description)
    if row.clause:
        extension = _add(element, "extensionElements")
        SubElement(extension, f"{{{OURS}}}clause").text = row.clause
    for tag, texts in (("inputEntry", row.tests), ("outputEntry", row.outputs), ("annotationEntry", row.notes)):
        for text in texts:
            _said(element, tag, text)


# -- the drawing: inputs below, each decision above what it needs


def _drawing(root: Xml, model: Model) -> None:
    taken = {model.id, *model.elements()}
    prefix = "drawing"
    while any(one.startswith(prefix) for one in taken):
        prefix = f"_{prefix}"
    drawing = SubElement(SubElement(root, f"{{{DMNDI}}}DMNDI"), f"{{{DMNDI}}}DMNDiagram", {"id": prefix})
    corners = _corners(model)
    for one, (left, top) in corners.items():
        shape = SubElement(drawing, f"{{{DMNDI}}}DMNShape", {"id": f"{prefix}-{one}", "dmnElementRef": one})
        SubElement(shape, f"{{{DC}}}Bounds", {
            "x": str(left), "y": str(top), "width": str(WIDTH), "height": str(HEIGHT)})
    for number, (element, requirement, needed) in enumerate(_requirements(root), 1):
        if element in corners and needed in corners:
            requirement.set("id", f"{prefix}-need-{number}")
            _arrow(drawing, f"{prefix}-arrow-{number}", f"{prefix}-need-{number}", corners[needed], corners[element])


def _corners(model: Model) -> dict[str, tuple[int, int]]:
    """The left upper corner of each box, by id."""
    return {one.id: (GAP + place * (WIDTH + GAP), GAP + level * (HEIGHT + 2 * GAP))
            for level, row in enumerate(reversed(_levels(model))) for place, one in enumerate(row)}


def _requirements(root: Xml) -> Iterator[tuple[str, Xml, str]]:
    """Each requirement, with the ids of the element that has it and of the one that it needs."""
    for element in root:
        for one in element:
            if str(one.tag).endswith("Requirement"):
                yield element.get("id", ""), one, one[0].get("href", "").removeprefix("#")


def _arrow(drawing: Xml, key: str, requirement: str, low: tuple[int, int], high: tuple[int, int]) -> None:
    """From the top of the box that is needed to the bottom of the one that needs it."""
    edge = SubElement(drawing, f"{{{DMNDI}}}DMNEdge", {"id": key, "dmnElementRef": requirement})
    for left, top in (low, (high[0], high[1] + HEIGHT)):
        SubElement(edge, f"{{{DI}}}waypoint", {"x": str(left + WIDTH // 2), "y": str(top)})


def _levels(model: Model) -> list[Sequence[Element]]:
    """Elements by how far they stand above the inputs; those in a circle stand on top."""
    heights: dict[str, int] = {one.id: 0 for one in (*model.inputs, *model.knowledge, *model.sources)}
    waiting = list(model.decisions)
    while waiting:
        ready = [one for one in waiting if all(need in heights for need in one.needs)] or waiting
        for one in ready:
            heights[one.id] = 1 + max((heights.get(need, 0) for need in one.needs), default=0)
        waiting = [one for one in waiting if one.id not in heights]
    elements = model.elements()
    return [[elements[one] for one, height in heights.items() if height == level]
            for level in range(max(heights.values(), default=0) + 1)]
