"""What evaluation says of training: places that are low on a matter, and trained units beside the others."""

from collections.abc import Collection
from datetime import date, timedelta

from jizhun.evaluation.actions import evaluate_for_page, is_simulated
from jizhun.evaluation.inputs import data_date
from jizhun.regions.actions import tree
from jizhun.training.actions.courses import in_use
from jizhun.training.actions.ledger import entries, settings
from jizhun.training.rules.courses import matters_of
from jizhun.training.rules.ledger import passed
from jizhun.training.rules.needs import Effect, Judged, Need, Unit, effect, needs

AT_THE_COUNTER = "clerk"
EFFECT_INDEX, DAYS, AROUND = "conformance", 180, 45
"""Compared are so many days before and after; trained is who was taught so many days around the day."""


def needs_found(*, region: str, source: str) -> list[Need]:
    """Places below (or the place itself) that are low on a matter, by the cases of a source."""
    how = settings()
    result = evaluate_for_page(index=how.index, source=source, region=region, by="region,matter")
    rows = [Judged(row.labels[0][0], row.labels[1][0], row.figure.numerator, row.figure.denominator)
            for row in result.rows if row.figure.denominator]
    # Whoever handles the matter is taught first: a course for the counter comes before one for other roles.
    used = sorted(in_use().items(), key=lambda pair: (pair[1].course.role != AT_THE_COUNTER, pair[0]))
    courses = {code: matters_of(one.content) for code, one in used}
    return needs(rows, courses, below=how.below, least_cases=how.least_cases)


def taught_units(*, matter: str, on: date, around: int, simulated: bool, within: Collection[str]) -> set[str]:
    """Units whose people were taught the matter (any, where none is named) around a day."""
    how = settings()
    return {one.attended.unit for one in entries(simulated=simulated) if one.attended.unit in within
            and abs((one.on - on).days) <= around and (not matter or one.matter == matter)
            and passed(one.attended, how.passes)}


def effect_of(*, region: str, source: str, on: date, matter: str = "") -> Effect | None:
    """Counties whose people were trained around ``on`` beside those whose people were not: how their conformance
    changed. None where there are too few units or cases to tell."""
    how = settings()
    counties = {code for code in tree().within(region, on) if tree().level(code) == 3}
    taught = taught_units(matter=matter, on=on, around=AROUND, simulated=is_simulated(source), within=counties)
    before = _by_county(source, region, on - timedelta(days=DAYS), on - timedelta(days=1), matter)
    after = _by_county(source, region, on, on + timedelta(days=DAYS - 1), matter)
    units = [Unit(code, code in taught, before.get(code, (0, 0)), after.get(code, (0, 0))) for code in counties]
    return effect(units, least_units=how.least_units, least_cases=how.least_cases)


def last_day(source: str) -> date:
    """The day up to which the cases of a source tell; Refused where there are none."""
    return data_date(source)


def _by_county(source: str, region: str, first: date, last: date, matter: str) -> dict[str, tuple[int, int]]:
    result = evaluate_for_page(index=EFFECT_INDEX, source=source, region=region, by="county,matter", first=first,
                               last=last)
    found: dict[str, tuple[int, int]] = {}
    for row in result.rows:
        (county, _), (code, _name) = row.labels
        if not matter or code == matter:
            kept, cases = found.get(county, (0, 0))
            found[county] = (kept + row.figure.numerator, cases + row.figure.denominator)
    return found
