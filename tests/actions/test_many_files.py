"""Fifty files at once: each its own batch, a bad one stops nobody, and progress is told over all."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.core.management import call_command

from jizhun import loading
from jizhun.analytics.cases import CASES
from jizhun.delivery import actions
from jizhun.delivery.actions import many
from jizhun.delivery.ingest import Cancelled
from jizhun.delivery.models import Batch
from jizhun.delivery.rules.parsing import parse
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM
from town import MAPPING, file, write_package

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(tmp_path: Path, settings: Any) -> Path:
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    list(loading.package(by=SYSTEM, folder=write_package(tmp_path / "town")))
    return tmp_path


def fifty(folder: Path) -> list[many.Handed]:
    """Number 17 has no column of places, number 30 is not there, 40 has a bad row."""
    files = [file(folder, f"{n},T1,2025-01-{1 + n % 28:02},", name=f"{n:02}.csv") for n in range(50)]
    files[17].write_text("id,accepted,closed\n17,2025-01-01,\n")
    files[30].unlink()
    file(folder, "40,T1,2025-01-03,", "bad,?,2025-01-03,", name="40.csv")
    mapping = parse(MAPPING)
    return [many.Handed(one, mapping, f"s{n % 3}") for n, one in enumerate(files)]


def keys() -> list[int]:
    found = duckdb.execute(f"SELECT case_key FROM {actions.lake().relation()}").fetchall()
    return sorted(int(key) for (key,) in found)


def test_fifty_files_are_fifty_batches_and_a_bad_one_stops_nobody(town: Path) -> None:
    handed, told = fifty(town), list[many.Overall]()
    found = many.receive_all(by=SYSTEM, files=handed, progress=told.append)
    assert [n for n, one in enumerate(found) if one.refused] == [17, 30]
    assert "has no column `place`" in found[17].refused.en and "no file 30.csv" in found[30].refused.en  # type: ignore[union-attr]
    assert keys() == [n for n in range(50) if n not in (17, 30)]
    batches = [one.receipt.batch for one in found if one.receipt]
    assert len({one.pk for one in batches}) == 48 and {one.state for one in batches} == {"loaded"}
    assert Batch.objects.filter(state="refused").get().file_name == "17.csv"
    shares = [one.whole.share for one in told]
    assert shares == sorted(shares) and shares[-1] == 1.0 and shares[0] < 0.1
    assert (told[-1].number, told[-1].files, told[-1].file, told[-1].whole.rows) == (50, 50, "49.csv", 49)


def test_the_same_fifty_again_bring_only_what_did_not_arrive(town: Path) -> None:
    handed = fifty(town)
    many.receive_all(by=SYSTEM, files=handed)
    file(town, "17,T1,2025-01-01,", name="17.csv")
    version = actions.lake().version()
    found = many.receive_all(by=SYSTEM, files=handed)
    assert [n for n, one in enumerate(found) if one.receipt and not one.receipt.repeated] == [17]
    assert actions.lake().version() == version + 1 and len(keys()) == 49


def table() -> list[tuple[Any, ...]]:
    """Everything that is kept, but for the numbers of batches."""
    columns = ", ".join(one.name for one in CASES.whole if one.name != "batch")
    return duckdb.execute(f"SELECT {columns} FROM {actions.lake().relation()} ORDER BY ALL").fetchall()


def overlapping(folder: Path) -> list[many.Handed]:
    """Each file brings the key of the one before anew, closed on a day of its own; the first is by far the longest."""
    rows = {0: [f"x{n},T1,2025-02-{1 + n % 28:02}," for n in range(30_000)]}
    files = [file(folder, f"{n},T1,2025-01-03,2025-03-{1 + n:02}", f"{n + 1},T1,2025-01-03,2025-04-{1 + n:02}",
                  *rows.get(n, []), name=f"o{n}.csv") for n in range(12)]
    return [many.Handed(one, parse(MAPPING), "town") for one in files]


def test_side_by_side_comes_to_the_same_as_one_after_another(town: Path, settings: Any) -> None:
    handed = [*overlapping(town), *fifty(town)[10:32]]
    one_by_one = many.receive_all(by=SYSTEM, files=handed, side=1)
    want, replaced = table(), [one.receipt and one.receipt.batch.rows_replaced for one in one_by_one]
    settings.LAKE = town / "another"
    Batch.objects.all().delete()
    found = many.receive_all(by=SYSTEM, files=handed, side=4)
    assert table() == want
    assert [one.receipt and one.receipt.batch.rows_replaced for one in found] == replaced
    assert [one.refused for one in found] == [one.refused for one in one_by_one]


def test_the_same_file_named_twice_is_taken_once(town: Path) -> None:
    handed = fifty(town)[:2]
    found = many.receive_all(by=SYSTEM, files=[handed[0], handed[1], handed[0], handed[0]], side=4)
    assert [one.receipt.repeated for one in found if one.receipt] == [False, False, True, True]
    assert found[2].receipt.batch.pk == found[0].receipt.batch.pk  # type: ignore[union-attr]


def test_fifty_files_cancelled_half_way_go_on_where_they_were(town: Path) -> None:
    handed, told = fifty(town), list[many.Overall]()

    def enough(one: many.Overall) -> None:
        told.append(one)
        if one.number >= 20:
            raise Cancelled

    with pytest.raises(Cancelled):
        many.receive_all(by=SYSTEM, files=handed, progress=enough, side=3)
    came = set(keys())
    assert 17 <= len(came) < 30 and not Batch.objects.filter(state="running").exists()
    assert Batch.objects.filter(state="loaded").count() == len(came), "nothing is in the lake without its batch"
    assert list((actions.lake().folder / "staging").iterdir()) == []
    found = many.receive_all(by=SYSTEM, files=handed, side=3)
    assert {n for n, one in enumerate(found) if one.receipt and one.receipt.repeated} == came
    assert keys() == [n for n in range(50) if n not in (17, 30)]


def test_one_of_them_is_cancelled_from_elsewhere_and_the_others_go_on(town: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(actions, "POLLED_SECONDS", 0)
    files = [file(town, *(f"{n}-{m},T1,2025-01-03," for m in range(800)), name=f"{n}.csv") for n in range(6)]
    ingest = actions.ingest
    monkeypatch.setattr(actions, "ingest", lambda *said: ingest(*said[:-1], replace(said[-1], piece=4000)))

    def ask(one: many.Overall) -> None:
        running = Batch.objects.filter(file_name="2.csv", state="running", stop_asked=False).first()
        if running:
            actions.cancel(by=SYSTEM, batch=running)

    found = many.receive_all(by=SYSTEM, files=[many.Handed(one, parse(MAPPING), "town") for one in files],
                             progress=ask, side=3)
    assert [one.refused.en if one.refused else "" for one in found] == [
        "", "", "Cancelled; nothing was changed.", "", "", ""]
    assert sum(actions.lake().sources().values()) == 5 * 800


def test_a_fault_of_ours_in_one_file_stops_no_other(town: Path, monkeypatch: Any) -> None:
    ingest = actions.ingest

    def broken(delivery: Any, *said: Any) -> Any:
        if delivery.file.name == "03.csv":
            raise MemoryError
        return ingest(delivery, *said)

    monkeypatch.setattr(actions, "ingest", broken)
    found = many.receive_all(by=SYSTEM, files=fifty(town)[:6], side=3)
    assert [n for n, one in enumerate(found) if one.refused] == [3] and "fault of ours" in found[3].refused.en  # type: ignore[union-attr]
    assert Batch.objects.get(file_name="03.csv").state == "interrupted" and keys() == [0, 1, 2, 4, 5]


def test_each_file_tells_how_far_it_is(town: Path) -> None:
    told = list[many.Overall]()
    many.receive_all(by=SYSTEM, files=fifty(town)[:6], progress=told.append, side=2)
    assert all(len(one.in_work) <= 2 and not one.in_work.keys() & one.ended.keys() for one in told)
    assert sorted(told[-1].ended) == [0, 1, 2, 3, 4, 5] and told[-1].whole.share == 1.0


def test_a_stranger_gets_a_refusal_for_each(town: Path) -> None:
    found = many.receive_all(by=User.objects.create_user("stranger"), files=fifty(town)[:3])
    assert all("no right at T" in one.refused.en for one in found if one.refused) and keys() == []
    assert [one.receipt for one in found] == [None] * 3


def test_the_command_takes_several_files_and_ends_badly_if_any_was_refused(town: Path) -> None:
    (town / "m.yaml").write_text(MAPPING, "utf-8")
    files = [str(file(town, f"{n},T1,2025-01-03,", name=f"{n}.csv")) for n in range(3)] + [str(town / "no.csv")]
    out = StringIO()
    with pytest.raises(Refused, match="1 of 4 files were refused"):
        call_command("ingest", *files, "--mapping", str(town / "m.yaml"), "--source", "town", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert [one.get("good") for one in told] == [1, 1, 1, None] and "no.csv" in told[3]["refused"]
    out = StringIO()
    call_command("ingest", *files[:3], "--mapping", str(town / "m.yaml"), "--source", "town", stdout=out)
    assert [line for line in out.getvalue().splitlines() if line[:2] in ("0.", "1.", "2.")] and keys() == [0, 1, 2]


def test_a_folder_and_a_pattern_stand_for_their_files(town: Path) -> None:
    folder = town / "in"
    folder.mkdir()
    for name in ("b.csv", "a.CSV", "c.xlsx", "d.csv.gz", "notes.md", ".hidden.csv", "~$c.xlsx"):
        (folder / name).touch()
    assert [one.name for one in many.named([folder])] == ["a.CSV", "b.csv", "c.xlsx", "d.csv.gz"]
    assert many.named([folder / "*.csv", town / "one.csv"]) == [folder / "b.csv", town / "one.csv"]
    for nothing in (folder / "*.jsonl", town / "none"):
        (town / "none").mkdir(exist_ok=True)
        with pytest.raises(Refused, match=f"no data file in {nothing.name.replace('*', '.')}"):
            many.named([nothing])


def test_a_list_names_files_with_mappings_and_sources_of_their_own(town: Path) -> None:
    (town / "m.yaml").write_text(MAPPING, "utf-8")
    for n in range(2):
        file(town, f"{n},T1,2025-01-03,", name=f"{n}.csv")
    listed = town / "list.csv"
    listed.write_text("\ufefffile,mapping,source,as_of\n0.csv,m.yaml,a,\n1.csv,m.yaml,b,2025-07-01\n", "utf-8")
    call_command("ingest", "--list", str(listed), stdout=StringIO())
    assert actions.lake().sources() == {"a": 1, "b": 1}
    assert [str(one.data_day) for one in Batch.objects.order_by("pk")] == ["2025-06-30", "2025-07-01"]


@pytest.mark.parametrize(("content", "says"), [
    ("file,mapping,source\n0.csv,m.yaml,\n", "line 2 lacks source"), ("file,mapping,source\n", "names no file"),
    ("file,mapping,source\n0.csv,other.yaml,a\n", "no mapping file other.yaml"), (None, "cannot be read")])
def test_a_list_that_does_not_say_enough_is_one_sentence(town: Path, content: str | None, says: str) -> None:
    if content is not None:
        (town / "list.csv").write_text(content, "utf-8")
    with pytest.raises(Refused, match=says):
        many.read_list(town / "list.csv")


def test_a_command_line_that_names_too_little_is_one_sentence() -> None:
    for words in ((), ("a.csv",), ("a.csv", "--source", "x")):
        with pytest.raises(Refused, match="or give a --list"):
            call_command("ingest", *words)
