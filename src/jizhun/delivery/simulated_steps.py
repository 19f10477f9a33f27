"""Steps of simulated cases, written from the cases themselves: the same seed and cases give the same bytes.

Everything that shapes them stands in ``data/simulated/steps.yaml``. A few ways through a procedure are drawn up, each
case is given one, and its times are spread between acceptance and closing: no case is walked on its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

Numbers = NDArray[Any]
DAY = 86_400
OPENS, OFFICE_SECONDS = 9 * 3600, 8 * 3600
COLUMNS = ("case_no", "matter_code", "region_code", "accepted_at", "closed_at")
SCHEMA = pa.schema([("case_no", pa.string()), ("step", pa.string()), ("role", pa.string()),
                    ("started_at", pa.timestamp("s")), ("ended_at", pa.timestamp("s"))])


@dataclass(frozen=True, slots=True)
class Way:
    """A way through a procedure: its steps, the one whose end closes the case, and the percent of cases that go it."""

    steps: tuple[str, ...]
    closes: str
    percent: float
    regions: Mapping[str, float]


def write(profile: Mapping[str, Any], cases: Path, file: Path, *, seed: int, last_second: int) -> int:
    """Write the steps of the cases in ``cases`` as Parquet; ``last_second`` ends the data day. Gives their number."""
    rows = 0
    with pq.ParquetFile(cases) as source, pq.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        for number, batch in enumerate(source.iter_batches(batch_size=1_000_000, columns=list(COLUMNS))):
            rng = np.random.Generator(np.random.PCG64([seed, 7, number]))
            for table in _steps(profile, pa.Table.from_batches([batch]), rng, last_second):
                writer.write_table(table)
                rows += table.num_rows
    return rows


def _steps(profile: Mapping[str, Any], cases: pa.Table, rng: np.random.Generator, last: int) -> Iterator[pa.Table]:
    for code, matter in profile["matters"].items():
        of_matter = cases.filter(pc.equal(cases["matter_code"], code))
        local = matter.get("local", {})
        elsewhere = pc.invert(pc.is_in(of_matter["region_code"], pa.array(list(local), pa.string())))
        groups = [(tuple(matter["path"]), elsewhere)]
        groups += [(tuple(path), pc.equal(of_matter["region_code"], region)) for region, path in local.items()]
        for path, there in groups:
            ways = _ways(profile, matter, path)
            yield from _group(profile, ways, of_matter.filter(there), rng, last)


def _group(profile: Mapping[str, Any], ways: Sequence[Way], cases: pa.Table, rng: np.random.Generator,
           last: int) -> Iterator[pa.Table]:
    """The steps of cases that have one procedure."""
    chosen = _chosen(rng, ways, np.array(cases["region_code"].to_pylist(), dtype=object))
    for number, way in enumerate(ways):
        part = cases.filter(pa.array(chosen == number))
        if part.num_rows:
            yield _walked(profile, way, part, rng, last)


# -- ways --------------------------------------------------------------------------------------------


def _ways(profile: Mapping[str, Any], matter: Mapping[str, Any], path: tuple[str, ...]) -> list[Way]:
    """The ordinary way first: whatever the others leave goes it."""
    planted, closes, at = profile["planted"], matter.get("closes", "complete"), path.index("accept")
    unknown, early, cut = planted["unknown"], planted["early"], planted["unfinished"]
    asked = (*path[: at + 1], "notify", "supplement", *path[at:])
    ways: list[tuple[tuple[str, ...], float, Mapping[str, float]]] = [
        (path, 0.0, {}),
        (asked, profile["supplement"], {}),
        (_after(path, "review", path[path.index("review") - 1], "review"), matter["returned"], {}),
        (tuple(one for one in path if one != planted["skipped"]["step"]), *_share(planted["skipped"])),
        (_moved(path, early["step"], early["before"]), *_share(early)),
        (_after(path, planted["repeated"]["step"], planted["repeated"]["step"]), *_share(planted["repeated"])),
        (_after(path, unknown["after"], unknown["step"]), *_share(unknown)),
        (path[: path.index(cut["last"]) + 1], *_share(cut)),
    ]
    return [Way(steps, closes, percent, regions) for steps, percent, regions in ways]


def _share(planted: Mapping[str, Any]) -> tuple[float, Mapping[str, float]]:
    return planted["general"], planted.get("regions", {})


def _after(path: tuple[str, ...], step: str, *more: str) -> tuple[str, ...]:
    at = path.index(step) + 1
    return (*path[:at], *more, *path[at:])


def _moved(path: tuple[str, ...], step: str, before: str) -> tuple[str, ...]:
    """``step`` before another; the same way where there is no such step."""
    if step not in path:
        return path
    without = [one for one in path if one != step]
    at = without.index(before)
    return (*without[:at], step, *without[at:])


def _chosen(rng: np.random.Generator, ways: Sequence[Way], regions: Numbers) -> Numbers:
    """The number of each case's way."""
    dice, chosen, edge = rng.random(len(regions)) * 100, np.zeros(len(regions), int), np.zeros(len(regions))
    for number, way in enumerate(ways):
        percent = np.full(len(regions), float(way.percent))
        for region, more in way.regions.items():
            percent[regions == region] = more
        chosen[(dice >= edge) & (dice < edge + percent)] = number
        edge = edge + percent
    return chosen


# -- times -------------------------------------------------------------------------------------------


def _walked(profile: Mapping[str, Any], way: Way, cases: pa.Table, rng: np.random.Generator, last: int) -> pa.Table:
    """The steps of cases that go the same way, a row each; what had not begun by ``last`` is left out."""
    started, ended = _times(profile, way, cases, rng, last)
    size, steps = len(ended), len(way.steps)
    begun, over = (started <= last).ravel(), (ended <= last).ravel()
    roles = [profile["roles"].get(step, "") for step in way.steps]
    table = pa.table([
        cases["case_no"].combine_chunks().take(pa.array(np.repeat(np.arange(size), steps))),
        pa.array(list(way.steps)).take(pa.array(np.tile(np.arange(steps), size))),
        pa.array(roles).take(pa.array(np.tile(np.arange(steps), size))),
        pa.array(started.ravel()).cast(pa.timestamp("s")),
        pa.array(ended.ravel(), mask=~over).cast(pa.timestamp("s"))], schema=SCHEMA)
    return table.filter(pa.array(begun))


def _times(profile: Mapping[str, Any], way: Way, cases: pa.Table, rng: np.random.Generator,
           last: int) -> tuple[Numbers, Numbers]:
    """Seconds at which each step of each case started and ended: arrays of cases by steps."""
    accepted, closed = (cases[name].cast(pa.timestamp("s")).cast(pa.int64()).fill_null(-1).to_numpy()[:, None]
                        for name in ("accepted_at", "closed_at"))
    still_open = last + rng.integers(DAY, 20 * DAY, closed.shape)
    closed = np.where(closed < 0, still_open, closed)
    weights = np.array([profile["weights"].get(step, 1) for step in way.steps], dtype=float)
    took = weights * rng.gamma(2.0, 1.0, (len(accepted), len(weights)))
    first = way.steps.index("accept")
    took[:, : first + 1] = 0
    closing = way.steps.index(way.closes) if way.closes in way.steps else len(way.steps) - 1
    reached = np.cumsum(took, axis=1)
    share = reached / reached[:, closing : closing + 1]
    ended = accepted + np.rint(np.minimum(share, 1) * (closed - accepted)).astype(np.int64)
    ended = np.where(closed - accepted > DAY, np.clip(_in_office_hours(ended), accepted, closed), ended)
    ended[:, closing:] = closed
    later = np.cumsum(rng.integers(600, DAY, ended.shape) * (np.arange(len(weights)) > closing), axis=1)
    ended = np.where(closed <= last, np.minimum(ended + later, last), ended + later)
    ended[:, :first] = np.maximum(accepted - rng.integers(60, 3600, accepted.shape), 0)
    before = np.concatenate([ended[:, :1] - 60, ended[:, :-1]], axis=1)
    started = before + np.floor((ended - before) * rng.random(ended.shape)).astype(np.int64)
    return started, ended


def _in_office_hours(seconds: Numbers) -> Numbers:
    """The same day and the same order, between nine and five."""
    inside: Numbers = seconds // DAY * DAY + OPENS + seconds % DAY * OFFICE_SECONDS // DAY
    return inside
