"""What our own documents mean as RDF, in canonical N-Quads: the text that a proof signs (eddsa-rdfc-2022).

The terms are a closed list, so that no JSON-LD context has to be fetched or kept, and every node but a proof's has an
address, so that nothing has to be named anew: canonical means sorted. Tests hold the outcome against a JSON-LD
processor that reads the published contexts.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

Plain = Mapping[str, Any]
RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
VC, STATUS, SECURITY = ("https://www.w3.org/2018/credentials#", "https://www.w3.org/ns/credentials/status#",
                        "https://w3id.org/security#")
OB, SCHEMA, XSD = ("https://purl.imsglobal.org/spec/vc/ob/vocab.html#", "https://schema.org/",
                   "http://www.w3.org/2001/XMLSchema#")
LINK: Final = "@id"
CLASSES: Final[Mapping[str, str]] = {
    "VerifiableCredential": VC, "OpenBadgeCredential": OB, "Profile": OB, "Achievement": OB, "AchievementSubject": OB,
    "BitstringStatusListCredential": STATUS, "BitstringStatusList": STATUS, "BitstringStatusListEntry": STATUS,
    "DataIntegrityProof": SECURITY}
TERMS: Final[Mapping[str, tuple[str, str]]] = {
    "name": (SCHEMA + "name", ""), "description": (SCHEMA + "description", ""),
    "url": (SCHEMA + "url", "https://www.w3.org/2001/XMLSchema#anyURI"),
    "issuer": (VC + "issuer", LINK), "validFrom": (VC + "validFrom", XSD + "dateTime"),
    "validUntil": (VC + "validUntil", XSD + "dateTime"), "credentialSubject": (VC + "credentialSubject", LINK),
    "credentialStatus": (VC + "credentialStatus", LINK), "achievement": (OB + "achievement", LINK),
    "achievementType": (OB + "achievementType", ""), "humanCode": (OB + "humanCode", ""),
    "version": (OB + "version", ""), "criteria": (OB + "Criteria", LINK), "narrative": (OB + "narrative", ""),
    "statusPurpose": (STATUS + "statusPurpose", ""), "statusListIndex": (STATUS + "statusListIndex", ""),
    "statusListCredential": (STATUS + "statusListCredential", LINK),
    "encodedList": (STATUS + "encodedList", SECURITY + "multibase"),
    "created": ("http://purl.org/dc/terms/created", XSD + "dateTime"),
    "cryptosuite": (SECURITY + "cryptosuite", SECURITY + "cryptosuiteString"),
    "verificationMethod": (SECURITY + "verificationMethod", LINK),
    "proofPurpose": (SECURITY + "proofPurpose", LINK)}
"""Term -> what it means, and the type of its value (``LINK``: another node)."""
ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def canonical_quads(document: Plain) -> str:
    """The document as canonical N-Quads. KeyError for a term outside the list; ``@context`` and ``proof`` say
    nothing of their own."""
    return "".join(sorted({*_of(document, _name(document))}))


def _name(node: Plain) -> str:
    return f"<{node['id']}>" if "id" in node else "_:c14n0"


def _of(node: Plain, name: str) -> Iterator[str]:
    for term, value in node.items():
        if term in ("@context", "id", "proof"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if term == "type":
                yield f"{name} <{RDF_TYPE}> <{CLASSES[one]}{one}> .\n"
            else:
                yield from _said(name, term, one)


def _said(name: str, term: str, value: Any) -> Iterator[str]:
    meaning, kind = TERMS[term]
    if isinstance(value, Mapping):
        yield f"{name} <{meaning}> {_name(value)} .\n"
        yield from _of(value, _name(value))
    elif kind == LINK:
        address = SECURITY + value if term == "proofPurpose" else value
        yield f"{name} <{meaning}> <{address}> .\n"
    else:
        typed = f"^^<{kind}>" if kind else ""
        yield f'{name} <{meaning}> "{_escaped(str(value))}"{typed} .\n'


def _escaped(text: str) -> str:
    return re.sub(r'[\\"\x00-\x1f\x7f]', lambda one: ESCAPES.get(one[0], f"\\u{ord(one[0]):04X}"), text)
