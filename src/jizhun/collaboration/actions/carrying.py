"""Succession of places: what the old one said, what becomes of it at the new one, and what somebody has to decide."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.collaboration.models import Carried
from jizhun.collaboration.rules.carrying import GUIDE, PROMISE, Thing, outcome_of, outcome_of_words
from jizhun.evaluation.models import Finding
from jizhun.guides.actions import record as record_guide
from jizhun.guides.actions.asking import SORTS, layer_of
from jizhun.guides.models import LayerVersion
from jizhun.guides.rules import Layer, Said, fingerprint, standing
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import day_before
from jizhun.people.actions import path_to, require, write_line
from jizhun.people.rules import Actor, canonical
from jizhun.provisions.actions import book, labels, place_name, record_all
from jizhun.provisions.models import Provision
from jizhun.provisions.rules import Answer, Book, Question, Say, ask
from jizhun.provisions.rules.reading import plain_value
from jizhun.provisions.rules.telling import value_in_words
from jizhun.regions.actions import tree
from jizhun.regions.rules import Succession

RIGHTS: Mapping[str, str] = {PROMISE: "provision.record", GUIDE: "guide.edit"}
"""Who decides on what: whoever could say it at the new place."""


@dataclass(frozen=True)
class Report:
    """One succession: what is to become of each thing, and what stays where it is as history."""

    link: Succession
    things: tuple[Thing, ...]
    history: Mapping[str, int]

    @property
    def open(self) -> int:
        """Things that are still to be carried over or decided on."""
        return sum(one.open for one in self.things)

    @property
    def to_decide(self) -> int:
        return sum(one.outcome == "decide" for one in self.things)


# -- asking ----------------------------------------------------------------------------------------


def link_of(old: str, new: str) -> Succession:
    """The succession from one place to another; Refused where there was none."""
    found = next((one for one in tree().successions if (one.old, one.new) == (old, new)), None)
    if found is None:
        raise Refused(zh=f"没有从 {old} 到 {new} 的区划变更。", en=f"Nothing passed from {old} to {new}.")
    return found


def reports(*, region: str) -> list[Report]:
    """Every succession to a place in the region with anything to look at, what has to be decided first."""
    speaking = _speakers()
    path = region
    held = tree()
    found = [report(link) for link in held.successions
             if link.old in speaking and path in _above(link.new)]
    return sorted((one for one in found if one.things), key=lambda one: (-one.to_decide, -one.open, one.link.on))


def _speakers() -> set[str]:
    """Places that have said anything at all."""
    said = set(Provision.objects.values_list("region", flat=True).distinct())
    return said | set(LayerVersion.objects.values_list("region", flat=True).distinct())


def _above(code: str) -> tuple[str, ...]:
    """The way to a place on its last day, today at the latest."""
    place = tree().known(code)
    return tree().path(code, min(place.valid_until, max(place.valid_from, timezone.localdate())))


def report(link: Succession) -> Report:
    """What the old place said on its last day, thing by thing; computed, never kept."""
    settled = {(one.sort, one.key): one for one in Carried.objects.filter(old=link.old, new=link.new)}
    things = [_settled(one, settled) for one in (*_promises(link), *_guides(link))]
    return Report(link, tuple(things), {
        "provisions": Provision.objects.filter(region=link.old).count(),
        "guides": LayerVersion.objects.filter(region=link.old).count(),
        "findings": Finding.objects.filter(region=link.old).count()})


def _settled(one: Thing, settled: Mapping[tuple[str, str], Carried]) -> Thing:
    """A thing with what was decided on it; a decision on something else than stands there now no longer counts."""
    row = settled.get((one.sort, one.key))
    if row is None or (row.verdict == Carried.LEAVE and row.fingerprint != one.fingerprint):
        return one
    return replace(one, outcome="carried" if row.verdict == Carried.CARRY else "left",
                   why=Bilingual(row.reason, row.reason))


def _predecessors(link: Succession) -> list[str]:
    """The places of which all of the new one is made that day; none where it was there before."""
    if tree().known(link.new).valid_from != link.on:
        return []
    return [one.old for one in tree().successions if one.new == link.new and one.on == link.on]


# -- promises --------------------------------------------------------------------------------------


def _promises(link: Succession) -> list[Thing]:
    held, last = book(), day_before(link.on)
    if not tree().known(link.old).exists(last):
        return []
    found = [_promise(held, link, say) for say in _own_says(held, link.old, last)]
    return [one for one in found if one is not None]


def _own_says(held: Book, place: str, on: date) -> list[Say]:
    """What the place itself said on a day that counted there: its standing change points that won."""
    found = []
    for (subject, measure), places in sorted(held.lines.items()):
        for group, slot in sorted(places.get(place, {})):
            say = places[place][group, slot].standing(on, None)
            if say is not None and say.value is not None and slot == "limit" and say.lapses_on >= on and any(
                    one is say for one in _asked(held, measure, subject, place, on, group).winners):
                found.append(say)
    return found


def _asked(held: Book, measure: str, subject: str, place: str, on: date, group: str) -> Answer:
    return ask(held, Question(measure, subject, place, on, group))


def _promise(held: Book, link: Succession, say: Say) -> Thing | None:
    last = day_before(link.on)
    before = _asked(held, say.measure, say.subject, link.old, last, say.group)
    if before.value is None:
        return None
    after = _asked(held, say.measure, say.subject, link.new, link.on, say.group)
    whole = bool(whose := _predecessors(link)) and all(
        _asked(held, say.measure, say.subject, one, last, say.group).value == before.value for one in whose)
    outcome, why = outcome_of(before.measure.direction, before.value, after.value, whole=whole)
    subject, old, new = catalogue().name_of(say.subject), _words(before), _words(after)
    name = Bilingual(f"{subject.zh}：{before.measure.name.zh}", f"{subject.en}: {before.measure.name.en}")
    return Thing(PROMISE, f"{say.subject}/{say.measure}/{say.group}", name, old, new, outcome, why,
                 _print(old.zh, new.zh))


def _words(answer: Answer) -> Bilingual:
    names = labels()
    return value_in_words(answer.value, lambda code: names.get(code, Bilingual(code, code)))


def _print(*said: Any) -> str:
    return hashlib.sha256(canonical(list(said)).encode()).hexdigest()[:16]


# -- guides ----------------------------------------------------------------------------------------


def _guides(link: Succession) -> list[Thing]:
    """One thing a matter and sort (guide, procedure) on which the old place had words of its own."""
    last = day_before(link.on)
    old, new = _layers([link.old], last), _layers([link.new], link.on)
    peers = {one: _layers([one], last) for one in _predecessors(link)}
    found = []
    for (sort, matter, _place), layer in sorted(old.items()):
        words, other = _said(layer), _said(new.get((sort, matter, link.new)))
        whole = bool(peers) and all(_said(one.get((sort, matter, place))) == words for place, one in peers.items())
        outcome, why = outcome_of_words(words, other, whole=whole)
        name = catalogue().name_of(matter)
        label = SORTS[sort]
        found.append(Thing(GUIDE, f"{sort}/{matter}", Bilingual(f"{name.zh}：{label.zh}", f"{name.en}: {label.en}"),
                           _fields(layer), _fields(new.get((sort, matter, link.new))), outcome, why,
                           _print(words, other)))
    return found


def _layers(places: Sequence[str], on: date) -> dict[tuple[str, str, str], Layer]:
    rows: dict[tuple[str, str, str], list[Layer]] = {}
    for row in LayerVersion.objects.filter(region__in=places, valid_from__lte=on).order_by("seq", "pk"):
        rows.setdefault((row.sort, row.matter, row.region), []).append(layer_of(row))
    return {key: now for key, versions in rows.items() if (now := standing(versions, on)) is not None
            and any(one.content is not None for one in now.fields.values())}


def _said(layer: Layer | None) -> str:
    """What stands for the place's own words; "" where it has none."""
    if layer is None:
        return ""
    return _print({code: fingerprint(one.content) for code, one in sorted(layer.fields.items())
                   if one.content is not None})


def _fields(layer: Layer | None) -> Bilingual:
    number = sum(one.content is not None for one in layer.fields.values()) if layer else 0
    return Bilingual(f"自有内容 {number} 项", f"{number} fields of its own") if number else Bilingual("–", "–")


# -- acts ------------------------------------------------------------------------------------------


def carry_over(*, by: Actor, old: str, new: str, sort: str = "", keys: Sequence[str] = (),
               reason: str = "") -> list[Carried]:
    """Carry over to the new place from the day it passed: all that carries over by rule, or the things named.

    What has to be decided needs a reason. Each promise is recorded anew at the new place with the same paper, each
    guide with the same words, unverified. Forbidden without the right to say it there.
    """
    found = report(link_of(old, new))
    chosen = [one for one in found.things if one.outcome == "carry" and not keys] if not keys else [
        _named(found, sort, key) for key in keys]
    if not chosen:
        raise Refused(zh="没有按规则延续的内容。", en="Nothing carries over by rule.")
    if any(one.outcome == "decide" for one in chosen) and not reason.strip():
        raise Refused(zh="请写明理由。", en="Say why.")
    with transaction.atomic():
        _carry_promises(by, found.link, [one for one in chosen if one.sort == PROMISE])
        for one in chosen:
            if one.sort == GUIDE:
                _carry_guide(by, found.link, one)
        return [_kept(by, found.link, one, Carried.CARRY, reason.strip() or one.why.zh) for one in chosen]


def leave_behind(*, by: Actor, old: str, new: str, sort: str, key: str, reason: str) -> Carried:
    """Decide that a thing does not carry over, with the reason; it counts for what both places say now."""
    found = report(link_of(old, new))
    one = _named(found, sort, key)
    require(by=by, right=RIGHTS[sort], path=path_to(new))
    if not reason.strip() or len(reason) > 4000:
        raise Refused(zh="请写明理由，最多 4000 字。", en="Say why, in 4000 characters at most.")
    with transaction.atomic():
        return _kept(by, found.link, one, Carried.LEAVE, reason.strip())


def _named(found: Report, sort: str, key: str) -> Thing:
    one = next((one for one in found.things if (one.sort, one.key) == (sort, key)), None)
    if one is None or not one.open:
        raise Refused(zh=f"“{key}”不需要处理，或已处理。", en=f"“{key}” needs nothing, or was settled.")
    return one


def _kept(by: Actor, link: Succession, one: Thing, verdict: str, reason: str) -> Carried:
    write_line(by=by, act=f"collaboration.{verdict}", subject=f"succession:{link.old}>{link.new}", reason=reason,
               after={"sort": one.sort, "key": one.key, "old": one.old.zh, "new": one.new.zh})
    return Carried.objects.create(old=link.old, new=link.new, on=link.on, sort=one.sort, key=one.key, verdict=verdict,
                                  reason=reason, fingerprint=one.fingerprint, by=by.username)


def _carry_promises(by: Actor, link: Succession, things: Sequence[Thing]) -> None:
    wanted = {one.key for one in things}
    says = [say for say in _own_says(book(), link.old, day_before(link.on))
            if f"{say.subject}/{say.measure}/{say.group}" in wanted]
    if says:
        record_all(by=by, rows=[_row(link, say) for say in says], documents_paper=True)


def _row(link: Succession, say: Say) -> dict[str, Any]:
    """A say of the old place as a row of the new one, by the same paper."""
    old = place_name(link.old)
    return {"subject": say.subject, "measure": say.measure, "region": link.new, "group": say.group,
            "modality": say.modality, "value": plain_value(say.value), "unit": say.unit, "from": link.on,
            "until": say.lapses_on, "document": say.paper.code if say.paper else None, "clause_zh": say.clause.zh,
            "clause_en": say.clause.en, "enforce": say.enforce, "assessment": say.assessment, "source": say.source,
            "mark": say.mark if say.mark == "SIM" else "R", "note_zh": f"随区划变更自{old.zh}（{link.old}）延续",
            "note_en": f"carried over from {old.en} ({link.old})"}


def _carry_guide(by: Actor, link: Succession, one: Thing) -> None:
    sort, matter = one.key.split("/")
    layer = _layers([link.old], day_before(link.on))[sort, matter, link.old]
    fields = {code: Said(said.content, mark=said.mark if said.mark == "SIM" else "R", source=said.source,
                         clause=said.clause) for code, said in layer.fields.items() if said.content is not None}
    record_guide(by=by, sort=sort, matter=matter, region=link.new, fields=fields, on=link.on, source=link.old,
                 note=f"{link.old} → {link.new}", check=_as_it_was)


def _as_it_was(_field: object, content: Any) -> Any:
    """The words were checked when they were written."""
    return content
