"""Long work, done by the worker process beside the server."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from django_tasks import task

from jizhun.delivery.actions import many, parse_as, receive
from jizhun.delivery.ingest import Cancelled, Progress
from jizhun.delivery.models import Batch
from jizhun.entitlements.actions import keeping
from jizhun.evaluation import errands
from jizhun.evaluation.negatives import take_in
from jizhun.evaluation.reports import keeping as reports
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.models import User
from jizhun.workbench.jobs import (
    CANCELLED,
    DONE,
    FAILED,
    REFUSED,
    RUNNING,
    WAITING,
    Job,
    OneFile,
    forget_input,
    input_path,
    mapping_path,
    paths_of,
    read_job,
    worked_on,
)

log = logging.getLogger(__name__)
TOLD_SECONDS = 0.3
"""How often a running job writes down how far it is."""


@task()
def process_batch(token: str) -> None:
    """Take the file of a job into the lake; whatever happens ends up in the job."""
    job = read_job(token)
    if job is None or not job.moving:
        return
    try:
        with worked_on(job):
            (_receive_many if job.files else _receive)(job)
    except Cancelled:
        _newest(job).now(state=CANCELLED)
    except Refused as refused:
        _newest(job).now(state=REFUSED, sentence=(refused.sentence.zh, refused.sentence.en))
    except Exception:
        _newest(job).now(state=FAILED)
        log.exception("job %s failed", token)
        raise
    finally:
        newest = _newest(job)  # what was cancelled half way may go on, so the other files stay
        forget_input(newest, ended=newest.state == CANCELLED and bool(newest.files))


def _newest(job: Job) -> Job:
    """The job with what its files have told meanwhile."""
    return read_job(job.token) or job


def _receive(job: Job) -> None:
    if job.to_be_stopped:
        raise Cancelled
    mapping = parse_as(job.kind, mapping_path(job).read_text("utf-8"), job.mapping)
    by, progress = User.objects.get(username=job.username), Teller(job.now(state=RUNNING))
    ratings = job.kind == Batch.REVIEWS
    if ratings:
        receipt, _ = take_in(by=by, file=input_path(job), mapping=mapping, source=job.source, file_name=job.file,
                             progress=progress)
    else:
        receipt = receive(by=by, file=input_path(job), mapping=mapping, source=job.source, file_name=job.file,
                          progress=progress)
    batch = receipt.batch
    job.now(
        state=DONE, share=1.0, repeated=receipt.repeated, seconds=receipt.seconds, batch=batch.pk,
        read=batch.rows_read, good=batch.rows_good, bad=batch.rows_bad, replaced=batch.rows_replaced,
        rejects=batch.reject_file, notices=tuple((one.zh, one.en) for one in receipt.notices))
    if not ratings:
        _bring_counts(job.username, batch.source.code)


def _receive_many(job: Job) -> None:
    """Take in those of several files that are not settled yet; one that cannot be taken stops no other."""
    if job.to_be_stopped:
        raise Cancelled
    mapping = parse_as(job.kind, mapping_path(job).read_text("utf-8"), job.mapping)
    open_ones = [number for number, one in enumerate(job.files) if not one.ended]
    paths = paths_of(job)
    handed = [many.Handed(paths[number], mapping, job.source) for number in open_ones]
    teller = ManyTeller(job.now(state=RUNNING), open_ones)
    started = time.monotonic()
    try:
        many.receive_all(by=User.objects.get(username=job.username), files=handed, progress=teller)
    finally:
        job = teller.write(over=True)
        _bring_counts(job.username, job.source)
    good, bad = (sum(getattr(one, name) for one in job.files) for name in ("good", "bad"))
    seconds = job.seconds + time.monotonic() - started
    job.now(state=DONE, share=1.0, seconds=seconds, read=good + bad, good=good, bad=bad)


class ManyTeller:
    """Writes how far each of several files is into the job, and stops all of them when that is asked."""

    def __init__(self, job: Job, numbers: Sequence[int]) -> None:
        self.job, self.numbers, self.last, self.overall = job, numbers, 0.0, cast(many.Overall | None, None)

    def __call__(self, overall: many.Overall) -> None:
        self.overall = overall
        if time.monotonic() - self.last >= TOLD_SECONDS:
            self.last = time.monotonic()
            self.write()
        if self.job.to_be_stopped:
            raise Cancelled

    def write(self, *, over: bool = False) -> Job:
        """The job as it stands now, saved; ``over``: nobody works on what has not ended."""
        if self.overall is None:
            return self.job
        files, whole = list(self.job.files), self.overall.whole
        for at, number in enumerate(self.numbers):
            files[number] = self._told(files[number], at)
            if over and not files[number].ended:
                files[number] = replace(files[number], state=CANCELLED, share=0.0)
        self.job = self.job.now(files=tuple(files), rows=whole.rows, share=whole.share, seconds_left=whole.seconds_left,
                                rows_per_second=whole.rows_per_second)
        return self.job

    def _told(self, one: OneFile, at: int) -> OneFile:
        assert self.overall
        if (outcome := self.overall.ended.get(at)) is not None:
            return _outcome(one, outcome)
        if (progress := self.overall.in_work.get(at)) is not None:
            return replace(one, state=RUNNING, share=progress.share)
        return replace(one, state=WAITING, share=0.0)


def _outcome(one: OneFile, outcome: many.Outcome) -> OneFile:
    if outcome.receipt is None:
        said = outcome.refused or Bilingual("", "")
        return replace(one, state=REFUSED, share=1.0, zh=said.zh, en=said.en)
    batch = outcome.receipt.batch
    return replace(one, state=DONE, share=1.0, good=batch.rows_good, bad=batch.rows_bad, rejects=batch.reject_file,
                   repeated=outcome.receipt.repeated)


def _bring_counts(username: str, source: str) -> None:
    """What pages read is brought up to date by a job of its own: it can be watched and stopped, the batch stays."""
    try:
        one, new = errands.ask_for(by=User.objects.get(username=username), what=errands.COUNTS,
                                   asked={"source": source})
    except Refused:  # a batch without a single case
        return
    if new:
        do_errand.enqueue(one.token)


class Teller:
    """Writes progress into the job, not more often than anybody looks; and stops the work when that is asked."""

    def __init__(self, job: Job) -> None:
        self.job, self.last = job, 0.0

    def __call__(self, progress: Progress) -> None:
        if self.job.to_be_stopped:
            raise Cancelled
        if time.monotonic() - self.last < TOLD_SECONDS:
            return
        self.last = time.monotonic()
        self.job = self.job.now(rows=progress.rows, share=progress.share, seconds=progress.seconds,
                                rows_per_second=progress.rows_per_second, seconds_left=progress.seconds_left)


@task()
def run_what_if(token: str) -> None:
    """Run what somebody supposed; whatever happens ends up in its row."""
    keeping.run(token=token)


@task()
def make_report(token: str) -> None:
    """Make a report that somebody asked for; whatever happens ends up in its row."""
    reports.run(token=token)


@task()
def do_errand(token: str) -> None:
    """Do what a page asked for; whatever happens ends up in its row."""
    errands.run(token=token)
