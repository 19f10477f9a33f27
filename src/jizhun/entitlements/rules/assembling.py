"""Which rule counts for a person: the versions in force at a place and day, put together into one model.

A region's version changes the nation's part by part; below it a city's the province's. What a place drops
(``repeals``) is gone; what it adds is added. The result is a decision model like any other, so it can be run,
written as SQL, looked at, and handed out as DMN.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from jizhun.entitlements.dmn import Lowered, Model, Runner, lowered
from jizhun.entitlements.dmn.model import Decision, Input, ItemType, Text
from jizhun.entitlements.feel.functions import FUNCTIONS
from jizhun.entitlements.feel.values import Fault
from jizhun.entitlements.rules.book import (
    Condition,
    Entitlements,
    Fact,
    Head,
    MeasureInput,
    Result,
    Version,
    Working,
)
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import BEGINNING

ELIGIBLE = "eligible"
"""The decision that all conditions hold."""
CLOCK = {"today": "date"}
"""The asked day, which every rule may read."""

TYPES = {"number": "number", "boolean": "boolean", "choice": "string", "date": "date"}
RESULT_TYPES = {"date": "date", "text": "string", "boolean": "boolean"}


@dataclass(frozen=True, eq=False)
class Rule:
    """An entitlement as it counts somewhere: its parts, each from the place that said it last."""

    head: Head
    versions: tuple[Version, ...]
    """What was put together, the nation's first."""
    conditions: tuple[Condition, ...]
    results: tuple[Result, ...]
    workings: tuple[Working, ...]
    measures: tuple[MeasureInput, ...]
    facts: Mapping[str, Fact]
    """The facts that the rule reads, in the order in which they are asked."""
    said_by: Mapping[str, str]
    """Part -> the place whose version holds it."""

    @property
    def nearest(self) -> str:
        """The place nearest to the person that says something."""
        return self.versions[-1].place

    @cached_property
    def lowered(self) -> Lowered:
        return lowered(self.model)

    @cached_property
    def runner(self) -> Runner:
        return Runner(self.lowered)

    @cached_property
    def model(self) -> Model:
        return _model(self)

    def part(self, name: str) -> Condition | Result | Working | None:
        parts: tuple[Condition | Result | Working, ...] = (*self.conditions, *self.results, *self.workings)
        return next((one for one in parts if one.name == name), None)


def rule_for(book: Entitlements, code: str, path: Sequence[str], day: date, since: date | None = None) -> Rule | None:
    """The rule of an entitlement at the last place of ``path`` (the nation first), or None where nothing is in force.

    ``since`` is the day of the anchor, if known: whoever was entitled before a version's ``new_from`` keeps the one
    before, up to its ``existing_until``. Raises Refused for an unknown code, or parts that do not fit together.
    """
    versions = standing(book, code, path, day, since)
    return together(book, code, versions) if versions else None


def standing(book: Entitlements, code: str, path: Sequence[str], day: date,
             since: date | None = None) -> tuple[Version, ...]:
    """The versions that count there and then, the nation's first; none where no place says who is entitled."""
    if code not in book.heads:
        raise Refused(zh=f"没有代码为“{code}”的待遇。", en=f"There is no entitlement “{code}”.")
    found = tuple(version for place in path if (version := _standing(book.versions[code], place, day, since)))
    return found if any(version.conditions for version in found) else ()


def _standing(versions: Iterable[Version], place: str, day: date, since: date | None) -> Version | None:
    """The last version of a place that is in force on a day, for whoever became entitled on ``since``."""
    found = None
    for one in versions:
        kept_old = one.new_from is not None and since is not None and since < one.new_from and day <= one.existing_until
        if one.place == place and one.valid_from <= day <= one.valid_until and not kept_old:
            found = one
    return found


def cohorts(book: Entitlements, code: str) -> tuple[date, ...]:
    """A day of the anchor in each group of persons that may have a version of its own, the earliest first.

    One day that stands for everybody where no version tells new cases from existing ones.
    """
    ends = {one.new_from for one in book.versions[code] if one.new_from is not None and book.heads[code].anchor}
    return (BEGINNING, *sorted(ends))


def together(book: Entitlements, code: str, versions: tuple[Version, ...]) -> Rule:
    """Versions put together, the later changing the earlier part by part."""
    conditions: dict[str, Condition] = {}
    results: dict[str, Result] = {}
    workings: dict[str, Working] = {}
    measures: dict[str, MeasureInput] = {}
    said_by: dict[str, str] = {}
    for version in versions:
        for name in version.repeals:
            conditions.pop(name, None)
        for kept, parts in ((conditions, version.conditions), (results, version.results),
                            (workings, version.workings), (measures, version.measures)):
            for one in parts:
                kept[one.name] = one  # type: ignore[index,assignment]
                said_by[one.name] = version.place
    rule = Rule(book.heads[code], versions, tuple(conditions.values()), tuple(results.values()),
                tuple(workings.values()), tuple(measures.values()), book.facts, said_by)
    return with_facts_read(rule, book.facts)


def with_facts_read(rule: Rule, facts: Mapping[str, Fact]) -> Rule:
    """The rule with only the facts that it reads, in the order of its conditions and results."""
    trees = rule.lowered
    order: dict[str, None] = {}
    for name in (*(one.name for one in rule.conditions), *(one.name for one in rule.results)):
        _facts_of(trees, name, order)
    for measure in rule.measures:
        order.update(dict.fromkeys(value for _, value in measure.given))
        order.update({measure.on: None} if measure.on else {})
    if any(one.new_from for one in rule.versions):
        order.setdefault(rule.head.anchor)
    return replace(rule, facts={code: facts[code] for code in order if code in facts})


def _facts_of(trees: Lowered, decision: str, order: dict[str, None]) -> None:
    for name in sorted(trees.reads(decision)):
        if name in trees.decisions:
            _facts_of(trees, name, order)
        order.setdefault(name)


def _model(rule: Rule) -> Model:
    """The rule as a decision model: facts and measures in, conditions, workings and results as decisions."""
    code = rule.head.code
    inputs = [Input(f"fact-{fact.code}", fact.code, f"t_{fact.code}", fact.label.en, fact.question.en)
              for fact in rule.facts.values()]
    inputs += [Input(f"measure-{one.name}", one.name, "number", one.measure) for one in rule.measures]
    inputs += [Input(f"clock-{name}", name, kind) for name, kind in CLOCK.items()]
    decisions = [Decision(f"condition-{one.name}", one.name, "boolean", one.words.en, one.cited.clause.en,
                          Text(one.holds))
                 for one in rule.conditions]
    decisions += [Decision(f"working-{one.name}", one.name, one.type, one.words.en, one.cited.clause.en, one.logic)
                  for one in rule.workings]
    decisions += [Decision(f"result-{one.name}", one.name, RESULT_TYPES.get(one.unit, "number"), one.words.en,
                           one.cited.clause.en, one.logic) for one in rule.results]
    all_hold = " and ".join(one.name for one in rule.conditions) or "true"
    decisions.append(Decision(f"{code}-{ELIGIBLE}", ELIGIBLE, "boolean", rule.head.name.en, "", Text(all_hold)))
    try:
        return _with_needs(Model(code, f"https://example.org/jizhun/{code}", f"{code}-{rule.nearest}",
                                 rule.head.summary.en, tuple(map(_item_type, rule.facts.values())),
                                 tuple(inputs), tuple(decisions)))
    except Fault as fault:
        raise Refused(zh=f"{code} {rule.nearest}：{fault.whole.zh}",
                      en=f"{code} {rule.nearest}: {fault.whole.en}") from None


def _with_needs(model: Model) -> Model:
    """The model with what each decision reads written as its requirements; unknown names are refused."""
    trees = lowered(model)
    ids = {one.name: one.id for one in (*model.inputs, *model.decisions)}
    decisions = []
    for one in model.decisions:
        names = trees.reads(one.name)
        odd = sorted(name for name in names if name not in ids and not _built_in(name))
        if odd:
            raise Fault(zh=f"“{one.name}”引用了没有的“{odd[0]}”。",
                        en=f"“{one.name}” reads “{odd[0]}”, which is nowhere.")
        decisions.append(replace(one, needs=tuple(ids[name] for name in sorted(names) if name in ids)))
    return replace(model, decisions=tuple(decisions))


def _built_in(name: str) -> bool:
    return name in FUNCTIONS


def _item_type(fact: Fact) -> ItemType:
    allowed = ""
    if fact.type == "choice":
        allowed = ", ".join(f'"{code}"' for code, _ in fact.options)
    elif fact.low is not None or fact.high is not None:
        allowed = f"[{fact.low}..{fact.high}]" if None not in (fact.low, fact.high) else \
            f">= {fact.low}" if fact.low is not None else f"<= {fact.high}"
    return ItemType(f"t_{fact.code}", TYPES[fact.type], allowed)
