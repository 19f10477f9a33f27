"""What the rules say to what a reader has said: the answers, the rules that failed, and what is to be asked next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from jizhun.entitlements.actions import Failed, Person, entitled_apart, entitlements, rises
from jizhun.entitlements.rules import Answer, Change, Entitlements, Fact, Head, changes, next_fact
from jizhun.entitlements.rules.promising import Engine, Places
from jizhun.entitlements.rules.rising import Rise
from jizhun.portal.entitled_form import Carried, chosen, facts_of
from jizhun.provisions import actions as provisions


@dataclass(frozen=True)
class Gathered:
    """Everything that one page needs. ``facts`` are typed; ``wrong`` are the sentences on answers that do not fit."""

    said: Carried
    on: date
    book: Entitlements
    facts: Mapping[str, Any]
    wrong: Mapping[str, str]
    answers: Sequence[Answer]
    failed: Sequence[Failed]

    @cached_property
    def silent(self) -> list[Head]:
        """What was asked for and has no rule here."""
        spoken = {*(one.rule.head.code for one in self.answers), *(one.code for one in self.failed)}
        return [self.book.heads[code] for code in chosen(self.said, self.book) if code not in spoken]

    @cached_property
    def next(self) -> Fact | None:
        """The next question that matters."""
        code = next_fact(self.answers, self.book.facts, self.said.asked)
        return self.book.facts[code] if code else None

    @cached_property
    def rises(self) -> dict[str, Rise]:
        """Levels that became known only after their first day, by entitlement."""
        found = rises(answers=self.answers, person=Person(self.facts, places_of(self.said)))
        return {answer.rule.head.code: one for answer, one in found}

    def still(self, fact: str) -> int:
        """How many more questions there may be after this one, at most."""
        read = {code for one in self.answers if one.missing for code in one.rule.facts}
        return len(read - {*self.said.asked, fact})

    def waiting(self, fact: str) -> list[Head]:
        """The entitlements that this fact matters for."""
        return [one.rule.head for one in self.answers if fact in one.rule.facts]

    def changes(self, answer: Answer) -> tuple[Change, ...]:
        """What alone would make an unlikely answer likely."""
        return changes(answer, self.facts, Engine(provisions.book(), places_of(self.said)))


def places_of(said: Carried) -> Places:
    """Where the reader belongs."""
    return Places(said.region, said.roles)


def gathered(said: Carried, on: date) -> Gathered:
    """Ask the rules. Raises Refused for a place that does not exist on the day."""
    book = entitlements()
    facts, wrong = facts_of(said, book)
    answers, failed = entitled_apart(facts=facts, places=places_of(said), on=on, codes=chosen(said, book))
    return Gathered(said, on, book, facts, wrong, answers, failed)
