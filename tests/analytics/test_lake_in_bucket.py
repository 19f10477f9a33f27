"""The same lake in object storage: moved there by an address, read and changed from several machines."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import storage
from jizhun.analytics.cases import CASES, Table
from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.lake import Change, Lake, compaction, connect
from jizhun.analytics.lake.store import bucket
from jizhun.kernel.bilingual import Refused
from lake_rows import NEWER, put, staged

pytestmark = pytest.mark.bucket


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with storage.serving(tmp_path_factory.mktemp("storage") / "log") as address:
        yield address


def lake_at(endpoint: str, folder: Path, name: str, table: Table = CASES) -> Lake:
    return Lake(folder / "lake", table, bucket(f"s3://cases/{name}/cases", endpoint=endpoint))


@pytest.fixture
def lake(endpoint: str, tmp_path: Path) -> Lake:
    return lake_at(endpoint, tmp_path, tmp_path.name)


def keys(lake: Lake, **more: object) -> list[object]:
    with connect() as con:
        found = con.execute(f"SELECT case_key FROM {lake.relation(**more)} ORDER BY 1").fetchall()  # type: ignore[arg-type]
    return [key for (key,) in found]


def test_cases_are_kept_replaced_and_told_by_month_and_source(lake: Lake) -> None:
    assert lake.version() == -1 and lake.files() == []
    put(lake, "a", ["1"], month=202501)
    put(lake, "b", ["2", "3"], source="other.town", month=202502)
    assert keys(lake) == ["1", "2", "3"] and lake.sources() == {"town": 1, "other.town": 2}
    put(lake, "c", ["4"], replacing=True)
    assert keys(lake) == ["4"] and all(file.path.startswith("s3://cases/") for file in lake.files())
    assert not list((lake.folder / "staging").iterdir()) and not (lake.folder / "cases").exists()
    found = DuckDB().rows("SELECT case_key, source, month FROM cases", Inputs(lake.files()))
    assert found.to_pylist() == [{"case_key": "4", "source": "town", "month": 202501}]


def test_months_are_put_together_and_old_versions_read_and_swept(lake: Lake) -> None:
    first = put(lake, "a", ["1", "2"])
    put(lake, "b", ["3"])
    (done,) = compaction.compact(lake)
    assert (done.files, done.rows) == (2, 3) and len(lake.files()) == 1 and keys(lake) == ["1", "2", "3"]
    assert lake.sweep() == [] and keys(lake, version=first) == ["1", "2"]
    assert {path.rpartition("/")[2] for path in lake.sweep(keep_days=-1)} == {"a.parquet", "b.parquet"}
    assert keys(lake) == ["1", "2", "3"]
    with pytest.raises(Refused, match="can no longer be read"):
        lake.files(version=first)


def test_what_is_dropped_is_gone(lake: Lake) -> None:
    put(lake, "a", ["1"], month=202401)
    put(lake, "b", ["2"])
    assert lake.drop("town", 202412) == 1 and keys(lake) == ["2"]
    assert [kept.relative for kept in lake.store.listed()] == ["source=town/month=202501/b.parquet"]


def test_files_without_a_later_column_read_as_absent(lake: Lake, endpoint: str, tmp_path: Path) -> None:
    put(lake, "a", ["1"])
    newer = lake_at(endpoint, tmp_path, tmp_path.name, NEWER)
    put(newer, "b", ["2"], score=7)
    with connect() as con:
        assert con.execute(f"SELECT case_key, score FROM {newer.relation()} ORDER BY 1").fetchall() == [
            ("1", -1), ("2", 7)]


def test_another_machine_that_was_quicker_is_looked_at_first(lake: Lake, endpoint: str, tmp_path: Path) -> None:
    put(lake, "a", ["1"])
    other, seen = lake_at(endpoint, tmp_path / "elsewhere", tmp_path.name), list[list[str]]()
    with lake.staging("mine") as folder:
        mine = staged(folder, "mine", ["mine"])

        def prepare(present: object) -> Change:
            seen.append([file.name for file in present])  # type: ignore[attr-defined]
            if len(seen) == 1:
                put(other, "theirs", ["theirs"])
            return Change([mine], present)  # type: ignore[arg-type]

        lake.commit(prepare)
    assert [sorted(names) for names in seen] == [["a.parquet"], ["a.parquet", "theirs.parquet"]]
    assert keys(lake) == ["mine"]


WRITER = """
import sys
from pathlib import Path
from jizhun.analytics.lake import Lake
from jizhun.analytics.lake.store import bucket
from lake_rows import put
endpoint, folder, name, me = sys.argv[1:]
lake = Lake(Path(folder) / me / "lake", store=bucket(f"s3://cases/{name}/cases", endpoint=endpoint))
for number in range(3):
    put(lake, f"{me}-{number}", [f"{me}-{number}"])
"""


def test_writers_on_several_machines_lose_nothing(lake: Lake, endpoint: str, tmp_path: Path) -> None:
    put(lake, "first", ["first"])
    running = [subprocess.Popen([sys.executable, "-c", WRITER, endpoint, str(tmp_path), tmp_path.name, str(me)],
                                env=storage.surroundings()) for me in range(3)]
    assert [one.wait() for one in running] == [0] * 3
    assert keys(lake) == [*(f"{me}-{number}" for me in range(3) for number in range(3)), "first"]


def test_spark_is_told_to_stay_away(lake: Lake) -> None:
    from jizhun.analytics.engines import Spark

    put(lake, "a", ["1"])
    with pytest.raises(Refused, match="lie in object storage, which Spark reads only with packages of its own"):
        Spark._files(object.__new__(Spark), lake.files(), CASES)


def test_storage_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    lake = Lake(tmp_path, store=bucket("s3://cases/x", endpoint="http://127.0.0.1:9"))
    with pytest.raises(Refused, match="storage of cases cannot be reached"):
        lake.version()


@pytest.mark.parametrize("address", ["gs://cases/x", "s3://", "http://cases"])
def test_another_kind_of_address_is_one_sentence(address: str) -> None:
    with pytest.raises(Refused, match="JIZHUN_LAKE must be a folder, or s3://bucket/prefix"):
        bucket(address)


def test_a_connection_of_its_own_knows_nothing_of_the_storage(lake: Lake) -> None:
    """What these tests rely on: DuckDB by itself cannot read there."""
    put(lake, "a", ["1"])
    with pytest.raises(duckdb.Error):
        duckdb.connect().execute(f"SELECT * FROM {lake.relation()}")
