"""Many files handed in together: each is a batch of its own, and a bad one does not stop the others."""

import csv
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jizhun.delivery.actions import Receipt, read_mapping, receive
from jizhun.delivery.ingest import Progress
from jizhun.delivery.rules.mapping import Mapping
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import parse_day
from jizhun.people.rules import Actor


@dataclass(frozen=True, slots=True)
class Handed:
    """One of the files, with whatever it takes to read it."""

    file: Path
    mapping: Mapping
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
    """How far all of them are: ``number`` (from 1) of ``files`` is in work; ``whole`` is the progress over all."""

    file: str
    number: int
    files: int
    whole: Progress


def receive_all(*, by: Actor, files: Sequence[Handed], dry_run: bool = False,
                progress: Callable[[Overall], None] | None = None) -> list[Outcome]:
    """Receive each file in turn; gives an outcome for each, in the same order.

    Whoever hands the same files in again changes nothing of what arrived, and brings what did not.
    """
    told = _Told([_size(one.file) for one in files], progress)
    return [_outcome(by, one, dry_run, told.of(number, one.file)) for number, one in enumerate(files)]


def _outcome(by: Actor, one: Handed, dry_run: bool, progress: Callable[[Progress], None]) -> Outcome:
    try:
        return Outcome(one.file, receive(by=by, file=one.file, mapping=one.mapping, source=one.source,
                                         as_of=one.as_of, dry_run=dry_run, progress=progress))
    except Refused as refused:
        return Outcome(one.file, None, refused.sentence)


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


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
    mappings: dict[str, Mapping] = {}
    return [_listed(file, line, row, mappings) for line, row in enumerate(rows, 2)]


def _listed(list_: Path, line: int, row: dict[str, str], mappings: dict[str, Mapping]) -> Handed:
    values = {name: (row.get(name) or "").strip() for name in (*LISTED, "as_of")}
    if lacking := [name for name in LISTED if not values[name]]:
        raise Refused(zh=f"清单 {list_.name} 第 {line} 行缺 {'、'.join(lacking)}。",
                      en=f"{list_.name} line {line} lacks {', '.join(lacking)}.")
    name = values["mapping"]
    mappings[name] = mappings.get(name) or read_mapping(list_.parent / name)
    as_of = parse_day(values["as_of"]) if values["as_of"] else None
    return Handed(list_.parent / values["file"], mappings[name], values["source"], as_of)


class _Told:
    """Turns the progress of one file into that of all, by their sizes."""

    def __init__(self, sizes: Sequence[int], progress: Callable[[Overall], None] | None) -> None:
        self.sizes, self.progress = sizes, progress
        self.started, self.rows, self.last = time.monotonic(), 0, 0

    def of(self, number: int, file: Path) -> Callable[[Progress], None]:
        """What the file of that number is to tell; the rows of those before it are counted in."""
        self.rows, self.last = self.rows + self.last, 0
        before, whole = sum(self.sizes[:number]), max(1, sum(self.sizes))

        def tell(one: Progress) -> None:
            self.last = one.rows
            share = min(1.0, (before + one.share * self.sizes[number]) / whole)
            if self.progress:
                now = Progress(self.rows + one.rows, share, time.monotonic() - self.started)
                self.progress(Overall(file.name, number + 1, len(self.sizes), now))

        return tell
