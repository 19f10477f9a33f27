"""A plan as named SQL steps that a person can read and that DuckDB and Spark run alike.

Tables the steps read: ``cases`` (the lake), ``limits`` (one row a matter, region, group and stretch of days),
``places`` (region, place: the unit it is counted under, as_of_wd: the working-day ordinal of the data date),
``matters`` (matter, item), and for a data date before the extract ``later_stops`` (case_key, days, wd).
Only joins, comparisons and counts: no engine's own functions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from jizhun.analytics.cases import DAY_SECONDS, NONE
from jizhun.analytics.plan import (
    BROKEN,
    KEPT,
    MEASURES,
    MONTH_BASE,
    NOT_JUDGED,
    OPEN,
    OVERDUE,
    WHOLE,
    Clock,
    Plan,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One named step: what it is for, and its SELECT. ``view``: run on its own, it is too large to be written out."""

    name: str
    purpose: str
    sql: str
    view: bool = False


LIMITS = ("statutory_limit", "promised_limit")
FACTS = {"fee": "fee_cents", "visits": "visits", "materials": "materials"}
"""Measure -> the fact of a closed case that may not exceed it."""


def at_data_date(plan: Plan) -> Step:
    """The cases accepted in the period, with their clocks as they stood at the data date."""
    place, ordinal, join = "p.place", "p.as_of_wd", " JOIN places p ON c.region = p.region"
    if plan.as_of_wd is not None:
        place, ordinal, join = "c.region AS place", str(plan.as_of_wd), ""
    stopped_wd, stopped_days = "c.stopped_wd", "c.stopped_days"
    if plan.later_stops:
        stopped_wd, stopped_days = f"({stopped_wd} - COALESCE(s.wd, 0))", f"({stopped_days} - COALESCE(s.days, 0))"
        join += "\nLEFT JOIN later_stops s ON c.case_key = s.case_key"
    return Step("at_data_date", "cases of the period, their clocks at the data date", f"""
SELECT c.matter, c.region, c.grp, c.channel, c.rating, c.month, c.accepted_day, c.decided_day, c.accepted_at,
       c.closed_at, c.due_at, c.due_binds, c.fee_cents, c.amount_cents, c.visits, c.materials, c.extended,
       c.case_key, c.source, c.closed_day, c.outcome, {place}, 1 - c.accepted_is_wd AS came_on_day_off,
       c.closed_day > {plan.as_of} AS is_open,
       CAST(CASE WHEN c.closed_day > {plan.as_of} THEN {OPEN} ELSE {KEPT} END AS TINYINT) AS in_time,
       CAST(CASE WHEN c.closed_day > {plan.as_of} THEN {OVERDUE} ELSE {BROKEN} END AS TINYINT) AS too_late,
       CASE WHEN c.closed_day > {plan.as_of} THEN {ordinal} ELSE c.closed_wd END
           - c.accepted_wd - {stopped_wd} AS working_days,
       CASE WHEN c.closed_day > {plan.as_of} THEN {plan.as_of} ELSE c.closed_day END
           - c.accepted_day - {stopped_days} AS calendar_days
FROM cases c{join}
WHERE c.accepted_day BETWEEN {plan.first} AND {plan.last} AND c.accepted_day <= {plan.as_of}""")


def promised(plan: Plan) -> Step:
    """Each case with the promises in force at its place on the day it was accepted."""
    amount, join = f"{NONE} AS benefit_amount, {NONE} AS benefit_amount_by", ""
    if "benefit_amount" in plan.judged:
        amount = "a.benefit_amount, a.benefit_amount_by"
        join = """
LEFT JOIN limits a ON c.matter = a.matter AND c.region = a.region AND c.grp = a.grp
                  AND c.decided_day BETWEEN a.from_day AND a.to_day"""
    return Step("promised", "each case with the promises in force then and there", f"""
SELECT c.*, l.statutory_limit, l.statutory_limit_unit, l.statutory_limit_by, l.promised_limit,
       l.promised_limit_unit, l.promised_limit_by, l.fee, l.fee_by, l.visits AS visits_limit, l.visits_by,
       l.materials AS materials_limit, l.materials_by, {amount}
FROM at_data_date c
LEFT JOIN limits l ON c.matter = l.matter AND c.region = l.region AND c.grp = l.grp
                  AND c.accepted_day BETWEEN l.from_day AND l.to_day{join}""")


def verdict(plan: Plan, measure: str) -> str:
    """One measure's verdict as a CASE expression over ``promised``; an absent limit compares as false."""
    as_of = plan.as_of
    if measure not in plan.judged:
        return str(NOT_JUDGED)
    if measure in LIMITS:
        return (f"CASE WHEN {measure} >= 0 THEN CASE WHEN {used(measure, plan.clock(measure))}"
                f" <= {measure} + extended THEN in_time ELSE too_late END ELSE {NOT_JUDGED} END")
    if measure == "due":
        return (f"CASE WHEN due_binds = 0 THEN {NOT_JUDGED}"
                f" WHEN is_open THEN CASE WHEN due_at < {(as_of + 1) * DAY_SECONDS} THEN {OVERDUE} ELSE {OPEN} END"
                f" WHEN closed_at <= due_at THEN {KEPT} ELSE {BROKEN} END")
    if measure == "benefit_amount":
        return (f"CASE WHEN benefit_amount >= 0 AND amount_cents >= 0 AND decided_day <= {as_of}"
                f" THEN CASE WHEN amount_cents >= benefit_amount THEN {KEPT} ELSE {BROKEN} END"
                f" ELSE {NOT_JUDGED} END")
    fact, limit = FACTS[measure], measure if measure == "fee" else f"{measure}_limit"
    return (f"CASE WHEN {limit} >= 0 AND {fact} >= 0 AND NOT is_open"
            f" THEN CASE WHEN {fact} <= {limit} THEN in_time ELSE too_late END ELSE {NOT_JUDGED} END")


def used(measure: str, clock: Clock) -> str:
    """The days used, in the unit of the limit, as its clock counts them.

    0 days is the same day: then the first day never counts, and for working days a case that came in on a day
    off has until the next working day.
    """
    working, calendar, same_day = "working_days", "calendar_days", "working_days - came_on_day_off"
    if clock.cut_off is not None:
        after = f"accepted_at % {DAY_SECONDS} >= {clock.cut_off * 3600} THEN"
        late = f"CASE WHEN {after} 1 - came_on_day_off ELSE 0 END"
        working, same_day = f"{working} - {late}", f"{same_day} - {late}"
        calendar += f" - CASE WHEN {after} 1 ELSE 0 END"
    if clock.first_day_counts:
        working += " + 1 - came_on_day_off"
        calendar += f" + CASE WHEN {measure} = 0 THEN 0 ELSE 1 END"
    return f"CASE WHEN {measure}_unit = 1 THEN {calendar} WHEN {measure} = 0 THEN {same_day} ELSE {working} END"


def judged(plan: Plan) -> Step:
    """Each case with the verdict on every measure."""
    columns = ",\n       ".join(f"{verdict(plan, measure)} AS v_{measure}" for measure in MEASURES)
    return Step("judged", "the verdict on each measure", f"\nSELECT *,\n       {columns}\nFROM promised")


def whole(plan: Plan) -> str:
    """The whole case's verdict: the gravest of its measures; one that is still open is never kept."""
    named = ["0", *(f"v_{measure}" for measure in plan.judged)]
    gravest = f"GREATEST({', '.join(named)})" if plan.judged else str(NOT_JUDGED)
    return f"CASE WHEN {gravest} = {KEPT} THEN in_time ELSE {gravest} END"


CODES = {"item": "m.item", "matter": "j.matter", "region": "j.place", "group": "j.grp", "channel": "j.channel",
         "rating": "j.rating",
         "month": f"(j.month - {MONTH_BASE})"}


def counted(plan: Plan) -> Step:
    """How many cases each combination of dimensions and verdicts has, packed into one number."""
    weights = plan.weights()
    parts = [f"CAST({CODES[name]} AS BIGINT) * {weights[name]}" for name in plan.by]
    columns = {WHOLE: f"({whole(plan)})"}
    verdicts = [f"CAST({columns.get(name, f'v_{name}')} AS INTEGER) * {weights[name]}" for name in plan.packed]
    parts.append(f"CAST({' + '.join(verdicts) or '0'} AS BIGINT)")
    join = " JOIN matters m ON j.matter = m.matter" if "item" in plan.by else ""
    cell = "\n     + ".join(parts)
    return Step("counted", "cases in each cell", f"""
SELECT cell, COUNT(*) AS n
FROM (SELECT {cell} AS cell
      FROM judged j{join}) packed
GROUP BY cell""")


def steps(plan: Plan) -> tuple[Step, ...]:
    """The plan as steps; the last one's rows are the answer."""
    return at_data_date(plan), promised(plan), judged(plan), counted(plan)


def text(parts: Sequence[Step]) -> str:
    """The steps as one statement, each a named common table expression with its purpose as a comment."""
    *first, last = parts
    named = ",\n".join(f"-- {step.purpose}\n{step.name} AS ({step.sql}\n)" for step in first)
    return f"WITH\n{named}\n-- {last.purpose}{last.sql}"


def listed(plan: Plan, where: str, limit: int, offset: int) -> str:
    """Single cases with their promises and verdicts; ``where`` is a condition over ``whole`` and ``v_*``."""
    return text((
        at_data_date(plan), promised(plan), judged(plan),
        Step("with_whole", "and on the whole case", f"\nSELECT *, {whole(plan)} AS whole FROM judged"),
        Step("chosen", "the cases asked for", f"""
SELECT * FROM with_whole WHERE {where}
ORDER BY accepted_day, case_key LIMIT {limit} OFFSET {offset}"""),
    ))
