"""A draft clause by clause as a page shows it: printed numbers, links, its own language where it differs, marks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jizhun.drafting.documents.layout import Entry, Item, Line, contents, heading_text, outline
from jizhun.drafting.rules.cover import Edition

TAGS = {"zh": "zh-Hans", "en": "en"}
Span = tuple[int, int]
FIRST_HEADING, LAST_HEADING = 3, 6
"""Chapters are h3: the page has its h1, the draft its h2."""
NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a clause: a paragraph, list, table, note, example, or the documents it names."""

    kind: str
    number: str
    lines: Sequence[SafeString]
    rows: Sequence[Sequence[SafeString]] = ()
    ordered: bool = False


@dataclass(frozen=True)
class Section:
    """A clause: ``name`` is its number and heading in one line, ``level`` that of its heading in HTML."""

    key: str
    number: str
    name: str
    lang: str
    level: int
    heading: SafeString
    mark: str
    parts: Sequence[Part]
    is_term: bool = False
    plain: str = field(default="", repr=False)

    @classmethod
    def whole(cls) -> "Section":
        """What stands for the draft as a whole."""
        return cls("", "", "", "", FIRST_HEADING, SafeString(""), "", ())


def sections(edition: Edition, language: str, quotes: Mapping[str, Sequence[str]] | None = None) -> list[Section]:
    """The clauses of an edition in their order, the quoted words of each (by its key) marked."""
    by_place = groupby(outline(edition, language), key=lambda item: item.place)
    return [_section(edition.clauses[place].key, list(items), language, (quotes or {}).get(
        edition.clauses[place].key, ())) for place, items in by_place]


def entries(edition: Edition, language: str) -> list[Entry]:
    """The table of contents."""
    return contents(outline(edition, language), language)


def _section(key: str, items: Sequence[Item], language: str, quotes: Sequence[str]) -> Section:
    lines = [line for item in items for line in _lines(item)]
    marks = iter(marked([line.text for line in lines], quotes))
    written = {id(line): _written(line, next(marks), language) for line in lines}
    opening = items[0] if items[0].kind in ("heading", "term") else None
    return Section(
        key, items[0].number, _name(items[0], language), _tag(items[0].lines[0], language) if items[0].lines else "",
        _level(items[0]), _heading(opening, written), items[0].mark,
        list(_parts(items[1:] if opening else items, written)),
        items[0].kind == "term", " ".join(line.text for line in lines))


def _lines(item: Item) -> Iterator[Line]:
    yield from item.lines
    for row in item.rows:
        yield from row


def _name(item: Item, language: str) -> str:
    text = heading_text(item, language) if item.lines else item.number
    return text if len(text) <= NAME_LENGTH else f"{text[:NAME_LENGTH]}…"


def _level(item: Item) -> int:
    return min(FIRST_HEADING + max(item.level, 1) - 1, LAST_HEADING)


def _heading(opening: Item | None, written: Mapping[int, SafeString]) -> SafeString:
    return _joined(" ", [written[id(line)] for line in opening.lines]) if opening else SafeString("")


def _joined(between: str, some: Iterable[SafeString]) -> SafeString:
    return format_html_join(between, "{}", ((one,) for one in some))


def _parts(items: Sequence[Item], written: Mapping[int, SafeString]) -> Iterator[Part]:
    """The pieces; documents that follow each other are one list."""
    for is_list, group in groupby(items, key=lambda item: item.kind == "document"):
        some = list(group)
        if is_list:
            yield Part("documents", "", [_document(item, written) for item in some])
        else:
            yield from (_part(item, written) for item in some)


def _document(item: Item, written: Mapping[int, SafeString]) -> SafeString:
    return _joined(" ", [written[id(line)] for line in item.lines if line.text])


def _part(item: Item, written: Mapping[int, SafeString]) -> Part:
    return Part(item.kind, item.number, [written[id(line)] for line in item.lines],
                [[written[id(cell)] for cell in row] for row in item.rows], item.ordered)


def _tag(line: Line, language: str) -> str:
    """The line's language where it is not the page's."""
    return "" if line.language == language else TAGS[line.language]


def _written(line: Line, marks: Sequence[Span], language: str) -> SafeString:
    """The line with its links and marks; nothing in it is taken for HTML."""
    inner = format_html_join("", "{}", ((one,) for one in _bits(line, marks)))
    tag = _tag(line, language)
    return format_html('<span lang="{}">{}</span>', tag, inner) if tag and line.text else inner


def _bits(line: Line, marks: Sequence[Span]) -> Iterator[SafeString]:
    at = 0
    for piece in line.pieces:
        inner = format_html_join("", "{}", ((one,) for one in _cut(piece.text, at, marks)))
        yield format_html('<a href="#c-{}">{}</a>', piece.key, inner) if piece.key else inner
        at += len(piece.text)


def _cut(text: str, start: int, marks: Sequence[Span]) -> Iterator[SafeString]:
    """The text, which begins at ``start`` of its line, cut where marks begin and end."""
    at = 0
    for first, last in ((max(first - start, 0), min(last - start, len(text))) for first, last in marks):
        if first < last:
            yield format_html("{}<mark>{}</mark>", text[at:first], text[first:last])
            at = last
    yield format_html("{}", text[at:])


def marked(texts: Sequence[str], quotes: Iterable[str]) -> list[list[Span]]:
    """Where quotes stand in texts that follow each other: for each text its spans, in order and apart.

    Blanks do not count, and a quote may run from one text into the next; one that is nowhere marks nothing.
    """
    spots = [(place, at) for place, text in enumerate(texts) for at, letter in enumerate(text) if not letter.isspace()]
    joined = "".join(texts[place][at] for place, at in spots)
    chosen = bytearray(len(joined))
    for wanted in ("".join(quote.split()) for quote in quotes):
        if (at := joined.find(wanted)) >= 0:
            chosen[at:at + len(wanted)] = b"\x01" * len(wanted)
    found: list[list[Span]] = [[] for _ in texts]
    for number, (place, at) in enumerate(spots):
        if chosen[number]:
            _longer(found[place], at, follows=number > 0 and bool(chosen[number - 1]))
    return found


def _longer(spans: list[Span], at: int, *, follows: bool) -> None:
    if spans and follows:
        spans[-1] = (spans[-1][0], at + 1)
    else:
        spans.append((at, at + 1))


def holds(section: Section, quote: str) -> bool:
    """Whether the clause says these words."""
    return any(marked([section.plain], [quote])[0])
