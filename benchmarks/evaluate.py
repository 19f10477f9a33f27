"""Full evaluation of generated cases against a bare scan of the same columns, both in one run.

``python -m benchmarks.evaluate [ROWS] [FOLDER]``: every measure and the whole case against the promise in
force at each case's place and day, working days with stopped clocks, counted by item x county x month.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.generate import AS_OF, case_files, small_tables
from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.lake import relation
from jizhun.analytics.plan import Plan

COLUMNS = ("matter", "region", "grp", "accepted_day", "closed_day", "accepted_wd", "closed_wd", "stopped_days",
           "stopped_wd", "extended", "fee_cents", "visits", "materials", "due_binds", "closed_at", "due_at")
FULL = ("whole", "statutory_limit", "promised_limit", "due", "fee", "visits", "materials")
JUDGED = ("statutory_limit", "promised_limit", "fee", "visits", "materials")
"""What the generated cases can be judged on: none states a due time or an amount."""
ROUNDS = 5


def main(rows: int, folder: Path) -> None:
    inputs, engine = Inputs(case_files(folder, rows), small_tables()), DuckDB(threads=2)
    plans = {"full": _plan(FULL), "whole case": _plan(("whole",)), "one measure": _plan(("promised_limit",))}
    taken: dict[str, list[float]] = {name: [] for name in ("bare scan", *plans)}
    cells = {}
    for _ in range(ROUNDS):
        taken["bare scan"].append(_seconds(lambda: _bare(engine, inputs))[0])
        for name, plan in plans.items():
            seconds, counts = _seconds(lambda plan=plan: engine.count(plan, inputs))
            taken[name].append(seconds)
            cells[name] = len(counts.n)
    bare = statistics.median(taken["bare scan"])
    print(f"{rows:,} cases, {len(COLUMNS)} columns, median of {ROUNDS} interleaved rounds")
    for name, times in taken.items():
        median = statistics.median(times)
        print(f"{name:<12} {median:7.2f} s  {median / bare:5.1f} x bare  {cells.get(name, 1):>10,} output rows")


def _plan(verdicts: tuple[str, ...]) -> Plan:
    return Plan(verdicts, ("item", "region", "month"), 0, AS_OF, AS_OF, JUDGED, (AS_OF - 10_957) * 5 // 7)


def _bare(engine: DuckDB, inputs: Inputs) -> object:
    sums = ", ".join(f"sum({column})" for column in COLUMNS)
    return engine.rows(f"SELECT {sums} FROM {relation(inputs.files)}", Inputs(inputs.files))


def _seconds(act: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    found = act()
    return time.perf_counter() - start, found


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    main(rows, Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.gettempdir()) / "jizhun-benchmark")
