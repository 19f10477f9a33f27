"""What a scenario would do to the people of a file: rules and values in force, and those that are supposed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from jizhun.entitlements.actions.asking import entitlements, rule
from jizhun.entitlements.rules import Entitlements, Rule
from jizhun.entitlements.rules.assembling import cohorts
from jizhun.entitlements.rules.book import MeasureInput
from jizhun.entitlements.whatif.cohorts import EVERYBODY, Cohort, cohorts_by
from jizhun.entitlements.whatif.outcome import Outcome
from jizhun.entitlements.whatif.paying import Payers
from jizhun.entitlements.whatif.people import People, read_people
from jizhun.entitlements.whatif.running import Progress, simulate
from jizhun.entitlements.whatif.scenario import PartChange, Scenario, changed
from jizhun.entitlements.whatif.worlds import World
from jizhun.kernel.bilingual import Refused
from jizhun.provisions import actions as provisions
from jizhun.provisions.rules import Answer as Said
from jizhun.provisions.rules import Book, Question, ask
from jizhun.regions.actions import tree


def what_if(*, scenario: Scenario, file: Path, mapping: Mapping[str, Any], synthetic: bool = False,
            progress: Progress | None = None) -> Outcome:
    """What a scenario would do to the people of a file. Nothing is kept.

    Raises Refused for a file, mapping or scenario that cannot be used, or a rule that cannot be counted.
    """
    book = entitlements()
    if scenario.entitlement not in book.heads:
        raise Refused(zh=f"没有代码为“{scenario.entitlement}”的待遇。",
                      en=f"There is no entitlement “{scenario.entitlement}”.")
    for region in scenario.regions:
        tree().path(region, scenario.first)
    before = _world(scenario, provisions.book(), ())
    after = _world(scenario, provisions.supposed(rows=scenario.provisions), scenario.changes)
    with TemporaryDirectory(prefix="what-if-") as spare, duckdb.connect(config=_engine(spare)) as held:
        people = read_people(held, file, mapping, book.facts, is_place=_is_place_on(scenario.first),
                             synthetic=synthetic)
        return simulate(held, people, scenario, before, after, within=lambda region: _lies_within(region, scenario),
                        payers=_payers(book, scenario), cohorts=_cohorts(book, scenario.entitlement, people),
                        progress=progress)


def _cohorts(book: Entitlements, code: str, people: People) -> Sequence[Cohort]:
    """The groups of a population for which versions of their own may count."""
    anchor = book.heads[code].anchor
    return cohorts_by(book.facts[anchor], cohorts(book, code), people) if anchor else EVERYBODY


def _engine(spare: str) -> dict[str, Any]:
    """What does not fit into memory is put aside where nobody else reads, and is gone afterwards."""
    return {"temp_directory": spare, "autoinstall_known_extensions": False, "autoload_known_extensions": False}


def _is_place_on(day: date) -> Callable[[str], bool]:
    held = tree()

    def is_place(code: str) -> bool:
        try:
            held.path(code, day)
        except Refused:
            return False
        return True
    return is_place


def _world(scenario: Scenario, held: Book, changes: Sequence[PartChange]) -> World:
    """The rules and values in force with a book of provisions; parts of the rules said otherwise, if any."""
    made: dict[Rule, Rule] = {}

    def rule_at(region: str, day: date, since: date | None) -> Rule | None:
        found = rule(code=scenario.entitlement, region=region, on=day, since=since)
        if found is not None and changes:
            if found not in made:
                made[found] = changed(found, changes, entitlements().facts)
            return made[found]
        return found

    def asked(wanted: MeasureInput, region: str, day: date, facts: Mapping[str, object]) -> Said:
        return ask(held, Question(wanted.measure, wanted.subject, region, day, facts=facts))
    return World(rule_at, asked)


def _lies_within(region: str, scenario: Scenario) -> bool:
    path = tree().path(region, scenario.first)
    return any(one in path for one in scenario.regions)


def _payers(book: Entitlements, scenario: Scenario) -> Payers | None:
    head = book.heads[scenario.entitlement]
    if not head.payers:
        return None

    def shares_of(region: str) -> tuple[tuple[str, int], ...]:
        by_region = dict(head.payers_in)
        return next((by_region[one] for one in reversed(tree().path(region, scenario.first)) if one in by_region), ())
    return Payers(head.payers, shares_of, head.layers, tree().level)
