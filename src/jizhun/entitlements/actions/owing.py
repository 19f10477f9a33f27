"""What is owed after a level rose with earlier effect: in force on one day, as it was known on another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from jizhun.entitlements.actions.asking import entitled_apart
from jizhun.entitlements.rules import Answer, answer, typed_facts
from jizhun.entitlements.rules.answering import Given
from jizhun.entitlements.rules.arrears import Paid, arrears
from jizhun.entitlements.rules.promising import Engine, Places
from jizhun.entitlements.rules.rising import Owing, Rise, amount, monthly, published_late, rise, said_last
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import BEGINNING, day_before
from jizhun.provisions import actions as provisions
from jizhun.provisions.rules.book import Say


@dataclass(frozen=True, slots=True)
class Person:
    """Whose answer it is: facts by code as given, places, group."""

    facts: Mapping[str, Any]
    places: Places
    group: str = "all"

    def answer(self, code: str, on: date) -> Answer | None:
        """The answer to one entitlement; None where no rule is in force there, or it cannot be put together."""
        try:
            found, _ = entitled_apart(facts=self.facts, places=self.places, on=on, codes=[code], group=self.group)
        except Refused:  # the place may not have been there yet
            return None
        return found[0] if found else None

    def as_known(self, said: Answer, known_on: date) -> Answer:
        """The same answer with the values as known on a day."""
        engine = Engine(provisions.book(known_on=known_on), self.places, self.group)
        return answer(said.rule, said.place, said.day, typed_facts(said.rule.facts, self._read(said)), engine)

    def _read(self, said: Answer) -> dict[str, Any]:
        return {code: value for code, value in self.facts.items() if code in said.rule.facts}


def rises(*, answers: Iterable[Answer], person: Person) -> list[tuple[Answer, Rise]]:
    """The levels behind answers that became known only after their first day, one for each entitlement at most.

    Known is what was published, and what was on record here: the paper may come late, or be recorded late.
    """
    found = []
    for one in answers:
        risen = next(filter(None, (_risen(one, given, person) for given in monthly(one))), None)
        if risen is not None and one.verdict != "unlikely":
            found.append((one, risen))
    return found


def _risen(said: Answer, given: Given, person: Person) -> Rise | None:
    say = said_last(said, given)
    if say is None or say.valid_from <= BEGINNING:
        return None
    late = published_late(say)
    if late is not None:
        before = person.answer(said.rule.head.code, day_before(say.valid_from))
        return rise(said, given, say, late, amount(before, given.result.name))
    return _recorded_late(said, given, say, person)


def _recorded_late(said: Answer, given: Given, say: Say, person: Person) -> Rise | None:
    """A rise that was in force for a while before it was on record here, where something lower was known till then."""
    if not say.valid_from < say.recorded_on <= said.day:
        return None
    before = person.as_known(said, day_before(say.recorded_on))
    return rise(said, given, say, say.recorded_on, amount(before, given.result.name))


def owing(*, person: Person, code: str, on: date, paid: Mapping[date, Decimal]) -> Owing:
    """What is owed on top of what was ``paid``, by any day of the month, for the level in force on ``on``.

    Months in which the person was not entitled do not count, nor those before the level's first day. Raises Refused
    where the entitlement gives no known amount a month.
    """
    said, given = _known(person, code, on)
    say = said_last(said, given)
    since = say.valid_from if say is not None else max(one.valid_from for one in said.rule.versions)
    name, levels = given.result.name, dict[date, Decimal]()
    for month in {day.replace(day=1) for day in paid}:
        level = amount(person.answer(code, month), name) if since <= month <= on else None
        if level is not None:
            levels[month] = level
    counted = (Paid(day, sum_) for day, sum_ in paid.items() if day.replace(day=1) in levels)
    return Owing(said, given, since, arrears(counted, levels.get, since=since, entitled_until=on))


def _known(person: Person, code: str, on: date) -> tuple[Answer, Given]:
    """The answer with its first known amount a month."""
    found, failed = entitled_apart(facts=person.facts, places=person.places, on=on, codes=[code], group=person.group)
    if failed:
        raise Refused(zh=failed[0].sentence.zh, en=failed[0].sentence.en)
    given = monthly(found[0]) if found else []
    if not given:
        raise Refused(zh=f"“{code}”在这里没有已知的按月金额，算不出应补多少。",
                      en=f"“{code}” comes to no known amount a month here, so what is owed cannot be worked out.")
    return found[0], given[0]
