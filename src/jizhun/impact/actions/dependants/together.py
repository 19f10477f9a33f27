"""Dependants between places and people: recognition, handling across regions, joint standards, areas, roles."""

from collections.abc import Iterable, Iterator

from jizhun.collaboration.actions.areas import members
from jizhun.collaboration.actions.crossing import arrangements
from jizhun.collaboration.actions.joint import agreed_in, places_of
from jizhun.collaboration.actions.recognition import on_register
from jizhun.collaboration.models import CollaborationArea, JointStandard, Recognition
from jizhun.impact.actions.foreseeing import Foreseen
from jizhun.impact.rules import kinds
from jizhun.impact.rules.hits import Hit
from jizhun.impact.rules.moves import PAPER, PLACE, STANDARD, SUBJECT, Move
from jizhun.kernel.bilingual import Bilingual
from jizhun.people.models import Grant
from jizhun.people.rules import ROLES
from jizhun.regions.actions import tree

RECOGNITION, ARRANGEMENT, JOINT, AREA, ROLE = "recognition", "arrangement", "joint", "area", "role"


def recognitions(what: Foreseen) -> Iterator[Hit]:
    """Lines of the register whose material is asked for otherwise at one of their places, whose matters change, which
    name a place that changes, or rest on a paper that ends."""
    papers = dict(Recognition.objects.exclude(document="").values_list("code", "document"))
    for one in on_register(on=what.on):
        found = _between(what, one.matters, "materials", one.places) if one.kind == "material" else None
        move = (found or _named(what, one.matters, one.places)
                or (what.moves.find(PAPER, papers[one.code]) if one.code in papers else None))
        if move is not None:
            yield Hit(RECOGNITION, one.code, one.what, _acting(move, one.places, one.giver), move.why,
                      f"work/collaboration/register/{one.code}/end/")


def _between(what: Foreseen, matters: Iterable[str], measure: str, places: Iterable[str]) -> Move | None:
    """The move of a promise of one of the matters at one of the places, or below it."""
    wanted = set(places)
    for matter in matters:
        for one in (what.moves.find("promise", matter, measure), what.moves.find("measure", measure)):
            if one is not None and (one.places is None or _meets(one.places, wanted, what)):
                return one
    return None


def _meets(moved: frozenset[str], wanted: set[str], what: Foreseen) -> bool:
    held = tree()
    return not wanted.isdisjoint(moved) or any(
        wanted & set(held.path(place, what.on)) for place in moved if held.known(place).exists(what.on))


def _named(what: Foreseen, matters: Iterable[str], places: Iterable[str]) -> Move | None:
    moved = (*(what.moves.find(SUBJECT, code) for code in matters), *(what.moves.find(PLACE, code) for code in places))
    return next((one for one in moved if one), None)


def _acting(move: Move, places: Iterable[str], first: str = "") -> str:
    """Who has to act: the place that moves, else the giver, else the first of them."""
    some = list(places)
    moved = [one for one in some if move.places is not None and one in move.places]
    return moved[0] if moved else first or (some[0] if some else "CN")


def handling(what: Foreseen) -> Iterator[Hit]:
    """Arrangements of handling across regions whose limits stand beside a limit that changes, and so on."""
    for one in arrangements():
        if not one.holds(what.on):
            continue
        move = (_between(what, [one.matter], "promised_limit", one.places)
                or _between(what, [one.matter], "statutory_limit", one.places)
                or _named(what, [one.matter], one.places))
        if move is not None:
            yield Hit(ARRANGEMENT, one.code, one.basis, _acting(move, one.places), move.why,
                      "work/collaboration/crossing/")


def joints(what: Foreseen) -> Iterator[Hit]:
    """Joint standards whose agreed value changes at one of their places, whose text is replaced or withdrawn, or that
    others are to approve once it is published."""
    for joint in JointStandard.objects.select_related("project").prefetch_related("approvals"):
        places, project = places_of(joint), joint.project
        numbers = {project.number, *(one.number for one in joint.approvals.all())} - {""}
        gone = next((one for number in sorted(numbers) if (one := what.moves.find(STANDARD, number))), None)
        agreed = next((one for said in agreed_in(project)
                       if (one := _between(what, [said.subject], said.measure, places))), None)
        move = gone or agreed or _named(what, project.serves, places)
        if move is not None:
            yield from (_joint(joint, place, move.why) for place in places)
        elif what.change.kind == kinds.STANDARD and what.change.said["project"] == project.code:
            waits = Bilingual("发布后待其他地区批准", "waits for their approval once it is published")
            yield from (_joint(joint, place, waits) for place in joint.regions)


def _joint(joint: JointStandard, place: str, why: Bilingual) -> Hit:
    return Hit(JOINT, joint.project.code, joint.project.title, place, why,
               f"work/collaboration/joint/{joint.project.code}/")


def areas(what: Foreseen) -> Iterator[Hit]:
    """Collaboration areas with a member that changes."""
    if not what.moves.keys(PLACE):
        return
    for area in CollaborationArea.objects.all():
        for place in members(area):
            move = what.moves.find(PLACE, place)
            if move is not None:
                yield Hit(AREA, area.code, area.name, place, move.why, f"work/collaboration/areas/{area.code}/")


def roles(what: Foreseen) -> Iterator[Hit]:
    """Roles that are held at a place that changes: they end with it, or are to be given anew."""
    moved = what.moves.keys(PLACE)
    if not moved:
        return
    rows = Grant.objects.filter(region__in=[key[0] for key in moved], valid_from__lte=what.on, valid_until__gte=what.on,
                                user__is_active=True).select_related("user")
    for row in rows:
        yield Hit(ROLE, f"{row.user.username}:{row.role}", ROLES[row.role].name, row.region,
                  moved[row.region,].why, "work/")
