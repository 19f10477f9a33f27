"""Badges of certificates: signed documents for other programs, and the lists that say which no longer count."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.dating import day_after
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor
from jizhun.training.actions.certificates import NoSuchCertificate, below, certificate, qualification
from jizhun.training.badges import credentials, keys, signing, status
from jizhun.training.badges.credentials import Badge
from jizhun.training.models import Certificate, QualificationVersion

Plain = Mapping[str, Any]


def badge(*, number: str, site: str) -> dict[str, Any]:
    """The badge of a certificate with its proof; ``site`` is the public address, without a slash at its end."""
    return signing.proved(credentials.credential(site, _badge(certificate(number))), _signer(site), timezone.now())


def badge_token(*, number: str, site: str) -> str:
    """The badge of a certificate as a signed token."""
    return signing.as_token(credentials.credential(site, _badge(certificate(number))), _signer(site))


def status_list(*, purpose: str, number: int, site: str) -> dict[str, Any]:
    """The list of certificates that no longer count, for ``revocation`` or ``suspension``, as of now; signed."""
    if purpose not in status.PURPOSES or number < 1 or (number > 1 and not _in_list(number)):
        raise NoSuchCertificate(zh="没有这份状态列表。", en="There is no such list of status.")
    first, now = (number - 1) * status.LENGTH, timezone.now()
    found = below(status.PURPOSES[purpose], first, first + status.LENGTH - 1, timezone.localdate())
    bits = [status.place_of(one)[1] for one in found]
    return signing.proved(credentials.status_list(site, purpose, number, bits, now), _signer(site), now)


def _in_list(number: int) -> bool:
    return Certificate.objects.filter(status_index__gte=(number - 1) * status.LENGTH).exists()


def issuer(*, site: str) -> dict[str, Any]:
    """Who issues, with every key that ever signed."""
    return credentials.issuer(site, _keys())


def key(*, number: int, site: str) -> dict[str, Any]:
    """One public key; raises NoSuchCertificate where there is none of this number."""
    for one in _keys():
        if one.number == number:
            return credentials.key_document(site, one)
    raise NoSuchCertificate(zh="没有这个密钥。", en="There is no such key.")


def achievement(*, code: str, version: int, site: str) -> dict[str, Any]:
    """What a badge says was achieved, as a document of its own."""
    about = qualification(code, version)
    return {"@context": [credentials.CREDENTIALS, credentials.BADGES],
            **credentials.achievement(site, _described(about, "", 0, timezone.now(), timezone.now()))}


def change_key(*, by: Actor, region: str) -> keys.PublicKey:
    """A new key signs from now on; the old one stays published, so that what it signed still counts."""
    require(by=by, right="people.manage", path=path_to(region))
    with transaction.atomic():
        made = keys.rotated(settings.KEYS, timezone.now())
        write_line(by=by, act="training.change_key", subject=f"issuer-key:{made.number}",
                   after={"multibase": made.multibase})
    return made


def _keys() -> list[keys.PublicKey]:
    keys.signer(settings.KEYS, timezone.now())
    return keys.public_keys(settings.KEYS)


def _signer(site: str) -> signing.Signer:
    number, own = keys.signer(settings.KEYS, timezone.now())
    return signing.Signer(credentials.key_address(site, number), own)


def _badge(kept: Certificate) -> Badge:
    return _described(kept.qualification, kept.number, kept.status_index, _midnight(kept.issued_on),
                      _midnight(day_after(kept.expires_on)), simulated=kept.simulated)


def _described(about: QualificationVersion, number: str, index: int, start: datetime, until: datetime,
               simulated: bool = False) -> Badge:
    return Badge(number, index, about.code, about.number, about.name, about.about, _criteria(about), start, until,
                 simulated)


def _criteria(about: QualificationVersion) -> Bilingual:
    mark = about.passing / 100
    return Bilingual(f"考试成绩不低于 {mark:g} 分；有效期 {about.months} 个月；"
                     f"所涵盖的规定发生实质变化后 {about.grace_days} 天内须就变化部分补训。",
                     f"A mark of {mark:g} of 100 or more; valid for {about.months} months; when what it covers changes "
                     f"in substance, a refresher on that part within {about.grace_days} days.")


def _midnight(day: date) -> datetime:
    """The moment at which a day begins here."""
    return timezone.make_aware(datetime.combine(day, time.min))
