"""The cuts of each source as they stand: brought up to date after a batch or a change of promises, asked by pages."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
from django.conf import settings

from jizhun.analytics.cases import EPOCH, FAR_DAY
from jizhun.analytics.compiled import NotHere
from jizhun.analytics.cuts import EVERY, Brought, Cuts, Standing
from jizhun.analytics.engines import Progress
from jizhun.analytics.facts import Facts
from jizhun.analytics.plan import Plan
from jizhun.delivery.lakes import lake
from jizhun.evaluation.inputs import clocks, data_date, day_number, judged, last_path, prepare
from jizhun.kernel.bilingual import Refused
from jizhun.provisions.actions import ROOMS
from jizhun.regions.actions import tree, version, versions
from jizhun.regions.models import Region

READ_SECONDS = 24 * 3600
"""So long files that no standing names any more are left for whoever still reads them."""
WAITED_FOR = 5_000_000
"""Up to so many cases a page counts them itself: that takes about as long as a page may."""
ITSELF = 9
"""A level below every place: each region is counted as itself."""


@dataclass(frozen=True, slots=True)
class Span:
    """Whole months, both included, as yyyymm."""

    first: int
    last: int

    @classmethod
    def of(cls, first: date | None, last: date | None, as_of: date) -> "Span | None":
        """A period as whole months; None where it begins or ends within one (the data date ends every month)."""
        if first is not None and first.day != 1:
            return None
        if last is not None and last < as_of and (last + timedelta(days=1)).day != 1:
            return None
        return cls(_month(first) if first else 0, _month(last) if last else 999_912)


def _month(day: date) -> int:
    return day.year * 100 + day.month


def cuts_of(source: str) -> Cuts:
    """The cuts of a source, beside the lake."""
    return Cuts(Path(settings.LAKE) / "cuts", source)


def bring(*, source: str, as_of: date, progress: Progress | None = None) -> Brought:
    """Count what came or changed since the last time, and judge open cases at the data date.

    Raises Refused for a source without cases, and NotHere where cases were closed after the data date.
    """
    prepared = prepare(source=source, region=None, first=None, last=None, as_of=as_of, level=ITSELF)
    plan = Plan(EVERY, (), -FAR_DAY, FAR_DAY, day_number(as_of), judged(prepared), clocks=clocks())
    kept = cuts_of(source)
    found = kept.bring(plan, prepared.inputs, limits=prepared.limits_hash, revisions=prepared.revisions,
                       progress=progress)
    kept.sweep(time.time() - READ_SECONDS)
    return found


def bring_along(source: str) -> Brought | None:
    """After a batch: what pages read is brought up to date; None where there is no case, or all have to be counted."""
    try:
        return bring(source=source, as_of=data_date(source))
    except (NotHere, Refused):
        return None


def standing(*, source: str, as_of: date) -> Standing | None:
    """The cuts that hold for what is in the lake and published now; None where they have to be brought up to date."""
    found = cuts_of(source).standing()
    files = lake().files(sources=[source])
    revisions = "/".join(versions(*ROOMS))
    return found if found and found.holds(files, revisions, day_number(as_of)) else None


def shown(*, source: str, as_of: date) -> tuple[Standing | None, bool]:
    """What a page reads, and whether that is behind: the cuts that hold, else those that held last where there are too
    many cases to count while somebody waits. None where neither is there, and the cases are to be counted."""
    held = standing(source=source, as_of=as_of)
    if held is not None or lake().sources().get(source, 0) < WAITED_FOR:
        return held, False
    last = cuts_of(source).standing()
    return last, last is not None


def facts(*, standing: Standing, by: Sequence[str], verdicts: Sequence[str], region: str | None, level: int | None,
          span: Span, below: bool = False) -> Facts:
    """Facts of a region subtree in whole months; regions are counted at ``level`` (None: not told apart).

    ``below``: counted under the places directly below ``region`` instead, whatever their level. Codes are primary
    keys, months yyyymm. Raises KeyError where no cut has these dimensions.
    """
    as_of = EPOCH + timedelta(days=standing.as_of)
    places = units_below(version("regions"), region, as_of) if below and region is not None else units_at(
        version("regions"), region, as_of, ITSELF if level is None else level)
    return cuts_of(standing.source).facts(standing, by, verdicts, places=places, first_month=span.first,
                                          last_month=span.last)


@lru_cache(maxsize=256)
def units_at(_version: str, region: str | None, as_of: date, level: int) -> pa.Table:
    """Columns region, place: every place within ``region``, and the unit under which it is counted."""
    held, pks = tree(), dict(Region.objects.values_list("code", "pk"))
    rows = []
    for code, pk in pks.items():
        path = last_path(held, code, as_of)
        if region is None or region in path:
            unit = next((one for one in reversed(path) if held.level(one) <= level), path[0])
            rows.append((pk, pks[unit]))
    return pa.table({"region": pa.array([row[0] for row in rows], pa.int32()),
                     "place": pa.array([row[1] for row in rows], pa.int32())})


@lru_cache(maxsize=256)
def units_below(_version: str, region: str, as_of: date) -> pa.Table:
    """Columns region, place: every place within ``region`` and the one directly below it that holds it, or itself."""
    held, pks = tree(), dict(Region.objects.values_list("code", "pk"))
    rows = []
    for code, pk in pks.items():
        path = last_path(held, code, as_of)
        if region in path:
            rows.append((pk, pks[path[min(path.index(region) + 1, len(path) - 1)]]))
    return pa.table({"region": pa.array([row[0] for row in rows], pa.int32()),
                     "place": pa.array([row[1] for row in rows], pa.int32())})


__all__ = ["Span", "bring", "cuts_of", "facts", "shown", "standing", "units_at", "units_below"]
