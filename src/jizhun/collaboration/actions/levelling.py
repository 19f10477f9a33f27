"""What it would cost to be the same: the best of a line, tried at one place through the what-if of its benefit."""

from datetime import date
from typing import Any

from django.utils import timezone

from jizhun.catalogue.actions import catalogue
from jizhun.collaboration.actions.beside import SideBySide, side_by_side
from jizhun.collaboration.rules.beside import Row
from jizhun.entitlements.actions import keeping
from jizhun.entitlements.models import WhatIf
from jizhun.entitlements.rules.book import MeasureInput
from jizhun.kernel.bilingual import Bilingual, Refused
from jizhun.kernel.dating import months_later
from jizhun.people.models import User
from jizhun.provisions.rules import Quantity
from jizhun.regions.actions import tree

MONTHS, ROWS = 12, 20_000
"""A year is tried; so many rows of a shipped population are enough for a first look."""
NO_RULE = Bilingual("没有读取这一数值的待遇规则，费用无法测算。",
                    "No rule of a benefit reads this value, so no cost can be computed.")
NO_PEOPLE = Bilingual("没有随附该地区的人口，请在“假如”页面用自己的文件测算。",
                      "No population that ships has people of this place; try it with your own file under “What if”.")


def reader_of(*, measure: str, subject: str) -> tuple[str, MeasureInput] | None:
    """The entitlement whose rule reads the measure of this subject, with how it reads it; None where none does."""
    for code, rule in keeping.simulable().items():
        for one in rule.measures:
            if one.measure == measure and (subject in catalogue().chain(one.subject)[:2]
                                           or one.subject in catalogue().chain(subject)[:2]):
                return code, one
    return None


def cost_of(row: Row, place: str) -> Bilingual | None:
    """Why the cost of a line's target cannot be tried at a place; None where it can."""
    if not isinstance(row.target, Quantity) or (found := reader_of(measure=row.line.code,
                                                                   subject=row.line.subject)) is None:
        return NO_RULE
    return None if _population(found[0], place) else NO_PEOPLE


def _population(entitlement: str, place: str) -> str:
    """A population that ships for the benefit and has people at the place, or below it."""
    day = timezone.localdate()
    return next((code for code, one in keeping.populations().items()
                 if entitlement in one.entitlements and any(place in tree().path(region, day)
                                                            for region in one.regions)), "")


def try_cost(*, by: User, places: tuple[str, ...], subject: str, measure: str, place: str, on: date,
             group: str = "all") -> WhatIf:
    """Ask what it would cost a place to promise the best of all on a line, for a year from next month on.

    Forbidden where ``by`` may not try for the place; Refused where there is nothing to try, saying why.
    """
    row = _row(side_by_side(places=places, on=on, subjects=(subject,), group=group), subject, measure)
    if (why := cost_of(row, place)) is not None:
        raise Refused(zh=why.zh, en=why.en)
    found = reader_of(measure=measure, subject=subject)
    assert found is not None
    code, reads = found
    value: Quantity = row.target
    supposed: dict[str, Any] = {"subject": reads.subject, "measure": reads.measure, "region": place,
                                "modality": "floor", "value": str(value.amount), "unit": value.unit}
    scenario = {"entitlement": code, "regions": [place], "from": f"{months_later(on, 1):%Y-%m}", "months": MONTHS,
                "provisions": [supposed], "name": f"{place}: {row.line.name.zh} {row.line.name.en}"}
    return keeping.ask_for(by=by, scenario=scenario, code=_population(code, place), rows=ROWS)


def _row(found: SideBySide, subject: str, measure: str) -> Row:
    one = found.of(subject)
    row = next((row for row in one.rows if row.line.code == measure and row.line.sort == "promise"),
               None) if one else None
    if row is None or row.target is None:
        raise Refused(zh="这一项没有差异，或者没有谁更优。", en="Nothing differs here, or nobody's is the best.")
    return row
