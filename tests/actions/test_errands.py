"""Acts on many cases that pages ask for: who may, what is refused at once, what is stopped, what comes of each."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from finding_cases import MATTER, SOURCE, Heap, settle, taken_in
from jizhun.evaluation import errands
from jizhun.evaluation.actions import evaluate, kept_rows
from jizhun.evaluation.errands import COUNTS, EVALUATE, LOOK, MAKE, PROPOSE, plan_asked
from jizhun.evaluation.models import Errand, Finding, Proposal, Publication, Run
from jizhun.evaluation.publications import Plan
from jizhun.evaluation.standing import standing
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people import long_work
from jizhun.people.models import AuditLine, Notice, User
from jizhun.people.rules import Forbidden

COUNTY, OTHER, CITY = "990101", "990102", "990100"
HEAPS = [Heap(COUNTY, "2025-05", 56, 40), Heap(OTHER, "2025-06", 40, 1)]
PLAN = Plan("spring", Bilingual("春季（模拟）", "Spring (simulated)"), CITY, SOURCE, date(2025, 5, 1),
            date(2025, 6, 30), "matter", "county", ["on_time", "conformance"])
ASKED: dict[str, dict[str, Any]] = {
    LOOK: {"source": SOURCE, "region": "990000"}, MAKE: plan_asked(PLAN, None), COUNTS: {"source": SOURCE},
    EVALUATE: {"index": "on_time", "source": SOURCE, "region": CITY, "by": "county,month", "first": "", "last": ""}}


@pytest.fixture(scope="module")
def filled(world: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The cases, handed in once."""
    with django_db_blocker.unblock(), taken_in(tmp_path_factory.mktemp("lake"), HEAPS, "2025-07-31") as folder:
        yield folder


@pytest.fixture(autouse=True)
def cases(filled: Path, tmp_path: Path, settings: Any, db: None) -> Path:
    return settle(filled, tmp_path, settings)


def user(name: str = "statistician") -> User:
    return User.objects.get(username=name)


def asked(what: str, who: str = "statistician", **changes: Any) -> Errand:
    return errands.ask_for(by=user(who), what=what, asked={**ASKED[what], **changes})[0]


def done(what: str, who: str = "statistician", **changes: Any) -> Errand:
    one = asked(what, who, **changes)
    errands.run(token=one.token)
    one.refresh_from_db()
    return one


# -- who may, and what is refused before any work --------------------------------------------------


@pytest.mark.parametrize(("what", "who", "may"), [
    (LOOK, "statistician", True), (LOOK, "county-clerk", False), (LOOK, "county-editor", False),
    (LOOK, "reader", False), (MAKE, "statistician", True), (MAKE, "county-editor", False),
    (COUNTS, "statistician", True), (COUNTS, "province-editor", True), (COUNTS, "county-clerk", False),
    (COUNTS, "reader", False),
    (EVALUATE, "statistician", True), (EVALUATE, "county-editor", False), (EVALUATE, "reader", False)])
def test_who_may_do_the_act_may_ask_for_it(what: str, who: str, may: bool) -> None:
    if may:
        assert asked(what, who).state == "waiting"
        return
    with pytest.raises(Forbidden):
        asked(what, who)
    assert not Errand.objects.exists() and not AuditLine.objects.filter(act="evaluation.ask_errand").exists()


@pytest.mark.parametrize(("what", "changes", "sentence"), [
    (LOOK, {"source": "never"}, "no cases of a source"), (MAKE, {"indices": []}, "Choose 1 to"),
    (MAKE, {"as_of": "2026-01-01"}, "The data reach to 2025-07-31 only"), (COUNTS, {"source": "never"}, "no source"),
    (EVALUATE, {"by": "colour"}, "Cannot count by"), (EVALUATE, {"index": "days_to_close.median"}, ""),
    (EVALUATE, {"first": "2025-06-01", "last": "2025-05-01"}, "is before the first")])
def test_what_cannot_be_done_is_refused_when_it_is_asked_for(what: str, changes: dict[str, Any],
                                                             sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        asked(what, **changes)
    assert sentence in refused.value.sentence.en and not Errand.objects.exists()


def test_simulated_cases_are_computed_for_fictional_places_only() -> None:
    with pytest.raises(Refused, match="fictional places only"):
        asked(EVALUATE, "national-editor", region="CN")


def test_the_right_is_looked_at_again_when_it_is_done() -> None:
    waiting = [asked(what) for what in (LOOK, MAKE, COUNTS, EVALUATE)]
    user().grants.all().delete()
    for one in waiting:
        errands.run(token=one.token)
        one.refresh_from_db()
        assert one.state == "refused" and "no right" in one.sentence_en
    assert not Finding.objects.exists() and not Publication.objects.exists() and not Run.objects.exists()


def test_asking_twice_for_the_same_gives_the_one_that_is_on_its_way() -> None:
    first, new = errands.ask_for(by=user(), what=COUNTS, asked=ASKED[COUNTS])
    again, anew = errands.ask_for(by=user(), what=COUNTS, asked=ASKED[COUNTS])
    assert (first, new) == (again, True) and not anew
    assert asked(LOOK) != asked(LOOK, region=CITY) and asked(COUNTS, "province-editor") != first
    errands.run(token=first.token)
    assert asked(COUNTS) != first, "what is done can be asked for again"


# -- what comes of each ----------------------------------------------------------------------------


def test_a_sweep_opens_what_the_command_line_would() -> None:
    one = done(LOOK)
    opened = Finding.objects.filter(source=SOURCE)
    assert opened and {finding.by for finding in opened} == {"statistician"}
    assert one.found.en == f"{opened.count()} opened, 0 open already, 0 re-measured, 0 closed."
    assert one.page == "work/rectification/?region=990000" and one.share == 1.0
    notice = Notice.objects.get(about=str(one))
    assert notice.username == "statistician" and one.found.en in notice.text_en
    assert done(LOOK).found.en == f"0 opened, {opened.count()} open already, 0 re-measured, 0 closed."


def test_figures_wait_for_review_and_a_second_proposal_is_refused_at_once() -> None:
    one = done(MAKE)
    assert (one.state, one.page) == ("done", "work/publications/spring/"), one.told
    assert Proposal.objects.get().maker == "statistician"
    with pytest.raises(Refused, match="is taken"):
        asked(MAKE)
    with pytest.raises(Refused, match="waiting for review already"):
        errands.ask_for(by=user(), what=PROPOSE, asked={"code": "spring"})


def test_a_code_that_was_taken_meanwhile_is_told_and_nothing_is_written() -> None:
    late = asked(MAKE, "national-editor")
    done(MAKE)
    errands.run(token=late.token)
    late.refresh_from_db()
    assert late.state == "refused" and "is taken" in late.sentence_en and Proposal.objects.count() == 1


def test_counts_are_brought_up_to_date() -> None:
    at = date(2025, 7, 31)
    assert standing(source=SOURCE, as_of=at) is None
    one = done(COUNTS)
    assert standing(source=SOURCE, as_of=at) is not None and one.found.en == "96 cases counted anew, 96 in all."
    assert done(COUNTS).found.en == "0 cases counted anew, 96 in all."


def test_an_index_is_computed_as_it_would_be_at_once() -> None:
    one = done(EVALUATE)
    run = Run.objects.get(pk=one.run)
    at_once = evaluate(index="on_time", source=SOURCE, by="county,month", region=CITY)
    assert at_once.run == run, "the very same run"
    assert [(row.labels[0][0], row.labels[1][0], row.figure.numerator, row.figure.denominator)
            for row in kept_rows(run)] == [(COUNTY, "2025-05", 16, 56), (OTHER, "2025-06", 39, 40)]
    assert one.found.en == "2 rows, 96 cases."


# -- stopped, forgotten ----------------------------------------------------------------------------


@pytest.mark.parametrize("what", [LOOK, MAKE, EVALUATE, COUNTS])
def test_stopped_in_the_middle_nothing_is_written(what: str) -> None:
    one = asked(what)
    Errand.objects.filter(pk=one.pk).update(to_stop=True)  # asked in the moment in which the worker took it
    errands.run(token=one.token)
    one.refresh_from_db()
    assert one.state == "cancelled" and not Notice.objects.exists()
    assert not Finding.objects.exists() and not Publication.objects.exists()
    assert standing(source=SOURCE, as_of=date(2025, 7, 31)) is None
    assert not AuditLine.objects.filter(act__in=("evaluation.look", "evaluation.propose")).exists()


def test_the_share_grows_from_rule_to_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "TOLD_SECONDS", 0)
    one, seen = asked(LOOK), []

    def watch(sender: Any, **_: Any) -> None:
        seen.append(Errand.objects.get(pk=one.pk).share)
    from django.db.models.signals import post_save
    post_save.connect(watch, sender=Run)
    try:
        errands.run(token=one.token)
    finally:
        post_save.disconnect(watch, sender=Run)
    assert len(set(seen)) > 2 and seen == sorted(seen) and seen[-1] < 1


def test_what_it_did_stays_when_the_job_is_forgotten() -> None:
    one = done(LOOK)
    with pytest.raises(Refused, match="no such job"):
        errands.forget(by=user("national-editor"), token=one.token)
    errands.forget(by=user(), token=one.token)
    assert not Errand.objects.exists() and Finding.objects.exists()
    assert AuditLine.objects.filter(act="evaluation.forget_errand", actor="statistician").count() == 1


def test_the_matter_of_these_cases_is_known() -> None:
    """The cases are of one matter: what the figures above rest on."""
    assert {row.labels[0][0] for row in evaluate(index="on_time", source=SOURCE, by="matter").rows} == {MATTER}
