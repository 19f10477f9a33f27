"""What do people say of it? Made-up ratings and cases on the plain-Python reference, DuckDB and Spark: one answer."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jizhun.analytics.cases import CHANNELS
from jizhun.analytics.engines import DuckDB, Spark
from jizhun.analytics.rating.reference import Said, Served, count, hear, last_words
from jizhun.analytics.rating.reviews import ON_SITE
from ratings import by_engine, cases_of, file_of, heard_by_engine, take_cases, take_in

WORLDS = int(os.environ.get("JIZHUN_WORLDS", "60"))
FIRST = 1_738_368_000
"""2025-02-01 00:00 as seconds since 1970."""
ON_SITE_NUMBERS = {CHANNELS[name] for name in ON_SITE}


@st.composite
def ratings(draw: st.DrawFn, key: str) -> Said:
    """Any rating: of a case, a visit or both, at the same second as others, default praise, void or under appeal."""
    case, visit = draw(st.sampled_from([("k1", ""), ("k2", ""), ("k3", "v1"), ("", "v1"), ("", "v2"), ("nobody", "")]))
    channel = draw(st.integers(0, 9))
    subject = f"v{visit}" if visit and (not case or channel in ON_SITE_NUMBERS) else f"c{case}"
    at = FIRST + draw(st.sampled_from([0, 1, 40_000, 30 * 86_400, 60 * 86_400]))
    grade = draw(st.sampled_from([1, 2, 3, 4, 5, 9]))
    aspects = {number: draw(st.integers(0, 5)) for number in (0, 5)}
    return Said(key, subject, case, draw(st.integers(1, 2)), at, grade,
                3 if grade == 9 else draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.integers(1, 2)), channel,
                202502 if at < FIRST + 28 * 86_400 else 202503 if at < FIRST + 59 * 86_400 else 202504,
                draw(st.frozensets(st.integers(0, 5), max_size=3)), aspects, draw(st.booleans()),
                draw(st.sampled_from([0, 0, 0, 1, 2])))


def several(size: int = 14) -> st.SearchStrategy[list[Said]]:
    return st.integers(1, size).flatmap(lambda n: st.tuples(*(ratings(f"r{i:02}") for i in range(n))).map(list))


@st.composite
def served(draw: st.DrawFn, key: str) -> Served:
    return Served(key, draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.integers(1, 2)),
                  draw(st.integers(0, 9)), draw(st.sampled_from([202501, 202502])), draw(st.integers(0, 2)))


cases = st.tuples(*(served(f"k{n}") for n in (1, 2, 3, 4))).map(list)




@settings(max_examples=max(WORLDS // 2, 5), deadline=None)
@given(several())
def test_duckdb_agrees_with_the_reference(said: list[Said]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        assert take_in(place, file_of(said, place / "said.csv")).bad == 0
        assert by_engine(DuckDB(threads=1), place, said) == count(said)


@settings(max_examples=max(WORLDS // 4, 5), deadline=None)
@given(several(), cases)
def test_who_rates_is_the_same_on_duckdb_and_the_reference(said: list[Said], many: list[Served]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        take_cases(place, cases_of(many, place / "cases.csv"))
        take_in(place, file_of(said, place / "said.csv"))
        assert heard_by_engine(DuckDB(threads=1), place, said) == hear(many, said)


@settings(max_examples=max(WORLDS // 6, 5), deadline=None)
@given(several(), st.randoms(use_true_random=False))
def test_the_order_of_rows_in_the_file_says_nothing(said: list[Said], order: Any) -> None:
    before = count(said)
    order.shuffle(said)
    with tempfile.TemporaryDirectory() as folder:
        take_in(Path(folder), file_of(said, Path(folder) / "said.csv"), piece=60)
        assert by_engine(DuckDB(threads=1), Path(folder), said) == before == count(said)


def test_a_person_s_last_word_stands_whenever_a_system_counted_praise() -> None:
    said = [Said("a", "ck1", "k1", 1, 10, 5), Said("b", "ck1", "k1", 1, 20, 2), Said("c", "ck1", "k1", 1, 30, 9, 3)]
    assert last_words(said, lambda one: one.subject)["ck1"].key == "b"


WORLD: Sequence[Said] = (
    Said("r1", "ck1", "k1", 1, FIRST, 5, channel=1, month=202502), Said("r2", "ck1", "k1", 1, FIRST + 5, 1,
                                                                        channel=1, month=202502,
                                                                        reasons=frozenset({0, 3}), has_text=True),
    Said("r3", "ck2", "k2", 2, FIRST, 9, 3, channel=1, month=202502),
    Said("r4", "vv1", "k3", 1, FIRST, 2, channel=2, month=202502, aspects={0: 1, 5: 4}),
    Said("r5", "vv2", "", 2, FIRST, 4, channel=2, month=202502, aspects={0: 5}, standing=1),
    Said("r6", "cnobody", "nobody", 2, FIRST, 3, channel=1, month=202502, standing=2))


@pytest.mark.spark
def test_spark_agrees_with_duckdb_and_the_reference(spark: Any, tmp_path: Path) -> None:
    many = [Served("k1", 1, channel=1, month=202501, outcome=1), Served("k2", 2, channel=1, month=202501),
            Served("k3", 1, group=2, channel=2, month=202502, outcome=2), Served("k4", 2, month=202502)]
    take_cases(tmp_path, cases_of(many, tmp_path / "cases.csv"))
    take_in(tmp_path, file_of(WORLD, tmp_path / "said.csv"))
    engine = Spark()
    assert by_engine(engine, tmp_path, WORLD) == by_engine(DuckDB(), tmp_path, WORLD) == count(WORLD)
    assert heard_by_engine(engine, tmp_path, WORLD) == heard_by_engine(DuckDB(), tmp_path, WORLD) == hear(many, WORLD)
