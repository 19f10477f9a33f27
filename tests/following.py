"""Cases walked step by step as told to the reference engine, and the same as an event log taken in: for tests."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from jizhun.analytics.cases import EPOCH, FAR_DAY
from jizhun.analytics.engines import DuckDB, Engine, Inputs
from jizhun.analytics.following.flow import Flow, tables
from jizhun.analytics.following.reference import Counted, Walk
from jizhun.analytics.following.sql import WANTED, Asked, following, kinds_of
from jizhun.analytics.following.steps import BETWEEN, STEPS
from jizhun.analytics.lake import Lake
from jizhun.analytics.stops import Ordinal, stopped_moves
from jizhun.analytics.stops import written as spans
from jizhun.delivery.ingest import Delivery, Received, Staging
from jizhun.delivery.ingest.steps import ingest_steps
from jizhun.delivery.rules.directory import Directory, Entry, Register
from jizhun.delivery.rules.parsing import parse_steps
from jizhun.kernel.bilingual import Bilingual
from jizhun.kernel.working_days import Calendar

CALENDAR = Calendar("CN", estimate=True)
LOG = """
fields: {case_key: case, step: step, started_at: started, ended_at: ended, matter: {constant: M1}, region: place}
extract_date: 2025-12-31
"""
"""A log that tells matter and place itself, so that every case in it counts as finished."""


def names(kind: str, *codes: str) -> list[Entry]:
    return [Entry(number, code, Bilingual(f"{kind}{code}", code)) for number, code in enumerate(codes, 1)]


DIRECTORY = Directory(
    matters=Register(names("事项", "M1", "M2"), Bilingual("事项", "Matter")),
    regions=Register(names("地区", "R1", "R2"), Bilingual("地区", "Region")),
    groups=Register(names("对象", "all"), Bilingual("服务对象", "Group")),
    calendars={0: CALENDAR},
)


def take_in(folder: Path, file: Path, mapping: str = LOG, **more: Any) -> Received:
    """A log into the lake under ``folder``; the reject file is ``folder/rejects.csv``."""
    cases, lake = Lake(folder / "lake"), Lake(folder / "lake", STEPS)
    read = parse_steps(mapping)
    delivery = Delivery(file, read, "town", 1, read.extract_date or date(2025, 12, 31), b"key")
    with lake.staging("b") as staged:
        return ingest_steps(delivery, lake, cases, DIRECTORY, Staging(staged, folder / "rejects.csv", **more))


def written(file: Path, rows: Iterable[Sequence[Any]], head: Sequence[str]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(head)
        writer.writerows(rows)
    return file


def log_of(walks: Iterable[Walk], file: Path) -> Path:
    """The walks as an event log."""
    rows = [(walk.key, one.step, one.started.isoformat(" "), one.ended.isoformat(" ") if one.ended else "",
             f"R{walk.place}") for walk in walks for one in walk.steps]
    return written(file, rows, ("case", "step", "started", "ended", "place"))


def lake_inputs(folder: Path, *flows: Flow, walks: Sequence[Walk] = ()) -> Inputs:
    """Places 1 and 2; the second has the second procedure, where there is one. ``walks`` tell which clocks stood."""
    columns = {"region": [1, 2], "from_day": [0, 0], "to_day": [FAR_DAY, FAR_DAY], "flow": [0, len(flows) - 1]}
    held = pa.table({name: pa.array(numbers, pa.int32()) for name, numbers in columns.items()})
    places = pa.table({name: pa.array([1, 2], pa.int32()) for name in ("region", "place")})
    small = {**tables(flows), "places": places, "held": held, "stopped": stopped_moves(_moves(walks))}
    return Inputs(Lake(folder / "lake", STEPS).files(), small, STEPS)


def _moves(walks: Iterable[Walk]) -> Iterator[tuple[str, int, int, int, str, Ordinal]]:
    for walk in walks:
        done = walk.in_order()
        for n, one in enumerate(done):
            since = done[n - 1].ended if n else one.started
            if since and one.ended:
                yield (walk.key, n + 1, day_of(since), day_of(one.ended), spans(walk.stops), CALENDAR.ordinal)


def day_of(moment: datetime) -> int:
    return (moment.date() - EPOCH).days


def asked(**more: Any) -> Asked:
    return Asked(**{"matters": (1,), "first": 0, "last": 99_999, **more})


def by_engine(engine: Engine, folder: Path, *flows: Flow, question: Asked | None = None,
              walks: Sequence[Walk] = ()) -> Counted:
    """What an engine counts, in the reference's shape (of the ways, the most frequent)."""
    parts = following(question or asked(stopped=any(walk.stops for walk in walks)))
    rows = engine.run(parts, WANTED, lake_inputs(folder, *flows, walks=walks))
    return counted({name: table.to_pylist() for name, table in rows.items()})


def counted(rows: Mapping[str, list[dict[str, Any]]]) -> Counted:
    found = Counted()
    for row in rows["cases_by_verdict"]:
        found.cases[row["place"], bool(row["done"]), frozenset(kinds_of(row["bits"]))] += row["n"]
    for row in rows["common"]:
        found.ways[tuple(row["trace"].split(BETWEEN))] += row["n"]
    for row in rows["deviating"]:
        found.deviating[row["previous"], row["step"], row["kind"]] += row["n"]
    for row in rows["moves"]:
        found.moves[row["previous"], row["step"], row["used_hours"], row["used_days"], row["used_wd"]] += row["n"]
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def duckdb(folder: Path, *flows: Flow, walks: Sequence[Walk] = ()) -> Counted:
    return by_engine(DuckDB(threads=1), folder, *flows, walks=walks)
