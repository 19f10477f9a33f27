"""A batch that is cancelled, killed or fails in its middle: nothing is kept of it, and it can begin anew."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.core.management import call_command

from jizhun import loading
from jizhun.delivery import actions
from jizhun.delivery.ingest import Progress
from jizhun.delivery.models import Batch
from jizhun.delivery.rules.parsing import parse
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import AuditLine, User
from jizhun.people.rules import SYSTEM, Forbidden
from town import MAPPING, file, write_package

pytestmark = pytest.mark.django_db

STEPS = MAPPING + "steps: [{name: look, start: accepted, end: closed}]\n"


@pytest.fixture
def town(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file is read in many pieces here, as a large one is anywhere."""
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    monkeypatch.setattr(actions, "POLLED_SECONDS", 0)
    ingest = actions.ingest
    monkeypatch.setattr(actions, "ingest", lambda *said: ingest(*said[:-1], replace(said[-1], piece=200)))
    list(loading.package(by=SYSTEM, folder=write_package(tmp_path / "town")))
    return tmp_path


ROWS = [f"{n},T1,2025-01-03,2025-01-06" for n in range(60)]


def receive(path: Path, mapping: str = MAPPING, **more: Any) -> actions.Receipt:
    return actions.receive(by=SYSTEM, file=path, mapping=parse(mapping), source="town", **more)


def number_of_cases() -> int:
    return sum(actions.lake().sources().values())


def cut(path: Path, mapping: str = MAPPING, *, by: BaseException, at: int = 3) -> Batch:
    """A batch whose process raises ``by`` at a piece of its file."""
    seen: list[Progress] = []

    def stop(one: Progress) -> None:
        seen.append(one)
        if len(seen) == at:
            raise by

    with pytest.raises(type(by)):
        receive(path, mapping, progress=stop)
    return Batch.objects.latest("pk")


def test_a_running_batch_is_cancelled_from_elsewhere_and_changes_nothing(town: Path) -> None:
    receive(file(town, "a,T1,2025-01-02,", name="before.csv"))
    version, seen = actions.lake().version(), list[Progress]()

    def ask(one: Progress) -> None:
        seen.append(one)
        if len(seen) == 2:
            actions.cancel(by=SYSTEM, batch=Batch.objects.latest("pk"))

    with pytest.raises(Refused, match="Cancelled; nothing was changed"):
        receive(file(town, *ROWS), progress=ask)
    batch = Batch.objects.latest("pk")
    assert batch.state == "cancelled" and seen[-1].share < 1 and len(seen) == 2
    assert actions.lake().version() == version and number_of_cases() == 1
    told = list(AuditLine.objects.order_by("seq").values_list("act", flat=True))[-3:]
    assert told == ["delivery.receive", "delivery.ask_to_stop", "delivery.cancel"]


def test_a_batch_of_one_piece_is_cancelled_before_its_commit(town: Path) -> None:
    with pytest.raises(Refused, match="Cancelled"):
        receive(file(town, ROWS[0]), progress=lambda _: actions.cancel(by=SYSTEM, batch=Batch.objects.get()) and None)
    assert actions.lake().version() == -1


def test_what_does_not_run_cannot_be_cancelled(town: Path) -> None:
    batch = receive(file(town, *ROWS)).batch
    with pytest.raises(Refused, match=f"Batch {batch.pk} is not being received"):
        actions.cancel(by=SYSTEM, batch=batch)
    with pytest.raises(Forbidden):
        actions.cancel(by=User.objects.create_user("stranger"), batch=batch)


@pytest.mark.parametrize("by", [KeyboardInterrupt(), MemoryError(), OSError("full")], ids=lambda e: type(e).__name__)
def test_a_batch_that_fails_in_its_middle_is_written_down_and_begins_anew(town: Path, by: BaseException) -> None:
    batch = cut(file(town, *ROWS), by=by)
    assert batch.state == "interrupted" and actions.lake().version() == -1
    receipt = actions.resume(by=SYSTEM, batch=batch)
    assert receipt.batch.pk != batch.pk and receipt.batch.rows_good == 60 == number_of_cases()
    with pytest.raises(Refused, match="was not cut off"):
        actions.resume(by=SYSTEM, batch=receipt.batch)
    assert actions.resume(by=SYSTEM, batch=batch).repeated, "it has arrived since: nothing is doubled"
    assert number_of_cases() == 60 and receive(town / "a.csv").repeated


def test_what_begins_anew_counts_open_cases_to_the_same_day(town: Path) -> None:
    batch = cut(file(town, *ROWS), by=MemoryError())
    Batch.objects.filter(pk=batch.pk).update(data_day=date(2025, 6, 1))
    batch.refresh_from_db()
    assert actions.resume(by=SYSTEM, batch=batch).batch.data_day == date(2025, 6, 1)


def test_steps_that_come_with_the_cases_begin_anew_too(town: Path) -> None:
    batch = cut(file(town, *ROWS), STEPS, by=MemoryError())
    actions.resume(by=SYSTEM, batch=batch)
    assert actions.step_lake().sources() == {"town": 60} and number_of_cases() == 60


def test_a_file_that_changed_or_is_gone_does_not_begin_anew(town: Path) -> None:
    batch = cut(file(town, *ROWS), by=MemoryError())
    file(town, *ROWS[:-1])
    with pytest.raises(Refused, match="is not where it was or has changed"):
        actions.resume(by=SYSTEM, batch=batch)
    (town / "a.csv").unlink()
    with pytest.raises(Refused, match="hand it in again"):
        actions.resume(by=SYSTEM, batch=batch)


def test_the_commands_list_cancel_and_resume(town: Path) -> None:
    first, second = cut(file(town, *ROWS), by=MemoryError()), cut(file(town, "b,T1,2025-01-02,", name="b.csv"),
                                                                  by=MemoryError(), at=1)
    receive(town / "b.csv")

    def said(*words: str) -> list[list[str]]:
        out = StringIO()
        call_command("batches", *words, stdout=out)
        return [line.split("\t") for line in out.getvalue().splitlines()]

    assert [(line[0], line[4], line[6]) for line in said("list")] == [
        (str(first.pk), "interrupted", "0"), (str(second.pk), "interrupted", "0"), (str(second.pk + 1), "loaded", "1")]
    said("resume")
    assert number_of_cases() == 61 and Batch.objects.count() == 4, "what has come since does not come again"
    assert said("resume") == []
    for words, says in ((("cancel", "99"), "no batch 99"), (("cancel",), "no batch -"),
                        (("cancel", str(first.pk)), "not being received")):
        with pytest.raises(Refused, match=says):
            call_command("batches", *words)


# -- real processes --------------------------------------------------------------------------------

CHILD = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "jizhun.settings"
import django
django.setup()
from dataclasses import replace
from pathlib import Path
from jizhun.delivery import actions
from jizhun.delivery.models import Batch
from jizhun.delivery.rules.parsing import parse
from jizhun.people.rules import SYSTEM
from town import MAPPING
ingest = actions.ingest
actions.ingest = lambda *said: ingest(*said[:-1], replace(said[-1], piece=2000))

pieces = []

def slowly(one):
    print("piece", flush=True)
    pieces.append(one)
    if len(pieces) == 2:
        sys.stdin.readline()

try:
    actions.receive(by=SYSTEM, file=Path(sys.argv[1]), mapping=parse(MAPPING), source="town", progress=slowly)
finally:
    print(Batch.objects.latest("pk").state, flush=True)
"""


def in_home(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *words], env=surroundings(home), capture_output=True, text=True, check=False)


def surroundings(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("JIZHUN_", "DJANGO_"))}
    here = Path(__file__).parents[1]
    paths = os.pathsep.join([str(here), str(here.parent / "src"), kept.get("PYTHONPATH", "")])
    return {**kept, "JIZHUN_HOME": str(home), "JIZHUN_LANG": "en", "PYTHONPATH": paths}


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("own")
    for words in (("init",), ("load", str(write_package(folder / "town")))):
        done = in_home(folder / "home", "-m", "jizhun", *words)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("how", ["kill", "interrupt", "cancel"])
def test_another_process_is_killed_interrupted_or_cancelled_and_resumed(own_home: Path, how: str) -> None:
    home = own_home / "home"
    path = file(own_home, *(f"{how}{n},T1,2025-01-03," for n in range(1000)), name=f"{how}.csv")
    with subprocess.Popen([sys.executable, "-c", CHILD, str(path)], env=surroundings(home), stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None and [child.stdout.readline() for _ in range(2)] == ["piece\n"] * 2
        number = in_home(home, "-m", "jizhun", "batches", "list").stdout.splitlines()[-1].split("\t")
        assert number[4] == "running" and number[8] == path.name
        if how == "cancel":
            assert in_home(home, "-m", "jizhun", "batches", "cancel", number[0]).returncode == 0
        else:
            child.send_signal(signal.SIGKILL if how == "kill" else signal.SIGINT)
        rest = child.communicate("go\n")[0].split()
    ended = {"kill": "piece", "interrupt": "interrupted", "cancel": "cancelled"}[how]
    assert (rest[-1] if rest else "piece") == ended and "loaded" not in rest
    listed = in_home(home, "-m", "jizhun", "batches", "list").stdout.splitlines()[-1].split("\t")
    assert listed[4] == ("cancelled" if how == "cancel" else "interrupted")
    assert f"{how}0" not in keys(home)
    done = in_home(home, "-m", "jizhun", "batches", "resume")
    assert done.returncode == 0 and "1,000 good" in done.stdout, done.stderr
    assert len([key for key in keys(home) if key.startswith(how)]) == 1000 == len({*keys(home)} & {
        f"{how}{n}" for n in range(1000)})
    assert in_home(home, "-m", "jizhun", "batches", "resume").stdout == ""


@pytest.mark.parametrize("how", ["kill", "interrupt"])
def test_many_files_at_once_are_killed_or_interrupted_and_go_on(own_home: Path, how: str) -> None:
    home, folder = own_home / "home", own_home / f"many-{how}"
    folder.mkdir()
    (own_home / "m.yaml").write_text(MAPPING, "utf-8")
    for n in range(24):
        rows = [f"many-{how}{n}-{row},T1,2025-01-{1 + n:02}," for row in range(1000)]
        (folder / f"{n:02}.csv").write_text("\n".join(["id,place,accepted,closed", *rows]) + "\n")
    words = ("-m", "jizhun", "ingest", str(folder), "--mapping", str(own_home / "m.yaml"), "--source", f"many-{how}",
             "--at-once", "3", "--json")
    with subprocess.Popen([sys.executable, *words], env=surroundings(home), stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as child:
        while len(came := mine(home, how)) < 1000 and child.poll() is None:
            time.sleep(0.05)
        child.send_signal(signal.SIGKILL if how == "kill" else signal.SIGINT)
    assert child.returncode != 0 and 1000 <= len(came := mine(home, how)) < 24 * 1000
    assert len(came) % 1000 == 0, "no file came by half"
    done = in_home(home, *words)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [one["read"] for one in told] == [1000] * 24
    assert sum(one["repeated"] for one in told) == len(came) // 1000
    assert sorted(mine(home, how)) == sorted(f"many-{how}{n}-{row}" for n in range(24) for row in range(1000))


def mine(home: Path, how: str) -> list[str]:
    return [key for key in keys(home) if key.startswith(f"many-{how}")]


def keys(home: Path) -> list[str]:
    from jizhun.analytics.lake import Lake

    return [key for (key,) in duckdb.execute(f"SELECT case_key FROM {Lake(home / 'lake').relation()}").fetchall()]
