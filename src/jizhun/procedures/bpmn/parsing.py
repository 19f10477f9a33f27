"""BPMN XML to plain elements: safe, of bounded size, subprocesses laid open. Nothing outside the file is read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element as Xml

from jizhun.kernel.bilingual import Refused

LARGEST, MOST_ELEMENTS, DEEPEST = 5_000_000, 100_000, 120
TASKS = frozenset({"task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask",
                   "businessRuleTask", "callActivity", "intermediateCatchEvent", "intermediateThrowEvent"})
CHOICES = frozenset({"exclusiveGateway", "eventBasedGateway", "inclusiveGateway"})
INSIDE = frozenset({"subProcess", "transaction", "adHocSubProcess"})
PLAIN = frozenset({"startEvent", "endEvent", "parallelGateway", "boundaryEvent"})
BEYOND = frozenset({"complexGateway"})
REMARKS = frozenset({"textAnnotation", "dataObject", "dataObjectReference", "dataStoreReference", "group"})


@dataclass(slots=True)
class Flowing:
    """One way out of an element: its flow (None where it is ours), and the id that it leads to."""

    flow: Xml | None
    target: str


@dataclass(slots=True)
class Element:
    """One element of the flow; ``parent`` is the subprocess it stands in."""

    xml: Xml
    kind: str
    parent: str = ""
    outs: list[Flowing] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.xml.get("id", "")


@dataclass(slots=True)
class Parsed:
    """A process laid open. ``boundaries``: element -> events on its edge; ``remarks``: things that were passed by."""

    process: Xml
    root: Xml
    elements: dict[str, Element] = field(default_factory=dict)
    boundaries: dict[str, list[Element]] = field(default_factory=dict)
    remarks: int = 0


def local(element: Xml) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Xml, *names: str) -> Iterator[Xml]:
    return (one for one in element if local(one) in names)


def attribute(element: Xml, name: str) -> str:
    """An attribute by its name, whatever its namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


class _Builder(ElementTree.TreeBuilder):
    """Builds the elements of a file that declares no entities, holds not too many of them and none too deep."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.depth = 0

    def doctype(self, *_: object) -> None:
        raise Refused(zh="文件有 DOCTYPE 声明，不予读取。", en="The file has a DOCTYPE and is not read.")

    def start(self, tag: str, attrs: dict[str, str]) -> Xml:
        self.count, self.depth = self.count + 1, self.depth + 1
        if self.count > MOST_ELEMENTS:
            raise Refused(zh=f"文件超过 {MOST_ELEMENTS} 个元素。",
                          en=f"The file has more than {MOST_ELEMENTS} elements.")
        if self.depth > DEEPEST:
            raise Refused(zh=f"元素套了超过 {DEEPEST} 层。", en=f"Elements are nested more than {DEEPEST} deep.")
        return super().start(tag, attrs)

    def end(self, tag: str) -> Xml:
        self.depth -= 1
        return super().end(tag)


def parse(content: bytes, process: str = "") -> Parsed:
    """The process in a BPMN file (the one of that id or pool name, where there are several); raises Refused."""
    if len(content) > LARGEST:
        size = LARGEST // 1_000_000
        raise Refused(zh=f"文件超过 {size} MB。", en=f"The file is larger than {size} MB.")
    try:
        root = ElementTree.fromstring(content, ElementTree.XMLParser(target=_Builder()))
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise Refused(zh=f"文件不是 XML（{error}）。", en=f"The file is not XML ({error}).") from None
    if local(root) != "definitions" or "/BPMN/" not in root.tag:
        raise Refused(zh="这不是 BPMN 2.0 文件。", en="This is not a BPMN 2.0 file.")
    found = Parsed(_chosen(root, process), root)
    _open(found, found.process, "")
    _bound(found)
    return found


def _chosen(root: Xml, wanted: str) -> Xml:
    pools = {one.get("processRef", ""): one.get("name", "") for each in children(root, "collaboration")
             for one in children(each, "participant")}
    names = {one.get("id", ""): pools.get(one.get("id", ""), "") or one.get("name", "") or one.get("id", "")
             for one in children(root, "process")}
    processes = [one for one in children(root, "process")
                 if not wanted or wanted in (one.get("id"), names[one.get("id", "")])]
    filled = [one for one in processes if any(local(each) in TASKS | INSIDE for each in one)]
    if len(filled) > 1:
        said = [names[one.get("id", "")] for one in filled]
        raise Refused(zh=f"文件里有几个流程（{'、'.join(said)}），请选一个。",
                      en=f"The file holds several processes ({', '.join(said)}); choose one.")
    if not processes:
        raise Refused(zh="文件里没有流程。", en="The file holds no process.")
    return (filled or processes)[0]


def _open(found: Parsed, container: Xml, parent: str) -> None:
    """The elements of a container and of the subprocesses in it."""
    flows = list(children(container, "sequenceFlow"))
    for one in container:
        kind, id = local(one), one.get("id", "")
        if kind in BEYOND or one.get("triggeredByEvent") == "true":
            raise Refused(zh=f"元素“{id}”（{kind}）无法转为步骤表。",
                          en=f"Element “{id}” ({kind}) cannot be turned into a table of steps.")
        if kind in TASKS | CHOICES | INSIDE | PLAIN:
            if not id or id in found.elements:
                raise Refused(zh=f"{kind} 的标识“{id}”缺失或重复。",
                              en=f"The id “{id}” of a {kind} is missing or used twice.")
            found.elements[id] = Element(one, kind, parent)
        found.remarks += kind in REMARKS
    for flow in flows:
        source, target = flow.get("sourceRef", ""), flow.get("targetRef", "")
        for end in (source, target):
            if end not in found.elements:
                raise Refused(zh=f"连线“{flow.get('id')}”连到不存在的元素“{end}”。",
                              en=f"Flow “{flow.get('id')}” is joined to “{end}”, which is not there.")
        found.elements[source].outs.append(Flowing(flow, target))
    for one in children(container, *INSIDE):
        _open(found, one, one.get("id", ""))
        _laid_open(found, found.elements[one.get("id", "")])


LEAVING = "\nleaving "
"""Before the id of a subprocess: what all its ends lead to."""


def _laid_open(found: Parsed, inside: Element) -> None:
    """What leads to a subprocess leads to its start; its ends lead to where the subprocess led."""
    own = [one for one in found.elements.values() if one.parent == inside.id]
    leaving = Element(inside.xml, "leaving", inside.parent, inside.outs)
    found.elements[LEAVING + inside.id] = leaving
    into = {out.target for one in own for out in one.outs}
    starts = [one for one in own if one.kind == "startEvent"] or [
        one for one in own if one.id not in into and one.kind not in ("boundaryEvent", "endEvent")]
    inside.outs = [Flowing(None, one.id) for one in starts] or [Flowing(None, LEAVING + inside.id)]
    for one in own:
        if one.kind == "endEvent" or (not one.outs and one.kind not in ("boundaryEvent", *INSIDE)):
            one.kind = "ending" if one.kind == "endEvent" else one.kind
            one.outs = [Flowing(None, LEAVING + inside.id)]


def _bound(found: Parsed) -> None:
    """Events on the edge of an element, under the element that they sit on."""
    for one in found.elements.values():
        if one.kind == "boundaryEvent":
            holder = one.xml.get("attachedToRef", "")
            if holder not in found.elements:
                raise Refused(zh=f"边界事件“{one.id}”附在不存在的元素“{holder}”上。",
                              en=f"Boundary event “{one.id}” sits on “{holder}”, which is not there.")
            inside = found.elements[holder].kind in INSIDE
            found.boundaries.setdefault(LEAVING + holder if inside else holder, []).append(one)
