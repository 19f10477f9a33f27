"""Words: missing translations, what cannot be measured, signs of the other script. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from jizhun.drafting.rules.checks.flaws import WARNING, Draft, Flaw, flaw, words_of
from jizhun.drafting.rules.text import FIXED, LINK, Numbered, blocks
from jizhun.kernel.bilingual import LANGUAGES, Bilingual

VAGUE: Final = {
    "zh": re.compile(r"适当|尽快|原则上|及时|尽可能|酌情|尽量|合理时间|合理期限|适时"),
    "en": re.compile(r"\b(?:as soon as (?:possible|practicable)|where(?:ver)? appropriate|as appropriate|in principle|"
                     r"promptly|in a timely manner|timely|within a reasonable (?:time|period)|as far as possible|"
                     r"without undue delay)\b", re.I),
}
HALF: Final = re.compile(r"[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]")
FULL: Final = re.compile(r"[，。；：！？、（）]")
NAMES: Final = {"zh": Bilingual("中文", "Chinese"), "en": Bilingual("英文", "English")}


def wording(draft: Draft) -> Iterator[Flaw]:
    """Flaws of the words themselves, clause by clause."""
    for one in draft.numbered:
        yield from _untranslated(draft, one)
        yield from _signs(draft, one)
    yield from _vague(draft)


def _untranslated(draft: Draft, one: Numbered) -> Iterator[Flaw]:
    heading = Bilingual("", "") if one.clause.kind in FIXED else one.clause.heading
    for name, words in ((Bilingual("标题", "heading"), heading), (Bilingual("正文", "text"), one.clause.body)):
        empty = [language for language in LANGUAGES if not getattr(words, language).strip()]
        if len(empty) == 1 and empty[0] in draft.languages:
            which = NAMES[empty[0]]
            yield flaw(WARNING, one, "untranslated", zh=f"{name.zh}缺少{which.zh}。",
                       en=f"the {name.en} is missing in {which.en}.")
    zh, en = ([piece.kind for piece in blocks(text)] for text in (one.clause.body.zh, one.clause.body.en))
    if zh and en and zh != en and set(LANGUAGES) <= set(draft.languages):
        yield flaw(WARNING, one, "uneven", zh="中英文的段落、列项、表格、注不对应。",
                   en="paragraphs, lists, tables and notes differ between the languages.")


def _vague(draft: Draft) -> Iterator[Flaw]:
    """One flaw a clause, with all its vague words in both languages."""
    found: dict[str, tuple[Numbered, list[str]]] = {}
    for one, language, pieces in draft.requirements:
        if language in draft.languages:
            words = [word.casefold() for piece in pieces for word in VAGUE[language].findall(words_of(piece))]
            found.setdefault(one.clause.key, (one, []))[1].extend(words)
    for one, words in found.values():
        if words:
            once = list(dict.fromkeys(words))
            yield flaw(WARNING, one, "vague", zh=f"“{'”“'.join(once)}”无法衡量，请写明时限或数量。",
                       en=f"“{'”, “'.join(once)}” cannot be measured; give a time or a number.")


def _signs(draft: Draft, one: Numbered) -> Iterator[Flaw]:
    """Half-width signs next to Chinese, full-width ones in English."""
    texts = [(one.clause.heading.zh, one.clause.heading.en), (one.clause.body.zh, one.clause.body.en)]
    zh, en = (LINK.sub("", " ".join(pair[side] for pair in texts)) for side in (0, 1))
    if draft.chinese and (found := HALF.search(zh)):
        yield flaw(WARNING, one, "signs", zh=f"中文里有半角标点：“{found[0]}”。",
                   en=f"a half-width sign in Chinese: “{found[0]}”.")
    if "en" in draft.languages and (found := FULL.search(en)):
        yield flaw(WARNING, one, "signs", zh=f"英文里有全角标点：“{found[0]}”。",
                   en=f"a full-width sign in English: “{found[0]}”.")
