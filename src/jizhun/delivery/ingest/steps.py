"""Steps of cases into the lake, in bulk: an event log and a mapping in, one commit and a reject file out. No Django.

Steps are put in order, each beside the one before, so that whoever reads them later need not look at other rows. A
case of which any row is wrong is rejected whole: with a hole in it, it would be judged by what is missing. What is
handed in of a case stands for all of its steps and replaces what was handed in before.
"""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, cast
from uuid import uuid4

import duckdb
import pyarrow as pa

from jizhun.analytics.cases import DAY_SECONDS, FAR_DAY, FAR_SECOND
from jizhun.analytics.following.steps import BETWEEN, STEPS
from jizhun.analytics.lake import STORED, Lake, LakeFile
from jizhun.delivery.ingest import Delivery, Progress, Received, Staging, connection, keep_rejects
from jizhun.delivery.ingest.days import create_days
from jizhun.delivery.ingest.events import by_case
from jizhun.delivery.ingest.faults import Fault, bad_sql
from jizhun.delivery.ingest.loading import RAW, Tally
from jizhun.delivery.ingest.merging import Merge
from jizhun.delivery.ingest.opening import Opened, Piece, opened, quoted
from jizhun.delivery.ingest.reading import Reader
from jizhun.delivery.ingest.rejects import Rejects
from jizhun.delivery.ingest.suspicion import suspicious
from jizhun.delivery.ingest.xes import OPTIONAL, STANDARD, as_table, is_xml
from jizhun.delivery.rules.contract import TRANSITIONS
from jizhun.delivery.rules.directory import Directory
from jizhun.delivery.rules.mapping import check_columns, refuse_identifiers
from jizhun.kernel.bilingual import Bilingual, Refused

MOST_NAMES: Final = 5_000
"""Different steps that a log may name; with more of them the column holds something else."""
SPOILT: Final = Fault(
    "case_key",
    "other_row IS NOT NULL AND NOT bad",
    "'整件退回：同一办件的第 ' || other_row || ' 行有误'",
    "'the whole case is rejected: its row ' || other_row || ' is wrong'",
    "",
)
NO_CASE: Final = Fault(
    "case_key",
    "no_case",
    "'没有收到过这一办件，也未说明其事项和地区'",
    "'this case has not been handed in, nor is it said which matter and place it belongs to'",
    "",
)
MORE: Final = (SPOILT, NO_CASE)


@dataclass
class Found:
    """What was found besides good and bad rows."""

    cases: int = 0
    steps: int = 0
    no_steps: int = 0
    broken: int = 0
    unread: list[str] = field(default_factory=list)


def ingest_steps(delivery: Delivery, lake: Lake, cases: Lake, directory: Directory, staging: Staging) -> Received:
    """Check every row of an event log and put the steps of whole cases into ``lake``, all at once or not at all.

    ``cases`` is the lake in which the cases of the same source lie: it tells matter, place and day of acceptance where
    the log does not. A mapping of case records that names steps by columns is taken too. Refused like ``ingest``.
    """
    started = time.monotonic()
    lake.tidy()
    delivery = _readable(delivery, staging.folder)
    with connection(staging) as con:
        loader = _load(con, delivery, directory, staging, started)
        _settle(con, loader, cases.relation(sources=[delivery.source]), staging.piece)
        notices = tuple(_notices(loader.found))
        merge = Merge(con, staging.folder, delivery, loader.tally, notices, STEPS)
        rejects = keep_rejects(staging.folder / "rejects.csv", staging.reject_file)
        version = lake.version() if staging.dry_run else lake.commit(merge.change)
        if staging.dry_run:
            merge.change(lake.files())
        tally = loader.tally
        return Received(tally.read, tally.good, tally.bad, merge.replaced, version, rejects, notices,
                        time.monotonic() - started)


def _readable(delivery: Delivery, folder: Path) -> Delivery:
    """The same with an XES log as a table; what an event log need not have is left out where it does not."""
    if delivery.mapping.events is not None:
        file, put_together = by_case(delivery.file, delivery.mapping, folder)
        return replace(delivery, file=file, mapping=put_together)
    if not is_xml(delivery.file):
        return delivery
    target, mapping = folder / "events.parquet", delivery.mapping
    seen = as_table(delivery.file, mapping.columns(), target)
    lacking = {name for name in OPTIONAL if name in mapping.fields and not seen >= {*mapping.fields[name].columns}}
    fields = mapping.fields
    if mapping.text.endswith(STANDARD):
        fields = {name: rule for name, rule in fields.items() if name not in lacking}
    return replace(delivery, file=target, mapping=replace(mapping, format="parquet", fields=fields))


def _load(con: duckdb.DuckDBPyConnection, delivery: Delivery, directory: Directory, staging: Staging,
          started: float) -> "StepLoader":
    mapping = delivery.mapping
    with opened(con, delivery.file, mapping, staging.folder, piece=staging.piece) as table:
        check_columns(mapping, table.columns)
        create_days(con, directory.calendars, mapping.earliest, delivery.data_day)
        loader = StepLoader(con, delivery, directory, table, staging.folder)
        for number, one in enumerate(table.pieces):
            refuse_identifiers(mapping, suspicious(con, table.columns, mapping, first=number == 0))
            loader.note(one)
            staging.tell(Progress(loader.tally.read, one.share, time.monotonic() - started))
    return loader


def _settle(con: duckdb.DuckDBPyConnection, loader: "StepLoader", cases: str, size: int) -> None:
    """Put the good cases into files; where any are bad, read the file once more and tell of their rows."""
    loader.order(cases)
    if loader.found.broken or loader.some_bad():
        with opened(con, loader.delivery.file, loader.delivery.mapping, loader.folder, piece=size) as table:
            for one in table.pieces:
                loader.reject(one)
    loader.tally.good = loader.tally.read - loader.tally.bad
    loader.store()


class StepLoader:
    """Takes pieces of an event log, gives staged files and a reject file. Works on one DuckDB connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection, delivery: Delivery, directory: Directory, table: Opened,
                 folder: Path) -> None:
        self.con, self.delivery, self.folder = con, delivery, folder
        self.mapping = delivery.mapping
        self.reader = Reader(self.mapping, directory, table.columns, delivery.data_day, delivery.key)
        self.tally, self.found = Tally(), Found(unread=self._unread(table.columns))
        self._rejects = Rejects(con, self.reader, folder / "rejects.csv", "blamed", MORE)
        con.execute("CREATE TABLE noted (row BIGINT, case_key VARCHAR, step VARCHAR, role VARCHAR, started BIGINT, "
                    "ended BIGINT, transition TINYINT, matter INTEGER, region INTEGER, bad BOOLEAN)")
        con.register("calendar_rows", pa.table({
            "region": pa.array([one.number for one in directory.regions.entries], pa.int32()),
            "calendar": pa.array([one.calendar for one in directory.regions.entries], pa.int32())}))
        con.execute("CREATE TABLE calendars AS SELECT * FROM calendar_rows")

    def _unread(self, columns: tuple[str, ...]) -> list[str]:
        if self.mapping.steps:
            return []
        return [name for name in columns if name not in self.mapping.columns() and name not in self.mapping.ignore]

    # -- rows ------------------------------------------------------------------------------------------

    def note(self, piece: Piece) -> None:
        """Keep what each row says, the bad ones marked."""
        self._prepare(piece)
        rows = self._wide() if self.mapping.steps else self._rows(piece)
        self.con.execute(f"INSERT INTO noted {rows}")
        self.found.broken += len(piece.broken)
        self.tally.read += piece.rows + len(piece.broken)

    def _prepare(self, piece: Piece) -> None:
        self.reader.trusting = False  # words that are new are looked up before each piece
        self.reader.prepare(self.con)
        self._rejects.number_rows(piece)

    def _rows(self, piece: Piece) -> str:
        """A row of the file is a step."""
        fields, lookups = self.mapping.fields, self.reader.lookups
        role = "coalesce(role, '')" if "role" in fields else "''"
        start, end = (name if name in fields else "NULL" for name in ("started_at", "ended_at"))
        transition, matter, region = (f"{name}" if name in lookups else "NULL"
                                      for name in ("transition", "matter", "region"))
        read = self._rejects.with_rows(f"({self.reader.read_sql(RAW)})", piece)
        return (f"SELECT row, case_key, step, {role}, {start}, {end}, {transition}, {matter}, {region}, "
                f"coalesce({bad_sql(self.reader)}, false) FROM {read}")

    def _wide(self) -> str:
        """A row of the file is a case, and each step has columns of its own; its faults the case record told."""
        parts = []
        for number, step in enumerate(self.mapping.steps):
            start = self.reader.seconds(self.reader.column(step.start), step.formats)
            end = self.reader.seconds(self.reader.column(step.end), step.formats) if step.end else start
            parts.append(f"SELECT rowid * {len(self.mapping.steps)} + {number}, {self.reader.key_sql()}, "
                         f"{quoted(step.name)}, '', {start} AS s, {end}, NULL, NULL, NULL, false FROM raw "
                         "WHERE s IS NOT NULL")
        return " UNION ALL ".join(parts)

    # -- cases -----------------------------------------------------------------------------------------

    def order(self, cases: str) -> None:
        """The tables ``spoilt`` and ``lacking`` (cases that are not taken) and ``placed`` (steps in order)."""
        self._refuse_too_many_names()
        self.con.execute("CREATE TABLE spoilt AS SELECT case_key, min(row) AS first_row FROM noted "
                         "WHERE bad AND case_key IS NOT NULL GROUP BY case_key")
        self._subjects(cases)
        self.con.execute("CREATE TABLE lacking AS SELECT case_key FROM subjects "
                         "WHERE matter IS NULL OR region IS NULL")
        self._steps()
        self.con.execute("""
CREATE TABLE placed AS
SELECT case_key, step, role, started, ended, row_number() OVER way AS nth, lag(step) OVER way AS previous,
       lag(ended) OVER way AS since, lead(step) OVER way IS NULL AS is_last,
       row_number() OVER (PARTITION BY case_key, step ORDER BY started, ended, row) > 1 AS again
FROM done_steps
WINDOW way AS (PARTITION BY case_key ORDER BY started, ended, row)""")
        self.con.execute(f"CREATE TABLE ways AS SELECT case_key, string_agg(step, {quoted(BETWEEN)} ORDER BY nth) "
                         "AS trace FROM placed GROUP BY case_key")

    def _refuse_too_many_names(self) -> None:
        names = self._number("SELECT count(DISTINCT step) FROM noted WHERE NOT bad")
        if names > MOST_NAMES:
            raise Refused(zh=f"`step` 列有 {names:,} 种不同的值：这不像是环节名称。",
                          en=f"the column of `step` has {names:,} different values: those are no names of steps.")

    def _subjects(self, cases: str) -> None:
        """The table ``subjects``: each case's matter, place, day of acceptance, and whether it is finished."""
        self.con.execute(f"""
CREATE TABLE subjects AS
SELECT case_key, coalesce(own.matter, told.matter) AS matter, coalesce(own.region, told.region) AS region,
       coalesce(told.accepted_day, first_at // {DAY_SECONDS})::INTEGER AS accepted_day,
       coalesce(told.closed_day < {FAR_DAY}, true) AS done
FROM (SELECT case_key, arg_min(matter, row) AS matter, arg_min(region, row) AS region,
             min(coalesce(started, ended)) AS first_at
      FROM noted WHERE NOT bad GROUP BY case_key) own
LEFT JOIN (SELECT case_key, matter, region, accepted_day, closed_day FROM {cases}
           SEMI JOIN (SELECT case_key FROM noted WHERE NOT bad) USING (case_key)) told USING (case_key)""")

    def _steps(self) -> None:
        """The table ``done_steps``: when each step started and ended, of the cases that are taken."""
        good = "noted ANTI JOIN spoilt USING (case_key) ANTI JOIN lacking USING (case_key) WHERE NOT bad"
        if "transition" in self.mapping.fields:
            self._pair(good)
            return
        fields = self.mapping.fields
        both = bool(self.mapping.steps) or ("started_at" in fields and "ended_at" in fields)
        ended = f"coalesce(ended, {FAR_SECOND})" if both else "coalesce(ended, started)"
        self.con.execute("CREATE VIEW done_steps AS SELECT row, case_key, step, role, "
                         f"coalesce(started, ended) AS started, {ended} AS ended FROM {good}")

    def _pair(self, good: str) -> None:
        """Of rows that tell of starts and ends: an end and the start right before it are one step."""
        start, complete = TRANSITIONS["start"], TRANSITIONS["complete"]
        self.found.no_steps = self._number(f"SELECT count(*) FROM {good} AND transition NOT IN ({start}, {complete})")
        self.con.execute(f"""
CREATE TABLE done_steps AS
SELECT row, case_key, step, role, CASE WHEN started_before THEN before ELSE moment END AS started,
       CASE WHEN transition = {complete} THEN moment ELSE {FAR_SECOND} END AS ended
FROM (SELECT row, case_key, step, role, transition, coalesce(started, ended) AS moment,
             lag(coalesce(started, ended)) OVER same AS before,
             transition = {complete} AND coalesce(lag(transition) OVER same = {start}, false) AS started_before,
             transition = {start} AND coalesce(lead(transition) OVER same = {complete}, false) AS ended_after
      FROM {good} AND transition IN ({start}, {complete})
      WINDOW same AS (PARTITION BY case_key, step ORDER BY coalesce(started, ended), row))
WHERE NOT ended_after""")

    # -- bad rows --------------------------------------------------------------------------------------

    def some_bad(self) -> bool:
        """Whether any row is not taken. In a file of case records that is told there."""
        some = "SELECT count(*) FROM noted WHERE bad", "SELECT count(*) FROM lacking"
        return not self.mapping.steps and any(map(self._number, some))

    def reject(self, piece: Piece) -> None:
        """Tell of the rows of a piece that are not taken."""
        self._prepare(piece)
        read = self._rejects.with_rows(f"({self.reader.read_sql(RAW)})", piece)
        self.con.execute(f"""
CREATE OR REPLACE TEMP TABLE blamed AS
SELECT rid, bad, CASE WHEN first_row <> row THEN first_row END AS other_row,
       lacking.case_key IS NOT NULL AND NOT bad AS no_case
FROM (SELECT rid, row, case_key, coalesce({bad_sql(self.reader)}, false) AS bad FROM {read}) told
LEFT JOIN spoilt USING (case_key) LEFT JOIN lacking USING (case_key)
WHERE bad OR spoilt.case_key IS NOT NULL OR lacking.case_key IS NOT NULL""")
        some = self._number("SELECT count(*) FROM blamed")
        if some or piece.broken:
            self._rejects.write(piece, "SELECT rid FROM blamed")
        self.tally.bad += some + len(piece.broken)

    # -- good cases ------------------------------------------------------------------------------------

    def store(self) -> None:
        """One file per month of acceptance, sorted, in the staging folder."""
        self.con.execute(self._ready())
        months = self.con.execute("SELECT DISTINCT month FROM ready ORDER BY month").fetchall()
        self.tally.staged = [self._store_month(month) for (month,) in months]
        self.found.steps = sum(file.rows for file in self.tally.staged)
        self.found.cases = self._number("SELECT count(*) FROM ready WHERE nth = 1")

    def _ready(self) -> str:
        """Everything as it is stored; the time a step took runs from the end of the one before."""
        happened = f"ended < {FAR_SECOND} AND since < {FAR_SECOND}"
        used = {"hours": "(until - since + 3599) // 3600", "days": f"until // {DAY_SECONDS} - since // {DAY_SECONDS}",
                "wd": "b.wd - a.wd"}
        columns = ", ".join(f"(CASE WHEN {happened} THEN {sql} ELSE -1 END)::INTEGER AS used_{name}"
                            for name, sql in used.items())
        return f"""
CREATE TABLE ready AS
SELECT s.*, {columns}, CASE WHEN nth = 1 THEN trace ELSE '' END AS trace,
       strftime(DATE '1970-01-01' + accepted_day, '%Y%m')::INTEGER AS month
FROM (SELECT placed.* EXCLUDE (since), matter, region, accepted_day, done, coalesce(since, started) AS since,
             greatest(ended, coalesce(since, started)) AS until, coalesce(calendar, 0) AS calendar
      FROM placed JOIN subjects USING (case_key) LEFT JOIN calendars USING (region)) s
JOIN ways USING (case_key)
LEFT JOIN days a ON a.calendar = s.calendar AND a.day = least(since // {DAY_SECONDS}, {FAR_DAY})
LEFT JOIN days b ON b.calendar = s.calendar AND b.day = least(until // {DAY_SECONDS}, {FAR_DAY})"""

    def _store_month(self, month: int) -> LakeFile:
        path = self.folder / f"b{self.delivery.batch}-{month}-{uuid4().hex[:12]}.parquet"
        said = {"batch": str(self.delivery.batch), "simulated": str(int(self.mapping.simulated)),
                "previous": "coalesce(previous, '')", "started_at": "started", "ended_at": "ended"}
        columns = ", ".join(f"({said.get(one.name, one.name)})::{one.sql} AS {one.name}" for one in STEPS.columns)
        rows = self._number(f"COPY (SELECT {columns} FROM ready WHERE month = {month} "
                            f"ORDER BY {', '.join(STEPS.sorted_by)}) TO {quoted(str(path))} ({STORED})")
        return LakeFile(str(path), self.delivery.source, month, rows)

    def _number(self, query: str) -> int:
        return cast(int, self.con.execute(query).fetchall()[0][0])


def _notices(found: Found) -> list[Bilingual]:
    """What somebody should know of a log."""
    told = [Bilingual(f"{found.cases:,} 件办件的 {found.steps:,} 个环节。",
                      f"{found.steps:,} steps of {found.cases:,} cases.")]
    if found.no_steps:
        told.append(Bilingual(f"{found.no_steps:,} 行既不是环节的开始也不是完成，未计入。",
                              f"{found.no_steps:,} rows tell neither of a start nor of an end of a step: not counted."))
    if found.broken:
        told.append(Bilingual(f"{found.broken:,} 行无法读取，不知属于哪一办件：已入库的办件可能缺环节。",
                              f"{found.broken:,} rows could not be read, so that it is unknown whose they are: cases "
                              "that were taken may lack steps."))
    if found.unread:
        unread = found.unread
        told.append(Bilingual(f"未使用的列：{'、'.join(unread)}。", f"Columns not used: {', '.join(unread)}."))
    return told
