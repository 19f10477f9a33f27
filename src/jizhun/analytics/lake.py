"""The lake: a Delta table of case records and one of their steps, read by DuckDB and Spark, changed by atomic commits.

Files are written to a staging folder first, moved into the table under a lock, and count only from the
commit on. A writer that dies leaves the old state whole; what it left behind is swept by the next one.
"""

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import CommitFailedError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from jizhun.analytics.cases import CASES, PARTITIONS, Table, arrow_type
from jizhun.analytics.plan import Numbers
from jizhun.kernel.bilingual import Refused

SOURCE_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a source may be called: it becomes a folder name, so nothing in it needs escaping."""

PARTITION_NAMES: Final = [column.name for column in PARTITIONS]
ATTEMPTS: Final = 5
KEEP_HOURS: Final = 24 * 7
"""How long replaced files stay readable for whoever still holds an older version."""


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One file of the table: ``path`` is absolute, ``month`` is yyyymm."""

    path: Path
    source: str
    month: int
    rows: int


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit does: staged files that join the table, and present files that leave it."""

    added: Sequence[LakeFile] = ()
    removed: Sequence[LakeFile] = ()
    note: Mapping[str, str] = field(default_factory=dict)


Preparation = Callable[[Sequence[LakeFile]], Change]
"""Given the files of the present version, says what to change; called again after a conflict."""


class Lake:
    """One table, cases unless told otherwise, under ``folder`` (``<home>/lake``). Opening it touches nothing."""

    def __init__(self, folder: Path, table: Table = CASES) -> None:
        self.folder = folder
        self.table = table
        self.place = folder / table.name

    def version(self) -> int:
        """The number of the newest commit, or -1 while there is no table."""
        table = self._table()
        return -1 if table is None else table.version()

    def files(
        self, *, sources: Sequence[str] | None = None, first_month: int = 0, last_month: int = 999912
    ) -> list[LakeFile]:
        """The files of the present version for ``sources`` (None: all) and the months asked for."""
        table = self._table()
        if table is None:
            return []
        return [
            file
            for file in self._files_of(table)
            if first_month <= file.month <= last_month and (sources is None or file.source in sources)
        ]

    def relation(
        self, *, sources: Sequence[str] | None = None, first_month: int = 0, last_month: int = 999912
    ) -> str:
        """A SQL table expression for DuckDB over the same files, partition columns included."""
        files = self.files(sources=sources, first_month=first_month, last_month=last_month)
        return relation(files, self.table)

    def sources(self) -> dict[str, int]:
        """Rows per source in the present version."""
        rows: dict[str, int] = {}
        for file in self.files():
            rows[file.source] = rows.get(file.source, 0) + file.rows
        return rows

    def commit(self, prepare: Preparation) -> int:
        """Change the table at once and return the new version (the present one when nothing changes).

        ``prepare`` sees the present files and names what joins and what leaves. When somebody else
        committed in between, it is asked again with the newer state.
        """
        with self.locked():
            for attempt in range(ATTEMPTS):
                table = self._open()
                change = prepare(self._files_of(table))
                if not change.added and not change.removed:
                    return table.version()
                try:
                    return self._write(table, change)
                except CommitFailedError:
                    if attempt == ATTEMPTS - 1:
                        raise
                    time.sleep(0.05 * 2**attempt)
        raise AssertionError("unreachable")

    def drop_source(self, source: str, note: Mapping[str, str] | None = None) -> int:
        """Take every row of a source out of the table and erase its files; returns the number of rows."""
        gone: list[LakeFile] = []

        def everything_of(files: Sequence[LakeFile]) -> Change:
            gone[:] = [file for file in files if file.source == source]
            return Change(removed=gone, note={"dropped": source, **(note or {})})

        self.commit(everything_of)
        shutil.rmtree(self.place / f"source={source}", ignore_errors=True)
        return sum(file.rows for file in gone)

    def commits(self) -> list[dict[str, object]]:
        """The commits, newest first, each with its version and the note given to it."""
        table = self._table()
        return [] if table is None else table.history()

    def version_of(self, key: str, value: str) -> int | None:
        """The version whose note says ``key: value``: how an interrupted batch learns that it had arrived."""
        for commit in self.commits():
            if commit.get(key) == value:
                return int(str(commit["version"]))
        return None

    @contextmanager
    def staging(self, name: str) -> Iterator[Path]:
        """A folder of one's own for files that are not part of the table yet; gone afterwards."""
        folder = self.folder / "staging" / name
        with self.locked():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            mark = (folder / "alive").open("w")
            fcntl.flock(mark, fcntl.LOCK_EX)
        with mark:
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def is_being_written(self, name: str) -> bool:
        """Whether the writer that staged under ``name`` still runs."""
        return _alive(self.folder / "staging" / name)

    def sweep(self, keep_hours: int = KEEP_HOURS) -> list[Path]:
        """Remove what dead writers left and what no version of the last ``keep_hours`` needs."""
        with self.locked():
            return [*self._sweep_staging(), *self._sweep_table(keep_hours)]

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One writer at a time on this machine; the lock falls with the process that holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "cases.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _table(self) -> DeltaTable | None:
        try:
            return _of_today(DeltaTable(self.place), self.table)
        except TableNotFoundError:
            return None

    def _open(self) -> DeltaTable:
        table = self._table()
        if table is None:
            self.place.mkdir(parents=True, exist_ok=True)
            DeltaTable.create(self.place, self.table.arrow_schema(), mode="ignore", partition_by=PARTITION_NAMES)
            table = DeltaTable(self.place)
        return table

    def _files_of(self, table: DeltaTable) -> list[LakeFile]:
        """Read from the log, not from the folder: dead files do not count.

        ``file_uris`` percent-encodes the folder's own name, so paths are put together here.
        """
        rows = pa.table(table.get_add_actions(flatten=True)).select(
            ["path", "partition.source", "partition.month", "num_records"]
        )
        return [
            LakeFile(self.place / path, source, month, count or 0)
            for path, source, month, count in zip(*map(pa.ChunkedArray.to_pylist, rows.columns), strict=True)
        ]

    def _write(self, table: DeltaTable, change: Change) -> int:
        moved = [self._moved(file) for file in change.added]
        actions: list[AddAction | RemoveAction] = [self._addition(file) for file in moved]
        actions += [self._removal(file) for file in change.removed]
        table.create_write_transaction(
            actions,
            "append",
            self.table.arrow_schema(),
            PARTITION_NAMES,
            commit_properties=CommitProperties(custom_metadata=dict(change.note)),
        )
        table.update_incremental()
        return table.version()

    def _moved(self, file: LakeFile) -> LakeFile:
        """The staged file at its place in the table; it stays staged too, to be read after a conflict."""
        target = self.place / f"source={file.source}" / f"month={file.month}" / file.path.name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _flush(file.path)
            _link(file.path, target)
        return LakeFile(target, file.source, file.month, file.rows)

    def _addition(self, file: LakeFile) -> AddAction:
        status = file.path.stat()
        return AddAction(
            path=file.path.relative_to(self.place).as_posix(),
            size=status.st_size,
            partition_values=_partition(file),
            modification_time=int(status.st_mtime * 1000),
            data_change=True,
            stats=json.dumps({"numRecords": file.rows}),
        )

    def _removal(self, file: LakeFile) -> RemoveAction:
        return RemoveAction(
            path=file.path.relative_to(self.place).as_posix(),
            data_change=True,
            deletion_timestamp=int(time.time() * 1000),
            partition_values=_partition(file),
        )

    def _sweep_staging(self) -> list[Path]:
        abandoned = [folder for folder in (self.folder / "staging").glob("*") if not _alive(folder)]
        for folder in abandoned:
            shutil.rmtree(folder, ignore_errors=True)
        return abandoned

    def _sweep_table(self, keep_hours: int) -> list[Path]:
        """Files that no log entry knows (a writer died between move and commit), then old versions' files.

        Engines that write Delta themselves leave temporary files named ``*.parquet#1``: those go too.
        """
        table = self._table()
        if table is None:
            return []
        table.vacuum(keep_hours, dry_run=False, enforce_retention_duration=False)
        known = {file.path for file in self._files_of(table)}
        oldest = time.time() - keep_hours * 3600
        orphans = [
            path
            for path in self.place.glob("source=*/month=*/*.parquet*")
            if path not in known and (path.suffix != ".parquet" or path.stat().st_mtime < oldest)
        ]
        for path in orphans:
            path.unlink(missing_ok=True)
        return orphans


def _of_today(table: DeltaTable, wanted: Table) -> DeltaTable:
    """The table, or Refused when an older version of the product wrote it with other columns."""
    if {field.name for field in table.schema().fields} >= set(wanted.arrow_schema().names):
        return table
    raise Refused(
        zh="本目录中的办件是旧版本存储的，列不齐全：请新建目录（make demo-reset）并重新载入。",
        en="The cases kept here were stored by an older version and lack columns: start a new home "
        "(make demo-reset) and take the files in again.",
    )


def relation(files: Sequence[LakeFile], table: Table = CASES) -> str:
    """A SQL table expression for DuckDB over ``files``, partition columns included."""
    if not files:
        return table.empty_relation()
    paths = ", ".join("'" + str(file.path).replace("'", "''") + "'" for file in files)
    types = "{'source': VARCHAR, 'month': INTEGER}"
    return f"read_parquet([{paths}], hive_partitioning = true, hive_types = {types})"


def batches(file: LakeFile, columns: Sequence[str], rows: int, table: Table = CASES) -> Iterator[dict[str, Numbers]]:
    """A file's columns in the order of its rows, as arrays of at most ``rows``; what a file lacks is absent."""
    absent = {column.name: (column.absent, arrow_type(column.sql).to_pandas_dtype()) for column in table.columns}
    with pq.ParquetFile(file.path) as opened:
        kept = [name for name in columns if name in opened.schema_arrow.names]
        for batch in opened.iter_batches(rows, columns=kept, use_threads=False):
            found = {name: batch.column(name).to_numpy() for name in kept}
            for name in columns:
                if name not in found:
                    value, kind = absent[name]
                    found[name] = np.full(batch.num_rows, value, kind)
            yield found


def check_source(code: str) -> str:
    """``code``, or Refused when it cannot name a source."""
    if not SOURCE_CODE.fullmatch(code):
        raise Refused(
            zh=f"来源代码“{code}”不可用：以字母或数字开头，只含字母、数字、点、横线和下划线，"
            "最多 64 个字符。",
            en=f"“{code}” cannot name a source: start with a letter or digit, then letters, digits, dots, "
            "hyphens and underscores, 64 characters at most.",
        )
    return code


def _partition(file: LakeFile) -> dict[str, str | None]:
    return {"source": file.source, "month": str(file.month)}


def _flush(path: Path) -> None:
    """On disk before the commit says so: a power cut must not leave a commit that names an empty file."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _link(path: Path, target: Path) -> None:
    """A second name for the same file; a copy where the file system knows no such thing."""
    try:
        target.hardlink_to(path)
    except OSError:
        shutil.copy2(path, target)


def _alive(folder: Path) -> bool:
    """Whether the writer of a staging folder still runs: it holds the lock on its mark."""
    try:
        with (folder / "alive").open("r+") as mark:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
