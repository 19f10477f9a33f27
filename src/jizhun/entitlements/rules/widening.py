"""Does a region's rule only widen the circle and raise the amount? A search for somebody who would lose.

Persons are made up from what both rules ask: the values at which something changes, a step on either side, other
choices, yes and no; first the examples given, each with all its single changes, then mixtures by a fixed seed, mended
fact by fact until the rule above entitles them. A loser found is made plain: every fact that does not matter is taken
away. That none is found is no proof, and is not called one.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.values import Fault, MonthsDuration
from jizhun.entitlements.rules.assembling import CLOCK, ELIGIBLE, Rule
from jizhun.entitlements.rules.book import Fact, MeasureInput, Result
from jizhun.kernel.dating import FAR, months_later

TRIES = 2_000
"""Persons held against both rules; about half a second for a rule of usual size."""
AROUND = 40
"""Neighbours tried of each person whom the rule above entitles."""
LEVELS = (Decimal(1000), Decimal(2500))
"""What a measure that both rules read may come to where no value is on record."""
BIRTH, YOUNGEST = "birth_date", 16
"""Nobody is made up who is younger, in years."""
INCOMPARABLE = frozenset({"text", "date", "age_months", "year_month"})
"""Units of which more is not better."""
LIFETIME = 100
"""Years back from the day within which days are made up."""

Person = Mapping[str, Any]
Values = Callable[[MeasureInput, date, Mapping[str, Any]], Decimal | None]
"""(which measure, the day that counts, what its table asks) -> what is promised at the place; None: not on record."""


def nothing_on_record(wanted: MeasureInput, on: date, given: Mapping[str, Any]) -> Decimal | None:
    """For whoever has no promises at hand: every measure is made up."""
    return None


@dataclass(frozen=True, slots=True)
class Loss:
    """Somebody who is worse off under ``below``: left out of the circle, with less, with more than is allowed, or
    without an answer where the rule above has one.

    ``kind``: circle, less, more_than_allowed, broken. ``person`` holds only the facts that matter.
    """

    kind: str
    person: Person
    result: Result | None = None
    above: Any = None
    below: Any = None
    why: Fault | None = None


def losses(above: Rule, below: Rule, day: date, examples: Iterable[Person] = (), tries: int = TRIES,
           seed: int = 1, values: Values = nothing_on_record) -> tuple[Loss, ...]:
    """One loss per kind and result, as plain as can be; empty where the search finds nobody.

    ``values`` gives the measures in force at the place of ``below``, by which both rules are worked out.
    """
    search = Search(above, below, day, values)
    found: dict[tuple[str, str], Loss] = {}
    for person in search.persons(examples, tries, seed):
        for loss in search.losses_of(person):
            if _key(loss) not in found:
                found[_key(loss)] = search.plain(loss)
    return tuple(found.values())


def _key(loss: Loss) -> tuple[str, str]:
    return loss.kind, loss.result.name if loss.result else ""


class Search:
    """Two rules held against one another on one day, person by person."""

    def __init__(self, above: Rule, below: Rule, day: date, values: Values = nothing_on_record) -> None:
        self.above, self.below, self.day, self.promised = above, below, day, values
        self.facts = {**above.facts, **below.facts}
        theirs = {one.name for one in below.results}
        self.results = [one for one in above.results if one.name in theirs and one.bound != "free"
                        and one.unit not in INCOMPARABLE]
        constants = list(dict.fromkeys(_constants(above, below)))
        self.values: dict[str, list[Any]] = {code: _candidates(fact, constants, day) for code,
                                             fact in self.facts.items()}
        self.shared = {one for one in above.measures if one in below.measures}
        self.values |= {one.name: [*LEVELS] for one in self.shared}
        self._asked: dict[tuple[Any, ...], Decimal | None] = {}
        self._behind = {rule: _behind(rule) for rule in (above, below)}
        self._kept: tuple[Person, dict[str, Any] | Fault] = {}, {}

    # -- whom to try

    def persons(self, examples: Iterable[Person], tries: int, seed: int) -> Iterator[dict[str, Any]]:
        """Examples and those around them, then mixtures made to fit the rule above; ``tries`` in all."""
        draw, left = random.Random(seed), tries
        for person, most in self._bases(examples, draw):
            for one in self._around(person, draw, most):
                yield one
                left -= 1
                if left <= 0:
                    return

    def _bases(self, examples: Iterable[Person], draw: random.Random) -> Iterator[tuple[dict[str, Any], int]]:
        """Persons to begin with, and how many around each are tried."""
        for example in examples:
            yield self._whole(example), sum(map(len, self.values.values()))
        yield self._mended(self._whole({}), draw), AROUND
        while True:
            yield self._mended({code: draw.choice(values) for code, values in self.values.items()}, draw), AROUND

    def _whole(self, person: Person) -> dict[str, Any]:
        """A person with every fact; what is not given takes the first value there is."""
        return {code: person[code] if person.get(code) is not None else values[0] for code,
                values in self.values.items()}

    def _around(self, person: dict[str, Any], draw: random.Random, most: int) -> Iterator[dict[str, Any]]:
        """A person, and if the rule above entitles, up to ``most`` who differ in one fact."""
        yield person
        above = self._above(person)
        if not isinstance(above, Fault) and above[ELIGIBLE] is True:
            singles = [(code, value) for code, values in self.values.items() for value in values
                       if value != person[code]]
            for code, value in draw.sample(singles, min(most, len(singles))):
                yield {**person, code: value}

    def _mended(self, person: dict[str, Any], draw: random.Random) -> dict[str, Any]:
        """The person changed a fact a condition, so that the conditions above hold, as far as that goes."""
        for condition in self.above.conditions:
            if not self._holds(condition.name, person):
                person = next(self._others(condition.name, person, draw), person)
        return person

    def _others(self, name: str, person: dict[str, Any], draw: random.Random) -> Iterator[dict[str, Any]]:
        """Those with one other fact, of those that a condition reads, for whom it holds."""
        read = [code for code in self.above.lowered.inputs_of(name) if code in self.values]
        trials = [(code, value) for code in read for value in self.values[code]]
        draw.shuffle(trials)
        for code, value in trials:
            changed = {**person, code: value}
            if self._holds(name, changed):
                yield changed

    def _holds(self, name: str, person: Person) -> bool:
        try:
            return self.above.runner.decide(name, self._scope(self.above, person)) is True
        except Fault:
            return False

    # -- who loses

    def losses_of(self, person: Person) -> Iterator[Loss]:
        """What this person, with every fact, loses under the rule below."""
        above = self._above(person)
        if isinstance(above, Fault) or above[ELIGIBLE] is not True:
            return  # a mistake above is not the place's to find
        below = self._decided(self.below, person)
        if isinstance(below, Fault):
            yield Loss("broken", person, why=below)
            return
        if below[ELIGIBLE] is not True:
            yield Loss("circle", person)
            return
        for result in self.results:
            kind = _worse(result, above[result.name], below[result.name])
            if kind:
                yield Loss(kind, person, result, above[result.name], below[result.name])

    def _above(self, person: Person) -> dict[str, Any] | Fault:
        """What the rule above comes to; kept, as it is asked twice of each person."""
        if self._kept[0] is not person:
            self._kept = person, self._decided(self.above, person)
        return self._kept[1]

    def _decided(self, rule: Rule, person: Person) -> dict[str, Any] | Fault:
        """``eligible`` and all that was worked out for it; the results too for whoever is."""
        scope = self._scope(rule, person)
        try:
            found = rule.runner.decide_all(self._behind[rule], scope)
            if found[ELIGIBLE] is not True:
                return found
            return {**found, **rule.runner.decide_all([one.name for one in self.results], {**scope, **found})}
        except Fault as fault:
            return fault

    def _scope(self, rule: Rule, person: Person) -> dict[str, Any]:
        """What a rule reads: facts, the day, and its measures as they are promised there, else made up."""
        scope = {**person, **{name: self.day for name in CLOCK}}
        for one in rule.measures:
            value = self._value(one, scope)
            scope[one.name] = person[one.name] if value is None and one in self.shared else value
        return scope

    def _value(self, wanted: MeasureInput, scope: Mapping[str, Any]) -> Decimal | None:
        on = scope[wanted.on] if wanted.on else self.day
        given = {dimension: scope.get(value, value) for dimension, value in wanted.given}
        key = wanted, on, *given.values()
        if key not in self._asked:
            self._asked[key] = self.promised(wanted, on, given)
        return self._asked[key]

    # -- the plain form

    def plain(self, loss: Loss) -> Loss:
        """The same loss with values as simple as they can be, and only the facts that matter."""
        person = dict(loss.person)
        for code, values in (*self.values.items(), *self.values.items()):
            if values[0] != person[code] and self._still({**person, code: values[0]}, loss):
                person[code] = values[0]
        told = {code: person[code] for code in self.facts
                if person[code] != self.values[code][0] or self._matters(person, code, loss)}
        again = next((one for one in self.losses_of(person) if _key(one) == _key(loss)), loss)
        return Loss(loss.kind, told, loss.result, again.above, again.below, again.why)

    def _still(self, person: Person, loss: Loss) -> bool:
        return any(_key(one) == _key(loss) for one in self.losses_of(person))

    def _matters(self, person: Person, code: str, loss: Loss) -> bool:
        return not all(self._still({**person, code: value}, loss) for value in self.values[code])


def _behind(rule: Rule) -> list[str]:
    """``eligible`` and the decisions that it reads, themselves or through others."""
    found, waiting = {ELIGIBLE}, [ELIGIBLE]
    while waiting:
        more = (rule.lowered.reads(waiting.pop()) & rule.lowered.decisions.keys()) - found
        found |= more
        waiting += more
    return [*found]


def _worse(result: Result, above: Any, below: Any) -> str:
    """What is wrong with a result below: less, more_than_allowed, or "" for nothing."""
    high, low = _amount(above), _amount(below)
    if high is None:
        return ""
    if result.bound == "raise":
        return "less" if low is None or low < high else ""
    return "more_than_allowed" if low is not None and low > high else ""


def _amount(value: Any) -> Decimal | None:
    """A result as a number, so that more is better; None where there is none."""
    if isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, MonthsDuration):
        return Decimal(value.months)
    return value if isinstance(value, Decimal) else None


# -- values worth trying


def _candidates(fact: Fact, constants: Sequence[Any], day: date) -> list[Any]:
    """The values of a fact worth trying, the simplest first."""
    if fact.type == "boolean":
        return [True, False]
    if fact.type == "choice":
        return [code for code, _ in fact.options]
    if fact.type == "date":
        latest = months_later(day, -12 * YOUNGEST) if fact.code == BIRTH else FAR
        return [one for one in _days(constants, day) if one <= latest] or [latest]
    step = Decimal(1).scaleb(-fact.decimals)
    low, high = Decimal(fact.low or 0), Decimal(fact.high if fact.high is not None else 10**6)
    near = {one for constant in constants if isinstance(constant, Decimal)
            for one in (constant, constant + step, constant - step) if low <= one <= high and one == one.quantize(step)}
    return sorted({*near, low, high, (low + high) // 2})


def _days(constants: Sequence[Any], day: date) -> list[date]:
    """Days around those the rules name, and as many months before the asked day as they count, a month on either side.

    Ages and terms are counted in months or years; two of them may add up (an age and its delay).
    """
    named = [one for one in constants if isinstance(one, date)]
    numbers = {int(one) for one in constants if isinstance(one, Decimal) and one == int(one) and one > 0}
    months = {one for number in numbers for one in (number, 12 * number) if one <= 12 * LIFETIME}
    months |= {age + more for age in months if age >= 180 for more in numbers if more <= 60}
    counted = {months_later(day, -max(0, one + near)) for one in {0, *months} for near in (-6, -1, 0, 1, 6)}
    return sorted({*counted, *(one + timedelta(step) for one in named for step in (-1, 0, 1))})


def _constants(*rules: Rule) -> Iterator[Any]:
    for rule in rules:
        for node in rule.lowered.decisions.values():
            for one in tree.walk(node):
                if isinstance(one, tree.Literal) and isinstance(one.value, (Decimal, date)):
                    yield one.value
