"""Terms: each is used, and defined once. Pure."""

import re
from collections.abc import Iterator

from jizhun.drafting.rules.checks.flaws import ERROR, WARNING, Draft, Flaw, flaw, where
from jizhun.drafting.rules.text import Numbered


def terms(draft: Draft) -> Iterator[Flaw]:
    """Flaws of the terms and definitions."""
    entries = [one for one in draft.numbered if one.clause.kind == "term"]
    first: dict[str, Numbered] = {}
    for one in entries:
        names = [_plain(text) for text in (one.clause.heading.zh, one.clause.heading.en) if text.strip()]
        earlier = next((first[name] for name in names if name in first), None)
        if earlier:
            yield flaw(ERROR, one, "term_twice", zh=f"术语“{_name(one, 'zh')}”已在 {where(earlier).zh} 定义。",
                       en=f"the term “{_name(one, 'en')}” is already defined in {where(earlier).en}.")
        first |= {name: one for name in names if name not in first}
        if names and not _used(draft, one):
            yield flaw(WARNING, one, "term_unused", zh=f"术语“{_name(one, 'zh')}”在正文中没有使用。",
                       en=f"the term “{_name(one, 'en')}” is not used in the text.")


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _name(one: Numbered, language: str) -> str:
    return one.clause.heading.in_language(language)


def _used(draft: Draft, entry: Numbered) -> bool:
    """Whether any other clause has the term, in either language."""
    zh, en = entry.clause.heading.zh.strip(), entry.clause.heading.en.strip()
    english = _english(en) if en else None
    for one in draft.clauses:
        if one is entry.clause or one.kind in ("references", "bibliography"):
            continue
        if zh and (zh in one.body.zh or (zh in one.heading.zh and one.kind != "term")):
            return True
        if english and (english.search(one.body.en) or (one.kind != "term" and english.search(one.heading.en))):
            return True
    return False


def _english(term: str) -> re.Pattern[str]:
    """The term, in the plural too."""
    stem, ending = (term[:-1], "(?:y|ies)") if term[-1] == "y" else (term, "(?:e?s)?")
    return re.compile(rf"\b{re.escape(stem)}{ending}\b", re.I)
