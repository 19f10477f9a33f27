"""What one process publishes, another sees at its next question."""

import os
import subprocess
import sys
from pathlib import Path

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
    package = tmp_path / "package"
    (package / "provisions").mkdir(parents=True)
    (package / "package.yaml").write_text("name_en: A better limit in Hangzhou\n")
    (package / "provisions" / "hangzhou.yaml").write_text(BETTER)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    environment |= {"JIZHUN_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "jizhun.settings"}
    for words in (["init"], ["load", "national"]):
        subprocess.run([sys.executable, "-m", "jizhun", *words], env=environment, check=True,
                       stdout=subprocess.DEVNULL)
    said = subprocess.run([sys.executable, "-c", ASKING, str(package)], env=environment, check=True,
                          capture_output=True, text=True).stdout
    assert said.split() == ["10", "5"]
