"""The lake: a Delta table of case records and one of their steps, read by DuckDB and Spark, changed by atomic commits.

Files are written to a staging folder first, moved into the table under a lock, and count only from the
commit on. A writer that dies leaves the old state whole; what it left behind is swept by the next one.
Older versions can be read until what only they need is swept.
"""

import fcntl
import json
import random
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, Field
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.schema import PrimitiveType
from deltalake.transaction import AddAction, RemoveAction

from jizhun.analytics.cases import CASES, PARTITIONS, Column, Table
from jizhun.analytics.lake.files import STORED, LakeFile, absent, batches, check_source, listed, relation
from jizhun.analytics.lake.store import Kept, Store, connect, folder, unreachable
from jizhun.kernel.bilingual import Refused

__all__ = ["STORED", "Change", "Lake", "LakeFile", "Version", "absent", "batches", "check_source",
           "connect", "listed", "relation"]

PARTITION_NAMES: Final = [column.name for column in PARTITIONS]
ATTEMPTS: Final = 12
FIRST_PAUSE: Final = 0.02
"""Seconds until the second attempt; each pause is up to twice as long as the one before."""
KEEP_DAYS: Final = 30
"""How long replaced files stay, so that older versions can be read."""
SWEPT_EVERY: Final = 24 * 3600
DAY: Final = 24 * 3600
LOG_KEPT: Final = "delta.logRetentionDuration"
TOLD: Final = {"delta.dataSkippingNumIndexedCols": "-1"}
"""The log tells of every column of a file, not only of the first 32: see ``COUNTED``."""
ABSENT: Final = "absent"
"""What a column that files may lack says of itself in the table's schema: how such files read."""
FIRST: Final = "first"
"""What a column says that every file knows, written or left out: the table was made with it."""
COUNTED: Final = "null_count."
"""By how many rows the log says that a file has nothing in a column: all of them where it lacks the column."""
DELTA_TYPES: Final = {"VARCHAR": "string", "TINYINT": "byte", "SMALLINT": "short", "INTEGER": "integer",
                      "BIGINT": "long"}


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit does: staged files that join the table, and present files that leave it.

    ``same_rows``: the same rows in other files, so that whoever follows the table need not look.
    """

    added: Sequence[LakeFile] = ()
    removed: Sequence[LakeFile] = ()
    note: Mapping[str, str] = field(default_factory=dict)
    same_rows: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """One commit: its number, when it was made, and the note that was given to it."""

    number: int
    at: datetime
    note: Mapping[str, str]


Preparation = Callable[[Sequence[LakeFile]], Change]
"""Given the files of the present version, says what to change; called again after a conflict."""


class Lake:
    """One table, cases unless told otherwise. Opening it touches nothing.

    ``folder`` (``<home>/lake``) has the staging area and the lock of this machine; the table lies in it too unless
    ``store`` says otherwise. Replaced files are kept for ``keep_days``.
    """

    def __init__(self, home: Path, table: Table = CASES, store: Store | None = None,
                 keep_days: float = KEEP_DAYS) -> None:
        self.folder = home
        self.table = table
        self.store = store or folder(home / table.name)
        self.keep_days = keep_days

    # -- what is there -----------------------------------------------------------------------------------

    def version(self) -> int:
        """The number of the newest commit, or -1 while there is no table."""
        table = self._table()
        return -1 if table is None else table.version()

    def files(
        self, *, sources: Sequence[str] | None = None, first_month: int = 0, last_month: int = 999912,
        version: int | None = None,
    ) -> list[LakeFile]:
        """The files for ``sources`` (None: all) and the months asked for; of the present version unless told.

        Refused where the files of an older ``version`` are not all there any more.
        """
        table = self._table() if version is None else self._older(version)
        if table is None:
            return []
        found = [
            file
            for file in self._files_of(table)
            if first_month <= file.month <= last_month and (sources is None or file.source in sources)
        ]
        if version is not None and found:
            self._check_whole(found, version)
        return found

    def relation(
        self, *, sources: Sequence[str] | None = None, first_month: int = 0, last_month: int = 999912,
        version: int | None = None,
    ) -> str:
        """A SQL table expression for DuckDB over the same files, partition columns included."""
        files = self.files(sources=sources, first_month=first_month, last_month=last_month, version=version)
        return relation(files, self.table)

    def sources(self) -> dict[str, int]:
        """Rows per source in the present version."""
        rows: dict[str, int] = {}
        for file in self.files():
            rows[file.source] = rows.get(file.source, 0) + file.rows
        return rows

    def versions(self, limit: int | None = None) -> list[Version]:
        """The newest ``limit`` commits (None: all that the log still has), newest first."""
        table = self._table()
        history = [] if table is None else table.history(limit)
        return [Version(int(one["version"]), datetime.fromtimestamp(one["timestamp"] / 1000, UTC), _note_of(one))
                for one in history]

    def version_of(self, key: str, value: str) -> int | None:
        """The version whose note says ``key: value``: how an interrupted batch learns that it had arrived."""
        return next((one.number for one in self.versions() if one.note.get(key) == value), None)

    # -- changing it -------------------------------------------------------------------------------------

    def commit(self, prepare: Preparation) -> int:
        """Change the table at once and return the new version (the present one when nothing changes).

        ``prepare`` sees the present files and names what joins and what leaves. When somebody else
        committed in between, from wherever, it is asked again with the newer state.
        """
        with self.locked():
            for attempt in range(ATTEMPTS):
                try:
                    table = self._open()
                    change = prepare(self._files_of(table))
                    if not change.added and not change.removed:
                        return table.version()
                    return self._write(table, change)
                except CommitFailedError:
                    if attempt == ATTEMPTS - 1:
                        raise
                    time.sleep(FIRST_PAUSE * 2 ** min(attempt, 6) * random.uniform(0.5, 1))
        raise AssertionError("unreachable")

    def drop(self, source: str, last_month: int = 999912, note: Mapping[str, str] | None = None) -> int:
        """Take the rows of a source out of the table, up to a month, and erase their files; gives how many rows.

        They are gone from older versions too.
        """
        gone: list[LakeFile] = []

        def everything(files: Sequence[LakeFile]) -> Change:
            gone[:] = [file for file in files if file.source == source and file.month <= last_month]
            rows = sum(file.rows for file in gone)
            return Change(removed=gone, note={"dropped": source, "rows": str(rows), **(note or {})})

        self.commit(everything)
        with self.locked():
            doomed = [kept.relative for kept in self.store.listed(f"source={source}")]
            self.store.erase(one for one in doomed if _month_of(one) <= last_month)
        return sum(file.rows for file in gone)

    @contextmanager
    def staging(self, name: str) -> Iterator[Path]:
        """A folder of one's own for files that are not part of the table yet; gone afterwards."""
        own = self.folder / "staging" / name
        with self.locked():
            shutil.rmtree(own, ignore_errors=True)
            own.mkdir(parents=True)
            mark = (own / "alive").open("w")
            fcntl.flock(mark, fcntl.LOCK_EX)
        with mark:
            try:
                yield own
            finally:
                shutil.rmtree(own, ignore_errors=True)

    def is_being_written(self, name: str) -> bool:
        """Whether the writer that staged under ``name`` still runs."""
        return _alive(self.folder / "staging" / name)

    def tidy(self) -> None:
        """Remove what dead writers left; once a day what no version needs any more, too."""
        mark = self.folder / f"{self.table.name}.swept"
        if mark.exists() and time.time() - mark.stat().st_mtime < SWEPT_EVERY:
            with self.locked():
                self._sweep_staging()
            return
        self.sweep()
        mark.touch()

    def sweep(self, keep_days: float | None = None) -> list[str]:
        """Remove what dead writers left and what no version of the last ``keep_days`` needs; gives what went."""
        days = self.keep_days if keep_days is None else keep_days
        with self.locked():
            return [*self._sweep_staging(), *self._sweep_table(days)]

    def unneeded(self, keep_days: float | None = None) -> list[Kept]:
        """The files that a sweep would take out of the table now."""
        days = self.keep_days if keep_days is None else keep_days
        table = self._table()
        return [] if table is None else self._unneeded(table, days)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One writer at a time on this machine; the lock falls with the process that holds it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "cases.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # -- the table ---------------------------------------------------------------------------------------

    def _table(self, version: int | None = None) -> DeltaTable | None:
        try:
            table = DeltaTable(self.store.address, version=version, storage_options=dict(self.store.options) or None)
        except TableNotFoundError:
            return None
        except OSError as error:
            raise unreachable(error) from None
        return _known(table, self.table)

    def _older(self, version: int) -> DeltaTable:
        try:
            table = self._table(version) if version >= 0 else None
        except DeltaError:
            table = None
        if table is None:
            newest = self.version()
            raise _gone(version, self.keep_days) if 0 <= version <= newest else Refused(
                zh=f"没有第 {version} 版，最新为第 {newest} 版。",
                en=f"There is no version {version}; the newest is {newest}.")
        return table

    def _check_whole(self, files: Sequence[LakeFile], version: int) -> None:
        """Refused where any of the files has been swept or erased."""
        there = {kept.relative for kept in self.store.listed()}
        if any(self.store.relative(file.path) not in there for file in files):
            raise _gone(version, self.keep_days)

    def _open(self) -> DeltaTable:
        """The table for whoever changes it: made when there is none, and with every column of today."""
        table = self._table()
        if table is None:
            table = self._made()
        held = {one.name for one in table.schema().fields}
        if late := [one for one in self.table.columns if one.name not in held]:
            table.alter.add_columns([Field(one.name, PrimitiveType(DELTA_TYPES[one.sql]), nullable=True,
                                           metadata={ABSENT: str(one.absent)}) for one in late])
            table.update_incremental()
        self._keep_log(table)
        if not TOLD.items() <= (table.metadata().configuration or {}).items():
            table.alter.set_table_properties(TOLD)
            table.update_incremental()
        return table

    def _keep_log(self, table: DeltaTable) -> None:
        """The log must reach back as far as the files do."""
        said = str((table.metadata().configuration or {}).get(LOG_KEPT, ""))
        if said != self._log_kept() and self.keep_days > KEEP_DAYS:
            table.alter.set_table_properties({LOG_KEPT: self._log_kept()})
            table.update_incremental()

    def _log_kept(self) -> str:
        return f"interval {max(int(self.keep_days) + 1, KEEP_DAYS)} days"

    def _made(self) -> DeltaTable:
        if not self.store.options:
            Path(self.store.root).mkdir(parents=True, exist_ok=True)
        options = dict(self.store.options) or None
        try:
            DeltaTable.create(self.store.address, self._schema(), mode="ignore", storage_options=options,
                              partition_by=PARTITION_NAMES,
                              configuration={LOG_KEPT: self._log_kept(), **TOLD})
        except OSError as error:
            raise unreachable(error) from None
        return DeltaTable(self.store.address, storage_options=options)

    def _schema(self) -> pa.Schema:
        """The columns of a new table; those that a file may leave out say what stands for them."""
        whole = zip(self.table.arrow_schema(), self.table.whole, strict=True)
        return pa.schema([held if one.absent is None else held.with_metadata({ABSENT: str(one.absent), FIRST: ""})
                          for held, one in whole])

    def _files_of(self, table: DeltaTable) -> list[LakeFile]:
        """Read from the log, not from the folder: dead files do not count.

        ``file_uris`` percent-encodes the folder's own name, so paths are put together here.
        """
        # Not pa.table(...), which would load pandas for nothing.
        rows = pa.RecordBatchReader.from_stream(table.get_add_actions(flatten=True)).read_all()
        said = rows.select(["path", "partition.source", "partition.month", "num_records"])
        found = [
            LakeFile(self.store.path_of(path), source, month, count or 0)
            for path, source, month, count in zip(*map(pa.ChunkedArray.to_pylist, said.columns), strict=True)
        ]
        late, told = _late(table, self.table), self._left_out(rows)
        return [self._lacking(file, left, late) if left or late else file
                for file, left in zip(found, told, strict=True)]

    def _left_out(self, rows: pa.Table) -> list[list[str]]:
        """Which columns the log says that each file has left out."""
        left: list[list[str]] = [[] for _ in range(rows.num_rows)]
        for one in self.table.columns:
            if COUNTED + one.name in rows.column_names:
                whole = pc.equal(rows.column(COUNTED + one.name), rows.column("num_records"))
                for at in np.flatnonzero(whole.fill_null(False).to_numpy()):
                    left[at].append(one.name)
        return left

    def _lacking(self, file: LakeFile, left: Sequence[str], late: Sequence[Column]) -> LakeFile:
        """``late`` columns are looked for in the file itself: an older one does not know them."""
        held = self.store.columns(self.store.relative(file.path)) if late else frozenset()
        unknown = {one.name for one in late if one.name not in held}
        return replace(file, lacks=tuple(one.name for one in self.table.columns if one.name in unknown.union(left)))

    def _write(self, table: DeltaTable, change: Change) -> int:
        """Commit upon exactly the version that was read: whoever came in between has to be looked at first."""
        moved = [(file, self._moved(file)) for file in change.added]
        actions: list[AddAction | RemoveAction] = [self._addition(*one, change) for one in moved]
        actions += [self._removal(file, change) for file in change.removed]
        table.create_write_transaction(
            actions,
            "append",
            self.table.arrow_schema(),
            PARTITION_NAMES,
            commit_properties=CommitProperties(custom_metadata=dict(change.note), max_commit_retries=0),
        )
        table.update_incremental()
        return table.version()

    def _moved(self, file: LakeFile) -> Kept:
        """The staged file at its place in the table; it stays staged too, to be read after a conflict."""
        relative = f"source={file.source}/month={file.month}/{file.name}"
        if kept := self.store.find(relative):
            return kept
        self.store.take(Path(file.path), relative)
        kept = self.store.find(relative)
        if kept is None:
            raise unreachable(FileNotFoundError(relative))
        return kept

    def _addition(self, file: LakeFile, kept: Kept, change: Change) -> AddAction:
        return AddAction(
            path=kept.relative,
            size=kept.size,
            partition_values=_partition(file),
            modification_time=int(kept.modified * 1000),
            data_change=not change.same_rows,
            stats=json.dumps({"numRecords": file.rows, "nullCount": dict.fromkeys(file.lacks, file.rows)}),
        )

    def _removal(self, file: LakeFile, change: Change) -> RemoveAction:
        return RemoveAction(
            path=self.store.relative(file.path),
            data_change=not change.same_rows,
            deletion_timestamp=int(time.time() * 1000),
            partition_values=_partition(file),
        )

    # -- sweeping ----------------------------------------------------------------------------------------

    def _sweep_staging(self) -> list[str]:
        abandoned = [own for own in (self.folder / "staging").glob("*") if not _alive(own)]
        for own in abandoned:
            shutil.rmtree(own, ignore_errors=True)
        return [str(own) for own in abandoned]

    def _sweep_table(self, keep_days: float) -> list[str]:
        table = self._table()
        if table is None:
            return []
        doomed = [kept.relative for kept in self._unneeded(table, keep_days)]
        self.store.erase(doomed)
        return [self.store.path_of(relative) for relative in doomed]

    def _unneeded(self, table: DeltaTable, keep_days: float) -> list[Kept]:
        """Files that no version of that time had, and files that no version ever had (their writer died).

        Of the latter the young ones stay: another machine may be about to commit them. Engines that write Delta
        themselves leave temporary files named ``*.parquet#1``: those go at once.
        """
        since = time.time() - keep_days * DAY
        needed = {self.store.relative(file.path) for file in self._files_of(table)} | self._removed_since(since)
        return [kept for kept in self.store.listed()
                if kept.relative not in needed and (not kept.relative.endswith(".parquet") or kept.modified < since)]

    def _removed_since(self, since: float) -> set[str]:
        """What left the table since then: the versions of that time need it."""
        removed = set()
        for line in self.store.log_since(since):
            if line.startswith('{"remove"'):
                removed.add(unquote(json.loads(line)["remove"]["path"]))
        return removed


def _known(table: DeltaTable, wanted: Table) -> DeltaTable:
    """The table, or Refused when its columns cannot be understood: too few that matter, or newer ones."""
    held, ours = {one.name for one in table.schema().fields}, {one.name: one for one in wanted.whole}
    if unknown := sorted(held - ours.keys()):
        raise Refused(
            zh=f"办件存储中有本版本不认识的列（{'、'.join(unknown)}）：它由更新的版本写成，请升级后再用。",
            en=f"The cases kept here have columns that this version does not know ({', '.join(unknown)}): a newer "
            "version wrote them; upgrade this one.")
    if any(name not in held and one.absent is None for name, one in ours.items()):
        raise Refused(
            zh="本目录中的办件是旧版本存储的，列不齐全：请新建目录（make demo-reset）并重新载入。",
            en="The cases kept here were stored by an older version and lack columns: start a new home "
            "(make demo-reset) and take the files in again.")
    return table


def _late(table: DeltaTable, wanted: Table) -> list[Column]:
    """The columns that older files do not know: those that the table was not made with."""
    first = {one.name for one in table.schema().fields if FIRST in one.metadata or ABSENT not in one.metadata}
    return [one for one in wanted.columns if one.name not in first]


def _gone(version: int, keep_days: float) -> Refused:
    return Refused(
        zh=f"第 {version} 版已不能读取：它的文件已被清理（保留 {keep_days:g} 天）或随数据一并删除。",
        en=f"Version {version} can no longer be read: its files were swept (they are kept for {keep_days:g} days) or "
        "erased with their data.")


DELTA_WORDS: Final = {"timestamp", "operation", "operationParameters", "engineInfo", "clientVersion", "version",
                      "readVersion", "isolationLevel", "isBlindAppend", "operationMetrics", "userMetadata", "txnId"}


def _note_of(commit: Mapping[str, object]) -> dict[str, str]:
    """What we said of a commit ourselves, and the operation where we said nothing."""
    said = {name: str(value) for name, value in commit.items() if name not in DELTA_WORDS}
    return said or {"operation": str(commit.get("operation", ""))}


def _month_of(relative: str) -> int:
    """The month in a file's path; the far future where there is none."""
    _, found, rest = relative.partition("/month=")
    return int(rest.partition("/")[0]) if found and rest.partition("/")[0].isdigit() else 999912


def _partition(file: LakeFile) -> dict[str, str | None]:
    return {"source": file.source, "month": str(file.month)}


def _alive(own: Path) -> bool:
    """Whether the writer of a staging folder still runs: it holds the lock on its mark."""
    try:
        with (own / "alive").open("r+") as mark:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
