"""Handling across regions (跨省通办): in which mode, who does what on each leg, and by when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import FAR, day_before

MODES: Final[Mapping[str, Bilingual]] = {
    "online": Bilingual("全程网办", "fully online"), "elsewhere": Bilingual("异地代收代办", "accepted elsewhere"),
    "several": Bilingual("多地联办", "handled by several places together")}
ACCEPT, HANDLE = "accept", "handle"
LEGS: Final[Mapping[str, Bilingual]] = {ACCEPT: Bilingual("受理地", "place of acceptance"),
                                       HANDLE: Bilingual("办理地", "place of handling")}
UNITS = ("working_day", "calendar_day")
LONGEST = 365


@dataclass(frozen=True, slots=True)
class Leg:
    """What one side does, and within how many days; None: no limit is stated."""

    code: str
    does: Bilingual
    limit: int | None = None
    unit: str = "working_day"


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One matter between places, each of which accepts for the others. ``until`` is the day before a newer one."""

    code: str
    matter: str
    mode: str
    places: tuple[str, ...]
    legs: tuple[Leg, ...]
    since: date
    basis: Bilingual
    until: date = FAR
    mark: str = "R"
    simulated: bool = False

    def leg(self, code: str) -> Leg:
        return next(one for one in self.legs if one.code == code)

    def holds(self, on: date) -> bool:
        return self.since <= on <= self.until


def read_legs(rows: Sequence[Mapping[str, Any]]) -> tuple[Leg, ...]:
    """Both legs from plain rows; Refused where one is missing, twice, or its limit makes no sense."""
    found = tuple(map(_leg, rows))
    if sorted(one.code for one in found) != sorted(LEGS) or len({one.unit for one in found} - {*UNITS}) > 0:
        raise Refused(zh="请写明受理地和办理地各做什么、多少天。",
                      en="Say what the place of acceptance and the place of handling do, and within how many days.")
    if len({one.unit for one in found if one.limit is not None}) > 1:
        raise Refused(zh="两段的期限须用同一种日。", en="Both limits are counted in the same kind of days.")
    return found


def _leg(row: Mapping[str, Any]) -> Leg:
    does = Bilingual(str(row.get("does_zh") or ""), str(row.get("does_en") or ""))
    return Leg(str(row.get("leg") or ""), does, _limit(row.get("limit")), str(row.get("unit") or "working_day"))


def _limit(value: Any) -> int | None:
    if value in (None, ""):
        return None
    text = str(value)
    if not text.isdecimal() or int(text[:4]) > LONGEST:
        raise Refused(zh=f"期限应为 0 至 {LONGEST} 的整数。", en=f"A limit is a whole number from 0 to {LONGEST}.")
    return int(text)


def in_time(found: Sequence[Arrangement]) -> list[Arrangement]:
    """Each with its last day: a newer one for the same matter and places takes its place; as recorded."""
    done: list[Arrangement] = []
    for at, one in enumerate(found):
        later = [other.since for other in found[at + 1:] if other.matter == one.matter
                 and set(other.places) == set(one.places) and other.since >= one.since]
        until = day_before(min(later)) if later else FAR
        if until >= one.since:
            done.append(Arrangement(one.code, one.matter, one.mode, one.places, one.legs, one.since, one.basis, until,
                                    one.mark, one.simulated))
    return done
