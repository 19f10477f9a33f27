"""What is done with deliveries: receive a file of case records, recover what was cut off, remove a source."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.analytics.lake import Lake, check_source
from jizhun.delivery.ingest import Delivery, Progress, Received, ingest, staging_name
from jizhun.delivery.lookup import directory
from jizhun.delivery.models import Batch, Source
from jizhun.delivery.rules.directory import Directory
from jizhun.delivery.rules.mapping import Mapping
from jizhun.delivery.rules.parsing import parse
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor

RIGHT = "batch.receive"
POLLED_SECONDS = 0.5
"""How often a running batch writes down how far it is."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file. ``repeated``: it had been received before and nothing changed.

    After a dry run the batch is not in the database.
    """

    batch: Batch
    repeated: bool = False
    dry_run: bool = False
    seconds: float = 0.0
    notices: tuple[Bilingual, ...] = ()


def lake() -> Lake:
    """The case lake of this instance."""
    return Lake(settings.LAKE)


def read_mapping(file: Path) -> Mapping:
    """The mapping in ``file``; Refused with every fault and its line."""
    try:
        text = file.read_text("utf-8-sig")
    except FileNotFoundError:
        raise Refused(
            zh=f"找不到映射文件 {file.name}。", en=f"There is no mapping file {file.name}."
        ) from None
    except UnicodeDecodeError:
        raise Refused(
            zh=f"映射文件 {file.name} 不是 UTF-8 编码。", en=f"The mapping file {file.name} is not UTF-8."
        ) from None
    return parse(text, file.name)


def receive(
    *,
    by: Actor,
    file: Path,
    mapping: Mapping,
    source: str,
    as_of: date | None = None,
    dry_run: bool = False,
    progress: Callable[[Progress], None] | None = None,
    file_name: str = "",
) -> Receipt:
    """Check a file of case records and put its good rows into the lake, all at once.

    ``as_of`` is the data day for open cases (default: the mapping's ``extract_date``, else today). Whoever sends the
    same file with the same mapping again changes nothing. Raises Refused when file and mapping do not fit, Forbidden
    without the right at the source's place.
    """
    known = _source(check_source(source), mapping)
    require(by=by, right=RIGHT, path=path_to(known.region))
    batch = Batch(
        source=known,
        file_name=file_name or file.name,
        content_hash=content_hash(file),
        mapping_name=mapping.file,
        mapping_hash=mapping.digest(as_of),
        mapping_text=mapping.text,
        data_day=as_of or mapping.extract_date or timezone.localdate(),
        by=by.username,
    )
    looked_up = directory(known.region, known.calendar)
    batch.calendar_version = looked_up.calendars[0].version
    if dry_run:
        return _rehearse(batch, file, mapping, looked_up, progress)
    recover(by=by)
    if same := _same(batch):
        return Receipt(same, repeated=True)
    _begin(by, batch)
    return _run(by, batch, file, mapping, looked_up, progress)


def recover(*, by: Actor) -> list[Batch]:
    """Settle batches whose writer died: those that reached the lake are loaded, the others changed nothing."""
    settled = []
    for batch in Batch.objects.filter(state=Batch.RUNNING).select_related("source"):
        if lake().is_being_written(staging_name(batch.pk)):
            continue
        commit = _commit_of(batch)
        batch.state = Batch.LOADED if commit else Batch.INTERRUPTED
        if commit:
            batch.lake_version = int(str(commit["version"]))
            for name in ("read", "good", "bad", "replaced"):
                setattr(batch, f"rows_{name}", int(str(commit[name])))
        with transaction.atomic():
            _finish(by, batch, "delivery.recover")
        settled.append(batch)
    return settled


def remove(*, by: Actor, source: str, reason: str = "") -> int:
    """Take every case of a source out of the lake; returns how many. Its batches stay, marked as removed."""
    known = Source.objects.filter(code=source).first()
    if known is None:
        raise Refused(zh=f"没有来源“{source}”。", en=f"There is no source “{source}”.")
    require(by=by, right=RIGHT, path=path_to(known.region))
    with transaction.atomic():
        Batch.objects.filter(source=known).exclude(state=Batch.REFUSED).update(state=Batch.REMOVED)
        rows = lake().drop_source(source)
        write_line(
            by=by, act="delivery.remove", subject=f"source:{source}", before={"rows": rows}, reason=reason
        )
    return rows


def content_hash(file: Path) -> str:
    """SHA-256 of a file; Refused when there is none."""
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError):
        raise Refused(zh=f"找不到文件 {file.name}。", en=f"There is no file {file.name}.") from None


# -- one batch -------------------------------------------------------------------------------------


def _source(code: str, mapping: Mapping) -> Source:
    """The source as it is known, or as the mapping introduces it (not saved yet)."""
    known = Source.objects.filter(code=code).first()
    if known is None:
        name = Bilingual(mapping.name.zh or code, mapping.name.en or code)
        return Source(
            code=code,
            name_zh=name.zh,
            name_en=name.en,
            region=mapping.within,
            calendar=mapping.calendar,
            simulated=mapping.simulated,
        )
    if (known.region, known.simulated) != (mapping.within, mapping.simulated):
        raise Refused(
            zh=f"来源“{code}”属于 {known.region}（模拟：{known.simulated}），与映射的 `within`、`simulated` 不符。",
            en=f"The source “{code}” belongs to {known.region} (simulated: {known.simulated}); "
            "the mapping says otherwise in `within` or `simulated`.",
        )
    return known


def _same(batch: Batch) -> Batch | None:
    """The batch that brought the same content by the same mapping for the same source."""
    if batch.source.pk is None:
        return None
    alike = Batch.objects.filter(
        source=batch.source, content_hash=batch.content_hash, mapping_hash=batch.mapping_hash
    )
    if alike.filter(state=Batch.RUNNING).exists():
        raise Refused(zh="同一文件正在接收中。", en="The same file is being received right now.")
    return alike.filter(state=Batch.LOADED).select_related("source").first()


def _begin(by: Actor, batch: Batch) -> None:
    with transaction.atomic():
        if batch.source.pk is None:
            batch.source.save()
            write_line(
                by=by,
                act="delivery.introduce",
                subject=f"source:{batch.source.code}",
                after={"region": batch.source.region, "simulated": batch.source.simulated},
            )
        batch.source = batch.source
        batch.save()
        write_line(
            by=by,
            act="delivery.receive",
            subject=f"batch:{batch.pk}",
            after={"source": batch.source.code, "file": batch.file_name, "hash": batch.content_hash},
        )


def _run(
    by: Actor,
    batch: Batch,
    file: Path,
    mapping: Mapping,
    looked_up: Directory,
    progress: Callable[[Progress], None] | None,
) -> Receipt:
    rejects = settings.FILES / "rejects" / f"batch-{batch.pk}.csv"
    try:
        received = ingest(
            _delivery(batch, file, mapping), lake(), looked_up, rejects, progress=_watched(batch, progress)
        )
    except Refused as refused:
        batch.state = Batch.REFUSED
        batch.message_zh, batch.message_en = refused.sentence.zh, refused.sentence.en
        with transaction.atomic():
            _finish(by, batch, "delivery.refuse")
        raise
    _note(batch, received)
    batch.state, batch.share, batch.lake_version = Batch.LOADED, 1.0, received.version
    with transaction.atomic():
        _finish(by, batch, "delivery.load")
    return Receipt(batch, seconds=received.seconds, notices=received.notices)


def _rehearse(
    batch: Batch,
    file: Path,
    mapping: Mapping,
    looked_up: Directory,
    progress: Callable[[Progress], None] | None,
) -> Receipt:
    """Everything but the commit, and no trace in the database; the reject file is written all the same."""
    rejects = settings.FILES / "rejects" / f"dry-run-{batch.source.code}.csv"
    rejects.unlink(missing_ok=True)
    received = ingest(
        _delivery(batch, file, mapping), lake(), looked_up, rejects, dry_run=True, progress=progress
    )
    _note(batch, received)
    return Receipt(batch, dry_run=True, seconds=received.seconds, notices=received.notices)


def _delivery(batch: Batch, file: Path, mapping: Mapping) -> Delivery:
    from jizhun.settings import kept_key

    key = kept_key("pseudonym.key").encode() if mapping.pseudonymised() else b""
    return Delivery(
        file, mapping, batch.source.code, batch.pk or 0, batch.data_day, key, {"hash": batch.content_hash}
    )


def _watched(batch: Batch, progress: Callable[[Progress], None] | None) -> Callable[[Progress], None]:
    """Tells the caller and, every so often, the batch's row, which pages poll."""
    last = [time.monotonic()]

    def watch(one: Progress) -> None:
        if progress:
            progress(one)
        if time.monotonic() - last[0] >= POLLED_SECONDS:
            last[0] = time.monotonic()
            Batch.objects.filter(pk=batch.pk).update(share=one.share, rows_read=one.rows)

    return watch


def _note(batch: Batch, received: Received) -> None:
    batch.rows_read, batch.rows_good = received.read, received.good
    batch.rows_bad, batch.rows_replaced = received.bad, received.replaced
    batch.message_zh = _lines(one.zh for one in received.notices)
    batch.message_en = _lines(one.en for one in received.notices)
    if received.rejects:
        batch.reject_file = received.rejects.relative_to(settings.FILES).as_posix()


def _lines(sentences: Iterable[str]) -> str:
    return "\n".join(sentences)


def _finish(by: Actor, batch: Batch, act: str) -> None:
    batch.finished_at = timezone.now()
    batch.save()
    write_line(
        by=by,
        act=act,
        subject=f"batch:{batch.pk}",
        after={
            "state": batch.state,
            "read": batch.rows_read,
            "good": batch.rows_good,
            "bad": batch.rows_bad,
            "replaced": batch.rows_replaced,
            "lake_version": batch.lake_version,
        },
    )


def _commit_of(batch: Batch) -> dict[str, object] | None:
    """The lake's commit that brought this batch. The hash too: an older database may have used the number."""
    for commit in lake().commits():
        if commit.get("batch") == str(batch.pk) and commit.get("hash") == batch.content_hash:
            return commit
    return None
