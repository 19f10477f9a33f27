"""Ratings into the lake, in bulk: a file and a mapping in, one commit and a reject file out. No Django.

Matter, place and group of a rated case are those of the case record where the file does not tell. A rating that is
handed in again replaces the earlier one. What people wrote is looked at here, for the categories it names, and dropped.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, cast
from uuid import uuid4

import duckdb

from jizhun.analytics.cases import CHANNELS, DAY_SECONDS, DEFAULT_PRAISE
from jizhun.analytics.lake import STORED, Lake, LakeFile
from jizhun.analytics.rating.reviews import ASPECT_BITS, ON_SITE, REVIEWS
from jizhun.delivery.ingest import Delivery, Progress, Received, Staging, connection, keep_rejects
from jizhun.delivery.ingest.faults import Fault, bad_sql
from jizhun.delivery.ingest.loading import RAW, Tally
from jizhun.delivery.ingest.merging import Merge
from jizhun.delivery.ingest.opening import Opened, Piece, opened, quoted
from jizhun.delivery.ingest.reading import Reader
from jizhun.delivery.ingest.rejects import Rejects
from jizhun.delivery.ingest.suspicion import suspicious
from jizhun.delivery.rules.contract import ASPECT, HOWS
from jizhun.delivery.rules.directory import Directory
from jizhun.delivery.rules.mapping import check_columns, refuse_identifiers
from jizhun.kernel.bilingual import Bilingual

TWIN: Final = Fault(
    "review_key",
    "first_row IS NOT NULL",
    "'review_key：与第 ' || first_row || ' 行的编号相同'",
    "'review_key: the same key as in row ' || first_row",
    "",
)
NO_PLACE: Final = Fault(
    "region",
    "no_place",
    "'没有收到过这一办件，也未说明其地区'",
    "'this case has not been handed in, nor is it said where it was handled'",
    "",
)


@dataclass
class Found:
    """What was found besides good and bad rows."""

    unknown_cases: int = 0
    defaults: int = 0
    unread: list[str] = field(default_factory=list)


def ingest_reviews(
    delivery: Delivery,
    lake: Lake,
    cases: Lake,
    directory: Directory,
    staging: Staging,
) -> Received:
    """Check every row of a file of ratings and put the good ones into ``lake``, all at once or not at all.

    ``cases`` is the lake in which the cases of the same source lie. Refused like ``ingest``.
    """
    started = time.monotonic()
    lake.tidy()
    with connection(staging) as con:
        loader = _load(con, delivery, directory, staging, started)
        loader.settle(cases.relation(sources=[delivery.source]), staging.piece)
        notices = tuple(_notices(loader.found, loader.tally))
        merge = Merge(con, staging.folder, delivery, loader.tally, notices, REVIEWS)
        rejects = keep_rejects(staging.folder / "rejects.csv", staging.reject_file)
        version = lake.version() if staging.dry_run else lake.commit(merge.change)
        if staging.dry_run:
            merge.change(lake.files())
        tally = loader.tally
        return Received(tally.read, tally.good, tally.bad, merge.replaced, version, rejects, notices,
                        time.monotonic() - started)


def _load(con: duckdb.DuckDBPyConnection, delivery: Delivery, directory: Directory, staging: Staging,
          started: float) -> "ReviewLoader":
    mapping = delivery.mapping
    with opened(con, delivery.file, mapping, staging.folder, piece=staging.piece) as table:
        check_columns(mapping, table.columns)
        loader = ReviewLoader(con, delivery, directory, table, staging.folder)
        for number, one in enumerate(table.pieces):
            refuse_identifiers(mapping, suspicious(con, table.columns, mapping, first=number == 0))
            loader.note(one)
            staging.tell(Progress(loader.tally.read, one.share, time.monotonic() - started))
    return loader


class ReviewLoader:
    """Takes pieces of a file of ratings, gives staged files and a reject file. Works on one DuckDB connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection, delivery: Delivery, directory: Directory, table: Opened,
                 folder: Path) -> None:
        self.con, self.delivery, self.folder = con, delivery, folder
        self.mapping, self.categories = delivery.mapping, directory.categories
        self.reader = Reader(self.mapping, directory, table.columns, delivery.data_day, delivery.key)
        unread = [name for name in table.columns
                  if name not in self.mapping.columns() and name not in self.mapping.ignore]
        self.tally, self.found = Tally(), Found(unread=unread)
        everybody = directory.groups.by_code.get("all")
        self.everybody = everybody.number if everybody else 0
        self._rejects = Rejects(con, self.reader, folder / "rejects.csv", "blamed", (TWIN, NO_PLACE))
        con.execute("CREATE TABLE noted (row BIGINT, review_key VARCHAR, case_key VARCHAR, visit_key VARCHAR, "
                    "matter INTEGER, region INTEGER, grp INTEGER, channel TINYINT, rated_at BIGINT, grade TINYINT, "
                    "how TINYINT, reasons INTEGER, aspects BIGINT, has_text TINYINT, anonymous TINYINT, bad BOOLEAN)")

    # -- rows ------------------------------------------------------------------------------------------

    def note(self, piece: Piece) -> None:
        """Keep what each row says, the bad ones marked."""
        self._prepare(piece)
        self.con.execute(f"INSERT INTO noted {self._rows(piece)}")
        self.tally.read += piece.rows + len(piece.broken)

    def _prepare(self, piece: Piece) -> None:
        self.reader.trusting = False  # words that are new are looked up before each piece
        self.reader.prepare(self.con)
        self._rejects.number_rows(piece)

    def _rows(self, piece: Piece) -> str:
        fields, default = self.mapping.fields, HOWS["default"]
        case, visit = (name if name in fields else "NULL" for name in ("case_key", "visit_key"))
        matter, region, group = (f'"{name}"' if name in fields else "NULL" for name in ("matter", "region", "group"))
        channel, how, anonymous = (name if name in fields else other for name, other in
                                   (("channel", "0"), ("how", "1"), ("anonymous", "0")))
        praised = f"({how} = {default} OR grade = {DEFAULT_PRAISE})"
        read = self._rejects.with_rows(f"({self.reader.read_sql(RAW)})", piece)
        return (f"SELECT row, review_key, {case}, {visit}, {matter}, {region}, {group}, {channel}, rated_at, "
                f"CASE WHEN {praised} THEN {DEFAULT_PRAISE} ELSE grade END, "
                f"CASE WHEN {praised} THEN {default} ELSE {how} END, {self._reasons()}, {self._aspects()}, "
                f"{self._has_text()}, {anonymous}, coalesce({bad_sql(self.reader)}, false) FROM {read}")

    def _reasons(self) -> str:
        """Bits of the categories that were chosen, or that the text of a negative rating names."""
        chosen = "coalesce(reasons, 0)" if "reasons" in self.mapping.fields else "0"
        if "text" not in self.mapping.fields:
            return chosen
        text = f"lower({self._text()})"
        named = " | ".join(
            f"(CASE WHEN {' OR '.join(f'contains({text}, {quoted(word)})' for word in one.words)} "
            f"THEN {1 << one.number} ELSE 0 END)" for one in self.categories if one.words)
        return f"{chosen} | (CASE WHEN grade < 3 THEN coalesce({named or '0'}, 0) ELSE 0 END)"

    def _aspects(self) -> str:
        grades = [f"(coalesce({ASPECT}{one.code}, 0)::BIGINT << {ASPECT_BITS * one.number})"
                  for one in self.categories if f"{ASPECT}{one.code}" in self.mapping.fields]
        return " | ".join(grades) or "0"

    def _has_text(self) -> str:
        said = "coalesce(has_text, 0)" if "has_text" in self.mapping.fields else "0"
        if "text" not in self.mapping.fields:
            return said
        return f"greatest({said}, CASE WHEN trim({self._text()}) <> '' THEN 1 ELSE 0 END)"

    def _text(self) -> str:
        rule = self.mapping.fields["text"]
        return quoted(rule.constant) if rule.constant is not None else self.reader.column(rule.columns[0])

    # -- the whole file --------------------------------------------------------------------------------

    def settle(self, cases: str, size: int) -> None:
        """Put the good ratings into files; where any are bad, read the file once more and tell of their rows."""
        self._place(cases)
        if self.tally.read > self._number("SELECT count(*) FROM whole"):
            with opened(self.con, self.delivery.file, self.mapping, self.folder, piece=size) as table:
                for one in table.pieces:
                    self._reject(one)
        self.tally.good = self.tally.read - self.tally.bad
        self._store()

    def _place(self, cases: str) -> None:
        """The tables ``twins``, ``lacking`` (rows that are not taken) and ``whole`` (those that are)."""
        self.con.execute("CREATE TABLE twins AS SELECT review_key, min(row) AS first_row FROM noted WHERE NOT bad "
                         "GROUP BY review_key HAVING count(*) > 1")
        self.con.execute(f"""
CREATE TABLE told AS
SELECT case_key, matter, region, grp, channel FROM {cases}
SEMI JOIN (SELECT case_key FROM noted WHERE NOT bad AND case_key IS NOT NULL) USING (case_key)""")
        on_site = ", ".join(str(CHANNELS[name]) for name in ON_SITE)
        self.con.execute(f"""
CREATE VIEW placed AS
SELECT n.*, coalesce(n.region, t.region) AS place, coalesce(n.matter, t.matter, 0) AS about,
       coalesce(n.grp, t.grp, {self.everybody}) AS recipient,
       CASE WHEN n.channel = 0 THEN coalesce(t.channel, 0) ELSE n.channel END AS way,
       n.case_key IS NOT NULL AND t.case_key IS NULL AS unknown_case,
       first_row IS NOT NULL AND first_row <> n.row AS again
FROM noted n LEFT JOIN told t ON n.case_key = t.case_key LEFT JOIN twins w ON n.review_key = w.review_key
WHERE NOT bad""")
        self.con.execute("CREATE TABLE lacking AS SELECT row FROM placed WHERE place IS NULL")
        self.con.execute(f"""
CREATE TABLE whole AS
SELECT * EXCLUDE (bad, again, matter, region, grp, channel),
       strftime(DATE '1970-01-01' + (rated_at // {DAY_SECONDS})::INTEGER, '%Y%m')::INTEGER AS month,
       CASE WHEN visit_key IS NOT NULL AND (case_key IS NULL OR way IN ({on_site})) THEN 'v' || visit_key
            ELSE 'c' || case_key END AS subject
FROM placed WHERE place IS NOT NULL AND NOT again""")
        self.found.unknown_cases = self._number("SELECT count(*) FROM whole WHERE unknown_case")
        self.found.defaults = self._number(f"SELECT count(*) FROM whole WHERE grade = {DEFAULT_PRAISE}")

    def _reject(self, piece: Piece) -> None:
        """Tell of the rows of a piece that are not taken."""
        self._prepare(piece)
        read = self._rejects.with_rows(f"({self.reader.read_sql(RAW)})", piece)
        self.con.execute(f"""
CREATE OR REPLACE TEMP TABLE blamed AS
SELECT rid, CASE WHEN NOT bad AND first_row <> told.row THEN first_row END AS first_row,
       lacking.row IS NOT NULL AS no_place
FROM (SELECT rid, row, review_key, coalesce({bad_sql(self.reader)}, false) AS bad FROM {read}) told
LEFT JOIN twins USING (review_key) LEFT JOIN lacking USING (row)
WHERE bad OR (first_row IS NOT NULL AND first_row <> told.row) OR lacking.row IS NOT NULL""")
        some = self._number("SELECT count(*) FROM blamed")
        if some or piece.broken:
            self._rejects.write(piece, "SELECT rid FROM blamed")
        self.tally.bad += some + len(piece.broken)

    def _store(self) -> None:
        """One file per month in which the ratings were given, sorted, in the staging folder."""
        months = self.con.execute("SELECT DISTINCT month FROM whole ORDER BY month").fetchall()
        self.tally.staged = [self._store_month(month) for (month,) in months]

    def _store_month(self, month: int) -> LakeFile:
        path = self.folder / f"b{self.delivery.batch}-{month}-{uuid4().hex[:12]}.parquet"
        said = {"batch": str(self.delivery.batch), "simulated": str(int(self.mapping.simulated)), "matter": "about",
                "region": "place", "grp": "recipient", "channel": "way", "case_key": "coalesce(case_key, '')",
                "visit_key": "coalesce(visit_key, '')", "rated_day": f"rated_at // {DAY_SECONDS}"}
        columns = ", ".join(f"({said.get(one.name, one.name)})::{one.sql} AS {one.name}" for one in REVIEWS.columns)
        rows = self._number(f"COPY (SELECT {columns} FROM whole WHERE month = {month} "
                            f"ORDER BY {', '.join(REVIEWS.sorted_by)}) TO {quoted(str(path))} ({STORED})")
        return LakeFile(str(path), self.delivery.source, month, rows)

    def _number(self, query: str) -> int:
        return cast(int, self.con.execute(query).fetchall()[0][0])


def _notices(found: Found, tally: Tally) -> list[Bilingual]:
    """What somebody should know of a file of ratings."""
    told = [Bilingual(f"{tally.good:,} 条评价，其中默认好评 {found.defaults:,} 条（单列，不计入好评）。",
                      f"{tally.good:,} ratings, {found.defaults:,} of them default praise, which is counted apart.")]
    if found.unknown_cases:
        told.append(Bilingual(f"{found.unknown_cases:,} 条评价所指的办件没有收到过。",
                              f"{found.unknown_cases:,} ratings are of cases that have not been handed in."))
    if found.unread:
        told.append(Bilingual(f"未使用的列：{'、'.join(found.unread)}。",
                              f"Columns not used: {', '.join(found.unread)}."))
    return told
