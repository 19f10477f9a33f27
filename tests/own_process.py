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


def surroundings(home: Path) -> dict[str, str]:
    """The environment of a process whose home that is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    return {**kept, "JIZHUN_HOME": str(home), "DJANGO_SETTINGS_MODULE": "jizhun.settings"}


def home_of(home: Path, *loaded: str) -> Path:
    """A new home with the tables, and what is named loaded into it."""
    for command in (["init"], *(["load", name] for name in loaded)):
        subprocess.run([sys.executable, "-m", "jizhun", *command], env=surroundings(home), check=True,
                       stdout=subprocess.DEVNULL)
    return home


def said_by(script: str, home: Path, *words: str) -> str:
    """What a script prints in a new process whose home holds the national list."""
    home_of(home, "national")
    return subprocess.run([sys.executable, "-c", script, *words], env=surroundings(home), check=True,
                          capture_output=True, text=True).stdout
