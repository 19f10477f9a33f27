"""What one process publishes, another sees at its next question."""

from pathlib import Path

from own_process import package_of, said_by

ASKING = """
import os, subprocess, sys, time
import django
django.setup()
from datetime import date
from jizhun.provisions.actions import promised

def value():
    (answer,) = promised(matter="NB029-EX01", region="330106", on=date(2026, 9, 1), measure="statutory_limit")
    return answer.value.amount

before = value()
subprocess.run([sys.executable, "-m", "jizhun", "load", sys.argv[1]], check=True, stdout=subprocess.DEVNULL)
print(before, value())
"""
BETTER = """
provisions:
  - {subject: NB029-EX01, measure: statutory_limit, region: "330100", value: 5, unit: working_day, from: 2026-01-01,
     source: a test, mark: R}
"""


def test_a_publication_elsewhere_shows_at_the_next_question(tmp_path: Path) -> None:
    package = package_of(tmp_path / "package", "provisions", BETTER)
    assert said_by(ASKING, tmp_path / "home", str(package)).split() == ["10", "5"]
