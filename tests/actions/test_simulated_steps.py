"""The fictional province: its simulated cases have simulated steps, held against its own procedures."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from django.core.management import call_command

from jizhun import loading
from jizhun.analytics.following.flow import SKIPPED, UNKNOWN
from jizhun.delivery import actions, simulated_steps, simulation
from jizhun.evaluation.following import followed
from jizhun.people.rules import SYSTEM
from worlds import ROOT

pytestmark = pytest.mark.django_db
CLAIM = "NB029-EX01"
LAST = 1_767_225_599  # the end of 2025


@pytest.fixture
def province(world: None, tmp_path: Path, settings: Any) -> Path:
    """The fictional province with twenty thousand cases."""
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    settings.FILES.mkdir()
    loading.simulated_cases(by=SYSTEM, cases=20_000)
    return tmp_path


def test_simulated_cases_have_simulated_steps_with_every_deviation_planted(province: Path, capsys: Any) -> None:
    marks = duckdb.execute(f"SELECT DISTINCT simulated FROM {actions.step_lake().relation()}").fetchall()
    assert marks == [(1,)]
    found = followed(matter=CLAIM, region="990000")
    assert found.simulated and found.with_steps.value == 1 and 0.85 < (found.figures.followed.value or 0) < 0.99
    assert all(one.cases.part for one in found.figures.deviations)
    assert found.figures.hidden == 0, "simulated cases are nobody's"
    assert found.figures.deviations[SKIPPED - 1].kind == SKIPPED
    assert "leader_sign" in {pair.step for pair in found.figures.deviations[UNKNOWN - 1].pairs}
    assert found.figures.flow.name("leader_sign").en == "Signed by a leader", "no procedure has it, its name is known"
    call_command("followed", "--matter", CLAIM, "--region", "990000")
    told = capsys.readouterr().out
    assert "finished cases" in told or "已办结办件" in told
    call_command("followed", "--matter", CLAIM, "--format", "json", "--sql")
    told = capsys.readouterr().out
    assert json.loads(told[: told.index("\n}\n") + 2])["simulated"] is True and "CREATE TEMP VIEW chosen" in told


def test_removing_the_simulation_removes_its_steps(province: Path) -> None:
    assert loading.remove_simulation(by=SYSTEM) > 0
    assert actions.step_lake().sources() == {}


def test_the_same_seed_gives_the_same_steps(world: None, tmp_path: Path) -> None:
    profile = yaml.safe_load((ROOT / "data" / "simulated" / "steps.yaml").read_text("utf-8"))
    cases, files = tmp_path / "cases.parquet", [tmp_path / name for name in ("one", "same", "other")]
    simulation.write(loading.simulated_year(), cases, cases=5_000, seed=1)
    rows = [simulated_steps.write(profile, cases, file, seed=seed, last_second=LAST)
            for file, seed in zip(files, (1, 1, 2), strict=True)]
    one, same, other = (file.read_bytes() for file in files)
    assert one == same != other and rows[0] == rows[1] > 1_000


def test_simulated_steps_lie_in_order_between_acceptance_and_the_data_day(world: None, tmp_path: Path) -> None:
    profile = yaml.safe_load((ROOT / "data" / "simulated" / "steps.yaml").read_text("utf-8"))
    cases, file = tmp_path / "cases.parquet", tmp_path / "steps.parquet"
    simulation.write(loading.simulated_year(), cases, cases=20_000, seed=1)
    simulated_steps.write(profile, cases, file, seed=1, last_second=LAST)
    (own,) = duckdb.execute(f"SELECT list(DISTINCT region_code) FROM '{file}' JOIN '{cases}' USING (case_no) "
                            "WHERE step = 'second_look'").fetchall()
    assert own == (["990102"],), "a county with a procedure of its own"
    wrong = duckdb.execute(
        f"SELECT count(*) FILTER (ended_at < started_at), count(*) FILTER (epoch(started_at) > {LAST} OR "
        f"epoch(ended_at) > {LAST}), count(*) FILTER (step = 'complete' AND ended_at <> closed_at), "
        "count(*) FILTER (step = 'accept' AND started_at < accepted_at - INTERVAL 2 HOUR) "
        f"FROM '{file}' JOIN '{cases}' USING (case_no)").fetchall()
    assert wrong == [(0, 0, 0, 0)]
