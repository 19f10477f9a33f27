"""One piece of a file at a time: checked, numbered, sorted, written to staged files; what is bad set aside."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jizhun.analytics.cases import COLUMNS, DAY_SECONDS, EPOCH, FAR_DAY, arrow_type
from jizhun.analytics.lake import STORED, LakeFile
from jizhun.delivery.ingest.days import sort_key
from jizhun.delivery.ingest.faults import Fault, bad_sql
from jizhun.delivery.ingest.opening import Piece, ignored, quoted
from jizhun.delivery.ingest.plain import Plain
from jizhun.delivery.ingest.reading import Reader
from jizhun.delivery.ingest.rejects import Rejects
from jizhun.delivery.ingest.splitting import Fields, keep_texts
from jizhun.delivery.ingest.twins import Twins
from jizhun.delivery.ingest.writing import WRITERS, Constant, Writing, month_file
from jizhun.delivery.rules.mapping import SpanRule

RAW: Final = "numbered"
"""The rows of the piece as texts, with rid: its place in the piece. Of a piece read by loops, the doubtful ones."""
TWIN: Final = Fault(
    "case_key",
    "first_row IS NOT NULL",
    "'case_key：与第 ' || first_row || ' 行的编号相同'",
    "'case_key: the same key as in row ' || first_row",
    "",
)


@dataclass
class Tally:
    """What has been counted so far."""

    read: int = 0
    good: int = 0
    bad: int = 0
    early: int = 0
    first_day: int = FAR_DAY
    last_day: int = 0
    staged: list[LakeFile] = field(default_factory=list)


class Loader:
    """Takes pieces, gives staged files and a reject file. Works on one DuckDB connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection, reader: Reader, folder: Path, source: str, batch: int) -> None:
        self.con = con
        self.reader = reader
        self.folder = folder
        self.source = source
        self.batch = batch
        self.rejects = folder / "rejects.csv"
        self.tally = Tally()
        self._rejects = Rejects(con, reader, self.rejects, "twins", (TWIN,))
        self._twins = Twins(con)
        self._plain = Plain(reader)
        self._writing = Writing(folder, source, batch)
        self._constant = Constant(self._same_in_all())

    def sort_out(self, piece: Piece) -> None:
        """Where a piece came as fields: read its plain rows, and make ``raw`` of the others."""
        if piece.fields:
            self._plain.read(self.con, piece.fields)
            self.con.execute("CREATE OR REPLACE VIEW numbered AS SELECT * FROM raw")

    def load(self, piece: Piece) -> None:
        """Check one piece and write it out."""
        self.reader.prepare(self.con)
        self._rejects.number_rows(piece)
        self._spans()
        self._keep(piece)
        if self.reader.learn(self.con):
            self._keep(piece)
        self._twins.find(partial(self._rejects.with_rows, piece=piece), self.staged, last=piece.last,
                         plain=self._plain.table if piece.fields else None, first_row=piece.first_row)
        self.tally.good += self._store(piece)
        self._reject(piece)
        self.tally.read += piece.rows + len(piece.broken)
        self.tally.bad = self.tally.read - self.tally.good

    def staged(self) -> list[LakeFile]:
        """The files of all pieces so far, each written to its end."""
        self.tally.staged += self._writing.finished()
        return self.tally.staged

    def close(self) -> None:
        """Nothing is written any more after this."""
        self._writing.close()

    # -- stopped clocks --------------------------------------------------------------------------------

    def _spans(self) -> None:
        """The tables ``spans`` (rid, first, last: the clock stands in (first, last]) and ``span_faults``."""
        if not self.reader.mapping.spans:
            return
        told = " UNION ALL ".join(self._told_spans(span) for span in self.reader.mapping.spans)
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE told AS {told}")
        bad = "first IS NULL OR (last IS NULL AND last_text <> '') OR last < first"
        said = "coalesce(first_text, '') || ' / ' || coalesce(last_text, '')"
        self.con.execute(
            "CREATE OR REPLACE TEMP TABLE span_faults AS SELECT rid, "
            f"'suspended：“' || any_value({said}) || '” 不是期间' AS span_zh, "
            f"'suspended: “' || any_value({said}) || '” is not a period' AS span_en "
            f"FROM told WHERE coalesce({bad}, false) GROUP BY rid"
        )

    def _told_spans(self, span: SpanRule) -> str:
        earlier = 1 if span.last_day else 0
        if span.column:
            item = f"unnest(string_split({self.reader.column(span.column)}, ';'))"
            source = (
                f"(SELECT rid, split_part(item, '/', 1) AS a, split_part(item, '/', 2) AS b FROM "
                f"(SELECT rid, {item} AS item FROM {RAW}) WHERE trim(item) <> '')"
            )
        else:
            first, last = self.reader.column(span.start), self.reader.column(span.end)
            source = f"(SELECT rid, {first} AS a, {last} AS b FROM {RAW} WHERE coalesce({first}, {last}) IS NOT NULL)"
        day = {name: f"({self.reader.seconds(name, span.formats)} // {DAY_SECONDS})" for name in ("a", "b")}
        return (
            f"SELECT rid, {day['a']} - {earlier} AS first, {day['b']} AS last, trim(a) AS first_text, "
            f"trim(b) AS last_text FROM {source}"
        )

    def _stops(self) -> None:
        """The table ``stops``: per case the days and working days that do not count, overlaps merged."""
        data_day = (self.reader.data_day - EPOCH).days
        self.con.execute(
            "CREATE OR REPLACE TABLE stops AS "
            "WITH inside AS (SELECT rid, calendar, greatest(first, accepted_day) AS first, "
            f"least(coalesce(last, {data_day}), closed_day, {data_day}) AS last FROM told JOIN kept USING (rid) "
            "WHERE NOT bad), "
            "fresh AS (SELECT rid, calendar, last, greatest(first, coalesce(max(last) OVER (PARTITION BY rid "
            "ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), first)) AS first "
            "FROM inside WHERE last > first) "
            "SELECT rid, sum(last - first)::SMALLINT AS stopped_days, sum(b.wd - a.wd)::SMALLINT AS stopped_wd, "
            "string_agg(first || '-' || last, ';' ORDER BY first) AS stops "
            "FROM fresh JOIN days a ON a.calendar = fresh.calendar AND a.day = first "
            "JOIN days b ON b.calendar = fresh.calendar AND b.day = last WHERE last > first GROUP BY rid"
        )

    # -- good rows -------------------------------------------------------------------------------------

    def _keep(self, piece: Piece) -> None:
        """The table ``kept``: every row as integers, sorted as it will be stored, bad ones marked."""
        fields = self.reader.mapping.fields
        joins, said = (
            self._day("accepted"),
            ["accepted.month", "accepted.wd AS accepted_wd", "accepted.worked"],
        )
        for name in ("decided", "closed", "forwarded"):
            if f"{name}_at" in fields:
                joins += self._day(name)
                said.append(f"{name}.wd AS {name}_wd")
        closed = "" if "closed_at" in fields else f", {FAR_DAY}::INTEGER AS closed_day"
        numbers = self.reader.numbers_sql(RAW, bad_sql(self.reader))
        calendar = "" if self.reader.mapping.spans else " EXCLUDE (calendar)"
        sorting = sort_key("accepted.place", "matter", "region")
        read = f"SELECT cases.*{calendar}{closed}, {', '.join(said)}"
        rest = f"FROM ({numbers}) AS cases {joins}"
        self.con.execute("DROP VIEW IF EXISTS temp.kept")
        if piece.fields:
            self.con.execute(f"CREATE OR REPLACE TEMP TABLE doubted AS {read}, {sorting} AS sorting {rest}")
            self.con.execute("CREATE TEMP VIEW kept AS FROM doubted UNION ALL BY NAME FROM plain")
        else:
            self.con.execute(f"CREATE OR REPLACE TABLE kept AS {read} {rest} ORDER BY {sorting}")

    def _day(self, name: str) -> str:
        same = f"{name}.calendar = cases.calendar AND " if len(self.reader.directory.calendars) > 1 else ""
        return f" LEFT JOIN days AS {name} ON {same}{name}.day = cases.{name}_day"

    def _store(self, piece: Piece) -> int:
        """One file per month of acceptance, sorted, in the staging folder; gives how many rows that are."""
        if self.reader.mapping.spans:
            self._stops()
        self._count()
        if piece.fields:
            return self._store_columns()
        months = self.con.execute("SELECT DISTINCT month FROM kept WHERE NOT bad ORDER BY month").fetchall()
        filled = {name for name, *_ in self.con.execute("DESCRIBE kept").fetchall()}
        lacks = self._constant.left_out(filled | self._said().keys())
        columns = self._stored_columns(filled, lacks)
        with ThreadPoolExecutor(WRITERS) as writers:  # what they read is not TEMP: each cursor has such tables itself
            files = writers.map(lambda row: self._store_month(row[0], columns, lacks), months)
            stored = [file for file in files if file.rows]
        self.staged().extend(stored)
        return sum(file.rows for file in stored)

    def _count(self) -> None:
        """What the notices tell of: cases closed too early, and which days the calendar was asked for."""
        early = "closed_at < accepted_at" if "closed_at" in self.reader.mapping.fields else "false"
        counted, first, last = self.con.execute(
            f"SELECT count(*) FILTER ({early}), min(accepted_day), "
            f"max(CASE WHEN closed_day < {FAR_DAY} THEN closed_day ELSE accepted_day END) FROM kept WHERE NOT bad"
        ).fetchall()[0]
        if first is not None:
            self.tally.early += counted
            self.tally.first_day = min(self.tally.first_day, first)
            self.tally.last_day = max(self.tally.last_day, last)

    def _store_month(self, month: int, columns: str, lacks: tuple[str, ...]) -> LakeFile:
        path = month_file(self.folder, self.batch, month)
        joins, order = "", ""
        if self.reader.mapping.spans:
            joins, order = "LEFT JOIN stops USING (rid)", "ORDER BY matter, region, accepted_day"
        if self._twins.found:
            joins += " ANTI JOIN twins USING (rid)"
            order = "ORDER BY matter, region, accepted_day"
        with self.con.cursor() as con:
            rows = con.execute(
                f"COPY (SELECT {columns} FROM kept {joins} WHERE NOT bad AND month = {month} {order}) "
                f"TO {quoted(str(path))} ({STORED})"
            ).fetchall()[0][0]
        return LakeFile(str(path), self.source, month, rows, lacks)

    def _store_columns(self) -> int:
        """The same from columns in memory: the plain rows, and the good ones among the doubtful at their places.

        They are written while the next piece is looked at.
        """
        rows = self._good_rows()
        months = rows.column("month").to_numpy()
        bounds = [*np.flatnonzero(np.diff(months, prepend=0)).tolist(), len(months)]
        filled = self._filled(rows)
        self.staged()
        self._writing.begin([(int(months[start]), filled.slice(start, end - start))
                             for start, end in pairwise(bounds)], self._constant)
        return len(months)

    def _good_rows(self) -> pa.Table:
        rows = self._plain.table
        found = self.con.sql("FROM doubted WHERE NOT bad").to_arrow_table()
        if found.num_rows:
            found = found.select(rows.column_names).cast(rows.schema)
            rows = pa.concat_tables([rows, found])
            rows = rows.take(np.argsort(rows.column("sorting").to_numpy(), kind="stable"))
        if self._twins.found:
            twins = self.con.execute("SELECT rid FROM twins").fetchnumpy()["rid"]
            rows = rows.filter(~np.isin(rows.column("rid").to_numpy(), twins))
        return rows

    def _filled(self, rows: pa.Table) -> pa.Table:
        """The columns of the lake that rows differ in: see ``_stored_columns``."""
        said: dict[str, Any] = {name: rows.column(name) for name in rows.column_names}
        said["accepted_is_wd"] = rows.column("worked")
        due = self.reader.mapping.fields.get("due_at")
        if due and due.binds:
            said["due_binds"] = pc.less(rows.column("due_at"), FAR_DAY * DAY_SECONDS)
        return pa.table({one.name: said[one.name].cast(arrow_type(one.sql)) for one in COLUMNS if one.name in said})

    def _same_in_all(self) -> dict[str, int | str | None]:
        """What stands in the columns that nothing fills, by name."""
        group = self.reader.directory.groups.by_code.get("all")
        known = {"batch": self.batch, "simulated": int(self.reader.mapping.simulated),
                 "grp": group.number if group else 0}
        return {one.name: known.get(one.name, one.absent) for one in COLUMNS}

    def _stored_columns(self, filled: set[str], lacks: Sequence[str]) -> str:
        """The columns of the lake but ``lacks``: from ``kept`` where it has them, else what stands in every row."""
        said, same = self._said(), self._same_in_all()
        return ", ".join(
            f"({said.get(one.name) or (one.name if one.name in filled else _literal(same[one.name]))})"
            f"::{one.sql} AS {one.name}"
            for one in COLUMNS if one.name not in lacks
        )

    def _said(self) -> dict[str, str]:
        """The columns that stand in ``kept`` under another name, or not as they are stored."""
        said = {"batch": str(self.batch), "accepted_is_wd": "worked"}
        due = self.reader.mapping.fields.get("due_at")
        if due and due.binds:
            said["due_binds"] = f"(due_at < {FAR_DAY * DAY_SECONDS})"
        if self.reader.mapping.spans:
            said |= {name: f"coalesce({name}, 0)" for name in ("stopped_days", "stopped_wd")}
            said["stops"] = "coalesce(stops.stops, '')"
        return said

    # -- bad rows --------------------------------------------------------------------------------------

    def _reject(self, piece: Piece) -> None:
        """Append the piece's bad rows to the reject file, each with all its reasons."""
        some = self.con.execute("SELECT count(*) FROM kept WHERE bad").fetchall()[0][0] + self._twins.found
        if piece.fields and self._twins.found:
            self._fetch(piece.fields)
        if some or piece.broken:
            self._rejects.write(piece, "SELECT rid FROM kept WHERE bad UNION ALL SELECT rid FROM twins")

    def _fetch(self, fields: Fields) -> None:
        """Add the texts of plain rows whose key was there before."""
        rows = self.con.execute("SELECT rid FROM twins ANTI JOIN raw USING (rid) ORDER BY rid").fetchnumpy()["rid"]
        keep_texts(self.con, fields, np.asarray(rows, np.int64), ignored(self.reader.columns, self.reader.mapping),
                   "INSERT INTO raw")

    def told(self, piece: Piece, wanted: str) -> str:
        """A query that tells of the rows whose rid ``wanted`` gives: see ``Rejects.told``."""
        return self._rejects.told(piece, wanted)


def _literal(value: int | str | None) -> str:
    return quoted(value) if isinstance(value, str) else str(value)
