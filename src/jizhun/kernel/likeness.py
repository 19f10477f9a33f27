"""How alike short Chinese or English texts are, and which of many are near-duplicates: exact, and fast. Pure.

A text becomes a set of grams (``grams``). Two texts are as alike as their sets: what they share by what they have
together (Jaccard). Where one of them stands nearly whole (nine tenths) in the other, it is a copy with an addition,
and the share that stands there counts instead, less a tenth: 0.81 to 0.9. Only sets of ``WHOLE_FROM`` grams or more
can be held in another so; a title of four characters stands in far too many.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain, combinations, pairwise
from math import ceil
from operator import add

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

WHOLE_FROM = 12
HELD = 0.9
FIRST_HAN = "\u3040"

HAN = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
RUN = re.compile(rf"[{HAN}]+|\d+(?:\.\d+)?|(?:(?![{HAN}])[^\W\d_])+")
"""Chinese characters side by side, a number, or a word in letters; all else (spaces, punctuation) falls away."""


def grams(text: str) -> frozenset[str]:
    """What a text is compared by, after full-width signs became plain and capitals small.

    Each Chinese character with its neighbour (a number or word beside it counts as one); each number, whole, because
    15 days are not 20; the letters of each word by threes, so that "applicant" and "applicants" stay alike.
    """
    runs = RUN.findall(unicodedata.normalize("NFKC", text).casefold())
    found: set[str] = set()
    for run in runs:
        found.update(map(add, run, run[1:]) if run[0] >= FIRST_HAN else _of_word(run))
    for left, right in pairwise(runs):
        if left[-1] >= FIRST_HAN or right[0] >= FIRST_HAN:
            found.add((left[-1] if left[-1] >= FIRST_HAN else left) + (right[0] if right[0] >= FIRST_HAN else right))
    return frozenset(found or runs)


def _of_word(word: str) -> list[str]:
    """A number as it is, a word by threes of its letters, with a space at each end."""
    if word[0].isdecimal():
        return [f"#{word}"]
    padded = f" {word} "
    return [padded[at:at + 3] for at in range(len(word))]


def likeness(one: str, other: str) -> float:
    """How alike two texts are: 0 nothing in common (or nothing to compare), 1 the same grams."""
    few, many = sorted((grams(one), grams(other)), key=len)
    return float(_scores(np.array(len(few & many)), len(few), np.array(len(many)))) if few else 0.0


def _scores(shared: Numbers, few: int, many: Numbers) -> npt.NDArray[np.float64]:
    """The likeness of a set of ``few`` grams to larger ones of ``many``, by how many they share."""
    together = shared / (few + many - shared)
    if few < WHOLE_FROM:
        return np.asarray(together)
    return np.where(10 * shared >= 9 * few, np.maximum(together, HELD * (shared / few)), together)


def near_pairs(texts: Sequence[str], least: float) -> list[tuple[int, int, float]]:
    """All pairs (i, j, likeness) with i < j that are at least ``least`` alike, in order; 0 < least <= 1."""
    shelf = _Shelf(texts, least)
    found = [(i, j, 1.0) for same in shelf.members for i, j in combinations(same, 2)]
    for one, others, scores in shelf.all_near():
        for other, score in zip(others.tolist(), scores.tolist(), strict=True):
            found += [(min(i, j), max(i, j), score) for i in shelf.members[one] for j in shelf.members[other]]
    return sorted(found)


def clusters(texts: Sequence[str], least: float) -> list[list[int]]:
    """Texts that hang together: each is at least ``least`` like another of its cluster. Single texts are left out."""
    shelf = _Shelf(texts, least)
    label = np.arange(len(shelf.members))
    for one, others, _ in shelf.all_near(label):
        label[np.isin(label, label[others])] = label[one]
    gathered: dict[int, list[int]] = {}
    for same, its in zip(shelf.members, label.tolist(), strict=True):
        gathered.setdefault(its, []).extend(same)
    return sorted(sorted(some) for some in gathered.values() if len(some) > 1)


class _Shelf:
    """Sets of grams as numbers (the rarest gram is 0), the smallest set first, and which sets hold each gram.

    ``members``: the places of the texts that have this very set.
    """

    def __init__(self, texts: Sequence[str], least: float) -> None:
        if not 0 < least <= 1:
            raise ValueError(f"least must be above 0 and at most 1: {least}")
        self.least = least
        same: dict[frozenset[str], list[int]] = {}
        for place, text in enumerate(texts):
            if found := grams(text):
                same.setdefault(found, []).append(place)
        ordered = sorted(same, key=len)
        self.members = [same[one] for one in ordered]
        self._fill(ordered)

    def _fill(self, sets: Sequence[frozenset[str]]) -> None:
        number = {gram: at for at, gram in enumerate(frozenset[str]().union(*sets))}
        self.sizes = np.array([len(one) for one in sets], np.int64)
        self.begins = np.concatenate([[0], np.cumsum(self.sizes)]).astype(np.int64)
        owners = np.repeat(np.arange(len(sets)), self.sizes)
        found = np.fromiter(map(number.__getitem__, chain.from_iterable(sets)), np.int64, len(owners))
        often = np.bincount(found, minlength=len(number))
        rank = np.empty(len(number), np.int64)
        rank[np.argsort(often)] = np.arange(len(number))
        keys = np.sort(owners * len(number) + rank[found])
        self.grams: Numbers = keys % max(len(number), 1)
        self.holders: Numbers = owners[np.argsort(self.grams, kind="stable")]
        self.first: list[int] = [0, *np.cumsum(np.sort(often)).tolist()]
        self.marked = np.zeros(len(number), bool)

    def all_near(self, label: Numbers | None = None) -> Iterator[tuple[int, Numbers, npt.NDArray[np.float64]]]:
        """Each set with the larger ones near it; with ``label``, only those that do not bear its label yet."""
        for one in range(len(self.members)):
            others = self._perhaps(one)
            if label is not None:
                others = others[label[others] != label[one]]
            if len(others):
                scores = _scores(self._shared(one, others), int(self.sizes[one]), self.sizes[others])
                near = scores >= self.least
                if near.any():
                    yield one, others[near], scores[near]

    def _perhaps(self, one: int) -> Numbers:
        """Larger sets that may be near: none that is near is missed.

        A near one holds at least ``need`` grams of this set, so it lacks at most ``size - need``: of any
        ``size - need + sure`` grams it holds ``sure``. The rarest are asked for, since few sets hold them.
        """
        size = int(self.sizes[one])
        need = _need(size, self.least)
        sure = 1 + need // 10
        begin = int(self.begins[one])
        asked = self.grams[begin:begin + size - need + sure].tolist()
        held = np.concatenate([self.holders[self.first[gram]:self.first[gram + 1]] for gram in asked])
        times = np.bincount(held, minlength=len(self.members))
        return one + 1 + np.flatnonzero(times[one + 1:] >= sure)

    def _shared(self, one: int, others: Numbers) -> Numbers:
        """How many grams this set shares with each of the others."""
        own = self.grams[self.begins[one]:self.begins[one + 1]]
        sizes = self.sizes[others]
        starts = np.cumsum(sizes) - sizes
        places = np.repeat(self.begins[others] - starts, sizes) + np.arange(sizes.sum())
        self.marked[own] = True
        shared = np.add.reduceat(self.marked[self.grams[places]], starts, dtype=np.int64)
        self.marked[own] = False
        return shared


def _need(size: int, least: float) -> int:
    """How many grams of a set of ``size`` a set of that size or larger must hold to be near it.

    What must be held to be near as a copy, max(HELD, least / HELD), is never less.
    """
    return max(1, ceil(2 * least / (1 + least) * size - 1e-9))
