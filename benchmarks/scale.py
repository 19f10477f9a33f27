"""How evaluation grows: DuckDB and Spark on one and two cores, a million to ten million generated cases.

``python -m benchmarks.scale [MILLIONS ...]`` (default 1 5 10). Every measure and the whole case against the promise in
force at each case's place and day, counted by item x county x month. The bare scan beside it adds up the same columns
of the same files on the same engine. In every round each engine, number of cores and size has its turn, scan and
evaluation one after the other, so that whatever else the machine does meets all of them; medians are printed. Starting
Spark is not counted, handing it the small tables is. Where others use the machine too, seconds of processor time say
more than those on the clock: both are printed, with the ratio of each.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.generate import AS_OF, case_files, small_tables
from jizhun.analytics.engines import DuckDB, Inputs, Spark
from jizhun.analytics.plan import Plan

COLUMNS = ("matter", "region", "grp", "accepted_day", "closed_day", "accepted_wd", "closed_wd", "stopped_days",
           "stopped_wd", "extended", "fee_cents", "visits", "materials", "due_binds", "closed_at", "due_at")
JUDGED = ("statutory_limit", "promised_limit", "fee", "visits", "materials")
"""What the generated cases can be judged on: none states a due time or an amount."""
FULL = ("whole", "statutory_limit", "promised_limit", "due", "fee", "visits", "materials")
CORES = (1, 2)
ROUNDS = int(os.environ.get("ROUNDS", 3))
PLAN = Plan(FULL, ("item", "region", "month"), 0, AS_OF, AS_OF, JUDGED, (AS_OF - 10_957) * 5 // 7)
SUMS = f"SELECT {', '.join(f'sum({column}) AS {column}' for column in COLUMNS)} FROM cases"


@dataclass(frozen=True)
class Taken:
    """Seconds on the clock, and of processor time of the engine's processes."""

    clock: float
    work: float


@dataclass
class Row:
    """One engine on so many cores and cases: the seconds of each round."""

    name: str
    cores: int
    rows: int
    bare: list[Taken] = field(default_factory=list)
    full: list[Taken] = field(default_factory=list)
    cells: int = 0

    def ratio(self, kind: str) -> float:
        """Evaluation beside the bare scan of the same round, so that a slow moment meets both."""
        return statistics.median(getattr(full, kind) / getattr(bare, kind)
                                 for full, bare in zip(self.full, self.bare, strict=True))

    def seconds(self, which: str, kind: str) -> float:
        """The median; ``which``: bare or full, ``kind``: clock or work."""
        return statistics.median(getattr(one, kind) for one in getattr(self, which))


def main(sizes: list[int], folder: Path) -> None:
    tables = small_tables()
    inputs = {rows: Inputs(case_files(folder, rows), tables) for rows in sizes}
    found = {(name, cores, rows): Row(name, cores, rows)
             for name in ("duckdb", "spark") for cores in CORES for rows in sizes}
    for number in range(ROUNDS):
        for name, cores, engine in engines():
            turn(engine, inputs[sizes[0]])
            for rows in sizes:
                bare, full, cells = turn(engine, inputs[rows])
                row = found[name, cores, rows]
                row.bare.append(bare)
                row.full.append(full)
                row.cells = cells
                print(f"round {number + 1}: {name} on {cores}, {rows:,}: {bare}, {full}, "
                      f"load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    tell(found)


def engines() -> Iterator[tuple[str, int, DuckDB | Spark]]:
    """Each engine on each number of cores, the one started when the one before has ended."""
    for cores in CORES:
        yield "duckdb", cores, DuckDB(threads=cores)
        spark = Spark(f"local[{cores}]")
        yield "spark", cores, spark
        spark.stop()


def turn(engine: DuckDB | Spark, inputs: Inputs) -> tuple[Taken, Taken, int]:
    """Seconds of the bare scan and of the evaluation, and how many cells came out.

    The bare scan adds up every column that the evaluation reads.
    """
    bare, _ = taken(engine, lambda: engine.rows(SUMS, Inputs(inputs.files)))
    full, counts = taken(engine, lambda: engine.count(PLAN, inputs))
    return bare, full, len(counts.n)


def taken(engine: DuckDB | Spark, act: Callable[[], Any]) -> tuple[Taken, Any]:
    start, worked = time.perf_counter(), work(engine)
    found = act()
    return Taken(time.perf_counter() - start, work(engine) - worked), found


def work(engine: DuckDB | Spark) -> float:
    """Processor time so far of this process, and of the Java one that Spark runs in (Linux)."""
    if isinstance(engine, DuckDB):
        return time.process_time()
    process = engine.session.sparkContext._gateway.proc.pid
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def tell(found: dict[tuple[str, int, int], Row]) -> None:
    print(f"every measure and the whole case by item x county x month, {len(COLUMNS)} columns, "
          f"median of {ROUNDS} interleaved rounds on {os.cpu_count()} cores")
    print(f"{'engine':<8}{'cores':>6}{'cases':>12}{'bare s':>9}{'full s':>9}{'x bare':>8}{'bare work':>11}"
          f"{'full work':>11}{'x bare':>8}{'M cases/s':>11}{'x one core':>12}{'cells':>10}")
    for row in found.values():
        full, alone = row.seconds("full", "clock"), found[row.name, CORES[0], row.rows].seconds("full", "clock")
        print(f"{row.name:<8}{row.cores:>6}{row.rows:>12,}{row.seconds('bare', 'clock'):>9.2f}{full:>9.2f}"
              f"{row.ratio('clock'):>8.1f}{row.seconds('bare', 'work'):>11.2f}{row.seconds('full', 'work'):>11.2f}"
              f"{row.ratio('work'):>8.1f}{row.rows / full / 1e6:>11.2f}{alone / full:>12.2f}{row.cells:>10,}")
    assert len({(row.rows, row.cells) for row in found.values()}) == len({row.rows for row in found.values()})


if __name__ == "__main__":
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    main([int(float(word) * 1_000_000) for word in sys.argv[1:]] or [1_000_000, 5_000_000, 10_000_000],
         Path(tempfile.gettempdir()) / "jizhun-benchmark")
