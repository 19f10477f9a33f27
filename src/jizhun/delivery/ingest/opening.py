"""Anybody's file, read in pieces of bounded size into one shape: a table of texts with row numbers.

Whatever the file was (packed, in another encoding, a spreadsheet), each piece becomes the DuckDB table
``raw`` with the columns c0, c1, … in the file's order; columns that the mapping ignores are never stored.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain, count, pairwise
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jizhun.delivery.ingest.marks import BLANK, UNCLOSED, mark_blanks, mark_unclosed
from jizhun.delivery.ingest.sheets import fields_of
from jizhun.delivery.ingest.splitting import Fields, empty, keep_texts, split
from jizhun.delivery.ingest.tap import PART, Taken, Tap, Text
from jizhun.delivery.rules.mapping import FORMATS, Mapping
from jizhun.kernel.archives import Limits
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.spreadsheets import open_book

PIECE: Final = 96 * 2**20
"""Bytes of text in one piece: about a million plain rows. Three to four are in memory at a time."""
FIRST_PART: Final = 24
"""By how much the first piece is smaller than the others."""
AHEAD: Final = 1
"""Pieces that are read while one is checked and the one before is written: more would only fill memory."""
PIECE_ROWS: Final = 2_000_000
SHEET_FIRST: Final = 20_000
"""Rows of a sheet's first piece: as many as are looked at closely."""
UNCLOSED_TRIES: Final = 50
ROW_NUMBER: Final = "file_row_number"
"""What the Parquet reader calls the number that it gives to rows."""
FOLDERS: Final = re.compile(r"(?<=[\"'])/[^\"']*/")
"""What the reader's words tell of folders, which is nobody's business."""
LINES_OF_HEADER: Final = 20
"""A column's name may hold a line break; a header of more lines is a quotation mark that was not closed."""
LINE_BREAK: Final = "\x02"
SPREADSHEET: Final = Limits(packed=8 * 2**30, unpacked=8 * 2**30, cells=64 * 2**20)
"""A sheet from A1 to its last cell is held in memory, some 30 bytes a cell."""
LONGEST_LINE: Final = 2**24
"""Characters that one JSON object may have."""


@dataclass
class Piece:
    """Some consecutive rows of the file, loaded as ``raw``.

    ``first_row`` is the row number of rowid 0; ``broken`` lists rows that could not be read at all;
    ``gaps`` says from which rowid on how many such rows must be added to find the row number.
    """

    first_row: int
    rows: int = 0
    broken: list[tuple[int, Bilingual]] = field(default_factory=list)
    gaps: list[tuple[int, int]] = field(default_factory=list)
    share: float = 0.0
    last: bool = False
    fields: Fields | None = None
    """Where the fields stand, instead of ``raw``: for whoever reads the plain rows by loops."""


@dataclass
class Opened:
    """A file that is ready to be read: its column names and its pieces."""

    columns: tuple[str, ...]
    pieces: Iterator[Piece]


@contextmanager
def opened(
    con: duckdb.DuckDBPyConnection, path: Path, mapping: Mapping, folder: Path, *, piece: int = PIECE,
    plain: bool = False,
) -> Iterator[Opened]:
    """Open ``path`` as the mapping (or its name) says. ``folder`` takes temporary files.

    ``plain``: pieces after the first may come as ``fields`` instead of ``raw``, where each of their lines is plain.
    """
    if not path.is_file():
        raise Refused(zh=f"找不到文件 {path.name}。", en=f"there is no file {path.name}.")
    tap = Tap(path, FORMATS)
    with closing(tap), con.cursor() as reading:
        with _readable():
            table = _open(reading, tap, mapping, folder, piece, plain)
        with closing(_ahead(con, reading, table.pieces)) as pieces:
            yield Opened(table.columns, pieces)


@contextmanager
def _readable() -> Iterator[None]:
    """Refused where the file is broken in a way that only the reader knows."""
    try:
        yield
    except (duckdb.DataError, duckdb.OperationalError, duckdb.InvalidInputException) as error:
        reason = FOLDERS.sub("", next(iter(str(error).splitlines()), ""))[:300]
        raise Refused(zh=f"文件无法读取：{reason}", en=f"the file cannot be read: {reason}") from None


def _ahead(
    con: duckdb.DuckDBPyConnection, reading: duckdb.DuckDBPyConnection, pieces: Iterator[Piece]
) -> Generator[Piece, None, None]:
    """Each piece as the table ``raw``, while the next ones are being unpacked and parsed as ``coming``.

    The reader has a connection of its own; both share one database and its threads.
    """
    numbers = count()

    def read() -> tuple[Piece, str] | None:
        with _readable():
            piece, name = next(pieces, None), f"read_{next(numbers)}"
        if piece is None:
            return None
        reading.execute(f"ALTER TABLE coming RENAME TO {name}")
        return piece, name

    reader = ThreadPoolExecutor(1)
    try:
        coming = deque(reader.submit(read) for _ in range(AHEAD))
        while (found := coming.popleft().result()) is not None:
            coming.append(reader.submit(read))
            piece, name = found
            con.execute("DROP TABLE IF EXISTS raw")
            con.execute(f"ALTER TABLE {name} RENAME TO raw")
            con.execute("CREATE OR REPLACE VIEW numbered AS SELECT rowid AS rid, * FROM raw")
            yield piece
    finally:
        reader.shutdown(cancel_futures=True)


def _open(con: duckdb.DuckDBPyConnection, tap: Tap, mapping: Mapping, folder: Path, piece: int, plain: bool) -> Opened:
    kind = mapping.format or format_of(tap.name)
    if kind == "xlsx":
        return _spreadsheet(con, tap, mapping, plain)
    if kind == "parquet":
        return _parquet(con, _unpacked(tap, folder / "unpacked.parquet"), mapping)
    text = Text(tap, mapping.encoding, quoted=kind != "jsonl", part=min(PART, piece))
    if kind == "jsonl":
        return _json_lines(con, text, mapping, folder, piece)
    return _delimited(con, text, mapping, folder, piece, "\t" if kind == "tsv" else mapping.delimiter, plain)


def format_of(name: str) -> str:
    """The format that a file's name tells; Refused when it tells none."""
    suffix = Path(name).suffix.lower().lstrip(".")
    kind = {"ndjson": "jsonl", "txt": "csv", "tab": "tsv"}.get(suffix, suffix)
    if kind not in FORMATS:
        raise Refused(
            zh=f"从文件名 {name} 看不出格式，请在映射中写明 `format`（{', '.join(FORMATS)}）。",
            en=f"the name {name} does not tell its format; say `format` in the mapping ({', '.join(FORMATS)}).",
        )
    return kind


# -- text ----------------------------------------------------------------------------------------------


def _taken(text: Text, size: int) -> Iterator[Taken]:
    """The text piece by piece. The first is smaller: nothing else can be done before it is there."""
    size, following = max(size // FIRST_PART, min(PART, size)), size
    while taken := text.take(size):
        yield taken
        size = following


def _delimited(
    con: duckdb.DuckDBPyConnection, text: Text, mapping: Mapping, folder: Path, size: int, delimiter: str, plain: bool
) -> Opened:
    first, row, start, path = text.head(), 1, 0, folder / "piece.csv"
    if not first.strip():
        raise _empty()
    line = first[: _end_of_first(first, 0)]
    if not mapping.header:
        while first[start : start + 1] == b"\n":
            row, start = row + 1, start + 1
        end = _end_of_first(first, start)
        line, row = first[start:end], row + 1
        text.skip(end)
    if line.count(b"\n") > LINES_OF_HEADER:
        raise _endless_header()
    delimiter = delimiter or _delimiter_of(line)
    columns = mapping.header or _names(_cells(line, delimiter))

    def pieces() -> Iterator[Piece]:
        following = row
        for taken in _taken(text, size):
            piece = Piece(following, share=taken.share, last=taken.last)
            if plain and following > row and len(delimiter.encode()) == 1:
                piece.fields = split(taken, len(columns), delimiter, mapping.missing)
            if piece.fields:
                con.execute("CREATE OR REPLACE TABLE coming (rid BIGINT)")
                piece.rows = piece.fields.rows
                yield piece
            else:
                taken.write(path)
                yield _load_delimited(con, path, taken.lines, piece, columns, mapping, delimiter)
            following += piece.rows + len(piece.gaps)

    return Opened(columns, pieces())


def _empty() -> Refused:
    return Refused(zh="文件是空的。", en="the file is empty.")


def _endless_header() -> Refused:
    return Refused(
        zh="表头过长，或其中的引号没有成对。",
        en="the header is far too long, or a quotation mark in it is never closed.",
    )


def _end_of_first(data: bytes, start: int) -> int:
    end = start
    while True:
        end = data.find(b"\n", end) + 1
        if not end:
            return len(data)
        if data.count(b'"', start, end) % 2 == 0:
            return end


def _delimiter_of(line: bytes) -> str:
    """The usual separator that splits the header into most columns."""
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    return max((",", "\t", ";", "|"), key=lambda one: len(_cells(text.encode(), one)))


def _cells(line: bytes, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line.decode("utf-8", "replace")), delimiter=delimiter), [])
    except csv.Error:
        raise _endless_header() from None


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    names = tuple(cell.strip() or f"({number})" for number, cell in enumerate(cells, 1))
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise Refused(
            zh=f"表头中有重名的列：{'、'.join(sorted(twice))}。",
            en=f"the header names a column twice: {', '.join(sorted(twice))}.",
        )
    if len(names) < 2:
        raise Refused(
            zh="文件没有表头，或分隔符不对：只读出一列。",
            en="the file has no header or another delimiter: only one column can be read.",
        )
    return names


def _load_delimited(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    lines: int,
    piece: Piece,
    columns: Sequence[str],
    mapping: Mapping,
    delimiter: str,
) -> Piece:
    unread = _read_delimited(con, path, columns, mapping, delimiter)
    if _rows(con) + len(unread) < lines and mark_blanks(path):
        unread = _read_delimited(con, path, columns, mapping, delimiter)
    for _ in range(UNCLOSED_TRIES):
        if _rows(con) + len(unread) >= lines or not mark_unclosed(con, path):
            break
        unread = _read_delimited(con, path, columns, mapping, delimiter)
    else:
        raise Refused(
            zh=f"第 {piece.first_row} 行之后有 {UNCLOSED_TRIES} 处以上引号没有成对，无法确定各行的界限。",
            en=f"after row {piece.first_row} more than {UNCLOSED_TRIES} quotation marks are never closed: "
            "where rows end cannot be told.",
        )
    return _numbered(con, piece, unread)


def _rows(con: duckdb.DuckDBPyConnection) -> int:
    return int(con.execute("SELECT count(*) FROM coming").fetchall()[0][0])


def _read_delimited(
    con: duckdb.DuckDBPyConnection, path: Path, columns: Sequence[str], mapping: Mapping, delimiter: str
) -> list[tuple[int, Bilingual | None]]:
    """Make ``raw`` of a piece; gives the lines that are no rows, with what to say of each."""
    types = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(columns)))
    nulls = ", ".join(quoted(one) for one in ("", *mapping.missing))
    buffer = min(16 * 2**20, max(4 * 2**20, path.stat().st_size // 4))
    con.execute("DROP TABLE IF EXISTS coming; DROP TABLE IF EXISTS unread; DROP TABLE IF EXISTS unread_scans")
    con.execute(
        f"CREATE TABLE coming AS SELECT {_kept_columns(columns, mapping)} FROM read_csv({quoted(str(path))}, "
        f"auto_detect = false, header = false, delim = {quoted(delimiter)}, quote = '\"', escape = '\"', "
        f"columns = {{{types}}}, nullstr = [{nulls}], buffer_size = {buffer}, "
        "store_rejects = true, rejects_table = 'unread', rejects_scan = 'unread_scans', rejects_limit = 0)"
    )
    unread = con.execute(
        "SELECT line, arg_min(error_type::VARCHAR, byte_position), arg_min(error_message, byte_position), "
        "any_value(csv_line) FROM unread GROUP BY line ORDER BY line"
    ).fetchall()
    return [(line, _told_of(kind, said, text, len(columns))) for line, kind, said, text in unread]


def _told_of(kind: str, said: str, text: str, expected: int) -> Bilingual | None:
    """What to say of a line that is no row; nothing of a blank one."""
    if text == BLANK.decode():
        return None
    return _unreadable("UNQUOTED VALUE" if text == UNCLOSED.decode() else kind, said, expected)


def ignored(columns: Sequence[str], mapping: Mapping) -> list[bool]:
    """Which columns the mapping ignores."""
    return [name in mapping.ignore for name in columns]


def _kept_columns(columns: Sequence[str], mapping: Mapping) -> str:
    """Ignored columns are read past: their place is taken by nothing."""
    return ", ".join(
        f"NULL::VARCHAR AS c{number}" if name in mapping.ignore else f"c{number}"
        for number, name in enumerate(columns)
    )


def _numbered(con: duckdb.DuckDBPyConnection, piece: Piece, unread: Sequence[tuple[int, Bilingual | None]]) -> Piece:
    """Count the rows and note where row numbers jump over lines that are not in ``raw``.

    ``unread`` has the line in the piece (1 is the first) and what to say of it, None for a blank one.
    """
    piece.rows = con.execute("SELECT count(*) FROM coming").fetchall()[0][0]
    piece.gaps = [(line - 1 - before, before + 1) for before, (line, _) in enumerate(unread)]
    piece.broken = [(piece.first_row + line - 1, said) for line, said in unread if said is not None]
    return piece


def _unreadable(kind: str, said: str, expected: int) -> Bilingual:
    """What is wrong with a line that is no row."""
    if kind in ("MISSING COLUMNS", "TOO MANY COLUMNS"):
        found = said.rsplit("Found: ", 1)[-1].split()[0]
        return Bilingual(
            f"整行：应有 {expected} 列，实有 {found} 列",
            f"whole row: {expected} columns expected, {found} found",
        )
    if kind == "UNQUOTED VALUE":
        return Bilingual("整行：引号没有正确成对", "whole row: a quotation mark is not closed properly")
    if kind == "INVALID ENCODING":
        return Bilingual("整行：含有不是 UTF-8 的字节", "whole row: contains bytes that are not UTF-8")
    return Bilingual(f"整行：无法读取（{kind}）", f"whole row: cannot be read ({kind.lower()})")


# -- JSON lines ----------------------------------------------------------------------------------------


def _json_lines(con: duckdb.DuckDBPyConnection, text: Text, mapping: Mapping, folder: Path, size: int) -> Opened:
    path = folder / "piece.jsonl"
    taking = _taken(text, size)
    first = next(taking, Taken(np.empty(0, np.uint8), 0, 1.0, last=True))
    if not first.lines:
        raise _empty()
    first.write(path)
    odd = _load_lines(con, path)
    keys = con.execute(
        "SELECT key FROM (SELECT unnest(json_keys(line)) AS key, rowid AS place FROM lines WHERE usable) "
        "GROUP BY key ORDER BY min(place), key"
    ).fetchall()
    columns = tuple(key for (key,) in keys)
    if not columns:
        raise Refused(
            zh="文件中没有 JSON 对象：应每行一个对象，不是一个数组，也不跨行。",
            en="the file holds no JSON objects: one object a line is expected, no array, none over several lines.",
        )

    def pieces() -> Iterator[Piece]:
        following, found = 1, odd
        for taken in chain([first], taking):
            if taken is not first:
                taken.write(path)
                found = _load_lines(con, path)
            piece = Piece(following, share=taken.share, last=taken.last)
            yield _raw_of_lines(con, piece, columns, mapping, found)
            following += piece.rows + len(piece.gaps)

    return Opened(columns, pieces())


def _load_lines(con: duckdb.DuckDBPyConnection, path: Path) -> list[tuple[int, Bilingual | None]]:
    """The table ``lines`` (line: its number in the piece, text, usable); gives the lines that are no JSON object.

    What the reader cannot take at all (bytes that are not UTF-8, sixteen million characters) is no row of the table.
    """
    path.touch()
    mark_blanks(path)
    con.execute("DROP TABLE IF EXISTS unread; DROP TABLE IF EXISTS unread_scans")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE lines AS SELECT line, "
        "coalesce(CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' END, false) AS usable "
        f"FROM read_csv({quoted(str(path))}, auto_detect = false, header = false, delim = '{LINE_BREAK}', "
        f"quote = '', escape = '', columns = {{'line': 'VARCHAR'}}, max_line_size = {LONGEST_LINE}, "
        "store_rejects = true, rejects_table = 'unread', rejects_scan = 'unread_scans', rejects_limit = 0)"
    )
    path.unlink()
    unread = con.execute(
        "SELECT line, any_value(error_type::VARCHAR) FROM unread GROUP BY line ORDER BY line"
    ).fetchall()
    odd = con.execute(
        f"SELECT rowid, line = {quoted(BLANK.decode())} FROM lines WHERE NOT usable ORDER BY rowid"
    ).fetchall()
    standing = _standing(con, [line for line, _ in unread]) if odd else np.empty(0)
    said: dict[int, Bilingual | None] = {line: _no_json(kind) for line, kind in unread}
    said |= {int(standing[rowid]): None if blank else _no_json("") for rowid, blank in odd}
    return sorted(said.items())


def _standing(con: duckdb.DuckDBPyConnection, unread: Sequence[int]) -> np.ndarray:
    """Row of ``lines`` -> its line in the piece, where the lines ``unread`` are not in the table."""
    rows = int(con.execute("SELECT count(*) FROM lines").fetchall()[0][0])
    return np.delete(np.arange(1, rows + len(unread) + 1), [line - 1 for line in unread])


def _no_json(kind: str) -> Bilingual:
    if kind in ("INVALID ENCODING", "INVALID UNICODE"):
        return _unreadable("INVALID ENCODING", "", 1)
    if kind == "LINE SIZE OVER MAXIMUM":
        return Bilingual("整行：过长", "whole row: too long")
    return Bilingual("整行：不是 JSON 对象", "whole row: not a JSON object")


def _raw_of_lines(
    con: duckdb.DuckDBPyConnection,
    piece: Piece,
    columns: Sequence[str],
    mapping: Mapping,
    odd: Sequence[tuple[int, Bilingual | None]],
) -> Piece:
    values = ", ".join(
        "NULL::VARCHAR" + f" AS c{number}"
        if name in mapping.ignore
        else f"{_nulled(f'json_extract_string(line, {quoted(_pointer(name))})', mapping)} AS c{number}"
        for number, name in enumerate(columns)
    )
    con.execute(f"CREATE OR REPLACE TABLE coming AS SELECT {values} FROM lines WHERE usable")
    return _numbered(con, piece, odd)


def _pointer(key: str) -> str:
    """A JSON pointer: it can name any key."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


# -- tables with types ---------------------------------------------------------------------------------


def _parquet(con: duckdb.DuckDBPyConnection, path: Path, mapping: Mapping) -> Opened:
    source = f"read_parquet({quoted(str(path))}, file_row_number = true)"
    if ROW_NUMBER in _parquet_names(path):
        raise Refused(
            zh=f"Parquet 文件中不能有名为 `{ROW_NUMBER}` 的列，请改名。",
            en=f"a Parquet file cannot have a column called `{ROW_NUMBER}` here: rename it.",
        )
    try:
        described = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        total = con.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0]
    except duckdb.Error:
        raise Refused(
            zh="这不是 Parquet 文件，或已损坏。", en="this is not a Parquet file, or it is damaged."
        ) from None
    columns = tuple(row[0] for row in described if row[0] != ROW_NUMBER)
    values = ", ".join(
        f"NULL::VARCHAR AS c{number}"
        if name in mapping.ignore
        else f"{_nulled(identifier(name) + '::VARCHAR', mapping)} AS c{number}"
        for number, name in enumerate(columns)
    )

    def pieces() -> Iterator[Piece]:
        for start in range(0, max(1, total), PIECE_ROWS):
            until = start + PIECE_ROWS
            con.execute(
                f"CREATE OR REPLACE TABLE coming AS SELECT {values} FROM {source} "
                f"WHERE {ROW_NUMBER} BETWEEN {start} AND {until - 1} ORDER BY {ROW_NUMBER}"
            )
            yield _numbered(con, Piece(start + 1, share=min(1.0, until / max(1, total)), last=until >= total), [])

    return Opened(columns, pieces())


def _parquet_names(path: Path) -> list[str]:
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError):
        return []


def _unpacked(tap: Tap, path: Path) -> Path:
    """Parquet is read from both ends, so it needs a file of its own."""
    with path.open("wb") as target:
        while block := tap.read(2**24):
            target.write(block)
    return path


def _spreadsheet(con: duckdb.DuckDBPyConnection, tap: Tap, mapping: Mapping, plain: bool) -> Opened:
    book = open_book(tap.read(-1), tap.name, limits=SPREADSHEET)
    if fields := fields_of(book, mapping.sheet):
        return _sheet_of_fields(con, fields, mapping, plain)
    return _sheet_of_cells(con, book.rows(mapping.sheet), mapping)


def _sheet_of_fields(con: duckdb.DuckDBPyConnection, fields: Fields, mapping: Mapping, plain: bool) -> Opened:
    """A sheet that the loops have read: the first rows as ``raw``, then ``plain`` pieces if they are asked for."""
    first = int(np.flatnonzero((fields.ends > fields.starts).any(axis=1))[0])
    start = 0 if mapping.header else first + 1
    columns = mapping.header or _names([one or "" for one in fields.row(first)])
    whole = fields.part(start, fields.rows).as_wide_as(len(columns))
    if mapping.missing:
        empty(whole, mapping.missing)

    def pieces() -> Iterator[Piece]:
        ends = [min(whole.rows, SHEET_FIRST), *range(SHEET_FIRST + PIECE_ROWS, whole.rows, PIECE_ROWS)] if plain else []
        ends = [*(end for end in ends if end < whole.rows), whole.rows]
        for since, until in pairwise([0, *ends]):
            part = whole.part(since, until)
            piece = Piece(start + 1 + since, part.rows, share=until / max(1, whole.rows), last=until == whole.rows)
            if since:
                piece.fields = part
                con.execute("CREATE OR REPLACE TABLE coming (rid BIGINT)")
            else:
                con.execute("DROP TABLE IF EXISTS coming")
                keep_texts(con, part, np.arange(part.rows), ignored(columns, mapping), "CREATE TABLE coming AS",
                           numbered=False)
            yield piece

    return Opened(columns, pieces())


def _sheet_of_cells(con: duckdb.DuckDBPyConnection, rows: list[list[Any]], mapping: Mapping) -> Opened:
    first = next((at for at, row in enumerate(rows) if any(map(_text, row))), None)
    if first is None:
        raise _empty()
    start = 0 if mapping.header else first + 1
    columns = mapping.header or _names([_text(cell) or "" for cell in rows[start - 1]])
    found = list(zip(*rows[start:], strict=True))
    rows.clear()
    arrays = {f"c{at}": _texts(cells) for at, cells in enumerate(found[: len(columns)])}
    size = len(found[0]) if found else 0
    arrays |= {f"c{at}": pa.nulls(size, pa.string()) for at in range(len(found), len(columns))}
    del found

    def pieces() -> Iterator[Piece]:
        con.register("sheet", pa.table(arrays))
        values = ", ".join(
            f"NULL::VARCHAR AS c{at}" if name in mapping.ignore else f"{_nulled(f'c{at}', mapping)} AS c{at}"
            for at, name in enumerate(columns)
        )
        con.execute(f"CREATE OR REPLACE TABLE coming AS SELECT {values} FROM sheet")
        con.unregister("sheet")
        yield _numbered(con, Piece(start + 1, share=1.0, last=True), [])

    return Opened(columns, pieces())


def _texts(cells: Sequence[Any]) -> pa.Array:
    """A spreadsheet's column as it reads; where all of it is text, at once."""
    try:
        return pa.array(cells, pa.string())
    except pa.ArrowException:
        return pa.array([_text(cell) for cell in cells], pa.string())


def _text(cell: Any) -> str | None:
    """A spreadsheet cell as it reads: whole numbers without a point, times in ISO form."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return cell.isoformat(" ") if hasattr(cell, "hour") and hasattr(cell, "year") else str(cell)


def _nulled(value: str, mapping: Mapping) -> str:
    """A value, or NULL where it is one of the words for "missing"."""
    words = ", ".join(quoted(one) for one in ("", *mapping.missing))
    return f"CASE WHEN {value} NOT IN ({words}) THEN {value} END"


def quoted(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
