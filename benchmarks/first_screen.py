"""The whole first screen of a nation's dashboard in a new process, beside a bare scan of its cases, both in one run.

``python -m benchmarks.first_screen [ROWS] [FOLDER]``: puts generated cases into the lake of a home of its own under the
real tree of places (once; that takes minutes for a hundred million), brings the kept counts and coverage up to date,
then asks for the page in processes that have just started.

What is counted: one request from the first byte to the last, through every layer (session, rights, queries, tables,
pictures, template), where nothing but Python's modules has been loaded: no place, no catalogue, no count and no kept
coverage is in memory. What is not counted: the start of Python and its imports, which the server does before it listens
(printed beside). The operating system may have the files in its cache, as on a machine that serves.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROUNDS, SOURCE = 5, "generated"
PAGE = "/en/work/dashboard/?region=CN"


def main(rows: int, folder: Path) -> None:
    home = folder / f"home-rows={rows}"
    if not (home / "filled").exists():
        _call(home, "fill", rows, folder)
        (home / "filled").touch()
    _call(home, "bring", rows, folder)
    told = [_call(home, "ask", rows, folder).split() for _ in range(ROUNDS)]
    imports, first, second, size = (statistics.median(float(one[n]) for one in told) for n in range(4))
    bare = statistics.median(_bare(rows, folder) for _ in range(ROUNDS))
    print(f"{rows:,} cases, first screen of {size / 1024:.0f} KiB, median of {ROUNDS} new processes")
    print(f"{'bare scan':<28} {bare:7.3f} s")
    print(f"{'first request':<28} {first:7.3f} s  {first / bare:.2f} x the scan")
    print(f"{'second request':<28} {second:7.3f} s")
    print(f"{'imports before listening':<28} {imports:7.3f} s  (not counted)")


def _call(home: Path, what: str, rows: int, folder: Path) -> str:
    surroundings = {**os.environ, "JIZHUN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "jizhun.settings",
                    "JIZHUN_HOSTS": "testserver"}
    done = subprocess.run([sys.executable, "-m", "benchmarks.first_screen", what, str(rows), str(folder)],
                          env=surroundings, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def _bare(rows: int, folder: Path) -> float:
    from benchmarks.dashboard import _bare as scan
    from benchmarks.generate import case_files
    from jizhun.analytics.engines import Inputs

    start = time.perf_counter()
    scan(Inputs(case_files(folder, rows)))
    return time.perf_counter() - start


# -- in a process of its own -----------------------------------------------------------------------


def fill(rows: int, folder: Path) -> None:
    """The national list, and the cases as if one source of the whole country had handed them in."""
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.generate import AS_OF, case_files
    from jizhun import loading
    from jizhun.analytics.lake import Change, LakeFile
    from jizhun.delivery.lakes import lake
    from jizhun.delivery.models import Batch, Source
    from jizhun.people.actions import make_demo_logins
    from jizhun.people.rules import SYSTEM

    call_command("migrate", verbosity=0)
    list(loading.national(by=SYSTEM))
    make_demo_logins(by=SYSTEM)
    source = Source.objects.create(code=SOURCE, name_zh="生成的办件", name_en="Generated cases", region="CN")
    held = lake()
    with held.staging("generated") as staging:
        files = []
        for one in case_files(folder, rows):
            path = staging / f"{one.month}.parquet"
            _whole(Path(one.path), path)
            files.append(LakeFile(str(path), SOURCE, one.month, one.rows))
        number = held.commit(lambda present: Change(files, present, {"batch": "generated"}))
    Batch.objects.create(source=source, state=Batch.LOADED, data_day=date(1970, 1, 1) + timedelta(days=AS_OF),
                         file_name="generated", rows_good=rows, rows_read=rows, lake_version=number)


def _whole(generated: Path, path: Path) -> None:
    """The same rows with every column that the lake has; what the generated ones lack is as empty as it can be."""
    import duckdb
    import pyarrow.parquet as pq

    from jizhun.analytics.cases import CASES

    held = set(pq.read_schema(generated).names)
    empty = {"VARCHAR": "''"}
    columns = [one.name if one.name in held else f"{empty.get(one.sql, '0')}::{one.sql} AS {one.name}"
               for one in CASES.columns if one.name not in ("source", "month")]
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {', '.join(columns)} FROM read_parquet('{generated}')) TO '{path}' "
                           "(FORMAT parquet, COMPRESSION zstd)")


def bring(rows: int, folder: Path) -> None:
    """What the server keeps up to date after every batch and publication."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("cuts", stdout=sys.stderr)


def ask(rows: int, folder: Path) -> None:
    """Seconds of the imports, of the first request and of the second, and the bytes of the page."""
    start = time.perf_counter()
    import jizhun.wsgi  # noqa: F401  (what a server loads before it listens)

    imports = time.perf_counter() - start
    from django.test import Client

    from jizhun.people.models import User

    client = Client()
    client.force_login(User.objects.get(username="national-editor"))
    taken = []
    for _ in range(2):
        start = time.perf_counter()
        page = client.get(PAGE)
        taken.append(time.perf_counter() - start)
        assert page.status_code == 200, page.content[:500]
    print(imports, *taken, len(page.content))


if __name__ == "__main__":
    words = sys.argv[1:]
    if words and words[0] in ("fill", "bring", "ask"):
        {"fill": fill, "bring": bring, "ask": ask}[words[0]](int(words[1]), Path(words[2]))
    else:
        main(int(words[0]) if words else 1_000_000,
             Path(words[1]) if len(words) > 1 else Path(tempfile.gettempdir()) / "jizhun-benchmark")
