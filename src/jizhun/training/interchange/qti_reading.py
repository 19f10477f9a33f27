"""QTI 3.0 to questions: a single item, or a package with its manifest. What has no like here is told item by item."""

import hashlib
import html
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import Element as Xml

from jizhun.kernel.archives import BROKEN, blocks, plain_name
from jizhun.kernel.bilingual import Refused
from jizhun.training.interchange.items import Item, Losing, Taken, Untaken, sound
from jizhun.training.interchange.marked_up import Words, by_letters, words_of
from jizhun.training.interchange.parsing import LANGUAGE, child, children, local, parse, within
from jizhun.training.interchange.qti_writing import OWN
from jizhun.training.rules.questions import ID

LARGEST, MOST_FILES = 200_000_000, 20_000
INTERACTION: Final = "-interaction"
TRUE_FALSE: Final = frozenset({"true", "false"})
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"


def read_qti(content: bytes, name: str = "") -> Taken:
    """The questions of an item or a package; raises Refused where it is neither."""
    losing = Losing()
    roots = _packed(content, losing) if content[:2] == b"PK" else [(name or "item", parse(content, name))]
    found: list[tuple[str, Item]] = []
    for path, root in roots:
        losing.where = root.get("title") or root.get("identifier") or path
        if local(root) != "qti-assessment-item":
            raise _no_item(root)
        try:
            found.append((losing.where, _Reader(root, losing).item()))
        except Untaken as untaken:
            losing.lose(untaken.sentence.zh, untaken.sentence.en)
    items = tuple(sound(found, losing))
    return Taken(items, tuple(losing.losses))


def _no_item(root: Xml) -> Refused:
    if local(root) in ("assessmentItem", "assessmentTest", "questestinterop"):
        return Refused(zh="这是 QTI 1.x 或 2.x 文件，本系统读取 QTI 3.0。",
                       en="This is a file of QTI 1.x or 2.x: QTI 3.0 is read here.")
    return Refused(zh="这不是 QTI 3.0 的试题或试题包。", en="This is no item and no package of QTI 3.0.")


# -- the package -----------------------------------------------------------------------------------


def _packed(content: bytes, losing: Losing) -> list[tuple[str, Xml]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_size(archive)
            return [(path, parse(archive.read(path), path)) for path in _item_paths(archive, losing)]
    except BROKEN as error:
        raise Refused(zh="压缩包已损坏，无法解开。", en="The package is damaged and cannot be unpacked.") from error


def _check_size(archive: zipfile.ZipFile) -> None:
    """Count what really comes out: the sizes that an archive states may be false."""
    names = archive.namelist()
    if len(names) > MOST_FILES or len({plain_name(one) for one in names}) < len(names):
        raise Refused(zh="压缩包里的文件太多或重名。", en="The package holds too many files, or two of one name.")
    size = 0
    for one in names:
        for block in blocks(archive, one):
            size += len(block)
            if size > LARGEST:
                raise Refused(zh=f"压缩包解开后超过 {LARGEST // 1_000_000} MB。",
                              en=f"Unpacked the package is larger than {LARGEST // 1_000_000} MB.")


def _item_paths(archive: zipfile.ZipFile, losing: Losing) -> Iterator[str]:
    """The items by the manifest, in its order."""
    names = archive.namelist()
    if "imsmanifest.xml" not in names:
        raise Refused(zh="压缩包里没有 imsmanifest.xml。", en="There is no imsmanifest.xml in the package.")
    found = False
    for resource in within(parse(archive.read("imsmanifest.xml"), "imsmanifest.xml"), "resource"):
        type_, href = resource.get("type", ""), resource.get("href", "")
        if type_.startswith("imsqti_item_xmlv2"):
            raise Refused(zh="这是 QTI 2.x 的试题包，本系统读取 QTI 3.0。",
                          en="This is a package of QTI 2.x: QTI 3.0 is read here.")
        if not type_.startswith("imsqti_item"):
            continue
        found = True
        losing.where = href
        if href in names:
            yield href
        else:
            losing.lose("包里没有这个文件。", "The package does not hold this file.")
    if not found:
        raise Refused(zh="试题包里没有试题。", en="There are no items in the package.")


# -- one item --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Declared:
    """A response: its base type, the right values and what single answers are worth."""

    base: str
    correct: list[str]
    worth: dict[str, float] = field(default_factory=dict)


class _Reader:
    def __init__(self, root: Xml, losing: Losing) -> None:
        self.root, self.losing = root, losing
        self.declared = {one.get("identifier", ""): _declared(one)
                         for one in children(root, "qti-response-declaration")}

    def item(self) -> Item:
        body = child(self.root, "qti-item-body")
        if body is None:
            raise Untaken("试题没有正文。", "The item has no body.")
        found = [one for one in body.iter() if local(one).endswith(INTERACTION)]
        if not found:
            raise Untaken("没有带入：题中没有作答项。", "Not taken over: nothing is asked in it.")
        parts = [one for one in within(body, "div") if one.get("class") == "jz-part"]
        if parts or len(found) > 1:
            kind, content = "case", self._case(body, parts, found)
        else:
            kind, own = self._interaction(found[0])
            content = {"stem": self._stem(body, found[0]), **own}
        explanation = self._explanation("explanation")
        if explanation["zh"]:
            content["explanation"] = explanation
        self._told(body)
        return Item(_code(self.root), kind, content)

    def _told(self, body: Xml) -> None:
        if any(True for _ in within(self.root, "qti-template-declaration")):
            self.losing.lose("随机变量没有带入。", "Random variables were not taken over.")
        if any(True for _ in within(body, "qti-feedback-inline", "qti-feedback-block")) or any(
                not one.get("identifier", "").startswith("explanation")
                for one in children(self.root, "qti-modal-feedback")):
            self.losing.lose("按作答给出的反馈没有带入。", "Feedback on single answers was not taken over.")

    def _explanation(self, name: str) -> Words:
        found = next((one for one in children(self.root, "qti-modal-feedback") if one.get("identifier") == name), None)
        return {"zh": "", "en": ""} if found is None else self._words(found)

    def _words(self, element: Xml, without: Xml | None = None) -> Words:
        return words_of(_html(element, without), self.losing)

    def _stem(self, holder: Xml, interaction: Xml) -> Words:
        """What a reader sees before answering; the prompt belongs to it."""
        own = next((one for one in children(holder, "div") if one.get("class") == "jz-stem"), None)
        if own is not None:
            return self._words(own)
        text, prompt = self._words(holder, interaction), child(interaction, "qti-prompt")
        if prompt is None:
            return text
        asked = self._words(prompt)
        return {one: "\n".join(filter(None, (text[one], asked[one]))) for one in ("zh", "en")}

    def _case(self, body: Xml, parts: list[Xml], found: list[Xml]) -> dict[str, Any]:
        rows: list[dict[str, Any]] = []
        if parts:
            stem = self._stem(body, found[0])
            for part in parts:
                interaction = next(one for one in part.iter() if local(one).endswith(INTERACTION))
                kind, own = self._interaction(interaction)
                named = _id(part.get("id", ""), len(rows))
                why = self._explanation(f"explanation-{part.get('id', '')}")
                rows.append({"id": named, "type": kind, "stem": self._stem(part, interaction), **own,
                             **({"explanation": why} if why["zh"] else {})})
            return {"stem": stem, "parts": rows}
        for at, interaction in enumerate(found, 1):
            kind, own = self._interaction(interaction)
            prompt = child(interaction, "qti-prompt")
            asked = {"zh": f"第 {at} 空", "en": f"Gap {at}"} if prompt is None else self._words(prompt)
            rows.append({"id": f"p{at}", "type": kind, "stem": asked, **own})
        return {"stem": self._words(body, None), "parts": rows}

    def _interaction(self, interaction: Xml) -> tuple[str, dict[str, Any]]:
        reader = _READERS.get(local(interaction))
        if reader is None:
            name = local(interaction).removeprefix("qti-").removesuffix(INTERACTION)
            raise Untaken(f"没有带入：“{name}”类作答在本系统没有对应题型。",
                          f"Not taken over: answers of the kind “{name}” have no like here.")
        declared = self.declared.get(interaction.get("response-identifier", ""))
        if declared is None or not (declared.correct or declared.worth):
            raise Untaken("没有带入：题中没有正确答案。", "Not taken over: it does not say which answer is right.")
        return reader(self, interaction, declared)

    # Each of these reads one kind of interaction.

    def choice(self, interaction: Xml, declared: Declared) -> tuple[str, dict[str, Any]]:
        choices = list(within(interaction, "qti-simple-choice", "qti-inline-choice"))
        identifiers = [one.get("identifier", "") for one in choices]
        if {*identifiers} == TRUE_FALSE:
            return "true_false", {"right": declared.correct == ["true"]}
        right = declared.correct or [key for key, worth in declared.worth.items() if worth > 0]
        several = interaction.get("max-choices", "1") != "1" and local(interaction) == "qti-choice-interaction"
        options = [{"id": _id(identifier, at), "text": self._words(one), "right": identifier in right}
                   for at, (one, identifier) in enumerate(zip(choices, identifiers, strict=True))]
        return "multiple" if several else "single", {"options": options}

    def order(self, interaction: Xml, declared: Declared) -> tuple[str, dict[str, Any]]:
        choices = {one.get("identifier", ""): one for one in children(interaction, "qti-simple-choice")}
        if {*choices} != {*declared.correct}:
            raise Untaken("没有带入：只排列部分项目。", "Not taken over: only some of its items are ordered.")
        return "ordering", {"items": [{"id": _id(one, at), "text": self._words(choices[one])}
                                      for at, one in enumerate(declared.correct)]}

    def match(self, interaction: Xml, declared: Declared) -> tuple[str, dict[str, Any]]:
        sides = [list(children(one, "qti-simple-associable-choice"))
                 for one in children(interaction, "qti-simple-match-set")]
        if len(sides) != 2:
            raise Untaken("没有带入：匹配题应有两列。", "Not taken over: a matching question has two columns.")
        pairs = dict(one.split(maxsplit=1) for one in declared.correct if " " in one)
        rights = {one.get("identifier", ""): one for one in sides[1]}
        if len({*pairs.values()}) < len(declared.correct) or not {*pairs.values()} <= {*rights}:
            raise Untaken("没有带入：几项共用一个答案。", "Not taken over: several items share one answer.")
        rows = [{"id": _id(one.get("identifier", ""), at, "left-"), "left": self._words(one),
                 "right": self._words(rights[pairs[one.get("identifier", "")]])}
                for at, one in enumerate(sides[0]) if one.get("identifier") in pairs]
        extra = [{"id": _id(name, len(rows) + at, "right-"), "right": self._words(one)}
                 for at, (name, one) in enumerate((name, one) for name, one in rights.items()
                                                  if name not in pairs.values())]
        return "matching", {"pairs": rows, "extra": extra}

    def entry(self, interaction: Xml, declared: Declared) -> tuple[str, dict[str, Any]]:
        if declared.base in ("float", "integer"):
            return "numeric", {"right": declared.correct[0].strip() if declared.correct else "",
                               "tolerance": self._tolerance(interaction.get("response-identifier", "")),
                               "unit": self._unit(interaction)}
        top = max(declared.worth.values(), default=0)
        if any(0 < worth < top for worth in declared.worth.values()):
            self.losing.lose("部分得分的答案没有带入。", "Answers worth a part of the mark were not taken over.")
        texts = [*declared.correct, *(key for key, worth in declared.worth.items() if worth >= top > 0)]
        return "short_text", {"accepted": [by_letters([one]) for one in dict.fromkeys(texts)]}

    def _tolerance(self, response: str) -> str:
        for test in within(self.root, "qti-equal"):
            named = any(one.get("identifier") == response for one in children(test, "qti-variable"))
            if named and test.get("tolerance-mode") == "absolute":
                return max(test.get("tolerance", "0").split(), default="0")
            if named and test.get("tolerance-mode") == "relative":
                self.losing.lose("相对误差没有带入，按完全相等判分。",
                                 "A relative tolerance was not taken over: the number has to be equal.")
        return "0"

    def _unit(self, interaction: Xml) -> Words:
        holder = next((one for one in self.root.iter() if interaction in list(one)), None)
        unit = next((one for one in (holder if holder is not None else ()) if one.get("class") == "jz-unit"), None)
        return {"zh": "", "en": ""} if unit is None else self._words(unit)


_READERS: Final[Mapping[str, Callable[[_Reader, Xml, Declared], tuple[str, dict[str, Any]]]]] = {
    "qti-choice-interaction": _Reader.choice, "qti-inline-choice-interaction": _Reader.choice,
    "qti-order-interaction": _Reader.order, "qti-match-interaction": _Reader.match,
    "qti-text-entry-interaction": _Reader.entry}


def _declared(element: Xml) -> Declared:
    correct = child(element, "qti-correct-response")
    mapping = child(element, "qti-mapping")
    worth = {} if mapping is None else {
        one.get("map-key", ""): float(one.get("mapped-value", "0")) for one in children(mapping, "qti-map-entry")}
    return Declared(element.get("base-type", ""), [] if correct is None else [
        "".join(one.itertext()).strip() for one in children(correct, "qti-value")], worth)


def _id(identifier: str, at: int, side: str = OWN) -> str:
    """Our own id back, or a letter for another program's."""
    plain = identifier.removeprefix(side)
    return plain if identifier.startswith(side) and ID.fullmatch(plain) else LETTERS[at % 26]


def _code(root: Xml) -> str:
    plain = root.get("identifier", "").removeprefix(OWN)
    return plain if ID.fullmatch(plain) else "T-" + hashlib.sha256(plain.encode()).hexdigest()[:12]


def _html(element: Xml, without: Xml | None) -> str:
    """The inside of an element as HTML; a gap where an interaction stands, nothing of ``without``."""
    pieces = [html.escape(element.text or "", quote=False)]
    for one in element:
        name = local(one)
        if one is without:
            pass
        elif name.endswith(INTERACTION):
            pieces.append("____")
        elif name != "qti-prompt":
            language = one.get(LANGUAGE)
            start = f'<{name} lang="{html.escape(language)}">' if language else f"<{name}>"
            pieces.append(f"{start}{_html(one, without)}</{name}>" if name != "br" else "<br>")
        pieces.append(html.escape(one.tail or "", quote=False))
    return "".join(pieces)
