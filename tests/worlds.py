"""Small worlds for tests of the rules: places and subjects written out, provisions as in the seeds."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from jizhun.entitlements.rules import Entitlements, read_all, spelled_out
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import BEGINNING, FAR, ONE_DAY
from jizhun.provisions.rules import Book, Measure, make_book
from jizhun.provisions.rules.reading import read_assignment, read_measure, read_paper, read_say

ROOT = Path(__file__).resolve().parent.parent
CASES = Path(__file__).resolve().parent / "cases"
PROVISIONS = ROOT / "data" / "provisions"
ENTITLEMENTS = ROOT / "data" / "entitlements"
FAMILIES = tuple(sorted(path.stem for path in PROVISIONS.glob("*.yaml") if path.stem != "labels"))
Row = Mapping[str, Any]


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


# -- the shipped seeds

@cache
def seed_family(name: str) -> dict[str, list[Row]]:
    """One file of shipped provisions: its documents, provisions and tiers."""
    return dict(read_yaml(PROVISIONS / f"{name}.yaml"))


def every_seed(kind: str) -> list[tuple[str, Row]]:
    """Every shipped row of a kind (documents, provisions, tiers), with its family."""
    return [(name, row) for name in FAMILIES for row in seed_family(name).get(kind) or ()]


@cache
def seed_places() -> dict[str, dict[str, Any]]:
    """The places that the shipped seeds name and those above them, by the digits of their codes."""
    rows: dict[str, dict[str, Any]] = {"CN": {"level": 0}}
    named = [str(row["region"]) for _, row in every_seed("provisions") + every_seed("tiers")]
    named += [version.place for versions in seed_entitlements().versions.values() for version in versions]
    for code in named:
        for level, place in enumerate((code[:2] + "0000", code[:4] + "00", code), 1):
            above = ("CN", code[:2] + "0000", code[:4] + "00")[level - 1]
            if code != "CN" and place != above:
                rows.setdefault(place, {"level": level, "in": above})
    return rows


@cache
def seed_book() -> Book:
    """The shipped provisions as the as-of engine asks them, without a database."""
    papers = {row["id"]: read_paper(row) for _, row in every_seed("documents")}
    says = [read_say(row, papers, order=n) for n, (_, row) in enumerate(every_seed("provisions"))]
    return make_book(measures=all_measures(), places=SmallPlaces(seed_places()), subjects=SmallSubjects(),
                     says=says, assignments=[read_assignment(row) for _, row in every_seed("tiers")])


@cache
def seed_entitlements() -> Entitlements:
    """The shipped entitlement rules, workings that they share written into each."""
    return read_all(read_yaml(ENTITLEMENTS / "facts.yaml"), seed_entitlement_rows())


@cache
def seed_entitlement_rows() -> list[dict[str, Any]]:
    """The rows of every entitlement file."""
    files = [path for path in sorted(ENTITLEMENTS.glob("*.yaml")) if path.stem not in ("facts", "shared")]
    return spelled_out((row for path in files for row in read_yaml(path)), read_yaml(ENTITLEMENTS / "shared.yaml"))
