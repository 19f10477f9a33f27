"""Following the procedure as named SQL steps that a person can read and that DuckDB and Spark run alike.

Tables they read: ``steps`` (the lake), ``places`` (region, place: the unit it is counted under), ``held`` (region,
from_day, to_day, flow: the procedure that counts there for cases accepted then), ``known``, ``pairs`` and ``flows``
(the procedures), and where clocks stood still ``stopped`` (case_key, nth, days, wd). Cases that went the same way are
judged once, on one of them: what is not counted by case costs as much as there are ways.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from jizhun.analytics.following.flow import (
    ALLOWED,
    DEVIATIONS,
    NOWHERE,
    OUT_OF_ORDER,
    REPEATED,
    SKIPPED,
    UNFINISHED,
    UNKNOWN,
)
from jizhun.analytics.sql import Step

TOP = 20
"""The most frequent ways that are told one by one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases: of these matters (numbers), accepted ``first``..``last`` (days since 1970-01-01).

    ``stopped``: the clocks of some stood still between steps, so that those days have to be taken off.
    """

    matters: tuple[int, ...]
    first: int
    last: int
    stopped: bool = False


def bit(kind: int) -> int:
    """A kind of deviation in the number that holds all those of a way."""
    return 1 << (kind - 1)


def kinds_of(bits: int) -> tuple[int, ...]:
    """The kinds of deviation in such a number."""
    return tuple(kind for kind in DEVIATIONS if bits & bit(kind))


def asked_for(asked: Asked) -> Step:
    matters = ", ".join(map(str, asked.matters))
    used, join = "s.used_hours, s.used_days, s.used_wd", ""
    if asked.stopped:
        join = "\nLEFT JOIN stopped t ON s.case_key = t.case_key AND s.nth = t.nth"
        used = ", ".join(f"CASE WHEN s.used_{unit} < 0 THEN s.used_{unit} "
                         f"ELSE GREATEST(s.used_{unit} - COALESCE({off}, 0), 0) END AS used_{unit}"
                         for unit, off in (("hours", "24 * t.days"), ("days", "t.days"), ("wd", "t.wd")))
    return Step("chosen", "the steps of the cases asked for, with the place each is counted under", f"""
SELECT s.case_key, s.done, s.nth, s.again, s.is_last, s.step, s.previous, {used},
       s.trace, p.place, h.flow
FROM steps s
JOIN places p ON s.region = p.region
JOIN held h ON s.region = h.region AND s.accepted_day BETWEEN h.from_day AND h.to_day{join}
WHERE s.matter IN ({matters}) AND s.accepted_day BETWEEN {asked.first} AND {asked.last}""", view=True)


WAYS = Step("ways", "how many cases of each place went each way, finished or open", """
SELECT place, flow, done, trace, COUNT(*) AS n, MIN(case_key) AS example
FROM chosen
WHERE nth = 1
GROUP BY place, flow, done, trace""")

EXAMPLES = Step("examples", "one case of each way, under each procedure", """
SELECT flow, trace, MIN(example) AS case_key, SUM(CASE WHEN done = 1 THEN n ELSE 0 END) AS finished
FROM ways
GROUP BY flow, trace""")

WALKED = Step("walked", "what each step of these cases is after the one before", f"""
SELECT c.case_key, c.flow, e.finished, c.nth, c.previous, c.step, c.is_last, COALESCE(l.kind, {UNFINISHED}) AS at_end,
       CASE WHEN k.always = 1 AND c.again = 0 THEN 1 ELSE 0 END AS needed,
       CASE WHEN q.kind IS NULL THEN {UNKNOWN}
            WHEN q.kind <> {ALLOWED} AND c.again = 1 THEN {REPEATED}
            ELSE q.kind END AS kind
FROM chosen c
JOIN examples e ON c.case_key = e.case_key
LEFT JOIN known k ON c.flow = k.flow AND c.step = k.step
LEFT JOIN pairs q ON c.flow = q.flow AND c.previous = q.previous AND c.step = q.step
LEFT JOIN pairs l ON c.flow = l.flow AND c.step = l.previous AND l.step = '{NOWHERE}'""")


_MET = "\n     + ".join(f"MAX(CASE WHEN w.kind = {kind} THEN {bit(kind)} ELSE 0 END)"
                       for kind in (UNKNOWN, REPEATED, OUT_OF_ORDER))
_SKIPPED = f"MAX(CASE WHEN w.kind = {SKIPPED} THEN {bit(SKIPPED)} ELSE 0 END)"
_LACKING = f"CASE WHEN SUM(w.needed) < MAX(f.needs) THEN {bit(SKIPPED)} ELSE 0 END"
_ENDED = f"MAX(CASE WHEN w.is_last = 1 AND w.at_end <> {ALLOWED} THEN {bit(UNFINISHED)} ELSE 0 END)"

JUDGED = Step("judged", "the kinds of deviation that each way holds, as far as it has come and once finished", f"""
SELECT w.case_key, CAST({_MET}
     + {_SKIPPED} AS INTEGER) AS so_far, CAST({_MET}
     + {_ENDED}
     + GREATEST({_SKIPPED}, {_LACKING}) AS INTEGER) AS at_end
FROM walked w
JOIN flows f ON w.flow = f.flow
GROUP BY w.case_key""")


VERDICTS = Step("verdicts", "each place's cases on each way, with what deviates", """
SELECT w.place, w.done, w.trace, w.n, CASE WHEN w.done = 1 THEN j.at_end ELSE j.so_far END AS bits
FROM ways w
JOIN examples e ON w.flow = e.flow AND w.trace = e.trace
JOIN judged j ON e.case_key = j.case_key""")

CASES = Step("cases_by_verdict", "cases by place, finished or open, and what deviates", """
SELECT place, done, bits, CAST(SUM(n) AS BIGINT) AS n
FROM verdicts
GROUP BY place, done, bits""")

COMMON = Step("common", "the ways that most finished cases went", f"""
SELECT trace, bits, CAST(SUM(n) AS BIGINT) AS n
FROM verdicts
WHERE done = 1
GROUP BY trace, bits
ORDER BY n DESC, trace
LIMIT {TOP}""")

NUMBER = Step("number_of_ways", "how many ways finished cases went", """
SELECT COUNT(DISTINCT trace) AS ways FROM ways WHERE done = 1""")

DEVIATING = Step("deviating", "finished cases in which one step after another deviates, by pair and kind", f"""
SELECT flow, previous, step, kind, CAST(SUM(finished) AS BIGINT) AS n
FROM (SELECT DISTINCT case_key, flow, finished, previous, step, kind FROM walked WHERE kind <> {ALLOWED}
      UNION ALL
      SELECT case_key, flow, finished, step AS previous, '{NOWHERE}' AS step, {UNFINISHED} AS kind
      FROM walked WHERE is_last = 1 AND at_end <> {ALLOWED}) pairs_of_ways
WHERE finished > 0
GROUP BY flow, previous, step, kind""")

MOVES = Step("moves", "how often one step followed on another, and after what time", """
SELECT flow, previous, step, done, is_last, used_hours, used_days, used_wd, COUNT(*) AS n
FROM chosen
GROUP BY flow, previous, step, done, is_last, used_hours, used_days, used_wd""")

WANTED = ("cases_by_verdict", "common", "number_of_ways", "deviating", "moves")
"""The steps whose rows are the answer."""


def following(asked: Asked) -> tuple[Step, ...]:
    """The whole question; each step reads those before it."""
    return (*verdicts(asked), COMMON, NUMBER, DEVIATING, MOVES)


def verdicts(asked: Asked) -> tuple[Step, ...]:
    """Only how many cases followed: the footprint conformance of every case."""
    return asked_for(asked), WAYS, EXAMPLES, WALKED, JUDGED, VERDICTS, CASES


def text(parts: Sequence[Step]) -> str:
    """The steps as a person reads and runs them: one statement each, with its purpose as a comment."""
    return "\n\n".join(f"-- {one.purpose}\nCREATE TEMP {'VIEW' if one.view else 'TABLE'} {one.name} AS{one.sql};"
                       for one in parts)
