"""What the tests can use besides Python, where it is found, and the command that brings it. Standard library only."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from glob import glob
from importlib.util import find_spec
from pathlib import Path

MAC = platform.system() == "Darwin"


def first(names: Iterable[str], patterns: Iterable[str] = ()) -> str | None:
    """The first program on PATH of these names, else the newest file that fits one of the patterns."""
    on_path = next((found for name in names if (found := shutil.which(name))), None)
    return on_path or next((path for pattern in patterns for path in sorted(glob(pattern), reverse=True)), None)


def chromium() -> str | None:
    """An installed Chromium or Chrome, else the one that Playwright has downloaded; JIZHUN_CHROMIUM comes first."""
    home = Path.home()
    return os.environ.get("JIZHUN_CHROMIUM") or first(
        ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
        (
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            f"{home}/.cache/ms-playwright/chromium-*/chrome-linux*/chrome",
            f"{home}/Library/Caches/ms-playwright/chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
        ),
    )


def fonts() -> str | None:
    """A font for Chinese; macOS has its own."""
    if MAC:
        return "PingFang SC"
    if not (lister := shutil.which("fc-list")):
        return None
    listed = subprocess.run([lister, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)
    return next(iter(sorted(listed.stdout.splitlines())), None)


SHARED = Path(os.environ.get("JIZHUN_SHARED") or Path(__file__).resolve().parents[2] / "shared")
"""What tests compare with and this repository does not hold: others' schemas and data."""
SCHEMAS = SHARED / "schemas"


def schemas() -> str | None:
    """The folder of the schemas that what is written is checked against, when every one of them is there."""
    entries = ("bpmn/BPMN20.xsd", "cpsv-ap/cpsv-ap-3.2.0-SHACL.ttl", "dmn/DMN13.xsd", "hsds/service.json",
               "niso-sts/NISO-STS-extended-1-mathml3.xsd")
    return str(SCHEMAS) if all((SCHEMAS / entry).is_file() for entry in entries) else None


def postgres() -> str | None:
    """The folder of PostgreSQL's own programs (initdb, pg_ctl)."""
    patterns = ("/usr/lib/postgresql/*/bin/initdb", "/opt/homebrew/opt/postgresql*/bin/initdb",
                "/usr/local/opt/postgresql*/bin/initdb", "/usr/pgsql-*/bin/initdb")
    found = first((), patterns) or shutil.which("initdb")
    return str(Path(found).parent) if found else None


def java() -> str | None:
    """Java 17 or newer; macOS has a ``java`` that only asks for one."""
    found = first((), [f"{os.environ['JAVA_HOME']}/bin/java"] if "JAVA_HOME" in os.environ else []) or first(
        ("java",), ("/opt/homebrew/opt/openjdk*/bin/java",)
    )
    if not found:
        return None
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr
    version = said.partition('version "')[2].partition(".")[0].strip('"')
    return found if version.isdigit() and int(version) >= 17 else None


def pyspark() -> str | None:
    """The Python package of Apache Spark, in the Python that asks."""
    return "pyspark" if find_spec("pyspark") else None


def spark() -> str | None:
    """Spark with a Java to run on."""
    return java() and pyspark()


def bucket() -> str | None:
    """A stand-in for object storage, and what reads from there, in the Python that asks."""
    return "moto" if all(map(find_spec, ("moto", "boto3", "flask", "flask_cors", "fsspec"))) else None


def libreoffice() -> str | None:
    """LibreOffice's program."""
    return first(("soffice", "libreoffice"), ("/Applications/LibreOffice.app/Contents/MacOS/soffice",))


def public_log() -> str | None:
    """The process log that ``examples/fines`` maps; JIZHUN_FINES_LOG comes first."""
    kept = Path(__file__).resolve().parent.parent / ".venv" / "logs" / PUBLIC_LOG
    return os.environ.get("JIZHUN_FINES_LOG") or (str(kept) if kept.is_file() else None)


def city_log() -> str | None:
    """The half year of real cases that ``examples/boston`` maps; JIZHUN_BOSTON_LOG comes first."""
    return str(CITY_LOG) if CITY_LOG.is_file() else None


CITY_LOG = Path(os.environ.get("JIZHUN_BOSTON_LOG") or SHARED / "data" / "boston311_2015_h1.csv.gz")


def badge_verifier() -> str | None:
    """The folder of others' programs that verify badges, and node to run them; JIZHUN_BADGE_VERIFIER comes first."""
    kept = Path(os.environ.get("JIZHUN_BADGE_VERIFIER") or Path(__file__).resolve().parent.parent / ".venv" / "badges")
    return str(kept) if shutil.which("node") and (kept / "node_modules" / "@digitalbazaar" / "vc").is_dir() else None


def qti_player() -> str | None:
    """The folder of a QTI 3 player of others; JIZHUN_QTI_PLAYER comes first."""
    kept = Path(os.environ.get("JIZHUN_QTI_PLAYER") or Path(__file__).resolve().parent.parent / ".venv" / "player")
    return str(kept) if (kept / "qti3-item-player" / "dist").is_dir() and (kept / "vue" / "dist").is_dir() else None


PUBLIC_LOG = "Road_Traffic_Fine_Management_Process.xes"


@dataclass(frozen=True)
class Component:
    """One thing that some tests need. ``markers`` are those tests' marks."""

    markers: tuple[str, ...]
    name: str
    find: Callable[[], str | None]
    debian: str
    mac: str

    @property
    def remedy(self) -> str:
        """The command that brings it on this kind of machine."""
        return self.mac if MAC else self.debian


APT, BREW = "sudo apt-get install --no-install-recommends", "brew install"
PUBLISHED = f"put BPMN 2.0, CPSV-AP 3.2.0, DMN 1.3, HSDS 3.0 and NISO STS 1.0 into {SCHEMAS} (JIZHUN_SHARED moves it)"
PLAYWRIGHT = f"{Path(sys.prefix).name}/bin/playwright install chromium"

COMPONENTS = (
    Component(("browser",), "Chromium", chromium, f"{APT} chromium   (or: {PLAYWRIGHT})", PLAYWRIGHT),
    Component(("browser", "font"), "a Chinese font", fonts, f"{APT} fonts-noto-cjk fontconfig", ""),
    Component(("schemas",), "a schema", schemas, PUBLISHED, PUBLISHED),
    Component(("postgres",), "PostgreSQL", postgres, f"{APT} postgresql", f"{BREW} postgresql@17"),
    Component(("spark",), "Java 17", java, f"{APT} default-jre-headless", f"{BREW} openjdk@17"),
    Component(("spark",), "Apache Spark", pyspark, "make spark", "make spark"),
    Component(("log",), "a public log", public_log, "make log", "make log"),
    Component(("city_log",), "a city's log", city_log, f"put it at {CITY_LOG}", f"put it at {CITY_LOG}"),
    Component(("bucket",), "object storage", bucket, "make bucket", "make bucket"),
    Component(("badges",), "a badge verifier", badge_verifier, "make badges", "make badges"),
    Component(("player",), "a QTI player", qti_player, "make player", "make player"),
    Component(("libreoffice",), "LibreOffice", libreoffice, f"{APT} libreoffice-writer libreoffice-calc",
              f"{BREW} --cask libreoffice"),
)


def missing(marker: str) -> str | None:
    """Why tests with this mark cannot run here, and what brings it; None when they can."""
    lacking = [one for one in COMPONENTS if marker in one.markers and one.find() is None]
    return "; ".join(f"{one.name} is missing: {one.remedy}" for one in lacking) or None


def report() -> int:
    """Print what is there and what is not; the number of missing things."""
    found = [(one, one.find()) for one in COMPONENTS]
    for one, where in found:
        print(f"  {'ok ' if where else 'NO '} {one.name:<16} {where or one.remedy}")
    return sum(where is None for _, where in found)


if __name__ == "__main__":
    report()
