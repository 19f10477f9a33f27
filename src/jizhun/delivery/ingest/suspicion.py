"""Does a column hold personal data? Asked of a sample of every column before anything is stored, and of every row
where the answer is cheap: an identity number or an address has a shape of its own."""

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


def suspicious(
    con: duckdb.DuckDBPyConnection, columns: tuple[str, ...], mapping: Mapping, *, first: bool
) -> dict[str, Bilingual]:
    """Column name -> what it looks like, for columns of ``raw`` that the mapping does not set aside.

    ``first``: this is the first piece of the file, of which a sample is looked at closely.
    """
    watched = _watched(columns, mapping)
    found = _identifiers(con, watched)
    if first:
        looks = {name: _looks_like(con, column) for name, column in watched.items() if name not in found}
        found |= {name: kind for name, kind in looks.items() if kind}
    return {name: LOOKS[kind] for name, kind in found.items()}


def _watched(columns: tuple[str, ...], mapping: Mapping) -> dict[str, str]:
    """Name in the file -> name in ``raw`` of the columns that are neither set aside nor turned into numbers.

    Of the columns that the mapping uses those are the key's and words': of others only codes and numbers are kept.
    """
    harmless = {*mapping.ignore, *mapping.pseudonymised(), *(mapping.columns().keys() - mapping.kept())}
    return {name: f"c{at}" for at, name in enumerate(columns) if name not in harmless}


def _identifiers(con: duckdb.DuckDBPyConnection, watched: dict[str, str]) -> dict[str, str]:
    """Columns with an identity number or an e-mail address in any row at all."""
    if not watched:
        return {}
    asked = [
        f"bool_or(CASE WHEN strlen(trim({c})) = 18 THEN regexp_matches(trim({c}), '{RESIDENT_ID}') END), "
        f"bool_or(CASE WHEN contains({c}, '@') THEN regexp_matches({c}, '{EMAIL}') END)"
        for c in watched.values()
    ]
    told = con.execute(f"SELECT {', '.join(asked)} FROM raw").fetchall()[0]
    pairs = zip(watched, told[::2], told[1::2], strict=True)
    return {name: "resident" if resident else "email" for name, resident, email in pairs if resident or email}


def _looks_like(con: duckdb.DuckDBPyConnection, column: str) -> str | None:
    mobile, given, distinct, length = con.execute(
        f"SELECT coalesce(sum(number) FILTER (regexp_matches(trim(v), '{MOBILE}')), 0), "
        "coalesce(sum(number), 0), count(*), coalesce(sum(length(v) * number) / sum(number), 0) "
        f"FROM (SELECT {column} AS v, count(*) AS number FROM (SELECT {column} FROM raw LIMIT {SAMPLE}) "
        f"WHERE {column} IS NOT NULL GROUP BY v)"
    ).fetchall()[0]
    if mobile and mobile >= MOBILE_SHARE * given:
        return "mobile"
    return "text" if length > LONG and distinct > given / 2 and given > 1 else None
