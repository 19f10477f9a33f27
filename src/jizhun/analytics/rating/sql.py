"""What people say, and which people say it, as named SQL steps that a person can read and DuckDB and Spark run alike.

Tables they read: ``reviews`` (the lake), ``places`` (region, place: the unit it is counted under), ``standings``
(review_key, standing: of the ratings that do not simply count), and for who rates ``cases`` with what a plan reads.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from jizhun.analytics.cases import DEFAULT_PRAISE
from jizhun.analytics.plan import Plan
from jizhun.analytics.rating.reviews import ASPECT_BITS, VALID
from jizhun.analytics.sql import Step, at_data_date, judged, promised, whole

LAST_WORD = f"CASE WHEN grade = {DEFAULT_PRAISE} THEN 1 ELSE 0 END, rated_at DESC, review_key DESC"
"""Of several ratings of one visit or matter: a person's before default praise, then the last."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which ratings: given ``first``..``last`` (days since 1970-01-01), of these matters (none named: all).

    ``aspects``: numbers of the categories that may have a grade of their own.
    """

    first: int
    last: int
    matters: tuple[int, ...] = ()
    aspects: tuple[int, ...] = ()


def rated_here(asked: Asked) -> Step:
    """The ratings asked for."""
    matters = f" AND r.matter IN ({', '.join(map(str, asked.matters))})" if asked.matters else ""
    return Step("rated_here", "the ratings asked for, with the place each is counted under and how it stands", f"""
SELECT r.review_key, r.subject, r.matter, r.grp, r.channel, r.month, r.rated_at, r.grade, r.how, r.reasons, r.aspects,
       r.has_text, p.place, COALESCE(s.standing, {VALID}) AS standing
FROM reviews r
JOIN places p ON r.region = p.region
LEFT JOIN standings s ON r.review_key = s.review_key
WHERE r.rated_day BETWEEN {asked.first} AND {asked.last}{matters}""", view=True)


RATED_ONCE = Step("rated_once", "one rating for each visit or matter: a person's last word, else default praise", f"""
SELECT matter, grp, channel, month, grade, how, reasons, aspects, has_text, place, standing
FROM (SELECT h.*, ROW_NUMBER() OVER (PARTITION BY subject ORDER BY {LAST_WORD}) AS nth FROM rated_here h) ranked
WHERE nth = 1""")

CODES = {"place": "place", "matter": "matter", "channel": "channel", "month": "month", "group": "grp"}
"""What ratings are counted by."""


def counted_by(name: str, column: str) -> Step:
    return Step(f"by_{name}", f"ratings by {name}, grade, how they were given and how they stand", f"""
SELECT {column} AS code, grade, how, standing, COUNT(*) AS n
FROM rated_once
GROUP BY {column}, grade, how, standing""")


WHY = Step("why", "the reasons of negative ratings that count, as bits, and whether anything was written", f"""
SELECT reasons, has_text, COUNT(*) AS n
FROM rated_once
WHERE grade <= 2 AND standing = {VALID}
GROUP BY reasons, has_text""")


def aspect_grades(numbers: Iterable[int]) -> Step:
    """How often each single aspect was given each grade; the grade still stands at its bits."""
    one = f"""
SELECT {{number}} AS aspect, CAST(aspects & {{bits}} AS BIGINT) AS held, COUNT(*) AS n
FROM rated_once
WHERE standing = {VALID} AND grade <> {DEFAULT_PRAISE} AND (aspects & {{bits}}) <> 0
GROUP BY aspects & {{bits}}"""
    parts = [one.format(number=number, bits=7 << ASPECT_BITS * number) for number in numbers]
    return Step("aspect_grades", "grades of single aspects", "\nUNION ALL".join(parts))


def rating(asked: Asked) -> tuple[Step, ...]:
    """The whole question about ratings; each step reads those before it."""
    counted = (counted_by(name, column) for name, column in CODES.items())
    return (rated_here(asked), RATED_ONCE, *counted, WHY, *([aspect_grades(asked.aspects)] if asked.aspects else []))


def wanted(parts: Iterable[Step]) -> tuple[str, ...]:
    """The steps whose rows are the answer: all that count something."""
    return tuple(part.name for part in parts if part.name.startswith(("by_", "heard_by_")) or part.name in
                 ("why", "aspect_grades"))


# -- who rates -------------------------------------------------------------------------------------

_LAST_OF_CASE = LAST_WORD.replace("review_key", "r.review_key")

LAST_WORDS = Step("last_words", "the last word on each case", f"""
SELECT case_key, grade, standing
FROM (SELECT r.case_key, r.grade, COALESCE(s.standing, {VALID}) AS standing,
             ROW_NUMBER() OVER (PARTITION BY r.case_key ORDER BY {_LAST_OF_CASE}) AS nth
      FROM reviews r
      LEFT JOIN standings s ON r.review_key = s.review_key
      WHERE r.case_key <> '') ranked
WHERE nth = 1""")

SERVED = Step("served", "finished cases with what was said of them: grade 0 where nobody said anything", f"""
SELECT w.place, w.matter, w.channel, w.grp, w.month, w.outcome, w.whole AS verdict, COALESCE(l.grade, 0) AS grade,
       COALESCE(l.standing, {VALID}) AS standing
FROM with_whole w
LEFT JOIN last_words l ON w.case_key = l.case_key
WHERE NOT w.is_open""")

HEARD = {**CODES, "outcome": "outcome", "verdict": "verdict"}
"""What finished cases are counted by."""


def heard_by(name: str, column: str) -> Step:
    return Step(f"heard_by_{name}", f"finished cases by {name} and by what was said of them", f"""
SELECT {column} AS code, grade, standing, COUNT(*) AS n
FROM served
GROUP BY {column}, grade, standing""")


def hearing(plan: Plan) -> tuple[Step, ...]:
    """Who rates: the plan's cases with their verdicts, each beside its rating, counted by everything."""
    verdicts = (replace(step, view=True) for step in (at_data_date(plan), promised(plan), judged(plan)))
    with_whole = Step("with_whole", "and on the whole case", f"\nSELECT *, {whole(plan)} AS whole FROM judged",
                      view=True)
    return (*verdicts, with_whole, LAST_WORDS, SERVED, *(heard_by(name, column) for name, column in HEARD.items()))
