"""Dependants that teach and examine: questions of the bank, units of courses, certificates with their holders."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from django.db.models import Q

from jizhun.impact.actions.foreseeing import Foreseen
from jizhun.impact.rules.hits import Hit
from jizhun.impact.rules.moves import CLAUSE, MEASURE, PLACE, RULE, STANDARD, Move
from jizhun.kernel.bilingual import Bilingual
from jizhun.training.actions import bank, courses
from jizhun.training.models import Certificate, Question, QuestionVersion
from jizhun.training.rules.certificates import MATERIAL, learned_by

QUESTION, UNIT, CERTIFICATE = "question", "unit", "certificate"
WIDE: Final = frozenset({CLAUSE, STANDARD, RULE, MEASURE, PLACE})
"""Kinds of moves whose dependants are not found by their matter."""


def questions(what: Foreseen) -> Iterator[Hit]:
    """Questions in use that are suspended on the day, by the very comparison that suspends them."""
    moved = _questions_under(what)
    held = bank.held_questions(Question.objects.filter(pk__in=moved), content=False) if moved else []
    for one in bank.with_content([one for one in held if one.standing.usable]):
        yield Hit(QUESTION, one.question.code, one.version.stem, one.question.region, moved[one.question.pk].why,
                  bank.address_of(one.question))


def _questions_under(what: Foreseen) -> dict[int, Move]:
    """Question -> the move under one of the sources of its versions."""
    rows = QuestionVersion.objects.order_by("question", "number")
    if not any(one.kind in WIDE for one in what.moves.all):
        rows = rows.filter(Q(question__matter__in=what.moves.subjects) | Q(question__matter=""))
    found: dict[int, Move] = {}
    for pk, sources in rows.values_list("question", "sources"):
        move = what.moves.first_source(_pairs(sources))
        if move is not None:
            found[pk] = move
        else:
            found.pop(pk, None)  # a newer version rests on something else
    return found


def _pairs(sources: list[Mapping[str, Any]]) -> list[tuple[str, tuple[str, ...]]]:
    return [(str(one["kind"]), tuple(map(str, one["key"]))) for one in sources]


def units(what: Foreseen) -> Iterator[Hit]:
    """Units of courses in use that would teach what no longer holds."""
    for version in courses.in_use().values():
        for unit in version.units:
            move = what.moves.first_source(_pairs(unit.get("sources", [])))
            if move is not None:
                title = Bilingual(unit["title"]["zh"], unit["title"]["en"])
                yield Hit(UNIT, f"{version.course.code}/{unit['id']}", title, version.course.region, move.why,
                          f"work/training/courses/{version.course.code}/")


def certificates(what: Foreseen) -> Iterator[Hit]:
    """Qualifications whose holders need a refresher, with how many holders there are at each place."""
    found: dict[tuple[str, str], Hit] = {}
    rows = Certificate.objects.filter(expires_on__gte=what.on, revocations=None).select_related(
        "qualification").prefetch_related("renewals", "revocations")
    for row in rows:
        learned = learned_by(row.fact(), what.on)
        move = what.moves.first_source((one.source.kind, one.source.key) for one in learned
                                       if one.source.kind in MATERIAL)
        if move is None:
            continue
        about = row.qualification
        before = found.get((about.code, row.region))
        found[about.code, row.region] = replace(before, number=before.number + 1) if before else Hit(
            CERTIFICATE, about.code, about.name, row.region, move.why,
            f"work/training/certificates/?region={row.region}")
    yield from found.values()
