"""Many files handed in together, several of them side by side: each is a batch of its own, a bad one stops no other.

Threads read and check; rows of the database are written by whoever asked, and commits follow one another. It comes to
the same as one file after another: those of one source are committed in the order in which they were named.
"""

import csv
import glob
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from jizhun.delivery import actions
from jizhun.delivery.actions import Receipt, Task, read_mapping, receive
from jizhun.delivery.ingest import Cancelled, Progress, Received, Staging
from jizhun.delivery.lakes import lake
from jizhun.delivery.models import Batch
from jizhun.delivery.rules.mapping import Mapping as MappingFile
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.rules import Actor

log = logging.getLogger(__name__)
MOST: Final = 4
"""Files side by side at most: each may hold some 700 MB while it is read."""
DATA: Final = frozenset({"csv", "tsv", "tab", "txt", "jsonl", "ndjson", "parquet", "xlsx", "gz", "zip"})
"""How the names of data files end, of those in a folder."""
LOOKED_SECONDS: Final = 0.1
"""How often the threads are looked after."""
OUR_FAULT: Final = Bilingual(
    "处理出错，该文件未保留任何内容；其他文件不受影响，可重新报送。",
    "A fault of ours: nothing of this file was kept. The others are not touched; hand it in again.")


@dataclass(frozen=True, slots=True)
class Handed:
    """One of the files, with whatever it takes to read it."""

    file: Path
    mapping: MappingFile
    source: str
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one: the receipt, or why it was refused."""

    file: Path
    receipt: Receipt | None
    refused: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class Overall:
    """How far all of them are: ``number`` of ``files`` have ended, ``file`` is in work (or ended last).

    ``whole`` is the progress over all; ``in_work`` that of each file that is being read, ``ended`` what came of the
    others, both by their place in the list.
    """

    file: str
    number: int
    files: int
    whole: Progress
    in_work: Mapping[int, Progress] = field(default_factory=dict)
    ended: Mapping[int, Outcome] = field(default_factory=dict)


Told = Callable[[Overall], None]


def receive_all(*, by: Actor, files: Sequence[Handed], dry_run: bool = False, progress: Told | None = None,
                side: int | None = None) -> list[Outcome]:
    """Receive the files, ``side`` of them at once (None: one per core); gives an outcome for each, in the same order.

    Whoever hands the same files in again changes nothing of what arrived, and brings what did not. Where ``progress``
    raises Cancelled, the files in work are cancelled, no other is begun, and it is raised again.
    """
    return _Many(by, files, dry_run, progress, side or at_once()).received()


def at_once() -> int:
    """How many files are read side by side on this machine."""
    return max(1, min(MOST, len(os.sched_getaffinity(0))))


class _Turns:
    """Files of one source are committed as they were named; what was read first waits for those before it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[int, str] = {}

    def begin(self, number: int, source: str) -> None:
        """A file is being read, behind all of its source that are."""
        with self._changed:
            self._waiting[number] = source

    def wait(self, number: int) -> None:
        """Until no file of the same source that was named before is still on its way."""
        with self._changed:
            source = self._waiting[number]
            self._changed.wait_for(lambda: not any(
                other < number and its == source for other, its in self._waiting.items()))

    def end(self, number: int) -> None:
        """It has been committed, or will not be."""
        with self._changed:
            self._waiting.pop(number, None)
            self._changed.notify_all()


@dataclass
class _Flight:
    """A file in work. ``stop`` tells its thread that nobody wants it any more."""

    handed: Handed
    task: Task
    held: ExitStack
    stop: threading.Event = field(default_factory=threading.Event)
    last: Progress = field(default_factory=lambda: Progress(0, 0.0, 0.0))
    future: "Future[Received] | None" = None

    def tell(self, progress: Progress) -> None:
        """Called by the thread at each piece of its file."""
        self.last = progress
        if self.stop.is_set():
            raise Cancelled

    def result(self) -> Received:
        """What came of it, once it is there."""
        assert self.future
        return self.future.result()


class _Many:
    """Receives files side by side; all that the database is told, it is told from here."""

    def __init__(self, by: Actor, files: Sequence[Handed], dry_run: bool, progress: Told | None, side: int) -> None:
        self.by, self.files, self.dry_run, self.progress, self.side = by, files, dry_run, progress, side
        self.flights: dict[int, _Flight] = {}
        self.ended: dict[int, Outcome] = {}
        self.turns, self.stack = _Turns(), ExitStack()
        self.threads = ThreadPoolExecutor(side)
        self.sizes = [_size(one.file) for one in files]
        self.rows, self.started, self.polled, self.now = 0, time.monotonic(), 0.0, 0
        self.given_up = False

    def received(self) -> list[Outcome]:
        """Take all of them in; gives what became of each."""
        actions.recover(by=self.by)
        try:
            for number, one in enumerate(self.files):
                while len(self.flights) >= self.side:
                    self._attend()
                self._take(number, one)
            while self.flights:
                self._attend()
        except BaseException:
            self._give_up()
            raise
        finally:
            self.threads.shutdown()
        return [self.ended[number] for number in range(len(self.files))]

    # -- one file --------------------------------------------------------------------------------------

    def _take(self, number: int, one: Handed) -> None:
        """Begin with a file; one that cannot be begun has ended."""
        self.now = number
        try:
            if self.side == 1 or self.dry_run or one.mapping.steps:
                self._alone(number, one)
            else:
                self._begin(number, one)
        except Refused as refused:
            if self.given_up:
                raise
            self._end(number, Outcome(one.file, None, refused.sentence), 0)

    def _alone(self, number: int, one: Handed) -> None:
        """A file whose cases are followed by their steps, or that is only looked at, is taken when no other is."""
        self._drain()
        said = [Progress(0, 0.0, 0.0)]

        def tell(progress: Progress) -> None:
            said[0] = progress
            self._tell({number: progress})

        receipt = receive(by=self.by, file=one.file, mapping=one.mapping, source=one.source, as_of=one.as_of,
                          dry_run=self.dry_run, progress=tell)
        self._end(number, Outcome(one.file, receipt), said[0].rows)

    def _begin(self, number: int, one: Handed) -> None:
        batch, looked_up = actions.prepared(self.by, one.file, one.mapping, one.source, one.as_of)
        if self._must_wait(one, batch):
            self._drain()
        with ExitStack() as held:  # as long as it is held, the batch does not look abandoned
            folder = held.enter_context(lake().staging(batch.staging))
            if same := actions.begin(self.by, batch, one.mapping):
                return self._end(number, Outcome(one.file, Receipt(same, repeated=True)), 0)
            flight = _Flight(one, Task(batch, one.file, one.mapping, looked_up, folder, None), held.pop_all())
        self.flights[number] = flight
        self.turns.begin(number, one.source)
        flight.future = self.threads.submit(self._work, number, flight)
        flight.future.add_done_callback(lambda _: self.turns.end(number))
        return None

    def _must_wait(self, one: Handed, batch: Batch) -> bool:
        """Where what is in work decides what becomes of this file: whether it has come before, whose it may be."""
        mine = [flight for flight in self.flights.values() if flight.handed.source == one.source]
        came = Batch.objects.filter(content_hash=batch.content_hash, source__code=one.source)
        return bool(mine) and (any(flight.handed.mapping != one.mapping for flight in mine) or came.exists())

    def _work(self, number: int, flight: _Flight) -> Received:
        """In a thread of its own: read, check and commit."""
        def turn() -> None:
            self.turns.wait(number)
            flight.tell(flight.last)

        threads = max(1, len(os.sched_getaffinity(0)) // self.side)
        return actions.ingested(flight.task, Staging(flight.task.folder, actions.reject_file(flight.task.batch),
                                                     progress=flight.tell, threads=threads, turn=turn))

    def _land(self, number: int) -> None:
        """Write down what came of a file that its thread is done with."""
        flight = self.flights.pop(number)
        with flight.held:
            try:
                outcome = Outcome(flight.handed.file, actions.concluded(self.by, flight.task.batch, flight.result))
            except Refused as refused:
                outcome = Outcome(flight.handed.file, None, refused.sentence)
            except Exception:
                log.exception("batch %s failed", flight.task.batch.pk)
                outcome = Outcome(flight.handed.file, None, OUR_FAULT)
        self._end(number, outcome, flight.last.rows)

    def _end(self, number: int, outcome: Outcome, rows: int) -> None:
        self.ended[number] = outcome
        self.rows += rows
        self._tell()

    # -- all that are in work --------------------------------------------------------------------------

    def _attend(self) -> None:
        """Wait a moment for any file in work; tell how far they are, and stop what somebody does not want."""
        futures = {flight.future: number for number, flight in self.flights.items() if flight.future}
        done, _ = wait(futures, LOOKED_SECONDS, FIRST_COMPLETED)
        for number in sorted(futures[one] for one in done):
            self._land(number)
        if time.monotonic() - self.polled >= actions.POLLED_SECONDS:
            self.polled = time.monotonic()
            self._poll()
        if not done:
            self._tell()

    def _poll(self) -> None:
        """What pages read of running batches, and what was asked there."""
        for flight in self.flights.values():
            row = Batch.objects.filter(pk=flight.task.batch.pk)
            row.update(share=flight.last.share, rows_read=flight.last.rows)
            if row.filter(stop_asked=True).exists():
                flight.stop.set()

    def _drain(self) -> None:
        while self.flights:
            self._attend()

    def _give_up(self) -> None:
        """Stop every file in work and write down what became of it; nobody is told of it any more."""
        self.progress = None
        for flight in self.flights.values():
            flight.stop.set()
        for number in sorted(self.flights):
            self._land(number)

    def _tell(self, alone: Mapping[int, Progress] | None = None) -> None:
        if self.progress is None:
            return
        in_work = alone or {number: flight.last for number, flight in self.flights.items()}
        size: float = sum(self.sizes[number] for number in self.ended)
        size += sum(one.share * self.sizes[number] for number, one in in_work.items())
        rows = self.rows + sum(one.rows for one in in_work.values())
        share = 1.0 if len(self.ended) == len(self.files) else min(1.0, size / max(1, sum(self.sizes)))
        whole = Progress(rows, share, time.monotonic() - self.started)
        shown = self.files[min(in_work, default=self.now)].file.name
        try:
            self.progress(Overall(shown, len(self.ended), len(self.files), whole, in_work, dict(self.ended)))
        except BaseException:
            self.given_up = True
            raise


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def named(paths: Sequence[Path]) -> list[Path]:
    """The files that these paths name: files themselves, every data file of a folder by its name, a pattern with ``*``.

    Refused where a folder or a pattern names none.
    """
    return [file for path in paths for file in _named(path)]


def _named(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(one for one in path.iterdir() if one.is_file() and _is_data(one))
    elif not path.exists() and glob.has_magic(str(path)):
        found = sorted(Path(one) for one in glob.glob(str(path)) if Path(one).is_file())
    else:
        return [path]
    if not found:
        raise Refused(zh=f"{path.name} 中没有数据文件。", en=f"There is no data file in {path.name}.")
    return found


def _is_data(file: Path) -> bool:
    """Whether a file's name tells that cases may be in it, packed or not."""
    suffixes = [one.lower().lstrip(".") for one in file.suffixes]
    return bool(suffixes) and not file.name.startswith((".", "~$")) and suffixes[-1] in DATA


LISTED = ("file", "mapping", "source")


def read_list(file: Path) -> list[Handed]:
    """The files that a CSV list names: columns file, mapping and source, as_of if wanted; paths from the list's folder.

    Refused with the line of the first fault.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise Refused(zh=f"清单 {file.name} 无法读取：应为 UTF-8 的 CSV。",
                      en=f"The list {file.name} cannot be read: it must be CSV in UTF-8.") from None
    if not rows:
        raise Refused(zh=f"清单 {file.name} 中没有文件。", en=f"The list {file.name} names no file.")
    mappings: dict[str, MappingFile] = {}
    return [_listed(file, line, row, mappings) for line, row in enumerate(rows, 2)]


def _listed(list_: Path, line: int, row: dict[str, str], mappings: dict[str, MappingFile]) -> Handed:
    values = {name: (row.get(name) or "").strip() for name in (*LISTED, "as_of")}
    if lacking := [name for name in LISTED if not values[name]]:
        raise Refused(zh=f"清单 {list_.name} 第 {line} 行缺 {'、'.join(lacking)}。",
                      en=f"{list_.name} line {line} lacks {', '.join(lacking)}.")
    name = values["mapping"]
    mappings[name] = mappings.get(name) or read_mapping(list_.parent / name)
    as_of = parse_day(values["as_of"]) if values["as_of"] else None
    return Handed(list_.parent / values["file"], mappings[name], values["source"], as_of)

