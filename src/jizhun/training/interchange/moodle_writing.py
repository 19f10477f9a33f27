"""Questions as Moodle XML, which Moodle 4 and other learning systems import. Languages stand in multilang spans."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element as Xml
from xml.etree.ElementTree import SubElement

from jizhun.training.interchange.items import Given, Item, Losing, Untaken
from jizhun.training.interchange.marked_up import html_of

Content = Mapping[str, Any]
TYPES: Final[Mapping[str, str]] = {
    "single": "multichoice", "multiple": "multichoice", "true_false": "truefalse", "numeric": "numerical",
    "ordering": "ordering", "matching": "matching", "short_text": "shortanswer", "case": "cloze"}
ESCAPED: Final = re.compile(r'([\\~/"#}])')
TRUE, FALSE = {"zh": "对", "en": "True"}, {"zh": "错", "en": "False"}


def write_moodle(items: Sequence[Item], category: str = "Jizhun") -> Given:
    """A file of these questions; what Moodle cannot hold is a loss, and such a question is left out."""
    root, losing = ElementTree.Element("quiz"), Losing()
    _category(root, category)
    for item in items:
        losing.where = item.code
        try:
            root.append(_question(item, losing))
        except Untaken as untaken:
            losing.lose(untaken.sentence.zh, untaken.sentence.en)
    ElementTree.indent(root)
    content = b'<?xml version="1.0" encoding="UTF-8"?>\n' + bytes(ElementTree.tostring(root, encoding="utf-8")) + b"\n"
    return Given(content, tuple(losing.losses))


def _category(root: Xml, name: str) -> None:
    question = SubElement(root, "question", type="category")
    SubElement(SubElement(question, "category"), "text").text = f"$course$/top/{name}"


def _question(item: Item, losing: Losing) -> Xml:
    question = ElementTree.Element("question", type=TYPES[item.kind])
    SubElement(SubElement(question, "name"), "text").text = item.code
    stem = _cloze(item.content, losing) if item.kind == "case" else html_of(item.content["stem"])
    _html(question, "questiontext", stem)
    _html(question, "generalfeedback", html_of(item.content.get("explanation") or {"zh": "", "en": ""}))
    SubElement(question, "defaultgrade").text = "1"
    SubElement(question, "penalty").text = "0"
    SubElement(question, "hidden").text = "0"
    SubElement(question, "idnumber").text = item.code
    _WRITERS[item.kind](question, item.content, losing)
    return question


def _html(parent: Xml, name: str, text: str) -> Xml:
    element = SubElement(parent, name, format="html")
    SubElement(element, "text").text = text
    return element


def _answer(parent: Xml, text: str, fraction: str, form: str = "html") -> Xml:
    answer = SubElement(parent, "answer", fraction=fraction, format=form)
    SubElement(answer, "text").text = text
    _html(answer, "feedback", "")
    return answer


def _single(question: Xml, content: Content, _losing: Losing) -> None:
    _choices(question, content, True, [(one, "100" if one["right"] else "0") for one in content["options"]])


def _multiple(question: Xml, content: Content, losing: Losing) -> None:
    """A right choice earns its share; a wrong one costs as much, so that choosing everything earns nothing."""
    share = _share(sum(bool(one["right"]) for one in content["options"]))
    _choices(question, content, False, [(one, share if one["right"] else f"-{share}") for one in content["options"]])


def _share(number: int) -> str:
    return f"{100 / number:.5f}".rstrip("0").rstrip(".")


def _choices(question: Xml, content: Content, single: bool, rows: Sequence[tuple[Content, str]]) -> None:
    SubElement(question, "single").text = "true" if single else "false"
    SubElement(question, "shuffleanswers").text = "true"
    SubElement(question, "answernumbering").text = "abc"
    for option, fraction in rows:
        _answer(question, html_of(option["text"]), fraction)


def _true_false(question: Xml, content: Content, _losing: Losing) -> None:
    for text, holds in (("true", True), ("false", False)):
        _answer(question, text, "100" if content["right"] is holds else "0", "moodle_auto_format")


def _numeric(question: Xml, content: Content, _losing: Losing) -> None:
    answer = _answer(question, content["right"], "100", "moodle_auto_format")
    SubElement(answer, "tolerance").text = str(content.get("tolerance", "0"))
    unit = content.get("unit") or {"zh": "", "en": ""}
    names = [one for one in dict.fromkeys((unit["zh"], unit["en"])) if one]
    if names:
        units = SubElement(question, "units")
        for name in names:
            one = SubElement(units, "unit")
            SubElement(one, "multiplier").text = "1"
            SubElement(one, "unit_name").text = name
    SubElement(question, "unitgradingtype").text = "0"
    SubElement(question, "unitpenalty").text = "0"
    SubElement(question, "showunits").text = "3"


def _ordering(question: Xml, content: Content, _losing: Losing) -> None:
    for name, value in (("layouttype", "VERTICAL"), ("selecttype", "ALL"), ("selectcount", "0"),
                        ("gradingtype", "RELATIVE_NEXT_EXCLUDE_LAST"), ("showgrading", "SHOW")):
        SubElement(question, name).text = value
    for item in content["items"]:
        _answer(question, html_of(item["text"]), "1.0000000")


def _matching(question: Xml, content: Content, _losing: Losing) -> None:
    SubElement(question, "shuffleanswers").text = "true"
    for row in (*content["pairs"], *content.get("extra", [])):
        sub = _html(question, "subquestion", html_of(row["left"]) if "left" in row else "")
        SubElement(SubElement(sub, "answer"), "text").text = html_of(row["right"])


def _short_text(question: Xml, content: Content, _losing: Losing) -> None:
    """Every accepted text is an answer of its own: whoever answers writes one language."""
    SubElement(question, "usecase").text = "0"
    for text in dict.fromkeys(words[one] for words in content["accepted"] for one in ("zh", "en")):
        _answer(question, _literal(text), "100", "moodle_auto_format")


def _literal(text: str) -> str:
    """A star stands for anything in Moodle's short answers."""
    return text.replace("*", "\\*")


def _nothing(_question: Xml, _content: Content, _losing: Losing) -> None:
    """Answers of a cloze question stand in its text."""


_WRITERS: Final[Mapping[str, Callable[[Xml, Content, Losing], None]]] = {
    "single": _single, "multiple": _multiple, "true_false": _true_false, "numeric": _numeric, "ordering": _ordering,
    "matching": _matching, "short_text": _short_text, "case": _nothing}


# -- cloze -----------------------------------------------------------------------------------------


def _cloze(content: Content, losing: Losing) -> str:
    """The case, and a paragraph for each part with its answer in braces."""
    rows = [f"<p>{_plain(content['stem'])}</p>"]
    for part in content["parts"]:
        if part.get("explanation"):
            losing.lose("小题的解析没有导出，整题的解析已导出。",
                        "Explanations of parts were left out; that of the whole case is there.")
        if part["type"] == "true_false":
            losing.lose("判断小题改为单选。", "Parts that are true or false became a choice of two.")
        if part["type"] not in _EMBEDDED:
            raise Untaken("Moodle 的完形题放不下排序和匹配小题，整题没有导出。",
                          "Moodle's cloze questions hold no ordering and matching parts: the case was left out.")
        rows.append(f"<p>{_plain(part['stem'])} {_EMBEDDED[part['type']](part)}</p>")
    return "\n".join(rows)


def _plain(words: Mapping[str, str]) -> str:
    """Words in which no brace can be taken for an answer."""
    return html_of({one: words[one] for one in ("zh", "en")}).replace("{", "&#123;").replace("}", "&#125;")


def _inside(words: Mapping[str, str]) -> str:
    return ESCAPED.sub(r"\\\1", html_of({one: words[one] for one in ("zh", "en")}))


def _options(part: Content, name: str) -> str:
    rows = [f"{'=' if one['right'] else ''}{_inside(one['text'])}" for one in part["options"]]
    return "{1:" + name + ":" + "~".join(rows) + "}"


def _embedded_multiple(part: Content) -> str:
    share = _share(sum(bool(one["right"]) for one in part["options"]))
    rows = [f"%{share if one['right'] else f'-{share}'}%{_inside(one['text'])}" for one in part["options"]]
    return "{1:MULTIRESPONSE:" + "~".join(rows) + "}"


def _embedded_true_false(part: Content) -> str:
    return _options({"options": [{"text": TRUE, "right": part["right"]}, {"text": FALSE, "right": not part["right"]}]},
                    "MULTICHOICE_V")


def _embedded_numeric(part: Content) -> str:
    tolerance = Decimal(str(part.get("tolerance", "0")))
    unit = part.get("unit") or {"zh": "", "en": ""}
    told = f" {_plain(unit)}" if unit["zh"] else ""
    return f"{{1:NUMERICAL:={part['right']}:{tolerance:f}}}{told}"


def _embedded_short_text(part: Content) -> str:
    texts = dict.fromkeys(words[one] for words in part["accepted"] for one in ("zh", "en"))
    escaped = [ESCAPED.sub(r"\\\1", _literal(text).replace("&", "&amp;").replace("<", "&lt;")) for text in texts]
    return "{1:SHORTANSWER:" + "~".join(f"={one}" for one in escaped) + "}"


_EMBEDDED: Final[Mapping[str, Callable[[Content], str]]] = {
    "single": lambda part: _options(part, "MULTICHOICE_V"), "multiple": _embedded_multiple,
    "true_false": _embedded_true_false, "numeric": _embedded_numeric, "short_text": _embedded_short_text}
