"""Guides and procedures that a change of what is promised puts out of step; computed for the change, never kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jizhun.catalogue.actions import catalogue
from jizhun.guides.actions import GUIDE, PROCEDURE, field_of
from jizhun.guides.actions.asking import layer_of
from jizhun.guides.models import LayerVersion
from jizhun.guides.rules.layers import Layer, resolve, standing
from jizhun.kernel.bilingual import Bilingual
from jizhun.procedures.actions import STEPS
from jizhun.procedures.rules import Limit, Steps, check, read_steps
from jizhun.provisions.actions import book, labels
from jizhun.provisions.rules import Answer, Quantity, Question, ask
from jizhun.provisions.rules.effect import Changed, Effect
from jizhun.provisions.rules.telling import value_in_words
from jizhun.regions.actions import tree

LIMITS = ("promised_limit", "statutory_limit")
MOST_PLACES = 5_000
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
            for matter in matters_of(one.subject):
                follow += len(one.places)
                spoken = _Spoken(matter, one.places, effect.on)
                left += spoken.left
                found += _of(one, spoken)
    return Reached(follow, tuple(dict.fromkeys(found)), left)


def matters_of(subject: str) -> tuple[str, ...]:
    """The matter itself, or the matters of an item."""
    held = catalogue()
    return (subject,) if subject in held.matters else tuple(one.code for one in held.matters_of(subject))


class _Spoken:
    """What places have said of a matter, read once for all of them: one query for guides, one for procedures."""

    def __init__(self, matter: str, places: Sequence[str], on: date) -> None:
        self.matter, self.on, self.left, self._tree = matter, on, 0, tree()
        wanted, upper = set(places), min(places, key=self._depth)
        self._path = set(self._tree.path(upper, on))
        self.own = {sort: self._read(sort, wanted) for sort in (GUIDE, PROCEDURE)}
        self.procedures = tuple(sorted({upper, *(code for code in self.own[PROCEDURE] if code in wanted)}))

    def _read(self, sort: str, wanted: set[str]) -> dict[str, Layer]:
        """The layers of the wanted places, and (for what they inherit) of those above them."""
        rows: dict[str, list[LayerVersion]] = {}
        for row in LayerVersion.objects.filter(sort=sort, matter=self.matter, valid_from__lte=self.on).order_by():
            if row.region in wanted or row.region in self._path:
                rows.setdefault(row.region, []).append(row)
        chosen = sorted(rows, key=self._depth)
        self.left += max(0, len(chosen) - MOST_PLACES)
        found = {code: standing(map(layer_of, rows[code]), self.on) for code in chosen[:MOST_PLACES]}
        return {code: layer for code, layer in found.items() if layer is not None}

    def _depth(self, code: str) -> tuple[int, str]:
        """Whoever stands higher comes first: the tree is asked for once, since asking costs a query."""
        return self._tree.level(code), code

    def guides(self, places: Sequence[str]) -> Iterator[Layer]:
        """The guides' own words at these places, in order."""
        wanted = set(places)
        return (layer for code, layer in sorted(self.own[GUIDE].items()) if code in wanted)

    def steps_at(self, place: str) -> Steps | None:
        """The steps that count at a place."""
        own = self.own[PROCEDURE]
        way = [own.get(code) or Layer(code, 0, self.on) for code in self._tree.path(place, self.on)]
        (found,) = resolve([field_of(PROCEDURE, STEPS)], way)
        return read_steps(found.content) if found.content else None


def _of(one: Changed, spoken: _Spoken) -> Iterator[Touched]:
    for layer in spoken.guides(one.places):
        yield from _quoting(one, spoken.matter, layer)
    for place in spoken.procedures:
        yield from _procedure(one, spoken, place)


# -- guides ----------------------------------------------------------------------------------------


def _quoting(one: Changed, matter: str, layer: Layer) -> Iterator[Touched]:
    """Own words that name the old value, and notes on materials that are no longer asked for."""
    old, place = one.before.value, layer.place
    if isinstance(old, Quantity):
        words = value_in_words(old, lambda code: Bilingual(code, code))
        if any(words.zh in text or words.en in text for text in _texts(layer)):
            yield Touched(GUIDE, matter, place, Bilingual(f"自己写的内容提到原来的“{words.zh}”。",
                                                          f"Its own words name the old value, “{words.en}”."))
    gone = _gone(one)
    noted = {str(item["id"]) for item in _items(layer, "material_notes")} & gone if gone else set()
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


def _procedure(one: Changed, spoken: _Spoken, place: str) -> Iterator[Touched]:
    """Steps that are longer than the new limit, and steps that ask for what may no longer be asked."""
    limit = _limit(one.after)
    if one.measure not in (*LIMITS, "materials") or (one.measure in LIMITS and limit in (None, _limit(one.before))):
        return
    steps = spoken.steps_at(place)
    if steps is None:
        return
    if one.measure == "materials":
        yield from _asking(_gone(one), spoken.matter, place, steps)
        return
    limits = {measure: _limit(ask(book(), Question(measure, spoken.matter, place, spoken.on))) for measure in LIMITS}
    limits[one.measure] = limit
    checked = check(steps, promised=limits["promised_limit"], statutory=limits["statutory_limit"])
    verdict = checked.verdicts[LIMITS.index(one.measure)]
    if verdict.state == "over":
        yield Touched(PROCEDURE, spoken.matter, place, verdict.sentence)


def _limit(answer: Answer) -> Limit | None:
    value = answer.value
    if not isinstance(value, Quantity) or value.unit not in ("working_day", "calendar_day"):
        return None
    return Limit(int(value.amount), "working_day" if value.unit == "working_day" else "calendar_day")


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

