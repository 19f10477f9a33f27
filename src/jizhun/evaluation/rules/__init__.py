"""From counts to figures: rows by dimension, rolled up and divided once, exactly."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from jizhun.analytics.facts import Facts
from jizhun.analytics.plan import DIMENSIONS, OVERDUE, VERDICT_NAMES, WHOLE, Counts, Plan
from jizhun.evaluation.indices import Index
from jizhun.kernel.bilingual import Refused

Codes = tuple[int, ...]
LEVELS = {"nation": 0, "province": 1, "prefecture": 2, "county": 3}
"""``--by province`` and the like: regions counted at that level."""
SMALLEST_PUBLISHED = 10
"""Cells with fewer cases are not published: they might tell about a person."""


@dataclass(frozen=True, slots=True)
class By:
    """What rows are made by: plain dimensions, and the level at which regions are counted (None: not by region)."""

    dimensions: tuple[str, ...]
    level: int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: codes of the dimensions, the division, and how all its cases stand."""

    codes: Codes
    numerator: int
    denominator: int
    cases: int
    verdicts: tuple[int, ...]

    @property
    def value(self) -> float | None:
        """Numerator over denominator; None where there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def small(self) -> bool:
        return self.cases < SMALLEST_PUBLISHED

    @property
    def overdue(self) -> int:
        return self.verdicts[OVERDUE]


def read_by(text: str, deepest: int) -> By:
    """``item,county`` as dimensions; ``region`` alone counts at level ``deepest``. Raises Refused."""
    names, level = [], None
    for name in filter(None, (part.strip() for part in text.split(","))):
        if name in LEVELS or name == "region":
            if level is not None:
                raise Refused(zh="地区只能按一个层级统计。", en="Regions can be counted at one level only.")
            level, name = LEVELS.get(name, deepest), "region"
        if name not in DIMENSIONS:
            listed = ", ".join([*DIMENSIONS, *LEVELS])
            raise Refused(zh=f"不能按“{name}”统计；可用：{listed}。", en=f"Cannot count by “{name}”; use: {listed}.")
        if name in names:
            raise Refused(zh=f"“{name}”写了两次。", en=f"“{name}” is named twice.")
        names.append(name)
    return By(tuple(names), level)


def figures(index: Index, plan: Plan, counts: Counts) -> list[Figure]:
    """The rows of an index from an engine's counts, in the order of their codes."""
    cells: dict[Codes, Counter[int]] = {}
    at = plan.verdicts.index(index.verdict)
    for (codes, judged), n in counts.rows(plan).items():
        cells.setdefault(codes, Counter())[judged[at]] += n
    return [_figure(index, codes, cells[codes]) for codes in sorted(cells)]


def figures_of(index: Index, facts: Facts) -> list[Figure]:
    """The rows of an index from facts, in the order of their codes."""
    states, names = facts.states(index.verdict), facts.names
    sums = facts.table[:, [names.index(name) for name in index.sums]].sum(axis=1).tolist() if index.sums else None
    rows = [_figure(index, codes, Counter(dict(enumerate(told))))
            for codes, told in zip(facts.rows(), states.tolist(), strict=True)]
    return rows if sums is None else [replace(row, numerator=n) for row, n in zip(rows, sums, strict=True)]


def _figure(index: Index, codes: Codes, verdicts: Counter[int]) -> Figure:
    numerator, denominator = index.of(verdicts)
    return Figure(codes, numerator, denominator, verdicts.total(),
                  tuple(verdicts[code] for code in range(len(VERDICT_NAMES))))


def total(rows: Iterable[Figure]) -> Figure:
    """All rows as one."""
    kept = list(rows)
    verdicts = tuple(sum(column) for column in zip(*(row.verdicts for row in kept), strict=True))
    return Figure((), sum(r.numerator for r in kept), sum(r.denominator for r in kept), sum(r.cases for r in kept),
                  verdicts or (0,) * len(VERDICT_NAMES))


def verdict_condition(verdict: str | None, measure: str | None) -> str:
    """The SQL condition for single cases with a verdict on the whole or on one measure. Raises Refused."""
    column = WHOLE if measure in (None, WHOLE) else f"v_{measure}"
    if verdict is None:
        return "1 = 1"
    if verdict not in VERDICT_NAMES:
        listed = ", ".join(VERDICT_NAMES)
        raise Refused(zh=f"没有“{verdict}”这种结论；可用：{listed}。",
                      en=f"There is no verdict “{verdict}”; use: {listed}.")
    return f"{column} = {VERDICT_NAMES.index(verdict)}"
