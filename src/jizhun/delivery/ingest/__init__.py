"""Case records into the lake, in bulk: a file and a mapping in, one commit and a reject file out. No Django."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import duckdb

from jizhun.analytics.cases import EPOCH
from jizhun.analytics.lake import Lake, connect
from jizhun.delivery.ingest.days import create_days
from jizhun.delivery.ingest.events import by_case
from jizhun.delivery.ingest.loading import Loader, Tally
from jizhun.delivery.ingest.merging import Merge
from jizhun.delivery.ingest.opening import PIECE, Opened, opened
from jizhun.delivery.ingest.plain import is_usual
from jizhun.delivery.ingest.reading import Reader
from jizhun.delivery.ingest.suspicion import suspicious
from jizhun.delivery.rules.directory import Directory
from jizhun.delivery.rules.mapping import Mapping as MappingFile
from jizhun.delivery.rules.mapping import check_columns, refuse_identifiers
from jizhun.kernel.bilingual import Bilingual, Refused

__all__ = ["Cancelled", "Delivery", "Progress", "Received", "Staging", "connection", "ingest", "keep_rejects"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest has come. ``share`` is 0 to 1, times are seconds."""

    rows: int
    share: float
    seconds: float

    @property
    def rows_per_second(self) -> float:
        """Rows checked per second so far."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """How long it will still take at this pace; None before anything is known."""
        return self.seconds * (1 - self.share) / self.share if self.share > 0 else None


class Cancelled(Refused):
    """Raised by whoever is told of the progress: nobody wants the batch any more, and nothing is changed."""

    def __init__(self) -> None:
        super().__init__(zh="已取消，没有任何改动。", en="Cancelled; nothing was changed.")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is handed in: the file, how to read it, whose it is, and the data day for open cases.

    ``key`` is the secret under which keys are pseudonymised.
    """

    file: Path
    mapping: MappingFile
    source: str
    batch: int
    data_day: date
    key: bytes = b""
    note: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Staging:
    """Where and how a delivery is read before it counts.

    ``folder`` is the lake's staging folder to work in, ``reject_file`` where bad rows land. ``dry_run``: all but the
    commit. ``piece`` is bytes of text read at once; ``threads`` None: one per core. ``turn`` is called when all is read
    and written, and comes back when it may be committed, or raises.
    """

    folder: Path
    reject_file: Path
    dry_run: bool = False
    progress: Callable[[Progress], None] | None = None
    piece: int = PIECE
    threads: int | None = None
    turn: Callable[[], None] | None = None

    def tell(self, progress: Progress) -> None:
        """Let whoever asked know how far it has come."""
        if self.progress:
            self.progress(progress)


@dataclass(frozen=True, slots=True)
class Received:
    """What came of it. ``version`` is the lake's; ``rejects`` says whether a reject file was written."""

    read: int
    good: int
    bad: int
    replaced: int
    version: int
    rejects: Path | None
    notices: tuple[Bilingual, ...]
    seconds: float


def ingest(delivery: Delivery, lake: Lake, directory: Directory, staging: Staging) -> Received:
    """Check every row of a file and put the good ones into the lake, all at once or (in a dry run) not at all.

    Refused when mapping and file do not fit together; bad rows only land in the reject file, which is there before
    the good ones count.
    """
    started = time.monotonic()
    lake.tidy()
    file, mapping = by_case(delivery.file, delivery.mapping, staging.folder)
    delivery = replace(delivery, file=file, mapping=mapping)
    with connection(staging) as con:
        plain = is_usual(delivery.mapping)
        with opened(con, delivery.file, delivery.mapping, staging.folder, piece=staging.piece, plain=plain) as table:
            loader = _load(con, table, delivery, directory, staging, started)
        notices = tuple(_notices(loader.reader, loader.tally, delivery.mapping))
        merge = Merge(con, staging.folder, delivery, loader.tally, notices)
        if staging.turn:
            staging.turn()
        rejects = keep_rejects(loader.rejects, staging.reject_file)
        version = lake.version() if staging.dry_run else lake.commit(merge.change)
        if staging.dry_run:
            merge.change(lake.files())
        return Received(
            read=loader.tally.read,
            good=loader.tally.good,
            bad=loader.tally.bad,
            replaced=merge.replaced,
            version=version,
            rejects=rejects,
            notices=notices,
            seconds=time.monotonic() - started,
        )


def connection(staging: Staging) -> duckdb.DuckDBPyConnection:
    """A database in memory that spills into the staging folder."""
    con = connect()
    con.execute(f"SET temp_directory = '{str(staging.folder / 'spill').replace(chr(39), chr(39) * 2)}'")
    if staging.threads:
        con.execute(f"SET threads = {staging.threads}")
    return con


def _load(
    con: duckdb.DuckDBPyConnection,
    table: Opened,
    delivery: Delivery,
    directory: Directory,
    staging: Staging,
    started: float,
) -> Loader:
    mapping = delivery.mapping
    check_columns(mapping, table.columns)
    create_days(con, directory.calendars, mapping.earliest, delivery.data_day)
    reader = Reader(mapping, directory, table.columns, delivery.data_day, delivery.key)
    with closing(Loader(con, reader, staging.folder, delivery.source, delivery.batch)) as loader:
        for number, one in enumerate(table.pieces):
            loader.sort_out(one)
            refuse_identifiers(mapping, suspicious(con, table.columns, mapping, first=number == 0))
            loader.load(one)
            staging.tell(Progress(loader.tally.read, one.share, time.monotonic() - started))
        loader.staged()
    return loader


def keep_rejects(staged: Path, target: Path) -> Path | None:
    """The reject file at its place, readable by its owner only; None when nothing was rejected."""
    if not staged.exists():
        return None
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.chmod(0o600)
    shutil.move(staged, target)
    return target


def _notices(reader: Reader, tally: Tally, mapping: MappingFile) -> list[Bilingual]:
    """What somebody should know although nothing was wrong enough to refuse."""
    told = []
    for name, lookup in reader.lookups.items():
        if lookup.others:
            told.append(_others(name, lookup.others))
    if tally.early:
        told.append(
            Bilingual(
                f"{tally.early:,} 行的办结时间早于受理时间，按映射保留。",
                f"{tally.early:,} rows were closed before they were accepted; kept, as the mapping says.",
            )
        )
    if tally.good and (guessed := _guessed_days(reader, tally)):
        told.append(guessed)
    unread = [name for name in reader.columns if name not in mapping.columns() and name not in mapping.ignore]
    if unread:
        told.append(Bilingual(f"未使用的列：{'、'.join(unread)}。", f"Columns not used: {', '.join(unread)}."))
    return told


def _guessed_days(reader: Reader, tally: Tally) -> Bilingual | None:
    """Working days that nobody has published are estimated, and that is said."""
    first, last = (EPOCH + timedelta(days=day) for day in (tally.first_day, tally.last_day))
    if not reader.directory.calendars[0].estimated(first, last):
        return None
    return Bilingual(
        f"{first} 至 {last} 之间有尚未公布工作日安排的日期，其工作日为估算。",
        f"Between {first} and {last} there are days whose working days were never published: they are estimated.",
    )


def _others(name: str, others: Mapping[str, int]) -> Bilingual:
    most: Sequence[tuple[str, int]] = sorted(others.items(), key=lambda one: -one[1])[:5]
    listed = ", ".join(f"{value} ({number:,})" for value, number in most)
    rest = len(others) - len(most)
    more_zh, more_en = (f" 等 {rest} 个" if rest else "", f" and {rest} more" if rest else "")
    total = sum(others.values())
    return Bilingual(
        f"{total:,} 行的 `{name}` 未知，按映射归入“其他”：{listed}{more_zh}。",
        f"{total:,} rows have an unknown `{name}` and count as “other”: {listed}{more_en}.",
    )
