"""The fast path on one machine: verdicts and facts by compiled loops over the columns of a file.

It computes what ``facts.fact_steps`` says in SQL, and has to agree with it in every cell. Each case is looked at once:
its promise is found in an array sorted by matter, region, group and day, its verdicts are packed into one word, and the
word is added to a dense table of cells. Files are read by as many threads as asked for; the loops hold no lock.

Not here: a data date before the extract (``later_stops``), which needs the cases' keys; such plans run in SQL.
"""

import importlib.metadata
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from jizhun.analytics.cases import COLUMNS as CASE_COLUMNS
from jizhun.analytics.cases import NONE, arrow_type
from jizhun.analytics.compiled.arrays import Axis, Cells, NotHere, Promises, Words
from jizhun.analytics.engines import Inputs, Progress
from jizhun.analytics.facts import Facts, joined, together
from jizhun.analytics.lake import LakeFile, batches
from jizhun.analytics.plan import MEASURES, Numbers, Plan
from jizhun.analytics.sql import LIMITS

BATCH: Final = 1 << 20
"""Rows looked at in one go: their columns stay small beside what is read."""
AXES: Final[Mapping[str, str]] = {"item": "matter", "matter": "matter", "region": "region", "group": "grp",
                                  "channel": "channel", "rating": "rating"}
"""Dimension -> the column that tells it."""
ALWAYS: Final = ("matter", "region", "grp", "accepted_day", "closed_day", "accepted_wd", "closed_wd", "accepted_is_wd",
                 "stopped_days", "stopped_wd", "extended")
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "due": ("due_binds", "closed_at", "due_at"), "fee": ("fee_cents",), "visits": ("visits",),
    "materials": ("materials",), "benefit_amount": ("amount_cents", "decided_day")}
FACTS: Final = ("closed_day", "due_binds", "visits", "materials", "decided_day", "matter", "region", "grp")
SHORT: Final = 1 << 15
"""As many numbers as matters and groups can have: their columns are of sixteen bits."""


FEW: Final = 16
"""As many channels and ratings as a dense table has room for."""


def _read_only(values: Numbers) -> Numbers:
    """Like the columns of a file: the loops are compiled once for arrays of one sort."""
    values.flags.writeable = False
    return values


NOTHING: Final = {column.name: _read_only(np.zeros(0, arrow_type(column.sql).to_pandas_dtype()))
                  for column in CASE_COLUMNS if column.sql != "VARCHAR"}
"""Stands for a column that is not read because nothing asks for it."""


@dataclass(frozen=True)
class Question:
    """Facts wanted in one pass: dimensions and the verdicts that are told in them."""

    by: tuple[str, ...]
    verdicts: tuple[str, ...]


class Compiled:
    """Counts facts of any number of questions in one pass over the files; ``only_closed`` leaves open cases out."""

    name = "compiled"
    version = f"numba {importlib.metadata.version('numba')}"

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
        files = sorted(inputs.files, key=lambda file: (file.month, file.path))
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
        known = self._groups if column == "grp" else np.arange(FEW)
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
            if any(name in found and found[name].max(initial=0) >= FEW for name in ("channel", "rating")):
                raise NotHere
            yield found

    def judged(self, columns: Mapping[str, Numbers]) -> tuple[Words, Words]:
        """(word, days late) of each case of a batch."""
        from jizhun.analytics.compiled.loops import judge_facts, judge_limits

        n, held = len(columns["matter"]), self.promises
        word, late = np.empty(n, np.int32), np.empty((n, len(LIMITS)), np.int32)
        found = np.empty(n, np.int32)

        def some(*names: str) -> tuple[Numbers, ...]:
            return tuple(columns.get(name, NOTHING[name]) for name in names)

        judge_limits(n, some(*ALWAYS), some("accepted_at")[0], (held.from_day, held.to_day, held.allowed, held.unit),
                     held.starts, self.slots, held.strides, self.as_of_wd, self.span, self.asked, self.clocks, word,
                     late, found)
        judge_facts(n, some(*FACTS), some("closed_at", "due_at", "fee_cents", "amount_cents"),
                    (held.most, held.amounts, held.from_day, held.to_day, held.starts), self.span, self.asked, found,
                    (*self.slots, held.strides), word)
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


__all__ = ["Compiled", "Judging", "NotHere", "Question"]
