"""Many small files of a month become one sorted file: the same rows, in one commit, while others go on reading."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final
from uuid import uuid4

import duckdb

from jizhun.analytics.lake import STORED, Change, Lake, LakeFile, connect, relation
from jizhun.analytics.lake.files import quoted
from jizhun.kernel.bilingual import Refused

TRIES: Final = 3
"""How often a month is begun anew because a batch came in meanwhile."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """A month of a source: how many files there were, how many rows, and the version from which on it is one file."""

    source: str
    month: int
    files: int
    rows: int
    version: int


@dataclass(frozen=True, slots=True)
class Month:
    """The files of one month of one source."""

    source: str
    month: int
    files: tuple[LakeFile, ...]


def scattered(lake: Lake, sources: Sequence[str] | None = None, at_least: int = 2) -> list[Month]:
    """The months that lie in ``at_least`` files or more."""
    found = groupby(sorted(lake.files(sources=sources), key=_month), key=_month)
    months = [Month(*key, tuple(same)) for key, same in found]
    return [one for one in months if len(one.files) >= max(at_least, 2)]


def _month(file: LakeFile) -> tuple[str, int]:
    return file.source, file.month


def compact(lake: Lake, *, sources: Sequence[str] | None = None, at_least: int = 2,
            note: Callable[[Month], dict[str, str]] = lambda _: {},
            progress: Callable[[int, int], None] | None = None, threads: int | None = None) -> list[Compacted]:
    """Write each month that lies in ``at_least`` files or more into one; gives what was done.

    A month is one commit. A month into which batches keep coming is left for the next time. ``progress`` is told
    (rows done, rows in all). Refused, with nothing changed, where a file does not give the rows that it should.
    """
    months = scattered(lake, sources, at_least)
    done, rows, found = 0, sum(file.rows for one in months for file in one.files), []
    for one in months:
        with lake.staging(f"compact-{uuid4().hex}") as folder, connect() as con:
            con.execute(f"SET temp_directory = {quoted(str(folder / 'spill'))}")
            if threads:
                con.execute(f"SET threads = {threads}")
            made = _compacted(con, lake, one, folder, note(one))
        found += [made] if made else []
        done += sum(file.rows for file in one.files)
        if progress:
            progress(done, rows)
    return found


def _compacted(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, folder: Path,
               note: dict[str, str]) -> Compacted | None:
    """The file is written before the lock is taken; it counts only if the same files are still there then."""
    for _ in range(TRIES):
        whole = _written(con, lake, month, folder)
        found: list[bool] = []

        def change(present: Sequence[LakeFile], whole: LakeFile = whole, month: Month = month,
                   found: list[bool] = found) -> Change:
            found[:] = [{file.path for file in month.files} <= {file.path for file in present}]
            said = {"compacted": f"{month.source}/{month.month}", "files": str(len(month.files)), **note}
            return Change([whole], month.files, said, same_rows=True) if found[0] else Change()

        version = lake.commit(change)
        if found == [True]:
            return Compacted(month.source, month.month, len(month.files), whole.rows, version)
        again = [one for one in scattered(lake, [month.source]) if one.month == month.month]
        if not again:
            return None
        month = again[0]
    return None


def _written(con: duckdb.DuckDBPyConnection, lake: Lake, month: Month, folder: Path) -> LakeFile:
    """One sorted file with the rows of all, compared by number and fingerprint before anybody relies on it."""
    columns = ", ".join(column.name for column in lake.table.columns)
    path = folder / f"c-{month.month}-{uuid4().hex[:12]}.parquet"
    rows = relation(month.files, lake.table)
    con.execute(f"COPY (SELECT {columns} FROM {rows} ORDER BY {', '.join(lake.table.sorted_by)}) "
                f"TO {quoted(str(path))} ({STORED})")
    before, after = (con.execute(f"SELECT count(*), sum(hash({columns})::HUGEINT) FROM {one}").fetchall()[0]
                     for one in (rows, f"read_parquet({quoted(str(path))})"))
    if before != after or before[0] != sum(file.rows for file in month.files):
        raise Refused(
            zh=f"来源 {month.source} 的 {month.month} 月：文件中的行与登记的不符（{before[0]:,} 行），未作任何改动。",
            en=f"{month.source}, {month.month}: the files do not hold the rows on record ({before[0]:,} found); "
            "nothing was changed.")
    return LakeFile(str(path), month.source, month.month, before[0])
