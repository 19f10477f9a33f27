"""Validated ingest of CSV and XLSX files, the write to the lake included, beside merely reading the same file.

``python -m benchmarks.ingest [ROWS [SHEET_ROWS]]``: a plain mapping (key, matter, region, channel, accepted, closed,
outcome) and a rich one (and fee, visits, rating, planted faults); in each round every row is checked, numbered, sorted
and stored in a lake of its own. CPU seconds stand beside, because a busy machine stretches the others; the ratio is of
those, and of the rounds' wall times next to each other. Each side has a process of its own, so that neither inherits
the other's memory. "Read only" is DuckDB for CSV and calamine for XLSX (one
thread, as it comes). The first round compiles the loops where that was never done; the median does not see it.
"""

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import duckdb
import xlsxwriter
from python_calamine import CalamineWorkbook

from jizhun.analytics.lake import Lake
from jizhun.delivery.ingest import Delivery, Staging, ingest
from jizhun.delivery.rules.directory import Directory, Entry, Register
from jizhun.delivery.rules.parsing import parse
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.working_days import Calendar

ROUNDS, THREADS = 5, 2
MATTERS, REGIONS = 109, 2850
DATA_DAY = date(2026, 6, 30)
PLAIN = """
extract_date: 2026-06-30
fields:
  case_key: case_no
  matter: matter
  region: region
  channel: {column: channel, values: {线上: online, 窗口: counter, 自助: self_service, 银行: bank, 社区: town}}
  outcome: {column: outcome, values: {准予: granted, 不予: refused}}
  accepted_at: accepted
  closed_at: closed
"""
RICH = PLAIN + "  fee: fee\n  visits: visits\n  rating: rating\n"


def write_csv(path: Path, rows: int, *, rich: bool) -> Path:
    """Cases of 2025 in no order; the rich file has a fault in every 250th row."""
    more = """, CASE WHEN i % 250 = 0 THEN 'free' WHEN i % 10 = 0 THEN '12.50' ELSE '0' END AS fee,
        (hash(i * 31) % 3)::VARCHAR AS visits, CASE WHEN i % 3 = 0 THEN (hash(i * 19) % 5 + 1)::VARCHAR END AS rating"""
    start = "TIMESTAMP '2025-01-01' + to_seconds((hash(i * 11) % 31536000)::BIGINT)"
    duckdb.execute(f"""
COPY (SELECT 'C' || lpad(i::VARCHAR, 10, '0') AS case_no, 'M' || (hash(i) % {MATTERS}) AS matter,
        (100000 + hash(i * 7) % {REGIONS})::VARCHAR AS region,
        ['线上', '窗口', '自助', '银行', '社区'][1 + (hash(i * 3) % 5)::INT] AS channel,
        ['准予', '不予'][1 + (hash(i * 23) % 2)::INT] AS outcome, strftime({start}, '%Y-%m-%d %H:%M:%S') AS accepted,
        strftime({start} + to_seconds((hash(i * 13) % 2000000)::BIGINT), '%Y-%m-%d %H:%M:%S') AS closed
        {more if rich else ''} FROM range({rows}) t(i)) TO '{path}' (HEADER)""")
    return path


@cache
def directory() -> Directory:
    """As many matters and counties as a nation has."""
    def entries(codes: list[str]) -> list[Entry]:
        return [Entry(number, code, Bilingual(code, code)) for number, code in enumerate(codes, 1)]

    return Directory(
        matters=Register(entries([f"M{n}" for n in range(MATTERS)]), Bilingual("事项", "Matter")),
        regions=Register(entries([str(100_000 + n) for n in range(REGIONS)]), Bilingual("地区", "Region")),
        groups=Register(entries(["all"]), Bilingual("服务对象", "Group")),
        calendars={0: Calendar("CN", estimate=True)},
    )


def write_xlsx(path: Path, rows: int) -> Path:
    """The plain cases as a workbook, every cell a text."""
    text = write_csv(path.with_suffix(".csv"), rows, rich=False)
    found = duckdb.sql(f"SELECT * FROM read_csv('{text}', all_varchar = true)")
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, found.columns)
        for number, row in enumerate(found.fetchall(), 1):
            sheet.write_row(number, 0, row)
    text.unlink()
    return path


def main(rows: int, sheet_rows: int) -> None:
    alone = get_context("spawn")
    with (tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as name,
          ProcessPoolExecutor(1, alone) as reading, ProcessPoolExecutor(1, alone) as taking):
        folder = Path(name)
        for kind, mapping in (("plain", PLAIN), ("rich", RICH), ("xlsx", PLAIN)):
            size, read = (sheet_rows, _read_xlsx) if kind == "xlsx" else (rows, _read)
            file = (write_xlsx(folder / "plain.xlsx", size) if kind == "xlsx"
                    else write_csv(folder / f"{kind}.csv", size, rich=kind == "rich"))
            taken: dict[str, list[tuple[float, float]]] = {"read only": [], kind: []}
            for number in range(ROUNDS):
                taken["read only"].append(reading.submit(_seconds, read, file).result())
                taken[kind].append(taking.submit(_taken_in, file, mapping, folder / f"home-{number}").result())
            print(f"{kind}: {size:,} rows, {file.stat().st_size / 2**20:.0f} MiB, {THREADS} threads, "
                  f"{ROUNDS} interleaved rounds")
            for what, times in taken.items():
                _tell(what, size, times)
            _compare(taken["read only"], taken[kind])
            file.unlink()


def _compare(read: list[tuple[float, float]], whole: list[tuple[float, float]]) -> None:
    """How many times as long as merely reading, round by round."""
    wall, cpu = (statistics.median(there[at] / here[at] for here, there in zip(read, whole, strict=True))
                 for at in (0, 1))
    print(f"ratio      {wall:.1f} x the wall time of merely reading, {cpu:.1f} x its CPU time")


def _tell(what: str, rows: int, times: list[tuple[float, float]]) -> None:
    wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
    best = min(seconds for seconds, _ in times)
    print(f"{what:<10} median {wall:6.2f} s = {rows / wall:>11,.0f} rows/s   best {rows / best:>11,.0f} rows/s   "
          f"CPU {cpu / rows * 1e6:5.2f} s per million")


def _taken_in(file: Path, mapping: str, home: Path) -> tuple[float, float]:
    taken = _seconds(_ingest, file, mapping, home, directory())
    shutil.rmtree(home)
    return taken


def _ingest(file: Path, mapping: str, home: Path, known: Directory) -> None:
    delivery = Delivery(file, parse(mapping), "benchmark", 1, DATA_DAY)
    with Lake(home).staging("benchmark") as folder:
        received = ingest(delivery, Lake(home), known, Staging(folder, home / "rejects.csv", threads=THREADS))
    assert received.good + received.bad == received.read > 0 and bool(received.bad) == ("fee" in mapping)


def _read(file: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"SET threads = {THREADS}")
        connection.execute(f"CREATE TABLE raw AS SELECT * FROM read_csv('{file}', all_varchar = true)").fetchall()


def _read_xlsx(file: Path) -> None:
    book = CalamineWorkbook.from_path(str(file))
    assert book.get_sheet_by_name(book.sheet_names[0]).to_python(skip_empty_area=False)


def _seconds(act: Callable[..., None], *words: object) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    act(*words)
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    said = [int(one) for one in sys.argv[1:]]
    main(*said, *(5_000_000, 300_000)[len(said):])
