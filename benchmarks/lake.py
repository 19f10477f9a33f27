"""Putting a month's many files together, beside merely copying the same rows; and a scan before and after.

``python -m benchmarks.lake [ROWS [FILES]]``: one month of a source in so many files, each sorted by itself, as a month
of deliveries leaves them. Every round makes one sorted file of them in a lake of its own, checks included.
"""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.generate import case_files
from jizhun.analytics.cases import COLUMNS
from jizhun.analytics.lake import STORED, Change, Lake, LakeFile, absent, compaction, listed, relation

ROUNDS, THREADS = 5, 2
SCAN = "SELECT matter, count(*), sum(closed_wd - accepted_wd - stopped_wd) FROM {} WHERE region < 100500 GROUP BY 1"


def deliveries(folder: Path, rows: int, files: int) -> list[LakeFile]:
    """So many files of one month, each a sorted part of the rows of the whole."""
    whole = listed(case_files(folder, rows))
    held = {name for name, *_ in duckdb.sql(f"DESCRIBE FROM read_parquet({whole})").fetchall()}
    columns = ", ".join(one.name if one.name in held else absent(one) for one in COLUMNS)
    made = []
    with duckdb.connect() as con:
        for number in range(files):
            path = folder / f"part-{number}.parquet"
            count = con.execute(f"""
COPY (SELECT {columns} FROM read_parquet({whole}, hive_partitioning = false)
      WHERE hash(case_key) % {files} = {number} ORDER BY matter, region, accepted_day) TO '{path}' ({STORED})""")
            made.append(LakeFile(str(path), "town", 202501, count.fetchall()[0][0]))
    return made


def main(rows: int, files: int) -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as name:
        folder = Path(name)
        parts = deliveries(folder, rows, files)
        taken: dict[str, list[float]] = {"copied": [], "put together": [], "scan before": [], "scan after": []}
        for number in range(ROUNDS):
            lake = Lake(folder / f"home-{number}")
            lake.commit(lambda _: Change(parts))
            before = relation(lake.files())
            taken["copied"].append(_seconds(lambda source=before: _copy(source, folder / "copy.parquet")))
            taken["scan before"].append(_seconds(lambda source=before: _scan(source)))
            taken["put together"].append(_seconds(lambda lake=lake: compaction.compact(lake, threads=THREADS)))
            after = relation(lake.files())
            assert len(lake.files()) == 1
            taken["scan after"].append(_seconds(lambda source=after: _scan(source)))
            shutil.rmtree(lake.folder)
        total = sum(file.rows for file in parts)
        print(f"{total:,} rows in {files} files, {THREADS} threads, {ROUNDS} interleaved rounds; CPU seconds")
        for what, times in taken.items():
            middle = statistics.median(times)
            print(f"{what:<13} median {middle:6.2f} s = {total / middle:>13,.0f} rows/s")
        for here, there in (("copied", "put together"), ("scan before", "scan after")):
            ratio = statistics.median(b / a for a, b in zip(taken[here], taken[there], strict=True))
            print(f"{there} is {ratio:.2f} x {here}")


def _copy(source: str, path: Path) -> None:
    columns = ", ".join(column.name for column in COLUMNS)
    _run(f"COPY (SELECT {columns} FROM {source}) TO '{path}' ({STORED})")


def _scan(source: str) -> None:
    _run(SCAN.format(source))


def _run(sql: str) -> None:
    with duckdb.connect() as con:
        con.execute(f"SET threads = {THREADS}")
        con.execute(sql).fetchall()


def _seconds(act: Callable[[], object]) -> float:
    start = time.process_time()
    act()
    return time.process_time() - start


if __name__ == "__main__":
    said = [int(one) for one in sys.argv[1:]]
    main(*said, *(5_000_000, 60)[len(said):])
