"""Loops over the bytes of a text, compiled when first used and kept compiled on disk.

They only tell what is beyond doubt: whatever is written in any other way than the usual one is left, row by row, to
the SQL that knows all ways and all reasons. ``starts`` and ``ends`` say where fields stand in ``text``.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from jizhun.analytics.cases import DAY_SECONDS, FAR_SECOND

QUOTE, LINE_END, SPACE, DASH, COLON, DOT, AT = (ord(one) for one in '"\n -:.@')
ZERO, NINE = ord("0"), ord("9")
LONGEST: Final = 2_000_000
"""Bytes of the longest line that the SQL reader takes."""
MIX = np.uint64(0x9E3779B97F4A7C15)
DIGIT: Final = 8
"""Bits by which numbers are sorted at a time."""
ID_LENGTH: Final = 18
ORDINARY, BETWEEN, LINE, MARK, FOREIGN, FORBIDDEN = range(6)
"""What a byte may be: text, a delimiter, a line end, a quotation mark, part of a character that is not ASCII, 0."""


@njit(nogil=True, cache=True)
def character(text: Any, at: int, size: int) -> int:  # pragma: no cover
    """How many bytes the character of UTF-8 at ``at`` has, whose first is above 127; 0 where it is none."""
    one = text[at]
    more = 1 if 0xC2 <= one <= 0xDF else 2 if 0xE0 <= one <= 0xEF else 3 if 0xF0 <= one <= 0xF4 else 0
    if more == 0 or at + more >= size:
        return 0
    two = text[at + 1]
    if (one == 0xE0 and two < 0xA0) or (one == 0xED and two > 0x9F) or (one == 0xF0 and two < 0x90) \
            or (one == 0xF4 and two > 0x8F):
        return 0
    for other in range(at + 1, at + 1 + more):
        if text[other] & 0xC0 != 0x80:
            return 0
    return more + 1


@njit(nogil=True, cache=True)
def field_end(text: Any, at: int, size: int, kinds: Any, quoted: bool) -> int:  # pragma: no cover
    """Just behind a field's text, which starts at ``at``; -1 where it is not plain. ``kinds``: see ``split``."""
    while at < size:
        kind = kinds[text[at]]
        if kind == ORDINARY:
            at += 1
        elif kind == FOREIGN:
            length = character(text, at, size)
            if length == 0:
                return -1
            at += length
        elif kind == MARK:
            return at if quoted else -1
        elif kind == BETWEEN and quoted:
            at += 1
        else:
            return -1 if quoted or kind == FORBIDDEN else at
    return -1 if quoted else at


@njit(nogil=True, cache=True)
def split(text: Any, delimiter: int, starts: Any, ends: Any) -> int:  # pragma: no cover
    """Fill ``starts`` and ``ends`` (rows, columns); gives the rows, or -1 where any line is not plain.

    Plain: as many fields as there are columns, valid UTF-8, quotation marks only around a whole field.
    """
    kinds = np.zeros(256, np.uint8)
    kinds[128:], kinds[0], kinds[QUOTE], kinds[LINE_END], kinds[delimiter] = FOREIGN, FORBIDDEN, MARK, LINE, BETWEEN
    size, (rows, columns), at = len(text), starts.shape, 0
    for row in range(rows):
        line = at
        for column in range(columns):
            quoted = at < size and text[at] == QUOTE
            at += quoted
            end = at
            while end < size and kinds[text[end]] == ORDINARY:
                end += 1
            end = field_end(text, end, size, kinds, quoted)
            if end < 0:
                return -1
            starts[row, column], ends[row, column] = at, end
            at = end + quoted
            over = at >= size or text[at] == LINE_END
            if over != (column == columns - 1) or (not over and text[at] != delimiter):
                return -1
            at += 1
        if at - line > LONGEST:
            return -1
        if at >= size:
            return row + 1
    return -1


@njit(nogil=True, cache=True)
def mixed(text: Any, start: int, end: int) -> int:  # pragma: no cover
    """A number that is nearly always different for different texts."""
    found = np.uint64(end - start)
    for at in range(start, end):
        found = ((found << np.uint64(8)) | (found >> np.uint64(56))) ^ np.uint64(text[at])
    found *= MIX
    return found ^ (found >> np.uint64(32))  # type: ignore[return-value]


@njit(nogil=True, cache=True)
def same(text: Any, start: int, end: int, other: Any, there: int, until: int) -> bool:  # pragma: no cover
    """Whether two texts are the same."""
    if end - start != until - there:
        return False
    for at in range(end - start):  # noqa: SIM110 (compiled)
        if text[start + at] != other[there + at]:
            return False
    return True


@njit(nogil=True, cache=True)
def fill_slots(words: Any, bounds: Any, slots: Any) -> None:  # pragma: no cover
    """A table in which to look words up: ``slots`` holds a word's number, -1 where nothing is."""
    mask = np.uint64(len(slots) - 1)
    slots[:] = -1
    for word in range(len(bounds) - 1):
        slot = mixed(words, bounds[word], bounds[word + 1]) & mask
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        slots[slot] = word


@njit(nogil=True, cache=True)
def look_up(text: Any, starts: Any, ends: Any, words: Any, bounds: Any, slots: Any,
            found: Any) -> None:  # pragma: no cover
    """Fill ``found`` with the number of the word that each field is; -1 for others, -2 for an empty field."""
    mask = np.uint64(len(slots) - 1)
    for row in range(len(starts)):
        start, end = starts[row], ends[row]
        found[row] = -2 if start == end else -1
        if start == end:
            continue
        slot = mixed(text, start, end) & mask
        while slots[slot] >= 0:
            word = slots[slot]
            if same(text, start, end, words, bounds[word], bounds[word + 1]):
                found[row] = word
                break
            slot = (slot + np.uint64(1)) & mask


@njit(nogil=True, cache=True)
def look_up_entries(text: Any, starts: Any, ends: Any, words: Any, bounds: Any, slots: Any, told: Any, empty: Any,
                    days: Any, numbers: Any, calendars: Any, plain: Any) -> None:  # pragma: no cover
    """Fill ``numbers`` and ``calendars`` from ``told`` (a row for each word: number, calendar, first and last day).

    ``empty`` is the same for an empty field. A field that is none of the words, or whose word does not hold on the
    row's day, is not plain.
    """
    mask = np.uint64(len(slots) - 1)
    for row in range(len(starts)):
        start, end = starts[row], ends[row]
        entry, slot = empty, mixed(text, start, end) & mask
        if start < end:
            while slots[slot] >= 0 and not same(text, start, end, words, bounds[slots[slot]], bounds[slots[slot] + 1]):
                slot = (slot + np.uint64(1)) & mask
            if slots[slot] < 0:
                plain[row] = False
                continue
            entry = told[slots[slot]]
        numbers[row], calendars[row] = entry[0], entry[1]
        plain[row] &= entry[2] <= days[row] <= entry[3]


@njit(nogil=True, cache=True)
def fingerprints(text: Any, bounds: Any, found: Any) -> None:  # pragma: no cover
    """Fill ``found`` with a number for each text that stands between two ``bounds``, different for different ones."""
    for number in range(len(bounds) - 1):
        start, end = bounds[number], bounds[number + 1]
        one, word = np.uint64(end - start), np.uint64(0)
        for at in range(start, end):
            word = (word << np.uint64(8)) | np.uint64(text[at])
            if (at - start) & 7 == 7 or at == end - 1:
                one = (one ^ word) * MIX
                one, word = one ^ (one >> np.uint64(32)), np.uint64(0)
        one *= MIX
        found[number] = one ^ (one >> np.uint64(29))


@njit(nogil=True, cache=True)
def met_before(prints: Any, slots: Any, met: Any) -> None:  # pragma: no cover
    """Mark in ``met`` the fingerprints whose slot was taken, and take the slots of all."""
    mask = np.uint64(len(slots) - 1)
    for row in range(len(prints)):
        slot = prints[row] & mask
        met[row] = slots[slot]
        slots[slot] = True


@njit(nogil=True, cache=True)
def met_exactly(prints: Any, table: Any, met: Any) -> None:  # pragma: no cover
    """Mark in ``met`` the fingerprints that stand before in ``prints``; ``table`` is empty (0) and half as full."""
    mask = np.uint64(len(table) - 1)
    for row in range(len(prints)):
        one = prints[row] | np.uint64(1)
        slot = (prints[row] >> np.uint64(20)) & mask
        while table[slot] != 0 and table[slot] != one:
            slot = (slot + np.uint64(1)) & mask
        met[row] = table[slot] == one
        table[slot] = one


@njit(nogil=True, cache=True)
def digits(text: Any, start: int, end: int) -> int:  # pragma: no cover
    """The number that a text of digits only says; -1 where there is anything else."""
    value = 0
    for at in range(start, end):
        one = text[at]
        if one < ZERO or one > NINE:
            return -1
        value = value * 10 + one - ZERO
    return value if end > start else -1


@njit(nogil=True, cache=True)
def day_number(text: Any, at: int) -> int:  # pragma: no cover
    """Days since 1970 of ``2026-11-24`` at ``at``; -1 where it is no such day, or before 1970."""
    year, month, day = digits(text, at, at + 4), digits(text, at + 5, at + 7), digits(text, at + 8, at + 10)
    if text[at + 4] != DASH or text[at + 7] != DASH or year < 1970 or not 1 <= month <= 12 or day < 1:
        return -1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 31 if month in (1, 3, 5, 7, 8, 10, 12) else 30 if month != 2 else 29 if leap else 28
    if day > longest:
        return -1
    shifted, years = (month + 9) % 12, year - (month <= 2)
    return years * 365 + years // 4 - years // 100 + years // 400 + (shifted * 153 + 2) // 5 + day - 719469


@njit(nogil=True, cache=True)
def second(text: Any, start: int, end: int, late: int) -> int:  # pragma: no cover
    """Seconds since 1970 of ``2026-11-24`` or ``2026-11-24 08:30:00``; ``late`` is added to a mere day. -1: neither."""
    if end - start not in (10, 19):
        return -1
    day = day_number(text, start)
    if day < 0 or end - start == 10:
        return day * DAY_SECONDS + late if day >= 0 else -1
    hour, minute, last = (digits(text, start + 11, start + 13), digits(text, start + 14, start + 16),
                          digits(text, start + 17, start + 19))
    if text[start + 10] != SPACE or text[start + 13] != COLON or text[start + 16] != COLON \
            or not 0 <= hour <= 23 or not 0 <= minute <= 59 or not 0 <= last <= 59:
        return -1
    return day * DAY_SECONDS + hour * 3600 + minute * 60 + last


@njit(nogil=True, cache=True)
def times(text: Any, starts: Any, ends: Any, span: Any, late: int, required: bool, found: Any,
          plain: Any) -> None:  # pragma: no cover
    """Fill ``found`` with local seconds; rows outside ``span`` (first, last) or written otherwise are not plain."""
    for row in range(len(starts)):
        if starts[row] == ends[row]:
            found[row] = FAR_SECOND
            plain[row] &= not required
            continue
        found[row] = at = second(text, starts[row], ends[row], late)
        plain[row] &= span[0] <= at <= span[1]


@njit(nogil=True, cache=True)
def numbers(text: Any, starts: Any, ends: Any, longest: int, places: int, absent: int, found: Any,
            plain: Any) -> None:  # pragma: no cover
    """Fill ``found`` with whole numbers of at most ``longest`` digits, counted in the last of ``places`` decimals."""
    for row in range(len(starts)):
        start, end = starts[row], ends[row]
        if start == end:
            found[row] = absent
            continue
        point = start
        while point < end and text[point] != DOT:
            point += 1
        whole, after = digits(text, start, point), end - point - 1
        part = digits(text, point + 1, end) if after > 0 else 0
        if whole < 0 or part < 0 or point - start > longest or after > places or after == 0:
            plain[row] = False
            continue
        for _ in range(places):
            whole *= 10
        for _ in range(places - max(after, 0)):
            part *= 10
        found[row] = whole + part


@njit(nogil=True, cache=True)
def is_resident(text: Any, start: int, end: int) -> bool:  # pragma: no cover
    """Whether a text has the shape of a resident identity number."""
    if end - start != ID_LENGTH or digits(text, start, end - 1) < 0 or text[start] == ZERO:
        return False
    last, century = text[end - 1], digits(text, start + 6, start + 8)
    month, day = digits(text, start + 10, start + 12), digits(text, start + 12, start + 14)
    ends_well = ZERO <= last <= NINE or last == 88 or last == 120
    return ends_well and 19 <= century <= 20 and 1 <= month <= 12 and 1 <= day <= 31


@njit(nogil=True, cache=True)
def impersonal(text: Any, starts: Any, ends: Any, plain: Any) -> None:  # pragma: no cover
    """Rows that hold an identity number or the sign of an address are not plain."""
    for row in range(len(starts)):
        start, end = starts[row], ends[row]
        for at in range(start, end):
            if text[at] == AT:
                plain[row] = False
        while end > start and text[end - 1] == SPACE:
            end -= 1
        while start < end and text[start] == SPACE:
            start += 1
        if is_resident(text, start, end):
            plain[row] = False


@njit(nogil=True, cache=True)
def trimmed(text: Any, starts: Any, ends: Any, plain: Any) -> None:  # pragma: no cover
    """Rows whose key is empty or has a space or the like at an end are not plain."""
    for row in range(len(starts)):
        start, end = starts[row], ends[row]
        if start == end or text[start] <= SPACE or text[end - 1] == SPACE:
            plain[row] = False


@njit(nogil=True, cache=True)
def ordered(keys: Any, rows: Any) -> Any:  # pragma: no cover
    """``rows`` in the order of their ``keys`` (from 0 on, one for each); rows of the same key stay as they stood.

    Sorted by the lowest bits first, then by the next: three to four passes, as most bits are the same in all keys.
    """
    keys, rows, other_keys, other_rows = keys.copy(), rows.copy(), np.empty_like(keys), np.empty_like(rows)
    places, mask, varying, shift = np.empty(1 << DIGIT, np.int64), (1 << DIGIT) - 1, 0, 0
    for key in keys:
        varying |= key ^ keys[0]
    while varying >> shift:
        if not (varying >> shift) & 1:
            shift += 1
            continue
        places[:] = 0
        for key in keys:
            places[(key >> shift) & mask] += 1
        places[:] = np.cumsum(places) - places
        for number in range(len(keys)):
            digit = (keys[number] >> shift) & mask
            other_keys[places[digit]], other_rows[places[digit]] = keys[number], rows[number]
            places[digit] += 1
        keys, other_keys, rows, other_rows = other_keys, keys, other_rows, rows
        shift += DIGIT
    return rows


@njit(nogil=True, cache=True)
def gather(text: Any, starts: Any, bounds: Any, out: Any) -> None:  # pragma: no cover
    """Put the texts that start there one behind the other into ``out``, at the places that ``bounds`` says."""
    for number in range(len(starts)):
        start, to = starts[number], bounds[number]
        for at in range(bounds[number + 1] - to):
            out[to + at] = text[start + at]
