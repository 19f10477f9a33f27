"""The product as a person meets it: an own home, its own server and worker, a real browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from world import PUBLISH, write_cases, write_slow_office

RATINGS = Path(__file__).resolve().parents[2] / "examples" / "ratings"
PREPARE = (("init",), ("load", "national"), ("demo", "--cases", "0"))


@dataclass(frozen=True)
class Product:
    """A running server: its address, and the folder it keeps everything in."""

    address: str
    home: Path


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def jizhun(home: Path, *words: str) -> None:
    """Run one command of the product on this home."""
    subprocess.run([sys.executable, "-m", "jizhun", *words], env=environment(home), check=True, timeout=600,
                   stdout=subprocess.DEVNULL)


def environment(home: Path) -> dict[str, str]:
    """The product's own settings, not those of the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JIZHUN_", "DJANGO_"))}
    return {**kept, "JIZHUN_HOME": str(home)}


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A server over a small prepared world, started as a person would start it."""
    home, port = tmp_path_factory.mktemp("home"), free_port()
    for words in PREPARE:
        jizhun(home, *words)
    papers = tmp_path_factory.mktemp("papers")
    write_cases(papers)
    jizhun(home, "ingest", str(papers / "cases.csv"), "--mapping", str(papers / "mapping.yaml"), "--source", "sample")
    jizhun(home, "reviews", str(RATINGS / "ratings.csv"), "--mapping", str(RATINGS / "mapping.yaml"),
           "--source", "window")
    write_slow_office(papers)
    jizhun(home, "ingest", str(papers / "slow.csv"), "--mapping", str(papers / "slow.yaml"), "--source", "slow-office")
    jizhun(home, "findings-look", "--source", "slow-office")
    jizhun(home, "shell", "-c", PUBLISH)
    server = subprocess.Popen([sys.executable, "-m", "jizhun", "serve", "--port", str(port)],
                              env=environment(home), stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    wait_for(f"{address}/api/alive/")
    yield Product(address, home)
    server.terminate()
    server.wait(timeout=30)


def wait_for(address: str, seconds: float = 180) -> None:
    """Return when the address answers; TimeoutError otherwise."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):  # a busy machine answers late
            time.sleep(0.2)
    raise TimeoutError(f"{address} does not answer")


@pytest.fixture
def browser_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages: ``browser_page(width=390, scheme="dark", cookies={"text": "large"})``."""
    contexts = []

    def opened(*, width: int = 1280, scheme: str = "light", javascript: bool = True,
               cookies: dict[str, str] | None = None, address: str = "", **more: Any) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme,
                                       java_script_enabled=javascript, reduced_motion="reduce", **more)
        context.add_cookies([{"name": name, "value": value, "url": address}
                             for name, value in (cookies or {}).items()])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
