"""A sheet as nearly every program writes it, read by compiled loops; any other is left to the reader of all sheets."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from jizhun.delivery.ingest import sheet_loops
from jizhun.delivery.ingest.splitting import Fields
from jizhun.kernel.spreadsheets import Book, Written

HEAD: Final = b'<?xml version="1.0" encoding="UTF-8"'
DATA, FIRST_ITEM = b"<sheetData>", b"<si>"
BEFORE_DATA: Final = 2**16
"""Bytes within which a sheet's cells begin: columns and views stand before them."""
SHORTEST_CELL: Final = len(b'<c r="A1"/>')
LARGEST: Final = 2**31 - 1
"""Bytes that places of 32 bits can tell apart."""


def fields_of(book: Book, sheet: str) -> Fields | None:
    """The sheet's cells from A1 to the last; None where it is written in a way that the loops do not know."""
    written = book.written(sheet)
    if written is None or not _is_known(written):
        return None
    text = np.frombuffer(written.sheet + written.shared, np.uint8)
    shared = _shared(text, written)
    return None if shared is None else _placed(text, written, *shared, most=book.limits.cells)


def _is_known(written: Written) -> bool:
    """Plain XML in UTF-8 that can be told apart by bytes."""
    parts = [written.sheet, written.shared] if written.shared else [written.sheet]
    if sum(map(len, parts)) > LARGEST or DATA not in written.sheet[:BEFORE_DATA]:
        return False
    return all(part.startswith(HEAD) and _is_utf8(part) for part in parts)


def _is_utf8(part: bytes) -> bool:
    try:
        part.decode()
    except UnicodeDecodeError:
        return False
    return True


def _shared(text: NDArray[np.uint8], written: Written) -> tuple[Any, Any] | None:
    """Where the shared texts start and end."""
    starts, ends = (np.empty(written.shared.count(FIRST_ITEM), np.int32) for _ in range(2))
    if len(starts):
        first = len(written.sheet) + written.shared.index(FIRST_ITEM)
        if sheet_loops.shared_texts(text, first, starts, ends) < 0:
            return None
    return starts, ends


def _placed(text: NDArray[np.uint8], written: Written, from_start: Any, from_end: Any, *, most: int) -> Fields | None:
    """Every cell at its place; None where the loops give up, or the sheet reaches too far."""
    rows, columns, starts, ends = (np.empty(len(written.sheet) // SHORTEST_CELL, np.int32) for _ in range(4))
    at = written.sheet.index(DATA) + len(DATA)
    found = sheet_loops.cells(text, at, from_start, from_end, np.array(written.undated), rows, columns, starts, ends)
    if found < 1:
        return None
    rows, columns = rows[:found], columns[:found]
    shape = int(rows[-1]) + 1, int(columns.max()) + 1
    if shape[0] * shape[1] > most:
        return None
    placed = Fields(text, np.zeros(shape, np.int32), np.zeros(shape, np.int32))
    placed.starts[rows, columns], placed.ends[rows, columns] = starts[:found], ends[:found]
    return placed
