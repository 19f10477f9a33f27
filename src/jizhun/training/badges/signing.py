"""Proofs: a Data Integrity proof inside the document (eddsa-rdfc-2022), or the document inside a JSON web token."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jizhun.training.badges.keys import multibase
from jizhun.training.badges.quads import canonical_quads

SUITE = "eddsa-rdfc-2022"


@dataclass(frozen=True)
class Signer:
    """Who signs: the address of the public key (``verification``), and the key."""

    verification: str
    key: Ed25519PrivateKey


def instant(at: datetime) -> str:
    """An aware moment as proofs write it: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def proved(document: Mapping[str, Any], signer: Signer, at: datetime) -> dict[str, Any]:
    """The document with a proof. What is signed: the hash of the proof's own words, then the document's."""
    proof = {"type": "DataIntegrityProof", "cryptosuite": SUITE, "created": instant(at),
             "verificationMethod": signer.verification, "proofPurpose": "assertionMethod"}
    signed = signer.key.sign(_hash(proof) + _hash(document))
    return {**document, "proof": {**proof, "proofValue": multibase(signed)}}


def _hash(document: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(canonical_quads(document).encode()).digest()


def as_token(document: Mapping[str, Any], signer: Signer) -> str:
    """The document as a signed token (VC-JOSE-COSE, EdDSA): ``head.document.signature``."""
    head = {"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": signer.verification}
    body = f"{_part(head)}.{_part(document)}"
    return f"{body}.{_url(signer.key.sign(body.encode()))}"


def _part(content: Mapping[str, Any]) -> str:
    return _url(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
