"""The two legs of cases that cross regions: counts by hand, and the reference against SQL on many small worlds."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jizhun.analytics.cases import COLUMNS, FAR_DAY, FAR_ORDINAL, arrow_schema
from jizhun.analytics.lake import LakeFile
from jizhun.analytics.legs import FIRST, NO_LIMIT, SECOND, Limit, counted, reference

AS_OF, AS_OF_WD = 100, 70
LIMIT = Limit(1, 2, 3, 0, 1000, (1, 3))


def case(accepted: int, forwarded: int | None = None, closed: int | None = None, stopped: int = 0,
         **more: int) -> dict[str, Any]:
    """A case by days; working days are seven tenths of them."""
    def both(name: str, day: int | None) -> dict[str, int]:
        return {f"{name}_day": FAR_DAY if day is None else day,
                f"{name}_wd": FAR_ORDINAL if day is None else day * 7 // 10}

    return {"matter": 1, "came_from": 2, "region": 3, **both("accepted", accepted), **both("forwarded", forwarded),
            **both("closed", closed), "stopped_days": stopped, "stopped_wd": stopped, **more}


def told(row: dict[str, Any], leg: int, limit: Limit = LIMIT) -> set[str]:
    counts = reference([row], [limit], AS_OF, AS_OF_WD).get((row["matter"], row["came_from"], row["region"], leg), {})
    return {name for name, number in counts.items() if number}


@pytest.mark.parametrize(("row", "first", "second"), [
    (case(90, 91, 95), {"cases", "kept"}, {"cases", "kept"}),
    (case(80, 90, 95), {"cases", "broken"}, {"cases", "kept"}),
    (case(80, 81, 95), {"cases", "kept"}, {"cases", "broken"}),
    (case(80, 81, 95, stopped=7), {"cases", "kept"}, {"cases", "kept"}),
    (case(99), {"cases", "open", "waiting"}, set()),
    (case(80), {"cases", "overdue", "waiting"}, set()),
    (case(90, 91), {"cases", "kept"}, {"cases", "overdue", "waiting"}),
    (case(98, 99), {"cases", "kept"}, {"cases", "open", "waiting"}),
    (case(90, None, 91), {"cases", "kept"}, set()),
    (case(90, came_from=0), set(), set()),
    (case(101), set(), set()),
    (case(90, 91, 95, matter=9), {"cases", "unlimited"}, {"cases", "unlimited"})])
def test_each_leg_has_a_clock_of_its_own(row, first, second):
    assert (told(row, FIRST), told(row, SECOND)) == (first, second)


def test_calendar_days_and_a_leg_without_a_limit():
    limit = Limit(1, 2, 3, 0, 1000, (NO_LIMIT, 4), working=False)
    assert told(case(90, 91, 95), FIRST, limit) == {"cases", "unlimited"}
    assert told(case(90, 91, 95), SECOND, limit) == {"cases", "kept"}
    assert told(case(90, 91, 96), SECOND, limit) == {"cases", "broken"}


days = st.integers(85, 102)
later = st.none() | days
rows = st.builds(case, days, later, later, st.integers(0, 5), matter=st.just(1), came_from=st.integers(0, 2),
                 region=st.just(3))
limits = st.lists(st.builds(Limit, st.just(1), st.integers(1, 2), st.just(3), st.just(0), st.integers(90, 120),
                            st.tuples(st.integers(-1, 6), st.integers(-1, 6)), st.booleans()), max_size=2,
                  unique_by=lambda one: one.came_from)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rows, max_size=20), limits)
def test_sql_says_what_the_reference_says(tmp_path: Path, cases: list[dict[str, Any]], held: list[Limit]):
    file = tmp_path / "source=test" / "month=202501" / "cases.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    absent = {one.name: "" if one.sql == "VARCHAR" else one.absent or 0 for one in COLUMNS}
    pq.write_table(pa.Table.from_pylist([{**absent, **one} for one in cases], arrow_schema(partitions=False)), file)
    found = counted([LakeFile(str(file), "test", 202501, len(cases))], held, AS_OF, AS_OF_WD)
    assert found == reference(cases, held, AS_OF, AS_OF_WD)
