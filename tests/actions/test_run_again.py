"""A former run is made again from the cases and promises of its time, as long as these are kept."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from jizhun import loading
from jizhun.delivery import actions as delivery
from jizhun.delivery.actions import keeping
from jizhun.delivery.rules.parsing import parse
from jizhun.evaluation.actions import again, evaluate
from jizhun.evaluation.models import Run
from jizhun.kernel.bilingual import Refused
from jizhun.people.rules import SYSTEM
from town import MAPPING, file, write_package
from worlds import ROOT

pytestmark = pytest.mark.django_db

PROVISION = """
documents:
  - {{id: p{days}, title_zh: 承诺{days}, title_en: Commitment {days}, kind: commitment, published_on: 2023-12-0{days},
     valid_from: 2024-01-01, source: own, mark: R}}
provisions:
  - {{subject: T-M, measure: promised_limit, region: T, modality: floor, value: {days}, unit: working_day,
     from: 2024-01-01, document: p{days}, clause_zh: 一, clause_en: Clause 1, mark: R, source: own}}
"""


def promise(folder: Path, days: int) -> None:
    (folder / "town" / "provisions").mkdir(exist_ok=True)
    (folder / "town" / "provisions" / f"p{days}.yaml").write_text(PROVISION.format(days=days), "utf-8")
    list(loading.package(by=SYSTEM, folder=folder / "town"))


@pytest.fixture
def town(tmp_path: Path, settings: Any) -> Path:
    settings.LAKE, settings.FILES = tmp_path / "lake", tmp_path / "files"
    measures = (ROOT / "data" / "measures.yaml").read_text("utf-8")
    (write_package(tmp_path / "town") / "measures.yaml").write_text(measures, "utf-8")
    promise(tmp_path, 5)
    return tmp_path


def receive(folder: Path, *rows: str, name: str = "a.csv") -> None:
    delivery.receive(by=SYSTEM, file=file(folder, *rows, name=name), mapping=parse(MAPPING), source="town")


def test_a_run_gives_its_figures_again_after_corrections_and_new_promises(town: Path) -> None:
    receive(town, "1,T1,2025-01-06,2025-01-09", "2,T1,2025-01-06,2025-01-17", "3,T1,2025-03-03,2025-03-05")
    first = evaluate(index="conformance", source="town", by="month")
    assert (first.total.numerator, first.total.denominator) == (2, 3)
    receive(town, "1,T1,2025-01-06,2025-01-24", "4,T1,2025-01-06,2025-01-08", name="b.csv")
    keeping.compact(by=SYSTEM)
    now = evaluate(index="conformance", source="town", by="month")
    assert (now.total.numerator, now.total.denominator) == (2, 4)
    promise(town, 1)
    assert evaluate(index="conformance", source="town", by="month").total.numerator == 0

    made = again(run=first.run)
    assert made.same and sorted(one.codes for one in made.figures) == [(202501,), (202503,)]
    assert again(run=now.run).same
    first.run.figures = [[[202501], 2, 2, 2, [0, 2, 0, 0, 0]], *first.run.figures[1:]]
    assert not again(run=first.run).same
    out = StringIO()
    call_command("evaluate", "--again", str(now.run.pk), stdout=out)
    assert "2 / 4 -> 2 / 4" in out.getvalue()


def test_a_run_whose_cases_or_promises_are_gone_says_so(town: Path, settings: Any) -> None:
    receive(town, "1,T1,2025-01-06,2025-01-09")
    run = evaluate(index="conformance", source="town").run
    receive(town, "1,T1,2025-01-06,2025-01-10", name="b.csv")
    now = evaluate(index="conformance", source="town").run
    settings.KEEP_VERSIONS = 0
    keeping.sweep(by=SYSTEM)
    with pytest.raises(Refused, match=f"Version {run.lake_version} can no longer be read"):
        again(run=run)
    assert again(run=now).same
    (Path(settings.LAKE) / "limits" / f"{now.limits_hash}.parquet").unlink()
    with pytest.raises(Refused, match="promises of that time is not kept"):
        again(run=now)
    with pytest.raises(Refused, match="There is no run 999999"):
        call_command("evaluate", "--again", "999999")
    other = Run(pk=7, index="something", parameters={})
    with pytest.raises(Refused, match="Run 7 is no index"):
        again(run=other)
    with pytest.raises(Refused, match="Name the --source"):
        call_command("evaluate")
