"""From what each place says to what counts here: field by field, from the nation down.

Nothing is copied downwards. A place keeps only its own words and, beside them, what stood above when they were
written; whether that still stands is seen when the guide is read. So a change at the root costs one row, however many
places depend on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from jizhun.guides.rules.fields import Content, Field, Policy, key_of, on_top, tighter
from jizhun.kernel.bilingual import NO_WORDS, Bilingual

State = Literal["own", "inherited", "supplemented", "missing"]


@dataclass(frozen=True, slots=True)
class Said:
    """A place's own words on one field.

    ``base`` is what counted above when they were written or last looked at, ``above`` its key (None: that of ``base``);
    ``since`` that day. ``policy`` binds the places below. ``reason`` says why they are kept although what stands above
    has changed; ``deferred_until`` until when nobody need look at it. ``mark`` tells how far they are verified.
    """

    content: Content = None
    since: date = date(1, 1, 1)
    base: Content = None
    policy: Policy | None = None
    reason: str = ""
    deferred_until: date | None = None
    above: int | None = None
    mark: str = "R"
    source: str = ""
    clause: Bilingual = NO_WORDS

    @property
    def stood_on(self) -> int:
        """The key of what stood above when these words were written or last looked at."""
        return key_of(self.base) if self.above is None else self.above


@dataclass(frozen=True, slots=True)
class Layer:
    """What a place says of a matter on a day, or what one version changed. ``forced`` fields overrule, from that day,
    what was written below before it."""

    place: str
    number: int
    valid_from: date
    fields: Mapping[str, Said] = field(default_factory=dict)
    forced: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drift:
    """A field whose base has changed since the place wrote its own: old base, new base, own words.

    ``adds``: whether the own words stand beside those above, because the field, or a place above, says so.
    """

    field: Field
    place: str
    base: Content
    now: Content
    own: Content
    deferred_until: date | None = None
    key: int = 0
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What one place gives to a field."""

    place: str
    said: Said

    @property
    def content(self) -> Content:
        return self.said.content


@dataclass(frozen=True, slots=True)
class Resolved:
    """What counts for one field at the last place of the way.

    ``parts`` are the places that it comes from, each with what it gave; ``policy`` is what binds the place itself;
    ``refused`` are words of places that were not allowed to write them; ``overruled`` those that a forced change put
    out of force. ``key`` tells contents apart; ``base`` and ``above`` are what counts at the place above.
    """

    field: Field
    content: Content
    parts: tuple[Part, ...]
    state: State
    policy: Policy
    key: int = 0
    base: Content = None
    above: int = 0
    drift: Drift | None = None
    refused: tuple[Part, ...] = ()
    overruled: tuple[Part, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(part.place for part in self.parts)


def standing(versions: Iterable[Layer], on: date) -> Layer | None:
    """What a place says on a day: for each field the version last begun, the later number among equals.

    None where none has begun. Each version says only what it changed, so one made ahead for a later day takes nothing
    back that is written in the meantime.
    """
    begun = sorted((one for one in versions if one.valid_from <= on), key=lambda one: (one.valid_from, one.number))
    if not begun:
        return None
    fields: dict[str, Said] = {}
    forced: dict[str, date] = {}
    for one in begun:
        fields.update(one.fields)
        forced.update(one.forced)
    return Layer(begun[-1].place, begun[-1].number, begun[-1].valid_from, fields, forced)


def resolve(fields: Iterable[Field], layers: Sequence[Layer]) -> tuple[Resolved, ...]:
    """Every field at the last place of ``layers``, which stand in order from the nation down."""
    return tuple(_resolved(one, layers) for one in fields)


def _resolved(one: Field, layers: Sequence[Layer]) -> Resolved:
    way = _Way(one)
    for layer in layers:
        way.step(layer)
    return way.told(layers[-1].place if layers else "")


class _Way:
    """One field on its way down."""

    def __init__(self, one: Field) -> None:
        self.field, self.policy = one, one.policy
        self.bound: Policy = "free"
        self.parts: list[Part] = []
        self.refused: list[Part] = []
        self.overruled: list[Part] = []
        self.forced_on: date | None = None
        self.drift: Drift | None = None
        self.key = self.above = 0
        self.before: list[Part] = []

    def step(self, layer: Layer) -> None:
        said = layer.fields.get(self.field.code)
        self.drift, self.above, self.before = None, self.key, self.parts
        self.bound = self.policy if self.parts else "free"
        if said is not None and said.content is not None:
            self._write(Part(layer.place, said))
        if said is not None and said.policy is not None:
            self.policy = tighter(self.policy, said.policy)
        forced = layer.forced.get(self.field.code)
        if forced is not None:
            self.forced_on = max(forced, self.forced_on or forced)

    def _write(self, part: Part) -> None:
        """Put a place's words in, unless they may not stand; note where what they were written on has changed."""
        if self.bound == "locked":
            self.refused.append(part)
        elif self.forced_on is not None and part.said.since < self.forced_on:
            self.overruled.append(part)
        else:
            self._put(part, part.said)

    def _put(self, part: Part, said: Said) -> None:
        adds = self.bound == "supplement"
        if said.stood_on != self.key:
            self.drift = Drift(self.field, part.place, said.base, _joined(self.field, self.parts), said.content,
                               said.deferred_until, self.key, adds)
        self.parts = [*(self.parts if adds else []), part]
        own = key_of(said.content)
        self.key = on_top(self.key, own) if adds else own

    def told(self, place: str) -> Resolved:
        own = any(part.place == place for part in self.parts)
        state: State = "missing" if not self.parts else "inherited" if not own else \
            "supplemented" if len(self.parts) > 1 else "own"
        return Resolved(self.field, _joined(self.field, self.parts), tuple(self.parts), state, self.bound, self.key,
                        _joined(self.field, self.before), self.above, self.drift, tuple(self.refused),
                        tuple(self.overruled))


def _joined(one: Field, parts: Sequence[Part]) -> Content:
    return joined(one, [part.content for part in parts])


def joined(one: Field, contents: Sequence[Content]) -> Content:
    """Supplements put together: lists one after the other, texts as paragraphs; an item said again stands once."""
    if len(contents) < 2 or one.kind == "choice":
        return contents[-1] if contents else None
    if one.is_list:
        items = {str(item["id"]): item for content in reversed(contents) for item in reversed(content)}
        return list(reversed(items.values()))
    return {language: "\n\n".join(filter(None, (content.get(language, "") for content in contents)))
            for language in ("zh", "en")}


# -- as rows hold it -------------------------------------------------------------------------------


def plain_said(said: Said) -> dict[str, Any]:
    """A said as JSON holds it; what says nothing is left out."""
    row = {"content": said.content, "since": said.since.isoformat(), "base": said.base, "above": said.stood_on,
           "policy": said.policy, "reason": said.reason, "mark": said.mark, "source": said.source,
           "deferred_until": said.deferred_until and said.deferred_until.isoformat(),
           "clause_zh": said.clause.zh, "clause_en": said.clause.en}
    return {name: value for name, value in row.items() if value not in (None, "", 0)}


def read_said(row: Mapping[str, Any]) -> Said:
    """The inverse of ``plain_said``."""
    until = row.get("deferred_until")
    return Said(row.get("content"), date.fromisoformat(row["since"]), row.get("base"), row.get("policy"),
                row.get("reason", ""), date.fromisoformat(until) if until else None, row.get("above", 0),
                row.get("mark", "R"), row.get("source", ""),
                Bilingual(row.get("clause_zh", ""), row.get("clause_en", "")))
