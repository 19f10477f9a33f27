"""What if: everything counted for a population is what comes of asking person by person, month by month."""

import csv
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import yaml

from jizhun.analytics import inequality
from jizhun.entitlements.rules import Rule, read_all, standing, together
from jizhun.entitlements.rules.assembling import ELIGIBLE, cohorts
from jizhun.entitlements.whatif.cohorts import cohorts_by
from jizhun.entitlements.whatif.outcome import Outcome
from jizhun.entitlements.whatif.paying import Payers
from jizhun.entitlements.whatif.people import columns_of, read_people
from jizhun.entitlements.whatif.running import simulate
from jizhun.entitlements.whatif.scenario import Scenario, changed, read_scenario
from jizhun.entitlements.whatif.worlds import World, main_result
from jizhun.kernel.bilingual import Refused
from jizhun.provisions.rules import Book, Cells, Quantity, Question, ask
from worlds import CASES, book_of, read_yaml

FACTS = yaml.safe_load("""
- {code: paid, type: number, unit: month, low: 0, high: 400, label_zh: 月数, label_en: Months, question_zh: 几个月？,
   question_en: How many}
- {code: wage, type: number, low: 0, high: 50000, decimals: 2, label_zh: 工资, label_en: Wage, question_zh: 多少？,
   question_en: How much}
- {code: unwilling, type: boolean, label_zh: 非自愿, label_en: Unwilling, question_zh: 是吗？, question_en: "Yes?"}
- {code: kind, type: choice, label_zh: 类别, label_en: Kind, question_zh: 哪类？, question_en: Which,
   options: [{code: light, zh: 轻, en: light}, {code: heavy, zh: 重, en: heavy}, {code: "o'ther", zh: 其他, en: other}]}
- {code: born, type: date, label_zh: 出生, label_en: Born, question_zh: 哪天？, question_en: When}
- {code: drawn, type: number, low: 1, high: 60, label_zh: 第几月, label_en: Month drawn, question_zh: 第几月？,
   question_en: Which}
""")


def entitlement(code: str, unit: str, first: str, later: str, **more: Any) -> dict[str, Any]:
    """A rule that changes in the middle of the period and differs by region; it reads a value in force."""
    level = {"name": "level", "measure": "benefit_amount", "subject": "NB029-EX01",
             "given": {"drawn": "drawn", "kind": "kind", "wage": "wage"}}
    def condition(name: str, holds: str) -> dict[str, Any]:
        return {"name": name, "holds": holds, "zh": name, "en": name}
    def result(text: str) -> dict[str, Any]:
        return {"name": "amount", "unit": unit, "main": True, "zh": "额", "en": "amount", "is": text}
    versions = [
        {"region": "CN", "from": "2020-01-01", "mark": "V", "document": "law", "measures": [level],
         "conditions": [condition("long", "paid >= 12"), condition("forced", "unwilling")], "results": [result(first)]},
        {"region": "CN", "from": "2026-05-01", "document": "later", "measures": [level],
         "conditions": [condition("long", "paid >= 6"), condition("forced", "unwilling or kind = \"heavy\""),
                        condition("old", "years and months duration(born, today).years >= 30")],
         "results": [result(later)]},
        {"region": "320000", "from": "2026-01-01", "document": "own", "results": [result("level * 0.85 + 20")]},
        {"region": "370000", "from": "2026-06-01", "document": "own", "repeals": ["forced"]}]
    return {"code": code, "name_zh": code, "name_en": code, "subject": "NB029-EX01", "place_role": "place_of_insurance",
            "summary_zh": "测试", "summary_en": "test", "versions": versions, **more}


def with_cohorts() -> dict[str, Any]:
    """A rule whose second version is for new cases only, up to a day, and so is a region's own."""
    row = entitlement("cohorts", "CNY/month", "level + 10", "level + wage")
    days: tuple[dict[str, str], ...] = (
        {}, {"new_from": "1985-06-01", "existing_until": "2026-10-31"}, {"new_from": "1970-01-01"}, {})
    return {**row, "anchor": "born",
            "versions": [{**one, **more} for one, more in zip(row["versions"], days, strict=True)]}


BOOK = read_all(FACTS, [
    entitlement("monthly", "CNY/month", "level + round half up(wage / 139, 2)", "level + round down(wage * 0.011, 1)",
                payers={"central": 60, "province": 40}, payers_in={"320000": {"central": 5, "province": 95}}),
    entitlement("once", "CNY", "level * 3", "level * 4 + wage", payers={"unemployment_fund": 100}),
    entitlement("yearly", "CNY/year", "if paid > 100 then level * 2 else level", "level"),
    with_cohorts(),
    entitlement("layered", "CNY/month", "level + 11.5", "level + 12.5", payers={"central": 50, "county": 50},
                payers_in={"370000": {"central": 100}}, layers="level")])

PROVISIONS = yaml.safe_load("""
provisions:
  - {subject: NB029-EX01, measure: benefit_amount, region: CN, modality: floor, value: 500, unit: CNY/month,
     from: 2020-01-01, mark: V}
  - {subject: NB029-EX01, measure: benefit_amount, region: CN, modality: floor, value: 612.35, unit: CNY/month,
     from: 2026-07-01, mark: V}
  - {subject: NB029-EX01, measure: benefit_amount, region: "310000", modality: floor, unit: CNY/month, from: 2020-01-01,
     value: {table: {over: [drawn], rows: [{drawn: [1, 12], value: 2255}, {drawn: [13, 24], value: 1804},
                                           {drawn: [25, null], value: 1595}]}}}
  - {subject: NB029-EX01, measure: benefit_amount, region: "310000", modality: floor, unit: CNY/month, from: 2026-08-01,
     value: {table: {over: [drawn], rows: [{drawn: [1, 6], value: 2400}, {drawn: [7, 40], value: 1800.5}]}}}
  - {subject: NB029-EX01, measure: benefit_amount, region: "320100", modality: floor, unit: CNY/month, from: 2020-01-01,
     value: {table: {over: [kind], rows: [{kind: light, value: 700}, {kind: "o'ther", value: 901}]}}}
  - {subject: NB029-EX01, measure: benefit_amount, region: "320300", modality: floor, unit: CNY/month, from: 2026-04-01,
     value: {table: {over: [wage], rows: [{wage: [0, 2000], value: 800}, {wage: [2001, null], value: 640}]}}}
  - {subject: NB029-EX01, measure: benefit_amount, region: "370000", modality: floor, value: 1000, unit: CNY/month,
     from: 2026-02-01}
  - {subject: NB029-EX01, measure: benefit_amount, region: "370100", modality: floor, value: 1310.07, unit: CNY/month,
     from: 2026-02-01}
""")
PLACES = read_yaml(CASES / "promises" / "places.yaml")
REGIONS = ("310000", "320000", "320100", "320300", "320311", "370000", "370100", "140100", "430421")
MAPPING: dict[str, Any] = {"region": "where", "weight": "n",
                           "facts": {one["code"]: f"c {one['code']}" for one in FACTS}}
SUPPOSED: dict[str, dict[str, Any]] = {
    "monthly": {"provisions": [{"subject": "NB029-EX01", "measure": "benefit_amount", "region": "320000",
                                "modality": "floor", "value": 750, "unit": "CNY/month"}]},
    "once": {"changes": [{"part": "long", "drop": True}]},
    "yearly": {"changes": [{"part": "amount", "is": "level + wage * 0.1"}], "regions": ["320000", "310000"]},
    "cohorts": {"changes": [{"part": "amount", "is": "level + 55"}]},
    "layered": {"provisions": [{"subject": "NB029-EX01", "measure": "benefit_amount", "region": "CN",
                                "modality": "floor", "value": 1100, "unit": "CNY/month"},
                               {"subject": "NB029-EX01", "measure": "benefit_amount", "region": "370100",
                                "modality": "floor", "value": 1400, "unit": "CNY/month", "from": date(2026, 9, 1)}],
                "changes": [{"part": "forced", "is": "true"}]}}


def scenario_of(code: str, **more: Any) -> Scenario:
    return read_scenario({"entitlement": code, "from": "2026-03", "months": 14, **SUPPOSED[code], **more})


def books(scenario: Scenario) -> tuple[Book, Book]:
    """The values in force, and as they would be: what is supposed is recorded last."""
    later = [{"modality": "floor", **row} for row in scenario.provisions]
    return book_of(PROVISIONS), book_of({"provisions": [*PROVISIONS["provisions"], *later]})


def worlds_of(scenario: Scenario, held: tuple[Book, Book]) -> tuple[World, World]:
    made: dict[tuple[Any, ...], Rule] = {}

    def world(book: Book, changes: Sequence[Any]) -> World:
        said: dict[tuple[Any, ...], Any] = {}

        def asked(wanted: Any, region: str, day: date, facts: Mapping[str, object]) -> Any:
            key = region, day, *facts.items()
            if key not in said:
                said[key] = ask(book, Question(wanted.measure, wanted.subject, region, day, facts=facts))
            return said[key]

        def rule_at(region: str, day: date, since: date | None = None) -> Rule | None:
            versions = standing(BOOK, scenario.entitlement, book.places.path(region, day), day, since)
            key = versions, bool(changes)
            if versions and key not in made:
                rule = together(BOOK, scenario.entitlement, versions)
                made[key] = changed(rule, changes, BOOK.facts) if changes else rule
            return made.get(key)
        return World(rule_at, asked)
    return world(held[0], ()), world(held[1], scenario.changes)


def payers_of(scenario: Scenario, book: Book) -> Payers | None:
    head = BOOK.heads[scenario.entitlement]
    shares = dict(head.payers_in)
    return Payers(head.payers, lambda region: next((shares[one] for one in book.places.path(region, scenario.first)
                                                    if one in shares), ()),
                  head.layers, book.places.level) if head.payers else None


def people(seed: int, rows: int = 180) -> list[dict[str, Any]]:
    """Persons by a seed; about a tenth of every fact is unknown, edges of tables come often."""
    draw = random.Random(seed)

    def maybe(one: Any) -> Any:
        return None if draw.random() < 0.1 else one
    return [{"where": draw.choice(REGIONS), "n": draw.choice([0, 1, 1, 3, 40]), "paid": maybe(draw.choice(
        [0, 5, 6, 11, 12, 13, draw.randint(0, 400)])), "unwilling": maybe(draw.random() < 0.6),
             "wage": maybe(Decimal(draw.choice([200000, 200050, 200100, draw.randint(0, 900000)])) / 100),
             "kind": maybe(draw.choice(["light", "heavy", "o'ther"])),
             "born": maybe(date(1950, 1, 1) + timedelta(draw.randint(0, 22000))),
             "drawn": maybe(draw.choice([1, 6, 7, 12, 13, 24, 25, 40, 41, 60]))} for _ in range(rows)]


def write(rows: Iterable[Mapping[str, Any]], file: Path) -> Path:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        codes = MAPPING["facts"]
        writer.writerow(["where", "n", *codes.values()])
        writer.writerows([row["where"], row["n"], *("" if row[code] is None else row[code] for code in codes)]
                         for row in rows)
    return file


def run(scenario: Scenario, file: Path, mapping: Mapping[str, Any] = MAPPING,
        held: tuple[Book, Book] | None = None, worlds: tuple[World, World] | None = None) -> Outcome:
    held = held or books(scenario)
    before, after = worlds or worlds_of(scenario, held)
    with duckdb.connect() as engine:
        known = read_people(engine, file, mapping, BOOK.facts, is_place=lambda code: code in PLACES)
        days = cohorts(BOOK, scenario.entitlement)
        return simulate(engine, known, scenario, before, after, payers=payers_of(scenario, held[0]),
                        within=within(scenario, held[0]), cohorts=cohorts_by(BOOK.facts["born"], days, known))


def within(scenario: Scenario, book: Book) -> Callable[[str], bool]:
    return lambda code: any(one in scenario.regions for one in book.places.path(code, scenario.first))


# -- one by one


def value_of(world: World, one: Any, rule: Rule, region: str, day: date, person: Mapping[str, Any]) -> Decimal | None:
    """The value in force for one person: unknown where it hangs on a fact that is."""
    known = {name: person[code] for name, code in one.given if person.get(code) is not None}
    value = world.asked(one, region, day, known).value
    if isinstance(value, Cells):
        return None
    return value.amount if isinstance(value, Quantity) else None


def typed(value: Any) -> Any:
    return Decimal(value) if type(value) is int else value


def cents_of(world: World, scenario: Scenario, region: str, month: int, person: Mapping[str, Any]) -> int | None:
    """What one person gets in one month; None where that cannot be told."""
    day, anchor = scenario.days[month], BOOK.heads[scenario.entitlement].anchor
    if anchor and person[anchor] is None:
        return None
    rule = world.rule_at(region, day, person[anchor] if anchor else None)
    if rule is None:
        return 0
    result = main_result(rule)
    if (result.unit == "CNY" and month) or (result.unit == "CNY/year" and month % 12):
        return 0
    facts = {code: typed(person[code]) for code in rule.facts} | {"today": day}
    facts |= {one.name: value_of(world, one, rule, region, day, person) for one in rule.measures}
    told = rule.runner.decide_all([ELIGIBLE, result.name], facts)
    if told[ELIGIBLE] is False:
        return 0
    amount = told[result.name] if told[ELIGIBLE] else None
    return None if not isinstance(amount, Decimal) else int((amount * 100).quantize(Decimal(1), ROUND_HALF_UP))


Told = tuple[Mapping[str, Any], list[int | None], list[int | None]]
"""A person, and what it gets month by month before and after."""


def one_by_one(scenario: Scenario, rows: Iterable[Mapping[str, Any]], worlds: tuple[World, World],
               asked_for: Callable[[str], bool]) -> list[Told]:
    def months(world: World, row: Mapping[str, Any]) -> list[int | None]:
        return [cents_of(world, scenario, row["where"], month, row) for month in range(scenario.months)]
    return [(row, months(worlds[0], row), months(worlds[1], row)) for row in rows if asked_for(row["where"])]


def expected(told: Sequence[Told]) -> tuple[int, ...]:
    sums = [(row["n"], sum(one or 0 for one in before), sum(one or 0 for one in after), None in before or None in after)
            for row, before, after in told]
    return (sum(n for n, *_ in sums), sum(n for n, b, _, _ in sums if b), sum(n for n, _, a, _ in sums if a),
            sum(n for n, b, a, _ in sums if a > b), sum(n for n, b, a, _ in sums if a < b),
            sum(n for n, _, _, odd in sums if odd), sum(n * b for n, b, _, _ in sums),
            sum(n * a for n, _, a, _ in sums))


def numbers(totals: Any) -> tuple[int, ...]:
    return (totals.persons, totals.entitled_before, totals.entitled_after, totals.gain, totals.lose, totals.unknown,
            totals.before, totals.after)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("code", sorted(SUPPOSED))
def test_a_population_comes_to_what_its_persons_come_to(tmp_path: Path, code: str, seed: int) -> None:
    scenario, rows = scenario_of(code), people(seed)
    outcome = run(scenario, write(rows, tmp_path / "people.csv"))
    held = books(scenario)
    told = one_by_one(scenario, rows, worlds_of(scenario, held), within(scenario, held[0]))
    assert outcome.people.rows == len(rows) and outcome.people.bad == 0
    assert numbers(outcome.total) == expected(told)
    assert outcome.total.difference != 0 and outcome.total.unknown > 0, "a scenario that shows something"
    for region in {row["where"] for row, *_ in told}:
        own = [one for one in told if one[0]["where"] == region]
        assert numbers(outcome.by_region[region]) == expected(own), region
        assert outcome.by_region[region].rows[0] == len(own)
    for month, (day, before, after) in enumerate(outcome.by_month):
        assert day == scenario.days[month]
        assert (before, after) == tuple(sum(row["n"] * (sides[side][month] or 0) for row, *sides in told)
                                        for side in (0, 1)), day


def test_whoever_has_no_day_on_record_is_in_no_cohort_and_cannot_be_told(tmp_path: Path) -> None:
    scenario, rows = scenario_of("cohorts"), people(3)
    facts = {code: column for code, column in MAPPING["facts"].items() if code != "born"}
    outcome = run(scenario, write(rows, tmp_path / "people.csv"), {**MAPPING, "facts": facts})
    assert outcome.total.unknown == outcome.total.persons == sum(row["n"] for row in rows)
    assert outcome.total.after == 0


@pytest.mark.parametrize("code", ["monthly", "once", "layered"])
def test_what_the_payers_pay_adds_up(tmp_path: Path, code: str) -> None:
    outcome = run(scenario_of(code), write(people(7), tmp_path / "people.csv"))
    assert sum(before for _, before, _ in outcome.payers) == outcome.total.before
    assert sum(after for _, _, after in outcome.payers) == outcome.total.after
    assert outcome.total.before > 0


def test_every_region_has_its_own_shares(tmp_path: Path) -> None:
    outcome = run(scenario_of("monthly"), write(people(8), tmp_path / "people.csv"))
    central = sum(cents - cents * (95 if region.startswith("32") else 40) // 100
                  for region, cents in ((region, one.after) for region, one in outcome.by_region.items()))
    assert dict((payer, after) for payer, _, after in outcome.payers)["central"] == central


@pytest.mark.parametrize("seed", [4, 5])
def test_what_a_level_adds_it_pays(tmp_path: Path, seed: int) -> None:
    """Layer by layer: the nation's by its shares, then whoever raised it; the rest of the amount is no layer."""
    scenario, rows = scenario_of("layered"), people(seed)
    outcome = run(scenario, write(rows, tmp_path / "people.csv"))
    held = books(scenario)
    after, found = worlds_of(scenario, held)[1], dict[str, int]()
    for row in rows:
        for month in range(scenario.months):
            cents = cents_of(after, scenario, row["where"], month, row)
            if cents:
                for payer, part in layers_of(held[1], scenario, row, month, cents).items():
                    found[payer] = found.get(payer, 0) + row["n"] * part
    told = {payer: after for payer, _, after in outcome.payers}
    assert {payer for payer, cents in found.items() if cents} == {payer for payer, cents in told.items() if cents}
    nation = {"central", "county"}  # halves of odd cents are cut once a region, not once a person
    assert {payer: cents for payer, cents in told.items() if payer not in nation} == \
        {payer: cents for payer, cents in found.items() if payer not in nation and cents}
    assert sum(told[payer] for payer in nation) == sum(found[payer] for payer in nation)


def layers_of(book: Book, scenario: Scenario, person: Mapping[str, Any], month: int, cents: int) -> dict[str, int]:
    given = {code: person[code] for code in ("drawn", "kind", "wage") if person[code] is not None}
    answer = ask(book, Question("benefit_amount", "NB029-EX01", person["where"], scenario.days[month], facts=given))
    parts, best = dict.fromkeys(("central", "province", "city", "county"), 0), 0
    for step in answer.path:
        if isinstance(step.value, Quantity) and step.value.amount * 100 > best:
            level = ("nation", "province", "city", "county")[book.places.level(step.place)]
            more = int(step.value.amount * 100) - best
            if level == "nation":
                shared = 0 if person["where"].startswith("37") else more // 2
                parts["central"] += more - shared
                parts["county"] += shared
            else:
                parts[level] += more
            best = int(step.value.amount * 100)
    return {**parts, "individual_account": cents - best}


def test_a_uniform_weight_changes_no_share_and_no_inequality(tmp_path: Path) -> None:
    rows = [{**row, "n": 1} for row in people(9)]
    once = run(scenario_of("monthly"), write(rows, tmp_path / "once.csv"))
    thrice = run(scenario_of("monthly"), write([{**row, "n": 3} for row in rows], tmp_path / "thrice.csv"))
    assert [3 * one for one in numbers(once.total)] == list(numbers(thrice.total))
    assert thrice.spread_after.gini == pytest.approx(once.spread_after.gini, abs=1e-12)
    assert thrice.error == pytest.approx(3 * once.error)


def test_inequality_is_that_of_the_persons_and_of_the_regions(tmp_path: Path) -> None:
    scenario = scenario_of("monthly")
    rows = [{**row, "n": 1} for row in people(10)]
    outcome = run(scenario, write(rows, tmp_path / "people.csv"))
    held = books(scenario)
    told = one_by_one(scenario, rows, worlds_of(scenario, held), lambda code: True)
    sums = [(row["where"], sum(one or 0 for one in after)) for row, _, after in told]
    amounts = [float(one) for _, one in sums if one]
    assert outcome.spread_after.gini == pytest.approx(inequality.gini(amounts), abs=1e-9)
    assert outcome.spread_after.theil == pytest.approx(inequality.theil(amounts), abs=1e-9)
    means = [mean for region in sorted(set(REGIONS))
             for mean in [inequality.mean([float(one) for where, one in sums if where == region and one])]
             for where, one in sums if where == region and one]  # each region's mean as often as it has persons
    assert outcome.spread_after.regions_gini == pytest.approx(inequality.gini(means), abs=1e-9)
    assert outcome.spread_after.regions_theil == pytest.approx(inequality.theil(means), abs=1e-9)


def test_the_standard_error_is_that_of_ten_random_parts(tmp_path: Path) -> None:
    """Over many samples of one population the estimate's own spread is what the error says, give or take a third."""
    scenario = scenario_of("monthly", months=2)
    held = books(scenario)
    worlds = worlds_of(scenario, held)
    whole = [row for row in people(11, 6000) if row["n"]]
    estimates, errors = [], []
    for seed in range(40):
        drawn = random.Random(seed).choices(whole, k=300)
        file = write([{**row, "n": 20} for row in drawn], tmp_path / f"{seed}.csv")
        outcome = run(scenario, file, held=held, worlds=worlds)
        estimates.append(outcome.total.difference)
        errors.append(outcome.error)
    assert 0.66 < np.sqrt(np.mean(np.square(errors))) / np.std(estimates, ddof=1) < 1.5


# -- what is said with it


def test_facts_that_nobody_has_are_named_and_unknown(tmp_path: Path) -> None:
    less = {**MAPPING, "facts": {code: name for code, name in MAPPING["facts"].items() if code != "unwilling"}}
    outcome = run(scenario_of("once"), write(people(12), tmp_path / "people.csv"), less)
    assert outcome.missing == ("unwilling",)
    assert outcome.total.unknown > 0.5 * outcome.total.persons


def test_unverified_clauses_and_values_are_named(tmp_path: Path) -> None:
    outcome = run(scenario_of("monthly"), write(people(13), tmp_path / "people.csv"))
    assert {one.document for one in outcome.unverified} == {"later", "own"}
    assert "370000" in outcome.unverified_values and "140100" not in outcome.unverified_values


def test_the_statements_that_were_run_are_handed_on(tmp_path: Path) -> None:
    outcome = run(scenario_of("once"), write(people(14), tmp_path / "people.csv"))
    assert outcome.sql and all(text.startswith("WITH step_1 AS") for text in outcome.sql)


def test_the_same_rows_in_another_order_come_to_the_same(tmp_path: Path) -> None:
    rows = people(15)
    outcomes = [run(scenario_of("layered"), write(some, tmp_path / f"{n}.csv"))
                for n, some in enumerate([rows, rows[::-1]])]
    assert outcomes[0].total == outcomes[1].total and outcomes[0].payers == outcomes[1].payers


# -- files that cannot be used, and rows that are left out


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    assert caught.value.sentence.zh and caught.value.sentence.en
    return caught.value.sentence.en


def file_of(folder: Path, text: str | bytes, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


SMALL = {"region": "where", "weight": "n", "facts": {"paid": "paid", "wage": "wage", "kind": "kind", "born": "born",
                                                     "unwilling": "yes"}}


def test_rows_with_faults_are_counted_by_their_first_reason(tmp_path: Path) -> None:
    good = "310000,2,12,100.25,light,2000-02-29,是"
    rows = [good, ",1,12,1,light,2000-01-01,true", "999999,1,12,1,light,2000-01-01,true", "310000,1.5,12,,,,",
            "310000,-1,12,,,,", "310000,,12,,,,", "310000,1,401,,,,", "310000,1,many,,,,", "310000,1,12,1.255,,,",
            "310000,1,12,1,medium,,", "310000,1,12,1,light,2001-02-29,", "310000,1,12,1,light,,perhaps",
            "310000,1,,,,,", "310000,1e12,,,,,"]
    file = file_of(tmp_path, "\n".join(["where,n,paid,wage,kind,born,yes", *rows]))
    with duckdb.connect() as engine:
        known = read_people(engine, file, SMALL, BOOK.facts, is_place=lambda code: code == "310000")
        kept = engine.execute("SELECT weight, paid, wage, kind, born, unwilling FROM people ORDER BY weight DESC")
        assert kept.fetchall() == [(2, 12, 10025, "light", date(2000, 2, 29), True), (1, None, None, None, None, None)]
    assert (known.rows, known.bad) == (2, 12)
    assert dict(known.reasons) == {"region": 2, "weight": 4, "paid": 2, "wage": 1, "kind": 1, "born": 1, "unwilling": 1}


@pytest.mark.parametrize(("mapping", "sentence"), [
    ({"region": "nowhere"}, "no column “nowhere” (region)"),
    ({"region": "where", "weight": "w"}, "no column “w” (weight)"),
    ({"region": "where", "facts": {"paid": "x"}}, "no column “x” (paid)"), ({}, "The mapping names “region”"),
    ({"region": "where", "facts": {"nobody": "n"}}, "There is no fact “nobody”."),
    ({"region": "where", "facts": ["paid"]}, "The mapping names “region”"),
    ({"region": ["where"]}, "The mapping names"),
    ({"region": "where", "facts": {"paid": None}}, "The mapping names"),
    ({"region": "where", "odd": 1}, "The mapping")])
def test_a_mapping_that_does_not_fit_is_refused(tmp_path: Path, mapping: dict[str, Any], sentence: str) -> None:
    file = file_of(tmp_path, "where,n,paid\n310000,1,12\n")
    with duckdb.connect() as engine:
        said = refused(lambda: read_people(engine, file, mapping, BOOK.facts, is_place=lambda code: True))
    assert sentence in said


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("people.csv", "", "no column “where”"), ("people.csv", "where,n\n", "no row that could be used"),
    ("people.csv", b"\xff\xfe\x00\x81where\x00", "people.csv"), ("people.txt", "where,n\n310000,1\n", "CSV or Parquet"),
    ("people.parquet", "where,n\n310000,1\n", "cannot be read"),
    ("people.parquet", b"PAR1\x00\x00PAR1", "cannot be read"),
    ("people.csv", "where,n\n杭州,1\n", "no row that could be used"),
    ("people.csv", b"where,n\n310000,1\n" * 3 + b'310000,"1\n' + b"x" * 3_000_000, "people.csv")])
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(tmp_path: Path, name: str, content: str | bytes,
                                                             sentence: str) -> None:
    file = file_of(tmp_path, content, name)
    with duckdb.connect() as engine:
        said = refused(lambda: read_people(engine, file, {"region": "where"}, BOOK.facts,
                                           is_place=lambda code: code == "310000"))
    assert sentence in said and str(tmp_path) not in said and "\n" not in said


def test_the_columns_of_a_file_are_told_in_their_order(tmp_path: Path) -> None:
    assert columns_of(file_of(tmp_path, "地区,人数,paid months\n310000,1,2\n")) == ("地区", "人数", "paid months")


def test_a_population_elsewhere_is_refused(tmp_path: Path) -> None:
    rows = [{**row, "where": "140100"} for row in people(16)]
    said = refused(lambda: run(scenario_of("monthly", regions=["320000"]), write(rows, tmp_path / "people.csv")))
    assert said == "The population has nobody in these regions."


# -- scenarios that cannot be read


GOOD: dict[str, Any] = {"entitlement": "monthly", "from": "2026-03", "changes": [{"part": "long", "is": "paid > 1"}]}


@pytest.mark.parametrize(("change", "sentence"), [
    ({"months": 0}, "from 1 to 36"), ({"months": 37}, "from 1 to 36"), ({"months": True}, "from 1 to 36"),
    ({"months": "12"}, "from 1 to 36"), ({"from": "soon"}, "“soon” is not a month"),
    ({"from": None}, "Say the first month"),
    ({"from": "9999-12", "months": 2}, "beyond the calendar"),
    ({"odd": 1}, "no field “odd”"), ({"regions": {"CN": 1}}, "must be a list of region codes"),
    ({"regions": [["CN"]]}, "must be a list of region codes"),
    ({"changes": [], "provisions": []}, "Say what is supposed"),
    ({"changes": "all"}, "“changes” must be a list"), ({"changes": [{"part": "long"}]}, "Each change names its part"),
    ({"changes": [{"part": "long", "is": "paid >"}]}, "long, column"),
    ({"changes": [{"part": "long", "is": "1", "drop": True}]}, "Each change names its part"),
    ({"provisions": [1]}, "“provisions” must be a list")])
def test_a_scenario_that_does_not_say_enough_is_refused(change: dict[str, Any], sentence: str) -> None:
    assert sentence in refused(lambda: read_scenario({**GOOD, **change}))


@pytest.mark.parametrize("row", [[], "all", 5, None])
def test_what_is_no_scenario_is_refused(row: Any) -> None:
    assert "set of fields" in refused(lambda: read_scenario(row))


@pytest.mark.parametrize(("change", "sentence"), [
    ({"part": "nothing", "is": "1"}, "no part “nothing”"), ({"part": "amount", "drop": True}, "no part “amount”"),
    ({"part": "amount", "is": "nobody + 1"}, "nobody"), ({"part": "long", "is": "paid ** 2 > 1"}, "cannot be counted"),
    ({"part": "long", "is": "long"}, "long"), ({"part": "amount", "is": '"much"'}, "does not come to an amount"),
    ({"part": "long", "is": "paid + 1"}, "long")])
def test_a_change_that_cannot_be_counted_is_refused(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    file = write(people(17, 40), tmp_path / "people.csv")
    assert sentence in refused(lambda: run(read_scenario({**GOOD, "changes": [change]}), file))
