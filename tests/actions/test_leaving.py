"""A source that leaves: what goes with it, what is ended, and what was said and therefore stays."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from finding_cases import SOURCE, Heap, hand_in, settle, taken_in
from jizhun.evaluation import errands
from jizhun.evaluation.actions import evaluate, sources
from jizhun.evaluation.findings import look
from jizhun.evaluation.leaving import Left, remove_source
from jizhun.evaluation.models import Errand, Finding, Proposal, PublishedEdition, Report, Run
from jizhun.evaluation.publications import Plan, make, propose, publish, waiting
from jizhun.evaluation.reports import keeping as reports
from jizhun.evaluation.standing import bring, cuts_of
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import verify_trail
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import SYSTEM, Forbidden

CITY = "990100"
HEAPS = [Heap("990101", "2025-05", 56, 40), Heap("990102", "2025-06", 40, 1)]
DAY = date(2025, 7, 31)
PLAN = Plan("spring", Bilingual("春季（模拟）", "Spring (simulated)"), CITY, SOURCE, date(2025, 5, 1),
            date(2025, 6, 30), "matter", "county", ["on_time"])


@pytest.fixture(scope="module")
def filled(world: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cases of two sources, handed in once."""
    with django_db_blocker.unblock(), taken_in(tmp_path_factory.mktemp("lake"), HEAPS, "2025-07-31") as folder:
        hand_in(folder, HEAPS[:1], "2025-07-31", source="other")
        yield folder


@pytest.fixture(autouse=True)
def cases(filled: Path, tmp_path: Path, settings: Any, db: None) -> Path:
    return settle(filled, tmp_path, settings)


def user(name: str = "statistician") -> User:
    return User.objects.get(username=name)


def published() -> PublishedEdition:
    one = make(by=user(), plan=PLAN)
    return publish(by=user("reviewer"), proposal=one.pk, seen=one.content_hash)


def report() -> Report:
    one = reports.ask_for(by=user(), source=SOURCE, region=CITY, period="2025-05", language="en")
    reports.run(token=one.token)
    one.refresh_from_db()
    assert one.state == "done"
    return one


def test_counts_reports_and_evaluations_go_with_the_cases_and_those_of_others_stay() -> None:
    for source in (SOURCE, "other"):
        bring(source=source, as_of=DAY)
        evaluate(index="conformance", source=source)
    folder = reports.folder_of(report())
    runs = Run.objects.filter(source=SOURCE).count()
    left = remove_source(by=SYSTEM, source=SOURCE, reason="a test")
    assert left == Left(96, 1, runs, 0) and runs > 0
    assert sources() == {"other": 56} and not Run.objects.filter(source=SOURCE).exists()
    assert not cuts_of(SOURCE).folder.exists() and cuts_of("other").standing() is not None
    assert not folder.exists() and not Report.objects.exists()
    assert evaluate(index="conformance", source="other").total.cases == 56
    line = AuditLine.objects.get(act="evaluation.source_left")
    assert (line.subject, line.reason) == (f"source:{SOURCE}", "a test") and verify_trail() is None


def test_what_was_published_stays_with_the_runs_it_rests_on() -> None:
    out = published()
    content = out.proposal.content
    evaluate(index="conformance", source=SOURCE)
    remove_source(by=SYSTEM, source=SOURCE)
    out.refresh_from_db()
    assert out.proposal.content == content
    assert set(Run.objects.filter(source=SOURCE).values_list("pk", flat=True)) == {
        one["run"]["id"] for one in content["indices"]}
    with pytest.raises(Refused, match="no cases of a source"):
        propose(by=user(), code="spring", reason=Bilingual("更正", "Corrected"))


def test_figures_that_wait_are_put_back_and_their_maker_is_told() -> None:
    one = make(by=user(), plan=PLAN)
    assert remove_source(by=SYSTEM, source=SOURCE).proposals == 1
    assert waiting(one.publication) is None and "taken out of the lake" in one.returned.reason
    assert Notice.objects.filter(username="statistician", text_en__contains="taken out of the lake").count() == 1
    with pytest.raises(Refused):
        publish(by=user("reviewer"), proposal=one.pk, seen=one.content_hash)
    assert Proposal.objects.count() == 1, "what was said stays"


def test_findings_stay_with_their_evidence() -> None:
    look(by=SYSTEM, source=SOURCE)
    kept = set(Finding.objects.values_list("pk", "run"))
    remove_source(by=SYSTEM, source=SOURCE)
    assert kept and set(Finding.objects.values_list("pk", "run")) == kept
    assert {run for _, run in kept} == set(Run.objects.filter(source=SOURCE).values_list("pk", flat=True))


def test_jobs_on_their_way_are_stopped() -> None:
    waits, _new = errands.ask_for(by=user(), what=errands.COUNTS, asked={"source": SOURCE})
    runs, _new = errands.ask_for(by=user(), what=errands.LOOK, asked={"source": SOURCE, "region": "990000"})
    other, _new = errands.ask_for(by=user(), what=errands.COUNTS, asked={"source": "other"})
    Errand.objects.filter(pk=runs.pk).update(state="running")
    remove_source(by=SYSTEM, source=SOURCE)
    assert [(one.state, one.to_stop) for one in Errand.objects.filter(pk__in=[waits.pk, runs.pk, other.pk]).order_by(
        "pk")] == [("cancelled", True), ("running", True), ("waiting", False)]


def test_done_twice_it_changes_nothing_more() -> None:
    published()
    remove_source(by=SYSTEM, source=SOURCE)
    kept = Run.objects.count()
    assert remove_source(by=SYSTEM, source=SOURCE) == Left(0, 0, 0, 0) and Run.objects.count() == kept


def test_who_may_not_hand_in_there_removes_nothing() -> None:
    bring(source=SOURCE, as_of=DAY)
    with pytest.raises(Forbidden):
        remove_source(by=user("reader"), source=SOURCE)
    with pytest.raises(Refused, match="no source “never”"):
        remove_source(by=SYSTEM, source="never")
    assert cuts_of(SOURCE).standing() is not None and sources()[SOURCE] == 96
