"""Long work, done by the worker process beside the server."""

import logging
import time

from django_tasks import task

from jizhun.delivery.actions import parse_as, receive, receive_reviews
from jizhun.delivery.ingest import Cancelled, Progress
from jizhun.delivery.models import Batch
from jizhun.entitlements.actions import keeping
from jizhun.evaluation import errands
from jizhun.evaluation.negatives import open_negatives
from jizhun.evaluation.reports import keeping as reports
from jizhun.kernel.bilingual import Refused
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM
from jizhun.workbench.jobs import (
    CANCELLED,
    DONE,
    FAILED,
    REFUSED,
    RUNNING,
    Job,
    input_path,
    mapping_path,
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
            _receive(job)
    except Cancelled:
        job.now(state=CANCELLED)
    except Refused as refused:
        job.now(state=REFUSED, sentence=(refused.sentence.zh, refused.sentence.en))
    except Exception:
        job.now(state=FAILED)
        log.exception("job %s failed", token)
        raise
    finally:
        input_path(job).unlink(missing_ok=True)


def _receive(job: Job) -> None:
    if job.to_be_stopped:
        raise Cancelled
    mapping = parse_as(job.kind, mapping_path(job).read_text("utf-8"), job.mapping)
    ratings = job.kind == Batch.REVIEWS
    take = receive_reviews if ratings else receive
    receipt = take(
        by=User.objects.get(username=job.username), file=input_path(job), mapping=mapping, source=job.source,
        file_name=job.file, progress=Teller(job.now(state=RUNNING)))
    batch = receipt.batch
    if ratings:
        open_negatives(by=SYSTEM, source=job.source)
    job.now(
        state=DONE, share=1.0, repeated=receipt.repeated, seconds=receipt.seconds, batch=batch.pk,
        read=batch.rows_read, good=batch.rows_good, bad=batch.rows_bad, replaced=batch.rows_replaced,
        rejects=batch.reject_file, notices=tuple((one.zh, one.en) for one in receipt.notices))
    if not ratings:
        _bring_counts(job.username, batch.source.code)


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
