"""Sources asked for many questions at once: each is asked once a day and revision, and when it may change at all."""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date
from typing import Final

from jizhun.catalogue.actions import catalogue
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
from jizhun.training.rules.sources import FIELD, PROMISE, RULE, STEPS, Spoken

ROOMS: Final = ("provisions", "guides", "guides.fields", "entitlements", "standards", "catalogue", "regions")
MOST_KEPT: Final = 100_000


class Asked:
    """What sources say, as it is known now; made anew when a room has changed."""

    def __init__(self, stamps: tuple[str, ...]) -> None:
        self.stamps = stamps
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
            self._days[where] = tuple(sorted({*_days(kind, key), *tree().change_days}))
        return self._days[where]


def _days(kind: str, key: tuple[str, ...]) -> Sequence[date]:
    try:
        if kind == PROMISE:
            return concern(book(), key[3], key[0]).days
        if kind in (FIELD, STEPS):
            return _layer_days(GUIDE if kind == FIELD else PROCEDURE, key[0])
        if kind == RULE:
            return days_of_change(entitlements().versions[key[0]], BEGINNING)
    except (Refused, KeyError):
        pass
    return ()


def _layer_days(sort: str, matter: str) -> list[date]:
    catalogue().matter(matter)
    found = LayerVersion.objects.filter(sort=sort, matter=matter).order_by()
    return [*found.values_list("valid_from", flat=True).distinct()]


_KEPT: list[Asked] = []


def asked() -> Asked:
    """The sources as they are known now; kept in process while no room changes."""
    stamps = versions(*ROOMS)
    if not _KEPT or _KEPT[0].stamps != stamps:
        _KEPT[:] = [Asked(stamps)]
    return _KEPT[0]
