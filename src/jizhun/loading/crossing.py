"""Simulated cases that cross between two cities of the fictional province, through the door that every file takes."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from django.conf import settings

from jizhun.collaboration.actions.crossing import arrangements
from jizhun.delivery import actions as delivery
from jizhun.delivery import simulated_crossing
from jizhun.delivery.lookup import directory
from jizhun.loading import CROSSING_SOURCE
from jizhun.people.rules import Actor
from jizhun.regions.actions import tree

PLACE, CALENDAR = "990000", "CN"


def simulated_crossings(*, by: Actor, seed: int = 1) -> int:
    """Hand in the cases of data/simulated/crossing.yaml; returns how many. The same seed again changes nothing."""
    data = settings.DATA_DIR / "simulated"
    profile = yaml.safe_load((data / "crossing.yaml").read_text("utf-8"))
    matter = next(one.matter for one in arrangements() if one.code == profile["arrangement"])
    counties = {city: _counties(city, profile["from"]) for city in profile["accepts"]}
    text = simulated_crossing.write(profile, matter=matter, counties=counties, seed=seed,
                                    calendar=directory(PLACE, CALENDAR).calendars[0])
    with TemporaryDirectory(dir=settings.FILES) as folder:
        file = Path(folder) / f"crossing-{seed}.csv"
        file.write_text(text, encoding="utf-8")
        mapping = delivery.read_mapping(data / "crossing_mapping.yaml")
        return delivery.receive(by=by, file=file, mapping=mapping, source=CROSSING_SOURCE).batch.rows_good


def _counties(city: str, on: date) -> list[str]:
    held = tree()
    return [code for code in held.within(city, on) if code != city and not held.children(code, on)]
