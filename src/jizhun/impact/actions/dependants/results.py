"""Dependants that are counted: published figures, findings on their way, score sheets and rounds of assessment."""

from collections.abc import Iterator
from datetime import date

from jizhun.catalogue.actions import catalogue
from jizhun.evaluation.findings.standing import standing
from jizhun.evaluation.indices import INDICES
from jizhun.evaluation.models import Finding, PublishedEdition, Round, SheetEdition
from jizhun.impact.actions.foreseeing import Foreseen
from jizhun.impact.rules.hits import Hit
from jizhun.impact.rules.moves import CALENDAR, MEASURE, PLACE, PROMISE, SUBJECT, Move
from jizhun.kernel.bilingual import Bilingual
from jizhun.regions.actions import tree

PUBLICATION, FINDING, SHEET = "publication", "finding", "sheet"
WHOLE_CASE = "whole"


def publications(what: Foreseen) -> Iterator[Hit]:
    """Publications whose figures would come out otherwise: the change reaches back into their time, or a place that
    they show changes."""
    newest: dict[int, PublishedEdition] = {}
    for one in PublishedEdition.objects.select_related("publication").order_by("number"):
        newest[one.publication_id] = one
    for edition in newest.values():
        about = edition.publication
        move = _of_figures(what, about.region, about.first, about.last, about.indices)
        if move is not None:
            yield Hit(PUBLICATION, about.code, about.title, about.region, move.why, f"work/publications/{about.code}/")


def _of_figures(what: Foreseen, region: str, first: date, last: date, indices: list[str]) -> Move | None:
    """What moves figures of a place over a time: a promise from a day within it or before, a day of its calendar, what
    a measure means, or the place itself."""
    within, judged = set(_within(region, last)), {_judges(code) for code in indices}
    for one in what.moves.all:
        here = one.places is None or not within.isdisjoint(one.places)
        if one.kind == PROMISE and here and what.on <= last and (judged & {one.key[1], WHOLE_CASE}):
            return one
        if one.kind == CALENDAR and here and first <= date.fromisoformat(one.key[0]) <= last and _counts_days(judged):
            return one
        if one.kind == MEASURE and judged & {one.key[0], WHOLE_CASE}:
            return one
        if one.kind == PLACE and one.key[0] in within and what.on <= last:
            return one
    return None


def _within(region: str, on: date) -> tuple[str, ...]:
    held = tree()
    return held.within(region, on) if held.known(region).exists(on) else (region,)


def _judges(code: str) -> str:
    """The measure that an index judges; WHOLE_CASE for all promises, "" for one that judges none."""
    found = INDICES.get(code)
    if found is None:
        return ""
    return found.verdict if "." in code else WHOLE_CASE


def _counts_days(judged: set[str]) -> bool:
    return bool(judged & {WHOLE_CASE, "statutory_limit", "promised_limit", "due"})


def findings(what: Foreseen) -> Iterator[Hit]:
    """Findings on their way whose figure would be counted again under something else."""
    rows = standing(Finding.objects.all()) if what.moves.all else []
    for one in rows:
        if one.closed:
            continue
        row = one.finding
        move = _of_finding(what, row)
        if move is not None:
            yield Hit(FINDING, str(row.pk), row.sentence, row.region, move.why, f"work/rectification/{row.pk}/")


def _of_finding(what: Foreseen, row: Finding) -> Move | None:
    if row.subject and (found := what.moves.find(SUBJECT, row.subject)):
        return found
    if found := what.moves.find(PLACE, row.region):
        return found
    judged, within = {_judges(row.index)}, set(_within(row.region, row.last))
    subjects = _subjects(row.subject)
    for one in what.moves.all:
        here = one.places is None or not within.isdisjoint(one.places)
        if one.kind == PROMISE and here and judged & {one.key[1], WHOLE_CASE} and (
                not subjects or one.key[0] in subjects):
            return one
        if one.kind == CALENDAR and here and row.first <= date.fromisoformat(one.key[0]) and _counts_days(judged):
            return one
        if one.kind == MEASURE and judged & {one.key[0], WHOLE_CASE}:
            return one
    return None


def _subjects(subject: str) -> set[str]:
    """A finding's service with its matters; nothing where it is about all."""
    if not subject:
        return set()
    return {*catalogue().chain(subject)[:-1], *(one.code for one in catalogue().matters_of(subject))}


def sheets(what: Foreseen) -> Iterator[Hit]:
    """Score sheets with an item that computes what is judged by a measure whose meaning changes; and rounds of
    assessment on their way whose figures would come out otherwise."""
    today = what.on
    editions = {row.pk: row for row in SheetEdition.objects.filter(kind="sheet")}
    computed = {pk: [str(item.get("computes") or "") for section in row.content.get("sections", ())
                     for item in section.get("items", ())] for pk, row in editions.items()}
    for pk, row in editions.items():
        move = next((one for one in what.moves.of(MEASURE)
                     if {one.key[0], WHOLE_CASE} & {_judges(code) for code in computed[pk]}), None)
        if move is not None:
            yield Hit(SHEET, f"{row.code}/{row.edition}", _named(row), "CN", move.why, f"work/attainment/sheets/{pk}/")
    for one in Round.objects.filter(sample_until__gte=today):
        move = _of_figures(what, one.region, one.first, one.last, computed.get(one.sheet_id, []))
        if move is not None:
            yield Hit(SHEET, f"round:{one.pk}", Bilingual(one.name_zh, one.name_en), one.region, move.why,
                      f"work/attainment/{one.pk}/")


def _named(row: SheetEdition) -> Bilingual:
    return Bilingual(str(row.content.get("name_zh", row.code)), str(row.content.get("name_en", row.code)))
