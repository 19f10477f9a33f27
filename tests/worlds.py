"""Small worlds for tests of the rules: places and subjects written out, provisions as in the seeds."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import BEGINNING, FAR, ONE_DAY
from jizhun.provisions.rules import Book, Measure, make_book
from jizhun.provisions.rules.reading import read_assignment, read_measure, read_say

ROOT = Path(__file__).resolve().parent.parent
CASES = Path(__file__).resolve().parent / "cases"


def read_yaml(path: Path) -> Any:
    with path.open(encoding="utf-8") as file:
        return yaml.safe_load(file)


def all_measures() -> dict[str, Measure]:
    return {row["code"]: read_measure(row) for row in read_yaml(ROOT / "data" / "measures.yaml")}


class SmallPlaces:
    """Places from a mapping code -> {level, in, from, until}."""

    def __init__(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        self.rows = rows

    @property
    def change_days(self) -> tuple[date, ...]:
        starts = {row["from"] for row in self.rows.values() if "from" in row}
        return tuple(sorted(starts | {row["until"] + ONE_DAY for row in self.rows.values() if "until" in row}))

    def path(self, code: str, on: date) -> tuple[str, ...]:
        row = self.rows[code]
        if not row.get("from", BEGINNING) <= on <= row.get("until", FAR):
            raise Refused(zh=f"{code} 在 {on} 不存在。", en=f"{code} does not exist on {on}.")
        parent = row.get("in")
        return (*self.path(parent, on), code) if parent else (code,)

    def level(self, code: str) -> int:
        return int(self.rows[code]["level"])

    def within(self, code: str, on: date) -> Iterable[str]:
        for other in self.rows:
            try:
                if code in self.path(other, on):
                    yield other
            except Refused:
                continue


class SmallSubjects:
    """Matters belong to the item before their hyphen; groups from a mapping to wider groups."""

    def __init__(self, groups: Mapping[str, list[str]] | None = None) -> None:
        self.wider = groups or {}

    def chain(self, matter: str) -> tuple[str, ...]:
        item = matter.split("-")[0]
        return tuple(dict.fromkeys((matter, item, "*")))

    def groups(self, asked: str) -> tuple[str, ...]:
        return (*self.wider.get(asked, [asked]), "all") if asked != "all" else ("all",)


def book_of(rows: Mapping[str, Any], known_on: date | None = None,
            places: Mapping[str, Mapping[str, Any]] | None = None) -> Book:
    """The book of one cases file."""
    says = [read_say(row, {}, order=n) for n, row in enumerate(rows["provisions"])]
    assignments = [read_assignment(row) for row in rows.get("tiers", ())]
    return make_book(measures=all_measures(),
                     places=SmallPlaces(places or read_yaml(CASES / "promises" / "places.yaml")),
                     subjects=SmallSubjects(rows.get("groups")), says=says, assignments=assignments,
                     known_on=known_on)
