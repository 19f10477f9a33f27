"""What answers tell of questions: difficulty, discrimination, which wrong answers are chosen, reliability of a form.

Everything is reckoned from plain rows, one per sitting and question. Nothing is told of a question that fewer than
``LEAST`` sittings have answered: such figures say little, and may tell who answered what.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any, Final

from jizhun.training.rules.questions import WHOLE

LEAST: Final = 20
"""Fewer sittings than this: only their number is told."""
GROUP: Final = 0.27
"""The share of the best and of the weakest whose answers are compared."""
TOO_EASY, TOO_HARD, WEAK = 0.95, 0.2, 0.1


@dataclass(frozen=True, slots=True)
class Row:
    """An answer of one sitting to one question: what it earned (0 to ``WHOLE``), and what was answered."""

    sitting: str
    question: str
    earned: int
    answer: Any = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """One answer that was given: by how many, and how well they did in the rest of the form (0 to 1)."""

    answer: str
    number: int
    share: float
    rest: float


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``difficulty``: mean share of the marks, 0 to 1 (high is easy). ``upper_lower``: that of the best
    27 % less that of the weakest. ``point_biserial``: correlation with the marks of the other questions, -1 to 1; None
    where either does not vary. All None, and nothing chosen, where ``number`` is under ``LEAST``."""

    question: str
    number: int
    difficulty: float | None = None
    upper_lower: float | None = None
    point_biserial: float | None = None
    chosen: tuple[Chosen, ...] = ()

    @property
    def suppressed(self) -> bool:
        return self.difficulty is None


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of a form: ``alpha`` is Cronbach's; ``kr20`` the same where every mark is all or nothing, else None."""

    sittings: int
    questions: int
    alpha: float | None = None
    kr20: float | None = None


def items(rows: Sequence[Row], *, least: int = LEAST) -> dict[str, Item]:
    """The figures of every question in ``rows``, in the order in which questions come."""
    of_question: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_question[row.question].append(row)
    marks = _marks(rows)
    return {question: _item(question, found, marks) if len(found) >= least else Item(question, len(found))
            for question, found in of_question.items()}


def reliability(rows: Sequence[Row], *, least: int = LEAST) -> Reliability:
    """Of the sittings that had every question in ``rows``; None where there are too few, or nothing varies."""
    questions = list(dict.fromkeys(row.question for row in rows))
    table: dict[str, dict[str, float]] = defaultdict(dict)
    for row in rows:
        table[row.sitting][row.question] = row.earned / WHOLE
    whole = [[marks[one] for one in questions] for marks in table.values() if len(marks) == len(questions)]
    if len(whole) < least or len(questions) < 2:
        return Reliability(len(whole), len(questions))
    alpha = _alpha(whole)
    all_or_nothing = all(mark in (0.0, 1.0) for marks in whole for mark in marks)
    return Reliability(len(whole), len(questions), alpha, alpha if all_or_nothing else None)


def remarks(item: Item) -> list[str]:
    """What a reviewer should look at: ``too_easy``, ``too_hard``, ``weak`` (hardly tells the good from the weak),
    ``negative`` (the weak do better: look at the right answer)."""
    if item.difficulty is None or item.upper_lower is None:
        return []
    found = ["too_easy"] if item.difficulty > TOO_EASY else ["too_hard"] if item.difficulty < TOO_HARD else []
    tells = item.upper_lower if item.point_biserial is None else item.point_biserial
    return [*found, "negative"] if tells < 0 else [*found, "weak"] if tells < WEAK else found


# -- one question ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Marks:
    """What a sitting earned in all, and in how many questions."""

    total: float
    number: int

    def without(self, earned: float) -> float:
        """The mean of the other questions; 0 where there are none."""
        return (self.total - earned) / (self.number - 1) if self.number > 1 else 0.0


def _marks(rows: Sequence[Row]) -> dict[str, _Marks]:
    total: dict[str, float] = defaultdict(float)
    number: Counter[str] = Counter()
    for row in rows:
        total[row.sitting] += row.earned / WHOLE
        number[row.sitting] += 1
    return {sitting: _Marks(total[sitting], number[sitting]) for sitting in total}


def _item(question: str, rows: Sequence[Row], marks: Mapping[str, _Marks]) -> Item:
    own = [row.earned / WHOLE for row in rows]
    rest = [marks[row.sitting].without(earned) for row, earned in zip(rows, own, strict=True)]
    whole = [marks[row.sitting].total / marks[row.sitting].number for row in rows]
    return Item(question, len(rows), _mean(own), _upper_lower(own, whole), _correlation(own, rest),
                _chosen(rows, rest))


def _upper_lower(own: Sequence[float], whole: Sequence[float]) -> float:
    """Sittings by their marks; those that tie keep the order in which they came."""
    size = max(1, ceil(len(own) * GROUP - 1e-9))
    order = sorted(range(len(own)), key=lambda at: whole[at])
    return _mean([own[at] for at in order[-size:]]) - _mean([own[at] for at in order[:size]])


def _chosen(rows: Sequence[Row], rest: Sequence[float]) -> tuple[Chosen, ...]:
    given: dict[str, list[float]] = defaultdict(list)
    for row, mark in zip(rows, rest, strict=True):
        for answer in _answers(row.answer):
            given[answer].append(mark)
    return tuple(Chosen(answer, len(by), len(by) / len(rows), _mean(by))
                 for answer, by in sorted(given.items(), key=lambda pair: (-len(pair[1]), pair[0])))


def _answers(answer: Any) -> list[str]:
    """An answer by its parts; "" is none."""
    if answer is None or answer in ("", [], {}):
        return [""]
    if isinstance(answer, Mapping):
        return [f"{key}={value}" for key, value in sorted(answer.items())]
    return [str(one) for one in answer] if isinstance(answer, list | tuple) else [str(answer)]


# -- arithmetic ------------------------------------------------------------------------------------


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _variance(values: Sequence[float]) -> float:
    middle = _mean(values)
    return sum((one - middle) ** 2 for one in values) / len(values)


def _correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    first, second = _mean(one), _mean(other)
    both = sum((a - first) * (b - second) for a, b in zip(one, other, strict=True)) / len(one)
    spread = sqrt(_variance(one) * _variance(other))
    return both / spread if spread > 1e-12 else None


def _alpha(table: Sequence[Sequence[float]]) -> float | None:
    """Cronbach's alpha of sittings x questions; variances over all sittings, as KR-20 takes them."""
    number = len(table[0])
    whole = _variance([sum(row) for row in table])
    if whole <= 1e-12:
        return None
    single = sum(_variance([row[at] for row in table]) for at in range(number))
    return number / (number - 1) * (1 - single / whole)
