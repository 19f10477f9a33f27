"""Simulated cases that are accepted in one place and handled in another; the same seed gives the same bytes. Pure.

Everything that shapes them stands in ``data/simulated/crossing.yaml``.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import StringIO
from random import Random
from typing import Any, Final

from jizhun.kernel.working_days import Calendar

COLUMNS: Final = ("case_no", "matter_code", "taken_at", "handled_at", "channel", "accepted", "passed_on", "closed")
OPENS, MINUTES = time(9), 7 * 60
"""When counters open, and for how many minutes."""


def write(profile: Mapping[str, Any], *, matter: str, counties: Mapping[str, Sequence[str]], calendar: Calendar,
          seed: int) -> str:
    """The cases as CSV; ``counties``: city -> the codes of its counties. A third city that members may have is left
    out: the profile names two."""
    dice, target = Random(seed), StringIO()
    out = csv.writer(target, lineterminator="\n")
    out.writerow(COLUMNS)
    for number in range(profile["cases"]):
        out.writerow(_case(profile, matter, counties, calendar, dice, number))
    return target.getvalue()


def _case(profile: Mapping[str, Any], matter: str, counties: Mapping[str, Sequence[str]], calendar: Calendar,
          dice: Random, number: int) -> list[str]:
    cities = list(profile["accepts"])
    came = _drawn(profile["accepts"], dice)
    other = next(one for one in cities if one != came)
    accepted = _working_day(calendar, profile["from"] + timedelta(
        days=dice.randrange((profile["to"] - profile["from"]).days + 1)))
    passed, closed = _legs(profile, calendar, dice, accepted)
    held_back = _stuck(profile, dice, accepted)
    times = [accepted, None if held_back == "at_acceptance" else passed, None if held_back else closed]
    return [f"XSIM{number + 1:06d}", matter, dice.choice(counties[came]), dice.choice(counties[other]),
            _drawn(profile["channel"], dice), *_told(times, profile["to"], dice)]


def _drawn(weights: Mapping[Any, int], dice: Random) -> Any:
    return dice.choices(list(weights), list(weights.values()))[0]


def _legs(profile: Mapping[str, Any], calendar: Calendar, dice: Random, accepted: date) -> tuple[date, date]:
    passed = calendar.add(accepted, _drawn(profile["passed_on"], dice))
    return passed, calendar.add(passed, _drawn(profile["closed"], dice))


def _stuck(profile: Mapping[str, Any], dice: Random, accepted: date) -> str:
    """Where a case of the last weeks still lies; "" where it has been done."""
    rule, throw = profile["stuck"], dice.random() * 100
    if accepted < profile["to"] - timedelta(weeks=rule["weeks"]):
        return ""
    if throw < rule["at_acceptance"]:
        return "at_acceptance"
    return "at_handling" if throw < rule["at_acceptance"] + rule["at_handling"] else ""


def _working_day(calendar: Calendar, day: date) -> date:
    """The day itself, or the last one before it on which people worked."""
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    return day


def _told(times: Sequence[date | None], last: date, dice: Random) -> list[str]:
    """Each after the one before; what lies after the data day has not happened yet."""
    told, minute = list[str](), dice.randrange(MINUTES // 3)
    for day in times:
        if day is None or day > last:
            return [*told, *[""] * (len(times) - len(told))]
        told.append(f"{datetime.combine(day, OPENS) + timedelta(minutes=minute):%Y-%m-%dT%H:%M:%S}")
        minute += 1 + dice.randrange(MINUTES // 4)
    return told
