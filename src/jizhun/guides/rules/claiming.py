"""Claiming (认领): does a place offer a matter, and does it call it by the same name as everywhere (四级四同)?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from jizhun.guides.rules.reading import MARKS
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused

SAYS: Mapping[str, Bilingual] = {
    "offered": Bilingual("已认领", "Offered"), "not_offered": Bilingual("不办理", "Not offered"),
    "under_another": Bilingual("并入其他事项办理", "Offered under another matter"),
    "unknown": Bilingual("未认领", "Not yet claimed")}
LONGEST_REASON = 2_000
SAME = ("code", "name_zh", "kind", "basis")
"""What has to be the same at every level."""
SAME_WORDS: Mapping[str, Bilingual] = {
    "code": Bilingual("编码", "code"), "name_zh": Bilingual("名称", "name"), "kind": Bilingual("类型", "type"),
    "basis": Bilingual("依据", "basis")}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a place says of a matter from a day on; ``own``: what its own list calls it, where it says so."""

    matter: str
    region: str
    says: str
    valid_from: date
    other: str = ""
    reason: Bilingual = NO_WORDS
    own: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    mark: str = "R"


def checked_claim(claim: Claim, known: Iterable[str]) -> Claim:
    """The claim if it holds together; raises Refused with what is missing."""
    if claim.says not in SAYS:
        raise Refused(zh=f"认领状态没有“{claim.says}”。", en=f"A claim cannot say “{claim.says}”.")
    if claim.says == "not_offered" and not (claim.reason.zh or claim.reason.en):
        raise Refused(zh="不办理的，请写明原因。", en="Say why it is not offered.")
    if max(len(claim.reason.zh), len(claim.reason.en)) > LONGEST_REASON:
        raise Refused(zh=f"原因最多 {LONGEST_REASON} 字。", en=f"A reason has {LONGEST_REASON} characters at most.")
    if claim.says == "under_another" and (claim.other == claim.matter or claim.other not in set(known)):
        raise Refused(zh="请写明并入哪一事项办理。", en="Name the matter under which it is offered.")
    if claim.mark not in MARKS:
        raise Refused(zh=f"核实标记没有“{claim.mark}”。", en=f"There is no mark “{claim.mark}”.")
    return claim


def standing_claims(claims: Iterable[Claim], on: date) -> dict[tuple[str, str], Claim]:
    """(matter, place) -> what the place says on a day; ``claims`` in the order recorded. Silence is not in it."""
    begun = sorted(((one.valid_from, n, one) for n, one in enumerate(claims) if one.valid_from <= on),
                   key=lambda one: one[:2])
    return {(one.matter, one.region): one for _, _, one in begun}


@dataclass(frozen=True, slots=True)
class Differs:
    """A place's list calls something otherwise than the national one."""

    matter: str
    region: str
    what: str
    here: str
    there: str

    @property
    def sentence(self) -> Bilingual:
        name = SAME_WORDS[self.what]
        return Bilingual(f"{name.zh}与国家清单不一致：本地为“{self.here}”，国家清单为“{self.there}”。",
                         f"The {name.en} differs from the national list: here “{self.here}”, there “{self.there}”.")


def differing(claim: Claim, national: Mapping[str, str]) -> list[Differs]:
    """Where a place's own list is not the same as the national one; what it does not say is not compared."""
    return [Differs(claim.matter, claim.region, what, claim.own[what], national[what]) for what in SAME
            if claim.own.get(what) and national.get(what) and claim.own[what] != national[what]]


def as_row(claim: Claim) -> dict[str, Any]:
    """The claim as its row holds it."""
    return {"matter": claim.matter, "region": claim.region, "says": claim.says, "other": claim.other,
            "reason_zh": claim.reason.zh, "reason_en": claim.reason.en, "own": dict(claim.own),
            "valid_from": claim.valid_from, "source": claim.source, "mark": claim.mark}
