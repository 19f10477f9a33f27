"""What a report is made of: figures and names, without a word about them. Pure; None is a number that is not shown."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from jizhun.analytics.plan import BROKEN, KEPT, NOT_JUDGED, OPEN, OVERDUE
from jizhun.evaluation.reports.periods import ReportPeriod
from jizhun.evaluation.rules.coverage import Definition, Share
from jizhun.evaluation.rules.equality import Interval, Layered
from jizhun.evaluation.rules.quality import Quality
from jizhun.evaluation.rules.satisfaction import Tally, WhoRates
from jizhun.kernel.bilingual import Bilingual

Number = int | None
STATES: Final = (KEPT, BROKEN, OPEN, OVERDUE, NOT_JUDGED)
"""The order in which a report's tables show how cases stand."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: how many of its ``cases`` stand how, by verdict code. None: not shown, so that nobody is told of."""

    code: str
    name: Bilingual
    verdicts: tuple[Number, ...]
    cases: Number

    def of(self, codes: Collection[int]) -> Number:
        """How many have one of these verdicts; None where one of the numbers is not shown."""
        numbers = [self.verdicts[code] for code in codes]
        return None if None in numbers else sum(one for one in numbers if one is not None)

    def share(self, part: Collection[int], whole: Collection[int]) -> Share | None:
        """None where a number is not shown or there is nothing to divide by."""
        fits, of = self.of(part), self.of(whole)
        return Share(fits, of) if fits is not None and of else None

    @property
    def kept(self) -> Share | None:
        """达标率: kept, of the closed cases with a promise."""
        return self.share((KEPT,), (KEPT, BROKEN))

    @property
    def on_time(self) -> Share | None:
        """按时率: kept, of those closed and those open past their limit."""
        return self.share((KEPT,), (KEPT, BROKEN, OVERDUE))

    @property
    def overdue(self) -> Share | None:
        """Of the open cases with a promise, those past its limit."""
        return self.share((OVERDUE,), (OPEN, OVERDUE))

    @property
    def without_promise(self) -> Share | None:
        """Of all cases, those for which nothing was promised then and there."""
        return self.share((NOT_JUDGED,), STATES)


@dataclass(frozen=True, slots=True)
class Late:
    """Cases beyond one time limit: how many, and by how many days together."""

    name: Bilingual
    cases: Number
    days: Number


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier period: its whole, and the places then, by code."""

    period: ReportPeriod
    whole: Line
    places: Mapping[str, Line] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Equality:
    """How far ``units`` places lie apart on the share kept; ``left_out``: places with too few cases for that.

    Indices are None where they cannot be computed (a place at zero). ``layers``: Theil T between the places of the
    level below and within them, where units lie deeper.
    """

    units: int
    left_out: int
    variation: float | None = None
    span: float | None = None
    gini: float | None = None
    theil: float | None = None
    theil_l: float | None = None
    interval: Interval | None = None
    layers: Layered | None = None


@dataclass(frozen=True, slots=True)
class RunTold:
    """An evaluation on record: its number, what it computed by what, with which engine, and the SQL."""

    number: int
    name: Bilingual
    by: str
    engine: str
    sql: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that a report tells of. ``months`` reach back before the period, for the trend."""

    place: Bilingual
    region: str
    source: Bilingual
    source_code: str
    simulated: bool
    period: ReportPeriod
    as_of: date
    made_on: date
    whole: Line
    places: tuple[Line, ...] = ()
    items: tuple[Line, ...] = ()
    months: tuple[Line, ...] = ()
    channels: tuple[Line, ...] = ()
    measures: tuple[Line, ...] = ()
    late: tuple[Late, ...] = ()
    before: Past | None = None
    year_before: Past | None = None
    ratings: Tally | None = None
    ratings_handed_in: bool = False
    """Whether they are ratings of their own, once for each visit or matter, and no column of the cases."""
    who_rates: WhoRates | None = None
    """By channel: who was served beside who rates."""
    coverage: tuple[tuple[Definition, Share], ...] = ()
    covered_on: date | None = None
    equality: Equality | None = None
    quality: Quality | None = None
    faults: tuple[Bilingual, ...] = ()
    faults_in_all: int = 0
    patterns: tuple[tuple[Bilingual, Bilingual], ...] = ()
    """Findings in the case data of the period: what was found, and how it stands."""
    patterns_in_all: int = 0
    patterns_closed: int = 0
    runs: tuple[RunTold, ...] = ()
    hidden: int = 0

    def with_hidden(self, number: int) -> "Figures":
        """The same, with how many numbers are not shown."""
        return replace(self, hidden=number)
