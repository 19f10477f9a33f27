"""A million persons, twelve months, one scenario: who gets more, what it costs whom, how unequal; beside one by one.

``python -m benchmarks.what_if`` makes the population of residents aged 60 and over that ships, supposes a higher
basic pension, and prints the seconds from the file to the whole outcome, inequality included; then it asks some of the
persons one after another, by the same rules and the same as-of engine, and prints how many times longer that takes.
The rules and provisions are those that ship; nothing is written to any database.
"""

import os
import tempfile
import time
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import yaml

from jizhun.entitlements.rules import Entitlements, Rule, read_all, spelled_out, standing, together
from jizhun.entitlements.rules.assembling import ELIGIBLE
from jizhun.entitlements.whatif.outcome import Outcome
from jizhun.entitlements.whatif.paying import Payers
from jizhun.entitlements.whatif.people import People, read_people
from jizhun.entitlements.whatif.running import simulate
from jizhun.entitlements.whatif.scenario import read_scenario
from jizhun.entitlements.whatif.synthetic import make_people, read_margins
from jizhun.entitlements.whatif.worlds import World, main_result
from jizhun.provisions.rules import Book, Quantity, Question, ask, make_book
from jizhun.provisions.rules.reading import read_measure, read_paper, read_say

PERSONS, ALONE, ROUNDS = int(os.environ.get("PERSONS", 1_000_000)), 2_000, 3
DATA = Path(__file__).parent.parent / "data"
SUPPOSED = {"subject": "NB050", "measure": "basic_pension", "region": "CN", "modality": "floor", "value": 183,
            "unit": "CNY/month"}
SCENARIO = read_scenario({"entitlement": "residents_pension", "from": "2026-12", "months": 12,
                          "provisions": [SUPPOSED]})


def main() -> None:
    book = rules()
    margins = read_margins(content("entitlements/populations/residents_60.yaml"), book.facts)
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as folder:
        file = Path(folder) / "people.parquet"
        mapping = make_people(margins, book.facts, PERSONS, file)
        worlds = world(book, provisions()), world(book, provisions(SUPPOSED))
        runs = [run(file, mapping, book, worlds) for _ in range(ROUNDS)]
        outcome, seconds = runs[0][0], min(one for _, one in runs)
        few = Path(folder) / "few.parquet"
        make_people(margins, book.facts, ALONE, few)
        alone, cents_alone = one_by_one(few, worlds)
        assert run(few, mapping, book, worlds)[0].total.difference == cents_alone, "the two ways do not agree"
    total = outcome.total
    print(f"{outcome.people.rows:,} persons x {SCENARIO.months} months, before and after, best of {ROUNDS}")
    print(f"file to outcome, inequality and payers included   {seconds:.2f} s")
    print(f"{total.gain:,} persons get more, {total.difference / 100:,.2f} yuan; Gini {outcome.spread_before.gini:.4f} "
          f"-> {outcome.spread_after.gini:.4f}")
    print(f"one person after another                          {alone * 1e3:.2f} ms each, "
          f"{alone * outcome.people.rows / seconds:,.0f} times as long")
    assert seconds < 10, "the claim is: under ten seconds"


def content(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


def rules() -> Entitlements:
    """The rules that ship, workings that they share written into each."""
    folder = DATA / "entitlements"
    rows = [row for path in sorted(folder.glob("*.yaml")) if path.stem not in ("facts", "shared")
            for row in content(f"entitlements/{path.name}")]
    return read_all(content("entitlements/facts.yaml"), spelled_out(rows, content("entitlements/shared.yaml")))


class Provinces:
    """The nation and places two levels deep, by the digits of their codes."""

    change_days: tuple[date, ...] = ()

    def path(self, code: str, on: date) -> tuple[str, ...]:
        above = ("CN", f"{code[:2]}0000", f"{code[:4]}00", code)
        return tuple(dict.fromkeys(above[:above.index(code) + 1]))

    def level(self, code: str) -> int:
        return ("CN", f"{code[:2]}0000", f"{code[:4]}00", code).index(code)

    def within(self, code: str, on: date) -> tuple[str, ...]:
        return (code,)


class Subjects:
    """A matter belongs to the item before its hyphen."""

    def chain(self, matter: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((matter, matter.split("-")[0], "*")))

    def groups(self, asked: str) -> tuple[str, ...]:
        return ("all",)


def provisions(*more: Mapping[str, Any]) -> Book:
    """The basic pensions on record, and what is supposed."""
    said = content("provisions/basic_pension.yaml")
    papers = {row["id"]: read_paper(row) for row in said["documents"]}
    rows = [*said["provisions"], *({**row, "from": SCENARIO.first} for row in more)]
    return make_book(measures={row["code"]: read_measure(row) for row in content("measures.yaml")}, places=Provinces(),
                     subjects=Subjects(), says=[read_say(row, papers, order=n) for n, row in enumerate(rows)],
                     assignments=[])


def world(book: Entitlements, held: Book) -> World:
    @cache
    def made(versions: Any) -> Rule:
        return together(book, SCENARIO.entitlement, versions)

    def rule_at(region: str, day: date, since: date | None = None) -> Rule | None:
        versions = standing(book, SCENARIO.entitlement, held.places.path(region, day), day)
        return made(versions) if versions else None
    return World(rule_at, lambda wanted, region, day, facts: ask(
        held, Question(wanted.measure, wanted.subject, region, day, facts=facts)))


def run(file: Path, mapping: dict[str, Any], book: Entitlements, worlds: tuple[World, World]) -> tuple[Outcome, float]:
    """The whole way from the file to the outcome, and how many seconds it took."""
    head, start = book.heads[SCENARIO.entitlement], time.perf_counter()
    shares = dict(head.payers_in)
    payers = Payers(head.payers, lambda region: shares.get(region, ()), head.layers, Provinces().level)
    with duckdb.connect() as held:
        people: People = read_people(held, file, mapping, book.facts, is_place=lambda code: True, synthetic=True)
        outcome = simulate(held, people, SCENARIO, *worlds, within=lambda region: True, payers=payers)
    return outcome, time.perf_counter() - start


def one_by_one(file: Path, worlds: tuple[World, World]) -> tuple[float, int]:
    """Seconds for one person asked month by month, before and after; and the difference in cents of all of them."""
    found = pq.read_table(file).to_pylist()
    persons = [{code: Decimal(value) if type(value) is int and code != "weight" else value
                for code, value in one.items()} for one in found]
    start = time.perf_counter()
    sums = [sum(person["weight"] * cents(one, person, day) for person in persons for day in SCENARIO.days)
            for one in worlds]
    return (time.perf_counter() - start) / len(persons), int(sums[1] - sums[0])


def cents(one: World, person: Mapping[str, Any], day: date) -> int:
    rule = one.rule_at(person["region"], day, None)
    if rule is None:
        return 0
    facts = {code: person.get(code) for code in rule.facts} | {"today": day}
    for wanted in rule.measures:
        value = one.asked(wanted, person["region"], day, {}).value
        facts[wanted.name] = value.amount if isinstance(value, Quantity) else None
    result = main_result(rule).name
    told = rule.runner.decide_all([ELIGIBLE, result], facts)
    amount = told[result] if told[ELIGIBLE] else None
    return int(amount * 100) if isinstance(amount, Decimal) else 0


if __name__ == "__main__":
    main()
