"""Places side by side: provisions and guides of any matters on a day, read in a few queries for all of them at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from jizhun.catalogue.actions import catalogue
from jizhun.catalogue.rules import GENERAL
from jizhun.collaboration.rules.beside import LOCAL, ORDERED, Beside, Line, Said, beside, check_places, ordered
from jizhun.guides.actions import GUIDE, fields_of
from jizhun.guides.actions.asking import layer_of
from jizhun.guides.models import LayerVersion
from jizhun.guides.rules import Field, Layer, resolve, standing
from jizhun.guides.rules.fields import fingerprint
from jizhun.guides.rules.layers import Resolved
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.provisions.actions import book, labels
from jizhun.provisions.rules import Answer, Book, matrix
from jizhun.provisions.rules.telling import value_in_words
from jizhun.regions.actions import tree, versions

VERIFIED = ("V", "D")
ROOMS = ("regions", "catalogue", "provisions", "guides", "guides.fields")


@dataclass(frozen=True)
class SideBySide:
    """The whole answer: places in the order asked for, subjects with the most different first."""

    places: tuple[str, ...]
    on: date
    group: str
    subjects: tuple[Beside, ...]

    def of(self, subject: str) -> Beside | None:
        return next((one for one in self.subjects if one.subject == subject), None)

    @property
    def lines(self) -> int:
        """Lines on which anybody says anything."""
        return sum(len(one.rows) for one in self.subjects)

    @property
    def differing(self) -> int:
        """Lines on which not all say the same."""
        return sum(len(one.differing) for one in self.subjects)


def side_by_side(*, places: Sequence[str], on: date, subjects: Sequence[str] = (), group: str = "all") -> SideBySide:
    """Everything that 2 to 8 places promise and say in their guides, for ``subjects`` (none given: all there are).

    A subject is a matter, an item, or ``*`` for the general parameters. What is promised for an item as a whole stands
    under the item, not again under each of its matters. Refused for places that do not exist that day or cannot stand
    side by side, and for unknown subjects.
    """
    held = tree()
    for code in places:
        held.place(code, on)
    check_places(places, lambda code: held.known(code).simulated, held.in_scope)
    catalogue().groups(group)
    for subject in subjects:
        catalogue().chain(subject)
    return _compared(versions(*ROOMS), tuple(places), on, tuple(subjects), group)


@lru_cache(maxsize=32)
def _compared(_stamp: tuple[str, ...], places: tuple[str, ...], on: date, subjects: tuple[str, ...],
              group: str) -> SideBySide:
    """Kept while no room changes."""
    known, words = catalogue(), labels()
    wanted = subjects or (GENERAL, *known.content.items, *sorted(known.matters))

    def label(code: str) -> Bilingual:
        return words.get(code, Bilingual(code, code))

    promises = _promises(book(), wanted, places, on, group, label)
    guides = _guides([one for one in wanted if one in known.matters], places, on)
    found = [beside(one, [*promises.get(one, ()), *guides.get(one, ())], label) for one in wanted]
    return SideBySide(places, on, group, tuple(ordered(one for one in found if one.rows)))


Lines = dict[str, list[tuple[Line, list[Said]]]]


# -- promises --------------------------------------------------------------------------------------


def _promises(held: Book, wanted: Sequence[str], places: Sequence[str], on: date, group: str, label: Any) -> Lines:
    """Subject -> its measures on which anybody on the way to one of the places has ever spoken."""
    speaking = {code for place in places for code in held.places.path(place, on)}
    found: Lines = {}
    for code, measure in held.measures.items():
        subjects = [one for one in wanted if speaking & held.lines.get((one, code), {}).keys()]
        table = matrix(held, code, subjects, places, on, group) if subjects else None
        for at, subject in enumerate(subjects):
            assert table is not None
            line = Line(subject, code, measure.name, "promise", measure.direction)
            says = [_said(table.answers[index], label) for index in table.index[at]]
            found.setdefault(subject, []).append((line, says))
    return found


def _said(answer: Answer, label: Any) -> Said:
    if answer.value is None:
        return Said(None, NO_WORDS)
    words = value_in_words(answer.value, label)
    read = bool(answer.winners) and all(say.verified for say in answer.winners)
    return Said(answer.value, words, repr(answer.value) if not isinstance(answer.value, frozenset)
                else repr(sorted(answer.value)), read)


# -- guides ----------------------------------------------------------------------------------------


def _guides(matters: Sequence[str], places: Sequence[str], on: date) -> Lines:
    """Matter -> the fields of its guide that are meant to be alike; all places read by one query."""
    paths = {code: tree().path(code, on) for code in places}
    fields = [one for one in fields_of(GUIDE) if one.typed and one.code not in LOCAL]
    layers = _layers(matters, {code for path in paths.values() for code in path}, on)
    return {matter: list(_fields(matter, fields, [_resolved(fields, layers, matter, paths[one], on)
                                                  for one in places])) for matter in matters}


def _layers(matters: Sequence[str], within: set[str], on: date) -> dict[tuple[str, str], Layer]:
    """(matter, place) -> what the place says of it that day."""
    rows: dict[tuple[str, str], list[Layer]] = {}
    wanted = set(matters)
    found = LayerVersion.objects.filter(sort=GUIDE, region__in=within, valid_from__lte=on).order_by("seq", "pk")
    for row in found.iterator():
        if row.matter in wanted:
            rows.setdefault((row.matter, row.region), []).append(layer_of(row))
    return {key: now for key, versions_ in rows.items() if (now := standing(versions_, on)) is not None}


def _resolved(fields: Sequence[Field], layers: Mapping[tuple[str, str], Layer], matter: str, path: Sequence[str],
              on: date) -> Mapping[str, Resolved]:
    way = [layers.get((matter, code)) or Layer(code, 0, on) for code in path]
    return {one.field.code: one for one in resolve(fields, way)}


def _fields(matter: str, fields: Sequence[Field], guides: Sequence[Mapping[str, Resolved]]
            ) -> Iterator[tuple[Line, list[Said]]]:
    for field in fields:
        line = Line(matter, field.code, field.name, "guide", "none", ORDERED.get(field.code, ()))
        yield line, [_written(field, one[field.code]) for one in guides]


def _written(field: Field, one: Resolved) -> Said:
    if one.content is None:
        return Said(None, NO_WORDS)
    read = all(part.said.mark in VERIFIED for part in one.parts)
    return Said(one.content, content_words(field, one.content), fingerprint(_bare(one.content)), read)


def _bare(content: Any) -> Any:
    """What is said, without how each item is known and where it comes from."""
    if isinstance(content, list):
        return [{key: one[key] for key in sorted(one) if key not in ("id", "mark", "source", "document")}
                for one in content]
    return content


def content_words(field: Field, content: Any) -> Bilingual:
    """A guide's content in a few words: a choice by its name, a list by its items."""
    if field.kind == "choice":
        return dict(field.options).get(content, Bilingual(str(content), str(content)))
    if isinstance(content, list):
        return Bilingual("；".join(str(one.get("zh") or one.get("material") or "") for one in content),
                         "; ".join(str(one.get("en") or one.get("zh") or one.get("material") or "")
                                   for one in content))
    return Bilingual(str(content.get("zh", "")), str(content.get("en", "")))


__all__ = ["SideBySide", "content_words", "side_by_side"]
