"""The queries of the dashboard's first screen over kept counts, against a bare scan of the cases, both in one run.

``python -m benchmarks.dashboard [ROWS] [FOLDER]``: counts the cases once (that takes minutes for a hundred million),
then asks what a nation's page asks: each place by month, items by place, ratings by month, mixes of items.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.generate import AS_OF, REGIONS, case_files, small_tables
from jizhun.analytics.cuts import EVERY, Cuts, Standing
from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.lake import relation
from jizhun.analytics.plan import WHOLE, Plan

COLUMNS = ("matter", "region", "accepted_day", "closed_day", "accepted_wd", "closed_wd", "stopped_days", "stopped_wd",
           "extended", "fee_cents", "visits", "materials", "rating")
JUDGED = ("statutory_limit", "promised_limit", "fee", "visits", "materials")
ROUNDS, PROVINCES = 5, 31
FAR = 2_932_895
ASKED = {"places by month": (("region", "month"), (WHOLE,)), "items by place": (("item", "region"), (WHOLE,)),
         "ratings by month": (("rating", "month"), ()), "months": (("month",), (WHOLE,)),
         "items of every peer": (("item", "region"), (WHOLE,))}
"""What a page asks. The last one is asked by a county that looks for similar ones in the whole nation, not by a nation.
"""
PEERS = "items of every peer"


def main(rows: int, folder: Path) -> None:
    inputs = Inputs(case_files(folder, rows), small_tables())
    cuts = Cuts(folder / f"cuts-{rows}", "generated")
    plan = Plan(EVERY, (), -FAR, FAR, AS_OF, JUDGED, (AS_OF - 10_957) * 5 // 7)
    brought, seconds = _timed(lambda: cuts.bring(plan, inputs, limits="generated").standing)
    print(f"{rows:,} cases brought up to date: {seconds:.1f} s")
    taken: dict[str, list[float]] = {name: [] for name in ("bare scan", *ASKED)}
    for _ in range(ROUNDS):
        taken["bare scan"].append(_timed(lambda: _bare(inputs))[1])
        for name in ASKED:
            taken[name].append(_timed(lambda name=name: _asked(cuts, brought, name))[1])
    bare = statistics.median(taken["bare scan"])
    for name, times in taken.items():
        print(f"{name:<20} {statistics.median(times):7.3f} s")
    for name, left_out in (("a nation's screen", PEERS), ("with peers", "")):
        screen = sum(statistics.median(taken[one]) for one in ASKED if one != left_out)
        print(f"{name:<20} {screen:7.3f} s  {screen / bare:.2f} x a bare scan of {len(COLUMNS)} columns")


def _asked(cuts: Cuts, standing: Standing, name: str) -> object:
    by, verdicts = ASKED[name]
    return cuts.facts(standing, by, verdicts, places=_places(name == PEERS))


def _places(each: bool) -> pa.Table:
    """Every county under itself, or under one of the provinces."""
    regions = range(1, REGIONS + 1)
    return pa.table({"region": pa.array(regions, pa.int32()),
                     "place": pa.array([one if each else one % PROVINCES for one in regions], pa.int32())})


def _bare(inputs: Inputs) -> object:
    sums = ", ".join(f"sum({column})" for column in COLUMNS)
    return DuckDB(threads=2).rows(f"SELECT {sums} FROM {relation(inputs.files)}", Inputs(inputs.files))


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    found = act()
    return found, time.perf_counter() - start


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    main(rows, Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.gettempdir()) / "jizhun-benchmark")
