"""What drafts are made of: asked of the rooms that know, for one place and day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from random import Random
from typing import Final

from jizhun.catalogue.actions import catalogue
from jizhun.entitlements.actions import entitled, entitlements, paper_title
from jizhun.entitlements.actions import rule as rule_of
from jizhun.entitlements.rules import Answer as Judged
from jizhun.entitlements.rules import Rule
from jizhun.entitlements.rules.promising import Places
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.procedures.actions import procedure, roles
from jizhun.procedures.rules import Steps
from jizhun.provisions.actions import book, labels, promised, short_name
from jizhun.provisions.asking import beside
from jizhun.provisions.rules import Answer, Book, Quantity, Question, ask
from jizhun.provisions.rules.concern import concern
from jizhun.provisions.rules.telling import UNITS
from jizhun.regions.actions import tree
from jizhun.standards.actions import clauses_of, known
from jizhun.training.actions.sources import source
from jizhun.training.rules.drafting import About, Cited, Clause, Facts, Listed, Person, Promise, Stage, Way
from jizhun.training.rules.persons import Known, found_persons, in_words, reason
from jizhun.training.rules.sources import CLAUSE, PROMISE, RULE, STEPS, Source

SIMULATED: Final = "SIM"
MOST_PLACES: Final = 60
"""So many other places are asked for wrong answers."""
LONGEST_CLAUSE: Final = 240
LISTS: Final = ("materials", "channels")


def facts_of(*, region: str, matters: Sequence[str], seed: str, on: date, standards: Sequence[str] = ()) -> Facts:
    """Everything on record for these matters at the place that a question can be made of. Raises Refused for a place
    or a matter that does not exist."""
    tree().place(region, on)
    abouts = [_about(matter, region) for matter in matters]
    answers = [(about, answer) for about in abouts for answer in promised(matter=about.matter, region=region, on=on)]
    return Facts(
        promises=[_promise(about, answer, on) for about, answer in answers if isinstance(answer.value, Quantity)
                  and answer.value.unit in UNITS],
        lists=[_listed(about, answer, on) for about, answer in answers if answer.measure.code in LISTS
               and isinstance(answer.value, frozenset) and answer.value],
        ways=[way for about in abouts if (way := _way(about, on))],
        persons=[one for about in abouts for one in _persons(about, seed, on)],
        clauses=[one for number in standards for one in _clauses(number, region, on)])


def _about(matter: str, region: str, simulated: bool | None = None) -> About:
    place = tree().known(region)
    return About(matter, catalogue().matter(matter).name, region, short_name(region),
                 place.simulated if simulated is None else simulated)


# -- promises --------------------------------------------------------------------------------------


def _promise(about: About, answer: Answer, on: date) -> Promise:
    assert isinstance(answer.value, Quantity)
    return Promise(_marked(about, answer), answer.measure.code, answer.measure.name, answer.value, _cited(answer),
                   _promise_source(answer, on), tuple(_others(book(), answer, on)))


def _marked(about: About, answer: Answer) -> About:
    """Simulated where the place is, or one of the papers."""
    simulated = about.simulated or any(say.mark == SIMULATED for say in answer.winners)
    return About(about.matter, about.name, about.region, about.place, simulated)


def _promise_source(answer: Answer, on: date) -> Source:
    asked = answer.question
    return source(kind=PROMISE, key=(asked.subject, asked.place, asked.group, asked.measure), on=on)


def _cited(answer: Answer) -> Cited:
    say = answer.nearest
    if say is None or say.paper is None:
        return Cited()
    return Cited(say.paper.title, say.paper.number, say.clause)


def _others(held: Book, answer: Answer, on: date) -> Iterator[Quantity]:
    """What other places promise now, and what this place promised before."""
    asked, about = answer.question, concern(held, answer.question.measure, answer.question.subject)
    counts = beside(asked.place)
    places = [place for place in sorted(about.places) if place != asked.place and counts(place)][:MOST_PLACES]
    for place, day in (*((place, on) for place in places), *((asked.place, day) for day in about.days if day < on)):
        try:
            value = ask(held, Question(asked.measure, asked.subject, place, day, asked.group)).value
        except Refused:  # the place was not there that day
            continue
        if isinstance(value, Quantity):
            yield value


def _listed(about: About, answer: Answer, on: date) -> Listed:
    assert isinstance(answer.value, frozenset)
    names = labels()
    others = sorted(_ever_listed(book(), answer.measure.code) - answer.value)
    return Listed(_marked(about, answer), answer.measure.code, answer.measure.name,
                  tuple(_label(names, code) for code in sorted(answer.value)),
                  tuple(_label(names, code) for code in others), _cited(answer), _promise_source(answer, on))


def _label(names: Mapping[str, Bilingual], code: str) -> Bilingual:
    return names.get(code, Bilingual(code, code))


def _ever_listed(held: Book, measure: str) -> frozenset[str]:
    """Every element that any paper names for the measure, for whatever matter."""
    says = (say for (_, code), of_places in held.lines.items() if code == measure
            for of_place in of_places.values() for line in of_place.values() for say in line.points)
    return frozenset(code for say in says if isinstance(say.value, frozenset) for code in say.value)


# -- procedures ------------------------------------------------------------------------------------


def _way(about: About, on: date) -> Way | None:
    found = procedure(matter=about.matter, region=about.region, on=on)
    if found.steps is None:
        return None
    names = roles()
    straight = straight_way(found.steps)
    stages = tuple(Stage(one.name, names[one.role].name if one.role in names else Bilingual("", ""))
                   for one in (found.steps.by_id[id] for id in straight))
    others = {one.role: names[one.role].name for one in found.steps.rows if one.role in names}
    return Way(about, stages, tuple(others.values()),
               source(kind=STEPS, key=(about.matter, about.region), on=on))


def straight_way(steps: Steps) -> list[str]:
    """The ids from the first step on, always by the first way that does not lead back."""
    found: list[str] = []
    at = steps.first.id if steps.first else ""
    while at in steps.by_id and at not in found:
        found.append(at)
        at = next((way.to for way in steps.by_id[at].next if way.to not in found), "")
    return found


# -- persons ---------------------------------------------------------------------------------------


def _persons(about: About, seed: str, on: date) -> Iterator[Person]:
    for code, head in entitlements().heads.items():
        if head.subject == about.matter:
            rule = rule_of(code=code, region=about.region, on=on)
            if rule is not None and rule.facts and rule.conditions:
                yield from _of_rule(about, rule, seed, on)


def _of_rule(about: About, rule: Rule, seed: str, on: date) -> Iterator[Person]:
    judge = partial(_judged, rule.head.code, about.region, on)
    dice = Random("|".join((seed, "person", rule.head.code, about.region)))
    try:
        persons = found_persons(rule.facts, judge, on, dice)
    except Refused:  # a rule that cannot be worked out makes no case
        return
    for known_facts in persons:
        if known_facts is not None:
            yield _person(about, rule, known_facts, judge(known_facts), on)


def _judged(code: str, region: str, on: date, facts: Known) -> Judged:
    return entitled(facts=facts, places=Places(region), on=on, codes=[code])[0]


def _person(about: About, rule: Rule, facts: Known, answer: Judged, on: date) -> Person:
    main = next((one for one in answer.results if one.result.main and not one.waits and one.high is None
                 and one.result.unit in UNITS), None)
    amount = Quantity(main.value, main.result.unit) if main and isinstance(main.value, Decimal) else None
    return Person(
        about, on, rule.head.code, rule.head.name, in_words(facts, rule.facts), answer.verdict == "likely",
        reason(answer, paper_title), tuple(_rule_sources(rule, about.region, on)), amount,
        main.result.words if main else Bilingual("", ""))


def _rule_sources(rule: Rule, region: str, on: date) -> Iterator[Source]:
    """The rule itself, and the promises that it reads."""
    yield source(kind=RULE, key=(rule.head.code, region), on=on)
    for one in rule.measures:
        try:
            yield source(kind=PROMISE, key=(one.subject, region, "all", one.measure), on=on)
        except Refused:  # nothing is promised there
            continue


# -- clauses ---------------------------------------------------------------------------------------


def _clauses(number: str, region: str, on: date) -> Iterable[Clause]:
    standard = known(number)
    rows = [row.fact() for row in clauses_of(standard.number)]
    short = [one for one in rows if one.number and one.body.zh and one.body.en
             and len(one.body.zh) <= LONGEST_CLAUSE]
    title = Bilingual(f"{standard.number}《{standard.title.zh}》", f"{standard.number} {standard.title.en}")
    for one in short:
        others = tuple(other.body for other in short if other.key != one.key)
        yield Clause(region, title, one.number, one.heading, one.body, others,
                     source(kind=CLAUSE, key=(standard.number, one.key), on=on), tree().known(region).simulated)


__all__ = ["facts_of", "straight_way"]
