"""Small results kept on disk beside the lake, by the versions of what they were computed from.

A key never returns with another meaning (versions carry tokens), so what is kept is never wrong, only unused. A file
that is missing or cannot be read is as if nothing had been kept.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

FORM = "1"
"""Part of every name: changes with the form or the meaning of what is kept."""
UNUSED_SECONDS = 14 * 24 * 3600
"""What nobody has read for so long goes when something else is kept."""

Key = Sequence[str]


@dataclass(frozen=True)
class Flags:
    """Tables of flags over the same rows and columns."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[str, NDArray[np.bool_]]


def flags(kind: str, key: Key) -> Flags | None:
    """What was kept under this key; None where nothing was."""
    try:
        with _file(kind, key, "npz").open("rb") as file, np.load(file, allow_pickle=False) as held:
            rows, columns = (tuple(json.loads(str(held[name]))) for name in ("rows", "columns"))
            shape = len(rows), len(columns)
            cells = {name.removeprefix("flags "): np.unpackbits(held[name], count=shape[0] * shape[1]).reshape(
                shape).astype(bool) for name in held.files if name.startswith("flags ")}
    except (OSError, ValueError, KeyError, BadZipFile, EOFError):
        return None
    _touch(_file(kind, key, "npz"))
    return Flags(rows, columns, cells)


def keep_flags(kind: str, key: Key, found: Flags) -> None:
    """Keep tables of flags; a disk that takes nothing only costs the time to compute them again."""
    packed = {f"flags {name}": np.packbits(cells) for name, cells in found.cells.items()}

    def write(part: Path) -> None:
        with part.open("wb") as file:
            np.savez(file, rows=np.array(json.dumps(found.rows)), columns=np.array(json.dumps(found.columns)),
                     **packed)  # type: ignore[arg-type]
    _keep(_file(kind, key, "npz"), write)


def words(kind: str, key: Key) -> dict[str, list[str]] | None:
    """Lists of words by name; None where nothing was kept."""
    try:
        found: dict[str, list[str]] = json.loads(_file(kind, key, "json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    _touch(_file(kind, key, "json"))
    return found


def keep_words(kind: str, key: Key, found: Mapping[str, Sequence[str]]) -> None:
    """Keep lists of words."""
    _keep(_file(kind, key, "json"), lambda part: part.write_text(json.dumps(found), "utf-8"))


def _file(kind: str, key: Key, ending: str) -> Path:
    name = hashlib.sha256(json.dumps([FORM, *key]).encode()).hexdigest()
    return Path(settings.LAKE) / "kept" / kind / f"{name}.{ending}"


def _keep(file: Path, write: Callable[[Path], object]) -> None:
    """Whole or not at all, also where two processes keep the same."""
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write(part)
        part.replace(file)
        _sweep(file.parent)
    except OSError:
        return


def _touch(file: Path) -> None:
    try:
        os.utime(file)
    except OSError:
        return


def _sweep(folder: Path) -> None:
    before = time.time() - UNUSED_SECONDS
    for one in folder.iterdir():
        if one.stat().st_mtime < before:
            one.unlink(missing_ok=True)


__all__ = ["Flags", "flags", "keep_flags", "keep_words", "words"]
