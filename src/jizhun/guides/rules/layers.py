"""From what each place says to what counts here: field by field, from the nation down.

Nothing is copied downwards. A place keeps only its own words and, beside them, what stood above when they were
written; whether that still stands is seen when the guide is read. So a change at the root costs one row, however many
places depend on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from jizhun.guides.rules.fields import Content, Field, Policy, fingerprint, tighter

State = Literal["own", "inherited", "supplemented", "missing"]


@dataclass(frozen=True, slots=True)
class Said:
    """A place's own words on one field.

    ``base`` is what counted above when they were written or last looked at; ``since`` that day. ``policy`` binds the
    places below. ``reason`` says why they are kept although what stands above has changed; ``deferred_until`` until
    when nobody need look at it.
    """

    content: Content = None
    since: date = date(1, 1, 1)
    base: Content = None
    policy: Policy | None = None
    reason: str = ""
    deferred_until: date | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One version of what a place says of a matter. ``forced`` fields overrule what was written below before it."""

    place: str
    number: int
    valid_from: date
    fields: Mapping[str, Said] = field(default_factory=dict)
    forced: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Drift:
    """A field whose base has changed since the place wrote its own: old base, new base, own words."""

    field: Field
    place: str
    base: Content
    now: Content
    own: Content
    deferred_until: date | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What counts for one field at the last place of the way.

    ``parts`` are the places that it comes from, each with what it gave; ``policy`` is what binds the place itself;
    ``refused`` are words of places that were not allowed to write them; ``overruled`` those that a forced change put
    out of force.
    """

    field: Field
    content: Content
    parts: tuple[tuple[str, Content], ...]
    state: State
    policy: Policy
    drift: Drift | None = None
    refused: tuple[tuple[str, Content], ...] = ()
    overruled: tuple[tuple[str, Content], ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(place for place, _ in self.parts)


def standing(versions: Iterable[Layer], on: date) -> Layer | None:
    """The version of one place that is in force on a day: the last begun, the later number among equals."""
    begun = [one for one in versions if one.valid_from <= on]
    return max(begun, key=lambda one: (one.valid_from, one.number), default=None)


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
        self.parts: list[tuple[str, Content]] = []
        self.refused: list[tuple[str, Content]] = []
        self.overruled: list[tuple[str, Content]] = []
        self.forced_on: date | None = None
        self.drift: Drift | None = None

    @property
    def content(self) -> Content:
        return joined(self.field, [content for _, content in self.parts])

    def step(self, layer: Layer) -> None:
        said = layer.fields.get(self.field.code)
        self.drift = None
        self.bound = self.policy if self.parts else "free"
        if said is not None and said.content is not None:
            self._write(layer, said)
        if said is not None and said.policy is not None:
            self.policy = tighter(self.policy, said.policy)
        if self.field.code in layer.forced:
            self.forced_on = layer.valid_from

    def _write(self, layer: Layer, said: Said) -> None:
        """Put a place's words in, unless they may not stand; note where what they were written on has changed."""
        if self.bound == "locked":
            self.refused.append((layer.place, said.content))
            return
        if self.forced_on is not None and said.since < self.forced_on:
            self.overruled.append((layer.place, said.content))
            return
        above = self.content
        if self.parts and fingerprint(said.base) != fingerprint(above):
            self.drift = Drift(self.field, layer.place, said.base, above, said.content, said.deferred_until)
        self.parts = [*(self.parts if self.bound == "supplement" else []), (layer.place, said.content)]

    def told(self, place: str) -> Resolved:
        own = [content for where, content in self.parts if where == place]
        state: State = "missing" if not self.parts else "inherited" if not own else \
            "supplemented" if len(self.parts) > 1 else "own"
        return Resolved(self.field, self.content, tuple(self.parts), state, self.bound, self.drift,
                        tuple(self.refused), tuple(self.overruled))


def joined(one: Field, contents: Sequence[Content]) -> Content:
    """Supplements put together: lists one after the other, texts as paragraphs; an item said again stands once."""
    if len(contents) < 2:
        return contents[0] if contents else None
    if one.is_list:
        items = {str(item["id"]): item for content in reversed(contents) for item in reversed(content)}
        return list(reversed(items.values()))
    return {language: "\n\n".join(filter(None, (content.get(language, "") for content in contents)))
            for language in ("zh", "en")}
