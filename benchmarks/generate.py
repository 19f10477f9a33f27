"""Generated cases for benchmarks: files as the lake has them, spread over as many codes as a nation has.

Nobody sees these rows. Durations, stops, fees, visits and materials vary as in a year of such cases: most
fees are nothing, most cases are closed well within their limit, one in fifty is suspended, one in three states a
due time, one in five is rated.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

from jizhun.analytics.lake import LakeFile

MATTERS, REGIONS, GROUPS = 109, 2850, 1
FIRST_DAY = 20089  # 2025-01-01
MONTH_DAYS = 30
AS_OF = FIRST_DAY + 12 * MONTH_DAYS - 1


def case_files(folder: Path, rows: int) -> list[LakeFile]:
    """Twelve month files with ``rows`` cases together, made once and kept in ``folder``."""
    files = []
    for month in range(12):
        path = folder / f"made=2-rows={rows}" / "source=generated" / f"month={202501 + month}" / "cases.parquet"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, month, rows // 12)
        files.append(LakeFile(str(path), "generated", 202501 + month, rows // 12))
    return files


def _write(path: Path, month: int, rows: int) -> None:
    first = FIRST_DAY + month * MONTH_DAYS
    with duckdb.connect() as connection:
        connection.execute("CREATE MACRO wd(d) AS CAST(((d - 10957) * 5) // 7 AS SMALLINT)")
        connection.execute(f"""
COPY (SELECT 'k' || i AS case_key, 1::INTEGER AS batch, matter, region, 1::SMALLINT AS grp,
        (h % 7 + 1)::TINYINT AS channel, a * 86400::BIGINT + 36000 AS accepted_at,
        c * 86400::BIGINT + 50000 AS decided_at,
        CASE WHEN c > {AS_OF} THEN 2932896::BIGINT * 86400 ELSE c * 86400::BIGINT + 50000 END AS closed_at,
        CASE WHEN h % 3 = 0 THEN (a + 14) * 86400::BIGINT ELSE 2932896::BIGINT * 86400 END AS due_at,
        a::INTEGER AS accepted_day, c::INTEGER AS decided_day,
        CASE WHEN c > {AS_OF} THEN 2932896 ELSE c END::INTEGER AS closed_day, wd(a) AS accepted_wd, wd(c) AS decided_wd,
        CASE WHEN c > {AS_OF} THEN 32767::SMALLINT ELSE wd(c) END AS closed_wd, 1::TINYINT AS accepted_is_wd,
        CASE WHEN h % 50 = 0 THEN 4 ELSE 0 END::SMALLINT AS stopped_days,
        CASE WHEN h % 50 = 0 THEN 2 ELSE 0 END::SMALLINT AS stopped_wd, 0::SMALLINT AS extended, 1::TINYINT AS outcome,
        CASE WHEN h % 997 = 0 THEN 500 ELSE 0 END::BIGINT AS fee_cents, -1::BIGINT AS amount_cents,
        CASE WHEN h % 89 = 0 THEN 2 ELSE h % 2 END::SMALLINT AS visits,
        CASE WHEN h % 83 = 0 THEN 4 ELSE 3 END::SMALLINT AS materials,
        CASE WHEN h % 5 = 0 THEN h % 4 + 2 ELSE 0 END::TINYINT AS rating,
        CASE WHEN h % 3 = 0 THEN 1 ELSE 0 END::TINYINT AS due_binds,
        '' AS steps, 1::TINYINT AS simulated
      FROM (SELECT i, h, (hash(i) % {MATTERS} + 1)::SMALLINT AS matter,
              (hash(i + 7) % {REGIONS} + 1)::INTEGER AS region,
              ({first} + hash(i + 1) % {MONTH_DAYS})::INTEGER AS a,
              ({first} + hash(i + 1) % {MONTH_DAYS} + CASE WHEN h % 40 = 0 THEN 16 ELSE h % 9 END)::INTEGER AS c
            FROM (SELECT i, (hash(i + 3) % 1000000007)::BIGINT AS h
                  FROM range({month * rows}, {(month + 1) * rows}) t(i)))
      ORDER BY matter, region, accepted_day) TO '{path}' (FORMAT parquet, COMPRESSION zstd)""")


def small_tables() -> dict[str, pa.Table]:
    """Limits (a promise that changes in mid-year for every matter and place), places and matters."""
    with duckdb.connect() as connection:
        limits = connection.sql(f"""
SELECT matter::SMALLINT AS matter, region::INTEGER AS region, 1::SMALLINT AS grp,
       CASE k WHEN 0 THEN 19000 ELSE {FIRST_DAY + 180} END::INTEGER AS from_day,
       CASE k WHEN 0 THEN {FIRST_DAY + 179} ELSE 2932896 END::INTEGER AS to_day,
       20::INTEGER AS statutory_limit, 1::INTEGER AS statutory_limit_by, 0::TINYINT AS statutory_limit_unit,
       (10 - k - hash(region) % 3)::INTEGER AS promised_limit, 2::INTEGER AS promised_limit_by,
       (matter % 2)::TINYINT AS promised_limit_unit, 1::INTEGER AS visits, 3::INTEGER AS visits_by,
       3::INTEGER AS materials, 4::INTEGER AS materials_by, 0::INTEGER AS fee, 5::INTEGER AS fee_by,
       -1::INTEGER AS benefit_amount, -1::INTEGER AS benefit_amount_by
FROM range(1, {MATTERS + 1}) m(matter), range(1, {REGIONS + 1}) r(region), range(2) c(k)""").to_arrow_table()
        places = connection.sql(f"""
SELECT region::INTEGER AS region, region::INTEGER AS place, ((({AS_OF} - 10957) * 5) // 7)::SMALLINT AS as_of_wd
FROM range(1, {REGIONS + 1}) r(region)""").to_arrow_table()
        matters = connection.sql(f"""
SELECT matter::SMALLINT AS matter, (matter // 6)::INTEGER AS item
FROM range(1, {MATTERS + 1}) m(matter)""").to_arrow_table()
    return {"limits": limits, "places": places, "matters": matters}
