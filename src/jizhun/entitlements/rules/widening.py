"""Does a region's rule only widen the circle and raise the amount? A search for somebody who would lose.

Persons are made up from what both rules ask: the values at which something changes, a step on either side, other
choices, yes and no; first the examples given, then each single change of them, then mixtures by a fixed seed. A loser
found is made plain: every fact that does not matter is taken away. That none is found is no proof, and is not called one.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.values import Fault
from jizhun.entitlements.rules.assembling import CLOCK, ELIGIBLE, Rule
from jizhun.entitlements.rules.book import Fact, Result

TRIES = 6_000
"""Persons tried; about half a second for a rule of usual size."""
LEVELS = (Decimal(0), Decimal(1000), Decimal(2500))
"""What a measure may come to in the search: the same for both rules."""
Person = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Loss:
    """Somebody who is worse off under ``below``: left out of the circle, or with less (or more than is allowed).

    ``kind``: circle, less, more_than_allowed. ``person`` holds only the facts that matter.
    """

    kind: str
    person: Person
    result: Result | None = None
    above: Any = None
    below: Any = None


def losses(above: Rule, below: Rule, day: date, examples: Iterable[Person] = (), tries: int = TRIES,
           seed: int = 1) -> tuple[Loss, ...]:
    """One loss per kind and result, as plain as can be; empty where the search finds nobody."""
    search = _Search(above, below, day)
    found: dict[tuple[str, str], Loss] = {}
    for person in search.persons(examples, tries, seed):
        for loss in search.losses_of(person):
            key = loss.kind, loss.result.name if loss.result else ""
            if key not in found:
                found[key] = search.plain(loss)
    return tuple(found.values())


class _Search:
    def __init__(self, above: Rule, below: Rule, day: date) -> None:
        self.above, self.below, self.day = above, below, day
        self.facts = {**above.facts, **below.facts}
        self.measures = sorted({one.name for rule in (above, below) for one in rule.measures})
        theirs = {one.name for one in below.results}
        self.results = [one for one in above.results if one.name in theirs and one.bound != "free"
                        and one.unit not in ("text", "date")]
        constants = list(dict.fromkeys(_constants(above, below)))
        self.values = {code: _candidates(fact, constants) for code, fact in self.facts.items()}
        self.values |= {name: list(LEVELS) for name in self.measures}

    # -- whom to try

    def persons(self, examples: Iterable[Person], tries: int, seed: int) -> Iterator[dict[str, Any]]:
        """Examples, all their single changes, then mixtures; no more than ``tries``."""
        draw = random.Random(seed)
        given = [self._whole(example) for example in examples] or [self._whole({})]
        singles = ({**person, code: value} for person in given for code,
                   values in self.values.items() for value in values)
        mixtures = ({code: draw.choice(values) for code, values in self.values.items()} for _ in range(tries))
        for _, person in zip(range(tries), (one for many in (given, singles, mixtures) for one in many), strict=False):
            yield person

    def _whole(self, person: Person) -> dict[str, Any]:
        """A person with every fact; what is not given takes the first value there is."""
        return {code: person[code] if person.get(code) is not None else values[0] for code,
                values in self.values.items()}

    # -- who loses

    def losses_of(self, person: Person) -> Iterator[Loss]:
        above, below = self._decided(self.above, person), self._decided(self.below, person)
        if above is None or below is None or above[ELIGIBLE] is not True:
            return
        if below[ELIGIBLE] is not True:
            yield Loss("circle", person)
            return
        for result in self.results:
            high, low = above.get(result.name), below.get(result.name)
            if isinstance(high, Decimal) and isinstance(low, Decimal) and low != high:
                if result.bound == "raise" and low < high:
                    yield Loss("less", person, result, high, low)
                elif result.bound == "at_most" and low > high:
                    yield Loss("more_than_allowed", person, result, high, low)

    def _decided(self, rule: Rule, person: Person) -> dict[str, Any] | None:
        """What a rule comes to; None where it cannot be worked out, which is somebody else's to find."""
        scope = {**person, **{name: self.day for name in CLOCK}}
        names = [ELIGIBLE, *(one.name for one in self.results)]
        try:
            eligible = rule.runner.decide(ELIGIBLE, scope)
            return rule.runner.decide_all(names, scope) if eligible is True else {ELIGIBLE: eligible}
        except Fault:
            return None

    # -- the plain form

    def plain(self, loss: Loss) -> Loss:
        """The same loss with values as simple as they can be, and only the facts that matter."""
        person = dict(loss.person)
        for code, values in self.values.items():
            for value in values[:1]:
                if value != person[code] and self._still({**person, code: value}, loss):
                    person[code] = value
        told = {code: value for code,
                value in person.items() if code in self.facts and self._matters(person, code, loss)}
        again = next((one for one in self.losses_of(person) if _same(one, loss)), loss)
        return Loss(loss.kind, told, loss.result, again.above, again.below)

    def _still(self, person: Person, loss: Loss) -> bool:
        return any(_same(one, loss) for one in self.losses_of(person))

    def _matters(self, person: Person, code: str, loss: Loss) -> bool:
        return not all(self._still({**person, code: value}, loss) for value in self.values[code])


def _same(one: Loss, other: Loss) -> bool:
    return one.kind == other.kind and (one.result is None or other.result is None
                                       or one.result.name == other.result.name)


def _candidates(fact: Fact, constants: Sequence[Any]) -> list[Any]:
    """The values of a fact worth trying, the simplest first."""
    if fact.type == "boolean":
        return [True, False]
    if fact.type == "choice":
        return [code for code, _ in fact.options]
    if fact.type == "date":
        return _days(constants)
    step = Decimal(1).scaleb(-fact.decimals)
    low, high = Decimal(fact.low or 0), Decimal(fact.high if fact.high is not None else 10**6)
    near = {one for constant in constants if isinstance(constant, Decimal)
            for one in (constant, constant + step, constant - step) if low <= one <= high and one == one.quantize(step)}
    return sorted({*near, low, high, (low + high) // 2})


def _days(constants: Sequence[Any]) -> list[date]:
    """Days around those the rules name, and days spread over a lifetime."""
    named = [one for one in constants if isinstance(one, date)]
    near = {one + timedelta(step) for one in named for step in (-1, 0, 1)}
    return sorted({*near, *(date(year, month, 15) for year in range(1945, 2027, 3) for month in (2, 9))})


def _constants(*rules: Rule) -> Iterator[Any]:
    for rule in rules:
        for node in rule.lowered.decisions.values():
            for one in tree.walk(node):
                if isinstance(one, tree.Literal) and isinstance(one.value, (Decimal, date)):
                    yield one.value
