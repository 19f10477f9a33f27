"""Ratings for tests: said as rows, taken in as files, counted by engines and by the reference."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from following import CALENDAR, names, written
from jizhun.analytics.cases import CHANNELS, EPOCH
from jizhun.analytics.engines import DuckDB, Engine, Inputs
from jizhun.analytics.lake import Lake
from jizhun.analytics.plan import Plan
from jizhun.analytics.rating.reference import Counted, Said, Served
from jizhun.analytics.rating.reviews import ASPECT_BITS, REVIEWS, numbers_of
from jizhun.analytics.rating.sql import Asked, hearing, rating, wanted
from jizhun.delivery.ingest import Delivery, Received, Staging, ingest
from jizhun.delivery.ingest.reviews import ingest_reviews
from jizhun.delivery.rules.directory import Directory, Register
from jizhun.delivery.rules.parsing import parse, parse_reviews
from jizhun.delivery.rules.reviewing import read_categories
from jizhun.kernel.bilingual import Bilingual
from worlds import ROOT, read_yaml

SHIPPED = read_categories(read_yaml(ROOT / "data" / "satisfaction" / "reasons.yaml"), "reasons.yaml")
CATEGORIES = SHIPPED.categories
CODES = {one.number: one.code for one in CATEGORIES}
ASPECTS = {one.code: one.name for one in CATEGORIES}
DIRECTORY = Directory(
    matters=Register(names("事项", "M1", "M2"), Bilingual("事项", "Matter")),
    regions=Register(names("地区", "R1", "R2"), Bilingual("地区", "Region")),
    groups=Register(names("对象", "all", "old"), Bilingual("服务对象", "Group")),
    calendars={0: CALENDAR}, categories=CATEGORIES)
MAPPING = """
fields:
  review_key: id
  case_key: case
  visit_key: visit
  matter: matter
  region: place
  group: {column: group, missing: all}
  channel: channel
  rated_at: at
  grade: grade
  how: how
  reasons: reasons
  has_text: has_text
  aspect_efficiency: efficiency
  aspect_platform: platform
extract_date: 2025-12-31
"""
HEAD = ("id", "case", "visit", "matter", "place", "group", "channel", "at", "grade", "how", "reasons", "has_text",
        "efficiency", "platform")
CASE_MAPPING = """
fields: {case_key: id, matter: matter, region: place, group: {column: group, missing: all}, channel: channel,
         accepted_at: accepted, closed_at: closed, outcome: outcome}
extract_date: 2025-12-31
"""


def take_in(folder: Path, file: Path, mapping: str = MAPPING, **more: Any) -> Received:
    """A file of ratings into the lake under ``folder``; the reject file is ``folder/rejects.csv``."""
    lake = Lake(folder / "lake", REVIEWS)
    delivery = Delivery(file, parse_reviews(mapping, ASPECTS), "town", 1, date(2025, 12, 31), b"key")
    with lake.staging("b") as staged:
        staging = Staging(staged, folder / "rejects.csv", **more)
        return ingest_reviews(delivery, lake, Lake(folder / "lake"), DIRECTORY, staging)


def take_cases(folder: Path, file: Path) -> Received:
    lake = Lake(folder / "lake")
    delivery = Delivery(file, parse(CASE_MAPPING), "town", 1, date(2025, 12, 31), b"key")
    with lake.staging("c") as staged:
        return ingest(delivery, lake, DIRECTORY, Staging(staged, folder / "case_rejects.csv"))


def rated(folder: Path, *rows: str, mapping: str = MAPPING, head: str = ",".join(HEAD), **more: Any) -> Received:
    """Lines of CSV taken in."""
    file = folder / "ratings.csv"
    file.write_text("\n".join([head, *rows]) + "\n", "utf-8")
    return take_in(folder, file, mapping, **more)


def stored(folder: Path, columns: str = "*") -> list[Any]:
    relation = Lake(folder / "lake", REVIEWS).relation()
    import duckdb
    return duckdb.execute(f"SELECT {columns} FROM {relation} ORDER BY review_key").fetchall()


CHANNEL_NAMES = {number: name for name, number in CHANNELS.items()}
HOW_NAMES = {1: "active", 2: "invited", 3: "default"}


def moment(seconds: int) -> str:
    return (datetime.combine(EPOCH, datetime.min.time()) + timedelta(seconds=seconds)).isoformat(" ")


def file_of(said: Iterable[Said], file: Path) -> Path:
    """Ratings as a file."""
    return written(file, [
        (one.key, one.case, one.subject[1:] if one.subject.startswith("v") else "", f"M{one.matter}", f"R{one.place}",
         "old" if one.group == 2 else "all", CHANNEL_NAMES[one.channel], moment(one.at),
         "default" if one.grade == 9 else one.grade, HOW_NAMES[one.how],
         ";".join(CODES[number] for number in sorted(one.reasons)), "yes" if one.has_text else "no",
         one.aspects.get(0, "") or "", one.aspects.get(5, "") or "") for one in said], HEAD)


def inputs(folder: Path, said: Sequence[Said]) -> Inputs:
    standings = [(one.key, one.standing) for one in said if one.standing]
    places = pa.table({name: pa.array([1, 2], pa.int32()) for name in ("region", "place")})
    table = pa.table({"review_key": pa.array([key for key, _ in standings], pa.string()),
                      "standing": pa.array([standing for _, standing in standings], pa.int8())})
    return Inputs(Lake(folder / "lake", REVIEWS).files(), {"places": places, "standings": table}, REVIEWS)


def by_engine(engine: Engine, folder: Path, said: Sequence[Said], asked: Asked | None = None) -> Counted:
    """What an engine counts of the ratings, in the reference's shape."""
    parts = rating(asked or Asked(0, 99_999, aspects=(0, 5)))
    rows = {name: table.to_pylist() for name, table in engine.run(parts, wanted(parts), inputs(folder, said)).items()}
    found = Counted({name: Counter() for name in ("place", "matter", "channel", "month", "group")})
    for name, counts in found.by.items():
        for row in rows[f"by_{name}"]:
            counts[row["code"], row["grade"], row["how"], row["standing"]] += row["n"]
    for row in rows["why"]:
        found.why[frozenset(numbers_of(row["reasons"])), bool(row["has_text"])] += row["n"]
    for row in rows["aspect_grades"]:
        found.aspects[row["aspect"], row["held"] >> ASPECT_BITS * row["aspect"]] += row["n"]
    return found


def cases_of(served: Iterable[Served], file: Path) -> Path:
    outcomes = {0: "unknown", 1: "granted", 2: "refused"}
    return written(file, [
        (one.key, f"M{one.matter}", f"R{one.place}", "old" if one.group == 2 else "all", CHANNEL_NAMES[one.channel],
         f"{one.month // 100}-{one.month % 100:02}-10 09:00:00", f"{one.month // 100}-{one.month % 100:02}-11 09:00:00",
         outcomes[one.outcome]) for one in served],
        ("id", "matter", "place", "group", "channel", "accepted", "closed", "outcome"))


NOTHING_PROMISED = pa.table({name: pa.array([], kind) for name, kind in {
    **dict.fromkeys(("matter", "region", "grp", "from_day", "to_day"), pa.int32()),
    **{f"{one}{more}": pa.int64() for one in ("statutory_limit", "promised_limit", "fee", "visits", "materials",
                                               "benefit_amount") for more in ("", "_by", "_unit")}}.items()})


def heard_by_engine(engine: Engine, folder: Path, said: Sequence[Said]) -> dict[str, Counter[tuple[int, int, int]]]:
    """What an engine counts of the cases, in the reference's shape; nothing is promised to anybody."""
    reviews = inputs(folder, said)
    places = reviews.tables["places"].append_column("as_of_wd", pa.array([6000, 6000], pa.int16()))
    tables = {**reviews.tables, "places": places, "limits": NOTHING_PROMISED}
    parts = hearing(Plan(("whole",), (), 0, 99_999, 99_000, ()))
    rows = engine.run(parts, wanted(parts), Inputs(Lake(folder / "lake").files(), tables,
                                                   beside=((REVIEWS, reviews.files),)))
    return {name: Counter({(row["code"], row["grade"], row["standing"]): row["n"] for row in
                           rows[f"heard_by_{name}"].to_pylist()})
            for name in ("place", "matter", "channel", "month", "group", "outcome", "verdict")}


def duckdb_counts(folder: Path, said: Sequence[Said]) -> Counted:
    return by_engine(DuckDB(threads=1), folder, said)
