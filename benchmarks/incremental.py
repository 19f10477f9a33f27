"""What brings published figures up to date, against counting everything anew; both in one run, compared cell by cell.

``python -m benchmarks.incremental [ROWS] [FOLDER]``: a year of generated cases is counted once. Then, one after the
other: a new day's batch; corrections of cases accepted up to ninety days back; the next data date, on which open cases
cross their limits; one provision changed from the middle of the year on. Each time the kept facts are brought up to
date, and everything is counted anew from all cases; every node of the lattice has to be equal.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.generate import AS_OF, FIRST_DAY, MONTH_DAYS, case_files, small_tables
from jizhun.analytics.cases import FAR_DAY
from jizhun.analytics.compiled import Compiled
from jizhun.analytics.cuts import EVERY, LATTICE, Cuts
from jizhun.analytics.engines import Inputs
from jizhun.analytics.facts import Facts
from jizhun.analytics.lake import LakeFile
from jizhun.analytics.plan import Plan

JUDGED = ("statutory_limit", "promised_limit", "due", "fee", "visits", "materials")


class Year:
    """The files, the promises and the data date, as they change."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder, self.rows = folder / f"changes-{rows}", rows
        shutil.rmtree(self.folder, ignore_errors=True)
        self.files, self.tables = case_files(folder, rows), small_tables()
        self.files = [self._own_name(file, f"first-{file.month}") for file in self.files]
        self.limits, self.as_of, self.cuts = "first", AS_OF, Cuts(self.folder / "cuts", "generated")

    def _own_name(self, file: LakeFile, name: str) -> LakeFile:
        path = self.folder / f"source={file.source}" / f"month={file.month}" / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.hardlink_to(file.path)
        return replace(file, path=str(path))

    @property
    def inputs(self) -> Inputs:
        return Inputs(self.files, self.tables)

    @property
    def plan(self) -> Plan:
        return Plan(EVERY, (), -FAR_DAY, FAR_DAY, self.as_of, JUDGED)

    def bring(self) -> int:
        """Bring the kept facts up to date; how many cases were looked at for that."""
        return self.cuts.bring(self.plan, self.inputs, limits=self.limits).rows

    # -- what happens ------------------------------------------------------------------------------

    def new_day(self) -> None:
        """A three hundred and sixtieth of the year, accepted in its last month."""
        self._write(self.files[-1], "new", f"SELECT * FROM read_parquet('{self.files[-1].path}') USING SAMPLE "
                    f"{100 * 12 / 360:.3f} PERCENT (bernoulli, 7)", add=True)

    def corrections(self) -> None:
        """One case in a hundred of the last ninety days was closed a day earlier: their months are written anew."""
        for file in [one for one in self.files if one.month >= 202510]:
            self._write(file, "corrected", f"SELECT * REPLACE (CASE WHEN hash(case_key) % 100 = 0 AND closed_day < "
                        f"{FAR_DAY} AND closed_day > accepted_day THEN closed_day - 1 ELSE closed_day END "
                        f"AS closed_day) FROM read_parquet('{file.path}')", add=False)

    def next_day(self) -> None:
        """The data date moves on by a day."""
        self.as_of += 1
        places = self.tables["places"]
        later = pa.array((((self.as_of - 10_957) * 5) // 7,) * places.num_rows, pa.int16())
        self.tables = {**self.tables, "places": places.set_column(2, "as_of_wd", later)}

    def other_provision(self) -> None:
        """One matter's promise is a day shorter in every place, from the middle of the year on."""
        limits, middle = self.tables["limits"], FIRST_DAY + 6 * MONTH_DAYS
        concerned = pc.and_(pc.equal(limits["matter"], 42), pc.greater_equal(limits["from_day"], middle))
        shorter = pc.if_else(concerned, pc.subtract(limits["promised_limit"], 1), limits["promised_limit"])
        at = limits.column_names.index("promised_limit")
        self.tables = {**self.tables, "limits": limits.set_column(at, "promised_limit", shorter.cast(pa.int32()))}
        self.limits = "second"

    def _write(self, file: LakeFile, name: str, rows: str, *, add: bool) -> None:
        path = Path(file.path).with_name(f"{name}-{file.month}-{len(self.files)}-{Path(file.path).stem}.parquet")
        with duckdb.connect() as connection:
            copied = connection.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
            ((written,),) = copied.fetchall()
        kept = self.files if add else [one for one in self.files if one != file]
        self.files = [*kept, LakeFile(str(path), file.source, file.month, written)]

    # -- comparing ---------------------------------------------------------------------------------

    def anew(self) -> list[Facts]:
        """Everything counted from all cases."""
        return Compiled(2).several(self.plan, self.inputs, list(LATTICE.values()))

    def same(self, expected: list[Facts]) -> bool:
        standing = self.cuts.standing()
        assert standing is not None
        for question, facts in zip(LATTICE.values(), expected, strict=True):
            kept, anew = (one.summed(question.by) for one in
                          (self.cuts.facts(standing, question.by, question.verdicts), facts))
            if not np.array_equal(kept.table, anew.table):
                return False
        return True


def main(rows: int, folder: Path) -> None:
    year = Year(folder, rows)
    changes: dict[str, Callable[[], None]] = {
        "the year, for the first time": lambda: None, "nothing new": lambda: None, "a new day's batch": year.new_day,
        "corrections of ninety days": year.corrections, "the next data date": year.next_day,
        "one changed provision": year.other_provision}
    print(f"{rows:,} cases, {len(LATTICE)} nodes of the lattice")
    for name, change in changes.items():
        change()
        brought, looked_at = _seconds(year.bring)
        whole, expected = _seconds(year.anew)
        if not year.same(expected):
            sys.exit(f"{name}: the kept facts differ from a full count.")
        print(f"{name:<30} {brought:6.2f} s, {looked_at:>11,} cases looked at; everything anew {whole:6.2f} s, "
              f"{whole / brought:5.1f} times as long; equal")


def _seconds(act: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    found = act()
    return time.perf_counter() - start, found


if __name__ == "__main__":
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    main(rows, Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.gettempdir()) / "jizhun-benchmark")
