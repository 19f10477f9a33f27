"""Facts by place and month for pages that show many figures at once: sums over kept cuts, else counted from the cases.

Both give the same numbers; without cuts that hold, every question is an evaluation of its own and takes longer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import pyarrow as pa

from jizhun.analytics.cases import EPOCH
from jizhun.analytics.cuts import Standing
from jizhun.analytics.facts import Facts, fact_names, fact_steps
from jizhun.analytics.plan import WHOLE, Plan
from jizhun.analytics.sql import text
from jizhun.evaluation import standing as cuts
from jizhun.evaluation.actions import evaluate
from jizhun.evaluation.inputs import NoCases, clocks, data_date, day_number
from jizhun.evaluation.rules import Figure
from jizhun.evaluation.standing import Span
from jizhun.regions.actions import version

INDEX = "conformance"


@dataclass(frozen=True)
class Summing:
    """One source at its data date, with its cuts where they hold."""

    source: str
    as_of: date
    standing: Standing | None
    behind: bool = False
    """Whether cases or promises have come in that are not counted yet; ``as_of`` is the day up to which they are."""

    @classmethod
    def of(cls, source: str) -> "Summing":
        """Raises Refused for a source without cases."""
        at = data_date(source)
        found, behind = cuts.shown(source=source, as_of=at)
        day = EPOCH + timedelta(days=found.as_of) if found is not None and behind else at
        return cls(source, day, found, behind)

    @property
    def kept(self) -> bool:
        """Whether nothing has to be counted from the cases."""
        return self.standing is not None

    def below(self, by: Sequence[str], region: str, span: Span) -> Facts:
        """Facts of a place in whole months, its cases counted under the places directly below it."""
        if self.standing is not None:
            return _kept(self.standing, tuple(by), region, None, span, True, version("regions"))
        return self._counted(by, region, cuts.units_below(version("regions"), region, self.as_of), span)

    def at_level(self, by: Sequence[str], level: int, span: Span) -> Facts:
        """Facts of all places of the source at a level, in whole months."""
        if self.standing is not None:
            return _kept(self.standing, tuple(by), None, level, span, False, version("regions"))
        return self._counted(by, None, cuts.units_at(version("regions"), None, self.as_of, level), span)

    def _counted(self, by: Sequence[str], region: str | None, units: pa.Table, span: Span) -> Facts:
        """The same from the cases: by county and month, then summed."""
        wanted = tuple(dict.fromkeys((*by, "month")))
        asked = ",".join("county" if name == "region" else name for name in wanted)
        try:
            rows = [row.figure for row in evaluate(index=INDEX, source=self.source, by=asked, region=region,
                                                   as_of=self.as_of).rows]
        except NoCases:
            rows = []
        found = _facts(rows, wanted)
        month = found.codes["month"]
        return _under(found.where((month >= span.first) & (month <= span.last)), units).summed(by)

    def sql(self, by: Sequence[str], span: Span) -> str:
        """How the same facts are counted from the cases; the table ``places`` says which regions count, and where."""
        return text(fact_steps(Plan(_verdicts(by), tuple(by), day_number(first_day(span.first)),
                                    day_number(min(last_day(span.last), self.as_of)), day_number(self.as_of),
                                    clocks=clocks())))


@lru_cache(maxsize=128)
def _kept(standing: Standing, by: tuple[str, ...], region: str | None, level: int | None, span: Span, below: bool,
          _version: str) -> Facts:
    """Sums over cuts; what a standing says never changes, so they hold as long as it does."""
    return cuts.facts(standing=standing, by=by, verdicts=_verdicts(by), region=region, level=level, span=span,
                      below=below)


def _verdicts(by: Sequence[str]) -> tuple[str, ...]:
    """Ratings are kept without verdicts."""
    return () if "rating" in by else (WHOLE,)


def _facts(rows: Sequence[Figure], by: Sequence[str]) -> Facts:
    codes = np.array([row.codes for row in rows], np.int64).reshape(len(rows), len(by))
    table = np.array([(row.cases, *row.verdicts[1:]) for row in rows], np.int64)
    return Facts({name: codes[:, n] for n, name in enumerate(by)}, (WHOLE,),
                 table.reshape(len(rows), len(fact_names((WHOLE,)))))


def _under(found: Facts, units: pa.Table) -> Facts:
    """Each region's cases under its unit."""
    if "region" not in found.codes:
        return found
    unit = dict(zip(units["region"].to_pylist(), units["place"].to_pylist(), strict=True))
    regions = np.array([unit[code] for code in found.codes["region"].tolist()], np.int64)
    return Facts({**found.codes, "region": regions}, found.verdicts, found.table)


def first_day(month: int) -> date:
    """Of a month as yyyymm."""
    return date(month // 100, month % 100, 1)


def last_day(month: int) -> date:
    """Of a month as yyyymm."""
    year, rest = divmod(month // 100 * 12 + month % 100, 12)
    return date.fromordinal(date(year, rest + 1, 1).toordinal() - 1)
