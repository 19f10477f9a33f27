"""What a load would touch, seen before it is taken: all of it is loaded, looked at, and taken back."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from jizhun.catalogue.models import Edition, Matter
from jizhun.impact.actions import Listing, look
from jizhun.impact.rules import kinds
from jizhun.impact.rules.kinds import Change
from jizhun.provisions.models import MeasureRow
from jizhun.regions.models import Region, Succession

Succeeded = tuple[str, str, str, Any]


@dataclass(frozen=True)
class _Held:
    """What is on record of the things that come with loads. ``editions``: code -> the edition it follows."""

    places: frozenset[str]
    successions: frozenset[Succeeded]
    editions: Mapping[str, str]
    matters: Mapping[str, tuple[Any, ...]]
    measures: Mapping[str, Any]


def would_touch(load: Callable[[], Iterable[object]]) -> list[Listing]:
    """One list for each edition that is new, and each place, matter or measure that is there and would change.

    Nothing of the load is kept. Revisions that it counted carry tokens of their own, so that nothing that was
    remembered under them is ever taken for what is loaded later. Raises Refused as the load does.
    """
    with transaction.atomic():
        before = _held()
        for _ in load():
            pass
        found = [look(change) for change in _changes(before, _held())]
        transaction.set_rollback(True)
    return found


def _held() -> _Held:
    successions = Succession.objects.values_list("old__code", "new__code", "kind", "on")
    matters = Matter.objects.values_list("code", "item__code", "kind", "name_zh", "name_en")
    return _Held(frozenset(Region.objects.values_list("code", flat=True)), frozenset(successions),
                 dict(Edition.objects.values_list("code", "based_on")), {one[0]: one[1:] for one in matters},
                 dict(MeasureRow.objects.values_list("code", "fields")))


def _changes(before: _Held, after: _Held) -> Iterator[Change]:
    for old, new, kind, on in sorted(after.successions - before.successions, key=str):
        if old in before.places:
            yield Change(kinds.REGION, {"code": old, "into": new, "what": kind, "on": on.isoformat()})
    for code, older in after.editions.items():
        if code not in before.editions and older in before.editions:
            yield Change(kinds.EDITION, {"older": older, "newer": code})
    yield from (Change(kinds.MATTER, {"code": code}) for code in _differ(before.matters, after.matters))
    yield from (Change(kinds.MEASURE, {"code": code}) for code in _differ(before.measures, after.measures))


def _differ(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What both have and say otherwise."""
    return [code for code, said in before.items() if code in after and after[code] != said]
