"""What certificates are worth to rights, told when a right is read: a change that takes effect today counts today.

Kept in process while nothing that could change it was recorded anywhere, which one query tells.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from jizhun.people.models import Qualification
from jizhun.people.rules import Qualified
from jizhun.regions.actions import versions
from jizhun.training.actions.certificates import ROOM, whole
from jizhun.training.actions.sources_asked import EVERY, ROOMS, asked
from jizhun.training.models import Certificate
from jizhun.training.rules.certificates import standing
from jizhun.training.rules.sources import Ask

Key = tuple[int, str, str, date]
"""Holder, code of the qualification, place, day."""
MOST_KEPT: Final = 20_000
BEHIND: Final = (ROOM, *EVERY, *dict.fromkeys(room for rooms in ROOMS.values() for room in rooms))


class Kept:
    """What was worked out, as long as the rooms behind it are as they were."""

    def __init__(self, stamps: tuple[str, ...] = ()) -> None:
        self.stamps = stamps
        self.facts: OrderedDict[Key, tuple[Qualified, ...]] = OrderedDict()

    def keep(self, found: dict[Key, tuple[Qualified, ...]]) -> None:
        self.facts.update(found)
        while len(self.facts) > MOST_KEPT:
            self.facts.popitem(last=False)


_kept = [Kept()]


def qualified(rows: Sequence[Qualification], on: date) -> list[tuple[int, Qualified]]:
    """User and what they are qualified for on ``on``, by the certificates that ``rows`` were written for."""
    now = versions(*BEHIND)
    if _kept[0].stamps != now:
        _kept[0] = Kept(now)
    keys = [(one.user_id, one.code, one.region, on) for one in rows]
    found = {key: _kept[0].facts[key] for key in keys if key in _kept[0].facts}
    fresh = _worth([key for key in keys if key not in found], on)
    _kept[0].keep(fresh)
    return [(key[0], fact) for key in keys for fact in (found | fresh)[key]]


def _worth(keys: Sequence[Key], on: date) -> dict[Key, tuple[Qualified, ...]]:
    if not keys:
        return {}
    rows = whole().filter(holder__in={key[0] for key in keys}, qualification__code__in={key[1] for key in keys},
                          region__in={key[2] for key in keys})
    held: dict[Key, list[Certificate]] = {key: [] for key in keys}
    for one in rows:
        held.get((one.holder_id, one.qualification.code, one.region, on), []).append(one)
    ask = asked().ask
    return {key: tuple(_counting(ones, ask, on)) for key, ones in held.items()}


def _counting(rows: Iterable[Certificate], ask: Ask, on: date) -> Iterable[Qualified]:
    """Those of one holder, qualification and place that count that day, until when each does."""
    for one in rows:
        now = standing(one.fact(), ask, on)
        if now.counts:
            yield Qualified(one.qualification.code, one.region, one.issued_on, now.until)
