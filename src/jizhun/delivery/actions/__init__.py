"""What is done with deliveries: receive a file of case records, of their steps or of ratings, recover what was cut off,
remove a source."""

import hashlib
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.analytics.lake import Version, check_source
from jizhun.delivery.ingest import Cancelled, Delivery, Progress, Received, Staging, ingest
from jizhun.delivery.ingest.reviews import ingest_reviews
from jizhun.delivery.ingest.sample import Sample, sample, sample_reviews
from jizhun.delivery.ingest.steps import ingest_steps
from jizhun.delivery.ingest.xes import STANDARD, is_xml
from jizhun.delivery.lakes import lake, lake_of, review_lake, step_lake
from jizhun.delivery.lookup import directory, reason_catalogue
from jizhun.delivery.models import Batch, Source
from jizhun.delivery.rules.directory import Directory
from jizhun.delivery.rules.mapping import Mapping
from jizhun.delivery.rules.parsing import parse, parse_reviews, parse_steps
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


def read_mapping(file: Path, *, kind: str = Batch.CASES) -> Mapping:
    """The mapping in ``file`` for what a batch of this kind holds; Refused with every fault and its line."""
    try:
        text = file.read_text("utf-8-sig")
    except FileNotFoundError:
        raise Refused(
            zh=f"找不到映射文件 {file.name}。", en=f"There is no mapping file {file.name}."
        ) from None
    except OSError:
        raise Refused(
            zh=f"映射文件 {file.name} 无法读取。", en=f"The mapping file {file.name} cannot be read."
        ) from None
    except UnicodeDecodeError:
        raise Refused(
            zh=f"映射文件 {file.name} 不是 UTF-8 编码。", en=f"The mapping file {file.name} is not UTF-8."
        ) from None
    return parse_as(kind, text, file.name)


def parse_as(kind: str, text: str, name: str) -> Mapping:
    """A mapping's text as that of case records, of steps or of ratings; Refused with every fault and its line."""
    if kind == Batch.REVIEWS:
        return parse_reviews(text, {one.code: one.name for one in reason_catalogue().categories}, name)
    return parse_steps(text, name) if kind == Batch.STEPS else parse(text, name)


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
    without the right at the source's place. Where the mapping names steps, they are received after the cases.
    """
    receipt = _received(by, file, mapping, source, as_of, dry_run, progress, file_name, Batch.CASES)
    if mapping.steps and not dry_run:
        _received(by, file, mapping, source, as_of, dry_run, None, file_name, Batch.STEPS)
    return receipt


def receive_steps(
    *,
    by: Actor,
    file: Path,
    source: str,
    mapping: Mapping | None = None,
    as_of: date | None = None,
    dry_run: bool = False,
    progress: Callable[[Progress], None] | None = None,
    file_name: str = "",
) -> Receipt:
    """Check a log of steps (any table, or XES) and put the steps of whole cases into the lake, all at once.

    The cases are those of ``source``, received before, unless the mapping says of each step which matter and place it
    belongs to. XES needs no mapping where it keeps to the standard's names. Otherwise like ``receive``.
    """
    if mapping is None:
        if not is_xml(file):
            content_hash(file)  # tells of a file that is not there
            raise Refused(zh="事件日志须有映射文件；只有 XES 可以没有。",
                          en="An event log needs a mapping file; only XES can do without.")
        mapping = parse_steps(STANDARD, "XES")
    return _received(by, file, at_home(mapping, source), source, as_of, dry_run, progress, file_name, Batch.STEPS)


def receive_reviews(
    *,
    by: Actor,
    file: Path,
    source: str,
    mapping: Mapping,
    as_of: date | None = None,
    dry_run: bool = False,
    progress: Callable[[Progress], None] | None = None,
    file_name: str = "",
) -> Receipt:
    """Check a file of ratings and put the good ones into the lake, all at once.

    Matter, place and group are those of the case of ``source`` that was rated, where the file does not tell. What
    people wrote is not kept. Otherwise like ``receive``.
    """
    return _received(by, file, at_home(mapping, source), source, as_of, dry_run, progress, file_name, Batch.REVIEWS)


def at_home(mapping: Mapping, source: str) -> Mapping:
    """A mapping of steps or ratings that does not say where its file lies: where the source does."""
    if mapping.within:
        return mapping
    known = Source.objects.filter(code=source).first()
    if known is None:
        return replace(mapping, within="CN", calendar="CN")
    return replace(mapping, within=known.region, calendar=known.calendar, simulated=known.simulated)


def _received(by: Actor, file: Path, mapping: Mapping, source: str, as_of: date | None, dry_run: bool,
              progress: Callable[[Progress], None] | None, file_name: str, kind: str,
              data_day: date | None = None) -> Receipt:
    batch, looked_up = prepared(by, file, mapping, source, as_of)
    batch.data_day = data_day or batch.data_day
    batch.kind, batch.file_name = kind, file_name or file.name
    if kind == Batch.REVIEWS:
        looked_up = replace(looked_up, categories=reason_catalogue().categories)
        batch.directory_hash = looked_up.digest()
    if not dry_run:
        recover(by=by)
    with lake().staging(batch.staging) as folder:  # before anybody can see the batch: it never looks abandoned
        task = Task(batch, file, mapping, looked_up, folder, progress)
        if dry_run:
            return _rehearse(task)
        if same := begin(by, batch, mapping):
            return Receipt(same, repeated=True)
        return concluded(by, batch, lambda: ingested(task, watched(task)))


def preview(*, by: Actor, file: Path, mapping: Mapping, source: str, as_of: date | None = None,
            kind: str = Batch.CASES) -> Sample:
    """The first rows of a file of case records or of ratings as the mapping reads them; nothing is kept.

    Refuses what ``receive`` or ``receive_reviews`` would refuse.
    """
    mapping = at_home(mapping, source) if kind == Batch.REVIEWS else mapping
    batch, looked_up = prepared(by, file, mapping, source, as_of)
    look = sample_reviews if kind == Batch.REVIEWS else sample
    with lake().staging(batch.staging) as folder:
        return look(_delivery(batch, file, mapping), looked_up, folder)


def prepared(
    by: Actor, file: Path, mapping: Mapping, source: str, as_of: date | None
) -> tuple[Batch, Directory]:
    """A batch that is not kept yet, and what its words are looked up in; Forbidden without the right."""
    known = _source(check_source(source), mapping)
    for place in dict.fromkeys((mapping.within, known.region)):
        require(by=by, right=RIGHT, path=path_to(place))
    looked_up = directory(mapping.within, mapping.calendar)
    return Batch(
        source=known,
        file_name=file.name,
        content_hash=content_hash(file),
        mapping_name=mapping.file,
        mapping_hash=mapping.digest(as_of),
        mapping_text=mapping.text,
        directory_hash=looked_up.digest(),
        calendar_version=looked_up.calendars[0].version,
        data_day=as_of or mapping.extract_date or timezone.localdate(),
        by=by.username,
        path=str(file.resolve()),
        staging=f"batch-{uuid4().hex}",
    ), looked_up


def recover(*, by: Actor) -> list[Batch]:
    """Settle batches whose writer died: those that reached the lake are loaded, the others changed nothing."""
    settled = []
    for batch in Batch.objects.filter(state=Batch.RUNNING).select_related("source"):
        if batch.staging and lake().is_being_written(batch.staging):
            continue
        _settle(by, batch)
        settled.append(batch)
    return settled


def _settle(by: Actor, batch: Batch) -> None:
    """Write down what became of a batch that ended without saying so."""
    commit = _commit_of(batch)
    batch.state = Batch.LOADED if commit else Batch.INTERRUPTED
    if commit:
        _note_commit(batch, commit)
    with transaction.atomic():
        _finish(by, batch, "delivery.recover")


def cancel(*, by: Actor, batch: Batch) -> Batch:
    """Ask a running batch to stop; it does at the next piece of its file, and before anything has been changed.

    Refused where it does not run any more, Forbidden without the right at its source's place.
    """
    require(by=by, right=RIGHT, path=path_to(batch.source.region))
    recover(by=by)
    with transaction.atomic():
        if not Batch.objects.filter(pk=batch.pk, state=Batch.RUNNING).update(stop_asked=True):
            raise Refused(zh=f"第 {batch.pk} 批不在接收中。", en=f"Batch {batch.pk} is not being received.")
        write_line(by=by, act="delivery.ask_to_stop", subject=f"batch:{batch.pk}")
    batch.refresh_from_db()
    return batch


def resume(*, by: Actor, batch: Batch, progress: Callable[[Progress], None] | None = None) -> Receipt:
    """Receive the file of a batch that was cut off or cancelled once more, from its beginning, for the same data day.

    Nothing of it had been kept, so nothing is doubled. Refused where the batch ended otherwise, or where its file is
    not what it was.
    """
    recover(by=by)
    batch.refresh_from_db()
    if batch.state not in Batch.CUT_OFF:
        raise Refused(zh=f"第 {batch.pk} 批没有中断，不需要重新接收。",
                      en=f"Batch {batch.pk} was not cut off: there is nothing to begin anew.")
    file = Path(batch.path)
    if not batch.path or not file.is_file() or content_hash(file) != batch.content_hash:
        raise Refused(zh=f"第 {batch.pk} 批的文件 {batch.file_name} 已不在原处或已改动：请重新报送。",
                      en=f"The file of batch {batch.pk}, {batch.file_name}, is not where it was or has changed: hand "
                      "it in again.")
    mapping = _mapping_of(batch)
    as_of = None if mapping.digest() == batch.mapping_hash else batch.data_day
    receipt = _received(by, file, mapping, batch.source.code, as_of, False, progress, batch.file_name, batch.kind,
                        batch.data_day)
    if mapping.steps and batch.kind == Batch.CASES:
        _received(by, file, mapping, batch.source.code, as_of, False, None, batch.file_name, Batch.STEPS,
                  batch.data_day)
    return receipt


def cut_off() -> list[Batch]:
    """The newest batch of each file, where that was cut off or cancelled; the oldest first."""
    newest: dict[tuple[object, ...], Batch] = {}
    for one in Batch.objects.select_related("source").order_by("pk"):
        newest[one.source_id, one.kind, one.content_hash, one.mapping_hash] = one
    return [one for one in newest.values() if one.state in Batch.CUT_OFF]


def _mapping_of(batch: Batch) -> Mapping:
    """The mapping by which a batch was read; steps may also come by that of case records."""
    if batch.kind == Batch.CASES:
        return parse(batch.mapping_text, batch.mapping_name)
    if batch.kind == Batch.REVIEWS:
        named = {one.code: one.name for one in reason_catalogue().categories}
        return parse_reviews(batch.mapping_text, named, batch.mapping_name)
    try:
        return at_home(parse_steps(batch.mapping_text, batch.mapping_name), batch.source.code)
    except Refused:
        return parse(batch.mapping_text, batch.mapping_name)


def remove(*, by: Actor, source: str, reason: str = "") -> int:
    """Take every case of a source out of the lake, with its steps and ratings; returns how many cases.

    Its batches stay, marked as removed.
    """
    known = Source.objects.filter(code=source).first()
    if known is None:
        raise Refused(zh=f"没有来源“{source}”。", en=f"There is no source “{source}”.")
    require(by=by, right=RIGHT, path=path_to(known.region))
    with transaction.atomic():
        Batch.objects.filter(source=known).exclude(state=Batch.REFUSED).update(state=Batch.REMOVED)
        rows = lake().drop(source)
        step_lake().drop(source)
        review_lake().drop(source)
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
    except OSError:
        raise Refused(zh=f"文件 {file.name} 无法读取。", en=f"The file {file.name} cannot be read.") from None


# -- one batch -------------------------------------------------------------------------------------


def _source(code: str, mapping: Mapping) -> Source:
    """The source as it is known, or as the mapping introduces it (not saved yet)."""
    known = Source.objects.filter(code=code).first()
    if known is None:
        return Source(code=code, **_introduced(mapping))
    _check_agreement(known, mapping)
    return known


def _introduced(mapping: Mapping) -> dict[str, object]:
    """What a mapping says of its source, beside a name."""
    return {"region": mapping.within, "calendar": mapping.calendar, "simulated": mapping.simulated}


def _agrees(known: Source, mapping: Mapping) -> bool:
    return all(getattr(known, name) == value for name, value in _introduced(mapping).items())


def _check_agreement(known: Source, mapping: Mapping) -> None:
    """Refused where the mapping says otherwise of a source that has brought something, or is just bringing it."""
    bound = known.batches.filter(state__in=(Batch.LOADED, Batch.RUNNING)).exists()
    if bound and not _agrees(known, mapping):
        raise Refused(
            zh=f"来源“{known.code}”属于 {known.region}（日历：{known.calendar}，模拟：{known.simulated}），"
            "与映射的 `within`、`calendar`、`simulated` 不符。",
            en=f"The source “{known.code}” belongs to {known.region} (calendar: {known.calendar}, simulated: "
            f"{known.simulated}); the mapping says otherwise in `within`, `calendar` or `simulated`.",
        )


def _same(batch: Batch) -> Batch | None:
    """The batch that brought the same content, read in the same way, and of which nothing has been replaced since."""
    alike = Batch.objects.filter(
        source=batch.source, kind=batch.kind, content_hash=batch.content_hash, mapping_hash=batch.mapping_hash
    )
    if alike.filter(state=Batch.RUNNING).exists():
        raise Refused(zh="同一文件正在接收中。", en="The same file is being received right now.")
    same = alike.loaded().filter(directory_hash=batch.directory_hash).select_related("source").first()
    later = batch.source.batches.loaded().filter(kind=batch.kind, rows_replaced__gt=0)
    # by commit: a later number may have come first
    if same and not later.filter(lake_version__gt=same.lake_version or 0).exists() and not _cases_since(same):
        return same
    return None


def _cases_since(same: Batch) -> bool:
    """Whether cases came after a log of steps of which some were rejected: they may be those that it lacked."""
    cases = same.source.batches.loaded().of_cases().filter(pk__gt=same.pk)
    return same.kind == Batch.STEPS and same.rows_bad > 0 and cases.exists()


def begin(by: Actor, batch: Batch, mapping: Mapping) -> Batch | None:
    """Write down that the batch runs; or give the one that brought the same already, and write nothing."""
    with transaction.atomic():
        batch.source = _held(by, batch.source, mapping)
        if same := _same(batch):
            return same
        batch.save()
        write_line(
            by=by,
            act="delivery.receive",
            subject=f"batch:{batch.pk}",
            after={"source": batch.source.code, "file": batch.file_name, "hash": batch.content_hash},
        )
    return None


def _held(by: Actor, wanted: Source, mapping: Mapping) -> Source:
    """The source's row, held for this act; introduced, or introduced anew while nothing has come of it."""
    name = {"name_zh": mapping.name.zh or wanted.code, "name_en": mapping.name.en or wanted.code}
    said = _introduced(mapping)
    known, new = Source.objects.select_for_update().get_or_create(code=wanted.code, defaults={**name, **said})
    _check_agreement(known, mapping)
    if new or not _agrees(known, mapping):
        before, subject = None if new else _told_of(known), f"source:{known.code}"
        for field, value in {**name, **said}.items():
            setattr(known, field, value)
        known.save()
        write_line(by=by, act="delivery.introduce", subject=subject, before=before, after=_told_of(known))
    return known


def _told_of(source: Source) -> dict[str, object]:
    return {"region": source.region, "calendar": source.calendar, "simulated": source.simulated}


@dataclass(frozen=True, slots=True)
class Task:
    """A batch and all that it takes to read it."""

    batch: Batch
    file: Path
    mapping: Mapping
    directory: Directory
    folder: Path
    progress: Callable[[Progress], None] | None


def watched(task: Task) -> Staging:
    """The staging of a batch whose progress is told to its row."""
    return Staging(task.folder, reject_file(task.batch), progress=_watched(task.batch, task.progress))


def concluded(by: Actor, batch: Batch, work: Callable[[], Received]) -> Receipt:
    """What came of the work on a batch that runs, written down; raises what the work raises."""
    try:
        received = work()
    except Refused as refused:
        cancelled = isinstance(refused, Cancelled)
        batch.state = Batch.CANCELLED if cancelled else Batch.REFUSED
        batch.message_zh, batch.message_en = refused.sentence.zh, refused.sentence.en
        with transaction.atomic():
            _finish(by, batch, "delivery.cancel" if cancelled else "delivery.refuse")
        raise
    except BaseException:
        _settle(by, batch)
        raise
    _note(batch, received)
    batch.state, batch.share, batch.lake_version = Batch.LOADED, 1.0, received.version
    with transaction.atomic():
        _finish(by, batch, "delivery.load")
    return Receipt(batch, seconds=received.seconds, notices=received.notices)


def _rehearse(task: Task) -> Receipt:
    """Everything but the commit, and no trace in the database; the reject file is written all the same."""
    rejects = settings.FILES / "rejects" / f"dry-run-{task.batch.source.code}.csv"
    rejects.unlink(missing_ok=True)
    received = ingested(task, Staging(task.folder, rejects, dry_run=True, progress=task.progress))
    _note(task.batch, received)
    return Receipt(task.batch, dry_run=True, seconds=received.seconds, notices=received.notices)


def ingested(task: Task, staging: Staging) -> Received:
    """The file read and its good rows committed. Asks the database of nothing, so that any thread may do it."""
    delivery = _delivery(task.batch, task.file, task.mapping)
    if task.batch.kind in (Batch.STEPS, Batch.REVIEWS):
        take = ingest_steps if task.batch.kind == Batch.STEPS else ingest_reviews
        return take(delivery, lake_of(task.batch.kind), lake(), task.directory, staging)
    return ingest(delivery, lake(), task.directory, staging)


def reject_file(batch: Batch) -> Path:
    """Where the bad rows of a batch land."""
    return settings.FILES / "rejects" / f"batch-{batch.pk}.csv"


def _delivery(batch: Batch, file: Path, mapping: Mapping) -> Delivery:
    from jizhun.settings import kept_key

    key = kept_key("pseudonym.key").encode() if mapping.pseudonymised() else b""
    return Delivery(
        file, mapping, batch.source.code, batch.pk or 0, batch.data_day, key, {"hash": batch.content_hash}
    )


def _watched(batch: Batch, progress: Callable[[Progress], None] | None) -> Callable[[Progress], None]:
    """Tells the caller and, every so often, the batch's row, which pages poll; stops when that was asked there."""
    last = [time.monotonic()]

    def watch(one: Progress) -> None:
        if progress:
            progress(one)
        if time.monotonic() - last[0] >= POLLED_SECONDS or one.share >= 1:
            last[0] = time.monotonic()
            Batch.objects.filter(pk=batch.pk).update(share=one.share, rows_read=one.rows)
            if Batch.objects.filter(pk=batch.pk, stop_asked=True).exists():
                raise Cancelled

    return watch


def _note(batch: Batch, received: Received) -> None:
    batch.rows_read, batch.rows_good = received.read, received.good
    batch.rows_bad, batch.rows_replaced = received.bad, received.replaced
    batch.message_zh = _lines(one.zh for one in received.notices)
    batch.message_en = _lines(one.en for one in received.notices)
    if received.rejects:
        batch.reject_file = received.rejects.relative_to(settings.FILES).as_posix()


def _note_commit(batch: Batch, commit: Version) -> None:
    """What the commit of a batch that was cut off tells of it; its reject file was there before."""
    batch.share, batch.lake_version = 1.0, commit.number
    for name in ("read", "good", "bad", "replaced"):
        setattr(batch, f"rows_{name}", int(commit.note[name]))
    batch.message_zh, batch.message_en = commit.note.get("said_zh", ""), commit.note.get("said_en", "")
    if reject_file(batch).exists():
        batch.reject_file = reject_file(batch).relative_to(settings.FILES).as_posix()


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


def _commit_of(batch: Batch) -> Version | None:
    """The lake's commit that brought this batch. The hash too: an older database may have used the number."""
    kept = lake_of(batch.kind)
    said = {"batch": str(batch.pk), "hash": batch.content_hash}
    return next((one for one in kept.versions() if said.items() <= one.note.items()), None)
