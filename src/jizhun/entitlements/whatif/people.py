"""Populations: a file with a mapping, or one made of published margins; checked in bulk, held as whole numbers.

A population is a table ``people``: a column per fact, ``region``, ``weight`` (how many persons a row stands for) and
``part``, a number from 0 to 9 by which the uncertainty of totals is told.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from jizhun.entitlements.feel.sql import Kind, Sql
from jizhun.entitlements.rules.answering import FIRST_DAY, LAST_DAY
from jizhun.entitlements.rules.book import Fact
from jizhun.kernel.bilingual import Bilingual, Refused

PARTS = 10
HEAVIEST = 10**9
"""Persons that one row may stand for."""
KINDS: dict[str, Kind] = {"number": "number", "boolean": "boolean", "choice": "string", "date": "date"}
SUFFIXES = (".csv", ".parquet")
MAPPING_FIELDS = frozenset({"region", "weight", "facts", "name_zh", "name_en", "source"})


def quoted(name: str) -> str:
    """A column's name as SQL, whatever it is: files have columns called “date” or “where”."""
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True)
class People:
    """What is known of a population once it was read: ``bad`` rows were left out, each with a reason in ``reasons``."""

    name: Bilingual
    rows: int
    bad: int
    reasons: tuple[tuple[str, int], ...]
    columns: Mapping[str, Sql]
    digest: str
    synthetic: bool
    source: str


def read_people(held: duckdb.DuckDBPyConnection, file: Path, mapping: Mapping[str, Any], facts: Mapping[str, Fact], *,
                is_place: Callable[[str], bool], synthetic: bool = False) -> People:
    """Read a CSV or Parquet file into the table ``people``; raises Refused for a file or mapping that cannot be used.

    A row with a value that does not fit, or with a region for which ``is_place`` is false, is counted with its reason
    and left out.
    """
    check_mapping(mapping, facts)
    relation = _relation(held, file)
    names = _names(held, relation)
    wanted = {"region": mapping["region"], **({"weight": mapping["weight"]} if mapping.get("weight") else {}),
              **mapping.get("facts", {})}
    for field, named in wanted.items():
        if named not in names:
            raise Refused(zh=f"{file.name} 没有“{named}”这一列（{field}）。",
                          en=f"{file.name} has no column “{named}” ({field}).")
    pieces, checks = _pieces(mapping, facts)
    try:
        held.execute(f"CREATE OR REPLACE TABLE checked AS SELECT {', '.join(pieces)}, "
                     f"coalesce({', '.join(checks)}) AS wrong FROM {relation}")
    except duckdb.Error as error:
        raise _unreadable(file, error) from None
    _set_strangers_aside(held, is_place)
    reasons = held.execute("SELECT wrong, count(*) FROM checked WHERE wrong IS NOT NULL "
                           "GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
    held.execute("CREATE OR REPLACE TABLE people AS SELECT * EXCLUDE (wrong), "
                 f"CAST(hash(rowid) % {PARTS} AS TINYINT) AS part FROM checked WHERE wrong IS NULL")
    held.execute("DROP TABLE checked")
    rows = held.execute("SELECT count(*) FROM people").fetchall()[0][0]
    if not rows:
        raise Refused(zh=f"{file.name} 没有一行可用。", en=f"{file.name} has no row that could be used.")
    return People(Bilingual(str(mapping.get("name_zh") or file.name), str(mapping.get("name_en") or file.name)), rows,
                  sum(n for _, n in reasons), tuple((str(name), int(n)) for name, n in reasons),
                  {code: column(facts[code]) for code in mapping.get("facts", {})}, digest(file), synthetic,
                  str(mapping.get("source") or ""))


def columns_of(file: Path) -> tuple[str, ...]:
    """The names of a file's columns in their order; raises Refused where it cannot be read."""
    with duckdb.connect() as held:
        return tuple(_names(held, _relation(held, file)))


def _names(held: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    return [str(one[0]) for one in held.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()]


def _set_strangers_aside(held: duckdb.DuckDBPyConnection, is_place: Callable[[str], bool]) -> None:
    """Mark the rows whose region does not exist."""
    codes = held.execute("SELECT DISTINCT region FROM checked WHERE wrong IS NULL").fetchall()
    strangers = [code for (code,) in codes if not is_place(code)]
    if strangers:
        held.execute("UPDATE checked SET wrong = 'region' WHERE wrong IS NULL AND region IN (SELECT unnest(?))",
                     [strangers])


def digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def column(fact: Fact) -> Sql:
    """How the column of a fact is held."""
    den = 10**fact.decimals
    low, high = (-10**9 if fact.low is None else fact.low) * den, (10**9 if fact.high is None else fact.high) * den
    return Sql(quoted(fact.code), KINDS[fact.type], den, low, high) if fact.type == "number" else \
        Sql(quoted(fact.code), KINDS[fact.type])


def check_mapping(mapping: Mapping[str, Any], facts: Mapping[str, Fact]) -> None:
    """Raises Refused for a mapping that names something else than columns, or a fact that does not exist."""
    odd = sorted(str(name) for name in mapping if name not in MAPPING_FIELDS)
    named = mapping.get("facts", {})
    columns = [mapping.get("region"), mapping.get("weight") or ""]
    columns += named.values() if isinstance(named, Mapping) else [None]
    if odd or not mapping.get("region") or not all(isinstance(one, str) for one in columns):
        raise Refused(zh="对应表应写明 region，以及 facts：事实到列名。",
                      en="The mapping names “region”, and “facts”: fact to column.")
    unknown = [code for code in named if code not in facts]
    if unknown:
        raise Refused(zh=f"没有名为“{unknown[0]}”的事实。", en=f"There is no fact “{unknown[0]}”.")


def _relation(held: duckdb.DuckDBPyConnection, file: Path) -> str:
    """The file as DuckDB reads it; every cell of a CSV as text."""
    path = str(file).replace("'", "''")
    if file.suffix.lower() not in SUFFIXES:
        raise Refused(zh=f"{file.name} 应是 CSV 或 Parquet。", en=f"{file.name} should be CSV or Parquet.")
    options = ", all_varchar = true, header = true" if file.suffix.lower() == ".csv" else ""
    relation = f"read_{file.suffix.lower()[1:]}('{path}'{options})"
    try:
        held.execute(f"SELECT * FROM {relation} LIMIT 1").fetchall()
    except duckdb.Error as error:
        raise _unreadable(file, error) from None
    return relation


def _unreadable(file: Path, error: duckdb.Error) -> Refused:
    """In one sentence, without the engine's advice and without the folder."""
    reason = " ".join(str(error).partition("\n")[0].split()).replace(str(file), file.name)[:160]
    return Refused(zh=f"读不了 {file.name}（{reason}）。", en=f"{file.name} cannot be read ({reason}).")


def _pieces(mapping: Mapping[str, Any], facts: Mapping[str, Fact]) -> tuple[list[str], list[str]]:
    """The columns of the table, and for each the check that names what is wrong or gives null."""
    region = f"trim(CAST({quoted(mapping['region'])} AS VARCHAR))"
    pieces = [f"{region} AS region"]
    checks = [f"CASE WHEN {region} IS NULL OR {region} = '' THEN 'region' END"]
    weight = "1"
    if mapping.get("weight"):
        exact = f"TRY_CAST(nullif(trim(CAST({quoted(mapping['weight'])} AS VARCHAR)), '') AS DECIMAL(28,8))"
        weight = f"TRY_CAST({exact} AS BIGINT)"
        checks.append(f"CASE WHEN coalesce({weight} = {exact} AND {weight} BETWEEN 0 AND {HEAVIEST}, FALSE) "
                      "THEN NULL ELSE 'weight' END")
    pieces.append(f"TRY_CAST({weight} AS INTEGER) AS weight")
    for code, name in mapping.get("facts", {}).items():
        piece, check = _fact(facts[code], quoted(str(name)))
        pieces.append(f"{piece} AS {quoted(code)}")
        checks.append(check)
    return pieces, checks


def _fact(fact: Fact, name: str) -> tuple[str, str]:
    """A fact's column in the form in which it is held, and its check; an empty cell is unknown, not wrong."""
    text = f"nullif(trim(CAST({name} AS VARCHAR)), '')"
    if fact.type == "number":
        piece = _number(fact, text)
    elif fact.type == "boolean":
        piece = (f"CASE WHEN lower({text}) IN ('true', '1', 'yes', '是') THEN TRUE "
                 f"WHEN lower({text}) IN ('false', '0', 'no', '否') THEN FALSE END")
    elif fact.type == "date":
        day = f"TRY_CAST({text} AS DATE)"
        piece = f"CASE WHEN {day} BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}' THEN {day} END"
    else:
        choices = ", ".join("'" + code.replace("'", "''") + "'" for code, _ in fact.options)
        piece = f"CASE WHEN {text} IN ({choices}) THEN {text} END"
    return piece, f"CASE WHEN {text} IS NOT NULL AND ({piece}) IS NULL THEN '{fact.code}' END"


def _number(fact: Fact, text: str) -> str:
    """A number as a whole multiple of its last digit, null outside its bounds or finer than that."""
    den, one = 10**fact.decimals, column(fact)
    value = f"TRY_CAST({text} AS DECIMAL(28,8))"
    whole = f"TRY_CAST({value} * {den} AS BIGINT)"
    kind = "INTEGER" if one.width == 0 else "BIGINT"
    return (f"CASE WHEN {whole} = {value} * {den} AND {whole} BETWEEN {one.low} AND {one.high} "
            f"THEN CAST({whole} AS {kind}) END")
