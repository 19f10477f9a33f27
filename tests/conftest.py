"""What every test can use, which tests run here, and how many minutes each folder takes."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

import components

# Two cores are shared with browsers and databases: how long one example takes says nothing about the rule.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

ALL = os.environ.get("JIZHUN_ALL") == "1"
MARKERS = tuple(dict.fromkeys(marker for one in components.COMPONENTS for marker in one.markers))

BUDGET_MINUTES = {"rules": 3, "cases": 1, "actions": 5, "doors": 6, "analytics": 6, "journeys": 10, ".": 6}
"""Minutes that each folder of tests may take on 2 cores, the long ones included."""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what cannot run here, with the command that brings it; where everything is asked for, fail instead."""
    if item.get_closest_marker("long") and not ALL:
        pytest.skip("takes minutes: JIZHUN_ALL=1 make test")
    for marker in MARKERS:
        if item.get_closest_marker(marker) and (reason := components.missing(marker)):
            pytest.fail(reason, pytrace=False) if ALL else pytest.skip(reason)


def folder_of(nodeid: str) -> str:
    """``rules`` for ``tests/rules/test_x.py::test_y``; ``.`` for a file right in ``tests``."""
    parts = nodeid.partition("::")[0].split("/")
    return parts[1] if len(parts) > 2 else "."


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Minutes per folder, beside what it may take."""
    spent: dict[str, float] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                folder = folder_of(report.nodeid)
                spent[folder] = spent.get(folder, 0) + report.duration
    terminalreporter.section("minutes per folder")
    for folder, seconds in sorted(spent.items()):
        budget = BUDGET_MINUTES.get(folder, 1)
        over = "  OVER BUDGET" if seconds > budget * 60 else ""
        terminalreporter.write_line(f"{folder:<12}{seconds / 60:6.2f} of {budget}{over}")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The national list, the fictional province and the logins; loaded once, taken back afterwards."""
    from django.db import transaction

    from jizhun import loading
    from jizhun.people.actions import make_demo_logins
    from jizhun.people.rules import SYSTEM

    with django_db_blocker.unblock(), transaction.atomic():
        point = transaction.savepoint()
        list(loading.national(by=SYSTEM))
        list(loading.simulated_places(by=SYSTEM))
        make_demo_logins(by=SYSTEM)
        yield
        transaction.savepoint_rollback(point)


@pytest.fixture(scope="module")
def guided_world(world: None, django_db_blocker: Any) -> Iterator[None]:
    """The same with the fictional province's own guides, service points, claims and changes of its list."""
    from django.db import transaction

    from jizhun import loading
    from jizhun.people.rules import SYSTEM

    with django_db_blocker.unblock(), transaction.atomic():
        point = transaction.savepoint()
        list(loading.simulated_guides(by=SYSTEM))
        yield
        transaction.savepoint_rollback(point)


# -- components ------------------------------------------------------------------------------------

BROWSER_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
                 "--disable-default-apps", "--disable-sync", "--no-first-run", "--force-color-profile=srgb"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running headless Chromium (Playwright's Browser); mark the test ``browser``."""
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop running, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=components.chromium(), args=BROWSER_FLAGS)
        yield browser
        browser.close()


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def unprivileged() -> dict[str, Any]:
    """Whom to run PostgreSQL as: it refuses root."""
    if os.name == "nt" or os.getuid() != 0:
        return {}
    import pwd

    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a throw-away PostgreSQL on this machine; mark the test ``postgres``."""
    folder, port, as_user = Path("/tmp") / f"jizhun-pg-{os.getpid()}", free_port(), unprivileged()
    folder.mkdir(mode=0o700)
    if as_user:
        os.chown(folder, as_user["user"], as_user["group"])
    programs = Path(components.postgres() or "")

    def call(program: str, *words: str) -> None:
        subprocess.run([programs / program, "-D", folder / "data", *words], check=True, cwd=folder, env=plain,
                       stdout=subprocess.DEVNULL, **as_user)

    plain = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)}
    call("initdb", "-U", "jizhun", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
    call("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
    yield f"postgresql://jizhun@127.0.0.1:{port}/postgres"
    call("pg_ctl", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A local Spark with two threads; mark the test ``spark``."""
    import warnings

    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Spark's own deprecations are not ours to mend
        from pyspark.sql import SparkSession

        settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.driver.memory": "2g",
                    "spark.sql.session.timeZone": "UTC", "spark.driver.bindAddress": "127.0.0.1"}
        builder = SparkSession.builder.master("local[2]").appName("jizhun-tests")
        for key, value in settings.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def to_pdf(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Turns a document into a PDF with LibreOffice; mark the test ``libreoffice``."""
    profile, out = tmp_path_factory.mktemp("profile"), tmp_path_factory.mktemp("pdf")

    def convert(document: Path) -> Path:
        subprocess.run([components.libreoffice() or "", "--headless", f"-env:UserInstallation={profile.as_uri()}",
                        "--convert-to", "pdf", "--outdir", out, document],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=180)
        return out / f"{document.stem}.pdf"

    return convert
