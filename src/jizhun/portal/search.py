"""Search in a few thousand short texts: Chinese from one character on, pinyin, English, codes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from pypinyin import Style, lazy_pinyin

from jizhun.kernel.bilingual import Bilingual

NOTHING = Bilingual("", "")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found: an item or a matter, with further words it should be found by."""

    kind: str
    code: str
    name: Bilingual
    about: Bilingual = NOTHING
    belongs_to: str = ""
    item_name: Bilingual = NOTHING
    everyday: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Prepared:
    entry: Entry
    names: tuple[str, ...]
    everyday: tuple[str, ...]
    sounds: tuple[str, ...]
    bigrams: frozenset[str]
    text: str


class Index:
    """Entries prepared for searching; built once per revision of the catalogue."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._prepared = [_prepare(entry) for entry in entries]

    def find(self, words: str, limit: int = 40) -> list[Entry]:
        """Entries that fit every one of the typed words, the best first."""
        wanted = [_folded(word) for word in words.split() if _folded(word)]
        if not wanted:
            return []
        ranked = []
        for place, one in enumerate(self._prepared):
            ranks = [_rank(one, word) for word in wanted]
            if None not in ranks:
                ranked.append((sum(rank for rank in ranks if rank is not None), place, one.entry))
        return [entry for _, _, entry in sorted(ranked, key=lambda found: found[:2])[:limit]]


def _folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _prepare(entry: Entry) -> _Prepared:
    sounds = lazy_pinyin(entry.name.zh, errors="ignore")
    initials = lazy_pinyin(entry.name.zh, style=Style.FIRST_LETTER, errors="ignore")
    names = tuple(_folded(text) for text in (entry.code, entry.name.zh, entry.name.en) if text)
    text = _folded(entry.about.zh) + "\n" + _folded(entry.about.en)
    everyday = tuple(map(_folded, entry.everyday))
    spoken = ("".join(sounds), "".join(initials))
    return _Prepared(entry, names, everyday, spoken, bigrams(_folded(entry.name.zh)), text)


def bigrams(text: str) -> frozenset[str]:
    """Every two neighbouring characters: the smallest piece of Chinese that carries a meaning."""
    return frozenset(text[at:at + 2] for at in range(len(text) - 1))


def _rank(one: _Prepared, word: str) -> int | None:
    """0 the same … 6 only loosely alike; None where it does not fit."""
    if word in one.names:
        return 0
    if any(name.startswith(word) for name in one.names):
        return 1
    if any(word in name for name in one.names):
        return 2
    if any(word in said or said in word for said in one.everyday):
        return 3
    if word.isascii():
        return _rank_by_sound(one, word)
    if word in one.text:
        return 4
    return 5 if _mostly(one, word) else 6 if _in_order(word, one.names[1]) else None


def _rank_by_sound(one: _Prepared, word: str) -> int | None:
    if len(word) > 1 and any(sound.startswith(word) for sound in one.sounds):
        return 2
    if len(word) > 2 and any(word in sound for sound in one.sounds):
        return 3
    return 4 if len(word) > 2 and word in one.text else None


def _mostly(one: _Prepared, word: str) -> bool:
    """Whether more than half of the pairs of characters occur: 失业保险待遇 finds 失业保险金."""
    pairs = bigrams(word)
    return bool(pairs) and 2 * len(pairs & one.bigrams) > len(pairs)


def _in_order(word: str, name: str) -> bool:
    """Whether the characters occur in this order: 失业金 finds 失业保险金."""
    rest = iter(name)
    return len(word) > 1 and all(character in rest for character in word)
