"""Changes that nobody publishes, told of once by the sweep: papers that end, editions and places that were loaded."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from jizhun.catalogue.models import Edition
from jizhun.impact.actions.publishing import announce
from jizhun.impact.models import ImpactList
from jizhun.impact.rules import kinds
from jizhun.impact.rules.kinds import Change
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import SYSTEM
from jizhun.provisions.models import Document
from jizhun.regions.models import Succession

AHEAD: Final = timedelta(days=30)
"""So long before its day a change is told of, and so long after it where it was loaded late."""


def coming(on: date) -> Iterator[Change]:
    """Papers that end within the time ahead; editions and changes of places within it on either side of the day."""
    near = (on - AHEAD, on + AHEAD)
    for paper in Document.objects.filter(valid_until__range=(on, on + AHEAD)).order_by("code"):
        yield Change(kinds.LAPSE, {"document": paper.code})
    for one in Edition.objects.filter(valid_from__range=near).exclude(based_on="").order_by("code"):
        yield Change(kinds.EDITION, {"older": one.based_on, "newer": one.code})
    for each in Succession.objects.filter(on__range=near).select_related("old", "new").order_by("pk"):
        yield Change(kinds.REGION, {"code": each.old.code, "into": each.new.code, "what": each.kind,
                                    "on": each.on.isoformat()})


def announce_coming(on: date | None = None) -> int:
    """Tell whoever has to act on a change that comes by itself, each change once; returns how many were told."""
    told = 0
    for change in coming(on or timezone.localdate()):
        if _told(change):
            continue
        try:
            told += announce(by=SYSTEM, change=change)
        except Refused:  # a paper on which nothing rests, a place that is gone altogether
            continue
    return told


def _told(change: Change) -> bool:
    known = ImpactList.objects.filter(by=SYSTEM.username, kind=change.kind).values_list("said", flat=True)
    return dict(change.said) in list(known)
