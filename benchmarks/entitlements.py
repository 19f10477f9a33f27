"""A million persons, twelve months, two rules: our compiled SQL beside OpenFisca-core; and one person beside it all.

``python -m benchmarks.entitlements`` prints seconds and ratios. OpenFisca-core (AGPL) is only measured against and
never part of the product: it is installed with pip into an environment of its own that goes away again, or the Python
named by OPENFISCA_PYTHON has it. Both sides read the same persons, write a value per person, month and rule, and must
agree. What ``package`` and ``bare`` mean stands in openfisca_side.py.
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
        persons, python = Path(folder) / "persons.npz", their_python(Path(folder))
        np.savez(persons, **made_persons())
        ours, totals = measure_ours(persons)
        print(f"{PERSONS:,} persons x {MONTHS} months x 2 rules, best of {ROUNDS}")
        print(f"compiled SQL              {ours:.3f} s   totals {totals[0] / 100:,.2f} and {totals[1] / 100:,.2f}")
        for manner in ("package", "bare") if python else ():
            tell(manner, *measure_theirs(python, persons, manner), ours, totals)


def their_python(folder: Path) -> str:
    """A Python that has OpenFisca-core; "" with a sentence where none can be made."""
    if named := os.environ.get("OPENFISCA_PYTHON"):
        return named
    python = folder / "theirs" / "bin" / "python"
    for words in ([sys.executable, "-m", "venv", str(folder / "theirs")],
                  [str(python), "-m", "pip", "install", "--quiet", "openfisca-core"]):
        if subprocess.run(words, capture_output=True).returncode:
            print("OpenFisca-core cannot be installed here: only our side is measured.")
            return ""
    return str(python)


def tell(manner: str, seconds: float, theirs: tuple[float, float], ours: float, totals: tuple[int, int]) -> None:
    print(f"OpenFisca-core, {manner:8}  {seconds:.3f} s   totals {theirs[0]:,.2f} and {theirs[1]:,.2f}   "
          f"ratio {seconds / ours:.1f} x")
    for one, other in zip(totals, theirs, strict=True):
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


def measure_theirs(python: str, file: Path, manner: str) -> tuple[float, tuple[float, float]]:
    """Seconds and totals of OpenFisca-core, in a process of its own."""
    words = [python, str(HERE / "openfisca_side.py"), str(file), str(ROUNDS), manner]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"OpenFisca-core does not run ({done.stderr.strip().splitlines()[-1]}).")
    seconds, one, other = map(float, done.stdout.split())
    return seconds, (one, other)


if __name__ == "__main__":
    main()
