"""Cases of the fictional province for findings and publications: so many a county and month, some late."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import override_settings

from jizhun.delivery.actions import receive
from jizhun.delivery.rules.parsing import parse
from jizhun.people.rules import SYSTEM

MATTER, OTHER = "NB029-EX01", "NB049-EX01"
SOURCE = "counters"
MAPPING = """
name_zh: 模拟办件
name_en: Simulated cases
within: "990000"
simulated: {simulated}
extract_date: {until}
fields: {{case_key: case, matter: matter, region: county, accepted_at: accepted, closed_at: closed}}
"""


@dataclass(frozen=True)
class Heap:
    """``cases`` accepted in a county in a month, spread over its first four weeks; the first ``late`` took months."""

    county: str
    month: str
    cases: int
    late: int = 0
    matter: str = MATTER

    def rows(self) -> Iterable[str]:
        for n in range(self.cases):
            accepted = date.fromisoformat(f"{self.month}-01") + timedelta(days=n % 28)
            closed = accepted + timedelta(days=45 if n < self.late else 1)
            yield (f"{self.county}{self.month}{self.matter}{n},{self.matter},{self.county},"
                   f"{accepted} 09:00,{closed} 11:00")


def hand_in(folder: Path, heaps: Iterable[Heap], until: str, *, simulated: bool = True, source: str = SOURCE) -> None:
    """Take the cases into the lake, as an extract of the day ``until``."""
    file = folder / f"{source}-{until}.csv"
    rows = [row for heap in heaps for row in heap.rows()]
    file.write_text("\n".join(["case,matter,county,accepted,closed", *rows]), "utf-8")
    mapping = parse(MAPPING.format(until=until, simulated=str(simulated).lower()))
    receive(by=SYSTEM, file=file, mapping=mapping, source=source)


@contextmanager
def taken_in(folder: Path, heaps: Iterable[Heap], until: str) -> Iterator[Path]:
    """A lake with these cases in ``folder``, and what the database knows of them, taken back afterwards: to be made
    once a module, and copied for each test by ``settle``."""
    with override_settings(LAKE=folder / "lake", FILES=folder / "files"), transaction.atomic():
        point = transaction.savepoint()
        hand_in(folder, heaps, until)
        yield folder
        transaction.savepoint_rollback(point)


def settle(made: Path, folder: Path, settings: Any) -> Path:
    """A copy of the lake for one test, which may add to it."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    settings.LAKE, settings.FILES, settings.HOME = folder / "lake", folder / "files", folder
    return folder
