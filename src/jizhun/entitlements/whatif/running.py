"""From a scenario and a population to what it would do: who gets more or less, what it costs whom, how unequal.

Rules and values in force are asked for every region and month, before and after; persons are counted in SQL, exactly.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import duckdb

from jizhun.entitlements.rules.assembling import Rule
from jizhun.entitlements.whatif.cohorts import EVERYBODY, Cohort
from jizhun.entitlements.whatif.outcome import Outcome, paid_by, sampling_error, spread_of, totals_of
from jizhun.entitlements.whatif.paying import Bill, Payers
from jizhun.entitlements.whatif.people import People
from jizhun.entitlements.whatif.scenario import Scenario
from jizhun.entitlements.whatif.side import Seen, Side
from jizhun.entitlements.whatif.worlds import World
from jizhun.kernel.bilingual import Refused

Progress = Callable[[float], None]


def simulate(held: duckdb.DuckDBPyConnection, people: People, scenario: Scenario, before: World, after: World, *,
             within: Callable[[str], bool], payers: Payers | None = None, cohorts: Sequence[Cohort] = EVERYBODY,
             progress: Progress | None = None) -> Outcome:
    """Run a scenario over the table ``people``; raises Refused where a rule cannot be counted for a population.

    Whoever is in none of the ``cohorts`` cannot be told what counts, and gets nothing.
    """
    tell = progress or (lambda share: None)
    regions = [code for (code,) in held.execute("SELECT DISTINCT region FROM people ORDER BY 1").fetchall()
               if within(code)]
    if not regions:
        raise Refused(zh="人口文件中没有这些地区的人。", en="The population has nobody in these regions.")
    held.execute("CREATE OR REPLACE TABLE paid (region VARCHAR, weight BIGINT, part TINYINT, unknown BOOLEAN, "
                 "before BIGINT, after BIGINT)")
    months = [[0, 0] for _ in scenario.days]
    drawing = [[0, 0] for _ in scenario.days]
    statements: list[str] = []
    seen = Seen()
    units: set[str] = set()
    bills = Bill(), Bill()
    tell(0.1)
    groups = [(cohort, *one) for cohort in cohorts for one in grouped(regions, scenario, before, after, cohort.since)]
    _refuse_parts_nowhere(scenario, (rule for _, (rules, _), _ in groups for rule in rules if rule is not None))
    for number, (cohort, pair, codes) in enumerate(groups):
        worlds = (("before", before, pair[0], bills[0]), ("after", after, pair[1], bills[1]))
        sides = [Side(held, people, scenario, world, rules, codes, cohort, name, payers, bill, seen)
                 for name, world, rules, bill in worlds]
        for place, side in enumerate(sides):
            side.run()
            statements.append(side.sql)
            units |= {side.unit} if any(side.rules) else set()
            for n, (cents, rows) in enumerate(side.by_month()):
                months[n][place] += cents
                drawing[n][place] += rows
            tell(0.1 + 0.7 * (number + (place + 1) / len(sides)) / len(groups))
        held.execute("INSERT INTO paid SELECT b.region, b.weight, b.part, b.unknown OR a.unknown, b.total, a.total "
                     "FROM paid_before b JOIN paid_after a USING (id)")
    _note_strangers(held, regions, cohorts)
    total, by_region = totals_of(held)
    outcome = Outcome(scenario, people, total, by_region,
                      tuple((day, one, other) for day, (one, other) in zip(scenario.days, months, strict=True)),
                      spread_of(held, "before", by_region), spread_of(held, "after", by_region), sampling_error(held),
                      units.pop() if len(units) == 1 else "CNY", paid_by(payers, bills) if payers else (),
                      {"month": _fewest(drawing), "payer": _fewest(bill.payer_rows(payers) for bill in bills)},
                      tuple(statements), tuple(sorted(seen.open_tiers)), tuple(seen.missing), tuple(seen.unverified),
                      tuple(sorted(seen.unverified_values)),
                      tuple(sorted(one for one in seen.no_value if by_region[one].unknown)))
    tell(1.0)
    return outcome


def _note_strangers(held: duckdb.DuckDBPyConnection, regions: Sequence[str], cohorts: Sequence[Cohort]) -> None:
    """Whoever is in no cohort: it cannot be told what they get."""
    known = " OR ".join(f"({one.holds})" for one in cohorts)
    held.execute("INSERT INTO paid SELECT region, weight, part, TRUE, 0, 0 FROM people "
                 f"WHERE region IN (SELECT unnest(?)) AND ({known}) IS NOT TRUE", [list(regions)])


def grouped(regions: Iterable[str], scenario: Scenario, before: World, after: World,
            since: date | None = None) -> list[tuple[Any, list[str]]]:
    """Regions that have the same rules all the months, before and after, are counted in one go."""
    groups: dict[Any, list[str]] = {}
    for region in regions:
        pair = tuple(tuple(world.rule_at(region, day, since) for day in scenario.days) for world in (before, after))
        groups.setdefault(pair, []).append(region)
    return list(groups.items())


def _refuse_parts_nowhere(scenario: Scenario, rules: Iterable[Rule]) -> None:
    """A place may have dropped what others have; what no rule has is a mistake."""
    there = list(rules)
    for change in scenario.changes:
        if not any(rule.part(change.part) for rule in there):
            raise Refused(zh=f"规则没有名为“{change.part}”的部分。", en=f"The rule has no part “{change.part}”.")


def _fewest(counts: Iterable[Iterable[int]]) -> int:
    """The smallest count that is not nothing; 0 where all are."""
    return min((one for some in counts for one in some if one), default=0)
