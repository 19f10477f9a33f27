"""A home of its own, used by other processes than the tests': what only shows between processes."""

import os
import subprocess
import sys
from pathlib import Path


def package_of(folder: Path, room: str, text: str) -> Path:
    """A package under ``folder`` with one file of one room."""
    (folder / room).mkdir(parents=True)
    (folder / "package.yaml").write_text("name_en: Of Hangzhou\n")
    (folder / room / "hangzhou.yaml").write_text(text)
    return folder


def said_by(script: str, home: Path, *words: str) -> str:
    """What a script prints in a new process whose home holds the national list."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    environment |= {"JIZHUN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "jizhun.settings"}
    for command in (["init"], ["load", "national"]):
        subprocess.run([sys.executable, "-m", "jizhun", *command], env=environment, check=True,
                       stdout=subprocess.DEVNULL)
    return subprocess.run([sys.executable, "-c", script, *words], env=environment, check=True,
                          capture_output=True, text=True).stdout
