"""The engines that run a plan: DuckDB by default, Apache Spark when one machine is outgrown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from jizhun.analytics.cases import CASES, Table
from jizhun.analytics.lake import LakeFile, relation
from jizhun.analytics.plan import Counts, Plan, counts
from jizhun.analytics.sql import Step, steps, text

Progress = Callable[[int, int], None]
"""Told (cases done, cases in all) after each part."""


@dataclass(frozen=True)
class Inputs:
    """What is read: the files of one of the lake's tables (``beside`` it: of others), and the small tables by name."""

    files: Sequence[LakeFile]
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    table: Table = CASES
    beside: Sequence[tuple[Table, Sequence[LakeFile]]] = ()

    @property
    def of_lake(self) -> Sequence[tuple[Table, Sequence[LakeFile]]]:
        """The lake's tables that are read, each with its files."""
        return ((self.table, self.files), *self.beside)


class Engine(Protocol):
    """Runs plans. ``name`` and ``version`` go into the record of the run."""

    name: str
    version: str

    def count(self, plan: Plan, inputs: Inputs, progress: Progress | None = None) -> Counts: ...

    def run(self, parts: Sequence[Step], wanted: Sequence[str], inputs: Inputs) -> dict[str, pa.Table]: ...


class DuckDB:
    """In process, a portion of the months at a time: bounded memory, and progress that can be told."""

    name = "duckdb"
    version = duckdb.__version__

    def __init__(self, threads: int = 0, portion: int = 20_000_000) -> None:
        self.threads, self.portion = threads, portion

    def connect(self, inputs: Inputs) -> duckdb.DuckDBPyConnection:
        """A connection that reads the small tables where they are."""
        connection = duckdb.connect()
        connection.execute("SET preserve_insertion_order = false")
        if self.threads:
            connection.execute(f"SET threads = {self.threads}")
        for name, table in inputs.tables.items():
            connection.register(name, table)
        return connection

    def count(self, plan: Plan, inputs: Inputs, progress: Progress | None = None) -> Counts:
        """The plan's counts, summed over the months."""
        packed: list[pa.Table] = []
        done, rows = 0, sum(file.rows for file in inputs.files)
        with self.connect(inputs) as connection:
            for files in portions(inputs.files, self.portion):
                connection.execute(f"CREATE OR REPLACE VIEW cases AS SELECT * FROM {relation(files)}")
                packed.append(connection.sql(text(steps(plan))).to_arrow_table())
                done += sum(file.rows for file in files)
                if progress:
                    progress(done, rows)
        return _counts(plan, *packed)

    def rows(self, sql: str, inputs: Inputs) -> pa.Table:
        """The rows of a statement over ``cases`` and the small tables."""
        with self.connect(inputs) as connection:
            self._open(connection, inputs)
            return connection.sql(sql).to_arrow_table()

    def _open(self, connection: duckdb.DuckDBPyConnection, inputs: Inputs) -> None:
        for table, files in inputs.of_lake:
            connection.execute(f"CREATE VIEW {table.name} AS SELECT * FROM {relation(files, table)}")

    def run(self, parts: Sequence[Step], wanted: Sequence[str], inputs: Inputs) -> dict[str, pa.Table]:
        """Each step in turn, reading those before it; the rows of the ``wanted`` ones by name."""
        with self.connect(inputs) as connection:
            self._open(connection, inputs)
            for part in parts:
                kind = "VIEW" if part.view else "TABLE"
                connection.execute(f"CREATE TEMP {kind} {part.name} AS {part.sql}")
            return {name: connection.sql(f"FROM {name}").to_arrow_table() for name in wanted}


def portions(files: Sequence[LakeFile], rows: int) -> Iterator[list[LakeFile]]:
    """The files in the order of their months, in portions of about ``rows`` cases."""
    portion: list[LakeFile] = []
    for file in sorted(files, key=lambda file: file.month):
        if portion and sum(one.rows for one in portion) + file.rows > rows:
            yield portion
            portion = []
        portion.append(file)
    yield portion


def _counts(plan: Plan, *parts: pa.Table) -> Counts:
    return counts(plan, [(part["cell"].to_numpy(), part["n"].to_numpy()) for part in parts])


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

    def count(self, plan: Plan, inputs: Inputs, progress: Progress | None = None) -> Counts:
        """The plan's counts, over all files at once."""
        self._open(inputs)
        rows = self.session.sql(text(steps(plan))).collect()
        return _counts(plan, pa.table({name: pa.array([row[name] for row in rows], pa.int64())
                                       for name in ("cell", "n")}))

    def run(self, parts: Sequence[Step], wanted: Sequence[str], inputs: Inputs) -> dict[str, pa.Table]:
        """Each step in turn, kept for those that read it; the rows of the ``wanted`` ones by name."""
        self._open(inputs)
        kept = []
        for part in parts:
            frame = self.session.sql(part.sql)
            kept += [] if part.view else [frame.cache()]
            frame.createOrReplaceTempView(part.name)
        found = {name: self.session.table(name).toArrow() for name in wanted}
        for frame in kept:
            frame.unpersist()
        return found

    def _open(self, inputs: Inputs) -> None:
        """Everything that is read as views: the lake's files and the small tables."""
        for table, files in inputs.of_lake:
            self._files(files, table.name)
        for name, table in inputs.tables.items():
            self.session.createDataFrame(table).createOrReplaceTempView(name)

    def _files(self, files: Sequence[LakeFile], name: str) -> None:
        """The lake's files as a view; source and month stand in the path, not in the file."""
        from pyspark.sql.functions import lit

        frames = [self.session.read.parquet(*(str(file.path) for file in same))
                  .withColumn("source", lit(source)).withColumn("month", lit(month))
                  for (source, month), same in groupby(sorted(files, key=_partition), key=_partition)]
        joined = frames[0]
        for frame in frames[1:]:
            joined = joined.unionByName(frame)
        joined.createOrReplaceTempView(name)

    def stop(self) -> None:
        """End the session."""
        self.session.stop()


def _partition(file: LakeFile) -> tuple[str, int]:
    return file.source, file.month


def engine(name: str, master: str = "local[2]") -> Engine:
    """The engine called ``duckdb`` or ``spark``."""
    return Spark(master) if name == "spark" else DuckDB()
