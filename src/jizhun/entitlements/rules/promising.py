"""Measures for entitlement rules, asked of the as-of engine at the place that counts for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from jizhun.entitlements.rules.answering import Promised
from jizhun.entitlements.rules.book import MeasureInput
from jizhun.kernel.bilingual import NO_WORDS
from jizhun.provisions.rules import Answer, Book, Cells, Quantity, Question, ask
from jizhun.provisions.rules.book import Say

ROLES = ("place_of_insurance", "household_registration", "usual_residence", "employer", "accepting_office")
"""The roles of place that a measure or an entitlement may name; a person has one place for each."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where a person belongs: one place for everything, and others for the roles that have their own."""

    everywhere: str
    by_role: Mapping[str, str] = field(default_factory=dict)

    def of(self, role: str) -> str:
        return self.by_role.get(role) or self.everywhere


@dataclass(frozen=True, slots=True)
class Engine:
    """The as-of engine seen from one person; call it as ``Promises``."""

    book: Book
    places: Places
    group: str = "all"

    def __call__(self, wanted: MeasureInput, on: date, given: Mapping[str, Any]) -> Promised:
        measure = self.book.measures[wanted.measure]
        place = self.places.of(measure.place_role)
        answer = ask(self.book, Question(wanted.measure, wanted.subject, place, on, self.group,
                                         facts={name: _dimension(value) for name, value in given.items()}))
        return promised(answer, verified(self.book, answer))


def _dimension(value: Any) -> object:
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


def promised(answer: Answer, verified: bool) -> Promised:
    """The answer as a number: the least favourable one, with the most favourable beside it where it is open."""
    value = answer.value
    low, high = (value.low, value.high) if isinstance(value, Cells) else (value, None)
    winner = answer.nearest
    says = _behind(answer)
    since = max((say.valid_from for say in says), default=None)
    return Promised(
        low.amount if isinstance(low, Quantity) else None, answer.unit, since, verified,
        winner.paper.title if winner and winner.paper else NO_WORDS, answer,
        high.amount if isinstance(high, Quantity) and high != low else None)


def verified(book: Book, answer: Answer) -> bool:
    """Whether the papers behind the value were verified, and those behind what its formulas read.

    Where several papers come to one amount, one of them is enough.
    """
    enough = any if isinstance(answer.value, Quantity) else all
    return enough(say.verified and all(verified(book, ask(book, one)) for one in _read_for(answer, say))
                  for say in _behind(answer))


def _read_for(answer: Answer, say: Say) -> Iterable[Question]:
    """What the formulas of a say ask, as the answer asked it."""
    for formula in say.formulas():
        for code in formula.inputs():
            yield replace(answer.question, measure=code, facts={**answer.question.facts, **dict(formula.given)})


def _behind(answer: Answer) -> Iterable[Say]:
    return [*answer.winners] or [step.say for step in answer.path if step.say]
