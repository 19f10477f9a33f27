"""The files of a lake's table: how they are written, and how DuckDB reads them whatever the age of each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jizhun.analytics.cases import CASES, Column, Table, arrow_type
from jizhun.analytics.lake.store import parquet
from jizhun.analytics.plan import Numbers
from jizhun.kernel.bilingual import Refused

SOURCE_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a source may be called: it becomes a folder name, so nothing in it needs escaping."""

ROW_GROUP: Final = 122_880
STORED: Final = ", ".join(
    (
        "FORMAT parquet",
        "COMPRESSION snappy",
        "PARQUET_VERSION V2",
        f"ROW_GROUP_SIZE {ROW_GROUP}",
        "DICTIONARY_SIZE_LIMIT 4096",
    )
)
"""Snappy: writing is what costs here, and scans are faster than with a denser packing. The limit keeps the
writer from collecting a dictionary of keys and times, which are nearly all different; version 2 stores those
as differences, a fifth smaller and twice as fast to read, by Spark too."""

UNLIKE: Final[Mapping[str, str]] = {"VARCHAR": "DELTA_LENGTH_BYTE_ARRAY", "BIGINT": "DELTA_BINARY_PACKED"}
"""How columns of nearly all different values are written, by type: without a dictionary."""


@dataclass(frozen=True, slots=True)
class LakeFile:
    """One file of the table. ``path`` is absolute, or an address (``s3://…``); ``month`` is yyyymm.

    ``lacks`` names the columns that were added after the file was written: they read as their absent value.
    """

    path: str
    source: str
    month: int
    rows: int
    lacks: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rpartition("/")[2]


def quoted(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def listed(files: Sequence[LakeFile]) -> str:
    """The files' paths as a SQL list."""
    return "[" + ", ".join(quoted(file.path) for file in files) + "]"


def write(rows: pa.Table, path: Path) -> None:
    """Write columns from memory as ``STORED`` writes them from DuckDB; without marks for NULL, as nothing is."""
    unlike = [one for one in CASES.columns if one.sql in UNLIKE and one.name in rows.column_names]
    alike = [name for name in rows.column_names if name not in {one.name for one in unlike}]
    whole = pa.schema([one.with_nullable(False) for one in rows.schema])
    pq.write_table(pa.Table.from_arrays(rows.columns, schema=whole), path, compression="snappy",
                   row_group_size=ROW_GROUP, store_schema=False, use_dictionary=alike,
                   column_encoding={one.name: UNLIKE[one.sql] for one in unlike})


def relation(files: Sequence[LakeFile], table: Table = CASES) -> str:
    """A SQL table expression for DuckDB over ``files``, partition columns included."""
    if not files:
        return table.empty_relation()
    parts = [(lacks, list(same)) for lacks, same in groupby(sorted(files, key=_lacks), key=_lacks)]
    if not parts[-1][0]:
        return _read(files)
    return "(" + " UNION ALL ".join(_filled(same, lacks, table) for lacks, same in parts) + ")"


def _lacks(file: LakeFile) -> tuple[str, ...]:
    return file.lacks


def _read(files: Sequence[LakeFile]) -> str:
    types = "{'source': VARCHAR, 'month': INTEGER}"
    return f"read_parquet({listed(files)}, hive_partitioning = true, hive_types = {types})"


def _filled(files: Sequence[LakeFile], lacks: Sequence[str], table: Table) -> str:
    """The same columns as of newer files, in the table's order."""
    columns = ", ".join(absent(one) if one.name in lacks else one.name for one in table.whole)
    return f"SELECT {columns} FROM {_read(files)}"


def absent(column: Column) -> str:
    """A column's value for "absent" as a SQL expression with the column's name; DuckDB and Spark alike."""
    value = quoted(column.absent) if isinstance(column.absent, str) else str(column.absent)
    kind = "STRING" if column.sql == "VARCHAR" else column.sql
    return f"CAST({value} AS {kind}) AS {column.name}"


def batches(file: LakeFile, columns: Sequence[str], rows: int, table: Table = CASES) -> Iterator[dict[str, Numbers]]:
    """A file's columns in the order of its rows, as arrays of at most ``rows``; what a file lacks is absent."""
    kinds = {column.name: (column.absent, arrow_type(column.sql).to_pandas_dtype()) for column in table.columns}
    with parquet(file.path) as opened:
        kept = [name for name in columns if name in opened.schema_arrow.names]
        for batch in opened.iter_batches(rows, columns=kept, use_threads=False):
            found = {name: batch.column(name).to_numpy() for name in kept}
            for name in columns:
                if name not in found:
                    value, kind = kinds[name]
                    found[name] = np.full(batch.num_rows, value, kind)
            yield found


def check_source(code: str) -> str:
    """``code``, or Refused when it cannot name a source."""
    if not SOURCE_CODE.fullmatch(code):
        raise Refused(
            zh=f"来源代码“{code}”不可用：以字母或数字开头，只含字母、数字、点、横线和下划线，"
            "最多 64 个字符。",
            en=f"“{code}” cannot name a source: start with a letter or digit, then letters, digits, dots, "
            "hyphens and underscores, 64 characters at most.",
        )
    return code
