"""How hard a text is to read. Chinese: length of sentences and clauses, words of offices; English: Flesch-Kincaid.

The thresholds are this product's own. Chinese: a sentence of more than 50 characters is a hint and one of more than 70
a warning; so is a text of three clauses or more of which over half have more than 20 characters; words that offices
write and people do not say are hints. English: a text of 30 words or more whose grade is over 14 is a hint and over 17
a warning; a sentence of more than 40 words is a warning.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from jizhun.kernel.bilingual import Bilingual

LONG, TOO_LONG = 50, 70
LONG_CLAUSE, SHARE = 20, 0.5
FEWEST_CLAUSES, FEWEST_WORDS = 3, 30
HARD_GRADE, TOO_HARD_GRADE, MOST_WORDS = 14.0, 17.0, 40
HINT, WARNING = "hint", "warning"

SENTENCE = re.compile(r"[^。！？；!?;\n]+")
CLAUSE = re.compile(r"[^，、：,:（）()]+")
QUOTED = re.compile(r"《[^》]*》")
SIGN = re.compile(r"[㐀-鿿]|[A-Za-z]+|[0-9]+(?:[.,][0-9]+)*")
ENGLISH_SENTENCE = re.compile(r"[^.!?;\n]+(?:\.\d+[^.!?;\n]*)*")
CHINESE = re.compile("[㐀-鿿]")
WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?:[^laeiouy]es|[^aeiouydt]ed|[^l]e)$")

Words = Mapping[str, str]
"""What offices write -> what one would say."""


@dataclass(frozen=True, slots=True)
class Hard:
    """Why a text is hard to read and the sentence in which it is hardest."""

    severity: str
    why: Bilingual
    quote: str


def characters(text: str) -> int:
    """Characters that are read: each Chinese one, and words and numbers as one each; titles of papers count as one."""
    return len(SIGN.findall(QUOTED.sub("文", text)))


def hard_chinese(text: str, words: Words) -> Hard | None:
    """What makes a Chinese text hard to read; None where nothing does."""
    sentences = SENTENCE.findall(text)
    if not sentences:
        return None
    longest = max(sentences, key=characters).strip()
    if (length := characters(longest)) > LONG:
        return Hard(WARNING if length > TOO_LONG else HINT, Bilingual(
            f"有一句长达 {length} 字，请断成短句", f"one sentence has {length} characters: break it up"), longest)
    return _clauses(sentences) or _official(sentences, words)


def _clauses(sentences: list[str]) -> Hard | None:
    clauses = [one for sentence in sentences for one in CLAUSE.findall(sentence) if characters(one)]
    long = [one for one in clauses if characters(one) > LONG_CLAUSE]
    if len(clauses) < FEWEST_CLAUSES or len(long) <= SHARE * len(clauses):
        return None
    hardest = max(sentences, key=lambda one: max(map(characters, CLAUSE.findall(one)), default=0)).strip()
    return Hard(WARNING, Bilingual(f"{len(clauses)} 个分句中有 {len(long)} 个超过 {LONG_CLAUSE} 字，请写短",
                                   f"{len(long)} of {len(clauses)} clauses have more than {LONG_CLAUSE} characters: "
                                   "shorten them"), hardest)


def _official(sentences: list[str], words: Words) -> Hard | None:
    found = [(sum(one in sentence for one in words), sentence) for sentence in sentences]
    most, sentence = max(found, key=lambda pair: pair[0])
    if not most:
        return None
    told = [(one, better) for one, better in words.items() if one in sentence]
    zh = "、".join(f"“{one}”可写作“{better}”" for one, better in told)
    en = ", ".join(f"“{one}” could be “{better}”" for one, better in told)
    return Hard(HINT, Bilingual(f"有公文用语：{zh}", f"it holds words of offices: {en}"), sentence.strip())


# -- English ---------------------------------------------------------------------------------------


def hard_english(text: str) -> Hard | None:
    """What makes an English text hard to read; None where nothing does."""
    sentences = [one.strip() for one in ENGLISH_SENTENCE.findall(text) if WORD.search(one)]
    if not sentences:
        return None
    longest = max(sentences, key=lambda one: len(WORD.findall(one)))
    if (most := len(WORD.findall(longest))) > MOST_WORDS:
        return Hard(WARNING, Bilingual(f"英文有一句长达 {most} 词，请断成短句",
                                       f"one English sentence has {most} words: break it up"), longest)
    reached = grade(text)
    if len(WORD.findall(text)) < FEWEST_WORDS or reached <= HARD_GRADE:
        return None
    return Hard(WARNING if reached > TOO_HARD_GRADE else HINT, Bilingual(
        f"英文的 Flesch-Kincaid 年级为 {reached:.0f}，请用短句和常用词",
        f"its Flesch-Kincaid grade is {reached:.0f}: use short sentences and common words"), max(sentences, key=grade))


def grade(text: str) -> float:
    """The Flesch-Kincaid grade: years of school that the text asks for; 0 for a text without words."""
    words = WORD.findall(text)
    if not words:
        return 0.0
    sentences = sum(bool(WORD.search(one)) for one in ENGLISH_SENTENCE.findall(text))
    return 0.39 * len(words) / max(sentences, 1) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@lru_cache(maxsize=20_000)
def syllables(word: str) -> int:
    """Syllables of an English word, by its groups of vowels: near enough for a grade."""
    plain = re.sub("[^a-z]", "", word.lower())
    count = len(VOWELS.findall(plain))
    return max(1, count - bool(count > 1 and SILENT.search(plain)))
