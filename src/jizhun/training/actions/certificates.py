"""Acts on qualifications and certificates: describe, issue, renew, revoke, tell holders, verify by number.

What a certificate is worth is worked out when it is asked, from what its sources say that day; rights ask so too (see
``worth``). ``people`` keeps until when somebody was said to be qualified, as the trail of it.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from jizhun.kernel.bilingual import COLON, Bilingual, Refused
from jizhun.kernel.dating import day_before, day_in_words
from jizhun.people.actions import path_to, require, tell, write_line
from jizhun.people.models import Notice, User
from jizhun.people.qualifying import qualify
from jizhun.people.rules import ROLES, SYSTEM, Actor, Forbidden
from jizhun.regions.actions import bump, tree
from jizhun.training.actions.naming import name_of
from jizhun.training.actions.sources import source, spoken
from jizhun.training.actions.sources_asked import asked
from jizhun.training.models import (
    Certificate,
    CertificateName,
    CertificateRenewal,
    CertificateRevocation,
    QualificationVersion,
)
from jizhun.training.rules.certificates import (
    DUE,
    EXPIRED,
    LAPSED,
    REVOKED,
    SHOWN,
    VALID,
    Change,
    Learned,
    Standing,
    change_words,
    check_mark,
    check_qualification,
    expiry,
    learned_anew,
    placed,
    standing,
)
from jizhun.training.rules.questions import ID
from jizhun.training.rules.sources import Ask

WRITE, TEACH = "training.write", "training.teach"
ROOM = "certificates"
AHEAD_DAYS = 30
"""How far ahead the sweep looks for changes, and for certificates that expire."""
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of numbers: none that is taken for another (no I, L, O, U)."""


class NoSuchCertificate(Refused):
    """No certificate has this number; doors answer 404."""


@dataclass(frozen=True)
class Seen:
    """A certificate and what it is worth on a day."""

    certificate: Certificate
    standing: Standing
    on: date


# -- qualifications --------------------------------------------------------------------------------


def describe(*, by: Actor, code: str, region: str, name: Bilingual, about: Bilingual,
             covers: Sequence[tuple[str, tuple[str, ...]]], months: int, grace_days: int, passing: int,
             role: str = "", simulated: bool = False) -> QualificationVersion:
    """A qualification, or a newer version of one; certificates keep the version under which they were issued."""
    require(by=by, right=WRITE, path=path_to(region))
    check_qualification(months=months, grace_days=grace_days, passing=passing, covers=covers)
    _check_words(code, name, about, role)
    before = QualificationVersion.objects.filter(code=code).first()
    if before is not None and before.region != region:
        raise Refused(zh=f"代码“{code}”已由 {before.region} 使用。",
                      en=f"The code “{code}” is used by {before.region}.")
    with transaction.atomic():
        made = QualificationVersion.objects.create(
            code=code, number=before.number + 1 if before else 1, region=region, name_zh=name.zh, name_en=name.en,
            about_zh=about.zh, about_en=about.en, role=role, months=months, grace_days=grace_days, passing=passing,
            covers=[{"kind": kind, "key": list(key)} for kind, key in covers], by=by.username,
            simulated=simulated or tree().known(region).simulated)
        write_line(by=by, act="training.describe", subject=f"qualification:{made}", after={
            "covers": made.covers, "months": months, "grace_days": grace_days, "passing": passing, "role": role})
    return made


def _check_words(code: str, name: Bilingual, about: Bilingual, role: str) -> None:
    if not ID.fullmatch(code):
        raise Refused(zh="代码应由字母、数字、下划线或连字符组成，最多 32 个。",
                      en="A code has letters, digits, underscores or hyphens, 32 at most.")
    if not all(text.strip() for words in (name, about) for text in (words.zh, words.en)):
        raise Refused(zh="名称和说明的中文、英文都要填写。", en="Fill in name and description in Chinese and English.")
    if max(len(name.zh), len(name.en)) > 200 or max(len(about.zh), len(about.en)) > 4000:
        raise Refused(zh="名称最多 200 字，说明最多 4000 字。",
                      en="A name has 200 characters at most, its description 4000.")
    if role and role not in ROLES:
        raise Refused(zh=f"没有“{role}”这个角色。", en=f"There is no role “{role}”.")


def qualifications() -> list[QualificationVersion]:
    """Every qualification in its newest version, by code."""
    newest: dict[str, QualificationVersion] = {}
    for one in QualificationVersion.objects.order_by("code", "number"):
        newest[one.code] = one
    return list(newest.values())


def qualification(code: str, number: int | None = None) -> QualificationVersion:
    """A qualification in one version, the newest unless given; raises Refused where there is none."""
    found = QualificationVersion.objects.filter(code=code, **({} if number is None else {"number": number})).first()
    if found is None:
        raise NoSuchCertificate(zh=f"没有“{code}”这项资格。", en=f"There is no qualification “{code}”.")
    return found


# -- issue, renew, revoke --------------------------------------------------------------------------


def issue(*, by: Actor, code: str, holder: User, holder_name: str, region: str, evidence: str, mark: int,
          on: date | None = None) -> Certificate:
    """A certificate for whoever has passed: ``evidence`` names by what, ``mark`` is in hundredths of a hundred.

    It rests on what its sources say on ``on`` (today). Nobody issues one to themselves.
    """
    day, about, path = on or timezone.localdate(), qualification(code), path_to(region)
    _check_issue(by, about, holder, holder_name, path, evidence)
    require(by=by, right=TEACH, path=path)
    check_mark(mark, about.passing)
    _check_day(day)
    learned = [_learned(one["kind"], placed(tuple(one["key"]), region), day) for one in about.covers]
    with transaction.atomic():
        made = Certificate.objects.create(
            number=_new_number(day), qualification=about, holder=holder, holder_name=holder_name.strip(),
            region=region, issued_on=day, expires_on=expiry(day, about.months), evidence=evidence.strip(), mark=mark,
            sources=[one.plain() for one in learned], status_index=_next_index(), by=by.username,
            simulated=about.simulated or holder.demonstration or tree().known(region).simulated)
        write_line(by=by, act="training.issue", subject=f"certificate:{made.number}", after={
            "qualification": str(about), "holder": holder.username, "region": region, "evidence": made.evidence,
            "mark": mark, "until": made.expires_on})
        _into_people(made, by)
    return made


def _check_issue(by: Actor, about: QualificationVersion, holder: User, name: str, path: Sequence[str], evidence: str
                 ) -> None:
    if about.region not in path:
        raise Refused(zh=f"该资格只在 {about.region} 及其下级发证。",
                      en=f"This qualification is issued within {about.region} only.")
    if by == holder:
        raise Forbidden(zh="不能给自己发证。", en="Nobody issues a certificate to themselves.")
    if not holder.is_active:
        raise Refused(zh="该用户已停用。", en="This login is closed.")
    if not name.strip() or len(name.strip()) > 100:
        raise Refused(zh="请填写证书上的姓名，最多 100 字。", en="Fill in the name on it, 100 characters at most.")
    _check_evidence(evidence)


def _check_evidence(evidence: str) -> None:
    if not evidence.strip() or len(evidence) > 300:
        raise Refused(zh="请写明依据（考试或培训台账编号），最多 300 字。",
                      en="Say what it was earned by (the number of the examination or of the ledger entry), 300 "
                         "characters at most.")


def _check_day(day: date) -> None:
    if day > timezone.localdate():
        raise Refused(zh="不能填写将来的日期。", en="The day cannot lie ahead.")


def _learned(kind: str, key: tuple[str, ...], on: date) -> Learned:
    """A source as it stands, with its words."""
    found, said = source(kind=kind, key=key, on=on), spoken(kind, key, on)
    return Learned(found, said.words if said else Bilingual("", ""))


def _new_number(day: date) -> str:
    """Twelve characters drawn: sixty bits, so none is found by trying."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(12))
    return f"{day.year}-{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"


def _next_index() -> int:
    """The next bit in the lists of status; the room's revision row is locked, so that no two get the same."""
    bump(ROOM)
    last = Certificate.objects.aggregate(last=Max("status_index"))["last"]
    return 0 if last is None else int(last) + 1


def renew(*, by: Actor, number: str, evidence: str, mark: int, on: date | None = None) -> CertificateRenewal:
    """A refresher was passed: only what had changed is learned anew; the day of expiry stays."""
    day, kept = on or timezone.localdate(), certificate(number)
    require(by=by, right=TEACH, path=path_to(kept.region))
    if by == kept.holder:
        raise Forbidden(zh="不能给自己登记补训。", en="Nobody enters their own refresher.")
    _check_evidence(evidence)
    check_mark(mark, kept.qualification.passing)
    _check_day(day)
    with transaction.atomic():
        bump(ROOM)
        anew = _anew(seen(kept, day))
        made = CertificateRenewal.objects.create(certificate=kept, on=day, evidence=evidence.strip(), mark=mark,
                                                 sources=[one.plain() for one in anew], by=by.username)
        write_line(by=by, act="training.renew", subject=f"certificate:{number}", after={
            "sources": [one.source.plain() for one in anew], "evidence": made.evidence, "mark": mark})
        _into_people(certificate(number), by)
    return made


def _anew(now: Seen) -> list[Learned]:
    """The parts that changed, as they stand; raises Refused where there is nothing to learn anew."""
    if now.standing.state in (REVOKED, EXPIRED):
        raise Refused(zh="证书已撤销或过期，需重新取得。",
                      en="It is revoked or has expired: it has to be earned again.")
    if now.standing.state not in (DUE, LAPSED):
        raise Refused(zh="所涵盖的内容没有变化，无需补训。",
                      en="Nothing that it covers has changed: no refresher is due.")
    gone = [one for one in now.standing.changes if one.now is None]
    if gone:
        words = said(gone[0])
        raise Refused(zh=f"该内容已不再有规定，无法补训，需按新版资格重新取得：{words.zh}",
                      en=f"There is nothing to learn anew; a newer version of the qualification is needed: {words.en}")
    return [learned_anew(one.learned, one.now, now.on) for one in now.standing.changes if one.now]


def revoke(*, by: Actor, number: str, reason: str, on: date | None = None) -> CertificateRevocation:
    """From ``on`` (today) it no longer counts; its holder is told why."""
    kept = certificate(number)
    require(by=by, right=TEACH, path=path_to(kept.region))
    if not reason.strip() or len(reason) > 2000:
        raise Refused(zh="请填写撤销原因，最多 2000 字。", en="Say why it is revoked, 2000 characters at most.")
    if kept.revocations.all():
        raise Refused(zh="该证书已撤销。", en="It is revoked already.")
    with transaction.atomic():
        bump(ROOM)
        made = CertificateRevocation.objects.create(certificate=kept, on=on or timezone.localdate(),
                                                    reason=reason.strip(), by=by.username)
        write_line(by=by, act="training.revoke", subject=f"certificate:{number}", reason=made.reason,
                   after={"on": made.on})
        tell(username=kept.holder.username, about=f"certificate:{number}", href=href(number), text=Bilingual(
            f"您的证书 {number} 已撤销：{made.reason}", f"Your certificate {number} is revoked: {made.reason}"))
        _into_people(certificate(number), by)
    return made


def choose_name(*, by: User, number: str, shown: str) -> CertificateName:
    """How the public page names the holder, who alone chooses."""
    kept = certificate(number)
    if kept.holder != by:
        raise Forbidden(zh="只有持证人可以选择。", en="Only the holder chooses that.")
    if shown not in SHOWN:
        raise Refused(zh="没有这种显示方式。", en="A name cannot be shown that way.")
    with transaction.atomic():
        made = CertificateName.objects.create(certificate=kept, shown=shown, by=by.username)
        write_line(by=by, act="training.choose_name", subject=f"certificate:{number}", after={"shown": shown})
    return made


# -- asking ----------------------------------------------------------------------------------------


def whole() -> QuerySet[Certificate]:
    """Every certificate with all that tells what it is worth."""
    return Certificate.objects.select_related("qualification", "holder").prefetch_related("renewals", "revocations",
                                                                                          "names")


def certificate(number: str) -> Certificate:
    """The certificate with this number (spaces and case do not matter); raises NoSuchCertificate."""
    found = whole().filter(number=number.strip().upper()[:32]).first()
    if found is None:
        raise NoSuchCertificate(zh="没有这个编号的证书，请核对编号。",
                                en="No certificate has this number; please check it.")
    return found


def seen(kept: Certificate, on: date | None = None, ask: Ask | None = None) -> Seen:
    """A certificate with what it is worth on a day (today)."""
    day = on or timezone.localdate()
    return Seen(kept, standing(kept.fact(), ask or asked().ask, day), day)


def seen_all(rows: Iterable[Certificate], on: date | None = None) -> list[Seen]:
    """Many certificates; sources are asked as they are kept in process."""
    ask = asked().ask
    return [seen(one, on, ask) for one in rows]


def own(user: User, on: date | None = None) -> list[Seen]:
    """A user's certificates, the newest first."""
    return seen_all(whole().filter(holder=user), on)


def within(*, by: User, region: str, on: date | None = None) -> list[Seen]:
    """The certificates of a region and of all below it; for whoever runs training there."""
    require(by=by, right=TEACH, path=path_to(region))
    day = on or timezone.localdate()
    return seen_all(whole().filter(region__in=tree().within(region, day)), day)


def below(purpose_states: Iterable[str], first: int, last: int, on: date) -> list[int]:
    """Of the certificates with a status index from ``first`` to ``last``: the indices of those in these states."""
    wanted = {*purpose_states}
    rows = whole().filter(status_index__gte=first, status_index__lte=last)
    return [one.certificate.status_index for one in seen_all(rows, on) if one.standing.state in wanted]


def said(change: Change) -> Bilingual:
    """What changed of a source, in a sentence."""
    return change_words(change, name_of(change.learned.source.kind, change.learned.source.key))


def href(number: str) -> str:
    """The page of a certificate for its holder, without a language."""
    return f"work/training/certificates/{number}/"


# -- what people and rights are told ---------------------------------------------------------------


def _counts_until(kept: Certificate, on: date, ask: Ask) -> date | None:
    """The last day on which it counts, as far as can be seen ``AHEAD_DAYS`` ahead; None: it does not count now."""
    now = seen(kept, on, ask).standing
    if not now.counts:
        return None
    ahead = seen(kept, on + timedelta(AHEAD_DAYS), ask).standing
    return ahead.until if now.state == VALID and ahead.state in (DUE, LAPSED) else now.until


def _into_people(kept: Certificate, by: Actor, ask: Ask | None = None, on: date | None = None) -> bool:
    """Tell ``people`` until when the holder has the qualification: by the best of their certificates for the place."""
    day, code = on or timezone.localdate(), kept.qualification.code
    rows = whole().filter(holder=kept.holder, qualification__code=code, region=kept.region)
    ask = ask or asked().ask
    counting = [(until, one) for one in rows if (until := _counts_until(one, day, ask)) is not None]
    if not counting:
        yesterday = day_before(day)
        return qualify(by=by, user=kept.holder, code=code, region=kept.region, start=kept.issued_on,
                       until=max(min(_ended(kept, day), yesterday), day_before(kept.issued_on)),
                       reference=f"certificate:{kept.number}")
    until, best = max(counting, key=lambda pair: (pair[0], pair[1].pk))
    return qualify(by=by, user=kept.holder, code=code, region=kept.region, start=best.issued_on, until=until,
                   reference=f"certificate:{best.number}")


def _ended(kept: Certificate, on: date) -> date:
    return seen(kept, on).standing.until


def tell_holders(*, on: date | None = None, by: Actor = SYSTEM) -> int:
    """The sweep: tell holders what changed, what is about to, and what expires, each once; returns how many notices.

    It also notes in ``people`` until when each is qualified. Running it again leaves nothing twice.
    """
    day, ask, told = on or timezone.localdate(), asked().ask, 0
    expired_lately = day - timedelta(AHEAD_DAYS)
    for kept in whole().filter(expires_on__gte=expired_lately, revocations=None):
        with transaction.atomic():
            _into_people(kept, by, ask, day)
            told += sum(_told(kept, about, text) for about, text in _news(kept, day, ask))
    return told


def _told(kept: Certificate, about: str, text: Bilingual) -> bool:
    """Leave a notice unless it was left before."""
    name = f"certificate:{kept.number}:{about}"
    if Notice.objects.filter(username=kept.holder.username, about=name).exists():
        return False
    return tell(username=kept.holder.username, about=name, text=text, href=href(kept.number)) is not None


def _news(kept: Certificate, on: date, ask: Ask) -> Iterable[tuple[str, Bilingual]]:
    """What the holder has to hear today: a key that names it for ever, and the words."""
    now = seen(kept, on, ask).standing
    if now.state in (DUE, LAPSED):
        yield f"{now.state}:{now.since}", _asks(kept, now)
    elif now.state == VALID:
        ahead = seen(kept, on + timedelta(AHEAD_DAYS), ask).standing
        if ahead.state in (DUE, LAPSED):
            first = min(one.since for one in ahead.changes)
            yield f"ahead:{first}", _joined(_both(kept, f"所涵盖的内容将自 {first} 起变化", f"will need a refresher "
                                                  f"from {first} on"), ahead.changes)
        elif now.until <= on + timedelta(AHEAD_DAYS):
            last = day_in_words(now.until)
            yield f"expires:{now.until}", _both(kept, f"将于{last.zh}到期", f"expires on {last.en}")


def _asks(kept: Certificate, now: Standing) -> Bilingual:
    """What a holder has to do, by when, and what changed."""
    head = _both(kept, f"自 {now.since} 起需补训，请于 {now.until} 前只就变化的部分补训", f"needs a refresher since "
                 f"{now.since}, on what changed only, by {now.until}") if now.state == DUE else _both(
        kept, f"因未按期补训，自 {now.since} 起失效，补训后恢复", f"lapsed on {now.since} without its refresher; the "
        "refresher brings it back")
    return _joined(head, now.changes)


def _both(kept: Certificate, zh: str, en: str) -> Bilingual:
    name = kept.qualification.name
    return Bilingual(f"证书 {kept.number}（{name.zh}）{zh}", f"Certificate {kept.number} ({name.en}) {en}")


def _joined(head: Bilingual, changes: Iterable[Change]) -> Bilingual:
    words = [said(one) for one in changes]
    return Bilingual(head.zh + COLON.zh + "；".join(one.zh for one in words) + "。",
                     head.en + COLON.en + "; ".join(one.en for one in words) + ".")
