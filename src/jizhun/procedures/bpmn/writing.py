"""A table of steps as BPMN 2.0 XML that other editors open: pool, lanes, tasks, gateways, events, and the drawing.

What BPMN has no place for stands in ``extensionElements`` of our own namespace, in both languages, so that diagram and
table turn into each other without loss. The names in the diagram are in one language, which the process says.
"""

from collections.abc import Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import SubElement

from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.procedures.bpmn.diagram import Link, Node
from jizhun.procedures.bpmn.layout import EDGE, LINE, Box, Placed, placed
from jizhun.procedures.rules.checking import NO_ROLES
from jizhun.procedures.rules.steps import WORDS, Step, Steps
from jizhun.procedures.rules.words import Role

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DI = "http://www.omg.org/spec/DD/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
OURS = "https://example.org/jizhun/procedure"
"""The namespace of what we add: the fields of a step, the role of a lane, the words of a way."""
TAGS = {"start": "startEvent", "task": "userTask", "wait": "intermediateCatchEvent", "call": "callActivity",
        "choice": "exclusiveGateway", "merge": "exclusiveGateway", "together": "parallelGateway",
        "join": "parallelGateway", "end": "endEvent", "lost": "endEvent"}
DURATIONS = {"working_day": "P{}D", "calendar_day": "P{}D", "hour": "PT{}H"}


def write_bpmn(steps: Steps, *, title: Bilingual = NO_WORDS, language: str = "zh",
               roles: Mapping[str, Role] = NO_ROLES) -> bytes:
    """The table as BPMN 2.0 XML in UTF-8, valid by the published schema."""
    for prefix, address in (("", BPMN), ("bpmndi", BPMNDI), ("di", DI), ("dc", DC), ("jizhun", OURS)):
        ElementTree.register_namespace(prefix, address)
    return _Writer(placed(steps, language, roles, roomy=True), title, roles).written()


def _plain(**attributes: str) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if value}


def _add(parent: Xml, tag: str, /, **attributes: str) -> Xml:
    return SubElement(parent, f"{{{BPMN}}}{tag}", _plain(**attributes))


def _ours(element: Xml, tag: str, /, **attributes: str) -> Xml:
    """An element of ours among the extensions of another."""
    inside = element.find(f"{{{BPMN}}}extensionElements")
    if inside is None:
        inside = Xml(f"{{{BPMN}}}extensionElements")
        element.insert(0, inside)
    return SubElement(inside, f"{{{OURS}}}{tag}", _plain(**attributes))


class _Writer:
    def __init__(self, sheet: Placed, title: Bilingual, roles: Mapping[str, Role]) -> None:
        self.sheet, self.title, self.roles = sheet, title, roles
        self.diagram, self.language = sheet.diagram, sheet.language
        self.place = {one.id: at for at, one in enumerate(self.diagram.steps.rows)}

    def written(self) -> bytes:
        root = Xml(f"{{{BPMN}}}definitions", {"id": "definitions", "targetNamespace": OURS,
                                              "exporter": "Jizhun", "exporterVersion": "1"})
        pool = _add(root, "collaboration", id="collaboration")
        _add(pool, "participant", id="pool", name=self._said(self.title) or self._said(Bilingual("规程", "Procedure")),
             processRef="process")
        self._process(root)
        self._drawing(root)
        ElementTree.indent(root)
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(ElementTree.tostring(root, encoding="utf-8")) + b"\n"

    def _said(self, words: Bilingual) -> str:
        return words.in_language(self.language)

    def _process(self, root: Xml) -> None:
        process = SubElement(root, f"{{{BPMN}}}process", _plain(id="process", name=self._said(self.title)) | {
            "isExecutable": "false"})
        _ours(process, "table", language=self.language, zh=self.title.zh, en=self.title.en)
        self._lanes(process)
        into = {one.id: [link.id for link in self.diagram.links if link.target == one.id] for one in self.diagram.nodes}
        out = {one.id: [link.id for link in self.diagram.links if link.source == one.id] for one in self.diagram.nodes}
        for node in sorted(self.diagram.nodes, key=lambda one: self.place.get(one.step, -1)):
            element = self._node(process, node)
            for tag, links in (("incoming", into[node.id]), ("outgoing", out[node.id])):
                for link in links:
                    _add(element, tag).text = link
            self._event(element, node)
        for way in self.diagram.links:
            self._link(process, way)

    def _lanes(self, process: Xml) -> None:
        lanes = _add(process, "laneSet", id="lanes") if self.diagram.lanes else None
        for at, lane in enumerate(self.diagram.lanes):
            assert lanes is not None
            name = self.sheet.lanes[at][0]
            element = _add(lanes, "lane", id=f"lane_{at + 1}", name=name)
            _ours(element, "lane", role=lane.role, zh=lane.department.zh, en=lane.department.en, name=name)
            for node in self.diagram.nodes:
                if node.lane == at:
                    _add(element, "flowNodeRef").text = node.id

    def _node(self, process: Xml, node: Node) -> Xml:
        element = _add(process, TAGS[node.kind], id=node.id)
        if node.kind in ("task", "wait", "call"):
            self._step(element, self.diagram.steps.by_id[node.step])
        elif node.kind == "lost":
            element.set("name", f"{node.to}?")
            _ours(element, "lost", to=node.to)
        elif node.kind in ("choice", "together"):
            element.set("gatewayDirection", "Diverging")
        elif node.kind in ("merge", "join"):
            element.set("gatewayDirection", "Converging")
        return element

    def _step(self, element: Xml, step: Step) -> None:
        name = self._said(step.name)
        element.set("name", " ".join(name.split()))
        if step.calls:
            element.set("calledElement", f"matter_{step.calls}" if step.calls.isascii() and " " not in step.calls
                        else "matter")
        action = self._said(step.action)
        extension = _ours(
            element, "step", id=step.id, document=step.document, mark=step.mark, calls=step.calls,
            waitsFor=step.waits_for, money="true" if step.money else "",
            limit=str(step.limit.amount) if step.limit else "", unit=step.limit.unit if step.limit else "")
        for field in WORDS:
            words = getattr(step, field)
            if words != NO_WORDS and field != "department":
                SubElement(extension, f"{{{OURS}}}{field}", _plain(zh=words.zh, en=words.en))
        for one in step.input:
            SubElement(extension, f"{{{OURS}}}input", {"code": one})
        if step.risk:
            SubElement(extension, f"{{{OURS}}}risk", {"level": step.risk.level,
                                                      **_plain(zh=step.risk.words.zh, en=step.risk.words.en)})
        if action:
            documentation = Xml(f"{{{BPMN}}}documentation")
            documentation.text = action
            element.insert(0, documentation)

    def _event(self, element: Xml, node: Node) -> None:
        """What a waiting event waits for: a time for a public notice with its length, else a message."""
        step = self.diagram.steps.by_id.get(node.step) if node.kind == "wait" else None
        if step is None:
            return
        if step.waits_for == "public_notice" and step.limit:
            timer = _add(element, "timerEventDefinition", id=f"timer_{step.id}")
            _add(timer, "timeDuration").text = DURATIONS[step.limit.unit].format(step.limit.amount)
        else:
            _add(element, "messageEventDefinition", id=f"message_{step.id}")

    def _link(self, process: Xml, link: Link) -> None:
        words = link.way.when if link.way else NO_WORDS
        element = _add(process, "sequenceFlow", id=link.id, name=" ".join(self._said(words).split()),
                       sourceRef=link.source, targetRef=link.target)
        if words != NO_WORDS:
            _ours(element, "way", zh=words.zh, en=words.en)

    # -- the drawing

    def _drawing(self, root: Xml) -> None:
        plane = SubElement(SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", {"id": "diagram"}), f"{{{BPMNDI}}}BPMNPlane",
                           {"id": "plane", "bpmnElement": "collaboration"})
        frame = Box(EDGE, EDGE, self.sheet.width - 2 * EDGE, self.sheet.height - 2 * EDGE)
        _shape(plane, "pool", frame, isHorizontal="false")
        for at, (_, box) in enumerate(self.sheet.lanes):
            _shape(plane, f"lane_{at + 1}", box, isHorizontal="false")
        for node in self.diagram.nodes:
            marker = "true" if node.kind in ("choice", "merge") else ""
            shape = _shape(plane, node.id, self.sheet.shapes[node.id], isMarkerVisible=marker)
            self._name(shape, node)
        for link in self.diagram.links:
            edge = SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", {"id": f"{link.id}_di", "bpmnElement": link.id})
            for x, y in self.sheet.ways[link.id]:
                SubElement(edge, f"{{{DI}}}waypoint", {"x": f"{x:.1f}", "y": f"{y:.1f}"})
            if link.id in self.sheet.labels:
                _label(edge, self.sheet.labels[link.id].box)

    def _name(self, shape: Xml, node: Node) -> None:
        """Where an event has its name: below."""
        if node.kind not in ("wait", "lost"):
            return
        box, rows = self.sheet.shapes[node.id], len(self.sheet.names[node.id])
        wide = self.sheet.lanes[node.lane][1].width - 12
        _label(shape, Box(box.middle[0] - wide / 2, box.bottom + 3, wide, rows * (LINE - 2) + 2))


def _shape(plane: Xml, id: str, box: Box, **attributes: str) -> Xml:
    shape = SubElement(plane, f"{{{BPMNDI}}}BPMNShape", {"id": f"{id}_di", "bpmnElement": id, **_plain(**attributes)})
    _bounds(shape, box)
    return shape


def _label(element: Xml, box: Box) -> None:
    _bounds(SubElement(element, f"{{{BPMNDI}}}BPMNLabel"), box)


def _bounds(element: Xml, box: Box) -> None:
    SubElement(element, f"{{{DC}}}Bounds", {"x": f"{box.x:.1f}", "y": f"{box.y:.1f}", "width": f"{box.width:.1f}",
                                            "height": f"{box.height:.1f}"})


