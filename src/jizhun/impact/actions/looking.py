"""Look at what a change would touch: computed at once, and put on record that it was seen."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from jizhun.drafting.actions.fingerprints import impact_fingerprint
from jizhun.drafting.actions.projects import found as project_of
from jizhun.entitlements.actions import entitlements
from jizhun.impact.actions.dependants import DEPENDANTS
from jizhun.impact.actions.foreseeing import Foreseen, foreseen
from jizhun.impact.models import ImpactList
from jizhun.impact.rules import kinds
from jizhun.impact.rules.hits import Actor, Hit, actors, counts, once, read_hit
from jizhun.impact.rules.kinds import KINDS, Change
from jizhun.impact.rules.moves import MEASURE, PROMISE, RULE
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.actions import allows, grants_of, path_to, require
from jizhun.people.models import User
from jizhun.people.rules import Actor as Person
from jizhun.people.rules import Forbidden
from jizhun.regions.actions import mark_of, tree

RIGHTS: Final[Mapping[str, tuple[str, ...]]] = {
    kinds.PROVISION: ("provision.record",), kinds.LAPSE: ("provision.record",), kinds.RULE: ("provision.record",),
    kinds.MEASURE: ("provision.record",), kinds.STANDARD: ("standard.edit", "standard.approve"),
    kinds.WITHDRAWAL: ("standard.review", "standard.edit"), kinds.CLAUSE: ("standard.edit",),
    kinds.EDITION: ("catalogue.edit",), kinds.MATTER: ("catalogue.edit",), kinds.GUIDE: ("guide.edit",),
    kinds.REGION: ("region.edit",), kinds.DAY_OFF: ("region.edit",)}
"""Whoever holds one of these where a change is published may look at all that it touches."""


@dataclass(frozen=True, slots=True)
class Cost:
    """A benefit whose amounts change: what that costs can be counted by simulation."""

    code: str
    name: Bilingual
    href: str


@dataclass(frozen=True)
class Listing:
    """What a change would touch. ``mark``: the word by which publishing knows whether this has moved on."""

    what: Foreseen
    hits: tuple[Hit, ...]
    costs: tuple[Cost, ...]
    mark: str

    @property
    def counts(self) -> dict[str, int]:
        """Kind of dependant -> how many, in the order of the registry."""
        return in_order(self.hits)

    @property
    def actors(self) -> list[Actor]:
        return actors(self.hits)

    @property
    def found(self) -> dict[str, Any]:
        """What was found, as JSON holds it."""
        return {"follow": self.what.follow, "hits": [one.plain() for one in self.hits], "costs": [
            {"code": one.code, "name": _plain(one.name), "href": one.href} for one in self.costs]}

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        what = self.what
        return {"change": what.change.plain(), "on": what.on.isoformat(), "title": _plain(what.title),
                "region": what.region, "mark": self.mark, "counts": self.counts,
                "actors": [{"place": one.place, "counts": dict(one.counts)} for one in self.actors], **self.found}


def in_order(hits: Sequence[Hit]) -> dict[str, int]:
    """Kind of dependant -> how many, in the order of the registry."""
    found = counts(hits)
    return {code: found[code] for code in DEPENDANTS if code in found}


def _plain(words: Bilingual) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def look(change: Change) -> Listing:
    """Everything that a change would touch, each dependant once; nothing is kept."""
    what = foreseen(change)
    touched = once(hit for one in DEPENDANTS.values() for hit in one.find(what))
    return Listing(what, touched, tuple(_costs(what, touched)), mark_of_change(change))


def mark_of_change(change: Change) -> str:
    """The word for the change and the state of the rooms that decide what it does.

    Not of the dependants' rooms: a question that is written meanwhile is told of, but does not stop a publication.
    """
    if change.kind == kinds.STANDARD:
        return impact_fingerprint(project_of(str(change.said["project"])))
    return mark_of(change.plain(), *KINDS[change.kind].rooms)


def _costs(what: Foreseen, touched: Sequence[Hit]) -> list[Cost]:
    """Benefits in money whose rule changes or reads what changes."""
    heads = entitlements().heads
    codes = {key[0] for key in what.moves.keys(RULE)}
    if any(one.kind in (PROMISE, MEASURE) for one in what.moves.all):
        codes |= {hit.key for hit in touched if hit.dependant == "rule"}
    return [Cost(code, heads[code].name, f"work/what-if/new/{code}/") for code in sorted(codes)
            if heads[code].kind == "money"]


# -- on record -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A list that was seen, as far as it concerns somebody. ``whole``: all of it; ``moved``: what decides it has moved
    on since, so that nothing can be published by it."""

    row: ImpactList
    hits: tuple[Hit, ...]
    costs: tuple[Cost, ...]
    whole: bool
    moved: bool

    @property
    def counts(self) -> dict[str, int]:
        """Kind of dependant -> how many, in the order of the registry."""
        return in_order(self.hits)

    @property
    def actors(self) -> list[Actor]:
        return actors(self.hits)


def see(*, by: Person, change: Change) -> ImpactList:
    """Put on record that somebody looked at what this very change would touch, as everything stands now.

    Raises Forbidden without a right to publish it, Refused for whatever the act would refuse of it.
    """
    return keep(by=by, listing=look(change))


def keep(*, by: Person, listing: Listing) -> ImpactList:
    """The list on record as it was seen; the same seen again by the same person is kept once."""
    what, change = listing.what, listing.what.change
    _require(by, change.kind, what.region)
    same = ImpactList.objects.filter(kind=change.kind, mark=listing.mark, by=by.username).first()
    if same is not None and same.found == listing.found:
        return same
    return ImpactList.objects.create(
        token=secrets.token_urlsafe(12), kind=change.kind, said=json.loads(json.dumps(dict(change.said), default=str)),
        title_zh=what.title.zh[:400], title_en=(what.title.en or what.title.zh)[:400], region=what.region, on=what.on,
        mark=listing.mark, counts=listing.counts, found=listing.found, by=by.username)


def _require(by: Person, kind: str, region: str) -> None:
    if not _may(by, kind, region):
        require(by=by, right=RIGHTS[kind][0], path=path_to(region))


def _may(by: Person, kind: str, region: str) -> bool:
    return any(allows(by=by, right=right, path=path_to(region)) for right in RIGHTS[kind])


def listed(token: str) -> ImpactList:
    """One list that was looked at; Refused where there is none."""
    found = ImpactList.objects.filter(token=token).first()
    if found is None:
        raise Refused(zh="没有这份影响清单。", en="There is no such impact list.")
    return found


def shown_to(*, by: User, row: ImpactList) -> Shown:
    """The list as it was seen: whole for whoever could publish it, else what concerns the places of one's roles.

    Raises Forbidden for whom it does not concern at all.
    """
    hits = tuple(read_hit(one) for one in row.found["hits"])
    moved = _moved(row)
    if _may(by, row.kind, row.region):
        costs = tuple(Cost(one["code"], Bilingual(**one["name"]), one["href"]) for one in row.found["costs"])
        return Shown(row, hits, costs, True, moved)
    held = tree()
    own = {code for one in grants_of(by) for code in held.within(one.region, timezone.localdate())}
    some = tuple(one for one in hits if one.place in own)
    if not some:
        raise Forbidden(zh="这份影响清单与您的地区无关。", en="This impact list does not concern your places.")
    return Shown(row, some, (), False, moved)


def _moved(row: ImpactList) -> bool:
    try:
        return mark_of_change(row.change) != row.mark
    except Refused:  # what it is about is gone
        return True


def lists_of(*, by: User, most: int = 50) -> list[ImpactList]:
    """The lists that somebody has looked at, the newest first."""
    return list(ImpactList.objects.filter(by=by.username).defer("found", "said")[:most])
