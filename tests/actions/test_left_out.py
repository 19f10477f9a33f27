"""Columns that say the same in every row of a file are left out of it; everybody reads them all the same."""

from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

from ingest_desk import MAPPING, ROWS, Desk, row
from jizhun.analytics.cases import CASES, COLUMNS, FAR_SECOND, PARTITIONS
from jizhun.analytics.lake import Lake, LakeFile, batches, compaction

LEAN = MAPPING.replace("  fee: fee\n  rating: rating\n", "ignore: [fee, rating]\n")
SIMULATED = LEAN + "simulated: true\n"


def held(file: LakeFile) -> set[str]:
    return set(pq.read_schema(file.path).names)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_no_mapping_fills_is_left_out_and_reads_as_absent(desk: Desk) -> None:
    desk.hand_in(desk.write("lean.csv", ROWS), LEAN, piece=200)
    files = desk.lake.files()
    assert {one.lacks for one in files} == {tuple(one.name for one in COLUMNS if one.name not in held(files[0]))}
    assert {"fee_cents", "due_at", "forwarded_wd", "simulated", "steps"} <= set(files[0].lacks)
    assert {"batch", "grp", "closed_at", "accepted_is_wd"} <= held(files[0])
    case = desk.case("1")
    assert list(case) == [one.name for one in COLUMNS + PARTITIONS]
    assert (case["fee_cents"], case["due_at"], case["stops"], case["came_from"]) == (-1, FAR_SECOND, "", 0)
    found = next(batches(files[0], ["fee_cents", "due_at"], 10))
    assert set(found["fee_cents"]) == {-1} and set(found["due_at"]) == {FAR_SECOND}


def test_what_is_not_absent_is_never_left_out(desk: Desk) -> None:
    desk.hand_in(desk.write("lean.csv", ROWS), SIMULATED)
    assert all("simulated" in held(one) for one in desk.lake.files()) and desk.case("1")["simulated"] == 1


def test_files_that_hold_more_and_less_agree_and_become_one(desk: Desk) -> None:
    desk.hand_in(desk.write("lean.csv", ROWS), LEAN)
    first = desk.lake.version()
    desk.hand_in(desk.write("more.csv", [row("7", fee="3.20"), row("1", fee="1.00")]))
    want = [("1", 100), ("2", -1), ("3", -1), ("7", 320)]
    assert desk.cases("case_key, fee_cents") == want
    compaction.compact(desk.lake)
    assert desk.cases("case_key, fee_cents") == want and [one.lacks for one in desk.lake.files()] == [()]
    older = duckdb.execute(f"SELECT case_key, fee_cents FROM {desk.lake.relation(version=first)} ORDER BY 1")
    assert older.fetchall() == [("1", -1), ("2", -1), ("3", -1)]


def test_the_table_of_an_older_version_takes_such_files_too(desk: Desk) -> None:
    """It was made without a word on what stands for what, and its log counted 32 columns only."""
    root = Path(desk.lake.store.root)
    root.mkdir(parents=True)
    DeltaTable.create(str(root), CASES.arrow_schema(), partition_by=["source", "month"])
    desk.hand_in(desk.write("lean.csv", ROWS), LEAN)
    assert "forwarded_wd" in desk.lake.files()[0].lacks and desk.case("1")["forwarded_at"] == FAR_SECOND
    version = desk.lake.version()
    desk.hand_in(desk.write("again.csv", [row("9")]), LEAN)
    assert desk.lake.version() == version + 1, "the table is changed once"


def test_another_reader_of_the_table_finds_what_stands_for_nothing(desk: Desk) -> None:
    desk.hand_in(desk.write("lean.csv", ROWS), LEAN)
    table = DeltaTable(str(desk.lake.store.root))
    said = {one.name: one.metadata for one in table.schema().fields}
    assert said["fee_cents"]["absent"] == "-1" and "absent" not in said["case_key"]
    told = table.to_pyarrow_dataset().to_table(columns=["case_key", "fee_cents", "closed_at"]).to_pylist()
    assert {one["fee_cents"] for one in told} == {None} and None not in {one["closed_at"] for one in told}


def test_a_lake_that_is_opened_anew_knows_it_from_the_log_alone(desk: Desk) -> None:
    desk.hand_in(desk.write("lean.csv", ROWS), LEAN)
    Path(desk.lake.files()[0].path).write_bytes(b"not read for this")
    assert "fee_cents" in Lake(desk.folder / "lake").files()[0].lacks
