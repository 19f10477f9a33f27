"""From a passed examination to a certificate, and from a change to the refresher that asks about it only."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import tell
from jizhun.people.models import User
from jizhun.people.rules import SYSTEM
from jizhun.training.actions import certificates
from jizhun.training.actions.bank import usable
from jizhun.training.actions.certificates import Seen
from jizhun.training.actions.pool import candidates
from jizhun.training.models import Certificate, Exam, Marking, Sitting
from jizhun.training.rules.certificates import DUE, LAPSED, earns
from jizhun.training.rules.forms import Asked, refresher
from jizhun.training.rules.sittings import EXAMINATION


def asks_for_refresher(*, user: User, exam: Exam, on: date) -> Seen | None:
    """The certificate whose changed parts this exam would ask somebody about; None where it asks about everything."""
    if exam.qualification is None or exam.kind != EXAMINATION:
        return None
    due = [one for one in certificates.own(user, on) if one.standing.state in (DUE, LAPSED)
           and one.certificate.qualification.code == exam.qualification.code]
    return next((one for one in due if all(change.now is not None for change in one.standing.changes)), None)


def refresher_form(*, exam: Exam, due: Seen, seed: str) -> tuple[Asked, ...]:
    """Questions that rest on what changed, as it is said now. Refused where the bank holds none yet."""
    changed = {(one.learned.source.kind, one.learned.source.key) for one in due.standing.changes}
    held = [one for one in usable(region=exam.region, on=due.on, content=False)
            if changed & {(source.kind, source.key) for source in one.version.rests_on}]
    return refresher(candidates(held), seed)


def exams_that_renew(*, user: User, kept: Certificate, exams: Sequence[Exam], on: date) -> list[Exam]:
    """Of the exams that somebody may sit: those that ask about what changed of this certificate."""
    found = []
    for exam in exams:
        due = asks_for_refresher(user=user, exam=exam, on=on)
        if due is not None and due.certificate == kept:
            found.append(exam)
    return found


def earn(*, sitting: Sitting, marking: Marking) -> str:
    """What a passed examination earns: a certificate, or a refresher of the one that it asked about. Its number, ""
    where it earns nothing. Inside the caller's act; an appeal that makes somebody pass earns it then."""
    exam = sitting.exam
    if exam.qualification is None or exam.kind != EXAMINATION or not marking.passed:
        return ""
    if marking.mark < exam.qualification.passing:
        return ""
    try:
        with transaction.atomic():
            return _renewed(sitting, marking) if sitting.refreshes else _issued(sitting, marking)
    except Refused as refused:
        _tell_why(sitting, refused)
        return ""


def _tell_why(sitting: Sitting, refused: Refused) -> None:
    """What was handed in stays marked; whoever opened the exam hears what kept the certificate back."""
    why = refused.sentence
    tell(username=sitting.exam.by, about=str(sitting), href=f"work/training/exams/{sitting.exam_id}/", text=Bilingual(
        f"{sitting.username} 考试合格，但未能发证：{why.zh}",
        f"{sitting.username} passed, but no certificate could be issued: {why.en}"))


def _issued(sitting: Sitting, marking: Marking) -> str:
    holder, about, today = User.objects.get(username=sitting.username), sitting.exam.qualification, timezone.localdate()
    assert about is not None
    held = [one.standing for one in certificates.own(holder, today)
            if (one.certificate.qualification.code, one.certificate.region) == (about.code, sitting.region)]
    if not holder.is_active or not earns(held, today):
        return ""
    made = certificates.issue(by=SYSTEM, code=about.code, holder=holder, region=sitting.region, mark=marking.mark,
                              holder_name=holder.get_full_name() or holder.username, evidence=str(sitting))
    return made.number


def _renewed(sitting: Sitting, marking: Marking) -> str:
    kept = sitting.refreshes
    assert kept is not None
    if certificates.seen(kept).standing.state not in (DUE, LAPSED):
        return ""
    certificates.renew(by=SYSTEM, number=kept.number, evidence=str(sitting), mark=marking.mark)
    return kept.number


def earned_by(sitting: Sitting) -> str:
    """The number of the certificate that a sitting earned or renewed; "" where it did neither."""
    made = Certificate.objects.filter(evidence=str(sitting)).values_list("number", flat=True).first()
    renewed = sitting.refreshes is not None and sitting.refreshes.renewals.filter(evidence=str(sitting)).exists()
    return made or (sitting.refreshes.number if renewed and sitting.refreshes else "")
