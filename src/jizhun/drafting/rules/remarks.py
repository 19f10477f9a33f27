"""Comments on a draft: what one is, and where it is anchored after the text has moved. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jizhun.drafting.rules.text import Clause, Numbered, filled, labels_of, numbered
from jizhun.kernel.bilingual import LANGUAGES, Bilingual

TYPES: Mapping[str, Bilingual] = {
    "ge": Bilingual("总体", "general"), "te": Bilingual("技术", "technical"), "ed": Bilingual("编辑", "editorial")}
DISPOSITIONS: Mapping[str, Bilingual] = {
    "accepted": Bilingual("采纳", "Accepted"),
    "partly": Bilingual("部分采纳", "Accepted in part"),
    "rejected": Bilingual("不采纳", "Not accepted"),
    "noted": Bilingual("已知悉", "Noted"),
}


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment. ``key`` is its public number (``C-12``); ``clause`` the key of its clause ("" for the whole draft).

    ``number`` is the clause's number when it was made; ``quote`` the words it is about, as they stood then.
    ``body`` is who says it (an organisation; for the public what they called themselves, or nothing).
    ``disposition`` is "" until answered; then ``answer`` holds the reason. ``line`` and ``paragraph`` are as a
    commenting template had them.
    """

    key: str
    clause: str
    number: str
    quote: str
    type: str
    text: str
    proposed: str = ""
    body: str = ""
    region: str = ""
    made_on: date | None = None
    disposition: str = ""
    answer: str = ""
    line: str = ""
    paragraph: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a comment stands in a draft. ``state``: there, words_changed, clause_gone, whole (not about a clause)."""

    state: str
    numbered: Numbered | None = None

    @property
    def number(self) -> str:
        return self.numbered.number if self.numbered else ""


def anchor(comment: Comment, clauses: Sequence[Clause]) -> Anchor:
    """Where the comment stands in these clauses: found by the clause's key, whatever its number is now."""
    return anchored([comment], clauses)[comment.key]


def anchored(comments: Sequence[Comment], clauses: Sequence[Clause]) -> dict[str, Anchor]:
    """The same for many comments at once, by their keys."""
    done = numbered(clauses)
    places = {one.clause.key: one for one in done}
    labels = [labels_of(done, language) for language in LANGUAGES]
    return {comment.key: _anchor(comment, places.get(comment.clause), labels) for comment in comments}


def _anchor(comment: Comment, found: Numbered | None, labels: Sequence[Mapping[str, str]]) -> Anchor:
    if not comment.clause:
        return Anchor("whole")
    if found is None:
        return Anchor("clause_gone")
    if comment.quote and not any(_squeezed(comment.quote) in _squeezed(text) for text in _texts(found.clause, labels)):
        return Anchor("words_changed", found)
    return Anchor("there", found)


def _texts(clause: Clause, labels: Sequence[Mapping[str, str]]) -> list[str]:
    """What a reader sees of a clause: headings, and bodies with the numbers of other clauses in them."""
    bodies = [filled(text, names) for text, names in zip((clause.body.zh, clause.body.en), labels, strict=True)]
    return [clause.title.zh, clause.title.en, *(SIGNS.sub("", body) for body in bodies)]


SIGNS = re.compile(r"^\s*(?:[-–—•]\s+|[a-z0-9]{1,2}[)）]\s*)|\|", re.M)
"""The signs of lists and tables, which a reader does not select."""


def _squeezed(text: str) -> str:
    return "".join(text.split())
