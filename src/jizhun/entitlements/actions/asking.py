"""Reading the rules on record, and answering who is entitled to what at a place and day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from jizhun.entitlements.models import EntitlementRow, FactRow, known_by
from jizhun.entitlements.rules import (
    Answer,
    Entitlements,
    Rule,
    Version,
    answer,
    read_all,
    standing,
    together,
    typed_facts,
)
from jizhun.entitlements.rules.assembling import cohorts
from jizhun.entitlements.rules.book import Head
from jizhun.entitlements.rules.promising import ROLES, Engine, Places
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.provisions import actions as provisions
from jizhun.provisions.models import Document
from jizhun.regions.actions import tree, versions

ROOM = "entitlements"

_KEPT: dict[date | None, tuple[str, Entitlements]] = {}


def entitlements(*, known_on: date | None = None) -> Entitlements:
    """Every rule as known on ``known_on`` (None: now), kept in process until something is loaded."""
    stamp = versions(ROOM)[0]
    held = _KEPT.get(known_on)
    if held is None or held[0] != stamp:
        if len(_KEPT) > 8:
            _KEPT.clear()
        held = _KEPT[known_on] = (stamp, _read(known_on))
        _rule.cache_clear()
    return held[1]


def _read(known_on: date | None) -> Entitlements:
    heads = {row.code: {**row.fields, "versions": []} for row in EntitlementRow.objects.order_by("place", "pk")}
    for version in known_by(known_on):
        heads[version.entitlement]["versions"].append(version.said())
    return read_all((row.fields for row in FactRow.objects.order_by("place", "pk")), heads.values())


def rule(*, code: str, region: str, on: date, since: date | None = None, known_on: date | None = None) -> Rule | None:
    """The rule of an entitlement at a place and day; None where none is in force. Raises Refused for unknown codes."""
    book = entitlements(known_on=known_on)
    found = standing(book, code, tree().path(region, on), on, since)
    return _rule(book, code, found) if found else None


@lru_cache(maxsize=2_000)
def _rule(book: Entitlements, code: str, versions: tuple[Version, ...]) -> Rule:
    """Rules are the same wherever and whenever the same versions count, so they are put together once."""
    return together(book, code, versions)


def entitled(*, facts: Mapping[str, Any], places: Places, on: date, codes: Sequence[str] = (), group: str = "all",
             known_on: date | None = None) -> list[Answer]:
    """What a person may be entitled to: one answer per entitlement that has a rule at the place that counts for it.

    ``facts`` by code, as a form or JSON holds them. Raises Refused for facts, codes and places that do not exist.
    """
    found, failed = entitled_apart(facts=facts, places=places, on=on, codes=codes, group=group, known_on=known_on)
    if failed:
        raise Refused(zh=failed[0].sentence.zh, en=failed[0].sentence.en)
    return found


def _check_places(places: Places, on: date) -> None:
    """Refused for a role or a place that does not exist, also where no rule that is asked for reads it."""
    for role, code in places.by_role.items():
        if role not in ROLES:
            raise Refused(zh=f"没有“{role}”这种地点，有的是 {'、'.join(ROLES)}。",
                          en=f"There is no role of place “{role}”; there are {', '.join(ROLES)}.")
        tree().place(code, on)


def _paths(book: Entitlements, codes: Sequence[str], places: Places, on: date) -> dict[str, list[str]]:
    """The way from the nation to the person's place for each role of place that counts for an entitlement."""
    odd = next((code for code in codes if code not in book.heads), None)
    if odd is not None:
        raise Refused(zh=f"没有代码为“{odd}”的待遇。", en=f"There is no entitlement “{odd}”.")
    held = tree()
    return {role: list(held.path(places.of(role), on))
            for role in {book.heads[code].place_role for code in codes or book.heads}}


def _rule_since(book: Entitlements, code: str, path: Sequence[str], on: date, since: date | None) -> Rule | None:
    found = standing(book, code, path, on, since)
    return _rule(book, code, found) if found else None


def _answer_at(book: Entitlements, head: Head, path: Sequence[str], on: date, known: Mapping[str, Any],
               engine: Engine) -> Answer | None:
    """One answer, by the version that counts for this person; None where none is in force.

    Where it hangs on a day that nobody gave which version that is, the answer waits for the day, unless it is the
    same no under each of them.
    """
    since = known.get(head.anchor) if head.anchor else None
    one = _rule_since(book, head.code, path, on, since)
    if one is None:
        return None
    place = path[-1]
    given = answer(one, place, on, known, engine)
    others = {_rule_since(book, head.code, path, on, day) for day in cohorts(book, head.code)} - {one}
    if since is not None or not others:
        return given
    if given.verdict == "unlikely" and all(other is not None and answer(
            other, place, on, known, engine).verdict == "unlikely" for other in others):
        return given
    waits = {head.anchor, *given.missing}
    return replace(given, verdict="open", missing=tuple(code for code in one.facts if code in waits))


@dataclass(frozen=True, slots=True)
class Failed:
    """An entitlement whose rule cannot be put together at the place and day, with the sentence that says why."""

    code: str
    sentence: Bilingual


def entitled_apart(*, facts: Mapping[str, Any], places: Places, on: date, codes: Sequence[str] = (),
                   group: str = "all", known_on: date | None = None) -> tuple[list[Answer], list[Failed]]:
    """As ``entitled``, but a rule that is broken takes only its own answer away, and says so.

    Raises Refused for facts, codes and places that do not exist.
    """
    book = entitlements(known_on=known_on)
    known = typed_facts(book.facts, facts)
    _check_places(places, on)
    engine = Engine(provisions.book(known_on=known_on), places, group)
    paths = _paths(book, codes, places, on)
    found: list[Answer] = []
    failed: list[Failed] = []
    for head in (book.heads[code] for code in codes or book.heads):
        try:
            one = _answer_at(book, head, paths[head.place_role], on, known, engine)
            found += [one] if one else []
        except Refused as refused:
            failed.append(Failed(head.code, refused.sentence))
    return found, failed


def paper_title(code: str) -> Bilingual:
    """The title of a paper, as it is cited; the code where it is not on record."""
    row = Document.objects.filter(code=code).first()
    return Bilingual(row.title_zh, row.title_en) if row else Bilingual(code, code)


def revision() -> str:
    """What the room's rules stand at; to be handed back to ``record_version`` as ``seen``."""
    return versions(ROOM)[0]
