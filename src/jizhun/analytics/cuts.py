"""Cuts: facts kept for a fixed lattice of dimensions, so that a nation's year is answered from small files.

A file of the lake never changes. So the facts of its closed cases depend only on the promises in force on its days and
on how clocks are counted: they are counted once, kept beside the lake, and counted anew only where a promise of those
days changed. Cases that are still open are kept row by row and judged at each new data date. What a reader asks is the
sum of both, and equals a count over all cases.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jizhun.analytics.cases import FAR_DAY, NONE
from jizhun.analytics.compiled import Compiled, NotHere, Question
from jizhun.analytics.engines import Inputs, Progress
from jizhun.analytics.facts import Facts, added, fact_names, from_table, joined
from jizhun.analytics.lake import LakeFile, connect, relation
from jizhun.analytics.plan import MEASURES, WHOLE, Plan
from jizhun.analytics.sql import LIMITS

EVERY: Final = (WHOLE, *MEASURES)
LATTICE: Final[Mapping[str, Question]] = {
    "county": Question(("region", "month"), EVERY),
    "item": Question(("item", "region", "month"), EVERY),
    "matter": Question(("matter", "region", "month"), EVERY),
    "group": Question(("item", "region", "group", "month"), (WHOLE,)),
    "channel": Question(("item", "region", "channel", "month"), (WHOLE,)),
    "rating": Question(("item", "region", "rating", "month"), ()),
}
"""What is kept, from the smallest to the largest; any other question about these dimensions is a sum over one."""
PROMISED: Final = ("matter", "region", "grp", "from_day", "to_day", *LIMITS, *(f"{name}_unit" for name in LIMITS),
                   "fee", "visits", "materials", "benefit_amount")
"""The columns of the limits table on which verdicts depend; which paper says so is no matter here."""
FORM: Final = "1"
"""Part of every digest: changes with the meaning or the form of what is kept."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What is kept of one file: ``name`` of the cut, the days its promises bind on, the promises it was counted with.

    ``closed`` is the day of the latest closing: at an earlier data date the cut does not hold.
    """

    file: str
    name: str
    month: int
    rows: int
    open: int
    first: int
    last: int
    closed: int
    limits: str
    promised: str


@dataclass(frozen=True)
class Standing:
    """The cuts of a source as they stand, with what they were made from."""

    source: str
    limits: str
    revisions: str
    clocks: str
    as_of: int
    cuts: tuple[Cut, ...]

    @property
    def rows(self) -> int:
        return sum(cut.rows for cut in self.cuts)

    @property
    def digest(self) -> str:
        """Changes when anything does that a figure depends on."""
        return _digest(open_name(self), *(cut.name for cut in self.cuts))

    def holds(self, files: Iterable[LakeFile], revisions: str, as_of: int) -> bool:
        """Whether it tells of just these files, under what is published now, at this data date."""
        names = {_name(file) for file in files}
        return (self.revisions, self.as_of) == (revisions, as_of) and names == {cut.file for cut in self.cuts}


@dataclass(frozen=True)
class Brought:
    """What bringing a standing up to date took: how many files, with how many cases, were counted anew."""

    standing: Standing
    files: int
    rows: int


class Cuts:
    """The cuts of one source, in a folder of their own."""

    def __init__(self, folder: Path, source: str) -> None:
        self.folder, self.source = folder / source, source

    def standing(self) -> Standing | None:
        """The cuts as they stand; None where none were made, or only ones of another form."""
        try:
            kept = json.loads((self.folder / "standing.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        if kept.pop("form") != FORM:
            return None
        return Standing(**{**kept, "cuts": tuple(Cut(**cut) for cut in kept["cuts"])})

    def bring(self, plan: Plan, inputs: Inputs, *, limits: str, revisions: str = "", threads: int = 2,
              progress: Progress | None = None) -> Brought:
        """Count what is not counted yet, judge what is open at ``plan.as_of``, and make that the standing.

        ``inputs`` hold the files of the source and the small tables, with every region counted as itself; ``limits``
        names the table of promises, ``revisions`` what was published when it was made. Of two that do this at once the
        later one stands; neither sees half of the other. Raises NotHere where cases were closed after the data date.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        before, clocks = self.standing(), repr((plan.clocks, plan.judged))
        known = {cut.file: cut for cut in before.cuts} if before and before.clocks == clocks else {}
        held = _Held(inputs.tables["limits"], limits)
        kept, wanted = _sorted_out(inputs.files, known, held)
        made = self._count(plan, replace(inputs, files=wanted), held, clocks, threads, progress)
        cuts = tuple(sorted([*kept, *made], key=lambda cut: (cut.month, cut.name)))
        if any(cut.closed > plan.as_of for cut in cuts):
            raise NotHere
        standing = Standing(self.source, limits, revisions, clocks, plan.as_of, cuts)
        self._judge_open(plan, inputs, standing, threads)
        self._keep(standing)
        return Brought(standing, len(made), sum(cut.rows for cut in made))

    def _count(self, plan: Plan, inputs: Inputs, held: "_Held", clocks: str, threads: int,
               progress: Progress | None) -> list[Cut]:
        """The cuts of files that have none."""
        if not inputs.files:
            return []
        settled, made = replace(plan, first=-FAR_DAY, last=FAR_DAY, as_of=FAR_DAY - 1), []
        engine = Compiled(threads, only_closed=True)
        for file, found in engine.by_file(settled, inputs, list(LATTICE.values()), progress):
            cut = self._cut(file, held, clocks)
            for node, facts in zip(LATTICE, found, strict=True):
                _write(self.folder / f"{cut.name}-{node}.parquet", kept_table(facts))
            made.append(cut)
        return made

    def _cut(self, file: LakeFile, held: "_Held", clocks: str) -> Cut:
        """The rows of a file that are still open go to a file of their own, with the days that all of it spans."""
        with connect() as connection:
            connection.execute("SET threads = 1")
            (told,) = connection.execute(
                f"SELECT min(accepted_day), max(accepted_day), max(CASE WHEN decided_day < {FAR_DAY} THEN decided_day "
                f"END), max(CASE WHEN closed_day < {FAR_DAY} THEN closed_day END), "
                f"count(*) FILTER (closed_day = {FAR_DAY}) FROM {relation([file])}").fetchall()
            first, last = told[0], max(told[1], told[2] or told[1])
            promised = held.between(first, last)
            name = _digest(FORM, _name(file), promised, clocks)
            if told[4]:
                rows = connection.sql(f"SELECT * EXCLUDE (source, month) FROM {relation([file])} "
                                      f"WHERE closed_day = {FAR_DAY}").to_arrow_table()
                _write(self.folder / f"{name}-open.parquet", rows)
        return Cut(_name(file), name, file.month, file.rows, told[4], first, last,
                   told[3] if told[3] is not None else -FAR_DAY, held.name, promised)

    def _judge_open(self, plan: Plan, inputs: Inputs, standing: Standing, threads: int) -> None:
        """The facts of open cases at the data date, for every node."""
        files = [LakeFile(str(self.folder / f"{cut.name}-open.parquet"), self.source, cut.month, cut.open)
                 for cut in standing.cuts if cut.open]
        found = [[_nothing(question)] for question in LATTICE.values()]
        if files:
            whole = replace(plan, first=-FAR_DAY, last=FAR_DAY)
            told = Compiled(threads).several(whole, replace(inputs, files=files), list(LATTICE.values()))
            found = [[facts] for facts in told]
        for node, facts in zip(LATTICE, found, strict=True):
            _write(self.folder / f"{open_name(standing)}-{node}.parquet", kept_table(joined(facts)))

    def _keep(self, standing: Standing) -> None:
        beside = self.folder / "standing.writing"
        beside.write_text(json.dumps({**asdict(standing), "form": FORM}), "utf-8")
        beside.replace(self.folder / "standing.json")

    def sweep(self, older_than: float) -> list[Path]:
        """Remove files that the standing does not name and that nobody touched since ``older_than`` (seconds)."""
        standing = self.standing()
        named = {cut.name for cut in standing.cuts} | {open_name(standing)} if standing else set()
        gone = [file for file in self.folder.glob("*.parquet")
                if file.name.split("-")[0] not in named and file.stat().st_mtime < older_than]
        for file in gone:
            file.unlink(missing_ok=True)
        return gone

    def drop(self) -> None:
        """Remove everything that is kept of the source; first what says that it stands."""
        (self.folder / "standing.json").unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def tells(by: Iterable[str], verdicts: Iterable[str]) -> bool:
        """Whether any node has these dimensions and verdicts."""
        try:
            return bool(node_of(by, verdicts))
        except KeyError:
            return False

    # -- asking ------------------------------------------------------------------------------------

    def facts(self, standing: Standing, by: Sequence[str], verdicts: Sequence[str], *, places: pa.Table | None = None,
              first_month: int = 0, last_month: int = 999_912, where: str = "") -> Facts:
        """Facts of the months asked for; ``places`` (region, place) says which regions count, and under which unit.

        ``where`` is a condition on the codes. Raises KeyError where no node has these dimensions.
        """
        node = node_of(by, verdicts)
        if places is None and not where and set(by) == set(LATTICE[node].by):
            return self._as_kept(standing, node, by, verdicts, first_month, last_month)
        columns = fact_names(verdicts)
        codes = {name: "p.place AS region" if name == "region" and places is not None else f"c.{name}" for name in by}
        sums = ", ".join(f"CAST(coalesce(sum(c.{name}), 0) AS BIGINT) AS {name}" for name in columns)
        join = " JOIN places p ON c.region = p.region" if places is not None else ""
        condition = f"c.month BETWEEN {first_month} AND {last_month}" + (f" AND {where}" if where else "")
        grouped = f" GROUP BY {', '.join(code.split(' AS ')[0] for code in codes.values())}" if by else ""
        files = self._files(standing, node, first_month, last_month)
        with connect() as connection:
            connection.execute("SET preserve_insertion_order = false")
            if places is not None:
                connection.register("places", places)
            found = connection.sql(f"SELECT {', '.join([*codes.values(), sums])} FROM read_parquet({files}) c{join} "
                                   f"WHERE {condition}{grouped}").to_arrow_table()
        return from_table(found, by, verdicts).summed(by)

    def _as_kept(self, standing: Standing, node: str, by: Sequence[str], verdicts: Sequence[str], first_month: int,
                 last_month: int) -> Facts:
        """A node's own cells: those of open cases added to those of closed ones, of which a month has each once."""
        months: dict[int, list[str]] = {}
        for cut in standing.cuts:
            if first_month <= cut.month <= last_month:
                months.setdefault(cut.month, []).append(cut.name)
        whole = [name for names in months.values() if len(names) == 1 for name in names]
        parts = [self._read(whole, node, by, verdicts)]
        parts += [self._read(names, node, by, verdicts).summed(by) for names in months.values() if len(names) > 1]
        still_open = self._read([open_name(standing)], node, by, verdicts)
        kept = (still_open.codes["month"] >= first_month) & (still_open.codes["month"] <= last_month)
        return added(parts[0] if len(parts) == 1 else joined(parts), still_open.where(kept))

    def _read(self, names: Sequence[str], node: str, by: Sequence[str], verdicts: Sequence[str]) -> Facts:
        """Files of a node one after the other, as they are."""
        columns = [*by, *fact_names(verdicts)]
        read = [pq.read_table(self.folder / f"{name}-{node}.parquet", partitioning=None, columns=columns)
                for name in names]
        nothing = pa.table({name: pa.array([], pa.int64()) for name in columns})
        return from_table(pa.concat_tables(read) if read else nothing, by, verdicts)

    def _files(self, standing: Standing, node: str, first_month: int, last_month: int) -> str:
        names = [cut.name for cut in standing.cuts if first_month <= cut.month <= last_month]
        return str([str(self.folder / f"{name}-{node}.parquet") for name in [*names, open_name(standing)]])


def node_of(by: Iterable[str], verdicts: Iterable[str]) -> str:
    """The smallest node that tells these dimensions and verdicts; KeyError where none does."""
    for name, question in LATTICE.items():
        if set(by) <= set(question.by) and set(verdicts) <= set(question.verdicts):
            return name
    raise KeyError(", ".join(by))


def open_name(standing: Standing) -> str:
    """The name under which the facts of open cases are kept for a standing."""
    return _digest(FORM, "open", standing.as_of, standing.clocks, standing.limits,
                   *(cut.name for cut in standing.cuts if cut.open))


# -- promises --------------------------------------------------------------------------------------


class _Held:
    """The promises under which cuts are made: a digest of those that are in force on given days."""

    def __init__(self, table: pa.Table, name: str) -> None:
        self.name = name
        self.columns = {column: table[column].to_numpy().astype(np.int32) if column in table.column_names
                        else np.full(table.num_rows, NONE, np.int32) for column in PROMISED}
        order = np.lexsort([self.columns[column] for column in ("from_day", "grp", "region", "matter")])
        self.columns = {column: values[order] for column, values in self.columns.items()}
        self.known: dict[tuple[int, int], str] = {}

    def between(self, first: int, last: int) -> str:
        """Changes when a promise does that is in force from ``first`` to ``last``."""
        if (first, last) not in self.known:
            self.known[first, last] = self._between(first, last)
        return self.known[first, last]

    def _between(self, first: int, last: int) -> str:
        at = np.flatnonzero((self.columns["from_day"] <= last) & (self.columns["to_day"] >= first))
        told = hashlib.blake2b(digest_size=16)
        for column, values in self.columns.items():
            chosen = values[at]
            if column in ("from_day", "to_day"):
                chosen = np.clip(chosen, first, last)
            told.update(np.ascontiguousarray(chosen).tobytes())
        return told.hexdigest()


def _sorted_out(files: Sequence[LakeFile], known: Mapping[str, Cut], held: _Held) -> tuple[list[Cut], list[LakeFile]]:
    """The cuts that hold under these promises, and the files that have to be counted."""
    kept, wanted = [], []
    for file in files:
        cut = known.get(_name(file))
        if cut and (cut.limits == held.name or held.between(cut.first, cut.last) == cut.promised):
            kept.append(replace(cut, limits=held.name))
        else:
            wanted.append(file)
    return kept, wanted


def _name(file: LakeFile) -> str:
    """What tells a file from all others of a source."""
    return f"{file.month}/{file.name}"


def kept_table(facts: Facts) -> pa.Table:
    """Every column, those without anything in them too: each file of a node has the same ones."""
    columns = {**{name: pa.array(values, pa.int32()) for name, values in facts.codes.items()},
               **{name: pa.array(facts.table[:, n], pa.int64()) for n, name in enumerate(facts.names)}}
    return pa.table(columns)


def _nothing(question: Question) -> Facts:
    return Facts({name: np.zeros(0, np.int64) for name in question.by}, question.verdicts,
                 np.zeros((0, len(fact_names(question.verdicts))), np.int64))


def _write(file: Path, table: pa.Table) -> None:
    """Written beside and renamed, so that nobody reads half a file."""
    beside = file.with_suffix(".writing")
    pq.write_table(table, beside, compression="zstd")
    beside.replace(file)


def _digest(*parts: Any) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


