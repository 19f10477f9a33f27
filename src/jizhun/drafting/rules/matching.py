"""Which clause of a new text is which of the old one, so that comments stay with their clause. Pure."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Final

import numpy as np
import numpy.typing as npt

from jizhun.drafting.rules.text import FIXED, LINK, Clause
from jizhun.kernel.bilingual import LANGUAGES, Bilingual
from jizhun.kernel.likeness import near_pairs

LIKE: Final = 0.35
"""From this likeness on, two clauses are taken for one: about three fifths of their words are in common."""
MOST_PAIRS: Final = 90_000
"""Stretches of more pairs than that are compared in parts: it would take minutes."""
LONGEST: Final = 600
"""So many characters of a clause decide."""

Numbers = npt.NDArray[np.float64]
Span = tuple[int, int, int, int]


def keep_keys(old: Sequence[Clause], new: Sequence[Clause]) -> list[Clause]:
    """The new clauses under the keys of the old ones that they match: same key, same words, same heading, like words.

    Matches keep the order, except where both texts already have the key. A clause that matches none keeps its own
    key, with a sign added where an old clause has that key. Links follow the keys.
    """
    found = {there: here for here, there in _pairs(old, new)}
    taken = {one.key for one in old}
    names: dict[str, str] = {}
    done = []
    for place, one in enumerate(new):
        key = old[found[place]].key if place in found else _free(one.key, taken)
        taken.add(key)
        names.setdefault(one.key, key)
        done.append(replace(one, key=key))
    return [replace(one, heading=_linked(one.heading, names), body=_linked(one.body, names)) for one in done]


def keep_rest(old: Sequence[Clause], new: Sequence[Clause]) -> list[Clause]:
    """What an import cannot bring, taken from the old clause of the same key: call it after ``keep_keys``.

    A language that the new text has nowhere keeps its words; so do names of terms. Proposals stay with a clause that
    has none now and where the sentence of each still stands.
    """
    by_key = {one.key: one for one in reversed(old)}
    absent = [language for language in LANGUAGES if not any(getattr(one.body, language) for one in new)]
    return [_completed(one, by_key[one.key], absent) if one.key in by_key else one for one in new]


def _completed(new: Clause, old: Clause, absent: Sequence[str]) -> Clause:
    heading, body = (
        Bilingual(*(getattr(older if language in absent and not getattr(now, language) else now, language)
                    for language in LANGUAGES))
        for now, older in ((new.heading, old.heading), (new.body, old.body)))
    still = tuple(one for one in old.proposes if one.get("sentence") and one["sentence"] in f"{body.zh}\n{body.en}")
    return replace(new, heading=heading, body=body, proposes=new.proposes or still)


def _linked(words: Bilingual, names: Mapping[str, str]) -> Bilingual:
    zh, en = (LINK.sub(lambda found: f"{{#{names.get(found[1], found[1])}}}", text) for text in (words.zh, words.en))
    return Bilingual(zh, en)


def _free(key: str, taken: set[str]) -> str:
    name, count = key, 1
    while name in taken:
        count += 1
        name = f"{key}-{count}"
    return name


def _pairs(old: Sequence[Clause], new: Sequence[Clause]) -> Iterator[tuple[int, int]]:
    """(place in old, place in new), each place once."""
    by_key = {one.key: place for place, one in enumerate(old)}
    same = {there: by_key[one.key] for there, one in reversed(list(enumerate(new)))
            if by_key.get(one.key) is not None}
    done = {here: there for there, here in same.items()}
    yield from done.items()
    here = [place for place in range(len(old)) if place not in done]
    there = [place for place in range(len(new)) if place not in same]
    for one, other in _matched(*_one_language([old[place] for place in here], [new[place] for place in there])):
        yield here[one], there[other]


def _one_language(old: Sequence[Clause], new: Sequence[Clause]) -> tuple[list[Clause], list[Clause]]:
    """Both texts in a language that both have, Chinese first: an import often brings one only."""
    chinese = all(any(one.heading.zh or one.body.zh for one in clauses) for clauses in (old, new))
    language = "zh" if chinese else "en"
    some, others = ([replace(one, heading=_only(one.heading, language), body=_only(one.body, language))
                     for one in clauses] for clauses in (old, new))
    return some, others


def _only(words: Bilingual, language: str) -> Bilingual:
    return Bilingual(words.zh, "") if language == "zh" else Bilingual("", words.en)


def _matched(old: Sequence[Clause], new: Sequence[Clause]) -> Iterator[tuple[int, int]]:
    spans: list[Span] = [(0, len(old), 0, len(new))]
    for sign in (_words, _heading, _place):
        left: list[Span] = []
        for span in spans:
            pairs = _in_order(old, new, span, sign)
            yield from pairs
            left += _between(span, pairs)
        spans = left
    for span in spans:
        for part in _parts(span):
            yield from _likest(old, new, part)


def _parts(span: Span) -> Iterator[Span]:
    """The stretch, or as many parts of it as keep each below ``MOST_PAIRS``: the first of the old with the new's."""
    first, last, start, end = span
    count = 1
    while -(-(last - first) // count) * -(-(end - start) // count) > MOST_PAIRS:
        count += 1
    for part in range(count):
        here, there = ((low + (high - low) * part // count, low + (high - low) * (part + 1) // count)
                       for low, high in ((first, last), (start, end)))
        yield *here, *there


def _words(clause: Clause) -> Hashable:
    return clause.kind, _flat(clause.heading), _flat(clause.body)


def _heading(clause: Clause) -> Hashable:
    return (clause.kind, _flat(clause.heading)) if clause.heading.zh or clause.heading.en else None


def _place(clause: Clause) -> Hashable:
    """Fixed kinds occur once; their headings say nothing."""
    return clause.kind if clause.kind in FIXED else None


def _flat(words: Bilingual) -> str:
    return "".join((words.zh or words.en).casefold().split())


def _in_order(old: Sequence[Clause], new: Sequence[Clause], span: Span,
              sign: Callable[[Clause], Hashable]) -> list[tuple[int, int]]:
    """Clauses with the same sign, found once on each side, in an order that both sides have."""
    first, last, start, end = span
    here, there = _once(old, first, last, sign), _once(new, start, end, sign)
    both = sorted((here[one], there[one]) for one in here.keys() & there.keys())
    matcher = SequenceMatcher(None, [one for one, _ in both], [one for one, _ in sorted(both, key=_new_place)],
                              autojunk=False)
    return [both[place] for block in matcher.get_matching_blocks() for place in range(block.a, block.a + block.size)]


def _new_place(pair: tuple[int, int]) -> int:
    return pair[1]


def _once(clauses: Sequence[Clause], start: int, end: int, sign: Callable[[Clause], Hashable]) -> dict[Hashable, int]:
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place in range(start, end):
        places[sign(clauses[place])].append(place)
    return {one: found[0] for one, found in places.items() if one is not None and len(found) == 1}


def _between(span: Span, pairs: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """The stretches before, between and after the pairs."""
    here, there = span[0], span[2]
    for one, other in [*pairs, (span[1], span[3])]:
        if one > here and other > there:
            yield here, one, there, other
        here, there = one + 1, other + 1


def _likest(old: Sequence[Clause], new: Sequence[Clause], span: Span) -> Iterator[tuple[int, int]]:
    """The pairs of a stretch, in order, whose likenesses add up to most."""
    first, last, start, end = span
    like = _likenesses(old[first:last], new[start:end])
    best = _best(like)
    one = other = 0
    while one < last - first and other < end - start:
        if best[one, other] == best[one + 1, other]:
            one += 1
        elif best[one, other] == best[one, other + 1]:
            other += 1
        else:
            yield first + one, start + other
            one, other = one + 1, other + 1


def _best(like: Numbers) -> Numbers:
    """For every place what the likenesses from there on can add up to."""
    rows, columns = like.shape
    best = np.zeros((rows + 1, columns + 1))
    for row in reversed(range(rows)):
        taken = np.where(like[row] > 0, best[row + 1, 1:] + like[row], 0.0)
        best[row, :-1] = np.maximum.accumulate(np.maximum(best[row + 1, :-1], taken)[::-1])[::-1]
    return best


def _likenesses(old: Sequence[Clause], new: Sequence[Clause]) -> Numbers:
    """A row for each old clause, a column for each new one: 0 for clauses of different kinds or too unlike."""
    texts = [(_flat(clause.heading) + _flat(clause.body))[:LONGEST] for clause in (*old, *new)]
    like = np.zeros((len(old), len(new)))
    for one, other, score in near_pairs(texts, LIKE):
        if one < len(old) <= other and old[one].kind == new[other - len(old)].kind:
            like[one, other - len(old)] = score
    return like
