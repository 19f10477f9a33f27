"""The loops themselves, compiled when first used and kept compiled on disk. They look at numbers and nothing else.

Each is written for one pass over the columns of a batch, without a lock and without making anything on the way.
"""

from typing import Any, Final

from numba import njit

from jizhun.analytics.cases import DAY_SECONDS
from jizhun.analytics.compiled.arrays import BITS
from jizhun.analytics.plan import BROKEN, KEPT, MEASURES, NOT_JUDGED, OPEN, OVERDUE

WHOLE_AT: Final = BITS * len(MEASURES)
NOT_COUNTED: Final = -1


@njit(nogil=True, cache=True)
def find(starts: Any, from_day: Any, to_day: Any, slot: int, day: int) -> int:  # pragma: no cover
    """The row of limits in force on a day, or -1."""
    if slot < 0:
        return -1
    low, high = starts[slot], starts[slot + 1]
    while low < high:
        if from_day[low] <= day <= to_day[low]:
            return low  # type: ignore[no-any-return]
        low += 1
    return -1


@njit(nogil=True, cache=True)
def days_used(allowed: int, unit: int, working: int, calendar: int, day_off: int, after_hours: int,
           first_counts: int) -> int:  # pragma: no cover
    """Days used, in the unit of the limit, as its clock counts them; as ``sql.used``."""
    if unit == 1:
        return calendar - after_hours + (first_counts if allowed != 0 else 0)
    late = 1 - day_off if after_hours else 0
    if allowed == 0:
        return working - day_off - late
    return working - late + (1 - day_off if first_counts else 0)


@njit(nogil=True, cache=True)
def by_time(is_open: bool, closed_at: int, due_at: int, as_of: int) -> int:  # pragma: no cover
    """The verdict on a stated due time, to the second."""
    if is_open:
        return OVERDUE if due_at < (as_of + 1) * DAY_SECONDS else OPEN
    return KEPT if closed_at <= due_at else BROKEN


@njit(nogil=True, cache=True)
def judge_limits(n: int, columns: Any, accepted_at: Any, limits: Any, starts: Any, slots: Any, strides: Any,
                 as_of_wd: Any, span: Any, asked: Any, clocks: Any, word: Any, late: Any,
                 found: Any) -> None:  # pragma: no cover
    """Fill ``word`` with the verdicts on time limits, ``late`` (rows, 2) and ``found``, the row of promises of each
    case. ``span``: first, last, data date, only closed ones."""
    (matter, region, grp, accepted, closed, accepted_wd, closed_wd, is_wd, stopped_days, stopped_wd, extended) = columns
    from_day, to_day, allowed, unit = limits
    in_matter, in_region, in_group = slots
    first, last, as_of, only_closed = span
    for i in range(n):
        word[i], found[i] = NOT_COUNTED, -1
        late[i, 0], late[i, 1] = 0, 0
        day, ordinal, is_open = accepted[i], as_of_wd[region[i]], closed[i] > as_of
        if day < first or day > last or day > as_of or ordinal < 0 or (is_open and only_closed):
            continue
        word[i] = 0
        m, r, g = in_matter[matter[i]], in_region[region[i]], in_group[grp[i]]
        slot = (m * strides[0] + r) * strides[1] + g if m >= 0 and r >= 0 and g >= 0 else -1
        at = find(starts, from_day, to_day, slot, day)
        found[i] = at
        if at < 0:
            continue
        working = (ordinal if is_open else closed_wd[i]) - accepted_wd[i] - stopped_wd[i]
        calendar = (as_of if is_open else closed[i]) - day - stopped_days[i]
        for k in range(2):
            most = allowed[k, at]
            if asked[k] and most >= 0:
                after = 1 if clocks[k, 1] >= 0 and accepted_at[i] % DAY_SECONDS >= clocks[k, 1] * 3600 else 0
                used = days_used(most, unit[k, at], working, calendar, 1 - is_wd[i], after, clocks[k, 0])
                late[i, k] = max(used - most - extended[i], 0)
                word[i] |= in_or_out(late[i, k] == 0, is_open) << (BITS * k)


@njit(nogil=True, cache=True)
def in_or_out(in_time: bool, is_open: bool) -> int:  # pragma: no cover
    """The verdict on a time limit."""
    if is_open:
        return OPEN if in_time else OVERDUE
    return KEPT if in_time else BROKEN


@njit(nogil=True, cache=True)
def judge_facts(n: int, columns: Any, wide: Any, limits: Any, span: Any, asked: Any, found: Any,
                slot_of: Any, word: Any) -> None:  # pragma: no cover
    """Add the verdicts on due time, facts and amount to ``word``, and that on the whole."""
    closed, due_binds, visits, materials, decided, matter, region, grp = columns
    closed_at, due_at, fee, amount = wide
    most, amounts, from_day, to_day, starts = limits
    in_matter, in_region, in_group, strides = slot_of
    as_of = span[2]
    for i in range(n):
        if word[i] == NOT_COUNTED:
            continue
        is_open, at = closed[i] > as_of, found[i]
        if asked[2] and due_binds[i] != 0:
            word[i] |= by_time(is_open, closed_at[i], due_at[i], as_of) << (BITS * 2)
        if at >= 0 and not is_open:
            for k in range(3):
                fact = fee[i] if k == 0 else (visits[i] if k == 1 else materials[i])
                if asked[3 + k] and most[k, at] >= 0 and fact >= 0:
                    word[i] |= (KEPT if fact <= most[k, at] else BROKEN) << (BITS * (3 + k))
        if asked[6] and amount[i] >= 0 and decided[i] <= as_of:
            m, r, g = in_matter[matter[i]], in_region[region[i]], in_group[grp[i]]
            slot = (m * strides[0] + r) * strides[1] + g if m >= 0 and r >= 0 and g >= 0 else -1
            at = find(starts, from_day, to_day, slot, decided[i])
            if at >= 0 and amounts[at] >= 0:
                word[i] |= (KEPT if amount[i] >= amounts[at] else BROKEN) << (BITS * 6)
        word[i] |= gravest(word[i], is_open) << WHOLE_AT


@njit(nogil=True, cache=True)
def gravest(word: int, is_open: bool) -> int:  # pragma: no cover
    """The verdict on the whole case; one that is open is not kept yet."""
    found = 0
    for k in range(WHOLE_AT // BITS):
        found = max(found, (word >> (BITS * k)) & 7)
    return OPEN if found == KEPT and is_open else found


@njit(nogil=True, cache=True)
def tally(n: int, word: Any, late: Any, axes: Any, offsets: Any, shifts: Any, counts: Any,
           days: Any) -> None:  # pragma: no cover
    """Add ``n`` words to the cells that their codes lead to; ``shifts`` are where the wanted verdicts stand."""
    a0, a1, a2, a3, a4 = axes
    o0, o1, o2, o3, o4 = offsets
    for i in range(n):
        if word[i] == NOT_COUNTED:
            continue
        cell = o0[a0[i]] + o1[a1[i]] + o2[a2[i]] + o3[a3[i]] + o4[a4[i]]
        counts[cell, 0] += 1
        for k in range(len(shifts)):
            state = (word[i] >> shifts[k]) & 7
            if state != NOT_JUDGED:
                counts[cell, 4 * k + state] += 1
        days[cell, 0] += late[i, 0]
        days[cell, 1] += late[i, 1]
