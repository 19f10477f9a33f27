"""Case records in the lake: what stands there, what replaces what, and that a cut-off ingest changes nothing."""

import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest_desk import GOOD, HEADER, ROWS, SPANS, Desk, at, case, day, row, written
from jizhun.analytics.cases import COLUMNS, FAR_DAY, FAR_ORDINAL, FAR_SECOND
from jizhun.analytics.lake import Lake
from jizhun.kernel.working_days import Calendar


def test_a_case_at_rest_is_all_integers_and_nothing_is_null(desk: Desk) -> None:
    desk.hand_in(desk.write("a.csv", [GOOD, row("2", closed="", fee="", rating="", channel="")]))
    calendar = Calendar("CN")
    one, two = desk.case("1"), desk.case("2")
    assert (one["matter"], one["region"], one["grp"], one["channel"], one["month"]) == (1, 1, 1, 2, 202501)
    assert (one["accepted_at"], one["closed_at"]) == (at("2025-01-03 09:00"), at("2025-01-08 17:00"))
    assert (one["accepted_day"], one["closed_day"]) == (day("2025-01-03"), day("2025-01-08"))
    assert one["accepted_wd"] == calendar.ordinal(date(2025, 1, 3))
    assert one["closed_wd"] - one["accepted_wd"] == calendar.between(date(2025, 1, 3), date(2025, 1, 8)) == 3
    assert (one["fee_cents"], one["rating"], one["accepted_is_wd"], one["batch"]) == (1250, 5, 1, 1)
    assert (two["closed_at"], two["closed_day"], two["closed_wd"]) == (FAR_SECOND, FAR_DAY, FAR_ORDINAL)
    assert (two["fee_cents"], two["rating"], two["channel"], two["visits"]) == (-1, 0, 0, -1)
    assert None not in one.values() and None not in two.values()
    described = duckdb.execute(f"DESCRIBE SELECT * FROM {desk.lake.relation()}").fetchall()
    types = {name: kind for name, kind, *_ in described}
    assert all(types[column.name] == column.sql for column in COLUMNS)


def test_a_corrected_batch_replaces_by_key_also_when_the_month_changed(desk: Desk) -> None:
    desk.hand_in(desk.write("a.csv", [row("1"), row("2"), row("3")]))
    desk.hand_in(desk.write("b.csv", [row("1")]), source="other")
    received = desk.hand_in(desk.write("c.csv", [row("2", fee="1"), row("3", accepted="2024-12-30"), row("4")]))
    assert received.replaced == 2
    assert sorted(desk.cases("source, case_key, batch, month, fee_cents")) == [
        ("other", "1", 2, 202501, 1250),
        ("town", "1", 1, 202501, 1250),
        ("town", "2", 3, 202501, 100),
        ("town", "3", 3, 202412, 1250),
        ("town", "4", 3, 202501, 1250),
    ]


def test_the_same_rows_again_replace_themselves(desk: Desk) -> None:
    file = desk.write("a.csv", ROWS)
    desk.hand_in(file)
    before = desk.cases("* EXCLUDE (batch)")
    assert desk.hand_in(file).replaced == 3
    assert desk.cases("* EXCLUDE (batch)") == before


def test_a_dry_run_counts_everything_and_keeps_nothing(desk: Desk) -> None:
    desk.hand_in(desk.write("a.csv", [row("1")]))
    version = desk.lake.version()
    received = desk.hand_in(desk.write("b.csv", [row("1"), row("2"), row("3", fee="x")]), dry_run=True)
    assert (received.good, received.bad, received.replaced, received.version) == (2, 1, 1, version)
    assert received.rejects is not None
    assert desk.lake.version() == version and desk.cases("case_key") == [("1",)]


def test_a_file_of_bad_rows_only_makes_no_version(desk: Desk) -> None:
    received = desk.hand_in(desk.write("a.csv", [row("1", matter="?")]))
    assert (received.good, received.bad) == (0, 1)
    assert desk.cases() == []


KILLED = """
import sys, time
from datetime import date
from pathlib import Path
import jizhun.delivery.ingest.merging as merging
sys.path.insert(0, {here!r})
from ingest_desk import Desk, row
slow = merging.Merge.change
def change(self, present):
    done = slow(self, present)
    print("ready", flush=True)
    time.sleep(60)
    return done
merging.Merge.change = change
desk = Desk(Path({folder!r}), number=7)
desk.hand_in(desk.write("b.csv", [row("1", fee="9"), row("2")]))
"""


def test_an_ingest_killed_before_its_commit_leaves_the_old_state_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.hand_in(desk.write("a.csv", [row("1")]))
    before = desk.cases()
    code = KILLED.format(here=str(Path(__file__).parents[1]), folder=str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == b"ready\n"
        writer.send_signal(signal.SIGKILL)
    assert desk.cases() == before and Lake(tmp_path / "lake").version() == 1
    received = desk.hand_in(tmp_path / "b.csv")
    assert (received.good, received.replaced) == (2, 1)
    assert list((tmp_path / "lake" / "staging").iterdir()) == []


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(case, min_size=1, max_size=25), st.randoms(use_true_random=False), st.integers(60, 2000))
def test_order_and_pieces_and_parts_of_a_file_do_not_matter(
    tmp_path_factory: pytest.TempPathFactory, cases: list[Any], shuffler: Any, piece: int
) -> None:
    rows = [written(number, one) for number, one in enumerate(cases)]
    shuffled = [*rows]
    shuffler.shuffle(shuffled)
    found = []
    for parts, size in (([rows], 10**9), ([shuffled], piece), ([rows[::2], rows[1::2]], 10**9)):
        desk = Desk(tmp_path_factory.mktemp("desk"))
        received = [desk.hand_in(desk.write("a.csv", part, header=(*HEADER, "spans")), SPANS % "resumed", piece=size)
                    for part in parts if part]
        found.append((sum(one.good for one in received), sum(one.bad for one in received),
                      desk.cases("* EXCLUDE (batch)")))
    assert found[0] == found[1] == found[2]


def test_progress_tells_rows_pace_and_time_left(desk: Desk) -> None:
    desk.hand_in(desk.write("a.csv", [row(str(n)) for n in range(200)]), piece=2000)
    assert len(desk.seen) > 3 and desk.seen[-1].rows == 200 and desk.seen[-1].share == 1.0
    assert [one.share for one in desk.seen] == sorted(one.share for one in desk.seen)
    assert desk.seen[0].rows_per_second > 0 and desk.seen[0].seconds_left is not None
