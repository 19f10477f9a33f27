"""A population made of published margins, for whoever has no file. It is called synthetic wherever it shows.

Margins say how many live in each region and how each fact is spread; a spread is either published, with its source, or
assumed, and says which. Facts are drawn independently of one another within a region: what goes together in life does
not go together here, and that is said with every result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jizhun.entitlements.rules.book import Fact
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused

MOST = 5_000_000
YEAR = 365.2425
SPREADS = ("ages", "shares", "bands", "uniform", "constant")
FIELDS = frozenset({"name_zh", "name_en", "for", "as_of", "simulated", "source_zh", "source_en", "mark", "note_zh",
                    "note_en",
                    "regions",
                    "facts"})
SAID_OF_FACTS = frozenset({*SPREADS, "by_region", "source_zh", "source_en", "mark", "note_zh", "note_en", "assumed_zh",
                           "assumed_en"})


@dataclass(frozen=True, slots=True)
class Margins:
    """``regions``: code -> persons; ``facts``: code -> {one of SPREADS; source, or assumed with its reason}.

    ``entitlements`` are those that it was made for; ``simulated``: of a fictional place.
    """

    name: Bilingual
    source: Bilingual
    as_of: date
    regions: Mapping[str, int]
    facts: Mapping[str, Mapping[str, Any]]
    entitlements: tuple[str, ...] = ()
    simulated: bool = False
    mark: str = "R"
    note: Bilingual = NO_WORDS

    @property
    def assumed(self) -> tuple[str, ...]:
        """The facts whose spread nobody published."""
        return tuple(code for code, said in self.facts.items() if not said.get("source_en"))

    @property
    def persons(self) -> int:
        return sum(self.regions.values())

    @property
    def shown_name(self) -> Bilingual:
        """The name with what it is, as it stands wherever a result shows."""
        if self.simulated:
            return self.name
        return Bilingual(f"{self.name.zh}（合成）", f"{self.name.en} (synthetic)")


def read_margins(row: Mapping[str, Any], facts: Mapping[str, Fact]) -> Margins:
    """Margins from YAML; raises Refused naming what is wrong."""
    name, note, source = (pair(row, one) for one in ("name", "note", "source"))
    regions, spreads = row.get("regions") or {}, row.get("facts") or {}
    if not (name.zh and name.en and source.zh and source.en and row.get("as_of") and regions) or {*row} - FIELDS:
        raise Refused(zh="边际分布应写明 name_zh、name_en、source_zh、source_en、as_of 和 regions。",
                      en="Margins name name_zh, name_en, source_zh, source_en, as_of and regions.")
    for code, said in spreads.items():
        if code not in facts or sum(one in said for one in SPREADS) != 1 or {*said} - SAID_OF_FACTS:
            raise Refused(zh=f"“{code}”不是事实，或没有写明一种分布。",
                          en=f"“{code}” is no fact, or not spread in exactly one way.")
        if not (said.get("source_zh") and said.get("source_en")) and not (said.get("assumed_zh")
                                                                          and said.get("assumed_en")):
            raise Refused(zh=f"“{code}”既没有来源，也没有说明为什么这样假定。",
                          en=f"“{code}” has neither a source nor a reason for what is assumed.")
    return Margins(name, source, row["as_of"],
                   {str(code): persons for code, said in regions.items() if (persons := _persons(said)) > 0},
                   spreads, tuple(map(str, row.get("for") or ())), bool(row.get("simulated")),
                   str(row.get("mark") or "R"), note)


def pair(row: Mapping[str, Any], name: str) -> Bilingual:
    """The text of that name in both languages, empty where nothing is said."""
    return Bilingual(str(row.get(f"{name}_zh") or ""), str(row.get(f"{name}_en") or ""))


def _persons(said: Any) -> int:
    """A number, or the percentage of one: [persons, percent]."""
    if isinstance(said, list):
        persons, percent = said
        return round(Decimal(persons) * Decimal(str(percent)) / 100)
    return int(said)


def make_people(margins: Margins, facts: Mapping[str, Fact], rows: int, file: Path, seed: int = 1) -> dict[str, Any]:
    """Write ``rows`` persons as Parquet, the same for the same seed; gives the mapping to read them with.

    Rows are shared out by region; a region's persons are shared evenly among its rows, so that they add up exactly.
    """
    if not 1 <= rows <= MOST:
        raise Refused(zh=f"行数应在 1 到 {MOST} 之间。", en=f"The rows must be from 1 to {MOST:,}.")
    draw = np.random.default_rng(seed)
    codes, persons = list(margins.regions), np.array(list(margins.regions.values()), dtype=np.int64)
    counts = np.minimum(persons, np.maximum(1, np.round(persons / persons.sum() * rows).astype(np.int64)))
    region = np.repeat(np.arange(len(codes)), counts)
    columns: dict[str, Any] = {
        "region": pa.DictionaryArray.from_arrays(pa.array(region, pa.int32()), pa.array(codes)),
        "weight": np.concatenate([_shared_evenly(some, among) for some, among in zip(persons, counts, strict=True)])}
    for code, said in margins.facts.items():
        columns[code] = _drawn(draw, facts[code], said, margins, codes, region)
    pq.write_table(pa.table(columns), file)
    return {"region": "region", "weight": "weight", "facts": {code: code for code in margins.facts},
            "name_zh": margins.shown_name.zh, "name_en": margins.shown_name.en,
            "source": margins.source.en}


def _shared_evenly(persons: int, among: int) -> Any:
    """How many persons each of ``among`` rows stands for."""
    weights = np.full(among, persons // among, dtype=np.int64)
    weights[:persons % among] += 1
    return weights


def _drawn(draw: Any, fact: Fact, said: Mapping[str, Any], margins: Margins, codes: list[str], region: Any) -> Any:
    n = len(region)
    if "constant" in said:
        return pa.array([said["constant"]] * n) if fact.type != "date" else np.full(n, said["constant"])
    if "uniform" in said:
        low, high = said["uniform"]
        return draw.integers(low * 10**fact.decimals, high * 10**fact.decimals + 1,
                             n) / 10**fact.decimals if fact.decimals \
            else draw.integers(low, high + 1, n)
    if "ages" in said:
        return _birth_dates(draw, said, margins, codes, region)
    if "bands" in said:
        low, high = _banded(draw, said["bands"], n)
        return draw.integers(low, high + 1)
    return _shares(draw, fact, said["shares"], n)


def _shares(draw: Any, fact: Fact, shares: Mapping[Any, float], n: int) -> Any:
    """Choices (or true and false, or whole numbers) by their shares, which are taken in proportion."""
    options, weight = list(shares), np.array(list(shares.values()), dtype=float)
    picked = draw.choice(len(options), n, p=weight / weight.sum())
    if fact.type == "boolean":
        return np.array([bool(one) for one in options])[picked]
    if fact.type == "number":
        return np.array(options)[picked]
    return pa.DictionaryArray.from_arrays(pa.array(picked, pa.int32()), pa.array([str(one) for one in options]))


def _banded(draw: Any, bands: Any, n: int) -> tuple[Any, Any]:
    """Of bands ([from, to, share]) one for each of ``n`` persons: their lower and upper ends."""
    weight = np.array([share for _, _, share in bands], dtype=float)
    band = draw.choice(len(bands), n, p=weight / weight.sum())
    return np.array([one[0] for one in bands])[band], np.array([one[1] for one in bands])[band]


def _birth_dates(draw: Any, said: Mapping[str, Any], margins: Margins, codes: list[str], region: Any) -> Any:
    """Birth dates by bands of age ([from, to, share]), evenly within a band; a region may have bands of its own."""
    days = np.empty(len(region), dtype="datetime64[D]")
    own = said.get("by_region") or {}
    for place, code in enumerate(codes):
        here = np.flatnonzero(region == place)
        bands = own.get(code) or said["ages"]
        low, high = _banded(draw, bands, len(here))
        ages = draw.integers(np.ceil(low * YEAR).astype(int), np.floor((high + 1) * YEAR).astype(int))
        days[here] = np.datetime64(margins.as_of) - ages.astype("timedelta64[D]")
    return days


__all__ = ["MOST", "Margins", "make_people", "pair", "read_margins"]
