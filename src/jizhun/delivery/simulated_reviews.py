"""Ratings of simulated cases, written from the cases themselves: the same seed and cases give the same bytes.

Everything that shapes them stands in ``data/simulated/reviews.yaml``. Whether and how a case was rated stands in the
case; only who waited far too long is made less content here.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from jizhun.analytics.rating.reviews import ON_SITE
from jizhun.delivery.rules.reviewing import Category

Numbers = NDArray[Any]
DAY = 86_400
NEVER = 2**40
COLUMNS = ("case_no", "matter_code", "region_code", "channel", "accepted_at", "closed_at", "rating")
WORDS = ("review_no", "case_no", "visit_no", "matter_code", "region_code", "channel", "grade", "how", "reasons",
         "has_text", "anonymous")


def write(profile: Mapping[str, Any], cases: Path, file: Path, categories: tuple[Category, ...], *, seed: int,
          last_second: int) -> int:
    """Write the ratings of the cases in ``cases`` as Parquet; ``last_second`` ends the data day. Gives their number."""
    rows, schema = 0, _schema(categories)
    with pq.ParquetFile(cases) as source, pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for number, batch in enumerate(source.iter_batches(batch_size=500_000, columns=list(COLUMNS))):
            rng = np.random.Generator(np.random.PCG64([seed, 11, number]))
            rated = pa.Table.from_batches([batch])
            rated = rated.filter(pc.and_(pc.is_valid(rated["rating"]), pc.is_valid(rated["closed_at"])))
            rated = rated.filter(pc.starts_with(rated["case_no"], "SIM"))
            for table in _ratings(profile, rated, rng, last_second, categories, schema):
                writer.write_table(table)
                rows += table.num_rows
    return rows


def _schema(categories: tuple[Category, ...]) -> pa.Schema:
    return pa.schema([*((name, pa.string()) for name in WORDS), ("rated_at", pa.timestamp("s")),
                      *((one.code, pa.string()) for one in categories)])


def _ratings(profile: Mapping[str, Any], cases: pa.Table, rng: np.random.Generator, last: int,
             categories: tuple[Category, ...], schema: pa.Schema) -> list[pa.Table]:
    """The first rating of each case, the second of a few, and those of visits without a case."""
    cases = _once_each(cases)
    size = cases.num_rows
    if not size:
        return []
    said = np.array(cases["rating"].to_pylist(), dtype=object)
    active = said != "default"
    grade = np.where(active, _discontent(profile, cases, rng, said), said)
    closed = _seconds(cases["closed_at"])
    at = np.minimum(closed + rng.integers(30, 2 * DAY, size), last)
    first = _table(profile, cases, rng, categories, schema, grade, at, "R", np.full(size, True))
    again = active & (rng.random(size) * 100 < profile["twice"]) & (at < last - DAY)
    better = np.array([str(min(int(one) + 1, 5)) if one != "default" else one for one in grade], dtype=object)
    second = _table(profile, cases, rng, categories, schema, better, np.minimum(at + rng.integers(60, DAY, size), last),
                    "S", again)
    at_counter = np.array(cases["channel"].to_pylist(), dtype=object) == "counter"
    alone = active & at_counter & (rng.random(size) * 100 < profile["visits"])
    visits = _table(profile, cases, rng, categories, schema, grade, at, "W", alone)
    nothing = pa.nulls(visits.num_rows, pa.string())
    visits = visits.set_column(1, schema.field("case_no"), nothing).set_column(3, schema.field("matter_code"), nothing)
    return [first, second, visits]


def _once_each(cases: pa.Table) -> pa.Table:
    """Rows of the year have doubles among them, planted there; a case is rated once."""
    keys = np.array(cases["case_no"].to_pylist(), dtype=object)
    _, at = np.unique(keys.astype(str), return_index=True)
    return cases.take(pa.array(np.sort(at)))


def _discontent(profile: Mapping[str, Any], cases: pa.Table, rng: np.random.Generator, said: Numbers) -> Numbers:
    """Some of those who waited long give a low grade instead."""
    waited = (_seconds(cases["closed_at"]) - _seconds(cases["accepted_at"])) // DAY
    slow = (waited > profile["slow"]["days"] * 3) & (rng.random(len(said)) * 100 < profile["slow"]["negative"])
    low = np.where(rng.random(len(said)) < 0.6, "2", "1")
    return np.where(slow & (said != "default"), low, said)


def _seconds(column: pa.ChunkedArray) -> Numbers:
    return np.asarray(column.cast(pa.timestamp("s")).cast(pa.int64()).to_numpy())


def _table(profile: Mapping[str, Any], cases: pa.Table, rng: np.random.Generator, categories: tuple[Category, ...],
           schema: pa.Schema, grade: Numbers, at: Numbers, letter: str, chosen: Numbers) -> pa.Table:
    size = len(grade)
    active, negative = grade != "default", np.isin(grade, ("1", "2"))
    channel = np.array(cases["channel"].to_pylist(), dtype=object)
    on_site = np.isin(channel, ON_SITE)
    keys = np.array(cases["case_no"].to_pylist(), dtype=object)
    dice = {name: rng.random(size) * 100 for name in ("how", "text", "anonymous", "aspects")}
    invited = np.array([profile["invited"].get(one, profile["invited"]["other"]) for one in channel])
    said: dict[str, Numbers] = {
        "review_no": np.array([letter + key for key in keys], dtype=object), "case_no": keys,
        "visit_no": np.where(on_site, np.array([f"V{letter if letter == 'W' else ''}{key}" for key in keys],
                                               dtype=object), ""),
        "channel": channel, "grade": grade,
        "how": np.where(~active, "default", np.where(dice["how"] < invited, "invited", "active")),
        "reasons": np.where(negative, _reasons(profile, rng, categories, size), ""),
        "has_text": np.where(active & (dice["text"] < profile["text"]), "yes", "no"),
        "anonymous": np.where(active & (dice["anonymous"] < profile["anonymous"]), "yes", "no")}
    said |= _aspects(rng, categories, grade, on_site, active & (dice["aspects"] < profile["aspects"]))
    own = {name: _words(column) for name, column in said.items()}
    own |= {name: cases[name].combine_chunks().cast(pa.string()) for name in ("matter_code", "region_code")}
    own["rated_at"] = pa.array(at).cast(pa.timestamp("s"))
    table = pa.table({name: own[name] for name in schema.names}, schema=schema)
    return table.filter(pa.array(chosen))


def _words(column: Numbers) -> pa.Array:
    return pa.array([one or None for one in column.tolist()], pa.string())


def _reasons(profile: Mapping[str, Any], rng: np.random.Generator, categories: tuple[Category, ...],
             size: int) -> Numbers:
    picked = np.full(size, "", dtype=object)
    for one in categories:
        named = rng.random(size) * 100 < profile["reasons"].get(one.code, 0)
        picked = np.where(named, picked + f"{one.code};", picked)
    return picked


def _aspects(rng: np.random.Generator, categories: tuple[Category, ...], grade: Numbers, on_site: Numbers,
             given: Numbers) -> dict[str, Numbers]:
    """Each aspect that is asked for there, near the grade of the whole."""
    whole = np.array([int(one) if one != "default" else 0 for one in grade])
    found = {}
    for one in categories:
        asked = (on_site & ("on_site" in one.asked)) | (~on_site & ("online" in one.asked))
        near = np.clip(whole - (rng.random(len(grade)) < 0.25), 1, 5)
        found[one.code] = np.where(given & asked, near.astype(str), "")
    return found
