"""Does a column hold personal data? Asked of a sample of every column before anything is stored."""

from typing import Final

import duckdb

from jizhun.delivery.rules.mapping import Mapping
from jizhun.kernel.bilingual import Bilingual

SAMPLE: Final = 20_000
"""Rows that are looked at."""
MOBILE_SHARE: Final = 0.2
"""Eleven digits may be any number: only a column that holds many of them looks like telephones."""
LONG: Final = 40
"""Mean characters from which on mostly different values look like sentences."""

RESIDENT_ID: Final = r"^[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]$"
MOBILE: Final = r"^(\+?86[- ]?)?1[3-9]\d{9}$"
EMAIL: Final = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"

LOOKS: Final = {
    "resident": Bilingual("居民身份号码", "a resident identity number"),
    "mobile": Bilingual("手机号码", "a mobile number"),
    "email": Bilingual("电子邮箱", "an e-mail address"),
    "text": Bilingual("自由文本", "free text"),
}


def suspicious(con: duckdb.DuckDBPyConnection, columns: tuple[str, ...], mapping: Mapping) -> dict[str, Bilingual]:
    """Column name -> what it looks like, for columns of ``raw`` that the mapping does not set aside.

    Of the columns that it uses only the key's are looked at: nothing else of them is kept but codes and numbers.
    """
    found = {}
    key = mapping.fields["case_key"]
    harmless = {*mapping.ignore, *mapping.pseudonymised(), *(set(mapping.columns()) - set(key.columns))}
    for at, name in enumerate(columns):
        looks = None if name in harmless else _looks_like(con, f"c{at}")
        if looks:
            found[name] = LOOKS[looks]
    return found


def _looks_like(con: duckdb.DuckDBPyConnection, column: str) -> str | None:
    resident, mobile, email, given, distinct, length = con.execute(
        f"SELECT coalesce(sum(number) FILTER (regexp_matches(trim(v), '{RESIDENT_ID}')), 0), "
        f"coalesce(sum(number) FILTER (regexp_matches(trim(v), '{MOBILE}')), 0), "
        f"coalesce(sum(number) FILTER (regexp_matches(v, '{EMAIL}')), 0), "
        "coalesce(sum(number), 0), count(*), coalesce(sum(length(v) * number) / sum(number), 0) "
        f"FROM (SELECT {column} AS v, count(*) AS number FROM (SELECT {column} FROM raw LIMIT {SAMPLE}) "
        f"WHERE {column} IS NOT NULL GROUP BY v)"
    ).fetchall()[0]
    if resident:
        return "resident"
    if email:
        return "email"
    if mobile and mobile >= MOBILE_SHARE * given:
        return "mobile"
    return "text" if length > LONG and distinct > given / 2 and given > 1 else None
