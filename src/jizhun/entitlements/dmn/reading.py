"""DMN XML to a model. What is wrong is said with the element it is in; nothing outside the file is read."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from xml.etree import ElementTree
from xml.etree.ElementTree import Element as Xml

from jizhun.entitlements.dmn.model import (
    Context,
    Decision,
    DecisionTable,
    Expression,
    FunctionDefinition,
    Input,
    InputClause,
    Invocation,
    ItemType,
    Knowledge,
    Listing,
    Model,
    OutputClause,
    Relation,
    Row,
    Source,
    Text,
)
from jizhun.entitlements.feel.tables import AGGREGATIONS, POLICIES
from jizhun.entitlements.feel.values import Fault
from jizhun.kernel.bilingual import Bilingual

LARGEST, MOST_ELEMENTS, MOST_TEXT = 10_000_000, 500_000, 2_000_000
"""Bytes of a file, its elements, and the characters between them."""
DEEPEST, DEEPEST_ELEMENTS = 60, 250
"""Expressions, and elements of whatever kind, in one another."""
OURS = "https://example.org/jizhun/dmn"
"""The namespace of what we add to a file: the clause of a rule."""

T = TypeVar("T")


def read_model(content: bytes) -> Model:
    """The model in a DMN 1.1 to 1.5 file; raises Fault where it is none."""
    if len(content) > LARGEST:
        size = LARGEST // 1_000_000
        raise Fault(zh=f"文件超过 {size} MB。", en=f"The file is larger than {size} MB.")
    try:
        root = ElementTree.fromstring(content, ElementTree.XMLParser(target=_Builder()))
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise Fault(zh=f"文件不是 XML（{error}）。", en=f"The file is not XML ({error}).") from None
    if local(root) != "definitions":
        raise Fault(zh="这不是 DMN 文件：最外层不是 definitions。",
                    en="This is not a DMN file: its root is not “definitions”.")
    _in_feel(root)
    return _unique(_model(root))


class _Builder(ElementTree.TreeBuilder):
    """Builds the elements of a file that declares no entities, holds not too many of them and none too deep."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.depth = self.text = 0

    def doctype(self, *_: object) -> None:
        raise Fault(zh="文件有 DOCTYPE 声明，不予读取。", en="The file has a DOCTYPE and is not read.")

    def start(self, tag: str, attrs: dict[str, str]) -> Xml:
        self.count, self.depth = self.count + 1, self.depth + 1
        if self.count > MOST_ELEMENTS:
            raise Fault(zh=f"文件超过 {MOST_ELEMENTS} 个元素。", en=f"The file has more than {MOST_ELEMENTS} elements.")
        if self.depth > DEEPEST_ELEMENTS:
            raise Fault(zh=f"元素套了超过 {DEEPEST_ELEMENTS} 层。",
                        en=f"Elements are nested more than {DEEPEST_ELEMENTS} deep.")
        return super().start(tag, attrs)

    def data(self, data: str) -> None:
        self.text += len(data.strip())
        if self.text > MOST_TEXT:
            raise Fault(zh=f"文件中的文字超过 {MOST_TEXT} 个字符。",
                        en=f"The file has more than {MOST_TEXT} characters of text.")
        super().data(data)

    def end(self, tag: str) -> Xml:
        self.depth -= 1
        return super().end(tag)


def _in_feel(element: Xml) -> None:
    """Fault for an element whose expressions are in another language."""
    language = element.get("expressionLanguage", "")
    if language and "feel" not in language.lower():
        raise Fault(zh=f"表达式语言“{language}”不是 FEEL。", en=f"The expression language “{language}” is not FEEL.")


def local(element: Xml) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Xml, *names: str) -> Iterator[Xml]:
    return (one for one in element if local(one) in names)


def child(element: Xml, *names: str) -> Xml | None:
    return next(children(element, *names), None)


def text(element: Xml | None) -> str:
    """The text of the ``text`` element inside, as it stands there; raises Fault where it is not in FEEL."""
    if element is None:
        return ""
    _in_feel(element)
    inner = child(element, "text")
    return ("".join(inner.itertext()) if inner is not None else "").strip()


def own_text(element: Xml | None) -> str:
    return "" if element is None else "".join(element.itertext()).strip()


def type_name(element: Xml | None, attribute: str = "typeRef") -> str:
    """A type without the prefix that older files write (``feel:number``)."""
    said = "" if element is None else element.get(attribute, "").strip()
    head, colon, tail = said.partition(":")
    return TYPES.get(tail if colon and head.isidentifier() else said, tail if colon and head.isidentifier() else said)


TYPES = {"dateTime": "date and time", "dayTimeDuration": "days and time duration",
         "yearMonthDuration": "years and months duration", "days and time duration": "days and time duration"}


def _model(root: Xml) -> Model:
    return Model(
        name=root.get("name", ""), namespace=root.get("namespace", ""), id=root.get("id", "model"),
        description=own_text(child(root, "description")), types=tuple(map(_type, children(root, "itemDefinition"))),
        inputs=tuple(_input(one, n) for n, one in enumerate(children(root, "inputData"), 1)),
        decisions=tuple(_decision(one, n) for n, one in enumerate(children(root, "decision"), 1)),
        knowledge=tuple(_knowledge(one, n) for n, one in enumerate(children(root, "businessKnowledgeModel"), 1)),
        sources=tuple(Source(**_common(one, "source", n), address=one.get("locationURI", ""))
                      for n, one in enumerate(children(root, "knowledgeSource"), 1)),
        services=tuple(one.get("name", "") for one in children(root, "decisionService")))


def _unique(model: Model) -> Model:
    """The model, or Fault where two elements have one id or two things one name."""
    for what, words in (("id", Bilingual("标识", "id")), ("name", Bilingual("名称", "name"))):
        seen: set[str] = set()
        for one in (*model.inputs, *model.decisions, *model.knowledge, *(model.sources if what == "id" else ())):
            value = getattr(one, what)
            if value in seen:
                raise Fault(zh=f"{words.zh}“{value}”用了两次。", en=f"The {words.en} “{value}” is used twice.")
            seen.add(value)
    return model


def _common(element: Xml, kind: str, number: int) -> dict[str, str]:
    name = " ".join(element.get("name", "").split())
    if not name:
        raise Fault(zh=f"第 {number} 个 {local(element)} 没有名称。", en=f"{local(element)} {number} has no name.")
    variable = child(element, "variable")
    return {"id": element.get("id") or f"{kind}-{number}", "name": name, "type": type_name(variable),
            "label": element.get("label", ""), "description": own_text(child(element, "description"))}


def _type(element: Xml) -> ItemType:
    name = " ".join(element.get("name", "").split())
    return _within(Bilingual(f"类型“{name}”", f"type “{name}”"), lambda: _type_of(element, 1))


def _type_of(element: Xml, depth: int) -> ItemType:
    if depth > DEEPEST:
        raise Fault(zh=f"组成项套了超过 {DEEPEST} 层。", en=f"Components are nested more than {DEEPEST} deep.")
    base = child(element, "typeRef")
    if base is not None:
        base.set("typeRef", own_text(base))
    allowed, constraint = text(child(element, "allowedValues")), text(child(element, "typeConstraint"))
    collection = element.get("isCollection", "false") in ("true", "1")
    if constraint and (allowed or collection):
        raise Fault(zh="不支持对整个集合的约束（typeConstraint）。",
                    en="A constraint on a whole collection (typeConstraint) is not supported.")
    return ItemType(
        name=" ".join(element.get("name", "").split()), base=type_name(base), allowed=allowed or constraint,
        components=tuple(_type_of(one, depth + 1) for one in children(element, "itemComponent")),
        collection=collection)


def _input(element: Xml, number: int) -> Input:
    return Input(**_common(element, "input", number))


def _decision(element: Xml, number: int) -> Decision:
    common = _common(element, "decision", number)
    where = Bilingual(f"决策“{common['name']}”", f"decision “{common['name']}”")
    return Decision(
        **common, logic=_within(where, lambda: _logic(element)), question=own_text(child(element, "question")),
        answers=own_text(child(element, "allowedAnswers")),
        needs=_references(element, "informationRequirement", "requiredInput", "requiredDecision"),
        knows=_references(element, "knowledgeRequirement", "requiredKnowledge"),
        sources=_references(element, "authorityRequirement", "requiredAuthority"))


def _knowledge(element: Xml, number: int) -> Knowledge:
    common = _common(element, "knowledge", number)
    where = Bilingual(f"知识模型“{common['name']}”", f"knowledge model “{common['name']}”")
    logic = child(element, "encapsulatedLogic")
    return Knowledge(**common, logic=None if logic is None else _within(where, lambda: _function(logic, 1)),
                     knows=_references(element, "knowledgeRequirement", "requiredKnowledge"))


def _references(element: Xml, requirement: str, *kinds: str) -> tuple[str, ...]:
    return tuple(one.get("href", "").rpartition("#")[2]
                 for needed in children(element, requirement) for one in children(needed, *kinds))


def _within(where: Bilingual, read: Callable[[], T]) -> T:
    """What ``read`` gives; a Fault is told where it was."""
    try:
        return read()
    except Fault as fault:
        fault.found_in(where, "")
        raise


# -- boxed expressions


def _logic(element: Xml, depth: int = 1) -> Expression | None:
    """The boxed expression among the children of an element, or None; raises Fault for a kind that is not known."""
    for one in element:
        if local(one) in BOXES:
            if depth > DEEPEST:
                raise Fault(zh=f"表达式套了超过 {DEEPEST} 层。", en=f"Expressions are nested more than {DEEPEST} deep.")
            return BOXES[local(one)](one, depth)  # type: ignore[no-any-return]
        if local(one) in BEYOND:
            raise Fault(zh=f"不支持 {local(one)}。", en=f"“{local(one)}” is not supported.")
    return None


BEYOND = frozenset({"conditional", "for", "every", "some", "filter"})


def _needed(element: Xml, depth: int) -> Expression:
    found = _logic(element, depth + 1)
    if found is None:
        raise Fault(zh=f"{local(element)} 里没有表达式。", en=f"There is no expression in {local(element)}.")
    return found


def _literal(element: Xml, depth: int) -> Text:
    if child(element, "importedValues") is not None:
        raise Fault(zh="不读取文件以外的值（importedValues）。",
                    en="Values from outside the file (importedValues) are not read.")
    return Text(text(element), type_name(element))


def _table(element: Xml, depth: int) -> DecisionTable:
    policy, aggregation = element.get("hitPolicy", "UNIQUE"), element.get("aggregation", "")
    if policy not in POLICIES or (aggregation and aggregation not in {*AGGREGATIONS, "COUNT"}):
        said = f"{policy} {aggregation}".strip()
        raise Fault(zh=f"没有命中策略“{said}”。", en=f"There is no hit policy “{said}”.")
    table = DecisionTable(
        inputs=tuple(map(_input_clause, children(element, "input"))),
        outputs=tuple(map(_output_clause, children(element, "output"))),
        rows=tuple(map(_row, children(element, "rule"))), policy=policy, aggregation=aggregation,
        note_names=tuple(one.get("name", "") for one in children(element, "annotation")),
        output_label=element.get("outputLabel", ""))
    return _right_size(table)


def _right_size(table: DecisionTable) -> DecisionTable:
    if not table.outputs:
        raise Fault(zh="决策表没有输出列。", en="The decision table has no output.")
    for number, row in enumerate(table.rows, 1):
        if len(row.tests) != len(table.inputs) or len(row.outputs) != len(table.outputs):
            raise Fault(
                zh=f"规则 {number} 有 {len(row.tests)} 个条件和 {len(row.outputs)} 个结果，"
                   f"而表有 {len(table.inputs)} 个输入和 {len(table.outputs)} 个输出。",
                en=f"Rule {number} has {len(row.tests)} conditions and {len(row.outputs)} results, "
                   f"and the table {len(table.inputs)} inputs and {len(table.outputs)} outputs.")
    return table


def _input_clause(element: Xml) -> InputClause:
    expression = child(element, "inputExpression")
    return InputClause(text(expression), type_name(expression), text(child(element, "inputValues")),
                       element.get("label", ""))


def _output_clause(element: Xml) -> OutputClause:
    return OutputClause(" ".join(element.get("name", "").split()), type_name(element),
                        text(child(element, "outputValues")), text(child(element, "defaultOutputEntry")),
                        element.get("label", ""))


def _row(element: Xml) -> Row:
    ours = (one for extension in children(element, "extensionElements") for one in extension)
    clause = next((own_text(one) for one in ours if one.tag == f"{{{OURS}}}clause"), "")
    return Row(tuple(map(text, children(element, "inputEntry"))), tuple(map(text, children(element, "outputEntry"))),
               tuple(map(text, children(element, "annotationEntry"))), own_text(child(element, "description")), clause)


def _invocation(element: Xml, depth: int) -> Invocation:
    bindings = []
    for binding in children(element, "binding"):
        parameter = child(binding, "parameter")
        name = "" if parameter is None else " ".join(parameter.get("name", "").split())
        bindings.append((name, _needed(binding, depth)))
    called = child(element, "literalExpression")
    if called is None or not text(called):
        raise Fault(zh="调用没有说调用什么。", en="The invocation does not say what it invokes.")
    return Invocation(text(called), tuple(bindings))


def _context(element: Xml, depth: int) -> Context:
    entries = []
    for entry in children(element, "contextEntry"):
        variable = child(entry, "variable")
        name = "" if variable is None else " ".join(variable.get("name", "").split())
        entries.append((name, _needed(entry, depth)))
    return Context(tuple(entries))


def _listing(element: Xml, depth: int) -> Listing:
    return Listing(tuple(_boxes(element, depth)))


def _boxes(element: Xml, depth: int) -> Iterator[Expression]:
    for one in element:
        if local(one) in BOXES:
            if depth > DEEPEST:
                raise Fault(zh=f"表达式套了超过 {DEEPEST} 层。", en=f"Expressions are nested more than {DEEPEST} deep.")
            yield BOXES[local(one)](one, depth + 1)


def _relation(element: Xml, depth: int) -> Relation:
    columns = tuple(" ".join(one.get("name", "").split()) for one in children(element, "column"))
    rows = tuple(tuple(_boxes(row, depth)) for row in children(element, "row"))
    if any(len(row) != len(columns) for row in rows):
        raise Fault(zh="关系表有一行的格数与列数不同。",
                    en="A row of the relation has not as many cells as there are columns.")
    return Relation(columns, rows)


def _function(element: Xml, depth: int) -> FunctionDefinition:
    kind = element.get("kind", "FEEL")
    if kind != "FEEL":
        raise Fault(zh=f"不运行 {kind} 函数。", en=f"Functions of kind {kind} are not run.")
    parameters = tuple((" ".join(one.get("name", "").split()), type_name(one))
                       for one in children(element, "formalParameter"))
    return FunctionDefinition(parameters, _needed(element, depth))


BOXES: dict[str, Any] = {
    "literalExpression": _literal, "decisionTable": _table, "invocation": _invocation, "context": _context,
    "list": _listing, "relation": _relation, "functionDefinition": _function}
