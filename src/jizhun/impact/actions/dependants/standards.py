"""Dependants among standards: those that rest on one, the systems that have a place for it, drafts on their way."""

from collections.abc import Iterator, Sequence

from jizhun.drafting.actions.entry import cites_of
from jizhun.drafting.actions.publishing import still_proposes
from jizhun.drafting.models import Project, Proposed, WorkingText
from jizhun.drafting.rules.stages import ENDED
from jizhun.impact.actions.foreseeing import Foreseen
from jizhun.impact.rules import kinds
from jizhun.impact.rules.hits import Hit
from jizhun.impact.rules.moves import CLAUSE, PLACE, STANDARD, SUBJECT, Move
from jizhun.kernel.bilingual import Bilingual
from jizhun.standards.actions import frameworks, library
from jizhun.standards.rules.framework import Entry, Framework
from jizhun.standards.rules.graph import LIVE, touched_by_withdrawal
from jizhun.standards.rules.library import Standard, undated

STANDARD_OF, SYSTEM, DRAFT = "standard", "system", "draft"


# -- standards -------------------------------------------------------------------------------------


def standards(what: Foreseen) -> Iterator[Hit]:
    """Standards that rest on one that goes or on a clause, that serve a service, hold at a place, or propose what
    would no longer be what holds."""
    held = library()
    for key, move in what.moves.keys(STANDARD).items():
        for resting in touched_by_withdrawal(held, key[0], what.on):
            yield _standard(resting.standard, _by_way(move, resting.way))
    for key, move in what.moves.keys(CLAUSE).items():
        citing = (one for one in held.cited_by.get(key[0], ()) if held.status(one, what.on) in LIVE)
        yield from (_standard(one, move.why) for one in citing)
    if what.moves.keys(SUBJECT) or what.moves.keys(PLACE):
        for one in held.by_number.values():
            found = _served(what, one.serves, one.region)
            if found is not None and held.status(one, what.on) in LIVE:
                yield _standard(one, found.why)
    yield from _proposing(what)


def _standard(one: Standard, why: Bilingual) -> Hit:
    return Hit(STANDARD_OF, one.number, one.title, one.region, why, f"standards/{one.number}")


def _by_way(move: Move, way: Sequence[str]) -> Bilingual:
    if len(way) == 2:
        return Bilingual(f"直接引用；{move.why.zh}", f"cites it directly; {move.why.en}")
    arrows = " → ".join(reversed(way))
    return Bilingual(f"间接引用（{arrows}）；{move.why.zh}", f"rests on it ({arrows}); {move.why.en}")


def _served(what: Foreseen, serves: Sequence[str], region: str) -> Move | None:
    found = (what.moves.find(SUBJECT, code) for code in serves)
    return next((one for one in found if one), None) or what.moves.find(PLACE, region)


def _proposing(what: Foreseen) -> Iterator[Hit]:
    """Standards whose proposal is for the very thing that changes: whether it still says what holds is to be seen."""
    for one in Proposed.objects.select_related("project"):
        row = one.row
        move = what.moves.promise(str(row["subject"]), str(row["measure"]))
        if move is not None and move.kind not in (PLACE, SUBJECT) and one.number != _publishing(what) \
                and still_proposes(one.number):
            yield Hit(STANDARD_OF, one.number, one.project.title, one.project.region, move.why,
                      f"standards/{one.number}")


def _publishing(what: Foreseen) -> str:
    if what.change.kind != kinds.STANDARD:
        return ""
    return Project.objects.values_list("number", flat=True).get(code=str(what.change.said["project"]))


# -- standards systems -----------------------------------------------------------------------------


def systems(what: Foreseen) -> Iterator[Hit]:
    """Lines of standards systems: filled by a standard that goes or comes, for a service that changes."""
    coming = _coming(what)
    for system in frameworks(what.on):
        for entry in system.entries:
            move = _of_line(what, system, entry)
            if move is not None:
                yield _line(system, entry, move.why)
            elif coming is not None and _fills(coming, system, entry):
                yield _line(system, entry, Bilingual("由新标准填补", "filled by the new standard"))


def _line(system: Framework, entry: Entry, why: Bilingual) -> Hit:
    title = entry.title if entry.title.zh else Bilingual(entry.number, entry.number)
    return Hit(SYSTEM, f"{system.code}/{entry.node}/{entry.number or entry.title.zh}", title, system.region, why,
               f"systems/{system.code}?node={entry.node}")


def _of_line(what: Foreseen, system: Framework, entry: Entry) -> Move | None:
    named = what.moves.find(STANDARD, entry.number) if entry.number else None
    return named or _served(what, entry.serves, system.region)


def _coming(what: Foreseen) -> Project | None:
    return Project.objects.get(code=str(what.change.said["project"])) if what.change.kind == kinds.STANDARD else None


def _fills(project: Project, system: Framework, entry: Entry) -> bool:
    return not entry.number and entry.kind == project.kind and system.region == project.region and (
        entry.title.zh == project.title_zh)


# -- drafts ----------------------------------------------------------------------------------------


def drafts(what: Foreseen) -> Iterator[Hit]:
    """Projects on their way that revise or cite what goes, serve or propose what changes, or are for the place."""
    own = str(what.change.said["project"]) if what.change.kind == kinds.STANDARD else ""
    texts = {row.project_id: row for row in WorkingText.objects.filter(project__stage__in=_running())}
    for project in Project.objects.exclude(stage__in=ENDED).exclude(code=own):
        move = _of_project(what, project, texts.get(project.pk))
        if move is not None:
            yield Hit(DRAFT, project.code, project.title, project.region, move.why, f"work/projects/{project.code}/")


def _running() -> list[str]:
    return list(Project.objects.exclude(stage__in=ENDED).values_list("stage", flat=True).distinct())


def _of_project(what: Foreseen, project: Project, text: WorkingText | None) -> Move | None:
    clauses = text.facts() if text is not None else []
    numbers = {undated(key[0]): move for key, move in what.moves.keys(STANDARD).items()}
    numbers |= {key[0]: move for kind in (CLAUSE, STANDARD) for key, move in what.moves.keys(kind).items()}
    cited = (numbers.get(cite.number) for cite in cites_of(clauses)) if numbers else iter(())
    proposed = (what.moves.promise(str(row["subject"]), str(row["measure"]))
                for clause in clauses for row in clause.proposes)
    return (numbers.get(project.revises) or next((one for one in cited if one), None)
            or next((one for one in proposed if one), None) or _served(what, project.serves, project.region))
