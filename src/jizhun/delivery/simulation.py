"""A simulated year of cases in the fictional province: the same seed and size give the same bytes.

Everything that shapes the year stands in ``data/simulated/profile.yaml``; this module only throws the dice. What it
writes looks like a business system's export and takes the same road as any real file.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from jizhun.kernel.working_days import Calendar

Numbers = NDArray[Any]
CHUNK = 1_000_000
DAY = 86_400
CHANNELS = ("online", "counter", "self_service", "bank", "town")
INDOORS = np.array([False, True, False, True, True])
"""Channels that keep office hours."""


@dataclass(frozen=True)
class Year:
    """The profile with what follows from it: days, weights, places."""

    profile: Mapping[str, Any]
    regions: Sequence[str]
    first: date
    days: int
    calendar: Calendar
    ordinal: Numbers
    working: Numbers
    counter_weight: Numbers
    online_weight: Numbers
    region_weight: Numbers
    tier_of: Mapping[str, str]
    wages: Sequence[tuple[date, Mapping[str, float]]]


def make_year(
    profile: Mapping[str, Any],
    regions: Sequence[str],
    tier_of: Mapping[str, str],
    wages: Sequence[tuple[date, Mapping[str, float]]],
) -> Year:
    """The year of a profile over ``regions`` (codes of the places where cases are accepted)."""
    first = date(profile["year"], 1, 1)
    days = (date(profile["year"] + 1, 1, 1) - first).days
    calendar = Calendar("CN", estimate=True)
    beyond = days + 200
    ordinal = np.array([calendar.ordinal(first + timedelta(days=n)) for n in range(beyond)])
    working = np.array([calendar.is_working(first + timedelta(days=n)) for n in range(beyond)])
    sizes = np.array([1.0 + (int(code[-2:]) * 37 + int(code[2:4]) * 11) % 9 for code in regions])
    return Year(
        profile,
        regions,
        first,
        days,
        calendar,
        ordinal,
        working,
        _weights(profile, first, working[:days], counter=True),
        _weights(profile, first, working[:days], counter=False),
        sizes / sizes.sum(),
        tier_of,
        wages,
    )


def _weights(profile: Mapping[str, Any], first: date, working: Numbers, *, counter: bool) -> Numbers:
    """How likely each day of the year is to be the day of acceptance."""
    festival = profile["festival"]
    weights = np.array(
        [
            _day_weight(profile, first + timedelta(days=n), bool(open_), counter)
            for n, open_ in enumerate(working)
        ]
    )
    back = (festival["first_day_back"] - first).days
    weights[back] *= festival["back"]
    return np.asarray(weights / weights.sum())


def _day_weight(profile: Mapping[str, Any], day: date, working: bool, counter: bool) -> float:
    festival = profile["festival"]
    weight = float(profile["months"][day.month - 1]) * (profile["monday"] if day.weekday() == 0 else 1.0)
    if festival["first"] <= day <= festival["last"]:
        return weight * float(festival["counter" if counter else "online"])
    if working:
        return weight
    return 0.0 if counter else weight * float(profile["weekend_online"])


def write(year: Year, file: Path, *, cases: int, seed: int) -> dict[str, int]:
    """Write ``cases`` cases (planted ones beside them) as Parquet; returns how many rows of each kind."""
    counts = {"cases": cases}
    with pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for number, start in enumerate(range(0, cases, CHUNK)):
            rng = np.random.Generator(np.random.PCG64([seed, year.profile["year"], number]))
            size = min(CHUNK, cases - start)
            writer.write_table(_chunk(year, rng, start, size))
        for kind, table in _planted(year, seed, cases):
            writer.write_table(table)
            counts[kind] = table.num_rows
    return counts


SCHEMA = pa.schema(
    [
        ("case_no", pa.string()),
        ("matter_code", pa.string()),
        ("region_code", pa.string()),
        ("group_code", pa.string()),
        ("channel", pa.string()),
        ("accepted_at", pa.timestamp("s")),
        ("decided_at", pa.timestamp("s")),
        ("closed_at", pa.timestamp("s")),
        ("outcome", pa.string()),
        ("fee", pa.float64()),
        ("amount", pa.float64()),
        ("visits", pa.int16()),
        ("materials", pa.int16()),
        ("rating", pa.string()),
        ("stopped_from", pa.timestamp("s")),
        ("stopped_to", pa.timestamp("s")),
    ]
)


def _chunk(year: Year, rng: np.random.Generator, start: int, size: int) -> pa.Table:
    matter = _choose(rng, size, [row["share"] for row in year.profile["matters"].values()])
    region = rng.choice(len(year.regions), size, p=year.region_weight)
    channel, is_old = _channels(year, rng, size)
    day = _days(year, rng, channel)
    day = _kept_silent(year, rng, region, day, channel)
    second = _seconds(rng, channel, size)
    instant, wait = _waits(year, rng, matter, region)
    stop_from, stop_days = _stops(year, rng, matter, day, wait)
    end = _end_days(year, matter, day, wait, instant) + stop_days
    end_second = np.where(
        instant,
        np.minimum(second + rng.integers(120, 5400, size), DAY - 60),
        rng.integers(9 * 3600, 17 * 3600, size),
    )
    table = _table(
        year, rng, start, matter, region, channel, day, second, end, end_second, stop_from, stop_days
    )
    return table.set_column(SCHEMA.get_field_index("group_code"), "group_code", _groups(year, start, is_old))


def _groups(year: Year, start: int, is_old: Numbers) -> pa.Array:
    """Whose case it is; drawn apart, so that all else of a year stays as it was without."""
    rng = np.random.Generator(np.random.PCG64([year.profile["year"], start, 17]))
    disabled = rng.random(len(is_old)) * 100 < year.profile["disabled"]
    codes = np.where(disabled, "disabled", np.where(is_old, "resident-60", ""))
    return pa.array(codes.tolist(), pa.string(), mask=codes == "")


def _choose(rng: np.random.Generator, size: int, shares: Sequence[float]) -> Numbers:
    weights = np.array(shares, dtype=float)
    return rng.choice(len(weights), size, p=weights / weights.sum())


def _channels(year: Year, rng: np.random.Generator, size: int) -> tuple[Numbers, Numbers]:
    """By channel shares of the old and of everybody else, who together come to the profile's shares; who is old."""
    old = year.profile["over_60"]
    share = old["share"] / 100
    theirs = np.array([old["channels"][name] for name in CHANNELS], dtype=float)
    everybody = np.array([year.profile["channels"][name] for name in CHANNELS], dtype=float)
    others = np.maximum((everybody - share * theirs) / (1 - share), 0.1)
    is_old = rng.random(size) < share
    return np.where(is_old, _choose(rng, size, theirs.tolist()), _choose(rng, size, others.tolist())), is_old


def _days(year: Year, rng: np.random.Generator, channel: Numbers) -> Numbers:
    indoors = rng.choice(year.days, len(channel), p=year.counter_weight)
    outdoors = rng.choice(year.days, len(channel), p=year.online_weight)
    return np.where(INDOORS[channel], indoors, outdoors)


def _kept_silent(
    year: Year, rng: np.random.Generator, region: Numbers, day: Numbers, channel: Numbers
) -> Numbers:
    """The county that reports nothing for three weeks: its cases of those weeks move to the weeks after."""
    silent = year.profile["planted"]["silent"]
    first, last = ((silent[name] - year.first).days for name in ("first", "last"))
    hit = (region == list(year.regions).index(silent["region"])) & (day >= first) & (day <= last)
    return np.where(hit, day + 28, day)


def _seconds(rng: np.random.Generator, channel: Numbers, size: int) -> Numbers:
    morning = rng.integers(9 * 3600, 12 * 3600, size)
    afternoon = rng.integers(13 * 3600 + 1800, 17 * 3600, size)
    office = np.where(rng.random(size) < 0.55, morning, afternoon)
    return np.where(INDOORS[channel], office, rng.integers(7 * 3600, 22 * 3600, size))


def _of_matter(year: Year, name: str, default: float) -> Numbers:
    return np.array([row.get(name, default) for row in year.profile["matters"].values()], dtype=float)


def _waits(year: Year, rng: np.random.Generator, matter: Numbers, region: Numbers) -> tuple[Numbers, Numbers]:
    """(closed on the spot?, days until closing): most on the last two days of the committed limit, some late."""
    size, late = len(matter), year.profile["late"]
    limit = _of_matter(year, "days", 0)[matter].astype(int)
    slow = np.isin(np.array(year.regions)[region], year.profile["slow_regions"])
    chance = np.where(slow, late["slow"], _of_matter(year, "late", late["general"])[matter]) / 100
    is_late = (rng.random(size) < chance) & (limit > 0)
    instant = (rng.random(size) * 100 < _of_matter(year, "instant", 0)[matter]) & ~is_late | (
        limit == 0
    ) & ~is_late
    early = np.maximum(1, np.ceil(rng.random(size) * np.maximum(limit - 2, 1))).astype(int)
    bunched = np.maximum(1, limit - rng.integers(0, 2, size))
    wait = np.where(rng.random(size) < 0.55, bunched, np.minimum(early, np.maximum(limit, 1)))
    wait = np.where(is_late, limit + 1 + rng.geometric(0.45, size), wait)
    far = is_late & (rng.random(size) < late["far"] / late["general"])
    return instant, np.where(instant, 0, np.where(far, limit * 2 + 12, wait))


def _stops(
    year: Year, rng: np.random.Generator, matter: Numbers, day: Numbers, wait: Numbers
) -> tuple[Numbers, Numbers]:
    """(first day of the suspension or -1, its length in days)."""
    stopped = rng.random(len(matter)) * 100 < _of_matter(year, "suspended", 0)[matter]
    start = day + np.minimum(5, np.maximum(wait - 1, 0))
    return np.where(stopped, start, -1), np.where(stopped, rng.integers(7, 25, len(matter)), 0)


def _end_days(year: Year, matter: Numbers, day: Numbers, wait: Numbers, instant: Numbers) -> Numbers:
    """The day on which a case ends: ``wait`` working (or calendar) days after its acceptance."""
    calendar = _of_matter(year, "calendar", 0)[matter].astype(bool)
    days_of = np.flatnonzero(year.working)
    base = year.ordinal[0] - int(year.working[0])
    nth = np.clip(year.ordinal[day] - base + wait - 1, 0, len(days_of) - 1)
    return np.where(calendar, day + wait, np.where(instant, day, days_of[nth]))


def _table(
    year: Year,
    rng: np.random.Generator,
    start: int,
    matter: Numbers,
    region: Numbers,
    channel: Numbers,
    day: Numbers,
    second: Numbers,
    end: Numbers,
    end_second: Numbers,
    stop_from: Numbers,
    stop_days: Numbers,
) -> pa.Table:
    size, origin = len(matter), _seconds_of(year.first)
    codes = np.array(list(year.profile["matters"]))
    open_ = end >= year.days
    closed = pa.array(origin + end * DAY + end_second, mask=open_)
    stops = pa.array(origin + stop_from * DAY + 9 * 3600, mask=(stop_from < 0) | (stop_from >= year.days))
    resumes = pa.array(
        origin + (stop_from + stop_days) * DAY + 9 * 3600,
        mask=(stop_from < 0) | (stop_from + stop_days >= year.days),
    )
    digits = np.arange(start, start + size)
    indoors = INDOORS[channel].astype(np.int16)
    amounts, visits = _amounts(year, rng, codes[matter], region, end, open_), indoors
    visits = visits + (rng.random(size) * 100 < year.profile["planted"]["second_visit"]) * indoors
    columns = {
        "case_no": pa.array([f"SIM{year.profile['year']}{n:09d}" for n in digits.tolist()]),
        "matter_code": pa.array(codes).take(pa.array(matter)),
        "region_code": pa.array(list(year.regions)).take(pa.array(region)),
        "group_code": pa.nulls(size, pa.string()),
        "channel": pa.array(CHANNELS).take(pa.array(channel)),
        "accepted_at": pa.array(origin + day * DAY + second),
        "decided_at": closed,
        "closed_at": closed,
        "outcome": pa.array(
            np.array(["granted", "refused", "withdrawn"])[_choose(rng, size, (96, 3, 1))], mask=open_
        ),
        "fee": pa.array(np.zeros(size)),
        "amount": amounts,
        "visits": pa.array(visits.astype(np.int16)),
        "materials": pa.array(_materials(year, rng, matter)),
        "rating": _ratings(year, rng, channel, open_),
        "stopped_from": stops,
        "stopped_to": resumes,
    }
    return pa.table(
        {name: _cast(columns[name], SCHEMA.field(name).type) for name in SCHEMA.names}, schema=SCHEMA
    )


def _materials(year: Year, rng: np.random.Generator, matter: Numbers) -> Numbers:
    """At least one, at most what the profile says of the matter."""
    most = _of_matter(year, "materials", 2)[matter].astype(int)
    return np.asarray(1 + np.floor(rng.random(len(matter)) * most), np.int16)


def _cast(column: pa.Array, kind: pa.DataType) -> pa.Array:
    return column.cast(pa.int64()).cast(kind) if pa.types.is_timestamp(kind) else column.cast(kind)


def _seconds_of(day: date) -> int:
    return int((datetime.combine(day, time()) - datetime(1970, 1, 1)).total_seconds())


def _amounts(
    year: Year, rng: np.random.Generator, codes: Numbers, region: Numbers, end: Numbers, open_: Numbers
) -> pa.Array:
    """Unemployment benefit: nine tenths of the tier's minimum wage on the day of decision; a few too little."""
    tiers = np.array([year.tier_of[code] for code in year.regions])[region]
    amount = np.zeros(len(codes))
    for start, values in year.wages:
        later = end >= (start - year.first).days
        for tier, wage in values.items():
            amount = np.where(later & (tiers == tier), np.round(wage * 0.9, 2), amount)
    short = rng.random(len(codes)) * 100 < year.profile["planted"]["underpaid"]
    return pa.array(amount - 100 * short, mask=(codes != "NB029-EX01") | open_)


def _ratings(year: Year, rng: np.random.Generator, channel: Numbers, open_: Numbers) -> pa.Array:
    said, size = year.profile["ratings"], len(channel)
    chance = np.array([said.get(name, said["other"]) for name in CHANNELS], dtype=float)[channel]
    words = np.array(["5", "4", "3", "2", "1"])[
        _choose(rng, size, [said[n] for n in ("five", "four", "three", "two", "one")])
    ]
    dice = rng.random(size) * 100
    chosen = np.where(dice < chance, words, np.where(dice < chance + said["default_praise"], "default", ""))
    return pa.array(chosen.tolist(), mask=open_ | (chosen == ""))


# -- planted faults ------------------------------------------------------------------------------------


def _planted(year: Year, seed: int, cases: int) -> Iterator[tuple[str, pa.Table]]:
    """What an auditor should find: bulk closings in the evening, charges, doubled rows, test cases."""
    planted = year.profile["planted"]
    rng = np.random.Generator(np.random.PCG64([seed, year.profile["year"], 999_999]))
    bulk = planted["bulk_evening"]
    rows = _plain(year, rng, cases, bulk["cases"], bulk["region"], bulk["day"], 17 * 3600 + 2400)
    yield "bulk_evening", rows
    charged = planted["charged"]
    spread = _plain(year, rng, cases + bulk["cases"], charged["cases"], charged["region"], None, 10 * 3600)
    fee = pa.array([float(charged["yuan"])] * charged["cases"])
    codes = pa.array(["NB049-EX08"] * charged["cases"])
    spread = spread.set_column(1, SCHEMA.field(1), codes)
    spread = spread.set_column(SCHEMA.get_field_index("fee"), SCHEMA.field("fee"), fee)
    yield "charged", spread
    yield (
        "duplicates",
        pa.concat_tables([rows] * (1 + planted["duplicates"] // rows.num_rows)).slice(
            0, planted["duplicates"]
        ),
    )
    tests = _plain(year, rng, 0, planted["test_cases"], "TEST", None, 11 * 3600)
    names = pa.array([f"TEST{n:04d}" for n in range(planted["test_cases"])])
    yield "test_cases", tests.set_column(0, SCHEMA.field(0), names)


def _plain(
    year: Year, rng: np.random.Generator, start: int, size: int, region: str, day: date | None, second: int
) -> pa.Table:
    """Cases accepted and closed in the same minute."""
    days = (
        np.full(size, (day - year.first).days) if day else rng.choice(year.days, size, p=year.counter_weight)
    )
    at = pa.array(_seconds_of(year.first) + days * DAY + second + rng.integers(0, 60, size)).cast(pa.int64())
    nothing = pa.nulls(size)
    columns = {
        "case_no": pa.array([f"SIM{year.profile['year']}{start + n:09d}" for n in range(size)]),
        "matter_code": pa.array(["NB049-EX07"] * size),
        "region_code": pa.array([region] * size),
        "group_code": pa.nulls(size, pa.string()),
        "channel": pa.array(["counter"] * size),
        "accepted_at": at,
        "decided_at": at,
        "closed_at": at,
        "outcome": pa.array(["granted"] * size),
        "fee": pa.array([0.0] * size),
        "amount": nothing,
        "visits": pa.array([1] * size),
        "materials": pa.array([1] * size),
        "rating": pa.array(["default"] * size),
        "stopped_from": nothing,
        "stopped_to": nothing,
    }
    return pa.table(
        {name: columns[name].cast(SCHEMA.field(name).type) for name in SCHEMA.names}, schema=SCHEMA
    )
