"""From a passed examination to a certificate, and from a change to the refresher that asks about it only."""

from typing import Any

import pytest
from django.utils import timezone

from certified import COVERS, MATTER, user
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.models import Notice
from jizhun.provisions.actions import record
from jizhun.training.actions import certificates, earning, sittings
from jizhun.training.actions.sources import source
from jizhun.training.models import Certificate, Exam, Sitting
from training_bank import CONTENT, REGION, opened, question, right_answer

pytestmark = pytest.mark.django_db
CLERK, COUNTY = "county-clerk", "990101"
LIMIT = ("promise", (MATTER, COUNTY, "all", "promised_limit"))


@pytest.fixture(autouse=True)
def there(world: None, db: None) -> None:
    """The fictional province, with two questions: one rests on a promised limit, the other on nothing."""
    question("true_false", "Q-any")
    _about_the_limit("Q-limit")


def _about_the_limit(code: str) -> Any:
    return question("numeric", code, sources=[source(kind=LIMIT[0], key=LIMIT[1], on=timezone.localdate()).plain()])


def qualified(covers: Any = COVERS[:1], passing: int = 6000, months: int = 24) -> Any:
    return certificates.describe(
        by=user("trainer"), code="window", region=REGION, name=Bilingual("窗口资格", "Window"),
        months=months, grace_days=30,
        about=Bilingual("会办。", "Knows how."), covers=covers, passing=passing)


def sit(exam: Exam, right: bool = True) -> Sitting:
    """Sit an exam and hand it in, all right or all wrong."""
    clerk = user(CLERK)
    one = sittings.begin(by=clerk, exam=exam, browser="b", honest=True)
    paper = sittings.go_on(by=clerk, sitting=one, browser="b")
    for asked in paper.questions:
        answer = right_answer(asked, CONTENT[asked.kind]) if right else {"": ["7"]}
        sittings.save(by=clerk, sitting=one.pk, place=paper.place,
                      answers=[sittings.Sent(asked.number, asked.number, answer)])
    sittings.submit(by=clerk, sitting=one)
    one.refresh_from_db()
    return one


def changed_today() -> None:
    record(by=user("county-editor"), row={
        "subject": MATTER, "measure": "promised_limit", "region": COUNTY, "modality": "floor", "value": 1,
        "unit": "working_day", "from": timezone.localdate().isoformat(), "source": "test", "mark": "R"})


def examination(**more: Any) -> Exam:
    return opened(count=2, kind="examination", qualification=qualified(), **more)


def test_whoever_passes_earns_the_certificate_and_who_does_not_earns_nothing() -> None:
    exam = examination()
    assert earning.earned_by(sit(exam, right=False)) == ""
    passed = sit(exam)
    (kept,) = Certificate.objects.all()
    assert earning.earned_by(passed) == kept.number
    assert (kept.holder.username, kept.region, kept.evidence, kept.mark) == (CLERK, COUNTY, str(passed), 10_000)


def test_passing_again_while_it_counts_earns_no_second_one() -> None:
    exam = examination()
    sit(exam)
    assert earning.earned_by(sit(exam)) == "" and Certificate.objects.count() == 1


def test_a_change_makes_the_same_exam_ask_about_it_only_and_renews_what_changed() -> None:
    exam = examination()
    sit(exam)
    (kept,) = Certificate.objects.all()
    changed_today()
    assert certificates.seen(kept).standing.state == "due"
    with pytest.raises(Refused, match="no question about what changed yet"):  # the old question is suspended
        sittings.begin(by=user(CLERK), exam=exam, browser="b", honest=True)
    anew = _about_the_limit("Q-limit-anew")
    assert earning.exams_that_renew(user=user(CLERK), kept=kept, exams=[exam], on=timezone.localdate()) == [exam]
    again = sit(exam)
    assert [one.version for one in again.asked] == [anew.pk] and again.refreshes == kept
    assert again.seconds == exam.version.read.minutes_for(1) * 60 < exam.version.read.minutes * 60
    assert earning.earned_by(again) == kept.number
    renewed = certificates.certificate(kept.number)
    assert certificates.seen(renewed).standing.state == "valid" and Certificate.objects.count() == 1


def test_a_failed_refresher_renews_nothing() -> None:
    exam = examination()
    sit(exam)
    changed_today()
    _about_the_limit("Q-limit-anew")
    assert earning.earned_by(sit(exam, right=False)) == ""
    assert certificates.seen(Certificate.objects.get()).standing.state == "due"


def test_a_pass_below_what_the_qualification_asks_for_earns_nothing() -> None:
    exam = opened(count=2, kind="examination", qualification=qualified(passing=10_000),
                  content={"pass_mark": 4000})
    clerk = user(CLERK)
    one = sittings.begin(by=clerk, exam=exam, browser="b", honest=True)
    paper = sittings.go_on(by=clerk, sitting=one, browser="b")
    first = paper.questions[0]
    sittings.save(by=clerk, sitting=one.pk, place=paper.place, answers=[
        sittings.Sent(first.number, 1, right_answer(first, CONTENT[first.kind]))])
    marking = sittings.submit(by=clerk, sitting=one)
    assert marking.passed and earning.earned_by(one) == ""


def test_what_cannot_be_issued_costs_no_mark_and_is_told_to_who_opened_the_exam() -> None:
    gone = (("promise", (MATTER, "@", "all", "benefit_months")),)
    exam = opened(count=2, kind="examination", qualification=qualified(covers=gone))
    one = sit(exam)
    assert one.markings.get().passed and not Certificate.objects.exists()
    assert "no certificate could be issued" in Notice.objects.get(username="trainer", about=str(one)).text_en


def test_practice_earns_nothing_and_cannot_be_opened_to() -> None:
    with pytest.raises(Refused, match="not by practice"):
        opened(count=2, kind="practice", qualification=qualified())


def test_near_its_end_a_certificate_is_earned_anew() -> None:
    exam = opened(count=2, kind="examination", qualification=qualified(months=2))
    assert earning.earned_by(sit(exam)) != earning.earned_by(sit(exam)) != ""
    assert Certificate.objects.count() == 2
