"""Many files handed in side by side, beside one after another.

``python -m benchmarks.many_files [FILES [ROWS [SIDE]]]``: so many CSV files (50) of so many rows each (20,000), a plain
mapping, taken in as people do (``receive_all``: database, audit trail, rejects and one commit for each), once one after
another and once SIDE at a time (one per core), interleaved, each time in a process and a home of its own that has taken
one file in before. What lies in the lake in the end is compared. Wall and CPU seconds, and how many times as fast.
"""

import hashlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROUNDS = 3
COUNTIES = [f"K{n}" for n in range(40)]
REGIONS = """code,parent,name_zh,name_en,kind,level,root,valid_from,valid_until,source,mark
K,,国,Land,nation,0,K,,,own,R
"""
CATALOGUE = """
source: own
mark: R
root: K
editions: [{code: K-1, name_zh: 单, name_en: List, valid_from: 2020-01-01}]
areas: [{code: K-A, name_zh: 领域, name_en: Area, categories: [{code: K-C, name_zh: 类, name_en: Category}]}]
items: [{code: K-I, category: K-C, name_zh: 项目, name_en: Item}]
matters: [{code: K-M, item: K-I, name_zh: 事项, name_en: Matter}]
"""
MAPPING = """
name_zh: 国办件
name_en: Cases of the land
within: K
calendar: CN
extract_date: 2025-12-31
fields: {case_key: id, matter: {constant: K-M}, region: place, accepted_at: accepted, closed_at: closed}
"""


def package(folder: Path) -> None:
    """A land of its own, made up, of forty counties."""
    folder.mkdir()
    (folder / "package.yaml").write_text("code: K\nname_zh: 国\nname_en: Land\n", "utf-8")
    counties = "".join(f"{one},K,县{one},County {one},county,1,K,,,own,R\n" for one in COUNTIES)
    (folder / "regions.csv").write_text(REGIONS + counties, "utf-8")
    (folder / "catalogue.yaml").write_text(CATALOGUE, "utf-8")


def write(folder: Path, files: int, rows: int) -> None:
    """Cases of 2025; every file has a fault in each 500th row."""
    county = f"[{', '.join(map(repr, COUNTIES))}][1 + (hash(i) % {len(COUNTIES)})::INT]"
    for number in range(files):
        path = folder / f"{number:03}.csv"
        duckdb.execute(f"""
COPY (SELECT 'F{number}-' || i AS id, CASE WHEN i % 500 = 0 THEN '?' ELSE {county} END AS place,
        strftime(TIMESTAMP '2025-01-01' + to_seconds((hash(i * 11) % 20000000)::BIGINT), '%Y-%m-%d %H:%M:%S')
        AS accepted, '' AS closed FROM range({rows}) t(i)) TO '{path}' (HEADER)""")


def child(home: str, folder: str, side: int) -> None:
    """In a process and a home of its own: set up, take the files in, tell how long that took and what came of it."""
    os.environ.update(DJANGO_SETTINGS_MODULE="jizhun.settings", JIZHUN_HOME=home)
    import django

    django.setup()
    from django.core.management import call_command

    from jizhun import loading
    from jizhun.delivery.actions import lake, many
    from jizhun.delivery.rules.parsing import parse
    from jizhun.people.rules import SYSTEM

    call_command("init", verbosity=0)
    list(loading.package(by=SYSTEM, folder=Path(folder) / "package"))
    mapping = parse((Path(folder) / "m.yaml").read_text("utf-8"))
    files = [many.Handed(path, mapping, "benchmark") for path in sorted(Path(folder).glob("*.csv"))]
    many.receive_all(by=SYSTEM, files=files[:1], side=1)
    wall, cpu = time.perf_counter(), time.process_time()
    found = many.receive_all(by=SYSTEM, files=files[1:], side=side)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    assert not any(one.refused for one in found), [one.refused for one in found if one.refused][:1]
    rows = duckdb.execute("SELECT count(*), sum(hash(case_key, region, accepted_at, closed_at)::HUGEINT) FROM "
                          + lake().relation()).fetchall()
    print(wall, cpu, hashlib.sha256(str(rows).encode()).hexdigest(), rows[0][0], sep="\t")


def main(files: int, rows: int, side: int) -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as name:
        folder = Path(name) / "files"
        folder.mkdir()
        package(folder / "package")
        write(folder, files + 1, rows)
        (folder / "m.yaml").write_text(MAPPING, "utf-8")
        taken: dict[int, list[tuple[float, float]]] = {1: [], side: []}
        ends = set()
        for number in range(ROUNDS):
            for how in taken:
                done = subprocess.run([sys.executable, "-m", "benchmarks.many_files", "child",
                                       str(Path(name) / f"home-{number}-{how}"), str(folder), str(how)],
                                      check=True, stdout=subprocess.PIPE, text=True)
                wall, cpu, end, kept = done.stdout.strip().splitlines()[-1].split("\t")
                taken[how].append((float(wall), float(cpu)))
                ends.add((end, kept))
        assert len(ends) == 1, "what lies in the lake differs"
        print(f"{files} files of {rows:,} rows, {ROUNDS} interleaved rounds; the same {int(ends.pop()[1]):,} rows "
              "in the lake each time")
        for how, times in taken.items():
            wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
            print(f"{how} at once: {wall:6.2f} s = {files * rows / wall:>9,.0f} rows/s, {files / wall:5.1f} files/s, "
                  f"CPU {cpu:6.2f} s")
        ratio = statistics.median(one[0] / many[0] for one, many in zip(*taken.values(), strict=True))
        print(f"side by side is {ratio:.2f} times as fast as one after another (median of the rounds)")


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        said = [int(one) for one in sys.argv[1:]]
        main(*said, *(50, 20_000, max(2, len(os.sched_getaffinity(0))))[len(said):])
