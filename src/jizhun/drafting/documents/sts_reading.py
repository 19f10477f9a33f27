"""Reads back the standards that ``sts`` writes, and others in NISO STS as far as they use the same elements."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from datetime import date

from jizhun.drafting.documents.sts import SEC_TYPES, TBX, TRANSLATION, XML
from jizhun.drafting.rules.cover import Cover, Edition
from jizhun.drafting.rules.text import FIXED, Clause
from jizhun.kernel.bilingual import LANGUAGES, Bilingual, Refused

KINDS = {value: key for key, value in SEC_TYPES.items()}


def read_sts(data: bytes) -> Edition:
    """The edition in an STS document."""
    if b"<!ENTITY" in data:
        raise Refused(zh="文件声明了 XML 实体，不予读取。", en="The file declares XML entities and is not read.")
    try:
        root = ET.fromstring(data)
    except (ET.ParseError, ValueError, LookupError) as wrong:
        raise Refused(zh="文件不是完好的 XML，无法读取。", en="The file is not well-formed XML.") from wrong
    if root.tag != "standard":
        raise Refused(zh="文件不是 NISO STS 标准文本（根元素应为 standard）。",
                      en="The file is not a NISO STS standard: its root element should be standard.")
    main = root.get(XML + "lang", "en")[:2]
    return Edition(_cover(root), tuple(_Reader(main if main in LANGUAGES else "en").clauses(root)))


def _text(found: ET.Element | None) -> str:
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


def _both(texts: Iterator[tuple[str, str]]) -> Bilingual:
    known = dict(texts)
    return Bilingual(known.get("zh", ""), known.get("en", ""))


def _language(made: ET.Element, otherwise: str = "") -> str:
    return made.get(XML + "lang", otherwise)[:2]


# -- cover

def _cover(root: ET.Element) -> Cover:
    meta = root.find("front/std-meta")
    meta = ET.Element("std-meta") if meta is None else meta
    custom = [(_text(one.find("meta-name")), _language(one), _text(one.find("meta-value")))
              for one in meta.iter("custom-meta")]

    def words(name: str) -> Bilingual:
        return _both((tongue, value) for kind, tongue, value in custom if kind == name)

    plain = {name: value for name, tongue, value in custom if not tongue}
    return Cover(
        words("banner"), _text(meta.find("std-ref")),
        _both((_language(one), _text(one.find("main"))) for one in meta.iter("title-wrap")),
        label=_text(meta.find("release-version")) or "published", ics=_text(meta.find("ics")),
        ccs=plain.get("ccs", ""), replaces=tuple(_text(one.find("std-ref")) for one in meta.iter("std-xref")),
        published_on=_day(_text(meta.find("pub-date"))),
        effective_on=_day(_text(meta.find("meta-date[@date-type='effective']"))),
        issuers=tuple(_both((_language(one), _text(one)) for one in group.iter("std-org-name"))
                      for group in meta.iter("std-org-group")),
        adoption=words("adoption"), simulated="simulated" in plain)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# -- clauses

class _Reader:
    """Walks through front, body and back; ``main`` is the language of what is not marked."""

    def __init__(self, main: str) -> None:
        self.main, self.count = main, 0

    def clauses(self, root: ET.Element) -> Iterator[Clause]:
        """All clauses in the order of the document."""
        for part in ("front", "body"):
            for section in root.findall(f"{part}/*"):
                yield from self._section(section, 1, "clause")
        for annex in root.findall("back/app-group/app"):
            yield self._clause(annex, "annex", 1)
            for section in annex:
                yield from self._section(section, 1, "annex_clause")
        for found in root.findall("back/ref-list"):
            yield self._clause(found, "bibliography", 1)

    def _section(self, made: ET.Element, depth: int, plain: str) -> Iterator[Clause]:
        if made.tag == "term-sec":
            yield self._term(made, depth)
        if made.tag != "sec":
            return
        kind = KINDS.get(made.get("sec-type", ""), plain)
        label = _text(made.find("label"))
        level = label.count(".") + (plain == "clause") if re.fullmatch(r"[A-Z]*\d*(\.\d+)*", label) and label else depth
        yield self._clause(made, kind, 1 if kind in FIXED else max(level, 1))
        for child in made:
            yield from self._section(child, depth + 1, plain)

    def _clause(self, made: ET.Element, kind: str, level: int) -> Clause:
        bodies = (self._body(made, language) for language in LANGUAGES)
        heading = Bilingual("", "") if kind in FIXED else self._title(made)
        return Clause(self._key(made), kind, level, heading, Bilingual(*bodies),
                      normative=made.get("content-type") != "informative")

    def _key(self, made: ET.Element) -> str:
        self.count += 1
        return made.get("id") or f"sec-{self.count}"

    def _title(self, made: ET.Element) -> Bilingual:
        title = made.find("title")
        if title is None:
            return Bilingual("", "")
        other = title.find(f"named-content[@content-type='{TRANSLATION}']")
        texts = {self.main: _inline(title, skip=other)}
        if other is not None:
            texts[_language(other, "en")] = _inline(other)
        return _both(iter(texts.items()))

    def _body(self, made: ET.Element, language: str) -> str:
        """The blocks of one language as the clause keeps them."""
        if (refs := made if made.tag == "ref-list" else made.find("ref-list")) is not None:
            return "\n".join(_document(one) for one in refs.findall("ref") if _language(one, self.main) == language)
        texts = (BLOCK[one.tag](one, language) for one in made if one.tag in BLOCK and self._tongue(one) == language)
        return "\n\n".join(texts)

    def _tongue(self, block: ET.Element) -> str:
        """The language of a block; a note has it on its paragraph."""
        inner = block.find("p") if block.tag.startswith("non-normative") else None
        return _language(block if inner is None else inner, self.main)

    def _term(self, made: ET.Element, depth: int) -> Clause:
        names, bodies = {}, {}
        for some in made.iter(TBX + "langSet"):
            language = _language(some, self.main)
            names[language] = _text(some.find(f"{TBX}tig/{TBX}term"))
            bodies[language] = [_term_block(one, language) for one in some if one.tag != TBX + "tig"]
        for language in LANGUAGES:
            if beside := self._body(made, language):
                bodies.setdefault(language, []).append(beside)
        level = _text(made.find("label")).count(".") + 1
        return Clause(self._key(made), "term", max(level, 2 if depth > 1 else 1), _both(iter(names.items())),
                      _both((language, "\n\n".join(some)) for language, some in bodies.items()))


def _inline(made: ET.Element, skip: ET.Element | None = None) -> str:
    """The words of an element, links as ``{#key}``."""
    parts = [made.text or ""]
    for child in made:
        target = child.get("rid") or child.get("target")
        if child is not skip:
            parts.append(f"{{#{target}}}" if target else _inline(child))
        parts.append(child.tail or "")
    return re.sub(r"\s*\n\s*", " ", "".join(parts)).strip()


def _paragraph(made: ET.Element, language: str) -> str:
    return _inline(made)


def _list(made: ET.Element, language: str) -> str:
    ordered = made.get("list-type", "").startswith(("alpha", "order", "arabic"))
    signs = (f"{chr(97 + at % 26)}) " if ordered else "- " for at, _ in enumerate(made.findall("list-item")))
    return "\n".join(sign + " ".join(_inline(one) for one in item.iter("p"))
                     for sign, item in zip(signs, made.findall("list-item"), strict=True))


def _table(made: ET.Element, language: str) -> str:
    """The rows; with its caption, if any, in front as the clause keeps it."""
    rows = ["|" + "|".join(_inline(cell) for cell in row) + "|" for row in made.iter("tr") if "".join(row.itertext())]
    caption = made.find("caption/title")
    before = f"{_text(made.find('label'))} {_inline(caption)}\n\n" if caption is not None else ""
    return before + "\n".join(rows)


def _note(made: ET.Element, language: str) -> str:
    return _named("注：", "NOTE: ", language) + " ".join(_inline(one) for one in made.findall("p"))


def _example(made: ET.Element, language: str) -> str:
    return _named("示例：", "EXAMPLE: ", language) + " ".join(_inline(one) for one in made.findall("p"))


def _named(zh: str, en: str, language: str) -> str:
    return zh if language == "zh" else en


def _term_block(made: ET.Element, language: str) -> str:
    signs = {TBX + "note": ("注：", "NOTE: "), TBX + "example": ("示例：", "EXAMPLE: ")}
    return (_named(*signs[made.tag], language) if made.tag in signs else "") + _inline(made)


def _document(made: ET.Element) -> str:
    found = made.find("std/std-ref")
    if found is None:
        return next((_inline(one) for one in made if one.tag != "label"), "")
    title = made.find("std/title")
    return "  ".join([_inline(found), *([_inline(title)] if title is not None else [])])


BLOCK: dict[str, Callable[[ET.Element, str], str]] = {
    "p": _paragraph, "list": _list, "table-wrap": _table, "non-normative-note": _note,
    "non-normative-example": _example}
