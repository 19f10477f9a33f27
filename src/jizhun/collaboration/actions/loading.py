"""Reviewed text about collaboration: areas with members and bodies, the register of recognition, arrangements."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from jizhun.collaboration.actions.areas import RIGHT, load_areas, rows_in
from jizhun.collaboration.actions.crossing import load_arrangements
from jizhun.collaboration.actions.recognition import load_register
from jizhun.people.actions import require, write_line
from jizhun.people.rules import Actor

NATION = ("CN",)


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were new."""

    areas: int = 0
    recognitions: int = 0
    arrangements: int = 0


def load(*, by: Actor, files: list[Path]) -> Loaded:
    """Insert what the files say and is not there yet, all or nothing; what was said before is never changed."""
    require(by=by, right=RIGHT, path=NATION)
    with transaction.atomic():
        areas = sum(load_areas(by=by, rows=rows_in(file, "areas")) for file in files)
        lines = sum(load_register(by=by, rows=rows_in(file, "recognitions")) for file in files)
        ways = sum(load_arrangements(by=by, rows=rows_in(file, "arrangements")) for file in files)
        if areas or lines or ways:
            write_line(by=by, act="collaboration.load", subject=files[0].parent.name,
                       after={"areas": areas, "recognitions": lines, "arrangements": ways})
    return Loaded(areas, lines, ways)
