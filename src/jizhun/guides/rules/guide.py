"""A guide as it counts at one place, on one day, for one group: words by inheritance, values from the as-of engine."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jizhun.guides.rules.fields import Content, Field, fingerprint
from jizhun.guides.rules.layers import Part, Resolved
from jizhun.guides.rules.points import Point
from jizhun.kernel.bilingual import Bilingual
from jizhun.provisions.rules import Answer, InForce, Quantity
from jizhun.provisions.rules.telling import value_in_words
from jizhun.provisions.rules.values import Cells

ORDER = ("SIM", "R", "V-repo", "D", "V")


@dataclass(frozen=True, slots=True)
class Shown:
    """One field: ``words`` for one that is typed, ``answer`` for a measure, ``points`` for service points."""

    field: Field
    words: Resolved | None = None
    answer: Answer | None = None
    value: Any = None
    points: tuple[Point, ...] = ()

    @property
    def content(self) -> Content:
        """Plain data: the words, the value promised, or the service points."""
        if self.words is not None:
            return self.words.content
        return self.value if self.field.kind == "measure" else [one.plain() for one in self.points] or None

    @property
    def empty(self) -> bool:
        return self.content is None

    @property
    def parts(self) -> tuple[Part, ...]:
        return self.words.parts if self.words is not None else ()

    @property
    def mark(self) -> str:
        """The mark of the least trusted of those that speak."""
        marks = [part.said.mark for part in self.parts]
        marks += [say.mark for say in self.answer.winners] if self.answer else []
        return min([*marks, *(one.mark for one in self.points)], key=ORDER.index, default="")


@dataclass(frozen=True, slots=True)
class Guide:
    """``path`` leads from the nation down to the place."""

    sort: str
    matter: str
    name: Bilingual
    kind: str
    item: str
    path: tuple[str, ...]
    on: date
    group: str
    shown: tuple[Shown, ...]

    @property
    def region(self) -> str:
        return self.path[-1]

    def of(self, code: str) -> Shown | None:
        return next((one for one in self.shown if one.field.code == code), None)

    def content(self, code: str) -> Content:
        """What a field says; None where it says nothing or there is no such field."""
        one = self.of(code)
        return one.content if one else None

    @property
    def missing(self) -> tuple[Field, ...]:
        """Required fields that nobody has filled."""
        return tuple(one.field for one in self.shown if one.field.required and one.empty)

    @property
    def out_of_step(self) -> tuple[Resolved, ...]:
        """Fields that the place wrote on something that has changed since."""
        return tuple(one.words for one in self.shown if one.words is not None and one.words.drift is not None)

    @property
    def written(self) -> bool:
        """Whether anybody on the way says anything."""
        return any(one.words is not None and one.words.parts for one in self.shown)

    @property
    def simulated(self) -> bool:
        return any(one.mark == "SIM" for one in self.shown)

    @property
    def seal(self) -> str:
        """Twelve signs that stand for all that the guide says; another one says something else."""
        said = {one.field.code: fingerprint(one.content) for one in self.shown if not one.empty}
        return hashlib.sha256(repr(sorted(said.items())).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """One item of a list, or one language of a text, on both sides; None where it is not there."""

    key: str
    before: Content
    after: Content

    @property
    def kind(self) -> str:
        return "added" if self.before is None else "removed" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that says something else afterwards."""

    field: Field
    before: Content
    after: Content

    @property
    def kind(self) -> str:
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def items(self) -> tuple[ItemDifference, ...]:
        """What changed inside: items of lists by id, texts by language."""
        before, after = _by_key(self.before), _by_key(self.after)
        return tuple(ItemDifference(key, before.get(key), after.get(key)) for key in dict.fromkeys([*after, *before])
                     if before.get(key) != after.get(key))


def differences(before: Guide, after: Guide) -> tuple[Difference, ...]:
    """What one guide says otherwise than the other, in the order of the fields."""
    older = {one.field.code: one.content for one in before.shown}
    return tuple(Difference(one.field, older.get(one.field.code), one.content) for one in after.shown
                 if fingerprint(older.get(one.field.code)) != fingerprint(one.content))


def _by_key(content: Content) -> Mapping[str, Any]:
    if isinstance(content, Mapping):
        return content
    if isinstance(content, list) and all(isinstance(one, Mapping) and "id" in one for one in content):
        return {str(one["id"]): one for one in content}
    return {} if content is None else {"": content}


def plain_promise(value: InForce | Cells | None, label: Callable[[str], Bilingual]) -> Content:
    """What is promised as plain data: {amount, unit}, a list of coded items, or words; None for nothing."""
    if value is None:
        return None
    if isinstance(value, Quantity):
        return {"amount": format(value.amount.normalize(), "f"), "unit": value.unit}
    if isinstance(value, frozenset):
        return [{"id": code, "zh": label(code).zh, "en": label(code).en} for code in sorted(value)]
    words = value_in_words(value, label)
    return {"zh": words.zh, "en": words.en}


def change_days(days: Iterable[date], until: date) -> list[date]:
    """The days on which something began, the latest first, none after ``until``."""
    return sorted({one for one in days if one <= until}, reverse=True)
