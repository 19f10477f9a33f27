"""One side of a scenario, before or after: a group of regions asked for rules and values, and counted in SQL."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise, product
from typing import Any

import duckdb

from jizhun.entitlements.dmn.population import population
from jizhun.entitlements.feel.sql import Sql, constant
from jizhun.entitlements.feel.values import Fault
from jizhun.entitlements.rules.assembling import ELIGIBLE, Rule
from jizhun.entitlements.rules.book import Cited, Fact, MeasureInput, Result, Working
from jizhun.entitlements.whatif.cohorts import Cohort
from jizhun.entitlements.whatif.paying import Bill, Payers
from jizhun.entitlements.whatif.people import People
from jizhun.entitlements.whatif.scenario import Scenario
from jizhun.entitlements.whatif.worlds import World, main_result, refuse_own_days
from jizhun.kernel.bilingual import Refused
from jizhun.provisions.rules import Answer, Cells, Quantity
from jizhun.provisions.rules.values import Span


@dataclass
class Seen:
    """What was noticed on the way and has to be said with the result."""

    open_tiers: set[str] = field(default_factory=set)
    missing: dict[str, None] = field(default_factory=dict)
    unverified: dict[Cited, None] = field(default_factory=dict)
    unverified_values: set[str] = field(default_factory=set)
    no_value: set[str] = field(default_factory=set)

    def note(self, rule: Rule, result: Result, columns: Mapping[str, Sql]) -> None:
        """The facts that a result hangs on and nobody has, and the clauses behind it that were not verified."""
        read = _read_for(rule, result)
        self.missing.update(dict.fromkeys(code for code in rule.facts if code in read and code not in columns))
        parts: list[Working | Result] = [*rule.workings, *rule.results]
        cited = [*(one.cited for one in rule.conditions),
                 *(each for one in parts if one.name in read for each in (one.cited, *one.per_row.values()))]
        self.unverified.update(dict.fromkeys(one for one in cited if not one.verified))


def _read_for(rule: Rule, result: Result) -> set[str]:
    """Everything that being entitled and a result hang on: decisions, measures, facts, and the facts of measures."""
    waiting, found = [ELIGIBLE, result.name], {ELIGIBLE, result.name}
    while waiting:
        new = set(rule.lowered.reads(waiting.pop())) - found
        found |= new
        waiting += new & rule.lowered.decisions.keys()
    return found | {code for one in rule.measures if one.name in found for _, code in one.given}


class Side:
    """One group of regions on one side, before or after: its SQL and what comes of it, in a table ``paid_NAME``."""

    def __init__(self, held: duckdb.DuckDBPyConnection, people: People, scenario: Scenario, world: World,
                 rules: Sequence[Rule | None], regions: list[str], cohort: Cohort, name: str, payers: Payers | None,
                 bill: Bill, seen: Seen) -> None:
        self.cohort = cohort
        self.payers, self.bill, self.seen = payers, bill, seen
        self.layered: dict[tuple[str, int, int], tuple[int, ...]] = {}
        """Region, month and piece -> what each level adds."""
        self.pieces: dict[int, str] = {}
        """Stretch -> the piece of the layered measure that counts for a person, as SQL."""
        self.held, self.people, self.scenario, self.world = held, people, scenario, world
        self.rules, self.regions, self.name = rules, regions, name
        self.sql, self.unit = "", "CNY"

    def run(self) -> None:
        """Write a row per person: total over the months, and each month's amount in cents."""
        self._pick()
        joins, pieces = [], []
        for number, (rule, months) in enumerate(self._stretches()):
            joins_of, pieces_of = self._stretch(rule, months, number)
            joins += joins_of
            pieces += pieces_of
        known = [f"m_{n}" for n in range(len(self.rules))]
        have = {piece.rpartition(" AS ")[2] for piece in pieces}
        pieces += [f"CAST(0 AS BIGINT) AS {one}" for one in known if one not in have]
        pieces += [f"{text} AS piece_{number}" for number, text in self.pieces.items()]
        self.held.execute(f"CREATE OR REPLACE TABLE months_{self.name} AS SELECT chosen.id, chosen.region, "
                          f"chosen.weight, chosen.part, {', '.join(pieces)} FROM chosen {' '.join(joins)}")
        total = " + ".join(f"coalesce({one}, 0)" for one in known)
        unknown = " OR ".join(f"{one} IS NULL" for one in known)
        self.held.execute(f"CREATE OR REPLACE TABLE paid_{self.name} AS SELECT id, region, weight, part, "
                          f"{unknown} AS unknown, {total} AS total FROM months_{self.name}")
        self._note_bill()

    def _note_bill(self) -> None:
        """Add to the bill what the regions pay, and the layers of the value in force for whoever draws it."""
        months = range(len(self.rules))
        some = " OR ".join(f"coalesce(m_{n}, 0) > 0" for n in months)
        sums = " + ".join(f"coalesce(sum(CAST(weight AS HUGEINT) * m_{n}), 0)" for n in months)
        for region, cents, rows in self.held.execute(
                f"SELECT region, {sums}, count(*) FILTER ({some}) FROM months_{self.name} GROUP BY region").fetchall():
            self.bill.add(region, int(cents), int(rows))
        for number, (_, stretch) in enumerate(self._stretches()):
            if number in self.pieces:
                self._note_layers(number, stretch)

    def _note_layers(self, number: int, months: Sequence[int]) -> None:
        counts = ", ".join(f"coalesce(sum(weight) FILTER (m_{n} > 0), 0)" for n in months)
        rows = self.held.execute(f"SELECT region, piece_{number}, {counts} FROM months_{self.name} GROUP BY 1, 2")
        for region, piece, *drawing in rows.fetchall():
            for month, persons in zip(months, drawing, strict=True):
                self.bill.add_layers(region, int(persons), self.layered.get((region, month, piece), ()))

    def by_month(self) -> list[tuple[int, int]]:
        """Cents of each month, and how many rows get any of them."""
        sums = ", ".join(f"coalesce(sum(CAST(weight AS HUGEINT) * m_{n}), 0), count(*) FILTER (m_{n} > 0)"
                         for n in range(len(self.rules)))
        numbers = [int(one) for one in self.held.execute(f"SELECT {sums} FROM months_{self.name}").fetchall()[0]]
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    def _pick(self) -> None:
        codes = ", ".join("'" + code.replace("'", "''") + "'" for code in self.regions)
        self.held.execute("CREATE OR REPLACE TABLE chosen AS SELECT rowid AS id, * FROM people "
                          f"WHERE region IN ({codes}) AND {self.cohort.holds}")

    def _stretches(self) -> list[tuple[Rule, list[int]]]:
        """The rules that count, each with its months (counted from 0); months without a rule pay nothing."""
        found: dict[Rule, list[int]] = {}
        for month, rule in enumerate(self.rules):
            if rule is not None:
                found.setdefault(rule, []).append(month)
        return list(found.items())

    def _stretch(self, rule: Rule, months: list[int], number: int) -> tuple[list[str], list[str]]:
        """A table of amounts for the months of one rule, and how it is joined."""
        result = main_result(rule)
        refuse_own_days(rule)
        self.unit = result.unit
        self.seen.note(rule, result, self.people.columns)
        columns = {code: self.people.columns.get(code, Sql("NULL", "null", 1, 0, 0)) for code in rule.facts}
        by_month: list[dict[str, Sql]] = [{"today": constant(self.scenario.days[month])} for month in months]
        values = [self._values(one, rule, months, by_month, number, n) for n, one in enumerate(rule.measures)]
        source = " ".join(["chosen", *values])
        try:
            made = population(rule.lowered, [ELIGIBLE, result.name], columns, source=source, keep=["id"],
                              months=by_month)
        except Fault as fault:
            raise Refused(zh=f"“{rule.head.name.zh}”不能按人群计算：{fault.whole.zh}",
                          en=f"“{rule.head.name.en}” cannot be counted for a population: {fault.whole.en}") from None
        self.sql += made.text() + ";\n"
        table = f"amounts_{self.name}_{number}"
        self._execute(f"CREATE OR REPLACE TABLE {table} AS {made.text()}", rule)
        pieces = []
        for place, month in enumerate(months, 1):
            eligible, amount = (made.columns.get((name, place)) or made.columns[name, 0]
                                for name in (ELIGIBLE, result.name))
            if amount.kind not in ("number", "null") or eligible.kind not in ("boolean", "null"):
                raise Refused(zh=f"“{rule.head.name.zh}”按此改动算不出金额。",
                              en=f"Changed like this, “{rule.head.name.en}” does not come to an amount.")
            pieces.append(f"{self._cents(result, f'{table}.', eligible, amount, month)} AS m_{month}")
        return [f"JOIN {table} ON {table}.id = chosen.id"], pieces

    def _execute(self, statement: str, rule: Rule) -> None:
        """Run SQL; a rule that a supposition made impossible to count is told in one sentence."""
        try:
            self.held.execute(statement)
        except duckdb.Error as error:
            reason = " ".join(str(error).partition("\n")[0].split())[:160]
            raise Refused(zh=f"“{rule.head.name.zh}”不能按人群计算（{reason}）。",
                          en=f"“{rule.head.name.en}” cannot be counted for a population ({reason}).") from None

    def _cents(self, result: Result, table: str, eligible: Sql, amount: Sql, month: int) -> str:
        """What a person gets in a month, in cents: nothing if not entitled, null if that cannot be told.

        What is paid once, or once a year, is counted in the first month, or the first of each twelve.
        """
        if (result.unit == "CNY" and month) or (result.unit == "CNY/year" and month % 12):
            return "CAST(0 AS BIGINT)"
        value = "NULL" if amount.kind == "null" else f"CAST({table}{amount.text} AS BIGINT)"
        if amount.den < 100:
            value = f"({value} * {100 // amount.den})"
        elif amount.den > 100:
            value = f"(({value} * 200 + {amount.den}) // {2 * amount.den})"
        entitled = f"{table}{eligible.text}" if eligible.text != "TRUE" else "TRUE"
        return f"CASE WHEN {entitled} IS NOT TRUE AND {entitled} IS NOT NULL THEN 0 WHEN {entitled} THEN {value} END"

    # -- values in force, as a table by region and piece of the facts that a value depends on

    def _values(self, wanted: MeasureInput, rule: Rule, months: list[int], by_month: list[dict[str, Sql]],
                stretch: int, place: int) -> str:
        """Fill a table with the measure's value per region, piece and month; gives the join. ``by_month`` learns it."""
        fixed = {name: code for name, code in wanted.given if code not in rule.facts}
        facts = {name: rule.facts[code] for name, code in wanted.given if code in rule.facts}
        asking = _Asking(self.world, wanted, fixed, self.scenario.days)
        dimensions = self._dimensions(asking, facts, months)
        table = f"v{stretch}_{place}"
        found = {(region, number): [self._amount(asking, region, month, number, given, facts) for month in months]
                 for region in self.regions for number, given in enumerate(_examples(dimensions))}
        amounts = [one for some in found.values() for one in some if one is not None]
        scale = max([1, *(10 ** max(0, -int(one.normalize().as_tuple().exponent)) for one in amounts)])
        rows = [[region, number, *(None if one is None else int(one * scale) for one in some)]
                for (region, number), some in found.items()]
        names = [f"{table}_{n}" for n in range(len(months))]
        self.held.execute(f"CREATE OR REPLACE TABLE {table} (region VARCHAR, piece INTEGER, "
                          f"{', '.join(f'{one} BIGINT' for one in names)})")
        self.held.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * (2 + len(names)))})", rows)
        self._learn(wanted, rows, names, scale, by_month)
        piece = self._piece(dimensions)
        if self.payers and self.payers.layers == wanted.name:
            self.pieces[stretch] = piece
        return f"LEFT JOIN {table} ON {table}.region = chosen.region AND {table}.piece = {piece}"

    def _learn(self, wanted: MeasureInput, rows: list[list[Any]], names: list[str], scale: int,
               by_month: list[dict[str, Sql]]) -> None:
        for n, name in enumerate(names):
            known = [row[2 + n] for row in rows if row[2 + n] is not None]
            low, high = (min(known), max(known)) if known else (0, 0)
            by_month[n][wanted.name] = Sql(name, "number", scale, min(low, 0), max(high, 0))

    def _amount(self, asking: "_Asking", region: str, month: int, piece: int, given: Mapping[str, object],
                facts: Mapping[str, Fact]) -> Decimal | None:
        """The value for a piece of the facts; None where nothing is said, or where it depends on a fact unknown."""
        answer = asking.answer(region, month, given)
        if self.payers and self.payers.layers == asking.wanted.name:
            self.layered[region, month, piece] = self.payers.layer_by_layer(answer)
        if not all(say.verified for say in answer.winners):
            self.seen.unverified_values.add(region)
        value = answer.value
        if value is None:
            self.seen.no_value.add(region)
        if isinstance(value, Cells):
            if any(name in facts for cell in value.cells for name, _ in cell.conditions):
                return None
            self.seen.open_tiers.add(region)
            value = value.low
        return value.amount if isinstance(value, Quantity) else None

    def _dimensions(self, asking: "_Asking", facts: Mapping[str, Fact], months: list[int]) -> list["_Dimension"]:
        """The facts that the measure's tables ask for in any region and month, each cut into the pieces that matter."""
        cuts: dict[str, set[int]] = {}
        words: dict[str, dict[str, None]] = {}
        for region, month in product(self.regions, months):
            for name, part in asking.conditions(region, month):
                if name in facts and isinstance(part, Span):
                    cuts.setdefault(name, set()).update(_edges(part, 10**facts[name].decimals))
                elif name in facts:  # a word that no table names is still known, and may fit no row
                    words.setdefault(name, dict.fromkeys(code for code, _ in facts[name].options))[str(part)] = None
        return [_Dimension(name, self._held(facts[name]), 10**facts[name].decimals,
                           (*_spans(sorted(cuts.get(name, ()))), *words.get(name, ())))
                for name in dict.fromkeys([*cuts, *words])]

    def _held(self, fact: Fact) -> str:
        """The column of a fact; null where the population does not have it."""
        column = self.people.columns.get(fact.code)
        return f"chosen.{column.text}" if column else "NULL"

    def _piece(self, dimensions: Sequence["_Dimension"]) -> str:
        """The number of the piece that a person's facts fall into, as SQL; the last is for whoever fits none."""
        text = "0"
        for one in dimensions:
            whens = " ".join(f"WHEN {_holds(part, one.held)} THEN {place}" for place, part in enumerate(one.parts))
            text = f"({text} * {len(one.parts) + 1} + CASE {whens} ELSE {len(one.parts)} END)"
        return text


class _Asking:
    """The as-of engine asked for one measure: once for what a place's answer does not depend on."""

    def __init__(self, world: World, wanted: MeasureInput, fixed: Mapping[str, str], days: Sequence[date]) -> None:
        self.world, self.wanted, self.fixed, self.days = world, wanted, fixed, days
        self._held: dict[tuple[object, ...], Answer] = {}
        self._conditions: dict[tuple[str, int], list[tuple[str, Span | str]]] = {}

    def answer(self, region: str, month: int, given: Mapping[str, object]) -> Answer:
        open_on = dict.fromkeys(name for name, _ in self.conditions(region, month)) if given else ()
        facts = {name: given[name] for name in open_on if name in given}
        key = region, month, *facts.items()
        if key not in self._held:
            self._held[key] = self.world.asked(self.wanted, region, self.days[month], {**self.fixed, **facts})
        return self._held[key]

    def conditions(self, region: str, month: int) -> list[tuple[str, Span | str]]:
        """What the value, or the say of a level on the way to it, depends on."""
        key = region, month
        if key not in self._conditions:
            answer = self.answer(region, month, {})
            values = [answer.value, *(step.value for step in answer.path)]
            self._conditions[key] = [pair for value in values if isinstance(value, Cells)
                                     for cell in value.cells for pair in cell.conditions]
        return self._conditions[key]


@dataclass(frozen=True, slots=True)
class _Dimension:
    """A fact that a table asks for: the column that holds it (times ``den``), and the pieces in which values differ."""

    name: str
    held: str
    den: int
    parts: tuple[Span | str, ...]


def _examples(dimensions: Sequence[_Dimension]) -> Iterable[dict[str, object]]:
    """A value of each fact for every piece, in the order in which ``_piece`` numbers them; absent where unknown."""
    for choice in product(*((*one.parts, None) for one in dimensions)):
        yield {one.name: _example(part, one.den)
               for one, part in zip(dimensions, choice, strict=True) if part is not None}


def _edges(span: Span, den: int) -> list[int]:
    """Where a new piece begins, in parts of ``den``."""
    low = [] if span.low is None else [span.low * den]
    return low if span.high is None else [*low, span.high * den + 1]


def _spans(ends: list[int]) -> list[Span | str]:
    """The line cut at each of ``ends``: the stretches between them, the first and last open."""
    edges = [None, *ends, None]
    return [Span(low, None if high is None else high - 1) for low, high in pairwise(edges)] if ends else []


def _example(part: Span | str, den: int) -> object:
    if isinstance(part, str):
        return part
    end = part.low if part.low is not None else part.high
    return None if end is None else end if den == 1 else Decimal(end) / den


def _holds(part: Span | str, held: str) -> str:
    if isinstance(part, str):
        return f"{held} = '" + part.replace("'", "''") + "'"
    ends = [f"{held} >= {part.low}"] if part.low is not None else []
    ends += [f"{held} <= {part.high}"] if part.high is not None else []
    return " AND ".join(ends)
