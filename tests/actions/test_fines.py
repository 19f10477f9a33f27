"""Another town's public process log, brought in by mapping only: load, ingest, steps, evaluate, followed, the pages."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import components
from jizhun import loading
from jizhun.analytics.following.flow import OUT_OF_ORDER, SKIPPED, UNKNOWN
from jizhun.delivery import actions as delivery
from jizhun.evaluation.actions import evaluate
from jizhun.evaluation.following import followed
from jizhun.evaluation.rules.following import Share
from jizhun.people.rules import SYSTEM
from worlds import ROOT

PACKAGE, MATTER = ROOT / "examples" / "fines", "IT-FINES-ROAD-FINE"
NOTHING_PROMISED = "no promise"
pytestmark = [pytest.mark.django_db, pytest.mark.log]


@pytest.fixture
def log(world: None, settings: Any, tmp_path: Path) -> tuple[delivery.Receipt, delivery.Receipt]:
    """The package and the log through the ordinary doors, over a lake of its own: the receipts of cases and steps."""
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    list(loading.package(by=SYSTEM, folder=PACKAGE))
    file = Path(components.public_log() or os.devnull)
    cases = delivery.receive(by=SYSTEM, file=file, source="fines",
                             mapping=delivery.read_mapping(PACKAGE / "cases.yaml"))
    steps = delivery.receive_steps(by=SYSTEM, file=file, source="fines",
                                   mapping=delivery.read_mapping(PACKAGE / "steps.yaml", kind="steps"))
    return cases, steps


def test_the_whole_way_from_the_log_to_the_pages(
        log: tuple[delivery.Receipt, delivery.Receipt], client: Client) -> None:
    cases, steps = log
    assert (cases.batch.rows_read, cases.batch.rows_good) == (4_547, 4_547)
    assert (steps.batch.rows_read, steps.batch.rows_good) == (36_095, 36_095)
    found = evaluate(index="no_promise", source="fines")
    assert (found.total.numerator, found.total.denominator, found.simulated) == (4_547, 4_547, False)
    way = followed(matter=MATTER, source="fines")
    assert way.figures.followed == Share(250, 1_303) and way.with_steps == Share(4_547, 4_547)
    kinds = {one.kind: one.cases.part for one in way.figures.deviations}
    assert (kinds[OUT_OF_ORDER], kinds[SKIPPED], kinds[UNKNOWN]) == (1_007, 102, 0)
    penalty = {(one.previous, one.step): one for one in way.figures.moves}["notified", "penalty"]
    assert (penalty.median_hours, penalty.p90_hours) == (60 * 24, 60 * 24)
    shown_on_pages(client)


def shown_on_pages(client: Client) -> None:
    """The results page counts every case and says that nothing is promised; that of steps tells how many followed."""
    def told(address: str, **asked: str) -> str:
        page = client.get(address, {"region": "IT-FINES", "source": "fines", **asked})
        assert page.status_code == 200, page.headers
        return page.content.decode()

    results = told("/en/results/")
    assert "Road traffic fines" in results and "4,547" in results and NOTHING_PROMISED in results
    steps = told("/en/results/followed/", matter=MATTER)
    assert "250 of 1,303" in steps and "Add the penalty" in steps
    assert "An Italian municipality (not named in the log)" in told("/en/region/")
