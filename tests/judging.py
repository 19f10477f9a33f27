"""Cases as told to the reference engine, and the same cases as rows of the lake: for tests of every engine."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jizhun.analytics.cases import EPOCH, FAR_DAY, FAR_ORDINAL, FAR_SECOND, NONE, arrow_schema
from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.lake import LakeFile
from jizhun.analytics.plan import MEASURES, WHOLE, Clock, Plan
from jizhun.analytics.reference import NO_CLOCKS, Case, Promise
from jizhun.analytics.sql import listed
from jizhun.analytics.stops import later_stops, written
from jizhun.kernel.working_days import Calendar
from jizhun.provisions.rules import make_book
from jizhun.provisions.rules.limits import EVALUATED, LimitRow, as_published, limit_rows
from jizhun.provisions.rules.reading import read_assignment, read_paper, read_say
from worlds import CASES, SmallPlaces, SmallSubjects, all_measures, read_yaml

MONEY = ("fee", "benefit_amount")
SOURCE = "told"
ALWAYS = (date(2000, 1, 1), date(2100, 1, 1))

# -- from a YAML case to facts -------------------------------------------------------------------------


def read_case(row: Mapping[str, Any], number: int, region: int = 1) -> Case:
    """A case as an official writes it, as matter ``number``."""
    return Case(
        str(number), number, region, _moment(row["accepted"]), _moment(row.get("closed")), _day(row.get("decided")),
        _moment(row.get("due")), bool(row.get("due_binds")), tuple(map(_span, row.get("stopped", ()))),
        row.get("extended", 0), _cents(row.get("fee")), _cents(row.get("amount")), row.get("visits"),
        row.get("materials"))


def _moment(value: Any) -> Any:
    return value if value is None or isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _day(value: Any) -> Any:
    return value if value is None or isinstance(value, date) else date.fromisoformat(str(value))


def _span(days: Sequence[Any]) -> tuple[date, date | None]:
    return _day(days[0]), _day(days[1]) if len(days) > 1 else None


def _cents(value: Any) -> int | None:
    return None if value is None else int(Decimal(str(value)) * 100)


def read_promise(row: Mapping[str, Any], number: int) -> Promise:
    """A promise as an official writes it: ``promised_limit: 5 working_day``, money in whole units."""
    values, calendar = {}, set()
    for measure in EVALUATED:
        if measure not in row:
            continue
        amount, _, unit = str(row[measure]).partition(" ")
        values[measure] = int(Decimal(amount) * (100 if measure in MONEY else 1))
        if unit == "calendar_day":
            calendar.add(measure)
    return Promise(number, 2 if row.get("region") else 1, _day(row.get("from")) or ALWAYS[0],
                   _day(row.get("to")) or ALWAYS[1], values, frozenset(calendar), row.get("group", 1))


def resolved(file: Mapping[str, Any], row: Mapping[str, Any], number: int) -> list[Promise]:
    """What the as-of engine finds promised for the matter, place and group of a YAML case, as offices could know."""
    papers = {paper.code: paper for paper in map(read_paper, file.get("documents", ()))}
    says = [read_say(said, papers, order=n) for n, said in enumerate(file["provisions"])]
    book = make_book(measures=all_measures(), places=SmallPlaces(read_yaml(CASES / "promises" / "places.yaml")),
                     subjects=SmallSubjects(file.get("groups")), says=says,
                     assignments=[read_assignment(one) for one in file.get("tiers", ())])
    found = limit_rows(as_published(book), row["matter"], [row["region"]], row.get("group", "all"),
                       date(2018, 1, 1), date(2025, 12, 31), book.places.change_days)
    return [_promise(number, one) for one in found.get(row["region"], ())]


def _promise(number: int, row: LimitRow) -> Promise:
    said = {m: (value, unit) for m, (value, unit, _) in zip(EVALUATED, row.promises, strict=True) if value != NONE}
    return Promise(number, 1, row.first, row.last, {m: value for m, (value, _) in said.items()},
                   frozenset(m for m, (_, unit) in said.items() if unit == 1))


# -- the same as rows of the lake ----------------------------------------------------------------------


def lake_row(case: Case, calendar: Calendar, data_day: date) -> dict[str, Any]:
    """The case as delivery would store it."""
    accepted, closed = case.accepted.date(), case.closed.date() if case.closed else None
    stood = stopped_days(case, min(closed or data_day, data_day))
    return {
        "case_key": case.key, "batch": 1, "matter": case.matter, "region": case.region, "grp": case.group,
        "channel": case.channel, "accepted_at": seconds(case.accepted),
        "decided_at": days(case.decided) * 86_400 if case.decided else FAR_SECOND,
        "closed_at": seconds(case.closed) if case.closed else FAR_SECOND,
        "due_at": seconds(case.due) if case.due else FAR_SECOND, "accepted_day": days(accepted),
        "decided_day": days(case.decided), "closed_day": days(closed), "accepted_wd": calendar.ordinal(accepted),
        "decided_wd": calendar.ordinal(case.decided) if case.decided else FAR_ORDINAL,
        "closed_wd": calendar.ordinal(closed) if closed else FAR_ORDINAL,
        "accepted_is_wd": int(calendar.is_working(accepted)), "stopped_days": len(stood),
        "stopped_wd": sum(map(calendar.is_working, stood)),
        "stops": written((days(day) - 1, days(day)) for day in stood), "extended": case.extended, "outcome": 0,
        "fee_cents": stated(case.fee), "amount_cents": stated(case.amount), "visits": stated(case.visits),
        "materials": stated(case.materials), "rating": 0, "due_binds": int(case.due_binds and case.due is not None),
        "steps": "", "simulated": 1}


def stopped_days(case: Case, last: date) -> set[date]:
    """Days after acceptance up to ``last`` on which the clock stood."""
    start = case.accepted.date() + timedelta(days=1)
    spans = [(max(first, start), min(until or last, last)) for first, until in case.stopped]
    return {first + timedelta(days=n) for first, until in spans for n in range((until - first).days + 1)}


def days(day: date | None) -> int:
    return FAR_DAY if day is None else (day - EPOCH).days


def seconds(moment: datetime) -> int:
    return int((moment - datetime(1970, 1, 1)).total_seconds())


def stated(fact: int | None) -> int:
    return NONE if fact is None else fact


def lake_files(folder: Path, cases: Iterable[Case], calendar: Calendar, data_day: date) -> list[LakeFile]:
    """The cases as files of the lake, one a month."""
    months: dict[int, list[dict[str, Any]]] = {}
    for case in cases:
        months.setdefault(case.accepted.year * 100 + case.accepted.month, []).append(
            lake_row(case, calendar, data_day))
    files = []
    for month, rows in months.items():
        path = folder / f"source={SOURCE}" / f"month={month}" / "cases.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        rows.sort(key=lambda row: (row["matter"], row["region"], row["accepted_day"]))
        pq.write_table(pa.Table.from_pylist(rows, arrow_schema(partitions=False)), path)
        files.append(LakeFile(str(path), SOURCE, month, len(rows)))
    return files


def small_tables(promises: Sequence[Promise], cases: Sequence[Case], calendar: Calendar,
                 as_of: date) -> dict[str, pa.Table]:
    """The tables ``limits``, ``places`` (a region counts as itself) and ``matters`` (ten matters an item)."""
    regions = sorted({case.region for case in cases})
    matters = sorted({case.matter for case in cases})
    rows = [limit_row(promise) for promise in promises]
    names = limit_row(Promise(0, 0, *ALWAYS))
    return {
        "limits": pa.table({name: pa.array([row[name] for row in rows], _type(name)) for name in names}),
        "places": pa.table({"region": pa.array(regions, pa.int32()), "place": pa.array(regions, pa.int32()),
                            "as_of_wd": pa.array([calendar.ordinal(as_of)] * len(regions), pa.int16())}),
        "matters": pa.table({"matter": pa.array(matters, pa.int16()),
                             "item": pa.array([matter // 10 for matter in matters], pa.int32())})}


def limit_row(promise: Promise) -> dict[str, int]:
    row = {"matter": promise.matter, "region": promise.region, "grp": promise.group, "from_day": days(promise.first),
           "to_day": days(promise.last)}
    for measure in EVALUATED:
        row[measure], row[f"{measure}_by"] = promise.values.get(measure, NONE), 1
        if measure.endswith("_limit"):
            row[f"{measure}_unit"] = int(measure in promise.calendar)
    return row


def _type(name: str) -> pa.DataType:
    if name in ("matter", "grp"):
        return pa.int16()
    return pa.int8() if name.endswith("_unit") else pa.int32()


def inputs(folder: Path, cases: Sequence[Case], promises: Sequence[Promise], calendar: Calendar,
           as_of: date, extract: date | None = None) -> Inputs:
    """Everything a plan reads; the ``extract`` may be later than the data date."""
    files = lake_files(folder, cases, calendar, extract or as_of)
    return Inputs(files, promised_tables(files, promises, cases, calendar, as_of))


def promised_tables(files: Sequence[LakeFile], promises: Sequence[Promise], cases: Sequence[Case], calendar: Calendar,
                    as_of: date) -> dict[str, pa.Table]:
    """Every small table that a plan reads beside these files, at a data date."""
    return {**small_tables(promises, cases, calendar, as_of), "later_stops": _later_stops(files, calendar, as_of)}


def _later_stops(files: Sequence[LakeFile], calendar: Calendar, as_of: date) -> pa.Table:
    rows = DuckDB(threads=1).rows(f"SELECT case_key, stops FROM cases WHERE closed_day > {days(as_of)}", Inputs(files))
    return later_stops(((row["case_key"], row["stops"], calendar.ordinal) for row in rows.to_pylist()), days(as_of))


def plan(by: tuple[str, ...], as_of: date, first: date = ALWAYS[0], last: date = ALWAYS[1],
         clocks: Mapping[str, Clock] = NO_CLOCKS) -> Plan:
    """Every measure, by these dimensions."""
    return Plan((WHOLE, *MEASURES), by, days(first), days(last), days(as_of), clocks=tuple(clocks.items()),
                later_stops=True)


def duckdb_verdicts(world: Inputs, as_of: date, clocks: Mapping[str, Clock] = NO_CLOCKS) -> dict[str, dict[str, int]]:
    """Case key -> measure -> verdict, as the drill-down lists them."""
    asked = plan((), as_of, clocks=clocks)
    rows = DuckDB(threads=1).rows(listed(asked, "1 = 1", 1_000_000, 0), world).to_pylist()
    return {row["case_key"]: {WHOLE: row["whole"], **{m: row[f"v_{m}"] for m in MEASURES}} for row in rows}
