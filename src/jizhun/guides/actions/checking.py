"""Quality checks of guides on record: one guide at once, or all of many places, each fault at the place that made it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from django.conf import settings

from jizhun.catalogue.actions import catalogue
from jizhun.guides.actions.asking import GUIDE, fields_of, guide
from jizhun.guides.actions.boards import Whole, boards_of
from jizhun.guides.actions.listing import claims_on, ledger, listed
from jizhun.guides.models import LayerVersion, LinkCheck, PointVersion
from jizhun.guides.rules.board import Flags
from jizhun.guides.rules.checks import (
    KINDS,
    Around,
    Ended,
    Finding,
    findings,
    graver_first,
    instant,
    missing,
    not_allowed,
    of_content,
    of_point,
    of_promise,
    out_of_step,
    overruled,
    refused,
)
from jizhun.guides.rules.fields import Field
from jizhun.guides.rules.guide import Guide
from jizhun.guides.rules.ledger import Change, in_list
from jizhun.guides.rules.points import Point, standing_points
from jizhun.guides.rules.reaching import Dead, Look, dead
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.texts import yaml_of
from jizhun.provisions import actions as provisions
from jizhun.provisions.actions import short_name
from jizhun.provisions.models import Document
from jizhun.provisions.rules import Answer, Matrix, matrix
from jizhun.regions.actions import tree, version
from jizhun.regions.rules import Tree
from jizhun.standards.actions import library
from jizhun.standards.rules.library import SUPERSEDED, WITHDRAWN

LOOKED_BACK = timedelta(365)
"""Looks at links older than this say nothing any more."""
ABOUT_WORDS = frozenset({"material_not_allowed", "telephone", "link_malformed", "link_dead", "hard_to_read",
                         "untranslated", "expired_basis"})
"""Kinds for which what is written has to be read."""
DECLINED = ("not_offered", "under_another")
Key = tuple[str, str]
"""Matter and place."""


# -- what guides are held against ------------------------------------------------------------------


def around(region: str, on: date) -> Around:
    """What the guides of a place are held against on a day."""
    ended = _ended(version("provisions"), version("standards"), on)
    return Around(on, dead_links(on=on), ended, _plain_words(), short_name, tree().path(region, on)[0])


def dead_links(*, on: date) -> Mapping[str, Dead]:
    """Addresses that have failed again and again by that day."""
    looks = LinkCheck.objects.filter(on__gt=on - LOOKED_BACK, on__lte=on).order_by("on", "pk")
    return dead(Look(one.url, one.on, one.ok, one.told) for one in looks)


@lru_cache(maxsize=4)
def _ended(_papers: str, _standards: str, on: date) -> Mapping[str, Ended]:
    """Papers and standards that no longer hold, by what cites them: a paper's code, a standard's number."""
    found = {row.code: Ended(Bilingual(row.title_zh, row.title_en), row.valid_until + timedelta(1))
             for row in Document.objects.filter(valid_until__lt=on)}
    held = library()
    for one in held.by_number.values():
        if held.status(one, on) in (SUPERSEDED, WITHDRAWN):
            after = held.successors(one, on)
            since = one.ended_on or min((new.effective_on for new in after if new.effective_on), default=None)
            found[one.number] = Ended(Bilingual(f"{one.number} {one.title.zh}", f"{one.number} {one.title.en}"), since,
                                      ", ".join(new.number for new in after))
    return found


@lru_cache(maxsize=1)
def _plain_words() -> Mapping[str, str]:
    file = settings.DATA_DIR / "plain_words.yaml"
    return {str(one): str(better) for one, better in yaml_of(file.read_bytes(), file.name)["words"].items()}


# -- one guide -------------------------------------------------------------------------------------


def findings_of(*, matter: str, region: str, on: date, group: str = "all", sort: str = GUIDE) -> tuple[Finding, ...]:
    """Everything that is wrong with the guide that counts there that day, its inherited words too, the gravest first.

    Raises Refused for unknown matters, places and days.
    """
    found = guide(matter=matter, region=region, on=on, group=group, sort=sort)
    claim = claims_on(on).get((matter, region))
    offered = (claim is None or claim.says not in DECLINED) and tree().in_scope(region) and matter in listed(
        region=region, on=on)
    return findings(found, replace(around(region, on), changed=_changed(found)), offered)


def _changed(found: Guide) -> dict[str, date]:
    """Field out of step -> the day since which the places above say something else."""
    codes = [one.field.code for one in found.out_of_step]
    if not codes:
        return {}
    written = _written(found.sort, [found.matter], {found.region}, found.on)
    days = {code: written.changed_above(found.matter, found.region, code, found.on) for code in codes}
    return {code: day for code, day in days.items() if day is not None}


# -- many places -----------------------------------------------------------------------------------


def findings_within(*, regions: Collection[str], on: date, kinds: Collection[str] = (),
                    matters: Sequence[str] = (), sort: str = GUIDE) -> dict[Key, tuple[Finding, ...]]:
    """(matter, place) -> what is wrong there and must be put right there, for exactly these places, gravest first;
    faults of service points stand under the matter "".

    ``kinds`` and ``matters`` empty: all. What is missing is told of places at the bottom of the tree alone, and not of
    those that do not offer the matter. Raises Refused for a kind that does not exist.
    """
    odd = next((one for one in kinds if one not in KINDS), None)
    if odd is not None:
        raise Refused(zh=f"没有“{odd}”这种问题。", en=f"There is no finding of the kind “{odd}”.")
    places = [code for code in tree().existing(on) if code in set(regions)]
    if not places:
        return {}
    look = _Many(sort, tuple(matters or catalogue().matters), tuple(places), on, frozenset(kinds or KINDS))
    found: dict[Key, list[Finding]] = {}
    for matter, one in look.all():
        if one.kind in look.kinds:
            found.setdefault((matter, one.place), []).append(one)
    return {key: graver_first(some) for key, some in found.items()}


@dataclass
class _Many:
    """All matters at some places. ``boards`` tells what stands; what is written is read from the versions."""

    sort: str
    matters: tuple[str, ...]
    places: tuple[str, ...]
    on: date
    kinds: frozenset[str]

    def __post_init__(self) -> None:
        self.within, self.held, self.claims = set(self.places), tree(), claims_on(self.on)
        self.lines: dict[str, list[Change]] = {}
        for line in ledger():
            self.lines.setdefault(line.matter, []).append(line)
        self.fields = {one.code: one for one in fields_of(self.sort)}
        self.row, self.column = ({code: n for n, code in enumerate(some)} for some in (self.matters, self.places))
        self.around = around(self.places[0], self.on)
        self.known: dict[tuple[str, str], tuple[Finding, ...]] = {}
        self.bottom = [code for code in self.places if not self.held.children(code, self.on)
                       and self.held.in_scope(code)]

    def all(self) -> Iterator[tuple[str, Finding]]:
        answers, on_words = self._answers(), bool(self.kinds & ABOUT_WORDS)
        boards = boards_of(sort=self.sort, matters=self.matters, on=self.on)
        for matter in self.matters:
            whole = boards[matter]
            for found in (self._missing(matter, whole, answers), self._standing(matter, whole),
                          self._written(matter, whole, answers) if on_words else (),
                          self._promised(matter, whole, answers)):
                yield from ((matter, one) for one in found)
        if self.sort == GUIDE and on_words:
            for point in standing_points_of(self.within, self.on):
                yield from (("", one) for one in of_point("points", point, self.around))

    @cached_property
    def written(self) -> "_Written":
        """What is written there; read only where something is to be said of it."""
        return _written(self.sort, self.matters, self.within, self.on)

    def _answers(self) -> dict[str, Matrix]:
        """Measure field -> its promises for all matters at all places."""
        book = provisions.book()
        return {code: matrix(book, one.measure, self.matters, self.places, self.on)
                for code, one in self.fields.items() if one.kind == "measure" and one.measure in book.measures}

    def _answer(self, answers: Mapping[str, Matrix], code: str, matter: str, place: str) -> Answer | None:
        held = answers.get(code)
        if held is None:
            return None
        return held.answers[held.index[self.row[matter]][self.column[place]]]

    def _missing(self, matter: str, whole: Whole, answers: Mapping[str, Matrix]) -> Iterator[Finding]:
        if "missing" not in self.kinds:
            return
        asked = [code for code in self.bottom if self._offers(matter, code)]
        rows = {code: n for n, code in enumerate(whole.codes)}
        for one in self.fields.values():
            if one.required and one.typed:
                empty = ~whole.board.has[rows[one.code]]
                yield from (missing(one, code) for code in asked if empty[whole.places.position[code]])
            elif one.required and one.kind == "measure":
                yield from (missing(one, code) for code in asked
                            if (said := self._answer(answers, one.code, matter, code)) is None or said.value is None)

    def _offers(self, matter: str, place: str) -> bool:
        """Whether the matter is in the place's list and the place has not said that it does not offer it."""
        claim, lines = self.claims.get((matter, place)), self.lines.get(matter)
        if claim is not None and claim.says in DECLINED:
            return False
        return lines is None or in_list(matter, self.held.path(place, self.on), self.on, lines)

    def _standing(self, matter: str, whole: Whole) -> Iterator[Finding]:
        """Words that do not count or are out of step, as the board has them."""
        held = whole.board
        for one, code in self._flagged(whole, held.refused):
            yield refused(one, code)
        for one, code in self._flagged(whole, held.overruled):
            yield overruled(one, code)
        for one, code in self._flagged(whole, held.due(self.on)):
            yield out_of_step(one, code, self.written.changed_above(matter, code, one.code, self.on))

    def _flagged(self, whole: Whole, flags: Flags) -> Iterator[tuple[Field, str]]:
        for row, at in zip(*np.nonzero(flags), strict=True):
            if (code := whole.places.codes[at]) in self.within:
                yield whole.fields[row], code

    def _written(self, matter: str, whole: Whole, answers: Mapping[str, Matrix]) -> Iterator[Finding]:
        rows = {code: n for n, code in enumerate(whole.codes)}
        for place, said in self.written.of(matter):
            at = whole.places.position.get(place)
            if place not in self.within or at is None:
                continue
            for code, one in said.items():
                if code in rows and whole.board.own[rows[code], at]:
                    yield from self._of_content(code, one["content"], place)
                    if code == "material_notes":
                        yield from not_allowed(place, one["content"], self._allowed(answers, matter, place))

    def _of_content(self, code: str, content: Any, place: str) -> Iterator[Finding]:
        """The same words are looked at once, however many places have them."""
        key = (code, repr(content))
        if key not in self.known:
            self.known[key] = tuple(of_content(self.fields[code], content, "", self.around))
        return (replace(one, place=place) for one in self.known[key])

    def _allowed(self, answers: Mapping[str, Matrix], matter: str, place: str) -> Collection[str]:
        said = self._answer(answers, "materials", matter, place)
        return said.value if said is not None and isinstance(said.value, frozenset) else ()

    def _promised(self, matter: str, whole: Whole, answers: Mapping[str, Matrix]) -> Iterator[Finding]:
        for code, held in answers.items():
            told: set[tuple[str, str]] = set()
            for number in dict.fromkeys(held.index[self.row[matter]]):
                for unfit in held.answers[number].findings:
                    if unfit.place in self.within and (unfit.kind, unfit.place) not in told:
                        told.add((unfit.kind, unfit.place))
                        yield from of_promise(code, unfit, self.around)
        if "case_kind" in whole.codes and "instant_with_days" in self.kinds:
            yield from self._instant(matter, whole, answers)

    def _instant(self, matter: str, whole: Whole, answers: Mapping[str, Matrix]) -> Iterator[Finding]:
        """Told at the lowest place that speaks of either the kind of case or the limit."""
        own = whole.board.own[whole.codes.index("case_kind")]
        held = answers.get("promised_limit")
        if held is None:
            return
        for place, number in zip(self.places, held.index[self.row[matter]], strict=True):
            said = held.answers[number]
            speaks = own[whole.places.position[place]] or any(one.place == place for one in said.winners)
            if speaks:
                yield from instant(place, self._case_kind(matter, place, whole, own), said.value)

    def _case_kind(self, matter: str, place: str, whole: Whole, own: Flags) -> Any:
        nearest = next((code for code in reversed(self.written.places.path(place, self.on))
                        if own[whole.places.position[code]]), None)
        return nearest and self.written.said[matter, nearest]["case_kind"]["content"]


@dataclass(frozen=True, slots=True)
class _Written:
    """What each place says of each matter on a day, as rows hold it."""

    said: Mapping[Key, Mapping[str, Mapping[str, Any]]]
    by_matter: Mapping[str, Sequence[str]]
    places: Tree

    def of(self, matter: str) -> Iterator[tuple[str, Mapping[str, Mapping[str, Any]]]]:
        """Place by place."""
        return ((place, self.said[matter, place]) for place in self.by_matter.get(matter, ()))

    def changed_above(self, matter: str, place: str, code: str, on: date) -> date | None:
        """The day since which the places above say something else than when the place wrote its own."""
        own = date.fromisoformat(self.said[matter, place][code]["since"])
        days = [date.fromisoformat(said[code]["since"]) for upper in self.places.path(place, on)[:-1]
                if code in (said := self.said.get((matter, upper), {}))]
        return max((day for day in days if day > own), default=None)


def _written(sort: str, matters: Collection[str], places: Collection[str], on: date) -> _Written:
    """Every field as its place says it last; the places above those asked for are there too."""
    held = tree()
    needed = {step for code in places for step in held.path(code, on)}
    said: dict[Key, dict[str, Mapping[str, Any]]] = {}
    by_matter: dict[str, list[str]] = {}
    rows = LayerVersion.objects.filter(sort=sort, matter__in=list(matters), valid_from__lte=on)
    wanted = rows.order_by("valid_from", "number").values_list("matter", "region", "fields")
    for matter, region, fields in wanted.iterator(chunk_size=5000):
        if region in needed:
            if (matter, region) not in said:
                by_matter.setdefault(matter, []).append(region)
            said.setdefault((matter, region), {}).update(fields)
    return _Written(said, by_matter, held)


def written_at(sort: str, matters: Collection[str], places: Collection[str], on: date) -> Iterator[Any]:
    """The contents that these places say themselves, field by field."""
    held = _written(sort, matters, places, on)
    for (_, place), said in held.said.items():
        if place in places:
            yield from (one["content"] for one in said.values() if one.get("content") is not None)


def standing_points_of(places: Collection[str], on: date) -> Iterator[Point]:
    """The service points of these places on a day, whatever matter they serve."""
    versions: dict[str, list[tuple[date, Mapping[str, Any]]]] = {}
    for row in PointVersion.objects.filter(valid_from__lte=on).order_by("seq", "pk"):
        versions.setdefault(row.code, []).append((row.valid_from, row.fields))
    for some in versions.values():
        point = standing_points(some, on)
        if point is not None and point.region in places:
            yield point
