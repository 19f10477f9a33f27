"""Everything behind ``make``: set up, run, test. Needs Python 3.11 or newer, and nothing else."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from components import PUBLIC_LOG

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
REQUIREMENTS = ROOT / "requirements"
HOME = Path(os.environ.get("JIZHUN_HOME") or ROOT / "var").expanduser().resolve()
ALL = os.environ.get("JIZHUN_ALL") == "1"

OWN_CERTIFICATES = {"UV_SYSTEM_CERTS": "1", "NODE_USE_SYSTEM_CA": "1"}
"""Offices often stand behind a proxy with a certificate of their own: uv and npm then trust what the system trusts."""

FILL = (("load", "national"), ("demo",))
"""The commands that fill an empty home, in their order."""


def call(*words: str | Path, check: bool = True, **extra: str) -> int:
    """Run a program from the top of the repository; stops with its exit code when it fails."""
    surroundings = {**OWN_CERTIFICATES, **os.environ, **extra}
    done = subprocess.run([str(word) for word in words], cwd=ROOT, env=surroundings, check=False)
    if check and done.returncode:
        sys.exit(done.returncode)
    return done.returncode


def fingerprint(*files: Path) -> str:
    """Changes when one of the files does, or the version of Python."""
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def once(name: str, files: Sequence[Path], work: Callable[[], None], folder: Path = VENV / "stamps") -> None:
    """Do ``work`` unless it was done for these very files; says what it is doing and how long it took."""
    stamp, wanted = folder / name, fingerprint(*files)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"==> {name}", flush=True)
    begun = time.monotonic()
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted)
    print(f"    {time.monotonic() - begun:.1f} s", flush=True)


# -- set-up ----------------------------------------------------------------------------------------


def make_environment() -> None:
    """The virtual environment, with pip in it."""
    if PYTHON.exists():
        return
    try:
        venv.create(VENV, with_pip=True)
    except (subprocess.CalledProcessError, OSError, ImportError):
        shutil.rmtree(VENV, ignore_errors=True)
        sys.exit("This Python cannot make virtual environments; on Debian: sudo apt-get install python3-venv")


def install(name: str) -> None:
    """Install the pinned packages of ``requirements/NAME.txt``; with uv where it works, else with pip."""
    listed = REQUIREMENTS / f"{name}.txt"

    def work() -> None:
        arguments = ("--require-hashes", "-r", listed)
        fast = (BIN / "uv").exists() and not call(
            BIN / "uv", "pip", "install", "--quiet", "--python", PYTHON, *arguments, check=False
        )
        if not fast:
            call(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments)

    once(f"Python packages: {name}", [listed], work)


def install_product() -> None:
    """The ``jizhun`` command, running straight from ``src``."""
    def work() -> None:
        call(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--no-build-isolation", "--editable", ".")

    once("jizhun", [ROOT / "pyproject.toml", ROOT / "hatch_build.py"], work)


def bring_front_end() -> None:
    """Front-end files from npm (from a Python package where the machine has no npm), and translations."""
    parts = ("package.json", "package-lock.json", "tools/front_end.py")
    files = [*(ROOT / part for part in parts), *sorted(ROOT.glob("src/jizhun/locale/*/*/*.po"))]
    vendor = ROOT / "src" / "jizhun" / "static" / "vendor" / ".stamp"

    def work() -> None:
        if not shutil.which("npm"):
            install("node")
        call(PYTHON, "tools/front_end.py")

    if not vendor.exists():
        (VENV / "stamps" / "front end").unlink(missing_ok=True)
    once("front end", files, work)


def setup() -> None:
    """Everything that running needs."""
    make_environment()
    install("tools")
    install("base")
    bring_front_end()
    install_product()


def setup_tests() -> None:
    """Everything that pip brings for the tests; what is large only where everything is asked for."""
    setup()
    install("test")
    if ALL:
        install("spark")
        bring_log()
        install("bucket")
        bring_verifier()
        bring_player()


def bring_log() -> None:
    """The log of ``examples/fines``: one file of a source package, which is downloaded, read and not installed."""
    listed, target = REQUIREMENTS / "log.txt", VENV / "logs" / PUBLIC_LOG

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            call(PYTHON, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary",
                 "declare4py", "--require-hashes", "-r", listed, "-d", folder)
            (package,) = Path(folder).glob("*.tar.gz")
            keep_member(package, target)

    if not target.exists():
        (VENV / "stamps" / "public log").unlink(missing_ok=True)
    once("public log", [listed], work)


def bring_verifier() -> None:
    """The programs of others that tests verify badges with, from npm, beside the virtual environment's packages."""
    listed, target = ROOT / "tests" / "badges", VENV / "badges"
    files = [listed / "package.json", listed / "package-lock.json"]

    def work() -> None:
        if not (npm := shutil.which("npm")):
            sys.exit("Verifying badges needs Node.js with npm.")
        target.mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copyfile(file, target / file.name)
        call(npm, "ci", "--prefix", target, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")

    if not (target / "node_modules").exists():
        (VENV / "stamps" / "badge verifier").unlink(missing_ok=True)
    once("badge verifier", files, work)


def bring_player() -> None:
    """A QTI 3 player of others, and the Vue that it runs on: two packages of npm, each held to the hash that is kept
    here. What else they name is built into the player's own file, so it is not brought."""
    listed, target = ROOT / "tests" / "player" / "package.json", VENV / "player"

    def work() -> None:
        asked = json.loads(listed.read_text(encoding="utf-8"))
        shutil.rmtree(target, ignore_errors=True)
        for name, version in asked["dependencies"].items():
            bring_package(name, version, asked["integrity"][name], target / name)

    if not target.exists():
        (VENV / "stamps" / "QTI player").unlink(missing_ok=True)
    once("QTI player", [listed], work)


def bring_package(name: str, version: str, integrity: str, target: Path) -> None:
    """Unpack one npm package; stops where it is not the one whose hash is kept."""
    if not (npm := shutil.which("npm")):
        sys.exit("Playing QTI needs Node.js with npm.")
    with tempfile.TemporaryDirectory() as folder:
        call(npm, "pack", f"{name}@{version}", "--silent", "--pack-destination", folder)
        (packed,) = Path(folder).glob("*.tgz")
        found = "sha512-" + base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
        if found != integrity:
            sys.exit(f"{name} {version} is not the package that was looked at.")
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter="data")
        shutil.copytree(Path(folder) / "package", target)


def keep_member(package: Path, target: Path) -> None:
    """The file of that name, wherever it lies in a source package."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(package) as archive:
        member = next(one for one in archive if Path(one.name).name == target.name and one.isfile())
        content = archive.extractfile(member)
        assert content is not None
        target.write_bytes(content.read())


# -- commands --------------------------------------------------------------------------------------


def jizhun(*words: str, check: bool = True) -> int:
    """Run the product's own command."""
    return call(BIN / "jizhun", *words, check=check, JIZHUN_HOME=str(HOME))


def fill() -> None:
    """Make the home and fill it with the national list and the demonstration, once per version of that data."""
    def make() -> None:
        jizhun("init")

    def load() -> None:
        for words in FILL:
            jizhun(*words)

    tables = sorted((ROOT / "src" / "jizhun" / "migrations").glob("*.py"))
    data = sorted(path for path in (ROOT / "data").rglob("*") if path.is_file())
    once("home", tables, make, HOME / "stamps")
    once("national list and demonstration", data, load, HOME / "stamps")


def run() -> None:
    """Serve on http://127.0.0.1:$PORT (8000), home in $JIZHUN_HOME (./var)."""
    setup()
    fill()
    os.environ["JIZHUN_HOME"] = str(HOME)
    os.execv(BIN / "jizhun", ["jizhun", "serve", "--port", os.environ.get("PORT") or "8000"])


def test() -> None:
    """Every test; T=tests/rules for some. JIZHUN_ALL=1 adds the long ones and lets nothing be skipped."""
    setup_tests()
    asked = os.environ.get("T", "").split()
    workers = [] if asked else ["-n", os.environ.get("WORKERS") or "2", "--dist", "loadfile"]
    sys.exit(call(PYTHON, "-m", "pytest", *workers, *asked, check=False))


def lint() -> None:
    """Style, types and the direction of imports."""
    setup_tests()
    checks = (("ruff", "check", "src", "tests", "tools", "hatch_build.py"), ("mypy", "src"), ("lint-imports",))
    sys.exit(max(call(BIN / words[0], *words[1:], check=False) for words in checks))


def bench() -> None:
    """Each claim of speed, measured here: the programs of benchmarks/, or B=name for one."""
    setup_tests()
    asked = os.environ.get("B") or "[a-z]*"
    for program in sorted((ROOT / "benchmarks").glob(f"{asked}.py")):
        if "def main(" in program.read_text(encoding="utf-8"):
            print(f"==> {program.stem}", flush=True)
            call(PYTHON, "-m", f"benchmarks.{program.stem}")


def demo_reset() -> None:
    """Throw this home away and fill a new one."""
    if HOME.exists() and not (HOME / "keys").is_dir():
        sys.exit(f"{HOME} does not look like a home of this product; nothing was removed.")
    shutil.rmtree(HOME, ignore_errors=True)
    setup()
    fill()


def doctor() -> None:
    """What this machine has, what it lacks, and the command that brings it."""
    print(f"  ok  {'Python ' + sys.version.split()[0]:<16} {sys.executable}")
    print(f"  ok  {'npm':<16} {shutil.which('npm') or 'none; a Python package stands in'}", flush=True)
    call(PYTHON if PYTHON.exists() else sys.executable, "tools/components.py")
    if (BIN / "jizhun").exists():
        sys.exit(jizhun("doctor", check=False))


def spark() -> None:
    """Install Apache Spark (456 MB) for its tests and for large data."""
    setup()
    install("spark")


def log() -> None:
    """Bring the public process log of examples/fines (3 MB)."""
    setup()
    bring_log()


def badges() -> None:
    """Bring what tests verify badges with (12 MB, needs Node.js)."""
    setup()
    bring_verifier()


def player() -> None:
    """Bring the QTI player in which tests play what is given out (20 MB, needs npm)."""
    setup()
    bring_player()


def bucket() -> None:
    """Install what reads cases from object storage, and a stand-in for it for the tests."""
    setup()
    install("bucket")


def pin() -> None:
    """Write requirements/*.txt anew from pyproject.toml: hashes, no addresses."""
    setup()
    for name, words in PINS.items():
        call(BIN / "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes",
             "--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate", "--upgrade",
             *words, "-o", REQUIREMENTS / f"{name}.txt")


PINS: Mapping[str, Sequence[str | Path]] = {
    "base": ("pyproject.toml",),
    "test": ("pyproject.toml", "--extra", "test", "-c", "requirements/base.txt"),
    "spark": ("requirements/spark.in",),
    "bucket": ("requirements/bucket.in",),
    "tools": ("requirements/tools.in",),
    "node": ("requirements/node.in",),
    "log": ("requirements/log.in", "--no-deps"),
}

COMMANDS: Mapping[str, Callable[[], None]] = {
    "run": run, "test": test, "lint": lint, "bench": bench, "demo-reset": demo_reset, "doctor": doctor,
    "setup": setup, "spark": spark, "log": log, "bucket": bucket, "badges": badges, "player": player, "pin": pin,
}


def overview() -> None:
    """What ``make help`` prints."""
    for name, command in COMMANDS.items():
        print(f"  make {name:<12} {(command.__doc__ or '').splitlines()[0]}")


def main(words: Sequence[str]) -> None:
    """Run one command."""
    if sys.version_info < (3, 11):  # noqa: UP036  (that is what is being checked)
        sys.exit(f"Jizhun needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    COMMANDS.get(words[0] if words else "help", overview)()


if __name__ == "__main__":
    main(sys.argv[1:])
