"""The documents of a badge: who issues, for what, to whom (never by name), and where it shows whether it counts.

``site`` is the public address of the instance without a slash at its end; every document lies at an address of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jizhun.kernel.bilingual import Bilingual
from jizhun.training.badges.keys import PublicKey
from jizhun.training.badges.signing import instant
from jizhun.training.badges.status import PURPOSES, encoded, place_of

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
DID, MULTIKEY = "https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"
ISSUER = Bilingual("基准（本实例）", "Jizhun (this instance)")


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge tells of a certificate: no name. ``index`` is its place in the lists of status."""

    number: str
    index: int
    qualification: str
    version: int
    name: Bilingual
    description: Bilingual
    narrative: Bilingual
    valid_from: datetime
    valid_until: datetime
    simulated: bool = False


def issuer_address(site: str) -> str:
    return f"{site}/api/v1/badges/issuer"


def key_address(site: str, number: int) -> str:
    return f"{site}/api/v1/badges/keys/{number}"


def status_address(site: str, purpose: str, number: int) -> str:
    return f"{site}/api/v1/badges/status/{purpose}/{number}"


def achievement_address(site: str, code: str, version: int) -> str:
    return f"{site}/api/v1/badges/achievements/{code}/{version}"


def certificate_address(site: str, number: str) -> str:
    return f"{site}/api/v1/certificates/{number}"


def _both(words: Bilingual) -> str:
    """Both languages in one text: badges have one only."""
    return " / ".join(dict.fromkeys(filter(None, (words.zh, words.en))))


def profile(site: str) -> dict[str, Any]:
    """Who issues, as it stands inside a badge."""
    return {"id": issuer_address(site), "type": ["Profile"], "name": _both(ISSUER), "url": f"{site}/"}


def issuer(site: str, keys: Sequence[PublicKey]) -> dict[str, Any]:
    """Who issues, with every key that ever signed, old ones too."""
    return {"@context": [DID, MULTIKEY, BADGES], **profile(site),
            "assertionMethod": [key_document(site, one) for one in keys]}


def key_document(site: str, key: PublicKey) -> dict[str, Any]:
    """One public key."""
    return {"@context": [MULTIKEY], "id": key_address(site, key.number), "type": "Multikey",
            "controller": issuer_address(site), "publicKeyMultibase": key.multibase}


def achievement(site: str, badge: Badge) -> dict[str, Any]:
    """What was achieved: a qualification in one of its versions."""
    address = achievement_address(site, badge.qualification, badge.version)
    return {"id": address, "type": ["Achievement"], "achievementType": "Certification",
            "humanCode": badge.qualification, "version": str(badge.version), "name": _both(badge.name),
            "description": _both(badge.description),
            "criteria": {"id": f"{address}#criteria", "narrative": _both(badge.narrative)}}


def credential(site: str, badge: Badge) -> dict[str, Any]:
    """The badge without a proof."""
    own = certificate_address(site, badge.number)
    simulated = "模拟 / simulated: " if badge.simulated else ""
    return {"@context": [CREDENTIALS, BADGES], "id": f"{own}/badge", "type": ["VerifiableCredential",
            "OpenBadgeCredential"], "name": simulated + _both(badge.name), "issuer": profile(site),
            "validFrom": instant(badge.valid_from), "validUntil": instant(badge.valid_until),
            "credentialSubject": {"id": f"{own}#holder", "type": ["AchievementSubject"],
                                  "achievement": achievement(site, badge)},
            "credentialStatus": [_status(site, badge, purpose) for purpose in PURPOSES]}


def _status(site: str, badge: Badge, purpose: str) -> dict[str, Any]:
    number, bit = place_of(badge.index)
    address = status_address(site, purpose, number)
    return {"id": f"{address}#{bit}", "type": "BitstringStatusListEntry", "statusPurpose": purpose,
            "statusListIndex": str(bit), "statusListCredential": address}


def status_list(site: str, purpose: str, number: int, bits: Sequence[int], at: datetime) -> dict[str, Any]:
    """The list of certificates that no longer count, as of a moment, without a proof."""
    address = status_address(site, purpose, number)
    return {"@context": [CREDENTIALS], "id": address, "type": ["VerifiableCredential",
            "BitstringStatusListCredential"], "issuer": issuer_address(site), "validFrom": instant(at),
            "credentialSubject": {"id": f"{address}#list", "type": "BitstringStatusList", "statusPurpose": purpose,
                                  "encodedList": encoded(bits)}}
