"""Loops over the XML of a spreadsheet as nearly every program writes it, compiled when first used.

Whatever is written otherwise makes them give up (-1): then the sheet is read by a reader that knows all ways.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from jizhun.delivery.ingest.loops import NINE, SPACE, ZERO, digits

LESS, MORE, SLASH, AND, UNDER, MARK, LETTER_A, LETTER_Z, POINT, MINUS, EQUALS = (ord(one) for one in '<>/&_"AZ.-=')
KIND, STYLE = ord("t"), ord("s")


def _bytes(text: str) -> Any:
    return np.frombuffer(text.encode(), np.uint8)


ROW, CELL, END_CELL, VALUE, END_VALUE, INLINE, TEXT, END_INLINE, END_ROW, END, ITEM, END_ITEM, KEEP = map(_bytes, (
    "<row ", "<c r=\"", "</c>", "<v>", "</v>", "<is><t", "<t", "</t></is>", "</row>", "</sheetData>", "<si>",
    "</t></si>", " xml:space=\"preserve\""))
SHARED, IN_PLACE, NUMBER = map(_bytes, ("s", "inlineStr", "n"))
DIGITS_MOST: Final = 15
"""Digits that a number keeps whichever way it is written."""
COLUMNS_MOST: Final = 16_384
ROWS_MOST: Final = 10**8


@njit(nogil=True, cache=True)
def stands(text: Any, at: int, word: Any) -> bool:  # pragma: no cover
    """Whether ``word`` stands at ``at``."""
    if at + len(word) > len(text):
        return False
    for number in range(len(word)):  # noqa: SIM110 (compiled)
        if text[at + number] != word[number]:
            return False
    return True


@njit(nogil=True, cache=True)
def text_end(text: Any, at: int) -> int:  # pragma: no cover
    """Where a text ends that means just what is written; -1 where it might mean something else."""
    start = at
    while at < len(text) and text[at] != LESS:
        one = text[at]
        if one < SPACE or one == AND or (one == UNDER and at + 1 < len(text) and text[at + 1] == 120):
            return -1
        at += 1
    if at >= len(text) or (at > start and (text[start] == SPACE or text[at - 1] == SPACE)):
        return -1
    return at


@njit(nogil=True, cache=True)
def opened_text(text: Any, at: int) -> int:  # pragma: no cover
    """Behind the rest of ``<t>`` or ``<t xml:space="preserve">``, of which ``<t`` was read; else -1."""
    if stands(text, at, KEEP):
        at += len(KEEP)
    return at + 1 if at < len(text) and text[at] == MORE else -1


@njit(nogil=True, cache=True)
def shared_texts(text: Any, at: int, starts: Any, ends: Any) -> int:  # pragma: no cover
    """Where each shared text stands, the first at ``at``; gives how many, or -1."""
    number = 0
    while stands(text, at, ITEM):
        at += len(ITEM)
        if number >= len(starts) or not stands(text, at, TEXT):
            return -1
        start = opened_text(text, at + len(TEXT))
        end = text_end(text, start) if start >= 0 else -1
        if end < 0 or not stands(text, end, END_ITEM):
            return -1
        starts[number], ends[number] = start, end
        number, at = number + 1, end + len(END_ITEM)
    return number if number == len(starts) else -1


@njit(nogil=True, cache=True)
def is_plain_number(text: Any, start: int, end: int) -> bool:  # pragma: no cover
    """Whether a number is written as it would be told: no needless zeros, no exponent, few digits."""
    start += text[start] == MINUS
    point = start
    while point < end and text[point] != POINT:
        point += 1
    if digits(text, start, point) < 0 or end - start > DIGITS_MOST or (text[start] == ZERO and point > start + 1):
        return False
    if point == end:
        return text[start] != ZERO or text[start - 1] != MINUS  # type: ignore[no-any-return]
    whole = text[start] != ZERO or (point + 1 < end and text[point + 1] != ZERO)
    return whole and digits(text, point + 1, end) >= 0 and text[end - 1] != ZERO  # type: ignore[no-any-return]


@njit(nogil=True, cache=True)
def skipped_row(text: Any, at: int) -> int:  # pragma: no cover
    """Behind the tag that opens a row; -1 where there is none."""
    if not stands(text, at, ROW):
        return -1
    while at < len(text) and text[at] != MORE:
        at += 1
    return -1 if at >= len(text) or text[at - 1] == SLASH else at + 1


@njit(nogil=True, cache=True)
def address(text: Any, at: int) -> Any:  # pragma: no cover
    """Behind an address and its quotation mark, with row and column counted from 0; -1 first where there is none."""
    size, column, row = len(text), 0, 0
    while at < size and LETTER_A <= text[at] <= LETTER_Z and column < COLUMNS_MOST:
        column, at = column * 26 + text[at] - LETTER_A + 1, at + 1
    while at < size and ZERO <= text[at] <= NINE and row < ROWS_MOST:
        row, at = row * 10 + text[at] - ZERO, at + 1
    sound = 1 <= column <= COLUMNS_MOST and row >= 1 and at < size and text[at] == MARK
    return (at + 1 if sound else -1), row - 1, column - 1


@njit(nogil=True, cache=True)
def attributes(text: Any, at: int) -> Any:  # pragma: no cover
    """Where the attributes of a cell end, its style, and where its kind stands; -1 first for any other attribute."""
    size, style, kind, until = len(text), 0, at, at
    while at < size and text[at] != MORE and text[at] != SLASH:
        if text[at] != SPACE or at + 4 >= size or text[at + 2] != EQUALS or text[at + 3] != MARK:
            return -1, 0, at, at
        name, start = text[at + 1], at + 4
        at = start
        while at < size and text[at] != MARK:
            at += 1
        if name == KIND:
            kind, until = start, at
        elif name == STYLE:
            style = digits(text, start, at)
        else:
            return -1, 0, at, at
        at += 1
    return (at if style >= 0 and at + 1 < size else -1), style, kind, until


@njit(nogil=True, cache=True)
def content(text: Any, at: int, kind: int, until: int, undated: bool, from_start: Any,
            from_end: Any) -> Any:  # pragma: no cover
    """Behind what a cell holds, which begins at ``at``, and where its text stands; -1 first where it is not plain."""
    if stands(text, at, END_CELL):
        return at, at, at
    if until - kind == len(IN_PLACE) and stands(text, kind, IN_PLACE) and stands(text, at, INLINE):
        start = opened_text(text, at + len(INLINE))
        end = text_end(text, start) if start >= 0 else -1
        return (end + len(END_INLINE) if end >= 0 and stands(text, end, END_INLINE) else -1), start, end
    start = end = at + len(VALUE)
    while end < len(text) and text[end] != LESS:
        end += 1
    if not stands(text, at, VALUE) or not stands(text, end, END_VALUE):
        return -1, at, at
    behind = end + len(END_VALUE)
    if until - kind == 1 and text[kind] == SHARED[0]:
        told = digits(text, start, end)
        return (behind, from_start[told], from_end[told]) if 0 <= told < len(from_start) else (-1, at, at)
    is_number = until == kind or (until - kind == 1 and text[kind] == NUMBER[0])
    return (behind if is_number and undated and is_plain_number(text, start, end) else -1), start, end


@njit(nogil=True, cache=True)
def cells(text: Any, at: int, from_start: Any, from_end: Any, undated: Any, rows: Any, columns: Any, starts: Any,
          ends: Any) -> int:  # pragma: no cover
    """Where each cell with a text stands, and in which row and column (from 0), the first row's tag at ``at``.

    ``from_start`` and ``from_end`` are those of the shared texts; ``undated`` tells for each style that numbers are no
    days in it. Gives the number of cells, or -1.
    """
    number, before = 0, -1
    while not stands(text, at, END):
        at, last = skipped_row(text, at), -1
        if at < 0:
            return -1
        while not stands(text, at, END_ROW):
            if number >= len(rows) or not stands(text, at, CELL):
                return -1
            at, row, column = address(text, at + len(CELL))
            if at < 0 or column <= last or (row != before if last >= 0 else row <= before):
                return -1
            before, last = row, column
            at, style, kind, until = attributes(text, at)
            if at < 0 or style >= len(undated):
                return -1
            if text[at] == SLASH:
                at += 2
                continue
            at, start, end = content(text, at + 1, kind, until, undated[style], from_start, from_end)
            if at < 0 or not stands(text, at, END_CELL):
                return -1
            at += len(END_CELL)
            if end > start:
                rows[number], columns[number], starts[number], ends[number] = row, column, start, end
                number += 1
        at += len(END_ROW)
    return number
