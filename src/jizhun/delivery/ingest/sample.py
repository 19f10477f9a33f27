"""The first rows of a file as its mapping reads them: seen by the sender before anything is taken in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb

from jizhun.analytics.cases import EPOCH
from jizhun.delivery.ingest.days import create_days
from jizhun.delivery.ingest.events import by_case
from jizhun.delivery.ingest.faults import bad_sql
from jizhun.delivery.ingest.loading import RAW, Loader
from jizhun.delivery.ingest.opening import Piece, identifier, opened
from jizhun.delivery.ingest.reading import Reader
from jizhun.delivery.ingest.rejects import Rejects
from jizhun.delivery.ingest.suspicion import suspicious
from jizhun.delivery.rules.contract import FIELDS, ContractField
from jizhun.delivery.rules.directory import BETWEEN, Directory
from jizhun.delivery.rules.mapping import FieldRule, check_columns, refuse_identifiers
from jizhun.kernel.bilingual import Bilingual

if TYPE_CHECKING:
    from jizhun.delivery.ingest import Delivery

ROWS: Final = 20
BYTES: Final = 2**18
"""As much of the file as is read: some thousand rows."""
NOTHING: Final = Bilingual("", "")
BESIDE: Final = "nothing_beside"
"""Of a rating only what its own row says is looked at: whether it came before shows when all of them are there."""


@dataclass(frozen=True, slots=True)
class Value:
    """What one field of a row comes to, and the text of the file that says so."""

    meaning: Bilingual
    text: str


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One row: its number as a spreadsheet shows it, its fields, and all that is wrong with it ("" if nothing)."""

    row: int
    values: Mapping[str, Value]
    reasons: Bilingual


@dataclass(frozen=True, slots=True)
class Sample:
    """The fields that the mapping fills, the first rows, and how many were looked at."""

    fields: tuple[ContractField, ...]
    rows: tuple[SampleRow, ...]
    read: int
    bad: int


def sample(delivery: "Delivery", directory: Directory, folder: Path, rows: int = ROWS) -> Sample:
    """Read the beginning of ``delivery.file``; Refused where file and mapping do not fit together."""
    file, mapping = by_case(delivery.file, delivery.mapping, folder)
    with duckdb.connect() as con, opened(con, file, mapping, folder, piece=BYTES) as table:
        check_columns(mapping, table.columns)
        create_days(con, directory.calendars, mapping.earliest, delivery.data_day)
        reader = Reader(mapping, directory, table.columns, delivery.data_day, delivery.key)
        loader = Loader(con, reader, folder, delivery.source, delivery.batch)
        fields = tuple(about for name, about in FIELDS.items() if name in mapping.fields)
        found: list[SampleRow] = []
        for number, piece in enumerate(table.pieces):
            refuse_identifiers(mapping, suspicious(con, table.columns, mapping, first=number == 0))
            loader.load(piece)
            found += _Sampler(con, reader, loader.told, piece, fields).rows(rows - len(found))
            if len(found) >= rows:
                break
        return Sample(fields, tuple(found), loader.tally.read, loader.tally.bad)


def sample_reviews(delivery: "Delivery", directory: Directory, folder: Path, rows: int = ROWS) -> Sample:
    """The same of a file of ratings. What people wrote is not shown: nobody keeps it."""
    mapping = delivery.mapping
    with duckdb.connect() as con, opened(con, delivery.file, mapping, folder, piece=BYTES) as table:
        check_columns(mapping, table.columns)
        reader = Reader(mapping, directory, table.columns, delivery.data_day, delivery.key)
        rejects = Rejects(con, reader, folder / "rejects.csv", BESIDE, ())
        con.execute(f"CREATE TABLE {BESIDE} (rid BIGINT)")
        fields = tuple(rule.about for rule in mapping.fields.values() if rule.about.kind != "text")
        found, read, bad = list[SampleRow](), 0, 0
        for number, piece in enumerate(table.pieces):
            refuse_identifiers(mapping, suspicious(con, table.columns, mapping, first=number == 0))
            reader.prepare(con)
            rejects.number_rows(piece)
            found += _Sampler(con, reader, rejects.told, piece, fields).rows(rows - len(found))
            read, bad = read + piece.rows + len(piece.broken), bad + len(piece.broken) + _bad(con, reader)
            if len(found) >= rows:
                break
        return Sample(fields, tuple(found), read, bad)


def _bad(con: duckdb.DuckDBPyConnection, reader: Reader) -> int:
    """How many rows of the piece will be rejected for what they say themselves."""
    wrong = f"SELECT count(*) FROM ({reader.read_sql(RAW)}) WHERE coalesce({bad_sql(reader)}, false)"
    return int(con.execute(wrong).fetchall()[0][0])


class _Sampler:
    """Reads rows that have just been looked at once more, for people; ``told`` gives the query of their faults."""

    def __init__(self, con: duckdb.DuckDBPyConnection, reader: Reader, told: Callable[[Piece, str], str], piece: Piece,
                 fields: tuple[ContractField, ...]) -> None:
        self.con, self.reader, self.told, self.piece, self.fields = con, reader, told, piece, fields

    def rows(self, number: int) -> list[SampleRow]:
        """The first ``number`` rows; those that cannot be read at all among them."""
        values = self._values(number)
        wanted = f"SELECT rowid FROM raw WHERE rowid < {number}"
        told = self.con.execute(
            f"SELECT row, zh, en FROM ({self.told(self.piece, wanted)}) ORDER BY row LIMIT {number}"
        ).fetchall()
        readable = iter(values)
        broken = {row for row, _ in self.piece.broken}
        return [SampleRow(row, {} if row in broken else next(readable), Bilingual(zh or "", en or ""))
                for row, zh, en in told]

    def _values(self, number: int) -> list[dict[str, Value]]:
        said, hidden_columns = [], self.reader.mapping.pseudonymised()
        for about in self.fields:
            rule = self.reader.mapping.fields[about.name]
            hidden = rule.pseudonymise or hidden_columns & {*rule.columns}
            text = self.reader.value(rule) if rule.columns and not hidden else "NULL"
            said += [identifier(about.name), text]
        rows = f"(SELECT * FROM numbered WHERE rid < {number})"
        found = self.con.execute(
            f"SELECT {', '.join(said)} FROM ({self.reader.read_sql(rows)}) ORDER BY rid"
        ).fetchall()
        return [self._row(values) for values in found]

    def _row(self, values: tuple[Any, ...]) -> dict[str, Value]:
        said = zip(self.fields, values[::2], values[1::2], strict=True)
        return {about.name: Value(self._meaning(self.reader.mapping.fields[about.name], value), _shown(text))
                for about, value, text in said}

    def _meaning(self, rule: FieldRule, value: Any) -> Bilingual:
        kind = rule.about.kind
        if value is None or kind == "codes":  # several words of a list: the file's own are beside it
            return NOTHING
        if kind in ("code", "choice", "rating"):
            entry = self.reader.entry(rule.about.name, int(value))
            return entry.name if entry else NOTHING
        text = _time(int(value)) if kind == "time" else f"{value / 100:,.2f}" if kind == "money" else _plain(value)
        return Bilingual(text, text)


def _time(seconds: int) -> str:
    try:
        at = datetime.combine(EPOCH, datetime.min.time()) + timedelta(seconds=seconds)
    except OverflowError:  # a year that no calendar here has: the row is rejected for it
        return ""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _shown(text: str | None) -> str:
    return (text or "").replace(BETWEEN, " / ").strip()
