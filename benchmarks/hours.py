"""Every measure of cases with working days, beside durations in business hours by a process-mining library.

``python -m benchmarks.hours``: the same generated cases (closed ones), the same run. Ours: six measures and the whole
case against the promise in force at each case's place and day, working days with stopped clocks, from files of the lake
(compiled loops). PM4Py: durations of the same cases in business hours, from events in memory, so that reading is not
counted against it. They do different work: theirs is one duration a case. PM4Py (AGPL) is only measured against:
``PM4PY_PYTHON`` names a Python that has it, else it goes into an environment that goes away again.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.evaluate import BY, MEASURES
from benchmarks.following import HERE, their_python
from benchmarks.generate import AS_OF, case_files, small_tables
from jizhun.analytics.compiled import Compiled
from jizhun.analytics.engines import Inputs
from jizhun.analytics.lake import relation
from jizhun.analytics.plan import WHOLE, Plan

CASES, ROUNDS = int(os.environ.get("CASES", 1_200_000)), 5


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as name:
        folder = Path(name)
        inputs = Inputs(case_files(folder, CASES), small_tables())
        ours, python = measure(inputs), their_python(folder)
        print(f"ours: every measure of {CASES:,} cases      {ours:8.3f} s   {CASES / ours:12,.0f} cases a second")
        if python:
            tell(theirs(python, folder, inputs), ours)


def measure(inputs: Inputs) -> float:
    """Median seconds; the loops are compiled once before."""
    plan, engine = Plan((WHOLE, *MEASURES), BY, 0, AS_OF, AS_OF, MEASURES), Compiled(2)
    engine.facts(plan, inputs)
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        engine.facts(plan, inputs)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def theirs(python: str, folder: Path, inputs: Inputs) -> dict[str, float]:
    """What PM4Py takes for the closed ones of the same cases, in a process of its own."""
    log, answer = folder / "events.parquet", folder / "answer.json"
    with duckdb.connect() as connection:
        connection.execute(f"""
COPY (SELECT case_key AS "case", step, make_timestamp(moment * 1000000) AS ended
      FROM (SELECT case_key, 'accept' AS step, accepted_at AS moment, closed_day FROM {relation(inputs.files)}
            UNION ALL SELECT case_key, 'close', closed_at, closed_day FROM {relation(inputs.files)})
      WHERE closed_day <= {AS_OF}) TO '{log}' (FORMAT parquet)""")
    done = subprocess.run([python, str(HERE / "pm4py_side.py"), "hours", str(log), str(answer)],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"PM4Py does not run ({(done.stderr.strip().splitlines() or ['?'])[-1]}).")
    return dict(json.loads(answer.read_text()))


def tell(their: dict[str, float], ours: float) -> None:
    cases, seconds = int(their["cases"]), their["seconds"]
    print(f"PM4Py {their['version']}: business hours of {cases:,} {seconds:8.2f} s   {cases / seconds:12,.0f} cases a "
          f"second")
    print(f"a case takes PM4Py {(seconds / cases) / (ours / CASES):,.0f} x as long")


if __name__ == "__main__":
    main()
