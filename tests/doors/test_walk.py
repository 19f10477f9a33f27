"""The walk in the docs, command by command: each prints what the page says, in both languages."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from worlds import ROOT

LANGUAGES = {"en": "en_GB.UTF-8", "zh": "zh_CN.UTF-8"}


def sessions(page: Path) -> list[tuple[list[str], list[str]]]:
    """(command, lines it should print) for each ``$`` line of a page's code blocks."""
    found: list[tuple[list[str], list[str]]] = []
    for block in re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((shlex.split(line[2:]), []))
            elif line.strip():
                found[-1][1].append(line)
    return found


def run(home: Path, language: str, command: list[str]) -> str:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("JIZHUN_", "DJANGO_", "LC_"))}
    done = subprocess.run([sys.executable, "-m", "jizhun", *command[1:]], cwd=ROOT, capture_output=True, text=True,
                          env=kept | {"LANG": LANGUAGES[language], "JIZHUN_HOME": str(home)}, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_of_the_walk_prints_what_the_page_says(language: str, tmp_path: Path) -> None:
    outputs = {}
    for command, lines in sessions(ROOT / "docs" / language / "walk.md"):
        if command[0] == "jizhun":
            printed = run(tmp_path, language, command)
            outputs[command[1]] = printed
            assert [line for line in lines if line not in printed.splitlines()] == [], command
    broken = json.loads(outputs["cases"])
    assert {one["case"]: [m["measure"] for m in one["measures"] if m["measure_verdict"] == "broken"]
            for one in broken} == {"walk-2": ["promised_limit"], "walk-3": ["benefit_amount"]}
    assert all(one["simulated"] for one in broken)
    assert all(m["document"] for one in broken for m in one["measures"])
    overdue = json.loads(run(tmp_path, language, ["jizhun", "cases", "--source", "walk", "--verdict", "overdue",
                                                  "--format", "json"]))
    assert [(m["measure"], m["promise"], m["actual"]) for m in overdue[0]["measures"]] == [
        ("statutory_limit", 10, 13), ("promised_limit", 0, 13)]
