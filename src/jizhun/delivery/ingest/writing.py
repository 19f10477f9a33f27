"""Months of a piece written while the next piece is read already."""

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

import pyarrow as pa

from jizhun.analytics.cases import COLUMNS, arrow_type
from jizhun.analytics.lake import LakeFile
from jizhun.analytics.lake.files import write

WRITERS: Final = 2
"""Months written side by side: one alone leaves processors idle at its ends."""


def month_file(folder: Path, batch: int, month: int) -> Path:
    """Where a month of a piece is staged."""
    return folder / f"b{batch}-{month}-{uuid4().hex[:12]}.parquet"


@dataclass
class Constant:
    """Columns in which one value stands in every row, made once and cut to length. Name -> value.

    Where that is the value for "absent", the column is left out of the file: see ``LakeFile.lacks``.
    """

    values: Mapping[str, int | str | None]
    _made: dict[str, pa.Array] = field(default_factory=dict)

    def whole(self, rows: pa.Table) -> pa.Table:
        """The columns that are there, and these, in the lake's order; without those that are left out."""
        left_out = self.left_out(rows.column_names)
        return pa.table({one.name: rows.column(one.name) if one.name in rows.column_names
                         else self._column(one.name, arrow_type(one.sql), rows.num_rows)
                         for one in COLUMNS if one.name not in left_out})

    def left_out(self, filled: Collection[str]) -> tuple[str, ...]:
        """What stands in no file of such rows: a seventh of all time went into writing the same over and over."""
        return tuple(one.name for one in COLUMNS
                     if one.name not in filled and one.absent is not None and self.values[one.name] == one.absent)

    def _column(self, name: str, kind: pa.DataType, rows: int) -> pa.Array:
        made = self._made.get(name)
        if made is None or len(made) < rows:
            made = self._made[name] = pa.repeat(pa.scalar(self.values[name], kind), rows)
        return made.slice(0, rows)


class Writing:
    """Files being written by threads of their own; of one piece at most, so that memory stays bounded."""

    def __init__(self, folder: Path, source: str, batch: int) -> None:
        self._folder, self._source, self._batch = folder, source, batch
        self._threads = ThreadPoolExecutor(WRITERS)
        self._files: list[Future[LakeFile]] = []

    def begin(self, months: Iterable[tuple[int, pa.Table]], constant: Constant) -> None:
        """Write these months of a piece; what was begun before has to be taken by ``finished`` first."""
        self._files = [self._threads.submit(self._write, month, rows, constant) for month, rows in months]

    def _write(self, month: int, rows: pa.Table, constant: Constant) -> LakeFile:
        path = month_file(self._folder, self._batch, month)
        write(constant.whole(rows), path)
        return LakeFile(str(path), self._source, month, rows.num_rows, constant.left_out(rows.column_names))

    def finished(self) -> list[LakeFile]:
        """The files that were begun, as soon as they are there."""
        files, self._files = [one.result() for one in self._files], []
        return files

    def close(self) -> None:
        """Wait until nobody writes any more; what has not been begun is not."""
        self._threads.shutdown(cancel_futures=True)
