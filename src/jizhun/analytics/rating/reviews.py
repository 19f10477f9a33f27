"""Ratings at rest: every column of their table in the lake, with its type and what stands for "absent".

The person's own words are not among them: what was written is looked at where it comes in (is there any, which
categories does it name) and not kept, because nobody can tell beforehand whom a sentence gives away.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from jizhun.analytics.cases import DEFAULT_PRAISE, Column, Table

REVIEWS: Final = Table("reviews", (
    Column("review_key", "VARCHAR"),
    Column("subject", "VARCHAR"),  # what may be rated once: a visit ("v" and its key) or a case ("c" and its key)
    Column("case_key", "VARCHAR", ""),
    Column("visit_key", "VARCHAR", ""),
    Column("batch", "INTEGER"),
    Column("matter", "SMALLINT", 0),  # 0: a visit of which no matter was told
    Column("region", "INTEGER"),
    Column("grp", "SMALLINT"),
    Column("channel", "TINYINT", 0),
    Column("rated_at", "BIGINT"),
    Column("rated_day", "INTEGER"),
    Column("grade", "TINYINT"),  # 1 to 5, or DEFAULT_PRAISE
    Column("how", "TINYINT"),
    Column("reasons", "INTEGER", 0),  # a bit for each category by its number
    Column("aspects", "BIGINT", 0),  # three bits for each category: the grade of this aspect, 0 where there is none
    Column("has_text", "TINYINT", 0),
    Column("anonymous", "TINYINT", 0),
    Column("simulated", "TINYINT", 0),
), ("matter", "region", "rated_day", "review_key"), key="review_key")
"""One row a rating. The month in its path is that in which it was given."""

ASPECT_BITS: Final = 3
MOST_CATEGORIES: Final = 20
"""So that every category has its bits in both columns."""
ON_SITE: Final = ("counter", "self_service", "bank", "town")
"""Channels on which a visit is rated once (一次一评); on the others a matter is (一事一评)."""
VALID, VOID, APPEALED = range(3)
"""How a rating stands: it counts; it was found mistaken or malicious; it is under appeal and counts neither way."""


def mask_of(numbers: Iterable[int]) -> int:
    """Categories as bits."""
    return sum(1 << number for number in {*numbers})


def numbers_of(mask: int) -> tuple[int, ...]:
    """The categories in such a number."""
    return tuple(number for number in range(MOST_CATEGORIES) if mask >> number & 1)


def packed(grades: Mapping[int, int]) -> int:
    """Grades of aspects, by the category's number, as one number."""
    return sum(grade << ASPECT_BITS * number for number, grade in grades.items())


def is_default(grade: int) -> bool:
    """Whether nobody gave it."""
    return grade == DEFAULT_PRAISE
