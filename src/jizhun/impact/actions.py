"""Guides and procedures that a change of what is promised puts out of step; computed for the change, never kept."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jizhun.catalogue.actions import catalogue
from jizhun.guides.actions import GUIDE, PROCEDURE, layers
from jizhun.guides.models import LayerVersion
from jizhun.guides.rules.guide import Guide
from jizhun.guides.rules.layers import Layer
from jizhun.kernel.bilingual import Bilingual
from jizhun.procedures.actions import limit_of, procedure
from jizhun.procedures.rules import Limit, Steps, check
from jizhun.provisions.actions import labels
from jizhun.provisions.rules import Quantity
from jizhun.provisions.rules.effect import Changed, Effect
from jizhun.provisions.rules.telling import value_in_words
from jizhun.regions.actions import tree

LIMITS = ("promised_limit", "statutory_limit")
MOST_PLACES = 400
"""Places looked at closely for one change; a change for more of them says how many it left."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A guide or procedure that has to be looked at: whose, and why."""

    sort: str
    matter: str
    place: str
    why: Bilingual


@dataclass(frozen=True, slots=True)
class Reached:
    """``follow``: guides that show the new value by themselves; ``touched``: those somebody has to look at; ``left``
    how many places were not looked at closely."""

    follow: int
    touched: tuple[Touched, ...]
    left: int = 0


def reached(*, effects: Iterable[Effect]) -> Reached:
    """What changes of promises do to guides and procedures."""
    found: list[Touched] = []
    follow = left = 0
    for effect in effects:
        for one in effect.changed:
            for matter in _matters(one.subject):
                follow += len(one.places)
                speaking, more = _speaking(matter, one.places)
                left += more
                found += _of(one, matter, speaking, effect.on)
    return Reached(follow, tuple(dict.fromkeys(found)), left)


def _matters(subject: str) -> tuple[str, ...]:
    held = catalogue()
    return (subject,) if subject in held.matters else tuple(one.code for one in held.matters_of(subject))


def _speaking(matter: str, places: Sequence[str]) -> tuple[dict[str, set[str]], int]:
    """Sort -> places with words of their own, and the topmost of the change, whose words the others inherit."""
    wanted = set(places)
    rows = LayerVersion.objects.filter(matter=matter).values_list("sort", "region").distinct()
    own: dict[str, set[str]] = {GUIDE: set(), PROCEDURE: set()}
    for sort, region in rows:
        if region in wanted:
            own[sort].add(region)
    top = min(places, key=lambda code: (tree().level(code), code))
    chosen = {sort: set(sorted(found, key=lambda code: (tree().level(code), code))[:MOST_PLACES])
              for sort, found in own.items()}
    left = sum(len(own[sort]) - len(chosen[sort]) for sort in own)
    chosen[PROCEDURE].add(top)
    return chosen, left


def _of(one: Changed, matter: str, speaking: dict[str, set[str]], on: date) -> Iterator[Touched]:
    for place in sorted(speaking[GUIDE]):
        yield from _quoting(one, matter, place, on)
    for place in sorted(speaking[PROCEDURE]):
        yield from _procedure(one, matter, place, on)


# -- guides ----------------------------------------------------------------------------------------


def _quoting(one: Changed, matter: str, place: str, on: date) -> Iterator[Touched]:
    """Own words that name the old value, and notes on materials that are no longer asked for."""
    (layer,) = layers(sort=GUIDE, matter=matter, path=(place,), on=on)
    old = one.before.value
    if isinstance(old, Quantity):
        words = value_in_words(old, lambda code: Bilingual(code, code))
        if any(words.zh in text or words.en in text for text in _texts(layer)):
            yield Touched(GUIDE, matter, place, Bilingual(f"自己写的内容提到原来的“{words.zh}”。",
                                                          f"Its own words name the old value, “{words.en}”."))
    gone = _gone(one)
    noted = {str(item["id"]) for item in _items(layer, "material_notes")} & gone
    if noted:
        names = labels()
        told = [names.get(code, Bilingual(code, code)) for code in sorted(noted)]
        yield Touched(GUIDE, matter, place, Bilingual(
            f"说明了不再要求的材料：{'、'.join(name.zh for name in told)}。",
            f"It explains materials that are no longer asked for: {', '.join(name.en for name in told)}."))


def _gone(one: Changed) -> set[str]:
    old, new = one.before.value, one.after.value
    return set(old) - set(new) if isinstance(old, frozenset) and isinstance(new, frozenset) else set()


def _items(layer: Layer, code: str) -> list[dict[str, Any]]:
    said = layer.fields.get(code)
    return said.content if said is not None and isinstance(said.content, list) else []


def _texts(layer: Layer) -> Iterator[str]:
    for said in layer.fields.values():
        yield from _strings(said.content)


def _strings(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from _strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from _strings(value)


# -- procedures ------------------------------------------------------------------------------------


def _procedure(one: Changed, matter: str, place: str, on: date) -> Iterator[Touched]:
    """Steps that are longer than the new limit, and steps that ask for what may no longer be asked."""
    if one.measure not in (*LIMITS, "materials"):
        return
    found = procedure(matter=matter, region=place, on=on)
    if found.steps is None:
        return
    if one.measure == "materials":
        yield from _asking(_gone(one), matter, place, found.steps)
        return
    limit = _limit(one)
    if limit is None:
        return
    before = limit_of(found.guide, one.measure)
    for verdict in _verdicts(found.steps, one.measure, limit, found.guide):
        if verdict.state == "over" and limit != before:
            yield Touched(PROCEDURE, matter, place, verdict.sentence)


def _limit(one: Changed) -> Limit | None:
    value = one.after.value
    if not isinstance(value, Quantity) or value.unit not in ("working_day", "calendar_day"):
        return None
    return Limit(int(value.amount), "working_day" if value.unit == "working_day" else "calendar_day")


def _verdicts(steps: Steps, measure: str, limit: Limit, held: Guide) -> Collection[Any]:
    if measure == "promised_limit":
        return check(steps, promised=limit, statutory=limit_of(held, "statutory_limit")).verdicts[:1]
    return check(steps, promised=limit_of(held, "promised_limit"), statutory=limit).verdicts[1:2]


def _asking(gone: set[str], matter: str, place: str, steps: Steps) -> Iterator[Touched]:
    if not gone:
        return
    names = labels()
    wrong = {text: code for code in gone for text in (code, names.get(code, Bilingual(code, code)).zh,
                                                      names.get(code, Bilingual(code, code)).en)}
    asked = sorted({wrong[text] for step in steps.rows for text in step.input if text in wrong})
    if asked:
        told = [names.get(code, Bilingual(code, code)) for code in asked]
        yield Touched(PROCEDURE, matter, place, Bilingual(
            f"步骤仍要求：{'、'.join(name.zh for name in told)}。",
            f"Its steps still ask for: {', '.join(name.en for name in told)}."))

