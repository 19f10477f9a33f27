"""Every rule that ships runs on one person and on a population, and comes to the same for everybody."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from jizhun.entitlements.dmn.population import population
from jizhun.entitlements.feel import tree
from jizhun.entitlements.feel.sql import Sql, constant
from jizhun.entitlements.feel.values import Fault
from jizhun.entitlements.rules import Rule, rule_for
from jizhun.entitlements.rules.assembling import ELIGIBLE
from jizhun.entitlements.rules.book import Fact
from jizhun.entitlements.whatif.people import column
from worlds import seed_entitlements

PERSONS, TODAY = 60, date(2026, 3, 1)
LEVEL = Sql("level", "number", 100, 0, 1_000_000_000)


def path_to(place: str) -> list[str]:
    return list(dict.fromkeys(("CN", place if place == "CN" else f"{place[:2]}0000", place)))


def shipped() -> Iterator[tuple[str, str]]:
    """Every entitlement at the nation and at each place that says something of it."""
    for code, versions in seed_entitlements().versions.items():
        for place in sorted({version.place for version in versions}):
            yield code, place


def rule_at(code: str, place: str) -> tuple[Rule, date]:
    starts = [version.valid_from for version in seed_entitlements().versions[code] if version.place == place]
    day = max(max(starts), TODAY) if place == "CN" else max(starts)
    rule = rule_for(seed_entitlements(), code, path_to(place), day)
    assert rule is not None
    return rule, day


def made_up(fact: Fact, constants: list[Any], draw: random.Random) -> Any:
    """A value near one at which something changes, or any other; now and then unknown."""
    if draw.random() < 0.06:
        return None
    if fact.type == "boolean":
        return draw.random() < 0.8
    if fact.type == "choice":
        return draw.choice(fact.options)[0]
    if fact.type == "date":
        return date(2026, 3, 1) - timedelta(draw.randrange(28_000))
    low, high, step = fact.low or 0, min(fact.high or 10_000, 10_000), 10**fact.decimals
    near = draw.choice([one for one in constants if isinstance(one, Decimal)]
                       or [Decimal(low)]) + draw.choice([-1, 0, 1])
    wanted = near if draw.random() < 0.6 else Decimal(draw.randint(low * step, high * step)) / step
    return min(max(Decimal(low), wanted.quantize(Decimal(1) / step)), Decimal(high))


def table_of(rule: Rule, persons: list[dict[str, Any]]) -> pa.Table:
    """The persons as a population holds them: whole numbers over their denominator."""
    types = {"number": pa.int64(), "boolean": pa.bool_(), "choice": pa.string(), "date": pa.date32()}
    columns = {code: pa.array([None if one[code] is None else int(one[code] * 10**fact.decimals)
                               if fact.type == "number" else one[code] for one in persons], types[fact.type])
               for code, fact in rule.facts.items()}
    levels = {one.name: pa.array([int(person[one.name] * 100) for person in persons], pa.int64())
              for one in rule.measures}
    return pa.table({"i": pa.array(range(len(persons))), **columns, **levels})


def constants_of(rule: Rule) -> list[Any]:
    return [one.value for node in rule.lowered.decisions.values() for one in tree.walk(node)
            if isinstance(one, tree.Literal)]


def by_function(rule: Rule, person: dict[str, Any], decision: str, day: date) -> Any:
    try:
        return rule.runner.decide(decision, {**person, "today": day})
    except Fault as fault:
        return fault


@pytest.mark.parametrize(("code", "place"), list(shipped()))
def test_a_person_and_a_population_come_to_the_same(code: str, place: str) -> None:
    rule, day = rule_at(code, place)
    draw, constants = random.Random(f"{code}{place}"), constants_of(rule)
    persons = [{**{name: made_up(fact, constants, draw) for name, fact in rule.facts.items()},
                **{one.name: Decimal(draw.randint(50_000, 900_000)) / 100 for one in rule.measures}}
               for _ in range(PERSONS)]
    wanted = [ELIGIBLE, *(one.name for one in rule.results if one.unit != "text")]
    columns = {name: column(fact) for name, fact in rule.facts.items()}
    columns |= {one.name: Sql(one.name, LEVEL.kind, LEVEL.den, LEVEL.low, LEVEL.high) for one in rule.measures}
    made = population(rule.lowered, wanted, {**columns, "today": constant(day)}, source="people", keep=["i"])
    held = duckdb.connect()
    held.register("people", table_of(rule, persons))
    rows = held.sql(f"SELECT * FROM ({made.text()}) ORDER BY i").to_arrow_table().to_pylist()
    compared = 0
    for person, row in zip(persons, rows, strict=True):
        for decision in wanted:
            expected = by_function(rule, person, decision, day)
            if not isinstance(expected, Fault):
                sql = made.columns[decision, 0]
                found = row[sql.text.strip('"')]
                if sql.kind == "number" and found is not None:
                    found = Decimal(int(found)) / sql.den
                assert found == expected, (decision, person, sql.text)
                compared += 1
    assert compared >= PERSONS
