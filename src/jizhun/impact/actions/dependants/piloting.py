"""Dependants in pilots: pilots on their way whose place changes, practice cards whose standard or matters change."""

from collections.abc import Iterator

from jizhun.impact.actions.foreseeing import Foreseen
from jizhun.impact.rules.hits import Hit
from jizhun.impact.rules.moves import PLACE, STANDARD, SUBJECT, Move
from jizhun.pilots.actions.programmes import pilots, programmes
from jizhun.pilots.models import Practice

PILOT, PRACTICE = "pilot", "practice"


def running(what: Foreseen) -> Iterator[Hit]:
    """Pilots that have not ended on the day, whose place or one that takes part changes."""
    moved = what.moves.keys(PLACE)
    if not moved:
        return
    for programme in (one for one in programmes() if one.ends_on >= what.on):
        for one in pilots(programme):
            move = next((moved[code,] for code in (one.region, *one.places) if (code,) in moved), None)
            if move is not None:
                yield Hit(PILOT, str(one.pk), programme.name, one.region, move.why,
                          f"work/pilots/applications/{one.pk}/")


def practices(what: Foreseen) -> Iterator[Hit]:
    """Practice cards whose standard is replaced or withdrawn, or which are about a matter that changes."""
    for one in Practice.objects.all():
        move = _of_practice(what, one)
        if move is not None:
            yield Hit(PRACTICE, one.code, one.title, one.region, move.why, f"work/pilots/practices/{one.code}/")


def _of_practice(what: Foreseen, one: Practice) -> Move | None:
    found = [what.moves.find(STANDARD, one.standard)] if one.standard else []
    return next((move for move in (*found, *(what.moves.find(SUBJECT, code) for code in one.matters)) if move), None)
