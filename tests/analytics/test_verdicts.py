"""Cases computed by hand: each file under tests/cases/verdicts says what happened, what was promised and why."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from jizhun.analytics.plan import VERDICT_NAMES, Clock
from jizhun.analytics.reference import Case, Promise, judge
from jizhun.kernel.working_days import Calendar
from judging import duckdb_verdicts, inputs, read_case, read_promise, resolved
from worlds import CASES, read_yaml

CALENDAR = Calendar("CN")
LATER = date(2025, 12, 31)
"""The data date where a case names none: everything has happened by then."""
FILES = {path.stem: read_yaml(path) for path in sorted((CASES / "verdicts").glob("*.yaml"))}
ALL = [(stem, file, row) for stem, file in FILES.items() for row in file["cases"]]
IDS = [f"{stem}: {row['name']}" for stem, _, row in ALL]


def told(number: int) -> tuple[Case, list[Promise]]:
    """The case of that place in ALL as a matter of its own, with what is promised for it."""
    _, file, row = ALL[number]
    if "provisions" in file:
        return read_case(row["case"], number), resolved(file, row["case"], number)
    return read_case(row["case"], number), [read_promise(one, number) for one in row.get("promised", ())]


def clocks_of(number: int) -> dict[str, Clock]:
    """How the limits of that case's file are counted."""
    return {measure: Clock(**said) for measure, said in ALL[number][1].get("clocks", {}).items()}


def expected(row: dict[str, Any]) -> dict[str, str]:
    return {measure: "no-promise" if verdict == "not-judged" else verdict
            for measure, verdict in row["expect"].items()}


def named(verdicts: dict[str, int], row: dict[str, Any]) -> dict[str, str]:
    return {measure: VERDICT_NAMES[verdicts[measure]] for measure in row["expect"]}


@pytest.mark.parametrize("number", range(len(ALL)), ids=IDS)
def test_the_reference_engine_gives_the_verdict_computed_by_hand(number: int) -> None:
    row, (case, promises) = ALL[number][2], told(number)
    found = judge(case, promises, CALENDAR.is_working, row.get("as_of", LATER), clocks_of(number))
    assert named(found, row) == expected(row), row["why"]


@pytest.fixture(scope="module")
def by_duckdb(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    """Every case's verdicts, those of one file and data date in one query; the extract is always later."""
    found: dict[str, dict[str, int]] = {}
    for as_of, stem in {(row.get("as_of", LATER), stem) for stem, _, row in ALL}:
        numbers = [n for n, (one, _, row) in enumerate(ALL) if (row.get("as_of", LATER), one) == (as_of, stem)]
        cases, promises = zip(*map(told, numbers), strict=True)
        folder: Path = tmp_path_factory.mktemp("lake")
        world = inputs(folder, cases, [one for some in promises for one in some], CALENDAR, as_of, LATER)
        found |= duckdb_verdicts(world, as_of, clocks_of(numbers[0]))
    return found


@pytest.mark.parametrize("number", range(len(ALL)), ids=IDS)
def test_duckdb_gives_the_verdict_computed_by_hand(number: int, by_duckdb: dict[str, dict[str, int]]) -> None:
    row = ALL[number][2]
    assert named(by_duckdb[str(number)], row) == expected(row), row["why"]


def test_there_are_at_least_sixty_cases_each_with_its_reason() -> None:
    assert len(ALL) >= 60
    assert [row["name"] for _, _, row in ALL if not row.get("why")] == []
