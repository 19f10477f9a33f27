"""The engines that run a plan: DuckDB by default, Apache Spark when one machine is outgrown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from jizhun.analytics.cases import CASES, PARTITIONS, Table
from jizhun.analytics.lake import LakeFile, absent, connect, relation
from jizhun.analytics.plan import Counts, Plan, counts
from jizhun.analytics.sql import Step, steps, text
from jizhun.kernel.bilingual import Refused

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
        connection = connect()
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
                connection.execute(f"CREATE OR REPLACE VIEW cases AS SELECT * FROM {relation(files, inputs.table)}")
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


LOCAL = {"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
         "spark.sql.shuffle.partitions": "8", "spark.driver.memory": "4g"}
"""Where Spark runs on this machine alone; a cluster's own settings stand in its ``spark-defaults.conf``."""
EVERYWHERE = {"spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC"}
SENT_AROUND = 128 * 1024 * 1024
"""A small table of up to so many bytes is sent to every executor whole, so that cases are never moved to meet it."""


class Spark:
    """Apache Spark on any master; the same steps over the same files, without extra jars and without Python workers."""

    name = "spark"

    def __init__(self, master: str = "local[2]") -> None:
        self.session = _session(master)
        self.version = str(self.session.version)

    def count(self, plan: Plan, inputs: Inputs, progress: Progress | None = None) -> Counts:
        """The plan's counts, over all files at once."""
        self._open(inputs)
        rows = self.session.sql(text(steps(plan))).toArrow()
        if progress:
            everything = sum(file.rows for file in inputs.files)
            progress(everything, everything)
        return _counts(plan, rows)

    def rows(self, sql: str, inputs: Inputs) -> pa.Table:
        """The rows of a statement over ``cases`` and the small tables."""
        self._open(inputs)
        return self.session.sql(sql).toArrow()

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
        from pyspark.sql.functions import broadcast

        for table, files in inputs.of_lake:
            self._files(files, table).createOrReplaceTempView(table.name)
        for name, small in inputs.tables.items():
            frame = self.session.createDataFrame(small)
            whole = broadcast(frame) if small.nbytes <= SENT_AROUND else frame
            whole.createOrReplaceTempView(name)

    def _files(self, files: Sequence[LakeFile], table: Table) -> Any:
        """The lake's files as one table; source and month stand in the path, not in the file.

        The columns are told, so that Spark opens no file to learn them.
        """
        columns = ", ".join(f"{one.name} {'STRING' if one.sql == 'VARCHAR' else one.sql}"
                            for one in table.columns + PARTITIONS)
        if any("://" in file.path for file in files):
            raise Refused(zh="办件在对象存储中，Spark 需另加程序包才能读取：请用 duckdb，或把数据放在共享文件夹中。",
                          en="The cases lie in object storage, which Spark reads only with packages of its own: use "
                          "duckdb, or keep them in a shared folder.")
        if not files:
            return self.session.createDataFrame([], columns)
        lacking = {name for file in files for name in file.lacks}
        reader = self.session.read.schema(columns).option("basePath", f"file:{Path(files[0].path).parents[2]}")
        return reader.parquet(*(f"file:{file.path}" for file in files)).selectExpr(
            *(f"coalesce({one.name}, {absent(one).rpartition(' AS ')[0]}) AS {one.name}" if one.name in lacking
              else one.name for one in table.columns + PARTITIONS))

    def stop(self) -> None:
        """End the session."""
        self.session.stop()


def _session(master: str) -> Any:
    """Spark at ``master``, started or joined; Refused with what is lacking where it cannot be."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise Refused(zh="没有安装 Apache Spark：请运行 make spark，或设 JIZHUN_ENGINE=duckdb。",
                      en="Apache Spark is not installed: run make spark, or set JIZHUN_ENGINE=duckdb.") from None
    builder = SparkSession.builder.master(master).appName("jizhun")
    for key, value in {**EVERYWHERE, **(LOCAL if master.startswith("local") else {})}.items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, _java_error()) as error:
        said = str(getattr(error, "java_exception", error)).strip().splitlines()[0]
        raise Refused(zh=f"Spark（{master}）无法启动：{said}。需要 Java 17；请检查 JIZHUN_SPARK_MASTER。",
                      en=f"Spark at {master} does not start: {said}. It needs Java 17; check JIZHUN_SPARK_MASTER."
                      ) from None


def _java_error() -> type[Exception]:
    """What Spark's Java side answers with, a wrong master for one."""
    from py4j.protocol import Py4JError

    found: type[Exception] = Py4JError
    return found


def engine(name: str, master: str = "local[2]") -> Engine:
    """The engine called ``duckdb`` or ``spark``."""
    return Spark(master) if name == "spark" else DuckDB()
