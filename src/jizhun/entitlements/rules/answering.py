"""Is this person entitled, to what, why, and what would have to be known still? An estimate, never a decision.

Facts that nobody gave are unknown, and an answer that does not depend on them is given all the same: so the
questions that still matter are those, and only those, that an answer waits for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from jizhun.entitlements.dmn.model import DecisionTable
from jizhun.entitlements.dmn.running import as_type, decide_each
from jizhun.entitlements.feel import meaning
from jizhun.entitlements.feel.meaning import Known, Unknown
from jizhun.entitlements.feel.notation import as_text
from jizhun.entitlements.feel.values import Fault, Value, shortened, trimmed
from jizhun.entitlements.rules.assembling import CLOCK, ELIGIBLE, Rule
from jizhun.entitlements.rules.book import Cited, Condition, Fact, MeasureInput, Result, Working
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused

Verdict = Literal["likely", "unlikely", "open"]


@dataclass(frozen=True, slots=True)
class Promised:
    """What the as-of engine says of a measure: the value (None: nothing is said), or what it depends on.

    ``high`` is the most favourable value where the place leaves it open (its tier is not known): ``value`` is then the
    least favourable one. ``said_on`` is the day from which the value counts; ``verified`` whether every paper behind it
    is; ``source`` is the engine's own answer, for the path.
    """

    value: Decimal | Unknown | None
    unit: str = ""
    said_on: date | None = None
    verified: bool = True
    document: Bilingual = NO_WORDS
    source: Any = field(default=None, compare=False)
    high: Decimal | None = None


Promises = Callable[[MeasureInput, date, Mapping[str, Any]], Promised]
"""(which measure, the day, facts by code) -> what is promised."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A condition: met, not met, or open (None) because of ``waits``, or because it could not be worked out."""

    condition: Condition
    met: bool | None
    waits: tuple[str, ...] = ()
    fault: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A result with its value; None where there is none here, ``waits`` where facts are wanting.

    ``high`` is its value with the most favourable measures, where that is another.
    """

    result: Result
    value: Value
    cited: Cited
    waits: tuple[str, ...] = ()
    fault: Bilingual | None = None
    high: Value = None


@dataclass(frozen=True, slots=True)
class Worked:
    """Something worked out on the way, for whoever follows the reasoning."""

    working: Working
    value: Value


@dataclass(frozen=True)
class Answer:
    """What one entitlement comes to for one person at one place and day."""

    rule: Rule
    place: str
    day: date
    verdict: Verdict
    conditions: tuple[Judged, ...]
    results: tuple[Given, ...]
    workings: tuple[Worked, ...]
    measures: Mapping[str, Promised]
    missing: tuple[str, ...]
    """The facts that this answer still waits for, in the order in which they are asked."""
    unverified: tuple[Cited, ...]
    """Clauses behind the conditions and results, and behind what was worked out for them, that were not verified."""
    stale: tuple[str, ...] = ()
    """Names of measures whose value should have been renewed by now."""

    @property
    def verified(self) -> bool:
        """Whether every clause and every value in force that the conditions and results rest on was verified."""
        read = _read_by(self.rule, self.conditions, self.results)
        values = [one for name, one in self.measures.items() if name in read and isinstance(one.value, Decimal)]
        return not self.unverified and all(one.verified for one in values)


def answer(rule: Rule, place: str, day: date, facts: Mapping[str, Any], promises: Promises) -> Answer:
    """The answer for typed facts; a fact that is absent or None is unknown."""
    scope = _scope(rule, day, facts)
    measures = {one.name: _promised(one, day, scope, promises) for one in rule.measures}
    scope.update({name: promised.value for name, promised in measures.items()})
    told = decide_each(rule.lowered, scope)
    conditions = tuple(_judged(one, told) for one in rule.conditions)
    verdict = _verdict(conditions)
    results = () if verdict == "unlikely" else _results(rule, told, scope, measures)
    waits = [*(fact for one in conditions for fact in one.waits), *(fact for one in results for fact in one.waits)]
    if verdict == "unlikely":
        waits = []
    return Answer(rule, place, day, verdict, conditions, results, tuple(_worked(rule, told, scope)), measures,
                  tuple(code for code in rule.facts if code in waits),
                  _unverified(rule, conditions, results, told, scope),
                  _stale(rule, day, measures))


def decided(rule: Rule, day: date, facts: Mapping[str, Any], promises: Promises) -> dict[str, Value]:
    """What a rule comes to for typed facts, the quick way: ``eligible`` and every result, without reasons.

    A fact that is not given is null, which is right where all are known. Raises Fault where something cannot be told.
    """
    scope: dict[str, Any] = {code: facts.get(code) for code in rule.facts} | {name: day for name in CLOCK}
    for one in rule.measures:
        found = _promised(one, day, scope, promises).value
        scope[one.name] = None if isinstance(found, Unknown) else found
    return rule.runner.decide_all([ELIGIBLE, *(one.name for one in rule.results)], scope)


def typed_facts(facts: Mapping[str, Fact], given: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as a form or JSON holds them, typed; raises Refused for one that is not known or does not fit."""
    found: dict[str, Any] = {}
    for code, value in given.items():
        fact = facts.get(code)
        if fact is None:
            raise Refused(zh=f"没有名为“{code}”的事实。", en=f"There is no fact “{code}”.")
        if value is not None and value != "":
            found[code] = _typed(fact, value)
    return found


KINDS = {"number": "number", "boolean": "boolean", "choice": "string", "date": "date"}


def _typed(fact: Fact, value: Any) -> Any:
    try:
        typed = as_type(None, KINDS[fact.type], value)
    except Fault as fault:
        raise Refused(zh=f"{fact.label.zh}：{fault.sentence.zh}", en=f"{fact.label.en}: {fault.sentence.en}") from None
    if fact.type == "choice" and typed not in (code for code, _ in fact.options):
        choices = "、".join(code for code, _ in fact.options), ", ".join(code for code, _ in fact.options)
        raise Refused(zh=f"{fact.label.zh}：没有“{typed}”这个选项，有的是 {choices[0]}。",
                      en=f"{fact.label.en}: there is no choice “{typed}”; there are {choices[1]}.")
    if isinstance(typed, Decimal):
        _check_number(fact, typed)
    if isinstance(typed, date) and not FIRST_DAY <= typed <= LAST_DAY:
        raise Refused(zh=f"{fact.label.zh}：{typed} 不在 {FIRST_DAY.year} 年到 {LAST_DAY.year} 年之间。",
                      en=f"{fact.label.en}: {typed} is not between {FIRST_DAY.year} and {LAST_DAY.year}.")
    return typed


FIRST_DAY, LAST_DAY = date(1880, 1, 1), date(2199, 12, 31)
"""The days that a life may hold: a year of two digits (58) is a slip, and no person is two thousand years old."""


def _check_number(fact: Fact, value: Decimal) -> None:
    if (fact.low is not None and value < fact.low) or (fact.high is not None and value > fact.high):
        low, high = fact.low if fact.low is not None else "…", fact.high if fact.high is not None else "…"
        said = shortened(as_text(value))
        raise Refused(zh=f"{fact.label.zh}：{said} 不在 {low} 到 {high} 之间。",
                      en=f"{fact.label.en}: {said} is not between {low} and {high}.")
    if int(trimmed(value).as_tuple().exponent) < -fact.decimals:
        raise Refused(zh=f"{fact.label.zh}：最多 {fact.decimals} 位小数。",
                      en=f"{fact.label.en}: at most {fact.decimals} digits after the point.")


def _scope(rule: Rule, day: date, facts: Mapping[str, Any]) -> dict[str, Known]:
    scope: dict[str, Known] = {code: Unknown((code,)) for code in rule.facts}
    scope.update({code: value for code, value in facts.items() if value is not None and code in rule.facts})
    return {**scope, **{name: day for name in CLOCK}}


def _promised(one: MeasureInput, day: date, scope: Mapping[str, Known], promises: Promises) -> Promised:
    """A measure at the day that counts for it, with the facts that its table asks for."""
    on = scope[one.on] if one.on else day
    given = {dimension: scope.get(value, value) for dimension, value in one.given}
    waits = meaning.missing([on, *given.values()])
    return Promised(Unknown(waits)) if waits else promises(one, on, given)


Told = Mapping[str, Known | Fault]
"""Every decision of a rule: its value, what it waits for, or why it could not be worked out."""


def _judged(one: Condition, told: Told) -> Judged:
    found = told[one.name]
    if isinstance(found, Fault):
        return Judged(one, None, (), found.whole)
    if isinstance(found, Unknown):
        return Judged(one, None, found.facts)
    return Judged(one, found if isinstance(found, bool) else None)


def _verdict(conditions: Iterable[Judged]) -> Verdict:
    met = [one.met for one in conditions]
    if False in met:
        return "unlikely"
    return "likely" if all(met) else "open"


def _given(rule: Rule, one: Result, told: Told, scope: Mapping[str, Known]) -> Given:
    found = told[one.name]
    if isinstance(found, Fault):
        return Given(one, None, one.cited, (), found.whole)
    if isinstance(found, Unknown):
        return Given(one, None, one.cited, found.facts)
    return Given(one, found, _row_cited(rule, one, told, scope))


def _results(rule: Rule, told: Told, scope: Mapping[str, Known], measures: Mapping[str, Promised]) -> tuple[Given, ...]:
    """The results, each twice where a measure is open between two values."""
    lows = tuple(_given(rule, one, told, scope) for one in rule.results)
    highs = {name: one.high for name, one in measures.items() if one.high is not None}
    if not highs:
        return lows
    tops = decide_each(rule.lowered, {**scope, **highs})
    return tuple(_up_to(low, tops[low.result.name]) for low in lows)


def _up_to(low: Given, top: Known | Fault) -> Given:
    """A result with its most favourable value beside it, where that is another and can be told."""
    if low.fault or low.waits or isinstance(top, (Fault, Unknown)) or top == low.value:
        return low
    return replace(low, high=top)


def _row_cited(rule: Rule, one: Result | Working, told: Told, scope: Mapping[str, Known]) -> Cited:
    """The citation of the row that spoke, where it has its own."""
    if not one.per_row or not isinstance(one.logic, DecisionTable):
        return one.cited
    held = meaning.rules_that_hold(rule.lowered.decisions[one.name], {**scope, **told})
    return one.per_row.get(held[0], one.cited) if held else one.cited


def _worked(rule: Rule, told: Told, scope: Mapping[str, Known]) -> Iterable[Worked]:
    for one in rule.workings:
        found = told[one.name]
        if found is not None and not isinstance(found, (Fault, Unknown)):  # whoever reads a mistake says so
            yield Worked(replace(one, cited=_row_cited(rule, one, told, scope)), found)


def _unverified(rule: Rule, conditions: Sequence[Judged], results: Sequence[Given], told: Told,
                scope: Mapping[str, Known]) -> tuple[Cited, ...]:
    read = _read_by(rule, conditions, results)
    cited = [*(one.condition.cited for one in conditions), *(one.cited for one in results),
             *(_row_cited(rule, one, told, scope) for one in rule.workings if one.name in read)]
    return tuple(dict.fromkeys(one for one in cited if not one.verified))


def _read_by(rule: Rule, conditions: Iterable[Judged], results: Iterable[Given]) -> set[str]:
    """Everything that the conditions and results read, themselves or through others."""
    waiting = [*(one.condition.name for one in conditions), *(one.result.name for one in results)]
    found: set[str] = set()
    while waiting:
        new = rule.lowered.reads(waiting.pop()) - found
        found |= new
        waiting += new & rule.lowered.decisions.keys()
    return found


def _stale(rule: Rule, day: date, measures: Mapping[str, Promised]) -> tuple[str, ...]:
    """Measures whose value is older than the entitlement says it should be."""
    limit = rule.head.stale_after_months
    if not limit:
        return ()
    return tuple(name for name, one in measures.items()
                 if isinstance(one.value, Decimal) and one.said_on is not None and _months(one.said_on, day) >= limit)


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def next_fact(answers: Iterable[Answer], order: Iterable[str], skipped: Iterable[str] = ()) -> str | None:
    """The next fact worth asking: the first, in the order of the facts, that some answer still waits for."""
    waits = {fact for one in answers for fact in one.missing} - set(skipped)
    return next((code for code in order if code in waits), None)
