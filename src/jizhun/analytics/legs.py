"""Cases that are accepted in one place and handled in another: a clock for each leg, by the slow reference and by SQL.

The first leg runs from acceptance to passing on, in the hands of the accepting place; the second from there to the end,
in those of the handling one. Suspended days do not count for the second leg. Days are whole, the first not counted; a
case is judged as it stood at the end of the data day. Both engines give the same integers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from jizhun.analytics.engines import DuckDB, Inputs
from jizhun.analytics.lake import LakeFile

FIRST, SECOND = 1, 2
LEGS: Final = (FIRST, SECOND)
NO_LIMIT: Final = -1
COUNTS: Final = ("cases", "kept", "broken", "open", "overdue", "unlimited", "waiting")
"""Per leg: cases that have come to it; done in time; done late; under way in time; under way late; without a limit;
and those that are under way, whoever is waited for."""
KEY: Final = ("matter", "came_from", "region")


@dataclass(frozen=True, slots=True)
class Limit:
    """The limits of both legs for a matter between two places (numbers as in the lake), in days from day to day.

    ``working``: whether they are working days. NO_LIMIT: a leg without one.
    """

    matter: int
    came_from: int
    region: int
    first_day: int
    last_day: int
    legs: tuple[int, int]
    working: bool = True


Row = Mapping[str, Any]
Counted = dict[tuple[int, int, int, int], dict[str, int]]
"""(matter, came_from, region, leg) -> counts."""


# -- the reference ---------------------------------------------------------------------------------


def reference(cases: Iterable[Row], limits: Iterable[Limit], as_of: int, as_of_wd: int) -> Counted:
    """The counts, case by case in plain Python: what they mean. ``as_of`` in days, ``as_of_wd`` in working days."""
    held, found = list(limits), Counted()
    for case in cases:
        if case["came_from"] and case["accepted_day"] <= as_of:
            limit = next((one for one in held if _fits(one, case)), None)
            for leg in LEGS:
                told = _judged(case, leg, limit, as_of, as_of_wd)
                if told:
                    counts = found.setdefault((*(case[name] for name in KEY), leg), dict.fromkeys(COUNTS, 0))
                    for name in told:
                        counts[name] += 1
    return found


def _fits(limit: Limit, case: Row) -> bool:
    return (limit.matter, limit.came_from, limit.region) == tuple(case[name] for name in KEY) and \
        limit.first_day <= case["accepted_day"] <= limit.last_day


def _judged(case: Row, leg: int, limit: Limit | None, as_of: int, as_of_wd: int) -> tuple[str, ...]:
    """The counts to which one case adds on one leg; none where it has not come to it."""
    unit = "wd" if limit is None or limit.working else "day"
    today = as_of_wd if unit == "wd" else as_of
    if leg == SECOND and case["forwarded_day"] > as_of:
        return ()
    ends = ("forwarded", "closed") if leg == FIRST else ("closed",)  # what ended before it was passed on waits no more
    done = min(case[f"{one}_day"] for one in ends) <= as_of
    start = case[f"accepted_{unit}"] if leg == FIRST else case[f"forwarded_{unit}"]
    end = min(case[f"{one}_{unit}"] for one in ends) if done else today
    stopped = case["stopped_wd" if unit == "wd" else "stopped_days"] if leg == SECOND else 0
    most = NO_LIMIT if limit is None else limit.legs[leg - 1]
    state = () if done else ("waiting",)
    if most == NO_LIMIT:
        return ("cases", "unlimited", *state)
    late = max(end - start - stopped, 0) > most
    return ("cases", ("broken" if late else "kept") if done else ("overdue" if late else "open"), *state)


# -- SQL -------------------------------------------------------------------------------------------


def sql(as_of: int, as_of_wd: int) -> str:
    """The same as one query over the tables ``cases`` and ``limits``."""
    return f"""
WITH crossing AS (
    SELECT c.matter, c.came_from, c.region, c.accepted_day, c.closed_day, c.forwarded_day, c.forwarded_day <= {as_of}
        AS passed_on, c.closed_day <= {as_of} AS closed, coalesce(l.working, true) AS working, l.first_limit,
        l.second_limit, c.accepted_wd, c.forwarded_wd, c.closed_wd, c.stopped_days, c.stopped_wd
    FROM cases c LEFT JOIN limits l ON l.matter = c.matter AND l.came_from = c.came_from AND l.region = c.region
        AND c.accepted_day BETWEEN l.first_day AND l.last_day
    WHERE c.came_from > 0 AND c.accepted_day <= {as_of}
), legs AS (
    SELECT matter, came_from, region, {FIRST} AS leg, passed_on OR closed AS done,
        coalesce(first_limit, {NO_LIMIT}) AS most,
        CASE WHEN working
             THEN CASE WHEN passed_on OR closed THEN least(forwarded_wd, closed_wd) ELSE {as_of_wd} END - accepted_wd
             ELSE CASE WHEN passed_on OR closed THEN least(forwarded_day, closed_day) ELSE {as_of} END - accepted_day
        END AS taken
    FROM crossing
    UNION ALL
    SELECT matter, came_from, region, {SECOND}, closed, coalesce(second_limit, {NO_LIMIT}),
        CASE WHEN working THEN CASE WHEN closed THEN closed_wd ELSE {as_of_wd} END - forwarded_wd - stopped_wd
             ELSE CASE WHEN closed THEN closed_day ELSE {as_of} END - forwarded_day - stopped_days END
    FROM crossing WHERE passed_on
)
SELECT matter, came_from, region, leg, count(*) AS cases,
    count(*) FILTER (most >= 0 AND done AND greatest(taken, 0) <= most) AS kept,
    count(*) FILTER (most >= 0 AND done AND greatest(taken, 0) > most) AS broken,
    count(*) FILTER (most >= 0 AND NOT done AND greatest(taken, 0) <= most) AS open,
    count(*) FILTER (most >= 0 AND NOT done AND greatest(taken, 0) > most) AS overdue,
    count(*) FILTER (most < 0) AS unlimited, count(*) FILTER (NOT done) AS waiting
FROM legs GROUP BY ALL ORDER BY ALL"""


def counted(files: Sequence[LakeFile], limits: Iterable[Limit], as_of: int, as_of_wd: int) -> Counted:
    """The counts by SQL over the files of the cases."""
    inputs = Inputs(files, {"limits": limits_table(limits)})
    return {tuple(row[name] for name in (*KEY, "leg")): {name: row[name] for name in COUNTS}  # type: ignore[misc]
            for row in DuckDB().rows(sql(int(as_of), int(as_of_wd)), inputs).to_pylist()}


def limits_table(limits: Iterable[Limit]) -> pa.Table:
    """The limits as a table; no two of them fit one case."""
    rows = [{"matter": one.matter, "came_from": one.came_from, "region": one.region, "first_day": one.first_day,
             "last_day": one.last_day, "first_limit": one.legs[0], "second_limit": one.legs[1],
             "working": one.working} for one in limits]
    schema = pa.schema([*((name, pa.int32()) for name in ("matter", "came_from", "region", "first_day", "last_day",
                                                          "first_limit", "second_limit")), ("working", pa.bool_())])
    return pa.Table.from_pylist(rows, schema)


