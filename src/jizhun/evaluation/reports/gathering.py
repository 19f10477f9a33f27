"""The figures of a report, asked of the evaluation: one place, one period, one source."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils import timezone

from jizhun.analytics.inequality import gini, span, theil, theil_l, variation
from jizhun.analytics.plan import MEASURES, NOT_JUDGED
from jizhun.delivery.models import Source
from jizhun.evaluation.actions import Result, Row, evaluate, level_below
from jizhun.evaluation.coverage import coverage
from jizhun.evaluation.findings.standing import Standing, board
from jizhun.evaluation.indices import MEASURE_NAMES
from jizhun.evaluation.inputs import data_date, last_path
from jizhun.evaluation.reports.figures import Equality, Figures, Late, Line, Number, Past, RunTold
from jizhun.evaluation.reports.periods import ReportPeriod, check_begun, periods_told, read_period
from jizhun.evaluation.reports.protecting import protected
from jizhun.evaluation.rules import SMALLEST_PUBLISHED, Figure
from jizhun.evaluation.rules.coverage import DEFINITIONS, Definition, Share
from jizhun.evaluation.rules.equality import interval, layered
from jizhun.evaluation.rules.findings import STATES
from jizhun.evaluation.rules.quality import Quality, Remark, completeness, outliers, quality, silent, steps
from jizhun.evaluation.said import Said, rates, said
from jizhun.evaluation.standing import Span, bring_along, standing
from jizhun.evaluation.summing import Summing
from jizhun.kernel.bilingual import NO_WORDS, Bilingual, Refused
from jizhun.kernel.dating import months_later
from jizhun.provisions.asking import findings_over, in_words
from jizhun.regions.actions import tree

Step = Callable[[float], None]
"""Told how far it is, 0 to 1; stops the work by raising."""
COUNTY, TREND_MONTHS, FAULTS_SHOWN, SEED = 3, 13, 15, 1
SILENT_MONTHS = 2
BREACHES = frozenset({"below_standard_above", "off_uniform", "above_cap", "target_missed"})
LIMITS = ("statutory_limit", "promised_limit")
WHOLE_COUNTRY = Bilingual("全国", "China")


def source_of(source: str, region: str) -> Source:
    """The source, if its cases may be told of under this place. Raises Refused."""
    found, place = Source.objects.filter(code=source).first(), tree().known(region)
    data_date(source)
    if found is None:
        raise Refused(zh=f"没有名为“{source}”的来源。", en=f"There is no source “{source}”.")
    if found.simulated and not place.simulated:
        raise Refused(zh=f"“{source}”是模拟数据，只能出具虚构地区的报告，不能用于{place.name.zh}。",
                      en=f"The cases of “{source}” are simulated: they are reported on under fictional places only, "
                         f"not under {place.name.en or place.name.zh}.")
    return found


def periods_of(source: str, region: str) -> list[ReportPeriod]:
    """The periods of which a source has cases in a place."""
    months = evaluate(index="conformance", source=source, by="month", region=region)
    return periods_told([row.figure.codes[0] for row in months.rows])


def gather(*, source: str, region: str, period: ReportPeriod, step: Step | None = None) -> Figures:
    """The figures, with small numbers of real people hidden. Raises Refused where there is nothing to report on."""
    about = source_of(source, region)
    check_begun(period, timezone.localdate(), data_date(source))
    return protected(_Gatherer(about, region, period, step or _silent_step).gathered())


def _silent_step(share: float) -> None:
    """Nobody wants to know how far it is."""


@dataclass
class _Gatherer:
    """Asks one thing after the other, and keeps the runs that answered."""

    source: Source
    region: str
    period: ReportPeriod
    step: Step
    runs: dict[int, RunTold] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.as_of = data_date(self.source.code)
        self.deeper = level_below(self.region) < COUNTY

    def gathered(self) -> Figures:
        self.step(0.02)
        bring_along(self.source.code)
        self.step(0.3)
        whole, units = self._whole(), self._by("county")
        places, items, channels = self._by("region"), self._by("item"), self._by("channel")
        self.step(0.45)
        months = self._months()
        measures = [self._measure(one) for one in MEASURES]
        self.step(0.55)
        before, year_before = self._past(self.period.before), self._past(self.period.year_before)
        ratings = self._ratings(whole.cases or 0)
        self.step(0.65)
        graded = self._quality(units, channels, months)
        covered_on = min(self.period.last, self.as_of)
        covered = self._coverage(covered_on)
        self.step(0.8)
        faults, in_all = self._faults(covered_on)
        found = self._findings()
        told = Figures(
            self._place_name(), self.region, self.source.name, self.source.code, self.source.simulated, self.period,
            self.as_of, timezone.localdate(), whole, tuple(places), tuple(items), tuple(months), tuple(channels),
            measures=tuple(one for one, _ in measures if self._judged(one)),
            late=tuple(late for _, late in measures if late is not None and late.cases), before=before,
            year_before=year_before, ratings=ratings.whole if ratings else None,
            ratings_handed_in=bool(ratings and ratings.handed_in), who_rates=ratings.who if ratings else None,
            coverage=covered, covered_on=covered_on,
            equality=self._equality(units), quality=graded, faults=faults, faults_in_all=in_all,
            patterns=tuple((one.finding.sentence, STATES[one.state]) for one in found[:FAULTS_SHOWN]),
            patterns_in_all=len(found), patterns_closed=sum(one.closed for one in found),
            runs=tuple(self.runs.values()))
        self.step(0.85)
        return told

    def _place_name(self) -> Bilingual:
        place = tree().known(self.region)
        return WHOLE_COUNTRY if place.level == 0 and place.code == "CN" else place.name

    # -- asking for indices

    def _asked(self, index: str, by: str = "", first: date | None = None, last: date | None = None) -> Result:
        found = evaluate(index=index, source=self.source.code, by=by, region=self.region,
                         first=first or self.period.first, last=last or self.period.last, as_of=self.as_of)
        told = RunTold(found.run.pk, found.index.name, by, f"{found.run.engine} {found.run.engine_version}",
                       found.run.sql)
        self.runs.setdefault(found.run.pk, told)
        return found

    def _whole(self) -> Line:
        found = self._asked("conformance")
        if not found.total.cases:
            raise Refused(zh=f"来源“{self.source.code}”在{self._place_name().zh}没有{self.period.name.zh}"
                             f"（{self.period.code}）受理的办件。",
                          en=f"“{self.source.code}” has no cases of the period {self.period.code} in "
                             f"{self._place_name().in_language('en')}.")
        return _line("", NO_WORDS, found.total)

    def _by(self, by: str, first: date | None = None, last: date | None = None) -> list[Line]:
        return [_of_row(row) for row in self._asked("conformance", by, first, last).rows if row.figure.cases]

    def _months(self) -> list[Line]:
        """The months up to the end of the period, a year and the same month of the year before at most."""
        back = max(TREND_MONTHS, self.period.months)
        first = months_later(self.period.first, self.period.months - back)
        found = self._by("month", first, self.period.last)
        return [replace(one, name=read_period(one.code).name) for one in found]

    def _measure(self, measure: str) -> tuple[Line, Late | None]:
        line = _line(measure, MEASURE_NAMES[measure], self._asked(f"conformance.{measure}").total)
        if measure not in LIMITS:
            return line, None
        late = self._asked(f"lateness.{measure}").total
        return line, Late(MEASURE_NAMES[measure], late.denominator, late.numerator)

    @staticmethod
    def _judged(line: Line) -> bool:
        return line.cases != line.verdicts[NOT_JUDGED]

    def _past(self, period: ReportPeriod) -> Past | None:
        """An earlier period; None where there are no cases of it."""
        try:
            found = self._asked("conformance", "", period.first, period.last)
            if not found.total.cases:
                return None
            places = self._by("region", period.first, period.last)
        except Refused:  # a file of those months has never come
            return None
        return Past(period, _line("", NO_WORDS, found.total), {one.code: one for one in places})

    # -- what is no index

    def _ratings(self, cases: int) -> Said | None:
        """What people say; None where nobody rates, or where it cannot be told."""
        months = Span.of(self.period.first, self.period.last, self.as_of)
        handed_in = rates(self.source.code)
        if months is None or (not handed_in and standing(source=self.source.code, as_of=self.as_of) is None):
            return None
        found = said(Summing.of(self.source.code), region=self.region, span=months, simulated=self.source.simulated)
        if found.hidden or not (found.whole.active or found.whole.default):
            return None
        return found if handed_in else replace(found, whole=replace(found.whole, cases=cases))

    def _coverage(self, on: date) -> tuple[tuple[Definition, Share], ...]:
        try:
            found = coverage(region=self.region, on=on)
        except (Refused, KeyError):  # the place was not there that day
            return ()
        return tuple((one, found.share(one.code)) for one in DEFINITIONS) if found.places and found.matters else ()

    def _equality(self, units: Sequence[Line]) -> Equality | None:
        """Over the lowest places; each counts once."""
        told = {one.code: one.kept.value or 0.0 for one in units
                if one.kept and one.kept.of >= SMALLEST_PUBLISHED}
        left_out = len(units) - len(told)
        if len(told) < 2:
            return None
        values = list(told.values())
        found: dict[str, Any] = {"variation": variation(values), "gini": gini(values)} if any(values) else {}
        if all(values):
            found |= {"span": span(values), "theil": theil(values), "theil_l": theil_l(values)}
            if self.deeper:
                found["layers"] = layered(values, [[self._above(code) for code in told]])
        if len(values) >= 3 and all(values):
            found["interval"] = interval(gini, values, seed=SEED)
        return Equality(len(told), left_out, **found)

    def _above(self, code: str) -> str:
        """The place one level below the report's own in which a unit lies."""
        path = last_path(tree(), code, self.as_of)
        return next((one for one in reversed(path) if tree().level(one) <= level_below(self.region)), path[0])

    def _quality(self, units: Sequence[Line], channels: Sequence[Line], months: Sequence[Line]) -> Quality:
        rows = sum(one.cases or 0 for one in channels)
        unknown = sum(one.cases or 0 for one in channels if one.code == "unknown")
        remarks = [completeness({"channel": rows - unknown}, rows, {"channel": Bilingual("渠道", "channel")})]
        rates: dict[Hashable, float] = {
            one.code: one.kept.value or 0.0 for one in units if one.kept and one.kept.of >= SMALLEST_PUBLISHED}
        names: dict[Hashable, Bilingual] = {one.code: one.name for one in units}
        if len(rates) >= 5:
            remarks.append(outliers(rates, names))
        if len(months) > 5:
            remarks.append(steps({one.code: one.kept.value or 0.0 for one in months if one.kept}))
        return quality([*remarks, *self._gone_silent(names)])

    def _gone_silent(self, names: Mapping[Hashable, Bilingual]) -> list[Remark]:
        """Whether places had cases and then none, in the whole months that the data tell of."""
        first = months_later(self.period.first, self.period.months - TREND_MONTHS)
        counts: dict[str, Counter[int]] = {}
        for row in self._asked("conformance", "county,month", first, self.period.last).rows:
            counts.setdefault(row.labels[0][0], Counter())[row.figure.codes[1]] += row.figure.cases
        over = {month for one in counts.values() for month in one if month < self.as_of.year * 100 + self.as_of.month}
        series: dict[Hashable, Sequence[int]] = {
            code: [one[month] for month in sorted(over)] for code, one in counts.items()}
        return [silent(series, names, SILENT_MONTHS)] if len(over) > SILENT_MONTHS + 1 else []

    def _faults(self, on: date) -> tuple[tuple[Bilingual, ...], int]:
        """Values on record that fall short of a standard above on the last day of the report, the widest first."""
        found = [one for one in findings_over(region=self.region, first=on, last=on) if one.finding.kind in BREACHES]
        return tuple(in_words(one, on) for one in found[:FAULTS_SHOWN]), len(found)


    def _findings(self) -> list[Standing]:
        """What the rules found in this source's cases of the period, in the place and below it."""
        within = frozenset(tree().within(self.region, last_day(self.region, self.as_of)))
        return [one for one in board(within=within) if one.finding.source == self.source.code
                and one.finding.first <= self.period.last and one.finding.last >= self.period.first]


def last_day(region: str, on: date) -> date:
    """The day, or the nearest one on which the place was there."""
    place = tree().known(region)
    return min(max(on, place.valid_from), place.valid_until)


def _of_row(row: Row) -> Line:
    code, name = row.labels[-1]
    return _line(code, name, row.figure)


def _line(code: str, name: Bilingual, figure: Figure) -> Line:
    verdicts: tuple[Number, ...] = tuple(figure.verdicts)
    return Line(code, name, verdicts, figure.cases)


__all__ = ["gather", "periods_of", "source_of"]
