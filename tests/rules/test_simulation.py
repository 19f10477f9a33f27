"""The simulated year: deterministic, shaped as its profile says, with the planted faults in it, and no real place."""

import csv
import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from jizhun.delivery.simulation import Year, make_year, write
from worlds import ROOT, read_yaml

DATA = ROOT / "data" / "simulated"
CASES = 120_000


def year_of(profile: dict[str, Any]) -> Year:
    with (DATA / "regions.csv").open(encoding="utf-8") as file:
        codes = [row["code"] for row in csv.DictReader(file) if row["level"] == "3" or row["code"] == "991100"]
    wages = [(date(2024, 1, 1), {"1": 2000.0, "2": 1850.0}), (date(2025, 7, 1), {"1": 2150.0, "2": 2000.0})]
    return make_year(profile, codes, {code: "1" if code < "990500" else "2" for code in codes}, wages)


@pytest.fixture(scope="module")
def profile() -> dict[str, Any]:
    return read_yaml(DATA / "profile.yaml")


@pytest.fixture(scope="module")
def file(profile: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("year") / "cases.parquet"
    write(year_of(profile), path, cases=CASES, seed=1)
    return path


def ask(file: Path, sql: str) -> list[tuple[Any, ...]]:
    return duckdb.sql(sql.replace("cases", f"read_parquet('{file}')")).fetchall()


def counter_cases(file: Path, day: str) -> int:
    ((found,),) = ask(file, f"SELECT count(*) FROM cases WHERE channel = 'counter' AND accepted_at::DATE = '{day}'")
    return int(found)


def test_the_same_seed_gives_the_same_bytes(profile: dict[str, Any], tmp_path: Path) -> None:
    year, digests = year_of(profile), []
    for seed in (1, 1, 2):
        write(year, tmp_path / "x.parquet", cases=5_000, seed=seed)
        digests.append(hashlib.sha256((tmp_path / "x.parquet").read_bytes()).hexdigest())
    assert digests[0] == digests[1] != digests[2]


def test_matters_have_their_shares(profile: dict[str, Any], file: Path) -> None:
    found = dict(ask(file, "SELECT matter_code, count(*) FROM cases WHERE case_no LIKE 'SIM%' GROUP BY 1"))
    for code, row in profile["matters"].items():
        assert found[code] / CASES * 100 == pytest.approx(row["share"], abs=1.0), code


def test_months_follow_the_profile(profile: dict[str, Any], file: Path) -> None:
    found = dict(ask(file, "SELECT month(accepted_at), count(*) FROM cases GROUP BY 1"))
    assert found[3] > 1.5 * found[2]
    assert min(found, key=found.__getitem__) == 2
    assert found[7] > found[6]


def test_counters_are_closed_when_nobody_works(file: Path) -> None:
    sundays = counter_cases(file, "2025-03-09")
    make_up = counter_cases(file, "2025-01-26")
    assert sundays == 0
    assert make_up > 0


def test_nobody_closes_before_accepting_and_what_is_open_is_open(file: Path) -> None:
    assert ask(file, "SELECT count(*) FROM cases WHERE closed_at < accepted_at") == [(0,)]
    ((open_,),) = ask(file, "SELECT count(*) FROM cases WHERE closed_at IS NULL")
    assert 0 < open_ < CASES / 50


def test_active_ratings_and_default_praise_are_apart(file: Path) -> None:
    found = dict(ask(file, "SELECT coalesce(rating, 'none'), count(*) FROM cases GROUP BY 1"))
    active = sum(found.get(grade, 0) for grade in "12345")
    assert active / CASES == pytest.approx(0.09, abs=0.03)
    assert (found.get("1", 0) + found.get("2", 0)) / active < 0.01
    assert found["default"] > active


def test_the_planted_faults_are_there(profile: dict[str, Any], file: Path) -> None:
    planted = profile["planted"]
    silent = planted["silent"]
    assert ask(file, f"SELECT count(*) FROM cases WHERE region_code = '{silent['region']}' AND accepted_at::DATE "
                     f"BETWEEN '{silent['first']}' AND '{silent['last']}'") == [(0,)]
    assert ask(file, "SELECT count(*) FROM cases WHERE fee > 0") == [(planted["charged"]["cases"],)]
    assert ask(file, "SELECT count(*) FROM cases WHERE region_code = 'TEST'") == [(planted["test_cases"],)]
    assert ask(file, "SELECT count(*) - count(DISTINCT case_no) FROM cases") == [(planted["duplicates"],)]
    bulk = planted["bulk_evening"]
    ((evening,),) = ask(file, f"SELECT count(DISTINCT case_no) FROM cases WHERE region_code = '{bulk['region']}' "
                              f"AND accepted_at::DATE = '{bulk['day']}' AND closed_at = accepted_at "
                              "AND accepted_at::TIME > '17:30'")
    assert evening == bulk["cases"]


def test_no_real_place_is_named(file: Path) -> None:
    assert ask(file, "SELECT count(*) FROM cases WHERE region_code NOT LIKE '99%' AND region_code <> 'TEST'") == [(0,)]
