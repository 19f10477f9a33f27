"""The lake keeps its old state whole whatever happens to a writer."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jizhun.analytics.cases import COLUMNS, FAR_DAY, PARTITIONS, arrow_schema
from jizhun.analytics.lake import Change, Lake, LakeFile, check_source, relation
from jizhun.kernel.bilingual import Refused


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake in a folder whose name needs escaping nearly everywhere."""
    return Lake(tmp_path / "家 it's 100%" / "lake")


def staged(
    folder: Path, name: str, keys: list[str], *, source: str = "town", month: int = 202501
) -> LakeFile:
    schema = arrow_schema(partitions=False)
    row = {column.name: "" if column.sql == "VARCHAR" else 1 for column in COLUMNS}
    table = pa.Table.from_pylist([{**row, "case_key": key} for key in keys], schema=schema)
    path = folder / f"{name}.parquet"
    pq.write_table(table, path)
    return LakeFile(str(path), source, month, len(keys))


def put(lake: Lake, name: str, keys: list[str], *, source: str = "town", month: int = 202501) -> int:
    with lake.staging(name) as folder:
        file = staged(folder, name, keys, source=source, month=month)
        return lake.commit(lambda present: Change(added=[file], note={"batch": name}))


def keys(lake: Lake) -> list[str]:
    return [row[0] for row in duckdb.execute(f"SELECT case_key FROM {lake.relation()} ORDER BY 1").fetchall()]


def test_an_empty_lake_answers_with_every_column_and_no_row(lake: Lake) -> None:
    answer = duckdb.execute(f"SELECT * FROM {lake.relation()}")
    assert [name for name, *_ in answer.description or ()] == [column.name for column in COLUMNS + PARTITIONS]
    assert answer.fetchall() == []
    assert lake.version() == -1 and lake.files() == [] and lake.versions() == []


def test_partition_values_are_columns_and_prune_files(lake: Lake) -> None:
    put(lake, "a", ["1"], month=202501)
    put(lake, "b", ["2", "3"], month=202502)
    put(lake, "c", ["9"], source="other.town", month=202502)
    counted = f"SELECT source, month, count(*) FROM {lake.relation()} GROUP BY ALL ORDER BY ALL"
    rows = duckdb.execute(counted).fetchall()
    assert rows == [("other.town", 202502, 1), ("town", 202501, 1), ("town", 202502, 2)]
    assert [file.rows for file in lake.files(sources=["town"], first_month=202502)] == [2]
    assert [file.month for file in lake.files(last_month=202501)] == [202501]
    assert lake.sources() == {"town": 3, "other.town": 1}
    assert duckdb.execute(f"SELECT typeof(month) FROM {lake.relation()} LIMIT 1").fetchall() == [("INTEGER",)]


def test_several_partitions_change_in_one_commit_that_carries_its_note(lake: Lake) -> None:
    put(lake, "a", ["1"], month=202501)
    put(lake, "b", ["2"], month=202502)
    before = lake.version()
    with lake.staging("c") as folder:
        new = [staged(folder, "c1", ["1b"], month=202501), staged(folder, "c2", ["2b"], month=202502)]
        lake.commit(lambda present: Change(added=new, removed=present, note={"batch": "7", "hash": "abc"}))
    assert lake.version() == before + 1
    assert keys(lake) == ["1b", "2b"]
    assert lake.version_of("batch", "7") == lake.version()
    assert lake.version_of("batch", "8") is None
    assert lake.versions()[0].note["hash"] == "abc"


def test_a_commit_of_nothing_is_no_version(lake: Lake) -> None:
    version = put(lake, "a", ["1"])
    assert lake.commit(lambda present: Change()) == version == lake.version()


def test_after_a_conflict_the_change_is_prepared_again_from_the_newer_state(lake: Lake) -> None:
    """Another machine, which our lock does not reach, replaces the file between reading and writing."""
    put(lake, "a", ["1"])
    seen: list[list[str]] = []
    with lake.staging("mine") as mine, lake.staging("theirs") as theirs:
        other = Lake(lake.folder)
        stolen = staged(theirs, "theirs", ["theirs"])

        def prepare(present: list[LakeFile]) -> Change:
            seen.append([file.name for file in present])
            if len(seen) == 1:
                other._write(other._open(), Change(added=[stolen], removed=present))
            return Change(added=[staged(mine, f"mine{len(seen)}", ["mine"])], removed=present)

        lake.commit(prepare)  # type: ignore[arg-type]
    assert seen == [["a.parquet"], ["theirs.parquet"]]
    assert keys(lake) == ["mine"]


def test_dropping_a_source_leaves_the_others(lake: Lake) -> None:
    put(lake, "a", ["1", "2"])
    put(lake, "b", ["3"], source="simulated")
    assert lake.drop("simulated") == 1
    assert keys(lake) == ["1", "2"]
    assert not (Path(lake.store.root) / "source=simulated").exists()
    assert lake.drop("never-seen") == 0


def test_the_sweep_takes_what_dead_writers_left_and_nothing_else(lake: Lake) -> None:
    put(lake, "a", ["1"])
    temporary = Path(lake.store.root) / "source=town" / "month=202501" / "half.parquet#1"
    temporary.write_bytes(b"PAR1")
    orphan = temporary.with_name("orphan.parquet")
    orphan.write_bytes(b"PAR1")
    os.utime(orphan, (0, 0))
    (lake.folder / "staging" / "dead").mkdir(parents=True)
    with lake.staging("alive") as folder:
        swept = lake.sweep()
        assert folder.exists()
    assert {Path(path).name for path in swept} == {"dead", "half.parquet#1", "orphan.parquet"}
    assert keys(lake) == ["1"]


def test_replaced_files_stay_until_nobody_can_hold_them(lake: Lake) -> None:
    put(lake, "a", ["1"])
    held = relation(lake.files())
    with lake.staging("b") as folder:
        file = staged(folder, "b", ["2"])
        lake.commit(lambda present: Change(added=[file], removed=present))
    lake.sweep()
    assert duckdb.execute(f"SELECT case_key FROM {held}").fetchall() == [("1",)]
    lake.sweep(keep_days=0)
    assert [path.name for path in Path(lake.store.root).glob("source=*/month=*/*")] == ["b.parquet"]
    assert keys(lake) == ["2"]


WRITER = """
import sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_lake import staged
from jizhun.analytics.lake import Change, Lake
lake = Lake(Path({folder!r}))
if {moment!r} == "moved":
    lake._addition = lambda *_: (print("ready", flush=True), time.sleep(60))
with lake.staging("killed") as folder:
    file = staged(folder, "killed", ["x"])
    if {moment!r} == "staged":
        print("ready", flush=True)
        time.sleep(60)
    lake.commit(lambda present: Change(added=[file], removed=present))
"""


@pytest.mark.parametrize("moment", ["staged", "moved"])
def test_a_killed_writer_leaves_the_old_state_whole(lake: Lake, moment: str) -> None:
    put(lake, "a", ["1"])
    code = WRITER.format(tests=str(Path(__file__).parent), folder=str(lake.folder), moment=moment)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == b"ready\n"
        writer.send_signal(signal.SIGKILL)
    assert keys(lake) == ["1"]
    assert put(lake, "b", ["2"]) == 2, "the dead writer's lock has fallen"
    assert keys(lake) == ["1", "2"]
    time.sleep(0.01)
    lake.sweep(keep_days=0)
    assert sorted(path.name for path in Path(lake.store.root).glob("source=*/month=*/*")) == ["a.parquet", "b.parquet"]
    assert list((lake.folder / "staging").iterdir()) == []


@pytest.mark.parametrize("code", ["", "../x", "a/b", "a b", "-a", "源", "x" * 65])
def test_a_source_cannot_be_called_just_anything(code: str) -> None:
    with pytest.raises(Refused):
        check_source(code)
    assert check_source("boston-311.2015_h1") == "boston-311.2015_h1"


def test_the_far_day_is_the_far_day() -> None:
    assert duckdb.execute(f"SELECT DATE '1970-01-01' + {FAR_DAY}").fetchall()[0][0].isoformat() == "9999-12-31"
