"""What a file or another system asks of one field: put these words in, these items, take those back.

What is not said stays as it is, so that the same file twice changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jizhun.guides.rules.fields import Content

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edit:
    """``words``: language -> text. ``items``: the id and what is said of it, in the order of the file; ``gone``: ids
    taken back. ``back``: the place's own words on the field are taken back altogether."""

    words: Mapping[str, str] = field(default_factory=dict)
    items: Sequence[Item] = ()
    gone: frozenset[str] = frozenset()
    back: bool = False


def applied(edit: Edit, own: Content) -> Content:
    """The place's own words afterwards; None where nothing is left of them."""
    if edit.back:
        return None
    if edit.words:
        held = own if isinstance(own, Mapping) else {}
        content = {language: edit.words.get(language, held.get(language, "")) for language in ("zh", "en")}
        return content if any(content.values()) else None
    return _items(edit, own if isinstance(own, list) else []) or None


def _items(edit: Edit, own: Sequence[Item]) -> list[Item]:
    """Items by id: those that are there keep what the file does not say; new ones come after them.

    A file that names every item of the place also says in which order they stand.
    """
    held = {str(one["id"]): one for one in own}
    said = {str(one["id"]): {**held.get(str(one["id"]), {}), **one} for one in edit.items}
    order = [*said] if held.keys() <= said.keys() | edit.gone else [*held, *(one for one in said if one not in held)]
    return [said.get(one) or held[one] for one in order if one not in edit.gone]
