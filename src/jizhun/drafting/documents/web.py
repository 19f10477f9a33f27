"""A standard as a piece of HTML, to be set into a page.

All of it is one ``<article class="std">`` with ``lang``. Classes for the caller's style sheet: ``std-cover`` and in it
``std-banner``, ``std-second`` (the title in the other language), ``std-number``, ``std-draft``, ``std-warning``;
``std-contents`` (nav); ``std-no`` (the number of a clause, table or note); ``std-centre`` (headings of annexes and of
parts without a number); ``std-note`` (notes and examples); ``std-table`` (a wrapper that may scroll). The title is an
``h2``, chapters are ``h3``: the page keeps its own ``h1``. Every clause has the anchor ``c-KEY``. There is no style
and no script in it.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from jizhun.drafting.documents import front, layout
from jizhun.drafting.documents.layout import Item, Line
from jizhun.drafting.rules.cover import Edition

TAGS = {"zh": "zh-CN", "en": "en"}


def as_html(edition: Edition, language: str) -> str:
    """The edition as an ``<article>``."""
    page = _Page("zh" if language.startswith("zh") else "en")
    begun, body = layout.parted(layout.outline(edition, page.language))
    parts = [*page.cover(edition), *page.contents([*begun, *body]), *page.items([*begun, *body])]
    return f'<article class="std" lang="{TAGS[page.language]}">\n' + "\n".join(parts) + "\n</article>"


def _anchor(item: Item) -> str:
    return f' id="c-{escape(item.key)}"' if item.key else ""


class _Page:
    """Writes in one language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def words(self, line: Line) -> str:
        """The line, with its language where it is not the page's."""
        inner = "".join(f'<a href="#c-{escape(one.key)}">{escape(one.text)}</a>' if one.key else escape(one.text)
                        for one in line.pieces)
        return inner if line.language == self.language or not inner else self._marked("span", line.language, inner)

    def _marked(self, tag: str, language: str, inner: str) -> str:
        return f'<{tag} lang="{TAGS[language]}">{inner}</{tag}>'

    # -- around the text

    def cover(self, edition: Edition) -> Iterator[str]:
        """The words of the cover."""
        cover, other = edition.cover, "en" if self.language == "zh" else "zh"
        title, second = (layout.said(cover.title, one) for one in (self.language, other))
        yield '<header class="std-cover">'
        if cover.simulated:
            both = (front.own(front.NOT_REAL.zh, "zh"), front.own(front.NOT_REAL.en, "en"))
            yield f'<p class="std-warning">{" / ".join(self.words(one) for one in both)}</p>'
        yield from self._lines("std-banner", [layout.said(cover.banner, self.language)])
        yield f"<h2>{self.words(title)}</h2>"
        yield from self._lines("std-second", [second] if second.text != title.text else [])
        yield from self._plain("std-number", layout.clean(cover.printed_number), front.replaced(cover, self.language))
        yield from self._plain("std-draft", front.draft_label(cover, self.language))
        yield from self._facts(edition)
        yield "</header>"

    def _facts(self, edition: Edition) -> Iterator[str]:
        cover = edition.cover
        yield from self._plain("", *(f"{name} {layout.clean(value)}"
                                     for name, value in (("ICS", cover.ics), ("CCS", cover.ccs)) if value))
        yield from self._lines("", [front.day(front.ISSUED, cover.published_on, self.language),
                                    front.day(front.EFFECTIVE, cover.effective_on, self.language),
                                    layout.said(cover.adoption, self.language),
                                    *(layout.said(one, self.language) for one in cover.issuers)])

    def _plain(self, name: str, *texts: str) -> Iterator[str]:
        yield from self._lines(name, [front.own(one, self.language) for one in texts])

    def _lines(self, name: str, lines: Sequence[Line]) -> Iterator[str]:
        known = f' class="{name}"' if name else ""
        yield from (f"<p{known}>{self.words(one)}</p>" for one in lines if one.text)

    def contents(self, items: Sequence[Item]) -> Iterator[str]:
        """The table of contents, with links."""
        title = layout.CONTENTS.in_language(self.language)
        yield f'<nav class="std-contents" aria-label="{title}"><ul>'
        for entry in layout.contents(items, self.language):
            text = escape(entry.text)
            text = f'<a href="#c-{escape(entry.key)}">{text}</a>' if entry.key else text
            told = f' lang="{TAGS[entry.language]}"' if entry.language != self.language else ""
            yield f"<li{told}>{text}</li>"
        yield "</ul></nav>"

    # -- the text

    def items(self, items: Sequence[Item]) -> Iterator[str]:
        """All items; documents that follow each other make a list, a term and what defines it a ``dl``."""
        for _, group in groupby(items, key=lambda one: (one.kind == "document", one.place)):
            some = list(group)
            if some[0].kind == "document":
                yield "<ul>" + "".join(self._document(one) for one in some) + "</ul>"
            elif some[0].kind == "term":
                yield self._term(some[0], some[1:])
            else:
                yield from (self.item(one) for one in some)

    def item(self, item: Item) -> str:
        """One item."""
        if item.kind == "heading":
            return self._heading(item)
        if item.kind == "table":
            return self._table(item)
        if item.kind == "list":
            tag = 'ol type="a"' if item.ordered else "ul"
            return f"<{tag}>{''.join(f'<li>{self.words(one)}</li>' for one in item.lines)}</{tag[:2]}>"
        name = ' class="std-note"' if item.kind in ("note", "example") else ""
        return f"<p{name}{_anchor(item)}>{self._number(item)}{self.words(item.lines[0])}</p>"

    def _number(self, item: Item) -> str:
        return f'<span class="std-no">{escape(item.number)}</span> ' if item.number else ""

    def _heading(self, item: Item) -> str:
        level = min(item.level + 2, 6)
        name = ' class="std-centre"' if item.of in layout.OWN_PAGE else ""
        inner = self._number(item) + (f"{escape(item.mark)} " if item.mark else "") + self.words(item.lines[0])
        return f"<h{level}{name}{_anchor(item)}>{inner.strip()}</h{level}>"

    def _document(self, item: Item) -> str:
        return f"<li>{self._number(item)}{' '.join(self.words(one) for one in item.lines if one.text)}</li>"

    def _term(self, item: Item, body: Sequence[Item]) -> str:
        names = " ".join(f"<dfn>{self.words(one)}</dfn>" for one in item.lines)
        inner = "\n".join(self.item(one) for one in body)
        return f"<dl>\n<dt{_anchor(item)}>{self._number(item)}{names}</dt>\n<dd>{inner}</dd>\n</dl>"

    def _table(self, item: Item) -> str:
        caption = self._number(item) + (self.words(item.lines[0]) if item.lines else "")
        head = "".join(f'<th scope="col">{self.words(one)}</th>' for one in item.rows[0])
        rows = "\n".join("<tr>" + "".join(self._cell(at, one) for at, one in enumerate(row)) + "</tr>"
                         for row in item.rows[1:])
        return (f'<div class="std-table"><table class="table"><caption>{caption.strip()}</caption>\n'
                f"<thead><tr>{head}</tr></thead>\n<tbody>{rows}</tbody></table></div>")

    def _cell(self, at: int, line: Line) -> str:
        """The first cell of a row names the row."""
        if at == 0 and line.text:
            return f'<th scope="row">{self.words(line)}</th>'
        return f"<td>{self.words(line)}</td>"
