"""kill -9 at random moments of ingest and of putting months together loses nothing and doubles nothing."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from jizhun.analytics.lake import Lake
from town import MAPPING, write_package

KILLS = 50
ROWS, FORTH, KEYS = 1_500, 1_000, 6_000
"""Rows of a file; how many keys further the next begins, so that a third corrects; how many keys there are."""
BEYOND, LATEST = 2.0, 3.0
"""The latest kill comes so many times as long after the word to begin as the act took when nobody was killed,
and never later than so many seconds, however busy the machine is."""

CHILD = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "jizhun.settings"
import django
django.setup()
from dataclasses import replace
from pathlib import Path
from jizhun.delivery import actions
from jizhun.delivery.actions import keeping
from jizhun.delivery.rules.parsing import parse
from jizhun.people.rules import SYSTEM
from town import MAPPING
ingest = actions.ingest
actions.ingest = lambda *said: ingest(*said[:-1], replace(said[-1], piece=20_000))
actions.lake().version()
mapping = parse(MAPPING)
print("ready", flush=True)
act, number = sys.stdin.readline().split()
number = int(number)
while True:
    print(act, number, flush=True)
    if act == "ingest":
        actions.receive(by=SYSTEM, file=Path(sys.argv[1]) / f"{number}.csv", mapping=mapping, source="town")
        number += 1
    else:
        keeping.compact(by=SYSTEM)
    print("done", act, number, flush=True)
    act = "compact" if act == "ingest" else "ingest"
"""


def key_of(number: int, row: int) -> str:
    return f"k{(number * FORTH + row) % KEYS}"


def closed_on(number: int) -> str:
    return f"2025-0{4 + number // 28 % 3}-{1 + number % 28:02}"


def write(folder: Path, number: int) -> None:
    """The file of that number; which day its cases were closed tells which file they come from."""
    rows = [f"{key_of(number, row)},T1,2025-0{1 + row % 3}-03,{closed_on(number)}" for row in range(ROWS)]
    (folder / f"{number}.csv").write_text("\n".join(["id,place,accepted,closed", *rows]) + "\n")


def expected(files: int) -> dict[str, int]:
    """Key -> the number of the file that brought it last, after so many files."""
    return {key_of(number, row): number for number in range(files) for row in range(ROWS)}


def surroundings(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("JIZHUN_", "DJANGO_"))}
    here = Path(__file__).parents[1]
    paths = os.pathsep.join([str(here), str(here.parent / "src"), kept.get("PYTHONPATH", "")])
    return {**kept, "JIZHUN_HOME": str(home), "JIZHUN_LANG": "en", "PYTHONPATH": paths}


class Children:
    """Processes that wait for the word to begin; the next one is being started while one works."""

    def __init__(self, home: Path, files: Path) -> None:
        self.home, self.files = home, files
        self.waiting = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", CHILD, str(self.files)], env=surroundings(self.home), text=True,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def begin(self, act: str, number: int) -> subprocess.Popen[str]:
        """One that begins with that act; the next file to come in is the one of that number."""
        child = self.waiting
        assert child.stdin is not None and child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        self.waiting = self._start()
        child.stdin.write(f"{act} {number}\n")
        child.stdin.flush()
        return child

    def end(self) -> None:
        self.waiting.kill()
        self.waiting.communicate()

    def undisturbed(self) -> tuple[dict[str, float], int]:
        """How long the first ingest and the first compaction take, and how many files have come in at the end."""
        child, started, took = self.begin("ingest", 0), 0.0, {}
        assert child.stdout is not None
        for line in child.stdout:
            if not line.startswith("done"):
                started = time.monotonic()
                continue
            _, act, number = line.split()
            took.setdefault(act, time.monotonic() - started)
            if (act, number) == ("compact", "2"):
                break
        child.kill()
        child.communicate()
        return took, 2


def held(home: Path) -> dict[str, int]:
    """Key -> number of the file that brought it; each key once."""
    days = {closed_on(number): number for number in range(84)}
    rows = duckdb.execute("SELECT case_key, strftime(DATE '1970-01-01' + closed_day, '%Y-%m-%d') "
                          f"FROM {Lake(home / 'lake').relation()}").fetchall()
    assert len({key for key, _ in rows}) == len(rows), "a key twice"
    return {key: days[day] for key, day in rows}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    for words in (("init",), ("load", str(write_package(tmp_path / "town")))):
        subprocess.run([sys.executable, "-m", "jizhun", *words], env=surroundings(tmp_path / "home"), check=True,
                       stdout=subprocess.DEVNULL)
    yield tmp_path / "home"


@pytest.mark.long
@pytest.mark.timeout(900)
def test_fifty_kills_lose_nothing_and_double_nothing(home: Path, tmp_path: Path) -> None:
    seed = int(os.environ.get("JIZHUN_SEED", random.SystemRandom().randrange(10**6)))
    dice, files, moments = random.Random(seed), 0, Counter[str]()
    print(f"JIZHUN_SEED={seed}")
    for number in range(84):
        write(tmp_path, number)
    children = Children(home, tmp_path)
    try:
        took, files = children.undisturbed()
        for _ in range(KILLS):
            act = dice.choice(("ingest", "compact"))
            child = children.begin(act, files)
            time.sleep(dice.uniform(0, min(BEYOND * took[act], LATEST)))
            child.kill()
            said = (child.communicate()[0] or "begin").splitlines()
            done = max([int(line.split()[2]) for line in said if line.startswith("done")], default=files)
            moments[said[-1].split()[0]] += 1
            now = held(home)
            assert now in (expected(done), expected(done + 1)), f"after {said[-1]} (seed {seed})"
            files = done
    finally:
        children.end()
    print(f"{files} files came in; killed in: {dict(moments)}; undisturbed seconds: {took}")
    assert moments["ingest"] and moments["compact"]
    check_the_end(home, tmp_path, files)


def check_the_end(home: Path, folder: Path, files: int) -> None:
    """What was cut off begins anew; then nothing is left over, in the lake, the staging area or the trail."""
    def run(*words: str) -> str:
        done = subprocess.run([sys.executable, "-m", "jizhun", *words], env=surroundings(home), capture_output=True,
                              text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    (folder / "m.yaml").write_text(MAPPING, "utf-8")
    run("ingest", str(folder / f"{files}.csv"), "--mapping", str(folder / "m.yaml"), "--source", "town")
    run("batches", "resume")
    run("lake", "compact")
    assert held(home) == expected(files + 1)
    assert {line.split("\t")[4] for line in run("batches", "list", "--last", "500").splitlines()} <= {
        "loaded", "interrupted"}
    lake = Lake(home / "lake")
    lake.sweep(keep_days=0)
    assert {str(path) for path in Path(lake.store.root).glob("source=*/month=*/*")} == {
        file.path for file in lake.files()} and len(lake.files()) == 3
    assert list((home / "lake" / "staging").iterdir()) == []
    run("audit", "verify")
