"""Places side by side: every promise and every field of a guide, how each place stands, and what would make them equal.

The first place asked for is the yardstick of the words; the target is the best of all, whoever has it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from itertools import combinations
from typing import Any, Final, Literal

from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.provisions.rules.telling import number
from jizhun.provisions.rules.values import Cells, Direction, InForce, Quantity, favour, joined

LEAST, MOST = 2, 8
"""So many places stand side by side."""
Verdict = Literal["yardstick", "equal", "better", "worse", "different", "nothing", "only_here"]
VERDICTS: Final[Mapping[Verdict, Bilingual]] = {
    "yardstick": Bilingual("参照", "compared with"), "equal": Bilingual("相同", "equal"),
    "better": Bilingual("更优", "better"), "worse": Bilingual("较低", "worse"),
    "different": Bilingual("不同", "different"), "nothing": Bilingual("未见规定", "nothing on record"),
    "only_here": Bilingual("参照地未见规定", "nothing on record at the first place")}
ORDERED: Final[Mapping[str, tuple[str, ...]]] = {
    "case_kind": ("instant", "committed"), "clock": ("received", "accepted"),
    "appointment": ("not_needed", "possible", "needed"), "online_payment": ("yes", "no"),
    "cross_region": ("nationwide", "province", "city", "none")}
"""Choices of a guide from the best for the citizen to the worst; of others nobody says which is better."""
LOCAL: Final = frozenset({"summary", "body", "delegated", "joint", "online", "delivery", "full_notice", "contacts",
                          "complaints", "system", "intermediary", "questions", "basis", "level", "appeal"})
"""Fields that say where and by whom: they are meant to differ and are not compared."""


@dataclass(frozen=True, slots=True)
class Line:
    """What is compared. ``direction``: which way is better; ``choices``: from the best to the worst, for a choice."""

    subject: str
    code: str
    name: Bilingual
    sort: Literal["promise", "guide"]
    direction: Direction = "none"
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What one place says: its value (a promise, or a guide's plain content), its words, whether every paper was read.
    ``key`` is equal where the same is said."""

    value: Any
    words: Bilingual
    key: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """A place's say with how it stands; ``best``: nobody says better. ``move``: what it would change to be like all."""

    said: Said
    verdict: Verdict
    best: bool
    move: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One line over all places. ``apart``: pairs of places of which both say something, and not the same; that nothing
    is on record of a place tells nothing about it. ``target``: the best of each, as a value; None where nobody can say
    which is best: then it has to be agreed (``open``)."""

    line: Line
    cells: tuple[Cell, ...]
    apart: int
    target: Any = None
    target_words: Bilingual | None = None

    @property
    def differs(self) -> bool:
        return self.apart > 0

    @property
    def silent(self) -> int:
        """Places of which nothing is on record."""
        return sum(cell.said.value is None for cell in self.cells)

    @property
    def open(self) -> bool:
        """Whether somebody has to decide what all should say."""
        return self.differs and self.target is None


@dataclass(frozen=True, slots=True)
class Beside:
    """One subject (matter, item, or the general parameters) with its lines, those that differ first."""

    subject: str
    rows: tuple[Row, ...]

    @property
    def apart(self) -> int:
        """By how much it differs: pairs of places over all lines."""
        return sum(row.apart for row in self.rows)

    @property
    def differing(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.differs)


NameOf = Callable[[str], Bilingual]


def check_places(codes: Sequence[str], simulated: Callable[[str], bool], in_scope: Callable[[str], bool]) -> None:
    """Refused for too few or too many, twice the same, fictional beside real ones, or outside the list."""
    if not LEAST <= len(codes) <= MOST:
        raise Refused(zh=f"请选择 {LEAST} 至 {MOST} 个地区，现为 {len(codes)} 个。",
                      en=f"Choose from {LEAST} to {MOST} places, not {len(codes)}.")
    if len(set(codes)) < len(codes):
        raise Refused(zh="同一个地区选了两次。", en="The same place is chosen twice.")
    if len({simulated(code) for code in codes}) > 1:
        raise Refused(zh="示例地区不能与真实地区放在一起。", en="A fictional place never stands beside real ones.")
    odd = next((code for code in codes if not in_scope(code)), None)
    if odd is not None:
        raise Refused(zh=f"国家清单不适用于 {odd}。", en=f"The national list is not meant for {odd}.")


def ordered(found: Iterable[Beside]) -> list[Beside]:
    """The most different first; equals in the order given."""
    return sorted(found, key=lambda one: -one.apart)


def beside(subject: str, lines: Iterable[tuple[Line, Sequence[Said]]], label: NameOf) -> Beside:
    """All lines of a subject on which anybody says anything."""
    rows = [row_of(line, says, label) for line, says in lines if any(one.value is not None for one in says)]
    return Beside(subject, tuple(sorted(rows, key=lambda row: (-row.apart, row.silent))))


def row_of(line: Line, says: Sequence[Said], label: NameOf) -> Row:
    """One line over the places; the first is the yardstick."""
    apart = sum(_stand(line, one, other) not in (0, UNKNOWN) for one, other in combinations(says, 2))
    target = _target(line, says) if apart else None
    words = _in_words(target, says, label)
    cells = tuple(Cell(one, _verdict(line, says[0], one, first=at == 0), _is_best(line, one, says),
                       _move(line, one, target, words, label)) for at, one in enumerate(says))
    return Row(line, cells, apart, target, words)


# -- two values ------------------------------------------------------------------------------------

UNKNOWN: Final = 9
"""Nothing is on record of one of the two."""


def _stand(line: Line, one: Said, other: Said) -> int | None:
    """1 where ``one`` is better than ``other``, 0 equal, -1 worse, None different; UNKNOWN where one says nothing."""
    if one.value is None or other.value is None:
        return UNKNOWN
    if one.key == other.key:
        return 0
    if line.sort == "promise":
        return _stand_of_promises(line.direction, one.value, other.value)
    if line.choices and {one.value, other.value} <= set(line.choices):
        return 1 if line.choices.index(one.value) < line.choices.index(other.value) else -1
    return None


def _stand_of_promises(direction: Direction, one: InForce | Cells, other: InForce | Cells) -> int | None:
    """By both ends of a range: better only where no end is worse and one is better."""
    found = [_favour(direction, *pair) for pair in zip(_ends(one), _ends(other), strict=True)]
    if None in found or {1, -1} <= set(found):
        return None
    if not any(found):
        return None if isinstance(one, Cells) or isinstance(other, Cells) else 0
    return 1 if 1 in found else -1


def _ends(value: InForce | Cells) -> tuple[InForce | None, InForce | None]:
    return (value.low, value.high) if isinstance(value, Cells) else (value, value)


def _favour(direction: Direction, one: InForce | None, other: InForce | None) -> int | None:
    if one is None or other is None:
        return (one is not None) - (other is not None)
    try:
        return favour(direction, one, other)
    except ValueError:  # units that cannot be compared
        return None


def _verdict(line: Line, yardstick: Said, one: Said, *, first: bool) -> Verdict:
    if one.value is None:
        return "nothing"
    if first:
        return "yardstick"
    if yardstick.value is None:
        return "only_here"
    stand = _stand(line, one, yardstick)
    return "different" if stand is None else "better" if stand > 0 else "worse" if stand < 0 else "equal"


def _is_best(line: Line, one: Said, says: Sequence[Said]) -> bool:
    """Whether it says something, and nobody says better or something that cannot be compared."""
    return one.value is not None and all((stand := _stand(line, one, other)) is not None and stand >= 0
                                         for other in says)


# -- what would make them equal --------------------------------------------------------------------


def _target(line: Line, says: Sequence[Said]) -> Any:
    """The best of each: the best number, channels together, only the materials that all ask for, the best choice."""
    best = next((one.value for one in says if _is_best(line, one, says)), None)
    if best is not None:
        return None if isinstance(best, Cells) else best
    known = [one.value for one in says if one.value is not None]
    if line.direction in ("superset", "subset") and all(isinstance(one, frozenset) for one in known):
        return reduce(lambda one, other: joined(line.direction, one, other), known)
    return None


def _move(line: Line, one: Said, target: Any, words: Bilingual | None, label: NameOf) -> Bilingual | None:
    """What the place would have to change; None where it is there, says nothing, or nobody knows where to."""
    if target is None or words is None or one.value is None or one.value == target:
        return None
    if isinstance(target, frozenset):
        return _move_of_set(line, one.value, target, label)
    by = NO_WORDS
    if isinstance(target, Quantity) and isinstance(one.value, Quantity):
        if _favour(line.direction, target, one.value) == 0:
            return None
        by = _by(one.value, target)
    return Bilingual(f"{one.words.zh}→{words.zh}{by.zh}", f"{one.words.en} → {words.en}{by.en}")


def _by(value: Quantity, target: Quantity) -> Bilingual:
    """By how much, where both are counted alike."""
    if value.unit != target.unit or not value.amount:
        return NO_WORDS
    change = (target.amount - value.amount) * 100 / value.amount
    sign, share = "+" if change > 0 else "−", number(abs(change).quantize(Decimal("0.1")))
    return Bilingual(f"（{sign}{share}%）", f" ({sign}{share} %)")


def _move_of_set(line: Line, has: frozenset[str], target: frozenset[str], label: NameOf) -> Bilingual | None:
    more, less = sorted(target - has), sorted(has - target)
    if more and line.direction == "superset":
        return _listed("增加", "add", more, label)
    return _listed("不再要求", "no longer ask for", less, label) if less else None


def _listed(zh: str, en: str, codes: Sequence[str], label: NameOf) -> Bilingual:
    return Bilingual(f"{zh}：" + "、".join(label(code).zh for code in codes),
                     f"{en}: " + ", ".join(label(code).en for code in codes))


def _in_words(target: Any, says: Sequence[Said], label: NameOf) -> Bilingual | None:
    """The target as one of the places says it; a set that nobody has by its parts."""
    if target is None:
        return None
    same = next((one.words for one in says if one.value == target), None)
    if same is not None:
        return same
    codes = sorted(target)
    return Bilingual("、".join(label(code).zh for code in codes) or "不要求任何材料",
                     ", ".join(label(code).en for code in codes) or "nothing at all")
