"""What changed from one text of a standard to another, clause by clause and word by word. Pure."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jizhun.drafting.rules.matching import keep_keys, keep_rest
from jizhun.drafting.rules.segments import Segment, segments
from jizhun.drafting.rules.text import Clause, Numbered, numbered
from jizhun.kernel.bilingual import LANGUAGES, Bilingual

__all__ = ["KINDS", "Change", "changed", "keep_keys", "keep_rest", "redline", "summary"]

KINDS: Mapping[str, Bilingual] = {
    "kept": Bilingual("未变", "Unchanged"),
    "added": Bilingual("新增", "Added"),
    "removed": Bilingual("删除", "Removed"),
    "moved": Bilingual("移动", "Moved"),
    "renumbered": Bilingual("仅编号变化", "Renumbered"),
    "level": Bilingual("层次变化", "Level changed"),
    "recast": Bilingual("类别或性质变化", "Kind changed"),
    "reworded": Bilingual("文字修改", "Reworded"),
    "proposals": Bilingual("拟定规定变化", "Proposed provisions changed"),
}
"""What can have happened to a clause, in the order in which it is told."""

Pair = tuple[str, int]
"""A key and which clause of that key it is: a faulty draft may have one twice."""
MOST_CHARACTERS: Final = 1_000_000
"""So many characters of reworded clauses are compared word by word: what comes after is shown as a whole."""
NOTHING: Mapping[str, tuple[Segment, ...]] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one clause; ``kinds`` is ("kept",) where nothing did.

    A clause that moved, or whose level changed, is not called renumbered as well. ``heading`` and ``body`` hold the
    words of each language in which they differ.
    """

    key: str
    kinds: tuple[str, ...]
    before: Numbered | None = None
    after: Numbered | None = None
    heading: Mapping[str, tuple[Segment, ...]] = field(default_factory=dict)
    body: Mapping[str, tuple[Segment, ...]] = field(default_factory=dict)

    @property
    def is_kept(self) -> bool:
        """Whether nothing happened to it."""
        return self.kinds == ("kept",)

    @property
    def shown(self) -> Numbered:
        """The clause as it is now, or as it was."""
        done = self.after or self.before
        assert done is not None
        return done


def redline(before: Sequence[Clause], after: Sequence[Clause]) -> list[Change]:
    """One Change a clause, kept ones too, in the order of ``after``; removed ones stand where they stood.

    Beyond ``MOST_CHARACTERS`` of reworded clauses the older words are shown as gone and the newer ones as come.
    """
    old, new = _by_pair(before), _by_pair(after)
    stay, coarse = _still(old, new), _too_many(old, new)
    gone = _gone(old, new, stay)
    done = [_only("removed", one) for one in gone[None]]
    for pair, one in new.items():
        done.append(_change(old[pair], one, moved=pair not in stay, finely=pair not in coarse) if pair in old
                    else _only("added", one))
        done += [_only("removed", lost) for lost in gone.get(pair, ())]
    return done


def changed(changes: Iterable[Change]) -> list[Change]:
    """Those to which something happened."""
    return [one for one in changes if not one.is_kept]


def summary(changes: Iterable[Change]) -> dict[str, int]:
    """How many clauses each thing happened to; every kind is named, in the order of ``KINDS``."""
    counts = Counter(kind for one in changes for kind in one.kinds)
    return {kind: counts[kind] for kind in KINDS}


def _by_pair(clauses: Sequence[Clause]) -> dict[Pair, Numbered]:
    seen: Counter[str] = Counter()
    done = {}
    for one in numbered(clauses):
        done[one.clause.key, seen[one.clause.key]] = one
        seen[one.clause.key] += 1
    return done


def _too_many(old: Mapping[Pair, Numbered], new: Mapping[Pair, Numbered]) -> set[Pair]:
    """The clauses that are reworded beyond the characters that can be compared by their words."""
    left, done = MOST_CHARACTERS, set()
    for pair in [pair for pair in new if pair in old]:
        left -= (size := _to_compare(old[pair].clause, new[pair].clause))
        if size and left < 0:
            done.add(pair)
    return done


def _to_compare(old: Clause, new: Clause) -> int:
    sides = [(getattr(one, language), getattr(other, language)) for language in LANGUAGES
             for one, other in ((old.heading, new.heading), (old.body, new.body))]
    return sum(len(one) + len(other) for one, other in sides if one != other)


def _still(old: Mapping[Pair, Numbered], new: Mapping[Pair, Numbered]) -> set[Pair]:
    """The largest set of clauses that kept their order; all others that are in both texts moved."""
    places = {pair: place for place, pair in enumerate(old)}
    both = [pair for pair in new if pair in places]
    return {both[at] for at in _longest_rise([places[pair] for pair in both])}


def _longest_rise(numbers: Sequence[int]) -> list[int]:
    """Places of a longest increasing subsequence of distinct numbers."""
    ends: list[int] = []
    at: list[int] = []
    earlier: list[int] = []
    for place, number in enumerate(numbers):
        length = bisect_left(ends, number)
        ends[length:length + 1] = [number]
        at[length:length + 1] = [place]
        earlier.append(at[length - 1] if length else -1)
    place, rise = (at[-1] if at else -1), []
    while place >= 0:
        rise.append(place)
        place = earlier[place]
    return rise[::-1]


def _gone(old: Mapping[Pair, Numbered], new: Mapping[Pair, Numbered],
          stay: set[Pair]) -> Mapping[Pair | None, list[Numbered]]:
    """The removed clauses after the last clause before them that kept its place (None: at the beginning)."""
    gone: defaultdict[Pair | None, list[Numbered]] = defaultdict(list)
    last: Pair | None = None
    for pair, one in old.items():
        if pair in stay:
            last = pair
        elif pair not in new:
            gone[last].append(one)
    gone[None] = gone.get(None, [])
    return gone


def _only(kind: str, one: Numbered) -> Change:
    before, after = (one, None) if kind == "removed" else (None, one)
    return Change(one.clause.key, (kind,), before, after)


def _change(old: Numbered, new: Numbered, *, moved: bool, finely: bool) -> Change:
    heading = _differing(old.clause.heading, new.clause.heading, finely)
    body = _differing(old.clause.body, new.clause.body, finely)
    same_number = old.number == new.number
    kinds = {
        "moved": moved,
        "level": old.clause.level != new.clause.level,
        "recast": (old.clause.kind, old.clause.normative) != (new.clause.kind, new.clause.normative),
        "reworded": bool(heading or body),
        "proposals": old.clause.proposes != new.clause.proposes,
    }
    kinds["renumbered"] = not same_number and not moved and not kinds["level"]
    told = tuple(kind for kind in KINDS if kinds.get(kind)) or ("kept",)
    return Change(new.clause.key, told, old, new, heading, body)


def _differing(old: Bilingual, new: Bilingual, finely: bool) -> Mapping[str, tuple[Segment, ...]]:
    if old == new:
        return NOTHING
    sides = {language: (getattr(old, language), getattr(new, language)) for language in LANGUAGES}
    return {language: segments(*pair, finely) for language, pair in sides.items() if pair[0] != pair[1]}
