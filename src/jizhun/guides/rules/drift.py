"""When what stands above has changed: old base, new base and own words side by side, and the four things to do.

Each gives the place's new words on the field; the version that holds them is a new one, nothing is overwritten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from jizhun.guides.rules.fields import Content, Field, fingerprint
from jizhun.guides.rules.layers import Drift, Said
from jizhun.kernel.bilingual import Refused


def accepted(drift: Drift, said: Said, on: date) -> Said:
    """What stands above counts again. A supplement stays, now on the new base."""
    content = said.content if drift.adds else None
    return _on_new_base(drift, said, on, content)


def kept(drift: Drift, said: Said, on: date, reason: str) -> Said:
    """The place's own words stay, with the reason; raises Refused without one."""
    if not reason.strip():
        raise Refused(zh="请写明为什么保留本地内容。", en="Say why the local words are kept.")
    return replace(_on_new_base(drift, said, on, said.content), reason=reason.strip())


def merged_by_hand(drift: Drift, said: Said, on: date, content: Content) -> Said:
    """New words, written with both in view."""
    return _on_new_base(drift, said, on, content)


def deferred(drift: Drift, said: Said, on: date, until: date) -> Said:
    """Nobody need look at it before a day; raises Refused for one that has passed."""
    if until <= on:
        raise Refused(zh="推迟到的日期应在今天以后。", en="The day to which it is put off must lie ahead.")
    return replace(said, deferred_until=until)


def due(drift: Drift | None, on: date) -> bool:
    """Whether somebody has to act."""
    return drift is not None and (drift.deferred_until is None or drift.deferred_until <= on)


def _on_new_base(drift: Drift, said: Said, on: date, content: Content) -> Said:
    return replace(said, content=content, base=drift.now, above=drift.key, since=on, reason="", deferred_until=None)


@dataclass(frozen=True, slots=True)
class Merge:
    """A proposal: content with what both sides changed; ``conflicts`` are what both changed apart."""

    content: Content
    conflicts: tuple[str, ...]


def proposal(drift: Drift) -> Merge:
    """Both changes put together where they do not touch; where they do, the own words stand and are named.

    What is added to the words above needs no putting together: these stay by themselves.
    """
    if drift.adds:
        return Merge(drift.own, ())
    return _texts(drift) if not drift.field.is_list else _lists(drift)


def _texts(drift: Drift) -> Merge:
    if not isinstance(drift.own, Mapping):
        return Merge(drift.own, ("",) if drift.now != drift.own else ())
    content, conflicts = {}, []
    for language in ("zh", "en"):
        base, now, own = (one.get(language, "") if isinstance(one, Mapping) else ""
                          for one in (drift.base, drift.now, drift.own))
        content[language], clash = _one(base, now, own)
        conflicts += [language] if clash else []
    return Merge(content, tuple(conflicts))


def _one(base: Any, now: Any, own: Any) -> tuple[Any, bool]:
    """What one thing comes to, and whether both sides changed it apart."""
    if own in (base, now):
        return now, False
    return own, now != base


def _lists(drift: Drift) -> Merge:
    base, now, own = ({str(item["id"]): item for item in one or ()} for one in (drift.base, drift.now, drift.own))
    items, conflicts = [], []
    for key in [*now, *(key for key in own if key not in now)]:
        item, clash = _one(base.get(key), now.get(key), own.get(key))
        conflicts += [key] if clash else []
        items += [item] if item is not None else []
    return Merge(items, tuple(conflicts))


@dataclass(frozen=True, slots=True)
class ItemChange:
    """How one item stands on the three sides; None where it is not there."""

    key: str
    base: Content
    now: Content
    own: Content

    @property
    def kind(self) -> str:
        """above, here, both, or same."""
        above, here = fingerprint(self.base) != fingerprint(self.now), fingerprint(self.base) != fingerprint(self.own)
        return "both" if above and here else "above" if above else "here" if here else "same"


def side_by_side(one: Field, base: Content, now: Content, own: Content) -> tuple[ItemChange, ...]:
    """The three sides item by item (or language by language), for a table."""
    if not one.is_list:
        keys: Sequence[str] = ("zh", "en") if any(isinstance(x, Mapping) for x in (base, now, own)) else ("",)
        return tuple(ItemChange(key, *(_of(x, key) for x in (base, now, own))) for key in keys)
    sides = [{str(item["id"]): item for item in x or ()} for x in (base, now, own)]
    keys = list(dict.fromkeys(key for side in (sides[1], sides[0], sides[2]) for key in side))
    return tuple(ItemChange(key, *(side.get(key) for side in sides)) for key in keys)


def _of(content: Content, key: str) -> Content:
    return content.get(key) if isinstance(content, Mapping) else content
