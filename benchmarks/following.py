"""A million cases held against a procedure: our count beside a process-mining library on the same log.

``python -m benchmarks.following`` makes a log by a fixed seed, takes it in through the door that every log takes, asks
whether the cases followed, and does the same with PM4Py: footprint conformance, which has to be equal way by way and
for the whole log, and token-based replay, whose seconds are compared. PM4Py (AGPL) is only measured against and never
part of the product: it is installed with pip into an environment of its own that goes away again, or the Python named
by PM4PY_PYTHON has it. Ours starts from files of the lake and ends with the figures; theirs starts from the same
events in memory, so that reading the file is not counted against it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jizhun.analytics.cases import FAR_DAY
from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.following.flow import Flow, tables
from jizhun.analytics.following.sql import WANTED, Asked, following, verdicts
from jizhun.analytics.following.steps import BETWEEN, STEPS
from jizhun.analytics.lake import Lake
from jizhun.delivery.ingest import Delivery, Received, Staging
from jizhun.delivery.ingest.steps import ingest_steps
from jizhun.delivery.rules.directory import Directory, Entry, Register
from jizhun.delivery.rules.parsing import parse_steps
from jizhun.evaluation.rules.following import Followed, followed_from
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.working_days import Calendar

CASES, ROUNDS = int(os.environ.get("CASES", 1_000_000)), 3
HERE = Path(__file__).parent
PATH = ("apply", "accept", "examine", "review", "decide", "pay", "complete")
FOLLOWS = frozenset([*pairwise(PATH), ("accept", "notify"), ("notify", "accept"),
                     ("review", "examine")])
FLOW = Flow(frozenset({"apply"}), frozenset({"complete"}), FOLLOWS)
OTHERS = (*PATH, "notify", "inspect")
FIRST_SECOND = 1_735_689_600  # 2025-01-01
MAPPING = """
fields: {case_key: case, step: step, ended_at: ended, matter: {constant: M}, region: {constant: R}}
extract_date: 2025-12-31
"""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="jizhun-benchmark-") as name:
        folder = Path(name)
        log, python = made_log(folder / "log.parquet"), their_python(folder)
        received = take_in(folder, log)
        events = pq.read_metadata(log).num_rows
        print(f"{CASES:,} cases, {events:,} steps; taken in and put in order in {received.seconds:.1f} s")
        conformance, whole, found, ways = measure_ours(folder)
        print(f"ours: conformance of every case        {conformance:8.2f} s   {found.followed.part:,} followed, "
              f"{found.ways:,} ways, fitness {found.fitness:.6f}")
        print(f"ours: with deviations, places, times   {whole:8.2f} s   best of {ROUNDS}, from files")
        if python:
            tell(theirs(python, folder, log), conformance, whole, found, ways)


def made_log(file: Path) -> Path:
    """Cases most of which go one of three ways; in one of twelve a step is left out, put in or done elsewhere."""
    draw = np.random.default_rng(7)
    ways = [PATH, (*PATH[:2], "notify", *PATH[1:]), (*PATH[:4], *PATH[2:])]
    codes = {code: number for number, code in enumerate(OTHERS)}
    kind = draw.choice(3, CASES, p=(0.8, 0.12, 0.08))
    lengths = np.array([len(way) for way in ways])[kind]
    step = np.concatenate([[codes[code] for code in way] for way in ways])
    starts = np.cumsum([0, *(len(way) for way in ways)])[kind]
    place = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    step, case = step[np.repeat(starts, lengths) + place], np.repeat(np.arange(CASES), lengths)
    odd = draw.random(len(step)) < 0.012
    step[odd] = draw.integers(0, len(OTHERS), odd.sum())
    kept = (draw.random(len(step)) >= 0.004) | (place == 0)
    begun = FIRST_SECOND + draw.integers(0, 300 * 86_400, CASES)
    ended = np.repeat(begun, lengths) + place * 50_000 + draw.integers(0, 49_000, len(step))
    keys = pa.array([f"case-{n:08d}" for n in range(CASES)])
    pq.write_table(pa.table({"case": keys.take(pa.array(case[kept])),
                             "step": pa.array(OTHERS).take(pa.array(step[kept])),
                             "ended": pa.array(ended[kept]).cast(pa.timestamp("s"))}), file)
    return file


# -- ours --------------------------------------------------------------------------------------------


def take_in(folder: Path, log: Path) -> Received:
    def one(number: int, code: str) -> list[Entry]:
        return [Entry(number, code, Bilingual(code, code))]

    words = Bilingual("", "")
    directory = Directory(Register(one(1, "M"), words), Register(one(1, "R"), words), Register(one(1, "all"), words),
                          {0: Calendar("CN", estimate=True)})
    lake = Lake(folder / "lake", STEPS)
    delivery = Delivery(log, parse_steps(MAPPING), "log", 1, date(2025, 12, 31))
    with lake.staging("batch") as staged:
        return ingest_steps(delivery, lake, Lake(folder / "lake"), directory, Staging(staged, folder / "rejects.csv"))


def measure_ours(folder: Path) -> tuple[float, float, Followed, dict[str, tuple[int, bool]]]:
    """Seconds of the verdicts alone and of everything, the figures, and each way: how many cases, followed or not."""
    places, held = (pa.table({name: pa.array([n], pa.int32()) for name, n in columns.items()}) for columns in (
        {"region": 1, "place": 1}, {"region": 1, "from_day": 0, "to_day": FAR_DAY, "flow": 0}))
    inputs = Inputs(Lake(folder / "lake", STEPS).files(), {**tables([FLOW]), "places": places, "held": held}, STEPS)
    asked, engine = Asked((1,), 0, 99_999), DuckDB()

    def timed(parts: Any, wanted: Any) -> tuple[float, Any]:
        start = time.perf_counter()
        found = engine.run(parts, wanted, inputs)
        return time.perf_counter() - start, found

    alone = min((timed(verdicts(asked), ("cases_by_verdict",)) for _ in range(ROUNDS)), key=lambda one: one[0])
    whole, found = min((timed(following(asked), WANTED) for _ in range(ROUNDS)), key=lambda one: one[0])
    start = time.perf_counter()
    figures = followed_from({name: table.to_pylist() for name, table in found.items()}, [FLOW])
    whole += time.perf_counter() - start
    ways = engine.run(verdicts(asked), ("verdicts",), inputs)["verdicts"].to_pylist()
    return alone[0], whole, figures, {row["trace"]: (row["n"], not row["bits"]) for row in ways}


# -- theirs ------------------------------------------------------------------------------------------


def their_python(folder: Path) -> str:
    """A Python that has PM4Py; "" with a sentence where none can be made."""
    if named := os.environ.get("PM4PY_PYTHON"):
        return named
    python = folder / "theirs" / "bin" / "python"
    for words in ([sys.executable, "-m", "venv", str(folder / "theirs")],
                  [str(python), "-m", "pip", "install", "--quiet", "pm4py", "pyarrow"]):
        if subprocess.run(words, capture_output=True).returncode:
            print("PM4Py cannot be installed here: only our side is measured.")
            return ""
    return str(python)


def theirs(python: str, folder: Path, log: Path) -> dict[str, Any]:
    """What PM4Py finds, in a process of its own."""
    model, answer = folder / "model.json", folder / "answer.json"
    model.write_text(json.dumps({"starts": sorted(FLOW.starts), "ends": sorted(FLOW.ends),
                                 "follows": sorted(map(list, FLOW.follows)), "between": BETWEEN}))
    done = subprocess.run([python, str(HERE / "pm4py_side.py"), str(log), str(model), str(answer)],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"PM4Py does not run ({(done.stderr.strip().splitlines() or ['?'])[-1]}).")
    return dict(json.loads(answer.read_text()))


def tell(their: dict[str, Any], conformance: float, whole: float, found: Followed,
         ways: dict[str, tuple[int, bool]]) -> None:
    print(f"PM4Py {their['version']}: footprints of every way   {their['ways_seconds']:8.2f} s   "
          f"of the whole log {their['whole_seconds']:.2f} s, fitness {their['fitness']:.6f}")
    print(f"PM4Py: token-based replay of all cases {their['replay_seconds']:8.2f} s   "
          f"{their['replay_cases']:,} cases, {their['replay_fit']:,} fit")
    assert {trace: [n, fit] for trace, (n, fit) in ways.items()} == their["ways"], "the ways do not agree"
    assert abs(found.fitness - their["fitness"]) < 1e-9, "the fitness of the whole log does not agree"
    assert found.followed.part == sum(n for n, fit in their["ways"].values() if fit)
    assert their["replay_cases"] == CASES, "the replay did not see every case"
    print(f"equal on {len(ways):,} ways and the whole log; replay takes {their['replay_seconds'] / conformance:.0f} x "
          f"as long as our conformance, {their['replay_seconds'] / whole:.0f} x as long as all of our figures")


if __name__ == "__main__":
    main()
