"""A standard as NISO STS XML (1.0 extended tag set, which 1.2 keeps), both languages in one file.

Chinese is the main language. English stands beside it: in titles as ``named-content`` of type ``translation``; after
the Chinese blocks of a clause as blocks with ``xml:lang="en"`` and ``specific-use="translation"``; terms as ``tbx``
entries with a language set each. What STS has no element for (banner, CCS, adoption, simulated) is custom metadata.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from jizhun.drafting.documents import front, layout
from jizhun.drafting.documents.layout import Item, Line
from jizhun.drafting.rules.cover import Cover, Edition
from jizhun.drafting.rules.text import Numbered, numbered
from jizhun.kernel.bilingual import LANGUAGES, Bilingual

XML, TBX = "{http://www.w3.org/XML/1998/namespace}", "{urn:iso:std:iso:30042:ed-1}"
SEC_TYPES = {"foreword": "foreword", "introduction": "intro", "scope": "scope", "references": "norm-refs",
             "terms": "terms", "symbols": "symbols"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
TRANSLATION = "translation"


def as_sts(edition: Edition) -> bytes:
    """The edition as an STS document."""
    ET.register_namespace("tbx", TBX[1:-1])
    root = ET.Element("standard", {"dtd-version": "1.0", XML + "lang": "zh"})
    begin = ET.SubElement(root, "front")
    begin.append(_meta(edition.cover))
    _Text(edition).into(begin, ET.SubElement(root, "body"), root)
    _indent(root, "\n")
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


STRUCTURE = ("standard", "front", "body", "back", "std-meta", "title-wrap", "std-ident", "std-org-group", "std-org",
             "std-xref", "custom-meta-group", "custom-meta", "sec", "term-sec", "app-group", "app", "ref-list", "ref",
             "std", "list", "list-item", "table-wrap", "caption", "table", "thead", "tbody", "tr", "non-normative-note",
             "non-normative-example", TBX + "termEntry", TBX + "langSet", TBX + "tig")
"""Elements that hold elements only: white space in them says nothing."""


def _indent(made: ET.Element, line: str) -> None:
    """New lines between elements, never inside words."""
    if made.tag in STRUCTURE and len(made):
        made.text = line + " "
        for child in made:
            _indent(child, line + " ")
            child.tail = line + " "
        made[-1].tail = line


def _put(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, tag, {name.replace("_", "-"): value for name, value in attributes.items()})
    made.text = layout.clean(text) or None
    return made


def _in(parent: ET.Element, tag: str, language: str, text: str = "") -> ET.Element:
    made = _put(parent, tag, text)
    made.set(XML + "lang", language)
    return made


# -- metadata

def _meta(cover: Cover) -> ET.Element:
    meta = ET.Element("std-meta")
    for language in LANGUAGES:
        if title := getattr(cover.title, language):
            wrap = _in(meta, "title-wrap", language)
            _put(wrap, "main", title)
            _put(wrap, "full", title)
    _put(meta, "release-version", cover.label)
    _ident(meta, cover.number)
    for issuer in cover.issuers:
        _issuer(meta, issuer)
    for language in LANGUAGES:
        _put(meta, "content-language", language)
    _put(meta, "std-ref", cover.number, type="dated" if re.search(r"-\d{4}$", cover.number) else "undated")
    if cover.published_on:
        _put(meta, "pub-date", cover.published_on.isoformat(), iso_8601_date=cover.published_on.isoformat())
    if cover.effective_on:
        _put(meta, "meta-date", cover.effective_on.isoformat(), date_type="effective")
    if cover.ics:
        _put(meta, "ics", cover.ics)
    for number in cover.replaces:
        _put(_put(meta, "std-xref", type="replaces"), "std-ref", number)
    _custom(meta, cover)
    return meta


def _ident(meta: ET.Element, number: str) -> None:
    ident = _put(meta, "std-ident")
    found = re.fullmatch(r"(\S+)\s+([^-—\s]+?)(?:\.(\d+))?[-—](\d{4})", number)
    if not found:
        _put(ident, "doc-number", number)
        return
    _put(ident, "originator", front.sign_of(number))
    for tag, value in zip(("doc-type", "doc-number", "part-number"), found.groups()[:3], strict=True):
        if value:
            _put(ident, tag, value)
    _put(ident, "year", found[4])


def _issuer(meta: ET.Element, issuer: Bilingual) -> None:
    group = _put(meta, "std-org-group")
    for language in LANGUAGES:
        if name := getattr(issuer, language):
            _in(_put(group, "std-org", std_org_role="issuer"), "std-org-name", language, name)
    if not len(group):
        meta.remove(group)


def _custom(meta: ET.Element, cover: Cover) -> None:
    facts = [("ccs", cover.ccs, "")]
    facts += [(name, getattr(words, language), language) for language in LANGUAGES
              for name, words in (("banner", cover.banner), ("adoption", cover.adoption))]
    if cover.simulated:
        facts.append(("simulated", front.WARNING, ""))
    kept = [one for one in facts if one[1]]
    group = _put(meta, "custom-meta-group") if kept else meta
    for name, value, language in kept:
        made = _in(group, "custom-meta", language) if language else _put(group, "custom-meta")
        _put(made, "meta-name", name)
        _put(made, "meta-value", value)


# -- text

class _Text:
    """Writes the clauses into front, body and back."""

    def __init__(self, edition: Edition) -> None:
        self.clauses = numbered(edition.clauses)
        self.items = {language: _by_place(layout.outline(edition, language, strict=True)) for language in LANGUAGES}
        keys = layout.keys_of(item for some in self.items["zh"].values() for item in some)
        self.ids: Mapping[str, str] = {key: key if NAME.fullmatch(key) else f"c-{place}"
                                       for key, place in keys.items()}
        self.places = {place: self.ids[key] for key, place in keys.items()}

    def into(self, begin: ET.Element, body: ET.Element, root: ET.Element) -> None:
        """Put every clause where it belongs: each under the nearest one before it of a lower level."""
        back = ET.Element("back")
        above: list[tuple[int, ET.Element]] = [(0, body)]
        for place, one in enumerate(self.clauses):
            kind, level = one.clause.kind, one.clause.level
            if kind in layout.FRONT:
                self._sec(begin, place, one)
            elif kind == "bibliography":
                self._fill(self._titled(_put(back, "ref-list", content_type="bibl"), place, one), place)
            elif kind == "annex":
                groups = back.findall("app-group") or [ET.SubElement(back, "app-group")]
                above = [(0, self._annex(groups[0], place, one))]
            else:
                fixed = kind in SEC_TYPES
                above = [(0, body)] if fixed else [pair for pair in above if pair[0] < max(level, 1)] or [(0, body)]
                made = self._term(above[-1][1], place, one) if kind == "term" else self._sec(above[-1][1], place, one)
                above += [] if kind == "term" else [(1 if fixed else max(level, 1), made)]
        if len(back):
            root.append(back)

    def _identified(self, made: ET.Element, place: int) -> ET.Element:
        if place in self.places:
            made.set("id", self.places[place])
        return made

    def _sec(self, parent: ET.Element, place: int, one: Numbered) -> ET.Element:
        made = self._titled(_put(parent, "sec"), place, one)
        if one.clause.kind in SEC_TYPES:
            made.set("sec-type", SEC_TYPES[one.clause.kind])
        return self._fill(made, place)

    def _annex(self, group: ET.Element, place: int, one: Numbered) -> ET.Element:
        nature = "normative" if one.clause.normative else "informative"
        made = self._titled(_put(group, "app", content_type=nature), place, one)
        kind = ET.Element("annex-type")
        kind.text = f"({nature})"
        made.insert(1, kind)
        return self._fill(made, place)

    def _titled(self, made: ET.Element, place: int, one: Numbered) -> ET.Element:
        self._identified(made, place)
        if one.number:
            _put(made, "label", one.label.zh)
        titles = [(language, self.items[language][place][0]) for language in LANGUAGES]
        said = [(language, item.lines[0]) for language, item in titles if item.kind == "heading" and item.lines[0].text]
        if said or not one.number:
            title = _put(made, "title")
            for language, line in said:
                self._words(title if language == "zh" else _translated(title), line)
        return made

    def _fill(self, made: ET.Element, place: int) -> ET.Element:
        """The blocks of a clause, Chinese first."""
        for language in LANGUAGES:
            items = [one for one in self.items[language][place] if one.kind not in ("heading", "term")]
            refs = made
            if items and items[0].kind == "document" and made.tag == "sec":
                found = made.find("ref-list")
                refs = _put(made, "ref-list", content_type="norm-refs") if found is None else found
            for item in items:
                self._block(refs, item, language)
        return made

    def _block(self, parent: ET.Element, item: Item, language: str) -> None:
        if item.kind == "document":
            made = self._document(parent, item)
        elif item.kind == "table":
            made = self._table(parent, item)
        elif item.kind == "list":
            made = _put(parent, "list", list_type="alpha-lower" if item.ordered else "dash")
            for line in item.lines:
                self._words(_put(_put(made, "list-item"), "p"), line)
        elif item.kind in ("note", "example"):
            made = _put(parent, f"non-normative-{item.kind}")
            _put(made, "label", item.number.rstrip("：: "))
            _tongue(self._words(_put(made, "p"), item.lines[0]), language)
            return
        else:
            made = self._words(_put(parent, "p"), item.lines[0])
        _tongue(made, language)

    def _document(self, parent: ET.Element, item: Item) -> ET.Element:
        made = _put(parent, "ref")
        if item.number:
            _put(made, "label", item.number)
        number, title = item.lines
        if not title.text:
            self._words(_put(made, "mixed-citation"), number)
            return made
        std = _put(made, "std", type="dated" if re.search(r"[-—]\d{4}$", number.text) else "undated")
        self._words(_put(std, "std-ref"), Line((layout.Piece(number.text),), number.language))
        self._words(_put(std, "title"), title)
        return made

    def _table(self, parent: ET.Element, item: Item) -> ET.Element:
        made = _put(parent, "table-wrap")
        _put(made, "label", item.number)
        if item.lines and item.lines[0].text:
            self._words(_put(_put(made, "caption"), "title"), item.lines[0])
        table = _put(made, "table")
        for part, tag, rows in (("thead", "th", item.rows[:1]), ("tbody", "td", item.rows[1:])):
            under = _put(table, part)
            for row in rows or [()]:
                line = _put(under, "tr")
                for cell in row or [Line((), "zh")]:
                    self._words(_put(line, tag), cell)
        return made

    def _term(self, parent: ET.Element, place: int, one: Numbered) -> ET.Element:
        made = self._identified(_put(parent, "term-sec"), place)
        _put(made, "label", one.number)
        entry = _put(made, TBX + "termEntry")
        for language in LANGUAGES:
            term, *blocks = self.items[language][place]
            if term.lines[0].text or blocks or language == "zh":
                self._language_set(entry, language, term, blocks)
        for language in LANGUAGES:
            for item in _beside(self.items[language][place][1:]):
                self._block(made, item, language)
        return made

    def _language_set(self, entry: ET.Element, language: str, term: Item, blocks: Sequence[Item]) -> None:
        made, beside = _in(entry, TBX + "langSet", language), _beside(blocks)
        for item in blocks:
            if item not in beside:
                tag = "definition" if item.kind == "paragraph" else item.kind
                self._words(_put(made, TBX + tag), item.lines[0])
        tig = _put(made, TBX + "tig")
        self._words(_put(tig, TBX + "term"), Line((layout.Piece(term.lines[0].text),), language))
        _put(tig, TBX + "partOfSpeech", value="noun")

    def _words(self, parent: ET.Element, line: Line) -> ET.Element:
        """The line with its links."""
        last: ET.Element | None = None
        for piece in line.pieces:
            if piece.key in self.ids:
                last = self._link(parent, self.ids[piece.key], piece.text)
            elif last is None:
                parent.text = (parent.text or "") + piece.text
            else:
                last.tail = (last.tail or "") + piece.text
        return parent

    def _link(self, parent: ET.Element, target: str, text: str) -> ET.Element:
        if parent.tag.startswith(TBX):
            return _put(parent, TBX + "entailedTerm", text, target=target)
        return _put(parent, "xref", text, ref_type="sec", rid=target)


def _beside(blocks: Sequence[Item]) -> list[Item]:
    """The blocks of a definition that a term entry cannot hold: all from its first list or table on."""
    first = next((at for at, one in enumerate(blocks) if one.kind in ("list", "table")), len(blocks))
    return list(blocks[first:])


def _by_place(items: Iterable[Item]) -> dict[int, list[Item]]:
    return {place: list(some) for place, some in groupby(items, key=lambda one: one.place)}


def _translated(title: ET.Element) -> ET.Element:
    made = _in(title, "named-content", "en")
    made.set("content-type", TRANSLATION)
    return made


def _tongue(made: ET.Element, language: str) -> None:
    if language != "zh":
        made.set(XML + "lang", language)
        made.set("specific-use", TRANSLATION)
