"""A population made of published margins, for whoever has no file. It is called synthetic wherever it shows.

Margins say how many live in each region and how each fact is spread; a spread is either published, with its source, or
assumed, and says which. Facts are drawn independently of one another within a region: what goes together in life does
not go together here, and that is said with every result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jizhun.entitlements.rules.book import Fact
from jizhun.kernel.bilingual import Bilingual, Refused

MOST = 5_000_000
SPREADS = ("ages", "shares", "uniform", "constant")


@dataclass(frozen=True, slots=True)
class Margins:
    """``regions``: code -> persons; ``facts``: code -> {one of ages, shares, uniform, constant; source or assumed}."""

    name: Bilingual
    source: str
    as_of: date
    regions: Mapping[str, int]
    facts: Mapping[str, Mapping[str, Any]]

    @property
    def assumed(self) -> tuple[str, ...]:
        """The facts whose spread nobody published."""
        return tuple(code for code, said in self.facts.items() if not said.get("source"))


def read_margins(row: Mapping[str, Any], facts: Mapping[str, Fact]) -> Margins:
    """Margins from YAML; raises Refused naming what is wrong."""
    name = Bilingual(str(row.get("name_zh") or ""), str(row.get("name_en") or ""))
    regions, spreads = row.get("regions") or {}, row.get("facts") or {}
    if not (name.zh and name.en and row.get("source") and row.get("as_of") and regions):
        raise Refused(zh="边际分布应写明 name_zh、name_en、source、as_of 和 regions。",
                      en="Margins name name_zh, name_en, source, as_of and regions.")
    for code, said in spreads.items():
        if code not in facts or sum(one in said for one in SPREADS) != 1:
            raise Refused(zh=f"“{code}”不是事实，或没有写明一种分布。",
                          en=f"“{code}” is no fact, or not spread in exactly one way.")
    return Margins(name, str(row["source"]), row["as_of"], {str(code): int(n) for code, n in regions.items()}, spreads)


def make_people(margins: Margins, facts: Mapping[str, Fact], rows: int, file: Path, seed: int = 1) -> dict[str, Any]:
    """Write ``rows`` persons as Parquet, the same for the same seed; gives the mapping to read them with.

    A row stands for as many persons as there are divided by the rows; rows are shared out by region so that the total
    of each comes out to within one row.
    """
    if not 1 <= rows <= MOST:
        raise Refused(zh=f"行数应在 1 到 {MOST} 之间。", en=f"The rows must be from 1 to {MOST:,}.")
    draw = np.random.default_rng(seed)
    codes, persons = list(margins.regions), np.array(list(margins.regions.values()), dtype=np.int64)
    counts = np.maximum(1, np.round(persons / persons.sum() * rows).astype(np.int64))
    region = np.repeat(np.arange(len(codes)), counts)
    columns: dict[str, Any] = {
        "region": pa.DictionaryArray.from_arrays(pa.array(region, pa.int32()), pa.array(codes)),
        "weight": np.repeat(np.round(persons / counts).astype(np.int64), counts)}
    for code, said in margins.facts.items():
        columns[code] = _drawn(draw, facts[code], said, margins, codes, region)
    pq.write_table(pa.table(columns), file)
    return {"region": "region", "weight": "weight", "facts": {code: code for code in margins.facts},
            "name_zh": f"{margins.name.zh}（合成）", "name_en": f"{margins.name.en} (synthetic)",
            "source": margins.source}


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


def _birth_dates(draw: Any, said: Mapping[str, Any], margins: Margins, codes: list[str], region: Any) -> Any:
    """Birth dates by bands of age ([from, to, share]), evenly within a band; a region may have bands of its own."""
    days = np.empty(len(region), dtype="datetime64[D]")
    own = said.get("by_region") or {}
    for place, code in enumerate(codes):
        here = np.flatnonzero(region == place)
        bands = own.get(code) or said["ages"]
        weight = np.array([share for _, _, share in bands], dtype=float)
        band = draw.choice(len(bands), len(here), p=weight / weight.sum())
        low, high = (np.array([one[end] for one in bands])[band] for end in (0, 1))
        ages = draw.integers(low * 365, (high + 1) * 365)
        days[here] = np.datetime64(margins.as_of) - ages.astype("timedelta64[D]")
    return days


__all__ = ["MOST", "Margins", "make_people", "read_margins"]
