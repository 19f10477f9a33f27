"""The engines that run a plan: DuckDB by default, Apache Spark when one machine is outgrown."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from jizhun.analytics.lake import LakeFile, relation
from jizhun.analytics.plan import Plan, split
from jizhun.analytics.sql import steps, text

Counts = Counter[tuple[tuple[int, ...], tuple[int, ...]]]
"""(codes of the dimensions, verdict codes) -> cases."""
Progress = Callable[[int, int], None]
"""Told (cases done, cases in all) after each part."""


@dataclass(frozen=True)
class Inputs:
    """What a plan reads: the lake's files, and the small tables by name."""

    files: Sequence[LakeFile]
    tables: Mapping[str, pa.Table] = field(default_factory=dict)


class Engine(Protocol):
    """Runs plans. ``name`` and ``version`` go into the record of the run."""

    name: str
    version: str

    def count(self, plan: Plan, inputs: Inputs, progress: Progress | None = None) -> list[Counts]: ...


class DuckDB:
    """In process, one month's files at a time: bounded memory, and progress that can be told."""

    name = "duckdb"
    version = duckdb.__version__

    def __init__(self, threads: int = 0) -> None:
        self.threads = threads

    def connect(self, inputs: Inputs) -> duckdb.DuckDBPyConnection:
        """A connection with the small tables loaded."""
        connection = duckdb.connect()
        connection.execute("SET preserve_insertion_order = false")
        if self.threads:
            connection.execute(f"SET threads = {self.threads}")
        for name, table in inputs.tables.items():
            connection.register("arriving", table)
            connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arriving")
        return connection

    def count(self, plan: Plan, inputs: Inputs, progress: Progress | None = None) -> list[Counts]:
        """The counts of each part of the plan (see ``split``), summed over the months."""
        parts = split(plan)
        packed: list[Counter[int]] = [Counter() for _ in parts]
        done, rows = 0, sum(file.rows for file in inputs.files)
        with self.connect(inputs) as connection:
            for _, month in groupby(sorted(inputs.files, key=_month), key=_month):
                files = list(month)
                connection.execute(f"CREATE OR REPLACE VIEW cases AS SELECT * FROM {relation(files)}")
                for part, counts in zip(parts, packed, strict=True):
                    counts.update(dict(connection.execute(text(steps(part))).fetchall()))
                done += sum(file.rows for file in files)
                if progress:
                    progress(done, rows)
        return [_unpacked(part, counts) for part, counts in zip(parts, packed, strict=True)]

    def rows(self, sql: str, inputs: Inputs) -> pa.Table:
        """The rows of a statement over ``cases`` and the small tables."""
        with self.connect(inputs) as connection:
            connection.execute(f"CREATE VIEW cases AS SELECT * FROM {relation(inputs.files)}")
            return connection.execute(sql).to_arrow_table()


def _month(file: LakeFile) -> int:
    return file.month


def _unpacked(plan: Plan, packed: Mapping[int, int]) -> Counts:
    return Counter({plan.unpacked(cell): n for cell, n in packed.items()})


class Spark:
    """Apache Spark on any master; the same steps over the same files, without extra jars."""

    name = "spark"

    def __init__(self, master: str = "local[2]") -> None:
        from pyspark.sql import SparkSession

        self.session: Any = (
            SparkSession.builder.master(master).appName("jizhun")
            .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "8")
            .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.session.timeZone", "UTC").getOrCreate())
        self.version = str(self.session.version)

    def count(self, plan: Plan, inputs: Inputs, progress: Progress | None = None) -> list[Counts]:
        """The counts of each part of the plan, over all files at once."""
        self._cases(inputs.files)
        for name, table in inputs.tables.items():
            self.session.createDataFrame(table.to_pandas()).createOrReplaceTempView(name)
        found = []
        for part in split(plan):
            rows = self.session.sql(text(steps(part))).collect()
            found.append(_unpacked(part, {row["cell"]: row["n"] for row in rows}))
        return found

    def _cases(self, files: Sequence[LakeFile]) -> None:
        """The lake's files as the view ``cases``; source and month stand in the path, not in the file."""
        from pyspark.sql.functions import lit

        frames = [self.session.read.parquet(*(str(file.path) for file in same))
                  .withColumn("source", lit(source)).withColumn("month", lit(month))
                  for (source, month), same in groupby(sorted(files, key=_partition), key=_partition)]
        joined = frames[0]
        for frame in frames[1:]:
            joined = joined.unionByName(frame)
        joined.createOrReplaceTempView("cases")

    def stop(self) -> None:
        """End the session."""
        self.session.stop()


def _partition(file: LakeFile) -> tuple[str, int]:
    return file.source, file.month


def engine(name: str, master: str = "local[2]") -> Engine:
    """The engine called ``duckdb`` or ``spark``."""
    return Spark(master) if name == "spark" else DuckDB()
