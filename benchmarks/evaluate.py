"""Every measure of generated cases against a bare scan of the same columns, all ways of counting in one run.

``python -m benchmarks.evaluate [ROWS] [FOLDER]``: six measures and the whole case against the promise in force at each
case's place and day, working days with stopped clocks, counted by item x county x month; days late added up. The bare
scan sums the very columns that are read. ``loops``: compiled loops over the files. ``kept facts``: the same answer from
the cuts that are kept beside the lake. ``SQL``: the portable statement that Spark runs too, on DuckDB. All answers are
compared cell by cell before anything is printed.
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.generate import AS_OF, case_files, small_tables
from jizhun.analytics.compiled import Compiled
from jizhun.analytics.cuts import Cuts
from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.facts import Facts, fact_steps, from_table
from jizhun.analytics.lake import relation
from jizhun.analytics.plan import WHOLE, Plan
from jizhun.analytics.sql import text

COLUMNS = ("matter", "region", "grp", "accepted_day", "closed_day", "accepted_wd", "closed_wd", "accepted_is_wd",
           "stopped_days", "stopped_wd", "extended", "due_binds", "closed_at", "due_at", "fee_cents", "visits",
           "materials")
MEASURES = ("statutory_limit", "promised_limit", "due", "fee", "visits", "materials")
BY = ("item", "region", "month")
ROUNDS = 5
SQL_UP_TO = 20_000_000
"""More cases than this are counted in SQL in portions by the product itself; here that side is left out."""


def main(rows: int, folder: Path) -> None:
    inputs = Inputs(case_files(folder, rows), small_tables())
    plan = Plan((WHOLE, *MEASURES), BY, 0, AS_OF, AS_OF, MEASURES)
    cuts = Cuts(folder / f"cuts-{rows}", "generated")
    standing = cuts.bring(plan, inputs, limits="generated").standing
    ways: dict[str, Callable[[], Any]] = {
        "bare scan": lambda: _bare(inputs), "loops": lambda: Compiled(2).facts(plan, inputs),
        "kept facts": lambda: cuts.facts(standing, BY, plan.verdicts)}
    if rows <= SQL_UP_TO:
        ways["SQL"] = lambda: _by_sql(plan, inputs)
    found = {name: way() for name, way in ways.items()}
    cells = _compared({name: facts for name, facts in found.items() if isinstance(facts, Facts)})
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            taken[name].append(time.perf_counter() - start)
    print(f"{rows:,} cases, {len(COLUMNS)} columns, {len(MEASURES)} measures and the whole, {cells:,} output rows, "
          f"no differing cell; median of {ROUNDS} interleaved rounds")
    bare = statistics.median(taken["bare scan"])
    for name, times in taken.items():
        print(f"{name:<12} {statistics.median(times):7.2f} s  {statistics.median(times) / bare:5.1f} x bare")
    print(f"most memory in use: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


def _bare(inputs: Inputs) -> object:
    sums = ", ".join(f"sum({column})" for column in COLUMNS)
    return DuckDB(threads=2).rows(f"SELECT {sums} FROM {relation(inputs.files)}", Inputs(inputs.files))


def _by_sql(plan: Plan, inputs: Inputs) -> Facts:
    return from_table(DuckDB(threads=2).rows(text(fact_steps(plan)), inputs), plan.by, plan.verdicts)


def _compared(found: dict[str, Facts]) -> int:
    """The number of cells; stops the run where two ways differ in any."""
    first, *others = (replace(facts.summed(BY)) for facts in found.values())
    for other in others:
        same = all(np.array_equal(first.codes[name], other.codes[name]) for name in BY)
        if not same or not np.array_equal(first.table, other.table):
            sys.exit("The ways of counting differ.")
    return len(first.table)


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    main(rows, Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.gettempdir()) / "jizhun-benchmark")
