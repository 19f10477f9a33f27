"""Cases put together from a file with a row an event, before anything else is read: a table with a row a case.

Events count in the order in which the file has them. What the first or the last of some of them says becomes a column;
the rest of the mapping reads those columns as it would read anybody's table.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import duckdb

from jizhun.delivery.ingest.opening import PIECE, Piece, identifier, opened, quoted
from jizhun.delivery.ingest.xes import as_table, is_xml
from jizhun.delivery.rules.mapping import EventColumn, EventRule, Mapping, check_named
from jizhun.kernel.bilingual import Refused

MADE: Final = "cases-of-events.parquet"
AT: Final = '"event number"'
"""The column that tells where an event stands in the file."""


def by_case(file: Path, mapping: Mapping, folder: Path) -> tuple[Path, Mapping]:
    """The file and the mapping to go on with: as they are where a row is a case, else the table that was put together
    in ``folder``. Refused where the file lacks a column that ``events`` names."""
    if mapping.events is None:
        return file, mapping
    told, target = replace(mapping, fields={}, spans=(), steps=(), events=None), folder / MADE
    with _events(file, told, mapping.events, folder) as con:
        con.execute(f"COPY ({_sql(mapping.events)}) TO {quoted(str(target))} (FORMAT parquet)")
    ours = replace(mapping, format="parquet", header=(), encoding="", delimiter="", sheet="", events=None)
    return target, ours


@contextmanager
def _events(file: Path, mapping: Mapping, rule: EventRule, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The events as the table ``events``, numbered as they stand in the file; only the columns that are named."""
    if is_xml(file):
        log = folder / "log.parquet"
        as_table(file, rule.columns(), log)
        file, mapping = log, replace(mapping, format="parquet")
    with duckdb.connect() as con, opened(con, file, mapping, folder, piece=PIECE) as table:
        check_named(mapping.file, rule.columns(), table.columns)
        names = ", ".join(f"{identifier(name)} VARCHAR" for name in rule.columns())
        con.execute(f"CREATE TABLE events ({AT} BIGINT, {names})")
        _fill(con, table.pieces, [f"c{table.columns.index(name)}" for name in rule.columns()])
        yield con


def _fill(con: duckdb.DuckDBPyConnection, pieces: Iterable[Piece], columns: Sequence[str]) -> None:
    """Every event, of the ``columns`` as ``raw`` calls them.

    Refused where a line is no row: a case would lack what it said.
    """
    rows = 0
    for piece in pieces:
        if piece.broken:
            line = piece.broken[0][0]
            raise Refused(zh=f"第 {line} 行不成一行事件：请改正后再报。",
                          en=f"row {line} is no event: mend it and hand the file in again.")
        con.execute(f"INSERT INTO events SELECT {rows} + rowid, {', '.join(columns)} FROM raw")
        rows += piece.rows


def _sql(rule: EventRule) -> str:
    made = ", ".join(f"{_taken(one, rule.step)} AS {identifier(one.name)}" for one in rule.made)
    case = identifier(rule.case)
    return f"SELECT {case}, {made} FROM events GROUP BY {case} ORDER BY min({AT})"


def _taken(one: EventColumn, step: str) -> str:
    """What the column says in the first or last of the events asked for; of all where none are named."""
    steps = ", ".join(map(quoted, one.of))
    among = f" FILTER ({identifier(step)} IN ({steps}))" if steps else ""
    return f"arg_{'min' if one.take == 'first' else 'max'}({identifier(one.column)}, {AT}){among}"
