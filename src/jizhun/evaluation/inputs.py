"""What an evaluation reads: the lake's files, the promises as a wide table, where regions are counted."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Max

from jizhun.analytics.cases import DAY_SECONDS, EPOCH, FAR_DAY, FAR_SECOND, NONE
from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.following.steps import STEPS
from jizhun.analytics.lake import LakeFile
from jizhun.analytics.plan import BITS, MEASURES, Clock
from jizhun.analytics.rating.reviews import REVIEWS
from jizhun.analytics.sql import LIMITS
from jizhun.analytics.stops import later_stops, stopped_moves
from jizhun.catalogue.models import Group, Matter
from jizhun.delivery.lakes import lake as case_lake
from jizhun.delivery.lakes import review_lake, step_lake
from jizhun.delivery.lookup import directory
from jizhun.delivery.models import Batch, Source
from jizhun.kernel.bilingual import Refused
from jizhun.kernel.dating import BEGINNING
from jizhun.kernel.working_days import Calendar
from jizhun.provisions.actions import ROOMS, limits, measures
from jizhun.regions.actions import tree, version, versions
from jizhun.regions.models import Region
from jizhun.regions.rules import Tree


class NoCases(Refused):
    """Nobody handed in any case there, in that period."""


@dataclass(frozen=True)
class Prepared:
    """Inputs with what identifies them: the lake's version, the rooms' revisions and the limits' hash."""

    inputs: Inputs
    lake_version: int
    revisions: str
    limits_hash: str
    occurring: "Occurring"


@dataclass(frozen=True, slots=True)
class Then:
    """A former state: the lake's version, and the table of promises that was made for it."""

    lake_version: int
    limits_hash: str


@dataclass(frozen=True, slots=True)
class Occurring:
    """The matters, regions and groups that the cases name (primary keys), and the days they span."""

    matters: tuple[int, ...]
    regions: tuple[int, ...]
    groups: tuple[int, ...]
    first: int
    last: int
    amounts: bool
    due_times: bool


def same_everywhere(prepared: Prepared, dimensions: Sequence[str]) -> int | None:
    """The data date's working-day ordinal, where no case has to be looked up in the table of places."""
    places, ordinals = prepared.inputs.tables["places"], prepared.inputs.tables["places"]["as_of_wd"].unique()
    rolled_up = "region" in dimensions and not places["region"].equals(places["place"])
    if rolled_up or len(ordinals) > 1 or places.num_rows < len(prepared.occurring.regions):
        return None
    return int(ordinals[0].as_py())


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def data_date(source: str) -> date:
    """The latest day that the source's cases tell about; raises Refused for a source without cases."""
    day = Batch.objects.loaded().of_cases().filter(source__code=source).aggregate(day=Max("data_day"))["day"]
    if day is None:
        known = ", ".join(case_lake().sources()) or "-"
        raise Refused(zh=f"来源“{source}”没有办件；已有来源：{known}。",
                      en=f"There are no cases of a source “{source}”; there are: {known}.")
    return cast(date, day)


def review_inputs(*, source: str, region: str | None, first: date | None, last: date | None, as_of: date,
                  level: int | None) -> Inputs:
    """The files of a source's ratings in a region subtree and period, and the table of places."""
    files = review_lake().files(sources=[source], first_month=_month(first, 0), last_month=_month(last, 999_912))
    if not files:
        raise Refused(zh=f"来源“{source}”在这段时间没有评价。",
                      en=f"There are no ratings of “{source}” in this period.")
    places = _places(tree(), _calendar_days(source, as_of), _review_regions(tuple(files)), region, as_of, level)
    if not places.num_rows:
        raise Refused(zh=f"来源“{source}”在“{region}”没有评价。", en=f"“{source}” has no ratings in “{region}”.")
    return Inputs(files, {"places": places}, REVIEWS)


@lru_cache(maxsize=8)
def _review_regions(files: tuple[LakeFile, ...]) -> tuple[int, ...]:
    rows = DuckDB().rows("SELECT DISTINCT region FROM reviews", Inputs(files, table=REVIEWS)).to_pydict()
    return tuple(sorted(rows["region"]))


def prepare(*, source: str, region: str | None, first: date | None, last: date | None, as_of: date,
            level: int | None, then: "Then | None" = None) -> Prepared:
    """Everything a plan reads, for one source, a region subtree and a period (None: all there is).

    ``then``: the cases and promises of that time instead of the present ones. Refused where they are not kept.
    """
    lake = case_lake()
    lake_version = then.lake_version if then else lake.version()
    files = lake.files(sources=[source], first_month=_month(first, 0), last_month=_month(last, 999_912),
                       version=then.lake_version if then else None)
    if not files:
        raise NoCases(zh=f"来源“{source}”在这段时间没有办件。", en=f"There are no cases of “{source}” in this period.")
    seen = _occurring(tuple(files))
    places = _places(tree(), _calendar_days(source, as_of), seen.regions, region, as_of, level)
    if not places.num_rows:
        raise NoCases(zh=f"来源“{source}”在“{region}”没有办件。", en=f"“{source}” has no cases in “{region}”.")
    revisions = "/".join(versions(*ROOMS))
    promises, digest = _limits_of(then.limits_hash) if then else _limits(seen, revisions)
    tables = {"limits": promises, "places": places, "matters": _matters(seen.matters),
              "later_stops": _later_stops(tuple(files), source, as_of, version("regions"))}
    return Prepared(Inputs(files, tables), lake_version, revisions, digest, seen)


def step_inputs(*, source: str, region: str | None, first: date | None, last: date | None, as_of: date,
                level: int | None) -> Inputs:
    """The files of the steps of a source's cases in a region subtree and period, and the table of places."""
    files = step_lake().files(sources=[source], first_month=_month(first, 0), last_month=_month(last, 999_912))
    if not files:
        raise Refused(zh=f"来源“{source}”在这段时间没有环节记录。",
                      en=f"There are no steps on record for “{source}” in this period.")
    places = _places(tree(), _calendar_days(source, as_of), _step_regions(tuple(files)), region, as_of, level)
    if not places.num_rows:
        raise Refused(zh=f"来源“{source}”在“{region}”没有环节记录。",
                      en=f"“{source}” has no steps on record in “{region}”.")
    cases = case_lake().files(sources=[source], first_month=_month(first, 0), last_month=_month(last, 999_912))
    stopped = _stopped(tuple(files), tuple(cases), source, version("regions"))
    return Inputs(files, {"places": places, "stopped": stopped}, STEPS)


@lru_cache(maxsize=8)
def _step_regions(files: tuple[LakeFile, ...]) -> tuple[int, ...]:
    """The regions that steps name; files never change, so the answer holds as long as their names."""
    rows = DuckDB().rows("SELECT DISTINCT region FROM steps", Inputs(files, table=STEPS)).to_pydict()
    return tuple(sorted(rows["region"]))


def days_of_acceptance(inputs: Inputs, matter: int) -> tuple[date, date] | None:
    """The first and the last day on which cases of a matter that have steps were accepted; None without such."""
    (row,) = DuckDB().rows(f"SELECT min(accepted_day) AS first, max(accepted_day) AS last FROM steps "
                           f"WHERE matter = {matter}", inputs).to_pylist()
    if row["first"] is None:
        return None
    return EPOCH + timedelta(days=row["first"]), EPOCH + timedelta(days=row["last"])


@lru_cache(maxsize=8)
def _stopped(steps: tuple[LakeFile, ...], cases: tuple[LakeFile, ...], source: str, version_: str) -> pa.Table:
    """For how many days the clocks of cases stood between their steps: see ``stopped_moves``."""
    spans = DuckDB().rows("SELECT case_key, stops FROM cases WHERE stops <> ''", Inputs(cases)) if cases else None
    if spans is None or not spans.num_rows:
        return stopped_moves([])
    calendars = calendars_of(source, version_)
    rows = DuckDB().rows(
        "SELECT s.case_key, s.nth, s.region, c.stops, coalesce(lag(s.ended_at) OVER way, s.started_at) AS since, "
        "s.ended_at FROM steps s JOIN stopped_cases c ON s.case_key = c.case_key "
        "WINDOW way AS (PARTITION BY s.case_key ORDER BY s.nth)",
        Inputs(steps, {"stopped_cases": spans}, STEPS)).to_pylist()
    return stopped_moves(
        (row["case_key"], row["nth"], row["since"] // DAY_SECONDS, row["ended_at"] // DAY_SECONDS, row["stops"],
         calendars[row["region"]].ordinal) for row in rows if max(row["since"], row["ended_at"]) < FAR_SECOND)


def number_of_cases(inputs: Inputs, *, source: str, matters: Sequence[int], first: date | None,
                    last: date | None) -> int:
    """How many case records there are of these matters in the same places and period, with steps or without."""
    files = case_lake().files(sources=[source], first_month=_month(first, 0), last_month=_month(last, 999_912))
    if not files:
        return 0
    since, until = day_number(first) if first else -FAR_DAY, day_number(last) if last else FAR_DAY
    (row,) = DuckDB().rows(
        f"SELECT count(*) AS n FROM cases c JOIN places p ON c.region = p.region WHERE c.matter IN "
        f"({', '.join(map(str, matters))}) AND c.accepted_day BETWEEN {since} AND {until}",
        Inputs(files, inputs.tables)).to_pylist()
    return int(row["n"])


def _month(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day.year * 100 + day.month


@lru_cache(maxsize=8)
def _occurring(files: tuple[LakeFile, ...]) -> Occurring:
    """What occurs in the files; files never change, so the answer holds as long as their names."""
    rows = DuckDB().rows(
        "SELECT DISTINCT matter, region, grp FROM cases", Inputs(files)).to_pydict()
    (told,) = DuckDB().rows(
        f"SELECT min(accepted_day) AS first, max(greatest(accepted_day, CASE WHEN decided_day < {FAR_DAY} "
        "THEN decided_day ELSE accepted_day END)) AS last, max(amount_cents) AS amount, "
        "max(due_binds) AS due FROM cases",
        Inputs(files)).to_pylist()
    matters, regions, groups = (tuple(sorted(set(rows[name]))) for name in ("matter", "region", "grp"))
    return Occurring(matters, regions, groups, told["first"], told["last"], told["amount"] >= 0, told["due"] > 0)


def clocks() -> tuple[tuple[str, Clock], ...]:
    """How the time limits are counted, where that is not the usual way."""
    held = measures()
    found = ((name, Clock(held[name].first_day_counts, held[name].cut_off)) for name in LIMITS if name in held)
    return tuple((name, clock) for name, clock in found if clock != Clock())


@lru_cache(maxsize=32)
def _later_stops(files: tuple[LakeFile, ...], source: str, as_of: date, version_: str) -> pa.Table:
    """What of the stopped days of cases open at the data date had not happened by then."""
    day, calendars = day_number(as_of), calendars_of(source, version_)
    rows = DuckDB().rows(
        f"SELECT case_key, region, stops FROM cases WHERE stops <> '' AND accepted_day <= {day} "
        f"AND closed_day > {day}", Inputs(files)).to_pylist()
    return later_stops(((row["case_key"], row["stops"], calendars[row["region"]].ordinal) for row in rows), day)


def judged(prepared: Prepared) -> tuple[str, ...]:
    """The measures that any of the cases could be judged on."""
    seen, limits_table = prepared.occurring, prepared.inputs.tables["limits"]
    stated = {"due": seen.due_times, "benefit_amount": seen.amounts}
    promised = {name for name in MEASURES if name in limits_table.column_names
                and limits_table.num_rows and pc.max(limits_table[name]).as_py() > NONE}
    return tuple(name for name in MEASURES
                 if stated.get(name, True) and (name == "due" or name in promised))


def largest(prepared: Prepared) -> tuple[tuple[str, int], ...]:
    """The greatest primary key of each dimension that has them, where a plan has to make room for it."""
    tables = prepared.inputs.tables
    found = {"item": pc.max(tables["matters"]["item"]).as_py() or 0, "matter": max(prepared.occurring.matters),
             "region": pc.max(tables["places"]["place"]).as_py(), "group": max(prepared.occurring.groups)}
    return tuple((name, key) for name, key in found.items() if key.bit_length() > BITS[name])


def _matters(seen: Sequence[int]) -> pa.Table:
    rows = list(Matter.objects.filter(pk__in=seen).values_list("pk", "item_id"))
    return pa.table({"matter": pa.array([pk for pk, _ in rows], pa.int16()),
                     "item": pa.array([item for _, item in rows], pa.int32())})


# -- where regions are counted ---------------------------------------------------------------------


def _places(places: Tree, ordinal: Mapping[int, int], regions: Sequence[int], region: str | None, as_of: date,
            level: int | None) -> pa.Table:
    """Columns region, place, as_of_wd: each region within ``region`` with the unit it is counted under."""
    codes = dict(Region.objects.filter(pk__in=regions).values_list("pk", "code"))
    pks = dict(Region.objects.values_list("code", "pk"))
    if region is not None:
        places.known(region)
    rows = []
    for pk, code in codes.items():
        path = last_path(places, code, as_of)
        if region is None or region in path:
            rows.append((pk, pks[_counted_under(places, path, level)], ordinal[pk]))
    return pa.table({"region": pa.array([row[0] for row in rows], pa.int32()),
                     "place": pa.array([row[1] for row in rows], pa.int32()),
                     "as_of_wd": pa.array([row[2] for row in rows], pa.int16())})


def _calendar_days(source: str, as_of: date) -> dict[int, int]:
    """The working-day ordinal of the data date in each place's own calendar, as at ingest."""
    return _calendar_days_then(source, as_of, version("regions"))


@lru_cache(maxsize=32)
def _calendar_days_then(source: str, as_of: date, version_: str) -> dict[int, int]:
    calendars = calendars_of(source, version_)
    ordinals = {id(calendar): calendar.ordinal(as_of) for calendar in set(calendars.values())}
    return {number: ordinals[id(calendar)] for number, calendar in calendars.items()}


@lru_cache(maxsize=8)
def calendars_of(source: str, _version: str) -> dict[int, Calendar]:
    """Each place's calendar, as at ingest."""
    known = Source.objects.get(code=source)
    looked_up = directory(known.region, known.calendar)
    return {entry.number: looked_up.calendars[entry.calendar] for entry in looked_up.regions.entries}


def last_path(places: Tree, code: str, as_of: date) -> tuple[str, ...]:
    """The path on the data date, or on the place's last (or first) day if it did not exist then."""
    place = places.known(code)
    day = min(max(as_of, place.valid_from), place.valid_until)
    return places.path(code, BEGINNING if day == BEGINNING else day)


def _counted_under(places: Tree, path: Sequence[str], level: int | None) -> str:
    """The deepest place of the path that is not below ``level``; the place itself without a level."""
    if level is None:
        return path[0]
    return next((code for code in reversed(path) if places.level(code) <= level), path[0])


# -- promises --------------------------------------------------------------------------------------


def _limits(seen: Occurring, revisions: str) -> tuple[pa.Table, str]:
    """The wide limits table for what occurs, kept in a file per revision: it never changes.

    It covers whole years, so that a day's new cases need no new table.
    """
    first, last = EPOCH + timedelta(days=seen.first), EPOCH + timedelta(days=seen.last)
    first, last = date(first.year, 1, 1), date(last.year, 12, 31)
    seen = replace(seen, first=day_number(first), last=day_number(last))
    name = hashlib.sha256(repr((seen, revisions)).encode()).hexdigest()
    file = _limits_file(name)
    if not file.exists():
        _write(file, limits(
            matters=_codes(Matter.objects.filter(pk__in=seen.matters).values_list("code", flat=True)),
            regions=_codes(Region.objects.filter(pk__in=seen.regions).values_list("code", flat=True)),
            groups=_codes(Group.objects.filter(pk__in=seen.groups).values_list("code", flat=True)),
            first=first, last=last))
    return pq.read_table(file), name


def _limits_file(name: str) -> Path:
    return Path(settings.LAKE) / "limits" / f"{name}.parquet"


def _limits_of(name: str) -> tuple[pa.Table, str]:
    """The same table as it was made then; Refused where it is not kept."""
    file = _limits_file(name)
    if not file.is_file():
        raise Refused(zh="当时的承诺表已不在本目录中，无法重算。",
                      en="The table of promises of that time is not kept here any more: it cannot be computed again.")
    return pq.read_table(file), name


def _codes(found: Iterable[str]) -> list[str]:
    return sorted(found)


def _write(file: Path, table: pa.Table) -> None:
    """Written beside and renamed, so that nobody reads half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".writing")
    pq.write_table(table, beside)
    beside.replace(file)
