"""The same acts with the cases in object storage, or in another folder: only a setting differs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import storage
from jizhun import loading
from jizhun.delivery import actions
from jizhun.delivery.actions import keeping
from jizhun.delivery.rules.parsing import parse
from jizhun.evaluation.actions import again, cases, evaluate
from jizhun.people.rules import SYSTEM
from town import MAPPING, file, write_package

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with storage.serving(tmp_path_factory.mktemp("storage") / "log") as address:
        yield address


def live_through(folder: Path) -> None:
    """Receive, correct, put together, evaluate, evaluate a former state, remove."""
    mapping = parse(MAPPING + "steps: [{name: look, start: accepted, end: closed}]\n")

    def receive(*rows: str, name: str) -> actions.Receipt:
        return actions.receive(by=SYSTEM, file=file(folder, *rows, name=name), mapping=mapping, source="town")

    receive("1,T1,2025-01-03,", "4,T1,2025-01-05,", "2,T1,2025-02-03,", name="a.csv")
    first = evaluate(index="no_promise", source="town", by="month")
    corrected = receive("1,T1,2025-01-03,2025-01-06", "3,T1,2025-01-04,", name="b.csv").batch
    assert corrected.rows_replaced == 1 and actions.step_lake().sources() == {"town": 4}
    assert len(keeping.compact(by=SYSTEM)) == 2
    assert [one.key for one in cases(source="town")] == ["1", "3", "4", "2"]
    assert evaluate(index="no_promise", source="town").total.cases == 4 and again(run=first.run).same
    assert actions.remove(by=SYSTEM, source="town") == 4 and actions.lake().files() == []
    assert list(actions.lake().store.listed()) == []


@pytest.mark.bucket
def test_cases_in_object_storage(tmp_path: Path, settings: Any, endpoint: str) -> None:
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    settings.LAKE_ADDRESS, settings.LAKE_ENDPOINT = "s3://cases/jizhun/", endpoint
    list(loading.package(by=SYSTEM, folder=write_package(tmp_path / "town")))
    live_through(tmp_path)
    assert actions.lake().store.address == "s3://cases/jizhun/cases" and not (tmp_path / "lake" / "cases").exists()


def test_cases_in_another_folder(tmp_path: Path, settings: Any) -> None:
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    settings.LAKE_ADDRESS = str(tmp_path / "elsewhere")
    list(loading.package(by=SYSTEM, folder=write_package(tmp_path / "town")))
    live_through(tmp_path)
    assert (tmp_path / "elsewhere" / "cases" / "_delta_log").is_dir() and not (tmp_path / "lake" / "cases").exists()
