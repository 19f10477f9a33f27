"""The lake over time: files put together, old versions read and swept, columns added, several writers at once."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from jizhun.analytics.cases import CASES, Column
from jizhun.analytics.engines import DuckDB, Inputs, engine
from jizhun.analytics.lake import Lake, LakeFile, compaction, relation
from jizhun.kernel.bilingual import Refused
from lake_rows import NEWER, put, staged


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "home of it's" / "lake")


def rows(lake: Lake, columns: str = "*", **more: object) -> list[tuple[object, ...]]:
    return duckdb.execute(f"SELECT {columns} FROM {lake.relation(**more)} ORDER BY ALL").fetchall()  # type: ignore[arg-type]


def keys(lake: Lake, **more: object) -> list[object]:
    return [key for (key,) in rows(lake, "case_key", **more)]


def old(lake: Lake) -> None:
    """Every data file was written long ago."""
    for path in Path(lake.store.root).glob("source=*/month=*/*"):
        os.utime(path, (0, 0))


# -- files put together ----------------------------------------------------------------------------


def test_the_files_of_a_month_become_one_sorted_file_with_the_same_rows(lake: Lake) -> None:
    for number in range(9):
        put(lake, f"a{number}", [f"{number}-{n}" for n in range(40)], month=202501 + number % 2)
    put(lake, "alone", ["x"], source="other")
    before, version, told = rows(lake), lake.version(), []
    done = compaction.compact(lake, progress=lambda *one: told.append(one))
    assert [(one.source, one.month, one.files, one.rows) for one in done] == [("town", 202501, 5, 200),
                                                                              ("town", 202502, 4, 160)]
    assert lake.version() == version + 2 == done[-1].version and told == [(200, 360), (360, 360)]
    assert rows(lake) == before and [len(lake.files(first_month=m, last_month=m)) for m in (202501, 202502)] == [2, 1]
    order = "SELECT matter, region, accepted_day FROM " + relation(lake.files(sources=["town"], last_month=202501))
    stored = duckdb.execute(order).fetchall()
    assert stored == sorted(stored) and len({matter for matter, *_ in stored}) == 7
    assert lake.versions()[0].note["compacted"] == "town/202502"
    assert compaction.compact(lake) == [] and lake.version() == version + 2


def test_a_log_reader_is_told_that_no_row_changed(lake: Lake) -> None:
    put(lake, "a", ["1"])
    put(lake, "b", ["2"])
    compaction.compact(lake)
    log = (Path(lake.store.root) / "_delta_log" / f"{lake.version():020}.json").read_text()
    assert log.count('"dataChange":false') == 3 and '"dataChange":true' not in log


def test_who_reads_while_files_are_put_together_reads_on(lake: Lake) -> None:
    put(lake, "a", ["1"])
    put(lake, "b", ["2"])
    old(lake)
    held = lake.relation()
    compaction.compact(lake)
    lake.sweep()
    assert duckdb.execute(f"SELECT case_key FROM {held} ORDER BY 1").fetchall() == [("1",), ("2",)]


def test_a_batch_that_comes_meanwhile_is_not_lost(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A correction that replaces one of the files, and then rows beside them, while the one file is being written."""
    put(lake, "a", ["1"])
    put(lake, "b", ["2"])
    written, came = compaction._written, []

    def slowly(*args: object) -> LakeFile:
        whole = written(*args)  # type: ignore[arg-type]
        times = len(came)
        came.append(put(lake, f"d{times}", [f"4{times}"]) if came else put(lake, "c", ["3"], replacing=True))
        return whole

    monkeypatch.setattr(compaction, "_written", slowly)
    assert compaction.compact(lake) == [], "the correction left one file only"
    assert keys(lake) == ["3"]
    put(lake, "e", ["5"])
    done = compaction.compact(lake)
    assert keys(lake) == ["3", "41", "5"] and (done[0].files, len(lake.files())) == (2, 2)


def test_a_file_that_lost_rows_is_not_put_together(lake: Lake) -> None:
    put(lake, "a", ["1", "2"])
    put(lake, "b", ["3"])
    with lake.staging("x") as folder:
        torn = staged(folder, "torn", ["1"])
        Path(max(lake.files(), key=lambda one: one.rows).path).write_bytes(Path(torn.path).read_bytes())
    version = lake.version()
    with pytest.raises(Refused, match="do not hold the rows on record"):
        compaction.compact(lake)
    assert lake.version() == version


# -- versions --------------------------------------------------------------------------------------


def test_an_old_version_is_read_until_its_files_are_swept(lake: Lake) -> None:
    first = put(lake, "a", ["1"])
    second = put(lake, "b", ["2"], replacing=True)
    third = put(lake, "c", ["3"], month=202502)
    old(lake)
    assert [keys(lake, version=one) for one in (first, second, third)] == [["1"], ["2"], ["2", "3"]]
    assert lake.sweep() == [], "what was replaced just now is needed, however long ago it was written"
    assert keys(lake, version=first) == ["1"]
    assert [Path(kept.relative).name for kept in lake.unneeded(keep_days=0)] == ["a.parquet"]
    assert [Path(path).name for path in lake.sweep(keep_days=0)] == ["a.parquet"]
    with pytest.raises(Refused, match=f"Version {first} can no longer be read"):
        lake.files(version=first)
    assert keys(lake, version=second) == ["2"] and keys(lake) == ["2", "3"]
    assert lake.files(version=first, sources=["nobody"]) == []


@pytest.mark.parametrize("version", [-1, 3, 99])
def test_a_version_that_never_was_is_one_sentence(lake: Lake, version: int) -> None:
    put(lake, "a", ["1"])
    with pytest.raises(Refused, match=f"no version {version}; the newest is 1"):
        lake.files(version=version)


def test_what_is_dropped_is_gone_from_old_versions_too(lake: Lake) -> None:
    put(lake, "a", ["1"], month=202401)
    version = put(lake, "b", ["2"], month=202501)
    put(lake, "c", ["3"], month=202401, source="other")
    assert lake.drop("town", last_month=202412, note={"why": "old"}) == 1
    assert keys(lake) == ["2", "3"] and lake.versions()[0].note == {"dropped": "town", "rows": "1", "why": "old"}
    assert not (Path(lake.store.root) / "source=town" / "month=202401").exists()
    with pytest.raises(Refused, match="erased with their data"):
        lake.files(version=version)
    assert [file.month for file in lake.files(version=version, first_month=202501)] == [202501]


def test_the_daily_sweep_comes_once_a_day(lake: Lake) -> None:
    put(lake, "a", ["1"])
    lake.tidy()
    dead = Path(lake.store.root) / "source=town" / "month=202501" / "dead.parquet"
    dead.write_bytes(b"PAR1")
    os.utime(dead, (0, 0))
    lake.tidy()
    assert dead.exists()
    os.utime(lake.folder / "cases.swept", (0, 0))
    lake.tidy()
    assert not dead.exists() and keys(lake) == ["1"]


def test_the_log_reaches_back_as_far_as_the_files(lake: Lake) -> None:
    put(lake, "a", ["1"])
    longer = Lake(lake.folder, keep_days=400)
    put(longer, "b", ["2"])
    assert longer._open().metadata().configuration["delta.logRetentionDuration"] == "interval 401 days"
    version = lake.version()
    put(longer, "c", ["3"])
    assert lake.version() == version + 1, "said once"


# -- columns ---------------------------------------------------------------------------------------


def test_files_without_a_later_column_read_as_absent(lake: Lake) -> None:
    first = put(lake, "a", ["1", "2"])
    newer = Lake(lake.folder, NEWER)
    assert rows(newer, "case_key, language, score") == [("1", "未知 it's", -1), ("2", "未知 it's", -1)]
    assert newer.version() == first, "reading changes nothing"
    put(newer, "b", ["3"], language="zh", score=7)
    want = [("1", "未知 it's", -1), ("2", "未知 it's", -1), ("3", "zh", 7)]
    assert rows(newer, "case_key, language, score") == want
    described = duckdb.execute(f"DESCRIBE SELECT * FROM {newer.relation()}").fetchall()
    assert [(name, kind) for name, kind, *_ in described] == [(one.name, one.sql) for one in NEWER.whole]
    compaction.compact(newer)
    assert rows(newer, "case_key, language, score") == want and [file.lacks for file in newer.files()] == [()]
    assert rows(newer, "case_key, language, score", version=first) == want[:2]


def test_engines_read_files_of_every_age_alike(lake: Lake) -> None:
    put(lake, "a", ["1"])
    put(Lake(lake.folder, NEWER), "b", ["2"], language="zh", score=7)
    newer = Lake(lake.folder, NEWER)
    found = DuckDB().rows("SELECT case_key, score, month FROM cases ORDER BY 1", Inputs(newer.files(), table=NEWER))
    assert found.to_pylist() == [{"case_key": "1", "score": -1, "month": 202501},
                                 {"case_key": "2", "score": 7, "month": 202501}]


@pytest.mark.spark
def test_spark_reads_files_of_every_age_and_compacted_ones(lake: Lake, spark: object) -> None:
    from jizhun.analytics.sql import Step

    put(lake, "a", ["1"])
    put(lake, "b", ["2"], month=202502)
    newer = Lake(lake.folder, NEWER)
    put(newer, "c", ["3"], language="zh", score=7)
    step = Step("found", "", "SELECT case_key, language, score, source, month FROM cases")

    def read(files: list[LakeFile]) -> list[tuple[object, ...]]:
        table = engine("spark").run([step], ["found"], Inputs(files, table=NEWER))["found"]
        return sorted(tuple(row.values()) for row in table.to_pylist())

    want = [("1", "未知 it's", -1, "town", 202501), ("2", "未知 it's", -1, "town", 202502),
            ("3", "zh", 7, "town", 202501)]
    assert read(newer.files()) == want
    compaction.compact(newer)
    assert read(newer.files()) == want


@pytest.mark.spark
def test_the_way_to_read_with_spark_that_is_written_down_works(lake: Lake, spark: object) -> None:
    put(lake, "a", ["1"])
    put(lake, "b", ["2"], replacing=True, month=202502)
    put(Lake(lake.folder, NEWER), "c", ["3"])
    page = (Path(__file__).parents[2] / "docs" / "en" / "lake.md").read_text("utf-8")
    code = page.partition("```python\n")[2].partition("```")[0].replace("var/lake/cases", lake.store.root)
    told = {"spark": spark}
    exec(code, told)
    found = sorted((row["case_key"], row["source"], row["month"]) for row in told["frame"].collect())  # type: ignore[attr-defined]
    assert found == [("2", "town", 202502), ("3", "town", 202501)]


def test_a_column_of_a_newer_version_is_one_sentence(lake: Lake) -> None:
    put(Lake(lake.folder, NEWER), "a", ["1"])
    for act in (lake.files, lake.version, lambda: put(lake, "b", ["2"]), lake.sweep):
        with pytest.raises(Refused, match=r"does not know \(language, score\): a newer version wrote them; upgrade"):
            act()


def test_a_column_that_nothing_can_stand_in_for_is_refused(lake: Lake) -> None:
    put(lake, "a", ["1"])
    with pytest.raises(Refused, match="lack columns"):
        Lake(lake.folder, replace(CASES, columns=(*CASES.columns, Column("office", "INTEGER")))).files()


# -- several writers -------------------------------------------------------------------------------

WRITER = """
import sys
from contextlib import contextmanager
from pathlib import Path
sys.path.insert(0, {tests!r})
from lake_rows import put
from jizhun.analytics.lake import Lake, compaction
me = sys.argv[1]
lake = Lake(Path({folder!r}))
if {apart}:  # as on another machine, which the lock does not reach
    lake.locked = contextmanager(lambda: iter([None]))
sys.stdin.readline()
for number in range({times}):
    put(lake, f"{{me}}-{{number}}", [f"{{me}}-{{number}}"])
    if number == 2:
        compaction.compact(lake)
"""


@pytest.mark.parametrize("apart", [False, True], ids=["one machine", "several machines"])
def test_writers_at_once_lose_nothing(lake: Lake, apart: bool) -> None:
    writers, times = 4, 5
    code = WRITER.format(tests=str(Path(__file__).parents[1]), folder=str(lake.folder), apart=apart, times=times)
    running = [subprocess.Popen([sys.executable, "-c", code, str(number)], stdin=subprocess.PIPE)
               for number in range(writers)]
    for one in running:
        assert one.stdin is not None
        one.stdin.write(b"go\n")
        one.stdin.close()
    assert [one.wait() for one in running] == [0] * writers
    assert keys(lake) == sorted(f"{me}-{number}" for me in range(writers) for number in range(times))
    time.sleep(0.01)
    lake.sweep(keep_days=0)
    on_disk = {str(path) for path in Path(lake.store.root).glob("source=*/month=*/*")}
    assert on_disk == {file.path for file in lake.files()}
