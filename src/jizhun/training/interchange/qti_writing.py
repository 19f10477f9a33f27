"""Questions as QTI 3.0: an item a question, and a package of them with a test. Languages stand in spans."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import SubElement

from jizhun.training.interchange.items import Given, Item, Losing
from jizhun.training.interchange.parsing import LANGUAGE
from jizhun.training.rules.questions import number

Content = Mapping[str, Any]
ITEM: Final = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
ITEM_SCHEMA: Final = f"{ITEM} https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd"
PACKAGE: Final = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
PACKAGE_SCHEMA: Final = f"{PACKAGE} https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd"
SCHEMA: Final = "http://www.w3.org/2001/XMLSchema-instance"
OWN: Final = "jz-"
"""Before every identifier: those of QTI may not begin with a digit."""
ITEM_TYPE, TEST_TYPE = "imsqti_item_xmlv3p0", "imsqti_test_xmlv3p0"
STAMP: Final = (1980, 1, 1, 0, 0, 0)
"""The time in the package: the same questions make the same bytes."""
BASE: Final[Mapping[str, tuple[str, str]]] = {
    "single": ("single", "identifier"), "multiple": ("multiple", "identifier"), "true_false": ("single", "identifier"),
    "numeric": ("single", "float"), "ordering": ("ordered", "identifier"),
    "matching": ("multiple", "directedPair"), "short_text": ("single", "string")}
"""Type -> cardinality and base type of its response."""
TRUE_FALSE: Final = (("true", {"zh": "对", "en": "True"}), ("false", {"zh": "错", "en": "False"}))

ElementTree.register_namespace("xsi", SCHEMA)


def write_item(item: Item, losing: Losing | None = None) -> bytes:
    """One question as a ``qti-assessment-item``."""
    losing = losing or Losing()
    losing.where = item.code
    root = _Item(item, losing).element()
    ElementTree.indent(root)
    return _bytes(root)


def _bytes(root: Xml) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(ElementTree.tostring(root, encoding="utf-8")) + b"\n"


def own(identifier: str) -> str:
    """An id of ours as QTI can hold it."""
    return OWN + identifier


class _Item:
    """Builds one item. ``parts``: (response, id or "", type, content), one for each thing that is answered."""

    def __init__(self, item: Item, losing: Losing) -> None:
        self.item, self.losing = item, losing
        content = item.content
        self.parts: list[tuple[str, str, str, Content]] = (
            [(f"RESPONSE_{at}", part["id"], part["type"], part) for at, part in enumerate(content["parts"], 1)]
            if item.kind == "case" else [("RESPONSE", "", item.kind, content)])

    def element(self) -> Xml:
        root = ElementTree.Element("qti-assessment-item", {
            "xmlns": ITEM, f"{{{SCHEMA}}}schemaLocation": ITEM_SCHEMA, "identifier": own(self.item.code),
            "title": self.item.code, "adaptive": "false", "time-dependent": "false", LANGUAGE: "zh"})
        for response, _, kind, content in self.parts:
            _declaration(root, response, kind, content)
        self._outcomes(root)
        self._body(SubElement(root, "qti-item-body"))
        self._processing(SubElement(root, "qti-response-processing"))
        for name, words in self._explanations():
            self._feedback(root, name, words)
        return root

    def _outcomes(self, root: Xml) -> None:
        for name, value in (("SCORE", "0"), ("MAXSCORE", "1"), *((f"SCORE_{one}", "0") for one in self._scored())):
            outcome = SubElement(root, "qti-outcome-declaration", {
                "identifier": name, "cardinality": "single", "base-type": "float"})
            SubElement(SubElement(outcome, "qti-default-value"), "qti-value").text = value
        if [*self._explanations()]:
            SubElement(root, "qti-outcome-declaration", {
                "identifier": "FEEDBACK", "cardinality": "multiple", "base-type": "identifier"})

    def _scored(self) -> list[str]:
        return [response for response, _, _, _ in self.parts] if len(self.parts) > 1 or self.item.kind == "case" else []

    def _body(self, body: Xml) -> None:
        _words(SubElement(body, "div", {"class": "jz-stem"}), self.item.content["stem"])
        for response, part, kind, content in self.parts:
            holder = body
            if part:
                holder = SubElement(body, "div", {"class": "jz-part", "id": own(part)})
                _words(SubElement(holder, "div", {"class": "jz-stem"}), content["stem"])
            _INTERACTIONS[kind](holder, response, content)
            if kind == "ordering":
                self.losing.lose("排序题在 QTI 中全对才得分。", "In QTI an order earns all or nothing.")
            if kind == "short_text":
                self.losing.lose("简答题在 QTI 中只忽略大小写，空格、全半角和句末标点须一致。",
                                 "In QTI a short text has to stand as it is but for capitals: spaces, width and a "
                                 "closing mark count.")

    def _explanations(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        if self.item.content.get("explanation"):
            yield "explanation", self.item.content["explanation"]
        for _, part, _, content in self.parts:
            if part and content.get("explanation"):
                yield f"explanation-{own(part)}", content["explanation"]

    def _processing(self, processing: Xml) -> None:
        scored = self._scored()
        for response, _, kind, content in self.parts:
            _score(processing, response, kind, content, f"SCORE_{response}" if scored else "SCORE")
        if scored:
            mean = SubElement(SubElement(processing, "qti-set-outcome-value", identifier="SCORE"), "qti-divide")
            total = SubElement(mean, "qti-sum")
            for response in scored:
                SubElement(total, "qti-variable", identifier=f"SCORE_{response}")
            _value(mean, "float", str(len(scored)))
        names = [name for name, _ in self._explanations()]
        if names:
            every = SubElement(SubElement(processing, "qti-set-outcome-value", identifier="FEEDBACK"), "qti-multiple")
            for name in names:
                _value(every, "identifier", name)

    def _feedback(self, root: Xml, name: str, words: Mapping[str, str]) -> None:
        feedback = SubElement(root, "qti-modal-feedback", {
            "outcome-identifier": "FEEDBACK", "identifier": name, "show-hide": "show"})
        _words(SubElement(SubElement(feedback, "qti-content-body"), "div"), words)


def _value(parent: Xml, base: str, text: str) -> None:
    SubElement(parent, "qti-base-value", {"base-type": base}).text = text


def _words(parent: Xml, words: Mapping[str, str]) -> None:
    """Words inside an element: one text, or a span for each language."""
    zh, en = words["zh"], words["en"]
    if zh == en:
        _lines(parent, zh)
        return
    for language, text in (("zh", zh), ("en", en)):
        _lines(SubElement(parent, "span", {LANGUAGE: language}), text)


def _lines(parent: Xml, text: str) -> None:
    first, *others = text.split("\n")
    parent.text = first
    for line in others:
        SubElement(parent, "br").tail = line


# -- declarations and marks ------------------------------------------------------------------------


def _declaration(root: Xml, response: str, kind: str, content: Content) -> None:
    cardinality, base = BASE[kind]
    declared = SubElement(root, "qti-response-declaration", {
        "identifier": response, "cardinality": cardinality, "base-type": base})
    correct = SubElement(declared, "qti-correct-response")
    for value in _correct(kind, content):
        SubElement(correct, "qti-value").text = value
    entries = _mapped(kind, content)
    if entries:
        mapping = SubElement(declared, "qti-mapping", {"lower-bound": "0", "upper-bound": "1", "default-value": "0"})
        for key, worth in entries:
            SubElement(mapping, "qti-map-entry", {"map-key": key, "mapped-value": worth} | (
                {"case-sensitive": "false"} if base == "string" else {}))


def _correct(kind: str, content: Content) -> list[str]:
    match kind:
        case "single" | "multiple":
            return [own(one["id"]) for one in content["options"] if one["right"]]
        case "true_false":
            return ["true" if content["right"] else "false"]
        case "numeric":
            return [f"{number(content['right']):f}"]
        case "ordering":
            return [own(one["id"]) for one in content["items"]]
        case "matching":
            return [f"left-{one['id']} right-{one['id']}" for one in content["pairs"]]
        case _:
            return [content["accepted"][0]["zh"]]


def _mapped(kind: str, content: Content) -> list[tuple[str, str]]:
    """What each answer earns, where that is not all or nothing."""
    if kind == "multiple":
        share = _share(sum(bool(one["right"]) for one in content["options"]))
        return [(own(one["id"]), share if one["right"] else f"-{share}") for one in content["options"]]
    if kind == "matching":
        return [(pair, _share(len(content["pairs"]))) for pair in _correct(kind, content)]
    if kind == "short_text":
        texts = dict.fromkeys(words[one] for words in content["accepted"] for one in ("zh", "en"))
        return [(text, "1") for text in texts]
    return []


def _share(parts: int) -> str:
    return f"{1 / parts:.6f}".rstrip("0").rstrip(".")


def _score(processing: Xml, response: str, kind: str, content: Content, outcome: str) -> None:
    if _mapped(kind, content):
        earned = SubElement(processing, "qti-set-outcome-value", identifier=outcome)
        SubElement(earned, "qti-map-response", identifier=response)
        return
    condition = SubElement(SubElement(processing, "qti-response-condition"), "qti-response-if")
    tolerance = number(content.get("tolerance", "0")) if kind == "numeric" else None
    if kind == "numeric":
        how = {"tolerance-mode": "absolute", "tolerance": f"{tolerance:f} {tolerance:f}"} if tolerance else {
            "tolerance-mode": "exact"}
        test = SubElement(condition, "qti-equal", how)
    else:
        test = SubElement(condition, "qti-match")
    SubElement(test, "qti-variable", identifier=response)
    SubElement(test, "qti-correct", identifier=response)
    _value(SubElement(condition, "qti-set-outcome-value", identifier=outcome), "float", "1")


# -- interactions ----------------------------------------------------------------------------------


def _choice(body: Xml, response: str, rows: Sequence[tuple[str, Mapping[str, str]]], most: str) -> None:
    interaction = SubElement(body, "qti-choice-interaction", {
        "response-identifier": response, "shuffle": "true" if len(rows) > 2 else "false", "max-choices": most})
    for identifier, words in rows:
        _words(SubElement(interaction, "qti-simple-choice", identifier=identifier), words)


def _single(body: Xml, response: str, content: Content) -> None:
    _choice(body, response, [(own(one["id"]), one["text"]) for one in content["options"]], "1")


def _multiple(body: Xml, response: str, content: Content) -> None:
    _choice(body, response, [(own(one["id"]), one["text"]) for one in content["options"]], "0")


def _true_false(body: Xml, response: str, _content: Content) -> None:
    _choice(body, response, TRUE_FALSE, "1")


def _numeric(body: Xml, response: str, content: Content) -> None:
    line = SubElement(body, "p")
    SubElement(line, "qti-text-entry-interaction", {"response-identifier": response, "expected-length": "12"})
    unit = content.get("unit") or {"zh": "", "en": ""}
    if unit["zh"]:
        _words(SubElement(line, "span", {"class": "jz-unit"}), unit)


def _short_text(body: Xml, response: str, _content: Content) -> None:
    line = SubElement(body, "p")
    SubElement(line, "qti-text-entry-interaction", {"response-identifier": response, "expected-length": "40"})


def _ordering(body: Xml, response: str, content: Content) -> None:
    interaction = SubElement(body, "qti-order-interaction", {"response-identifier": response, "shuffle": "true"})
    for one in content["items"]:
        _words(SubElement(interaction, "qti-simple-choice", identifier=own(one["id"])), one["text"])


def _matching(body: Xml, response: str, content: Content) -> None:
    interaction = SubElement(body, "qti-match-interaction", {
        "response-identifier": response, "shuffle": "true", "max-associations": str(len(content["pairs"]))})
    for side, rows in (("left", content["pairs"]), ("right", [*content["pairs"], *content.get("extra", [])])):
        holder = SubElement(interaction, "qti-simple-match-set")
        for one in rows:
            choice = SubElement(holder, "qti-simple-associable-choice", {
                "identifier": f"{side}-{one['id']}", "match-max": "1"})
            _words(choice, one[side])


_INTERACTIONS: Final[Mapping[str, Callable[[Xml, str, Content], None]]] = {
    "single": _single, "multiple": _multiple, "true_false": _true_false, "numeric": _numeric, "ordering": _ordering,
    "matching": _matching, "short_text": _short_text}


# -- the package -----------------------------------------------------------------------------------


def write_qti(items: Sequence[Item], title: str = "Jizhun") -> Given:
    """A package of these questions and a test that holds them all, in their order."""
    losing = Losing()
    files = {f"items/{re.sub(r'[^A-Za-z0-9_.-]', '_', item.code)}.xml": (item, write_item(item, losing))
             for item in items}
    codes = {path: item.code for path, (item, _) in files.items()}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in (("imsmanifest.xml", _manifest(codes)), ("assessment.xml", _test(codes, title)),
                              *((path, content) for path, (_, content) in files.items())):
            archive.writestr(zipfile.ZipInfo(path, STAMP), content, zipfile.ZIP_DEFLATED)
    return Given(packed.getvalue(), tuple(losing.losses))


def _test(codes: Mapping[str, str], title: str) -> bytes:
    root = ElementTree.Element("qti-assessment-test", {
        "xmlns": ITEM, f"{{{SCHEMA}}}schemaLocation": ITEM_SCHEMA, "identifier": "jz-test", "title": title})
    outcome = SubElement(root, "qti-outcome-declaration", {
        "identifier": "SCORE", "cardinality": "single", "base-type": "float"})
    SubElement(SubElement(outcome, "qti-default-value"), "qti-value").text = "0"
    part = SubElement(root, "qti-test-part", {
        "identifier": "jz-part", "navigation-mode": "nonlinear", "submission-mode": "simultaneous"})
    section = SubElement(part, "qti-assessment-section", {
        "identifier": "jz-section", "title": title, "visible": "true"})
    for path, code in codes.items():
        SubElement(section, "qti-assessment-item-ref", {"identifier": own(code), "href": path})
    processing = SubElement(root, "qti-outcome-processing")
    total = SubElement(SubElement(processing, "qti-set-outcome-value", identifier="SCORE"), "qti-sum")
    SubElement(total, "qti-test-variables", {"variable-identifier": "SCORE"})
    ElementTree.indent(root)
    return _bytes(root)


def _manifest(codes: Mapping[str, str]) -> bytes:
    root = ElementTree.Element("manifest", {
        "xmlns": PACKAGE, f"{{{SCHEMA}}}schemaLocation": PACKAGE_SCHEMA, "identifier": "jz-manifest"})
    metadata = SubElement(root, "metadata")
    SubElement(metadata, "schema").text = "QTI Package"
    SubElement(metadata, "schemaversion").text = "3.0.0"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    test = SubElement(resources, "resource", {
        "identifier": "jz-res-test", "type": TEST_TYPE, "href": "assessment.xml"})
    SubElement(test, "file", href="assessment.xml")
    for at in range(len(codes)):
        SubElement(test, "dependency", identifierref=f"jz-res-{at}")
    for at, path in enumerate(codes):
        item = SubElement(resources, "resource", {"identifier": f"jz-res-{at}", "type": ITEM_TYPE, "href": path})
        SubElement(item, "file", href=path)
    ElementTree.indent(root)
    return _bytes(root)
