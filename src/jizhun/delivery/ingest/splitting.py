"""Where the fields of a piece of text stand, found by compiled loops."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jizhun.delivery.ingest import loops
from jizhun.delivery.ingest.tap import Taken

Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Fields:
    """``text`` in UTF-8, and where in it each field of each row starts and ends: arrays (rows, columns)."""

    text: NDArray[np.uint8]
    starts: Places
    ends: Places

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.starts)

    def column(self, at: int) -> tuple[NDArray[np.uint8], Places, Places]:
        """The text, and where a column's fields stand in it."""
        return self.text, self.starts[:, at], self.ends[:, at]

    def row(self, number: int) -> list[str]:
        """The texts of one row."""
        spans = zip(self.starts[number], self.ends[number], strict=True)
        return [self.text[start:end].tobytes().decode() for start, end in spans]

    def as_wide_as(self, columns: int) -> "Fields":
        """With so many columns: those that are not there are empty."""
        rest = ((0, 0), (0, max(0, columns - self.starts.shape[1])))
        return Fields(self.text, *(np.ascontiguousarray(np.pad(one, rest)[:, :columns])
                                   for one in (self.starts, self.ends)))

    def part(self, start: int, end: int) -> "Fields":
        """Some rows only."""
        return Fields(self.text, self.starts[start:end], self.ends[start:end])

    def texts(self, at: int, rows: NDArray[Any]) -> pa.Array:
        """A column's fields of these rows as texts; an empty one is ""."""
        starts, lengths = self.starts[:, at][rows], (self.ends[:, at] - self.starts[:, at])[rows]
        bounds = np.zeros(len(rows) + 1, np.int32)
        np.cumsum(lengths, out=bounds[1:])
        out = np.empty(int(bounds[-1]), np.uint8)
        loops.gather(self.text, starts, bounds, out)
        return pa.StringArray.from_buffers(len(rows), pa.py_buffer(bounds), pa.py_buffer(out))


def split(taken: Taken, columns: int, delimiter: str, missing: Sequence[str]) -> Fields | None:
    """The fields of whole lines; None where any line is not plain. What is ``missing`` is empty."""
    starts, ends = (np.empty((taken.lines, columns), np.int32) for _ in range(2))
    if loops.split(taken.text, ord(delimiter), starts, ends) != taken.lines:
        return None
    found = Fields(taken.text, starts, ends)
    if missing:
        empty(found, missing)
    return found


def empty(found: Fields, missing: Sequence[str]) -> None:
    """Fields that hold one of these words become empty."""
    texts = [word.encode() for word in missing if word]
    words, bounds = np.frombuffer(b"".join(texts) or b"\0", np.uint8), np.cumsum([0, *map(len, texts)], dtype=np.int64)
    slots, told = np.empty(1 << (2 * len(texts) + 1).bit_length(), np.int32), np.empty(found.rows, np.int32)
    loops.fill_slots(words, bounds, slots)
    for at in range(found.starts.shape[1]):
        loops.look_up(*found.column(at), words, bounds, slots, told)
        found.ends[:, at] = np.where(told >= 0, found.starts[:, at], found.ends[:, at])


def keep_texts(con: duckdb.DuckDBPyConnection, fields: Fields, rows: NDArray[Any], ignored: Sequence[bool],
               statement: str, *, numbered: bool = True) -> None:
    """A statement that takes these rows in as texts c0, c1, …, before them rid; what is ignored or empty is NULL."""
    texts = {f"c{at}": pa.nulls(len(rows), pa.string()) if skipped else fields.texts(at, rows)
             for at, skipped in enumerate(ignored)}
    con.register("texts", pa.table({"rid": pa.array(rows, pa.int64()), **texts}))
    said = ", ".join(f"nullif({name}, '') AS {name}" for name in texts)
    con.execute(f"{statement} SELECT {'rid, ' if numbered else ''}{said} FROM texts")
    con.unregister("texts")
