"""Small files of case records, and lakes of tests that take them in."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jizhun.analytics.cases import CASES, Column, Table
from jizhun.analytics.lake import Change, Lake, LakeFile

NEWER = replace(CASES, columns=(*CASES.columns, Column("language", "VARCHAR", "未知 it's"),
                                Column("score", "SMALLINT", -1)))
"""The table as a later version of the product has it."""


def staged(folder: Path, name: str, keys: list[str], *, source: str = "town", month: int = 202501,
           table: Table = CASES, **said: object) -> LakeFile:
    row = {one.name: "" if one.sql == "VARCHAR" else 1 for one in table.columns}
    rows = [{**row, "case_key": key, "matter": hash(key) % 7, **said} for key in keys]
    path = folder / f"{name}.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=table.arrow_schema(partitions=False)), path)
    return LakeFile(str(path), source, month, len(keys))


def put(lake: Lake, name: str, keys: list[str], *, replacing: bool = False, **more: object) -> int:
    with lake.staging(name) as folder:
        file = staged(folder, name, keys, table=lake.table, **more)  # type: ignore[arg-type]
        return lake.commit(lambda present: Change([file], present if replacing else (), {"batch": name}))
