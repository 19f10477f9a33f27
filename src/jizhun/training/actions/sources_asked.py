"""Sources asked for many questions at once: each once while the rooms behind it, and what it says, stay the same."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from jizhun.entitlements.actions import entitlements
from jizhun.entitlements.rules.watching import days_of_change
from jizhun.guides.actions import GUIDE, PROCEDURE
from jizhun.guides.models import LayerVersion
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import BEGINNING
from jizhun.provisions.actions import book
from jizhun.provisions.rules.concern import concern
from jizhun.regions.actions import tree, versions
from jizhun.training.actions.sources import spoken
from jizhun.training.rules.sources import CLAUSE, FIELD, PROMISE, RULE, STEPS, Spoken

EVERY: Final = ("regions", "catalogue")
ROOMS: Final[Mapping[str, tuple[str, ...]]] = {
    PROMISE: ("provisions",), CLAUSE: ("standards",), STEPS: ("guides",), FIELD: ("guides", "guides.fields"),
    RULE: ("entitlements",)}
"""Kind -> the rooms whose revision tells whether what its sources say may have changed, beside ``EVERY``."""
SORTS: Final = {STEPS: PROCEDURE, FIELD: GUIDE}
MOST_KEPT: Final = 100_000


class Asked:
    """What sources of one kind say, as it is known now; made anew when a room behind them has changed."""

    def __init__(self, kind: str, stamps: tuple[str, ...]) -> None:
        self.stamps = stamps
        self._layers = _layer_days(SORTS[kind]) if kind in SORTS else {}
        self._said: OrderedDict[tuple[str, tuple[str, ...], date], Spoken | None] = OrderedDict()
        self._days: dict[tuple[str, tuple[str, ...]], tuple[date, ...]] = {}

    def ask(self, kind: str, key: tuple[str, ...], on: date) -> Spoken | None:
        """What a source says on a day. A day between two changes is the day of the change before it."""
        where = (kind, key, self._turn(kind, key, on))
        if where not in self._said:
            if len(self._said) >= MOST_KEPT:
                self._said.popitem(last=False)
            self._said[where] = spoken(kind, key, on)
        return self._said[where]

    def _turn(self, kind: str, key: tuple[str, ...], on: date) -> date:
        return max((day for day in self.days_of(kind, key) if day <= on), default=BEGINNING)

    def days_of(self, kind: str, key: tuple[str, ...]) -> tuple[date, ...]:
        """The days on which what a source says may change, in order."""
        where = (kind, key)
        if where not in self._days:
            self._days[where] = tuple(sorted({*_days(kind, key, self._layers), *tree().change_days}))
        return self._days[where]


def _days(kind: str, key: tuple[str, ...], layers: Mapping[str, Sequence[date]]) -> Sequence[date]:
    try:
        if kind == PROMISE:
            return concern(book(), key[3], key[0]).days
        if kind == RULE:
            return days_of_change(entitlements().versions[key[0]], BEGINNING)
    except (Refused, KeyError):
        pass
    return layers.get(key[0], ())


def _layer_days(sort: str) -> dict[str, list[date]]:
    """Matter -> the days on which a place began to say something of it."""
    found: dict[str, list[date]] = {}
    rows = LayerVersion.objects.filter(sort=sort).order_by().values_list("matter", "valid_from").distinct()
    for matter, day in rows:
        found.setdefault(matter, []).append(day)
    return found


_KEPT: dict[str, Asked] = {}


@dataclass(frozen=True, slots=True)
class Known:
    """The sources of every kind as they are known now."""

    kinds: Mapping[str, Asked]

    def ask(self, kind: str, key: tuple[str, ...], on: date) -> Spoken | None:
        return self.kinds[kind].ask(kind, key, on)

    def days_of(self, kind: str, key: tuple[str, ...]) -> tuple[date, ...]:
        return self.kinds[kind].days_of(kind, key)


def _stamps() -> dict[str, tuple[str, ...]]:
    """Kind -> the versions of the rooms behind it; one query for all of them."""
    names = [*EVERY, *dict.fromkeys(room for rooms in ROOMS.values() for room in rooms)]
    held = dict(zip(names, versions(*names), strict=True))
    return {kind: tuple(held[room] for room in (*EVERY, *rooms)) for kind, rooms in ROOMS.items()}


def asked() -> Known:
    """The sources as they are known now; kept in process while no room behind them changes."""
    for kind, stamps in _stamps().items():
        if kind not in _KEPT or _KEPT[kind].stamps != stamps:
            _KEPT[kind] = Asked(kind, stamps)
    return Known(dict(_KEPT))
