"""Questions drafted out of the data: what a place promises, asks for, does and gives. Pure; facts are arguments.

A recipe makes one question of one fact. The same seed and the same fact make the same question, word for word. Wrong
answers are what other places promise and what this place promised before; made-up neighbours of the right number
only fill up where there are too few of those. A draft is a proposal: a person reviews it before anybody is asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any, Final

from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.kernel.dating import day_in_words
from jizhun.provisions.rules.telling import number, quantity, unit_in_words
from jizhun.provisions.rules.values import Quantity
from jizhun.training.rules.questions import faults
from jizhun.training.rules.sources import Source

TOPICS: Final[Mapping[str, Bilingual]] = {
    "limits": Bilingual("办理时限", "Time limits"), "amounts": Bilingual("待遇标准", "Amounts"),
    "materials": Bilingual("申请材料", "Materials"), "channels": Bilingual("办理渠道", "Channels"),
    "steps": Bilingual("操作规程", "Steps"), "papers": Bilingual("依据文件", "Papers"),
    "entitlement": Bilingual("资格与待遇", "Entitlement"), "clauses": Bilingual("标准条款", "Clauses"),
    "other": Bilingual("其他", "Other")}
"""What a question is about, as blueprints ask for it."""
OPTIONS, WRONG_OPTIONS, MOST_ASKED, MOST_STEPS, MOST_PAIRS = 4, 3, 4, 7, 5
IDS: Final = "abcdefghijklmnopqrstuvwxyz"
DAYS: Final = ("working_day", "calendar_day")


@dataclass(frozen=True, slots=True)
class Cited:
    """The paper that says so, its number and the clause."""

    title: Bilingual = NO_WORDS
    number: str = ""
    clause: Bilingual = NO_WORDS


@dataclass(frozen=True, slots=True)
class About:
    """What a fact is about: the matter and the place, by code and name; ``simulated`` where what it says is."""

    matter: str
    name: Bilingual
    region: str
    place: Bilingual
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """A number that is promised; ``others`` are what other places promise and what was promised here before."""

    about: About
    measure: str
    called: Bilingual
    value: Quantity
    cited: Cited
    source: Source
    others: tuple[Quantity, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A set that is promised (materials, channels), in words; ``others`` are asked for or offered elsewhere only."""

    about: About
    measure: str
    called: Bilingual
    items: tuple[Bilingual, ...]
    others: tuple[Bilingual, ...]
    cited: Cited
    source: Source


@dataclass(frozen=True, slots=True)
class Stage:
    """A step on the straight way through a procedure, and the post that does it."""

    name: Bilingual
    role: Bilingual


@dataclass(frozen=True, slots=True)
class Way:
    """The straight way through a procedure; ``others`` are posts that do other steps."""

    about: About
    stages: tuple[Stage, ...]
    others: tuple[Bilingual, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a made-up person on a day, and what a rule of a benefit comes to for them. ``because`` says
    why."""

    about: About
    day: date
    benefit: str
    called: Bilingual
    facts: tuple[tuple[Bilingual, Bilingual], ...]
    entitled: bool
    because: Bilingual
    sources: tuple[Source, ...]
    amount: Quantity | None = None
    amount_called: Bilingual = NO_WORDS


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a standard; ``others`` are what its other clauses say."""

    region: str
    standard: Bilingual
    key: str
    heading: Bilingual
    body: Bilingual
    others: tuple[Bilingual, ...]
    source: Source
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that drafts are made of."""

    promises: Sequence[Promise] = ()
    lists: Sequence[Listed] = ()
    ways: Sequence[Way] = ()
    persons: Sequence[Person] = ()
    clauses: Sequence[Clause] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted question. ``rule`` names the recipe, ``subject`` what it was made of; with ``seed`` and the data it
    can be made again."""

    kind: str
    rule: str
    subject: str
    topic: str
    matter: str
    region: str
    content: dict[str, Any] = field(hash=False)
    sources: tuple[Source, ...]
    seed: str
    simulated: bool

    @property
    def key(self) -> str:
        """What it asks, whatever the data say: the same for a draft and its redraft."""
        return "|".join((self.rule, self.subject, self.seed))


def drafts(facts: Facts, kinds: Iterable[str], seed: str) -> list[Draft]:
    """Every question of these types that the facts allow, one for each recipe and fact; sound ones only."""
    wanted = {*kinds}
    made = (draft for recipe in RECIPES if recipe.kind in wanted for draft in recipe.of(facts, seed))
    return [draft for draft in made if not faults(draft.kind, draft.content)]


def spread(made: Sequence[Draft], most: int) -> list[Draft]:
    """At most so many of them, of every recipe in turn, so that no type crowds out the others."""
    rows: dict[str, list[Draft]] = {}
    for draft in made:
        rows.setdefault(draft.rule, []).append(draft)
    turns = [row[at] for at in range(max(map(len, rows.values()), default=0)) for row in rows.values() if at < len(row)]
    return turns[:most]


def words(zh: str, en: str) -> dict[str, str]:
    """Words as a question's content holds them."""
    return {"zh": zh, "en": en}


def said(text: Bilingual) -> dict[str, str]:
    """The same of what is bilingual already; a missing translation is the other language's word."""
    return words(text.zh or text.en, text.en or text.zh)


def explained(cited: Cited, text: Bilingual) -> dict[str, str]:
    """Why it is so: the paper, its number, its clause, what it says."""
    number_zh, number_en = (f"（{cited.number}）", f" ({cited.number})") if cited.number else ("", "")
    clause_en = f", {cited.clause.en}" if cited.clause.en else ""
    if not cited.title.zh:
        return words(f"{text.zh}。", f"{text.en}.")
    return words(f"依据{cited.title.zh}{number_zh}{cited.clause.zh}：{text.zh}。",
                 f"{cited.title.en}{number_en}{clause_en}: {text.en}.")


# -- wrong answers ---------------------------------------------------------------------------------


def wrong_numbers(right: Quantity, others: Iterable[Quantity], dice: Random, wanted: int = WRONG_OPTIONS
                  ) -> list[Decimal]:
    """Plausible wrong numbers in the unit of the right one: real ones first, neighbours where those run out."""
    real = sorted({one.amount for one in others if one.unit == right.unit} - {right.amount})
    found = dice.sample(real, wanted) if len(real) > wanted else real
    for near in _neighbours(right):
        if len(found) >= wanted:
            break
        if near > 0 and near != right.amount and near not in found:
            found.append(near)
    return found


def _neighbours(right: Quantity) -> Iterator[Decimal]:
    """Numbers near the right one: days and months by one, two, five; money and shares by their second figure."""
    amount = right.amount
    if right.unit in (*DAYS, "month", "times"):
        yield from (amount + step for step in (2, -2, 5, -1, 3, 10, 15))
        return
    step = max(Decimal(1), Decimal(10) ** (amount.adjusted() - 1)) if amount else Decimal(10)
    yield from (amount + step * times for times in (1, -1, 2, -2, 5))


def _options(right: dict[str, str], wrong: Sequence[dict[str, str]], order: Sequence[int]) -> list[dict[str, Any]]:
    rows = [(right, True), *((one, False) for one in wrong)]
    return [{"id": IDS[at], "text": rows[place][0], "right": rows[place][1]} for at, place in enumerate(order)]


def _shuffled(number: int, dice: Random) -> list[int]:
    return dice.sample(range(number), number)


# -- recipes ---------------------------------------------------------------------------------------


def _asks(fact: Promise) -> tuple[str, str]:
    """The question in words, without what is asked for."""
    return (f"在{fact.about.place.zh}，“{fact.about.name.zh}”的{fact.called.zh}",
            f"In {fact.about.place.en}, the {_lower(fact.called.en)} for “{fact.about.name.en}”")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _unit(unit: str) -> tuple[str, str]:
    name = unit_in_words(unit)
    return ("（%）", "%") if unit == "percent" else (name.zh, name.en)


def _numeric(fact: Promise, _dice: Random) -> dict[str, Any]:
    zh, en = _asks(fact)
    unit_zh, unit_en = _unit(fact.value.unit)
    return {"stem": words(f"{zh}是多少{unit_zh}？", f"{en} is how much? Answer in {unit_en}."),
            "right": number(fact.value.amount), "tolerance": "0", "unit": words(unit_zh, unit_en),
            "explanation": explained(fact.cited, quantity(*fact.value))}


def _single(fact: Promise, dice: Random) -> dict[str, Any]:
    zh, en = _asks(fact)
    wrong = wrong_numbers(fact.value, fact.others, dice)
    amounts = [fact.value.amount, *wrong]
    order = sorted(range(len(amounts)), key=lambda at: amounts[at])
    shown = [said(quantity(one, fact.value.unit)) for one in amounts]
    return {"stem": words(f"{zh}是多少？", f"{en} is:"), "options": _options(shown[0], shown[1:], order),
            "explanation": explained(fact.cited, quantity(*fact.value))}


def _true_false(fact: Promise, dice: Random) -> dict[str, Any]:
    zh, en = _asks(fact)
    right = dice.random() < 0.5
    claimed = fact.value.amount if right else dice.choice(wrong_numbers(fact.value, fact.others, dice))
    shown = quantity(claimed, fact.value.unit)
    return {"stem": words(f"{zh}是 {shown.zh}。", f"{en} is {shown.en}."), "right": right,
            "explanation": explained(fact.cited, quantity(*fact.value))}


def _short_text(fact: Promise, _dice: Random) -> dict[str, Any] | None:
    title = fact.cited.title
    if not (title.zh and title.en):
        return None
    zh, en = _asks(fact)
    bare = Bilingual(title.zh.replace("《", "").replace("》", ""), title.en)
    accepted = [said(title), said(bare), *([words(fact.cited.number, fact.cited.number)] if fact.cited.number else [])]
    return {"stem": words(f"{zh}由哪个文件规定？请写出文件名称或文号。",
                          f"{en} is set by which paper? Write its title or its number."),
            "accepted": [one for at, one in enumerate(accepted) if one not in accepted[:at]],
            "explanation": explained(fact.cited, quantity(*fact.value))}


def _multiple(fact: Listed, dice: Random) -> dict[str, Any] | None:
    if not fact.items or not fact.others:
        return None
    right = dice.sample(fact.items, min(len(fact.items), MOST_ASKED))
    wrong = dice.sample(fact.others, min(len(fact.others), max(2, OPTIONS - len(right))))
    rows = [(one, True) for one in right] + [(one, False) for one in wrong]
    shown = [rows[at] for at in _shuffled(len(rows), dice)]
    everything = Bilingual("、".join(one.zh for one in fact.items), ", ".join(one.en for one in fact.items))
    place, name = fact.about.place, fact.about.name
    return {"stem": words(f"在{place.zh}，下列哪些属于“{name.zh}”的{fact.called.zh}？",
                          f"In {place.en}, which of these belong to the {_lower(fact.called.en)} for “{name.en}”?"),
            "options": [{"id": IDS[at], "text": said(one), "right": right} for at, (one, right) in enumerate(shown)],
            "explanation": explained(fact.cited, everything)}


def _ordering(fact: Way, _dice: Random) -> dict[str, Any] | None:
    stages = fact.stages[:MOST_STEPS]
    if len({stage.name for stage in stages}) < max(3, len(stages)):
        return None
    place, name = fact.about.place, fact.about.name
    return {"stem": words(f"请按{place.zh}“{name.zh}”操作规程的先后顺序排列下列步骤（材料齐全、符合条件时）。",
                          f"Put these steps of “{name.en}” in {place.en} in order (all papers complete, conditions "
                          "met)."),
            "items": [{"id": IDS[at], "text": said(stage.name)} for at, stage in enumerate(stages)],
            "explanation": words(f"操作规程的顺序：{' → '.join(one.name.zh for one in stages)}。",
                                 f"The procedure's order: {' → '.join(one.name.en for one in stages)}.")}


def _matching_roles(fact: Way, dice: Random) -> dict[str, Any] | None:
    by_role = {stage.role: stage for stage in reversed(fact.stages) if stage.role.zh}
    stages = [stage for stage in fact.stages if by_role.get(stage.role) is stage][:MOST_PAIRS]
    if len(stages) < 2:
        return None
    others = [one for one in fact.others if one not in {stage.role for stage in stages}]
    extra = [dice.choice(others)] if others else []
    place, name = fact.about.place, fact.about.name
    return {"stem": words(f"在{place.zh}办理“{name.zh}”，下列步骤各由哪个岗位负责？",
                          f"Which post does each of these steps of “{name.en}” in {place.en}?"),
            "pairs": [{"id": IDS[at], "left": said(stage.name), "right": said(stage.role)}
                      for at, stage in enumerate(stages)],
            "extra": [{"id": "x", "right": said(one)} for one in extra],
            "explanation": words("；".join(f"{one.name.zh}：{one.role.zh}" for one in stages) + "。",
                                 "; ".join(f"{one.name.en}: {one.role.en}" for one in stages) + ".")}


def _matching_limits(facts: Sequence[Promise], dice: Random) -> dict[str, Any] | None:
    """Matters of one place and one measure, each with its own number."""
    values = {quantity(*fact.value).en: fact for fact in facts}
    chosen = [*values.values()]
    if len(chosen) < 3:
        return None
    chosen = dice.sample(chosen, min(len(chosen), MOST_PAIRS))
    wrong = wrong_numbers(chosen[0].value, [other for fact in chosen for other in fact.others], dice, 9)
    taken = {fact.value.amount for fact in chosen if fact.value.unit == chosen[0].value.unit}
    extra = next((one for one in wrong if one not in taken), None)
    called, place = chosen[0].called, chosen[0].about.place
    shown = [(fact.about.name, quantity(*fact.value), fact.cited) for fact in chosen]
    return {"stem": words(f"请为{place.zh}的下列事项选出各自的{called.zh}。",
                          f"Match each of these matters in {place.en} with its {_lower(called.en)}."),
            "pairs": [{"id": IDS[at], "left": said(name), "right": said(value)}
                      for at, (name, value, _) in enumerate(shown)],
            "extra": [] if extra is None else [{"id": "x", "right": said(quantity(extra, chosen[0].value.unit))}],
            "explanation": words(
                "；".join(f"{name.zh}：{value.zh}（{cited.title.zh}{cited.clause.zh}）" for name, value, cited in shown)
                + "。",
                "; ".join(f"{name.en}: {value.en} ({', '.join(filter(None, (cited.title.en, cited.clause.en)))})"
                          for name, value, cited in shown) + ".")}


def _case(fact: Person, _dice: Random) -> dict[str, Any]:
    told_zh = "；".join(f"{name.zh}：{value.zh}" for name, value in fact.facts)
    told_en = "; ".join(f"{name.en}: {value.en}" for name, value in fact.facts)
    why = said(fact.because)
    parts: list[dict[str, Any]] = [{
        "id": "entitled", "type": "true_false", "right": fact.entitled, "explanation": why,
        "stem": words(f"按当日有效的规则，此人符合“{fact.called.zh}”的条件。",
                      f"By the rules in force that day this person meets the conditions of “{fact.called.en}”.")}]
    if fact.entitled and fact.amount is not None:
        unit_zh, unit_en = _unit(fact.amount.unit)
        parts.append({"id": "amount", "type": "numeric", "right": number(fact.amount.amount), "tolerance": "0.01",
                      "unit": words(unit_zh, unit_en), "explanation": why,
                      "stem": words(f"{fact.amount_called.zh}是多少{unit_zh}？",
                                    f"{fact.amount_called.en}: how much, in {unit_en}?")})
    day = day_in_words(fact.day)
    return {"stem": words(f"虚构的案例：{day.zh}，{fact.about.place.zh}。{told_zh}。",
                          f"A made-up person on {day.en} in {fact.about.place.en}. {told_en}."),
            "parts": parts, "explanation": why}


def _clause_single(fact: Clause, dice: Random) -> dict[str, Any] | None:
    wrong = [one for one in fact.others if one != fact.body]
    if len(wrong) < 2:
        return None
    texts = [fact.body, *dice.sample(wrong, min(len(wrong), WRONG_OPTIONS))]
    shown = [said(one) for one in texts]
    heading = fact.heading if fact.heading.zh else Bilingual(fact.key, fact.key)
    return {"stem": words(f"{fact.standard.zh}第 {fact.key} 条（{heading.zh}）怎样规定？",
                          f"What does clause {fact.key} ({heading.en}) of {fact.standard.en} say?"),
            "options": _options(shown[0], shown[1:], _shuffled(len(shown), dice)),
            "explanation": words(f"{fact.standard.zh}第 {fact.key} 条：{fact.body.zh}",
                                 f"{fact.standard.en}, clause {fact.key}: {fact.body.en}")}


# -- the book of recipes ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Recipe:
    """``name`` is kept with what was drafted; ``of`` makes everything that it can out of the facts."""

    name: str
    kind: str
    of: Callable[[Facts, str], Iterator[Draft]]


def topic_of(measure: str) -> str:
    """What a question on a measure is about."""
    if measure.endswith("limit"):
        return "limits"
    return measure if measure in ("materials", "channels") else "amounts"


def _dice(seed: str, rule: str, *key: str) -> Random:
    return Random("|".join((seed, rule, *key)))


def _each(name: str, kind: str, wanted: Callable[[Facts], Iterable[Any]], make: Callable[[Any, Random], Any],
          topic: Callable[[Any], str]) -> Recipe:
    """A recipe that makes one question of one fact about a matter."""

    def of(facts: Facts, seed: str) -> Iterator[Draft]:
        for fact in wanted(facts):
            sources = fact.sources if isinstance(fact, Person) else (fact.source,)
            told = [*sources[0].key, "yes" if fact.entitled else "no"] if isinstance(fact, Person) else sources[0].key
            content = make(fact, _dice(seed, name, *told))
            if content is not None:
                rule = f"{name}.{told[-1]}" if isinstance(fact, Person) else name
                yield Draft(kind, rule, "/".join(sources[0].key), topic(fact), fact.about.matter, fact.about.region,
                            content, sources, seed, fact.about.simulated)

    return Recipe(name, kind, of)


def _limits(facts: Facts, seed: str) -> Iterator[Draft]:
    """One question for every place and measure that several matters have."""
    groups: dict[tuple[str, str], list[Promise]] = {}
    for fact in facts.promises:
        groups.setdefault((fact.about.region, fact.measure), []).append(fact)
    for (region, measure), found in groups.items():
        content = _matching_limits(found, _dice(seed, "promise.matching", region, measure))
        if content is not None:
            lefts = [pair["left"] for pair in content["pairs"]]
            used = [fact for left in lefts for fact in found if said(fact.about.name) == left]
            yield Draft("matching", "promise.matching", f"{region}/{measure}", topic_of(measure), "", region, content,
                        tuple(dict.fromkeys(fact.source for fact in used)), seed,
                        any(fact.about.simulated for fact in used))


def _clauses(facts: Facts, seed: str) -> Iterator[Draft]:
    for fact in facts.clauses:
        content = _clause_single(fact, _dice(seed, "clause.single", *fact.source.key))
        if content is not None:
            yield Draft("single", "clause.single", "/".join(fact.source.key), "clauses", "", fact.region, content,
                        (fact.source,), seed, fact.simulated)


def _of_measure(fact: Promise | Listed) -> str:
    return topic_of(fact.measure)


RECIPES: Final[tuple[Recipe, ...]] = (
    _each("promise.numeric", "numeric", lambda facts: facts.promises, _numeric, _of_measure),
    _each("promise.single", "single", lambda facts: facts.promises, _single, _of_measure),
    _each("promise.true_false", "true_false", lambda facts: facts.promises, _true_false, _of_measure),
    _each("promise.short_text", "short_text", lambda facts: facts.promises, _short_text, lambda _: "papers"),
    Recipe("promise.matching", "matching", _limits),
    _each("list.multiple", "multiple", lambda facts: facts.lists, _multiple, _of_measure),
    _each("steps.ordering", "ordering", lambda facts: facts.ways, _ordering, lambda _: "steps"),
    _each("steps.matching", "matching", lambda facts: facts.ways, _matching_roles, lambda _: "steps"),
    _each("rule.case", "case", lambda facts: facts.persons, _case, lambda _: "entitlement"),
    Recipe("clause.single", "single", _clauses))
