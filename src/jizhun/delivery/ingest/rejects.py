"""What is wrong with which row, for people: row numbers as a spreadsheet shows them, and the file of rejected rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb

from jizhun.delivery.ingest.faults import Fault, faults
from jizhun.delivery.ingest.opening import Piece, quoted
from jizhun.delivery.ingest.reading import Reader
from jizhun.delivery.rules.mapping import REJECT_COLUMNS

NOT_KEPT: Final = "[文字不留存 / text not kept]"


class Rejects:
    """Tells of the rows of each piece, and appends the bad ones to ``file`` with all their reasons.

    ``beside`` (rid, …) is a table that ``more`` faults look at, besides what the row itself says.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, reader: Reader, file: Path, beside: str,
                 more: Sequence[Fault]) -> None:
        self.con, self.reader, self.file = con, reader, file
        self.beside, self.more = beside, more

    def number_rows(self, piece: Piece) -> None:
        """The table ``gaps``: from which rowid on how many unread lines stand before."""
        self.con.execute("CREATE OR REPLACE TEMP TABLE gaps (since BIGINT, lines BIGINT)")
        if piece.gaps:
            self.con.executemany("INSERT INTO gaps VALUES (?, ?)", [list(gap) for gap in piece.gaps])

    def with_rows(self, relation: str, piece: Piece) -> str:
        """``relation`` (with rid) plus ``row``: the row number as a spreadsheet shows it."""
        if not piece.gaps:
            return f"(SELECT *, rid + {piece.first_row} AS row FROM {relation})"
        return (
            f"(SELECT numbered.*, rid + {piece.first_row} + coalesce(lines, 0) AS row FROM {relation} AS numbered "
            "ASOF LEFT JOIN (SELECT since, max(lines) AS lines FROM gaps GROUP BY since) AS gaps ON rid >= since)"
        )

    def write(self, piece: Piece, wanted: str) -> None:
        """Append the rows whose rid ``wanted`` gives, and those that cannot be read at all."""
        part = self.file.with_suffix(".part")
        self.con.execute(f"COPY ({self.told(piece, wanted)}) TO {quoted(str(part))} (FORMAT csv, HEADER false)")
        with self.file.open("ab") as whole:
            if not whole.tell():
                whole.write(header(self.reader.columns))
            with part.open("rb") as rows:
                while block := rows.read(2**24):
                    whole.write(block)
        part.unlink()

    def told(self, piece: Piece, wanted: str) -> str:
        """A query over the rows whose rid ``wanted`` gives, and those that cannot be read at all.

        Row number, fields, reasons in both languages ("" where nothing is wrong), the original columns.
        """
        rows = f"(SELECT * FROM numbered WHERE rid IN ({wanted}))"
        read = f"(SELECT * FROM ({self.reader.read_sql(rows, telling=True)}) LEFT JOIN {self.beside} USING (rid))"
        found = [*faults(self.reader), *self.more]
        zh = [f"CASE WHEN {fault.when} THEN {fault.zh} END" for fault in found]
        en = [f"CASE WHEN {fault.when} THEN {fault.en} END" for fault in found]
        named: dict[str, list[str]] = {}
        for fault in found:
            named.setdefault(fault.field, []).append(f"coalesce({fault.when}, false)")
        fields = [f"CASE WHEN {' OR '.join(when)} THEN {quoted(name)} END" for name, when in named.items()]
        query = (
            f"SELECT row, concat_ws(';', {', '.join(fields)}) AS fields, concat_ws('；', {', '.join(zh)}) AS zh, "
            f"concat_ws('; ', {', '.join(en)}) AS en, {self._original()} FROM {self.with_rows(read, piece)}"
        )
        return f"SELECT * FROM ({query}{self._broken(piece)}) ORDER BY row"

    def _original(self) -> str:
        """The file's own columns. What is pseudonymised stays so; of a free text only that there is one.

        What is ignored was never read.
        """
        hidden = {column: name for name, rule in self.reader.keys().items() if rule.pseudonymise
                  for column in rule.columns}
        unkept = self.reader.mapping.unkept()
        return ", ".join(
            f"{hidden.get(name) or _masked(f'c{at}', name in unkept)} AS o{at}"
            for at, name in enumerate(self.reader.columns)
        )

    def _broken(self, piece: Piece) -> str:
        if not piece.broken:
            return ""
        self.con.execute("CREATE OR REPLACE TEMP TABLE broken (row BIGINT, zh VARCHAR, en VARCHAR)")
        self.con.executemany("INSERT INTO broken VALUES (?, ?, ?)", [[row, s.zh, s.en] for row, s in piece.broken])
        empty = ", ".join(["NULL::VARCHAR"] * len(self.reader.columns))
        return f" UNION ALL SELECT row, '', zh, en, {empty} FROM broken"


def _masked(column: str, text: bool) -> str:
    """A column as it stands in the reject file; ``text``: people's own words, which are kept nowhere."""
    return f"CASE WHEN trim({column}) <> '' THEN {quoted(NOT_KEPT)} END" if text else column


def header(columns: Sequence[str]) -> bytes:
    """The reject file's first line, with the mark by which spreadsheets know UTF-8."""
    names = [*REJECT_COLUMNS, *columns]
    return "\ufeff".encode() + ",".join('"' + name.replace('"', '""') + '"' for name in names).encode() + b"\n"
