"""Mutual recognition: what is taken over between places, since when, by which paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.kernel.dating import FAR

KINDS: Final[Mapping[str, Bilingual]] = {
    "material": Bilingual("申请材料", "Material"), "result": Bilingual("办理结果", "Result"),
    "qualification": Bilingual("资格、证书", "Qualification"),
    "contribution": Bilingual("参保关系与缴费年限", "Insurance and contribution years")}
VERIFIED = frozenset({"V", "D"})


@dataclass(frozen=True, slots=True)
class Recognised:
    """``places``: codes between whom it holds, each with everything below it. ``giver``: where it comes from in case
    it is taken over one way only, "" where each takes over from each. ``until`` is its last day."""

    code: str
    kind: str
    what: Bilingual
    basis: Bilingual
    places: tuple[str, ...]
    since: date
    until: date = FAR
    giver: str = ""
    matters: tuple[str, ...] = ()
    subject: str = ""
    area: str = ""
    mark: str = "R"
    source: str = ""
    simulated: bool = False
    note: Bilingual = NO_WORDS

    @property
    def verified(self) -> bool:
        return self.mark in VERIFIED

    def holds(self, on: date) -> bool:
        return self.since <= on <= self.until


def carries(one: Recognised, before: Iterable[str], after: Iterable[str], on: date) -> bool:
    """Whether it holds that day for somebody who comes from the last place of one path to that of another.

    A place that stands on both ways (the nation, say) covers every move below it.
    """
    out, into = set(before), set(after)
    given = {one.giver} if one.giver else set(one.places)
    taken = {*one.places} - {one.giver} if one.giver else set(one.places)
    return one.holds(on) and bool(given & out) and bool(taken & into)
