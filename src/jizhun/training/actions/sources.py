"""What the sources of questions, units and certificates say on a day: asked of the rooms that know, in one place."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from jizhun.catalogue.actions import catalogue
from jizhun.entitlements.actions import entitlements
from jizhun.entitlements.actions import rule as rule_of
from jizhun.entitlements.rules.exchanging import plain_parts
from jizhun.guides.actions import GUIDE, PROCEDURE, field_of, words_of
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.people.rules import canonical
from jizhun.procedures.rules import read_steps
from jizhun.provisions.actions import labels, promised
from jizhun.provisions.rules.telling import value_in_words
from jizhun.regions.actions import tree
from jizhun.standards.actions import clauses_of, known
from jizhun.training.rules.sources import CLAUSE, FIELD, PROMISE, RULE, STEPS, Source, Spoken


def spoken(kind: str, key: tuple[str, ...], on: date) -> Spoken | None:
    """What a source says on that day; None where it says nothing, or names what is not known."""
    try:
        return _KINDS[kind](key, on)
    except Refused:
        return None


def source(*, kind: str, key: tuple[str, ...], on: date) -> Source:
    """A source as it stands on ``on``, to be kept by what rests on it; raises Refused where it says nothing then."""
    said = spoken(kind, key, on)
    if said is None:
        raise Refused(zh=f"来源在 {on} 没有内容：{' / '.join(key)}。", en=f"This source says nothing on {on}: "
                      f"{' / '.join(key)}.")
    return Source(kind, key, said.version, said.fingerprint, on)


def _fingerprint(value: Any) -> str:
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _promise(key: tuple[str, ...], on: date) -> Spoken | None:
    """The value in force; its version is the provisions that won (their rows' numbers)."""
    matter, region, group, measure = key
    found = promised(matter=matter, region=region, on=on, group=group, measure=measure)
    if not found or found[0].value is None:
        return None
    names = labels()
    words = value_in_words(found[0].value, lambda code: names.get(code, Bilingual(code, code)))
    won = sorted(one.key for one in found[0].winners)
    return Spoken(",".join(map(str, won)), _fingerprint([words.zh, words.en]), words)


def _clause(key: tuple[str, ...], _on: date) -> Spoken | None:
    """The words of a clause; its version is the standard's own number, since an edition is never changed."""
    number, clause = key
    found = next((row for row in clauses_of(known(number).number) if row.key == clause), None)
    if found is None:
        return None
    said = found.fact()
    words = Bilingual(f"{said.number} {said.heading.zh} {said.body.zh}".strip(),
                      f"{said.number} {said.heading.en} {said.body.en}".strip())
    return Spoken(number, _fingerprint([words.zh, words.en]), words)


def _steps(key: tuple[str, ...], on: date) -> Spoken | None:
    """The steps of a procedure: who does what, in which order and how long. What is checked of them is not asked."""
    matter, region = key
    catalogue().matter(matter)
    found = words_of(sort=PROCEDURE, matter=matter, path=tree().path(region, on), on=on, codes=[STEPS]).get(STEPS)
    if found is None or not found.content:
        return None
    names = [step.name for step in read_steps(found.content).rows]
    words = Bilingual(" → ".join(one.zh for one in names), " → ".join(one.en for one in names))
    return Spoken(str(found.key), _fingerprint(found.content), words)


def _field(key: tuple[str, ...], on: date) -> Spoken | None:
    """A typed field of a guide."""
    matter, region, field = key
    found = words_of(sort=GUIDE, matter=matter, path=tree().path(region, on), on=on, codes=[field]).get(field)
    if found is None or found.content is None:
        return None
    return Spoken(str(found.key), _fingerprint(found.content), field_of(GUIDE, field).name)


def _rule(key: tuple[str, ...], on: date) -> Spoken | None:
    """A rule of a benefit as it counts at a place."""
    found = rule_of(code=key[0], region=key[1], on=on)
    if found is None:
        return None
    parts = plain_parts(found)
    return Spoken(_fingerprint(parts)[:12], _fingerprint(parts), entitlements().heads[key[0]].name)


_KINDS: Final[Mapping[str, Callable[[tuple[str, ...], date], Spoken | None]]] = {
    PROMISE: _promise, CLAUSE: _clause, STEPS: _steps, FIELD: _field, RULE: _rule}
