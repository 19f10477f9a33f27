"""What is asked of the room as a whole, for a day and a place: clocks, faults, coverage, and papers of a system.

Apart from ``actions``, because papers need the makers of Word files and pictures, which load slowly.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from jizhun.catalogue.actions import catalogue
from jizhun.kernel.bilingual import NO_WORDS, Bilingual
from jizhun.people.actions import path_to
from jizhun.regions.actions import tree, version
from jizhun.standards import documents
from jizhun.standards.actions import ROOM, called_early, framework_of, frameworks, library, reviews
from jizhun.standards.documents import Edition, Project
from jizhun.standards.models import ClauseRow
from jizhun.standards.rules.clock import VERDICTS, Clock, Reviewed, clocks, due_on
from jizhun.standards.rules.faults import LEVELS, Fault, faults
from jizhun.standards.rules.faults.mandatory import Limits, below_mandatory
from jizhun.standards.rules.framework import Framework
from jizhun.standards.rules.graph import code_path
from jizhun.standards.rules.library import (
    CURRENT,
    LOCAL,
    Library,
    Standard,
    StandardClause,
    make_library,
)


def library_on(on: date) -> Library:
    """The library as it was on that day: without what was published later, also where only the year is known."""
    held = library()
    there = [one for one in held.by_number.values() if _was_there(one, on)]
    return held if len(there) == len(held.by_number) else make_library(there)


def _was_there(standard: Standard, on: date) -> bool:
    if standard.published_on:
        return standard.published_on <= on
    return standard.in_drafting or standard.year is None or standard.year <= on.year


def clocks_on(on: date) -> list[Clock]:
    """The review clock of every standard that was current on that day: what asks for attention comes first."""
    called = {number: len(answers) for number, answers in called_early(on).items()}
    return clocks(library_on(on), reviews(), on, called=called)


def subjects_at(region: str, on: date) -> dict[str, Bilingual]:
    """Items of that country's lists whose matters are on record, each followed by its matters, with their names.

    None for a place outside the scope of the list: there nothing is lacking.
    """
    held, root = catalogue(), path_to(region, on)[0]
    if not tree().known(region).in_scope:
        return {}
    listed = {item for one in held.in_order if one.root == root for item in held.editions[one.code]}
    found: dict[str, Bilingual] = {}
    for matter in sorted(held.matters.values(), key=lambda one: (one.item, one.code)):
        if matter.item in listed:
            found.setdefault(matter.item, held.name_of(matter.item))
            found[matter.code] = matter.name
    return found


def faults_at(region: str, on: date, limits: Limits | None = None) -> list[Fault]:
    """What is amiss in what holds at that place, and in places inside it.

    ``limits``: what the clauses of standards promise, which this room does not know. A matter is not named beside its
    item where that has no standard either.
    """
    low = below_mandatory(library_on(on), limits or {}, on, subjects_at(region, on))
    found = [*(one for one in low if one.place in path_to(region, on)),
             *_faults(version(ROOM), version("catalogue"), region, on)]
    bare = {(one.subjects[0], one.level) for one in found if one.kind == "unserved"}
    return [one for one in found if not (one.kind == "unserved" and "-" in one.subjects[0]
                                         and (one.subjects[0].partition("-")[0], one.level) in bare)]


@lru_cache(maxsize=200)
def _faults(_room: str, _catalogue: str, region: str, on: date) -> list[Fault]:
    """Kept while neither room changes. A real place sees nothing of a fictional one."""
    held, path = library_on(on), path_to(region, on)
    if not tree().known(region).simulated:
        held = make_library(one for one in held.by_number.values() if one.mark != "SIM")
    clauses: dict[str, list[StandardClause]] = {}
    for row in ClauseRow.objects.select_related("standard").filter(standard__number__in=held.by_number):
        clauses.setdefault(row.standard.number, []).append(row.fact())
    systems = [one for one in frameworks() if one.region in path]
    found = faults(held, systems, on=on, subjects=subjects_at(region, on), path=path, clauses=clauses)
    return [one for one in found if one.place in path or region in code_path(one.place)]


Coverage = Mapping[str, Mapping[str, Sequence[Standard]]]
"""Item -> level -> the current standards that serve it or one of its matters."""


def coverage_at(region: str, on: date) -> Coverage:
    """Which standards serve which item, seen from that place; at the top there is no level of the place's own."""
    held, path = library_on(on), path_to(region, on)
    items = [code for code in subjects_at(region, on) if "-" not in code]
    current = [one for one in held.by_number.values() if held.status(one, on) == CURRENT]
    levels = [level for level in LEVELS if level != LOCAL or len(path) > 1]
    return {item: {level: [one for one in current if one.kind == level and one.region in
                           (path[1:] if level == LOCAL else path) and item in items_of(one)] for level in levels}
            for item in items}


def items_of(standard: Standard) -> set[str]:
    """The items that it serves, also through one of their matters."""
    return {code.partition("-")[0] for code in standard.serves}


def edition_of(framework: Framework, on: date, language: str) -> Edition:
    """The system on a day, as its papers print it."""
    return documents.edition_of(framework, library_on(on), on, version(ROOM).partition("-")[0], language)


def package_of(framework: Framework, on: date, language: str, projects: Sequence[Project] = ()) -> bytes:
    """Everything that is handed in of a system, as one ZIP file; ``projects``: what is being drafted of it.

    The same system, day, revision and projects give the same bytes.
    """
    return _package(version(ROOM), framework.code, on, language, tuple(projects))


@lru_cache(maxsize=8)
def _package(_room: str, code: str, on: date, language: str, projects: tuple[Project, ...]) -> bytes:
    """Kept while the room does not change: pictures take seconds."""
    edition = edition_of(framework_of(code, on), on, language)
    inside = {line.standard.number for line in edition.lines if line.standard}
    ended = [_conclusion(one) for one in reviews() if one.on <= on and one.number in inside]
    return documents.package(edition=edition, projects=projects, conclusions=ended)


def _conclusion(review: Reviewed) -> documents.Conclusion:
    """A review with the day on which it was due by what was known before it."""
    standard = library().find(review.number)
    due = due_on(standard, [one for one in reviews() if one.on < review.on]) if standard else None
    return documents.Conclusion(review.number, standard.title if standard else NO_WORDS, due,
                                VERDICTS[review.verdict], Bilingual(review.reason, review.reason))
