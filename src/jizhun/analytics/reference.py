"""The slow engine in plain Python: what a verdict means, with real dates and a walk over the days.

It shares nothing with the SQL but the names of the verdicts. Every other engine must agree with it in every cell.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from jizhun.analytics.plan import BROKEN, KEPT, MEASURES, NOT_JUDGED, OPEN, OVERDUE, WHOLE, Clock

Works = Callable[[date], bool]
"""Whether people work on that day, where the case is handled."""
ONE_DAY = timedelta(days=1)
NO_CLOCKS: Mapping[str, Clock] = {}


@dataclass(frozen=True, slots=True)
class Case:
    """One case as an official would tell it; None is what has not happened or was not recorded.

    ``stopped`` holds the spans during which the clock stands: first and last day, both included, None while
    the span has not ended. ``extended`` is in the unit of the limit; money is in cents.
    """

    key: str
    matter: int
    region: int
    accepted: datetime
    closed: datetime | None = None
    decided: date | None = None
    due: datetime | None = None
    due_binds: bool = False
    stopped: tuple[tuple[date, date | None], ...] = ()
    extended: int = 0
    fee: int | None = None
    amount: int | None = None
    visits: int | None = None
    materials: int | None = None
    group: int = 1
    channel: int = 0


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised for a matter, place and group from ``first`` to ``last``, both days included.

    ``values`` by measure (days, counts, cents); limits of the measures in ``calendar`` are in calendar days.
    """

    matter: int
    region: int
    first: date
    last: date
    values: Mapping[str, int] = field(default_factory=dict)
    calendar: frozenset[str] = frozenset()
    group: int = 1


def in_force(promises: Iterable[Promise], case: Case, on: date) -> Promise | None:
    """The promise that holds for the case's matter, place and group on that day."""
    key = (case.matter, case.region, case.group)
    found = [p for p in promises if (p.matter, p.region, p.group) == key and p.first <= on <= p.last]
    return found[0] if found else None


def judge(case: Case, promises: Sequence[Promise], works: Works, as_of: date,
          clocks: Mapping[str, Clock] = NO_CLOCKS) -> dict[str, int]:
    """The verdict on every measure and on the whole case, as things stood at the end of ``as_of``."""
    promise = in_force(promises, case, case.accepted.date())
    verdicts = {
        "statutory_limit": limit_verdict("statutory_limit", case, promise, works, as_of, clocks),
        "promised_limit": limit_verdict("promised_limit", case, promise, works, as_of, clocks),
        "due": due_verdict(case, as_of),
        "fee": fact_verdict(case.fee, promise, "fee", is_open(case, as_of)),
        "visits": fact_verdict(case.visits, promise, "visits", is_open(case, as_of)),
        "materials": fact_verdict(case.materials, promise, "materials", is_open(case, as_of)),
        "benefit_amount": amount_verdict(case, promises, as_of),
    }
    return {WHOLE: whole_verdict(list(verdicts.values()), is_open(case, as_of)), **verdicts}


def is_open(case: Case, as_of: date) -> bool:
    """A case closed only after the data date is still open on it."""
    return case.closed is None or case.closed.date() > as_of


def whole_verdict(verdicts: Sequence[int], still_open: bool) -> int:
    """Broken if anything was broken, overdue if anything is; a case that is open is not kept yet."""
    for grave in (BROKEN, OVERDUE, OPEN):
        if grave in verdicts:
            return grave
    if KEPT in verdicts:
        return OPEN if still_open else KEPT
    return NOT_JUDGED


# -- time ------------------------------------------------------------------------------------------


def limit_verdict(measure: str, case: Case, promise: Promise | None, works: Works, as_of: date,
                  clocks: Mapping[str, Clock]) -> int:
    """Whether the days used are within the limit and its extension."""
    over = days_over(measure, case, promise, works, as_of, clocks)
    if over is None:
        return NOT_JUDGED
    if is_open(case, as_of):
        return OVERDUE if over > 0 else OPEN
    return BROKEN if over > 0 else KEPT


def days_over(measure: str, case: Case, promise: Promise | None, works: Works, as_of: date,
              clocks: Mapping[str, Clock]) -> int | None:
    """By how many days a case is beyond its limit and extension; below 0 what is left. None without a limit."""
    if promise is None or measure not in promise.values:
        return None
    in_calendar_days = measure in promise.calendar
    last = as_of if is_open(case, as_of) else case.closed.date()  # type: ignore[union-attr]
    used = days_used(case, last, (lambda day: True) if in_calendar_days else works)
    allowed = promise.values[measure] + days_of_grace(
        case, clocks.get(measure, Clock()), zero=promise.values[measure] == 0,
        on_day_off=not in_calendar_days and not works(case.accepted.date()))
    return used - allowed - case.extended


def days_of_grace(case: Case, clock: Clock, *, zero: bool, on_day_off: bool) -> int:
    """Days that a case has besides its limit: one more after the cut-off hour, one less where the first day counts.

    On a day off neither applies; but 0 working days of what came in then is the next working day.
    """
    if on_day_off:
        return 1 if zero else 0
    after_hours = clock.cut_off is not None and case.accepted.hour >= clock.cut_off
    return int(after_hours) - int(clock.first_day_counts and not zero)


def days_used(case: Case, last: date, counts: Works) -> int:
    """Days that count after the day of acceptance up to and including ``last``, with the clock running."""
    used, day = 0, case.accepted.date() + ONE_DAY
    while day <= last:
        if counts(day) and not clock_stands(case, day):
            used += 1
        day += ONE_DAY
    return used


def clock_stands(case: Case, day: date) -> bool:
    """Whether the day lies in any span in which the clock was stopped."""
    return any(first <= day and (last is None or day <= last) for first, last in case.stopped)


def due_verdict(case: Case, as_of: date) -> int:
    """Whether the case was closed by its stated time, to the second."""
    if not case.due_binds or case.due is None:
        return NOT_JUDGED
    if not is_open(case, as_of):
        return KEPT if case.closed <= case.due else BROKEN  # type: ignore[operator]
    data_end = datetime.combine(as_of + ONE_DAY, time())
    return OVERDUE if case.due < data_end else OPEN


# -- facts -----------------------------------------------------------------------------------------


def fact_verdict(fact: int | None, promise: Promise | None, measure: str, still_open: bool) -> int:
    """Whether no more was asked of the person than promised, once the case is closed."""
    if fact is None or still_open or promise is None or measure not in promise.values:
        return NOT_JUDGED
    return KEPT if fact <= promise.values[measure] else BROKEN


def amount_verdict(case: Case, promises: Sequence[Promise], as_of: date) -> int:
    """Whether no less was granted than promised on the day of the decision."""
    if case.amount is None or case.decided is None or case.decided > as_of:
        return NOT_JUDGED
    promise = in_force(promises, case, case.decided)
    if promise is None or "benefit_amount" not in promise.values:
        return NOT_JUDGED
    return KEPT if case.amount >= promise.values["benefit_amount"] else BROKEN


# -- counting --------------------------------------------------------------------------------------

Cell = tuple[tuple[int, ...], tuple[int, ...]]
"""(codes of the dimensions, verdicts)"""


def count(cases: Iterable[Case], promises: Sequence[Promise], works: Works, *, verdicts: Sequence[str] = MEASURES,
          codes: Callable[[Case], tuple[int, ...]], first: date, last: date, as_of: date,
          clocks: Mapping[str, Clock] = NO_CLOCKS) -> dict[Cell, int]:
    """Cases accepted from ``first`` to ``last`` (and by ``as_of``) in each cell."""
    counted: Counter[Cell] = Counter()
    for case in cases:
        if first <= case.accepted.date() <= min(last, as_of):
            judged = judge(case, promises, works, as_of, clocks)
            counted[codes(case), tuple(judged[name] for name in verdicts)] += 1
    return dict(counted)


def facts(cases: Iterable[Case], promises: Sequence[Promise], works: Works, *,
          codes: Callable[[Case], tuple[int, ...]], first: date, last: date, as_of: date,
          clocks: Mapping[str, Clock] = NO_CLOCKS) -> dict[tuple[int, ...], tuple[int, ...]]:
    """The facts of each cell: cases, then by measure (the whole first) each verdict but the first, then days late."""
    found: dict[tuple[int, ...], list[int]] = {}
    for case in cases:
        if first <= case.accepted.date() <= min(last, as_of):
            told = _facts_of(case, promises, works, as_of, clocks)
            before = found.get(codes(case), [0] * len(told))
            found[codes(case)] = [a + b for a, b in zip(before, told, strict=True)]
    return {cell: tuple(told) for cell, told in found.items()}


def _facts_of(case: Case, promises: Sequence[Promise], works: Works, as_of: date,
              clocks: Mapping[str, Clock]) -> list[int]:
    judged, promise = judge(case, promises, works, as_of, clocks), in_force(promises, case, case.accepted.date())
    verdicts = [int(judged[name] == code) for name in (WHOLE, *MEASURES) for code in (KEPT, OPEN, OVERDUE, BROKEN)]
    return [1, *verdicts, *(max(days_over(name, case, promise, works, as_of, clocks) or 0, 0)
                            for name in ("statutory_limit", "promised_limit"))]
