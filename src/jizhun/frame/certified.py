"""What pages and other systems show of certificates."""

from typing import Any

from jizhun.frame.tags import words
from jizhun.kernel.bilingual import Bilingual
from jizhun.regions.actions import tree
from jizhun.training.actions.certificates import Seen, said
from jizhun.training.rules.certificates import COUNTS, DUE, LAPSED, REVOKED, STATES, VALID

SIGNS = {VALID: "kept", LAPSED: "breach", REVOKED: "breach"}


def state_words(seen: Seen) -> Bilingual:
    """The state, with the day that matters: until when, or since when."""
    now, name = seen.standing, STATES[seen.standing.state]
    if now.state == VALID:
        return Bilingual(f"{name.zh}，至 {now.until}", f"{name.en} until {now.until}")
    if now.state == DUE:
        return Bilingual(f"{name.zh}：自 {now.since} 起，须于 {now.until} 前完成",
                         f"{name.en} since {now.since}, to be taken by {now.until}")
    return Bilingual(f"{name.zh}，自 {now.since} 起", f"{name.en}, since {now.since}")


def sign_of(seen: Seen) -> str:
    """The class of the state's sign."""
    return SIGNS.get(seen.standing.state, "")


def change_lines(seen: Seen) -> list[str]:
    """What changed, a sentence each, in the language of the page."""
    return [words(said(one)) for one in seen.standing.changes]


def as_public(seen: Seen) -> dict[str, Any]:
    """What everybody may know of a certificate: no more of its holder than they chose to show."""
    kept, now = seen.certificate, seen.standing
    name, place = kept.qualification.name, tree().known(kept.region).name
    return {"number": kept.number, "on": seen.on.isoformat(), "state": now.state, "counts": now.state in COUNTS,
            "state_words": _plain(state_words(seen)), "since": now.since.isoformat(), "until": now.until.isoformat(),
            "holder": kept.shown, "qualification": {"code": kept.qualification.code,
                                                    "version": kept.qualification.number, "name": _plain(name)},
            "region": {"code": kept.region, "name": _plain(place)}, "issued_on": kept.issued_on.isoformat(),
            "expires_on": kept.expires_on.isoformat(), "simulated": kept.simulated,
            "changes": [_plain(said(one)) for one in now.changes]}


def _plain(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
