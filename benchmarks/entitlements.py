"""A million persons, twelve months, two rules: our compiled SQL beside OpenFisca-core; and one person beside it all.

``python -m benchmarks.entitlements`` prints seconds and ratios. OpenFisca-core (AGPL) is only measured against and
never part of the product: ``pip install openfisca-core`` brings it, into this environment or another whose Python is
named by OPENFISCA_PYTHON. Both sides read the same persons, write a value per person, month and rule, and must agree.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import yaml

from jizhun.entitlements.dmn.population import Population, population
from jizhun.entitlements.feel.sql import Kind, Sql, constant
from jizhun.entitlements.rules import read_all, rule_for

PERSONS, MONTHS, REGIONS, ROUNDS = int(os.environ.get("PERSONS", 1_000_000)), 12, 31, 3
CATEGORIES = ("man", "woman_55", "woman_50")
HERE = Path(__file__).parent


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as folder:
        persons = Path(folder) / "persons.npz"
        np.savez(persons, **made_persons())
        ours, totals = measure_ours(persons)
        theirs = {facts: measure_theirs(persons, facts) for facts in ("package", "bare")}
    print(f"{PERSONS:,} persons x {MONTHS} months x 2 rules, best of {ROUNDS}")
    print(f"compiled SQL                           {ours:.3f} s   "
          f"totals {totals[0] / 100:,.2f} and {totals[1] / 100:,.2f}")
    for facts, (seconds, their_totals) in theirs.items():
        print(f"OpenFisca-core, written as a {facts:8} {seconds:.3f} s   totals {their_totals[0]:,.2f} and "
              f"{their_totals[1]:,.2f}   ratio {seconds / ours:.1f} x")
        for one, other in zip(totals, their_totals, strict=True):
            assert abs(one / 100 - other) <= abs(other) * 1e-6, "the two sides do not agree"


def made_persons() -> dict[str, Any]:
    """Persons by a fixed seed: days since 1970, amounts in cents; levels and basic pensions by region and month."""
    draw = np.random.default_rng(7)
    first, last = (np.datetime64(day, "D").astype(int) for day in ("1935-01-01", "2009-12-31"))
    return {
        "birth_date": draw.integers(first, last, PERSONS, dtype=np.int32),
        "category": draw.integers(0, 3, PERSONS, dtype=np.int8),
        "unemployed_on": draw.integers(*(np.datetime64(day, "D").astype(int) for day in ("2024-01-01", "2026-12-31")),
                                       PERSONS, dtype=np.int32),
        "contribution_months": draw.integers(0, 400, PERSONS, dtype=np.int32),
        "left_against_will": draw.random(PERSONS) < 0.6, "registered": draw.random(PERSONS) < 0.8,
        "unused_months": (draw.integers(0, 12, PERSONS) * (draw.random(PERSONS) < 0.1)).astype(np.int32),
        "years_paid": draw.integers(0, 40, PERSONS, dtype=np.int32), "other_pension": draw.random(PERSONS) < 0.3,
        "balance": draw.integers(0, 5_000_000, PERSONS, dtype=np.int32),
        "region": draw.integers(0, REGIONS, PERSONS, dtype=np.int32),
        "levels": np.cumsum(draw.integers(0, 500, (REGIONS, MONTHS)), axis=1) + 150_000,
        "basics": np.cumsum(draw.integers(0, 100, (REGIONS, MONTHS)), axis=1) + 12_300}


# -- ours


def compiled() -> Population:
    """The rules of entitlements.yaml as SQL over a table ``persons`` joined with ``levels``."""
    said = yaml.safe_load((HERE / "entitlements.yaml").read_text(encoding="utf-8"))
    rule = rule_for(read_all(said["facts"], said["entitlements"]), "both", ["CN"], date(2026, 1, 1))
    assert rule is not None
    kinds: dict[str, Kind] = {"boolean": "boolean", "choice": "string", "date": "date", "number": "number"}
    columns = {code: Sql(code, kinds[fact.type], 10**fact.decimals,
                         (fact.low or 0) * 10**fact.decimals, (fact.high or 0) * 10**fact.decimals, False)
               for code, fact in rule.facts.items()}
    months = [{"level": Sql(f"level_{n}", "number", 100, 0, 1_000_000, False),
               "later_level": Sql(f"later_level_{n}", "number", 100, 0, 1_000_000, False),
               "basic": Sql(f"basic_{n}", "number", 100, 0, 1_000_000, False),
               "today": constant(date(2026, n, 1))} for n in range(1, MONTHS + 1)]
    return population(rule.lowered, ["unemployment", "pension"], columns, source="persons JOIN levels USING (region)",
                      months=months)


def measure_ours(file: Path) -> tuple[float, tuple[int, int]]:
    data = np.load(file)
    held = duckdb.connect()
    _tables(held, data)
    sql = compiled().text()
    best = min(_run(held, sql) for _ in range(ROUNDS))
    sums = [" + ".join(f"sum({rule}_{n}::BIGINT)" for n in range(1, MONTHS + 1))
            for rule in ("unemployment", "pension")]
    return best, held.execute(f"SELECT {', '.join(sums)} FROM paid").fetchall()[0]


def _tables(held: duckdb.DuckDBPyConnection, data: Any) -> None:
    persons = {name: data[name] for name in data.files if name not in ("levels", "basics")}
    for name in ("birth_date", "unemployed_on"):
        persons[name] = persons[name].astype("datetime64[D]")
    persons["category"] = np.array(CATEGORIES)[persons["category"]]
    levels = {"region": np.arange(REGIONS, dtype=np.int32)}
    for n in range(MONTHS):
        levels[f"level_{n + 1}"] = data["levels"][:, n].astype(np.int32)
        levels[f"later_level_{n + 1}"] = (data["levels"][:, n] * 8 // 10).astype(np.int32)
        levels[f"basic_{n + 1}"] = data["basics"][:, n].astype(np.int32)
    for name, columns in (("persons", persons), ("levels", levels)):
        held.register("given", pa.table(columns))
        held.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        held.unregister("given")


def _run(held: duckdb.DuckDBPyConnection, sql: str) -> float:
    held.execute("DROP TABLE IF EXISTS paid")
    start = time.perf_counter()
    held.execute(f"CREATE TABLE paid AS {sql}")
    return time.perf_counter() - start


# -- theirs


def measure_theirs(file: Path, facts: str) -> tuple[float, tuple[float, float]]:
    """Seconds and totals of OpenFisca-core, in a process of its own."""
    python = os.environ.get("OPENFISCA_PYTHON", sys.executable)
    done = subprocess.run([python, str(HERE / "openfisca_side.py"), str(file), str(ROUNDS), facts], capture_output=True,
                          text=True)
    if done.returncode:
        sys.exit(f"OpenFisca-core does not run here ({done.stderr.strip().splitlines()[-1]}). "
                 "Install it with: pip install openfisca-core")
    seconds, one, other = map(float, done.stdout.split())
    return seconds, (one, other)


if __name__ == "__main__":
    main()
