"""Terms: each is used, and defined once. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import add
from typing import Final

from jizhun.drafting.rules.checks.flaws import ERROR, WARNING, Draft, Flaw, flaw, where
from jizhun.drafting.rules.text import Clause, Numbered
from jizhun.kernel.bilingual import NO_WORDS

MOST_READ: Final = 20_000_000
"""In a draft of more characters than that nobody looks whether its terms are used."""
MOST_LOOKED: Final = 5_000_000
"""After so many characters looked through, a term counts as used where all its parts stand in one clause."""
WORD: Final = re.compile(r"\w+")


def terms(draft: Draft) -> Iterator[Flaw]:
    """Flaws of the terms and definitions."""
    entries = [one for one in draft.numbered if one.clause.kind == "term"]
    uses = _Uses(draft.clauses, [one.clause for one in entries])
    if entries and not uses.read:
        yield flaw(WARNING, None, "terms_unread", zh="文本太长，没有检查术语是否在正文中使用。",
                   en="The text is too long: whether its terms are used was not checked.")
    first: dict[str, Numbered] = {}
    for one in entries:
        names = [_plain(text) for text in (one.clause.heading.zh, one.clause.heading.en) if text.strip()]
        earlier = next((first[name] for name in names if name in first), None)
        if earlier:
            yield flaw(ERROR, one, "term_twice", zh=f"术语“{_name(one, 'zh')}”已在 {where(earlier).zh} 定义。",
                       en=f"the term “{_name(one, 'en')}” is already defined in {where(earlier).en}.")
        first |= {name: one for name in names if name not in first}
        if names and not uses.has(one.clause):
            yield flaw(WARNING, one, "term_unused", zh=f"术语“{_name(one, 'zh')}”在正文中没有使用。",
                       en=f"the term “{_name(one, 'en')}” is not used in the text.")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _name(one: Numbered, language: str) -> str:
    return one.clause.heading.in_language(language)


class _Uses:
    """Which clauses hold the parts of the terms: pairs of characters in Chinese, words in English.

    ``held``: for each part a number with a bit for each clause. Only clauses that hold all parts of a term are looked
    through for it: to search every clause for every term would take minutes.
    """

    def __init__(self, clauses: Sequence[Clause], entries: Sequence[Clause]) -> None:
        self.clauses = clauses
        self.texts = [_texts(one) for one in clauses]
        self.read = sum(len(text) for pair in self.texts for text in pair) <= MOST_READ
        self.left = MOST_LOOKED
        self.held: defaultdict[str, int] = defaultdict(int)
        terms_ = [_stripped(one) for one in entries]
        wanted = {part for zh, en in terms_ for options in (*_of_chinese(zh), *_of_english(en)) for part in options}
        for place, text in enumerate(self.texts if self.read else ()):
            for part in _held(*text, wanted):
                self.held[part] |= 1 << place

    def has(self, entry: Clause) -> bool:
        """Whether any other clause has the term, in either language."""
        zh, en = _stripped(entry)
        asked = [(0, re.compile(re.escape(zh)), _of_chinese(zh))] if zh else []
        asked += [(1, _english(en), _of_english(en))] if en else []
        return not self.read or any(self._found(entry, place, side, term) for side, term, parts in asked
                                    for place in self._perhaps(parts))

    def _perhaps(self, parts: Iterable[set[str]]) -> Iterator[int]:
        """Places of the clauses that hold one of the options of every part."""
        left = (1 << len(self.clauses)) - 1
        for options in parts:
            either = 0
            for one in options:
                either |= self.held.get(one, 0)
            left &= either
        while left:
            yield (left & -left).bit_length() - 1
            left &= left - 1

    def _found(self, entry: Clause, place: int, side: int, term: re.Pattern[str]) -> bool:
        if self.clauses[place] is entry:
            return False
        text = self.texts[place][side]
        self.left -= len(text)
        return self.left < 0 or bool(term.search(text))


def _texts(one: Clause) -> tuple[str, str]:
    """Where a term may be used, in both languages: not in lists of documents, nor in the heading of another term."""
    if one.kind in ("references", "bibliography"):
        return "", ""
    heading = one.heading if one.kind != "term" else NO_WORDS
    return f"{heading.zh}\n{one.body.zh}", f"{heading.en}\n{one.body.en}"


def _stripped(entry: Clause) -> tuple[str, str]:
    return entry.heading.zh.strip(), entry.heading.en.strip()


def _held(zh: str, en: str, wanted: set[str]) -> set[str]:
    return wanted.intersection(zh) | wanted.intersection(map(add, zh, zh[1:])) | wanted.intersection(
        WORD.findall(en.casefold()))


def _of_chinese(term: str) -> list[set[str]]:
    """Its pairs of characters, or its only one."""
    return [{pair} for pair in map(add, term, term[1:])] or [{term}]


def _of_english(term: str) -> list[set[str]]:
    """Its words; the last one in the plural too."""
    words = WORD.findall(term.casefold())
    return [{word} for word in words[:-1]] + [{word, f"{word}s", f"{word}es", f"{word[:-1]}ies"} for word in words[-1:]]


def _english(term: str) -> re.Pattern[str]:
    """The term, in the plural too."""
    stem, ending = (term[:-1], "(?:y|ies)") if term[-1] == "y" else (term, "(?:e?s)?")
    return re.compile(rf"\b{re.escape(stem)}{ending}\b", re.I)
