"""The fast path on one machine: verdicts and facts by compiled loops over the columns of a file.

It computes what ``facts.fact_steps`` says in SQL, and has to agree with it in every cell. Each case is looked at once:
its promise is found in an array sorted by matter, region, group and day, its verdicts are packed into one word, and the
word is added to a dense table of cells. Files are read by as many threads as asked for; the loops hold no lock.

Not here: a data date before the extract (``later_stops``), which needs the cases' keys; such plans run in SQL.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numba
import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from jizhun.analytics.cases import COLUMNS as CASE_COLUMNS
from jizhun.analytics.cases import DAY_SECONDS, NONE, arrow_type
from jizhun.analytics.engines import Inputs, Progress
from jizhun.analytics.facts import Facts, joined, together
from jizhun.analytics.lake import LakeFile, batches
from jizhun.analytics.plan import (
    BROKEN,
    KEPT,
    MEASURES,
    NOT_JUDGED,
    OPEN,
    OVERDUE,
    STATES,
    WHOLE,
    Numbers,
    Plan,
)
from jizhun.analytics.sql import LIMITS

BATCH: Final = 1 << 20
"""Rows looked at in one go: their columns stay small beside what is read."""
MOST_CELLS: Final = 4_000_000
"""More cells than this are not kept as a dense table; such plans run in SQL."""
MOST_SLOTS: Final = 50_000_000
BITS: Final = 3
WHOLE_AT: Final = BITS * len(MEASURES)
NOT_COUNTED: Final = -1
AXES: Final[Mapping[str, str]] = {"item": "matter", "matter": "matter", "region": "region", "group": "grp",
                                  "channel": "channel", "rating": "rating"}
"""Dimension -> the column that tells it."""
ALWAYS: Final = ("matter", "region", "grp", "accepted_day", "closed_day", "accepted_wd", "closed_wd", "accepted_is_wd",
                 "stopped_days", "stopped_wd", "extended")
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "due": ("due_binds", "closed_at", "due_at"), "fee": ("fee_cents",), "visits": ("visits",),
    "materials": ("materials",), "benefit_amount": ("amount_cents", "decided_day")}
SMALL: Final = (*ALWAYS, "due_binds", "visits", "materials", "decided_day")
WIDE: Final = ("closed_at", "due_at", "fee_cents", "amount_cents", "accepted_at")
SHORT: Final = 1 << 15
"""As many numbers as matters and groups can have: their columns are of sixteen bits."""


def _read_only(values: Numbers) -> Numbers:
    """Like the columns of a file: the loops are compiled once for arrays of one sort."""
    values.flags.writeable = False
    return values


NOTHING: Final = {column.name: _read_only(np.zeros(0, arrow_type(column.sql).to_pandas_dtype()))
                  for column in CASE_COLUMNS if column.name in (*SMALL, *WIDE)}
"""Stands for a column that is not read because nothing asks for it."""


Words = NDArray[np.int32]


class NotHere(ValueError):
    """The plan is one that only SQL can run."""


# -- compiled loops --------------------------------------------------------------------------------


@njit(nogil=True, cache=True)
def _find(starts: Any, from_day: Any, to_day: Any, slot: int, day: int) -> int:  # pragma: no cover
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
def _limit(allowed: int, unit: int, working: int, calendar: int, day_off: int, after_hours: int,
           first_counts: int) -> int:  # pragma: no cover
    """Days used, in the unit of the limit, as its clock counts them; as ``sql.used``."""
    if unit == 1:
        return calendar - after_hours + (first_counts if allowed != 0 else 0)
    late = 1 - day_off if after_hours else 0
    if allowed == 0:
        return working - day_off - late
    return working - late + (1 - day_off if first_counts else 0)


@njit(nogil=True, cache=True)
def _judge(n: int, columns: Any, wide: Any, limits: Any, amounts: Any, starts: Any, slots: Any, strides: Any,
           as_of_wd: Any, span: Any, asked: Any, clocks: Any, word: Any, late: Any) -> None:  # pragma: no cover
    """Fill ``word`` and ``late`` (rows, 2) for ``n`` cases. ``span``: first, last, data date, only closed ones."""
    (matter, region, grp, accepted, closed, accepted_wd, closed_wd, is_wd, stopped_days, stopped_wd, extended,
     due_binds, visits, materials, decided) = columns
    closed_at, due_at, fee, amount, accepted_at = wide
    from_day, to_day, allowed, unit, most = limits
    in_matter, in_region, in_group = slots
    first, last, as_of, only_closed = span
    for i in range(n):
        word[i] = NOT_COUNTED
        day = accepted[i]
        ordinal = as_of_wd[region[i]]
        if day < first or day > last or day > as_of or ordinal < 0:
            continue
        m, r, g = in_matter[matter[i]], in_region[region[i]], in_group[grp[i]]
        slot = (m * strides[0] + r) * strides[1] + g if m >= 0 and r >= 0 and g >= 0 else -1
        is_open = closed[i] > as_of
        if is_open and only_closed:
            continue
        in_time, too_late = (OPEN, OVERDUE) if is_open else (KEPT, BROKEN)
        at = _find(starts, from_day, to_day, slot, day)
        packed, gravest = 0, 0
        if at >= 0:
            working = (ordinal if is_open else closed_wd[i]) - accepted_wd[i] - stopped_wd[i]
            calendar = (as_of if is_open else closed[i]) - day - stopped_days[i]
            day_off = 1 - is_wd[i]
            for k in range(2):
                limit = allowed[k, at]
                if asked[k] and limit >= 0:
                    after = 1 if clocks[k, 1] >= 0 and accepted_at[i] % DAY_SECONDS >= clocks[k, 1] * 3600 else 0
                    used = _limit(limit, unit[k, at], working, calendar, day_off, after, clocks[k, 0])
                    over = used - limit - extended[i]
                    state = too_late if over > 0 else in_time
                    packed |= state << (BITS * k)
                    gravest = max(gravest, state)
                    late[i, k] = over if over > 0 else 0
                else:
                    late[i, k] = 0
        else:
            late[i, 0] = 0
            late[i, 1] = 0
        if asked[2] and due_binds[i] != 0:
            if is_open:
                state = OVERDUE if due_at[i] < (as_of + 1) * DAY_SECONDS else OPEN
            else:
                state = KEPT if closed_at[i] <= due_at[i] else BROKEN
            packed |= state << (BITS * 2)
            gravest = max(gravest, state)
        if at >= 0 and not is_open:
            for k in range(3):
                fact = fee[i] if k == 0 else (visits[i] if k == 1 else materials[i])
                if asked[3 + k] and most[k, at] >= 0 and fact >= 0:
                    state = KEPT if fact <= most[k, at] else BROKEN
                    packed |= state << (BITS * (3 + k))
                    gravest = max(gravest, state)
        if asked[6] and amount[i] >= 0 and decided[i] <= as_of:
            at = _find(starts, from_day, to_day, slot, decided[i])
            if at >= 0 and amounts[at] >= 0:
                state = KEPT if amount[i] >= amounts[at] else BROKEN
                packed |= state << (BITS * 6)
                gravest = max(gravest, state)
        whole = in_time if gravest == KEPT else gravest
        word[i] = packed | (whole << WHOLE_AT)


@njit(nogil=True, cache=True)
def _tally(n: int, word: Any, late: Any, axes: Any, offsets: Any, shifts: Any, counts: Any,
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


# -- promises --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promises:
    """The wide limits table as arrays, sorted by matter, region, group and day; ``starts`` by slot."""

    from_day: Numbers
    to_day: Numbers
    allowed: Numbers
    unit: Numbers
    most: Numbers
    amounts: Numbers
    starts: Numbers
    slots: tuple[Numbers, Numbers, Numbers]
    strides: Numbers

    @classmethod
    def of(cls, table: pa.Table) -> "Promises":
        """Raises NotHere where matters, regions and groups are too many for a dense index."""
        keys = [table[name].to_numpy().astype(np.int64) for name in ("matter", "region", "grp")]
        known = [np.unique(values) for values in keys]
        size = int(np.prod([max(len(values), 1) for values in known]))
        if size > MOST_SLOTS:
            raise NotHere
        strides = np.array([max(len(known[1]), 1), max(len(known[2]), 1)], np.int64)
        index = [np.searchsorted(values, column) for values, column in zip(known, keys, strict=True)]
        slot = (index[0] * strides[0] + index[1]) * strides[1] + index[2]
        order = np.lexsort((table["from_day"].to_numpy(), slot))

        def column(name: str, otherwise: int = NONE) -> Numbers:
            if name not in table.column_names:
                return np.full(len(order), otherwise, np.int64)
            found: Numbers = table[name].to_numpy().astype(np.int64)[order]
            return found

        starts = np.searchsorted(slot[order], np.arange(size + 1)).astype(np.int64)
        return cls(
            column("from_day"), column("to_day"), np.stack([column(name) for name in LIMITS]),
            np.stack([column(f"{name}_unit", 0) for name in LIMITS]),
            np.stack([column(name) for name in ("fee", "visits", "materials")]), column("benefit_amount"), starts,
            (_index_of(known[0]), _index_of(known[1]), _index_of(known[2])), strides)


def _index_of(values: Numbers) -> Numbers:
    """Code -> its place among ``values``, -1 for others; as long as the greatest code asks for."""
    found = np.full(int(values.max(initial=0)) + 1, -1, np.int64)
    found[values] = np.arange(len(values))
    return found


# -- cells -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Axis:
    """One column's part in the number of a cell: what its codes add, and which codes of the dimensions they mean."""

    column: str
    codes: Mapping[str, Numbers]
    place: Numbers

    @property
    def size(self) -> int:
        return max((len(values) for values in self.codes.values()), default=1)


@dataclass
class Cells:
    """A dense table of facts over the axes of ``by`` (without the month, which the file tells)."""

    verdicts: tuple[str, ...]
    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        self.size = int(np.prod([axis.size for axis in self.axes]))
        if self.size > MOST_CELLS:
            raise NotHere
        steps = np.cumprod([1, *(axis.size for axis in self.axes[::-1])])[::-1][1:]
        self.offsets = tuple(axis.place * step for axis, step in zip(self.axes, steps, strict=True))
        self.shifts = np.array([WHOLE_AT if name == WHOLE else BITS * MEASURES.index(name) for name in self.verdicts],
                               np.int64)
        self.counts = np.zeros((self.size, 1 + (STATES - 1) * len(self.verdicts)), np.int32)
        self.days = np.zeros((self.size, len(LIMITS)), np.int64)

    def add(self, columns: Mapping[str, Numbers], word: Words, late: Words) -> None:
        """Add cases by their words."""
        axes = tuple(columns[axis.column] for axis in self.axes)
        _tally(len(word), word, late, axes, self.offsets, self.shifts, self.counts, self.days)

    def taken(self) -> Facts:
        """What has come together, the cells without cases left out."""
        at = np.flatnonzero(self.counts[:, 0])
        limits = [n for n, name in enumerate(LIMITS) if name in self.verdicts]
        table = np.empty((len(at), self.counts.shape[1] + len(limits)), np.int64)
        table[:, :self.counts.shape[1]] = self.counts[at]
        table[:, self.counts.shape[1]:] = self.days[at][:, limits]
        places = np.unravel_index(at, [axis.size for axis in self.axes])
        codes = {name: values[places[n]] for n, axis in enumerate(self.axes) for name, values in axis.codes.items()}
        return Facts(codes, self.verdicts, table)


# -- the engine ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """Facts wanted in one pass: dimensions and the verdicts that are told in them."""

    by: tuple[str, ...]
    verdicts: tuple[str, ...]


class Compiled:
    """Counts facts of any number of questions in one pass over the files; ``only_closed`` leaves open cases out."""

    name = "compiled"
    version = f"numba {numba.__version__}"

    def __init__(self, threads: int = 2, *, only_closed: bool = False) -> None:
        self.threads, self.only_closed = threads, only_closed

    def facts(self, plan: Plan, inputs: Inputs, progress: Progress | None = None) -> Facts:
        """The plan's facts; as ``fact_steps``. Where months are told apart they follow one another."""
        return self.several(plan, inputs, [Question(plan.by, plan.verdicts)], progress)[0]

    def several(self, plan: Plan, inputs: Inputs, questions: Sequence[Question],
                progress: Progress | None = None) -> list[Facts]:
        """Facts of each question; ``plan.by`` and ``plan.verdicts`` are not asked. Raises NotHere."""
        months: dict[int, list[list[Facts]]] = {}
        for file, found in self.by_file(plan, inputs, questions, progress):
            months.setdefault(file.month, []).append(found)
        parts = [_one(month, questions) for month in months.values()]
        return [joined([part[n] for part in parts]) if "month" in question.by
                else together((part[n] for part in parts), question.by) for n, question in enumerate(questions)]

    def by_file(self, plan: Plan, inputs: Inputs, questions: Sequence[Question],
                progress: Progress | None = None) -> Iterator[tuple[LakeFile, list[Facts]]]:
        """Each file's own facts, as the files are done. Raises NotHere."""
        judging = Judging(plan, inputs, only_closed=self.only_closed)
        files = sorted(inputs.files, key=lambda file: (file.month, str(file.path)))
        done, rows = 0, sum(file.rows for file in files)
        with ThreadPoolExecutor(self.threads) as pool:
            for file, found in zip(files, pool.map(lambda file: judging.file(file, questions), files), strict=True):
                done += file.rows
                if progress:
                    progress(done, rows)
                yield file, found


class Judging:
    """A plan with its small tables as arrays: shared by all threads, never changed."""

    def __init__(self, plan: Plan, inputs: Inputs, *, only_closed: bool = False) -> None:
        if plan.later_stops:
            raise NotHere
        self.plan, self.inputs = plan, inputs
        self.promises = Promises.of(inputs.tables["limits"])
        self.asked = np.array([name in plan.judged for name in MEASURES], np.bool_)
        self.clocks = np.array([[int(plan.clock(name).first_day_counts), _hour(plan.clock(name).cut_off)]
                                for name in LIMITS], np.int64)
        self.span = np.array([plan.first, plan.last, plan.as_of, only_closed], np.int64)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """What has to be read of the cases, besides what the cells ask for."""
        wanted = [*ALWAYS, *(column for name in self.plan.judged for column in NEEDED.get(name, ()))]
        if any(clock.cut_off is not None for _, clock in self.plan.clocks):
            wanted.append("accepted_at")
        return tuple(wanted)

    def cells(self, question: Question) -> Cells:
        """An empty dense table for a question."""
        names = [name for name in question.by if name != "month"]
        columns = list(dict.fromkeys(AXES[name] for name in names))
        axes = [self._axis(column, [name for name in names if AXES[name] == column]) for column in columns]
        while len(axes) < len(set(AXES.values())):
            axes.append(Axis("matter", {}, np.zeros(SHORT, np.int64)))
        return Cells(question.verdicts, tuple(axes))

    def _axis(self, column: str, names: Sequence[str]) -> Axis:
        if column == "matter":
            return self._subjects(names)
        if column == "region":
            places = self.inputs.tables["places"]
            region, place = (places[name].to_numpy().astype(np.int64) for name in ("region", "place"))
            known, inverse = np.unique(place, return_inverse=True)
            return Axis(column, {"region": known}, _spread(region, inverse, self.regions))
        known = self._groups if column == "grp" else np.arange(128)
        return Axis(column, {names[0]: known}, _spread(known, np.arange(len(known)), SHORT))

    @cached_property
    def _groups(self) -> Numbers:
        """The groups that the cases name."""
        named = np.zeros(SHORT, np.int64)
        for file in self.inputs.files:
            for batch in batches(file, ["grp"], BATCH):
                named += np.bincount(batch["grp"], minlength=SHORT)
        return np.flatnonzero(named)

    def _subjects(self, names: Sequence[str]) -> Axis:
        matters = self.inputs.tables["matters"]
        matter, item = (matters[name].to_numpy().astype(np.int64) for name in ("matter", "item"))
        if "matter" in names:
            codes = {"matter": matter, **({"item": item} if "item" in names else {})}
            return Axis("matter", {name: codes[name] for name in names},
                        _spread(matter, np.arange(len(matter)), SHORT))
        known, inverse = np.unique(item, return_inverse=True)
        return Axis("matter", {"item": known}, _spread(matter, inverse, SHORT))

    @cached_property
    def regions(self) -> int:
        """One more than the greatest number of a place that counts; the last stands for all that do not."""
        return int(self.inputs.tables["places"]["region"].to_numpy().max(initial=0)) + 2

    @cached_property
    def as_of_wd(self) -> Numbers:
        """By region: the working-day ordinal of the data date, -1 where cases are not counted."""
        places = self.inputs.tables["places"]
        found = np.full(self.regions, -1, np.int64)
        found[places["region"].to_numpy()] = places["as_of_wd"].to_numpy()
        return found

    def file(self, file: LakeFile, questions: Sequence[Question]) -> list[Facts]:
        """The facts of one file for each question, the month among the codes where it is asked for."""
        tables = [self.cells(question) for question in questions]
        extra = {axis.column for cells in tables for axis in cells.axes}
        for columns in self._batches(file, tuple(dict.fromkeys([*self.columns, *sorted(extra)]))):
            word, late = self.judged(columns)
            for cells in tables:
                cells.add(columns, word, late)
        return [_with_month(cells.taken(), question.by, file.month)
                for cells, question in zip(tables, questions, strict=True)]

    def _batches(self, file: LakeFile, columns: Sequence[str]) -> Iterator[dict[str, Numbers]]:
        for found in batches(file, columns, BATCH):
            if len(found["region"]) and found["region"].max() >= self.regions:
                found["region"] = _read_only(np.minimum(found["region"], self.regions - 1))
            yield found

    def judged(self, columns: Mapping[str, Numbers]) -> tuple[Words, Words]:
        """(word, days late) of each case of a batch."""
        n, held = len(columns["matter"]), self.promises
        word, late = np.empty(n, np.int32), np.empty((n, len(LIMITS)), np.int32)
        small, wide = (tuple(columns.get(name, NOTHING[name]) for name in names) for names in (SMALL, WIDE))
        _judge(n, small, wide, (held.from_day, held.to_day, held.allowed, held.unit, held.most),
               held.amounts, held.starts, self.slots, held.strides, self.as_of_wd, self.span, self.asked, self.clocks,
               word, late)
        return word, late

    @cached_property
    def slots(self) -> tuple[Numbers, ...]:
        """By matter, region and group: its place in the dense index of promises, -1 for what has none."""
        return tuple(_longer(values, size) for values, size in
                     zip(self.promises.slots, (SHORT, self.regions, SHORT), strict=True))


def _one(parts: Sequence[Sequence[Facts]], questions: Sequence[Question]) -> list[Facts]:
    """The files of a month as one."""
    if len(parts) == 1:
        return list(parts[0])
    return [together((part[n] for part in parts), question.by) for n, question in enumerate(questions)]


def _hour(cut_off: int | None) -> int:
    return NONE if cut_off is None else cut_off


def _spread(codes: Numbers, places: Numbers, size: int) -> Numbers:
    """Code -> its place on an axis; codes that have none do not occur among the cases that count."""
    found = np.zeros(size, np.int64)
    found[codes] = places
    return found


def _longer(values: Numbers, size: int) -> Numbers:
    found = np.full(max(size, len(values)), -1, np.int64)
    found[:len(values)] = values
    return found


def _with_month(facts: Facts, by: Sequence[str], month: int) -> Facts:
    codes = {name: np.full(len(facts.n), month) if name == "month" else facts.codes[name] for name in by}
    return Facts(codes, facts.verdicts, facts.table)

